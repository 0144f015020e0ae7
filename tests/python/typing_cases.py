"""What a type checker says of the results: mypy reads this file, nothing runs it."""

from decimal import Decimal
from typing import Any, assert_type

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from crm_core.clv import lost_for_good


def numbers(margin: float, exact: Decimal) -> None:
    assert_type(lost_for_good(margin, 0.2, 0), float)
    assert_type(lost_for_good(exact, exact, exact), Decimal)
    assert_type(lost_for_good(exact, 0.2, 0), Decimal)


def columns(array: NDArray[np.float64], pandas: "pd.Series[float]", polars: pl.Series) -> None:
    assert_type(lost_for_good(array, 0.2, 0.1), NDArray[np.float64])
    assert_type(lost_for_good(100.0, array, array), NDArray[np.float64])
    assert_type(lost_for_good(pandas, 0.2, 0.1), "pd.Series[float]")
    assert_type(lost_for_good(polars, polars, 0.1), pl.Series)
    assert_type(lost_for_good([100.0, 250.0], 0.2, 0.1), NDArray[np.float64])
    assert_type(lost_for_good([100, 250], (0.2, 0.3), 0.1), NDArray[np.float64])


def refused(text: str, anything: Any) -> None:
    lost_for_good(text, 0.2, 0.1)  # type: ignore[arg-type]
    lost_for_good(None, 0.2, 0.1)  # type: ignore[call-overload]
    lost_for_good(100.0, 0.2)  # type: ignore[call-overload]
