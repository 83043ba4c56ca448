"""Relations between the tables of a dataset, those of products among them: what no single cell can show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import fsum

from minrisk.data.money import ASSUMPTION, prices_of_year
from minrisk.data.tables import (
    ALL,
    BUFFERS,
    ECONOMY_KEYS,
    MAGNET_QUANTITIES,
    ONE_OF_ALL,
    PRODUCT_QUANTITIES,
    REST,
    RESTATED,
    RawTable,
    Row,
    nearest,
)

#: Shares that should sum to 1 may miss it by rounding in the source.
SUM_TOLERANCE = 1e-4

#: Figures that a product may be without, and those that may not be 0.
_MAY_LACK = ("imports", "feed")
_ABOVE_ZERO = ("made", "price", "utilisation_months", "firm_cover", "firm_cover_cv")

Tables = Mapping[str, RawTable]


def across_tables(tables: Tables) -> list[str]:
    """Check relations between tables whose cells are all readable.

    Parameters
    ----------
    tables : mapping of str to RawTable
        Tables without missing columns or unreadable cells.

    Returns
    -------
    list of str
        One message per fault.
    """
    problems: list[str] = []
    for check in _CHECKS:
        problems += check(tables)
    return problems


def settings(tables: Tables) -> dict[str, str]:
    """Entries of ``dataset.csv`` by key."""
    return {row.cells["key"]: row.cells["value"] for row in tables["dataset"].rows}


def mix_years(text: str) -> tuple[int, int] | None:
    """First and last year of ``2024`` or ``2022-2024``; None when it is neither."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", text)
    if match is None:
        return None
    first = int(match[1])
    last = int(match[2] or first)
    return (first, last) if first <= last else None


def _rows(tables: Tables, stem: str) -> tuple[Row, ...]:
    return tables[stem].rows if stem in tables else ()


def _column(tables: Tables, stem: str, name: str) -> list[str]:
    return [row.cells[name] for row in _rows(tables, stem)]


def _sums(tables: Tables) -> list[str]:
    """Shares that must sum to 1 within a group."""
    problems = []
    groups = (("use_shares", ("element",)), ("composition", ("origin", "hs")), ("deposits", ("deposit",)))
    for stem, keys in groups:
        shares: dict[tuple[str, ...], list[float]] = {}
        lines: dict[tuple[str, ...], int] = {}
        for row in _rows(tables, stem):
            key = tuple(row.cells[name] for name in keys)
            shares.setdefault(key, []).append(float(row.cells["share"]))
            lines[key] = row.line
        for key, values in shares.items():
            total = fsum(values)
            if abs(total - 1) > SUM_TOLERANCE:
                label = " ".join(key)
                problems.append(
                    f"{stem}.csv:{lines[key]} column 'share': the shares of {label} sum to {total:.6g}, not 1"
                )
    return problems


def _complete(tables: Tables) -> list[str]:
    """Tables that must speak of every element."""
    problems = []
    for stem in ("use_shares", "demand", *(["ceilings"] if "ceilings" in tables else [])):
        known = set(_column(tables, stem, "element"))
        for element in _column(tables, "elements", "element"):
            if element not in known:
                problems.append(f"{stem}.csv column 'element': no row for {element}")
    return problems


def _ceilings(tables: Tables) -> list[str]:
    """A ceiling in USD/kg is a multiple of a reference price."""
    if "ceilings" in tables and "prices" not in tables:
        return ["ceilings.csv: prices.csv is missing; a ceiling is read as a multiple of the reference price"]
    return []


def _closing(tables: Tables) -> list[str]:
    """At most one row closes a total, and then the total is given."""
    problems = []
    for stem in ("demand", "reo_factors"):
        closing = [row.line for row in tables[stem].rows if float(row.cells["closes_total"]) == 1]
        for line in closing[1:]:
            problems.append(f"{stem}.csv:{line} column 'closes_total': line {closing[0]} already closes the total")
    closes = any(float(text) == 1 for text in _column(tables, "demand", "closes_total"))
    if closes and "demand_total_t_per_year" not in settings(tables):
        problems.append("dataset.csv: key 'demand_total_t_per_year' is missing, but a row of demand.csv closes it")
    return problems


