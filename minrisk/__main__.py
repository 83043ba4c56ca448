"""``python -m minrisk``: the same as the command ``minrisk``."""

from minrisk.cli import main

main()
