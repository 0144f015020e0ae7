"""Writes tests/vectors/prediction_bg_nbd.json: BG/NBD and MBG/NBD in numbers of 80 digits.

Needs mpmath. Likelihoods and closed forms are those of the papers, evaluated as they stand; where they have a removable
singularity (a = 1, a + b = 1), the parameters are moved by 1e-30, which changes the result in the 30th digit. Probabilities
of n or more purchases are 1 minus a plain sum. Discounted purchases are integrals of the purchase rate, in which a 2F1
stands, by mpmath's own quadrature with 20 digits. Where a and b are large, so that a 2F1 would take 1e8 terms, means over
p ~ Beta(a, b) are integrals over ln(p/(1-p)) by mpmath's quadrature with 50 digits. Fits are Newton steps on a numerical Hessian in 40 digits, over
every customer. Inputs are read as the doubles that their texts give.
"""

import sys

from cases import Vectors
from mpmath import exp, expm1, hyp2f1, inf, log, log1p, loggamma, lu_solve, matrix, mp, mpf, quad, rf, sqrt

mp.dps = 80
FHL = "Fader, Hardie & Lee 2005"
BDF = "Batislam, Denizel & Filiztekin 2007"
NUDGE = mpf(10) ** -30
LARGE = 10**5
SCRIPT = "tests/vectors/reference/prediction_bg_nbd.py"
VECTORS = Vectors("prediction_bg_nbd", 1e-11, f"80 digits: {SCRIPT}")


def stays(model, x):
    """How often a customer could have left and did not."""
    return x if model == "bg_nbd" else x + 1


def beta_ratio(a, b, i, j):
    """B(a+i, b+j) / B(a, b)."""
    return rf(a, i) * rf(b, j) / rf(a + b, i + j)


def likelihood_terms(model, p, x, tx, age):
    """ln of the part of a customer who is alive, and the odds of being dead."""
    r, alpha, a, b = p
    n = stays(model, x)
    purchases = loggamma(r + x) - loggamma(r) + r * log(alpha)
    alive = purchases + log(beta_ratio(a, b, 0, n)) - (r + x) * log(alpha + age)
    if n == 0:
        return alive, mpf(0)
    dead = purchases + log(beta_ratio(a, b, 1, n - 1)) - (r + x) * log(alpha + tx)
    return alive, exp(dead - alive)


def given_alive(model, p, x, age):
    r, alpha, a, b = p
    return r + x, alpha + age, a, b + stays(model, x)


def beta_mean(a, b, f):
    """E[f(p)] over p ~ Beta(a, b), for large a and b: 24 standard deviations to both sides of the mode."""
    with mp.workdps(50):
        normaliser = loggamma(a) + loggamma(b) - loggamma(a + b)
        mode, width, size = log(a / b), sqrt(1 / a + 1 / b), f(a / (a + b))

        def density(y):
            return exp(-a * log1p(exp(-y)) - b * log1p(exp(y)) - normaliser)

        ends = [mode + k * width for k in range(-24, 25, 3)]
        return size * quad(lambda y: density(y) * f(1 / (1 + exp(-y))) / size, ends)


def mean(q, t):
    """FHL (9), with Euler's transformation where the arguments of 2F1 are large."""
    r, alpha, a, b = q
    if t == 0:
        return mpf(0)
    if min(a, b) > LARGE:
        return beta_mean(a, b, lambda p: -expm1(-r * log1p(p * t / alpha)) / p)
    a, b = a + NUDGE, b + NUDGE / 3
    z, c = t / (alpha + t), a + b - 1
    f = (1 - z) ** r * hyp2f1(r, b, c, z) if r < 100 else (1 - z) ** (a - 1) * hyp2f1(c - r, a - 1, c, z)
    return c / (a - 1) * (1 - f)


def power_mean(r, a, b, w):
    """E[(1 + pw)^-r] over p ~ Beta(a, b)."""
    if min(a, b) > LARGE:
        return beta_mean(a, b, lambda p: (1 + p * w) ** -r)
    if r < 100:
        return hyp2f1(r, a, a + b, -w)
    z = w / (1 + w)
    return (1 - z) ** a * hyp2f1(a, a + b - r, a + b, z)


def survival(q, t):
    r, alpha, a, b = q
    return power_mean(r, a, b, t / alpha)


