"""How regimes follow one another at random: paths of states that last for random times, as pure arrays."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from minrisk.axes import Array

State = Literal["none", "licensing", "quota", "ban", "contingency"]
Relations = Literal["calm", "tense", "crisis"]
#: Regimes in the order of the process; every path is in one of them at a time.
STATES: tuple[State, ...] = get_args(State)
#: States of relations, each a step worse than the one before.
RELATIONS: tuple[Relations, ...] = get_args(Relations)

NONE, LICENSING, QUOTA, BAN, CONTINGENCY = range(5)

#: Changes of relations by the name that the field `relations_per_year` has for them: from which state to which.
_CHANGES_OF_RELATIONS = {"tense": (0, 1), "easing": (1, 0), "crisis": (1, 2), "calming": (2, 1)}


class Duration(Protocol):
    """How long a spell lasts: a distribution by its inverse CDF."""

    def ppf(self, u: Array) -> Array:
        """Duration at each uniform [month]."""


@dataclass(frozen=True)
class Path:
    """States one after the other, each until the next begins and the last for good.

    Attributes
    ----------
    begins : ndarray, shape (spell, draw)
        When each spell begins [month]; infinite where it never does.
    states : ndarray of int, shape (spell, draw)
        State of each spell.
    """

    begins: Array
    states: NDArray[np.intp]

    @property
    def ends(self) -> Array:
        """When each spell ends, shape (spell, draw) [month]."""
        return np.concatenate([self.begins[1:], np.full_like(self.begins[:1], np.inf)])

    def at(self, time: float) -> NDArray[np.intp]:
        """State at a time not before the first spell, shape (draw,)."""
        spell = (self.begins <= time).sum(axis=0) - 1
        state: NDArray[np.intp] = np.take_along_axis(self.states, spell[None], axis=0)[0]
        return state


def process_names(changes: int) -> tuple[str, ...]:
    """Names of the uniforms of the paths: two for each change of regime and of relations, when and to what."""
    return tuple(
        f"{what}_{change:02d}_{uniform}"
        for what in ("regime", "relations")
        for change in range(1, changes + 1)
        for uniform in ("time", "to")
    )


def regime_paths(
    values: Mapping[str, Array],
    start: float,
    initial: tuple[State, Relations],
    changes: int,
    durations: Mapping[State, Duration],
) -> tuple[Path, Path]:
    """Regimes and relations of each draw, a semi-Markov process driven by relations.

    Parameters
    ----------
    values : mapping of str to ndarray, shape (draw,)
        Sampled numbers of a regime event by field name, and the uniforms of `process_names`.
    start : float
        When the process begins [month].
    initial : tuple of str
        Regime and state of relations then.
    changes : int
        Number of changes that either path may have.
    durations : mapping of str to Duration
        How long each regime lasts.

    Returns
    -------
    regimes, relations : Path
    """
    uniforms = {
        what: [(values[f"{what}_{i:02d}_time"], values[f"{what}_{i:02d}_to"]) for i in range(1, changes + 1)]
        for what in ("regime", "relations")
    }
    regime, relation = STATES.index(initial[0]), RELATIONS.index(initial[1])
    relations = path(start, relation, _changes_of_relations(values), uniforms["relations"], steady_clock)
    # Bad relations bring regimes sooner and let them run off more slowly.
    clock = driven_clock(_speeds(values), relations)
    return path(start, regime, _changes_of_regime(values, durations), uniforms["regime"], clock), relations


def _changes_of_relations(values: Mapping[str, Array]) -> Change:
    """Changes of relations at constant rates."""
    rates = np.zeros((len(RELATIONS), len(RELATIONS), values["onset_factor"].size))
    for name, (here, there) in _CHANGES_OF_RELATIONS.items():
        if f"relations_per_year.{name}" in values:
            rates[here, there] = values[f"relations_per_year.{name}"] / 12.0
    return exponential_changes(rates)


def _speeds(values: Mapping[str, Array]) -> Array:
    """Speed of the clock by regime and state of relations, (state, relation, draw)."""
    speeds = np.ones((len(STATES), len(RELATIONS), values["onset_factor"].size))
    for column, relation in enumerate(RELATIONS[1:], start=1):
        speeds[NONE, column] = values[f"onset_factor_{relation}"]
        speeds[LICENSING:, column] = values[f"ending_factor_{relation}"]
    return speeds


def _changes_of_regime(values: Mapping[str, Array], durations: Mapping[State, Duration]) -> Change:
    """Onsets in competition out of none; else the regime's own duration, and what follows by weight."""
    weights = np.zeros((len(STATES), len(STATES), values["onset_factor"].size))
    for here, state in enumerate(STATES):
        prefix = "onset_per_year" if here == NONE else f"after_{state}"
        for there, name in enumerate(STATES):
            if f"{prefix}.{name}" in values:
                weights[here, there] = values[f"{prefix}.{name}"]
    weights[NONE] *= values["onset_factor"] / 12.0
    onset = exponential_changes(weights)

    def change(state: NDArray[np.intp], time: Array, to: Array) -> tuple[Array, NDArray[np.intp]]:
        wait, following = onset(state, time, to)
        for here, name in enumerate(STATES[1:], start=1):
            wait = np.where(state == here, durations[name].ppf(time), wait)
        return wait, following

    return change


#: Waiting time [month] and next state of a draw, from its state and two uniforms.
Change = Callable[[NDArray[np.intp], Array, Array], tuple[Array, NDArray[np.intp]]]


