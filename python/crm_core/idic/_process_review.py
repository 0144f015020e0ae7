"""What people say of customers who perhaps are one, and the erasure of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_core._options import integer
from crm_core.idic._process_results import DoubtfulPair, ErasedCustomer, ReviewedPair
from crm_core.idic._process_state import IdicStage, ProcessState

if TYPE_CHECKING:
    from collections.abc import Iterable


class ProcessReview(ProcessState):
    """The part of :class:`Idic` by which people decide who is who."""

    __slots__ = ()

    def doubtful(self) -> list[DoubtfulPair]:
        """List customers who perhaps are one and of whom nobody has said whether they are, the likeliest first.

        They are those of all rounds. :meth:`confirm` and :meth:`keep_apart` answer.
        """
        return [DoubtfulPair(*pair) for pair in self._core.doubtful()]

    def reviewed(self) -> list[ReviewedPair]:
        """List what was said of customers and not undone, in the order in which it was."""
        return [ReviewedPair(*pair) for pair in self._core.reviewed()]

    def confirm(self, customer: int | str, other: int | str) -> ReviewedPair:
        """Say that two customers are one: the smaller number goes on, the other is never given again.

        It has the records, keys, contacts, answers and waiting decisions of both, may be contacted where both agreed,
        and complains if one does. What the round has computed is given up.

        Parameters
        ----------
        customer, other : int or str
            The numbers of the customers, or keys of records of theirs.

        Raises
        ------
        NotFoundError
            If there is no such customer.
        IllegalTransitionError
            If they were said to be two, or are one already; ``value`` is the number of that decision.
        OutOfRangeError
            If they are the same.

        Examples
        --------
        >>> import polars as pl
        >>> from crm_core.idic import Idic, NextAction, RecordField, RecordSchema
        >>> people = pl.DataFrame({
        ...     "customer": ["a", "b", "c", "d"],
        ...     "name": ["Ann Lee", "A. Lee-Fox", "Tom Fox", "Eva Karl"],
        ...     "mobile": ["13812345678", "13700001111", "13911112222", "13600000000"],
        ... })
        >>> schema = RecordSchema([RecordField("name", "name"), RecordField("mobile", "phone")])
        >>> idic = Idic(schema, [NextAction("call", "phone", "sales")]).identify(people)
        >>> said = idic.confirm("a", "b")
        >>> idic.customer_of("b") == said.customer
        True
        >>> _ = idic.undo(said.decision)
        >>> idic.customer_of("b") == said.other
        True
        """
        return self._decided(self._core.confirm(self._number(customer), self._number(other)))

    def keep_apart(self, customer: int | str, other: int | str) -> ReviewedPair:
        """Say that two customers are two, however alike they are.

        They are not listed as doubtful again, and not united before this is undone. The round goes on. Parameters and
        exceptions as of :meth:`confirm`.
        """
        return self._decided(self._core.keep_apart(self._number(customer), self._number(other)))

    def split(self, customer: int | str, keys: Iterable[str]) -> ReviewedPair:
        """Say that some records of a customer are those of another: of a new one, who is kept apart from now on.

        The customer keeps its number and all that was learned. What the round has computed is given up.

        Parameters
        ----------
        customer : int or str
            The number of the customer, or a key of a record.
        keys : iterable of str
            The keys of the records that are not the customer's.

        Raises
        ------
        NotFoundError
            If there is no such customer, or a key is not of it, with the row.
        OutOfRangeError
            If no record would be left.
        """
        return self._decided(self._core.split(self._number(customer), [str(key) for key in keys]))

    def undo(self, decision: int) -> ReviewedPair:
        """Take back what was said of two customers.

        If they were one, the other has its number again, with the records that it had, unless they are gone, and what
        was known of it then. What was decided and learned since stays with the one who went on, a consent that was
        taken back since is so of both, and what the round has computed is given up.

        Raises
        ------
        NotFoundError
            If there is no such decision.
        IllegalTransitionError
            If the customer who went on was united with a third since, or the record was split off: undo that first.
        """
        return self._decided(self._core.undo(integer("decision", decision)))

    def _decided(self, said: tuple[int, int, int, bool]) -> ReviewedPair:
        if self.stage is IdicStage.PREPARE:
            self._forget_round()
        return ReviewedPair(*said)

    def erase(self, customer: int | str) -> ErasedCustomer:
        """Erase a customer completely: what is saved afterwards holds no trace of it.

        What the round has computed is given up, as it was made from the customer, too.

        Parameters
        ----------
        customer : int or str
            The number of the customer, or the key of a record.

        Raises
        ------
        NotFoundError
            If there is no such customer.
        """
        erased = ErasedCustomer(*self._core.erase(self._number(customer)))
        self._forget_round()
        return erased
