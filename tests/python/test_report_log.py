"""Reading a log for the report: formats, guesses, dates; what cannot be used is refused in one clear sentence."""

import datetime as dt
import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crm_core.errors import CrmError, EmptyError, LengthMismatchError, NotFoundError, UnreadableError, WrongTypeError
from crm_core.report import find_columns, read_log
from crm_core.report.dates import to_dates

KINDS = {"i": pa.int64(), "f": pa.float64(), "s": pa.string(), "d": pa.date32(), "t": pa.timestamp("us", "UTC")}


def schema(text):
    """'name:f day:d' as a schema."""
    return pa.schema([(name, KINDS[kind]) for name, kind in (column.split(":") for column in text.split())])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.csv", b"client,day,amount\r\n007,2024-01-05,19.9\r\n12,2024-02-01,5\r\n"),
        ("log.txt", b"client;day;amount\n007;2024-01-05;19.9\n12;2024-02-01;5\n"),
        ("log.tsv", b"client\tday\tamount\n007\t2024-01-05\t19.9\n12\t2024-02-01\t5\n"),
        ("log.dat", b"  client day   amount\n 007  2024-01-05 19.9 \n 12 2024-02-01 5\n"),
        ("log.csv.gz", gzip.compress(b"\xef\xbb\xbfclient,day,amount\n007,2024-01-05,19.9\n12,2024-02-01,5\n")),
    ],
)
def test_text_in_any_usual_form(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert read_log(tmp_path / name).to_pylist() == [
        {"client": "007", "day": dt.date(2024, 1, 5), "amount": 19.9},
        {"client": "12", "day": dt.date(2024, 2, 1), "amount": 5.0},
    ]


def test_identifiers_without_leading_zeros_are_numbers(tmp_path):
    file = tmp_path / "log.csv"
    file.write_text("client,day,amount\n7,20240105,1\n12,20240201,2\n")
    assert read_log(file).schema.field("client").type == pa.int64()


def test_a_file_without_header_needs_names(tmp_path):
    file = tmp_path / "log.txt"
    file.write_text(" 00004 19970101  2   29.33\n 00004 19970118  2   29.73\n")
    with pytest.raises(UnreadableError, match=r"starts with data .* its 4 columns: give columns"):
        read_log(file)
    with pytest.raises(LengthMismatchError, match="columns are 2 names: must be 4"):
        read_log(file, columns=["customer", "day"])
    table = read_log(file, columns=["customer", "day", "pieces", "amount"])
    assert table.column("amount").to_pylist() == [29.33, 29.73]
    assert table.column("customer").to_pylist() == ["00004", "00004"]


def test_encoding_and_decimal_sign(tmp_path):
    file = tmp_path / "log.csv"
    file.write_bytes("客户;日期;金额\n甲;2024-01-05;19,90\n".encode("gb18030"))
    with pytest.raises(UnreadableError, match="is not utf-8 text: give its encoding"):
        read_log(file)
    row = read_log(file, encoding="gb18030", decimal_point=",").to_pylist()[0]
    assert row == {"客户": "甲", "日期": dt.date(2024, 1, 5), "金额": 19.9}


def test_parquet(tmp_path):
    table = pa.table({"client": [1, 2], "amount": [1.5, 2.5]})
    pq.write_table(table, tmp_path / "log.parquet")
    assert read_log(tmp_path / "log.parquet").equals(table)
    (tmp_path / "bad.parquet").write_text("no table")
    with pytest.raises(UnreadableError, match=r"bad\.parquet cannot be read as Parquet"):
        read_log(tmp_path / "bad.parquet")


@pytest.mark.parametrize("content", [b"", b" \n\n", b"client,day,amount\n"])
def test_an_empty_file_is_refused(tmp_path, content):
    (tmp_path / "log.csv").write_bytes(content)
    with pytest.raises(EmptyError, match=r"log\.csv holds no transactions"):
        read_log(tmp_path / "log.csv")


def test_broken_files_are_refused(tmp_path):
    (tmp_path / "log.csv").write_text("a,b\n1,2\n1,2,3\n")
    with pytest.raises(UnreadableError, match=r"log\.csv cannot be read"):
        read_log(tmp_path / "log.csv")
    (tmp_path / "log.csv.gz").write_text("not packed")
    with pytest.raises(UnreadableError, match=r"cannot be unpacked"):
        read_log(tmp_path / "log.csv.gz")
    with pytest.raises(FileNotFoundError):
        read_log(tmp_path / "absent.csv")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("customer_id:i date:d amount:f", ("customer_id", "date", "amount", None)),
        ("cust_id:s cust_name:s order_date:d ship_date:d total:f cost:f", ("cust_id", "order_date", "total", "cost")),
        ("userid:i ts:t x:f", ("userid", "ts", "x", None)),
        ("CustomerID:i InvoiceDate:s TotalPrice:f Price:f", ("CustomerID", "InvoiceDate", "TotalPrice", None)),
        ("user_id:i day:d total_price:f amount:f", ("user_id", "day", "amount", None)),
        ("客户编号:s 客户名称:s 下单日期:d 发货日期:d 金额:f 成本:f", ("客户编号", "下单日期", "金额", "成本")),
    ],
)
def test_guesses(columns, expected):
    found = find_columns(schema(columns))
    assert (found.customer, found.time, found.amount, found.cost) == expected
    assert set(found.guessed) == {"customer", "time", "amount"} | ({"cost"} if expected[3] else set())


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("a:s b:d c:f", "cannot tell which column holds the customer, none of 'a', 'b', 'c' says so: give customer"),
        ("client:s date1:d date2:d amount:f", "holds the time, it may be any of 'date1', 'date2': give time"),
        ("client:s day:d x:f y:f", "which column holds the amount, it may be any of 'x', 'y': give amount"),
        (
            "client:s day:d UnitPrice:f Quantity:i",
            "seems to be the price of one piece: give amount, and quantity 'Quantity'",
        ),
    ],
)
def test_no_guess_when_in_doubt(columns, message):
    with pytest.raises(NotFoundError) as caught:
        find_columns(schema(columns))
    assert message in str(caught.value)


