"""Structural indices of satisfaction: what forms it, satisfaction itself, what follows from it.

Four ready models (:func:`scsb`, :func:`acsi`, :func:`ecsi`, :func:`ccsi`) and your own (:class:`Model`), estimated by
partial least squares path modelling.

Examples
--------
>>> answers = acsi().simulate(500, seed=1, library="polars")
>>> fit = acsi().fit(answers)
>>> round(fit.index("satisfaction"), 1)
69.1
>>> fit.importance()["construct"].to_list()
['expectations', 'quality', 'value']
"""

from crm_core.satisfaction.structural._bootstrap import Bootstrap, Dropped, Interval
from crm_core.satisfaction.structural._fit import StructuralFit, fit
from crm_core.satisfaction.structural._groups import GroupComparison
from crm_core.satisfaction.structural._model import (
    Construct,
    ExpectedSign,
    IndexPreset,
    Indicator,
    MeasurementMode,
    Model,
    Path,
    acsi,
    ccsi,
    ecsi,
    scsb,
)
from crm_core.satisfaction.structural._options import (
    Estimator,
    FitReport,
    HigherOrder,
    InnerScheme,
    MissingAnswers,
    PlsOptions,
    PlsStatus,
)

__all__ = [
    "Bootstrap",
    "Construct",
    "Dropped",
    "Estimator",
    "ExpectedSign",
    "FitReport",
    "GroupComparison",
    "HigherOrder",
    "IndexPreset",
    "Indicator",
    "InnerScheme",
    "Interval",
    "MeasurementMode",
    "MissingAnswers",
    "Model",
    "Path",
    "PlsOptions",
    "PlsStatus",
    "StructuralFit",
    "acsi",
    "ccsi",
    "ecsi",
    "fit",
    "scsb",
]
