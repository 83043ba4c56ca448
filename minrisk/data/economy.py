"""The economy of a dataset: its tables as plain arrays, its uncertain figures drawn from named streams."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import gammaincinv

from minrisk.axes import Array
from minrisk.data.dataset import Dataset
from minrisk.data.mix.estimate import central_mix, direct_share
from minrisk.data.mix.inputs import Quantity
from minrisk.data.rules import mix_years
from minrisk.data.tables import ALL, BUFFERS
from minrisk.economy import Closure, EconomyParameters, EconomyStructure, SupplyStop, domestic_coefficients

_RANGE = ["low", "central", "high"]

#: Concentration of the Dirichlet distribution of an application's share of its use's output, by grade. At 20 a
#: share of .25 is .11 to .42 in nine draws of ten, the width of the ranges in applications.csv; A and B a guess.
CONCENTRATION = {"A": 200.0, "B": 60.0, "C": 20.0}


def has_economy(dataset: Dataset) -> bool:
    """Whether a dataset describes industries."""
    return "industries" in dataset.tables


@lru_cache(maxsize=4)
def economy_structure(dataset: Dataset) -> EconomyStructure:
    """Fixed part of a dataset's economy.

    Industries keep their shares of value added; money is scaled to the GDP of its year.

    Parameters
    ----------
    dataset : Dataset
        With industries (`has_economy`).

    Returns
    -------
    EconomyStructure
        Money in JPY a month at the prices of the year of ``gdp_tn_jpy``.
    """
    frame = dataset.table("industries")
    names = tuple(str(name) for name in frame["industry"])
    flows = _flows(dataset, names)
    output, imports = frame["output_musd"].to_numpy(float), frame["imports_musd"].to_numpy(float)
    used_at_home = flows.sum(axis=1) + frame["final_demand_musd"].to_numpy(float)
    value_added = frame["value_added_musd"].to_numpy(float)
    coefficients = domestic_coefficients(flows, output, imports, used_at_home)
    scale = float(dataset.settings["gdp_tn_jpy"]) * 1e12 / 12.0 / float(value_added.sum())
    exposed, needs = _needs(dataset, names)
    applications = _applications(dataset, [(names[exposed[row]], dataset.labels.uses[use]) for row, use in needs])
    years = dataset.table("dataset").set_index("key")["year"]
    return EconomyStructure(
        industries=names,
        value_added=value_added * scale,
        output=output * scale,
        # As the coefficients leave it: differs from the published column by rounding only.
        final_demand=(output - coefficients @ output) * scale,
        coefficients=coefficients,
        exposed=exposed,
        needs=needs,
        minimum_final_demand=float(dataset.settings["minimum_final_demand"]),
        price_year=str(years["gdp_tn_jpy"]),
        group_of_use=_groups(dataset),
        products=product_uses(dataset),
        applications=tuple(str(row["application"]) for _, row in applications),
        need_of_application=tuple(need for need, _ in applications) if applications else None,
    )


def economy_streams(dataset: Dataset) -> tuple[str, ...]:
    """Names of the uniform streams of a dataset's economy.

    One stream per group of uses for all dependences on them and one per kind of stock: what is not known is the
    same for all industries, and independent draws would make the whole look certain. One per application for its
    share of its use's output.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    tuple of str
        Streams under ``data/``; none for a dataset without industries.
    """
    if not has_economy(dataset):
        return ()
    used = [quantity.stream for rows in _quantities(dataset).values() for quantity in rows]
    shares = [stream for _, stream, _ in _output_shares(dataset) if stream]
    return tuple(dict.fromkeys(stream for stream in (*used, *shares) if stream is not None))


def economy_parameters(
    dataset: Dataset, uniforms: Mapping[str, Array] | None = None, draws: int | None = None
) -> EconomyParameters:
    """Uncertain part of a dataset's economy.

    Parameters
    ----------
    dataset : Dataset
        With industries (`has_economy`).
    uniforms : mapping of str to ndarray, shape (draw,), optional
        One array per name of `economy_streams`; central values in every draw if left out.
    draws : int, optional
        Number of draws; one if left out.

    Returns
    -------
    EconomyParameters
    """
    count = 1 if draws is None else draws
    drawn = {
        name: np.stack([quantity.values(uniforms, count) for quantity in rows])
        for name, rows in _quantities(dataset).items()
    }
    return EconomyParameters(
        dependence=drawn["dependence"],
        parts_months=drawn["parts"],
        finished_months=drawn["finished"],
        refill_months=drawn["refill"][0],
        share_of_need=_shares_of_needs(dataset),
        output_share=_draw_output_shares(dataset, uniforms, count),
    )


def economy_closures(dataset: Dataset) -> tuple[Closure, ...]:
    """Assumptions behind published estimates, in the order of ``closures.csv``; none if there is no such table."""
    if not has_economy(dataset) or "closures" not in dataset.tables:
        return ()
    exposed = economy_structure(dataset).exposed_names
    shares: dict[str, dict[str, float]] = {}
    for row in _rows(dataset, "closure_industries"):
        shares.setdefault(str(row["closure"]), {})[str(row["industry"])] = float(row["dependence"])
    found: dict[str, dict[str, float]] = {}
    for row in _rows(dataset, "closures"):
        found.setdefault(str(row["closure"]), {})[str(row["parameter"])] = float(row["value"])
    return tuple(
        Closure(
            name=name,
            supply_cut=values.get("supply_cut"),
            binding=values["binding"],
            substitution=values["substitution"],
            stock_months=values["stock_months"],
            buffers=values["buffers"],
            linked=values["linked"],
            dependence=tuple(shares[name].get(industry, 0.0) for industry in exposed) if name in shares else None,
        )
        for name, values in found.items()
    )


def full_stop(dataset: Dataset, months: int, severity: float = 1.0) -> SupplyStop:
    """A stop of all that the focus origin sends directly, by the central sourcing mix.

    Parameters
    ----------
    dataset : Dataset
        With industries (`has_economy`).
    months : int
        How long.
    severity : float
        Share of it that stops [1].

    Returns
    -------
    SupplyStop
    """
    mix = central_mix(dataset)
    direct = direct_share(mix, dataset.labels, dataset.focus_origin)[:, 0]
    yearly = mix.tonnes[..., 0].sum(axis=1) * 12.0
    first, last = mix_years(dataset.settings["mix_years"]) or (0, 0)
    imports = dataset.table("imports")
    bill = imports.loc[imports["year"].between(first, last), "value_kusd"].sum() / (last - first + 1) / 1000.0
    exposed = economy_structure(dataset).exposed_names
    frame = dataset.table("industries").set_index("industry")
    return SupplyStop(
        months=months,
        lost=severity * direct,
        need=yearly[:, None] * dataset.use_shares,
        joint=dataset.joint_needs,
        cost_share=float(bill / frame.loc[list(exposed), "output_musd"].sum()),
    )


def use_groups(dataset: Dataset) -> dict[str, str]:
    """Group of each use: its own name where the dataset names none."""
    frame = dataset.table("uses")
    names = frame["group"] if "group" in frame else frame["use"]
    return dict(zip(map(str, frame["use"]), map(str, names), strict=True))


def _groups(dataset: Dataset) -> tuple[int, ...]:
    """Number of the group of each use."""
    groups = list(use_groups(dataset).values())
    return tuple(groups.index(name) for name in groups)


def product_uses(dataset: Dataset) -> tuple[int, ...]:
    """Position of the use that makes each product; none where the dataset has no products."""
    products = dataset.labels.products
    return () if products is None else tuple(dataset.labels.uses.index(use) for use in products.makers)


def _rows(dataset: Dataset, stem: str) -> list[dict[str, float]]:
    return dataset.tables[stem].to_dict("records") if stem in dataset.tables else []  # type: ignore[return-value]


def _flows(dataset: Dataset, names: tuple[str, ...]) -> Array:
    place = {name: at for at, name in enumerate(names)}
    frame = dataset.table("input_flows")
    flows = np.zeros((len(names), len(names)))
    flows[frame["seller"].map(place), frame["buyer"].map(place)] = frame["flow_musd"]
    return flows


def _needs(dataset: Dataset, names: tuple[str, ...]) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Exposed industries in the order of the industries, and their needs in the order of the end uses."""
    pairs = {(str(row["industry"]), str(row["use"])) for row in _rows(dataset, "dependence")}
    exposed = tuple(at for at, name in enumerate(names) if any(industry == name for industry, _ in pairs))
    needs = tuple(
        (row, use)
        for row, at in enumerate(exposed)
        for use, label in enumerate(dataset.labels.uses)
        if (names[at], label) in pairs
    )
    return exposed, needs


