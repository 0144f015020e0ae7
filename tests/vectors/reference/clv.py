"""Reference values for tests/vectors/clv.json.

Every sum is taken term by term and every integral numerically, with 50 digits, so that nothing is shared with the
closed forms under test.

    python3 tests/vectors/reference/clv.py
"""

from datetime import date

from cases import Vectors
from mpmath import e, findroot, mp, mpf, quad

mp.dps = 50

EXERCISE = "exercise: kept 5 years, acquisition cost 400, first purchase 2000, then 500, i = 9 %; 50 digits"
SCRIPT = "tests/vectors/reference/clv.py, 50 digits"
VECTORS = Vectors("clv", 1e-14, SCRIPT)
case, refused = VECTORS.add, VECTORS.refuse


def d(value):
    """The number that the decimal text says, not its binary neighbour."""
    return mpf(str(value))


def arguments_of(**arguments):
    return arguments


# Single customer

def first(timing):
    return 0 if timing == "start" else 1


def present_value(flows, discount_rate, timing):
    return sum(d(f) * (1 + d(discount_rate)) ** -(t + first(timing)) for t, f in enumerate(flows))


def present_value_varying(flows, discount_rates, timing):
    factor, total = mpf(1), mpf(0)
    rates = list(discount_rates)
    for t, flow in enumerate(flows):
        if timing == "end" or t > 0:
            factor /= 1 + d(rates.pop(0))
        total += d(flow) * factor
    return total


def present_value_dated(dates, amounts, yearly_rate, now):
    start = date.fromisoformat(now)
    return sum(
        d(a) * (1 + d(yearly_rate)) ** (-mpf((date.fromisoformat(day) - start).days) / 365)
        for day, a in zip(dates, amounts)
    )


def run(name, function, reference, arguments, tolerance=1e-14, source=SCRIPT):
    case(name, function, arguments, reference(**arguments), tolerance, source)


run("exercise, 500 as yearly growth, paid at year ends", "present_value", present_value,
    arguments_of(flows=[2000, 2500, 3000, 3500, 4000], discount_rate=0.09, timing="end"), source=EXERCISE)
case("exercise, 500 as yearly growth, with the acquisition cost now", "present_value",
     arguments_of(flows=[-400, 2000, 2500, 3000, 3500, 4000], discount_rate=0.09, timing="start"),
     10934.826592592262, 1e-14, "published value of the exercise, second reading")
case("exercise, 500 as level annuity", "present_value",
     arguments_of(flows=[1600, 500, 500, 500, 500, 500], discount_rate=0.09, timing="start"),
     3544.8256316758598, 1e-14, "published value of the exercise, first reading")
run("negative rate", "present_value", present_value,
    arguments_of(flows=[-100.5, 0, 20.25, 300], discount_rate=-0.3, timing="end"))
run("300 months", "present_value", present_value,
    arguments_of(flows=[12.5 + t % 7 for t in range(300)], discount_rate=0.0075, timing="start"))
refused("no flows", "present_value", arguments_of(flows=[], discount_rate=0.1, timing="end"), "empty", "flows")
refused("rate of -1", "present_value", arguments_of(flows=[1], discount_rate=-1, timing="end"),
        "out_of_range", "discount_rate")
run("a rate per period, ends", "present_value_varying", present_value_varying,
    arguments_of(flows=[100, 200, 300], discount_rates=[0.05, 0.1, 0.02], timing="end"))
run("a rate per period, starts", "present_value_varying", present_value_varying,
    arguments_of(flows=[-100, 200, 300], discount_rates=[0.05, -0.1], timing="start"))
refused("a rate too few", "present_value_varying", arguments_of(flows=[1, 2], discount_rates=[0.1], timing="end"),
        "length_mismatch", "discount_rates")
run("dated flows, unsorted, some before now", "present_value_dated", present_value_dated,
    arguments_of(dates=["2025-06-30", "2024-02-29", "2028-12-31", "2025-01-01"], amounts=[120.5, -400, 900, 10],
                 yearly_rate=0.09, now="2025-01-01"), 1e-14)
case("XNPV of a spreadsheet's manual", "present_value_dated",
     arguments_of(dates=["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"],
                  amounts=[-10000, 2750, 4250, 3250, 2750], yearly_rate=0.09, now="2008-01-01"),
     2086.647602, 1e-9, "Microsoft Excel documentation of XNPV: 2086.647602")
run("annuity", "annuity", lambda payment, discount_rate, periods: present_value([payment] * periods, discount_rate, "end"),
    arguments_of(payment=500, discount_rate=0.09, periods=5), source=EXERCISE)
