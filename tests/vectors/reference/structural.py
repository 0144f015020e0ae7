"""Writes tests/vectors/structural.json: partial least squares path modelling in numbers of 50 digits.

Needs mpmath. Small made-up answers; every step works on rows, as the papers tell it: composites are columns of scores,
the inner proxy is a column, an outer weight is a covariance with it or a coefficient of a regression on it, and the
iteration runs until nothing moves in 30 digits. The library iterates on correlations and never sees a row. f² is from
regressions that leave a driver out, effects are the powers of the matrix of paths, and frequencies are repeated rows.

Wold 1982; Lohmoeller 1989; Tenenhaus, Esposito Vinzi, Chatelin & Lauro 2005 (PLS, GoF); Dijkstra & Henseler 2015
(PLSc, rho_A); Henseler, Ringle & Sarstedt 2015 (HTMT); Fornell et al. 1996 (index).
"""

import structural_resampling
from cases import Vectors
from mpmath import lu_solve, matrix, mp, mpf, sign, sqrt

mp.dps = 50
SETTLED = mpf(10) ** -30
VECTORS = Vectors("structural", 1e-11, "PLS on rows, 50 digits: tests/vectors/reference/structural.py")

ANSWERS = {
    "x1": [7, 5, 8, 3, 9, 6, 2, 4, 7, 6, 8, 5, 10, 3],
    "x2": [6, 5, 9, 4, 8, 6, 3, 6, 5, 7, 9, 4, 8, 2],
    "x3": [8, 4, 7, 4, 9, 7, 4, 3, 6, 6, 7, 6, 9, 5],
    "y1": [8, 4, 8, 4, 9, 5, 2, 4, 8, 7, 9, 3, 8, 3],
    "y2": [7, 6, 9, 3, 9, 7, 1, 5, 6, 5, 8, 6, 9, 4],
    "z1": [6, 6, 7, 5, 10, 6, 3, 4, 7, 6, 9, 4, 9, 2],
    "z2": [7, 3, 9, 4, 8, 5, 3, 6, 6, 8, 7, 5, 10, 4],
    "z3": [5, 5, 6, 6, 7, 8, 2, 5, 7, 4, 8, 6, 7, 3],
    "c": [2, 6, 1, 7, 1, 5, 9, 6, 4, 3, 2, 7, 1, 8],
}
BLOCKS = {"x": ["x1", "x2", "x3"], "y": ["y1", "y2"], "z": ["z1", "z2", "z3"], "c": ["c"]}
DRIVERS = {"y": ["x"], "z": ["x", "y"], "c": ["x", "z"]}
CONSTRUCTS = list(BLOCKS)
INDICATORS = [item for items in BLOCKS.values() for item in items]


def text(formative):
    """The model as the library reads it."""
    measured = [f"{name} {'<~' if name in formative else '=~'} {' + '.join(items)}" for name, items in BLOCKS.items()]
    driven = [f"{name} ~ {' + '.join(f'? {driver}' for driver in drivers)}" for name, drivers in DRIVERS.items()]
    return "\n".join(measured + driven).replace("+ ?", "?")


def mean(column):
    return sum(column) / len(column)


def covariance(a, b):
    return sum((x - mean(a)) * (y - mean(b)) for x, y in zip(a, b)) / (len(a) - 1)


def correlation(a, b):
    return covariance(a, b) / sqrt(covariance(a, a) * covariance(b, b))


def standardised(column):
    deviation = sqrt(covariance(column, column))
    return [(x - mean(column)) / deviation for x in column]


def regression(columns, response):
    """Coefficients and R² of standardised columns."""
    size = len(columns)
    left = matrix(size, size)
    for i in range(size):
        for k in range(size):
            left[i, k] = correlation(columns[i], columns[k])
    right = matrix([correlation(column, response) for column in columns])
    solved = lu_solve(left, right)
    return list(solved), sum(b * r for b, r in zip(solved, right))


def outer_inflation(z, item, items):
    """1 / (1 - R²) of the regression of an indicator on the others of its block."""
    others = [z[other] for other in items if other != item]
    if not others:
        return mpf(1)
    return 1 / (1 - regression(others, z[item])[1])


def combine(weights, columns):
    return [sum(w * x for w, x in zip(weights, row)) for row in zip(*columns)]


