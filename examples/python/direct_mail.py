"""Whom to send the catalogue: Pfeifer & Carraway's direct mail.

A purchase brings 40, a catalogue costs 4, a year's discount is 20 %. Of customers who bought one, two, three and four
years ago, 30, 20, 15 and 5 % buy again when they get the catalogue; who has not bought for longer is lost.
"""

import math

from crm_core.clv.migration import RecencyChain

chain = RecencyChain([0.30, 0.20, 0.15, 0.05])

# To mail every customer who is not lost.
mail = chain.direct_mail(margin=40, contact_cost=4)
five_years = mail.value(discount_rate=0.2, horizon=4)
everybody = mail.moments(discount_rate=0.2, horizon=math.inf)

# To mail those who are worth it, and to let the others go.
decision = chain.contact_decision(margin=40, contact_cost=4)
best = decision.policy_iteration(discount_rate=0.2, start=["contact"] * 4 + ["no contact"])

print("state      five years  without end      sd  best policy")
rows = zip(
    chain.states, five_years.value, everybody.mean, everybody.standard_deviation, best.value, best.policy, strict=True
)
for state, five, end, sd, value, action in rows:
    name = state if state == "lost" else f"recency {state}"
    mailed = "mail" if action == "contact" else "no mail"
    print(f"{name:<9} {five:>11.2f} {end:>12.2f} {sd:>7.2f} {value:>7.2f} {mailed}")

# Where a thousand customers who have just bought are after four years, if all are mailed.
first, second, third, fourth, lost = mail.distribution({"1": 1000}, periods=4).customers[-1]
print(f"after four years: {first:.0f}, {second:.0f}, {third:.0f}, {fourth:.0f}, lost {lost:.0f} of 1000")
