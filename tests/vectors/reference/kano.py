"""Reference values for tests/vectors/kano.json, independent of the library.

Counts, shares and scores are exact fractions, straight from the definitions; square roots, Student's quantile and
the normal tail are of mpmath, 40 digits. The evaluation table is written out here as it is published. Published
numbers are asserted at their printed precision. `python3 tests/vectors/reference/kano.py` rewrites the file;
`--check` compares it.
"""

from fractions import Fraction

import mpmath
from cases import Vectors

mpmath.mp.dps = 40
DEFINITION = "Berger et al. 1993; definitions in exact fractions: tests/vectors/reference/kano.py"
VECTORS = Vectors("kano", 1e-13, DEFINITION)
add, refuse = VECTORS.add, VECTORS.refuse

LETTERS = {
    "M": "must_be",
    "O": "one_dimensional",
    "A": "attractive",
    "I": "indifferent",
    "R": "reverse",
    "Q": "questionable",
}
# Rows functional, columns dysfunctional; like, must-be, neutral, live with, dislike (Berger et al. 1993).
EVALUATION = ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"]
FUNCTIONAL = [4, 2, 0, -1, -2]
DYSFUNCTIONAL = [-2, -1, 0, 2, 4]
Z = mpmath.sqrt(2) * mpmath.erfinv(mpmath.mpf("0.95"))


def high(x):
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpmath.mpf(x)


def root(x):
    return mpmath.sqrt(high(x))


def student(degrees, p):
    """The quantile of Student's t by root finding on its distribution function."""

    def below(t):
        x = degrees / (degrees + t * t)
        return 1 - mpmath.betainc(mpmath.mpf(degrees) / 2, 0.5, 0, x, regularized=True) / 2 - p

    return mpmath.findroot(below, Z)


def rate(count, base, sign=1, z=Z):
    nothing = {"count": count, "base": base} | dict.fromkeys(("rate", "standard_error", "lower", "upper"))
    if base == 0:
        return nothing
    p = Fraction(count, base)
    centre = high(p) + z * z / (2 * base)
    spread = z * mpmath.sqrt(high(p * (1 - p)) / base + z * z / (4 * base * base))
    ends = [(centre - spread) / (1 + z * z / base), (centre + spread) / (1 + z * z / base)]
    if count == 0:
        ends[0] = mpmath.mpf(0)
    if count == base:
        ends[1] = mpmath.mpf(1)
    lower, upper = sorted(sign * end for end in ends)
    return {
        "count": count,
        "base": base,
        "rate": sign * p,
        "standard_error": root(p * (1 - p) / base),
        "lower": lower,
        "upper": upper,
    }


def mean(count, centre, deviation, error):
    t = student(count - 1, mpmath.mpf("0.975")) if count > 1 else None
    return {
        "count": count,
        "mean": centre,
        "standard_deviation": deviation,
        "standard_error": error,
        "lower": None if t is None else high(centre) - t * error,
        "upper": None if t is None else high(centre) + t * error,
    }


def plain_mean(values):
    n = len(values)
    centre = Fraction(sum(values)) / n
    if n == 1:
        return mean(1, centre, None, None)
    variance = sum((x - centre) ** 2 for x in values) / (n - 1)
    return mean(n, centre, root(variance), root(variance / n))


def weighted_mean(values, weights):
    n, total = len(values), sum(weights)
    centre = Fraction(sum(w * x for w, x in zip(weights, values))) / total
    variance = sum(w * (x - centre) ** 2 for w, x in zip(weights, values)) / total
    if n == 1:
        return mean(1, centre, root(variance), None)
    squares = sum((w * (x - centre)) ** 2 for w, x in zip(weights, values))
    return mean(n, centre, root(variance), root(Fraction(n, n - 1) * squares) / high(total))


def place(functional, dysfunctional):
    """The letter of a position: the evaluation table with its three middle answers as one."""

    def third(x):
        return "high" if x > 2 else "low" if x < -1 else "middle"

    return {
        ("high", "high"): "O",
        ("high", "middle"): "A",
        ("high", "low"): "Q",
        ("middle", "high"): "M",
        ("middle", "middle"): "I",
        ("middle", "low"): "R",
        ("low", "high"): "Q",
        ("low", "middle"): "R",
        ("low", "low"): "R",
    }[third(functional), third(dysfunctional)]


def counts_of(functional, dysfunctional):
    counts = dict.fromkeys(LETTERS.values(), 0)
    for f, d in zip(functional, dysfunctional):
        if f is not None and d is not None:
            counts[LETTERS[EVALUATION[f][d]]] += 1
    return counts


