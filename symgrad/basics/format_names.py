"""The names of the floating-point formats under test, for whoever lists them before anything computes: imports nothing."""

from __future__ import annotations

FORMAT_NAMES = ("float64", "float32", "bfloat16", "float16")
