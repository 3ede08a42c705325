"""The grammar of answers, and the parser made of it: tokens in, a `Term` out; what doesn't fit is a `StudentError`.

A power binds most tightly, then an unary sign, then products and quotients from left to right (juxtaposition is a product),
then sums. The scanner has settled everything that a grammar of one token's foresight couldn't.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from lark import Lark
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer
from lark.parsers.lalr_analysis import Shift

from symgrad.basics.errors import StudentError
from symgrad.basics.messages import Message, message
from symgrad.grading.language.building import Builder
from symgrad.grading.language.scanning import scan
from symgrad.grading.language.terms import Term
from symgrad.grading.language.tokens import Token
from symgrad.grading.language.vocabulary import Vocabulary

GRAMMAR = """
    ?start: sum
    ?sum: product
        | product ((PLUS | MINUS) product)+ -> total
    ?product: unary
        | unary ((TIMES | BESIDE | ELEMENTWISE | DIVIDE) unary)+ -> chain
    ?unary: power
        | MINUS unary -> negative
        | PLUS unary -> plain
    ?power: postfix
        | postfix POWER unary -> power
        | postfix ELEMENTWISE_POWER unary -> elementwise_power
    ?postfix: atom
        | postfix SUPERSCRIPT -> superscript
        | postfix TRANSPOSE -> transpose
        | postfix INDEX -> entry
    ?atom: OPERAND
        | OPEN cell CLOSE -> group
        | BAR_OPEN sum BAR_CLOSE -> size
        | LIST_OPEN row (SEMICOLON row)* CLOSE -> listed
        | FUNCTION OPEN argument (COMMA argument)* CLOSE -> call
        | FUNCTION OPERAND -> bare
        | FUNCTION BAR_OPEN sum BAR_CLOSE -> bare_size
    row: cell (COMMA cell)*
    ?cell: sum
        | sum RELATION sum -> indicator
    ?argument: sum
        | OPTION
    %declare PLUS MINUS TIMES BESIDE ELEMENTWISE DIVIDE POWER ELEMENTWISE_POWER SUPERSCRIPT TRANSPOSE INDEX OPERAND
    %declare OPEN CLOSE BAR_OPEN BAR_CLOSE LIST_OPEN SEMICOLON COMMA FUNCTION RELATION OPTION
"""
BEGINNINGS = frozenset({"OPERAND", "OPEN", "FUNCTION", "LIST_OPEN", "BAR_OPEN"})


class _Tokens(Lexer):
    """Hands tokens that were scanned before to lark."""

    __future_interface__ = 2

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
        return iter(lexer_state)


class _Reduction:
    """A rule of the parse table that is looked up by identity: lark's own computes its hash anew at every step."""

    def __init__(self, rule: Any) -> None:
        self.expansion = rule.expansion
        self.origin = _Origin(str(rule.origin.name))


class _Origin:
    def __init__(self, name: str) -> None:
        self.name = name


@cache
def _parser() -> Any:
    """Lark's parser and its tables, with plain strings and rules looked up by identity: three times as fast."""
    front = Lark(GRAMMAR, parser="lalr", lexer=_Tokens, transformer=Builder(), maybe_placeholders=False).parser
    parser = front.parser.parser
    table = parser.parse_table
    reductions = {rule: _Reduction(rule) for rule in parser.callbacks if not isinstance(rule, str)}
    table.states = {
        state: {
            str(name): (action, reductions.get(to, to) if action is not Shift else to) for name, (action, to) in row.items()
        }
        for state, row in table.states.items()
    }
    parser.callbacks = {reductions.get(rule, rule): function for rule, function in parser.callbacks.items()}
    return parser


def read_text(text: str, words: Vocabulary) -> Term:
    """A text as a term with a known shape. Raises StudentError with the place in the text.

    >>> from symgrad.grading.language.vocabulary import Vocabulary
    >>> words = Vocabulary({"w": (1, 1), "x": (1, 1)}, {})
    >>> read_text("2x(wx - 1)", words).head
    'product'
    """
    try:
        tokens = scan(text, words)
        if not tokens:
            raise StudentError(message("nothing_stands_here"), 0, 1)
        return _parsed(tokens, text)
    except StudentError as error:
        raise error.within(text) from None


def _parsed(tokens: list[Any], text: str) -> Term:
    try:
        term: Term = _parser().parse(_Thread(tokens), "start")
        return term
    except UnexpectedToken as error:
        raise _unexpected(error, tokens, text) from None


class _Thread:
    """What lark's parser asks for tokens."""

    def __init__(self, tokens: list[Any]) -> None:
        self.found = tokens

    def lex(self, parser_state: Any) -> Iterator[Any]:
        return iter(self.found)


def _unexpected(error: Any, tokens: list[Any], text: str) -> StudentError:
    """What is wrong where a token doesn't fit, in terms of what stands before it."""
    token = error.token
    place = next((k for k, each in enumerate(tokens) if each is token), len(tokens))
    before = tokens[place - 1] if place else None
    if token.type == "$END":
        assert before is not None  # there is a token
        return StudentError(message("operand_missing_after", token=_shown(before)), before.start, before.end)
    start, end = token.start, token.end
    if token.type == "COMMA" and "COMMA" not in error.expected and "OPERAND" not in error.expected:
        decimal = re.compile(r"([0-9]+)\s*$").search(text[:start]), re.compile(r"[0-9]+").match(text, end)
        shown = f"{decimal[0][1]}.{decimal[1][0]}" if decimal[0] and decimal[1] else "0.5"
        return StudentError(message("comma_not_read", decimal=shown), start, end)
    if token.type == "SEMICOLON":
        return StudentError(message("semicolon_not_read"), start, end)
    if token.type == "RELATION":
        return StudentError(message("comparison_not_alone"), start, end)
    if token.type == "OPTION":
        return StudentError(message("option_before_operand"), start, end)
    if token.type == "CLOSE" and before is not None and before.type in ("OPEN", "LIST_OPEN"):
        return StudentError(message("brackets_empty"), before.start, end)
    if before is None:
        return StudentError(message("operand_missing_before", token=_shown(token)), start, end)
    if "OPERAND" in error.expected:
        return StudentError(message("operand_missing_between", before=_shown(before), after=_shown(token)), before.start, end)
    return StudentError(message("token_does_not_fit", token=_shown(token), before=_shown(before)), start, end)


def _shown(token: Token | Any) -> Message:
    """A token as a message names it: by what was written, or by what it stands for."""
    return message("token", text=getattr(token, "text", ""), type=token.type)
