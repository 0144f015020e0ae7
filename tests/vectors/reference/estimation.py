"""Writes tests/vectors/estimation.json: estimates of a switching matrix, by other ways and in more digits than the library's.

Needs mpmath and statsmodels. Counts are loops over dictionaries; intervals come from the power series of the incomplete beta function; shares
are regressed in exact fractions by trying every set of zeros until one meets the conditions of Karush, Kuhn and Tucker; their
standard errors come from a basis of the free directions and, HC3, from fits without each step, and where no entry is 0 they are
those of statsmodels (OLS and WLS of each brand's shares); the logit is maximised by Newton's method in numbers of 40 digits with derivatives of mpmath.
"""

import itertools
from fractions import Fraction

import numpy
import statsmodels.api as statsmodels
from cases import Vectors
from mpmath import betainc, erfc, exp, findroot, gammainc, inverse, log, loggamma, lu_solve, matrix, mp, mpf, sqrt

mp.dps = 40
HERE = "tests/vectors/reference/estimation.py"
TOLERANCE = 1e-12


def number(value):
    return mpf(repr(value)) if isinstance(value, float) else mpf(value)


# Counts


def sequences(a):
    rows = sorted(zip(a["customer"], a["time"], range(len(a["time"])), a["brand"]))
    made, before = [], None
    for customer, time, _, brand in rows:
        gap = a.get("longest_gap")
        if before is None or before[0] != customer or (gap is not None and time - before[1] > gap):
            made.append([])
        made[-1].append((brand, time))
        before = (customer, time)
    return made


def table(k, pairs):
    counts = [[0] * k for _ in range(k)]
    for i, j, weight in pairs:
        counts[i][j] += number(weight)
    return counts


def panel_pairs(a):
    return [(x[0], y[0], 1, y[1]) for run in sequences(a) for x, y in zip(run, run[1:])]


def panel_counts(a):
    return table(a["brands"], [pair[:3] for pair in panel_pairs(a)])


def by_period(a):
    edges = [float("-inf"), *a["boundaries"], float("inf")]
    return [
        table(a["brands"], [pair[:3] for pair in panel_pairs(a) if low <= pair[3] < high])
        for low, high in zip(edges, edges[1:])
    ]


def pair_counts(a):
    return table(a["brands"], zip(a["from"], a["to"], a.get("weight", [1] * len(a["from"]))))


def numbers(rows):
    return [[number(x) for x in row] for row in rows]


def transition_fit(a):
    counts = numbers(a["counts"])
    k, n = len(counts), sum(map(sum, counts))
    p = [[c / sum(row) for c in row] for row in counts]
    errors = [[sqrt(x * (1 - x) / sum(row)) for x in probabilities] for probabilities, row in zip(p, counts)]
    likelihood = sum(c * log(c / sum(row)) for row in counts for c in row if c > 0)
    free = k * (k - 1)
    return {
        "transition_matrix": p,
        "standard_errors": errors,
        "log_likelihood": likelihood,
        "free_parameters": free,
        "switches": n,
        "aic": 2 * free - 2 * likelihood,
        "bic": free * log(n) - 2 * likelihood,
    }


# Posterior


def kernel(a, b, u):
    """x^a y^b / B(a, b) at u = ln(x / y)."""
    x, y = 1 / (1 + exp(-u)), 1 / (1 + exp(u))
    return exp(a * log(x) + b * log(y) + loggamma(a + b) - loggamma(a) - loggamma(b))


def beta_series(a, b, u):
    x = 1 / (1 + exp(-u))
    total = term = mpf(1)
    n = 0
    while term > total * mpf(10) ** -38:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return kernel(a, b, u) / a * total


def beta_probability(a, b, u):
    if 1 / (1 + exp(-u)) < (a + 1) / (a + b + 2):
        return beta_series(a, b, u)
    return 1 - beta_series(b, a, -u)


def beta_quantile(a, b, p):
    """By Newton's iteration on ln P, which is concave in u."""
    if p > 0.5:
        return 1 - beta_quantile(b, a, 1 - p)
    u = log(a / b)
    for _ in range(60):
        found = beta_probability(a, b, u)
        step = found * (log(found) - log(p)) / kernel(a, b, u)
        u -= step
        if abs(step) < mpf(10) ** -25:
            break
    assert abs(beta_probability(a, b, u) - p) < mpf(10) ** -25
    return 1 / (1 + exp(-u))


