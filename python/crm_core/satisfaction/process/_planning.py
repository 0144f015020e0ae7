"""Steps 1 to 4: what is measured, of whom, how precisely, with which questions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

from crm_core import _core
from crm_core._columns import read
from crm_core._options import LARGEST_COUNT, integer, member, number, wrong_type
from crm_core._tables import backend, frame_of
from crm_core.errors import NotFoundError
from crm_core.satisfaction.process._base import Product, SurveyStep, wording
from crm_core.satisfaction.structural import Model
from crm_core.survey import Allocation, Drawn, RequiredSize
from crm_core.survey._design import _drawn
from crm_core.survey._reading import codes, count
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from crm_core._tables import Table
    from crm_core.satisfaction.process._base import Wording
    from crm_core.satisfaction.process._results import FieldResponses


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameStratum:
    """A part of the population that is sampled apart.

    Attributes
    ----------
    name : str
        Its name, different from those of the others.
    units : int
        How many belong to it.
    deviation : float
        Standard deviation of single indices in it, as known from earlier; only the proportions between strata matter.
    cost : float
        What an answer costs in it.
    label : str or dict of Language to str
        What people call it.
    """

    name: str
    units: int
    deviation: float = 1.0
    cost: float = 1.0
    label: Wording = ""

    def _written(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": wording("label", self.label),
            "units": count("units", self.units),
            "deviation": number("deviation", self.deviation),
            "cost": number("cost", self.cost),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCluster:
    """A part of the population that is reached as a whole: a branch, a town.

    Attributes
    ----------
    name : str
        Its name, different from those of the others.
    units : int
        How many belong to it.
    """

    name: str
    units: int

    def _written(self) -> dict[str, Any]:
        return {"name": self.name, "units": count("units", self.units)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question beside those of the indicators.

    Attributes
    ----------
    name : str
        The name of its column.
    text : str or dict of Language to str
        What is asked.
    options : sequence of str or of dict, optional
        What may be chosen; the answer is the number of the option, from 1.
    scale : (float, float), optional
        The limits of a rating. A question with neither options nor scale is open, and no column of it is kept.
    """

    name: str
    text: Wording
    options: Sequence[Wording] | None = None
    scale: tuple[float, float] | None = None

    def _written(self) -> dict[str, Any]:
        kind: Any = "open"
        if self.options is not None:
            kind = {"choice": [wording("options", option) for option in self.options]}
        elif self.scale is not None:
            kind = {"rating": [number("scale", end) for end in self.scale]}
        return {"name": self.name, "text": wording("text", self.text), "kind": kind}


def define(title: Wording, model: Model | str | Mapping[str, Any], *, target: str = "satisfaction") -> IndicatorTree:
    """Step 1: define and quantify the indicators.

    Parameters
    ----------
    title : str or dict of Language to str
        What people call the study.
    model : Model, str or dict
        Constructs, the questions that measure them with their scales, and what drives what.
    target : str
        The construct whose index is the result.

    Raises
    ------
    NotFoundError, OutOfRangeError
        For a target that is no construct, or that nothing drives; as :class:`~crm_core.satisfaction.structural.Model`.

    Examples
    --------
    >>> from crm_core.satisfaction.structural import acsi
    >>> study = define("Spring survey", acsi())
    >>> plan = study.population("Customers of the last year", units=12_000).sample(
    ...     margin=2, deviation=20, response_rate=0.3
    ... )
    >>> plan.answers, plan.invitations
    (373, 1244)
    """
    made = model if isinstance(model, Model) else Model(model)
    step = {
        "step": SurveyStep.DEFINE_INDICATORS.value,
        "title": wording("title", title),
        "model": made.to_dict(),
        "target": str(target),
    }
    record = json.dumps({"steps": [step]})
    found: IndicatorTree = Product._of(_core.Study.replay(record), nw.Implementation.PYARROW)
    return found


class IndicatorTree(Product):
    """Product of step 1: the index, the constructs that it hangs together with, the questions that measure them."""

    __slots__ = ()
    step = SurveyStep.DEFINE_INDICATORS

    @property
    def model(self) -> Model:
        """Constructs, indicators and paths."""
        return Model(self._found["model"])

    @property
    def target(self) -> str:
        """The construct whose index is the result."""
        return str(self._found["target"])

    def population(
        self,
        description: Wording,
        *,
        units: int | None = None,
        strata: Iterable[FrameStratum] = (),
        clusters: Iterable[FrameCluster] = (),
        source: Wording = "",
    ) -> Population:
        """Step 2: define the population that is measured.

        Parameters
        ----------
        description : str or dict of Language to str
            Who belongs to it.
        units : int, optional
            How many they are; with strata or clusters it is the sum of theirs.
        strata : iterable of FrameStratum
            Parts that are sampled apart.
        clusters : iterable of FrameCluster
            Parts that may be drawn as a whole.
        source : str or dict of Language to str
            The list that stands for the population: an export of accounts, a panel.

        Raises
        ------
        OutOfRangeError, EmptyError
            For units that are not those of the strata or clusters; parts without units or names, or with the same name.
        """
        decision = {
            "description": wording("description", description),
            "source": wording("source", source),
            "units": None if units is None else count("units", units),
            "strata": [stratum._written() for stratum in strata],
            "clusters": [cluster._written() for cluster in clusters],
        }
        found: Population = self._advance(SurveyStep.DEFINE_POPULATION, decision)
        return found


