"""Static indices of an importer: concentration, governance, import risk, by year."""

# Before any module of this room imports matplotlib.
from minrisk import matplotlib_home as matplotlib_home