def from_correlations(left, right):
    solved = lu_solve(matrix(left), matrix(right))
    return list(solved), sum(b * r for b, r in zip(solved, right))


class Survey:
    """Rows of answers, none of them missing any more."""

    def __init__(self, answers, missing):
        self.columns = {name: [None if x is None else mpf(x) for x in column] for name, column in answers.items()}
        if missing == "listwise":
            whole = [row for row in zip(*(self.columns[name] for name in INDICATORS)) if None not in row]
            self.columns = dict(zip(INDICATORS, (list(c) for c in zip(*whole))))
        elif missing == "mean":
            for name in INDICATORS:
                known = [x for x in self.columns[name] if x is not None]
                self.columns[name] = [mean(known) if x is None else x for x in self.columns[name]]


def iterate(survey, formative, scheme):
    z = {item: standardised(survey.columns[item]) for item in INDICATORS}
    weights = {name: [mpf(1)] * len(items) for name, items in BLOCKS.items()}
    neighbours = {
        name: (DRIVERS.get(name, []), [other for other in CONSTRUCTS if name in DRIVERS.get(other, [])])
        for name in CONSTRUCTS
    }
    while True:
        scores = {}
        for name, items in BLOCKS.items():
            scores[name] = standardised(combine(weights[name], [z[item] for item in items]))
        following = {}
        for name, items in BLOCKS.items():
            drivers, driven = neighbours[name]
            if scheme == "path":
                inner = regression([scores[d] for d in drivers], scores[name])[0] if drivers else []
                inner = inner + [correlation(scores[name], scores[d]) for d in driven]
            else:
                inner = [correlation(scores[name], scores[d]) for d in drivers + driven]
                if scheme == "centroid":
                    inner = [sign(r) for r in inner]
            proxy = combine(inner, [scores[d] for d in drivers + driven])
            if len(items) == 1:
                outer = [mpf(1)]
            elif name in formative:
                outer = regression([z[item] for item in items], proxy)[0]
            else:
                outer = [covariance(z[item], proxy) for item in items]
            composite = combine(outer, [z[item] for item in items])
            scale = sqrt(covariance(composite, composite))
            following[name] = [w / scale for w in outer]
        change = sum(abs(a - b) for name in BLOCKS for a, b in zip(weights[name], following[name]))
        weights = following
        if change < SETTLED:
            break
    for name, items in BLOCKS.items():
        composite = combine(weights[name], [z[item] for item in items])
        if sum(correlation(z[item], composite) for item in items) < 0:
            weights[name] = [-w for w in weights[name]]
    return z, weights


