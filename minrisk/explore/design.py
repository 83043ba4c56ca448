"""What a page lets one move and shows, and the designed sample of paired runs behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import qmc

from minrisk.axes import Array
from minrisk.decisions import (
    Field,
    Metric,
    VaryError,
    default_outputs,
    field_of,
    fields_of,
    given_data_ranking,
    parse_metric,
)
from minrisk.defaults import EXPLORE_INPUTS, EXPLORE_MOST
from minrisk.pipeline.metrics import ELEMENT_METRICS, INDUSTRY_METRICS, LOSS_METRICS, USE_METRICS, by_key
from minrisk.pipeline.run import Run
from minrisk.scenario import AtLeast, Project, Scenario, SeabedMud

#: Fields that somebody decides on or doubts first, in this order; what else moves the outputs comes after them. Who
#: is cut: severity by element, and the share of trade that goes to listed buyers.
DECIDED = (
    "severity",
    "severity_by_element",
    "duration_months",
    "start_delay_months",
    "entity_list_share",
    "approval_share",
    "approval_by_element",
    "stock_cover_months",
    "days_of_demand",
    "misallocation",
    "probability",
)
#: The same of mud, which is a project among others.
DECIDED_OF_MUD = ("go_ahead_probability", "build_months")
#: What else there is to doubt where fewer inputs clearly matter than there is room for.
DOUBTED = ("market.elasticity_common", "market.swap_share", "market.spare_share")
#: New supply has one control: the chance that each project goes ahead.
NEW_SUPPLY = "go_ahead_probability"
#: Tables of single elements or products whose entries have one control together.
GROUPED = ("severity_by_element", "approval_by_element")
#: Chances that are no question where they are certain.
CHANCES = ("probability", NEW_SUPPLY)
#: Times that may have no end: such a control ends with the scenario.
ENDLESS = ("duration_months", "start_delay_months")

#: Names of outputs that are no metric of a draw: months of products, and which end use is constrained first.
PRODUCT_OUTPUT, FIRST_STOP = "product_output", "first_stop"
DEFAULT_OUTPUTS = (
    "worst_year_loss_jpy",
    "worst_year_gdp_share",
    "unserved_share",
    "peak_price_index",
    PRODUCT_OUTPUT,
    FIRST_STOP,
)
#: Statistics of a month of a series.
MONTHLY = ("mean", "p05", "p95")


@dataclass(frozen=True)
class Input:
    """One control: a number of the scenario, or several that move together.

    Attributes
    ----------
    name : str
        As asked for: paths as in `minrisk.decisions.vary`, joined by ``+``.
    fields : tuple of Field
        The numbers it sets.
    low, high : float
        Range of the design, in the unit of the field.
    """

    name: str
    fields: tuple[Field, ...]
    low: float
    high: float

    @property
    def own(self) -> tuple[float, float, float]:
        """The scenario's own 5 %, 50 % and 95 % quantile, the mean over the fields."""
        levels = np.array([0.05, 0.5, 0.95])
        low, middle, high = np.mean([field.number.ppf(levels) for field in self.fields], axis=0).tolist()
        return low, middle, high

    @property
    def start(self) -> float:
        """Where the control stands at first: the scenario's median to three figures, inside the range."""
        return min(max(float(f"{self.own[1]:.3g}"), self.low), self.high)


@dataclass(frozen=True)
class Output:
    """One thing shown.

    Attributes
    ----------
    measure : str
        Name of the metric, or `PRODUCT_OUTPUT` or `FIRST_STOP`.
    label : str
        Element, end use, industry or product; empty for the whole.
    unit : str
        As in tables of metrics.
    skewed : bool
        Whether its middle is the median rather than the mean.
    """

    measure: str
    label: str
    unit: str
    skewed: bool = False

    @property
    def of_draws(self) -> bool:
        """Whether its values are those of each draw."""
        return self.measure not in (PRODUCT_OUTPUT, FIRST_STOP)

    @property
    def logarithmic(self) -> bool:
        """Whether it is a price multiple, emulated by its logarithm."""
        return self.measure.endswith("price_index")

    @property
    def share(self) -> bool:
        """Whether it lies between 0 and 1 and is written in percent."""
        return self.unit == "1" and not self.logarithmic

    def values(self, done: Run) -> Array:
        """Values of a run.

        Returns
        -------
        ndarray, shape (column,)
            One for each draw; for products, one for each statistic of `MONTHLY` and counted month; for what stops
            first, the share of draws by end use.
        """
        if self.measure == FIRST_STOP:
            return first_stops(done.use_metrics["months_to_constrained"])
        if self.measure == PRODUCT_OUTPUT:
            table = done.product_series
            mine = table[(table["variable"] == "output_index") & (table["product"] == self.label)]
            found: Array = mine[list(MONTHLY)].to_numpy(dtype=float)[done.first :].T.ravel()
            return found
        return Metric(self.measure, self.label).complete(done)


