"""What authors write, checked as it is made: symbols, exercises, trainings, the files that hold them, points to sample.

Must never know: `torch`, `derivation`, `number_systems`, what becomes of an exercise.
"""
