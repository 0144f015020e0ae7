"""Writes tests/vectors/uncertainty.json: how the matrix CLV hangs on its inputs, in numbers of 100 digits.

Needs mpmath. Every input is read as the decimal that its text says. Derivatives are central differences of plain loops
over time (of an LU solution without end) with steps of 1e-30: their error is near 1e-60, and no step is shared with
the library, which runs the recursion backwards. Variances multiply them with full covariance matrices. What is drawn
is compared with distributions that are known: the tolerance is about four standard errors of the draws.
"""


from cases import Vectors
from mpmath import beta, betainc, erfinv, lu_solve, matrix, mp, mpf, quad, sqrt

mp.dps = 100
STEP = mpf(10) ** -30
SOURCE = "central differences of Rust, Lemon & Zeithaml 2004, eq. (3), 100 digits: tests/vectors/reference/uncertainty.py"
TOLERANCE = 1e-13


def number(value):
    return mpf(repr(value)) if isinstance(value, float) else mpf(value)


def numbers(values):
    return [numbers(v) if isinstance(v, list) else number(v) for v in values]


class Inputs:
    """All that V = sum_j w_j CLV(j) depends on."""

    def __init__(self, a):
        self.p = numbers(a["transition_matrix"])
        self.k = len(self.p)
        if isinstance(a["shares"][0], list):
            rows, purchases = numbers(a["shares"]), a["purchases"]
            purchases = numbers(purchases if isinstance(purchases, list) else [purchases] * len(rows))
            self.shares = [sum(f * row[j] for f, row in zip(purchases, rows)) for j in range(self.k)]
            self.purchases = mpf(1)
        else:
            self.shares, self.purchases = numbers(a["shares"]), number(a["purchases"])
        contribution = a["contribution"]
        self.contribution = numbers(contribution if isinstance(contribution, list) else [contribution] * self.k)
        self.weights = numbers(a["weights"]) if "weights" in a else None
        self.rate = number(a["discount_rate"])
        self.per_period = number(a.get("purchases_per_period", 1))
        self.horizon = a["horizon"]

    def clv(self):
        k, delta = self.k, (1 + self.rate) ** (-1 / self.per_period)
        if self.horizon == "infinite":
            transposed = matrix([[(i == j) - delta * self.p[i][j] for i in range(k)] for j in range(k)])
            bought = list(lu_solve(transposed, matrix(self.shares)))
        else:
            bought, shares, factor = list(self.shares), list(self.shares), mpf(1)
            for _ in range(self.horizon):
                shares = [sum(shares[i] * self.p[i][j] for i in range(k)) for j in range(k)]
                factor *= delta
                bought = [b + factor * s for b, s in zip(bought, shares)]
        return [self.purchases * b * c for b, c in zip(bought, self.contribution)]

    def value(self):
        return sum(w * v for w, v in zip(self.weights, self.clv()))

    def derivative(self, change):
        """`change(self, h)` moves an input by h."""
        kept = self.p, self.shares, self.contribution, self.rate, self.purchases, self.per_period
        found = []
        for h in (STEP, -STEP):
            self.p, self.shares = [list(row) for row in kept[0]], list(kept[1])
            self.contribution, self.rate, self.purchases, self.per_period = list(kept[2]), *kept[3:]
            change(self, h)
            found.append(self.value())
        self.p, self.shares, self.contribution, self.rate, self.purchases, self.per_period = kept
        return (found[0] - found[1]) / (2 * STEP)

    def entry_alone(self, a, b):
        def change(inputs, h):
            inputs.p[a][b] += h

        return self.derivative(change)

    def entry_along_simplex(self, a, b):
        """The other entries of the row keep their proportions, or are equal where all are 0."""
        if self.k == 1:
            return mpf(0)

        def change(inputs, h):
            row, rest = inputs.p[a], 1 - inputs.p[a][b]
            for c in range(inputs.k):
                if c != b:
                    part = row[c] / rest if rest != 0 else mpf(1) / (inputs.k - 1)
                    row[c] -= h * part
            row[b] += h

        return self.derivative(change)

    def of_list(self, name):
        def derivative(i):
            def change(inputs, h):
                getattr(inputs, name)[i] += h

            return self.derivative(change)

        return [derivative(i) for i in range(self.k)]

    def of_scalar(self, name):
        return self.derivative(lambda inputs, h: setattr(inputs, name, getattr(inputs, name) + h))


