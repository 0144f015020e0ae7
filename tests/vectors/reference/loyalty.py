"""Writes loyalty.json: verdicts, norms and profits from their definitions alone, in 40 digits or exact fractions.

`python tests/vectors/reference/loyalty.py` writes the file; `--check` compares it. Published numbers are asserted.
"""

from fractions import Fraction

from cases import Vectors
from mpmath import cbrt, erfinv, findroot, hyp2f1, mp, mpf, sqrt

mp.dps = 40
HERE = "definition, in 40 digits: tests/vectors/reference/loyalty.py"
VECTORS = Vectors("loyalty", 1e-13, HERE)
add, refuse = VECTORS.add, VECTORS.refuse


# --- the seven categories ---------------------------------------------------------------------------

CLUES = [
    "attachment",
    "repeat_purchase",
    "alternatives",
    "switching_effort",
    "convenience",
    "promotion_share",
    "reward_share",
    "constraint",
]
HIGH, LOW = True, False
CONDITIONS = {
    "monopoly": [("attachment", LOW), ("repeat_purchase", HIGH), ("alternatives", HIGH)],
    "inertia": [("attachment", LOW), ("repeat_purchase", HIGH), ("switching_effort", HIGH)],
    "latent": [("attachment", HIGH), ("repeat_purchase", LOW), ("constraint", HIGH)],
    "convenience": [("attachment", LOW), ("repeat_purchase", HIGH), ("convenience", HIGH)],
    "price": [("attachment", LOW), ("repeat_purchase", LOW), ("promotion_share", HIGH)],
    "incentive": [("attachment", LOW), ("repeat_purchase", HIGH), ("reward_share", HIGH)],
    "premium": [("attachment", HIGH), ("repeat_purchase", HIGH)],
}


def verdict(known, latent="high", high=0.7):
    degrees = {clue: None if value is None else mpf(value) for clue, value in known.items()}
    if degrees.get("alternatives") is not None:
        degrees["alternatives"] = 1 / (1 + degrees["alternatives"])
    conditions = dict(CONDITIONS)
    if latent == "low":
        conditions["latent"] = [("attachment", LOW), *CONDITIONS["latent"][1:]]
    fits = {}
    for category, asked in conditions.items():
        parts = []
        for clue, want in asked:
            degree = degrees.get(clue)
            parts.append(mpf(1) / 2 if degree is None else degree if want else 1 - degree)
        product = mpf(1)
        for part in parts:
            product *= part
        fits[category] = sqrt(product) if len(parts) == 2 else cbrt(product)
        if [want for _, want in asked][:2] == [LOW, LOW] and degrees.get(asked[2][0]) is None:
            fits[category] = mpf(0)
    order = sorted(fits, key=lambda category: -fits[category])  # stable: the first of equals
    best, following = order[:2]
    margin = fits[best] - fits[following]
    known_of_best = sum(degrees.get(clue) is not None for clue, _ in conditions[best])
    outcome = "no_loyalty" if fits[best] <= 0.5 else "ambiguous" if margin <= mpf("0.1") else "decided"
    outcome = "insufficient_evidence" if known_of_best < 2 else outcome

    def is_high(clue):
        return degrees.get(clue) is not None and degrees[clue] >= mpf(high)

    def is_low(clue):
        return degrees.get(clue) is not None and degrees[clue] <= 1 - mpf(high)

    drivers = sum(map(is_high, ["alternatives", "switching_effort", "convenience", "reward_share"]))
    found = {
        "attached_for_the_price": is_high("attachment") and is_high("promotion_share"),
        "captive_and_away": is_high("alternatives") and is_low("repeat_purchase"),
        "constrained_and_buying": is_high("constraint") and is_high("repeat_purchase"),
        "several_drivers": is_high("repeat_purchase") and drivers > 1,
    }
    asked = conditions[best]
    return {
        "outcome": outcome,
        "best": best,
        "fit": float(fits[best]),
        "next": following,
        "margin": float(margin),
        "known": [sum(degrees.get(clue) is not None for clue, _ in asked), len(asked)],
        "contradictions": [name for name, there in found.items() if there],
    }