@lru_cache(maxsize=4)
def _quantities(dataset: Dataset) -> dict[str, list[Quantity]]:
    """Ranges by name of a parameter, in the order of its rows."""
    structure = economy_structure(dataset)
    exposed, uses = structure.exposed_names, dataset.labels.uses
    named = [(exposed[row], uses[use]) for row, use in structure.needs]
    dependence, group = _pairs(dataset, "dependence"), use_groups(dataset)
    found = {
        "dependence": [_quantity(dependence[pair], f"data/dependence/{group[pair[1]]}") for pair in named],
    }
    buffers = _pairs(dataset, "buffers", "buffer", "industry")
    for kind in BUFFERS:
        rows = [(kind, name) if (kind, name) in buffers else (kind, ALL) for name in exposed]
        found[kind] = [_quantity(buffers[row], f"data/buffers/{kind}") for row in rows]
    return found


def _applications(dataset: Dataset, named: list[tuple[str, str]]) -> list[tuple[int, dict[str, Any]]]:
    """Need of each application and its row, in the order of the needs; none without such a table."""
    found = [(named.index((str(row["industry"]), str(row["use"]))), row) for row in _rows(dataset, "applications")]
    return sorted(found, key=lambda item: item[0])


def _named_applications(dataset: Dataset) -> list[tuple[int, dict[str, Any]]]:
    structure = economy_structure(dataset)
    exposed, uses = structure.exposed_names, dataset.labels.uses
    return _applications(dataset, [(exposed[row], uses[use]) for row, use in structure.needs])


