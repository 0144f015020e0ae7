"""What a model of purchases expects beside what customers did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._columns import is_column, read
from crm_core._options import LARGEST_INDEX, integer, number
from crm_core._tables import frame_of
from crm_core.prediction._fitted import over_columns, required_columns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from crm_core._tables import Table

    Floats = NDArray[np.float64]

__all__ = ["ConditionalExpectation", "ExpectedTracking", "FrequencyHistogram", "HoldoutError"]


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedTracking:
    """The repeat purchases that a model expects of a cohort, period by period.

    Attributes
    ----------
    incremental : array
        In each period.
    cumulative : array
        From the beginning of observation to the end of each period.
    """

    incremental: Floats
    cumulative: Floats


@dataclass(frozen=True, slots=True, eq=False)
class FrequencyHistogram:
    """How many customers made 0, 1, 2, ... repeat purchases, and how many a model expects.

    Attributes
    ----------
    actual, expected : array
        Customers with so many repeat purchases; the last place is of all with as many or more.
    """

    actual: Floats
    expected: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ConditionalExpectation:
    """Mean purchases in the holdout of those who made 0, 1, 2, ... repeat purchases before.

    Attributes
    ----------
    customers : array
        Customers with so many repeat purchases; the last place is of all with as many or more.
    actual, expected : array
        What they bought in the holdout, and what the model expects, in the mean; NaN where there are none.
    """

    customers: Floats
    actual: Floats
    expected: Floats


@dataclass(frozen=True, slots=True)
class HoldoutError:
    """How far the purchases that a model expects in a holdout are from those that came; errors are expected - actual.

    Attributes
    ----------
    customers : float
        The sum of the weights.
    actual, expected : float
        The purchases of all customers.
    bias : float
        The mean error.
    mean_absolute_error, root_mean_square_error : float
        MAE and RMSE over customers.
    of_total : float or None
        Expected of all less actual of all, as a share of actual; None if nobody bought.
    """

    customers: float
    actual: float
    expected: float
    bias: float
    mean_absolute_error: float
    root_mean_square_error: float
    of_total: float | None


class ModelChecks:
    """Checks of a model of purchases against what customers did."""

    @property
    def _model(self) -> _core.PurchaseModel:
        raise NotImplementedError

    def expected_tracking(
        self, starts: ArrayLike, periods: int, *, period: float = 1.0, weights: ArrayLike | None = None
    ) -> ExpectedTracking:
        """Give the expected repeat purchases of a cohort in each period.

        Of customers nothing is known but when they came: ``cumulative[k] = sum of w E[X(t - start)]`` over those with
        start < t, where t = (k + 1) period. The curve that it is drawn beside is
        :meth:`crm_core.ledger.Ledger.repeat_purchases`.

        Parameters
        ----------
        starts : column
            Time from the beginning of observation to each customer's first purchase, in the model's unit of time.
            The start of a customer of age T in an observation of length L is L - T.
        periods : int
            How many periods.
        period : float
            The length of one, in the model's unit of time.
        weights : column, optional
            How many customers each start stands for.

        Returns
        -------
        ExpectedTracking
            In each period, and from the beginning on.

        References
        ----------
        Fader, Hardie & Lee (2005), "Counting your customers" the easy way, section 4, Figures 3 and 4.

        Examples
        --------
        >>> from crm_core.prediction import BgNbd
        >>> model = BgNbd(r=0.2426, alpha=4.4136, a=0.7929, b=2.4258)
        >>> model.expected_tracking([0.0, 0.0, 1.5], periods=4).cumulative.round(3)
        array([0.106, 0.233, 0.38 , 0.519])
        """
        incremental, cumulative = _core.expected_tracking(
            self._model,
            _required("starts", starts),
            None if weights is None else _required("weights", weights),
            number("period", period),
            integer("periods", periods, greatest=LARGEST_INDEX),
        )
        return ExpectedTracking(np.array(incremental), np.array(cumulative))

    def frequency_histogram(
        self,
        customers: Table,
        *,
        most: int = 7,
        frequency: str = "frequency",
        recency: str = "recency",
        age: str = "age",
        weights: str | None = None,
    ) -> FrequencyHistogram:
        """Count customers by repeat purchases, beside the number that the model expects of customers as old.

        Parameters
        ----------
        customers : table
            One row per customer, as :meth:`crm_core.ledger.Ledger.summary` gives it.
        most : int
            The last place is of all with so many repeat purchases or more.
        frequency, recency, age, weights : str
            The names of the columns. A row of weight w counts as w customers.

        References
        ----------
        Fader, Hardie & Lee (2005), Figure 2.
        """
        names = {"frequency": frequency, "recency": recency, "age": age}
        x, t_x, t, *known = required_columns(frame_of(customers, "customers"), names | _named("weights", weights))
        actual, expected = _core.frequency_histogram(
            self._model, (x, t_x, t), known[0] if known else None, integer("most", most, greatest=LARGEST_INDEX)
        )
        return FrequencyHistogram(np.array(actual), np.array(expected))

    def conditional_expectation(
        self,
        customers: Table,
        duration: Any,
        *,
        most: int = 7,
        purchases: str = "holdout_frequency",
        frequency: str = "frequency",
        recency: str = "recency",
        age: str = "age",
        weights: str | None = None,
    ) -> ConditionalExpectation:
        """Give mean purchases in the holdout by purchases before, beside those that the model expects.

        Parameters
        ----------
        customers : table
            One row per customer, as :meth:`crm_core.ledger.Ledger.calibration_and_holdout` gives it.
        duration : float or column
            Length of the holdout.
        most : int
            The last place is of all with so many repeat purchases or more.
        purchases : str
            The column of purchases in the holdout.
        frequency, recency, age, weights : str
            The columns of the calibration. A row of weight w counts as w customers.

        References
        ----------
        Fader, Hardie & Lee (2005), Figure 5.
        """
        names = {"frequency": frequency, "recency": recency, "age": age, "purchases": purchases}
        parts = _holdout(customers, names, weights, duration)
        found = _core.conditional_expectation(self._model, parts, integer("most", most, greatest=LARGEST_INDEX))
        return ConditionalExpectation(*(np.array(column) for column in found))

    def holdout_error(
        self,
        customers: Table,
        duration: Any,
        *,
        purchases: str = "holdout_frequency",
        frequency: str = "frequency",
        recency: str = "recency",
        age: str = "age",
        weights: str | None = None,
    ) -> HoldoutError:
        """Tell how far predictions are off in a holdout, by customer and in total.

        Parameters are those of :meth:`conditional_expectation`.

        Examples
        --------
        >>> import polars as pl
        >>> from crm_core.prediction import BgNbd
        >>> table = pl.DataFrame({
        ...     "frequency": [2, 0], "recency": [30.43, 0.0], "age": [38.86, 38.86], "holdout_frequency": [1, 0]
        ... })
        >>> error = BgNbd(r=0.2426, alpha=4.4136, a=0.7929, b=2.4258).holdout_error(table, duration=39)
        >>> round(error.bias, 3), round(error.of_total, 3)
        (0.21, 0.421)
        """
        names = {"frequency": frequency, "recency": recency, "age": age, "purchases": purchases}
        return HoldoutError(**_core.holdout_error(self._model, _holdout(customers, names, weights, duration)))

    def probability_alive_history(self, purchases: ArrayLike, times: Any) -> Any:
        """Give P(alive) of one customer at each of ``times``, by what was known of it then.

        Parameters
        ----------
        purchases : column
            The times of all its purchases, the first one too, in rising order.
        times : float or column
            On the same clock as ``purchases``, in the model's unit of time; not before the first purchase.

        Examples
        --------
        >>> from crm_core.prediction import BgNbd
        >>> model = BgNbd(r=0.2426, alpha=4.4136, a=0.7929, b=2.4258)
        >>> model.probability_alive_history([2, 4, 9], [2, 9, 30]).round(3)
        array([1.   , 0.812, 0.294])
        """
        bought, model = _required("purchases", purchases), self._model
        column = times if is_column(times) else [number("times", times)]

        def predict(values: dict[str, Any], out: Floats) -> None:
            moments = np.ascontiguousarray(values["times"], dtype=np.float64)
            _core.probability_alive_history(model, bought, moments, out)

        found = over_columns(predict, {"times": column})
        return found if is_column(times) else float(found[0])


def _required(argument: str, column: Any) -> Floats:
    return np.ascontiguousarray(read(argument, column).required(argument))


def _named(argument: str, name: str | None) -> dict[str, str]:
    return {} if name is None else {argument: name}


def _holdout(customers: Table, names: dict[str, str], weights: str | None, duration: Any) -> Any:
    x, t_x, t, done, *known = required_columns(frame_of(customers, "customers"), names | _named("weights", weights))
    length = _required("duration", duration) if is_column(duration) else number("duration", duration)
    return (x, t_x, t), done, length, known[0] if known else None
