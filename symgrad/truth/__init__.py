"""What is true: certified values and entries, the third witness, subdifferentials at kinks.

Must never know: `torch`, `frameworks`, `checking`: truth doesn't depend on who is judged by it.
"""
