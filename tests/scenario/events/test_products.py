"""What restrictions do to products: which they hold, from where, and what they refuse."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from minrisk.axes import Array, Calendar, ProductLabels, Route
from minrisk.engine.inputs import LEVERS, Factor, Levers
from minrisk.scenario.events import EVENT_TYPES, Event
from tests.scenario.example import LABELS

CALENDAR = Calendar("2026-01", 12)
ORIGINS = ("JPN", "CHN", "VNM")
PRODUCTS = ProductLabels(
    names=("hot", "cold"),
    makers=("ndfeb_magnets", "polishing"),
    routes=tuple(Route(f"{origin}_product", origin, "product", 0, 1) for origin in ORIGINS),
    holds=(("Nd", "Dy"), ("Nd",)),
)
WITH_PRODUCTS = replace(LABELS, products=PRODUCTS)
BAN = {"type": "export_ban", "origin": "CHN", "destination": "japan", "elements": ["Dy"], "duration_months": 3}
LICENSING = {"type": "licensing", "origin": "CHN", "elements": ["Dy"], "duration_months": 3}
TAX = {"type": "export_tax", "origin": "CHN", "elements": ["Dy"], "rate": 0.1, "duration_months": 3}
SHIPS = {"type": "shipping_stop", "routes": "all", "duration_months": 3}
RULE = {"type": "extraterritorial_rule", "origin": "CHN", "elements": ["Dy"], "duration_months": 3}
REGIME = {"type": "regime", "origin": "CHN", "elements": ["Dy"], "initial": "ban"}
LASTING = dict.fromkeys(("licensing", "quota", "ban", "contingency"), 99)
LICENSED = REGIME | {"initial": "licensing", "duration_months": LASTING}


def event_of(fields: dict[str, Any], **changes: Any) -> Event:
    kind = EVENT_TYPES[fields["type"]]
    found: Event = TypeAdapter(kind).validate_python({"name": "it", "start": "2026-03"} | fields | changes)
    return found


def levers_of(fields: dict[str, Any], **changes: Any) -> Levers:
    """All that an event writes."""
    event, levers = event_of(fields, **changes), Levers()
    values: dict[str, Array] = {name: np.full(2, number.mean()) for name, number in event.numbers().items()}
    values |= {outcome: np.ones(2) for outcome in event.chances}
    values |= {name: np.full(2, 0.5) for name in (*event.processes(), *event.noise())}
    event.write(values, WITH_PRODUCTS, CALENDAR, levers)
    return levers


def written(fields: dict[str, Any], **changes: Any) -> list[Factor]:
    """Factors on products that an event writes."""
    return levers_of(fields, **changes).product_factors


def held(factors: list[Factor], lever: str = "availability") -> set[tuple[str, str]]:
    """Product and origin of what the factors of a lever hold."""
    mask = np.zeros((2, 3), dtype=bool)
    for factor in factors:
        if factor.lever == lever:
            mask |= factor.mask
    return {(PRODUCTS.names[p], ORIGINS[r]) for p, r in np.argwhere(mask)}


QUOTA = {"type": "quota", "origin": "CHN", "t_per_year": {"Dy": 120, "cold": 240}, "duration_months": 3}


def test_a_quota_limits_the_products_it_names() -> None:
    """240 t a year of the cold magnet, half of it for the importer: 10 t a month from March to May."""
    factors = written(QUOTA, share_to_importer=0.5)
    assert held(factors, "export_cap") == held(factors, "rent") == {("cold", "CHN")}
    (cap,) = (factor for factor in factors if factor.lever == "export_cap")
    assert cap.profile[:6, 0].tolist() == [np.inf, np.inf, 10.0, 10.0, 10.0, np.inf]
    assert written(QUOTA, t_per_year={"Dy": 120}) == []
    assert [f.mask.any() for f in levers_of(QUOTA, t_per_year={"cold": 240}).factors] == [False]


def test_a_quota_on_an_unknown_product_is_refused_with_the_nearest() -> None:
    faults = event_of(QUOTA, t_per_year={"Dy": 1, "cald": 1}).check(WITH_PRODUCTS, CALENDAR)
    assert [place for place, _ in faults] == [("t_per_year", "cald")]
    assert "'cold'" in faults[0][1]
    assert event_of(QUOTA).check(WITH_PRODUCTS, CALENDAR) == []


@pytest.mark.parametrize(
    ("fields", "lever"),
    [
        (BAN, "availability"),
        (LICENSING, "approval_share"),
        (LICENSING, "processing_months"),
        (REGIME, "availability"),
    ],
)
def test_what_holds_an_element_in_scope_is_held_with_it(fields: dict[str, Any], lever: str) -> None:
    """Dysprosium is in the hot magnet alone; from the origin, not from home nor from others."""
    only_hot, both = {("hot", "CHN")}, {("hot", "CHN"), ("cold", "CHN")}
    contingency = both if fields is REGIME else set()
    assert held(written(fields), lever) == only_hot | contingency
    assert held(written(fields, elements="all"), lever) == both
    assert held(written(fields, products=["cold"]), lever) == {("cold", "CHN")} | contingency
    assert held(written(fields, products="none"), lever) == set()


def test_a_tax_holds_no_product_unless_it_says_so() -> None:
    assert written(TAX) == []
    assert held(written(TAX, products="holding"), "export_tax") == {("hot", "CHN")}


def test_ships_carry_products_from_every_origin_abroad() -> None:
    """All routes: all imports; one route: those of its origin; nothing is stopped at home."""
    everything = {(product, origin) for product in PRODUCTS.names for origin in ("CHN", "VNM")}
    assert held(written(SHIPS)) == everything
    assert held(written(SHIPS, routes=["CHN_metal"])) == {("hot", "CHN"), ("cold", "CHN")}
    assert held(written(SHIPS, routes=["MYS_compound"])) == set()


def test_a_rule_abroad_holds_only_what_is_made_of_the_feed() -> None:
    factors = written(RULE)
    assert held(factors) == {("hot", "VNM")}
    assert all(factor.feed_only for factor in factors)


def test_products_are_stopped_as_hard_as_elements() -> None:
    """The same share of each month, also where single elements have a severity of their own."""
    profiles = [f.profile[:, 0] for f in written(BAN, severity=0.6, severity_by_element={"Dy": 0.9})]
    assert profiles[0] == pytest.approx([1.0, 1.0, 0.4, 0.4, 0.4, *[1.0] * 7])


def test_a_product_may_have_licences_of_its_own() -> None:
    """Magnets came back within three months of April 2025, dysprosium did not."""
    factors = written(LICENSING, approval_share=0.2, approval_by_element={"hot": 0.9}, elements=["Nd"])
    shares = {
        PRODUCTS.names[row]: factor.profile[3, 0]
        for factor in factors
        if factor.lever == "approval_share"
        for row in np.flatnonzero(factor.mask.any(axis=1))
    }
    assert shares == pytest.approx({"hot": 0.9, "cold": 0.2})


@pytest.mark.parametrize(("fields", "prefix"), [(LICENSING, ""), (LICENSED, "licensing_")])
def test_decisions_on_products_come_in_batches_of_their_own(fields: dict[str, Any], prefix: str) -> None:
    """Their own number a month on the products held, on the path of the elements' batches, as long as they."""
    levers = levers_of(fields, **{f"{prefix}batches_per_month": 4, f"{prefix}product_batches_per_month": 90})
    (batches,), (of_elements,) = levers.product_batches, levers.batches
    assert batches.per_month.tolist() == [90.0, 90.0]
    assert np.argwhere(batches.mask).tolist() == [[0, 1]]
    assert np.array_equal(batches.path, of_elements.path)
    assert np.array_equal(batches.in_force, of_elements.in_force)
    assert of_elements.per_month.tolist() == [4.0, 4.0]
    assert levers_of(fields, products="none").product_batches == []


