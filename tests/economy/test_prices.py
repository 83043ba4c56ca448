"""What dearness costs: published closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from minrisk.economy import consumer_surplus_loss, extra_import_bill


@pytest.mark.parametrize(("price", "loss"), [(2.040816, 0.925202), (6.25, 3.723928), (1.0, 0.0)])
def test_consumer_surplus_loss(price: float, loss: float) -> None:
    """(p^.7 - 1)/.7 at elasticity .3: Marshall's triangle for constant elasticity."""
    assert consumer_surplus_loss(np.array(price), 0.3) == pytest.approx(loss, abs=5e-7)


@pytest.mark.parametrize("elasticity", [0.0, 0.15, 1.0, 1.7])
def test_it_is_the_area_under_the_demand_curve(elasticity: float) -> None:
    """Against numerical integration, elasticity 1 included."""
    area, _ = quad(lambda price: price**-elasticity, 1.0, 4.0)
    assert consumer_surplus_loss(np.array(4.0), elasticity) == pytest.approx(area, rel=1e-9)


def test_extra_import_bill_by_hand() -> None:
    """10 t at twice 50 USD/kg and 2 t at thrice 300 USD/kg, 150 yen a dollar: 75 + 180 million yen more."""
    price = np.array([[[2.0], [3.0]], [[1.0], [1.0]]])
    tonnes = np.array([[[10.0], [2.0]], [[10.0], [2.0]]])
    bill = extra_import_bill(price, tonnes, np.array([50.0, 300.0]) * 1000.0 * 150.0)
    assert bill[:, 0] == pytest.approx([75e6 + 180e6, 0.0])