def switching_gradient(a):
    inputs = Inputs(a)
    square = range(inputs.k)
    return {
        "value": inputs.value(),
        "transition": [[inputs.entry_alone(i, j) for j in square] for i in square],
        "transition_along_simplex": [[inputs.entry_along_simplex(i, j) for j in square] for i in square],
        "discount_rate": inputs.of_scalar("rate"),
        "purchases_per_period": inputs.of_scalar("per_period"),
        "shares": inputs.of_list("shares"),
        "purchases": inputs.of_scalar("purchases"),
        "contribution": inputs.of_list("contribution"),
    }


portfolio_gradient = switching_gradient


def switching_levers(a):
    """Every input with what others of its row give way for it, and the sizes of x · dV/dx / V from the largest on."""
    inputs = Inputs(a)
    places = range(inputs.k)

    def share(i):
        """The other shares keep their proportions, or are equal where all are 0."""
        rest = sum(inputs.shares) - inputs.shares[i]

        def change(moved, h):
            for c in places:
                if c != i:
                    moved.shares[c] -= h * (moved.shares[c] / rest if rest != 0 else mpf(1) / (inputs.k - 1))
            moved.shares[i] += h

        return inputs.derivative(change) if inputs.k > 1 else mpf(0)

    derivatives = {
        "transition": [[inputs.entry_along_simplex(i, j) for j in places] for i in places],
        "share": [share(i) for i in places],
        "contribution": inputs.of_list("contribution"),
        "purchases": inputs.of_scalar("purchases"),
        "discount_rate": inputs.of_scalar("rate"),
    }
    bases = [x for row in inputs.p for x in row] + inputs.shares + inputs.contribution + [inputs.purchases, inputs.rate]
    flat = [d for row in derivatives["transition"] for d in row]
    flat += derivatives["share"] + derivatives["contribution"] + [derivatives["purchases"], derivatives["discount_rate"]]
    value = inputs.value()
    sizes = sorted((abs(x * d / value) for x, d in zip(bases, flat)), reverse=True)
    return {"derivatives": derivatives, "elasticity_sizes": sizes}


def dirichlet_covariance(alpha):
    total = sum(alpha)
    return [
        [alpha[i] * ((i == j) * total - alpha[j]) / (total**2 * (total + 1)) for j in range(len(alpha))]
        for i in range(len(alpha))
    ]


def multinomial_covariance(counts):
    n = sum(counts)
    p = [c / n for c in counts]
    return [[((i == j) * p[i] - p[i] * p[j]) / n for j in range(len(p))] for i in range(len(p))]


def form(g, covariance):
    return sum(g[i] * covariance[i][j] * g[j] for i in range(len(g)) for j in range(len(g)))


def estimated(a):
    """The inputs at the estimate of P, its rows' covariances, and what each row is known by."""
    rows = numbers(a["parameters"] if "parameters" in a else a["counts"])
    known = [sum(row) for row in rows]
    inputs = Inputs({**a, "transition_matrix": [[0] * len(rows)] * len(rows)})
    inputs.p = [[x / n for x in row] for row, n in zip(rows, known)]
    if "parameters" in a:
        return inputs, [dirichlet_covariance(row) for row in rows], [n + 1 for n in known]
    return inputs, [multinomial_covariance(row) for row in rows], known


