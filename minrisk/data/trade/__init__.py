"""Trade files: their layouts, reading them, and writing their rows into a dataset."""
