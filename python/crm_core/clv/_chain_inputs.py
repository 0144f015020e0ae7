"""Inputs that the models of brand switching and of migration share."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
from narwhals.dependencies import is_pandas_dataframe, is_pandas_series

from crm_core.clv._customer_table import read_array
from crm_core.errors import OutOfRangeError, WrongTypeError


def owned(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Copy the arrays, so that what is pickled later is what was given."""
    return tuple(one.copy() if isinstance(one, np.ndarray) else one for one in inputs)


def row_names(values: Any) -> list[Any] | None:
    """Give the names of the rows, which pandas alone knows."""
    pandas = is_pandas_dataframe(values) or is_pandas_series(values)
    return values.index.tolist() if pandas else None


def amount_of(argument: str, amount: Any) -> Any:
    return read_array(argument, amount) if np.ndim(amount) > 0 else amount


def last_period(horizon: float) -> int | None:
    """Give the last period, or None for a horizon without end."""
    if isinstance(horizon, float) and horizon == math.inf:
        return None
    try:
        last = operator.index(horizon)  # type: ignore[arg-type] # that is what is tried
    except TypeError:
        value = str(horizon) if isinstance(horizon, (int, float)) else f"of type {type(horizon).__name__}"
        message = f"horizon is {value}: must be an int or math.inf"
        raise WrongTypeError(message, argument="horizon", value=value) from None
    if not 0 <= last < 2**32:
        message = f"horizon is {last}: must be between 0 and 4294967295, or math.inf"
        raise OutOfRangeError(message, argument="horizon", value=str(last))
    return last
