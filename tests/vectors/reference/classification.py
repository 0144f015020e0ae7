"""Reference values for tests/vectors/classification.json, independent of the library.

Borders and margins are counted in exact fractions, loyalty is judged in 50 digits from the table of conditions, conflicts are read from
their sentences; the stages of the activities are plain by hand. `python3 tests/vectors/reference/classification.py` rewrites the file;
`--check` compares it.
"""

import math
import random
from decimal import Decimal, getcontext
from fractions import Fraction

from cases import Vectors

getcontext().prec = 50
VECTORS = Vectors("classification", 1e-12, "definition: tests/vectors/reference/classification.py")
CLUES = ["attachment", "repeat_purchase", "alternatives", "switching_effort", "convenience", "promotion_share", "reward_share", "constraint"]
HIGH = Fraction(7, 10)


def exact(x):
    return None if x is None else Fraction(Decimal(repr(x)))


# --- borders and margins -------------------------------------------------------------------------


def at_rank(values, share):
    return sorted(values)[math.ceil(len(values) * exact(share)) - 1]


def cut(values, rule):
    known = [v for v in values if v is not None]
    if rule["method"] == "given":
        return exact(rule["number"])
    if rule["method"] == "quantile":
        return at_rank(known, rule["number"])
    ordered = sorted(known)
    splits = [(ordered[:i], ordered[i:]) for i in range(1, len(ordered)) if ordered[i - 1] < ordered[i]]
    means = [(sum(a) / len(a), sum(b) / len(b), len(a), len(b)) for a, b in splits]
    low, high, _, _ = max(means, key=lambda m: m[2] * m[3] * (m[1] - m[0]) ** 2)
    return (low + high) / 2


def margin(value, border, values):
    known = [v for v in values if v is not None]
    between = [v for v in known if (border < v <= value if value > border else value <= v <= border)]
    return Fraction(len(between), len(known))


def tiers(values, shares):
    known = [v for v in values if v is not None]
    below = [1 - sum(exact(s) for s in shares[: k + 1]) for k in range(3)]
    return [sorted(known)[math.ceil(len(known) * b) - 1] for b in reversed(below)]


# --- loyalty -------------------------------------------------------------------------------------

CONDITIONS = {
    "monopoly": [("attachment", 0), ("repeat_purchase", 1), ("alternatives", 1)],
    "inertia": [("attachment", 0), ("repeat_purchase", 1), ("switching_effort", 1)],
    "latent": [("attachment", 1), ("repeat_purchase", 0), ("constraint", 1)],
    "convenience": [("attachment", 0), ("repeat_purchase", 1), ("convenience", 1)],
    "price": [("attachment", 0), ("repeat_purchase", 0), ("promotion_share", 1)],
    "incentive": [("attachment", 0), ("repeat_purchase", 1), ("reward_share", 1)],
    "premium": [("attachment", 1), ("repeat_purchase", 1)],
}


def loyalty(clues):
    if all(value is None for value in clues.values()):
        return None
    degree = {name: exact(value) for name, value in clues.items()}
    if degree["alternatives"] is not None:
        degree["alternatives"] = 1 / (1 + degree["alternatives"])
    fits = {}
    for category, conditions in CONDITIONS.items():
        product = Fraction(1)
        for clue, high in conditions:
            d = degree[clue]
            product *= Fraction(1, 2) if d is None else d if high else 1 - d
        fit = float(product) ** (1 / len(conditions))
        fits[category] = 0.0 if category == "price" and degree["promotion_share"] is None else fit
    best, next_best = sorted(fits.values(), reverse=True)[:2]
    known = sum(degree[clue] is not None for clue, _ in CONDITIONS[max(fits, key=fits.get)])
    outcome = "no_loyalty" if best <= 0.5 else "ambiguous" if best - next_best <= 0.1 else "decided"
    outcome = "insufficient_evidence" if known < 2 else outcome
    return {"outcome": outcome, "category": max(fits, key=fits.get) if outcome == "decided" else None, "margin": best - next_best}


# --- the whole -----------------------------------------------------------------------------------