def prior_of(a, i, j):
    prior = a["prior"]
    if not isinstance(prior, list):
        return number(prior)
    return number(prior[i][j] if isinstance(prior[0], list) else prior[j])


def transition_posterior(a):
    counts = numbers(a["counts"])
    k = range(len(counts))
    alpha = [[counts[i][j] + prior_of(a, i, j) for j in k] for i in k]
    total = [sum(row) for row in alpha]
    tail = (1 - number(a["level"])) / 2
    r = a["row"]

    def covariance(x, y):
        same = alpha[r][x] * total[r] if x == y else 0
        return (same - alpha[r][x] * alpha[r][y]) / (total[r] ** 2 * (total[r] + 1))

    def variance(i, j):
        return alpha[i][j] * (total[i] - alpha[i][j]) / (total[i] ** 2 * (total[i] + 1))

    found = {
        "parameters": alpha,
        "mean": [[alpha[i][j] / total[i] for j in k] for i in k],
        "standard_deviations": [[sqrt(variance(i, j)) for j in k] for i in k],
        "covariance": [[covariance(x, y) for y in k] for x in k],
        "lower": [[beta_quantile(alpha[i][j], total[i] - alpha[i][j], tail) for j in k] for i in k],
        "upper": [[beta_quantile(alpha[i][j], total[i] - alpha[i][j], 1 - tail) for j in k] for i in k],
    }
    if all(x >= 1 for row in alpha for x in row):
        found["mode"] = [[(alpha[i][j] - 1) / (total[i] - len(k)) for j in k] for i in k]
    return found


# Tests


def chi_square(tables):
    ratio = pearson = mpf(0)
    degrees, smallest = 0, None
    for rows in tables:
        row_sums, column_sums = [sum(row) for row in rows], [sum(column) for column in zip(*rows)]
        for row, row_sum in zip(rows, row_sums):
            for n, column_sum in zip(row, column_sums):
                if row_sum * column_sum > 0:
                    m = row_sum * column_sum / sum(row_sums)
                    smallest = m if smallest is None else min(m, smallest)
                    pearson += (n - m) ** 2 / m
                    ratio += 2 * n * log(n / m) if n > 0 else 0
        seen = [sum(1 for s in sums if s > 0) for sums in (row_sums, column_sums)]
        degrees += max(seen[0] - 1, 0) * max(seen[1] - 1, 0)
    tail = lambda statistic: gammainc(mpf(degrees) / 2, statistic / 2, regularized=True)
    return {
        "likelihood_ratio": ratio,
        "pearson": pearson,
        "degrees_of_freedom": degrees,
        "likelihood_ratio_p": tail(ratio),
        "pearson_p": tail(pearson),
        "smallest_expected": smallest,
    }


def independence_test(a):
    return chi_square([numbers(a["counts"])])


def homogeneity_test(a):
    groups = [numbers(group) for group in a["groups"]]
    return chi_square([[group[i] for group in groups] for i in range(len(groups[0]))])


def stationarity_test(a):
    return homogeneity_test({"groups": [[[int(c) for c in row] for row in period] for period in by_period(a)]})


def second_order_test(a):
    k = range(a["brands"])
    triples = [(x[0], y[0], z[0]) for run in sequences(a) for x, y, z in zip(run, run[1:], run[2:])]
    return chi_square([[[mpf(triples.count((h, i, j))) for j in k] for h in k] for i in k])


# Shares


def solve_exact(rows, right):
    """Gauss-Jordan in fractions; None for a singular system."""
    rows = [[*row, value] for row, value in zip(rows, right)]
    for n in range(len(rows)):
        pivot = next((i for i in range(n, len(rows)) if rows[i][n] != 0), None)
        if pivot is None:
            return None
        rows[n], rows[pivot] = rows[pivot], rows[n]
        rows[n] = [x / rows[n][n] for x in rows[n]]
        for i, row in enumerate(rows):
            if i != n and row[n] != 0:
                rows[i] = [x - row[n] * y for x, y in zip(row, rows[n])]
    return [row[-1] for row in rows]


