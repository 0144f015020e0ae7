"""Writes tests/vectors/attributes.json: importance of attributes and their regressions, in numbers of 50 digits.

Needs mpmath and numpy. Shares of R-squared come from all orders of the attributes, least squares from LU solutions of normal equations,
partial least squares from scores and loadings that are taken out of the columns one after the other (NIPALS): no step is
shared with the library.
"""

import itertools
import random

import numpy as np
from cases import Vectors
from mpmath import eigsy, lu_solve, matrix, mp, mpf, sqrt
from structural_resampling import Stream, quantile

mp.dps = 50
SCRIPT = "tests/vectors/reference/attributes.py"
VECTORS = Vectors("attributes", 1e-12, SCRIPT)
refused = VECTORS.refuse
TABLE = [
    [4, 5, 3, 4, 5], [2, 3, 2, 1, 2], [5, 5, 4, 5, 5], [3, 2, 3, 4, 3], [1, 2, 2, 2, 1], [4, 4, 5, 3, 4],
    [3, 3, 2, 3, 2], [5, 4, 4, 4, 5], [2, 1, 3, 2, 2], [4, 3, 4, 5, 3], [3, 4, 1, 2, 4], [4, 4, 2, 5, 4.5],
]  # fmt: skip
COLUMNS = [[mpf(row[j]) for row in TABLE] for j in range(5)]
ATTRIBUTES = [[row[j] for row in TABLE] for j in range(4)]
OVERALL = [row[4] for row in TABLE]


def case(name, function, arguments, expected, tolerance, source):
    VECTORS.add(name, function, arguments, expected, tolerance, f"{source}: {SCRIPT}")


def standardized(column):
    mean = sum(column) / len(column)
    root = sqrt(sum((x - mean) ** 2 for x in column))
    return [(x - mean) / root for x in column]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


Z = [standardized(column) for column in COLUMNS]
R = matrix(4, 4)
for i, j in itertools.product(range(4), repeat=2):
    R[i, j] = dot(Z[i], Z[j])
TARGET = matrix([dot(Z[j], Z[4]) for j in range(4)])


def r_squared(chosen):
    if not chosen:
        return mpf(0)
    among = matrix(len(chosen), len(chosen))
    for a, i in enumerate(chosen):
        for b, j in enumerate(chosen):
            among[a, b] = R[i, j]
    slopes = lu_solve(among, matrix([TARGET[i] for i in chosen]))
    return sum(slopes[a] * TARGET[i] for a, i in enumerate(chosen))


def importances():
    data = {"attributes": ATTRIBUTES, "overall": OVERALL}
    expected = {"values": [float(x) for x in TARGET], "r_squared": None}
    case("correlations", "derive_importance", {**data, "method": "correlation"}, expected, 1e-13, "Pearson")
    slopes = lu_solve(R, TARGET)
    whole = float(r_squared([0, 1, 2, 3]))
    expected = {"values": [float(x) for x in slopes], "r_squared": whole}
    given = {**data, "method": "standardized_regression"}
    case("standardised coefficients", "derive_importance", given, expected, 1e-12, "normal equations")
    shares = [mpf(0)] * 4
    orders = list(itertools.permutations(range(4)))
    for order in orders:
        for place, j in enumerate(order):
            shares[j] += r_squared(order[: place + 1]) - r_squared(order[:place])
    expected = {"values": [float(x / len(orders)) for x in shares], "r_squared": whole}
    case("shares of R-squared", "derive_importance", {**data, "method": "shapley"}, expected, 1e-12, "all 24 orders")
    shapley = {**data, "method": "shapley"}
    one = {"attributes": ATTRIBUTES[:1], "overall": OVERALL, "method": "shapley"}
    expected = {"values": [float(TARGET[0] ** 2)], "r_squared": float(TARGET[0] ** 2)}
    case("one attribute", "derive_importance", one, expected, 1e-13, "the square of the correlation")
    twice = [*ATTRIBUTES[:2], [a + 2 * b for a, b in zip(*ATTRIBUTES[:2])], ATTRIBUTES[3]]
    refused("collinear attributes", "derive_importance", {**shapley, "attributes": twice}, "no_solution", "attributes")
    flat = [ATTRIBUTES[0], [3] * 12]
    refused("a constant attribute", "derive_importance", {**shapley, "attributes": flat}, "no_solution", "attributes")
    refused("all are content", "derive_importance", {**shapley, "overall": [5] * 12}, "no_solution", "overall")
    short = {**shapley, "attributes": [c[:5] for c in ATTRIBUTES], "overall": OVERALL[:5]}
    refused("too few rows", "derive_importance", short, "no_solution", "attributes")


