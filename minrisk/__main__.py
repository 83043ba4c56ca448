"""``python -m minrisk`` is ``minrisk``."""

from minrisk.cli import main

if __name__ == "__main__":
    main()
