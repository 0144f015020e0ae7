"""Identify, differentiate, interact, customise: from raw records to the next action for each customer.

>>> from crm_core.idic import normalise, similarity
>>> normalise.phone("0044 (0)20 7946-0018")
'+442079460018'
>>> round(similarity.jaro_winkler("MARTHA", "MARHTA"), 4)
0.9611
"""

from crm_core.idic import normalise, similarity
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

__all__ = [
    "AgreementLevel",
    "FieldEvidence",
    "FieldKind",
    "GoldenRecords",
    "MatchExplanation",
    "RecordField",
    "RecordSchema",
    "Resolution",
    "ResolutionReport",
    "ResolveOptions",
    "Survivorship",
    "link",
    "normalise",
    "resolve",
    "similarity",
]