def classify(customers, current, potential, clues, activity, current_cut, potential_cut, tier_shares, stages=None):
    now, more = [exact(v) for v in current or [None] * customers], [exact(v) for v in potential or [None] * customers]
    known_now, known_more = any(v is not None for v in now), any(v is not None for v in more)
    borders = tiers(now, tier_shares or [0.01, 0.04, 0.15, 0.8]) if known_now else None
    across = cut(now, current_cut) if known_now else None
    up = cut(more, potential_cut) if known_more else None
    rows = []
    for i in range(customers):
        row = {"stage": None if activity is None else stages[i], "type": None, "type_margin": None, "tier": None, "tier_margin": None}
        if now[i] is not None:
            row["tier"] = ["small", "regular", "major", "vip"][sum(now[i] > b for b in borders)]
            row["tier_margin"] = min(margin(now[i], b, now) for b in borders)
        if now[i] is not None and more[i] is not None:
            high = (now[i] > across, more[i] > up)
            row["type"] = {(1, 1): "golden", (1, 0): "meteor", (0, 1): "stream", (0, 0): "burden"}[high]
            row["type_margin"] = min(margin(now[i], across, now), margin(more[i], up, more))
        own = {name: clues.get(name, [None] * customers)[i] for name in CLUES}
        found = loyalty(own)
        row["loyalty"] = found and found["category"]
        row["loyalty_outcome"] = found and found["outcome"]
        row["loyalty_margin"] = found and found["margin"]
        repeats = exact(own["repeat_purchase"])
        ended, new = row["stage"] == "termination", row["stage"] in ("potential", "development")
        buys, away = repeats is not None and repeats >= HIGH, repeats is not None and repeats <= 1 - HIGH
        sentences = {
            "ended_and_buying": ended and buys,
            "active_and_not_buying": row["stage"] in ("growth", "maturity") and away,
            "ended_with_potential": ended and row["type"] in ("golden", "stream"),
            "new_and_convinced": new and row["loyalty"] == "premium",
            "top_without_profit": (row["tier"] in ("vip", "major") or row["type"] in ("golden", "meteor")) and now[i] <= 0,
        }
        row["conflicts"] = [name for name, holds in sentences.items() if holds]
        rows.append(row)
    return {"rows": rows, "tiers": borders, "current": across, "potential": up}


MEDIAN = {"method": "quantile", "number": 0.5}
COMMON = {"current": None, "potential": None, "clues": {}, "activity": None, "current_cut": MEDIAN, "potential_cut": MEDIAN, "tier_shares": None}


def purchases(*periods, places=None):
    """Customers who bought once for 100 in each of these periods of 12."""
    offsets = [0]
    for own in periods:
        offsets.append(offsets[-1] + len(own))
    return {"offsets": offsets, "periods": [p for own in periods for p in own], "observed": 12, "places": places}


def cases():
    random.seed(7)
    every, stopped, first = range(12), range(4), [11]
    # Every month the same: Maturity. Silent for eight of its own intervals after four: Termination. One purchase, just now: Development.
    stages = ["maturity", "termination", "development"]
    yield "contradictions", {
        **COMMON, "customers": 4,
        "activity": purchases(every, stopped, first, places=[1, 2, 0, -1]),
        "current": [80.0, 20.0, -5.0, 60.0], "potential": [90.0, 10.0, 5.0, 70.0],
        "clues": {"attachment": [0.9, 0.9, 0.2, 0.8], "repeat_purchase": [0.85, 0.9, 0.1, 0.9], "promotion_share": [None, None, 0.9, None]},
    }, [stages[p] if p >= 0 else None for p in [1, 2, 0, -1]]
    yield "rows of the series", {**COMMON, "customers": 3, "activity": purchases(every, stopped, first)}, stages
    yield "missing evidence", {
        **COMMON, "customers": 5, "current": [90.0, 80.0, None, 5.0, -3.0], "potential": [70.0, None, 3.0, 9.0, 1.0],
        "clues": {"attachment": [None, 0.9, 0.1, None, 0.1], "repeat_purchase": [None, None, 0.9, 0.9, 0.1], "alternatives": [None, None, 0.0, 3.0, None]},
    }, None
    yield "all lose money", {**COMMON, "customers": 4, "current": [-1.0, -5.0, -2.0, -9.0], "potential": [1.0, 2.0, 3.0, 4.0]}, None
    yield "nothing but one clue", {**COMMON, "customers": 2, "clues": {"reward_share": [0.9, None]}}, None
    many = [round(random.lognormvariate(2, 1.2) - 3, 2) for _ in range(60)]
    more = [round(random.lognormvariate(1, 0.8), 2) for _ in range(60)]
    share = lambda: [None if random.random() < 0.3 else round(random.random(), 3) for _ in range(60)]
    clues = {name: share() for name in CLUES}
    clues["alternatives"] = [None if random.random() < 0.3 else float(random.randrange(5)) for _ in range(60)]
    clues["constraint"] = [random.choice([None, 0.0, 1.0]) for _ in range(60)]
    for current_cut, potential_cut in ((MEDIAN, MEDIAN), ({"method": "k_means", "number": 0.0}, {"method": "given", "number": 2.5})):
        yield f"60 customers, {current_cut['method']}", {
            **COMMON, "customers": 60, "current": many, "potential": more, "clues": clues, "current_cut": current_cut,
            "potential_cut": potential_cut, "tier_shares": [0.05, 0.1, 0.2, 0.65],
        }, None


REFUSED = [
    ("evidence over 1", {**COMMON, "customers": 2, "clues": {"attachment": [0.5, 1.5]}}, "out_of_range", "attachment", 1),
    ("all the same for two heaps", {**COMMON, "customers": 2, "current": [1.0, 1.0], "current_cut": {"method": "k_means", "number": 0.0}}, "no_solution", "current", None),
    ("shares of tiers over 1", {**COMMON, "customers": 2, "current": [1.0, 2.0], "tier_shares": [0.5, 0.5, 0.5, 0.5]}, "not_stochastic", "shares", None),
]


if __name__ == "__main__":
    for name, arguments, stages in cases():
        VECTORS.add(name, "classify", arguments, classify(**arguments, stages=stages))
    for name, *refused in REFUSED:
        VECTORS.refuse(name, "classify", *refused)
    VECTORS.write()
