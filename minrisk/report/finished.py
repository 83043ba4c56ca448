"""A finished run as its tables say it: put together from the run itself, or read back from its report folder."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from minrisk.axes import Calendar
from minrisk.pipeline.metrics import ALL_INDUSTRIES
from minrisk.report.messages import key_messages
from minrisk.report.record import read_exactly, run_record
from minrisk.results import ALL_PRODUCTS, economy_summary, product_summary, spreads_of, summary, use_summary
from minrisk.risk.spread import Spread

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


class ShowError(ValueError):
    """A folder that holds no report of minrisk that can be shown; the message says why."""


@dataclass(frozen=True)
class Finished:
    """What the files of a report folder say, whether they are written already or not.

    Attributes
    ----------
    record : mapping
        What ``run.json`` holds.
    metrics, uses, economy, products : DataFrame
        What ``metrics.csv``, ``uses.csv``, ``economy.csv`` and ``products.csv`` hold; the last two without rows for
        a dataset without industries or products.
    """

    record: Mapping[str, Any]
    metrics: pd.DataFrame
    uses: pd.DataFrame
    economy: pd.DataFrame
    products: pd.DataFrame

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.record["scenario"]["name"])

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.record["draws"])

    @property
    def threshold(self) -> float:
        """Share of demand that must go unserved for a month to count as a shortage [1]."""
        return float(self.record["shortage_threshold"])

    @cached_property
    def counted(self) -> tuple[str, ...]:
        """Labels of the months measured."""
        first, last = self.record["measured_from"], self.record["months"][1]
        return Calendar(first, 1 + int(Calendar(first, 1).position(last))).labels

    @cached_property
    def elements(self) -> Mapping[str, Mapping[str, Spread]]:
        """Numbers by element and metric, elements in the dataset's order."""
        symbols = dict.fromkeys(self.metrics["element"].astype(str))
        return {symbol: spreads_of(self.metrics[self.metrics["element"] == symbol]) for symbol in symbols}

    @cached_property
    def losses(self) -> Mapping[str, Spread]:
        """Numbers of all industries together by metric; empty for a dataset without industries."""
        return spreads_of(self.economy[self.economy["industry"] == ALL_INDUSTRIES])

    @cached_property
    def stoppage(self) -> Mapping[str, Spread]:
        """Numbers of the first line that stops by metric; empty for a dataset without products."""
        return spreads_of(self.products[self.products["product"] == ALL_PRODUCTS])

    def reference_price(self, symbol: str) -> float | None:
        """Reference price of an element [USD/kg]; None where the run's dataset has none."""
        prices: Mapping[str, float] | None = self.record.get("reference_price")
        return None if prices is None else prices[symbol]

    def own_names(self, kind: str) -> Mapping[str, str]:
        """Names that the dataset gives its ``elements`` or ``uses``."""
        names: Mapping[str, str] = self.record["names"][kind]
        return names


def finished(run: Run, command: str = "") -> Finished:
    """Sum a run up as its report folder does.

    Parameters
    ----------
    run : Run
        A finished run.
    command : str
        How it was started.

    Returns
    -------
    Finished
    """
    return Finished(
        run_record(run, command), summary(run), use_summary(run), economy_summary(run), product_summary(run)
    )


def read_report(folder: Path) -> Finished:
    """Read a finished report folder back.

    Parameters
    ----------
    folder : Path
        From `minrisk.write_report`.

    Returns
    -------
    Finished

    Raises
    ------
    ShowError
        If the folder is none of minrisk's, or a file of it is missing or damaged.
    """
    if not folder.is_dir():
        raise ShowError(f"{folder}: no such folder; name one that minrisk run wrote, such as reports/calm")
    if not (folder / "run.json").is_file():
        inside = sorted(path.parent.name for path in folder.glob("*/run.json"))
        hint = f"; it holds reports: {', '.join(inside)}" if inside else ""
        raise ShowError(f"{folder}: no report of minrisk run in this folder (no run.json){hint}")
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if record["minrisk"]["kind"] != "run":
            raise ShowError(f"{folder}: a {record['minrisk']['kind']} of minrisk, not the report of a run")
        tables = (_table(folder, name) for name in ("metrics", "uses", "economy", "products"))
        found = Finished(record, *tables)
        _ = (
            found.name,
            found.draws,
            found.counted,
            found.threshold,
            found.own_names("uses"),
            found.losses,
            found.stoppage,
        )
        _ = [numbers["worst_month_unserved_share"] for numbers in found.elements.values()]
    except (OSError, UnicodeDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, ShowError):
            raise
        raise ShowError(
            f"{folder}: the report is damaged, not complete or of an earlier minrisk ({error}); "
            "run the scenario again"
        ) from error
    return found


def run_summary(run: Run, folder: Path) -> dict[str, Any]:
    """Put a run and its report into one record that JSON can hold.

    Parameters
    ----------
    run : Run
        A finished run.
    folder : Path
        Where its report lies.

    Returns
    -------
    dict
        What ``run.json`` holds, ``report`` (the folder), ``messages``, and ``elements``, ``uses`` and ``economy``:
        name -> metric -> unit, mean, p05, p50, p95, mc_error; None where there is no value.
    """
    messages = [message.replace("\u00a0", " ") for message in key_messages(run)]
    return {**report_summary(read_report(folder), folder), "messages": messages}


def report_summary(found: Finished, folder: Path) -> dict[str, Any]:
    """Put a finished report into one record that JSON can hold: as `run_summary` without messages."""
    return {
        **found.record,
        "report": str(folder),
        "elements": _nested(found.metrics, "element"),
        "uses": _nested(found.uses, "use"),
        "economy": _nested(found.economy, "industry"),
    }


def _nested(table: pd.DataFrame, label: str) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in table.to_dict("records"):
        numbers = {name: _plain(float(row[name])) for name in Spread._fields}
        found.setdefault(str(row[label]), {})[str(row["metric"])] = {"unit": row["unit"], **numbers}
    return found


def _plain(value: float) -> float | None:
    """A number as JSON knows it: no NaN, no infinity."""
    return value if math.isfinite(value) else None


def _table(folder: Path, name: str) -> pd.DataFrame:
    """Read a table of metrics to the last bit; one without rows for what the dataset does not have."""
    path, label = folder / f"{name}.csv", {"economy": "industry", "products": "product"}.get(name)
    if label is not None and not path.exists():
        return pd.DataFrame(columns=["metric", label, "unit", "mean", "p05", "p50", "p95", "mc_error"])
    return read_exactly(path)
