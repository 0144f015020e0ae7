"""Writes pipeline.json: rounds of the process from records to actions and offers, from the definitions of each stage alone.

`python tests/vectors/reference/pipeline.py` writes the file; `--check` compares it. Which records are of one customer is known by
construction, offers are assigned by trying everything, rewards are learned by solving the normal equations anew.
"""

import hashlib
import hmac
import json
from fractions import Fraction
from itertools import product

from cases import Vectors
from mpmath import matrix, mp, mpf, sqrt

mp.dps = 40
DAY = 86_400
NOW = 1_767_607_200  # 2026-01-05T10:00:00
vectors = Vectors("pipeline", 1e-12, "definitions, in 40 digits: tests/vectors/reference/pipeline.py")

FIELDS = [{"name": "name", "kind": "name"}, {"name": "mobile", "kind": "phone"}, {"name": "born", "kind": "date"}]
PEOPLE = [
    ("Ann Abelard", "13812340001", "1990-05-03"),
    ("Tom Brunner", "13812340102", "1984-11-30"),
    ("Eva Castillo", "13812340203", "1977-02-17"),
    ("王小明", "13812340304", "1991-07-09"),
    ("Ida Eriksson", "13812340405", "1969-01-21"),
    ("Max Fontana", "13812340506", "2001-12-12"),
    ("Mia Grigor", "13812340607", "1995-08-25"),
    ("Leo Hoffman", "13812340708", "1988-03-14"),
]
# The first and the fourth are there twice, under other keys.
RECORDS = [(f"a{i}", person) for i, person in enumerate(PEOPLE)]
RECORDS.insert(5, ("b0", ("Abelard Ann", "+86 138 1234 0001", "3.5.1990")))
RECORDS.append(("b3", ("Wang Xiaoming", "13812340304", "1991-07-09")))
CUSTOMER_OF = {key: int(key[1:]) for key, _ in RECORDS}


def ranks(values):
    known = [v for v in values if v is not None]
    return [
        mpf(1) / 2 if v is None else mpf(sum(o < v for o in known) + sum(o <= v for o in known)) / (2 * len(known))
        for v in values
    ]


