"""HHI and its relatives against published values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minrisk.risk import (
    effective_suppliers,
    governance_score,
    governance_weighted_hhi,
    hhi,
    hhi_bounds,
    iea_n_minus_1,
    n_minus_1,
    normalized_hhi,
    yale_concentration,
)

#: World Mining Data, rare-earth oxides, t, 2018 to 2022 (ten countries).
WORLD = np.array(
    [
        [18556, 17660, 19440, 21970, 17660], [510, 380, 450, 580, 1580], [631, 195, 296, 134, 0],
        [120000, 132000, 140000, 168000, 210000], [2110, 2520, 2500, 2600, 2600],
        [2400, 3200, 4300, 3900, 2600], [990, 70, 10, 30, 310], [20400, 17100, 21000, 27100, 17550],
        [2596, 2620, 2663, 2276, 2038], [14000, 27620, 38503, 42413, 42499],
    ]
)  # fmt: skip


def test_world_output() -> None:
    """HHI of world rare-earth mine output 2018-22 and effective suppliers 2022 (World Mining Data)."""
    expected = [0.4631843, 0.4549325, 0.4176602, 0.4320941, 0.5282618]
    assert hhi(WORLD, axis=0) == pytest.approx(expected, abs=5e-8)
    assert effective_suppliers(WORLD[:, 4]) == pytest.approx(1.893001, abs=5e-7)


@given(arrays(float, 8, elements=st.floats(0.01, 1e6)), st.floats(0.01, 100), st.permutations(range(8)))
def test_invariance(quantities: np.ndarray, scale: float, order: list[int]) -> None:
    """Scale, order and suppliers of nothing change nothing; merging two never lowers it."""
    index = hhi(quantities)
    assert hhi(quantities * scale) == pytest.approx(index, rel=1e-12)
    assert hhi(quantities[order]) == pytest.approx(index, rel=1e-12)
    assert hhi(np.append(quantities, 0.0)) == pytest.approx(index, rel=1e-15)
    assert hhi(np.append(quantities[2:], quantities[0] + quantities[1])) >= index - 1e-12


def test_nothing_supplied_is_missing_and_negative_is_refused() -> None:
    """No supply has no concentration."""
    assert np.isnan(hhi([0.0, 0.0]))
    with pytest.raises(ValueError, match="negative"):
        hhi([1.0, -1.0])


def test_world_n_minus_1() -> None:
    """Supply left without the largest producer 2018-22 (World Mining Data): .389078 in 2020."""
    expected = [0.341358, 0.350921, 0.389078, 0.375472, 0.292541]
    assert n_minus_1(WORLD.T) == pytest.approx(expected, abs=5e-7)
    assert n_minus_1([5.0]) == 0.0
    assert np.isnan(n_minus_1([0.0, 0.0]))


def test_iea_n_minus_1() -> None:
    """IEA: remaining supply over remaining demand; the largest of 60, 30, 10 fails, the others want 50."""
    assert iea_n_minus_1([30.0, 60.0, 10.0], 50.0) == pytest.approx(0.8)
    assert iea_n_minus_1([[30.0, 60.0], [1.0, 1.0]], [60.0, 1.0]) == pytest.approx([0.5, 1.0])
    assert np.isnan(iea_n_minus_1([1.0, 2.0], 0.0))
    assert np.isnan(iea_n_minus_1([1.0, np.nan], 1.0))


def test_normalized() -> None:
    """(HHI - 1/n)/(1 - 1/n): equal suppliers 0, a monopoly 1, .5 .3 .2 by hand."""
    assert normalized_hhi([1, 1, 1, 1]) == pytest.approx(0.0, abs=1e-15)
    assert normalized_hhi([7.0]) == 1.0
    assert normalized_hhi([7.0, 0.0]) == 1.0
    assert normalized_hhi([0.5, 0.3, 0.2]) == pytest.approx((0.38 - 1 / 3) / (2 / 3))
    assert normalized_hhi([0.5, 0.3, 0.2], n=10) == pytest.approx((0.38 - 0.1) / 0.9)
    assert normalized_hhi([[1, 1], [1, 0]]) == pytest.approx([0.0, 1.0], abs=1e-15)
    assert np.isnan(normalized_hhi([0.0, 0.0]))
    with pytest.raises(ValueError, match="n must not be below"):
        normalized_hhi([1, 1, 1], n=2)


def test_yale() -> None:
    """Graedel et al. (2012) transform: 100.0010 at a monopoly, 84.7236 at .4177, 88.8344 at .5283."""
    assert yale_concentration([1.0, 0.4177, 0.5283]) == pytest.approx([100.0010, 84.7236, 88.8344], abs=5e-5)
    assert np.isnan(yale_concentration(np.nan))
    with pytest.raises(ValueError, match="10,000"):
        yale_concentration(4177)


def test_governance_score() -> None:
    """Fixed bounds -2.5..2.5; China 2020 political stability .594620 on 0..1; missing stays missing."""
    assert governance_score([2.5, 0.0, -2.5]) == pytest.approx([0.0, 5.0, 10.0])
    assert governance_score([-3.3, 2.9]) == pytest.approx([10.0, 0.0])
    assert governance_score(-0.4731, scale=1.0) == pytest.approx(0.594620)
    assert np.isnan(governance_score([np.nan])).all()
    with pytest.raises(ValueError, match=r"43\.9 is no estimate"):
        governance_score([1.2, 43.9])


@pytest.mark.parametrize("ranks", [[43.9, 60.0], 85.0, [1.0, 10.1]])
def test_percentile_ranks_are_no_scores(ranks: float | list[float]) -> None:
    """Scores end at 10; a missing one is none of them."""
    with pytest.raises(ValueError, match="is it a percentile rank"):
        governance_weighted_hhi([0.6, 0.4], ranks)
    assert np.isnan(governance_weighted_hhi([0.6, 0.4], [10.0, np.nan]))


def test_bounds_of_an_index_with_unknown_suppliers() -> None:
    """60, 30 and 10 of nobody knows whom: .36 + .09 at least, .49 + .09 at most; all known, the index itself."""
    assert hhi_bounds([60, 30], 10) == pytest.approx((0.45, 0.58))
    assert hhi_bounds([6, 4], 0) == pytest.approx((hhi([6, 4]), hhi([6, 4])))
    assert hhi_bounds([0, 0], 5) == pytest.approx((0.0, 1.0))
    low, high = hhi_bounds([[60, 30], [1, 1]], [10, 0])
    assert low == pytest.approx([0.45, 0.5])
    assert high == pytest.approx([0.58, 0.5])
    assert np.isnan(hhi_bounds([0.0], 0.0)).all()


def test_one_number_prints_as_one() -> None:
    """A result without axes is a number: it formats and hashes."""
    assert f"{hhi([1, 1]):.2f} {n_minus_1([3, 1]):.2f} {governance_score(0):.1f}" == "0.50 0.25 5.0"


def test_huge_and_tiny_quantities() -> None:
    """No unit is too small or too large."""
    assert hhi([1e-200, 1e-200]) == pytest.approx(0.5)
    assert hhi([1e300, 1e300]) == pytest.approx(0.5)


@given(arrays(float, 8, elements=st.floats(0, 1e6)).filter(lambda a: a.sum() > 1), st.permutations(range(8)))
def test_relatives_of_the_index(quantities: np.ndarray, order: list[int]) -> None:
    """Order and suppliers of nothing change nothing; N-1 lies between 0 and 1 - HHI."""
    for index in (normalized_hhi, n_minus_1, effective_suppliers):
        assert index(quantities[order]) == pytest.approx(index(quantities), rel=1e-9, abs=1e-12)
        assert index(np.append(quantities, 0.0)) == pytest.approx(index(quantities), rel=1e-12, abs=1e-12)
    assert 0.0 <= n_minus_1(quantities) <= 1 - hhi(quantities) + 1e-12
    assert hhi(quantities) <= 1.0 + 1e-12


def test_normalized_index_of_several_mixes_is_that_of_each() -> None:
    """Suppliers stand on the last axis, however many mixes there are."""
    shares = np.array([[0.5, 0.5, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25], [0.7, 0.2, 0.1, 0.0]])
    np.testing.assert_allclose(normalized_hhi(shares), [normalized_hhi(row) for row in shares], rtol=1e-15)
