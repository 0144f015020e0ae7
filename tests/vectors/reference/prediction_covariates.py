"""Writes tests/vectors/prediction_covariates.json: rates with covariates, in 30 digits or more.

Needs mpmath and SciPy. Each customer has the parameters of Fader & Hardie (2007, note 019); likelihoods and predictions for
them are the closed forms of the papers as they stand. Fits are to customers that this script simulates: SciPy's simplex
method finds the neighbourhood of the maximum, and Newton steps on a numerical Hessian in 40 digits find the
maximum, over the covariates as they are, not standardised. Intervals are those of delta_method.py.
"""

import math
import random
from functools import cache

from cases import Vectors
from delta_method import intervals, total
from mpmath import exp, hyp2f1, log, loggamma, lu_solve, matrix, mp, mpf, quad, rf
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

SCRIPT = "tests/vectors/reference/prediction_covariates.py"
VECTORS = Vectors("prediction_covariates", 1e-11, f"Fader & Hardie 2007, note 019; 30 digits: {SCRIPT}")
mp.dps = 40


def own_parameters(model, effect, parameters, z1, z2, e=exp):
    """The parameters of a customer with the covariates z1 of purchases and z2 of dropout."""
    r, alpha, p, q = parameters[:4]
    rest = list(parameters[4:])
    first, rest = rest[: len(z1)], rest[len(z1) :]
    second, third = rest[: len(z2)], rest[len(z2) :]

    def factor(gamma, z):
        return e(sum(g * v for g, v in zip(gamma, z, strict=True)))

    alpha = alpha / factor(first, z1)
    if model == "pareto_nbd":
        return r, alpha, p, q / factor(second, z2)
    if effect == "odds":
        return r, alpha, p * factor(second, z2), q
    return r, alpha, p * factor(second, z2), q * factor(second if effect == "common" else third, z2)


def pareto_parts(p, x, tx, age):
    """The likelihood of those alive and of those dead: note 009, (15), over what both have in common."""
    r, alpha, s, beta = p
    total = r + s + x
    second, m, low = (s + 1, alpha - beta, alpha) if alpha >= beta else (r + x, beta - alpha, beta)

    def term(y):
        return hyp2f1(total, second, total + 1, m / (low + y)) / (low + y) ** total

    alive = 1 / ((alpha + age) ** (r + x) * (beta + age) ** s)
    return alive, s / total * (term(tx) - term(age))


def bg_parts(model, p, x, tx, age):
    """FHL 2005, (6): the parts of those alive and of those who left after the last purchase."""
    r, alpha, a, b = p
    stays = x if model == "bg_nbd" else x + 1
    alive = rf(b, stays) / rf(a + b, stays) / (alpha + age) ** (r + x)
    if stays == 0:
        return alive, mpf(0)
    return alive, a * rf(b, stays - 1) / rf(a + b, stays) / (alpha + tx) ** (r + x)


def parts(model, p, x, tx, age):
    return pareto_parts(p, x, tx, age) if model == "pareto_nbd" else bg_parts(model, p, x, tx, age)


def log_likelihood(model, p, x, tx, age):
    r, alpha, s, beta = p
    common = loggamma(r + x) - loggamma(r) + r * log(alpha)
    if model == "pareto_nbd":
        common += s * log(beta)
    return common + log(sum(parts(model, p, x, tx, age)))


def rate(model, p, x, age, u):
    """Of those alive at T: how fast they buy at T + u, by the mean over lambda and over who still is."""
    r, alpha, s, beta = p
    r, alpha = r + x, alpha + age
    if model == "pareto_nbd":
        return r / alpha * ((beta + age) / (beta + age + u)) ** s
    a, b = s, beta + (x if model == "bg_nbd" else x + 1)
    return r / alpha * hyp2f1(r + 1, a, a + b, -u / alpha)


def still_alive(model, p, x, age, horizon):
    r, alpha, s, beta = p
    if model == "pareto_nbd":
        return ((beta + age) / (beta + age + horizon)) ** s
    b = beta + (x if model == "bg_nbd" else x + 1)
    return hyp2f1(r + x, s, s + b, -horizon / (alpha + age))