def share_regression(a):
    exact = lambda value: Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    paths = [[[exact(s) for s in row] for row in path] for path in a["shares"]]
    steps = [(x, y) for path in paths for x, y in zip(path, path[1:])]
    w = [exact(x) for x in a.get("weights", [1] * len(steps))]
    k = range(len(steps[0][0]))
    ridge = exact(a.get("strength", 0))
    prior = [[exact(x) for x in row] for row in a["towards"]] if "towards" in a else [[0 for _ in k] for _ in k]
    gram = [[sum(v * x[i] * x[h] for v, (x, _) in zip(w, steps)) + (ridge if i == h else 0) for h in k] for i in k]
    right = [[sum(v * x[i] * y[j] for v, (x, y) in zip(w, steps)) + ridge * prior[i][j] for j in k] for i in k]
    cells = [(i, j) for i in k for j in k]
    for count in range(len(cells)):
        for zeros in itertools.combinations(cells, count):
            free = [cell for cell in cells if cell not in zeros]
            if any(all(i != row for i, _ in free) for row in k):
                continue
            system = [[gram[i][h] if j == m else Fraction(0) for h, m in free] + [Fraction(-(i == r)) for r in k] for i, j in free]
            system += [[Fraction(i == r) for i, _ in free] + [Fraction(0) for _ in k] for r in k]
            solved = solve_exact(system, [right[i][j] for i, j in free] + [Fraction(1) for _ in k])
            if solved is None:
                continue
            p = [[Fraction(0) for _ in k] for _ in k]
            for (i, j), value in zip(free, solved):
                p[i][j] = value
            slopes = [
                sum(gram[i][h] * p[h][j] for h in k) - right[i][j] - solved[len(free) + i] for i, j in zeros
            ]
            if all(value >= 0 for row in p for value in row) and all(slope >= 0 for slope in slopes):
                fitted = [[sum(x[i] * p[i][j] for i in k) for j in k] for x, _ in steps]
                squares = sum(v * sum((y[j] - f[j]) ** 2 for j in k) for v, (_, y), f in zip(w, steps, fitted))
                mean = [sum(v * y[j] for v, (_, y) in zip(w, steps)) / sum(w) for j in k]
                total = sum(v * sum((y[j] - mean[j]) ** 2 for j in k) for v, (_, y) in zip(w, steps))
                return {
                    "transition_matrix": p,
                    "sum_of_squares": squares,
                    "r_squared": 1 - squares / total if total else None,
                    "steps": len(steps),
                    "at_bound": count,
                }
    raise AssertionError("no set of zeros meets the conditions")


def tangent(zeros, gram):
    """B = Z (Zᵀ (gram ⊗ I) Z)⁻¹ Zᵀ, Z the differences of two free entries of a row; entries (i, j) at i k + j."""
    k = len(gram)
    basis = []
    for i in range(k):
        first, *others = [j for j in range(k) if (i, j) not in zeros]
        for j in others:
            basis.append({i * k + j: 1, i * k + first: -1})
    z = matrix(k * k, len(basis))
    for column, direction in enumerate(basis):
        for row, value in direction.items():
            z[row, column] = value
    curvature = matrix(k * k, k * k)
    for i, h, j in itertools.product(range(k), repeat=3):
        curvature[i * k + j, h * k + j] = gram[i][h]
    return z * inverse(z.T * curvature * z) * z.T, curvature


