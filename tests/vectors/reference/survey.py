"""Writes tests/vectors/survey.json: samples and scales, in fractions and in numbers of 50 digits.

Needs mpmath and numpy. Every design has the formulas that its chapter of Cochran 1977 gives it, where the library has one for all;
intervals come from roots of incomplete beta functions; whole allocations from trying all of them; McDonald's omega from a
stationary point that Newton's method finds. No step is shared with the library.
"""

import itertools
import math
import random
from fractions import Fraction

from cases import Vectors
from mpmath import betainc, findroot, inverse, matrix, mp, mpf, sqrt
from structural_resampling import Stream, quantile

mp.dps = 50
SCRIPT = "tests/vectors/reference/survey.py"
VECTORS = Vectors("survey", 1e-12, SCRIPT)
refuse = VECTORS.refuse


def number(x):
    return Fraction(repr(x)) if isinstance(x, float) else Fraction(x)


def numbers(xs):
    return [number(x) for x in xs]


def real(x):
    return mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpf(x)


def case(name, function, arguments, expected, tolerance, source):
    VECTORS.add(name, function, arguments, expected, tolerance, f"{source}: {SCRIPT}")


def mean(xs):
    return sum(xs) / len(xs)


def s2(xs):
    return sum((x - mean(xs)) ** 2 for x in xs) / (len(xs) - 1)


def bisect(f, low, high):
    low, high = mpf(low), mpf(high)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) < 0 else (low, middle)
    return low


def t_quantile(degrees, confidence):
    """t with P(|T| <= t) = confidence."""
    tail = 1 - real(number(confidence))
    inside = lambda t: tail - betainc(mpf(degrees) / 2, mpf(1) / 2, 0, degrees / (degrees + t * t), regularized=True)
    return bisect(inside, 0, 1000)


def z_quantile(confidence):
    return sqrt(2) * mp.erfinv(real(number(confidence)))


def estimate(name, design, estimator, arguments, value, variance, simple, degrees, rows, source, confidence=0.95):
    """A case of survey_estimate."""
    expected = figures(estimator, value, variance, simple, degrees, rows, confidence)
    given = {"design": design, "estimator": estimator, **arguments, "confidence": confidence}
    case(name, "survey_estimate", given, expected, 1e-12, source)


def figures(estimator, value, variance, simple, degrees, rows, confidence):
    error = sqrt(real(variance))
    value_ = real(value)
    if estimator == "proportion":
        lower, upper = korn_graubard(value_, real(variance), degrees, rows, confidence)
    else:
        half = t_quantile(degrees, confidence) * error if variance else mpf(0)
        lower, upper = value_ - half, value_ + half
    return {
        "value": float(value_),
        "standard_error": float(error),
        "lower": float(lower),
        "upper": float(upper),
        "degrees": degrees,
        "design_effect": float(real(variance / simple)) if simple else None,
        "rows": rows,
    }


def korn_graubard(p, variance, degrees, rows, confidence):
    n = mpf(rows)
    if variance and 0 < p < 1:
        n = p * (1 - p) / variance * (t_quantile(rows - 1, confidence) / t_quantile(degrees, confidence)) ** 2
    tail = (1 - real(number(confidence))) / 2
    x = p * n
    below = lambda a, b: lambda y: betainc(a, b, 0, y, regularized=True)
    lower = mpf(0) if p == 0 else bisect(lambda y: below(x, n - x + 1)(y) - tail, 0, 1)
    upper = mpf(1) if p == 1 else bisect(lambda y: below(x + 1, n - x)(y) - (1 - tail), 0, 1)
    return lower, upper


def simple_variance(weights, u, fraction):
    """Of a simple random sample of as many rows: (1 - f) S2 / n with S2 estimated by weights."""
    n, total = len(u), sum(weights)
    middle = sum(w * x for w, x in zip(weights, u)) / total
    squares = sum(w * (x - middle) ** 2 for w, x in zip(weights, u))
    return (1 - fraction) * Fraction(n, n - 1) * squares / total / n


