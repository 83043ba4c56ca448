"""What must not change a scenario changes no bit; more harm is never better, more help never worse.

Exceptions stand with their reasons in `ROUNDING`, `PAID`, `TURNED` and `SINGLE`. No rule at all holds of these, and
``python -m tests.benchmarks.harm`` counts their draws: a longer warning, since holders outbid users to stock up; a
ban on everybody in place of Japan, which leaves tonnes that others would have bought; a slump that ends, since
holders who ran stocks down rebuild them at a price at which some of the demand is given up (it helps in yen alone).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from minrisk.axes import Array
from minrisk.data import load_dataset
from minrisk.pipeline.block import losses_in_yen, simulate_block
from minrisk.scenario import load_scenario, patched

DRAWS, MONTHS = 60, 15

Event = dict[str, Any]


def ban(name: str = "ban", **fields: Any) -> Event:
    """Dysprosium, terbium and yttrium banned for eight months, with leakage, backlog and cargo."""
    given = {"elements": ["Dy", "Tb", "Y"], "severity": 0.75, "backlog_share": 0.3, "start": "2026-03"}
    length = {} if "end" in fields else {"duration_months": 8}
    return {"name": name, "type": "export_ban", "origin": "CHN", "destination": "japan"} | given | length | fields


def store(**fields: Any) -> Event:
    held = {"days_of_demand": 40, "limit_days_per_month": 31, "trigger_price_index": 1.5, "delay_months": 0}
    return {"name": "store", "type": "stockpile", "elements": "all"} | held | fields


@dataclass(frozen=True)
class Outcome:
    """What a case leads to, by draw.

    Attributes
    ----------
    series : dict of str to ndarray
        Monthly series of the market.
    unserved : ndarray, shape (element, draw)
        Unserved tonnes [t].
    yen : ndarray, shape (draw,)
        Loss [JPY].
    """

    series: dict[str, Array]
    unserved: Array
    yen: Array

    @property
    def total(self) -> Array:
        """Unserved tonnes of all elements, (draw,)."""
        return np.asarray(self.unserved.sum(axis=0))


SERIES = ("price_index", "average_price_index", "demand", "served", "unserved", "stock", "offered", "output")


def outcome(*events: Event, **market: Any) -> Outcome:
    return _outcome(json.dumps([events, market]))


@lru_cache(maxsize=64)
def _outcome(case: str) -> Outcome:
    events, market = json.loads(case)
    patch = {"months": MONTHS, "events": list(events)} | ({"market": market} if market else {})
    scenario = patched(load_scenario("calm"), patch)
    block = simulate_block(scenario, load_dataset(), scenario.seed, 0, DRAWS)
    losses = losses_in_yen(block)
    assert losses is not None
    result = block.result
    series = {name: np.asarray(getattr(result, name))[..., :DRAWS] for name in SERIES}
    return Outcome(series, result.unserved.sum(axis=0)[:, :DRAWS], losses.metrics["loss_jpy"][:DRAWS])


def assert_same(one: Outcome, other: Outcome, tolerance: float = 0.0, paid: bool = True) -> None:
    for name in SERIES if paid else set(SERIES) - {"average_price_index"}:
        np.testing.assert_allclose(one.series[name], other.series[name], tolerance, tolerance, err_msg=name)
    np.testing.assert_allclose(one.yen, other.yen, rtol=tolerance, atol=tolerance)


EVEN: Event = {"review_months": 0, "processing_months": 0, "rent_share": 0, "approval_share": 1,
               "batches_per_month": float("inf"), "product_batches_per_month": float("inf")}  # fmt: skip
SPAN: Event = {"start": "2026-04", "duration_months": 6}

#: Events that do nothing.
NEUTRAL: dict[str, Event] = {
    "a ban of severity 0": ban("none", severity=0),
    "a ban that never happens": ban("none", probability=0),
    "a ban on nobody": ban("none", entity_list_share=0),
    "a stock of nothing": store(days_of_demand=0),
    "a stock that never opens": store(trigger_price_index=1e9),
    "a licence for everybody at once": SPAN | EVEN | {"name": "none", "type": "licensing", "origin": "CHN",
                                                      "elements": "all"},
    "a mine without tonnes": {"name": "none", "type": "new_supply", "route": "AUS_compound", "start": "2026-04",
                              "t_per_year": {"Dy": 0}},
    "a supplier that does not stop": SPAN | {"name": "none", "type": "supplier_stop", "routes": ["FRA_compound"],
                                             "probability": 0},
    "a tax of 0": SPAN | {"name": "none", "type": "export_tax", "origin": "CHN", "elements": "all", "rate": 0},
    "a quota beyond all shipments": SPAN | {"name": "none", "type": "quota", "origin": "CHN",
                                            "t_per_year": {"Dy": 1e9, "La": 1e9}},
    "a shipping stop of severity 0": SPAN | {"name": "none", "type": "shipping_stop", "routes": ["CHN_compound"],
                                             "severity": 0},
    "a boom that never happens": SPAN | {"name": "none", "type": "demand_shock", "elements": "all", "factor": 2,
                                         "probability": 0},
    "a boom of factor 1": SPAN | {"name": "none", "type": "demand_shock", "elements": "all", "factor": 1},
}  # fmt: skip

#: Those of them after which the last bits differ: demand is a sum over end uses again where any shock is set.
ROUNDING = {"a boom that never happens", "a boom of factor 1"}

#: Those after which another average price is paid: cargo under a quota, however large, goes at the market price.
PAID = {"a quota beyond all shipments"}


@pytest.mark.parametrize("beside", [(), (ban(),)], ids=["calm", "ban"])
@pytest.mark.parametrize("name", NEUTRAL)
def test_what_does_nothing_changes_no_bit(name: str, beside: tuple[Event, ...]) -> None:
    tolerance = 1e-10 if name in ROUNDING else 0.0
    assert_same(outcome(*beside, NEUTRAL[name]), outcome(*beside), tolerance, paid=name not in PAID)


#: No word of products: see `test_a_product_of_two_elements_passes_both_bans`.
BARE: Event = {"products": "none"}

#: The same said otherwise: a ban that spares products, and how else it can be written.
OTHERWISE: dict[str, tuple[Event, ...]] = {
    "an element a ban": tuple(ban(f"ban_{e.lower()}", elements=[e], **BARE) for e in ("Dy", "Tb", "Y")),
    "in another order": tuple(ban(f"ban_{e.lower()}", elements=[e], **BARE) for e in ("Y", "Dy", "Tb")),
    "elements in another order": (ban(elements=["Y", "Tb", "Dy"], **BARE),),
    "to a date": (ban(end="2026-11", **BARE),),
    "with a ban that does nothing in between": (ban("none", severity=0), ban(**BARE), ban("never", probability=0)),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_the_same_said_otherwise_is_the_same(name: str) -> None:
    assert_same(outcome(*OTHERWISE[name]), outcome(ban(**BARE)))


def test_a_product_of_two_elements_passes_both_bans() -> None:
    """Where magnets are held with their elements, a ban an element stops more of them than one ban on all."""
    apart = outcome(*(ban(f"ban_{e.lower()}", elements=[e]) for e in ("Dy", "Tb", "Y")))
    assert apart.yen.mean() > outcome(ban()).yen.mean()


def test_two_half_bans_are_three_quarters() -> None:
    """Shares that pass are multiplied; nothing is held back, so that the months are the same too."""
    halves = outcome(*(ban(f"half_{n}", severity=0.5, backlog_share=0) for n in (1, 2)))
    assert_same(halves, outcome(ban(severity=0.75, backlog_share=0)), 1e-12)


def test_four_months_and_four_are_eight() -> None:
    parts = ban("first", duration_months=4, backlog_share=0), ban("second", start="2026-07", duration_months=4,
                                                                   backlog_share=0)  # fmt: skip
    assert_same(outcome(*parts), outcome(ban(backlog_share=0)))


SLUMP: Event = {"name": "slump", "type": "demand_shock", "elements": "all", "factor": 0.8, "start": "2026-04",
                "duration_months": 12}  # fmt: skip

#: What makes a ban worse or milder, and the field of the market or the event that says so: worse, milder.
HARM: dict[str, tuple[tuple[tuple[Event, ...], Event], tuple[tuple[Event, ...], Event]]] = {
    "severity": (((ban(severity=0.95),), {}), ((ban(),), {})),
    "duration": (((ban(duration_months=11),), {}), ((ban(),), {})),
    "leakage": (((ban(leakage_max=0),), {}), ((ban(leakage_max=0.3),), {})),
    "backlog": (((ban(backlog_share=0),), {}), ((ban(backlog_share=0.8),), {})),
    "listed buyers": (((ban(),), {}), ((ban(entity_list_share=0.5),), {})),
    "cover": (((ban(),), {"stock_cover_months": 2}), ((ban(),), {"stock_cover_months": 6})),
    "spare capacity": (((ban(),), {"spare_share": 0}), ((ban(),), {"spare_share": 0.3})),
    "elements": (((ban(elements="all"),), {}), ((ban(),), {})),
    "a ban at all": (((ban(),), {}), ((), {})),
    "an official stock": (((ban(),), {}), ((ban(), store()), {})),
    "a larger stock": (((ban(), store(days_of_demand=20)), {}), ((ban(), store(days_of_demand=90)), {})),
    "a mine": (((ban(),), {}), ((ban(), {"name": "mine", "type": "new_supply", "route": "AUS_compound",
                                         "start": "2026-01", "t_per_year": {"Dy": 50}}), {})),
    "a slump to the end": (((ban(),), {}), ((ban(), SLUMP), {})),
}  # fmt: skip

#: Exceptions by draw: share of draws that may turn round in tonnes and in yen, and why.
TURNED: dict[str, tuple[float, str]] = {
    "an official stock": (0.1, "it opens as a price falls back, and refills at a price that users pay"),
    "a larger stock": (0.1, "the same"),
    "a mine": (0.05, "more dysprosium keeps magnets running, which need neodymium that is missing elsewhere"),
}

#: Single elements that may be served better by more harm: an end use that stops leaves what it does not need.
SINGLE = 0.35


@pytest.mark.parametrize("name", HARM)
def test_more_harm_is_never_better(name: str) -> None:
    """All tonnes together and all yen, in every draw but those of `TURNED`; in the mean always."""
    worse, milder = (outcome(*events, **market) for events, market in HARM[name])
    allowed = TURNED.get(name, (0.0, ""))[0]
    for more, less in ((worse.total, milder.total), (worse.yen, milder.yen)):
        assert more.mean() >= less.mean() * (1.0 - 1e-9)
        better = more < less * (1.0 - 1e-6) - 1e-3
        assert better.mean() <= allowed, (better.sum(), (less - more)[better])
    single = worse.unserved < milder.unserved * (1.0 - 1e-6) - 1e-6
    assert single.mean() <= SINGLE, single.mean(axis=1)


def test_a_case_that_matters() -> None:
    """The ban is felt, or nothing above would mean anything."""
    assert outcome(ban()).total.min() > 1.0
    assert outcome(ban()).yen.mean() > 1e8
    assert not outcome().unserved.any()
