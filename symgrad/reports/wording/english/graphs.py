"""What is said of a loss that can't be read."""

from __future__ import annotations

from symgrad.reports.wording.english.phrases import sized
from symgrad.reports.wording.language import Words

WORDS: Words = {
    # names and symbols
    "cannot_be_a_name": "{text} can't be a name",
    "letters_and_no_keyword": "letters, digits and _, not a Python keyword",
    "another_way_to_write": "{text} is another way to write '{plain}'",
    "in_quotes": "'{name}'",
    "two_steps_called": "two different steps are called '{name}'",
    "a_name_for_each": "a name for each",
    "a_symbol_and_a_step": "'{name}' is a symbol and a step",
    "another_name_for_the_step": "another name for the step",
    "of_symbol": "'{name}': {found}",
    "shape_of_no_numbers": "the shape ({rows}, {columns}) isn't made of whole numbers",
    "rows_and_columns_as_numbers": "rows and columns as numbers",
    "without_entries": lambda name, shape: f"'{name}' is {sized(shape)}, without entries",
    "declared": "'{name}' is declared {assumption}",
    "real_symbols": "real symbols, with a sign if need be",
    "used_with_two_shapes": lambda name, shapes: f"'{name}' is used with two shapes, {' and '.join(map(sized, shapes))}",
    "one_shape_a_name": "one shape a name",
    "symbols_or_names": "symbols of the loss, or their names",
    # the loss
    "loss_not_scalar": lambda shape: f"the loss is {sized(shape)}, not a scalar",
    "in_expression": "{found}, in {expression}",
    "not_a_real_number": "{expression} isn't a real number",
    "outside_the_table": lambda head, closest, expression: (
        f"{head} isn't in the table of operations"
        + (f"; did you mean '{closest}'?" if closest else ".")
        + f" It stands in {expression}"
    ),
    "operations_of_the_table": "the operations that symgrad exports, and SymPy's heads for them",
    "piecewise_with_gaps": "a Piecewise leaves points without a value",
    "a_last_branch": "a last branch (…, True)",
    "order_of_zeta": "the order of {expression} is {order}",
    "a_number_above_1": "a number above 1",
    "part_with_a_stride": "a part of a matrix with a stride, {expression}",
    "slices": "slices without a stride",
    # laws
    "law_bound_once": "'{name}' is bound twice",
    "law_names_distinct": "two symbols are called '{name}'",
    "law_names_free": "'{name}' means something else in generated code",
    "law_operands_first": "'{name}' is made of '{operand}', which comes later",
    "law_symbols_known": "'{name}' is made of '{operand}', which nothing binds",
    "law_outputs_known": "'{name}' comes out, and nothing binds it",
    "law_inputs": lambda name, shape: f"input '{name}' is {sized(shape)}",
    "law_operands_counted": "'{name}' has other operands or options than {operation} takes",
    "law_shapes": lambda name, shape, made: f"'{name}' is said to be {sized(shape)}, and is {sized(made)}",
    "law_steps": "step '{name}' is no node of that name",
}
