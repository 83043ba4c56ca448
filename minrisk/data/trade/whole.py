"""Is a trade file whole, and are its numbers possible? Compared with its own totals and with what is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import pandas as pd

from minrisk.data.dataset import EXAMPLE_NOTE, Dataset
from minrisk.data.trade.areas import is_no_country, unspecified_areas
from minrisk.data.trade.read import TradeFile, TradeRow

#: The origins may miss the file's own total by this share: rounding, and what a publisher estimates [1].
TOLERANCE = 0.02

#: Below this share of the tonnes or the value that stand there, rows do not take others' place unasked [1].
LEAST_LEFT = 0.5

#: A unit value, or tonnes without a total to check them by, this many times those of other years are odd [1].
ODD_UNIT_VALUE = 10.0
ODD_TONNES = 5.0

#: Other years compared with: the nearest.
_YEARS = 5

#: An origin of less than this share of a code's tonnes and value is too small for its unit value to matter [1].
_SMALL = 0.05

Block = tuple[str, int, str]


@dataclass(frozen=True)
class Doubt:
    """What speaks against a file, with numbers.

    Attributes
    ----------
    text : str
        One line.
    stops : bool
        Whether the file is not imported unless the user insists.
    """

    text: str
    stops: bool = False


def doubts(found: TradeFile, dataset: Dataset, codes: Collection[str]) -> list[Doubt]:
    """Compare a file with its own totals, with what was asked for and with what the dataset holds.

    Parameters
    ----------
    found : TradeFile
        As read, without faults.
    dataset : Dataset
        The dataset before the import.
    codes : collection of str
        Customs codes asked for.

    Returns
    -------
    list of Doubt
        Those that stop an import first.
    """
    blocks: dict[Block, list[TradeRow]] = {}
    for row in found.rows:
        blocks.setdefault((row.importer, row.year, row.hs), []).append(row)
    said = [Doubt(limit, stops=True) for limit in found.limits]
    said += _without_origins(found, blocks)
    for block, rows in sorted(blocks.items()):
        checked = block in found.totals
        said += _against_total(block, rows, found) if checked else ()
        before = _rows_of(dataset, block[0], block[2])
        said += _against_replaced(block, rows, before[before["year"] == block[1]])
        said += _against_years(block, rows, before[before["year"] != block[1]], checked)
        said += _of_no_country(block, rows)
    said += _codes_without_rows(blocks, dataset, codes)
    return sorted(said, key=lambda doubt: not doubt.stops)


def with_unit_values(rows: Sequence[TradeRow], dataset: Dataset) -> list[TradeRow]:
    """The rows, those whose unit value is far from that of their code marked in their notes."""
    marked = []
    for row in rows:
        price = _price([row])
        usual = _usual_price(_rows_of(dataset, row.importer, row.hs), row.year)
        if price and usual and _odd(price, usual):
            note = f"unit value {_short(price)} USD/kg; about {_short(usual)} in other years"
            row = row.with_note(note)
        marked.append(row)
    return marked


def _rows_of(dataset: Dataset, importer: str, hs: str) -> pd.DataFrame:
    if importer == dataset.settings["importer"]:
        frame = dataset.table("imports")
        if "note" in frame:
            frame = frame[frame["note"] != EXAMPLE_NOTE]
    elif "trade" in dataset.tables:
        frame = dataset.table("trade")
        frame = frame[frame["importer"] == importer]
    else:
        return pd.DataFrame({"year": [], "hs": [], "quantity_t": [], "value_kusd": []})
    return frame[frame["hs"] == hs]


def _without_origins(found: TradeFile, blocks: Collection[Block]) -> Iterator[Doubt]:
    for block, (tonnes, value) in sorted(found.totals.items()):
        if block not in blocks and (tonnes or value):
            amount = f"{tonnes:,.1f} t" if tonnes else f"{value or 0.0:,.0f} kUSD"
            yield Doubt(
                f"{_label(block)}: a total of {amount} and no origin; download with all partners", stops=True
            )


def _against_total(block: Block, rows: Sequence[TradeRow], found: TradeFile) -> Iterator[Doubt]:
    """The origins add up to what the file states for the world, with or without the importer's own goods."""
    own = found.own.get(block, (0.0, 0.0))
    tonnes = [row.quantity_t for row in rows]
    for amounts, total, back, unit in (
        (tonnes if None not in tonnes else [], found.totals[block][0], own[0], "t"),
        ([row.value_kusd for row in rows], found.totals[block][1], own[1], "kUSD"),
    ):
        if not total or not amounts:
            continue
        sums = [sum(amount or 0.0 for amount in amounts) + extra for extra in (0.0, back)]
        nearest = min(sums, key=lambda amount: abs(amount - total))
        if abs(nearest - total) > TOLERANCE * total:
            said = f"the origins add up to {nearest:,.1f} {unit}, the file's own total is {total:,.1f} {unit}"
            missing = f"{1.0 - nearest / total:.0%} are missing; download all partners, below the limit of rows"
            more = "are totals or lines counted twice?"
            yield Doubt(f"{_label(block)}: {said}: {missing if nearest < total else more}", stops=True)
            return