def predicted(function, model, p, x, tx, age, horizon=None, discount_rate=None):
    if function == "log_likelihood":
        return log_likelihood(model, p, x, tx, age)
    alive, dead = parts(model, p, x, tx, age)
    now = alive / (alive + dead)
    if function == "probability_alive":
        return now * still_alive(model, p, x, age, horizon)
    force = log(1 + discount_rate) if discount_rate is not None else 0
    cuts = [horizon * i / 8 for i in range(9)]
    return now * quad(lambda u: exp(-force * u) * rate(model, p, x, age, u), cuts)


def given(model, effect, parameters, customers, names, columns):
    """The arguments of a model and of the customers to whom it is applied."""
    frequency, recency, age = ([float(v) for v in column] for column in zip(*customers, strict=True))
    return {
        "model": model,
        "dropout_effect": effect,
        "parameters": parameters,
        "purchase_names": names[0],
        "dropout_names": names[1],
        "purchase_covariates": columns[0],
        "dropout_covariates": columns[1],
        "frequency": frequency,
        "recency": recency,
        "age": age,
    }


def predictor(prediction, model, effect, customers, columns, **numbers):
    """The predictions of all customers as a function of the parameters, as a tuple."""
    exact = {key: mpf(value) for key, value in numbers.items()}

    @cache
    def predict(parameters):
        rows = []
        for row, (x, tx, age) in enumerate(customers):
            of_purchases, of_dropout = ([mpf(column[row]) for column in side] for side in columns)
            own = own_parameters(model, effect, parameters, of_purchases, of_dropout)
            rows.append(predicted(prediction, model, own, int(x), mpf(tx), mpf(age), **exact))
        return rows

    return predict


def case(name, function, *whom, **numbers):
    model, effect, parameters, customers, _, columns = whom
    expected = predictor(function, model, effect, customers, columns, **numbers)(tuple(mpf(v) for v in parameters))
    VECTORS.add(f"{model}, {effect}: {name}", f"covariate_model_{function}", given(*whom) | numbers, expected)


def correlated(deviations):
    """The covariance of parameters whose neighbours are correlated."""
    size = range(len(deviations))
    return [[deviations[i] * deviations[j] * 0.3 ** abs(i - j) for j in size] for i in size]


def flat(rows):
    return [value for row in rows for value in row]


def with_intervals(name, function, arguments, *uncertain):
    """Each prediction and their sum with intervals."""
    with mp.workdps(22):
        made = {"intervals": intervals(*uncertain), "total": total(*uncertain)}
    for kind, expected in made.items():
        VECTORS.add(f"{name}, {kind}", f"covariate_model_{function}{kind}", arguments, expected, 1e-9)


def uncertain(deviations, *whom):
    """Predictions and their sums with intervals."""
    model, effect, parameters, customers, _, columns = whom
    covariance = correlated(deviations)
    for prediction, numbers in [
        ("probability_alive", {"horizon": 39.0}),
        ("expected_purchases", {"horizon": 39.0}),
        ("discounted_purchases", {"horizon": 104.0, "discount_rate": 0.002}),
    ]:
        column = predictor(prediction, model, effect, customers, columns, **numbers)
        arguments = given(*whom) | {"log_covariance": flat(covariance), "prediction": prediction, **numbers, "level": 0.95}
        predict = lambda p, column=column: column(tuple(p))
        known = (parameters, covariance, 0.95, prediction == "probability_alive", 4)
        with_intervals(f"{model}, {effect}: {prediction}", "", arguments, predict, *known)


