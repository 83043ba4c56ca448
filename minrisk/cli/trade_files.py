"""``minrisk data import``: figures of trade and governance into a dataset, checked before anything changes."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minrisk.cli.app import app, count, fail, folder, load_dataset_or_fail

if TYPE_CHECKING:
    from minrisk.data import Dataset
    from minrisk.data.trade.observed import Observed
    from minrisk.data.trade.read import TradeFile
    from minrisk.data.trade.write import Change


#: Errors printed one by one; more are counted.
_MOST_FAULTS = 50


class Kind(StrEnum):
    """What a file is from."""

    comtrade = "comtrade"
    baci = "baci"
    japan = "japan"
    china = "china"
    wgi = "wgi"


data_app = typer.Typer(help="Begin a dataset, or add figures to one.", no_args_is_help=True)
app.add_typer(data_app, name="data")


@data_app.command("new")
def new_command(
    dataset: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder that is not there yet.")],
    subject: Annotated[
        str, typer.Option(metavar="WORD", help="What the elements are: minerals or rare_earths.")
    ] = "minerals",
    element: Annotated[str, typer.Option(metavar="LABEL", help="Its first element, such as Li.")] = "M",
    hs: Annotated[
        list[str] | None,
        typer.Option(metavar="CODES", help="Customs codes of six digits, separated by commas; example: 810510."),
    ] = None,
) -> None:
    """Write the tables that a dataset needs, with headers, units and an example row each."""
    from minrisk.data import SUBJECTS, nearest
    from minrisk.data.new import write_new
    from minrisk.files import write_file
    from minrisk.scenario.library import first_scenario

    if subject not in SUBJECTS:
        fail([f"--subject {subject!r}; {nearest(subject, SUBJECTS)}"])
    try:
        codes = _codes(hs, ["810510"])
        if not re.fullmatch(r"[A-Za-z0-9_.-]+", element):
            fail([f"--element {element!r}: letters, digits, _ . and - alone"])
        written = write_new(dataset, subject, element, codes)
        write_file(dataset / "ban.yaml", first_scenario(subject).encode())
    except OSError as error:
        fail([str(error)])
    for path in written:
        print(f"written: {path}")
    for name in ("datapackage.json", "ban.yaml"):
        print(f"written: {dataset / name}")
    print(f"next: minrisk data import --from baci FILE --dataset {dataset}; replace the other example rows")
    print(f"then: minrisk mix {dataset}, which names every error, and minrisk run {dataset / 'ban.yaml'}")


@data_app.command("build")
def build_command(
    importer: Annotated[
        str, typer.Option(metavar="ISO3", help="Importer whose trade the dataset holds, such as KOR, USA or EUN.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder that is not there yet; default: its name, as korea."),
    ] = None,
    base: Annotated[
        Path | None,
        typer.Option("--dataset", metavar="FOLDER", help="Dataset to build from; default: the packaged one."),
    ] = None,
) -> None:
    """Make a dataset of another importer from its trade and the priors of a dataset; print what it lacks."""
    from minrisk.data import DatasetError, load_dataset, nearest
    from minrisk.data.build import build_dataset, dataset_name, importers_known, write_dataset
    from minrisk.data.trade.areas import importer_code

    found = load_dataset_or_fail(base)
    known = importers_known(found)
    code = importer.upper() if importer.upper() in known else importer_code(importer)
    if code not in known:
        fail([f"--importer: {found.name} has no trade of {importer!r}; {nearest(importer.upper(), known)}"])
    place = Path(dataset_name(code)) if out is None else out
    try:
        built = build_dataset(found, code)
        write_dataset(built, place)
        load_dataset(place)
    except DatasetError as error:
        fail(error.problems)
    except OSError as error:
        fail([str(error)])
    rows = sum(len(rows) for rows in built.tables.values())
    print(f"written: {place}, {count(len(built.tables), 'table')}, {count(rows, 'row')}")
    print(f"not known of {code}:")
    for lack in built.lacks:
        print(f"- {lack}")
    print(f"next: minrisk mix {place}; a scenario takes it by 'dataset: {place}'")


@data_app.command("import")
def import_command(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="As downloaded: CSV, workbook or JSON, also compressed; several are one."
        ),
    ],
    kind: Annotated[
        Kind,
        typer.Option(
            "--from",
            help="Whose file: UN Comtrade, CEPII BACI, Japan's customs or e-Stat, Chinese customs by eight-digit "
            "code, governance of the World Bank.",
        ),
    ],
    dataset: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER",
            parser=folder,
            help="Dataset to change; a new folder starts as a copy of the packaged one.",
        ),
    ],
    importer: Annotated[
        list[str] | None,
        typer.Option(metavar="ISO3", help="Importers to keep, or all; default: the dataset's own."),
    ] = None,
    hs: Annotated[
        list[str] | None,
        typer.Option(metavar="CODES", help="Customs codes, separated by commas; default: the dataset's own."),
    ] = None,
    jpy_per_usd: Annotated[
        float | None,
        typer.Option(
            metavar="RATE", min=1.0, help="Yen for a dollar, for a file in yen; default: the dataset's rate."
        ),
    ] = None,
    observations: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV", help="Write the months there too, as observations of an episode (japan, china)."
        ),
    ] = None,
    insist: Annotated[
        bool,
        typer.Option("--replace", help="Import even what does not add up or loses most of what it replaces."),
    ] = False,
) -> None:
    """Import files of trade or governance into a dataset; a file with errors changes nothing."""
    from minrisk.data import DatasetError
    from minrisk.data.trade.write import base_of
    from minrisk.files import OutputError

    _check_options(kind, jpy_per_usd, observations)
    try:
        before = load_dataset_or_fail(base_of(dataset))
        if kind is Kind.china:
            _import_china(files, before, dataset, observations, insist)
        elif kind is Kind.wgi:
            _import_wgi(files, before, dataset, insist)
        else:
            codes = _codes(hs, sorted(set(before.table("reo_factors")["hs"])))
            importers = _importers(importer, before.settings["importer"])
            _import_trade(files, kind, before, dataset, codes, importers, jpy_per_usd, observations, insist)
    except DatasetError as error:
        fail(error.problems)
    except OutputError as error:
        fail([str(error)])


def _check_options(kind: Kind, jpy_per_usd: float | None, observations: Path | None) -> None:
    faults = []
    if jpy_per_usd is not None and kind is not Kind.japan:
        faults.append(f"--jpy-per-usd: files of {kind.value} are in dollars")
    if observations is not None and kind not in (Kind.japan, Kind.china):
        faults.append(f"--observations: files of {kind.value} have no months")
    if observations is not None and observations.exists():
        faults.append(f"--observations: {observations} exists; name a new file")
    if faults:
        fail(faults)


def _stop_at(problems: Sequence[str], dataset: Path) -> None:
    """Print what is wrong with a file and stop, if anything is."""
    if problems:
        more = len(problems) - _MOST_FAULTS
        rest = [f"and {count(more, 'further error')}"] if more > 0 else []
        fail([*problems[:_MOST_FAULTS], *rest, f"nothing was written to {dataset}"])


def _warn_or_stop(stops: Sequence[str], warnings: Sequence[str], dataset: Path, insist: bool) -> None:
    """Print what speaks against a file; stop unless nothing does so strongly, or the user insists."""
    if stops and not insist:
        end = f"nothing was written to {dataset}; --replace imports the file all the same"
        fail([*stops, *warnings, end])
    for text in (*stops, *warnings):
        print(f"warning: {text}", file=sys.stderr)


def _import_trade(
    files: list[Path],
    kind: Kind,
    before: Dataset,
    dataset: Path,
    codes: list[str],
    importers: list[str] | None,
    jpy_per_usd: float | None,
    observations: Path | None,
    insist: bool,
) -> None:
    from minrisk.data.trade.observed import monthly_imports
    from minrisk.data.trade.read import read_trade
    from minrisk.data.trade.whole import doubts, with_unit_values
    from minrisk.data.trade.write import import_trade

    rate, rate_said = _rate(before, jpy_per_usd) if kind is Kind.japan else (1.0, "")
    found = read_trade(files, kind.value, codes, importers, rate)
    _stop_at(found.problems, dataset)
    said = doubts(found, before, codes)
    stops, warnings = ([doubt.text for doubt in said if doubt.stops is stop] for stop in (True, False))
    _warn_or_stop(stops, warnings, dataset, insist)
    found.rows = with_unit_values(found.rows, before)
    strange = sorted({row.hs for row in found.rows} - set(before.table("reo_factors")["hs"]))
    if strange:
        missing = f"{', '.join(strange)}: not in the mix (in_mix 0)"
        found.notes.append(f"{missing}: no row in reo_factors.csv; add one, then write 1 there")
    if rate_said:
        found.notes.append(rate_said)
        found.rows = [row.with_note(f"thousand yen at {rate:g} JPY/USD") for row in found.rows]
    changes = import_trade(found, kind.value, dataset)
    _report(found, changes, dataset, before.settings["mix_years"])
    if observations is not None:
        months = list(monthly_imports(found.months, before, {row.hs for row in found.rows}))
        _write_observations(months, kind, found.names, observations)


def _rate(before: Dataset, given: float | None) -> tuple[float, str]:
    """Yen for a dollar, and where the rate is from."""
    from minrisk.data import MissingPriceError, exchange_rate

    if given is not None:
        return given, f"thousand yen are turned into dollars at {given:g} JPY/USD (--jpy-per-usd)"
    try:
        rate = exchange_rate(before)
    except MissingPriceError as error:
        fail([f"{error}, or say --jpy-per-usd"])
    table = before.table("dataset")
    year = next(iter(table.loc[table["key"] == "jpy_per_usd", "year"]))
    said = f"thousand yen are turned into dollars at {rate:g} JPY/USD, the dataset's rate of {year}"
    return rate, f"{said}, whatever the year; --jpy-per-usd gives another"


def _import_china(
    files: list[Path], before: Dataset, dataset: Path, observations: Path | None, insist: bool
) -> None:
    from minrisk.data import mix_years
    from minrisk.data.trade.china import monthly_exports, partners_missing, read_china, year_of, yearly_exports
    from minrisk.data.trade.write import import_exports

    found = read_china(files)
    _stop_at(found.problems, dataset)
    rows = yearly_exports(found, before.labels.elements)
    year, span = year_of(found), before.settings["mix_years"]
    first, last = mix_years(span) or (year, year)
    warnings = []
    if rows and not first <= year <= last:
        warnings.append(f"exports of {year}, but the sourcing mix is made from {span} (mix_years)")
    if rows and not any(row.share[1] > 0.0 for row in rows):
        warnings.append("no line names Japan (116): every share is zero")
    stops = partners_missing(found)
    if not rows and observations is None:
        fail([*stops, "no year has all its twelve months; name a file by --observations to keep its months"])
    _warn_or_stop(stops, warnings, dataset, insist)
    for note in (
        *found.notes,
        *(f"left out: {count(n, 'line')}, {why}" for why, n in sorted(found.left_out.items())),
    ):
        print(note)
    if found.unnamed_t:
        print(f"of no single element: {found.unnamed_t:,.1f} t of product")
    if rows:
        import_exports(found, rows, dataset)
        for row in rows:
            low, central, high = row.tonnes
            print(
                f"{row.element} {year}: {central:,.1f} t REO ({low:,.1f} to {high:,.1f}), "
                f"{row.share[1]:.0%} to Japan"
            )
        print(f"written: {dataset}; focus_exports.csv now holds them, and the sourcing mix is fitted to them")
    if observations is not None:
        _write_observations(monthly_exports(found, before), Kind.china, found.names, observations)


def _import_wgi(files: list[Path], before: Dataset, dataset: Path, insist: bool) -> None:
    from minrisk.data.trade.wgi import read_wgi
    from minrisk.data.trade.write import import_governance

    if len(files) > 1:
        fail(["--from wgi: one file at a time; it holds every year"])
    found = read_wgi(files[0])
    _stop_at(found.problems, dataset)
    years = sorted({year for year, _ in found.rows})
    held = {year: sum(of == year for of, _ in found.rows) for year in years}
    governed = before.table("governance")["year"] if "governance" in before.tables else ()
    known = Counter(int(year) for year in governed)
    stops = [
        f"{year}: {_countries(held[year])} instead of {known[year]} in the dataset; is it whole?"
        for year in years
        if held[year] < _LEAST_COUNTRIES * known[year]
    ]
    _warn_or_stop(stops, [], dataset, insist)
    import_governance(found, dataset)
    for year in years:
        print(f"{year}: {held[year]} estimates of political stability")
    for note in found.notes:
        print(note)
    print(f"written: {dataset}, edition of {found.edition}; a year without estimates carries the last, flagged c")
    print(f"next: minrisk indices --dataset {dataset}")


#: A file with fewer than this share of a year's countries does not take their place unasked [1].
_LEAST_COUNTRIES = 0.5


def _write_observations(rows: list[Observed], kind: Kind, names: Sequence[str], path: Path) -> None:
    from minrisk.data.trade.observed import observations_text
    from minrisk.files import write_file

    if not rows:
        print(f"{path} not written: the file has no months", file=sys.stderr)
        return
    publisher = "Chinese customs" if kind is Kind.china else "Trade Statistics of Japan"
    write_file(path, observations_text(rows, f"{publisher}, {', '.join(names)}").encode())
    print(f"written: {path}, {count(len(rows), 'observation')}; put it beside the scenario.yaml of an episode")


def _words(texts: list[str] | None) -> list[str]:
    return [word.strip() for text in texts or () for word in text.split(",") if word.strip()]


def _codes(texts: list[str] | None, own: list[str]) -> list[str]:
    """Customs codes of six digits, as asked for or the dataset's own."""
    from minrisk.data import nearest
    from minrisk.data.trade.layouts import customs_code

    words = _words(texts)
    codes = [customs_code(word) for word in words]
    faults = [
        f"--hs: {word!r} is no customs code of six digits; {nearest(code, own)}"
        for word, code in zip(words, codes, strict=True)
        if not (code.isascii() and code.isdigit() and len(code) == 6)
    ]
    if faults:
        fail(faults)
    return list(dict.fromkeys(codes)) or own


