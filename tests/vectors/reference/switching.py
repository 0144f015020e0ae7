"""Writes tests/vectors/switching.json: the matrix CLV, period by period, in numbers of 80 digits.

Needs mpmath. Every input is read as the decimal that its text says, sums over time are plain loops,
and infinite horizons are solved by LU of I - P / (1 + r): no step is shared with the library.
"""


from cases import Vectors
from mpmath import lu_solve, matrix, mp, mpf

mp.dps = 80
SOURCE = "Rust, Lemon & Zeithaml 2004, eq. (3); 80 digits: tests/vectors/reference/switching.py"
PUBLISHED = "published exercise, S_1 = (.43, .40, .20); 80 digits: tests/vectors/reference/switching.py"
TOLERANCE = 1e-13


def number(value):
    return mpf(repr(value)) if isinstance(value, float) else mpf(value)


def at(amount, brand, period):
    """`amount` is a number, one number per brand, or rows by period of one number or one per brand."""
    if not isinstance(amount, list):
        return number(amount)
    if not isinstance(amount[0], list):
        return number(amount[brand])
    row = amount[period]
    return number(row[0] if len(row) == 1 else row[brand])


def discount(a, t):
    return (1 + number(a["discount_rate"])) ** (-mpf(t) / number(a.get("purchases_per_period", 1)))


def sum_over_time(a, rows):
    """sum_t (1+r)^(-t/f) F_t S_jt pi_jt for the given share rows; `a` holds the other inputs."""
    total = [mpf(0)] * len(rows[0])
    for t, shares in enumerate(rows):
        for j, share in enumerate(shares):
            flow = at(a["purchases"], j, t) * at(a["contribution"], j, t)
            total[j] += discount(a, t) * flow * share
    return total


def step(shares, p):
    k = len(shares)
    return [sum(shares[i] * p[i][j] for i in range(k)) for j in range(k)]


def retention_clv(a):
    initial, rho = number(a["share"]), number(a["retention"])
    if a["horizon"] == "infinite":
        flow = at(a["purchases"], 0, 0) * at(a["contribution"], 0, 0)
        return [initial * flow / (1 - rho * discount(a, 1))]
    return sum_over_time(a, [[initial * rho**t] for t in range(a["horizon"] + 1)])


def share_path_clv(a):
    return sum_over_time(a, [[number(s) for s in row] for row in a["shares"]])


def numbers(rows):
    return [[number(x) for x in row] for row in rows]


def stochastic(rows):
    """The rows of a switching matrix: what one lacks to one belongs to the last of its largest entries."""
    made = numbers(rows)
    for row in made:
        largest = max(range(len(row)), key=lambda j: (row[j], j))
        row[largest] += 1 - sum(row)
    return made


def switching_clv(a):
    shares = [number(s) for s in a["shares"]]
    k = len(shares)
    if a["horizon"] == "infinite":
        p = stochastic(a["transition_matrix"])
        d = discount(a, 1)
        transposed = matrix([[(i == j) - d * p[i][j] for i in range(k)] for j in range(k)])
        kept = lu_solve(transposed, matrix(shares))
        return [kept[j] * at(a["purchases"], j, 0) * at(a["contribution"], j, 0) for j in range(k)]
    by_period = isinstance(a["transition_matrix"][0][0], list)
    constant = None if by_period else stochastic(a["transition_matrix"])
    rows = [shares]
    for t in range(a["horizon"]):
        rows.append(step(rows[-1], stochastic(a["transition_matrix"][t]) if by_period else constant))
    return sum_over_time(a, rows)


def matrix_clv(a):
    out = []
    for i, row in enumerate(a["shares"]):
        purchases = a.get("purchases", 1)
        one = {
            "shares": row,
            "transition_matrix": a["transition_matrix"],
            "purchases": purchases[i] if isinstance(purchases, list) else purchases,
            **{key: a[key] for key in ("contribution", "discount_rate", "horizon")},
            "purchases_per_period": a.get("purchases_per_period", 1),
        }
        out.append(switching_clv(one))
    return out


def of_customer(amount, i):
    """A number, one per customer, or rows of one number per brand: for all customers, or of each."""
    if not isinstance(amount, list):
        return amount
    if not isinstance(amount[0], list):
        return amount[i]
    return amount[0] if len(amount) == 1 else amount[i]


def individual_matrix_clv(a):
    out = []
    for i, row in enumerate(a["shares"]):
        one = {
            "shares": row,
            "transition_matrix": a["transition_matrices"][i],
            "purchases": of_customer(a["purchases"], i),
            "contribution": of_customer(a["contribution"], i),
            "discount_rate": of_customer(a["discount_rate"], i),
            "purchases_per_period": a.get("purchases_per_period", 1),
            "horizon": a["horizon"],
        }
        out.append(switching_clv(one))
    return out


