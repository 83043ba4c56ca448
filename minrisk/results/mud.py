"""What the mud of a run costs and saves, and what is published beside what the run takes it for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from minrisk.data import has_prices
from minrisk.defaults import PROJECT_DRAWS, SEABED_MARKET_DRAWS
from minrisk.results.project import ProjectOutlook, project_outlooks
from minrisk.results.project_bans import BAN_STARTS, Struck, insurance_under, is_answered, one_year_ban
from minrisk.results.project_insurance import insurance_value
from minrisk.risk.spread import Spread, spread
from minrisk.scenario import Plant, SeabedMud, sample
from minrisk.seabed import BASIS_SOLIDS_SHARE, HEAVY, implied_grade_ppm

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run


#: Units of money in tables.
BN_JPY, BN_JPY_A_YEAR = "bn JPY", "bn JPY/year"


@dataclass(frozen=True)
class MudWorth:
    """The mud projects of a run.

    Attributes
    ----------
    outlooks : tuple of ProjectOutlook
        Each project: tonnes, and cost where its file has any.
    struck : tuple of Struck
        What they save: in the scenario itself where it has a restriction or another shock, its own months measured;
        else under a year without shipments from the focus origin, from two later dates.
    own : bool
        Whether that is the scenario itself.
    """

    outlooks: tuple[ProjectOutlook, ...]
    struck: tuple[Struck, ...]
    own: bool

    @property
    def main(self) -> ProjectOutlook:
        """The one that brings most."""
        return max(self.outlooks, key=lambda outlook: float(outlook.tonnes.sum()))


@dataclass(frozen=True)
class Anchor:
    """A published figure beside what the run has in its place.

    Attributes
    ----------
    code : str
        Which, as `minrisk.text` words it.
    low, central, high : float
        The published figure, or what follows from published ones.
    source, grade : str
        Id of the source, and how good it is.
    ours : Spread or None
        The same quantity over the draws of the run's largest mud project; None where the run has none.
    """

    code: str
    low: float
    central: float
    high: float
    source: str
    grade: str
    ours: Spread | None


def mud_worth(run: Run) -> MudWorth | None:
    """Cost of a run's mud and what it saves, on the first draws of the run; nothing without mud or without prices.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    MudWorth or None
        Cost over at most `PROJECT_DRAWS` draws, savings over at most `SEABED_MARKET_DRAWS`: each of these is
        simulated again with and without the mud.
    """
    scenario, dataset = run.scenario, run.dataset
    names = [event.name for event in scenario.events if isinstance(event, SeabedMud)]
    if not names or not has_prices(dataset):
        return None
    found = project_outlooks(scenario, min(run.draws, PROJECT_DRAWS), run.seed, dataset)
    outlooks = tuple(outlook for outlook in found if outlook.event.name in names)
    futures, own = min(run.draws, SEABED_MARKET_DRAWS), is_answered(scenario)
    if own:
        saved = insurance_value(scenario, futures, run.seed, dataset, projects=names)
        return MudWorth(outlooks, (Struck(scenario, run.counted[0], saved),), own)
    starts = [month for month in BAN_STARTS if scenario.start <= month] or [scenario.start]
    ban = one_year_ban(scenario, dataset)
    struck = insurance_under(scenario, [(ban, month) for month in starts[-2:]], futures, run.seed)
    return MudWorth(outlooks, tuple(struck), own)


def cost_amounts(outlook: ProjectOutlook) -> dict[str, tuple[Array, str]]:
    """What a project costs, in each draw, with the unit; nothing where its file gives no cost.

    Parameters
    ----------
    outlook : ProjectOutlook

    Returns
    -------
    dict of str to (ndarray of shape (draw,), str)
        In the order in which pages show them.
    """
    cost = outlook.cost
    if cost is None:
        return {}
    return {
        "full_output": (cost.full_output_t, "t REO/year"),
        "levelised": (cost.levelised_usd_per_kg, "USD/kg REO"),
        "basket": (cost.basket_usd_per_kg, "USD/kg REO"),
        "multiple": (cost.break_even_multiple, "1"),
        "capital": (cost.capex_jpy_bn, BN_JPY),
        "charge": (cost.capital_charge_jpy_bn, BN_JPY_A_YEAR),
        "npv": (cost.npv_jpy_bn, BN_JPY),
        "npv_as_it_comes": (cost.npv_as_it_comes_jpy_bn, BN_JPY),
        "subsidy": (cost.subsidy_jpy_bn, BN_JPY_A_YEAR),
    }


def mud_table(worth: MudWorth) -> pd.DataFrame:
    """Every number over draws that a page says of the mud.

    Parameters
    ----------
    worth : MudWorth
        From `mud_worth`.

    Returns
    -------
    DataFrame
        Columns project (``all`` together for what they save), from (first month of the restriction they are put
        under, empty for cost), quantity, unit, mean, p05, p50, p95, mc_error.
    """
    rows: list[tuple[str, str, str, str, Array]] = []
    for outlook in worth.outlooks:
        rows += [(outlook.event.name, "", name, unit, v) for name, (v, unit) in cost_amounts(outlook).items()]
    for struck in worth.struck:
        found = struck.insurance
        saved = [("saved", "t REO", found.avoided_t.sum(axis=0)), ("net_cost", BN_JPY, found.net_cost_jpy_bn)]
        if found.has_losses:
            saved.append(("saved_value_added", BN_JPY, found.avoided_loss_jpy_bn))
        rows += [("all", struck.begins, name, unit, values) for name, unit, values in saved]
    return pd.DataFrame(
        [
            {"project": project, "from": begins, "quantity": name, "unit": unit, **spread(values)._asdict()}
            for project, begins, name, unit, values in rows
        ]
    )


def mud_anchors(run: Run, worth: MudWorth) -> list[Anchor]:
    """Published figures of the mud beside the run's own.

    Parameters
    ----------
    run : Run
        A finished run.
    worth : MudWorth
        From `mud_worth`.

    Returns
    -------
    list of Anchor
        Oxide of METI's plant as its revenue implies it, the grade that this takes on each basis, its capital; oxide
        of as much mud as a tenth of Japan's rare earths takes; rates of tests; the composition of the lift of 2026
        in both readings; cost.
        Figures that the dataset's ``seabed_facts`` lacks are left out.
    """
    if "seabed_facts" not in run.dataset.tables:
        return []
    facts, ours = _facts(run), _ours(run, worth)
    rows = [_stated(facts, code, key, ours.get(code)) for code, key in _STATED.items() if key in facts]
    return _with_grades(facts, rows, ours["highest_grade"])


_TENTH = "a tenth of rare earths, scaled to 3,500 t a day"

#: Published figures by code: quantity and scope of ``seabed_facts``.
_STATED = {
    "meti_output": ("reo_t_per_year", "implied by METI revenue"),
    "meti_revenue_mean": ("revenue_jpy_bn", "METI, mean price of ten years"),
    "meti_revenue_highest": ("revenue_jpy_bn", "METI, highest price of ten years"),
    "highest_grade": ("grade_ppm", "surveyed zone at its highest"),
    "meti_capital": ("capex_jpy_bn", "3,500 t a day"),
    "tenth_output": ("reo_t_per_year", _TENTH),
    "rate_2022": ("mud_t_per_day", "test of 2022 off Ibaraki"),
    "rate_2026": ("mud_t_per_day", "test of 2026"),
    "rate_2027": ("mud_t_per_day", "trial of 2027"),
    "heavy_with_samarium": ("heavy_share", "test of 2026, samarium counted as middle"),
    "heavy_without_samarium": ("heavy_share", "test of 2026, samarium not counted"),
    "dysprosium_with_samarium": ("dysprosium_share", "test of 2026, samarium counted as middle"),
    "dysprosium_without_samarium": ("dysprosium_share", "test of 2026, samarium not counted"),
    "cost_daiichi": ("unit_cost_usd_per_kg", "Dai-ichi Life Research"),
    "cost_wang": ("unit_cost_usd_per_kg", "Wang (NIES)"),
}

_Facts = dict[tuple[str, str], dict[Any, Any]]


def _facts(run: Run) -> _Facts:
    """Rows of seabed_facts by quantity and scope."""
    rows = run.dataset.table("seabed_facts").to_dict("records")
    return {(str(row["quantity"]), str(row["scope"])): row for row in rows}


def _stated(facts: _Facts, code: str, key: tuple[str, str], ours: Spread | None) -> Anchor:
    row = facts[key]
    low, central, high = (float(row[end]) for end in ("low", "central", "high"))
    return Anchor(code, low, central, high, str(row["source"]), str(row["grade"]), ours)


def _with_grades(facts: _Facts, rows: list[Anchor], ours: Spread) -> list[Anchor]:
    """Put the grades that METI's tonnes take behind them, which say on which basis they can be had."""
    needed = (
        ("mud_t_per_day", "full plant"),
        ("days_per_year", "full plant"),
        ("recovery_leach", "hydrochloric and sulphuric acid"),
        ("recovery_separation", ""),
    )
    if not rows or rows[0].code != "meti_output" or any(key not in facts for key in needed):
        return rows
    mud, days, leached, separated = (float(facts[key]["central"]) for key in needed)
    meti, grades = rows[0], []
    tonnes = np.array([meti.low, meti.central, meti.high])
    for basis, solids in BASIS_SOLIDS_SHARE.items():
        low, central, high = map(float, implied_grade_ppm(tonnes, mud, days, solids, leached * separated))
        grades.append(Anchor(f"meti_grade_{basis}", low, central, high, meti.source, "C", ours))
    return [meti, *grades, *rows[1:]]


