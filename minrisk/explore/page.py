"""The page on which one moves assumptions: one HTML file with its data and script, and no network.

Charts are drawn as SVG by the page's own script. A library that could draw them (Vega and its parts) weighs about
as much as all the data of a page, compiles expressions at run time, which a page that allows no script but its own
by hash must not, and takes longer to draw than a moving control can wait.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from markupsafe import Markup
from numpy.typing import ArrayLike

from minrisk.decisions import Field, fields_of
from minrisk.explore.design import FIRST_STOP, PRODUCT_OUTPUT, Input, Output, patch_of
from minrisk.explore.study import Fitted, Study, statistics
from minrisk.files import OutputError, write_file
from minrisk.report.html import TEMPLATES, environment
from minrisk.text import (
    capital,
    element_name,
    field_meaning,
    in_english,
    industry_names,
    interval,
    join,
    number,
    say,
    say_if,
    titles,
    use_name,
    window,
    words,
)

#: Most that a page may weigh [byte].
MOST = 3_000_000


def page_html(found: Study, file: str, command: str) -> str:
    """Compose the page in the current language.

    Parameters
    ----------
    found : Study
    file : str
        Name of the scenario's file, which a downloaded patch extends.
    command : str
        How the page was made.

    Returns
    -------
    str
        A whole HTML document.

    Raises
    ------
    OutputError
        If it would weigh more than `MOST`.
    """
    charts = _charts(found)
    controls = [_control(found, place, item) for place, item in enumerate(found.inputs)]
    data = {
        "inputs": [{key: c[key] for key in ("key", "label", "unit", "low", "high", "start")} for c in controls],
        "points": _packed(found.points, "<f8"),
        "outputs": [_packed_output(found, one) for one in found.outputs],
        "charts": charts,
        "ranks": list(found.ranks),
        "months": list(found.reference.counted),
        "patch": _patch_parts(found, file),
        "name": found.scenario.name,
        "words": _words(),
    }
    script = (TEMPLATES / "_explore.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    html: str = (
        environment()
        .get_template("explore.html.j2")
        .render(
            **titles(found.scenario),
            name=found.scenario.name,
            controls=controls,
            charts=charts,
            errors=_error_rows(found),
            sources=found.scenario.sources,
            window=window(found.reference),
            draws=f"{found.draws:,}",
            runs=f"{len(found.points):,}",
            data=_inside_script(data),
            script=Markup(script),  # our own file
            script_hash=Markup(f"sha256-{digest}"),
            command=command,
        )
    )
    size = len(html.encode())
    fewer = _fewer(found) if size > MOST else None
    if fewer is not None:
        return page_html(fewer, file, command)
    if size > MOST:
        more = f"the page would weigh {size / 1e6:.1f} MB, more than {MOST / 1e6:.0f} MB"
        raise OutputError(f"{more}; take fewer --draws, --points or --outputs")
    return html


def _fewer(found: Study) -> Study | None:
    """A study without the row that moves least of each chart of more than three; None where there is none."""
    rows: dict[str, list[Fitted]] = {}
    for one in found.outputs:
        if one.output.of_draws:
            rows.setdefault(one.output.measure, []).append(one)
    gone = [min(group, key=lambda one: one.spread).output for group in rows.values() if len(group) > 3]
    left = tuple(one for one in found.outputs if one.output not in gone)
    return replace(found, outputs=left) if gone else None


def link_from_report(page: Path, scenario: str) -> list[Path]:
    """Link to a page from the report of its scenario, where that is in the same folder.

    Parameters
    ----------
    page : Path
    scenario : str
        Name of the scenario.

    Returns
    -------
    list of Path
        Files of the report that now have the link in the place of the command that makes such a page.

    Raises
    ------
    OutputError
        If one of them cannot be written.
    """
    words, to = f"minrisk explore {scenario}.yaml", quote(page.name)
    code = re.escape(words)
    found = []
    for name, plain, linked in (
        (
            "report.html",
            rf'(?:<a href="[^"]*">)?<code>{code}</code>(?:</a>)?',
            f'<a href="{to}"><code>{words}</code></a>',
        ),
        ("report.md", rf"\[?`{code}`(?:\]\([^)]*\))?", f"[`{words}`]({to})"),
    ):
        path = page.with_name(name)
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if re.search(plain, text):
            write_file(path, re.sub(plain, linked.replace("\\", r"\\"), text).encode())
            found.append(path)
    return found


def _inside_script(data: Any) -> Markup:
    """JSON that no text in it can leave: every < is written as an escape."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _packed(values: ArrayLike, kind: str = "<f4") -> str:
    """Numbers as text; what is summed with large weights of either sign needs both halves of a double, ``<f8``."""
    return base64.b64encode(np.asarray(values, dtype=kind).tobytes()).decode()


# --- controls -------------------------------------------------------------------------------------------------