def valued(deviations, *whom):
    """Lifetime values and their sums with intervals, over the parameters of purchases and of spend."""
    model, effect, parameters, customers, _, columns = whom
    covariance = correlated(deviations)
    spend, of_spend = {"p": 6.2488, "q": 3.7446, "gamma": 15.4477}, [
        [0.0361, -0.0202, -0.0502],
        [-0.0202, 0.0151, 0.0304],
        [-0.0502, 0.0304, 0.0767],
    ]
    joint = [row + [0.0] * 3 for row in covariance] + [[0.0] * len(parameters) + row for row in of_spend]
    # Coefficients are uncertain themselves, all others by their logarithms: those come first.
    order = [0, 1, 2, 3, *(len(parameters) + i for i in range(3)), *range(4, len(parameters))]
    joint = [[joint[i][j] for j in order] for i in order]
    numbers = {"horizon": 104.0, "discount_rate": 0.002}
    bought = predictor("discounted_purchases", model, effect, customers, columns, **numbers)
    arguments = given(*whom)
    frequency = arguments["frequency"]
    means = [0.0 if x == 0 else 22.35 + 7 * row for row, x in enumerate(frequency)]
    margins = [0.3 - 0.05 * row for row in range(len(customers))]

    def predict(v):
        p, q, g = v[4:7]
        rows = zip(bought((*v[:4], *v[7:])), frequency, means, margins, strict=True)
        return [mpf(k) * b * p * (g + mpf(x) * mpf(m)) / (p * mpf(x) + q - 1) for b, x, m, k in rows]

    arguments |= {
        "log_covariance": flat(covariance),
        "spend": spend,
        "spend_log_covariance": flat(of_spend),
        "spend_frequency": frequency,
        "mean_spend": means,
        **numbers,
        "margin": margins,
        "level": 0.95,
    }
    values = [*parameters, *spend.values()]
    known = ([values[i] for i in order], joint, 0.95, False, 7)
    with_intervals(f"{model}, {effect}: lifetime value", "lifetime_value_", arguments, predict, *known)


def simulated(model, effect, parameters, count, seed):
    """Customers with a covariate of 0 or 1 and one of any value; times in two decimals."""
    draw = random.Random(seed)
    rows = []
    for i in range(count):
        online, years = float(draw.random() < 0.4), round(draw.gauss(40, 12), 1)
        r, alpha, s, beta = own_parameters(model, effect, parameters, [online, years], [online], math.exp)
        age = (52.0, 45.0, 39.5)[i % 3]
        buys = draw.gammavariate(r, 1 / alpha)
        end, leaves = age, 0.0
        if model == "pareto_nbd":
            end = min(age, draw.expovariate(draw.gammavariate(s, 1 / beta)))
        else:
            leaves = draw.betavariate(s, beta)
        x, tx = 0, 0.0
        while tx + (wait := draw.expovariate(buys)) < end:
            x, tx = x + 1, tx + wait
            if draw.random() < leaves:
                break
        rows.append((x, round(tx, 2), age, online, years))
    return [list(column) for column in zip(*rows, strict=True)]


def float_log_likelihood(model, p, x, tx, age):
    """In double precision, for SciPy: the dead part of the Pareto/NBD by the midpoint rule."""
    r, alpha, s, beta = p
    common = gammaln(r + x) - gammaln(r) + r * math.log(alpha)
    if model == "pareto_nbd":
        n = 40
        step = (age - tx) / n
        dead = sum(
            step * s * ((alpha + age) / (alpha + y)) ** (r + x) * ((beta + age) / (beta + y)) ** s / (beta + y)
            for y in (tx + (i + 0.5) * step for i in range(n))
        )
        alive = -(r + x) * math.log(alpha + age) + s * math.log(beta / (beta + age))
        return common + alive + math.log1p(dead)
    stays = x if model == "bg_nbd" else x + 1
    alive = betaln(s, beta + stays) - betaln(s, beta) - (r + x) * math.log(alpha + age)
    odds = s / (beta + stays - 1) * ((alpha + age) / (alpha + tx)) ** (r + x) if stays else 0.0
    return common + alive + math.log1p(odds)


