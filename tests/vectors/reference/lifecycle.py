"""Makes tests/vectors/lifecycle.json: the worked numbers of the customer lifecycle.

Numbers come from this file alone: exact fractions and `mpmath` (50 digits), straight from the definitions. Stages of
hand-made customers are what an analyst would name on seeing the purchases; no program made them. Run
`python tests/vectors/reference/lifecycle.py` to write the file; `--check` compares it, and compares Kaplan-Meier with
the PyPI package `lifelines` as well.
"""

import itertools
import sys
from fractions import Fraction

import mpmath
from cases import Vectors
from mpmath import mp, mpf

mp.dps = 50
HERE = "tests/vectors/reference/lifecycle.py"
VECTORS = Vectors("lifecycle", 1e-12, HERE)
case, refused = VECTORS.add, VECTORS.refuse


def exact(number):
    return Fraction(repr(number))


# --- state machine ---------------------------------------------------------------------------


def stages():
    source = "lifecycle theory: the seven stages and what leads from one to the next"
    walk = [
        "first_contact",
        "first_purchase",
        "repeat_purchase",
        "cross_purchase",
        "plateau",
        "downturn",
        "churn",
        "closed",
        "win_back",
        "reactivated",
    ]
    reached = [
        "potential",
        "development",
        "growth",
        "growth",
        "maturity",
        "decline",
        "termination",
        "termination",
        "recovery",
        "maturity",
    ]
    case("a whole lifecycle", "stages_after", {"events": walk}, reached, 0, source)
    case(
        "a customer never courted",
        "stages_after",
        {"events": ["first_purchase", "cross_purchase", "downturn"]},
        ["development", "growth", "decline"],
        0,
        source,
    )
    case(
        "a downturn that passes",
        "stages_after",
        {"events": ["first_purchase", "repeat_purchase", "downturn", "plateau", "upturn"]},
        ["development", "growth", "decline", "maturity", "growth"],
        0,
        source,
    )
    for events in (
        ["first_contact", "plateau"],
        ["plateau"],
        ["first_purchase", "churn", "repeat_purchase"],
        ["first_purchase", "churn", "churn"],
        ["first_purchase", "win_back"],
        ["first_contact", "churn"],
    ):
        refused("illegal: " + ", ".join(events), "stages_after", {"events": events}, "illegal_transition", "event")


# --- tenure ----------------------------------------------------------------------------------


def tenure():
    source = "T = 1 / churn and S = (1 - churn)^t, 50 digits: " + HERE
    for churn in (0.2, 0.05, 1.0, 0.0375):
        case(f"churn {churn}", "expected_tenure", {"churn": churn}, float(1 / exact(churn)), 1e-15, source)
    refused("churn 0 is no number of periods", "expected_tenure", {"churn": 0.0}, "out_of_range", "churn")
    for churn, periods in ((0.2, 3.0), (0.2, 0.0), (0.0, 40.0), (1.0, 0.0), (1.0, 2.0), (0.037, 12.5), (1e-6, 1000.0)):
        survival = mpf(1) if periods == 0 else (1 - mpf(repr(churn))) ** mpf(repr(periods))
        case(
            f"churn {churn} for {periods} periods",
            "survival_probability",
            {"churn": churn, "periods": periods},
            float(survival),
            1e-14,
            source,
        )
    refused("negative periods", "survival_probability", {"churn": 0.1, "periods": -1.0}, "out_of_range", "periods")


def wilson(at_start, lost, confidence):
    z = mpmath.sqrt(2) * mpmath.erfinv(mpf(repr(confidence)))
    n, p = mpf(at_start), mpf(lost) / at_start
    centre, spread = p + z * z / (2 * n), z * mpmath.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return {
        "at_start": at_start,
        "lost": lost,
        "rate": float(p),
        "lower": float((centre - spread) / scale),
        "upper": float((centre + spread) / scale),
    }


