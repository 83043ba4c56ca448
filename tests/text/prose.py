"""All prose that a reader meets: texts, help of commands, pages, fields and titles of scenarios; and docstrings."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typer

from minrisk.cli import app
from minrisk.scenario.load import load_scenario
from minrisk.scenario.reference import schema_json

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "minrisk/README.md",
    "minrisk/THEORY.md",
    "minrisk/SECURITY.md",
    "minrisk/data/README.md",
    "minrisk/history/README.md",
)


def catalogues() -> list[tuple[str, str, Mapping[str, str]]]:
    """File name, language and raw texts of every catalogue, placeholders and all."""
    found = []
    for file in sorted(files("minrisk.text").iterdir(), key=lambda file: file.name):
        code = re.search(r"(?:^|\.)(en|ja)\.toml$", file.name)
        if code:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            found.append((file.name, code[1], dict(_flat(table))))
    return found


@cache
def prose() -> tuple[tuple[str, str, str], ...]:
    """Place, language and text of everything that is written for readers."""
    return tuple(_collected())


def _collected() -> Iterator[tuple[str, str, str]]:
    for name, code, texts in catalogues():
        yield from ((f"{name}: {key}", code, text) for key, text in texts.items())
    for place, text in _help(typer.main.get_command(app), "minrisk"):
        yield place, "en", text
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        yield page, "en", re.sub(r"```.*?```|<!--.*?-->|\]\([^)]*\)", " ", text, flags=re.S)
    for place, text in _described(schema_json(), "schema"):
        yield place, "en", text
    for path in sorted([*(ROOT / "scenarios").glob("*.yaml")]):
        scenario = load_scenario(path)
        for name in ("title", "description"):
            yield f"{path.name}: {name}", "en", getattr(scenario, name)
            translation = scenario.translations.into("ja") if scenario.translations else None
            if translation is not None:
                yield f"{path.name}: {name} (ja)", "ja", getattr(translation, name)


@cache
def written_in_code() -> tuple[tuple[str, str], ...]:
    """Place and text of every docstring and every message of the package, f-strings in parts."""
    found = []
    for path in sorted((ROOT / "minrisk").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node.value))
    return tuple(found)


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


def _help(command: Any, path: str) -> Iterator[tuple[str, str]]:
    """Help of a command, of its options, and of the commands below it."""
    yield path, command.help or ""
    for parameter in command.params:
        yield f"{path} {parameter.name}", getattr(parameter, "help", None) or ""
    for name, below in getattr(command, "commands", {}).items():
        yield from _help(below, f"{path} {name}")


def _described(schema: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(schema, Mapping):
        for name, value in schema.items():
            if name == "description" and isinstance(value, str):
                yield place, value
            else:
                yield from _described(value, f"{place}/{name}")
    elif isinstance(schema, list):
        for value in schema:
            yield from _described(value, place)