def simple_random():
    y = [6, 7.5, 9, 10, 4, 8.25, 7]
    x = [2, 3, 4, 4, 1, 3.5, 3]
    ys, xs, n, size = numbers(y), numbers(x), 7, 50
    design = {"kind": "simple_random", "rows": n, "population": size}
    f = Fraction(n, size)
    v = (1 - f) * s2(ys) / n
    where = "Cochran 1977, theorem 2.2"
    estimate("mean of a simple random sample", design, "mean", {"values": y}, mean(ys), v, v, 6, n, where)
    total = size * mean(ys)
    estimate("total", design, "total", {"values": y}, total, size**2 * v, size**2 * v, 6, n, where, 0.9)
    r = sum(ys) / sum(xs)
    v = (1 - f) / (n * mean(xs) ** 2) * sum((b - r * a) ** 2 for a, b in zip(xs, ys)) / (n - 1)
    given = {"values": y, "denominator": x}
    estimate("ratio", design, "ratio", given, r, v, v, 6, n, "Cochran 1977, chapter 6")
    inside = [True, False, True, True, False, True, True]
    of = [b for b, d in zip(ys, inside) if d]
    v = (1 - f) * Fraction(n, n - 1) * sum((b - mean(of)) ** 2 for b in of) / len(of) ** 2
    given = {"values": y, "domain": inside}
    where = "Särndal, Swensson & Wretman 1992, §5.8"
    estimate("mean of a domain", design, "mean", given, mean(of), v, v, 6, len(of), where)
    domains, expected = [0, 1, 0, 2, 1, 0, 2], []
    for k in range(3):
        part = [b for b, d in zip(ys, domains) if d == k]
        v = (1 - f) * Fraction(n, n - 1) * sum((b - mean(part)) ** 2 for b in part) / len(part) ** 2
        expected.append(figures("mean", mean(part), v, v, 6, len(part), 0.95))
    asked = {"design": design, "values": y, "domains": domains, "confidence": 0.95}
    case("means of domains", "survey_domain_means", asked, expected, 1e-12, "Särndal, Swensson & Wretman 1992, §5.8")
    asked = {**asked, "domains": [0, 2, 0, 2, 0, 0, 2]}
    refuse("a domain without rows", "survey_domain_means", asked, "empty", "domains", 1)
    zeros = [b if d else Fraction(0) for b, d in zip(ys, inside)]
    v = size**2 * (1 - f) * s2(zeros) / n
    where = "Cochran 1977, chapter 2: others count as 0"
    estimate("total of a domain", design, "total", given, size * mean(zeros), v, v, 6, len(of), where)
    flags = [True, False, False, True, False, False, False]
    p = Fraction(2, 7)
    v = (1 - f) * p * (1 - p) / (n - 1)
    where = "Cochran 1977, theorem 3.2; interval of Korn & Graubard 1998"
    estimate("proportion", design, "proportion", {"values": flags}, p, v, v, 6, n, where)
    none = [False] * 7
    estimate(
        "proportion of none", design, "proportion", {"values": none}, Fraction(0), Fraction(0), Fraction(0), 6, n, where
    )
    large = {"kind": "simple_random", "rows": n}
    v = s2(ys) / n
    estimate("mean of a large population", large, "mean", {"values": y}, mean(ys), v, v, 6, n, "theorem 2.2 with f = 0")
    refused("total of a population of unknown size", large, "total", {"values": y}, "no_solution", "population")
    refused(
        "a population that is too small",
        {**design, "population": 6},
        "mean",
        {"values": y},
        "out_of_range",
        "population",
    )
    refused("a domain of nobody", design, "mean", {"values": y, "domain": none}, "empty", "domain")
    zero = {"values": y, "denominator": [1, -1, 2, -2, 0, 3, -3]}
    refused("a ratio to nothing", design, "ratio", zero, "no_solution", "denominator")


def refused(name, design, estimator, arguments, kind, argument, row=None):
    given = {"design": design, "estimator": estimator, **arguments, "confidence": 0.95}
    refuse(name, "survey_estimate", given, kind, argument, row)


def systematic():
    y = [1, 3, 2, 5, 6, 6, 9, 8]
    ys, f = numbers(y), Fraction(8, 40)
    design = {"kind": "systematic", "rows": 8, "population": 40, "variance": "successive_differences"}
    v = (1 - f) * sum((b - a) ** 2 for a, b in zip(ys, ys[1:])) / (2 * 7) / 8
    simple = (1 - f) * s2(ys) / 8
    where = "Wolter 2007, §8.2, v2"
    estimate("systematic by differences", design, "mean", {"values": y}, mean(ys), v, simple, 7, 8, where)
    design = {**design, "variance": "simple_random"}
    estimate("systematic as if random", design, "mean", {"values": y}, mean(ys), simple, simple, 7, 8, "theorem 2.2")