def _control(found: Study, place: int, item: Input) -> dict[str, Any]:
    low, middle, high = item.own
    width = item.high - item.low
    fields = [
        {"path": f.path, "meaning": _meaning(found, f.path, f.meaning), "spec": words(f.number)}
        for f in item.fields
    ]
    own = number(middle) if number(low) == number(high) else f"{number(middle)} ({interval(low, high)})"
    if not math.isfinite(high):
        own += say("explore.unlimited", high=number(item.high))
    left, right = (min(max((value - item.low) / width, 0.0), 1.0) for value in (low, high))
    return {
        "id": f"input-{place}",
        "name": item.name,
        "key": item.fields[0].path if len(item.fields) == 1 else f"{item.fields[0].path}+{len(item.fields) - 1}",
        "label": _label(found, item),
        "unit": _unit(item.fields[0]),
        "low": item.low,
        "high": item.high,
        "start": item.start,
        "own": say("explore.own", value=own),
        "ends": [number(item.low), number(item.high)],
        "mark": [round(100.0 * left, 2), round(100.0 * (right - left), 2)],
        "at": round(100.0 * (item.start - item.low) / width, 2),
        "sources": fields,
    }


def _label(found: Study, item: Input) -> str:
    event, field, *_ = item.fields[0].path.split(".")
    others = {other.path.split(".")[0] for other in item.fields} - {event}
    if others:
        return say("explore.new_supply", count=str(len(others) + 1))
    word = say_if(f"explore.inputs.{field}") or field.replace("_", " ")
    entries = [_entry_name(found, other.path.split(".")[2]) for other in item.fields if other.path.count(".") > 1]
    if not entries and f"{field}_by_element" in _tables(found, event):
        entries = [say("explore.all_others")]
    word = say("explore.of_entry", what=word, entry=join(entries)) if entries else word
    return word if event == "market" else say("explore.of_event", what=word, event=event.replace("_", " "))


def _tables(found: Study, event: str) -> set[str]:
    """Fields of an event that say something of single elements."""
    paths = [path.split(".") for path in fields_of(found.scenario)]
    return {parts[1] for parts in paths if parts[0] == event and len(parts) > 2}


def _entry_name(found: Study, entry: str) -> str:
    """Symbol of an element, name of a product."""
    makers = found.reference.dataset.labels.products
    if makers is None or entry not in makers.names:
        return entry.replace("_", " ")
    return use_name(found.reference.dataset, makers.makers[makers.names.index(entry)])


def _unit(field: Field) -> str:
    if field.unit in ("", "1"):
        return say("explore.of_share" if field.low >= 0.0 and field.high <= 1.0 else "explore.of_one")
    known = {"month": "explore.unit_month", "months of demand": "explore.unit_months_of_demand"}
    known |= {"days of demand": "explore.unit_days_of_demand", "day": "explore.unit_days_of_demand"}
    return say(known[field.unit]) if field.unit in known else field.unit


def _meaning(found: Study, path: str, schema: str) -> str:
    """What a number is and rests on, as text: what its class says, in the current language if it is said there."""
    name, key = path.split(".")[:2]
    kind = "market" if name == "market" else next(e.type for e in found.scenario.events if e.name == name)
    plain = " ".join(schema.replace("`", "").replace(" [1]", "").split())
    meaning, translated = field_meaning(kind, key, plain)
    return meaning if translated else in_english(meaning)


def _patch_parts(found: Study, file: str) -> dict[str, Any]:
    """Pieces of the YAML patch: text, and in between the place of an input whose value stands there."""
    marks = [1e300 + place * 1e290 for place in range(len(found.inputs))]
    patch = patch_of(found.scenario, found.inputs, marks)
    places = {value: place for place, value in enumerate(marks)}
    lines: list[list[Any]] = [[f"extends: {json.dumps(file)}"], ["title: ", {"title": True}]]
    if patch["market"]:
        lines += [["market:"], *_lines(patch["market"], "  ", places)]
    if patch["events"]:
        lines.append(["events:"])
    for event in patch["events"]:
        lines.append([f"  - name: {json.dumps(event.pop('name'))}"])
        lines += _lines(event, "    ", places)
    title = str(found.scenario.title or found.scenario.name)
    return {"lines": lines, "title": title, "draws": found.draws, "seed": found.seed}


def _lines(table: dict[str, Any], indent: str, places: dict[float, int]) -> list[list[Any]]:
    found = []
    for key, value in table.items():
        if not isinstance(value, dict):
            found.append([f"{indent}{key}: ", *_piece(value, places)])
            continue
        line: list[Any] = [f"{indent}{key}: {{"]
        for position, (entry, inner) in enumerate(value.items()):
            line += [f"{', ' if position else ''}{json.dumps(entry)}: ", *_piece(inner, places)]
        found.append([*line, "}"])
    return found


def _piece(value: Any, places: dict[float, int]) -> list[Any]:
    if isinstance(value, float) and value in places:
        return [{"input": places[value]}]
    return [json.dumps(value).replace("Infinity", ".inf")]


# --- charts ---------------------------------------------------------------------------------------------------


