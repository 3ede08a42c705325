"""``python -m symgrad``."""

from __future__ import annotations

from symgrad.cli import main

main()
