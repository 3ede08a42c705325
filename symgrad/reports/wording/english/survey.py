"""What is said of PyTorch's own operations."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.reports.wording.english.phrases import hinted, listed
from symgrad.reports.wording.language import Words


def _convention(label: str, point: Sequence[float], operand: str | None, torch: float, low: float, high: float) -> str:
    at = listed(f"{x:.6g}" for x in point)
    by = f" by {operand}" if operand else ""
    bounds = f"the subdifferential is [{low:.6g}, {high:.6g}]"
    return f"{label}′({at}){by}: PyTorch takes {torch:.6g}; {bounds}"


WORDS: Words = {
    "no_operation": lambda name, closest: f"no operation '{name}'{hinted(closest)}",
    # why nothing was tested
    "no_point": "no point in its domain",
    "operation_raised": lambda type, said: f"{type}: {said or 'no message'}",
    # what was found
    "surveyed": lambda quantity, operand: quantity.replace("_", " ") + (f" by {operand}" if operand else ""),
    "convention_at_kink": _convention,
    "convention_outside": "{convention}, and that is outside",
    # files of acknowledgements
    "acknowledgements_unreadable": "{path}: can't be read: {said}",
    "acknowledgements_not_toml": "{path}: isn't TOML: {said}",
    "no_deviations": "{path}: found {key}; accepted: entries that begin with [[deviation]]",
    "deviation_of_file": "{path}: deviation {number}",
    "deviation_has_no": lambda where, key, closest, keys: f"{where}: no key '{key}'{hinted(closest)}; accepted: {listed(keys)}",
    "deviation_of_nothing": "{where}: {found}",
    "deviation_says": "{where}: {key} is {value}; accepted: {accepted}",
    "either": lambda names: f"{', '.join(names[:-1])} or {names[-1]}",
    "a_number_above_0": "a number above 0",
    "a_list_of": lambda names: f"a list of {listed(names)}",
    "text_with_a_reason": "text, for a deviation is acknowledged with its reason",
}
