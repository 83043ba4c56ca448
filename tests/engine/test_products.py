"""Products: calm to the bit, closed forms of their market, and what passes between it and the elements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from minrisk.axes import Array, Flags, Labels, Period, Route
from minrisk.engine.batches import Batches
from minrisk.engine.demand import UseClasses
from minrisk.engine.inputs import Factor, Inputs, Levers, Products, Uses
from minrisk.engine.restrictions import ship_all, trade_groups
from minrisk.engine.result import Result
from minrisk.engine.simulate import simulate

from .worlds import DRAWS, market, with_factors, world

ELASTIC = {
    "stock_release_exponent": 0.5, "stock_release_max": 0.5, "elasticity": [0.05, 0.1, 0.2], "elasticity_long": 0.3,
    "supply_elasticity": 0.2, "stock_cover_months": 3.0,
}  # fmt: skip
#: Home makers and imports of each of two products [t/month].
HOME, IMPORTED = (8.0, 5.0), (4.0, 5.0)


def magnets(
    months: int = 48,
    growth: Array | float = 0.0,
    thrift_max: float = 0.15,
    utilisation_max: float = 0.2,
    cost: float = 0.2,
    **changes: Array | float,
) -> Inputs:
    """Two elements, two makers of magnets and one other use; the second magnet holds the first element only."""
    inputs = world([[60.0, 40.0], [6.0, 4.0]], months=months, growth=growth, **ELASTIC | changes)
    share = np.array([[0.4, 0.4, 0.2], [0.9, 0.0, 0.1]])[..., None]
    uses = Uses(
        share=np.repeat(share, DRAWS, axis=2),
        elasticity_class=(0, 0, 2),
        joint=np.array([[True, True, False], [True, False, False]]),
        priority=(1, 1, 2),
        price_usd_per_kg=np.array([50.0, 300.0]),
        makers=(0, 1),
        thrift_max=np.full(DRAWS, thrift_max),
    )
    labels = replace(inputs.labels, uses=("hot_makers", "cold_makers", "other"))
    shares = np.repeat(np.array([[cost, cost], [cost, 0.0]])[..., None], DRAWS, axis=2)
    products = Products(
        trade=product_trade(
            months, growth, **ELASTIC | {"stock_cover_months": 1.6, "choke_price_index": 6.0} | changes
        ),
        home=0,
        makers=(0, 1),
        cost_share=shares,
        utilisation_max=np.full(DRAWS, utilisation_max),
        utilisation_months=np.full(DRAWS, 3.0),
    )
    return replace(inputs, labels=labels, uses=uses, products=products)


def product_trade(months: int, growth: Array | float, **changes: Array | float) -> Inputs:
    """The market of the two magnets: home makers, and imports from CHN and VNM half each."""
    routes = tuple(Route(f"{o}_product", o, "product", 0, rank) for o, rank in (("JPN", 3), ("CHN", 1), ("VNM", 2)))
    mix = np.array([[h, 0.5 * i, 0.5 * i] for h, i in zip(HOME, IMPORTED, strict=True)])
    contracted = np.repeat(mix[..., None], DRAWS, axis=2)
    labels = Labels(("hot", "cold"), routes, ("hot", "cold"))
    return Inputs(
        labels=labels,
        months=months,
        contracted=contracted,
        feed=np.zeros_like(contracted),
        growth_per_year=np.broadcast_to(np.asarray(growth, dtype=float), (DRAWS,)),
        uses=Uses(np.eye(2)[..., None], (0, 0), np.eye(2, dtype=bool), (1, 1), np.ones(2)),
        swap_pool=np.zeros((2, DRAWS)),
        focus_origin="CHN",
        groups=(),
        demand_factors=(),
        hoarding=(),
        export_taxes=(),
        additions=(),
        official_stocks=(),
        market=market(DRAWS, **changes),
    )


def stop(labels: Labels, months: int, mask: Flags, start: float, end: float) -> tuple[Factor, ...]:
    """A full ban on the cells of a mask."""
    force = Period(months, np.full(DRAWS, start), np.full(DRAWS, end)).share_in_force()
    return (Factor("availability", "ban", 1.0 - force, mask),)


def ban_products(inputs: Inputs, start: float, end: float, origin: str = "CHN") -> Inputs:
    """The same world with a ban on an origin's magnets alone."""
    assert inputs.products is not None
    trade = inputs.products.trade
    mask = trade.labels.cells(trade.labels.elements, origin, ("product",))
    levers = Levers(factors=[*stop(trade.labels, trade.months, mask, start, end)])
    groups = trade_groups(levers, trade.labels, trade.months, DRAWS)
    return replace(inputs, products=replace(inputs.products, trade=replace(trade, groups=groups)))


