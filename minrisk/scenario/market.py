"""How Japan's market answers a gap: stocks, prices, demand and the supply that can step in."""

from __future__ import annotations

from minrisk.scenario.fields import (
    AboveOne,
    Exponent,
    ExponentOrInf,
    Growth,
    NonNegative,
    Positive,
    Share,
    Threshold,
)
from minrisk.scenario.part import Part


class Market(Part):
    """Market parameters; each may be a number or a distribution, the same for all elements in a draw."""

    stock_cover_months: NonNegative
    """Commercial stock held in calm, as cover of reference demand [months of demand]. Press and expert
    guesses run from 2 to 12 months; grade C."""

    stock_release_share: Share
    """Share of commercial stock that holders would sell in one month at a very high premium [1/month];
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
    """Long-run own-price elasticity of demand, as a positive number, reached by slow substitution [1].
    No source by element; grade C."""

    adaptation_months: Positive
    """Time constant of slow substitution [month]. No source; grade C."""

    choke_price_index: AboveOne
    """Premium index at which buyers stop and the rest is rationed [1, calm = 1]. European yttrium and
    dysprosium quotes of 2025-26 reached 5 to 100 times the Chinese price; grade C."""

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

    growth_per_year: Growth
    """Growth of reference demand and of contracted supply [1/year]. No source by element; grade C."""

    shortage_threshold: Threshold
    """Unserved share of demand above which a month counts as a shortage [1]. A convention, not a
    measurement."""
