"""A dataset: the tables that describe one importer, loaded, checked and labelled."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd

from minrisk.axes import Array, Flags, Labels, ProductLabels, Route
from minrisk.data.csv_folder import parse_tables, read_folder
from minrisk.data.tables import NUMERIC, SUBJECTS, TABLES, RawTable, nearest
from minrisk.data.validate import find_problems

#: Folder of the packaged dataset that is taken where none is named.
PACKAGED = Path(__file__).parent / "japan"

#: Note of the rows of a new dataset that stand until figures take their place.
EXAMPLE_NOTE = "an example row: replace it"

#: Datasets read from files, by folder and fingerprint, and those that came from another process; the latest last.
_READ: OrderedDict[tuple[str, str], Dataset] = OrderedDict()
_RECEIVED: OrderedDict[str, Dataset] = OrderedDict()
_KEPT = 4


class DatasetError(ValueError):
    """A dataset that cannot be used.

    Attributes
    ----------
    problems : list of str
        Every error: file, line, column, what is wrong, what is allowed.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, eq=False)
class Dataset:
    """The checked tables of one importer.

    Attributes
    ----------
    name : str
        Short name from ``dataset.csv``.
    folder : Path
        Where the tables were read.
    fingerprint : str
        SHA-256 of the tables' names and bytes in name order.
    labels : Labels
        Elements, routes and uses in axis order.
    focus_origin : str
        The origin whose share is reported.
    settings : mapping of str to str
        Entries of ``dataset.csv``.
    tables : mapping of str to DataFrame
        Every table by stem; numbers are float64 and NaN where a cell may be empty, all else text.
    """

    name: str
    folder: Path
    fingerprint: str
    labels: Labels
    focus_origin: str
    settings: Mapping[str, str]
    tables: Mapping[str, pd.DataFrame]

    def __reduce__(self) -> tuple[Any, ...]:
        """A worker that is sent the same dataset with every block gets one object, and derives from it once."""
        return _received, (self._token, {field.name: getattr(self, field.name) for field in fields(self)})

    @cached_property
    def _token(self) -> str:
        # Not the fingerprint: a dataset with a table put in place of another keeps that.
        return uuid4().hex

    def table(self, name: str) -> pd.DataFrame:
        """One table by its stem.

        Parameters
        ----------
        name : str
            ``demand`` for ``demand.csv``.

        Returns
        -------
        DataFrame
            The table itself, not a copy.

        Raises
        ------
        DatasetError
            If the dataset has no such table.
        """
        if name not in self.tables:
            raise DatasetError([f"dataset {self.name}: no table {name!r}; {nearest(name, self.tables)}"])
        return self.tables[name]

    def symbol(self, word: str) -> str | None:
        """Symbol of an element by its symbol or its English name, whatever the case; None where there is none."""
        elements = self.table("elements")
        names = elements["name"] if "name" in elements else elements["element"]
        known = dict(zip((str(name).casefold() for name in names), self.labels.elements, strict=True))
        known |= {symbol.casefold(): symbol for symbol in self.labels.elements}
        return known.get(word.strip().casefold())

    def element(self, word: str) -> str:
        """Symbol of an element by its symbol or its English name.

        Parameters
        ----------
        word : str
            ``Dy``, ``dy`` or ``dysprosium``.

        Returns
        -------
        str

        Raises
        ------
        ValueError
            If the dataset has no such element; names the nearest one.
        """
        found = self.symbol(word)
        if found is None:
            known = self.labels.elements
            raise ValueError(f"no element {word!r} in the dataset; {nearest(word, known)}")
        return found

    @cached_property
    def use_shares(self) -> Array:
        """Share of each element's demand by end use, shape (element, use) [1]; rows sum to 1."""
        shares = np.zeros((len(self.labels.elements), len(self.labels.uses)))
        frame = self.table("use_shares")
        for element, use, share in zip(frame["element"], frame["use"], frame["share"], strict=True):
            shares[self.labels.elements.index(element), self.labels.uses.index(use)] = share
        normalised: Array = shares / shares.sum(axis=1, keepdims=True)
        return normalised

    @property
    def subject(self) -> str:
        """What the elements are: a key of `minrisk.data.tables.SUBJECTS`."""
        return self.settings.get("subject", next(iter(SUBJECTS)))

    @property
    def tonne(self) -> str:
        """Unit of content: ``t REO``, or ``t`` of the element itself."""
        return SUBJECTS[self.subject]

    @property
    def headline(self) -> tuple[str, ...]:
        """Elements named first where there is no room for all: ``headline_elements``, else the first four."""
        named = tuple(self.settings.get("headline_elements", "").split())
        return named or self.labels.elements[:4]

    @property
    def use_class(self) -> tuple[str, ...]:
        """Elasticity class of each end use: ``stiff``, ``middle``, ``loose`` or ``fixed``."""
        return tuple(str(word) for word in self.table("uses")["elasticity_class"])

    @property
    def use_priority(self) -> tuple[int, ...]:
        """Rank of each end use when rationing replaces the price: lowest served first, all alike by default."""
        frame = self.table("uses")
        ranks = frame["priority"] if "priority" in frame else [1.0] * len(frame)
        return tuple(int(rank) for rank in ranks)

    @cached_property
    def joint_needs(self) -> Flags:
        """Where an end use makes nothing without an element, shape (element, use)."""
        labels, frame = self.labels, self.table("use_shares")
        joint = np.zeros((len(labels.elements), len(labels.uses)), dtype=bool)
        if "joint" in frame:
            for element, use, flag in zip(frame["element"], frame["use"], frame["joint"], strict=True):
                joint[labels.elements.index(element), labels.uses.index(use)] = flag > 0.0
        return joint

    @cached_property
    def use_weights(self) -> Array:
        """Share of an end use's output that an element's function is, NaN for none given, (element, use) [1]."""
        labels, frame = self.labels, self.table("use_shares")
        weights = np.full((len(labels.elements), len(labels.uses)), np.nan)
        if "weight" in frame:
            for element, use, weight in zip(frame["element"], frame["use"], frame["weight"], strict=True):
                weights[labels.elements.index(element), labels.uses.index(use)] = weight
        return weights

    @cached_property
    def swap_pool(self) -> Array:
        """What others could give up, shape (element, 3) [t REO/yr]: low, mode, high; 0 where unknown."""
        pool = np.zeros((len(self.labels.elements), 3))
        if "swap_pools" in self.tables:
            for row in self.table("swap_pools").to_dict("records"):
                place = self.labels.elements.index(str(row["element"]))
                pool[place] = [row["low"], row["central"], row["high"]]
        return pool


