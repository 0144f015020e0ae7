"""The textbook exercise on a single customer, read in both ways that its text allows.

A customer is acquired for 400, makes a first purchase of 2000 and is kept for 5 years, "then 500 per year"; the
discount rate is 9 %. What is the customer worth?
"""

from decimal import Decimal

from crm_core.clv import Timing, annuity, present_value

RATE = Decimal("0.09")

# First reading: 2000 now, and a level 500 at the end of each of the five years.
level = 2000 - 400 + annuity(Decimal(500), RATE, 5)

# Second reading: a flow at year ends that starts at 2000 and grows by 500 a year.
growing = present_value([2000, 2500, 3000, 3500, 4000], RATE, Timing.END) - 400

print(f"500 as a level flow:  {level:.10f}")
print(f"500 as yearly growth: {growing:.10f}")
