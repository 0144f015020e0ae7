"""Writes tests/vectors/satisfaction_process.json: studies from their definition to their actions, in fractions and 50 digits.

Needs mpmath and numpy. A study is given as the text of its record; what is expected are numbers of the product of one step. Sizes come from
Cochran's formulas, allocations from trying all of them, estimates from the formulas of the designs, the index of single questions
from weighted moments. No step is shared with the library.
"""

import json
from fractions import Fraction

from cases import Vectors
from mpmath import betainc, ceil, erfinv, findroot, mp, mpf, sqrt
from structural_resampling import Stream, quantile

mp.dps = 50
SCRIPT = "tests/vectors/reference/satisfaction_process.py"
VECTORS = Vectors("satisfaction_process", 1e-12, SCRIPT)
Z = sqrt(2) * erfinv(mpf("0.95"))

MODEL = {
    "constructs": [{"name": "quality", "indicators": ["q"]}, {"name": "satisfaction", "indicators": ["s"]}],
    "paths": [{"from": "quality", "to": "satisfaction"}],
}
BLOCK = {
    "constructs": [{"name": "quality", "indicators": ["a", "b"]}, {"name": "satisfaction", "indicators": ["s"]}],
    "paths": [{"from": "quality", "to": "satisfaction"}],
}


def real(x):
    return mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpf(x)


def t_quantile(degrees):
    """The 0.975 quantile of Student's t."""
    n = mpf(degrees)
    tail = lambda t: betainc(n / 2, mpf(1) / 2, 0, n / (n + t * t), regularized=True) / 2 - mpf("0.025")
    return findroot(tail, (mpf("1.5"), mpf("20")), solver="anderson", tol=1e-40)


def case(name, step, record, expected, source):
    """`expected` maps pointers into the product of `step` to numbers."""
    text = json.dumps({"steps": record}, separators=(",", ":"))
    assert len(text) < 4000
    arguments = {"record": text, "step": step, "pointers": list(expected)}
    VECTORS.add(name, "study_numbers", arguments, [real(value) for value in expected.values()], source=f"{source}: {SCRIPT}")


def refused(name, record, kind, argument, row=None):
    arguments = {"record": json.dumps({"steps": record}), "step": "improve", "pointers": ["/gain"]}
    VECTORS.refuse(name, "study_numbers", arguments, kind, argument, row)


def define(model=MODEL, target="satisfaction"):
    return {"step": "define_indicators", "title": {"en": "Satisfaction", "zh": "满意度"}, "model": model, "target": target}


def population(units=None, strata=(), clusters=None):
    step = {
        "step": "define_population",
        "description": {"en": "Customers"},
        "units": units,
        "strata": [{"name": name, "units": size, "deviation": s} for name, size, s in strata],
    }
    if clusters is not None:
        step["clusters"] = [{"name": f"branch {i}", "units": size} for i, size in enumerate(clusters)]
    return step


def design(target=None, margin=2.0, **more):
    return {"step": "design_sample", "target": target or {"mean": 20.0}, "margin": margin, **more}


def questionnaire(model=MODEL, more=()):
    names = [name for construct in model["constructs"] for name in construct["indicators"]]
    texts = {name: {"en": f"How is {name}?"} for name in names}
    return {"step": "design_questionnaire", "texts": texts, "more": list(more)}


def survey(answers, strata=(), clusters=None, **outcomes):
    rows = len(next(iter(answers.values())))
    step = {"step": "survey", "outcomes": {"complete": rows, **outcomes}, "strata": list(strata), "answers": answers}
    return step if clusters is None else step | {"clusters": clusters}


CHANNEL = {"name": "channel", "text": {"en": "Where?"}, "kind": {"choice": [{"en": "Shop"}, {"en": "Online"}]}}


