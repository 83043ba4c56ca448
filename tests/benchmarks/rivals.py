"""The small market of `toy` in the tools that others would use: EMA workbench, mesa and PySD, each checked first.

``python -m tests.benchmarks.rivals`` prints cells per second of each that is installed. A rival is timed only
after its stocks, prices and shortages have met the toy's to one part in a thousand million.
"""

from __future__ import annotations

import math
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from tests.benchmarks import toy

CHECKED = 5
CELLS = toy.ELEMENTS * toy.ROUTES * toy.MONTHS
Draw = dict[str, float]


def one(start: float, length: float, severity: float, growth: float, eps: float, eta: float, kp: float,
        ramp_start: float, ramp_width: float) -> np.ndarray:  # fmt: skip
    """One draw of the market as a modeller writes it, (variable, month, element)."""
    stock, price = [3.0] * toy.ELEMENTS, [1.0] * toy.ELEMENTS
    util = [[1.0] * toy.ROUTES for _ in range(toy.ELEMENTS)]
    kept = np.empty((3, toy.MONTHS, toy.ELEMENTS))
    for t in range(toy.MONTHS):
        open_ = [1.0] * toy.ROUTES
        open_[0] = 1.0 - severity if start <= t < start + length else 1.0
        open_[-1] = 1.0 / (1.0 + math.exp(-(t - ramp_start) / ramp_width))
        for e in range(toy.ELEMENTS):
            supply = sum(1.05 / toy.ROUTES * open_[r] * util[e][r] for r in range(toy.ROUTES))
            demand = (1.0 + growth) ** t * price[e] ** -eps
            served = min(demand, stock[e] + supply)
            stock[e] += supply - served
            price[e] = min(max(price[e] * math.exp(kp * (1.0 - stock[e] / demand / 3.0)), 0.2), 20.0)
            wanted = min(max(price[e] ** eta, 0.0), 1.6)
            for r in range(toy.ROUTES):
                util[e][r] += (wanted - util[e][r]) / 6.0
            kept[:, t, e] = demand - served, price[e], stock[e]
    return kept


def through_ema(draws: Sequence[Draw]) -> list[np.ndarray]:
    """EMA workbench around the function above."""
    import ema_workbench as ema

    def function(**inputs: float) -> dict[str, np.ndarray]:
        return {"kept": one(**inputs).reshape(3, -1)}  # it keeps tables, not cubes

    model = ema.Model("market", function=function)
    model.uncertainties = [ema.RealParameter(name, low, high) for name, (low, high) in toy.INPUTS.items()]
    model.outcomes = [ema.ArrayOutcome("kept")]
    cases = [ema.Scenario(str(i), **draw) for i, draw in enumerate(draws)]
    _, outcomes = ema.perform_experiments(model, scenarios=cases)
    return [kept.reshape(3, toy.MONTHS, toy.ELEMENTS) for kept in outcomes["kept"]]


def through_mesa(draws: Sequence[Draw]) -> list[np.ndarray]:  # noqa: C901  its classes need an optional library
    """A mesa model with an agent for each element and route, stepped month by month."""
    import mesa

    class Route(mesa.Agent):  # type: ignore[misc]
        def __init__(self, model: mesa.Model, number: int) -> None:
            super().__init__(model)
            self.number, self.util = number, 1.0

        def supply(self) -> float:
            return 1.05 / toy.ROUTES * float(self.model.open_share(self.number)) * self.util

    class Element(mesa.Agent):  # type: ignore[misc]
        def __init__(self, model: mesa.Model) -> None:
            super().__init__(model)
            self.stock, self.price = 3.0, 1.0
            self.routes = [Route(model, r) for r in range(toy.ROUTES)]
            self.kept: list[tuple[float, float, float]] = []

        def step(self) -> None:
            p = self.model.inputs
            supply = sum(route.supply() for route in self.routes)
            demand = (1.0 + p["growth"]) ** self.model.month * self.price ** -p["eps"]
            served = min(demand, self.stock + supply)
            self.stock += supply - served
            factor = math.exp(p["kp"] * (1.0 - self.stock / demand / 3.0))
            self.price = min(max(self.price * factor, 0.2), 20.0)
            wanted = min(max(self.price ** p["eta"], 0.0), 1.6)
            for route in self.routes:
                route.util += (wanted - route.util) / 6.0
            self.kept.append((demand - served, self.price, self.stock))

    class Market(mesa.Model):  # type: ignore[misc]
        def __init__(self, inputs: Draw) -> None:
            super().__init__()
            self.inputs, self.month = inputs, 0
            self.elements = [Element(self) for _ in range(toy.ELEMENTS)]

        def open_share(self, route: int) -> float:
            p = self.inputs
            if route == 0:
                return 1.0 - p["severity"] if p["start"] <= self.month < p["start"] + p["length"] else 1.0
            if route == toy.ROUTES - 1:
                return 1.0 / (1.0 + math.exp(-(self.month - p["ramp_start"]) / p["ramp_width"]))
            return 1.0

        def step(self) -> None:
            self.agents_by_type[Element].do("step")
            self.month += 1

    found = []
    for draw in draws:
        market = Market(draw)
        for _ in range(toy.MONTHS):
            market.step()
        found.append(np.array([element.kept for element in market.elements]).transpose(2, 1, 0))
    return found


