"""What a dataset folder must hold: one declaration per table, read by the validator and by the loader."""

from __future__ import annotations

from dataclasses import dataclass

#: Grades of a figure: official or peer reviewed, press or company, estimate or assumption.
GRADES = ("A", "B", "C")

#: Elasticity classes of a use, from least to most ready to give way to price.
USE_CLASSES = ("stiff", "middle", "loose")

#: Entries of ``dataset.csv`` a dataset cannot do without.
REQUIRED_KEYS = ("name", "importer", "focus_origin", "mix_years")

#: Every entry of ``dataset.csv`` that is read.
KNOWN_KEYS = (*REQUIRED_KEYS, "title", "demand_total_t_per_year", "price_year", "price_series")

#: Origin that stands for all origins without a route (or a product prior) of their own.
REST = "OTH"

#: Element entry that stands for every element not named.
ALL = "*"


@dataclass(frozen=True)
class Column:
    """One column: its name, what its cells are, and whether a cell or the column may be missing.

    Kinds: ``text``, ``number``, ``nonnegative``, ``positive``, ``share`` (0-1), ``flag`` (0 or 1),
    ``count`` (whole, not negative), ``whole_year``, ``years`` (``2024`` or ``2022-2024``), ``code``
    (a name used as a label), and the references ``element``, ``element_or_all``, ``route``, ``use``,
    ``source``, ``grade``, ``use_class``.
    """

    name: str
    kind: str
    may_be_empty: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """One table: its columns, the columns that identify a row, whether a dataset needs it, its only unit."""

    stem: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False
    ordered_range: bool = False
    unit: str = ""


NUMERIC = frozenset({"number", "nonnegative", "positive", "share", "flag", "count", "whole_year"})

_PROVENANCE = (
    Column("unit", "text"),
    Column("year", "years"),
    Column("source", "source"),
    Column("grade", "grade"),
    Column("note", "text", may_be_empty=True, optional=True),
)
_DATED = tuple(column for column in _PROVENANCE if column.name != "year")


#: The one unit of each table whose figures are all of a kind.
UNITS = {
    "use_shares": "1",
    "demand": "t REO/yr",
    "imports": "t gross; kUSD",
    "reo_factors": "t REO/t gross",
    "composition": "1",
    "china_shares": "1",
    "feed": "1",
    "swap_pools": "t REO/yr",
    "prices": "USD/kg",
    "production": "t REO",
    "deposits": "1",
    "headline_shares": "1",
}


def _table(
    stem: str,
    columns: str,
    key: str = "",
    required: bool = False,
    ends: tuple[Column, ...] = _PROVENANCE,
) -> Table:
    """Build a table from ``name:kind`` words; ``?`` after the kind allows an empty cell."""
    parsed = []
    for word in columns.split():
        name, kind = word.split(":")
        parsed.append(Column(name, kind.rstrip("?"), may_be_empty=kind.endswith("?")))
    ordered = {"low", "central", "high"} <= {column.name for column in parsed}
    return Table(stem, (*parsed, *ends), tuple(key.split()), required, ordered, UNITS.get(stem, ""))


_SOURCES = Table(
    "SOURCES",
    (
        Column("id", "code"),
        Column("publisher", "text"),
        Column("title", "text"),
        Column("year", "years"),
        Column("licence", "text"),
        Column("grade", "grade"),
        Column("url", "text", may_be_empty=True),
        Column("note", "text", may_be_empty=True, optional=True),
    ),
    key=("id",),
    required=True,
)

_RANGE = "low:nonnegative central:nonnegative high:nonnegative"
_SHARES = "low:share central:share high:share"

#: Every table a dataset folder may hold, by file stem; the required ones are what the sourcing mix needs.
TABLES: dict[str, Table] = {
    table.stem: table
    for table in (
        _SOURCES,
        _table("dataset", "key:text value:text", "key", required=True),
        _table("elements", "element:code name:text group:text", "element", required=True),
        _table(
            "routes",
            "route:code origin:code form:code transit_months:count decline_rank:count",
            "route",
            required=True,
        ),
        _table("uses", "use:code name:text elasticity_class:use_class", "use", required=True),
        _table("use_shares", "element:element use:use share:share", "element use", required=True),
        _table("demand", f"element:element {_RANGE} closes_total:flag", "element", required=True),
        _table(
            "imports",
            "year:whole_year hs:code origin:code quantity_t:nonnegative? value_kusd:nonnegative? in_mix:flag",
            "year hs origin",
            required=True,
            ends=_DATED,
        ),
        _table("reo_factors", f"hs:code form:code {_RANGE} closes_total:flag", "hs", required=True),
        _table(
            "composition",
            "origin:code hs:code element:element share:share concentration:positive",
            "origin hs element",
            required=True,
        ),
        _table("china_shares", f"element:element {_SHARES}", "element"),
        _table("feed", f"route:route element:element_or_all {_SHARES}", "route element"),
        _table("swap_pools", f"element:element {_RANGE}", "element"),
        _table(
            "prices",
            "element:element year:whole_year series:code price:positive",
            "element year series",
            ends=_DATED,
        ),
        _table("production", "year:whole_year country:code production_t:nonnegative edition:code",
               "year country edition", ends=_DATED),
        _table("governance", "year:whole_year country:code pv_estimate:number pv_std_err:nonnegative? "
               "vintage:whole_year", "year country", ends=_DATED),
        _table("deposits", "deposit:code country:code element:element share:share", "deposit element"),
        _table("stocks", "holder:text element:element_or_all low:nonnegative? central:nonnegative? "
               "high:nonnegative?"),
        _table("contracts", "contract:text supplier:text route:route element:text term:text "
               "amount:number?"),
        _table("projects", "project:text element:text t_per_year:number? start:text? route:route "
               "status:text"),
        _table("project_terms", "project:text route:route start:text", "project"),
        _table("project_plans", f"project:text field:text element:element? {_RANGE}", "project field element"),
        _table("seabed_facts", f"quantity:text scope:text? {_RANGE}", "quantity scope source"),
        _table("losses", "author:text country:code scenario:text months:nonnegative? low:number "
               "high:number"),
        _table("headline_shares", "measure:text share:share", "measure year source"),
        _table("conflicts", "topic:text won:text text:text", "topic"),
    )
}  # fmt: skip
