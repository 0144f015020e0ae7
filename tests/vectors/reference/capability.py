"""Reference values for tests/vectors/capability.json, independent of the library.

Principal eigenvectors by plain power iteration in 60 digits, memberships and trees in exact fractions, straight from the
definitions. Published numbers are asserted. `python3 tests/vectors/reference/capability.py` rewrites the file; `--check` compares it.
"""

import json
from decimal import Decimal, getcontext
from fractions import Fraction

from cases import Vectors
from mpmath import betainc, mpf

getcontext().prec = 60
EIGENVECTOR = "power iteration in 60 digits: tests/vectors/reference/capability.py"
DEFINITION = "definition, in exact fractions: tests/vectors/reference/capability.py"
VECTORS = Vectors("capability", 1e-13, DEFINITION)
add, refuse = VECTORS.add, VECTORS.refuse

SAATY_1980 = [0, 0, "0.58", "0.90", "1.12", "1.24", "1.32", "1.41", "1.45", "1.49", "1.51", "1.48", "1.56", "1.57", "1.59"]
SAATY_2005 = [0, 0, "0.52", "0.89", "1.11", "1.25", "1.35", "1.40", "1.45", "1.49", "1.52", "1.54", "1.56", "1.58", "1.59"]


def random_index(table, n):
    if table == "alonso_lamata2006":
        return (Decimal("1.7699") * n - Decimal("4.3513")) / (n - 1) if n > 2 else Decimal(0)
    return Decimal({"saaty1980": SAATY_1980, "saaty2005": SAATY_2005}[table][n - 1])


# --- pairwise comparisons ------------------------------------------------------------------------


def square(size, upper):
    upper = iter(upper)
    a = [[Decimal(1)] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1, size):
            a[i][j] = Decimal(next(upper))
            a[j][i] = 1 / a[i][j]
    return a


def priorities(a, table):
    n = len(a)
    w = [Decimal(1) / n] * n
    for _ in range(100_000):
        grown = [sum(x * y for x, y in zip(row, w)) for row in a]
        total = sum(grown)
        after = [x / total for x in grown]
        moved = max(abs(x / y - 1) for x, y in zip(after, w))
        w = after
        if moved < Decimal("1e-50"):
            break
    else:
        raise AssertionError("power iteration did not converge")
    largest = sum(sum(x * y for x, y in zip(row, w)) for row in a)
    ri = random_index(table, n)
    ci = (largest - n) / (n - 1) if n > 2 else Decimal(0)
    ranked = [
        (abs((a[i][j] * w[j] / w[i]).ln()), i, j) for i in range(n) for j in range(n) if i != j and a[i][j] >= 1
    ]
    found = {
        "weights": [float(x) for x in w],
        "lambda_max": float(largest),
        "consistency_index": float(ci),
        "consistency_ratio": float(ci / ri) if ri else 0.0,
        "worst": None,
    }
    farthest = max((distance for distance, _, _ in ranked), default=0)
    if farthest > Decimal("1e-9"):
        # Judgements may be equally far, those of three criteria always are: then the first of them.
        i, j = next((i, j) for distance, i, j in ranked if distance > farthest - Decimal("1e-9"))
        found["worst"] = {"row": i, "column": j, "given": float(a[i][j]), "implied": float(w[i] / w[j])}
    return found


DRINKS = [9, 5, 2, 1, 1, "0.5", "1/3", "1/9", "1/9", "1/9", "1/9", "1/3", "1/4", "1/3", "1/9", "1/2", 1, "1/3", 2, "1/2", "1/3"]


def number(x):
    """A judgement as f64 has it: what the library is given."""
    return float(Fraction(x)) if isinstance(x, str) else float(x)


