"""A dataset to begin with: the required tables with headers, units and an example row each, that loads and runs."""

from __future__ import annotations

from pathlib import Path

from minrisk.data.tables import TABLES, unit_of
from minrisk.files import new_folder, write_file

#: Example rows by table, without unit, year, source and grade; the mineral M, bought from China and from others.
_ROWS: dict[str, tuple[str, ...]] = {
    "dataset": (
        "name,mine", "title,A mineral and its importer", "subject,{subject}", "importer,JPN", "focus_origin,CHN",
        "mix_years,2024", "price_year,2024", "price_series,quoted",
    ),
    "elements": ("M,mineral,metal",),
    "routes": ("CHN_metal,CHN,metal,1,1", "OTH_metal,OTH,metal,2,2"),
    "uses": ("all_uses,All uses,middle",),
    "use_shares": ("M,all_uses,1",),
    "demand": ("M,900,1000,1100,0",),
    "imports": ("2024,810510,CHN,700,,1", "2024,810510,OTH,300,,1"),
    "reo_factors": ("810510,metal,0.97,0.99,1,0",),
    "composition": ("CHN,810510,M,1,1000", "OTH,810510,M,1,1000"),
    "prices": ("M,2024,quoted,30",),
    "ceilings": ("M,60,highest price quoted,60,120,240",),
}  # fmt: skip

#: Units of tables that admit more than one.
_UNITS = {"routes": "months; rank"}

_SOURCES = (
    "id,publisher,title,year,licence,grade,url,note\n"
    "mine,who published it,title of the table,2024,its licence,C,,an example row: replace it\n"
)


def write_new(folder: Path, subject: str) -> list[Path]:
    """Write the tables of a new dataset.

    Parameters
    ----------
    folder : Path
        Folder that does not exist yet.
    subject : str
        A key of `minrisk.data.tables.SUBJECTS`.

    Returns
    -------
    list of Path
        The tables, to be filled in from the top.

    Raises
    ------
    FileExistsError
        If something is there already.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} is there already and is left as it is; name another folder")
    texts = {"SOURCES": _SOURCES} | {stem: _table(stem, subject) for stem in _ROWS}

    def fill(place: Path) -> None:
        for stem, text in texts.items():
            write_file(place / f"{stem}.csv", text.encode())

    new_folder(folder, fill)
    return [folder / f"{stem}.csv" for stem in texts]


def _table(stem: str, subject: str) -> str:
    """Header, and each row with its unit and where it is from."""
    table = TABLES[stem]
    rows = [row.format(subject=subject) for row in _ROWS[stem]]
    wanted = rows[0].count(",") + 1
    ends_of_all = ("unit", "source", "grade", "note", "place")
    own = [c.name for c in table.columns if not c.optional and c.name not in ends_of_all][:wanted]
    dated = ["year"] if "year" not in own else []
    unit = unit_of(table, subject) or _UNITS.get(stem, "1")
    ends = ["unit", *dated, "source", "grade", "note"]
    tail = [unit, *["2024" for _ in dated], "mine", "C", "an example row: replace it"]
    return "\n".join([",".join([*own, *ends]), *(",".join([row, *tail]) for row in rows)]) + "\n"
