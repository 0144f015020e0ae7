"""A switching matrix from a survey."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._columns import read
from crm_core._options import library_name, number
from crm_core._tables import frame_of
from crm_core.clv.estimation._reading import brands_in, codes_of, column_of, labelled, names_of, square
from crm_core.errors import LengthMismatchError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crm_core.clv.estimation._reading import Floats, Frame


@dataclass(frozen=True, slots=True, eq=False)
class PredictedMatrix:
    """A matrix as a fitted model predicts it.

    Attributes
    ----------
    transition_matrix : ndarray, k x k
        P.
    standard_errors : ndarray, k x k
        Of each entry, by the delta method.
    brands : list
        The names of the brands.
    """

    transition_matrix: Floats
    standard_errors: Floats
    brands: list[Any]

    def table(self, library: str = "pandas") -> Any:
        """Give the matrix as a DataFrame of "pandas", "polars" or "pyarrow", with the brands as columns."""
        return labelled(self.transition_matrix, self.brands, library)


@dataclass(frozen=True, slots=True, eq=False)
class LogitFit:
    """A multinomial logit with inertia, fitted to a survey.

    Attributes
    ----------
    names : list of str
        The coefficients: "constant:brand" for all brands but the first, "inertia", the attributes, "covariate:brand".
    estimates, standard_errors, z, p_values : ndarray
        One element per coefficient; z = estimate / standard error.
    covariance : ndarray
        Of the estimates: the inverse of the observed information.
    log_likelihood, null_log_likelihood, shares_log_likelihood : float
        ln L at the estimates, with all coefficients 0, with constants alone.
    mcfadden_r_squared : float
        1 - ln L / ln L(0).
    customers : int
        n.
    iterations : int
        Steps of Newton's method.
    gradient_norm : float
        The largest |slope of ln L| times standard error: about 0 at the maximum.
    least_information : float
        The smallest part of a coefficient's information at zero that is left, the others being known.
    brands, attributes, covariates : list
        Names.
    """

    names: list[str]
    estimates: Floats
    standard_errors: Floats
    z: Floats
    p_values: Floats
    covariance: Floats
    log_likelihood: float
    null_log_likelihood: float
    shares_log_likelihood: float
    mcfadden_r_squared: float
    customers: int
    iterations: int
    gradient_norm: float
    least_information: float
    brands: list[Any]
    attributes: list[str]
    covariates: list[str]
    _fit: _core.InertiaLogit = field(repr=False)
    _inputs: tuple[Any, ...] = field(repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return _fitted, self._inputs

    def summary(self, library: str = "pandas") -> Any:
        """Give the coefficients as a DataFrame of "pandas", "polars" or "pyarrow"."""
        columns: dict[str, Any] = {
            "coefficient": self.names,
            "estimate": self.estimates,
            "standard_error": self.standard_errors,
            "z": self.z,
            "p_value": self.p_values,
        }
        return nw.from_dict(columns, backend=library_name(library)).to_native()

    def predict(
        self,
        *,
        covariates: Mapping[str, float] | None = None,
        attributes: Mapping[str, Sequence[float]] | None = None,
    ) -> PredictedMatrix:
        """Give the matrix of customers with these covariates, who see brands with these attributes.

        Parameters
        ----------
        covariates : mapping
            A number for each covariate of the model.
        attributes : mapping
            For each attribute of the model one number for each brand.
        """
        own = [number(name, value) for name, value in _ordered("covariates", self.covariates, covariates).items()]
        seen = np.empty((len(self.brands), len(self.attributes)))
        for place, (name, values) in enumerate(_ordered("attributes", self.attributes, attributes).items()):
            column = read(name, np.asarray(values)).values
            if len(column) != len(self.brands):
                length = f"of length {len(column)}"
                message = f"attributes is {length} for {name}: must have length {len(self.brands)}, as brands"
                raise LengthMismatchError(message, argument="attributes", value=length)
            seen[:, place] = column
        matrix, errors = self._fit.predict(np.array(own, dtype=np.float64), seen)
        return PredictedMatrix(square(matrix), square(errors), self.brands)


def inertia_logit(
    table: Any,
    last: str = "last",
    next: str = "next",  # noqa: A002
    *,
    attributes: Mapping[str, Sequence[str]] | None = None,
    covariates: Sequence[str] = (),
    brands: Iterable[Any] | None = None,
) -> LogitFit:
    """Fit a multinomial logit with inertia to a survey of last and next brands.

    A customer who bought brand i last chooses j next with probability ``exp V_j / sum over l of exp V_l``, where
    ``V_j = alpha_j + lambda * [j = i] + beta . x_j + gamma_j . z``, with alpha and gamma of the first brand 0: to have
    been bought last makes the odds of a brand exp(lambda) times as great. Newton's method finds the only maximum.

    Parameters
    ----------
    table : DataFrame
        One row per customer: of pandas, polars or pyarrow, or any table with the Arrow capsule interface.
    last, next : str
        The columns of the brand bought last, and of the one that will be bought next.
    attributes : mapping, optional
        What differs between brands: for each attribute the columns that hold it, one per brand in their order.
    covariates : sequence of str, optional
        The columns of what belongs to the customer.
    brands : sequence, optional
        The brands in the order of the matrix; the first is the one that others are compared with. By default the
        categories of categorical columns, or else all that occur, sorted.

    Raises
    ------
    NoSolutionError
        Where the maximum does not exist: a brand that nobody chooses, columns that follow from each other (collinear)
        or tell the answers of some customers without doubt (separated). The message says which.
    MissingValueError, OutOfRangeError
        With the row.

    References
    ----------
    McFadden 1974, "Conditional logit analysis of qualitative choice behavior"; Rust, Lemon & Zeithaml 2004, eq. (1).

    Examples
    --------
    >>> import pandas as pd
    >>> survey = pd.DataFrame({
    ...     "last": [*"AAAAAABBBBBBCCCCCC"],
    ...     "next": [*"AAACAABABABCCACCCC"],
    ...     "income": [1, 1, 1, 3, 2, 3, 3, 2, 1, 2, 4, 4, 3, 4, 3, 1, 1, 3],
    ... })
    >>> fit = inertia_logit(survey, covariates=["income"])
    >>> fit.names
    ['constant:B', 'constant:C', 'inertia', 'income:B', 'income:C']
    >>> fit.estimates.round(2)
    array([-2.08, -0.89,  1.98,  0.2 ,  0.28])
    >>> fit.predict(covariates={"income": 2.5}).table().round(2)
          A     B     C
    A  0.88  0.02  0.10
    B  0.30  0.45  0.25
    C  0.14  0.03  0.83
    """
    frame = frame_of(table)
    columns = {"last": column_of(frame, "last", last), "next": column_of(frame, "next", next)}
    known = brands_in(columns.values()) if brands is None else names_of(brands)
    said = [codes_of(argument, column, known) for argument, column in columns.items()]
    wide = {} if attributes is None else {name: list(places) for name, places in attributes.items()}
    seen = np.empty((len(frame), len(known), len(wide)))
    for place, (name, places) in enumerate(wide.items()):
        if len(places) != len(known):
            length = f"of length {len(places)}"
            message = f"attributes is {length} for {name}: must name a column for each of the {len(known)} brands"
            raise LengthMismatchError(message, argument="attributes", value=length)
        for brand, column in enumerate(places):
            seen[:, brand, place] = _numbers(frame, "attributes", column)
    own = np.empty((len(frame), len(covariates)))
    for place, column in enumerate(covariates):
        own[:, place] = _numbers(frame, "covariates", column)
    return _fitted(known, said[0], said[1], seen, own, list(wide), list(covariates))


def _fitted(
    brands: list[Any], last: Any, next_: Any, seen: Floats, own: Floats, attributes: list[str], covariates: list[str]
) -> LogitFit:
    fit = _core.InertiaLogit(len(brands), last, next_, seen, own)
    parts: dict[str, Any] = fit.parts()
    parts["covariance"] = square(parts["covariance"])
    for column in ("estimates", "standard_errors", "z", "p_values"):
        parts[column] = np.array(parts[column])

    def name(kind: str, brand: int | None, column: int | None) -> str:
        if kind == "inertia":
            return kind
        what = {"constant": ["constant"], "attribute": attributes, "covariate": covariates}[kind][column or 0]
        return what if brand is None else f"{what}:{brands[brand]}"

    return LogitFit(
        names=[name(*term) for term in fit.terms()],
        **parts,
        brands=brands,
        attributes=attributes,
        covariates=covariates,
        _fit=fit,
        _inputs=(brands, last, next_, seen, own, attributes, covariates),
    )


def _numbers(frame: Frame, argument: str, name: str) -> Floats:
    return read(name, column_of(frame, argument, name).to_native()).values


def _ordered(argument: str, names: list[str], given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Give the values in the order of the model."""
    values = {} if given is None else dict(given)
    for name in [*names, *values]:
        if name not in values or name not in names:
            message = f"{argument} is {name!r}: must be given for exactly {', '.join(names) or 'nothing'}"
            raise NotFoundError(message, argument=argument, value=repr(name))
    return {name: values[name] for name in names}
