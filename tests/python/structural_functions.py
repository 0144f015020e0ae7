"""The functions of tests/vectors/structural.json."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from crm_core.satisfaction.structural import Estimator, InnerScheme, MissingAnswers, Model, PlsOptions

TERMS = {"scheme": InnerScheme, "estimator": Estimator, "missing": MissingAnswers}


def matrix(table: pl.DataFrame) -> list[float]:
    """Row-major, without the names of the rows."""
    return [float(value) for row in table.rows() for value in row if not isinstance(value, str)]


def pls_fit(
    model: str,
    responses: dict[str, list[float | None]],
    options: dict[str, Any],
    target: str,
    frequencies: list[float] | None = None,
) -> dict[str, Any]:
    chosen = PlsOptions(**{name: TERMS.get(name, lambda value: value)(value) for name, value in options.items()})
    given = None if frequencies is None else np.array(frequencies, dtype=float)
    fit = Model(model).fit(pl.DataFrame(responses), frequencies=given, options=chosen)
    outer, inner, explained, reliability = fit.measurement(), fit.paths(), fit.explained(), fit.reliability()
    importance = dict(fit.importance(target).select("construct", "importance").rows())
    total = {
        (driver, construct): value
        for driver, construct, value in fit.effects().select("driver", "construct", "total").rows()
    }
    names = [construct.name for construct in fit.model.constructs]
    found = {
        "weights": outer["weight"].to_list(),
        "loadings": outer["loading"].to_list(),
        "construct_correlations": matrix(fit.correlations()),
        "paths": inner["coefficient"].to_list(),
        "f_squared": inner["f_squared"].to_list(),
        "vif": inner["vif"].to_list(),
        "r_squared": explained["r_squared"].to_list(),
        "adjusted_r_squared": explained["adjusted_r_squared"].to_list(),
        "total_effects": [total.get((driver, construct), 0.0) for driver in names for construct in names],
        "htmt": matrix(fit.htmt()),
        "gof": fit.report.gof,
        "srmr_saturated": fit.report.srmr_saturated,
        "srmr_estimated": fit.report.srmr_estimated,
        "index": [fit.index(name) for name in names],
        "importance": [importance[name] for name in names if name in importance],
    }
    found |= {part: reliability[part].to_list() for part in ("alpha", "standardised_alpha", "rho_a", "rho_c", "ave")}
    errors = inner["standard_error"].to_list()
    # PLSc has no formula for them.
    return found if np.isnan(errors).any() else found | {"standard_errors": errors}


FUNCTIONS = {"pls_fit": pls_fit}
