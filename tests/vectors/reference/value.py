"""Reference values for tests/vectors/value.json, independent of the library.

Exact rational arithmetic on the decimals of the inputs, straight from the definitions: the Gini
coefficient is a double sum over pairs, quantiles are counted, clusters are tried one by one.
Published numbers are asserted. `python3 tests/vectors/reference/value.py` rewrites the file;
`--check` compares it.
"""

import random
from decimal import Decimal
from fractions import Fraction
from itertools import product

from cases import Vectors

DEFINITION = "definition, in exact fractions: tests/vectors/reference/value.py"
VECTORS = Vectors("value", 1e-13, DEFINITION)


def exact(x):
    """The decimal that a number is written as, as a fraction."""
    return Fraction(Decimal(repr(x)))


# --- concentration ---------------------------------------------------------------------------


def pairs(profit, weight):
    weight = weight or [1] * len(profit)
    return [(exact(y), exact(w)) for y, w in zip(profit, weight)]


def totals(profit, weight=None):
    rows = pairs(profit, weight)
    customers = sum(w for _, w in rows)
    total = sum(w * y for y, w in rows)
    return customers, total, total / customers


def top_share(profit, share, weight=None):
    rows = sorted(pairs(profit, weight), reverse=True)
    customers, total, _ = totals(profit, weight)
    left, got = exact(share) * customers, Fraction(0)
    for y, w in rows:
        part = min(left, w)
        got += part * y
        left -= part
    return got / total


def bottom_share(profit, share, weight=None):
    rows = sorted(pairs(profit, weight))
    customers, total, _ = totals(profit, weight)
    left, got = exact(share) * customers, Fraction(0)
    for y, w in rows:
        part = min(left, w)
        got += part * y
        left -= part
    return got / total


def smallest_share(profit, share, weight=None):
    rows = sorted(pairs(profit, weight), reverse=True)
    customers, total, _ = totals(profit, weight)
    missing, used = exact(share) * total, Fraction(0)
    for y, w in rows:
        if missing <= 0:
            break
        part = min(w, missing / y)
        used += part
        missing -= part * y
    assert missing <= 0
    return used / customers


def peak(profit, weight=None):
    rows = pairs(profit, weight)
    customers, total, _ = totals(profit, weight)
    return {
        "customers": sum(w for y, w in rows if y > 0) / customers,
        "profit": sum(w * y for y, w in rows if y > 0) / total,
    }


def gini(profit, weight=None):
    rows = pairs(profit, weight)
    customers = sum(w for _, w in rows)
    differences = sum(w * v * abs(y - x) for (y, w), (x, v) in product(rows, rows))
    return differences / (2 * customers * sum(w * abs(y) for y, w in rows))


def gini_corrected(profit, weight=None):
    customers = sum(w for _, w in pairs(profit, weight))
    return gini(profit, weight) * customers / (customers - 1)


def lorenz(profit, points, weight=None):
    shares = [Fraction(i, points - 1) for i in range(points)]
    rows = sorted(pairs(profit, weight))
    customers, total, _ = totals(profit, weight)
    curve = []
    for share in shares:
        left, got = share * customers, Fraction(0)
        for y, w in rows:
            part = min(left, w)
            got += part * y
            left -= part
        curve.append(got / total)
    return curve


# --- cut points, tiers, types ----------------------------------------------------------------


def quantile_cuts(values, shares, lower_is_better=False):
    """Observed values: the smallest x, from the worst, with at least n·p values at or worse."""
    ordered = sorted(values, reverse=lower_is_better)
    cuts = []
    for share in shares:
        rank = next(k for k in range(1, len(ordered) + 1) if k >= share * len(ordered))
        cuts.append(ordered[rank - 1])
    return sorted(cuts)


def part(value, cuts, lower_is_better=False):
    return sum(value < c if lower_is_better else value > c for c in cuts)


TIERS = ["small", "regular", "major", "vip"]
GROUPS = ["very_low", "low", "moderate", "high", "very_high"]


def pyramid(profit, shares):
    below, cuts = Fraction(0), []
    for share in reversed(shares[1:]):
        below += exact(share)
        cuts.append(below)
    cuts = quantile_cuts(profit, cuts)
    return {"thresholds": cuts, "tiers": [TIERS[part(y, cuts)] for y in profit]}


def value_groups(profit, thresholds):
    return [GROUPS[part(y, thresholds)] for y in profit]


def value_group_fifths(profit):
    return quantile_cuts(profit, [Fraction(i, 5) for i in range(1, 5)])


