"""Comparisons of what the framework says with the truth, and the verdicts that they come to."""
