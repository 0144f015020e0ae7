"""The models of purchases."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, Self

import narwhals as nw

from crm_core import _core
from crm_core._tables import frame_of
from crm_core.prediction._fitted import (
    FitOptions,
    columns_of,
    option_parts,
    over_columns,
    required_columns,
    whole_or_required,
)
from crm_core.prediction._plots import ModelPlots
from crm_core.prediction._purchase_uncertainty import PurchaseUncertainty
from crm_core.prediction._uncertainty import PurchasePrediction

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from crm_core._tables import Table

Numbers = Any
"""One number for all customers, or a column."""


class PurchaseModel(PurchaseUncertainty, ModelPlots):
    """What the models of purchases share.

    Customers are given by frequency x, recency t_x and age T, in the time unit that the model was fitted in; each is a
    column or one number for all. Without them, a prediction is for a new customer, whose first purchase is now.
    Horizons count from the end of observation, T. Columns of any kind come back as the same kind: null in, null out;
    NaN in, NaN out; what the model forbids is an error that names argument, row and value.
    """

    _kind: ClassVar[str]

    def _set(self, parameters: tuple[float, ...]) -> None:
        self._core_model = _core.PurchaseModel(self._kind, list(parameters))
        super()._set(parameters)

    def fit(
        self,
        customers: Table,
        *,
        frequency: str = "frequency",
        recency: str = "recency",
        age: str = "age",
        weights: str | None = None,
        options: FitOptions | None = None,
    ) -> Self:
        """Find the parameters under which the data are likeliest.

        Rows with equal (frequency, recency, age) are counted together, so that large tables cost little more than
        their different rows.

        Parameters
        ----------
        customers : table
            One row per customer, as :meth:`crm_core.ledger.Ledger.summary` gives it.
        frequency, recency, age, weights : str
            The names of the columns. A row of weight w counts as w customers.
        options : FitOptions, optional
            Penalty, prior, starts, tolerance; plain maximum likelihood by default.

        Returns
        -------
        PurchaseModel
            Itself, fitted.

        Raises
        ------
        NoSolutionError
            For data that cannot tell the parameters: no repeat purchase at all, a single customer.
        MissingValueError, NotFiniteError, OutOfRangeError
            For a row that no customer can have, with argument, row and value.
        """
        names = {"frequency": frequency, "recency": recency, "age": age}
        frame = frame_of(customers, "customers")
        x, t_x, t = whole_or_required(frame, names)
        known = None if weights is None else required_columns(frame, {"weights": weights})[0]
        model, report = _core.PurchaseModel.fit(
            self._kind, (x, t_x, t), len(frame), known, option_parts(options or FitOptions())
        )
        self._take(model, report)
        return self

    def _take(self, model: _core.PurchaseModel, report: _core.FitReport) -> None:
        """Become what was fitted."""
        self._core_model, self._report = model, report
        self._parameters = tuple(value for _, value in model.parameters)

    @classmethod
    def _fitted(cls, model: _core.PurchaseModel, report: _core.FitReport) -> Self:
        made = cls()
        made._take(model, report)
        return made

    def probability_alive(
        self, frequency: Numbers = 0, recency: Numbers = 0, age: Numbers = 0, *, horizon: Numbers = 0
    ) -> Any:
        """Give the probability that the customer still is one, now or ``horizon`` from now."""
        return self._evaluate(self._model.probability_alive, frequency, recency, age, horizon=horizon)

    def expected_purchases(
        self, horizon: Numbers, frequency: Numbers = 0, recency: Numbers = 0, age: Numbers = 0
    ) -> Any:
        """Give the expected purchases in (T, T + horizon]."""
        return self._evaluate(self._model.expected_purchases, frequency, recency, age, horizon=horizon)

    def purchase_probability(
        self, purchases: Numbers, horizon: Numbers, frequency: Numbers = 0, recency: Numbers = 0, age: Numbers = 0
    ) -> Any:
        """Give the probability of exactly so many purchases in (T, T + horizon]."""
        more = {"purchases": purchases, "horizon": horizon}
        return self._evaluate(self._model.purchase_probability, frequency, recency, age, **more)

    def tail_probability(
        self, purchases: Numbers, horizon: Numbers, frequency: Numbers = 0, recency: Numbers = 0, age: Numbers = 0
    ) -> Any:
        """Give the probability of so many purchases or more in (T, T + horizon]."""
        more = {"purchases": purchases, "horizon": horizon}
        return self._evaluate(self._model.tail_probability, frequency, recency, age, **more)

    def discounted_purchases(
        self,
        discount_rate: Numbers,
        frequency: Numbers = 0,
        recency: Numbers = 0,
        age: Numbers = 0,
        *,
        horizon: Numbers = math.inf,
    ) -> Any:
        """Give the expected purchases in (T, T + horizon], each discounted by ``(1 + discount_rate)^-u`` at T + u.

        The rate is per unit of time. Without a horizon these are the discounted expected residual transactions
        (DERT); times the margin per purchase, the lifetime value that is left.

        Raises
        ------
        DivergentError
            Where the sum has no finite value: a discount rate of 0 without a horizon, for most parameters.
        """
        more = {"horizon": horizon, "discount_rate": discount_rate}
        return self._evaluate(self._model.discounted_purchases, frequency, recency, age, **more)

    def log_likelihood(self, frequency: Numbers, recency: Numbers, age: Numbers) -> Any:
        """Give ln of the likelihood of each history."""
        return self._evaluate(self._model.log_likelihood, frequency, recency, age)

    def predict(
        self,
        customers: Table,
        horizon: Numbers,
        *,
        discount_rate: Numbers | None = None,
        interval: float | None = None,
        frequency: str = "frequency",
        recency: str = "recency",
        age: str = "age",
    ) -> Any:
        """Add predictions to a table of customers.

        Parameters
        ----------
        customers : table
            One row per customer, as :meth:`crm_core.ledger.Ledger.summary` gives it.
        horizon : float or column
            How far to look, from the end of observation.
        discount_rate : float or column, optional
            Per unit of time; adds ``discounted_purchases``.
        interval : float, optional
            The level of intervals: adds ``..._low`` and ``..._high`` for each prediction, as :meth:`interval` gives
            them.

        Returns
        -------
        table
            The customers with ``probability_alive`` and ``expected_purchases``, in the caller's own kind.
        """
        frame = frame_of(customers, "customers")
        history = columns_of(frame, {"frequency": frequency, "recency": recency, "age": age})
        added: dict[str, Any] = {}
        asked: dict[str, dict[str, Any]] = {"probability_alive": {}, "expected_purchases": {"horizon": horizon}}
        if discount_rate is not None:
            asked["discounted_purchases"] = {"horizon": horizon, "discount_rate": discount_rate}
        for name, numbers in asked.items():
            if interval is None:
                added[name] = getattr(self, name)(**history, **numbers)
            else:
                found = self.interval(PurchasePrediction(name), level=interval, **history, **numbers)
                added |= {name: found.estimate, f"{name}_low": found.lower, f"{name}_high": found.upper}
        series = [nw.from_native(column, series_only=True).alias(name) for name, column in added.items()]
        return frame.with_columns(*series).to_native()

    @property
    def _model(self) -> _core.PurchaseModel:
        self._required()
        return self._core_model

    @staticmethod
    def _evaluate(
        predict: Callable[..., None], frequency: Numbers, recency: Numbers, age: Numbers, **more: Numbers
    ) -> Any:
        def run(values: dict[str, Any], out: NDArray[np.float64]) -> None:
            history = (values.pop("frequency"), values.pop("recency"), values.pop("age"))
            predict(history, *values.values(), out)

        return over_columns(run, {"frequency": frequency, "recency": recency, "age": age, **more})


class BgNbd(PurchaseModel):
    """The BG/NBD model (Fader, Hardie & Lee 2005, "Counting your customers" the easy way).

    A customer buys at a rate lambda ~ Gamma(r, alpha) and leaves after each repeat purchase with a probability
    p ~ Beta(a, b).

    Parameters
    ----------
    r, alpha, a, b : float, optional
        The parameters, where they are known: all of them or none. ``alpha`` has the unit of time.

    Examples
    --------
    >>> model = BgNbd(r=0.2426, alpha=4.4136, a=0.7929, b=2.4258)
    >>> round(model.expected_purchases(39, 2, 30.43, 38.86), 3)
    1.226
    >>> round(model.expected_purchases(52), 3)
    1.444
    """

    _kind = "bg_nbd"
    _names = ("r", "alpha", "a", "b")

    def __init__(
        self, r: float | None = None, alpha: float | None = None, a: float | None = None, b: float | None = None
    ) -> None:
        self._known({"r": r, "alpha": alpha, "a": a, "b": b})


class MbgNbd(PurchaseModel):
    """The MBG/NBD model (Batislam, Denizel & Filiztekin 2007).

    The BG/NBD, but a customer may leave after the first purchase, too.

    Parameters
    ----------
    r, alpha, a, b : float, optional
        As of :class:`BgNbd`.

    Examples
    --------
    >>> model = MbgNbd(r=0.525, alpha=6.183, a=0.891, b=1.614)
    >>> 0 < model.probability_alive(0, 0, 39) < 1
    True
    """

    _kind = "mbg_nbd"
    _names = ("r", "alpha", "a", "b")

    def __init__(
        self, r: float | None = None, alpha: float | None = None, a: float | None = None, b: float | None = None
    ) -> None:
        self._known({"r": r, "alpha": alpha, "a": a, "b": b})


class ParetoNbd(PurchaseModel):
    """The Pareto/NBD model (Schmittlein, Morrison & Colombo 1987, "Counting your customers").

    A customer buys at a rate lambda ~ Gamma(r, alpha) and leaves at any time, at a rate mu ~ Gamma(s, beta).

    Parameters
    ----------
    r, alpha, s, beta : float, optional
        The parameters, where they are known: all of them or none. ``alpha`` and ``beta`` have the unit of time.

    Examples
    --------
    >>> model = ParetoNbd(r=0.5533, alpha=10.5776, s=0.6062, beta=11.6679)
    >>> round(model.probability_alive(26, 30.86, 31), 5)
    0.99792
    >>> round(model.expected_purchases(52, 26, 30.86, 31), 3)
    25.457
    """

    _kind = "pareto_nbd"
    _names = ("r", "alpha", "s", "beta")

    def __init__(
        self, r: float | None = None, alpha: float | None = None, s: float | None = None, beta: float | None = None
    ) -> None:
        self._known({"r": r, "alpha": alpha, "s": s, "beta": beta})


class BgBb(PurchaseModel):
    """The BG/BB model of purchases at discrete opportunities (Fader, Hardie & Shang 2010).

    A customer buys at each opportunity with a probability p ~ Beta(alpha, beta), and leaves before each with
    a probability theta ~ Beta(gamma, delta). Recency, age and horizon are numbers of opportunities; discount rates are
    per opportunity.

    Parameters
    ----------
    alpha, beta, gamma, delta : float, optional
        The parameters, where they are known: all of them or none.

    Examples
    --------
    >>> model = BgBb(alpha=1.2035, beta=0.7497, gamma=0.6567, delta=2.7834)
    >>> round(model.expected_purchases(5, 6, 6, 6), 2)
    3.75
    """

    _kind = "bg_bb"
    _whole_time = True
    _names = ("alpha", "beta", "gamma", "delta")

    def __init__(
        self,
        alpha: float | None = None,
        beta: float | None = None,
        gamma: float | None = None,
        delta: float | None = None,
    ) -> None:
        self._known({"alpha": alpha, "beta": beta, "gamma": gamma, "delta": delta})
