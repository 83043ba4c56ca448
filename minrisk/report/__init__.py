"""The report of a run and the index of several: one file a section."""
