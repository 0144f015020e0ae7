"""Reference values for tests/vectors/satisfaction.json, independent of the library.

Means, rates, regressions and crossings are exact fractions, straight from the definitions; roots, Student's t and
logistic curves are of mpmath, 40 digits. `python3 tests/vectors/reference/satisfaction.py` rewrites the file;
`--check` compares it.
"""

import random
from decimal import Decimal
from fractions import Fraction

import mpmath
from cases import Vectors

mpmath.mp.dps = 40
SOURCE = "definition, in exact fractions and 40 digits: tests/vectors/reference/satisfaction.py"
VECTORS = Vectors("satisfaction", 1e-12, SOURCE)
add, refuse = VECTORS.add, VECTORS.refuse
Z = mpmath.sqrt(2) * mpmath.erfinv(mpmath.mpf("0.95"))


def exact(x):
    """The decimal that a number is written as, as a fraction."""
    return Fraction(Decimal(repr(x)))


def high(x):
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpmath.mpf(x)


def tail(degrees, t):
    """P(T > |t|) of Student's t."""
    x = degrees / (degrees + t * t)
    return mpmath.betainc(mpmath.mpf(degrees) / 2, 0.5, 0, x, regularized=True) / 2


def student(degrees):
    return mpmath.findroot(lambda t: tail(degrees, t) - mpmath.mpf("0.025"), Z)


def rate(count, base):
    if base == 0:
        return {"count": 0, "base": 0, "rate": None, "standard_error": None, "lower": None, "upper": None}
    p = high(Fraction(count, base))
    centre, scale = p + Z * Z / (2 * base), 1 + Z * Z / base
    spread = Z * mpmath.sqrt(p * (1 - p) / base + Z * Z / (4 * base * base))
    return {
        "count": count,
        "base": base,
        "rate": p,
        "standard_error": mpmath.sqrt(p * (1 - p) / base),
        "lower": mpmath.mpf(0) if count == 0 else (centre - spread) / scale,
        "upper": mpmath.mpf(1) if count == base else (centre + spread) / scale,
    }


def mean(values):
    n = len(values)
    found = dict.fromkeys(("mean", "standard_deviation", "standard_error", "lower", "upper"))
    if n == 0:
        return {"count": 0} | found
    centre = Fraction(sum(values)) / n
    if n == 1:
        return {"count": 1} | found | {"mean": centre}
    variance = high(sum((x - centre) ** 2 for x in values) / (n - 1))
    error, t = mpmath.sqrt(variance / n), student(n - 1)
    return {
        "count": n,
        "mean": centre,
        "standard_deviation": mpmath.sqrt(variance),
        "standard_error": error,
        "lower": high(centre) - t * error,
        "upper": high(centre) + t * error,
    }


# --- satisfaction degree -------------------------------------------------------------------------


def rows(expected, perceived, weights):
    """Degree and gap of each respondent; None where an attribute was left out."""
    total = sum(map(exact, weights))
    for answers in zip(zip(*expected), zip(*perceived)):
        degree = gap = Fraction(0)
        for a, b, w in zip(*answers, weights):
            if w == 0 or degree is None:
                continue
            if a is None or b is None:
                degree = gap = None
                continue
            degree += exact(w) / total * exact(b) / exact(a)
            gap += exact(w) / total * (exact(b) - exact(a))
        yield degree, gap


def verdict(degree, tolerance):
    if degree is None:
        return None
    return "dissatisfied" if degree < 1 - tolerance else "exceeded" if degree > 1 + tolerance else "met"


def summary(expected, perceived, weights, tolerance):
    found = list(rows(expected, perceived, weights))
    known = [pair for pair in found if pair[0] is not None]
    verdicts = [verdict(degree, exact(tolerance)) for degree, _ in known]
    degree = mean([d for d, _ in known])
    return {
        "missing": len(found) - len(known),
        "degree": degree,
        "gap": mean([g for _, g in known]),
        **{name: rate(verdicts.count(name), len(known)) for name in ("dissatisfied", "met", "exceeded")},
        "verdict": verdict(degree["mean"], exact(tolerance)),
    }


# --- prices --------------------------------------------------------------------------------------


