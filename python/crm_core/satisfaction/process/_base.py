"""What the products of all steps have in common, and how their parts are written."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, ClassVar

import narwhals as nw

from crm_core import _core
from crm_core._options import library_name, member, wrong_type
from crm_core.errors import NotFoundError
from crm_core.units import Category, Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias

    Wording: TypeAlias = str | Mapping[Language | str, str]


class SurveyStep(Category):
    """A step of a satisfaction survey."""

    DEFINE_INDICATORS = "define_indicators"
    """What is measured, by which questions, on which scales."""
    DEFINE_POPULATION = "define_population"
    """Whose satisfaction is measured."""
    DESIGN_SAMPLE = "design_sample"
    """How many of them are asked, and which."""
    DESIGN_QUESTIONNAIRE = "design_questionnaire"
    """What they are asked."""
    SURVEY = "survey"
    """What they answered."""
    TABULATE = "tabulate"
    """The answers, cleaned, weighted and counted."""
    COMPUTE_INDEX = "compute_index"
    """The index with its interval, and what drives it."""
    REPORT = "report"
    """What the study found."""
    IMPROVE = "improve"
    """What is done about it."""


class ActionStatus(Category):
    """How far an action is that improves satisfaction."""

    PLANNED = "planned"
    """Not begun."""
    IN_PROGRESS = "in_progress"
    """Begun."""
    DONE = "done"
    """Done."""
    DROPPED = "dropped"
    """Given up: it brings nothing."""


def wording(argument: str, text: Wording) -> dict[str, str]:
    """Read a text, English if no language is told, as it is stored."""
    if isinstance(text, str):
        return {Language.EN.value: text}
    if not hasattr(text, "items"):
        raise wrong_type(argument, text, "a text, or a dict with one for each language")
    return {member("language", Language, language).value: str(written) for language, written in text.items()}


class Product:
    """What a step of a survey gave; made by the step before."""

    __slots__ = ("_found", "_library", "_study")

    step: ClassVar[SurveyStep]
    """The step that gave it."""
    classes: ClassVar[dict[str, type[Product]]] = {}
    _study: _core.Study
    _found: dict[str, Any]
    _library: nw.Implementation

    def __init__(self) -> None:
        message = f"{type(self).__name__} is made by the step before it: see crm_core.satisfaction.process"
        raise TypeError(message)

    def __init_subclass__(cls) -> None:
        Product.classes[cls.step.value] = cls

    @staticmethod
    def _of(study: _core.Study, library: nw.Implementation) -> Any:
        step = study.step()
        made = object.__new__(Product.classes[step])
        made._study, made._library = study, library
        made._found = json.loads(study.product(step))
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        # What was decided gives the same bits again.
        return _read, (self.to_json(), self._library)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Product) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def to_json(self) -> str:
        """Give what is stored of the study, which :func:`read_study` reads back: what was decided and answered."""
        return self._study.record()

    def decisions(self) -> list[dict[str, Any]]:
        """Give what was decided and answered in each step, from the first one on, as plain dicts."""
        steps: list[dict[str, Any]] = json.loads(self._study.record())["steps"]
        return steps

    def product(self, step: SurveyStep | None = None) -> dict[str, Any]:
        """Give what a step gave (default: this one) as plain dicts, lists, texts and numbers.

        Raises
        ------
        NotFoundError
            For a step that is still to come.
        """
        if step is None:
            return dict(self._found)
        chosen = member("step", SurveyStep, step)
        found: dict[str, Any] | None = json.loads(self._study.product(chosen.value))
        if found is None:
            message = f"step is {chosen}: must have been made"
            raise NotFoundError(message, argument="step", value=chosen.value)
        return found

    def earlier(self) -> Any:
        """Give the product of the step before, to decide otherwise from there on; what it gave is computed again.

        Raises
        ------
        EmptyError
            For the first step.
        """
        record = json.dumps({"steps": self.decisions()[:-1]})
        return Product._of(_core.Study.replay(record), self._library)

    def _advance(self, step: SurveyStep, decision: dict[str, Any]) -> Any:
        record = json.dumps({"step": step.value} | decision)
        return Product._of(self._study.advance(record), self._library)

    def _table(self, rows: Iterable[dict[str, Any]], columns: dict[str, Any]) -> Any:
        """Give rows as a table with these columns and kinds; a number that there is none of is NaN."""
        rows = list(rows)
        series = {name: [_cell(row[name], kind) for row in rows] for name, kind in columns.items()}
        library: Any = self._library
        return nw.from_dict(series, columns, backend=library).to_native()


def _cell(value: Any, kind: Any) -> Any:
    return math.nan if value is None and kind == nw.Float64 else value


def _read(text: str, library: nw.Implementation) -> Any:
    return Product._of(_core.Study.replay(text), library)


def read_study(text: str, *, library: str = "pyarrow") -> Any:
    """Read what :meth:`Product.to_json` gave.

    Parameters
    ----------
    text : str
        What is stored of the study.
    library : str
        The library of the tables that the study gives: pyarrow, pandas or polars.

    Returns
    -------
    Product
        That of the last step that is stored, computed again, to the same bits.

    Raises
    ------
    UnreadableError
        For other texts.
    IllegalTransitionError
        For steps that are not one after the other.
    """
    return _read(text, nw.Implementation.from_string(library_name(library)))