def fitted(name, model, effect, truth, count, seed, penalty=0.0):
    x, tx, age, online, years = simulated(model, effect, truth, count, seed)
    x = [int(v) for v in x]
    size = len(truth)
    gammas = [[online, years], [online]]
    sides = [0, 0] + [1] * (size - 6)
    places = [0, 1] + [0] * (size - 6)
    deviations = []
    for side, place in zip(sides, places, strict=True):
        column = [mpf(v) for v in gammas[side][place]]
        center = sum(column) / count
        deviations.append((sum((v - center) ** 2 for v in column) / count) ** mpf("0.5"))

    def penalised(theta, one, e, number):
        p = [e(v) for v in theta[:4]] + list(theta[4:])
        value = number(0)
        for i in range(count):
            own = own_parameters(model, effect, p, [number(online[i]), number(years[i])], [number(online[i])], e)
            value += one(model, own, x[i], number(tx[i]), number(age[i]))
        ridge = sum((g * number(d)) ** 2 for g, d in zip(theta[4:], deviations, strict=True))
        return value - count * number(penalty) / 2 * ridge

    def lost(theta):
        try:
            return -penalised(list(theta), float_log_likelihood, math.exp, float)
        except (OverflowError, ValueError, ZeroDivisionError):
            return math.inf

    start = [math.log(v) for v in truth[:4]] + list(truth[4:])
    settings = {"maxiter": 20000, "maxfev": 20000, "xatol": 1e-5, "fatol": 1e-9, "adaptive": True}
    found = minimize(lost, start, method="Nelder-Mead", options=settings)
    theta, h = [mpf(float(v)) for v in found.x], mpf(10) ** -9

    def total(*moves):
        moved = [v + sum(h * k for k, j in moves if i == j) for i, v in enumerate(theta)]
        return penalised(moved, log_likelihood, exp, mpf)

    for _ in range(30):
        here, gradient, hessian = total(), matrix(size, 1), matrix(size, size)
        up = [total((1, i)) for i in range(size)]
        down = [total((-1, i)) for i in range(size)]
        for i in range(size):
            gradient[i] = (up[i] - down[i]) / (2 * h)
            hessian[i, i] = (up[i] - 2 * here + down[i]) / h**2
            for j in range(i):
                both = total((1, i), (1, j)) + total((-1, i), (-1, j))
                hessian[i, j] = hessian[j, i] = (both - up[i] - up[j] - down[i] - down[j] + 2 * here) / (2 * h**2)
        step = lu_solve(hessian, gradient)
        largest = max(abs(v) for v in step)
        if largest < mpf(10) ** -11:
            break
        theta = [v - d * min(1, 1 / (2 * largest)) for v, d in zip(theta, step, strict=True)]
    else:
        raise ArithmeticError("no maximum found")
    covariance = (-hessian) ** -1
    if min(covariance[i, i] for i in range(size)) <= 0:
        raise ArithmeticError("no maximum")
    estimates = [exp(v) for v in theta[:4]] + theta[4:]
    slopes = estimates[:4] + [mpf(1)] * (size - 4)
    ridge = sum((g * d) ** 2 for g, d in zip(theta[4:], deviations, strict=True))
    arguments = {
        "model": model,
        "dropout_effect": effect,
        "purchase_names": ["online", "years"],
        "dropout_names": ["online"],
        "purchase_covariates": [online, years],
        "dropout_covariates": [online],
        "frequency": [float(v) for v in x],
        "recency": tx,
        "age": age,
        "weights": [1.0] * count,
        "covariate_penalty": penalty,
    }
    expected = {
        "parameters": estimates,
        "log_likelihood": here + count * mpf(penalty) / 2 * ridge,
        "standard_errors": [s * covariance[i, i] ** mpf("0.5") for i, s in enumerate(slopes)],
        "status": "converged",
    }
    source = f"maximum in 40 digits: {SCRIPT}"
    VECTORS.add(f"{model}, {effect}: {name}", "covariate_model_fit", arguments, expected, 1e-6, source)


def refused(name, function, kind, argument, row=None, **arguments):
    VECTORS.refuse(name, f"covariate_model_{function}", arguments, kind, argument, row)


CUSTOMERS = [(0, 0, 0), (0, 0, 38.86), (2, 30.43, 38.86), (26, 30.86, 31), (1, 0.14, 39), (5, 38.86, 38.86)]
ONLINE = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0]
YEARS = [25.0, 61.5, 40.0, 33.0, 70.0, 18.0]
BG_NBD = [0.6, 8.0, 0.7, 2.2]
PARETO = [0.6, 11.0, 0.7, 13.0]


