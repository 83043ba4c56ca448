"""What the sourcing mix says: the table ``minrisk mix`` prints and the notes that go with it."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data.dataset import Dataset
from minrisk.data.mix.estimate import (
    Mix,
    central_mix,
    direct_share,
    effective_share,
    estimate_mix,
    mix_streams,
    origin_shares,
)
from minrisk.defaults import MIX_DRAWS
from minrisk.risk.spread import quantiles


def gross_share(dataset: Dataset, origin: str, year: int) -> float:
    """Share of an origin in the gross import tonnes of one year, all codes and rows as published.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    origin : str
        Origin code.
    year : int
        Calendar year.

    Returns
    -------
    float
        Share of product weight [1]; NaN when the year has no tonnes.
    """
    frame = dataset.table("imports")
    frame = frame[frame["year"] == year]
    total = float(frame["quantity_t"].sum())
    return float(frame.loc[frame["origin"] == origin, "quantity_t"].sum()) / total if total else float("nan")


def mix_table(dataset: Dataset) -> pd.DataFrame:
    """The sourcing mix in one row per element.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    DataFrame
        Columns ``element``, ``demand_t_per_year`` [t REO/yr]; ``direct_share`` and ``effective_share``
        of the focus origin with ``_p05`` and ``_p95`` over 1,000 draws [1]; ``hhi`` by origin (0-1);
        ``grade`` of the element. Central columns have every input at its central value.
    """
    labels = dataset.labels
    central, drawn = central_mix(dataset), _drawn_mix(dataset)
    columns: dict[str, object] = {
        "element": list(labels.elements),
        "demand_t_per_year": _demand(central),
    }
    for name, share in (("direct_share", direct_share), ("effective_share", effective_share)):
        low, high = quantiles(share(drawn, labels, dataset.focus_origin), (0.05, 0.95))
        columns[name] = share(central, labels, dataset.focus_origin)[:, 0]
        columns[f"{name}_p05"], columns[f"{name}_p95"] = low, high
    columns["hhi"] = np.sum(origin_shares(central, labels)[:, :, 0] ** 2, axis=1)
    columns["grade"] = list(dataset.table("elements")["grade"])
    return pd.DataFrame(columns)


def mix_matrix(dataset: Dataset) -> pd.DataFrame:
    """The central sourcing mix, cell by cell.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    DataFrame
        Columns ``element``, ``route``, ``t_per_year`` [t REO/yr] and ``grade``: the worst grade of the
        product compositions behind the cell, C where the matrix estimate is all there is.
    """
    labels, tonnes = dataset.labels, central_mix(dataset).tonnes[..., 0] * 12
    composition = dataset.table("composition")
    known = composition.groupby(["origin", "element"])["grade"].max().to_dict()
    rows = [
        {
            "element": element,
            "route": route.name,
            "t_per_year": tonnes[row, column],
            "grade": known.get((route.origin, element), "C"),
        }
        for row, element in enumerate(labels.elements)
        for column, route in enumerate(labels.routes)
    ]
    return pd.DataFrame(rows)


def residual_table(dataset: Dataset) -> pd.DataFrame:
    """Every margin of the mix: what was asked and what came out.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    DataFrame
        Columns ``margin``, ``label``, ``target`` and ``fitted`` at central inputs (t REO/yr, or a share),
        and the relative misfit ``relative`` with ``relative_p05`` and ``relative_p95`` over 1,000 draws.
    """
    rows = []
    for at_centre, drawn in zip(central_mix(dataset).residuals, _drawn_mix(dataset).residuals, strict=True):
        low, high = quantiles(drawn.relative, (0.05, 0.95))
        rows.append(
            {
                "margin": at_centre.margin,
                "label": at_centre.label,
                "target": at_centre.target[0],
                "fitted": at_centre.fitted[0],
                "relative": at_centre.relative[0],
                "relative_p05": low,
                "relative_p95": high,
            }
        )
    return pd.DataFrame(rows)


def mix_notes(dataset: Dataset) -> list[str]:
    """What a reader of the mix must know, one note each.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    list of str
        Share by gross weight, fit of the margins, and how conflicting sources were settled.
    """
    frame = dataset.table("imports")
    latest = int(frame["year"].max())
    origin = dataset.focus_origin
    share = gross_share(dataset, origin, latest)
    notes = [
        f"{origin} sent {share:.1%} of the gross weight imported in {latest} (all codes). The shares by "
        "element are of contained oxide by element, so they need not agree with it."
    ]
    misfit = residual_table(dataset)
    for margin, group in misfit.groupby("margin", sort=True):
        worst = group.iloc[int(group["relative"].abs().to_numpy().argmax())]
        notes.append(
            f"Fit of {margin}: the worst of {len(group)} margins at central inputs is "
            f"{worst['label']}, off by {worst['relative']:+.1%}."
        )
    empty = int(frame["quantity_t"].isna().sum())
    if empty:
        notes.append(f"{empty} import rows have a value but no tonnes; they count as no tonnes.")
    if "conflicts" in dataset.tables:
        for row in dataset.table("conflicts").to_dict("records"):
            notes.append(f"{row['topic']} (won: {row['won']}): {row['text']}")
    return notes


def _demand(mix: Mix) -> Array:
    total = np.zeros(mix.tonnes.shape[0])
    for route in range(mix.tonnes.shape[1]):
        total += mix.tonnes[:, route, 0] * 12
    return total


def _drawn_mix(dataset: Dataset) -> Mix:
    """The mix over a fixed set of draws; the table does not depend on any scenario's seed."""
    uniforms = {}
    for name in mix_streams(dataset):
        words = np.frombuffer(sha256(name.encode()).digest(), dtype="<u4").tolist()
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([0, *words])))
        uniforms[name] = np.maximum(generator.random(MIX_DRAWS), np.finfo(np.float64).tiny)
    return estimate_mix(dataset, uniforms, draws=MIX_DRAWS)
