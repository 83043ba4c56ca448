"""How the documentation is built: ``python -m sphinx -W minrisk/docs reports/docs`` (extra ``docs``)."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.metadata import PackageNotFoundError, metadata, requires
from typing import Any

project = "minrisk"
author = "The minrisk developers"
copyright = "The minrisk developers, Apache 2.0"
version = release = metadata("minrisk")["Version"]

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"minrisk {version}"
html_copy_source = False
html_show_sourcelink = False

# Docstrings: numpydoc, names in single backticks shown as code.
default_role = "literal"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"

# Pages: math is plain text and code, headings are targets, and every notebook is executed anew.
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 600
# The reference of scenario fields begins below the heading of the page that shows it.
suppress_warnings = ["myst.header"]


def commands() -> str:
    """Every command with its example, arguments and options, by group, as the help has them."""
    from typer.main import get_command

    from minrisk.cli.app import GROUPS, app

    known: dict[str, Any] = vars(get_command(app))["commands"]
    lines: list[str] = []
    for group, examples in GROUPS.items():
        lines += [f"## {group}", ""]
        for name, example in examples.items():
            inside = vars(known[name]).get("commands", {})
            found = {f"{name} {word}": command for word, command in inside.items()} or {name: known[name]}
            for title, command in found.items():
                lines += [f"### minrisk {title}", "", _prose(command.help or ""), ""]
                if example.startswith(f"minrisk {title}"):
                    lines += ["```sh", example, "```", ""]
                lines += ["| option | meaning | default |", "|---|---|---|", *map(_option, command.params), ""]
    return "\n".join(lines)


def _option(parameter: Any) -> str:
    names = ", ".join(f"`{name}`" for name in parameter.opts if name.startswith("-"))
    word = parameter.metavar or ""
    shown = f"{names} {word}" if names else f"`{word or parameter.name}`"
    default = parameter.default
    plain = "" if default in (None, False) or callable(default) else f"`{default}`"
    return _row(shown, _prose(getattr(parameter, "help", None) or ""), plain)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("<", "\\<") for cell in cells) + " |"


def _prose(text: str) -> str:
    """Text of a help as Markdown: options and paths stand in code."""
    return re.sub(r"(?<![\w`-])(--[a-z][\w-]*)", r"`\1`", text)


def library() -> str:
    """The packaged scenarios by group."""
    from minrisk import scenarios

    lines = ["| scenario | title | kind |", "|---|---|---|"]
    return "\n".join(lines + [f"| `{row.name}` | {row.title} | {row.group} |" for row in scenarios().itertuples()])


def dictionary() -> str:
    """Every file of a report and its columns, from a small run."""
    import minrisk
    from minrisk.report.export import dictionary as columns

    table = columns(minrisk.run(minrisk.load_scenario("ban_full_12m"), draws=20))
    lines: list[str] = []
    for file, rows in table.groupby("file", sort=False):
        lines += [f"## {file}", "", "| column or row | unit | meaning |", "|---|---|---|"]
        lines += [
            _row(f"`{row['column']}`", row["unit"], row["meaning"]) for row in rows.astype(str).to_dict("records")
        ]
        lines.append("")
    return "\n".join(lines)


def licences() -> str:
    """Sources of the data with their licences, then packages with theirs."""
    from minrisk import load_dataset

    lines = []
    for name in ("japan", "japan_controlled_minerals"):
        lines += [
            f"## Data: {name}",
            "",
            "| source | publisher | year | licence | grade |",
            "|---|---|---|---|---|",
        ]
        for row in load_dataset(name).table("SOURCES").astype(str).to_dict("records"):
            lines.append(_row(f"`{row['id']}`", *(row[key] for key in ("publisher", "year", "licence", "grade"))))
        lines.append("")
    lines += ["## Packages", "", "| package | licence | needed for |", "|---|---|---|"]
    for wanted in requires("minrisk") or ():
        name, _, extra = wanted.partition(";")
        word = extra.partition("extra == ")[2].strip(" '\"")
        if word not in ("test", "docs", "all"):
            lines.append(_package(name.split(">")[0].split("[")[0].strip(), word and f"extra `{word}`"))
    return "\n".join(dict.fromkeys(lines))


def _package(name: str, needed: str) -> str:
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return _row(name, "not installed where this page was made", needed or "every run")
    classes = [
        c.rsplit("::", 1)[1].strip() for c in found.get_all("Classifier") or () if c.startswith("License ::")
    ]
    said = [
        *(found.get_all("License-Expression") or ()),
        *classes,
        *(found.get_all("License") or ()),
        "see the package",
    ]
    return _row(name, said[0].strip().splitlines()[0], needed or "every run")


#: What stands in a page's place for what is written when it is built.
WRITTEN = {"commands": commands, "library": library, "dictionary": dictionary, "licences": licences}


def _fill(app: object, docname: str, source: list[str]) -> None:
    for name, write in WRITTEN.items():
        mark = f"<!-- {name} -->"
        if mark in source[0]:
            source[0] = source[0].replace(mark, write())


def setup(app: Any) -> None:
    """Fill pages while they are read; tables of data have no highlighting of their own."""
    app.add_lexer("csv", import_module("pygments.lexers.special").TextLexer)
    app.connect("source-read", _fill)
