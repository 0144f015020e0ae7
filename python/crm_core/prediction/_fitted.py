"""What all fitted models share: options, the report of a fit, files."""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._columns import check_aligned, is_column, missing_in, read
from crm_core._options import LARGEST_INDEX, integer, number, wrong_type
from crm_core.errors import CrmError, NotFoundError, UnreadableError
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike

    from numpy.typing import NDArray


class FitStatus(Category):
    """Whether the likelihood has a maximum among the models."""

    CONVERGED = "converged"
    """It has: the gradient vanishes and the Hessian is positive definite."""
    BOUNDARY = "boundary"
    """It has none: it grows, or stays, while a parameter goes to 0 or without bound.

    Predictions are those of the limit; standard errors are NaN. A prior gives a maximum.
    """


@dataclass(frozen=True, slots=True)
class Prior:
    """Independent log-normal priors of the parameters: ``ln theta ~ Normal(ln median, deviation^2)``.

    Attributes
    ----------
    medians : sequence of float, optional
        In the order of the parameters. By default 1 for shapes and, for rates, which have the unit of time, what the
        data say of their size: the same data in days and in weeks give the same fit.
    deviation : float
        Standard deviation of the logarithms.
    """

    medians: Sequence[float] | None = None
    deviation: float = 2.0


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How a model is fitted; plain maximum likelihood by default.

    Attributes
    ----------
    penalty : float
        Lambda of a ridge on the logarithms of the parameters: ``lambda / 2 * sum((ln theta - ln theta_0)^2)`` is added
        to ``-ln L / N``, around the default medians of :class:`Prior`.
    prior : Prior, optional
        For a maximum a posteriori.
    starts : int
        From how many starting points, the best of several, to search to the end.
    max_iterations : int
        Steps of one search at most.
    tolerance : float
        Norm of the gradient of ``-ln L / N`` by the logarithms of the parameters at which a fit has converged.
    """

    penalty: float = 0.0
    prior: Prior | None = None
    starts: int = 1
    max_iterations: int = 200
    tolerance: float = 1e-9

    def _parts(self) -> dict[str, Any]:
        prior = None
        if self.prior is not None:
            medians = self.prior.medians
            prior = {
                "medians": None if medians is None else [number("medians", median) for median in medians],
                "deviation": number("deviation", self.prior.deviation),
            }
        return {
            "penalty": number("penalty", self.penalty),
            "prior": prior,
            "starts": integer("starts", self.starts, least=1, greatest=LARGEST_INDEX),
            "max_iterations": integer("max_iterations", self.max_iterations, least=1, greatest=LARGEST_INDEX),
            "tolerance": number("tolerance", self.tolerance),
        }


def option_parts(options: FitOptions) -> dict[str, Any]:
    """Give the options as the core reads them."""
    if not isinstance(options, FitOptions):
        raise wrong_type("options", options, "FitOptions")
    return options._parts()


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its uncertainty: a parameter, or the sum of predictions.

    Attributes
    ----------
    estimate : float
        The fitted value.
    standard_error : float
        By the delta method from that of the logarithm, or of replicates their standard deviation.
    lower, upper : float
        The confidence interval, which is symmetric for the logarithm, or of replicates their percentiles.
    """

    estimate: float
    standard_error: float
    lower: float
    upper: float


def columns_of(frame: nw.DataFrame[Any], names: dict[str, str]) -> dict[str, Any]:
    """Give columns of the table's own kind by argument; ``names`` are those of the columns."""
    for argument, name in names.items():
        if not isinstance(name, Hashable):
            raise wrong_type(argument, name, "the name of a column")
        if name not in frame.columns:
            message = f"{argument} is {name!r}: must be a column of the table"
            raise NotFoundError(message, argument=argument, value=repr(name))
    return {argument: frame[name].to_native() for argument, name in names.items()}


def whole_or_required(frame: nw.DataFrame[Any], names: dict[str, str]) -> list[NDArray[Any]]:
    """Give columns without a missing value, ``int64`` as they are."""
    columns = {argument: read(argument, column) for argument, column in columns_of(frame, names).items()}
    return [
        column.numbers if column.numbers.dtype == np.int64 else column.required(argument)
        for argument, column in columns.items()
    ]


def required_columns(frame: nw.DataFrame[Any], names: dict[str, str]) -> list[NDArray[np.float64]]:
    """Give columns without a missing value, contiguous."""
    columns = columns_of(frame, names).items()
    return [np.ascontiguousarray(read(argument, column).required(argument)) for argument, column in columns]


FittedT = TypeVar("FittedT", bound="Fitted")


