"""An episode written from the description of the format alone: a ban on half of one origin's trade."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.data.tiny import write_tiny

MARKET: dict[str, Any] = {
    "stock_cover_months": 0,
    "stock_release_share": 0.3,
    "stock_release_exponent": 0.5,
    "stock_release_max": 0.5,
    "restock_months": 6,
    "restock_exponent": 1,
    "store_max_months": 6,
    "elasticity_stiff": 0.5,
    "elasticity_middle": 0.5,
    "elasticity_loose": 0.5,
    "elasticity_common": 1,
    "elasticity_long": 0.5,
    "adaptation_months": 24,
    "choke_price_index": 50,
    "supply_elasticity": 0,
    "spare_share": 0,
    "spare_months": 3,
    "swap_share": 0,
    "swap_price_index": 2,
    "swap_months": 3,
    "growth_per_year": 0,
    "shortage_threshold": 0.05,
}

BAN = {
    "name": "ban",
    "type": "export_ban",
    "origin": "SRC",
    "destination": "all",
    "elements": "all",
    "start": "2010-06",
    "end": "2010-09",
    "severity": 0.5,
}

HEADER = "variable,element,origin,month,value,low,high,unit,source,role"


def write_episode(folder: Path, rows: list[str], events: list[dict[str, Any]] | None = None, **market: Any) -> Path:
    """Write an episode of 24 months from January 2010 on the tiny dataset (100 t a month of X, transit 1).

    Parameters
    ----------
    folder : Path
        Folder to fill.
    rows : list of str
        Rows of observations.csv below the header.
    events : list of dict, optional
        Events of the scenario; half of the trade banned for three months by default.
    **market
        Market parameters that differ.

    Returns
    -------
    Path
        The same folder.
    """
    write_tiny(folder / "data")
    scenario = {
        "title": "Made up",
        "dataset": "data",
        "start": "2010-01",
        "months": 24,
        "market": MARKET | market,
        "events": [BAN] if events is None else events,
    }
    with (folder / "scenario.yaml").open("w", encoding="utf-8") as file:
        YAML().dump(scenario, file)
    (folder / "observations.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return folder
