"""What tonnes cost, by hand: contracts, restricted cargo at its rent, spot at the market price."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minrisk.axes import Array
from minrisk.engine.inputs import Factor, Inputs
from minrisk.engine.simulate import simulate
from minrisk.engine.surplus import PricePaid, rented_rows

from .worlds import DRAWS, ban, world

#: Half the supply is banned: without stocks or elasticity the price multiple stands at its ceiling of 10.
SHORT = {"stock_cover_months": 0.0, "choke_price_index": 10.0}


def with_rent(inputs: Inputs, *rents: float, origin: str = "CHN") -> Inputs:
    """The same world in which cargo from an origin pays these rents, one event each."""
    mask = inputs.labels.cells(inputs.labels.elements, origin, ("compound",))
    factors = (
        Factor("rent", f"event{i}", np.full((inputs.months, DRAWS), rent), mask) for i, rent in enumerate(rents)
    )
    return replace(inputs, rents=tuple(factors))


def average(
    inputs: Inputs, price: float, taken: list[float], spot: float = 0.0, floor: float | None = None
) -> float:
    """Average price multiple of the first month, tonnes by route."""
    out = np.empty((1, DRAWS))
    tonnes = np.broadcast_to(np.array(taken)[:, None, None], (len(taken), 1, DRAWS))
    least = None if floor is None else np.full((1, DRAWS), floor)
    PricePaid(inputs).step(0, np.full((1, DRAWS), price), tonnes, np.full((1, DRAWS), spot), out, least)
    assert np.ptp(out) == 0.0
    return float(out[0, 0])


def test_two_routes_one_restricted_and_spot() -> None:
    """30 t at 1 + .1 x 8 = 1.8, 60 t at 1 and 10 t at 9 cost 204: 2.04 on average."""
    inputs = with_rent(world([[50.0, 50.0]]), 0.1)
    assert average(inputs, 9.0, [30.0, 60.0], spot=10.0) == pytest.approx(2.04, abs=1e-14)


@pytest.mark.parametrize(("rent", "expected"), [(0.0, 1.0), (0.05, 1.2), (1.0, 5.0)])
def test_the_instrument_says_who_gets_the_gap(rent: float, expected: float) -> None:
    """Half the tonnes at 1 + rent (P - 1) with P = 9: none without a restriction, all of it under a quota."""
    assert average(with_rent(world([[50.0, 50.0]]), rent), 9.0, [50.0, 50.0]) == pytest.approx(expected, abs=1e-14)


def test_of_two_instruments_the_higher_rent_counts() -> None:
    inputs = world([[50.0, 50.0]])
    both = average(with_rent(inputs, 0.1, 1.0), 9.0, [50.0, 50.0])
    assert both == average(with_rent(inputs, 1.0, 0.1), 9.0, [50.0, 50.0]) == 5.0


def test_where_nothing_is_bought_the_average_is_the_market_price() -> None:
    assert average(world([[50.0, 50.0]]), 7.0, [0.0, 0.0]) == 7.0


def test_a_tax_alone_costs_what_is_taxed() -> None:
    """Half the supply taxed at .4 in a calm market: the bill rises by .4 x 50 t, the average by .2, exactly."""
    inputs = with_rent(world([[50.0, 50.0]], months=24), 1.0)
    mask = inputs.rents[0].mask
    taxed = replace(inputs, export_taxes=(Factor("export_tax", "tax", np.full((24, DRAWS), 0.4), mask),))
    assert simulate(taxed).average_price_index == pytest.approx(1.2, abs=1e-14)
    # Under the floor contracts pay the floor: 50 t at 3 and 50 t at 1.2.
    assert average(taxed, 3.0, [50.0, 50.0], floor=1.2) == pytest.approx(2.1, abs=1e-14)


def test_contracts_of_others_stay_at_the_reference_price() -> None:
    """A ban without leakage: only the other origin delivers, at 1, while the last tonne costs 10."""
    result = simulate(ban(world([[50.0, 50.0]], months=12, **SHORT), 0.0, np.inf))
    assert result.price_index == pytest.approx(10.0)
    assert np.all(result.average_price_index == 1.0)


def test_cargo_that_left_before_a_restriction_pays_its_contract() -> None:
    """With a month at sea the first arrivals left before; those of the last month arrive when it is over."""
    inputs = world([[50.0, 50.0]], months=4, transit=1, elasticity=0.5, **SHORT)
    mask = inputs.labels.cells(inputs.labels.elements, "CHN", ("compound",))
    rent = np.zeros((4, DRAWS))
    rent[:2] = 1.0
    (cells,) = rented_rows(replace(inputs, rents=(Factor("rent", "quota", rent, mask),)))
    assert cells.route == 0
    assert cells.rent[:, 0].tolist() == [0.0, 1.0, 1.0, 0.0]


def test_spare_tonnes_pay_the_market_price() -> None:
    """What no contract covers is bought at the margin: 50 t at 1 and the spare 10 t at P."""
    inputs = world(
        [[50.0, 50.0]], months=200, elasticity=0.3, stock_release_exponent=0.5, stock_cover_months=0.0,
        supply_elasticity=0.2, spare_share=0.2, spare_months=1.0,
    )  # fmt: skip
    result = simulate(ban(inputs, 0.0, np.inf))
    price, spare = result.price_index[-1, 0, 0], result.spare[-1, 0, 0]
    assert spare == pytest.approx(10.0)
    assert result.average_price_index[-1, 0, 0] == pytest.approx((50.0 + spare * price) / (50.0 + spare), rel=1e-12)


def test_leaked_cargo_pays_the_market_price() -> None:
    """Of 100 contracted tonnes a ban leaves 50 of others at 1 and 10 that leak at 10: 2.5 on average."""
    inputs = with_rent(ban(world([[50.0, 50.0]], months=3, **SHORT), 0.0, np.inf, severity=0.8), 1.0)
    assert simulate(inputs).average_price_index == pytest.approx((10.0 * 10.0 + 50.0) / 60.0, rel=1e-12)


def test_in_calm_everything_costs_one() -> None:
    """Whatever the rent, a market price of 1 is what everybody pays, to the bit."""
    result = simulate(with_rent(world([[50.0, 50.0], [1.0, 9.0]], growth=0.03), 1.0))
    assert np.all(result.average_price_index == 1.0)


@given(
    st.lists(st.floats(0.0, 1e4), min_size=2, max_size=2),
    st.floats(0.0, 1e3),
    st.floats(0.0, 1.0),
    st.floats(1.0, 2.0),
    st.floats(1.0, 500.0),
)
def test_the_average_lies_between_contract_and_market(
    taken: list[float], spot: float, rent: float, floor: float, above: float
) -> None:
    """Between the lowest and the highest price that anyone pays, and it rises with the rent."""
    inputs, price = world([[50.0, 50.0]]), floor * above
    paid, dearer = (average(with_rent(inputs, r), price, taken, spot, floor) for r in (rent, min(1.0, rent + 0.1)))
    assert floor * (1.0 - 1e-12) <= paid <= price * (1.0 + 1e-12)
    assert dearer >= paid - 1e-12 * price
    bill: Array = np.array([taken[0] * (floor + rent * (price - floor)), taken[1] * floor, spot * price])
    tonnes = sum(taken) + spot
    if tonnes > 1e-3:
        assert paid == pytest.approx(bill.sum() / tonnes, rel=1e-9)
