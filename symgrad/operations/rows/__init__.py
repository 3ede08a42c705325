"""The rows of the table, a file a subject."""
