"""Writes tests/vectors/prediction_bg_bb.json: the BG/BB model in numbers of 60 digits.

Needs mpmath. Likelihoods and probabilities are the sums of the paper as they stand, term by term with beta
functions; expected and discounted purchases are plain sums over opportunities, without end a 2F1. Fits are
Newton steps on a numerical Hessian. Inputs are read as the doubles that their texts give.
"""


from cases import Vectors
from mpmath import beta, binomial, exp, hyp2f1, inf, log, lu_solve, matrix, mp, mpf

mp.dps = 60
SOURCE = "Fader, Hardie & Shang 2010, eq. (5) to (15); 60 digits: tests/vectors/reference/prediction_bg_bb.py"
VECTORS = Vectors("prediction_bg_bb", 1e-11, SOURCE)


def parts(p, x, t_x, n):
    """Eq. (5): the likelihood of those alive after n opportunities, and of those who left before."""
    a, b, c, d = p
    alive = beta(a + x, b + n - x) / beta(a, b) * beta(c, d + n) / beta(c, d)
    dead = mpf(0)
    for i in range(int(n - t_x)):
        j = t_x + i
        dead += beta(a + x, b + j - x) / beta(a, b) * beta(c + 1, d + j) / beta(c, d)
    return alive, dead


def survival(p, t):
    _, _, c, d = p
    return beta(c, d + t) / beta(c, d)


def probability(p, x, n):
    """Eq. (7)."""
    a, b, c, d = p
    if x > n:
        return mpf(0)
    value = binomial(n, x) * beta(a + x, b + n - x) / beta(a, b) * survival(p, n)
    for i in range(int(x), int(n)):
        value += binomial(i, x) * beta(a + x, b + i - x) / beta(a, b) * beta(c + 1, d + i) / beta(c, d)
    return value


def discounted(p, n, rate):
    a, b, c, d = p
    q = 1 / (1 + rate)
    if n == inf:
        endless = d / (c - 1) if rate == 0 else d / (c + d) * q * hyp2f1(1, d + 1, c + d + 1, q)
        return a / (a + b) * endless
    return a / (a + b) * sum(survival(p, mpf(t)) * q**t for t in range(1, int(n) + 1))


def predict(function, p, x, t_x, n, horizon=None, purchases=None, discount_rate=None):
    alive, dead = parts(p, x, t_x, n)
    if function == "log_likelihood":
        return log(alive + dead)
    a, b, c, d = p
    process = a + x, b + n - x, c, d + n
    now = alive / (alive + dead)
    if function == "probability_alive":
        return now * survival(process, horizon)
    if function == "expected_purchases":
        return now * discounted(process, horizon, mpf(0))
    if function == "purchase_probability":
        value = now * probability(process, purchases, horizon)
        return value + dead / (alive + dead) if purchases == 0 else value
    if function == "tail_probability":
        if purchases == 0:
            return mpf(1)
        return now * sum(probability(process, mpf(k), horizon) for k in range(int(purchases), int(horizon) + 1))
    return now * discounted(process, horizon, discount_rate)


def number(value):
    return inf if value == "infinite" else mpf(value)


def case(name, function, parameters, customers, **rest):
    given = {key: number(value) for key, value in rest.items()}
    p = [mpf(v) for v in parameters]
    expected = [float(predict(function, p, *(mpf(v) for v in customer), **given)) for customer in customers]
    frequency, recency, age = ([float(v) for v in column] for column in zip(*customers))
    arguments = {
        "model": "bg_bb",
        "parameters": parameters,
        "frequency": frequency,
        "recency": recency,
        "age": age,
        **rest,
    }
    VECTORS.add(name, f"purchase_model_{function}", arguments, expected)

def refused(name, function, kind, argument, row=None, **arguments):
    VECTORS.refuse(name, f"purchase_model_{function}", {"model": "bg_bb", **arguments}, kind, argument, row)


def fitted(name, start, frequency, recency, age, weights):
    """The maximum over the logarithms of the parameters, by Newton steps on a numerical Hessian."""
    rows = [tuple(mpf(v) for v in row) for row in zip(frequency, recency, age, weights)]
    h = mpf(10) ** -12
    theta = [log(mpf(v)) for v in start]

    def total(*moves):
        p = [exp(v + sum(h * k for k, j in moves if i == j)) for i, v in enumerate(theta)]
        return sum(weight * log(sum(parts(p, x, t_x, n))) for x, t_x, n, weight in rows)

    for _ in range(30):
        here, gradient, hessian = total(), matrix(4, 1), matrix(4, 4)
        for i in range(4):
            up, down = total((1, i)), total((-1, i))
            gradient[i] = (up - down) / (2 * h)
            hessian[i, i] = (up - 2 * here + down) / h**2
            for j in range(i):
                cross = (
                    total((1, i), (1, j)) - total((1, i), (-1, j)) - total((-1, i), (1, j)) + total((-1, i), (-1, j))
                )
                hessian[i, j] = hessian[j, i] = cross / (4 * h**2)
        step = lu_solve(hessian, gradient)
        largest = max(abs(v) for v in step)
        if largest < mpf(10) ** -14:
            break
        theta = [v - d * min(1, 1 / (2 * largest)) for v, d in zip(theta, step)]
    else:
        raise ArithmeticError("no maximum found")
    covariance = (-hessian) ** -1
    parameters = [exp(v) for v in theta]
    errors = [p * covariance[i, i] ** mpf("0.5") for i, p in enumerate(parameters)]
    expected = {
        "parameters": [float(p) for p in parameters],
        "log_likelihood": float(here),
        "standard_errors": [float(e) for e in errors],
        "status": "converged",
    }
    arguments = {"model": "bg_bb", "frequency": frequency, "recency": recency, "age": age, "weights": weights}
    VECTORS.add(name, "purchase_model_fit", arguments, expected, 1e-6)


