"""The seven categories of loyalty, and attitude against behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
from narwhals import dependencies

from crm_core import _core
from crm_core._columns import Labelled, check_aligned, is_column
from crm_core._options import integer, library_name, member, number
from crm_core._tables import native
from crm_core.units import Category, Language
from crm_core.value._codes import categories_like, check_index, floats, numbers, numbers_or_truths

if TYPE_CHECKING:
    from crm_core._columns import Column


class LoyaltyCategory(Category):
    """Why a customer buys again.

    ===========  ==========  ===============  ====================================================
    category     attachment  repeat purchase  why they stay
    ===========  ==========  ===============  ====================================================
    monopoly     low         high             there is no alternative
    inertia      low         high             too much trouble to look elsewhere
    latent       high        low              wants to buy more; rules or circumstances prevent it
    convenience  low         high             near, easy, habitual
    price        low         low to the firm  the lowest price, wherever it is
    incentive    low         high             points, rewards, a programme
    premium      high        high             conviction; recommends
    ===========  ==========  ===============  ====================================================
    """

    MONOPOLY = "monopoly"
    INERTIA = "inertia"
    LATENT = "latent"
    CONVENIENCE = "convenience"
    PRICE = "price"
    INCENTIVE = "incentive"
    PREMIUM = "premium"

    def why(self, language: Language | None = None) -> str:
        """Say why customers of this category stay."""
        return self._text(0, language)

    def vulnerability(self, language: Language | None = None) -> str:
        """Say what would make them leave.

        >>> LoyaltyCategory.PRICE.vulnerability()
        'Any lower price.'
        """
        return self._text(1, language)

    def measure(self, language: Language | None = None) -> str:
        """Say what fits them."""
        return self._text(2, language)

    def _text(self, place: int, language: Language | None) -> str:
        en, zh = _core.loyalty_category_texts()[self.code][place]
        return zh if language is not None and member("language", Language, language) is Language.ZH else en


class LoyaltyOutcome(Category):
    """Whether there is a verdict: a category fits best, several fit about alike, none fits, or too little is known."""

    DECIDED = "decided"
    AMBIGUOUS = "ambiguous"
    NO_LOYALTY = "no_loyalty"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"


class LatentAttachment(Category):
    """Where Latent loyalty lies: high attachment (Griffin; Dick & Basu), or low (common in Chinese textbooks)."""

    HIGH = "high"
    LOW = "low"


class Clue(Category):
    """What may be known of a customer's loyalty: the arguments of :func:`classify`."""

    ATTACHMENT = "attachment"
    REPEAT_PURCHASE = "repeat_purchase"
    ALTERNATIVES = "alternatives"
    SWITCHING_EFFORT = "switching_effort"
    CONVENIENCE = "convenience"
    PROMOTION_SHARE = "promotion_share"
    REWARD_SHARE = "reward_share"
    CONSTRAINT = "constraint"


class Contradiction(Category):
    """Pieces of evidence that contradict each other."""

    ATTACHED_FOR_THE_PRICE = "attached_for_the_price"
    CAPTIVE_AND_AWAY = "captive_and_away"
    CONSTRAINED_AND_BUYING = "constrained_and_buying"
    SEVERAL_DRIVERS = "several_drivers"


class LoyaltyCondition(Category):
    """Attitude against behaviour (Dick & Basu 1994): true, latent, spurious loyalty or none."""

    TRUE = "true"
    LATENT = "latent"
    SPURIOUS = "spurious"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class LoyaltyRules:
    """What classification assumes.

    Attributes
    ----------
    latent : LatentAttachment
        Where Latent loyalty lies.
    least_fit : float
        A category must fit better than this to be a verdict; unknown evidence fits by 0.5.
    least_margin : float
        It must fit better than the next by more than this: about what errors of a tenth in two clues come to.
    least_known : int
        So many of its conditions must be known, 0 to 3: one clue alone is none of the seven.
    high : float
        From here on evidence counts as high, and 1 less it as low, where contradictions are looked for.
    """

    latent: LatentAttachment = LatentAttachment.HIGH
    least_fit: float = 0.5
    least_margin: float = 0.1
    least_known: int = 2
    high: float = 0.7


