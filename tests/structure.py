"""Figures of the house: ``python -m tests.structure`` counts its files and how they hang together."""

from __future__ import annotations

import ast
import inspect
import json
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "minrisk"

#: A file shorter than this is no room of its own, if one other file alone imports it.
SHORT = 40

#: What is executed: one scenario with a ban, loaded and run, and then shown.
SCENARIO, DRAWS = "ban_full_12m", 100
TASKS = ("figure", "report")


@dataclass(frozen=True)
class Structure:
    """The package as files and the imports between them.

    Attributes
    ----------
    lines : dict of str to int
        Lines of each module.
    imports : dict of str to set of str
        Modules of the package that each module imports, anywhere in its text.
    fronts : frozenset of str
        Modules that are a package's ``__init__.py``.
    """

    lines: dict[str, int]
    imports: dict[str, set[str]]
    fronts: frozenset[str]

    @property
    def imports_per_file(self) -> float:
        """Modules of the package that a file imports, on average."""
        return sum(len(names) for names in self.imports.values()) / len(self.lines)

    @property
    def single_importer(self) -> list[str]:
        """Modules that exactly one other module imports."""
        importers: dict[str, set[str]] = defaultdict(set)
        for module, names in self.imports.items():
            for name in names:
                importers[name].add(module)
        return sorted(module for module in self.lines if len(importers[module]) == 1)

    @property
    def short_single_importer(self) -> list[str]:
        """Those of them that are shorter than `SHORT` lines; the front of a package is no file by choice."""
        return [m for m in self.single_importer if self.lines[m] < SHORT and m not in self.fronts]


def structure(root: Path = ROOT) -> Structure:
    """Read every file of the package under a folder."""
    paths = {_module(path, root): path for path in sorted((root / PACKAGE).rglob("*.py"))}
    texts = {module: path.read_text() for module, path in paths.items()}
    lines = {module: len(text.splitlines()) for module, text in texts.items()}
    imports = {module: _imports(ast.parse(text), texts) - {module} for module, text in texts.items()}
    return Structure(lines, imports, frozenset(m for m, path in paths.items() if path.stem == "__init__"))


def _module(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(tree: ast.Module, modules: dict[str, str]) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == PACKAGE:
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            found |= {name if name in modules else node.module for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == PACKAGE}
    return found


def executed(task: str, root: Path = ROOT) -> list[str]:
    """Files of the package of which a task calls a function, counted in a process of its own.

    Parameters
    ----------
    task : str
        ``figure``: load a scenario, run it, draw one figure; ``report``: load it, run it, write its report.
    root : Path
        Folder that holds the package.
    """
    command = [sys.executable, str(Path(__file__).resolve()), task, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def _trace(task: str, root: Path) -> list[str]:
    """Do a task and note the files of all functions called; classes and modules being read do not count."""
    sys.path.insert(0, str(root))
    home, seen = str(root / PACKAGE), set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        """Told of calls of functions of Python alone, which is quicker than a profile."""
        code = frame.f_code
        name = code.co_filename
        # Templates of pages are compiled too, and are no files of code.
        if event == "call" and name not in seen and name.startswith(home) and name.endswith(".py"):
            comprehension = code.co_name.startswith("<") and code.co_name != "<lambda>"
            if code.co_flags & inspect.CO_OPTIMIZED and not comprehension:
                seen.add(name)

    sys.settrace(note)
    _do(task, root)
    sys.settrace(None)
    return sorted(str(Path(name).relative_to(root)) for name in seen)


def _do(task: str, root: Path) -> None:
    import minrisk

    run = minrisk.run(minrisk.load_scenario(root / "scenarios" / f"{SCENARIO}.yaml"), draws=DRAWS)
    if task == "figure":
        minrisk.plots.shortage_map(run)
    else:
        with tempfile.TemporaryDirectory() as folder:
            minrisk.write_report(run, Path(folder) / "report")


def main() -> None:
    """Print the figures."""
    found = structure()
    sizes = sorted(found.lines.values())
    largest = max(found.lines, key=lambda module: found.lines[module])
    print(f"files                       {len(sizes):6}")
    print(f"lines                       {sum(sizes):6}")
    print(f"lines of the median file    {statistics.median(sizes):6.0f}")
    print(f"lines of the largest file   {found.lines[largest]:6}  {largest}")
    print(f"imports a file              {found.imports_per_file:6.2f}")
    print(f"files with one importer     {len(found.single_importer):6}")
    print(f"  of them under {SHORT} lines    {len(found.short_single_importer):6}")
    for task in TASKS:
        files = executed(task)
        print(f"files executed, one {task:6}  {len(files):6}")
        if "-v" in sys.argv:
            print(*(f"  {name}" for name in files), sep="\n")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(_trace(sys.argv[1], Path(sys.argv[2]))))
    else:
        main()
