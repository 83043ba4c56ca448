"""Batches: the table against sums of exponentials, one path for each event, element, month and draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import gammainc
from scipy.stats import kstest, poisson

from minrisk.axes import Array
from minrisk.engine.batches import Batches, BatchFactors, batch_table, uniforms
from minrisk.engine.inputs import Factor, Inputs
from minrisk.engine.restrictions import batch_factors, ship, ship_all
from minrisk.engine.simulate import simulate

from .test_licence_queue import group
from .worlds import DRAWS, with_factors, world

MANY = 200_000


def factors(
    rate: Array | float, draws: int = MANY, months: int = 1, first: int = 24_000, **new: object
) -> BatchFactors:
    made = Batches(
        "licence", np.ones((1, 1), dtype=bool), np.broadcast_to(np.asarray(rate, dtype=float), (draws,)),
        np.ones((months, draws)), np.random.default_rng(3).random(draws), first,
    )  # fmt: skip
    return BatchFactors(replace(made, **new), ("Dy",), np.ones((1, draws)))


def cdf(x: float, rate: float) -> float:
    """Sum over the number of batches, each a Gamma: the definition."""
    counts = np.arange(1, 600)
    return float(np.exp(-rate) + (poisson.pmf(counts, rate) * gammainc(counts, rate * x)).sum())


@pytest.mark.parametrize("row", [0, 7, 16, 24, 31])
def test_the_table_inverts_the_definition(row: int) -> None:
    """Each quantile by bisection; the row is scaled to mean 1, by one number near 1."""
    rate, columns = np.geomspace(0.1, 200.0, 33)[row], np.array([256, 400, 475, 510, 512])
    target, quantiles = np.append(np.arange(512) / 512, 1.0 - 1.0 / 1026.0), batch_table()[row]
    assert batch_table().shape == (33, 513)
    assert np.all(quantiles[target <= np.exp(-rate)] == 0.0)
    found = [c for c in columns if target[c] > np.exp(-rate)]
    exact = [brentq(lambda x, u=target[c]: cdf(x, rate) - u, 0.0, 100.0, xtol=1e-14) for c in found]
    scale = quantiles[found] / exact
    assert scale == pytest.approx(scale[0], rel=1e-7)
    assert scale[0] == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("rate", [0.1, 0.3, 1.0, 1.5, 3.5, 12.0, 60.0])
def test_mean_one_and_variance_two_over_lambda(rate: float) -> None:
    """Within the error of 200,000 draws and of a table of 513 columns; nothing leaves with exp(-lambda)."""
    found = factors(rate).of_month(0)
    assert found is not None
    assert found.mean() == pytest.approx(1.0, abs=4.0 * np.sqrt(2.0 / rate / MANY) + 1e-3)
    assert found.var() == pytest.approx(2.0 / rate, rel=0.06)
    nothing = np.exp(-rate)
    assert (found == 0.0).mean() == pytest.approx(nothing, abs=4.0 * np.sqrt(nothing / MANY))


@pytest.mark.parametrize(("rate", "added"), [(3.5, 0.43), (1.5, 0.79), (1.0, 1.09)])
def test_batches_make_cargo_wait(rate: float, added: float) -> None:
    """At no mean wait of its own: what a batch of too little leaves behind waits for the next."""
    months, draws = 200, 2_000
    terms = group(months=months)
    even = replace(terms, **{name: np.repeat(value[:, :1], draws, axis=1) for name, value in _profiles(terms)})
    way = ship(even, np.ones((months, draws)), None, [factors(rate, draws, months)])
    assert way.queued[40:].mean() / way.shipped[40:].mean() == pytest.approx(added, abs=0.02)
    assert way.shipped[40:].mean() == pytest.approx(1.0, abs=0.01)
    assert way.residual() < 1e-12
    assert min(way.queued.min(), way.shipped.min()) >= 0.0


def _profiles(terms: object) -> list[tuple[str, Array]]:
    return [
        (name, value) for name, value in vars(terms).items() if isinstance(value, np.ndarray) and name != "mask"
    ]


def test_above_200_a_month_decisions_are_even_to_the_bit() -> None:
    terms, scale = group(approval_share=0.6, processing_months=1.7, review_months=2.1), np.ones((24, DRAWS))
    even, lumpy = ship(terms, scale), ship(terms, scale, None, [factors(201.0, DRAWS, 24)])
    assert lumpy.shipped.shape == (24, 1, DRAWS)
    assert np.array_equal(even.shipped, lumpy.shipped[:, 0])
    assert np.array_equal(even.arrived, lumpy.arrived[:, 0])


def test_fewer_than_one_in_ten_months_count_as_that() -> None:
    assert np.array_equal(factors(0.02).of_month(0), factors(0.1).of_month(0))


def test_a_month_in_part_under_licences_is_in_part_in_batches() -> None:
    """1 + share (G - 1); exactly 1 in draws without licences, and nothing to say where none has any."""
    share = np.zeros((2, MANY))
    share[0, ::2] = 0.25
    whole, part = factors(2.0, months=2).of_month(0), factors(2.0, months=2, in_force=share)
    found = part.of_month(0)
    assert whole is not None
    assert found is not None
    assert found[0, ::2] == pytest.approx(1.0 + 0.25 * (whole[0, ::2] - 1.0))
    assert np.all(found[0, 1::2] == 1.0)
    assert part.of_month(1) is None


def test_a_month_is_itself_whenever_the_scenario_starts() -> None:
    """Calendar months, not places in the scenario; a longer one or another block of draws shifts nothing."""
    here, later = factors(1.5, months=9), factors(1.5, months=30, first=24_006)
    assert np.array_equal(here.of_month(8), later.of_month(2))
    path = np.random.default_rng(3).random(MANY)
    block = factors(1.5, 300, path=path[500:800])
    assert np.array_equal(block.of_month(0), factors(1.5, path=path).of_month(0)[:, 500:800])


def test_elements_months_and_draws_are_independent() -> None:
    """Uniforms: flat, and no correlation between months, elements or neighbouring draws above chance."""
    made = factors(1.0, 20_000, 1).batches
    pair = BatchFactors(made, ("Dy", "Tb"), np.ones((2, 20_000)))
    months = np.stack([uniforms(pair.seeds, 24_000 + t) for t in range(6)])
    assert kstest(months.ravel(), "uniform").pvalue > 1e-3
    series = months.reshape(12, -1)
    series = np.vstack([series, np.roll(series, 1, axis=1)])
    assert np.abs(np.corrcoef(series) - np.eye(24)).max() < 5.0 / np.sqrt(20_000)
    assert 0.0 < months.min() < months.max() < 1.0


def licensed(rate: Array | float, **changes: object) -> Inputs:
    """Two elements, 60 and 6 t from China under licences, 40 and 4 from elsewhere."""
    inputs = world([[60.0, 40.0], [6.0, 4.0]], months=24, stock_cover_months=2.0, elasticity=0.3)
    mask, profile = np.array([[True, False], [True, False]]), np.ones((24, DRAWS))
    terms = {"licensed": 1.0, "approval_share": 0.8, "review_months": 1.0, "processing_months": 1.0}
    inputs = with_factors(
        inputs, [Factor(lever, "licence", value * profile, mask) for lever, value in terms.items()]
    )
    path = np.random.default_rng(8).random(DRAWS)
    made = Batches("licence", mask, np.full(DRAWS, rate), profile, path, 24_000)
    return replace(inputs, groups=tuple(replace(g, batches=(made,)) for g in inputs.groups), **changes)


def test_no_batches_and_endless_many_have_the_same_bits() -> None:
    inputs = licensed(np.inf)
    without = replace(inputs, groups=tuple(replace(g, batches=()) for g in inputs.groups))
    one, other = simulate(inputs), simulate(without)
    for name in ("price_index", "served", "stock", "route_sums"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_each_element_has_batches_of_its_own_and_no_tonne_is_lost() -> None:
    """What arrives of an element is its tonnes times its own path, a month for a month."""
    inputs = licensed(2.0)
    (way,) = ship_all(inputs, np.ones((24, DRAWS)))
    came = way.arrived + way.backlog
    assert came.shape == (24, 2, DRAWS)
    offered = simulate(inputs).offered
    assert offered == pytest.approx(np.array([[40.0], [4.0]]) + np.array([[60.0], [6.0]]) * came, rel=1e-12)
    assert np.abs(np.corrcoef(came[6:, 0].ravel(), came[6:, 1].ravel())[0, 1]) < 0.1
    assert way.residual() < 1e-12


def test_what_a_lot_lets_out_is_taken_and_stored() -> None:
    """Nobody declines a licensed cargo: others give way, the rest is stored or sold on, and counted."""
    inputs = licensed(0.5)
    (way,) = ship_all(inputs, np.ones((24, DRAWS)))
    lumpy = (way.arrived + way.backlog)[3:]
    assert np.all(way.arrived[3:] == 0.0)
    assert lumpy.max() > 3.0
    result = simulate(inputs, detail=True)
    assert result.detail is not None
    others = np.array([[40.0], [4.0]])
    assert np.all(result.declined[3:] <= others * (1.0 + 1e-12))
    taken = result.detail.by_route.sum(axis=1)[3:]
    assert np.all(taken >= np.array([[60.0], [6.0]]) * lumpy * (1.0 - 1e-12))
    assert result.check_balance() < 1e-12


def test_the_importers_share_of_exports_is_its_share_of_batches() -> None:
    """Seven a month for everybody, a fifth and a half of them for this importer."""
    inputs = licensed(7.0, destination_share=np.array([[0.2], [0.5]]) * np.ones((2, DRAWS)))
    (made,) = batch_factors(inputs.groups[0], inputs)
    assert made.rate[:, 0] == pytest.approx([1.4, 3.5])


def test_batches_of_two_events_multiply() -> None:
    """Each lets its own part through."""
    inputs = licensed(2.0)
    (first,) = inputs.groups[0].batches
    second = replace(first, event="other", path=1.0 - first.path)
    twice = batch_factors(replace(inputs.groups[0], batches=(first, second)), inputs)
    scale, terms = np.ones((24, DRAWS)), replace(inputs.groups[0], processing_months=np.full((24, DRAWS), 1e9))
    product = twice[0].of_month(5) * twice[1].of_month(5)
    assert ship(terms, scale, None, twice).shipped[5] * (1.0 + 1e9) / (0.8 * 5.0) == pytest.approx(
        product, rel=1e-6
    )