def fit(answers, formative=(), scheme="path", estimator="plain", missing="mean", scales=(1, 10)):
    survey = Survey(answers, missing)
    z, weights = iterate(survey, formative, scheme)
    n = len(survey.columns["c"])
    scores = {name: combine(weights[name], [z[i] for i in items]) for name, items in BLOCKS.items()}
    loadings = {i: correlation(z[i], scores[name]) for name, items in BLOCKS.items() for i in items}
    rho_a = {}
    for name, items in BLOCKS.items():
        w, pairs = weights[name], [(a, b) for a in range(len(items)) for b in range(len(items)) if a != b]
        if len(items) == 1 or name in formative:
            rho_a[name] = mpf(1)
            continue
        above = sum(w[a] * w[b] * correlation(z[items[a]], z[items[b]]) for a, b in pairs)
        below = sum((w[a] * w[b]) ** 2 for a, b in pairs)
        rho_a[name] = sum(v * v for v in w) ** 2 * above / below
    factors = [m for m in CONSTRUCTS if estimator == "consistent" and len(BLOCKS[m]) > 1 and m not in formative]
    attenuation = {m: sqrt(rho_a[m]) if m in factors else mpf(1) for m in CONSTRUCTS}
    c = {
        (a, b): correlation(scores[a], scores[b]) / (1 if a == b else attenuation[a] * attenuation[b])
        for a in CONSTRUCTS
        for b in CONSTRUCTS
    }
    for name in factors:
        squares = sum(w * w for w in weights[name])
        for item, w in zip(BLOCKS[name], weights[name]):
            loadings[item] = w * sqrt(rho_a[name]) / squares

    def explained(name, drivers):
        if not drivers:
            return [], mpf(0)
        return from_correlations([[c[a, b] for b in drivers] for a in drivers], [c[a, name] for a in drivers])

    size, place = len(CONSTRUCTS), {m: i for i, m in enumerate(CONSTRUCTS)}
    direct = matrix(size, size)
    paths, errors, f_squared, vif, r_squared, adjusted = [], [], [], [], [], []
    for name, drivers in DRIVERS.items():
        coefficients, r2 = explained(name, drivers)
        r_squared.append(r2)
        adjusted.append(1 - (1 - r2) * (n - 1) / (n - len(drivers) - 1))
        for driver, b in zip(drivers, coefficients):
            others = [d for d in drivers if d != driver]
            inflation = 1 / (1 - explained(driver, others)[1])
            direct[place[driver], place[name]] = b
            paths.append(b)
            vif.append(inflation)
            errors.append(sqrt((1 - r2) * inflation / (n - len(drivers) - 1)))
            f_squared.append((r2 - explained(name, others)[1]) / (1 - r2))
    total, power = matrix(size, size), direct
    for _ in range(size):
        total, power = total + power, power * direct
    implied = {(a, a): mpf(1) for a in CONSTRUCTS}
    for i, name in enumerate(CONSTRUCTS):
        for other in CONSTRUCTS[:i]:
            value = sum(direct[place[d], place[name]] * implied[d, other] for d in DRIVERS.get(name, []))
            implied[name, other] = implied[other, name] = value

    def residual(between):
        squares = mpf(0)
        owner = {item: name for name, items in BLOCKS.items() for item in items}
        for i, a in enumerate(INDICATORS):
            for b in INDICATORS[:i]:
                if owner[a] == owner[b] and owner[a] not in factors:
                    continue
                rho = 1 if owner[a] == owner[b] else between[owner[a], owner[b]]
                squares += (correlation(z[a], z[b]) - loadings[a] * rho * loadings[b]) ** 2
        p = len(INDICATORS)
        return sqrt(squares / (mpf(p * (p + 1)) / 2))

    def mean_r(first, second):
        pairs = [(a, b) for a in first for b in second if a != b]
        return mean([abs(correlation(z[a], z[b])) for a, b in pairs])

    mono = {m: mpf(1) if len(items) == 1 else mean_r(items, items) for m, items in BLOCKS.items()}
    htmt = [
        mpf(1) if a == b else mean_r(BLOCKS[a], BLOCKS[b]) / sqrt(mono[a] * mono[b])
        for a in CONSTRUCTS
        for b in CONSTRUCTS
    ]

    def alpha(columns):
        k = len(columns)
        total = [sum(row) for row in zip(*columns)]
        return (
            mpf(k) / (k - 1) * (1 - sum(covariance(x, x) for x in columns) / covariance(total, total))
            if k > 1
            else mpf(1)
        )

    low, high = (mpf(v) for v in scales)
    u = {
        i: w / sqrt(covariance(survey.columns[i], survey.columns[i]))
        for m in CONSTRUCTS
        for i, w in zip(BLOCKS[m], weights[m])
    }
    span = {m: sum(u[i] * (high - low) for i in items) for m, items in BLOCKS.items()}
    index = {
        m: 100 * sum(u[i] * (mean(survey.columns[i]) - low) for i in items) / span[m] for m, items in BLOCKS.items()
    }
    several = [i for items in BLOCKS.values() if len(items) > 1 for i in items]
    squares = {m: [loadings[i] ** 2 for i in items] for m, items in BLOCKS.items()}
    sums = {m: sum(loadings[i] for i in items) ** 2 for m, items in BLOCKS.items()}
    return {
        "weights": [w for m in CONSTRUCTS for w in weights[m]],
        "loadings": [loadings[i] for i in INDICATORS],
        "construct_correlations": [c[a, b] for a in CONSTRUCTS for b in CONSTRUCTS],
        "paths": paths,
        "standard_errors": None if estimator == "consistent" else errors,
        "f_squared": f_squared,
        "vif": vif,
        "outer_vif": [outer_inflation(z, item, items) for items in BLOCKS.values() for item in items],
        "r_squared": r_squared,
        "adjusted_r_squared": adjusted,
        "total_effects": list(total),
        "alpha": [alpha([survey.columns[i] for i in items]) for items in BLOCKS.values()],
        "standardised_alpha": [alpha([z[i] for i in items]) for items in BLOCKS.values()],
        "rho_a": [rho_a[m] for m in CONSTRUCTS],
        "rho_c": [sums[m] / (sums[m] + sum(1 - s for s in squares[m])) for m in CONSTRUCTS],
        "ave": [mean(squares[m]) for m in CONSTRUCTS],
        "htmt": htmt,
        "gof": sqrt(mean([loadings[i] ** 2 for i in several]) * mean(r_squared)),
        "srmr_saturated": residual(c),
        "srmr_estimated": residual(implied),
        "index": [index[m] for m in CONSTRUCTS],
        "importance": [total[place[m], place["z"]] * span[m] / span["z"] for m in ("x", "y")],
    }


