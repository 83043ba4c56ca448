"""What a project saves under a restriction: by element in a table, in tonnes and yen in lines of text."""

from __future__ import annotations

import numpy as np
import pandas as pd

from minrisk.decisions.insurance import Insurance
from minrisk.decisions.projects import spread
from minrisk.reporting.draw_words import draw_band, draw_range
from minrisk.reporting.losses import units_per_billion
from minrisk.reporting.text import say
from minrisk.reporting.wording import interval, join, number, percent, two_figures


def insurance_lines(insurance: Insurance) -> list[str]:
    """What the projects save in this scenario, by element and in money."""
    table, matters = avoided_table(insurance), insurance.matters
    names, share = join(insurance.projects), percent(float(matters.mean()))
    lines = [say("insured.matters", projects=names, share=share, draws=f"{matters.size:,}")]
    for row in table.sort_values("avoided_share", ascending=False, kind="stable").head(6).to_dict("records"):
        lines.append(
            say(
                "insured.element",
                element=str(row["element"]),
                avoided=number(row["avoided_t"]),
                without=number(row["without_t"]),
                share=percent(row["avoided_share"]),
                band=interval(row["p05"], row["p95"]),
                error=number(row["error"]),
            )
        )
    lines += _cost(insurance)
    if insurance.has_losses:
        lines.append(_loss(insurance))
    if insurance.guarantee_jpy_bn.any():
        lines.append(say("insured.guarantee", jpy=draw_band(insurance.guarantee_jpy_bn * units_per_billion())))
    return lines


def _cost(insurance: Insurance) -> list[str]:
    """What a kilogram of avoided shortage costs, gross and net of the oxide's value."""
    if not insurance.cost_jpy_bn.any():
        return []
    lines = []
    for key, net in (("insured.cost", False), ("insured.net_cost", True)):
        jpy, error = insurance.cost_per_avoided_kg(net)
        if np.isfinite(jpy):
            lines.append(say(key, jpy=two_figures(jpy), error=two_figures(error)))
    return lines if insurance.priced else [*lines, say("insured.free")]


def _loss(insurance: Insurance) -> str:
    """What is avoided of lost output, and per yen of net cost where there is one."""
    scale = units_per_billion()
    said = {
        "avoided": number(float(insurance.avoided_loss_jpy_bn.mean()) * scale),
        "without": number(float(insurance.loss_without_jpy_bn.mean()) * scale),
        "band": draw_range(insurance.avoided_loss_jpy_bn * scale),
    }
    yen, error = insurance.benefit_per_yen()
    if not (insurance.cost_jpy_bn.any() and np.isfinite(yen)):
        return say("insured.loss", **said)
    return say("insured.loss_per_yen", **said, yen=number(yen), error=number(error))


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
