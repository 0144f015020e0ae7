"""Contacts, their policy, the memory of preferences, and judging a policy from a log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_core import _core
from crm_core._moments import moment_of, seconds
from crm_core._options import integer, items, member, number, optional_number
from crm_core.units import Category
from crm_core.value._codes import floats

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Channel(Category):
    """Through which channel a customer is contacted."""

    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"
    MESSAGING = "messaging"
    PUSH = "push"
    WEB = "web"
    POST = "post"
    SOCIAL = "social"
    IN_PERSON = "in_person"


class ContactDirection(Category):
    """Who spoke to whom."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class ContactPurpose(Category):
    """What a contact is for."""

    TRANSACTION = "transaction"
    SERVICE = "service"
    INFORMATION = "information"
    SALES = "sales"
    SURVEY = "survey"
    COMPLAINT = "complaint"
    WIN_BACK = "win_back"


class ContactOutcome(Category):
    """What came of a contact."""

    FAILED = "failed"
    DELIVERED = "delivered"
    OPENED = "opened"
    RESPONDED = "responded"
    PURCHASED = "purchased"
    DECLINED = "declined"
    COMPLAINED = "complained"
    OPTED_OUT = "opted_out"


class ContactRefusal(Category):
    """Why a contact is not allowed."""

    NO_CONSENT = "no_consent"
    OPEN_COMPLAINT = "open_complaint"
    QUIET_HOURS = "quiet_hours"
    TOO_SOON = "too_soon"
    FREQUENCY_CAP = "frequency_cap"
    BUDGET_SPENT = "budget_spent"


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact with a customer.

    Attributes
    ----------
    at : datetime or str
        When: naive or UTC, all moments in one time zone.
    channel : Channel
        Through which channel.
    purpose : ContactPurpose
        What for.
    direction : ContactDirection
        Who spoke to whom.
    outcome : ContactOutcome
        What came of it.
    """

    at: Any
    channel: Channel
    purpose: ContactPurpose
    direction: ContactDirection = ContactDirection.OUTBOUND
    outcome: ContactOutcome = ContactOutcome.DELIVERED


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """No more than so many contacts in so many days.

    Attributes
    ----------
    contacts : int
        Contacts at most.
    days : float
        In so many days up to now.
    channel : Channel, optional
        Through this channel; all channels unless told.
    purpose : ContactPurpose, optional
        For this purpose; all unless told, but what is owed to the customer.
    """

    contacts: int
    days: float
    channel: Channel | None = None
    purpose: ContactPurpose | None = None


@dataclass(frozen=True, slots=True)
class ContactPolicy:
    """The rules of contact; what is not said has no rule.

    Attributes
    ----------
    quiet_hours : tuple of int, optional
        The first quiet hour and the first that is not quiet any more; over midnight if the first is the later one.
    least_days_between : float, optional
        Days that must lie between two contacts of the firm.
    caps : tuple of FrequencyCap
        How often at most.

    Examples
    --------
    >>> policy = ContactPolicy(quiet_hours=(21, 8), caps=(FrequencyCap(3, days=30),))
    >>> policy.refusal("email", "sales", "2024-03-01T23:10:00", consent=["email"])
    <ContactRefusal.QUIET_HOURS: 'quiet_hours'>
    >>> policy.refusal("email", "sales", "2024-03-01T12:00:00", consent=["email"]) is None
    True
    """

    quiet_hours: tuple[int, int] | None = None
    least_days_between: float | None = None
    caps: tuple[FrequencyCap, ...] = ()

    def refusal(
        self,
        channel: Channel | str,
        purpose: ContactPurpose | str,
        now: Any,
        *,
        consent: Iterable[Channel | str] = (),
        contacts: Iterable[Contact] = (),
        has_open_complaint: bool = False,
    ) -> ContactRefusal | None:
        """Tell why a customer may not be contacted now; None if the contact is allowed.

        The first rule in the order of :class:`ContactRefusal` that forbids it is the answer. What the customer has to
        be told (transactions, complaints) is always allowed.

        Parameters
        ----------
        channel : Channel
            To be used.
        purpose : ContactPurpose
            Of the contact.
        now : datetime or str
            The moment.
        consent : iterable of Channel, optional
            The channels that the customer agreed to.
        contacts : iterable of Contact, optional
            The contacts so far; an opt-out takes consent for its channel back.
        has_open_complaint : bool, optional
            Whether a complaint of the customer is not closed: selling waits.
        """
        known = [
            (
                seconds("contacts", each.at),
                member("contacts", Channel, each.channel).value,
                member("contacts", ContactDirection, each.direction).value,
                member("contacts", ContactPurpose, each.purpose).value,
                member("contacts", ContactOutcome, each.outcome).value,
            )
            for each in items("contacts", contacts)
        ]
        asked = (
            member("channel", Channel, channel).value,
            member("purpose", ContactPurpose, purpose).value,
            seconds("now", now),
        )
        agreed = [member("consent", Channel, each).value for each in items("consent", consent)]
        found = _core.contact_refusal(self._json(), agreed, known, bool(has_open_complaint), asked)
        return None if found is None else ContactRefusal(found)

    def _json(self) -> str:
        rules: dict[str, Any] = {
            "caps": [
                {
                    "contacts": integer("caps", cap.contacts, 0, 2**32 - 1, row=row),
                    "days": number("caps", cap.days),
                    "channel": None if cap.channel is None else member("caps", Channel, cap.channel).value,
                    "purpose": None if cap.purpose is None else member("caps", ContactPurpose, cap.purpose).value,
                }
                for row, cap in enumerate(self.caps)
            ]
        }
        if self.quiet_hours is not None:
            first, end = (integer("quiet_hours", hour, 0, 255) for hour in self.quiet_hours)
            rules["quiet_hours"] = {"from": first, "until": end}
        if self.least_days_between is not None:
            rules["least_days_between"] = number("least_days_between", self.least_days_between)
        return json.dumps(rules)


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of an option.

    Attributes
    ----------
    parameter : float
        Prior + what is left of the counts: the parameter of the Dirichlet distribution.
    probability : float
        How probable it is that the customer chooses the option.
    lower, upper : float
        The equal-tailed credible interval.
    """

    parameter: float
    probability: float
    lower: float
    upper: float


