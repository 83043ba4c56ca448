"""Draws: one named random stream per uncertain number, turned into values by the inverse CDF."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from minrisk.axes import Array
from minrisk.data import Dataset, has_ceilings, load_dataset, stream_names
from minrisk.scenario.distributions import Chance, Distribution
from minrisk.scenario.errors import unknown
from minrisk.scenario.events import Event, TimedEvent
from minrisk.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Draws:
    """Sampled inputs of draws ``start`` to ``start + n``.

    Attributes
    ----------
    seed : int
        Seed of the streams.
    start, n : int
        First draw and number of draws.
    values : dict of str to ndarray, shape (draw,)
        Every number of the market and of the events, fixed ones as constant arrays, under
        ``market/<field>`` and ``<event>/<field>``; outcomes (``<event>/happens``) as 0 and 1.
    uniforms : dict of str to ndarray, shape (draw,)
        Raw uniforms of processes, strictly inside (0, 1).
    varying : tuple of str
        Names in `values` that differ between draws.
    noise : dict of str to ndarray, shape (draw,)
        Uniforms that each stand for a whole path of chance, such as the batches of a licence
        (``<event>/batches``), strictly inside (0, 1). No table of draws shows them.
    """

    seed: int
    start: int
    n: int
    values: dict[str, Array]
    uniforms: dict[str, Array]
    varying: tuple[str, ...] = field(default=())
    noise: dict[str, Array] = field(default_factory=dict)

    def of(self, prefix: str) -> dict[str, Array]:
        """Values of the market or of one event by field name, and the uniforms of its processes and noise."""
        head = f"{prefix}/"
        known = self.values | self.uniforms | self.noise
        return {key.removeprefix(head): v for key, v in known.items() if key.startswith(head)}

    def to_frame(self) -> pd.DataFrame:
        """Table with a row per draw and a column per input that varies: values, then raw uniforms."""
        import pandas as pd

        columns = {name: self.values[name] for name in self.varying} | self.uniforms
        index = pd.RangeIndex(self.start, self.start + self.n, name="draw")
        return pd.DataFrame(columns, index=index)


def sample(
    scenario: Scenario,
    n: int,
    start: int = 0,
    uniforms: Mapping[str, Array] | None = None,
    seed: int | None = None,
    dataset: Dataset | None = None,
) -> Draws:
    """Sample every number of a scenario.

    Parameters
    ----------
    scenario : Scenario
    n : int
        Number of draws.
    start : int
        First draw; draws do not depend on how many are run nor on where a block starts.
    uniforms : mapping of str to array_like, shape (draw,), optional
        Uniforms that replace those of the named streams, strictly inside (0, 1).
    seed : int, optional
        Replaces the scenario's own seed.
    dataset : Dataset, optional
        Whose uncertain figures get a raw uniform each; the scenario's own by default.

    Returns
    -------
    Draws

    Raises
    ------
    ValueError
        Where `n` or `start` is negative, or a replacing uniform names no stream, has the wrong shape or
        leaves (0, 1).
    """
    if n < 1 or start < 0:
        raise ValueError(f"n must be at least 1 and start at least 0, not {n} and {start}")
    used_seed = scenario.seed if seed is None else seed
    dataset = load_dataset(scenario.dataset) if dataset is None else dataset
    unused = {f"market/{field}" for field in scenario.market.unused(has_ceilings(dataset))}
    distributions = {name: number for name, number in _streams(scenario) if name not in unused}
    extra = (*_processes(scenario), *stream_names(dataset))
    noise = [f"{event.name}/{name}" for event in _events(scenario) for name in event.noise()]
    given = _checked(uniforms or {}, n, (*distributions, *_outcomes(scenario), *extra, *noise))

    def uniform(name: str) -> Array:
        return given[name] if name in given else stream(used_seed, name, start, n)

    values: dict[str, Array] = {}
    varying: list[str] = []
    for name, distribution in distributions.items():
        low, high = distribution.support()
        values[name] = np.full(n, low) if low == high else distribution.ppf(uniform(name))
        if low != high:
            varying.append(name)
    for name, other in _shared_delays(scenario).items():
        values[name] = values[other]
    for name, probability in _outcomes(scenario).items():
        values[name] = _outcome(values[probability], uniform(name))
        if not _certain(distributions[probability]):
            varying.append(name)
    raw, chance = ({name: uniform(name) for name in names} for names in (extra, noise))
    return Draws(used_seed, start, n, values, raw, tuple(varying), chance)


def stream(seed: int, name: str, start: int, n: int) -> Array:
    """Uniforms `start` to ``start + n`` of one named stream, strictly inside (0, 1).

    Parameters
    ----------
    seed : int
        Seed shared by all streams.
    name : str
        Name of the stream; another name is another, independent stream.
    start, n : int
        First draw and number of draws.

    Returns
    -------
    ndarray, shape (draw,)

    References
    ----------
    O'Neill (2014), PCG64; `advance` jumps to any draw, one step a uniform.
    """
    words = np.frombuffer(hashlib.sha256(name.encode()).digest(), dtype="<u4")
    generator = np.random.PCG64(np.random.SeedSequence([seed, *(int(word) for word in words)]))
    generator.advance(start)
    # random() can return 0, where an inverse CDF may be infinite; half its step is inside.
    uniform: Array = np.maximum(np.random.Generator(generator).random(n), 2.0**-54)
    return uniform


def _streams(scenario: Scenario) -> Iterator[tuple[str, Distribution]]:
    for part_name, part in [("market", scenario.market), *((e.name, e) for e in _events(scenario))]:
        for field_name, distribution in part.numbers().items():
            yield f"{part_name}/{field_name}", distribution


def _events(scenario: Scenario) -> list[Event]:
    # By name, so that the order of events in a file does not even order the columns of the table.
    return sorted(scenario.events, key=lambda event: event.name)


def _shared_delays(scenario: Scenario) -> dict[str, str]:
    """Delay of each event that shares another's, and that other delay."""
    field = "start_delay_months"
    return {
        f"{event.name}/{field}": f"{event.delays_with}/{field}"
        for event in _events(scenario)
        if isinstance(event, TimedEvent) and event.delays_with is not None
    }


def _outcomes(scenario: Scenario) -> dict[str, str]:
    return {
        f"{event.name}/{outcome}": f"{event.name}/{probability}"
        for event in _events(scenario)
        for outcome, probability in event.outcomes().items()
    }


def _processes(scenario: Scenario) -> Iterator[str]:
    for event in _events(scenario):
        for name in event.processes():
            yield f"{event.name}/{name}"


def _certain(probability: Distribution) -> bool:
    return probability.support() in ((0.0, 0.0), (1.0, 1.0)) or isinstance(probability, Chance)


def _outcome(probability: Array, uniform: Array) -> Array:
    """1 where the uniform lies in the upper share given by the probability, the coin's inverse CDF."""
    happens: Array = (uniform > 1.0 - probability).astype(float)
    return happens


def _checked(uniforms: Mapping[str, Array], n: int, names: Iterable[str]) -> dict[str, Array]:
    known = tuple(names)
    checked: dict[str, Array] = {}
    for name, given in uniforms.items():
        if name not in known:
            raise ValueError(unknown("stream", name, known))
        array = np.ascontiguousarray(given, dtype=float)
        if array.shape != (n,) or not bool(np.all((array > 0.0) & (array < 1.0))):
            raise ValueError(f"uniforms of '{name}' must have shape ({n},) and lie strictly inside (0, 1)")
        checked[name] = array
    return checked