def _against_replaced(block: Block, rows: Sequence[TradeRow], before: pd.DataFrame) -> Iterator[Doubt]:
    """Rows that take others' place are about as many, as heavy and as dear."""
    if before.empty:
        return
    was, now = _amounts(before), (_tonnes(rows), _value(rows))
    parts = [
        f"{new:,.1f} {unit} instead of {old:,.1f}"
        for old, new, unit in zip(was, now, ("t", "kUSD"), strict=True)
        if new < LEAST_LEFT * old or (old and new > old / LEAST_LEFT)
    ]
    if len(rows) < LEAST_LEFT * len(before):
        parts.append(f"{len(rows)} instead of {len(before)} origins")
    by = 0 if was[0] else 1  # by weight, where weights were reported
    if parts:
        said = f"{', '.join(parts)} in the dataset; is the file whole?"
        yield Doubt(f"{_label(block)}: {said}", stops=now[by] < LEAST_LEFT * was[by])


def _against_years(block: Block, rows: Sequence[TradeRow], other: pd.DataFrame, checked: bool) -> Iterator[Doubt]:
    """Unit values, and where no total vouches for them tonnes and origins, are about those of other years."""
    price, usual = _price(rows), _usual_price(other, block[1])
    if price and usual and _odd(price, usual):
        span = [value for _, value in _yearly_prices(other, block[1])]
        yield Doubt(
            f"{_label(block)}: {_tonnes(rows):,.1f} t at {_short(price)} USD/kg, but {_short(min(span))} to "
            f"{_short(max(span))} USD/kg in other years; are kilograms taken for tonnes, or the reverse?"
        )
    elif usual:
        yield from _odd_rows(block, rows, usual)
    if checked or other.empty:
        return
    years = _nearest_years(other, block[1])
    tonnes = median(_amounts(other[other["year"] == year])[0] for year in years)
    origins = median(int((other["year"] == year).sum()) for year in years)
    odd = _tonnes(rows) > 0 and tonnes > 0 and not 1 / ODD_TONNES <= _tonnes(rows) / tonnes <= ODD_TONNES
    few = len(rows) < LEAST_LEFT * origins
    if odd or few:
        count = "1 origin" if len(rows) == 1 else f"{len(rows)} origins"
        usually = f"about {origins:.0f} origins and {tonnes:,.1f} t in other years"
        rest = f"{count} and {_tonnes(rows):,.1f} t, but {usually}; the file states no total to check this by"
        yield Doubt(f"{_label(block)}: {rest}")


