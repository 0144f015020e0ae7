"""Which column is the customer, the time, the amount? From names first, then from types; never when in doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_core.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa

__all__ = ["LogColumns", "find_columns"]

# Words of a column name that say what it holds, the most telling first.
_TELLING = {
    "customer": (
        *("customer", "cust", "client", "member", "household", "buyer", "user", "account"),
        *("客户", "顾客", "会员", "用户", "买家"),
    ),
    "time": ("date", "datetime", "timestamp", "time", "day", "日期", "时间"),
    "amount": (
        *("amount", "revenue", "sales", "turnover", "spend", "spending", "total", "paid", "payment", "value", "dollar"),
        *("price", "金额", "销售额", "收入", "消费额", "付款", "单价", "价格"),
    ),
    "cost": ("cost", "costs", "cogs", "成本"),
}
# Words that decide between two names that are equally telling: customer_id rather than customer_name.
_DECIDING = {
    "customer": ("id", "no", "nr", "number", "key", "code", "编号", "号"),
    "time": ("order", "purchase", "transaction", "invoice", "购买", "下单", "交易"),
    "amount": ("amount", "total", "net", "总"),
    "cost": ("total",),
}
_UNIT_PRICE = ("price", "单价", "价格")
_QUANTITY = ("quantity", "qty", "units", "数量", "件数")


@dataclass(frozen=True)
class LogColumns:
    """The columns of a transaction log by name.

    Attributes
    ----------
    customer, time, amount : str
        Who bought, when, for how much.
    cost : str or None
        What it cost the firm.
    quantity : str or None
        Number of pieces, by which amount and cost are multiplied.
    guessed : tuple of str
        Which of these were not given by the caller.
    """

    customer: str
    time: str
    amount: str
    cost: str | None = None
    quantity: str | None = None
    guessed: tuple[str, ...] = ()

    def describe_guesses(self) -> str:
        """Return what was guessed, for example ``customer = client_id, time = day``."""
        return ", ".join(f"{role} = {getattr(self, role)}" for role in self.guessed)


def find_columns(
    schema: pa.Schema,
    *,
    customer: str | None = None,
    time: str | None = None,
    amount: str | None = None,
    cost: str | None = None,
    quantity: str | None = None,
) -> LogColumns:
    """Tell the columns to use: those given, the others guessed from their names and types.

    ``cost`` may stay unknown; ``quantity`` is never guessed.

    Raises
    ------
    NotFoundError
        If a given name does not exist, or if a guess has no candidate or several.

    Examples
    --------
    >>> import pyarrow as pa
    >>> log = pa.schema({"client_id": pa.string(), "day": pa.date32(), "total": pa.float64()})
    >>> find_columns(log).describe_guesses()
    'time = day, customer = client_id, amount = total'
    """
    found = {"time": time, "customer": customer, "amount": amount, "cost": cost, "quantity": quantity}
    given = {role for role, name in found.items() if name is not None}
    for role, name in found.items():
        if name is not None and name not in schema.names:
            message = f"{role} is {name!r}: the log has no such column, but {_list(schema.names)}"
            raise NotFoundError(message, argument=role, value=name)
    for role in _TELLING:
        if role not in given:
            free = [field for field in schema if field.name not in found.values()]
            found[role] = _guess(role, free, schema.names)
    if "amount" not in given and quantity is None:
        _refuse_unit_price(str(found["amount"]), schema.names)
    return LogColumns(
        customer=str(found["customer"]),
        time=str(found["time"]),
        amount=str(found["amount"]),
        cost=found["cost"],
        quantity=quantity,
        guessed=tuple(role for role, name in found.items() if name is not None and role not in given),
    )


def _guess(role: str, free: Sequence[pa.Field], names: Sequence[str]) -> str | None:
    fitting = [field for field in free if _fits(role, field.type)]
    ranks = {field.name: rank for field in fitting if (rank := _rank(role, field.name)) is not None}
    candidates = [name for name, rank in ranks.items() if rank == min(ranks.values())]
    if not candidates:
        candidates = [field.name for field in fitting if _unmistakable(role, field.type)]
    if len(candidates) == 1:
        only: str = candidates[0]
        return only
    if role == "cost" and not candidates:
        return None
    why = f"it may be any of {_list(candidates)}" if candidates else f"none of {_list(names)} says so"
    message = f"cannot tell which column holds the {role}, {why}: give {role}"
    raise NotFoundError(message, argument=role)


def _rank(role: str, name: str) -> tuple[int, bool] | None:
    """Return how telling the name is: less is more; None if it says nothing."""
    words = _words(name)
    for place, word in enumerate(_TELLING[role]):
        joined = f"{word}id" in words
        if joined or _says(name, word):
            decided = joined or words == {word} or any(_says(name, deciding) for deciding in _DECIDING[role])
            return place, not decided
    return None


def _refuse_unit_price(amount: str, names: Sequence[str]) -> None:
    quantities = [name for name in names if any(_says(name, word) for word in _QUANTITY)]
    if quantities and any(_says(amount, word) for word in _UNIT_PRICE):
        message = (
            f"amount may not be {amount!r}, which seems to be the price of one piece: "
            f"give amount, and quantity {quantities[0]!r} to multiply it by"
        )
        raise NotFoundError(message, argument="amount", value=amount)


def _says(name: str, word: str) -> bool:
    """Whether the name holds the word; Chinese names do not separate words."""
    return word in _words(name) if word.isascii() else word in name


def _words(name: str) -> set[str]:
    return set(re.split(r"[\W_]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower()))


def _fits(role: str, kind: pa.DataType) -> bool:
    from pyarrow import types

    if role == "customer":
        return bool(types.is_integer(kind) or types.is_dictionary(kind) or _is_text(kind))
    if role == "time":
        return bool(_is_day(kind) or types.is_integer(kind) or _is_text(kind))
    return bool(types.is_integer(kind) or _is_broken(kind))


def _unmistakable(role: str, kind: pa.DataType) -> bool:
    """Whether the type alone says it: a date, a broken number."""
    return (role == "time" and _is_day(kind)) or (role == "amount" and _is_broken(kind))


def _is_day(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_date(kind) or types.is_timestamp(kind))


def _is_broken(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_floating(kind) or types.is_decimal(kind))


def _is_text(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _list(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)
