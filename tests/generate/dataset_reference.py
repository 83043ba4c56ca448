"""The dataset reference: every table and column, written from the declaration the validator reads."""

from __future__ import annotations

from minrisk.data.tables import (
    ALL,
    BUFFERS,
    CLOSURE_PARAMETERS,
    GRADES,
    KNOWN_KEYS,
    MAGNET_QUANTITIES,
    MAGNETS,
    PERFORMANCE,
    PRODUCT_QUANTITIES,
    PROJECT_STATUS,
    READINGS,
    REQUIRED_KEYS,
    REST,
    RESTATED,
    RESTATEMENTS,
    TABLES,
    USE_CLASSES,
    Column,
    Table,
)
from tests import ROOT

_KINDS = {
    "text": "text",
    "number": "number",
    "nonnegative": "number, at least 0",
    "positive": "number above 0",
    "share": "0 to 1",
    "flag": "0 or 1",
    "count": "whole number from 0",
    "estimate": "number, -3.5 to 3.5",
    "whole_year": "year",
    "years": "2024 or 2022-2024",
    "code": "label: letters, digits, _ . -",
    "element": "element of elements.csv",
    "element_or_product": "element of elements.csv, or product of products.csv",
    "element_or_all": f"element of elements.csv, or {ALL} for every element not named",
    "route": "route of routes.csv",
    "use": "label in uses.csv",
    "source": "id of SOURCES.csv",
    "grade": ", ".join(GRADES),
    "use_class": ", ".join(USE_CLASSES),
    "industry": "industry of industries.csv",
    "industry_or_all": f"industry of industries.csv, or {ALL} for every industry not named",
    "buffer": ", ".join(BUFFERS),
    "closure_parameter": ", ".join(CLOSURE_PARAMETERS),
    "project_status": ", ".join(PROJECT_STATUS),
    "restatement": ", ".join(RESTATEMENTS),
    "magnet": ", ".join(MAGNETS),
    "magnet_quantity": ", ".join(MAGNET_QUANTITIES),
    "product_or_all": "product of products.csv, or * for every product",
    "product_quantity": ", ".join(PRODUCT_QUANTITIES),
    "performance": ", ".join(PERFORMANCE),
    "reading": ", ".join(READINGS),
}