def crossing(prices, falling, rising):
    """Where two lines through the points meet; the middle of where they coincide."""
    lead = [f - r for f, r in zip(falling, rising)]
    level = [p for p, d in zip(prices, lead) if d == 0]
    if level:
        return (level[0] + level[-1]) / 2
    for (p, d), (q, e) in zip(zip(prices, lead), list(zip(prices, lead))[1:]):
        if d > 0 > e:
            return p + (q - p) * d / (d - e)
    raise AssertionError("no crossing")


def price_sensitivity(columns, inconsistent, price_range):
    answers = list(zip(*columns))
    complete = [tuple(map(exact, row)) for row in answers if None not in row]
    rising = [row for row in complete if row[0] < row[1] < row[2] < row[3]]
    used = complete if inconsistent == "keep" else rising
    prices = sorted({price for row in used for price in row})
    n = len(used)
    curves = [[Fraction(sum(row[q] >= p for row in used), n) for p in prices] for q in (0, 1)]
    curves += [[Fraction(sum(row[q] <= p for row in used), n) for p in prices] for q in (2, 3)]
    too_cheap, cheap, expensive, too_expensive = curves
    if price_range == "original":
        lower, upper = [1 - share for share in cheap], [1 - share for share in expensive]
    else:
        lower, upper = expensive, cheap
    return {
        "respondents": n,
        "inconsistent": len(complete) - len(rising),
        "missing": len(answers) - len(complete),
        "points": {
            "marginal_cheapness": crossing(prices, too_cheap, lower),
            "marginal_expensiveness": crossing(prices, upper, too_expensive),
            "indifference": crossing(prices, cheap, expensive),
            "optimal": crossing(prices, too_cheap, too_expensive),
        },
        "prices": prices,
        "too_cheap": too_cheap,
        "cheap": cheap,
        "expensive": expensive,
        "too_expensive": too_expensive,
    }


# --- delivered value -----------------------------------------------------------------------------

ITEMS = ["product", "service", "personnel", "image", "money", "time", "energy", "physical"]


def delivered_value(amounts, weights):
    parts = [exact(a) * exact(w) for a, w in zip(amounts, weights)]
    benefits, costs = sum(parts[:4]), sum(parts[4:])
    effects = []
    for place, (name, part, weight) in enumerate(zip(ITEMS, parts, map(exact, weights))):
        cost = place >= 4
        slope = None
        if costs:
            slope = -weight * benefits / costs**2 if cost else weight / costs
        elasticity = None
        if benefits and costs:
            elasticity = -part / costs if cost else part / benefits
        effects.append(
            {
                "item": name,
                "contribution": -part if cost else part,
                "net_derivative": -weight if cost else weight,
                "ratio_derivative": slope,
                "ratio_elasticity": elasticity,
            }
        )
    ratio = benefits / costs if costs else None
    return {"benefits": benefits, "costs": costs, "net": benefits - costs, "ratio": ratio, "effects": effects}


# --- expectation ---------------------------------------------------------------------------------


def share(response, x):
    return exact_high(response["ceiling"]) / (
        1 + mpmath.exp(-exact_high(response["steepness"]) * (x - exact_high(response["midpoint"])))
    )


def exact_high(x):
    return high(exact(x))


def expectation_point(model, a):
    degree = exact_high(model["perceived"]) / a
    buyers = exact_high(model["market"]) * share(model["purchase"], a)
    repeat = share(model["repeat"], degree)
    return {
        "expectation": a,
        "degree": degree,
        "buyers": buyers,
        "repeat_rate": repeat,
        "repeat_sales": buyers * repeat,
    }


def expectation_curve(model, points):
    low, up = exact_high(model["lowest"]), exact_high(model["highest"])
    return [expectation_point(model, low + (up - low) * i / (points - 1)) for i in range(points)]


def expectation_optimum(model):
    """The best of a fine grid, then its neighbourhood by golden section, in 40 digits."""
    curve = expectation_curve(model, 20001)
    best = max(range(len(curve)), key=lambda i: curve[i]["repeat_sales"])
    if best in (0, len(curve) - 1):
        return {"point": curve[best], "interior": False}
    low, up = curve[best - 1]["expectation"], curve[best + 1]["expectation"]
    slope = lambda a: mpmath.diff(lambda x: mpmath.log(expectation_point(model, x)["repeat_sales"]), a)
    return {"point": expectation_point(model, mpmath.findroot(slope, (low, up), solver="anderson")), "interior": True}


