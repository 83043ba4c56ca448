"""How Japan's market responds to a shortfall: stocks, prices, demand and the supply that can step in."""

from __future__ import annotations

import math

from pydantic import Field

from minrisk.axes import Labels
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import unknown
from minrisk.scenario.fields import (
    AboveOne,
    AtLeastOne,
    Complement,
    Exponent,
    ExponentOrInf,
    Growth,
    NonNegative,
    NonNegativeOrInf,
    Positive,
    ScenarioPart,
    Share,
    Threshold,
)


class Market(ScenarioPart):
    """Market parameters; each may be a number or a distribution, the same for all elements in a draw."""

    stock_cover_months: NonNegative
    """Commercial stock held at baseline, in months of reference demand [months of demand]. Press and expert
    estimates run from 2 to 12 months; grade C."""

    stock_cover_factor: dict[str, NonNegative] = Field(default_factory=dict)
    """Factor on `stock_cover_months` by element, such as {Dy: 0.5}; 1 for elements left out [1]. Stocks by
    element are not published; grade C."""

    trader_share: Share = Fixed(0.0)
    """Share of commercial stock at baseline that traders hold and sell to anyone; users hold the rest for
    themselves [1]. No source; grade C."""

    trader_release_share: Share = Fixed(0.35)
    """As `stock_release_share`, for the traders' part [1/month]. No source; grade C."""

    stock_release_share: Share
    """Share of users' commercial stock that is sold in one month at a very high price multiple P [1/month];
    with the exponent it sets `S = I rho (1 - P^-theta)`. No source; grade C."""

    stock_release_exponent: ExponentOrInf
    """How fast sales from stock respond to the price multiple (theta) [1]; `.inf` is mechanical release: stock
    fills the gap as long as it lasts. No source; grade C."""

    stock_release_max: Share
    """Share of commercial stock released per month once the price is at its ceiling [1/month].
    No source; grade C."""

    restock_months: Positive
    """Time over which a stock below its target is rebuilt at the baseline price [month]. 6 to 12 months after
    2011; grade C."""

    restock_exponent: Exponent
    """How fast rebuilding slows as the price multiple P rises (kappa) [1]: purchases for stock fall with
    `P^-kappa`.
    No source; grade C."""

    store_max_months: NonNegative
    """Stock above its target that holders still keep before they export the rest [months of demand].
    No source; grade C."""

    elasticity_stiff: NonNegative
    """Short-run own-price elasticity of demand, as a positive number, of stiff end uses [1]. Arc of Chinese
    exports 2009-2011: .25 to .31 for the aggregate; grade C by class."""

    elasticity_middle: NonNegative
    """Short-run own-price elasticity of demand, as a positive number, of end uses of middling stiffness
    [1]. As for stiff end uses; grade C."""

    elasticity_loose: NonNegative
    """Short-run own-price elasticity of demand, as a positive number, of loose end uses such as
    polishing [1]. As for stiff end uses; grade C."""

    elasticity_common: NonNegative
    """Common factor on the three short-run elasticities in a draw [1]; 1 leaves them unchanged. It makes
    them high or low together; grade C."""

    elasticity_long: NonNegative
    """Long-run own-price elasticity of demand of end uses of middling stiffness, as a positive number,
    reached by slow substitution [1]. No source by element; grade C."""

    elasticity_long_spread: AtLeastOne = Fixed(1.0)
    """How far apart the long-run elasticities of the classes are [1]: `elasticity_long` is divided by it for
    stiff end uses and multiplied for loose ones; 1 is the same for all. No source; grade C."""

    adaptation_months: Positive
    """Time constant of slow substitution [month]. No source; grade C."""

    choke_price_index: AboveOne | None = None
    """Ceiling of the price multiple, above which buyers stop and the rest is rationed, the same for all elements
    [1, baseline = 1]; at least 1.05 times what an export tax sets. Needed where the dataset has no ceilings.csv
    and not used where it has one: the ceiling of each element is then a price in USD/kg. European yttrium and
    dysprosium quotes of 2025-26 reached 3 to about 50 times the Chinese price; grade C."""

    supply_elasticity: NonNegative
    """Own-price elasticity of supply of routes that are not restricted, up to their spare capacity [1].
    No source; grade C."""

    spare_share: NonNegative
    """Spare capacity of routes that are not restricted, as a share of their baseline supply [1]. No source;
    grade C."""

    spare_months: Positive
    """Time constant with which spare capacity starts up and shuts down [month]. No source; grade C."""

    swap_share: Share
    """Largest share of the lost tonnes that other buyers would give up to Japan when a restriction is
    aimed at Japan alone [1]; also limited by the dataset's swap pool. No source; grade C."""

    swap_price_index: AboveOne
    """Price multiple at which reshuffling from other buyers is complete [1, baseline = 1]. No source; grade C."""

    swap_months: Positive
    """Time constant of reshuffling between buyers [month]. No source; grade C."""

    saved_share: Share = Fixed(0.0)
    """Share of the demand given up because of the price that users save without losing output, by
    thrift, better yield or stocks of half-finished goods [1]. No source; grade C."""

    complement_substitution: Complement = Fixed(0.1)
    """Elasticity of substitution between the elements that an end use needs together, such as neodymium
    and dysprosium in a magnet [1]; 0 is none: the scarcest sets the output. Firms after the earthquake of 2011:
    near 0 within months (Boehm et al. 2019, A); by element not measured; grade C."""

    joint_slack: NonNegativeOrInf = Fixed(math.inf)
    """How much of the other elements an end use that is stopped by one element still takes, beyond its
    output [1]; the rest goes back to its stock. `.inf` is neutral: it takes all it bought. No source; grade C."""

    product_stock_extra_months: NonNegative = Fixed(0.0)
    """Stock of products, such as magnets, that makers, traders and industries want beyond what the dataset says
    they hold [months of demand]; 0 is neutral. For an order or an agreement to hold more; without effect where a
    dataset has no products. Judgement; grade C."""

    growth_per_year: Growth
    """Growth of reference demand and of contracted supply [1/year]. No source by element; grade C."""

    shortage_threshold: Threshold
    """Unserved share of demand above which a month is a shortage month [1]. A convention, not a
    measurement."""

    def unused(self, ceilings: bool) -> tuple[str, ...]:
        """Fields that are given and count for nothing where the dataset has ceiling prices."""
        return ("choke_price_index",) if ceilings and self.choke_price_index is not None else ()

    def missing(self, ceilings: bool) -> list[tuple[tuple[str, ...], str]]:
        """Errors in what a dataset without ceiling prices needs, as place and message."""
        if ceilings or self.choke_price_index is not None:
            return []
        message = "required field is missing: the dataset has no ceilings.csv; such as {triangular: [20, 50, 100]}"
        return [(("choke_price_index",), message)]

    def check(self, labels: Labels) -> list[tuple[tuple[str, ...], str]]:
        """Errors in the element names, as place and message."""
        return [
            (("stock_cover_factor", element), unknown("element", element, labels.elements))
            for element in self.stock_cover_factor
            if element not in labels.elements
        ]
