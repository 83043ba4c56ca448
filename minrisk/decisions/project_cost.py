"""What a project costs and earns over its life, from first production on, if it is built and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array
from minrisk.decisions.guarantee import Guarantee, guarantee_paid, guarantee_worth
from minrisk.engine.levers import Floor
from minrisk.scenario.events.project import Project
from minrisk.seabed import (
    basket_price,
    break_even_multiple,
    capital_recovery_factor,
    floor_subsidy,
    levelised_cost,
    net_present_value,
    scaled_capex,
    unit_cost_factor,
    within_resource,
)


@dataclass(frozen=True)
class ProjectCost:
    """Money of a project in each draw; arrays have shape (draw,).

    All is as if it were built and never given up, but for what is said to be as it comes: with a verdict that may
    be no, a plant that may not be finished, and one that may be given up.

    Attributes
    ----------
    capex_jpy_bn : ndarray
        Capital cost with scale and overrun [bn JPY].
    capital_charge_jpy_bn : ndarray
        The same as a yearly charge [bn JPY/year].
    full_output_t : ndarray
        Oxide at full output [t REO/year].
    levelised_jpy_per_kg, levelised_usd_per_kg : ndarray
        Levelised cost of the mixed oxide; infinite where it never produces.
    basket_usd_per_kg : ndarray
        What a kilogram of it sells for [USD/kg].
    break_even_multiple : ndarray
        Multiple of today's prices at which it pays [1].
    npv_jpy_bn : ndarray
        Net present value at first production [bn JPY].
    npv_as_it_comes_jpy_bn : ndarray
        Net present value at the day of first production, planned or real, as it comes: 0 where it is not begun,
        less what was spent where it is not finished [bn JPY].
    spent_as_it_comes_jpy_bn, output_as_it_comes_t : ndarray
        Present value of capital and running cost [bn JPY], and of the tonnes [t REO], at the same day as it comes.
    value_over_investment : ndarray
        Present value of the margin over the capital [1].
    subsidy_jpy_bn : ndarray
        Yearly payment that covers the levelised cost at full output [bn JPY/year].
    floor_subsidy_jpy_bn : ndarray or None
        Yearly payment at full output under the project's own floor price, where it names one [bn JPY/year].
    guarantee : Guarantee or None
        What events of type price_floor that name the project do to it; None where none does.
    """

    capex_jpy_bn: Array
    capital_charge_jpy_bn: Array
    full_output_t: Array
    levelised_jpy_per_kg: Array
    levelised_usd_per_kg: Array
    basket_usd_per_kg: Array
    break_even_multiple: Array
    npv_jpy_bn: Array
    npv_as_it_comes_jpy_bn: Array
    spent_as_it_comes_jpy_bn: Array
    output_as_it_comes_t: Array
    value_over_investment: Array
    subsidy_jpy_bn: Array
    floor_subsidy_jpy_bn: Array | None
    guarantee: Guarantee | None = None

    @property
    def levelised_as_it_comes_jpy_per_kg(self) -> float:
        """What a delivered kilogram costs with all that fails: mean spending over mean tonnes [JPY/kg]."""
        output = float(self.output_as_it_comes_t.mean())
        return float(self.spent_as_it_comes_jpy_bn.mean()) * 1e6 / output if output > 0.0 else float("inf")


def capital_jpy_bn(event: Project, values: Mapping[str, Array]) -> Array:
    """Capital that the importer's tonnes bear, with scale and overrun [bn JPY], (draw,)."""
    size = event.size(values)
    reference = values.get("capex_reference_size", size)
    cost = scaled_capex(values["capex_jpy_bn"], size, reference, values["scale_exponent"], values["capex_overrun"])
    return cost * event.capital_share(values)


def running_cost_jpy_bn(event: Project, values: Mapping[str, Array], tonnes: Array) -> Array:
    """Running cost of each month, learning with the tonnes lifted.

    Parameters
    ----------
    event : Project
        A project with costs.
    values : mapping of str to ndarray, shape (draw,)
        Its sampled numbers.
    tonnes : ndarray, shape (month, draw)
        Oxide of each month [t REO/month].

    Returns
    -------
    ndarray, shape (month, draw)
        [bn JPY/month]
    """
    rate, handled_rate = event.full_rate(values), event.handled_rate(values)
    per_tonne = np.divide(handled_rate, rate, out=np.zeros_like(rate), where=rate > 0.0)
    handled = tonnes * per_tonne
    factor = unit_cost_factor(np.cumsum(handled, axis=0), 12.0 * handled_rate, values["learning_rate"])
    lifting = handled * values["operating_jpy_per_t"] * factor
    cost: Array = (lifting + tonnes * 1e3 * values["refining_jpy_per_kg"]) * 1e-9
    return cost


