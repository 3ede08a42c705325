"""Reports: what each format holds, that it can be parsed, that it survives hostile text, and that a failure can be repeated."""

from __future__ import annotations

import html
import json
import re
import shlex
import xml.etree.ElementTree as ET

import pytest

from symgrad.basics.messages import verbatim
from symgrad.checking.results.results import CheckResult, Entry, Finding, GradientResult, Report
from symgrad.checking.results.settings import Settings
from symgrad.reports import render
from symgrad.reports.check import FORMATS

TWICE = """\
from symgrad import Exercise, scalar, square

w = scalar("w")


def torch_loss(w):
    return 2 * (w - 1) ** 2 - ((w - 1) ** 2).detach()


exercise = Exercise(name="twice", loss=square(w - 1), parameters=[w], torch_loss=torch_loss)
"""
OTHER = TWICE.replace("2 * (w - 1) ** 2 - ((w - 1) ** 2).detach()", "(w - 1) ** 2 + 1").replace("twice", "other")
NAN = TWICE.replace("2 * (w - 1) ** 2 - ((w - 1) ** 2).detach()", "(w - 1) ** 2 * float('nan')").replace("twice", "nan")
UNDEFINED = """\
from symgrad import Exercise, log, scalar

w = scalar("w")
exercise = Exercise(name="undefined", loss=log(w), parameters=[w], points=0, at=[{"w": 0}])
"""
PUBLISHED = """\
from symgrad import Exercise, scalar, square

w = scalar("w")
exercise = Exercise(
    name="published", loss=square(w - 1), parameters=[w], at=[{"w": 3}], published={"w": "5.0"}, hand_derived={"w": w}
)
"""
HOSTILE = "| `a` ``b`` <script>alert(1)</script> [x](javascript:y) *b* \x00\x07\x1b[2J\ufffe\ud800 ]]> &amp;\n# heading\n|c|d|"
KEYS = {
    "report": {"schema", "versions", "seed", "dtype", "via", "order", "device", "summary", "exercises"},
    "summary": {"exercises", "pass", "fail", "inconclusive", "error", "entries", "controls"},
    "controls": {"planted", "caught", "uncatchable"},
    "exercise": {
        "name",
        "path",
        "verdict",
        "reason",
        "message",
        "messages",
        "notes",
        "remarks",
        "strata",
        "gradients",
        "findings",
        "controls",
    },
    "gradient": {
        "parameter",
        "order",
        "declared",
        "shape",
        "verdict",
        "reason",
        "closed_form",
        "entries",
        "points",
        "certified",
        "confirmed",
        "tested",
        "counts",
        "hints",
        "worst",
    },
    "worst": {
        "index",
        "along",
        "point",
        "closed_form",
        "autograd",
        "reference",
        "absolute",
        "relative",
        "ulps",
        "allowed",
    },
}


