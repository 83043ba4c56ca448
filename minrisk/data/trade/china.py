"""Exports of China by eight-digit customs code, in which each element has codes of its own: oxide by month.

The layout is that of the query page of the General Administration of Customs (stats.customs.gov.cn): month, code,
name of the goods, partner, quantity and unit, in GB18030.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from minrisk.data.dataset import Dataset
from minrisk.data.trade.areas import plain_name
from minrisk.data.trade.layouts import (
    Line,
    amount,
    customs_code,
    first_places,
    unit_kg,
    whole,
    without_thousands,
)
from minrisk.data.trade.naming import what_else
from minrisk.data.trade.observed import Observed
from minrisk.data.trade.opening import Table, digest, digest_of, open_tables, reading

#: Columns by what they hold, with their names on the Chinese and the English page, as `plain_name` gives them.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "month": ("数据年月", "年月", "月份", "统计年月", "年份", "date", "dateofdata", "month", "period", "year"),
    "code": ("商品编码", "商品代码", "hs编码", "commoditycode", "hscode", "code"),
    "name": ("商品名称", "商品", "commodity", "commodityname", "description"),
    "partner": ("贸易伙伴编码", "国别编码", "tradingpartnercode", "tradepartnercode", "partnercode"),
    "partner_name": ("贸易伙伴名称", "贸易伙伴", "国别", "国别(地区)", "tradingpartner", "tradepartner", "partner"),
    "quantity": ("第一数量", "数量", "quantity", "firstquantity", "q1", "quantity1"),
    "unit": ("第一计量单位", "计量单位", "单位", "unit", "firstunit", "unit1"),
    "second": ("第二数量", "secondquantity", "quantity2"),
    "second_unit": ("第二计量单位", "secondunit", "unit2"),
    "flow": ("进出口", "贸易方向", "flow", "importorexport"),
    "regime": ("贸易方式编码", "贸易方式名称", "贸易方式", "regime"),
    "place": ("注册地编码", "注册地名称", "注册地", "placeofregistration"),
}
_NEEDED = ("month", "code", "quantity", "unit")

#: Japan in Chinese customs, and what stands for all partners.
_JAPAN = frozenset({"116", "日本", "japan"})
_ALL = frozenset({"", "000", "0", "合计", "总计", "全部", "全球", "world", "total"})

#: Elements by their sign in Chinese, and by name.
_SIGNS = {"镧": "La", "铈": "Ce", "镨": "Pr", "钕": "Nd", "钐": "Sm", "铕": "Eu", "钆": "Gd",
          "铽": "Tb", "镝": "Dy", "钬": "Ho", "铒": "Er", "铥": "Tm", "镱": "Yb",
          "镥": "Lu", "钇": "Y", "钪": "Sc"}  # fmt: skip
_NAMES = {"lanthanum": "La", "cerium": "Ce", "praseodymium": "Pr", "neodymium": "Nd", "samarium": "Sm",
          "europium": "Eu", "gadolinium": "Gd", "terbium": "Tb", "dysprosium": "Dy", "holmium": "Ho",
          "erbium": "Er", "thulium": "Tm", "ytterbium": "Yb", "lutetium": "Lu", "yttrium": "Y",
          "scandium": "Sc"}  # fmt: skip

#: Eight-digit codes of one element by form: China's import and export tariff, headings 2805.30, 2846.10, 2846.90.
#: Read with their names (grade B) in copies of the tariff and of its yearly rates: provisional import rates of 2010
#: (comelan.com/C/200912/162451.asp) and 2014 (worldmetal.cn/ys/show-848198-1.html), the tariff in force
#: (china-gacc.agency and chinesetariff.com, 2805.30; htshub.com/cn-hs/head/2846-2 of January 2026), with the ten
#: digits of announcement 18 of 2025. Those of `_UNSEEN` were in no copy at hand (grade C): that they exist is told
#: by the export rates of 2012, and their order is that of the forms that were read. Goods whose name says another
#: element than their code are a fault, so that a wrong code is found where the file names its goods.
_FORMS: Mapping[str, Mapping[str, str]] = {
    "metal": {"28053011": "Nd", "28053012": "Dy", "28053013": "Tb", "28053014": "La", "28053015": "Ce",
              "28053016": "Pr", "28053017": "Y", "28053018": "Sc"},
    "oxide": {"28461010": "Ce", "28469011": "Y", "28469012": "La", "28469013": "Nd", "28469014": "Eu",
              "28469015": "Dy", "28469016": "Tb", "28469017": "Pr", "28469018": "Lu"},
    "chloride": {"28469021": "Tb", "28469022": "Dy", "28469023": "La", "28469024": "Nd", "28469025": "Pr",
                 "28469026": "Y"},
    "fluoride": {"28469031": "Tb", "28469032": "Dy", "28469033": "La", "28469034": "Nd", "28469035": "Pr",
                 "28469036": "Y"},
    "carbonate": {"28461030": "Ce", "28469041": "La", "28469042": "Tb", "28469043": "Dy", "28469044": "Nd",
                  "28469045": "Pr", "28469046": "Y"},
    "hydroxide": {"28461020": "Ce"},
    "other": {"28461090": "Ce", "28469091": "La", "28469092": "Nd", "28469093": "Tb", "28469094": "Dy",
              "28469095": "Pr", "28469096": "Y"},
}  # fmt: skip
_UNSEEN = frozenset({"28469018", "28469044", "28469045", "28469046", *(f"2846909{digit}" for digit in range(1, 7))})
_CODES = {code: (element, form) for form, codes in _FORMS.items() for code, element in codes.items()}

#: Elements whose metal and usual compounds all have codes of their own; of others only a part is counted.
WHOLE = frozenset({"La", "Ce", "Pr", "Nd", "Tb", "Dy", "Y"})

#: Standard atomic weights [g/mol]: IUPAC (2021), abridged; and oxygen, fluorine, chlorine, carbon, water.
_MASS = {"La": 138.91, "Ce": 140.12, "Pr": 140.91, "Nd": 144.24, "Sm": 150.36, "Eu": 151.96, "Gd": 157.25,
         "Tb": 158.93, "Dy": 162.50, "Ho": 164.93, "Er": 167.26, "Tm": 168.93, "Yb": 173.05, "Lu": 174.97,
         "Y": 88.906, "Sc": 44.956}  # fmt: skip
_O, _F, _CL, _C, _WATER = 15.999, 18.998, 35.45, 12.011, 18.015

#: Oxygen for one atom of metal in the oxide that is counted in: CeO2, Pr6O11, Tb4O7, else M2O3 [1].
_OXYGEN = {"Ce": 2.0, "Pr": 11.0 / 6.0, "Tb": 7.0 / 4.0}

#: Share of oxide in compounds that no formula names [1]; no source, grade C.
_OTHER = (0.3, 0.55, 0.9)

#: Customs count whole kilograms: a month without a line may hide this much [t].
_ROUNDED = 0.0005

#: Partners may miss the file's own total by this share [1].
_TOLERANCE = 0.02

Months = dict[tuple[str, int, int], tuple[float, float, float]]


def oxide_factor(element: str, form: str) -> tuple[float, float, float]:
    """Tonnes of oxide in a tonne of product: least, central, most [t REO/t].

    Parameters
    ----------
    element : str
        Symbol.
    form : str
        ``metal``, ``oxide``, ``chloride``, ``fluoride``, ``carbonate``, ``hydroxide`` or ``other``.

    Returns
    -------
    tuple of float
        By stoichiometry. Chlorides hold 7, 6 or no water for an atom of metal, carbonates 6, 4 or none; of other
        compounds nothing is known.
    """
    metal = _MASS[element]
    oxide = metal + _OXYGEN.get(element, 1.5) * _O
    if form == "chloride":
        salts = tuple(metal + 3.0 * _CL + water * _WATER for water in (7.0, 6.0, 0.0))
    elif form == "carbonate":
        salts = tuple(metal + 1.5 * (_C + 3.0 * _O) + water * _WATER for water in (6.0, 4.0, 0.0))
    elif form == "other":
        return _OTHER
    else:
        hydroxide = metal + 4.0 * (_WATER + _O) / 2.0
        mass = {"metal": metal, "oxide": oxide, "fluoride": metal + 3.0 * _F, "hydroxide": hydroxide}[form]
        salts = (mass, mass, mass)
    return oxide / salts[0], oxide / salts[1], oxide / salts[2]


@dataclass
class ChinaFile:
    """What extracts of Chinese customs hold.

    Attributes
    ----------
    total, japan : dict
        Least, central and most tonnes to all partners and to Japan, by element, year and month; month 0 is a line
        of the whole year [t REO].
    codes : dict of str to set of str
        Codes counted, by element.
    unnamed_t : float
        Product weight under codes of mixtures and of several elements, which no element is given [t].
    stated, counted : dict
        Product weight by code and month: the file's own totals over all partners, and the sum of its partners [t].
    """

    total: Months = field(default_factory=dict)
    japan: Months = field(default_factory=dict)
    codes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    unnamed_t: float = 0.0
    stated: dict[tuple[str, str], float] = field(default_factory=dict)
    counted: dict[tuple[str, str], float] = field(default_factory=dict)
    periods: set[tuple[int, int]] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    names: tuple[str, ...] = ()
    sha256: str = ""


def read_china(paths: Sequence[Path]) -> ChinaFile:
    """Read extracts of Chinese customs.

    Parameters
    ----------
    paths : sequence of Path
        Tables as downloaded; several are read as one.

    Returns
    -------
    ChinaFile
        With its faults; nothing is raised for what is in a file.
    """
    found = ChinaFile(names=tuple(path.name for path in paths))
    digests: list[str] = []
    seen: dict[tuple[str, ...], str] = {}
    for path in paths:
        with reading(path, found.problems):
            digests.append(digest(path))
            for table in open_tables(path, _known):
                _Extract(table, found, seen).read()
    found.sha256 = digest_of(digests)
    if not found.total and not found.problems:
        said = "; ".join(f"{number:,} x {reason}" for reason, number in sorted(found.left_out.items()))
        found.problems.append(
            f"{', '.join(found.names)}: no exports under a code of one rare earth (eight digits, such as 28469015)"
            + (f"; it holds {said}" if said else "")
        )
    return found


def partners_missing(found: ChinaFile) -> list[str]:
    """Codes and months of which the partners do not add up to the file's own total, with the numbers."""
    return [
        f"{code} {month}: the partners add up to {found.counted.get((code, month), 0.0):,.3f} t, the file's own "
        f"total is {total:,.3f} t"
        for (code, month), total in sorted(found.stated.items())
        if abs(found.counted.get((code, month), 0.0) - total) > _TOLERANCE * total
    ]


