"""Drawing samples: every draw depends on its seed alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import LARGEST_COUNT, integer, member
from crm_core.errors import LengthMismatchError
from crm_core.survey._reading import count, counts, numbers
from crm_core.units import Category

if TYPE_CHECKING:
    from numpy.typing import NDArray


class SystematicInterval(Category):
    """How a systematic sample steps through its frame.

    ``EQUAL`` steps by N/n, which must be whole; ``CIRCULAR`` by the whole part of it around a circle; ``FRACTIONAL`` by
    N/n, whole or not.
    """

    EQUAL = "equal"
    CIRCULAR = "circular"
    FRACTIONAL = "fractional"


class Allocation(Category):
    """How a sample is split over strata.

    ``PROPORTIONAL`` to the units N of a stratum, ``NEYMAN`` to N times the standard deviation S, ``OPTIMUM`` to
    N S / sqrt(cost).
    """

    PROPORTIONAL = "proportional"
    NEYMAN = "neyman"
    OPTIMUM = "optimum"


class Replacement(Category):
    """Whether a unit may be drawn more than once."""

    WITH = "with"
    WITHOUT = "without"


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Units that were drawn.

    Attributes
    ----------
    unit : numpy.ndarray
        Place of each unit in its frame: the population, or its stratum or cluster.
    group : numpy.ndarray
        Its stratum or cluster; 0 where there are none.
    weight : numpy.ndarray
        Units of the population that it stands for, the inverse of its probability.
    """

    unit: NDArray[np.int64]
    group: NDArray[np.int64]
    weight: NDArray[np.float64]


def _drawn(parts: tuple[list[int], list[int], list[float]]) -> Drawn:
    unit, group, weight = parts
    return Drawn(np.array(unit, np.int64), np.array(group, np.int64), np.array(weight, np.float64))


def _seed(seed: int) -> int:
    return integer("seed", seed, 0, LARGEST_COUNT)


@dataclass(frozen=True, slots=True)
class SimpleRandom:
    """A simple random sample without replacement.

    Attributes
    ----------
    population : int
        Units of the population.
    size : int
        Units to draw.

    Examples
    --------
    >>> SimpleRandom(population=100, size=3).draw(seed=7).unit.size
    3
    """

    population: int
    size: int

    def draw(self, seed: int) -> Drawn:
        """Draw the units, in ascending order.

        Raises
        ------
        OutOfRangeError
            Unless 0 < size <= population.
        """
        return _drawn(
            _core.draw_simple_random(count("population", self.population), count("size", self.size), _seed(seed))
        )


@dataclass(frozen=True, slots=True)
class Systematic:
    """Units in equal steps from a random start, in the order of the frame.

    Attributes
    ----------
    population : int
        Units of the population.
    size : int
        Units to draw.
    interval : SystematicInterval
        How to step where population / size is no whole number.

    Examples
    --------
    >>> drawn = Systematic(population=10, size=4).draw(seed=2)
    >>> set(map(int, drawn.unit[1:] - drawn.unit[:-1])) <= {2, 3}
    True
    """

    population: int
    size: int
    interval: SystematicInterval = SystematicInterval.FRACTIONAL

    def draw(self, seed: int) -> Drawn:
        """Draw the units, in ascending order.

        Raises
        ------
        OutOfRangeError
            Unless 0 < size <= population, and where equal intervals do not divide the population.
        """
        interval = member("interval", SystematicInterval, self.interval)
        size = count("size", self.size)
        return _drawn(_core.draw_systematic(count("population", self.population), size, interval, _seed(seed)))


