"""PyTorch's own operations at adversarial points: what rounding explains, and what it doesn't.

Must never know: `torch`, `reports`, `grading`.
"""
