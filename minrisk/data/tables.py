"""What a dataset folder may hold, one declaration a table; a table as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

#: Grades of a figure: official or peer reviewed, press or company, estimate or assumption.
GRADES = ("A", "B", "C")

#: Elasticity classes of an end use, from least to most ready to give way to price.
USE_CLASSES = ("stiff", "middle", "loose", "fixed")

#: Entries of ``dataset.csv`` a dataset cannot do without.
REQUIRED_KEYS = ("name", "importer", "focus_origin", "mix_years")

#: Every entry of ``dataset.csv`` that is read.
KNOWN_KEYS = (
    *REQUIRED_KEYS,
    "title",
    "subject",
    "headline_elements",
    "as_of",
    "mix_since",
    "demand_total_t_per_year",
    "price_year",
    "price_series",
    "gdp_tn_jpy",
    "jpy_per_usd",
    "minimum_final_demand",
)

#: What the elements of a dataset are, in ``dataset.csv`` (``subject``; the first if left out), and what a tonne of
#: content is called: of rare earths oxide is counted, of other minerals the element itself.
SUBJECTS = {"rare_earths": "t REO", "minerals": "t"}

#: Entries of ``dataset.csv`` that a dataset with industries needs.
ECONOMY_KEYS = ("gdp_tn_jpy", "jpy_per_usd", "minimum_final_demand")

#: Origin that stands for all origins without a route (or a product prior) of their own.
REST = "OTH"

#: Element or industry entry that stands for every one not named.
ALL = "*"

#: What stands between an end use and a loss: months of parts, months of finished goods, months to refill both.
BUFFERS = ("parts", "finished", "refill")

#: How far a project is, from the surest.
PROJECT_STATUS = ("operating", "starting", "building", "financing", "study")

#: Parameters of a closure: whose assumptions a published loss estimate rests on.
CLOSURE_PARAMETERS = ("supply_cut", "binding", "substitution", "stock_months", "buffers", "linked")


#: Why two editions of a source differ, or why a figure is to be read with care; see ``restatements.csv``.
RESTATEMENTS = ("estimate", "restated", "rounded", "definition", "break", "outlier")

#: Tables whose restated figures are checked: the column that names the item, and the one that holds the figure.
RESTATED = {
    "prices": ("element", "price"),
    "production": ("country", "production_t"),
    "governance": ("country", "pv_estimate"),
}


#: Products of ``magnets.csv``: two grades of NdFeB, both where no source tells them apart, SmCo, any of them.
MAGNETS = ("ndfeb_heat_resistant", "ndfeb_standard", "ndfeb", "smco", "all")

#: What ``magnets.csv`` may say of a product, with its unit.
MAGNET_QUANTITIES = {
    "made": "t/yr",
    "imports": "t/yr",
    "exports": "t/yr",
    "plants_abroad": "t/yr",
    "focus_output": "t/yr",
    "focus_exports": "t/yr",
    "price": "USD/kg",
    "price_ratio": "1",
    "heat_resistant_share": "1",
    "focus_share": "1",
    "destination_share": "1",
    "feed": "1",
}

#: What ``product_figures.csv`` may say of a product, with its unit.
PRODUCT_QUANTITIES = {
    "made": "t/yr",
    "imports": "t/yr",
    "feed": "1",
    "price": "USD/kg",
    "cover": "month",
    "ceiling": "1",
    "utilisation_max": "1",
    "utilisation_months": "month",
    "thrift_max": "1",
    "firms": "1",
    "firm_cover": "month",
    "firm_cover_cv": "1",
}

#: Those of which there is one figure for all products.
ONE_OF_ALL = ("utilisation_max", "utilisation_months", "thrift_max", "firms", "firm_cover", "firm_cover_cv")

#: How well a substitute does, from best (Graedel et al. 2015).
PERFORMANCE = ("exemplary", "good", "adequate", "poor", "none")

#: What was read of a published estimate, the most first.
READINGS = ("report", "press", "summary", "abstract")


@dataclass(frozen=True)
class Column:
    """One column: its name, what its cells are, and whether a cell or the column may be missing.

    Kinds: ``text``, ``number``, ``estimate`` (of governance, -3.5 to 3.5), ``nonnegative``, ``positive``,
    ``share`` (0-1), ``flag`` (0 or 1),
    ``count`` (whole, not negative), ``whole_year``, ``years`` (``2024`` or ``2022-2024``), ``code``
    (a name used as a label), and the references ``element``, ``element_or_all``,
    ``element_or_product``, ``route``, ``use``, ``source``, ``grade``, ``use_class``, ``industry``,
    ``industry_or_all``, ``buffer``, ``closure_parameter``,
    ``project_status``, ``restatement``, ``magnet``, ``magnet_quantity``, ``performance``, ``reading``,
    ``product_or_all``, ``product_quantity``.
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


