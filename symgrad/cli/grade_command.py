"""``symgrad grade``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from symgrad.cli.options import Failure, Name, finite, only, output, reported, writable, write

FORMAT = Name(
    ("table", "json", "gradebook", "gradescope", "nbgrader", "canvas", "junit", "feedback", "summary"), "symgrad.grade_formats"
)


@click.command("grade")
@click.argument("exercises", metavar="EXERCISES")
@click.argument("submissions", metavar="SUBMISSIONS")
@only
@click.option("--format", "format_", type=FORMAT, default="table", show_default=True, help="Form of the grades.")
@output
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the grades there in every form: gradebook, feedback for each student, summary, ….",
)
@click.option("--jobs", type=click.IntRange(1, 64), help="Worker processes; one a core, unless said.")
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped; it needs --folder, --output or --journal.")
@click.option(
    "--journal", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Where a run keeps what it has done."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the points that answers are compared at."
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0.1, 3600),
    callback=finite,
    default=10.0,
    show_default=True,
    help="Seconds for an answer.",
)
@click.option("--memory-limit", type=click.IntRange(64, 65536), default=1024, show_default=True, help="MiB for an answer.")
@click.option("--strict", is_flag=True, help="Exit with 1 where an answer isn't correct.")
@reported
def command(
    exercises: str,
    submissions: str,
    only: tuple[str, ...],
    format_: str,
    output: Path | None,
    folder: Path | None,
    jobs: int | None,
    resume: bool,
    journal: Path | None,
    seed: int,
    time_limit: float,
    memory_limit: int,
    strict: bool,
) -> None:
    """Grade students' answers.

    SUBMISSIONS is a folder with a TOML or JSON file a student (exercise, then name, then answer), or one CSV or JSON Lines
    file with student, exercise, name and answer. A name is a parameter (the answer is its gradient), an entry of one as
    w2[1,2], or a step's adjoint as dz2.

    Exit status: 0 everything was graded; 1 with --strict, an answer isn't correct; 2 a person has to look at something, or
    the command was wrong.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # workers are processes; threads would only get in their way
        os.environ.setdefault(name, "1")
    from symgrad.grading.course.course import grade
    from symgrad.grading.course.rounds import GradeSettings
    from symgrad.reports import grades
    from symgrad.reports.grades import overview
    from symgrad.reports.grades.format import FilePerStudent

    per_student = isinstance(grades.named(format_), FilePerStudent)
    if per_student and folder is None:
        raise Failure(f"--format {format_} makes a file for each student; say where with --folder DIR")
    writable(output)
    place = _journal(journal, folder, output)
    if resume and place is None:
        raise Failure("--resume needs the run's --folder, --output or --journal")
    if folder is not None:
        grades.FORMATS.load()
        _make(folder)
    settings = GradeSettings(seed, jobs or _cores(), time_limit, memory_limit)
    book = grade([exercises], submissions, settings, only=only, journal=place, resume=resume, progress=_progress)
    shown = None
    if folder is not None:
        written = set()
        for name, text in grades.files(book, grades.FORMATS):
            _put(folder / name, text)
            written.add(folder / name)
            shown = text if name == grades.FORMATS[format_].file else shown
        _clear(folder, written)
    if output is not None or not per_student:
        write(grades.render(book, format_) if shown is None else shown, output)
    if place is not None:
        place.unlink(missing_ok=True)
    if output is not None or per_student:
        click.echo("\n".join(overview.lines(book)), err=True)
    waits = any(answer.needs_person for answer in book.answers) or bool(book.problems)
    wrong = strict and any(answer.verdict != "correct" for answer in book.answers)
    sys.exit(1 if wrong else 2 if waits else 0)


def _journal(given: Path | None, folder: Path | None, output: Path | None) -> Path | None:
    """Where a run keeps its journal: beside what it writes."""
    if given is not None or (folder is None and output is None):
        return given
    return folder / "journal.jsonl" if folder is not None else Path(f"{output}.journal")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{folder}: can't be made: {error.strerror}") from error


def _put(path: Path, text: str) -> None:
    """A text in a file, whole or not at all: a run may be killed while it writes."""
    _make(path.parent)
    beside = path.with_name(f".{path.name}.part")
    write(text, beside)
    try:
        beside.replace(path)
    except OSError as error:
        raise Failure(f"{path}: can't be written: {error.strerror}") from error


def _clear(folder: Path, written: set[Path]) -> None:
    """Removes what an earlier run wrote for students that this one doesn't have."""
    for pattern in ("feedback/*.md", "gradescope/*/results.json"):
        for path in set(folder.glob(pattern)) - written:
            path.unlink()


def _progress(count: int) -> Callable[[int], None]:
    """A bar on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        return lambda done: None
    bar = click.progressbar(length=count, label="grading", file=sys.stderr)
    bar.render_progress()

    def told(done: int) -> None:
        bar.update(done)
        if bar.pos >= count:
            bar.render_finish()

    return told