def switching_standard_error(a):
    inputs, covariances, _ = estimated(a)
    free = [[inputs.entry_alone(i, j) for j in range(inputs.k)] for i in range(inputs.k)]
    rows = [form(g, covariance) for g, covariance in zip(free, covariances)]
    rate = (inputs.of_scalar("rate") * number(a.get("discount_rate_sd", 0))) ** 2
    shares = mpf(0)
    if "shares_known_by" in a:
        total = sum(inputs.shares)
        n = number(a["shares_known_by"])
        covariance = dirichlet_covariance([n * s / total for s in inputs.shares])
        shares = total**2 * form(inputs.of_list("shares"), covariance)
    deviations = numbers(a.get("contribution_sd", [0] * inputs.k))
    contribution = sum((g * sd) ** 2 for g, sd in zip(inputs.of_list("contribution"), deviations))
    return {
        "value": inputs.value(),
        "standard_error": sqrt(sum(rows) + rate + shares + contribution),
        "row_variance": rows,
        "discount_rate_variance": rate,
        "shares_variance": shares,
        "contribution_variance": contribution,
    }


def switching_ranking(a):
    inputs, covariances, known_by = estimated(a)
    square = range(inputs.k)
    value = inputs.value()
    rows, entries = [], []
    for i in square:
        p, g = inputs.p[i], [inputs.entry_alone(i, j) for j in square]
        along = [inputs.entry_along_simplex(i, j) for j in square]
        variance = form(g, covariances[i])
        if "parameters" in a:
            # The expected variance after one more purchase, exactly.
            alpha = numbers(a["parameters"])[i]
            after = mpf(0)
            for b in square:
                after += p[b] * form(g, dirichlet_covariance([x + (c == b) for c, x in enumerate(alpha)]))
            reduction = variance - after
        else:
            h = STEP
            reduction = -(variance * known_by[i] / (known_by[i] + h) - variance * known_by[i] / (known_by[i] - h)) / (2 * h)
        rows.append({"brand": i, "variance": variance, "known_by": known_by[i], "variance_reduction": reduction})
        mean = sum(x * y for x, y in zip(p, g))
        for j in square:
            entries.append(
                {
                    "from": i,
                    "to": j,
                    "variance": p[j] * (g[j] - mean) ** 2 / known_by[i],
                    "elasticity": p[j] * g[j] / value,
                    "elasticity_along_simplex": p[j] * along[j] / value,
                }
            )
    total = sum(row["variance"] for row in rows)
    for ranked in (*rows, *entries):
        ranked["variance_share"] = ranked["variance"] / total
    for row in rows:
        row["error_reduction"] = row["variance_reduction"] / (2 * sqrt(total))
    rows.sort(key=lambda row: -row["variance_reduction"])
    entries.sort(key=lambda entry: -entry["variance"])
    return {"standard_error": sqrt(total), "rows": rows, "entries": entries}


def beta_law(a, b, low, width):
    """Mean, standard deviation and quantiles of low + width * Beta(a, b), for a width above 0."""
    mean = mpf(a) / (a + b)

    def quantile(p):
        below, above = mpf(0), mpf(1)
        for _ in range(70):
            middle = (below + above) / 2
            if betainc(a, b, 0, middle, regularized=True) < p:
                below = middle
            else:
                above = middle
        return low + width * below

    return low + width * mean, width * sqrt(mean * (1 - mean) / (a + b + 1)), quantile


def normal_law(mean, sd):
    return mean, sd, lambda p: mean + sd * sqrt(mpf(2)) * erfinv(2 * p - 1)


FUNCTIONS = {
    f.__name__: f for f in (switching_gradient, switching_levers, switching_standard_error, switching_ranking)
} | {"portfolio_gradient": portfolio_gradient}


VECTORS = Vectors("uncertainty", TOLERANCE, SOURCE)


def case(name, function, source=None, tolerance=None, **arguments):
    VECTORS.add(name, function, arguments, FUNCTIONS[function](arguments), tolerance, source)


def refused(name, function, kind, argument, row=None, **arguments):
    VECTORS.refuse(name, function, arguments, kind, argument, row)


