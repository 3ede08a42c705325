"""The notation of derivations: one writer, as text and as LaTeX, and the letters of both."""