def plans():
    z, n_of = Z, lambda n0, units: n0 / (1 + n0 / units)
    # A share of one half among 2000, to 5 points, of whom 40 % answer.
    units, share = 2000, Fraction(1, 2)
    s2 = real(share * (1 - share)) * units / (units - 1)
    needed = int(ceil(n_of(z * z * s2 / mpf("0.05") ** 2, units)))
    invited = int(ceil(needed / mpf("0.4")))
    margin = z * sqrt(s2 * (mpf(1) / needed - mpf(1) / units))
    record = [define(), population(units), design({"proportion": 0.5}, 0.05, response_rate=0.4)]
    expected = {"/required/answers": needed, "/invitations": invited, "/answers": needed, "/margin": margin}
    case("a share of a small population", "design_sample", record, expected, "Cochran 1977, section 4.4")

    # An index to 2 points in 300 firms of which half answer: all are invited, and that is not enough.
    units = 300
    needed = int(ceil(n_of((z * 20 / 2) ** 2, units)))
    assert needed * 2 > units
    answers = units // 2
    margin = z * 20 * sqrt(mpf(1) / answers - mpf(1) / units)
    record = [define(), population(units), design(response_rate=0.5)]
    expected = {
        "/required/answers": needed,
        "/required/invitations": 2 * needed,
        "/invitations": units,
        "/answers": answers,
        "/margin": margin,
    }
    case("all of a small population are invited", "design_sample", record, expected, "Cochran 1977, section 4.6")

    # Neyman's allocation of what an index needs over three strata.
    strata = [("a", 500, 12.0), ("b", 300, 25.0), ("c", 200, 28.0)]
    needed = int(ceil(n_of((z * 20 / 4) ** 2, 1000)))
    variance = lambda sizes: sum((N * Fraction(s)) ** 2 / n for (_, N, s), n in zip(strata, sizes))
    tried = ((i, j, needed - i - j) for i in range(2, needed - 3) for j in range(2, needed - i - 1))
    best = min(tried, key=variance)
    record = [define(), population(None, strata), design(margin=4.0, selection={"stratified": "neyman"})]
    expected = {"/invitations": needed} | {f"/allocation/{h}": n for h, n in enumerate(best)}
    case("Neyman's allocation", "design_sample", record, expected, "Neyman 1934, all allocations tried")

    # Each stratum to 4 points: the smallest one decides.
    small = n_of((z * 20 / 4) ** 2, 200)
    needed = max(int(ceil(ceil(n_of((z * 20 / 4) ** 2, N)) / (mpf(N) / 1000))) for _, N, _ in strata)
    assert needed == int(ceil(small)) * 5
    record = [define(), population(None, strata), design(margin=4.0, each_stratum=True)]
    expected = {"/required/answers": needed, "/answers": needed}
    case("each stratum as precise", "design_sample", record, expected, "Cochran 1977, section 5.4")


def outcomes():
    counts = {"complete": 6, "partial": 2, "refusal": 5, "non_contact": 9, "other": 1, "unknown": 4, "ineligible": 3}
    answers = {"q": [5, 7, 9, 6, 8, None, 4, 7], "s": [6, 7, 9, 5, 8, 6, None, 8]}
    record = [define(), population(), design(), questionnaire(), survey(answers, **counts)]
    eligible = 6 + 2 + 5 + 9 + 1 + 4
    rates = {
        "response": (6, eligible),
        "response_with_partials": (8, eligible),
        "cooperation": (6, 14),
        "refusal": (5, eligible),
        "contact": (14, eligible),
    }
    expected = {"/rows": 8}
    for name, (count, base) in rates.items():
        p, n, z2 = mpf(count) / base, base, Z * Z
        middle, half = p + z2 / (2 * n), Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        expected[f"/rates/{name}/rate"] = p
        expected[f"/rates/{name}/standard_error"] = sqrt(p * (1 - p) / n)
        expected[f"/rates/{name}/lower"] = (middle - half) / (1 + z2 / n)
        expected[f"/rates/{name}/upper"] = (middle + half) / (1 + z2 / n)
    case("what became of those invited", "survey", record, expected, "AAPOR 2023, RR1, RR2, COOP1, REF1, CON1; Wilson 1927")


