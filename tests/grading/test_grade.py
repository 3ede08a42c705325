"""The command `grade`: a course's submissions go in, marks and feedback come out, whatever students hand in."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from symgrad.basics.errors import UserError
from symgrad.grading.course.course import grade
from symgrad.grading.course.rounds import GradeSettings

ROOT = Path(__file__).parent.parent.parent
NETWORK = str(ROOT / "exercises" / "sigmoid_network.py")
LINEAR = str(ROOT / "exercises" / "linear.py")
MARKED = """\
from symgrad import Exercise, matrix, sigmoid, square, step, total

w1, w2 = matrix("w1", 2, 1), matrix("w2", 2, 2)
x, y = matrix("x", 1, 1), matrix("y", 2, 1)
z1 = step("z1", w1 * x)
y1 = step("y1", sigmoid(z1))
z2 = step("z2", w2 * y1)
y2 = step("y2", sigmoid(z2))
exercise = Exercise(
    name="network",
    loss=total(square(y2 - y)) / 2,
    parameters=[w1, w2],
    marks={"dz2": 1, "w2": 4, "w1": 3},
    credit={"sign": 0.5, "entries": 1, "carried_forward": 0.75},
)
"""


def rows(book):
    return [(a.student, a.exercise, a.name, a.verdict, round(a.score, 6), round(a.max_score, 6)) for a in book.answers]


def submit(folder, **files):
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return str(folder)


@pytest.fixture
def handed(tmp_path):
    folder = tmp_path / "handed"
    folder.mkdir()
    return folder


def test_a_course_is_graded_in_the_order_of_the_submissions(handed):
    """Right, wrong, unreadable, missing and unknown; answers as handed in, missing ones at the end."""
    path = submit(
        handed,
        ada={"linear": {"w": "2x(wx - y)"}},
        ben={"linear": {"w": "2x(wx - q)", "prediction": "2(wx-y)"}, "lineer": {"w": "1"}},
        cy={"linear": {}},
    )
    book = grade([LINEAR], path)
    assert rows(book) == [
        ("ada", "linear", "w", "correct", 1, 1),
        ("ben", "linear", "w", "unreadable", 0, 1),
        ("ben", "linear", "prediction", "correct", 0, 0),
        ("ben", "lineer", "w", "unreadable", 0, 0),
        ("cy", "linear", "w", "missing", 0, 1),
    ]
    assert book.answers[3].message == "There is no exercise `lineer`; did you mean `linear`?"
    assert [(t.student, t.score, t.max_score) for t in book.students] == [("ada", 1, 1), ("ben", 0, 1), ("cy", 0, 1)]


def test_marks_and_credit_are_the_author_s(handed, write):
    """Weights, credit for a diagnosed slip, for right entries, and for what is carried forward."""
    exercise = write("network.py", MARKED)
    right = {"dz2": "(y2 - y) ∘ y2 ∘ (1 - y2)", "w2": "dz2 y1'", "w1": "((w2' dz2) ∘ y1 ∘ (1 - y1)) x'"}
    path = submit(
        handed,
        ada={"network": right},
        ben={"network": {**right, "w2": "-dz2 y1'"}},
        cy={"network": {**right, "dz2": "y2 - y"}},
        di={"network": {**right, "w2": [["dz2[1] y1[1]", "0"], ["dz2[2] y1[1]", "y"]]}},
        ed={"network": {**right, "w2": [["dz2[1] y1[1]", "0"], ["dz2[2] y1[1]", "x"]]}},
        flo={"network": {"w2[1,1]": "dz2[1] y1[1]", "w2[2,2]": "dz2[2] y1[1]", "dz2": right["dz2"], "w1": right["w1"]}},
    )
    book = grade([exercise], path)
    assert [(t.student, t.score) for t in book.students] == [
        ("ada", 8),
        ("ben", 6),
        ("cy", 4 * 0.75 + 3 * 0.75),
        ("di", 4),
        ("ed", 6),
        ("flo", 5),
    ]
    assert ("flo", "network", "w2 (2 more entries)", "missing", 0, 2) in rows(book)
    assert all(t.max_score == 8 for t in book.students)


def test_a_tag_that_does_not_exist_is_the_author_s_error(handed, write, symgrad):
    """Credit for a misspelt mistake is told with file, line and the nearest."""
    exercise = write("network.py", MARKED.replace('"sign"', '"sing"'))
    result = symgrad("grade", exercise, submit(handed, ada={"network": {"w1": "x"}}))
    assert result.exit_code == 2
    assert "network.py:9: exercise 'network', credit: there is no mistake 'sing'; did you mean 'sign'?" in result.stderr


def test_identical_answers_are_judged_once(handed, monkeypatch):
    """A hundred students with one answer cost one task; the same answer beside another wrong step is another."""
    tasks = []

    def counted(work, given, **limits):
        for index, task in enumerate(given):
            tasks.append(task)
            yield index, work(task)

    monkeypatch.setattr("symgrad.grading.course.rounds.run", counted)
    path = submit(handed, **{f"s{k}": {"linear": {"w": "2x(wx - y)"}} for k in range(100)})
    book = grade([LINEAR], path)
    assert len(tasks) == 1
    assert {answer.verdict for answer in book.answers} == {"correct"}


def test_an_answer_that_hangs_costs_nothing_but_itself(handed, monkeypatch):
    """A worker that hangs, dies or bursts leaves its answer undecided and flagged, and every other one judged."""
    from symgrad.grading.judge import Judge

    judge = Judge.judge

    def trap(self, name, content, own=None):
        if content == "x":
            while True:
                pass
        if content == "y":
            os._exit(3)
        if content == "w":
            _ = bytearray(10**10)
        return judge(self, name, content, own)

    monkeypatch.setattr(Judge, "judge", trap)
    contents = {"a": "x", "b": "2x(wx-y)", "c": "y", "d": "2x(y-wx)", "e": "w", "f": "2x(wx-y)+0"}
    path = submit(handed, **{k: {"linear": {"w": v}} for k, v in contents.items()})
    book = grade([LINEAR], path, GradeSettings(jobs=2, seconds=1.0, memory=256))
    said = {a.student: (a.verdict, a.needs_person, a.note) for a in book.answers}
    assert said == {
        "a": ("undecided", True, "it took longer than 1 s"),
        "b": ("correct", False, ""),
        "c": ("undecided", True, "exit status 3"),
        "d": ("incorrect", False, ""),
        "e": ("undecided", True, "it needed more than 256 MB"),
        "f": ("correct", False, ""),
    }
    assert next(a.message for a in book.answers if a.student == "a") == "This took too long to judge; a person will look at it."


def test_every_form_is_written_and_the_journal_is_gone(handed, tmp_path, symgrad):
    """--folder holds all forms; standard output has the chosen one; nothing else is left."""
    path, out = submit(handed, ada={"linear": {"w": "2x(wx - y)"}}), tmp_path / "out"
    result = symgrad("grade", LINEAR, path, "--folder", out, "--format", "json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data["schema"] == "symgrad/grade/1"
    assert data["answers"] == [
        {
            "student": "ada", "exercise": "linear", "name": "w", "verdict": "correct", "tags": [], "score": 1, "max_score": 1,
            "message": "", "messages": [], "answer": "2x(wx - y)",
        }
    ]  # fmt: skip
    assert data["students"] == [{"student": "ada", "score": 1, "max_score": 1}]
    assert json.loads((out / "grades.json").read_text(encoding="utf-8")) == data
    files = sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file())
    assert files == [
        "canvas.csv", "feedback/ada.md", "gradebook.csv", "grades.json", "grades.txt", "gradescope/ada/results.json", "junit.xml", "nbgrader.csv",
        "summary.md",
    ]  # fmt: skip


def test_exit_statuses(handed, tmp_path, symgrad):
    """0 all judged, 1 with --strict where something isn't correct, 2 where a person has to look or the command was wrong."""
    path = submit(handed, ada={"linear": {"w": "x"}})
    assert symgrad("grade", LINEAR, path).exit_code == 0
    assert symgrad("grade", LINEAR, path, "--strict").exit_code == 1
    (handed / "ben.toml").write_text("[linear\n")
    result = symgrad("grade", LINEAR, path)
    assert result.exit_code == 2
    assert "ben.toml:1:" in result.stdout
    for words, message in (
        (("grade", LINEAR, tmp_path / "nowhere"), "nowhere: no such file or folder"),
        (("grade", tmp_path / "nowhere", path), "nowhere: no such file or folder"),
        (("grade", LINEAR, path, "--resume"), "--resume needs the run's --folder, --output or --journal"),
        (
            ("grade", LINEAR, path, "--format", "feedback"),
            "--format feedback makes a file for each student; say where with --folder DIR",
        ),
        (("grade", LINEAR, path, "--only", "liner"), "no exercise is called 'liner'"),
    ):
        result = symgrad(*words)
        assert result.exit_code == 2
        assert message in result.stderr