def counts(r, alpha, t, n):
    """P(N = 0), ..., P(N = n) of the negative binomial."""
    z = t / (alpha + t)
    terms = [(1 - z) ** r]
    for k in range(n):
        terms.append(terms[-1] * (r + k) / (k + 1) * z)
    return terms


def probability(q, n, t):
    r, alpha, a, b = q
    terms = counts(r, alpha, t, n)
    value = beta_ratio(a, b, 0, n) * terms[n]
    return value if n == 0 else value + beta_ratio(a, b, 1, n - 1) * (1 - sum(terms[:n]))


def tail(q, n, t):
    """1 minus the sum of the probabilities of 0, ..., n - 1: FHL (8)."""
    r, alpha, a, b = q
    terms = counts(r, alpha, t, n)
    below, total = mpf(0), mpf(0)
    for k in range(n):
        total += beta_ratio(a, b, 0, k) * terms[k]
        total += beta_ratio(a, b, 1, k - 1) * (1 - below) if k else 0
        below += terms[k]
    return 1 - total


def discounted(q, horizon, rate):
    r, alpha, a, b = q
    force = log(1 + rate)
    if force == 0:
        return mean(q, horizon) if horizon != inf else (a + b - 1) / (a - 1)
    with mp.workdps(20):
        ends, end = [mpf(0)], min(alpha, 1 / abs(force)) / 8
        last = min(horizon, 60 / force) if force > 0 else horizon
        while end < last:
            ends.append(end)
            end = end * 2 if force < 0 else end + min(end, 4 / force)
        ends.append(last)
        return quad(lambda u: exp(-force * u) * r / alpha * power_mean(r + 1, a, b, u / alpha), ends)


def predict(function, model, p, x, tx, age, **rest):
    alive, odds = likelihood_terms(model, p, x, tx, age)
    q = given_alive(model, p, x, age)
    h = rest.get("horizon")
    if function == "log_likelihood":
        return alive + log(1 + odds)
    if function == "probability_alive":
        return survival(q, h) / (1 + odds)
    if function == "expected_purchases":
        return mean(q, h) / (1 + odds)
    if function == "discounted_purchases":
        return discounted(q, h, rest["discount_rate"]) / (1 + odds)
    n = int(rest["purchases"])
    if function == "tail_probability":
        return tail(q, n, h) / (1 + odds) if n else mpf(1)
    value = probability(q, n, h) / (1 + odds)
    return value + odds / (1 + odds) if n == 0 else value


def value_at(column, row):
    value = column[row] if isinstance(column, list) else column
    return inf if value == "infinite" else mpf(value)


def case(name, function, model, parameters, customers, **columns):
    p = [mpf(v) for v in parameters]
    expected = []
    for row, (x, tx, age) in enumerate(customers):
        rest = {key: value_at(column, row) for key, column in columns.items()}
        expected.append(predict(function, model, p, int(x), mpf(tx), mpf(age), **rest))
    frequency, recency, age = ([float(v) for v in column] for column in zip(*customers))
    arguments = {"model": model, "parameters": parameters, "frequency": frequency, "recency": recency, "age": age, **columns}
    paper = FHL if model == "bg_nbd" else BDF
    source = f"{paper}; {VECTORS.source}"
    VECTORS.add(f"{model}: {name}", f"purchase_model_{function}", arguments, expected, source=source)


def refused(name, function, kind, argument, row=None, **arguments):
    VECTORS.refuse(name, f"purchase_model_{function}", arguments, kind, argument, row)