run("annuity without discount", "annuity",
    lambda payment, discount_rate, periods: present_value([payment] * periods, discount_rate, "end"),
    arguments_of(payment=500, discount_rate=0, periods=5))
run("annuity due", "annuity_due",
    lambda payment, discount_rate, periods: present_value([payment] * periods, discount_rate, "start"),
    arguments_of(payment=19.99, discount_rate=0.0075, periods=36))


def payback(flows, discount_rate, timing):
    total = mpf(0)
    for t, flow in enumerate(flows):
        at = t + first(timing)
        flow = d(flow) * (1 + d(discount_rate)) ** -at
        if total + flow >= 0:
            return max(mpf(0), at - 1 + (-total / flow if flow else 1)) if t else max(0, at - 1)
        total += flow
    return None


run("pay-back, plain", "payback", payback, arguments_of(flows=[-400, 150, 200, 300], discount_rate=0, timing="start"))
run("pay-back, discounted", "payback", payback,
    arguments_of(flows=[-400, 150, 200, 300], discount_rate=0.09, timing="start"))
run("pay-back, flows at ends", "payback", payback,
    arguments_of(flows=[-400, 150, 200, 300], discount_rate=0.09, timing="end"))
run("pay-back, never", "payback", payback, arguments_of(flows=[-400, 150, 200], discount_rate=0, timing="start"))
run("pay-back, nothing spent at first", "payback", payback,
    arguments_of(flows=[0, -500], discount_rate=0, timing="end"))


def internal_rate(flows):
    return findroot(lambda i: sum(d(f) * (1 + i) ** -t for t, f in enumerate(flows)), 0.1)


run("acquired customer", "internal_rate_of_return", internal_rate, arguments_of(flows=[-400, 120, 130, 140, 150]))
run("acquired customer at a loss", "internal_rate_of_return", internal_rate, arguments_of(flows=[-400, 120, 130, 100]))
case("two sign changes", "internal_rate_of_return", arguments_of(flows=[-1000, 2300, -1320]), {"sign_changes": 2})
refused("income only", "internal_rate_of_return", arguments_of(flows=[10, 20]), "no_solution", "flows")


def paybacks(flows, discount_rate, timing):
    """null stands for infinity: never."""
    return [payback(row, rate, timing) for row, rate in zip(flows, discount_rate)]


def bracketed_rate(flows):
    """Between two growth factors, a tenth apart, at which the present values differ in sign."""
    worth = lambda growth: sum(d(f) * growth**-t for t, f in enumerate(flows))
    growth = mpf("0.001")
    while worth(growth) * worth(growth * mpf("1.1")) > 0:
        growth *= mpf("1.1")
    return findroot(worth, (growth, growth * mpf("1.1")), solver="anderson") - 1


def internal_rates(flows):
    rates, outcomes = [], []
    for row in flows:
        signs = [flow > 0 for flow in row if flow]
        changes = sum(a != b for a, b in zip(signs, signs[1:]))
        outcomes.append(["no_sign_change", "unique", "several_sign_changes"][min(changes, 2)])
        rates.append(bracketed_rate(row) if changes == 1 else None)
    return {"rates": rates, "outcomes": outcomes}


MANY = [[-400, 150, 200, 300], [-400, 150, 200, 20], [-400, 100, 100, 100], [0, -500, 300, 100], [25, 0, -30, 50],
        [-100, 0, 0, 500.5], [-1000, 2300, -1320, 0]]
for timing in ("start", "end"):
    run(f"pay-backs of a table, flows at {timing}s", "paybacks", paybacks,
        arguments_of(flows=MANY, discount_rate=[0.09, 0, 0.1, 0.05, 0.2, 0.5, 0.01], timing=timing))
refused("pay-backs at a rate of -1", "paybacks",
        arguments_of(flows=MANY[:2], discount_rate=[0.1, -1], timing="start"), "out_of_range", "discount_rate", 1)
refused("pay-backs of no periods", "paybacks", arguments_of(flows=[[], []], discount_rate=[0, 0], timing="start"),
        "empty", "flows")
run("internal rates of a table", "internal_rates", internal_rates,
    arguments_of(flows=[*MANY, [10, 20, 30, 40], [0, 0, 0, 0], [-400, 100, 100, 100], [500, -300, -100, -150],
                        [-100, 0, 100, 0], [-1, 1000, 0, 0]]))
refused("internal rates of no periods", "internal_rates", arguments_of(flows=[[], []]), "empty", "flows")

# Group


def lost_for_good(margin, churn, discount_rate):
    tenure, i = 1 / d(churn), d(discount_rate)
    return d(margin) * (tenure if i == 0 else (1 - (1 + i) ** -tenure) / i)