#: What each table is for.
PURPOSE = {
    "SOURCES": "Where figures come from; every other table refers to it.",
    "dataset": "What the dataset describes: one key and value a row.",
    "elements": "The elements, in the order of every result.",
    "routes": "Supply routes: an origin and a product form each; at most one route of an origin and form.",
    "uses": "End uses and how readily each gives way to price.",
    "use_shares": "Demand of each element by end use; sums to 1 for each element, a pair not listed is 0.",
    "demand": "Demand in a baseline year.",
    "imports": "Customs statistics, in gross product weight.",
    "reo_factors": "Contained rare-earth oxide in a tonne of product, by customs code.",
    "composition": "Elements in the oxide of each origin and code; sums to 1. Origins without rows use those "
    f"of origin {REST}.",
    "focus_exports": "What the focus origin exports of an element to everybody, and the share this importer takes: "
    "their product replaces a row of china_shares. Left out: no such margin.",
    "other_codes": "Tonnes that arrive under a code outside imports.csv, as far as demand asks for them.",
    "value_premiums": "Worth of products above the oxide price of their content. Left out, or without prices: "
    "customs values are no margin of the mix.",
    "price_companions": "Element whose price another follows in years without one of its own.",
    "china_shares": "Direct share of the focus origin in each element's supply. Left out: no such margin.",
    "feed": "Share of a route that is the focus origin's material processed elsewhere. Left out: none.",
    "trade": "Customs statistics of other importers, in gross product weight, for `minrisk indices --importer`.",
    "exports": "Exports to all countries, in gross product weight. Left out: import reliance is known only of "
    "importers without mines.",
    "destination_shares": "Share of the focus origin's exports that this importer takes, by element or product: "
    "its part of the decisions on licences. Left out: all of them.",
    "swap_pools": "What other buyers could give up if this importer alone were cut off. Left out: nothing.",
    "prices": "Oxide prices; needs price_year and price_series in dataset.csv. Left out: prices are indices.",
    "production": "Mine production by country, for the indices; WLD is the world total, OTH all other "
    "countries. Left out: no index that needs the world's concentration.",
    "governance": "Political stability by country, for the indices. Left out: no index weighted by governance.",
    "restatements": "Figures that later editions of their source changed, for `minrisk sources`; information only.",
    "deposits": "Composition of deposits, sums to 1 for each; information only.",
    "stocks": "Known stocks; information only.",
    "contracts": "Known contracts; information only.",
    "losses": "Published loss estimates, to compare with; closure says which closure redoes one, `other` that its "
    "shock is another.",
    "industries": "Input-output table: an industry a row. Left out, with the next six: no losses in yen.",
    "input_flows": "Input-output table: what industries sell each other, home-made and imported; a pair not "
    "listed is 0.",
    "dependence": "How much of an industry stops without an end use; a pair not listed is 0.",
    "buffers": "Parts and finished goods in stock.",
    "closures": "Assumptions behind published loss estimates; `own` is this dataset's.",
    "closure_industries": "Industries a closure exposes, in place of dependence.csv.",
    "project_terms": "Supply to come: projects that an event may name, and what the base year holds of them.",
    "project_plans": "Numbers of those projects, by field of the event; only the packaged dataset's are read.",
    "seabed_facts": "What is published about the seabed mud; information only.",
    "headline_shares": "Import shares of the focus origin as the press gives them, to compare with.",
    "ceilings": "Price at which the market of an element stops working; without it a scenario's "
    "`choke_price_index` counts.",
    "magnets": "Magnets made, bought and sold, with the unit of each quantity: "
    + ", ".join(f"{name} [{unit}]" for name, unit in MAGNET_QUANTITIES.items())
    + "; information only: the model reads product_figures.csv.",
    "products": "Goods that an end use makes and that are traded as well, such as magnets. Left out: end uses sell "
    "to industries without a market between them.",
    "product_figures": "What the model reads of each product, with the unit of each quantity: "
    + ", ".join(f"{name} [{unit}]" for name, unit in PRODUCT_QUANTITIES.items())
    + ". Needed with products.csv.",
    "applications": "What each end use makes and what stops without it: shares of its output and of the value "
    "added of an industry. Left out: an industry that needs an end use is one application of it.",
    "conflicts": "Where sources disagree, and which one was taken; information only.",
}

#: Meaning of a column where a table means its own by it.
OWN_MEANING = {
    "magnets.origin": "ISO 3166 code: where from, where made, or who pays the price",
    "product_figures.product": "product, or * for every product",
    "product_figures.origin": "ISO 3166 code: where imports come from; the importer's own for everything else",
    "product_figures.quantity": "what it is: made at home; share of the focus origin's feed abroad; reference "
    "price; cover of all stocks; ceiling over that price; most that makers work beyond calm, and how fast they get "
    "there; most they save of an element; firms that a missing product stops, their cover and how far it differs",
    "products.product": "product",
    "products.use": "end use that makes it, and that industries need in dependence.csv",
    "uses.group": "end uses that are one need to an industry: what it loses without each adds up; the end use "
    "itself without the column",
    "magnets.quantity": "what is measured; focus is the focus origin",
}

