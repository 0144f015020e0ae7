"""Writes prediction_contractual.json: the sBG and BdW models in high precision, from their definitions alone.

Survival comes from the gamma function, sums without end from 2F1 (sBG) or term by term, without discounting with
Euler and Maclaurin's tail (BdW), fits from Newton's method on the log-likelihood of the papers. The published parameters of Fader & Hardie (2007)
are compared on the way.
"""


from cases import Vectors
from mpmath import diff, exp, findroot, hyp2f1, log, loggamma, matrix, mp, mpf, quad, sqrt

mp.dps = 25

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
INFINITE = None


def log_survival(model, t):
    """ln S(t), S(t) = B(α, β + t^c)/B(α, β)."""
    a, b, c = model
    u = mpf(t) ** c
    return loggamma(b + u) - loggamma(a + b + u) - loggamma(b) + loggamma(a + b)


def survival(model, t):
    return exp(log_survival(model, t))


def log_likelihood(cohorts, customers, model):
    total = mpf(0)
    for survivors in cohorts:
        for t in range(1, len(survivors)):
            lost = survivors[t - 1] - survivors[t]
            total += lost * log(survival(model, t - 1) - survival(model, t))
        total += survivors[-1] * log_survival(model, len(survivors) - 1)
    for n, churned, weight in customers:
        total += weight * (log(survival(model, n - 1) - survival(model, n)) if churned else log_survival(model, n))
    return total


def fit(cohorts, customers, start):
    """Estimates, standard errors and log-likelihood; the sBG has two parameters, the BdW three."""

    def value(*logs):
        a, b, c = [exp(x) for x in logs] + [mpf(1)] * (3 - len(logs))
        return log_likelihood(cohorts, customers, (a, b, c))

    n = len(start)
    unit = lambda i: tuple(int(i == j) for j in range(n))
    slopes = [lambda *x, i=i: diff(value, x, unit(i)) for i in range(n)]
    found = findroot(slopes, [log(mpf(s)) for s in start], tol=1e-20, maxsteps=60)
    at = tuple(found)
    second = lambda i, j: tuple(int(i == k) + int(j == k) for k in range(n))
    hessian = matrix(n, n)
    for i in range(n):
        for j in range(n):
            hessian[i, j] = -diff(value, at, second(i, j))
    covariance = hessian**-1
    estimates = [exp(x) for x in at]
    return {
        "estimates": estimates,
        "standard_errors": [e * sqrt(covariance[i, i]) for i, e in enumerate(estimates)],
        "log_likelihood": value(*at),
    }


def discounted(model, m, horizon, rate):
    """Σ_{k < horizon} S(m + k)/S(m) (1 + rate)^−k."""
    a, b, c = model
    z = 1 / (1 + mpf(rate))
    term = lambda k: exp(log_survival(model, m + k) - log_survival(model, m)) * z**k
    if horizon is not INFINITE:
        return sum(term(mpf(k)) for k in range(int(horizon)))
    if c == 1 and rate == 0:
        return (a + b + m - 1) / (a - 1)
    if c == 1 and b < 100:
        return hyp2f1(1, b + m, a + b + m, z)
    if rate > 0:
        total, k = mpf(0), 0
        while (following := term(mpf(k))) > total * mpf(rate) * mpf(10) ** -18:
            total, k = total + following, k + 1
        return total
    first = 500  # from here on, without discounting, Euler and Maclaurin's formula over t = first · e^u
    head = sum(term(mpf(k)) for k in range(first))
    with mp.workdps(90):  # log-gammas of large numbers cancel
        tail = quad(lambda u: term(first * exp(u)) * first * exp(u), [0, 1, 2, 4, 8, 16, 40])
    return head + tail + term(first) / 2 - diff(term, first) / 12 + diff(term, first, 3) / 720


def residual(model, m, horizon, rate):
    following = survival(model, m + 1) / survival(model, m)
    return following * discounted(model, m + 1, horizon, rate)


def as_model(parameters):
    return tuple(mpf(x) for x in (list(parameters.values()) + [1])[:3])


SOURCE = "25 digits: tests/vectors/reference/prediction_contractual.py"
VECTORS = Vectors("prediction_contractual", 1e-12, SOURCE)
case, refused = VECTORS.add, VECTORS.refuse


