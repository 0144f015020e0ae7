"""Trees of indices, and that of CRM capability."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

from crm_core import _core
from crm_core._options import items, library_name, member, number
from crm_core.capability._fuzzy import Composition, GradeScale
from crm_core.errors import LengthMismatchError, NotFoundError
from crm_core.units import Category, Language

if TYPE_CHECKING:
    from collections.abc import Iterable


class InfluencingFactor(Category):
    """What the CRM capability of a firm hangs on."""

    INFORMATION_TECHNOLOGY = "information_technology"
    LEADERSHIP = "leadership"
    CULTURE = "culture"
    PEOPLE = "people"
    ORGANISATION = "organisation"
    SUPPLY_CHAIN_PARTNERS = "supply_chain_partners"


@dataclass(frozen=True, slots=True)
class Index:
    """An index: measured, or made of others.

    Attributes
    ----------
    name : str
        What programs call it; no two of a tree have the same.
    en, zh : str
        The English and the Chinese term.
    weight : float
        Its weight among the parts of the index that it belongs to, of sum 1; 1 for the root.
    parts : tuple of Index
        What it is made of; none for a leaf, which is measured.
    """

    name: str
    en: str
    zh: str
    weight: float = 1.0
    parts: tuple[Index, ...] = ()

    def label(self, language: Language = Language.EN) -> str:
        """Give the term in a language."""
        return self.zh if member("language", Language, language) == Language.ZH else self.en

    @classmethod
    def _of(cls, read: dict[str, Any]) -> Index:
        return cls(**read | {"parts": tuple(cls._of(part) for part in read.get("parts", []))})

    def _all(self) -> list[Index]:
        return [self, *(index for part in self.parts for index in part._all())]


@dataclass(frozen=True, slots=True)
class EvaluatedIndex:
    """What an index comes to.

    Attributes
    ----------
    name : str
        The index.
    share : float
        Its weight in the whole.
    membership : list of float
        Its degrees in the grades.
    score : float
        The verdict by weighted average.
    grade : int
        The verdict by largest membership: the place of the grade, from 0.
    margin : float
        By how much that grade leads the next.
    sensitivity : float or None
        How the score of the root changes with this weight while the other parts shrink in proportion; None for the
        root, an only part, and compositions other than the weighted average.
    """

    name: str
    share: float
    membership: list[float]
    score: float
    grade: int
    margin: float
    sensitivity: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An evaluated tree.

    Attributes
    ----------
    scale : GradeScale
        The grades.
    indices : tuple of EvaluatedIndex
        Every index, each before its parts: the first is the whole.
    """

    scale: GradeScale
    indices: tuple[EvaluatedIndex, ...]

    @property
    def score(self) -> float:
        """The score of the whole."""
        return self.indices[0].score

    @property
    def grade(self) -> str:
        """The grade of the whole."""
        return self.scale.names[self.indices[0].grade]

    def table(self, *, library: str = "pandas") -> Any:
        """Give one row per index, each before its parts, with a column per grade."""
        rows: dict[str, list[Any]] = {
            name: [getattr(index, name) for index in self.indices] for name in ("name", "share", "score")
        }
        rows["grade"] = [self.scale.names[index.grade] for index in self.indices]
        rows["margin"] = [index.margin for index in self.indices]
        rows["sensitivity"] = [index.sensitivity for index in self.indices]
        for place, grade in enumerate(self.scale.names):
            rows[grade] = [index.membership[place] for index in self.indices]
        return nw.from_dict(rows, backend=library_name(library)).to_native()


