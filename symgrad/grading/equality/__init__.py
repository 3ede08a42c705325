"""Whether an answer is what it should be: floats propose, exact arithmetic decides."""
