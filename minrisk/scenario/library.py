"""The scenario library: in a checkout beside the package, in an installed package inside it."""

from __future__ import annotations

import csv
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from minrisk.files import new_folder, write_file
from minrisk.scenario.errors import nearest
from minrisk.scenario.fields import NAME

if TYPE_CHECKING:
    import pandas as pd

#: Folder of the package.
_PACKAGE = Path(__file__).parents[1]

#: A scenario of the library on a dataset that is not Japan's of today: one that lies inside the package.
_INSIDE = re.compile(r"^dataset: \.\./minrisk/(\S+)/dataset$", re.MULTILINE)


class LibraryError(ValueError):
    """The library cannot be copied; the message says why."""


#: Folder beside the package in which every file of a scenario must lie; None where any may be read.
_allowed: Path | None = None


def restrict_paths(folder: Path | None) -> None:
    """Let scenarios, what they extend and their datasets lie in one folder, or come with minrisk, and nowhere else.

    For programs that run files of other people. It holds for this process from now on; links are followed before a
    path is judged, and of what lies elsewhere nothing is said, not even that it exists.

    Parameters
    ----------
    folder : Path or None
        None lifts the restriction.
    """
    global _allowed
    _allowed = None if folder is None else Path(os.path.realpath(folder))


def outside(path: Path) -> str:
    """Why a file may not be read for a scenario; empty where it may.

    Parameters
    ----------
    path : Path
        Of a scenario file or a dataset's folder.
    """
    if _allowed is None:
        return ""
    try:
        real = Path(os.path.realpath(path))
    except (OSError, ValueError):  # too long, or with a NUL
        real = Path("/")
    if any(real.is_relative_to(place) for place in (_allowed, os.path.realpath(library_folder()), _PACKAGE)):
        return ""
    return "lies outside the folder of --restrict-paths; name a file inside it or a packaged scenario or dataset"


def library_folder() -> Path:
    """Folder of the scenario files that come with minrisk."""
    packaged = _PACKAGE / "library"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "scenarios"


def packaged(name: str) -> Path | None:
    """File of a packaged scenario by its name; None where there is none of that name."""
    if not re.fullmatch(NAME, name):
        return None
    files = (library_folder() / folder / f"{name}.yaml" for folder in ("", "minerals", "korea"))
    return next((file for file in files if file.is_file()), None)


def locate(written: str | Path, folder: Path = Path()) -> Path:
    """File that a path or the name of a scenario means.

    Parameters
    ----------
    written : str or Path
        A path, or a bare name such as ``ban_full_12m``.
    folder : Path
        Where a path starts.

    Returns
    -------
    Path
        The file of that path; for a bare name else ``<name>.yaml`` in the folder, else the packaged scenario;
        the path as it stands where there is none of these.
    """
    path, name = folder / written, str(written)
    # os.path rather than Path: it answers "no" where a name is too long or holds a NUL.
    if os.path.isfile(path) or not re.fullmatch(NAME, name):
        return path
    beside = folder / f"{name}.yaml"
    return beside if beside.is_file() else packaged(name) or path


def meant(written: str | Path) -> str:
    """Message for a path or name that leads nowhere; empty where nothing packaged is like it.

    Parameters
    ----------
    written : str or Path

    Returns
    -------
    str
    """
    path = Path(written)
    if path.suffix in (".yaml", ".yml") and packaged(path.stem) is not None:
        return f"file not found; write {path.stem} for the packaged scenario"
    if not re.fullmatch(NAME, str(written)):
        return ""
    beside = nearest(f"{written}.yaml", sorted(file.name for file in Path().glob("*.yaml")))
    guess = beside or nearest(str(written), names())
    hint = f"; did you mean '{guess}'?" if guess else "; minrisk scenarios lists the packaged ones"
    return f"neither a file nor a packaged scenario{hint}"


def names() -> tuple[str, ...]:
    """Names of the packaged scenarios in the order of ``groups.csv``."""
    return tuple(row["scenario"] for row in groups())


