"""Two finished runs on the same draws joined: what binds each industry, and never the sum of both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data import DatasetError, load_dataset
from minrisk.decisions.page import Page
from minrisk.report.finished import Finished, ShowError, read_report
from minrisk.report.folder import INDUSTRY_COLUMN
from minrisk.risk.spread import spread
from minrisk.text import industry_name, interval, percent, say, yen

#: Column of ``draws.parquet`` with the loss of all industries, suppliers and buyers with them [JPY].
_WHOLE = "economy/loss_jpy"

#: What two records must share for a draw of one to be the same world as that of the other.
_SHARED = ("draws", "seed", "measured_from", "price_year")


@dataclass(frozen=True)
class Joined:
    """Losses of two runs on the same draws, each industry held up by the worse of the two.

    An industry that cannot make half of its output because one input is missing loses no more through another at
    the same time: production with needs that cannot replace each other (Leontief). The larger loss of the months
    measured is taken, draw by draw; where the two bind in different months the truth lies above it, and below the
    sum.

    Attributes
    ----------
    names : tuple of str
        The two scenarios.
    industries : tuple of str
        Every industry that either run exposes, in the order of the first, then of the second.
    losses : ndarray, shape (2, industry, draw)
        Value added that cannot be made over the months measured, by run [JPY].
    whole : ndarray, shape (2, draw)
        Loss of all industries, suppliers and buyers with them, by run [JPY].
    """

    names: tuple[str, str]
    industries: tuple[str, ...]
    losses: Array
    whole: Array

    @property
    def joined(self) -> Array:
        """The worse of the two by industry, shape (industry, draw) [JPY]."""
        worse: Array = self.losses.max(axis=0)
        return worse

    @property
    def total(self) -> Array:
        """All industries together, each by what binds it, shape (draw,) [JPY]."""
        total: Array = self.joined.sum(axis=0)
        return total

    @property
    def least_whole(self) -> Array:
        """What both cost at the least, suppliers and buyers counted: the larger of the two, shape (draw,) [JPY]."""
        least: Array = self.whole.max(axis=0)
        return least

    def table(self) -> pd.DataFrame:
        """Columns industry, of (scenario or ``joined``), mean, p05, p50, p95, mc_error [JPY]."""
        rows = []
        for place, industry in enumerate(self.industries):
            rows += [(industry, name, *spread(self.losses[run, place])) for run, name in enumerate(self.names)]
            rows.append((industry, "joined", *spread(self.joined[place])))
        sums = [*self.losses.sum(axis=1), self.total]
        rows += [("all", name, *spread(row)) for name, row in zip((*self.names, "joined"), sums, strict=True)]
        wholes = [*self.whole, self.least_whole]
        labels = (*self.names, "joined_at_least")
        rows += [("economy", name, *spread(row)) for name, row in zip(labels, wholes, strict=True)]
        return pd.DataFrame(rows, columns=["industry", "of", "mean", "p05", "p50", "p95", "mc_error"])


def join_reports(first: Path, second: Path) -> Joined:
    """Join two finished report folders.

    Parameters
    ----------
    first, second : Path
        Report folders with their ``draws.parquet``.

    Returns
    -------
    Joined

    Raises
    ------
    ShowError
        If a folder holds no report, a run has no industries or no draws kept, or the two differ in draws, seed,
        months measured or year of prices.
    """
    reports = (read_report(first), read_report(second))
    _check_shared(reports)
    tables = [_losses(folder, report) for folder, report in zip((first, second), reports, strict=True)]
    industries = tuple(dict.fromkeys(name for found, _ in tables for name in found))
    nothing = np.zeros(reports[0].draws)
    losses = np.stack([np.stack([found.get(name, nothing) for name in industries]) for found, _ in tables])
    names = (reports[0].name, reports[1].name)
    return Joined(names, industries, losses, np.stack([whole for _, whole in tables]))


def _check_shared(reports: tuple[Finished, Finished]) -> None:
    """A draw is the same world in both, and the months are the same."""
    first, second = (
        {key.replace("_", " "): report.record.get(key) for key in _SHARED} | {"last month": report.counted[-1]}
        for report in reports
    )
    for what, ours in first.items():
        if ours != second[what]:
            names = " and ".join(report.name for report in reports)
            raise ShowError(f"{names} differ in {what}: {ours} and {second[what]}")


def _losses(folder: Path, report: Finished) -> tuple[dict[str, Array], Array]:
    """Loss of each industry and of all, by draw [JPY]."""
    path = folder / "draws.parquet"
    try:
        draws = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise ShowError(f"{path}: draws cannot be read; run {report.name} again") from error
    found = {
        str(name).removeprefix(INDUSTRY_COLUMN): draws[name].to_numpy(dtype=float)
        for name in draws.columns
        if str(name).startswith(INDUSTRY_COLUMN)
    }
    if not found:
        raise ShowError(f"{path}: no losses by industry; its dataset has no industries, or minrisk was older")
    return found, draws[_WHOLE].to_numpy(dtype=float)


def join_page(joined: Joined) -> Page:
    """Compose the page of two joined runs."""
    rows = []
    for place in np.argsort(-joined.joined.mean(axis=1), kind="stable"):
        one, other = joined.losses[:, place]
        both = spread(joined.joined[place])
        binds = np.mean(other > one)
        rows.append((
            _industry(joined.industries[place]), yen(float(one.mean())), yen(float(other.mean())), yen(both.mean),
            interval(both.p05, both.p95, yen), percent(float(binds)),
        ))  # fmt: skip
    sums = joined.losses.sum(axis=1).mean(axis=1)
    total = spread(joined.total)
    band = interval(total.p05, total.p95, yen)
    rows.append((say("join.all"), yen(float(sums[0])), yen(float(sums[1])), yen(total.mean), band, "–"))
    heads = (say("join.industry"), *joined.names, say("join.joined"), say("join.band"), say("join.binds"))
    shown = pd.DataFrame(rows, columns=list(heads))
    title = say("join.title", total=yen(total.mean), band=band, sum=yen(float(sums.sum())))
    lead = say("join.asked", first=joined.names[0], second=joined.names[1], draws=f"{joined.whole.shape[1]:,}")
    least = spread(joined.least_whole)
    notes = (say("join.rule"), say("join.whole", least=yen(least.mean), band=interval(least.p05, least.p95, yen)))
    caption = say("join.caption", second=joined.names[1])
    return Page(title, lead, {caption: shown}, {"joined": joined.table()}, {}, notes)


def _industry(code: str) -> str:
    """Name of an industry; its code where the packaged dataset of Japan has no such industry."""
    try:
        return industry_name(load_dataset(), code)
    except DatasetError:
        return code
