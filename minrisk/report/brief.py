"""What goes into a meeting: one page to print, slides, and a workbook, all from one finished run."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.transforms import Bbox

from minrisk.files import Record, check_target, replace_folder, write_file, write_json
from minrisk.plots import FIGURES, figure_bytes, figures_of
from minrisk.plots.style import ROLE, plain, styled, width, wrap
from minrisk.report.assumptions import event_assumptions, market_assumptions
from minrisk.report.export import MissingExtraError, about, dictionary, extra, for_excel, monthly
from minrisk.report.finished import Finished, finished
from minrisk.report.messages import answers, drivers_line, restriction_line
from minrisk.report.results_table import element_rows
from minrisk.report.sources import source_list
from minrisk.report.track_record import badge
from minrisk.results import application_losses, worst
from minrisk.text import check_language, current_language, join, language, month_text, say, speaking_of, title_of

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run

__all__ = ["MissingExtraError", "write_brief"]

_KIND = "brief"
_RECORD = Record("brief.json", (_KIND,))

#: Size of a page (A4) and of a slide (16 to 9) [inch].
_PAGE, _SLIDE = (8.27, 11.69), (9.6, 5.4)
#: Left margin of the page and its width, as shares of it.
_LEFT, _ACROSS = 0.08, 0.84
#: Figures on slides, in their order; those that a run does not have are left out.
_SLIDES = ("loss_over_time", "shortage_fan", "price_fan", "mix_before_after", "exceedance")
#: Elements in the table of the page.
_ROWS = 6


def write_brief(run: Run, out: Path | str = Path("briefs"), lang: str = "en") -> Path:
    """Write the briefing pack of a run into ``out/<scenario name>``, whole or not at all.

    Parameters
    ----------
    run : Run
        A finished run.
    out : Path or str
        Folder of the packs; made if missing.
    lang : str
        Language of the page, the slides and the workbook's sentences, ``en`` or ``ja``; its columns stay English.

    Returns
    -------
    Path
        The folder: ``brief.pdf`` of one page, ``slide_1.png`` and ``.svg`` and so on, ``brief.xlsx``.

    Raises
    ------
    ImportError
        If openpyxl is not installed (extra ``excel``).
    ValueError
        If minrisk does not speak the language.
    OutputError
        If something else is in the way, or writing fails.
    """
    check_language(lang)
    target = check_brief(out, run.scenario.name)

    def fill(folder: Path) -> None:
        found = finished(run)
        with language(lang):
            drawn = slides(run)
            for place, (svg, png) in enumerate(drawn, 1):
                write_file(folder / f"slide_{place}.svg", svg)
                write_file(folder / f"slide_{place}.png", png)
            write_file(folder / "brief.pdf", page(run, found))
            write_file(folder / "brief.xlsx", workbook(run, found))
        write_json(folder / _RECORD.file, {"minrisk": {"kind": _KIND, "format": 1}, **about(run)})

    with speaking_of(run.dataset.subject):
        replace_folder(target, fill, _RECORD)
    return target


def check_brief(out: Path | str, name: str) -> Path:
    """Say where a pack goes, and refuse early where it cannot be written.

    Parameters
    ----------
    out : Path or str
        Folder of the packs.
    name : str
        Name of the scenario.

    Returns
    -------
    Path

    Raises
    ------
    ImportError
        If openpyxl is not installed (extra ``excel``).
    OutputError
        If something else is in the way.
    """
    extra("openpyxl", "excel")
    return check_target(out, name, _RECORD)


def stamp(run: Run) -> str:
    """Where a page is from: data to which month, version, hashes of scenario and dataset."""
    day = str(run.dataset.settings.get("as_of", ""))
    return say(
        "brief.stamp",
        month=month_text(day[:7]) if day else "–",
        version=run.versions["minrisk"],
        scenario=run.scenario.fingerprint[:10],
        dataset=run.dataset.fingerprint[:10],
        draws=f"{run.draws:,}",
        seed=str(run.seed),
    )


def slides(run: Run) -> list[tuple[bytes, bytes]]:
    """Slides of 16 to 9 as SVG and PNG: a finding, its figure, and where it is from.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    list of tuple of bytes
    """
    there = figures_of(run, FIGURES)
    short = worst(run, "unserved_share").mean > 0.0
    wanted = [name for name in _SLIDES if name in there and (short or name == "mix_before_after")]
    made = []
    for name in wanted:
        figure = there[name](run)
        figure.set_size_inches(*_SLIDE)
        note = figure.get_supxlabel()
        figure.supxlabel(f"{note}\n{stamp(run)}", x=0.012, ha="left", fontsize=6.5, parse_math=False)
        made.append((figure_bytes(figure, "svg"), figure_bytes(figure, "png")))
    return made


def page(run: Run, found: Finished) -> bytes:
    """One page of A4: the answer, one figure, a small table, how sure, and where it is from.

    Parameters
    ----------
    run : Run
        A finished run.
    found : Finished
        The same, summed up.

    Returns
    -------
    bytes
        A PDF whose text can be searched.
    """
    with styled():
        figure = Figure(figsize=_PAGE)
        down = _Column(figure)
        down.write(title_of(run.scenario), size=17, weight="bold")
        down.write(restriction_line(run), size=9, colour=ROLE["note"])
        for place, answer in enumerate(answers(run)[:3]):
            down.write(answer, size=11.5 if place == 0 else 10, weight="bold" if place == 0 else "normal")
        down.picture(_headline(run))
        down.table(found)
        down.write(say("brief.sure", badge=badge()), size=9)
        if driven := drivers_line(run):
            down.write(driven, size=9)
        down.write(say("brief.sources", sources=_publishers(run)), size=8, colour=ROLE["note"])
        figure.text(_LEFT, 0.035, plain(stamp(run)), fontsize=6.5, color=ROLE["note"], parse_math=False)
        sink = io.BytesIO()
        figure.savefig(sink, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
    return sink.getvalue()


def _publishers(run: Run) -> str:
    """Who published most of the dataset's official figures."""
    official = [source.publisher for source in source_list(run.dataset) if source.grade == "A"]
    return join(list(dict.fromkeys(official)), most=8)


