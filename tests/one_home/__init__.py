"""One home per rule: each test here fails when a rule gets a second home."""
