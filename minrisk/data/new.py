"""A dataset to begin with: the required tables with headers, units and an example row each, that loads and runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from minrisk.data.dataset import EXAMPLE_NOTE
from minrisk.data.tables import TABLES, datapackage, unit_of
from minrisk.files import new_folder, write_file

#: Customs code of the example rows where none is named: cobalt.
_CODE = "810510"

#: Example rows by table, without unit, year, source and grade; a mineral bought from China and from others. A row
#: with a code stands for each.
_ROWS: dict[str, tuple[str, ...]] = {
    "dataset": (
        "name,{name}", "title,{name}: a mineral and its importer", "subject,{subject}", "importer,JPN",
        "focus_origin,CHN", "mix_years,2024", "price_year,2024", "price_series,quoted",
    ),
    "elements": ("{element},{name},metal",),
    "routes": ("CHN_metal,CHN,metal,1,1", "OTH_metal,OTH,metal,2,2"),
    "uses": ("all_uses,All uses,middle",),
    "use_shares": ("{element},all_uses,1",),
    "demand": ("{element},900,1000,1100,0",),
    "imports": ("2024,{hs},CHN,{chinese:g},,1", "2024,{hs},OTH,{others:g},,1"),
    "reo_factors": ("{hs},metal,0.97,0.99,1,0",),
    "composition": ("CHN,{hs},{element},1,1000", "OTH,{hs},{element},1,1000"),
    "prices": ("{element},2024,quoted,30",),
    "ceilings": ("{element},60,highest price quoted,60,120,240",),
}  # fmt: skip

#: Units of tables that admit more than one.
_UNITS = {"routes": "months; rank"}

_SOURCES = (
    "id,publisher,title,year,licence,grade,url,note\n"
    "mine,who published it,title of the table,2024,its licence,C,,"
    f"{EXAMPLE_NOTE}\n"
)


def write_new(folder: Path, subject: str, element: str = "M", codes: Sequence[str] = (_CODE,)) -> list[Path]:
    """Write the tables of a new dataset, and ``datapackage.json``, which describes them to other tools.

    Parameters
    ----------
    folder : Path
        Folder that does not exist yet.
    subject : str
        A key of `minrisk.data.tables.SUBJECTS`.
    element : str
        Label of the element in the example rows.
    codes : sequence of str
        Customs codes in the example rows; a trade file of these codes can be imported at once.

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
    name = re.sub(r"[^\w -]", "_", folder.name)
    texts = {"SOURCES": _SOURCES} | {stem: _table(stem, name, subject, element, codes) for stem in _ROWS}

    def fill(place: Path) -> None:
        for stem, text in texts.items():
            write_file(place / f"{stem}.csv", text.encode())
        write_file(place / "datapackage.json", datapackage(name, texts).encode())

    new_folder(folder, fill)
    return [folder / f"{stem}.csv" for stem in texts]


def _table(stem: str, name: str, subject: str, element: str, codes: Sequence[str]) -> str:
    """Header, and each row with its unit and where it is from."""
    table = TABLES[stem]
    words = {"name": name, "subject": subject, "element": element}
    values = {"chinese": 700 / len(codes), "others": 300 / len(codes)}
    rows = [
        row.format(**words, **values, hs=code)
        for row in _ROWS[stem]
        for code in (codes if "{hs}" in row else codes[:1])
    ]
    wanted = rows[0].count(",") + 1
    ends_of_all = ("unit", "source", "grade", "note", "place")
    own = [c.name for c in table.columns if not c.optional and c.name not in ends_of_all][:wanted]
    dated = ["year"] if "year" not in own else []
    unit = unit_of(table, subject) or _UNITS.get(stem, "1")
    ends = ["unit", *dated, "source", "grade", "note"]
    tail = [unit, *["2024" for _ in dated], "mine", "C", EXAMPLE_NOTE]
    return "\n".join([",".join([*own, *ends]), *(",".join([row, *tail]) for row in rows)]) + "\n"