def strict(text):
    """JSON that is read without NaN and Infinity, which aren't JSON."""

    def refuse(constant):
        raise AssertionError(f"{constant} isn't JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture
def mixed(write):
    """A folder with exercises of every verdict and a broken file."""
    write("exercises/a.py")
    for name, text in {"b": TWICE, "c": OTHER, "d": NAN, "e": UNDEFINED, "f": PUBLISHED, "g": "def f(:\n"}.items():
        write(f"exercises/{name}.py", text)
    return "exercises"


def told(text):
    """The text of a fragment of HTML, with every paragraph and every pair of a definition list on a line of its own."""
    flat = re.sub(r"</dt>\s*<dd[^>]*>", " ", text.replace("<br>", ""))
    return html.unescape(re.sub(r"<[^>]*>", "", flat))


# JSON


def test_json_has_exactly_the_keys_of_its_schema(mixed, symgrad):
    """The keys of symgrad/check/1 are all there at every level, and no others."""
    result = symgrad("check", mixed, "--format", "json")
    assert result.exit_code == 1
    report = strict(result.stdout)
    assert report["schema"] == "symgrad/check/1"
    assert set(report) == KEYS["report"]
    assert set(report["summary"]) == KEYS["summary"]
    assert set(report["summary"]["controls"]) == KEYS["controls"]
    assert set(report["versions"]) >= {"symgrad", "sympy", "torch", "python-flint"}
    assert (report["seed"], report["dtype"]) == (0, "float64")
    for exercise in report["exercises"]:
        assert set(exercise) == KEYS["exercise"]
        for gradient in exercise["gradients"]:
            assert set(gradient) == KEYS["gradient"]
            assert set(gradient["worst"]) == KEYS["worst"]


def test_json_counts_what_it_lists(mixed, symgrad):
    """The summary agrees with the exercises below it."""
    report = strict(symgrad("check", mixed, "--format", "json").stdout)
    verdicts = [exercise["verdict"] for exercise in report["exercises"]]
    assert [exercise["name"] for exercise in report["exercises"]] == [
        "parabola",
        "twice",
        "other",
        "nan",
        "undefined",
        "published",
        "g",
    ]
    assert verdicts == ["pass", "fail", "fail", "fail", "inconclusive", "fail", "error"]
    counted = {verdict: verdicts.count(verdict) for verdict in ("pass", "fail", "inconclusive", "error")}
    assert {verdict: report["summary"][verdict] for verdict in counted} == counted
    assert report["summary"]["exercises"] == len(verdicts)
    entries = sum(g["entries"] * g["points"] for e in report["exercises"] for g in e["gradients"])
    assert report["summary"]["entries"] == entries


def test_json_says_why_an_exercise_did_not_pass(mixed, symgrad):
    """message is null for a pass and a text for everything else."""
    report = strict(symgrad("check", mixed, "--format", "json").stdout)
    for exercise in report["exercises"]:
        assert (exercise["message"] is None) == (exercise["verdict"] == "pass")


def test_json_writes_nan_and_infinity_as_strings(mixed, symgrad):
    """Values that JSON has no number for are strings."""
    report = strict(symgrad("check", mixed, "--format", "json").stdout)
    worst = {e["name"]: e["gradients"][0]["worst"] for e in report["exercises"] if e["gradients"]}
    assert worst["nan"]["autograd"] == "nan"
    assert worst["nan"]["absolute"] == "nan"
    assert isinstance(worst["nan"]["closed_form"], float)
    assert worst["undefined"]["autograd"] == "inf"


# JUnit


def test_junit_counts_its_test_cases(mixed, symgrad):
    """The attributes of the suite agree with the cases in it."""
    root = ET.fromstring(symgrad("check", mixed, "--format", "junit").stdout)
    (suite,) = root.findall("testsuite")
    cases = suite.findall("testcase")
    assert suite.get("tests") == str(len(cases))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert suite.get(attribute) == str(len(suite.findall(f"testcase/{tag}")))
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("twice", "failure"),
        ("other", "failure"),
        ("nan", "failure"),
        ("published", "failure"),
        ("g", "error"),
        ("undefined", "skipped"),
    ],
)
def test_junit_marks_what_did_not_pass(mixed, symgrad, name, tag):
    """A failed exercise is a failure, one that couldn't run an error, one that couldn't be decided skipped."""
    root = ET.fromstring(symgrad("check", mixed, "--format", "junit").stdout)
    marks = [mark.tag for case in root.iter("testcase") if case.get("name").startswith(f"{name}::") for mark in case]
    assert set(marks) == {tag}


# A failure, told in full


@pytest.mark.parametrize("format_", list(FORMATS))
@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [(TWICE, "dL/dw[0, 0]", "autograd_wrong"), (OTHER, "the loss", "losses_differ")],
    ids=["gradient", "loss"],
)
def test_a_failure_is_told_in_full_and_can_be_repeated(write, symgrad, format_, text, where, reason):
    """Where, both values, both differences, the rule in words, the point, and a command that gives the same verdict."""
    path = write("folder with blanks/it's.py", text)
    options = ["--points", 3, "--seed", 7, "--dtype", "float32"]
    data = strict(symgrad("check", path, "--format", "json", *options).stdout)["exercises"][0]
    shown = symgrad("check", path, "--format", format_, *options)
    assert shown.exit_code == 1
    if format_ == "json":
        assert data["gradients"][0]["worst"]["point"]
        return
    said = shown.stdout if format_ != "junit" else "".join(ET.fromstring(shown.stdout).itertext())
    said = told(said) if format_ == "html" else said
    assert where in said
    for heading in ("autograd", "closed form", "certified", "difference", "rule", "point", "repeat"):
        assert re.search(rf"^\W*{heading}\b", said, re.MULTILINE), heading
    assert " absolute, " in said
    assert " relative, " in said
    assert "what rounding explains in float32, by the running error analysis of the closed form" in " ".join(said.split())
    if reason == "autograd_wrong":
        worst = data["gradients"][0]["worst"]
        assert f"{worst['autograd']:.17g}" in said
        assert f"{worst['closed_form']:.17g}" in said
        assert f"w = {worst['point']['w'][0][0]:.17g}" in said
    command = next(line for line in said.splitlines() if re.match(r"\W*repeat", line)).strip("` ")
    words = shlex.split(command[command.index("python -m symgrad") :])
    assert words[:3] == ["python", "-m", "symgrad"]
    again = symgrad(*words[3:], "--format", "json")
    assert again.exit_code == 1
    assert strict(again.stdout)["exercises"] == [data]


