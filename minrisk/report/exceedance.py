"""How likely it is that a loss exceeds some size: unserved shares of the elements hit hardest, and yen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from minrisk.report.losses import yen
from minrisk.results.findings import most_affected
from minrisk.risk import quantile_interval, value_at_risk
from minrisk.text.catalogue import say
from minrisk.text.numbers import capital, element_name, interval, percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from minrisk.axes import Array
    from minrisk.pipeline.run import Run


#: Probabilities of the table's columns.
PROBABILITIES = (0.5, 0.2, 0.1, 0.05, 0.01)
#: Elements shown.
_SHOWN = 5


@dataclass(frozen=True)
class Loss:
    """One loss over all draws.

    Attributes
    ----------
    name, word : str
        What is lost, at the start of a sentence and inside one.
    values : ndarray, shape (draw,)
        Its size in every draw.
    write : callable
        Writes a size with its unit.
    """

    name: str
    word: str
    values: Array
    write: Callable[[float], str]


def element_losses(run: Run) -> list[Loss]:
    """Unserved shares [1] of the elements hit hardest over the months that count; none where all is served."""
    return [
        Loss(capital(word := element_name(run.dataset, run.elements[e])), word, values, percent)
        for e in most_affected(run, _SHOWN)
        if (values := run.metrics["unserved_share"][e]).any()
    ]


def yen_loss(run: Run) -> Loss | None:
    """Value added lost over the months that count [JPY]; none without industries or without a loss."""
    values = run.economy_metrics.get("loss_jpy")
    return None if values is None or not values.any() else Loss(*2 * (say("exceedance.value_added"),), values, yen)


def exceedance_section(run: Run) -> dict[str, Any] | None:
    """What the section shows: one sentence, and what is exceeded with a given probability; none without losses."""
    losses = element_losses(run)
    money = yen_loss(run)
    if not losses and money is None:
        return None
    every = [*losses, *([money] if money else [])]
    return {
        "sentence": exceedance_sentence(run),
        "header": [percent(probability) for probability in PROBABILITIES],
        "rows": [{"name": loss.name, "cells": [_cell(loss, p) for p in PROBABILITIES]} for loss in every],
    }


def exceedance_sentence(run: Run) -> str:
    """Say what the hardest-hit element and the yen exceed in one draw of ten and of a hundred."""
    said = []
    for key, probability in (("exceedance.in_ten", 0.1), ("exceedance.in_hundred", 0.01)):
        parts = [
            say("exceedance.unserved", share=loss.write(_exceeded(loss, probability)), element=loss.word)
            for loss in element_losses(run)[:1]
        ]
        money = yen_loss(run)
        if money is not None:
            parts.append(say("exceedance.lost", loss=yen(_exceeded(money, probability))))
        said.append(say(key, what=say("exceedance.and").join(parts)))
    return say("exceedance.sentence", ten=said[0], hundred=said[1])


def _exceeded(loss: Loss, probability: float) -> float:
    return float(value_at_risk(loss.values, 1.0 - probability))


def _cell(loss: Loss, probability: float) -> dict[str, str]:
    """What is exceeded, and the range in which sampling error leaves it."""
    low, high = quantile_interval(loss.values, 1.0 - probability)
    least, most = float(loss.values.min()), float(loss.values.max())
    first = max(low, least)
    band = (
        say("exceedance.or_more", size=loss.write(first))
        if np.isinf(high)
        else interval(first, min(high, most), loss.write)
    )
    return {"value": loss.write(_exceeded(loss, probability)), "band": band}
