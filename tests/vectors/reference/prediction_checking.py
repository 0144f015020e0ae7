"""Writes tests/vectors/prediction_checking.json: what models expect of cohorts, beside what customers did.

Needs mpmath. BG/NBD: closed forms of Fader, Hardie & Lee 2005, eq. (6) to (11), in 50 digits, summed over customers one by
one; Pareto/NBD and BG/BB: the mean of a new customer, Schmittlein, Morrison & Colombo 1987 and Fader, Hardie & Shang
2010, eq. (9). Means, errors and counts are plain sums over rows. Fits of cohorts are Newton steps on numerical derivatives.
"""


from cases import Vectors
from mpmath import beta, exp, hyp2f1, log, loggamma, lu_solve, matrix, mp, mpf, rf, sqrt

mp.dps = 50
FHL = "Fader, Hardie & Lee 2005"
HERE = "50 digits: tests/vectors/reference/prediction_checking.py"
VECTORS = Vectors("prediction_checking", 1e-12, f"{FHL}; {HERE}")


def case(name, function, expected, tolerance=None, source=FHL, **arguments):
    VECTORS.add(name, function, arguments, expected, tolerance, f"{source}; {HERE}")


def refused(name, function, kind, argument, row=None, **arguments):
    VECTORS.refuse(name, function, arguments, kind, argument, row)


def bg_mean(p, t):
    """FHL (9)."""
    r, alpha, a, b = p
    return (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t)))


def pareto_mean(p, t):
    r, alpha, s, b = p
    return r * b / (alpha * (s - 1)) * (1 - (b / (b + t)) ** (s - 1))


def bb_mean(p, n):
    alpha, b, gamma, delta = p
    return alpha / (alpha + b) * sum(beta(gamma, delta + i) / beta(gamma, delta) for i in range(1, int(n) + 1))


MEANS = {"bg_nbd": bg_mean, "pareto_nbd": pareto_mean, "bg_bb": bb_mean}


def probability(p, n, t):
    """FHL (8)."""
    r, alpha, a, b = p
    share = t / (alpha + t)
    counts = [rf(r, k) / mp.factorial(k) * (1 - share) ** r * share**k for k in range(n + 1)]
    value = beta(a, b + n) / beta(a, b) * counts[n]
    return value + (beta(a + 1, b + n - 1) / beta(a, b) * (1 - sum(counts[:n])) if n else 0)


def alive(p, x, tx, age):
    """FHL (7) and its P(alive)."""
    r, alpha, a, b = p
    return 1 / (1 + (a / (b + x - 1) * ((alpha + age) / (alpha + tx)) ** (r + x) if x else 0))


def conditional_mean(p, x, tx, age, t):
    """FHL (10)."""
    r, alpha, a, b = p
    c = a + b + x - 1
    f = hyp2f1(r + x, b + x, c, t / (alpha + age + t)) * ((alpha + age) / (alpha + age + t)) ** (r + x)
    return c / (a - 1) * (1 - f) * alive(p, x, tx, age)


def log_likelihood(p, x, tx, age):
    """FHL (6)."""
    r, alpha, a, b = p
    value = beta(a, b + x) / (alpha + age) ** (r + x)
    if x:
        value += beta(a + 1, b + x - 1) / (alpha + tx) ** (r + x)
    return log(value) - log(beta(a, b)) + loggamma(r + x) - loggamma(r) + r * log(alpha)


def numbers(values):
    return [mpf(value) for value in values]


def track(name, model, parameters, starts, weights, period, periods, source):
    p, cumulative = numbers(parameters), []
    for k in range(periods):
        end = (k + 1) * mpf(period)
        cohort = [(mpf(s), mpf(w)) for s, w in zip(starts, weights) if s < end]
        cumulative.append(sum((w * MEANS[model](p, end - s) for s, w in cohort), mpf(0)))
    incremental = [now - before for now, before in zip(cumulative, [mpf(0), *cumulative])]
    case(name, "purchase_model_expected_tracking", {"incremental": incremental, "cumulative": cumulative}, source=source, model=model, parameters=parameters, starts=starts, weights=weights, period=period, periods=periods)


CDNOW = [0.242592907, 4.413531561, 0.792886148, 2.425753436]
PARETO = [0.553275509, 10.577612239, 0.606213569, 11.667911237]
DONATIONS = [1.203522352, 0.749716358, 0.656718208, 2.783442233]
STARTS = [0.0, 3.25, 0.5, 3.25, 11.875, 7.0, 40.5]
WEIGHTS = [18.0, 22.0, 17.0, 1.0, 9.0, 0.0, 2.5]
track("a cohort that grows", "bg_nbd", CDNOW, STARTS, WEIGHTS, 6.5, 12, FHL)
track("periods longer than the cohort's beginning", "bg_nbd", CDNOW, STARTS, WEIGHTS, 78.0, 1, FHL)
track("nobody yet in the first periods", "bg_nbd", CDNOW, [2.5, 2.0], [1.0, 1.0], 1.0, 4, FHL)
track("a cohort that grows", "pareto_nbd", PARETO, STARTS, WEIGHTS, 6.5, 12, "Schmittlein, Morrison & Colombo 1987")
track("donors of two years", "bg_bb", DONATIONS, [0.0, 1.0], [11104.0, 500.0], 1.0, 11, "Fader, Hardie & Shang 2010")

