"""Writes tests/vectors/prediction_intervals.json: predictions with standard errors and intervals by the delta method.

Predictions are those of the other scripts beside this one, in high precision; their errors and intervals are those of
delta_method.py.
"""

import prediction_bg_bb
import prediction_bg_nbd
import prediction_contractual
import prediction_pareto_nbd
from cases import Vectors
from delta_method import intervals, total
from mpmath import exp, gamma, inf, mp, mpf

mp.dps = 50
SOURCE = "delta method in high precision: tests/vectors/reference/prediction_intervals.py"
VECTORS = Vectors("prediction_intervals", 1e-9, SOURCE)
case, refused = VECTORS.add, VECTORS.refuse
PROBABILITIES = {
    "probability_alive", "purchase_probability", "tail_probability", "conditional_survival", "retention_rate",
    "churn_probability",
}  # fmt: skip
COVARIANCE = [
    [0.0086, 0.0061, -0.0032, -0.0041],
    [0.0061, 0.0094, -0.0027, -0.0048],
    [-0.0032, -0.0027, 0.0561, 0.0655],
    [-0.0041, -0.0048, 0.0655, 0.0913],
]
SPEND_COVARIANCE = [[0.0361, -0.0202, -0.0502], [-0.0202, 0.0151, 0.0304], [-0.0502, 0.0304, 0.0767]]
PURCHASES = {
    "bg_nbd": lambda function, p, x, tx, age, **rest: prediction_bg_nbd.predict(
        function, "bg_nbd", p, int(x), tx, age, **rest
    ),
    "mbg_nbd": lambda function, p, x, tx, age, **rest: prediction_bg_nbd.predict(
        function, "mbg_nbd", p, int(x), tx, age, **rest
    ),
    "pareto_nbd": prediction_pareto_nbd.predict,
    "bg_bb": prediction_bg_bb.predict,
}


def number(value):
    return inf if value == "infinite" else mpf(value)


def at(value, row):
    return number(value[row] if isinstance(value, list) else value)


def purchases(model, prediction, customers, numbers):
    def predict(p):
        rows = []
        for row, customer in enumerate(customers):
            rest = {name: at(value, row) for name, value in numbers.items()}
            rows.append(PURCHASES[model](prediction, tuple(p), *(mpf(v) for v in customer), **rest))
        return rows

    return predict


