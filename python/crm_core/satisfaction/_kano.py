"""Kano's model of quality."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._options import LARGEST_COUNT, integer, member
from crm_core._tables import backend, collect
from crm_core.errors import NotFoundError
from crm_core.satisfaction._answers import codes, same_length
from crm_core.satisfaction._answers import segments as read_segments
from crm_core.satisfaction._estimates import MeanEstimate, RateEstimate
from crm_core.units import Category, Language
from crm_core.value._codes import check_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from crm_core._columns import Number

__all__ = [
    "Fong",
    "KanoAnalysis",
    "KanoAnswer",
    "KanoCategory",
    "KanoCounts",
    "KanoImportance",
    "KanoPosition",
    "KanoProfile",
    "KanoRow",
    "KanoRules",
    "KanoTally",
    "kano",
    "kano_evaluate",
]


class KanoAnswer(Category):
    """An answer to one question of a Kano pair.

    ===========  =======  ===========================
    answer       integer  text
    ===========  =======  ===========================
    like         1        I like it that way
    must_be      2        It must be that way
    neutral      3        I am neutral
    live_with    4        I can live with it that way
    dislike      5        I dislike it that way
    ===========  =======  ===========================
    """

    LIKE = "like"
    MUST_BE = "must_be"
    NEUTRAL = "neutral"
    LIVE_WITH = "live_with"
    DISLIKE = "dislike"


class KanoCategory(Category):
    """What kind of quality an attribute is, in the order in which ties are decided.

    >>> from crm_core.units import Language
    >>> KanoCategory.ATTRACTIVE.label(Language.ZH)
    '迷人质量'
    """

    MUST_BE = "must_be"
    ONE_DIMENSIONAL = "one_dimensional"
    ATTRACTIVE = "attractive"
    INDIFFERENT = "indifferent"
    REVERSE = "reverse"
    QUESTIONABLE = "questionable"


def kano_evaluate(functional: KanoAnswer | str, dysfunctional: KanoAnswer | str) -> KanoCategory:
    """Return the category of a pair of answers by the evaluation table.

    ===========  ====  =======  =======  =========  =======
    functional   like  must-be  neutral  live with  dislike
    ===========  ====  =======  =======  =========  =======
    like         Q     A        A        A          O
    must-be      R     I        I        I          M
    neutral      R     I        I        I          M
    live with    R     I        I        I          M
    dislike      R     R        R        R          Q
    ===========  ====  =======  =======  =========  =======

    Examples
    --------
    >>> kano_evaluate("like", "dislike")
    <KanoCategory.ONE_DIMENSIONAL: 'one_dimensional'>
    """
    pair = member("functional", KanoAnswer, functional), member("dysfunctional", KanoAnswer, dysfunctional)
    return KanoCategory(_core.kano_evaluate(*map(str, pair)))


def _usual_scale() -> dict[Any, KanoAnswer]:
    scale: dict[Any, KanoAnswer] = {}
    for number, answer in enumerate(KanoAnswer, start=1):
        scale |= {number: answer, str(answer): answer}
        scale |= {answer.label(language): answer for language in Language}
    return scale


def _scale(scale: Mapping[Any, KanoAnswer | str] | None) -> dict[Any, int]:
    """Give the code of each answer that may stand in a column."""
    given = _usual_scale() if scale is None else scale
    return {answer: member("scale", KanoAnswer, means).code for answer, means in given.items()}


@dataclass(frozen=True, slots=True)
class KanoRules:
    """What the reader of a Kano survey decides beforehand.

    Attributes
    ----------
    confidence : float
        Level of the intervals.
    blend : float
        A category strength below this is a blend of categories (Lee & Newcomb).
    better_line, worse_line : float
        From this Better on an attribute counts as satisfying, from this −Worse on its lack as dissatisfying (Timko).
    """

    confidence: Number = 0.95
    blend: Number = 0.06
    better_line: Number = 0.5
    worse_line: Number = 0.5


@dataclass(frozen=True, slots=True)
class Fong:
    """Fong's test of whether the two most frequent categories, a ≥ b of n answers, differ.

    They do at the 10 % level if a − b ≥ 1.65·√((a + b)(2n − a − b)/(2n)). The root is the standard error of the
    difference of two independent counts; a and b are counts of one multinomial, so that the difference of equally
    frequent categories has the variance a + b, which is more. ``z`` and ``p_value`` are of that test.

    Attributes
    ----------
    difference : int
        a − b.
    critical : float
        1.65·√((a + b)(2n − a − b)/(2n)).
    significant : bool
        Whether the difference reaches the critical one.
    z : float
        (a − b)/√(a + b).
    p_value : float
        The two-sided probability of such a z.

    References
    ----------
    Fong (1996), "Using the self-stated importance questionnaire to interpret Kano questionnaire results", Center for
    Quality of Management Journal 5(3).
    """

    difference: int
    critical: float
    significant: bool
    z: float
    p_value: float


@dataclass(frozen=True, slots=True)
class KanoProfile:
    """What the counts of the categories say of one attribute.

    Attributes
    ----------
    respondents : int
        n, all answered pairs.
    category, runner_up : KanoCategory
        The most frequent category and the second; among equals the first of M > O > A > I > R > Q.
    tied : int
        How many categories are as frequent as the first: more than 1 is a tie.
    grouped_category : KanoCategory
        The most frequent of M, O, A if M + O + A > I + R + Q, else of I, R, Q (Blauth).
    category_strength : float
        Share of the first category less share of the second (Lee & Newcomb 1997).
    category_strength_error : float
        Its standard error, which takes the two categories for known.
    blended : bool
        Whether that is less than :attr:`KanoRules.blend`: the attribute belongs to no single category.
    total_strength : RateEstimate
        (M + O + A)/n, the share for whom the attribute matters (Lee & Newcomb 1997).
    fong : Fong
        Whether the two most frequent categories differ.
    better : RateEstimate
        Better, (A + O)/(A + O + M + I): how far its presence satisfies.
    worse : RateEstimate
        Worse, −(O + M)/(A + O + M + I): how far its absence dissatisfies. Rate and interval are negative.
    quadrant : KanoCategory or None
        The quadrant of (Better, Worse); None where nobody is in A, O, M or I (Timko, in Berger et al. 1993).
    """

    respondents: int
    category: KanoCategory
    runner_up: KanoCategory
    tied: int
    grouped_category: KanoCategory
    category_strength: float
    category_strength_error: float
    blended: bool
    total_strength: RateEstimate
    fong: Fong
    better: RateEstimate
    worse: RateEstimate
    quadrant: KanoCategory | None


@dataclass(frozen=True, slots=True)
class KanoCounts:
    """How many respondents put an attribute into each category.

    Examples
    --------
    >>> profile = KanoCounts(must_be=95, one_dimensional=123, attractive=45, indifferent=33).profile()
    >>> profile.category, round(profile.better.rate, 3), round(profile.worse.rate, 3)
    (<KanoCategory.ONE_DIMENSIONAL: 'one_dimensional'>, 0.568, -0.736)
    >>> profile.fong.difference, round(profile.fong.critical, 1)
    (28, 19.4)
    """

    must_be: int = 0
    one_dimensional: int = 0
    attractive: int = 0
    indifferent: int = 0
    reverse: int = 0
    questionable: int = 0

    def profile(self, rules: KanoRules | None = None) -> KanoProfile:
        """Return what they say: mode, strengths, Fong's test, Better and Worse.

        Raises
        ------
        EmptyError
            If nobody answered.

        References
        ----------
        Berger et al. (1993), "Kano's methods for understanding customer-defined quality", Center for Quality of
        Management Journal 2(4); Lee & Newcomb (1997); Fong (1996).
        """
        rules = KanoRules() if rules is None else rules
        counts = [integer(name, getattr(self, name), 0, LARGEST_COUNT) for name in KanoCategory]
        found = _core.kano_profile(counts, rules.confidence, rules.blend, rules.better_line, rules.worse_line)
        quadrant = found.pop("quadrant")
        for name in ("category", "runner_up", "grouped_category"):
            found[name] = KanoCategory(found[name])
        for name in ("total_strength", "better", "worse"):
            found[name] = RateEstimate(**found[name])
        found["fong"] = Fong(**found["fong"])
        return KanoProfile(quadrant=None if quadrant is None else KanoCategory(quadrant), **found)


@dataclass(frozen=True, slots=True)
class KanoImportance:
    """Stated importance w, and the scores weighted by it, Σ w x / Σ w.

    Attributes
    ----------
    stated : MeanEstimate
        Stated importance; ``count`` is how many stated one.
    unstated : int
        Respondents with a pair of answers who stated none; the weighted scores leave them out.
    functional, dysfunctional : MeanEstimate
        The weighted scores; their standard error is that of a ratio, √(n/(n − 1) Σ w²(x − x̄)²) / Σ w.
    category : KanoCategory
        The category of the weighted position.
    """

    stated: MeanEstimate
    unstated: int
    functional: MeanEstimate
    dysfunctional: MeanEstimate
    category: KanoCategory


@dataclass(frozen=True, slots=True)
class KanoPosition:
    """Where the mean answers lie: the continuous analysis of DuMouchel.

    Functional answers count 4, 2, 0, −1, −2, dysfunctional ones −2, −1, 0, 2, 4.

    Attributes
    ----------
    functional : MeanEstimate
        The functional score: how far its presence satisfies, −2 to 4.
    dysfunctional : MeanEstimate
        The dysfunctional score: how far its absence dissatisfies, −2 to 4.
    category : KanoCategory
        The category of the position. A mean above 2 is high, below −1 low; the evaluation table says the rest.
    importance : KanoImportance or None
        The same weighted by the stated importance; None where nobody stated one, or all 0.
    """

    functional: MeanEstimate
    dysfunctional: MeanEstimate
    category: KanoCategory
    importance: KanoImportance | None


def _means(found: dict[str, Any]) -> dict[str, Any]:
    """Give the parts of a position their types."""
    for name in ("functional", "dysfunctional", "stated"):
        if name in found:
            found[name] = MeanEstimate(**found[name])
    return {**found, "category": KanoCategory(found["category"])}


@dataclass(frozen=True, slots=True, eq=False)
class KanoTally:
    """How often each pair of answers about one attribute was given. Tallies of parts of a survey add up.

    Examples
    --------
    >>> tally = KanoTally.count(["like", "like", "neutral", None], ["dislike", "neutral", "dislike", "like"])
    >>> tally.counts
    KanoCounts(must_be=1, one_dimensional=1, attractive=1, indifferent=0, reverse=0, questionable=0)
    >>> tally.missing
    1
    >>> (tally + tally).missing
    2
    """

    _core: _core.KanoTally = field(repr=False)

    @classmethod
    def count(
        cls,
        functional: Any,
        dysfunctional: Any,
        *,
        importance: Any = None,
        scale: Mapping[Any, KanoAnswer | str] | None = None,
    ) -> KanoTally:
        """Count the answers to the pair of questions about one attribute.

        Parameters
        ----------
        functional, dysfunctional : column
            The answers to "how do you feel if it is there?" and "… if it is not there?": members of
            :class:`KanoAnswer`, their names, integers or texts. A pair of which one is missing is counted as missing.
        importance : column, optional
            How important each respondent says the attribute is, 0 or more, on any scale; missing where not stated.
        scale : mapping, optional
            Which :class:`KanoAnswer` each value means; by default the table there, with Chinese texts too.
        """
        return cls.by_segment(None, functional, dysfunctional, importance=importance, scale=scale)[None]

    @classmethod
    def by_segment(
        cls,
        segments: Any,
        functional: Any,
        dysfunctional: Any,
        *,
        importance: Any = None,
        scale: Mapping[Any, KanoAnswer | str] | None = None,
    ) -> dict[Any, KanoTally]:
        """Count the answers for each segment apart, in one pass; see :meth:`count`."""
        columns = {"functional": functional, "dysfunctional": dysfunctional}
        columns |= {} if importance is None else {"importance": importance}
        columns |= {} if segments is None else {"segments": segments}
        check_index(**columns)
        values = _scale(scale)
        own = codes("functional", functional, values), codes("dysfunctional", dysfunctional, values)
        same_length("dysfunctional", len(own[1]), len(own[0]), "functional")
        weight, place, names = None, None, [None]
        if importance is not None:
            weight = _stated(importance)
            same_length("importance", len(weight), len(own[0]), "functional")
        if segments is not None:
            place, names = read_segments("segments", segments)
            same_length("segments", len(place), len(own[0]), "functional")
        if not names:
            return {}
        tallies = _core.kano_tallies(*own, weight, place, len(names))
        return {name: cls(tally) for name, tally in zip(names, tallies, strict=True)}

    @property
    def missing(self) -> int:
        """Respondents who left one of the questions, or both, without an answer."""
        return self._core.missing

    @property
    def table(self) -> NDArray[np.int64]:
        """Respondents by functional (row) and dysfunctional answer (column)."""
        return np.array(self._core.table(), dtype=np.int64)

    @property
    def counts(self) -> KanoCounts:
        """How many respondents fall into each category, by the evaluation table."""
        return KanoCounts(**self._core.counts())

    def reversed(self) -> KanoTally:
        """Return the tally as if the questions had been asked the other way round.

        Use it for an attribute that proves reverse: what is wanted is then its absence.
        """
        return KanoTally(self._core.reversed())

    def __add__(self, other: KanoTally) -> KanoTally:
        return KanoTally(self._core.add(other._core))

    def profile(self, rules: KanoRules | None = None) -> KanoProfile:
        """Return what the counts say; see :meth:`KanoCounts.profile`."""
        return self.counts.profile(rules)

    def position(self, confidence: Number = 0.95) -> KanoPosition:
        """Return the continuous analysis.

        Raises
        ------
        EmptyError
            If nobody answered.
        """
        found = self._core.position(confidence)
        weighted = found.pop("importance")
        importance = None if weighted is None else KanoImportance(**_means(weighted))
        return KanoPosition(importance=importance, **_means(found))


def _stated(importance: Any) -> NDArray[np.float64]:
    from crm_core._columns import read

    return np.ascontiguousarray(read("importance", importance).values)


@dataclass(frozen=True, slots=True)
class KanoRow:
    """One attribute, or one attribute in one segment.

    Attributes
    ----------
    attribute : str
        Its name.
    segment : object
        The segment; None for all respondents.
    tally : KanoTally
        The pairs of answers.
    profile : KanoProfile or None
        What the counts say; None if nobody in the segment answered both questions.
    position : KanoPosition or None
        The continuous analysis; None if nobody did.
    reversed : bool
        Whether the questions are taken the other way round.
    """

    attribute: str
    segment: Any
    tally: KanoTally
    profile: KanoProfile | None
    position: KanoPosition | None
    reversed: bool


@dataclass(frozen=True, slots=True, eq=False)
class KanoAnalysis:
    """A Kano survey, attribute by attribute.

    Attributes
    ----------
    rows : tuple of KanoRow
        In the order of the attributes; for each the segments in order.
    """

    rows: tuple[KanoRow, ...]
    _library: Any = field(repr=False)

    def __getitem__(self, attribute: str) -> KanoRow:
        """Return the first row of an attribute: the only one without segments."""
        for row in self.rows:
            if row.attribute == attribute:
                return row
        message = f"attribute is {attribute!r}: is not in the survey"
        raise NotFoundError(message, argument="attribute", value=repr(attribute))

    def table(self) -> Any:
        """Give all figures as a DataFrame of the library that the survey is of, one row per :class:`KanoRow`."""
        rows = [_flat(row) for row in self.rows]
        columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
        return nw.from_dict(columns, backend=self._library).to_native()


_RATES = ("total_strength", "better", "worse")
_PARTS = ("standard_error", "lower", "upper")


def _flat(row: KanoRow) -> dict[str, Any]:
    profile, position, counts = row.profile, row.position, row.tally.counts
    weighted = None if position is None else position.importance
    flat: dict[str, Any] = {"attribute": row.attribute}
    if row.segment is not None:
        flat["segment"] = row.segment
    flat["respondents"] = 0 if profile is None else profile.respondents
    flat["missing"] = row.tally.missing
    flat |= {str(name): getattr(counts, name) for name in KanoCategory}
    for name in ("category", "runner_up", "grouped_category", "quadrant"):
        found = None if profile is None else getattr(profile, name)
        flat[name] = None if found is None else str(found)
    for name in ("category_strength", "category_strength_error"):
        flat[name] = None if profile is None else getattr(profile, name)
    flat["blended"] = None if profile is None else profile.blended
    for name in ("difference", "critical", "significant", "p_value"):
        flat[f"fong_{name}"] = None if profile is None else getattr(profile.fong, name)
    for name in _RATES:
        flat |= _estimate(name, "rate", None if profile is None else getattr(profile, name))
    for name in ("functional", "dysfunctional"):
        flat |= _estimate(name, "mean", None if position is None else getattr(position, name))
    flat["position"] = None if position is None else str(position.category)
    flat |= _estimate("importance", "mean", None if weighted is None else weighted.stated)
    for name in ("functional", "dysfunctional"):
        flat |= _estimate(f"weighted_{name}", "mean", None if weighted is None else getattr(weighted, name))
    flat["weighted_position"] = None if weighted is None else str(weighted.category)
    return flat


def _estimate(name: str, centre: str, estimate: RateEstimate | MeanEstimate | None) -> dict[str, float | None]:
    names = {name: centre} | {f"{name}_{part}": part for part in _PARTS}
    return {key: None if estimate is None else _number(getattr(estimate, part)) for key, part in names.items()}


def _number(value: float) -> float | None:
    return None if value != value else value


def kano(
    table: Any,
    attributes: Mapping[str, Sequence[str]],
    *,
    segment: str | None = None,
    reverse: Iterable[str] = (),
    scale: Mapping[Any, KanoAnswer | str] | None = None,
    rules: KanoRules | None = None,
) -> KanoAnalysis:
    """Analyse a Kano survey: every attribute, in every segment.

    Parameters
    ----------
    table : DataFrame
        One row per respondent, of pandas, polars, pyarrow, or a dict of columns.
    attributes : mapping
        For each attribute the columns of its functional and its dysfunctional question and, if it was asked, of its
        stated importance.
    segment : str, optional
        The column of the segments; they are then analysed apart.
    reverse : iterable of str
        Attributes whose questions are taken the other way round.
    scale : mapping, optional
        Which :class:`KanoAnswer` each value in the columns means; by default integers from 1 (like) to 5 (dislike),
        names, and the texts in English or Chinese.
    rules : KanoRules, optional
        Confidence, blend and lines.

    Raises
    ------
    OutOfRangeError
        For a value that the scale does not know, with its row.

    References
    ----------
    Kano, Seraku, Takahashi & Tsuji (1984); Berger et al. (1993).

    Examples
    --------
    >>> survey = {"quiet": [1, 1, 3, 1], "loud": [5, 5, 5, 3], "radio": [1, 1, 1, 3], "no radio": [3, 3, 4, 3]}
    >>> analysis = kano(survey, {"quiet": ("quiet", "loud"), "radio": ("radio", "no radio")})
    >>> for row in analysis.rows:
    ...     print(row.attribute, row.profile.category, row.position.category, row.profile.better.rate)
    quiet one_dimensional one_dimensional 0.75
    radio attractive attractive 0.75
    """
    rules = KanoRules() if rules is None else rules
    frame = collect(table)
    turned = set(reverse)
    for name in turned - set(attributes):
        raise NotFoundError(f"reverse is {name!r}: is not an attribute", argument="reverse", value=repr(name))
    segments = None if segment is None else _column(frame, segment)
    rows = []
    for attribute, names in attributes.items():
        functional, dysfunctional, *others = (_column(frame, name) for name in names)
        importance = others[0] if others else None
        tallies = KanoTally.by_segment(segments, functional, dysfunctional, importance=importance, scale=scale)
        for own, counted in tallies.items():
            tally = counted.reversed() if attribute in turned else counted
            answered = bool(tally.table.any())
            rows.append(
                KanoRow(
                    attribute,
                    own,
                    tally,
                    tally.profile(rules) if answered else None,
                    tally.position(rules.confidence) if answered else None,
                    attribute in turned,
                )
            )
    return KanoAnalysis(tuple(rows), "pyarrow" if isinstance(table, dict) else backend(table))


def _column(table: Any, name: str) -> Any:
    try:
        return table[name]
    except (KeyError, LookupError):
        raise NotFoundError(f"column is {name!r}: is not in the table", argument="column", value=repr(name)) from None
    except Exception as error:
        if type(error).__name__ == "ColumnNotFoundError":
            message = f"column is {name!r}: is not in the table"
            raise NotFoundError(message, argument="column", value=repr(name)) from None
        raise