def _odd_rows(block: Block, rows: Sequence[TradeRow], usual: float) -> Iterator[Doubt]:
    tonnes, value = _tonnes(rows), _value(rows)
    for row in rows:
        price = _price([row])
        large = (row.quantity_t or 0.0) > _SMALL * tonnes or (row.value_kusd or 0.0) > _SMALL * value
        if price and large and _odd(price, usual):
            said = f"{row.quantity_t or 0.0:,.1f} t at {_short(price)} USD/kg, but about {_short(usual)} USD/kg"
            rest = "for the code in other years; in_mix 0 in imports.csv leaves it out of the mix"
            yield Doubt(f"{_label(block)} {row.origin}: {said} {rest}")


def _of_no_country(block: Block, rows: Sequence[TradeRow]) -> Iterator[Doubt]:
    known = unspecified_areas()
    odd = [row for row in rows if is_no_country(row.origin)]
    if odd:
        share = _tonnes(odd) / _tonnes(rows) if _tonnes(rows) else _value(odd) / (_value(rows) or 1.0)
        named = ", ".join(f"{row.origin} ({known.get(row.origin, 'unknown number')})" for row in odd)
        yield Doubt(f"{_label(block)}: {share:.1%} from areas that are no country: {named}")


def _codes_without_rows(blocks: Collection[Block], dataset: Dataset, codes: Collection[str]) -> Iterator[Doubt]:
    """Codes asked for of which an importer and year have no row, here or in the dataset."""
    composition = dataset.table("composition")
    composition = composition[composition["share"] > 0]
    own = dataset.settings["importer"]
    for importer, year in sorted({(importer, year) for importer, year, _ in blocks}):
        frames = {code: _rows_of(dataset, importer, code) for code in codes}
        there = {hs for name, when, hs in blocks if (name, when) == (importer, year)}
        there |= {code for code, frame in frames.items() if (frame["year"] == year).any()}
        missing = sorted(set(codes) - there)
        if not missing:
            continue
        lost = set(composition["element"]) - set(composition.loc[composition["hs"].isin(there), "element"])
        names = ", ".join(element for element in dataset.labels.elements if element in lost)
        rest = f"; a sourcing mix of {year} has no source of {names}" if importer == own and names else ""
        yield Doubt(f"{importer} {year}: no row under {', '.join(missing)}{rest}")


# --- amounts --------------------------------------------------------------------------------------------------


def _label(block: Block) -> str:
    return f"{block[0]} {block[1]} {block[2]}"


def _tonnes(rows: Sequence[TradeRow]) -> float:
    return sum(row.quantity_t or 0.0 for row in rows)


def _value(rows: Sequence[TradeRow]) -> float:
    return sum(row.value_kusd or 0.0 for row in rows)


def _price(rows: Sequence[TradeRow]) -> float:
    """Value over weight where both are reported [USD/kg]; 0 where nothing is."""
    both = [row for row in rows if row.quantity_t and row.value_kusd]
    return _value(both) / _tonnes(both) if both else 0.0


def _short(price: float) -> str:
    return f"{price:,.0f}" if price >= 10.0 else f"{price:.2g}"


def _amounts(frame: pd.DataFrame) -> tuple[float, float]:
    return float(frame["quantity_t"].sum()), float(frame["value_kusd"].sum())


def _nearest_years(frame: pd.DataFrame, year: int) -> list[int]:
    return sorted({int(other) for other in frame["year"]}, key=lambda other: (abs(other - year), other))[:_YEARS]


def _yearly_prices(frame: pd.DataFrame, year: int) -> list[tuple[int, float]]:
    """Unit value of a code in the years nearest to one, without it, where weights are reported [USD/kg]."""
    both = frame[(frame["quantity_t"] > 0) & (frame["value_kusd"] > 0) & (frame["year"] != year)]
    years = _nearest_years(both, year)
    pairs = ((other, _amounts(both[both["year"] == other])) for other in years)
    return [(other, value / tonnes) for other, (tonnes, value) in pairs if tonnes > 0]


def _usual_price(frame: pd.DataFrame, year: int) -> float:
    prices = [price for _, price in _yearly_prices(frame, year)]
    return median(prices) if prices else 0.0


def _odd(price: float, usual: float) -> bool:
    return not 1 / ODD_UNIT_VALUE <= price / usual <= ODD_UNIT_VALUE
