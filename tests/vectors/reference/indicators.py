"""Reference values for tests/vectors/indicators.json, independent of the library.

Sums and ratios in exact fractions, logarithms and roots in 60 digits, straight from the definitions: ranks are counted, correlations
summed pair by pair. `python3 tests/vectors/reference/indicators.py` rewrites the file; `--check` compares it.
"""

import random
from decimal import Decimal, getcontext
from fractions import Fraction

from cases import Vectors

getcontext().prec = 60
VECTORS = Vectors("indicators", 1e-12, "definition, in exact fractions and 60 digits: tests/vectors/reference/indicators.py")


def exact(x):
    return Fraction(Decimal(repr(x)))


def decimal(x):
    x = Fraction(x)
    return Decimal(x.numerator) / Decimal(x.denominator)


# --- composite index -----------------------------------------------------------------------------


def min_max(column, lower, values):
    low, high = min(column), max(column)
    return [((high - x) if lower else (x - low)) / (high - low) for x in values]


def z_score(column, lower, values):
    n = len(column)
    mean = sum(column) / n
    deviation = decimal(sum((x - mean) ** 2 for x in column) / n).sqrt()
    return [(-1 if lower else 1) * decimal(x - mean) / deviation for x in values]


def rank(column, lower, values):
    def share(x):
        worse = sum(1 for y in column if (y > x if lower else y < x))
        return (worse + Fraction(sum(1 for y in column if y == x), 2)) / len(column)

    return [share(x) for x in values]


def entropy(columns):
    diversities = []
    for column in columns:
        parts = [decimal(z / sum(column)) for z in column]
        e = -sum(p * p.ln() for p in parts if p > 0) / Decimal(len(column)).ln()
        diversities.append(1 - e)
    return [d / sum(diversities) for d in diversities]


def critic(columns):
    def moment(a, b):
        n = len(a)
        return sum((x - sum(a) / n) * (y - sum(b) / n) for x, y in zip(a, b))

    information = []
    for a in columns:
        conflict = sum(1 - decimal(moment(a, b)) / (decimal(moment(a, a)) * decimal(moment(b, b))).sqrt() for b in columns)
        information.append(decimal(moment(a, a)).sqrt() * conflict)
    return [c / sum(information) for c in information]


def composite_index(indicators, lower_is_better, normalisation, weighting, weights, others):
    columns = [[exact(x) for x in column] for column in indicators]
    scale = {"min_max": min_max, "z_score": z_score, "rank": rank}[normalisation]
    normal = [min_max(column, lower, column) for column, lower in zip(columns, lower_is_better)]
    if weighting == "entropy":
        found = entropy(normal)
    elif weighting == "critic":
        found = critic(normal)
    else:
        found = [decimal(exact(w)) for w in weights]
    scored = others or indicators
    contributions = [
        [w * (z if isinstance(z, Decimal) else decimal(z)) for z in scale(column, lower, [exact(x) for x in values])]
        for column, lower, values, w in zip(columns, lower_is_better, scored, found)
    ]
    scores = [sum(row) for row in zip(*contributions)]
    return {"weights": found, "scores": scores, "contributions": contributions}


# --- indicators of logs --------------------------------------------------------------------------


def ratio(a, b):
    return a / b if b else None


def transaction_indicators(customer, day, amount, cost, observation_end):
    out = {}
    for who in dict.fromkeys(customer):
        rows = [i for i, c in enumerate(customer) if c == who]
        orders = [i for i in rows if amount[i] >= 0]
        returns = [i for i in rows if amount[i] < 0]
        revenue, returned = sum(exact(amount[i]) for i in orders), -sum(exact(amount[i]) for i in returns)
        days = sorted({day[i] for i in orders})
        row = {"order_count": len(orders), "revenue": revenue}
        if cost is not None:
            row["profit"] = revenue - returned - sum(exact(cost[i]) for i in rows)
            row["gross_margin"] = row["profit"] / (revenue - returned) if revenue > returned else None
        row |= {
            "mean_order": ratio(Fraction(revenue), len(orders)),
            "largest_order": max((exact(amount[i]) for i in orders), default=None),
            "return_count": len(returns),
            "return_amount": returned,
            "tenure": observation_end - min(day[i] for i in rows),
            "interpurchase_time": Fraction(days[-1] - days[0], len(days) - 1) if len(days) > 1 else None,
        }
        for name, value in row.items():
            out.setdefault(name, []).append(value)
    return out


def financial_indicators(customer, customers, amount, issued, due, paid, as_of):
    out = {}
    for who in range(customers):
        rows = [i for i, c in enumerate(customer) if c == who and issued[i] <= as_of]
        settled = [i for i in rows if paid[i] is not None and paid[i] <= as_of]
        passed = [i for i in rows if due[i] < as_of]
        late = sum(exact(amount[i]) for i in passed if i not in settled)
        row = {
            "largest_payment": max((exact(amount[i]) for i in settled), default=None),
            "mean_payment": ratio(sum(exact(amount[i]) for i in settled), len(settled)),
            "collection_period": ratio(sum(exact(paid[i]) - exact(issued[i]) for i in settled), len(settled)),
            "mean_arrears": ratio(Fraction(late), len(passed)),
            "arrears_rate": ratio(Fraction(late), sum(exact(amount[i]) for i in passed)),
        }
        for name, value in row.items():
            out.setdefault(name, []).append(value)
    return out


