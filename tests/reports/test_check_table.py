"""The table of a check: it fits its page, and says what differs in few digits."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from symgrad import Exercise, check, matrix, render, scalar, square, total
from symgrad.checking.check import check_paths
from symgrad.cli import cli
from symgrad.reports.check import table
from symgrad.reports.wording.values import apart

ROOT = Path(__file__).parents[2]
FOLDERS = [str(ROOT / name) for name in ("exercises", "docs/failures", "tests/wrong_on_purpose", "tests/right_but_suspicious")]
x, y = scalar("x"), scalar("y")


@pytest.fixture(scope="module")
def reports():
    return {folder: check_paths([folder]) for folder in FOLDERS}


def loose(text: str) -> list[str]:
    """The lines of a report that are no command: these are there to be copied."""
    return [line for line in text.splitlines() if "python -m symgrad" not in line]


def words(text: str) -> set[str]:
    """The words of a report, without what is set between them."""
    return {word.rstrip(",:") for line in loose(text) for word in line.split() if set(word) != {"-"} and "…" not in word}


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: Path(folder).name)
def test_a_report_fits_a_hundred_columns(reports, folder, verbose):
    """No line is longer, whatever the exercises are called and whatever went wrong, unless a word is that long itself."""
    lines = loose(table.render(reports[folder], verbose=verbose))
    assert [line for line in lines if len(line) > 100 and len(line.strip().split("  ")[-1].split()) > 1] == []


@pytest.mark.parametrize("width", [72, 50, 30])
def test_a_narrow_page_breaks_between_words(reports, width):
    """Every word of the wide report is a word of the narrow one."""
    report = reports[FOLDERS[1]]
    wide, narrow = (words(table.render(report, width=most)) for most in (100, width))
    assert wide - narrow - {"exercise", "verdict"} == set()  # a page too narrow for a table has no headings of columns
    long = [line for line in loose(table.render(report, width=width)) if len(line) > width]
    assert [line for line in long if len(line.split()) > 2] == []


def test_the_width_is_that_of_the_terminal(monkeypatch):
    """COLUMNS says how wide a page is; more than a hundred columns are never used."""
    report = check(Exercise(name="wrong", loss=square(x), parameters=[x], torch_loss=lambda x: -(x**2))).report
    for columns, most in (("60", 60), ("100", 100), ("300", 100)):
        monkeypatch.setenv("COLUMNS", columns)
        assert render(report) == table.render(report, width=most)


def test_an_exercise_that_passes_takes_a_line():
    """Rows of its gradients are shown on request; of one that fails they are always there."""
    command = ["check", str(ROOT / "exercises" / "quadratic.py"), str(ROOT / "docs" / "failures" / "wrong_sign.py")]
    brief, full = (CliRunner().invoke(cli, [*command, *more]).stdout for more in ([], ["-v"]))
    assert [line.split()[0] for line in brief.splitlines()[2:5]] == ["quadratic", "residual", "dL/dw"]
    assert [line.split()[0] for line in full.splitlines()[2:8]] == [
        "quadratic",
        "dL/dw1",
        "dL/dw2",
        "dL/db",
        "residual",
        "dL/dw",
    ]


def test_entries_are_told_one_by_one():
    """--entries shows both roads, what is certified and the ulps of every entry at a point; --entries-at chooses it."""
    w = matrix("w", 2, 2)
    exercise = Exercise(name="squares", loss=total(square(w)), parameters=[w], at=[{"w": [[1, 2], [3, 0.5]]}], points=2)
    result = check(exercise, entries=True, entries_at=0)
    assert [(v["index"], v["closed_form"], v["autograd"], v["ulps"]) for v in result.values] == [
        ((0, 0), 2.0, 2.0, 0.0),
        ((0, 1), 4.0, 4.0, 0.0),
        ((1, 0), 6.0, 6.0, 0.0),
        ((1, 1), 1.0, 1.0, 0.0),
    ]
    text = render(result)
    assert "squares: every entry at point 0" in text
    assert any(line.split() == ["dL/dw[1,", "0]", "6.0", "6.0", "6", "0"] for line in text.splitlines()), text
    assert [v["autograd"] for v in result.to_dict()["exercises"][0]["gradients"][0]["values"]] == [2.0, 4.0, 6.0, 1.0]
    assert "every entry" not in render(check(exercise))
    assert "values" not in check(exercise).to_dict()["exercises"][0]["gradients"][0]
    assert len(check(exercise).values) == 4  # also where a report doesn't show them
    beyond = check(exercise, entries_at=99)
    assert (beyond.values, beyond.notes) == ([], ("no point 99 to show: there are 3, counted from 0",))


def test_a_loop_that_fails_shows_no_block_of_a_loss_that_agrees(reports):
    """The loss of the exercise itself agrees: nothing is shown of it under what a training loop did wrong."""
    wrong = [each for each in reports[FOLDERS[2]] if each.reason == "losses_differ" and each.loss_reason == "agree"]
    assert wrong
    for each in wrong:
        assert "where" not in render(each).split("FAIL", 1)[1]


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        (1.0, 2.0, ("1", "2")),
        (-5.5506820678710938, 5.5506820678710938, ("-5.550682", "5.550682")),
        (0.1, 0.1 + 2**-56, ("0.100…001", "0.100…002")),
        (1e-320, 0.0, ("9.999889e-321", "0")),
        (float("nan"), 1.0, ("nan", "1")),
        (float("inf"), 1.0, ("inf", "1")),
        (123456789.0, 123456789.5, ("123…789", "123…790")),
    ],
)
def test_values_are_shown_to_the_digits_that_differ(first, second, shown):
    """Where these are many, what lies between the first and the last of them is left out."""
    assert apart(first, second) == shown
