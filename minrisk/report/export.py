"""A run as its user holds it: it shows itself, and goes to other tools with labels, months, units and meanings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from minrisk.pipeline import run as pipeline
from minrisk.pipeline.metrics import (
    ELEMENT_METRICS,
    INDUSTRY_METRICS,
    LOSS_METRICS,
    PRODUCT_METRICS,
    STOPPAGE_METRICS,
    USE_METRICS,
)
from minrisk.scenario import Scenario, ScenarioPart, nearest, unit_of
from minrisk.text import say, say_if

if TYPE_CHECKING:
    from minrisk.report.notebook import Plots

#: Statistics of a monthly series, as columns of the tables.
STATISTICS = ("mean", "p05", "p25", "p50", "p75", "p95")
#: Unit of a metric by its name in a run.
_UNITS = {
    metric.drawn: metric.unit
    for group in (
        ELEMENT_METRICS,
        USE_METRICS,
        PRODUCT_METRICS,
        INDUSTRY_METRICS,
        LOSS_METRICS,
        STOPPAGE_METRICS,
    )
    for metric in group
}
#: Unit of a monthly variable by how its name ends.
_ENDINGS = (("_jpy", "JPY/month"), ("_t", "t REO/month"), ("_months", "months"), ("months_of_cover", "months"))


class MissingExtraError(ImportError):
    """An optional package that is asked for and not installed; the message says how to install it."""


def extra(package: str, name: str) -> Any:
    """An optional package; the error names the extra that brings it."""
    try:
        return import_module(package)
    except ImportError:
        raise MissingExtraError(f"{package} is not installed; pip install 'minrisk[{name}]'") from None


def by_draw(run: pipeline.Run) -> Iterator[tuple[str, str, tuple[str, ...], Mapping[str, Any]]]:
    """Groups of metrics by draw: name, axis, labels and values; no axis and labels for numbers without."""
    yield "", "element", run.elements, run.metrics
    yield "use", "use", run.uses, run.use_metrics
    yield "product", "product", run.products, run.product_metrics
    yield "industry", "industry", run.industries, run.industry_metrics
    yield "economy", "", (), run.economy_metrics
    yield "product", "", (), run.stoppage_metrics


def metric(run: pipeline.Run, name: str, of: str | None = None) -> pd.Series | pd.DataFrame:
    """Values of a metric in each draw, with labels.

    Parameters
    ----------
    run : Run
    name : str
        Such as ``unserved_share``, ``lowest_output`` or ``worst_year_gdp_share``.
    of : str, optional
        Element (symbol or English name), end use, product or industry.

    Returns
    -------
    Series or DataFrame
        Index draw; a column for each label where `of` is left out.

    Raises
    ------
    ValueError
        If there is no such metric or label; names the nearest.
    """
    found = [(labels, values[name]) for _, _, labels, values in by_draw(run) if name in values]
    if not found:
        known = sorted({key for _, _, _, values in by_draw(run) for key in values})
        raise ValueError(_unknown("metric", name, known))
    draws = pd.RangeIndex(run.draws, name="draw")
    if of is None:
        labels, values = found[0]
        if not labels:
            return pd.Series(values, draws, name=name)
        return pd.DataFrame(values.T, draws, list(labels))
    wanted = run.dataset.symbol(of) or of
    for labels, values in found:
        if wanted in labels:
            return pd.Series(values[labels.index(wanted)], draws, name=f"{name}/{wanted}")
    known = [label for labels, _ in found for label in labels]
    raise ValueError(
        _unknown(f"label of {name}", of, known) if known else f"{name} is one number: leave {of!r} out"
    )


def _unknown(kind: str, word: str, known: list[str]) -> str:
    guess = nearest(word, known)
    return f"no {kind} {word!r}" + (f"; did you mean {guess!r}?" if guess else f"; there is: {', '.join(known)}")


def series_of(run: pipeline.Run) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Monthly tables: name of the group, column that labels rows, table; those of the dataset alone."""
    yield "", "element", run.series
    yield "use", "use", run.use_series
    yield "product", "product", run.product_series
    yield "industry", "industry", run.industry_series


