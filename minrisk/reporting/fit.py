"""How well the estimated sourcing mix meets the totals it was fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from minrisk.data.mix import central_mix
from minrisk.reporting.text import say
from minrisk.reporting.wording import capital, element_name, number, origin_name, percent

if TYPE_CHECKING:
    from minrisk.data.dataset import Dataset
    from minrisk.data.mix import Residual


@dataclass(frozen=True)
class MarginFit:
    """One total the mix was fitted to.

    Attributes
    ----------
    margin, label : str
        Which set of totals, and which of them.
    target, fitted, misfit : str
        What was asked, what came out, and the difference relative to what was asked.
    size : float
        The misfit without its sign [1].
    """

    margin: str
    label: str
    target: str
    fitted: str
    misfit: str
    size: float


def margin_fits(dataset: Dataset) -> list[MarginFit]:
    """Compare every fitted total with its target, all inputs at their central values.

    Parameters
    ----------
    dataset : Dataset
        A loaded dataset.

    Returns
    -------
    list of MarginFit
        In the order of the margins; none is left out.
    """
    return [_fit(dataset, residual) for residual in central_mix(dataset).residuals]


def largest_misfits(fits: list[MarginFit]) -> list[MarginFit]:
    """Largest misfit of each set of totals."""
    margins = dict.fromkeys(fit.margin for fit in fits)
    return [max((fit for fit in fits if fit.margin == margin), key=lambda fit: fit.size) for margin in margins]


def _fit(dataset: Dataset, residual: Residual) -> MarginFit:
    target, fitted = float(residual.target[0]), float(residual.fitted[0])
    misfit = fitted / target - 1 if target else float("nan")
    if residual.margin == "tonnes":
        origin, code = residual.label.split(":", 1)
        label = say("fit.origin_and_code", origin=capital(origin_name(origin)), code=code)
    else:
        label = capital(element_name(dataset, residual.label))
    sign = "+" if misfit > 0 else "−" if misfit < 0 else ""
    size, least = abs(misfit), 0.001
    return MarginFit(
        margin=say(f"margins.{residual.margin}"),
        label=label,
        target=number(target),
        fitted=number(fitted),
        # Under a tenth of a percent has no sign worth one.
        misfit=percent(size) if 0 < size < least else sign + percent(size),
        size=size,
    )
