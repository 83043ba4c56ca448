"""The economy's tables become arrays, and their ranges named streams."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from minrisk.data.dataset import PACKAGED, Dataset, DatasetError, load_dataset
from minrisk.data.economy import (
    economy_closures,
    economy_parameters,
    economy_streams,
    economy_structure,
    full_stop,
    has_economy,
)
from tests.data.tiny import write_tiny


@pytest.fixture(scope="module")
def japan() -> Dataset:
    return load_dataset()


def test_needs_follow_the_table(japan: Dataset) -> None:
    """Every row of dependence.csv is one need, none is lost or twice."""
    structure = economy_structure(japan)
    named = {(structure.exposed_names[row], japan.labels.uses[use]) for row, use in structure.needs}
    frame = japan.table("dependence")
    assert named == set(zip(frame["industry"], frame["use"], strict=True))
    assert len(structure.needs) == len(frame)


def test_central_values_without_uniforms(japan: Dataset) -> None:
    """Cars need magnets with heavies for .53 of their value added and other ones for .01, in one group."""
    structure, central = economy_structure(japan), economy_parameters(japan)
    cars = structure.exposed_names.index("motor_vehicles")
    uses = japan.labels.uses
    hot, cold = (
        structure.needs.index((cars, uses.index(f"ndfeb_{grade}"))) for grade in ("heat_resistant", "standard")
    )
    assert central.dependence[[hot, cold], 0] == pytest.approx([0.53, 0.01])
    assert central.parts_months[cars, 0] == 1.5
    assert central.refill_months[0] == 6.0
    assert (cars, (hot, cold)) in structure.groups_of_needs
    assert structure.products == tuple(
        uses.index(use) for use in ("ndfeb_heat_resistant", "ndfeb_standard", "smco_magnets")
    )


def test_streams_move_their_own_parameter(japan: Dataset) -> None:
    """Each stream alone moves something, within its range; all start with data/."""
    names = economy_streams(japan)
    middle = {name: np.array([0.5]) for name in names}
    base = economy_parameters(japan, middle)
    for name in names:
        assert name.startswith("data/")
        moved = economy_parameters(japan, middle | {name: np.array([0.95])})
        changed = [field for field in vars(base) if not np.array_equal(vars(base)[field], vars(moved)[field])]
        assert len(changed) == 1, name
        rise = vars(moved)[changed[0]] - vars(base)[changed[0]]
        if changed == ["output_share"]:
            # One application takes more of its use, the others less.
            assert (rise > 0.0).sum() == 1
            assert rise.sum() == pytest.approx(0.0, abs=1e-12)
        else:
            assert np.all(rise >= 0.0)
    extreme = economy_parameters(japan, {name: np.array([1 - 1e-12]) for name in names})
    highest = japan.table("dependence")["high"].max()
    assert extreme.dependence.max() == pytest.approx(highest, abs=1e-5)


def test_full_stop_is_the_direct_share(japan: Dataset) -> None:
    """Customs values and Chinese exports: dysprosium about .9 Chinese, neodymium a fifth to a third."""
    stop = full_stop(japan, 12)
    lost = dict(zip(japan.labels.elements, stop.lost, strict=True))
    assert 0.75 < lost["Dy"] < 0.98
    assert 0.2 < lost["Nd"] < 0.35
    assert stop.need.sum() == pytest.approx(18_835, rel=0.03)
    assert 1e-5 < stop.cost_share < 1e-2


def test_closures_are_those_of_the_table(japan: Dataset) -> None:
    """Four closures; only those with industries of their own have a dependence."""
    closures = {closure.name: closure for closure in economy_closures(japan)}
    assert list(closures) == ["own", "NRI", "Daiwa", "IMF"]
    assert closures["own"].dependence is None
    assert closures["IMF"].supply_cut == 0.8
    nri = closures["NRI"].dependence
    assert nri is not None
    assert sum(share > 0 for share in nri) == 5


def test_a_dataset_without_industries_has_no_economy(tmp_path: Path) -> None:
    """Tables of the economy are optional."""
    tiny = load_dataset(write_tiny(tmp_path))
    assert not has_economy(tiny)
    assert economy_streams(tiny) == ()
    assert economy_closures(tiny) == ()


def test_half_an_economy_is_refused_with_every_fault(tmp_path: Path) -> None:
    """Industries without what they need: each missing table and entry is named."""
    folder = write_tiny(tmp_path)
    header = (PACKAGED / "industries.csv").read_text(encoding="utf-8").splitlines()[1]
    row = "steel,Steel,10,5,0,3,1,million USD,2024,test,C,"
    (folder / "industries.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    with pytest.raises(DatasetError) as caught:
        load_dataset(folder)
    text = str(caught.value)
    for word in ("gdp_tn_jpy", "jpy_per_usd", "minimum_final_demand", "input_flows", "dependence", "buffers"):
        assert word in text


def test_faulty_cells_name_file_line_and_column(tmp_path: Path) -> None:
    """A misspelt industry gets the nearest word; an exposed industry without a stock is named."""
    folder = write_tiny(tmp_path)
    text = (folder / "dataset.csv").read_text(encoding="utf-8")
    ends = ",1,2024,test,C\n"
    entries = f"gdp_tn_jpy,-1{ends}jpy_per_usd,150{ends}minimum_final_demand,1.5{ends}"
    (folder / "dataset.csv").write_text(text + entries, encoding="utf-8")
    tables = {
        "industries": "industry,name,output_musd,value_added_musd,imports_musd,final_demand_musd,exports_musd,unit,"
        "year,source,grade\nsteel,Steel,10,5,0,3,1,million USD,2024,test,C",
        "input_flows": "seller,buyer,flow_musd,unit,year,source,grade\nsteel,steel,2,million USD,2024,test,C",
        "dependence": "industry,use,low,central,high,unit,year,source,grade\nsteel,magnets,0,.1,.2,1,2024,test,C",
        "buffers": "buffer,industry,low,central,high,unit,year,source,grade\nparts,*,0,1,2,month,2024,test,C",
    }
    for stem, content in tables.items():
        (folder / f"{stem}.csv").write_text(content + "\n", encoding="utf-8")
    with pytest.raises(DatasetError) as caught:
        load_dataset(folder)
    message = str(caught.value)
    assert "'-1' is not a number above 0" in message
    assert "'1.5' is not a number between 0 and 1" in message
    assert "no row of finished for steel" in message
    wrong = tables["dependence"].replace("steel,magnets", "stel,magnets")
    (folder / "dependence.csv").write_text(wrong + "\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"dependence.csv:2 column 'industry': unknown industry 'stel'.*'steel'"):
        load_dataset(folder)