def _ours(run: Run, worth: MudWorth) -> dict[str, Spread]:
    """The run's own figures by code of the anchor, of its largest mud project."""
    main, elements = worth.main, run.dataset.labels.elements
    sampled = sample(run.scenario, main.first.size, seed=run.seed, dataset=run.dataset)
    values = sampled.of(main.event.name)
    plant = main.event.plant(values, elements)
    shares = dict(zip(elements, plant.element_shares, strict=True))
    rates = [sampled.of(outlook.event.name)["mud_t_per_day"] for outlook in worth.outlooks]
    found = {
        "highest_grade": values["grade_ppm"],
        "meti_output": 12.0 * plant.reo_t_per_month,
        "tenth_output": _of_as_much_mud(run, plant),
        "rate_2027": min(rates, key=lambda rate: float(rate.mean())),
    }
    heavy = sum((shares[e] for e in HEAVY if e in shares), np.zeros(sampled.n))
    for reading in ("with_samarium", "without_samarium"):
        found[f"heavy_{reading}"] = heavy
        if "Dy" in shares:
            found[f"dysprosium_{reading}"] = shares["Dy"]
    if main.cost is not None:
        found["meti_capital"] = main.cost.capex_jpy_bn
        rate = main.cost.levelised_jpy_per_kg / main.cost.levelised_usd_per_kg
        found["meti_revenue_mean"] = main.cost.full_output_t * main.cost.basket_usd_per_kg * rate * 1e-6
        found["cost_daiichi"] = found["cost_wang"] = main.cost.levelised_usd_per_kg
    return {code: spread(draws) for code, draws in found.items()}


def _of_as_much_mud(run: Run, plant: Plant) -> Array:
    """Oxide in as much mud as the published tenth is said to take, (draw,) [t REO]; NaN without that figure."""
    row = _facts(run).get(("mud_t_per_year", _TENTH))
    mud = np.nan if row is None else float(row["central"])
    nothing, handled = np.full_like(plant.reo_t_per_month, np.nan), plant.handled_t_per_month
    per_tonne: Array = np.divide(plant.reo_t_per_month, handled, out=nothing, where=handled > 0.0)
    return per_tonne * mud
