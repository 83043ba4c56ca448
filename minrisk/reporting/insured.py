"""What a project saves under a restriction: by element in a table, in tonnes and yen in lines of text."""

from __future__ import annotations

import numpy as np
import pandas as pd

from minrisk.decisions.insurance import Insurance
from minrisk.decisions.projects import spread
from minrisk.reporting.draw_words import draw_band, draw_range
from minrisk.reporting.wording import interval, join, number, percent, two_figures


def insurance_lines(insurance: Insurance) -> list[str]:
    """What the projects save in this scenario, by element and in money."""
    table = avoided_table(insurance)
    lines = [
        f"With and without {join(insurance.projects)}, same futures: it matters (serves 1 % or more of what some "
        f"element lacks) in {percent(float(insurance.matters.mean()))} of {insurance.matters.size:,}."
    ]
    for row in table.sort_values("avoided_share", ascending=False, kind="stable").head(6).to_dict("records"):
        lines.append(
            f"  {row['element']}: {number(row['avoided_t'])} t of {number(row['without_t'])} t unserved avoided on "
            f"average ({percent(row['avoided_share'])}; 5 to 95 % of futures "
            f"{interval(row['p05'], row['p95'])} t; standard error {number(row['error'])} t)"
        )
    free = "" if insurance.priced else " Projects without costs in the scenario count as free."
    kinds = (
        ((False, "cost"), (True, "cost less the oxide's value at reference prices"))
        if insurance.cost_jpy_bn.any()
        else ()
    )
    for net, word in kinds:
        jpy, error = insurance.cost_per_avoided_kg(net)
        if np.isfinite(jpy):
            lines.append(
                f"  {word} per kilogram of avoided shortage, all elements: {two_figures(jpy)} JPY "
                f"(standard error {two_figures(error)}).{free}"
            )
        free = ""
    if insurance.has_losses:
        jpy, error = insurance.benefit_per_yen()
        per_yen = f"; {number(jpy)} yen for each of net cost (standard error {number(error)})"
        lines.append(
            f"  lost output avoided: {number(float(insurance.avoided_loss_jpy_bn.mean()))} bn JPY of "
            f"{number(float(insurance.loss_without_jpy_bn.mean()))} bn JPY on average (5 to 95 % of futures "
            f"{draw_range(insurance.avoided_loss_jpy_bn)} bn JPY)"
            + (per_yen if insurance.cost_jpy_bn.any() and np.isfinite(jpy) else "")
        )
    if insurance.guarantee_jpy_bn.any():
        lines.append(
            f"  guaranteed prices take {draw_band(insurance.guarantee_jpy_bn)} bn JPY from the state up to the end "
            "of the scenario, at its own prices; they pass from one hand to another and are in no cost above"
        )
    return lines


def avoided_table(insurance: Insurance) -> pd.DataFrame:
    """Unserved and avoided tonnes by element.

    Returns
    -------
    DataFrame
        Columns element, without_t, avoided_t, avoided_share (of what is unserved without), p05, p50, p95, error.
    """
    rows = []
    for place, element in enumerate(insurance.elements):
        avoided, without = insurance.avoided_t[place], insurance.without_t[place].mean()
        found = spread(avoided)
        rows.append(
            {
                "element": element,
                "without_t": float(without),
                "avoided_t": float(avoided.mean()),
                "avoided_share": float(avoided.mean() / without) if without > 0.0 else 0.0,
                "p05": found["p05"],
                "p50": found["p50"],
                "p95": found["p95"],
                "error": float(avoided.std() / np.sqrt(avoided.size)),
            }
        )
    return pd.DataFrame(rows)