def _charts(found: Study) -> list[dict[str, Any]]:
    """One chart for each measure, products apart; what it shows by place in the list of outputs."""
    groups: dict[tuple[str, str], list[int]] = {}
    for place, one in enumerate(found.outputs):
        apart = one.output.label if one.output.measure == PRODUCT_OUTPUT else ""
        groups.setdefault((one.output.measure, apart), []).append(place)
    charts = []
    for (measure, label), places in groups.items():
        first = found.outputs[places[0]]
        title = say_if(f"explore.charts.{measure}") or capital(say(f"measures.{measure}"))
        if measure == PRODUCT_OUTPUT:
            title = say("explore.of_entry", what=title, entry=_row_name(found, first.output))
        kind = {PRODUCT_OUTPUT: "months", FIRST_STOP: "bars"}.get(measure, "ranges")
        rows = [use_name(found.reference.dataset, use) for use in found.reference.uses] if kind == "bars" else []
        chart = {
            "id": f"chart-{measure}" + (f"-{label}" if label else ""),
            "kind": kind,
            "title": title,
            "note": say(f"explore.notes.{first.middle if kind == 'ranges' else kind}"),
            "rows": places,
            "names": rows,
            "middle": first.middle,
            "log": first.output.logarithmic,
            "poor": say("explore.poor") if any(found.outputs[place].poor for place in places) else "",
        }
        charts.append(chart | {"format": _format([found.outputs[place] for place in places])})
    return charts


def _format(of: Sequence[Fitted]) -> dict[str, Any]:
    """How numbers of a chart are written: what they are multiplied by, the words around them and around errors."""
    output = of[0].output
    if output.share:
        percent = f"{{v}}{say('number.percent_unit')}"
        return {"scale": 100.0, "text": percent, "apart": say("explore.points", amount="{v}")}
    if output.unit == "JPY":
        size = max(float(np.abs(one.own).max()) + one.spread for one in of)
        large = size >= 1e12
        text = say("money.trillions" if large else "money.units", amount="{v}")
        return {"scale": 1e-12 if large else 1.0 / float(say("money.unit_jpy")), "text": text, "apart": text}
    return {"scale": 1.0, "text": "×\u00a0{v}" if output.logarithmic else "{v}", "apart": "{v}"}


def _row_name(found: Study, output: Output) -> str:
    data, label = found.reference.dataset, output.label
    if not label:
        return say("explore.whole")
    if label in found.reference.elements:
        return capital(element_name(data, label))
    if label in found.reference.products:
        makers = data.labels.products
        assert makers is not None
        return use_name(data, dict(zip(makers.names, makers.makers, strict=True))[label])
    if label in found.reference.uses:
        return capital(use_name(data, label))
    return industry_names(data).get(label, label)


def _packed_output(found: Study, one: Fitted) -> dict[str, Any]:
    made = one.emulator
    own = {name: np.asarray(values)[0].tolist() for name, values in statistics(one.output, one.own[None]).items()}
    return {
        "label": _row_name(found, one.output),
        "draws": one.output.of_draws,
        "log": one.output.logarithmic,
        "floor": one.floor if math.isfinite(one.floor) else None,
        "ceiling": one.ceiling if math.isfinite(one.ceiling) else None,
        "lengths": made.lengths.tolist(),
        "weights": _packed(made.weights, "<f8"),
        "components": _packed(made.components),
        "centre": _packed(made.centre),
        "errors": {name: float(f"{one.error(name):.4g}") for name in one.errors},
        "poor": bool(one.poor),
        "own": own,
    }


def _error_rows(found: Study) -> list[dict[str, str]]:
    """Median, printed and worst error of the middle of each output, written as its chart writes errors."""
    rows = []
    for chart in _charts(found):
        scale, text = chart["format"]["scale"], chart["format"]["apart"]
        for place in chart["rows"]:
            one = found.outputs[place]
            errors = np.sort(one.errors[one.middle])
            numbers = (float(errors[(len(errors) - 1) // 2]), one.error(one.middle), float(errors[-1]), one.spread)
            cells = [text.replace("{v}", number(scale * value if value > 1e-9 else 0.0)) for value in numbers]
            row = (
                f": {_row_name(found, one.output)}" if chart["kind"] == "ranges" and len(chart["rows"]) > 1 else ""
            )
            keys = ("median", "printed", "worst", "range")
            verdict = say("explore.is_poor") if one.poor else say("explore.is_good")
            rows.append({"name": chart["title"] + row, **dict(zip(keys, cells, strict=True)), "verdict": verdict})
    return rows


def _words() -> dict[str, str]:
    """Sentences that the script fills."""
    plain = {
        "table_row": say("explore.table_row"),
        "difference": say("explore.difference"),
        "error": say("explore.error"),
        "own": say("explore.own_short"),
        "month": say("explore.month"),
        "same": say("explore.same"),
        "poor_short": say("explore.poor_short"),
        "unmoved": say("explore.unmoved"),
    }
    filled = {
        "refused": ("value", "low", "high", "kept"),
        "status": ("setting", "what", "value", "band", "error"),
        "band": ("low", "high"),
        "setting_of": ("setting", "what"),
        "patch_title": ("title", "setting"),
        "patch_note": ("draws", "seed"),
        "point": ("label", "a", "b", "error"),
    }
    return plain | {
        key: say(f"explore.{key}", **{name: f"{{{name}}}" for name in names}) for key, names in filled.items()
    }