def churn():
    source = "Wilson 1927, 50 digits: " + HERE
    cohorts = [(50, 10), (200, 0), (7, 7), (1000, 37), (1, 0)]
    for confidence in (0.95, 0.8):
        for at_start, lost in cohorts:
            case(
                f"{lost} of {at_start} at {confidence}",
                "churn_rate",
                {"at_start": at_start, "lost": lost, "confidence": confidence},
                wilson(at_start, lost, confidence),
                1e-14,
                source,
            )
    case(
        "pooled",
        "churn_rates",
        {"at_start": [n for n, _ in cohorts], "lost": [d for _, d in cohorts], "confidence": 0.95},
        {
            "cohorts": [wilson(n, d, 0.95) for n, d in cohorts],
            "pooled": wilson(sum(n for n, _ in cohorts), sum(d for _, d in cohorts), 0.95),
        },
        1e-14,
        source,
    )
    published = wilson(263, 81, 0.95)  # Newcombe 1998, table I: 0.2553 to 0.3662
    assert (round(published["lower"], 4), round(published["upper"], 4)) == (0.2553, 0.3662)
    case(
        "Newcombe 1998, table I",
        "churn_rate",
        {"at_start": 263, "lost": 81, "confidence": 0.95},
        published,
        1e-14,
        "Newcombe 1998, table I (0.2553 to 0.3662); more digits: " + HERE,
    )
    refused(
        "nobody at the start", "churn_rate", {"at_start": 0, "lost": 0, "confidence": 0.95}, "out_of_range", "at_start"
    )
    refused(
        "more lost than there were",
        "churn_rates",
        {"at_start": [5, 3], "lost": [5, 4], "confidence": 0.95},
        "out_of_range",
        "lost",
        1,
    )
    refused("confidence 1", "churn_rate", {"at_start": 5, "lost": 1, "confidence": 1.0}, "out_of_range", "confidence")


# Freireich et al. 1963: weeks of remission of leukaemia under 6-mercaptopurine, as in Kaplan-Meier textbooks
# (Cox & Oakes 1984, table 1.1; Klein & Moeschberger 2003, table 1.1). A plus marks censoring.
SIX_MP = [
    "6",
    "6",
    "6",
    "6+",
    "7",
    "9+",
    "10",
    "10+",
    "11+",
    "13",
    "16",
    "17+",
    "19+",
    "20+",
    "22",
    "23",
    "25+",
    "32+",
    "32+",
    "34+",
    "35+",
]
PLACEBO = [
    "1",
    "1",
    "2",
    "2",
    "3",
    "4",
    "4",
    "5",
    "5",
    "8",
    "8",
    "8",
    "8",
    "11",
    "11",
    "12",
    "12",
    "15",
    "17",
    "22",
    "23",
]
# Klein & Moeschberger 2003, table 4.1B: survival and standard error after each loss.
PUBLISHED = {
    6: (0.857, 0.076),
    7: (0.807, 0.087),
    10: (0.753, 0.096),
    13: (0.690, 0.107),
    16: (0.627, 0.114),
    22: (0.538, 0.128),
    23: (0.448, 0.135),
}


def read(sample):
    return [float(t.rstrip("+")) for t in sample], [not t.endswith("+") for t in sample]


