"""A published exercise whose answers cannot be right, and how the library says so.

Brands A, B and C share a market of one purchase a month, each worth 300. Today's shares are .5, .3 and .2; a
switching matrix gives next month's. At 10 % a month over t = 0, 1 the published values are 267.2, 199.0 and 114.5
(the matrix itself is lost).
"""

from crm_core.clv.switching import ShareRule, SpendingAllocation, normalize
from crm_core.errors import NotStochasticError


def show(how: str, market: SpendingAllocation) -> None:
    a, b, c = market.clv(discount_rate=0.1, horizon=1)
    print(f"{how:<13} A {a:.2f}  B {b:.2f}  C {c:.2f}  together {a + b + c:.2f}")


# Every purchase goes to one of the brands, so the three values must add up to 300 now and 300 discounted once: 572.73.
# The published ones add up to 580.7. Working back, next month's shares must have been:
published = [[0.5, 0.3, 0.2], [0.43, 0.40, 0.20]]

# Shares that do not sum to one are refused, with the row and its sum.
try:
    SpendingAllocation.from_path(published, contribution=300.0)
except NotStochasticError as refusal:
    print(f"by default    {refusal}")

# Whoever wants the published numbers says that the shares need not sum to one.
show("as published", SpendingAllocation.from_path(published, rule=ShareRule.ANY, contribution=300.0))

# Normalising is a step that the caller takes. The values then add up.
show("normalised", SpendingAllocation.from_path(normalize(published), contribution=300.0))

# With a switching matrix the slip cannot happen: its rows are checked, and shares that sum to one keep doing so.
# Row i says what the buyers of brand i buy next.
matrix = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]
show("by a matrix", SpendingAllocation.from_switching([0.5, 0.3, 0.2], matrix, contribution=300.0))
