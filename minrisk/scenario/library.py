"""The scenario library: in a checkout beside the package, in an installed package inside it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from minrisk.files import new_folder, write_file

#: Folder of the package.
_PACKAGE = Path(__file__).parents[1]

#: A scenario of the library on a dataset that is not Japan's of today: one that lies inside the package.
_INSIDE = re.compile(r"^dataset: \.\./minrisk/(\S+)/dataset$", re.MULTILINE)


class LibraryError(ValueError):
    """The library cannot be copied; the message says why."""


def library() -> Path:
    """Folder of the scenario files that come with minrisk."""
    packaged = _PACKAGE / "library"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "scenarios"


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
    shutil.copytree(library(), place, dirs_exist_ok=True)
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
