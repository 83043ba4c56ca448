"""How Japan's market answers a gap: stocks, prices, demand and the supply that can step in."""

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
    """Commercial stock held in calm, as cover of reference demand [months of demand]. Press and expert
    guesses run from 2 to 12 months; grade C."""

    stock_cover_factor: dict[str, NonNegative] = Field(default_factory=dict)
    """Factor on `stock_cover_months` by element, such as {Dy: 0.5}; elements left out have 1 [1]. Stocks by
    element are not published; grade C."""

    trader_share: Share = Fixed(0.0)
    """Part of commercial stock in calm that traders hold and sell to anybody; users hold the rest for
    themselves [1]. No source; grade C."""

    trader_release_share: Share = Fixed(0.35)
    """As `stock_release_share`, for the traders' part [1/month]. No source; grade C."""

    stock_release_share: Share
    """Share of users' commercial stock that holders would sell in one month at a very high premium [1/month];
    with the exponent it sets `S = I rho (1 - P^-theta)`. No source; grade C."""

    stock_release_exponent: ExponentOrInf
    """How fast sales from stock answer the premium (theta) [1]; `.inf` is mechanical release, stock fills
    the gap as long as it lasts. No source; grade C."""

    stock_release_max: Share
    """Share of commercial stock released per month once the price stands at the choke price [1/month].
    No source; grade C."""

    restock_months: Positive
    """Time over which a stock below its target is rebuilt at the calm price [month]. 6 to 12 months after
    2011; grade C."""

    restock_exponent: Exponent
    """How fast rebuilding gives way to a premium (kappa) [1]: purchases for stock fall with `P^-kappa`.
    No source; grade C."""

    store_max_months: NonNegative
    """Stock above its target that holders will still store before they export [months of demand].
    No source; grade C."""

    elasticity_stiff: NonNegative
    """Short-run own-price elasticity of demand, as a positive number, of stiff uses [1]. Arc of Chinese
    exports 2009-2011: .25 to .31 for the aggregate; grade C by class."""

    elasticity_middle: NonNegative
    """Short-run own-price elasticity of demand, as a positive number, of middling uses [1]. As for stiff
    uses; grade C."""

    elasticity_loose: NonNegative
    """Short-run own-price elasticity of demand, as a positive number, of loose uses such as polishing [1].
    As for stiff uses; grade C."""

    elasticity_common: NonNegative
    """Common factor on the three short-run elasticities in a draw [1]; 1 leaves them as they are. It makes
    them high or low together; grade C."""

    elasticity_long: NonNegative
    """Long-run own-price elasticity of demand of middling uses, as a positive number, reached by slow
    substitution [1]. No source by element; grade C."""

    elasticity_long_spread: AtLeastOne = Fixed(1.0)
    """How far the long-run elasticities of the classes lie apart [1]: that of stiff uses is `elasticity_long`
    divided by it, that of loose uses multiplied; 1 is the same for all. No source; grade C."""

    adaptation_months: Positive
    """Time constant of slow substitution [month]. No source; grade C."""

    choke_price_index: AboveOne
    """Premium index at which buyers stop and the rest is rationed [1, calm = 1]. European yttrium and
    dysprosium quotes of 2025-26 reached 3 to about 50 times the Chinese price; grade C."""

    supply_elasticity: NonNegative
    """Own-price elasticity of supply of routes that are not restricted, up to their spare capacity [1].
    No source; grade C."""

    spare_share: NonNegative
    """Spare capacity of routes that are not restricted, as a share of their calm supply [1]. No source;
    grade C."""

    spare_months: Positive
    """Time constant with which spare capacity comes in and goes [month]. No source; grade C."""

    swap_share: Share
    """Largest share of the lost tonnes that other buyers would give up to Japan when a restriction is
    aimed at Japan alone [1]; also held to the dataset's swap pool. No source; grade C."""

    swap_price_index: AboveOne
    """Premium index at which reshuffling from other buyers is complete [1, calm = 1]. No source; grade C."""

    swap_months: Positive
    """Time constant of reshuffling between buyers [month]. No source; grade C."""

    saved_share: Share = Fixed(0.0)
    """Share of the demand given up because of the premium that users save without loss of output, by
    thrift, yield or stocks of half-finished goods [1]. No source; grade C."""

    complement_substitution: Complement = Fixed(0.1)
    """Elasticity of substitution between the elements that a use needs together, such as neodymium and
    dysprosium in a magnet [1]; 0 is none: the scarcest sets the output. Firms after the earthquake of 2011:
    near 0 within months (Boehm et al. 2019, A); by element not measured; grade C."""

    joint_slack: NonNegativeOrInf = Fixed(math.inf)
    """What a use that stands still for want of one element goes on taking of the others, beyond its output
    [1]; the rest goes back to its stock. `.inf` is neutral: it takes all it bought. No source; grade C."""

    finished_parts_withheld: Share = Fixed(0.0)
    """What a restriction of the focus origin takes from the finished parts, such as magnets, that industries
    buy there, relative to what it takes from the elements in them [1]; 0 is neutral: parts still come.
    Magnets were licensed with the elements in April 2025; early in 2026 some still came; grade C."""

    contract_share: Share = Fixed(0.0)
    """Part of the tonnes of contracted routes whose price follows the market with a lag [1]; 0 is neutral.
    European spot quotes were paid on under 1 % of tonnes in 2025; grade C."""

    contract_lag_months: Positive = Fixed(4.0)
    """Time constant with which contract prices follow the market [month]. Contracts went to quarterly
    prices in 2011 (B); grade C."""

    growth_per_year: Growth
    """Growth of reference demand and of contracted supply [1/year]. No source by element; grade C."""

    shortage_threshold: Threshold
    """Unserved share of demand above which a month counts as a shortage [1]. A convention, not a
    measurement."""

    def check(self, labels: Labels) -> list[tuple[tuple[str, ...], str]]:
        """Faults of the element names, as place and message."""
        return [
            (("stock_cover_factor", element), unknown("element", element, labels.elements))
            for element in self.stock_cover_factor
            if element not in labels.elements
        ]