def quadrants():
    importance, satisfaction = [0.5, 0.1, 0.4, 0.2, 0.3], [6, 5, 9, 8, 7]
    data = {"importance": importance, "satisfaction": satisfaction}
    names = ["urgent_improvement", "competitive_advantage", "secondary_improvement", "surplus"]

    def expected(x, y):
        def quadrant(a, b):
            return names[(0 if a >= x else 2) + (1 if b >= y else 0)]

        of = [quadrant(a, b) for a, b in zip(importance, satisfaction)]
        return {"quadrants": of, "importance_cut": x, "satisfaction_cut": y}

    for name, a, b, x, y in [
        ("means", {"kind": "mean"}, {"kind": "mean"}, 0.3, 7.0),
        ("given lines", {"kind": "at", "value": 0.25}, {"kind": "at", "value": 8.5}, 0.25, 8.5),
        ("median and middle of the scale", {"kind": "median"}, {"kind": "midpoint", "low": 1, "high": 10}, 0.3, 5.5),
    ]:
        given = {**data, "importance_cut": a, "satisfaction_cut": b}
        case(f"quadrants by {name}", "importance_satisfaction", given, expected(x, y), 1e-15, "by hand")


def answer(slopes, components):
    """A regression by its standardised coefficients; errors are counted over the rows."""
    means = [sum(c) / 12 for c in COLUMNS]
    roots = [sqrt(sum((x - m) ** 2 for x in c)) for c, m in zip(COLUMNS, means)]
    plain = [slopes[j] * roots[4] / roots[j] for j in range(4)]
    intercept = means[4] - dot(plain, means[:4])
    errors = [row[4] - intercept - sum(b * x for b, x in zip(plain, row[:4])) for row in zip(*COLUMNS)]
    squares = sum(e * e for e in errors)
    values = sorted((float(x) for x in eigsy(R, eigvals_only=True)), reverse=True)
    return {
        "coefficients": [float(b) for b in plain],
        "intercept": float(intercept),
        "standardized": [float(b) for b in slopes],
        "components": components,
        "eigenvalues": values,
        "r_squared": float(1 - squares / roots[4] ** 2),
        "root_mean_square_error": float(sqrt(squares / 12)),
    }


def principal(count):
    values, vectors = eigsy(R)
    order = sorted(range(4), key=lambda j: -values[j])[:count]
    slopes = matrix(4, 1)
    for j in order:
        v = vectors[:, j]
        slopes += v * (dot(v, TARGET) / values[j])
    return list(slopes)


def partial(count):
    """NIPALS for one response: b = W (P' W)^-1 q."""
    x, y = [list(z) for z in Z[:4]], list(Z[4])
    weights, loadings, gains = [], [], []
    for _ in range(count):
        w = [dot(c, y) for c in x]
        size = sqrt(dot(w, w))
        w = [a / size for a in w]
        scores = [sum(a * c[i] for a, c in zip(w, x)) for i in range(12)]
        size = dot(scores, scores)
        p = [dot(c, scores) / size for c in x]
        q = dot(y, scores) / size
        x = [[value - a * t for value, t in zip(c, scores)] for a, c in zip(p, x)]
        y = [value - q * t for value, t in zip(y, scores)]
        weights, loadings, gains = [*weights, w], [*loadings, p], [*gains, q]
    inner = matrix(count, count)
    for a, b in itertools.product(range(count), repeat=2):
        inner[a, b] = dot(loadings[a], weights[b])
    inside = lu_solve(inner, matrix(gains))
    return [sum(weights[b][j] * inside[b] for b in range(count)) for j in range(4)]