def stratified():
    stratum = [0, 0, 0, 1, 1, 1, 1, 2]
    y = [10, 12, 14, 20, 22, 27, 21.5, 50]
    sizes = [30, 60, 1]
    ys, all_ = numbers(y), sum(sizes)
    groups = [[b for b, h in zip(ys, stratum) if h == k] for k in range(3)]
    value = sum(Fraction(n, all_) * mean(g) for n, g in zip(sizes, groups))
    v = sum(
        Fraction(n, all_) ** 2 * (1 - Fraction(len(g), n)) * s2(g) / len(g) for n, g in zip(sizes, groups) if len(g) > 1
    )
    weights = [Fraction(sizes[h], len(groups[h])) for h in stratum]
    simple = simple_variance(weights, [b - value for b in ys], Fraction(8, all_))
    design = {"kind": "stratified", "stratum": stratum, "populations": sizes}
    where = "Cochran 1977, theorem 5.3; one stratum taken whole"
    estimate("stratified mean", design, "mean", {"values": y}, value, v, simple, 5, 8, where)
    estimate(
        "stratified total", design, "total", {"values": y}, value * all_, v * all_**2,
        simple_variance(weights, [b * all_ for b in ys], Fraction(8, all_)), 5, 8, where,
    )  # fmt: skip
    x = [1, 2, 2, 3, 3, 4, 3, 9]
    xs = numbers(x)
    r = sum(w * b for w, b in zip(weights, ys)) / sum(w * a for w, a in zip(weights, xs))
    e = [b - r * a for a, b in zip(xs, ys)]
    residuals = [[b for b, h in zip(e, stratum) if h == k] for k in range(3)]
    below = sum(w * a for w, a in zip(weights, xs))
    v = (
        sum(n**2 * (1 - Fraction(len(g), n)) * s2(g) / len(g) for n, g in zip(sizes, residuals) if len(g) > 1)
        / below**2
    )
    simple = simple_variance(weights, [b * all_ / below for b in e], Fraction(8, all_))
    where = "Cochran 1977, chapter 6, the combined ratio estimate"
    estimate("combined ratio", design, "ratio", {"values": y, "denominator": x}, r, v, simple, 5, 8, where)
    lonely = {**design, "populations": [30, 60, 2]}
    refused("a stratum of one row", lonely, "mean", {"values": y}, "no_solution", "stratum")
    unknown = {**design, "populations": [30, 60]}
    refused("a stratum that does not exist", unknown, "mean", {"values": y}, "out_of_range", "stratum", 7)
    small = {**design, "populations": [30, 3, 1]}
    refused("a stratum that is too small", small, "mean", {"values": y}, "out_of_range", "populations", 1)


def clusters():
    cluster = [0, 0, 1, 1, 1, 2, 2, 3]
    y = [3, 4, 6, 5, 7, 2, 2.5, 9]
    ys, m, all_ = numbers(y), 4, 25
    groups = [[b for b, i in zip(ys, cluster) if i == k] for k in range(m)]
    totals, sizes, f = [sum(g) for g in groups], [len(g) for g in groups], Fraction(m, all_)
    design = {"kind": "clusters", "cluster": cluster, "clusters_in_population": all_}
    v = all_**2 * (1 - f) * s2(totals) / m
    weights = [Fraction(all_, m)] * 8
    n_hat = sum(weights)
    simple = simple_variance(weights, [b * n_hat for b in ys], 0)
    where = "Cochran 1977, chapter 9A"
    estimate("total of clusters", design, "total", {"values": y}, all_ * mean(totals), v, simple, 3, 8, where)
    r = sum(totals) / sum(sizes)
    v = (1 - f) / (m * Fraction(sum(sizes), m) ** 2) * sum((t - r * n) ** 2 for t, n in zip(totals, sizes)) / (m - 1)
    simple = simple_variance(weights, [b - r for b in ys], 0)
    estimate(
        "mean of clusters", design, "mean", {"values": y}, r, v, simple, 3, 8, "Cochran 1977, chapter 9A, ratio to size"
    )
    flags = [b > 4 for b in ys]
    t = [sum(b > 4 for b in g) for g in groups]
    p = Fraction(sum(t), 8)
    v = (1 - f) / (m * Fraction(8, m) ** 2) * sum((a - p * n) ** 2 for a, n in zip(t, sizes)) / (m - 1)
    simple = simple_variance(weights, [Fraction(int(b)) - p for b in flags], 0)
    estimate(
        "proportion of clusters",
        design,
        "proportion",
        {"values": flags},
        p,
        v,
        simple,
        3,
        8,
        "Cochran 1977, chapter 3, clusters",
    )
    gap = {**design, "cluster": [0, 0, 1, 1, 1, 3, 3, 4]}
    refused("a cluster without rows", gap, "mean", {"values": y}, "empty", "cluster")
    one = {**design, "cluster": [0] * 8}
    refused("one cluster", one, "mean", {"values": y}, "no_solution", "cluster")


