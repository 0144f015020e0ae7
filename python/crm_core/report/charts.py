"""The charts of the report: each with a caption, and with a text that says the same to those who cannot see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_core import _format as fmt
from crm_core import plotting
from crm_core.lifecycle import Stage
from crm_core.report.svg import figure

if TYPE_CHECKING:
    from typing import Any

    from crm_core.loyalty import LoyaltyProfit
    from crm_core.report.markup import Html
    from crm_core.report.modelling import HoldoutCheck
    from crm_core.report.results import Analysis, Grouping
    from crm_core.report.svg import Draw
    from crm_core.report.wording import Wording

# Width of a chart in CSS pixels: across the page, beside a table, on a telephone.
_PAGE, _HALF, _PHONE = 920, 540, 360


def activity(analysis: Analysis, say: Wording) -> Html:
    """Value per period."""
    part = analysis.activity
    names = [say.period_name(start) for start in part.starts]
    total = part.new + part.returning
    peak = int(total.argmax())
    return _figure(
        "activity",
        lambda ax: plotting.value_over_time(names, part.new, part.returning, ax=ax, language=say.language),
        say,
        alt=say("overview.alt", peak=fmt.amount(float(total[peak])), when=names[peak]),
        caption=say.inline("overview.caption"),
        wide=(_PAGE, 320),
        narrow=(_PHONE, 260),
    )


def concentration(analysis: Analysis, say: Wording) -> Html:
    """Draw the concentration curve."""
    part = analysis.concentration
    held = {top: fmt.percent(share) for top, share in part.marks}

    def draw(ax: Any) -> Any:
        return plotting.concentration_curve(
            part.customers,
            part.value,
            marks=part.marks,
            gini=part.gini.estimate,
            measure=say.measure,
            ax=ax,
            language=say.language,
        )

    return _figure(
        "concentration",
        draw,
        say,
        alt=say("concentration.alt", one=held[0.01], ten=held[0.10], twenty=held[0.20], fifty=held[0.50]),
        caption=say.inline("concentration.caption"),
        wide=(_HALF, 430),
        narrow=(_PHONE, 330),
    )


def lorenz(analysis: Analysis, say: Wording) -> Html:
    """Draw the Lorenz curve."""
    part = analysis.concentration
    half = float(np.interp(0.5, part.lorenz_customers, part.lorenz_value))

    def draw(ax: Any) -> Any:
        return plotting.lorenz_curve(
            part.lorenz_customers,
            part.lorenz_value,
            gini=part.gini.estimate,
            measure=say.measure,
            ax=ax,
            language=say.language,
        )

    return _figure(
        "lorenz",
        draw,
        say,
        alt=say("concentration.lorenz_alt", half=fmt.percent(half)),
        caption=say.inline("concentration.lorenz_caption"),
        wide=(_PAGE, 400),
        narrow=(_PHONE, 330),
    )


def pyramid(name: str, groups: Grouping[Any], say: Wording) -> Html:
    """Shares of customers and value by tier or value group."""
    terms = say.terms(groups.groups)

    def draw(ax: Any) -> Any:
        shares = groups.share_of_customers, groups.share_of_value
        return plotting.pyramid(terms, *shares, measure=say.measure, ax=ax, language=say.language)

    return _figure(
        name,
        draw,
        say,
        alt=say("tiers.alt", rows=_shares(groups, say)),
        caption=say.inline("tiers.caption"),
        wide=(_HALF, 60 + 52 * len(terms)),
        narrow=(_PHONE, 60 + 44 * len(terms)),
    )


def types(analysis: Analysis, say: Wording) -> Html:
    """Map of current and potential value."""
    groups, part, values = analysis.types, analysis.type_cuts, analysis.lifetime
    rows = [
        say.inline("types.row", name=say.term(group), share=fmt.percent(share))
        for group, share in zip(groups.groups, groups.share_of_customers, strict=True)
    ]

    def draw(ax: Any) -> Any:
        shares = zip(groups.groups, groups.share_of_customers, strict=True)
        labels = {str(group): f"{say.term(group)} {fmt.percent(share, 0)}" for group, share in shares}
        return plotting.types_map(
            values.current,
            values.potential,
            current_cut=part.current_cut,
            potential_cut=part.potential_cut,
            labels=labels,
            ax=ax,
            language=say.language,
        )

    cuts = {"current": fmt.amount(part.current_cut), "potential": fmt.amount(part.potential_cut)}
    return _figure(
        "types",
        draw,
        say,
        alt=say("types.alt", rows=say.listed(rows)),
        caption=say.inline("types.caption", **cuts),
        wide=(_PAGE, 500),
        narrow=(_PHONE, 360),
    )


def rfm_grid(analysis: Analysis, say: Wording) -> Html:
    """Draw customers and value by recency and frequency score."""
    part = analysis.rfm
    r, f = np.unravel_index(int(part.grid_value.argmax()), part.grid_value.shape)
    total = float(part.grid_value.sum())
    figures = {
        "r": str(r + 1),
        "f": str(f + 1),
        "customers": fmt.count(float(part.grid_customers[r, f])),
        "share": fmt.percent(float(part.grid_value[r, f]) / total) if total > 0 else "–",
    }
    return _figure(
        "rfm",
        lambda ax: plotting.rfm_grid(part.grid_customers, part.grid_value, ax=ax, language=say.language),
        say,
        alt=say("rfm.alt", **figures),
        caption=say.inline("rfm.caption"),
        wide=(_HALF, 380),
        narrow=(_PHONE, 320),
    )


def segments(analysis: Analysis, say: Wording) -> Html:
    """Shares of customers and value by segment."""
    groups = analysis.segments
    terms = say.terms(groups.groups)

    def draw(ax: Any) -> Any:
        shares = groups.share_of_customers, groups.share_of_value
        return plotting.share_bars(terms, *shares, measure=say.measure, ax=ax, language=say.language)

    return _figure(
        "segments",
        draw,
        say,
        alt=say("rfm.segments_alt", rows=_shares(groups, say)),
        caption=say.inline("rfm.segments_caption"),
        wide=(_PAGE, 60 + 42 * len(terms)),
        narrow=(_PHONE, 60 + 40 * len(terms)),
    )


def stages(analysis: Analysis, say: Wording) -> Html:
    """Draw customers per stage, and what they bring."""
    groups = analysis.stages
    labels = {str(stage): say.term(stage) for stage in groups.groups}
    rows = [
        say.inline("lifecycle.row", name=term, customers=fmt.count(n), value=fmt.amount(value))
        for term, n, value in zip(labels.values(), groups.customers, groups.mean_value, strict=True)
    ]

    def draw(ax: Any) -> Any:
        columns = groups.customers, groups.mean_value
        return plotting.stages(labels, *columns, measure=say.measure, ax=ax, language=say.language)

    return _figure(
        "stages",
        draw,
        say,
        alt=say("lifecycle.alt", rows=say.listed(rows)),
        caption=say.inline("lifecycle.caption"),
        wide=(_PAGE, 60 + 42 * len(labels)),
        narrow=(_PHONE, 60 + 36 * len(labels)),
    )


def stage_flow(analysis: Analysis, say: Wording) -> Html:
    """Draw customers per stage over time."""
    flow = analysis.lifecycle.flow
    labels = {str(stage): say.term(stage) for stage in analysis.all_stages}
    names = [say.period_name(start) for start in analysis.activity.starts]
    last = [f"{term} {fmt.count(n)}" for term, n in zip(labels.values(), flow[-1], strict=True) if n > 0]
    return _figure(
        "flow",
        lambda ax: plotting.stage_flow(names, labels, flow, ax=ax, language=say.language),
        say,
        alt=say("lifecycle.flow_alt", rows=say.listed(last)),
        caption=say.inline("lifecycle.flow_caption"),
        wide=(_PAGE, 380),
        narrow=(_PHONE, 280),
    )


def stage_curve(analysis: Analysis, say: Wording) -> Html:
    """Draw what customers in each stage bring over time."""
    curve = analysis.lifecycle.curve
    labels = {str(stage): say.term(stage) for stage in analysis.all_stages}
    names = [say.period_name(start) for start in analysis.activity.starts]
    total = np.nansum(curve, axis=0)
    rows = [f"{term} {fmt.amount(value)}" for term, value in zip(labels.values(), total, strict=True) if value != 0]
    shown = np.where(total != 0, curve, np.nan)
    return _figure(
        "curve",
        lambda ax: plotting.stage_curve(names, labels, shown, measure=say.measure, ax=ax, language=say.language),
        say,
        alt=say("lifecycle.curve_alt", rows=say.listed(rows)),
        caption=say.inline("lifecycle.curve_caption"),
        wide=(_PAGE, 380),
        narrow=(_PHONE, 280),
    )


def transitions(analysis: Analysis, say: Wording) -> Html:
    """How customers move between stages."""
    seen = [i for i, row in enumerate(analysis.lifecycle.transitions) if np.isfinite(row).any()]
    rates = analysis.lifecycle.transitions[np.ix_(seen, seen)]
    terms = [say.term(analysis.all_stages[i]) for i in seen]
    stay = [f"{term} {fmt.percent(rate)}" for term, rate in zip(terms, np.diag(rates), strict=True)]
    return _figure(
        "moves",
        lambda ax: plotting.transitions(terms, rates, period=say.period, ax=ax, language=say.language),
        say,
        alt=say("lifecycle.moves_alt", rows=say.listed(stay)),
        caption=say.inline("lifecycle.moves_caption"),
        wide=(_PAGE, 90 + 46 * len(terms)),
        narrow=(_PHONE, 120 + 30 * len(terms)),
    )


def survival(analysis: Analysis, say: Wording) -> Html:
    """Kaplan–Meier curve."""
    part = analysis.retention

    def draw(ax: Any) -> Any:
        return plotting.survival(
            part.time,
            part.survival,
            part.lower,
            part.upper,
            median=part.median,
            periods=say.periods,
            ax=ax,
            language=say.language,
        )

    end = {"share": fmt.percent(float(part.survival[-1])), "time": fmt.decimal(float(part.time[-1]), 0)}
    return _figure(
        "survival",
        draw,
        say,
        alt=say("retention.alt", **end),
        caption=say.inline("retention.caption", termination=say.term(Stage.TERMINATION)),
        wide=(_PAGE, 360),
        narrow=(_PHONE, 280),
    )


def cohorts(analysis: Analysis, say: Wording) -> Html:
    """Repeat purchases by cohort."""
    part = analysis.retention
    names = [say.period_name(start) for start in part.cohorts]

    def draw(ax: Any) -> Any:
        return plotting.cohorts(names, part.sizes, part.repeat, periods=say.periods, ax=ax, language=say.language)

    return _figure(
        "cohorts",
        draw,
        say,
        alt=say("retention.cohorts_alt", cohorts=fmt.count(len(names)), again=fmt.percent(part.first_repeat)),
        caption=say.inline("retention.cohorts_caption"),
        wide=(_PAGE, 90 + 27 * len(names)),
        narrow=(_PHONE, 90 + 22 * len(names)),
    )


def loyalty(profit: LoyaltyProfit, say: Wording) -> Html:
    """Draw what a customer who keeps buying brings by year of tenure."""
    rows = [f"{year.year}: {fmt.amount(float(year.total))}" for year in profit.years if year.year > 0]
    return _figure(
        "loyalty",
        lambda ax: plotting.loyalty_stack(profit, ax=ax, language=say.language),
        say,
        alt=say("loyalty.alt", rows=say.listed(rows), total=fmt.amount(float(profit.years[-1].cumulative))),
        caption=say.inline("loyalty.caption"),
        wide=(_PAGE, 400),
        narrow=(_PHONE, 320),
    )


def tracking(analysis: Analysis, check: HoldoutCheck, say: Wording) -> Html:
    """Repeat purchases of each week beside those that the model of the first half expects."""

    def draw(ax: Any) -> Any:
        return plotting.tracking(
            check.actual,
            check.expected,
            calibration=check.calibration,
            periods=say.inline("periods.week"),
            ax=ax,
            language=say.language,
        )

    figures = {
        "until": say.day(check.until),
        "expected": fmt.count(float(check.expected.sum())),
        "actual": fmt.count(float(check.actual.sum())),
    }
    return _figure(
        "tracking",
        draw,
        say,
        alt=say("prediction.tracking_alt", **figures),
        caption=say.inline("prediction.tracking_caption", model=str(analysis.modelling.name), **figures),
        wide=(_PAGE, 340),
        narrow=(_PHONE, 280),
    )


def frequency(check: HoldoutCheck, say: Wording) -> Html:
    """Customers by repeat purchases in the first half."""
    part = check.frequency
    once = {"actual": fmt.count(float(part.actual[0])), "expected": fmt.count(float(part.expected[0]))}
    return _figure(
        "frequency",
        lambda ax: plotting.frequency_histogram(part.actual, part.expected, ax=ax, language=say.language),
        say,
        alt=say("prediction.frequency_alt", **once),
        caption=say.inline("prediction.frequency_caption"),
        wide=(_PAGE, 320),
        narrow=(_PHONE, 260),
    )


def conditional_expectation(check: HoldoutCheck, say: Wording) -> Html:
    """Purchases in the second half by those in the first."""
    part = check.means
    ends = {"actual": fmt.decimal(float(part.actual[0])), "expected": fmt.decimal(float(part.expected[0]))}
    return _figure(
        "means",
        lambda ax: plotting.conditional_expectation(part.actual, part.expected, ax=ax, language=say.language),
        say,
        alt=say("prediction.means_alt", **ends),
        caption=say.inline("prediction.means_caption"),
        wide=(_PAGE, 320),
        narrow=(_PHONE, 260),
    )


def distribution(analysis: Analysis, say: Wording) -> Html:
    """Lifetime value over the customers."""
    clv = analysis.lifetime.clv
    figures = {"mean": fmt.amount(float(clv.mean())), "median": fmt.amount(float(np.median(clv)))}
    return _figure(
        "distribution",
        lambda ax: plotting.distribution(clv, ax=ax, language=say.language),
        say,
        alt=say("clv.alt", **figures),
        caption=say.inline("clv.caption"),
        wide=(_PAGE, 340),
        narrow=(_PHONE, 280),
    )


def components(analysis: Analysis, say: Wording) -> Html:
    """Where the mean lifetime value comes from."""
    means = [(part, float(part.amounts.mean())) for part in analysis.lifetime.parts]
    shown = {say.part(part): mean for part, mean in means if mean != 0}
    return _figure(
        "components",
        lambda ax: plotting.waterfall(list(shown), list(shown.values()), total=say("clv.total"), ax=ax),
        say,
        alt=say(
            "clv.components_alt",
            rows=say.listed([f"{term} {fmt.amount(mean)}" for term, mean in shown.items()]),
            total=fmt.amount(float(analysis.lifetime.clv.mean())),
        ),
        caption=say.inline("clv.components_caption"),
        wide=(_PAGE, 60 + 40 * (len(shown) + 1)),
        narrow=(_PHONE, 50 + 36 * (len(shown) + 1)),
    )


def _figure(
    name: str, draw: Draw, say: Wording, *, alt: str, caption: str, wide: tuple[int, int], narrow: tuple[int, int]
) -> Html:
    return figure(name, draw, alt=alt, caption=say("page.how_to_read") + caption, wide=wide, narrow=narrow)


def _shares(groups: Grouping[Any], say: Wording) -> str:
    rows = zip(groups.groups, groups.share_of_customers, groups.share_of_value, strict=True)
    texts = [
        say.inline("tiers.row", name=say.term(group), customers=fmt.percent(n), value=fmt.percent(v))
        for group, n, v in rows
    ]
    return say.listed(texts)
