"""Whole sessions: in parallel, with pytest's JUnit report, with the summary line, and without any use of symgrad."""

import xml.etree.ElementTree as ET

import pytest

DETECTOR = """
import sys

def pytest_sessionfinish(session):
    found = [name for name in ("sympy", "torch", "numpy", "flint", "scipy", "click") if name in sys.modules]
    print("\\nimported:", *found or ["nothing"])
"""


def test_two_workers_agree_with_one(write, run, pytester):
    """With xdist the outcomes, paragraphs and controls are those of a single process."""
    pytest.importorskip("xdist")
    write("exercises/a.py", "right", "wrong", "kink")
    write("exercises/b.py", "raises", "published")
    alone = run("exercises")
    alone.assert_outcomes(passed=10, failed=2, errors=3)
    (controls,) = [line for line in alone.outlines if line.startswith("controls: ")]
    parallel = pytester.runpytest_subprocess("--symgrad", "exercises", "-n", "2", "--dist", "loadscope")
    parallel.assert_outcomes(passed=10, failed=2, errors=3)
    assert controls in parallel.outlines
    assert paragraphs(parallel) == paragraphs(alone)
    assert len(paragraphs(alone)) == 5


def paragraphs(result):
    """The paragraphs of failures and errors."""
    text = result.stdout.str()
    return sorted(part.partition("\n----")[0] for part in text.replace("\nERROR: ", "\nFAIL: ").split("\nFAIL: ")[1:])


def test_pytests_junit_report_has_items_and_reasons(write, run, pytester):
    """--junitxml names file, exercise and parameter, has the paragraph and the controls."""
    write("exercises/a.py", "wrong", "raises")
    run("exercises", "--junitxml=report.xml")
    cases = {(c.get("classname"), c.get("name")): c for c in ET.parse(pytester.path / "report.xml").iter("testcase")}
    assert set(cases) == {(f"exercises.a.{e}", n) for e in ("wrong", "raises") for n in ("w", "x", "loss")}
    failure = cases["exercises.a.wrong", "x"].find("failure")
    assert failure.get("message").startswith("autograd wrong: dL/dx: autograd is wrong")
    assert failure.text.startswith("FAIL: autograd wrong: wrong, dL/dx (exercises/a.py)\n  dL/dx: autograd is wrong")
    error = cases["exercises.a.raises", "w"].find("error")
    assert "could not run: exercises/a.py:6: torch_loss raised AttributeError" in error.get("message")
    properties = cases["exercises.a.wrong", "loss"].findall("properties/property")
    assert [(p.get("name"), p.get("value")) for p in properties] == [("symgrad_controls", "4 planted, 4 caught, 0 couldn't be")]


def test_the_summary_has_the_controls_of_all_checks(write, run):
    """Controls are summed over exercises, and not spoken of where nothing was checked."""
    write("exercises/a.py", "right", "wrong")
    write("exercises/b.py", "raises")
    assert "controls: 12 planted, 12 caught" in run("exercises").outlines
    assert not [line for line in run("exercises/b.py").outlines if line.startswith("controls")]
    assert not [line for line in run("exercises/a.py", "--collect-only").outlines if line.startswith("controls")]


def test_unused_the_plugin_imports_nothing_heavy(pytester):
    """Installed but unused, it leaves sympy, torch and all the rest alone, though its fixture has a name in the test."""
    pytester.makeconftest(DETECTOR)
    pytester.makepyfile(test_it="def test_it():\n    pass\n\ndef test_fixture(symgrad_check):\n    pass\n")
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest", "-q", "-s")
    result.assert_outcomes(passed=2)
    assert "imported: nothing" in result.outlines
    assert "imported: nothing" in pytester.runpytest_subprocess("-p", "no:hypothesispytest", "--co", "-q").outlines


def test_the_detector_sees_sympy_where_exercises_are_collected(write, pytester):
    """Collecting exercises reads them, with sympy; torch is imported as they do, or to check them."""
    pytester.makeconftest(DETECTOR)
    (pytester.path / "e.py").write_text(
        "from symgrad import Exercise, scalar\nw = scalar('w')\ne = Exercise(name='e', loss=w**2, parameters=[w])\n"
    )
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest", "--co", "-q", "--symgrad", "e.py")
    (said,) = [line for line in result.outlines if line.startswith("imported: ")]
    assert "sympy" in said.split()
    assert "torch" not in said.split()


def test_settings_alone_import_neither_sympy_nor_torch(pytester):
    """Options that are given and not used are looked at without either."""
    pytester.makeconftest(DETECTOR)
    pytester.makepyfile(test_it="def test_it():\n    pass\n")
    words = ["--symgrad-dtype", "float32", "--symgrad-points", "3", "--symgrad-seed", "1"]
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest", "--co", "-q", *words)
    (said,) = [line for line in result.outlines if line.startswith("imported: ")]
    assert not {"sympy", "torch"} & set(said.split())
