"""The command line: what it says to a wrong command, exit statuses, streams, and that the same command says the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version

import pytest

from symgrad.cli import COMMANDS, main

WRONG = """\
from symgrad import Exercise, scalar, square

w = scalar("w")


def torch_loss(w):
    return 2 * (w - 1) ** 2 - ((w - 1) ** 2).detach()


exercise = Exercise(name="twice", loss=square(w - 1), parameters=[w], points=3, torch_loss=torch_loss)
"""
VACUOUS = """\
from symgrad import Exercise, scalar, square

w = scalar("w")
exercise = Exercise(name="vacuous", loss=square(w), parameters=[w], points=0, at=[{"w": 0}])
"""
PRINTING = """\
import sys
from symgrad import Exercise, scalar, square

print("while loading")
w = scalar("w")


def torch_loss(w):
    print("while running")
    sys.stdout.write("and writing\\n")
    return (w - 1) ** 2


exercise = Exercise(name="printing", loss=square(w - 1), parameters=[w], points=2, torch_loss=torch_loss)
"""
MANY = """\
from symgrad import Exercise, scalar, square

symbols = [scalar(name) for name in ("alpha", "beta", "gamma_", "delta", "epsilon", "zeta_")]
loss = sum(square(a - b) * a for a in symbols for b in symbols if a is not b)
exercise = Exercise(name="many", loss=loss, parameters=symbols, points=4)
"""
HEAVY = ("sympy", "torch", "numpy", "flint", "scipy")


def spoken(result):
    """Standard error without click's usage lines, on one line."""
    return " ".join(result.stderr.split())


def python(*words, **options):
    """A Python process of its own, with symgrad's own environment."""
    environment = {**os.environ, **options.pop("env", {})}
    command = [sys.executable, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment, **options)


# Exit statuses


@pytest.mark.parametrize(
    ("texts", "status"),
    [
        ((None,), 0),
        ((WRONG,), 1),
        ((VACUOUS,), 2),
        (("def f(:\n",), 2),
        ((None, WRONG), 1),
        ((None, VACUOUS), 2),
        ((None, "def f(:\n"), 2),
        ((WRONG, "def f(:\n"), 1),
        ((WRONG, VACUOUS), 1),
    ],
)
def test_the_exit_status_says_how_it_went(write, symgrad, texts, status):
    """0: all pass; 1: something failed; 2: nothing failed, but something could not be decided or run."""
    for k, text in enumerate(texts):
        write(f"exercises/{k}.py", *([] if text is None else [text]))
    assert symgrad("check", "exercises").exit_code == status


@pytest.mark.parametrize("command", ["check", "list", "derive"])
def test_a_broken_file_hides_no_exercise(write, symgrad, command):
    """Every command shows the good exercises of a folder, says what is broken, and ends with 2."""
    write("exercises/a.py", "def f(:\n")
    write("exercises/b.py")
    result = symgrad(command, "exercises")
    assert result.exit_code == 2
    assert "parabola" in result.stdout
    assert "exercises/a.py:1: not valid Python: invalid syntax" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "operations"])
