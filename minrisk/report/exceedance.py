"""How likely it is that a loss exceeds some size, in words: a sentence and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minrisk.results.losses import VALUE_ADDED, Loss, element_losses, yen_loss
from minrisk.risk import quantile_interval, value_at_risk
from minrisk.text import capital, element_name, interval, one_after_another, percent, say, yen

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


#: Probabilities of the table's columns.
PROBABILITIES = (0.5, 0.2, 0.1, 0.05, 0.01)
#: Probabilities of the sentences.
_RARE = {"ten": 0.1, "hundred": 0.01}


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
        "rows": [{"name": _name(run, loss), "cells": [_cell(loss, p) for p in PROBABILITIES]} for loss in every],
    }


def exceedance_sentence(run: Run) -> str:
    """Say what the hardest-hit element and the yen each exceed in one draw of ten and of a hundred.

    Two statements: how often both happen at once is another number, and a smaller one.
    """
    losses, money = element_losses(run)[:1], yen_loss(run)
    said = []
    for loss in losses:
        size = {key: percent(_exceeded(loss, p)) for key, p in _RARE.items()}
        said.append(say("exceedance.unserved", element=element_name(run.dataset, loss.code), **size))
    if money is not None:
        said.append(say("exceedance.lost", **{key: yen(_exceeded(money, p)) for key, p in _RARE.items()}))
    if len(said) > 1:
        said.append(say("exceedance.apart"))
    return one_after_another(said)


def _name(run: Run, loss: Loss) -> str:
    return (
        say("exceedance.value_added") if loss.code == VALUE_ADDED else capital(element_name(run.dataset, loss.code))
    )


def _exceeded(loss: Loss, probability: float) -> float:
    return float(value_at_risk(loss.values, 1.0 - probability))


def _cell(loss: Loss, probability: float) -> dict[str, str]:
    """What is exceeded, and the range in which sampling error leaves it."""
    write = yen if loss.code == VALUE_ADDED else percent
    low, high = quantile_interval(loss.values, 1.0 - probability)
    least, most = float(loss.values.min()), float(loss.values.max())
    first = max(low, least)
    band = (
        say("exceedance.or_more", size=write(first)) if np.isinf(high) else interval(first, min(high, most), write)
    )
    return {"value": write(_exceeded(loss, probability)), "band": band}