def fits():
    published = "Fader & Hardie 2007, table 1 and its fit; " + SOURCE
    regular = fit([REGULAR], [], [0.7, 1.2])
    high_end = fit([HIGH_END], [], [0.67, 3.8])
    for found, (alpha, beta, value) in [
        (regular, ("0.704077298", "1.182043026", "-1680.265188463")),
        (high_end, ("0.668088351", "3.806094964", "-1611.158147391")),
    ]:
        for mine, theirs in zip([*found["estimates"], found["log_likelihood"]], [alpha, beta, value]):
            assert abs(mine - mpf(theirs)) < 1e-9, (mine, theirs)
    case("Regular, seven renewals", "sbg_fit", {"survivors": [REGULAR]}, regular, 1e-6, published)
    case("High End, seven renewals", "sbg_fit", {"survivors": [HIGH_END]}, high_end, 1e-6, published)
    cohorts = [REGULAR, [500, 320, 240, 190], [2000, 1300]]
    case("cohorts of three ages", "sbg_fit", {"survivors": cohorts}, fit(cohorts, [], [0.7, 1.2]), 1e-6)
    customers = [(1, 1, 3.0), (2, 1, 1.5), (5, 0, 2.0), (3, 1, 0.5), (4, 0, 2.5), (0, 0, 9.0), (1, 0, 1.0), (2, 1, 1.0)]
    tenure, churned, weights = (list(column) for column in zip(*customers))
    columns = {"tenure": tenure, "churned": churned, "weights": weights}
    case("customers with weights", "sbg_fit", columns, fit([], customers, [1.0, 2.0]), 1e-6)
    both = {"survivors": [HIGH_END]} | columns
    case("a cohort and customers", "sbg_fit", both, fit([HIGH_END], customers, [0.67, 3.5]), 1e-6)
    case("Regular with duration dependence", "bdw_fit", {"survivors": [REGULAR]}, fit([REGULAR], [], [0.5, 1, 1.2]), 1e-6)
    case("High End with duration dependence", "bdw_fit", {"survivors": [HIGH_END]},
         fit([HIGH_END], [], [0.26, 1.7, 1.6]), 1e-6)
    case("cohorts of two ages with duration dependence", "bdw_fit", {"survivors": cohorts[:2]},
         fit(cohorts[:2], [], [0.5, 1, 1.2]), 1e-6)
    case("counts of customers", "renewals", columns | {"survivors": [[10, 7, 7]]}, {
        "at_risk": [10 + 11.5, 7 + 7.5, 5.0, 4.5, 2.0], "lost": [3 + 3.0, 2.5, 0.5, 0.0, 0.0], "customers": 30.5}, 1e-14,
         "counted by hand")


def predictions():
    models = [
        {"alpha": 0.704077298, "beta": 1.182043026},
        {"alpha": 0.668088351, "beta": 3.806094964},
        {"alpha": 1e-3, "beta": 0.02},
        {"alpha": 2.0, "beta": 1e6},
        {"alpha": 5000.0, "beta": 12000.0},
        {"alpha": 1.25, "beta": 0.5},
        {"alpha": 0.259, "beta": 1.722, "c": 1.584},
        {"alpha": 0.9, "beta": 2.5, "c": 0.6},
        {"alpha": 40.0, "beta": 300.0, "c": 0.3},
        {"alpha": 1.2, "beta": 50.0, "c": 2.5},
    ]
    for parameters in models:
        model = as_model(parameters)
        name = ", ".join(f"{k} {v}" for k, v in parameters.items())
        renewal = [1, 2, 3, 10, 100, 5000]
        case(f"retention rates, {name}", "renewal_retention_rate", {"model": parameters, "renewal": renewal},
             [survival(model, t) / survival(model, t - 1) for t in renewal], 1e-13)
        case(f"churn, {name}", "renewal_churn_probability", {"model": parameters, "renewal": renewal},
             [survival(model, t - 1) - survival(model, t) for t in renewal], 1e-13)
        renewals, further = [0, 0, 1, 12, 400, 0], [0, 7, 1, 30, 5000, 10**7]
        case(f"survival, {name}", "renewal_conditional_survival", {"model": parameters, "renewals": renewals, "further": further},
             [survival(model, m + k) / survival(model, m) for m, k in zip(renewals, further)], 1e-13)
        rows = [(0, 1, 0.1), (0, 12, 0.1), (3, 40, 0.02), (7, 500, 0.0), (1, 30, -0.05), (50, 200, 0.001), (0, 0, 0.1)]
        rows += [(0, INFINITE, 0.1), (4, INFINITE, 0.1), (0, INFINITE, 0.01), (100, INFINITE, 0.01), (2, INFINITE, 1.0)]
        rows += [(0, INFINITE, 1e-3), (5, INFINITE, 1e-5)] if model[2] == 1 and model[1] < 100 else []
        renewals, horizon, rate = (list(column) for column in zip(*rows))
        arguments = {"model": parameters, "renewals": renewals, "horizon": horizon, "discount_rate": rate}
        tolerance = 1e-11
        case(f"DEL, {name}", "renewal_discounted_lifetime", arguments, [discounted(model, *row) for row in rows], tolerance)
        case(f"DERL, {name}", "renewal_discounted_residual_lifetime", arguments, [residual(model, *row) for row in rows], tolerance)
        finite = model[0] * model[2] > 1
        rows = [(0, INFINITE), (9, INFINITE), (2, 25)] if finite else [(0, 10), (9, 100), (2, 25)]
        renewals, horizon = (list(column) for column in zip(*rows))
        case(f"residual lifetime, {name}", "renewal_expected_residual_lifetime",
             {"model": parameters, "renewals": renewals, "horizon": horizon},
             [residual(model, m, h, 0) for m, h in rows], tolerance)