def _products(tables: Tables) -> list[str]:
    """Every import row of the mix needs a factor, a composition and a route."""
    years = mix_years(settings(tables).get("mix_years", ""))
    if years is None:
        return []
    forms = {row.cells["hs"]: row.cells["form"] for row in tables["reo_factors"].rows}
    routes = {(row.cells["origin"], row.cells["form"]) for row in tables["routes"].rows}
    priors = {(row.cells["origin"], row.cells["hs"]) for row in tables["composition"].rows}
    problems = []
    inside = weighed = 0
    for row in tables["imports"].rows:
        cells = row.cells
        if not years[0] <= int(float(cells["year"])) <= years[1] or float(cells["in_mix"]) == 0:
            continue
        inside += 1
        weighed += bool(cells["quantity_t"]) and float(cells["quantity_t"]) > 0
        where = f"imports.csv:{row.line} column"
        if cells["hs"] not in forms:
            problems.append(
                f"{where} 'hs': no row for {cells['hs']} in reo_factors.csv; {nearest(cells['hs'], forms)}"
            )
            continue
        if not _has_home(cells["origin"], cells["hs"], forms[cells["hs"]], routes, priors):
            problems.append(
                f"{where} 'origin': {cells['origin']} {cells['hs']} needs a {forms[cells['hs']]} route and a "
                f"composition of its own, or a route and a composition of {REST}"
            )
    left_out = [row for row in tables["imports"].rows if years[0] <= int(float(row.cells["year"])) <= years[1]]
    if not inside and left_out:
        problems.append(
            f"imports.csv column 'in_mix': 0 in all rows of the mix years {years[0]}-{years[1]}; write 1 where "
            "reo_factors.csv and composition.csv know the code"
        )
    elif not inside:
        problems.append(f"imports.csv column 'year': no row in the mix years {years[0]}-{years[1]}")
    elif not weighed:
        problems.append(f"imports.csv column 'quantity_t': no tonnes in the mix years {years[0]}-{years[1]}")
    return problems


def _has_home(origin: str, hs: str, form: str, routes: set[tuple[str, str]], priors: set[tuple[str, str]]) -> bool:
    """Whether imports of an origin and code find a route and a product prior, their own or the rest's."""
    rest = any(name == REST for name, _ in routes)
    if (origin, hs) in priors and ((origin, form) in routes or rest):
        return True
    return (REST, hs) in priors and rest


def _routes(tables: Tables) -> list[str]:
    """Two routes of one origin and form could not be distinguished; the focus origin feeds itself."""
    problems = []
    first: dict[tuple[str, str], int] = {}
    for row in tables["routes"].rows:
        key = (row.cells["origin"], row.cells["form"])
        if key in first:
            problems.append(
                f"routes.csv:{row.line} column 'form': {key[0]} {key[1]} is already on line {first[key]}"
            )
        first.setdefault(key, row.line)
    focus = settings(tables).get("focus_origin")
    own = {row.cells["route"] for row in tables["routes"].rows if row.cells["origin"] == focus}
    for row in _rows(tables, "feed"):
        if row.cells["route"] in own:
            problems.append(f"feed.csv:{row.line} column 'route': {row.cells['route']} comes from {focus} directly")
    return problems


def _supply(tables: Tables) -> list[str]:
    """Every element in demand must be in some product."""
    supplied = {row.cells["element"] for row in tables["composition"].rows if float(row.cells["share"]) > 0}
    return [
        f"demand.csv:{row.line} column 'element': no product in composition.csv holds {row.cells['element']}"
        for row in tables["demand"].rows
        if float(row.cells["central"]) > 0 and row.cells["element"] not in supplied
    ]


def _prices(tables: Tables) -> list[str]:
    """A dataset with prices names the reference year and prices every element in it."""
    if "prices" not in tables:
        return []
    found = settings(tables)
    problems = [
        f"dataset.csv: key {key!r} is missing, but there is a prices.csv"
        for key in ("price_year", "price_series")
        if key not in found
    ]
    if problems:
        return problems
    year, series = found["price_year"], found["price_series"]
    cells = [row.cells for row in tables["prices"].rows]
    rows = [(row["element"], float(row["year"]), row["series"], float(row["price"])) for row in cells]
    priced = prices_of_year(rows, series, int(year)) if year.isdecimal() else {}
    return [
        f"prices.csv column 'element': no price of {element} in {year}, series {series!r} or {ASSUMPTION!r}"
        for element in _column(tables, "elements", "element")
        if element not in priced and element != ALL
    ]