def first_stops(months: Array) -> Array:
    """Share of draws in which an end use is constrained before all others.

    Parameters
    ----------
    months : ndarray, shape (use, draw)
        Months until it is constrained; NaN where it never is.

    Returns
    -------
    ndarray, shape (use,)
        Those that are first together share a draw; the sum is the share of draws in which anything stops.
    """
    times = np.where(np.isnan(months), np.inf, months)
    first = (times == times.min(axis=0)) & np.isfinite(times)
    found: Array = (first / np.maximum(first.sum(axis=0), 1)).mean(axis=1)
    return found


# --- inputs ---------------------------------------------------------------------------------------------------


def inputs_of(scenario: Scenario, asked: Sequence[str], ranking: Callable[[], Sequence[str]]) -> list[Input]:
    """Controls of a page.

    Parameters
    ----------
    scenario : Scenario
    asked : sequence of str
        ``PATH``, ``PATH=LOW:HIGH`` or ``PATH+PATH=LOW:HIGH``; none for those decided on and those that matter.
    ranking : callable
        Gives paths in the order in which they move the outputs; called only if nothing is asked for.

    Returns
    -------
    list of Input

    Raises
    ------
    VaryError
        With every fault of what is asked for.
    """
    found, faults = [], []
    for text in asked or _default_names(scenario, ranking()):
        try:
            found.append(_input(scenario, text))
        except VaryError as error:
            faults += error.problems
    paths = [field.path for item in found for field in item.fields]
    faults += [f"--inputs {path}: is there twice" for path in sorted({p for p in paths if paths.count(p) > 1})]
    if faults:
        raise VaryError(faults)
    if not found:
        raise VaryError([f"{scenario.name}: nothing in this scenario can be moved; name --inputs"])
    return found


def ranked(done: Run) -> list[str]:
    """Paths of the uncertain numbers of a scenario that clearly move its outputs, the strongest first.

    Parameters
    ----------
    done : Run
        An ordinary run of it.
    """
    known = fields_of(done.scenario)
    names = [str(name) for name in done.inputs]
    columns = {name: done.inputs[name].to_numpy() for name in names if name.replace("/", ".", 1) in known}
    if not columns:
        return []
    outputs = {str(metric): metric.complete(done) for metric in default_outputs(done)}
    if done.economy_metrics:
        outputs["loss"] = done.economy_metrics["worst_year_loss_jpy"]
    table = given_data_ranking(columns, outputs)
    strength = table[table["clear"]].groupby("factor", sort=False)["S1"].max().sort_values(ascending=False)
    return [str(name).replace("/", ".", 1) for name in strength.index]


def _default_names(scenario: Scenario, order: Sequence[str]) -> list[str]:
    """What is decided on has its control; two or more places are for what clearly matters besides."""
    known = fields_of(scenario)
    projects = {event.name for event in scenario.events if isinstance(event, Project)}
    mud = {event.name for event in scenario.events if isinstance(event, SeabedMud)}
    others = {path: field for path, field in known.items() if path.split(".")[0] not in projects}
    found = [name for key in DECIDED if (name := _decided(others, key)) is not None]
    found += [path for key in DECIDED_OF_MUD for name in sorted(mud) if _moves(known, path := f"{name}.{key}")]
    supply = [p for p, f in known.items() if _is(p, NEW_SUPPLY) and p.split(".")[0] not in mud and _uncertain(f)]
    found += ["+".join(supply)] if supply else []
    taken = {path for name in found for path in name.split("+")}
    # An entry of a table by element moves that element alone.
    clear = [path for path in order if path not in taken and path.count(".") == 1 and _moves(known, path)]
    found += clear[: max(2, EXPLORE_INPUTS - len(found))]
    doubted = [path for path in DOUBTED if path not in (*taken, *found) and _moves(known, path)]
    return [*found[:EXPLORE_MOST], *doubted[: max(0, EXPLORE_INPUTS - len(found))]]