def share_inference(a):
    fit = share_regression(a)
    p = fit["transition_matrix"]
    exact = lambda value: mpf(number(value))
    steps = [([exact(s) for s in x], [exact(s) for s in y]) for path in a["shares"] for x, y in zip(path, path[1:])]
    w = [exact(x) for x in a.get("weights", [1] * len(steps))]
    k = len(p)
    kept = [(v, x, y) for v, (x, y) in zip(w, steps) if v > 0]
    p = [[mpf(e.numerator) / e.denominator for e in row] for row in p]
    zeros = {(i, j) for i in range(k) for j in range(k) if p[i][j] == 0}
    assert len(zeros) == fit["at_bound"]
    ridge, prior = exact(a.get("strength", 0)), a.get("towards")
    product = lambda rows: [[sum(v * x[i] * x[h] for v, x, _ in rows) for h in range(k)] for i in range(k)]
    drawn = lambda gram: [[gram[i][h] + (ridge if i == h else 0) for h in range(k)] for i in range(k)]

    def slope(rows):
        """Of the sum of squares that is left, at P."""
        left = matrix(k * k, 1)
        for v, x, y in rows:
            error = [y[j] - sum(x[i] * p[i][j] for i in range(k)) for j in range(k)]
            for i, j in itertools.product(range(k), repeat=2):
                left[i * k + j] += v * x[i] * error[j]
        return left

    pull = matrix(k * k, 1)
    if prior:
        for i, j in itertools.product(range(k), repeat=2):
            pull[i * k + j] = ridge * (exact(prior[i][j]) - p[i][j])
    own, _ = tangent(zeros, drawn(product(kept)))
    _, seen = tangent(zeros, product(kept))
    hat = own * seen
    parameters = sum(hat[i, i] for i in range(k * k))
    n, nu = len(kept), len(kept) - parameters / (k - 1)
    if a["covariance"] == "classical":
        errors = [[y[j] - sum(x[i] * p[i][j] for i in range(k)) for j in range(k)] for _, x, y in kept]
        spread = [[sum(v * e[j] * e[m] for (v, _, _), e in zip(kept, errors)) / nu for m in range(k)] for j in range(k)]
        gram, middle = product(kept), matrix(k * k, k * k)
        for i, j, h, m in itertools.product(range(k), repeat=4):
            middle[i * k + j, h * k + m] = gram[i][h] * spread[j][m]
        covariance = own * middle * own
    else:
        covariance = matrix(k * k, k * k)
        for t, step in enumerate(kept):
            if a["covariance"] == "hc3":
                others = kept[:t] + kept[t + 1 :]
                move = tangent(zeros, drawn(product(others)))[0] * (slope(others) + pull)
            else:
                move = own * slope([step])
            covariance += move * move.T
        if a["covariance"] == "hc1":
            covariance *= n / nu
    places = range(k * k)
    flat = [e for row in p for e in row]
    errors = [sqrt(covariance[i, i]) if divmod(i, k) not in zeros else None for i in places]
    ratios = [e and f / e for f, e in zip(flat, errors)]
    tail = lambda t: betainc(nu / 2, mpf(1) / 2, 0, nu / (nu + t * t), regularized=True)
    reach = findroot(lambda t: tail(t) - (1 - exact(a["level"])), 2.5)
    square = lambda values: [values[i * k : i * k + k] for i in range(k)]
    found = {
        "standard_errors": square(errors),
        "t_values": square(ratios),
        "p_values": square([t and tail(t) for t in ratios]),
        "covariance": [[covariance[i, j] for j in places] for i in places],
        "observations": n,
        "effective_parameters": parameters,
        "degrees_of_freedom": nu,
        "lower": square([e and f - reach * e for f, e in zip(flat, errors)]),
        "upper": square([e and f + reach * e for f, e in zip(flat, errors)]),
    }
    if not zeros and not prior:
        agree_with_statsmodels(a, kept, found)
    return found


def agree_with_statsmodels(a, kept, found):
    x, w = numpy.array([x for _, x, _ in kept], float), numpy.array([v for v, _, _ in kept], float)
    for j in range(x.shape[1]):
        model = statsmodels.WLS(numpy.array([y[j] for _, _, y in kept], float), x, w)
        kind = "nonrobust" if a["covariance"] == "classical" else a["covariance"].upper()
        result = model.fit(cov_type=kind, use_t=True)
        limits = result.conf_int(1 - a["level"])
        columns = {"standard_errors": result.bse, "t_values": result.tvalues, "p_values": result.pvalues}
        for name, expected in {**columns, "lower": limits[:, 0], "upper": limits[:, 1]}.items():
            numpy.testing.assert_allclose([float(row[j]) for row in found[name]], expected, rtol=1e-8)


# Survey


def utilities(theta, k, last, x, z):
    """V_j from the formula, coefficient by coefficient."""
    m, q = len(x[0]), len(z)
    alpha, inertia, beta = [mpf(0), *theta[: k - 1]], theta[k - 1], theta[k : k + m]
    gamma = [[mpf(0)] * q] + [theta[k + m + j * q : k + m + (j + 1) * q] for j in range(k - 1)]
    return [
        alpha[j]
        + (inertia if j == last else 0)
        + sum(b * v for b, v in zip(beta, x[j]))
        + sum(g * v for g, v in zip(gamma[j], z))
        for j in range(k)
    ]


def probabilities(theta, k, last, x, z):
    powers = [exp(v) for v in utilities(theta, k, last, x, z)]
    return [power / sum(powers) for power in powers]


