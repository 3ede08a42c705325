"""docs/notebook.ipynb runs from top to bottom, and its cells show what the text around them says."""

from __future__ import annotations

import json
import re
import tempfile
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

DOCS = Path(__file__).parent.parent / "docs"
NOTEBOOK = DOCS / "notebook.ipynb"
SECONDS = 120
"""Until a cell is given up; the slowest takes two or three, which import PyTorch."""


def run(notebook: Any) -> Any:
    """The notebook with its outputs. The kernel is reached through a socket file, not a port, and writes to a folder alone."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:  # a socket's path has to be short
        for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"):
            patch.setenv(name, folder)
        patch.setenv("JUPYTER_PLATFORM_DIRS", "1")
        client = NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": folder}})
        kernel = client.create_kernel_manager()
        kernel.transport, kernel.ip = "ipc", f"{folder}/kernel"
        client.execute()
    return notebook


@pytest.fixture(scope="module")
def cells() -> dict[str, Any]:
    """The cells by their id, after they were run."""
    return {cell.id: cell for cell in run(nbformat.read(NOTEBOOK, as_version=4)).cells}


def printed(cell: Any) -> str:
    """What a cell prints."""
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def shown(cell: Any, kind: str) -> str:
    """What a cell's last line shows in a form such as text/html. Raises KeyError where it has none."""
    (output,) = [output for output in cell.outputs if output.output_type == "execute_result"]
    return output.data[kind]


def words(markup: str) -> str:
    """The text of HTML, blanks folded."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def test_it_is_stored_without_outputs():
    """No outputs, no execution counts, one kernel, an id for each cell, and JSON laid out as notebooks have it."""
    text = NOTEBOOK.read_text(encoding="utf-8")
    stored = json.loads(text)
    nbformat.validate(stored)
    code = [cell for cell in stored["cells"] if cell["cell_type"] == "code"]
    assert [(cell["outputs"], cell["execution_count"], cell["metadata"]) for cell in code] == [([], None, {})] * len(code)
    assert stored["metadata"]["kernelspec"]["name"] == "python3"
    assert text == nbformat.writes(nbformat.reads(text, as_version=4)) + "\n"


def test_no_cell_raises_or_warns(cells):
    """Every cell of code has run, and says nothing on standard error."""
    code = [cell for cell in cells.values() if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert {output.output_type for output in outputs} == {"stream", "execute_result"}
    assert {output.name for output in outputs if output.output_type == "stream"} == {"stdout"}


def test_the_derivation_shows_as_latex(cells):
    """Forward and backward steps, with the adjoints as fractions, in a display that notebooks set."""
    latex = shown(cells["derivation"], "text/latex")
    assert latex.startswith("$$")
    assert latex.rstrip().endswith("$$")
    assert r"z &= b + w \, x" in latex
    assert r"p &= \sigma\left(z\right)" in latex
    assert r"\frac{\partial L}{\partial w} &= \frac{\partial L}{\partial z} \, x" in latex


def test_the_derivation_prints_as_text(cells):
    """The same as lines, and dL/dw as one formula."""
    text = printed(cells["text"])
    assert "(2) p  = σ(z)" in text
    assert "(7) dw = dz x" in text
    assert "\ndL/dw = x*" in text


def test_a_check_shows_as_a_table(cells):
    """Two rows that pass, and the last line with the planted errors."""
    markup = shown(cells["check"], "text/html")
    assert "<table" in markup
    text = words(markup)
    assert text.count("✓ pass: agree") == 2
    assert "pass: agree w 1 40 [0, 0]" in text
    assert "1 exercise: 1 pass; 80 entries compared in float64" in text
    assert "controls: 8 planted, 8 caught" in text


def test_a_broken_program_shows_its_report(cells):
    """The row that fails, the sentence that says why, and the two values."""
    text = words(shown(cells["broken"], "text/html"))
    assert (text.count("✗ fail: autograd wrong"), text.count("✓ pass: agree")) == (2, 1)
    assert "dL/dw: autograd is wrong (autograd is zero everywhere: is the path to this parameter detached?)" in text
    assert re.search(r"autograd 0 closed form (-?\d+\.\d{6})\d+ certified \1", text)
    assert printed(cells["reason"]).splitlines() == [
        "False autograd_wrong",
        "dL/dw: autograd is wrong (autograd is zero everywhere: is the path to this parameter detached?)",
    ]


def test_the_data_frame_has_a_line_for_each_gradient(cells):
    """Verdicts and numbers of both parameters, as pandas shows them."""
    text = words(shown(cells["table"], "text/html"))
    assert "parameter verdict reason points absolute allowed 0 w fail autograd_wrong 40 " in text
    assert " 1 b pass agree 40 " in text


def test_answers_are_judged(cells):
    """Two forms that are right, and one that lacks a factor."""
    lines = [line for line in printed(cells["answer"]).splitlines() if line]
    assert lines[:4] == [
        "right: 2 (p − y) p (1 − p) x",
        "right: dL/dz * x",
        "unit: the answer for w is incorrect (missing_derivative): '2 (p − y) x'",
        "The factor σ′(z) is missing.",
    ]


def test_links_lead_somewhere():
    """Links of the notebook are to files beside it."""
    text = "\n".join(cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "markdown")
    targets = re.findall(r"\]\(([^)]+)\)", text)
    assert len(targets) >= 2
    assert [target for target in targets if not (DOCS / target).exists()] == []


def test_a_cell_that_raises_is_found():
    """The client doesn't pass over an error: a notebook with one fails with its name."""
    cell = nbformat.v4.new_code_cell("1 / 0", id="wrong")
    broken = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": {"name": "python3", "display_name": ""}})
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        run(broken)