class Fitted:
    """A model whose parameters are given, or fitted to data.

    Attributes are read after a fit: ``log_likelihood_``, ``aic_``, ``bic_``, ``customers_`` (the sum of the weights),
    ``iterations_``, ``gradient_norm_`` and ``status_``, a :class:`FitStatus`.
    """

    _names: ClassVar[tuple[str, ...]]
    _parameters: tuple[float, ...] | None
    _report: _core.FitReport | None

    def _known(self, given: dict[str, float | None]) -> None:
        """Take the parameters, all of them or none."""
        self._report = None
        if all(value is None for value in given.values()):
            self._parameters = None
            return
        for name, value in given.items():
            if value is None:
                raise wrong_type(name, value, "a number, as the other parameters")
        self._set(tuple(number(name, value) for name, value in given.items()))

    def _set(self, parameters: tuple[float, ...]) -> None:
        """Keep the parameters; a model checks them here."""
        self._parameters = parameters

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by name."""
        return dict(zip(self._names, self._required(), strict=True))

    def _required(self) -> tuple[float, ...]:
        if self._parameters is None:
            kind = type(self).__name__
            message = f"{kind} has no parameters: fit it, or give {', '.join(self._names)}"
            raise CrmError(message)
        return self._parameters

    @property
    def report_(self) -> _core.FitReport:
        """What the core says of the fit."""
        if self._report is None:
            message = f"{type(self).__name__} was not fitted: call fit first"
            raise CrmError(message)
        return self._report

    @property
    def log_likelihood_(self) -> float:
        """Ln L at the estimates, without penalty and prior."""
        return self.report_.log_likelihood

    @property
    def aic_(self) -> float:
        """Akaike's information criterion."""
        return self.report_.aic

    @property
    def bic_(self) -> float:
        """The Bayesian information criterion."""
        return self.report_.bic

    @property
    def customers_(self) -> float:
        """The number of customers fitted to: the sum of the weights."""
        return self.report_.customers

    @property
    def iterations_(self) -> int:
        """Steps of the search."""
        return self.report_.iterations

    @property
    def gradient_norm_(self) -> float:
        """Norm of the gradient of ``-ln L / N`` by the logarithms of the parameters."""
        return self.report_.gradient_norm

    @property
    def status_(self) -> FitStatus:
        """Whether this is a maximum."""
        return FitStatus(self.report_.status)

    def covariance(self) -> NDArray[np.float64]:
        """Give the covariance matrix of the parameters, by the delta method."""
        size = len(self.report_.names)
        return np.array(self.report_.covariance()).reshape(size, size)

    def estimates(self, level: float = 0.95) -> dict[str, Estimate]:
        """Give each parameter with its standard error and its confidence interval."""
        parts = self.report_.intervals(level)
        return {str(part.pop("name")): Estimate(**part) for part in parts}

    def summary(self, level: float = 0.95, *, library: str = "pandas") -> Any:
        """Give a table of the parameters: ``parameter``, ``estimate``, ``standard_error``, ``lower``, ``upper``.

        Parameters
        ----------
        level : float
            Of the confidence intervals.
        library : str
            Which DataFrame to make: "pandas", "polars" or "pyarrow".
        """
        rows = self.estimates(level)
        columns: dict[str, Any] = {"parameter": list(rows)}
        for name in ("estimate", "standard_error", "lower", "upper"):
            columns[name] = [getattr(row, name) for row in rows.values()]
        return nw.from_dict(columns, backend=library).to_native()  # type: ignore[arg-type]

    def __repr__(self) -> str:
        if self._parameters is None:
            return f"{type(self).__name__}()"
        values = ", ".join(f"{name}={value:.6g}" for name, value in self.parameters.items())
        return f"{type(self).__name__}({values})"

    def _state(self) -> dict[str, Any]:
        report = None if self._report is None else json.loads(self._report.to_json())
        return {"model": type(self).__name__, "parameters": self._parameters, "report": report}

    def _restore(self, state: dict[str, Any]) -> None:
        parameters, report = state["parameters"], state["report"]
        self._known(dict(zip(self._names, parameters or [None] * len(self._names), strict=True)))
        self._report = None if report is None else _core.FitReport.from_json(json.dumps(report))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self._state())

    def save(self, path: str | PathLike[str]) -> None:
        """Write the model, with the report of its fit, as JSON."""
        Path(path).write_text(json.dumps(self._state(), indent=2), encoding="utf-8")

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read a model that :meth:`save` wrote.

        Raises
        ------
        UnreadableError
            If the file is not such a model.
        """
        try:
            state = json.loads(Path(path).read_text(encoding="utf-8"))
            kind = state["model"]
            if kind != cls.__name__:
                message = f"path is {str(path)!r}: must hold a {cls.__name__}, and holds a {kind}"
                raise UnreadableError(message, argument="path", value=repr(str(path)))
            return _restored(cls, state)
        except (ValueError, KeyError, TypeError) as error:
            if isinstance(error, CrmError):
                raise
            message = f"path is {str(path)!r}: must hold a model that was saved ({error})"
            raise UnreadableError(message, argument="path", value=repr(str(path))) from None


def _restored(kind: type[FittedT], state: dict[str, Any]) -> FittedT:
    model = kind.__new__(kind)
    model._restore(state)
    return model


def over_columns(predict: Callable[..., None], given: dict[str, Any]) -> Any:
    """Predict for columns and numbers for all rows; the result is a column of the user's own kind, or a number.

    ``predict`` takes the values by name and the array of results.
    """
    (result,) = results_over_columns(predict, given, 1)
    return result


def results_over_columns(predict: Callable[..., None], given: dict[str, Any], results: int) -> list[Any]:
    """Do as :func:`over_columns` with a ``predict`` that takes several arrays of results."""
    columns = {name: read(name, value) for name, value in given.items() if is_column(value)}
    check = columns or {"rows": read("rows", [0.0])}
    check_aligned(check)
    leader = max(check.values(), key=lambda column: column.rank)
    out = [np.empty(len(leader)) for _ in range(results)]
    predict({name: columns[name].numbers if name in columns else value for name, value in given.items()}, *out)
    missing = missing_in(columns.values())
    return [leader.back(one, missing) if columns else float(one[0]) for one in out]