def monthly(run: pipeline.Run, variable: str, of: str | None = None, statistic: str = "mean") -> pd.DataFrame:
    """Monthly series with months as periods.

    Parameters
    ----------
    run : Run
    variable : str
        A variable of its `series`, `use_series`, `product_series` or `industry_series`.
    of : str, optional
        Element (symbol or English name), end use, product or industry: then all statistics of it.
    statistic : str
        The one shown of every label where `of` is left out: mean, p05, p25, p50, p75 or p95.

    Returns
    -------
    DataFrame
        Index month, a monthly PeriodIndex; columns the statistics, or the labels.

    Raises
    ------
    ValueError
        If there is no such variable, label or statistic; names the nearest.
    """
    if statistic not in STATISTICS:
        raise ValueError(_unknown("statistic", statistic, list(STATISTICS)))
    tables = [(axis, table[table["variable"] == variable]) for _, axis, table in series_of(run) if len(table)]
    tables = [(axis, rows) for axis, rows in tables if len(rows)]
    if not tables:
        known = {str(v) for _, _, table in series_of(run) if len(table) for v in table["variable"].unique()}
        raise ValueError(_unknown("monthly variable", variable, sorted(known)))
    wanted = None if of is None else run.dataset.symbol(of) or of
    for axis, rows in tables:
        if wanted is None:
            wide = rows.pivot(index="month", columns=axis, values=statistic)
            return _periods(wide[list(dict.fromkeys(rows[axis]))])
        if (rows[axis] == wanted).any():
            return _periods(rows[rows[axis] == wanted].set_index("month")[list(STATISTICS)])
    known_labels = [str(label) for axis, rows in tables for label in rows[axis].unique()]
    raise ValueError(_unknown(f"label of {variable}", str(of), known_labels))


def _periods(table: pd.DataFrame) -> pd.DataFrame:
    table.index = pd.PeriodIndex(table.index.astype(str), freq="M", name="month")
    table.columns.name = None
    return table


def samples(run: pipeline.Run) -> tuple[dict[str, Any], np.ndarray[Any, Any]]:
    """Inputs as SALib's given-data methods take them.

    Returns
    -------
    tuple of dict and ndarray, shape (draw, input)
        SALib's problem (``num_vars``, ``names``, ``bounds``) and the sample; Y is ``run.metric(...)``.
    """
    inputs = run.inputs.loc[:, run.inputs.nunique() > 1]
    low, high = inputs.min(), inputs.max()
    names = [str(name) for name in inputs.columns]
    bounds = [[float(low[name]), float(high[name])] for name in inputs.columns]
    return {"num_vars": len(names), "names": names, "bounds": bounds}, inputs.to_numpy(dtype=float)


