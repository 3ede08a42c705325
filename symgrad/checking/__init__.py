"""An exercise judged: evidence, comparison, verdict, one stage a line; results as data.

Must never know: `torch`, `reports`, `grading`, `click`: how a result is said.
"""