def segment_matrix_clv(a):
    out = []
    for i, row in enumerate(a["shares"]):
        segment = a["segments"][i]
        one = {
            "shares": row,
            "transition_matrix": a["transition_matrices"][segment],
            "purchases": 1,
            "contribution": a["contribution"][segment],
            "discount_rate": a["discount_rate"],
            "horizon": a["horizon"],
        }
        factors = [of_customer(a[name], i) for name in ("customer_purchases", "customer_contribution")]
        values = switching_clv(one)
        for factor in factors:
            values = [value * at(factor, j, 0) for j, value in enumerate(values)]
        out.append(values)
    return out


def matrix_clv_by_period(a):
    time = {"horizon": len(a["transition_matrices"]), "transition_matrix": a["transition_matrices"]}
    return [switching_clv({**a, **time, "shares": row}) for row in a["shares"]]


TABLES = (matrix_clv, individual_matrix_clv, segment_matrix_clv, matrix_clv_by_period)
FUNCTIONS = {f.__name__: f for f in (retention_clv, share_path_clv, switching_clv, *TABLES)}


VECTORS = Vectors("switching", TOLERANCE, SOURCE)


def case(name, function, source=None, tolerance=None, **arguments):
    VECTORS.add(name, function, arguments, FUNCTIONS[function](arguments), tolerance, source)


def refused(name, function, kind, argument, row=None, **arguments):
    VECTORS.refuse(name, function, arguments, kind, argument, row)


P3 = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]
EXERCISE = {"purchases": 1, "contribution": 300, "discount_rate": 0.1, "horizon": 1}
SLIP = [[0.5, 0.3, 0.2], [0.43, 0.40, 0.20]]
STICKY = [[0.999999999, 0.000000001], [0.000000002, 0.999999998]]
# 7 brands: a neighbour on each side takes 3 and 4 %, the rest of the row stays.
RING = [
    [0.93 if i == j else 0.03 if j == (i + 1) % 7 else 0.04 if j == (i - 1) % 7 else 0.0 for j in range(7)]
    for i in range(7)
]

case("published exercise as it was computed", "share_path_clv", PUBLISHED, 1e-15, shares=SLIP, rule="any", **EXERCISE)
refused("published exercise by default", "share_path_clv", "not_stochastic", "shares", 1, shares=SLIP, rule="sum_to_one", **EXERCISE)
case("published exercise with a switching matrix", "switching_clv", shares=[0.5, 0.3, 0.2], transition_matrix=P3, **EXERCISE)

flat = {"purchases": 1, "contribution": 100, "discount_rate": 0.1}
case("retention over 12 periods", "retention_clv", share=0.4, retention=0.8, horizon=12, **flat)
case("retention without end", "retention_clv", share=0.4, retention=0.8, horizon="infinite", **flat)
case("full retention, no discount", "retention_clv", share=1, retention=1, horizon=59, **{**flat, "discount_rate": 0})
case("retention of nobody", "retention_clv", share=0.25, retention=0, horizon=5, **flat)
case("retention of a few", "retention_clv", share=0.25, retention=0.000000003, horizon=3, **flat)
case("long retention, daily discount", "retention_clv", share=0.9, retention=0.99999, horizon=20000, **{**flat, "discount_rate": 0.0001})
case("long retention without end, daily discount", "retention_clv", share=0.9, retention=0.999999, horizon="infinite", **{**flat, "discount_rate": 0.000001})
case("retention with growth", "retention_clv", share=0.5, retention=0.8, horizon="infinite", **{**flat, "discount_rate": -0.1})
case("retention by period", "retention_clv", share=0.5, retention=0.75, horizon=3, purchases=[[1], [2], [0], [4.5]], contribution=[[10], [11], [12], [-3]], discount_rate=0.02)
refused("growth as fast as churn", "retention_clv", "divergent", "discount_rate", share=0.5, retention=0.8, horizon="infinite", **{**flat, "discount_rate": -0.2})
refused("retention above one", "retention_clv", "out_of_range", "retention", share=0.5, retention=1.2, horizon=3, **flat)

