"""Writes tests/vectors/migration.json: Markov chains of customers, in numbers of 60 digits and in fractions.

Needs mpmath. Every input is read as the decimal that its text says. Values are sums over the powers of the matrix or LU
solutions, variances come from all paths or from second moments, best policies from trying every policy: no step is
shared with the library.
"""

import itertools
import math
from fractions import Fraction

from cases import Vectors, plain
from mpmath import lu_solve, matrix, mp, mpf

mp.dps = 60
PAPER = "Pfeifer & Carraway 2000"
SCRIPT = "tests/vectors/reference/migration.py"
SOURCE = f"{PAPER}, 60 digits: {SCRIPT}"


def number(value):
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def real(value):
    return mpf(value.numerator) / value.denominator


def stochastic(row):
    """The row as fractions; what rounding left over belongs to the largest entry."""
    row = [number(p) for p in row]
    row[row.index(max(row))] += 1 - sum(row)
    return row


def chain(a):
    if "transition_matrix" in a:
        return [stochastic(row) for row in a["transition_matrix"]]
    starts, n = a["row_starts"], len(a["row_starts"]) - 1
    rows = []
    for i in range(n):
        row = [Fraction(0)] * n
        own = range(starts[i], starts[i + 1])
        for k, p in zip(own, stochastic(a["probabilities"][starts[i] : starts[i + 1]])):
            row[a["columns"][k]] += p
        rows.append(row)
    return rows