def two_stage():
    cluster = [0, 0, 0, 1, 1, 2, 2, 2]
    y = [3, 4, 8, 6, 5, 2, 2.5, 3]
    sizes, m, all_ = [10, 4, 3], 3, 12
    ys = numbers(y)
    groups = [[b for b, i in zip(ys, cluster) if i == k] for k in range(m)]
    totals, f = [n * mean(g) for n, g in zip(sizes, groups)], Fraction(m, all_)
    within = sum(n**2 * (1 - Fraction(len(g), n)) * s2(g) / len(g) for n, g in zip(sizes, groups))
    v = all_**2 * (1 - f) * s2(totals) / m + Fraction(all_, m) * within
    weights = [Fraction(all_, m) * Fraction(sizes[i], len(groups[i])) for i in cluster]
    simple = simple_variance(weights, [b * sum(weights) for b in ys], 0)
    design = {"kind": "two_stage", "cluster": cluster, "cluster_sizes": sizes, "clusters_in_population": all_}
    where = "Cochran 1977, chapter 11, units of unequal size"
    estimate("total of two stages", design, "total", {"values": y}, all_ * mean(totals), v, simple, 2, 8, where)
    r = sum(totals) / sum(sizes)
    between = sum((t - r * n) ** 2 for t, n in zip(totals, sizes)) / (m - 1)
    v = ((1 - f) * between / m + within / (m * all_)) / (Fraction(sum(sizes), m) ** 2)
    simple = simple_variance(weights, [b - r for b in ys], 0)
    estimate(
        "mean of two stages",
        design,
        "mean",
        {"values": y},
        r,
        v,
        simple,
        2,
        8,
        "Cochran 1977, chapter 11, ratio to size",
    )
    few = {**design, "cluster_sizes": [10, 4, 2]}
    refused("more rows than a cluster has units", few, "mean", {"values": y}, "out_of_range", "cluster_sizes", 2)


def proportional():
    cluster = [0, 0, 1, 1, 1, 2]
    y = [3, 4, 8, 6, 5, 2]
    p, m = [0.1, 0.25, 0.05], 3
    ys, ps = numbers(y), numbers(p)
    groups = [[b for b, i in zip(ys, cluster) if i == k] for k in range(m)]
    for name, sizes in [("whole clusters", None), ("some units of each", [6, 15, 3])]:
        counts = sizes or [len(g) for g in groups]
        expanded = [n * mean(g) / q for n, g, q in zip(counts, groups, ps)]
        value = mean(expanded)
        v = s2(expanded) / m
        weights = [Fraction(counts[i], len(groups[i])) / (m * ps[i]) for i in cluster]
        simple = simple_variance(weights, [b * sum(weights) for b in ys], 0)
        design = {"kind": "proportional_to_size", "cluster": cluster, "probabilities": p}
        if sizes:
            design["cluster_sizes"] = sizes
        where = "Hansen & Hurwitz 1943; Cochran 1977, chapters 9A and 11"
        estimate(f"proportional to size, {name}", design, "total", {"values": y}, value, v, simple, 2, 6, where)
    bad = {**design, "probabilities": [0.1, 1.25, 0.05]}
    refused("a probability over 1", bad, "total", {"values": y}, "out_of_range", "probabilities", 1)


def weighted():
    weights = [1.5, 2, 2.5, 1, 3, 4, 2, 2, 1]
    stratum = [0, 0, 0, 0, 1, 1, 1, 1, 1]
    cluster = [0, 0, 1, 2, 3, 3, 4, 4, 5]
    y = [3, 4, 8, 6, 5, 2, 7, 1, 4]
    ys, ws = numbers(y), numbers(weights)
    r = sum(w * b for w, b in zip(ws, ys)) / sum(ws)
    v = Fraction(0)
    for units in ([0, 1, 2], [3, 4, 5]):
        z = [sum(w * (b - r) for w, b, i in zip(ws, ys, cluster) if i == k) for k in units]
        v += 3 * s2(z)
    v /= sum(ws) ** 2
    simple = simple_variance(ws, [b - r for b in ys], 0)
    design = {"kind": "weighted", "weights": weights, "stratum": stratum, "cluster": cluster}
    where = "Särndal, Swensson & Wretman 1992, §5.6, with replacement; the same standard error from samplics 0.6.0"
    estimate("clusters in strata, with weights", design, "mean", {"values": y}, r, v, simple, 4, 9, where)
    crossed = {**design, "stratum": [0, 0, 0, 0, 0, 1, 1, 1, 1]}
    refused("a cluster in two strata", crossed, "mean", {"values": y}, "out_of_range", "cluster", 5)
    zero = {**design, "weights": [1.5, 0, 2.5, 1, 3, 4, 2, 2, 1]}
    refused("a weight of nothing", zero, "mean", {"values": y}, "out_of_range", "weights", 1)