def pairwise_cases():
    matrices = {
        "Saaty's drinks": (7, DRINKS),
        "without contradiction": (3, [2, 4, 2]),
        "two criteria": (2, [7]),
        "one criterion": (1, []),
        "a circle: a beats b beats c beats a": (3, [8, "1/9", 5]),
        "far apart": (4, ["1e6", "1e3", "1e-6", "1e-2", "1e-9", "1e-4"]),
        "five criteria": (5, ["1/2", 4, 3, 3, 7, 5, 5, "1/2", "1/3", 1]),
        "ten criteria": (10, [(3 * i + 7 * j) % 9 + 1 for i in range(10) for j in range(i + 1, 10)]),
    }
    for name, (size, upper) in matrices.items():
        upper = [number(x) for x in upper]
        a = square(size, upper)
        for table in ["saaty1980", "saaty2005", "alonso_lamata2006"]:
            found = priorities(a, table)
            arguments = {"judgements": full(size, upper), "criteria": size, "random_index": table}
            add(f"{name}, {table}", "ahp_priorities", arguments, found, source=EIGENVECTOR)
    drinks = priorities(square(7, [number(x) for x in DRINKS]), "saaty1980")
    assert round(drinks["lambda_max"], 5) == 7.17663, "Saaty's drinks example"
    assert [round(x, 3) for x in drinks["weights"]] == [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]
    members = [[3, 5, 2], ["1/2", 4, 7]]
    for weights in [[0.5, 0.5], [0.25, 0.75]]:
        uppers = [[number(x) for x in member] for member in members]
        joint = [
            sum(Decimal(w) * Decimal(x).ln() for w, x in zip(weights, judgements)).exp() for judgements in zip(*uppers)
        ]
        arguments = {"members": [full(3, upper) for upper in uppers], "criteria": 3, "weights": weights}
        expected = [x for row in square(3, joint) for x in row]
        add(f"a group with weights {weights}", "ahp_group", arguments, expected, source=EIGENVECTOR)


def full(size, upper):
    """Row-major, as users write it: what lies below the diagonal is the float nearest to 1 / a_ij."""
    rows = [[1.0] * size for _ in range(size)]
    upper = iter(upper)
    for i in range(size):
        for j in range(i + 1, size):
            rows[i][j] = next(upper)
            rows[j][i] = 1 / rows[i][j]
    return [x for row in rows for x in row]


def refused_pairs():
    def refused(name, judgements, criteria, kind, row=None):
        arguments = {"judgements": judgements, "criteria": criteria, "random_index": "saaty1980"}
        refuse(name, "ahp_priorities", arguments, kind, "criteria" if criteria > 15 else "judgements", row)

    refused("a judgement of nothing", [1, 0, 2, 1], 2, "out_of_range", 0)
    refused("counterparts that disagree", [1, 3, 5, 0.3, 1, 2, 0.2, 0.5, 1], 3, "out_of_range", 1)
    refused("a diagonal that is not one", [1, 3, 1 / 3, 2], 2, "out_of_range", 1)
    refused("too few judgements", [1, 2, 0.5], 2, "length_mismatch")
    refused("no criterion", [], 0, "empty")
    refused("sixteen criteria for a table of fifteen", [1.0] * 256, 16, "out_of_range")


# --- fuzzy comprehensive evaluation -----------------------------------------------------------------


def exact(x):
    return Fraction(Decimal(repr(x)))


def compose(weights, parts, composition):
    columns = list(zip(*parts))
    if composition == "weighted_average":
        degrees = [sum(w * r for w, r in zip(weights, column)) for column in columns]
    elif composition == "max_min":
        degrees = [max(min(w, r) for w, r in zip(weights, column)) for column in columns]
    else:
        degrees = [max(w * r for w, r in zip(weights, column)) for column in columns]
    return [degree / sum(degrees) for degree in degrees]


def verdict(membership):
    order = sorted(range(len(membership)), key=lambda k: (-membership[k], k))
    second = membership[order[1]] if len(order) > 1 else 0
    return order[0], membership[order[0]] - second


