"""Static indices of an importer: concentration, governance, import risk, by year."""