def retention_value_over(margin, retention, discount_rate, growth, periods, start=0):
    x = d(retention) / (1 + d(discount_rate))
    return sum(d(margin) * (1 + d(growth)) ** (t - start) * x**t for t in range(start, periods + start))


def endless(start):
    return lambda margin, retention, discount_rate, growth: retention_value_over(
        margin, retention, discount_rate, growth, 5000, start
    )


run("whole tenure", "lost_for_good", lost_for_good, arguments_of(margin=100, churn=0.2, discount_rate=0.1))
run("tenure of 3.33 periods", "lost_for_good", lost_for_good, arguments_of(margin=57.3, churn=0.3, discount_rate=0.09))
run("tenure without discount", "lost_for_good", lost_for_good, arguments_of(margin=100, churn=0.3, discount_rate=0))
refused("churn of 0", "lost_for_good", arguments_of(margin=100, churn=0, discount_rate=0.1), "out_of_range", "churn")
run("first margin now", "retention_value", endless(0),
    arguments_of(margin=100, retention=0.8, discount_rate=0.1, growth=0))
run("first margin now, growing", "retention_value", endless(0),
    arguments_of(margin=100, retention=0.8, discount_rate=0.1, growth=0.05))
run("first margin at renewal", "renewal_value", endless(1),
    arguments_of(margin=100, retention=0.8, discount_rate=0.1, growth=0))
run("first margin at renewal, growing", "renewal_value", endless(1),
    arguments_of(margin=100, retention=0.9, discount_rate=0.12, growth=0.08))
case("margin multiple of Gupta & Lehmann, table: 90 % retention, 12 % discount", "renewal_value",
     arguments_of(margin=1, retention=0.9, discount_rate=0.12, growth=0), 4.09, 2e-3,
     "Gupta & Lehmann 2005, Managing Customers as Investments, table of margin multiples: 4.09")
refused("endless retention without discount", "retention_value",
        arguments_of(margin=100, retention=1, discount_rate=0, growth=0), "divergent", "retention")
refused("margin grows faster than it is lost", "renewal_value",
        arguments_of(margin=[100, 100], retention=[0.5, 0.9], discount_rate=[0.1, 0.1], growth=[0.1, 0.3]),
        "divergent", "retention", 1)
refused("retention over 1", "retention_value",
        arguments_of(margin=[1, 1, 1], retention=[0.5, 0.5, 1.5], discount_rate=[0, 0, 0], growth=[0, 0, 0]),
        "out_of_range", "retention", 2)
run("12 margins", "retention_value_over", retention_value_over,
    arguments_of(margin=100, retention=0.8, discount_rate=0.1, growth=0.05, periods=12))
run("12 margins that neither grow nor shrink", "retention_value_over", retention_value_over,
    arguments_of(margin=100, retention=0.8, discount_rate=0, growth=0.25, periods=12))
run("12 renewals", "renewal_value_over", lambda **a: retention_value_over(**a, start=1),
    arguments_of(margin=100, retention=0.8, discount_rate=0.1, growth=0.05, periods=12))
run("group of 1200", "group_value", lambda customers, lifetime_value: customers * d(lifetime_value),
    arguments_of(customers=1200, lifetime_value=379.08))


def curve(margin, retention, discount_rate, growth, start=0):
    alive, total = mpf(1), mpf(0)
    for t in range(len(retention) + 1):
        alive = alive * d(retention[t - 1]) if t else alive
        if t >= start:
            total += d(margin) * (1 + d(growth)) ** (t - start) * alive * (1 + d(discount_rate)) ** -t
    return total


CURVE = arguments_of(margin=100, retention=[0.6, 0.75, 0.83, 0.88, 0.9], discount_rate=0.1, growth=0.02)
run("retention curve", "retention_curve_value", curve, CURVE)
run("retention curve from the first renewal", "renewal_curve_value", lambda **a: curve(**a, start=1), CURVE)


def berger_nasr(gross_contribution, promotion_cost, retention, discount_rate, years, cycle=mpf(1)):
    """Cases 1 and 2: a sale every `cycle` years, term by term."""
    r, i = d(retention), 1 + d(discount_rate)
    sales = sum(r**k * i ** (-k * cycle) for k in range(int(years / cycle + mpf("1e-9")) + 1))
    promotion = sum((r ** ((k - 1) / cycle) if k > 1 else 1) * i ** (mpf("0.5") - k) for k in range(1, years + 1))
    return d(gross_contribution) * sales - d(promotion_cost) * promotion


