"""What the benchmark of random programs is made of: operations, losses, spellings, mutations, cases, measurements, counts."""