# --- penalty and reward ----------------------------------------------------------------------------


def invert(matrix):
    """The inverse of a matrix of fractions, by Gauss and Jordan."""
    n = len(matrix)
    table = [list(row) + [Fraction(i == j) for j in range(n)] for i, row in enumerate(matrix)]
    for j in range(n):
        pivot = next(i for i in range(j, n) if table[i][j] != 0)
        table[j], table[pivot] = table[pivot], table[j]
        table[j] = [x / table[j][j] for x in table[j]]
        for i in range(n):
            if i != j and table[i][j] != 0:
                table[i] = [x - table[i][j] * y for x, y in zip(table[i], table[j])]
    return [row[n:] for row in table]


def explained_part(r_squared, predictors, degrees, p):
    """The part that is explained in the population at which R-squared is at most that large with probability p."""

    def below(noncentrality):
        # I_x(a + 1, b) = I_x(a, b) - x^a (1 - x)^b / (a B(a, b)), upwards in many more digits than are wanted.
        mean, total, j = noncentrality / 2, mpmath.mpf(0), 0
        a, b, weight = mpmath.mpf(predictors) / 2, mpmath.mpf(degrees) / 2, mpmath.exp(-mean)
        integral = mpmath.betainc(a, b, 0, r_squared, regularized=True)
        term = r_squared**a * (1 - r_squared) ** b / (a * mpmath.beta(a, b))
        while j < mean or weight > mpmath.mpf(10) ** -35:
            total += weight * integral
            integral -= term
            term *= r_squared * (a + j + b) / (a + j + 1)
            j += 1
            weight *= mean / j
        return total

    if below(mpmath.mpf(0)) <= p:
        return mpmath.mpf(0)
    high_end = mpmath.mpf(1)
    while below(high_end) > p:
        high_end *= 2
    low_end = mpmath.mpf(0) if high_end == 1 else high_end / 2
    while high_end - low_end > mpmath.mpf(10) ** -20 * high_end:
        middle = (low_end + high_end) / 2
        low_end, high_end = (middle, high_end) if below(middle) > p else (low_end, middle)
    return low_end / (low_end + predictors + degrees + 1)


def contrast(overall, attributes, poor, good, significance):
    answers = [row for row in zip(overall, *attributes) if None not in row]
    response = [exact(row[0]) for row in answers]
    design = [[1] + [int(holds) for x in row[1:] for holds in (x <= poor, x >= good)] for row in answers]
    n, k = len(answers), len(design[0])
    gram = [[Fraction(sum(r[i] * r[j] for r in design)) for j in range(k)] for i in range(k)]
    inverse = invert(gram)
    moments = [sum(r[i] * y for r, y in zip(design, response)) for i in range(k)]
    beta = [sum(inverse[i][j] * moments[j] for j in range(k)) for i in range(k)]
    residuals = [y - sum(b * x for b, x in zip(beta, r)) for r, y in zip(design, response)]
    residual = sum(e * e for e in residuals)
    centre = sum(response) / n
    total = sum((y - centre) ** 2 for y in response)
    variance = residual / (n - k)
    t_quantile = student(n - k)

    def effect(*places):
        estimate = sum(beta[i] for i in places)
        error = mpmath.sqrt(high(variance * sum(inverse[i][j] for i in places for j in places)))
        t = high(estimate) / error
        return {
            "estimate": estimate,
            "standard_error": error,
            "t": t,
            "p_value": 2 * tail(n - k, t),
            "lower": high(estimate) - t_quantile * error,
            "upper": high(estimate) + t_quantile * error,
        }

    found = []
    for j in range(len(attributes)):
        penalty, reward = effect(2 * j + 1), effect(2 * j + 2)
        basic = penalty["p_value"] <= significance and penalty["estimate"] < 0
        exciting = reward["p_value"] <= significance and reward["estimate"] > 0
        found.append(
            {
                "poor": sum(r[2 * j + 1] for r in design),
                "good": sum(r[2 * j + 2] for r in design),
                "penalty": penalty,
                "reward": reward,
                "asymmetry": effect(2 * j + 1, 2 * j + 2),
                "factor": {
                    (True, False): "basic",
                    (True, True): "performance",
                    (False, True): "excitement",
                    (False, False): "neither",
                }[basic, exciting],
            }
        )
    return {
        "respondents": n,
        "missing": len(overall) - n,
        "intercept": effect(0),
        "attributes": found,
        "r_squared": 1 - residual / total,
        "r_squared_lower": explained_part(high(1 - residual / total), k - 1, n - k, mpmath.mpf("0.975")),
        "r_squared_upper": explained_part(high(1 - residual / total), k - 1, n - k, mpmath.mpf("0.025")),
        "adjusted_r_squared": 1 - residual / total * Fraction(n - 1, n - k),
        "residual_standard_error": mpmath.sqrt(high(variance)),
        "degrees_of_freedom": n - k,
    }


