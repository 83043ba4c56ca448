"""Blocks put together in draw order, and the monthly series made from them."""

from __future__ import annotations

import mmap
import tempfile
import weakref
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from minrisk.axes import Array, Labels, ProductLabels
from minrisk.defaults import IN_MEMORY_DRAWS
from minrisk.pipeline.keep import Block
from minrisk.pipeline.metrics import ALL_INDUSTRIES, LOSS_SERIES
from minrisk.risk.spread import quantiles


class Columns:
    """Columns of numbers over draws, in memory or in a nameless file that ends with the process.

    Parameters
    ----------
    rows : int
        Number of columns.
    draws : int
        Their length.
    """

    def __init__(self, rows: int, draws: int) -> None:
        self._shape = (rows, draws)
        self._map: mmap.mmap | None = None
        if draws <= IN_MEMORY_DRAWS:
            self._table: Array = np.empty(self._shape)
            self._file = None
        else:
            # Open as long as the run is held: it has no name and ends with the process, however that ends.
            self._file = tempfile.TemporaryFile(prefix="minrisk-", buffering=0)  # noqa: SIM115
            weakref.finalize(self, self._file.close)
            self._file.truncate(8 * rows * draws)

    def write(self, row: int, start: int, values: Array) -> None:
        """Lay values, shape (column, draw), from a row and a draw on."""
        if self._file is None:
            self._table[row : row + len(values), start : start + values.shape[1]] = values
            return
        for place, line in enumerate(np.ascontiguousarray(values, dtype=float), start=row):
            self._file.seek(8 * (place * self._shape[1] + start))
            # A raw file may take a part only; the rest tells why, for instance that the disk is full.
            rest = memoryview(line).cast("B")
            while rest:
                rest = rest[self._file.write(rest) :]

    def table(self) -> Array:
        """Everything, (column, draw): the memory itself, or the file as read-only memory."""
        if self._file is not None:
            if self._map is None:
                self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
            self._table = np.frombuffer(self._map, dtype=float).reshape(self._shape)
        return self._table

    def release(self) -> None:
        """Let go of pages of the file that were read; they are read again when asked for."""
        if self._map is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)


class Gathered:
    """What a run keeps of its blocks.

    Attributes
    ----------
    sums : dict of str to ndarray
        Sums over all draws: ``element/<series>``, ``route``, ``fed``, ``calm``, ``calm_fed``, ``output``,
        ``binding``, ``industry``, ``all_industries``, ``product/<series>``, ``product_route``; added unit by unit,
        so that block boundaries leave no trace.
    paths : dict of str to list of ndarray
        Monthly paths of the first draws by the same names, block by block.
    residual : float
        Largest balance residual.

    Parameters
    ----------
    draws : int
        Number of draws of all blocks together.
    """

    def __init__(self, draws: int) -> None:
        self.draws = draws
        self.sums: dict[str, Array] = {}
        self.paths: dict[str, list[NDArray[np.float32]]] = {}
        self.residual = 0.0
        self.columns: Columns | None = None
        self._done = 0
        self._layout: dict[str, tuple[int, tuple[int, ...]]] = {}

    def add(self, block: Block) -> int:
        """Take the next block in draw order; gives its number of draws."""
        columns = _columns(block)
        size: int = next(iter(columns.values())).shape[-1]
        if any(values.shape[-1] != size for values in columns.values()) or self._done + size > self.draws:
            raise ValueError(f"a block of {size} draws does not fit after {self._done} of {self.draws}")
        if self.columns is None:
            row = 0
            for name, values in columns.items():
                self._layout[name] = (row, values.shape[:-1])
                row += values.size // size
            self.columns = Columns(row, self.draws)
        for name, values in columns.items():
            self.columns.write(self._layout[name][0], self._done, values.reshape(-1, size))
        for name, (sums, paths) in _series(block).items():
            total = self.sums.setdefault(name, np.zeros(sums.shape[1:]))
            for unit in sums:
                total += unit
            if paths is not None and paths.shape[-1]:
                self.paths.setdefault(name, []).append(paths)
        self.residual = max(self.residual, block.residual)
        self._done += size
        return size

    def mean(self, name: str) -> Array:
        """Mean of a series over all draws."""
        return self.sums[name] / self.draws

    def group(self, head: str) -> dict[str, Array]:
        """Columns of a group by name, each (draw,) or (row, draw); views of one table."""
        assert self.columns is not None
        table, found = self.columns.table(), {}
        for name, (row, shape) in self._layout.items():
            if name.startswith(f"{head}|"):
                rows = table[row : row + int(np.prod(shape))]
                found[name.removeprefix(f"{head}|")] = rows.reshape(*shape, self.draws)
        return found

    def inputs(self) -> pd.DataFrame:
        """A row per draw, a column per input that varies; no copy of the numbers."""
        assert self.columns is not None
        names = [name for name in self._layout if name.startswith("inputs|")]
        # Inputs come first in the table, one row each.
        table = self.columns.table()[: len(names)].T
        index = pd.RangeIndex(self.draws, name="draw")
        return pd.DataFrame(
            table, index=index, columns=[name.removeprefix("inputs|") for name in names], copy=False
        )


