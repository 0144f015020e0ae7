"""Writes idic.json: contacts, memory, choice of actions, offers, conjoint and groups from their definitions alone.

`python tests/vectors/reference/idic.py` writes the file; `--check` compares it. Optima of small problems are found by trying everything.
"""

from itertools import product

from cases import Vectors
from mpmath import betainc, erfinv, exp, log, matrix, mp, mpf, sqrt
from scipy.optimize import linprog

mp.dps = 40
HERE = "definition, in 40 digits: tests/vectors/reference/idic.py"
VECTORS = Vectors("idic", 1e-12, HERE)
add, refuse = VECTORS.add, VECTORS.refuse
DAY = 86_400
START = 1_709_280_000  # 2024-03-01T08:00:00


# --- contact policy ---------------------------------------------------------------------------------


def contact(days_ago, **told):
    usual = {"channel": "email", "direction": "outbound", "purpose": "sales", "outcome": "delivered"}
    return {"at": NOON - int(days_ago * DAY)} | usual | told


NOON = START + DAY // 6  # 12:00
POLICY = {
    "quiet_hours": {"from": 21, "until": 8},
    "least_days_between": 2.0,
    "caps": [
        {"contacts": 3, "days": 30.0},
        {"contacts": 1, "days": 7.0, "channel": "phone"},
        {"contacts": 1, "days": 90.0, "purpose": "survey"},
    ],
}
ASK = {
    "policy": POLICY,
    "consent": ["email", "phone"],
    "contacts": [],
    "has_open_complaint": False,
    "channel": "email",
    "purpose": "sales",
    "now": NOON,
}
for name, change, verdict in [
    ("allowed", {}, "allowed"),
    ("no consent", {"channel": "sms"}, "no_consent"),
    ("owed without consent", {"channel": "sms", "purpose": "transaction"}, "allowed"),
    ("owed at night", {"purpose": "complaint", "now": START + 14 * 3600}, "allowed"),
    ("opted out", {"contacts": [contact(200, outcome="opted_out")]}, "no_consent"),
    ("opted out of another", {"contacts": [contact(200, outcome="opted_out", channel="phone")]}, "allowed"),
    ("an open complaint", {"has_open_complaint": True}, "open_complaint"),
    ("service with an open complaint", {"has_open_complaint": True, "purpose": "service"}, "allowed"),
    ("at nine in the evening", {"now": START + 13 * 3600}, "quiet_hours"),
    ("at seven in the morning", {"now": START + 23 * 3600}, "quiet_hours"),
    ("at eight in the morning", {"now": START + 24 * 3600}, "allowed"),
    ("too soon", {"contacts": [contact(1.99)]}, "too_soon"),
    ("two days later", {"contacts": [contact(2)]}, "allowed"),
    ("the customer called", {"contacts": [contact(0.1, direction="inbound")]}, "allowed"),
    ("an invoice is no pressure", {"contacts": [contact(0.1, purpose="transaction")]}, "allowed"),
    ("three in a month", {"contacts": [contact(3), contact(9), contact(29)]}, "frequency_cap"),
    ("one is older", {"contacts": [contact(3), contact(9), contact(30)]}, "allowed"),
    ("a call a week", {"contacts": [contact(5, channel="phone")], "channel": "phone"}, "frequency_cap"),
    ("a letter after a call", {"contacts": [contact(5, channel="phone")]}, "allowed"),
    ("a second survey", {"contacts": [contact(60, purpose="survey")], "purpose": "survey"}, "frequency_cap"),
    ("no rules", {"policy": {}, "contacts": [contact(0.01)], "now": START + 14 * 3600}, "allowed"),
]:
    add(f"may contact: {name}", "may_contact", ASK | change, verdict, 0)
refuse(
    "an hour of the night that there is not",
    "may_contact",
    ASK | {"policy": {"quiet_hours": {"from": 24, "until": 7}}},
    "out_of_range",
    "quiet_hours",
)
refuse(
    "a cap of no days",
    "may_contact",
    ASK | {"policy": {"caps": [{"contacts": 1, "days": 0.0}]}},
    "out_of_range",
    "caps",
    0,
)


