"""The exceptions that symgrad raises, divided by who has to act: author, student or user."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

BEFORE, MARKED, AFTER = 40, 24, 24
"""Characters of an answer that a message shows before, at and after the place that it speaks of."""


def printable(text: str, keep: str = "\n") -> str:
    r"""Text with control characters written out, so that it can't give orders to a terminal.

    >>> printable("a\x07b")
    'a\\x07b'
    """
    return "".join(c if c.isprintable() or c in keep else repr(c)[1:-1] for c in text)


class SymgradError(Exception):
    """Base of everything that symgrad raises on purpose; its text is made to be read as it stands."""


class UserError(SymgradError):
    """The command or the call was wrong: a missing path, an option that makes no sense."""


class StudentError(SymgradError):
    """An answer that can't be read: what was found, and where in the student's own text. Never carries the right answer.

    >>> print(StudentError("`w3` isn't in this exercise", 4, 6).within("dz2*w3"))
    `w3` isn't in this exercise
        dz2*w3
            ^^
    """

    def __init__(self, found: str, start: int | None = None, end: int | None = None, *, text: str | None = None) -> None:
        super().__init__(found)
        self.found = found
        self.start = start
        self.end = end
        self.text = text

    def within(self, text: str) -> StudentError:
        """The same error with the text that it speaks of, where it has none yet."""
        return self if self.text is not None else StudentError(self.found, self.start, self.end, text=text)

    def __str__(self) -> str:
        if self.text is None or self.start is None:
            return printable(self.found)
        start, end = self.start, max(self.end or 0, self.start + 1)
        first = max(0, start - BEFORE)
        before = ("…" if first else "") + printable(self.text[first:start], keep="")
        marked = printable(self.text[start : min(end, start + MARKED)], keep="")
        after = printable(self.text[start + MARKED if end > start + MARKED else end :][:AFTER], keep="")
        more = "…" if len(self.text) > end + AFTER else ""
        carets = "^" * max(1, len(marked))
        return f"{printable(self.found)}\n    {before}{marked}{after}{more}\n    {' ' * len(before)}{carets}"


class AuthorError(SymgradError):
    """An exercise is wrong. The text is ``path:line: exercise 'name', field: found; accepted``.

    >>> str(AuthorError("3 rows", field="at", accepted="2 rows", exercise="net", path="net.py", line=7))
    "net.py:7: exercise 'net', at: 3 rows; accepted: 2 rows"
    """

    def __init__(
        self,
        found: str,
        *,
        field: str | None = None,
        accepted: str | None = None,
        exercise: str | None = None,
        path: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(found)
        self.found = found
        self.field = field
        self.accepted = accepted
        self.exercise = exercise
        self.path = path
        self.line = line

    def __str__(self) -> str:
        place = "" if self.path is None else f"{self.path}:{self.line or 1}: "
        about = ", ".join(part for part in (f"exercise '{self.exercise}'" if self.exercise else "", self.field or "") if part)
        accepted = f"; accepted: {self.accepted}" if self.accepted else ""
        text = f"{place}{about}{': ' if about else ''}{self.found}{accepted}"
        return printable(text, keep="")

    def located(
        self, *, exercise: str | None = None, field: str | None = None, path: str | None = None, line: int | None = None
    ) -> AuthorError:
        """The same error with what it doesn't know yet of its place filled in."""
        return AuthorError(
            self.found,
            field=self.field or field,
            accepted=self.accepted,
            exercise=self.exercise or exercise,
            path=self.path or path,
            line=self.line or line,
        )


class CouldNotRun(SymgradError):
    """Something that an exercise needs didn't run: its PyTorch program raised, or returned what has no gradient."""

    def __init__(self, found: str, *, path: str | None = None, line: int | None = None) -> None:
        super().__init__(found)
        self.found = found
        self.path = path
        self.line = line

    def __str__(self) -> str:
        return self.found if self.path is None else f"{self.path}:{self.line or 1}: {self.found}"

    def located(self, path: str, line: int) -> CouldNotRun:
        """The same error, at the place of the exercise where it has none of its own."""
        return self if self.path is not None else CouldNotRun(self.found, path=path, line=line)


def nearest(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> str:
    """``"; did you mean 'w2'?"`` for the candidate nearest to a misspelt name, or nothing.

    >>> nearest("sigmod", ["relu", "sigmoid"])
    "; did you mean 'sigmoid'?"
    """
    listed = sorted(candidates)
    matches = [c for c in listed if c.lower() == name.lower() != c] or [c for c in listed if c.lower() == name.lower()]
    matches = matches or difflib.get_close_matches(name, listed, n=1, cutoff=cutoff)
    return f"; did you mean '{matches[0]}'?" if matches else ""