def _columns(block: Block) -> dict[str, Array]:
    groups: dict[str, Mapping[str, Array]] = {
        "inputs": block.inputs,
        "metrics": block.metrics,
        "use_metrics": block.use_metrics,
    }
    if block.economy is not None:
        groups |= {
            "economy": block.economy.metrics,
            "industry": block.economy.industry_metrics,
            "application": block.economy.application_metrics,
        }
    if block.products is not None:
        groups |= {"product": block.products.metrics, "stoppage": block.products.stoppage_metrics}
    return {f"{head}|{name}": values for head, group in groups.items() for name, values in group.items()}


def _series(block: Block) -> dict[str, tuple[Array, NDArray[np.float32] | None]]:
    """Unit sums and kept paths of every series."""
    found: dict[str, tuple[Array, NDArray[np.float32] | None]] = {
        f"element/{name}": (sums, block.paths[name]) for name, sums in block.unit_sums.items()
    }
    found |= {
        "route": (block.route_sums, None),
        "fed": (block.fed_sums, None),
        "calm": (block.calm_sums, None),
        "calm_fed": (block.calm_fed_sums, None),
        "output": (block.output_sums, block.output_paths),
        "binding": (block.binding_sums, None),
    }
    if block.economy is not None:
        found["industry"] = (block.economy.industry_sums, block.economy.industry_paths)
        found["all_industries"] = (block.economy.series_sums, block.economy.series_paths)
    if block.products is not None:
        found |= {
            f"product/{name}": (sums, block.products.paths[name]) for name, sums in block.products.sums.items()
        }
        found["product_route"] = (block.products.route_sums, None)
    return found


#: Quantiles of the series table.
QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p95": 0.95}


def series_table(months: tuple[str, ...], labels: Labels, gathered: Gathered) -> pd.DataFrame:
    """Tidy table of monthly series.

    Parameters
    ----------
    months : tuple of str
        Month labels.
    labels : Labels
        Element and route names.
    gathered : Gathered
        All blocks.

    Returns
    -------
    DataFrame
        Columns month, element, variable, mean, p05 ... p95; supply by route, and ``fed_t:<route>``, the part
        of it that is the focus origin's material processed elsewhere, have means only.
    """
    elements = labels.elements
    parts: list[_Part] = [
        (elements, name.removeprefix("element/"), _spread(gathered, name))
        for name in gathered.sums
        if name.startswith("element/")
    ]
    by_route, fed = gathered.mean("route"), gathered.mean("fed")
    for column, route in enumerate(labels.route_names):
        parts.append((elements, f"supply_t:{route}", {"mean": by_route[:, column]}))
    for column, route in enumerate(labels.route_names):
        if fed[:, column].any():
            parts.append((elements, f"fed_t:{route}", {"mean": fed[:, column]}))
    return _table(months, "element", parts)


def calm_table(labels: Labels, gathered: Gathered) -> pd.DataFrame:
    """Tidy table of the baseline supply, before anything happens: means over the draws of the run.

    Parameters
    ----------
    labels : Labels
        Element and route names.
    gathered : Gathered
        All blocks.

    Returns
    -------
    DataFrame
        Columns element, route, supply_t and fed_t, the part of it that is the focus origin's material processed
        elsewhere [t REO/month].
    """
    return pd.DataFrame(
        {
            "element": np.repeat(labels.elements, len(labels.route_names)),
            "route": np.tile(labels.route_names, len(labels.elements)),
            "supply_t": gathered.mean("calm").ravel(),
            "fed_t": gathered.mean("calm_fed").ravel(),
        }
    )