def replicate(answers, frequencies):
    return {
        name: [x for x, times in zip(column, frequencies) for _ in range(times)] for name, column in answers.items()
    }


def case(name, answers=ANSWERS, formative=(), frequencies=None, **options):
    arguments = {
        "model": text(formative),
        "responses": answers,
        "options": {"tolerance": 1e-14, **options},
        "target": "z",
    }
    rows = answers
    if frequencies:
        arguments["frequencies"] = frequencies
        rows = replicate(answers, frequencies)
    expected = {key: value for key, value in fit(rows, formative, **options).items() if value is not None}
    VECTORS.add(name, "pls_fit", arguments, expected)


def refused(name, kind, argument, row=None, answers=ANSWERS, formative=(), frequencies=None, **options):
    arguments = {"model": text(formative), "responses": answers, "options": options, "target": "z"}
    if frequencies:
        arguments["frequencies"] = frequencies
    VECTORS.refuse(name, "pls_fit", arguments, kind, argument, row)


GAPS = {
    name: [None if (7 * row + 3 * place) % 29 == 0 else x for row, x in enumerate(column)]
    for place, (name, column) in enumerate(ANSWERS.items())
}
FREQUENCIES = [1, 2, 0, 1, 3, 1, 1, 2, 1, 0, 1, 2, 1, 1]


def main():
    constant = ANSWERS | {"y1": [4] * 14}
    collinear = ANSWERS | {"x3": [a + b for a, b in zip(ANSWERS["x1"], ANSWERS["x2"])]}
    cancelling = ANSWERS | {"y2": [11 - y for y in ANSWERS["y1"]]}
    case("mode A, path weighting")
    case("mode A, centroid", scheme="centroid")
    case("mode A, factor weighting", scheme="factorial")
    case("two blocks in mode B", formative=("x", "z"), scheme="path")
    case("mode B, centroid", formative=("y",), scheme="centroid")
    case("consistent PLS", estimator="consistent")
    case("consistent PLS beside mode B", estimator="consistent", formative=("x",), scheme="factorial")
    case("frequencies stand for equal rows", frequencies=FREQUENCIES)
    case("missing answers become means", answers=GAPS, missing="mean")
    case("respondents with a missing answer are left out", answers=GAPS, missing="listwise")
    refused("an indicator with equal answers", "out_of_range", "responses", answers=constant)
    refused("a collinear block in mode B", "no_solution", "indicators", answers=collinear, formative=("x",))
    refused("indicators that cancel", "no_solution", "constructs", answers=cancelling)
    refused("no row is complete", "empty", "responses", answers=ANSWERS | {"c": [None] * 14}, missing="listwise")
    refused("half a row", "out_of_range", "weights", row=2, frequencies=[1, 1, 0.5] + [1] * 11)
    refused("a row less than none", "out_of_range", "weights", row=1, frequencies=[1, -1] + [1] * 12)
    refused("too few rows", "out_of_range", "responses", answers={k: v[:3] for k, v in ANSWERS.items()})
    refused("a tolerance of 0", "out_of_range", "tolerance", tolerance=0.0)
    refused("no iteration", "out_of_range", "max_iterations", max_iterations=0)
    structural_resampling.add_cases()
    VECTORS.cases += structural_resampling.VECTORS.cases
    VECTORS.write()


if __name__ == "__main__":
    main()