def _economy(tables: Tables) -> list[str]:
    """A dataset with industries can say what they need, hold and are worth."""
    if "industries" not in tables:
        return []
    found = settings(tables)
    problems = [
        f"dataset.csv: key {key!r} is missing, but there is an industries.csv"
        for key in ECONOMY_KEYS
        if key not in found
    ]
    problems += [
        f"{stem}.csv: missing, but there is an industries.csv"
        for stem in ("input_flows", "dependence", "buffers")
        if stem not in tables
    ]
    known = {(row.cells["buffer"], row.cells["industry"]) for row in _rows(tables, "buffers")}
    for industry in dict.fromkeys(_column(tables, "dependence", "industry")):
        for buffer in BUFFERS if known else ():
            if (buffer, industry) not in known and (buffer, ALL) not in known:
                problems.append(f"buffers.csv column 'industry': no row of {buffer} for {industry} nor for {ALL}")
    return problems


def _trade(tables: Tables) -> list[str]:
    """The dataset's own importer has one table of imports, not two."""
    own = settings(tables).get("importer")
    lines = [row.line for row in _rows(tables, "trade") if row.cells["importer"] == own]
    where = "is the dataset's own importer; its rows belong in imports.csv"
    return [f"trade.csv:{lines[0]} column 'importer': {own} {where}"] if lines else []


def _restated(tables: Tables) -> list[str]:
    """A restatement changes something; a dataset may hold another figure than the new one."""
    problems = []
    for row in _rows(tables, "restatements"):
        cells, where = row.cells, f"restatements.csv:{row.line} column"
        if cells["kind"] == "outlier" and not cells["new"]:
            continue
        if not cells["new"]:
            problems.append(f"{where} 'new': empty, but only an outlier has no later figure")
        elif float(cells["new"]) == float(cells["old"]):
            problems.append(f"{where} 'new': {cells['new']} is also the old figure")
        elif cells["table"] and cells["table"] not in RESTATED:
            problems.append(
                f"{where} 'table': {cells['table']!r} is not checked; {nearest(cells['table'], RESTATED)}"
            )
    return problems


def _magnets(tables: Tables) -> list[str]:
    """Each quantity of a magnet has its own unit; a share does not exceed 1."""
    problems = []
    for row in _rows(tables, "magnets"):
        quantity, unit = row.cells["quantity"], row.cells["unit"]
        where = f"magnets.csv:{row.line} column"
        if unit != MAGNET_QUANTITIES[quantity]:
            problems.append(f"{where} 'unit': {unit!r} is not that of {quantity}: {MAGNET_QUANTITIES[quantity]!r}")
        elif unit == "1" and quantity != "price_ratio" and float(row.cells["high"]) > 1.0:
            problems.append(f"{where} 'high': {row.cells['high']} is above 1")
    return problems


def _applications(tables: Tables) -> list[str]:
    """What a use makes adds up, what it puts at stake is that of dependence.csv, and ranges do not decrease."""
    if "applications" not in tables:
        return []
    problems = []
    outputs: dict[str, list[float]] = {}
    values: dict[tuple[str, str], list[float]] = {}
    for row in tables["applications"].rows:
        cells, where = row.cells, f"applications.csv:{row.line} column"
        for name in ("output", "value"):
            low, central, high = (float(cells[f"{name}_{end}"]) for end in ("low", "central", "high"))
            if not low <= central <= high:
                problems.append(f"{where} '{name}_central': {low:g}, {central:g}, {high:g} decrease")
        outputs.setdefault(cells["use"], []).append(float(cells["output_central"]))
        values.setdefault((cells["industry"], cells["use"]), []).append(float(cells["value_central"]))
    for use, shares in outputs.items():
        total = fsum(shares)
        if abs(total - 1.0) > SUM_TOLERANCE:
            problems.append(f"applications.csv column 'output_central': those of {use} sum to {total:.6g}, not 1")
    return problems + list(_at_stake(tables, values))


def _at_stake(tables: Tables, values: dict[tuple[str, str], list[float]]) -> Iterator[str]:
    """Each need is put at stake by its applications, and by nothing else."""
    for row in _rows(tables, "dependence"):
        industry, use = row.cells["industry"], row.cells["use"]
        total, wanted = fsum(values.pop((industry, use), [])), float(row.cells["central"])
        if abs(total - wanted) > SUM_TOLERANCE:
            yield (
                f"dependence.csv:{row.line} column 'central': {wanted:g} of {industry} needs {use}, "
                f"its applications in applications.csv sum to {total:.6g}"
            )
    for industry, use in values:
        yield f"applications.csv: {industry} has no row for {use} in dependence.csv"