class PreferenceMemory:
    """What a customer chose among options, as Dirichlet(prior + count); counts fade by half in each half-life.

    With two options, no and yes, it is the Beta-Bernoulli memory of a liking. A memory is a value: :meth:`observe`
    gives a new one. It pickles, compares, and goes to and from JSON.

    Parameters
    ----------
    choices : int
        How many options there are, 2 or more.
    prior : float, optional
        The choices that count as seen of each option before any was.
    half_life : float, optional
        Days in which what was seen loses half of its weight; without it, it keeps it.

    Examples
    --------
    >>> memory = PreferenceMemory(2, half_life=90)
    >>> memory = memory.observe(1, "2024-01-01").observe(1, "2024-03-31")
    >>> round(memory.belief("2024-03-31")[1].probability, 4)
    0.7143
    """

    __slots__ = ("_json",)

    _json: str

    def __init__(self, choices: int, *, prior: float = 1.0, half_life: float | None = None) -> None:
        days = optional_number("half_life", half_life)
        self._json = _core.memory_new(integer("choices", choices), number("prior", prior), days)

    @classmethod
    def from_json(cls, text: str) -> PreferenceMemory:
        """Read what :meth:`to_json` wrote."""
        made = cls.__new__(cls)
        made._json = _core.memory_checked(text)
        return made

    def to_json(self) -> str:
        """Write the memory."""
        return self._json

    def observe(self, choice: int, at: Any, *, weight: float = 1.0) -> PreferenceMemory:
        """Give the memory with a choice more; what comes in late counts as faded."""
        made = type(self).__new__(type(self))
        place = integer("choice", choice)
        made._json = _core.memory_observe(self._json, place, number("weight", weight), seconds("at", at))
        return made

    def belief(self, at: Any, *, confidence: float = 0.95) -> list[Belief]:
        """Return what is believed of each option at a moment."""
        return [Belief(*found) for found in _core.memory_belief(self._json, seconds("at", at), confidence)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PreferenceMemory) and self._json == other._json

    def __hash__(self) -> int:
        return hash(self._json)

    def __reduce__(self) -> tuple[object, ...]:
        return (PreferenceMemory.from_json, (self._json,))

    def __repr__(self) -> str:
        return f"<PreferenceMemory of {len(json.loads(self._json)['counts'])} options>"


@dataclass(frozen=True, slots=True, repr=False)
class Specification:
    """What a customer wants of a subject, and when it was said. It may be personal: its ``repr`` leaves it out."""

    value: str
    at: datetime


