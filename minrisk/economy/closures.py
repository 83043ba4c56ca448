"""Published loss estimates, redone: each is a closure, a set of assumptions in the same few parameters."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np

from minrisk.axes import Array, Flags
from minrisk.economy.input_output import EconomyParameters, EconomyStructure, most_value_added
from minrisk.economy.loss import Losses, output_loss


@dataclass(frozen=True)
class Closure:
    """What an estimate assumes between a stop of supply and a loss.

    Attributes
    ----------
    name : str
        Whose assumptions.
    supply_cut : float or None
        Share of every element's supply that is lost [1]; None takes the shock's own by element.
    binding : float
        1: the scarcest of the elements that an end use needs together limits it; 0: an end use loses the
        share of its tonnes that is missing.
    substitution : float
        Elasticity of substitution between rare earths and all other inputs, 0 to below 1; 0 is none.
    stock_months : float
        Use that is covered from stock before anything is lost [month].
    buffers : float
        1: industries hold parts and finished goods and go on buying finished parts; 0: they do not.
    linked : float
        1: with suppliers, by the programme; 0: the first round alone.
    dependence : tuple of float or None
        Share of each exposed industry's value added that stops without rare earths [1], whatever the use;
        None takes the economy's own by end use.
    """

    name: str
    supply_cut: float | None
    binding: float
    substitution: float
    stock_months: float
    buffers: float
    linked: float
    dependence: tuple[float, ...] | None


@dataclass(frozen=True)
class SupplyStop:
    """A stop of supply that every closure is put to.

    Attributes
    ----------
    months : int
        How long.
    lost : ndarray, shape (element,)
        Share of each element's supply that is lost [1].
    need : ndarray, shape (element, use)
        Calm demand [t REO/yr].
    joint : ndarray of bool, shape (element, use)
        Where an end use makes nothing without an element.
    cost_share : float
        Rare earths in the cost of the industries that use them [1]; matters where they can be substituted.
    """

    months: int
    lost: Array
    need: Array
    joint: Flags
    cost_share: float


@dataclass(frozen=True)
class ClosureLoss:
    """Loss under one closure.

    Attributes
    ----------
    name : str
        Whose assumptions.
    loss : float
        Value added lost over the stop [JPY].
    gdp_share : float
        The same as a share of annual GDP [1].
    binding : tuple of str
        Industries that bind in the last month, the costliest limit first; empty for an unlinked closure.
    """

    name: str
    loss: float
    gdp_share: float
    binding: tuple[str, ...]


def closure_loss(
    closure: Closure, stop: SupplyStop, structure: EconomyStructure, parameters: EconomyParameters
) -> ClosureLoss:
    """Loss of a stop of supply under a closure.

    Parameters
    ----------
    closure : Closure
        The assumptions.
    stop : SupplyStop
        The shock.
    structure : EconomyStructure
        The economy.
    parameters : EconomyParameters
        One draw, such as the central values.

    Returns
    -------
    ClosureLoss
    """
    output = _output(closure, stop)
    losses = _losses(closure, output, structure, parameters)
    if not closure.linked:
        return _found(closure, float(losses.first_round.sum()), structure, ())
    solved = {
        reduction.tobytes(): most_value_added(reduction, structure) for reduction in losses.reduction[:, :, 0]
    }
    plans = [solved[reduction.tobytes()] for reduction in losses.reduction[:, :, 0]]
    return _found(closure, sum(plan.loss for plan in plans), structure, plans[-1].binding)


def differences(
    closure: Closure,
    own: Closure,
    stop: SupplyStop,
    structure: EconomyStructure,
    parameters: EconomyParameters,
) -> dict[str, float]:
    """Say what each assumption of another closure alone would change in the own figure.

    Parameters
    ----------
    closure, own : Closure
        The other set of assumptions, and ours.
    stop : SupplyStop
        The shock.
    structure, parameters
        As `closure_loss`.

    Returns
    -------
    dict of str to float
        For each parameter that differs, the own loss with only that one replaced, less the own loss, as
        shares of annual GDP; the greatest in size first.
    """
    base = closure_loss(own, stop, structure, parameters).gdp_share
    names = [field.name for field in fields(Closure) if field.name != "name"]
    changed = {
        name: closure_loss(replace(own, **{name: getattr(closure, name)}), stop, structure, parameters).gdp_share
        - base
        for name in names
        if getattr(closure, name) != getattr(own, name)
    }
    return dict(sorted(changed.items(), key=lambda item: -abs(item[1])))


def output_without(missing: Array, cost_share: float, substitution: float) -> Array:
    """Output of a user of a small input of which a share is missing.

    Parameters
    ----------
    missing : ndarray
        Share of the input that is missing [1].
    cost_share : float
        Share of the input in cost at baseline [1].
    substitution : float
        Elasticity of substitution with all other inputs, 0 to below 1; 0 is fixed proportions [1].

    Returns
    -------
    ndarray
        Calibrated-share CES ``((1 - w) + w (1 - s)^((e - 1)/e))^(e/(e - 1))`` [1].

    References
    ----------
    Rutherford (2002), Lecture notes on constant elasticity functions, equation 3.
    """
    if substitution == 0.0:
        return np.asarray(1.0 - missing)
    left = np.maximum(1.0 - missing, 1e-300)
    power = (substitution - 1.0) / substitution
    # In logarithms: a tenth of the input to the power -19 overflows nothing here.
    logs = np.logaddexp(np.log1p(-cost_share), np.log(cost_share) + power * np.log(left))
    output: Array = np.minimum(np.exp(logs / power), 1.0)
    return output


def _output(closure: Closure, stop: SupplyStop) -> Array:
    """Output of end uses, (month, use, 1); a single end use where the closure knows none."""
    need, joint = stop.need, stop.joint
    if closure.dependence is not None:
        need, joint = need.sum(axis=1, keepdims=True), np.logical_or.reduce(joint, axis=1, keepdims=True)
    lost = stop.lost if closure.supply_cut is None else np.full(len(stop.lost), closure.supply_cut)
    total = need.sum(axis=0)
    missing = np.divide(lost @ need, total, out=np.zeros_like(total), where=total > 0.0)
    if closure.binding:
        missing = np.maximum(missing, np.where(joint & (need > 0.0), lost[:, None], 0.0).max(axis=0))
    output = np.ones((stop.months, len(missing), 1))
    stock = np.full(len(missing), closure.stock_months)
    for month in range(stop.months):
        covered = np.minimum(missing, stock)
        stock = stock - covered
        left = missing - covered
        output[month, :, 0] = output_without(left, stop.cost_share, closure.substitution)
    return output


def _losses(closure: Closure, output: Array, structure: EconomyStructure, parameters: EconomyParameters) -> Losses:
    rows = len(structure.exposed)
    if closure.dependence is not None:
        structure = _with_one_use(structure)
        parameters = replace(
            parameters,
            dependence=np.array(closure.dependence)[:, None],
        )
    if not closure.buffers:
        empty = np.zeros((rows, 1))
        parameters = replace(
            parameters,
            parts_months=empty,
            finished_months=empty,
        )
    return output_loss(output, structure, parameters)


@lru_cache(maxsize=4)
def _with_one_use(structure: EconomyStructure) -> EconomyStructure:
    """Let every exposed industry need the one use there is; one object, so that it is solved once."""
    return replace(
        structure, needs=tuple((row, 0) for row in range(len(structure.exposed))), group_of_use=None, products=()
    )


def _found(closure: Closure, loss: float, structure: EconomyStructure, binding: tuple[str, ...]) -> ClosureLoss:
    return ClosureLoss(closure.name, loss, loss / (12.0 * structure.gdp), binding)