def to_xarray(run: pipeline.Run) -> Any:
    """Draws, months and inputs in one ``xarray.Dataset`` (extra ``xarray``).

    Returns
    -------
    xarray.Dataset
        Metrics on (element, draw) and so on, monthly series as ``monthly_<variable>`` on (month, element,
        statistic), ``inputs`` on (draw, input); units and hashes as attributes.

    Raises
    ------
    ImportError
        If xarray is not installed.
    """
    xarray = extra("xarray", "xarray")
    found: dict[str, Any] = {}
    coords: dict[str, Any] = {"draw": range(run.draws), "statistic": list(STATISTICS)}
    for group, axis, labels, values in by_draw(run):
        if axis and values:
            coords[axis] = list(labels)
        for name, table in values.items():
            dims = (axis, "draw") if axis else ("draw",)
            found[_joined(group, name)] = (dims, np.asarray(table), {"units": _UNITS.get(name, "1")})
    for group, axis, table in series_of(run):
        for variable, rows in table.groupby("variable", sort=False) if len(table) else ():
            attrs = {"units": unit_of_variable(str(variable), axis)}
            name = _joined("monthly", _joined(group, str(variable)))
            if set(rows[axis]) == {"all"}:
                found[name] = (("month", "statistic"), rows[list(STATISTICS)].to_numpy(), attrs)
                continue
            wide = [
                rows.pivot(index="month", columns=axis, values=s).reindex(columns=coords[axis]) for s in STATISTICS
            ]
            found[name] = (("month", axis, "statistic"), np.stack([w.to_numpy() for w in wide], axis=-1), attrs)
    found["inputs"] = (("draw", "input"), run.inputs.to_numpy(dtype=float))
    coords["input"] = [str(name) for name in run.inputs.columns]
    coords["month"] = pd.PeriodIndex(list(run.months), freq="M").to_timestamp()
    return xarray.Dataset(found, coords, about(run))


def _joined(group: str, name: str) -> str:
    return f"{group}_{name}" if group else name


def about(run: pipeline.Run) -> dict[str, str]:
    """What a run is, in a few words: scenario, hashes, draws, seed, versions."""
    versions = {f"version {name}": number for name, number in run.versions.items()}
    return {
        "scenario": run.scenario.name,
        "title": run.scenario.title,
        "scenario hash": run.scenario.fingerprint,
        "dataset": run.dataset.name,
        "dataset hash": run.dataset.fingerprint,
        "draws": f"{run.draws}",
        "seed": f"{run.seed}",
        "measured": f"{run.counted[0]} to {run.counted[-1]}",
    } | versions


def unit_of_variable(name: str, axis: str) -> str:
    """Unit of a monthly variable by its name and what it is of; ``1`` for shares and multiples."""
    stem = name.partition(":")[0]
    unit = next((unit for ending, unit in _ENDINGS if stem.endswith(ending)), "1")
    stock = "stock" in stem and "release" not in stem
    # Tonnes of a product are of the product; a stock is an amount, not a flow.
    unit = unit.replace(" REO", "") if axis == "product" else unit
    return unit.replace("/month", "") if stock and stem.endswith("_t") else unit


def to_excel(run: pipeline.Run, path: Path | str) -> Path:
    """Write a workbook: metrics, months, a dictionary of every column, and what was run (extra ``excel``).

    Parameters
    ----------
    run : Run
    path : Path or str
        File, ending in ``.xlsx``; replaced if it is there.

    Returns
    -------
    Path

    Raises
    ------
    ImportError
        If openpyxl is not installed.
    """
    from minrisk.report.finished import finished

    extra("openpyxl", "excel")
    found = finished(run)
    sheets = {"metrics": found.metrics, "uses": found.uses, "economy": found.economy, "products": found.products}
    for variable in ("price_index", "unserved_share", "output_index"):
        sheets[f"{variable} by month"] = for_excel(monthly(run, variable))
    if run.industry_metrics:
        sheets["loss by month"] = for_excel(monthly(run, "loss_with_suppliers_jpy", "all"))
    sheets["dictionary"] = dictionary(run)
    sheets["about"] = pd.DataFrame(about(run).items(), columns=["what", "value"])
    target = Path(path)
    with pd.ExcelWriter(target, engine="openpyxl") as writer:
        for name, table in sheets.items():
            if len(table):
                table.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
    return target


def for_excel(table: pd.DataFrame) -> pd.DataFrame:
    """Months as text: Excel knows no periods."""
    return table.set_axis(table.index.astype(str), axis=0).reset_index(names="month")


