"""The process at any stage: its state as bytes, where it stands, and which record is of which customer."""

from __future__ import annotations

from contextlib import nullcontext
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

import narwhals as nw

from crm_core import _core
from crm_core._options import integer
from crm_core._progress import watched
from crm_core.errors import NotFoundError
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Progress = Callable[[int], object] | bool


class IdicStage(Category):
    """A stage of the process."""

    PREPARE = "prepare"
    IDENTIFY = "identify"
    DIFFERENTIATE = "differentiate"
    INTERACT = "interact"
    CUSTOMIZE = "customize"


class ProcessState:
    """What all parts of :class:`Idic` share."""

    __slots__ = ("_core", "_library", "_rows", "_seconds")

    def _start(self, process: _core.Idic) -> None:
        self._core = process
        self._library: nw.Implementation = nw.Implementation.PYARROW
        self._seconds: dict[IdicStage, float] = {}
        self._find_rows()

    def _find_rows(self) -> None:
        self._rows = {customer: row for row, customer in enumerate(self._core.customers())}

    def _forget_round(self) -> None:
        self._rows, self._seconds = {}, {}

    @classmethod
    def from_bytes(cls, state: bytes) -> Self:
        """Go on as the process that :meth:`to_bytes` wrote.

        Raises
        ------
        UnreadableError
            For anything else: another version, bytes that were changed or are missing.
        """
        made = cls.__new__(cls)
        made._start(_core.Idic.from_bytes(state))
        return made

    def to_bytes(self) -> bytes:
        """Give the whole state. It holds what records say of persons: keep it as they are kept."""
        return self._core.to_bytes()

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        return (type(self).from_bytes, (self.to_bytes(),))

    def __repr__(self) -> str:
        return f"Idic(round={self.round}, stage={self.stage.value!r})"

    @property
    def stage(self) -> IdicStage:
        """The last stage of the round that was made."""
        return IdicStage(self._core.stage_made())

    @property
    def round(self) -> int:
        """Rounds that were made before this one."""
        return self._core.round()

    def customer_of(self, key: str) -> int:
        """Give the number of the customer that a key is of.

        Raises
        ------
        NotFoundError
            For a key that no record has.
        """
        found = self._core.customer_of(str(key))
        if found is None:
            message = "key: is that of no record"
            raise NotFoundError(message, argument="key")
        return found

    def clusters(self) -> list[int]:
        """Give the number of the customer of each record of this round."""
        return self._core.of_records()

    def _number(self, customer: int | str) -> int:
        return self.customer_of(customer) if isinstance(customer, str) else integer("customer", customer)

    def _watched(self, stage: IdicStage, progress: Progress) -> _Stage:
        return _Stage(self._seconds, stage, progress)


class _Stage:
    """Times a stage, and gives the function that is told how far it is."""

    def __init__(self, seconds: dict[IdicStage, float], stage: IdicStage, progress: Progress) -> None:
        self._seconds, self._stage = seconds, stage
        bar = watched(100, f"% {stage.value}", progress)
        self._bar: AbstractContextManager[Any] = bar if progress else nullcontext()
        self._begun = 0.0

    def __enter__(self) -> Callable[[int], object] | None:
        self._begun = perf_counter()
        told: Callable[[int], object] | None = self._bar.__enter__()
        return told

    def __exit__(self, *failure: Any) -> None:
        self._bar.__exit__(*failure)
        if failure[0] is None:
            self._seconds[self._stage] = perf_counter() - self._begun