def made_up_ratings():
    """80 respondents: the first attribute only punishes, the second only rewards, the third does both, the last nothing."""
    draw = random.Random(11)
    attributes = [[draw.randint(1, 5) for _ in range(80)] for _ in range(4)]
    overall = []
    for a, b, c, _ in zip(*attributes):
        score = 6 - 2 * (a <= 2) + 1.5 * (b >= 4) - 1.2 * (c <= 2) + 1.4 * (c >= 4)
        overall.append(round(score + draw.choice([-0.5, -0.25, 0, 0.25, 0.5]), 2))
    overall[3] = attributes[1][8] = attributes[2][8] = None
    return overall, attributes


# --- cases -----------------------------------------------------------------------------------------

PRICES = {
    "too_cheap": [5, 8, 4, 6, 10, 3, 7, 5, None, 9, 6, 12],
    "cheap": [10, 12, 8, 11, 15, 9, 10, 12, 10, 14, 12, 10],
    "expensive": [18, 20, 15, 16, 22, 14, 19, 18, 20, 21, 17, 15],
    "too_expensive": [25, 28, 20, 22, 30, 18, 24, 26, 25, 27, 17, 20],
}


def cases():
    def case(name, function, expected, /, *, tolerance_=None, **arguments):
        add(name, function, arguments, expected, tolerance_)

    def refused(name, function, kind, argument, row=None, /, **arguments):
        refuse(name, function, arguments, kind, argument, row)

    case("degree above 1", "satisfaction_degree", 1.125, expected=8, perceived=9)
    case("degrees", "satisfaction_degree", [0.5, 1.0, 0.0], expected=[10, 4, 7], perceived=[5, 4, 0])
    refused("nothing expected", "satisfaction_degree", "out_of_range", "expected", expected=0, perceived=1)
    case("gap", "disconfirmation", -1.5, expected=8, perceived=6.5)
    case(
        "elasticity of -1", "arc_elasticity", -1, price_before=10, price_after=15, quantity_before=60, quantity_after=40
    )
    arcs = [Fraction(-4, 20) / Fraction(2, 18), Fraction(0)]
    case(
        "elasticities",
        "arc_elasticity",
        arcs,
        price_before=[8, 1],
        price_after=[10, 2],
        quantity_before=[12, 5],
        quantity_after=[8, 5],
    )
    refused(
        "the same price twice",
        "arc_elasticity",
        "out_of_range",
        "price_after",
        price_before=8,
        price_after=8,
        quantity_before=12,
        quantity_after=8,
    )
    refused(
        "nothing bought",
        "arc_elasticity",
        "no_solution",
        "quantity_after",
        price_before=8,
        price_after=9,
        quantity_before=0,
        quantity_after=0,
    )

    expected = [[8, 7, 9, 10, None, 6, 7.5], [5, 5, 5, 5, 5, 4, 5], [9, 9, None, 8, 7, 10, 10]]
    perceived = [[9, 7, 6, 10, 8, 6.6, 7.2], [4, 6, 5, 5, 4, 4, None], [9, 10, 8, 8, 7, 9, 9]]
    one = {"expected": expected[:1], "perceived": perceived[:1], "weights": [1], "tolerance": 0.05}
    case("one attribute", "satisfaction_summary", summary(**one), **one)
    three = {"expected": expected, "perceived": perceived, "weights": [3, 2, 1], "tolerance": 0.02}
    case("three attributes, weighted", "satisfaction_summary", summary(**three), **three)
    unweighted = three | {"weights": [3, 2, 0]}
    case(
        "an attribute without weight may be left out", "satisfaction_summary", summary(**unweighted), **unweighted
    )
    nobody = {"expected": [[None, 3]], "perceived": [[3, None]], "weights": [1], "tolerance": 0}
    case("nobody answered", "satisfaction_summary", summary(**nobody), **nobody)
    own = {"service": [0, 2], "product": [1]}
    by_facet = {
        facet: summary(
            [expected[j] for j in places], [perceived[j] for j in places], [[3, 2, 1][j] for j in places], 0.02
        )
        for facet, places in own.items()
    }
    facets = {"facets": ["service", "product", "service"]}
    case("attributes by facet", "satisfaction_by_facet", by_facet, **three, **facets)
    refused(
        "fewer facets than attributes", "satisfaction_by_facet", "length_mismatch", "facets", **three, facets=["idea"]
    )
    columns = {"expected": expected, "perceived": perceived, "weights": [3, 2, 1]}
    degrees = [degree for degree, _ in rows(**columns)]
    case("weighted degrees", "weighted_degrees", degrees, **columns)
    refused("weights of 0", "satisfaction_summary", "out_of_range", "weights", **(one | {"weights": [0]}))
    refused(
        "a negative weight", "satisfaction_summary", "out_of_range", "weights", 1, **(three | {"weights": [1, -1, 1]})
    )
    refused(
        "a tolerance above 1", "satisfaction_summary", "out_of_range", "tolerance", **(one | {"tolerance": 1.5})
    )
    nothing = {"expected": [[1, 2], [1, 0]], "perceived": [[1, 1], [1, 1]], "weights": [1, 1], "tolerance": 0}
    refused(
        "nothing expected of the second", "satisfaction_summary", "out_of_range", "expected[1]", 1, **nothing
    )

    for measure, count, base in [
        ("favourability", 180, 240),
        ("repeat", 0, 12),
        ("complaint", 7, 7),
        ("omission", 3, 400),
    ]:
        case(
            f"{measure}: {count} of {base}",
            "behavioural_rate",
            rate(count, base),
            measure=measure,
            count=count,
            base=base,
        )
    refused("nobody asked", "behavioural_rate", "out_of_range", "base", measure="repeat", count=0, base=0)
    refused("more than all", "behavioural_rate", "out_of_range", "count", measure="repeat", count=3, base=2)
    amounts = [12.5, 80, 33.25, 41, 7]
    case("purchase amount", "purchase_amount", mean(list(map(exact, amounts))), amounts=amounts)
    refused("no purchases", "purchase_amount", "empty", "amounts", amounts=[])

    for inconsistent in ("exclude", "keep"):
        for price_range in ("original", "narrower"):
            options = {"inconsistent": inconsistent, "price_range": price_range}
            found = price_sensitivity(list(PRICES.values()), **options)
            case(f"prices, {inconsistent}, {price_range}", "price_sensitivity", found, **PRICES, **options)
    level = {"too_cheap": [1, 2], "cheap": [3, 4], "expensive": [5, 6], "too_expensive": [7, 8]}
    options = {"inconsistent": "exclude", "price_range": "narrower"}
    found = price_sensitivity(list(level.values()), **options)
    case("curves that coincide over a stretch", "price_sensitivity", found, **level, **options)
    turned = dict(zip(PRICES, reversed(list(PRICES.values()))))
    refused("nobody is consistent", "price_sensitivity", "empty", "answers", **turned, **options)
    alike = {name: [5, 5] for name in PRICES}
    refused(
        "curves that do not cross",
        "price_sensitivity",
        "no_solution",
        "answers",
        **alike,
        inconsistent="keep",
        price_range="original",
    )
    refused(
        "a negative price", "price_sensitivity", "out_of_range", "cheap", 1, **(level | {"cheap": [3, -4]}), **options
    )

    amounts = [8, 4.5, 2, 1.5, 5, 2, 1.25, 0.5]
    weights = [1, 0.5, 0.8, 0.2, 1, 0.6, 0.4, 0.3]
    eight = dict(zip(ITEMS, amounts))
    case("value delivered", "delivered_value", 16 - 8.75, **eight)
    case("benefits over costs", "delivered_value_ratio", Fraction(16) / Fraction(875, 100), **eight)
    free = dict(zip(ITEMS, [1, 0, 0, 0, 0, 0, 0, 0]))
    refused("no costs", "delivered_value_ratio", "no_solution", "money", **free)
    for name, own in [("all alike", [1] * 8), ("weighted", weights)]:
        found = delivered_value(amounts, own)
        case(f"effects, {name}", "delivered_value_effects", found, amounts=amounts, weights=own)
    free = [1, 2, 3, 4, 0, 0, 0, 0]
    case(
        "effects where nothing costs",
        "delivered_value_effects",
        delivered_value(free, weights),
        amounts=free,
        weights=weights,
    )
    worthless = [0, 0, 0, 0, 4, 0, 1, 2]
    case(
        "effects of no benefit",
        "delivered_value_effects",
        delivered_value(worthless, weights),
        amounts=worthless,
        weights=weights,
    )
    refused(
        "a negative cost",
        "delivered_value_effects",
        "out_of_range",
        "amounts",
        4,
        amounts=[1, 1, 1, 1, -1, 1, 1, 1],
        weights=weights,
    )

    model = {
        "market": 10000,
        "perceived": 5,
        "purchase": {"ceiling": 0.5, "midpoint": 4, "steepness": 1},
        "repeat": {"ceiling": 0.9, "midpoint": 1, "steepness": 6},
        "lowest": 1,
        "highest": 10,
    }
    eager = model | {"repeat": {"ceiling": 1, "midpoint": 0.1, "steepness": 40}, "highest": 7}
    wary = model | {"purchase": {"ceiling": 1, "midpoint": -30, "steepness": 0.5}, "lowest": 2}
    steep = model | {
        "purchase": {"ceiling": 0.4, "midpoint": 6, "steepness": 9},
        "repeat": {"ceiling": 0.8, "midpoint": 1.2, "steepness": 30},
    }
    for name, own in [
        ("in between", model),
        ("promise all", eager),
        ("promise little", wary),
        ("steep responses", steep),
    ]:
        found = expectation_optimum(own)
        case(name, "expectation_optimum", found, tolerance_=1e-9, **own)
        assert found["interior"] == (name in ("in between", "steep responses"))
    case("curve of expectation", "expectation_curve", expectation_curve(model, 5), points=5, **model)
    refused("no room", "expectation_optimum", "out_of_range", "highest", **(model | {"highest": 1}))
    flat = model | {"repeat": {"ceiling": 0.9, "midpoint": 1, "steepness": 0}}
    refused("no response", "expectation_optimum", "out_of_range", "repeat.steepness", **flat)

    overall, attributes = made_up_ratings()
    ratings = {"overall": overall, "attributes": attributes, "poor": 2, "good": 4, "significance": 0.05}
    found = contrast(**ratings)
    assert [a["factor"] for a in found["attributes"]] == ["basic", "excitement", "performance", "neither"]
    case("four attributes", "penalty_reward_contrast", found, tolerance_=1e-11, **ratings)
    wide = ratings | {"poor": 1, "good": 5, "significance": 0.5}
    case(
        "only the ends are poor and good", "penalty_reward_contrast", contrast(**wide), tolerance_=1e-11, **wide
    )
    refused("poor is good", "penalty_reward_contrast", "out_of_range", "good", **(ratings | {"good": 2}))
    refused(
        "two of a kind",
        "penalty_reward_contrast",
        "no_solution",
        "attributes",
        **(ratings | {"attributes": [attributes[0]] * 2}),
    )
    few = {
        "overall": overall[:3],
        "attributes": [a[:3] for a in attributes],
        "poor": 2,
        "good": 4,
        "significance": 0.05,
    }
    refused("too few", "penalty_reward_contrast", "no_solution", "attributes", **few)


cases()
VECTORS.write()
