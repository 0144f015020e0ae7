"""Importance of attributes, the importance-satisfaction matrix, and regressions of many collinear attributes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import LARGEST_COUNT, integer, member, number, optional_number
from crm_core.survey._bootstrap import BootstrapInterval, resampling
from crm_core.survey._reading import columns
from crm_core.units import Category
from crm_core.value._codes import floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_core._columns import Column


class Quadrant(Category):
    """What to do about an attribute, by its importance and satisfaction.

    >>> from crm_core.units import Language
    >>> Quadrant.URGENT_IMPROVEMENT.label(Language.ZH)
    '急需改进区'
    """

    URGENT_IMPROVEMENT = "urgent_improvement"
    COMPETITIVE_ADVANTAGE = "competitive_advantage"
    SECONDARY_IMPROVEMENT = "secondary_improvement"
    SURPLUS = "surplus"


class DerivedImportance(Category):
    """How the importance of attributes is derived from answers.

    ``CORRELATION`` with overall satisfaction, coefficients of the ``STANDARDIZED_REGRESSION``, or ``SHAPLEY`` shares of
    R^2: what an attribute adds to the R^2 of those before it, averaged over all orders (LMG).
    """

    CORRELATION = "correlation"
    STANDARDIZED_REGRESSION = "standardized_regression"
    SHAPLEY = "shapley"


class PositiveWeights(Category):
    """What becomes of negative coefficients when weights of an index are made of them."""

    REFUSED = "refused"
    TRUNCATED = "truncated"
    ABSOLUTE = "absolute"


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the line between high and low is drawn; what lies on it is high. By default at the mean.

    Examples
    --------
    >>> Cut.mean(), Cut.midpoint(1, 10).scale, Cut.at(7).value
    (Cut(use_median=False, scale=None, value=None), (1, 10), 7)
    """

    use_median: bool = False
    scale: tuple[float, float] | None = None
    value: float | None = None

    @classmethod
    def mean(cls) -> Cut:
        """At the mean of the attributes."""
        return cls()

    @classmethod
    def median(cls) -> Cut:
        """At the median of the attributes."""
        return cls(use_median=True)

    @classmethod
    def midpoint(cls, low: float, high: float) -> Cut:
        """Half-way between the lowest and the highest answer of the scale."""
        return cls(scale=(low, high))

    @classmethod
    def at(cls, value: float) -> Cut:
        """At this value."""
        return cls(value=value)

    @property
    def _parts(self) -> dict[str, Any]:
        scale = None if self.scale is None else (number("low", self.scale[0]), number("high", self.scale[1]))
        value = optional_number("value", self.value)
        return {"median": self.use_median, "scale": scale, "at": value}


@dataclass(frozen=True, slots=True)
class ImportanceSatisfaction:
    """Attributes in four quadrants.

    Attributes
    ----------
    quadrants : tuple of Quadrant
        One for each attribute.
    importance_cut, satisfaction_cut : float
        From here on an importance or a satisfaction is high.
    """

    quadrants: tuple[Quadrant, ...]
    importance_cut: float
    satisfaction_cut: float


def importance_satisfaction(
    importance: Column | Sequence[float],
    satisfaction: Column | Sequence[float],
    *,
    importance_cut: Cut | None = None,
    satisfaction_cut: Cut | None = None,
) -> ImportanceSatisfaction:
    """Put each attribute into its quadrant: which to improve first.

    Parameters
    ----------
    importance : column
        Of each attribute: stated, derived (:func:`derive_importance`), or total effects of a structural model.
    satisfaction : column
        With each attribute.
    importance_cut, satisfaction_cut : Cut, optional
        Where the lines are drawn; by default at the means.

    Raises
    ------
    EmptyError, LengthMismatchError, MissingValueError, NotFiniteError
        For columns that cannot be.
    OutOfRangeError
        For a scale whose ends are not in order.

    References
    ----------
    Martilla & James 1977, "Importance-Performance Analysis", Journal of Marketing 41(1).

    Examples
    --------
    >>> found = importance_satisfaction([0.5, 0.1, 0.4], [6, 5, 9], satisfaction_cut=Cut.at(7))
    >>> [quadrant.label() for quadrant in found.quadrants]
    ['Urgent improvement', 'Secondary improvement', 'Competitive advantage']
    """
    codes, x, y = _core.importance_satisfaction(
        floats("importance", importance),
        floats("satisfaction", satisfaction),
        (importance_cut or Cut())._parts,
        (satisfaction_cut or Cut())._parts,
    )
    return ImportanceSatisfaction(tuple(Quadrant.from_code(code) for code in codes), x, y)


