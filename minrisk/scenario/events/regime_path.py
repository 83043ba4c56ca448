"""Random paths behind regimes, as pure arrays: states that last for random times, and how long sanctions last."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from minrisk.axes import Array


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
            # A clock that stands still needs for ever, and so does a wait that never ends.
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