def _headline(run: Run) -> bytes:
    """The first slide's figure, as the page holds it."""
    there = figures_of(run, FIGURES)
    first = ("loss_over_time", "shortage_fan", "mix_before_after")
    wanted = next(name for name in (*first, *there) if name in there)
    return figure_bytes(there[wanted](run), "png")


class _Column:
    """Writes down a page from its top."""

    def __init__(self, figure: Figure) -> None:
        self.figure, self.top = figure, 0.955

    def write(self, text: str, size: float, weight: str = "normal", colour: str = "black") -> None:
        """A paragraph, broken to the width of the page; a letter is about half as wide as high."""
        across = _PAGE[0] * _ACROSS * 72.0
        lines = wrap(plain(text), int(across / (size * (0.55 if weight == "normal" else 0.6))), most=6)
        spacing = 1.3 if current_language() == "en" else 1.5
        self.figure.text(
            _LEFT, self.top, lines, fontsize=size, fontweight=weight, color=colour, va="top", linespacing=spacing,
            parse_math=False,
        )  # fmt: skip
        self.top -= (lines.count("\n") + 1) * size * spacing / 72.0 / _PAGE[1] + 0.008

    def picture(self, png: bytes) -> None:
        """A figure across the page."""
        pixels = imread(io.BytesIO(png), format="png")
        high = _ACROSS * _PAGE[0] / _PAGE[1] * pixels.shape[0] / pixels.shape[1]
        axes = self.figure.add_axes((_LEFT, self.top - high, _ACROSS, high))
        axes.imshow(pixels, interpolation="lanczos")
        axes.set_axis_off()
        self.top -= high + 0.015

    def table(self, found: Finished) -> None:
        """The elements hit hardest, a line each."""
        columns = {
            "name": say("report.element"),
            "shortage": say("brief.shortage"),
            "unserved_share": say("brief.unserved"),
            "first": say("brief.first"),
            "price": say("brief.price"),
            "cover": say("brief.cover"),
        }
        rows = element_rows(found)[:_ROWS]
        high = 0.021 * (len(rows) + 1)
        axes = self.figure.add_axes((_LEFT, self.top - high, _ACROSS, high))
        axes.set_axis_off()
        cells = [[plain(row[column]) for column in columns] for row in rows]
        made = axes.table(
            cells, colLabels=list(columns.values()), bbox=Bbox.unit(), cellLoc="right", edges="horizontal",
            colWidths=[max(width(name), 10) for name in columns.values()],
        )  # fmt: skip
        made.auto_set_font_size(False)
        made.set_fontsize(8)
        for (_, column), cell in made.get_celld().items():
            cell.set_linewidth(0.4)
            if column == 0:
                cell.set_text_props(ha="left")
        self.top -= high + 0.02