INSURER = arguments_of(gross_contribution=260, promotion_cost=50, retention=0.75, discount_rate=0.2, years=10)
case("Berger & Nasr case 1, insurance company", "yearly_value", INSURER, 568.78, 1e-5,
     "Berger & Nasr 1998, case 1: 568.78")
run("Berger & Nasr case 1", "yearly_value", berger_nasr, INSURER)
run("Berger & Nasr case 2a, a sale every 3 years", "long_cycle_value",
    lambda cycle_years, **a: berger_nasr(**a, cycle=mpf(cycle_years)),
    arguments_of(gross_contribution=1000, promotion_cost=95, retention=0.3, discount_rate=0.2, cycle_years=3, years=12))
run("Berger & Nasr case 2a, last cycle incomplete", "long_cycle_value",
    lambda cycle_years, **a: berger_nasr(**a, cycle=mpf(cycle_years)),
    arguments_of(gross_contribution=1000, promotion_cost=95, retention=0.3, discount_rate=0.2, cycle_years=3, years=11))
refused("cycle of 0 years", "long_cycle_value",
        arguments_of(gross_contribution=1, promotion_cost=1, retention=0.3, discount_rate=0.2, cycle_years=0, years=3),
        "out_of_range", "cycle_years")
run("Berger & Nasr case 2b, two sales a year", "short_cycle_value",
    lambda sales_per_year, **a: berger_nasr(**a, cycle=mpf(1) / sales_per_year),
    arguments_of(gross_contribution=125, promotion_cost=25, retention=0.8, discount_rate=0.2, sales_per_year=2, years=4))


def two_phase_margin(t, acceleration, initial_margin, turning_point, further_gain):
    t, g = mpf(t), d(turning_point)
    early = d(acceleration) * min(t, g) ** 2 + d(initial_margin)
    return early if t <= g else early + d(further_gain) * (1 - e ** -(t - g))


def two_phase(retention, discount_rate, years, **margin):
    x = d(retention) / (1 + d(discount_rate))
    return sum(two_phase_margin(t, **margin) * x**t for t in range(years + 1))


def continuous_two_phase(retention, discount_rate, years, **margin):
    x, g = d(retention) / (1 + d(discount_rate)), d(margin["turning_point"])
    ends = [0, g, d(years)] if d(years) > g else [0, d(years)]
    return quad(lambda t: two_phase_margin(t, **margin) * x**t, ends)


PHASES = arguments_of(acceleration=4, initial_margin=20, turning_point=4, further_gain=15, retention=0.9,
                      discount_rate=0.2, years=8)
run("Berger & Nasr case 3", "two_phase_value", two_phase, PHASES)
run("Berger & Nasr case 3, turning point between years", "two_phase_value", two_phase, PHASES | {"turning_point": 2.5})
refused("1001 years", "two_phase_value", PHASES | {"years": 1001}, "out_of_range", "years")
run("Berger & Nasr case 4", "continuous_two_phase_value", continuous_two_phase, PHASES)
run("Berger & Nasr case 4, slow decay", "continuous_two_phase_value", continuous_two_phase,
    PHASES | {"retention": 1, "discount_rate": 0.001}, 1e-13)
run("Berger & Nasr case 4, before the turning point", "continuous_two_phase_value", continuous_two_phase,
    PHASES | {"years": 3.5})
run("Berger & Nasr case 4, constant margin", "continuous_value",
    lambda margin, retention, discount_rate, years: d(margin)
    * quad(lambda t: (d(retention) / (1 + d(discount_rate))) ** t, [0, d(years)]),
    arguments_of(margin=100, retention=0.8, discount_rate=0.1, years=7.5))


def migration(gross_contribution, promotion_cost, repurchase, discount_rate, years):
    """By the last purchase: C_i = sum over j of C_{i-j} P_j prod_{k<j} (1 - P_k)."""
    p, i = [d(v) for v in repurchase], 1 + d(discount_rate)

    def waited(periods):
        product = mpf(1)
        for k in range(periods):
            product *= 1 - p[k]
        return product

    sales, value = [mpf(1)], d(gross_contribution)
    for year in range(1, years + 1):
        reach = min(year, len(p))
        reached = sum(sales[year - j] * waited(j - 1) for j in range(1, reach + 1))
        sales.append(sum(sales[year - j] * waited(j - 1) * p[j - 1] for j in range(1, reach + 1)))
        value += d(gross_contribution) * sales[year] * i**-year
        value -= d(promotion_cost) * reached * i ** (mpf("0.5") - year)
    return value


run("Berger & Nasr case 5", "migration_value", migration,
    arguments_of(gross_contribution=40, promotion_cost=4, repurchase=[0.3, 0.2, 0.15, 0.05], discount_rate=0.2, years=10))