def allocation():
    def best(strata, size, minimum, measure):
        ranges = [range(min(minimum, n), n + 1) for n, _, _ in strata]
        options = (o for o in itertools.product(*ranges) if sum(o) == size)
        return min(options, key=lambda o: sum(measure(*s) / n for s, n in zip(strata, o)))

    measures = {
        "proportional": lambda n, s, c: Fraction(n) ** 2,
        "neyman": lambda n, s, c: (n * number(s)) ** 2,
        "optimum": lambda n, s, c: (n * number(s)) ** 2 / number(c),
    }
    for name, strata, size, minimum in [
        ("three strata", [(400, 5.0, 1.0), (600, 10.0, 4.0), (155, 20.5, 9.0)], 37, 1),
        ("a minimum that binds", [(1000, 1.0, 1.0), (20, 1.5, 1.0), (300, 0.0, 2.0)], 31, 4),
        ("a stratum taken whole", [(3, 900.0, 1.0), (500, 2.0, 1.0), (80, 3.0, 1.0)], 25, 2),
    ]:
        for kind, measure in measures.items():
            arguments = {
                "populations": [n for n, _, _ in strata],
                "deviations": [s for _, s, _ in strata],
                "costs": [c for _, _, c in strata],
                "size": size,
                "minimum": minimum,
                "allocation": kind,
            }
            expected = list(best(strata, size, minimum, measure))
            case(f"{kind}: {name}", "survey_allocate", arguments, expected, 0.0, "all whole allocations tried")
    exact = {"populations": [400, 600], "deviations": [5.0, 10.0], "costs": [1.0, 1.0]}
    exact |= {"size": 40, "minimum": 2, "allocation": "neyman"}
    case("Neyman's formula where it is whole", "survey_allocate", exact, [10, 30], 0.0, "n N_h S_h / sum, by hand")
    for name, change, error, argument, row in [
        ("too few units", {"size": 1001}, "out_of_range", "size", None),
        ("fewer than all minima", {"size": 3}, "out_of_range", "size", None),
        ("a cost of nothing", {"costs": [1.0, 0.0]}, "out_of_range", "cost", 1),
    ]:
        refuse(f"allocation: {name}", "survey_allocate", {**exact, **change}, error, argument, row)


def sizes():
    def required(target, spread, margin, confidence, population, response, effect, groups):
        z, e = z_quantile(confidence), real(number(margin))
        answers = 0
        for share in numbers(groups) or [Fraction(1)]:
            units = None if population is None else real(population * share)
            spread_ = real(number(spread))
            if target == "mean":
                n = z**2 * spread_**2 / e**2 * real(number(effect))
                n = n if units is None else n / (1 + n / units)
            else:
                n = z**2 * spread_ * (1 - spread_) / e**2 * real(number(effect))
                # Cochran's n0 / (1 + (n0 - 1) / N), with the design effect
                n = n if units is None else n * units / (units - 1 + n)
            answers = max(answers, math.ceil(math.ceil(n) / share))
        if population is not None:
            answers = min(answers, population)
        return {"answers": answers, "invitations": math.ceil(answers / number(response))}

    plain = (0.95, None, 1.0, 1.0, [])
    for name, target, spread, margin, rest, source in [
        ("a share of one half to 5 points", "proportion", 0.5, 0.05, plain, "Cochran 1977, §4.4"),
        ("a share to 3 points with 99 %", "proportion", 0.3, 0.03, (0.99, None, 1.0, 1.0, []), "Cochran 1977, §4.4"),
        ("a mean", "mean", 12.5, 1.0, plain, "Cochran 1977, §4.6"),
        ("a mean of few", "mean", 12.5, 1.0, (0.9, 500, 0.35, 1.4, []), "Cochran 1977, §4.6"),
        ("two subgroups", "proportion", 0.4, 0.06, (0.95, 5000, 0.4, 1.2, [0.6, 0.15]), "Cochran 1977, §4.4, in each"),
        ("everybody", "mean", 50.0, 0.001, (0.95, 40, 0.8, 1.0, []), "no more than all"),
    ]:
        confidence, population, response, effect, groups = rest
        given = {"target": target, "spread": spread, "confidence": confidence}
        given |= {"response_rate": response, "design_effect": effect, "subgroups": groups}
        if population is not None:
            given["population"] = population
        expected = required(target, spread, margin, confidence, population, response, effect, groups)
        case(name, "survey_size", {**given, "margin": margin}, expected, 0.0, source)
    # Cochran 1977, section 4.1 and 4.4: t = 2, d = 5 %, p = 50 %: 400 of many; of 3200 islanders 356.
    given = {"target": "proportion", "spread": 0.5, "confidence": 0.9544997361036416, "margin": 0.05}
    given |= {"response_rate": 1.0, "design_effect": 1.0, "subgroups": []}
    of = "Cochran 1977, §4.1 and §4.4, the anthropologist's island"
    case("blood group of islanders", "survey_size", dict(given), {"answers": 400, "invitations": 400}, 0.0, of)
    few = {"answers": 356, "invitations": 356}
    case("blood group of 3200 islanders", "survey_size", {**given, "population": 3200}, few, 0.0, of)
    del given["margin"]
    refuse("no margin", "survey_size", {**given, "margin": 0.0}, "out_of_range", "margin")
    given["confidence"] = 0.95
    sure = {**given, "spread": 1.0, "margin": 0.1}
    refuse("a share of one", "survey_size", sure, "out_of_range", "proportion")
    margin = z_quantile(0.95) * sqrt(mpf(1) / 4 * real(Fraction(3200, 3199)) * (mpf(1) / 356 - mpf(1) / 3200))
    given["population"] = 3200
    case(
        "the margin of 356",
        "survey_margin",
        {**given, "answers": 356},
        float(margin),
        1e-13,
        "Cochran 1977, §4.4, solved for the margin",
    )
    z, large = z_quantile(0.95), {**given, "subgroups": [0.5, 0.1], "design_effect": 1.5}
    units = mpf(320)
    margin = z * sqrt(mpf("1.5") * mpf(1) / 4 * units / (units - 1) * (1 / mpf("35.6") - 1 / units))
    case(
        "the margin in a subgroup",
        "survey_margin",
        {**large, "answers": 356},
        float(margin),
        1e-13,
        "Cochran 1977, §4.4, solved for the margin",
    )
    refuse("no answers", "survey_margin", {**given, "answers": 0}, "out_of_range", "answers")
    # (1000 - 100) / (0.5 + 0.4 * 3) = 529.4 invitations, 211 answers
    bought = {"target": "mean", "spread": 8.0, "confidence": 0.95, "response_rate": 0.4, "design_effect": 1.0}
    bought |= {"subgroups": [], "budget": 1000, "fixed": 100, "per_invitation": 0.5, "per_answer": 3}
    margin = z_quantile(0.95) * 8 / sqrt(mpf(211))
    expected = {"invitations": 529, "answers": 211, "margin": float(margin)}
    case("what a budget buys", "survey_affordable", bought, expected, 1e-13, "by hand")
    refuse("a budget for nothing", "survey_affordable", {**bought, "budget": 102}, "out_of_range", "budget")