def inertia_logit(a):
    k, n = a["brands"], len(a["last"])
    x = [numbers(rows) for rows in a.get("attributes", [[[]] * k] * n)]
    z = numbers(a.get("covariates", [[]] * n))
    size = k + len(x[0][0]) + (k - 1) * len(z[0])
    unit = [[mpf(i == j) for i in range(size)] for j in range(size)]
    # V is linear in theta, so its derivatives are its values at the unit vectors.
    feature = [[utilities(unit[p], k, i, xx, zz) for p in range(size)] for i, xx, zz in zip(a["last"], x, z)]
    theta = [mpf(0)] * size
    for _ in range(60):
        gradient, information = matrix(size, 1), matrix(size, size)
        for i, j, xx, zz, f in zip(a["last"], a["next"], x, z, feature):
            p = probabilities(theta, k, i, xx, zz)
            mean = [sum(p[h] * f[s][h] for h in range(k)) for s in range(size)]
            for s in range(size):
                gradient[s] += f[s][j] - mean[s]
                for t in range(size):
                    information[s, t] += sum(p[h] * f[s][h] * f[t][h] for h in range(k)) - mean[s] * mean[t]
        step = lu_solve(information, gradient)
        theta = [t + d for t, d in zip(theta, step)]
        if max(abs(d) for d in step) < mpf(10) ** -35:
            break
    covariance = inverse(information)
    errors = [sqrt(covariance[s, s]) for s in range(size)]
    likelihood = sum(log(probabilities(theta, k, i, xx, zz)[j]) for i, j, xx, zz in zip(a["last"], a["next"], x, z))
    shares = [mpf(a["next"].count(j)) / n for j in range(k)]
    at_x, at_z = numbers(a.get("at_attributes", [[]] * k)), [number(v) for v in a.get("at_covariates", [])]
    predicted = [probabilities(theta, k, i, at_x, at_z) for i in range(k)]

    def delta(i, j):
        f = [utilities(unit[s], k, i, at_x, at_z) for s in range(size)]
        g = [predicted[i][j] * (f[s][j] - sum(predicted[i][h] * f[s][h] for h in range(k))) for s in range(size)]
        return sqrt(sum(g[s] * covariance[s, t] * g[t] for s in range(size) for t in range(size)))

    return {
        "estimate": theta,
        "standard_error": errors,
        "z": [t / e for t, e in zip(theta, errors)],
        "p_value": [erfc(abs(t / e) / sqrt(mpf(2))) for t, e in zip(theta, errors)],
        "covariance": [[covariance[s, t] for t in range(size)] for s in range(size)],
        "log_likelihood": likelihood,
        "null_log_likelihood": -n * log(mpf(k)),
        "shares_log_likelihood": sum(n * s * log(s) for s in shares),
        "mcfadden_r_squared": 1 + likelihood / (n * log(mpf(k))),
        "transition_matrix": predicted,
        "standard_errors": [[delta(i, j) for j in range(k)] for i in range(k)],
    }


FUNCTIONS = {
    f.__name__: f
    for f in (
        panel_counts,
        pair_counts,
        transition_fit,
        transition_posterior,
        independence_test,
        homogeneity_test,
        stationarity_test,
        second_order_test,
        share_regression,
        share_inference,
        inertia_logit,
    )
}
SOURCES = {
    "panel_counts": "counted by hand: " + HERE,
    "pair_counts": "counted by hand: " + HERE,
    "transition_fit": "Anderson & Goodman 1957; Katz 1981; 40 digits: " + HERE,
    "transition_posterior": "Johnson, Kotz & Balakrishnan 2000, ch. 49; 40 digits: " + HERE,
    "share_regression": "Lee, Judge & Zellner 1970; exact fractions, every set of zeros tried: " + HERE,
    "share_inference": "White 1980; MacKinnon & White 1985; 40 digits, without zeros also statsmodels: " + HERE,
    "inertia_logit": "McFadden 1974; Newton's method in 40 digits: " + HERE,
}


VECTORS = Vectors("estimation", TOLERANCE, "Anderson & Goodman 1957; 40 digits: " + HERE)


def case(name, function, source=None, tolerance=None, **arguments):
    VECTORS.add(name, function, arguments, FUNCTIONS[function](arguments), tolerance, source or SOURCES.get(function))


def refused(name, function, kind, argument, at=None, **arguments):
    VECTORS.refuse(name, function, arguments, kind, argument, at)


