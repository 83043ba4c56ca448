"""A dataset of another importer, from the trade, prices and priors of one that is there."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from minrisk.data.csv_folder import parse_tables, read_folder
from minrisk.data.dataset import Dataset, DatasetError
from minrisk.data.rules import mix_years
from minrisk.data.tables import ALL, REST, TABLES, RawTable, datapackage, nearest
from minrisk.data.trade.areas import area_name
from minrisk.files import new_folder, write_file

#: Facts of the world that no importer changes: taken as they are.
_WORLD = ("reo_factors", "prices", "price_companions", "ceilings")

#: What is known of the first importer alone, if at all, and stands for the other until somebody finds it out.
_INHERITED = ("elements", "uses", "use_shares", "swap_pools")

#: Entries of ``dataset.csv`` that hold for any importer.
_KEPT = ("subject", "as_of", "focus_origin", "headline_elements", "mix_years", "price_year", "price_series",
         "jpy_per_usd")  # fmt: skip

#: An origin with less than this share of the tonnes joins the rest [1].
_LEAST = 0.01

#: Demand by element as a multiple of what customs tonnes hold by the priors: lowest and highest [1]. Neither
#: compositions nor stocks, re-exports and what is made at home are published by importer.
_DEMAND = (0.6, 1.6)

#: The importer's share of the focus origin's exports, as a multiple of that of its customs codes [1].
_SHARE = (0.6, 1.5)

#: Months at sea from any origin to an importer outside Asia; within it as to the first importer [month].
_FAR = ("2", ("USA", "EUN", "DEU"))

_FACTS = Path(__file__).parent / "importer_facts.csv"

Row = dict[str, str]


@dataclass(frozen=True)
class Built:
    """A dataset that was made for an importer.

    Attributes
    ----------
    tables : dict of str to list of dict
        Rows of each table by stem, cells by column.
    lacks : tuple of str
        What is not known of this importer, a sentence each.
    """

    tables: dict[str, list[Row]]
    lacks: tuple[str, ...]


def importers_known(base: Dataset) -> tuple[str, ...]:
    """Codes of the importers whose trade a dataset holds beside its own, other than the focus origin."""
    named = set(base.table("trade")["importer"]) if "trade" in base.tables else set()
    return tuple(sorted(named - {base.focus_origin, base.settings["importer"]}))


def dataset_name(importer: str) -> str:
    """Name of the dataset of an importer: ``korea``, ``united_states``."""
    return area_name(importer).removeprefix("the ").lower().replace(" ", "_")


def build_dataset(base: Dataset, importer: str) -> Built:
    """Make the tables of another importer from those of a dataset.

    Imports are those of ``trade.csv``. Routes are the origins that bring at least one per cent of the tonnes.
    Demand by element is what the tonnes hold by the compositions and oxide factors of the base, with a wide range;
    uses and their shares, feed and what others could give up are those of the base, all graded C and marked so.
    Industries, products and contracts are left out.

    Parameters
    ----------
    base : Dataset
        A checked dataset with ``trade.csv``, such as the packaged one of Japan.
    importer : str
        ISO 3166 code of the importer, or ``EUN``.

    Returns
    -------
    Built

    Raises
    ------
    DatasetError
        If the base has no trade of that importer in its mix years, or it is the base's own or the focus origin.
    """
    known = importers_known(base)
    if importer not in known:
        raise DatasetError([f"no trade of importer {importer!r} in {base.name}; {nearest(importer, known)}"])
    old = {stem: [row.cells for row in table.rows] for stem, table in _text(base).items()}
    years = mix_years(base.settings["mix_years"])
    assert years is not None  # the rules have checked it
    forms = {row["hs"]: row["form"] for row in old["reo_factors"]}
    trade = [row for row in old["trade"] if row["importer"] == importer and row["hs"] in forms]
    tonnes = _tonnes(trade, years)
    if not sum(tonnes.values()) > 0.0:
        raise DatasetError([f"no tonnes of importer {importer} in {base.settings['mix_years']}, the mix years"])
    origins = _origins(tonnes, base.focus_origin)
    built = _Builder(base, importer, old, tonnes, origins, forms)
    return Built(built.tables(trade), tuple(built.lacks(years)))


def write_dataset(built: Built, folder: Path) -> list[Path]:
    """Write a made dataset and ``datapackage.json`` into a new folder, checked by whoever loads it.

    Parameters
    ----------
    built : Built
    folder : Path
        Folder that does not exist yet.

    Returns
    -------
    list of Path

    Raises
    ------
    FileExistsError
        If something is there already.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} is there already and is left as it is; name another folder")

    def fill(place: Path) -> None:
        texts = {stem: _csv(stem, rows) for stem, rows in sorted(built.tables.items())}
        for stem, text in texts.items():
            write_file(place / f"{stem}.csv", text.encode())
        said = {row["key"]: row["value"] for row in built.tables["dataset"]}
        package = datapackage(said["name"], texts, said["title"], built.tables["SOURCES"])
        write_file(place / "datapackage.json", package.encode())

    new_folder(folder, fill)
    return [folder / f"{stem}.csv" for stem in built.tables]