def license_products(inputs: Inputs, per_month: float, **terms: float) -> Inputs:
    """The same world with CHN's magnets under licences from the fourth month on, decided on in batches."""
    assert inputs.products is not None
    trade = inputs.products.trade
    mask = trade.labels.cells(trade.labels.elements, "CHN", ("product",))
    force = Period(trade.months, np.full(DRAWS, 3.0), np.full(DRAWS, np.inf)).share_in_force()
    terms = {"licensed": 1.0, "processing_months": 0.5} | terms
    path = np.random.default_rng(8).random(DRAWS)
    levers = Levers(
        factors=[Factor(lever, "licence", force * value, mask) for lever, value in terms.items()],
        batches=[Batches("licence", mask, np.full(DRAWS, per_month), force, path, 24_000)],
    )
    groups = trade_groups(levers, trade.labels, trade.months, DRAWS)
    return replace(inputs, products=replace(inputs.products, trade=replace(trade, groups=groups)))


def ban_elements(inputs: Inputs, start: float, end: float) -> Inputs:
    """The same world with a ban on CHN's elements alone."""
    mask = inputs.labels.cells(inputs.labels.elements, "CHN", ("compound",))
    return with_factors(inputs, [*stop(inputs.labels, inputs.months, mask, start, end)])


def of_products(result: Result) -> Result:
    assert result.products is not None
    return result.products.market


@pytest.mark.parametrize("growth", [-0.03, 0.0, 0.04])
def test_calm_is_exact(growth: float) -> None:
    """Price 1, output 1, utilisation 0 and stocks at their target in both markets, also under growth."""
    result = simulate(magnets(months=120, growth=growth))
    assert result.products is not None
    for market_result, cover in ((result, 3.0), (of_products(result), 1.6)):
        assert np.all(market_result.price_index == 1.0)
        assert np.all(market_result.output == 1.0)
        assert np.all(market_result.unserved == 0.0)
        assert market_result.months_of_cover == pytest.approx(
            np.full_like(market_result.price_index, cover), rel=1e-11
        )
    assert np.all(result.products.cost_floor == 1.0)
    assert np.all(result.products.utilisation == 0.0)
    assert np.all(result.products.missing == 0.0)


def test_elements_of_a_calm_world_do_not_feel_the_products() -> None:
    """In calm the elements' series are those of the same world whose uses make no product."""
    with_products = magnets(growth=0.02)
    plain = replace(with_products, products=None, uses=replace(with_products.uses, makers=(), thrift_max=None))
    made, alone = simulate(with_products), simulate(plain)
    for name in ("price_index", "demand", "served", "stock", "offered", "output", "route_sums"):
        assert getattr(made, name) == pytest.approx(getattr(alone, name), rel=1e-12), name


def with_demand(inputs: Inputs, factor: float, start: float = 0.0) -> Inputs:
    """The same world in which the first magnet is wanted by a factor more, from a month on."""
    assert inputs.products is not None
    trade = inputs.products.trade
    force = Period(trade.months, np.full(DRAWS, start), np.full(DRAWS, np.inf)).share_in_force()
    shock = Factor("demand_factor", "boom", 1.0 + (factor - 1.0) * force, np.diag([True, False]))
    return replace(inputs, products=replace(inputs.products, trade=replace(trade, demand_factors=(shock,))))


def test_makers_follow_demand_for_their_product() -> None:
    """A boom of a tenth: a tenth more magnets wanted, and of each element in them; imports as before."""
    calm, boom = simulate(magnets()), simulate(with_demand(magnets(), 1.1))
    wanted = of_products(boom).demand[0] / of_products(calm).demand[0]
    assert wanted == pytest.approx(np.repeat([[1.1], [1.0]], DRAWS, axis=1), rel=1e-12)
    # First month, price still 1: makers of the hot magnet take .4 and .9 of the two elements.
    more = boom.demand[0] / calm.demand[0]
    assert more == pytest.approx(np.repeat([[1.0 + 0.1 * 0.4], [1.0 + 0.1 * 0.9]], DRAWS, axis=1), rel=1e-12)
    assert boom.products is not None
    assert boom.products.utilisation[-1, 0].min() > 0.0
    assert of_products(boom).price_index[-1, 0].min() > 1.0
    # The other magnet is dearer by its elements alone.
    assert of_products(boom).price_index[:, 1] == pytest.approx(boom.products.cost_floor[:, 1], rel=1e-12)
    assert boom.check_balance() < 1e-12
    assert of_products(boom).check_balance() < 1e-12


