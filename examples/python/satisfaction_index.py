"""How satisfied are the customers, and what should be improved first? Nine steps, with generated answers."""

from crm_core.satisfaction.process import Action, define
from crm_core.satisfaction.structural import acsi

# 1 to 4: the questions of the ACSI, asked of so many that the index is known to 2.5 points; half of them answer.
plan = (
    define({"en": "Spring survey", "zh": "春季调查"}, acsi())
    .population("Customers who bought in the last year", units=12_000)
    .sample(margin=2.5, deviation=20, response_rate=0.5)
)
print(f"{plan.invitations} invited for {plan.answers} answers")
questionnaire = plan.questionnaire()

# 5: what came back.
answers = acsi().simulate(250, seed=1, missing=0.02, library="polars")
responses = questionnaire.survey(answers, refusal=41, non_contact=193)
print(f"response rate {100 * responses.rates.response.rate:.1f}%")

# 6 and 7: do the questions measure one thing each, and what do they say?
tables = responses.tabulate()
for name, _, alpha, lower, upper, _ in tables.scales().rows():
    print(f"{name:<14}alpha {alpha:.2f} ({lower:.2f} to {upper:.2f})")
index = tables.index(resamples=1000, seed=1)

# 8 and 9: what to improve first, and what that brings.
report = index.report()
print(f"index {report.index:.1f} ({report.interval[0]:.1f} to {report.interval[1]:.1f})")
drivers = report.drivers().rows()
for name, quadrant, importance, performance, _ in drivers:
    print(f"{name:<14}importance {importance:.2f}, performance {performance:.1f}: {quadrant}")
actions = report.improve([Action(drivers[0][0], "Answer every question within a day", rise=4, owner="service")])
print(f"4 points more of the first: index {actions.expected_index:.1f}")
