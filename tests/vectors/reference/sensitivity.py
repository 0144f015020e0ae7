"""Reference values for tests/vectors/sensitivity.json.

Values are summed period by period with 50 digits; elasticities are derivatives that mpmath takes numerically, and for
a whole number of periods the difference over one period to both sides.

    python3 tests/vectors/reference/sensitivity.py
"""


from cases import Vectors
from mpmath import ceil, diff, floor, mp, mpf

mp.dps = 50

SCRIPT = "tests/vectors/reference/sensitivity.py, 50 digits"
UNIT, POSITIVE, RATE, FREE, COUNT = "unit", "positive", "rate", "free", "count"
VECTORS = Vectors("sensitivity", 1e-9, SCRIPT)


def d(value):
    """The number that the decimal text says, not its binary neighbour."""
    return value if isinstance(value, mpf) else mpf(str(value))


def customer_model_value(margin, retention, discount_rate, growth, periods, referral_rate, referred_value,
                         maintenance_cost, marketing_cost, acquisition_cost):
    value = -acquisition_cost
    for t in range(int(periods)):
        here = retention**t / (1 + discount_rate) ** t
        earned = margin * (1 + growth) ** t + referral_rate * referred_value
        value += here * (earned - maintenance_cost - marketing_cost)
    return value


def lost_for_good(margin, churn, discount_rate):
    return margin * (1 - (1 + discount_rate) ** (-1 / churn)) / discount_rate


def referral_value(referrals, conversion, referred_value, discount_rate, periods):
    brought = referrals * conversion * referred_value
    return sum((brought / (1 + discount_rate) ** t for t in range(1, int(periods) + 1)), mpf(0))


KERNELS = {
    "customer_model_value": (
        customer_model_value,
        {"margin": FREE, "retention": UNIT, "discount_rate": RATE, "growth": RATE, "periods": COUNT,
         "referral_rate": POSITIVE, "referred_value": FREE, "maintenance_cost": FREE, "marketing_cost": FREE,
         "acquisition_cost": FREE},
    ),
    "lost_for_good": (lost_for_good, {"margin": FREE, "churn": UNIT, "discount_rate": RATE}),
    "referral_value": (
        referral_value,
        {"referrals": POSITIVE, "conversion": UNIT, "referred_value": FREE, "discount_rate": RATE, "periods": COUNT},
    ),
}


def bounds(domain):
    return {UNIT: (0, 1), POSITIVE: (0, mp.inf), COUNT: (0, mp.inf)}.get(domain, (-mp.inf, mp.inf))


def moved(function, base, name):
    return lambda to: function(**(base | {name: to}))


def table(kernel, values, factors):
    function, domains = KERNELS[kernel]
    base = {name: d(value) for name, value in values.items()}
    value = function(**base)
    rows = []
    for name, kind, amount in factors:
        x, domain = base[name], domains[name]
        distance = abs(x) * d(amount) if kind == "relative" else d(amount)
        low, high = x - distance, x + distance
        if domain == COUNT:
            low, high = floor(low), ceil(high)
        least, most = bounds(domain)
        ends = [min(max(end, least), most) for end in (low, high)]
        at = moved(function, base, name)
        if x == 0 or value == 0:
            elasticity = None
        elif domain == COUNT:
            elasticity = (at(x + 1) - at(x - 1)) / 2 * x / value
        else:
            side = -1 if x == most else 1 if x == least else 0
            elasticity = diff(at, x, direction=side) * x / value
        rows.append(
            {
                "name": name, "base": x, "low": ends[0], "high": ends[1],
                "clipped_low": bool(ends[0] != low), "clipped_high": bool(ends[1] != high),
                "value_low": at(ends[0]), "value_high": at(ends[1]), "swing": at(ends[1]) - at(ends[0]),
                "elasticity": elasticity,
            }
        )
    rows.sort(key=lambda row: -abs(row["swing"]))
    return {"base_value": value, "sensitivities": rows}


def given(kernel, values, factors):
    moved = [{"name": name, "kind": kind, "amount": amount} for name, kind, amount in factors]
    return {"kernel": kernel, "values": values, "factors": moved}


def run(name, kernel, values, factors, tolerance=1e-9):
    VECTORS.add(name, "kernel_tornado", given(kernel, values, factors), table(kernel, values, factors), tolerance)


def refused(name, kernel, values, factors, kind, argument):
    VECTORS.refuse(name, "kernel_tornado", given(kernel, values, factors), kind, argument)


CUSTOMER = {"margin": 100, "retention": 0.8, "discount_rate": 0.1, "growth": 0.02, "periods": 10,
            "referral_rate": 0.05, "referred_value": 200, "maintenance_cost": 12, "marketing_cost": 8,
            "acquisition_cost": 90}
SEVEN = ["periods", "discount_rate", "retention", "referral_rate", "growth", "maintenance_cost", "marketing_cost"]

run("the seven factors by a tenth", "customer_model_value", CUSTOMER, [(name, "relative", 0.1) for name in SEVEN])
run("the seven factors, growth by two points", "customer_model_value", CUSTOMER,
    [(name, *(("absolute", 0.02) if name == "growth" else ("relative", 0.25))) for name in SEVEN])
run("clipped at certainty", "customer_model_value", CUSTOMER | {"retention": 0.95},
    [("retention", "absolute", 0.1), ("referral_rate", "absolute", 0.1)])
run("nothing but the base has no elasticity", "customer_model_value", CUSTOMER | {"growth": 0},
    [("growth", "relative", 0.1), ("growth", "absolute", 0.01), ("margin", "relative", 0)])
run("certain retention, one-sided", "customer_model_value", CUSTOMER | {"retention": 1},
    [("retention", "absolute", 0.05)], 1e-5)
run("an annuity", "lost_for_good", {"margin": 100, "churn": 0.2, "discount_rate": 0.1},
    [("margin", "relative", 0.1), ("churn", "relative", 0.1), ("discount_rate", "absolute", 0.02)])
run("whole periods", "referral_value",
    {"referrals": 0.3, "conversion": 0.4, "referred_value": -250, "discount_rate": 0.08, "periods": 3},
    [("periods", "relative", 0.5), ("referred_value", "relative", 0.2), ("conversion", "absolute", 0.7)])
refused("no such factor", "lost_for_good", {"margin": 100, "churn": 0.2, "discount_rate": 0.1},
        [("retention", "relative", 0.1)], "not_found", "factors")
refused("no factors", "lost_for_good", {"margin": 100, "churn": 0.2, "discount_rate": 0.1}, [], "empty", "factors")
refused("negative change", "lost_for_good", {"margin": 100, "churn": 0.2, "discount_rate": 0.1},
        [("margin", "relative", -0.1)], "out_of_range", "margin")
refused("base not allowed", "lost_for_good", {"margin": 100, "churn": 1.2, "discount_rate": 0.1},
        [("churn", "relative", 0.1)], "out_of_range", "churn")
refused("down to a bound that is not allowed", "lost_for_good", {"margin": 100, "churn": 0.2, "discount_rate": 0.1},
        [("churn", "relative", 1)], "out_of_range", "churn")
refused("an end that the formula refuses", "retention_value",
        {"margin": 100, "retention": 0.9, "discount_rate": 0, "growth": 0}, [("retention", "absolute", 0.2)],
        "divergent", "retention")

VECTORS.write()