@dataclass(frozen=True)
class _Builder:
    """One importer in the making: the base as text, its tonnes by origin and code, the origins with a route."""

    base: Dataset
    importer: str
    old: dict[str, list[Row]]
    tonnes: dict[tuple[str, str], float]
    origins: tuple[str, ...]
    forms: dict[str, str]

    def tables(self, trade: list[Row]) -> dict[str, list[Row]]:
        """Every table, those that others refer to first."""
        old, focus = self.old, self.base.focus_origin
        made = {
            "dataset": self._settings(),
            **{stem: _inherited(old[stem], self.base.name) for stem in _INHERITED if stem in old},
            **{stem: old[stem] for stem in _WORLD if stem in old},
            "routes": self._routes(),
            "composition": self._composition(),
            "demand": self._demand(),
            "imports": [self._import(row) for row in trade],
        }
        named = {row["route"] for row in made["routes"]}
        feed = [row for row in old.get("feed", []) if row["route"] in named]
        made["feed"] = _inherited(feed, self.base.name) + self._feed_of_first({row["route"] for row in feed})
        made["value_premiums"] = self._premiums()
        made["destination_shares"] = self._destination_shares(focus)
        facts, sources = _facts(self.importer)
        made |= facts
        made = {stem: rows for stem, rows in made.items() if rows}
        used = {row["source"] for rows in made.values() for row in rows}
        kept = [row for row in old["SOURCES"] if row["id"] in used]
        held = {row["id"] for row in kept}
        return {"SOURCES": kept + [row for row in sources if row["id"] not in held]} | made

    def _settings(self) -> list[Row]:
        name = area_name(self.importer)
        span = self.base.settings["mix_years"]
        title = f"Rare earths of {name}, sourcing of {span}"
        if self.base.subject != "rare_earths":
            title = f"Minerals of {name}, sourcing of {span}"
        ends = {"unit": "1", "year": span, "source": "analyst", "grade": "C", "note": ""}
        note = f"made by minrisk data build from {self.base.name}"
        own = [
            {"key": "name", "value": dataset_name(self.importer), **ends, "note": note},
            {"key": "title", "value": title, **ends},
            {"key": "importer", "value": self.importer, **ends},
        ]
        return own + [row for row in self.old["dataset"] if row["key"] in _KEPT]

    def _routes(self) -> list[Row]:
        """A route for each origin and form, those of the focus origin first, then the rest and the one at home."""
        known = {(row["origin"], row["form"]): row for row in self.old["routes"]}
        sailing = {row["origin"]: row["transit_months"] for row in self.old["routes"]}
        pairs = dict.fromkeys((origin, form) for origin in self.origins for form in self._forms_of(origin))
        rest = [(REST, "any")]
        rows = []
        for origin, form in (*pairs, *rest):
            months = _FAR[0] if self.importer in _FAR[1] else sailing.get(origin, "1")
            rank = "1" if origin == self.base.focus_origin else "2"
            note = f"as to {self.base.settings['importer']}"
            if (origin, form) not in known or self.importer in _FAR[1]:
                note = "all other origins and forms" if origin == REST else "months at sea by judgement"
            rows.append(self._route(origin, form, months, rank, note))
        return [
            *rows,
            self._route(self.importer, "recycled", "0", "3", "at home; not counted, so zero at the start"),
        ]

    def _route(self, origin: str, form: str, months: str, rank: str, note: str) -> Row:
        return {
            "route": f"{origin}_{form}", "origin": origin, "form": form, "transit_months": months,
            "decline_rank": rank, "unit": "months; rank", "year": self.base.settings["mix_years"],
            "source": "analyst", "grade": "C", "note": note,
        }  # fmt: skip

    def _forms_of(self, origin: str) -> list[str]:
        """Forms in which an origin sends more than the least share, all forms of the focus origin."""
        total = sum(self.tonnes.values())
        return [
            form
            for hs, form in self.forms.items()
            if self.tonnes.get((origin, hs), 0.0) >= (0.0 if origin == self.base.focus_origin else _LEAST) * total
            and (origin, hs) in self.tonnes
        ]

    def _own(self, origin: str, hs: str) -> bool:
        """Whether a product of an origin has a composition of its own in the new dataset."""
        return origin == REST or (origin in self.origins and self.forms[hs] in self._forms_of(origin))

    def _prior(self, origin: str, hs: str) -> tuple[str, list[Row]]:
        """Composition of a product in the base, that of the rest where the origin has none, and whose it is."""
        own = [row for row in self.old["composition"] if (row["origin"], row["hs"]) == (origin, hs)]
        rest = [row for row in self.old["composition"] if (row["origin"], row["hs"]) == (REST, hs)]
        return (origin, own) if own else (REST, rest)

    def _composition(self) -> list[Row]:
        rows = []
        for origin in (*self.origins, REST):
            for hs in self.forms:
                if not self._own(origin, hs) or not (origin == REST or (origin, hs) in self.tonnes):
                    continue
                whose, prior = self._prior(origin, hs)
                note = f"as in {self.base.name}" if whose == origin else "as of other origins: not known"
                rows += [{**row, "origin": origin, "grade": "C", "note": note} for row in prior]
        return rows

    def _premiums(self) -> list[Row]:
        """Worth above the oxide price; the value of what nobody knows the composition of is not fitted.

        Small lots of pure oxides cost ten times as much: fitted, they would turn into terbium and lutetium.
        """
        kept = [row for row in self.old.get("value_premiums", []) if row["origin"] in (ALL, *self.origins)]
        common = {row["hs"]: row for row in kept if (row["origin"], row["element"]) == (ALL, ALL)}
        named = {(row["origin"], row["hs"]) for row in kept}
        note = "composition not known: the value says nothing of it"
        own = [
            {**common[hs], "origin": origin, "fitted": "0", "note": note}
            for origin in (*self.origins, REST)
            for hs in self.forms
            if hs in common and (origin, hs) not in named and self._prior(origin, hs)[0] == REST
        ]
        return kept + own

    def _content(self) -> dict[tuple[str, str, str], float]:
        """Central tonnes of content by origin, code and element, t a year."""
        factors = {(row.get("origin", ALL), row["hs"]): float(row["central"]) for row in self.old["reo_factors"]}
        content = {}
        for (origin, hs), gross in self.tonnes.items():
            factor = factors.get((origin, hs), factors[ALL, hs])
            for row in self._prior(origin if self._own(origin, hs) else REST, hs)[1]:
                content[origin, hs, row["element"]] = gross * factor * float(row["share"])
        return content

    def _demand(self) -> list[Row]:
        held: dict[str, float] = defaultdict(float)
        for (_, _, element), tonnes in self._content().items():
            held[element] += tonnes
        times = f"{_DEMAND[0]} to {_DEMAND[1]} times"
        note = f"what customs tonnes hold by the compositions of {self.base.name}; {times}"
        return [
            {
                "element": element,
                **_range(held[element], (_DEMAND[0], 1.0, _DEMAND[1])), "closes_total": "0",
                "unit": f"{self.base.tonne}/yr", "year": self.base.settings["mix_years"], "source": "analyst",
                "grade": "C", "note": note,
            }
            for element in self.base.labels.elements
        ]  # fmt: skip

    def _import(self, row: Row) -> Row:
        cells = {name: row.get(name, "") for name in ("year", "hs", "origin", "quantity_t", "value_kusd")}
        ends = {name: row.get(name, "") for name in ("unit", "source", "grade", "note")}
        return {**cells, "in_mix": "1", **ends}

    def _feed_of_first(self, known: set[str]) -> list[Row]:
        """Feed of routes that the base does not have: of the base's own importer and of others nobody knows."""
        ends = {"unit": "1", "year": self.base.settings["mix_years"], "source": "analyst", "grade": "C"}
        first, focus = self.base.settings["importer"], self.base.focus_origin
        listed = {row["route"] for row in self.old["routes"]}
        rows = []
        for route in self._routes():
            if route["route"] in known | listed or route["origin"] in (focus, self.importer):
                continue
            note = "what it works up is mostly the focus origin's" if route["origin"] == first else "not known"
            rows.append({"route": route["route"], "element": ALL, "low": "0.2", "central": "0.5", "high": "0.8",
                         **ends, "note": note})  # fmt: skip
        return rows

    def _destination_shares(self, focus: str) -> list[Row]:
        """Share of the focus origin's exports that comes here, by what its codes hold of each element."""
        span = mix_years(self.base.settings["mix_years"])
        assert span is not None
        exports = [row for row in self.old.get("exports", []) if row["country"] == focus]
        sent = _sums(exports, span, "hs")
        content: dict[str, float] = defaultdict(float)
        shares: dict[str, float] = defaultdict(float)
        for (origin, hs, element), tonnes in self._content().items():
            if origin == focus and sent.get(hs, 0.0) > 0.0:
                content[element] += tonnes
                shares[element] += tonnes * min(self.tonnes[focus, hs] / sent[hs], 1.0)
        ends = {"unit": "1", "year": self.base.settings["mix_years"], "source": "analyst", "grade": "C"}
        note = "its share of the tonnes of each customs code, by what the code holds; no statistic by element"
        return [
            {"element": element, **_range(shares[element] / content[element], (_SHARE[0], 1.0, _SHARE[1]), 1.0),
             **ends, "note": note}
            for element in self.base.labels.elements if content[element] > 0.0
        ]  # fmt: skip

    def lacks(self, years: tuple[int, int]) -> list[str]:
        """What is not known of this importer."""
        base, total = self.base, sum(self.tonnes.values())
        unknown = {key: gross for key, gross in self.tonnes.items() if self._prior(*key)[0] != key[0]}
        said = [
            f"demand by element is not published: taken as what customs tonnes hold, "
            f"{_DEMAND[0]} to {_DEMAND[1]} times",
            f"uses and their shares, feed of other origins and what others give up: as in {base.name}, grade C",
            "no industries: losses in money need its input-output table (industries, input_flows, dependence)",
            "no products, contracts or projects; magnets that it imports are not counted",
        ]
        if unknown:
            share = sum(unknown.values()) / total
            largest = max(unknown, key=lambda key: unknown[key])
            said.append(
                f"composition of {share:.0%} of the tonnes not known, most from {largest[0]}: as of the rest"
            )
        exports = [row for row in self.old.get("exports", []) if row["country"] == self.importer]
        if exports:
            share = sum(_sums(exports, years, "hs").values()) / total
            said.append(f"its exports under the same codes are {share:.0%} of its imports and are not taken out")
        mined = [row for row in self.old.get("production", []) if row["country"] == self.importer]
        own = [row for row in mined if int(row["year"]) == years[1] and float(row["production_t"]) > 0.0]
        if own:
            mine = f"{float(own[-1]['production_t']):,.0f} t in {own[-1]['year']}"
            said.append(f"it mines {mine}: what of that it works up at home is in no table")
        if "stocks" not in _facts(self.importer)[0]:
            said.append("no public stock is known")
        return said