def workbook(run: Run, found: Finished) -> bytes:
    """A workbook: summary, elements by month, uses, applications, economy, assumptions, sources, what columns hold.

    Parameters
    ----------
    run : Run
        A finished run.
    found : Finished
        The same, summed up.

    Returns
    -------
    bytes
        An ``.xlsx`` file, units in the headers and numbers formatted.
    """
    sheets: dict[str, pd.DataFrame] = {"summary": _summary(run), "elements": found.metrics}
    for variable, unit in (("unserved_share", "share of demand"), ("price_index", "x baseline")):
        table = for_excel(monthly(run, variable))
        sheets[f"{variable} by month"] = table.rename(
            columns={name: f"{name} [{unit}]" for name in table if name != "month"}
        )
    sheets["uses"] = found.uses
    if run.economy_metrics:
        sheets["applications"] = application_losses(run).rename(columns=_unit_headers)
        sheets["economy"] = found.economy
    sheets["assumptions"] = _assumptions(run)
    sheets["sources"] = pd.DataFrame([vars(source) for source in source_list(run.dataset)])
    sheets["dictionary"] = dictionary(run)
    sink = io.BytesIO()
    with pd.ExcelWriter(sink, engine="openpyxl") as writer:
        for name, table in sheets.items():
            if len(table):
                table.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
                _format(writer.sheets[name])
    return sink.getvalue()


def _unit_headers(column: str) -> str:
    """Header of a column with its unit, read off the end of its name."""
    endings = (("_jpy_per_kg", "JPY/kg"), ("_months", "month"), ("_to_loss", "month"), ("_probability", "1"))
    unit = next((unit for ending, unit in endings if column.endswith(ending)), "")
    unit = "JPY" if not unit and "_jpy" in column else unit
    return f"{column} [{unit}]" if unit else column


def _summary(run: Run) -> pd.DataFrame:
    rows = [("answer", answer) for answer in answers(run)]
    rows += [
        ("restrictions", restriction_line(run)),
        ("how sure", badge()),
        ("what moves it most", drivers_line(run)),
    ]
    return pd.DataFrame([*rows, *about(run).items()], columns=["what", "value"])


def _assumptions(run: Run) -> pd.DataFrame:
    groups: list[tuple[str, Any]] = [(event.name, event.fields) for event in event_assumptions(run)]
    groups.append(("market", market_assumptions(run)))
    return pd.DataFrame(
        [
            {
                "of": name,
                "field": one.field,
                "given": one.value,
                "draws, mean and 5-95 %": one.sampled,
                "grade": one.grade,
                "meaning and source": one.meaning,
            }
            for name, fields in groups
            for one in fields
        ]
    )


def _format(sheet: Any) -> None:
    """Widths that show what stands in a column, and numbers with as many digits as say something."""
    for column in sheet.columns:
        longest = max(len(str(cell.value)) for cell in column[:200] if cell.value is not None)
        sheet.column_dimensions[column[0].column_letter].width = min(max(longest + 2, 8), 60)
        for cell in column[1:]:
            if isinstance(cell.value, (int, float)):
                whole = abs(cell.value) >= 1000.0 or cell.value == int(cell.value)
                cell.number_format = "#,##0" if whole else "0.000"
