"""A page that answers while one moves an assumption: a designed sample of runs, an emulator, one HTML file."""