def test_less_demand_for_a_product_leaves_nobody_short() -> None:
    """Makers work less by the factor, imports beyond what is wanted are declined, and the price stays 1."""
    result = simulate(with_demand(magnets(), 0.8, start=6.0))
    assert np.all(of_products(result).price_index == 1.0)
    assert np.all(of_products(result).unserved == 0.0)
    assert of_products(result).declined[12:].sum() > 0.0


def test_balance_in_either_market() -> None:
    """No tonne of an element or a product is made or lost when both are banned."""
    result = simulate(ban_products(ban_elements(magnets(growth=0.03), 6.0, 24.0), 3.0, 30.0))
    assert result.check_balance() < 1e-12
    products = of_products(result)
    change = np.diff(np.concatenate([products.opening_stock[None], products.stock]), axis=0)
    gap = products.offered - products.declined - products.served - products.exported - change + products.returned
    assert np.abs(gap).max() < 1e-12 * products.demand.max()
    assert products.unserved.max() > 0.0


def test_ban_on_products_alone() -> None:
    """Makers work harder, up to their limit and no faster than in three months; elements feel that alone."""
    inputs = magnets(elasticity=0.0, elasticity_long=0.0)
    result = simulate(ban_products(inputs, 6.0, np.inf))
    assert result.products is not None
    products, use = of_products(result), result.products.utilisation
    assert np.all(products.price_index[:6] == 1.0)
    assert np.all(products.price_index[12:] > 1.0)
    wanted = np.minimum((products.price_index / result.products.cost_floor) ** 0.2, 1.2) - 1.0
    expected = np.zeros_like(use)
    for t in range(1, len(use)):
        expected[t] = expected[t - 1] - np.expm1(-1.0 / 3.0) * (wanted[t - 1] - expected[t - 1])
    assert use == pytest.approx(expected, abs=1e-12)
    assert 0.1 < use.max() <= 0.2
    # Of the second element 90 % are in the first magnet, which is asked for as ever: no elasticity, so o is 1.
    assert result.demand[:, 1] == pytest.approx(10.0 * (1.0 + 0.9 * use[:, 0]), rel=1e-12)
    made = result.output[:, :2] * (1.0 + use)
    arrived = np.concatenate([np.ones_like(made[:1]), made[:-1]])
    assert products.route_sums[:, 0, :, 0] == pytest.approx((arrived * np.array(HOME)[:, None]).sum(-1), rel=1e-9)


def test_ban_on_elements_reaches_buyers_through_the_product_only() -> None:
    """Imports of magnets come as ever; buyers lack what makers could not make, a month later, less their stock."""
    result = simulate(ban_elements(magnets(stock_cover_months=0.0, growth=0.0, utilisation_max=0.0), 0.0, np.inf))
    assert result.products is not None
    products = of_products(result)
    assert np.all(result.products.missing == 0.0)
    made = np.concatenate([np.ones((1, 2, DRAWS)), (result.output[:, :2])[:-1]])
    kept = result.products.cost_floor**-0.05
    lagged = np.concatenate([np.ones((1, 2, DRAWS)), kept[:-1]])
    offered = np.array(HOME)[:, None] * made * lagged + np.array(IMPORTED)[:, None] * kept
    assert products.offered == pytest.approx(offered, rel=1e-12)
    assert products.output[-1].max() < 1.0


def test_ceiling_is_that_of_the_whole_price() -> None:
    """Cost counts towards the ceiling: the price of a product stays at six times its calm price."""
    result = simulate(ban_elements(magnets(thrift_max=0.05), 0.0, np.inf))
    assert result.products is not None
    highest = np.maximum(6.0, 1.05 * result.products.cost_floor)
    assert np.all(of_products(result).price_index <= highest * (1.0 + 1e-9))
    assert of_products(result).price_index.max() > 5.9