# --- memory -----------------------------------------------------------------------------------------


def beta_quantile(a, b, p):
    """By bisection."""
    low, high = mpf(0), mpf(1)
    for _ in range(120):
        middle = (low + high) / 2
        if betainc(a, b, 0, middle, regularized=True) < p:
            low = middle
        else:
            high = middle
    return low


def belief(choices, prior, half_life, observations, at, confidence):
    counts = [mpf(0)] * choices
    for seen in observations:
        kept = 1 if half_life is None else mpf(2) ** (-mpf(at - seen["at"]) / DAY / mpf(half_life))
        counts[seen["choice"]] += mpf(seen["weight"]) * kept
    parameters = [mpf(prior) + count for count in counts]
    total, tail = sum(parameters), (1 - mpf(str(confidence))) / 2
    return {
        "parameters": parameters,
        "probability": [a / total for a in parameters],
        "lower": [beta_quantile(a, total - a, tail) for a in parameters],
        "upper": [beta_quantile(a, total - a, 1 - tail) for a in parameters],
    }


SEEN = [
    {"choice": 1, "weight": 1.0, "at": START},
    {"choice": 1, "weight": 2.0, "at": START + 40 * DAY},
    {"choice": 0, "weight": 1.0, "at": START + 10 * DAY},
    {"choice": 1, "weight": 0.5, "at": START + 41 * DAY},
]
for name, choices, prior, half_life in [
    ("a liking", 2, 1.0, None),
    ("that fades", 2, 0.5, 30.0),
    ("three brands", 3, 1.0, 60.0),
]:
    given = {
        "choices": choices,
        "prior": prior,
        "half_life": half_life,
        "observations": SEEN,
        "at": START + 50 * DAY,
        "confidence": 0.9,
    }
    add(f"memory: {name}", "preference_belief", given, belief(**given), 1e-11)

SAID = [
    ("size", "M", 0),
    ("sauce", "without", 2 * DAY),
    ("size", "L", DAY),
    ("size", "S", DAY - 1),
    ("size", "XL", DAY),
    ("颜色", "红", 3 * DAY),
]
newest, remembered = {}, []
for subject, value, at in SAID:
    remembered.append(subject not in newest or newest[subject][1] <= START + at)
    if remembered[-1]:
        newest[subject] = (value, START + at)
asked = ["size", "sauce", "milk", "颜色"]
add(
    "what was said: the newest word on each subject, of two of one moment the later row",
    "specifications",
    {
        "said": [{"subject": subject, "value": value, "at": START + at} for subject, value, at in SAID],
        "asked": asked,
    },
    {
        "remembered": remembered,
        "value": [newest.get(subject, (None, None))[0] for subject in asked],
        "at": [newest.get(subject, (None, None))[1] for subject in asked],
        "subjects": sorted(newest),
        "erased": len(newest),
    },
    0,
    "the newest word on each subject",
)
given = {
    "choices": 2,
    "prior": 1.0,
    "half_life": None,
    "observations": [{"choice": 2, "weight": 1.0, "at": START}],
    "at": START,
    "confidence": 0.9,
}
refuse("a choice that there is not", "preference_belief", given, "out_of_range", "choice")
refuse("a prior of nothing", "preference_belief", given | {"prior": 0.0, "observations": []}, "out_of_range", "prior")


# --- the next action --------------------------------------------------------------------------------


