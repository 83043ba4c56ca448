"""Published estimates redone: what their assumptions force, and how the figures part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from minrisk.data.dataset import Dataset, load_dataset
from minrisk.data.economy import economy_closures, economy_parameters, economy_structure, full_stop
from minrisk.economy import Closure, SupplyStop, closure_loss, differences, output_without
from tests.economy.small import economy, parameters

OWN = Closure("own", None, 1.0, 0.0, 2.0, 1.0, 1.0, None)
STOP = SupplyStop(6, np.array([0.4, 0.9]), np.array([[90.0, 0.0], [10.0, 5.0]]), np.ones((2, 2), dtype=bool), 1e-3)


@pytest.fixture(scope="module")
def japan() -> Dataset:
    return load_dataset()


def loss(dataset: Dataset, name: str, months: int) -> float:
    closure = next(entry for entry in economy_closures(dataset) if entry.name == name)
    stop = full_stop(dataset, months)
    return closure_loss(closure, stop, economy_structure(dataset), economy_parameters(dataset)).gdp_share


def test_scaled_from_2010_is_linear_in_months(japan: Dataset) -> None:
    """NRI (Kiuchi, 2025): 3 months 660 bn yen, 12 months 2.6 tn: a ratio of 3.9; 3.5 to 4.5 is wanted."""
    assert 3.5 <= loss(japan, "NRI", 12) / loss(japan, "NRI", 3) <= 4.5


def test_a_year_costs_more_than_four_quarters_apart_where_stocks_count(japan: Dataset) -> None:
    """With stocks a short stop is free and a long one is not: why closures with stocks are not linear."""
    assert loss(japan, "own", 3) < 0.25 * loss(japan, "own", 12)
    extra = [loss(japan, "own", months + 1) - loss(japan, "own", months) for months in (22, 23)]
    # Finished goods of industries that lose a few percent a month still run down: nearly, not quite, constant.
    assert extra[1] == pytest.approx(extra[0], rel=0.01)


def test_low_substitution_is_large_and_vanishes_at_long_run_elasticities(japan: Dataset) -> None:
    """IMF WP 2026/073: 1.8 % for Japan below a year, negligible at higher, long-run elasticities."""
    low = next(entry for entry in economy_closures(japan) if entry.name == "IMF")
    stop, structure, given = full_stop(japan, 12), economy_structure(japan), economy_parameters(japan)
    shares = [
        closure_loss(replace(low, substitution=elasticity), stop, structure, given).gdp_share
        for elasticity in (low.substitution, 0.2, 0.5, 0.9)
    ]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.018
    assert shares[-1] < 0.001


@pytest.mark.parametrize("name", ["own", "NRI", "Daiwa", "IMF"])
def test_every_closure_is_zero_without_a_shock(japan: Dataset, name: str) -> None:
    """Zero shock, exactly zero; the IMF one has its own cut and so needs that taken away."""
    closure = next(entry for entry in economy_closures(japan) if entry.name == name)
    calm = full_stop(japan, 3, severity=0.0)
    found = closure_loss(
        replace(closure, supply_cut=None), calm, economy_structure(japan), economy_parameters(japan)
    )
    assert found.loss == 0.0


def test_without_substitution_output_follows_the_input() -> None:
    """Fixed proportions, and their limit from small elasticities."""
    missing = np.array([0.0, 0.3, 1.0])
    assert output_without(missing, 1e-3, 0.0) == pytest.approx(1 - missing)
    assert output_without(missing, 0.5, 1e-4) == pytest.approx(1 - missing, abs=1e-3)
    assert output_without(missing, 1e-3, 0.5)[0] == 1.0


def test_output_without_by_hand() -> None:
    """Rutherford (2002): w = .1, elasticity .5, a fifth left: 1/(.9 + .1/.2) = 1/1.4."""
    assert output_without(np.array(0.8), 0.1, 0.5) == pytest.approx(1 / 1.4)


def test_scarcest_element_or_average_tonne() -> None:
    """First use: 90 t lose .4 and 10 t lose .9: .9 if the scarcest counts, .45 if tonnes do."""
    given = parameters(dependence=(1.0, 0.0, 0.0))
    bare = replace(OWN, stock_months=0.0, buffers=0.0, linked=0.0)
    structure = economy()
    scarcest = closure_loss(bare, STOP, structure, given).loss
    average = closure_loss(replace(bare, binding=0.0), STOP, structure, given).loss
    assert scarcest == pytest.approx(6 * 0.9 * structure.value_added[0])
    assert average == pytest.approx(6 * 0.45 * structure.value_added[0])


def test_stock_takes_months_off() -> None:
    """0.9 a month missing against 1.8 months of stock: two of six months are free."""
    bare = replace(OWN, stock_months=1.8, buffers=0.0, linked=0.0)
    structure, given = economy(), parameters(dependence=(1.0, 0.0, 0.0))
    found = closure_loss(bare, STOP, structure, given)
    assert found.loss == pytest.approx(4 * 0.9 * structure.value_added[0])


def test_linked_adds_suppliers_and_names_the_bottleneck() -> None:
    """The programme's loss, and the industry whose dual is largest."""
    structure, given = economy(), parameters()
    alone = closure_loss(replace(OWN, linked=0.0), STOP, structure, given)
    linked = closure_loss(OWN, STOP, structure, given)
    assert linked.loss > alone.loss
    assert set(linked.binding) == {"cars", "machines"}
    assert alone.binding == ()


def test_differences_name_the_parameter_that_matters() -> None:
    """One at a time, ours replaced by theirs; nothing for what is the same; largest first."""
    other = replace(OWN, name="other", stock_months=0.0, linked=0.0)
    structure, given = economy(), parameters()
    changed = differences(other, OWN, STOP, structure, given)
    assert set(changed) == {"stock_months", "linked"}
    assert changed["stock_months"] > 0 > changed["linked"]
    assert list(changed) == sorted(changed, key=lambda name: -abs(changed[name]))
    assert differences(OWN, OWN, STOP, structure, given) == {}
