"""Identify, Differentiate, Interact, Customize: from raw records to the next action for each customer.

>>> from crm_core.idic import ActionChooser, ContactPolicy, normalise
>>> normalise.phone("0044 (0)20 7946-0018")
'+442079460018'
>>> policy = ContactPolicy(quiet_hours=(21, 8))
>>> policy.refusal("phone", "sales", "2024-03-01T22:00:00", consent=["phone"])
<ContactRefusal.QUIET_HOURS: 'quiet_hours'>
>>> chooser = ActionChooser(["call", "voucher"], ["orders"])
>>> chooser.decide(7, [3.0], "2024-03-01T10:00:00", eligible=[]).action
'nothing'
"""

from crm_core.idic import normalise, similarity
from crm_core.idic._choice import ActionChooser, ActionScore, ChoiceStrategy, Decision, Explanation, LoggedReward
from crm_core.idic._customize import (
    Assignment,
    AssignmentReason,
    ChoiceFit,
    ChoiceRule,
    LevelWorth,
    Offer,
    PartWorths,
    RatingFit,
    assign,
    choice_shares,
    fit_choices,
    fit_ratings,
)
from crm_core.idic._differentiate import (
    ClusterCount,
    ClusterScaling,
    NeedsGroups,
    choose_clusters,
    cross_table,
    k_means,
    k_modes,
    silhouette,
)
from crm_core.idic._interact import (
    Belief,
    Channel,
    Contact,
    ContactDirection,
    ContactOutcome,
    ContactPolicy,
    ContactPurpose,
    ContactRefusal,
    FrequencyCap,
    PolicyEvaluation,
    PolicyValue,
    PreferenceMemory,
    evaluate_policy,
)
from crm_core.idic._resolve import (
    FieldEvidence,
    GoldenRecords,
    MatchExplanation,
    Resolution,
    ResolutionReport,
    link,
    resolve,
)
from crm_core.idic._schema import (
    AgreementLevel,
    FieldKind,
    RecordField,
    RecordSchema,
    ResolveOptions,
    Survivorship,
)
from crm_core.idic._store import AddedRecord, Erasure, Match, ProfileStore

__all__ = [
    "ActionChooser",
    "ActionScore",
    "AddedRecord",
    "AgreementLevel",
    "Assignment",
    "AssignmentReason",
    "Belief",
    "Channel",
    "ChoiceFit",
    "ChoiceRule",
    "ChoiceStrategy",
    "ClusterCount",
    "ClusterScaling",
    "Contact",
    "ContactDirection",
    "ContactOutcome",
    "ContactPolicy",
    "ContactPurpose",
    "ContactRefusal",
    "Decision",
    "Erasure",
    "Explanation",
    "FieldEvidence",
    "FieldKind",
    "FrequencyCap",
    "GoldenRecords",
    "LevelWorth",
    "LoggedReward",
    "Match",
    "MatchExplanation",
    "NeedsGroups",
    "Offer",
    "PartWorths",
    "PolicyEvaluation",
    "PolicyValue",
    "PreferenceMemory",
    "ProfileStore",
    "RatingFit",
    "RecordField",
    "RecordSchema",
    "Resolution",
    "ResolutionReport",
    "ResolveOptions",
    "Survivorship",
    "assign",
    "choice_shares",
    "choose_clusters",
    "cross_table",
    "evaluate_policy",
    "fit_choices",
    "fit_ratings",
    "k_means",
    "k_modes",
    "link",
    "normalise",
    "resolve",
    "silhouette",
    "similarity",
]