def path(
    start: float, initial: int, change: Change, uniforms: list[tuple[Array, Array]], clock: Callable[..., Array]
) -> Path:
    """Follow every draw through a fixed number of changes; after the last of them it stays where it is.

    Parameters
    ----------
    start : float
        When the first spell begins [month].
    initial : int
        Its state.
    change : callable
        See `Change`.
    uniforms : list of (ndarray, ndarray), shape (draw,) each
        For each change one for the waiting time and one for the next state.
    clock : callable
        ``clock(begin, wait, state)``: when a wait is over that began at a time, shape (draw,) each [month].

    Returns
    -------
    Path
    """
    draws = uniforms[0][0].size
    begins, states = [np.full(draws, start)], [np.full(draws, initial, dtype=np.intp)]
    for time, to in uniforms:
        wait, following = change(states[-1], time, to)
        begins.append(clock(begins[-1], wait, states[-1]))
        states.append(following)
    return Path(np.stack(begins), np.stack(states))


def steady_clock(begin: Array, wait: Array, state: NDArray[np.intp]) -> Array:
    """End of a wait by the calendar [month]."""
    return begin + wait


def driven_clock(speeds: Array, driver: Path) -> Callable[..., Array]:
    """Clock that runs faster or slower with the state of another path.

    Parameters
    ----------
    speeds : ndarray, shape (state, driver's state, draw)
        Months that pass on the clock in one month of the calendar [1].
    driver : Path
        The other path; it begins no later than the waits.

    Returns
    -------
    callable
        See `path`.
    """

    def end(begin: Array, wait: Array, state: NDArray[np.intp]) -> Array:
        draws = np.arange(begin.size)
        over, left, now = np.full_like(begin, np.inf), wait.copy(), begin.copy()
        for first, last, driving in zip(driver.begins, driver.ends, driver.states, strict=True):
            speed = speeds[state, driving, draws]
            inside = np.isfinite(now) & (last > now) & (first <= now) & np.isinf(over)
            # A clock that stops needs for ever, and so does a wait that never ends.
            needed = np.full_like(begin, np.inf)
            np.divide(left, speed, out=needed, where=inside & (speed > 0.0))
            room = np.zeros_like(begin)
            np.subtract(last, now, out=room, where=inside)
            done = inside & (needed <= room) & np.isfinite(needed)
            over = np.where(done, now + np.where(done, needed, 0.0), over)
            going = inside & ~done & np.isfinite(last)
            left = np.where(going, left - speed * np.where(going, room, 0.0), left)
            now = np.where(going, last, now)
        return over

    return end


def exponential_changes(rates: Array) -> Change:
    """Changes at constant rates, in competition.

    Parameters
    ----------
    rates : ndarray, shape (state, next state, draw)
        [1/month]; the diagonal does not count.

    Returns
    -------
    callable
        See `Change`.
    """

    def change(state: NDArray[np.intp], time: Array, to: Array) -> tuple[Array, NDArray[np.intp]]:
        here = _from(rates, state)
        total = _sum(here)
        wait = np.full_like(time, np.inf)
        np.divide(-np.log1p(-time), total, out=wait, where=total > 0.0)
        return wait, choose(here, to, state)

    return change


def choose(weights: Array, uniform: Array, otherwise: NDArray[np.intp]) -> NDArray[np.intp]:
    """Pick a state by weight.

    Parameters
    ----------
    weights : ndarray, shape (state, draw)
        Need not sum to 1.
    uniform : ndarray, shape (draw,)
    otherwise : ndarray of int, shape (draw,)
        State where no weight is above 0.

    Returns
    -------
    ndarray of int, shape (draw,)
    """
    point, running = uniform * _sum(weights), np.zeros_like(uniform)
    picked = otherwise.copy()
    found = np.zeros(uniform.shape, dtype=bool)
    for state, weight in enumerate(weights):
        running = running + weight
        here = ~found & (weight > 0.0) & (point < running)
        picked[here] = state
        found |= here
    return picked


def _from(table: Array, state: NDArray[np.intp]) -> Array:
    """Row of each draw's state without the state itself, (next state, draw)."""
    row: Array = table[state, :, np.arange(state.size)].T.copy()
    row[state, np.arange(state.size)] = 0.0
    return row


def _sum(rows: Array) -> Array:
    total: Array = np.zeros_like(rows[0])
    for row in rows:
        total += row
    return total


@dataclass(frozen=True)
class SurvivalTable:
    """A duration known by its survival function.

    Attributes
    ----------
    months : tuple of float
        Durations in rising order, the first 0 [month].
    survival : tuple of float
        Share that lasts longer than each, falling from 1 [1].
    """

    months: tuple[float, ...]
    survival: tuple[float, ...]

    def ppf(self, u: Array) -> Array:
        """Duration at each uniform: straight between the rows, infinite beyond the last [month]."""
        left = 1.0 - np.asarray(u)
        falling = np.array(self.survival)
        # Rows in which nothing ended give two durations for one share, which no draw hits but by rounding.
        duration = np.interp(left, falling[::-1], np.array(self.months)[::-1])
        return np.where(left < falling[-1], np.inf, duration)


@cache
def sanction_durations() -> SurvivalTable:
    """Durations of trade sanctions on the export side, 1949-2023.

    Returns
    -------
    SurvivalTable

    References
    ----------
    Felbermayr, Kirilakha, Syropoulos, Yalcin and Yotov (2020), The Global Sanctions Data Base, European Economic
    Review 129; Kaplan and Meier (1958). Source ``gsdb``.
    """
    text = resources.files("minrisk.scenario").joinpath("sanction_survival.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    months = (0.0, *(12.0 * float(row["duration_years"]) for row in rows))
    return SurvivalTable(months, (1.0, *(float(row["survival"]) for row in rows)))
