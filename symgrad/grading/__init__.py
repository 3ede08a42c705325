"""Grading: what students hand in is read safely, judged at sample points, and a wrong answer gets a sentence that helps."""
