"""The chapters between overview and method: each is its finding, a sentence made from figures, and its body."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_core import _format as fmt
from crm_core.loyalty import LoyaltyEffect
from crm_core.prediction import FitStatus
from crm_core.report import charts
from crm_core.report.markup import Html, table, tag
from crm_core.report.modelling import CORRELATED, LEAST_REPEATERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from crm_core.report.modelling import Modelling
    from crm_core.report.results import Analysis, Grouping
    from crm_core.report.wording import Wording

    Chapter = tuple[str, Callable[[], list[Html]]]


def concentration(analysis: Analysis, say: Wording) -> Chapter:
    """80/20."""
    part, head = analysis.concentration, analysis.headline
    finding = say("concentration.finding", share=fmt.percent(dict(part.marks)[0.20]))
    lead = say(
        "concentration.lead",
        eighty=fmt.percent(part.makes_eighty),
        gini=fmt.decimal(part.gini.estimate),
        low=fmt.decimal(part.gini.lower),
        high=fmt.decimal(part.gini.upper),
    )
    header = [say("concentration.best"), say("page.customers"), say("page.value"), say("page.share_of_value")]
    rows = [
        [
            fmt.percent(top, 0),
            fmt.count(top * head.customers),
            fmt.amount(share * head.value),
            fmt.percent(share),
        ]
        for top, share in part.marks
    ]
    return finding, lambda: [
        _lead(lead),
        _beside(charts.concentration(analysis, say), table(header, rows)),
        tag("h3", say("concentration.lorenz")),
        charts.lorenz(analysis, say),
    ]


def tiers(analysis: Analysis, say: Wording) -> Chapter:
    """Pyramid and value groups."""
    groups, five = analysis.tiers, analysis.value_groups
    terms = say.terms(groups.groups)
    top = int((groups.customers > 0).argmax())
    finding = say(
        "tiers.finding",
        customers=fmt.count(groups.customers[top]),
        tier=terms[top],
        share=fmt.percent(groups.share_of_value[top]),
    )
    lead = say(
        "tiers.lead",
        times=fmt.decimal(groups.share_of_value[top] / groups.share_of_customers[top], 1),
        last=terms[-1],
        last_customers=fmt.percent(groups.share_of_customers[-1]),
        last_share=fmt.percent(groups.share_of_value[-1]),
    )
    losing = float((analysis.values < 0).mean())
    five_lead = say("tiers.groups_lead") + (say("tiers.losing", share=fmt.percent(losing)) if losing > 0 else "")
    return finding, lambda: [
        _lead(lead),
        _beside(charts.pyramid("tiers", groups, say), _group_table(groups, say, "tiers.header")),
        tag("h3", say("tiers.groups")),
        _lead(five_lead),
        _beside(charts.pyramid("groups", five, say), _group_table(five, say, "tiers.group_header")),
    ]


def types(analysis: Analysis, say: Wording) -> Chapter:
    """Golden, meteor, stream, burden."""
    groups, part = analysis.types, analysis.type_cuts
    golden, stream = groups.place("golden"), groups.place("stream")
    finding = say(
        "types.finding", share=fmt.percent(groups.share_of_customers[golden]), name=say.term(groups.groups[golden])
    )
    lead = say(
        "types.lead",
        name=say.term(groups.groups[stream]),
        customers=fmt.count(groups.customers[stream]),
        potential=fmt.amount(part.mean_potential[stream]),
    )
    cards = []
    for i, group in enumerate(groups.groups):
        figures = say(
            "types.card",
            customers=fmt.count(groups.customers[i]),
            current=fmt.amount(part.mean_current[i]),
            potential=fmt.amount(part.mean_potential[i]),
        )
        title, strategy = tag("h3", say.term(group)), tag("p", group.strategy(say.language))
        cards.append(tag("div", title, tag("p", figures, class_="note"), strategy, class_=f"card {group}"))
    return finding, lambda: [_lead(lead), charts.types(analysis, say), tag("div", *cards, class_="cards")]


def rfm(analysis: Analysis, say: Wording) -> Chapter:
    """Scores and segments."""
    groups = analysis.segments
    best = int(groups.value.argmax())
    finding = say(
        "rfm.finding",
        name=say.term(groups.groups[best]),
        customers=fmt.percent(groups.share_of_customers[best]),
        share=fmt.percent(groups.share_of_value[best]),
    )
    return finding, lambda: [
        _lead(say("rfm.lead")),
        _beside(charts.rfm_grid(analysis, say), _group_table(groups, say, "rfm.header")),
        charts.segments(analysis, say),
    ]


def stages(analysis: Analysis, say: Wording) -> Chapter:
    """Lifecycle stages."""
    groups, best = analysis.stages, analysis.lifecycle.best_move
    terms = {str(stage): say.term(stage) for stage in groups.groups}
    share = {name: fmt.percent(groups.share_of_customers[groups.place(name)]) for name in terms}
    count = {name: fmt.count(groups.customers[groups.place(name)]) for name in terms}
    finding = say(
        "lifecycle.finding",
        termination=terms["termination"],
        maturity=terms["maturity"],
        share=share["termination"],
        maturity_share=share["maturity"],
    )
    lead = say("lifecycle.lead", decline=terms["decline"], declining=count["decline"])
    if best is not None:
        source, target, gain = best
        lead += say("lifecycle.best_move", before=say.term(source), after=say.term(target), gain=fmt.amount(gain))
    return finding, lambda: [
        _lead(lead),
        charts.stages(analysis, say),
        _group_table(groups, say, "lifecycle.header", shares=True),
        tag("h3", say("lifecycle.flow")),
        charts.stage_flow(analysis, say),
        tag("h3", say("lifecycle.curve")),
        charts.stage_curve(analysis, say),
        tag("h3", say("lifecycle.moves")),
        charts.transitions(analysis, say),
    ]


def retention(analysis: Analysis, say: Wording) -> Chapter:
    """Tenure and cohorts."""
    part = analysis.retention
    year = min(analysis.settings.period.per_year, int(part.time[-1]))
    after = part.survival[np.searchsorted(part.time, year, side="right") - 1]
    time, share = fmt.count(year), fmt.percent(float(after))
    lead = say(
        "retention.lead",
        again=fmt.percent(part.first_repeat),
        churn=fmt.percent(part.churn.estimate),
        low=fmt.percent(part.churn.lower),
        high=fmt.percent(part.churn.upper),
    )
    return say("retention.finding", time=time, share=share), lambda: [
        _lead(lead),
        charts.survival(analysis, say),
        tag("h3", say("retention.by_cohort")),
        charts.cohorts(analysis, say),
    ]


def loyalty(analysis: Analysis, say: Wording) -> Chapter:
    """Loyalty profit by year of tenure."""
    profit = analysis.loyalty
    if profit is None:
        return say("loyalty.too_short"), lambda: [_lead(say("loyalty.too_short_lead"))]
    years = [year for year in profit.years if year.year > 0]
    first, last = float(years[0].total), float(years[-1].total)
    figures = {"first": fmt.amount(first), "last": fmt.amount(last), "year": str(years[-1].year)}
    finding = say("loyalty.finding" if len(years) > 1 else "loyalty.finding_one", **figures)
    lead = say("loyalty.lead")
    cost = analysis.settings.acquisition_cost
    if cost > 0:
        earned = profit.break_even_year
        key = "loyalty.never" if earned is None else "loyalty.break_even"
        lead += say(key, cost=fmt.amount(cost), year=str(earned))
    effects = [effect for effect in LoyaltyEffect if any(year.effects[effect] for year in years)]
    header = [say("loyalty.header"), *say.terms(effects), say("loyalty.total"), say("loyalty.cumulative")]
    rows = []
    for year in years:
        amounts = [*(year.effects[effect] for effect in effects), year.total, year.cumulative]
        rows.append([str(year.year), *(fmt.amount(float(amount)) for amount in amounts)])

    def shown() -> list[Html]:
        chart = [charts.loyalty(profit, say)] if len(years) > 1 else []
        return [_lead(lead), *chart, table(header, rows)]

    return finding, shown


def prediction(analysis: Analysis, say: Wording) -> Chapter:
    """Models of purchases: which one, why, and how well it predicted."""
    part, horizon = analysis.modelling, str(analysis.settings.horizon)
    counts = {"repeaters": fmt.count(part.repeaters), "least": str(LEAST_REPEATERS)}
    if part.purchases is None or part.expected_purchases is None:
        finding = say(f"prediction.finding_{part.refusal}", **counts)
        return finding, lambda: [_lead(say(f"prediction.lead_{part.refusal}", **counts)), *_candidates(part, say)]
    purchases = float(np.nansum(part.expected_purchases))
    finding = say("prediction.finding", purchases=fmt.count(purchases), horizon=horizon)
    return finding, lambda: [
        _lead(_choice(part, say)),
        *_candidates(part, say),
        _lead(_spend(part, say)),
        tag("h3", say("prediction.check_title")),
        *_checked(analysis, say),
    ]


def _choice(part: Modelling, say: Wording) -> str:
    """Say which model was chosen, and why."""
    fitted = [candidate for candidate in part.candidates if candidate.outcome == FitStatus.CONVERGED]
    others = [candidate.name for candidate in part.candidates if candidate.name != part.name]
    key = "prediction.lead" if len(fitted) > 1 else "prediction.lead_only"
    return say(key, model=str(part.name), other=say.listed(others)) + say("prediction.used_for")


def _candidates(part: Modelling, say: Wording) -> list[Html]:
    """Tabulate the models that were tried."""
    if not part.candidates:
        return []
    header = [say(f"prediction.{key}") for key in ("model", "outcome", "log_likelihood")]
    rows = [
        [
            candidate.name,
            say(f"prediction.outcome_{candidate.outcome}"),
            "–" if candidate.log_likelihood is None else fmt.decimal(candidate.log_likelihood),
        ]
        for candidate in part.candidates
    ]
    return [table(header, rows)]


def _spend(part: Modelling, say: Wording) -> str:
    if part.spend is None:
        return say("prediction.no_spend")
    text = say("prediction.spend", spend=fmt.amount(part.spend.expected_spend()))
    correlation = part.spend.correlation_
    if correlation is None:
        return text
    key = "correlated" if abs(correlation) >= CORRELATED else "uncorrelated"
    return text + say(f"prediction.{key}", correlation=fmt.decimal(correlation))


def _checked(analysis: Analysis, say: Wording) -> list[Html]:
    """Show how well the model predicted the second half of the log from the first."""
    check = analysis.modelling.check
    if check is None:
        return [_lead(say("prediction.no_check"))]
    error = check.error
    figures = {
        "until": say.day(check.until),
        "weeks": fmt.decimal(check.weeks, 0),
        "customers": fmt.count(error.customers),
        "expected": fmt.count(error.expected),
        "actual": fmt.count(error.actual),
        "bias": fmt.decimal(error.bias),
        "mae": fmt.decimal(error.mean_absolute_error),
        "rmse": fmt.decimal(error.root_mean_square_error),
    }
    text = say("prediction.check", **figures)
    if error.of_total is not None:
        key = "too_many" if error.of_total > 0 else "too_few"
        text += say(f"prediction.{key}", share=fmt.percent(abs(error.of_total)))
    return [
        _lead(text + say("prediction.per_customer", **figures)),
        charts.tracking(analysis, check, say),
        charts.frequency(check, say),
        charts.conditional_expectation(check, say),
    ]


def clv(analysis: Analysis, say: Wording) -> Chapter:
    """Lifetime value, its components, three readings."""
    part, horizon = analysis.lifetime, str(analysis.settings.horizon)
    finding = say(
        "clv.finding",
        mean=fmt.amount(float(part.clv.mean())),
        realised=fmt.amount(float(part.historic.mean())),
        expected=fmt.amount(float(part.expected.mean())),
    )
    lead = say(
        "clv.lead", horizon=horizon, expected=fmt.amount(float(part.expected.sum())), top=fmt.percent(part.top_tenth)
    )
    total = analysis.modelling.total
    if total is not None:
        figures = {"value": total.estimate, "low": total.lower, "high": total.upper}
        lead += say("clv.interval", **{name: fmt.amount(amount) for name, amount in figures.items()})
    readings = {"historic": part.historic, "current": part.current, "potential": part.potential}
    rows = [
        [say(f"clv.{key}", horizon=horizon), fmt.amount(float(column.sum())), fmt.amount(float(column.mean()))]
        for key, column in readings.items()
    ]
    return finding, lambda: [
        _lead(lead),
        charts.distribution(analysis, say),
        tag("h3", say("clv.components_title")),
        charts.components(analysis, say),
        tag("h3", say("clv.reading")),
        _lead(say("clv.reading_lead")),
        table([say("clv.value"), say("clv.all"), say("clv.per_customer")], rows),
    ]


ALL: dict[str, Callable[[Analysis, Wording], Chapter]] = {
    "concentration": concentration,
    "tiers": tiers,
    "types": types,
    "rfm": rfm,
    "stages": stages,
    "retention": retention,
    "loyalty": loyalty,
    "prediction": prediction,
    "clv": clv,
}


def _lead(text: str) -> Html:
    return tag("p", text, class_="lead")


def _beside(left: Html, right: Html) -> Html:
    return tag("div", tag("div", left), tag("div", right), class_="beside")


def _group_table(groups: Grouping[Any], say: Wording, header: str, *, shares: bool = False) -> Html:
    columns = [say(header), say("page.customers"), say("page.value"), say("page.mean_value")]
    figures = zip(groups.groups, groups.customers, groups.value, groups.mean_value, strict=True)
    rows = [[say.term(group), fmt.count(n), fmt.amount(value), fmt.amount(mean)] for group, n, value, mean in figures]
    if shares:
        columns += [say("page.share_of_customers"), say("page.share_of_value")]
        for row, customers, value in zip(rows, groups.share_of_customers, groups.share_of_value, strict=True):
            row += [fmt.percent(customers), fmt.percent(value)]
    return table(columns, rows)
