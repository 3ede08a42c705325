"""The fixtures `symgrad_check` and `exercise` in tests of a user's own."""

import pytest

USES = """
import pytest

{marker}
def test_passes(exercise, symgrad_check):
    assert symgrad_check(exercise).passed
"""


@pytest.fixture
def project(write, pytester):
    """Writes exercises, and a test file tests/test_it.py with a marker over a test that checks an exercise."""

    def written(marker="", text=USES, ini=""):
        pytester.makeini("[pytest]\n" + ini)
        write("exercises/a.py", "right", "wrong")
        write("exercises/b.py", "kink")
        (pytester.path / "tests").mkdir()
        (pytester.path / "tests/test_it.py").write_text(text.format(marker=marker))

    return written


def listed(pytester, *words):
    """The outcomes of a run without the option --symgrad, by node id."""
    found = {}
    for line in pytester.runpytest_inprocess("-rA", *words).outlines:
        outcome, _, rest = line.partition(" ")
        if outcome in ("PASSED", "FAILED", "ERROR") and "::" in rest:
            found[rest.partition(" - ")[0]] = outcome
    return found


def ids(outcomes):
    """The outcomes by what stands in brackets."""
    return {nodeid.partition("[")[2].rstrip("]"): outcome for nodeid, outcome in outcomes.items()}


ALL = {"right": "PASSED", "wrong": "FAILED", "kink": "PASSED"}


@pytest.mark.parametrize(
    ("marker", "ini", "expected"),
    [
        ("@pytest.mark.exercises('exercises/')", "", ALL),
        ("@pytest.mark.exercises('exercises/a.py', 'exercises/b.py', 'exercises')", "", ALL),
        ("@pytest.mark.exercises('../exercises/a.py')", "", {"right": "PASSED", "wrong": "FAILED"}),
        ("@pytest.mark.exercises('exercises', only=['kink', 'right'])", "", {"right": "PASSED", "kink": "PASSED"}),
        ("@pytest.mark.exercises('exercises', only='kink')", "", {"kink": "PASSED"}),
        ("", "symgrad_exercises = exercises/a.py", {"right": "PASSED", "wrong": "FAILED"}),
        ("@pytest.mark.exercises(only=['wrong'])", "symgrad_exercises = exercises", {"wrong": "FAILED"}),
        ("@pytest.mark.exercises('exercises/b.py')", "symgrad_exercises = exercises/a.py", {"kink": "PASSED"}),
    ],
)
def test_a_test_runs_once_for_each_exercise(marker, ini, expected, project, pytester):
    """A marker names files and folders, beside the test or below the root; the ini setting serves where there is none."""
    project(marker, ini=ini)
    assert ids(listed(pytester, "--strict-markers")) == expected


def test_a_folder_beside_the_test_comes_first(project, write, pytester):
    """A path is looked for beside the test file, then below the root."""
    project("@pytest.mark.exercises('exercises')")
    write("tests/exercises/c.py", "published")
    assert ids(listed(pytester)) == {"published": "FAILED"}


def test_a_class_or_a_module_may_carry_the_marker(project, pytester):
    """The nearest marker counts."""
    text = USES.replace("import pytest\n", "import pytest\npytestmark = pytest.mark.exercises('exercises/b.py')\n")
    project(text=text + "\n\n@pytest.mark.exercises('exercises', only='right')\ndef test_other(exercise):\n    pass\n")
    assert list(listed(pytester)) == ["tests/test_it.py::test_passes[kink]", "tests/test_it.py::test_other[right]"]


def test_a_name_that_stands_twice_is_told_apart(project, write, pytester):
    """Two exercises of one name in different files have their files in their ids."""
    project("@pytest.mark.exercises('exercises')")
    write("exercises/c.py", "kink")
    assert set(ids(listed(pytester))) == {"right", "wrong", "exercises/b.py:kink", "exercises/c.py:kink"}


def test_without_paths_the_failure_says_what_to_write(project, pytester):
    """A test that asks for exercises where none are named is told how to name them."""
    project()
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    said = (
        'no exercises to run this test for; write @pytest.mark.exercises("exercises/") above it,'
        " or symgrad_exercises = exercises/ into the settings of pytest"
    )
    assert said in result.outlines
    assert "Traceback" not in result.stdout.str()


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("'exercise'", "exercise: no such file or folder in {root}/tests and {root}"),
        ("'exercises', only=['rigth']", "no exercise is called 'rigth'; did you mean 'right'? There are right, wrong, kink"),
        ("'empty'", "empty: no exercises here"),
        ("'broken.py'", "broken.py:5: not valid Python: invalid syntax"),
        ("3", 'exercises takes paths, as in @pytest.mark.exercises("exercises/", only=["linear"])'),
        ("'exercises', names=['right']", 'exercises takes paths, as in @pytest.mark.exercises("exercises/", only=["linear"])'),
    ],
)
def test_what_cannot_be_loaded_is_a_collection_error(marker, message, project, write, pytester):
    """Missing paths, unknown names and broken files are told without a traceback."""
    project(f"@pytest.mark.exercises({marker})")
    (pytester.path / "empty").mkdir()
    write("broken.py", text="1 +\n")
    result = pytester.runpytest_inprocess("tests")
    result.assert_outcomes(errors=1)
    assert message.format(root=pytester.path) in result.outlines
    assert "Traceback" not in result.stdout.str()


