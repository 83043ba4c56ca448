"""The emulator against closed forms: what it must hit, what it must own up to."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import qmc

from minrisk.axes import Array
from minrisk.explore.emulator import _distances, _misfit, _trend, fit, left_out


@pytest.fixture(scope="module")
def points() -> Array:
    return qmc.Sobol(3, seed=1).random(64)


def elsewhere(count: int = 40) -> Array:
    return np.random.default_rng(2).uniform(size=(count, 3))


def plane(x: Array) -> Array:
    return np.stack([2.0 + 3.0 * x[:, 0] - x[:, 1], 5.0 * x[:, 2]], axis=1)


def bent(x: Array) -> Array:
    """Smooth, with a product and a second input that does nothing; one column for each of five draws."""
    shift = np.linspace(0.0, 0.4, 5)
    return np.sin(3.0 * x[:, :1] + shift) * (1.0 + x[:, 2:])


def test_a_plane_is_met_everywhere(points: Array) -> None:
    found = fit(points, plane(points)).at(elsewhere())
    assert found == pytest.approx(plane(elsewhere()), abs=1e-4)


def test_what_never_moves_stays(points: Array) -> None:
    found = fit(points, np.full((64, 3), 7.0)).at(elsewhere())
    assert np.array_equal(found, np.full((40, 3), 7.0))


def test_a_smooth_function_is_met_closely_and_the_idle_input_has_the_longest_length(points: Array) -> None:
    made = fit(points, bent(points))
    assert np.abs(made.at(elsewhere()) - bent(elsewhere())).max() < 0.03
    assert made.lengths.argmax() == 1


def test_the_error_on_points_left_out_is_that_of_new_points(points: Array) -> None:
    """Root mean square of both within a factor of two and a half: neither flattering nor alarming."""
    rough = lambda x: np.maximum(0.0, x[:, :1] + x[:, 1:2] - 1.0) + 0.3 * (x[:, 2:] > 0.5)  # noqa: E731
    made = fit(points, rough(points))
    honest = left_out(points, rough(points), made, seed=3) - rough(points)
    new = made.at(elsewhere(400)) - rough(elsewhere(400))
    ratio = np.sqrt((honest**2).mean() / (new**2).mean())
    assert 1.0 / 2.5 < ratio < 2.5
    at_its_points = made.at(points) - rough(points)
    assert (honest**2).mean() > 2.0 * (at_its_points**2).mean()


def test_noise_is_not_learned(points: Array) -> None:
    """Of values without any pattern, the error on points left out is all of their spread."""
    noise = np.random.default_rng(4).normal(size=(64, 1))
    missed = left_out(points, noise, fit(points, noise), seed=3) - noise
    assert missed.std() > 0.8 * noise.std()


def test_outside_the_box_is_refused(points: Array) -> None:
    made = fit(points, plane(points))
    with pytest.raises(ValueError, match="outside the range"):
        made.at(np.array([[0.5, 1.01, 0.5]]))


def test_the_slope_of_the_likelihood_is_its_derivative(points: Array) -> None:
    scores = bent(points) - bent(points).mean(axis=0)
    arguments = (_distances(points, points), _trend(points), scores[:, :2])
    at = np.log([0.7, 2.0, 1.3, 1e-2])
    numeric = approx_fprime(at, lambda logs: _misfit(logs, *arguments)[0], 1e-6)
    assert _misfit(at, *arguments)[1] == pytest.approx(numeric, rel=1e-3, abs=1e-3)