def _decided(known: Mapping[str, Field], key: str) -> str | None:
    """First event, or the market, with a field that somebody has set; entries of a table by element together.

    Of shares approved by element, those of products count: they are longer than an element's symbol.
    """
    if key not in GROUPED:
        return next((path for path in known if _is(path, key) and _moves(known, path)), None)
    entries = [path for path in known if path.split(".")[1] == key and _moves(known, path)]
    if key == "approval_by_element":
        entries = [path for path in entries if len(path.split(".")[2]) > 2]
    return "+".join(path for path in entries if path.split(".")[0] == entries[0].split(".")[0]) or None


def _is(path: str, key: str) -> bool:
    return path.split(".")[1:] == [key]


def _moves(known: Mapping[str, Field], path: str) -> bool:
    """Whether a number is uncertain or more than nothing; a certain chance is no question."""
    field = known.get(path)
    if field is None:
        return False
    key = path.rsplit(".", 1)[1]
    endless = not math.isfinite(float(field.number.ppf(np.array([0.95]))[0]))
    if endless and key not in ENDLESS:
        return False
    return _uncertain(field) or (key not in CHANCES and field.number.mean() > 0.0)


def _uncertain(field: Field) -> bool:
    return not field.number.fixed


def _input(scenario: Scenario, text: str) -> Input:
    name, _, range_text = text.partition("=")
    fields = tuple(field_of(scenario, path.strip()) for path in name.split("+"))
    low, high = _asked_range(text, range_text) if range_text else _range(fields, len(scenario.calendar.labels))
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise VaryError([f"--inputs {name}: no range to move in; write {name}=LOW:HIGH"])
    return Input("+".join(field.path for field in fields), fields, low, high)


def _asked_range(text: str, range_text: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in range_text.split(":"))
    except ValueError:
        raise VaryError(
            [f"--inputs '{text}': write PATH=LOW:HIGH such as market.stock_cover_months=2:12"]
        ) from None
    return low, high


def _range(fields: Sequence[Field], months: int) -> tuple[float, float]:
    """What is allowed of a share; else the middle 98 % of what the scenario thinks, a quarter wider at each end.

    A time ends with the scenario: later is never. What has lasted for a while has lasted at least that.
    """
    low, high = max(field.low for field in fields), min(field.high for field in fields)
    if low >= 0.0 and high <= 1.0:
        return low, high
    low = max([low, *(field.number.floor for field in fields if isinstance(field.number, AtLeast))])
    ends = np.array([field.number.ppf(np.array([0.01, 0.99])) for field in fields])
    first, last = float(ends[:, 0].min()), float(ends[:, 1].max())
    if fields[0].unit.startswith("month"):
        first, last = min(first, float(months)), min(last, float(months))
        high = min(high, float(months))
    room = 0.25 * (last - first) if last > first else abs(last)
    return _rounded(max(low, first - room)), _rounded(min(high, last + room))


def _rounded(value: float) -> float:
    """Two figures that matter: ends of a control are read by people."""
    return float(f"{value:.2g}")


# --- patches --------------------------------------------------------------------------------------------------


def patch_of(scenario: Scenario, inputs: Sequence[Input], values: Sequence[float]) -> dict[str, Any]:
    """Patch of a scenario file that sets the inputs; a table by element keeps what no input sets.

    Parameters
    ----------
    scenario : Scenario
    inputs : sequence of Input
    values : sequence of float
        One for each, in its own unit.
    """
    holders: dict[str, dict[str, Any]] = {}
    for item, value in zip(inputs, values, strict=True):
        for field in item.fields:
            name, key, *entry = field.path.split(".")
            held = holders.setdefault(name, {})
            if entry:
                table = held.setdefault(key, _table(scenario, name, key))
                table[entry[0]] = float(value)
            else:
                held[key] = float(value)
    market = holders.pop("market", {})
    events = [{"name": name} | held for name, held in holders.items()]
    return {"market": market, "events": events}


