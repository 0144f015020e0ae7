"""A model for each cohort of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._options import wrong_type
from crm_core._tables import frame_of
from crm_core.errors import CrmError, MissingValueError, NotFoundError
from crm_core.prediction._fitted import FitOptions, columns_of, option_parts, over_columns, required_columns
from crm_core.prediction._purchases import PurchaseModel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from crm_core._tables import Table

ModelT = TypeVar("ModelT", bound=PurchaseModel)

Numbers = Any
"""One number for all customers, or a column."""


class CohortModels(Generic[ModelT]):
    """A model of purchases for each cohort: by year of acquisition, channel, country, ...

    Made by :func:`fit_cohorts`. A cohort that identifies no model is in :attr:`errors` and not in :attr:`models`; it
    does not spoil the others.

    Attributes
    ----------
    by : str
        The column that names the cohorts.
    models : mapping
        The fitted model of each cohort that has one.
    errors : mapping
        Why the others have none: nobody bought again, all customers are alike, or the search did not converge.
    customers : mapping
        How many customers each cohort has: the sum of the weights.
    """

    def __init__(
        self,
        by: str,
        models: Mapping[Any, ModelT],
        errors: Mapping[Any, CrmError],
        customers: Mapping[Any, float],
        core: _core.CohortFits,
    ) -> None:
        self.by = by
        self.models = dict(models)
        self.errors = dict(errors)
        self.customers = dict(customers)
        self._core = core

    def __repr__(self) -> str:
        return f"<CohortModels by {self.by!r}: {len(self.models)} fitted, {len(self.errors)} without a model>"

    def __getitem__(self, cohort: Any) -> ModelT:
        """Give the model of one cohort; raises what its fit raised."""
        if cohort in self.errors:
            raise self.errors[cohort]
        if cohort not in self.models:
            message = f"cohort is {cohort!r}: must be one that was fitted"
            raise NotFoundError(message, argument="cohort", value=repr(cohort))
        model: ModelT = self.models[cohort]
        return model

    def summary(self, level: float = 0.95, *, library: str = "pandas") -> Any:
        """Give a table of all parameters, a row for each cohort and parameter, and one for a cohort without a model.

        The columns are ``cohort``, ``customers``, ``outcome`` (a :class:`FitStatus`, or the kind of the error),
        ``log_likelihood``, ``parameter``, ``estimate``, ``standard_error``, ``lower``, ``upper``.

        Parameters
        ----------
        level : float
            Of the confidence intervals.
        library : str
            Which DataFrame to make: "pandas", "polars" or "pyarrow".
        """
        rows: list[tuple[Any, ...]] = []
        for cohort, customers in self.customers.items():
            if cohort in self.errors:
                rows.append((cohort, customers, str(self.errors[cohort].kind), None, None, None, None, None, None))
                continue
            model = self.models[cohort]
            for name, one in model.estimates(level).items():
                fit = (cohort, customers, model.status_.value, model.log_likelihood_)
                rows.append((*fit, name, one.estimate, one.standard_error, one.lower, one.upper))
        fit_columns = ("cohort", "customers", "outcome", "log_likelihood")
        names = (*fit_columns, "parameter", "estimate", "standard_error", "lower", "upper")
        columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
        return nw.from_dict(columns, backend=library).to_native()  # type: ignore[arg-type]

    def predict(
        self,
        customers: Table,
        horizon: Numbers,
        *,
        discount_rate: Numbers | None = None,
        frequency: str = "frequency",
        recency: str = "recency",
        age: str = "age",
    ) -> Any:
        """Add predictions to a table of customers, each by the model of its cohort.

        Parameters
        ----------
        customers : table
            One row per customer, with the column of cohorts.
        horizon : float or column
            How far to look, from the end of observation.
        discount_rate : float or column, optional
            Per unit of time; adds ``discounted_purchases``.

        Returns
        -------
        table
            The customers with ``probability_alive`` and ``expected_purchases``, in the caller's own kind; NaN where the
            cohort has no model.

        Raises
        ------
        NotFoundError
            For a cohort that was not fitted.
        """
        frame = frame_of(customers, "customers")
        places = {cohort: place for place, cohort in enumerate(self.customers)}
        codes = _codes(frame, self.by, places)
        history = dict(columns_of(frame, {"frequency": frequency, "recency": recency, "age": age}))

        def over(function: Callable[..., None], **more: Numbers) -> Any:
            def run(values: dict[str, Any], out: NDArray[np.float64]) -> None:
                columns = (values.pop("frequency"), values.pop("recency"), values.pop("age"))
                function(codes, columns, *values.values(), out)

            return over_columns(run, history | more)

        added = {
            "probability_alive": over(self._core.probability_alive, horizon=0.0),
            "expected_purchases": over(self._core.expected_purchases, horizon=horizon),
        }
        if discount_rate is not None:
            discounted = over(self._core.discounted_purchases, horizon=horizon, discount_rate=discount_rate)
            added["discounted_purchases"] = discounted
        series = [nw.from_native(column, series_only=True).alias(name) for name, column in added.items()]
        return frame.with_columns(*series).to_native()


def fit_cohorts(
    model: ModelT,
    customers: Table,
    by: str,
    *,
    frequency: str = "frequency",
    recency: str = "recency",
    age: str = "age",
    weights: str | None = None,
    options: FitOptions | None = None,
) -> CohortModels[ModelT]:
    """Fit a model to each cohort of customers by itself, in one call.

    Parameters
    ----------
    model : PurchaseModel
        Which model: ``BgNbd()``, ``ParetoNbd()``, ...
    customers : table
        One row per customer, as :meth:`crm_core.ledger.Ledger.summary` gives it, with a column of cohorts.
    by : str
        The column that names the cohorts: texts, numbers, dates; none of them missing.
    frequency, recency, age, weights : str
        The names of the columns. A row of weight w counts as w customers.
    options : FitOptions, optional
        As of :meth:`PurchaseModel.fit`. A prior gives small cohorts a model, too.

    Returns
    -------
    CohortModels
        What came of each cohort, in the order of their first rows.

    Raises
    ------
    MissingValueError, NotFiniteError, OutOfRangeError
        For a row that no customer can have, with argument, row and value. What one cohort cannot tell is its outcome.

    Examples
    --------
    >>> import polars as pl
    >>> from crm_core.ledger import Ledger, simulate
    >>> from crm_core.prediction import BgNbd, fit_cohorts
    >>> log = simulate(2000, seed=1, library="polars")
    >>> customers = Ledger(log, customer="customer", time="time", amount="amount").summary(periods_per_unit=7)
    >>> customers = customers.with_columns(early=pl.col("age") > 71)
    >>> fits = fit_cohorts(BgNbd(), customers, by="early")
    >>> fits
    <CohortModels by 'early': 2 fitted, 0 without a model>
    >>> predictions = fits.predict(customers, horizon=52)
    >>> predictions.columns[-2:]
    ['probability_alive', 'expected_purchases']
    """
    if not isinstance(model, PurchaseModel):
        raise wrong_type("model", model, "a PurchaseModel, as BgNbd()")
    frame = frame_of(customers, "customers")
    names = {"frequency": frequency, "recency": recency, "age": age}
    if weights is not None:
        names["weights"] = weights
    x, t_x, t, *known = required_columns(frame, names)
    places: dict[Any, int] = {}
    codes = _codes(frame, by, places, new=True)
    core = _core.CohortFits.fit(
        model._kind, codes, len(places), (x, t_x, t), known[0] if known else None, option_parts(options or FitOptions())
    )
    models: dict[Any, ModelT] = {}
    errors: dict[Any, CrmError] = {}
    for cohort, outcome in zip(places, core.outcomes(), strict=True):
        if isinstance(outcome, CrmError):
            errors[cohort] = outcome
        elif isinstance(outcome, tuple):
            models[cohort] = type(model)._fitted(*outcome)
    return CohortModels(by, models, errors, dict(zip(places, core.customers, strict=True)), core)


def _codes(frame: nw.DataFrame[Any], by: str, places: dict[Any, int], *, new: bool = False) -> NDArray[np.uint32]:
    """Give the number of each row's cohort; ``new`` ones are given the next number."""
    if by not in frame.columns:
        message = f"by is {by!r}: must be a column of the table"
        raise NotFoundError(message, argument="by", value=repr(by))
    codes = np.empty(len(frame), np.uint32)
    for row, cohort in enumerate(frame[by].to_list()):
        if cohort is None or cohort != cohort:
            message = f"{by} (row {row}): is missing"
            raise MissingValueError(message, argument=by, row=row)
        place = places.get(cohort)
        if place is None:
            if not new:
                message = f"{by} (row {row}) is {cohort!r}: must be a cohort that was fitted"
                raise NotFoundError(message, argument=by, row=row, value=repr(cohort))
            place = places[cohort] = len(places)
        codes[row] = place
    return codes
