"""The committed gallery: ``python -m tests.gallery`` makes it again, on two processes in some minutes.

Of every scenario it keeps the report as text with its figures and main tables, of a few the page as well; what
is left out stands in ``.gitignore`` or can be made by the README's main command. The other pages of ``reports/``
have commands of their own, named in their first lines.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import ROOT

REPORTS = ROOT / "reports"
#: Scenarios whose page is kept too.
PAGES = ("ban_2026_dual_use", "ban_full_12m")
KEPT = (
    "report.md",
    "assumptions.md",
    "metrics.csv",
    "uses.csv",
    "economy.csv",
    "mud.csv",
    "run.json",
    "figures/*.svg",
)
#: Scenarios with a what-if page.
EXPLORED = ("ban_2026_dual_use", "outlook_2027", "ban_and_mud", "licensing_2025")
#: Draws of each scenario: a mean is then known to about a fiftieth of its spread, and the whole is made in minutes.
DRAWS = 2_000
#: Most that the gallery may weigh [byte].
MOST = 31_000_000


def size() -> int:
    """Bytes of everything in ``reports/`` that git keeps or would keep."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "reports"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return sum((ROOT / name).stat().st_size for name in set(names) if name and (ROOT / name).is_file())


def make() -> None:
    """Run everything, then keep what is kept."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        command = [
            sys.executable,
            "-m",
            "minrisk",
            "run",
            "scenarios",
            "--draws",
            str(DRAWS),
            "--workers",
            "2",
            "--quiet",
            "--out",
            folder,
        ]
        subprocess.run(command, cwd=ROOT, check=True)
        backtests = made / "backtests"
        subprocess.run([sys.executable, "-m", "minrisk", "backtest", "--out", backtests], cwd=ROOT, check=True)
        for record in made.glob("*/run.json"):
            name = record.parent.name
            _keep(
                record.parent, REPORTS / name, (*KEPT, "report.html", "assumptions.html") if name in PAGES else KEPT
            )
        for record in backtests.glob("*/run.json"):
            kept = ("coverage.md", "coverage.csv", "history.md", "scores.csv", "run.json", "figures/*.svg")
            _keep(record.parent, REPORTS / "backtests" / record.parent.name, kept)
        for name in EXPLORED:
            explore(name)
        for name in ("index.md", "comparison.csv", "comparison.svg"):
            shutil.copy(made / name, REPORTS)
        index = (made / "index.html").read_text(encoding="utf-8")
        # Where the page is not kept, its text is.
        links = re.sub(r'href="(\w+)/report\.html"', lambda link: _link(link[1]), index)
        (REPORTS / "index.html").write_text(links, encoding="utf-8")
        shutil.copy(made / "ban_full_12m" / "figures" / "shortage_map.svg", REPORTS)
    print(f"{size() / 1e6:.1f} MB")


def explore(name: str) -> None:
    """Make the what-if page of a scenario beside its report, which then links to it."""
    page = REPORTS / name / "explore.html"
    command = [
        sys.executable,
        "-m",
        "minrisk",
        "explore",
        f"scenarios/{name}.yaml",
        "--workers",
        "2",
        "--out",
        page,
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    if name == EXPLORED[0]:
        picture(page)


def picture(page: Path) -> None:
    """Take the README's picture of a what-if page: two settings, in one of them half of everything is stopped."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 1240, "height": 1060})
        view.goto(page.resolve().as_uri())
        view.check("input[value=b]")
        for control in ("#input-0", "#input-1"):
            view.fill(control, "0.5")
        view.wait_for_timeout(500)
        view.screenshot(path=REPORTS / "what_if.png")
        browser.close()


def _link(name: str) -> str:
    return f'href="{name}/report.{"html" if name in PAGES else "md"}"'


def _keep(made: Path, place: Path, patterns: tuple[str, ...]) -> None:
    shutil.rmtree(place, ignore_errors=True)
    for pattern in patterns:
        for path in made.glob(pattern):
            target = place / path.relative_to(made)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


if __name__ == "__main__":
    make()
