"""How nouns show themselves: in one line at a prompt, in a notebook as `symgrad.render` gives them, and as a table of pandas.

A noun lies below the reports that render it, so it asks for them where they are public: at the root of the package.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import symgrad
from symgrad.basics.errors import UserError, printable
from symgrad.basics.messages import message

if TYPE_CHECKING:
    import pandas

WIDTH = 120
"""Characters of a repr: it fits on a line."""
LISTED = 60
"""Characters of the names in it."""


class Shown:
    """A noun that notebooks show as HTML, or as Markdown where that is asked for."""

    def _repr_html_(self: Any) -> str:
        return symgrad.render(self, "html")

    def _repr_markdown_(self: Any) -> str:
        return symgrad.render(self, "markdown")


class Plain(Shown, ABC):
    """A result, or a report of many, that can be had as plain data."""

    @property
    @abstractmethod
    def report(self) -> Any:
        """The report that it is, or that holds it alone."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """A dict for each gradient; what an exercise says beyond its gradients has a row without a parameter."""
        return symgrad.to_rows(self.report)

    def to_dict(self) -> dict[str, Any]:
        """What ``symgrad.render(…, "json")`` writes, as plain data."""
        return symgrad.to_dict(self.report)

    def to_dataframe(self) -> pandas.DataFrame:
        """`rows` as a table of pandas. Raises UserError where pandas isn't installed."""
        return dataframe(self.rows)


def line(text: str, width: int = WIDTH) -> str:
    r"""Text on one line, at most so many characters long.

    >>> line("a\nb"), line("abcdef", 4)
    ('a\\nb', 'abc…')
    """
    shown = printable(text[: width + 1], keep="")
    return shown if len(shown) <= width else shown[: width - 1] + "…"


def listed(names: Iterable[str], width: int = LISTED) -> str:
    """Names with commas between them; of many, the first ones and how many there are.

    >>> listed(["w1", "w2"]), listed([]), listed(["first", "second", "third"], width=14)
    ('w1, w2', 'none', 'first, second, … (3)')
    """
    given = list(names)
    kept = given
    while len(", ".join(kept)) > width and len(kept) > 1:
        kept = kept[:-1]
    return ", ".join(kept) + (f", … ({len(given)})" if len(kept) < len(given) else "") or "none"


def dataframe(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    """Rows as a table of pandas, which is imported only here. Raises UserError where it isn't installed."""
    try:
        import pandas
    except ImportError as error:
        raise UserError(message("needs_pandas")) from error
    return pandas.DataFrame(rows)
