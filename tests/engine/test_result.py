"""The balance check must see what it claims to see: flows are corrupted inside a real run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import minrisk.engine.simulate as loop
from minrisk.engine.market import Cleared
from minrisk.engine.offers import Offers
from minrisk.engine.result import BalanceError
from minrisk.engine.simulate import simulate

from .worlds import ban, world

WORLD = {"stock_release_exponent": 0.5, "stock_release_max": 0.5, "elasticity": 0.1}


def corrupt(monkeypatch: pytest.MonkeyPatch, field: str, change: float) -> None:
    """Let the market of every month err by so many tonnes in draw 42."""
    honest = loop.clear

    def clear(*arguments: Any) -> Cleared:
        answer = honest(*arguments)
        values = getattr(answer, field)
        values[0, 42] += change
        return replace(answer, **{field: values})

    monkeypatch.setattr(loop, "clear", clear)


@pytest.mark.parametrize("field", ["served", "bought", "drawn"])
def test_a_tonne_made_or_lost_in_the_market(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    """A thousandth of a tonne is enough, and the draw is named."""
    corrupt(monkeypatch, field, 1e-3)
    with pytest.raises(BalanceError, match=r"element e0, month \d+, draw 42"):
        simulate(ban(world([[70.0, 30.0]], months=12, **WORLD), 2.0, 8.0))


def test_a_negative_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Balanced but impossible: as much is bought less as is drawn less."""
    honest = loop.clear

    def clear(*arguments: Any) -> Cleared:
        answer = honest(*arguments)
        answer.bought[0, 42] -= 5.0
        answer.drawn[0, 42] -= 5.0
        return answer

    monkeypatch.setattr(loop, "clear", clear)
    with pytest.raises(BalanceError):
        simulate(world([[70.0, 30.0]], months=3, **WORLD))


def test_a_route_that_brings_more_than_was_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offered = taken + declined, route by route."""
    honest = Offers.taken

    def taken(self: Offers, kept: dict[int, np.ndarray]) -> np.ndarray:
        tonnes = honest(self, kept)
        tonnes[1, 0, 42] += 1e-3
        return tonnes

    monkeypatch.setattr(Offers, "taken", taken)
    with pytest.raises(BalanceError):
        simulate(world([[70.0, 30.0]], months=3, **WORLD))