def tier_migration(before, after, tiers):
    counts = [
        [sum(b == i and a == j for b, a in zip(before, after)) for j in range(tiers)]
        for i in range(tiers)
    ]
    rates = [[Fraction(c, sum(row)) for c in row] if sum(row) else None for row in counts]
    return {"counts": counts, "rates": rates}


def group_table(codes, profit, groups):
    total = sum(exact(y) for y in profit)
    rows = []
    for group in range(groups):
        mine = [exact(y) for c, y in zip(codes, profit) if c == group]
        rows.append({
            "customers": len(mine),
            "share_of_customers": Fraction(len(mine), len(codes)),
            "profit": sum(mine, Fraction(0)),
            "share_of_profit": sum(mine, Fraction(0)) / total if total > 0 else None,
            "mean_profit": sum(mine) / len(mine) if mine else None,
        })
    return rows


def squares(values):
    mean = sum(values) / len(values)
    return sum((v - mean) ** 2 for v in values)


def k_means_cut(values):
    """Every assignment to two clusters is tried; halfway between the means of the best."""
    values = [exact(v) for v in values]
    best = None
    for mask in range(1, 2 ** len(values) - 1):
        low = [v for i, v in enumerate(values) if mask >> i & 1]
        high = [v for i, v in enumerate(values) if not mask >> i & 1]
        means = sum(low) / len(low), sum(high) / len(high)
        if means[0] < means[1]:
            found = squares(low) + squares(high), sum(means) / 2
            best = found if best is None else min(best, found)
    return best[1]


