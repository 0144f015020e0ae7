"""The functions of `ledger.json`, as Python has them."""

from __future__ import annotations

import pickle
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from crm_core import ledger as ledgers
from crm_core.ledger import HoldoutSummary, Ledger, PartialSummary

COLUMNS = {"customer": "customer", "time": "time", "amount": "amount"}


def table(log: dict[str, Any], chunks: list[int]) -> pa.Table:
    """The log as a table in chunks; exact amounts as decimals."""
    if "date" in log:
        times = pa.array([date.fromisoformat(d) for d in log["date"]], pa.date32())
    else:
        unit = "s" if log.get("unit") == "seconds" else "us"
        kind = pa.timestamp(unit, "UTC" if log.get("zone") == "utc" else None)
        times = pa.array([datetime.fromisoformat(t) for t in log["timestamp"]], pa.timestamp(unit)).cast(kind)
    columns = {"customer": pa.array(log["customer"]), "time": times, "amount": amounts(log["amount"])}
    if "cost" in log:
        columns["cost"] = amounts(log["cost"])
    whole = pa.table(columns)
    starts = [sum(chunks[:i]) for i in range(len(chunks) + 1)]
    parts = [whole.slice(start, length) for start, length in zip(starts, [*chunks, len(whole)], strict=True)]
    return pa.concat_tables(parts)


def amounts(values: list[float | str]) -> pa.Array:
    if values and isinstance(values[0], str):
        return pa.array([Decimal(v) for v in values], pa.decimal128(22, 2))
    return pa.array(values, pa.float64())


def ledger(log: dict[str, Any], options: dict[str, Any]) -> tuple[Ledger, dict[str, Any]]:
    whole, options = table_and_options(log, options)
    return Ledger(whole, **COLUMNS, cost="cost" if "cost" in log else None), options


def table_and_options(log: dict[str, Any], options: dict[str, Any]) -> tuple[pa.Table, dict[str, Any]]:
    options = dict(options)
    whole = table(log, options.pop("chunks", []))
    if isinstance(options.get("period"), dict):
        options["period"] = options["period"]["days"]
    return whole, options


def columns(result: pa.Table) -> dict[str, list[Any]]:
    return {
        name: [str(v) if isinstance(v, date) else v for v in result[name].to_pylist()] for name in result.column_names
    }


def summary(log: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    made, options = ledger(log, options)
    return columns(made.summary(**options))


def summary_of_log(log: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    whole, options = table_and_options(log, options)
    return columns(ledgers.summary(whole, **COLUMNS, **options))


def grouped(log: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    made, options = ledger(log, options)
    result = made.grouped_summary(**options)
    return columns(result.groups) | {"group": columns(result.members)["group"]}


def period_series(log: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    made, options = ledger(log, options)
    result = made.period_series(**options)
    found: dict[str, Any] = columns(result.table)
    customers = list(dict.fromkeys(log["customer"]))
    counts = [found["customer"].count(customer) for customer in customers]
    found["offsets"] = [sum(counts[:i]) for i in range(len(counts) + 1)]
    found["periods"] = found.pop("period")
    return found | {"observed": result.observed}


def repeat_purchases(log: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    made, options = ledger(log, options)
    found = made.repeat_purchases(**options)
    return {"starts": found.starts.tolist(), "purchases": found.purchases.tolist()}


def calibration_and_holdout(log: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    made, options = ledger(log, options)
    return holdout(made.calibration_and_holdout(**options))


def holdout(split: HoldoutSummary) -> dict[str, Any]:
    return columns(split.table) | {"duration": split.duration, "newcomers": split.newcomers}


def merged(log: dict[str, Any], options: dict[str, Any]) -> PartialSummary:
    """The parts, pickled and merged from the first to the last."""
    sizes = options["chunks"]
    options = {name: value for name, value in options.items() if name not in ("chunks", "calibration_end")}
    whole = table(log, [])
    starts = [sum(sizes[:i]) for i in range(len(sizes) + 1)]
    merged = None
    for start, size in zip(starts, [*sizes, len(whole) - sum(sizes)], strict=True):
        if size == 0:
            continue
        part, part_options = ledger({name: cut(column, start, size) for name, column in log.items()}, options)
        partial = pickle.loads(pickle.dumps(part.partial_summary(**part_options)))
        merged = partial if merged is None else merged.merge(partial)
    assert merged is not None
    return merged


def cut(column: Any, start: int, size: int) -> Any:
    return column[start : start + size] if isinstance(column, list) else column


def merged_summary(log: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    return columns(merged(log, options).summary())


def merged_holdout(log: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    return holdout(merged(log, options).calibration_and_holdout(options["calibration_end"]))


def totals(log: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    made, _ = ledger(log, options)
    found = columns(made.totals())
    if isinstance(log["amount"][0], str):
        exact = columns(made.totals(exact=True))
        found |= {f"{name}_exact": [str(v) for v in exact[name]] for name in ("revenue", "returned")}
    return found


FUNCTIONS = {
    "summary": summary,
    "summary_of_log": summary_of_log,
    "calibration_and_holdout": calibration_and_holdout,
    "merged_summary": merged_summary,
    "merged_holdout": merged_holdout,
    "grouped": grouped,
    "period_series": period_series,
    "repeat_purchases": repeat_purchases,
    "totals": totals,
}
