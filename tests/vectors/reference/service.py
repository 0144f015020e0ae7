"""Writes service.json: complaints, win-back and early warning from their definitions alone, in 40 digits.

`python tests/vectors/reference/service.py` writes the file; `--check` compares it.
"""


from cases import Vectors
from mpmath import erfinv, exp, log, matrix, mp, mpf, sqrt

mp.dps = 40
HERE = "definition, in 40 digits: tests/vectors/reference/service.py"
VECTORS = Vectors("service", 1e-12, HERE)
add, refuse = VECTORS.add, VECTORS.refuse


# --- complaints -------------------------------------------------------------------------------------

STEPS = "received recorded founded unfounded proposed accepted rejected followed_up escalated closed".split()
NEXT = {
    "received": {"record": "recorded"},
    "recorded": {"judge_founded": "founded", "judge_unfounded": "unfounded", "escalate": "escalated"},
    "founded": {"propose": "proposed", "escalate": "escalated"},
    "unfounded": {"accept": "accepted", "reject": "rejected", "close": "closed", "escalate": "escalated"},
    "proposed": {"accept": "accepted", "reject": "rejected", "escalate": "escalated"},
    "accepted": {"follow_up": "followed_up", "escalate": "escalated"},
    "rejected": {"judge_founded": "founded", "propose": "proposed", "escalate": "escalated", "close": "closed"},
    "followed_up": {"propose": "proposed", "escalate": "escalated", "close": "closed"},
    "escalated": {
        "judge_founded": "founded",
        "judge_unfounded": "unfounded",
        "propose": "proposed",
        "close": "closed",
    },
    "closed": {},
}
HOUR, DAY = 3600, 86_400
START = 1_709_280_000  # 2024-03-01T08:00:00
TOLD = {"judge_founded", "judge_unfounded", "propose"}


def complaint(received, *actions):
    """Actions with hours after the one before."""
    at, done = received, []
    for action, hours in actions:
        at += hours * HOUR
        done.append({"action": action, "at": at, "text": "We looked into it." if action in TOLD else None})
    return {"received": received, "actions": done}


def walk(given):
    """Steps with when they began."""
    steps = [("received", given["received"])]
    for each in given["actions"]:
        steps.append((NEXT[steps[-1][0]][each["action"]], each["at"]))
    return steps


def outcome(steps):
    names = [step for step, _ in steps]
    if names[-1] != "closed":
        return None
    if names[-2] == "unfounded":
        return "unfounded"
    if names[-2] == "followed_up":
        answered = max(i for i, name in enumerate(names) if name == "accepted")
        return "unfounded" if names[answered - 1] == "unfounded" else "resolved"
    return "unresolved"


def stays(steps, until):
    ends = [at for _, at in steps[1:]] + [until]
    return [(step, end - at) for (step, at), end in zip(steps, ends, strict=True)]


def seconds(steps, until):
    totals = dict.fromkeys(STEPS, 0)
    for step, stay in stays(steps, until):
        totals[step] += stay
    return [totals[step] for step in STEPS]


GOOD = complaint(
    START, ("record", 1), ("judge_founded", 20), ("propose", 4), ("accept", 30), ("follow_up", 200), ("close", 1)
)
BETTER = complaint(
    START + DAY,
    ("record", 2),
    ("judge_founded", 30),
    ("propose", 60),
    ("reject", 10),
    ("propose", 12),
    ("accept", 5),
    ("follow_up", 100),
    ("close", 2),
)
UNFOUNDED = complaint(START + 2 * DAY, ("record", 3), ("judge_unfounded", 50), ("close", 300))
AGREED = complaint(START, ("record", 3), ("judge_unfounded", 50), ("accept", 10), ("follow_up", 10), ("close", 1))
AGAINST = complaint(
    START + 3 * DAY, ("record", 1), ("escalate", 1), ("judge_unfounded", 100), ("reject", 3), ("close", 40)
)
LYING = complaint(START + 4 * DAY, ("record", 90))
HEARD = complaint(START + 12 * DAY)
NOW = START + 20 * DAY

for name, each in [
    ("accepted", GOOD),
    ("second proposal", BETTER),
    ("unfounded", UNFOUNDED),
    ("agreed to be unfounded", AGREED),
    ("escalated", AGAINST),
    ("open", LYING),
    ("received", HEARD),
]:
    steps = walk(each)
    add(
        f"a complaint: {name}",
        "complaint",
        each | {"until": NOW},
        {
            "steps": [step for step, _ in steps],
            "outcome": outcome(steps),
            "seconds": seconds(steps, NOW),
        },
        0,
    )