def _places(header: Sequence[str]) -> dict[str, int]:
    return first_places([plain_name(cell) for cell in header], _COLUMNS)


def _known(cells: Sequence[str]) -> int:
    found = _places(cells)
    return len(found) if set(_NEEDED) <= set(found) or len(found) >= 3 else 0


@dataclass
class _Extract:
    """Reads one table."""

    table: Table
    found: ChinaFile
    seen: dict[tuple[str, ...], str]

    def read(self) -> None:
        self.places = _places(self.table.header)
        missing = [_COLUMNS[column][0] for column in _NEEDED if column not in self.places]
        if not {"partner", "partner_name"} & set(self.places):
            missing.append(_COLUMNS["partner"][0])
        if missing:
            named = what_else(self.table, "china")
            if named:
                self.found.problems.append(f"{self.table.name}: {named}")
                return
            shown = ", ".join(map(repr, self.table.header[:8]))
            wanted = "数据年月,商品编码,商品名称,贸易伙伴编码,第一数量,第一计量单位"
            self.found.problems.append(
                f"{self.table.name}: no extract of Chinese customs: {', '.join(missing)} missing in {shown}; the "
                f"header must hold {wanted}"
            )
            return
        if self.table.how:
            self.found.notes.append(f"{self.table.name} is read as: {', '.join(self.table.how)}")
        titles = " ".join(self.table.titles)
        if "flow" not in self.places and "进口" in titles and "出口" not in titles:
            self.found.problems.append(f"{self.table.name}: holds imports of China; download its exports (出口)")
            return
        for number, values in self.table.rows():
            cells = {
                column: values[place].strip() if place < len(values) else ""
                for column, place in self.places.items()
            }
            self._take(f"{self.table.name}:{number}", cells)

    def _take(self, at: str, cells: Mapping[str, str]) -> None:
        code = customs_code(cells["code"])
        if not code.startswith(("280530", "284610", "284690")):
            self.found.left_out["other customs codes"] += 1
            return
        if re.search(r"进口|import", cells.get("flow", ""), re.IGNORECASE):
            self.found.left_out["other flows than exports"] += 1
            return
        partner = _partner(cells)
        line = Line()
        period = _period(cells["month"])
        if period is None:
            line.faults.append(f"column '数据年月': {cells['month']!r} is no month (202406) or year (2024)")
        tonnes = _tonnes(cells, line)
        what = _element(code, cells.get("name", ""), line)
        self.found.problems += [f"{at}: {fault}" for fault in line.faults]
        if line.faults or period is None or tonnes is None:
            return
        place = (code, f"{period[0]}-{period[1]:02d}")
        if partner in _ALL:
            self.found.left_out["totals over all partners"] += 1
            self.found.stated[place] = self.found.stated.get(place, 0.0) + tonnes
            return
        self.found.counted[place] = self.found.counted.get(place, 0.0) + tonnes
        self._twice(at, (str(period), code, partner, cells.get("regime", ""), cells.get("place", "")))
        self.found.periods.add(period)
        if what is None:
            self.found.unnamed_t += tonnes
            self.found.left_out["codes of mixtures and of several elements"] += 1
            return
        element, form = what
        self.found.codes[element].add(code)
        low, central, high = (tonnes * factor for factor in oxide_factor(element, form))
        for months, counts in ((self.found.total, True), (self.found.japan, partner == "japan")):
            before = months.get((element, *period), (0.0, 0.0, 0.0))
            if counts:
                months[element, *period] = (before[0] + low, before[1] + central, before[2] + high)

    def _twice(self, at: str, key: tuple[str, ...]) -> None:
        before = self.seen.setdefault(key, at)
        if before != at:
            self.found.problems.append(f"{at}: the same month, code and partner as {before}")


