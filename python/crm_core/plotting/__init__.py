"""Charts of customers, one by one: each takes columns and, if given, matplotlib ``Axes``, and returns the ``Axes``.

Needs the extra ``plot``: ``pip install 'crm-core[plot]'``. Every chart speaks English or Chinese.

======================================  =====================================================
chart                                   what it shows
======================================  =====================================================
:func:`concentration_curve`             what share of the value the best customers bring
:func:`lorenz_curve`                    what share of it the least valuable customers bring
:func:`pyramid`, :func:`share_bars`     groups of customers: their number beside their value
:func:`types_map`                       golden, meteor, stream, burden: current × potential
:func:`rfm_grid`                        recency × frequency scores
:func:`value_over_time`                 new and returning customers per period
:func:`loyalty_stack`                   what a loyal customer earns by year of tenure, and when it has paid off
:func:`index_scores`                    a tree of indices, such as that of CRM capability
:func:`stages`, :func:`stage_flow`      lifecycle stages, now and over time
:func:`stage_curve`                     what each stage brings over time
:func:`transitions`                     how customers move between stages
:func:`cohorts`, :func:`survival`       repeat purchases by cohort, Kaplan–Meier tenure
:func:`distribution`, :func:`waterfall` lifetime value, and where it comes from
:func:`state_values`                    what a customer in each state is worth, and how surely
:func:`cohort_path`                     where the customers of a cohort are over time, by state
:func:`tracking`                        repeat purchases per period, actual and by a model
:func:`frequency_histogram`             customers by repeat purchases, actual and by a model
:func:`conditional_expectation`         holdout purchases by past purchases, actual and by a model
:func:`recency_frequency`               P(alive) or expected purchases by recency and frequency
:func:`alive_history`                   P(alive) of one customer over time
:func:`spend_density`                   mean spend of the customers, actual and by a model
:func:`retention_curve`                 survival or retention of a cohort, actual and by a model
:func:`tornado`                         on which factors a value hangs, and how much
:func:`sensitivity_map`                 what each switching probability does to a value
:func:`fan`                             where a growing value lies, with which probability
:func:`path_diagram`                    what drives satisfaction, and how much
:func:`loadings`                        how well questions measure their constructs
:func:`index_intervals`                 indices from 0 to 100 with their intervals
:func:`importance_satisfaction`         which attributes or drivers matter, and which of those do not satisfy
:func:`kano_categories`                 how respondents see attributes, by Kano's categories
:func:`kano_map`                        attributes by Better and Worse, in Kano's quadrants
:func:`kano_positions`                  attributes by their mean scores of the continuous analysis
:func:`price_curves`                    to whom a price is too cheap, cheap, expensive, too expensive
:func:`expectation_curve`               repeat sales by how much customers are made to expect
:func:`match_weights`                   why two records are, or are not, of one customer
:func:`precision_recall`                how many matches are found, and how many found pairs match
:func:`uplift_curve`                    what acting on the customers of the highest scores gains
:func:`regret_curve`                    what policies have lost against the best action
======================================  =====================================================
"""

from crm_core.plotting._clv import distribution, tornado, waterfall
from crm_core.plotting._identify import match_weights, precision_recall
from crm_core.plotting._importance import importance_satisfaction
from crm_core.plotting._lifecycle import (
    cohorts,
    stage_curve,
    stage_flow,
    stages,
    survival,
    transitions,
    value_over_time,
)
from crm_core.plotting._loyalty import index_scores, loyalty_stack
from crm_core.plotting._migration import cohort_path, state_values
from crm_core.plotting._policies import regret_curve, uplift_curve
from crm_core.plotting._prediction import (
    alive_history,
    conditional_expectation,
    frequency_histogram,
    recency_frequency,
    retention_curve,
    spend_density,
    tracking,
)
from crm_core.plotting._satisfaction import expectation_curve, kano_categories, kano_map, kano_positions, price_curves
from crm_core.plotting._structural import index_intervals, loadings, path_diagram
from crm_core.plotting._uncertainty import fan, sensitivity_map
from crm_core.plotting._value import concentration_curve, lorenz_curve, pyramid, rfm_grid, share_bars, types_map

__all__ = [
    "alive_history",
    "cohort_path",
    "cohorts",
    "concentration_curve",
    "conditional_expectation",
    "distribution",
    "expectation_curve",
    "fan",
    "frequency_histogram",
    "importance_satisfaction",
    "index_intervals",
    "index_scores",
    "kano_categories",
    "kano_map",
    "kano_positions",
    "loadings",
    "lorenz_curve",
    "loyalty_stack",
    "match_weights",
    "path_diagram",
    "precision_recall",
    "price_curves",
    "pyramid",
    "recency_frequency",
    "regret_curve",
    "retention_curve",
    "rfm_grid",
    "sensitivity_map",
    "share_bars",
    "spend_density",
    "stage_curve",
    "stage_flow",
    "stages",
    "state_values",
    "survival",
    "tornado",
    "tracking",
    "transitions",
    "types_map",
    "uplift_curve",
    "value_over_time",
    "waterfall",
]