def run(options, rounds):
    """Choices without chance: by the mean, or by the upper bound."""
    width = len(options["features"]) + 1
    costs = [mpf(0)] + [mpf(action["cost"]) for action in options["actions"]]
    ridge, noise, spread, gamma = (mpf(options[name]) for name in ("ridge", "noise", "customer_spread", "discount"))
    precision = [mp.eye(width) * ridge for _ in costs]
    moment = [matrix(width, 1) for _ in costs]
    leanings = {}
    chosen, means, errors = [], [], []
    for each in rounds:
        x = matrix([mpf(1)] + [mpf(value) for value in each["features"]])
        mean, error = [], []
        for action, cost in enumerate(costs):
            inverse = precision[action] ** -1
            count, surplus = leanings.get((each["customer"], action), (mpf(0), mpf(0)))
            scale = spread**2 / (noise**2 + count * spread**2)
            mean.append((x.T * inverse * moment[action])[0] + scale * surplus - cost)
            error.append(sqrt(noise**2 * (x.T * inverse * x)[0] + scale * noise**2))
        allowed = [0] + [i + 1 for i, allowed in enumerate(each["eligible"]) if allowed]
        bound = mpf(options["width"]) if options["strategy"] == "upper_confidence" else mpf(0)
        score = {action: mean[action] + bound * error[action] for action in allowed}
        ranked = sorted(score.values(), reverse=True)
        assert len(ranked) == 1 or ranked[0] - ranked[1] > mpf("1e-6"), "a tie would be drawn"
        action = max(score, key=score.get)
        chosen.append(action)
        means.append(mean)
        errors.append(error)
        reward = mpf(each["rewards"][action])
        surplus = reward - (x.T * precision[action] ** -1 * moment[action])[0]
        precision[action] = gamma * precision[action] + (1 - gamma) * ridge * mp.eye(width) + x * x.T
        moment[action] = gamma * moment[action] + reward * x
        if spread > 0:
            count, before = leanings.get((each["customer"], action), (mpf(0), mpf(0)))
            leanings[(each["customer"], action)] = (gamma * count + 1, gamma * before + surplus)
    coefficients = [list(precision[a] ** -1 * moment[a]) for a in range(len(costs))]
    return {"action": chosen, "mean": means, "standard_error": errors, "coefficients": coefficients}


def options(**told):
    usual = {
        "actions": [{"name": "call", "cost": 0.3}, {"name": "voucher", "cost": -0.2}],
        "features": ["orders", "complaints"],
        "strategy": "greedy",
        "width": 1.0,
        "ridge": 1.0,
        "noise": 0.5,
        "customer_spread": 0.0,
        "discount": 1.0,
        "exploration": 0.0,
    }
    return usual | told


ROUNDS = [
    {"customer": 1, "features": [2.0, 0.0], "eligible": [True, True], "rewards": [0.1, 1.0, 0.4]},
    {"customer": 2, "features": [0.5, 1.0], "eligible": [True, False], "rewards": [0.2, 0.0, 1.0]},
    {"customer": 1, "features": [2.5, 0.0], "eligible": [True, True], "rewards": [0.0, 1.5, -1.0]},
    {"customer": 3, "features": [1.0, 2.0], "eligible": [True, True], "rewards": [0.3, 0.9, -2.0]},
    {"customer": 1, "features": [3.0, 1.0], "eligible": [True, True], "rewards": [0.1, 2.0, 0.5]},
    {"customer": 2, "features": [0.2, 0.4], "eligible": [False, True], "rewards": [0.4, 0.3, 0.7]},
    {"customer": 3, "features": [1.5, 0.3], "eligible": [True, True], "rewards": [0.2, 1.1, 0.6]},
]
for name, told in [
    ("by the mean", {}),
    ("by the upper bound", {"strategy": "upper_confidence", "width": 1.5}),
    ("with the customer's own leaning", {"customer_spread": 0.4, "strategy": "upper_confidence"}),
    ("that forgets", {"discount": 0.9, "strategy": "upper_confidence", "customer_spread": 0.2, "ridge": 2.0}),
]:
    given = {"options": options(**told), "rounds": ROUNDS}
    add(f"next action: {name}", "action_chooser", given, run(**given), 1e-11)
BAD = {"rounds": ROUNDS}
refuse("no actions", "action_chooser", BAD | {"options": options(actions=[])}, "empty", "actions")
refuse("a discount of two", "action_chooser", BAD | {"options": options(discount=2.0)}, "out_of_range", "discount")
refuse(
    "too few features",
    "action_chooser",
    BAD | {"options": options(features=["a", "b", "c"])},
    "length_mismatch",
    "features",
)