def draws(seed):
    """Whole numbers below 2^31, the same on every machine (Park & Miller 1988)."""
    while True:
        seed = seed * 48271 % (2**31 - 1)
        yield seed


def walk(customers, purchases, rows, seed):
    """A panel of customers who move by `rows`, whose entries are per thousand; rows of the table are mixed."""
    source, table = draws(seed), []
    for customer in range(customers):
        brand = next(source) % len(rows)
        for t in range(purchases):
            table.append((customer * 7 - 3, 10 * t + next(source) % 5, brand))
            left = next(source) % 1000
            for j, share in enumerate(rows[brand]):
                left -= share
                if left < 0:
                    brand = j
                    break
    table.sort(key=lambda row: (row[0] * 37 + row[1] * 11) % 101)
    return {name: [row[i] for row in table] for i, name in enumerate(("customer", "time", "brand"))}


STICKY = [[700, 200, 100], [100, 800, 100], [250, 250, 500]]
PANEL = {"brands": 3, **walk(20, 8, STICKY, 11)}
COUNTS = [[30, 10, 5], [8, 50, 7], [4, 6, 20]]

case("a panel in any order", "panel_counts", **PANEL)
case("a panel that is cut at gaps", "panel_counts", longest_gap=9, **PANEL)
case("ties in the order of rows", "panel_counts", brands=2, customer=[1, 1, 1, 2], time=[5, 5, 5, 5], brand=[0, 1, 1, 0], ties="row_order")
refused("ties", "panel_counts", "out_of_range", "time", 2, brands=2, customer=[1, 2, 1], time=[5, 5, 5], brand=[0, 1, 1])
refused("a brand that is none", "panel_counts", "out_of_range", "brand", 1, brands=2, customer=[1, 1], time=[1, 2], brand=[0, 2])
refused("an empty panel", "panel_counts", "empty", "customer", brands=2, customer=[], time=[], brand=[])
case("pairs", "pair_counts", brands=3, **{"from": [0, 0, 1, 2, 0], "to": [0, 1, 1, 0, 1]})
case("pairs with weights", "pair_counts", brands=2, weight=[1.5, 0, 2.25, 40], **{"from": [0, 0, 1, 1], "to": [0, 1, 1, 0]})
refused("a negative weight", "pair_counts", "out_of_range", "weight", 1, brands=2, weight=[1, -1], **{"from": [0, 0], "to": [0, 1]})
refused("a pair to no brand", "pair_counts", "out_of_range", "to", 0, brands=2, **{"from": [0, 0], "to": [2, 1]})

case("three brands", "transition_fit", counts=COUNTS)
case("a brand that keeps all", "transition_fit", counts=[[5, 0], [3, 9]])
case("five brands, large counts", "transition_fit", counts=[[90000 if i == j else 1000 * i + 37 * j + 1 for j in range(5)] for i in range(5)])
refused("a brand never left", "transition_fit", "empty", "counts", 1, counts=[[5, 1], [0, 0]])
refused("a negative count", "transition_fit", "out_of_range", "counts", 0, counts=[[5, -1], [0, 1]])
refused("counts that are not square", "transition_fit", "length_mismatch", "counts", counts=[[5, 1]])

for name, prior in [("a uniform prior", 1), ("Jeffreys' prior", 0.5), ("a prior of market shares", [2.5, 1.5, 1.0]), ("a prior by row", [[8, 1, 1], [1, 8, 1], [1, 1, 8]])]:
    case(name, "transition_posterior", counts=COUNTS, prior=prior, level=0.95, row=1)
case("a prior where nothing was seen", "transition_posterior", counts=[[3, 0], [0, 0]], prior=0.05, level=0.9, row=0)
case("a posterior of many purchases", "transition_posterior", counts=[[90000, 10000], [1234, 5432]], prior=1, level=0.99, row=1)
refused("no prior where nothing was seen", "transition_posterior", "out_of_range", "parameters", 1, counts=[[3, 1], [0, 2]], prior=0, level=0.9, row=0)
refused("a negative prior", "transition_posterior", "out_of_range", "prior", counts=[[3, 1], [0, 2]], prior=-1, level=0.9, row=0)
refused("a prior of other brands", "transition_posterior", "length_mismatch", "prior", counts=[[3, 1], [0, 2]], prior=[1, 1, 1], level=0.9, row=0)
refused("a level of 1", "transition_posterior", "out_of_range", "level", counts=[[3, 1], [0, 2]], prior=1, level=1, row=0)
refused("a row that is none", "transition_posterior", "out_of_range", "row", counts=[[3, 1], [0, 2]], prior=1, level=0.9, row=2)