def _text(base: Dataset) -> dict[str, RawTable]:
    """Tables of a dataset as text, so that figures stay as they were written."""
    return parse_tables(read_folder(base.folder, []), [])


def _inherited(rows: list[Row], name: str) -> list[Row]:
    return [{**row, "grade": "C", "note": f"as in {name}: {row.get('note', '')}".rstrip(": ")} for row in rows]


def _sums(rows: list[Row], years: tuple[int, int], column: str) -> dict[str, float]:
    """Mean gross tonnes a year by the cells of a column."""
    found: dict[str, float] = defaultdict(float)
    for row in rows:
        if years[0] <= int(row["year"]) <= years[1]:
            found[row[column]] += float(row["quantity_t"] or 0.0) / (years[1] - years[0] + 1)
    return found


def _tonnes(trade: list[Row], years: tuple[int, int]) -> dict[tuple[str, str], float]:
    """Mean gross tonnes a year by origin and code."""
    by_code = {hs: _sums([row for row in trade if row["hs"] == hs], years, "origin") for hs in _codes(trade)}
    return {(origin, hs): gross for hs, found in by_code.items() for origin, gross in found.items() if gross > 0.0}


def _codes(trade: list[Row]) -> list[str]:
    return list(dict.fromkeys(row["hs"] for row in trade))


