"""Sensitivity from an ordinary run: no designed sample, no further draw."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri


def given_data_ranking(inputs: Mapping[str, ArrayLike], outputs: Mapping[str, ArrayLike]) -> pd.DataFrame:
    """First-order indices of every input from the draws of an ordinary run.

    The draws are put in order of an input; neighbours then differ in all else, and the covariance of an
    output with its neighbour's is the variance that the input explains.

    Parameters
    ----------
    inputs, outputs : mapping of str to array_like, shape (draw,)
        Such as ``run.inputs`` and rows of ``run.measures``.

    Returns
    -------
    DataFrame
        Columns output, factor, S1, S1_error (one standard error where the input did nothing) and clear
        (whether S1 is more than the largest of so many inputs that do nothing would show in one of twenty
        cases), sorted by output in the order given and S1 falling. NaN where the output does not vary.

    References
    ----------
    Gamboa, Gremaud, Klein & Lagnoux (2022), Bernoulli 28:2345, rank estimator; Chatterjee (2021), J. Am. Stat.
    Assoc. 116:2009.
    """
    orders = {name: np.argsort(np.asarray(x, dtype=float), kind="stable") for name, x in inputs.items()}
    rows = []
    for label, y in outputs.items():
        values = np.asarray(y, dtype=float)
        centred = values - values.mean()
        variance = float((centred**2).mean())
        error = 1.0 / np.sqrt(values.size)
        noise = error * float(ndtri(1.0 - 0.05 / len(orders)))
        for name, order in orders.items():
            sorted_ = centred[order]
            explained = float((sorted_ * np.roll(sorted_, -1)).mean())
            index = explained / variance if variance > 1e-24 else np.nan
            rows.append((label, name, index, error, bool(index > noise)))
    frame = pd.DataFrame(rows, columns=["output", "factor", "S1", "S1_error", "clear"])
    places = {label: i for i, label in enumerate(outputs)}
    keys = frame["output"].map(places)
    order = np.lexsort((-frame["S1"].fillna(-np.inf).to_numpy(), keys.to_numpy()))
    return frame.iloc[order].reset_index(drop=True)
