"""A folder that matplotlib may write to, before it is imported and complains that it has none."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path


def provide() -> None:
    """Point MPLCONFIGDIR at a temporary folder if matplotlib could not write to its own."""
    if "matplotlib" in sys.modules or all(map(_writable, _folders())):
        return
    folder = tempfile.mkdtemp(prefix="minrisk-matplotlib-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["MPLCONFIGDIR"] = folder


def _folders() -> list[Path]:
    """Folders for settings and caches, as matplotlib picks them."""
    if given := os.environ.get("MPLCONFIGDIR"):
        return [Path(given)]
    try:
        home = Path.home()
    except RuntimeError:
        return [Path(os.devnull) / "matplotlib"]
    if not sys.platform.startswith(("linux", "freebsd")):
        return [home / ".matplotlib"]
    settings = os.environ.get("XDG_CONFIG_HOME") or home / ".config"
    cache = os.environ.get("XDG_CACHE_HOME") or home / ".cache"
    return [Path(settings) / "matplotlib", Path(cache) / "matplotlib"]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


provide()
