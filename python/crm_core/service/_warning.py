"""Early warning: the probability to lose a customer, and how far it can be trusted."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import integer, number
from crm_core._tables import frame_of
from crm_core.errors import LengthMismatchError, NotFoundError
from crm_core.service._complaint import Rate
from crm_core.value._codes import floats, truths

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class WarningModel:
    """A logistic regression of who was lost: P(lost) = 1 / (1 + exp -(intercept + sum of coefficient * indicator)).

    Attributes
    ----------
    intercept : float
        The log-odds where every indicator is 0.
    coefficients : dict of str to float
        The change of the log-odds with one unit of each indicator.
    standard_errors : dict of str to float
        Theirs.
    log_likelihood, null_log_likelihood : float
        ln L, and that of the mere share of lost customers.
    """

    intercept: float
    coefficients: dict[str, float]
    standard_errors: dict[str, float]
    log_likelihood: float
    null_log_likelihood: float
    _json: str = field(repr=False)

    @classmethod
    def fit(cls, table: Any, lost: Any, *, penalty: float = 0.0) -> WarningModel:
        """Fit the model to a table of indicators and to who was lost, by maximum likelihood.

        Parameters
        ----------
        table : DataFrame
            A column of numbers for each indicator, a row for each customer.
        lost : column
            Booleans, or 0 and 1.
        penalty : float, optional
            On half the sum of squared coefficients of standardised indicators, 0 or more.

        Raises
        ------
        NoSolutionError
            Where nobody or everybody was lost, for an indicator that is constant or a combination of others, and where
            one tells the lost from the rest without fail: a penalty then helps.

        References
        ----------
        McCullagh & Nelder 1989, "Generalized Linear Models", chapter 4.

        Examples
        --------
        >>> import pandas as pd
        >>> table = pd.DataFrame({"months": [1.0, 2, 2, 3, 4, 5, 6, 7]})
        >>> model = WarningModel.fit(table, [0, 0, 1, 0, 0, 1, 1, 1])
        >>> early, late = model.predict(pd.DataFrame({"months": [1.0, 7.0]}))
        >>> bool(early < 0.2 and late > 0.8)
        True
        """
        frame = frame_of(table)
        names = frame.columns
        columns = [floats(name, frame[name].to_native()) for name in names]
        flags = truths("lost", lost).astype(np.uint8).tobytes()
        text = _core.logistic_fit(columns, flags, number("penalty", penalty))
        found = json.loads(text)
        errors = [math.nan if error is None else error for error in found["standard_errors"]]
        return cls(
            intercept=found["intercept"],
            coefficients=dict(zip(names, found["coefficients"], strict=True)),
            standard_errors=dict(zip(("intercept", *names), errors, strict=True)),
            log_likelihood=found["log_likelihood"],
            null_log_likelihood=found["null_log_likelihood"],
            _json=text,
        )

    def predict(self, table: Any) -> NDArray[np.float64]:
        """Return P(lost) of each row of a table that has the indicators of the fit."""
        frame = frame_of(table)
        for name in self.coefficients:
            if name not in frame.columns:
                message = f"table: has no column {name!r}"
                raise NotFoundError(message, argument="table", value=repr(name))
        columns = [floats(name, frame[name].to_native()) for name in self.coefficients]
        # Numbers have the buffer interface, which types cannot say before Python 3.12.
        found: Any = _core.logistic_predict(self._json, columns)
        return np.frombuffer(found, found.dtype)

    def contributions(self, customer: dict[str, float], reference: dict[str, float]) -> dict[str, float]:
        """Return what each indicator of a customer adds to the log-odds of the reference, the largest first."""
        parts = {
            name: beta * (number(name, customer[name]) - number(name, reference[name]))
            for name, beta in self.coefficients.items()
        }
        return dict(sorted(parts.items(), key=lambda part: -abs(part[1])))


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Rows that were given about the same probability: its mean, and the share of them that was lost."""

    predicted: float
    lost: Rate


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far predicted probabilities came true.

    Attributes
    ----------
    brier_score : float
        Mean of (p - y)^2 (Brier 1950).
    log_loss : float
        Mean of -ln of the probability of what happened.
    area_under_curve : float
        The probability that somebody who was lost was given a higher p than somebody who was not.
    expected_error : float
        Sum over the bins of their share of the rows times the difference of mean p and share of lost.
    bins : list of CalibrationBin
        Groups of rows by their p.
    """

    brier_score: float
    log_loss: float
    area_under_curve: float
    expected_error: float
    bins: list[CalibrationBin]


def calibration(predicted: Any, lost: Any, *, bins: int = 10, confidence: float = 0.95) -> Calibration:
    """Compare predicted probabilities with what happened, in groups of rows of about the same probability.

    Examples
    --------
    >>> found = calibration([0.1, 0.9, 0.2, 0.7], [0, 1, 0, 1], bins=2)
    >>> found.area_under_curve, round(found.brier_score, 4)
    (1.0, 0.0375)
    """
    flags = truths("lost", lost).astype(np.uint8).tobytes()
    found = _core.calibration_of(floats("predicted", predicted), flags, integer("bins", bins), confidence)
    made = [CalibrationBin(mean, Rate(*rate)) for mean, rate in found.pop("bins")]
    return Calibration(**found, bins=made)


@dataclass(frozen=True, slots=True)
class Recalibration:
    """A correction of probabilities: logit p' = intercept + slope * logit p.

    Attributes
    ----------
    intercept : float
        0 where the level is right.
    slope : float
        1 where the spread is right, less where the predictions are too bold.
    """

    intercept: float
    slope: float

    def apply(self, predicted: Any) -> NDArray[np.float64]:
        """Return the corrected probabilities; 0 and 1 stay."""
        p = floats("predicted", predicted)
        with np.errstate(divide="ignore"):
            logit = np.log(p) - np.log1p(-p)
        corrected: NDArray[np.float64] = 1 / (1 + np.exp(-(self.intercept + self.slope * logit)))
        return np.where((p <= 0) | (p >= 1), p, corrected)


def recalibrate(predicted: Any, lost: Any) -> Recalibration:
    """Learn a correction of probabilities from rows that they were not learnt from.

    References
    ----------
    Cox 1958, "Two further applications of a model for binary regression"; Platt 1999.

    Examples
    --------
    Predictions that are too bold:

    >>> recalibrate([0.1, 0.1, 0.1, 0.9, 0.9, 0.9], [0, 1, 0, 1, 0, 1]).slope < 1
    True
    """
    p = floats("predicted", predicted)
    flags = truths("lost", lost)
    if len(flags) != len(p):
        message = f"lost is of length {len(flags)}: must have length {len(p)}"
        raise LengthMismatchError(message, argument="lost", value=f"of length {len(flags)}")
    return Recalibration(*_core.recalibration(p, flags.astype(np.uint8).tobytes()))
