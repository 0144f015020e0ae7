"""Reference values for tests/vectors/acquisition.json.

With 50 digits, and by another way than the code under test: values of customers are summed period by period, optima
are where a numerical derivative of those sums is zero, and the optimum on a budget is searched on a fine grid.

    python3 tests/vectors/reference/acquisition.py
"""


from cases import Vectors
from mpmath import diff, e, findroot, log, mp, mpf

mp.dps = 50

SCRIPT = "tests/vectors/reference/acquisition.py, 50 digits"
VECTORS = Vectors("acquisition", 1e-13, SCRIPT)
case, refused = VECTORS.add, VECTORS.refuse


def run(name, function, reference, arguments, tolerance=1e-13):
    case(name, function, arguments, reference(**arguments), tolerance)


def d(value):
    """The number that the decimal text says, not its binary neighbour."""
    return value if isinstance(value, mpf) else mpf(str(value))


# The response to spending


def rate(spend, ceiling, steepness):
    return d(ceiling) * (1 - e ** (-d(steepness) * d(spend)))


def steepness(spend, rate, ceiling):
    """k from the two ends of the curve: ceiling * (1 - exp(-k * spend)) = rate."""
    start = d(rate) / d(ceiling) / d(spend)
    return findroot(lambda k: d(ceiling) * (1 - e ** (-k * d(spend))) - d(rate), start)


run("a spend", "response_rate", rate, {"spend": 5, "ceiling": 0.4, "steepness": 0.13})
run("no spend", "response_rate", rate, {"spend": 0, "ceiling": 0.4, "steepness": 0.13})
run("a spend that reaches all but the ceiling", "response_rate", rate, {"spend": 400, "ceiling": 1, "steepness": 0.5})
run("a small spend", "response_rate", rate, {"spend": 1e-9, "ceiling": 0.7, "steepness": 0.02}, 1e-24)
refused("negative spend", "response_rate", {"spend": [1, -1], "ceiling": [0.4, 0.4], "steepness": [1, 1]},
        "out_of_range", "spend", 1)
refused("flat curve", "response_rate", {"spend": 5, "ceiling": 0.4, "steepness": 0}, "out_of_range", "steepness")
run("one judgement", "response_steepness", steepness, {"spend": 5, "rate": 0.2, "ceiling": 0.4})
run("next to the ceiling", "response_steepness", steepness, {"spend": 12.5, "rate": 0.699, "ceiling": 0.7})
refused("rate at the ceiling", "response_steepness", {"spend": 5, "rate": 0.4, "ceiling": 0.4}, "out_of_range", "rate")
refused("rate over the ceiling, by row", "response_steepness",
        {"spend": [5, 5], "rate": [0.2, 0.5], "ceiling": [0.4, 0.4]}, "out_of_range", "rate", 1)

# The value of a prospect


def acquired(margin, retention, retention_spend, discount_rate):
    """Period by period: who is there at the start gets R, stays with r and brings m, both at the end."""
    m, r, spent, growth = d(margin), d(retention), d(retention_spend), 1 + d(discount_rate)
    value, alive, discount = m, mpf(1), mpf(1)
    for _ in range(5000):
        discount /= growth
        value += alive * discount * (r * m - spent)
        alive *= r
        if alive * discount < mpf(10) ** -60:
            break
    return value


def equity(margin, acquisition_rate, acquisition_spend, retention, retention_spend, discount_rate):
    value = acquired(margin, retention, retention_spend, discount_rate)
    return d(acquisition_rate) * value - d(acquisition_spend)


def as_published(margin, acquisition_rate, acquisition_spend, retention, retention_spend, discount_rate):
    """a m - A + a (m - R/r) (r' / (1 - r')) with r' = r / (1 + d)."""
    m, a, r = d(margin), d(acquisition_rate), d(retention)
    kept = r / (1 + d(discount_rate))
    return a * m - d(acquisition_spend) + a * (m - d(retention_spend) / r) * kept / (1 - kept)


EQUITY = {"margin": 50, "acquisition_rate": 0.2, "acquisition_spend": 5, "retention": 0.4, "retention_spend": 10,
              "discount_rate": 0.2}
