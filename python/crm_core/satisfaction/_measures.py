"""Satisfaction as customers show it, delivered value, and how much to promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from crm_core import _core
from crm_core._options import LARGEST_COUNT, integer, items, member, number
from crm_core.satisfaction._estimates import MeanEstimate, RateEstimate
from crm_core.units import Category
from crm_core.value._codes import floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_core._columns import Column, Number

__all__ = [
    "BehaviouralMeasure",
    "DeliveredValue",
    "DeliveredValueEffect",
    "DeliveredValueItem",
    "ExpectationModel",
    "ExpectationPoint",
    "LogisticResponse",
    "behavioural_rate",
    "delivered_value_effects",
    "purchase_amount",
]


class BehaviouralMeasure(Category):
    """A rate by which customers show how satisfied they are.

    =================  ===================================  ==============================
    measure            count                                base
    =================  ===================================  ==============================
    favourability      customers who speak well of a brand  those who know it
    named_brand        buyers who ask for it by name        buyers of the kind of product
    repeat             customers who bought again           those who bought
    complaint          customers who complained             those who bought
    service_complaint  services that were complained of     services done
    omission           services that were left out          services that were due
    dissatisfaction    services found unsatisfactory        services that were asked about
    =================  ===================================  ==============================
    """

    FAVOURABILITY = "favourability"
    NAMED_BRAND = "named_brand"
    REPEAT = "repeat"
    COMPLAINT = "complaint"
    SERVICE_COMPLAINT = "service_complaint"
    OMISSION = "omission"
    DISSATISFACTION = "dissatisfaction"


def behavioural_rate(
    measure: BehaviouralMeasure | str, count: int, base: int, confidence: Number = 0.95
) -> RateEstimate:
    """Return a rate by which customers show how satisfied they are, with its Wilson interval.

    Parameters
    ----------
    measure : BehaviouralMeasure
        What ``count`` of ``base`` are.
    count, base : int
        How many, of how many.
    confidence : float
        Level of the interval.

    Examples
    --------
    >>> repeat = behavioural_rate("repeat", 10, 50)
    >>> repeat.rate, round(repeat.lower, 4), round(repeat.upper, 4)
    (0.2, 0.1124, 0.3304)
    """
    counts = integer("count", count, 0, LARGEST_COUNT), integer("base", base, 0, LARGEST_COUNT)
    return RateEstimate(
        **_core.behavioural_rate(str(member("measure", BehaviouralMeasure, measure)), *counts, confidence)
    )


def purchase_amount(amounts: Column, confidence: Number = 0.95) -> MeanEstimate:
    """Return the mean amount of a purchase, with Student's interval.

    >>> purchase_amount([10.0, 20.0, 30.0]).mean
    20.0
    """
    return MeanEstimate(**_core.purchase_amount(floats("amounts", amounts), confidence))


class DeliveredValueItem(Category):
    """A benefit or a cost of a customer; the last four are costs."""

    PRODUCT = "product"
    SERVICE = "service"
    PERSONNEL = "personnel"
    IMAGE = "image"
    MONEY = "money"
    TIME = "time"
    ENERGY = "energy"
    PHYSICAL = "physical"


@dataclass(frozen=True, slots=True)
class DeliveredValueEffect:
    """What one item does to the delivered value, with benefits B and costs C.

    Attributes
    ----------
    item : DeliveredValueItem
        The item.
    contribution : float
        w·x, or −w·x of a cost: its part of the net value.
    net_derivative : float
        What one unit more does to the net value: w, or −w of a cost.
    ratio_derivative : float
        What one unit more does to B/C: w/C, or −w·B/C² of a cost; NaN where C is 0.
    ratio_elasticity : float
        What one percent more does to B/C, in percent; NaN where B or C is 0.
    """

    item: DeliveredValueItem
    contribution: float
    net_derivative: float
    ratio_derivative: float
    ratio_elasticity: float


@dataclass(frozen=True, slots=True)
class DeliveredValue:
    """Delivered value of one offer.

    Attributes
    ----------
    benefits, costs : float
        B = Σ w·x over the benefits, C over the costs.
    net : float
        B − C.
    ratio : float
        B / C; NaN where C is 0.
    effects : tuple of DeliveredValueEffect
        Each item.
    """

    benefits: float
    costs: float
    net: float
    ratio: float
    effects: tuple[DeliveredValueEffect, ...]


def delivered_value_effects(
    amounts: Mapping[str, Number] | Sequence[Number], weights: Mapping[str, Number] | Sequence[Number] | None = None
) -> DeliveredValue:
    """Return the delivered value of weighted items, and what each does to it.

    Parameters
    ----------
    amounts : mapping or sequence
        Amount of each :class:`DeliveredValueItem`, 0 or more; of a mapping 0 where it is not named.
    weights : mapping or sequence, optional
        Weight of each, 0 or more; 1 where it is not named.

    References
    ----------
    Kotler (1994), Marketing Management, chapter 2.

    Examples
    --------
    >>> offer = delivered_value_effects({"product": 8, "service": 4, "money": 5, "time": 1})
    >>> offer.net, offer.ratio
    (6.0, 2.0)
    >>> max(offer.effects, key=lambda effect: abs(effect.ratio_elasticity)).item
    <DeliveredValueItem.MONEY: 'money'>
    """
    own = {} if weights is None else weights
    found = _core.delivered_value_effects(_eight("amounts", amounts, 0.0), _eight("weights", own, 1.0))
    effects = [{**effect, "item": DeliveredValueItem(effect["item"])} for effect in found.pop("effects")]
    return DeliveredValue(effects=tuple(DeliveredValueEffect(**effect) for effect in effects), **found)


def _eight(argument: str, values: Mapping[str, Number] | Sequence[Number], unnamed: float) -> list[float]:
    if not isinstance(values, Mapping):
        return [number(argument, value) for value in items(argument, values)]
    named = {member(argument, DeliveredValueItem, name): number(argument, value) for name, value in values.items()}
    return [named.get(item, unnamed) for item in DeliveredValueItem]


@dataclass(frozen=True, slots=True)
class LogisticResponse:
    """A share that grows with what it answers to: ceiling / (1 + exp(−steepness·(x − midpoint))).

    Attributes
    ----------
    ceiling : float
        The share that it comes near to, greater than 0, at most 1.
    midpoint : float
        Where half of it is reached.
    steepness : float
        How fast it grows, greater than 0.
    """

    ceiling: float
    midpoint: float
    steepness: float


@dataclass(frozen=True, slots=True)
class ExpectationPoint:
    """What comes of one level of expectation.

    Attributes
    ----------
    expectation, degree : float
        a, and the satisfaction degree C = b/a.
    buyers : float
        N·D(a).
    repeat_rate : float
        R(C).
    repeat_sales : float
        N·D(a)·R(C).
    """

    expectation: float
    degree: float
    buyers: float
    repeat_rate: float
    repeat_sales: float


@dataclass(frozen=True, slots=True)
class ExpectationModel:
    """How expectation brings buyers, and satisfaction brings them back.

    Repeat sales at the expectation a, with a perceived value of b, are N·D(a)·R(b/a): too little expectation brings few
    buyers, too much brings few back.

    Attributes
    ----------
    market : float
        N, how many could buy.
    perceived : float
        b, the value that buyers will perceive.
    purchase : LogisticResponse
        D, the share who buy, by the expectation a.
    repeat : LogisticResponse
        R, the share of buyers who buy again, by the satisfaction degree C = b/a.
    lowest, highest : float
        The expectations that can be set.

    Examples
    --------
    >>> model = ExpectationModel(
    ...     market=10_000,
    ...     perceived=5,
    ...     purchase=LogisticResponse(ceiling=0.5, midpoint=4, steepness=1),
    ...     repeat=LogisticResponse(ceiling=0.9, midpoint=1, steepness=6),
    ...     lowest=1,
    ...     highest=10,
    ... )
    >>> best, interior = model.optimum()
    >>> round(best.degree, 2), interior
    (1.17, True)
    """

    market: float
    perceived: float
    purchase: LogisticResponse
    repeat: LogisticResponse
    lowest: float
    highest: float

    def curve(self, points: int = 101) -> list[ExpectationPoint]:
        """Return levels of expectation, evenly from the lowest to the highest, and what comes of each."""
        found = _core.expectation_curve(self._plain(), integer("points", points))
        return [ExpectationPoint(**point) for point in found]

    def optimum(self) -> tuple[ExpectationPoint, bool]:
        """Return the expectation with the most repeat sales, and whether they are stationary there.

        If not, it is the lowest or the highest that can be set.
        """
        point, interior = _core.expectation_optimum(self._plain())
        return ExpectationPoint(**point), interior

    def _plain(self) -> dict[str, Any]:
        plain = asdict(self)
        for part in (plain, plain["purchase"], plain["repeat"]):
            part |= {name: number(name, value) for name, value in part.items() if not isinstance(value, dict)}
        return plain
