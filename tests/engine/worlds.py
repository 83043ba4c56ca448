"""Small worlds for the engine's tests: every parameter neutral unless a test says otherwise."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from minrisk.axes import Array, Labels, Period, Route
from minrisk.engine.inputs import Factor, Inputs, Levers, Market, Uses
from minrisk.engine.restrictions import TRADE_LEVERS, trade_groups

DRAWS = 100

#: Behaviour switched off: demand and supply answer no price, stock fills gaps mechanically.
NEUTRAL = {
    "stock_cover_months": 6.0,
    "stock_release_share": 0.35,
    "stock_release_exponent": np.inf,
    "stock_release_max": 1.0,
    "restock_months": 9.0,
    "restock_exponent": 2.0,
    "store_max_months": 6.0,
    "elasticity": 0.0,
    "elasticity_long": 0.0,
    "adaptation_months": 24.0,
    "choke_price_index": 100.0,
    "supply_elasticity": 0.0,
    "spare_share": 0.0,
    "spare_months": 1.0,
    "swap_share": 0.0,
    "swap_price_index": 2.0,
    "swap_months": 4.0,
    "trader_share": 0.0,
    "trader_release_share": 0.35,
    "saved_share": 0.0,
    "complement_substitution": 0.1,
    "joint_slack": np.inf,
}
BY_CLASS = ("elasticity", "elasticity_long")
BY_ELEMENT = ("stock_cover_months", "choke_price_index")


def market(draws: int = DRAWS, **changes: Array | float) -> Market:
    """Market parameters, neutral but for the changes; a scalar elasticity holds for every class."""
    values = NEUTRAL | changes
    arrays = {
        name: np.broadcast_to(np.asarray(value, dtype=float), (draws,))
        for name, value in values.items()
        if name not in (*BY_CLASS, *BY_ELEMENT)
    }
    for name in BY_CLASS:
        rates = np.asarray(values[name], dtype=float)
        arrays[name] = np.broadcast_to(rates.reshape(-1, 1) if rates.shape == (3,) else rates, (3, draws))
    for name in BY_ELEMENT:
        rows = np.atleast_2d(np.asarray(values[name], dtype=float))
        arrays[name] = np.broadcast_to(rows, (len(rows), draws))
    return Market(**arrays)


def routes(*origins: str, transit: int = 0) -> tuple[Route, ...]:
    """One compound route per origin; CHN is declined first."""
    return tuple(Route(f"{o}_compound", o, "compound", transit, 1 if o == "CHN" else 2) for o in origins)


def world(
    tonnes: list[list[float]],
    months: int = 36,
    draws: int = DRAWS,
    origins: tuple[str, ...] = ("CHN", "REST"),
    growth: Array | float = 0.0,
    transit: int = 0,
    levers: Levers | None = None,
    **changes: Array | float,
) -> Inputs:
    """A world with ``tonnes[element][route]`` t/month."""
    mix = np.repeat(np.asarray(tonnes, dtype=float)[..., None], draws, axis=2)
    names = tuple(f"e{i}" for i in range(mix.shape[0]))
    labels = Labels(names, routes(*origins[: mix.shape[1]], transit=transit), ("use",))
    uses = Uses(np.ones((len(names), 1, 1)), (0,), np.ones((len(names), 1), bool), (1,), np.ones(len(names)))
    levers = levers or Levers()
    return Inputs(
        labels=labels,
        months=months,
        contracted=mix,
        feed=np.zeros_like(mix),
        growth_per_year=np.broadcast_to(np.asarray(growth, dtype=float), (draws,)),
        uses=uses,
        swap_pool=np.zeros((len(names), draws)),
        focus_origin="CHN",
        groups=trade_groups(levers, labels, months, draws),
        demand_factors=tuple(levers.of("demand_factor")),
        hoarding=tuple(levers.of("hoarding")),
        export_taxes=tuple(levers.of("export_tax")),
        additions=tuple(levers.additions),
        official_stocks=tuple(levers.official_stocks),
        market=market(draws, **changes),
    )


def ban(inputs: Inputs, start: float, end: float, severity: Array | float = 1.0, name: str = "ban") -> Inputs:
    """The same world with a ban on CHN for all elements."""
    return with_factors(inputs, [ban_factor(inputs, start, end, severity, name)])


def ban_factor(
    inputs: Inputs, start: float, end: float, severity: Array | float = 1.0, name: str = "ban"
) -> Factor:
    draws = inputs.draws
    force = Period(inputs.months, np.full(draws, start), np.full(draws, end)).share_in_force()
    mask = inputs.labels.cells(inputs.labels.elements, "CHN", ("compound",))
    return Factor("availability", name, 1.0 - force * severity, mask)


def with_factors(inputs: Inputs, factors: list[Factor]) -> Inputs:
    """The same world under these factors."""
    levers = Levers(factors=factors)
    return replace(inputs, groups=trade_groups(levers, inputs.labels, inputs.months, inputs.draws))


def take(inputs: Inputs, draws: slice) -> Inputs:
    """Some draws of a world."""
    cut = {f.name: getattr(inputs.market, f.name)[..., draws] for f in fields(Market)}
    groups = tuple(
        replace(
            g,
            **{name: getattr(g, name)[:, draws] for name in TRADE_LEVERS},
            caps=tuple(replace(cap, profile=cap.profile[:, draws]) for cap in g.caps),
        )
        for g in inputs.groups
    )
    return replace(
        inputs,
        contracted=inputs.contracted[..., draws],
        feed=inputs.feed[..., draws],
        growth_per_year=inputs.growth_per_year[draws],
        swap_pool=inputs.swap_pool[:, draws],
        groups=groups,
        market=Market(**cut),
    )
