"""Grades as text, one file a format; a new format is one file and one row here.

In comes a `Gradebook`. Out goes one text, or a text for each of several files; writing them is left to the caller.
Other packages add formats as entry points of the group `symgrad.grade_formats`, each a `OneFile` or a `FilePerStudent`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from symgrad.basics.errors import UserError, closest
from symgrad.basics.messages import message
from symgrad.basics.registries import Registry, instance_of
from symgrad.grading.course.gradebook import Gradebook
from symgrad.grading.submissions.identity import safe_names
from symgrad.reports.grades import canvas, feedback, gradescope, json_format, junit, nbgrader, notebook, summary, table
from symgrad.reports.grades import gradebook as gradebook_format
from symgrad.reports.grades.format import FilePerStudent, Format, OneFile, papers

OWN: Mapping[str, Format] = MappingProxyType(
    {
        "table": OneFile("grades.txt", table.render),
        "json": OneFile("grades.json", json_format.render),
        "gradebook": OneFile("gradebook.csv", gradebook_format.render),
        "gradescope": FilePerStudent("gradescope/{}/results.json", gradescope.render),
        "nbgrader": OneFile("nbgrader.csv", nbgrader.render),
        "canvas": OneFile("canvas.csv", canvas.render),
        "junit": OneFile("junit.xml", junit.render),
        "feedback": FilePerStudent("feedback/{}.md", feedback.render),
        "summary": OneFile("summary.md", summary.render),
    }
)
FORMATS: Registry[Format] = Registry(OWN, "symgrad.grade_formats", instance_of(OneFile, FilePerStudent, named=""))
NOTEBOOK: Mapping[str, Callable[[Gradebook], str]] = MappingProxyType({"html": notebook.html, "markdown": notebook.markdown})
"""Formats that a notebook shows; no files of a course are made of them."""


def render(gradebook: Gradebook, format_: str = "table") -> str:
    """A gradebook as the one text of a format, ending in a newline; a format that makes a folder is a `UserError`."""
    if format_ in NOTEBOOK:
        return NOTEBOOK[format_](gradebook)
    found = named(format_)
    if isinstance(found, FilePerStudent):
        single = [name for name, other in FORMATS.items() if isinstance(other, OneFile)]
        raise UserError(message("grades_format_takes_folder", name=format_, others=single))
    return found.render(gradebook)


def files(gradebook: Gradebook, formats: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Relative paths with their texts, made one at a time; a format that doesn't exist is raised before the first."""
    chosen = {name: named(name) for name in formats}
    return (file for found in chosen.values() for file in _files(gradebook, found))


def named(format_: str) -> Format:
    """The format of a name."""
    if format_ not in FORMATS:
        raise UserError(message("grades_no_format", name=format_, names=list(FORMATS), closest=closest(format_, FORMATS)))
    return FORMATS[format_]


def _files(gradebook: Gradebook, format_: Format) -> Iterator[tuple[str, str]]:
    if isinstance(format_, OneFile):
        yield format_.file, format_.render(gradebook)
        return
    names = safe_names([total.student for total in gradebook.students])
    for paper in papers(gradebook):
        yield format_.file.format(names[paper.total.student]), format_.render(paper)
