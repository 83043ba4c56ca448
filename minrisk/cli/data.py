"""``minrisk data import``: next year's trade figures into a dataset."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minrisk.cli.app import app, count, fail, folder, load_dataset_or_fail

if TYPE_CHECKING:
    from minrisk.data.trade_files import TradeFile
    from minrisk.data.trade_import import Change

#: Faults printed one by one; more are counted.
_MOST_FAULTS = 50


class Kind(StrEnum):
    """File formats of trade statistics."""

    comtrade = "comtrade"
    baci = "baci"


data_app = typer.Typer(help="Bring figures into a dataset.", no_args_is_help=True)
app.add_typer(data_app, name="data")


@data_app.callback()
def _data() -> None:
    """Bring figures into a dataset."""


@data_app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV as downloaded.")],
    kind: Annotated[Kind, typer.Option("--from", help="Whose file it is.")],
    dataset: Annotated[
        Path,
        typer.Option(metavar="FOLDER", parser=folder, help="Dataset to change; a new one copies the packaged one."),
    ],
    importer: Annotated[
        list[str] | None, typer.Option(metavar="ISO3", help="Importers to take, or all; the dataset's by default.")
    ] = None,
    hs: Annotated[
        list[str] | None, typer.Option(metavar="CODES", help="Customs codes, by commas; the dataset's by default.")
    ] = None,
) -> None:
    """Read imports from a UN Comtrade or BACI file into a dataset; a fault in the file leaves it as it was."""
    from minrisk.data.dataset import DatasetError
    from minrisk.data.trade_files import read_trade
    from minrisk.data.trade_import import base_of, import_trade

    try:
        before = load_dataset_or_fail(base_of(dataset))
        own = before.settings["importer"]
        wanted = _words(importer) or [own]
        codes = _words(hs) or sorted(set(before.table("reo_factors")["hs"]))
        found = read_trade(file, kind.value, codes, None if "all" in wanted else wanted)
        if found.problems:
            more = len(found.problems) - _MOST_FAULTS
            rest = [f"and {count(more, 'further fault')}"] if more > 0 else []
            fail([*found.problems[:_MOST_FAULTS], *rest, f"nothing was written to {dataset}"])
        changes = import_trade(found, kind.value, file, dataset)
    except DatasetError as error:
        fail(error.problems)
    except OSError as error:
        fail([f"cannot write {dataset}: {error.strerror or error}"])
    _report(found, changes, dataset, before.settings["mix_years"])


def _words(texts: list[str] | None) -> list[str]:
    return [word.strip() for text in texts or () for word in text.split(",") if word.strip()]


def _report(found: TradeFile, changes: list[Change], dataset: Path, mix_years: str) -> None:
    """Say what every line of the file became."""
    for change in changes:
        before = f" instead of {count(change.rows_before, 'row')}, {change.tonnes_before:,.1f} t"
        print(
            f"{change.importer} {change.year} {change.hs}: {count(change.rows_after, 'row')}, "
            f"{change.tonnes_after:,.1f} t gross{before if change.rows_before else ', new'}"
        )
    without = sum(row.quantity_t is None for row in found.rows)
    if without:
        print(f"{count(without, 'row')} without tonnes: the value is kept")
    strange = sorted({row.origin for row in found.rows if "is not known" in row.note})
    if strange:
        print(f"origins kept under their number, for no country is known by it: {', '.join(strange)}")
    for reason, number in sorted(found.left_out.items()):
        print(f"left out: {count(number, 'line')}, {reason}")
    print(f"written: {dataset}; its sourcing mix is made from {mix_years} (mix_years in dataset.csv)")
    print(f"next: minrisk indices --dataset {dataset}")
