"""``python -m symgrad``."""

from symgrad.cli import main

main()
