"""Reads observations.csv: all errors at once, each with its line, its column and the nearest valid word."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from minrisk.data import Dataset, has_prices
from minrisk.history.units import Period, Unit, parse_period, parse_unit
from minrisk.history.variables import ALL, VARIABLES, Target
from minrisk.scenario import Problem, Scenario, ScenarioError, read_text, shorten, unknown

#: Columns of observations.csv; the last two may be left out.
COLUMNS = (
    "variable", "element", "origin", "month", "value", "low", "high", "unit", "source", "role", "note",
    "destination",
)  # fmt: skip
OPTIONAL = ("note", "destination")
ROLES = ("calibrated", "held_out")

_T = TypeVar("_T")

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Observation:
    """One row of observations.csv.

    Attributes
    ----------
    line : int
        Its line in the file.
    target : Target
        What was observed: variable, element, origin, period and unit.
    value, low, high : float
        The observed value and its own range; low and high equal the value where none was given.
    source : str
        Where it comes from.
    role : str
        ``calibrated`` if parameters were fitted to it, ``held_out`` if not.
    note : str
        What the model lacks if it misses.
    """

    line: int
    target: Target
    value: float
    low: float
    high: float
    source: str
    role: str
    note: str

    @property
    def key(self) -> tuple[str, ...]:
        """What no two rows may have in common: series, period and source."""
        return *self.target.series, self.target.period.text, self.source


def largest_of_series(observations: Iterable[Observation]) -> dict[tuple[str, ...], float]:
    """Largest value of each series among some observations."""
    largest: dict[tuple[str, ...], float] = {}
    for observation in observations:
        series = observation.target.series
        largest[series] = max(largest.get(series, 0.0), observation.value)
    return largest


def read_observations(
    path: Path, name: str, scenario: Scenario | None = None, dataset: Dataset | None = None
) -> list[Observation]:
    """Read and check the observations of an episode.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        The file as messages name it.
    scenario, dataset : optional
        Whose months, elements, origins and uses to check against; left out, those are not checked.

    Returns
    -------
    list of Observation

    Raises
    ------
    ScenarioError
        With every error in the file.
    """
    header, rows = _records(read_text(path, name), name)
    problems = _header_problems(header, name)
    if problems:
        raise ScenarioError(problems)
    observations = []
    first: dict[tuple[str, ...], int] = {}
    for line, cells in rows:
        if len(cells) != len(header[1]):
            fault = f"{len(cells)} cells, but the header has {len(header[1])}; quote text that holds a comma"
            problems.append(Problem(name, line, "", fault))
            continue
        row = _Row(name, line, dict(zip(header[1], cells, strict=True)), scenario, dataset)
        found = row.observation()
        problems += row.problems
        if found is None:
            continue
        if found.key in first:
            fault = f"line {first[found.key]} already gives this observation from the same source"
            problems.append(Problem(name, line, "", fault))
        first.setdefault(found.key, line)
        observations.append(found)
    if not rows:
        problems.append(Problem(name, 0, "", "has no rows"))
    if problems:
        raise ScenarioError(problems)
    return observations


_Record = tuple[int, list[str]]


def _records(text: str, name: str) -> tuple[_Record, list[_Record]]:
    """Header and rows, each with its line; comment and empty lines are skipped at the top only."""
    lines = text.splitlines(keepends=True)
    skipped = 0
    while skipped < len(lines) and (lines[skipped].startswith("#") or not lines[skipped].strip(" ,\r\n")):
        skipped += 1
    reader = csv.reader(io.StringIO("".join(lines[skipped:]), newline=""), strict=True)
    records: list[_Record] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append((skipped + reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as error:
        fault = f"cannot be read as CSV ({error})"
        raise ScenarioError([Problem(name, skipped + reader.line_num, "", fault)]) from None
    if not records:
        raise ScenarioError([Problem(name, 0, "", "is empty")])
    return records[0], records[1:]


def _header_problems(header: _Record, name: str) -> list[Problem]:
    line, columns = header
    if len(columns) == 1 and columns[0].count(";") >= 2:
        return [Problem(name, line, "", "separated by semicolons; save it with commas")]
    problems = [
        Problem(name, line, column or "(empty)", unknown("column", column, COLUMNS))
        for column in columns
        if column not in COLUMNS
    ]
    problems += [
        Problem(name, line, column, "column is missing; needed: " + ", ".join(COLUMNS[: -len(OPTIONAL)]))
        for column in COLUMNS
        if column not in columns and column not in OPTIONAL
    ]
    twice = sorted({column for column in columns if columns.count(column) > 1})
    return problems + [Problem(name, line, column, "column appears twice") for column in twice]


@dataclass
class _Row:
    """One row being checked; faults gather in `problems`."""

    file: str
    line: int
    cells: dict[str, str]
    scenario: Scenario | None
    dataset: Dataset | None
    problems: list[Problem] = field(default_factory=list)

    def observation(self) -> Observation | None:
        """The row as an observation, or None with its faults in `problems`."""
        variable = self.cells["variable"]
        if variable not in VARIABLES:
            self._fault("variable", unknown("variable", variable, VARIABLES))
        period, unit = self._parsed("month", parse_period), self._parsed("unit", parse_unit)
        value = self._number("value", variable)
        low, high = self._range(value)
        role = self.cells["role"]
        if role not in ROLES:
            self._fault("role", unknown("role", role, ROLES))
        if not self.cells["source"]:
            self._fault("source", "is empty; say where the value comes from")
        element, origin = self._element(variable), self._origin(variable)
        destination = self._destination(variable)
        if period is not None and unit is not None and variable in VARIABLES:
            self._unit(variable, unit, period)
            self._months(variable, origin, unit, period)
        if self.problems or period is None or unit is None or value is None:
            return None
        target = Target(variable, element, origin, period, unit, destination)
        return Observation(
            self.line, target, value, low, high, self.cells["source"], role, self.cells.get("note", "")
        )

    def _fault(self, column: str, message: str) -> None:
        self.problems.append(Problem(self.file, self.line, column, message))

    def _parsed(self, column: str, parse: Callable[[str], _T]) -> _T | None:
        try:
            return parse(self.cells[column])
        except ValueError as error:
            self._fault(column, str(error))
            return None

    def _number(self, column: str, variable: str) -> float | None:
        text = self.cells[column]
        if text == "none" and variable == "months_to_first_stoppage":
            return math.inf
        value = float(text) if _NUMBER.fullmatch(text) else math.inf
        if not math.isfinite(value):
            hint = " without thousands separators" if re.fullmatch(r"[\d, ]+", text) and text else ""
            self._fault(column, f"'{shorten(text)}' is not a number; write it as 1234.5{hint}")
            return None
        if value < 0.0:
            self._fault(column, f"{text} is negative; no variable can be")
            return None
        return value

    def _range(self, value: float | None) -> tuple[float, float]:
        low, high = ((self._number(name, "") if self.cells[name] else value) for name in ("low", "high"))
        if value is None or low is None or high is None:
            return 0.0, 0.0
        if not low <= value <= high:
            column = "low" if low > value else "high"
            self._fault(column, f"low, value and high are not in order: {low:g}, {value:g}, {high:g}")
        return low, high

    def _element(self, variable: str) -> str:
        """Goods or use of the row, and whether the variable allows it."""
        word = self.cells["element"] or ALL
        rule = VARIABLES[variable].element if variable in VARIABLES else "any"
        if word == ALL:
            if rule in ("one", "use"):
                self._fault("element", f"{variable} needs {'an element' if rule == 'one' else 'a use'}, not all")
            return word
        if rule == "all":
            self._fault("element", f"{variable} is that of all products; leave the cell empty")
        if self.dataset is None:
            return word
        labels = self.dataset.labels
        elements, products = labels.elements, labels.products.names if labels.products else ()
        allowed = {"use": labels.uses, "element or use": (*elements, *labels.uses)}.get(
            rule, (*elements, *products)
        )
        kind = {"any": "element", "one": "element"}.get(rule, rule)
        goods = word.split("+") if rule == "any" else [word]
        for good in goods:
            if good not in allowed and rule != "all":
                self._fault("element", unknown(kind, good, (*allowed, ALL)))
        if len({good in elements for good in goods}) > 1 or len(set(goods)) < len(goods):
            self._fault("element", f"'{word}' must name elements alone or products alone, each once")
        return word

    def _destination(self, variable: str) -> str:
        """Empty for the dataset's importer, by its code as well; `all` where it is known for everybody."""
        word = self.cells.get("destination", "")
        importer = "" if self.dataset is None else self.dataset.settings.get("importer", "")
        if word in ("", importer):
            return ""
        if word != ALL:
            self._fault(
                "destination", unknown("destination", word, tuple(name for name in (importer, ALL) if name))
            )
        elif variable in VARIABLES and not VARIABLES[variable].everybody:
            self._fault("destination", f"{variable} is known for the importer alone; leave the cell empty")
        return word

    def _origin(self, variable: str) -> str:
        word = self.cells["origin"] or "all"
        rule = VARIABLES[variable].origin if variable in VARIABLES else "any"
        if rule == "one" and word == "all":
            self._fault("origin", f"{variable} needs an origin, not all")
        elif rule == "none" and word != "all":
            self._fault("origin", f"{variable} has no origin; leave the cell empty")
        elif word != "all" and self.dataset is not None and word not in self.dataset.labels.origins:
            self._fault("origin", unknown("origin", word, (*self.dataset.labels.origins, "all")))
        return word

    def _unit(self, variable: str, unit: Unit, period: Period) -> None:
        known = VARIABLES[variable]
        if unit.kind not in known.kinds or (unit.gross and not known.gross):
            words = ", ".join(known.units)
            self._fault("unit", f"{variable} is not measured in '{unit.text}'; allowed: {words}")
        elif unit.kind == "t" and unit.scale == 12.0 and period.months != 12:
            self._fault("unit", f"{unit.text} is the sum of twelve months, but '{period.text}' has {period.months};"
                                " use t/month")  # fmt: skip
        elif self.cells.get("destination") == ALL and unit.kind != "index":
            self._fault("unit", f"trade of everybody is measured as an index, not in '{unit.text}'")
        elif unit.kind == "USD/kg" and self._is_product():
            self._fault("unit", "prices of products differ between draws; use an index")
        elif unit.kind == "USD/kg" and self.dataset is not None and not has_prices(self.dataset):
            self._fault("unit", "the dataset has no prices.csv, so its prices have no USD/kg; use an index")

    def _is_product(self) -> bool:
        products = None if self.dataset is None else self.dataset.labels.products
        return products is not None and self.cells["element"] in products.names

    def _months(self, variable: str, origin: str, unit: Unit, period: Period) -> None:
        """Whether the scenario simulates the months asked for."""
        if self.scenario is None:
            return
        calendar = self.scenario.calendar
        span = f"{calendar.labels[0]} to {calendar.labels[-1]}"
        late = 0
        if variable == "exports" and self.dataset is not None:
            late = Target(variable, ALL, origin, period, unit).transit(self.dataset)
        for column, asked in (("month", period), ("unit", unit.base)):
            if asked is None:
                continue
            if not asked.inside(calendar):
                self._fault(column, f"'{asked.text}' is not simulated; the scenario runs from {span}")
            elif asked.window(calendar).stop + late > calendar.months:
                self._fault(column, f"'{asked.text}' arrives {late} months later, after the scenario ({span}) ends")
