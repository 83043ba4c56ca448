"""Rooms that many files use have a front, their __init__: from outside, what it offers is imported from it."""

from __future__ import annotations

import ast
from importlib import import_module

import pytest

from tests.one_home.sources import modules

FRONTS = ("data", "scenario", "text")


def bypasses(tree: ast.AST, room: str) -> list[str]:
    """Imports that reach past a room's front for something that the front offers."""
    front = f"minrisk.{room}"
    offered = set(import_module(front).__all__)
    return [
        f"line {node.lineno}: import {alias.name} from {front}, not from {node.module}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{front}.")
        for alias in node.names
        if alias.name in offered
    ]


@pytest.mark.parametrize("room", FRONTS)
def test_a_room_is_entered_by_its_front(room: str) -> None:
    outside = {name: tree for name, tree in modules().items() if not name.startswith((f"{room}/", "__init__"))}
    found = {name: lines for name, tree in outside.items() if (lines := bypasses(tree, room))}
    assert not found, found


@pytest.mark.parametrize("room", FRONTS)
def test_a_room_does_not_leave_by_its_own_front(room: str) -> None:
    """Inside, files import each other: a front that its own files needed would be a circle."""
    own = [tree for name, tree in modules().items() if name.startswith(f"{room}/")]
    imports = (node for tree in own for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    assert not [node.lineno for node in imports if node.module == f"minrisk.{room}"]


@pytest.mark.parametrize("room", FRONTS)
def test_a_front_offers_what_somebody_takes(room: str) -> None:
    taken = {
        alias.name
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == f"minrisk.{room}"
        for alias in node.names
    }
    assert set(import_module(f"minrisk.{room}").__all__) <= taken


def test_a_way_past_the_front_would_be_seen() -> None:
    tree = ast.parse("from minrisk.data.dataset import Dataset, PACKAGED")
    assert len(bypasses(tree, "data")) == 1
