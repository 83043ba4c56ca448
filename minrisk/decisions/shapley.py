"""Shapley values: each policy's share of what all policies do together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import ArrayLike

from minrisk.axes import Array

#: A set of players by position, in rising order.
Coalition = tuple[int, ...]


def coalitions(players: int) -> Iterator[Coalition]:
    """Every set of players, the empty one first, small sets before large ones.

    Parameters
    ----------
    players : int
        Number of players.

    Yields
    ------
    tuple of int
    """
    for size in range(players + 1):
        yield from combinations(range(players), size)


def shapley_values(players: int, worth: Callable[[Coalition], ArrayLike]) -> Array:
    """Average over all orders of what each player adds to those before it.

    Parameters
    ----------
    players : int
        Number of players; the worth of ``2 ** players`` sets is asked for, each once.
    worth : callable
        Worth of a set of players given by position in rising order: a number or an array.

    Returns
    -------
    ndarray, shape (player, ...)
        Sums over players to the worth of all less the worth of none.

    References
    ----------
    Shapley (1953), Contributions to the Theory of Games II:307.
    """
    value = {members: np.asarray(worth(members), dtype=float) for members in coalitions(players)}
    shares = np.zeros((players, *value[()].shape))
    for player in range(players):
        for members, before in value.items():
            if player in members:
                continue
            weight = factorial(len(members)) * factorial(players - len(members) - 1) / factorial(players)
            shares[player] += weight * (value[tuple(sorted((*members, player)))] - before)
    return shares


def shapley_by_orders(
    players: int, worth: Callable[[Coalition], ArrayLike], orders: Sequence[Sequence[int]]
) -> Array:
    """Shapley values estimated from some orders of the players, for many players.

    Parameters
    ----------
    players : int
        Number of players.
    worth : callable
        As `shapley_values`; the worth of a set is asked for once.
    orders : sequence of sequence of int
        Orders in which the players join; an order and its reverse together halve the error.

    Returns
    -------
    ndarray, shape (player, ...)
        Sums over players to the worth of all less the worth of none.

    References
    ----------
    Castro, Gómez & Tejada (2009), Comput. Oper. Res. 36:1726.
    """
    known: dict[Coalition, Array] = {}

    def value(members: Coalition) -> Array:
        if members not in known:
            known[members] = np.asarray(worth(members), dtype=float)
        return known[members]

    shares = np.zeros((players, *value(()).shape))
    for order in orders:
        members: Coalition = ()
        for player in order:
            joined = tuple(sorted((*members, player)))
            shares[player] += (value(joined) - value(members)) / len(orders)
            members = joined
    return shares
