"""The demand matrix of a dataset: which end use takes how much of each element, and what it needs together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from minrisk.axes import Array
from minrisk.data.dataset import Dataset


def use_streams(dataset: Dataset) -> tuple[str, ...]:
    """Names of the uniform streams of uncertain use shares, one per use with a spread."""
    spread = _column(dataset, "share_spread", 0.0)
    return tuple(f"data/use/{use}" for use, sd in zip(dataset.labels.uses, spread, strict=True) if sd > 0.0)


def draw_use_shares(dataset: Dataset, uniforms: Mapping[str, Array] | None, draws: int) -> Array:
    """Share of each element's demand by use.

    The shares of a use carry a common lognormal factor of median 1, then each element's sum to 1 again: a
    year with more magnets is one with more of every magnet element.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    uniforms : mapping of str to Array, or None
        One array of shape (draw,) per name of `use_streams`; None for the central shares.
    draws : int
        Number of draws.

    Returns
    -------
    Array
        Shape (element, use, draw) [1].
    """
    shares = np.repeat(dataset.use_shares[..., None], draws, axis=-1)
    if uniforms is None:
        return shares
    for column, (use, sd) in enumerate(
        zip(dataset.labels.uses, _column(dataset, "share_spread", 0.0), strict=True)
    ):
        if sd > 0.0:
            shares[:, column] *= np.exp(sd * ndtri(uniforms[f"data/use/{use}"]))
    total = shares[:, 0].copy()
    for column in range(1, shares.shape[1]):
        total += shares[:, column]
    shares /= total[:, None]
    return shares


def joint_needs(dataset: Dataset) -> NDArray[np.bool_]:
    """Where a use makes nothing without an element, shape (element, use)."""
    labels, frame = dataset.labels, dataset.table("use_shares")
    joint = np.zeros((len(labels.elements), len(labels.uses)), dtype=bool)
    if "joint" in frame:
        for element, use, flag in zip(frame["element"], frame["use"], frame["joint"], strict=True):
            joint[labels.elements.index(element), labels.uses.index(use)] = flag > 0.0
    return joint


def use_priority(dataset: Dataset) -> tuple[int, ...]:
    """Rank of each use when rationing replaces the price; the lowest is served first."""
    return tuple(int(rank) for rank in _column(dataset, "priority", 1.0))


def _column(dataset: Dataset, name: str, default: float) -> list[float]:
    frame = dataset.table("uses")
    return [float(value) for value in frame[name]] if name in frame else [default] * len(frame)