#: Meaning of a column, the same in every other table.
MEANING = {
    "firm": "1 where it is bought whatever the price",
    "floor_dependent": "1 where it comes only while a price is guaranteed or high",
    "in_base_mix": "routes of the base year that bring part of it already, by spaces",
    "companion": "element whose price it follows",
    "fitted": "1 where the customs value is a margin of the mix, 0 where the markup it implies is only printed",
    "share_low": "least share this importer takes",
    "share_central": "most likely share this importer takes",
    "share_high": "largest share this importer takes",
    "unit": "unit of the row's figures",
    "year": "year the figure describes",
    "source": "where the figure comes from",
    "grade": "A official or peer reviewed, B press or company, C estimate or assumption",
    "note": "anything a reader should know",
    "place": "where in the source it stands: page, table; a figure without one takes that of SOURCES.csv",
    "low": "lowest plausible value",
    "central": "most likely value",
    "high": "highest plausible value",
    "element": "element",
    "use": "end use",
    "route": "route",
    "hs": "customs code",
    "importer": "ISO 3166 code of the importing country",
    "origin": f"ISO 3166 code of the country of dispatch; {REST} for all without rows of their own",
    "form": "product form, such as compound or metal",
    "country": "ISO 3166 code of the country",
    "name": "name for readers",
    "share": "share",
    "id": "short name by which tables refer to the source",
    "publisher": "who published it",
    "title": "its title",
    "licence": "licence of the data",
    "url": "where to find it",
    "key": "name of the entry, see below",
    "value": "its value",
    "group": "light or heavy, for readers",
    "transit_months": "months from shipment to arrival [month]",
    "decline_rank": "who is declined first when offers exceed need: 1 first",
    "elasticity_class": "market parameter that applies: elasticity_stiff, _middle or _loose; fixed is as stiff "
    "and no more elastic later",
    "priority": "rank when rationing replaces the price, the lowest served first; 1 without the column",
    "share_spread": "standard deviation of the logarithm of a common factor on the shares of an end use; 0 without "
    "the column",
    "weight": "share of the end use's output that the element's function is; empty for its share in the rare-earth "
    "bill",
    "joint": "1 where the end use makes nothing without the element, 0 where it makes products of its own or "
    "another element stands in; 0 without the column",
    "closes_total": "1 in at most one row: the row is the rest of a total in every draw, held to low and high",
    "quantity_t": "product weight, gross; empty is not reported",
    "value_kusd": "value; empty is not reported",
    "in_mix": "0 leaves the row out of the sourcing mix",
    "concentration": "how sure the row is: about 20 knows little, 200 is sure, 1000 by definition",
    "series": "which quotation; `assumption` fills in for elements the named series lacks",
    "price": "price of the oxide",
    "production_t": "mine production",
    "edition": "edition of the statistics; of one year that of the latest source counts",
    "pv_estimate": "political stability, estimate",
    "pv_std_err": "its standard error",
    "vintage": "edition of the statistics",
    "deposit": "deposit",
    "holder": "who holds the stock",
    "contract": "contract",
    "supplier": "who delivers",
    "term": "from when to when",
    "amount": "amount in the row's unit",
    "project": "project",
    "field": "field of the event, as in the scenario reference",
    "start": "planned start",
    "status": "how far it is",
    "author": "who estimated",
    "scenario": "what is assumed to happen",
    "months": "for how long [month]",
    "measure": "what is divided by what",
    "industry": "industry",
    "output_musd": "gross output",
    "value_added_musd": "value added at basic prices",
    "imports_musd": "imports of its kind of goods",
    "final_demand_musd": "final demand at home",
    "exports_musd": "exports",
    "seller": "industry that sells",
    "buyer": "industry that buys",
    "flow_musd": "what it sells it in a year",
    "buffer": "what is in stock, or the time to refill it",
    "closure": "whose assumptions",
    "parameter": "parameter of the loss model",
    "dependence": "share of its value added that stops without rare earths",
    "quantity": "what is measured; fields of the event by their names",
    "scope": "of which place, plant or case",
    "quoted": "highest price ever quoted",
    "quoted_at": "when and where it was quoted, or what stands in for a quote",
    "product": "grade of magnet; ndfeb is both grades together, all any rare-earth magnet",
    "application": "what the end use's product goes into",
    "output_low": "lowest plausible share of the end use's output that goes there",
    "output_central": "most likely share; sums to 1 for each end use",
    "output_high": "highest plausible share",
    "value_low": "lowest plausible share of the industry's value added that stops without it",
    "value_central": "most likely share",
    "value_high": "highest plausible share",
    "substitute": "what stands in",
    "performance": "how well it does",
    "read": "what of the estimate was read: the report, an article of the press, a summary, an abstract",
    "topic": "what the sources disagree on",
    "what": "which figure, in words",
    "kind": "estimate (of the edition's latest year), restated, rounded, definition (anew), break (of scale) or "
    "outlier (published, and not to be believed)",
    "table": f"table that holds the new figure, where that is checked: {', '.join(RESTATED)}",
    "item": "its element or country there",
    "old": "figure of the older edition",
    "old_edition": "which edition",
    "new": "figure of the later edition; empty for an outlier",
    "new_edition": "which edition",
    "won": "source that was taken",
    "text": "why",
}

