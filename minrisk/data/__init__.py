"""Data: the packaged tables, a dataset loaded and checked, prices, and the sourcing mix."""

from minrisk.data.ceilings import ceiling_index, ceiling_range, has_ceilings
from minrisk.data.dataset import Dataset, DatasetError, load_dataset, packaged_names, packaged_project
from minrisk.data.economy import economy_closures, economy_parameters, economy_structure, full_stop, has_economy
from minrisk.data.mix.estimate import (
    Mix,
    Residual,
    central_mix,
    demand_t_per_year,
    direct_share,
    effective_share,
    estimate_mix,
    lacks,
    lacks_in_words,
    origin_shares,
)
from minrisk.data.mix.inputs import mix_inputs
from minrisk.data.money import (
    MissingPriceError,
    exchange_rate,
    has_prices,
    jpy_per_t,
    price,
    price_year,
    reference_price,
    usd_per_t,
)
from minrisk.data.streams import destination_shares, draw_use_shares, stream_names, swap_pools
from minrisk.data.tables import ALL, NUMERIC, TABLES, nearest

__all__ = [
    "ALL",
    "NUMERIC",
    "TABLES",
    "Dataset",
    "DatasetError",
    "MissingPriceError",
    "Mix",
    "Residual",
    "ceiling_index",
    "ceiling_range",
    "central_mix",
    "demand_t_per_year",
    "destination_shares",
    "direct_share",
    "draw_use_shares",
    "economy_closures",
    "economy_parameters",
    "economy_structure",
    "effective_share",
    "estimate_mix",
    "exchange_rate",
    "full_stop",
    "has_ceilings",
    "has_economy",
    "has_prices",
    "jpy_per_t",
    "lacks",
    "lacks_in_words",
    "load_dataset",
    "mix_inputs",
    "nearest",
    "origin_shares",
    "packaged_names",
    "packaged_project",
    "price",
    "price_year",
    "reference_price",
    "stream_names",
    "swap_pools",
    "usd_per_t",
]