def purchase_cases():
    cdnow = {
        "bg_nbd": [0.2426, 4.4136, 0.7929, 2.4258],
        "mbg_nbd": [0.5248, 6.183, 0.8914, 1.614],
        "pareto_nbd": [0.5533, 10.5776, 0.6062, 11.6679],
        "bg_bb": [1.2035, 0.7497, 0.6567, 2.7834],
    }
    weeks = [[0.0, 0.0, 38.86], [2.0, 30.43, 38.86], [26.0, 30.86, 31.0], [5.0, 3.5, 36.0], [0.0, 0.0, 0.0]]
    years = [[0.0, 0.0, 6.0], [2.0, 3.0, 6.0], [6.0, 6.0, 6.0], [5.0, 5.0, 6.0], [0.0, 0.0, 0.0]]
    for model, parameters in cdnow.items():
        discrete = model == "bg_bb"
        customers = years if discrete else weeks
        columns = {name: [c[i] for c in customers] for i, name in enumerate(("frequency", "recency", "age"))}
        far = [5.0, 5.0, 4.0, 1.0, 10.0] if discrete else [39.0, 39.0, 20.0, 4.0, 52.0]
        rates = [0.1, 0.05, 0.1, 0.2, 0.1] if discrete else [0.003, 0.002, 0.003, 0.01, 0.003]
        for prediction, numbers in [
            ("probability_alive", {"horizon": 0.0}),
            ("probability_alive", {"horizon": far}),
            ("expected_purchases", {"horizon": far}),
            ("purchase_probability", {"purchases": [0.0, 1.0, 3.0, 1.0, 2.0], "horizon": far}),
            ("tail_probability", {"purchases": [1.0, 2.0, 3.0, 1.0, 2.0], "horizon": far}),
            ("discounted_purchases", {"horizon": far, "discount_rate": rates}),
        ]:
            arguments = {"model": model, "parameters": parameters, "log_covariance": flat(COVARIANCE), **columns,
                         "prediction": prediction, **numbers, "level": 0.95}  # fmt: skip
            predict = purchases(model, prediction, customers, numbers)
            probability = prediction in PROBABILITIES
            name = f"{model}: {prediction}" + (" now" if numbers["horizon"] == 0.0 else "")
            given = (predict, parameters, COVARIANCE, 0.95, probability)
            case(name, "purchase_model_intervals", arguments, intervals(*given))
            if prediction in ("probability_alive", "expected_purchases"):
                case(f"{name}, total", "purchase_model_total", arguments, total(*given))

    base = {"model": "bg_nbd", "parameters": cdnow["bg_nbd"], "frequency": [2.0], "recency": [30.43],
            "age": [38.86], "prediction": "expected_purchases", "horizon": 39.0}  # fmt: skip
    good = {"log_covariance": flat(COVARIANCE), "level": 0.95}
    function = "purchase_model_intervals"
    refused("a level of 1", function, base | good | {"level": 1.0}, "out_of_range", "level")
    skew = [list(row) for row in COVARIANCE]
    skew[0][1] = 0.0
    refused("no symmetry", function, base | good | {"log_covariance": flat(skew)}, "out_of_range", "log_covariance")
    skew[0][1] = skew[1][0] = 0.5
    refused("a negative eigenvalue", function, base | good | {"log_covariance": flat(skew)}, "out_of_range",
            "log_covariance")  # fmt: skip
    refused("a horizon behind", function, base | good | {"horizon": -1.0}, "out_of_range", "horizon", 0)


def flat(rows):
    return [value for row in rows for value in row]


def spend_cases():
    model = {"p": 6.2488, "q": 3.7446, "gamma": 15.4477}
    x, m = [2.0, 26.0, 1.0, 0.0], [22.35, 35.0, 250.0, 0.0]
    arguments = {"model": model, "log_covariance": flat(SPEND_COVARIANCE), "frequency": x, "mean_spend": m, "level": 0.9}
    predict = lambda p: [p[0] * (p[2] + mpf(a) * mpf(b)) / (p[0] * mpf(a) + p[1] - 1) for a, b in zip(x, m, strict=True)]
    given = (predict, list(model.values()), SPEND_COVARIANCE, 0.9, False)
    case("spend", "gamma_gamma_intervals", arguments, intervals(*given))
    case("spend, total", "gamma_gamma_total", arguments, total(*given))
    p, q, g = (mpf(v) for v in model.values())
    at = [0.5, 10.0, 35.17, 1000.0]
    density = [(p * g) ** q * mpf(v) ** (-q - 1) * exp(-p * g / mpf(v)) / gamma(q) for v in at]
    case("density", "gamma_gamma_expected_spend_density", {"model": model, "expected_spend": at}, density)
    refused("no spend", "gamma_gamma_expected_spend_density", {"model": model, "expected_spend": [1.0, 0.0]},
            "out_of_range", "expected_spend", 1)  # fmt: skip


