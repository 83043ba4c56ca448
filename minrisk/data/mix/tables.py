"""What the sourcing mix says: shares, cells, fit of the margins, values against customs, and notes on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data.dataset import Dataset
from minrisk.data.mix.estimate import (
    Mix,
    Residual,
    central_mix,
    direct_share,
    effective_share,
    estimate_mix,
    mix_streams,
    origin_shares,
)
from minrisk.data.mix.inputs import Product, mix_inputs
from minrisk.defaults import MIX_DRAWS
from minrisk.risk.spread import quantiles

#: Factor between the model's value and customs beyond which a route and code is named [1], and from which value on
#: [kUSD].
FAR, LARGE_KUSD = 1.3, 5_000.0

#: Cells smaller than this are left out of what is furthest from its prior [t REO/yr].
LEAST_CELL_T = 1.0


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


def importer_shares(dataset: Dataset, year: int | None = None) -> pd.DataFrame:
    """Share of the focus origin in the imports of this importer and of others, all codes and rows as published.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    year : int, optional
        Import year; the latest of the dataset's own imports if left out.

    Returns
    -------
    DataFrame
        Columns ``importer``, ``year``, ``quantity_t`` [t gross], ``share_weight`` and ``share_value`` [1]; the
        dataset's own importer first, the focus origin left out. Importers without tonnes in the year are absent.
    """
    own, focus = dataset.settings["importer"], dataset.focus_origin
    frames = [dataset.table("imports").assign(importer=own)]
    if "trade" in dataset.tables:
        frames.append(dataset.table("trade"))
    wanted = int(frames[0]["year"].max()) if year is None else year
    rows = []
    for frame in frames:
        for importer, part in frame[(frame["year"] == wanted) & (frame["importer"] != focus)].groupby("importer"):
            inside = part[part["origin"] == focus]
            tonnes, value = float(part["quantity_t"].sum()), float(part["value_kusd"].sum())
            if tonnes > 0.0:
                rows.append(
                    {
                        "importer": str(importer),
                        "year": wanted,
                        "quantity_t": tonnes,
                        "share_weight": float(inside["quantity_t"].sum()) / tonnes,
                        "share_value": float(inside["value_kusd"].sum()) / value if value > 0.0 else float("nan"),
                    }
                )
    return pd.DataFrame(rows, columns=["importer", "year", "quantity_t", "share_weight", "share_value"])


def mix_table(dataset: Dataset, year: int | None = None) -> pd.DataFrame:
    """The sourcing mix in one row per element.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    year : int, optional
        Import year; the base years of the dataset if left out.

    Returns
    -------
    DataFrame
        Columns ``element``, ``demand_t_per_year`` [t REO/yr]; ``direct_share`` and ``effective_share``
        of the focus origin with ``_p05`` and ``_p95`` over 1,000 draws [1]; ``hhi`` by origin (0-1);
        ``grade`` of the element. Central columns have every input at its central value.
    """
    labels = dataset.labels
    central, drawn = central_mix(dataset, year), _drawn_mix(dataset, year)
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


def mix_matrix(dataset: Dataset, year: int | None = None) -> pd.DataFrame:
    """The central sourcing mix, cell by cell.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    year : int, optional
        Import year; the base years of the dataset if left out.

    Returns
    -------
    DataFrame
        Columns ``element``, ``route``, ``t_per_year`` [t REO/yr] and ``grade``: the worst grade of the
        product compositions behind the cell, C where the matrix estimate is all there is.
    """
    labels, tonnes = dataset.labels, central_mix(dataset, year).tonnes[..., 0] * 12
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


def residual_table(dataset: Dataset, year: int | None = None) -> pd.DataFrame:
    """Every margin of the mix: what was asked and what came out.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    year : int, optional
        Import year; the base years of the dataset if left out.

    Returns
    -------
    DataFrame
        Columns ``margin``, ``label``, ``target`` and ``fitted`` at central inputs (t REO/yr, or a share),
        and the relative misfit ``relative`` with ``relative_p05`` and ``relative_p95`` over 1,000 draws.
    """
    rows = []
    pairs: zip[tuple[Residual, Residual]] = zip(
        central_mix(dataset, year).residuals, _drawn_mix(dataset, year).residuals, strict=True
    )
    for at_centre, drawn in pairs:
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


def mix_years_known(dataset: Dataset) -> tuple[int, ...]:
    """Years of which a mix can be made: those with imports in tonnes and the price of every element.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    tuple of int
        In order, from ``mix_since`` on; the base years alone for a dataset without that setting.
    """
    frame = dataset.table("imports")
    frame = frame[(frame["in_mix"] == 1) & (frame["quantity_t"] > 0)]
    first, last = mix_inputs(dataset).year
    since = int(dataset.settings.get("mix_since", first))
    years = sorted({int(year) for year in frame["year"]} | set(range(first, last + 1)))
    return tuple(year for year in years if since <= year <= last)


def value_table(dataset: Dataset, years: Sequence[int]) -> pd.DataFrame:
    """Customs value against the model's, by year, route and code, at central inputs.

    The model's value is ``sum_e t REO x oxide price of the year x (1 + premium)``. A code whose value is not fitted
    (cerium alone, much of it formulated) takes the premium that customs imply, so that its ratio is 1.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset with prices.
    years : sequence of int
        Import years.

    Returns
    -------
    DataFrame
        Columns ``year``, ``route``, ``hs``, ``customs_kusd``, ``model_kusd`` [kUSD/yr] and ``ratio``, model over
        customs [1].
    """
    rows = []
    for year in years:
        for place, (product, value) in enumerate(_values(dataset, year)):
            fitted = mix_inputs(dataset, year).products[place].value_weight > 0.0
            rows.append(
                {
                    "year": year,
                    "route": dataset.labels.route_names[product.route],
                    "hs": product.hs,
                    "customs_kusd": product.value_kusd,
                    "model_kusd": value if fitted else product.value_kusd,
                }
            )
    table = pd.DataFrame(rows).groupby(["year", "route", "hs"], sort=False, as_index=False).sum()
    return table.assign(ratio=table["model_kusd"] / table["customs_kusd"].where(table["customs_kusd"] > 0.0))


def implied_premiums(dataset: Dataset, year: int | None = None) -> pd.DataFrame:
    """Customs value over oxide price, less 1, of the products whose value is not fitted.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset with prices.
    year : int, optional
        Import year; the base years of the dataset if left out.

    Returns
    -------
    DataFrame
        Columns ``origin``, ``hs``, ``customs_kusd`` [kUSD/yr] and ``premium`` [1].
    """
    rows = [
        {
            "origin": product.origin,
            "hs": product.hs,
            "customs_kusd": product.value_kusd,
            "premium": product.value_kusd / plain - 1.0,
        }
        for product, plain in _values(dataset, year, premium=False)
        if product.value_weight == 0.0 and product.value_kusd > 0.0 and plain > 0.0
    ]
    return pd.DataFrame(rows, columns=["origin", "hs", "customs_kusd", "premium"])


def departures(dataset: Dataset, year: int | None = None, most: int = 10) -> pd.DataFrame:
    """Cells that the margins moved furthest from their prior, worst first, at central inputs.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    year : int, optional
        Import year; the base years of the dataset if left out.
    most : int
        Number of cells.

    Returns
    -------
    DataFrame
        Columns ``element``, ``origin``, ``hs``, ``prior_t``, ``fitted_t`` [t REO/yr] and ``factor``, fitted over
        prior [1]; cells under 1 t both before and after are left out.
    """
    mix, inputs = central_mix(dataset, year), mix_inputs(dataset, year)
    rows = [
        {
            "element": element,
            "origin": product.origin,
            "hs": product.hs,
            "prior_t": mix.prior[row, column, 0],
            "fitted_t": mix.cells[row, column, 0],
        }
        for row, element in enumerate(dataset.labels.elements)
        for column, product in enumerate(inputs.products)
        if max(mix.prior[row, column, 0], mix.cells[row, column, 0]) >= LEAST_CELL_T
    ]
    table = pd.DataFrame(rows, columns=["element", "origin", "hs", "prior_t", "fitted_t"])
    table["factor"] = table["fitted_t"] / table["prior_t"]
    order = np.abs(np.log(table["factor"])).sort_values(ascending=False, kind="stable").index
    worst: pd.DataFrame = table.loc[order[:most]].reset_index(drop=True)
    return worst


def _values(dataset: Dataset, year: int | None, premium: bool = True) -> list[tuple[Product, float]]:
    """Products of a year and what their content is worth at central inputs [kUSD/yr]."""
    mix, inputs = central_mix(dataset, year), mix_inputs(dataset, year)
    price = np.nan_to_num(inputs.price)
    found = []
    for column, product in enumerate(inputs.products):
        worth = price * np.array([1.0 + q.central if premium else 1.0 for q in product.premiums])
        found.append((product, float(np.sum(mix.cells[:, column, 0] * worth))))
    return found


def values_missed(dataset: Dataset, years: Sequence[int]) -> pd.DataFrame:
    """Rows of `value_table` above `LARGE_KUSD` that differ from customs by more than a factor of `FAR`."""
    table = value_table(dataset, years)
    large = table[table["customs_kusd"] >= LARGE_KUSD]
    return large[~large["ratio"].between(1.0 / FAR, FAR)]


def mix_notes(dataset: Dataset, year: int | None = None) -> list[str]:
    """What a reader of the mix must know, one note each.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    year : int, optional
        Import year whose values are looked at; the base years of the dataset if left out.

    Returns
    -------
    list of str
        Share by gross weight, fit of the margins, and how conflicting sources were settled.
    """
    frame = dataset.table("imports")
    latest = int(frame["year"].max())
    origin = dataset.focus_origin
    share = gross_share(dataset, origin, latest)
    what = "contained oxide" if dataset.subject == "rare_earths" else "contained tonnes"
    notes = [
        f"{origin} sent {share:.1%} of the gross weight imported in {latest} (all codes). The shares by "
        f"element are of {what} by element, so they need not agree with it."
    ]
    misfit = residual_table(dataset)
    for margin, group in misfit.groupby("margin", sort=True):
        worst = group.iloc[int(group["relative"].abs().to_numpy().argmax())]
        notes.append(
            f"Fit of {margin}: the worst of {len(group)} margins at central inputs is "
            f"{worst['label']}, off by {worst['relative']:+.1%}."
        )
    notes += [*_export_notes(dataset), *_dependence_notes(dataset), *_value_notes(dataset, year)]
    empty = int(frame["quantity_t"].isna().sum())
    if empty:
        notes.append(f"{empty} import rows have a value but no tonnes; they count as no tonnes.")
    if "conflicts" in dataset.tables:
        for row in dataset.table("conflicts").to_dict("records"):
            notes.append(f"{row['topic']} (won: {row['won']}): {row['text']}")
    return notes


def _export_notes(dataset: Dataset) -> list[str]:
    """What the focus origin sends of an element of which its exports to everybody are known."""
    inputs, mix, labels = mix_inputs(dataset), central_mix(dataset), dataset.labels
    notes = []
    for place, item in enumerate(inputs.exports):
        if item is None:
            continue
        inside = float(sum(mix.cells[place, column, 0] for column in np.flatnonzero(inputs.focus)))
        element, every = labels.elements[place], item.tonnes
        note = (
            f"{element} from {dataset.focus_origin}: {inside:.0f} t under the codes of the mix, of "
            f"{every.central:.0f} t ({every.low:.0f}-{every.high:.0f}) that it exported to everybody under them"
        )
        for flow in inputs.other:
            route = labels.routes[flow.route]
            if flow.element == place and route.origin == dataset.focus_origin:
                beside = float(12.0 * mix.tonnes[place, flow.route, 0])
                note += (
                    f"; {beside:.0f} t ({flow.low:.0f}-{flow.high:.0f}) beside them under another code as "
                    f"{route.name}, of which no tonnage is published: {inside + beside:.0f} t in all"
                )
        notes.append(note + ".")
    return notes


def _value_notes(dataset: Dataset, year: int | None) -> list[str]:
    """Whether every large customs value is met; those that are not, by name."""
    if "value_premiums" not in dataset.tables:
        return []
    first, last = mix_inputs(dataset).year
    missed = values_missed(dataset, range(first, last + 1) if year is None else [year])
    least = f"{LARGE_KUSD / 1000:g} million USD"
    if missed.empty:
        return [f"Every route and code above {least} is worth within a factor of {FAR:g} of its customs value."]
    named = [f"{row['route']} {row['hs']} ({row['ratio']:.2f})" for row in missed.to_dict("records")]
    return [f"Beyond a factor of {FAR:g} of customs value, above {least}: {', '.join(named)}; why, see below."]


def _dependence_notes(dataset: Dataset) -> list[str]:
    """How the direct share of the elements with the widest ranges hangs on what the focus origin exports."""
    inputs, mix = mix_inputs(dataset), _drawn_mix(dataset, None)
    elements = dataset.labels.elements
    known = [place for place, item in enumerate(inputs.exports) if item is not None]
    if not known:
        return []
    inside = sum(mix.cells[place, column] for place in known for column in np.flatnonzero(inputs.focus))
    order = np.argsort(inside, kind="stable")
    third = len(order) // 3
    shares = direct_share(mix, dataset.labels, dataset.focus_origin)
    names = " and ".join(elements[place] for place in known)
    notes = []
    for place, element in enumerate(elements):
        low, high = shares[place, order[:third]].mean(), shares[place, order[-third:]].mean()
        if inputs.shares[place] is None and place not in known and abs(high - low) >= 0.005:
            notes.append(
                f"{element} from {dataset.focus_origin} rests on values alone: {low:.0%} in the third of draws "
                f"with least {names} from there, {high:.0%} in the third with most."
            )
    return notes


def _demand(mix: Mix) -> Array:
    total = np.zeros(mix.tonnes.shape[0])
    for route in range(mix.tonnes.shape[1]):
        total += mix.tonnes[:, route, 0] * 12
    return total


@lru_cache(maxsize=16)
def _drawn_mix(dataset: Dataset, year: int | None) -> Mix:
    """The mix over a fixed set of draws; the table does not depend on any scenario's seed."""
    uniforms = {}
    for name in mix_streams(dataset, year):
        words = np.frombuffer(sha256(name.encode()).digest(), dtype="<u4").tolist()
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([0, *words])))
        uniforms[name] = np.maximum(generator.random(MIX_DRAWS), np.finfo(np.float64).tiny)
    return estimate_mix(dataset, uniforms, MIX_DRAWS, year)
