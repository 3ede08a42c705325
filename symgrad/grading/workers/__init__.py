"""Answers judged in processes of their own."""