def regressions():
    data = {"attributes": ATTRIBUTES, "overall": OVERALL}

    def regression(name, method, slopes, components, source):
        given = {**data, "method": method}
        case(name, "attribute_regression", given, answer(list(slopes), components), 1e-12, source)

    regression("least squares", {"kind": "least_squares"}, lu_solve(R, TARGET), 4, "normal equations")
    values = sorted(eigsy(R, eigvals_only=True), reverse=True)
    shares = [sum(values[: m + 1]) / 4 for m in range(4)]
    by_share = next(m + 1 for m in range(4) if shares[m] >= mpf("0.8"))
    kaiser = sum(1 for value in values if value >= 1)
    for name, rule, number, count in [
        ("two components", "given", 2, 2),
        ("all components are least squares", "given", 4, 4),
        ("80 % of the variance", "share", 0.8, by_share),
        ("components by Kaiser", "kaiser", 0, kaiser),
    ]:
        method = {"kind": "principal_components", "rule": rule, "number": number}
        regression(name, method, principal(count), count, "Jolliffe 2002, chapter 8")
    for penalty in (0.5, 0.0):
        ridge = R + mpf(penalty) * mp.eye(4)
        regression(f"ridge of {penalty}", {"kind": "ridge", "penalty": penalty}, lu_solve(ridge, TARGET), 4, "Hoerl & Kennard 1970")
    for count in (1, 2, 4):
        method = {"kind": "partial_least_squares", "components": count}
        regression(f"partial least squares, {count}", method, partial(count), count, "NIPALS, Wold et al. 1984")
    for name, method, argument in [
        ("no component", {"kind": "principal_components", "rule": "given", "number": 0}, "components"),
        ("too many components", {"kind": "partial_least_squares", "components": 5}, "components"),
        ("a share over one", {"kind": "principal_components", "rule": "share", "number": 1.5}, "share"),
        ("a negative penalty", {"kind": "ridge", "penalty": -1.0}, "penalty"),
    ]:
        refused(f"regression: {name}", "attribute_regression", {**data, "method": method}, "out_of_range", argument)
    twice = {"attributes": [ATTRIBUTES[0], ATTRIBUTES[0]], "overall": OVERALL}
    given = {**twice, "method": {"kind": "least_squares"}}
    refused("regression: an attribute twice", "attribute_regression", given, "no_solution", "attributes")


def weights():
    coefficients = [0.3, -0.1, 0.5]
    for positive, expected in [("truncated", [0.375, 0.0, 0.625]), ("absolute", [1 / 3, 1 / 9, 5 / 9])]:
        given = {"coefficients": coefficients, "positive": positive}
        case(f"index weights, {positive}", "index_weights", given, expected, 1e-15, "by hand")
    given = {"coefficients": coefficients, "positive": "refused"}
    refused("a negative weight", "index_weights", given, "out_of_range", "coefficients", 1)
    given = {"coefficients": [-1.0, 0.0], "positive": "truncated"}
    refused("no weight", "index_weights", given, "no_solution", "coefficients")


# ---- intervals, in double precision: replicates are tables of repeated rows


def regress(x, y):
    """Least squares of standardised columns: coefficients and R-squared."""
    if not x.shape[1]:
        return np.zeros(0), 0.0
    zx, zy = (x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean()) / y.std()
    slopes = np.linalg.lstsq(zx, zy, rcond=None)[0]
    return slopes, 1 - ((zy - zx @ slopes) ** 2).mean()