def fitted(name, model, start, frequency, recency, age, weights):
    """The maximum over ln r, ln alpha, ln a, ln b, with standard errors of the parameters."""
    mp.dps = 40
    rows = [(int(x), mpf(tx), mpf(t), mpf(w)) for x, tx, t, w in zip(frequency, recency, age, weights)]

    def total(theta):
        p = [exp(v) for v in theta]
        value = mpf(0)
        for x, tx, age_of, w in rows:
            alive, odds = likelihood_terms(model, p, x, tx, age_of)
            value += w * (alive + log(1 + odds))
        return value

    theta, h = [log(mpf(v)) for v in start], mpf(10) ** -8

    def derivatives():
        here, g, hessian = total(theta), [], matrix(4, 4)
        up, down = [], []
        for i in range(4):
            move = lambda *js: [v + sum(s * h for k, s in js if k == j) for j, v in enumerate(theta)]
            up.append(total(move((i, 1))))
            down.append(total(move((i, -1))))
            g.append((up[i] - down[i]) / (2 * h))
            hessian[i, i] = (up[i] - 2 * here + down[i]) / h**2
            for j in range(i):
                cross = total(move((i, 1), (j, 1))) - total(move((i, 1), (j, -1))) - total(move((i, -1), (j, 1))) + total(move((i, -1), (j, -1)))
                hessian[i, j] = hessian[j, i] = cross / (4 * h**2)
        return here, g, hessian

    for _ in range(40):
        here, g, hessian = derivatives()
        step = lu_solve(hessian, matrix(g))
        scale = min(mpf(1), mpf("0.5") / max(abs(s) for s in step))
        theta = [v - scale * s for v, s in zip(theta, step)]
        if max(abs(s) for s in step) < mpf(10) ** -13:
            break
    else:
        sys.exit("no maximum found")
    here, g, hessian = derivatives()
    covariance = (-hessian) ** -1
    parameters = [exp(v) for v in theta]
    errors = [p * covariance[i, i] ** mpf("0.5") for i, p in enumerate(parameters)]
    expected = {"parameters": parameters, "log_likelihood": here, "standard_errors": errors, "status": "converged"}
    arguments = {"model": model, "frequency": frequency, "recency": recency, "age": age, "weights": weights}
    source = f"maximum in 40 digits: {SCRIPT}"
    VECTORS.add(f"{model}: {name}", "purchase_model_fit", arguments, expected, 1e-6, source)
    mp.dps = 80


SUMMARY = {
    "frequency": [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 11, 15],
    "recency": [0, 0, 0, 1.5, 8, 20, 33, 5.5, 19, 34, 12, 36, 30.5, 18, 37, 25, 38, 31.5],
    "age": [39, 33, 28, 38, 36, 31, 35, 39, 30, 36, 34, 38, 33, 29, 39, 37, 38.5, 32],
    "weights": [300, 420, 390, 70, 55, 62, 48, 25, 31, 29, 14, 22, 11, 6, 9, 4, 3, 2],
}
SUMMARY = {key: [float(v) for v in column] for key, column in SUMMARY.items()}
CDNOW = [0.242592907, 4.413531561, 0.792886148, 2.425753436]
SETS = {
    "CDNOW": CDNOW,
    "a = 1": [0.5, 4.0, 1.0, 2.5],
    "a next to 1": [0.5, 4.0, 1.00000001, 2.5],
    "a + b = 1": [0.8, 6.0, 0.4, 0.6],
    "a + b < 1": [0.3, 10.0, 0.05, 0.2],
    "a tiny": [1.5, 20.0, 0.001, 3.0],
    "a and b large": [3.0, 12.0, 40.0, 90.0],
    "r large": [60.0, 30.0, 0.7, 0.4],
    "r tiny": [0.002, 30.0, 2.0, 6.0],
    "r - a whole": [0.8, 6.0, 0.8, 2.0],
}
CUSTOMERS = [(0, 0, 0), (0, 0, 38.86), (2, 30.43, 38.86), (26, 30.86, 31), (1, 0.14, 39), (5, 38.86, 38.86), (400, 52, 365)]
DAYS = [0.243, 30.9, 0.793, 2.426]
HEAVY = [(20000, 3650.0, 3650.0), (20000, 3649.0, 3652.0), (365, 364.5, 365.0), (0, 0, 9000.0), (3, 12.0, 9000.0), (0, 0, 0)]
NARROW = [[3.0, 12.0, 1e8, 1e8], [0.25, 4.0, 2e6, 3e8], [0.25, 4.0, 4e11, 1e11]]


