"""What a project earns per kilogram where a state guarantees its price."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minrisk.axes import Array
from minrisk.engine.levers import Floor


def realised_price(floors: Sequence[Floor], project: str, price: Array) -> Array:
    """Price a project realises, after guarantees; of several the highest counts.

    Parameters
    ----------
    floors : sequence of Floor
        What the events of the scenario wrote.
    project : str
        Name of the event that adds the project's tonnes.
    price : ndarray, shape (month, element, draw)
        Market price [USD/kg].

    Returns
    -------
    ndarray, shape (month, element, draw)
        Never below a floor; exactly the price of a contract for difference; else the market's [USD/kg].
    """
    realised = price
    for floor in sorted((f for f in floors if f.project == project), key=lambda f: f.event):
        given = np.where(floor.mask[None, :, None], floor.profile[:, None, :], 0.0)
        base = price if not floor.two_sided else np.where(given > 0.0, given, price)
        guaranteed = np.maximum(base, given)
        realised = guaranteed if realised is price else np.maximum(realised, guaranteed)
    return realised
