"""How far one number must move: the metric over its range and where the condition turns."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from minrisk.decisions.compare import Z95
from minrisk.decisions.page import Page, lead_of
from minrisk.decisions.threshold import Threshold
from minrisk.decisions.vary import Field
from minrisk.plots.style import ROLE, sheet, styled
from minrisk.scenario import Scenario
from minrisk.text import field_meaning, interval, number, say, title_of, words


def threshold_page(scenario: Scenario, found: Threshold) -> Page:
    """Compose the page of a threshold."""
    trials = found.trials
    figure = _draw(scenario, found)
    shown = pd.DataFrame(
        {
            say("solve.value"): [f"{v:.4g}" for v in trials["value"]],
            say("solve.metric"): [f"{m:.4g}" for m in trials["metric"]],
            say("deciding.standard_error"): ["–" if math.isnan(e) else f"{e:.2g}" for e in trials["mc_error"]],
            say("solve.holds"): [say("assumptions.yes") if h else say("assumptions.no") for h in trials["holds"]],
        }
    )
    notes = [say("solve.means", path=found.field.path, meaning=_meaning(scenario, found.field))]
    if found.crossings > 1:
        notes.insert(0, say("solve.turns", count=f"{found.crossings}"))
    if not math.isnan(found.low):
        notes.append(say("solve.band", band=interval(found.low, found.high)))
    now = words(found.field.number)
    lead = lead_of(scenario, say("solve.asked", condition=str(found.condition), path=found.field.path, now=now))
    shown_trials = {say("solve.trials"): shown}
    return Page(_title(found), lead, shown_trials, {"trials": trials}, {"threshold": figure}, tuple(notes))


def _meaning(scenario: Scenario, field: Field) -> str:
    """What a number is, in the current language where the schema's words are translated."""
    owner, name = field.path.split(".")[:2]
    kinds = {event.name: event.type for event in scenario.events}
    return field_meaning(kinds.get(owner, owner), name, field.meaning)[0]


def _draw(scenario: Scenario, found: Threshold) -> Figure:
    trials, unit = found.trials, found.field.unit
    with styled():
        note = say("figures.threshold.note", name=title_of(scenario), draws=f"{found.draws:,}")
        figure, grid = sheet(_title(found), note, 4.2)
        axes = grid[0, 0]
        error = Z95 * np.nan_to_num(trials["mc_error"])
        axes.errorbar(
            trials["value"], trials["metric"], yerr=error, color=ROLE["answer"], marker="o", markersize=4,
            capsize=2, linewidth=1.4, elinewidth=0.8,
        )  # fmt: skip
        axes.axhline(found.condition.threshold, color=ROLE["target"], linewidth=1.0)
        if not math.isnan(found.value):
            axes.axvline(found.value, color=ROLE["mark"], linewidth=0.9, linestyle=(0, (4, 3)))
            if not math.isnan(found.low):
                axes.axvspan(found.low, found.high, color=ROLE["mark"], alpha=0.12, linewidth=0)
        axes.set_xlabel(f"{found.field.path} [{unit}]" if unit else found.field.path)
        axes.set_ylabel(str(found.condition.metric))
    return figure


def _title(found: Threshold) -> str:
    name, unit = found.field.path, f" {found.field.unit}" if found.field.unit not in ("", "1") else ""
    if math.isnan(found.value):
        key = "solve.everywhere" if found.holds_above else "solve.nowhere"
        low, high = found.trials["value"].min(), found.trials["value"].max()
        return say(key, condition=str(found.condition), low=number(low), high=number(high), path=name)
    key, value = "solve.from" if found.holds_above else "solve.up_to", f"{number(found.value)}{unit}"
    if not math.isnan(found.low):
        value = say("solve.with_band", value=value, band=interval(found.low, found.high))
    return say(key, condition=str(found.condition), path=name, value=value)
