"""Where a switching matrix comes from, and how well it is known.

==========================================================  ==============================
you have                                                    use
==========================================================  ==============================
the purchases of every customer of a panel                  :class:`PurchasePanel`
pairs (brand now, brand next), or a table of counts         :class:`TransitionCounts`
market shares by period, and nobody who switched            :func:`share_regression`
a survey: last brand, next brand, what may decide           :func:`inertia_logit`
==========================================================  ==============================

Entry (i, j) of a matrix is the probability that a buyer of brand i buys brand j next. Brands keep their names through
all steps; a matrix that is asked for as a table has them as columns, as :class:`~crm_core.clv.switching.MatrixClv`
takes it.

Examples
--------
From purchases to the value of a market: count the switches, test whether one matrix is enough, and value the matrix.

>>> import pandas as pd
>>> from crm_core.clv.estimation import PurchasePanel
>>> from crm_core.clv.switching import MatrixClv
>>> log = pd.DataFrame({
...     "customer": ["Ann"] * 9 + ["Bo"] * 9 + ["Cy"] * 9,
...     "time": [*range(9)] * 3,
...     "brand": [*"AAAABBAAA", *"BBBABBBBA", *"AABBBAAAA"],
... })
>>> panel = PurchasePanel(log)
>>> counts = panel.counts()
>>> counts.counts
array([[9., 3.],
       [4., 8.]])
>>> test = panel.second_order_test()
>>> test.degrees_of_freedom, round(test.likelihood_ratio_p, 2)  # no sign of a longer memory
(2, 0.19)
>>> posterior = counts.posterior(prior=1.0)
>>> posterior.mean.round(3)
array([[0.714, 0.286],
       [0.357, 0.643]])
>>> lower, upper = posterior.credible_interval(0.9)
>>> lower.round(2)
array([[0.51, 0.11],
       [0.17, 0.43]])
>>> value = MatrixClv(posterior.table("pandas"), 50.0, discount_rate=0.1, horizon=12)
>>> value.evaluate(pd.DataFrame({"A": [1.0], "B": [0.0]})).round(1)
       A      B
0  250.0  140.7
"""

from crm_core.clv.estimation._counts import (
    ChiSquareTest,
    MarkovFit,
    PurchasePanel,
    Ties,
    TransitionCounts,
    homogeneity_test,
)
from crm_core.clv.estimation._posterior import TransitionPosterior
from crm_core.clv.estimation._shares import CovarianceEstimator, ShareFit, ShareInference, share_regression
from crm_core.clv.estimation._survey import LogitFit, PredictedMatrix, inertia_logit

__all__ = [
    "ChiSquareTest",
    "CovarianceEstimator",
    "LogitFit",
    "MarkovFit",
    "PredictedMatrix",
    "PurchasePanel",
    "ShareFit",
    "ShareInference",
    "Ties",
    "TransitionCounts",
    "TransitionPosterior",
    "homogeneity_test",
    "inertia_logit",
    "share_regression",
]
