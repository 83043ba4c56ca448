"""The dataset of controlled minerals: beside what is published, each mineral alone, found by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from minrisk import load_scenario
from minrisk.data import DatasetError, central_mix, direct_share, effective_share, load_dataset
from minrisk.data.dataset import PACKAGED
from tests.data.tiny import write_tiny

MINERALS = load_dataset("japan_controlled_minerals")


def share(element: str) -> float:
    """Direct share of China in the central mix [1]."""
    shares = direct_share(central_mix(MINERALS), MINERALS.labels, "CHN")[:, 0]
    return float(shares[MINERALS.labels.elements.index(element)])


def tonnes(*elements: str) -> float:
    """Supply of elements from abroad and at home in the central mix [t/yr]."""
    supply = central_mix(MINERALS).tonnes[..., 0].sum(axis=1) * 12.0
    return float(sum(supply[MINERALS.labels.elements.index(name)] for name in elements))


def test_found_by_name_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A packaged name stands for its folder; a folder of that name beside the scenario goes first."""
    monkeypatch.chdir(tmp_path)
    assert load_dataset("japan_controlled_minerals").fingerprint == MINERALS.fingerprint
    assert load_dataset("japan").folder == PACKAGED
    text = "title: T\ndescription: D\nstart: 2026-01\nmonths: 12\nseed: 1\nevents: []\n"
    scenario = tmp_path / "mine.yaml"
    market = (Path(__file__).parents[2] / "scenarios/minerals/minerals_calm.yaml").read_text(encoding="utf-8")
    market = market[market.index("market:") :]
    scenario.write_text(f"{text}dataset: japan_controlled_minerals\n{market}", encoding="utf-8")
    assert load_scenario(scenario).dataset == str(PACKAGED.parent / "japan_controlled_minerals")


def test_a_name_that_is_no_dataset_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a folder nor a packaged name; a module of the package is not one."""
    monkeypatch.chdir(tmp_path)
    for name in ("mix", "../data/japan_", "nothing"):
        with pytest.raises(DatasetError, match="no such dataset folder"):
            load_dataset(name)


def test_each_mineral_stands_alone() -> None:
    """No use takes two minerals, and no code but China's graphite holds two."""
    frame = MINERALS.table("use_shares")
    assert frame["use"].is_unique
    sizes = MINERALS.table("composition").groupby(["origin", "hs"]).size()
    assert list(sizes[sizes > 1].index) == [("CHN", "250410")]


def test_mix_stands_beside_published_imports() -> None:
    """Graphite 41,928 t and 84.6 % Chinese in 2022 (BACI); 55 of 167 t of gallium (2021); antimony 3,917 t."""
    assert tonnes("flake_graphite", "spherical_graphite") == pytest.approx(41928.0, rel=0.02)
    chinese = share("flake_graphite") * tonnes("flake_graphite") + share("spherical_graphite") * tonnes(
        "spherical_graphite"
    )
    assert chinese / tonnes("flake_graphite", "spherical_graphite") == pytest.approx(0.846, abs=0.01)
    assert tonnes("Ga") == pytest.approx(167.0, rel=0.01)
    assert share("Ga") * tonnes("Ga") == pytest.approx(55.0, rel=0.02)
    assert share("Sb") * tonnes("Sb") == pytest.approx(0.83 * 2524.4 + 0.99 * 1822.1, rel=0.04)
    assert share("Bi") * tonnes("Bi") == pytest.approx(309.2 * 0.99, rel=0.06)


def test_gallium_of_others_is_mostly_chinese() -> None:
    """China makes 99 % of primary gallium: the effective share is far above the direct one."""
    place = MINERALS.labels.elements.index("Ga")
    assert effective_share(central_mix(MINERALS), MINERALS.labels, "CHN")[place, 0] > share("Ga") + 0.2


@pytest.mark.parametrize("stem", ["industries", "input_flows"])
def test_one_economy(stem: str) -> None:
    """Both datasets of Japan rest on one input-output table."""
    other = MINERALS.folder / f"{stem}.csv"
    assert other.read_bytes() == (PACKAGED / f"{stem}.csv").read_bytes()


def test_a_tonne_is_of_oxide_or_of_the_element(tmp_path: Path) -> None:
    """Tables say what they count: t REO of rare earths, t of other minerals, and never one for the other."""
    folder = write_tiny(tmp_path / "tiny")
    settings = folder / "dataset.csv"
    settings.write_text(settings.read_text(encoding="utf-8") + "subject,minerals,1,2024,test,C\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"'t REO/yr' is not the unit of this table; .* write 't/yr'"):
        load_dataset(folder)
    for path in folder.glob("*.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace("t REO", "t"), encoding="utf-8")
    assert load_dataset(folder).tonne == "t"
    assert load_dataset().tonne == "t REO"
    settings.write_text(settings.read_text(encoding="utf-8").replace("minerals", "mineral"), encoding="utf-8")
    with pytest.raises(DatasetError, match="unknown subject 'mineral'; did you mean 'minerals'"):
        load_dataset(folder)


def test_every_need_has_its_applications() -> None:
    """Two or more share what a use makes, unless one takes it all; none is graded better than C."""
    frame = MINERALS.table("applications")
    needs = MINERALS.table("dependence")[["industry", "use"]]
    assert set(zip(frame["industry"], frame["use"], strict=True)) == set(
        zip(needs["industry"], needs["use"], strict=True)
    )
    assert frame.groupby("use")["output_central"].sum().to_numpy() == pytest.approx(1.0)
    assert set(frame["grade"]) == {"C"}
    assert (frame["output_low"] < frame["output_high"]).to_numpy().sum() >= 20


def test_paratungstate_of_japan_is_a_part_of_what_china_sends() -> None:
    """China sent 782 t to everybody in 2024; of the 243 t of 2025, 138 t went to Japan (Fastmarkets)."""
    frame = MINERALS.table("imports")
    rows = frame[frame["hs"] == "284180"]
    assert list(rows["origin"]) == ["CHN"]
    assert rows["quantity_t"].sum() == pytest.approx(782 * 138 / 243, abs=0.5)


def test_what_comes_under_other_codes_counts_once() -> None:
    """Tungsten that China sends under other codes is part of its share; two flows stand alike in their ranges."""
    mix = central_mix(MINERALS)
    assert share("W") == pytest.approx(0.42, abs=0.005)
    assert tonnes("W") == pytest.approx(7600.0, rel=0.005)
    place, names = MINERALS.labels.elements.index("W"), MINERALS.labels.route_names
    ranges = MINERALS.table("other_codes").query("element == 'W' and route != 'CHN_compound'").set_index("route")
    filled = [
        (mix.tonnes[place, names.index(route), 0] * 12.0 - row["low"]) / (row["high"] - row["low"])
        for route, row in ranges.iterrows()
    ]
    assert len(filled) == 2
    assert filled[0] == pytest.approx(filled[1], abs=1e-9)
    assert 0.0 < filled[0] < 1.0


def test_antimony_meets_demand_without_a_published_share() -> None:
    """Where no share is known China sends what its codes say, and others what demand asks beyond it."""
    assert tonnes("Sb") == pytest.approx(6500.0, rel=0.005)


def test_no_margin_of_a_mineral_is_missed_by_far() -> None:
    """Customs tonnes, demand and shares agree within a tenth at central values: none contradicts the others."""
    for residual in central_mix(MINERALS).residuals:
        assert abs(residual.relative[0]) < 0.1, (residual.margin, residual.label)