skipped = complaint(START, ("record", 1)) | {"until": NOW}
skipped["actions"].append({"action": "accept", "at": START + DAY, "text": None})
refuse("a step that is skipped", "complaint", skipped, "illegal_transition", "action")
silent = complaint(START, ("record", 1)) | {"until": NOW}
silent["actions"].append({"action": "judge_founded", "at": START + DAY, "text": " "})
refuse("a judgement without a reply", "complaint", silent, "missing", "text")
back = complaint(START, ("record", 5)) | {"until": NOW}
back["actions"].append({"action": "escalate", "at": START, "text": None})
refuse("time that goes back", "complaint", back, "out_of_range", "at")
refuse("an end before the beginning", "complaint", GOOD | {"until": START - 1}, "out_of_range", "until")


def z(confidence):
    return sqrt(2) * erfinv(mpf(str(confidence)))


def rate(count, base, confidence):
    if base == 0:
        return {"count": count, "base": base, "rate": None, "lower": None, "upper": None}
    n, q = mpf(base), z(confidence)
    p = count / n
    centre, spread = p + q * q / (2 * n), q * sqrt(p * (1 - p) / n + q * q / (4 * n * n))
    scale = 1 + q * q / n
    lower = mpf(0) if count == 0 else (centre - spread) / scale
    upper = mpf(1) if count == base else (centre + spread) / scale
    return {"count": count, "base": base, "rate": p, "lower": lower, "upper": upper}


def quantile(values, p):
    place = mpf(p) * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (place - below) * (values[above] - values[below])


def median_of_all(durations, closed):
    survival = mpf(1)
    for time in sorted(set(durations)):
        at_risk = sum(d >= time for d in durations)
        done = sum(d == time and c for d, c in zip(durations, closed, strict=True))
        survival *= 1 - mpf(done) / at_risk
        if survival <= mpf(1) / 2:
            return time
    return None


def last(steps, wanted):
    named = [step for step, _ in steps if step in wanted]
    return named[-1] if named else None


def statistics(complaints, now, deadlines, customers, confidence):
    walked = [walk(each) for each in complaints]
    closed = [steps[-1][0] == "closed" for steps in walked]
    durations = [
        (mpf(steps[-1][1] if done else now) - steps[0][1]) / DAY for steps, done in zip(walked, closed, strict=True)
    ]
    done = sorted(d for d, c in zip(durations, closed, strict=True) if c)

    def late(steps, among):
        return any(step in deadlines and stay > deadlines[step] for step, stay in among(stays(steps, now)))

    judged = [last(steps, ("founded", "unfounded")) for steps in walked]
    answered = [last(steps, ("accepted", "rejected")) for steps in walked]
    count = len(complaints)
    return {
        "received": count,
        "open": count - sum(closed),
        "at_step": [sum(steps[-1][0] == step for steps in walked) for step in STEPS],
        "overdue": sum(late(steps, lambda s: s[-1:]) and steps[-1][0] != "closed" for steps in walked),
        "per_customer": None if customers is None else mpf(count) / customers,
        "founded": rate(judged.count("founded"), count - judged.count(None), confidence),
        "accepted": rate(answered.count("accepted"), count - answered.count(None), confidence),
        "resolved": rate(sum(outcome(s) == "resolved" for s in walked), sum(closed), confidence),
        "escalated": rate(sum(any(n == "escalated" for n, _ in s) for s in walked), count, confidence),
        "in_time": rate(sum(not late(s, lambda s: s) for s in walked), count, confidence),
        "mean": sum(done) / len(done) if done else None,
        "median": quantile(done, "0.5") if done else None,
        "ninth_decile": quantile(done, "0.9") if done else None,
        "median_of_all": median_of_all(durations, closed),
    }


ALL = [GOOD, BETTER, UNFOUNDED, AGREED, AGAINST, LYING, HEARD]
LIMITS = {"received": 4 * HOUR, "recorded": 48 * HOUR, "founded": 48 * HOUR, "proposed": 24 * HOUR}
for name, complaints, limits, customers in [
    ("seven", ALL, LIMITS, 1000),
    ("no deadlines", ALL, {}, None),
    ("open ones alone", [LYING, HEARD], LIMITS, 50),
]:
    given = {"complaints": complaints, "now": NOW, "deadlines": limits, "customers": customers, "confidence": 0.95}
    expected = statistics(complaints, NOW, limits, customers, 0.95)
    add(f"statistics: {name}", "complaint_statistics", given, expected)
