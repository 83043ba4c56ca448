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
KNOWN_KEYS = (
    *REQUIRED_KEYS,
    "title",
    "demand_total_t_per_year",
    "price_year",
    "price_series",
    "gdp_tn_jpy",
    "jpy_per_usd",
    "minimum_final_demand",
)

#: Entries of ``dataset.csv`` that a dataset with industries needs.
ECONOMY_KEYS = ("gdp_tn_jpy", "jpy_per_usd", "minimum_final_demand")

#: Origin that stands for all origins without a route (or a product prior) of their own.
REST = "OTH"

#: Element or industry entry that stands for every one not named.
ALL = "*"

#: What stands between a use and a loss: months of parts, months of finished goods, months to refill both.
BUFFERS = ("parts", "finished", "refill")

#: Parameters of a closure: whose assumptions a published loss estimate rests on.
CLOSURE_PARAMETERS = ("supply_cut", "binding", "substitution", "stock_months", "buffers", "linked")


@dataclass(frozen=True)
class Column:
    """One column: its name, what its cells are, and whether a cell or the column may be missing.

    Kinds: ``text``, ``number``, ``nonnegative``, ``positive``, ``share`` (0-1), ``flag`` (0 or 1),
    ``count`` (whole, not negative), ``whole_year``, ``years`` (``2024`` or ``2022-2024``), ``code``
    (a name used as a label), and the references ``element``, ``element_or_all``, ``route``, ``use``,
    ``source``, ``grade``, ``use_class``, ``industry``, ``industry_or_all``, ``buffer``, ``closure_parameter``.
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
    "trade": "t gross; kUSD",
    "exports": "t gross; kUSD",
    "reo_factors": "t REO/t gross",
    "composition": "1",
    "china_shares": "1",
    "feed": "1",
    "swap_pools": "t REO/yr",
    "prices": "USD/kg",
    "production": "t REO",
    "deposits": "1",
    "headline_shares": "1",
    "industries": "million USD",
    "input_flows": "million USD",
    "dependence": "1",
    "part_imports": "1",
    "buffers": "month",
}


def _table(
    stem: str,
    columns: str,
    key: str = "",
    required: bool = False,
    ends: tuple[Column, ...] = _PROVENANCE,
) -> Table:
    """Build a table from ``name:kind`` words; ``?`` after the kind allows an empty cell, ``!`` a missing column."""
    parsed = []
    for word in columns.split():
        name, kind = word.split(":")
        parsed.append(Column(name, kind.rstrip("?!"), may_be_empty=kind[-1] == "?", optional=kind[-1] == "!"))
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
        _table(
            "uses",
            "use:code name:text elasticity_class:use_class priority:count! share_spread:nonnegative!",
            "use",
            required=True,
        ),
        _table("use_shares", "element:element use:use share:share joint:flag!", "element use", required=True),
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
        _table(
            "trade",
            "importer:code year:whole_year hs:code origin:code quantity_t:nonnegative? value_kusd:nonnegative?",
            "importer year hs origin",
            ends=_DATED,
        ),
        _table("exports", "country:code year:whole_year hs:code quantity_t:nonnegative? "
               "value_kusd:nonnegative?", "country year hs", ends=_DATED),
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
               "high:number closure:code!"),
        _table("industries", "industry:code name:text output_musd:nonnegative value_added_musd:nonnegative "
               "imports_musd:nonnegative final_demand_musd:number exports_musd:nonnegative", "industry"),
        _table("input_flows", "seller:industry buyer:industry flow_musd:nonnegative", "seller buyer"),
        _table("dependence", f"industry:industry use:use {_SHARES}", "industry use"),
        _table("part_imports", f"industry:industry use:use {_SHARES}", "industry use"),
        _table("buffers", f"buffer:buffer industry:industry_or_all {_RANGE}", "buffer industry"),
        _table("closures", "closure:code parameter:closure_parameter value:nonnegative", "closure parameter"),
        _table("closure_industries", "closure:code industry:industry dependence:share", "closure industry"),
        _table("headline_shares", "measure:text share:share", "measure year source"),
        _table("conflicts", "topic:text won:text text:text", "topic"),
    )
}  # fmt: skip
