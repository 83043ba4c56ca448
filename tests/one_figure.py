"""Reports with one figure: drawing takes nine tenths of a report, and most tests look at something else.

``python -m tests.one_figure run ...`` is ``minrisk run ...`` with that one figure, for tests of the process itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from minrisk.cli import main
from minrisk.plots import FIGURES

#: The one that is drawn fastest.
KEPT = "shortage_map"


@contextmanager
def one_figure() -> Iterator[None]:
    """Draw one figure of each run until the block ends."""
    every = dict(FIGURES)
    for name in every.keys() - {KEPT}:
        del FIGURES[name]
    try:
        yield
    finally:
        FIGURES.clear()
        FIGURES.update(every)


if __name__ == "__main__":
    with one_figure():
        main()