# --- judging a policy from a log --------------------------------------------------------------------


def interval(value, error, confidence):
    z = sqrt(2) * erfinv(mpf(str(confidence)))
    return {"value": value, "standard_error": error, "lower": value - z * error, "upper": value + z * error}


def mean_of(values, confidence):
    n = len(values)
    mean = sum(values) / n
    return interval(mean, sqrt(sum((v - mean) ** 2 for v in values) / (n - 1) / n), confidence)


def evaluate(
    reward, probability, target_probability, expected_of_action, expected_of_policy, largest_weight, confidence
):
    rewards = [mpf(r) for r in reward]
    raw = [mpf(t) / mpf(p) for t, p in zip(target_probability, probability, strict=True)]
    weights = [w if largest_weight is None else min(w, mpf(largest_weight)) for w in raw]
    total, n = sum(weights), len(weights)
    ratio = sum(w * r for w, r in zip(weights, rewards, strict=True)) / total
    spread = sum((w * (r - ratio)) ** 2 for w, r in zip(weights, rewards, strict=True))
    found = {
        "logged": mean_of(rewards, confidence),
        "inverse_propensity": mean_of([w * r for w, r in zip(weights, rewards, strict=True)], confidence),
        "self_normalized": interval(ratio, sqrt(mpf(n) / (n - 1) * spread) / total, confidence),
        "doubly_robust": None,
        "effective_decisions": total**2 / sum(w * w for w in weights),
        "cut": sum(a != b for a, b in zip(raw, weights, strict=True)),
    }
    if expected_of_action is not None:
        parts = zip(weights, rewards, map(mpf, expected_of_action), map(mpf, expected_of_policy), strict=True)
        found["doubly_robust"] = mean_of([v + w * (r - q) for w, r, q, v in parts], confidence)
    return found


LOG = {
    "reward": [0.0, 1.0, 1.0, 0.0, 2.0, 0.5],
    "probability": [0.5, 0.25, 0.5, 0.1, 0.8, 0.05],
    "target_probability": [0.0, 1.0, 0.9, 0.3, 0.8, 0.9],
    "expected_of_action": None,
    "expected_of_policy": None,
    "largest_weight": None,
    "confidence": 0.95,
}
MODEL = {"expected_of_action": [0.2, 0.8, 0.9, 0.3, 1.5, 0.4], "expected_of_policy": [0.6, 0.8, 0.9, 0.5, 1.4, 0.5]}
for name, told in [("plain", {}), ("with a model", MODEL), ("with cut weights", MODEL | {"largest_weight": 3.0})]:
    add(f"a policy from a log: {name}", "evaluate_policy", LOG | told, evaluate(**(LOG | told)))
refuse(
    "an impossible decision",
    "evaluate_policy",
    LOG | {"probability": [0.5, 0.0, 0.5, 0.1, 0.8, 0.05]},
    "out_of_range",
    "probability",
    1,
)
refuse("weights cut to nothing", "evaluate_policy", LOG | {"largest_weight": 0.0}, "out_of_range", "largest_weight")


# --- offers -----------------------------------------------------------------------------------------

NO = -1e300  # stands for minus infinity, which JSON cannot say


def best_assignment(values, offers, budget):
    """By trying everything."""
    best = None
    customers = len(values[0])
    for choice in product(range(-1, len(offers)), repeat=customers):
        taken = [(row, offer) for row, offer in enumerate(choice) if offer >= 0]
        if any(values[offer][row] == NO for row, offer in taken):
            continue
        made = [sum(offer == j for _, offer in taken) for j in range(len(offers))]
        if any(o["capacity"] is not None and m > o["capacity"] for o, m in zip(offers, made, strict=True)):
            continue
        cost = sum(mpf(offers[offer]["cost"]) for _, offer in taken)
        if budget is not None and cost > mpf(budget):
            continue
        value = sum(mpf(values[offer][row]) for row, offer in taken)
        if best is None or value > best[0]:
            best, ties = (value, cost, [None if offer < 0 else offer for offer in choice]), 1
        elif value == best[0]:
            ties += 1
    assert ties == 1, "the best assignment must be the only one"
    return {"offer": best[2], "value": best[0], "cost": best[1]}


