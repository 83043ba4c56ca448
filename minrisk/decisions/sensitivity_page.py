"""What drives the answer: indices by output, largest inputs first."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from minrisk.decisions.page import Page, lead_of
from minrisk.decisions.sensitivity import Factors
from minrisk.plots.style import ROLE, plain, sheet, styled
from minrisk.scenario import Scenario
from minrisk.text import number, say, title_of

#: Inputs shown per output.
MOST = 8

#: Column that ranks, its half-interval and the key of its meaning; per method.
_METHODS = {
    "sobol": ("ST", "ST_conf", "sensitivity.sobol"),
    "morris": ("mu_star", "mu_star_conf", "sensitivity.morris"),
    "given": ("S1", "S1_error", "sensitivity.given"),
}


def sensitivity_page(
    scenario: Scenario, method: str, table: pd.DataFrame, rows: int, factors: Factors, seconds: float
) -> Page:
    """Compose the page of a sensitivity analysis.

    Parameters
    ----------
    scenario : Scenario
    method : str
        ``sobol``, ``morris`` or ``given``.
    table : DataFrame
        What the method gave.
    rows : int
        Draws that were run.
    factors : Factors
        What moved.
    seconds : float
        How long that took.
    """
    rank = _METHODS[method][0]
    single = table[~table["factor"].str.contains(" x ", regex=False)]
    tops = {str(o): _top(single, str(o), rank) for o in single["output"].unique()}
    shown = {
        output: pd.DataFrame(
            {say("deciding.input"): frame["factor"]}
            | {
                c: [number(round(float(v), 4)) for v in frame[c]]
                for c in frame.columns
                if c not in ("output", "factor", "clear")
            }
            | (
                {
                    say("sensitivity.clear"): [
                        say("assumptions.yes") if c else say("assumptions.no") for c in frame["clear"]
                    ]
                }
                if "clear" in frame
                else {}
            )
        )
        for output, frame in tops.items()
    }
    title = _title(tops, rank)
    asked = say("sensitivity.asked", index=say(_METHODS[method][2]), draws=f"{rows:,}")
    figure = _figure(title, scenario, method, tops, rows)
    return Page(
        title,
        lead_of(scenario, asked),
        shown,
        {f"sensitivity_{method}": table},
        {"sensitivity": figure},
        _notes(method, factors, rows, seconds),
    )


def _notes(method: str, factors: Factors, draws: int, seconds: float) -> tuple[str, ...]:
    """Say how fast, what moved, how to read it."""
    given = method == "given"
    parts = [say("sensitivity.inputs", count=f"{len(factors.names)}")]
    if "data" in factors.members:
        count = f"{len(factors.members['data'])}"
        parts.append(say("sensitivity.data_apart" if given else "sensitivity.data_together", count=count))
    if "batches" in factors.members and not given:
        parts.append(say("sensitivity.batches_together"))
    if factors.fixed:
        parts.append(
            say("sensitivity.not_looked_at" if given else "sensitivity.at_median", count=f"{len(factors.fixed)}")
        )
    rate = say(
        "sensitivity.rate", draws=f"{draws:,}", seconds=f"{seconds:.1f}", rate=f"{draws / max(seconds, 1e-9):,.0f}"
    )
    return rate, say("sensitivity.moved", parts="".join(parts)), say(f"sensitivity.reading_{method}")


def _figure(title: str, scenario: Scenario, method: str, tops: dict[str, pd.DataFrame], rows: int) -> Figure:
    rank, spread, _ = _METHODS[method]
    first = "S1" if method == "sobol" else None
    ncols = min(2, len(tops))
    nrows = -(-len(tops) // ncols)
    with styled():
        note = say(f"figures.sensitivity.note_{method}", name=title_of(scenario), draws=f"{rows:,}")
        figure, grid = sheet(title, note, 1.3 + 2.5 * nrows, nrows, ncols)
        panels = list(grid.ravel())
        for axes, (output, frame) in zip(panels, tops.items(), strict=False):
            places = range(len(frame))
            axes.barh(
                places,
                frame[rank],
                0.62,
                color=ROLE["answer"],
                xerr=frame[spread],
                ecolor=ROLE["text"],
                error_kw={"linewidth": 1.0},
            )
            if first:
                axes.barh(places, frame[first].clip(lower=0.0), 0.3, color=ROLE["first_order"])
            axes.set_yticks(places, [plain(n) for n in frame["factor"]], parse_math=False, fontsize=7.5)
            axes.set_ylim(len(frame) - 0.4, -0.6)
            axes.set_xlim(left=0.0)
            axes.set_title(output, parse_math=False)
            axes.grid(axis="x")
            axes.grid(visible=False, axis="y")
        for spare in panels[len(tops) :]:
            spare.set_axis_off()
        for axes in grid[-1]:
            axes.set_xlabel(say(_METHODS[method][2]), fontsize=8)
        for row in grid:
            row[0].set_ylabel(say("figures.axis.input"))
    return figure


def _top(table: pd.DataFrame, output: str, rank: str) -> pd.DataFrame:
    part = table[table["output"] == output]
    return part.sort_values(rank, ascending=False, kind="stable").head(MOST).reset_index(drop=True)


def _title(tops: dict[str, pd.DataFrame], rank: str) -> str:
    output, frame = next(iter(tops.items()))
    if frame[rank].isna().all():
        return say("sensitivity.title_still", output=output)
    others = {str(f["factor"].iloc[0]) for f in tops.values() if not f[rank].isna().all()}
    first = str(frame["factor"].iloc[0])
    if len(others) == 1:
        return say("sensitivity.title", input=first, output=output)
    also = say("list.comma").join(sorted(others - {first}))
    return say("sensitivity.title_others", input=first, output=output, others=also)