@dataclass(frozen=True, slots=True)
class Importance:
    """Importances that were derived from answers.

    Attributes
    ----------
    values : tuple of float
        One for each attribute.
    r_squared : float or None
        Of the regression on all attributes; None for correlations.
    """

    values: tuple[float, ...]
    r_squared: float | None


def derive_importance(
    attributes: Any,
    overall: Column | Sequence[float],
    method: DerivedImportance = DerivedImportance.SHAPLEY,
) -> Importance:
    """Derive the importance of attributes from how answers on them move overall satisfaction.

    Parameters
    ----------
    attributes : table, mapping or sequence of columns
        One column of answers for each attribute; 20 at most for shares of R^2.
    overall : column
        Overall satisfaction of each row.
    method : DerivedImportance
        Correlation, standardised regression, or shares of R^2.

    Raises
    ------
    NoSolutionError
        For a column that does not vary, collinear attributes, and too few rows.
    OutOfRangeError
        For too many attributes.

    References
    ----------
    Lindeman, Merenda & Gold 1980; Groemping 2006, "Relative Importance for Linear Regression in R"; Lipovetsky &
    Conklin 2001.

    Examples
    --------
    >>> answers = {"room": [1, 2, 3, 4, 5], "staff": [2, 1, 4, 3, 5]}
    >>> found = derive_importance(answers, [1, 2, 4, 4, 5])
    >>> [round(value, 3) for value in found.values], round(found.r_squared, 3)
    ([0.564, 0.388], 0.952)
    """
    kind = member("method", DerivedImportance, method)
    values, r_squared = _core.derive_importance(columns("attributes", attributes), floats("overall", overall), kind)
    return Importance(tuple(values), r_squared)


@dataclass(frozen=True, slots=True)
class ImportanceIntervals:
    """How much derived importances vary from sample to sample.

    Attributes
    ----------
    values : tuple of BootstrapInterval
        One for each attribute.
    r_squared : BootstrapInterval or None
        Of R^2 of the regression on all attributes; None of correlations.
    """

    values: tuple[BootstrapInterval, ...]
    r_squared: BootstrapInterval | None


def importance_intervals(
    attributes: Any,
    overall: Column | Sequence[float],
    method: DerivedImportance = DerivedImportance.SHAPLEY,
    *,
    seed: int,
    replicates: int = 1000,
    confidence: float = 0.95,
) -> ImportanceIntervals:
    """Find intervals of :func:`derive_importance` by resampling rows.

    Parameters
    ----------
    attributes, overall, method
        As in :func:`derive_importance`.
    seed : int
        Of the samples: the same seed gives the same numbers.
    replicates : int
        How many samples are drawn.
    confidence : float
        Of the intervals.

    Raises
    ------
    OutOfRangeError, NoSolutionError
        As in :func:`derive_importance`; for less than 2 replicates.

    References
    ----------
    Efron & Tibshirani 1993, "An Introduction to the Bootstrap"; Groemping 2006.

    Examples
    --------
    >>> answers = {"room": [1, 2, 3, 4, 5, 3], "staff": [3, 1, 4, 1, 5, 2]}
    >>> found = importance_intervals(answers, [1, 2, 4, 4, 6, 3], seed=7)
    >>> found.values[0].lower > found.values[1].lower
    True
    """
    kind, how = member("method", DerivedImportance, method), resampling(replicates, confidence, seed)
    values, r_squared = _core.importance_intervals(
        columns("attributes", attributes), floats("overall", overall), kind, how
    )
    whole = None if r_squared is None else BootstrapInterval(**r_squared)
    return ImportanceIntervals(tuple(BootstrapInterval(**value) for value in values), whole)