def product_limit(durations, lost, entry, confidence):
    z = mpmath.sqrt(2) * mpmath.erfinv(mpf(repr(confidence)))
    table = {k: [] for k in ("time", "at_risk", "lost", "censored", "survival", "variance", "lower", "upper")}
    survival, greenwood = Fraction(1), Fraction(0)
    for time in sorted(set(durations)):
        n = sum(1 for i, t in enumerate(durations) if t >= time and (entry is None or entry[i] < time))
        d = sum(1 for t, gone in zip(durations, lost) if t == time and gone)
        survival *= Fraction(n - d, n)
        if survival:
            greenwood += Fraction(d, n * (n - d))
        table["time"].append(time)
        table["at_risk"].append(n)
        table["lost"].append(d)
        table["censored"].append(sum(1 for t in durations if t == time) - d)
        table["survival"].append(float(survival))
        table["variance"].append(float(survival**2 * greenwood) if survival else None)
        if survival in (0, 1):
            bounds = (1.0, 1.0) if survival else (None, None)
        else:
            s = mpf(survival.numerator) / survival.denominator
            width = z * mpmath.sqrt(mpf(greenwood.numerator) / greenwood.denominator) / mpmath.log(s)
            bounds = (float(s ** mpmath.exp(-width)), float(s ** mpmath.exp(width)))
        table["lower"].append(bounds[0])
        table["upper"].append(bounds[1])
    return table


def restricted_mean(table, durations, lost, horizon):
    survival = Fraction(1)
    steps, previous = [], 0
    for time, n, d in zip(table["time"], table["at_risk"], table["lost"]):
        if time > horizon:
            break
        steps.append((Fraction(time) - previous, survival, None))
        previous = Fraction(time)
        survival *= Fraction(n - d, n)
        steps.append((0, survival, (n, d)))
    steps.append((Fraction(horizon) - previous, survival, None))
    mean = sum(width * s for width, s, _ in steps)
    variance = Fraction(0)
    for i, (_, _, loss) in enumerate(steps):
        if loss and loss[1] and loss[0] > loss[1]:
            n, d = loss
            after = Fraction(0)
            for width, s, _ in steps[i:]:
                after += width * s
            variance += after**2 * Fraction(d, n * (n - d))
    error = mpmath.sqrt(mpf(variance.numerator) / variance.denominator)
    return {"mean": float(mean), "standard_error": float(error), "horizon": horizon}


def first_at_most(table, column, level):
    return next((t for t, s in zip(table["time"], table[column]) if s is not None and s <= level), None)


def survival(check):
    source = "Freireich et al. 1963 (data), Kaplan & Meier 1958, Greenwood 1926, exact fractions: " + HERE
    for name, sample, horizons in (("6-MP", SIX_MP, (35.0, 20.0, 10.0, 3.0)), ("placebo", PLACEBO, (23.0, 8.0, 40.0))):
        durations, lost = read(sample)
        table = product_limit(durations, lost, None, 0.95)
        if name == "6-MP":
            for time, (s, error) in PUBLISHED.items():
                row = table["time"].index(time)
                assert abs(table["survival"][row] - s) <= 5.01e-4, (time, s)
                assert abs(table["variance"][row] ** 0.5 - error) <= 1e-3, (time, error)
        if check:
            compare_with_lifelines(table, durations, lost, horizons)
        arguments = {"durations": durations, "observed": lost, "confidence": 0.95}
        expected = table | {
            "median": first_at_most(table, "survival", 0.5),
            "median_interval": [first_at_most(table, c, 0.5) for c in ("lower", "upper")],
        }
        case(name, "kaplan_meier", arguments, expected, 1e-13, source)
        for horizon in horizons:
            case(
                f"{name} to week {horizon}",
                "restricted_mean",
                arguments | {"horizon": horizon},
                restricted_mean(table, durations, lost, horizon),
                1e-13,
                "Klein & Moeschberger 2003, section 4.5, exact fractions: " + HERE,
            )
    durations = [5.0, 8.0, 3.0, 12.0, 9.0, 8.0, 15.0, 7.0]
    observed = [True, True, True, False, True, False, True, True]
    entry = [0.0, 2.0, 0.0, 6.0, 4.0, 3.0, 10.0, 0.5]
    table = product_limit(durations, observed, entry, 0.9)
    arguments = {"durations": durations, "observed": observed, "entry": entry, "confidence": 0.9}
    case(
        "late entry",
        "kaplan_meier",
        arguments,
        table
        | {
            "median": first_at_most(table, "survival", 0.5),
            "median_interval": [first_at_most(table, c, 0.5) for c in ("lower", "upper")],
        },
        1e-13,
        "Klein & Moeschberger 2003, section 4.6, exact fractions: " + HERE,
    )
    refused("no customers", "kaplan_meier", {"durations": [], "observed": [], "confidence": 0.95}, "empty", "durations")
    refused(
        "negative duration",
        "kaplan_meier",
        {"durations": [1.0, -2.0], "observed": [True, True], "confidence": 0.95},
        "out_of_range",
        "durations",
        1,
    )
    refused(
        "lengths differ",
        "kaplan_meier",
        {"durations": [1.0, 2.0], "observed": [True], "confidence": 0.95},
        "length_mismatch",
        "observed",
    )
    refused(
        "entry after the end",
        "kaplan_meier",
        {"durations": [1.0, 2.0], "observed": [True, True], "entry": [0.0, 2.0], "confidence": 0.95},
        "out_of_range",
        "entry",
        1,
    )
    durations, lost = read(SIX_MP)
    refused(
        "beyond the last time",
        "restricted_mean",
        {"durations": durations, "observed": lost, "confidence": 0.95, "horizon": 36.0},
        "out_of_range",
        "horizon",
    )


