"""The yardstick: a market of 5 elements, 8 routes, 120 months and 1,000 draws in twenty lines of numpy."""

from __future__ import annotations

import numpy as np

ELEMENTS, ROUTES, MONTHS, DRAWS = 5, 8, 120, 1_000


def toy(seed: int = 0) -> np.ndarray:
    """Run the small market; shortage, price and stock, (variable, month, element, draw)."""
    rng = np.random.default_rng(seed)
    start, length = rng.uniform(12, 36, DRAWS), rng.uniform(3, 36, DRAWS)
    severity, growth, eps = rng.uniform(0.3, 1, DRAWS), rng.uniform(0, 0.003, DRAWS), rng.uniform(0.1, 0.4, DRAWS)
    eta, kp = rng.uniform(0.05, 0.3, DRAWS), rng.uniform(0.1, 0.5, DRAWS)
    ramp_start, ramp_width = rng.uniform(24, 60, DRAWS), rng.uniform(2, 12, DRAWS)
    cap, base = np.full((ELEMENTS, ROUTES, 1), 1.05 / ROUTES), np.ones((ELEMENTS, 1))
    stock, price = np.full((ELEMENTS, DRAWS), 3.0), np.ones((ELEMENTS, DRAWS))
    available, util = np.ones((ROUTES, DRAWS)), np.ones((ELEMENTS, ROUTES, DRAWS))
    kept = np.empty((3, MONTHS, ELEMENTS, DRAWS))
    for t in range(MONTHS):
        available[0] = np.where((t >= start) & (t < start + length), 1 - severity, 1.0)
        available[-1] = 1 / (1 + np.exp(-(t - ramp_start) / ramp_width))
        supply = (cap * available * util).sum(axis=1)
        demand = base * (1 + growth) ** t * price**-eps
        served = np.minimum(demand, stock + supply)
        kept[0, t] = demand - served
        stock = stock + supply - served
        price = np.clip(price * np.exp(kp * (1 - stock / demand / 3)), 0.2, 20)
        util += (np.clip(price**eta, 0, 1.6)[:, None] - util) / 6
        kept[1, t], kept[2, t] = price, stock
    return kept
