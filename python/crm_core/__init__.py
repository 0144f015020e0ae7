"""Customer-relationship analytics: the theory that business schools teach, ready to use.

===========================  =======================================================
module                       what it answers
===========================  =======================================================
:mod:`crm_core.capability`   how able is the firm to manage its relationships?
:func:`crm_core.classify`    which stage, type, tier and loyalty is each customer of?
:mod:`crm_core.clv`          what is a customer worth, and a market to each brand?
:mod:`crm_core.idic`         who is each customer, what does each want, what is next?
:mod:`crm_core.ledger`       what did each customer buy, and when?
:mod:`crm_core.lifecycle`    which stage is a customer in, and for how long?
:mod:`crm_core.loyalty`      why do customers stay, and what does that earn?
:mod:`crm_core.plotting`     how does it look? charts, one by one
:mod:`crm_core.prediction`   when will a customer buy again, and is it still one?
:mod:`crm_core.report`       all of it from one log: a report and a table of customers
:mod:`crm_core.satisfaction` how satisfied are customers, and what would do more?
:mod:`crm_core.service`      complaints, early warning, winning customers back
:mod:`crm_core.survey`       whom to ask, how many, what do the answers say of all?
:mod:`crm_core.units`        languages and the labels of categories
:mod:`crm_core.value`        who brings the profit? concentration, tiers, types, RFM
:mod:`crm_core.errors`       what is raised when a value is refused
===========================  =======================================================

A scalar function takes ``float`` and ``int``, or :class:`decimal.Decimal` for exact money:

>>> import crm_core as crm
>>> crm.clv.lost_for_good(margin=100.0, churn=0.2, discount_rate=0.1)
379.07867694084484
>>> from decimal import Decimal
>>> value = crm.clv.lost_for_good(Decimal(100), Decimal("0.2"), Decimal("0.1"))
>>> round(value, 4)
Decimal('379.0787')

The same function takes columns (NumPy, pandas, polars, pyarrow) and gives back the same kind:

>>> import numpy as np
>>> crm.clv.lost_for_good(np.array([100.0, 250.0]), churn=0.2, discount_rate=0.1).round(2)
array([379.08, 947.7 ])

Null in gives null out, NaN in gives NaN out; what a formula forbids is an error that names the row.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crm_core import (
        capability,
        classification,
        clv,
        errors,
        idic,
        ledger,
        lifecycle,
        loyalty,
        plotting,
        prediction,
        report,
        satisfaction,
        service,
        survey,
        units,
        value,
    )
    from crm_core.classification import classify

__all__ = [
    "capability",
    "classification",
    "classify",
    "clv",
    "errors",
    "idic",
    "ledger",
    "lifecycle",
    "loyalty",
    "plotting",
    "prediction",
    "report",
    "satisfaction",
    "service",
    "survey",
    "units",
    "value",
]


def __getattr__(name: str) -> Any:
    if name == "classify":
        return importlib.import_module("crm_core.classification").classify
    if name in __all__:
        return importlib.import_module(f"crm_core.{name}")
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