def _importers(texts: list[str] | None, own: str) -> list[str] | None:
    """ISO 3166 codes of the importers asked for; None for all of them."""
    from minrisk.data import nearest
    from minrisk.data.trade.areas import areas, importer_code

    words = _words(texts) or [own]
    if "all" in [word.casefold() for word in words]:
        return None
    codes = [own if word == own else importer_code(word) for word in words]
    faults = [
        f"--importer: {word!r} is no country code of three letters; {nearest(word.upper(), set(areas().values()))}"
        for word, code in zip(words, codes, strict=True)
        if code is None
    ]
    if faults:
        fail(faults)
    return [code for code in codes if code is not None]


def _report(found: TradeFile, changes: list[Change], dataset: Path, mix_years: str) -> None:
    """Print what became of every line of the file."""
    for change in changes:
        before = f" instead of {count(change.rows_before, 'row')}, {change.tonnes_before:,.1f} t"
        print(
            f"{change.importer} {change.year} {change.hs}: {count(change.rows_after, 'row')}, "
            f"{change.tonnes_after:,.1f} t gross{before if change.rows_before else ', new'}"
        )
    without = sum(row.quantity_t is None for row in found.rows)
    if without:
        print(f"{count(without, 'row')} without tonnes: only the value is kept")
    for note in found.notes:
        print(note)
    strange = sorted({row.origin for row in found.rows if "is not known" in row.note})
    if strange:
        print(f"origins kept under their number, because it stands for no known country: {', '.join(strange)}")
    for reason, number in sorted(found.left_out.items()):
        print(f"left out: {count(number, 'line')}, {reason}")
    print(f"written: {dataset}; its sourcing mix is made from {mix_years} (mix_years in dataset.csv)")
    print(f"next: minrisk indices --dataset {dataset}")


def _countries(number: int) -> str:
    return "1 country" if number == 1 else f"{number} countries"