GIVEN = {"complaints": ALL, "now": NOW, "deadlines": {}, "customers": None, "confidence": 0.95}
refuse("statistics of nothing", "complaint_statistics", GIVEN | {"complaints": []}, "empty", "complaints")
refuse(
    "a complaint of tomorrow",
    "complaint_statistics",
    GIVEN | {"now": START + 10 * DAY},
    "out_of_range",
    "complaints",
    0,
)


# --- win-back ---------------------------------------------------------------------------------------

LIMIT = {"lost_below": 0.2, "active_from": 0.5}
for p_alive, cause, status in [
    (0.5, None, "active"),
    (0.499, "pricing", "at_risk"),
    (0.2, "involuntary_switching", "at_risk"),
    (0.19, None, "temporarily_lost"),
    (0.0, "competition", "temporarily_lost"),
    (0.1, "involuntary_switching", "permanently_lost"),
    (0.1, "ended_by_firm", "permanently_lost"),
]:
    add(f"P(alive) {p_alive}, {cause}", "loss_status", LIMIT | {"p_alive": p_alive, "cause": cause}, status, 0)
refuse("more than certain", "loss_status", LIMIT | {"p_alive": 1.1, "cause": None}, "out_of_range", "p_alive")
refuse(
    "limits in disorder",
    "loss_status",
    {"p_alive": 0.1, "cause": None, "lost_below": 0.6, "active_from": 0.5},
    "out_of_range",
    "lost_below",
)


def ranking(value, success, cost, budget):
    worth = [mpf(v) * mpf(s) - mpf(c) for v, s, c in zip(value, success, cost, strict=True)]
    order = sorted((row for row in range(len(worth)) if worth[row] > 0), key=lambda r: -worth[r] / mpf(cost[r]))
    spent, earned, found = mpf(0), mpf(0), []
    for row in order:
        if budget is not None and spent + mpf(cost[row]) > budget:
            continue
        spent, earned = spent + mpf(cost[row]), earned + worth[row]
        found.append({"row": row, "worth": worth[row], "cumulative_cost": spent, "cumulative_worth": earned})
    return found


VALUE, SUCCESS, COST = (
    [1500.0, 200.0, 900.0, 2500.0, 100.0],
    [0.2, 0.3, 0.5, 0.08, 0.9],
    [120.0, 80.0, 100.0, 60.0, 21.0],
)
for budget in (None, 200.0, 50.0):
    given = {"second_lifetime_value": VALUE, "success": SUCCESS, "cost": COST, "budget": budget}
    add(f"whom to win back, budget {budget}", "win_back_ranking", given, ranking(VALUE, SUCCESS, COST, budget))
WINS = {"second_lifetime_value": VALUE, "success": SUCCESS, "cost": COST, "budget": None}
refuse(
    "a chance beyond one",
    "win_back_ranking",
    WINS | {"success": [0.2, 1.3, 0.5, 0.1, 0.9]},
    "out_of_range",
    "success",
    1,
)
refuse("a cost below nothing", "win_back_ranking", WINS | {"cost": [1, 1, 1, -1, 1]}, "out_of_range", "cost", 3)


# --- early warning ----------------------------------------------------------------------------------


def logistic(columns, lost, penalty):
    rows, width = len(lost), len(columns)
    means = [sum(map(mpf, column)) / rows for column in columns]
    spreads = [sqrt(sum((mpf(x) - m) ** 2 for x in column) / rows) for column, m in zip(columns, means, strict=True)]
    design = [
        [mpf(1)] + [(mpf(c[row]) - m) / s for c, m, s in zip(columns, means, spreads, strict=True)]
        for row in range(rows)
    ]
    beta = matrix(width + 1, 1)
    for _ in range(100):
        p = [1 / (1 + exp(-sum(x * b for x, b in zip(row, beta, strict=True)))) for row in design]
        gradient = matrix(width + 1, 1)
        information = matrix(width + 1, width + 1)
        for row, y, q in zip(design, lost, p, strict=True):
            for i in range(width + 1):
                gradient[i] += row[i] * (int(y) - q)
                for j in range(width + 1):
                    information[i, j] += row[i] * row[j] * q * (1 - q)
        for j in range(1, width + 1):
            gradient[j] -= mpf(penalty) * beta[j]
            information[j, j] += mpf(penalty)
        step = mp.lu_solve(information, gradient)
        beta += step
        if max(abs(s) for s in step) < mpf(10) ** -35:
            break
    covariance = information**-1
    slopes = [beta[j + 1] / spreads[j] for j in range(width)]
    turn = [mpf(1)] + [-means[j] / spreads[j] for j in range(width)]
    variance = sum(turn[i] * turn[j] * covariance[i, j] for i in range(width + 1) for j in range(width + 1))
    share = mpf(sum(lost)) / rows
    return {
        "intercept": beta[0] - sum(s * m for s, m in zip(slopes, means, strict=True)),
        "coefficients": slopes,
        "standard_errors": [sqrt(variance)] + [sqrt(covariance[j + 1, j + 1]) / spreads[j] for j in range(width)],
        "log_likelihood": sum(log(q if y else 1 - q) for y, q in zip(lost, p, strict=True)),
        "null_log_likelihood": rows * (share * log(share) + (1 - share) * log(1 - share)),
    }


