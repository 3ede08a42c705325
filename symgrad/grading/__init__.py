"""Students' answers: read, compared, diagnosed, marked.

Must never know: `torch`, `frameworks`, `checking`, `reports`; an answer never reaches SymPy's parser.
"""