def bound(values, offers, budget):
    customers, count = len(values[0]), len(offers)
    cells = [(row, offer) for row in range(customers) for offer in range(count) if values[offer][row] > NO]
    rows, limits = [], []
    for row in range(customers):
        rows.append([float(r == row) for r, _ in cells])
        limits.append(1.0)
    for j, offer in enumerate(offers):
        if offer["capacity"] is not None:
            rows.append([float(o == j) for _, o in cells])
            limits.append(offer["capacity"])
    if budget is not None:
        rows.append([offers[o]["cost"] for _, o in cells])
        limits.append(budget)
    objective = [-values[o][r] for r, o in cells]
    return -linprog(objective, A_ub=rows, b_ub=limits, bounds=(0, 1), method="highs").fun


def offer(cost=0.0, capacity=None):
    return {"cost": cost, "capacity": capacity}


VALUES = [
    [9.13, 8.02, 5.57, NO, 7.29, -1.0, 3.11],
    [7.41, 2.23, 5.03, 6.17, 6.71, -2.0, 1.37],
    [4.09, 3.51, 4.83, 4.19, 1.61, NO, 2.59],
]
for name, offers, budget in [
    ("no limits", [offer(), offer(), offer()], None),
    ("places", [offer(0, 2), offer(0, 2), offer(0, 1)], None),
    ("money", [offer(3.0), offer(1.0), offer(0.5)], 6.0),
    ("places and money", [offer(3.0, 2), offer(1.0, 1), offer(0.5, 3)], 7.5),
]:
    given = {"values": VALUES, "offers": offers, "budget": budget}
    add(
        f"offers: {name}",
        "assign",
        given,
        best_assignment(**given),
        source=HERE.replace("in 40 digits", "trying everything"),
    )
    add(
        f"bound of offers: {name}",
        "assign_bound",
        given,
        bound(**given),
        2e-6,
        "linear programme, scipy's HiGHS: tests/vectors/reference/idic.py",
    )
GIVEN = {"values": VALUES, "offers": [offer(), offer(), offer()], "budget": None}
refuse("a cost below nothing", "assign", GIVEN | {"offers": [offer(), offer(-1.0), offer()]}, "out_of_range", "cost", 1)
refuse("a budget below nothing", "assign", GIVEN | {"budget": -1.0}, "out_of_range", "budget")


# --- conjoint ---------------------------------------------------------------------------------------


def attribute(name, levels):
    return {"name": name, "levels": [f"{name} {level}" for level in range(levels)]}


def coded(attributes, products):
    rows = []
    for row in range(len(products[0])):
        codes = []
        for attribute_, column in zip(attributes, products, strict=True):
            last = len(attribute_["levels"]) - 1
            codes += [mpf(1) if column[row] == k else mpf(-1) if column[row] == last else mpf(0) for k in range(last)]
        rows.append(codes)
    return rows


def worths(attributes, coefficients, covariance):
    levels, first = [], 0
    for each in attributes:
        free = len(each["levels"]) - 1
        block = range(first, first + free)
        worth = [coefficients[i] for i in block] + [-sum(coefficients[i] for i in block)]
        error = [sqrt(covariance[i, i]) for i in block] + [sqrt(sum(covariance[i, j] for i in block for j in block))]
        levels.append({"worth": worth, "standard_error": error})
        first += free
    ranges = [max(level["worth"]) - min(level["worth"]) for level in levels]
    return {"levels": levels, "importance": [r / sum(ranges) for r in ranges]}


