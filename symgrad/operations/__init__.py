"""The vocabulary of losses: one row an operation with every fact of it, and the shapes and axes that rows speak of.

Must never know: `torch`, `graphs`, and what interprets a row.
"""
