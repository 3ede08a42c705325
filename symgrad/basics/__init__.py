"""What every wing may use: errors and messages as data, arrays, float formats, places in sources.

Must never know: `sympy`, `torch`, any other wing.
"""
