"""The vocabulary of losses: one row an operation, in tables by kind. A new operation is one row in one of them."""