def ratings(attributes, products, ratings):
    design = [[mpf(1), *row] for row in coded(attributes, products)]
    x, y = matrix(design), matrix([mpf(r) for r in ratings])
    inverse = (x.T * x) ** -1
    beta = inverse * x.T * y
    residual = y - x * beta
    rows, width = len(design), len(design[0])
    mean = sum(y) / rows
    squares = sum(e * e for e in residual)
    covariance = inverse[1:, 1:] * squares / (rows - width)
    return worths(attributes, list(beta)[1:], covariance) | {
        "intercept": beta[0],
        "r_squared": 1 - squares / sum((each - mean) ** 2 for each in y),
        "degrees_of_freedom": rows - width,
    }


def choices(attributes, products, set, chosen):  # noqa: A002, the name in all languages
    design = coded(attributes, products)
    width = len(design[0])
    groups = {}
    for row, number in enumerate(set):
        groups.setdefault(number, []).append(row)
    beta = matrix(width, 1)
    for _ in range(100):
        gradient, information, likelihood = matrix(width, 1), matrix(width, width), mpf(0)
        for rows in groups.values():
            powers = {row: exp(sum(c * b for c, b in zip(design[row], beta, strict=True))) for row in rows}
            total = sum(powers.values())
            mean = [sum(powers[row] / total * design[row][j] for row in rows) for j in range(width)]
            for row in rows:
                difference = [design[row][j] - mean[j] for j in range(width)]
                for i in range(width):
                    for j in range(width):
                        information[i, j] += powers[row] / total * difference[i] * difference[j]
                    if chosen[row]:
                        gradient[i] += difference[i]
                if chosen[row]:
                    likelihood += log(powers[row] / total)
        step = mp.lu_solve(information, gradient)
        beta += step
        if max(abs(s) for s in step) < mpf(10) ** -35:
            break
    assert max(abs(b) for b in beta) < 10, "separated"
    null = -sum(log(mpf(len(rows))) for rows in groups.values())
    return worths(attributes, list(beta), information**-1) | {"log_likelihood": likelihood, "null_log_likelihood": null}