def weights():
    w, cells = [1, 2, 1, 1.5, 3, 2], [0, 0, 0, 1, 1, 1]
    answered = [True, False, True, True, True, False]
    expected = [2, 0, 2, 1.5 * 6.5 / 4.5, 3 * 6.5 / 4.5, 0]
    given = {"weights": w, "cells": cells, "count": 2, "answered": answered}
    case("weights of those who answered", "survey_nonresponse", given, expected, 1e-15, "by hand")
    silent = {**given, "answered": [True, False, True, False, False, False]}
    refuse("a cell of silence", "survey_nonresponse", silent, "no_solution", "cells")

    # The raked table is r_i c_j times the given one: the two unknown ratios solve a quadratic equation.
    table = [[10, 20], [30, 5]]
    rows, columns = [40, 60], [45, 55]
    # a + b = 40, c + d = 60, a + c = 45 and a d / (b c) = 10 * 5 / (20 * 30)
    odds = mpf(50) / 600
    a = bisect(lambda a: a * (60 - (45 - a)) - odds * (40 - a) * (45 - a), 0, 40)
    cells = [a, 40 - a, 45 - a, 15 + a]
    counts = [table[0][0], table[0][1], table[1][0], table[1][1]]
    first = {"categories": [0, 0, 1, 1], "targets": rows}
    second = {"categories": [0, 1, 0, 1], "targets": columns}
    given = {"weights": counts, "margins": [first, second], "tolerance": 1e-13, "max_iterations": 100}
    expected = {"weights": [float(c) for c in cells], "converged": True}
    case("a raked table of two by two", "survey_rake", given, expected, 1e-12, "odds ratio and margins, a root")
    stuck = {**given, "weights": [1, 1, 1], "max_iterations": 50}
    # One cell is empty, b: a = 40 and c = 45 - 40 = 5, d = 55 <> 60 - 5
    stuck["margins"] = [
        {"categories": [0, 1, 1], "targets": [50, 50]},
        {"categories": [0, 0, 1], "targets": [40, 60]},
    ]
    expected = {"converged": False}
    case("margins that exclude each other", "survey_rake", stuck, expected, 0.0, "a = 50 > 40, by hand")
    for name, margin, error, argument in [
        ("a category of nobody", {"categories": [0, 1, 0, 1], "targets": [45, 50, 5]}, "no_solution", "targets"),
        ("another population", {"categories": [0, 1, 0, 1], "targets": [45, 56]}, "out_of_range", "targets"),
        ("a target of nothing", {"categories": [0, 1, 0, 1], "targets": [100, 0]}, "out_of_range", "targets"),
    ]:
        refuse(f"raking: {name}", "survey_rake", {**given, "margins": [first, margin]}, error, argument, 1)
    given = {"weights": [0.1, 1, 1, 2, 1.9, 12], "smallest": 0.2, "largest": 1.6}
    # mean 3: between 0.6 and 4.8; 18 = 0.6 + 4.8 + f (1 + 1 + 2 + 1.9), f = 12.6 / 5.9, all inside
    f = Fraction(126, 59)
    expected = [0.6, float(f), float(f), float(2 * f), float(f * 19 / 10), 4.8]
    case("trimmed weights", "survey_trim", given, expected, 1e-12, "by hand")
    refuse("limits that exclude the mean", "survey_trim", {**given, "largest": 1.0}, "out_of_range", "largest")
    w = numbers([0.1, 1, 1, 2, 1.9, 12])
    size = sum(w) ** 2 / sum(x * x for x in w)
    expected = {"effective_size": float(size), "design_effect": float(6 / size)}
    case(
        "what weights cost", "survey_weight_effect", {"weights": given["weights"]}, expected, 1e-14, "Kish 1965, §11.7"
    )


