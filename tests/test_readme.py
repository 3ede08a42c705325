"""What README.md prints is what the commands print."""

import re
import shlex
import sys
from pathlib import Path

import eight_lines
import pytest
from click.testing import CliRunner

from symgrad.cli import cli
from symgrad.frameworks.pytorch.ways import WAYS
from symgrad.operations.table import TABLE
from symgrad.reports.operations import INTERNAL

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n\$ python -m symgrad (.*?)\n(.*?)\n```", README, flags=re.DOTALL)


def without_last_digits(text):
    """Lines as they are; where they show differences of floats, numbers become # and white space is folded."""
    measured = re.compile(r"pass: |fail: |autograd |closed form |difference |-{5}")
    lines = [
        " ".join(re.sub(r"-?\d+(\.\d+)?(e[-+]\d+)?", "#", line).replace("-", "").split()) if measured.search(line) else line
        for line in text.strip().splitlines()
    ]
    return [line.rstrip() for line in lines]


def test_readme_shows_a_passing_and_a_failing_check():
    """There is something to compare: a check that passes, one that fails, a derivation, and an answer that is read."""
    assert [arguments.split()[0] for arguments, _ in BLOCKS] == ["check", "derive", "check", "parse"]
    assert "PASS" not in README
    assert "FAIL: autograd wrong" in README


@pytest.mark.parametrize(("arguments", "printed"), BLOCKS, ids=[arguments for arguments, _ in BLOCKS])
def test_printed_output_is_real(arguments, printed, monkeypatch):
    """Each command prints what README.md shows, up to last digits that differ between processors."""
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(cli, shlex.split(arguments))
    assert without_last_digits(result.stdout) == without_last_digits(printed)


def test_the_exercise_shown_is_the_file():
    """The exercise in README.md is exercises/sigmoid_network.py, to the letter."""
    shown = README.partition("\n## An exercise\n")[2].partition("```python\n")[2].partition("```")[0]
    assert shown == (ROOT / "exercises" / "sigmoid_network.py").read_text(encoding="utf-8")


def test_the_eight_lines_run():
    """The test file for newcomers gives what is shown beside it; eight_lines.py fails where it doesn't."""
    eight_lines.main(sys.executable)
    _, _, _, printed = eight_lines.shown()
    assert eight_lines.without_times(printed)[-1] == "1 passed in #s"


def test_eight_lines_that_fail_are_noticed(monkeypatch):
    """A gradient that is wrong, or another output, ends the newcomer's path with what was printed."""
    monkeypatch.setattr(eight_lines, "README", eight_lines.README.replace("hadamard(x, sigmoid(x))", "sigmoid(x)"))
    with pytest.raises(SystemExit, match="losses differ"):
        eight_lines.main(sys.executable)


def test_ways_are_those_of_the_table():
    """README.md names every one of PyTorch's ways."""
    assert [name for name in WAYS if name != "backward" and f'"{name}"' not in README] == []


def test_the_vocabulary_is_the_table():
    """Every operation stands in README.md, but those that authors don't write."""
    assert [name for name in TABLE if name not in INTERNAL and f"`{name}`" not in README] == []
