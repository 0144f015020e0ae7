"""Offers to customers, and conjoint analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import integer, member, number, optional_number, wrong_type
from crm_core._tables import frame_of
from crm_core.errors import NotFoundError
from crm_core.units import Category
from crm_core.value._codes import floats, truths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class AssignmentReason(Category):
    """Why a customer gets an offer or none."""

    BEST = "best"
    PLACES_ELSEWHERE = "places_elsewhere"
    MONEY_ELSEWHERE = "money_elsewhere"
    NO_GAIN = "no_gain"
    NOT_ELIGIBLE = "not_eligible"


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer that can be made.

    Attributes
    ----------
    cost : float
        What making it to one customer takes from the budget.
    capacity : int, optional
        To how many customers it can be made; all unless told.
    """

    cost: float = 0.0
    capacity: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Who gets which offer.

    Attributes
    ----------
    offer : numpy.ndarray of object
        The name of each customer's offer; None where none is made.
    reason : numpy.ndarray of str
        Why: names of :class:`AssignmentReason`.
    value, bound : float
        What is assigned is worth, and what no assignment can exceed.
    gap : float
        (bound - value) / bound: how far from the optimum it may be at most.
    cost : float
        What is assigned costs.
    made : dict of str to int
        How often each offer is made.
    place_prices : dict of str to float
        What one place more of each offer would be worth.
    money_price : float
        What one unit of budget more would be worth.
    """

    offer: NDArray[np.object_]
    reason: NDArray[np.str_]
    value: float
    bound: float
    gap: float
    cost: float
    made: dict[str, int]
    place_prices: dict[str, float]
    money_price: float


def assign(values: Any, offers: Mapping[str, Offer] | None = None, *, budget: float | None = None) -> Assignment:
    """Assign offers to customers, at most one to each, under a budget and capacities.

    Parameters
    ----------
    values : DataFrame
        A column for each offer with its expected value to each customer; minus infinity: the customer may not get
        it. Offers whose value is not more than 0 are not made.
    offers : mapping of str to Offer, optional
        Cost and capacity of each column's offer; free and without limit unless told.
    budget : float, optional
        For all offers.

    Returns
    -------
    Assignment

    Raises
    ------
    NotFoundError
        For an offer that is no column of ``values``.

    Notes
    -----
    Prices of places and of money minimise the dual of the linear programme, smoothed less and less (Nesterov 2005);
    then customers take their offers in the order of what they would lose by the next best. No assignment can exceed the
    dual: ``gap`` compares with it.

    Examples
    --------
    One place for the first offer: it goes to whom it is worth more, beyond the other offer.

    >>> import pandas as pd
    >>> found = assign(pd.DataFrame({"visit": [9.0, 8.0], "call": [7.0, 2.0]}), {"visit": Offer(capacity=1)})
    >>> found.offer.tolist(), found.value
    (['call', 'visit'], 15.0)
    """
    frame = frame_of(values)
    names = frame.columns
    terms = {} if offers is None else dict(offers)
    for name, offer in terms.items():
        if name not in names:
            message = f"offers is {name!r}: must be a column of values"
            raise NotFoundError(message, argument="offers", value=repr(name))
        if not isinstance(offer, Offer):
            raise wrong_type("offers", offer, "an Offer")
    given = [terms.get(name, Offer()) for name in names]
    parts = [
        (number("cost", offer.cost), None if offer.capacity is None else integer("capacity", offer.capacity))
        for offer in given
    ]
    columns = [floats("values", frame[name].to_native()) for name in names]
    found = _core.offers_assigned(columns, parts, optional_number("budget", budget))
    # One more at the end, for −1.
    labels = np.array([*names, None], dtype=object)
    return Assignment(
        offer=labels[np.array(found["offer"], dtype=np.int64)],
        reason=np.array([str(reason) for reason in AssignmentReason])[np.frombuffer(bytes(found["reason"]), np.uint8)],
        value=found["value"],
        bound=found["bound"],
        gap=found["gap"],
        cost=found["cost"],
        made=dict(zip(names, found["made"], strict=True)),
        place_prices=dict(zip(names, found["place_prices"], strict=True)),
        money_price=found["money_price"],
    )


@dataclass(frozen=True, slots=True)
class LevelWorth:
    """What a level of an attribute is worth, with its standard error; those of an attribute sum to zero."""

    worth: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class PartWorths:
    """What each level of each attribute of a product is worth to customers.

    Attributes
    ----------
    levels : dict of str to dict of object to LevelWorth
        For each attribute, its levels.
    importance : dict of str to float
        The range of each attribute's part-worths over the sum of all (Green & Rao 1971).
    """

    levels: dict[str, dict[Any, LevelWorth]]
    importance: dict[str, float]

    def utility(self, product: Mapping[str, Any]) -> float:
        """Return the utility of a product: the sum of the part-worths of its levels."""
        total = 0.0
        for attribute, levels in self.levels.items():
            if attribute not in product or product[attribute] not in levels:
                message = f"product: has no known level of {attribute!r}"
                raise NotFoundError(message, argument="product", value=repr(product.get(attribute)))
            total += levels[product[attribute]].worth
        return total

    def best_product(self, costs: Mapping[str, Mapping[Any, float]] | None = None) -> dict[str, Any]:
        """Return the product of the highest utility less cost; ``costs`` are of levels, in units of utility."""
        given: Any = {} if costs is None else costs
        return {
            attribute: max(levels, key=lambda level: levels[level].worth - given.get(attribute, {}).get(level, 0.0))
            for attribute, levels in self.levels.items()
        }


@dataclass(frozen=True, slots=True)
class RatingFit:
    """Part-worths from ratings, with the mean rating over all levels and how well they explain the ratings."""

    part_worths: PartWorths
    intercept: float
    r_squared: float
    degrees_of_freedom: int


@dataclass(frozen=True, slots=True)
class ChoiceFit:
    """Part-worths from choices in units of the logit, with ln L and ln L where all products are alike."""

    part_worths: PartWorths
    log_likelihood: float
    null_log_likelihood: float
    choices: int

    @property
    def mcfadden_r_squared(self) -> float:
        """1 - ln L / ln L of products that are all alike."""
        return 1 - self.log_likelihood / self.null_log_likelihood


def fit_ratings(products: Any, ratings: Any) -> RatingFit:
    """Estimate part-worths from ratings of products, by least squares on effects coding.

    Parameters
    ----------
    products : DataFrame
        A column of levels for each attribute, a row for each rating.
    ratings : column
        One per product.

    Raises
    ------
    NoSolutionError
        Where the products do not tell the levels apart, or there are too few.

    References
    ----------
    Green & Srinivasan 1978, "Conjoint Analysis in Consumer Research".

    Examples
    --------
    >>> import pandas as pd
    >>> products = pd.DataFrame({"price": ["low", "low", "high", "high", "low"], "quality": ["a", "b", "a", "b", "b"]})
    >>> fit = fit_ratings(products, [5.0, 9.0, 1.0, 5.0, 9.0])
    >>> round(fit.part_worths.levels["price"]["low"].worth, 9)
    2.0
    """
    attributes, columns = _levels(products)
    worths, intercept, r_squared, degrees = _core.ratings_fit(_named(attributes), columns, floats("ratings", ratings))
    return RatingFit(_part_worths(attributes, worths), intercept, r_squared, degrees)


def fit_choices(products: Any, choice_set: Any, chosen: Any) -> ChoiceFit:
    """Estimate part-worths from choices among sets of products, by a conditional logit.

    Parameters
    ----------
    products : DataFrame
        A column of levels for each attribute, a row for each product that was shown.
    choice_set : column
        The number of the set that each product was shown in; the rows of a set lie together.
    chosen : column
        Booleans, or 0 and 1: the one product of each set that was chosen.

    Raises
    ------
    NoSolutionError
        Where the products do not tell the levels apart, or a level is always or never chosen.

    References
    ----------
    McFadden 1974; Louviere & Woodworth 1983.

    Examples
    --------
    >>> import pandas as pd
    >>> products = pd.DataFrame({"price": ["low", "high"] * 4})
    >>> fit = fit_choices(products, [1, 1, 2, 2, 3, 3, 4, 4], [1, 0, 1, 0, 0, 1, 1, 0])
    >>> round(fit.part_worths.levels["price"]["low"].worth, 4)  # half the log of 3 to 1
    0.5493
    """
    attributes, columns = _levels(products)
    sets = [integer("set", int(value), row=row) for row, value in enumerate(floats("set", choice_set))]
    flags = truths("chosen", chosen).astype(np.uint8).tobytes()
    worths, likelihood, null, count = _core.choices_fit(_named(attributes), columns, sets, flags)
    return ChoiceFit(_part_worths(attributes, worths), likelihood, null, count)


Attributes = dict[str, list[Any]]


def _levels(products: Any) -> tuple[Attributes, list[NDArray[np.uint32]]]:
    """Give the levels of each attribute, in the order of their first row, and the columns of their numbers."""
    frame = frame_of(products)
    attributes: Attributes = {}
    columns = []
    for name in frame.columns:
        place: dict[Any, int] = {}
        codes = [place.setdefault(level, len(place)) for level in frame[name].to_list()]
        attributes[name] = list(place)
        columns.append(np.array(codes, dtype=np.uint32))
    return attributes, columns


def _named(attributes: Attributes) -> list[tuple[str, list[str]]]:
    return [(name, [str(level) for level in levels]) for name, levels in attributes.items()]


def _part_worths(attributes: Attributes, found: tuple[list[list[tuple[float, float]]], list[float]]) -> PartWorths:
    worths, importance = found
    levels = {
        name: {level: LevelWorth(*worth) for level, worth in zip(known, each, strict=True)}
        for (name, known), each in zip(attributes.items(), worths, strict=True)
    }
    return PartWorths(levels, dict(zip(attributes, importance, strict=True)))


class ChoiceRule(Category):
    """How utilities become choices: logit, first choice, or in proportion (Bradley, Terry & Luce)."""

    LOGIT = "logit"
    FIRST_CHOICE = "first_choice"
    BRADLEY_TERRY_LUCE = "bradley_terry_luce"


def choice_shares(utilities: Any, rule: ChoiceRule | str = ChoiceRule.LOGIT) -> dict[str, float]:
    """Return the share of choices of each product, over respondents with equal weight.

    Parameters
    ----------
    utilities : DataFrame
        A column for each product with its utility to each respondent.
    rule : ChoiceRule, optional
        How utilities become choices.

    Examples
    --------
    >>> import pandas as pd
    >>> choice_shares(pd.DataFrame({"ours": [2.0, 0.0], "theirs": [1.0, 3.0]}), "first_choice")
    {'ours': 0.5, 'theirs': 0.5}
    """
    frame = frame_of(utilities)
    columns = [floats("utilities", frame[name].to_native()) for name in frame.columns]
    found = _core.shares_of_choices(columns, member("rule", ChoiceRule, rule).value)
    return dict(zip(frame.columns, found, strict=True))
