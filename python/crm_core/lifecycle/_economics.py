"""What each stage costs and brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._columns import read
from crm_core._options import LARGEST_INDEX, library_name
from crm_core._tables import native
from crm_core.errors import LengthMismatchError, NotFoundError, OutOfRangeError
from crm_core.lifecycle._stages import Stage
from crm_core.value._codes import check_index, codes_of, counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_core._columns import Column, Number


def return_on_spend(input: Number, output: Number) -> Number | None:  # noqa: A002
    """Profit per unit of money spent on the customers: output / input; None where nothing was spent.

    Examples
    --------
    >>> return_on_spend(40.0, 100.0)
    2.5
    >>> return_on_spend(0, 100.0) is None
    True
    """
    return _core.return_on_spend(input, output)


def stage_economics(
    stage: Column | Sequence[str],
    input: Column | Sequence[float],  # noqa: A002
    output: Column | Sequence[float],
    share: Column | Sequence[float] | None = None,
    *,
    library: str = "pyarrow",
) -> Any:
    """Input, output and their ratio per stage, over a customer base.

    Parameters
    ----------
    stage : column
        The stage of each customer: names, members of :class:`Stage` or codes.
    input : column
        What the firm spent on the customer; 0 or more.
    output : column
        The profit that the customer brought; may be negative.
    share : column, optional
        Share of customer, 0 to 1; missing where it is not known.
    library : str
        Which DataFrame to make: "pyarrow", "pandas" or "polars".

    Returns
    -------
    table
        One row per stage: ``stage``, ``customers``, ``input``, ``output``, ``ratio`` (null where nothing was spent) and
        ``share_of_customer``.

    Raises
    ------
    OutOfRangeError, MissingValueError
        For a stage that is none, or is missing; ``row`` names it.
    LengthMismatchError
        For columns of different lengths, or pandas columns with different indexes.

    Examples
    --------
    >>> table = stage_economics(["growth", "maturity"], [10.0, 5.0], [20.0, 50.0], library="polars")
    >>> table.filter(table["customers"] > 0)["ratio"].to_list()
    [2.0, 10.0]
    """
    return _table(None, stage, input, output, share, library)


def stage_curve(
    period: Column | Sequence[int],
    stage: Column | Sequence[str],
    input: Column | Sequence[float],  # noqa: A002
    output: Column | Sequence[float],
    share: Column | Sequence[float] | None = None,
    *,
    library: str = "pyarrow",
) -> Any:
    """Profit and share of customer per stage over time: :func:`stage_economics` of each period.

    ``period`` has the number of the period of each row, 0 or more. The table has a column ``period`` in addition.
    """
    check_index(stage=stage, period=period)
    return _table(counts("period", period, LARGEST_INDEX), stage, input, output, share, library)


def _table(period: list[int] | None, stage: Any, spent: Any, output: Any, share: Any, library: str) -> Any:
    library_name(library)
    check_index(stage=stage, input=spent, output=output, share=share)
    codes = _codes(stage)
    columns = {
        "input": np.ascontiguousarray(read("input", spent).values),
        "output": np.ascontiguousarray(read("output", output).values),
    }
    if share is not None:
        columns["share"] = np.ascontiguousarray(read("share", share).values)
    for name, column in columns.items():
        if len(column) != len(codes):
            message = f"{name} is of length {len(column)}: must have length {len(codes)}, as stage"
            raise LengthMismatchError(message, argument=name, value=f"of length {len(column)}")
    table = _core.stage_economics(period, codes, columns["input"], columns["output"], columns.get("share"))
    return native(table, library)


def _codes(stage: Any) -> bytes:
    try:
        return codes_of("stage", stage, list(Stage))
    except NotFoundError as error:
        raise OutOfRangeError(str(error), argument="stage", row=error.row, value=error.value) from None
