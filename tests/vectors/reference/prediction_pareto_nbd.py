"""Writes tests/vectors/prediction_pareto_nbd.json: the Pareto/NBD model in numbers of 25 digits or more.

Needs mpmath. Likelihoods, probabilities and discounted purchases are the closed forms of the papers, with
hypergeometric and incomplete gamma functions, in a precision that is doubled until two results agree; the
library integrates instead. Only where a closed form has too many terms is it an integral here too, cut at its
peak, in high precision. Inputs are read as the doubles that their texts give.
"""

from functools import cache

from cases import Vectors
from mpmath import (
    exp,
    gammainc,
    hyp2f1,
    inf,
    log,
    loggamma,
    lu_solve,
    matrix,
    mp,
    mpf,
    quad,
)

SOURCE = "Fader & Hardie, note 009; 25 digits: tests/vectors/reference/prediction_pareto_nbd.py"
TOLERANCE = 1e-11
#: More purchases than this are counted by an integral.
MOST_TERMS = 40


def certain(function):
    """`function` in a precision that is doubled until two results agree to 25 digits."""

    @cache
    def evaluate(*arguments):
        last = None
        for digits in (40, 60, 120, 240, 480, 960, 1920, 3840, 7680):
            with mp.workdps(digits):
                value = function(*arguments)
            if last is not None and abs(value - last) <= abs(value) * mpf(10) ** -25:
                return value
            last = value
        raise ArithmeticError(f"{function.__name__}{arguments}")

    return evaluate


def likelihood_parts(p, x, t_x, age):
    """The likelihood of those alive and of those dead, each over what they have in common."""
    r, alpha, s, beta = p
    total = r + s + x
    if alpha >= beta:

        def term(y):
            return hyp2f1(total, s + 1, total + 1, (alpha - beta) / (alpha + y)) / (alpha + y) ** total

    else:

        def term(y):
            return hyp2f1(total, r + x, total + 1, (beta - alpha) / (beta + y)) / (beta + y) ** total

    alive = 1 / ((alpha + age) ** (r + x) * (beta + age) ** s)
    return alive, s / total * (term(t_x) - term(age))


@certain
def log_likelihood(p, x, t_x, age):
    if age == 0:
        return mpf(0)  # nothing else can have happened
    r, alpha, s, beta = p
    common = loggamma(r + x) - loggamma(r) + r * log(alpha) + s * log(beta)
    return common + log(sum(likelihood_parts(p, x, t_x, age)))


@certain
def alive_now(p, x, t_x, age):
    alive, dead = likelihood_parts(p, x, t_x, age)
    return alive / (alive + dead)


@certain
def dead_now(p, x, t_x, age):
    alive, dead = likelihood_parts(p, x, t_x, age)
    return dead / (alive + dead)


def later(p, x, age):
    r, alpha, s, beta = p
    return r + x, alpha + age, s, beta + age


def survival(p, t):
    _, _, s, beta = p
    return (beta / (beta + t)) ** s


@certain
def mean(p, t):
    r, alpha, s, beta = p
    if s == 1:
        return r * beta / alpha * log((beta + t) / beta)
    return r * beta / alpha / (s - 1) * (1 - (beta / (beta + t)) ** (s - 1))


def negative_binomial(p, n, t):
    r, alpha, _, _ = p
    coefficient = exp(loggamma(r + n) - loggamma(r) - loggamma(n + 1))
    return coefficient * (alpha / (alpha + t)) ** r * (t / (alpha + t)) ** n


@certain
def probability_by_hypergeometric_functions(p, n, t):
    """Fader & Hardie (2006), "Deriving an expression for P(X(t) = x)", eq. (11) to (16)."""
    r, alpha, s, beta = p
    low, high = min(alpha, beta), max(alpha, beta)
    second = s + 1 if alpha >= beta else r + n

    def term(i, y):
        # Γ(r+s+i)/Γ(r+s) tⁱ/i! 2F1(r+s+i, second; r+s+n+1; (M−m)/(M+y)) / (M+y)^(r+s+i)
        scale = exp(loggamma(r + s + i) - loggamma(r + s) - loggamma(i + 1)) * t**i
        return scale * hyp2f1(r + s + i, second, r + s + n + 1, (high - low) / (high + y)) / (high + y) ** (r + s + i)

    beta_ratio = exp(
        loggamma(r + n) + loggamma(s + 1) - loggamma(r + s + n + 1) - loggamma(r) - loggamma(s) + loggamma(r + s)
    )
    dead = term(0, 0) - sum(term(i, t) for i in range(int(n) + 1))
    return negative_binomial(p, n, t) * survival(p, t) + alpha**r * beta**s * beta_ratio * dead