def f_quantile(a, b, p):
    x = bisect(lambda y: betainc(mpf(a) / 2, mpf(b) / 2, 0, y, regularized=True) - p, 0, 1)
    return b * x / (a * (1 - x))


def omega_loadings(r):
    """Loadings of one factor by maximum likelihood: the root of the gradient of ln |S| + tr(R S^-1)."""
    k = r.rows

    def gradient(*point):
        loadings, unique = point[:k], point[k:]
        sigma = matrix(k, k)
        for i in range(k):
            for j in range(k):
                sigma[i, j] = loadings[i] * loadings[j] + (unique[i] if i == j else 0)
        inv = inverse(sigma)
        g = inv - inv * r * inv
        return [*list(g * matrix(loadings)), *[g[i, i] for i in range(k)]]

    common = (sum(r) - k) / (k * (k - 1))
    start = [sqrt(common)] * k + [1 - common] * k
    found = findroot(gradient, start, tol=mpf(10) ** -40, maxsteps=200)
    assert all(found[i] > 0 for i in range(2 * k))
    return [found[i] for i in range(k)]


def item_statistics(xs):
    """What a scale says of itself, by names; the loadings only of more than two items."""
    k = len(xs)

    def covariance(a, b):
        return sum((x - mean(a)) * (y - mean(b)) for x, y in zip(a, b)) / (len(a) - 1)

    def correlation(a, b):
        return real(covariance(a, b)) / sqrt(real(s2(a)) * real(s2(b)))

    def alpha(own):
        total = [sum(row) for row in zip(*own)]
        return real(Fraction(len(own), len(own) - 1) * (1 - sum(s2(x) for x in own) / s2(total)))

    r = matrix(k, k)
    for i, j in itertools.product(range(k), repeat=2):
        r[i, j] = mpf(1) if i == j else correlation(xs[i], xs[j])
    pairs = [r[i, j] for i in range(k) for j in range(i)]
    r_mean = sum(pairs) / len(pairs)
    found = {"alpha": alpha(xs), "standardized_alpha": k * r_mean / (1 + (k - 1) * r_mean), "mean_correlation": r_mean}
    loadings = omega_loadings(r) if k > 2 else None
    if loadings:
        common = sum(a * sqrt(real(s2(x))) for a, x in zip(loadings, xs)) ** 2
        unique = sum((1 - a * a) * real(s2(x)) for a, x in zip(loadings, xs))
        found["omega"] = common / (common + unique)
    for i, x in enumerate(xs):
        rest = [y for j, y in enumerate(xs) if j != i]
        of = {
            "mean": real(mean(x)),
            "standard_deviation": sqrt(real(s2(x))),
            "item_total": correlation(x, [sum(row) for row in zip(*xs)]),
            "item_rest": correlation(x, [sum(row) for row in zip(*rest)]),
        }
        if loadings:
            of |= {"alpha_if_deleted": alpha(rest), "loading": loadings[i]}
        found |= {(i, name): value for name, value in of.items()}
    return found


def interval(whole, drawn, key, level):
    """Of a statistic in the whole and in the replicates; None where it has no value."""
    if key not in whole:
        return None
    values = sorted(one[key] for one in drawn)
    middle = sum(values) / len(values)
    return {
        "estimate": float(whole[key]),
        "standard_error": float(sqrt(sum((v - middle) ** 2 for v in values) / (len(values) - 1))),
        "lower": float(quantile(values, (1 - mpf(level)) / 2)),
        "upper": float(quantile(values, (1 + mpf(level)) / 2)),
        "replicates": len(values),
    }


