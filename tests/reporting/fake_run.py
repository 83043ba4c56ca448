"""A made-up but plausible run: 36 months, 15 elements, 14 routes, a ban on the heavy ones for a year."""

from __future__ import annotations

import math
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from minrisk.axes import Calendar
from minrisk.data.dataset import Dataset, load_dataset
from minrisk.scenario.schema import Scenario

DEMAND = np.array([5400, 5650, 1200, 4300, 75, 8, 100, 65, 400, 10, 30, 1, 8, 8, 1394.0]) / 12
CHINA = np.array([0.72, 0.61, 0.4, 0.4, *[0.95] * 10, 0.96])
MARKET: dict[str, Any] = {
    "stock_cover_months": {"triangular": [2, 6, 12]},
    "stock_release_share": 0.5,
    "stock_release_exponent": math.inf,
    "stock_release_max": 0.5,
    "restock_months": {"uniform": [6, 12]},
    "restock_exponent": 2,
    "store_max_months": 3,
    "elasticity_stiff": {"uniform": [0.05, 0.2]},
    "elasticity_middle": 0.3,
    "elasticity_loose": 0.6,
    "elasticity_common": 1,
    "elasticity_long": 0.8,
    "adaptation_months": 24,
    "choke_price_index": 30,
    "supply_elasticity": 0.5,
    "spare_share": 0.2,
    "spare_months": 6,
    "swap_share": 0.3,
    "swap_price_index": 5,
    "swap_months": 3,
    "growth_per_year": 0.02,
    "shortage_threshold": 0.05,
}
BAN: dict[str, Any] = {
    "type": "export_ban",
    "name": "ban",
    "origin": "CHN",
    "elements": ["Sm", "Gd", "Tb", "Dy", "Y"],
    "destination": "japan",
    "start": "2026-01-06",
    "duration_months": {"uniform": [6, 18]},
}


@cache
def dataset() -> Dataset:
    """The packaged dataset."""
    return load_dataset()


def scenario(calm: bool, months: int, name: str = "", **patch: Any) -> Scenario:
    """A real scenario with the market and the ban above."""
    given = {
        "name": name or ("calm" if calm else "ban_heavy"),
        "title": "A calm year" if calm else "China stops heavy rare earths",
        "description": "Made up for the tests.",
        "sources": ["https://example.org/news", "A report of 2026"],
        "start": "2026-01",
        "months": months,
        "seed": 1,
        "market": MARKET,
        "events": [] if calm else [BAN],
    }
    return Scenario.model_validate(given | patch)


def fake_run(calm: bool = False, draws: int = 200, months: int = 36, name: str = "", **patch: Any) -> Any:
    """Make a run; the ban lasts 12 months more or less, stocks 2 to 10 months."""
    rng = np.random.default_rng(7)
    symbols = dataset().labels.elements
    routes = dataset().labels.route_names
    labels = Calendar("2026-01", months).labels
    cover = rng.uniform(2, 10, (1, 1, draws))
    length = rng.uniform(6, 18, (1, 1, draws))
    t = np.arange(months)[:, None, None]
    hit = np.isin(symbols, ("Sm", "Gd", "Tb", "Dy", "Y"))[None, :, None] & (not calm)
    banned = hit * np.where(t < length, 1 - 0.3 * (1 - np.exp(-t / 6)), 0.0)
    demand = np.broadcast_to(DEMAND[None, :, None] * 1.002**t, (months, 15, draws))
    lost = demand * CHINA[None, :, None] * banned
    used = np.cumsum(lost, axis=0)
    stock0 = cover * DEMAND[None, :, None]
    gap = np.clip(used - stock0, 0, None)
    unserved = np.minimum(np.diff(gap, axis=0, prepend=0.0), demand * 0.9)
    stock = np.clip(stock0 - used, 0, None)
    release = lost - unserved
    share = unserved / demand
    price = np.exp(np.minimum(3.2 * share + 0.35 * banned, 3.5))
    short = (share > 0.05).astype(float)
    wait = np.where(short.any(axis=0), short.argmax(axis=0).astype(float), np.nan)
    flows = {
        "price_index": price, "demand_t": demand, "served_t": demand - unserved, "unserved_t": unserved,
        "unserved_share": share, "shortage": short, "stock_t": stock, "months_of_cover": stock / demand,
        "reference_t": demand, "adapted_t": np.zeros_like(demand), "refilled_t": np.zeros_like(demand),
        "priced_out_t": 0.75 * unserved, "involuntary_t": 0.25 * unserved,
        "released_t": np.zeros_like(demand), "stock_release_t": release,
        "supply_t:spare": np.zeros_like(demand), "supply_t:reshuffled": np.zeros_like(demand),
    }  # fmt: skip
    weights = np.linspace(3, 0.2, 12)
    for r, route in enumerate(routes):
        if r < 2:
            flows[f"supply_t:{route}"] = (demand * CHINA[None, :, None] - lost) * (0.7, 0.3)[r]
        else:
            part = weights[r - 2] / weights.sum()
            flows[f"supply_t:{route}"] = demand * (1 - CHINA[None, :, None]) * part
    measures = {
        "unserved_t": unserved.sum(axis=0),
        "unserved_share": unserved.sum(axis=0) / demand.sum(axis=0),
        "fill_rate": 1 - unserved.sum(axis=0) / demand.sum(axis=0),
        "priced_out_t": 0.75 * unserved.sum(axis=0),
        "involuntary_t": 0.25 * unserved.sum(axis=0),
        "adapted_t": np.zeros_like(unserved[0]),
        "worst_month_unserved_share": share.max(axis=0),
        "short_at_start": short[0],
        "at_choke_price": (price.max(axis=0) >= 30).astype(float),
        "shortage": short.max(axis=0),
        "months_to_shortage": wait,
        "months_of_cover": (stock / demand).min(axis=0),
        "peak_price_index": price.max(axis=0),
        "china_share_direct": np.clip(CHINA[:, None] + rng.uniform(-0.05, 0.03, (15, draws)), 0, 1),
        "china_share_effective": np.clip(CHINA[:, None] + rng.uniform(0, 0.04, (15, draws)), 0, 1),
        "hhi": np.broadcast_to(CHINA[:, None] ** 2, (15, draws)).copy(),
    }
    inputs = pd.DataFrame(
        {
            "market/stock_cover_months": cover.ravel(),
            "ban/duration_months": length.ravel(),
            "ban/severity": 1.0,
        }
    )
    return SimpleNamespace(
        scenario=scenario(calm, months, name, **patch),
        dataset=dataset(),
        draws=draws,
        seed=1,
        months=labels,
        elements=symbols,
        routes=routes,
        inputs=inputs,
        measures=measures,
        series=_series(flows, labels, symbols),
        balance_residual=3.1e-15,
        versions={"minrisk": "0.1.0", "numpy": np.__version__},
    )


def _series(flows: dict[str, np.ndarray], months: tuple[str, ...], symbols: tuple[str, ...]) -> pd.DataFrame:
    parts = []
    for variable, values in flows.items():
        q = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95), axis=2).reshape(5, -1)
        if variable.startswith("supply_t:") or variable == "stock_release_t":
            q = np.full_like(q, np.nan)
        parts.append(
            pd.DataFrame(
                {
                    "month": np.repeat(months, len(symbols)),
                    "element": np.tile(symbols, len(months)),
                    "variable": variable,
                    "mean": values.mean(axis=2).ravel(),
                    **dict(zip(("p05", "p25", "p50", "p75", "p95"), q, strict=True)),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
