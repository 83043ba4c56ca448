"""Data room: packaged tables, dataset loading and checking, and the sourcing mix."""

from minrisk.data.dataset import Dataset, DatasetError, load_dataset
from minrisk.data.mix import (
    Mix,
    Residual,
    central_mix,
    direct_share,
    effective_share,
    estimate_mix,
    origin_shares,
)
from minrisk.data.mix_report import gross_share, mix_matrix, mix_notes, mix_table, residual_table
from minrisk.data.streams import stream_names, swap_pools

__all__ = [
    "Dataset",
    "DatasetError",
    "Mix",
    "Residual",
    "central_mix",
    "direct_share",
    "effective_share",
    "estimate_mix",
    "gross_share",
    "load_dataset",
    "mix_matrix",
    "mix_notes",
    "mix_table",
    "origin_shares",
    "residual_table",
    "stream_names",
    "swap_pools",
]
