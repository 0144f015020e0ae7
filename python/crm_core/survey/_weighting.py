"""Weights of respondents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import integer, items, number
from crm_core.survey._reading import codes, flags, numbers
from crm_core.value._codes import floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crm_core._columns import Column


def adjust_for_nonresponse(
    weights: Column | Sequence[float], cells: Column | Sequence[int], answered: Any
) -> NDArray[np.float64]:
    """Give the weight of those who did not answer to those of the same cell who did.

    Parameters
    ----------
    weights : column
        Weights of all who were asked.
    cells : column
        The cell of each row, from 0 on.
    answered : column
        Whether the row answered.

    Returns
    -------
    numpy.ndarray
        Weights; 0 for who did not answer.

    Raises
    ------
    NoSolutionError
        For a cell in which nobody answered.

    References
    ----------
    Särndal, Swensson & Wretman 1992, "Model Assisted Survey Sampling", section 15.6.

    Examples
    --------
    >>> adjust_for_nonresponse([1, 1, 1, 1], [0, 0, 1, 1], [True, False, True, True]).tolist()
    [2.0, 0.0, 1.0, 1.0]
    """
    given = codes("cells", cells)
    of = int(given.max(initial=-1)) + 1
    adjusted = _core.weights_for_nonresponse(floats("weights", weights), given, of, flags("answered", answered))
    return np.array(adjusted)


@dataclass(frozen=True, slots=True, eq=False)
class Raking:
    """Weights that meet known margins.

    Attributes
    ----------
    weights : numpy.ndarray
        A weight for each row.
    converged : bool
        Whether all margins are met to the tolerance.
    iterations : int
        Rounds over all margins that were made.
    largest_error : float
        Largest abs(sum of weights / target - 1) that is left.
    """

    weights: NDArray[np.float64]
    converged: bool
    iterations: int
    largest_error: float


def rake(
    weights: Column | Sequence[float],
    margins: Sequence[tuple[Any, Sequence[float]]],
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 1000,
) -> Raking:
    """Scale weights to one margin after the other until all are met (iterative proportional fitting).

    Parameters
    ----------
    weights : column
        Weights to begin with.
    margins : sequence of (column, sequence of float)
        For each variable the category of each row, from 0 on, and the units of the population in each category.
    tolerance : float
        Largest relative error of any category.
    max_iterations : int
        Rounds over all margins.

    Returns
    -------
    Raking
        Margins that exclude each other do not converge.

    Raises
    ------
    NoSolutionError
        For a category without respondents; the row is the margin, the value names the category.
    OutOfRangeError
        For targets of 0 or less, and margins with different sums.

    References
    ----------
    Deming & Stephan 1940, "On a least squares adjustment of a sampled frequency table when the expected marginal
    totals are known".

    Examples
    --------
    >>> raked = rake([1, 1, 1, 1], [([0, 0, 1, 1], [40, 60]), ([0, 1, 0, 1], [50, 50])])
    >>> raked.weights.tolist(), raked.converged
    ([20.0, 20.0, 30.0, 30.0], True)
    """
    given = [(codes("categories", of), numbers("targets", targets)) for of, targets in items("margins", margins)]
    rounds = integer("max_iterations", max_iterations, 0, 2**32 - 1)
    found = _core.weights_raked(floats("weights", weights), given, number("tolerance", tolerance), rounds)
    made, converged, iterations, largest_error = found
    return Raking(np.array(made), converged, iterations, largest_error)


def trim(weights: Column | Sequence[float], smallest: float, largest: float) -> NDArray[np.float64]:
    """Bring weights between ``smallest`` and ``largest`` times their mean, with the same sum.

    Parameters
    ----------
    weights : column
        Greater than 0.
    smallest : float
        0 or more, and less than 1.
    largest : float
        Greater than 1.

    Returns
    -------
    numpy.ndarray
        Weights in between keep their proportions.

    Examples
    --------
    >>> trim([1, 1, 1, 9], 0.2, 2).round(9).tolist()
    [2.0, 2.0, 2.0, 6.0]
    """
    ends = number("smallest", smallest), number("largest", largest)
    return np.array(_core.weights_trimmed(floats("weights", weights), *ends))


@dataclass(frozen=True, slots=True)
class WeightEffect:
    """What unequal weights cost.

    Attributes
    ----------
    effective_size : float
        Answers with equal weights that would say as much: (sum w)^2 / sum w^2.
    design_effect : float
        By which variances grow: rows / effective size.
    """

    effective_size: float
    design_effect: float


def weight_effect(weights: Column | Sequence[float]) -> WeightEffect:
    """Tell what unequal weights cost where they have nothing to do with the answers (Kish 1965, section 11.7).

    Examples
    --------
    >>> weight_effect([1, 1, 2])
    WeightEffect(effective_size=2.6666666666666665, design_effect=1.125)
    """
    return WeightEffect(*_core.weights_effect(floats("weights", weights)))
