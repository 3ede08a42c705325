"""The public noun: a loss differentiated, which can be read, printed, counted and written out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symgrad.basics.errors import AuthorError, closest
from symgrad.basics.messages import message
from symgrad.basics.showing import LISTED, line, listed
from symgrad.derivation import closed_form, listing, operation_counts
from symgrad.derivation.equations import Equations


@dataclass(frozen=True, repr=False)
class Derivation(Equations):
    """A loss differentiated: equations in order, first forward, then backward.

    `gradients` maps each parameter to the symbol of dL/d(parameter), `steps` and `adjoints` each step of the loss to the
    symbols of its value and of dL/d(step). `kinks` say where the loss may not be differentiable.
    """

    def closed_form(self, name: str) -> Any:
        """The gradient of a parameter (or the value of a step, or ``"loss"``) as one expression in parameters and data."""
        known = {"loss": self.loss, **self.steps, **self.gradients}
        if name not in known:
            found = message("not_here", name=name, closest=closest(name, known))
            raise AuthorError(found, field="closed_form", accepted=message("names", names=list(known)))
        symbol = known[name]
        return closed_form.expand(symbol, self)

    def operations(self) -> operation_counts.Operations:
        """How many operations on numbers the loss takes, and the loss with all gradients."""
        return operation_counts.count(self)

    def to_latex(self) -> str:
        """The numbered equations as one aligned block of LaTeX, without dollar signs.

        An adjoint is written as the derivative that it is: dz1 is ∂L/∂z1.
        """
        return listing.as_latex(self)

    def __str__(self) -> str:
        return listing.as_text(self)

    def __repr__(self) -> str:
        inputs, gradients = listed(i.name for i in self.inputs), listed(self.gradients, LISTED // 2)
        count = len(self.equations)
        return line(f"Derivation(loss of {inputs}; {count} equation{'s' * (count != 1)}; gradients: {gradients})")

    def _repr_latex_(self) -> str:
        return f"$$\n{self.to_latex()}\n$$"
