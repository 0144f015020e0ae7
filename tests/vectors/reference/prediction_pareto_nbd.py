"""Writes tests/vectors/prediction_pareto_nbd.json: the Pareto/NBD model in numbers of 25 digits or more.

Needs mpmath. Likelihoods, probabilities and discounted purchases are the closed forms of the papers, with
hypergeometric and incomplete gamma functions, in a precision that is doubled until two results agree; the
library integrates instead. Only where a closed form has too many terms is it an integral here too, cut
at its peak, in high precision.
"""


from mpmath import (
    exp,
    gammainc,
    hyp2f1,
    inf,
    log,
    loggamma,
    mp,
    mpf,
    quad,
)

SOURCE = "Fader & Hardie, note 009; 25 digits: tests/vectors/reference/prediction_pareto_nbd.py"
PUBLISHED = "CDNOW, parameters of the exact maximum; 25 digits: tests/vectors/reference/prediction_pareto_nbd.py"
TOLERANCE = 1e-11
#: More purchases than this are counted by an integral.
MOST_TERMS = 40


def certain(function):
    """`function` in a precision that is doubled until two results agree to 25 digits."""

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

    beta_ratio = exp(loggamma(r + n) + loggamma(s + 1) - loggamma(r + s + n + 1) - loggamma(r) - loggamma(s) + loggamma(r + s))
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


def number(value):
    return inf if value == "infinite" else mpf(repr(value)) if isinstance(value, float) else mpf(value)


def customer(a):
    p = tuple(number(v) for v in a["parameters"])
    x, t_x, age = (number(a[name]) for name in ("frequency", "recency", "age"))
    return p, x, t_x, age, later(p, x, age)


def value_log_likelihood(a):
    p, x, t_x, age, _ = customer(a)
    return log_likelihood(p, x, t_x, age)


def value_probability_alive(a):
    p, x, t_x, age, process = customer(a)
    return alive_now(p, x, t_x, age) * survival(process, number(a["horizon"]))


def value_expected_purchases(a):
    p, x, t_x, age, process = customer(a)
    return alive_now(p, x, t_x, age) * mean(process, number(a["horizon"]))


def value_purchase_probability(a):
    p, x, t_x, age, process = customer(a)
    n, t = number(a["purchases"]), number(a["horizon"])
    value = alive_now(p, x, t_x, age) * probability(process, n, t)
    return value + dead_now(p, x, t_x, age) if n == 0 else value


def value_tail_probability(a):
    p, x, t_x, age, process = customer(a)
    n, t = number(a["purchases"]), number(a["horizon"])
    return mpf(1) if n == 0 else alive_now(p, x, t_x, age) * tail(process, n, t)


def value_discounted_purchases(a):
    p, x, t_x, age, process = customer(a)
    return alive_now(p, x, t_x, age) * discounted(process, number(a["horizon"]), number(a["discount_rate"]))


FUNCTIONS = {name.removeprefix("value_"): f for name, f in list(globals().items()) if name.startswith("value_")}
