"""The nouns that come out of a check: settings, reasons, results. Plain data."""
