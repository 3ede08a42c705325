"""What the benchmark of verdicts is made of: programs, mutants, checkers, counts."""