CUSTOMERS = [
    {"attachment": 0.9, "repeat_purchase": 0.8},
    {"attachment": 0.9, "repeat_purchase": 0.2, "constraint": 1},
    {"attachment": 0.85, "repeat_purchase": 0.15},
    {"attachment": 0.1, "repeat_purchase": 0.9},
    {"attachment": 0.1, "repeat_purchase": 0.9, "alternatives": 0},
    {"attachment": 0.2, "repeat_purchase": 0.85, "alternatives": 5, "switching_effort": 0.9, "convenience": 0.4, "reward_share": 0.1},
    {"attachment": 0.2, "repeat_purchase": 0.85, "alternatives": 3, "switching_effort": 0.3, "convenience": 0.95, "reward_share": 0.1},
    {"attachment": 0.2, "repeat_purchase": 0.75, "alternatives": 3, "switching_effort": 0.3, "convenience": 0.35, "reward_share": 0.9},
    {"attachment": 0.2, "repeat_purchase": 0.25, "promotion_share": 0.95},
    {"attachment": 0.2, "repeat_purchase": 0.25},
    {"attachment": 0.1, "repeat_purchase": 0.1, "constraint": 1},
    {"attachment": 0.95, "repeat_purchase": 0.9, "promotion_share": 0.9},
    {"attachment": 0.3, "repeat_purchase": 0.1, "alternatives": 0},
    {"attachment": 0.6, "repeat_purchase": 0.9, "constraint": 1, "switching_effort": 0.8, "reward_share": 0.75},
    {},
    {"attachment": 0.9},
    {"repeat_purchase": 0.95},
    {"alternatives": 0},
    {"promotion_share": 1.0},
    {"repeat_purchase": 0.9, "reward_share": 0.9},
    {"attachment": 0.1, "repeat_purchase": 0.9, "switching_effort": 0.9, "convenience": 0.8},
    {"attachment": 0.5, "repeat_purchase": 0.9, "alternatives": 0},
    {"attachment": 0.9, "repeat_purchase": 0.1, "alternatives": 0, "constraint": 0},
]  # fmt: skip


def columns(customers):
    return {clue: [customer.get(clue) for customer in customers] for clue in CLUES}


for latent in ["high", "low"]:
    arguments = {"evidence": columns(CUSTOMERS), "latent": latent}
    add(f"{len(CUSTOMERS)} customers, latent at {latent} attachment", "loyalty_classify", arguments, [verdict(c, latent) for c in CUSTOMERS])
for clue, value in [("attachment", 1.2), ("alternatives", 1.5), ("constraint", 0.5), ("reward_share", -0.1)]:
    bad = columns([CUSTOMERS[0], {clue: value}])
    refuse(f"{clue} of {value}", "loyalty_classify", {"evidence": bad, "latent": "high"}, "out_of_range", clue, 1)

WORDS = "wording of the documentation; numbers as in the case of all customers"
for number, language, text in [
    (0, "en", "Premium loyalty (fit 0.85, 0.40 ahead of latent loyalty): attachment 0.90 is high, repeat purchase 0.80 is high."),
    (4, "zh", "垄断忠诚（吻合度0.93，领先惰性忠诚0.19）：依恋程度0.10（低），重复购买0.90（高），0个可行替代选择。"),
    (3, "en", "Ambiguous: monopoly loyalty and inertia loyalty fit about alike (0.74 and 0.74): attachment 0.10 is low, repeat purchase 0.90 is high. "
              "Not known: viable alternatives."),
    (15, "en", "Insufficient evidence: of premium loyalty 1 of 2 conditions known: attachment 0.90 is high. Not known: repeat purchase."),
    (17, "zh", "证据不足：垄断忠诚的3项条件中仅知1项：0个可行替代选择。未知：依恋程度、重复购买。"),
    (20, "zh", "无法区分：惰性忠诚与方便忠诚吻合度相近（0.90与0.87）：依恋程度0.10（低），重复购买0.90（高），转换麻烦程度0.90（高）。矛盾：客户重复购买的原因不止一个。"),
    (11, "en", "Premium loyalty (fit 0.92, 0.56 ahead of latent loyalty): attachment 0.95 is high, repeat purchase 0.90 is high. "
               "Contradiction: the customer says to be attached, and buys at reduced prices."),
]:  # fmt: skip
    add(
        f"customer {number} in words, {language}",
        "loyalty_explain",
        {"evidence": columns([CUSTOMERS[number]]), "latent": "high", "language": language},
        text,
        0,
        WORDS,
    )

# --- attitude and behaviour ---------------------------------------------------------------------------

add(
    "four corners and the cuts themselves",
    "loyalty_conditions",
    {"attitude": [0.9, 0.9, 0.1, 0.1, 0.5], "behaviour": [0.8, 0.2, 0.7, 0.3, 0.6], "cuts": [0.5, 0.6]},
    ["true", "latent", "spurious", "none", "true"],
    0,
    "Dick & Basu 1994, figure 2",
)