def write():
    fitted("a hand-made summary", "bg_nbd", [0.18, 7.7, 0.66, 1.22], **SUMMARY)
    fitted("a hand-made summary", "mbg_nbd", [0.51, 11.2, 1.05, 1.11], **SUMMARY)
    nobody = {"model": "bg_nbd", "frequency": [0.0, 0.0], "recency": [0.0, 0.0], "age": [3.0, 4.0], "weights": [1.0, 1.0]}
    refused("nobody bought again", "fit", "no_solution", "frequency", **nobody)
    refused("a negative weight", "fit", "out_of_range", "weights", 1, **{**nobody, "weights": [1.0, -1.0]})

    for model in ("bg_nbd", "mbg_nbd"):
        for name, parameters in SETS.items():
            case(name, "log_likelihood", model, parameters, CUSTOMERS)
            for horizon in (0.0, 0.01, 39.0, 520.0, 50000.0):
                case(f"{name}, horizon {horizon}", "probability_alive", model, parameters, CUSTOMERS, horizon=horizon)
                case(f"{name}, horizon {horizon}", "expected_purchases", model, parameters, CUSTOMERS, horizon=horizon)
            for purchases in (0, 1, 7, 40):
                case(f"{name}, {purchases} purchases", "purchase_probability", model, parameters, CUSTOMERS, purchases=float(purchases), horizon=39.0)
                case(f"{name}, {purchases} purchases", "tail_probability", model, parameters, CUSTOMERS, purchases=float(purchases), horizon=39.0)
            for horizon, rate in ((52.0, 0.002), (52.0, -0.001), ("infinite", 0.002)):
                case(f"{name}, horizon {horizon}, rate {rate}", "discounted_purchases", model, parameters, CUSTOMERS[:4], horizon=horizon, discount_rate=rate)
        for horizon in (1.0, 365.0, 36500.0):
            case(f"decades in days, horizon {horizon}", "expected_purchases", model, DAYS, HEAVY, horizon=horizon)
            case(f"decades in days, horizon {horizon}", "probability_alive", model, DAYS, HEAVY, horizon=horizon)
        case("decades in days", "log_likelihood", model, DAYS, HEAVY)
        case("decades in days", "discounted_purchases", model, DAYS, HEAVY, horizon=3650.0, discount_rate=0.0003)
        case("a low discount rate", "discounted_purchases", model, CDNOW, CUSTOMERS[:4], horizon="infinite", discount_rate=0.00001)
        case("a column of horizons", "expected_purchases", model, CDNOW, CUSTOMERS[:3], horizon=[1.0, 10.0, 100.0])

    for model in ("bg_nbd", "mbg_nbd"):
        for parameters in NARROW:
            for horizon in (0.01, 39.0, 50000.0):
                name = f"a = {parameters[2]}, b = {parameters[3]}, horizon {horizon}"
                case(name, "probability_alive", model, parameters, CUSTOMERS, horizon=horizon)
                case(name, "expected_purchases", model, parameters, CUSTOMERS, horizon=horizon)

    one = {"model": "bg_nbd", "parameters": CDNOW}
    two = {**one, "frequency": [0.0, 2.0], "recency": [0.0, 30.0], "age": [9.0, 38.0]}
    refused("a recency over the age", "expected_purchases", "out_of_range", "recency", 1, **{**two, "recency": [0.0, 39.0]}, horizon=1.0)
    refused("a recency without repeat purchase", "probability_alive", "out_of_range", "recency", 0, **{**two, "recency": [1.0, 30.0]}, horizon=0.0)
    refused("half a purchase", "log_likelihood", "out_of_range", "frequency", 1, **{**two, "frequency": [0.0, 2.5]})
    refused("a negative age", "log_likelihood", "out_of_range", "age", 0, **{**two, "age": [-9.0, 38.0]})
    refused("a negative horizon", "expected_purchases", "out_of_range", "horizon", 1, **two, horizon=[1.0, -1.0])
    refused("half a purchase to come", "purchase_probability", "out_of_range", "purchases", 0, **two, purchases=0.5, horizon=1.0)
    refused("a discount rate of -100 %", "discounted_purchases", "out_of_range", "discount_rate", 0, **two, horizon=1.0, discount_rate=-1.0)
    refused("purchases for ever, undiscounted", "discounted_purchases", "divergent", "discount_rate", 0, **two, horizon="infinite", discount_rate=0.0)
    refused("a parameter of 0", "expected_purchases", "out_of_range", "alpha", **{**two, "parameters": [0.2, 0.0, 0.8, 2.4]}, horizon=1.0)
    refused("columns of different lengths", "log_likelihood", "length_mismatch", "recency", **{**two, "recency": [0.0]})

    VECTORS.write()


if __name__ == "__main__":
    write()