P3 = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]
STICKY = [[0.999999999, 0.000000001], [0.000000002, 0.999999998]]
P5 = [
    [0.62, 0.15, 0.08, 0.1, 0.05],
    [0.07, 0.71, 0.12, 0.06, 0.04],
    [0.11, 0.09, 0.55, 0.2, 0.05],
    [0.05, 0.25, 0.1, 0.58, 0.02],
    [0.3, 0.1, 0.1, 0.1, 0.4],
]
MAIL = [[0.3, 0.7, 0, 0, 0], [0.2, 0, 0.8, 0, 0], [0.15, 0, 0, 0.85, 0], [0.05, 0, 0, 0, 0.95], [0, 0, 0, 0, 1]]
CORNERS = [[1, 0, 0], [0.25, 0.75, 0], [0, 0.5, 0.5]]
BRANDS = {"shares": [0.5, 0.3, 0.2], "transition_matrix": P3, "purchases": 1.5, "contribution": [100, 80, 120]}
FLAT = {"shares": [0.5, 0.3, 0.2], "transition_matrix": P3, "purchases": 1, "contribution": 300, "discount_rate": 0.1, "horizon": 1}

case("published exercise with a switching matrix", "switching_gradient", weights=[1, 0, 0], **FLAT)
for horizon in (0, 1, 12, 60, 256, 257, 1000, "infinite"):
    case(f"one of three brands, horizon {horizon}", "switching_gradient", **BRANDS, weights=[0, 1, 0], discount_rate=0.01, horizon=horizon)
case("five brands, weighted, 12 purchases a year", "switching_gradient", shares=[0.3, 0.25, 0.2, 0.15, 0.1], transition_matrix=P5, purchases=2, contribution=[30, 45, 28, 60, 25], weights=[1, 0, 0.5, 0, -1], discount_rate=0.08, purchases_per_period=12, horizon=60)
case("the market: nothing along the simplex but roundings", "switching_gradient", tolerance=1e-11, **{**BRANDS, "contribution": 100}, weights=[1, 1, 1], discount_rate=0.02, horizon=24)
for rate in (0.1, 0.0001, 0.00000001):
    for horizon in (120, 2000, "infinite"):
        case(f"nearly no switching, rate {rate}, horizon {horizon}", "switching_gradient", shares=[0.5, 0.5], transition_matrix=STICKY, purchases=1, contribution=[1, 0.5], weights=[1, 0], discount_rate=rate, horizon=horizon)
case("no discount", "switching_gradient", **BRANDS, weights=[1, 0, 0], discount_rate=0, horizon=48)
case("growth", "switching_gradient", **BRANDS, weights=[1, 0, 0], discount_rate=-0.02, horizon=300)
case("entries of 0 and 1", "switching_gradient", shares=[0.2, 0.5, 0.3], transition_matrix=CORNERS, purchases=1, contribution=[10, -4, 6], weights=[1, 1, 1], discount_rate=0.03, horizon="infinite")
case("alternation: differences of a thousandth of what is subtracted", "switching_gradient", tolerance=1e-12, shares=[1, 0], transition_matrix=[[0, 1], [1, 0]], purchases=1, contribution=10, weights=[1, 0], discount_rate=0.0005, horizon="infinite")
case("one brand", "switching_gradient", shares=[1], transition_matrix=[[1]], purchases=3, contribution=5, weights=[1], discount_rate=0.25, horizon=9)
for horizon in (12, "infinite"):
    case(f"levers of one of three brands, horizon {horizon}", "switching_levers", **BRANDS, weights=[0, 1, 0], discount_rate=0.01, horizon=horizon)
case("levers of five brands, weighted", "switching_levers", shares=[0.3, 0.25, 0.2, 0.15, 0.1], transition_matrix=P5, purchases=2, contribution=[30, 45, 28, 60, 25], weights=[1, 0, 0.5, 0, -1], discount_rate=0.08, purchases_per_period=12, horizon=60)
case("levers of a buyer of direct mail (Pfeifer & Carraway 2000)", "switching_levers", shares=[1, 0, 0, 0, 0], transition_matrix=MAIL, purchases=1, contribution=[36, -4, -4, -4, 0], weights=[1, 1, 1, 1, 1], discount_rate=0.2, horizon="infinite")
case("levers of one brand", "switching_levers", shares=[1], transition_matrix=[[1]], purchases=3, contribution=5, weights=[1], discount_rate=0.25, horizon=9)
refused("levers without end and without a discount", "switching_levers", "divergent", "discount_rate", **BRANDS, weights=[0, 1, 0], discount_rate=0, horizon="infinite")
case("no purchases", "switching_gradient", **{**BRANDS, "purchases": 0}, weights=[1, 0, 0], discount_rate=0.1, horizon=12)