@pytest.mark.parametrize("option", ["--rtol", "--atol"])
def test_a_repeated_command_has_the_tolerance_to_the_last_digit(write, symgrad, option):
    """A tolerance given by hand is repeated exactly, not to six digits."""
    said = symgrad("check", write("twice.py", TWICE), option, "1.23456789012e-07").stdout
    assert f"{option} 1.23456789012e-07" in said


def test_a_repeated_command_can_name_any_file(write, symgrad):
    """A path that begins with - isn't taken for an option by the command that repeats the check."""
    write("-twice.py", TWICE)
    said = symgrad("check", "--", "-twice.py").stdout
    command = next(line for line in said.splitlines() if line.strip().startswith("repeat"))
    assert symgrad(*shlex.split(command)[4:]).exit_code == 1


@pytest.mark.parametrize("format_", ["table", "markdown", "junit", "html"])
def test_an_exercise_without_a_file_has_no_command(format_):
    """What was written at a prompt can't be repeated by a command, so none is shown."""
    result = CheckResult("e", "", "could_not_run", Settings(), (verbatim("torch_loss raised ValueError: no"),))
    assert "python -m symgrad" not in render(Report((result,), Settings()), format_)


def test_a_training_that_fails_says_where_it_is_and_how_to_repeat_it(write, symgrad):
    """`train` ends a failure with the command that repeats it, as `check` does."""
    text = (
        "from symgrad import Exercise, Training, scalar, square\n\nw, x = scalar('w'), scalar('x')\n"
        "training = Training(samples=[{'x': 1}], initial={'w': 1}, learning_rate=0.1, epochs=1, published={(0, 0): {'w': '7.0'}})\n"
        "e = Exercise(name='e', loss=square(w * x), parameters=[w], training=training)\n"
    )
    result = symgrad("train", write("loop.py", text))
    assert result.exit_code == 1
    assert "published w[0, 0] is 7.0, the value is 2" in result.stdout
    command = next(line for line in result.stdout.splitlines() if line.strip().startswith("repeat"))
    assert symgrad(*shlex.split(command)[4:]).stdout == result.stdout


def test_a_published_figure_and_a_gradient_by_hand_are_told(write, symgrad):
    """What else failed is told with both values."""
    said = symgrad("check", write("published.py", PUBLISHED)).stdout
    assert "published w[0, 0] is 5.0, the value is 4" in said
    assert "the hand-derived dL/dw is wrong: [0, 0] is 3, the gradient has 4, at w = 3" in said


@pytest.mark.parametrize("format_", list(FORMATS))
def test_every_format_ends_with_one_newline(mixed, symgrad, format_):
    """A report is a text file."""
    shown = symgrad("check", mixed, "--format", format_).stdout
    assert shown.endswith("\n")
    assert not shown.endswith("\n\n")


# Hostile text


def hostile_report():
    """A report in which every text that an author or a path can write is hostile."""
    worst = Entry(
        index=(0, 0),
        point={"w": [[float("nan")]]},
        closed_form=float("inf"),
        autograd=float("nan"),
        reference="nan",
        absolute=float("inf"),
        relative=float("nan"),
        ulps=float("inf"),
        allowed=float("nan"),
    )
    said = verbatim(HOSTILE)
    row = GradientResult("w", (1, 1), "autograd_wrong", HOSTILE, 1, 1, 0, {"autograd_wrong": 1}, worst, (verbatim(HOSTILE),))
    settings = Settings()
    results = (
        CheckResult(
            "failed", HOSTILE, "autograd_wrong", settings, (said,), (row,), worst, (Finding("w", "agree", said),), (said,)
        ),
        CheckResult("broken", HOSTILE, "could_not_run", settings, (said,)),
        CheckResult("open", HOSTILE, "undefined", settings, (said,)),
    )
    return Report(results, settings, {"symgrad": "0"})


def test_hostile_text_stays_inside_json():
    """JSON with any text in it is read back as it was."""
    text = render(hostile_report(), "json")
    assert strict(text)["exercises"][0]["message"] == HOSTILE


