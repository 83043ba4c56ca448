"""How far one number must move: the metric over its range and where the condition turns."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from minrisk.decisions.paired import Z95
from minrisk.decisions.thresholds import Threshold
from minrisk.reporting.decisions.page import Page
from minrisk.reporting.plots.style import OKABE_ITO, plain, sheet, styled
from minrisk.reporting.wording import interval, number
from minrisk.scenario.schema import Scenario


def threshold_page(scenario: Scenario, found: Threshold) -> Page:
    """Compose the page of a threshold."""
    trials, unit = found.trials, found.field.unit
    title = _title(found)
    with styled():
        note = (
            f"{plain(scenario.title)} – {found.draws:,} draws a trial, the same in all; bars: "
            "95 % interval of the metric."
        )
        figure, grid = sheet(title, note, 4.2)
        axes = grid[0, 0]
        error = Z95 * np.nan_to_num(trials["mc_error"])
        axes.errorbar(
            trials["value"], trials["metric"], yerr=error, color=OKABE_ITO["blue"], marker="o", markersize=4,
            capsize=2, linewidth=1.4, elinewidth=0.8,
        )  # fmt: skip
        axes.axhline(found.condition.threshold, color=OKABE_ITO["vermilion"], linewidth=1.0)
        if not math.isnan(found.value):
            axes.axvline(found.value, color="#555555", linewidth=0.9, linestyle=(0, (4, 3)))
            if not math.isnan(found.low):
                axes.axvspan(found.low, found.high, color="#555555", alpha=0.12, linewidth=0)
        axes.set_xlabel(f"{found.field.path} [{unit}]" if unit else found.field.path)
        axes.set_ylabel(str(found.condition.metric))
    shown = pd.DataFrame(
        {
            "value": [f"{v:.4g}" for v in trials["value"]],
            "metric": [f"{m:.4g}" for m in trials["metric"]],
            "standard error": ["–" if math.isnan(e) else f"{e:.2g}" for e in trials["mc_error"]],
            "holds": ["yes" if h else "no" for h in trials["holds"]],
        }
    )
    notes = [f"{found.field.path}: {found.field.meaning}"]
    if found.crossings > 1:
        notes.insert(
            0, f"The condition turns {found.crossings} times over the range: this is the first from below."
        )
    if not math.isnan(found.low):
        notes.append(f"Interval of the threshold from Monte Carlo error: {interval(found.low, found.high)}.")
    lead = (
        f"{scenario.title} ({scenario.name}): {found.condition} as {found.field.path} moves, "
        f"now {found.field.number.describe()}."
    )
    return Page(title, lead, {"Trials": shown}, {"trials": trials}, {"threshold": figure}, tuple(notes))


def _title(found: Threshold) -> str:
    name, unit = found.field.path, f" {found.field.unit}" if found.field.unit not in ("", "1") else ""
    if math.isnan(found.value):
        word = "everywhere" if found.holds_above else "nowhere"
        low, high = found.trials["value"].min(), found.trials["value"].max()
        return f"{found.condition} holds {word} from {number(low)} to {number(high)} of {name}"
    side = "from" if found.holds_above else "up to"
    span = "" if math.isnan(found.low) else f" (95 % interval {interval(found.low, found.high)})"
    return f"{found.condition} holds {side} {name} = {number(found.value)}{unit}{span}"