def write():
    both = (["online", "years"], ["years", "online"])
    columns = ([ONLINE, YEARS], [YEARS, ONLINE])
    sets = [
        ("pareto_nbd", "separate", [*PARETO, 0.8, -0.01, 0.02, -0.5]),
        ("bg_nbd", "separate", [*BG_NBD, 0.8, -0.01, 0.01, -0.5, -0.015, 0.25]),
        ("bg_nbd", "odds", [*BG_NBD, 0.8, -0.01, 0.01, -0.5]),
        ("mbg_nbd", "common", [*BG_NBD, -1.5, 0.03, 0.02, 0.6]),
        ("mbg_nbd", "separate", [*BG_NBD, -1.5, 0.03, 0.02, 0.6, -0.01, 0.3]),
    ]
    for model, effect, parameters in sets:
        whom = (model, effect, parameters, CUSTOMERS, both, columns)
        case("log-likelihood", "log_likelihood", *whom)
        for horizon in (0.0, 39.0):
            case(f"horizon {horizon}", "probability_alive", *whom, horizon=horizon)
            case(f"horizon {horizon}", "expected_purchases", *whom, horizon=horizon)
        case("a discount rate", "discounted_purchases", *whom, horizon=104.0, discount_rate=0.002)
    one = ("pareto_nbd", "separate", [*PARETO, 1.25], CUSTOMERS)
    case("purchases only", "expected_purchases", *one, (["online"], []), ([ONLINE], []), horizon=39.0)
    case("dropout only", "expected_purchases", *one, ([], ["online"]), ([], [ONLINE]), horizon=39.0)

    logarithms, of_online, of_years = [0.12, 0.15, 0.3, 0.35], 0.12, 0.004
    some = CUSTOMERS[1:5]
    few = ([ONLINE[1:5], YEARS[1:5]], [YEARS[1:5], ONLINE[1:5]])
    for model, effect, parameters in sets[:4]:
        deviations = logarithms + [of_online, of_years] + [of_years, of_online] * ((len(parameters) - 6) // 2)
        uncertain(deviations, model, effect, parameters, some, both, few)
    for model, effect, parameters in (sets[0], sets[2]):
        deviations = [*logarithms, of_online, of_years, of_years, of_online]
        valued(deviations, model, effect, parameters, some, both, few)

    fitted("simulated customers", "pareto_nbd", "separate", [0.9, 9.0, 0.8, 12.0, 0.9, 0.01, -0.7], 160, 3)
    fitted("simulated customers", "bg_nbd", "separate", [0.9, 7.0, 0.8, 2.5, 0.9, 0.01, -0.6, 0.2], 200, 5)
    fitted("simulated customers", "bg_nbd", "odds", [0.9, 7.0, 0.8, 2.5, 0.9, 0.01, -0.6], 160, 7)
    fitted("simulated customers", "mbg_nbd", "common", [0.9, 7.0, 0.8, 2.5, 0.9, 0.01, -0.6], 160, 9)
    fitted("a penalty", "bg_nbd", "odds", [0.9, 7.0, 0.8, 2.5, 0.9, 0.01, -0.6], 160, 7, penalty=0.05)

    histories = {"frequency": [0.0, 2.0, 1.0], "recency": [0.0, 30.0, 4.0], "age": [9.0, 38.0, 20.0]}
    model = {"model": "pareto_nbd", "dropout_effect": "separate", "purchase_names": ["online"], "dropout_names": []}
    known = {**model, **histories, "parameters": [*PARETO, 1.25], "horizon": 1.0, "dropout_covariates": []}
    data = {**model, **histories, "weights": [1.0] * 3, "covariate_penalty": 0.0, "dropout_covariates": []}
    two = {"purchase_names": ["online", "years"]}
    constant, mixed = [[1.0, 1.0, 1.0]], [[1.0, 2.0, 3.0], [5.0, 7.0, 9.0]]
    of = "purchase_covariates"
    refused("the same for all", "fit", "no_solution", of, **data, purchase_covariates=constant)
    refused("collinear", "fit", "no_solution", of, **{**data, **two}, purchase_covariates=mixed)
    refused("too few rows", "fit", "length_mismatch", of, **data, purchase_covariates=[[1.0, 0.0]])
    refused("a column too many", "fit", "length_mismatch", of, **data, purchase_covariates=mixed)
    refused("no column", "expected_purchases", "length_mismatch", of, **known, purchase_covariates=[])
    huge = [[0.0, -1e4, 0.0]]
    refused("a covariate too large", "expected_purchases", "not_finite", "alpha", 1, **known, purchase_covariates=huge)
    penalty = {**data, "covariate_penalty": -1.0}
    refused(
        "a negative penalty", "fit", "out_of_range", "covariate_penalty", **penalty, purchase_covariates=[[0.0, 1.0, 1.0]]
    )
    discrete = {**known, "model": "bg_bb"}
    refused("discrete time", "expected_purchases", "out_of_range", "kind", **discrete, purchase_covariates=[[0.0, 1.0, 1.0]])

    VECTORS.write()


if __name__ == "__main__":
    write()