case("order 0 or 1, three brands", "independence_test", counts=COUNTS)
case("order 0 or 1, two brands of a textbook", "independence_test", counts=[[30, 10], [20, 40]])
case("order 0 or 1, zeros in cells", "independence_test", counts=[[12, 0, 3], [0, 9, 0], [1, 0, 14]])
case("order 0 or 1, a brand never left and one never bought next", "independence_test", counts=[[4, 0, 2], [3, 0, 3], [0, 0, 0]])
refused("one brand left only", "independence_test", "no_solution", "counts", counts=[[4, 2], [0, 0]])
case("two segments", "homogeneity_test", groups=[COUNTS, [[20, 20, 9], [8, 30, 9], [3, 9, 10]]])
case("three segments, one of which never bought a brand", "homogeneity_test", groups=[COUNTS, [[20, 20, 0], [8, 30, 0], [0, 0, 0]], [[1, 2, 3], [3, 2, 1], [2, 2, 2]]])
refused("no segments", "homogeneity_test", "empty", "groups", groups=[])
case("three periods", "stationarity_test", boundaries=[25, 50], **PANEL)
refused("boundaries that go back", "stationarity_test", "out_of_range", "boundaries", 1, boundaries=[25, 20], **PANEL)
case("order 1 or 2", "second_order_test", **PANEL)
case("order 1 or 2, two brands", "second_order_test", brands=2, **walk(30, 6, [[600, 400], [300, 700]], 5))
refused("a panel too short for triples", "second_order_test", "no_solution", "panel", brands=2, customer=[1, 1], time=[1, 2], brand=[0, 1])

REGIONS = [
    [[0.9, 0.1], [0.75, 0.25], [0.7, 0.3], [0.64, 0.36]],
    [[0.2, 0.8], [0.4, 0.6], [0.52, 0.48]],
]
NOISY = [[[0.6, 0.3, 0.1], [0.53, 0.32, 0.15], [0.5, 0.3, 0.2], [0.46, 0.33, 0.21], [0.47, 0.31, 0.22], [0.4, 0.36, 0.24]]]
SPREAD = [[[0.8, 0.1, 0.1], [0.7, 0.2, 0.1]], [[0.1, 0.8, 0.1], [0.12, 0.78, 0.1]], [[0.1, 0.1, 0.8], [0.35, 0.02, 0.63], [0.6, 0.0, 0.4]]]
STAY = [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]
case("two regions", "share_regression", shares=REGIONS)
case("two regions by purchases", "share_regression", shares=REGIONS, weights=[100, 120, 90, 300, 310])
case("one market with noise, many zeros", "share_regression", tolerance=1e-10, shares=NOISY)
case("three segments", "share_regression", shares=SPREAD)
case("three segments drawn to staying", "share_regression", shares=SPREAD, towards=STAY, strength=0.5)
case("a steady market drawn to staying", "share_regression", shares=[[[0.5, 0.3, 0.2]] * 3], towards=STAY, strength=0.01)
MOVING = [
    [[0.9, 0.1], [0.74, 0.26], [0.71, 0.29], [0.63, 0.37], [0.66, 0.34]],
    [[0.2, 0.8], [0.41, 0.59], [0.5, 0.5], [0.58, 0.42]],
]
WHOLE = [
    [[0.8, 0.1, 0.1], [0.6, 0.22, 0.18], [0.52, 0.27, 0.21], [0.47, 0.3, 0.23], [0.43, 0.32, 0.25]],
    [[0.1, 0.8, 0.1], [0.2, 0.64, 0.16], [0.24, 0.55, 0.21], [0.28, 0.51, 0.21]],
    [[0.1, 0.1, 0.8], [0.23, 0.17, 0.6], [0.28, 0.24, 0.48], [0.33, 0.26, 0.41]],
]
PURCHASES = [100, 120, 90, 300, 310, 280, 500]
for kind in ("classical", "hc0", "hc1", "hc3"):
    case(f"two brands, {kind}", "share_inference", shares=MOVING, covariance=kind, level=0.95)
    case(f"two brands by purchases, {kind}", "share_inference", shares=MOVING, weights=PURCHASES, covariance=kind, level=0.9)
    case(f"three brands in three regions, {kind}", "share_inference", shares=WHOLE, covariance=kind, level=0.95)
    case(f"many entries at 0, {kind}", "share_inference", tolerance=1e-10, shares=NOISY, covariance=kind, level=0.95)
    case(f"drawn to staying, {kind}", "share_inference", shares=SPREAD, towards=STAY, strength=0.5, covariance=kind, level=0.8)
