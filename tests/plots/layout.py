"""What stands on a figure: its panels, its visible texts, and texts that lie on another."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from matplotlib.figure import Figure
from matplotlib.text import Text

from minrisk.plots.style import styled


def panels(figure: Figure) -> list[Any]:
    return [axes for axes in figure.axes if axes.axison and axes.get_label() != "<colorbar>"]


def texts(figure: Figure) -> list[Text]:
    figure.draw_without_rendering()
    found = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    shown = []
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = axis.get_major_ticks() + axis.get_minor_ticks()
            hidden = [t.label1 for t in ticks if not low <= t.get_loc() <= high or not axes.axison]
            hidden += [t.label2 for t in ticks]
            shown += hidden
    return [t for t in found if all(t is not h for h in shown)]


def overlaps(figure: Figure) -> list[tuple[str, str]]:
    with styled():
        boxes = [(t.get_text(), t.get_window_extent()) for t in texts(figure)]
    # Half a pixel of shrinking: boxes that merely touch are not an overlap.
    boxes = [(name, box.padded(-0.5)) for name, box in boxes if box.width > 1]
    return [(a, b) for (a, box), (b, other) in combinations(boxes, 2) if box.overlaps(other)]