def contact_indicators(customer, customers, kind):
    out = {}
    for who in range(customers):
        own = [k for c, k in zip(customer, kind) if c == who]
        row = {"task_count": own.count("task"), "process_count": own.count("process")}
        for name in ("praise", "complaint", "suggestion"):
            row[f"{name}_count"] = own.count(name)
            row[f"{name}_rate"] = Fraction(own.count(name), len(own)) if own else None
        for name, value in row.items():
            out.setdefault(name, []).append(value)
    return out


def discipline_profile(items, ratings, standard):
    names = ["operational_excellence", "product_leadership", "customer_intimacy"]
    scores = []
    for name in names:
        own = [exact(r) for item, r in zip(items, ratings) if item == name and r is not None]
        scores.append(sum(own) / len(own) if own else None)
    rated = sorted((s for s in scores if s is not None), reverse=True)
    unique = rated and rated.count(rated[0]) == 1
    return {
        "scores": scores,
        "leading": names[scores.index(rated[0])] if unique else None,
        "margin": rated[0] - rated[1] if len(rated) > 1 else None,
        "keeps_up": [int(s is not None and s >= exact(standard)) for s in scores],
    }


FUNCTIONS = {
    f.__name__: f
    for f in (composite_index, transaction_indicators, financial_indicators, contact_indicators, discipline_profile)
}


def cases():
    random.seed(20260101)
    # By hand: entropy of (0, ½, 1): p = 0, 1/3, 2/3, e = (ln 3 − 2/3 ln 2) / ln 3.
    small = {"indicators": [[120.0, 40.0, 80.0], [0.0, 0.5, 0.1]], "lower_is_better": [0, 1]}
    found = composite_index(**small, normalisation="min_max", weighting="given", weights=[0.75, 0.25], others=None)
    assert [float(s) for s in found["scores"]] == [1.0, 0.0, 0.575]
    # CRITIC by hand: two opposite columns (r = −1) and equal deviations weigh alike.
    opposite = composite_index([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], [0, 0], "min_max", "critic", None, None)
    assert [float(w) for w in opposite["weights"]] == [0.5, 0.5]
    profit = [round(random.lognormvariate(3, 1) - 15, 2) for _ in range(25)]
    orders = [float(random.choice([1, 1, 2, 3, 5, 8])) for _ in range(25)]
    arrears = [round(random.random() ** 3, 3) for _ in range(25)]
    many = {"indicators": [profit, orders, arrears], "lower_is_better": [0, 0, 1]}
    others = [[-40.0, 0.0, 500.0], [0.0, 2.0, 20.0], [1.0, 0.0, arrears[3]]]
    for name, columns in (("three customers", small), ("25 customers", many)):
        weights = [0.75, 0.25] if columns is small else [0.5, 0.3, 0.2]
        for normalisation in ("min_max", "z_score", "rank"):
            for weighting in ("given", "entropy", "critic"):
                given = weights if weighting == "given" else None
                common = {**columns, "normalisation": normalisation, "weighting": weighting, "weights": given}
                yield f"{name}, {normalisation}, {weighting}", "composite_index", {**common, "others": None}
    for normalisation in ("min_max", "z_score", "rank"):
        common = {**many, "normalisation": normalisation, "weighting": "critic", "weights": None}
        yield f"other customers, {normalisation}", "composite_index", {**common, "others": others}
    one = {"indicators": [[3.0, 1.0, 2.0]], "lower_is_better": [1], "normalisation": "min_max", "weights": None, "others": None}
    yield "one indicator weighs all", "composite_index", {**one, "weighting": "entropy"}
    log = {"customer": [1, 2, 1, 1, 2, 3, 1, 4], "day": [10, 12, 20, 20, 40, 41, 35, 50], "amount": [60.0, 20.5, 0.0, 12.25, -8.5, -3.0, 7.75, 9.0]}
    yield "with costs", "transaction_indicators", {**log, "cost": [30.0, 11.0, 1.0, 6.5, -2.0, -1.0, 2.25, 10.0], "observation_end": 60}
    yield "without costs", "transaction_indicators", {**log, "cost": None, "observation_end": 50}
    invoices = {
        "customer": [0, 0, 0, 1, 1, 3, 3],
        "customers": 4,
        "amount": [100.0, 300.0, 100.0, 40.5, 59.5, 10.0, 20.0],
        "issued": [0.0, 10.0, 20.0, 5.0, 58.0, 61.0, 0.0],
        "due": [30.0, 40.0, 50.0, 35.0, 88.0, 91.0, 60.0],
        "paid": [25.0, 45.0, None, 70.0, None, None, 60.0],
    }
    yield "as of day 60", "financial_indicators", {**invoices, "as_of": 60.0}
    yield "as of day 100", "financial_indicators", {**invoices, "as_of": 100.0}
    kinds = ["praise", "task", "complaint", "other", "suggestion", "process", "task", "complaint"]
    yield "contacts", "contact_indicators", {"customer": [0, 0, 0, 0, 2, 2, 2, 2], "customers": 3, "kind": kinds}
    o, p, c = "operational_excellence", "product_leadership", "customer_intimacy"
    yield "intimate", "discipline_profile", {"items": [o, o, p, c], "ratings": [0.4, 0.6, 0.3, 0.9], "standard": 0.5}
    yield "nobody leads", "discipline_profile", {"items": [o, p, c, c], "ratings": [0.75, 0.75, 0.5, None], "standard": 0.6}
    yield "one is rated", "discipline_profile", {"items": [o, p, c], "ratings": [None, 0.25, None], "standard": 0.0}
    yield "none is rated", "discipline_profile", {"items": [o], "ratings": [None], "standard": 0.5}