def test_hostile_text_stays_inside_junit():
    """XML has no character that XML doesn't allow, and no element of an author's making."""
    text = render(hostile_report(), "junit")
    root = ET.fromstring(text.encode("utf-8"))
    assert {element.tag for element in root.iter()} == {"testsuites", "testsuite", "testcase", "failure", "error", "skipped"}
    assert "<script>alert(1)</script>" in root.find(".//error").text


def test_hostile_text_stays_inside_markdown():
    """Outside code spans no character of an author's text is Markdown or HTML, and no line begins with a heading of its own."""
    text = render(hostile_report(), "markdown")
    outside = re.sub(r"(`+) ?.*?[^`] ?\1(?!`)", "", text)
    unescaped = re.sub(r"\\.", "", outside)
    assert "<" not in unescaped
    assert "](" not in unescaped
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# symgrad check",
        "## fail: autograd wrong: failed",
        "## error: could not run: broken",
        "## inconclusive: undefined: open",
    ]
    assert not [line for line in text.splitlines() if line.startswith("|c|")]


def test_hostile_text_stays_inside_html():
    """HTML has no element, attribute or address of an author's making, and can be read as XML."""
    text = render(hostile_report(), "html")
    root = ET.fromstring(text.replace("<br>", "<br/>"))
    tags = {"div", "table", "thead", "tbody", "tr", "th", "td", "p", "br", "span", "strong", "dl", "dt", "dd", "code"}
    assert {element.tag for element in root.iter()} == tags
    assert {name for element in root.iter() for name in element.attrib} == {"style", "scope"}
    assert "<script>alert(1)</script>" in "".join(root.itertext())


def test_html_is_ascii_that_any_page_can_hold():
    """A fragment needs no encoding to be declared, no style sheet, and nothing from elsewhere."""
    text = render(hostile_report(), "html")
    assert text.isascii()
    assert "url(" not in text
    assert not re.search(r"<(link|style|script|img)", text)


def test_html_has_no_formula_of_an_authors_making():
    """What looks for formulas in a notebook finds neither a dollar sign nor a backslash with anything beside it."""
    result = CheckResult(
        "e", "e.py", "could_not_run", Settings(), (verbatim(r"$\\href{javascript:y}{x}$ \\(y\\) \\begin{align}"),)
    )
    text = re.sub(r"<span>[$\\\\]</span>", "", render(result, "html"))
    assert "$" not in text
    assert "\\" not in text


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("agree", "✓ pass: agree"),
        ("autograd_wrong", "✗ fail: autograd wrong"),
        ("undefined", "? inconclusive: undefined"),
        ("could_not_run", "! error: could not run"),
    ],
)
def test_a_verdict_is_told_by_more_than_its_colour(reason, said):
    """Every verdict has a sign and its word in HTML."""
    text = render(CheckResult("e", "e.py", reason, Settings()), "html")
    assert said in html.unescape(text)


def test_a_markdown_table_has_as_many_cells_in_every_row():
    """A bar in a text doesn't make a new column."""
    lines = [line for line in render(hostile_report(), "markdown").splitlines() if line.startswith("|")]
    counts = {len(re.findall(r"(?<!\\)\|", line)) for line in lines}
    assert len(lines) == 5
    assert counts == {13}


@pytest.mark.parametrize("format_", ["table", "markdown", "junit", "html"])
def test_control_characters_never_reach_a_reader(format_):
    """A terminal isn't cleared by an exercise: of the control characters only line breaks come through."""
    found = {character for character in render(hostile_report(), format_) if ord(character) < 32 or character == "\x7f"}
    assert found <= {"\n", "\t"}


def test_a_run_whose_controls_pass_unnoticed_fails():
    """A planted error that isn't caught turns a run into a failure, in every format."""
    result = CheckResult("e", "e.py", "agree", Settings(), planted=8, caught=7)
    report = Report((result,), Settings())
    assert report.exit_status == 1
    assert "controls: 8 planted, 7 caught" in render(report, "table")
    assert "controls: 8 planted, 7 caught" in render(report, "markdown")
    assert "controls: 8 planted, 7 caught" in render(report, "html")
    assert strict(render(report, "json"))["summary"]["controls"] == {"planted": 8, "caught": 7, "uncatchable": 0}
    (failure,) = ET.fromstring(render(report, "junit")).iter("failure")
    assert failure.get("message") == "controls: 8 planted, 7 caught"


def test_an_empty_report_is_no_pass():
    """Nothing checked isn't a pass, and every format can say so."""
    report = Report((), Settings())
    assert report.exit_status == 2
    for format_ in FORMATS:
        assert render(report, format_)