FREQUENCY = [0.0, 0.0, 1.0, 2.0, 2.0, 5.0, 26.0, 1.0]
RECENCY = [0.0, 0.0, 1.75, 30.5, 8.25, 37.0, 30.875, 36.5]
AGE = [38.75, 27.0, 35.0, 38.75, 33.5, 38.75, 31.0, 38.75]
HISTORY = {"frequency": FREQUENCY, "recency": RECENCY, "age": AGE}
CUSTOMERS = [3.0, 4.0, 1.0, 1.0, 2.0, 1.0, 0.5, 0.0]
DONE = [0.0, 1.0, 0.0, 3.0, 0.0, 4.0, 31.0, 9.0]


def histogram(most):
    p = numbers(CDNOW)
    rows = list(zip(FREQUENCY, AGE, CUSTOMERS))
    actual = [sum(w for x, _, w in rows if (x == n if n < most else x >= n)) for n in range(most + 1)]
    expected = [sum(w * probability(p, n, mpf(age)) for _, age, w in rows) for n in range(most)]
    expected.append(sum(CUSTOMERS) - sum(expected))
    case(f"0 to {most} or more", "purchase_model_frequency_histogram", {"actual": actual, "expected": expected}, model="bg_nbd", parameters=CDNOW, **HISTORY, weights=CUSTOMERS, most=most)


histogram(1)
histogram(7)


def over(values, rows=range(len(CUSTOMERS))):
    return sum(CUSTOMERS[row] * values[row] for row in rows)


def means_of(bins, values):
    return [over(values, rows) / sum(CUSTOMERS[row] for row in rows) if rows else None for rows in bins]


def in_holdout(duration):
    p = numbers(CDNOW)
    durations = duration if isinstance(duration, list) else [duration] * len(DONE)
    told = [conditional_mean(p, int(x), mpf(tx), mpf(age), mpf(t)) for x, tx, age, t in zip(FREQUENCY, RECENCY, AGE, durations)]
    arguments = {"model": "bg_nbd", "parameters": CDNOW, **HISTORY, "purchases": DONE, "duration": duration, "weights": CUSTOMERS}
    for most in (3, 6):
        bins = [[row for row, x in enumerate(FREQUENCY) if (x == n if n < most else x >= n) and CUSTOMERS[row]] for n in range(most + 1)]
        size = [sum(CUSTOMERS[row] for row in rows) for rows in bins]
        means = {"actual": means_of(bins, DONE), "expected": means_of(bins, told)}
        case(f"0 to {most} or more", "purchase_model_conditional_expectation", {"customers": size, **means}, **arguments, most=most)
    errors, n = [t - mpf(d) for t, d in zip(told, DONE)], mpf(sum(CUSTOMERS))
    found = {"customers": n, "actual": over(DONE), "expected": over(told), "bias": over(errors) / n, "mean_absolute_error": over([abs(e) for e in errors]) / n, "root_mean_square_error": sqrt(over([e**2 for e in errors]) / n)}
    case("eight rows with weights", "purchase_model_holdout_error", found, **arguments)


in_holdout(39.0)
in_holdout([39.0, 39.0, 20.0, 39.0, 52.0, 39.0, 0.0, 1.0])


def followed(model, parameters, purchases, times):
    p, found = numbers(parameters), []
    for time in times:
        made = [mpf(t) for t in purchases if t <= time]
        found.append(alive(p, len(made) - 1, made[-1] - made[0], mpf(time) - made[0]))
    case("one customer", "purchase_model_probability_alive_history", found, model=model, parameters=parameters, purchases=purchases, times=times)


followed("bg_nbd", CDNOW, [2.0, 4.5, 4.5, 9.0, 30.25], [2.0, 4.25, 4.5, 9.0, 20.0, 30.0, 30.25, 31.0, 78.0, 500.0])
followed("bg_nbd", CDNOW, [0.0], [0.0, 100.0])


def fitted(rows, start):
    """The maximum over ln r, ln alpha, ln a, ln b."""
    theta, h = [log(mpf(value)) for value in start], mpf(10) ** -10

    def total(theta):
        p = [exp(value) for value in theta]
        return sum(w * log_likelihood(p, int(x), mpf(tx), mpf(age)) for x, tx, age, w in rows)

    def at(*moves):
        return total([v + sum(s * h for k, s in moves if k == j) for j, v in enumerate(theta)])

    for _ in range(50):
        g = [(at((i, 1)) - at((i, -1))) / (2 * h) for i in range(4)]
        hessian = matrix(4, 4)
        for i in range(4):
            for j in range(4):
                hessian[i, j] = (at((i, 1), (j, 1)) - at((i, 1), (j, -1)) - at((i, -1), (j, 1)) + at((i, -1), (j, -1))) / (4 * h**2)
        step = lu_solve(hessian, matrix(g))
        scale = min(mpf(1), mpf("0.5") / max(abs(s) for s in step))
        theta = [v - scale * s for v, s in zip(theta, step)]
        if max(abs(s) for s in step) < mpf(10) ** -15:
            return [exp(value) for value in theta]
    raise ArithmeticError("no maximum found")


