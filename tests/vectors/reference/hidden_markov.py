"""Makes tests/vectors/hidden_markov.json: hidden Markov models of relationship states.

Likelihoods, state probabilities and likeliest paths come from the sum over every path of states, one by one, with
`mpmath` (50 digits): no recursion. EM is done with these sums as its E-step, from the definitions. Where a model is
fitted to its maximum, `scipy` finds that maximum by quasi-Newton steps from many starts. Run
`python tests/vectors/reference/hidden_markov.py` to write the file; `--check` compares it, and compares EM with the
PyPI package `hmmlearn` as well.
"""

import itertools
import sys

import mpmath
import numpy as np
from cases import Vectors
from mpmath import mp, mpf
from scipy.optimize import minimize
from scipy.special import gammaln

mp.dps = 50
HERE = "tests/vectors/reference/hidden_markov.py"
VECTORS = Vectors("hidden_markov", 1e-12, HERE)
case, refused = VECTORS.add, VECTORS.refuse


# --- the model, from its definition ------------------------------------------------------------

PER_STATE = {"poisson": 1, "negative_binomial": 2, "zero_inflated_log_normal": 3}


def density(family, parameters, x):
    if x is None:
        return mpf(1)
    x, parameters = mpf(x), [mpf(p) for p in parameters]
    if family == "poisson":
        (m,) = parameters
        return mp.exp(-m) * m**x / mp.factorial(x)
    if family == "negative_binomial":
        m, r = parameters
        return mp.gamma(r + x) / mp.gamma(r) / mp.factorial(x) * (r / (r + m)) ** r * (m / (r + m)) ** x
    p, mu, sigma = parameters
    if x == 0:
        return 1 - p
    return p / (x * sigma * mp.sqrt(2 * mp.pi)) * mp.exp(-((mp.log(x) - mu) ** 2) / (2 * sigma**2))


def logit_matrix(states, coefficients, covariates):
    """ln(P_ij / P_ii) = a_ij + b_ij z; coefficients of each i, of each j other than i."""
    width = len(covariates) + 1
    matrix = []
    for i in range(states):
        odds = []
        for j in range(states):
            if j == i:
                odds.append(mpf(1))
                continue
            first = (i * (states - 1) + (j if j < i else j - 1)) * width
            row = [mpf(c) for c in coefficients[first:first + width]]
            odds.append(mp.exp(row[0] + sum(b * mpf(z) for b, z in zip(row[1:], covariates))))
        matrix.append([o / sum(odds) for o in odds])
    return matrix


def of_state(model, k):
    width = PER_STATE[model["family"]]
    return model["parameters"][k * width:(k + 1) * width]


def matrix_into(model, covariates):
    if "transitions" in model:
        return [[mpf(p) for p in row] for row in model["transitions"]]
    return logit_matrix(len(model["initial"]), model["coefficients"], covariates)


def paths(model, history, covariates):
    """Every path of states, with its probability together with the history."""
    states = len(model["initial"])
    b = [[density(model["family"], of_state(model, k), x) for k in range(states)] for x in history]
    matrices = [matrix_into(model, z) for z in covariates]
    found = []
    for path in itertools.product(range(states), repeat=len(history)):
        probability = mpf(model["initial"][path[0]]) * b[0][path[0]]
        for t in range(1, len(history)):
            probability *= matrices[t][path[t - 1]][path[t]] * b[t][path[t]]
        found.append((path, probability))
    return found


def posterior(found, states, periods):
    total = sum(p for _, p in found)
    gamma = [[sum(p for path, p in found if path[t] == k) / total for k in range(states)] for t in range(periods)]
    return total, gamma


def cut(model, histories):
    """The covariates of each history: rows of the table, one after another."""
    rows = iter(model.get("covariates") or [[]] * sum(len(h) for h in histories))
    return [[next(rows) for _ in history] for history in histories]


def decoded(model, histories):
    states = len(model["initial"])
    result = {"log_likelihood": [], "filtered": [], "smoothed": [], "path": [], "path_log_probability": []}
    for history, covariates in zip(histories, cut(model, histories)):
        if not history:
            result["log_likelihood"].append(0.0)
            result["path_log_probability"].append(0.0)
            continue
        found = paths(model, history, covariates)
        total, gamma = posterior(found, states, len(history))
        best, probability = max(found, key=lambda one: one[1])
        result["log_likelihood"].append(float(mp.log(total)))
        result["path_log_probability"].append(float(mp.log(probability)))
        result["path"] += best
        result["smoothed"] += [[float(p) for p in row] for row in gamma]
        for t in range(len(history)):
            part = paths(model, history[:t + 1], covariates[:t + 1])
            result["filtered"].append([float(p) for p in posterior(part, states, t + 1)[1][t]])
    return result