def tables():
    # 11 is no answer, one respondent left out half the questions or more, one gave one answer to everything.
    answers = {
        "a": [5, 7, 11, 4, 8, 6, None, 9],
        "b": [6, 7, 8, 4, 9, 5, None, 7],
        "s": [6, 8, 9, 4, 7, 5, 3, 10],
    }
    cleaning = {"step": "tabulate", "out_of_scale": "missing", "most_missing": 0.5, "straight_lining": True}
    record = [define(BLOCK), population(100), design(), questionnaire(BLOCK), survey(answers), cleaning]
    kept = [0, 1, 2, 4, 5, 7]
    s = [Fraction(answers["s"][row]) for row in kept]
    n, mean = len(s), sum(s) / len(s)
    s2 = sum((x - mean) ** 2 for x in s) / (n - 1)
    error = sqrt(real((1 - Fraction(n, 100)) * s2 / n))
    half = t_quantile(n - 1) * error
    a = [Fraction(answers["a"][row]) for row in kept if row != 2]
    both = [(Fraction(answers["a"][row]), Fraction(answers["b"][row])) for row in kept if row != 2]
    variance = lambda xs: sum((x - sum(xs) / len(xs)) ** 2 for x in xs) / (len(xs) - 1)
    parts = variance([x for x, _ in both]) + variance([y for _, y in both])
    alpha = 2 * (1 - parts / variance([x + y for x, y in both]))
    expected = {
        "/respondents": n,
        "/exclusions/out_of_scale": 1,
        "/exclusions/too_many_missing": 1,
        "/exclusions/straight_lining": 1,
        "/weighting/effective_size": n,
        "/questions/0/missing": 1,
        "/questions/0/mean/value": sum(a) / len(a),
        "/questions/0/standard_deviation": sqrt(real(variance(a))),
        "/questions/2/mean/value": mean,
        "/questions/2/mean/standard_error": error,
        "/questions/2/mean/lower": real(mean) - half,
        "/questions/2/mean/upper": real(mean) + half,
        "/questions/2/standard_deviation": sqrt(real(s2)),
        "/questions/2/answers/9/answer": 10,
        "/questions/2/answers/9/count": 1,
        "/questions/2/answers/9/share/value": Fraction(1, n),
        "/scales/0/reliability/alpha": alpha,
    }
    case("cleaned answers", "tabulate", record, expected, "Cochran 1977, chapter 2; Cronbach 1951")

    strata, codes = [("a", 600, 1.0), ("b", 400, 1.0)], [0, 0, 0, 1, 1, 1, 1]
    answers = {"q": [5, 7, 6, 8, 9, 10, 8], "s": [4, 7, 7, 9, 8, 10, 7]}
    cleaning = {"step": "tabulate"}
    plan = design(margin=10.0, selection={"stratified": "proportional"})
    record = [define(), population(None, strata), plan, questionnaire(), survey(answers, codes), cleaning]
    mean, error = Fraction(0), Fraction(0)
    for h, (_, units, _) in enumerate(strata):
        part = [Fraction(x) for x, code in zip(answers["s"], codes) if code == h]
        mean += Fraction(units, 1000) * sum(part) / len(part)
        error += Fraction(units, 1000) ** 2 * (1 - Fraction(len(part), units)) * variance(part) / len(part)
    weights = [Fraction(200)] * 3 + [Fraction(100)] * 4
    expected = {
        "/questions/1/mean/value": mean,
        "/questions/1/mean/standard_error": sqrt(real(error)),
        "/questions/1/mean/degrees": 5,
        "/weighting/effective_size": sum(weights) ** 2 / sum(w * w for w in weights),
        "/weighting/design_effect": 7 * sum(w * w for w in weights) / sum(weights) ** 2,
    }
    case("answers of strata", "tabulate", record, expected, "Cochran 1977, chapter 5; Kish 1965, section 11.7")

    answers = {"q": [5, 7, 6, 8, 9], "s": [4, 7, 6, 9, 8], "channel": [1, 1, 1, 2, 2]}
    cleaning = {"step": "tabulate", "rake": [{"question": "channel", "targets": [30, 70]}]}
    record = [define(), population(), design(), questionnaire(more=[CHANNEL]), survey(answers), cleaning]
    expected = {
        "/questions/1/mean/value": Fraction(30, 100) * Fraction(17, 3) + Fraction(70, 100) * Fraction(17, 2),
        "/questions/2/answers/1/share/value": Fraction(7, 10),
        "/weighting/effective_size": Fraction(100) ** 2 / (3 * Fraction(10) ** 2 + 2 * Fraction(35) ** 2),
    }
    case("answers raked to a known margin", "tabulate", record, expected, "Deming & Stephan 1940 (one margin)")


BRANCHES = [40, 25, 60, 30, 45, 50, 35, 15]


