"""Relations between the tables of products and the others: makers, buyers, stocks, and the figures each needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from minrisk.data.tables import ALL, ONE_OF_ALL, PRODUCT_QUANTITIES, RawTable, Row

#: Figures that a product may be without, and those that may not be 0.
MAY_LACK = ("imports", "feed")
ABOVE_ZERO = ("made", "price", "utilisation_months", "firm_cover", "firm_cover_cv")

Tables = Mapping[str, RawTable]


def faults_of_products(tables: Tables) -> list[str]:
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
    own = {row.cells["key"]: row.cells["value"] for row in tables["dataset"].rows}.get("importer", "")
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
    if quantity in ABOVE_ZERO and float(cells["low"]) == 0.0:
        yield f"{where} 'low': {quantity} cannot be 0"
    if quantity in ONE_OF_ALL and cells["product"] != ALL:
        yield f"{where} 'product': {quantity} is one figure for every product; write {ALL}"
    if (quantity in MAY_LACK) == (cells["origin"] == own):
        wanted = "an origin abroad" if quantity in MAY_LACK else f"the importer, {own}"
        yield f"{where} 'origin': {quantity} has {wanted}, not {cells['origin']}"


def _missing(tables: Tables) -> Iterator[str]:
    """Figures that a product has neither for itself nor for every product."""
    known = {(row.cells["product"], row.cells["quantity"]) for row in tables["product_figures"].rows}
    for row in tables["products"].rows:
        product = row.cells["product"]
        for quantity in PRODUCT_QUANTITIES:
            if quantity not in MAY_LACK and known.isdisjoint({(product, quantity), (ALL, quantity)}):
                yield f"product_figures.csv column 'quantity': no {quantity} of {product}"


def _rows(tables: Tables, stem: str) -> tuple[Row, ...]:
    return tables[stem].rows if stem in tables else ()
