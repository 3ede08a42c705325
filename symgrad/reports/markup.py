"""HTML made of parts: what notebooks and pages show needs no style sheet, no script, no class and no id.

In come texts of anybody's, out goes ASCII in which none of them is markup. Colours are translucent, so that they go with a
light page and a dark one, and never the only sign.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable, Sequence

from symgrad.basics.errors import printable

CELL = "padding:.25em .75em;border:0;border-bottom:1px solid rgba(128,128,128,.35);vertical-align:top;white-space:nowrap"
TABLE = "border-collapse:collapse;margin:.5em 0;font:inherit;color:inherit"
SCROLLING = "overflow-x:auto"
DEFINITIONS = "display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15em 1em;margin:.25em 0 .75em 1em"
TERM = "margin:0;font-weight:normal;opacity:.75"
DEFINITION = "margin:0;overflow-wrap:anywhere"
BADGE = "padding:0 .4em;border-radius:.3em;white-space:nowrap;background-color:"
SIGNS = {"✓": "rgba(40,167,69,.3)", "✗": "rgba(220,53,69,.35)", "?": "rgba(240,173,0,.35)", "!": "rgba(160,90,230,.35)"}
"""Marks with their colours."""


def element(tag: str, content: str, style: str = "", **attributes: str) -> str:
    """An element around content that is HTML already."""
    given = {"style": style, **attributes}
    shown = "".join(f' {name}="{html.escape(value)}"' for name, value in given.items() if value)
    return f"<{tag}{shown}>{content}</{tag}>"


def text(given: str) -> str:
    r"""Text without meaning for HTML, nor for what looks for formulas in pages, as MathJax does in notebooks.

    >>> text("<b>"), text("$x$")
    ('&lt;b&gt;', '<span>$</span>x<span>$</span>')
    """
    shown = html.escape(printable(given))
    for sign in ("$", "\\"):  # between two tags neither can begin or end a formula
        shown = shown.replace(sign, f"<span>{sign}</span>")
    return shown.encode("ascii", "xmlcharrefreplace").decode("ascii")


def badge(sign: str, words: str) -> str:
    """A mark and words on a colour, both of `SIGNS`."""
    return element("span", text(f"{sign} {words}"), BADGE + SIGNS[sign])


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[str] = ()) -> str:
    """A table of cells that are HTML already; columns of the headers in `right` are set to the right."""
    aligned = [f"{CELL};text-align:{'right' if header in right else 'left'}" for header in headers]
    head = "".join(element("th", text(h), style, scope="col") for h, style in zip(headers, aligned, strict=True))
    lines = ["".join(element("td", cell, style) for cell, style in zip(row, aligned, strict=True)) for row in rows]
    body = "\n".join(element("tr", line, "background:none") for line in lines)
    parts = f"\n<thead>{element('tr', head, 'background:none')}</thead>\n<tbody>\n{body}\n</tbody>\n"
    return element("div", element("table", parts, TABLE), SCROLLING)


def definitions(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of terms with what is said of each."""
    lines = [element("dt", text(term), TERM) + element("dd", element("code", text(said)), DEFINITION) for term, said in pairs]
    return element("dl", "\n" + "\n".join(lines) + "\n", DEFINITIONS)


def lines(texts: Iterable[str]) -> str:
    """Lines of a paragraph."""
    return element("p", "<br>\n".join(text(line) for line in texts), "margin:.5em 0")
