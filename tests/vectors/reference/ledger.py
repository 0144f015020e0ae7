"""Makes tests/vectors/ledger.json: small transaction logs with every corner case, and what a ledger says of them.

The expected values come from this file alone: dictionaries, `datetime` and exact fractions, written from the
documentation and not from the library's code. Run `python tests/vectors/reference/ledger.py`; with `--check`, and the
PyPI package `lifetimes` 0.11.3 installed (pandas < 2.2, numpy < 2), every summary that lifetimes can make is compared
with `lifetimes.utils.summary_data_from_transaction_data`.
"""

import datetime as dt
import sys
from collections import defaultdict
from fractions import Fraction

from cases import Vectors

EPOCH = dt.date(1970, 1, 1)


def day(text):
    return dt.date.fromisoformat(text)


def number(value):
    """The number that the log says: of a float its exact binary value, of a text the exact decimal."""
    return Fraction(value)


class Log:
    def __init__(self, log):
        self.customers = log["customer"]
        self.times = [dt.datetime.fromisoformat(t) for t in log.get("timestamp", log.get("date"))]
        self.is_dates = "date" in log
        self.amounts = [number(a) for a in log["amount"]]
        self.costs = [number(c) for c in log["cost"]] if "cost" in log else None
        self.exact = isinstance(log["amount"][0], str)

    def ids(self):
        return list(dict.fromkeys(self.customers))

    def rows(self, customer):
        rows = [i for i, c in enumerate(self.customers) if c == customer]
        return sorted(rows, key=lambda i: self.times[i])


def period_number(period, origin, date):
    if period == "weeks":
        monday = lambda d: d - dt.timedelta(days=d.weekday())
        return (monday(date) - monday(origin)).days // 7
    if period == "months":
        return (date.year - origin.year) * 12 + date.month - origin.month
    if period == "years":
        return date.year - origin.year
    return (date - origin).days // period["days"]


def activity(log, options, customer, origin, last_day):
    """{period: [net, cost, purchases, has returns]} of the observed transactions, oldest first."""
    period = options.get("period", {"days": 1})
    periods = {}
    for i in log.rows(customer):
        date = log.times[i].date()
        if period == "instant" and not log.is_dates:
            key, inside = log.times[i], origin <= date <= last_day
        else:
            p = {"days": 1} if period == "instant" else period
            key = period_number(p, origin, date)
            inside = 0 <= key <= period_number(p, origin, last_day)
        is_return = log.amounts[i] < 0
        if not inside or (is_return and options.get("returns") == "drop"):
            continue
        entry = periods.setdefault(key, [Fraction(0), Fraction(0), 0, False])
        entry[0] += log.amounts[i]
        entry[1] += log.costs[i] if log.costs else 0
        entry[2] += not is_return
        entry[3] |= is_return
    return periods


def window(log, options):
    origin = day(options["start"]) if "start" in options else min(log.times).date()
    last_day = day(options["end"]) if "end" in options else max(log.times).date()
    return origin, last_day