def unit_of(table: Table, subject: str) -> str:
    """The only unit of a table in a dataset of one of `SUBJECTS`; empty where there is none, or no such subject."""
    return table.unit.replace("t REO", SUBJECTS[subject]) if subject in SUBJECTS else ""


NUMERIC = frozenset({"number", "estimate", "nonnegative", "positive", "share", "flag", "count", "whole_year"})

_PROVENANCE = (
    Column("unit", "text"),
    Column("year", "years"),
    Column("source", "source"),
    Column("grade", "grade"),
    Column("note", "text", may_be_empty=True, optional=True),
    Column("place", "text", may_be_empty=True, optional=True),
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
    "focus_exports": "t REO/yr; 1",
    "other_codes": "t REO/yr",
    "value_premiums": "1",
    "swap_pools": "t REO/yr",
    "destination_shares": "1",
    "prices": "USD/kg",
    "production": "t REO",
    "deposits": "1",
    "headline_shares": "1",
    "industries": "million USD",
    "input_flows": "million USD",
    "dependence": "1",
    "ceilings": "USD/kg",
    "applications": "1",
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
        parsed.append(Column(name, kind.rstrip("?!"), may_be_empty="?" in kind, optional="!" in kind))
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
        Column("place", "text", may_be_empty=True, optional=True),
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
            "use:code name:text elasticity_class:use_class priority:count! share_spread:nonnegative! group:code!",
            "use",
            required=True,
        ),
        _table(
            "use_shares",
            "element:element use:use share:share joint:flag! weight:share?!",
            "element use",
            required=True,
        ),
        _table("demand", f"element:element {_RANGE} closes_total:flag", "element", required=True),
        _table(
            "imports",
            "year:whole_year hs:code origin:code quantity_t:nonnegative? value_kusd:nonnegative? in_mix:flag",
            "year hs origin",
            required=True,
            ends=_DATED,
        ),
        _table(
            "reo_factors",
            f"origin:text! hs:code form:code {_RANGE} closes_total:flag",
            "origin hs",
            required=True,
        ),
        _table(
            "composition",
            "origin:code hs:code element:element share:share concentration:positive",
            "origin hs element",
            required=True,
        ),
        _table("china_shares", f"element:element {_SHARES}", "element"),
        _table(
            "focus_exports",
            f"element:element {_RANGE} share_low:share share_central:share share_high:share",
            "element",
        ),
        _table(
            "other_codes", "route:route hs:code element:element low:nonnegative high:nonnegative", "route element"
        ),
        _table(
            "value_premiums",
            "origin:text hs:code element:element_or_all low:number central:number high:number fitted:flag",
            "origin hs element",
        ),
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
        _table("destination_shares", f"element:element_or_product {_SHARES}", "element"),
        _table(
            "prices",
            "element:element year:whole_year series:code price:positive",
            "element year series",
            ends=_DATED,
        ),
        _table("price_companions", "element:element companion:element", "element"),
        _table("production", "year:whole_year country:code production_t:nonnegative edition:code",
               "year country edition", ends=_DATED),
        _table("governance", "year:whole_year country:code pv_estimate:estimate pv_std_err:nonnegative? "
               "vintage:whole_year", "year country", ends=_DATED),
        _table("restatements", "what:text kind:restatement table:text? item:text? year:whole_year old:number "
               "old_edition:text new:number? new_edition:text?", "what year", ends=_DATED),
        _table("deposits", "deposit:code country:code element:element share:share", "deposit element"),
        _table("stocks", "holder:text element:element_or_all low:nonnegative? central:nonnegative? "
               "high:nonnegative?"),
        _table("contracts", "contract:text supplier:text route:route element:text term:text "
               "amount:number?"),
        _table("project_terms", "project:text route:route start:text status:project_status firm:flag "
               "floor_dependent:flag in_base_mix:text?", "project"),
        _table("project_plans", f"project:text field:text element:element? {_RANGE}", "project field element"),
        _table("seabed_facts", f"quantity:text scope:text? {_RANGE}", "quantity scope source"),
        _table("losses", "author:text country:code scenario:text months:nonnegative? low:number "
               "high:number closure:code! read:reading!"),
        _table("industries", "industry:code name:text output_musd:nonnegative value_added_musd:nonnegative "
               "imports_musd:nonnegative final_demand_musd:number exports_musd:nonnegative", "industry"),
        _table("input_flows", "seller:industry buyer:industry flow_musd:nonnegative", "seller buyer"),
        _table("dependence", f"industry:industry use:use {_SHARES}", "industry use"),
        _table("buffers", f"buffer:buffer industry:industry_or_all {_RANGE}", "buffer industry"),
        _table("closures", "closure:code parameter:closure_parameter value:nonnegative", "closure parameter"),
        _table("closure_industries", "closure:code industry:industry dependence:share", "closure industry"),
        _table("ceilings", "element:element quoted:positive quoted_at:text low:positive central:positive "
               "high:positive", "element"),
        _table("magnets", f"product:magnet quantity:magnet_quantity origin:code {_RANGE}",
               "product quantity origin year source"),
        _table("products", "product:code name:text use:use elasticity_class:use_class", "product"),
        _table("product_figures", f"product:product_or_all quantity:product_quantity origin:code {_RANGE}",
               "product quantity origin"),
        _table("applications", "application:code name:text use:use industry:industry "
               "output_low:share output_central:share output_high:share value_low:share value_central:share "
               "value_high:share substitute:text? performance:performance", "application"),
        _table("headline_shares", "measure:text share:share", "measure year source"),
        _table("conflicts", "topic:text won:text text:text", "topic"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One row: the line it ends on in its file, and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class RawTable:
    """A table as text."""

    stem: str
    header: tuple[str, ...]
    header_line: int
    rows: tuple[Row, ...]


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Say the nearest valid word, or list the first valid ones when nothing is near.

    Parameters
    ----------
    word : str
        What was written.
    allowed : iterable of str
        What may be written.

    Returns
    -------
    str
        The end of an error message.
    """
    words = list(allowed)
    lowered = {entry.lower(): entry for entry in reversed(words)}
    found = get_close_matches(word.lower(), lowered, n=1, cutoff=0.5)
    if found:
        return f"did you mean {lowered[found[0]]!r}?"
    shown = ", ".join(repr(entry) for entry in words[:16])
    return f"allowed: {shown}{', ...' if len(words) > 16 else ''}"


def datapackage(
    name: str, texts: Mapping[str, str], title: str = "", sources: Iterable[Mapping[str, str]] = ()
) -> str:
    """Describe tables as a Frictionless data package: columns with types, keys, sources; JSON text.

    Parameters
    ----------
    name : str
        Of the package.
    texts : mapping of str to str
        Tables of `minrisk.data.tables.TABLES` as they are written, with their headers.
    title : str
        Of the dataset; left out if empty.
    sources : iterable of mapping
        Rows of ``SOURCES.csv``.
    """
    resources = []
    for stem, text in texts.items():
        table = TABLES[stem]
        lines = text.splitlines()
        place = next(number for number, line in enumerate(lines, 1) if not line.startswith("#"))
        header = lines[place - 1].split(",")
        known = {column.name: column for column in table.columns}
        fields = [
            {
                "name": column,
                "type": "number" if column in known and known[column].kind in NUMERIC else "string",
                "constraints": {"required": column in known and not known[column].may_be_empty},
            }
            for column in header
        ]
        schema = {"fields": fields, "primaryKey": [key for key in table.key if key in header]}
        dialect = {"commentChar": "#", "headerRows": [place], "csv": {"delimiter": ","}}
        resources.append({"name": stem.lower(), "path": f"{stem}.csv", "profile": "tabular-data-resource",
                          "dialect": dialect, "schema": schema})  # fmt: skip
    package: dict[str, object] = {"profile": "tabular-data-package", "name": name.lower()}
    if title:
        package["title"] = title
    named = [
        {"title": f"{row['publisher']}: {row['title']}"} | ({"path": row["url"]} if row["url"] else {})
        for row in sources
    ]
    if named:
        package["sources"] = named
    return json.dumps(package | {"resources": resources}, indent=1, ensure_ascii=False) + "\n"
