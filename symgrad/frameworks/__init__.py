"""What a framework says: gradients, training loops, kernels by name; the only wing that imports one.

Must never know: `derivation`, `truth`, `checking`: it never sees a symbolic derivative.
"""
