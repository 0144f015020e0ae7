"""Loyalty: satisfaction with, or attachment to, a firm that shows in repeat purchase.

A long-standing customer is not necessarily loyal, and price cuts do not buy loyalty: attitude (attachment) and
behaviour (repeat purchase) are told apart, and seven categories say why customers stay.

>>> from crm_core.loyalty import LoyaltyCategory, classify
>>> found = classify(attachment=[0.9, 0.1], repeat_purchase=[0.8, 0.9], reward_share=[None, 0.95])
>>> found["best"].tolist()
['premium', 'incentive']
>>> LoyaltyCategory.INCENTIVE.vulnerability()
'The end of the programme, or a better one elsewhere.'
"""

from crm_core._kernels import share_of_wallet
from crm_core.loyalty._bonds import Bond, BondStrength, RelationshipLevel, bond_strength
from crm_core.loyalty._categories import (
    Clue,
    Contradiction,
    LatentAttachment,
    LoyaltyCategory,
    LoyaltyCondition,
    LoyaltyOutcome,
    LoyaltyRules,
    classify,
    loyalty_conditions,
)
from crm_core.loyalty._profit import (
    LoyaltyEffect,
    LoyaltyProfit,
    LoyaltyYear,
    TenureYear,
    loyalty_profit,
    loyalty_profit_from_ledger,
    tenure_years,
)
from crm_core.loyalty._wallet import (
    Dirichlet,
    PromoterScore,
    net_promoter_score,
    size_of_prize,
    wallet_allocation,
)

__all__ = [
    "Bond",
    "BondStrength",
    "Clue",
    "Contradiction",
    "Dirichlet",
    "LatentAttachment",
    "LoyaltyCategory",
    "LoyaltyCondition",
    "LoyaltyEffect",
    "LoyaltyOutcome",
    "LoyaltyProfit",
    "LoyaltyRules",
    "LoyaltyYear",
    "PromoterScore",
    "RelationshipLevel",
    "TenureYear",
    "bond_strength",
    "classify",
    "loyalty_conditions",
    "loyalty_profit",
    "loyalty_profit_from_ledger",
    "net_promoter_score",
    "share_of_wallet",
    "size_of_prize",
    "tenure_years",
    "wallet_allocation",
]