@pytest.mark.parametrize(("fields", "prefix"), [(LICENSING, ""), (LICENSED, "licensing_")])
def test_products_approved_at_once_and_evenly_are_free(fields: dict[str, Any], prefix: str) -> None:
    """Every factor neutral to the bit, whatever batches the elements have; in batches it is a licence."""
    free = {"approval_share": 1, "processing_months": 0, "review_months": 0, "batches_per_month": 4}
    free |= {"rent_share": 0, "product_batches_per_month": math.inf}
    changes = {f"{prefix}{field}": value for field, value in free.items()}
    assert all(np.all(factor.profile == LEVERS[factor.lever][0]) for factor in written(fields, **changes))
    lumpy = written(fields, **changes | {f"{prefix}product_batches_per_month": 90})
    assert held([factor for factor in lumpy if factor.profile.any()], "licensed") == {("hot", "CHN")}


def test_even_decisions_on_everything_need_no_chance() -> None:
    even = {"batches_per_month": math.inf, "product_batches_per_month": math.inf}
    levers = levers_of(LICENSING, **even)
    assert (levers.batches, levers.product_batches) == ([], [])
    assert event_of(LICENSING, **even).noise() == ()
    assert event_of(LICENSING, **even | {"product_batches_per_month": 90}).noise() == ("batches",)


