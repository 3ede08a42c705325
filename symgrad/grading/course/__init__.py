"""A course graded: submissions in, a gradebook out, in rounds that can be resumed."""
