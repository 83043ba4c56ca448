"""Countries and other areas of trade statistics: by number, by label, and those that are no country."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def areas(table: str = "areas") -> Mapping[str, str]:
    """Label of each area by its numeric code in Comtrade and BACI, or in another table of this folder.

    Parameters
    ----------
    table : str
        ``areas``, or ``japan_areas`` for the codes of Japan's customs.

    Returns
    -------
    mapping of str to str
    """
    return {code: area for code, area, _ in _area_rows(table)}


#: Usual Japanese names beside the official ones, and their codes in Japan's customs.
_USUAL = {"中国": "105", "韓国": "103", "米国": "304", "アメリカ": "304", "イギリス": "205",
          "ロシア連邦": "224", "ヴェトナム": "110", "豪州": "601", "南アフリカ": "551"}  # fmt: skip


@cache
def japan_codes() -> Mapping[str, str]:
    """Code of each area in Japan's customs by its Japanese name, official or usual, as `plain_name` gives it."""
    usual = {plain_name(name): code for name, code in _USUAL.items()}
    return usual | {plain_name(name): code for code, _, name in _area_rows("japan_areas")}


def plain_name(name: str) -> str:
    """Name of an area as it is compared: one form of each letter, no blanks."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


@cache
def _area_rows(table: str = "areas") -> tuple[tuple[str, str, str], ...]:
    text = (Path(__file__).parent / f"{table}.csv").read_text(encoding="utf-8")
    rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    next(rows)
    return tuple((code, area, name) for code, area, name in rows)


@cache
def unspecified_areas() -> Mapping[str, str]:
    """Name of each label that stands for no country: areas not elsewhere specified, bunkers, free zones."""
    return {
        area: name
        for _, area, name in _area_rows()
        if area != "TWN" and (", nes" in name or name in ("Bunkers", "Free zones", "Special categories"))
    }


@cache
def area_name(label: str) -> str:
    """English name of an area by its label, such as Korea for ``KOR``; the label where it has none."""
    usual = {"KOR": "Korea", "USA": "the United States", "EUN": "the European Union"}
    names = {area: name for _, area, name in _area_rows()}
    return usual.get(label) or names.get(label, label)


def importer_code(text: str) -> str | None:
    """ISO 3166 code of a country written as code, number or name; None where it is no known one.

    Parameters
    ----------
    text : str
        ``jpn``, ``392`` or ``Japan``.

    Returns
    -------
    str or None
    """
    word = text.strip()
    by_number = areas()
    if word.isdigit():
        return by_number.get(word.lstrip("0") or "0")
    if word.upper() in set(by_number.values()):
        return word.upper()
    return next((area for _, area, name in _area_rows() if name.casefold() == word.casefold()), None)


def is_no_country(label: str) -> bool:
    """Whether an origin is an area that is not elsewhere specified, or a number that nobody has named."""
    return label in unspecified_areas() or bool(re.fullmatch(r"C\d+", label))
