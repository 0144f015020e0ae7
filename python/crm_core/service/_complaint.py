"""Complaints: their handling, step by step, and what many of them say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_core import _core
from crm_core._moments import moment_of, seconds
from crm_core._options import integer, items, member, wrong_type
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta


class ComplaintStep(Category):
    """How far the handling of a complaint has come."""

    RECEIVED = "received"
    RECORDED = "recorded"
    FOUNDED = "founded"
    UNFOUNDED = "unfounded"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FOLLOWED_UP = "followed_up"
    ESCALATED = "escalated"
    CLOSED = "closed"


class ComplaintAction(Category):
    """What moves a complaint from step to step."""

    RECORD = "record"
    JUDGE_FOUNDED = "judge_founded"
    JUDGE_UNFOUNDED = "judge_unfounded"
    PROPOSE = "propose"
    ACCEPT = "accept"
    REJECT = "reject"
    FOLLOW_UP = "follow_up"
    ESCALATE = "escalate"
    CLOSE = "close"


class ComplaintOutcome(Category):
    """How a closed complaint ended."""

    RESOLVED = "resolved"
    UNFOUNDED = "unfounded"
    UNRESOLVED = "unresolved"


class ComplaintTransition(NamedTuple):
    """One row of the state machine of complaints."""

    from_step: ComplaintStep
    action: ComplaintAction
    to_step: ComplaintStep


COMPLAINT_TRANSITIONS: tuple[ComplaintTransition, ...] = tuple(
    ComplaintTransition(ComplaintStep(a), ComplaintAction(b), ComplaintStep(c))
    for a, b, c in _core.complaint_transitions()
)
"""The whole state machine: what is not listed is not legal."""


@dataclass(frozen=True, slots=True)
class ComplaintEntry:
    """What was done to a complaint.

    Attributes
    ----------
    at : datetime
        When.
    action : ComplaintAction
        What.
    step : ComplaintStep
        The step that it led to.
    text : str or None
        What was said. It may be personal, so that ``repr`` leaves it out.
    """

    at: datetime
    action: ComplaintAction
    step: ComplaintStep
    text: str | None = None

    def __repr__(self) -> str:
        return f"ComplaintEntry({self.at:%Y-%m-%dT%H:%M:%S}, {self.action.value} -> {self.step.value})"


class Overdue(NamedTuple):
    """A step that took longer than it may."""

    step: ComplaintStep
    due: datetime
    seconds: int


class Complaint:
    """One complaint, from the moment it was received.

    Every record is legal: each action follows from the step before it by :data:`COMPLAINT_TRANSITIONS`, and time never
    goes back. A complaint is a value: :meth:`apply` gives a new one. It pickles, compares, and goes to and from JSON;
    reading checks as well.

    Parameters
    ----------
    received : datetime or str
        When it was received: naive or UTC, all moments in one time zone.

    References
    ----------
    ISO 10002:2018, "Guidelines for complaints handling in organizations", clause 7.

    Examples
    --------
    >>> complaint = Complaint("2024-03-01T09:00:00")
    >>> complaint = complaint.apply("record", "2024-03-01T09:20:00")
    >>> complaint.apply("close", "2024-03-01T09:30:00")
    Traceback (most recent call last):
    ...
    crm_core.errors.IllegalTransitionError: action is close: cannot be done to a complaint that is recorded
    >>> complaint = complaint.apply("judge_unfounded", "2024-03-02T10:00:00", "The invoice shows the agreed price.")
    >>> complaint.apply("close", "2024-03-09T10:00:00").outcome
    <ComplaintOutcome.UNFOUNDED: 'unfounded'>
    """

    __slots__ = ("_complaint",)

    _complaint: _core.Complaint

    def __init__(self, received: Any) -> None:
        self._complaint = _core.Complaint.received(seconds("received", received))

    @classmethod
    def _of(cls, complaint: _core.Complaint) -> Complaint:
        made = cls.__new__(cls)
        made._complaint = complaint
        return made

    def apply(self, action: ComplaintAction | str, at: Any, text: str | None = None) -> Complaint:
        """Give the complaint after an action.

        Parameters
        ----------
        action : ComplaintAction
            What is done.
        at : datetime or str
            When.
        text : str, optional
            What was said; a judgement and a proposal need what the customer is told.

        Raises
        ------
        IllegalTransitionError
            If the action cannot be done at this step.
        MissingValueError
            Without a text that is needed.
        OutOfRangeError
            If the moment lies before the last action.
        """
        if text is not None and not isinstance(text, str):
            raise wrong_type("text", text, "a text")
        name = member("action", ComplaintAction, action).value
        return self._of(self._complaint.apply(name, seconds("at", at), text))

    @property
    def received(self) -> datetime:
        """When it was received."""
        return moment_of(self._complaint.received_at())

    @property
    def entries(self) -> list[ComplaintEntry]:
        """What was done, oldest first."""
        return [
            ComplaintEntry(moment_of(at), ComplaintAction(action), ComplaintStep(step), text)
            for at, action, step, text in self._complaint.entries()
        ]

    @property
    def step(self) -> ComplaintStep:
        """The step that it is at."""
        return ComplaintStep(self._complaint.step())

    @property
    def is_open(self) -> bool:
        """Whether it is not closed: selling to the customer should wait."""
        return self.step is not ComplaintStep.CLOSED

    @property
    def outcome(self) -> ComplaintOutcome | None:
        """How it ended; None while it is open."""
        outcome = self._complaint.outcome()
        return None if outcome is None else ComplaintOutcome(outcome)

    def seconds_at_steps(self, until: Any) -> dict[ComplaintStep, int]:
        """Return the seconds at each step up to a moment."""
        spent = self._complaint.seconds_at_steps(seconds("until", until))
        return dict(zip(ComplaintStep, spent, strict=True))

    def overdue(self, now: Any, deadlines: Mapping[ComplaintStep | str, timedelta]) -> int:
        """Return for how many seconds it is overdue at its step; 0 if it is not.

        ``deadlines`` say how long a complaint may stay at a step.
        """
        return self._complaint.overdue(seconds("now", now), _limits(deadlines))

    def missed_deadlines(self, now: Any, deadlines: Mapping[ComplaintStep | str, timedelta]) -> list[Overdue]:
        """Return every step that took longer than it may, up to a moment."""
        missed = self._complaint.missed_deadlines(seconds("now", now), _limits(deadlines))
        return [Overdue(ComplaintStep(step), moment_of(due), late) for step, due, late in missed]

    def to_json(self) -> str:
        """Write the whole record."""
        return self._complaint.to_json()

    @classmethod
    def from_json(cls, text: str) -> Complaint:
        """Read what :meth:`to_json` wrote.

        Raises
        ------
        UnreadableError
            For a text that is no complaint, or a record that skips a step.
        """
        return cls._of(_core.Complaint.from_json(text))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Complaint) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __reduce__(self) -> tuple[object, ...]:
        return (Complaint.from_json, (self.to_json(),))

    def __repr__(self) -> str:
        return f"<Complaint received {self.received:%Y-%m-%dT%H:%M:%S}, {self.step.value}>"


def _limits(deadlines: Mapping[ComplaintStep | str, timedelta]) -> list[tuple[str, int]]:
    return [
        (member("deadlines", ComplaintStep, step).value, _whole_seconds(limit)) for step, limit in deadlines.items()
    ]


def _whole_seconds(limit: Any) -> int:
    if not hasattr(limit, "total_seconds"):
        raise wrong_type("deadlines", limit, "a timedelta")
    return integer("deadlines", int(limit.total_seconds()), 0, 2**32 - 1)


@dataclass(frozen=True, slots=True)
class Rate:
    """A part that was counted.

    Attributes
    ----------
    count, base : int
        How many there were, of how many.
    rate, standard_error : float
        ``count / base`` and its binomial standard error; NaN, as the interval, where nobody was there to count.
    lower, upper : float
        The Wilson interval.
    """

    count: int
    base: int
    rate: float
    standard_error: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class ComplaintStatistics:
    """What many complaints say.

    Attributes
    ----------
    received, open, overdue : int
        Complaints that were received, that are not closed, that are overdue now.
    at_step : dict of ComplaintStep to int
        How many are at each step now.
    per_customer : float or None
        Complaints per customer.
    founded, accepted, resolved, escalated, in_time : Rate
        Founded of those judged; accepted of those answered; closed with a solution that the customer took, of those
        closed; escalated, and without a missed deadline, of those received.
    mean_days, median_days, ninth_decile_days : float
        From receipt to closing, of those that are closed; NaN if none is.
    median_days_of_all : float or None
        The median over all, those still open counted as such (Kaplan & Meier): medians of closed complaints alone look
        the better the more are left lying. None while less than half are closed.
    """

    received: int
    open: int
    overdue: int
    at_step: dict[ComplaintStep, int]
    per_customer: float | None
    founded: Rate
    accepted: Rate
    resolved: Rate
    escalated: Rate
    in_time: Rate
    mean_days: float
    median_days: float
    ninth_decile_days: float
    median_days_of_all: float | None


def complaint_statistics(
    complaints: Iterable[Complaint],
    now: Any,
    *,
    deadlines: Mapping[ComplaintStep | str, timedelta] | None = None,
    customers: int | None = None,
    confidence: float = 0.95,
) -> ComplaintStatistics:
    """Count complaints as they stand at a moment.

    Parameters
    ----------
    complaints : iterable of Complaint
        One or more.
    now : datetime or str
        Not before any action.
    deadlines : mapping of ComplaintStep to timedelta, optional
        How long a complaint may stay at a step.
    customers : int, optional
        How many customers there are.
    confidence : float, optional
        Of the intervals.

    Raises
    ------
    EmptyError
        Without complaints.
    OutOfRangeError
        For a complaint with an action after ``now``, with its row.

    Examples
    --------
    >>> found = complaint_statistics([Complaint("2024-03-01")], "2024-03-03", customers=50)
    >>> found.open, found.per_customer
    (1, 0.02)
    """
    given = items("complaints", complaints)
    for row, each in enumerate(given):
        if not isinstance(each, Complaint):
            raise wrong_type("complaints", each, "a Complaint", row)
    base = None if customers is None else integer("customers", customers)
    found = _core.complaint_totals(
        [each._complaint for each in given], seconds("now", now), _limits(deadlines or {}), base, confidence
    )
    names = ("founded", "accepted", "resolved", "escalated", "in_time")
    rates = {name: Rate(*rate) for name, rate in zip(names, found["rates"], strict=True)}
    mean, median, decile = found["days"]
    return ComplaintStatistics(
        received=found["received"],
        open=found["open"],
        overdue=found["overdue"],
        at_step=dict(zip(ComplaintStep, found["at_step"], strict=True)),
        per_customer=found["per_customer"],
        **rates,
        mean_days=mean,
        median_days=median,
        ninth_decile_days=decile,
        median_days_of_all=found["median_of_all"],
    )
