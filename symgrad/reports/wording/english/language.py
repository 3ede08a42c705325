"""What is said to students whose answers can't be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from symgrad.reports.wording.carets import under
from symgrad.reports.wording.english.phrases import a, listed, matrix, several
from symgrad.reports.wording.language import Words

BETWEEN: Mapping[str, str] = {
    "add": "plus",
    "subtract": "minus",
    "hadamard": "∘",
    "divide": "divided by",
    "power": "to the power of",
    "compare": "compared with",
    "call": "and",
}
"""What stands between two shapes that don't go together in an operation."""
TOKENS: Mapping[str, str] = {
    "PLUS": "+", "MINUS": "−", "TIMES": "`*`", "ELEMENTWISE": "∘", "DIVIDE": "/", "POWER": "^", "COMMA": "a comma",
    "SEMICOLON": "a semicolon", "OPEN": "(", "LIST_OPEN": "[", "BAR_OPEN": "|", "ELEMENTWISE_POWER": "∘^",
}  # fmt: skip
"""Tokens that are called by what they stand for, where nothing was written."""
TYPES: Mapping[str, str] = {"bool": "a truth value", "dict": "an object"}
BOTH_WAYS = "put parentheses around what is meant"


def _factors_apart(left: Sequence[int], right: Sequence[int]) -> str:
    hint = "; is a transpose missing?" if left[0] == right[0] or left[1] == right[1] else ""
    hint = "; write ∘ (or .*) for entry by entry" if tuple(left) == tuple(right) else hint
    return f"{matrix(left)} times {matrix(right)} isn't a matrix product{hint}"


def _indices_wanted(shape: Sequence[int], found: int) -> str:
    wanted = "one index" if 1 in shape else "two indices, row and column"
    return f"{matrix(shape)} has {wanted}, found {found}"


def _operands_wanted(function: str, wanted: int, found: int) -> str:
    return f"{function} takes {'one operand' if wanted == 1 else several(wanted, 'operand')}, found {found}"


def _there_are(steps: Iterable[str]) -> str:
    named = listed(f"dL/d{step}" for step in steps)
    return f"; there are {named}" if named else ""


def _run_in_two_ways(run: str, ways: Iterable[Iterable[str]]) -> str:
    written = " or ".join(f"`{'*'.join(way)}`" for way in ways)
    return f"`{run}` can be read in two ways, {written}; write the `*`"


def _gradient_not_read(name: str, steps: Iterable[str]) -> str:
    adjoints = listed(f"d{step}" for step in steps) or "there are none here"
    return f"`{name}` is a gradient; an answer may use the adjoints of steps alone ({adjoints})"


def _numbered(name: str, stem: str, digits: str, entries: bool) -> str:
    entry = f" or `{stem}[{digits}]` for an entry" if entries else ""
    return f"`{name}` isn't in this exercise; write `{digits}*{stem}` for a product, `{stem}^{digits}` for a power{entry}"


def _not_nearer(step: str, target: str, nearer: Iterable[str]) -> str:
    named = listed(f"dL/d{each}" for each in nearer) or "there are none"
    return f"dL/d{step} doesn't come before {target}; an adjoint rests on those nearer to the loss ({named})"


