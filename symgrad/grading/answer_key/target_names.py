"""What an answer is handed in for: the name beside it, read as a gradient, an entry of one, or the adjoint of a step."""

from __future__ import annotations

import re
from functools import lru_cache

from symgrad.basics.errors import StudentError, nearest
from symgrad.grading.answer_key.key import Key
from symgrad.grading.answer_key.target import Target, adjoint_of, step_of
from symgrad.grading.language.characters import SAME
from symgrad.grading.language.runs import another_number

NAME = re.compile(
    r"\s*(?:grad(?:ient)?\s+|∇)?(?P<name>[^\[\]()=]+?)\s*(?:[\[(]\s*(?P<index>\d{1,6}(?:\s*,\s*\d{1,6})?)\s*[\])])?\s*"
)
DERIVATIVE = re.compile(r"[d∂]\s*(?:L|loss)\s*/\s*[d∂]\s*(?P<of>.+)")
LONGEST = 80


def target_of(text: str, key: Key) -> Target:
    """The target that a name means: ``w2``, ``dL/dw2``, ``∂L/∂w2``, ``w2[1,2]``, ``dz2``, ``dL/dz2``. Raises StudentError."""
    shown = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    match = NAME.fullmatch(text.translate(SAME)) if len(text) <= LONGEST else None
    if match is None:
        raise StudentError(f"`{shown}` names no answer of this exercise; there are {_listed(key)}")
    name = match["name"].strip()
    derivative = DERIVATIVE.fullmatch(name)
    meant = _meant((derivative["of"] if derivative else name).strip(), derivative is not None, key)
    if meant is None:
        names = [
            n for each in key.asked for n in ((each,) if step_of(each) is None else (f"d{step_of(each)}", step_of(each) or ""))
        ]
        other = another_number(name, names)
        hint = f"; did you mean `{other}`?" if other else nearest(name, names).replace("'", "`")
        raise StudentError(f"`{shown}` names no answer of this exercise{hint or f'; there are {_listed(key)}'}")
    shape = key.asked[meant][1]
    if match["index"] is None:
        return Target(meant, shape)
    return Target(meant, shape, _index([int(i) for i in match["index"].split(",")], shape, shown))


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


def _index(index: list[int], shape: tuple[int, int], shown: str) -> tuple[int, int]:
    rows, columns = shape
    if len(index) == 1 and 1 in shape:
        index = [1, *index] if rows == 1 else [*index, 1]
    if len(index) != 2 or not (1 <= index[0] <= rows and 1 <= index[1] <= columns):
        raise StudentError(f"`{shown}`: there is no such entry in {rows}×{columns}; entries count from 1")
    return index[0] - 1, index[1] - 1


def _listed(key: Key) -> str:
    return ", ".join(f"dL/d{step_of(name) or name}" for name in key.asked)