def _partner(cells: Mapping[str, str]) -> str:
    words = [plain_name(cells.get(column, "")) for column in ("partner", "partner_name")]
    if any(word in _JAPAN for word in words):
        return "japan"
    return next((whole(word) for word in words if word not in _ALL), "")


def _period(text: str) -> tuple[int, int] | None:
    """Year and month of ``202406``, ``2024-06``, ``2024年6月``; month 0 of a year alone."""
    match = re.fullmatch(r"((?:19|20)\d\d)(?:年|[-/.])?(1[0-2]|0?[1-9])?月?", whole(text))
    return (int(match[1]), int(match[2] or 0)) if match else None


def _tonnes(cells: Mapping[str, str], line: Line) -> float | None:
    """Product weight, from the first quantity in a unit of weight [t]."""
    for quantity, unit in (("quantity", "unit"), ("second", "second_unit")):
        scale = unit_kg(cells.get(unit, ""))
        if scale:
            text = cells.get(quantity, "")
            kilograms = amount(without_thousands(text), _COLUMNS[quantity][0], line)
            if kilograms is not None and not 0.0 <= kilograms < float("inf"):
                line.faults.append(
                    f"column {_COLUMNS[quantity][0]!r}: {text!r} is not a finite number of at least 0"
                )
            return (kilograms or 0.0) * scale / 1000.0
    line.faults.append(f"column {_COLUMNS['unit'][0]!r}: {cells.get('unit', '')!r} is no unit of weight (千克)")
    return None