def compare_with_lifelines(table, durations, lost, horizons):
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

    fitted = KaplanMeierFitter().fit(durations, lost)
    bounds = fitted.confidence_interval_survival_function_
    for i, time in enumerate(table["time"]):
        assert abs(fitted.survival_function_.loc[time].iloc[0] - table["survival"][i]) < 1e-12
        if table["survival"][i]:
            assert abs(bounds.loc[time].iloc[0] - table["lower"][i]) < 1e-9
            assert abs(bounds.loc[time].iloc[1] - table["upper"][i]) < 1e-9
    for horizon in horizons:
        mine = restricted_mean(table, durations, lost, horizon)
        assert abs(restricted_mean_survival_time(fitted, horizon) - mine["mean"]) < 1e-9


# --- economics -------------------------------------------------------------------------------

STAGES = ["potential", "development", "growth", "maturity", "decline", "termination", "recovery"]


def economics_table(rows):
    table = []
    for stage in STAGES:
        own = [r for r in rows if r[0] == stage]
        spend, profit = sum((exact(r[1]) for r in own), Fraction(0)), sum((exact(r[2]) for r in own), Fraction(0))
        shares = [exact(r[3]) for r in own if r[3] is not None]
        table.append(
            {
                "stage": stage,
                "customers": len(own),
                "input": float(spend),
                "output": float(profit),
                "ratio": float(profit / spend) if spend else None,
                "share_of_customer": float(sum(shares) / len(shares)) if shares else None,
            }
        )
    return table


def economics():
    source = "sums in exact fractions: " + HERE
    rows = [
        ("potential", 40.0, -40.0, None),
        ("development", 55.5, 20.25, 0.1),
        ("development", 44.5, 10.0, 0.15),
        ("growth", 30.0, 75.0, 0.4),
        ("maturity", 20.0, 180.0, 0.8),
        ("maturity", 0.0, 90.0, None),
        ("maturity", 25.0, 170.0, 0.9),
        ("decline", 35.0, 28.0, 0.3),
        ("recovery", 60.0, 30.0, 0.35),
        ("termination", 0.0, 0.0, 0.0),
    ]
    columns = {
        "stage": [r[0] for r in rows],
        "input": [r[1] for r in rows],
        "output": [r[2] for r in rows],
        "share": [r[3] for r in rows],
    }
    case("ten customers", "stage_economics", columns, economics_table(rows), 1e-14, source)
    periods = [1, 0, 1, 0, 1, 0, 3, 3, 0, 3]
    case(
        "over three periods",
        "stage_curve",
        columns | {"period": periods},
        [
            {"period": p, "stages": economics_table([r for r, at in zip(rows, periods) if at == p])}
            for p in sorted(set(periods))
        ],
        1e-14,
        source,
    )
    refused(
        "negative spend",
        "stage_economics",
        columns | {"input": [-1.0] + columns["input"][1:]},
        "out_of_range",
        "input",
        0,
    )
    refused(
        "share over 1",
        "stage_economics",
        columns | {"share": [0.5, 1.5] + columns["share"][2:]},
        "out_of_range",
        "share",
        1,
    )


