"""Read a transaction log from a file: text with any usual separator (also gzipped, or without header), or Parquet."""

from __future__ import annotations

import codecs
import gzip
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from crm_core.errors import EmptyError, LengthMismatchError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

__all__ = ["read_log"]

_SEPARATORS = (",", ";", "\t", "|")
_SAMPLE = 1_000_000
"""Bytes of a text file from which the types of its columns are told."""


def read_log(
    path: str | Path, *, columns: Sequence[str] | None = None, encoding: str = "utf-8", decimal_point: str = "."
) -> pa.Table:
    r"""Read the table in a file, every column as it stands there.

    The name tells the format: ``.parquet`` or ``.pq``, all else is text; ``.gz`` is unpacked. The separator of text
    is comma, semicolon, tab, bar or blanks, whichever its first line holds. Digits that start with 0, such as the
    identifier ``00042``, stay text.

    Parameters
    ----------
    path
        The file.
    columns
        Names of all columns of a text file that starts with data; without them its first line names the columns.
    encoding
        Of a text file, for example ``"gb18030"``.
    decimal_point
        In the numbers of a text file.

    Raises
    ------
    OSError
        If the file cannot be opened.
    EmptyError
        If it holds no rows.
    UnreadableError
        If it is not a table, not text of this encoding, or has no header and ``columns`` are not given.
    LengthMismatchError
        If ``columns`` are fewer or more than those of the file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "log.csv")
    ...     _ = file.write_text("client;day;amount\n007;2024-01-05;19.90\n")
    ...     read_log(file).to_pylist()
    [{'client': '007', 'day': datetime.date(2024, 1, 5), 'amount': 19.9}]
    """
    path = Path(path)
    if path.suffix.lower() in (".parquet", ".pq"):
        table = _read_parquet(path)
    else:
        table = _read_text(path, columns, encoding, decimal_point)
    if table.num_rows == 0:
        raise _empty(path)
    return table


def _read_parquet(path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with path.open("rb") as file:
        try:
            return pq.read_table(file)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(path, f"cannot be read as Parquet: {_reason(error)}") from error


def _read_text(path: Path, columns: Sequence[str] | None, encoding: str, decimal_point: str) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    data = _as_utf8(_unpacked(path), path, encoding)
    if not data.strip():
        raise _empty(path)
    separator = _separator(_first_line(data))
    if separator is None:
        data, separator = _tabs_for_blanks(data), "\t"
    _check_header(_first_line(data), separator, columns, path)
    options = csv.ReadOptions(column_names=columns)
    parse = csv.ParseOptions(delimiter=separator, newlines_in_values=b'"' in data[:_SAMPLE])
    convert = csv.ConvertOptions(strings_can_be_null=True, decimal_point=decimal_point)
    try:
        sample = csv.read_csv(io.BytesIO(_head(data)), options, parse, convert)
        whole = [field.name for field in sample.schema if pa.types.is_integer(field.type)]
        convert.column_types = dict.fromkeys(whole, pa.string())
        table = csv.read_csv(io.BytesIO(data), options, parse, convert)
    except pa.ArrowException as error:
        raise _unreadable(path, f"cannot be read: {_reason(error)}") from error
    for name in whole:
        index = table.column_names.index(name)
        table = table.set_column(index, name, _numbers_unless_padded(table.column(index)))
    return table


def _unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix.lower() != ".gz":
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, gzip.BadGzipFile) as error:
        raise _unreadable(path, f"cannot be unpacked: {error}") from error


def _as_utf8(data: bytes, path: Path, encoding: str) -> bytes:
    try:
        if codecs.lookup(encoding).name != "utf-8":
            return data.decode(encoding).encode()
        codecs.getincrementaldecoder("utf-8")().decode(data[:_SAMPLE])
    except (UnicodeDecodeError, LookupError) as error:
        raise _unreadable(path, f"is not {encoding} text: give its encoding, for example gb18030 or latin-1") from error
    return data.removeprefix(codecs.BOM_UTF8)


def _first_line(data: bytes) -> str:
    return data.split(b"\n", 1)[0].decode(errors="replace").strip()


def _separator(line: str) -> str | None:
    """Return the sign that separates the fields; None for blanks."""
    separator = max(_SEPARATORS, key=line.count)
    return separator if separator in line or not re.search(r"\S\s+\S", line) else None


def _tabs_for_blanks(data: bytes) -> bytes:
    data = re.sub(rb"[ \t]+", b"\t", data)
    return re.sub(rb"^\t|\t(?=\r?$)", b"", data, flags=re.MULTILINE)


def _check_header(line: str, separator: str, columns: Sequence[str] | None, path: Path) -> None:
    fields = [field.strip().strip('"') for field in line.split(separator)]
    if columns is None and not any(re.search(r"[^\W\d_]", field) for field in fields):
        reason = f"starts with data ({line[:60]}) and not with the names of its {len(fields)} columns: give columns"
        raise _unreadable(path, reason)
    if columns is not None and len(columns) != len(fields):
        message = f"columns are {len(columns)} names: must be {len(fields)}, as many as {path.name} has columns"
        raise LengthMismatchError(message, argument="columns", value=f"of length {len(columns)}")


def _head(data: bytes) -> bytes:
    """Return the first lines, as many as start within the sample."""
    end = data.find(b"\n", _SAMPLE)
    return data if end < 0 else data[: end + 1]


def _numbers_unless_padded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return text as numbers, unless that would lose leading zeros or is not possible."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pc.any(pc.match_substring_regex(column, r"^-?0\d")).as_py():
        return column
    for kind in (pa.int64(), pa.float64()):
        try:
            return column.cast(kind)
        except pa.ArrowInvalid:
            continue
    return column


def _empty(path: Path) -> EmptyError:
    message = f"{path.name} holds no transactions"
    return EmptyError(message, argument="path", value=str(path))


def _unreadable(path: Path, reason: str) -> UnreadableError:
    message = f"{path.name} {reason}"
    return UnreadableError(message, argument="path", value=str(path))


def _reason(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0].rstrip(".")