def _shares_of_needs(dataset: Dataset) -> Array | None:
    """Share of what its need puts at stake that each application does, (application, 1) [1]."""
    rows = _named_applications(dataset)
    if not rows:
        return None
    needs, values = np.array([need for need, _ in rows]), np.array([row["value_central"] for _, row in rows])
    total = np.bincount(needs, weights=values)[needs]
    shares: Array = np.divide(values, total, out=np.zeros_like(values), where=total > 0.0)[:, None]
    return shares


def _output_shares(dataset: Dataset) -> list[tuple[str, str, float]]:
    """Use of each application, the stream of its share of the use's output if it is drawn, and what is drawn by.

    A share is drawn as a Dirichlet one: a gamma variable with the central share times the grade's concentration,
    over the sum of those of the use.
    """
    rows = [row for _, row in _named_applications(dataset)]
    uses = [str(row["use"]) for row in rows]
    return [
        (
            use,
            f"data/applications/{row['application']}" if uses.count(use) > 1 else "",
            float(row["output_central"]) * CONCENTRATION[str(row["grade"])],
        )
        for use, row in zip(uses, rows, strict=True)
    ]


def _draw_output_shares(dataset: Dataset, uniforms: Mapping[str, Array] | None, draws: int) -> Array | None:
    """Share of its use's output that each application takes, (application, draw) [1]."""
    rows = _output_shares(dataset)
    if not rows:
        return None
    amounts = np.stack(
        [
            np.full(draws, shape) if uniforms is None or not stream else gammaincinv(shape, uniforms[stream])
            for _, stream, shape in rows
        ]
    )
    total: dict[str, Array] = {}
    for (use, _, _), amount in zip(rows, amounts, strict=True):
        total[use] = total.get(use, np.zeros(draws)) + amount
    drawn: Array = amounts / np.maximum(np.stack([total[use] for use, _, _ in rows]), 1e-300)
    return drawn


def _pairs(
    dataset: Dataset, stem: str, first: str = "industry", second: str = "use"
) -> dict[tuple[str, str], tuple[float, ...]]:
    return {
        (str(row[first]), str(row[second])): tuple(float(row[name]) for name in _RANGE)
        for row in _rows(dataset, stem)
    }


def _quantity(ends: tuple[float, ...], stream: str) -> Quantity:
    low, central, high = ends
    return Quantity(stream if high > low else None, low, central, high)
