"""What the estimates read: columns of customers, times and brands; matrices; names of brands."""

from __future__ import annotations

import datetime as dt
import operator
from typing import TYPE_CHECKING, Any, TypeAlias

import narwhals as nw
import numpy as np
from narwhals.dependencies import is_pandas_series

from crm_core._columns import read
from crm_core._options import items, library_name, wrong_type
from crm_core.errors import (
    EmptyError,
    LengthMismatchError,
    MissingValueError,
    NotFoundError,
    OutOfRangeError,
    WrongTypeError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Integers: TypeAlias = NDArray[np.int64]
    Series: TypeAlias = nw.Series[Any]
    Frame: TypeAlias = nw.DataFrame[Any]

MICROSECOND = dt.timedelta(microseconds=1)


def column_of(frame: Frame, argument: str, name: Any) -> Series:
    """Give the column of this name; it has no missing values."""
    if name not in frame.columns:
        message = (
            f"{argument} is {name!r}: is not a column of the table, which has {', '.join(map(str, frame.columns))}"
        )
        raise NotFoundError(message, argument=argument, value=repr(name))
    series: Series = frame[name]
    missing = series.is_null().to_numpy()
    if missing.any():
        row = int(missing.argmax())
        message = f"{argument} (row {row}): is missing"
        raise MissingValueError(message, argument=argument, row=row)
    return series


def customers_of(series: Series) -> Integers:
    """Number the customers."""
    if series.dtype.is_integer():
        return np.ascontiguousarray(series.to_numpy(), dtype=np.int64)
    _, numbers = np.unique(np.asarray(series.to_list()), return_inverse=True)
    return numbers.astype(np.int64)


class Times:
    """Whole numbers, or dates and times, which are counted in microseconds."""

    values: Integers

    def __init__(self, series: Series) -> None:
        objects = series.to_list() if isinstance(series.dtype, nw.Object) else []
        dates = bool(objects) and all(isinstance(one, dt.date) for one in objects)
        self.dated = dates or isinstance(series.dtype, (nw.Date, nw.Datetime))
        if dates:
            self.values = np.array([self.place("time", one) for one in objects])
            return
        if self.dated:
            series = series.dt.timestamp("us")
        elif not series.dtype.is_integer():
            message = f"time is of type {series.dtype}: must be whole numbers, dates or times"
            raise WrongTypeError(message, argument="time", value=f"of type {series.dtype}")
        self.values = np.ascontiguousarray(series.to_numpy(), dtype=np.int64)

    def distance(self, argument: str, value: Any) -> int:
        """Read how far two times are apart."""
        if not self.dated:
            return _whole(argument, value)
        if not isinstance(value, dt.timedelta):
            raise wrong_type(argument, value, "a timedelta, as times are dated")
        return _whole(argument, value // MICROSECOND)

    def place(self, argument: str, value: Any) -> int:
        """Read a time."""
        if not self.dated:
            return operator.index(value)
        if not isinstance(value, (dt.date, np.datetime64)):
            raise wrong_type(argument, value, "a date or datetime, as times are dated")
        if isinstance(value, dt.datetime) and value.tzinfo is not None:
            value = value.astimezone(dt.UTC).replace(tzinfo=None)
        return int(np.datetime64(value, "us").astype(np.int64))


def _whole(argument: str, value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise wrong_type(argument, value, "a whole number") from None
    if not 0 <= number < 2**63:
        message = f"{argument} is {number}: must be 0 or more"
        raise OutOfRangeError(message, argument=argument, value=str(number))
    return number


def brands_in(columns: Iterable[Series]) -> list[Any]:
    """Name the brands of some columns: the categories in their order, or else what is there, sorted."""
    columns = list(columns)
    known = [_categories(column) for column in columns]
    if all(known):
        return list(dict.fromkeys(name for categories in known for name in categories))
    return sorted({name for column in columns for name in column.unique().to_list()})


def _categories(series: Series) -> list[Any]:
    """Give the categories in their order, where the column has one."""
    if isinstance(series.dtype, nw.Enum):
        return list(series.dtype.categories)
    native: Any = series.to_native()
    if isinstance(series.dtype, nw.Categorical) and is_pandas_series(native):
        return list(native.cat.categories)
    return []


def codes_of(argument: str, series: Series, brands: Sequence[Any]) -> Integers:
    """Number the brands."""
    place = {brand: code for code, brand in enumerate(brands)}
    names = series.to_list()
    codes = np.fromiter((place.get(name, -1) for name in names), dtype=np.int64, count=len(names))
    if (codes < 0).any():
        row = int((codes < 0).argmax())
        message = f"{argument} (row {row}) is {names[row]}: must be one of {', '.join(map(str, brands))}"
        raise OutOfRangeError(message, argument=argument, row=row, value=str(names[row]))
    return codes


def names_of(brands: Iterable[Any]) -> list[Any]:
    """Give the names of brands, which differ."""
    names = items("brands", brands)
    if len(set(names)) < len(names):
        message = "brands: must all differ"
        raise OutOfRangeError(message, argument="brands")
    return names


def names_for(argument: str, size: int, brands: Iterable[Any] | None, columns: list[Any] | None) -> list[Any]:
    """Give the names of the brands of a table: those given, or else those of its columns, or else 0, 1, ..."""
    if brands is None:
        return list(range(size)) if columns is None else columns
    names = names_of(brands)
    if len(names) != size:
        length = f"of length {len(names)}"
        message = f"brands is {length}: must have length {size}, as {argument}"
        raise LengthMismatchError(message, argument="brands", value=length)
    return names


def matrix_of(argument: str, values: Any) -> tuple[Floats, list[Any] | None]:
    """Read a table of numbers, and the names of its columns if it is a DataFrame."""
    frame = nw.from_native(values, eager_only=True, pass_through=True)
    if isinstance(frame, nw.DataFrame):
        if not frame.columns:
            raise EmptyError(f"{argument}: must not be empty", argument=argument)
        columns = [read(argument, series.to_native()).values for series in frame.iter_columns()]
        return np.ascontiguousarray(np.column_stack(columns)), list(frame.columns)
    try:
        rows = [np.asarray(row, dtype=np.float64) for row in values]
    except (TypeError, ValueError):
        raise wrong_type(argument, values, "a table of numbers") from None
    if not rows:
        raise EmptyError(f"{argument}: must not be empty", argument=argument)
    for row, numbers in enumerate(rows):
        if numbers.shape != rows[0].shape:
            length = f"of length {len(numbers)}"
            message = f"{argument} (row {row}) is {length}: must have length {len(rows[0])}"
            raise LengthMismatchError(message, argument=argument, row=row, value=length)
    return np.ascontiguousarray(rows, dtype=np.float64).reshape(len(rows), -1), None


def square(values: Iterable[float]) -> Floats:
    """Give the rows of a square table."""
    array = np.array(values, dtype=np.float64)
    side = int(np.sqrt(len(array)))
    return array.reshape(side, side)


def labelled(values: Floats, brands: Sequence[Any], library: str) -> Any:
    """Give a DataFrame whose columns are the brands; that of pandas has them as index, too."""
    backend: Any = library_name(library)
    columns = {str(brand): np.ascontiguousarray(values[:, j]) for j, brand in enumerate(brands)}
    table: Any = nw.from_dict(columns, backend=backend).to_native()
    if library == "pandas":
        table.columns = table.index = list(brands)
    return table