def derived(x, y, method):
    size = x.shape[1]
    if method == "correlation":
        return np.array([np.corrcoef(column, y)[0, 1] for column in x.T])
    slopes, r2 = regress(x, y)
    if method == "standardized_regression":
        return np.append(slopes, r2)
    shares = np.zeros(size)
    orders = list(itertools.permutations(range(size)))
    for order in orders:
        for place, j in enumerate(order):
            with_it, before = regress(x[:, order[: place + 1]], y)[1], regress(x[:, order[:place]], y)[1]
            shares[j] += (with_it - before) / len(orders)
    return np.append(shares, r2)


def regressed(x, y, components):
    """Of principal components: coefficients, standardised coefficients, intercept, R-squared, root mean square error."""
    zx, zy = (x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean()) / y.std()
    _, _, turned = np.linalg.svd(zx, full_matrices=False)
    scores = zx @ turned[:components].T
    slopes = turned[:components].T @ np.linalg.lstsq(scores, zy, rcond=None)[0]
    plain = slopes * y.std() / x.std(axis=0)
    intercept = y.mean() - plain @ x.mean(axis=0)
    error = y - intercept - x @ plain
    quality = [intercept, 1 - (error**2).mean() / y.var(), np.sqrt((error**2).mean())]
    return np.concatenate([plain, slopes, quality])


def spread(statistics, x, y, replicates, seed, level):
    """An interval for each statistic."""
    drawn = []
    for b in range(replicates):
        stream = Stream(seed, b)
        rows = [stream.below(len(y)) for _ in y]
        drawn.append(statistics(x[rows], y[rows]))

    def interval(estimate, values):
        values = np.sort(values)
        return {
            "estimate": float(estimate),
            "standard_error": float(values.std(ddof=1)),
            "lower": float(quantile(values, (1 - level) / 2)),
            "upper": float(quantile(values, (1 + level) / 2)),
            "replicates": replicates,
        }

    return [interval(*pair) for pair in zip(statistics(x, y), np.transpose(drawn))]


def intervals():
    draw, rows = random.Random(17), []
    for _ in range(40):
        mood = draw.gauss(0, 1)
        felt = [mood + draw.gauss(0, 0.8) for _ in range(3)]
        answers = [*felt, 0.6 * felt[0] + 0.3 * felt[1] + 0.1 * felt[2] + draw.gauss(0, 0.6)]
        rows.append([min(10, max(1, round(6 + 1.6 * answer))) for answer in answers])
    table = np.array(rows, dtype=float)
    x, y = table[:, :3], table[:, 3]
    data = {"attributes": [[int(v) for v in c] for c in x.T], "overall": [int(v) for v in y]}
    how = {"replicates": 60, "confidence": 0.9, "seed": 4}
    source = "Efron & Tibshirani 1993; Grömping 2006"
    for method in ("correlation", "standardized_regression", "shapley"):
        found = spread(lambda a, b, method=method: derived(a, b, method), x, y, 60, 4, 0.9)
        expected = {"values": found[:3], "r_squared": found[3] if len(found) > 3 else None}
        given = {**data, "method": method, **how}
        case(f"intervals of importance by {method}", "importance_intervals", given, expected, 1e-10, source)
    for name, kind, components in (
        ("least squares", {"kind": "least_squares"}, 3),
        ("two components", {"kind": "principal_components", "rule": "given", "number": 2}, 2),
    ):
        found = spread(lambda a, b, components=components: regressed(a, b, components), x, y, 60, 4, 0.9)
        expected = {"coefficients": found[:3], "standardized": found[3:6]}
        expected |= dict(zip(("intercept", "r_squared", "root_mean_square_error"), found[6:]))
        given = {**data, "method": kind, **how}
        case(f"intervals of a regression by {name}", "attribute_intervals", given, expected, 1e-9, source)
    once = {**data, "method": "shapley", **how, "replicates": 1}
    refused("intervals of one replicate", "importance_intervals", once, "out_of_range", "replicates")
    sure = {**data, "method": {"kind": "least_squares"}, **how, "confidence": 1.0}
    refused("an interval that is sure", "attribute_intervals", sure, "out_of_range", "confidence")


if __name__ == "__main__":
    for part in (importances, quadrants, regressions, weights, intervals):
        part()
    VECTORS.write()
