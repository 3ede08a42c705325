"""Students' answers: read, compared, diagnosed, marked.

Must never know: `torch`, `reports`, `click`; and an answer never reaches SymPy's parser.
"""
