"""Files and folders in, exercises out: every way in which a file can be broken, and that it hides nothing else."""

from __future__ import annotations

import builtins
import os
import sys

import pytest
import torch

from symgrad import check, scalar
from symgrad.authoring.exercise import Exercise
from symgrad.authoring.exercise_files import Broken, load
from symgrad.basics.errors import UserError
from symgrad.basics.source_places import PACKAGE
from symgrad.reports import render

HEADER = "from symgrad import Exercise, matrix, scalar, square, step, total\n\nw = scalar('w')\n"


def broken(path):
    """The one thing that a file holds, which is broken."""
    (item,) = load([path])
    assert isinstance(item, Broken)
    assert item.path == path
    assert "Traceback" not in item.message
    assert "\n" not in item.message
    return item


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("def f(:\n", 1, "not valid Python: invalid syntax"),
        ("x = 1\nx = (\n", 2, "not valid Python: '(' was never closed"),
        ("if 1:\n\tx = 1\n        y = 2\n", 3, "not valid Python: inconsistent use of tabs and spaces in indentation"),
        (b"x = 1\0\n", 1, "not valid Python: source code string cannot contain null bytes"),
        (b"# caf\xe9\n", 1, "not valid Python: invalid or missing encoding declaration for 'file.py'"),
        ("# -*- coding: klingon -*-\n", 1, "not valid Python: unknown encoding for 'file.py': klingon"),
        ("", 1, "no Exercise here; accepted: a variable that holds an Exercise(…)"),
        ("x = 1\n", 1, "no Exercise here; accepted: a variable that holds an Exercise(…)"),
        ("x = 1\nraise ValueError('first\\nsecond')\n", 2, "ValueError: first second"),
        ("raise ValueError\n", 1, "ValueError: no message"),
        ("import sys\n\nsys.exit()\n", 3, "SystemExit: no message"),
        ("import sys\n\nsys.exit(3)\n", 3, "SystemExit: 3"),
        ("import no_such_module\n", 1, "ModuleNotFoundError: No module named 'no_such_module'"),
        ("def f():\n    return 1 / 0\n\n\nf()\n", 2, "ZeroDivisionError: division by zero"),
        ("def f():\n    f()\n\n\nf()\n", 2, "RecursionError: maximum recursion depth exceeded"),
        (
            "from symgrad import scalar\n\nw = scalar('1w')\n",
            3,
            "symbol: '1w' can't be a name; accepted: letters, digits and _, not a Python keyword",
        ),
        (
            "from symgrad import step\n\nstep('z', 'w + 1')\n",
            3,
            "step: step 'z' is str; accepted: a scalar or matrix expression of SymPy's",
        ),
        ("from symgrad import sigmoid\n\nsigmoid(1, 2, 3)\n", 3, "TypeError: sigmoid takes 1 operand, found 3"),
        (
            HEADER + "\nExercise(name='e', loss='w', parameters=[w])\n",
            5,
            "exercise 'e', loss: found the string 'w'; accepted: a scalar expression of SymPy's",
        ),
    ],
)
def test_a_broken_file_says_which_line_and_why(write, text, line, message):
    """A file that can't be read is one line, path:line: and the reason."""
    item = broken(write("file.py", text))
    assert item.message.startswith(f"file.py:{line}: {message}")


def test_two_exercises_of_one_name_in_a_file_are_refused(write):
    """Names of a file's exercises differ, or a report couldn't say which one failed."""
    text = HEADER + "a = Exercise(name='one', loss=w, parameters=[w])\nb = Exercise(name='one', loss=w**2, parameters=[w])\n"
    assert broken(write("file.py", text)).message == "file.py:1: two exercises are called 'one'; accepted: a name for each"


def test_what_a_prompt_remembers_is_not_the_files(write, monkeypatch):
    """An exercise that was the last value at a prompt stands among the builtins, and in no file."""
    monkeypatch.setattr(builtins, "_", Exercise(name="shown", loss=scalar("w") ** 2, parameters=["w"]), raising=False)
    assert [item.name for item in load([write("parabola.py")])] == ["parabola"]


def test_one_exercise_under_two_names_is_one(write):
    """A variable that repeats another one doesn't repeat the exercise."""
    (item,) = load([write("file.py", HEADER + "a = b = Exercise(name='one', loss=w, parameters=[w])\n")])
    assert isinstance(item, Exercise)