# Components


def referral(referrals, conversion, referred_value, discount_rate, periods):
    return d(referred_value) * present_value([d(referrals) * d(conversion)] * periods, discount_rate, "end")


def referral_chain(referred_value, **a):
    generation, total = d(referred_value), mpf(0)
    brought = referral(referred_value=1, **a)
    for _ in range(2000):
        generation *= brought
        total += generation
    return total


REFERRALS = arguments_of(referrals=1.5, conversion=0.12, referred_value=800, discount_rate=0.09, periods=5)
run("referrals, one generation", "referral_value", referral, REFERRALS)
run("referrals, geometric limit", "referral_chain_value", referral_chain, REFERRALS)
refused("referrals without end", "referral_chain_value", REFERRALS | {"conversion": 0.9}, "divergent", "referrals")

COMPONENTS = {
    "base_profit": [600],
    "repeat_purchases": [0, 150, 160, 170, 180],
    "cross_selling": [0, 0, 40, 45, 50],
    "lower_cost_to_serve": [0, 5, 10, 15, 20],
    "referral_income": [0, 0, 30, 30, 30],
    "loyalty_price_premium": [0, 0, 0, 12, 14],
    "customer_cost": [20, 20, 20, 20, 20],
    "churn_cost": [0, 3, 3, 3, 3],
    "acquisition_cost": [400],
}
values = {name: present_value(flows, 0.09, "start") for name, flows in COMPONENTS.items()}
costs = ("customer_cost", "churn_cost", "acquisition_cost")
values["total"] = sum(-v if name in costs else v for name, v in values.items())
case("present value by component", "component_present_values",
     arguments_of(flows=COMPONENTS, discount_rate=0.09, timing="start"), values, 1e-12)
case("satisfied customers", "word_of_mouth_effect", arguments_of(satisfied=200, unsatisfied=0), 2000,
     source="a satisfied customer brings at least 10 people")
case("satisfied and unsatisfied customers", "word_of_mouth_effect", arguments_of(satisfied=100, unsatisfied=60), -200,
     source="a satisfied customer brings at least 10 people, an unsatisfied one keeps at least 20 away")

# Churn loss

case("half of the value realised", "churn_loss", arguments_of(spent=400, lifetime_value=3500, realised_value=1200), 2700,
     source="V_l = C_t + (V_k - V_t)")
case("more realised than expected", "churn_loss", arguments_of(spent=100, lifetime_value=500, realised_value=900), -300,
     source="V_l = C_t + (V_k - V_t), negative remaining value")
case("group", "group_churn_loss", arguments_of(customers=1000, churn=0.05, lifetime_value=3500), 175000,
     source="V_ql = N r_l V_k")
case("win-back", "win_back_worth", arguments_of(second_lifetime_value=1500, success=0.2, cost=120), 180,
     source="second value * success - cost")
case("win-back break-even", "win_back_break_even", arguments_of(second_lifetime_value=1500, success=0.2), 300,
     source="second value * success")
refused("success over 1", "win_back_worth", arguments_of(second_lifetime_value=1500, success=1.2, cost=120),
        "out_of_range", "success")

# Reading


def historic(flows, rate, timing):
    last = len(flows) - 1
    return sum(d(f) * (1 + d(rate)) ** (last - t + first(timing)) for t, f in enumerate(flows))


run("history compounded to now", "historic_value", historic,
    arguments_of(flows=[-400, 120.5, 130, 140], rate=0.09, timing="start"))
run("history, last flow a period ago", "historic_value", historic,
    arguments_of(flows=[-400, 120.5, 130, 140], rate=0.09, timing="end"))
run("run-rate held for 4 periods", "current_value",
    lambda run_rate, discount_rate, periods: present_value([run_rate] * periods, discount_rate, "end"),
    arguments_of(run_rate=50, discount_rate=0.1, periods=4))
case("share of wallet", "wallet_potential", arguments_of(wallet=1000, reachable_share=0.6, spend=250, margin_rate=0.2),
     70, source="(wallet * share - spend) * margin rate")
case("share of wallet already reached", "wallet_potential",
     arguments_of(wallet=1000, reachable_share=0.2, spend=250, margin_rate=0.2), 0,
     source="nothing more to reach")
case("split", "reading_split", arguments_of(historic=50, current=120, potential=30), [0.25, 0.6, 0.15],
     source="parts of 200")
refused("negative history has no share", "reading_split", arguments_of(historic=-50, current=120, potential=30),
        "out_of_range", "historic")

VECTORS.write()