def groups() -> list[dict[str, str]]:
    """Rows of ``groups.csv``: scenario, group and group_ja, as the library is listed."""
    text = (library_folder() / "groups.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def scenarios(language: str = "en") -> pd.DataFrame:
    """List the packaged scenarios.

    Parameters
    ----------
    language : str
        ``en`` or ``ja``.

    Returns
    -------
    DataFrame
        Columns name, group and title; a row each, in the order of ``groups.csv``. The name is what
        `minrisk.load_scenario`, `minrisk.run`, ``extends:`` and every command take.

    Raises
    ------
    ValueError
        If the language is another.
    """
    import pandas as pd

    from minrisk.scenario.yaml_nodes import parse, read_text

    if language not in ("en", "ja"):
        raise ValueError(f"language must be 'en' or 'ja', not {language!r}")
    rows = []
    for row in groups():
        file = library_folder() / f"{row['scenario']}.yaml"
        own = parse(read_text(file, file.name), file.name).plain()
        translated = own.get("translations", {}).get(language, own)
        group = row["group"] if language == "en" else row["group_ja"]
        rows.append({"name": row["scenario"], "group": group, "title": translated["title"]})
    return pd.DataFrame(rows)


def first_scenario(subject: str) -> str:
    """Text of a scenario to begin with on a dataset of one's own: a ban of a year on the packaged market.

    Parameters
    ----------
    subject : str
        ``minerals``, or what the packaged dataset is of.

    Returns
    -------
    str
        YAML for a file in the folder of the tables. Stocks by element are left out, since they name elements.
    """
    calm = "minerals/minerals_calm" if subject == "minerals" else "calm"
    text = (library_folder() / f"{calm}.yaml").read_text(encoding="utf-8")
    market = text[text.index("\nmarket:") + 1 :]
    return _FIRST + re.sub(r"(?:  #.*\n)+  stock_cover_factor:\n(?:    .*\n)+", "", market)


#: Before the market of a first scenario; the focus origin of a new dataset is CHN.
_FIRST = """\
title: Twelve months without China
description: What if none of it came from China for a year? Replace title, description and event by your own.
dataset: .
start: 2026-01
months: 36
seed: 1
events:
  - name: ban
    type: export_ban
    origin: CHN
    destination: japan             # the importer of the dataset, whoever it is
    elements: all
    start: 2026-01
    duration_months: 12

"""


def dataset_folder(written: str, file: Path) -> Path:
    """Folder of the dataset that a scenario file names.

    Parameters
    ----------
    written : str
        As the file writes it, from its own folder.
    file : Path

    Returns
    -------
    Path
        Beside the file, else the packaged dataset of that name. A packaged scenario writes the path that it has in
        a checkout; in an installed package it lies elsewhere.
    """
    from minrisk.data import packaged_folder

    inside = _INSIDE.match(f"dataset: {written}")
    if inside and file.parent.resolve() == library_folder().resolve():
        return _PACKAGE / inside[1] / "dataset"
    beside = file.parent / written
    return beside if beside.is_dir() else packaged_folder(written) or beside


def copy_library(folder: Path) -> int:
    """Copy the scenario library into a folder that does not exist yet or is empty.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    int
        Number of scenario files.

    Raises
    ------
    LibraryError
        If something is in the folder already, or it cannot be written.
    """
    try:
        if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
            raise LibraryError(f"{folder} is there already and is left as it is; name another folder")
        new_folder(folder, _fill)
    except OSError as error:
        raise LibraryError(str(error)) from error
    return len(list(folder.glob("*.yaml")))


def _fill(place: Path) -> None:
    shutil.copytree(library_folder(), place, dirs_exist_ok=True)
    for path in place.glob("*.yaml"):
        _bring_dataset(path)


def _bring_dataset(path: Path) -> None:
    """Put the dataset that a copied scenario names beside it: the path it had led into the checkout."""
    text = path.read_text(encoding="utf-8")
    found = _INSIDE.search(text)
    if found is None:
        return
    inside = _PACKAGE / found[1] / "dataset"
    name = f"datasets/{Path(found[1]).name}"
    shutil.copytree(inside, path.parent / name, dirs_exist_ok=True)
    write_file(path, _INSIDE.sub(f"dataset: {name}", text).encode())
