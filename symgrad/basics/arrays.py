"""The arrays that everything computes with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy.typing as npt

Values: TypeAlias = npt.NDArray[Any]
Point: TypeAlias = Mapping[str, Values]