def profile(counts, blend=Fraction(6, 100), better_line=Fraction(1, 2), worse_line=Fraction(1, 2)):
    n = sum(counts.values())
    ordered = sorted(counts, key=lambda name: -counts[name])  # stable: M > O > A > I > R > Q
    first, second = ordered[:2]
    a, b = counts[first], counts[second]
    m, o, at, i, r, q = counts.values()
    grouped = (
        ("must_be", "one_dimensional", "attractive")
        if m + o + at > i + r + q
        else ("indifferent", "reverse", "questionable")
    )
    strength = Fraction(a - b, n)
    critical = mpmath.mpf("1.65") * root(Fraction((a + b) * (2 * n - a - b), 2 * n))
    z = (a - b) / root(a + b)
    base = m + o + at + i
    quadrant = None
    if base:
        quadrant = {(True, True): "O", (True, False): "A", (False, True): "M", (False, False): "I"}[
            Fraction(at + o, base) >= better_line, Fraction(o + m, base) >= worse_line
        ]
    return {
        "respondents": n,
        "category": first,
        "runner_up": second,
        "tied": sum(count == a for count in counts.values()),
        "grouped_category": max(grouped, key=lambda name: counts[name]),
        "category_strength": strength,
        "category_strength_error": root((Fraction(a + b, n) - strength * strength) / n),
        "blended": strength < blend,
        "total_strength": rate(m + o + at, n),
        "fong": {
            "difference": a - b,
            "critical": critical,
            "significant": a - b >= critical,
            "z": z,
            "p_value": mpmath.erfc(z / mpmath.sqrt(2)),
        },
        "better": rate(at + o, base),
        "worse": rate(o + m, base, sign=-1),
        "quadrant": quadrant and LETTERS[quadrant],
    }


def position(functional, dysfunctional, importance=None):
    rows = [
        (FUNCTIONAL[f], DYSFUNCTIONAL[d], w)
        for f, d, w in zip(functional, dysfunctional, importance or [None] * len(functional))
        if f is not None and d is not None
    ]
    whole = [plain_mean([row[i] for row in rows]) for i in (0, 1)]
    stated = [(f, d, w) for f, d, w in rows if w is not None]
    weights = [w for *_, w in stated]
    weighted = None
    if sum(weights) > 0:
        parts = [weighted_mean([row[i] for row in stated], weights) for i in (0, 1)]
        weighted = {
            "stated": plain_mean(weights),
            "unstated": len(rows) - len(stated),
            "functional": parts[0],
            "dysfunctional": parts[1],
            "category": LETTERS[place(parts[0]["mean"], parts[1]["mean"])],
        }
    return {
        "functional": whole[0],
        "dysfunctional": whole[1],
        "category": LETTERS[place(whole[0]["mean"], whole[1]["mean"])],
        "importance": weighted,
    }


# The worked table of W. Peter, "Kano Analyse" (README of the R package stp25kano, 2024): counts of M, O, A, I, R, Q;
# then as printed total strength %, category strength %, CS+, CS-, and of Fong's test the difference and the bound.
PETER = {
    "service app": ([95, 123, 45, 33, 0, 0], 89, 9, "0.568", "-0.736", 28, "19.4"),
    "excellent service": ([101, 54, 54, 81, 3, 3], 71, 7, "0.372", "-0.534", 20, "18.5"),
    "hotline": ([5 * 3, 24, 121, 124, 6, 6], 54, 1, "0.511", "-0.137", 3, "19.8"),
    "loan machine": ([65, 87, 93, 51, 0, 0], 83, 2, "0.608", "-0.514", 6, "18.5"),
    "ready-to-use return": ([9, 18, 83, 177, 6, 3], 37, 32, "0.352", "-0.094", 94, "19.9"),
}
PETER_SOURCE = (
    "worked table of W. Peter, Kano Analyse (R package stp25kano, 2024), its printed figures asserted; "
    "definitions in exact fractions: tests/vectors/reference/kano.py"
)


def check_published():
    for counts, total, category, better, worse, difference, bound in PETER.values():
        found = profile(dict(zip(LETTERS.values(), counts)))
        assert found["respondents"] == 296
        assert round(100 * found["total_strength"]["rate"]) == total
        assert round(100 * found["category_strength"]) == category
        assert abs(found["better"]["rate"] - Fraction(better)) <= Fraction(1, 2000)
        assert abs(found["worse"]["rate"] - Fraction(worse)) <= Fraction(1, 2000)
        assert found["fong"]["difference"] == difference
        assert abs(found["fong"]["critical"] - mpmath.mpf(bound)) <= mpmath.mpf("0.05")


# 24 respondents of a made-up survey; None where a question was left out.
F = [0, 0, 0, 1, 2, 0, 0, 3, 4, 1, 0, 0, None, 2, 0, 1, 0, 0, 2, 4, 0, None, 1, 0]
D = [4, 2, 4, 4, 2, 3, 4, 4, 0, 2, 4, 0, 4, 4, 2, None, 1, 4, 0, 4, 2, None, 4, 4]
W = [9, 7, 8, 9, 3, 6, 8, 5, 2, 4, 9, 7, 6, 5, None, 8, 6, 9, 2, 1, 7, 3, 8, None]
SEGMENTS = [0, 1, 0, 0, 1, 1, 0, 0, 2, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 2, 1, 0, 0, 0]