def otsu_cut(values, bins):
    """Every bin is tried, with the within-class variance of the bin numbers (Otsu's other form)."""
    values = [exact(v) for v in values]
    least, width = min(values), (max(values) - min(values)) / bins
    numbers = [max(0, -((least - v) // width) - 1) for v in values]  # ceil − 1
    best = None
    for k in range(bins - 1):
        low, high = [n for n in numbers if n <= k], [n for n in numbers if n > k]
        if low and high:
            within = squares([Fraction(n) for n in low]) + squares([Fraction(n) for n in high])
            if best is None or within < best[0]:
                best = within, least + (k + 1) * width
    return best[1]


def quantile_cut(values, share):
    return quantile_cuts(values, [exact(share)])[0]


def customer_types(current, potential, current_cut, potential_cut):
    names = {(1, 1): "golden", (1, 0): "meteor", (0, 1): "stream", (0, 0): "burden"}
    return [names[c > current_cut, p > potential_cut] for c, p in zip(current, potential)]


# --- RFM -------------------------------------------------------------------------------------

SEGMENT_GRID = {  # recency: frequency 1 to 5
    5: "new_customers potential_loyalists potential_loyalists champions champions",
    4: "promising potential_loyalists potential_loyalists loyal_customers loyal_customers",
    3: "about_to_sleep about_to_sleep need_attention loyal_customers loyal_customers",
    2: "hibernating hibernating at_risk at_risk cant_lose",
    1: "hibernating hibernating at_risk at_risk cant_lose",
}


def rfm(recency, frequency, monetary, scores=5):
    shares = [Fraction(i, scores) for i in range(1, scores)]
    cuts = {
        "recency": quantile_cuts(recency, shares, lower_is_better=True),
        "frequency": quantile_cuts(frequency, shares),
        "monetary": quantile_cuts(monetary, shares),
    }
    r = [1 + part(x, cuts["recency"], lower_is_better=True) for x in recency]
    f = [1 + part(x, cuts["frequency"]) for x in frequency]
    m = [1 + part(x, cuts["monetary"]) for x in monetary]
    out = {"thresholds": cuts, "recency": r, "frequency": f, "monetary": m}
    if scores == 5:
        out["segment"] = [SEGMENT_GRID[a].split()[b - 1] for a, b in zip(r, f)]
    return out


def rfm_grid(recency, frequency, revenue, scores):
    cells = [(r, f) for r in range(1, scores + 1) for f in range(1, scores + 1)]
    rows = list(zip(recency, frequency, revenue))
    return {
        "customers": [sum((r, f) == cell for r, f, _ in rows) for cell in cells],
        "revenue": [sum((exact(m) for r, f, m in rows if (r, f) == cell), Fraction(0)) for cell in cells],
    }


# --- cases -----------------------------------------------------------------------------------

BEIJING = {"profit": [-4.12, -2.10, 7.45, 30.49, 107.76], "weight": [42.2, 20.5, 26.3, 9.2, 1.8]}
BEIJING_SOURCE = "five value groups of a Beijing appliance maker; " + DEFINITION
RSV = "Raffinetti, Siletti & Vernizzi 2015, section on normalisation: "
FUNCTIONS = {
    f.__name__: f
    for f in (
        top_share, bottom_share, smallest_share, peak, gini, gini_corrected, lorenz, pyramid,
        value_groups, value_group_fifths, tier_migration, group_table, k_means_cut, otsu_cut,
        quantile_cut, customer_types, rfm, rfm_grid,
    )
}
FUNCTIONS["mean"] = lambda profit, weight=None: totals(profit, weight)[2]


def published():
    """The printed numbers, each computed here with the definitions above."""
    rows = pairs(**BEIJING)
    assert sum(w for _, w in rows) == 100
    mean = totals(**BEIJING)[2]
    assert mean == Fraction("4.53497")
    assert sum(w * y for y, w in rows[:2]) / 100 == Fraction("-2.16914")
    assert sum(w for _, w in rows[:2]) == Fraction("62.7")
    assert sum(w for _, w in rows[3:]) == 11
    assert round(100 * top_share(share=0.11, **BEIJING), 1) == Fraction("104.6")
    for losses, printed in [([-5] * 9, "0.555"), ([-45] + [0] * 8, "1"), ([-15, -10, -8, -7, -5, 0, 0, 0, 0], "0.8346")]:
        found = gini_corrected(losses + [45.01])
        assert abs(found - Fraction(printed)) < Fraction(1, 1000), (float(found), printed)


def cases():
    random.seed(20)
    yield "beijing mean", "mean", BEIJING, BEIJING_SOURCE
    yield "beijing best 11 %", "top_share", {**BEIJING, "share": 0.11}, BEIJING_SOURCE
    yield "beijing lowest 62.7 %", "bottom_share", {**BEIJING, "share": 0.627}, BEIJING_SOURCE
    yield "beijing 80 % of profit", "smallest_share", {**BEIJING, "share": 0.8}, BEIJING_SOURCE
    yield "beijing peak", "peak", BEIJING, BEIJING_SOURCE
    yield "beijing gini", "gini", BEIJING, BEIJING_SOURCE
    for letter, losses in [("a", [-5.0] * 9), ("b", [-45.0] + [0.0] * 8), ("c", [-15.0, -10.0, -8.0, -7.0, -5.0, 0.0, 0.0, 0.0, 0.0])]:
        yield f"paper's case {letter}", "gini_corrected", {"profit": losses + [45.01]}, RSV + "0.555, 1, 0.8346; exact here"
    weighted = {"profit": [-7.0, -15.0, 11.0, -10.0, 2.0, 4.0, 40.0], "weight": [2.5, 1.1, 3.6, 4.4, 0.8, 2.7, 1.9]}
    yield "example of GiniWegNeg", "gini", weighted, "data of the help page of Gini_RSV, R package GiniWegNeg; " + DEFINITION
    yield "one customer has all", "gini", {"profit": [0.0, 0.0, 0.0, 12.0]}, DEFINITION
    yield "all equal", "gini", {"profit": [3.0, 3.0, 3.0]}, DEFINITION
    profit = [round(random.lognormvariate(3, 1.3) - 12, 2) for _ in range(60)] + [0.0] * 5
    for share in (0.0, 0.01, 0.2, 0.37, 0.8, 1.0):
        yield f"65 customers, best {share}", "top_share", {"profit": profit, "share": share}, DEFINITION
        yield f"65 customers, worst {share}", "bottom_share", {"profit": profit, "share": share}, DEFINITION
        yield f"65 customers, profit {share}", "smallest_share", {"profit": profit, "share": share}, DEFINITION
    yield "65 customers", "gini", {"profit": profit}, DEFINITION
    yield "65 customers", "gini_corrected", {"profit": profit}, DEFINITION
    yield "65 customers", "peak", {"profit": profit}, DEFINITION
    yield "65 customers", "lorenz", {"profit": profit, "points": 11}, DEFINITION
    yield "beijing curve", "lorenz", {**BEIJING, "points": 7}, BEIJING_SOURCE
    default = [0.01, 0.04, 0.15, 0.8]
    many = [float(x) for x in random.sample(range(1000), 250)]
    yield "default pyramid", "pyramid", {"profit": many, "shares": default}, DEFINITION
    yield "pyramid with ties", "pyramid", {"profit": [5.0] * 30 + [9.0] * 3 + [1.0] * 7, "shares": [0.05, 0.05, 0.1, 0.8]}, DEFINITION
    yield "all equal are small", "pyramid", {"profit": [2.0] * 200, "shares": default}, DEFINITION
    yield "groups at given cuts", "value_groups", {"profit": [-4.12, -3.0, -2.1, 0.0, 7.45, 30.49, 50.0, 107.76], "thresholds": [-3.0, 0.0, 20.0, 50.0]}, DEFINITION
    yield "fifths", "value_group_fifths", {"profit": many[:57]}, DEFINITION
    yield "moves", "tier_migration", {"before": [0, 1, 1, 3, 3, 3, 3], "after": [0, 0, 1, 3, 3, 2, 1], "tiers": 4}, DEFINITION
    yield "a loss and an empty group", "group_table", {"codes": [0, 1, 1, 3, 3], "profit": [60.5, 30.25, 20.0, -10.1, 0.1], "groups": 4}, DEFINITION
    yield "no positive total", "group_table", {"codes": [0, 1], "profit": [1.0, -2.5], "groups": 2}, DEFINITION
    for name, values in [
        ("two heaps", [1.0, 2.0, 3.0, 10.0, 11.0]),
        ("skewed", [round(random.lognormvariate(2, 1.1), 2) for _ in range(12)]),
        ("ties", [1.0, 1.0, 1.0, 2.0, 2.0, 7.0, 7.0]),
        ("negative", [-3.5, -100.25, 4.0, 0.0, -2.0, 8.0]),
    ]:
        yield name, "k_means_cut", {"values": values}, DEFINITION
        yield name, "otsu_cut", {"values": values, "bins": 16}, DEFINITION
        yield name, "quantile_cut", {"values": values, "share": 0.5}, DEFINITION
    yield "four types", "customer_types", {"current": [9.0, 8.0, 1.0, 2.0, 5.0], "potential": [7.0, 1.0, 6.0, 2.0, 5.0], "current_cut": 5.0, "potential_cut": 5.0}, DEFINITION
    recency = [float(random.randint(0, 400)) for _ in range(40)]
    frequency = [float(random.choice([1, 1, 1, 1, 2, 2, 3, 4, 6, 11])) for _ in range(40)]
    monetary = [round(n * random.lognormvariate(3, 0.6), 2) for n in frequency]
    columns = {"recency": recency, "frequency": frequency, "monetary": monetary}
    yield "40 customers", "rfm", {**columns, "scores": 5}, DEFINITION
    yield "40 customers, thirds", "rfm", {**columns, "scores": 3}, DEFINITION
    scores = rfm(**columns)
    yield "40 customers", "rfm_grid", {"recency": scores["recency"], "frequency": scores["frequency"], "revenue": monetary, "scores": 5}, DEFINITION


REFUSED = [
    ("no customers", "gini", {"profit": []}, "empty", "profit", None),
    ("all zero", "gini", {"profit": [0.0, 0.0]}, "out_of_range", "profit", None),
    ("total loss has no shares", "top_share", {"profit": [1.0, -2.0], "share": 0.2}, "out_of_range", "profit", None),
    ("share over 1", "top_share", {"profit": [1.0, 2.0], "share": 1.2}, "out_of_range", "share", None),
    ("negative weight", "mean", {"profit": [1.0, 2.0], "weight": [1.0, -1.0]}, "out_of_range", "weight", 1),
    ("weights of another length", "mean", {"profit": [1.0, 2.0], "weight": [1.0]}, "length_mismatch", "weight", None),
    ("shares over 1", "pyramid", {"profit": [1.0, 2.0], "shares": [0.2, 0.2, 0.2, 0.5]}, "not_stochastic", "shares", None),
    ("thresholds fall", "value_groups", {"profit": [1.0], "thresholds": [0.0, 5.0, 4.0, 9.0]}, "out_of_range", "thresholds", 2),
    ("code of no tier", "tier_migration", {"before": [0, 1], "after": [0, 2], "tiers": 2}, "out_of_range", "after", 1),
    ("one class", "k_means_cut", {"values": [4.0, 4.0]}, "no_solution", "values", None),
    ("one class", "otsu_cut", {"values": [4.0, 4.0], "bins": 256}, "no_solution", "values", None),
    ("one bin", "otsu_cut", {"values": [4.0, 5.0], "bins": 1}, "out_of_range", "bins", None),
    ("one score", "rfm", {"recency": [1.0], "frequency": [1.0], "monetary": [1.0], "scores": 1}, "out_of_range", "scores", None),
    ("columns of two lengths", "rfm", {"recency": [1.0], "frequency": [1.0, 2.0], "monetary": [1.0], "scores": 5}, "length_mismatch", "frequency", None),
    ("score 0", "rfm_grid", {"recency": [1, 0], "frequency": [1, 1], "revenue": [1.0, 1.0], "scores": 2}, "out_of_range", "recency", 1),
]


published()
for name, function, arguments, source in cases():
    VECTORS.add(name, function, arguments, FUNCTIONS[function](**arguments), source=source)
for refused in REFUSED:
    VECTORS.refuse(*refused)
VECTORS.write()