# --- inference -------------------------------------------------------------------------------

MONTHS = 24
WOBBLE = [100, 95, 108, 99, 104, 92, 101, 97, 110, 96, 103, 100, 94, 106, 98, 102, 105, 93, 99, 107, 100, 97, 104, 98]


def every(step, first):
    return [v if t % step == first else 0 for t, v in enumerate(WOBBLE)]


# What the customer spent in each of 24 months, and the stage that an analyst would name.
CUSTOMERS = [
    ("never bought", "potential", [0] * 24),
    ("first purchase this month", "development", [0] * 23 + [80]),
    ("one purchase two months ago", "development", [0] * 21 + [80, 0, 0]),
    ("second purchase this month", "development", [0] * 20 + [80, 0, 0, 60]),
    ("third purchase this month", "growth", [0] * 20 + [50, 0, 60, 70]),
    ("four purchases in the last four months", "growth", [0] * 20 + [50, 60, 75, 90]),
    ("rises month by month for a year", "growth", [0] * 12 + [20, 28, 35, 41, 52, 60, 66, 75, 83, 90, 102, 115]),
    ("rises from a long plateau", "growth", WOBBLE[:14] + [115, 128, 140, 155, 170, 182, 200, 215, 228, 245]),
    (
        "from every third month to every month",
        "growth",
        [40, 0, 0, 40, 0, 0, 40, 0, 0, 45, 0, 45, 0, 50, 0, 50, 55, 60, 0, 60, 65, 70, 80, 90],
    ),
    ("every month, steady", "maturity", WOBBLE),
    ("every second month, steady", "maturity", [120 if t % 2 else 0 for t in range(24)]),
    ("every third month, steady", "maturity", every(3, 2)),
    ("risen for a year, steady since", "maturity", [10, 22, 30, 42, 55, 63, 70, 82, 90, 100, 104, 99] + WOBBLE[12:]),
    ("steady with one month skipped", "maturity", WOBBLE[:17] + [0] + WOBBLE[18:]),
    ("steady with one huge order", "maturity", WOBBLE[:10] + [900] + WOBBLE[11:]),
    (
        "every month, irregular amounts",
        "maturity",
        [60, 140, 90, 120, 80, 100, 130, 70, 110, 95, 85, 125, 100, 75, 135, 90, 115, 80, 105, 120, 85, 110, 95, 100],
    ),
    ("back after a long silence, steady since", "maturity", WOBBLE[:8] + [0] * 9 + WOBBLE[17:]),
    ("falls month by month", "decline", WOBBLE[:12] + [92, 85, 80, 71, 64, 58, 50, 45, 38, 33, 27, 20]),
    (
        "from every month to every third month",
        "decline",
        WOBBLE[:10] + [90, 0, 80, 0, 85, 0, 0, 75, 0, 0, 70, 0, 0, 70],
    ),
    ("less than half for eight months", "decline", WOBBLE[:16] + [45, 40, 43, 38, 40, 36, 39, 35]),
    ("every month, silent for three", "decline", WOBBLE[:21] + [0] * 3),
    ("every third month, silent for eight", "decline", every(3, 0)[:16] + [0] * 8),
    ("half a year of purchases, silent since", "termination", WOBBLE[:6] + [0] * 18),
    ("one purchase two years ago", "termination", [80] + [0] * 23),
    ("two purchases, then silent for 20 months", "termination", [80, 0, 0, 90] + [0] * 20),
    ("every month, silent for ten", "termination", WOBBLE[:14] + [0] * 10),
    ("back after a year", "recovery", WOBBLE[:10] + [0] * 13 + [100]),
    ("back last month after a long silence", "recovery", WOBBLE[:6] + [0] * 16 + [100, 0]),
]