CUSTOMERS = {"shares": [[1, 0, 0], [0.5, 0.3, 0.2], [0, 0.25, 0.75]], "purchases": [1, 0, 2.5]}
PORTFOLIO = {"transition_matrix": P3, "contribution": [100, 80, 120], "weights": [1, 0, 0], "discount_rate": 0.01, "horizon": 36, "rule": "sum_to_one"}
case("three customers together", "portfolio_gradient", **CUSTOMERS, **PORTFOLIO)
case("customers who leave brands out", "portfolio_gradient", shares=[[0.4, 0, 0], [0.43, 0.4, 0.2]], purchases=2, **{**PORTFOLIO, "rule": "any", "horizon": "infinite"})
refused("a customer whose shares sum to 1.03", "portfolio_gradient", "not_stochastic", "shares", 1, shares=[[1, 0, 0], [0.43, 0.4, 0.2]], purchases=1, **PORTFOLIO)
refused("a customer with negative purchases", "portfolio_gradient", "out_of_range", "purchases", 1, shares=[[1, 0, 0], [0.4, 0.4, 0.2]], purchases=[1, -1], **PORTFOLIO)

refused("weights of another number of brands", "switching_gradient", "length_mismatch", "weights", weights=[1, 0], **FLAT)
refused("matrix of other brands", "switching_gradient", "length_mismatch", "transition_matrix", weights=[1, 0, 0], **{**FLAT, "transition_matrix": STICKY})
refused("matrix whose second row sums to 0.9", "switching_gradient", "not_stochastic", "transition_matrix", 1, weights=[1, 0, 0], **{**FLAT, "transition_matrix": [[0.7, 0.2, 0.1], [0.1, 0.7, 0.1], [0.2, 0.2, 0.6]]})
refused("no discount, without end", "switching_gradient", "divergent", "discount_rate", weights=[1, 0, 0], **{**FLAT, "discount_rate": 0, "horizon": "infinite"})
refused("contribution of another number of brands", "switching_gradient", "length_mismatch", "contribution", weights=[1, 0, 0], **{**FLAT, "contribution": [1, 2]})
refused("negative purchases", "switching_gradient", "out_of_range", "purchases", weights=[1, 0, 0], **{**FLAT, "purchases": -1})
refused("initial shares of 1.03", "switching_gradient", "not_stochastic", "shares", weights=[1, 0, 0], **{**FLAT, "shares": [0.43, 0.40, 0.20]})

