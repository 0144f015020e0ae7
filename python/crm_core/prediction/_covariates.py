"""Models of purchases whose rates hang on covariates."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._columns import read
from crm_core._options import integer, items, member, number, wrong_type
from crm_core._tables import frame_of
from crm_core.errors import CrmError, MissingValueError, NoSolutionError, NotFoundError, OutOfRangeError, WrongTypeError
from crm_core.prediction._covariate_uncertainty import Asked, CovariateUncertainty, Sides
from crm_core.prediction._fitted import FitOptions, columns_of, option_parts, over_columns, required_columns
from crm_core.prediction._purchases import BgNbd, MbgNbd, ParetoNbd, PurchaseModel
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from numpy.typing import NDArray

    from crm_core._tables import Table

Numbers = Any
"""One number for all customers, or a column."""

_MODELS: dict[str, type[PurchaseModel]] = {model.__name__: model for model in (BgNbd, MbgNbd, ParetoNbd)}
_MOST_LEVELS = 100


class DropoutEffect(Category):
    """What covariates of dropout do to the probability p ~ Beta(a, b) of leaving after a purchase (BG/NBD, MBG/NBD)."""

    SEPARATE = "separate"
    """Coefficients of their own for both: ``a exp(gamma2'z)`` and ``b exp(gamma3'z)``, the form of Fader & Hardie."""
    ODDS = "odds"
    """One per covariate, of a alone: it multiplies the odds a / b of the mean of p; positive ones leave sooner."""
    COMMON = "common"
    """One per covariate for both, which leaves the mean of p as it is and changes how alike customers are."""


class CovariateModel(CovariateUncertainty):
    """A model of purchases in which what else is known of a customer moves its rates (Fader & Hardie 2007, note 019).

    Each customer has the parameters that its covariates z give it::

        Pareto/NBD           alpha_i = alpha exp(-gamma1'z)   beta_i = beta exp(-gamma2'z)
        BG/NBD and MBG/NBD   alpha_i = alpha exp(-gamma1'z)   a_i = a exp(gamma2'z)   b_i = b exp(gamma3'z)

    A positive coefficient of purchases is of customers who buy more often, by the factor ``exp(gamma)`` for each unit
    of the covariate; a positive one of dropout of the Pareto/NBD is of customers who leave sooner. ``alpha``, ``beta``,
    ``a`` and ``b`` are those of a customer whose covariates are all 0. With its parameters a customer's model is the
    plain one.

    Columns of numbers are taken as they are, Booleans as 0 and 1. A column of text or categories becomes one
    covariate of 0 and 1 for each of its values but the first in alphabetical order, with which the others are compared:
    ``region[south]``.

    The R package CLVTools has the same Pareto/NBD, and the BG/NBD with :attr:`DropoutEffect.COMMON`; PyMC-Marketing has
    both, with :attr:`DropoutEffect.SEPARATE`; ``purchase_coefficient_alpha`` there is ``purchase`` here.

    Parameters
    ----------
    model : type
        :class:`BgNbd`, :class:`MbgNbd` or :class:`ParetoNbd`.
    purchase, dropout : sequence of str
        The columns that the rate of purchases and dropout hang on. They may be the same, and one may be empty.
    dropout_effect : DropoutEffect
        What covariates of dropout do in the BG/NBD and the MBG/NBD.
    parameters : mapping of str to float, optional
        All parameters by name, where they are known: those of the plain model, then coefficients, ``purchase.online``,
        ``dropout.online`` (``dropout_a.online`` and ``dropout_b.online`` where a and b have their own).

    Examples
    --------
    >>> import polars as pl
    >>> known = {"r": 0.55, "alpha": 10.6, "s": 0.61, "beta": 11.7, "purchase.online": 0.7}
    >>> truth = CovariateModel(ParetoNbd, purchase=["online"], parameters=known)
    >>> customers = pl.DataFrame({"online": [i % 2 for i in range(2000)], "age": [52.0] * 2000})
    >>> made = truth.simulate(customers, seed=1)
    >>> model = CovariateModel(ParetoNbd, purchase=["online"]).fit(made)
    >>> estimate = model.estimates()["purchase.online"]
    >>> estimate.lower < 0.7 < estimate.upper
    True
    >>> model.predict(made, horizon=26).columns[-2:]
    ['probability_alive', 'expected_purchases']
    """

    _names = ("parameters",)
    _core_model: _core.CovariateModel

    def __init__(
        self,
        model: type[PurchaseModel],
        *,
        purchase: Sequence[str] = (),
        dropout: Sequence[str] = (),
        dropout_effect: DropoutEffect = DropoutEffect.SEPARATE,
        parameters: Mapping[str, float] | None = None,
    ) -> None:
        if model not in _MODELS.values():
            raise wrong_type("model", model, "BgNbd, MbgNbd or ParetoNbd")
        self._plain = model
        self._columns = {"purchase": _texts("purchase", purchase), "dropout": _texts("dropout", dropout)}
        if not self._columns["purchase"] and not self._columns["dropout"]:
            message = f"purchase: must name a column, or dropout must; without covariates take {model.__name__} itself"
            raise OutOfRangeError(message, argument="purchase")
        self._effect = member("dropout_effect", DropoutEffect, dropout_effect)
        self._levels: dict[str, list[str]] = {}
        self._parameters = self._report = None
        if parameters is not None:
            self._set(tuple(number(name, value) for name, value in parameters.items()))
            if list(parameters) != list(self.parameters):
                message = f"parameters: must be {', '.join(self.parameters)}, in this order"
                raise OutOfRangeError(message, argument="parameters")

    def _set(self, parameters: tuple[float, ...]) -> None:
        self._take(_core.CovariateModel(self._plain._kind, self._covariates(), list(parameters)))

    def _take(self, model: _core.CovariateModel) -> None:
        self._core_model = model
        self._parameters = tuple(value for _, value in model.parameters)

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by name: those of the plain model, then the coefficients."""
        self._required()
        return dict(self._core_model.parameters)

    def fit(
        self,
        customers: Table,
        *,
        frequency: str = "frequency",
        recency: str = "recency",
        age: str = "age",
        weights: str | None = None,
        covariate_penalty: float = 0.0,
        options: FitOptions | None = None,
    ) -> Self:
        """Find the parameters under which the data are likeliest.

        The search is over covariates that are standardised to mean 0 and variance 1, so that neither their units nor
        their zeros matter; what is reported is in the units of the table. The penalty and the prior of the options are
        of the parameters of a customer with mean covariates, and of coefficients times the standard deviations of
        their covariates.

        Parameters
        ----------
        customers : table
            One row per customer, with its history, as :meth:`crm_core.ledger.Ledger.summary` gives it, and its
            covariates.
        frequency, recency, age, weights : str
            The names of the columns. A row of weight w counts as w customers.
        covariate_penalty : float
            Lambda of a ridge on the coefficients alone: ``lambda / 2 * sum((gamma * standard deviation)^2)`` is added
            to ``-ln L / N``.
        options : FitOptions, optional
            Penalty, prior, starts, tolerance; plain maximum likelihood by default.

        Returns
        -------
        CovariateModel
            Itself, fitted.

        Raises
        ------
        NoSolutionError
            For a covariate that is the same for all customers, or determined by those before it; for data that cannot
            tell the parameters of the plain model.
        NotFoundError
            For a covariate that is no column of the table.
        MissingValueError, NotFiniteError, OutOfRangeError
            For a row that no customer can have, with argument, row and value.
        """
        names = {"frequency": frequency, "recency": recency, "age": age}
        if weights is not None:
            names["weights"] = weights
        frame = frame_of(customers, "customers")
        columns = required_columns(frame, names)
        before, self._levels = self._levels, self._levels_of(frame)
        try:
            model, report = _core.CovariateModel.fit(
                self._plain._kind,
                (columns[0], columns[1], columns[2]),
                columns[3] if weights is not None else None,
                self._covariates(),
                self._complete(frame),
                number("covariate_penalty", covariate_penalty),
                option_parts(options or FitOptions()),
            )
        except CrmError:
            self._levels = before  # an earlier fit stays as it is
            raise
        self._take(model)
        self._report = report
        return self

    def probability_alive(self, customers: Table, *, horizon: Numbers = 0, **history: str) -> Any:
        """Give the probability that each customer still is one, now or ``horizon`` from now.

        Here and below ``customers`` is a table with their histories and covariates; ``history`` names the columns
        ``frequency``, ``recency`` and ``age`` where they have other names. A column of the table's own kind comes back:
        null in, null out; NaN in, NaN out.
        """
        return self._predict("probability_alive", frame_of(customers, "customers"), history, horizon=horizon)

    def expected_purchases(self, customers: Table, horizon: Numbers, **history: str) -> Any:
        """Give the expected purchases in (T, T + horizon]."""
        return self._predict("expected_purchases", frame_of(customers, "customers"), history, horizon=horizon)

    def expected_purchases_of_new(self, customers: Table, horizon: Numbers) -> Any:
        """Give the expected purchases of customers whose first purchase is now; the table holds their covariates."""
        return self._predict("expected_purchases", frame_of(customers, "customers"), None, horizon=horizon)

    def purchase_probability(self, customers: Table, purchases: Numbers, horizon: Numbers, **history: str) -> Any:
        """Give the probability of exactly so many purchases in (T, T + horizon]."""
        more = {"horizon": horizon, "purchases": purchases}
        return self._predict("purchase_probability", frame_of(customers, "customers"), history, **more)

    def tail_probability(self, customers: Table, purchases: Numbers, horizon: Numbers, **history: str) -> Any:
        """Give the probability of so many purchases or more in (T, T + horizon]."""
        more = {"horizon": horizon, "purchases": purchases}
        return self._predict("tail_probability", frame_of(customers, "customers"), history, **more)

    def discounted_purchases(
        self, customers: Table, discount_rate: Numbers, *, horizon: Numbers = math.inf, **history: str
    ) -> Any:
        """Give the expected purchases in (T, T + horizon], each discounted by ``(1 + discount_rate)^-u`` at T + u.

        The rate is per unit of time. Without a horizon these are the discounted expected residual transactions (DERT).

        Raises
        ------
        DivergentError
            Where the sum has no finite value.
        """
        more = {"horizon": horizon, "discount_rate": discount_rate}
        return self._predict("discounted_purchases", frame_of(customers, "customers"), history, **more)

    def log_likelihood(self, customers: Table, **history: str) -> Any:
        """Give ln of the likelihood of each history."""
        return self._predict(None, frame_of(customers, "customers"), history)

    def predict(
        self, customers: Table, horizon: Numbers, *, discount_rate: Numbers | None = None, **history: str
    ) -> Any:
        """Add predictions to a table of customers.

        Parameters
        ----------
        customers : table
            One row per customer, with its history and its covariates, by the names that the model was made with.
        horizon : float or column
            How far to look, from the end of observation.
        discount_rate : float or column, optional
            Per unit of time; adds ``discounted_purchases``.
        **history : str
            The columns ``frequency``, ``recency`` and ``age`` where they have other names.

        Returns
        -------
        table
            The customers with ``probability_alive`` and ``expected_purchases``, in the caller's own kind.
        """
        frame = frame_of(customers, "customers")
        added = {
            "probability_alive": self._predict("probability_alive", frame, history),
            "expected_purchases": self._predict("expected_purchases", frame, history, horizon=horizon),
        }
        if discount_rate is not None:
            more = {"horizon": horizon, "discount_rate": discount_rate}
            added["discounted_purchases"] = self._predict("discounted_purchases", frame, history, **more)
        series = [nw.from_native(column, series_only=True).alias(name) for name, column in added.items()]
        return frame.with_columns(*series).to_native()

    def simulate(self, customers: Table, *, seed: int, age: str = "age") -> Any:
        """Draw what customers with these covariates and ages do.

        Customer i has stream i of the seed, so that more customers do not change the first ones.

        Returns
        -------
        table
            The customers with ``frequency`` and ``recency``, in the caller's own kind.
        """
        self._required()
        frame = frame_of(customers, "customers")
        (ages,) = required_columns(frame, {"age": age})
        seed = integer("seed", seed, least=0, greatest=2**64 - 1)
        made = self._core_model.simulate(ages, self._complete(frame), seed)
        series = [
            nw.new_series(name, values, nw.Float64(), backend=frame.implementation)
            for name, values in zip(("frequency", "recency"), made, strict=True)
        ]
        return frame.with_columns(*series).to_native()

    def _predict(
        self, prediction: str | None, frame: nw.DataFrame[Any], history: Mapping[str, str] | None, **more: Numbers
    ) -> Any:
        self._required()
        given, parts = self._asked(frame, history, more)

        def run(values: dict[str, Any], out: NDArray[np.float64]) -> None:
            customers, covariates, numbers = parts(values)
            if prediction is None:
                self._core_model.log_likelihood(customers, covariates, out)
            else:
                self._core_model.predict(prediction, customers, covariates, *numbers, out)

        return over_columns(run, given)

    def _asked(
        self, frame: nw.DataFrame[Any], history: Mapping[str, str] | None, numbers: Mapping[str, Numbers]
    ) -> tuple[dict[str, Any], Callable[[dict[str, Any]], Asked]]:
        values: dict[str, Any] = {"frequency": 0, "recency": 0, "age": 0}
        if history is not None:
            if unknown := set(history) - set(values):
                message = f"no such column of a history: {', '.join(sorted(unknown))}"
                raise TypeError(message)
            values = columns_of(frame, {name: history.get(name, name) for name in values})
        covariates, sides = self._sides(frame)

        def parts(values: dict[str, Any]) -> Asked:
            return (
                (values["frequency"], values["recency"], values["age"]),
                sides(values),
                (values["horizon"], values["purchases"], values["discount_rate"]),
            )

        return {**values, "horizon": 0, "purchases": 0, "discount_rate": 0, **numbers, **covariates}, parts

    def _sides(self, frame: nw.DataFrame[Any]) -> tuple[dict[str, Any], Callable[[dict[str, Any]], Sides]]:
        """Give all covariates by name, and how their values become those of purchases and of dropout."""
        sides = {side: [column for _, column in self._given(frame, side)] for side in self._columns}
        covariates = {
            f"{side}_covariates {place}": column for side in sides for place, column in enumerate(sides[side])
        }
        first = len(sides["purchase"])

        def split(values: dict[str, Any]) -> Sides:
            z = [values[name] for name in covariates]
            return z[:first], z[first:]

        return covariates, split

    def _complete(self, frame: nw.DataFrame[Any]) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
        purchase, dropout = (
            [_present(side, *column) for column in self._given(frame, side)] for side in ("purchase", "dropout")
        )
        return purchase, dropout

    def _covariates(self) -> tuple[list[str], list[str], str]:
        """Give the names of the covariates, as the core takes them."""

        def names(side: str) -> list[str]:
            expanded = []
            for column in self._columns[side]:
                levels = self._levels.get(column)
                expanded += [column] if levels is None else [f"{column}[{level}]" for level in levels[1:]]
            return expanded

        return names("purchase"), names("dropout"), self._effect.value

    def _levels_of(self, frame: nw.DataFrame[Any]) -> dict[str, list[str]]:
        """Give the values of the columns of text, in alphabetical order."""
        levels: dict[str, list[str]] = {}
        for side, columns in self._columns.items():
            for column in columns:
                series = _column(frame, side, column)
                if not _is_text(series):
                    continue
                found = sorted(set(series.drop_nulls().cast(nw.String()).to_list()))
                argument = f"{side}_covariates"
                if len(found) > _MOST_LEVELS:
                    message = f"{argument} is {column!r}: has {len(found)} values, must have {_MOST_LEVELS} or fewer"
                    raise OutOfRangeError(message, argument=argument, value=repr(column))
                if len(found) < 2:
                    message = f"{argument} is {column!r}: is the same for all customers: no coefficient can be told"
                    raise NoSolutionError(message, argument=argument, value=repr(column))
                levels[column] = found
        return levels

    def _given(self, frame: nw.DataFrame[Any], side: str) -> list[tuple[str, Any]]:
        """Give the covariates of a side with the names of their columns."""
        given: list[tuple[str, Any]] = []
        for column in self._columns[side]:
            series = _column(frame, side, column)
            levels = self._levels.get(column)
            if _is_text(series) != (levels is not None):
                needed = "numbers" if levels is None else "text"
                message = f"{side}_covariates is {column!r}: must hold {needed}, as in the fit"
                raise WrongTypeError(message, argument=f"{side}_covariates", value=repr(column))
            if levels is None:
                plain = series.cast(nw.Float64()) if series.dtype == nw.Boolean() else series
                given.append((column, plain.to_native()))
                continue
            texts = series.cast(nw.String())
            missing = series.is_null()
            unknown = (~missing & ~texts.is_in(levels)).to_list()
            if any(unknown):
                row = unknown.index(True)
                value = repr(texts[row])
                message = f"{side}_covariates (row {row}) is {value}: no value of {column!r} in the fit"
                raise NotFoundError(message, argument=f"{side}_covariates", row=row, value=value)
            for level in levels[1:]:
                flags = (texts == level).cast(nw.Float64())
                given.append((column, flags.zip_with(~missing, _nulls(flags)).to_native()))
        return given

    def __repr__(self) -> str:
        if self._parameters is None:
            return f"CovariateModel({self._plain.__name__})"
        values = ", ".join(f"{name}={value:.6g}" for name, value in self.parameters.items())
        return f"CovariateModel({self._plain.__name__}, {values})"

    def _state(self) -> dict[str, Any]:
        more = {
            "kind": self._plain.__name__,
            "columns": self._columns,
            "dropout_effect": self._effect.value,
            "levels": self._levels,
        }
        return {**super()._state(), **more}

    def _restore(self, state: dict[str, Any]) -> None:
        effect = DropoutEffect(state["dropout_effect"])
        CovariateModel.__init__(self, _MODELS[state["kind"]], **state["columns"], dropout_effect=effect)
        self._levels = state["levels"]
        if state["parameters"] is not None:
            self._set(tuple(state["parameters"]))
        report = state["report"]
        self._report = None if report is None else _core.FitReport.from_json(json.dumps(report))


def _texts(argument: str, values: Sequence[str]) -> list[str]:
    if isinstance(values, str):
        raise wrong_type(argument, values, "a sequence of column names")
    names = items(argument, values)
    for name in names:
        if not isinstance(name, str):
            raise wrong_type(argument, name, "the name of a column")
    if len(set(names)) < len(names):
        message = f"{argument}: must not name a column twice"
        raise OutOfRangeError(message, argument=argument)
    return names


def _column(frame: nw.DataFrame[Any], side: str, column: str) -> nw.Series[Any]:
    if column not in frame.columns:
        argument = f"{side}_covariates"
        message = f"{argument} is {column!r}: must be a column of the table"
        raise NotFoundError(message, argument=argument, value=repr(column))
    return frame[column]


def _is_text(series: nw.Series[Any]) -> bool:
    return isinstance(series.dtype, nw.String | nw.Categorical | nw.Enum)


def _nulls(like: nw.Series[Any]) -> nw.Series[Any]:
    """As many nulls."""
    return nw.new_series(like.name, [None] * len(like), nw.Float64(), backend=like.implementation)


def _present(side: str, name: str, column: Any) -> NDArray[np.float64]:
    """Give the numbers of a covariate without a missing value."""
    argument = f"{side}_covariates"
    try:
        return np.ascontiguousarray(read(argument, column).required(argument))
    except MissingValueError as error:
        message = f"{argument} (row {error.row}): is missing in the column {name!r}"
        raise MissingValueError(message, argument=argument, row=error.row) from None
