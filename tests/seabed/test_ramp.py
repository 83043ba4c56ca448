"""Ramp-up families, and their fits to two plants."""

from __future__ import annotations

import numpy as np
import pytest

from minrisk.seabed import exponential_ramp, fit_ramps, gompertz_ramp, logistic_ramp, table_ramp

#: Mountain Pass, NdPr oxide by quarter from Q3 2023 (Q4 2023 missing), over 1,519 t: month at mid-quarter.
MP_MONTHS = np.array([1.5, *(7.5 + 3 * i for i in range(9))])
MP_SHARES = np.array([50, 131, 272, 478, 413, 563, 597, 721, 718, 917]) / 1519
LYNAS = np.array([
    (8.5, 253 / 5500), (11.5, 741 / 5500), (16, 2971 / 11000), (25, 8799 / 22000), (34, 6336 / 11000),
    (38.5, 2567 / 5500), (41.5, 3727 / 5500), (58, 8839 / 11000), (77.5, 4651 / 5500),
])  # fmt: skip


def test_fit_to_mountain_pass() -> None:
    """MP Materials' quarterly output 2023-26: exponential tau 34.29, dead time 3.77, RMSE .0351, the best."""
    best, *others = fit_ramps(MP_MONTHS, MP_SHARES)
    assert best.family == "exponential"
    assert best.parameters == pytest.approx({"dead_time_months": 3.77, "ramp_months": 34.29}, rel=0.01)
    assert best.rmse == pytest.approx(0.0351, rel=0.01)
    found = {fit.family: fit for fit in others}
    assert found["logistic"].parameters == pytest.approx(
        {"midpoint_months": 27.2, "rate_per_month": 0.090}, rel=0.01
    )
    assert found["logistic"].rmse == pytest.approx(0.044, abs=5e-4)
    assert found["gompertz"].parameters == pytest.approx({"displacement": 3.06, "rate_per_month": 0.0547}, rel=0.01)
    # 50 % at 27 and 80 % at 48 months, as tabulated.
    assert found["gompertz"].share(np.array([27.0, 48.0])) == pytest.approx([0.5, 0.8], abs=0.01)


def test_the_end_of_the_quarter_moves_the_dead_time() -> None:
    """The same tonnes dated at quarter ends: dead time 5.3."""
    assert fit_ramps(MP_MONTHS + 1.5, MP_SHARES)[0].parameters["dead_time_months"] == pytest.approx(5.27, abs=0.05)


def test_fit_to_lynas() -> None:
    """Lynas' output 2013-19 over 22 kt/yr: exponential 35.9, 6.26, RMSE .0508; logistic 34.4, .065 (3 %)."""
    best, *others = fit_ramps(LYNAS[:, 0], LYNAS[:, 1])
    assert best.family == "exponential"
    assert best.parameters == pytest.approx({"dead_time_months": 6.26, "ramp_months": 35.9}, rel=0.01)
    assert best.rmse == pytest.approx(0.0508, rel=0.01)
    logistic = next(fit for fit in others if fit.family == "logistic")
    assert logistic.parameters == pytest.approx({"midpoint_months": 34.4, "rate_per_month": 0.065}, rel=0.03)


@pytest.mark.parametrize("family", ["exponential", "logistic", "gompertz"])
def test_a_fit_finds_the_curve_it_was_given(family: str) -> None:
    """Points on a curve give its parameters back with no error."""
    months = np.arange(2.0, 60.0, 3.0)
    truth = {
        "exponential": exponential_ramp(months, 4.0, 20.0),
        "logistic": logistic_ramp(months, 20.0, 0.15),
        "gompertz": gompertz_ramp(months, 4.0, 0.1),
    }[family]
    best = fit_ramps(months, truth)[0]
    assert best.family == family
    assert best.rmse < 1e-6
    assert best.share(months) == pytest.approx(truth, abs=1e-5)


def test_closed_forms() -> None:
    """Half at the midpoint; exp(-b) at first feed; the table between and beyond its points."""
    assert logistic_ramp(np.array([20.0]), 20.0, 0.3) == pytest.approx([0.5])
    assert gompertz_ramp(np.array([0.0]), 3.0, 0.1) == pytest.approx([np.exp(-3.0)])
    months = np.array([-1.0, 0.0, 3.0, 9.0, 100.0])
    assert table_ramp(months, [6.0, 12.0], [0.4, 0.9]) == pytest.approx([0.0, 0.0, 0.2, 0.65, 0.9])


def test_too_few_periods_are_refused() -> None:
    with pytest.raises(ValueError, match="three periods"):
        fit_ramps(np.array([1.0, 2.0]), np.array([0.1, 0.2]))
