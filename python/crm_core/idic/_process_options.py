"""What can be done next and offered, and how records of the process are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_core._options import integer, items, member, number
from crm_core.errors import NotFoundError
from crm_core.idic._interact import Channel, ContactPurpose
from crm_core.idic._schema import ResolveOptions, Survivorship
from crm_core.lifecycle import Stage
from crm_core.value import CustomerType, PyramidTier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom an action or an offer is; an empty tuple is for all. Who has no verdict is in no list of it.

    Attributes
    ----------
    stages : tuple of Stage
        Stages of the lifecycle.
    types : tuple of CustomerType
        Types by current and potential value.
    tiers : tuple of PyramidTier
        Tiers of the pyramid.
    needs : tuple of int
        Groups by needs.
    """

    stages: tuple[Stage, ...] = ()
    types: tuple[CustomerType, ...] = ()
    tiers: tuple[PyramidTier, ...] = ()
    needs: tuple[int, ...] = ()

    def stored(self) -> dict[str, Any]:
        return {
            "stages": [member("stages", Stage, each) for each in items("stages", self.stages)],
            "types": [member("types", CustomerType, each) for each in items("types", self.types)],
            "tiers": [member("tiers", PyramidTier, each) for each in items("tiers", self.tiers)],
            "needs": [integer("needs", each) for each in items("needs", self.needs)],
        }


EVERYBODY = Audience()


@dataclass(frozen=True, slots=True)
class NextAction:
    """Something that can be done next for a customer.

    Attributes
    ----------
    name : str
        Its name.
    channel : Channel
        Through which channel.
    purpose : ContactPurpose
        What for. With what sells (sales, winning back) goes an offer.
    cost : float
        What it costs each time, in the unit of rewards.
    label : dict of str to str, optional
        What people call it in ``"en"`` and ``"zh"``; the name unless told.
    audience : Audience
        For whom.
    """

    name: str
    channel: Channel
    purpose: ContactPurpose
    cost: float = 0.0
    label: Mapping[str, str] | None = None
    audience: Audience = EVERYBODY

    def stored(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": dict(self.label or {}),
            "channel": member("channel", Channel, self.channel),
            "purpose": member("purpose", ContactPurpose, self.purpose),
            "cost": number("cost", self.cost),
            "audience": self.audience.stored(),
        }


@dataclass(frozen=True, slots=True)
class OfferOption:
    """Something that can be offered. It is worth acceptance · (gain + gain_share · potential value) − cost.

    Attributes
    ----------
    name : str
        Its name.
    gain : float
        What it earns if it is accepted.
    acceptance : float
        The probability that it is accepted, before anything was seen.
    gain_share : float
        This part of the customer's potential value is added to the gain, where it is known.
    cost : float
        What making it costs, accepted or not.
    capacity : int, optional
        To how many customers of one round it can be made; all unless told.
    label : dict of str to str, optional
        What people call it in ``"en"`` and ``"zh"``; the name unless told.
    audience : Audience
        For whom.
    """

    name: str
    gain: float
    acceptance: float
    gain_share: float = 0.0
    cost: float = 0.0
    capacity: int | None = None
    label: Mapping[str, str] | None = None
    audience: Audience = EVERYBODY

    def stored(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": dict(self.label or {}),
            "gain": number("gain", self.gain),
            "gain_share": number("gain_share", self.gain_share),
            "acceptance": number("acceptance", self.acceptance),
            "cost": number("cost", self.cost),
            "capacity": None if self.capacity is None else integer("capacity", self.capacity),
            "audience": self.audience.stored(),
        }


def questions(needs: Iterable[str] | Mapping[str, Iterable[str]]) -> dict[str, Any]:
    names = items("needs", needs)
    answers: Any = needs if hasattr(needs, "keys") else {}
    choices = [{"name": str(name), "answers": [str(a) for a in items("needs", answers[name])]} for name in answers]
    return {"questions": [] if choices else names, "choices": choices}


def training(options: ResolveOptions, names: Sequence[str]) -> dict[str, Any]:
    (keys, comparisons, largest), (random_pairs, training_pairs, prior, bound, seed) = options._core(names)
    return {
        "blocking": {
            "keys": [{"fields": fields} for fields in keys],
            "comparisons_per_record": comparisons,
            "largest_block": largest,
        },
        "random_pairs": random_pairs,
        "training_pairs": training_pairs,
        "prior": prior,
        "term_frequency_bound": bound,
        "seed": seed,
    }


def survivorship_rules(rules: Mapping[str, Survivorship] | Survivorship, names: Sequence[str]) -> list[Survivorship]:
    by_field = dict.fromkeys(names, rules) if isinstance(rules, str) else dict(rules)
    unknown = [name for name in by_field if name not in names]
    if unknown:
        message = f"survivorship is {unknown[0]!r}: must be a field of the schema"
        raise NotFoundError(message, argument="survivorship", value=repr(unknown[0]))
    usual = Survivorship.MOST_FREQUENT
    return [member("survivorship", Survivorship, by_field.get(name, usual)) for name in names]
