"""One small scenario for each kind of restriction, from a file's fields to tonnes: a closed form or a bound."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minrisk import build_inputs, load_dataset, load_scenario, sample, simulate
from minrisk.axes import Array
from minrisk.data.money import price
from minrisk.engine.result import Detail, Result
from minrisk.scenario.events import EVENT_TYPES
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS

DATASET = load_dataset()
LABELS = DATASET.labels
DY = LABELS.elements.index("Dy")
CHINA = [i for i, route in enumerate(LABELS.routes) if route.origin == "CHN"]
OTHERS = [i for i, route in enumerate(LABELS.routes) if route.origin not in ("CHN", "JPN")]
#: Seven months from March on; what is stopped at sea is missed a month later.
FORCE: dict[str, Any] = {"start": "2026-03", "duration_months": 7}
ON_CHINA: dict[str, Any] = FORCE | {"origin": "CHN", "elements": ["Dy"]}
MISSED = slice(3, 10)
#: Licences decided at once and evenly.
EVEN: dict[str, Any] = {"review_months": 0, "batches_per_month": float("inf")}


def scenario(*events: dict[str, Any]) -> Scenario:
    made = tuple(EVENT_TYPES[e["type"]].model_validate({"name": e["type"]} | e) for e in events)
    return load_scenario(SCENARIOS / "calm.yaml").model_copy(update={"months": 14, "events": made})


def outcome(*events: dict[str, Any]) -> tuple[Result, Array]:
    """Result of 100 draws and the tonnes of dysprosium taken from each route, (month, route, draw)."""
    case = scenario(*events)
    result = simulate(build_inputs(case, sample(case, 100, dataset=DATASET), DATASET), detail=True)
    assert isinstance(result.detail, Detail)
    return result, result.detail.by_route[:, :, DY]


@pytest.fixture(scope="module")
def calm() -> tuple[Result, Array]:
    return outcome()


def _total(tonnes: Array, routes: list[int]) -> Array:
    return tonnes[:, routes].sum(axis=1)


@pytest.mark.parametrize(
    ("kind", "fields", "left"),
    [
        # Severity .6 on half of the buyers.
        ("export_ban", {"destination": "japan", "severity": 0.6, "entity_list_share": 0.5}, 0.7),
        # Approved without delay: .4 of all that is applied for.
        ("licensing", EVEN | {"approval_share": 0.4, "processing_months": 0}, 0.4),
    ],
)
def test_a_share_of_the_origins_tonnes_is_missed(
    calm: tuple[Result, Array], kind: str, fields: dict[str, Any], left: float
) -> None:
    """What arrives is the calm month's tonnes times what the instrument leaves, a month after shipment."""
    _, tonnes = outcome({"type": kind} | ON_CHINA | fields)
    before = _total(calm[1], CHINA)
    assert _total(tonnes, CHINA)[MISSED] == pytest.approx(left * before[MISSED])
    assert np.array_equal(tonnes[:3], calm[1][:3])


def test_a_licence_of_two_months_leaves_a_third_in_its_first(calm: tuple[Result, Array]) -> None:
    """Queue over 1 + 2 months: 1 - (2/3)^n of an even flow after n months."""
    _, tonnes = outcome({"type": "licensing", "approval_share": 1, "processing_months": 2} | EVEN | ON_CHINA)
    share = 1.0 - (2.0 / 3.0) ** np.arange(1, 8)
    arrived = _total(tonnes, CHINA)[MISSED] / _total(calm[1], CHINA)[MISSED]
    # Orders grow by less than half a per cent a month, so the queue lags a little more.
    assert arrived == pytest.approx(np.broadcast_to(share[:, None], arrived.shape), rel=0.02)


def test_a_quota_is_never_exceeded_and_filled_where_it_binds(calm: tuple[Result, Array]) -> None:
    """12 t a year of dysprosium are 1 t a month."""
    fields = FORCE | {"origin": "CHN", "t_per_year": {"Dy": 12}}
    _, tonnes = outcome({"type": "quota"} | fields)
    assert _total(calm[1], CHINA)[MISSED].min() > 1.0
    assert _total(tonnes, CHINA)[MISSED] == pytest.approx(np.ones((7, 100)))