def packaged_folder(name: str) -> Path | None:
    """Folder of a packaged dataset, such as ``japan``; None if there is none of that name."""
    folder = PACKAGED.parent / name
    return folder if name.isidentifier() and (folder / "dataset.csv").is_file() else None


def load_dataset(path: str | Path | None = None) -> Dataset:
    """Load and check a dataset.

    The folder holds one CSV file per table. Needed: ``SOURCES``, ``dataset``, ``elements``, ``routes``,
    ``uses``, ``use_shares``, ``demand``, ``imports``, ``reo_factors``, ``composition``. Without
    ``china_shares`` the mix has no such margin; without ``feed`` no route carries the focus origin's
    material; without ``swap_pools`` nobody gives anything up; without ``prices`` prices are indices.

    Files that did not change give the object they gave before, so that what is derived from a dataset is derived
    once. Its tables are therefore not to be changed in place: ``dataclasses.replace`` makes another dataset.

    Parameters
    ----------
    path : str or Path, optional
        Folder of the tables, or the name of a packaged one where no such folder is; ``japan`` if left out.

    Raises
    ------
    DatasetError
        With every error in every table.
    """
    folder = PACKAGED if path is None else Path(path)
    if not folder.is_dir():
        folder = packaged_folder(str(path)) or folder
    if not folder.is_dir():
        raise DatasetError([f"{folder}: no such dataset folder"])
    problems: list[str] = []
    contents = read_folder(folder, problems)
    key = str(folder), _fingerprint(contents)
    if not problems and key in _READ:
        _READ.move_to_end(key)
        return _READ[key]
    raw = parse_tables(contents, problems)
    unreadable = set(contents) - set(raw)  # reported already: not missing as well
    problems += [problem for problem in find_problems(raw) if problem.split(".csv")[0] not in unreadable]
    if problems:
        raise DatasetError(problems)
    tables = {stem: _frame(table) for stem, table in raw.items()}
    settings = dict(zip(tables["dataset"]["key"], tables["dataset"]["value"], strict=True))
    _READ[key] = Dataset(
        name=settings["name"],
        folder=folder,
        fingerprint=key[1],
        labels=_labels(tables),
        focus_origin=settings["focus_origin"],
        settings=settings,
        tables=tables,
    )
    while len(_READ) > _KEPT:
        _READ.popitem(last=False)
    return _READ[key]


