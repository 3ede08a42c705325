"""What README.md prints is what the commands print."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from symgrad.cli import cli
from symgrad.operations.table import TABLE
from symgrad.reports.vocabulary import INTERNAL

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
    shown = re.search(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert shown is not None
    assert shown.group(1) == (ROOT / "exercises" / "sigmoid_network.py").read_text(encoding="utf-8")


def test_the_vocabulary_is_the_table():
    """Every operation stands in README.md, but those that authors don't write."""
    assert [name for name in TABLE if name not in INTERNAL and f"`{name}`" not in README] == []
