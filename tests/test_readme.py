"""What README.md prints is what the commands print."""

import sys

import eight_lines
import pytest
from documents import blocks, commands, reader
from eight_lines import README


def test_readme_says_what_happens(tmp_path):
    """Its exercise is that of the library, its test file runs, and its commands print what is shown."""
    problems = list(reader("README.md", tmp_path).problems(README))
    assert not problems, "\n\n".join(problems)


def test_readme_is_short():
    """It fits on three screens: 150 lines, of 128 characters but for tables."""
    lines = README.splitlines()
    assert len(lines) <= 150
    assert [line for line in lines if len(line) > 128 and "  " not in line] == []


def test_readme_shows_a_passing_and_a_failing_check():
    """There is something to compare: a test, a check that passes, one that fails, a grading."""
    shown = [command.split()[2:4] for block in blocks(README) if block.kind == "console" for command, _ in commands(block.text)]
    assert shown == [["pytest", "-q"], ["symgrad", "check"], ["symgrad", "check"], ["symgrad", "grade"]]
    assert "pass: agree" in README
    assert "FAIL: autograd wrong" in README


def test_three_commands_make_an_environment():
    """CI runs each of them in a clean environment."""
    assert len([line for line in README.splitlines() if line.startswith("python3 -m venv")]) == 3


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