def test_an_error_in_an_exercise_keeps_its_name(write):
    """What is broken is called like the exercise, where that much is known, and like its file otherwise."""
    assert broken(write("file.py", HEADER + "Exercise(name='mine', loss=None, parameters=[w])\n")).name == "mine"
    assert broken(write("other.py", "def f(:\n")).name == "other"


def test_a_misspelt_operation_is_told_the_nearest(write):
    """An import of an operation that doesn't exist offers the nearest one."""
    message = broken(write("file.py", "from symgrad import squre\n")).message
    assert message.startswith("file.py:1: ImportError: cannot import name 'squre' from 'symgrad'")
    assert "'square'" in message


def test_matrices_that_do_not_fit_are_said_in_words(write):
    """SymPy's error about a product names both shapes, not a tuple."""
    message = broken(write("file.py", "from symgrad import matrix\n\nmatrix('A', 2, 2) * matrix('B', 3, 3)\n")).message
    assert message.startswith("file.py:3: ")
    assert "('" not in message


def test_whatever_a_file_raises_is_reported(write):
    """A test framework's skip isn't an Exception, and ends the run of its file only."""
    text = "class Skipped(BaseException):\n    pass\n\n\nraise Skipped('not here')\n"
    assert broken(write("file.py", text)).message == "file.py:5: Skipped: not here"


def test_what_is_broken_knows_its_line_as_a_number(write):
    """Nobody has to read a sentence to know where a file is broken; what stands in another file has no line in this one."""
    item = broken(write("file.py", HEADER + "\nExercise(name='e', loss='w', parameters=[w])\n"))
    assert (item.line, item.found.code, item.found.values["field"]) == (5, "wrong_exercise", "loss")
    write("_shared.py", HEADER + "def make():\n    return Exercise(name='e', loss='w', parameters=[w])\n")
    item = broken(write("other.py", "from _shared import make\n\nmake()\n"))
    assert (item.line, item.place.line) == (None, 5)
    assert item.message.startswith(f"{item.place.path}:5: exercise 'e', loss: found the string 'w'")


def test_a_broken_file_hides_no_other(write):
    """A folder with one broken file among good ones gives them all, in order of paths."""
    write("exercises/a.py", HEADER + "e = Exercise(name='a', loss=w, parameters=[w])\n")
    write("exercises/b.py", "def f(:\n")
    write("exercises/c.py", HEADER + "e = Exercise(name='c', loss=w, parameters=[w])\n")
    assert [(type(item), item.name) for item in load(["exercises"])] == [(Exercise, "a"), (Broken, "b"), (Exercise, "c")]


def test_a_folder_called_like_a_file_is_a_folder(write):
    """A folder whose name ends in .py isn't read as a file."""
    write("exercises/odd.py/a.py")
    assert [type(item) for item in load(["exercises"])] == [Exercise]


def test_hidden_and_private_files_are_left_alone(write):
    """What begins with _ or . below a folder isn't loaded; given by name it is."""
    write("exercises/a.py")
    for name in ("_private.py", ".hidden.py", "__pycache__/x.py", ".git/x.py", "notes.txt"):
        write(f"exercises/{name}", "raise ValueError")
    assert [item.name for item in load(["exercises"])] == ["parabola"]
    assert broken("exercises/_private.py").message == "exercises/_private.py:1: ValueError: no message"


def test_a_file_given_twice_is_loaded_once(write):
    """A folder and a file in it give the file once."""
    write("exercises/a.py")
    assert len(load(["exercises", "exercises/a.py", "./exercises"])) == 1


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere", "nowhere: no such file or folder"),
        ("nowhere/a.py", "nowhere/a.py: no such file or folder"),
        ("empty", "empty: no exercises here (files ending in .py, not beginning with _ or .)"),
        ("notes.txt", "notes.txt: not a Python file; exercises are .py files"),
    ],
)
def test_a_path_without_exercises_is_the_users_error(write, tmp_path, path, message):
    """A missing path, an empty folder and another kind of file are errors of the command."""
    (tmp_path / "empty").mkdir()
    write("notes.txt")
    with pytest.raises(UserError) as caught:
        load([path])
    assert str(caught.value) == message


def test_an_empty_path_is_no_path(write):
    """An unset variable in a script doesn't mean the current folder."""
    write("a.py")
    with pytest.raises(UserError):
        load([""])