case("a step without weight", "share_inference", shares=MOVING, weights=[1, 2, 0, 1, 3, 1, 1], covariance="hc3", level=0.95)
refused("as many steps as brands", "share_inference", "no_solution", "shares", shares=[[[0.9, 0.1], [0.7, 0.3], [0.6, 0.4]]], covariance="hc1", level=0.95)
refused("a step that decides alone", "share_inference", "no_solution", "shares", 2, shares=[[[1, 0], [0.7, 0.3]], [[1, 0], [0.6, 0.4]], [[0, 1], [0.2, 0.8]]], covariance="hc3", level=0.95)
refused("an interval of level 1", "share_inference", "out_of_range", "level", shares=MOVING, covariance="hc3", level=1)
refused("a steady market", "share_regression", "no_solution", "shares", shares=[[[0.5, 0.3, 0.2]] * 9])
refused("too few periods", "share_regression", "no_solution", "shares", shares=[[[0.5, 0.3, 0.2], [0.4, 0.4, 0.2]]])
refused("shares of 1.03", "share_regression", "not_stochastic", "shares", 1, shares=[[[0.5, 0.3, 0.2], [0.43, 0.40, 0.20]]])
refused("a market of one period", "share_regression", "out_of_range", "shares", 1, shares=[REGIONS[0], [[0.5, 0.5]]])
refused("a negative weight of a period", "share_regression", "out_of_range", "weights", 2, shares=REGIONS, weights=[1, 1, -1, 1, 1])
refused("nothing is drawn with no strength", "share_regression", "out_of_range", "strength", shares=SPREAD, towards=STAY, strength=0)


def survey(customers, k, m, q, seed):
    """Answers with attributes and covariates of two decimals."""
    source = draws(seed)
    number_of = lambda: next(source) % 400 / 100 - 2
    made = {"brands": k, "last": [], "next": []}
    if m:
        made["attributes"] = [[[number_of() for _ in range(m)] for _ in range(k)] for _ in range(customers)]
    if q:
        made["covariates"] = [[number_of() for _ in range(q)] for _ in range(customers)]
    for _ in range(customers):
        last = next(source) % k
        made["last"].append(last)
        made["next"].append(last if next(source) % 100 < 55 else next(source) % k)
    return made


SATURATED = {"brands": 2, "last": [0] * 10 + [1] * 10, "next": [0] * 8 + [1] * 2 + [0] * 4 + [1] * 6}
case("two brands: the shares of the answers", "inertia_logit", "closed form; " + SOURCES["inertia_logit"], **SATURATED)
case("three brands", "inertia_logit", **survey(30, 3, 0, 0, 3))
case("four brands with prices", "inertia_logit", **survey(40, 4, 2, 0, 4), at_attributes=[[0.5, 1], [0, -1], [1.25, 0], [-2, 0.1]])
case("three brands with income and tenure", "inertia_logit", **survey(40, 3, 0, 2, 6), at_covariates=[1.5, -0.25])
case("three brands with a price and income", "inertia_logit", **survey(45, 3, 1, 1, 8), at_attributes=[[0.5], [0], [1.25]], at_covariates=[2])
refused("a brand that nobody chooses", "inertia_logit", "no_solution", "next", brands=3, last=[0, 1, 2, 0], next=[0, 1, 1, 1])
refused("everybody stays", "inertia_logit", "no_solution", "last", brands=2, last=[0, 1, 0, 1], next=[0, 1, 0, 1])
refused("the same covariate for all", "inertia_logit", "no_solution", "covariates", covariates=[[3]] * 20, **SATURATED)
refused("an answer that is no brand", "inertia_logit", "out_of_range", "next", 1, brands=2, last=[0, 1], next=[0, 2])
refused("no answers", "inertia_logit", "empty", "last", brands=2, last=[], next=[])

VECTORS.write()
