"""The exceptions that symgrad raises, divided by who has to act: author, student or user. Each carries messages as data."""

from __future__ import annotations

from collections.abc import Iterable

from symgrad.basics.messages import Message, message, verbatim

BEFORE, MARKED, AFTER = 40, 24, 24
"""Characters of an answer that a message shows before, at and after the place that it speaks of."""


def printable(text: str, keep: str = "\n") -> str:
    r"""Text with control characters written out, so that it can't give orders to a terminal.

    >>> printable("a\x07b")
    'a\\x07b'
    """
    return "".join(c if c.isprintable() or c in keep else repr(c)[1:-1] for c in text)


class SymgradError(Exception):
    """Base of everything that symgrad raises on purpose: `found` is what is wrong; its text is made to be read as it stands."""

    found: Message

    def __init__(self, found: Message | str) -> None:
        super().__init__(found)
        self.found = verbatim(found)

    @property
    def message(self) -> Message:
        """All that the error says, its place with it."""
        return self.found

    def __str__(self) -> str:
        return str(self.message)


class UserError(SymgradError):
    """The command or the call was wrong: a missing path, an option that makes no sense."""


class WrongCall(SymgradError, TypeError):
    """An operation was called with what it doesn't take."""


class WrongShape(SymgradError, ValueError):
    """The operands of an operation have shapes, or values, that don't go together; `operation` is what was called, if known."""

    operation: str | None = None


def python_name(error: BaseException) -> str:
    """What Python calls an error: the name of its class; of a wrong call or shape the one that Python itself would raise.

    >>> python_name(WrongCall("no operand")), python_name(KeyError("x"))
    ('TypeError', 'KeyError')
    """
    kinds: dict[type, type] = {WrongCall: TypeError, WrongShape: ValueError}
    return kinds.get(type(error), type(error)).__name__


class StudentError(SymgradError):
    """An answer that can't be read: what was found, and where in the student's own text. Never carries the right answer.

    >>> print(StudentError("`w3` isn't in this exercise", 4, 6).within("dz2*w3"))
    `w3` isn't in this exercise
        dz2*w3
            ^^
    """

    def __init__(
        self, found: Message | str, start: int | None = None, end: int | None = None, *, text: str | None = None
    ) -> None:
        super().__init__(found)
        self.start = start
        self.end = end
        self.text = text

    def within(self, text: str) -> StudentError:
        """The same error with the text that it speaks of, where it has none yet."""
        return self if self.text is not None else StudentError(self.found, self.start, self.end, text=text)

    @property
    def message(self) -> Message:
        """The error as data: what was found, where, and the piece of the text around it, with where that begins."""
        if self.text is None or self.start is None:
            return message("unreadable_at", found=self.found, text=None, start=self.start, end=self.end)
        first = max(0, self.start - BEFORE)
        kept = self.text[first : self.start + MARKED + AFTER]
        place = {"start": self.start, "end": self.end, "first": first, "length": len(self.text)}
        return message("unreadable_at", found=self.found, text=kept, **place)


class AuthorError(SymgradError):
    """An exercise is wrong. The text is ``path:line: exercise 'name', field: found; accepted``.

    >>> str(AuthorError("3 rows", field="at", accepted="2 rows", exercise="net", path="net.py", line=7))
    "net.py:7: exercise 'net', at: 3 rows; accepted: 2 rows"
    """

    def __init__(
        self,
        found: Message | str,
        *,
        field: str | None = None,
        accepted: Message | str | None = None,
        exercise: str | None = None,
        path: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(found)
        self.field = field
        self.accepted = None if accepted is None else verbatim(accepted)
        self.exercise = exercise
        self.path = path
        self.line = line

    @property
    def told(self) -> Message:
        """The whole of it but for the place."""
        return message("wrong_exercise", exercise=self.exercise, field=self.field, found=self.found, accepted=self.accepted)

    @property
    def message(self) -> Message:
        return self.told if self.path is None else message("at_place", path=self.path, line=self.line or 1, found=self.told)

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

    def __init__(self, found: Message | str, *, path: str | None = None, line: int | None = None) -> None:
        super().__init__(found)
        self.path = path
        self.line = line

    @property
    def message(self) -> Message:
        return self.found if self.path is None else message("at_place", path=self.path, line=self.line or 1, found=self.found)

    def located(self, path: str, line: int) -> CouldNotRun:
        """The same error, at the place of the exercise where it has none of its own."""
        return self if self.path is not None else CouldNotRun(self.found, path=path, line=line)


def closest(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The candidate nearest to a misspelt name; None where none is near.

    >>> closest("sigmod", ["relu", "sigmoid"])
    'sigmoid'
    """
    import difflib  # only where something was misspelt

    listed = sorted(candidates)
    matches = [c for c in listed if c.lower() == name.lower() != c] or [c for c in listed if c.lower() == name.lower()]
    matches = matches or difflib.get_close_matches(name, listed, n=1, cutoff=cutoff)
    return matches[0] if matches else None
