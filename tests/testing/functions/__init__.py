"""Functions with a backward of their own, written as their authors would, each beside variants that are wrong."""
