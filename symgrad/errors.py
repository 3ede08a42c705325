"""The exceptions that symgrad raises, divided by who has to act: author, student or user."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


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
    """An answer that can't be read. Never carries the right answer."""


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