def test_makers_save_and_give_up_nothing() -> None:
    """Where thrift closes the gap makers make all; beyond it the element is at its ceiling and they lack it."""
    for gap, theta in ((0.08, 0.3), (0.4, 0.1)):
        inputs = magnets(
            thrift_max=theta, stock_cover_months=0.0, elasticity=[0.05, 0.1, 0.0], elasticity_long=0.05
        )
        mask = inputs.labels.cells(("e1",), "CHN", ("compound",))
        left = Factor("availability", "ban", np.full((inputs.months, DRAWS), 1.0 - gap / 0.6), mask)
        result = simulate(with_factors(inputs, [left]))
        if gap < theta * 0.9:
            assert np.all(result.output[1:, 0] == 1.0)
            assert np.all(result.price_index[1:, 1] > 1.0)
        else:
            assert np.all(result.price_index[1:, 1] == pytest.approx(100.0))
            assert np.all(result.output[1:, 0] < 1.0)


@pytest.mark.parametrize("theta", [0.05, 0.15, 0.3])
def test_saving_law(theta: float) -> None:
    """Demand of a maker: ``(1 - theta) + theta P**(-eps / theta)``; slope eps at 1, never below 1 - theta."""
    classes = UseClasses.of(magnets(thrift_max=theta))
    rows, weights = classes.rows[0], classes.weights[0]

    def kept(price: float) -> float:
        parts = zip(rows, weights, strict=True)
        return float(sum(np.broadcast_to(w, DRAWS)[0] * price ** -classes.elasticity[r, 0] for r, w in parts))

    assert kept(1.0) == 1.0
    assert (1.0 - kept(1.0 + 1e-6)) / 1e-6 == pytest.approx(0.05, rel=1e-4)
    assert kept(100.0) == pytest.approx(1.0 - theta + theta * 100.0 ** (-0.05 / theta), rel=1e-12)
    assert kept(1e300) >= 1.0 - theta


def test_missing_imports_are_those_of_the_banned_origin() -> None:
    """What an origin's ban keeps away is missing on its route while it lasts, and on no other."""
    inputs = ban_products(magnets(), 2.0, 4.5)
    assert inputs.products is not None
    products = simulate(inputs).products
    assert products is not None
    lost = np.array([0.0, 0.0, 1.0, 1.0, 0.5, 0.0])
    expected = np.zeros_like(products.missing)
    expected[:6, 1] = lost[:, None, None]
    assert products.missing == pytest.approx(expected, abs=1e-15)