# --- net promoter score ---------------------------------------------------------------------------------


def nps(promoters, passives, detractors, confidence):
    n = promoters + passives + detractors
    p, d = mpf(promoters) / n, mpf(detractors) / n
    error = sqrt((p + d - (p - d) ** 2) / n)
    half = sqrt(2) * erfinv(mpf(confidence)) * error
    return {
        "promoters": promoters,
        "passives": passives,
        "detractors": detractors,
        "score": float(p - d),
        "standard_error": float(error),
        "lower": float(max(p - d - half, -1)),
        "upper": float(min(p - d + half, 1)),
    }


ANSWERS = [10, 9, 9, 8, 3, 7, 7, 10, 0, 6, 9, 8]
add("12 answers", "net_promoter_score", {"answers": ANSWERS, "confidence": 0.95}, nps(5, 4, 3, 0.95))
add("12 answers, 80 %", "net_promoter_score", {"answers": ANSWERS, "confidence": 0.8}, nps(5, 4, 3, 0.8))
add("all promoters", "net_promoter_score", {"answers": [9, 10], "confidence": 0.9}, nps(2, 0, 0, 0.9))
refuse("an answer of 11", "net_promoter_score", {"answers": [9, 11], "confidence": 0.9}, "out_of_range", "answers", 1)
refuse("half an answer", "net_promoter_score", {"answers": [9.5], "confidence": 0.9}, "out_of_range", "answers", 0)
refuse("no answer", "net_promoter_score", {"answers": [], "confidence": 0.9}, "empty", "answers")
refuse("certain", "net_promoter_score", {"answers": [9], "confidence": 1.0}, "out_of_range", "confidence")

# --- share of wallet ------------------------------------------------------------------------------------

shares = {"spend": [250.0, 0.0, 100.0, 1.0, 0.1], "category_spend": [1000.0, 40.0, 100.0, 3.0, 0.3]}
add(
    "a quarter, nothing, all, and thirds",
    "share_of_wallet",
    shares,
    [float(Fraction(str(ours)) / Fraction(str(all_))) for ours, all_ in zip(*shares.values(), strict=True)],
    1e-15,
    "spend over category spend, in fractions: tests/vectors/reference/loyalty.py",
)
for name, ours, of_all, argument in [
    ("more than the category", 101.0, 100.0, "spend"),
    ("no category", 0.0, 0.0, "category_spend"),
    ("returns", -1.0, 100.0, "spend"),
]:
    given = {"spend": [1.0, ours], "category_spend": [2.0, of_all]}
    refuse(name, "share_of_wallet", given, "out_of_range", argument, 1)


def wallet(ratings):
    n = len(ratings)
    shares = []
    for rating in ratings:
        places = [place for place, other in enumerate(sorted(ratings, reverse=True), 1) if other == rating]
        shares.append((1 - Fraction(sum(places), len(places)) / (n + 1)) * Fraction(2, n))
    assert sum(shares) == 1
    return shares


for ratings in [[9.0, 9.0, 6.0], [7.0], [8.0, 10.0], [5.0, 5.0, 5.0, 5.0], [3.0, 9.0, 7.0, 7.0, 1.0]]:
    found = wallet(ratings)
    source = "Keiningham et al. 2011, in fractions: tests/vectors/reference/loyalty.py"
    add(f"ratings {ratings}", "wallet_allocation", {"ratings": ratings}, [float(s) for s in found], source=source)
    first = (1 - Fraction(1, len(ratings) + 1)) * Fraction(2, len(ratings))
    prize = [float((first - share) * 240) for share in found]
    add(f"ratings {ratings}", "size_of_prize", {"ratings": ratings, "category_spend": 240.0}, prize, source=source)
assert [round(float(s), 3) for s in wallet([8.0, 10.0])] == [0.333, 0.667]
refuse("no brand", "wallet_allocation", {"ratings": []}, "empty", "ratings")
refuse("negative spend", "size_of_prize", {"ratings": [1.0], "category_spend": -1.0}, "out_of_range", "category_spend")

# --- NBD-Dirichlet ----------------------------------------------------------------------------------------


def of_brand(m, k, s, share):
    """Penetration, sole buyers and category purchases of buyers, in closed form."""
    q, alpha = m / (m + k), s * share
    scale = (1 - q) ** k
    penetration = 1 - scale * hyp2f1(k, s - alpha, s, q)
    sole = scale * (hyp2f1(k, alpha, s, q) - 1)
    category = m - scale * q * k * (s - alpha) / s * hyp2f1(k + 1, s - alpha + 1, s + 1, q)
    return penetration, sole, category


