"""How able a firm is to manage its customer relationships, as a score that says where it comes from.

Weights from comparisons in pairs (analytic hierarchy process), graded indices (fuzzy comprehensive evaluation), and
the tree of CRM capability; ranks of firms where the weights themselves are not sure.

>>> from crm_core.capability import GradeScale, ahp, crm_capability, membership_from_votes
>>> groups = ahp([[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]])
>>> groups.is_consistent
True
>>> tree = crm_capability().with_weights("crm_capability", groups.weights)
>>> votes = {leaf.name: membership_from_votes([3, 5, 2, 0, 0]) for leaf in tree.leaves}
>>> evaluation = tree.evaluate(votes, GradeScale.five())
>>> round(evaluation.score, 2), evaluation.grade
(82.0, 'good')
"""

from crm_core.capability._acceptability import Acceptability, rank_acceptability
from crm_core.capability._ahp import Judgement, Priorities, RandomIndex, ahp, group_judgements
from crm_core.capability._fuzzy import Composition, GradeScale, membership_from_measure, membership_from_votes
from crm_core.capability._tree import EvaluatedIndex, Evaluation, Index, IndexTree, InfluencingFactor, crm_capability

__all__ = [
    "Acceptability",
    "Composition",
    "EvaluatedIndex",
    "Evaluation",
    "GradeScale",
    "Index",
    "IndexTree",
    "InfluencingFactor",
    "Judgement",
    "Priorities",
    "RandomIndex",
    "ahp",
    "crm_capability",
    "group_judgements",
    "membership_from_measure",
    "membership_from_votes",
    "rank_acceptability",
]