@dataclass(frozen=True, slots=True)
class RegressionMethod:
    """How the coefficients of many collinear attributes are found.

    Make one by its name: :meth:`principal_components`, :meth:`ridge`, :meth:`partial_least_squares`,
    :meth:`least_squares`.

    Examples
    --------
    >>> RegressionMethod.principal_components(share=0.8).share
    0.8
    """

    use_least_squares: bool = False
    components: int | None = None
    share: float | None = None
    folds: int | None = None
    seed: int = 0
    penalty: float | None = None
    partial: int | None = None

    @classmethod
    def least_squares(cls) -> RegressionMethod:
        """All attributes, as they are."""
        return cls(use_least_squares=True)

    @classmethod
    def principal_components(
        cls,
        components: int | None = None,
        *,
        share: float | None = None,
        folds: int | None = None,
        seed: int = 0,
    ) -> RegressionMethod:
        """Take the first principal components.

        So many as are given; or the fewest that have this share of the variance; or the number that predicts best what
        was left out of the fit, one of ``folds`` random parts at a time; by default those with an eigenvalue of 1 or
        more (Kaiser). The first of them that is given counts.
        """
        return cls(components=components, share=share, folds=folds, seed=seed)

    @classmethod
    def ridge(cls, penalty: float) -> RegressionMethod:
        """Penalise the sum of squares of the coefficients, in units of the correlation matrix."""
        return cls(penalty=penalty)

    @classmethod
    def partial_least_squares(cls, components: int) -> RegressionMethod:
        """Take so many components of partial least squares."""
        return cls(partial=components)

    @property
    def _parts(self) -> dict[str, Any]:
        def whole(name: str, value: int | None) -> int | None:
            return None if value is None else integer(name, value, 0, 2**32 - 1)

        folds = whole("folds", self.folds)
        return {
            "least_squares": self.use_least_squares,
            "components": whole("components", self.components),
            "share": optional_number("share", self.share),
            "cross_validated": None if folds is None else (folds, integer("seed", self.seed, 0, LARGEST_COUNT)),
            "penalty": optional_number("penalty", self.penalty),
            "partial": whole("components", self.partial),
        }


@dataclass(frozen=True, slots=True)
class AttributeRegression:
    """A regression of overall satisfaction on attributes.

    Attributes
    ----------
    coefficients : tuple of float
        Of attributes as they were answered.
    intercept : float
        Mean of overall satisfaction less coefficient times mean of each attribute.
    standardized : tuple of float
        Coefficients of standardised attributes and overall satisfaction.
    components : int
        Components that were kept; all attributes of least squares and ridge.
    eigenvalues : tuple of float
        Of the correlations of the attributes, the largest first: variances of the principal components.
    r_squared : float
        Share of the variance of overall satisfaction that is explained.
    root_mean_square_error : float
        Root of the mean of the squared errors.
    """

    coefficients: tuple[float, ...]
    intercept: float
    standardized: tuple[float, ...]
    components: int
    eigenvalues: tuple[float, ...]
    r_squared: float
    root_mean_square_error: float


def attribute_regression(
    attributes: Any, overall: Column | Sequence[float], method: RegressionMethod | None = None
) -> AttributeRegression:
    """Regress overall satisfaction on many collinear attributes; by default on principal components (Kaiser).

    Attributes are standardised, replaced by principal components (or shrunk), and mapped back. One pass over the rows
    gives the correlations, from which all methods work.

    Parameters
    ----------
    attributes : table, mapping or sequence of columns
        One column of answers for each attribute.
    overall : column
        Overall satisfaction of each row.
    method : RegressionMethod, optional
        Principal components, ridge, partial least squares, or least squares.

    Raises
    ------
    NoSolutionError
        For a column that does not vary, and attributes that are collinear in least squares.
    OutOfRangeError
        For a number of components, share, penalty or number of folds outside its range.

    References
    ----------
    Jolliffe 2002, "Principal Component Analysis", chapter 8; Hoerl & Kennard 1970; Wold, Ruhe, Wold & Dunn 1984.

    Examples
    --------
    >>> answers = {"room": [1, 2, 3, 4, 5], "bed": [1, 2, 3, 4, 6], "staff": [2, 1, 4, 3, 5]}
    >>> found = attribute_regression(answers, [1, 2, 4, 4, 5])
    >>> found.components, round(found.r_squared, 3)
    (1, 0.929)
    >>> [round(weight, 3) for weight in index_weights(found.standardized)]
    [0.34, 0.342, 0.318]
    """
    given = (method or RegressionMethod())._parts
    parts = _core.attribute_regression(columns("attributes", attributes), floats("overall", overall), given)
    lists = {name: tuple(parts[name]) for name in ("coefficients", "standardized", "eigenvalues")}
    return AttributeRegression(**{**parts, **lists})