TREE = {
    "name": "service", "en": "Service", "zh": "服务", "weight": 1.0,
    "parts": [
        {"name": "staff", "en": "Staff", "zh": "员工", "weight": 0.6, "parts": [
            {"name": "attitude", "en": "Attitude", "zh": "态度", "weight": 0.5},
            {"name": "response", "en": "Response", "zh": "响应", "weight": 0.3},
            {"name": "empathy", "en": "Empathy", "zh": "移情", "weight": 0.2},
        ]},
        {"name": "delivery", "en": "Delivery", "zh": "交货", "weight": 0.4, "parts": [
            {"name": "speed", "en": "Speed", "zh": "速度", "weight": 1.0},
        ]},
    ],
}  # fmt: skip
MEMBERSHIPS = [[0.5, 0.25, 0.25, 0.0], [0.125, 0.5, 0.25, 0.125], [0.0, 0.25, 0.5, 0.25], [0.75, 0.25, 0.0, 0.0]]
SCORES = [95.0, 80.0, 65.0, 40.0]


def evaluate(node, memberships, scores, composition, share=Fraction(1)):
    """The node and all below it, each before its parts: a list of dicts; takes memberships of leaves off the list."""
    parts = [
        evaluate(part, memberships, scores, composition, share * exact(part["weight"])) for part in node.get("parts", [])
    ]
    if parts:
        weights = [exact(part["weight"]) for part in node["parts"]]
        membership = compose(weights, [part[0]["membership"] for part in parts], composition)
    else:
        membership = memberships.pop(0)
    score = sum(b * s for b, s in zip(membership, scores))
    for part, below in zip(node.get("parts", []), parts):
        w = exact(part["weight"])
        if composition == "weighted_average" and w != 1:
            # By its definition, over a change of the weight that is taken from the other parts in proportion: the score is linear
            # in each part's weight given the share of the rest, so that any change shows the slope at its start.
            rest = sum(exact(p["weight"]) * b[0]["score"] for p, b in zip(node["parts"], parts) if p is not part) / (1 - w)
            below[0]["sensitivity"] = share * (below[0]["score"] - rest)
    grade, margin = verdict(membership)
    found = {
        "share": share, "membership": membership, "score": score, "grade": grade, "margin": margin, "sensitivity": None,
    }  # fmt: skip
    return [found, *(row for part in parts for row in part)]


def tree_arguments(tree=TREE, memberships=MEMBERSHIPS, scores=SCORES, composition="max_min"):
    text = json.dumps(tree, ensure_ascii=False)
    return {"tree": text, "memberships": memberships, "scores": scores, "composition": composition}


def tree_cases():
    for composition in ["weighted_average", "max_min", "max_product"]:
        rows = evaluate(TREE, [[exact(x) for x in m] for m in MEMBERSHIPS], [exact(s) for s in SCORES], composition)
        add(f"two levels, {composition}", "evaluate_tree", tree_arguments(composition=composition), rows)

    def refused(name, kind, argument, row=None, **changed):
        refuse(name, "evaluate_tree", tree_arguments(**changed), kind, argument, row)

    refused("a leaf too few", "length_mismatch", "memberships", memberships=MEMBERSHIPS[:3])
    refused("scores in no order", "out_of_range", "grades", 2, scores=[95.0, 80.0, 85.0, 40.0])
    broken = json.loads(json.dumps(TREE))
    broken["parts"][0]["weight"] = 0.7
    refused("weights of more than one", "not_stochastic", "weight of the parts of service", tree=broken)
    twice = json.loads(json.dumps(TREE))
    twice["parts"][1]["name"] = "staff"
    refused("a name twice", "out_of_range", "name", tree=twice)


def from_measure(value, peaks):
    value, peaks = exact(value), [exact(p) for p in peaks]
    degrees = []
    for k, peak in enumerate(peaks):
        degree = Fraction(0)
        if value == peak:
            degree = Fraction(1)
        for other in [k - 1, k + 1]:
            if 0 <= other < len(peaks) and min(peak, peaks[other]) < value < max(peak, peaks[other]):
                degree = (value - peaks[other]) / (peak - peaks[other])
        ends = {0: peaks[0] - peaks[-1], len(peaks) - 1: peaks[-1] - peaks[0]}
        if k in ends and len(peaks) > 1 and (value - peak) * ends[k] > 0:
            degree = Fraction(1)
        degrees.append(degree)
    return degrees