class IndexTree:
    """A tree of indices whose weights sum to one wherever an index has parts.

    Parameters
    ----------
    root : Index
        The index of the whole.

    Raises
    ------
    OutOfRangeError
        For a name that occurs twice, a negative weight, a root whose weight is not 1.
    NotStochasticError
        For parts whose weights do not sum to one: it names the index.

    Examples
    --------
    >>> from crm_core.capability import GradeScale, Index, IndexTree
    >>> tree = IndexTree(
    ...     Index("service", "Service", "服务", parts=(
    ...         Index("speed", "Speed", "速度", 0.5),
    ...         Index("manner", "Manner", "态度", 0.5),
    ...     ))
    ... )
    >>> grades = GradeScale(("good", "fair", "poor"), (90.0, 60.0, 30.0))
    >>> found = tree.evaluate({"speed": [0.5, 0.5, 0], "manner": [0, 0.5, 0.5]}, grades)
    >>> found.score, found.grade
    (60.0, 'fair')
    """

    def __init__(self, root: Index) -> None:
        self._json = _core.index_tree_checked(json.dumps(asdict(root)))

    @classmethod
    def from_json(cls, text: str) -> IndexTree:
        """Read what :meth:`to_json` wrote."""
        tree = cls.__new__(cls)
        tree._json = _core.index_tree_checked(text)
        return tree

    def to_json(self) -> str:
        """Write the tree."""
        return self._json

    def __reduce__(self) -> tuple[Any, ...]:
        return IndexTree.from_json, (self._json,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IndexTree) and self._json == other._json

    def __hash__(self) -> int:
        return hash(self._json)

    def __repr__(self) -> str:
        return f"IndexTree({self.root.name!r}, {len(self.leaves)} leaves)"

    @property
    def root(self) -> Index:
        """The index of the whole."""
        return Index._of(json.loads(self._json))

    @property
    def indices(self) -> list[Index]:
        """Every index, each before its parts."""
        return self.root._all()

    @property
    def leaves(self) -> list[Index]:
        """The indices that are measured."""
        return [index for index in self.indices if not index.parts]

    def with_weights(self, name: str, weights: Iterable[float]) -> IndexTree:
        """Make the same tree with other weights for the parts of an index, for example those of :func:`ahp`.

        Raises
        ------
        NotFoundError
            Where no index has that name.
        LengthMismatchError, NotStochasticError, OutOfRangeError
            For the weights.
        """
        given = [number("weights", weight) for weight in items("weights", weights)]
        return IndexTree.from_json(_core.index_tree_with_weights(self._json, name, given))

    def evaluate(
        self,
        memberships: Mapping[str, Iterable[float]] | Iterable[Iterable[float]],
        scale: GradeScale | None = None,
        composition: Composition = Composition.WEIGHTED_AVERAGE,
    ) -> Evaluation:
        """Evaluate every index from the memberships of the leaves.

        Parameters
        ----------
        memberships : mapping or sequence
            The degrees of each leaf in the grades, of sum 1: by the name of the leaf, or in order of :attr:`leaves`.
        scale : GradeScale, optional
            The grades; :meth:`GradeScale.five` without it.
        composition : Composition, optional
            How the memberships of parts make that of the whole.

        Raises
        ------
        NotFoundError
            For a leaf without membership, or a membership of no leaf.
        LengthMismatchError, NotStochasticError, OutOfRangeError
            For a membership, with the row of its leaf.
        """
        scale = GradeScale.five() if scale is None else scale
        if len(scale.names) != len(scale.scores):
            message = f"scale has {len(scale.names)} names: must have {len(scale.scores)}, one per score"
            raise LengthMismatchError(message, argument="scale")
        if isinstance(memberships, Mapping):
            memberships = self._in_order(memberships)
        rows = [
            [number("memberships", degree) for degree in items("memberships", row)]
            for row in items("memberships", memberships)
        ]
        chosen = member("composition", Composition, composition)
        found = _core.index_tree_evaluate(self._json, rows, list(scale.names), list(scale.scores), chosen)
        return Evaluation(scale, tuple(EvaluatedIndex(**index) for index in found))

    def _in_order(self, memberships: Mapping[str, Iterable[float]]) -> list[Iterable[float]]:
        names = [leaf.name for leaf in self.leaves]
        for name in [*names, *memberships]:
            if name not in memberships or name not in names:
                rule = "must have a membership" if name in names else "must be a leaf of the tree"
                message = f"memberships is {name!r}: {rule}"
                raise NotFoundError(message, argument="memberships", value=repr(name))
        return [memberships[name] for name in names]


def crm_capability() -> IndexTree:
    """Give the tree of CRM capability.

    Customer insight, value creation and delivery, and relationship management, with 26 leaves. All parts of an index
    weigh the same: :meth:`IndexTree.with_weights` gives them their weights.
    """
    return IndexTree.from_json(_core.crm_capability_tree())
