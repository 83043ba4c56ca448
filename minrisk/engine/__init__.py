"""The engine: levers in, a balanced month-by-month market out. Pure functions of arrays."""
