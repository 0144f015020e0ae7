"""Answers to the questions of a structural model: from the tables of users to what the core reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core._columns import is_column, read
from crm_core._options import wrong_type
from crm_core._tables import frame_of
from crm_core.errors import LengthMismatchError, MissingValueError, NotFoundError, OutOfRangeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from crm_core.satisfaction.structural._model import Model

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answers:
    """The columns of a model's indicators and the weights, as the core reads them."""

    names: tuple[str, ...]
    columns: Floats | list[Floats]
    """One for each name: the rows of an array, or arrays."""
    weights: tuple[Floats, bool] | None
    """And whether they are frequencies."""

    @property
    def rows(self) -> int:
        """How many respondents there are."""
        return len(self.columns[0])

    def among(self, keep: NDArray[np.bool_]) -> Answers:
        """Give those of some respondents."""
        weights = None if self.weights is None else (self.weights[0][keep], self.weights[1])
        return Answers(self.names, [column[keep] for column in self.columns], weights)


def read_answers(model: Model, table: Any, weights: Any, frequencies: Any) -> Answers:
    """Read the columns of the indicators of a model from a table, and the weights."""
    if weights is not None and frequencies is not None:
        message = "frequencies: must not be given with weights"
        raise OutOfRangeError(message, argument="frequencies")
    names = model._indicators
    whole = _together(table, names)
    columns = _apart(table, names) if whole is None else whole
    if weights is None and frequencies is None:
        return Answers(names, columns, None)
    argument, given = ("weights", weights) if frequencies is None else ("frequencies", frequencies)
    return Answers(names, columns, (_weights(argument, given, table), frequencies is not None))


def _together(table: Any, names: tuple[str, ...]) -> Floats | list[Floats] | None:
    """Read columns of plain numbers without a Series for each, which costs more than the fit; None of other tables."""
    library = type(table).__module__.partition(".")[0]
    if library == "pandas" and hasattr(table, "columns"):
        if tuple(table.columns) != names:
            if not table.columns.is_unique or not set(names).issubset(table.columns):
                return None
            table = table[list(names)]
        whole = table.to_numpy()
        return np.ascontiguousarray(whole.T, dtype=np.float64) if whole.dtype.kind in "iuf" else None
    if library == "polars" and hasattr(table, "get_columns"):
        series = table.get_columns()
        if [one.name for one in series] != list(names):
            by_name = {one.name: one for one in series}
            series = [by_name[name] for name in names if name in by_name]
        if len(series) == len(names) and all(one.dtype.is_float() or one.dtype.is_integer() for one in series):
            return _floats([one.to_numpy() for one in series])
    elif library == "builtins" and isinstance(table, dict):
        arrays = [table[name] for name in names if name in table]
        if len(arrays) == len(names) and all(
            type(a) is np.ndarray and a.ndim == 1 and a.dtype.kind in "iuf" for a in arrays
        ):
            return _floats(arrays)
    return None


def _floats(arrays: list[NDArray[Any]]) -> Floats | list[Floats]:
    """Give arrays of numbers as they are if they are of ``float64`` and without gaps, else in one new array."""
    if all(array.dtype == np.float64 and array.flags.c_contiguous for array in arrays):
        return arrays
    if len({len(array) for array in arrays}) > 1:
        return [np.ascontiguousarray(array, dtype=np.float64) for array in arrays]
    return np.array(arrays, dtype=np.float64)


def _apart(table: Any, names: tuple[str, ...]) -> list[Floats]:
    columns = _columns(table)
    absent = [name for name in names if name not in columns]
    if absent:
        raise _absent(absent, list(columns))
    return [np.ascontiguousarray(read(name, columns[name]).values) for name in names]


def _columns(table: Any) -> Mapping[str, Any]:
    """Give the columns of any table by their names."""
    if isinstance(table, dict):
        return table
    frame = frame_of(table)
    return {name: frame[name].to_native() for name in frame.columns}


def segments_of(by: Any, table: Any, rows: int, argument: str = "by") -> tuple[str, list[Any]]:
    """Read what each respondent belongs to: a column, or its name in the table; the name, and the values."""
    if isinstance(by, str):
        columns = _columns(table)
        if by not in columns:
            message = f"{argument} is {by!r}: must be a column of the table"
            raise NotFoundError(message, argument=argument, value=repr(by))
        name, by = by, columns[by]
    else:
        name = ""
    series = nw.from_native(by, series_only=True, pass_through=True)
    if not isinstance(series, nw.Series):
        series = nw.new_series("segment", list(by), backend=nw.Implementation.PYARROW)
    values = series.to_list()
    if len(values) != rows:
        message = f"{argument} is of length {len(values)}: must have length {rows}"
        raise LengthMismatchError(message, argument=argument, value=f"of length {len(values)}")
    for row, value in enumerate(values):
        if value is None or value != value:
            message = f"{argument} (row {row}): is missing"
            raise MissingValueError(message, argument=argument, row=row)
    return name or series.name or "segment", values


def numbered(values: list[Any]) -> tuple[list[Any], NDArray[np.uint32]]:
    """Give the different values, in their order, and the place of each value among them."""
    segments, codes = np.unique(np.asarray(values), return_inverse=True)
    return segments.tolist(), codes.astype(np.uint32)


def _weights(argument: str, given: Any, table: Any) -> Floats:
    if isinstance(given, str):
        columns = _columns(table)
        if given not in columns:
            message = f"{argument} is {given!r}: must be a column of the table"
            raise NotFoundError(message, argument=argument, value=repr(given))
        given = columns[given]
    elif not is_column(given):
        raise wrong_type(argument, given, "a column or its name")
    return np.ascontiguousarray(read(argument, given).required(argument))


def _absent(names: list[str], columns: list[str]) -> NotFoundError:
    shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    message = (
        f"table has no column {shown}: say which of its columns the indicators of the model are "
        f"(Model.rename_indicators; --columns of the command); it has {', '.join(columns[:30])}"
    )
    return NotFoundError(message, argument="table", value=names[0])
