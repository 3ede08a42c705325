"""Known deviations of PyTorch's, acknowledged in a TOML file, each with a reason.

```toml
[[deviation]]
operation = "hardsigmoid"
reason = "its backward multiplies by 1/6 rounded to float32 (pytorch 192406)"
dtypes = ["float64"]        # all formats, unless given
quantity = "derivative"     # or "value"; both, unless given
relative = 1e-7             # nothing worse than that; no bound, unless given
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symgrad.basics.errors import UserError, nearest
from symgrad.basics.float_formats import PRECISIONS
from symgrad.operations.table import TABLE
from symgrad.survey.findings import Finding

KEYS = ("operation", "reason", "dtypes", "quantity", "relative")
QUANTITIES = ("value", "derivative")


@dataclass(frozen=True)
class Acknowledgement:
    """A deviation that is known, and why it is left at that."""

    operation: str
    reason: str
    dtypes: tuple[str, ...]
    quantity: str | None
    relative: float

    def covers(self, finding: Finding) -> bool:
        """Whether a deviation is this one."""
        return (
            finding.operation == self.operation
            and finding.dtype in self.dtypes
            and (self.quantity is None or finding.quantity.startswith(self.quantity))
            and finding.worst is not None
            and finding.worst.relative <= self.relative
        )


def acknowledgements(path: Path) -> list[Acknowledgement]:
    """The acknowledgements of a file. Raises UserError with the file, the entry and what is accepted."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path}: can't be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"{path}: isn't TOML: {error}") from error
    listed = given.get("deviation", [])
    unknown = next((key for key in given if key != "deviation"), None)
    if unknown is not None or not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise UserError(f"{path}: found {unknown or 'deviation'}; accepted: entries that begin with [[deviation]]")
    return [_acknowledgement(item, f"{path}: deviation {k}") for k, item in enumerate(listed, 1)]


def _acknowledgement(item: Mapping[str, Any], where: str) -> Acknowledgement:
    unknown = next((key for key in item if key not in KEYS), None)
    if unknown is not None:
        raise UserError(f"{where}: no key '{unknown}'{nearest(unknown, KEYS)}; accepted: {', '.join(KEYS)}")
    operation, reason = (_text(item, key, where) for key in ("operation", "reason"))
    if operation not in TABLE:
        raise UserError(f"{where}: no operation '{operation}'{nearest(operation, TABLE)}")
    quantity, relative = item.get("quantity"), item.get("relative", float("inf"))
    if quantity is not None and quantity not in QUANTITIES:
        raise UserError(f"{where}: quantity is {quantity!r}; accepted: {' or '.join(QUANTITIES)}")
    if isinstance(relative, bool) or not isinstance(relative, (int, float)) or not relative > 0:
        raise UserError(f"{where}: relative is {relative!r}; accepted: a number above 0")
    dtypes = item.get("dtypes", list(PRECISIONS))
    if not isinstance(dtypes, list) or not dtypes or not all(isinstance(d, str) and d in PRECISIONS for d in dtypes):
        raise UserError(f"{where}: dtypes is {dtypes!r}; accepted: a list of {', '.join(PRECISIONS)}")
    return Acknowledgement(operation, reason, tuple(dtypes), quantity, float(relative))


def _text(item: Mapping[str, Any], key: str, where: str) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value.strip():
        raise UserError(f"{where}: {key} is {value!r}; accepted: text, for a deviation is acknowledged with its reason")
    return " ".join(value.split())


def matching(finding: Finding, known: Sequence[Acknowledgement]) -> Acknowledgement | None:
    """The acknowledgement of a deviation, if there is one."""
    return next((a for a in known if a.covers(finding)), None)