def norms(m, k, s, share, periods):
    m, k, s, share, periods = map(mpf, (m, k, s, share, periods))
    penetration, sole, category = of_brand(m * periods, k, s, share)
    twice, _, _ = of_brand(2 * m * periods, k, s, share)
    w, c = m * periods * share / penetration, category / penetration
    return {
        "share": float(share),
        "penetration": float(penetration),
        "purchases_per_buyer": float(w),
        "category_purchases_per_buyer": float(c),
        "share_of_requirements": float(w / c),
        "sole_buyers": float(sole / penetration),
        "repeat_rate": float(2 - twice / penetration),
    }


def fit(penetration, per_buyer, shares, penetrations):
    b = mpf(penetration)
    m = b * mpf(per_buyer)
    k = mp.exp(findroot(lambda x: 1 - (1 + m / mp.exp(x)) ** -mp.exp(x) - b, (-3, 3), solver="anderson", tol=1e-60))
    parts = []
    for share, observed in zip(shares, penetrations):
        goal = lambda x, share=share, observed=observed: of_brand(m, k, mp.exp(x), mpf(share))[0] - mpf(observed)
        parts.append(mp.exp(findroot(goal, (-2, 2), solver="anderson", tol=1e-60)))
    s = sum(mpf(share) * part for share, part in zip(shares, parts)) / sum(map(mpf, shares))
    return {"mean": float(m), "exponent": float(k), "diversity": float(s)}


TOOTHPASTE = {
    "penetration": 0.56,
    "purchases_per_buyer": 2.6,
    "shares": [0.25, 0.19, 0.1, 0.1, 0.09, 0.08, 0.03, 0.02],
    "penetrations": [0.2, 0.17, 0.09, 0.08, 0.08, 0.07, 0.03, 0.02],
}
fitted = fit(TOOTHPASTE["penetration"], TOOTHPASTE["purchases_per_buyer"], TOOTHPASTE["shares"], TOOTHPASTE["penetrations"])
assert (round(fitted["mean"], 2), round(fitted["exponent"], 2)) == (1.46, 0.78), "toothpaste of Ehrenberg 1988"
add("toothpaste (Ehrenberg 1988)", "dirichlet_fit", TOOTHPASTE, fitted, 1e-11)
for name, m, k, s, periods in [
    ("toothpaste", 1.456, 0.78, 1.55, 1.0),
    ("toothpaste, a year", 1.456, 0.78, 1.55, 4.0),
    ("heavy category", 60.0, 0.4, 0.6, 1.0),
    ("all alike", 2.0, 50.0, 80.0, 1.0),
    ("loyal", 0.5, 1.0, 0.05, 1.0),
]:
    shares = [0.5, 0.25, 0.1, 0.01]
    arguments = {"mean": m, "exponent": k, "diversity": s, "shares": shares, "periods": periods}
    add(name, "dirichlet_norms", arguments, [norms(m, k, s, share, periods) for share in shares], 1e-11)
GOOD = {"mean": 1.0, "exponent": 1.0, "diversity": 1.0, "shares": [0.5, 0.25], "periods": 1.0}
refuse("no mean", "dirichlet_norms", GOOD | {"mean": 0.0}, "out_of_range", "mean")
refuse("a share of one", "dirichlet_norms", GOOD | {"shares": [0.5, 1.0]}, "out_of_range", "shares", 1)
refuse("shares over one", "dirichlet_norms", GOOD | {"shares": [0.6, 0.6]}, "not_stochastic", "shares")
refuse("no time", "dirichlet_norms", GOOD | {"periods": 0.0}, "out_of_range", "periods")
refuse("more alike than chance", "dirichlet_fit", TOOTHPASTE | {"penetration": 0.95, "purchases_per_buyer": 1.1}, "no_solution", "penetration")
refuse(
    "a brand that more buy than without preference",
    "dirichlet_fit",
    TOOTHPASTE | {"penetrations": [0.2, 0.3, 0.09, 0.08, 0.08, 0.07, 0.03, 0.02]},
    "no_solution",
    "penetrations",
    1,
)

# --- bonds ----------------------------------------------------------------------------------------------


def strength(values):
    def of(part):
        left = Fraction(1)
        for value in part:
            left *= 1 - Fraction(value)
        return float(1 - left)

    return {"strength": of(values), "external": of(values[:5]), "internal": of(values[5:])}