def use_table(months: tuple[str, ...], labels: Labels, gathered: Gathered) -> pd.DataFrame:
    """Tidy table of the monthly output of end uses and of their limiting elements.

    Parameters
    ----------
    months : tuple of str
        Month labels.
    labels : Labels
        Element and use names.
    gathered : Gathered
        All blocks.

    Returns
    -------
    DataFrame
        Columns month, use, variable, mean, p05 ... p95. ``output_index`` [1, baseline = 1]; ``binding:<element>``
        is the share of draws in which that element is what the end use lacks most, means only.
    """
    parts: list[_Part] = [(labels.uses, "output_index", _spread(gathered, "output"))]
    binding = gathered.mean("binding")
    for column, element in enumerate(labels.elements):
        if binding[..., column].any():
            parts.append((labels.uses, f"binding:{element}", {"mean": binding[..., column]}))
    return _table(months, "use", parts)


def product_table(months: tuple[str, ...], products: ProductLabels | None, gathered: Gathered) -> pd.DataFrame:
    """Tidy table of the months of products; without rows where the dataset has none.

    Parameters
    ----------
    months : tuple of str
        Month labels.
    products : ProductLabels or None
        Names of products and of their routes.
    gathered : Gathered
        All blocks.

    Returns
    -------
    DataFrame
        Columns month, product, variable, mean, p05 ... p95, of `minrisk.pipeline.keep.PRODUCT_SERIES`; supply by
        route has means only [t of the product a month].
    """
    if products is None or "product_route" not in gathered.sums:
        return pd.DataFrame(columns=["month", "product", "variable", "mean", *QUANTILES])
    parts: list[_Part] = [
        (products.names, name.removeprefix("product/"), _spread(gathered, name))
        for name in gathered.sums
        if name.startswith("product/")
    ]
    by_route = gathered.mean("product_route")
    for column, route in enumerate(products.routes):
        parts.append((products.names, f"supply_t:{route.name}", {"mean": by_route[:, column]}))
    return _table(months, "product", parts)


def industry_table(months: tuple[str, ...], industries: tuple[str, ...], gathered: Gathered) -> pd.DataFrame:
    """Tidy table of monthly losses in yen; without rows where the dataset has no industries.

    Parameters
    ----------
    months : tuple of str
        Month labels.
    industries : tuple of str
        Exposed industries.
    gathered : Gathered
        All blocks.

    Returns
    -------
    DataFrame
        Columns month, industry, variable, mean, p05 ... p95. ``first_round_jpy`` by industry; the variables
        of `minrisk.pipeline.metrics.LOSS_SERIES` under the industry ``all`` [JPY/month].
    """
    if "industry" not in gathered.sums:
        return pd.DataFrame(columns=["month", "industry", "variable", "mean", *QUANTILES])
    parts: list[_Part] = [(industries, "first_round_jpy", _spread(gathered, "industry"))]
    whole = _spread(gathered, "all_industries")
    for row, name in enumerate(LOSS_SERIES):
        columns = {key: values[:, row : row + 1] for key, values in whole.items()}
        parts.append(((ALL_INDUSTRIES,), name, columns))
    return _table(months, "industry", parts)


def _spread(gathered: Gathered, name: str) -> dict[str, Array]:
    """Mean over all draws and quantiles over the kept ones, (month, element) each."""
    return {"mean": gathered.mean(name)} | _quantiles(gathered.paths[name])


def _quantiles(paths: Sequence[NDArray[np.float32]]) -> dict[str, Array]:
    joined = np.concatenate(paths, axis=-1)
    return dict(zip(QUANTILES, quantiles(joined, list(QUANTILES.values())), strict=True))


#: Rows that one variable has, its name, and its columns, (month, row) each; a quantile may be missing.
_Part = tuple[tuple[str, ...], str, dict[str, Array]]


def _table(months: tuple[str, ...], axis: str, parts: Sequence[_Part]) -> pd.DataFrame:
    """Variables below one another, each month by month and row by row: one table, made once."""
    sizes = [len(months) * len(rows) for rows, _, _ in parts]
    absent = np.full(max(sizes), np.nan)

    def column(key: str) -> Array:
        values = [
            columns[key].ravel() if key in columns else absent[:size]
            for (_, _, columns), size in zip(parts, sizes, strict=True)
        ]
        return np.concatenate(values)

    return pd.DataFrame(
        {
            "month": np.concatenate([np.repeat(months, len(rows)) for rows, _, _ in parts]),
            axis: np.concatenate([np.tile(rows, len(months)) for rows, _, _ in parts]),
            "variable": np.repeat([name for _, name, _ in parts], sizes),
        }
        | {key: column(key) for key in ("mean", *QUANTILES)}
    )
