"""A satisfaction survey from its objective to what is done about it, in nine steps.

==== ================================== ============================ ======================================
step                                    product                      next
==== ================================== ============================ ======================================
1    define and quantify the indicators :class:`IndicatorTree`       :meth:`~IndicatorTree.population`
2    define the population              :class:`Population`          :meth:`~Population.sample`
3    design the sample                  :class:`SamplePlan`          :meth:`~SamplePlan.questionnaire`
4    design the questionnaire           :class:`Questionnaire`       :meth:`~Questionnaire.survey`
5    survey                             :class:`FieldResponses`      :meth:`~FieldResponses.tabulate`
6    tabulate                           :class:`SurveyTables`        :meth:`~SurveyTables.index`
7    compute and analyse the index      :class:`SatisfactionIndex`   :meth:`~SatisfactionIndex.report`
8    report                             :class:`StudyReport`         :meth:`~StudyReport.improve`
9    improve                            :class:`ActionPlan`          :meth:`~ActionPlan.follow_up`
==== ================================== ============================ ======================================

A product is made from the one before and from nothing else: no step can be left out. It is stored as what was decided
and answered, step by step (:meth:`~Product.to_json`, :func:`read_study`); what was computed is computed again, to the
same bits.

Examples
--------
>>> from crm_core.satisfaction.structural import acsi
>>> plan = define("Spring survey", acsi()).population("Customers", units=5000).sample(margin=2.5, deviation=20)
>>> plan.answers
235
>>> answers = acsi().simulate(235, seed=1, library="polars")
>>> responses = plan.questionnaire().survey(answers, refusal=60, non_contact=105)
>>> round(responses.rates.response.rate, 4)
0.5875
>>> report = responses.tabulate().index(seed=1, resamples=500).report(aim=75)
>>> round(report.index, 1), report.reaches_aim
(68.7, False)
>>> report.drivers()["construct"].to_list()
['expectations', 'value', 'quality']
>>> actions = report.improve([Action("expectations", "Promise what is kept", rise=5)])
>>> actions.expected_index > report.index
True
>>> read_study(actions.to_json()) == actions
True
"""

from crm_core.satisfaction.process._base import ActionStatus, Product, SurveyStep, read_study
from crm_core.satisfaction.process._planning import (
    FrameCluster,
    FrameStratum,
    IndicatorTree,
    Population,
    Question,
    Questionnaire,
    SamplePlan,
    define,
)
from crm_core.satisfaction.process._results import (
    Action,
    ActionPlan,
    Exclusions,
    FieldResponses,
    FollowUp,
    IndexChange,
    OutcomeRates,
    SatisfactionIndex,
    StudyReport,
    SurveyTables,
)

__all__ = [
    "Action",
    "ActionPlan",
    "ActionStatus",
    "Exclusions",
    "FieldResponses",
    "FollowUp",
    "FrameCluster",
    "FrameStratum",
    "IndexChange",
    "IndicatorTree",
    "OutcomeRates",
    "Population",
    "Product",
    "Question",
    "Questionnaire",
    "SamplePlan",
    "SatisfactionIndex",
    "StudyReport",
    "SurveyStep",
    "SurveyTables",
    "define",
    "read_study",
]