def _weights(tables: Tables) -> list[str]:
    """Weights of the elements of a use are given for all of them or for none, and sum to 1."""
    given: dict[str, list[str]] = {}
    for row in _rows(tables, "use_shares"):
        given.setdefault(row.cells["use"], []).append(row.cells.get("weight") or "")
    problems = []
    for use, weights in given.items():
        if not any(weights):
            continue
        if not all(weights):
            problems.append(f"use_shares.csv column 'weight': {use} has a weight for some of its elements only")
        elif abs(fsum(float(weight) for weight in weights) - 1.0) > SUM_TOLERANCE:
            total = fsum(float(weight) for weight in weights)
            problems.append(f"use_shares.csv column 'weight': the weights of {use} sum to {total:.6g}, not 1")
    return problems


def _made_and_bought(tables: Tables) -> list[str]:
    """Check that every product has makers who need an element, and its figures, and that no stock counts twice.

    Parameters
    ----------
    tables : mapping of str to RawTable
        Tables whose cells are all readable.

    Returns
    -------
    list of str
        One message per fault.
    """
    if "products" not in tables:
        return ["product_figures.csv: of no use without a products.csv"] if "product_figures" in tables else []
    if "product_figures" not in tables:
        return ["product_figures.csv: missing, but there is a products.csv"]
    own = settings(tables).get("importer", "")
    cells = [fault for row in tables["product_figures"].rows for fault in _of_figure(row, own)]
    return [*_of_makers(tables), *_of_stocks(tables), *cells, *_missing(tables)]


def _of_makers(tables: Tables) -> Iterator[str]:
    """A use makes one product at most, and nothing of it without some element."""
    joint = {row.cells["use"] for row in tables["use_shares"].rows if float(row.cells.get("joint") or 0.0) > 0.0}
    makes: dict[str, str] = {}
    for row in tables["products"].rows:
        use, where = row.cells["use"], f"products.csv:{row.line} column 'use':"
        if use in makes:
            yield f"{where} {use} makes {makes[use]} already"
        elif use not in joint:
            yield f"{where} {use} needs no element without which it makes nothing (joint in use_shares.csv)"
        makes[use] = row.cells["product"]


def _of_stocks(tables: Tables) -> Iterator[str]:
    """What an industry holds of a product is in the product's own market."""
    makers = {row.cells["use"] for row in tables["products"].rows}
    buyers = {row.cells["industry"] for row in _rows(tables, "dependence") if row.cells["use"] in makers}
    for row in _rows(tables, "buffers"):
        industry = row.cells["industry"]
        if row.cells["buffer"] == "parts" and industry in buyers:
            where = f"buffers.csv:{row.line} column 'industry':"
            yield f"{where} {industry} buys a product; its stock of that is the cover in product_figures.csv"


def _of_figure(row: Row, own: str) -> Iterator[str]:
    """Unit, bounds and origin of one figure."""
    cells, where = row.cells, f"product_figures.csv:{row.line} column"
    quantity, unit = cells["quantity"], PRODUCT_QUANTITIES[cells["quantity"]]
    if cells["unit"] != unit:
        yield f"{where} 'unit': {cells['unit']!r} is not that of {quantity}: {unit!r}"
    if quantity in ("feed", "thrift_max") and float(cells["high"]) > 1.0:
        yield f"{where} 'high': {cells['high']} is above 1"
    if quantity == "ceiling" and float(cells["low"]) <= 1.0:
        yield f"{where} 'low': {cells['low']} is not above the baseline price, 1"
    if quantity in _ABOVE_ZERO and float(cells["low"]) == 0.0:
        yield f"{where} 'low': {quantity} cannot be 0"
    if quantity in ONE_OF_ALL and cells["product"] != ALL:
        yield f"{where} 'product': {quantity} is one figure for every product; write {ALL}"
    if (quantity in _MAY_LACK) == (cells["origin"] == own):
        wanted = "an origin abroad" if quantity in _MAY_LACK else f"the importer, {own}"
        yield f"{where} 'origin': {quantity} has {wanted}, not {cells['origin']}"


def _missing(tables: Tables) -> Iterator[str]:
    """Figures that a product has neither for itself nor for every product."""
    known = {(row.cells["product"], row.cells["quantity"]) for row in tables["product_figures"].rows}
    for row in tables["products"].rows:
        product = row.cells["product"]
        for quantity in PRODUCT_QUANTITIES:
            if quantity not in _MAY_LACK and known.isdisjoint({(product, quantity), (ALL, quantity)}):
                yield f"product_figures.csv column 'quantity': no {quantity} of {product}"


_CHECKS = (
    _sums,
    _complete,
    _ceilings,
    _closing,
    _products,
    _routes,
    _supply,
    _prices,
    _economy,
    _trade,
    _restated,
    _magnets,
    _made_and_bought,
    _applications,
    _weights,
)
