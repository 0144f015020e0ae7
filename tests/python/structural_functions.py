"""The functions of tests/vectors/structural.json."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from crm_core.satisfaction.structural import (
    Estimator,
    HigherOrder,
    InnerScheme,
    Interval,
    MissingAnswers,
    Model,
    PlsOptions,
    StructuralFit,
)

TERMS = {"scheme": InnerScheme, "estimator": Estimator, "missing": MissingAnswers, "higher_order": HigherOrder}


def matrix(table: pl.DataFrame) -> list[float]:
    """Row-major, without the names of the rows."""
    return [float(value) for row in table.rows() for value in row if not isinstance(value, str)]


def fitted(
    model: str,
    responses: dict[str, list[float | None]],
    options: dict[str, Any],
    frequencies: list[float] | None = None,
) -> StructuralFit:
    chosen = PlsOptions(**{name: TERMS.get(name, lambda value: value)(value) for name, value in options.items()})
    given = None if frequencies is None else np.array(frequencies, dtype=float)
    return Model(model).fit(pl.DataFrame(responses), frequencies=given, options=chosen)


def pls_fit(target: str, **survey: Any) -> dict[str, Any]:
    fit = fitted(**survey)
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
        "outer_vif": outer["vif"].to_list(),
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


PARTS = ("estimate", "bias", "standard_error", "p_value", "lower", "upper")


def by_place(table: pl.DataFrame, names: list[str], kind: str) -> dict[int, dict[str, float]]:
    """The rows of a table of a bootstrap by the place that they have in the core."""
    ends = [name for name in table.columns if table[name].dtype == pl.String]
    if kind in ("total_effect", "indirect_effect", "htmt"):
        places = [tuple(map(names.index, row)) for row in table.select(ends).rows()]
        # HTMT is told of each pair once.
        order = [min(i, j) * len(names) + max(i, j) for i, j in places]
    elif kind == "importance":
        order = [names.index(driver) * len(names) + names.index(on) for driver, on in table["construct", "on"].rows()]
    elif kind in ("r_squared", "alpha", "rho_a", "rho_c", "ave"):
        order = [names.index(name) for name in table["construct"]]
    else:
        order = list(range(len(table)))
    return dict(zip(order, table.select(PARTS).rows(named=True), strict=True))


def pls_bootstrap(
    resamples: int,
    seed: int,
    level: float,
    way: list[str],
    places: dict[str, list[int]],
    segments: list[int] | None = None,
    strata: list[int] | None = None,
    clusters: list[int] | None = None,
    **survey: Any,
) -> dict[str, dict[str, list[float]]]:
    fit = fitted(**survey)
    made = fit.bootstrap(resamples, seed=seed, by=segments, strata=strata, clusters=clusters)
    names = [construct.name for construct in fit.model.constructs]
    found: dict[str, dict[str, list[float]]] = {}
    for interval in Interval:
        tables = {
            "weight": made.weights(level, interval),
            "loading": made.loadings(level, interval),
            "path": made.paths(level, interval),
            "total_effect": made.effects(level, interval),
            "indirect_effect": made.effects(level, interval, indirect=True),
            "effect_along": made.effect_along(*way, level=level, interval=interval),
            "r_squared": made.explained(level, interval),
            "index": made.indices(level, interval),
            "htmt": made.htmt(level, interval),
        }
        targets = [made.importance(name, level, interval).with_columns(pl.lit(name).alias("on")) for name in names[1:]]
        tables["importance"] = pl.concat(targets)
        for measure in ("alpha", "rho_a", "rho_c", "ave"):
            tables[measure] = made.reliability(level, interval).filter(measure=measure).drop("measure")
        if segments is not None:
            tables["segment_index"] = made.segments(level, interval)
        for kind, table in tables.items():
            rows = by_place(table, names, kind)
            wanted = [rows[place] for place in places.get(kind, [0])]
            columns = {part: [row[part] for row in wanted] for part in PARTS}
            ends = {f"{interval}_{end}": columns.pop(end) for end in ("lower", "upper")}
            found[kind] = found.get(kind, {}) | columns | ends
    return found


def pls_predict(folds: int, seed: int, **survey: Any) -> dict[str, list[float]]:
    found = fitted(**survey).predict(folds, seed=seed)
    return {part: found[part].to_list() for part in ("q_squared", "rmse", "mae")}


def pls_compare_groups(in_second: list[int], permutations: int, seed: int, **survey: Any) -> dict[str, list[float]]:
    fit = fitted(**survey)
    if len(set(in_second)) == 1:  # The public function names groups, so that none is empty.
        fit._core_fit.compare_groups(fit._answers, [bool(flag) for flag in in_second], permutations, seed, None)
    found = fit.compare_groups(in_second, permutations=permutations, seed=seed)
    tables = (found.paths, found.invariance)
    return {name: t[name].to_list() for t in tables for name in t.columns if t[name].dtype != pl.String}


def pls_segment_index(segments: list[int], level: float, **survey: Any) -> dict[str, list[float]]:
    found = fitted(**survey).segment_indices(segments, level=level)
    size = len(found["construct"].unique())
    parts = {part: found[part].to_list() for part in ("index", "standard_error", "lower", "upper")}
    return parts | {"observations": found["observations"].to_list()[::size]}


def pls_blindfold(distance: int, **survey: Any) -> dict[str, list[float]]:
    found = fitted(**survey).blindfold(distance)
    return {part: found[part].drop_nans().to_list() for part in ("redundancy", "communality")}


def pls_higher_order(**survey: Any) -> dict[str, list[float]]:
    fit = fitted(**survey)
    outer, first = fit.measurement(), fit.first_stage()
    effects = fit.effects().select("driver", "construct", "total").rows()
    total = {(driver, construct): value for driver, construct, value in effects}
    names = [construct.name for construct in fit.model.constructs]
    found = {
        "weights": outer["weight"].to_list(),
        "loadings": outer["loading"].to_list(),
        "paths": fit.paths()["coefficient"].to_list(),
        "r_squared": fit.explained()["r_squared"].to_list(),
        "index": fit.indices()["index"].to_list(),
        "total_effects": [total.get((driver, construct), 0.0) for driver in names for construct in names],
    }
    return found if first is None else found | {"first_weights": first.measurement()["weight"].to_list()}


FUNCTIONS = {
    "pls_fit": pls_fit,
    "pls_bootstrap": pls_bootstrap,
    "pls_predict": pls_predict,
    "pls_compare_groups": pls_compare_groups,
    "pls_segment_index": pls_segment_index,
    "pls_blindfold": pls_blindfold,
    "pls_higher_order": pls_higher_order,
}
