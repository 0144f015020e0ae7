"""Tables of customers and brands: arrays of numbers, DataFrames of every library, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import narwhals as nw
import numpy as np

from crm_core._columns import check_aligned, is_column, missing_in, read, wrong_type
from crm_core.errors import LengthMismatchError, OutOfRangeError, WrongTypeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from crm_core._columns import Read

    Floats: TypeAlias = NDArray[np.float64]


class CustomerTable:
    """The shares of customers, the amounts beside them, and results of the same kind.

    ``brands`` are the names of the brands in the order of the kernel, if they have names.
    """

    def __init__(self, shares: Any, count: int, brands: list[Any] | None) -> None:
        self._brands = brands
        self._columns: list[Read] = []
        self._inputs: dict[str, Read] = {}
        self._given: list[Any] = []
        frame = nw.from_native(shares, eager_only=True, pass_through=True)
        self._frame = frame if isinstance(frame, nw.DataFrame) else None
        if self._frame is None:
            self._shares = read_table("shares", shares)
        else:
            self._columns, self._order, self._shares = self._read_frame("shares", self._frame)
        if self._shares.ndim != 2 or self._shares.shape[1] != count:
            message = f"shares is of shape {self._shares.shape}: must have {count} columns"
            raise LengthMismatchError(message, argument="shares", value=f"of shape {self._shares.shape}")
        self.reads(self._shares)

    @property
    def rows(self) -> int:
        """The number of customers."""
        return len(self._shares)

    def reads(self, array: Any) -> None:
        """Note memory that the results must not overlap."""
        if isinstance(array, np.ndarray):
            self._given.append(array)

    def column(self, argument: str, given: Any) -> Any:
        """Give one number for all, or the ``float64`` values of a column."""
        if not is_column(given):
            return given
        column = read(argument, given)
        self._inputs[argument] = column
        self.reads(column.values)
        return column.values

    def indices(self, argument: str, given: Any) -> NDArray[np.uint32]:
        """Give a column of whole numbers, 0 or more."""
        values = read(argument, given).required(argument)
        refused = (values < 0) | (values != np.floor(values)) | (values > np.iinfo(np.uint32).max)
        if refused.any():
            row = int(refused.argmax())
            message = f"{argument} (row {row}) is {values[row]:g}: must be a whole number, 0 or more"
            raise OutOfRangeError(message, argument=argument, row=row, value=f"{values[row]:g}")
        return values.astype(np.uint32)

    def amount(self, argument: str, given: Any) -> Any:
        """Give one number for all, a column, or a table of one row for each customer or one for all."""
        frame = nw.from_native(given, eager_only=True, pass_through=True)
        if isinstance(frame, nw.DataFrame):
            columns, _, values = self._read_frame(argument, frame)
            self._inputs.update((f"{argument} {place}", column) for place, column in enumerate(columns))
        elif np.ndim(given) < 2:
            return self.column(argument, given)
        else:
            values = read_array(argument, given)
        if values.shape not in ((1, self._shares.shape[1]), self._shares.shape, (self.rows, 1)):
            message = f"{argument} is of shape {values.shape}: must have shape {self._shares.shape}, as shares"
            raise LengthMismatchError(message, argument=argument, value=f"of shape {values.shape}")
        if values.shape[1] != self._shares.shape[1]:
            values = values[:, 0]
        self.reads(values)
        return values

    def write(self, evaluate: Callable[[Floats, Floats], None], out: Floats | None) -> Any:
        """Call ``evaluate`` with the shares and room for the results, and give these in the kind of the shares."""
        if self._frame is None:
            if out is None:
                out = np.empty(self._shares.shape)
            else:
                _check_out(out, self._shares, self._given)
            evaluate(self._shares, out)
            return out
        if out is not None:
            message = "out: must not be given with a DataFrame"
            raise WrongTypeError(message, argument="out")
        if self._columns:
            check_aligned({"shares": self._columns[0], **self._inputs})
        out = np.empty(self._shares.shape)
        evaluate(self._shares, out)
        mask = missing_in([*self._columns, *self._inputs.values()])
        placed = zip(self._order, self._columns, strict=True)
        back = (column.back(np.ascontiguousarray(out[:, place]), mask) for place, column in placed)
        results = [nw.from_native(one, series_only=True) for one in back]
        named = [result.alias(name) for result, name in zip(results, self._frame.columns, strict=True)]
        return self._frame.with_columns(*named).to_native()

    def _read_frame(self, argument: str, frame: nw.DataFrame[Any]) -> tuple[list[Read], list[int], Floats]:
        """Read the columns, the brand of each, and the table in the order of the brands."""
        columns = [read(argument, series.to_native()) for series in frame.iter_columns()]
        names, brands = list(frame.columns), self._brands
        if brands is not None and len(names) == len(brands) and set(names) == set(brands):
            order = [brands.index(name) for name in names]
        else:
            check_names(argument, names, brands)
            order = list(range(len(names)))
        values = np.empty((len(frame), len(columns)))
        for place, column in zip(order, columns, strict=True):
            values[:, place] = column.values
        return columns, order, values


def names_of(table: Any) -> list[Any] | None:
    """Give the names of the columns of a DataFrame; None for anything else."""
    frame = nw.from_native(table, eager_only=True, pass_through=True)
    return list(frame.columns) if isinstance(frame, nw.DataFrame) else None


def check_names(argument: str, names: list[Any] | None, brands: list[Any] | None) -> None:
    """Refuse a brand at the position of another one."""
    if names is None or brands is None:
        return
    for name, brand in zip(names, brands, strict=False):
        if name != brand and name in brands:
            message = f"{argument} has {name} in the place of {brand}: must have the brands in the order of the matrix"
            raise LengthMismatchError(message, argument=argument, value=str(name))


def _check_out(out: Any, shares: Floats, given: list[Any]) -> None:
    if not isinstance(out, np.ndarray) or out.dtype != np.float64 or not out.flags.carray:
        message = "out: must be a float64 array, row-major and writable"
        raise WrongTypeError(message, argument="out")
    if out.shape != shares.shape:
        message = f"out is of shape {out.shape}: must have shape {shares.shape}, as shares"
        raise LengthMismatchError(message, argument="out", value=f"of shape {out.shape}")
    if any(np.shares_memory(out, one) for one in given):
        message = "out overlaps an input: must have memory of its own"
        raise OutOfRangeError(message, argument="out", value="overlaps an input")


def read_array(argument: str, values: Any) -> Floats:
    """Give numbers of any dimensions as contiguous ``float64``, in place if they are."""
    try:
        masked = np.ma.isMaskedArray(values)
        given = np.ma.filled(values.astype(np.float64), np.nan) if masked else np.asarray(values)
    except ValueError:
        lengths = [len(row) for row in values]
        row = next((i for i, length in enumerate(lengths) if length != lengths[0]), 0)
        message = f"{argument} (row {row}) is of length {lengths[row]}: must have length {lengths[0]}"
        raise LengthMismatchError(message, argument=argument, row=row, value=f"of length {lengths[row]}") from None
    if given.dtype.kind == "O":
        given = read(argument, given.ravel()).values.reshape(given.shape)
    elif given.dtype.kind not in "iuf":
        raise wrong_type(argument, given.dtype)
    return np.ascontiguousarray(given, dtype=np.float64)


def read_table(argument: str, rows: Any) -> Floats:
    values = read_array(argument, rows)
    if values.ndim < 2 and values.size > 0:
        message = f"{argument} is of {values.ndim} dimensions: must be a table of rows"
        raise WrongTypeError(message, argument=argument, value=f"of {values.ndim} dimensions")
    return values