def test_even_decisions_on_products_are_to_the_bit_those_without_batches() -> None:
    inputs = license_products(magnets(), np.inf, review_months=2.1)
    assert inputs.products is not None
    trade = inputs.products.trade
    plain = replace(trade, groups=tuple(replace(group, batches=()) for group in trade.groups))
    one, other = simulate(inputs), simulate(replace(inputs, products=replace(inputs.products, trade=plain)))
    for name in ("price_index", "served", "output", "stock"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
        assert np.array_equal(getattr(of_products(one), name), getattr(of_products(other), name)), name


def test_licences_on_products_are_lumpy_and_lose_no_tonne() -> None:
    """With two batches a month some months bring nothing, of each product others; the mean is as if even."""
    lumpy = simulate(license_products(magnets(), 2.0))
    even = simulate(license_products(magnets(), np.inf))
    assert lumpy.check_balance() < 1e-12
    assert lumpy.products is not None
    assert even.products is not None
    missing, smooth = lumpy.products.missing[6:, 1], even.products.missing[6:, 1]
    assert np.mean(missing == 1.0) == pytest.approx(np.exp(-2.0), abs=0.03)
    assert abs(np.corrcoef(missing[:, 0].ravel(), missing[:, 1].ravel())[0, 1]) < 0.1
    assert np.std(smooth) < 0.01 < 0.3 < np.std(missing)
    assert missing.mean() == pytest.approx(smooth.mean(), abs=0.05)
    assert np.all(lumpy.products.missing[:, [0, 2]] == 0.0)


def test_missing_imports_are_what_did_not_come() -> None:
    """Share by share the month's arrivals before makers and buyers cut their orders, of each product its own."""
    inputs = license_products(magnets(growth=0.03), 2.0)
    assert inputs.products is not None
    trade = inputs.products.trade
    result = simulate(inputs).products
    assert result is not None
    growth = (1.0 + 0.03) ** (np.arange(trade.months)[:, None] / 12.0)
    (way,) = ship_all(trade, growth)
    expected = 1.0 - (way.arrived + way.backlog) / growth[:, None]
    assert result.missing[:, 1] == pytest.approx(expected, abs=1e-12)


def fed_plants(inputs: Inputs, share: float = 0.7) -> Inputs:
    """The same world, in which the plants of VNM use CHN's material for a share of what they make."""
    assert inputs.products is not None
    feed = np.zeros_like(inputs.products.trade.feed)
    feed[:, 2] = share
    return replace(inputs, products=replace(inputs.products, trade=replace(inputs.products.trade, feed=feed)))


def general_cut(inputs: Inputs, left: float, elements: tuple[str, ...]) -> Inputs:
    """The same world, in which CHN ships a share of some elements to everybody."""
    mask = inputs.labels.cells(elements, "CHN", ("compound",))
    profile = np.full((inputs.months, DRAWS), left)
    levers = ("availability", "availability_elsewhere")
    return with_factors(inputs, [Factor(lever, "cut", profile, mask) for lever in levers])


def ordered_abroad(result: Result) -> Array:
    """Orders from VNM before feed and rules cut them: what is kept at last month's cost [t/month]."""
    assert result.products is not None
    kept = result.products.cost_floor**-0.05
    return 0.5 * np.array(IMPORTED)[:, None] * kept


@pytest.mark.parametrize(("elements", "lacks"), [(("e0", "e1"), (0.6, 0.6)), (("e1",), (0.6, 0.0))])
def test_plants_abroad_lack_the_elements_that_the_origin_keeps(
    elements: tuple[str, ...], lacks: tuple[float, float]
) -> None:
    """A month later, and where a product needs the element: of the hot magnet both, of the cold one the first."""
    inputs = fed_plants(magnets())
    result = simulate(general_cut(inputs, 0.4, elements))
    assert result.products is not None
    lack = 0.7 * np.array(lacks)[:, None]
    missing = result.products.missing[:, 2]
    assert np.all(missing[0] == 0.0)
    assert missing[1:] == pytest.approx(np.broadcast_to(lack, missing[1:].shape), abs=1e-12)
    came = of_products(result).route_sums[:, 2, :, 0] / DRAWS
    assert came[1:] == pytest.approx((ordered_abroad(result) * (1.0 - lack))[1:].mean(axis=-1), rel=1e-12)


def test_plants_abroad_work_on_while_products_alone_are_stopped_or_one_buyer() -> None:
    """Magnets stopped for everybody, or elements for this importer: no feed lacks, to the bit."""
    inputs = fed_plants(magnets())
    for stopped in (ban_products(inputs, 3.0, 12.0), ban_elements(inputs, 3.0, 12.0)):
        assert stopped.products is not None
        trade = stopped.products.trade
        everybody = tuple(replace(group, availability_elsewhere=group.availability) for group in trade.groups)
        products = replace(stopped.products, trade=replace(trade, groups=everybody))
        found = simulate(replace(stopped, products=products)).products
        assert found is not None
        assert np.all(found.missing[:, 2] == 0.0)


@pytest.mark.parametrize(("left", "cut"), [(0.6, 0.7), (0.1, 0.9)])
def test_the_larger_cut_on_plants_abroad_counts_however_much_is_ordered(left: float, cut: float) -> None:
    """A rule takes .7 of what is made of feed; a general cut of .4 adds nothing, one of .9 takes the rest."""
    inputs = general_cut(fed_plants(magnets(thrift_max=0.05)), left, ("e0", "e1"))
    assert inputs.products is not None
    trade = inputs.products.trade
    mask = trade.labels.cells(trade.labels.elements, "VNM", ("product",))
    rule = Factor("availability", "rule", np.full((trade.months, DRAWS), 0.3), mask, feed_only=True)
    groups = trade_groups(Levers(factors=[rule]), trade.labels, trade.months, DRAWS)
    result = simulate(replace(inputs, products=replace(inputs.products, trade=replace(trade, groups=groups))))
    ordered, early = ordered_abroad(result), slice(4, 10)
    assert np.all(ordered[early] < 0.995 * 0.5 * np.array(IMPORTED)[:, None])
    came = of_products(result).route_sums[:, 2, :, 0] / DRAWS
    assert came[early] == pytest.approx((ordered * (1.0 - 0.7 * cut))[early].mean(axis=-1), rel=1e-12)
