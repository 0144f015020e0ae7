"""What customers are worth: how often they will buy, times what they spend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import narwhals as nw

from crm_core import _core
from crm_core._tables import frame_of
from crm_core.prediction._covariates import CovariateModel
from crm_core.prediction._fitted import Estimate, columns_of, over_columns
from crm_core.prediction._uncertainty import intervals_over, total_over

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from crm_core._tables import Table
    from crm_core.prediction._gamma_gamma import GammaGamma
    from crm_core.prediction._purchases import PurchaseModel

Numbers = Any
"""One number for all customers, or a column."""


@dataclass(frozen=True, slots=True)
class LifetimeValueModel:
    """A model of purchases and one of spend, which together give lifetime values.

    ``CLV = margin x expected spend per purchase x discounted purchases``. How often a customer buys and what it spends
    must not hang on each other: :attr:`GammaGamma.correlation_` shows whether they do. Margins, horizons and discount
    rates may be columns, one of each customer's own.

    Attributes
    ----------
    purchases : PurchaseModel or CovariateModel
        How often customers buy. With covariates, tables of customers hold them too.
    spend : GammaGamma
        What they spend per purchase.

    References
    ----------
    Fader, Hardie & Lee (2005), "RFM and CLV: using iso-value curves for customer base analysis", Journal of Marketing
    Research 42.

    Examples
    --------
    >>> from crm_core.ledger import Ledger, simulate
    >>> from crm_core.prediction import GammaGamma, ParetoNbd
    >>> log = simulate(2000, seed=1, library="polars")
    >>> customers = Ledger(log, customer="customer", time="time", amount="amount").summary(periods_per_unit=7)
    >>> model = LifetimeValueModel(ParetoNbd().fit(customers), GammaGamma().fit(customers))
    >>> valued = model.predict(customers, discount_rate=0.0027, margin=0.3, interval=0.95)
    >>> valued.columns[-3:]
    ['lifetime_value', 'lifetime_value_low', 'lifetime_value_high']
    >>> total = model.total(customers, discount_rate=0.0027, margin=0.3)
    >>> total.lower < total.estimate < total.upper
    True
    """

    purchases: PurchaseModel | CovariateModel
    spend: GammaGamma

    def predict(
        self,
        customers: Table,
        discount_rate: Numbers,
        *,
        horizon: Numbers = math.inf,
        margin: Numbers = 1.0,
        interval: float | None = None,
        frequency: str = "frequency",
        recency: str = "recency",
        age: str = "age",
        mean_spend: str = "mean_spend",
        spend_frequency: str | None = None,
    ) -> Any:
        """Add lifetime values to a table of customers.

        Parameters
        ----------
        customers : table
            One row per customer, as :meth:`crm_core.ledger.Ledger.summary` gives it.
        discount_rate : float or column
            Per unit of time.
        horizon : float or column
            How far to look, from the end of observation; by default without end.
        margin : float or column
            Part of the spend that remains.
        interval : float, optional
            The level of intervals for ``lifetime_value_low`` and ``lifetime_value_high``, by the delta method over the
            parameters of both models, whose fits are independent. They are symmetric in the logarithm.
        frequency, recency, age, mean_spend : str
            The names of the columns.
        spend_frequency : str, optional
            The column with the number of purchases that the mean spend is of, where it is not ``frequency``: one more
            if the mean includes the first purchase.

        Returns
        -------
        table
            The customers with ``lifetime_value``, in the caller's own kind.

        Raises
        ------
        DivergentError
            Where purchases without end have no finite value, or the expected spend has none.
        """
        frame = frame_of(customers, "customers")
        given = _customers(frame, frequency, recency, age, mean_spend, spend_frequency)
        given |= {"horizon": horizon, "discount_rate": discount_rate, "margin": margin}
        covariates, parts = self._parts(frame)
        if interval is None:
            evaluate = self._evaluation()

            def predict(values: dict[str, Any], out: NDArray[np.float64]) -> None:
                evaluate(*parts(values), out)

            added = {"lifetime_value": over_columns(predict, given | covariates)}
        else:
            model = self._uncertain()
            found = intervals_over(
                lambda values, out: model.intervals(*parts(values), interval, out), given | covariates
            )
            added = {
                "lifetime_value": found.estimate,
                "lifetime_value_low": found.lower,
                "lifetime_value_high": found.upper,
            }
        series = [nw.from_native(column, series_only=True).alias(name) for name, column in added.items()]
        return frame.with_columns(*series).to_native()

    def total(
        self,
        customers: Table,
        discount_rate: Numbers,
        *,
        horizon: Numbers = math.inf,
        margin: Numbers = 1.0,
        level: float = 0.95,
        draws: int | None = None,
        seed: int | None = None,
        frequency: str = "frequency",
        recency: str = "recency",
        age: str = "age",
        mean_spend: str = "mean_spend",
        spend_frequency: str | None = None,
    ) -> Estimate:
        """Give the lifetime value of all customers of a table together, with its interval.

        Parameters
        ----------
        customers, discount_rate, horizon, margin, frequency, recency, age, mean_spend, spend_frequency
            As of :meth:`predict`; without missing values.
        level : float
            With which probability the interval holds the truth.
        draws, seed : int, optional
            Take the interval from the sums under so many drawn parameters instead of the delta method: truer where
            sums are skewed.

        Raises
        ------
        MissingValueError
            For a row with a missing value.
        DivergentError
            As of :meth:`predict`, under the drawn parameters too.
        """
        frame = frame_of(customers, "customers")
        given = _customers(frame, frequency, recency, age, mean_spend, spend_frequency)
        given |= {"horizon": horizon, "discount_rate": discount_rate, "margin": margin}
        covariates, parts = self._parts(frame)
        model = self._uncertain()
        return total_over(lambda values, how: model.total(*parts(values), how), given | covariates, level, draws, seed)

    def _evaluation(self) -> Callable[..., None]:
        purchases, spend = self.purchases, _three(self.spend)
        if isinstance(purchases, CovariateModel):
            purchases._required()
            return partial(_core.covariate_lifetime_value, purchases._core_model, spend)
        return partial(_core.lifetime_value, purchases._model, spend)

    def _uncertain(self) -> Any:
        if isinstance(self.purchases, CovariateModel):
            return _core.UncertainCovariateLifetimeValue(self.purchases._uncertain(), self.spend._uncertain())
        return _core.UncertainLifetimeValue(self.purchases._uncertain(), self.spend._uncertain())

    def _parts(self, frame: nw.DataFrame[Any]) -> tuple[dict[str, Any], Callable[[dict[str, Any]], tuple[Any, ...]]]:
        """Give the covariates by name, and how all values become what the core takes."""
        if not isinstance(self.purchases, CovariateModel):
            return {}, lambda values: (_parts(values),)
        covariates, sides = self.purchases._sides(frame)
        return covariates, lambda values: (_parts(values), sides(values))


def _customers(
    frame: nw.DataFrame[Any], frequency: str, recency: str, age: str, mean_spend: str, spend_frequency: str | None
) -> dict[str, Any]:
    names = {"frequency": frequency, "recency": recency, "age": age}
    names |= {"spend_frequency": spend_frequency or frequency, "mean_spend": mean_spend}
    return columns_of(frame, names)


def _parts(values: dict[str, Any]) -> tuple[Any, ...]:
    history = (values["frequency"], values["recency"], values["age"])
    names = ("spend_frequency", "mean_spend", "horizon", "discount_rate", "margin")
    return history, *(values[name] for name in names)


def _three(spend: GammaGamma) -> tuple[float, float, float]:
    p, q, gamma = spend.parameters.values()
    return p, q, gamma