def reliability_intervals():
    draw = random.Random(3)
    moods = [draw.gauss(0, 1) for _ in range(60)]
    slopes = (1.5, 1.4, 1.6, 1.3)
    items = [[min(9, max(1, round(5 + slope * mood + draw.gauss(0, 1)))) for mood in moods] for slope in slopes]
    for name, chosen, replicates, seed in (("four items", items, 8, 5), ("two items", items[:2], 40, 8)):
        xs, level = [numbers(x) for x in chosen], 0.9
        whole, drawn = item_statistics(xs), []
        for b in range(replicates):
            stream = Stream(seed, b)
            rows = [stream.below(60) for _ in range(60)]
            drawn.append(item_statistics([[x[row] for row in rows] for x in xs]))

        parts = ("mean", "standard_deviation", "item_total", "item_rest", "alpha_if_deleted", "loading")
        expected = {key: interval(whole, drawn, key, level) for key in ("alpha", "standardized_alpha", "mean_correlation", "omega")}
        expected["items"] = [{part: interval(whole, drawn, (i, part), level) for part in parts} for i in range(len(xs))]
        given = {"items": chosen, "replicates": replicates, "confidence": level, "seed": seed}
        source = "Efron & Tibshirani 1993, chapter 13"
        case(f"intervals of a scale of {name}", "survey_reliability_intervals", given, expected, 1e-8, source)
    once = {"items": items[:2], "replicates": 1, "confidence": 0.9, "seed": 1}
    refuse("intervals of one replicate", "survey_reliability_intervals", once, "out_of_range", "replicates")


def scales():
    table = [
        [3, 5, 5, 5], [5, 5, 4, 3], [1, 1, 1, 1], [3, 2, 4, 3], [4, 4, 5, 4],
        [5, 4, 4, 3], [4, 3, 3, 5], [4, 4, 5, 5], [3, 4, 3, 2], [4, 4, 3, 3],
        [2, 2, 3, 4], [2, 2, 3, 2], [3, 4, 1, 3], [2, 4, 3, 3],
    ]  # fmt: skip
    items = [list(column) for column in zip(*table)]

    def covariance(a, b):
        return sum((x - mean(a)) * (y - mean(b)) for x, y in zip(a, b)) / (len(a) - 1)

    def alpha(xs):
        k, total = len(xs), [sum(row) for row in zip(*xs)]
        return Fraction(k, k - 1) * (1 - sum(s2(x) for x in xs) / s2(total))

    for name, chosen in [("four items", items), ("two items", items[:2])]:
        xs = [numbers(x) for x in chosen]
        n, k = len(table), len(xs)
        r = matrix(k, k)
        for i in range(k):
            for j in range(k):
                r[i, j] = real(covariance(xs[i], xs[j])) / sqrt(real(s2(xs[i])) * real(s2(xs[j])))
        pairs = [r[i, j] for i in range(k) for j in range(i)]
        r_mean = sum(pairs) / len(pairs)
        level = real(alpha(xs))
        low, high = (
            f_quantile(n - 1, (n - 1) * (k - 1), mpf("0.025")),
            f_quantile(n - 1, (n - 1) * (k - 1), mpf("0.975")),
        )
        loadings = omega_loadings(r) if k > 2 else None
        omega = None
        if loadings:
            common = sum(a * sqrt(real(s2(x))) for a, x in zip(loadings, xs)) ** 2
            unique = sum((1 - a * a) * real(s2(x)) for a, x in zip(loadings, xs))
            omega = float(common / (common + unique))
        details = []
        for i, x in enumerate(xs):
            rest = [y for j, y in enumerate(xs) if j != i]
            sums = [sum(row) for row in zip(*xs)], [sum(row) for row in zip(*rest)]
            correlations = [real(covariance(x, s)) / sqrt(real(s2(x)) * real(s2(s))) for s in sums]
            details.append(
                {
                    "mean": float(mean(x)),
                    "standard_deviation": float(sqrt(real(s2(x)))),
                    "item_total": float(correlations[0]),
                    "item_rest": float(correlations[1]),
                    "alpha_if_deleted": float(alpha(rest)) if k > 2 else None,
                    "loading": float(loadings[i]) if loadings else None,
                }
            )
        expected = {
            "alpha": float(level),
            "alpha_lower": float(1 - (1 - level) * high),
            "alpha_upper": float(1 - (1 - level) * low),
            "standardized_alpha": float(k * r_mean / (1 + (k - 1) * r_mean)),
            "mean_correlation": float(r_mean),
            "omega": omega,
            "items": details,
        }
        source = "Cronbach 1951; Feldt, Woodruff & Salih 1987; McDonald 1999"
        case(f"a scale of {name}", "survey_reliability", {"items": chosen, "confidence": 0.95}, expected, 1e-9, source)
    bad = {"items": [items[0], [3] * 14], "confidence": 0.95}
    refuse("an item that says nothing", "survey_reliability", bad, "no_solution", "items")
    one = {"items": [items[0]], "confidence": 0.95}
    refuse("a scale of one item", "survey_reliability", one, "out_of_range", "items")


if __name__ == "__main__":
    for part in (simple_random, systematic, stratified, clusters, two_stage, proportional, weighted):
        part()
    for part in (allocation, sizes, weights, scales, reliability_intervals):
        part()
    VECTORS.write()
