"""The floor that export taxes put under the premium."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.engine.levers import Factor


def premium_floor(taxes: tuple[Factor, ...], contracted: Array, t: int) -> Array:
    """Lowest premium of a month under export taxes, ``1 + sum_r tax_r M_r / sum_r M_r``.

    Parameters
    ----------
    taxes : tuple of Factor
        Factors on ``export_tax``, in event-name order; each is the tax that the buyer pays [1].
    contracted : ndarray, shape (element, route, draw)
        Sourcing mix in a calm month [t/month]: its shares weigh the tax of each route.
    t : int
        Month.

    Returns
    -------
    ndarray, shape (element, draw)
        Exactly 1 where nothing is taxed [1].
    """
    total, taxed = np.zeros_like(contracted[:, 0]), np.zeros_like(contracted[:, 0])
    for route in range(contracted.shape[1]):
        total += contracted[:, route]
        for tax in taxes:
            taxed += np.where(tax.mask[:, route, None], tax.profile[t] * contracted[:, route], 0.0)
    return 1.0 + np.divide(taxed, total, out=np.zeros_like(total), where=total > 0.0)