for values in [[0.5, 0, 0, 0, 0, 0, 0.75, 0, 0, 0], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0], [0.0] * 10]:
    add(f"bonds {values}", "bond_strength", {"strengths": values}, strength(values))
refuse("a strength of two", "bond_strength", {"strengths": [0.0, 2.0] + [0.0] * 8}, "out_of_range", "strengths", 1)

# --- profit ----------------------------------------------------------------------------------------------


def profit(acquisition_cost, effects):
    length = max((len(effect) for effect in effects), default=0)
    rows = [[0] * 5] + [[effect[i] if i < len(effect) else 0 for effect in effects] for i in range(length)]
    years, cumulative = [], Fraction(0)
    for year, row in enumerate(rows):
        exact = [Fraction(str(amount)) for amount in row]
        acquisition = -Fraction(str(acquisition_cost)) if year == 0 else Fraction(0)
        total = acquisition + sum(exact)
        cumulative += total
        years.append(
            {
                "year": year,
                "acquisition": float(acquisition),
                "effects": [float(x) for x in exact],
                "total": float(total),
                "cumulative": float(cumulative),
            }
        )
    even = next((year["year"] for year in years if year["cumulative"] >= 0), None)
    return {"years": years, "break_even_year": even}


CARDS = [[30, 42, 44, 49, 55], [0, 9, 12.5, 17, 20], [0, 3, 6, 8, 8], [0, 0, 2.25, 4, 5], [0, 0, 0, 1, 1]]
for name, cost, effects in [
    ("five effects", 51, CARDS),
    ("never even", 1000, CARDS),
    ("nothing spent", 0, [[5], [], [], [], []]),
    ("no year", 20, [[], [], [], [], []]),
    ("losses", 10, [[-5, -5, 40], [], [], [], []]),
]:
    add(name, "loyalty_profit", {"acquisition_cost": cost, "effects": effects}, profit(cost, effects), 1e-15, "sums, in fractions: tests/vectors/reference/loyalty.py")
refuse("a negative cost", "loyalty_profit", {"acquisition_cost": -1, "effects": [[], [], [], [], []]}, "out_of_range", "acquisition_cost")

LOG = {
    "customer": [1, 2, 1, 3, 1, 2, 3, 1, 2, 4],
    "day": [0, 10, 100, 30, 400, 500, 380, 800, 1200, 1090],
    "amount": [100.0, 50.0, 60.0, 80.0, 120.0, 70.0, 90.0, 200.0, 30.0, 10.0],
    "cost": [80.0, 45.0, 40.0, 60.0, 70.0, 50.0, 60.0, 90.0, 20.0, 9.0],
    "observation_end": 1250,
}


def tenure(log):
    year_length = Fraction(1461, 4)
    rows = list(zip(log["customer"], log["day"], log["amount"], log["cost"]))
    first = {}
    for customer, day, _, _ in rows:
        first[customer] = min(day, first.get(customer, day))
    years = []
    while True:
        y = len(years)
        observed = [c for c, day in first.items() if log["observation_end"] - day >= (y + 1) * year_length]
        own = [r for r in rows if r[0] in observed and y * year_length <= r[1] - first[r[0]] < (y + 1) * year_length]
        active = {r[0] for r in own}
        if not active:
            return years
        revenue = sum(Fraction(r[2]) for r in own) / len(active)
        gained = sum(Fraction(r[2]) - Fraction(r[3]) for r in own) / len(active)
        years.append((len(observed), len(active), revenue, gained))


found = tenure(LOG)
assert len(found) == 3
add(
    "four customers in three years",
    "tenure_years",
    LOG,
    [
        {"year": y, "observed": o, "active": a, "revenue": float(r), "profit": float(g)}
        for y, (o, a, r, g) in enumerate(found, 1)
    ],
    1e-14,
    "definition, in fractions: tests/vectors/reference/loyalty.py",
)
_, _, revenue, gained = found[0]
margin = gained / revenue
effects = [[], [], [], [], []]
for _, _, r, g in found:
    increased = (r - revenue) * margin
    for effect, amount in zip(effects, [gained, increased, g - gained - increased, Fraction(0), Fraction(0)]):
        effect.append(float(amount))
add(
    "four customers in three years",
    "loyalty_profit_from_ledger",
    LOG | {"acquisition_cost": 25},
    profit(25, effects),
    1e-12,
    "definition, in fractions: tests/vectors/reference/loyalty.py",
)
refuse("an end before the last transaction", "tenure_years", LOG | {"observation_end": 1199}, "out_of_range", "observation_end", 8)

VECTORS.write()