run("first margin alone", "prospect_value",
    lambda customer_value, acquisition_rate, acquisition_spend: d(acquisition_rate) * customer_value
    - d(acquisition_spend), {"customer_value": 50, "acquisition_rate": 0.2, "acquisition_spend": 5})
run("acquired customer", "acquired_customer_value", acquired,
    {"margin": 50, "retention": 0.4, "retention_spend": 10, "discount_rate": 0.2})
run("customer whom nothing keeps", "acquired_customer_value", acquired,
    {"margin": 50, "retention": 0, "retention_spend": 10, "discount_rate": 0.2})
run("equity, period by period", "customer_equity", equity, EQUITY)
run("equity, as published", "customer_equity", as_published, EQUITY)
run("equity below zero", "customer_equity", equity, EQUITY | {"retention_spend": 60, "acquisition_spend": 12.25})
refused("endless retention without discount", "customer_equity", EQUITY | {"retention": 1, "discount_rate": 0},
        "divergent", "retention")

# Optimal spends


def best_acquisition(customer_value, ceiling, steepness):
    gain = lambda spend: rate(spend, ceiling, steepness) * d(customer_value) - spend
    if diff(gain, 0) <= 0:
        return mpf(0)
    return findroot(lambda spend: diff(gain, spend), log(d(customer_value)) / d(steepness) / 4)


def best_retention(margin, ceiling, steepness, discount_rate):
    growth = 1 + d(discount_rate)

    def value(spend):
        r = rate(spend, ceiling, steepness)
        return d(margin) + (r * d(margin) - spend) / (growth - r)

    if diff(value, 0) <= 0:
        return mpf(0)
    high = mpf(1)
    while diff(value, high) > 0:
        high *= 2
    low = mpf(0)
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if diff(value, middle) > 0 else (low, middle)
    return findroot(lambda spend: diff(value, spend), (low, high), solver="anderson", tol=mpf(10) ** -60)


run("acquisition spend", "optimal_acquisition_spend", best_acquisition,
    {"customer_value": 60, "ceiling": 0.5, "steepness": 0.1}, 1e-12)
run("first unit does not pay", "optimal_acquisition_spend", best_acquisition,
    {"customer_value": 15, "ceiling": 0.5, "steepness": 0.1})
run("retention spend", "optimal_retention_spend", best_retention,
    {"margin": 50, "ceiling": 0.8, "steepness": 0.1, "discount_rate": 0.2}, 1e-12)
run("retention spend without discount", "optimal_retention_spend", best_retention,
    {"margin": 50, "ceiling": 0.8, "steepness": 0.1, "discount_rate": 0}, 1e-12)
run("steep response", "optimal_retention_spend", best_retention,
    {"margin": 900, "ceiling": 0.95, "steepness": 2.5, "discount_rate": 0.05}, 1e-12)
run("retention up to certainty, no discount", "optimal_retention_spend", best_retention,
    {"margin": 30, "ceiling": 1, "steepness": 0.2, "discount_rate": 0}, 1e-12)
run("nothing keeps customers", "optimal_retention_spend", best_retention,
    {"margin": 10, "ceiling": 0.8, "steepness": 0.1, "discount_rate": 0.2})
refused("ceiling beyond the growth factor", "optimal_retention_spend",
        {"margin": [50, 50], "ceiling": [0.8, 0.8], "steepness": [0.1, 0.1], "discount_rate": [0.2, -0.3]},
        "divergent", "ceiling", 1)

# The two together