def _element(code: str, name: str, line: Line) -> tuple[str, str] | None:
    """Element and form of a code; None for mixtures. A name of another element is a fault."""
    known = _CODES.get(code[:8])
    named = {element for sign, element in _SIGNS.items() if sign in name}
    named |= {_NAMES[word] for word in re.findall(r"[a-z]+", name.casefold()) if word in _NAMES}
    if len(code) < 8:
        return None
    if known is not None and len(named) == 1 and known[0] not in named:
        line.faults.append(f"code {code} is {known[1]} of {known[0]}, but the goods are named {name!r}")
    return known


# --- into a dataset -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ElementExports:
    """A row of ``focus_exports.csv``: exports to everybody [t REO/yr] and the importer's share of them [1]."""

    element: str
    tonnes: tuple[float, float, float]
    share: tuple[float, float, float]
    codes: tuple[str, ...]

    @property
    def grade(self) -> str:
        """B by codes that were read in the tariff; C with one that was not, or whose content is not known."""
        unsure = any(code[:8] in _UNSEEN or _CODES[code[:8]][1] == "other" for code in self.codes)
        return "C" if unsure else "B"


def year_of(found: ChinaFile) -> int:
    """Last year of which all twelve months, or a line of the whole year, are there; 0 without."""
    years = {year for year, _ in found.periods}
    whole_years = [year for year in years if {(year, month) for month in range(1, 13)} <= found.periods]
    return max([*whole_years, *(year for year, month in found.periods if month == 0)], default=0)