@pytest.mark.parametrize(
    "own",
    [
        "@pytest.fixture\ndef exercise():\n    return 3\n\ndef test_own(exercise):\n    assert exercise == 3\n",
        "@pytest.fixture(params=[3, 3])\ndef exercise(request):\n    return request.param\n\ndef test_own(exercise):\n    assert exercise == 3\n",
        "@pytest.mark.parametrize('exercise', [3, 3])\ndef test_own(exercise):\n    assert exercise == 3\n",
        "@pytest.mark.parametrize(('exercise', 'name'), [(3, 'a')])\ndef test_own(exercise, name):\n    assert exercise == 3\n",
        "def pytest_generate_tests(metafunc):\n    metafunc.parametrize('exercise', [3])\n\ndef test_own(exercise):\n    assert exercise == 3\n",
    ],
    ids=["fixture", "parametrised fixture", "parametrize", "parametrize two", "pytest_generate_tests"],
)
@pytest.mark.parametrize("ini", ["", "symgrad_exercises = exercises"])
def test_an_exercise_of_the_users_own_wins(own, ini, project, pytester):
    """A fixture or a parameter of that name is the user's, whatever the settings say."""
    project(text="import pytest\n\n" + own, ini=ini)
    found = listed(pytester, "tests")
    assert set(found.values()) == {"PASSED"}
    assert len(found) == (2 if "[3, 3]" in own else 1)


def test_a_fixture_may_build_on_the_plugins(project, pytester):
    """A fixture that overrides `exercise` and asks for it gets each exercise."""
    project(
        text="import pytest\n\n@pytest.fixture\ndef exercise(exercise):\n    return exercise.name\n\ndef test_own(exercise):\n    assert exercise in ('right', 'wrong', 'kink')\n",
        ini="symgrad_exercises = exercises",
    )
    assert len(listed(pytester, "tests")) == 3


def test_the_check_has_the_sessions_settings(project, pytester):
    """symgrad_check checks with the options of the command line, and with others where the test gives them."""
    text = """
from symgrad import Exercise, scalar, square

w = scalar("w")

def test_settings(symgrad_check):
    exercise = Exercise(name="e", loss=square(w), parameters=[w])
    settings = symgrad_check(exercise).settings
    assert (settings.dtype, settings.points, settings.seed) == ("float32", 3, 7)
    settings = symgrad_check(exercise, dtype="bfloat16", points=4).settings
    assert (settings.dtype, settings.points, settings.seed) == ("bfloat16", 4, 7)
"""
    project(text=text)
    words = ["--symgrad-dtype", "float32", "--symgrad-points", "3", "--symgrad-seed", "7"]
    result = pytester.runpytest_inprocess("tests", *words)
    result.assert_outcomes(passed=1)
    assert "controls: 8 planted, 8 caught" in result.outlines


def test_several_formats_run_a_checking_test_in_each(project, pytester):
    """With several formats a test that checks runs once for each."""
    project("@pytest.mark.exercises('exercises/b.py')")
    assert list(ids(listed(pytester, "tests", "--symgrad-dtype", "float32,float64"))) == ["kink-float32", "kink-float64"]


def test_fixtures_and_items_share_one_loading(project, pytester):
    """A file that is collected and named by a marker runs once."""
    project("@pytest.mark.exercises('exercises/b.py')")
    with (pytester.path / "exercises/b.py").open("a") as file:
        file.write("with open('runs', 'a') as runs:\n    runs.write('x')\n")
    pytester.runpytest_inprocess("--symgrad", "exercises/b.py", "tests").assert_outcomes(passed=4)
    assert (pytester.path / "runs").read_text() == "x"


def test_both_markers_and_fixtures_are_listed(pytester):
    """pytest --markers and --fixtures tell of them."""
    pytester.runpytest_inprocess("--markers").stdout.fnmatch_lines(["@pytest.mark.symgrad:*", "@pytest.mark.exercises(*"])
    pytester.runpytest_inprocess("--fixtures").stdout.fnmatch_lines(["symgrad_check*", "*A function that checks an exercise*"])