CHARACTERS: Words = {
    "invisible_character": lambda number: f"an invisible character stands here (U+{number:04X}); delete it",
    "control_character": lambda number: f"a control character stands here (U+{number:04X}); delete it",
    "looks_like_latex": "this looks like LaTeX, which isn't read; write it as σ(z1), (a + b)/c, x^2, dz2 y1ᵀ",
    "another_form": "`{character}` is another form of `{plain}`; write `{plain}`",
    "letter_of_script": lambda character, script: f"`{character}` here is {a(script)} letter",
    "answer_too_long": "the answer has {characters} characters; at most {most} are read",
    "answer_of_too_many_parts": "the answer has more than {most} parts",
    "character_not_read": "`{character}` isn't read",
    "equals_not_read": "`=` isn't read here; one may stand after dL/d… at the beginning",
    "quotation_marks": "quotation marks aren't read; delete them",
    "partial_not_read": "`∂` is read in ∂L/∂z, the adjoint of a step; write other derivatives out, as σ'(z)",
    "dot_not_read": "a dot isn't read here; products are written with `*` or `·`",
    "attribute_not_read": ("`{word}` isn't read; products are written with `*`, transposes with .T or ᵀ, functions as exp(z)"),
    "second_line": "a second line begins here; one expression is read",
}
"""Of characters that aren't read, or not there."""
NUMBERS_AND_NAMES: Words = {
    "too_many_digits": "a number with {digits} digits; at most {most} are read",
    "number_far_outside": "a number far outside of what computers hold",
    "number_after_operand": "a number follows an operand; write the sign that stands between them (`*`, `^`, `+`)",
    "gradient_no_adjoint": lambda name, steps: (
        f"`dL/d{name}` is a gradient; an answer may use the adjoints of steps alone{_there_are(steps)}"
    ),
    "no_step": lambda name, steps: f"`{name}` is no step of this exercise{_there_are(steps)}",
    "derivative_not_read": (
        "a derivative such as {of}/d… isn't read, but for dL/dz, the adjoint of a step; write it out, as σ'(z)"
    ),
    "name_and_function": "`{name}` is a name of this exercise and a function; write `{name}*(…)` for the product",
    "run_in_two_ways": _run_in_two_ways,
    "gradient_not_read": _gradient_not_read,
    "not_in_exercise": "`{name}` isn't in this exercise; did you mean `{meant}`?",
    "numbered_not_in_exercise": _numbered,
    "no_name_like_it": lambda name, known: f"`{name}` isn't in this exercise; there are {listed(known)}",
}
"""Of numbers, and of names that the exercise doesn't have."""
SIGNS: Words = {
    "token": lambda text, type: f"`{text}`" if text else TOKENS.get(type, "this"),
    "nothing_stands_here": "nothing stands here",
    "operand_missing_after": "after {token} an operand is missing",
    "operand_missing_before": "{token} has no operand before it",
    "operand_missing_between": "between {before} and {after} an operand is missing",
    "token_does_not_fit": "{token} doesn't fit after {before}",
    "comma_not_read": (
        "a comma isn't read here; decimals are written with a point, {decimal}, and lists in square brackets, [a, b]"
    ),
    "semicolon_not_read": "a semicolon isn't read here; lists are written [a, b], matrices [[a, b], [c, d]]",
    "comparison_not_alone": "a comparison is read alone in its brackets: [z > 0]",
    "comparison_without_brackets": "a comparison is read in brackets, [z > 0] is 1 where it holds",
    "option_before_operand": "an option stands after the operand: sum(z, axis=1)",
    "brackets_empty": "the brackets are empty",
    "not_closed": "`{sign}` is not closed",
    "closes_nothing": "`{sign}` closes nothing",
    "closed_by_another": "`{opened}` is closed by `{closed}`",
    "too_many_brackets": "more than {most} brackets within each other",
    "bars_in_two_ways": "which bars belong together is read in two ways; write abs(…), or the `*` between",
    "bars_around_matrix": "bars around a matrix are read in several ways; write abs(…) entry by entry, norm(…) or det(…)",
    "double_bars": "double bars aren't read; write norm(x), or sum(x∘x) for its square",
    "exponent_without_base": "an exponent without a base",
    "exponent_too_long": "an exponent with more than three digits",
    "reach_of_exponent": "how far the exponent reaches is read in two ways; put it in parentheses",
    "transpose_without_matrix": "a transpose without a matrix",
    "transpose_after_number": "a transpose right after a number isn't read; put what it transposes in parentheses",
    "two_primes": "two primes; one transposes a matrix, or differentiates a function as in σ'(z)",
    "prime_without_matrix": "a prime without a matrix or a function before it",
    "prime_after_scalar": (
        "a prime after a scalar isn't read; it transposes a matrix, or differentiates a function as in σ'(z)"
    ),
    "prime_in_a_row": "a prime isn't read here; put what it transposes in parentheses",
}
"""Of signs and brackets that don't fit where they stand."""
OPERATIONS: Words = {
    "two_readings": f"this is read in two ways, {{first}} and {{second}}; {BOTH_WAYS}",
    "entrywise_beside_product": f"∘ beside a matrix product is read in two ways, {{first}} and {{second}}; {BOTH_WAYS}",
    "too_many_factors": "a product of more than {most} factors",
    "tower_too_high": "a tower of more than {most} powers",
    "not_entry_by_entry": lambda left, operation, right: (
        f"{matrix(left)} {BETWEEN[operation]} {matrix(right)} doesn't go together entry by entry"
    ),
    "factors_apart": _factors_apart,
    "power_of_square_matrix": lambda shape: (
        f"a power of a square matrix ({matrix(shape)}) is read in two ways; "
        "write ∘^2 for the power of each entry, A A for the matrix power"
    ),
    "square_matrix_as_exponent": lambda shape: (
        f"a square matrix as an exponent ({matrix(shape)}) is read in two ways; write exp(…) for each entry"
    ),
    "index_not_whole": "an index is made of whole numbers, counted from 1: w[2] or w[1,2]",
    "indices_wanted": _indices_wanted,
    "no_entry": lambda index, shape: f"there is no entry [{index}] in {matrix(shape)}; entries count from 1",
    "ragged_rows": "the rows of the matrix have different lengths",
    "entry_no_scalar": lambda shape: f"an entry of a matrix is a scalar, found {matrix(shape)}",
}
"""Of operations on what doesn't go together, or is read in several ways."""
CALLS: Words = {
    "operands_before_options": "the operands of {function} stand before its options",
    "call_refused": "{function}: {found}",
    "prime_of_several_operands": "`{function}` with a prime isn't read; only functions of one operand have one",
    "prime_not_read": "`{function}` with a prime isn't read; write the derivative out",
    "second_derivative": "second derivatives of functions aren't read; write them out",
    "negative_power_of_function": (
        "`{function}` to the power {power} is read in two ways; write 1/{function}(…), or the name of the inverse function"
    ),
    "function_without_operand": "`{function}` needs an operand in parentheses, {function}(…)",
    "operand_without_parentheses": "put the operand of `{function}` in parentheses, {function}(…)",
    "reach_of_function": ("how far `{function}` reaches is read in two ways; put its operand in parentheses, {function}(…)"),
    "no_option": lambda function, option, known: (
        f"{function} has no option `{option}`; it has {listed(known) if known else 'none'}"
    ),
    "option_no_number": "{function}: `{written}` is no number",
    "option_out_of_range": "{function}: `{written}` is out of range",
    "whole_numbers_wanted": "{function} takes whole numbers of at least 1, such as {function}(2, 3)",
    "sizes_wanted": lambda function, square, found: (
        f"{function} takes {'one number' if square else 'rows and columns'}, found {found}"
    ),
    "too_many_entries": lambda shape, most: f"{matrix(shape)} has more than {most} entries",
    "operands_wanted": _operands_wanted,
}
"""Of calls of functions."""
CONTENTS: Words = {
    "unreadable_at": under,
    "answer_uses_itself": "the answer for {target} can't use {target} itself",
    "adjoint_not_nearer": _not_nearer,
    "no_answer": lambda type: f"an answer is a text, a number or a list of them, found {TYPES.get(type, type)}",
    "number_too_long": "a number with more than a thousand digits",
    "second_equals": "a second `=`; one is read, after what names the answer",
    "left_names_nothing": lambda target: f"left of `=` stands what names the answer, such as {target or 'dL/dw1'} =",
    "left_names_another": "the left side names {named}, but this is handed in for {target}",
    "nothing_after_equals": "nothing stands after `=`",
    "empty_list": "an empty list",
    "rows_and_entries": "rows and single entries in one list; a matrix is a list of rows, a column a flat list",
    "matrix_too_large": "a matrix of more than {most} entries",
    "rows_of_lengths": lambda lengths: f"the rows of the matrix have different lengths ({listed(lengths)})",
    "in_entry": "entry [{row},{column}]: {found}",
    "nested_too_deep": "lists nested more than two deep; a matrix is a list of rows",
}
"""Of what was handed in as a whole."""
WORDS: Words = {**CHARACTERS, **NUMBERS_AND_NAMES, **SIGNS, **OPERATIONS, **CALLS, **CONTENTS}
