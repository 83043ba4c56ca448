"""What dearness costs: published closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from minrisk.economy import extra_import_bill


def test_extra_import_bill_by_hand() -> None:
    """10 t at twice 50 USD/kg and 2 t at thrice 300 USD/kg, 150 yen a dollar: 75 + 180 million yen more."""
    price = np.array([[[2.0], [3.0]], [[1.0], [1.0]]])
    tonnes = np.array([[[10.0], [2.0]], [[10.0], [2.0]]])
    bill = extra_import_bill(price, tonnes, np.array([50.0, 300.0]) * 1000.0 * 150.0)
    assert bill[:, 0] == pytest.approx([75e6 + 180e6, 0.0])
