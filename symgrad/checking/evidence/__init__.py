"""Everything that is computed of an exercise before anything is compared."""
