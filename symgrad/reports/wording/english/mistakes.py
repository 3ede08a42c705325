"""What is said of mistakes, as it stands within a sentence; `explained` makes sentences of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from symgrad.reports.wording.english.phrases import Named, begun, led
from symgrad.reports.wording.language import Words

LARGEST_DENOMINATOR = 64
SIMPLE = 1e-7
"""Relative difference up to which a fitted factor is taken for a simple fraction."""
FRACTIONS = {"1/2": "½", "1/4": "¼", "-1/2": "−½"}


def times(factor: float) -> str:
    """A factor as it is written: simple fractions as such.

    >>> times(0.5), times(-2 / 3), times(1.2345678912)
    ('½', '−2/3', '1.234568')
    """
    simple = Fraction(factor).limit_denominator(LARGEST_DENOMINATOR)
    if simple and abs(float(simple) - factor) <= SIMPLE * abs(factor):
        return FRACTIONS.get(str(simple), str(simple).replace("-", "−"))
    return f"{factor:.7g}".replace("-", "−")


def _weighted(terms: Iterable[tuple[str, float]]) -> str:
    return "; ".join(f"the term through {name} is {times(weight)} times what it should be" for name, weight in terms)


def _joined(parts: Sequence[str]) -> str:
    return led(parts[0], "".join(parts[1:]))


NAMES: Words = {
    "formula": lambda text: Named(text),
    "formula_of": _joined,
    "operation_result": "the {name}",
    "derivative_of_operation": "the derivative of {name}",
    "without": lambda value, part: led(value, f" without {part}"),
}
"""What parts of a chain are called."""
WHOLE: Words = {
    "explained": lambda by: " Or: ".join(f"{begun(each)}." for each in by),
    "and_also": lambda first, then: led(first, f", and {then}"),
    "adjoint_of_step": "this is the adjoint of {step}; the chain goes on from there",
    "entry_of_gradient": "this is the entry [{row},{column}]",
    "gradient_at_another_point": "this is the gradient at another point",
    "gradient_of": "this is the gradient of {name}",
    "loss_for_derivative": "this is the loss itself, not its derivative",
    "transpose_of_gradient": "it is the transpose of the gradient",
    "sign_wrong": "the sign is wrong",
    "factor_2_too_many": "there is a factor 2 too many",
    "factor_2_is_too_many": "a factor 2 is too many",
    "factor_2_missing": "a factor 2 is missing",
    "so_many_times": lambda factor: f"it is {times(factor)} times what it should be",
    "too_large_by_mean": "it is {count} times too large: the 1/{count} of the mean is missing",
    "divided_too_often": "it is divided by {count} once too often",
    "mean_forgotten": "the 1/{count} of the mean is missing",
}
"""Of the whole gradient."""
PARTS: Words = {
    "sign_of_term_wrong": "the sign of one term is wrong",
    "term_with_factor_2": "one term has a factor 2 too many",
    "term_without_factor_2": "one term has a factor 2 missing",
    "mean_forgotten_in_term": "the 1/{count} of the mean is missing in one term",
    "term_divided_too_often": "one term is divided by {count} once too often",
    "terms_weighted": _weighted,
    "batch_not_summed": "the sum over the batch is missing",
    "one_sample_of_batch": "only one sample of the batch was taken",
    "mean_for_sum_over_batch": "the mean over the batch was taken for the sum",
    "factor_twice": "the factor {factor} stands twice",
    "factor_missing": "the factor {factor} is missing",
    "derivatives_missing": "the derivatives of {function} are missing",
    "inner_derivatives_missing": "the derivatives of the functions inside are missing",
    "derivative_by_step_missing": "the derivative of {of} by {by} is missing",
    "chain_stops_at": "the chain stops at {place}: its inner derivative is missing",
    "penalty_missing": "the term of the penalty {penalty} is missing",
    "product_rule_term": "the product rule for {product} has a term more: that of {term}",
    "path_missing": "the path through {through} is missing",
    "path_through_one_entry": "only the path through one entry of {of} is there",
    "only_path": "only the path through {through} is there",
    "entrywise_for_product": "entry by entry where a matrix product with {beside} belongs",
    "product_for_entrywise": "a matrix product where {factor} belongs entry by entry",
    "products_for_entrywise": "matrix products where products entry by entry belong",
    "factors_exchanged": "the factors of the product with {beside} are exchanged",
    "transpose_or_not": lambda of: led(of, " should be transposed, or should not"),
    "factor_of_step_transposed": "a factor of {step} is transposed",
    "exchanged_in": "in {difference} prediction and target are exchanged",
    "exchanged": lambda first, second: led(first, f" and {second} are exchanged"),
}
"""Of one term, path or factor."""
FUNCTIONS: Words = {
    "derivative_is_not": "the derivative of {function}({operand}) isn't {taken}",
    "is_not_the_derivative": lambda function, taken: Named(f"{taken} isn't the derivative of {function}(x)"),
    "taken_at": lambda function, place, right: Named(f"{function}′ is taken at {place} in place of {right}"),
    "taken_of_adjoint": lambda function: Named(f"{function}′ is taken of the adjoint"),
    "taken_of_own_value": lambda function: Named(f"{function}′ is taken of its own value, in every layer"),
    "operand_for_value": "in the derivative of {function}, {operand} stands in place of {function}({operand})",
    "operands_for_values": lambda function: Named(f"{function}′ has its operand in place of its value, in every layer"),
    "softmax_is_not_sigmoid": "softmax isn't σ({operand})",
    "softmax_taken_of": "softmax is taken of {operand}",
    "softmax_term_of_denominator": "softmax's derivative has two terms: that of the denominator is missing",
    "softmax_term_of_numerator": "softmax's derivative has two terms: that of the numerator is missing",
    "softmax_diagonal_only": "only the diagonal of softmax's derivative is there",
}
"""Of the derivative of a function."""
SUMMARIES: Words = {
    "loss_for_gradient": "the loss itself, not its gradient",
    "gradient_of_another": "the gradient of another parameter",
    "adjoint_for_gradient": "the adjoint of a step instead of the gradient",
    "sum_and_mean_confused": "the gradient of a sum in place of that of a mean, or the reverse",
    "constant_factor_wrong": "a constant factor is wrong",
    "term_of_penalty_missing": "the penalty's term is missing",
    "prediction_and_target_exchanged": "prediction and target are exchanged",
    "transposes_confused": "the transpose of the gradient, or a transpose inside that is forgotten or too many",
    "factors_of_product_exchanged": "the factors of a matrix product are exchanged",
    "entrywise_and_product_confused": "entry by entry where a matrix product belongs, or the reverse",
    "term_of_product_left_out": "one term of the derivative of a product is left out",
    "path_left_out": "one of the paths by which a shared parameter or step reaches the loss is left out",
    "local_derivative_left_out": "a local derivative of the chain is left out",
    "outer_derivative_only": "the derivative of the outer function only",
    "local_derivative_twice": "a local derivative of the chain stands twice",
    "derivative_at_wrong_place": "a local derivative is taken at the wrong place",
    "derivative_of_activation_wrong": "the derivative of an activation is that of another function, or has a slip",
    "right_with_too_few_digits": "a number that is right as far as it goes, with fewer than three significant digits",
    "gradient_at_another_given_point": "a number, but the gradient at another given point",
    "right_where_positive": "right only where the variables are positive",
    "undefined_where_defined": "undefined where the gradient is defined",
    "another_shape": "another shape than the gradient's",
    "right_given_own_adjoint": "right, given the student's own adjoint of a step that isn't (no marks are lost)",
}
"""What each mistake is."""
WORDS: Words = {**NAMES, **WHOLE, **PARTS, **FUNCTIONS, **SUMMARIES}
