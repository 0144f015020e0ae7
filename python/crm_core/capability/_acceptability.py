"""Ranks under weights that are not known for sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crm_core import _core
from crm_core._options import LARGEST_INDEX, LARGEST_INTEGER, integer, items, number
from crm_core.errors import LengthMismatchError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Acceptability:
    """How sure the ranks of alternatives are.

    Attributes
    ----------
    ranks : array
        The share of draws in which each alternative (row) has each rank (column), the first one best.
    mean_ranks : array
        The mean rank of each alternative; 1 for always first.
    central_weights : array
        The mean of the weights under which each alternative (row) is first, for each criterion: whose preferences make
        it first. NaN where it never is.
    """

    ranks: NDArray[np.float64]
    mean_ranks: NDArray[np.float64]
    central_weights: NDArray[np.float64]


def rank_acceptability(
    scores: ArrayLike,
    *,
    weights: Iterable[float] | None = None,
    concentration: float | None = None,
    draws: int = 10_000,
    seed: int,
) -> Acceptability:
    """Rank alternatives by their weighted sums of scores under random weights.

    Weights are judgements. Where nobody would swear to them, they are drawn at random, and the shares of draws say how
    sure a rank is. The scores of the leaves of an :class:`IndexTree`, with their shares as weights, rank firms by their
    capability.

    Parameters
    ----------
    scores : array
        A row for each alternative, a column for each criterion; more is better.
    weights : sequence of float, optional
        Mean weights, which sum to one; without them all weights of 0 or more that sum to one are equally likely.
    concentration : float, optional
        How sure the weights are: they have a Dirichlet distribution, in which the variance of a weight w is
        w (1 - w) / (concentration + 1). Needed with ``weights``.
    draws : int
        How many.
    seed : int
        Of the random numbers; the same bits for any number of threads.

    Raises
    ------
    NotStochasticError
        For weights that do not sum to one.
    OutOfRangeError
        For a concentration of 0 or less, or no draws.

    References
    ----------
    Lahdelma, Hokkanen & Salminen 1998, "SMAA - Stochastic multiobjective acceptability analysis", European Journal of
    Operational Research 106; Lahdelma & Salminen 2001, "SMAA-2", Operations Research 49 (3).

    Examples
    --------
    The second firm is better wherever the second criterion weighs more than a quarter.

    >>> from crm_core.capability import rank_acceptability
    >>> found = rank_acceptability([[0.9, 0.3], [0.7, 0.9]], draws=100_000, seed=1)
    >>> found.ranks[:, 0].round(2).tolist()
    [0.25, 0.75]
    >>> surer = rank_acceptability([[0.9, 0.3], [0.7, 0.9]], weights=[0.6, 0.4], concentration=50, seed=1)
    >>> bool(surer.ranks[1, 0] > 0.95)
    True
    """
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2:
        message = f"scores have {table.ndim} dimensions: must have a row per alternative and a column per criterion"
        raise LengthMismatchError(message, argument="scores", value=f"of {table.ndim} dimensions")
    means = None if weights is None else [number("weights", weight) for weight in items("weights", weights)]
    found = _core.rank_acceptability(
        table.ravel().tolist(),
        table.shape[1],
        means,
        number("concentration", 0.0 if concentration is None else concentration),
        integer("draws", draws, 0, LARGEST_INDEX),
        integer("seed", seed, 0, LARGEST_INTEGER),
    )
    rows = len(table)
    return Acceptability(
        np.array(found["ranks"]).reshape(rows, rows),
        np.array(found["mean_ranks"]),
        np.array(found["central_weights"]).reshape(rows, -1),
    )
