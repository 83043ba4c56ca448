"""Every interval over draws that a report page prints, beside the tables of the same folder."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from minrisk.data.dataset import Dataset, load_dataset
from minrisk.data.money import reference_price
from minrisk.risk import quantile_interval
from minrisk.text.names import element_name, industry_names, use_name
from minrisk.text.numbers import (
    capital,
    hundredths,
    hundredths_percent,
    interval,
    number,
    percent,
    two_figures,
    yen,
)
from tests import ROOT

Writer = Callable[[float], str]

#: What `minrisk.text.numbers` writes of one number, and an interval of two; months are looked at in tables alone.
_NUMBER = r"(?:under |over )?-?[\d,]+(?:\.\d+)?(?:e-?\d+)?(?: %| tn yen| bn yen| yen)?"
_INTERVAL = re.compile(rf"(?<![\w.-])({_NUMBER} to {_NUMBER})(?![\w-])")

#: Probabilities of the columns of the table of what is exceeded.
_PROBABILITIES = (0.5, 0.2, 0.1, 0.05, 0.01)

#: Dataset of the scenarios of 2010.
EPISODE = ROOT / "minrisk" / "history" / "episodes" / "2010_embargo_and_quota" / "dataset"


def wrong_intervals(folder: Path) -> tuple[int, list[str]]:
    """Compare the English pages of a folder with its CSV files and ``run.json``.

    Parameters
    ----------
    folder : Path
        A report folder of the packaged dataset. With ``draws.parquet`` in it also the intervals of sampled inputs
        and of what is exceeded are compared, which no table holds.

    Returns
    -------
    checked, problems
        Number of intervals that were compared, and a line for each that no table gives.
    """
    tables = _Tables(folder)
    pages = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))]
    page = "\n".join(pages).replace("\u00a0", " ")
    checked, problems = 0, []
    for line in page.splitlines():
        expected = tables.cells(line)
        if expected is not None:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            checked += len(expected)
            problems += [
                f"{line[:40]}: {cells[place]!r}, not {cell!r}"
                for place, cell in expected.items()
                if cells[place] != cell
            ]
    for line in _prose(page):
        for found in _INTERVAL.findall(line):
            checked += 1
            if found not in tables.intervals:
                problems.append(f"{line[:60]} ...: {found!r} is in no table")
    return checked, problems


def _prose(page: str) -> Iterator[str]:
    """Sentences about draws; a ceiling is an input, which no CSV holds."""
    for line in page.splitlines():
        if "% of draws" in line and not line.startswith("|"):
            yield re.sub(r"reaches the ceiling \([^)]*\)", "", line)


class _Tables:
    """Cells and intervals that follow from the files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.record: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        own = EPISODE if self.record["dataset"]["name"] == "japan_2010" else None
        self.dataset: Dataset = load_dataset(own)
        first, last = self.record["measured_from"], self.record["months"][1]
        self.months = [str(month) for month in pd.period_range(first, last, freq="M")]
        metrics, uses = (pd.read_csv(folder / f"{name}.csv") for name in ("metrics", "uses"))
        # A dataset without an economy has no losses.
        losses = folder / "economy.csv"
        economy = pd.read_csv(losses) if losses.exists() else pd.DataFrame(columns=["industry", *metrics.columns])
        self.by_element = _by(metrics, "element")
        self.by_use = {capital(use_name(self.dataset, use)): row for use, row in _by(uses, "use").items()}
        names = industry_names(self.dataset) if losses.exists() else {}
        self.by_industry = {names[code]: row for code, row in _by(economy, "industry").items() if code != "all"}
        others = [pd.read_csv(path) for name in ("mud.csv", "products.csv") if (path := folder / name).exists()]
        rows = [row for part in (metrics, uses, economy, *others) for row in part.to_dict("records")]
        rows += list(self.record["totals"].values())
        self.intervals = {_band(row, write) for row in rows for write in _WRITERS}
        self.losses = {"Value added lost": ("economy/loss_jpy", yen)}
        for symbol in self.by_element:
            name = capital(element_name(self.dataset, symbol))
            self.losses[name] = (f"unserved_share/{symbol}", percent)
        self.seen: set[str] = set()
        self.event = "market"
        draws = folder / "draws.parquet"
        self.draws = pd.read_parquet(draws) if draws.exists() else pd.DataFrame()

    def cells(self, line: str) -> dict[int, str] | None:
        """Cells of a row by their place; None for rows of other tables."""
        if heading := re.match(r"(?:Fields of|Market fields).*?(?:`(\w+)`|$)", line):
            self.event = heading[1] or "market"
        if not line.startswith("| "):
            return None
        label = line.strip("| ").split(" |")[0]
        symbol = re.search(r"\((\w+)\)$", label)
        if symbol and symbol[1] in self.by_element:
            # The table of results is the first with a row of an element, prices the second.
            again, self.seen = label in self.seen, self.seen | {label}
            return self._prices(symbol[1]) if again else self._results(symbol[1])
        if label in self.by_use:
            return self._use(self.by_use[label])
        if label in self.by_industry and "±" in line:
            return {1: _cell(self.by_industry[label]["first_round_jpy"], "mean", _bn)}
        if label in self.losses and line.count("|") == 2 + len(_PROBABILITIES):
            return self._exceeded(*self.losses[label])
        if label.startswith("`"):
            return self._sampled(label.strip("`"))
        return None

    def _results(self, symbol: str) -> dict[int, str]:
        of = self.by_element[symbol]
        write, usd = _price(of), self._usd(symbol)
        return {
            2: _cell(of["unserved_share"], "mean", percent),
            3: _cell(of["worst_month_unserved_share"], "p50", percent),
            4: _cell(of["unserved_t"], "mean", number),
            6: _cell(of["months_to_shortage"], "p50", self._month),
            7: _cell(of["peak_price_index"], "p50", write),
            8: _cell(of["peak_price_index"], "p50", lambda index: write(index * usd)),
            9: _cell(of["months_of_cover"], "p50", hundredths),
        }

    def _prices(self, symbol: str) -> dict[int, str]:
        of, write = self.by_element[symbol], _price(self.by_element[symbol])
        usd, cells = self._usd(symbol), {}
        for place, metric in ((2, "peak_price_index"), (4, "average_price_index")):
            cells[place] = _cell(of[metric], "p50", write)
            cells[place + 1] = _cell(of[metric], "p50", lambda index: write(index * usd))
        return cells

    def _usd(self, symbol: str) -> float:
        return float(reference_price(self.dataset)[self.dataset.labels.elements.index(symbol)])

    def _use(self, of: Mapping[str, Mapping[str, float]]) -> dict[int, str]:
        return {
            2: _cell(of["months_to_constrained"], "p50", self._month),
            3: _cell(of["lowest_output"], "p50", percent),
            4: _cell(of["output_lost_months"], "mean", number),
        }

    def _exceeded(self, column: str, write: Writer) -> dict[int, str]:
        if column not in self.draws:
            return {}
        values = self.draws[column].to_numpy()
        cells = {}
        for place, probability in enumerate(_PROBABILITIES, start=1):
            low, high = quantile_interval(values, 1.0 - probability)
            middle = write(float(np.quantile(values, 1.0 - probability, method="inverted_cdf")))
            first, last = max(low, values.min()), min(high, values.max())
            band = f"{write(first)} or more" if np.isinf(high) else interval(first, last, write)
            cells[place] = middle if band == middle else f"{middle} ({band})"
        return {place: cell.replace("\u00a0", " ") for place, cell in cells.items()}

    def _sampled(self, field: str) -> dict[int, str]:
        column = next((name for name in (f"{self.event}/{field}", f"market/{field}") if name in self.draws), None)
        if column is None or self.draws[column].nunique() == 1:
            return {}
        values = self.draws[column].to_numpy(dtype=float)
        low, high = np.quantile(values, (0.05, 0.95), method="inverted_cdf")
        mean = float(values.mean()) if np.isfinite(values).all() else np.nan
        return {2: f"{number(mean)} ({interval(low, high)})"}

    def _month(self, later: float) -> str:
        return "–" if np.isnan(later) else self.months[int(later)]


def _by(table: pd.DataFrame, label: str) -> dict[str, dict[str, dict[str, float]]]:
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in table.to_dict("records"):
        found.setdefault(str(row[label]), {})[str(row["metric"])] = row
    return found


def _price(of: Mapping[str, Mapping[str, float]]) -> Writer:
    return two_figures if of["at_choke_price_probability"]["mean"] > 0.0 else number


def _bn(amount: float) -> str:
    return number(round(amount / 1e9, 1))


_WRITERS = (percent, number, two_figures, hundredths, hundredths_percent, yen)


def _band(row: Mapping[str, float], write: Writer) -> str:
    return interval(row["p05"], row["p95"], write).replace("\u00a0", " ")


def _cell(row: Mapping[str, float], middle: str, write: Writer) -> str:
    value, band = write(row[middle]).replace("\u00a0", " "), _band(row, write)
    return value if band in (value, "–") else f"{value} ({band})"