_KEYS = {
    "name": "short name of the dataset",
    "importer": "ISO 3166 code of the importing country",
    "focus_origin": "origin whose share is reported, as routes.csv writes it",
    "mix_years": "years of imports.csv that the sourcing mix is made from: 2024 or 2022-2024",
    "mix_since": "first year of which `minrisk mix --year` makes a mix; the base years alone if left out",
    "title": "one line for readers",
    "subject": "what the elements are: `rare_earths` (if left out), whose tonnes are of oxide and whose units say "
    "t REO, or `minerals`, whose tonnes are of the element itself: every `t REO` below is then plain `t`",
    "as_of": 'day of the newest fact, such as 2026-09-30: what "today" means on pages',
    "demand_total_t_per_year": "total demand [t REO/yr]; needed where a row of demand.csv closes the total",
    "headline_elements": "symbols named first where there is no room for all, between spaces; else the first four",
    "price_year": "year at whose prices all money stands; needed with prices.csv",
    "price_series": "series of the reference prices; needed with prices.csv",
    "gdp_tn_jpy": "GDP [tn JPY/yr] of the year losses are priced in; needed with industries.csv",
    "jpy_per_usd": "exchange rate of all yen that rest on prices; needed with industries.csv and for costs",
    "minimum_final_demand": "least share of possible final demand that is met for every good, 0 to 1; needed "
    "with industries.csv",
}

#: The smallest dataset: one element, one route, one use, nothing uncertain.
EXAMPLE = {
    "SOURCES": "id,publisher,title,year,licence,grade,url\nmine,me,own estimate,2024,none,C,\n",
    "dataset": "key,value,unit,year,source,grade\nname,tiny,1,2024,mine,C\nimporter,JPN,1,2024,mine,C\n"
    "focus_origin,CHN,1,2024,mine,C\nmix_years,2024,year,2024,mine,C\n",
    "elements": "element,name,group,unit,year,source,grade\nDy,dysprosium,heavy,1,2024,mine,C\n",
    "routes": "route,origin,form,transit_months,decline_rank,unit,year,source,grade\n"
    "CHN_compound,CHN,compound,1,1,months; rank,2024,mine,C\n",
    "uses": "use,name,elasticity_class,unit,year,source,grade\nmagnets,Magnets,stiff,1,2024,mine,C\n",
    "use_shares": "element,use,share,unit,year,source,grade\nDy,magnets,1,1,2024,mine,C\n",
    "demand": "element,low,central,high,closes_total,unit,year,source,grade\n"
    "Dy,600,600,600,0,t REO/yr,2024,mine,C\n",
    "imports": "year,hs,origin,quantity_t,value_kusd,in_mix,unit,source,grade\n"
    "2024,284690,CHN,600,,1,t gross; kUSD,mine,C\n",
    "reo_factors": "hs,form,low,central,high,closes_total,unit,year,source,grade\n"
    "284690,compound,1,1,1,0,t REO/t gross,2024,mine,C\n",
    "composition": "origin,hs,element,share,concentration,unit,year,source,grade\n"
    "CHN,284690,Dy,1,1000,1,2024,mine,C\n",
}