def refusals():
    sbg, bdw = {"alpha": 0.7, "beta": 1.2}, {"alpha": 2.0, "beta": 1.2, "c": 0.5}
    column = lambda m, h, d, model=sbg: {"model": model, "renewals": m, "horizon": h, "discount_rate": d}
    refused("alpha of 0", "renewal_retention_rate", {"model": sbg | {"alpha": 0.0}, "renewal": [1]}, "out_of_range", "alpha")
    refused("negative beta", "renewal_retention_rate", {"model": sbg | {"beta": -1.0}, "renewal": [1]}, "out_of_range", "beta")
    refused("c of 0", "renewal_retention_rate", {"model": bdw | {"c": 0.0}, "renewal": [1]}, "out_of_range", "c")
    refused("there is no renewal 0", "renewal_retention_rate", {"model": sbg, "renewal": [1, 0]}, "out_of_range", "renewal", 1)
    refused("half a renewal", "renewal_conditional_survival", {"model": bdw, "renewals": [0, 1.5], "further": [1, 1]},
            "out_of_range", "renewals", 1)
    refused("negative future", "renewal_conditional_survival", {"model": bdw, "renewals": [0, 1], "further": [1, -1]},
            "out_of_range", "further", 1)
    refused("heavy tail without discount", "renewal_discounted_lifetime", column([0, 0], [5, INFINITE], [0.0, 0.0]), "divergent",
            "discount_rate", 1)
    refused("alpha c of 1 without discount", "renewal_discounted_residual_lifetime", column([3], [INFINITE], [0.0], bdw),
            "divergent", "discount_rate", 0)
    refused("negative rate without end", "renewal_discounted_lifetime", column([0], [INFINITE], [-0.01], bdw | {"c": 2.0}), "divergent",
            "discount_rate", 0)
    refused("rate of -1", "renewal_discounted_lifetime", column([0], [3], [-1.0]), "out_of_range", "discount_rate", 0)
    refused("half a period", "renewal_discounted_lifetime", column([0], [2.5], [0.1]), "out_of_range", "horizon", 0)
    refused("infinite expectation", "renewal_expected_residual_lifetime", {"model": sbg, "renewals": [0, 1], "horizon": [3, INFINITE]},
            "divergent", "horizon", 1)
    refused("a cohort that grows", "sbg_fit", {"survivors": [[10, 8, 9]]}, "out_of_range", "survivors", 2)
    refused("a cohort of nobody", "sbg_fit", {"survivors": [[0, 0]]}, "out_of_range", "survivors", 0)
    refused("a cohort of one count", "sbg_fit", {"survivors": [[10]]}, "empty", "survivors")
    refused("nothing at all", "bdw_fit", {}, "empty", "renewals")
    refused("nobody left", "sbg_fit", {"survivors": [[10, 10, 10]]}, "no_solution", "renewals")
    refused("left at 0", "sbg_fit", {"tenure": [1, 0], "churned": [0, 1]}, "out_of_range", "tenure", 1)
    refused("half a tenure", "bdw_fit", {"tenure": [1, 2.5], "churned": [0, 1]}, "out_of_range", "tenure", 1)
    refused("churn is short", "bdw_fit", {"tenure": [1, 2], "churned": [0]}, "length_mismatch", "churned")
    refused("a negative weight", "bdw_fit", {"tenure": [1, 2], "churned": [0, 1], "weights": [1, -1]}, "out_of_range",
            "weights", 1)


def main():
    fits()
    predictions()
    refusals()
    VECTORS.write()


if __name__ == "__main__":
    main()