path = [[0.5, 0.5], [0.45, 0.55], [0.4, 0.6], [0.375, 0.625]]
case("path, amounts by brand", "share_path_clv", shares=path, rule="sum_to_one", purchases=2.5, contribution=[30, 45], discount_rate=0.015, horizon=3)
case("path, amounts by brand and period, 3 purchases a year", "share_path_clv", shares=path, rule="sum_to_one", purchases=[[1], [2], [3], [4]], contribution=[[30, 45], [31, 44], [32, 43], [33, -42]], discount_rate=0.12, purchases_per_period=3, horizon=3)
refused("path shorter than the horizon", "share_path_clv", "length_mismatch", "shares", shares=path, rule="sum_to_one", horizon=4, **flat)
refused("path without end", "share_path_clv", "length_mismatch", "shares", shares=path, rule="sum_to_one", horizon="infinite", **flat)
refused("share above one", "share_path_clv", "out_of_range", "shares", 1, shares=[[0.5, 0.5], [1.1, 0.2]], rule="any", **EXERCISE)
refused("ragged path", "share_path_clv", "length_mismatch", "shares", 1, shares=[[0.5, 0.5], [1.0]], rule="any", **EXERCISE)

for horizon in (0, 1, 12, 60, 120, 1000, "infinite"):
    case(f"three brands, horizon {horizon}", "switching_clv", shares=[0.5, 0.3, 0.2], transition_matrix=P3, purchases=1.5, contribution=[100, 80, 120], discount_rate=0.01, horizon=horizon)
for rate in (0.1, 0.0001, 0.00000001):
    case(f"nearly no switching, rate {rate}, 5000 periods", "switching_clv", shares=[0.5, 0.5], transition_matrix=STICKY, purchases=1, contribution=1, discount_rate=rate, horizon=5000)
    case(f"nearly no switching, rate {rate}, without end", "switching_clv", shares=[1, 0], transition_matrix=STICKY, purchases=1, contribution=1, discount_rate=rate, horizon="infinite")
case("alternation", "switching_clv", shares=[1, 0], transition_matrix=[[0, 1], [1, 0]], purchases=1, contribution=10, discount_rate=0.0005, horizon="infinite")
case("absorbing brand", "switching_clv", shares=[0.9, 0.1, 0], transition_matrix=[[0.9, 0.05, 0.05], [0, 1, 0], [0.3, 0.3, 0.4]], purchases=1, contribution=[10, -4, 6], discount_rate=0.03, horizon="infinite")
case("ring of seven brands, no discount", "switching_clv", shares=[1, 0, 0, 0, 0, 0, 0], transition_matrix=RING, purchases=1, contribution=1, discount_rate=0, horizon=2000)
case("ring of seven brands, growth", "switching_clv", shares=[0, 0, 1, 0, 0, 0, 0], transition_matrix=RING, purchases=1, contribution=1, discount_rate=-0.05, horizon=120)
case("ring of seven brands, 12 purchases a year", "switching_clv", shares=[0, 0, 0.5, 0, 0, 0.5, 0], transition_matrix=RING, purchases=1, contribution=[1, 2, 3, 4, 5, 6, 7], discount_rate=0.08, purchases_per_period=12, horizon="infinite")
case("one brand", "switching_clv", shares=[1], transition_matrix=[[1]], purchases=1, contribution=5, discount_rate=0.25, horizon="infinite")
case("matrix by period", "switching_clv", shares=[0.6, 0.4], transition_matrix=[[[0.9, 0.1], [0.2, 0.8]], [[0.5, 0.5], [0.5, 0.5]], [[1, 0], [0.3, 0.7]]], purchases=[[1], [1.1], [1.2], [1.3]], contribution=[20, 30], discount_rate=0.05, horizon=3)
case("long walk with purchases by period", "switching_clv", shares=[0.5, 0.5], transition_matrix=STICKY, purchases=[[1 + (t % 2)] for t in range(1201)], contribution=1, discount_rate=0.0001, horizon=1200)
refused("matrix whose second row sums to 0.9", "switching_clv", "not_stochastic", "transition_matrix", 1, shares=[0.5, 0.5], transition_matrix=[[0.7, 0.3], [0.4, 0.5]], **EXERCISE)
refused("negative probability", "switching_clv", "out_of_range", "transition_matrix", 0, shares=[0.5, 0.5], transition_matrix=[[1.2, -0.2], [0.5, 0.5]], **EXERCISE)
refused("matrix that is not square", "switching_clv", "length_mismatch", "transition_matrix", shares=[0.5, 0.5], transition_matrix=[[0.7, 0.3]], **EXERCISE)
refused("matrix of other brands", "switching_clv", "length_mismatch", "transition_matrix", shares=[0.5, 0.5], transition_matrix=P3, **EXERCISE)
refused("initial shares of 1.03", "switching_clv", "not_stochastic", "shares", shares=[0.43, 0.40, 0.20], transition_matrix=P3, **EXERCISE)
refused("no brands", "switching_clv", "empty", "shares", shares=[], transition_matrix=P3, **EXERCISE)
refused("no discount, without end", "switching_clv", "divergent", "discount_rate", shares=[0.5, 0.3, 0.2], transition_matrix=P3, purchases=1, contribution=1, discount_rate=0, horizon="infinite")
refused("contribution of another number of brands", "switching_clv", "length_mismatch", "contribution", shares=[0.5, 0.3, 0.2], transition_matrix=P3, **{**EXERCISE, "contribution": [1, 2]})
refused("negative purchases", "switching_clv", "out_of_range", "purchases", shares=[0.5, 0.3, 0.2], transition_matrix=P3, **{**EXERCISE, "purchases": -1})
refused("too few purchases", "switching_clv", "length_mismatch", "purchases", shares=[0.5, 0.3, 0.2], transition_matrix=P3, **{**EXERCISE, "purchases": [[1]]})
refused("too few matrices", "switching_clv", "length_mismatch", "transition_matrix", shares=[0.5, 0.3, 0.2], transition_matrix=[P3], **{**EXERCISE, "horizon": 2})
refused("discount rate of -100 %", "switching_clv", "out_of_range", "discount_rate", shares=[0.5, 0.3, 0.2], transition_matrix=P3, **{**EXERCISE, "discount_rate": -1})
refused("no purchases per period", "switching_clv", "out_of_range", "purchases_per_period", shares=[0.5, 0.3, 0.2], transition_matrix=P3, purchases_per_period=0, **EXERCISE)

