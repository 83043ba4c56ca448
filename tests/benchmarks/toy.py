"""The yardstick: a market of 5 elements, 8 routes, 120 months and 1,000 draws in twenty lines of numpy."""

from __future__ import annotations

import numpy as np

ELEMENTS, ROUTES, MONTHS, DRAWS = 5, 8, 120, 1_000


#: Uniform inputs of the market, in the order in which they are drawn.
INPUTS = {
    "start": (12, 36), "length": (3, 36), "severity": (0.3, 1), "growth": (0, 0.003), "eps": (0.1, 0.4),
    "eta": (0.05, 0.3), "kp": (0.1, 0.5), "ramp_start": (24, 60), "ramp_width": (2, 12),
}  # fmt: skip


def sampled(seed: int = 0) -> dict[str, np.ndarray]:
    """Draw the inputs, (draw,) each."""
    rng = np.random.default_rng(seed)
    return {name: rng.uniform(low, high, DRAWS) for name, (low, high) in INPUTS.items()}


def toy(seed: int = 0) -> np.ndarray:
    """Run the small market; shortage, price and stock, (variable, month, element, draw)."""
    start, length, severity, growth, eps, eta, kp, ramp_start, ramp_width = sampled(seed).values()
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