class Population(Product):
    """Product of step 2: the population and the list that stands for it."""

    __slots__ = ()
    step = SurveyStep.DEFINE_POPULATION

    @property
    def units(self) -> int | None:
        """How many belong to it, if that is known."""
        units: int | None = self._found["units"]
        return units

    @property
    def strata(self) -> list[str]:
        """Names of the strata."""
        return [stratum["name"] for stratum in self._found["strata"]]

    @property
    def clusters(self) -> list[str]:
        """Names of the clusters."""
        return [cluster["name"] for cluster in self._found["clusters"]]

    def sample(
        self,
        *,
        margin: float,
        deviation: float | None = None,
        proportion: float | None = None,
        confidence: float = 0.95,
        response_rate: float = 1.0,
        design_effect: float = 1.0,
        each_stratum: bool = False,
        allocation: Allocation | str | None = None,
        systematic: bool = False,
        clusters: bool = False,
        proportional_to_size: bool = False,
        units_per_cluster: int | None = None,
        seed: int = 0,
    ) -> SamplePlan:
        """Step 3: design the sample.

        Parameters
        ----------
        margin : float
            Half-width of the interval of the result: points of the index, or a share.
        deviation, proportion : float
            Either the standard deviation of the indices of single customers, as known or guessed, or the share that is
            estimated.
        confidence : float
            Of the interval.
        response_rate : float
            Share of those invited who answer.
        design_effect : float
            Variance over that of a simple random sample, of what is planned beside this design; of clusters of which m
            each are asked 1 + (m - 1) rho, where rho is how far answers within a cluster go together.
        each_stratum : bool
            Whether each stratum needs that precision.
        allocation : Allocation, optional
            A stratified sample, split so over the strata.
        systematic : bool
            In equal steps through the frame instead of at random.
        clusters : bool
            Clusters of the frame at random, instead of single customers.
        proportional_to_size : bool
            Clusters with probability proportional to their units; with equally many units of each, all customers are
            equally likely.
        units_per_cluster : int, optional
            So many of each cluster at random, all of a smaller one; by default whole clusters.
        seed : int
            Of the draw.

        Raises
        ------
        MissingValueError
            For an allocation without strata, and clusters that the frame has not.
        OutOfRangeError, NotFiniteError
            For numbers that cannot be.
        """
        if (deviation is None) == (proportion is None):
            raise wrong_type("deviation", deviation, "a number, or proportion one, and not both")
        by_clusters = clusters or proportional_to_size
        for argument, given in (("allocation", allocation is not None), ("clusters", by_clusters)):
            if given and systematic:
                raise wrong_type("systematic", systematic, f"False with {argument}")
        if allocation is not None and by_clusters:
            raise wrong_type("allocation", allocation, "None with clusters")
        selection: Any = "systematic" if systematic else "simple_random"
        if allocation is not None:
            selection = {"stratified": member("allocation", Allocation, allocation).value}
        if by_clusters:
            units = None if units_per_cluster is None else count("units_per_cluster", units_per_cluster)
            selection = {"proportional_to_size" if proportional_to_size else "clusters": {"units": units}}
        target = {"mean": number("deviation", deviation)} if proportion is None else {"proportion": proportion}
        decision = {
            "target": target,
            "margin": number("margin", margin),
            "confidence": number("confidence", confidence),
            "response_rate": number("response_rate", response_rate),
            "design_effect": number("design_effect", design_effect),
            "each_stratum": bool(each_stratum),
            "selection": selection,
            "seed": integer("seed", seed, 0, LARGEST_COUNT),
        }
        found: SamplePlan = self._advance(SurveyStep.DESIGN_SAMPLE, decision)
        return found