customers = [[1, 0, 0], [0.5, 0.3, 0.2], [0, 0.25, 0.75], [0.2, 0.2, 0.6]]
for horizon in (12, "infinite"):
    case(f"four customers, horizon {horizon}", "matrix_clv", transition_matrix=P3, contribution=[100, 80, -20], discount_rate=0.01, horizon=horizon, shares=customers, rule="sum_to_one")
case("four customers with their purchases", "matrix_clv", transition_matrix=P3, contribution=30, discount_rate=0.01, horizon=60, shares=customers, rule="sum_to_one", purchases=[1, 0, 2.5, 12])
case("shares that leave brands out", "matrix_clv", transition_matrix=P3, contribution=30, discount_rate=0.01, horizon=60, shares=[[0.43, 0.40, 0.20], [0.1, 0, 0]], rule="any")
refused("a customer whose shares sum to 1.03", "matrix_clv", "not_stochastic", "shares", 2, transition_matrix=P3, contribution=30, discount_rate=0.01, horizon=60, shares=[[1, 0, 0], [0, 1, 0], [0.43, 0.40, 0.20]], rule="sum_to_one")
refused("a customer with negative purchases", "matrix_clv", "out_of_range", "purchases", 1, transition_matrix=P3, contribution=30, discount_rate=0.01, horizon=60, shares=customers, rule="sum_to_one", purchases=[1, -1, 1, 1])

own = {"rule": "sum_to_one", "shares": [[0.5, 0.3, 0.2], [0, 1, 0], [0.25, 0.25, 0.5]], "purchases": 1, "contribution": 30}
of_each = [P3, [[0.95, 0.05, 0], [0.3, 0.65, 0.05], [0.125, 0.125, 0.75]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]]]
for horizon in (0, 1, 12, 60, 1000, "infinite"):
    case(f"a matrix for each customer, horizon {horizon}", "individual_matrix_clv", transition_matrices=of_each, discount_rate=0.01, horizon=horizon, **own)
