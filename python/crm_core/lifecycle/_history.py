"""The dated stages of one customer."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from crm_core import _core
from crm_core._dates import day_number
from crm_core._options import member
from crm_core.errors import CrmError, UnreadableError
from crm_core.lifecycle._stages import Event, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    Parts = tuple[int, str, str | None]

_EPOCH = date(1970, 1, 1)


class Entry(NamedTuple):
    """One entry of a :class:`History`: from ``date`` on, the customer is in ``stage``."""

    date: date
    stage: Stage
    event: Event | None = None
    """What led to it; None where that is not known."""


class History:
    """The dated stages of one customer.

    Every history is legal: each entry follows from the one before it by the state machine
    (:data:`TRANSITIONS`), and dates never go back. A history is a value: :meth:`apply` gives a new one.
    It pickles, compares, and goes to and from JSON; reading checks as well.

    Parameters
    ----------
    entries : iterable of Entry
        The entries, oldest first. If the first has no event, the record begins with a customer in any stage.

    Raises
    ------
    IllegalTransitionError, OutOfRangeError, EmptyError
        For entries that make no history; ``row`` is the entry.

    Examples
    --------
    >>> from datetime import date
    >>> history = History.opened(Event.FIRST_CONTACT, date(2024, 1, 15))
    >>> history = history.apply(Event.FIRST_PURCHASE, date(2024, 3, 1))
    >>> history.stage
    <Stage.DEVELOPMENT: 'development'>
    >>> history.stage_on(date(2024, 2, 1))
    <Stage.POTENTIAL: 'potential'>
    >>> History.from_json(history.to_json()) == history
    True
    >>> history.apply(Event.WIN_BACK, date(2024, 4, 1))
    Traceback (most recent call last):
    ...
    crm_core.errors.IllegalTransitionError: event is win_back: cannot happen to a customer in stage development
    """

    __slots__ = ("_parts",)

    _parts: tuple[Parts, ...]

    def __init__(self, entries: Iterable[Entry]) -> None:
        parts = [
            (day_number("date", day), member("stage", Stage, stage).value, _name(event))
            for day, stage, event in entries
        ]
        self._parts = tuple(_core.history_check(parts))

    @classmethod
    def _of(cls, parts: Iterable[Parts]) -> History:
        history = cls.__new__(cls)
        history._parts = tuple(parts)
        return history

    @classmethod
    def opened(cls, event: Event, on: date | str) -> History:
        """Open a lifecycle on a day, by a first contact or by a first purchase."""
        return cls._of(_core.history_opened(member("event", Event, event).value, day_number("date", on)))

    @classmethod
    def recorded_from(cls, stage: Stage, on: date | str) -> History:
        """Begin a record on a day, with a customer who is in ``stage`` already."""
        return cls([Entry(_date(day_number("date", on)), member("stage", Stage, stage))])

    def apply(self, event: Event, on: date | str) -> History:
        """Give the history with ``event`` on a day added. An event that confirms the stage adds no entry.

        Raises
        ------
        IllegalTransitionError
            If the event cannot happen in the stage.
        OutOfRangeError
            If the day lies before the last entry.
        """
        return self._of(_core.history_apply(self._parts, member("event", Event, event).value, day_number("date", on)))

    def move_to(self, stage: Stage, on: date | str) -> History:
        """Give the history with a move to another stage added, by an event that is not known."""
        return self._of(_core.history_move_to(self._parts, member("stage", Stage, stage).value, day_number("date", on)))

    @property
    def entries(self) -> list[Entry]:
        """The entries, oldest first."""
        return [Entry(_date(d), Stage(s), None if e is None else Event(e)) for d, s, e in self._parts]

    @property
    def stage(self) -> Stage:
        """The stage after the last entry."""
        return Stage(self._parts[-1][1])

    def stage_on(self, day: date | str) -> Stage | None:
        """Return the stage at the end of a day; None before the first entry."""
        stage = _core.history_stage_on(self._parts, day_number("date", day))
        return None if stage is None else Stage(stage)

    def days_in_stages(self, until: date | str) -> dict[Stage, int]:
        """Return the days in each stage from the first entry up to a day, not included."""
        days = _core.history_days_in_stages(self._parts, day_number("until", until))
        return dict(zip(Stage, days, strict=True))

    @property
    def recoveries(self) -> int:
        """How often the customer was won back."""
        return _core.history_recoveries(self._parts)

    def to_json(self) -> str:
        """Write the history: a list of objects with ``date``, ``stage`` and ``event``, as Rust's serde does."""
        return json.dumps([{"date": _date(d).isoformat(), "stage": s, "event": e} for d, s, e in self._parts])

    @classmethod
    def from_json(cls, text: str) -> History:
        """Read what :meth:`to_json` wrote.

        Raises
        ------
        UnreadableError
            If the text is not such a list.
        IllegalTransitionError, OutOfRangeError, EmptyError
            If it is, and makes no history.
        """
        try:
            read = [(day_number("date", e["date"]), e["stage"], e.get("event")) for e in json.loads(text)]
            return cls._of(_core.history_check(read))
        except CrmError:
            raise
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            message = "text: must be a list of objects with date, stage and event"
            raise UnreadableError(message, argument="text") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, History) and self._parts == other._parts

    def __hash__(self) -> int:
        return hash(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __reduce__(self) -> tuple[object, ...]:
        return (History, (self.entries,))

    def __repr__(self) -> str:
        first = _date(self._parts[0][0])
        return f"<History of {len(self)} entries since {first}, in {self.stage}>"


def _name(event: Event | None) -> str | None:
    return None if event is None else member("event", Event, event).value


def _date(days: int) -> date:
    return date.fromordinal(_EPOCH.toordinal() + days)
