"""What a project costs and earns, in lines of text."""

from __future__ import annotations

from minrisk.axes import Array
from minrisk.decisions.projects import ProjectOutlook
from minrisk.reporting.draw_words import draw_band, draw_range
from minrisk.reporting.losses import units_per_billion
from minrisk.reporting.text import say
from minrisk.reporting.wording import join, number, two_figures
from minrisk.seabed import option_threshold


def money_lines(outlook: ProjectOutlook) -> list[str]:
    """Cost and value of a project that is built and kept; one line that says so where there are no costs."""
    cost = outlook.cost
    if cost is None:
        return [say("project_money.none")]
    low, high = (f"{option_threshold(0.04, 0.04, sigma):.1f}" for sigma in (0.3, 0.5))
    scale = units_per_billion()
    lines = [
        say(
            "project_money.levelised",
            usd=draw_band(cost.levelised_usd_per_kg),
            jpy=draw_band(cost.levelised_jpy_per_kg),
            basket=draw_band(cost.basket_usd_per_kg),
        ),
        say(
            "project_money.as_it_comes",
            jpy=two_figures(cost.levelised_as_it_comes_jpy_per_kg),
            npv=number(float(cost.npv_as_it_comes_jpy_bn.mean()) * scale),
            band=draw_range(cost.npv_as_it_comes_jpy_bn * scale),
        ),
        say("project_money.break_even", multiple=draw_band(cost.break_even_multiple), npv=_bn(cost.npv_jpy_bn)),
        say("project_money.capital", capex=_bn(cost.capex_jpy_bn), charge=_bn(cost.capital_charge_jpy_bn)),
        say("project_money.subsidy", subsidy=_bn(cost.subsidy_jpy_bn)),
        say("project_money.wait", ratio=draw_band(cost.value_over_investment), low=low, high=high),
    ]
    if cost.floor_subsidy_jpy_bn is not None:
        lines.append(say("project_money.floor", subsidy=_bn(cost.floor_subsidy_jpy_bn)))
    if cost.guarantee is not None:
        given = cost.guarantee
        price = draw_band(given.realised_usd_per_kg)
        subsidy = _bn(given.subsidy_jpy_bn)
        lines += [
            say("project_money.guarantee", events=join(given.events), price=price, subsidy=subsidy),
            say("project_money.guarantee_npv", npv=_bn(given.npv_jpy_bn), without=_bn(cost.npv_jpy_bn)),
        ]
    return lines


def _bn(values: Array) -> str:
    """Billions of yen in the language's unit."""
    return draw_band(values * units_per_billion())
