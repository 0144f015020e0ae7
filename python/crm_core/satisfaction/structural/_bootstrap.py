"""Bootstraps of structural models: how much chance there is in every result."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import narwhals as nw

from crm_core import _core
from crm_core._options import LARGEST_COUNT, LARGEST_INDEX, integer, member, number
from crm_core._progress import watched
from crm_core.errors import NotFoundError
from crm_core.satisfaction.structural._reading import numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crm_core.satisfaction.structural._fit import StructuralFit


class Interval(StrEnum):
    """How a confidence interval is made of the resamples."""

    BCA = "bca"
    PERCENTILE = "percentile"


@dataclass(frozen=True, slots=True)
class Dropped:
    """Resamples that gave no estimate, by reason.

    Attributes
    ----------
    resamples : int
        All of them.
    constant : dict of str to int
        Those in which all answers to a question were equal, by its indicator; only where there are any.
    singular : int
        Those with drivers or blocks that depend linearly on each other, or indicators that cancel.
    unreliable : int
        Those with a rho_A of 0 or less in PLSc.
    not_converged : int
        Those whose weights did not settle.
    """

    resamples: int
    constant: dict[str, int]
    singular: int
    unreliable: int
    not_converged: int


class Bootstrap:
    """What resampling says of a fit: made by :meth:`StructuralFit.bootstrap`.

    Every table has the ``estimate`` of the fit, its ``bias``, ``standard_error``, ``t``, the two-sided ``p_value`` of
    the value 0, and the ends ``lower`` and ``upper`` of a confidence interval: quantiles of the resamples
    (``percentile``), or those corrected for bias and acceleration (``bca``; Efron 1987).
    """

    __slots__ = ("_by", "_core_bootstrap", "_inputs", "_segments", "dropped", "fit", "kept")

    fit: StructuralFit
    """The fit."""
    kept: int
    """Resamples that gave an estimate."""
    dropped: Dropped
    """Resamples that gave none."""
    _inputs: tuple[Any, ...]
    _core_bootstrap: _core.PlsBootstrap
    _by: str
    _segments: list[Any]

    def __init__(self) -> None:
        message = "Bootstrap is made by StructuralFit.bootstrap"
        raise TypeError(message)

    @classmethod
    def _made(
        cls,
        fit: StructuralFit,
        resamples: int,
        seed: int,
        by: tuple[str, list[Any]] | None,
        design: tuple[list[int] | None, list[int] | None] = (None, None),
        progress: Callable[[int], object] | bool = False,
    ) -> Bootstrap:
        made = object.__new__(cls)
        made.fit, made._inputs = fit, (fit, resamples, seed, by, design)
        made._by, made._segments, segments = "segment", [], None
        if by is not None:
            made._by = by[0]
            made._segments, codes = numbered(by[1])
            segments = codes, len(made._segments)
        with watched(resamples, "resamples", progress) as told:
            made._core_bootstrap = _core.PlsBootstrap.make(
                fit._core_fit, fit._answers, resamples, seed, told, segments, *design
            )
        made.kept = made._core_bootstrap.kept()
        found = made._core_bootstrap.dropped()
        constants = zip(fit._answers.names, found.pop("constant"), strict=True)
        constant = {name: count for name, count in constants if count}
        made.dropped = Dropped(constant=constant, **found)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        # The same seed draws the same bits again.
        return Bootstrap._made, self._inputs

    def __repr__(self) -> str:
        return f"Bootstrap of {self.kept} resamples; {self.dropped.resamples} gave no estimate"

    def paths(self, level: float = 0.95, interval: Interval = Interval.BCA) -> Any:
        """Give the coefficients of the paths: ``driver`` and ``construct`` name each."""
        paths = self.fit.model.paths
        names = {"driver": [path.driver for path in paths], "construct": [path.construct for path in paths]}
        return self._table("path", names, level, interval)

    def weights(self, level: float = 0.95, interval: Interval = Interval.BCA) -> Any:
        """Give the outer weights: ``construct`` and ``indicator`` name each."""
        return self._table("weight", self._indicators(), level, interval)

    def loadings(self, level: float = 0.95, interval: Interval = Interval.BCA) -> Any:
        """Give the loadings: ``construct`` and ``indicator`` name each."""
        return self._table("loading", self._indicators(), level, interval)

    def indices(self, level: float = 0.95, interval: Interval = Interval.BCA) -> Any:
        """Give the indices of the constructs."""
        return self._table("index", {"construct": self.fit._names}, level, interval)

    def explained(self, level: float = 0.95, interval: Interval = Interval.BCA) -> Any:
        """Give R² of the constructs that something drives."""
        driven = {path.construct for path in self.fit.model.paths}
        keep = [place for place, name in enumerate(self.fit._names) if name in driven]
        return self._table("r_squared", {"construct": self.fit._names}, level, interval, keep)

    def reliability(self, level: float = 0.95, interval: Interval = Interval.BCA) -> Any:
        """Give how well the constructs of several indicators are measured: one row for each and each ``measure``.

        The measures are ``alpha`` (Cronbach), ``rho_a`` (Dijkstra & Henseler 2015), ``rho_c`` (Jöreskog 1971) and
        ``ave``, the average variance extracted.

        Examples
        --------
        >>> from crm_core.satisfaction.structural import acsi
        >>> found = acsi().fit(acsi().simulate(300, seed=1, library="polars")).bootstrap(200, seed=7)
        >>> found.reliability()["measure"].unique(maintain_order=True).to_list()
        ['alpha', 'rho_a', 'rho_c', 'ave']
        """
        keep = [place for place, one in enumerate(self.fit.model.constructs) if len(one.indicators) > 1]
        names = [self.fit._names[place] for place in keep]
        columns: dict[str, list[Any]] = {"construct": [], "measure": []}
        for measure in ("alpha", "rho_a", "rho_c", "ave"):
            found = self._core_bootstrap.estimates(measure, number("level", level))
            columns["construct"] += names
            columns["measure"] += [measure] * len(keep)
            for part, values in self._estimates(found, interval).items():
                columns.setdefault(part, []).extend(values[place] for place in keep)
        return self._native(columns)

    def importance(self, target: str = "satisfaction", level: float = 0.95, interval: Interval = Interval.BCA) -> Any:
        """Give the importance of every driver of a construct: points of its index for one of the driver's.

        Raises
        ------
        NotFoundError
            For a construct that the model has not.
        """
        self.fit.model.construct(target)
        names, size = self.fit._names, len(self.fit._names)
        goal = names.index(target)
        keep = [place * size + goal for place in range(size) if self.fit._reaches(place, goal)]
        table = {"construct": self._pairs(names)["driver"]}
        return self._table("importance", table, level, interval, keep)

    def effects(self, level: float = 0.95, interval: Interval = Interval.BCA, *, indirect: bool = False) -> Any:
        """Give the total effects, or the ``indirect`` ones: what others mediate."""
        names, size = self.fit._names, len(self.fit._names)
        keep = [i * size + j for i in range(size) for j in range(size) if self.fit._reaches(i, j)]
        of = "indirect_effect" if indirect else "total_effect"
        return self._table(of, self._pairs(names), level, interval, keep)

    def effect_along(self, *way: str, level: float = 0.95, interval: Interval = Interval.BCA) -> Any:
        """Give a specific indirect effect: the product of the paths along a way of constructs.

        Raises
        ------
        NotFoundError
            For a construct that the model has not, and a way that does not lead along its paths.
        EmptyError
            For a way of less than two constructs.

        Examples
        --------
        >>> from crm_core.satisfaction.structural import acsi
        >>> found = acsi().fit(acsi().simulate(300, seed=1, library="polars")).bootstrap(200, seed=7)
        >>> found.effect_along("quality", "satisfaction", "loyalty").columns[:3]
        ['way', 'estimate', 'bias']
        """
        for name in way:
            self.fit.model.construct(name)
        places = [self.fit._names.index(name) for name in way]
        found = self._core_bootstrap.effect_along(places, number("level", level))
        return self._native({"way": [" → ".join(way)]} | self._estimates(found, interval))

    def segments(self, level: float = 0.95, interval: Interval = Interval.BCA) -> Any:
        """Give the index of every construct in each segment of ``by``: one row for each of both.

        Besides the other columns, ``resamples`` tells in how many the segment had respondents.

        Raises
        ------
        NotFoundError
            If the bootstrap was made without segments.

        Examples
        --------
        >>> from crm_core.satisfaction.structural import acsi
        >>> fit = acsi().fit(acsi().simulate(300, seed=1, library="polars"))
        >>> found = fit.bootstrap(200, seed=7, by=["north", "south", "south"] * 100)
        >>> found.segments().shape
        (12, 10)
        >>> found.segment_differences("north", "south").columns[:2]
        ['construct', 'estimate']
        """
        self._segment(None)
        names = self.fit._names
        found = self._core_bootstrap.estimates("segment_index", number("level", level))
        ends = {self._by: [one for one in self._segments for _ in names], "construct": names * len(self._segments)}
        return self._native(ends | self._estimates(found, interval) | {"resamples": found["resamples"]})

    def segment_differences(
        self, segment: Any, other: Any, level: float = 0.95, interval: Interval = Interval.BCA
    ) -> Any:
        """Give the index of every construct in one segment less that in another.

        Raises
        ------
        NotFoundError
            For a segment that there is not.
        """
        places = self._segment(segment), self._segment(other)
        found = self._core_bootstrap.segment_differences(*places, len(self.fit._names), number("level", level))
        return self._native({"construct": self.fit._names} | self._estimates(found, interval))

    def _segment(self, segment: Any) -> int:
        if not self._segments:
            message = "by is None: the bootstrap must be made with segments (by=...)"
            raise NotFoundError(message, argument="by", value="None")
        if segment is None:
            return 0
        if segment not in self._segments:
            known = ", ".join(map(repr, self._segments))
            message = f"segment is {segment!r}: must be one of {known}"
            raise NotFoundError(message, argument="segment", value=repr(segment))
        return self._segments.index(segment)

    def htmt(self, level: float = 0.95, interval: Interval = Interval.BCA) -> Any:
        """Give the heterotrait-monotrait ratios; two constructs differ if ``upper`` is below 1."""
        names, size = self.fit._names, len(self.fit._names)
        keep = [i * size + j for i in range(size) for j in range(i)]
        pairs = self._pairs(names)
        return self._table("htmt", {"construct": pairs["driver"], "other": pairs["construct"]}, level, interval, keep)

    def _indicators(self) -> dict[str, list[str]]:
        pairs = [(c.name, i.name) for c in self.fit.model.constructs for i in c.indicators]
        return {"construct": [c for c, _ in pairs], "indicator": [i for _, i in pairs]}

    @staticmethod
    def _pairs(names: list[str]) -> dict[str, list[str]]:
        return {"driver": [a for a in names for _ in names], "construct": [b for _ in names for b in names]}

    @staticmethod
    def _estimates(found: dict[str, list[float]], interval: Interval) -> dict[str, list[float]]:
        ends = {end: found[f"{member('interval', Interval, interval)}_{end}"] for end in ("lower", "upper")}
        return {name: found[name] for name in ("estimate", "bias", "standard_error", "t", "p_value")} | ends

    def _table(
        self, of: str, names: dict[str, list[str]], level: float, interval: Interval, keep: list[int] | None = None
    ) -> Any:
        found = self._core_bootstrap.estimates(of, number("level", level))
        columns: dict[str, list[Any]] = {**names, **self._estimates(found, interval)}
        if keep is not None:
            columns = {name: [column[place] for place in keep] for name, column in columns.items()}
        return self._native(columns)

    def _native(self, columns: Mapping[str, list[Any]]) -> Any:
        given: Any = self.fit._library
        return nw.from_dict(dict(columns), backend=given).to_native()


def bootstrap(
    fit: StructuralFit,
    resamples: int,
    seed: int,
    by: Any,
    design: tuple[Any, Any],
    progress: Callable[[int], object] | bool,
) -> Bootstrap:
    """See :meth:`StructuralFit.bootstrap`."""
    count = integer("resamples", resamples, 0, LARGEST_INDEX)
    chosen = integer("seed", seed, 0, LARGEST_COUNT)
    segments = None if by is None else fit._segments(by)
    strata, clusters = (
        None if given is None else numbered(fit._segments(given, argument)[1])[1].tolist()
        for argument, given in zip(("strata", "clusters"), design, strict=True)
    )
    return Bootstrap._made(fit, count, chosen, segments, (strata, clusters), progress)
