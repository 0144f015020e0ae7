"""A composite index of customer value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from crm_core import _core
from crm_core._columns import read
from crm_core._options import items, member, number, wrong_type
from crm_core.capability import Priorities
from crm_core.errors import LengthMismatchError, NotFoundError
from crm_core.units import Category
from crm_core.value._codes import check_index, column_of_numbers
from crm_core.value._cuts import Direction
from crm_core.value._indicators import Indicator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from crm_core._columns import Column

__all__ = ["CompositeIndex", "Normalisation", "Weighting"]


class Normalisation(Category):
    """How an indicator is made comparable with others.

    ``min_max`` is (x − min) / (max − min), ``z_score`` is (x − mean) / standard deviation (divisor n), and ``rank`` the
    share of customers who are worse, and half of those who are equal. Where less is better, they are turned.
    """

    MIN_MAX = "min_max"
    Z_SCORE = "z_score"
    RANK = "rank"


class Weighting(Category):
    """Where the weights of an index come from: given, by entropy, by CRITIC."""

    GIVEN = "given"
    ENTROPY = "entropy"
    CRITIC = "critic"


class CompositeIndex:
    """One score of several indicators of customer value.

    The score of a customer is Σ wⱼ zⱼ, zⱼ the normalised indicator, turned so that more is better, and wⱼ its weight.
    The terms are the contributions: they add up to the score, to the bit.

    Parameters
    ----------
    weights : Weighting, Priorities, mapping or sequence of float
        ``"entropy"``: indicators that are spread unevenly weigh more; ``"critic"``: those that vary much and say what
        others do not. Both are computed from min–max normalised indicators. Else the weights themselves, of sum 1, in
        the order of the indicators or by their names; or what :func:`crm_core.capability.ahp` makes of comparisons in
        pairs.
    normalisation : Normalisation
        How indicators are made comparable.
    lower_is_better : sequence of str, optional
        The names of the indicators of which less is better. Those that :class:`Indicator` knows by name need not be
        named.

    Attributes
    ----------
    weights_ : dict of str to float
        The weight of each indicator.

    Raises
    ------
    NoSolutionError
        For an indicator that is the same for all, and for CRITIC where all say the same.
    NotFiniteError
        For a value that is not known: it names indicator and row.
    NotStochasticError
        For given weights that do not sum to one.

    References
    ----------
    Shannon 1948 and Zeleny 1982 (entropy); Diakoulaki, Mavrotas & Papayannakis 1995, "Determining objective weights in
    multiple criteria problems: the CRITIC method".

    Examples
    --------
    >>> customers = {"profit": [120.0, 40.0, 80.0], "arrears_rate": [0.0, 0.5, 0.1]}
    >>> index = CompositeIndex({"profit": 0.75, "arrears_rate": 0.25}).fit(customers)
    >>> index.score(customers).tolist()
    [1.0, 0.0, 0.575]
    >>> index.contributions(customers)["arrears_rate"].tolist()
    [0.25, 0.0, 0.2]
    """

    weights_: dict[str, float]

    def __init__(
        self,
        weights: Weighting | Priorities | Mapping[str, float] | Sequence[float] = Weighting.CRITIC,
        *,
        normalisation: Normalisation = Normalisation.MIN_MAX,
        lower_is_better: Sequence[str] | None = None,
    ) -> None:
        self.weights = member("weights", Weighting, weights) if isinstance(weights, str) else weights
        self.normalisation = member("normalisation", Normalisation, normalisation)
        self.lower_is_better = None if lower_is_better is None else items("lower_is_better", lower_is_better)
        self._core: _core.CompositeIndex | None = None

    def fit(self, indicators: Any) -> Self:
        """Learn scales and weights.

        Parameters
        ----------
        indicators : table or mapping of columns
            One row per customer, one column per indicator and no others.
        """
        names, columns = _columns(indicators)
        weighting, weights = self._weights(names)
        self._core = _core.CompositeIndex.fit(
            names, columns, self._lower(names), self.normalisation.value, weighting.value, weights
        )
        self._names = names
        self.weights_ = dict(zip(names, self._core.weights(), strict=True))
        return self

    def score(self, indicators: Any) -> Any:
        """Give the score of every customer, who need not be those of the fit, as a column of the kind of the table."""
        scores, _ = self._scored(indicators)
        return column_of_numbers(indicators, scores, "score")

    def contributions(self, indicators: Any) -> dict[str, Any]:
        """Give what each indicator adds to the score of every customer: a column for each indicator, by its name."""
        _, parts = self._scored(indicators)
        return {name: column_of_numbers(indicators, part, name) for name, part in zip(self._names, parts, strict=True)}

    def _scored(self, indicators: Any) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
        if self._core is None:
            raise NotFoundError("weights_: fit the index first", argument="weights_")
        names, columns = _columns(indicators)
        by_name = dict(zip(names, columns, strict=True))
        missing = [name for name in self._names if name not in by_name]
        if len(names) != len(self._names):
            message = f"indicators is of length {len(names)}: must have length {len(self._names)}"
            raise LengthMismatchError(message, argument="indicators", value=f"of length {len(names)}")
        if missing:
            message = f"indicators: must have {missing[0]!r}"
            raise NotFoundError(message, argument="indicators", value=repr(missing[0]))
        scores, parts = self._core.score([by_name[name] for name in self._names])
        return np.array(scores), [np.array(part) for part in parts]

    def _lower(self, names: list[str]) -> list[bool]:
        given = self.lower_is_better or []
        unknown = [name for name in given if name not in names]
        if unknown:
            message = f"lower_is_better is {unknown[0]!r}: must name indicators"
            raise NotFoundError(message, argument="lower_is_better", value=repr(unknown[0]))
        known = {str(one) for one in Indicator if one.direction is Direction.LOWER_IS_BETTER}
        return [name in given or (self.lower_is_better is None and name in known) for name in names]

    def _weights(self, names: list[str]) -> tuple[Weighting, list[float] | None]:
        given = self.weights
        if isinstance(given, Weighting):
            return given, None
        if isinstance(given, Priorities):
            return Weighting.GIVEN, given.weights.tolist()
        if isinstance(given, Mapping):
            if set(given) != set(names):
                message = f"weights: must be by the names of the indicators, {', '.join(names)}"
                raise NotFoundError(message, argument="weights", value=repr(sorted(map(str, given))))
            given = [given[name] for name in names]
        return Weighting.GIVEN, [number("weights", weight) for weight in items("weights", given)]


def _columns(indicators: Any) -> tuple[list[str], list[NDArray[np.float64]]]:
    """Give the names and columns of a table or a mapping; NaN where a value is missing."""
    if hasattr(indicators, "column_names"):  # pyarrow
        given: dict[str, Column] = {str(name): indicators.column(name) for name in indicators.column_names}
    elif isinstance(indicators, Mapping):
        given = {str(name): column for name, column in indicators.items()}
    elif hasattr(indicators, "columns") and hasattr(indicators, "__getitem__"):  # pandas, polars
        given = {str(name): indicators[name] for name in indicators.columns}
    else:
        raise wrong_type("indicators", indicators, "a table or a mapping of columns")
    check_index(**given)
    return list(given), [np.ascontiguousarray(read(name, column).values) for name, column in given.items()]
