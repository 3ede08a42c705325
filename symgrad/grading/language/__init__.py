"""The language of answers: a student's text comes in, a `Term` with known shapes goes out, or a `StudentError`."""
