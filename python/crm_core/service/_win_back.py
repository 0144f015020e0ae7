"""Lost customers: why they left, whether it is for good, and who is worth winning back."""

from __future__ import annotations

from typing import Any

from crm_core import _core
from crm_core._options import library_name, member, number, optional_number
from crm_core._tables import native
from crm_core.units import Category, Language
from crm_core.value._codes import check_index, floats


class LossSegment(Category):
    """How a customer was lost (Stauss & Friege 1999)."""

    INTENTIONALLY_PUSHED_AWAY = "intentionally_pushed_away"
    UNINTENTIONALLY_PUSHED_AWAY = "unintentionally_pushed_away"
    PULLED_AWAY = "pulled_away"
    BOUGHT_AWAY = "bought_away"
    MOVED_AWAY = "moved_away"

    def measure(self, language: Language | None = None) -> str:
        """Say what fits the customers of the segment.

        >>> LossSegment.MOVED_AWAY.measure()
        'Offer another channel or form; where no need is left, ask for referrals.'
        """
        words = Language.EN if language is None else member("language", Language, language)
        return _core.loss_segment_measure(self.value, words.value)


class LossCause(Category):
    """Why a customer switched: Keaveney's eight causes (1995), and that the firm ended the relationship."""

    PRICING = "pricing"
    INCONVENIENCE = "inconvenience"
    CORE_SERVICE_FAILURE = "core_service_failure"
    SERVICE_ENCOUNTER_FAILURE = "service_encounter_failure"
    RESPONSE_TO_SERVICE_FAILURE = "response_to_service_failure"
    COMPETITION = "competition"
    ETHICAL_PROBLEMS = "ethical_problems"
    INVOLUNTARY_SWITCHING = "involuntary_switching"
    ENDED_BY_FIRM = "ended_by_firm"

    @property
    def segment(self) -> LossSegment:
        """The segment of lost customers that the cause leads to."""
        return LossSegment(_core.loss_cause_segment(self.value))


class LossStatus(Category):
    """Whether a customer is lost, and for how long."""

    ACTIVE = "active"
    AT_RISK = "at_risk"
    TEMPORARILY_LOST = "temporarily_lost"
    PERMANENTLY_LOST = "permanently_lost"


def loss_status(
    p_alive: float, cause: LossCause | str | None = None, *, lost_below: float = 0.2, active_from: float = 0.5
) -> LossStatus:
    """Tell whether a customer is lost, from the probability to be one still and the cause, where one is known.

    A loss is permanent where the customer was moved away or the firm ended the relationship; otherwise the need is
    still there and the loss is temporary.

    Examples
    --------
    >>> loss_status(0.04, LossCause.PRICING)
    <LossStatus.TEMPORARILY_LOST: 'temporarily_lost'>
    >>> loss_status(0.3)
    <LossStatus.AT_RISK: 'at_risk'>
    """
    name = None if cause is None else member("cause", LossCause, cause).value
    limits = number("lost_below", lost_below), number("active_from", active_from)
    return LossStatus(_core.loss_status_of(number("p_alive", p_alive), name, *limits))


def win_back_ranking(
    second_lifetime_value: Any,
    success: Any,
    cost: Any,
    *,
    budget: float | None = None,
    library: str = "pandas",
) -> Any:
    """Rank those who are worth an attempt to win them back, with the highest return on its cost first.

    An attempt is worth V*s - c: V the value of the customer after being won back, s the probability that it succeeds, c
    what it costs whether or not it does.

    Parameters
    ----------
    second_lifetime_value, success, cost : column
        V, s and c of each customer.
    budget : float, optional
        For all attempts; who no longer fits is passed over for those after.
    library : str, optional
        Which DataFrame to make: "pandas", "polars" or "pyarrow".

    Returns
    -------
    DataFrame
        Columns ``row`` (of the customer), ``worth``, ``cumulative_cost``, ``cumulative_worth``.

    References
    ----------
    Stauss & Friege 1999, "Regaining Service Customers".

    Examples
    --------
    >>> win_back_ranking([1500, 200, 900], [0.2, 0.3, 0.5], [120, 80, 100])["row"].tolist()
    [2, 0]
    """
    check_index(second_lifetime_value=second_lifetime_value, success=success, cost=cost)
    found = _core.win_back_order(
        floats("second_lifetime_value", second_lifetime_value),
        floats("success", success),
        floats("cost", cost),
        optional_number("budget", budget),
    )
    return native(found, library_name(library))