_HEAD = """\
# The tables of a dataset

A dataset is a folder of CSV files: commas between cells, points in decimals, UTF-8, a header line, comment lines
(`#`) above it only. A scenario names the folder by `dataset:`, or one of those packaged here by its name, from
any folder: `japan`, which is taken where none is named and is the best pattern to copy,
`japan_controlled_minerals`, and `korea`, made by `minrisk data build --importer KOR`, which makes those of other
importers as well and prints what it does not know of them. All errors in all tables are reported at once, by
`minrisk validate` or `minrisk mix FOLDER`.

One of your own, in an hour:

1. `minrisk data new lithium --element Li --hs 282520,283691` writes the required tables, prices and ceilings with
   headers, units and example rows, `datapackage.json`, which describes them to other tools, and `ban.yaml`, a
   scenario; all of it runs as it is.
2. `minrisk data import --from baci FILE --dataset lithium` puts the trade of the importer (`dataset.csv`) in the
   place of the example rows of `imports.csv`. Only codes of `reo_factors.csv` are in the mix.
3. `SOURCES.csv`: a row for each publication, and one of grade C for your own assumptions. Then give every example
   row its figure and source: `reo_factors` tonnes of content in a tonne of product (lithium in the carbonate:
   .188), `prices` per kilogram of content (price of the carbonate / .188), `demand` in tonnes of content a year,
   `ceilings` the highest price quoted, twice and four times that.
4. `routes` and `composition`: a route for each origin and form (the form of its code in `reo_factors`), a row of
   composition for each origin and code with a route; the rest joins `OTH`, which needs both as well.
5. `minrisk mix lithium` lists every error, then shows where the tonnes come from: compare them with the customs.
6. `minrisk run lithium/ban.yaml`, whose market is that of the packaged scenarios. Optional tables below add losses
   by industry (`industries`, `input_flows`, `dependence`, `buffers`), what others give up (`swap_pools`) and more.

Other columns may be added; they are kept and not used. A column marked optional may be left out; a cell marked
"may be empty" may stay empty. The rows of a table differ in its key. Where low, central and high stand together
they must not decrease. A table with a unit below admits no other.
"""


def dataset_reference() -> str:
    """Every table of a dataset and the smallest example, as Markdown.

    Returns
    -------
    str
    """
    sections = [_HEAD]
    for required in (True, False):
        sections.append("## Required tables\n" if required else "## Optional tables\n")
        sections += [_table(table) for table in TABLES.values() if table.required is required]
    sections.append("## The smallest dataset\n")
    sections += [f"`{stem}.csv`\n\n```csv\n{text}```\n" for stem, text in EXAMPLE.items()]
    return "\n".join(sections)


def _table(table: Table) -> str:
    facts = [f"Key: {', '.join(table.key)}." if table.key else "", f"Unit: {table.unit}." if table.unit else ""]
    lines = [f"### {table.stem}.csv\n", " ".join([PURPOSE[table.stem], *filter(None, facts)]) + "\n"]
    lines += ["| column | cells | meaning |", "|---|---|---|"]
    lines += [_row(table.stem, column) for column in table.columns]
    if table.stem == "dataset":
        lines += ["", "| key | needed | value |", "|---|---|---|"]
        lines += [f"| `{key}` | {'yes' if key in REQUIRED_KEYS else ''} | {_KEYS[key]} |" for key in KNOWN_KEYS]
    return "\n".join([*lines, ""])


def _row(stem: str, column: Column) -> str:
    cells = _KINDS[column.kind]
    if column.optional:
        cells += "; column optional"
    elif column.may_be_empty:
        cells += "; may be empty"
    meaning = OWN_MEANING.get(f"{stem}.{column.name}", MEANING[column.name])
    return f"| `{column.name}` | {cells} | {meaning} |"


if __name__ == "__main__":
    (ROOT / "minrisk" / "data" / "README.md").write_text(dataset_reference(), encoding="utf-8")
