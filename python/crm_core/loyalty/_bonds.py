"""What holds a relationship."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm_core import _core
from crm_core._options import member, number
from crm_core.units import Category, Language


class RelationshipLevel(Category):
    """A level of relationship marketing (Berry & Parasuraman 1991)."""

    FINANCIAL = "financial"
    SOCIAL = "social"
    STRUCTURAL = "structural"

    def instruments(self, language: Language | None = None) -> list[str]:
        """Name the instruments that are typical of the level.

        >>> RelationshipLevel.SOCIAL.instruments()[0]
        'a personal contact'
        """
        en, zh = _core.relationship_instruments()[self.code]
        return zh if language is not None and member("language", Language, language) is Language.ZH else en


class Bond(Category):
    """What binds a customer to the firm: five bonds from outside, five from inside (Liljander & Strandvik 1995)."""

    LEGAL = "legal"
    ECONOMIC = "economic"
    TECHNICAL = "technical"
    GEOGRAPHIC = "geographic"
    TEMPORAL = "temporal"
    KNOWLEDGE = "knowledge"
    SOCIAL = "social"
    CULTURAL = "cultural"
    VALUE = "value"
    PSYCHOLOGICAL = "psychological"

    @property
    def is_external(self) -> bool:
        """Whether the bond holds from outside, as an exit barrier."""
        return _core.external_bonds()[self.code]


@dataclass(frozen=True, slots=True)
class BondStrength:
    """What a customer's bonds come to.

    Attributes
    ----------
    strength : float
        1 - Π (1 - s) over all bonds: how likely one holds, if each does independently with its strength as probability.
    external : float
        The same over the external bonds: what keeps a customer who would rather leave.
    internal : float
        The same over the internal bonds: what makes a customer want to stay.
    """

    strength: float
    external: float
    internal: float


def bond_strength(strengths: Mapping[Bond, float]) -> BondStrength:
    """Score a customer's bonds.

    Parameters
    ----------
    strengths : mapping of Bond to float
        How strongly each bond holds, 0 to 1; those that are not named do not hold.

    Examples
    --------
    >>> from crm_core.loyalty import Bond, bond_strength
    >>> bond_strength({Bond.LEGAL: 0.5, Bond.SOCIAL: 0.75})
    BondStrength(strength=0.875, external=0.5, internal=0.75)
    """
    given = {member("strengths", Bond, bond): number("strengths", value) for bond, value in strengths.items()}
    return BondStrength(*_core.bond_strength([given.get(bond, 0.0) for bond in Bond]))