def refused_index(indicators, weighting="given", weights=None, lower=None, others=None):
    lower = lower or [0] * len(indicators)
    return {"indicators": indicators, "lower_is_better": lower, "normalisation": "min_max", "weighting": weighting, "weights": weights, "others": others}


GOOD = [[1.0, 2.0], [5.0, 3.0]]
INVOICE = {"customer": [0], "customers": 1, "amount": [5.0], "issued": [3.0], "due": [9.0], "paid": [None], "as_of": 20.0}
REFUSED = [
    ("the same for all", "composite_index", refused_index([[1.0, 2.0], [4.0, 4.0]], weights=[0.5, 0.5]), "no_solution", "indicators[1]", None),
    ("not known", "composite_index", refused_index([[1.0, None], [4.0, 5.0]], weights=[0.5, 0.5]), "not_finite", "indicators[0]", 1),
    ("no weight", "composite_index", refused_index(GOOD, weights=[0.0, 0.0]), "not_stochastic", "weights", None),
    ("negative weight", "composite_index", refused_index(GOOD, weights=[1.5, -0.5]), "out_of_range", "weights", 1),
    ("one weight too few", "composite_index", refused_index(GOOD, weights=[1.0]), "length_mismatch", "weights", None),
    ("all say the same", "composite_index", refused_index([[1.0, 2.0, 4.0], [2.0, 4.0, 8.0]], "critic"), "no_solution", "indicators", None),
    ("columns of two lengths", "composite_index", refused_index([[1.0, 2.0], [1.0, 2.0, 3.0]], "entropy"), "length_mismatch", "indicators[1]", None),
    ("no indicator", "composite_index", refused_index([], "entropy"), "empty", "indicators", None),
    ("no customer", "composite_index", refused_index([[]], "entropy"), "empty", "indicators[0]", None),
    ("one column of others", "composite_index", refused_index(GOOD, "entropy", others=[[1.0]]), "length_mismatch", "indicators", None),
    ("end before a transaction", "transaction_indicators", {"customer": [1, 1], "day": [3, 9], "amount": [1.0, 2.0], "cost": None, "observation_end": 8}, "out_of_range", "observation_end", 1),
    ("nothing to pay", "financial_indicators", {**INVOICE, "amount": [0.0]}, "out_of_range", "amount", 0),
    ("due before issued", "financial_indicators", {**INVOICE, "due": [2.0]}, "out_of_range", "due", 0),
    ("paid before issued", "financial_indicators", {**INVOICE, "paid": [2.0]}, "out_of_range", "paid", 0),
    ("an amount is not known", "financial_indicators", {**INVOICE, "amount": [None]}, "not_finite", "amount", 0),
    ("customer beyond their number", "financial_indicators", {**INVOICE, "customer": [1]}, "out_of_range", "customer", 0),
    ("customer of a contact", "contact_indicators", {"customer": [0, 7], "customers": 2, "kind": ["task", "task"]}, "out_of_range", "customer", 1),
    ("rating over 1", "discipline_profile", {"items": ["customer_intimacy"], "ratings": [1.5], "standard": 0.5}, "out_of_range", "ratings", 0),
    ("standard over 1", "discipline_profile", {"items": ["customer_intimacy"], "ratings": [0.5], "standard": 2.0}, "out_of_range", "standard", None),
    ("no items", "discipline_profile", {"items": [], "ratings": [], "standard": 0.5}, "empty", "items", None),
]


for name, function, arguments in cases():
    VECTORS.add(name, function, arguments, FUNCTIONS[function](**arguments))
for name, function, arguments, kind, argument, row in REFUSED:
    VECTORS.refuse(name, function, arguments, kind, argument, row)
VECTORS.write()