COUNTS = [[40, 6, 4], [3, 52, 5], [1, 2, 7]]
ALPHA = [[8.5, 2, 1.5], [1, 9, 0.5], [3, 2.5, 12]]
TIME = {"shares": [0.5, 0.3, 0.2], "purchases": 1.5, "contribution": [100, 80, 120], "discount_rate": 0.05, "horizon": 24, "weights": [1, 0, 0]}
DOUBTS = {"discount_rate_sd": 0.01, "shares_known_by": 50, "contribution_sd": [5, 0, 12.5]}
COVARIANCE = "differences, times the covariance of Dirichlet or multinomial rows, 100 digits: tests/vectors/reference/uncertainty.py"
case("Dirichlet rows", "switching_standard_error", COVARIANCE, parameters=ALPHA, **TIME)
case("multinomial rows", "switching_standard_error", COVARIANCE, counts=COUNTS, **TIME)
case("Dirichlet rows and all doubts", "switching_standard_error", COVARIANCE, parameters=ALPHA, **TIME, **DOUBTS)
case("all doubts without end, weighted", "switching_standard_error", COVARIANCE, parameters=ALPHA, **{**TIME, "horizon": "infinite", "weights": [1, -0.5, 2]}, **DOUBTS)
case("two brands, one period: a Beta probability", "switching_standard_error", COVARIANCE, parameters=[[8, 2], [1, 3]], shares=[1, 0], purchases=1, contribution=100, discount_rate=0, horizon=1, weights=[1, 0])
refused("a row without a count", "switching_standard_error", "empty", "counts", 1, counts=[[3, 1, 0], [0, 0, 0], [1, 1, 5]], **TIME)
refused("a parameter of 0", "switching_standard_error", "out_of_range", "parameters", 2, parameters=[[3, 1, 1], [1, 1, 1], [1, 0, 5]], **TIME)
refused("parameters of other brands", "switching_standard_error", "length_mismatch", "transition_matrix", parameters=[[3, 1], [1, 1]], **TIME)
refused("a negative deviation of r", "switching_standard_error", "out_of_range", "discount_rate_sd", parameters=ALPHA, **TIME, discount_rate_sd=-0.01)
refused("shares known by nothing", "switching_standard_error", "out_of_range", "shares_known_by", parameters=ALPHA, **TIME, shares_known_by=0)
refused("a negative deviation of a contribution", "switching_standard_error", "out_of_range", "contribution_sd", 2, parameters=ALPHA, **TIME, contribution_sd=[1, 2, -3])
refused("deviations of other brands", "switching_standard_error", "length_mismatch", "contribution_sd", parameters=ALPHA, **TIME, contribution_sd=[1, 2])

case("ranking of Dirichlet rows", "switching_ranking", COVARIANCE, parameters=ALPHA, **TIME)
case("ranking of multinomial rows, without end", "switching_ranking", COVARIANCE, counts=COUNTS, **{**TIME, "horizon": "infinite", "weights": [0, 1, 0]})
case("ranking of five brands", "switching_ranking", COVARIANCE, parameters=[[round(60 * x + 1, 1) for x in row] for row in P5], shares=[0.3, 0.25, 0.2, 0.15, 0.1], purchases=2, contribution=[30, 45, 28, 60, 25], weights=[1, 0, 0, 0, 0], discount_rate=0.02, horizon=60)

DRAWN = "moments and quantiles of the law that the values have: tests/vectors/reference/uncertainty.py"
PROBABILITIES = [0.05, 0.25, 0.5, 0.75, 0.95]


def summary(law):
    mean, sd, quantile = law
    return {"mean": mean, "standard_deviation": sd, "quantiles": [quantile(mpf(p)) for p in PROBABILITIES]}


def drawn(name, function, expected, tolerance, **arguments):
    arguments |= {"draws": 40000, "seed": 20, "probabilities": PROBABILITIES}
    VECTORS.add(name, function, arguments, expected, tolerance, DRAWN)


def rising(value, density, quantile, low, high):
    """The law of a rising function of a variable that has this density and these quantiles."""
    points = [low, quantile(mpf("0.001")), quantile(mpf("0.5")), quantile(mpf("0.999")), high]
    mean = quad(lambda x: value(x) * density(x), points)
    variance = quad(lambda x: (value(x) - mean) ** 2 * density(x), points)
    return mean, sqrt(variance), lambda p: value(quantile(p))


def beta_density(a, b):
    return lambda x: x ** (a - 1) * (1 - x) ** (b - 1) / beta(a, b)