ROWS = [
    (0, 0, 39, 300), (0, 0, 33, 420), (0, 0, 28, 390), (1, 1.5, 38, 70), (1, 8, 36, 55), (1, 20, 31, 62), (1, 33, 35, 48), (2, 5.5, 39, 25), (2, 19, 30, 31),
    (2, 34, 36, 29), (3, 12, 34, 14), (3, 36, 38, 22), (4, 30.5, 33, 11), (5, 18, 29, 6), (6, 37, 39, 9), (8, 25, 37, 4), (11, 38, 38.5, 3), (15, 31.5, 32, 2),
]  # fmt: skip
mp.dps = 40
first, other = fitted(ROWS, [0.18, 7.7, 0.66, 1.22]), [(x, tx * 1.25, age * 1.25, w + (7 if x > 2 else 0)) for x, tx, age, w in ROWS]
second = fitted(other, [0.25, 9, 0.8, 2])
table = [(cohort, *row) for cohort, rows in ((0, ROWS), (2, other)) for row in rows] + [(1, 0, 0, 20, 12), (1, 0, 0, 30, 8)]
table = table[::3] + table[1::3] + table[2::3]
columns = {name: [float(row[place]) for row in table] for place, name in enumerate(("cohort", "frequency", "recency", "age", "weights"))}
told = [None if c == 1 else conditional_mean((first, None, second)[c], x, mpf(tx), mpf(age), mpf(39)) for c, x, tx, age, _ in table]
sizes = [sum(row[4] for row in table if row[0] == c) for c in range(4)]
expected = {"customers": sizes, "outcomes": ["converged", "no_solution", "converged", "empty"], "parameters": [first, None, second, None], "expected_purchases": told}
case("four cohorts, of which two have a model", "purchase_cohorts", expected, 1e-7, "maximum in 40 digits", model="bg_nbd", cohorts=4, horizon=39.0, **columns)

given = {"model": "bg_nbd", "parameters": CDNOW}
tracked = {**given, "starts": [0.0, 1.0], "weights": [1.0, 1.0], "period": 1.0, "periods": 2}
name = "purchase_model_expected_tracking"
refused("a negative start", name, "out_of_range", "starts", 1, **{**tracked, "starts": [0.0, -1.0]})
refused("half an opportunity", name, "out_of_range", "starts", 0, **{**tracked, "model": "bg_bb", "starts": [0.5, 1.0]})
refused("periods of half an opportunity", name, "out_of_range", "period", **{**tracked, "model": "bg_bb", "period": 0.5})
refused("a period without length", name, "out_of_range", "period", **{**tracked, "period": 0.0})
refused("no period", name, "out_of_range", "periods", **{**tracked, "periods": 0})
refused("a negative weight", name, "out_of_range", "weights", 0, **{**tracked, "weights": [-1.0, 1.0]})
counted = {**given, **HISTORY, "weights": CUSTOMERS, "most": 3}
refused("no bin but one", "purchase_model_frequency_histogram", "out_of_range", "most", **{**counted, "most": 0})
held = {**counted, "purchases": DONE, "duration": 39.0}
name = "purchase_model_conditional_expectation"
refused("a negative number of purchases", name, "out_of_range", "purchases", 0, **{**held, "purchases": [-1.0, *DONE[1:]]})
refused("a negative duration", name, "out_of_range", "duration", 0, **{**held, "duration": -1.0})
refused("a recency over the age", name, "out_of_range", "recency", 2, **{**held, "recency": [0.0, 0.0, 90.0, *RECENCY[3:]]})
refused("weights of 0", name, "out_of_range", "weights", **{**held, "weights": [0.0] * 8})
followed_arguments = {**given, "purchases": [2.0, 4.5], "times": [3.0]}
name = "purchase_model_probability_alive_history"
refused("a time before the first purchase", name, "out_of_range", "times", 0, **{**followed_arguments, "times": [1.0]})
refused("purchases out of order", name, "out_of_range", "purchases", 1, **{**followed_arguments, "purchases": [2.0, 1.0]})
refused("no purchase", name, "empty", "purchases", **{**followed_arguments, "purchases": []})
small = {"model": "bg_nbd", "cohort": [0.0, 0.0, 1.0], "cohorts": 2, "frequency": [1.0, 0.0, 3.0], "recency": [3.0, 0.0, 40.0], "age": [9.0, 8.0, 39.0], "weights": [1.0, 1.0, 1.0], "horizon": 39.0}
refused("a row that no customer can have, in the second cohort", "purchase_cohorts", "out_of_range", "recency", 2, **small)
refused("a cohort too many", "purchase_cohorts", "out_of_range", "cohort", 2, **{**small, "cohorts": 1})

VECTORS.write()