def summary(log, options):
    log = Log(log)
    origin, last_day = window(log, options)
    unit = Fraction(options.get("periods_per_unit", 1))
    period = options.get("period", {"days": 1})
    instant = period == "instant" and not log.is_dates
    if instant:
        end = dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time()) if "end" in options else max(log.times)
        length = lambda a, b: Fraction((b - a) // dt.timedelta(microseconds=1), 86_400_000_000)
    else:
        end = period_number({"days": 1} if period == "instant" else period, origin, last_day)
        length = lambda a, b: Fraction(b - a)
    out = defaultdict(list)
    for customer in log.ids():
        purchases = purchases_of(activity(log, options, customer, origin, last_day))
        if not purchases:
            continue
        counted = purchases if options.get("include_first") else purchases[1:]
        mean = sum(s for _, s in counted) / len(counted) if counted else 0
        out["customer"].append(customer)
        out["first_row"].append(log.customers.index(customer))
        out["frequency"].append(len(purchases) - 1)
        # Half a period for each repeat purchase: that of the purchase, after it.
        hidden = Fraction(len(purchases) - 1, 2) if options.get("continuity_correction") and not instant else 0
        out["recency"].append(float((length(purchases[0][0], purchases[-1][0]) - hidden) / unit))
        out["age"].append(float((length(purchases[0][0], end) - hidden) / unit))
        out["mean_spend"].append(float(mean))
    return {k: out[k] for k in ["customer", "first_row", "frequency", "recency", "age", "mean_spend"]}


def repeat_purchases(log, options):
    """First purchases since the beginning, and the repeat purchases of all in each whole period of `length` units."""
    log = Log(log)
    origin, last_day = window(log, options)
    unit, length = Fraction(options.get("periods_per_unit", 1)), Fraction(options.get("length", 1))
    period = options.get("period", {"days": 1})
    instant = period == "instant" and not log.is_dates
    if instant:
        beginning = dt.datetime.combine(origin, dt.time())
        end = dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time())
        since = lambda p: Fraction((p - beginning) // dt.timedelta(microseconds=1), 86_400_000_000) / unit
        watched = since(end)
    else:
        since = lambda p: Fraction(p) / unit
        watched = since(period_number({"days": 1} if period == "instant" else period, origin, last_day) + 1)
    starts, counts = [], [0] * int(watched / length)
    for customer in log.ids():
        purchases = purchases_of(activity(log, options, customer, origin, last_day))
        if purchases:
            starts.append(float(since(purchases[0][0])))
        for p, _ in purchases[1:]:
            place = int(since(p) / length)
            if place < len(counts):
                counts[place] += 1
    return {"starts": starts, "purchases": counts}


def purchases_of(periods):
    """[period, spend] of each purchase; a net of returns is deducted from the purchase before it."""
    purchases = []
    for p, (net, _, _, has_returns) in periods.items():
        if not has_returns or net > 0:
            purchases.append([p, net])
        elif purchases:
            purchases[-1][1] += net
    return purchases


def calibration_and_holdout(log, options):
    """The summary to the end of calibration, and the purchases of the same customers in the periods after it."""
    rows = Log(log)
    options = dict(options)
    calibration_end = options.pop("calibration_end")
    origin, last_day = window(rows, options)
    options["start"] = str(origin)
    period = options.get("period", {"days": 1})
    instant = period == "instant" and not rows.is_dates
    unit = Fraction(options.get("periods_per_unit", 1))
    if instant:
        boundary = dt.datetime.combine(day(calibration_end) + dt.timedelta(days=1), dt.time())
        end = max(rows.times) if "end" not in options else dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time())
        duration = Fraction((end - boundary) // dt.timedelta(microseconds=1), 86_400_000_000)
        in_holdout = lambda p: p >= boundary
    else:
        number = lambda d: period_number({"days": 1} if period == "instant" else period, origin, d)
        boundary = number(day(calibration_end))
        duration = Fraction(number(last_day) - boundary)
        in_holdout = lambda p: p > boundary
    out = summary(log, options | {"end": calibration_end})
    held = {name: [] for name in ["holdout_frequency", "holdout_spend", "holdout_mean_spend"]}
    newcomers = 0
    for customer in rows.ids():
        periods = activity(rows, options, customer, origin, last_day)
        purchases = purchases_of({p: entry for p, entry in periods.items() if in_holdout(p)})
        if customer not in out["customer"]:
            newcomers += bool(purchases)
            continue
        spend = sum((s for _, s in purchases), Fraction(0))
        held["holdout_frequency"].append(len(purchases))
        held["holdout_spend"].append(float(spend))
        held["holdout_mean_spend"].append(float(spend / len(purchases)) if purchases else 0.0)
    return out | held | {"duration": float(duration / unit), "newcomers": newcomers}


def merged(log, options):
    """The summary of the whole log, however it was cut into parts."""
    return summary(log, {k: v for k, v in options.items() if k != "chunks"})


def merged_holdout(log, options):
    return calibration_and_holdout(log, {k: v for k, v in options.items() if k != "chunks"})


def grouped(log, options):
    rows = summary(log, options)
    groups = {}
    index = []
    for i, key in enumerate(zip(rows["frequency"], rows["recency"], rows["age"])):
        groups[key] = groups.get(key, 0) + (options["weights"][i] if "weights" in options else 1)
        index.append(list(groups).index(key))
    columns = [list(c) for c in zip(*groups)]
    return dict(zip(["frequency", "recency", "age"], columns)) | {"weight": list(groups.values()), "group": index}


def period_series(log, options):
    log = Log(log)
    options = {"period": "months"} | options
    origin, last_day = window(log, options)
    out = {"observed": period_number(options["period"], origin, last_day) + 1, "offsets": [0]}
    out |= {"periods": [], "purchases": [], "spend": []} | ({"profit": []} if log.costs else {})
    for customer in log.ids():
        for p, (net, cost, purchases, _) in activity(log, options, customer, origin, last_day).items():
            out["periods"].append(p)
            out["purchases"].append(purchases)
            out["spend"].append(float(net))
            if log.costs:
                out["profit"].append(float(net - cost))
        out["offsets"].append(len(out["periods"]))
    return out


def totals(log, _options):
    log = Log(log)
    out = defaultdict(list)
    for customer in log.ids():
        rows = log.rows(customer)
        orders = [log.amounts[i] for i in rows if log.amounts[i] >= 0]
        returns = [-log.amounts[i] for i in rows if log.amounts[i] < 0]
        out["orders"].append(len(orders))
        out["returns"].append(len(returns))
        out["revenue"].append(float(sum(orders)))
        out["returned"].append(float(sum(returns)))
        if log.costs:
            out["cost"].append(float(sum(log.costs[i] for i in rows)))
        out["first"].append(str(log.times[rows[0]].date()))
        out["last"].append(str(log.times[rows[-1]].date()))
        if log.exact:
            for column, amounts in [("revenue_exact", orders), ("returned_exact", returns)]:
                cents = int(sum(amounts) * 100)
                out[column].append(f"{cents // 100}.{cents % 100:02}")
    return dict(out)


# A shop with unsorted rows, two purchases on a day, two rows that are alike, and a customer with one row.
SHOP = {
    "customer": ["ann", "bob", "ann", "cat", "ann", "bob", "ann", "dan", "dan"],
    "date": ["2024-01-10", "2024-03-01", "2024-01-03", "2024-02-29", "2024-01-10", "2023-12-31", "2024-03-15",
             "2024-02-01", "2024-02-01"],
    "amount": [20.0, 12.5, 10.0, 99.9, 5.25, 7.0, 40.0, 3.0, 3.0],
}
WITH_RETURNS = {
    "customer": [1, 1, 1, 2, 2, 3, 3, 4, 5, 5, 5, 6],
    "date": ["2024-01-01", "2024-01-05", "2024-01-09", "2024-01-02", "2024-01-02", "2024-01-03", "2024-01-20",
             "2024-01-04", "2024-01-01", "2024-01-06", "2024-01-06", "2024-01-31"],
    "amount": ["100.00", "50.00", "-20.00", "30.00", "-30.00", "-15.00", "60.00", "-5.00", "80.00", "45.10", "-0.10",
               "0.00"],
}
WITH_COSTS = {
    "customer": [70, 20, 70, 70, 20, 30],
    "date": ["2023-11-30", "2023-12-01", "2024-02-29", "2024-02-01", "2024-12-31", "2024-06-15"],
    "amount": ["19.99", "5.00", "0.01", "30.00", "12.34", "-7.50"],
    "cost": ["12.00", "6.00", "0.00", "11.50", "10.00", "-3.00"],
}
CLOCK = {
    "customer": [1, 2, 1, 1, 2],
    "timestamp": ["2024-01-01T23:59:59.999999", "2024-01-02T12:00:00", "2024-01-02T00:00:00", "2024-01-05T06:00:00",
                  "2024-01-02T12:00:00"],
    "amount": [1.0, 2.0, 4.0, 8.0, 16.0],
}
UTC = CLOCK | {"zone": "utc"}
BEFORE_EPOCH = {
    "customer": ["α", "α", "β"],
    "timestamp": ["1969-12-31T23:00:00", "1969-12-30T01:00:00", "0001-01-01T00:00:00"],
    "amount": [1.0, 2.0, 3.0],
    "unit": "seconds",
}
BIG = {"customer": [9, 9, 9], "date": ["2024-01-01", "2024-01-02", "2024-01-04"],
       "amount": ["92233720368547758.07", "92233720368547758.07", "0.01"]}
ONE = {"customer": ["only"], "date": ["9999-12-31"], "amount": [5.0]}

CASES = [
    ("days, the defaults", "summary", SHOP, {}),
    ("recency and age in weeks", "summary", SHOP, {"periods_per_unit": 7}),
    ("calendar weeks", "summary", SHOP, {"period": "weeks"}),
    ("calendar months", "summary", SHOP, {"period": "months"}),
    ("calendar years", "summary", SHOP, {"period": "years"}),
    ("blocks of ten days", "summary", SHOP, {"period": {"days": 10}}),
    ("blocks of ten days from a start", "summary", SHOP, {"period": {"days": 10}, "start": "2024-01-05"}),
    ("an end before the last transaction", "summary", SHOP, {"end": "2024-02-01"}),
    ("an end after the last transaction", "summary", SHOP, {"end": "2025-01-01", "periods_per_unit": 30.5}),
    ("an end inside a week", "summary", SHOP, {"end": "2024-02-27", "period": "weeks"}),
    ("a start leaves out what came before", "summary", SHOP, {"start": "2024-01-10"}),
    ("an observation without purchases", "summary", SHOP, {"start": "2025-01-01", "end": "2025-12-31"}),
    ("mean spend with the first purchase", "summary", SHOP, {"include_first": True}),
    ("half a day for each repeat purchase", "summary", SHOP, {"continuity_correction": True}),
    ("half a day in weeks, and with the first purchase", "summary", SHOP,
     {"continuity_correction": True, "periods_per_unit": 7, "include_first": True}),
    ("half a week for each week with a repeat purchase", "summary", SHOP,
     {"continuity_correction": True, "period": "weeks"}),
    ("instants have nothing to correct", "summary", CLOCK, {"continuity_correction": True, "period": "instant"}),
    ("chunks change nothing", "summary", SHOP, {"chunks": [1, 0, 5, 3]}),
    ("one customer, one row, the last day there is", "summary", ONE, {}),
    ("returns dropped", "summary", WITH_RETURNS, {"returns": "drop"}),
    ("returns netted", "summary", WITH_RETURNS, {"returns": "net"}),
    ("returns netted within weeks", "summary", WITH_RETURNS, {"returns": "net", "period": "weeks", "include_first": True}),
    ("timestamps by day", "summary", CLOCK, {}),
    ("timestamps by instant", "summary", CLOCK, {"period": "instant"}),
    ("timestamps by instant, to the end of a day", "summary", CLOCK, {"period": "instant", "end": "2024-01-03"}),
    ("UTC timestamps by day", "summary", UTC, {"periods_per_unit": 7}),
    ("dates have no instants", "summary", SHOP, {"period": "instant"}),
    ("before 1970, and the first day there is", "summary", BEFORE_EPOCH, {}),
    ("amounts that no float holds", "summary", BIG, {}),
    ("groups", "grouped", SHOP, {"period": "years"}),
    ("groups with weights", "grouped", SHOP, {"period": "years", "weights": [0.5, 2.0, 4.0, 0.25]}),
    ("months with costs", "period_series", WITH_COSTS, {"returns": "net"}),
    ("weeks of a window", "period_series", SHOP, {"period": "weeks", "start": "2024-01-01", "end": "2024-02-28"}),
    ("a period of returns alone", "period_series", WITH_RETURNS, {"period": {"days": 7}, "returns": "net"}),
    ("returns dropped from a series", "period_series", WITH_RETURNS, {"period": {"days": 7}, "returns": "drop"}),
    ("repeats of each day", "repeat_purchases", SHOP, {}),
    ("repeats of each week", "repeat_purchases", SHOP, {"periods_per_unit": 7}),
    ("repeats of each ten weeks, the last ones left out", "repeat_purchases", SHOP, {"periods_per_unit": 7, "length": 10}),
    ("repeats of a window", "repeat_purchases", SHOP, {"start": "2024-01-01", "end": "2024-03-04", "length": 16}),
    ("repeats in calendar months", "repeat_purchases", SHOP, {"period": "months"}),
    ("repeats by instant", "repeat_purchases", CLOCK, {"period": "instant"}),
    ("repeats with returns netted", "repeat_purchases", WITH_RETURNS, {"returns": "net", "length": 3}),
    ("totals with costs", "totals", WITH_COSTS, {}),
    ("totals with returns", "totals", WITH_RETURNS, {}),
    ("totals of floats", "totals", SHOP, {}),
    ("totals beyond 64 bits", "totals", BIG, {}),
]

SPLIT = [
    ("days, the defaults", SHOP, {"calibration_end": "2024-01-31"}),
    ("weeks as units", SHOP, {"calibration_end": "2024-01-10", "periods_per_unit": 7, "end": "2024-03-10"}),
    ("calendar months, the boundary inside one", SHOP, {"calibration_end": "2024-02-10", "period": "months"}),
    ("blocks of ten days", SHOP, {"calibration_end": "2024-02-05", "period": {"days": 10}, "start": "2024-01-01"}),
    ("calendar weeks", SHOP, {"calibration_end": "2024-01-08", "period": "weeks"}),
    ("with the first purchase", SHOP, {"calibration_end": "2024-02-15", "include_first": True}),
    ("instants", CLOCK, {"calibration_end": "2024-01-01", "period": "instant"}),
    ("instants to the end of a day", CLOCK, {"calibration_end": "2024-01-02", "period": "instant", "end": "2024-01-05"}),
    ("returns dropped", WITH_RETURNS, {"calibration_end": "2024-01-05", "returns": "drop"}),
    ("a return in the holdout", WITH_RETURNS, {"calibration_end": "2024-01-05", "returns": "net"}),
    ("nobody in the calibration", SHOP, {"calibration_end": "2022-01-31", "start": "2022-01-01"}),
]

MERGED = [
    ("a day in two parts", SHOP, {"chunks": [1, 3]}),
    ("every row a part", SHOP, {"chunks": [1, 1, 1, 1, 1, 1, 1, 1]}),
    ("months", SHOP, {"chunks": [4], "period": "months"}),
    ("calendar weeks", SHOP, {"chunks": [2, 5], "period": "weeks", "periods_per_unit": 4}),
    ("blocks of ten days from a start", SHOP, {"chunks": [3], "period": {"days": 10}, "start": "2024-01-05"}),
    ("parts outside the observation", SHOP, {"chunks": [1, 4, 1], "start": "2024-01-05", "end": "2024-02-28"}),
    ("a day of returns in two parts", WITH_RETURNS, {"chunks": [1, 3, 5, 1], "returns": "net"}),
    ("returns dropped", WITH_RETURNS, {"chunks": [5], "returns": "drop", "include_first": True}),
    ("instants", CLOCK, {"chunks": [1, 2], "period": "instant"}),
    ("UTC timestamps by day", UTC, {"chunks": [2]}),
    ("half a day for each repeat purchase", SHOP, {"chunks": [2], "continuity_correction": True}),
    ("before 1970", BEFORE_EPOCH, {"chunks": [1, 1]}),
]

REFUSED = [
    ("calibration before the start", "calibration_and_holdout", SHOP, {"calibration_end": "2023-01-01"}, "out_of_range",
     "calibration_end", None),
    ("no holdout is left", "calibration_and_holdout", SHOP, {"calibration_end": "2024-03-15"}, "out_of_range",
     "calibration_end", None),
    ("no month is left", "calibration_and_holdout", SHOP, {"calibration_end": "2024-03-01", "period": "months"},
     "out_of_range", "calibration_end", None),
    ("no instant is left", "calibration_and_holdout", CLOCK, {"calibration_end": "2024-01-05", "period": "instant"},
     "out_of_range", "calibration_end", None),
    ("a return in the holdout", "calibration_and_holdout", WITH_RETURNS, {"calibration_end": "2024-01-05", "start": "2024-01-04"},
     "out_of_range", "amount", 2),
    ("parts that count blocks from different days", "merged_summary", SHOP, {"chunks": [4], "period": {"days": 10}},
     "missing", "start", None),
    ("a return in the second part", "merged_summary", WITH_RETURNS, {"chunks": [1]}, "out_of_range", "amount", 1),
    ("a return that nobody spoke of", "summary", WITH_RETURNS, {}, "out_of_range", "amount", 2),
    ("the first return in the window", "summary", WITH_RETURNS, {"start": "2024-01-03", "end": "2024-01-08"},
     "out_of_range", "amount", 5),
    ("the same in a series, over chunks", "period_series", WITH_RETURNS, {"chunks": [1, 11]}, "out_of_range", "amount", 2),
    ("a start after the end", "summary", SHOP, {"start": "2024-02-01", "end": "2024-01-01"}, "out_of_range", "start", None),
    ("no time unit", "summary", SHOP, {"periods_per_unit": 0}, "out_of_range", "periods_per_unit", None),
    ("a period without length", "repeat_purchases", SHOP, {"length": 0}, "out_of_range", "length", None),
    ("a period longer than the observation", "repeat_purchases", SHOP, {"length": 1000}, "out_of_range", "length", None),
    ("blocks of no days", "summary", SHOP, {"period": {"days": 0}}, "out_of_range", "days", None),
    ("an empty log", "summary", {"customer": [], "date": [], "amount": []}, {}, "empty", "log", None),
    ("an empty customer", "summary", SHOP | {"customer": ["ann", "bob", ""] * 3}, {"chunks": [4, 5]}, "missing",
     "customer", 2),
    ("weights that are short", "grouped", SHOP, {"weights": [1.0]}, "length_mismatch", "weights", None),
    ("a negative weight", "grouped", SHOP, {"weights": [1.0, 1.0, -1.0, 1.0]}, "out_of_range", "weights", 2),
]

CASES += [(name, "calibration_and_holdout", log, options) for name, log, options in SPLIT]
CASES += [(f"merged: {name}", "merged_summary", log, options) for name, log, options in MERGED]
CASES += [
    (f"merged: {name}", "merged_holdout", log, options | {"chunks": [1, 2]})
    for name, log, options in SPLIT
]

REFERENCE = {"calibration_and_holdout": calibration_and_holdout, "merged_summary": merged,
             "merged_holdout": merged_holdout, "summary": summary, "grouped": grouped, "period_series": period_series, "repeat_purchases": repeat_purchases, "totals": totals}
VECTORS = Vectors("ledger", 1e-15, "exact fractions from the definitions: tests/vectors/reference/ledger.py")


def check_with_lifetimes():
    import numpy as np
    import pandas as pd
    from lifetimes.utils import calibration_and_holdout_data, summary_data_from_transaction_data

    compared = 0
    for name, function, log, options in CASES:
        period = options.get("period", {"days": 1})
        freq = {"weeks": "W"}.get(period) if isinstance(period, str) else {1: "D"}.get(period["days"])
        if function != "summary" or freq is None or {"start", "returns", "continuity_correction"} & set(options) or log in (ONE, BEFORE_EPOCH):
            continue
        frame = pd.DataFrame({"id": log["customer"], "t": pd.to_datetime(log.get("timestamp", log.get("date")), format="ISO8601"),
                              "m": [float(a) for a in log["amount"]]})
        theirs = summary_data_from_transaction_data(
            frame, "id", "t", "m", freq=freq, freq_multiplier=options.get("periods_per_unit", 1),
            observation_period_end=options.get("end"), include_first_transaction=options.get("include_first", False))
        ours = pd.DataFrame(summary(log, options)).set_index("customer")
        assert set(theirs.index) == set(ours.index), name
        theirs = theirs.loc[ours.index]
        if options.get("include_first"):
            theirs["frequency"] -= 1  # lifetimes then counts the first purchase, too
        for a, b in [("frequency",) * 2, ("recency",) * 2, ("age", "T"), ("mean_spend", "monetary_value")]:
            np.testing.assert_allclose(ours[a].to_numpy(float), theirs[b].to_numpy(float), rtol=1e-14, err_msg=name)
        compared += 1
    print(f"{compared} summaries equal those of lifetimes")
    compared = 0
    for name, log, options in SPLIT:
        period = options.get("period", {"days": 1})
        if period != {"days": 1} or {"start", "returns"} & set(options):
            continue
        frame = pd.DataFrame({"id": log["customer"], "t": pd.to_datetime(log["date"]), "m": log["amount"]})
        theirs = calibration_and_holdout_data(
            frame, "id", "t", options["calibration_end"], options.get("end"), freq="D", monetary_value_col="m",
            freq_multiplier=options.get("periods_per_unit", 1), include_first_transaction=options.get("include_first", False))
        ours = pd.DataFrame(calibration_and_holdout(log, options)).set_index("customer")
        theirs = theirs.loc[ours.index]
        if options.get("include_first"):
            theirs["frequency_cal"] -= 1
        for a, b in [("frequency", "frequency_cal"), ("recency", "recency_cal"), ("age", "T_cal"),
                     ("mean_spend", "monetary_value_cal"), ("holdout_frequency", "frequency_holdout"),
                     ("duration", "duration_holdout")]:
            np.testing.assert_allclose(ours[a].to_numpy(float), theirs[b].to_numpy(float), rtol=1e-14, err_msg=name + b)
        np.testing.assert_allclose(ours["holdout_mean_spend"], theirs["monetary_value_holdout"], err_msg=name)
        compared += 1
    print(f"{compared} splits equal those of lifetimes")


if __name__ == "__main__":
    if "--check" in sys.argv:
        check_with_lifetimes()
    for name, function, log, options in CASES:
        VECTORS.add(name, function, {"log": log, "options": options}, REFERENCE[function](log, options))
    for name, function, log, options, kind, argument, row in REFUSED:
        VECTORS.refuse(name, function, {"log": log, "options": options}, kind, argument, row)
    VECTORS.write()