@dataclass(frozen=True, slots=True)
class Stratified:
    """A simple random sample of each stratum; the stratum is the group.

    Attributes
    ----------
    populations : sequence of int
        Units of each stratum.
    sizes : sequence of int
        Units to draw of each, as of :func:`allocate`.

    Examples
    --------
    >>> Stratified(populations=[40, 60], sizes=[2, 3]).draw(seed=1).group.tolist()
    [0, 0, 1, 1, 1]
    """

    populations: Sequence[int]
    sizes: Sequence[int]

    def draw(self, seed: int) -> Drawn:
        """Draw the units, by stratum, in ascending order.

        Raises
        ------
        LengthMismatchError, OutOfRangeError
            Unless each size is from 1 to the stratum's units.
        """
        populations, sizes = counts("populations", self.populations), counts("sizes", self.sizes)
        return _drawn(_core.draw_stratified(populations, sizes, _seed(seed)))


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters drawn at random: all of their units, or some of each in a second stage; the cluster is the group.

    Attributes
    ----------
    sizes : sequence of int
        Units of each cluster of the population.
    clusters : int
        Clusters to draw.
    units : int, optional
        Units to draw of each cluster, all of a smaller one; by default whole clusters.

    Examples
    --------
    >>> Clusters(sizes=[5, 3, 8], clusters=2, units=2).draw(seed=1).unit.size
    4
    """

    sizes: Sequence[int]
    clusters: int
    units: int | None = None

    def draw(self, seed: int) -> Drawn:
        """Draw the units, by cluster, in ascending order.

        Raises
        ------
        EmptyError, OutOfRangeError
            For no clusters or no units, and more clusters than there are.
        """
        units = None if self.units is None else count("units", self.units)
        sizes, clusters = counts("sizes", self.sizes), count("clusters", self.clusters)
        return _drawn(_core.draw_clusters(sizes, clusters, units, _seed(seed)))


@dataclass(frozen=True, slots=True)
class ProportionalToSize:
    """Clusters drawn with probability proportional to a measure of size.

    Attributes
    ----------
    sizes : sequence of float
        Size of each cluster of the population, greater than 0.
    clusters : int
        Clusters to draw.
    replacement : Replacement
        With it, draws are independent and a cluster may come twice; without it, steps through the cumulated sizes
        from a random start.

    Examples
    --------
    >>> drawn = ProportionalToSize(sizes=[10, 20, 30, 40], clusters=2).draw(seed=5)
    >>> bool((drawn.weight == 50 / np.array([10, 20, 30, 40])[drawn.unit]).all())
    True
    """

    sizes: Sequence[float]
    clusters: int
    replacement: Replacement = Replacement.WITHOUT

    def draw(self, seed: int) -> Drawn:
        """Draw the clusters, in ascending order.

        Raises
        ------
        EmptyError, OutOfRangeError
            For a size of 0 or less, and without replacement for one that would come twice.
        """
        sizes, clusters = numbers("sizes", self.sizes), count("clusters", self.clusters)
        replacement = member("replacement", Replacement, self.replacement)
        return _drawn(_core.draw_proportional_to_size(sizes, clusters, replacement, _seed(seed)))


def allocate(
    populations: Sequence[int],
    size: int,
    allocation: Allocation,
    *,
    deviations: Sequence[float] | None = None,
    costs: Sequence[float] | None = None,
    minimum: int = 2,
) -> list[int]:
    """Split a sample over strata: the best whole numbers that sum to ``size``.

    They make the sum of a ** 2 / n smallest, where a is the stratum's units N, N times its standard deviation, or that
    over the root of its cost; n is at least ``minimum`` and at most N.

    Parameters
    ----------
    populations : sequence of int
        Units of each stratum.
    size : int
        Units to draw of all strata together.
    allocation : Allocation
        Proportional, Neyman, or optimum with cost.
    deviations : sequence of float, optional
        Standard deviation of the variable in each stratum; by default all alike.
    costs : sequence of float, optional
        What an answer costs in each stratum; by default all alike.
    minimum : int
        Units of each stratum at least; 2 let its variance be estimated. A smaller stratum is taken whole.

    Returns
    -------
    list of int
        Units to draw of each stratum.

    Raises
    ------
    EmptyError, LengthMismatchError, OutOfRangeError
        For strata, sizes and minima that cannot be.

    References
    ----------
    Neyman 1934; Wright 2012, "The equivalence of Neyman optimum allocation for sampling and equal proportions for
    apportioning the U.S. House of Representatives"; Cochran 1977, section 5.5.

    Examples
    --------
    >>> allocate([400, 600], 40, Allocation.NEYMAN, deviations=[5, 10])
    [10, 30]
    """
    units = counts("populations", populations)
    given: dict[str, Any] = {"deviations": deviations, "costs": costs}
    rest = {name: [1.0] * len(units) if of is None else numbers(name, of) for name, of in given.items()}
    for name, of in rest.items():
        if len(of) != len(units):
            message = f"{name} is of length {len(of)}: must have length {len(units)}, as populations"
            raise LengthMismatchError(message, argument=name, value=f"of length {len(of)}")
    strata = list(zip(units, rest["deviations"], rest["costs"], strict=True))
    kind = member("allocation", Allocation, allocation)
    return _core.allocate_sample(strata, count("size", size), count("minimum", minimum), kind)
