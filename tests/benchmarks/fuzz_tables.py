"""Mutated trade files: each is imported, or refused in one line a fault; never a traceback, never a wrong total.

``python -m tests.benchmarks.fuzz_tables [NUMBER] [SEED]`` makes 20,000 by default: a good file of one layout
in a random encoding, separator and archive, with rows cut off, cells swapped, shifted, spoilt or repeated. Of every
file that is taken without a doubt, origins must add up to the total that it states. Printed: how many were taken,
doubted and refused, and every escape with the bytes that cause it.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import random
import sys
import tempfile
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from minrisk.data import load_dataset
from minrisk.data.trade.china import WHOLE, ChinaFile, read_china, yearly_exports
from minrisk.data.trade.read import TradeFile, read_trade
from minrisk.data.trade.wgi import Estimates, read_wgi
from minrisk.data.trade.whole import TOLERANCE, doubts
from minrisk.risk.concentration import MOST_ESTIMATE
from tests import ROOT

CODES = ("280530", "284610", "284690")
_GOOD = (ROOT / "tests/data/trade_files/comtrade.csv").read_text(encoding="utf-8")
_BACI = (
    "t,i,j,k,v,q\n2025,156,392,280530,90000.5,5000.25\n2025,704,392,280530,40000,2000\n2025,490,392,284610,900,NA\n"
)

_JAPAN = (ROOT / "tests/data/trade_files/japan_customs.csv").read_text(encoding="utf-8")
_ESTAT = (
    '"品目","国","時間軸(年次)","単位","数量","金額(千円)"\n'
    '"280530000_希土類金属","105_中華人民共和国","2025年","KG","5,000,000","13,000,000"\n'
    '"280530000_希土類金属","110_ベトナム","2025年","KG","3,000,000","7,000,000"\n'
)
_CHINA = (
    "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,第一数量,第一计量单位,第二数量,第二计量单位,美元\n"
    + "".join(f'2024{n:02d},28469015,氧化镝,116,日本,"{n},500",千克,0,,900\n' for n in range(1, 13))
    + "202404,28053012,镝,133,韩国,700,千克,0,,900\n"
)
_WGI = (
    "code,countryname,year,indicator,estimate,stddev\nCHN,China,2024,pv,0.5,0.2\nZAR,Congo,2024,pv,-1.5,0.3\n"
    "CHN,China,2025,pv,..,..\nJPN,Japan,2024,cc,1.5,0.2\n"
)

_WGI_WIDE = (
    "Country Name,Country Code,Series Name,Series Code,2024 [YR2024],2025 [YR2025]\n"
    "China,CHN,Political Stability: Estimate,PV.EST,0.5,0.25\n"
    "Congo,COD,Political Stability: Estimate,PV.EST,-1.5,..\n"
)

#: What is mutated: format, and text of a good file, the commoner ones more than once.
FILES = (
    ("comtrade", _GOOD), ("comtrade", _GOOD), ("comtrade", _GOOD), ("baci", _BACI), ("baci", _BACI),
    ("japan", _JAPAN), ("japan", _ESTAT), ("china", _CHINA), ("wgi", _WGI), ("wgi", _WGI_WIDE),
)  # fmt: skip

#: Cells that break programs.
SPOILT = (
    "", " ", "nan", "NaN", "inf", "-inf", "1e999", "-5", "1e-320", "0", "1,000", "1.000,5", "1 000", "1e5",
    "=1+1", "W", "<1", "\u3000", "５０００", "\x1b[31m", '"', "a\nb", "x" * 5_000, "280530.0", "2805.30",
    "'280530'", "9" * 400, "0x10", "None", "true", "–", "2025-01", "world", "CHN", "\ufeff", "\x00",
    "97", "HS280530", "2024.0", "W00", "\u2028",
)  # fmt: skip

Rows = list[list[str]]


@dataclass
class Found:
    """What came of so many files, and the escapes."""

    count: Counter[str] = field(default_factory=Counter)
    escapes: list[str] = field(default_factory=list)


def mutate(rows: Rows, chance: random.Random) -> Rows:
    """Spoil a table in one to three ways."""
    ways: tuple[Callable[[Rows, random.Random], Rows], ...] = (
        _cut, _swap, _shift, _spoil, _spoil, _repeat, _drop_column, _rename, _shuffle, _scale,
    )  # fmt: skip
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
        rows = chance.choice(ways)(rows, chance)
    return rows


def _cut(rows: Rows, chance: random.Random) -> Rows:
    return rows[: chance.randint(0, len(rows))] if chance.random() < 0.5 else rows[:1] + rows[2:]


def _swap(rows: Rows, chance: random.Random) -> Rows:
    width = min(map(len, rows), default=0)
    if width < 2:
        return rows
    one, other = chance.sample(range(width), 2)
    header = chance.random() < 0.5
    swapped = [list(row) for row in rows]
    for row in swapped[0 if header else 1 :]:
        row[one], row[other] = row[other], row[one]
    return swapped


def _shift(rows: Rows, chance: random.Random) -> Rows:
    left = chance.random() < 0.5
    return rows[:1] + [row[1:] if left else ["0", *row] for row in rows[1:]]


def _spoil(rows: Rows, chance: random.Random) -> Rows:
    if not rows or not rows[-1]:
        return rows
    row = chance.randrange(len(rows))
    if rows[row]:
        rows = [list(one) for one in rows]
        rows[row][chance.randrange(len(rows[row]))] = chance.choice(SPOILT)
    return rows


def _repeat(rows: Rows, chance: random.Random) -> Rows:
    return [*rows, *rows[chance.randint(0, len(rows)) :]]


def _drop_column(rows: Rows, chance: random.Random) -> Rows:
    place = chance.randrange(max(len(rows[0]), 1)) if rows else 0
    return [row[:place] + row[place + 1 :] for row in rows]


def _rename(rows: Rows, chance: random.Random) -> Rows:
    change = chance.choice((str.upper, str.title, lambda name: f" {name} ", lambda name: name[::-1]))
    return [[change(name) for name in rows[0]], *rows[1:]] if rows else rows


def _shuffle(rows: Rows, chance: random.Random) -> Rows:
    body = rows[1:]
    chance.shuffle(body)
    return [*rows[:1], *body]


def _scale(rows: Rows, chance: random.Random) -> Rows:
    """One row a thousand times as large or as small."""
    if len(rows) < 2:
        return rows
    row = chance.randrange(1, len(rows))
    end = chance.choice(("000", ""))
    rows = [list(one) for one in rows]
    rows[row] = [f"{cell}{end}" if cell.isdigit() and len(cell) > 6 else cell for cell in rows[row]]
    return rows


def packed(rows: Rows, chance: random.Random) -> bytes:
    """The table in a random separator, encoding and archive, sometimes cut short."""
    if rows and chance.random() < 0.1:
        records = [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]
        columns = {name: {str(n): record.get(name) for n, record in enumerate(records)} for name in rows[0]}
        split = {"columns": rows[0], "index": [], "data": rows[1:]}
        text = json.dumps(chance.choice((records, {"count": len(records), "data": records}, columns, split)))
    else:
        separator = chance.choice((",", ",", ",", ";", "\t", "|"))
        ends = chance.choice(("\n", "\n", "\r\n", "\r"))
        text = "".join(separator.join(_quoted(cell, separator) for cell in row) + ends for row in rows)
    encoding = chance.choice(
        ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp932", "gb18030", "cp1252", "utf-32", "euc_jp",
         "iso2022_jp", "cp949")
    )  # fmt: skip
    raw = text.encode(encoding, errors="replace")
    if chance.random() < 0.1:
        raw = raw[: chance.randint(0, len(raw))]
    way = chance.randrange(8)
    if way == 0:
        raw = gzip.compress(raw)
    elif way == 1:
        raw = bz2.compress(raw)
    elif way == 2:
        with tempfile.TemporaryFile() as file:
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr("a.csv", raw)
            file.seek(0)
            raw = file.read()
    return raw[: chance.randint(0, len(raw))] if chance.random() < 0.05 else raw


def _quoted(cell: str, separator: str) -> str:
    return f'"{cell}"' if separator in cell or "\n" in cell else cell


def wrong_total(found: TradeFile) -> str:
    """A total that the file states and its origins miss; empty if there is none."""
    for block, (_, total) in found.totals.items():
        rows = [row for row in found.rows if (row.importer, row.year, row.hs) == block]
        value = sum(row.value_kusd or 0.0 for row in rows)
        back = found.own.get(block, (0.0, 0.0))[1]
        if total and min(abs(value + extra - total) for extra in (0.0, back)) > (TOLERANCE + 1e-9) * total:
            return f"{block}: {value} of {total}"
    return ""


def one_file(path: Path, kind: str) -> tuple[str, str]:
    """What becomes of a file, and what is wrong with that."""
    if kind == "china":
        found: TradeFile | ChinaFile | Estimates = read_china([path])
    elif kind == "wgi":
        found = read_wgi(path)
    else:
        found = read_trade(path, kind, CODES, ("JPN",), 150.0)
    if found.problems:
        bad = [problem for problem in found.problems if "\n" in problem or not problem.isprintable()]
        return "refused", f"a message of several lines or hidden letters: {bad[0]!r}" if bad else ""
    if isinstance(found, ChinaFile):
        sums = [tonnes for row in yearly_exports(found, WHOLE) for tonnes in (*row.tonnes, *row.share)]
        bad_sum = [amount for amount in sums if not 0.0 <= amount < float("inf")]
        return "taken", f"amounts {bad_sum}" if bad_sum else ""
    if isinstance(found, Estimates):
        odd = [value for value, _ in found.rows.values() if not abs(value) <= MOST_ESTIMATE]
        return "taken", f"estimates {odd}" if odd else ""
    said = doubts(found, load_dataset(), CODES)
    if any(doubt.stops for doubt in said):
        return "stopped", ""
    wrong = wrong_total(found)
    return "taken", f"origins do not add up: {wrong}" if wrong else ""


def fuzz(number: int, seed: int) -> Found:
    """Make and read so many files."""
    found = Found()
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        for _ in range(number):
            kind, text = chance.choice(FILES)
            rows = mutate(list(csv.reader(text.splitlines())), chance)
            raw = packed(rows, chance)
            path.write_bytes(raw)
            try:
                outcome, fault = one_file(path, kind)
            except Exception:
                outcome, fault = "escaped", traceback.format_exc()
            found.count[outcome] += 1
            if fault:
                found.escapes.append(f"{kind} {raw[:2_000]!r}\n{fault}")
    return found


def main() -> None:
    """Print what came of the files."""
    words = [word for word in sys.argv[1:] if word.isdecimal()]
    number, seed = int(words[0]) if words else 20_000, int(words[1]) if len(words) > 1 else 1
    found = fuzz(number, seed)
    print(
        f"{number:,} files: " + ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(found.count.items()))
    )
    print(f"escapes: {len(found.escapes)}")
    for escape in found.escapes[:10]:
        print(escape)
    sys.exit(bool(found.escapes))


if __name__ == "__main__":
    main()