@dataclass(frozen=True, slots=True)
class RegressionIntervals:
    """How much a regression varies from sample to sample.

    Attributes
    ----------
    coefficients, standardized : tuple of BootstrapInterval
        Of the coefficients, one for each attribute.
    intercept, r_squared, root_mean_square_error : BootstrapInterval
        As in :class:`AttributeRegression`. R^2 of resamples is too large on average, the more so the fewer rows there
        are.
    """

    coefficients: tuple[BootstrapInterval, ...]
    intercept: BootstrapInterval
    standardized: tuple[BootstrapInterval, ...]
    r_squared: BootstrapInterval
    root_mean_square_error: BootstrapInterval


def attribute_intervals(
    attributes: Any,
    overall: Column | Sequence[float],
    method: RegressionMethod | None = None,
    *,
    seed: int,
    replicates: int = 1000,
    confidence: float = 0.95,
) -> RegressionIntervals:
    """Find intervals of :func:`attribute_regression` by resampling rows.

    Parameters
    ----------
    attributes, overall, method
        As in :func:`attribute_regression`; each sample keeps as many components as all rows have.
    seed : int
        Of the samples: the same seed gives the same numbers.
    replicates : int
        How many samples are drawn.
    confidence : float
        Of the intervals.

    References
    ----------
    Efron & Tibshirani 1993, "An Introduction to the Bootstrap", section 9.5 and chapter 13.

    Examples
    --------
    >>> answers = {"room": [1, 2, 3, 4, 5, 2], "staff": [2, 1, 4, 3, 5, 5]}
    >>> found = attribute_intervals(answers, [1, 2, 4, 4, 5, 3], seed=1, replicates=200)
    >>> all(each.lower <= each.estimate <= each.upper for each in found.standardized)
    True
    """
    parts = _core.attribute_intervals(
        columns("attributes", attributes),
        floats("overall", overall),
        (method or RegressionMethod())._parts,
        resampling(replicates, confidence, seed),
    )
    coefficients, standardized = (
        tuple(BootstrapInterval(**each) for each in parts[name]) for name in ("coefficients", "standardized")
    )
    intercept, r_squared, error = (
        BootstrapInterval(**parts[name]) for name in ("intercept", "r_squared", "root_mean_square_error")
    )
    return RegressionIntervals(coefficients, intercept, standardized, r_squared, error)


def index_weights(
    coefficients: Column | Sequence[float], positive: PositiveWeights = PositiveWeights.REFUSED
) -> list[float]:
    """Make weights of an index, 0 or more and of sum one, in proportion to coefficients.

    Parameters
    ----------
    coefficients : column
        Such as the standardised ones of a regression.
    positive : PositiveWeights
        What becomes of negative coefficients: an error, 0, or their size.

    Raises
    ------
    OutOfRangeError
        For a negative coefficient that is refused, with its row.
    NoSolutionError
        Where all weights would be 0.

    Examples
    --------
    >>> index_weights([0.25, -0.25, 0.75], PositiveWeights.TRUNCATED)
    [0.25, 0.0, 0.75]
    """
    kind = member("positive", PositiveWeights, positive)
    return _core.index_weights(np.ascontiguousarray(floats("coefficients", coefficients)), kind)
