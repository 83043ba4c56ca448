"""The engine: levers in, a balanced month-by-month market out. Pure functions of arrays."""

from minrisk.engine.batches import Batches, BatchFactors, seeds_of, uniforms
from minrisk.engine.feed import PROCESSING
from minrisk.engine.inputs import (
    Addition,
    Basket,
    ContractShares,
    Factor,
    Favour,
    Floor,
    Inputs,
    Levers,
    Market,
    NetOf,
    OfficialStock,
    Products,
    Uses,
)
from minrisk.engine.market import ceiling_above
from minrisk.engine.products import ProductResult
from minrisk.engine.restrictions import lowest_price_multiple, trade_groups
from minrisk.engine.result import UNIT, BalanceError, Result

__all__ = [
    "PROCESSING",
    "UNIT",
    "Addition",
    "BalanceError",
    "Basket",
    "BatchFactors",
    "Batches",
    "ContractShares",
    "Factor",
    "Favour",
    "Floor",
    "Inputs",
    "Levers",
    "Market",
    "NetOf",
    "OfficialStock",
    "ProductResult",
    "Products",
    "Result",
    "Uses",
    "ceiling_above",
    "lowest_price_multiple",
    "seeds_of",
    "trade_groups",
    "uniforms",
]
