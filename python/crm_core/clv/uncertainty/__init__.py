"""How far to trust a value that a switching matrix gives.

The matrix P of :mod:`crm_core.clv.switching` is estimated, and a wrong entry ruins the value. A :class:`Valuation`
holds all that the value of the brands,

``CLV(j) = sum over t = 0, ..., T of (1 + r)^(-t / f) * F * (S_0 P^t)_j * pi_j``,

depends on beside P. From it follow

====================================================  ================================
question                                              answer
====================================================  ================================
what does a small change of any input do?             :meth:`Valuation.gradient`
which input moves the value most?                     :meth:`Valuation.levers`
how large is the standard error of the value?         :meth:`Valuation.standard_error`
where does the value lie, with which probability?     :meth:`Valuation.simulate`
how does that grow period by period?                  :meth:`Valuation.bands`
which part of P is worth measuring better?            :meth:`Valuation.ranking`
====================================================  ================================

All of them speak of ``V = sum over j of w_j CLV(j)``: of one brand (``brand``), or of a weighted sum (``weights``).
Charts: :func:`crm_core.plotting.sensitivity_map` and :func:`crm_core.plotting.fan`.

References
----------
Rust, Lemon & Zeithaml 2004, "Return on marketing", equation (3); Griewank & Walther 2008, "Evaluating derivatives";
Oehlert 1992, "A note on the delta method"; Martin 1967, "Bayesian Decision Problems and Markov Chains"; Raiffa &
Schlaifer 1961, "Applied Statistical Decision Theory".
"""

from crm_core.clv.uncertainty._results import (
    Bands,
    EntryRank,
    Gradient,
    InputDoubts,
    Lever,
    LeverInput,
    Ranking,
    RowRank,
    StandardError,
    Summary,
)
from crm_core.clv.uncertainty._valuation import DrawnValues, MatrixEstimate, Valuation

__all__ = [
    "Bands",
    "DrawnValues",
    "EntryRank",
    "Gradient",
    "InputDoubts",
    "Lever",
    "LeverInput",
    "MatrixEstimate",
    "Ranking",
    "RowRank",
    "StandardError",
    "Summary",
    "Valuation",
]
