"""HHI against published values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minrisk.risk import effective_suppliers, hhi

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
