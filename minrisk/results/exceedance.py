"""What may be lost, in numbers, draw by draw: unserved shares of the elements hit hardest, and yen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minrisk.results.findings import most_affected

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run


#: Code of the loss of value added among the losses.
VALUE_ADDED = "value_added"
#: Elements shown.
_SHOWN = 5


@dataclass(frozen=True)
class Loss:
    """One loss over all draws.

    Attributes
    ----------
    code : str
        What is lost: an element's symbol, or `VALUE_ADDED`.
    values : ndarray, shape (draw,)
        Its size in every draw: unserved share [1], or value added [JPY].
    """

    code: str
    values: Array


def element_losses(run: Run) -> list[Loss]:
    """Unserved shares [1] of the elements hit hardest over the months measured; none where all is served."""
    return [
        Loss(run.elements[e], values)
        for e in most_affected(run, _SHOWN)
        if (values := run.metrics["unserved_share"][e]).any()
    ]


def yen_loss(run: Run) -> Loss | None:
    """Value added lost over the months measured [JPY]; none without industries or without a loss."""
    values = run.economy_metrics.get("loss_jpy")
    return None if values is None or not values.any() else Loss(VALUE_ADDED, values)
