"""Steps 5 to 9: what was answered, what it says, what is done about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

from crm_core._options import LARGEST_COUNT, LARGEST_INDEX, integer, member, number, optional_number
from crm_core.satisfaction._attributes import Cut
from crm_core.satisfaction._estimates import RateEstimate
from crm_core.satisfaction.process._base import ActionStatus, Product, SurveyStep, wording
from crm_core.satisfaction.structural import PlsOptions
from crm_core.survey import WeightEffect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from crm_core.satisfaction.process._base import Wording


@dataclass(frozen=True, slots=True)
class OutcomeRates:
    """How many of those invited answered, with Wilson intervals; see :meth:`Questionnaire.survey` for the categories.

    Attributes
    ----------
    response, response_with_partials : RateEstimate
        AAPOR's RR1, and RR2 that counts those who broke off.
    cooperation : RateEstimate
        COOP1: complete answers among those who were reached.
    refusal, contact : RateEstimate
        REF1 and CON1: those who refused, and who were reached.
    """

    response: RateEstimate
    response_with_partials: RateEstimate
    cooperation: RateEstimate
    refusal: RateEstimate
    contact: RateEstimate


@dataclass(frozen=True, slots=True)
class Exclusions:
    """What was left out, and why.

    Attributes
    ----------
    out_of_scale : int
        Answers that a question does not allow, taken for missing.
    too_many_missing, straight_lining : int
        Respondents with too many missing answers, and those who gave one answer to everything.
    """

    out_of_scale: int
    too_many_missing: int
    straight_lining: int


@dataclass(frozen=True, slots=True)
class IndexChange:
    """By how much an index changed between two studies of different respondents.

    Attributes
    ----------
    change : float
        Later less earlier.
    standard_error : float
        The root of the sum of both squared.
    lower, upper : float
        The ends of its interval.
    z, p_value : float
        Change over standard error, and both tails of the normal distribution.
    """

    change: float
    standard_error: float
    lower: float
    upper: float
    z: float
    p_value: float

    @classmethod
    def _of(cls, found: dict[str, Any]) -> IndexChange:
        return cls(**{name: float("nan") if value is None else value for name, value in found.items()})


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What became of the actions, as the next study sees it.

    Attributes
    ----------
    expected : float
        Points that the actions that are done were expected to bring.
    change : IndexChange
        By how much the index changed.
    constructs : dict of str to (float, IndexChange)
        For each construct with actions, by how much those that are done were expected to raise it by themselves, and by
        how much it changed.
    """

    expected: float
    change: IndexChange
    constructs: dict[str, tuple[float, IndexChange]]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that is done to improve a driver.

    Attributes
    ----------
    construct : str
        The driver that it improves.
    what : str or dict of Language to str
        What is done.
    rise : float
        Points by which it is expected to raise the driver's index by itself.
    owner : str
        Who answers for it.
    due : date, optional
        When it is to be done.
    cost : float, optional
        What it costs.
    status : ActionStatus
        How far it is.
    """

    construct: str
    what: Wording
    rise: float
    owner: str = ""
    due: date | None = None
    cost: float | None = None
    status: ActionStatus = ActionStatus.PLANNED

    def _written(self) -> dict[str, Any]:
        return {
            "construct": self.construct,
            "what": wording("what", self.what),
            "rise": number("rise", self.rise),
            "owner": self.owner,
            "due": None if self.due is None else str(self.due),
            "cost": optional_number("cost", self.cost),
            "status": member("status", ActionStatus, self.status).value,
        }


class FieldResponses(Product):
    """Product of step 5: the answers as they came."""

    __slots__ = ()
    step = SurveyStep.SURVEY

    @property
    def rows(self) -> int:
        """Number of respondents."""
        return int(self._found["rows"])

    @property
    def rates(self) -> OutcomeRates:
        """How many of those invited answered, refused, were reached."""
        return _rates(self._found["rates"])

    def tabulate(
        self,
        *,
        out_of_scale: bool = False,
        most_missing: float = 0.5,
        straight_lining: bool = False,
        rake: Mapping[str, Sequence[float]] | None = None,
    ) -> SurveyTables:
        """Step 6: clean, weigh and count the answers.

        Parameters
        ----------
        out_of_scale : bool
            Whether answers that a question does not allow are taken for missing, and counted, instead of being an
            error.
        most_missing : float
            Respondents who left out more than this share of the questions of the indicators are excluded.
        straight_lining : bool
            Whether those are excluded who gave one answer to all questions on scales of more than two answers.
        rake : dict of str to sequence of float, optional
            Questions with options, and the units (or shares) of the population of each: weights are raked to them.

        Raises
        ------
        OutOfRangeError
            For an answer that its question does not allow.
        MissingValueError, NotFoundError, NotConvergedError
            For a question to rake by that somebody did not answer, that is no choice, or margins that cannot be met
            together.
        """
        decision = {
            "out_of_scale": "missing" if out_of_scale else "refuse",
            "most_missing": number("most_missing", most_missing),
            "straight_lining": bool(straight_lining),
            "rake": [
                {"question": question, "targets": [number("targets", target) for target in targets]}
                for question, targets in (rake or {}).items()
            ],
        }
        found: SurveyTables = self._advance(SurveyStep.TABULATE, decision)
        return found


class SurveyTables(Product):
    """Product of step 6: the cleaned answers and their weights, and what they say question by question."""

    __slots__ = ()
    step = SurveyStep.TABULATE

    @property
    def respondents(self) -> int:
        """Respondents who are kept."""
        return int(self._found["respondents"])

    @property
    def exclusions(self) -> Exclusions:
        """What was left out."""
        return Exclusions(**self._found["exclusions"])

    @property
    def weighting(self) -> WeightEffect:
        """What unequal weights cost."""
        return WeightEffect(**self._found["weighting"])

    def questions(self) -> Any:
        """Give the mean of every question, with the standard error and interval of the design: one row for each.

        Returns
        -------
        table
            ``question``, ``answered``, ``missing``, ``mean``, ``standard_error``, ``lower``, ``upper``,
            ``standard_deviation``; numbers are NaN for a choice.
        """
        names = ("standard_error", "lower", "upper")
        rows = [
            row | {name: (row["mean"] or {}).get(name) for name in names} | {"mean": (row["mean"] or {}).get("value")}
            for row in self._found["questions"]
        ]
        numbers = dict.fromkeys(("mean", *names, "standard_deviation"), nw.Float64)
        return self._table(rows, {"question": nw.String, "answered": nw.Int64, "missing": nw.Int64} | numbers)

    def answers(self) -> Any:
        """Give how often each answer to each question came, with its share in the population: one row for each.

        Returns
        -------
        table
            ``question``, ``answer``, ``count``, ``share``, ``standard_error``, ``lower``, ``upper``.
        """
        rows = [
            {
                "question": table["question"],
                "answer": row["answer"],
                "count": row["count"],
                "share": row["share"]["value"],
            }
            | {name: row["share"][name] for name in ("standard_error", "lower", "upper")}
            for table in self._found["questions"]
            for row in table["answers"]
        ]
        numbers = dict.fromkeys(("share", "standard_error", "lower", "upper"), nw.Float64)
        return self._table(rows, {"question": nw.String, "answer": nw.Float64, "count": nw.Int64} | numbers)

    def scales(self) -> Any:
        """Give the reliability of every construct with several questions: one row for each.

        Returns
        -------
        table
            ``construct``, ``respondents`` who answered all of its questions, Cronbach's ``alpha`` with Feldt's interval
            ``alpha_lower``, ``alpha_upper``, and McDonald's ``omega``.
        """
        rows = [
            {"construct": row["construct"], "respondents": row["reliability"]["rows"]} | row["reliability"]
            for row in self._found["scales"]
        ]
        numbers = dict.fromkeys(("alpha", "alpha_lower", "alpha_upper", "omega"), nw.Float64)
        return self._table(rows, {"construct": nw.String, "respondents": nw.Int64} | numbers)

    def index(
        self,
        *,
        seed: int,
        resamples: int = 5000,
        confidence: float = 0.95,
        segments: str | None = None,
        options: PlsOptions | None = None,
    ) -> SatisfactionIndex:
        """Step 7: compute and analyse the index.

        Parameters
        ----------
        seed, resamples : int
            Of the bootstrap.
        confidence : float
            Of intervals.
        segments : str, optional
            A question with options, which all have answered, by which the index is told apart.
        options : PlsOptions, optional
            Of the fit.

        Raises
        ------
        NotConvergedError
            For weights that did not settle.
        CrmError
            As :func:`crm_core.satisfaction.structural.fit`.
        """
        chosen = PlsOptions() if options is None else options
        decision = {
            "options": {
                "scheme": chosen.scheme.value,
                "estimator": chosen.estimator.value,
                "missing": chosen.missing.value,
                "higher_order": chosen.higher_order.value,
                "tolerance": chosen.tolerance,
                "max_iterations": chosen.max_iterations,
            },
            "resampling": {
                "resamples": integer("resamples", resamples, 0, LARGEST_INDEX),
                "seed": integer("seed", seed, 0, LARGEST_COUNT),
            },
            "confidence": number("confidence", confidence),
            "segments": segments,
        }
        found: SatisfactionIndex = self._advance(SurveyStep.COMPUTE_INDEX, decision)
        return found


class SatisfactionIndex(Product):
    """Product of step 7: the index with its interval, and what it hangs on.

    Intervals come from resampling respondents with their weights, by strata and clusters if the sample has them (Rao &
    Wu 1988). That the population is finite is not kept in it, which makes them too wide where a large part of it was
    asked.
    """

    __slots__ = ()
    step = SurveyStep.COMPUTE_INDEX

    def constructs(self) -> Any:
        """Give the index of every construct, and how well it is measured: one row for each.

        Returns
        -------
        table
            ``construct``, ``index``, ``standard_error``, ``lower``, ``upper``, ``alpha``, ``rho_c``, ``ave``, and
            ``r_squared``, NaN where nothing drives the construct; each of these four with its ``_standard_error``, and
            the ends ``_lower`` and ``_upper`` of its interval.
        """
        plain = ("index", "standard_error", "lower", "upper", "alpha", "rho_c", "ave", "r_squared")
        measures = ("alpha", "rho_c", "ave", "r_squared")
        return self._with_ends(self._found["constructs"], plain, {name: ("resampled", name) for name in measures})

    def paths(self) -> Any:
        """Give every path with its ``coefficient``, error, interval and p-value, and whether it is ``as_expected``."""
        rows = [row | {"driver": row["from"], "construct": row["to"]} for row in self._found["paths"]]
        numbers = dict.fromkeys(("coefficient", "standard_error", "lower", "upper", "p_value"), nw.Float64)
        return self._table(rows, {"driver": nw.String, "construct": nw.String} | numbers | {"as_expected": nw.Boolean})

    def drivers(self) -> Any:
        """Give what the index hangs on: one row for each driver.

        Returns
        -------
        table
            ``construct``, ``importance`` (points of the index for one point of the driver's), ``performance`` (the
            driver's index), ``total_effect`` in standard deviations with its ``standard_error``, ``lower``, ``upper``;
            the same of the other two, as ``importance_lower``.
        """
        plain = ("importance", "performance", "total_effect", "standard_error", "lower", "upper")
        ends = {name: (f"{name}_resampled",) for name in ("importance", "performance")}
        return self._with_ends(self._found["drivers"], plain, ends)

    def segments(self) -> Any:
        """Give the ``index`` of each segment with its interval: ``option`` (its number, from 1), ``respondents``."""
        numbers = ("respondents", "index", "standard_error", "lower", "upper")
        return self._table(self._found["segments"], {"option": nw.Int64} | dict.fromkeys(numbers, nw.Float64))

    def _with_ends(self, rows: list[dict[str, Any]], plain: Sequence[str], ends: Mapping[str, tuple[str, ...]]) -> Any:
        """Give plain numbers, and of some of them the standard error and interval that lie at these ways."""
        parts = ("standard_error", "lower", "upper")
        written = []
        for row in rows:
            more: dict[str, Any] = {}
            for name, way in ends.items():
                found: Any = row
                for key in way:
                    found = found[key]
                more |= {f"{name}_{part}": None if found is None else found[part] for part in parts}
            written.append(row | more)
        names = [*plain, *(f"{name}_{part}" for name in ends for part in parts)]
        return self._table(written, {"construct": nw.String} | dict.fromkeys(names, nw.Float64))

    def report(
        self,
        *,
        aim: float | None = None,
        earlier: StudyReport | tuple[float, float] | None = None,
        importance_cut: Cut | None = None,
        performance_cut: Cut | None = None,
    ) -> StudyReport:
        """Step 8: report.

        Parameters
        ----------
        aim : float, optional
            The index that was aimed at.
        earlier : StudyReport or (float, float), optional
            The report of an earlier study of other respondents, or its index and standard error.
        importance_cut, performance_cut : Cut, optional
            From where on the importance and the performance of a driver are high; default the mean of the drivers.

        Raises
        ------
        OutOfRangeError, NotFiniteError
            For an aim outside 0 to 100 and a negative standard error.
        """
        before = (earlier.index, earlier.standard_error) if isinstance(earlier, StudyReport) else earlier
        decision = {
            "aim": optional_number("aim", aim),
            "earlier": None if before is None else dict(zip(("index", "standard_error"), before, strict=True)),
            "importance_cut": _cut(importance_cut or Cut()),
            "performance_cut": _cut(performance_cut or Cut()),
        }
        found: StudyReport = self._advance(SurveyStep.REPORT, decision)
        return found


class StudyReport(Product):
    """Product of step 8: what the study found."""

    __slots__ = ()
    step = SurveyStep.REPORT

    @property
    def index(self) -> float:
        """The index, from 0 to 100."""
        return float(self._found["index"]["index"])

    @property
    def standard_error(self) -> float:
        """Its standard error."""
        return float(self._found["index"]["standard_error"])

    @property
    def interval(self) -> tuple[float, float]:
        """The ends of its interval."""
        return float(self._found["lower"]), float(self._found["upper"])

    @property
    def planned_margin(self) -> float:
        """Half-width of the interval that was planned in step 3."""
        return float(self._found["planned_margin"])

    @property
    def respondents(self) -> int:
        """Respondents who are kept."""
        return int(self._found["respondents"])

    @property
    def rates(self) -> OutcomeRates:
        """How many of those invited answered, refused, were reached."""
        return _rates(self._found["rates"])

    @property
    def reaches_aim(self) -> bool | None:
        """Whether the index is at the aim or above, if there is one."""
        reaches: bool | None = self._found["reaches_aim"]
        return reaches

    @property
    def change(self) -> IndexChange | None:
        """How the index compares with the earlier study, if there is one."""
        change = self._found["change"]
        return None if change is None else IndexChange._of(change)

    def drivers(self) -> Any:
        """Give what to improve, the most urgent first: one row for each driver.

        Returns
        -------
        table
            ``construct``, ``quadrant``, ``importance``, ``performance``, and ``potential``: points that the index would
            gain if nothing were left to wish for in the driver.
        """
        numbers = dict.fromkeys(("importance", "performance", "potential"), nw.Float64)
        return self._table(self._found["drivers"], {"construct": nw.String, "quadrant": nw.String} | numbers)

    def improve(self, actions: Iterable[Action]) -> ActionPlan:
        """Step 9: decide what is done.

        Raises
        ------
        NotFoundError
            For an action on a construct that does not drive the index.
        OutOfRangeError
            For a rise outside 0 to 100 or a negative cost.
        """
        decision = {"actions": [action._written() for action in actions]}
        found: ActionPlan = self._advance(SurveyStep.IMPROVE, decision)
        return found


class ActionPlan(Product):
    """Product of step 9: the actions in the order of what they improve, and the index that they lead to.

    In the structural model effects add up: what raises a driver by itself raises the index by the driver's total
    effect, whatever else is done. Importances are slopes found among customers: gains are what to expect if these are
    causes.
    """

    __slots__ = ()
    step = SurveyStep.IMPROVE

    @property
    def gain(self) -> float:
        """Points that the actions bring together."""
        return float(self._found["gain"])

    @property
    def expected_index(self) -> float:
        """The index after them, at most 100."""
        return float(self._found["expected_index"])

    def actions(self) -> Any:
        """Give the actions, those on the most urgent driver first.

        Returns
        -------
        table
            ``construct``, ``quadrant``, ``what``, ``owner``, ``due``, ``status``, ``rise``, ``gain``,
            ``cost``, ``gain_per_cost``.
        """
        texts = ("construct", "quadrant", "what", "owner", "due", "status")
        numbers = ("rise", "gain", "cost", "gain_per_cost")
        rows = [row | {"what": row["what"]["en"] or row["what"]["zh"]} for row in self._found["actions"]]
        return self._table(rows, dict.fromkeys(texts, nw.String) | dict.fromkeys(numbers, nw.Float64))

    def with_status(self, action: int, status: ActionStatus | str) -> ActionPlan:
        """Set how far the action at this place of those that were given is.

        Raises
        ------
        NotFoundError
            For a place without action.
        """
        place, chosen = integer("action", action, 0, LARGEST_INDEX), member("status", ActionStatus, status)
        found: ActionPlan = Product._of(self._study.with_status(place, chosen.value), self._library)
        return found

    def follow_up(self, later: SatisfactionIndex | StudyReport | ActionPlan) -> FollowUp:
        """Compare what the actions were expected to bring with what a later study, of other respondents, found.

        Raises
        ------
        NotFoundError
            For a construct that the later study does not have.
        """
        found = json.loads(self._study.follow_up(later._study))
        constructs = {
            row["construct"]: (float(row["expected"]), IndexChange._of(row["change"])) for row in found["constructs"]
        }
        return FollowUp(float(found["expected"]), IndexChange._of(found["change"]), constructs)


def _rates(found: dict[str, Any]) -> OutcomeRates:
    def rate(parts: dict[str, Any]) -> RateEstimate:
        known: dict[str, Any] = {name: float("nan") if value is None else value for name, value in parts.items()}
        return RateEstimate(**known)

    return OutcomeRates(**{name: rate(parts) for name, parts in found.items()})


def _cut(cut: Cut) -> Any:
    if cut.value is not None:
        return {"at": number("value", cut.value)}
    if cut.scale is not None:
        low, high = cut.scale
        return {"midpoint": {"low": number("low", low), "high": number("high", high)}}
    return "median" if cut.use_median else "mean"
