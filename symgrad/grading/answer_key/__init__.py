"""What an exercise has to say about answers: names, points, values, truths, and its tape."""
