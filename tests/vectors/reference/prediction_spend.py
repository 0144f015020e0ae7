"""Writes prediction_spend.json: the Gamma-Gamma model in high precision, from its definitions alone.

Fits come from Newton's method on the log-likelihood of Fader & Hardie's note 025, quantiles from root finding on the
incomplete gamma function.
"""


from cases import Vectors, plain
from mpmath import diff, exp, findroot, gammainc, log, loggamma, matrix, mp, mpf, sqrt

mp.dps = 30

NAMES = ("p", "q", "gamma")
CDNOW = {"p": 6.25, "q": 3.74, "gamma": 15.44}
SOURCE = "30 digits: tests/vectors/reference/prediction_spend.py"
VECTORS = Vectors("prediction_spend", 1e-12, SOURCE)
case, refused = VECTORS.add, VECTORS.refuse

# Customers with some spread of frequency and spend, among them one without repeat purchases.
FREQUENCY = [1, 2, 1, 3, 7, 1, 2, 1, 12, 4, 0, 1, 2, 5, 1, 30, 2, 3, 1, 8, 6, 2, 1, 15, 3, 1, 4, 2, 9, 5]
MEAN_SPEND = [1.39, 6.68, 3.12, 64.42, 13.29, 13.02, 27.45, 28.1, 13.16, 7.33, 0.0, 14.01, 16.39, 4.36, 28.99, 21.45,
              9.04, 7.89, 102.93, 27.62, 10.68, 14.88, 7.01, 6.73, 12.73, 30.15, 5.03, 11.07, 7.38, 12.2]
WEIGHTS = [3.0, 1.0, 2.0, 1.0, 0.5, 4.0, 1.0, 0.0, 1.5, 2.5] * 3


def log_density(model, x, m):
    p, q, g = model
    a = p * x
    return loggamma(a + q) - loggamma(a) - loggamma(q) + q * log(g) + (a - 1) * log(m) + a * log(x) - (a + q) * log(g + m * x)


def fit(frequency, mean_spend, weights, start):
    rows = [(mpf(x), mpf(m), mpf(w)) for x, m, w in zip(frequency, mean_spend, weights) if x > 0 and w > 0]

    def value(*logs):
        model = [exp(x) for x in logs]
        return sum(w * log_density(model, x, m) for x, m, w in rows)

    unit = lambda i: tuple(int(i == j) for j in range(3))
    slopes = [lambda *x, i=i: diff(value, x, unit(i)) for i in range(3)]
    at = tuple(findroot(slopes, [log(mpf(s)) for s in start], tol=1e-25, maxsteps=60))
    second = lambda i, j: tuple(int(i == k) + int(j == k) for k in range(3))
    hessian = matrix(3, 3)
    for i in range(3):
        for j in range(3):
            hessian[i, j] = -diff(value, at, second(i, j))
    covariance = hessian**-1
    estimates = [exp(x) for x in at]
    n = sum(w for _, _, w in rows)
    mean = lambda f: sum(w * f(x, m) for x, m, w in rows) / n
    mx, mm = mean(lambda x, m: x), mean(lambda x, m: m)
    product = mean(lambda x, m: (x - mx) * (m - mm))
    correlation = product / sqrt(mean(lambda x, m: (x - mx) ** 2) * mean(lambda x, m: (m - mm) ** 2))
    return {
        "estimates": estimates,
        "standard_errors": [e * sqrt(covariance[i, i]) for i, e in enumerate(estimates)],
        "log_likelihood": value(*at),
        "customers": n,
        "correlation": correlation,
    }


def expected_spend(model, x, m):
    p, q, g = model
    return p * (g + x * m) / (p * x + q - 1)


def interval(model, x, m, level):
    """Quantiles of M = p/ν, ν ~ Gamma(px + q, γ + xm)."""
    p, q, g = model
    shape, scale = p * x + q, p * (g + x * m)
    tail = (1 - mpf(level)) / 2

    def quantile(target, side):
        if side == "lower":
            below = lambda u: log(gammainc(shape, 0, exp(u), regularized=True)) - log(target)
        else:
            below = lambda u: log(target) - log(gammainc(shape, exp(u), mp.inf, regularized=True))
        low, high = mpf(-400), mpf(12)
        if side == "lower":
            low = (log(target) + loggamma(shape + 1)) / shape - 1
        for _ in range(90):
            middle = (low + high) / 2
            if below(middle) < 0:
                low = middle
            else:
                high = middle
        return exp(low)

    return scale / quantile(tail, "upper"), scale / quantile(tail, "lower")


