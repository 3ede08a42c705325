"""Which items run: by path, node id, name, tag and difficulty; what pytest's own marks do to them."""

import pytest

TAGGED = """
recurrent = Exercise(name="recurrent", loss=square(w), parameters=[w], points=2, tags=["long-run", "recurrent"], difficulty="hard")
sums = Exercise(name="sums", loss=square(w), parameters=[w], points=2, tags=["sums"], difficulty="easy")
slow = Exercise(name="late", loss=square(w), parameters=[w], points=2, tags=["recurrent", "slow"])
"""


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["-m", "easy"], {"sums"}),
        (["-m", "hard or easy"], {"recurrent", "sums"}),
        (["-m", "recurrent and not slow"], {"recurrent"}),
        (["-m", "long_run"], {"recurrent"}),
        (["-m", "symgrad"], {"recurrent", "sums", "late"}),
        (["-m", "not symgrad"], set()),
        (["-k", "long-run"], {"recurrent"}),
        (["-k", "sums"], {"sums"}),
        (["-k", "recurrent"], {"recurrent", "late"}),
        (["-k", "late and w"], {"late"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_tags_and_difficulty_are_markers_and_keywords(words, names, write, outcomes):
    """-m and -k choose by tag (a hyphen is an underscore in a marker), difficulty and name, with --strict-markers too."""
    write("e.py", text=TAGGED)
    found = outcomes("e.py", "--strict-markers", *words)
    assert {nodeid.split("::")[1] for nodeid in found} == names
    assert set(found.values()) <= {"PASSED"}


def test_k_chooses_a_parameter(write, outcomes):
    """-k knows exercises and their parameters."""
    write("e.py", "right", "wrong")
    assert list(outcomes("e.py", "-k", "wrong and x")) == ["e.py::wrong::x"]


@pytest.mark.parametrize(("strict", "passing"), [("false", "XPASS"), ("true", "FAILED")])
def test_a_tag_xfail_is_pytests_own_mark(strict, passing, write, outcomes, pytester):
    """An exercise tagged xfail may fail, with all its tests; one that passes is an XPASS, or a failure under xfail_strict."""
    pytester.makeini(f"[pytest]\nxfail_strict = {strict}")
    write("e.py", "wrong: tags=['xfail']", "raises: tags=['xfail']", "right: tags=['xfail']")
    assert outcomes("e.py") == {
        **{f"e.py::right::{name}": passing for name in ("w", "x", "loss")},
        **{f"e.py::wrong::{name}": "XFAIL" for name in ("w", "x", "loss")},
        **{f"e.py::raises::{name}": "XFAIL" for name in ("w", "x", "loss")},
    }


def test_a_tag_skip_skips_before_anything_is_checked(write, run, monkeypatch):
    """An exercise tagged skip isn't checked."""
    import symgrad.checking.check

    monkeypatch.setattr(symgrad.checking.check, "check", None)
    write("e.py", "wrong: tags=['skip']")
    run("e.py").assert_outcomes(skipped=3)


def test_markers_of_the_users_own_stay_his(write, run, pytester):
    """A tag that the user has registered keeps his description."""
    pytester.makeini("[pytest]\nmarkers =\n    sums: the user's own words")
    write("e.py", text=TAGGED)
    run("e.py", "--strict-markers", "-m", "sums").assert_outcomes(passed=2, deselected=4)


def test_x_stops_at_the_first_failure(write, run):
    """-x stops."""
    write("e.py", "wrong", "right")
    run("e.py", "-x").assert_outcomes(passed=1, failed=1)


def test_lf_repeats_what_failed(write, run, outcomes):
    """--lf runs the failed items only; without the cache plugin everything works as well."""
    write("exercises/a.py", "right", "wrong")
    write("exercises/b.py", "right")
    run("exercises").assert_outcomes(passed=8, failed=1)
    assert outcomes("exercises", "--lf") == {"exercises/a.py::wrong::x": "FAILED"}
    run("exercises", "-p", "no:cacheprovider").assert_outcomes(passed=8, failed=1)


@pytest.mark.parametrize("words", [(), ("--import-mode=importlib",), ("--import-mode=append",)], ids=str)
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["exercises"], 9),
        (["exercises/a.py"], 6),
        (["exercises/a.py::wrong"], 3),
        (["exercises/a.py::wrong::x"], 1),
        (["exercises/a.py::wrong::x", "exercises/a.py::right::w"], 2),
        (["exercises", "exercises/a.py"], 9),
        (["exercises/a.py", "exercises"], 9),
        ([], 9),
    ],
    ids=str,
)
def test_files_and_node_ids_are_collected_once(arguments, expected, words, write, run):
    """Folders, files, exercises and items can be named; what is named twice is there once, and no file is a module as well."""
    write("exercises/a.py", "right", "wrong")
    write("exercises/b.py", "right")
    listed = [line for line in run("--collect-only", "-q", *words, *arguments).outlines if "::" in line]
    assert len(listed) == expected
    assert len(set(listed)) == expected


@pytest.mark.parametrize("argument", ["exercises", "exercises/a.py", "exercises/a.py::right::w"])
def test_a_file_runs_once(argument, write, run, pytester):
    """Collecting a file runs it once, however it is named."""
    write("exercises/a.py", "right", text="with open('runs', 'a') as file:\n    file.write('x')\n")
    run(argument)
    assert (pytester.path / "runs").read_text() == "x"


def test_an_unknown_exercise_or_item_is_not_found(write, run):
    """A node id that nothing has is pytest's own error."""
    write("e.py", "right")
    for nodeid in ("e.py::wrong", "e.py::right::v"):
        result = run(nodeid)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"ERROR: not found: *{nodeid}*"])


def test_collect_only_checks_nothing(write, run, monkeypatch):
    """Listing reads the exercises and checks none; node ids are file, exercise, parameter."""
    import symgrad.checking.check

    monkeypatch.setattr(symgrad.checking.check, "check", None)
    write("exercises/sigmoid_network.py", text="n = Exercise(name='sigmoid_network', loss=square(w - x), parameters=[w, x])\n")
    result = run("--collect-only", "-q", "exercises")
    assert [line for line in result.outlines if "::" in line] == [
        f"exercises/sigmoid_network.py::sigmoid_network::{name}" for name in ("w", "x", "loss")
    ]


def test_verbose_output_names_items_and_places(write, run):
    """-v shows node ids, and a failure's heading says what of the exercise failed."""
    write("e.py", "wrong")
    result = run("e.py", "-v")
    result.stdout.fnmatch_lines(
        ["e.py::wrong::w PASSED*", "e.py::wrong::x FAILED*", "e.py::wrong::loss PASSED*", "*_ wrong: dL/dx _*"]
    )
