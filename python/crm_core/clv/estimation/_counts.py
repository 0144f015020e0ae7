"""Counted switches: panels, the likeliest matrix, tests of order, over time and between groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import items, member
from crm_core._tables import frame_of
from crm_core.clv.estimation._posterior import TransitionPosterior
from crm_core.clv.estimation._reading import (
    Times,
    brands_in,
    codes_of,
    column_of,
    customers_of,
    labelled,
    matrix_of,
    names_for,
    names_of,
    square,
)
from crm_core.units import Category

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike

    from crm_core.clv.estimation._reading import Floats, Integers


class Ties(Category):
    """What two purchases of one customer at the same time are."""

    REFUSE = "refuse"
    ROW_ORDER = "row_order"


@dataclass(frozen=True, slots=True)
class ChiSquareTest:
    """A chi-square test of counted switches.

    Where ``smallest_expected`` is below about 5, neither statistic need be close to chi-square.

    Attributes
    ----------
    likelihood_ratio : float
        ``G2 = 2 * sum of n * ln(n / m)``, where m is the count that the hypothesis expects.
    pearson : float
        ``X2 = sum of (n - m)^2 / m``.
    degrees_of_freedom : int
        Sum over the compared tables of (rows - 1)(columns - 1); rows and columns of zeros do not count.
    likelihood_ratio_p, pearson_p : float
        The probability of a greater statistic, if the hypothesis holds.
    smallest_expected : float
        The smallest m.
    """

    likelihood_ratio: float
    pearson: float
    degrees_of_freedom: int
    likelihood_ratio_p: float
    pearson_p: float
    smallest_expected: float


@dataclass(frozen=True, slots=True, eq=False)
class MarkovFit:
    """The likeliest matrix for counted switches, with what is needed to judge it.

    Attributes
    ----------
    transition_matrix : ndarray, k x k
        ``P_ij = n_ij / n_i``.
    standard_errors : ndarray, k x k
        ``sqrt(P_ij * (1 - P_ij) / n_i)``; 0 where all or none of a row went to one brand.
    log_likelihood : float
        ``sum of n_ij * ln P_ij``.
    free_parameters : int
        k (k - 1).
    switches : float
        n, all counts.
    aic, bic : float
        Akaike's and Schwarz's criterion (Katz 1981): less is better.
    brands : list
        The names of the brands.
    """

    transition_matrix: Floats
    standard_errors: Floats
    log_likelihood: float
    free_parameters: int
    switches: float
    aic: float
    bic: float
    brands: list[Any]

    def table(self, library: str = "pandas") -> Any:
        """Give the matrix as a DataFrame of "pandas", "polars" or "pyarrow", with the brands as columns."""
        return labelled(self.transition_matrix, self.brands, library)


class TransitionCounts:
    """How often a buyer of brand i bought brand j next.

    Parameters
    ----------
    counts : array-like or DataFrame, k x k
        The counts, 0 or more; weights other than whole purchases make standard errors and tests speak of another
        amount of data than there was. The columns of a DataFrame name the brands.
    brands : sequence, optional
        The names of the brands; by default those of the DataFrame, or else 0, 1, ...

    Raises
    ------
    LengthMismatchError, NotFiniteError, OutOfRangeError
        For a table that is not square, or a count that is none, with the row.

    Examples
    --------
    >>> counts = TransitionCounts([[30, 10], [20, 40]], brands=["A", "B"])
    >>> counts.fit().table()
              A         B
    A  0.750000  0.250000
    B  0.333333  0.666667
    >>> round(counts.independence_test().pearson, 3)
    16.667
    """

    __slots__ = ("_brands", "_counts")

    def __init__(self, counts: ArrayLike | Any, brands: Iterable[Any] | None = None) -> None:
        values, columns = matrix_of("counts", counts)
        _core.check_counts(values)
        names = names_for("counts", len(values), brands, columns)
        self._counts, self._brands = values, names

    @classmethod
    def from_pairs(
        cls,
        table: Any,
        current: str = "from",
        following: str = "to",
        *,
        weight: str | None = None,
        brands: Iterable[Any] | None = None,
    ) -> TransitionCounts:
        """Count pairs of a table: in each row a brand bought and the one bought next.

        Parameters
        ----------
        table : DataFrame
            Of pandas, polars or pyarrow, or any table with the Arrow capsule interface.
        current, following : str
            The columns of the brand bought and of the one bought next.
        weight : str, optional
            The column that says how many pairs a row stands for.
        brands : sequence, optional
            The brands in the order of the matrix. By default the categories of a categorical column, or else all
            that occur, sorted.

        Examples
        --------
        >>> import pandas as pd
        >>> pairs = pd.DataFrame({"from": ["B", "A", "A"], "to": ["A", "A", "B"], "n": [5, 7, 2]})
        >>> TransitionCounts.from_pairs(pairs, weight="n").counts
        array([[7., 2.],
               [5., 0.]])
        """
        frame = frame_of(table)
        columns = {"from": column_of(frame, "from", current), "to": column_of(frame, "to", following)}
        names = brands_in(columns.values()) if brands is None else names_of(brands)
        pairs = [codes_of(argument, column, names) for argument, column in columns.items()]
        factor: Any = 1.0
        if weight is not None:
            factor = np.ascontiguousarray(column_of(frame, "weight", weight).to_numpy(), dtype=np.float64)
        return cls(square(_core.pair_counts(len(names), pairs[0], pairs[1], factor)), names)

    def __reduce__(self) -> tuple[Any, ...]:
        return TransitionCounts, (self._counts, self._brands)

    def __repr__(self) -> str:
        return f"TransitionCounts of {self._counts.sum():g} switches between {len(self._brands)} brands"

    @property
    def brands(self) -> list[Any]:
        """The names of the brands."""
        return list(self._brands)

    @property
    def counts(self) -> Floats:
        """The counts, k x k."""
        return self._counts.copy()

    def table(self, library: str = "pandas") -> Any:
        """Give the counts as a DataFrame of "pandas", "polars" or "pyarrow", with the brands as columns."""
        return labelled(self._counts, self._brands, library)

    def fit(self) -> MarkovFit:
        """Give the matrix under which the counts are likeliest, ``P_ij = n_ij / n_i``, with standard errors.

        Raises
        ------
        EmptyError
            With the row of a brand from which no switch was seen: leave the brand out, or give a prior.

        References
        ----------
        Anderson & Goodman 1957, "Statistical inference about Markov chains".
        """
        parts = _core.transition_fit(self._counts)
        for table in ("transition_matrix", "standard_errors"):
            parts[table] = square(parts[table])
        return MarkovFit(**parts, brands=self.brands)

    def posterior(self, prior: float | ArrayLike = 1.0) -> TransitionPosterior:
        """Give what is known of every row: Dirichlet with the counts and the counts in advance as parameters.

        Parameters
        ----------
        prior : float or array-like
            Counts in advance: one number for all pairs (1 is uniform over all matrices, 0.5 is Jeffreys' prior), one
            for each next brand (market shares times the number of purchases that they shall weigh as much as), or
            k x k of them.

        Raises
        ------
        OutOfRangeError
            For a negative prior, and with the row where a pair has neither a count nor a prior.
        """
        given: Any = prior
        if np.ndim(given) > 0:
            given = np.ascontiguousarray(given, dtype=np.float64)
        return TransitionPosterior(square(_core.posterior_parameters(self._counts, given)), self._brands)

    def independence_test(self) -> ChiSquareTest:
        """Test order 0 against order 1: that the next brand does not depend on the present one.

        Raises
        ------
        NoSolutionError
            Where fewer than two brands were left, or bought next.

        References
        ----------
        Anderson & Goodman 1957, section 3.
        """
        return ChiSquareTest(**_core.independence_test(self._counts))


def homogeneity_test(groups: Sequence[TransitionCounts]) -> ChiSquareTest:
    """Test that all groups switch by the same matrix. Groups are segments of customers, or periods of time.

    (groups - 1) k (k - 1) degrees of freedom, less what was never seen.

    References
    ----------
    Anderson & Goodman 1957, section 3.

    Examples
    --------
    >>> young = TransitionCounts([[30, 10], [20, 40]])
    >>> old = TransitionCounts([[45, 5], [10, 40]])
    >>> round(homogeneity_test([young, old]).pearson_p, 3)
    0.049
    """
    return ChiSquareTest(**_core.homogeneity_test([group.counts for group in items("groups", groups)]))


class PurchasePanel:
    """The purchases of a panel of customers, as sequences of brands in the order of time.

    A purchase is followed by the next one of the same customer, whenever it comes, unless ``longest_gap`` cuts. The
    first purchase of a customer is no switch.

    Parameters
    ----------
    table : DataFrame
        Of pandas, polars or pyarrow, or any table with the Arrow capsule interface; rows in any order.
    customer, time, brand : str
        Its columns. Times are whole numbers, dates or datetimes. Brands may be texts, numbers or categories.
    brands : sequence, optional
        The brands in the order of the matrix. By default the categories of a categorical column, or else all that
        occur, sorted.
    ties : Ties
        What two rows of one customer at the same time are: an error, or two purchases in the order of rows.
    longest_gap : int or timedelta, optional
        Two purchases further apart than this are no switch.

    Raises
    ------
    OutOfRangeError
        With the row: a brand that is not one of ``brands``, a time that a customer has twice.
    MissingValueError
        With the row.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({"customer": [7, 9, 7, 9, 7], "time": [1, 1, 2, 5, 8], "brand": [*"ABABB"]})
    >>> panel = PurchasePanel(log)
    >>> panel
    PurchasePanel of 5 purchases in 2 sequences, 2 brands
    >>> panel.counts().table()
         A    B
    A  1.0  1.0
    B  0.0  1.0
    """

    __slots__ = ("_brands", "_inputs", "_panel", "_times")

    def __init__(
        self,
        table: Any,
        customer: str = "customer",
        time: str = "time",
        brand: str = "brand",
        *,
        brands: Iterable[Any] | None = None,
        ties: Ties = Ties.REFUSE,
        longest_gap: int | dt.timedelta | None = None,
    ) -> None:
        frame = frame_of(table)
        customers = customers_of(column_of(frame, "customer", customer))
        times = Times(column_of(frame, "time", time))
        bought = column_of(frame, "brand", brand)
        self._brands = brands_in([bought]) if brands is None else names_of(brands)
        gap = None if longest_gap is None else times.distance("longest_gap", longest_gap)
        self._times = times
        codes = codes_of("brand", bought, self._brands)
        self._make(customers, times.values, codes, member("ties", Ties, ties), gap)

    def _make(self, customers: Integers, times: Integers, codes: Integers, ties: Ties, gap: int | None) -> None:
        self._inputs = (customers, times, codes, ties, gap)
        self._panel = _core.PurchasePanel(len(self._brands), customers, times, codes, ties.value, gap)

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (self._brands, self._times, self._inputs)

    def __repr__(self) -> str:
        purchases, sequences = self._panel.size()
        return f"PurchasePanel of {purchases} purchases in {sequences} sequences, {len(self._brands)} brands"

    @property
    def brands(self) -> list[Any]:
        """The names of the brands."""
        return list(self._brands)

    @property
    def purchases(self) -> int:
        """The number of purchases."""
        return self._panel.size()[0]

    @property
    def sequences(self) -> int:
        """The number of sequences: one per customer, and one more for each gap that cuts."""
        return self._panel.size()[1]

    def counts(self) -> TransitionCounts:
        """Count every pair of a purchase and the next one."""
        return TransitionCounts(square(self._panel.counts()), self._brands)

    def counts_by_period(self, boundaries: Sequence[Any]) -> list[TransitionCounts]:
        """Count by period of time: before the first boundary, between two, from the last one on.

        A switch belongs to the period of its second purchase.

        Parameters
        ----------
        boundaries : sequence
            Increasing whole numbers, or dates where times are dated.
        """
        periods = self._panel.counts_by_period(self._boundaries(boundaries))
        return [TransitionCounts(square(period), self._brands) for period in periods]

    def second_order_test(self) -> ChiSquareTest:
        """Test order 1 against order 2: that the next brand does not depend on the brand before the present one.

        If it does, one matrix forgets something. k (k - 1)^2 degrees of freedom, less what was never seen.

        References
        ----------
        Anderson & Goodman 1957, section 3.
        """
        return ChiSquareTest(**self._panel.second_order_test())

    def stationarity_test(self, boundaries: Sequence[Any]) -> ChiSquareTest:
        """Test that the customers switch by the same matrix in all periods of :meth:`counts_by_period`.

        References
        ----------
        Anderson & Goodman 1957, section 3.
        """
        return ChiSquareTest(**self._panel.stationarity_test(self._boundaries(boundaries)))

    def _boundaries(self, boundaries: Sequence[Any]) -> list[int]:
        return [self._times.place("boundaries", boundary) for boundary in items("boundaries", boundaries)]


def _remade(brands: list[Any], times: Times, inputs: tuple[Any, ...]) -> PurchasePanel:
    panel = object.__new__(PurchasePanel)
    panel._brands, panel._times = brands, times
    panel._make(*inputs)
    return panel