def life_tonnes(event: Project, values: Mapping[str, Array], kept: bool = True) -> Array:
    """Oxide by month of the project's own life, from first production [t REO/month], (month, draw).

    Where it is not `kept`, it may be given up as the draw says.
    """
    life = 12.0 * values["life_years"]
    start = np.zeros_like(life)
    end = np.minimum(life, event.planned_months(values) if kept else event.operating_months(values))
    share = event.running_share(values, int(np.ceil(life.max())), start, end)
    return within_resource(share * event.full_rate(values), event.recoverable_t(values))


def project_cost(
    event: Project,
    values: Mapping[str, Array],
    elements: tuple[str, ...],
    prices_usd_per_kg: Array,
    floors: Sequence[Floor] = (),
) -> ProjectCost:
    """Cost and value of a project in each draw, whether or not it is built in it.

    Parameters
    ----------
    event : Project
        A project with costs.
    values : mapping of str to ndarray, shape (draw,)
        Its sampled numbers.
    elements : tuple of str
        Elements in axis order.
    prices_usd_per_kg : ndarray, shape (element,)
        Oxide prices at which the basket is sold [USD/kg].
    floors : sequence of Floor
        Prices guaranteed to it, by month of its life from first production on.

    Returns
    -------
    ProjectCost
    """
    tonnes = life_tonnes(event, values)
    running = running_cost_jpy_bn(event, values, tonnes)
    capex, rate, fx = capital_jpy_bn(event, values), values["discount_rate"], values["jpy_per_usd"]
    basket = basket_price(prices_usd_per_kg[:, None], event.shares(values, elements), values["basket_discount"])
    revenue = tonnes * 1e3 * basket * fx * 1e-9
    cost = levelised_cost(capex, running, tonnes, rate) * 1e6
    npv = net_present_value(capex, running, revenue, rate)
    full = 12.0 * event.full_rate(values)
    floor = None
    if event.floor_usd_per_kg is not None:
        floor = floor_subsidy(full, values["floor_usd_per_kg"], basket) * fx * 1e-9
    guarantee = None
    if floors:
        paid = guarantee_paid(floors, event.shares(values, elements), prices_usd_per_kg[None, :, None], tonnes)
        guarantee = guarantee_worth(floors, paid, tonnes, basket, npv, rate, fx)
    return ProjectCost(
        capex_jpy_bn=capex,
        capital_charge_jpy_bn=capex * capital_recovery_factor(rate, values["life_years"]),
        full_output_t=full,
        levelised_jpy_per_kg=cost,
        levelised_usd_per_kg=cost / fx,
        basket_usd_per_kg=basket,
        break_even_multiple=break_even_multiple(cost / fx, np.maximum(basket, 1e-12)),
        npv_jpy_bn=npv,
        **_as_it_comes(event, values, capex, basket),
        value_over_investment=np.divide(npv + capex, capex, out=np.zeros_like(npv), where=capex > 0.0),
        subsidy_jpy_bn=np.multiply(
            full, np.maximum(cost - basket * fx, 0.0) * 1e-6, out=np.zeros_like(full), where=full > 0.0
        ),
        floor_subsidy_jpy_bn=floor,
        guarantee=guarantee,
    )


def _as_it_comes(event: Project, values: Mapping[str, Array], capex: Array, basket: Array) -> dict[str, Array]:
    """Value, spending and tonnes with a verdict that may be no and a plant that may fail, (draw,) each."""
    comes = values["trial_works"] * values["goes_ahead"] * values["is_finished"]
    tonnes = life_tonnes(event, values, kept=False) * comes
    running, rate = running_cost_jpy_bn(event, values, tonnes), values["discount_rate"]
    nothing, spent = np.zeros_like(tonnes), event.spent_share(values) * capex
    revenue = tonnes * 1e3 * basket * values["jpy_per_usd"] * 1e-9
    return {
        "npv_as_it_comes_jpy_bn": net_present_value(spent, running, revenue, rate),
        "spent_as_it_comes_jpy_bn": -net_present_value(spent, running, nothing, rate),
        "output_as_it_comes_t": net_present_value(0.0, nothing, tonnes, rate),
    }