def test_a_basket_holds_all_elements_together_at_one_premium(calm: tuple[Result, Array]) -> None:
    """250 t a month of all elements, filled to the last tonne; who is cut in part pays one premium a kilogram.

    Complementarity: whom nobody outbids pays no more than that, and gets nothing where others can supply him.
    """
    fields = FORCE | {"origin": "CHN", "elements": "all", "t_per_year": 3000, "market": "japan"}
    result, _ = outcome({"type": "basket_quota"} | fields)
    assert result.detail is not None
    assert calm[0].detail is not None
    passed = result.detail.by_route[3:10][:, CHINA].sum(axis=1)
    assert passed.sum(axis=1) == pytest.approx(np.full((7, 100), 250.0))
    # A limit holds what leaves; a month later it is felt. Until then nothing has moved.
    offers = calm[0].detail.by_route[3, CHINA].sum(axis=0)
    premium = (result.price_index[3] - 1.0) * price(DATASET)[:, None]
    inside = (passed[0] > 1e-6 * offers) & (passed[0] < (1.0 - 1e-6) * offers)
    assert inside.sum(axis=0).min() >= 3
    highest = np.where(inside, premium, 0.0).max(axis=0)
    assert premium[inside] == pytest.approx(np.broadcast_to(highest, premium.shape)[inside], rel=1e-6)
    nothing = passed[0] <= 1e-9
    assert nothing.any()
    assert np.all(premium[nothing] <= (np.broadcast_to(highest, premium.shape)[nothing]) * (1.0 + 1e-9))


def test_a_tax_is_a_floor_under_the_premium() -> None:
    """A quarter, all passed on, weighted by China's direct share; exact in every month in force."""
    result, _ = outcome({"type": "export_tax", "rate": 0.25, "pass_through": 1} | ON_CHINA)
    case = scenario()
    mix = build_inputs(case, sample(case, 100, dataset=DATASET), DATASET).contracted[DY]
    floor = 1.0 + 0.25 * mix[CHINA].sum(axis=0) / mix.sum(axis=0)
    assert result.price_index[2:9, DY] == pytest.approx(np.broadcast_to(floor, (7, 100)))
    assert np.array_equal(result.price_index[9:, DY], np.ones((5, 100)))


def test_a_rule_abroad_stops_what_is_made_of_feed(calm: tuple[Result, Array]) -> None:
    """Severity .8, enforced by half: 1 - .4 x feed on every route of others, each after its own transit."""
    fields = {"severity": 0.8, "enforcement": 0.5}
    _, tonnes = outcome({"type": "extraterritorial_rule"} | ON_CHINA | fields)
    case = scenario()
    feed = build_inputs(case, sample(case, 100, dataset=DATASET), DATASET).feed[DY]
    for route in OTHERS:
        missed = slice(2 + LABELS.routes[route].transit_months, 9)
        expected = calm[1][missed, route] * (1.0 - 0.4 * feed[route])
        assert tonnes[missed, route] == pytest.approx(expected, abs=1e-12)
    assert feed[OTHERS].max() > 0.1


def test_cargo_of_a_shipping_stop_comes_once_lanes_reopen(calm: tuple[Result, Array]) -> None:
    """Nothing for seven months and all of it in the eighth: over the scenario no tonne more or less is offered."""
    names = [LABELS.route_names[i] for i in CHINA]
    stop = {"type": "shipping_stop", "routes": names, "elements": ["Dy"]} | FORCE
    result, tonnes = outcome(stop)
    assert np.all(_total(tonnes, CHINA)[MISSED] == 0.0)
    before = _total(calm[1], CHINA)
    waited = before[MISSED].sum(axis=0)
    assert np.all(result.offered[10, DY] >= (1.0 - 1e-9) * waited)
    lost, _ = outcome(stop | {"backlog_share": 0})
    assert np.all(lost.offered[10, DY] < waited)


def test_a_supplier_loses_its_share_and_comes_back(calm: tuple[Result, Array]) -> None:
    """Half of a route's tonnes gone for seven months, back evenly over two: then 3/4 of the half are there."""
    name = LABELS.route_names[CHINA[0]]
    fields = {"routes": [name], "elements": ["Dy"], "supplier_share": 0.5, "restart_months": 2}
    _, tonnes = outcome({"type": "supplier_stop"} | FORCE | fields)
    share = tonnes[:, CHINA[0]] / calm[1][:, CHINA[0]]
    assert share[MISSED] == pytest.approx(np.full((7, 100), 0.5))
    assert share[10] == pytest.approx(np.full(100, 0.5 + 0.5 * 0.25))


def test_a_regime_that_is_a_ban_is_the_ban() -> None:
    """In a ban from the first day that never ends, against the event that says the same: every bit."""
    lasting = {"licensing": 600, "quota": 600, "ban": 600, "contingency": 600}
    regime = {
        "type": "regime", "origin": "CHN", "elements": ["Dy"], "start": "2026-01", "initial": "ban",
        "duration_months": lasting, "ban_severity": 0.8, "leakage_max": 0.2, "leakage_months": 6,
    }  # fmt: skip
    ban = {
        "type": "export_ban", "destination": "japan", "origin": "CHN", "elements": ["Dy"], "start": "2026-01",
        "duration_months": 600, "severity": 0.8, "leakage_max": 0.2, "leakage_months": 6,
    }  # fmt: skip
    for ours, theirs in zip(outcome(regime), outcome(ban), strict=True):
        if isinstance(ours, Result) and isinstance(theirs, Result):
            assert np.array_equal(ours.price_index, theirs.price_index)
            assert np.array_equal(ours.served, theirs.served)
        else:
            assert np.array_equal(ours, theirs)
