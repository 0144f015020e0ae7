"""What a sample says of the population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import member, number
from crm_core.survey._reading import codes, count, counts, flags, numbers
from crm_core.units import Category
from crm_core.value._codes import floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crm_core._columns import Column


class SystematicVariance(Category):
    """How the variance of a systematic sample is estimated: as of a simple random one, or by neighbours."""

    SIMPLE_RANDOM = "simple_random"
    SUCCESSIVE_DIFFERENCES = "successive_differences"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number of the population, estimated from a sample.

    Attributes
    ----------
    value : float
        The estimate.
    standard_error : float
        Its standard error under the design.
    lower, upper : float
        The ends of the interval.
    degrees : int
        Degrees of freedom of the standard error: primary units less strata.
    design_effect : float or None
        Variance over that of a simple random sample of as many rows; None where that one is 0.
    rows : int
        Rows of the domain.
    """

    value: float
    standard_error: float
    lower: float
    upper: float
    degrees: int
    design_effect: float | None
    rows: int


class Sample:
    """Who was drawn, and how: what estimates of the population need to know beside the answers.

    A row is a respondent; it stands for ``weight`` units of the population and belongs to a primary unit (itself, or
    its cluster) within a stratum. Totals are sums of w y, means and ratios quotients of such sums; variances are
    those of totals of primary units within strata (Taylor's linearisation for quotients), with the finite population
    correction, and in two stages with the variance within clusters.

    Make one by its design: :meth:`simple_random`, :meth:`systematic`, :meth:`stratified`, :meth:`clusters`,
    :meth:`two_stage`, :meth:`proportional_to_size`, :meth:`weighted`.

    References
    ----------
    Cochran 1977, "Sampling Techniques", chapters 2, 5, 6, 9 and 11; Särndal, Swensson & Wretman 1992, "Model Assisted
    Survey Sampling", chapters 4 and 5; intervals of proportions: Korn & Graubard 1998.

    Examples
    --------
    >>> sample = Sample.stratified([0, 0, 0, 1, 1], populations=[300, 100])
    >>> mean = sample.mean([4, 5, 3, 8, 10])
    >>> mean.value, round(mean.standard_error, 3), mean.degrees
    (5.25, 0.497, 3)
    """

    __slots__ = ("_core", "_design")

    def __init__(self, core: _core.SurveySample, design: tuple[str, tuple[Any, ...]]) -> None:
        self._core, self._design = core, design

    def __reduce__(self) -> tuple[Any, ...]:
        # The same design makes the same sample again.
        return _made, self._design

    @classmethod
    def simple_random(cls, rows: int, population: int | None = None) -> Sample:
        """Rows drawn at random without replacement; no population means one far larger than the sample."""
        made = _core.SurveySample.simple_random(count("rows", rows), _known(population))
        return cls(made, ("simple_random", (rows, population)))

    @classmethod
    def systematic(
        cls,
        rows: int,
        population: int | None = None,
        variance: SystematicVariance = SystematicVariance.SIMPLE_RANDOM,
    ) -> Sample:
        """Rows drawn in equal steps, in the order of the frame."""
        kind = member("variance", SystematicVariance, variance)
        made = _core.SurveySample.systematic(count("rows", rows), _known(population), kind)
        return cls(made, ("systematic", (rows, population, kind)))

    @classmethod
    def stratified(cls, stratum: Column | Sequence[int], populations: Sequence[int]) -> Sample:
        """Draw a simple random sample of each stratum: ``stratum`` of each row, units of each stratum."""
        given = codes("stratum", stratum), counts("populations", populations)
        return cls(_core.SurveySample.stratified(*given), ("stratified", given))

    @classmethod
    def clusters(cls, cluster: Column | Sequence[int], clusters_in_population: int) -> Sample:
        """Whole clusters, drawn at random: ``cluster`` of each row, from 0 on."""
        given = codes("cluster", cluster), count("clusters_in_population", clusters_in_population)
        return cls(_core.SurveySample.clusters(*given), ("clusters", given))

    @classmethod
    def two_stage(
        cls, cluster: Column | Sequence[int], cluster_sizes: Sequence[int], clusters_in_population: int
    ) -> Sample:
        """Clusters drawn at random, and some units of each, which has ``cluster_sizes`` units."""
        of = count("clusters_in_population", clusters_in_population)
        given = codes("cluster", cluster), counts("cluster_sizes", cluster_sizes), of
        return cls(_core.SurveySample.two_stage(*given), ("two_stage", given))

    @classmethod
    def proportional_to_size(
        cls,
        cluster: Column | Sequence[int],
        probabilities: Sequence[float],
        cluster_sizes: Sequence[int] | None = None,
    ) -> Sample:
        """Clusters drawn with these probabilities in one draw; ``cluster_sizes`` where only some units were asked."""
        sizes = None if cluster_sizes is None else counts("cluster_sizes", cluster_sizes)
        given = codes("cluster", cluster), numbers("probabilities", probabilities), sizes
        return cls(_core.SurveySample.proportional_to_size(*given), ("proportional_to_size", given))

    @classmethod
    def weighted(
        cls,
        weights: Column | Sequence[float],
        stratum: Column | Sequence[int] | None = None,
        cluster: Column | Sequence[int] | None = None,
    ) -> Sample:
        """Any design of a large population, by its weights."""
        strata = None if stratum is None else codes("stratum", stratum)
        clusters = None if cluster is None else codes("cluster", cluster)
        given = floats("weights", weights), strata, clusters
        return cls(_core.SurveySample.weighted(*given), ("weighted", given))

    def with_weights(self, weights: Column | Sequence[float]) -> Sample:
        """Give the same rows other weights, such as those of :func:`rake`; standard errors take them as given."""
        given = floats("weights", weights)
        return Sample(self._core.with_weights(given), ("with_weights", (self, given)))

    @property
    def rows(self) -> int:
        """Number of respondents."""
        return self._core.rows()

    @property
    def weights(self) -> NDArray[np.float64]:
        """Units of the population that each row stands for."""
        return np.array(self._core.weights())

    def total(self, values: Column | Sequence[float], *, domain: Any = None, confidence: float = 0.95) -> Estimate:
        """Estimate the total of ``values`` over the rows of the domain.

        Raises
        ------
        NoSolutionError
            For a simple random sample of a population of unknown size.
        """
        parts = self._core.total(floats("values", values), _domain(domain), number("confidence", confidence))
        return Estimate(**parts)

    def mean(self, values: Column | Sequence[float], *, domain: Any = None, confidence: float = 0.95) -> Estimate:
        """Estimate the mean of ``values`` over the rows of the domain."""
        parts = self._core.mean(floats("values", values), _domain(domain), number("confidence", confidence))
        return Estimate(**parts)

    def proportion(self, given: Any, *, domain: Any = None, confidence: float = 0.95) -> Estimate:
        """Estimate the share of those for whom ``given`` is true; its interval stays between 0 and 1."""
        parts = self._core.proportion(flags("flags", given), _domain(domain), number("confidence", confidence))
        return Estimate(**parts)

    def ratio(
        self,
        numerator: Column | Sequence[float],
        denominator: Column | Sequence[float],
        *,
        domain: Any = None,
        confidence: float = 0.95,
    ) -> Estimate:
        """Estimate the total of ``numerator`` over that of ``denominator``.

        Raises
        ------
        NoSolutionError
            Where the denominator adds up to 0.
        """
        above, below = floats("numerator", numerator), floats("denominator", denominator)
        return Estimate(**self._core.ratio(above, below, _domain(domain), number("confidence", confidence)))

    def domain_means(
        self, values: Column | Sequence[float], domains: Column | Sequence[int], *, confidence: float = 0.95
    ) -> list[Estimate]:
        """Estimate the mean of ``values`` in each domain, given by the number of each row, from 0 on."""
        given = codes("domains", domains)
        of = int(given.max(initial=-1)) + 1
        parts = self._core.domain_means(floats("values", values), given, of, number("confidence", confidence))
        return [Estimate(**each) for each in parts]


def _made(design: str, given: tuple[Any, ...]) -> Sample:
    sample: Sample = getattr(Sample, design)(*given)
    return sample


def _known(population: int | None) -> int | None:
    return None if population is None else count("population", population)


def _domain(domain: Any) -> NDArray[np.float64] | None:
    return None if domain is None else flags("domain", domain)
