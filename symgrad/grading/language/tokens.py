"""Tokens: the patterns that a text is scanned by, the noun that the grammar takes, and the state of a scan."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from symgrad.basics.errors import StudentError
from symgrad.basics.messages import message
from symgrad.grading.language.terms import Term
from symgrad.grading.language.vocabulary import Vocabulary

_LETTER = r"[^\W\d_²³¹⁰⁴-⁹½⅓⅔¼¾⅕⅙⅛ᵀ]"
_T = r"(?:[Tt](?![\w(])|\{\s*[Ttᵀ]\s*\}|\(\s*[Ttᵀ]\s*\)|ᵀ)"
SCANNED = re.compile(
    rf"""(?P<space>\s+)
    |(?P<number>[0-9]+(?:\.[0-9]+|\.(?![*^/'\w.∘]))?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
    |(?P<adjoint>[d∂]\s?L\s*/\s*(?P<d>[d∂])\s?(?P<of>\(?)(?={_LETTER}))
    |(?P<run>(?:{_LETTER}|_)(?:{_LETTER}|[0-9_])*)
    |(?P<transpose>ᵀ|\.T(?!\w)|(?:\^|\*\*)\s*{_T})
    |(?P<super>[⁺⁻]?[⁰¹²³⁴-⁹]+)
    |(?P<fraction>[½⅓⅔¼¾⅕⅙⅛])
    |(?P<epow>(?:\.|∘)\s*(?:\^|\*\*)|(?:\^|\*\*)\s*∘)
    |(?P<esuper>∘(?=[⁰¹²³⁴-⁹]))
    |(?P<elem>\.\*(?!\*)|∘)
    |(?P<ediv>\./)
    |(?P<pow>\*\*|\^)
    |(?P<relation><=|>=|==|!=|[<>≤≥≠])
    |(?P<sign>[-+*/@,;])
    |(?P<open>[(\[{{])
    |(?P<close>[)\]}}])
    |(?P<norm>\|\||‖)
    |(?P<bar>\|)
    |(?P<prime>'+|″)
    |(?P<root>√)
    |(?P<attribute>\.\s*[A-Za-z]\w*)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
ENDS = frozenset({"OPERAND", "CLOSE", "BAR_CLOSE", "TRANSPOSE", "SUPERSCRIPT", "INDEX"})
"""Tokens after which an operand has ended."""


class Token:
    """A token of the grammar: its type, where it stands, and what it carries."""

    __slots__ = ("end", "start", "text", "type", "value")
    start_pos = line = column = end_line = end_column = end_pos = 0

    def __init__(self, type_: str, text: str, start: int, end: int, value: Any = None) -> None:
        self.type = type_
        self.text = text
        self.start = start
        self.end = end
        self.value = value


@dataclass
class Scan:
    """The state of one scan: the tokens so far and the brackets that are open."""

    text: str
    """With signs that mean the same made one; places are those of the original."""
    original: str
    words: Vocabulary
    found: list[Any] = field(default_factory=list)
    """Tokens; operands are terms."""
    open: list[Token] = field(default_factory=list)
    ended: bool = False
    """Whether an operand has just ended."""
    barred: set[int] = field(default_factory=set)
    """Depths at which bars have closed and no sign has followed."""

    def add(self, type_: str, start: int, end: int, value: Any = None) -> None:
        """One more token."""
        self.found.append(Token(type_, self.text[start:end], start, end, value))
        self.ended = type_ in ENDS

    def operand(self, term: Term) -> None:
        """One more leaf, times the operand right before it."""
        if self.ended:
            if term.head == "number":
                raise StudentError(message("number_after_operand"), term.start, term.end)
            self.found.append(Token("BESIDE", "", term.start, term.start))
        self.found.append(term)
        self.ended = True

    def begin(self, start: int) -> None:
        """What begins an operand that isn't a leaf: a product with an operand before it."""
        if self.ended:
            self.found.append(Token("BESIDE", "", start, start))
