"""Charts of customers, one by one: each takes columns and, if given, matplotlib ``Axes``, and returns the ``Axes``.

Needs the extra ``plot``: ``pip install 'crm-core[plot]'``. Every chart speaks English or Chinese.

======================================  =====================================================
chart                                   what it shows
======================================  =====================================================
:func:`concentration_curve`             what share of the value the best customers bring
:func:`pyramid`, :func:`share_bars`     groups of customers: their number beside their value
:func:`types_map`                       golden, meteor, stream, burden: current × potential
:func:`rfm_grid`                        recency × frequency scores
:func:`value_over_time`                 new and returning customers per period
:func:`stages`, :func:`stage_flow`      lifecycle stages, now and over time
:func:`transitions`                     how customers move between stages
:func:`cohorts`, :func:`survival`       repeat purchases by cohort, Kaplan–Meier tenure
:func:`distribution`, :func:`waterfall` lifetime value, and where it comes from
======================================  =====================================================
"""

from crm_core.plotting._clv import distribution, waterfall
from crm_core.plotting._lifecycle import cohorts, stage_flow, stages, survival, transitions, value_over_time
from crm_core.plotting._value import concentration_curve, pyramid, rfm_grid, share_bars, types_map

__all__ = [
    "cohorts",
    "concentration_curve",
    "distribution",
    "pyramid",
    "rfm_grid",
    "share_bars",
    "stage_flow",
    "stages",
    "survival",
    "transitions",
    "types_map",
    "value_over_time",
    "waterfall",
]
