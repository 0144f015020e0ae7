"""Predictions with standard errors and intervals by the delta method, in mpmath's precision.

Derivatives are central differences of fourth order with a step of 1e-5 in the logarithms of positive parameters, and in
coefficients themselves; their error is below 1e-13. Intervals follow from their definitions: symmetric in ln(y/(1 - y))
for probabilities, in ln |y| for what has one sign.
"""

from mpmath import erfinv, exp, log, matrix, mpf, sqrt

STEP = mpf(10) ** -5


def slopes(predict, parameters, positive=None):
    """Derivatives of a column by the logarithms of the parameters, of which the first `positive` are positive."""

    def moved(place, steps):
        logarithm = positive is None or place < positive
        change = [p * exp(steps * STEP) if logarithm else p + steps * STEP for p in parameters]
        return predict([change[i] if i == place else p for i, p in enumerate(parameters)])

    found = []
    for place in range(len(parameters)):
        up, down, up_twice, down_twice = (moved(place, steps) for steps in (1, -1, 2, -2))
        rows = zip(up, down, up_twice, down_twice, strict=True)
        found.append([(8 * (u - d) - (uu - dd)) / (12 * STEP) for u, d, uu, dd in rows])
    return found


def standard_error(gradient, covariance):
    g = matrix(gradient)
    return sqrt((g.T * matrix([[mpf(c) for c in row] for row in covariance]) * g)[0])


def ends(y, s, level, probability):
    z = sqrt(2) * erfinv(mpf(level))
    if s == 0:
        return y, y
    if probability:
        odds, reach = log(y / (1 - y)), z * s / (y * (1 - y))
        return 1 / (1 + exp(-(odds - reach))), 1 / (1 + exp(-(odds + reach)))
    bounds = y * exp(-z * s / abs(y)), y * exp(z * s / abs(y))
    return min(bounds), max(bounds)


def intervals(predict, parameters, covariance, level, probability, positive=None):
    parameters = [mpf(p) for p in parameters]
    estimates, gradients = predict(parameters), slopes(predict, parameters, positive)
    rows = []
    for row, y in enumerate(estimates):
        s = standard_error([column[row] for column in gradients], covariance)
        rows.append((y, s, *ends(y, s, level, probability)))
    return named([[float(v) for v in column] for column in zip(*rows, strict=True)])


def total(predict, parameters, covariance, level, probability, positive=None):
    parameters = [mpf(p) for p in parameters]
    estimates, gradients = predict(parameters), slopes(predict, parameters, positive)
    n, y = len(estimates), sum(estimates)
    s = standard_error([sum(column) for column in gradients], covariance)
    if probability:
        lower, upper = (n * end for end in ends(y / n, s / n, level, True))
    elif min(estimates) < 0 < max(estimates):
        z = sqrt(2) * erfinv(mpf(level))
        lower, upper = y - z * s, y + z * s
    else:
        lower, upper = ends(y, s, level, False)
    return named([float(v) for v in (y, s, lower, upper)])


def named(four):
    return dict(zip(("estimate", "standard_error", "lower", "upper"), four, strict=True))
