"""Governance estimates of the World Bank as its pages give them: a line an estimate, or a column a year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from minrisk.data.trade.areas import areas
from minrisk.data.trade.layouts import EMPTY, Line, amount, first_places, plain, whole
from minrisk.data.trade.naming import what_else
from minrisk.data.trade.opening import Table, digest, open_tables, reading
from minrisk.risk.concentration import MOST_ESTIMATE, NO_ESTIMATE

#: Codes of the World Bank that are not ISO 3166, and what they are there.
_CODES = {"ADO": "AND", "KSV": "XKX", "ROM": "ROU", "TMP": "TLS", "WBG": "PSE", "ZAR": "COD"}

_COLUMNS = {
    "country": ("iso3", "iso3c", "countryiso3code", "code", "countrycode", "economycode", "refarea"),
    "indicator": ("indicator", "indicatorcode", "seriescode", "indicatorname", "seriesname"),
    "year": ("year", "time", "timeperiod", "date"),
    "estimate": ("estimate", "pvestimate", "pvest", "pve", "obsvalue", "value"),
    "error": ("stddev", "stderr", "pvstderr", "standarderror", "se", "pvstddev"),
}

#: Political stability in a column of indicators: short, by code, in words.
_STABILITY = re.compile(r"pv|(gov_wgi_)?pv[._]est|political stability.*(estimate)?", re.IGNORECASE)
_ERROR = re.compile(r"(gov_wgi_)?pv[._]std[._]err|political stability.*standard error", re.IGNORECASE)
_OTHER = re.compile(r".*(rank|percentile|number of sources|lower|upper|std|standard error|score).*", re.IGNORECASE)
_YEAR = re.compile(r"((?:19|20)\d\d)( ?\[YR(?:19|20)\d\d\])?")


@dataclass
class Estimates:
    """Estimates of political stability.

    Attributes
    ----------
    rows : dict
        Estimate and its standard error, None where not given, by year and country [1].
    """

    rows: dict[tuple[int, str], tuple[float, float | None]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    others: set[str] = field(default_factory=set)
    names: tuple[str, ...] = ()
    sha256: str = ""

    @property
    def edition(self) -> int:
        """Year of the edition: the estimates of a year appear in the next."""
        return max(year for year, _ in self.rows) + 1


def read_wgi(path: Path) -> Estimates:
    """Read a file of the Worldwide Governance Indicators.

    Parameters
    ----------
    path : Path
        CSV, or a workbook, with a line for each country, year and indicator or a column for each year.

    Returns
    -------
    Estimates
        With its faults; nothing is raised for what is in a file.
    """
    found = Estimates(names=(path.name,))
    faults: list[str] = []
    with reading(path, found.problems):
        found.sha256 = digest(path)
        for table in open_tables(path, _known):
            faults += filter(None, [_Reader(table, found).read()])
    if not found.rows and not found.problems:
        found.problems += faults or [f"{path.name}: no estimate of political stability (indicator pv or PV.EST)"]
    if found.others:
        found.notes.append(f"left out, groups of countries or unknown codes: {', '.join(sorted(found.others))}")
    return found


def _places(header: Sequence[str]) -> dict[str, int]:
    return first_places([plain(name) for name in header], _COLUMNS)


def _known(cells: Sequence[str]) -> int:
    found = _places(cells)
    years = sum(bool(_YEAR.fullmatch(whole(cell))) for cell in cells)
    return len(found) + min(years, 3) if "country" in found and len(found) + years >= 3 else 0


@dataclass
class _Reader:
    table: Table
    found: Estimates

    def read(self) -> str:
        """Read one table; why not, if it is none of estimates."""
        self.places = _places(self.table.header)
        names = [_YEAR.fullmatch(whole(name)) for name in self.table.header]
        years = {place: int(match[1]) for place, match in enumerate(names) if match}
        wide = len(years) > 0 and "year" not in self.places
        if "country" not in self.places or not (wide or {"year", "estimate"} <= set(self.places)):
            named = what_else(self.table, "wgi")
            if named:
                return f"{self.table.name}: {named}"
            shown = ", ".join(map(repr, self.table.header[:8]))
            return (
                f"{self.table.name}: columns {shown} are not those of the governance indicators; the header must "
                "hold code,year,indicator,estimate, or Country Code,Indicator Code and a column for each year"
            )
        estimate = "" if wide else plain(self.table.header[self.places["estimate"]])
        if "indicator" not in self.places and not estimate.startswith("pv"):
            return f"{self.table.name}: no column says which indicator a line is of (indicator, pv)"
        for number, cells in self.table.rows():
            self._take(f"{self.table.name}:{number}", cells, years if wide else {})
        return ""

    def _take(self, at: str, cells: Sequence[str], years: dict[int, int]) -> None:
        indicator = self._cell(cells, "indicator")
        error = bool(_ERROR.fullmatch(indicator))
        if indicator and not error and (not _STABILITY.fullmatch(indicator) or _OTHER.fullmatch(indicator)):
            return
        country = self._cell(cells, "country").upper()
        country = _CODES.get(country, country)
        if country not in _countries():
            self.found.others.add(country or "(empty)")
            return
        line = Line()
        if years:
            for place, year in years.items():
                self._keep(year, country, cells[place] if place < len(cells) else "", "", error, line)
        else:
            year_text = whole(self._cell(cells, "year").removeprefix("YR"))
            if not _YEAR.fullmatch(year_text):
                line.faults.append(
                    f"column {self.table.header[self.places['year']]!r}: {year_text!r} is not a year"
                )
            else:
                values = self._cell(cells, "estimate"), self._cell(cells, "error")
                self._keep(int(year_text), country, *values, error, line)
        self.found.problems += [f"{at}: {fault}" for fault in line.faults]

    def _cell(self, cells: Sequence[str], column: str) -> str:
        place = self.places.get(column, len(cells))
        return cells[place].strip() if place < len(cells) else ""

    def _keep(self, year: int, country: str, estimate: str, deviation: str, error: bool, line: Line) -> None:
        if estimate.strip().casefold() in EMPTY or estimate.strip() == "#N/A":
            return
        value = amount(_point(estimate), "estimate", line)
        spread = amount(_point(deviation), "stddev", line) if deviation else None
        if value is None:
            return
        before = self.found.rows.get((year, country))
        if error:
            if before is not None:
                self.found.rows[year, country] = (before[0], value)
            return
        if not abs(value) <= MOST_ESTIMATE:
            line.faults.append(f"{country} {year}: {value:g} {NO_ESTIMATE}")
        elif before is not None and before[0] != value:
            line.faults.append(f"{country} {year} stands there twice: {before[0]:g} and {value:g}")
        else:
            self.found.rows[year, country] = (value, spread)


def _point(text: str) -> str:
    """A number with a decimal point; estimates are below a thousand, so a comma stands before decimals."""
    return re.sub(r"^([+-]?\d{1,3}),(\d+)$", r"\1.\2", text.strip())


def _countries() -> frozenset[str]:
    return frozenset(areas().values()) | {"XKX"}
