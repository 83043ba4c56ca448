"""Products of a dataset: their figures drawn, and what the tables may not say."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from minrisk.data import Dataset, DatasetError, destination_shares, load_dataset, product_figures, stream_names
from minrisk.data.dataset import PACKAGED
from minrisk.data.products import buying_firms, product_streams


@pytest.fixture(scope="module")
def japan() -> Dataset:
    return load_dataset()


def test_central_figures(japan: Dataset) -> None:
    """Tonnes a month by product and route, home first; 0 where there is no row."""
    figures = product_figures(japan, None, 3)
    assert figures.tonnes.shape == (3, 6, 3)
    assert figures.tonnes[:, 0, 0] * 12.0 == pytest.approx([5850.0, 7150.0, 300.0])
    assert figures.tonnes[2, 2:].max() == 0.0
    assert np.all(figures.feed[:, :2] == 0.0)
    assert np.all(figures.feed[:, 2:5] == 0.7)
    assert np.all(figures.cover == 1.6)
    assert figures.ceiling[:, 0] == pytest.approx([6.0] * 3)
    assert buying_firms(japan, None, 1).firms[0] == 40.0


def test_every_stream_moves_one_figure_within_its_range(japan: Dataset) -> None:
    names = product_streams(japan)
    assert set(names) <= set(stream_names(japan))
    middle = {name: np.array([0.5]) for name in names}
    base = vars(product_figures(japan, middle, 1)) | vars(buying_firms(japan, middle, 1))
    for name in names:
        moved_uniforms = middle | {name: np.array([0.9])}
        found = vars(product_figures(japan, moved_uniforms, 1)) | vars(buying_firms(japan, moved_uniforms, 1))
        moved = [field for field, values in found.items() if not np.array_equal(values, base[field])]
        assert len(moved) == (0 if name == "data/product/first_stop" else 1), name


def test_a_small_share_of_the_origins_magnets_comes_here(japan: Dataset) -> None:
    """Five to seven of a hundred, by product, drawn like those of elements; all where nothing is said."""
    name = "data/destination_share/ndfeb_standard"
    assert name in stream_names(japan)
    middle = dict.fromkeys(stream_names(japan), np.full(3, 0.5)) | {name: np.array([1e-9, 0.5, 1.0 - 1e-9])}
    shares = destination_shares(japan, middle, 3, ("ndfeb_standard", "smco", "Sc"))
    assert shares[0] == pytest.approx([0.05, 0.06, 0.07], abs=1e-5)
    assert shares[1:, 0] == pytest.approx([0.06, 1.0])


def folder_with(tmp_path: Path, stem: str, old: str, new: str) -> Path:
    folder = shutil.copytree(PACKAGED, tmp_path / "own")
    path = folder / f"{stem}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("stem", "old", "new", "expected"),
    [
        ("products", "smco,SmCo magnets,smco_magnets", "smco,SmCo magnets,polishing", "needs no element"),
        ("products", "smco,SmCo magnets,smco_magnets", "smco,SmCo magnets,ndfeb_standard", "makes ndfeb_st"),
        ("product_figures", "smco,made,JPN,150,300,450", "smco,made,JPN,0,300,450", "made cannot be 0"),
        ("destination_shares", "smco,0.05", "smcoo,0.05", "unknown element or product 'smcoo'"),
        ("product_figures", "smco,made,JPN", "smco,imports,OTH", "no made of smco"),
        ("product_figures", "*,ceiling,JPN,3", "*,ceiling,JPN,1", "not above the baseline price"),
        ("product_figures", "smco,imports,CHN", "smco,imports,JPN", "imports has an origin abroad, not JPN"),
        ("product_figures", "*,cover,JPN,0.5,1.6,3,month", "*,cover,JPN,0.5,1.6,3,day", "'month'"),
        ("product_figures", "*,firms,JPN", "smco,firms,JPN", "one figure for every product"),
        ("product_figures", "smco,price,JPN", "smcoo,price,JPN", "did you mean 'smco'?"),
        ("buffers", "parts,*,", "parts,machinery,0.5,1,2,month,2024,analyst,C,x\nparts,*,", "buys a product"),
    ],
)  # fmt: skip
def test_a_fault_is_named(tmp_path: Path, stem: str, old: str, new: str, expected: str) -> None:
    with pytest.raises(DatasetError) as found:
        load_dataset(folder_with(tmp_path, stem, old, new))
    assert any(expected in problem for problem in found.value.problems), found.value.problems


def test_either_table_needs_the_other(tmp_path: Path) -> None:
    folder = shutil.copytree(PACKAGED, tmp_path / "own")
    (folder / "product_figures.csv").unlink()
    with pytest.raises(DatasetError, match=r"product_figures\.csv: missing"):
        load_dataset(folder)