def clusters():
    """Branches of a shop: whole, some customers of each, and branches by their size."""
    z, total = Z, sum(BRANCHES)
    n0 = (z * 20 / 4) ** 2
    needed = int(ceil(n0 / (1 + n0 / total)))
    several = [(min(10, size), size) for size in BRANCHES]
    mean_size = Fraction(total, 8)
    of_ten = Fraction(sum(m for m, _ in several), 8)
    by_size = Fraction(sum(m * size for m, size in several), total)
    for name, selection, per in (
        ("whole branches", {"clusters": {}}, mean_size),
        ("ten of each branch", {"clusters": {"units": 10}}, of_ten),
        ("ten of each branch by its size", {"proportional_to_size": {"units": 10}}, by_size),
    ):
        margin = 4.0 if name == "whole branches" else 8.0
        wanted = needed if margin == 4.0 else int(ceil(n0 / 4 / (1 + n0 / 4 / total)))
        count = min(8, max(2, int(ceil(wanted / per))))
        if "proportional" in str(selection):
            assert max(BRANCHES) * count <= total
        record = [define(), population(None, (), BRANCHES), design(margin=margin, selection=selection)]
        expected = {"/clusters": count, "/invitations": round(count * per), "/required/answers": wanted}
        case(name, "design_sample", record, expected, "Kish 1965, chapters 5 and 7")

    # Of three branches 4, 3 and 4 customers answered.
    of_row, s = [1, 1, 1, 1, 4, 4, 4, 6, 6, 6, 6], [5, 7, 6, 8, 9, 10, 8, 4, 6, 5, 7]
    answers = {"q": [6, 7, 5, 8, 9, 9, 8, 5, 5, 6, 7], "s": s}
    tabulated = [survey(answers, clusters=of_row), {"step": "tabulate"}]
    parts = {i: [Fraction(x) for x, code in zip(s, of_row) if code == i] for i in (1, 4, 6)}
    variance = lambda xs: sum((x - sum(xs) / len(xs)) ** 2 for x in xs) / (len(xs) - 1)
    sizes = {i: BRANCHES[i] for i in parts}
    # Two stages: the ratio of totals; Cochran 1977, section 11.8.
    mean = sum(sizes[i] * sum(xs) / len(xs) for i, xs in parts.items()) / sum(sizes.values())
    residual = {i: sizes[i] * (sum(xs) / len(xs) - mean) for i, xs in parts.items()}
    first = (1 - Fraction(3, 8)) / 3 * sum(r * r for r in residual.values()) / 2
    second = Fraction(3, 8) / 9 * sum(
        sizes[i] ** 2 * (1 - Fraction(len(xs), sizes[i])) * variance(xs) / len(xs) for i, xs in parts.items()
    )
    error = sqrt(real(first + second)) / real(Fraction(sum(sizes.values()), 3))
    plan = design(margin=10.0, selection={"clusters": {"units": 4}})
    record = [define(), population(None, (), BRANCHES), plan, questionnaire(), *tabulated]
    expected = {"/questions/1/mean/value": mean, "/questions/1/mean/standard_error": error}
    case("answers of branches", "tabulate", record, expected, "Cochran 1977, section 11.8")
    # By their size: the mean of the means of the branches, its variance that between them; Cochran 1977, section 11.9.
    means = [sum(xs) / len(xs) for xs in parts.values()]
    plan = design(margin=12.0, selection={"proportional_to_size": {"units": 4}})
    record = [define(), population(None, (), BRANCHES), plan, questionnaire(), *tabulated]
    expected = {
        "/questions/1/mean/value": sum(means) / 3,
        "/questions/1/mean/standard_error": sqrt(real(variance(means) / 3)),
    }
    case("answers of branches by their size", "tabulate", record, expected, "Hansen & Hurwitz 1943")

    refused("no branches to sample", [define(), population(1000), design(selection={"clusters": {}})], "missing", "clusters")
    frame = [define(), population(None, (), BRANCHES)]
    none_of_each = design(selection={"clusters": {"units": 0}})
    refused("nobody of each branch", [*frame, none_of_each], "out_of_range", "units")
    large = [define(), population(None, (), [900, 10, 10, 10]), design(selection={"proportional_to_size": {"units": 2}})]
    refused("a branch that would come twice", large, "out_of_range", "sizes", 0)
    refused("answers of another branch", [*record[:4], survey(answers, clusters=[9] * 11)], "out_of_range", "clusters", 0)
    refused("no branches of the answers", [*record[:4], survey(answers)], "length_mismatch", "clusters")
    refused("branches of one name", [define(), population() | {"clusters": [{"name": "a", "units": 2}] * 2}],
            "out_of_range", "clusters", 1)


