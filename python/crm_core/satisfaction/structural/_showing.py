"""Charts and the text of a fit of a structural model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_core import plotting
from crm_core.satisfaction.structural._options import PlsStatus

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_core.satisfaction.structural._fit import StructuralFit
    from crm_core.units import Language


def path_diagram(fit: StructuralFit, ax: Axes | None, language: Language) -> Axes:
    """See :meth:`StructuralFit.plot`."""
    names, found, explained = fit._names, fit._core_fit.paths(), fit._core_fit.explained()
    r_squared = dict(zip(explained["construct"], explained["r_squared"], strict=True))
    return plotting.path_diagram(
        [construct.label(language) for construct in fit.model.constructs],
        [(names.index(path.driver), names.index(path.construct)) for path in fit.model.paths],
        found["coefficient"],
        index=fit._core_fit.index(),
        r_squared=[r_squared.get(place, float("nan")) for place in range(len(names))],
        clear=[not p >= 0.05 for p in found["p_value"]],
        ax=ax,
        language=language,
    )


def importance(fit: StructuralFit, target: str, ax: Axes | None, language: Language) -> Axes:
    """See :meth:`StructuralFit.plot_importance`."""
    goal = fit.model.construct(target).label(language)
    found = fit._core_fit.importance_performance(target)
    labels = [fit.model.constructs[place].label(language) for place in found["construct"]]
    importance, performance = found["importance"], found["performance"]
    return plotting.importance_satisfaction(
        labels,
        importance,
        performance,
        importance_cut=float(np.mean(importance)),
        satisfaction_cut=float(np.mean(performance)),
        target=goal,
        ax=ax,
        language=language,
    )


def loadings(fit: StructuralFit, ax: Axes | None, language: Language) -> Axes:
    """See :meth:`StructuralFit.plot_loadings`."""
    groups = [construct.label(language) for construct in fit.model.constructs for _ in construct.indicators]
    found = fit._core_fit.indicators()["loading"]
    return plotting.loadings(groups, fit.model.indicators, found, ax=ax)


def summary(fit: StructuralFit) -> str:
    """See :meth:`StructuralFit.summary`."""
    report, names = fit.report, fit._names
    rows = f"{report.rows_used:,} respondents" + (
        f" ({report.rows_dropped:,} with missing answers left out)" if report.rows_dropped else ""
    )
    ended = f"converged after {report.iterations} iterations"
    if report.status is not PlsStatus.CONVERGED:
        ended = f"NOT converged after {report.iterations} iterations (allow more, or take another inner scheme)"
    lines = [f"{rows}, {ended}", ""]
    reliability, explained = fit._core_fit.reliability(), fit._core_fit.explained()
    r_squared = dict(zip(explained["construct"], explained["r_squared"], strict=True))
    width = max(map(len, names))
    lines.append(f"{'':<{width}}   index     R²  alpha  rho_A    AVE")
    for place, (name, index) in enumerate(zip(names, fit._core_fit.index(), strict=True)):
        known = f"{r_squared[place]:6.2f}" if place in r_squared else " " * 6
        parts = "".join(f" {reliability[part][place]:6.2f}" for part in ("alpha", "rho_a", "ave"))
        lines.append(f"{name:<{width}} {index:7.1f} {known}{parts}")
    arrows = [f"{path.driver} → {path.construct}" for path in fit.model.paths]
    width, paths = max(map(len, arrows)), fit._core_fit.paths()
    lines += ["", f"{'':<{width}} coefficient      t     f²"]
    for arrow, *values in zip(arrows, *(paths[part] for part in ("coefficient", "t", "f_squared")), strict=True):
        coefficient, t, f_squared = values
        lines.append(f"{arrow:<{width}} {coefficient:11.2f} {t:6.2f} {f_squared:6.2f}")
    notes = [f"weight of {name} is negative: a better answer lowers the index" for name in fit.negative_weights()]
    notes += fit.inadmissible()
    return "\n".join([*lines, *([""] if notes else []), *notes])