def solve(a, b):
    """The exact solution of a x = b."""
    n = len(b)
    rows = [[*row, rhs] for row, rhs in zip(a, b)]
    for i in range(n):
        pivot = next(k for k in range(i, n) if rows[k][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for k in range(n):
            if k != i and rows[k][i]:
                rows[k] = [x - rows[k][i] * y for x, y in zip(rows[k], rows[i])]
    return [row[n] for row in rows]


def resolvent_solve(p, delta, rhs):
    n = len(p)
    return solve([[(i == j) - delta * p[i][j] for j in range(n)] for i in range(n)], rhs)


def transient(p):
    """The recurrent class of each state, or -1, from which states reach which."""
    n = len(p)
    reach = [[i == j or p[i][j] > 0 for j in range(n)] for i in range(n)]
    for k, i, j in itertools.product(range(n), repeat=3):
        reach[i][j] = reach[i][j] or (reach[i][k] and reach[k][j])
    classes, first = [], {}
    for i in range(n):
        if all(reach[j][i] for j in range(n) if reach[i][j]):
            lowest = next(j for j in range(n) if reach[i][j] and reach[j][i])
            classes.append(first.setdefault(lowest, len(first)))
        else:
            classes.append(-1)
    return classes


def rewards_at(a, t):
    row = a["rewards"][t] if isinstance(a["rewards"][0], list) else a["rewards"]
    return [number(r) for r in row]


def state_values(a):
    p, delta = chain(a), 1 / (1 + number(a["discount_rate"]))
    n = len(p)
    if a["horizon"] == "infinite":
        if delta == 1:
            kept = [i for i, c in enumerate(transient(p)) if c < 0]
            inner = [[p[i][j] for j in kept] for i in kept]
            found = resolvent_solve(inner, delta, [rewards_at(a, 0)[i] for i in kept])
            value = [Fraction(0)] * n
            for i, v in zip(kept, found):
                value[i] = v
            return value
        system = matrix([[(i == j) - real(delta * p[i][j]) for j in range(n)] for i in range(n)])
        return list(lu_solve(system, matrix([real(r) for r in rewards_at(a, 0)])))
    p, delta = [[real(x) for x in row] for row in p], real(delta)
    value, power = [mpf(0)] * n, [[mpf(i == j) for j in range(n)] for i in range(n)]
    for t in range(a["horizon"] + 1):
        rewards = [real(r) for r in rewards_at(a, t)]
        for i in range(n):
            value[i] += delta**t * sum(power[i][j] * rewards[j] for j in range(n))
        power = [[sum(power[i][k] * p[k][j] for k in range(n)) for j in range(n)] for i in range(n)]
    return value


def state_moments(a):
    p, delta = chain(a), 1 / (1 + number(a["discount_rate"]))
    n = len(p)
    noise = [number(v) for v in a.get("reward_variance", [0] * n)]
    if a["horizon"] == "infinite":
        # E W² = Var R + R² + 2 δ R (P v) + δ² P E W².
        rewards = rewards_at(a, 0)
        mean = resolvent_solve(p, delta, rewards)
        later = [sum(p[i][j] * mean[j] for j in range(n)) for i in range(n)]
        own = [noise[i] + rewards[i] ** 2 + 2 * delta * rewards[i] * later[i] for i in range(n)]
        second = resolvent_solve(p, delta**2, own)
        return {"mean": mean, "variance": [s - m**2 for s, m in zip(second, mean)]}
    mean, variance = [], []
    for start in range(n):
        first = second = Fraction(0)
        for rest in itertools.product(range(n), repeat=a["horizon"]):
            path = (start, *rest)
            weight = math.prod((p[i][j] for i, j in itertools.pairwise(path)), start=Fraction(1))
            if weight:
                worth = sum(delta**t * rewards_at(a, t)[i] for t, i in enumerate(path))
                around = sum(delta ** (2 * t) * noise[i] for t, i in enumerate(path))
                first += weight * worth
                second += weight * (worth**2 + around)
        mean.append(first)
        variance.append(second - first**2)
    return {"mean": mean, "variance": variance}


def cohort_distribution(a):
    p, now = chain(a), [number(n) for n in a["initial"]]
    rows = [now]
    for _ in range(a["last"]):
        rows.append([sum(rows[-1][i] * p[i][j] for i in range(len(p))) for j in range(len(p))])
    return rows


def cohort_occupancy(a):
    p, delta = chain(a), 1 / (1 + number(a["discount_rate"]))
    n = len(p)
    if a["horizon"] != "infinite":
        rows = cohort_distribution({**a, "last": a["horizon"]})
        return [sum(delta**t * row[j] for t, row in enumerate(rows)) for j in range(n)]
    start = [number(x) for x in a["initial"]]
    transposed = [list(column) for column in zip(*p)]
    if delta < 1:
        return resolvent_solve(transposed, delta, start)
    classes = transient(p)
    kept = [i for i, c in enumerate(classes) if c < 0]
    inner = [[transposed[i][j] for j in kept] for i in kept]
    visits = dict(zip(kept, resolvent_solve(inner, delta, [start[i] for i in kept])))
    reached = {classes[j] for i in kept for j in range(n) if visits[i] and p[i][j]}
    reached |= {classes[i] for i in range(n) if start[i]}
    return [visits[i] if i in visits else "infinite" if classes[i] in reached else Fraction(0) for i in range(n)]


def absorption(a):
    p = chain(a)
    n, classes = len(p), transient(p)
    kept = [i for i, c in enumerate(classes) if c < 0]
    inner = [[p[i][j] for j in kept] for i in kept]
    one = Fraction(1)
    times = dict(zip(kept, resolvent_solve(inner, one, [one for _ in kept])))
    columns = []
    for c in range(max(classes) + 1):
        into = [sum(p[i][j] for j in range(n) if classes[j] == c) for i in kept]
        found = dict(zip(kept, resolvent_solve(inner, one, into)))
        columns.append([found.get(i, Fraction(classes[i] == c)) for i in range(n)])
    return {
        "recurrent_class": classes,
        "probabilities": [list(row) for row in zip(*columns)],
        "expected_periods": [times.get(i, Fraction(0)) for i in range(n)],
    }


def stationary_distribution(a):
    p = chain(a)
    n = len(p)
    system = [[p[j][i] - (i == j) for j in range(n)] for i in range(n - 1)] + [[Fraction(1)] * n]
    return solve(system, [Fraction(0)] * (n - 1) + [Fraction(1)])


def choices(a):
    """For each state the actions that it has, with reward and row."""
    out = []
    for i in range(len(a["rewards"][0])):
        own = []
        for action, (table, rewards) in enumerate(zip(a["transitions"], a["rewards"])):
            if a.get("available", [[True] * len(rewards)] * len(a["rewards"]))[action][i]:
                own.append((action, number(rewards[i]), stochastic(table[i])))
        out.append(own)
    return out


def policy_value(taken, delta):
    return resolvent_solve([row for _, _, row in taken], delta, [reward for _, reward, _ in taken])


def policy_iteration(a):
    delta, own = 1 / (1 + number(a["discount_rate"])), choices(a)
    tried = [(policy_value(taken, delta), taken) for taken in itertools.product(*own)]
    value = [max(v[i] for v, _ in tried) for i in range(len(own))]
    best = [[action for action, _, _ in taken] for v, taken in tried if v == value]
    assert best, "one policy is best in all states"
    start = a.get("start") or [actions[0][0] for actions in own]
    taken = [next(c for c in actions if c[0] == s) for s, actions in zip(start, own)]
    return {"policy": min(best), "value": value, "start_value": policy_value(taken, delta)}


def backward_induction(a):
    delta, own, n = 1 / (1 + number(a["discount_rate"])), choices(a), len(choices(a))
    value, rows = [Fraction(0)] * n, []
    for _ in range(a["last"] + 1):
        worth = [
            [(r + delta * sum(x * v for x, v in zip(row, value)), -action) for action, r, row in actions] for actions in own
        ]
        value, actions = zip(*(max(options) for options in worth))
        rows.insert(0, [-action for action in actions])
    return {"actions": rows, "value": list(value)}


def recency_matrix(repurchase):
    table = [number(p) for p in repurchase]
    n = len(table)
    rows = [[Fraction(0)] * (n + 1) for _ in range(n + 1)]
    for i, p in enumerate(table):
        rows[i][0] += p
        rows[i][i + 1] += 1 - p
    rows[n][n] = Fraction(1)
    return rows


def direct_mail_value(a):
    p, margin, cost = recency_matrix(a["repurchase"]), number(a["margin"]), number(a["contact_cost"])
    rewards = [float(r) for r in [margin - cost, *[-cost] * (len(p) - 2), 0]]
    matrix_ = [[float(x) for x in row] for row in p]
    return state_values({"transition_matrix": matrix_, "rewards": rewards, **{k: a[k] for k in ("discount_rate", "horizon")}})


def contact_policy(a):
    p, margin, cost = recency_matrix(a["repurchase"]), number(a["margin"]), number(a["contact_cost"])
    n = len(p)
    leave = [[float(j == n - 1) for j in range(n)] for _ in range(n)]
    first = [margin, *[Fraction(0)] * (n - 1)]
    found = policy_iteration(
        {
            "transitions": [leave, [[float(x) for x in row] for row in p]],
            "rewards": [[float(r) for r in first], [float(r - cost) for r in first]],
            "available": [[True] * n, [True] * (n - 1) + [False]],
            "discount_rate": a["discount_rate"],
        }
    )
    return {"policy": found["policy"], "value": found["value"]}


LEAD = {"start": mpf(1), "middle": mpf(1) / 2, "end": mpf(0)}


def always_a_share(a):
    table = [number(p) for p in a["repurchase"]]
    skipped = [math.prod((1 - p for p in table[:j]), start=Fraction(1)) for j in range(len(table))]
    purchases, contacts = [Fraction(1)], [Fraction(0)]
    for i in range(1, a["periods"] + 1):
        last = range(min(i, len(table)))
        purchases.append(sum(purchases[i - 1 - j] * table[j] * skipped[j] for j in last))
        contacts.append(sum(purchases[i - 1 - j] * skipped[j] for j in last))
    margin, cost, growth = number(a["margin"]), number(a["contact_cost"]), real(1 + number(a["discount_rate"]))
    present = [
        real(margin * c) * growth**-i - real(cost * n) * growth ** -(i - LEAD[a["contact"]])
        for i, (c, n) in enumerate(zip(purchases, contacts))
    ]
    return {
        "value": sum(present),
        "expected_purchases": purchases,
        "expected_contacts": contacts,
        "flow": [margin * c - cost * n for c, n in zip(purchases, contacts)],
        "present_value": present,
    }


def always_a_share_values(a):
    tables, n = a["repurchase"], len(a["margin"])
    tables = tables if isinstance(tables[0], list) else [tables] * n
    costs = a["contact_cost"] if isinstance(a["contact_cost"], list) else [a["contact_cost"]] * n
    rest = {k: a[k] for k in ("discount_rate", "periods", "contact")}
    rows = zip(a["margin"], costs, tables)
    return [always_a_share({"margin": m, "contact_cost": c, "repurchase": t, **rest})["value"] for m, c, t in rows]


FUNCTIONS = {
    f.__name__: f
    for f in (
        state_values,
        state_moments,
        cohort_distribution,
        cohort_occupancy,
        absorption,
        stationary_distribution,
        policy_iteration,
        backward_induction,
        direct_mail_value,
        contact_policy,
        always_a_share,
        always_a_share_values,
    )
}


VECTORS = Vectors("migration", 1e-13, SOURCE)


def case(name, function, source=None, tolerance=None, expected=None, **arguments):
    found = plain(FUNCTIONS[function](arguments))
    if expected is not None:
        pairs = zip(expected, found, strict=True)
        assert all(abs(p - f) <= tolerance * max(abs(p), 1) for p, f in pairs), (name, expected, found)
    VECTORS.add(name, function, arguments, found if expected is None else expected, tolerance, source)


def refused(name, function, kind, argument, row=None, **arguments):
    VECTORS.refuse(name, function, arguments, kind, argument, row)


def sparse(rows):
    starts, columns, probabilities = [0], [], []
    for row in rows:
        entries = [(j, p) for j, p in enumerate(row) if p]
        columns += [j for j, _ in entries]
        probabilities += [p for _, p in entries]
        starts.append(len(columns))
    return {"row_starts": starts, "columns": columns, "probabilities": probabilities}


def both(name, function, transition_matrix, tolerance=1e-13, **rest):
    """The case with a dense and with a sparse matrix; an iteration is as exact as its tolerance."""
    case(name, function, tolerance=tolerance, transition_matrix=transition_matrix, **rest)
    iterated = rest.get("horizon", "infinite") == "infinite" and function != "cohort_distribution"
    case(f"{name}, sparse", function, tolerance=1e-9 if iterated else tolerance, **sparse(transition_matrix), **rest)


# ---- Pfeifer & Carraway's direct mail, with the numbers that the paper's matrices give to eight decimals.

MAIL = {"repurchase": [0.3, 0.2, 0.15, 0.05], "margin": 40, "contact_cost": 4, "discount_rate": 0.2}
P5 = [[0.3, 0.7, 0, 0, 0], [0.2, 0, 0.8, 0, 0], [0.15, 0, 0, 0.85, 0], [0.05, 0, 0, 0, 0.95], [0, 0, 0, 0, 1]]
R5 = [36, -4, -4, -4, 0]
V4 = [50.11496914, 4.21990741, 0.59211034, -1.98013117, 0]
V_END = [52.31960944, 5.55378356, 1.25077299, -1.82001627, 0]
for name, horizon, expected in (("V_4", 4, V4), ("V without end", "infinite", V_END)):
    published = {"source": f"{PAPER}, example", "tolerance": 1e-8, "discount_rate": 0.2, "horizon": horizon, "expected": expected}
    case(f"direct mail, {name}", "state_values", transition_matrix=P5, rewards=R5, **published)
    case(f"direct mail, {name}, sparse", "state_values", **sparse(P5), rewards=R5, **published)
    case(f"direct mail by its table, {name}", "direct_mail_value", **{**MAIL, **published})
    both(f"direct mail, all digits, {name}", "state_values", P5, rewards=R5, discount_rate=0.2, horizon=horizon)
case("direct mail: contact up to recency 3", "contact_policy", **MAIL)
case("direct mail, cheap contacts: contact all", "contact_policy", **{**MAIL, "contact_cost": 0.5})
case("direct mail, dear contacts: contact nobody", "contact_policy", **{**MAIL, "contact_cost": 15})
case("direct mail, twelve recencies", "contact_policy", **{**MAIL, "repurchase": [0.4, 0.3, 0.25, 0.2, 0.18, 0.15, 0.12, 0.1, 0.08, 0.06, 0.05, 0.03], "discount_rate": 0.02})

# ---- values

STICKY = [[0.999999999, 0.000000001], [0.000000002, 0.999999998]]
ROUNDED = [[0.2, 0.3, 0.4999999995], [0.1, 0.8999999995, 0], [0.0000000005, 0, 0.9999999999]]
LADDER = [[0.6, 0.3, 0.1, 0], [0.2, 0.5, 0.25, 0.05], [0, 0.1, 0.7, 0.2], [0, 0, 0, 1]]
TWO_ENDS = [[0.5, 0.2, 0.2, 0.1, 0], [0.3, 0.4, 0, 0, 0.3], [0, 0, 1, 0, 0], [0, 0, 0, 0.2, 0.8], [0, 0, 0, 0.5, 0.5]]
for horizon in (0, 1, 12, 60, 500, "infinite"):
    both(f"ladder, horizon {horizon}", "state_values", LADDER, rewards=[5, 20.5, 80, -1], discount_rate=0.01, horizon=horizon)
for rate in (0.1, 0.0001, 0.00000001):
    case(f"hardly any moves, rate {rate}", "state_values", transition_matrix=STICKY, rewards=[1, 3], discount_rate=rate, horizon="infinite")
    case(f"hardly any moves, rate {rate}, sparse", "state_values", tolerance=1e-9, **sparse(STICKY), rewards=[1, 3], discount_rate=rate, horizon="infinite")
both("rows that rounding left short", "state_values", ROUNDED, rewards=[1, 2, 3], discount_rate=0.000001, horizon="infinite")
both("rows that rounding left short, 300 periods", "state_values", ROUNDED, rewards=[1, 2, 3], discount_rate=0.000001, horizon=300)
both("no discount, until lost", "state_values", LADDER, rewards=[5, 20.5, 80, 0], discount_rate=0, horizon="infinite")
both("no discount, 24 periods", "state_values", LADDER, rewards=[5, 20.5, 80, -1], discount_rate=0, horizon=24)
both("growth, 24 periods", "state_values", LADDER, rewards=[5, 20.5, 80, -1], discount_rate=-0.05, horizon=24)
both("rewards by period", "state_values", P5, rewards=[R5, [40, -2, -2, -1, 0], [44, 0, 0.25, 0, 0]], discount_rate=0.125, horizon=2)
case("one state", "state_values", transition_matrix=[[1]], rewards=[5], discount_rate=0.25, horizon="infinite")
case("entries of one place add up", "state_values", row_starts=[0, 3, 4], columns=[1, 0, 1, 1], probabilities=[0.25, 0.5, 0.25, 1], rewards=[1, 2], discount_rate=0.25, horizon=3)
refused("row that sums to 0.9", "state_values", "not_stochastic", "transition_matrix", 1, transition_matrix=[[0.7, 0.3], [0.4, 0.5]], rewards=[1, 2], discount_rate=0.1, horizon=3)
refused("row that sums to 0.9, sparse", "state_values", "not_stochastic", "transition_matrix", 1, **sparse([[0.7, 0.3], [0.4, 0.5]]), rewards=[1, 2], discount_rate=0.1, horizon=3)
refused("state without a row", "state_values", "not_stochastic", "transition_matrix", 1, row_starts=[0, 2, 2], columns=[0, 1], probabilities=[0.5, 0.5], rewards=[1, 2], discount_rate=0.1, horizon=3)
refused("negative probability, sparse", "state_values", "out_of_range", "transition_matrix", 0, **sparse([[1.5, -0.5], [0.5, 0.5]]), rewards=[1, 2], discount_rate=0.1, horizon=3)
refused("column beyond the last state", "state_values", "out_of_range", "columns", 1, row_starts=[0, 1, 2], columns=[0, 2], probabilities=[1, 1], rewards=[1, 2], discount_rate=0.1, horizon=3)
refused("row starts that fall", "state_values", "out_of_range", "row_starts", 2, row_starts=[0, 2, 1, 3], columns=[0, 1, 2], probabilities=[0.5, 0.5, 1], rewards=[1, 2, 3], discount_rate=0.1, horizon=3)
refused("row starts that end early", "state_values", "out_of_range", "row_starts", 2, row_starts=[0, 1, 2], columns=[0, 1, 0], probabilities=[1, 0.5, 0.5], rewards=[1, 2], discount_rate=0.1, horizon=3)
refused("rewards of other states", "state_values", "length_mismatch", "rewards", transition_matrix=P5, rewards=[1, 2], discount_rate=0.1, horizon=3)
refused("rewards of other periods", "state_values", "length_mismatch", "rewards", transition_matrix=P5, rewards=[R5, R5], discount_rate=0.1, horizon=3)
refused("rewards by period, without end", "state_values", "length_mismatch", "rewards", transition_matrix=P5, rewards=[R5, R5], discount_rate=0.1, horizon="infinite")
refused("no discount, and lost customers cost", "state_values", "divergent", "discount_rate", transition_matrix=LADDER, rewards=[5, 20.5, 80, -1], discount_rate=0, horizon="infinite")
refused("growth without end", "state_values", "divergent", "discount_rate", transition_matrix=LADDER, rewards=[5, 20.5, 80, 0], discount_rate=-0.01, horizon="infinite")
refused("discount rate of -100 %", "state_values", "out_of_range", "discount_rate", transition_matrix=P5, rewards=R5, discount_rate=-1, horizon=3)

# ---- variance

for horizon in (0, 1, 4, "infinite"):
    both(f"direct mail, moments, horizon {horizon}", "state_moments", P5, tolerance=1e-12, rewards=R5, discount_rate=0.2, horizon=horizon)
both("uncertain rewards", "state_moments", LADDER, tolerance=1e-12, rewards=[5, 20.5, 80, -1], reward_variance=[4, 0, 100.5, 0.25], discount_rate=0.03, horizon=5)
both("uncertain rewards without end", "state_moments", LADDER, tolerance=1e-12, rewards=[5, 20.5, 80, -1], reward_variance=[4, 0, 100.5, 0.25], discount_rate=0.03, horizon="infinite")
both("a large value that hardly varies", "state_moments", STICKY, tolerance=1e-11, rewards=[1000000, 1000000.5], discount_rate=0.1, horizon="infinite")
both("moments of rewards by period", "state_moments", P5, rewards=[R5, [40, -2, -2, -1, 0], [44, 0, 0.25, 0, 0]], discount_rate=0.125, horizon=2)
refused("negative variance", "state_moments", "out_of_range", "reward_variance", 2, transition_matrix=LADDER, rewards=[1, 2, 3, 4], reward_variance=[0, 1, -1, 0], discount_rate=0.1, horizon=3)

# ---- where customers are

both("cohort of the ladder", "cohort_distribution", LADDER, initial=[1000, 0, 250.5, 0], last=6)
both("cohort now", "cohort_distribution", LADDER, initial=[0.25, 0.25, 0.5, 0], last=0)
refused("negative customers", "cohort_distribution", "out_of_range", "initial", 1, transition_matrix=LADDER, initial=[1, -1, 0, 0], last=3)
for rate, horizon in ((0, 12), (0.02, 12), (0.02, "infinite"), (0, "infinite")):
    both(f"occupancy of the ladder, rate {rate}, horizon {horizon}", "cohort_occupancy", LADDER, initial=[1, 0, 0, 0], discount_rate=rate, horizon=horizon)
both("occupancy of two ends", "cohort_occupancy", TWO_ENDS, initial=[0, 2, 0, 0, 0], discount_rate=0, horizon="infinite")
both("occupancy of a class that is not reached", "cohort_occupancy", TWO_ENDS, initial=[0, 0, 0, 1, 0], discount_rate=0, horizon="infinite")
refused("occupancy with growth, without end", "cohort_occupancy", "divergent", "discount_rate", transition_matrix=LADDER, initial=[1, 0, 0, 0], discount_rate=-0.01, horizon="infinite")
both("absorption of direct mail", "absorption", P5)
both("absorption by two ends", "absorption", TWO_ENDS)
both("absorption where nobody leaves", "absorption", [[0.5, 0.5], [0.25, 0.75]])
both("absorption after a long time", "absorption", [[0.99999, 0.000005, 0.000005], [0, 1, 0], [0, 0, 1]])
both("stationary distribution", "stationary_distribution", [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]])
both("stationary distribution of a sticky chain", "stationary_distribution", STICKY)
both("stationary distribution behind transient states", "stationary_distribution", [[0.5, 0.5, 0], [0, 0.25, 0.75], [0, 0.125, 0.875]])
both("stationary distribution of alternation", "stationary_distribution", [[0, 1], [1, 0]])
refused("stationary distribution of two ends", "stationary_distribution", "no_solution", "transition_matrix", transition_matrix=TWO_ENDS)

# ---- decisions

STAY = [[0.9, 0.1, 0], [0.3, 0.5, 0.2], [0.1, 0, 0.9]]
PUSH = [[0.95, 0.05, 0], [0.6, 0.3, 0.1], [0.25, 0, 0.75]]
GIFT = [[0.97, 0.03, 0], [0.8, 0.2, 0], [0.3, 0.1, 0.6]]
DECISION = {"transitions": [STAY, PUSH, GIFT], "rewards": [[20, 5, 0], [17, 3, -1.5], [10, -8, -6]]}
case("three actions", "policy_iteration", **DECISION, discount_rate=0.05)
case("three actions, impatient", "policy_iteration", **DECISION, discount_rate=2)
case("three actions, patient", "policy_iteration", tolerance=1e-12, **DECISION, discount_rate=0.0001)
case("three actions, from the last", "policy_iteration", **DECISION, discount_rate=0.05, start=[2, 2, 2])
case("actions that may not be taken", "policy_iteration", **DECISION, available=[[True, False, True], [False, True, False], [True, True, False]], discount_rate=0.05)
case("of equal actions the lowest", "policy_iteration", transitions=[STAY, PUSH, PUSH], rewards=[[20, 5, 0], [17, 3, -1.5], [17, 3, -1.5]], discount_rate=0.05, start=[2, 2, 2])
case("backward induction, now only", "backward_induction", **DECISION, discount_rate=0.05, last=0)
case("backward induction", "backward_induction", **DECISION, discount_rate=0.05, last=12)
case("backward induction without a discount", "backward_induction", **DECISION, discount_rate=0, last=3, available=[[True, False, True], [False, True, False], [True, True, False]])
refused("state without an action", "policy_iteration", "empty", "choices", 1, **DECISION, available=[[True, False, True]] * 3, discount_rate=0.05)
refused("start with an action that may not be taken", "policy_iteration", "out_of_range", "policy", 2, **DECISION, available=[[True] * 3, [True] * 3, [True, True, False]], start=[0, 0, 2], discount_rate=0.05)
refused("decision without a discount", "policy_iteration", "divergent", "discount_rate", **DECISION, discount_rate=0)
refused("decision with a row that sums to 0.9", "policy_iteration", "not_stochastic", "transitions", 1, transitions=[[[1, 0], [0.4, 0.5]]], rewards=[[1, 2]], discount_rate=0.1)

# ---- always a share

SHARE = {"margin": 40, "contact_cost": 4, "repurchase": [0.3, 0.2, 0.15, 0.05], "discount_rate": 0.2}
DWYER = f"Dwyer 1997, always a share; 60 digits: {SCRIPT}"
for contact in LEAD:
    case(f"always a share, contacts at {contact}", "always_a_share", DWYER, **SHARE, periods=8, contact=contact)
    case(f"always a share, customers, contacts at {contact}", "always_a_share_values", DWYER, margin=[40, 12.5, 0, -1], contact_cost=[4, 1, 0, 2.5], repurchase=[[0.3, 0.2, 0.15], [0.9, 0.9, 0.9], [0, 1, 0], [0, 0, 0]], discount_rate=0.07, periods=36, contact=contact)
case("always a share, one table", "always_a_share_values", DWYER, margin=[40, 12.5], contact_cost=4, repurchase=[0.3, 0.2, 0.15, 0.05], discount_rate=0.2, periods=8, contact="start")
case("always a share, now only", "always_a_share", DWYER, **SHARE, periods=0, contact="start")
case("always a share, growth", "always_a_share", DWYER, **{**SHARE, "discount_rate": -0.05}, periods=5, contact="middle")
case("always a share, no discount", "always_a_share", DWYER, **{**SHARE, "discount_rate": 0}, periods=60, contact="end")
SLOW = [0.02 if j % 3 else 0.1 for j in range(259)]
case("always a share, many recencies for all", "always_a_share_values", DWYER, margin=[40, 12.5], contact_cost=0.5, repurchase=SLOW, discount_rate=0.01, periods=270, contact="start")
case("always a share, many recencies for each", "always_a_share_values", DWYER, margin=[40, 12.5], contact_cost=0.5, repurchase=[SLOW, [*SLOW[1:], 0.5]], discount_rate=0.01, periods=270, contact="end")
refused("always a share without a table", "always_a_share", "empty", "repurchase", **{**SHARE, "repurchase": []}, periods=3, contact="start")
refused("always a share, probability above one", "always_a_share", "out_of_range", "repurchase", 1, **{**SHARE, "repurchase": [0.5, 1.5]}, periods=3, contact="start")
refused("always a share, absurd horizon", "always_a_share", "out_of_range", "periods", **SHARE, periods=10001, contact="start")
refused("a customer's probability above one", "always_a_share_values", "out_of_range", "repurchase", 1, margin=[1, 1], contact_cost=0, repurchase=[[0.5, 0.5], [0.5, 1.5]], discount_rate=0.1, periods=3, contact="start")

VECTORS.write()