def test_given_columns_are_used_and_must_exist():
    log = schema("client:s day:d UnitPrice:f Quantity:i")
    found = find_columns(log, amount="UnitPrice", quantity="Quantity")
    assert (found.amount, found.quantity, found.guessed) == ("UnitPrice", "Quantity", ("time", "customer"))
    with pytest.raises(NotFoundError, match="customer is 'buyer': the log has no such column, but 'client', 'day'"):
        find_columns(log, customer="buyer")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([19970131, 19970201], [dt.date(1997, 1, 31), dt.date(1997, 2, 1)]),
        (["1997-01-31", " 1997-02-01 "], [dt.date(1997, 1, 31), dt.date(1997, 2, 1)]),
        (["31/01/1997", "01/02/1997"], [dt.date(1997, 1, 31), dt.date(1997, 2, 1)]),
        (["01/31/1997 10:00", "02/01/1997 11:00"], [dt.date(1997, 1, 31), dt.date(1997, 2, 1)]),
        (["1997年1月31日", None], [dt.date(1997, 1, 31), None]),
        (["1997-01-31T10:00:00Z", "1997-02-01T10:00:00+02:00"], [dt.date(1997, 1, 31), dt.date(1997, 2, 1)]),
        (["01/01/1997"], [dt.date(1997, 1, 1)]),
    ],
)
def test_dates(values, expected):
    assert to_dates(pa.chunked_array([values]), "day").cast(pa.date32()).to_pylist() == expected


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (["01/02/1997", "03/04/1997"], UnreadableError, "which may be %d/%m/%Y or %m/%d/%Y: give time_format"),
        (["soon", "later"], UnreadableError, "day holds no dates that can be read, such as 'soon': give time_format"),
        (["1997-01-01", "1997-13-01"], UnreadableError, "day (row 1) is '1997-13-01': not a date in the form %Y-%m-%d"),
        ([19970131, 7], UnreadableError, "day (row 1) is '7': not a date in the form %Y%m%d"),
        (pa.array([None, None], pa.string()), UnreadableError, "day holds no dates: every row is empty"),
        ([1.5, 2.5], WrongTypeError, "day is of type double: must hold dates, time stamps or text"),
    ],
)
def test_unreadable_dates(values, error, message):
    with pytest.raises(CrmError) as caught:
        to_dates(pa.chunked_array([values]), "day")
    assert isinstance(caught.value, error)
    assert message in str(caught.value)


def test_a_given_format_decides():
    column = pa.chunked_array([["01/02/1997"]])
    assert to_dates(column, "day", "%m/%d/%Y").cast(pa.date32()).to_pylist() == [dt.date(1997, 1, 2)]
