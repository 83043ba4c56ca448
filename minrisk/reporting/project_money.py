"""What a project costs and earns, in lines of text."""

from __future__ import annotations

from minrisk.decisions.projects import ProjectOutlook
from minrisk.reporting.draw_words import draw_band, draw_range
from minrisk.reporting.wording import join, number, two_figures
from minrisk.seabed import option_threshold


def money_lines(outlook: ProjectOutlook) -> list[str]:
    """Cost and value of a project that is built and kept; one line that says so where there are no costs."""
    cost = outlook.cost
    if cost is None:
        return ["Cost: the scenario gives none (capex_jpy_bn and operating_jpy_per_t)."]
    low, high = (option_threshold(0.04, 0.04, sigma) for sigma in (0.3, 0.5))
    lines = [
        f"If it is built and kept ({outlook.event.basis_text}):",
        f"  levelised cost {draw_band(cost.levelised_usd_per_kg)} USD/kg of mixed oxide "
        f"({draw_band(cost.levelised_jpy_per_kg)} JPY/kg); it sells for {draw_band(cost.basket_usd_per_kg)} USD/kg",
        f"  with every future in which it fails, a delivered kilogram costs "
        f"{two_figures(cost.levelised_as_it_comes_jpy_per_kg)} JPY; net present value then "
        f"{number(float(cost.npv_as_it_comes_jpy_bn.mean()))} bn JPY on average "
        f"({draw_range(cost.npv_as_it_comes_jpy_bn)})",
        f"  break-even at {draw_band(cost.break_even_multiple)} times today's prices; "
        f"net present value {draw_band(cost.npv_jpy_bn)} bn JPY",
        f"  capital {draw_band(cost.capex_jpy_bn)} bn JPY, {draw_band(cost.capital_charge_jpy_bn)} bn JPY a year",
        f"  subsidy that covers the cost at full output: {draw_band(cost.subsidy_jpy_bn)} bn JPY a year",
        f"  value over investment {draw_band(cost.value_over_investment)}; to build now rather than wait, "
        f"{low:.1f} to {high:.1f} is needed (Dixit and Pindyck 1994, volatility .3 to .5)",
    ]
    if cost.floor_subsidy_jpy_bn is not None:
        lines.append(f"  payment under the floor price: {draw_band(cost.floor_subsidy_jpy_bn)} bn JPY a year")
    if cost.guarantee is not None:
        given = cost.guarantee
        lines += [
            f"  under {join(given.events)} it realises {draw_band(given.realised_usd_per_kg)} USD/kg over its "
            f"life; the state pays {draw_band(given.subsidy_jpy_bn)} bn JPY a year while that lasts",
            f"  net present value with it {draw_band(given.npv_jpy_bn)} bn JPY, without "
            f"{draw_band(cost.npv_jpy_bn)}",
        ]
    return lines