# --- decoding ------------------------------------------------------------------------------------

POISSON = {"family": "poisson", "initial": [0.5, 0.3, 0.2],
           "transitions": [[0.8, 0.15, 0.05], [0.2, 0.6, 0.2], [0.05, 0.25, 0.7]], "parameters": [0.2, 1.5, 5.0]}
HISTORIES = [[0, 2, 1, 6, 4], [0, 0, None, 0, 3], [7], [], [None, 1, 5], [3, 0, 0, 0, 0]]
NEGATIVE_BINOMIAL = {**POISSON, "family": "negative_binomial", "parameters": [0.3, 0.7, 1.5, 2.0, 6.0, 11.0]}
AMOUNTS = {"family": "zero_inflated_log_normal", "initial": [0.6, 0.4], "transitions": [[0.9, 0.1], [0.3, 0.7]],
           "parameters": [0.15, 2.5, 0.8, 0.85, 4.0, 0.5]}
SPENDS = [[0.0, 12.5, 0.0, 80.25, 61.0, 0.0], [0.0, 0.0, 0.0], [None, 55.0, 4.75, None]]
LOGIT = {"family": "poisson", "initial": [0.5, 0.3, 0.2], "parameters": [0.2, 1.5, 5.0],
         "coefficients": [-1.5, 0.8, 0.1, -3.0, 1.2, -0.4, -1.0, -0.6, 0.0, -1.2, 0.5, 0.3, -2.5, -0.9, 0.2, -1.1, -0.3,
                          0.7]}
COVARIATES = [[round(0.37 * i - 2.0, 2), float(i % 3 == 0)] for i in range(sum(len(h) for h in HISTORIES))]


def decoding():
    source = "sum over every path of states, 50 digits: " + HERE
    for name, model, histories in [
        ("Poisson, unequal lengths, missing periods", POISSON, HISTORIES),
        ("negative binomial", NEGATIVE_BINOMIAL, HISTORIES),
        ("amounts", AMOUNTS, SPENDS),
        ("transitions by covariates", {**LOGIT, "covariates": COVARIATES}, HISTORIES),
        ("a large count is not out of reach", POISSON, [[0, 0, 400, 0]]),
        ("a state that cannot be reached", {**POISSON, "initial": [1.0, 0.0, 0.0],
                                            "transitions": [[0.7, 0.3, 0.0], [0.0, 0.6, 0.4], [0.0, 0.0, 1.0]]},
         [[0, 1, 6, 0]]),
        ("more customers than the lanes of a vector", POISSON, [[i % 5, (3 * i) % 7, i % 2] for i in range(19)]),
    ]:
        case(name, "hidden_markov_decode", {**model, "histories": histories}, decoded(model, histories), 1e-12, source)
    refused("a count that is not whole", "hidden_markov_decode", {**POISSON, "histories": [[1, 0], [0.5]]},
            "out_of_range", "values", 2)
    refused("a negative amount", "hidden_markov_decode", {**AMOUNTS, "histories": [[1.0, -3.0]]}, "out_of_range",
            "values", 1)
    refused("rows that do not sum to one", "hidden_markov_decode",
            {**AMOUNTS, "transitions": [[0.9, 0.1], [0.3, 0.6]], "histories": [[1.0]]}, "not_stochastic",
            "transition_matrix", 1)
    refused("a mean of 0", "hidden_markov_decode", {**POISSON, "parameters": [0.0, 1.0, 2.0], "histories": [[1]]},
            "out_of_range", "parameters", 0)
    refused("parameters of too few states", "hidden_markov_decode",
            {**POISSON, "parameters": [1.0, 2.0], "histories": [[1]]}, "length_mismatch", "emissions")
    refused("covariates that the model has not", "hidden_markov_decode",
            {**POISSON, "covariates": [[1.0]], "histories": [[1]]}, "length_mismatch", "covariates")
    refused("a history that cannot be", "hidden_markov_decode",
            {"family": "zero_inflated_log_normal", "initial": [1.0, 0.0], "transitions": [[1.0, 0.0], [0.0, 1.0]],
             "parameters": [0.0, 1.0, 1.0, 1.0, 1.0, 1.0], "histories": [[0.0], [0.0, 9.0]]},
            "no_solution", "values", 2)