def _origins(tonnes: dict[tuple[str, str], float], focus: str) -> tuple[str, ...]:
    """Origins with a route of their own: the focus origin, then by tonnes."""
    total = sum(tonnes.values())
    of: dict[str, float] = defaultdict(float)
    for (origin, _), gross in tonnes.items():
        of[origin] = max(of[origin], gross)
    large = [origin for origin in sorted(of, key=lambda name: (-of[name], name)) if of[origin] >= _LEAST * total]
    return (focus, *(origin for origin in large if origin not in (focus, REST)))


def _range(value: float, times: tuple[float, float, float], most: float = float("inf")) -> Row:
    """Three cells of four digits each, none above the most."""
    low, central, high = (f"{min(value * factor, most):.4g}" for factor in times)
    return {"low": low, "central": central, "high": high}


def _facts(importer: str) -> tuple[dict[str, list[Row]], list[Row]]:
    """Published facts of an importer by table, and their sources."""
    with _FACTS.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(line for line in lines if not line.startswith("#"))]
    tables: dict[str, list[Row]] = defaultdict(list)
    sources: dict[str, Row] = {}
    for row in rows:
        if row["importer"] != importer:
            continue
        ends = {name: row[name] for name in ("unit", "year", "source", "grade", "note")}
        range_ = {name: row[name] for name in ("low", "central", "high")}
        own = {"holder": "national", "element": row["item"], **range_}
        if row["table"] == "headline_shares":
            own = {"measure": row["item"], "share": row["central"]}
        tables[row["table"]].append({**own, **ends})
        sources[row["source"]] = {
            "id": row["source"], "publisher": row["publisher"], "title": row["title"], "year": row["year"],
            "licence": "quoted fact; text not redistributed", "grade": row["grade"], "url": row["url"],
            "note": "", "place": "text of the article at the address; paragraph not noted",
        }  # fmt: skip
    return dict(tables), list(sources.values())


def _csv(stem: str, rows: list[Row]) -> str:
    """A table as text, its columns in the order in which they are declared."""
    order = [column.name for column in TABLES[stem].columns]
    found = dict.fromkeys(name for row in rows for name in row)
    names = [name for name in order if name in found] + [name for name in found if name not in order]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