def _fingerprint(contents: Mapping[str, bytes]) -> str:
    digest = sha256()
    for stem in sorted(contents):
        digest.update(f"{stem} {len(contents[stem])}\n".encode())
        digest.update(contents[stem])
    return digest.hexdigest()


def _labels(tables: Mapping[str, pd.DataFrame]) -> Labels:
    routes = tuple(
        Route(
            str(row["route"]),
            str(row["origin"]),
            str(row["form"]),
            int(row["transit_months"]),
            int(row["decline_rank"]),
        )
        for row in tables["routes"].to_dict("records")
    )
    products = _product_labels(tables, routes) if "products" in tables else None
    return Labels(tuple(tables["elements"]["element"]), routes, tuple(tables["uses"]["use"]), products)


def _product_labels(tables: Mapping[str, pd.DataFrame], routes: tuple[Route, ...]) -> ProductLabels:
    """Products, what they hold, and a route for home makers and each origin of imports.

    An import takes as long as the elements of its origin do, a month where none come from there; the focus origin's
    is the first that nobody takes, home makers' the last.
    """
    settings = dict(zip(tables["dataset"]["key"], tables["dataset"]["value"], strict=True))
    frame, figures, shares = tables["products"], tables["product_figures"], tables["use_shares"]
    sailing: dict[str, int] = {}
    for route in routes:
        sailing[route.origin] = min(route.transit_months, sailing.get(route.origin, route.transit_months))
    origins = dict.fromkeys(figures.loc[figures["quantity"] == "imports", "origin"])
    own = [Route(f"{settings['importer']}_product", settings["importer"], "product", 0, 3)]
    for origin in map(str, origins):
        rank = 1 if origin == settings["focus_origin"] else 2
        own.append(Route(f"{origin}_product", origin, "product", sailing.get(origin, 1), rank))
    joint = shares[shares["joint"] > 0.0] if "joint" in shares else shares[:0]
    holds = tuple(tuple(joint.loc[joint["use"] == use, "element"]) for use in frame["use"])
    return ProductLabels(tuple(frame["product"]), tuple(frame["use"]), tuple(own), holds)


def _frame(raw: RawTable) -> pd.DataFrame:
    """Text table to typed columns."""
    kinds = {column.name: column.kind for column in TABLES[raw.stem].columns}
    columns: dict[str, pd.Series] = {}
    for name in raw.header:
        cells = [row.cells[name] for row in raw.rows]
        if kinds.get(name) in NUMERIC:
            columns[name] = pd.Series([float(cell) if cell else np.nan for cell in cells], dtype=np.float64)
        else:
            columns[name] = pd.Series(cells, dtype=object)
    return pd.DataFrame(columns)


def _received(token: str, state: dict[str, Any]) -> Dataset:
    """The dataset of a token: the one received before, or a new one."""
    if token not in _RECEIVED:
        _RECEIVED[token] = Dataset(**state)
        _RECEIVED[token].__dict__["_token"] = token
    _RECEIVED.move_to_end(token)
    while len(_RECEIVED) > _KEPT:
        _RECEIVED.popitem(last=False)
    return _RECEIVED[token]


# Supply to come: packaged projects outside China, as the fields that an event of a scenario would hold.


@cache
def _projects() -> dict[str, dict[str, Any]]:
    dataset = load_dataset()
    found: dict[str, dict[str, Any]] = {}
    for row in dataset.table("project_terms").to_dict("records"):
        terms = found[str(row["project"])] = {"route": row["route"], "start": row["start"]}
        if row["firm"] == 1:
            terms["committed"] = True
        if row["in_base_mix"]:
            terms["already_in_mix"] = str(row["in_base_mix"]).split()
    for row in dataset.table("project_plans").to_dict("records"):
        low, middle, high = float(row["low"]), float(row["central"]), float(row["high"])
        number = middle if low == high else {"triangular": [low, middle, high]}
        fields = found[str(row["project"])]
        if row["element"]:
            fields.setdefault(row["field"], {})[row["element"]] = number
        else:
            fields[row["field"]] = number
    return found


def packaged_names() -> tuple[str, ...]:
    """Names of the packaged projects."""
    return tuple(_projects())


def packaged_project(name: str) -> dict[str, Any]:
    """Fields of one packaged project, in the form in which a scenario file writes them.

    Parameters
    ----------
    name : str
        One of `packaged_names`.

    Returns
    -------
    dict
        ``route``, ``start``, ``t_per_year``, distributions of slip, chance and ramp-up; ``committed`` where it is
        bought whatever the price, ``already_in_mix`` where the base year holds part of it.
    """
    return dict(_projects()[name])