ATTRIBUTES = [attribute("price", 3), attribute("brand", 2)]
PRODUCTS = [[0, 0, 1, 1, 2, 2, 0, 1], [0, 1, 0, 1, 0, 1, 1, 0]]
given = {"attributes": ATTRIBUTES, "products": PRODUCTS, "ratings": [8.0, 6.5, 7.0, 5.0, 3.5, 2.0, 6.0, 6.5]}
add("part-worths from ratings", "fit_ratings", given, ratings(**given), 1e-11)
refuse(
    "levels that go together",
    "fit_ratings",
    given | {"products": [PRODUCTS[0], [0, 0, 1, 1, 1, 1, 0, 1]]},
    "no_solution",
    "products",
)
# Of twelve sets, each of three products; the first product of a set wins most.
SETS = [number for number in range(1, 13) for _ in range(3)]
SHOWN = [
    [(number + k) % 3 for number in range(12) for k in range(3)],
    [(number * k + k // 2) % 2 for number in range(12) for k in range(3)],
]
TAKEN = [k == (0, 1, 0, 2, 0, 1, 2, 0, 0, 1, 0, 2)[number] for number in range(12) for k in range(3)]
given = {"attributes": ATTRIBUTES, "products": SHOWN, "set": SETS, "chosen": TAKEN}
add("part-worths from choices", "fit_choices", given, choices(**given), 1e-10)
refuse("two were chosen", "fit_choices", given | {"chosen": [True, True, *TAKEN[2:]]}, "out_of_range", "set", 0)
refuse("a set in two places", "fit_choices", given | {"set": [*SETS[:33], 1, 1, 1]}, "out_of_range", "set", 33)
always = [SHOWN[0][row] == 1 for row in range(36)]
refuse("a level that always wins", "fit_choices", given | {"chosen": always}, "no_solution", "chosen")

UTILITIES = [[2.0, 0.0, 1.0, 1.5], [1.0, 3.0, 0.5, 1.5], [0.0, 0.5, 0.25, 0.0]]


def shares(utilities, rule):
    total = [mpf(0)] * len(utilities)
    for row in zip(*utilities, strict=True):
        part = {
            "logit": lambda u: exp(mpf(u)),
            "first_choice": lambda u, row=row: mpf(u == max(row)),
            "bradley_terry_luce": mpf,
        }[rule]
        parts = [part(u) for u in row]
        total = [t + p / sum(parts) / len(utilities[0]) for t, p in zip(total, parts, strict=True)]
    return total


for rule in ("logit", "first_choice", "bradley_terry_luce"):
    given = {"utilities": UTILITIES, "rule": rule}
    add(f"shares by {rule}", "choice_shares", given, shares(**given), 1e-14)
refuse(
    "a negative utility",
    "choice_shares",
    {"utilities": [[1.0, -1.0], [1.0, 1.0]], "rule": "bradley_terry_luce"},
    "out_of_range",
    "utilities",
    1,
)


# --- groups -----------------------------------------------------------------------------------------


def numbered(cluster, count):
    """The largest group first, equal ones by their first row."""
    order = sorted(range(count), key=lambda c: (-cluster.count(c), cluster.index(c)))
    return [order.index(c) for c in cluster]


def partitions(rows, count):
    for rest in product(range(count), repeat=rows - 1):
        cluster = [0, *rest]
        firsts = [cluster.index(c) for c in range(count) if c in cluster]
        if len(firsts) == count and firsts == sorted(firsts):
            yield cluster


def means(columns, clusters, scaling):
    rows = len(columns[0])
    scaled, units = [], []
    for column in columns:
        mean = sum(map(mpf, column)) / rows
        spread = sqrt(sum((mpf(x) - mean) ** 2 for x in column) / rows) if scaling == "standardized" else mpf(1)
        scaled.append([(mpf(x) - mean) / spread for x in column])
        units.append((mean, spread))
    best = None
    for cluster in partitions(rows, clusters):
        centers, inertia = [], mpf(0)
        for c in range(clusters):
            members = [row for row in range(rows) if cluster[row] == c]
            center = [sum(column[row] for row in members) / len(members) for column in scaled]
            inertia += sum((column[row] - m) ** 2 for column, m in zip(scaled, center, strict=True) for row in members)
            centers.append(center)
        if best is None or inertia < best[0]:
            best = (inertia, cluster, centers)
    inertia, cluster, centers = best
    named = numbered(cluster, clusters)
    ordered = [None] * clusters
    for row, c in enumerate(cluster):
        ordered[named[row]] = [m + s * x for x, (m, s) in zip(centers[c], units, strict=True)]
    total = sum(x * x for column in scaled for x in column)
    return {"cluster": named, "centers": ordered, "inertia": inertia, "explained": 1 - inertia / total}


NEEDS = [[1.0, 1.5, 0.9, 5.0, 5.5, 4.6, 9.0, 8.0, 1.2], [200.0, 240.0, 210.0, 90.0, 120.0, 100.0, 150.0, 170.0, 190.0]]
for name, count, scaling in [
    ("two", 2, "standardized"),
    ("three", 3, "standardized"),
    ("in their units", 2, "as_given"),
]:
    given = {"columns": NEEDS, "clusters": count, "scaling": scaling}
    add(f"needs: {name}", "k_means", given, means(**given), 1e-11, HERE.replace("in 40 digits", "trying everything"))
given = {"columns": NEEDS, "clusters": 3, "scaling": "standardized"}
refuse("more groups than rows", "k_means", given | {"clusters": 10}, "out_of_range", "clusters")
refuse("a constant", "k_means", given | {"columns": [NEEDS[0], [1.0] * 9]}, "no_solution", "columns")
refuse("alike", "k_means", given | {"columns": [[1.0] * 5 + [2.0] * 4]}, "no_solution", "clusters")


def modes(columns, clusters):
    rows = len(columns[0])
    best = None
    for cluster in partitions(rows, clusters):
        cost, found = 0, []
        for c in range(clusters):
            members = [row for row in range(rows) if cluster[row] == c]
            mode = []
            for column in columns:
                seen = [column[row] for row in members]
                mode.append(min(set(seen), key=lambda code, seen=seen: (-seen.count(code), code)))
                cost += sum(code != mode[-1] for code in seen)
            found.append(mode)
        if best is None or cost < best[0]:
            best, ties = (cost, cluster, found), 1
        elif cost == best[0]:
            ties += 1
    assert ties == 1, "the best grouping must be the only one"
    cost, cluster, found = best
    named = numbered(cluster, clusters)
    ordered = [None] * clusters
    for row, c in enumerate(cluster):
        ordered[named[row]] = found[c]
    return {"cluster": named, "modes": ordered, "cost": cost}


ANSWERS = [
    [0, 0, 0, 0, 2, 2, 2, 1, 1],
    [1, 1, 1, 0, 0, 0, 0, 2, 2],
    [3, 3, 3, 3, 1, 1, 1, 0, 0],
    [0, 0, 1, 0, 2, 2, 2, 1, 1],
]
given = {"columns": ANSWERS, "clusters": 3}
add("answers: three", "k_modes", given, modes(**given), 0, HERE.replace("in 40 digits", "trying everything"))


def differing(columns, a, b):
    return mpf(sum(column[a] != column[b] for column in columns))


def category_silhouette(columns, cluster):
    return silhouettes(cluster, lambda a, b: differing(columns, a, b))


def silhouettes(cluster, distance):
    rows, found = len(cluster), []
    for row in range(rows):
        mean = {}
        for c in set(cluster):
            others = [o for o in range(rows) if cluster[o] == c and o != row]
            if others:
                mean[c] = sum(distance(row, o) for o in others) / len(others)
        inside = mean.pop(cluster[row], None)
        outside = min(mean.values())
        largest = None if inside is None else max(inside, outside)
        found.append((outside - inside) / largest if largest else mpf(0))
    return found


def silhouette(columns, cluster, scaling):
    rows = len(cluster)
    scaled = []
    for column in columns:
        mean = sum(map(mpf, column)) / rows
        spread = sqrt(sum((mpf(x) - mean) ** 2 for x in column) / rows) if scaling == "standardized" else mpf(1)
        scaled.append([mpf(x) / spread for x in column])
    return silhouettes(cluster, lambda a, b: sqrt(sum((k[a] - k[b]) ** 2 for k in scaled)))


for name, cluster, scaling in [
    ("three", [0, 0, 0, 1, 1, 1, 2, 2, 0], "standardized"),
    ("one alone", [0, 0, 0, 0, 0, 0, 3, 0, 0], "as_given"),
]:
    given = {"columns": NEEDS, "cluster": cluster, "scaling": scaling}
    add(f"silhouette: {name}", "silhouette", given, silhouette(**given))
given = {"columns": NEEDS, "cluster": [0] * 9, "scaling": "as_given"}
refuse("silhouette of one group", "silhouette", given, "out_of_range", "cluster")
for name, cluster in [("answers", [0, 0, 0, 0, 1, 1, 1, 2, 2]), ("answers, one alone", [0, 0, 1, 0, 0, 2, 0, 0, 0])]:
    given = {"columns": ANSWERS, "cluster": cluster}
    add(f"silhouette: {name}", "category_silhouette", given, category_silhouette(**given))
given = {"columns": ANSWERS, "cluster": [0] * 9}
refuse("silhouette of one group of answers", "category_silhouette", given, "out_of_range", "cluster")

WISHES = [[0, 0, 0, 0, 1, 1, 1], [2, 2, 2, 2, 0, 0, 0], [1, 1, 1, 1, 3, 3, 2]]
tried = []
for clusters in (2, 3):
    groups = modes(WISHES, clusters)
    each = category_silhouette(WISHES, groups["cluster"])
    tried.append({"clusters": clusters, "silhouette": sum(each) / len(each), "inertia": groups["cost"]})
given = {"columns": WISHES, "most": 3}
add("how many groups of wishes", "choose_modes", given, tried)
refuse("one group of wishes", "choose_modes", given | {"most": 1}, "out_of_range", "most")
refuse("more groups than wishes", "choose_modes", given | {"most": 6}, "no_solution", "clusters")


VECTORS.write()
