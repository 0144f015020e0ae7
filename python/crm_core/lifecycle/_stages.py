"""The seven stages and what moves a customer between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from crm_core import _core
from crm_core._options import member
from crm_core.units import Category


class Mark(Category):
    """How a quantity stands in a stage of the lifecycle."""

    NONE = "none"
    NEGATIVE = "negative"
    LOW = "low"
    RISING = "rising"
    MAXIMUM = "maximum"
    FALLING = "falling"


@dataclass(frozen=True, slots=True)
class Marks:
    """What marks a stage.

    Attributes
    ----------
    share_of_customer : Mark
        The part of the customer's spending in the category that goes to the firm.
    profitability : Mark
        The profit that the customer brings.
    """

    share_of_customer: Mark
    profitability: Mark


class Event(Category):
    """What moves a customer from stage to stage, or confirms the stage."""

    FIRST_CONTACT = "first_contact"
    """The customer hears of the firm, or the firm starts to court the customer."""
    FIRST_PURCHASE = "first_purchase"
    """The customer buys for the first time."""
    REPEAT_PURCHASE = "repeat_purchase"
    """The customer buys the same again."""
    CROSS_PURCHASE = "cross_purchase"
    """The customer buys something else as well."""
    UPTURN = "upturn"
    """Share and profit have risen for several periods."""
    PLATEAU = "plateau"
    """Share and profit have settled at their level."""
    DOWNTURN = "downturn"
    """Volume, share or profit has fallen for several periods."""
    CHURN = "churn"
    """The customer leaves."""
    CLOSED = "closed"
    """The firm ends the relationship, or settles its last matters."""
    WIN_BACK = "win_back"
    """A declining or ended customer is won back."""
    REACTIVATED = "reactivated"
    """A customer won back buys as before."""


class Stage(Category):
    """A stage of the customer lifecycle.

    >>> Stage.GROWTH.after(Event.PLATEAU)
    <Stage.MATURITY: 'maturity'>
    >>> from crm_core.units import Language
    >>> Stage.MATURITY.label(Language.ZH)
    '成熟期'
    """

    POTENTIAL = "potential"
    """Knows the firm or is being courted; has bought nothing."""
    DEVELOPMENT = "development"
    """First purchases; trust is being built."""
    GROWTH = "growth"
    """Purchases and cross-purchases rise."""
    MATURITY = "maturity"
    """Share of customer and profit are at their plateau."""
    DECLINE = "decline"
    """Volume, share or profit has been falling for several periods."""
    TERMINATION = "termination"
    """The relationship has ended and its matters are settled."""
    RECOVERY = "recovery"
    """A declining or ended customer won back, on the way back to maturity."""

    @staticmethod
    def opened_by(event: Event) -> Stage:
        """Return the stage in which a lifecycle opens: by a first contact or a first purchase.

        Raises
        ------
        IllegalTransitionError
            For any other event.
        """
        return Stage(_core.stage_opened_by(member("event", Event, event).value))

    def after(self, event: Event) -> Stage:
        """Return the stage after ``event``, by :data:`TRANSITIONS`.

        Raises
        ------
        IllegalTransitionError
            If the event cannot happen in this stage; the message names both.
        """
        return Stage(_core.stage_after(self.value, member("event", Event, event).value))

    def check_move(self, to: Stage) -> None:
        """Do nothing if one event can move a customer from this stage to another stage ``to``.

        Raises
        ------
        IllegalTransitionError
            Else; the message names both stages.
        """
        _core.stage_check_move(self.value, member("to", Stage, to).value)

    @property
    def marks(self) -> Marks:
        """What marks this stage: how share of customer and profitability stand."""
        share, profit = _core.stage_marks(self.value)
        return Marks(Mark(share), Mark(profit))


class StageRule(Category):
    """The rule that decided a stage, in :func:`infer_stages`."""

    NEVER_BOUGHT = "never_bought"
    FIRST_PURCHASES = "first_purchases"
    REPEAT_PURCHASES = "repeat_purchases"
    RISING_VALUE = "rising_value"
    RISING_SHARE = "rising_share"
    PLATEAU = "plateau"
    FALLING_VALUE = "falling_value"
    FALLING_SHARE = "falling_share"
    BELOW_PEAK = "below_peak"
    SILENCE = "silence"
    LIKELY_ENDED = "likely_ended"
    BOUGHT_AGAIN = "bought_again"
    REACTIVATED = "reactivated"


class StageMeasure(Category):
    """What a customer's value is measured by, in :func:`infer_stages`."""

    SPEND = "spend"
    PROFIT = "profit"


class Transition(NamedTuple):
    """One row of the state machine: what ``event`` makes of a customer in stage ``before``."""

    before: Stage | None
    """None for somebody who is not yet in the lifecycle."""
    event: Event
    after: Stage
    """Equal to ``before`` for an event that confirms the stage."""


TRANSITIONS = tuple(
    Transition(None if before is None else Stage(before), Event(event), Stage(after))
    for before, event, after in _core.stage_transitions()
)
"""The whole state machine. What is not listed is not legal."""