# Members of a club asked at five meetings, and newer ones at four: (x, t_x, n, members).
MEETINGS = [
    (0, 0, 5, 410), (1, 1, 5, 150), (1, 2, 5, 42), (1, 3, 5, 25), (1, 4, 5, 22), (1, 5, 5, 30), (2, 2, 5, 70), (2, 3, 5, 48), (2, 4, 5, 39),
    (2, 5, 5, 44), (3, 3, 5, 50), (3, 4, 5, 52), (3, 5, 5, 71), (4, 4, 5, 60), (4, 5, 5, 118), (5, 5, 5, 205), (0, 0, 4, 260), (1, 2, 4, 40),
    (2, 3, 4, 41), (3, 4, 4, 80), (4, 4, 4, 150),
]  # fmt: skip
DONORS = [1.203522352, 0.749716358, 0.656718208, 2.783442233]
SETS = {
    "donors": DONORS,
    "gamma = 1": [0.7, 1.9, 1.0, 6.0],
    "gamma next to 1": [0.7, 1.9, 1.000000001, 6.0],
    "gamma tiny": [0.7, 1.9, 0.001, 0.5],
    "nobody leaves": [2.0, 3.0, 0.0001, 10000.0],
    "everybody leaves": [2.0, 3.0, 80.0, 0.3],
    "alike": [4000.0, 9000.0, 300.0, 6000.0],
    "of two kinds": [0.002, 0.004, 0.01, 0.02],
}
CUSTOMERS = [(0, 0, 0), (0, 0, 6), (1, 1, 6), (3, 5, 6), (6, 6, 6), (1, 6, 6), (40, 52, 365), (300, 300, 365)]


def write():
    frequency, recency, age, weights = ([float(v) for v in column] for column in zip(*MEETINGS))
    fitted("meetings of a club", [1, 1, 1, 3], frequency, recency, age, weights)
    for name, p in SETS.items():
        case(name, "log_likelihood", p, CUSTOMERS)
        for horizon in (0.0, 1.0, 250.0):
            case(f"{name}, horizon {horizon}", "probability_alive", p, CUSTOMERS, horizon=horizon)
            case(f"{name}, horizon {horizon}", "expected_purchases", p, CUSTOMERS, horizon=horizon)
        for purchases in (0.0, 1.0, 7.0, 30.0):
            case(
                f"{name}, {purchases} purchases",
                "purchase_probability",
                p,
                CUSTOMERS,
                purchases=purchases,
                horizon=24.0,
            )
            case(f"{name}, {purchases} purchases", "tail_probability", p, CUSTOMERS, purchases=purchases, horizon=24.0)
        for horizon, rate in ((24.0, 0.1), (24.0, -0.01), ("infinite", 0.1), ("infinite", 0.00001)):
            case(
                f"{name}, horizon {horizon}, rate {rate}",
                "discounted_purchases",
                p,
                CUSTOMERS,
                horizon=horizon,
                discount_rate=rate,
            )
    case(
        "without end nor discount",
        "discounted_purchases",
        [0.7, 1.9, 1.5, 6.0],
        CUSTOMERS,
        horizon="infinite",
        discount_rate=0.0,
    )
    case("many opportunities", "log_likelihood", DONORS, [(1000, 1000, 3000), (0, 0, 3000), (2990, 2999, 3000)])
    case(
        "many opportunities",
        "probability_alive",
        DONORS,
        [(1000, 1000, 3000), (0, 0, 3000), (2990, 2999, 3000)],
        horizon=0.0,
    )
    case("very many opportunities", "expected_purchases", DONORS, CUSTOMERS[:3], horizon=20000.0)
    case(
        "very many opportunities, gamma next to 1",
        "expected_purchases",
        SETS["gamma next to 1"],
        CUSTOMERS[:3],
        horizon=20000.0,
    )

    one = {"parameters": DONORS, "frequency": [0.0, 2.0], "recency": [0.0, 3.0], "age": [6.0, 6.0]}
    refused(
        "more purchases than opportunities",
        "probability_alive",
        "out_of_range",
        "frequency",
        1,
        **{**one, "recency": [0.0, 1.0]},
        horizon=0.0,
    )
    refused("half an opportunity", "log_likelihood", "out_of_range", "age", 0, **{**one, "age": [5.5, 6.0]})
    refused("half an opportunity to come", "expected_purchases", "out_of_range", "horizon", 0, **one, horizon=1.5)
    refused(
        "purchases for ever, undiscounted",
        "discounted_purchases",
        "divergent",
        "discount_rate",
        0,
        **one,
        horizon="infinite",
        discount_rate=0.0,
    )
    impossible = {"frequency": [0.0, 3.0], "recency": [0.0, 2.0], "age": [6.0, 6.0], "weights": [1.0, 1.0]}
    refused("a fit to more purchases than opportunities", "fit", "out_of_range", "frequency", 1, **impossible)

    VECTORS.write()


if __name__ == "__main__":
    write()