def measure_cases():
    for value in [-3.0, 0.0, 1.0, 2.5, 5.0, 9.75, 10.0, 99.0]:
        for peaks in [[0.0, 2.0, 5.0, 10.0], [10.0, 5.0, 2.0, 0.0]]:
            degrees = from_measure(value, peaks)
            assert sum(degrees) == 1
            add(f"{value} among {peaks}", "membership_of_measure", {"value": value, "peaks": peaks}, degrees)
    disorder = {"value": 1.0, "peaks": [0.0, 2.0, 1.0]}
    refuse("peaks in no order", "membership_of_measure", disorder, "out_of_range", "peaks", 2)


# --- weights that are not known for sure -----------------------------------------------------------


def acceptability_cases():
    """Ranks under random weights: exact by symmetry, or from the beta distribution; the tolerance is that of 200,000 draws."""
    draws, tolerance = 200_000, 0.005
    source = "closed forms: tests/vectors/reference/capability.py"

    def case(name, scores, weights, concentration, expected):
        arguments = {"scores": scores, "weights": weights, "concentration": concentration, "draws": draws, "seed": 3}
        add(name, "rank_acceptability", arguments, expected, tolerance, source)

    third = 1 / 3
    # The largest of three uniform spacings has the mean (1 + 1/2 + 1/3) / 3.
    most = float(Fraction(11, 18))
    rest = (1 - most) / 2
    case("each is best at one criterion", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], None, None,
               {"ranks": [[third] * 3] * 3, "mean_ranks": [2.0] * 3,
                "central_weights": [[most if i == j else rest for j in range(3)] for i in range(3)]})
    # 0.9 w + 0.3 (1 - w) > 0.7 w + 0.9 (1 - w) where the first weight w is above 3/4.
    scores = [[0.9, 0.3], [0.7, 0.9], [0.1, 0.2]]
    case("two criteria, nothing known", scores, None, None,
               {"ranks": [[0.25, 0.75, 0.0], [0.75, 0.25, 0.0], [0.0, 0.0, 1.0]], "mean_ranks": [1.75, 1.25, 3.0],
                "central_weights": [[0.875, 0.125], [0.375, 0.625], [None, None]]})
    a, b = mpf(6), mpf(4)
    first = 1 - betainc(a, b, 0, mpf("0.75"), regularized=True)
    mean = (a / (a + b)) * (1 - betainc(a + 1, b, 0, mpf("0.75"), regularized=True)) / first
    other = (a / (a + b) - mean * first) / (1 - first)
    first, mean, other = float(first), float(mean), float(other)
    case("two criteria, about 0.6 and 0.4", scores, [0.6, 0.4], 10.0,
               {"ranks": [[first, 1 - first, 0.0], [1 - first, first, 0.0], [0.0, 0.0, 1.0]],
                "mean_ranks": [2 - first, 1 + first, 3.0],
                "central_weights": [[mean, 1 - mean], [other, 1 - other], [None, None]]})
    case("a criterion that weighs nothing; equals share their ranks", [[0.5, 9.0], [0.5, 1.0]], [1.0, 0.0], 5.0,
               {"ranks": [[0.5, 0.5], [0.5, 0.5]], "mean_ranks": [1.5, 1.5],
                "central_weights": [[1.0, 0.0], [1.0, 0.0]]})

    def refused(name, changed, kind, argument, row=None):
        arguments = {"scores": scores, "weights": [0.6, 0.4], "concentration": 10.0, "draws": 10, "seed": 3}
        refuse(name, "rank_acceptability", arguments | changed, kind, argument, row)

    refused("no draws", {"draws": 0}, "out_of_range", "draws")
    refused("weights without a spread", {"concentration": 0.0}, "out_of_range", "concentration")
    refused("weights that sum to less than one", {"weights": [0.5, 0.4]}, "not_stochastic", "weights")
    refused("weights of other criteria", {"weights": [0.5, 0.3, 0.2]}, "length_mismatch", "weights")
    refused("an unknown score", {"scores": [[0.9, 0.3], [0.7, None]]}, "not_finite", "scores", 1)


for part in (pairwise_cases, refused_pairs, tree_cases, measure_cases, acceptability_cases):
    part()
VECTORS.write()
