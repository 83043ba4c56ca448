"""Everything the project writes for people, in each language: sentences, numbers, names."""