def main():
    columns = {"frequency": FREQUENCY, "mean_spend": MEAN_SPEND}
    ones = [1.0] * len(FREQUENCY)
    case("thirty customers", "gamma_gamma_fit", columns, fit(FREQUENCY, MEAN_SPEND, ones, [1.9626, 3.1047, 18.209]), 1e-7)
    case("with weights", "gamma_gamma_fit", columns | {"weights": WEIGHTS}, fit(FREQUENCY, MEAN_SPEND, WEIGHTS, [1.2845, 4.4182, 45.304]),
         1e-7)
    cents = [m * 100 for m in MEAN_SPEND]
    case("in cents: only gamma grows", "gamma_gamma_fit", {"frequency": FREQUENCY, "mean_spend": cents},
         fit(FREQUENCY, cents, ones, [1.9626, 3.1047, 1820.9]), 1e-7)

    models = [CDNOW, {"p": 0.02, "q": 1.5, "gamma": 3.0}, {"p": 400.0, "q": 25.0, "gamma": 0.5},
              {"p": 2.0, "q": 0.4, "gamma": 1e6}]
    x = [1, 2, 26, 365, 20000, 3]
    m = [11.77, 22.35, 35.0, 0.5, 50.0, 1e6]
    for parameters in models:
        model = [mpf(v) for v in parameters.values()]
        name = ", ".join(f"{k} {v}" for k, v in parameters.items())
        rows = list(zip([mpf(v) for v in x], [mpf(v) for v in m]))
        arguments = {"model": parameters, "frequency": x, "mean_spend": m}
        case(f"densities, {name}", "gamma_gamma_log_density", arguments, [log_density(model, *row) for row in rows], 1e-11)
        if model[1] > 1:
            rows.append((mpf(0), mpf(0)))
            arguments = {"model": parameters, "frequency": [*x, 0], "mean_spend": [*m, 0]}
        spend = [expected_spend(model, *row) for row in rows]
        case(f"expected spend, {name}", "gamma_gamma_expected_spend", arguments, spend, 1e-13)
        purchases = [0.0, 0.5, 12.25, 3.0, 100.0, 1e-6, 2.0][: len(rows)]
        margin = [0.3, 1.0, 0.25, -0.1, 0.05, 0.5, 0.0][: len(rows)]
        case(f"lifetime values, {name}", "gamma_gamma_lifetime_value",
             arguments | {"discounted_purchases": purchases, "margin": margin},
             [mpf(a) * b * mpf(c) for a, b, c in zip(margin, spend, purchases)], 1e-13)
        known = [(mpf(a), mpf(b)) for a, b in [(0, 0), (1, 11.77), (2, 22.35), (26, 35)]]
        if model[0] > 100:
            known.pop()
        for level in [0.5, 0.95, 0.999]:
            bounds = [interval(model, a, b, str(level)) for a, b in known]
            case(f"interval of {level}, {name}", "gamma_gamma_spend_interval",
                 {"model": parameters, "frequency": plain([a for a, _ in known]), "mean_spend": plain([b for _, b in known]),
                  "level": level},
                 {"lower": [low for low, _ in bounds], "upper": [high for _, high in bounds]}, 1e-11)

    one = {"model": CDNOW, "frequency": [1], "mean_spend": [5.0]}
    for name in NAMES:
        refused(f"{name} of 0", "gamma_gamma_expected_spend", one | {"model": CDNOW | {name: 0.0}}, "out_of_range", name)
    heavy = CDNOW | {"q": 0.9}
    refused("an infinite mean", "gamma_gamma_expected_spend", {"model": heavy, "frequency": [1, 0], "mean_spend": [5.0, 0.0]}, "divergent",
            "q", 1)
    refused("an infinite mean, q of 1", "gamma_gamma_expected_spend",
            {"model": CDNOW | {"q": 1.0}, "frequency": [0], "mean_spend": [0.0]}, "divergent", "q", 0)
    refused("half a purchase", "gamma_gamma_expected_spend", one | {"frequency": [1.5]}, "out_of_range", "frequency", 0)
    refused("spend without purchases", "gamma_gamma_expected_spend", one | {"frequency": [0]}, "out_of_range", "mean_spend", 0)
    refused("purchases without spend", "gamma_gamma_fit", {"frequency": [1, 2], "mean_spend": [3.0, 0.0]}, "out_of_range",
            "mean_spend", 1)
    refused("negative spend", "gamma_gamma_fit", {"frequency": [1, 2], "mean_spend": [3.0, -1.0]}, "out_of_range",
            "mean_spend", 1)
    refused("a short column", "gamma_gamma_fit", {"frequency": [1, 2], "mean_spend": [3.0]}, "length_mismatch", "mean_spend")
    refused("a negative weight", "gamma_gamma_fit", {"frequency": [1, 2], "mean_spend": [3.0, 4.0], "weights": [1.0, -1.0]},
            "out_of_range", "weights", 1)
    refused("nobody bought again", "gamma_gamma_fit", {"frequency": [0, 0], "mean_spend": [0.0, 0.0]}, "empty", "frequency")
    refused("a density of no purchase", "gamma_gamma_log_density", one | {"frequency": [0], "mean_spend": [0.0]}, "out_of_range",
            "frequency", 0)
    refused("negative purchases", "gamma_gamma_lifetime_value", one | {"discounted_purchases": [-1.0], "margin": [1.0]}, "out_of_range",
            "discounted_purchases", 0)
    refused("a level of 1", "gamma_gamma_spend_interval", one | {"level": 1.0}, "out_of_range", "level")
    VECTORS.write()


if __name__ == "__main__":
    main()