MONTHS = [1.0, 2.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 0.5, 3.5, 8.0, 2.5]
CALLS = [0.0, 1.0, 3.0, 0.0, 2.0, 1.0, 0.0, 4.0, 1.0, 5.0, 1.0, 2.0]
LOST = [False, False, True, False, False, True, True, True, False, True, False, True]
for name, columns, penalty in [
    ("one indicator", [MONTHS], 0.0),
    ("two indicators", [MONTHS, CALLS], 0.0),
    ("with a penalty", [MONTHS, CALLS], 1.5),
]:
    given = {"indicators": columns, "lost": LOST, "penalty": penalty}
    add(f"logistic regression: {name}", "fit_logistic", given, logistic(columns, LOST, penalty), 1e-10)
FIT = {"indicators": [MONTHS, CALLS], "lost": LOST, "penalty": 0.0}
refuse("everybody lost", "fit_logistic", FIT | {"lost": [True] * 12}, "no_solution", "lost")
refuse("separated", "fit_logistic", FIT | {"indicators": [[float(y) for y in LOST]]}, "no_solution", "indicators")
refuse(
    "collinear", "fit_logistic", FIT | {"indicators": [MONTHS, [2 * x for x in MONTHS]]}, "no_solution", "indicators"
)
refuse("constant", "fit_logistic", FIT | {"indicators": [MONTHS, [3.0] * 12]}, "no_solution", "indicators")
refuse("a negative penalty", "fit_logistic", FIT | {"penalty": -1.0}, "out_of_range", "penalty")


def calibration(predicted, lost, bins, confidence):
    pairs = sorted(zip(map(mpf, predicted), lost, strict=True), key=lambda pair: pair[0])
    rows = len(pairs)
    groups, rest, left = [], pairs, bins
    while rest:
        limit = rest[-(-len(rest) // max(left, 1)) - 1][0]
        groups.append([pair for pair in rest if pair[0] <= limit])
        rest = [pair for pair in rest if pair[0] > limit]
        left -= 1
    made = [
        {"predicted": sum(p for p, _ in group) / len(group), **rate(sum(y for _, y in group), len(group), confidence)}
        for group in groups
    ]
    wins = [(p > q) + (p == q) / mpf(2) for p, y in pairs if y for q, n in pairs if not n]
    return {
        "brier_score": sum((p - int(y)) ** 2 for p, y in pairs) / rows,
        "log_loss": -sum(log(p if y else 1 - p) for p, y in pairs) / rows,
        "area_under_curve": sum(wins) / len(wins),
        "expected_error": sum(b["base"] * abs(b["predicted"] - b["rate"]) for b in made) / rows,
        "bins": made,
    }


PREDICTED = [0.1, 0.2, 0.7, 0.2, 0.4, 0.6, 0.8, 0.9, 0.05, 0.7, 0.6, 0.4]
for bins in (1, 3, 5, 40):
    given = {"predicted": PREDICTED, "lost": LOST, "bins": bins, "confidence": 0.9}
    add(f"calibration in {bins}", "calibration", given, calibration(PREDICTED, LOST, bins, 0.9))
given = {"predicted": PREDICTED, "lost": LOST, "bins": 3, "confidence": 0.9}
refuse("a probability of two", "calibration", given | {"predicted": [2.0] * 12}, "out_of_range", "predicted", 0)
refuse("no bins", "calibration", given | {"bins": 0}, "out_of_range", "bins")

fitted = logistic([[log(mpf(p) / (1 - mpf(p))) for p in PREDICTED]], LOST, 0)
add(
    "recalibrated",
    "recalibrate",
    {"predicted": PREDICTED, "lost": LOST},
    {"intercept": fitted["intercept"], "slope": fitted["coefficients"][0]},
    1e-10,
)
refuse(
    "a certainty",
    "recalibrate",
    {"predicted": [0.5, 1.0, 0.2], "lost": [True, True, False]},
    "out_of_range",
    "predicted",
    1,
)


VECTORS.write()
