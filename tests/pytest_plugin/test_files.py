"""Which files are exercises, what becomes of those that can't be read, and that all others are left alone."""

import tokenize
from pathlib import Path

import pytest

TOUCHED = "open('touched', 'a').write(__name__ + '\\n')\n"
"""Code that says that a file was imported."""


def test_without_the_option_nothing_is_collected(write, pytester):
    """Exercises are tests only where that is asked."""
    write("exercises/a.py", "right")
    result = pytester.runpytest_inprocess("exercises")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "symgrad:" not in result.stdout.str()
    assert "controls:" not in result.stdout.str()


def test_the_ini_setting_serves_as_well(write, pytester):
    """symgrad = true collects exercises without the option."""
    pytester.makeini("[pytest]\nsymgrad = true")
    write("exercises/a.py", "right")
    pytester.runpytest_inprocess("exercises").assert_outcomes(passed=3)


def test_a_project_beside_exercises_is_not_disturbed(write, run, pytester):
    """Its tests run as ever, its modules aren't imported, and files that only look like exercises aren't read as such."""
    write("exercises/a.py", "right")
    write("exercises/_shared.py", text=TOUCHED)
    write("exercises/_drafts/b.py", "wrong", text=TOUCHED)
    write("exercises/conftest.py", text="")
    write("exercises/setup.py", text=TOUCHED)
    write("exercises/test_of_its_own.py", text="def test_something():\n    assert Exercise\n")
    write("exercises/also_test.py", text="def test_something_else():\n    assert Exercise\n")
    (pytester.path / "project").mkdir()
    (pytester.path / "project/module.py").write_text(TOUCHED)
    (pytester.path / "project/test_module.py").write_text("def test_it():\n    pass\n")
    (pytester.path / "project/notes.txt").write_text("symgrad")
    result = run("--collect-only", "-q")
    assert [line for line in result.outlines if "::" in line] == [
        "exercises/a.py::right::w",
        "exercises/a.py::right::x",
        "exercises/a.py::right::loss",
        "exercises/also_test.py::test_something_else",
        "exercises/test_of_its_own.py::test_something",
        "project/test_module.py::test_it",
    ]
    run().assert_outcomes(passed=6)
    assert not (pytester.path / "touched").exists()


def test_a_folder_for_helpers_is_read_where_it_is_named(write, run):
    """A folder whose name begins with _ is left out below, not when it is asked for."""
    write("exercises/_drafts/b.py", "right")
    run("exercises").assert_outcomes()
    run("exercises/_drafts").assert_outcomes(passed=3)
    run("exercises/_drafts/b.py").assert_outcomes(passed=3)


def test_globs_say_which_files(write, run, pytester):
    """symgrad_files narrows by name or by path, as python_files does."""
    for name in ("a/ex_1.py", "a/other.py", "b/c/other.py"):
        write(name, "right")
    for globs, files in (
        ("ex_*.py", ["a/ex_1.py"]),
        ("b/*/o*.py", ["b/c/other.py"]),
        ("ex_?.py c/*.py", ["a/ex_1.py", "b/c/other.py"]),
    ):
        pytester.makeini(f"[pytest]\nsymgrad_files = {globs}")
        listed = [line.partition("::")[0] for line in run("--collect-only", "-q").outlines if "::" in line]
        assert list(dict.fromkeys(listed)) == files


def test_pythons_own_test_files_stay_modules(write, run, pytester):
    """What python_files matches is a test module, also where it is named."""
    pytester.makeini("[pytest]\npython_files = check_*.py")
    write("check_a.py", text="def test_it():\n    assert Exercise\n")
    run("check_a.py").assert_outcomes(passed=1)


def test_a_named_file_without_exercises_is_pytests(run, pytester):
    """A file that doesn't mention symgrad is a module, as ever."""
    (pytester.path / "plain.py").write_text("def test_it():\n    pass\n")
    run("plain.py").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"from symgrad import Exercise\n1 +\n", "exercises/bad.py:2: not valid Python: invalid syntax"),
        (b"from symgrad import Exercise\n1 / 0\n", "exercises/bad.py:2: ZeroDivisionError: division by zero"),
        (
            b"import symgrad\n",
            "exercises/bad.py:1: no Exercise here; accepted: a variable that holds an Exercise(\xe2\x80\xa6)",
        ),
        (b"import symgrad\nimport sys\nsys.exit(3)\n", "exercises/bad.py:3: SystemExit: 3"),
        (b"import symgrad\nimport pytest\npytest.skip('no', allow_module_level=True)\n", "exercises/bad.py:3: Skipped: no"),
        (
            b"from symgrad import Exercise, scalar\nw = scalar('w')\ne = Exercise(name='e', loss=w, parameters=['v'])\n",
            "exercises/bad.py:3: exercise 'e', parameters: the loss has no 'v'; accepted: w",
        ),
        (b"import symgrad  # \xff\n", "exercises/bad.py:1: not valid Python: invalid or missing encoding declaration for"),
        ("import symgrad".encode("utf-16"), "exercises/bad.py:1: not valid Python: "),
    ],
    ids=range(8),
)
@pytest.mark.parametrize("named", [False, True])
def test_a_broken_file_is_a_collection_error_with_its_message(text, message, named, write, run, pytester):
    """The message alone, with the path as the user would write it, and the exercises beside it still run."""
    message = message.encode("latin-1").decode("utf-8") if "\xe2" in message else message
    write("exercises/a.py", "right")
    (pytester.path / "exercises/bad.py").write_bytes(text)
    result = run("--continue-on-collection-errors", *(["exercises/bad.py", "exercises/a.py"] if named else ["exercises"]))
    result.assert_outcomes(passed=3, errors=1)
    said = result.outlines
    heading = next(k for k, line in enumerate(said) if "ERROR collecting exercises/bad.py" in line)
    assert said[heading + 1].startswith(message)
    assert said[heading + 2].startswith(("====", "controls: "))


def test_a_named_file_that_cannot_be_read_says_so(write, run, monkeypatch):
    """An unreadable file that is named is an error; in a folder, where nobody knows what it is, it is left alone."""

    def refusing(read):
        def refuse(path, *rest):
            if Path(path).name == "a.py":
                raise PermissionError(13, "Permission denied")
            return read(path, *rest)

        return refuse

    write("exercises/a.py", "right")
    monkeypatch.setattr(Path, "read_bytes", refusing(Path.read_bytes))
    monkeypatch.setattr(tokenize, "open", refusing(tokenize.open))
    assert "exercises/a.py:1: PermissionError: [Errno 13] Permission denied" in run("exercises/a.py").outlines
    assert run("exercises").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_paths_read_as_the_user_wrote_them(write, run, pytester, monkeypatch):
    """From another folder messages and commands are relative to it."""
    write("exercises/a.py", "wrong")
    (pytester.path / "here").mkdir()
    monkeypatch.chdir(pytester.path / "here")
    text = run("../exercises/a.py").stdout.str()
    assert "FAIL: autograd wrong: wrong, dL/dx (../exercises/a.py)" in text
    assert "  repeat       python -m pytest --symgrad ../exercises/a.py::wrong::x\n" in text


def test_what_lies_beside_an_exercise_is_importable(write, run):
    """An exercise may import a helper beside it."""
    write(
        "exercises/_helper.py",
        text="def made(name):\n    return Exercise(name=name, loss=square(w), parameters=[w], points=2)\n",
    )
    write("exercises/a.py", text="from _helper import made\ne = made('made')\n")
    run("exercises").assert_outcomes(passed=2)