# --- EM ------------------------------------------------------------------------------------------

def em_step(model, histories):
    """One iteration of EM, from posteriors over whole paths."""
    states = len(model["initial"])
    initial = [mpf(0)] * states
    moves = [[mpf(0)] * states for _ in range(states)]
    weights = [[] for _ in range(states)]
    total = mpf(0)
    for history in histories:
        found = paths(model, history, [[]] * len(history))
        probability = sum(p for _, p in found)
        total += mp.log(probability)
        for path, p in found:
            p /= probability
            initial[path[0]] += p
            for before, after in itertools.pairwise(path):
                moves[before][after] += p
            for state, x in zip(path, history):
                if x is not None:
                    weights[state].append((p, mpf(x)))
    parameters = []
    for rows in weights:
        n = sum(w for w, _ in rows)
        if model["family"] == "poisson":
            parameters.append(sum(w * x for w, x in rows) / n)
            continue
        bought = [(w, mp.log(x)) for w, x in rows if x > 0]
        m = sum(w for w, _ in bought)
        mu = sum(w * y for w, y in bought) / m
        parameters += [m / n, mu, mp.sqrt(sum(w * (y - mu) ** 2 for w, y in bought) / m)]
    return total, {**model, "initial": [n / len(histories) for n in initial],
                   "transitions": [[n / sum(row) for n in row] for row in moves], "parameters": parameters}


def em():
    source = "EM by the sum over every path, 50 digits: " + HERE
    for name, model, histories, iterations in [
        ("Poisson", POISSON, [h for h in HISTORIES if h], 6),
        ("amounts", AMOUNTS, SPENDS, 5),
    ]:
        now = model
        for _ in range(iterations):
            _, now = em_step(now, histories)
        log_likelihood, _ = em_step(now, histories)
        states = len(model["initial"])
        free = states - 1 + states * (states - 1) + len(model["parameters"])
        rows = sum(x is not None for h in histories for x in h)
        expected = {"log_likelihood": float(log_likelihood), "initial": [float(p) for p in now["initial"]],
                    "transitions": [[float(p) for p in row] for row in now["transitions"]],
                    "parameters": [float(p) for p in now["parameters"]], "iterations": iterations,
                    "status": "iteration_limit", "bic": float(free * mp.log(rows) - 2 * log_likelihood)}
        case(f"{iterations} iterations: {name}", "hidden_markov_refined",
             {**model, "histories": histories, "max_iterations": iterations, "tolerance": 0.0}, expected, 1e-11, source)
    refused("no known value", "hidden_markov_refined",
            {**POISSON, "histories": [[None]], "max_iterations": 1, "tolerance": 0.0}, "empty", "values")
    refused("nobody buys", "hidden_markov_refined",
            {**POISSON, "histories": [[0, 0], [0]], "max_iterations": 1, "tolerance": 0.0}, "no_solution", "values")
    refused("no iteration", "hidden_markov_refined",
            {**POISSON, "histories": [[0, 1]], "max_iterations": 0, "tolerance": 0.0}, "out_of_range", "max_iterations")


# --- maxima ----------------------------------------------------------------------------------------

def log_likelihood(model, histories, covariates):
    """The same likelihood with floats, in logarithms, for a search."""
    states = len(model["initial"])
    rows = np.array(model["parameters"]).reshape(states, -1)
    total = 0.0
    for history, z in zip(histories, covariates):
        alpha = None
        for t, x in enumerate(history):
            if model["family"] == "poisson":
                b = x * np.log(rows[:, 0]) - rows[:, 0] - gammaln(x + 1)
            else:
                m, r = rows.T
                b = (gammaln(r + x) - gammaln(r) - gammaln(x + 1) + r * np.log(r / (r + m)) + x * np.log(m / (r + m)))
            if alpha is None:
                alpha = np.log(model["initial"]) + b
            else:
                p = np.zeros((states, states))
                width = len(z[t]) + 1
                c = np.array(model["coefficients"]).reshape(states, states - 1, width)
                for i in range(states):
                    others = [j for j in range(states) if j != i]
                    p[i, others] = c[i, :, 0] + c[i, :, 1:] @ np.array(z[t])
                p -= np.logaddexp.reduce(p, axis=1)[:, None]
                alpha = np.logaddexp.reduce(alpha[:, None] + p, axis=0) + b
        total += np.logaddexp.reduce(alpha)
    return total