@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "Missing argument"),
        (["nowhere"], "Error: nowhere: no such file or folder"),
        (["notes.txt"], "Error: notes.txt: not a Python file; exercises are .py files"),
        (["good.py", "--frobnicate"], "No such option"),
    ],
)
def test_a_wrong_command_ends_with_two(write, symgrad, command, words, message):
    """A missing path, another kind of file and an unknown option are told, whatever the command."""
    write("notes.txt")
    write("good.py")
    second = {"grade": ["answers"], "parse": ["2w"]}.get(command, []) if words else []
    result = symgrad(command, *words[:1], *second, *words[1:])
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in spoken(result)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--points", -1], "Invalid value for '--points': -1 is not in the range x>=0."),
        (["--points", "many"], "Invalid value for '--points': 'many' is not a valid integer"),
        (["--seed", -1], "Invalid value for '--seed': -1 is not in the range x>=0."),
        (["--dtype", "float8"], "'float8' is not one of 'float64', 'float32', 'bfloat16', 'float16'."),
        (["--format", "xml"], "'xml' is not one of 'table', 'json', 'junit', 'markdown', 'html'."),
        (["--rtol", -1], "Invalid value for '--rtol'"),
        (["--rtol", "nan"], "Invalid value for '--rtol'"),
        (["--atol", "nan"], "Invalid value for '--atol'"),
        (["--frmat", "json"], "'--format'"),
        (["--only", "parabol"], "no exercise is called 'parabol'; did you mean 'parabola'? There are parabola"),
        (["--only", "zzz"], "no exercise is called 'zzz'. There are parabola"),
        (["--output", "nowhere/report.json"], "Error: nowhere/report.json: can't be written: No such file or directory"),
        (["--output", "folder"], "'--output': File 'folder' is a directory."),
    ],
)
def test_a_wrong_option_is_told_what_is_accepted(write, symgrad, tmp_path, words, message):
    """An option's value that makes no sense is named with what is accepted; nothing is reported."""
    (tmp_path / "folder").mkdir()
    result = symgrad("check", write("good.py"), *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in spoken(result)


def test_a_misspelt_command_is_told_the_nearest(symgrad):
    """An unknown command names the nearest one."""
    result = symgrad("chek", "good.py")
    assert result.exit_code == 2
    assert "No such command 'chek'" in spoken(result)
    assert "'check'" in spoken(result)


def test_an_output_that_cannot_be_written_is_told_before_anything_runs(write, symgrad):
    """Nobody waits for a check whose report has no place to go."""
    result = symgrad("check", write("printing.py", PRINTING), "--output", "nowhere/report.json")
    assert result.exit_code == 2
    assert "while running" not in result.stderr


def test_no_points_are_not_a_search_that_failed(write, symgrad):
    """--points 0 for an exercise without given points says that there is nothing to look at, and not that none was found."""
    result = symgrad("check", write("good.py"), "--points", 0)
    assert result.exit_code == 2
    assert "no point was found" not in result.stdout


def test_an_exercise_of_a_broken_file_is_not_called_unknown(write, symgrad):
    """--only with a name that a broken file may hold says that a file is broken."""
    write("exercises/a.py", "from symgrad import Exercise\n\nraise ValueError('half way')\ne = Exercise(name='hidden')\n")
    write("exercises/b.py")
    result = symgrad("check", "exercises", "--only", "hidden")
    assert result.exit_code == 2
    assert "exercises/a.py:3: ValueError: half way" in result.stderr


def test_training_without_a_loop_says_how_to_state_one(write, symgrad):
    """`train` of an exercise that states no training is told how."""
    result = symgrad("train", write("good.py"))
    assert result.exit_code == 2
    assert spoken(result) == "Error: no training in parabola; an exercise states one with training=Training(…)"


def test_a_loop_that_breaks_is_no_traceback(write, symgrad):
    """`train` reports a loop that raises, with its line, and ends with 2."""
    text = (
        "from symgrad import Exercise, Training, scalar, square\n\nw, x = scalar('w'), scalar('x')\n\n\n"
        "def loop(parameters, samples, learning_rate, epochs):\n    parameters.clear()\n    yield 1.0\n\n\n"
        "training = Training(samples=[{'x': 1}], initial={'w': 1}, learning_rate=0.1, epochs=1, loop=loop)\n"
        "e = Exercise(name='e', loss=square(w * x), parameters=[w], training=training)\n"
    )
    result = symgrad("train", write("loop.py", text))
    assert result.exit_code == 2
    assert "error: could not run" in result.stdout


# Streams


@pytest.mark.parametrize("format_", ["table", "json", "junit", "markdown"])
def test_only_the_report_goes_to_standard_output(write, symgrad, format_):
    """What an exercise prints while it is loaded or run goes to standard error."""
    result = symgrad("check", write("printing.py", PRINTING), "--format", format_)
    assert result.exit_code == 0
    assert "while" not in result.stdout
    assert "writing" not in result.stdout
    assert "while loading" in result.stderr
    assert "while running" in result.stderr


def test_output_writes_the_report_to_a_file(write, symgrad, tmp_path):
    """--output gets the bytes that standard output would; the summary goes to standard error."""
    path = write("good.py")
    shown = symgrad("check", path, "--format", "json")
    written = symgrad("check", path, "--format", "json", "--output", "report.json")
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == shown.stdout
    assert written.stdout == ""
    assert "1 exercise: 1 pass; 3 entries compared in float64, 3 certified" in written.stderr


@pytest.mark.parametrize("format_", ["table", "json", "junit", "markdown"])
def test_text_that_has_no_encoding_is_written_all_the_same(write, symgrad, tmp_path, format_):
    """A lone surrogate, as in a name that isn't UTF-8, doesn't keep a report from being written."""
    write("file.py", "raise ValueError('\\ud800')\n")
    result = symgrad("check", "file.py", "--format", format_, "--output", "report")
    assert result.exit_code == 2
    assert b"ValueError" in (tmp_path / "report").read_bytes()


def test_the_same_command_twice_gives_the_same_bytes(write, symgrad):
    """A report has no times, no dates, and no order that changes."""
    path = write("many.py", MANY)
    first, second = (symgrad("check", path, "--format", "json").stdout_bytes for _ in range(2))
    assert first == second


def test_another_seed_gives_other_points(write, symgrad):
    """The seed decides on the points, so that repeating a command with another one tests something new."""
    path = write("many.py", MANY)
    first, second = (symgrad("check", path, "--format", "json", "--seed", seed).stdout for seed in (0, 1))
    points = [json.loads(text)["exercises"][0]["gradients"][0]["worst"]["point"] for text in (first, second)]
    assert points[0] != points[1]


def test_the_hash_seed_does_not_matter(write):
    """Another order of sets and dictionaries gives the same bytes, for reports and derivations."""
    path = write("many.py", MANY)
    code = (
        "from click.testing import CliRunner; from symgrad.cli import cli\n"
        f"for words in (['check', {path!r}, '--format', 'json'], ['derive', {path!r}, '--closed-form']):\n"
        "    print(CliRunner().invoke(cli, words).stdout)\n"
    )
    first, second = (python("-c", code, env={"PYTHONHASHSEED": seed}) for seed in ("1", "4321"))
    assert (first.returncode, first.stderr) == (0, "")
    assert "alpha" in first.stdout
    assert first.stdout == second.stdout


def test_a_reader_that_goes_away_sees_no_traceback(write):
    """`symgrad derive … | head` ends quietly."""
    path = write("many.py", MANY)
    command = [sys.executable, "-m", "symgrad", "derive", *[path] * 2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        said = process.stderr.read()
    assert "Traceback" not in said
    assert "BrokenPipeError" not in said


def test_a_terminal_without_unicode_gets_a_report_too(write):
    """What can't be encoded is replaced, in reports and in errors."""
    path = write("twice.py", WRONG)
    result = python("-m", "symgrad", "check", path, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "FAIL: autograd wrong: twice (twice.py)" in result.stdout


# Help


@pytest.mark.parametrize("words", [["--help"], ["-h"], *([name, "--help"] for name in COMMANDS)])
def test_help_is_help(symgrad, words):
    """Every command explains itself and its exit statuses can be found."""
    result = symgrad(*words)
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: symgrad")
    assert "--help" in result.stdout


def imported_by(*commands):
    """Which heavy packages a process has imported after these commands."""
    code = (
        "import sys\nfrom symgrad.cli import cli\n"
        f"for words in {list(commands)!r}:\n"
        "    try:\n        cli(words, prog_name='symgrad')\n    except SystemExit as end:\n        assert end.code == 0, end\n"
        f"print('imported', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = python("-c", code)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()[-1]


def test_help_imports_neither_sympy_nor_torch():
    """--help and --version of every command come at once, for nothing heavy is imported."""
    commands = [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)]
    assert imported_by(*commands) == "imported []"


def test_an_import_would_be_seen(write, tmp_path):
    """The test above can fail: a command that reads an exercise does import SymPy."""
    path = tmp_path / write("good.py")
    assert "'sympy'" in imported_by(["list", str(path)])


def test_the_version_is_the_installed_one(symgrad):
    """--version says what is installed."""
    result = symgrad("--version")
    assert (result.exit_code, result.stdout) == (0, f"symgrad, version {version('symgrad')}\n")


def test_the_entry_point_is_the_same_command(write, monkeypatch, capsys):
    """`main` reads the command line of the process and leaves with its status."""
    monkeypatch.setattr(sys, "argv", ["symgrad", "check", write("twice.py", WRONG)])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    assert "FAIL: autograd wrong: twice (twice.py)" in capsys.readouterr().out


# Listings


def test_a_listing_shows_names_as_they_are(write, symgrad):
    """A name or title that looks like a number isn't read as one."""
    text = (
        "from symgrad import Exercise, scalar\n\nw = scalar('w')\n"
        "a = Exercise(name='007', title='1e5', loss=w, parameters=[w])\n"
        "b = Exercise(name='1e3', title='0010', loss=w, parameters=[w])\n"
    )
    result = symgrad("list", write("numbers.py", text))
    cells = [line.split() for line in result.stdout.splitlines()[2:]]
    assert [(row[0], row[-1]) for row in cells] == [("007", "1e5"), ("1e3", "0010")]


def test_a_title_cannot_give_orders_to_a_terminal(write, symgrad):
    """Control characters in a title aren't passed on to whoever reads a listing."""
    text = (
        "from symgrad import Exercise, scalar\n\nw = scalar('w')\n"
        "a = Exercise(name='a', title='x\\x00y\\x07z\\r\\nt', loss=w, parameters=[w])\n"
    )
    shown = symgrad("list", write("title.py", text)).stdout + symgrad("derive", "title.py").stdout
    assert not {"\x00", "\x07", "\r"} & set(shown)