def around_peak(logarithm, t):
    """The integral of exp(logarithm(y)) dy/y over 0 < y < t, a log-concave function of ln y."""
    top = log(t)
    low, high = top - 200000, top

    def slope(v):
        h = mpf(10) ** (-mp.dps // 3)
        return logarithm(exp(v)) - logarithm(exp(v - h))

    if slope(top) < 0:
        for _ in range(120):
            middle = (low + high) / 2
            low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    peak = high
    height = logarithm(exp(peak))

    def edge(direction):
        step = mpf(10) ** -6
        while peak + direction * step < top and logarithm(exp(peak + direction * step)) - height > -75:
            step *= 2
        return min(peak + direction * step, top)

    left, right = edge(-1), edge(1) if peak < top else top
    middle = [peak] if left < peak < right else []
    cuts = [left + (right - left) * i / 8 for i in range(9)]
    cuts = sorted({*cuts, *middle})
    return exp(height) * quad(lambda v: exp(logarithm(exp(v)) - height), cuts, method="gauss-legendre")


@certain
def probability_by_integral(p, n, t):
    r, alpha, s, beta = p

    def logarithm(y):
        bought = n * log(y / (alpha + y)) + r * log(alpha / (alpha + y))
        return bought + s * log(beta / (beta + y)) + log(s * y / (beta + y))

    coefficient = exp(loggamma(r + n) - loggamma(r) - loggamma(n + 1))
    return negative_binomial(p, n, t) * survival(p, t) + coefficient * around_peak(logarithm, t)


def probability(p, n, t):
    if t == 0:
        return mpf(n == 0)
    return (probability_by_hypergeometric_functions if n <= MOST_TERMS else probability_by_integral)(p, n, t)


@certain
def tail_by_integral(p, n, t):
    r, alpha, s, beta = p

    def logarithm(y):
        return n * log(y / (alpha + y)) + r * log(alpha / (alpha + y)) + s * log(beta / (beta + y))

    return exp(loggamma(r + n) - loggamma(r) - loggamma(n)) * around_peak(logarithm, t)


@certain
def tail_by_sum(p, n, t):
    return 1 - sum(probability_by_hypergeometric_functions(p, mpf(k), t) for k in range(int(n)))


def tail(p, n, t):
    if n == 0 or t == 0:
        return mpf(n == 0)
    return tail_by_sum(p, n, t) if n <= 12 else tail_by_integral(p, n, t)


@certain
def discounted(p, t, rate):
    r, alpha, s, beta = p
    force = log(1 + rate)
    if force == 0:
        if t == inf:
            return r * beta / alpha / (s - 1)
        return mean(p, t)
    # ∫ (β/(β+u))^s e^(−δu) du from 0 is e^(δβ) β^s δ^(s−1) Γ(1−s, δβ), for δ < 0 too over a finite time.
    if force > 0:

        def endless(b):
            return exp(force * b) * b**s * force ** (s - 1) * gammainc(1 - s, force * b)

        total = endless(beta)
        if t != inf:
            total -= exp(-force * t) * survival(p, t) * endless(beta + t)
    else:
        total = quad(lambda u: survival(p, u) * exp(-force * u), [t * i / mpf(40) for i in range(41)])
    return r / alpha * total


def predict(function, p, x, t_x, age, horizon=None, purchases=None, discount_rate=None):
    if function == "log_likelihood":
        return log_likelihood(p, x, t_x, age)
    alive, process = alive_now(p, x, t_x, age), later(p, x, age)
    if function == "probability_alive":
        return alive * survival(process, horizon)
    if function == "expected_purchases":
        return alive * mean(process, horizon)
    if function == "purchase_probability":
        value = alive * probability(process, purchases, horizon)
        return value + dead_now(p, x, t_x, age) if purchases == 0 else value
    if function == "tail_probability":
        return mpf(1) if purchases == 0 else alive * tail(process, purchases, horizon)
    return alive * discounted(process, horizon, discount_rate)


def number(value):
    return inf if value == "infinite" else mpf(value)


VECTORS = Vectors("prediction_pareto_nbd", TOLERANCE, SOURCE)


def case(name, function, parameters, customers, **rest):
    expected = []
    for x, t_x, age in customers:
        given = {key: number(value) for key, value in rest.items()}
        expected.append(float(predict(function, tuple(mpf(v) for v in parameters), mpf(x), mpf(t_x), mpf(age), **given)))
    frequency, recency, age = ([float(v) for v in column] for column in zip(*customers))
    arguments = {
        "model": "pareto_nbd",
        "parameters": parameters,
        "frequency": frequency,
        "recency": recency,
        "age": age,
        **rest,
    }
    VECTORS.add(name, f"purchase_model_{function}", arguments, expected)

def refused(name, function, kind, argument, row=None, **arguments):
    VECTORS.refuse(name, f"purchase_model_{function}", {"model": "pareto_nbd", **arguments}, kind, argument, row)


def fitted(name, start, frequency, recency, age, weights):
    """The maximum over the logarithms of the parameters, by Newton steps on a numerical Hessian in 50 digits."""
    rows = [tuple(mpf(v) for v in row) for row in zip(frequency, recency, age, weights)]
    h = mpf(10) ** -10

    def total(*moves):
        r, alpha, s, beta = p = [exp(v + sum(h * k for k, j in moves if i == j)) for i, v in enumerate(theta)]
        value = mpf(0)
        for x, t_x, t, weight in rows:
            common = loggamma(r + x) - loggamma(r) + r * log(alpha) + s * log(beta)
            value += weight * (common + log(sum(likelihood_parts(p, x, t_x, t))))
        return value

    with mp.workdps(50):
        theta = [log(mpf(v)) for v in start]
        for _ in range(30):
            here, gradient, hessian = total(), matrix(4, 1), matrix(4, 4)
            for i in range(4):
                up, down = total((1, i)), total((-1, i))
                gradient[i] = (up - down) / (2 * h)
                hessian[i, i] = (up - 2 * here + down) / h**2
                for j in range(i):
                    cross = (
                        total((1, i), (1, j))
                        - total((1, i), (-1, j))
                        - total((-1, i), (1, j))
                        + total((-1, i), (-1, j))
                    )
                    hessian[i, j] = hessian[j, i] = cross / (4 * h**2)
            step = lu_solve(hessian, gradient)
            largest = max(abs(v) for v in step)
            if largest < mpf(10) ** -12:
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
    arguments = {"model": "pareto_nbd", "frequency": frequency, "recency": recency, "age": age, "weights": weights}
    VECTORS.add(name, "purchase_model_fit", arguments, expected, 1e-6)


SUMMARY = {
    "frequency": [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 11, 15],
    "recency": [0, 0, 0, 1.5, 8, 20, 33, 5.5, 19, 34, 12, 36, 30.5, 18, 37, 25, 38, 31.5],
    "age": [39, 33, 28, 38, 36, 31, 35, 39, 30, 36, 34, 38, 33, 29, 39, 37, 38.5, 32],
    "weights": [300, 420, 390, 70, 55, 62, 48, 25, 31, 29, 14, 22, 11, 6, 9, 4, 3, 2],
}
CDNOW = [0.553275509, 10.577612239, 0.606213569, 11.667911237]
SETS = {
    "CDNOW": CDNOW,
    "s = 1": [0.5, 9.0, 1.0, 14.0],
    "s next to 1": [0.5, 9.0, 1.000000001, 14.0],
    "alpha = beta": [0.8, 12.0, 0.7, 12.0],
    "beta far over alpha": [0.4, 0.01, 0.6, 1000.0],
    "alpha far over beta": [0.4, 1000.0, 0.6, 0.01],
    "s tiny": [1.5, 20.0, 0.001, 3.0],
    "s and beta large": [3.0, 12.0, 400.0, 20000.0],
    "r large": [60.0, 30.0, 0.7, 4.0],
    "r tiny": [0.002, 30.0, 2.0, 60.0],
}
CUSTOMERS = [
    (0, 0, 0),
    (0, 0, 38.86),
    (2, 30.43, 38.86),
    (26, 30.86, 31),
    (1, 0.14, 39),
    (5, 38.86, 38.86),
    (5, 38.86 - 1e-8, 38.86),
]
DAYS = [0.553, 74.0, 0.606, 81.7]
HEAVY = [
    (20000, 3650.0, 3650.0),
    (20000, 3649.0, 3652.0),
    (365, 364.5, 365.0),
    (0, 0, 9000.0),
    (3, 12.0, 9000.0),
    (0, 0, 0),
]


def write():
    fitted(
        "a hand-made summary",
        [0.62, 23.3, 0.3, 2],
        **{key: [float(v) for v in column] for key, column in SUMMARY.items()},
    )
    for name, p in SETS.items():
        case(name, "log_likelihood", p, CUSTOMERS)
        for horizon in (0.0, 39.0, 50000.0):
            case(f"{name}, horizon {horizon}", "probability_alive", p, CUSTOMERS, horizon=horizon)
            case(f"{name}, horizon {horizon}", "expected_purchases", p, CUSTOMERS, horizon=horizon)
        for purchases in (0.0, 1.0, 7.0):
            case(
                f"{name}, {purchases} purchases",
                "purchase_probability",
                p,
                CUSTOMERS[:5],
                purchases=purchases,
                horizon=39.0,
            )
            case(
                f"{name}, {purchases} purchases",
                "tail_probability",
                p,
                CUSTOMERS[:5],
                purchases=purchases,
                horizon=39.0,
            )
        for horizon, rate in ((52.0, 0.002), ("infinite", 0.002), ("infinite", 0.000001)):
            case(
                f"{name}, horizon {horizon}, rate {rate}",
                "discounted_purchases",
                p,
                CUSTOMERS[:5],
                horizon=horizon,
                discount_rate=rate,
            )
    case("a negative rate", "discounted_purchases", CDNOW, CUSTOMERS[:5], horizon=52.0, discount_rate=-0.01)
    case("a rate of 0", "discounted_purchases", CDNOW, CUSTOMERS[:5], horizon=52.0, discount_rate=0.0)
    case(
        "without end nor discount",
        "discounted_purchases",
        SETS["r tiny"],
        CUSTOMERS[:5],
        horizon="infinite",
        discount_rate=0.0,
    )
    case("decades in days", "log_likelihood", DAYS, HEAVY)
    for horizon in (1.0, 36500.0):
        case(f"decades in days, horizon {horizon}", "probability_alive", DAYS, HEAVY, horizon=horizon)
        case(f"decades in days, horizon {horizon}", "expected_purchases", DAYS, HEAVY, horizon=horizon)
    case("decades in days", "discounted_purchases", DAYS, HEAVY, horizon="infinite", discount_rate=0.0003)
    for purchases in (60.0, 2000.0):
        case(
            f"many purchases, {purchases}", "purchase_probability", DAYS, HEAVY[:3], purchases=purchases, horizon=365.0
        )
        case(f"many purchases, {purchases}", "tail_probability", DAYS, HEAVY[:3], purchases=purchases, horizon=365.0)

    one = {"parameters": CDNOW, "frequency": [0.0, 2.0], "recency": [0.0, 30.0], "age": [9.0, 38.0]}
    refused(
        "a recency over the age",
        "expected_purchases",
        "out_of_range",
        "recency",
        1,
        **{**one, "recency": [0.0, 39.0]},
        horizon=1.0,
    )
    refused("a negative horizon", "probability_alive", "out_of_range", "horizon", 0, **one, horizon=-1.0)
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
    refused(
        "a parameter of 0",
        "expected_purchases",
        "out_of_range",
        "beta",
        **{**one, "parameters": [0.5, 1.0, 0.5, 0.0]},
        horizon=1.0,
    )
    nobody = {"frequency": [0.0, 0.0], "recency": [0.0, 0.0], "age": [3.0, 4.0], "weights": [1.0, 1.0]}
    refused("nobody bought again", "fit", "no_solution", "frequency", **nobody)

    VECTORS.write()


if __name__ == "__main__":
    write()