def renewal_cases():
    def predictor(prediction, m, horizon, rate):
        def one(model, m, horizon, rate):
            survival, rest = prediction_contractual.survival, prediction_contractual.residual
            if prediction == "conditional_survival":
                return survival(model, m + horizon) / survival(model, m)
            if prediction == "retention_rate":
                return survival(model, m) / survival(model, m - 1)
            if prediction == "churn_probability":
                return survival(model, m - 1) - survival(model, m)
            if prediction == "discounted_lifetime":
                return prediction_contractual.discounted(model, m, horizon, rate)
            return rest(model, m, horizon, rate if prediction == "discounted_residual_lifetime" else mpf(0))

        rows = [(mpf(a), mpf(b), mpf(c)) for a, b, c in zip(m, horizon, rate, strict=True)]
        return lambda p: [one(tuple(p), *row) for row in rows]

    m, horizon, rate = [1.0, 2.0, 7.0], [3.0, 12.0, 5.0], [0.1, 0.05, 0.1]
    sbg = [[0.02, 0.03, 0.0], [0.03, 0.06, 0.0], [0.0, 0.0, 0.0]]
    bdw = [[0.02, 0.03, -0.01], [0.03, 0.06, -0.015], [-0.01, -0.015, 0.01]]
    for name, model, covariance in [
        ("sbg", {"alpha": 0.668, "beta": 3.806, "c": 1.0}, sbg),
        ("bdw", {"alpha": 0.26, "beta": 1.7, "c": 1.4}, bdw),
    ]:
        for prediction in (
            "conditional_survival", "retention_rate", "churn_probability", "discounted_lifetime",
            "discounted_residual_lifetime", "expected_residual_lifetime",
        ):  # fmt: skip
            arguments = {"model": model, "log_covariance": flat(covariance), "prediction": prediction, "renewals": m,
                         "horizon": horizon, "discount_rate": rate, "level": 0.95}  # fmt: skip
            predict = predictor(prediction, m, horizon, rate)
            given = (predict, list(model.values()), covariance, 0.95, prediction in PROBABILITIES)
            case(f"{name}: {prediction}", "renewal_intervals", arguments, intervals(*given))
            if prediction == "expected_residual_lifetime":
                case(f"{name}: {prediction}, total", "renewal_total", arguments, total(*given))


def lifetime_value_cases():
    parameters, spend = [0.5533, 10.5776, 0.6062, 11.6679], {"p": 6.2488, "q": 3.7446, "gamma": 15.4477}
    customers = [[0.0, 0.0, 38.86], [2.0, 30.43, 38.86], [26.0, 30.86, 31.0], [5.0, 3.5, 36.0]]
    means, rates = [0.0, 22.35, 35.0, 80.0], [0.003, 0.002, 0.003, 0.01]
    zeros = [[0.0] * 3 for _ in range(4)]
    covariance = [a + b for a, b in zip(COVARIANCE, zeros, strict=True)]
    covariance += [[0.0] * 4 + row for row in SPEND_COVARIANCE]
    for name, margins in [("margins", [0.3, 0.25, 0.3, 0.4]), ("a loss", [0.3, 0.25, -0.1, 0.4])]:
        arguments = {"model": "pareto_nbd", "parameters": parameters, "log_covariance": flat(COVARIANCE),
                     "spend": spend, "spend_log_covariance": flat(SPEND_COVARIANCE)}  # fmt: skip
        arguments |= {key: [c[i] for c in customers] for i, key in enumerate(("frequency", "recency", "age"))}
        arguments |= {"spend_frequency": arguments["frequency"], "mean_spend": means, "horizon": 52.0,
                      "discount_rate": rates, "margin": margins, "level": 0.95}  # fmt: skip

        def predict(v, margins=margins):
            bought = purchases("pareto_nbd", "discounted_purchases", customers, {"horizon": 52.0, "discount_rate": rates})
            p, q, g = v[4:]
            spent = [p * (g + x * mpf(m)) / (p * x + q - 1) for (x, _, _), m in zip(customers, means, strict=True)]
            return [mpf(k) * b * s for k, b, s in zip(margins, bought(v[:4]), spent, strict=True)]

        given = (predict, parameters + list(spend.values()), covariance, 0.95, False)
        case(f"lifetime value: {name}", "lifetime_value_intervals", arguments, intervals(*given))
        case(f"lifetime value: {name}, total", "lifetime_value_total", arguments, total(*given))
        refused(f"lifetime value: {name}, purchases for ever", "lifetime_value_intervals",
                arguments | {"horizon": "infinite", "discount_rate": [0.003, 0.0, 0.003, 0.01]}, "divergent",
                "discount_rate", 1)  # fmt: skip


def main():
    purchase_cases()
    spend_cases()
    renewal_cases()
    lifetime_value_cases()
    VECTORS.write()


if __name__ == "__main__":
    main()