def resamples(q, s, weights, strata, channel, count, seed):
    """Of single items, by strata (Rao & Wu 1988): statistics of the resamples in which no question has one answer alone."""
    rows = range(len(q))
    units = [[row for row in rows if strata[row] == h] for h in sorted(set(strata))]
    found = []
    for b in range(count):
        stream, drawn = Stream(seed, b), [mpf(0)] * len(q)
        for own in units:
            for _ in own[1:]:
                drawn[own[stream.below(len(own))]] += mpf(len(own)) / (len(own) - 1)
        ws = [w * real(weight) for w, weight in zip(drawn, weights)]
        if any(len({x for x, w in zip(xs, ws) if w}) < 2 for xs in (q, s)):
            continue
        mean = lambda xs, ws: sum(w * x for w, x in zip(ws, xs)) / sum(ws)
        mq, ms = mean(q, ws), mean(s, ws)
        sqq, sss, sqs = (
            sum(w * (x - mx) * (y - my) for w, x, y in zip(ws, xs, ys))
            for xs, mx, ys, my in ((q, mq, q, mq), (s, ms, s, ms), (q, mq, s, ms))
        )
        of = {"index": (ms - 1) * 100 / 9, "importance": sqs / sqq, "r_squared": sqs**2 / (sqq * sss)}
        for option in (1, 2):
            part = [w if c == option else 0 for w, c in zip(ws, channel)]
            if sum(part):
                of[option] = (mean(s, part) - 1) * 100 / 9
        found.append(of)
    return found


def spread(found, key):
    """Standard error and percentile interval of a statistic in the resamples that have it."""
    values = sorted(one[key] for one in found if key in one)
    middle = sum(values) / len(values)
    error = sqrt(sum((v - middle) ** 2 for v in values) / (len(values) - 1))
    return {"standard_error": error, "lower": quantile(values, mpf("0.025")), "upper": quantile(values, mpf("0.975"))}


