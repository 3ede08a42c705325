"""Students for benchmarks: formulas that are right by construction, slips in them, and the hands that write them down."""