def median_cut(values):
    """Half of the customers at most are above it."""
    known = sorted((v for v in values if v is not None), reverse=True)
    return known[len(known) // 2]


class Actions:
    """A ridge regression per action, solved anew each time; the choice is the largest upper bound."""

    def __init__(self, options, size):
        self.options, self.size = options, size
        self.seen = [[] for _ in range(len(options["actions"]) + 1)]

    def scores(self, x):
        choice = self.options["choice"]
        found = []
        for action, rows in enumerate(self.seen):
            a, b = mp.eye(self.size) * choice["ridge"], matrix(self.size, 1)
            for features, reward in rows:
                a += features * features.T
                b += features * reward
            theta = mp.lu_solve(a, b)
            cost = self.options["actions"][action - 1].get("cost", 0) if action else 0
            mean = (x.T * theta)[0] - cost
            found.append((mean, choice["noise"] * sqrt((x.T * mp.lu_solve(a, x))[0])))
        return found


def acceptance(options, answers, offer, customer, kind):
    rate, s = mpf(options["offers"][offer]["acceptance"]), options["acceptance"]["strength"]
    for seen in [
        [yes for o, _, _, yes in answers if o == offer],
        [yes for o, _, k, yes in answers if o == offer and k == kind],
        [yes for o, c, _, yes in answers if o == offer and c == customer],
    ]:
        rate = (s * rate + sum(seen)) / (s + len(seen))
    return rate


def assigned(values, offers, budget):
    """The best of all assignments."""
    choices = [[None, *(j for j, column in enumerate(values) if column[i] is not None)] for i in range(len(values[0]))]
    best = (mpf(0), [None] * len(choices))
    for made in product(*choices):
        counts = [made.count(j) for j in range(len(offers))]
        cost = sum(n * offer.get("cost", 0) for n, offer in zip(counts, offers, strict=True))
        fits = all(n <= offer.get("capacity", n) for n, offer in zip(counts, offers, strict=True))
        if fits and cost <= budget:
            value = sum(values[j][i] for i, j in enumerate(made) if j is not None)
            best = max(best, (value, list(made)), key=lambda each: each[0])
    return best[1]


def rounds(options, current, potential, histories):
    """What each round gives, by customers in the order of their numbers."""
    ids = [next(row for row, (key, _) in enumerate(RECORDS) if CUSTOMER_OF[key] == c) for c in range(len(PEOPLE))]
    order = sorted(range(len(PEOPLE)), key=lambda c: ids[c])
    actions, answers, contacted, found = Actions(options, 11), [], {}, []
    for number, outcomes in enumerate(histories):
        now = NOW + number * 10 * DAY
        cut, potential_cut = median_cut(current), median_cut(potential)
        kinds = [
            None if c is None or p is None else (0 if c > cut else 2) + (0 if p > potential_cut else 1)
            for c, p in zip(current, potential, strict=True)
        ]
        features = zip(ranks(current), ranks(potential), strict=True)
        xs = [matrix([1, c, p, mpf(1) / 2, 0, 0, 0, 0, 0, 0, 0]) for c, p in features]
        plans = []
        for customer, x in enumerate(xs):
            scores = actions.scores(x)
            is_capped = any(now - at < 30 * DAY for at in contacted.get(customer, []))
            allowed = [0, *(() if is_capped else range(1, len(scores)))]
            bounds = {a: scores[a][0] + options["choice"]["width"] * scores[a][1] for a in allowed}
            action = max(bounds, key=bounds.get)
            plans.append({"action": action, "expected": scores[action][0], "standard_error": scores[action][1], "x": x})
        values = []
        for j, offer in enumerate(options["offers"]):
            column = []
            for customer, plan in enumerate(plans):
                rate = acceptance(options, answers, j, customer, kinds[customer])
                gain = offer["gain"] + mpf(offer.get("gain_share", 0)) * (potential[customer] or 0)
                value = (rate * gain - offer.get("cost", 0), rate)
                column.append(value if plan["action"] else None)
            values.append(column)
        worth = [[None if v is None else v[0] for v in column] for column in values]
        made = assigned(worth, options["offers"], options["offer_budget"])
        for customer, (plan, offer) in enumerate(zip(plans, made, strict=True)):
            chosen = None if offer is None else values[offer][customer]
            plan |= {"offer": -1 if offer is None else offer, "acceptance": chosen and chosen[1]}
            plan["offer_value"] = chosen and chosen[0]
        columns = ["action", "expected", "standard_error", "offer", "acceptance", "offer_value"]
        found.append(
            {"customer": [ids[c] for c in order], "current": [current[c] for c in order]}
            | {"customer_type": [-1 if kinds[c] is None else kinds[c] for c in order]}
            | {name: [plans[c][name] for c in order] for name in columns}
        )
        for outcome in outcomes:
            customer = CUSTOMER_OF[outcome["key"]]
            plan = plans[customer]
            actions.seen[plan["action"]].append((plan["x"], mpf(outcome["reward"])))
            if plan["action"] and outcome["contact"]:
                contacted.setdefault(customer, []).append(now)
                if plan["offer"] >= 0 and outcome["contact"] != "failed":
                    answers.append((plan["offer"], customer, kinds[customer], outcome["contact"] == "purchased"))
    return found


def of_customers(values):
    """The sum of the known values of the keys of each customer; None where none is known."""
    found = [None] * len(PEOPLE)
    for key, value in values.items():
        if value is not None:
            found[CUSTOMER_OF[key]] = (found[CUSTOMER_OF[key]] or 0) + value
    return found


def given(options, histories, current, potential):
    training = {"random_pairs": 5000}
    return {
        "fields": FIELDS,
        "keys": [key for key, _ in RECORDS],
        "records": [list(values) for _, values in RECORDS],
        "options": json.dumps(options | {"training": training}, ensure_ascii=False),
        "now": [NOW + number * 10 * DAY for number in range(len(histories))],
        "value_keys": list(current),
        "current": list(current.values()),
        "potential": list(potential.values()),
        "consent": "email",
        "outcomes": histories,
    }


def add(name, options, current, potential, histories):
    expected = rounds(options, of_customers(current), of_customers(potential), histories)
    vectors.add(name, "idic_rounds", given(options, histories, current, potential), expected)


OPTIONS = {
    "actions": [
        {"name": "letter", "channel": "email", "purpose": "sales", "cost": 0.5},
        {"name": "voucher", "channel": "email", "purpose": "sales", "cost": 1.25},
    ],
    "offers": [
        {"name": "cable", "gain": 9.0, "gain_share": 0.01, "acceptance": 0.3, "cost": 1.0, "capacity": 2},
        {"name": "case", "gain": 4.0, "gain_share": 0.05, "acceptance": 0.5, "cost": 0.5},
    ],
    "offer_budget": 4.0,
    "acceptance": {"strength": 5.0},
    "contact": {"caps": [{"contacts": 1, "days": 30.0}]},
    "choice": {"strategy": "upper_confidence", "width": 1.5, "ridge": 1.0, "noise": 2.0, "exploration": 0.0},
}
CURRENT = {"a0": 34.0, "b0": 6.0, "a1": 24.0, "a2": 5.5, "a4": 9.0, "a5": 59.0, "a6": 13.0, "a7": 4.0}
POTENTIAL = {"a0": 30.0, "b0": None, "a1": 80.0, "a2": 11.0, "a4": 45.0, "a5": 3.0, "a6": 64.0, "a7": 1.0}


def outcome(key, contact, reward):
    return {"key": key, "contact": contact, "reward": reward}


# At first nothing is done, and customers drift away; then letters are tried, and vouchers.
SILENT = [outcome(f"a{i}", None, -3 - i) for i in range(7)]
LETTERS = [
    outcome("a0", "purchased", 9.0),
    outcome("b3", "declined", 0.0),
    outcome("a5", "failed", 0.0),
    outcome("a6", "responded", -9.0),
]
MORE = [outcome("a1", "purchased", 12.0), outcome("a4", "declined", -2.0), outcome("a7", "declined", -9.0)]
add("one round", OPTIONS, CURRENT, POTENTIAL, [[]])
add("five rounds that learn", OPTIONS, CURRENT, POTENTIAL, [SILENT, LETTERS, MORE, [], []])
plenty = OPTIONS | {"offer_budget": 100.0, "offers": [OPTIONS["offers"][0] | {"capacity": 8}, OPTIONS["offers"][1]]}
add("money and places enough", plenty, CURRENT, POTENTIAL, [SILENT, LETTERS, []])

plain = given(OPTIONS, [[]], {"a0": 1.0}, {"a0": 1.0})
vectors.refuse("a key of no record", "idic_rounds", plain | {"value_keys": ["z"]}, "not_found", "current", 0)
twice = [*plain["keys"][:-1], "a0"]
vectors.refuse("a key twice", "idic_rounds", plain | {"keys": twice}, "out_of_range", "keys", len(RECORDS) - 1)
nobody = json.dumps(OPTIONS | {"actions": []})
vectors.refuse("no actions", "idic_rounds", plain | {"options": nobody}, "empty", "actions")
unlikely = json.dumps(OPTIONS | {"offers": [{"name": "x", "gain": 1, "acceptance": 2}]})
vectors.refuse("an acceptance of 2", "idic_rounds", plain | {"options": unlikely}, "out_of_range", "offers", 0)

# --- what groups of customers are like, and what is to be asked again ---

HALF_LIVES = [
    {"name": "name", "kind": "name"},
    {"name": "mobile", "kind": "phone", "importance": 2.0, "half_life": 180.0},
    {"name": "born", "kind": "date", "importance": 0.5, "half_life": 3650.0},
]
ASKED = [{"name": "channel", "answers": ["web", "shop", "电话"]}, {"name": "wish", "answers": ["price", "service"]}]
# The two keys of the first customer say different things twice, then the same; the third has left an answer out.
ANSWERS = [
    ("a0", "shop", "price"),
    ("b0", "web", "price"),
    ("a1", "web", "price"),
    ("a2", "web", ""),
    ("a3", "电话", "service"),
    ("a4", "电话", "service"),
    ("a5", "web", "price"),
    ("a6", "shop", "price"),
    ("b3", "电话", "service"),
]
DAYS_OLD = [10, 200, 800, 90.5, 179, 3000, 181, 400, 12.25, 1000]
KEY = bytes(range(40, 75))


def answered():
    """By customer the places of the most frequent answers, of equally frequent ones the first; None if one is missing."""
    given = [[[] for _ in ASKED] for _ in PEOPLE]
    for key, *texts in ANSWERS:
        for question, text in enumerate(texts):
            if text:
                given[CUSTOMER_OF[key]][question].append(ASKED[question]["answers"].index(text))
    most = [[min(set(seen), key=lambda a, s=seen: (-s.count(a), a)) if seen else None for seen in c] for c in given]
    return [None if None in each else each for each in most]


def two_groups(answers, order):
    """The partition into two groups with the fewest answers that differ from the modes, by trying all of them."""
    known = [c for c in order if answers[c] is not None]
    best = []
    for sides in product((0, 1), repeat=len(known) - 1):
        groups = [[c for c, side in zip(known, (0, *sides), strict=True) if side == number] for number in (0, 1)]
        if not groups[1]:
            continue
        modes, cost = [], 0
        for group in groups:
            columns = [[answers[c][q] for c in group] for q in range(len(ASKED))]
            modes.append([min(set(seen), key=lambda a, s=seen: (-s.count(a), a)) for seen in columns])
            cost += sum(a != m for seen, m in zip(columns, modes[-1], strict=True) for a in seen)
        best.append((cost, groups, modes))
    best.sort(key=lambda each: each[0])
    assert best[0][0] < best[1][0], "the best grouping must be the only one"
    _, groups, modes = best[0]
    larger = sorted((0, 1), key=lambda number: -len(groups[number]))
    assert len(groups[0]) != len(groups[1])
    return [groups[number] for number in larger], [modes[number] for number in larger]


def tiers(values):
    """4 - 1 less the cut points below: the values of the ranks 80, 95 and 99 % from the worst."""
    known = sorted(v for v in values if v is not None)
    cuts = [known[-(-len(known) * percent // 100) - 1] for percent in (80, 95, 99)]
    return [None if v is None else 3 - sum(v > cut for cut in cuts) for v in values]


def segments(current):
    ids = [next(row for row, (key, _) in enumerate(RECORDS) if CUSTOMER_OF[key] == c) for c in range(len(PEOPLE))]
    order = sorted(range(len(PEOPLE)), key=lambda c: ids[c])
    groups, modes = two_groups(answered(), order)
    group_of = {c: number for number, group in enumerate(groups) for c in group}
    counts, totals = [0] * 8, [mpf(0)] * 8
    for c, tier in enumerate(tiers(current)):
        if tier is not None and c in group_of:
            counts[2 * tier + group_of[c]] += 1
            totals[2 * tier + group_of[c]] += current[c]
    fresh, stale = [], []
    for c in order:
        known = all_importance = mpf(0)
        old = []
        for place, field in enumerate(HALF_LIVES):
            ages = [
                mpf(days)
                for (key, values), days in zip(OLD_RECORDS, DAYS_OLD, strict=True)
                if CUSTOMER_OF[key] == c and values[place]
            ]
            value = mpf(0)
            if ages:
                value = mpf(2) ** (-min(ages) / field["half_life"]) if "half_life" in field else mpf(1)
            old.append(int(bool(ages) and value < mpf(1) / 2))
            known += field.get("importance", 1) * value
            all_importance += field.get("importance", 1)
        fresh.append(known / all_importance)
        stale.append(old)
    codes = [hmac.new(KEY, f"customer\x1f{ids[c]}".encode(), hashlib.sha256).hexdigest() for c in order]
    return {
        "needs": [group_of.get(c, -1) for c in order],
        "sizes": [len(group) for group in groups],
        "profile": modes,
        "counts": counts,
        "totals": totals,
        "freshness": fresh,
        "stale": stale,
        "pseudonyms": codes,
    }


# The telephone number of the last is not known.
OLD_RECORDS = [(key, (n, "" if key == "a7" else mobile, born)) for key, (n, mobile, born) in RECORDS]
needs = {"choices": ASKED, "groups": 2}
told = given(OPTIONS | {"needs": needs}, [[]], CURRENT, POTENTIAL) | {
    "fields": HALF_LIVES,
    "records": [list(values) for _, values in OLD_RECORDS],
    "times": [NOW - int(days * DAY) for days in DAYS_OLD],
    "answer_keys": [key for key, *_ in ANSWERS],
    "answers": [texts for _, *texts in ANSWERS],
    "pseudonym_key": list(KEY),
}
vectors.add("groups, freshness, pseudonyms", "idic_segments", told, segments(of_customers(CURRENT)))
odd = told | {"answers": [*told["answers"][:4], ["web", "cheap"], *told["answers"][5:]]}
vectors.refuse("an answer that is not named", "idic_segments", odd, "not_found", "choices", 4)
mixed = json.dumps(json.loads(told["options"]) | {"needs": needs | {"questions": ["price"]}}, ensure_ascii=False)
vectors.refuse("numbers and choices", "idic_segments", told | {"options": mixed}, "out_of_range", "needs")
vectors.refuse("a short key", "idic_segments", told | {"pseudonym_key": [1] * 31}, "out_of_range", "key")

for name, first, rows, second, columns, measure in [
    ("value by needs", [0, 1, 3, 3, 1, 3], 4, [1, 0, 1, 1, 0, 0], 2, [9.0, 4.5, 1.0, 0.25, 3.0, 2.0]),
    ("no customers", [], 2, [], 2, []),
]:
    counts, totals = [0] * (rows * columns), [mpf(0)] * (rows * columns)
    for a, b, m in zip(first, second, measure, strict=True):
        counts[a * columns + b] += 1
        totals[a * columns + b] += mpf(m)
    cells = {"first": first, "rows": rows, "second": second, "columns": columns, "measure": measure}
    vectors.add(f"cross table: {name}", "cross_table", cells, {"counts": counts, "totals": totals})


def uplift(score, treated, outcome):
    """At the end of each group of equal scores, from the highest on; sums are taken anew each time."""
    n = len(score)
    share, gain = [Fraction(0)], [Fraction(0)]
    for cut in sorted(set(score), reverse=True):
        above = [i for i in range(n) if score[i] >= cut]
        groups = [[Fraction(outcome[i]) for i in above if bool(treated[i]) is side] for side in (True, False)]
        acted, control = (sum(group) / len(group) if group else None for group in groups)
        share.append(Fraction(len(above), n))
        gain.append(Fraction(0) if None in (acted, control) else share[-1] * (acted - control))
    parts = zip(share, share[1:], gain, gain[1:], strict=False)
    area = sum((b - a) * (c + d) / 2 for a, b, c, d in parts)
    return {"share": share, "gain": gain, "qini": area - gain[-1] / 2}


SCORE = [0.9, 0.4, 0.7, 0.4, 0.1, 0.8, 0.4, 0.2, 0.7, 0.05]
TREATED = [1, 0, 0, 1, 1, 1, 0, 0, 1, 0]
OUTCOME = [12.5, 3.0, -1.0, 4.0, 0.5, 8.0, 2.5, 0.0, 6.25, 1.0]
exact = "definition, as fractions: tests/vectors/reference/pipeline.py"
for name, told in [
    ("uplift with equal scores", {"score": SCORE, "treated": TREATED, "outcome": OUTCOME}),
    ("uplift where all scores are equal", {"score": [0.5] * 10, "treated": TREATED, "outcome": OUTCOME}),
]:
    vectors.add(name, "uplift_curve", told, uplift(**told), source=exact)
told = {"score": SCORE, "treated": [1] * 10, "outcome": OUTCOME}
vectors.refuse("uplift without a control group", "uplift_curve", told, "empty", "treated")
vectors.write()