def credibility(intervals):
    """Buehlmann-Straub: population mean and weight from lists of intervals, in exact fractions."""
    own = [x for x in intervals if x]
    n = [len(x) for x in own]
    mean = [Fraction(sum(x), len(x)) for x in own]
    within = sum((v - m) ** 2 for x, m in zip(own, mean) for v in x) / (sum(n) - len(own))
    overall = sum(k * m for k, m in zip(n, mean)) / sum(n)
    between = (sum(k * (m - overall) ** 2 for k, m in zip(n, mean)) - (len(own) - 1) * within) / (
        sum(n) - Fraction(sum(k * k for k in n), sum(n))
    )
    weight = min(max(within / between, Fraction(2)), Fraction(1000)) if between > 0 else Fraction(1000)
    z = [k / (k + weight) for k in n]
    return sum(f * m for f, m in zip(z, mean)) / sum(z), weight


def inference():
    for function in ("infer_stages", "current_stages"):
        case(
            "what an analyst would name",
            function,
            {"spend": [[float(v) for v in spend] for _, _, spend in CUSTOMERS]},
            [stage for _, stage, _ in CUSTOMERS],
            0,
            "hand-made customers, named by sight: " + HERE,
        )
    for stage in STAGES:
        assert any(s == stage for _, s, _ in CUSTOMERS), stage

    population = [
        [1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0],
        [1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1],
        [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
    active = [[t for t, v in enumerate(row) if v] for row in population]
    intervals = [[b - a for a, b in itertools.pairwise(row)] for row in active]
    mean, weight = credibility(intervals)
    times, alive = [], []
    for row, own in zip(active, intervals):
        if not row:
            times.append(None)
            alive.append(None)
            continue
        n = weight + len(own)
        time = (weight * mean + sum(own)) / n
        silence = 11 - row[-1]
        gap = mpf(1) + mpf(silence) / (mpf((n * time).numerator) / (n * time).denominator)
        gap = gap ** (-mpf(n.numerator) / n.denominator)
        odds = mpf(1) / (2 + len(own))
        times.append(float(time))
        alive.append(float(1 / (1 + odds / gap)))
    case(
        "rhythm of a small population",
        "customer_rhythm",
        {"spend": [[50.0 * v for v in row] for row in population]},
        {
            "population": {"interpurchase_time": float(mean), "weight": float(weight), "repeat_buyers": 4},
            "interpurchase_time": times,
            "p_alive": alive,
        },
        1e-12,
        "Buehlmann & Straub 1970 in exact fractions, P(alive) with 50 digits: " + HERE,
    )
    for function in ("infer_stages", "current_stages"):
        refused(
            "no option that says nothing",
            function,
            {"spend": [[1.0, 0.0]], "options": {"termination": 0.0}},
            "out_of_range",
            "termination",
        )


# --- values of stages ------------------------------------------------------------------------

SEVEN = ["potential", "development", "growth", "maturity", "decline", "termination", "recovery"]


def values_of(histories, profits, rate, periods):
    """The chain of the moves that were counted, in exact fractions; `profits` per row or per stage."""
    rows = [stage for history in histories for stage in history]
    counts = [[0] * 7 for _ in range(7)]
    for history in histories:
        for before, after in itertools.pairwise(history):
            counts[SEVEN.index(before)][SEVEN.index(after)] += 1
    if isinstance(profits, dict):
        per_stage = [exact(profits[s]) if s in rows else None for s in SEVEN]
    else:
        own = [[exact(p) for stage, p in zip(rows, profits) if stage == s] for s in SEVEN]
        per_stage = [sum(p) / len(p) if p else None for p in own]
    used = [k for k in range(7) if any(counts[k]) or any(row[k] for row in counts)]
    chain = []
    for k in used:
        n = sum(counts[k])
        chain.append([Fraction(counts[k][j], n) if n else Fraction(j == k) for j in used])
    step = 1 / (1 + exact(rate))
    rewards = [per_stage[k] for k in used]
    if periods is None:

        def real(fraction):
            return mpf(fraction.numerator) / fraction.denominator

        rows = [[real((i == j) - p * step) for j, p in enumerate(row)] for i, row in enumerate(chain)]
        solved = mpmath.lu_solve(mpmath.matrix(rows), mpmath.matrix([real(r) for r in rewards]))
        found = [float(v) for v in solved]
    else:
        found = [Fraction(0)] * len(used)
        for _ in range(periods + 1):
            found = [r + step * sum(p * v for p, v in zip(row, found)) for r, row in zip(rewards, chain)]
        found = [float(v) for v in found]
    values = [found[used.index(k)] if k in used else None for k in range(7)]
    return {"counts": counts, "profits": [None if p is None else float(p) for p in per_stage], "values": values}


def stage_worth():
    source = "the chain of counted moves, exact fractions and 50 digits: " + HERE
    histories = [
        ["development", "growth", "growth", "maturity", "maturity", "maturity", "decline", "termination"],
        ["potential", "development", "development", "growth", "decline", "maturity", "maturity"],
        ["maturity", "maturity", "decline", "termination", "termination", "recovery", "maturity"],
        [],
        ["growth"],
    ]
    sizes = [len(h) for h in histories]
    offsets = [0, *itertools.accumulate(sizes)]
    rows = [stage for history in histories for stage in history]
    observed = [round(3.7 * (i % 5) - 2.5, 2) for i in range(len(rows))]
    given = dict(zip(SEVEN, [-1.0, -2.5, 8.0, 12.0, 4.0, 0.0, 3.0]))
    arguments = {"offsets": offsets, "stages": rows}
    for name, profits, rate, periods in [
        ("profits of rows, without end", observed, 0.01, None),
        ("profits of rows, a year", observed, 0.01, 12),
        ("profits of stages", given, 0.1, None),
    ]:
        case(
            name,
            "stage_values",
            {**arguments, "profits": profits, "discount_rate": rate, "periods": periods},
            values_of(histories, profits, rate, periods),
            1e-12,
            source,
        )
    kept = {
        "offsets": [0, 3],
        "stages": ["maturity", "maturity", "decline"],
        "profits": [10.0, 10.0, 2.0],
        "discount_rate": 0.25,
        "periods": None,
    }
    # Half stay in Maturity; the Decline at the end is kept: 2 (1 + r) / r = 10 there.
    case(
        "a stage that was only the last one",
        "stage_values",
        kept,
        {
            "counts": values_of([kept["stages"]], kept["profits"], 0.25, None)["counts"],
            "profits": [None, None, None, 10.0, 2.0, None, None],
            "values": [None, None, None, 70 / 3, 10.0, None, None],
        },
        1e-12,
        "by hand: v = 10 + 0.4 v + 0.4 * 10",
    )
    base = {**kept, "periods": 3}
    refused(
        "a profit that is missing", "stage_values", {**base, "profits": [1.0, None, 1.0]}, "not_finite", "profit", 1
    )
    refused("profits of other rows", "stage_values", {**base, "profits": [1.0]}, "length_mismatch", "profit")
    refused("one period of each customer", "stage_values", {**base, "offsets": [0, 1, 2, 3]}, "empty", "transitions")
    refused("offsets that end too soon", "stage_values", {**base, "offsets": [0, 2]}, "length_mismatch", "stages")


def main():
    check = "--check" in sys.argv[1:]
    stages()
    tenure()
    churn()
    survival(check)
    economics()
    inference()
    stage_worth()
    VECTORS.write()


main()