def dictionary(run: pipeline.Run) -> pd.DataFrame:
    """What every column of every file of a report folder holds.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataFrame
        Columns file, column, unit, meaning; of a long table also a row for each metric or variable, written
        ``metric=unserved_share``. Inputs of the draws have the meaning of their field.
    """
    rows = list(_tables(run))
    # An industry has a metric of the whole country too: one row says what it means.
    economy: dict[str, Any] = {metric.name: metric for metric in (*LOSS_METRICS, *INDUSTRY_METRICS)}
    groups: dict[str, Any] = {
        "metrics.csv": ELEMENT_METRICS,
        "uses.csv": USE_METRICS,
        "economy.csv": economy.values(),
    }
    for file, group in groups.items():
        rows += [(file, f"metric={m.name}", m.unit, _measure(m.name)) for m in group]
    for kind, axis, names, values in by_draw(run):
        # As the file of draws writes them.
        begun = f"{kind}/" if kind in ("product", "industry", "economy") else ""
        for name in values:
            column = f"{begun}{name}/<{axis}>" if names else f"{begun}{name}"
            rows.append(("draws.parquet", column, _UNITS.get(name, "1"), _measure(name)))
    for name in map(str, run.inputs.columns):
        rows.append(("draws.parquet", name, *_input(run.scenario, name)))
    return pd.DataFrame(rows, columns=["file", "column", "unit", "meaning"])


def _tables(run: pipeline.Run) -> Iterator[tuple[str, str, str, str]]:
    """Rows of the columns of each table, and of the variables of each monthly one."""
    long = {"metrics.csv": "element", "uses.csv": "use"}
    long |= {"economy.csv": "industry"} if run.economy_metrics else {}
    long |= {"products.csv": "product"} if run.product_metrics else {}
    for file, axis in long.items():
        for column in ("metric", axis, "unit", "mean", "p05", "p50", "p95", "mc_error"):
            yield file, column, "", say(f"columns.{column}")
    files = ("series.parquet", "use_series.csv", "product_series.csv", "industry_series.csv")
    for file, (_, axis, table) in zip(files, series_of(run), strict=True):
        if table.empty:
            continue
        for column in ("month", axis, "variable", *STATISTICS):
            yield file, column, "", say(f"columns.{column}")
        for variable in dict.fromkeys(str(v) for v in table["variable"].unique()):
            yield file, f"variable={variable}", unit_of_variable(variable, axis), _variable(variable)
    yield "draws.parquet", "draw", "", say("columns.draw")


def _measure(name: str) -> str:
    """What a metric means; some have words of their own only as a probability over the draws."""
    return say_if(f"measures.{name}") or say("columns.metric_by_draw")


def _variable(name: str) -> str:
    """What a monthly variable means; what stands after a colon is a route, an element or an owner."""
    return say_if(f"columns.{name.partition(':')[0]}")


def _input(scenario: Scenario, name: str) -> tuple[str, str]:
    """Unit and meaning of a sampled input: those of its field."""
    part, _, rest = name.partition("/")
    events: dict[str, ScenarioPart] = {event.name: event for event in scenario.events}
    holder = scenario.market if part == "market" else events.get(part)
    info = None if holder is None else type(holder).model_fields.get(rest.partition(".")[0])
    meaning = "" if info is None else " ".join((info.description or "").split())
    return (unit_of(meaning), meaning) if meaning else ("1", say("columns.sampled"))


class Run(pipeline.Run):
    """What a scenario led to, over all draws, with figures, labelled tables and files for other tools.

    Its numbers are those of `minrisk.pipeline.run.Run`, which knows neither words nor figures.
    """

    metric = metric
    monthly = monthly
    samples = samples
    to_xarray = to_xarray
    to_excel = to_excel

    @property
    def plot(self) -> Plots:
        """Figures: ``run.plot.price("Dy")``, ``run.plot.output(lang="ja")``; `dir` lists them."""
        from minrisk.report.notebook import Plots

        return Plots(self)

    def _repr_html_(self) -> str:
        """A small table, for a notebook."""
        from minrisk.report.notebook import run_html

        return run_html(self)


run = pipeline.run_as(Run, __name__)
