"""First stoppage: closed forms of a Weibull cover, and what a month of supply more or less does."""

from __future__ import annotations

import math

import numpy as np
import pytest

from minrisk.risk import first_stoppage, stoppage_hazard, weibull_cover


@pytest.mark.parametrize(("missed", "chance"), [(0.25, 0.344829), (0.5, 0.646970), (1.0, 0.922984)])
def test_seven_firms_of_two_months(missed: float, chance: float) -> None:
    """N 7, c 2, k 1.3, so l 2.165494: P(stop) at z months of supply missed."""
    shape = np.array([1.3])
    scale = np.array([2.0 / math.gamma(1.0 + 1.0 / 1.3)])
    assert scale[0] == pytest.approx(2.165494, abs=5e-7)
    hazard = stoppage_hazard(np.array([[[missed]]]), np.array([[7.0]]), shape, scale)
    assert 1.0 - math.exp(-hazard[0, 0]) == pytest.approx(chance, abs=5e-7)


def test_share_of_draws_is_the_closed_form() -> None:
    """Of many uniforms the share that stops by a month is ``1 - exp(-hazard)``."""
    draws = 20_000
    uniform = (np.arange(draws) + 0.5) / draws
    shape, scale = weibull_cover(np.full(draws, 2.0), np.full(draws, 0.75))
    hazard = stoppage_hazard(np.full((6, 1, draws), 0.25), np.full((1, draws), 7.0), shape, scale)
    months = first_stoppage(hazard, uniform)
    for month in range(6):
        assert np.mean(months <= month + 1) == pytest.approx(1.0 - np.exp(-hazard[month, 0]), abs=2e-4)


@pytest.mark.parametrize("variation", [0.5, 0.75, 1.0])
def test_cover_has_its_mean_and_nearly_its_variation(variation: float) -> None:
    """Weibull moments: the mean exactly, the coefficient of variation within a hundredth."""
    (shape,), (scale,) = weibull_cover([2.0], [variation])
    first, second = math.gamma(1.0 + 1.0 / shape), math.gamma(1.0 + 2.0 / shape)
    assert scale * first == pytest.approx(2.0, rel=1e-12)
    assert math.sqrt(second - first**2) / first == pytest.approx(variation, abs=0.01)


def test_several_routes_and_cargo_that_comes_late() -> None:
    """Hazards of routes add up; what comes late lowers what is missed, not the hazard passed already."""
    shape, scale = np.array([1.3]), np.array([2.0])
    missing = np.array([[[1.0], [0.0]], [[-0.5], [0.5]], [[-1.0], [0.0]]])
    firms = np.array([[3.0], [4.0]])
    hazard = stoppage_hazard(missing, firms, shape, scale)[:, 0]
    first = 3.0 * 0.5**1.3
    both = 3.0 * 0.25**1.3 + 4.0 * 0.25**1.3
    assert hazard == pytest.approx([first, max(first, both), max(first, both)], rel=1e-12)


def test_nothing_missing_stops_nobody() -> None:
    shape, scale = weibull_cover(np.ones(3), np.ones(3))
    hazard = stoppage_hazard(np.zeros((4, 2, 3)), np.full((2, 3), 5.0), shape, scale)
    assert np.isnan(first_stoppage(hazard, np.array([1e-9, 0.5, 1 - 1e-9]))).all()
