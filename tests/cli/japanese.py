"""A command in both languages: what it simulates is simulated once, for no word is known where that is done."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.scenario.schema import Scenario
from tests.page_text import ENGLISH, JAPANESE, visible

#: What simulates; none of it speaks, and every table and page is made of what it gives in each language anew.
SIMULATING = (
    ("minrisk.pipeline.run", "run_block"),
    ("minrisk.results", "insurance_value"),
    ("minrisk.results", "insurance_under"),
    ("minrisk.decisions.project_start_size", "_shortage"),
)


def in_english_and_japanese(words: list[str], out: Path) -> tuple[str, Path]:
    """Give a command in English, and again in Japanese: the same tables, no English sentence around the figures.

    Parameters
    ----------
    words : list of str
        The command without ``--out`` and ``--lang``.
    out : Path
        Where both may write.

    Returns
    -------
    tuple of str and Path
        What it printed in English and the folder that it wrote.
    """
    runner, said = CliRunner(), list[tuple[tuple[str, ...], Any]]()
    with _simulating(partial(_remembered, said)):
        english = runner.invoke(app, [*words, "--out", str(out / "en")])
    assert english.exit_code == 0, english.output
    (written,) = (out / "en").iterdir()
    again = iter(said)
    with _simulating(partial(_repeated, again)):
        japanese = runner.invoke(app, [*words, "--lang", "ja", "--out", str(out / "ja")])
    assert japanese.exit_code == 0, japanese.output
    assert list(again) == []
    (folder,) = (out / "ja").iterdir()
    assert folder.name == written.name
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert '<html lang="ja">' in page
    assert JAPANESE.search(japanese.stdout)
    assert [text for text in visible(page) if ENGLISH.search(text)] == []
    assert not JAPANESE.search((written / "index.html").read_text(encoding="utf-8"))
    for path in written.iterdir():
        assert (folder / path.name).is_file(), path.name
        if path.suffix == ".csv":
            assert path.read_bytes() == (folder / path.name).read_bytes(), path.name
    return english.stdout, written


@contextmanager
def _simulating(instead: Callable[..., Any]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module, name in SIMULATING:
            compute = getattr(importlib.import_module(module), name)
            patch.setattr(f"{module}.{name}", partial(instead, name, compute))
        yield


def _asked(name: str, args: tuple[Any, ...]) -> tuple[str, ...]:
    """What is computed of which scenario; the rest follows from the words of the command."""
    return name, *(arg.fingerprint for arg in args if isinstance(arg, Scenario))


def _remembered(said: list[Any], name: str, compute: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    found = compute(*args, **kwargs)
    said.append((_asked(name, args), found))
    return found


def _repeated(said: Iterator[Any], name: str, _: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    asked, found = next(said)
    assert asked == _asked(name, args)
    return found
