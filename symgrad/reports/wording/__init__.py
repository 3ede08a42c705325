"""Sentences: what is found as data becomes words here, and nowhere else."""