def test_approvals_of_a_product_may_recover_by_themselves() -> None:
    """A product's own time until all is approved, its own chance that this never comes."""
    factors = written(
        LICENSING | {"duration_months": 9}, elements=["Nd"], approval_share=0.5, review_months=0,
        approval_recovers_after_months=6, approval_recovers_by_element={"hot": 2},
    )  # fmt: skip
    by_row = {
        PRODUCTS.names[row]: factor.profile[2:9, 0].tolist()
        for factor in factors
        if factor.lever == "approval_share"
        for row in np.flatnonzero(factor.mask.any(axis=1))
    }
    assert by_row == {"hot": [0.5] * 2 + [1.0] * 5, "cold": [0.5] * 6 + [1.0]}


@pytest.mark.parametrize("fields", [BAN, LICENSING, TAX, SHIPS, RULE, REGIME])
def test_an_unknown_product_is_refused_with_the_nearest(fields: dict[str, Any]) -> None:
    event = event_of(fields, products=["hott"])
    (fault,) = [message for place, message in event.check(WITH_PRODUCTS, CALENDAR) if place[0] == "products"]
    assert fault == "unknown product 'hott'; did you mean 'hot'? allowed: hot, cold"
    (fault,) = [message for place, message in event.check(LABELS, CALENDAR) if place[0] == "products"]
    assert "has no products" in fault


@pytest.mark.parametrize("wrong", ["magnets", [], ["hot", "hot"], 3])
def test_a_word_that_is_none_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        event_of(BAN, products=wrong)


def test_a_dataset_without_products_has_nothing_to_hold() -> None:
    event, levers = event_of(BAN), Levers()
    values = {name: np.full(2, number.mean()) for name, number in event.numbers().items()} | {"happens": np.ones(2)}
    event.write(values, LABELS, CALENDAR, levers)
    assert levers.product_factors == []
    assert event.check(LABELS, CALENDAR) == []


def test_a_shock_to_all_elements_moves_the_demand_for_products_and_one_to_some_does_not() -> None:
    """More of what magnets are in takes more magnets; a recipe with more of one element does not."""
    shock = {"name": "s", "type": "demand_shock", "start": "2026-01", "duration_months": 6, "factor": 1.5}
    every, some = levers_of(shock | {"elements": "all"}), levers_of(shock | {"elements": [LABELS.elements[0]]})
    assert every.product_factors
    assert some.product_factors == []
    makers = [LABELS.uses.index(use) for use in WITH_PRODUCTS.products.makers]  # type: ignore[union-attr]
    assert not every.factors[0].mask[:, makers].any()
