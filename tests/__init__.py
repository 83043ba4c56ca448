"""The tests of ``minrisk/X/y.py`` are in ``tests/X/test_y.py``."""

from pathlib import Path

#: The checkout, and the packaged scenarios in it.
ROOT = Path(__file__).parents[1]
SCENARIOS = ROOT / "scenarios"