def classify(
    *,
    attachment: Any = None,
    repeat_purchase: Any = None,
    alternatives: Any = None,
    switching_effort: Any = None,
    convenience: Any = None,
    promotion_share: Any = None,
    reward_share: Any = None,
    constraint: Any = None,
    rules: LoyaltyRules | None = None,
    language: Language | None = None,
    library: str | None = None,
) -> Any:
    """Classify each customer into one of seven categories of loyalty.

    A category fits as far as its conditions hold: the geometric mean of their degrees, where high evidence x holds to
    the degree x, low evidence to 1 - x, and unknown evidence to 1/2, so that what is missing lowers the fit and the
    margin. A category of low attachment and low repeat purchase does not fit at all while its driver is unknown. The
    best is the verdict if enough of its conditions are known, it fits, and it leads by more than the rules ask; else
    the ``outcome`` says what fails.

    Parameters
    ----------
    attachment : column or float, optional
        From survey items, 0 to 1. All evidence may be missing, in whole or by row (null, NaN).
    repeat_purchase : column or float, optional
        Repeat rate or share of wallet, 0 to 1.
    alternatives : column or float, optional
        How many viable alternatives the customer has: 0, 1, 2, ...
    switching_effort : column or float, optional
        What trouble it is to look and switch elsewhere, 0 to 1.
    convenience : column or float, optional
        How near and easy buying here is, 0 to 1.
    promotion_share : column or float, optional
        Share of purchases at a reduced or the lowest price, 0 to 1.
    reward_share : column or float, optional
        Share of purchases that earn or redeem rewards, 0 to 1.
    constraint : column or float, optional
        Whether rules or circumstances keep the customer from buying more: booleans, or 0 and 1.
    rules : LoyaltyRules, optional
        What classification assumes.
    language : Language, optional
        With it, there is a column ``reasons``: what decided, what is missing and what contradicts, in words.
    library : str, optional
        Which DataFrame to make: "pandas", "polars" or "pyarrow"; without it, that of the first column.

    Returns
    -------
    DataFrame
        Columns ``outcome`` (:class:`LoyaltyOutcome`), ``best`` and ``next`` (:class:`LoyaltyCategory`), ``fit`` and
        ``margin`` (by how much the next fits less: how sure the verdict is), ``known`` of ``conditions`` of the best, a
        boolean for each :class:`Contradiction`, and ``reasons``.

    Raises
    ------
    OutOfRangeError
        For evidence out of its range, with its row.
    LengthMismatchError
        For columns of different lengths.

    References
    ----------
    Griffin 1995, "Customer Loyalty"; Dick & Basu 1994, "Customer loyalty: toward an integrated conceptual framework".

    Examples
    --------
    >>> from crm_core.loyalty import classify
    >>> from crm_core.units import Language
    >>> found = classify(attachment=[0.9, 0.2], repeat_purchase=[0.8, 0.25], language=Language.EN)
    >>> print(found["reasons"][0])
    Premium loyalty (fit 0.85, 0.40 ahead of latent loyalty): attachment 0.90 is high, repeat purchase 0.80 is high.
    >>> found["outcome"].tolist()
    ['decided', 'no_loyalty']
    """
    given = {
        "attachment": attachment,
        "repeat_purchase": repeat_purchase,
        "alternatives": alternatives,
        "switching_effort": switching_effort,
        "convenience": convenience,
        "promotion_share": promotion_share,
        "reward_share": reward_share,
        "constraint": constraint,
    }
    columns = {
        name: Labelled(numbers_or_truths(name, value), value.index if dependencies.is_pandas_series(value) else None)
        for name, value in given.items()
        if is_column(value)
    }
    if columns:
        check_aligned(columns)
    rows = len(next(iter(columns.values())).values) if columns else 1
    evidence = [
        columns[name].values if name in columns else np.nan if value is None else number(name, value)
        for name, value in given.items()
    ]
    chosen = LoyaltyRules() if rules is None else rules
    parts = (
        member("latent", LatentAttachment, chosen.latent),
        number("least_fit", chosen.least_fit),
        number("least_margin", chosen.least_margin),
        integer("least_known", chosen.least_known, 0, 3),
        number("high", chosen.high),
    )
    words = None if language is None else member("language", Language, language)
    table = _core.loyalty_classify(rows, evidence, parts, words)
    return native(table, _library_of(given.values()) if library is None else library_name(library))


def loyalty_conditions(
    attitude: Column, behaviour: Column, *, attitude_cut: float = 0.5, behaviour_cut: float = 0.5
) -> Any:
    """Tell true, latent and spurious loyalty and none apart, as a column of the same kind as ``attitude``.

    Parameters
    ----------
    attitude, behaviour : column
        Attachment, and repeat purchase; high from their cuts on.
    attitude_cut, behaviour_cut : float, optional
        The cuts.

    Examples
    --------
    >>> from crm_core.loyalty import loyalty_conditions
    >>> loyalty_conditions([0.9, 0.2], [0.8, 0.7]).tolist()
    ['true', 'spurious']
    """
    check_index(attitude=attitude, behaviour=behaviour)
    cuts = [number("attitude_cut", attitude_cut), number("behaviour_cut", behaviour_cut)]
    codes = _core.loyalty_conditions(floats("attitude", attitude), floats("behaviour", behaviour), cuts)
    return categories_like(attitude, numbers(codes), list(LoyaltyCondition))


def _library_of(values: Any) -> Any:
    for value in values:
        if nw.dependencies.is_polars_series(value):
            return nw.Implementation.POLARS
        if type(value).__module__ == "pyarrow.lib":
            return nw.Implementation.PYARROW
    return nw.Implementation.PANDAS
