"""What an answer is handed in for: the name beside it, read as a gradient, an entry of one, or the adjoint of a step."""

from __future__ import annotations

import re
from functools import lru_cache

from symgrad.authoring import entry_names
from symgrad.basics.errors import StudentError, closest
from symgrad.basics.messages import message
from symgrad.grading.answer_key.key import Key
from symgrad.grading.answer_key.target import Target, adjoint_of, step_of
from symgrad.grading.language.characters import SAME
from symgrad.grading.language.runs import another_number

GRADIENT = re.compile(r"^\s*(grad(ient)?\s+|∇)")
DERIVATIVE = re.compile(r"[d∂]\s*(?:L|loss)\s*/\s*[d∂]\s*(?P<of>.+)")
LONGEST = 80


def target_of(text: str, key: Key) -> Target:
    """The target that a name means: ``w2``, ``dL/dw2``, ``∂L/∂w2``, ``w2[1,2]``, ``dz2``, ``dL/dz2``. Raises StudentError."""
    shown = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    written = entry_names.split(GRADIENT.sub("", text.translate(SAME), count=1)) if len(text) <= LONGEST else None
    if written is None:
        raise StudentError(message("names_no_answer", text=shown, closest=None, asked=_asked(key)))
    name, numbers = written
    derivative = DERIVATIVE.fullmatch(name)
    meant = _meant((derivative["of"] if derivative else name).strip(), derivative is not None, key)
    if meant is None:
        names = [
            n for each in key.asked for n in ((each,) if step_of(each) is None else (f"d{step_of(each)}", step_of(each) or ""))
        ]
        other = another_number(name, names) or closest(name, names)
        raise StudentError(message("names_no_answer", text=shown, closest=other, asked=_asked(key)))
    shape = key.asked[meant][1]
    index = entry_names.entry(numbers, shape) if numbers else None
    if numbers and index is None:
        raise StudentError(message("no_such_entry", text=shown, shape=shape))
    return Target(meant, shape, index)


@lru_cache(maxsize=4096)
def _spelled(key: Key) -> dict[str, str]:
    """Every spelling of what may be asked."""
    found: dict[str, str] = {}
    for spelling, term in key.vocabulary.names.items():
        if term.head == "name" and (term.value in key.exercise.parameter_names or adjoint_of(term.value) in key.asked):
            plain = term.value in key.exercise.parameter_names
            found[spelling] = term.value if plain else adjoint_of(term.value)
    return found


def _meant(name: str, is_derivative: bool, key: Key) -> str | None:
    spelled = _spelled(key)
    if name in spelled:
        return spelled[name]
    return spelled.get(name[1:]) if not is_derivative and name[:1] in ("d", "∂") else None


def _asked(key: Key) -> list[str]:
    """What there are answers for: parameters and steps by name."""
    return [step_of(name) or name for name in key.asked]