def yearly_exports(found: ChinaFile, elements: Collection[str]) -> list[ElementExports]:
    """Exports of the last whole year by element, for those whose forms all have codes of their own.

    Parameters
    ----------
    found : ChinaFile
        As read, without faults.
    elements : collection of str
        Elements of the dataset.

    Returns
    -------
    list of ElementExports
        In the order of `elements`; empty without a whole year.
    """
    year = year_of(found)
    rows = []
    for element in elements:
        total = _of_year(found.total, element, year)
        if year and element in WHOLE and total[1] > 0.0:
            to_japan = _of_year(found.japan, element, year)
            shares = sorted(part / all_ for part, all_ in zip(to_japan, total, strict=True))
            central = to_japan[1] / total[1]
            share = (min(shares[0], central), central, max(shares[-1], central))
            rows.append(ElementExports(element, total, share, tuple(sorted(found.codes[element]))))
    return rows


def _of_year(months: Months, element: str, year: int) -> tuple[float, float, float]:
    """Sum of the months of a year; its own line where there is one."""
    whole_year = months.get((element, year, 0))
    if whole_year is not None:
        return whole_year
    parts = [tonnes for (name, of, _), tonnes in months.items() if (name, of) == (element, year)]
    low, central, high = (sum(part[place] for part in parts) for place in range(3))
    return low, central, high


def monthly_exports(found: ChinaFile, dataset: Dataset) -> list[Observed]:
    """Exports to Japan by element and month, as rows of ``observations.csv``.

    A month in which the extract has lines but none of an element whose code it holds is a month without exports.

    Parameters
    ----------
    found : ChinaFile
        As read, without faults.
    dataset : Dataset
        Whose elements are kept.

    Returns
    -------
    list of tuple
        Variable, element, origin, month, value, low, high, unit, note.
    """
    origin = dataset.settings["focus_origin"]
    rows: list[Observed] = []
    for element in dataset.labels.elements:
        if element not in found.codes:
            continue
        codes = " ".join(sorted(found.codes[element]))
        note = f"codes {codes}" + ("" if element in WHOLE else "; other forms have no code of their own")
        for year, month in sorted(period for period in found.periods if period[1]):
            low, central, high = found.japan.get((element, year, month), (0.0, 0.0, 0.0))
            when = f"{year:04d}-{month:02d}"
            rows.append(
                ("exports", element, origin, when, central, low, max(high, _ROUNDED), "t/month", note)
            )  # fmt: skip
    return rows