def _table(scenario: Scenario, name: str, key: str) -> dict[str, Any]:
    part = scenario.market if name == "market" else next(e for e in scenario.events if e.name == name)
    return {entry: number.spec() for entry, number in getattr(part, key).items()}


# --- outputs --------------------------------------------------------------------------------------------------


def outputs_of(done: Run, asked: Sequence[str]) -> list[Output]:
    """Outputs of a page; a metric of elements without a label is shown for every element.

    Parameters
    ----------
    done : Run
        Any run of the scenario.
    asked : sequence of str
        Metrics as elsewhere, ``product_output`` or ``first_stop``; none for `DEFAULT_OUTPUTS`.

    Raises
    ------
    VaryError
        With every metric that no run of the dataset has.
    """
    texts = asked or [t for t in DEFAULT_OUTPUTS if t not in by_key(LOSS_METRICS) or done.economy_metrics]
    found: list[Output] = []
    faults: list[str] = []
    for text in texts:
        if text == PRODUCT_OUTPUT:
            found += [Output(text, product, "1") for product in done.products]
        elif text == FIRST_STOP:
            found.append(Output(text, "", "1"))
        else:
            try:
                found += _outputs(done, parse_metric(text))
            except VaryError as error:
                faults += error.problems
    if faults:
        raise VaryError([f"--outputs: {fault}" for fault in faults])
    return list(dict.fromkeys(found))


def _outputs(done: Run, metric: Metric) -> Iterator[Output]:
    if metric.statistic != "mean":
        raise VaryError([f"{metric}: a page shows mean and band of an output; leave the statistic out"])
    problem = metric.problem(done.dataset)
    if problem:
        raise VaryError([problem])
    declared = _declared(metric.measure)
    every = metric.measure in by_key(ELEMENT_METRICS) and not metric.label
    for label in done.elements if every else (metric.label,):
        metric_of = Metric(metric.measure, label)
        metric_of.complete(done)
        yield Output(metric.measure, label, declared.unit, declared.skewed)


def _declared(measure: str) -> Any:
    return by_key((*INDUSTRY_METRICS, *USE_METRICS, *ELEMENT_METRICS, *LOSS_METRICS))[measure]


# --- the sample -----------------------------------------------------------------------------------------------


def design(inputs: Sequence[Input], points: int, seed: int) -> Array:
    """Where the engine is run: a scrambled Sobol sample, the start, and from there each input at either end.

    Parameters
    ----------
    inputs : sequence of Input
    points : int
        Points of the sample, rounded up to a power of two.
    seed : int
        Of the scrambling.

    Returns
    -------
    ndarray, shape (point, input)
        Each input from 0 to 1.

    References
    ----------
    Owen (1998), J. Complexity 14:466 (scrambling); Sobol' (1967), USSR Comput. Math. Math. Phys. 7:86.
    """
    start = unit_setting(inputs, [item.start for item in inputs])
    star = np.repeat(start[None], 2 * len(inputs) + 1, axis=0)
    for place in range(len(inputs)):
        star[1 + 2 * place, place], star[2 + 2 * place, place] = 0.0, 1.0
    power = max(3, math.ceil(math.log2(points)))
    return np.concatenate([qmc.Sobol(len(inputs), seed=seed % 2**32).random_base2(power), star])


def unit_setting(inputs: Sequence[Input], values: Sequence[float]) -> Array:
    """Setting with each input from 0 to 1, from values in their own units."""
    return np.array([(v - item.low) / (item.high - item.low) for item, v in zip(inputs, values, strict=True)])


def own_units(inputs: Sequence[Input], setting: Array) -> list[float]:
    """Values in their own units, from a setting with each input from 0 to 1."""
    return [item.low + (item.high - item.low) * float(u) for item, u in zip(inputs, setting, strict=True)]