class SamplePlan(Product):
    """Product of step 3: how many are invited, of which stratum, and how precise that will be."""

    __slots__ = ()
    step = SurveyStep.DESIGN_SAMPLE

    @property
    def required(self) -> RequiredSize:
        """What the precision needs."""
        return RequiredSize(**self._found["required"])

    @property
    def invitations(self) -> int:
        """Customers to invite: what is required, or all if there are not so many."""
        return int(self._found["invitations"])

    @property
    def answers(self) -> int:
        """Answers that are needed, or that can be expected if there are less."""
        return int(self._found["answers"])

    @property
    def margin(self) -> float:
        """Half-width of the interval with so many answers."""
        return float(self._found["margin"])

    @property
    def allocation(self) -> list[int]:
        """Invitations of each stratum; empty unless the sample is stratified."""
        return list(self._found["allocation"])

    @property
    def clusters(self) -> int:
        """Clusters to draw; 0 unless the sample is of clusters."""
        return int(self._found["clusters"])

    def draw(self) -> Drawn:
        """Draw who is invited: places in the frame, or in the stratum or cluster of the frame that is the group.

        Raises
        ------
        MissingValueError
            For a population of unknown size.
        """
        parts = self._study.draw()
        assert parts is not None
        return _drawn(parts)

    def questionnaire(
        self,
        *more: Question,
        introduction: Wording = "",
        texts: Mapping[str, Wording] | None = None,
    ) -> Questionnaire:
        """Step 4: design the questionnaire.

        Parameters
        ----------
        *more : Question
            Questions after those of the indicators.
        introduction : str or dict of Language to str
            What stands before the first question.
        texts : dict of str to text, optional
            Texts of indicators, where the model has none, or others than these.

        Raises
        ------
        MissingValueError
            For a question without text.
        OutOfRangeError, EmptyError, NotFoundError
            For names that come twice or are empty, a choice of fewer than two options, texts of no indicator.
        """
        decision = {
            "introduction": wording("introduction", introduction),
            "texts": {str(name): wording("texts", text) for name, text in (texts or {}).items()},
            "more": [question._written() for question in more],
        }
        found: Questionnaire = self._advance(SurveyStep.DESIGN_QUESTIONNAIRE, decision)
        return found


class Questionnaire(Product):
    """Product of step 4: the questions, in the order in which they are asked."""

    __slots__ = ()
    step = SurveyStep.DESIGN_QUESTIONNAIRE

    @property
    def columns(self) -> list[str]:
        """Names of the columns that the answers have."""
        return self._study.columns()

    def text(self, language: Language | str = Language.EN) -> str:
        """Give the questionnaire in Markdown, to print or to type into a tool."""
        return self._study.questionnaire(member("language", Language, language).value) or ""

    def survey(
        self,
        table: Table,
        *,
        partial: int = 0,
        refusal: int = 0,
        non_contact: int = 0,
        other: int = 0,
        unknown: int = 0,
        ineligible: int = 0,
        strata: str | None = None,
        clusters: str | None = None,
        first_day: date | None = None,
        last_day: date | None = None,
    ) -> FieldResponses:
        """Step 5: survey.

        Parameters
        ----------
        table : table
            One row for each respondent, and a column for each question; a choice is the number of its option, from 1.
            Missing answers may be.
        partial : int
            How many of the rows broke off.
        refusal, non_contact, other, unknown, ineligible : int
            What became of the others who were invited: refused, not reached, could not answer, not known whether they
            belong to the population, do not belong to it (AAPOR's categories).
        strata : str, optional
            Of a stratified sample, the column with the name of the stratum (or its place, from 0) of each row.
        clusters : str, optional
            Of a sample of clusters, the same of the cluster.
        first_day, last_day : date, optional
            When the survey was in the field.

        Raises
        ------
        NotFoundError, LengthMismatchError, OutOfRangeError, NotFiniteError, WrongTypeError
            For a table that is not of these questions.
        """
        frame = frame_of(table)
        missing = [name for name in self.columns if name not in frame.columns]
        if missing:
            message = f"answers is {missing[0]!r}: must have a column for every question"
            raise NotFoundError(message, argument="answers", value=repr(missing[0]))
        answers = [(name, read(name, frame[name].to_native()).values) for name in self.columns]
        broke_off = count("partial", partial)
        counts = {
            "complete": max(len(frame) - broke_off, 0),
            "partial": broke_off,
            "refusal": count("refusal", refusal),
            "non_contact": count("non_contact", non_contact),
            "other": count("other", other),
            "unknown": count("unknown", unknown),
            "ineligible": count("ineligible", ineligible),
        }
        days = {"first_day": first_day, "last_day": last_day}
        decision = {"outcomes": counts} | {name: str(day) for name, day in days.items() if day is not None}
        parts = [
            [] if name is None else self._places(frame, kind, name)
            for kind, name in (("strata", strata), ("clusters", clusters))
        ]
        study = self._study.survey(json.dumps(decision), answers, *parts)
        found: FieldResponses = Product._of(study, backend(table))
        return found

    def _places(self, frame: nw.DataFrame[Any], kind: str, name: str) -> list[int]:
        """Read the places of strata or clusters in the frame."""
        if name not in frame.columns:
            message = f"{kind} is {name!r}: must be a column of the table"
            raise NotFoundError(message, argument=kind, value=repr(name))
        names = [part["name"] for part in self.product(SurveyStep.DEFINE_POPULATION)[kind]]
        given = frame[name].to_list()
        if not all(isinstance(value, str) for value in given):
            return [int(code) for code in codes(kind, frame[name].to_native())]
        unknown = next((row for row, value in enumerate(given) if value not in names), None)
        if unknown is not None:
            message = f"{kind} (row {unknown}) is {given[unknown]!r}: must be one of {', '.join(names)}"
            raise NotFoundError(message, argument=kind, row=unknown, value=repr(given[unknown]))
        return [names.index(value) for value in given]