def part(values, segment):
    return [value for value, own in zip(values, SEGMENTS) if own == segment]


def tallied(functional, dysfunctional):
    missing = sum(f is None or d is None for f, d in zip(functional, dysfunctional))
    return {"counts": counts_of(functional, dysfunctional), "missing": missing}


def cases():
    def case(name, function, expected, source=None, **arguments):
        add(name, function, arguments, expected, source=source)

    def refused(name, function, kind, argument, row=None, **arguments):
        refuse(name, function, arguments, kind, argument, row)

    for name, (counts, *_) in PETER.items():
        counts = dict(zip(LETTERS.values(), counts))
        case(name, "kano_profile", profile(counts), PETER_SOURCE, counts=counts)

    def counts(*numbers):
        return dict(zip(LETTERS.values(), numbers))

    for name, numbers in {
        "tie of M and O goes to M": counts(10, 10, 3, 2, 0, 0),
        "tie of A and I goes to A": counts(1, 2, 7, 7, 0, 1),
        "tie of four": counts(5, 5, 5, 5, 1, 0),
        "only indifferent": counts(0, 0, 0, 40, 0, 0),
        "only reverse has no Better": counts(0, 0, 0, 0, 12, 0),
        "one respondent": counts(0, 1, 0, 0, 0, 0),
        "grouped rule differs from the mode": counts(30, 25, 22, 40, 2, 1),
        "grouped rule at equality": counts(10, 8, 7, 20, 3, 2),
        "most are questionable": counts(2, 3, 4, 5, 1, 9),
    }.items():
        case(name, "kano_profile", profile(numbers), counts=numbers)
    numbers = counts(95, 123, 45, 33, 0, 0)
    case(
        "lines and blend of the reader's own",
        "kano_profile",
        profile(numbers, Fraction(1, 10), Fraction(6, 10), Fraction(8, 10)),
        counts=numbers,
        blend=0.1,
        better_line=0.6,
        worse_line=0.8,
    )
    refused("nobody answered", "kano_profile", "empty", "counts", counts=counts(0, 0, 0, 0, 0, 0))
    refused("a line above 1", "kano_profile", "out_of_range", "better_line", counts=numbers, better_line=1.5)

    whole = [[f, d] for f in range(5) for d in range(5)]
    functional, dysfunctional = map(list, zip(*whole))
    case(
        "every pair of answers once",
        "kano_tally",
        [tallied(functional, dysfunctional)],
        functional=functional,
        dysfunctional=dysfunctional,
    )
    case(
        "every pair, asked the other way round",
        "kano_reversed",
        counts_of(dysfunctional, functional),
        functional=functional,
        dysfunctional=dysfunctional,
    )
    case("a survey with gaps", "kano_tally", [tallied(F, D)], functional=F, dysfunctional=D)
    case(
        "a survey in segments, one of them empty",
        "kano_tally",
        [tallied(part(F, s), part(D, s)) for s in range(4)],
        functional=F,
        dysfunctional=D,
        segments=SEGMENTS,
        segment_count=4,
    )
    case("continuous analysis", "kano_position", position(F, D), functional=F, dysfunctional=D)
    case(
        "continuous analysis with importance",
        "kano_position",
        position(F, D, W),
        functional=F,
        dysfunctional=D,
        importance=W,
    )
    case(
        "importance of nobody",
        "kano_position",
        position(F, D, [0] * len(F)),
        functional=F,
        dysfunctional=D,
        importance=[0] * len(F),
    )
    case(
        "one importance",
        "kano_position",
        position([0, 1], [4, 3], [None, 3]),
        functional=[0, 1],
        dysfunctional=[4, 3],
        importance=[None, 3],
    )
    for name, f, d in [
        ("a reverse position", [4, 4, 3, 4], [0, 1, 0, 1]),
        ("a must-be position", [1, 2, 1, 3], [4, 4, 4, 3]),
        ("a position on the line is not above it", [1, 1, 0, 2], [3, 3, 4, 2]),
        ("a questionable position", [0, 0, 0], [0, 0, 0]),
    ]:
        case(name, "kano_position", position(f, d), functional=f, dysfunctional=d)

    pair = {"functional": [0, 1, 2], "dysfunctional": [4, 4, 4]}
    refused(
        "no such answer", "kano_tally", "out_of_range", "dysfunctional", 1, functional=[0, 1], dysfunctional=[4, 5]
    )
    refused(
        "negative importance", "kano_position", "out_of_range", "importance", 2, importance=[1, 2, -1], **pair
    )
    refused("no answers", "kano_position", "empty", "answers", functional=[None], dysfunctional=[1])


check_published()
cases()
VECTORS.write()