class Specifications:
    """What a customer said once and need not say again: the newest word on each subject.

    Specifications are a value: :meth:`remember` gives new ones. They pickle, compare, and go to and from JSON. They may
    be personal: their ``repr`` says how many there are and nothing else.

    Examples
    --------
    >>> wishes = Specifications().remember("size", "M", "2024-01-01").remember("size", "L", "2024-03-01")
    >>> wishes.recall("size").value
    'L'
    >>> wishes.remember("size", "S", "2024-02-01").recall("size").value
    'L'
    >>> wishes.subjects
    ['size']
    """

    __slots__ = ("_json",)

    _json: str

    def __init__(self) -> None:
        self._json = "{}"

    @classmethod
    def from_json(cls, text: str) -> Specifications:
        """Read what :meth:`to_json` wrote."""
        made = cls()
        made._json = _core.specifications_checked(text)
        return made

    def to_json(self) -> str:
        """Write all of it."""
        return self._json

    def remember(self, subject: str, value: str, at: Any) -> Specifications:
        """Give the specifications with one more, unless a newer one of the same subject is known."""
        made = type(self)()
        made._json = _core.specifications_remember(self._json, str(subject), str(value), seconds("at", at))
        return made

    def recall(self, subject: str) -> Specification | None:
        """Return what the customer wants of a subject; None if nothing was said."""
        for known, value, at in _core.specifications_read(self._json):
            if known == subject:
                return Specification(value, moment_of(at))
        return None

    @property
    def subjects(self) -> list[str]:
        """The subjects, in the order of the alphabet."""
        return [subject for subject, _, _ in _core.specifications_read(self._json)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Specifications) and self._json == other._json

    def __hash__(self) -> int:
        return hash(self._json)

    def __reduce__(self) -> tuple[object, ...]:
        return (Specifications.from_json, (self._json,))

    def __repr__(self) -> str:
        return f"<Specifications of {len(self.subjects)} subjects>"


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """A mean reward per decision, with its standard error and normal interval."""

    value: float
    standard_error: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class PolicyEvaluation:
    """What a policy would have earned per decision.

    Attributes
    ----------
    logged : PolicyValue
        What was earned in fact.
    inverse_propensity : PolicyValue
        Mean of w*r, w = target / logged probability.
    self_normalized : PolicyValue
        Sum of w*r over sum of w; NaN where the policy shares no action with the log.
    doubly_robust : PolicyValue or None
        Right if either the probabilities or the model are; None without a model.
    effective_decisions : float
        How many decisions the log is worth for this policy.
    cut : int
        Decisions whose weight was cut.
    """

    logged: PolicyValue
    inverse_propensity: PolicyValue
    self_normalized: PolicyValue
    doubly_robust: PolicyValue | None
    effective_decisions: float
    cut: int


def evaluate_policy(
    reward: Any,
    probability: Any,
    target_probability: Any,
    *,
    expected_of_action: Any = None,
    expected_of_policy: Any = None,
    largest_weight: float | None = None,
    confidence: float = 0.95,
) -> PolicyEvaluation:
    """Estimate what another policy would have earned, from a log of decisions with their probabilities.

    Parameters
    ----------
    reward, probability : column
        What each decision earned, and with which probability the logged action was chosen.
    target_probability : column
        With which probability the policy under judgement chooses the action that was logged.
    expected_of_action, expected_of_policy : column, optional
        The reward that a model expects of the logged action, and of the policy: both for the doubly robust estimate.
    largest_weight : float, optional
        Weights above it are cut to it.
    confidence : float, optional
        Of the intervals.

    References
    ----------
    Horvitz & Thompson 1952; Swaminathan & Joachims 2015; Dudik, Langford & Li 2011.

    Examples
    --------
    A coin chose between two actions; the policy always takes the second:

    >>> found = evaluate_policy([0, 1, 1, 0], [0.5] * 4, [0, 1, 1, 0])
    >>> found.logged.value, found.inverse_propensity.value, found.effective_decisions
    (0.5, 1.0, 2.0)
    """
    model = None
    if expected_of_action is not None or expected_of_policy is not None:
        model = (floats("expected_of_action", expected_of_action), floats("expected_of_policy", expected_of_policy))
    logged, inverse, normalized, robust, effective, cut = _core.policy_evaluation(
        floats("reward", reward),
        floats("probability", probability),
        floats("target_probability", target_probability),
        model,
        optional_number("largest_weight", largest_weight),
        confidence,
    )
    return PolicyEvaluation(
        PolicyValue(*logged),
        PolicyValue(*inverse),
        PolicyValue(*normalized),
        None if robust is None else PolicyValue(*robust),
        effective,
        cut,
    )


@dataclass(frozen=True, slots=True, eq=False)
class UpliftCurve:
    """What acting on the customers of the highest scores gains, from (0, 0) on.

    Attributes
    ----------
    share : tuple of float
        The share of the customers acted on, the highest scores first.
    gain : tuple of float
        What that gains per customer of all.
    qini : float
        The area between the curve and the straight line to its end.
    """

    share: tuple[float, ...]
    gain: tuple[float, ...]
    qini: float


def uplift_curve(score: Any, treated: Any, outcome: Any) -> UpliftCurve:
    """Find what acting on the customers of the highest scores gains against a control group.

    U(φ) = φ · (Ȳ₁(φ) − Ȳ₀(φ)): the mean outcomes of those acted on and of the control group among the share φ of the
    highest scores. Customers of equal scores are one step.

    Parameters
    ----------
    score : column
        What customers are ranked by.
    treated : column of bool
        Whether they were acted on.
    outcome : column
        What came of it.

    Raises
    ------
    EmptyError
        Unless somebody was acted on and somebody was not.

    References
    ----------
    Radcliffe 2007, Using control groups to target on predicted lift. Gutierrez & Gérardy 2017, eq. 9.

    Examples
    --------
    >>> found = uplift_curve([0.9, 0.8, 0.2, 0.1], [True, False, True, False], [1, 0, 0, 0])
    >>> found.gain
    (0.0, 0.0, 0.5, 0.375, 0.5)
    """
    flags = [bool(each) for each in items("treated", treated)]
    share, gain, qini = _core.uplift(floats("score", score), flags, floats("outcome", outcome))
    return UpliftCurve(tuple(share), tuple(gain), qini)