def test_an_unknown_name_is_told_the_nearest(write):
    """A misspelt --only names the nearest exercise and all there are."""
    with pytest.raises(UserError) as caught:
        load([write("a.py")], only=["parabol"])
    assert str(caught.value) == "no exercise is called 'parabol'; did you mean 'parabola'? There are parabola"


def test_an_unknown_name_far_from_all_is_a_sentence(write):
    """Without a nearest name the message is two sentences still."""
    with pytest.raises(UserError) as caught:
        load([write("a.py")], only=["zzz"])
    assert str(caught.value) == "no exercise is called 'zzz'. There are parabola"


def test_only_keeps_what_is_asked_for(write):
    """--only leaves out other exercises, broken files as well."""
    write("exercises/a.py")
    write("exercises/b.py", "def f(:\n")
    assert [item.name for item in load(["exercises"], only=["parabola"])] == ["parabola"]
    assert [item.name for item in load(["exercises"], only=["b"])] == ["b"]


def test_a_file_prints_to_standard_error(write, capsys):
    """What a file prints while it is loaded doesn't get into a report."""
    load([write("a.py", HEADER + "print('loading')\ne = Exercise(name='a', loss=w, parameters=[w])\n")])
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "loading\n")


def test_a_file_imports_what_lies_beside_it(write):
    """Each folder has its own helpers, even where they are called alike."""
    for name in ("first", "second"):
        write(f"{name}/_shared.py", f"NAME = '{name}'\n")
        text = "from _shared import NAME\n" + HEADER + "e = Exercise(name=NAME, loss=w, parameters=[w])\n"
        write(f"{name}/exercise.py", text)
    assert [item.name for item in load(["first", "second"])] == ["first", "second"]


def test_loading_leaves_nothing_behind(write, tmp_path):
    """Neither the import path nor the folder is changed."""
    before = list(sys.path)
    load([write("a.py"), write("b.py", "raise ValueError")])
    assert sys.path == before
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.py", "b.py"]


def test_a_path_is_written_as_it_was_given(write):
    """The place of an exercise is the path of the command, for the command that repeats it."""
    (item,) = load([write("exercises/a.py")])
    assert item.place.path == "exercises/a.py"


def test_a_file_that_changes_the_folder_hides_no_other(write):
    """os.chdir in one file doesn't make the next one unfindable."""
    write("exercises/a.py", "import os\n\nos.chdir('/')\n")
    write("exercises/b.py")
    assert [type(item) for item in load(["exercises"])] == [Broken, Exercise]


def test_a_file_that_changes_pytorchs_device_hides_no_other(write):
    """torch.set_default_device in one file doesn't decide where the next one runs."""
    write("exercises/a.py", "import torch\n\ntorch.set_default_device('meta')\n")
    write("exercises/b.py")
    try:
        _, good = load(["exercises"])
        assert check(good).reason == "agree"
    finally:
        torch.set_default_device(None)


@pytest.mark.parametrize("name", ["<stdin>", "<ipython-input-1-2>"])
def test_a_prompt_is_no_file(name):
    """What was written at a prompt has no place, whoever runs the prompt."""
    names = {"Exercise": Exercise, "w": scalar("w")}
    exec(compile("e = Exercise(name='e', loss=w, parameters=[w])\n", name, "exec"), names)
    assert names["e"].place is None


def test_a_notebooks_cell_is_no_file(tmp_path):
    """What was written where there is no file has no place, and no command that checks it again."""
    code = compile(
        "e = Exercise(name='e', loss=w, parameters=[w], torch_loss=lambda w: 2 * w)\n",
        str(tmp_path / "ipykernel_1" / "2.py"),
        "exec",
    )
    names = {"Exercise": Exercise, "w": scalar("w")}
    exec(code, names)
    assert names["e"].place is None
    assert "repeat" not in render(check(names["e"]))


@pytest.mark.parametrize("folder", [f"{PACKAGE.rstrip(os.sep)}_course", f"{PACKAGE.rstrip(os.sep)}s"])
def test_a_folder_called_almost_like_the_package_is_not_the_package(folder, monkeypatch):
    """An exercise in /…/symgrad_course is placed there, and not in whatever imports it."""
    monkeypatch.setattr("os.path.exists", lambda path: True)
    path = f"{folder}/a.py"
    code = compile("\n\ne = Exercise(name='e', loss=w, parameters=[w])\n", path, "exec")
    names = {"Exercise": Exercise, "w": scalar("w")}
    exec(code, names)
    assert (names["e"].place.path, names["e"].place.line) == (path, 3)