class Model:
    def __init__(self, margin, discount_rate, acquisition, retention):
        self.m, self.growth = d(margin), 1 + d(discount_rate)
        self.curves = (acquisition, retention)
        self.discount_rate = discount_rate

    def value(self, spend):
        r = rate(spend, **self.curves[1])
        return self.m + (r * self.m - spend) / (self.growth - r)

    def equity(self, a, r):
        return rate(a, **self.curves[0]) * self.value(r) - a

    def plan(self, a, r, budget_value=0):
        acquired = rate(a, **self.curves[0])
        return {
            "acquisition": {
                "spend": a,
                "rate": acquired,
                "marginal_value": diff(lambda x: self.equity(x, r), a),
                "corner": a == 0,
            },
            "retention": {
                "spend": r,
                "rate": rate(r, **self.curves[1]),
                "marginal_value": diff(lambda x: self.equity(a, x), r),
                "corner": r == 0,
            },
            "customer_value": self.value(r),
            "equity": self.equity(a, r),
            "outlay": a + acquired * r,
            "budget_value": budget_value,
        }

    def best(self):
        kept = best_retention(self.m, **self.curves[1], discount_rate=self.discount_rate)
        return best_acquisition(self.value(kept), **self.curves[0]), kept

    def best_within(self, budget):
        """A fine grid over A on the budget, then the zero of a numerical derivative."""
        budget = d(budget)
        kept = lambda a: (budget - a) / rate(a, **self.curves[0])
        along = lambda a: self.equity(a, kept(a))
        mp.dps = 20
        places = [budget * i / 1500 for i in range(150, 1501)]
        best = max(range(len(places)), key=lambda i: along(places[i]))
        mp.dps = 50
        if self.plan(*self.best())["outlay"] <= budget:
            return *self.best(), mpf(0)
        if best == len(places) - 1 and diff(along, budget) >= 0:
            a = budget
        else:
            low, high = places[best - 1], places[min(best + 1, len(places) - 1)]
            a = findroot(lambda x: diff(along, x), (low, high), solver="anderson", tol=mpf(10) ** -60)
        # One more unit of budget, spent along the same A: the envelope theorem.
        value = diff(lambda b: self.equity(a, (b - a) / rate(a, **self.curves[0])), budget)
        if a == budget:
            value = diff(lambda b: self.equity(b, mpf(0)), budget)
        return a, kept(a), value


MODEL = {"margin": 50, "discount_rate": 0.2, "acquisition": {"ceiling": 0.4, "steepness": 0.14},
             "retention": {"ceiling": 0.7, "steepness": 0.085}}
POOR = MODEL | {"margin": 10}
UNKEPT = MODEL | {"retention": {"ceiling": 0.3, "steepness": 0.05}}
CONVEX = {"margin": 100, "discount_rate": 0.02, "acquisition": {"ceiling": 0.5, "steepness": 0.2},
              "retention": {"ceiling": 0.99, "steepness": 0.03}}
KEEPING = {"margin": 15, "discount_rate": 0.05, "acquisition": {"ceiling": 0.4, "steepness": 0.14},
               "retention": {"ceiling": 0.95, "steepness": 0.2}}

for name, given, spends in [("given spends", MODEL, (5, 10)), ("nothing is spent", MODEL, (0, 0))]:
    arguments = given | {"acquisition_spend": spends[0], "retention_spend": spends[1]}
    case(name, "equity_at", arguments, Model(**given).plan(d(spends[0]), d(spends[1])), 1e-12)
for name, given in [("both pay", MODEL), ("neither pays", POOR), ("keeping does not pay", UNKEPT),
                    ("keeping pays long", CONVEX)]:
    model = Model(**given)
    case(name, "equity_optimum", given, model.plan(*model.best()), 1e-12)
for name, given, budget in [("budget that binds", MODEL, 10), ("small budget", MODEL, 4),
                            ("a budget where keeping wins", CONVEX, 12),
                            ("keeping does not pay, budget binds", UNKEPT, 6),
                            ("winning pays with keeping alone", KEEPING, 200),
                            ("winning pays with keeping alone, small budget", KEEPING, 0.5)]:
    model = Model(**given)
    a, r, value = model.best_within(budget)
    case(name, "equity_optimum", given | {"budget": budget}, model.plan(a, r, value), 1e-11)
model = Model(**MODEL)
case("budget that does not bind", "equity_optimum", MODEL | {"budget": 1000}, model.plan(*model.best()), 1e-12)
refused("no budget", "equity_optimum", MODEL | {"budget": 0}, "out_of_range", "budget")
refused("negative spend of equity", "equity_at", MODEL | {"acquisition_spend": 1, "retention_spend": -1},
        "out_of_range", "retention_spend")
refused("no maximum", "equity_optimum", MODEL | {"discount_rate": -0.4}, "divergent", "ceiling")

VECTORS.write()
