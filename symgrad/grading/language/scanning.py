"""The scanner: a student's text comes in, tokens of the grammar go out, with the products that juxtaposition means.

What a character means depends on what stands before it: `'` after a function's name differentiates it and transposes a
matrix, `[` after a matrix begins an index, `|` closes where one is open and an operand has ended. All of that is settled
here, so that the grammar is one of plain binary operators.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from symgrad.basics.errors import StudentError
from symgrad.basics.messages import message
from symgrad.grading.language import operands, punctuation
from symgrad.grading.language.characters import SAME, checked
from symgrad.grading.language.tokens import SCANNED, Scan
from symgrad.grading.language.vocabulary import Vocabulary

LONGEST = 20_000
"""Characters of an answer."""
MOST_TOKENS = 6_000

HANDLERS: Mapping[str | None, Callable[[Scan, re.Match[str]], int | None]] = {
    "space": punctuation.space,
    "number": operands.number,
    "adjoint": operands.adjoint,
    "run": operands.run,
    "transpose": punctuation.transpose,
    "super": punctuation.superscript,
    "fraction": operands.fraction,
    "epow": punctuation.elementwise_power,
    "esuper": punctuation.elementwise_superscript,
    "elem": punctuation.elementwise,
    "ediv": punctuation.divided,
    "pow": punctuation.power,
    "relation": punctuation.relation,
    "sign": punctuation.sign,
    "open": punctuation.opening,
    "close": punctuation.closing,
    "norm": punctuation.norm,
    "bar": punctuation.bar,
    "prime": punctuation.prime,
    "root": operands.root,
    "attribute": punctuation.attribute,
    "other": punctuation.other,
}
"""What to do with each kind of match; the place to go on from, where that isn't its end."""


def scan(text: str, words: Vocabulary) -> list[Any]:
    """The tokens of an answer; operands are terms. Raises StudentError."""
    if len(text) > LONGEST:
        raise StudentError(message("answer_too_long", characters=len(text), most=LONGEST))
    checked(text)
    state = Scan(text.translate(SAME), text, words)
    plain, matched, place, count = state.text, SCANNED.match, 0, len(text)
    while place < count:
        match = matched(plain, place)
        assert match is not None  # the last alternative takes any character
        place = HANDLERS[match.lastgroup](state, match) or match.end()
        if len(state.found) > MOST_TOKENS:
            raise StudentError(message("answer_of_too_many_parts", most=MOST_TOKENS))
    if state.open:
        last = state.open[-1]
        raise StudentError(message("not_closed", sign=last.text), last.start, last.end)
    return state.found
