"""What lies on the seabed: tonnes in place, the area a plant eats up, and the end of the deposit."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.seabed.mass_balance import OXIDE_PER_ELEMENT

#: Dry solids per volume of mud in place [t/m3]: what makes 16 Mt of oxide of 964 ppm over 2,500 km2 and
#: 10 m (grade C, derived from Takaya et al. 2018).
DRY_DENSITY = 0.56

#: Oxide in place in the best cell, 105 km2 to a depth of 10 m [t REO] (Takaya et al. 2018).
BEST_CELL_REO_T = 1.2e6


def resource_reo_t(
    area_km2: Array | float,
    thickness_m: Array | float,
    grade_ppm: Array | float,
    dry_density: Array | float = DRY_DENSITY,
) -> Array:
    """Rare-earth oxide in place.

    Parameters
    ----------
    area_km2 : array_like
        Area [km2].
    thickness_m : array_like
        Thickness of the layer [m].
    grade_ppm : array_like
        Rare earths and yttrium, as elements, per dry solids [g/t].
    dry_density : array_like
        Dry solids per volume in place [t/m3].

    Returns
    -------
    ndarray
        Oxide in place [t REO], with no loss in mining or refining.

    References
    ----------
    Takaya et al. (2018), Sci. Rep. 8:5763: above 16 Mt in 2,500 km2, 1.2 Mt in 105 km2.
    """
    solids = np.asarray(area_km2 * 1e6 * np.asarray(thickness_m) * dry_density, dtype=float)
    oxide: Array = solids * grade_ppm * 1e-6 * OXIDE_PER_ELEMENT
    return oxide


def footprint_km2(
    solids_t: Array | float, thickness_m: Array | float, dry_density: Array | float = DRY_DENSITY
) -> Array:
    """Area of seabed taken to lift some dry solids.

    Parameters
    ----------
    solids_t : array_like
        Dry solids lifted [t].
    thickness_m : array_like
        Thickness of the cut [m].
    dry_density : array_like
        Dry solids per volume in place [t/m3].

    Returns
    -------
    ndarray
        Area [km2].
    """
    area: Array = np.asarray(solids_t, dtype=float) / (np.asarray(thickness_m) * dry_density) * 1e-6
    return area


def within_resource(tonnes: Array, recoverable_t: Array | float) -> Array:
    """Output cut off where the deposit is exhausted.

    Parameters
    ----------
    tonnes : ndarray, shape (month, draw)
        Planned output [t/month], not negative.
    recoverable_t : array_like, shape (draw,)
        All that can ever come out [t].

    Returns
    -------
    ndarray, shape (month, draw)
        Output whose sum over months never exceeds what is recoverable.
    """
    left = np.broadcast_to(np.asarray(recoverable_t, dtype=float), tonnes.shape[1:]).copy()
    kept = np.empty_like(tonnes)
    for month in range(tonnes.shape[0]):
        np.minimum(tonnes[month], left, out=kept[month])
        left -= kept[month]
    return kept
