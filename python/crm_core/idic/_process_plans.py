"""What a round of the process found, as tables, words and counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import narwhals as nw

from crm_core._options import member
from crm_core._tables import native
from crm_core.idic._process_results import NeedsSegments, PlanReasons
from crm_core.idic._process_state import IdicStage, ProcessState
from crm_core.units import Language
from crm_core.value import CustomerType, PyramidTier

if TYPE_CHECKING:
    from crm_core.idic._pseudonyms import PseudonymKey


class ProcessPlans(ProcessState):
    """The part of :class:`Idic` that reads what the stages of a round made."""

    __slots__ = ()

    def plans(self, *, pseudonym_key: PseudonymKey | None = None) -> Any:
        """Give the whole result: a table of the library that the records are of, a customer in each row.

        ``customer``, ``records``, ``freshness`` (of the profile, from 0 to 1; where a field has a half-life) and
        ``stale_fields`` (to be asked again), ``current_value``, ``potential_value``, ``probability_alive``, ``stage``,
        ``customer_type``, ``tier``, ``loyalty``, ``needs``, ``decision`` (by which :meth:`learn` is told), ``action``,
        ``probability`` (with which it was chosen), ``is_control``, ``expected`` (reward less cost), ``standard_error``,
        ``offer``, ``acceptance``, ``offer_value``, ``offer_reason``. What is not known is missing.

        Parameters
        ----------
        pseudonym_key : PseudonymKey, optional
            With it there is no ``customer`` but a ``pseudonym``, :meth:`PseudonymKey.customer`.

        Raises
        ------
        IllegalTransitionError
            Before the last stage was made.
        """
        key = None if pseudonym_key is None else pseudonym_key._core
        return native(self._core.plans(key), self._library)

    def reasons(self, customer: int | str, language: Language = Language.EN) -> PlanReasons:
        """Say why a customer is what it is, and why this is the next action and the offer.

        Parameters
        ----------
        customer : int or str
            The number of the customer, or the key of a record.
        language : Language
            English or Chinese.
        """
        row = self._rows.get(self._number(customer), len(self._rows))
        return PlanReasons(*self._core.reasons(row, member("language", Language, language)))

    def counts(self) -> dict[IdicStage, dict[str, Any]]:
        """Tell how each stage of the round went: counts, and the ``seconds`` that it took in this program."""
        found = {stage: json.loads(self._core.counts(stage)) for stage in IdicStage}
        made = {stage: counts for stage, counts in found.items() if counts is not None}
        return {stage: counts | {"seconds": self._seconds.get(stage)} for stage, counts in made.items()}

    def needs(self) -> NeedsSegments | None:
        """Give the groups by needs; None before customers were differentiated."""
        found = json.loads(self._core.needs())
        if found is None:
            return None
        asked = json.loads(self._core.options())["needs"]
        choices = asked["choices"]
        means = [dict(zip(asked["questions"], center, strict=True)) for center in found["centers"]]
        modes = [
            {each["name"]: each["answers"][place] for each, place in zip(choices, mode, strict=True)}
            for mode in found["modes"]
        ]
        centers = tuple(means or modes)
        tried = {each["clusters"]: each["silhouette"] for each in found["tried"]}
        return NeedsSegments(tuple(found["sizes"]), centers, tried)

    def value_by_needs(self) -> Any:
        """Count customers by tier and group by needs, and sum their current values; None before the second stage.

        Returns
        -------
        table
            A row for each pair: ``tier``, ``needs``, ``customers``, ``current_value``. Customers of whom either is not
            known are not in it.
        """
        found = self._core.value_by_needs()
        if found is None:
            return None
        counts, totals = found
        tiers = list(PyramidTier)
        groups = len(counts) // len(tiers)
        columns = {
            "tier": [tier.value for tier in tiers for _ in range(groups)],
            "needs": list(range(groups)) * len(tiers),
            "customers": counts,
            "current_value": totals,
        }
        library: Any = self._library
        return nw.from_dict(columns, backend=library).to_native()

    def moves(self) -> dict[tuple[CustomerType, CustomerType], int] | None:
        """Count customers by type in the round before and in this one; None where nobody has a type in both."""
        found = self._core.moves()
        if found is None:
            return None
        types = list(CustomerType)
        return {
            (before, after): found[row * len(types) + column]
            for row, before in enumerate(types)
            for column, after in enumerate(types)
        }
