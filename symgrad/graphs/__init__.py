"""A loss as a graph, read from SymPy: every distinct subexpression once; its shapes, walks over it, its laws.

Must never know: `torch`, `flint`, `derivation`, `number_systems`.
"""
