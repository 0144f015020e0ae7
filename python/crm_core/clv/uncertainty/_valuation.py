"""A value with all that it depends on, the matrix with its uncertainty, and values that are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from crm_core import _core
from crm_core._columns import is_column, read
from crm_core._options import integer, member
from crm_core.clv._chain_inputs import amount_of, last_period, owned, row_names
from crm_core.clv._customer_table import check_names, names_of, read_array, read_table
from crm_core.clv.switching import ShareRule
from crm_core.clv.uncertainty._results import (
    Bands,
    EntryRank,
    Gradient,
    InputDoubts,
    Lever,
    LeverInput,
    Ranking,
    RowRank,
    StandardError,
    Summary,
)
from crm_core.errors import LengthMismatchError, NotFoundError, OutOfRangeError, WrongTypeError

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from crm_core._columns import Number

    Floats: TypeAlias = NDArray[np.float64]

NO_DOUBTS = InputDoubts()


class MatrixEstimate:
    """A switching matrix, and how well each of its rows is known.

    The covariance of row a, independent of the other rows, is ``(diag(p) - p p') / m_a``.

    Examples
    --------
    >>> estimate = MatrixEstimate.from_counts([[40, 10], [3, 7]])
    >>> estimate.transition_matrix
    array([[0.8, 0.2],
           [0.3, 0.7]])
    >>> MatrixEstimate.from_posterior([[40, 10], [3, 7]]).known_by
    array([51., 11.])
    """

    __slots__ = ("_brands", "_estimate", "_inputs")

    _brands: list[Any] | None
    _estimate: _core.MatrixEstimate
    _inputs: tuple[str, Floats]

    def __init__(self) -> None:
        message = "MatrixEstimate is made by from_posterior or from_counts"
        raise TypeError(message)

    @classmethod
    def _made(cls, make: str, table: Floats, brands: list[Any] | None) -> MatrixEstimate:
        made = object.__new__(cls)
        made._estimate = getattr(_core.MatrixEstimate, make)(table)
        made._inputs, made._brands = (make, table.copy()), brands
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return MatrixEstimate._made, (*self._inputs, self._brands)

    def __repr__(self) -> str:
        return f"MatrixEstimate.{self._inputs[0]}(...) of {len(self.known_by)} brands"

    @classmethod
    def from_posterior(cls, posterior: Any) -> MatrixEstimate:
        """Take the mean of Dirichlet rows, whose covariance has ``m_a = A_a + 1``.

        Parameters
        ----------
        posterior : posterior of a switching matrix, or array-like or DataFrame, k x k
            The parameters of the rows, all greater than 0: prior counts plus counted switches; A_a is the sum of
            row a.
        """
        parameters = _parameters(posterior)
        return cls._made("from_posterior", read_table("parameters", parameters), names_of(parameters))

    @classmethod
    def from_counts(cls, counts: Any) -> MatrixEstimate:
        """Take the likeliest matrix, with the covariance of multinomial rows: ``m_a`` is the sum of row a.

        Parameters
        ----------
        counts : counted switches, or array-like or DataFrame, k x k
            How often a buyer of brand a bought brand b next.

        Raises
        ------
        EmptyError
            For a row of zeros.
        """
        table = getattr(counts, "counts", counts)
        return cls._made("from_counts", read_table("counts", table), names_of(table))

    @property
    def transition_matrix(self) -> Floats:
        """P."""
        return np.array(self._estimate.transition_matrix()).reshape(len(self.known_by), -1)

    @property
    def known_by(self) -> Floats:
        """``m_a`` of every row."""
        return np.array(self._estimate.known_by())


class Valuation:
    """All that the value of the brands depends on beside the switching matrix.

    Parameters
    ----------
    shares : array-like of k numbers
        The present shares S_0 of one customer or one market; they sum to one.
    contribution : float or array-like of k numbers
        pi, what a purchase contributes, of all brands or of each.
    purchases : float
        F, the expected purchases in a period over all brands.
    discount_rate : float or Decimal
        r, per period; greater than -1.
    horizon : int or math.inf
        T, the last period.
    purchases_per_period : float
        f, the purchases per period of the discount rate.
    brands : sequence of names, optional
        By which ``brand`` is found; without them brands are 0, 1, ...

    Examples
    --------
    >>> customer = Valuation([0.5, 0.3, 0.2], 300.0, discount_rate=0.1, horizon=1, brands=["A", "B", "C"])
    >>> gradient = customer.gradient([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]], brand="A")
    >>> round(gradient.value, 2)
    264.55
    >>> gradient.transition.round(1)
    array([[136.4,   0. ,   0. ],
           [ 81.8,   0. ,   0. ],
           [ 54.5,   0. ,   0. ]])
    >>> gradient.transition_along_simplex.round(1)
    array([[ 136.4, -119.3, -106.1],
           [  81.8,  -40.9,   -9.1],
           [  54.5,  -13.6,  -27.3]])
    """

    __slots__ = ("_brands", "_inputs", "_valuation")

    _brands: list[Any]
    _inputs: tuple[Any, ...]
    _valuation: _core.SwitchingValuation

    def __init__(
        self,
        shares: ArrayLike,
        contribution: ArrayLike,
        *,
        purchases: Number = 1.0,
        discount_rate: Number,
        horizon: float,
        purchases_per_period: Number = 1.0,
        brands: Sequence[Any] | None = None,
    ) -> None:
        now, value = read_array("shares", shares), amount_of("contribution", contribution)
        time = (discount_rate, purchases_per_period, last_period(horizon))
        self._make("of_customer", (now, purchases, value, time), row_names(shares) if brands is None else brands)

    @classmethod
    def of_portfolio(
        cls,
        shares: Any,
        contribution: ArrayLike,
        *,
        purchases: Any = 1.0,
        rule: ShareRule = ShareRule.SUM_TO_ONE,
        discount_rate: Number,
        horizon: float,
        purchases_per_period: Number = 1.0,
        brands: Sequence[Any] | None = None,
    ) -> Valuation:
        """Take all customers of a table together.

        Values are linear in ``F S_0``, so the sum of it over the customers takes the place of S_0, and F is 1.

        Parameters
        ----------
        shares : array-like or DataFrame, n x k
            The present shares of every customer; the columns of a DataFrame name the brands.
        purchases : float or column of n numbers
            F, of all customers or of each.
        rule : ShareRule
            Whether the shares of a customer must sum to one.

        Examples
        --------
        >>> customers = Valuation.of_portfolio(
        ...     [[1.0, 0.0], [0.5, 0.5]], 50.0, purchases=[1.0, 2.0], discount_rate=0.1, horizon=12
        ... )
        >>> round(customers.gradient([[0.8, 0.2], [0.3, 0.7]], brand=0).value, 2)
        721.56
        """
        made = object.__new__(cls)
        table, value = read_table("shares", shares), amount_of("contribution", contribution)
        factor = read("purchases", purchases).required("purchases") if is_column(purchases) else purchases
        sum_to_one = member("rule", ShareRule, rule) is ShareRule.SUM_TO_ONE
        time = (discount_rate, purchases_per_period, last_period(horizon))
        made._make(
            "of_portfolio", (table, factor, sum_to_one, value, time), names_of(shares) if brands is None else brands
        )
        return made

    def _make(self, make: str, inputs: tuple[Any, ...], brands: Sequence[Any] | None) -> None:
        self._inputs = (make, owned(inputs), None if brands is None else list(brands))
        self._valuation = getattr(_core.SwitchingValuation, make)(*inputs)
        count = self._valuation.brands()
        self._brands = list(range(count)) if brands is None else list(brands)
        if len(self._brands) != count:
            message = f"brands is of length {len(self._brands)}: must have length {count}"
            raise LengthMismatchError(message, argument="brands", value=f"of length {len(self._brands)}")

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, self._inputs

    def __repr__(self) -> str:
        return f"Valuation of {len(self._brands)} brands"

    @property
    def brands(self) -> list[Any]:
        """The names of the brands, or 0, 1, ..."""
        return list(self._brands)

    def gradient(
        self, transition_matrix: Any, *, brand: Hashable | None = None, weights: ArrayLike | None = None
    ) -> Gradient:
        """Give V and its derivatives by every input: exact, by reverse mode, at the cost of about three values.

        Parameters
        ----------
        transition_matrix : array-like or DataFrame, k x k
            P; every row sums to one.
        brand : name or int
            The brand whose value is meant.
        weights : array-like of k numbers
            Instead of ``brand``: the weights of the brands in V.
        """
        check_names("transition_matrix", names_of(transition_matrix), self._brands)
        weights = self._weights(brand, weights)
        found = self._valuation.gradient(read_table("transition_matrix", transition_matrix), weights)
        for name in ("transition", "transition_along_simplex"):
            found[name] = np.array(found[name]).reshape(len(self._brands), -1)
        for name in ("shares", "contribution"):
            found[name] = np.array(found[name])
        return Gradient(**found)

    def levers(
        self, transition_matrix: Any, *, brand: Hashable | None = None, weights: ArrayLike | None = None
    ) -> list[Lever]:
        """Give all inputs by what one percent of each does to V, the largest ``|x dV/dx|`` first.

        They are every ``P_ab``, ``S_0a`` and ``pi_a``, then F and r: k^2 + 2k + 2. Derivatives are those of
        :meth:`gradient`, which are exact; of probabilities and shares the others of their row give way in
        proportion, so that it still sums to what it does. A model of migration is one, too: with states for brands, the
        state of today as shares and rewards for contributions.

        Parameters
        ----------
        transition_matrix : array-like or DataFrame, k x k
            P; every row sums to one.
        brand : name or int
            The brand whose value is meant.
        weights : array-like of k numbers
            Instead of ``brand``: the weights of the brands in V.

        Examples
        --------
        What moves the value of A most? How many of its buyers stay, then how many buyers of B do not:

        >>> market = Valuation([0.5, 0.3, 0.2], 300.0, discount_rate=0.1, horizon=12, brands=["A", "B", "C"])
        >>> P = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]
        >>> for lever in market.levers(P, brand="A")[:5]:
        ...     print(lever.input, lever.brand, lever.next_brand, round(lever.derivative), round(lever.elasticity, 3))
        transition A A 1449 1.215
        transition B B -1055 -1.011
        contribution A None 3 1.0
        purchases None None 835 1.0
        discount_rate None None -3147 -0.377
        """
        check_names("transition_matrix", names_of(transition_matrix), self._brands)
        weights = self._weights(brand, weights)
        found = self._valuation.levers(read_table("transition_matrix", transition_matrix), weights)
        found["input"] = [LeverInput(name) for name in found["input"]]
        for place in ("brand", "next_brand"):
            found[place] = [None if at is None else self._brands[at] for at in found[place]]
        return [Lever(*row) for row in zip(*found.values(), strict=True)]

    def standard_error(
        self,
        estimate: MatrixEstimate,
        *,
        brand: Hashable | None = None,
        weights: ArrayLike | None = None,
        doubts: InputDoubts = NO_DOUBTS,
    ) -> StandardError:
        """Give the standard error of V, to first order (the delta method).

        ``Var V = sum over a of Var_a / m_a + (dV/dr)^2 sd_r^2 + Var_S + sum over j of (dV/dpi_j)^2 sd_j^2``, where
        ``Var_a`` is the variance of ``dV/dP_ab`` over row a. Trust it while V is nearly linear over the likely
        inputs; compare with :meth:`simulate`.

        Examples
        --------
        >>> customer = Valuation([1.0, 0.0], 100.0, discount_rate=0, horizon=1)
        >>> error = customer.standard_error(MatrixEstimate.from_posterior([[8, 2], [1, 3]]), brand=0)
        >>> round(error.value, 2), round(error.standard_error, 2)
        (180.0, 12.06)
        >>> [round(end, 1) for end in error.interval(0.95)]
        [156.4, 203.6]
        """
        self._check_estimate(estimate)
        found = self._valuation.standard_error(estimate._estimate, self._weights(brand, weights), _doubts(doubts))
        found["row_variance"] = np.array(found["row_variance"])
        return StandardError(**found)

    def ranking(
        self, estimate: MatrixEstimate, *, brand: Hashable | None = None, weights: ArrayLike | None = None
    ) -> Ranking:
        """Rank rows and entries of P by what they do to the standard error of V.

        What can be observed more of are purchases of a brand, that is, a row: another one takes ``V_a / m_a`` from
        the variance to first order, and for Dirichlet rows exactly so in expectation.

        Examples
        --------
        The buyers of A were watched 400 times, those of B only 20 times:

        >>> market = Valuation([0.5, 0.5], 100.0, discount_rate=0.1, horizon=12, brands=["A", "B"])
        >>> estimate = MatrixEstimate.from_posterior([[300, 100], [8, 12]])
        >>> ranking = market.ranking(estimate, brand="A")
        >>> [(row.brand, round(row.variance_share, 2)) for row in ranking.rows]
        [('B', 0.92), ('A', 0.08)]
        """
        self._check_estimate(estimate)
        error, rows, entries = self._valuation.ranking(estimate._estimate, self._weights(brand, weights))
        names = self._brands
        return Ranking(
            error,
            [RowRank(**row | {"brand": names[row["brand"]]}) for row in rows],
            [EntryRank(**entry | {at: names[entry[at]] for at in ("origin", "to")}) for entry in entries],
        )

    def simulate(
        self,
        posterior: Any,
        *,
        seed: int,
        draws: int = 10_000,
        doubts: InputDoubts = NO_DOUBTS,
    ) -> DrawnValues:
        """Draw the value of every brand for random inputs.

        Rows of P are Dirichlet, and so are the shares where they are in doubt; contributions are normal, and so is
        the discount rate, drawn again where it is -1 or less (0 or less without end; the values then have no mean:
        read quantiles). The same seed gives the same bits on any number of threads.

        Parameters
        ----------
        posterior : posterior of a switching matrix, or array-like or DataFrame, k x k
            The parameters of the rows of P, all greater than 0.
        seed : int
            Of the random numbers; draw b takes stream b.
        draws : int
            From 2 to 10,000,000.

        Examples
        --------
        >>> customer = Valuation([1.0, 0.0], 100.0, discount_rate=0, horizon=1)
        >>> drawn = customer.simulate([[8, 2], [1, 3]], seed=7)
        >>> summary = drawn.summary([0.05, 0.95], brand=0)
        >>> round(summary.mean), summary.quantiles.round()
        (180, array([157., 196.]))
        """
        return DrawnValues._made(self, read_table("parameters", _parameters(posterior)), _doubts(doubts), draws, seed)

    def bands(
        self,
        posterior: Any,
        *,
        seed: int,
        probabilities: ArrayLike = (0.05, 0.25, 0.5, 0.75, 0.95),
        brand: Hashable | None = None,
        weights: ArrayLike | None = None,
        draws: int = 10_000,
        doubts: InputDoubts = NO_DOUBTS,
    ) -> Bands:
        """Give V of the purchases up to each period t = 0, ..., T, over the draws of :meth:`simulate`.

        Examples
        --------
        >>> customer = Valuation([1.0, 0.0], 100.0, discount_rate=0.1, horizon=3)
        >>> bands = customer.bands([[8, 2], [1, 3]], brand=0, seed=7, probabilities=[0.05, 0.95])
        >>> bands.quantiles.round(-1)
        array([[100., 100.],
               [150., 190.],
               [190., 260.],
               [210., 330.]])
        """
        parameters = read_table("parameters", _parameters(posterior))
        wanted = read_array("probabilities", probabilities)
        rest = (_counts(draws, seed), self._weights(brand, weights), wanted)
        periods = self._valuation.bands(parameters, _doubts(doubts), *rest)
        columns = {name: np.array([period[name] for period in periods]) for name in ("mean", "standard_deviation")}
        return Bands(wanted, **columns, quantiles=np.array([period["quantiles"] for period in periods]))

    def _check_estimate(self, estimate: Any) -> None:
        if not isinstance(estimate, MatrixEstimate):
            message = f"estimate is of type {type(estimate).__name__}: must be a MatrixEstimate"
            raise WrongTypeError(message, argument="estimate", value=f"of type {type(estimate).__name__}")
        check_names("estimate", estimate._brands, self._brands)

    def _weights(self, brand: Hashable | None, weights: ArrayLike | None) -> Floats:
        return _weights_of(self._brands, brand, weights)


class DrawnValues:
    """The value of every brand in every random draw: made by :meth:`Valuation.simulate`."""

    __slots__ = ("_brands", "_drawn", "_inputs")

    _brands: list[Any]
    _drawn: _core.DrawnValues
    _inputs: tuple[Any, ...]

    def __init__(self) -> None:
        message = "DrawnValues is made by Valuation.simulate"
        raise TypeError(message)

    @classmethod
    def _made(cls, valuation: Valuation, parameters: Floats, doubts: Any, draws: int, seed: int) -> DrawnValues:
        made = object.__new__(cls)
        made._drawn = valuation._valuation.simulate(parameters, doubts, _counts(draws, seed))
        made._brands = valuation.brands
        made._inputs = (valuation, parameters.copy(), doubts, draws, seed)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        # The same seed draws the same bits again.
        return DrawnValues._made, self._inputs

    def __repr__(self) -> str:
        return f"DrawnValues: {self._drawn.draws()} draws of {len(self._brands)} brands"

    def to_numpy(self) -> Floats:
        """Give one row for each draw, one column for each brand."""
        values = np.empty((self._drawn.draws(), self._drawn.brands()))
        self._drawn.values(values)
        return values

    def summary(
        self,
        probabilities: ArrayLike = (0.05, 0.25, 0.5, 0.75, 0.95),
        *,
        brand: Hashable | None = None,
        weights: ArrayLike | None = None,
    ) -> Summary:
        """Give mean, standard deviation and quantiles of V.

        An equal-tailed interval of level 0.9 lies between the quantiles at 0.05 and 0.95. Quantiles are straight
        between order statistics (type 7 of Hyndman & Fan 1996).
        """
        wanted = read_array("probabilities", probabilities)
        found = self._drawn.summary(_weights_of(self._brands, brand, weights), wanted)
        return Summary(found["mean"], found["standard_deviation"], np.array(found["quantiles"]))


def _remade(make: str, inputs: tuple[Any, ...], brands: list[Any] | None) -> Valuation:
    made = object.__new__(Valuation)
    made._make(make, inputs, brands)
    return made


def _parameters(posterior: Any) -> Any:
    """Give the parameters of a posterior, or the table of them itself."""
    return getattr(posterior, "parameters", posterior)


def _doubts(doubts: Any) -> tuple[float, float | None, list[float]]:
    if not isinstance(doubts, InputDoubts):
        message = f"doubts is of type {type(doubts).__name__}: must be InputDoubts"
        raise WrongTypeError(message, argument="doubts", value=f"of type {type(doubts).__name__}")
    return doubts._values()


def _counts(draws: int, seed: int) -> tuple[int, int]:
    return integer("draws", draws, 0, 2**32 - 1), integer("seed", seed, 0, 2**64 - 1)


def _weights_of(brands: list[Any], brand: Hashable | None, weights: ArrayLike | None) -> Floats:
    if (brand is None) == (weights is None):
        message = "brand: must be given, or weights instead"
        raise OutOfRangeError(message, argument="brand")
    if weights is not None:
        return read_array("weights", weights)
    if brand not in brands:
        message = f"brand is {brand!r}: must be one of {', '.join(map(str, brands))}"
        raise NotFoundError(message, argument="brand", value=repr(brand))
    return np.array([float(name == brand) for name in brands])
