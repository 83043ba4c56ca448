"""A run's folder: written beside its place under a temporary name, then swapped in whole."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from minrisk.reporting.record import RUN, run_record
from minrisk.reporting.text import DEFAULT, check_language
from minrisk.reporting.text import language as speaking
from minrisk.reporting.wording import QUANTILE_DRAWS

if TYPE_CHECKING:
    from minrisk.pipeline.follow import Path as Followed
    from minrisk.pipeline.run import Run

_TEMPORARY = ".minrisk-tmp-"
_OLD = ".minrisk-old-"
#: What a folder of minrisk may hold, as its run.json says.
BACKTEST = "backtest"
_KINDS = (RUN, BACKTEST)
#: Draws written together.
_ROW_GROUP = 50_000
_STALE_SECONDS = 86_400.0
#: A cell that a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class OutputError(OSError):
    """The report cannot be written where it was asked for; the message says why and what to do."""


def write_report(
    run: Run,
    out: Path | str = Path("reports"),
    command: str | None = None,
    element: str | None = None,
    language: str = "en",
) -> Path:
    """Write the report of a run into ``out/<scenario name>``, whole or not at all.

    Parameters
    ----------
    run : Run
        A finished run.
    out : Path or str
        Folder of the reports; made if missing.
    command : str, optional
        How the run was started, for "how to reproduce"; by default built from the run.
    element : str, optional
        Which element to follow through its median draw; by default the one hit hardest.
    language : str
        Language of the pages, ``en`` or ``ja``; tables, their columns and the words inside figures stay English.

    Returns
    -------
    Path
        The folder, with ``metrics.csv``, ``uses.csv``, ``series.parquet``, ``use_series.csv``,
        ``follow_<element>.csv``, ``draws.parquet``, ``run.json``, ``report.html``,
        ``report.md`` and ``figures/``; with
        industries in the dataset also ``economy.csv`` and ``industry_series.csv``.

    Raises
    ------
    ValueError
        If the run has no such element, or minrisk does not speak the language.
    OutputError
        If something that is not minrisk's own report is in the way, or writing fails.
    """
    if element is not None and element not in run.elements:
        raise ValueError(f"no element {element!r}; the run has: {', '.join(run.elements)}")
    check_language(language)
    target = check_target(out, run.scenario.name)
    text = command or reproduce_command(run, language)
    replace_folder(target, lambda temporary: _fill(run, temporary, text, element, language))
    return target


def replace_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside its place under a temporary name, then swap it in whole.

    Parameters
    ----------
    target : Path
        From `check_target`.
    fill : callable
        Writes the files, ``run.json`` among them, into the folder it is given.

    Raises
    ------
    OutputError
        If something that is not minrisk's own is in the way, or writing fails.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clean(target)
        temporary = target.parent / f"{_TEMPORARY}{target.name}-{os.getpid()}-{secrets.token_hex(4)}"
        temporary.mkdir()
        try:
            fill(temporary)
            _swap(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error


def check_target(out: Path | str, name: str) -> Path:
    """Say where a report goes, and refuse early if it may not go there.

    Parameters
    ----------
    out : Path or str
        Folder of the reports.
    name : str
        Name of the scenario.

    Returns
    -------
    Path
        ``out/name``, free or holding an earlier report.

    Raises
    ------
    OutputError
        If the name is no plain folder name, or something else than minrisk's own report is there.
    """
    if not name or name.startswith(".") or Path(name).name != name or "\\" in name or not name.isprintable():
        raise OutputError(f"scenario name {name!r} cannot be the name of a folder")
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} is a file, not a folder; choose another --out")
    target = out / name
    if target.is_symlink() or (target.exists() and not _is_ours(target)):
        raise OutputError(
            f"{target} exists and is not a minrisk report (no run.json of minrisk in it): "
            "it is not replaced; move it away or choose another --out"
        )
    return target


def reproduce_command(run: Run, language: str = DEFAULT) -> str:
    """Command that computes the run again from the working directory, where its scenario file is found there."""
    file = f"{run.scenario.name}.yaml"
    if Path("scenarios", file).is_file():
        file = f"scenarios/{file}"
    return f"minrisk run {shlex.quote(file)} --draws {run.draws} --seed {run.seed}{language_option(language)}"


def language_option(language: str) -> str:
    """What a command says so that its pages are in a language."""
    return "" if language == DEFAULT else f" --lang {language}"


def draws_table(run: Run) -> pa.Table:
    """One row per draw: its number, sampled inputs, measures by element and use, losses as ``economy/measure``."""
    columns: dict[str, Any] = {"draw": pa.array(range(run.draws), type=pa.int64())}
    for name in run.inputs.columns:
        columns[str(name)] = pa.array(run.inputs[name].to_numpy())
    for measure, values in run.measures.items():
        for element, row in zip(run.elements, values, strict=True):
            columns[f"{measure}/{element}"] = pa.array(row)
    for measure, values in run.use_measures.items():
        for use, row in zip(run.uses, values, strict=True):
            columns[f"{measure}/{use}"] = pa.array(row)
    for measure, row in run.economy_measures.items():
        columns[f"economy/{measure}"] = pa.array(row)
    # No pandas metadata: the bytes depend on the numbers alone.
    return pa.table(columns)


def _write_draws(run: Run, path: Path) -> None:
    """Write draws in row groups; what a large run mirrors in memory is let go of after each."""
    table = draws_table(run)
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for start in range(0, run.draws, _ROW_GROUP):
            writer.write_table(table.slice(start, _ROW_GROUP))
            run.release()


def neutral_text(table: pd.DataFrame) -> pd.DataFrame:
    """Copy a table with text cells that a spreadsheet would run as a formula quoted by an apostrophe."""
    copy = table.copy()
    for name in copy.columns:
        if not pd.api.types.is_numeric_dtype(copy[name]):
            copy[name] = [f"'{cell}" if str(cell).startswith(_FORMULA) else cell for cell in copy[name]]
    return copy


def write_file(path: Path, content: bytes) -> None:
    """Write one file whole: under a temporary name first, then moved into place."""
    temporary = path.with_name(f"{_TEMPORARY}{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _fill(run: Run, folder: Path, command: str, element: str | None, language: str) -> None:
    from minrisk.pipeline.economy_summary import economy_summary
    from minrisk.pipeline.follow import follow
    from minrisk.pipeline.summary import summary, use_summary
    from minrisk.reporting.followed import follow_table, followed_element
    from minrisk.reporting.html import report_html
    from minrisk.reporting.markdown import markdown

    metrics, uses = summary(run), use_summary(run)
    path = follow(run, element or followed_element(run))
    run.release()
    _write_csv(folder / "metrics.csv", metrics)
    _write_csv(folder / "uses.csv", uses)
    _write_csv(folder / "use_series.csv", run.use_series)
    if run.economy_measures:
        _write_csv(folder / "economy.csv", economy_summary(run))
        _write_csv(folder / "industry_series.csv", run.industry_series)
    _write_csv(folder / f"follow_{path.element}.csv", follow_table(path))
    series = pa.Table.from_pandas(run.series, preserve_index=False).replace_schema_metadata(
        {"note": f"means from all draws, quantiles from the first {min(run.draws, QUANTILE_DRAWS)}"}
    )
    pq.write_table(series, folder / "series.parquet", compression="zstd")
    _write_draws(run, folder / "draws.parquet")
    record = json.dumps(run_record(run, command), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "run.json").write_bytes(f"{record}\n".encode())
    with speaking(DEFAULT):  # figures are drawn in one language
        drawn = _draw_all(run, path, folder / "figures")
    with speaking(language):
        page = report_html(run, metrics, drawn, command, path)
    (folder / "report.html").write_bytes(page.encode())
    (folder / "report.md").write_bytes(markdown(page).encode())


def _write_csv(path: Path, table: pd.DataFrame) -> None:
    path.write_bytes(neutral_text(table).to_csv(index=False, lineterminator="\n").encode())


def _draw_all(run: Run, path: Followed, folder: Path) -> dict[str, bytes]:
    """Draw every figure into a new folder, SVG and PNG, and give the SVG back by name."""
    from minrisk.reporting.plots import FIGURES, figure_bytes, figures_of, follow_element

    folder.mkdir()
    drawn: dict[str, bytes] = {}
    for name, draw in figures_of(run, FIGURES).items():
        figure = follow_element(run, path) if draw is follow_element else draw(run)
        run.release()
        drawn[name] = figure_bytes(figure, "svg")
        (folder / f"{name}.svg").write_bytes(drawn[name])
        (folder / f"{name}.png").write_bytes(figure_bytes(figure, "png"))
    return drawn


def _swap(temporary: Path, target: Path) -> None:
    """Put the new folder in the old one's place; what is there is looked at once more first."""
    check_target(target.parent, target.name)
    old = target.parent / f"{_OLD}{target.name}"
    if target.exists():
        os.rename(target, old)
        try:
            os.rename(temporary, target)
        except OSError:
            os.rename(old, target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    else:
        os.rename(temporary, target)


def _clean(target: Path) -> None:
    """Mend what a killed run left: bring back a report parked in mid-swap, drop dead temporaries."""
    old = target.parent / f"{_OLD}{target.name}"
    if old.is_dir() and not old.is_symlink() and _is_ours(old):
        if target.exists():
            shutil.rmtree(old)
        else:
            os.rename(old, target)
    for leftover in target.parent.glob(f"{_TEMPORARY}*"):
        if leftover.is_symlink() or not _is_stale(leftover, target.name):
            continue
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def _is_stale(path: Path, name: str) -> bool:
    """Whether no living run writes it: its process is gone, or it has not been touched for a day."""
    try:
        if time.time() - path.stat().st_mtime > _STALE_SECONDS:
            return True
        begun, process_text, _ = path.name.rsplit("-", 2)
        process = int(process_text)
    except (OSError, ValueError):
        return False
    if process == os.getpid():  # in a container every run may get the same number
        return begun == f"{_TEMPORARY}{name}"
    if os.name != "posix":  # signal 0 is a question on POSIX only; elsewhere it would end the process
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _is_ours(folder: Path) -> bool:
    record = folder / "run.json"
    try:
        if record.is_symlink() or record.stat().st_size > 1_000_000:
            return False
        content = json.loads(record.read_text(encoding="utf-8"))
        return bool(content["minrisk"]["kind"] in _KINDS)
    except (OSError, ValueError, KeyError, TypeError):
        return False