mp.dps = 30
KNOWN = [[1e15, 1e9], [1e9, 1e15]]
# Brand 1 keeps its buyers: brand 0 gets P_00^t of them in period t, with P_00 = Beta(8, 2).
LEAVING = [[8, 2], [1, 1e15]]
ONE = {"shares": [1, 0], "purchases": 1, "contribution": 100, "weights": [1, 0]}
one_period = beta_law(8, 2, mpf(100), mpf(100))
drawn("one period: 100 + 100 Beta(8, 2)", "switching_simulation", summary(one_period), 0.003, parameters=[[8, 2], [1, 3]], horizon=1, discount_rate=0, **ONE)
small = beta_law(mpf("0.4"), mpf("1.6"), mpf(0), mpf(1000))
drawn("one period: 1000 Beta(0.4, 1.6)", "switching_simulation", summary(small), 0.025, parameters=[[1, 3], [0.4, 1.6]], horizon=1, discount_rate=0, **{**ONE, "shares": [0, 1], "contribution": 1000})
drawn("shares known by 12: 100 Beta(3, 9)", "switching_simulation", summary(beta_law(3, 9, mpf(0), mpf(100))), 0.01, parameters=KNOWN, horizon=0, shares_known_by=12, discount_rate=0.1, **{**ONE, "shares": [0.25, 0.75]})
drawn("normal contributions: the difference of two brands", "switching_simulation", summary(normal_law(mpf(90 - 55), sqrt(mpf("4.5") ** 2 + 11**2))), 0.015, parameters=KNOWN, horizon=0, contribution_sd=[5, 10], purchases=2, shares=[0.45, 0.55], contribution=[100, 50], discount_rate=0, weights=[1, -1])


def rate_density(r):
    return mp.npdf(r, mpf("0.1"), mpf("0.02"))


# Everyone buys brand 0 now and brand 1 next.
MOVING = [[1, 1e15], [1, 1e15]]
falling = rising(lambda r: 1000 / (1 + r) - 850, rate_density, lambda p: normal_law(mpf("0.1"), mpf("0.02"))[2](1 - p), mpf("-0.1"), mpf("0.3"))
drawn("normal discount rate, one period", "switching_simulation", summary(falling), 0.02, parameters=MOVING, horizon=1, discount_rate=0.1, discount_rate_sd=0.02, **{**ONE, "contribution": [-850, 1000], "weights": [1, 1]})
p_quantile = beta_law(8, 2, mpf(0), mpf(1))[2]


def leaving(last):
    delta = 1 / mpf("1.1")

    def value(p):
        if last is None:
            return 100 / (1 - delta * p)
        return 100 * sum((delta * p) ** t for t in range(last + 1))

    return rising(value, beta_density(8, 2), p_quantile, mpf(0), mpf(1))


drawn("leaving with a Beta probability, without end", "switching_simulation", summary(leaving(None)), 0.012, parameters=LEAVING, horizon="infinite", discount_rate=0.1, **ONE)
drawn("leaving with a Beta probability, 12 periods", "switching_simulation", summary(leaving(12)), 0.012, parameters=LEAVING, horizon=12, discount_rate=0.1, **ONE)
now = {"mean": 100, "standard_deviation": 0, "quantiles": [100] * len(PROBABILITIES)}
drawn("leaving with a Beta probability, period by period", "switching_bands", {"periods": [now, *(summary(leaving(t)) for t in (1, 2, 3))]}, 0.01, parameters=LEAVING, horizon=3, discount_rate=0.1, **ONE)
DRAW = {"draws": 100, "seed": 1, "probabilities": [0.5]}
refused("bands without end", "switching_bands", "out_of_range", "horizon", parameters=ALPHA, **{**TIME, "horizon": "infinite"}, **DRAW)
refused("a probability above 1", "switching_simulation", "out_of_range", "probabilities", 1, parameters=ALPHA, **TIME, **{**DRAW, "probabilities": [0.5, 1.5]})
refused("one draw", "switching_simulation", "out_of_range", "draws", parameters=ALPHA, **TIME, **{**DRAW, "draws": 1})
refused("a posterior of other brands", "switching_simulation", "length_mismatch", "posterior", parameters=[[1, 1], [1, 1]], **TIME, **DRAW)
refused("draws without end of a rate of 0", "switching_simulation", "divergent", "discount_rate", parameters=ALPHA, **{**TIME, "discount_rate": 0, "horizon": "infinite"}, **DRAW)

VECTORS.write()