def simulated(family, states, customers, periods, seed, means, width):
    """Histories of customers who stay with a probability of 0.8; covariates move them up."""
    random = np.random.default_rng(seed)
    histories, covariates = [], []
    for _ in range(customers):
        state = random.integers(states)
        history, rows = [], []
        for _ in range(periods):
            z = [round(float(v), 3) for v in random.normal(size=width)]
            up = 1 / (1 + np.exp(1.4 - (1.2 * z[0] if z else 0)))
            if random.random() < up:
                state = min(state + 1, states - 1)
            elif random.random() < 0.2:
                state = max(state - 1, 0)
            rate = means[state] * (random.gamma(1.5) / 1.5 if family == "negative_binomial" else 1)
            history.append(int(random.poisson(rate)))
            rows.append(z)
        histories.append(history)
        covariates.append(rows)
    return histories, covariates


def unpacked(theta, family, states, width):
    per_state = PER_STATE[family]
    initial = np.exp(np.append(0, theta[:states - 1]))
    theta = theta[states - 1:]
    n = states * (states - 1) * (width + 1)
    return {"family": family, "initial": (initial / initial.sum()).tolist(), "coefficients": theta[:n].tolist(),
            "parameters": np.exp(theta[n:n + states * per_state]).tolist()}


def lowered(theta, family, states, width, histories, covariates):
    return -log_likelihood(unpacked(theta, family, states, width), histories, covariates)