def through_pysd(draws: Sequence[Draw]) -> list[np.ndarray]:
    """The stock-flow model an analyst would draw in Vensim, without subscripts, run by PySD."""
    import pysd

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "market.mdl"
        path.write_text(vensim(), encoding="utf-8")
        model = pysd.read_vensim(str(path))
        columns = [f"{word} {e}" for word in ("shortage", "price", "stock") for e in range(toy.ELEMENTS)]
        names = {name: name.replace("_", " ") for name in toy.INPUTS}
        found = []
        for draw in draws:
            table = model.run(params={names[k]: v for k, v in draw.items()}, return_columns=columns)
            kept = table[columns].to_numpy().reshape(toy.MONTHS + 1, 3, toy.ELEMENTS).transpose(1, 0, 2)
            # A flow belongs to the month it ends; a level is read when the next one begins.
            found.append(np.stack([kept[0, :-1], kept[1, 1:], kept[2, 1:]]))
    return found


def vensim() -> str:
    """The equations, element by element and route by route."""
    lines = ["{UTF-8}"]

    def say(left: str, right: str) -> None:
        lines.append(f"{left}=\n\t{right}\n\t~\t\n\t~\t\t|\n")

    for name, (low, high) in toy.INPUTS.items():
        say(name.replace("_", " "), str((low + high) / 2))
    say("open 0", "IF THEN ELSE(Time >= start :AND: Time < start + length, 1 - severity, 1)")
    for r in range(1, toy.ROUTES - 1):
        say(f"open {r}", "1")
    say(f"open {toy.ROUTES - 1}", "1 / (1 + EXP(-(Time - ramp start) / ramp width))")
    for e in range(toy.ELEMENTS):
        routes = " + ".join(f"{1.05 / toy.ROUTES!r} * open {r} * util {e} {r}" for r in range(toy.ROUTES))
        say(f"supply {e}", routes)
        say(f"demand {e}", f"(1 + growth) ^ Time * price {e} ^ (-eps)")
        say(f"served {e}", f"MIN(demand {e}, stock {e} + supply {e})")
        say(f"shortage {e}", f"demand {e} - served {e}")
        say(f"stock {e}", f"INTEG(supply {e} - served {e}, 3)")
        after = f"(stock {e} + supply {e} - served {e})"
        say(f"target {e}", f"MIN(MAX(price {e} * EXP(kp * (1 - {after} / demand {e} / 3)), 0.2), 20)")
        say(f"price {e}", f"INTEG(target {e} - price {e}, 1)")
        for r in range(toy.ROUTES):
            say(f"util {e} {r}", f"INTEG((MIN(MAX(target {e} ^ eta, 0), 1.6) - util {e} {r}) / 6, 1)")
    say("INITIAL TIME", "0")
    say("FINAL TIME", str(toy.MONTHS))
    say("TIME STEP", "1")
    say("SAVEPER", "TIME STEP")
    return "\n".join(lines)


#: Name, package, function, draws timed.
RIVALS: tuple[tuple[str, str, Callable[[Sequence[Draw]], list[np.ndarray]], int], ...] = (
    ("plain Python, a function a draw", "", lambda draws: [one(**draw) for draw in draws], 60),
    ("EMA workbench around it", "ema_workbench", through_ema, 60),
    ("mesa, agents for elements and routes", "mesa", through_mesa, 30),
    ("PySD, a flat Vensim model", "pysd", through_pysd, 20),
)


def rows() -> list[tuple[str, float, str]]:
    """Name with version, cells a second and remark of the toy and of each rival."""
    toy.toy()
    begun = time.perf_counter()
    truth = toy.toy()
    found = [
        ("numpy, draws on the last axis (the yardstick)", CELLS * toy.DRAWS / (time.perf_counter() - begun), "")
    ]
    inputs = toy.sampled()
    every = [{name: float(values[i]) for name, values in inputs.items()} for i in range(toy.DRAWS)]
    for name, package, function, count in RIVALS:
        try:
            shown = f"{name} ({version(package)})" if package else name
        except PackageNotFoundError:
            found.append((name, math.nan, "not installed"))
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            gap = max(
                float((np.abs(kept - truth[..., i]) / np.maximum(np.abs(truth[..., i]), 1e-3)).max())
                for i, kept in enumerate(function(every[:CHECKED]))
            )
            if gap > 1e-9:
                found.append((shown, math.nan, f"does not give the same numbers (off by {gap:.1e})"))
                continue
            begun = time.perf_counter()
            function(every[:count])
        found.append((shown, CELLS * count / (time.perf_counter() - begun), f"same numbers to {gap:.0e}"))
    return found


if __name__ == "__main__":
    for name, rate, remark in rows():
        print(f"{name:50s} {rate:10.3g} cells/s  {remark}")
