"""Finished blocks on disk, so that a run that was killed goes on where it stopped, to the bit."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from minrisk.files import fill_file, is_temporary, write_json
from minrisk.pipeline.keep import Block, EconomyKept, ProductsKept

_PLAN = "plan.json"
_NAMES, _HASH = "names", "sha256"


class CheckpointError(ValueError):
    """What lies in the folder belongs to another run; the message says how they differ."""


class Checkpoint:
    """A folder of finished blocks, one ``npz`` file each, without pickled objects.

    Parameters
    ----------
    folder : Path
        Made if missing.
    plan : mapping
        What the bits of a block depend on: a folder with another plan is refused.

    Raises
    ------
    CheckpointError
        If the folder holds blocks of another plan, or is none of these folders.
    """

    def __init__(self, folder: Path, plan: Mapping[str, Any]) -> None:
        self._folder = folder
        wanted = json.loads(json.dumps(plan))
        self._plan = json.dumps(wanted, sort_keys=True)
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise CheckpointError(f"{folder} is no folder of its own; move it away")
        folder.mkdir(parents=True, exist_ok=True)
        record = folder / _PLAN
        if not record.exists():
            if _foreign(folder):
                raise CheckpointError(f"{folder} holds files but no {_PLAN} of a run; move it away")
            write_json(record, wanted)
        found = _read_plan(record)
        differing = [key for key in wanted if found.get(key) != wanted[key]]
        if differing:
            raise CheckpointError(f"{folder} holds another run: {', '.join(differing)} differ")

    def holds(self, start: int, size: int) -> bool:
        """Whether there is a file for a block."""
        return self._path(start, size).is_file()

    def load(self, start: int, size: int) -> Block | None:
        """Block of ``size`` draws from ``start`` on, None if missing, damaged, edited or of another size."""
        try:
            with self._path(start, size).open("rb") as file, np.load(file, allow_pickle=False) as held:
                names = json.loads(bytes(held[_NAMES]).decode())
                arrays = {name: held[f"a{place}"] for place, name in enumerate(names)}
                if bytes(held[_HASH]) != _digest(self._plan, start, size, arrays):
                    return None
                block = _block(arrays)
                return block if _draws(block) == {size} else None
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            return None

    def save(self, start: int, size: int, block: Block) -> None:
        """Keep a block; whole or not at all."""
        arrays = _arrays(block)
        numbered: dict[str, Any] = {f"a{place}": values for place, values in enumerate(arrays.values())}
        numbered[_NAMES] = np.frombuffer(json.dumps(list(arrays)).encode(), dtype=np.uint8)
        numbered[_HASH] = np.frombuffer(_digest(self._plan, start, size, arrays), dtype=np.uint8)
        fill_file(self._path(start, size), lambda file: np.savez(file, **numbered))

    def _path(self, start: int, size: int) -> Path:
        return self._folder / f"draws_{start:09d}_{size}.npz"


def clear_checkpoint(folder: Path) -> None:
    """Remove a folder of finished blocks; anything else under that name is left alone."""
    record = folder / _PLAN
    if not folder.is_dir() or folder.is_symlink() or (_foreign(folder) and not record.is_file()):
        return
    # The plan last: what a kill leaves midway is still one of these folders.
    for path in folder.iterdir():
        if path.is_file() and path != record:
            path.unlink()
    shutil.rmtree(folder)


def _foreign(folder: Path) -> bool:
    """Whether a folder without a plan holds more than a plan that a kill left half-written."""
    return any(not is_temporary(path) for path in folder.iterdir())


def _read_plan(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read ({error}); move {path.parent} away") from None
    return found if isinstance(found, dict) else {}


def _digest(plan: str, start: int, size: int, arrays: Mapping[str, Any]) -> bytes:
    """SHA-256 of a block: of which run and draws it is, and names, types, shapes and bytes of its arrays."""
    digest = hashlib.sha256(f"{plan} {start} {size}".encode())
    for name, values in arrays.items():
        plain = np.ascontiguousarray(values)
        digest.update(f"\n{name} {plain.dtype.str} {values.shape}\n".encode())
        digest.update(plain.tobytes())
    return digest.digest()


def _draws(block: Block) -> set[int]:
    """Lengths of a block's columns of draws: one number, unless something is wrong with it."""
    groups = [block.inputs, block.metrics, block.use_metrics]
    if block.economy is not None:
        groups += [block.economy.metrics, block.economy.industry_metrics, block.economy.application_metrics]
    if block.products is not None:
        groups += [block.products.metrics, block.products.stoppage_metrics]
    return {np.shape(values)[-1] for group in groups for values in group.values()}


#: Parts of a block that may be missing, by their field.
_PARTS: dict[str, type[EconomyKept] | type[ProductsKept]] = {"economy": EconomyKept, "products": ProductsKept}


def _arrays(part: Block | EconomyKept | ProductsKept, head: str = "") -> dict[str, Any]:
    """Every array of a block by a name that says where it belongs."""
    found: dict[str, Any] = {}
    for entry in fields(part):
        value = getattr(part, entry.name)
        if isinstance(value, dict):
            found |= {f"{head}{entry.name}|{name}": array for name, array in value.items()}
        elif isinstance(value, EconomyKept | ProductsKept):
            found |= _arrays(value, f"{entry.name}>")
        elif value is not None:
            found[f"{head}{entry.name}"] = np.asarray(value)
    return found


def _block(arrays: Mapping[str, Any]) -> Block:
    parts: dict[str, dict[str, Any]] = {name: {} for name in ("", *_PARTS)}
    for whole, array in arrays.items():
        owner, mark, rest = whole.partition(">")
        head = owner if mark and owner in _PARTS else ""
        field, inside, name = (rest if head else whole).partition("|")
        if inside:
            parts[head].setdefault(field, {})[name] = array
        else:
            parts[head][field] = array
    main = parts[""] | {"residual": float(parts[""]["residual"])}
    # A scenario may hold nothing that varies.
    main.setdefault("inputs", {})
    main |= {name: kind(**parts[name]) for name, kind in _PARTS.items() if parts[name]}
    return Block(**main)
