"""What is said of derivations."""

from __future__ import annotations

from symgrad.reports.wording.language import Words

WORDS: Words = {
    "forward_equations": "Forward",
    "backward_equations": "Backward",
    "no_symbol": "{text} is no symbol",
    "a_scalar_by_total": "a scalar, total(…) for one",
    # laws
    "law_forward_first": "'{name}' belongs to the loss, and stands among the gradients",
    "law_gradients": "'{name}' is no input with an equation for its gradient",
    "law_gradients_of_nothing": "the loss doesn't depend on '{name}', and its gradient rests on something",
    "law_adjoints_of_steps": "'{name}' has an adjoint, and is no step",
    "law_adjoints_complete": "step '{name}' has no adjoint, though the loss depends on it",
    "law_kinks_known": "a kink of {operation} is made of '{name}', which nothing binds",
    "law_names_known": "'{name}' is what an author calls a symbol that nothing binds",
}