def index():
    strata, codes = [("a", 600, 1.0), ("b", 400, 1.0)], [0, 0, 0, 1, 1, 1, 1]
    q, s = [5, 7, 6, 8, 9, 10, 8], [4, 7, 7, 9, 8, 10, 7]
    answers = {"q": q, "s": s, "channel": [1, 2, 1, 2, 1, 2, 1]}
    plan = design(margin=10.0, selection={"stratified": "proportional"})
    compute = {"step": "compute_index", "resampling": {"resamples": 200, "seed": 1}, "segments": "channel"}
    report = {"step": "report", "aim": 75.0, "earlier": {"index": 60.0, "standard_error": 0.0}}
    action = {"construct": "quality", "what": {"en": "Train the staff"}, "rise": 5.0, "cost": 2.0}
    dropped = action | {"what": {"en": "Paint the shop"}, "status": "dropped"}
    record = [define(), population(None, strata), plan, questionnaire(more=[CHANNEL]), survey(answers, codes)]
    record += [{"step": "tabulate"}, compute, report, {"step": "improve", "actions": [dropped, action]}]
    weights = [Fraction(200)] * 3 + [Fraction(100)] * 4
    mean = lambda xs, ws=weights: sum(w * x for w, x in zip(ws, xs)) / sum(ws)
    product = lambda xs, ys: sum(w * (x - mean(xs)) * (y - mean(ys)) for w, x, y in zip(weights, xs, ys))
    of = lambda x: (x - 1) * Fraction(100, 9)
    slope = product(q, s) / product(q, q)
    correlation = real(product(q, s)) / sqrt(real(product(q, q) * product(s, s)))
    found = {
        "/rows": 7,
        "/constructs/0/index": of(mean(q)),
        "/constructs/1/index": of(mean(s)),
        "/constructs/1/r_squared": correlation**2,
        "/constructs/1/alpha": 1,
        "/paths/0/coefficient": correlation,
        "/drivers/0/importance": slope,
        "/drivers/0/performance": of(mean(q)),
        "/drivers/0/total_effect": correlation,
    }
    for option in (1, 2):
        rows = [row for row in range(7) if answers["channel"][row] == option]
        part = mean([s[row] for row in rows], [weights[row] for row in rows])
        found[f"/segments/{option - 1}/option"] = option
        found[f"/segments/{option - 1}/index"] = of(part)
        share = sum(weights[row] for row in rows) / sum(weights)
        found[f"/segments/{option - 1}/respondents"] = 7 * share
    drawn = resamples(q, s, weights, codes, answers["channel"], 200, 1)
    found |= {"/resamples": len(drawn), "/dropped": 200 - len(drawn)}
    for way, key in (
        ("/constructs/1", "index"),
        ("/constructs/1/resampled/r_squared", "r_squared"),
        ("/drivers/0/importance_resampled", "importance"),
        ("/segments/0", 1),
        ("/segments/1", 2),
    ):
        found |= {f"{way}/{part}": value for part, value in spread(drawn, key).items()}
    source = "Fornell et al. 1996, appendix: of single items; Rao & Wu 1988"
    case("an index", "compute_index", record, found, source)
    potential = slope * (100 - of(mean(q)))
    told = {
        "/index/index": of(mean(s)),
        "/change/change": of(mean(s)) - 60,
        "/aim": 75,
        "/drivers/0/potential": potential,
        "/importance_cut": slope,
        "/respondents": 7,
        "/rates/response/rate": 1,
    }
    case("a report", "report", record, told, source)
    planned = {
        "/gain": 5 * slope,
        "/expected_index": of(mean(s)) + 5 * slope,
        "/actions/0/gain": 0,
        "/actions/1/gain": 5 * slope,
        "/actions/1/gain_per_cost": 5 * slope / 2,
    }
    case("actions", "improve", record, planned, source)

    refused("an action on the target", [*record[:8], {"step": "improve", "actions": [action | {"construct": "satisfaction"}]}],
            "not_found", "construct", 0)
    refused("a rise of nothing known", [*record[:8], {"step": "improve", "actions": [action, action | {"rise": 101.0}]}],
            "out_of_range", "rise", 1)
    refused("an aim beyond the scale", [*record[:7], report | {"aim": 101.0}], "out_of_range", "aim")
    refused("segments of no choice", [*record[:6], compute | {"segments": "q"}], "not_found", "segments")
    refused("a step too far", [*record, {"step": "tabulate"}], "illegal_transition", "step")
    refused("a step left out", [*record[:4], record[5]], "illegal_transition", "step")
    refused("no first step", record[1:], "illegal_transition", "step")
    refused("answers of another stratum", [*record[:4], survey(answers, [0, 0, 0, 1, 1, 1, 2])], "out_of_range", "strata", 6)
    refused("no strata of the answers", [*record[:4], survey(answers)], "length_mismatch", "strata")
    wrong = answers | {"q": [5, 7, 6, 8, 9, 12, 8]}
    refused("an answer off the scale", [*record[:4], survey(wrong, codes), record[5]], "out_of_range", "answers", 5)
    short = {name: column for name, column in answers.items() if name != "s"}
    refused("a question without answers", [*record[:4], survey(short, codes)], "not_found", "answers")


def rules():
    refused("nothing", [], "empty", "steps")
    refused("a target that nothing drives", [define(target="quality")], "out_of_range", "target")
    refused("a target that is not measured", [define(target="loyalty")], "not_found", "target")
    strata = [("a", 600, 1.0), ("b", 400, 1.0)]
    refused("units other than of the strata", [define(), population(999, strata)], "out_of_range", "units")
    refused("strata of one name", [define(), population(None, [strata[0], strata[0]])], "out_of_range", "strata", 1)
    bare = [define(), population(1000), design(selection={"stratified": "neyman"})]
    refused("no strata to sample", bare, "missing", "strata")
    silent = {"step": "design_questionnaire"}
    refused("a question without text", [define(), population(), design(), silent], "missing", "questions", 0)
    other = questionnaire() | {"texts": {"z": {"en": "?"}}}
    refused("the text of another question", [define(), population(), design(), other], "not_found", "texts")
    twice = questionnaire(more=[CHANNEL, CHANNEL])
    refused("a question asked twice", [define(), population(), design(), twice], "out_of_range", "questions", 3)
    field = survey({"q": [5, 7], "s": [6, 7]}) | {"first_day": "2026-03-02", "last_day": "2026-03-01"}
    refused("a field that ends before it begins", [define(), population(), design(), questionnaire(), field],
            "out_of_range", "last_day")
    field = survey({"q": [5, 7], "s": [6, 7]}, complete=3)
    refused("more answers counted than there are", [define(), population(), design(), questionnaire(), field],
            "length_mismatch", "outcomes")


if __name__ == "__main__":
    for part in (plans, outcomes, tables, clusters, index, rules):
        part()
    VECTORS.write()
