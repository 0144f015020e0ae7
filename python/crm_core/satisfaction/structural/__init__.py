"""Structural indices of satisfaction: what forms it, satisfaction itself, what follows from it.

Four ready models (:func:`scsb`, :func:`acsi`, :func:`ecsi`, :func:`ccsi`) and your own (:class:`Model`).
"""

from crm_core.satisfaction.structural._fit import (
    Estimator,
    FitReport,
    InnerScheme,
    MissingAnswers,
    PlsOptions,
    PlsStatus,
    StructuralFit,
    fit,
)
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

__all__ = [
    "Construct",
    "Estimator",
    "ExpectedSign",
    "FitReport",
    "IndexPreset",
    "Indicator",
    "InnerScheme",
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
