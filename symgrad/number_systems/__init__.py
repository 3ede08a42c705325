"""One program, several arithmetics: generated code, float64, roundings, balls, polynomials.

Must never know: `torch`, `frameworks`, `truth`, what a value is compared with.
"""
