"""Known deviations of PyTorch's, acknowledged in a TOML file, each with a reason.

```toml
[[deviation]]
operation = "hardsigmoid"
reason = "its backward multiplies by 1/6 rounded to float32 (pytorch 192406)"
dtypes = ["float64"]        # all formats, unless given
quantity = "derivative"     # or "value", "forward_derivative", "second_derivative"; all, unless given
relative = 1e-7             # nothing worse than that; no bound, unless given
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symgrad.basics.errors import UserError, closest
from symgrad.basics.format_names import FORMAT_NAMES
from symgrad.basics.messages import Message, message
from symgrad.operations.table import TABLE
from symgrad.survey.findings import QUANTITIES, Finding, no_operation

KEYS = ("operation", "reason", "dtypes", "quantity", "relative")


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
            and (self.quantity is None or finding.quantity == self.quantity)
            and finding.worst is not None
            and finding.worst.relative <= self.relative
        )


def acknowledgements(path: Path) -> list[Acknowledgement]:
    """The acknowledgements of a file. Raises UserError with the file, the entry and what is accepted."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(message("acknowledgements_unreadable", path=str(path), said=error.strerror)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(message("acknowledgements_not_toml", path=str(path), said=str(error))) from error
    listed = given.get("deviation", [])
    unknown = next((key for key in given if key != "deviation"), None)
    if unknown is not None or not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise UserError(message("no_deviations", path=str(path), key=unknown or "deviation"))
    return [_acknowledgement(item, message("deviation_of_file", path=str(path), number=k)) for k, item in enumerate(listed, 1)]


def _acknowledgement(item: Mapping[str, Any], where: Message) -> Acknowledgement:
    unknown = next((key for key in item if key not in KEYS), None)
    if unknown is not None:
        raise UserError(message("deviation_has_no", where=where, key=unknown, closest=closest(unknown, KEYS), keys=KEYS))
    operation, reason = (_text(item, key, where) for key in ("operation", "reason"))
    if operation not in TABLE:
        raise UserError(message("deviation_of_nothing", where=where, found=no_operation(operation)))
    quantity, relative = item.get("quantity"), item.get("relative", float("inf"))
    if quantity is not None and quantity not in QUANTITIES:
        raise _refused(where, "quantity", quantity, message("either", names=QUANTITIES))
    if isinstance(relative, bool) or not isinstance(relative, (int, float)) or not relative > 0:
        raise _refused(where, "relative", relative, message("a_number_above_0"))
    dtypes = item.get("dtypes", list(FORMAT_NAMES))
    if not isinstance(dtypes, list) or not dtypes or not all(isinstance(d, str) and d in FORMAT_NAMES for d in dtypes):
        raise _refused(where, "dtypes", dtypes, message("a_list_of", names=FORMAT_NAMES))
    return Acknowledgement(operation, reason, tuple(dtypes), quantity, float(relative))


def _refused(where: Message, key: str, value: Any, accepted: Message) -> UserError:
    return UserError(message("deviation_says", where=where, key=key, value=repr(value), accepted=accepted))


def _text(item: Mapping[str, Any], key: str, where: Message) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _refused(where, key, value, message("text_with_a_reason"))
    return " ".join(value.split())


def matching(finding: Finding, known: Sequence[Acknowledgement]) -> Acknowledgement | None:
    """The acknowledgement of a deviation, if there is one."""
    return next((a for a in known if a.covers(finding)), None)