def test_an_exercise_that_cannot_be_read_is_told_and_the_rest_graded(handed, write, symgrad):
    """A broken file beside a good one is a problem with its place."""
    write("exercises/broken.py", "1/0\n")
    write("exercises/network.py", MARKED)
    result = symgrad("grade", "exercises", submit(handed, ada={"network": {"w2": "dz2 y1'"}}))
    assert result.exit_code == 2
    assert "exercises/broken.py:1: ZeroDivisionError: division by zero" in result.stdout
    with pytest.raises(UserError, match="no exercise could be read"):
        grade(["exercises/broken.py"], str(handed))


def test_a_run_that_was_killed_goes_on_and_ends_in_the_same_bytes(tmp_path):
    """Killed at some moments with SIGKILL and resumed, every file is what an uninterrupted run writes."""
    answers = tmp_path / "answers.csv"
    forms = ["2x({p} - y) + {k}(x - x)", "2x({p} - y) + {k}x", "{k}", "2x({p} - q{k})", "2({p} - y)·{k}/{k}"]
    asked = [("linear", "w"), ("quadratic", "w1"), ("quadratic", "w2"), ("quadratic", "b")]
    lines = ["student,exercise,name,answer"]
    for k in range(1, 1000):
        lines += [
            f"s{k},{exercise},{name},{forms[(k + i) % 5].format(k=k, p='prediction')}"
            for i, (exercise, name) in enumerate(asked)
        ]
    lines += [f"t{k},sigmoid_network,{name},(y2 - y) {'∘ y2' if k % 2 else ''}" for k in range(40) for name in ("dz2", "w2")]
    answers.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "symgrad", "grade", str(ROOT / "exercises"), str(answers), "--only", "linear"]
    command += ["--only", "quadratic", "--only", "sigmoid_network", "--jobs", "2", "--folder"]
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    assert subprocess.run([*command, str(whole)], capture_output=True, cwd=ROOT).returncode in (0, 2)
    kills, before = 0, 0
    for _ in range(3):
        process = subprocess.Popen(
            [*command, str(torn), "--resume"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        journal = torn / "journal.jsonl"
        while process.poll() is None and (not journal.exists() or journal.stat().st_size <= before):
            time.sleep(0.002)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
        before = journal.stat().st_size if journal.exists() else before
    assert kills == 3
    assert (torn / "journal.jsonl").exists()
    assert subprocess.run([*command, str(torn), "--resume"], capture_output=True, cwd=ROOT).returncode in (0, 2)
    files = sorted(p.relative_to(whole) for p in whole.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(torn) for p in torn.rglob("*") if p.is_file())
    assert len(files) > 2000
    assert all((whole / f).read_bytes() == (torn / f).read_bytes() for f in files)


def test_a_journal_of_something_else_is_refused(handed, tmp_path):
    """Other submissions, another seed: the journal says so, and nothing is mixed."""
    path = submit(handed, ada={"linear": {"w": "2x(wx - y)"}})
    place = tmp_path / "journal.jsonl"
    grade([LINEAR], path, journal=place)
    with pytest.raises(UserError, match="an unfinished run is there"):
        grade([LINEAR], path, journal=place)
    with pytest.raises(UserError, match="belongs to other submissions or exercises"):
        grade([LINEAR], path, GradeSettings(seed=1), journal=place, resume=True)
    again = grade([LINEAR], path, journal=place, resume=True)
    assert rows(again) == [("ada", "linear", "w", "correct", 1, 1)]


def test_parse_shows_how_an_answer_is_read(symgrad):
    """As text, as LaTeX, and its shape; an answer that can't be read gets its caret and status 1."""
    result = symgrad("parse", NETWORK, "dL/dw1 = ((w2ᵀ dz2) ∘ y1) xᵀ")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "read as  (w2ᵀ dL/dz2) ∘ y1·x",
        r"LaTeX    \left(w_{2}^\top \frac{\partial L}{\partial z_{2}}\right) \circ y_{1} \, x",
        "shape    2×1",
    ]
    assert symgrad("parse", LINEAR, "-2x").stdout.startswith("read as  −2·x\n")
    result = symgrad("parse", LINEAR, "2q")
    assert (result.exit_code, result.stderr) == (
        1,
        "`q` isn't in this exercise; there are w, x, y, prediction\n    2q\n     ^\n",
    )
    result = symgrad("parse", ROOT / "exercises" / "mlp.py", "2q")
    assert (result.exit_code, "choose one: --only mlp or --only mlp_wide" in result.stderr) == (2, True)


def test_help_of_both_commands_is_cheap():
    """--help imports neither sympy nor torch."""
    code = "import sys; from symgrad.cli import cli\ntry: cli(['{}', '--help'])\nexcept SystemExit: pass\nassert not {{'sympy', 'torch'}} & set(sys.modules)"
    for name in ("grade", "parse"):
        subprocess.run([sys.executable, "-c", code.format(name)], check=True, capture_output=True)


def test_a_wrong_adjoint_that_nobody_asked_for_makes_nothing_right(handed):
    """Carried forward is a mistake that people make, or one that has cost its marks; not anything at all."""
    path = submit(
        handed,
        ada={"sigmoid_network": {"dz1": "w1", "w1": "w1 x"}},
        ben={"sigmoid_network": {"dz1": "w2' dz2", "w1": "(w2' dz2) x"}},
    )
    book = grade([NETWORK], path)
    assert [r[:4] for r in rows(book) if r[2] == "w1"] == [
        ("ada", "sigmoid_network", "w1", "incorrect"),
        ("ben", "sigmoid_network", "w1", "correct"),
    ]


def test_a_step_s_name_alone_is_not_taken_for_its_value(handed):
    """The value of z1 under the name z1 is asked back, and nothing is carried forward from it."""
    book = grade([NETWORK], submit(handed, ada={"sigmoid_network": {"z1": "w1 x", "w1": "dz1 x"}}))
    said = {a.name: (a.verdict, a.message) for a in book.answers}
    assert said["z1"] == ("unreadable", "This is the value of z1; what is asked is its adjoint, dL/dz1. Hand it in as dz1.")
    assert said["w1"] == ("correct", "")


def test_of_two_spellings_of_one_name_the_later_counts(handed):
    """w and dL/dw are one answer; the problem says so."""
    book = grade([LINEAR], submit(handed, ada={"linear": {"w": "2x(wx - y)", "dL/dw": "x"}}))
    assert [r[2:] for r in rows(book)] == [("dL/dw", "incorrect", 0, 1)]
    assert [p.message for p in book.problems] == [f"dL/dw: handed in as w at {handed}/ada.json already; this one counts"]


def test_an_asked_entry_is_taken_of_the_whole_matrix(handed, write):
    """Where w2[1,2] is asked and w2 handed in, its entry is judged."""
    exercise = write("network.py", MARKED.replace('"w1": 3}', '"w1": 3, "w2[1,2]": 2, "w2[2,1]": 1}'))
    right = {
        "dz2": "(y2 - y) ∘ y2 ∘ (1 - y2)",
        "w2": [["0", "dz2[1] y1[2]"], ["0", "0"]],
        "w1": "((w2' dz2) ∘ y1 ∘ (1 - y1)) x'",
    }
    book = grade([exercise], submit(handed, ada={"network": right}))
    assert [r[2:] for r in rows(book)][-2:] == [("w2[1,2]", "correct", 2, 2), ("w2[2,1]", "incorrect", 0, 1)]


def test_answers_to_exercises_that_were_left_out_are_left_alone(handed):
    """--only grades some exercises; answers to the others are neither wrong nor missing."""
    path = submit(handed, ada={"linear": {"w": "2x(wx - y)"}, "quadratic": {"b": "1"}, "quadratik": {"b": "1"}})
    book = grade([str(ROOT / "exercises")], path, only=["linear"])
    assert [r[1:4] for r in rows(book)] == [("linear", "w", "correct"), ("quadratik", "b", "unreadable")]


def test_two_exercises_of_one_name_are_refused(handed, write):
    """Which one is meant can't be known."""
    write("ex/a.py", MARKED)
    write("ex/b.py", MARKED)
    with pytest.raises(UserError, match=r"two exercises are called 'network', in ex/a\.py and in ex/b\.py"):
        grade(["ex"], submit(handed, ada={}))


def test_what_waits_for_a_person_costs_nothing(handed, monkeypatch):
    """An undecided answer is worth nothing and counts for nothing in the total."""
    from symgrad.grading.judge import Judge

    judge = Judge.judge
    monkeypatch.setattr(
        Judge, "judge", lambda self, name, content, own=None: os._exit(1) if content == "x" else judge(self, name, content, own)
    )
    exercise = str(ROOT / "exercises" / "quadratic.py")
    path = submit(handed, ada={"quadratic": {"w1": "x", "w2": "2x(prediction-y)", "b": "2(prediction-y)"}})
    book = grade([exercise], path)
    assert [r[2:] for r in rows(book)] == [("w1", "undecided", 0, 1), ("w2", "correct", 1, 1), ("b", "correct", 1, 1)]
    assert [(t.score, t.max_score) for t in book.students] == [(2, 2)]