case("a matrix and all amounts for each customer", "individual_matrix_clv", transition_matrices=of_each, discount_rate=[0.01, 0.2, 0.0001], horizon=60, **{**own, "purchases": [1, 0, 2.5], "contribution": [[10, 20, 30], [5, -5, 0], [1.5, 1, 100]]})
case("a matrix for each customer, amounts of brands", "individual_matrix_clv", transition_matrices=of_each, discount_rate=0.05, horizon="infinite", **{**own, "purchases": [[1, 2, 3]], "contribution": [[30, -20, 10]]})
case("a matrix for each customer, purchases of customers and brands, 12 a year", "individual_matrix_clv", transition_matrices=of_each, discount_rate=[0.05, 0.1, 0.08], horizon="infinite", purchases_per_period=12, **{**own, "purchases": [[1, 2, 3], [4, 5, 6], [0, 1, 0]]})
case("a matrix for each customer, growth", "individual_matrix_clv", transition_matrices=of_each, discount_rate=[-0.01, 0, 0.01], horizon=200, **own)
case("a matrix for each customer, shares that leave brands out", "individual_matrix_clv", transition_matrices=of_each, discount_rate=0.01, horizon=24, **{**own, "shares": [[0.43, 0.40, 0.20], [0.1, 0, 0], [0, 0, 0]], "rule": "any"})
stubborn = [STICKY, [[0.999999999, 1e-9], [1e-9, 0.999999999]], [[0.9999999995, 5e-10], [5e-10, 0.9999999995]]]
ten = [[0.99 if i == j else 0.01 if j == (i + 1) % 10 else 0 for j in range(10)] for i in range(10)]
for horizon in (120, 5000, "infinite"):
    time = {"discount_rate": 1e-6, "horizon": horizon}
    case(f"nearly no switching for each customer, horizon {horizon}", "individual_matrix_clv", transition_matrices=stubborn, **time, **{**own, "shares": [[1, 0], [0.5, 0.5], [0, 1]]})
    case(f"ring of ten brands for a customer, horizon {horizon}", "individual_matrix_clv", transition_matrices=[ten], **time, **{**own, "shares": [[1, 0, 0, 0, 0, 0, 0, 0, 0, 0]]})
rounded_rows = [[0.333333333, 0.333333333, 0.333333333], [0.1111111111, 0.2222222222, 0.6666666666], [0.5, 0.5, 0]]
for horizon in (60, "infinite"):
    case(f"rows that sum to one up to a rounding, horizon {horizon}", "individual_matrix_clv", transition_matrices=[rounded_rows], discount_rate=0.01, horizon=horizon, **{**own, "shares": [[1, 0, 0]]})
refused("a row of a customer's matrix that sums to 0.9", "individual_matrix_clv", "not_stochastic", "transition_matrices", 1, transition_matrices=[P3, [[0.5, 0.3, 0.1], [0, 1, 0], [0, 0, 1]], P3], discount_rate=0.01, horizon=60, **own)
refused("a customer whose discount rate is 0, without end", "individual_matrix_clv", "divergent", "discount_rate", 2, transition_matrices=of_each, discount_rate=[0.1, 0.1, 0], horizon="infinite", **own)
refused("a customer with negative purchases of a brand", "individual_matrix_clv", "out_of_range", "purchases", 1, transition_matrices=of_each, discount_rate=0.1, horizon=3, **{**own, "purchases": [[1, 1, 1], [1, -1, 1], [1, 1, 1]]})
refused("a customer whose own shares sum to 1.03", "individual_matrix_clv", "not_stochastic", "shares", 2, transition_matrices=of_each, discount_rate=0.1, horizon=3, **{**own, "shares": [[1, 0, 0], [0, 1, 0], [0.43, 0.40, 0.20]]})
segmented = {"transition_matrices": of_each[:2], "discount_rate": 0.02, "rule": "sum_to_one", "shares": customers, "contribution": [[30, 20, 10], [1, 2, 3]]}
for horizon in (12, "infinite"):
    case(f"four customers in two segments, horizon {horizon}", "segment_matrix_clv", segments=[0, 1, 1, 0], horizon=horizon, customer_purchases=1, customer_contribution=1, **segmented)
case("four customers in two segments, amounts of each", "segment_matrix_clv", segments=[1, 1, 0, 1], horizon=36, customer_purchases=[1, 2, 3, 0], customer_contribution=[[1, 2, 3], [4, 5, 6], [7, 8, -9], [1, 1, 1]], **segmented)
refused("a segment that does not exist", "segment_matrix_clv", "out_of_range", "segments", 2, segments=[1, 0, 2, 5], horizon=12, customer_purchases=1, customer_contribution=1, **segmented)
periods = {"transition_matrices": [P3, of_each[1], of_each[2]], "discount_rate": 0.05, "rule": "sum_to_one", "shares": customers}
case("a matrix for each period, constant amounts", "matrix_clv_by_period", purchases=2, contribution=[30, 20, -10], **periods)
case("a matrix and all amounts for each period", "matrix_clv_by_period", purchases=[[1], [2], [0], [0.5]], contribution=[[30, 20, 10], [31, 21, 11], [1, 1, 1], [40, 0, -4]], purchases_per_period=4, **periods)
refused("purchases for one period too few", "matrix_clv_by_period", "length_mismatch", "purchases", purchases=[[1], [1], [1]], contribution=1, **periods)
refused("no matrix for any period", "matrix_clv_by_period", "empty", "transition_matrix", purchases=1, contribution=1, **{**periods, "transition_matrices": []})

VECTORS.write()