def maxima():
    for name, family, states, customers, periods, means, width in [
        ("Poisson, two states", "poisson", 2, 40, 8, [0.4, 3.0], 0),
        ("negative binomial, two states", "negative_binomial", 2, 60, 10, [0.5, 6.0], 0),
        ("transitions by a covariate", "poisson", 2, 60, 8, [0.4, 3.0], 1),
    ]:
        histories, covariates = simulated(family, states, customers, periods, 5, means, width)
        best = None
        for seed in range(4):
            random = np.random.default_rng(seed)
            sizes = [states - 1, states * (states - 1) * (width + 1)]
            levels = np.sort(random.normal(0, 1, states))[:, None]
            emissions = np.hstack([levels, np.full((states, PER_STATE[family] - 1), 0.5)]).ravel()
            start = np.concatenate([np.zeros(sizes[0]), np.tile([-1.5] + [0.0] * width, sizes[1] // (width + 1)),
                                    emissions])
            found = minimize(lowered, start, (family, states, width, histories, covariates), method="BFGS",
                             options={"gtol": 1e-6, "maxiter": 500})
            if best is None or found.fun < best.fun:
                best = found
        model = unpacked(best.x, family, states, width)
        order = np.argsort(np.array(model["parameters"]).reshape(states, -1)[:, 0])
        arguments = {"family": family, "states": states, "histories": histories, "tolerance": 1e-12}
        if width:
            arguments["covariates"] = [row for rows in covariates for row in rows]
        expected = {"log_likelihood": -float(best.fun), "status": "converged",
                    "initial": np.array(model["initial"])[order].tolist(),
                    "parameters": np.array(model["parameters"]).reshape(states, -1)[order].ravel().tolist()}
        c = np.array(model["coefficients"]).reshape(states, width + 1)[order]
        if width:
            expected["coefficients"] = c.ravel().tolist()
        else:
            leave = [1 / (1 + np.exp(-c[i, 0])) for i in range(2)]
            expected["transitions"] = [[1 - leave[0], leave[0]], [leave[1], 1 - leave[1]]]
        case("the maximum: " + name, "hidden_markov_fit", arguments, expected, 2e-4,
             "likelihood in logarithms, maximised by scipy's BFGS from several starts: " + HERE)
    refused("no states", "hidden_markov_fit", {"family": "poisson", "states": 0, "histories": [[1]], "tolerance": 0.0},
            "empty", "states")
    refused("all amounts are equal", "hidden_markov_fit",
            {"family": "zero_inflated_log_normal", "states": 2, "histories": [[5.0, 0.0], [5.0]], "tolerance": 0.0},
            "no_solution", "values")


# --- standard errors -----------------------------------------------------------------------------

def exact_log_likelihood(model, histories, covariates):
    """ln L by the forward recursion, 50 digits."""
    states, total = range(len(model["initial"])), mpf(0)
    for history, z in zip(histories, covariates):
        b = [[density(model["family"], of_state(model, k), x) for k in states] for x in history]
        alpha = [mpf(model["initial"][k]) * b[0][k] for k in states]
        for t in range(1, len(history)):
            p = matrix_into(model, z[t])
            alpha = [sum(alpha[i] * p[i][j] for i in states) * b[t][j] for j in states]
        total += mp.log(sum(alpha))
    return total


def tilted(row, steps):
    """A row of probabilities, where those that may move do by these steps of their log-odds against the largest."""
    row = [mpf(p) for p in row]
    largest = row.index(max(row))
    others = iter(steps)
    odds = [p if j == largest else p * mp.exp(next(others)) for j, p in enumerate(row)]
    return [o / sum(odds) for o in odds]


def stepped(model, steps):
    """The model at these steps from its own free coordinates."""
    states, steps = len(model["initial"]), iter(steps)

    def take(n):
        return [next(steps) for _ in range(n)]

    made = {**model, "initial": tilted(model["initial"], take(states - 1))}
    if "transitions" in model:
        made["transitions"] = [tilted(row, take(states - 1)) for row in model["transitions"]]
    else:
        made["coefficients"] = [mpf(c) + step for c, step in zip(model["coefficients"], take(len(model["coefficients"])))]
    parameters = []
    for place, value in enumerate(model["parameters"]):
        value, step, kind = mpf(value), next(steps), place % PER_STATE[model["family"]]
        if model["family"] == "zero_inflated_log_normal" and kind == 0:
            odds = value / (1 - value) * mp.exp(step)
            parameters.append(odds / (1 + odds))
        elif model["family"] == "zero_inflated_log_normal" and kind == 1:
            parameters.append(value + step)
        else:
            parameters.append(value * mp.exp(step))
    return {**made, "parameters": parameters}


def natural(model):
    transitions = model.get("coefficients") or [p for row in model["transitions"] for p in row]
    return [mpf(v) for v in [*model["initial"], *transitions, *model["parameters"]]]


def parameter_names(model, width):
    states = range(len(model["initial"]))
    names = [f"initial_{i}" for i in states]
    for i in states:
        if "transitions" in model:
            names += [f"transition_{i}_{j}" for j in states]
            continue
        for j in (j for j in states if j != i):
            names += [f"transition_{i}_{j}_{k}" for k in ["constant", *range(width)]]
    of_state = {"poisson": ["mean"], "negative_binomial": ["mean", "shape"],
                "zero_inflated_log_normal": ["purchase_probability", "log_mean", "log_deviation"]}[model["family"]]
    return names + [f"{name}_{i}" for i in states for name in of_state]


def errors_of(model, histories, held, confidence):
    """Standard errors from second differences of ln L (h = 1e-14, 50 digits); the coordinates `held` do not move."""
    covariates = cut(model, histories)
    width = len(covariates[0][0])
    states = len(model["initial"])
    sizes = len(natural(model)) - 1 - (states if "transitions" in model else 0)
    free = [c for c in range(sizes) if c not in held]
    h = mpf("1e-14")

    def at(*moves):
        steps = [mpf(0)] * sizes
        for coordinate, step in moves:
            steps[coordinate] += step
        return exact_log_likelihood(stepped(model, steps), histories, covariates)

    middle, n = at(), len(free)
    up, down = [at((c, h)) for c in free], [at((c, -h)) for c in free]
    score = mpmath.matrix([(u - d) / (2 * h) for u, d in zip(up, down)])
    information = mpmath.matrix(n, n)
    for a in range(n):
        information[a, a] = -(up[a] - 2 * middle + down[a]) / h**2
        for b in range(a):
            both = at((free[a], h), (free[b], h)) - up[a] - up[b] + 2 * middle - down[a] - down[b]
            both += at((free[a], -h), (free[b], -h))
            information[a, b] = information[b, a] = -both / (2 * h**2)
    inverse = information**-1
    mpmath.cholesky(information)
    distance = mp.sqrt((score.T * inverse * score)[0])
    values, slopes = natural(model), mpmath.matrix(len(natural(model)), n)
    for column, coordinate in enumerate(free):
        steps = [h if c == coordinate else mpf(0) for c in range(sizes)]
        forth, back = natural(stepped(model, steps)), natural(stepped(model, [-s for s in steps]))
        for row in range(len(values)):
            slopes[row, column] = (forth[row] - back[row]) / (2 * h)
    covariance = slopes * inverse * slopes.T
    size = len(values)
    known = [covariance[i, i] > mpf("1e-20") for i in range(size)]
    names = parameter_names(model, width)
    z = mp.sqrt(2) * mp.erfinv(mpf(confidence))
    ends = {"lower": [], "upper": []}
    for i, (name, value) in enumerate(zip(names, values)):
        for side, sign in [("lower", -1), ("upper", 1)]:
            if not known[i]:
                ends[side].append(None)
                continue
            reach = sign * z * mp.sqrt(covariance[i, i])
            kind = name.rsplit("_", 1)[0]
            if "log_mean" in name or ("coefficients" in model and name.startswith("transition")):
                end = value + reach
            elif kind in ("mean", "shape", "log_deviation"):
                end = value * mp.exp(reach / value)
            else:
                odds = value / (1 - value) * mp.exp(reach / (value * (1 - value)))
                end = odds / (1 + odds)
            ends[side].append(float(end))
    return {"names": names, "distance": float(distance),
            "standard_errors": [float(mp.sqrt(covariance[i, i])) if known[i] else None for i in range(size)],
            "covariance": [[float(covariance[i, j]) if known[i] and known[j] else None for j in range(size)]
                           for i in range(size)], **ends}


def drawn(model, customers, periods, seed, covariates=None):
    """Histories that a model makes."""
    random = np.random.default_rng(seed)
    states, histories, row = len(model["initial"]), [], iter(covariates or [])
    for _ in range(customers):
        history, state = [], None
        for _ in range(periods):
            z = next(row, [])
            p = model["initial"] if state is None else [float(v) for v in matrix_into(model, z)[state]]
            state = random.choice(states, p=np.array(p) / sum(p))
            own = [float(v) for v in of_state(model, state)]
            if model["family"] == "zero_inflated_log_normal":
                history.append(round(float(random.lognormal(own[1], own[2])), 2) if random.random() < own[0] else 0.0)
            else:
                more = random.gamma(own[1]) / own[1] if model["family"] == "negative_binomial" else 1
                history.append(int(random.poisson(own[0] * more)))
        histories.append(history)
    return histories


def uncertainty():
    source = "second differences of ln L at 50 digits: " + HERE
    two = {"initial": [0.6, 0.4], "transitions": [[0.85, 0.15], [0.3, 0.7]]}
    poisson = {"family": "poisson", **two, "parameters": [0.3, 4.0]}
    z = [[round(0.9 * np.sin(1.7 * i), 2)] for i in range(40 * 8)]
    logit = {"family": "poisson", "initial": [0.6, 0.4], "parameters": [0.3, 4.0], "coefficients": [-1.2, 1.1, -0.8, -0.7],
             "covariates": z}
    ladder = {"family": "poisson", "initial": [1.0, 0.0, 0.0],
              "transitions": [[0.8, 0.2, 0.0], [0.0, 0.75, 0.25], [0.0, 0.0, 1.0]], "parameters": [0.1, 1.5, 7.0]}
    spend = {"family": "zero_inflated_log_normal", **two, "parameters": [0.2, 2.0, 0.5, 0.8, 4.0, 0.6]}
    with_gaps = drawn(poisson, 40, 8, 3)
    with_gaps[3][2] = with_gaps[5][0] = None
    with_gaps[7] = with_gaps[7][:3]
    for name, model, histories, held in [
        ("Poisson, gaps and unequal lengths", poisson, with_gaps, []),
        ("three states", {**POISSON, "parameters": [0.2, 2.0, 8.0]}, drawn({**POISSON, "parameters": [0.2, 2.0, 8.0]}, 60, 8, 4),
         []),
        ("negative binomial", {"family": "negative_binomial", **two, "parameters": [0.4, 0.8, 6.0, 3.0]},
         drawn({"family": "negative_binomial", **two, "parameters": [0.4, 0.8, 6.0, 3.0]}, 60, 8, 5), []),
        ("amounts", spend, drawn(spend, 60, 10, 6), []),
        ("transitions by a covariate", logit, drawn(logit, 40, 8, 7, z), []),
        # Coordinates in order: two of the beginning, two of each row, three means.
        ("no way back", ladder, drawn(ladder, 30, 10, 8), [0, 1, 3, 4, 6, 7]),
    ]:
        case(name, "hidden_markov_uncertainty", {**model, "histories": histories, "confidence": 0.9},
             errors_of(model, histories, held, "0.9"), 1e-9, source)
    refused("far from the maximum", "hidden_markov_uncertainty",
            {**poisson, "parameters": [3.9, 4.1], "histories": [[0, 0, 0, 9, 9, 9]] * 5, "confidence": 0.9}, "not_converged",
            "model")
    refused("certainty", "hidden_markov_uncertainty", {**poisson, "histories": with_gaps, "confidence": 1.0},
            "out_of_range", "confidence")


# --- stages and values -------------------------------------------------------------------------------

def stages():
    model = {**POISSON, "parameters": [0.2, 2.0, 5.0]}
    source = "hand-made histories, named by the table of the documentation"
    case("every stage", "hidden_markov_stages",
         {**model, "histories": [[0, 1, 2, 5, 5, 2, 0, 0, 2, 5], [6, 5, 4], [0, 0, 0], [2, 1, 0, 4, 2]],
          "path": [0, 1, 1, 2, 2, 1, 0, 0, 1, 2, 2, 2, 2, 0, 0, 0, 1, 1, 0, 2, 1]},
         ["potential", "development", "development", "growth", "maturity", "decline", "termination", "termination",
          "recovery", "maturity", "development", "growth", "maturity", "potential", "potential", "potential",
          "development", "development", "termination", "recovery", "decline"], 0, source)
    case("the lowest state is not dormant", "hidden_markov_stages",
         {**model, "parameters": [1.0, 2.0, 5.0], "histories": [[1, 2, 1, 1, 2, 6]], "path": [0, 1, 0, 0, 1, 2]},
         ["development", "growth", "decline", "decline", "growth", "maturity"], 0, source)
    refused("a state that the model has not", "hidden_markov_stages",
            {**model, "histories": [[0, 1]], "path": [0, 3]}, "out_of_range", "path", 1)
    refused("a path of another length", "hidden_markov_stages", {**model, "histories": [[0, 1]], "path": [0]},
            "length_mismatch", "path")


def values():
    rate, margin = mpf("0.01"), mpf(20)
    for name, model, covariates in [("constant transitions", POISSON, []),
                                    ("transitions by covariates", LOGIT, [0.5, 1.0])]:
        matrix = mpmath.matrix(matrix_into(model, covariates))
        rewards = mpmath.matrix([margin * mpf(m) for m in model["parameters"]])
        without_end = mpmath.lu_solve(mpmath.eye(3) - matrix / (1 + rate), rewards)
        finite = mpmath.matrix([0, 0, 0])
        for _ in range(13):
            finite = rewards + matrix * finite / (1 + rate)
        for horizon, expected in [(None, without_end), (12, finite)]:
            case(f"{name}, {'without end' if horizon is None else 'a year'}", "hidden_markov_state_values",
                 {**model, "margin": float(margin), "at": covariates, "discount_rate": float(rate), "periods": horizon},
                 [float(v) for v in expected], 1e-12, "linear equations, 50 digits: " + HERE)
    refused("no covariates given", "hidden_markov_state_values",
            {**LOGIT, "margin": 20.0, "at": [], "discount_rate": 0.01, "periods": None}, "length_mismatch", "covariates")


def beside_hmmlearn():
    """The same EM by another program."""
    from hmmlearn.hmm import PoissonHMM

    histories = [[x for x in h if x is not None] for h in HISTORIES if h]
    model = PoissonHMM(3, n_iter=6, tol=-np.inf, init_params="", implementation="log")
    model.startprob_, model.transmat_ = np.array(POISSON["initial"]), np.array(POISSON["transitions"])
    model.lambdas_ = np.array(POISSON["parameters"])[:, None]
    table = np.concatenate(histories)[:, None]
    model.fit(table, [len(h) for h in histories])
    now = POISSON
    for _ in range(6):
        _, now = em_step(now, histories)
    assert abs(model.score(table, [len(h) for h in histories]) - float(em_step(now, histories)[0])) < 1e-9


def main():
    check = "--check" in sys.argv[1:]
    decoding()
    em()
    maxima()
    uncertainty()
    stages()
    values()
    if check:
        beside_hmmlearn()
    VECTORS.write()


main()
