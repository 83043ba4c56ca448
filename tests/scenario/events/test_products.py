"""What restrictions do to products: which they hold, from where, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from minrisk.axes import Array, Calendar, ProductLabels, Route
from minrisk.engine.inputs import Factor, Levers
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


def event_of(fields: dict[str, Any], **changes: Any) -> Event:
    kind = EVENT_TYPES[fields["type"]]
    found: Event = TypeAdapter(kind).validate_python({"name": "it", "start": "2026-03"} | fields | changes)
    return found


def written(fields: dict[str, Any], **changes: Any) -> list[Factor]:
    """Factors on products that an event writes."""
    event, levers = event_of(fields, **changes), Levers()
    values: dict[str, Array] = {name: np.full(2, number.mean()) for name, number in event.numbers().items()}
    values |= {outcome: np.ones(2) for outcome in event.chances}
    values |= {name: np.full(2, 0.5) for name in (*event.processes(), *event.noise())}
    event.write(values, WITH_PRODUCTS, CALENDAR, levers)
    return levers.product_factors


def held(factors: list[Factor], lever: str = "availability") -> set[tuple[str, str]]:
    """Product and origin of what the factors of a lever hold."""
    mask = np.zeros((2, 3), dtype=bool)
    for factor in factors:
        if factor.lever == lever:
            mask |= factor.mask
    return {(PRODUCTS.names[p], ORIGINS[r]) for p, r in np.argwhere(mask)}


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
