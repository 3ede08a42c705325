"""What went wrong in an answer: wrong gradients, and the catalogue of mistakes that explain one."""
