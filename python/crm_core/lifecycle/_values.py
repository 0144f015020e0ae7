"""What a customer in each stage is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._options import library_name, member, number
from crm_core._tables import frame_of, like, native
from crm_core.clv._chain_inputs import last_period
from crm_core.lifecycle._inference import StageTransitions
from crm_core.lifecycle._stages import Stage

if TYPE_CHECKING:
    from crm_core._columns import Number
    from crm_core._tables import Table


@dataclass(frozen=True, slots=True)
class StageValues:
    """What a customer in each stage is worth, and from what.

    Attributes
    ----------
    table : table
        One row per ``stage``: the ``profit`` that a period in it brings (missing where nobody was in it), and the
        expected present ``value`` of a customer who is now in it (missing where nobody was seen leaving, keeping or
        reaching it).
    transitions : StageTransitions
        How often customers went from stage to stage.
    """

    table: Any
    transitions: StageTransitions


def stage_values(
    data: Table,
    *,
    profit: str | Mapping[Stage, float] = "value",
    discount_rate: Number,
    horizon: float = float("inf"),
    customer: str = "customer",
    stage: str = "stage",
) -> StageValues:
    """Give the value of a customer in each stage, from the stages of customers over time.

    How often customers went from stage to stage from one period to the next is a Markov chain; the value of a stage is
    that of the chain from there on (:class:`~crm_core.clv.migration.MigrationModel`), the present period in full. The
    stages may come from anywhere: ``HiddenMarkov.decode(...).periods`` is such a table.

    Parameters
    ----------
    data : table
        One row per customer and period, those of a customer together, oldest first, without gaps.
    profit : str or mapping
        The column of what each row brought, of which a stage brings the mean; or what a period in each stage brings.
    discount_rate : float or Decimal
        Per period.
    horizon : int, or inf
        The last period; without end by default.
    customer, stage : str
        The columns of the table.

    Raises
    ------
    EmptyError
        If no customer has two rows.
    OutOfRangeError
        For a stage that is none, with its row.
    NotFiniteError
        For a profit that is missing.

    References
    ----------
    Pfeifer & Carraway 2000, "Modeling customer relationships as Markov chains", Journal of Interactive Marketing 14.

    Examples
    --------
    >>> from crm_core.lifecycle import HiddenMarkov, stage_values
    >>> model = HiddenMarkov.known([0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]], [[0.2], [3.0]])
    >>> periods = model.decode(model.simulate([24] * 500, seed=7, library="polars")).periods
    >>> worth = stage_values(periods, discount_rate=0.01).table
    >>> value = dict(zip(worth["stage"], worth["value"]))
    >>> value["maturity"] > value["termination"] > 0
    True
    """
    frame = frame_of(data)
    if stage in frame.columns and isinstance(frame.schema[stage], (nw.Categorical, nw.Enum)):
        frame = frame.with_columns(nw.col(stage).cast(nw.String))
    table = frame.to_native()
    column = profit if isinstance(profit, str) else None
    given = None if isinstance(profit, str) else profit
    found = _core.stage_values_of_rows(
        table, customer, stage, column, _per_stage(given), discount_rate, last_period(horizon)
    )
    transitions = StageTransitions(np.array(found["counts"], dtype=np.int64), np.array(found["rates"]))
    return StageValues(like(data, found["table"]), transitions)


def values_of_moves(
    transitions: StageTransitions,
    profit: Mapping[Stage, float],
    *,
    discount_rate: Number,
    horizon: float = float("inf"),
    library: str = "pandas",
) -> Any:
    """Give the value of a customer in each stage, from moves that were counted.

    Parameters
    ----------
    transitions : StageTransitions
        Those of :func:`infer_stages`, say.
    profit : mapping
        What a period in each stage brings; stages that are not in it must be without moves.
    discount_rate, horizon
        As in :func:`stage_values`.
    library : str
        Which DataFrame to make: "pandas", "polars" or "pyarrow".

    Returns
    -------
    table
        One row per ``stage``: ``profit`` and ``value``, as :class:`StageValues` has them.

    Examples
    --------
    >>> from crm_core.ledger import Ledger, simulate
    >>> from crm_core.lifecycle import Stage, infer_stages, values_of_moves
    >>> log = simulate(500, seed=7, library="polars")
    >>> found = infer_stages(Ledger(log, customer="customer", time="time", amount="amount"))
    >>> brought = {stage: 10.0 for stage in Stage} | {Stage.TERMINATION: 0.0, Stage.POTENTIAL: 0.0}
    >>> worth = values_of_moves(found.transitions, brought, discount_rate=0.01, library="polars")
    >>> value = dict(zip(worth["stage"], worth["value"]))
    >>> value["maturity"] > value["decline"] > value["termination"]
    True
    """
    made = _core.stage_values_of_moves(
        transitions.counts.tolist(), _per_stage(profit), discount_rate, last_period(horizon)
    )
    return native(made, library_name(library))


def _per_stage(profit: Mapping[Stage, float] | None) -> list[float]:
    given = {member("profit", Stage, stage): number("profit", value) for stage, value in (profit or {}).items()}
    return [given.get(stage, float("nan")) for stage in Stage]
