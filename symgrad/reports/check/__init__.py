"""A check as text, one file a format."""
