"""What a fit of a structural model says, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core._options import number
from crm_core._tables import backend
from crm_core.satisfaction.structural._reading import numbered, segments_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from crm_core import _core
    from crm_core.satisfaction.structural._model import Model
    from crm_core.satisfaction.structural._options import PlsOptions
    from crm_core.satisfaction.structural._reading import Answers

    Floats = NDArray[np.float64]


class FitResults:
    """How constructs are measured, what drives them, and how they stand."""

    __slots__ = ("_answers", "_core_fit", "_inputs", "model", "options")

    model: Model
    """The model that the results are about. With constructs of constructs it is not the one that was fitted: in two
    stages the indices of their components are their indicators, and the components are gone (``first_stage``)."""
    options: PlsOptions
    """How it was fitted."""
    _inputs: tuple[Any, ...]
    _answers: Answers
    _core_fit: _core.PlsFit

    # ---- measurement

    def measurement(self) -> Any:
        """Give the outer model: one row for each indicator.

        Returns
        -------
        table
            ``construct``, ``indicator``, ``weight`` and ``loading`` of the standardised answers, inflation ``vif``
            among the indicators of the construct (1 for a single item), the ``unstandardised_weight`` of the answers as
            they are, their ``mean`` and ``standard_deviation``, and how many are ``missing``.
        """
        pairs = [(c.name, i.name) for c in self.model.constructs for i in c.indicators]
        found = self._core_fit.indicators()
        order = ("weight", "loading", "vif", "unstandardised_weight", "mean", "standard_deviation", "missing")
        names = {"construct": [c for c, _ in pairs], "indicator": [i for _, i in pairs]}
        return self._table(names | {name: found[name] for name in order})

    def cross_loadings(self) -> Any:
        """Give the correlation of every indicator (row) with every construct (column)."""
        names = {"indicator": self.model.indicators}
        return self._table(names | self._by_construct(self._core_fit.cross_loadings()))

    def reliability(self) -> Any:
        """Give how well each construct is measured: one row for each.

        Returns
        -------
        table
            Cronbach's ``alpha`` of the answers and ``standardised_alpha``, ``rho_a`` (Dijkstra & Henseler 2015),
            composite reliability ``rho_c`` (Jöreskog 1971), and the average variance extracted ``ave``; all are 1 for a
            single item.
        """
        return self._table({"construct": self._names} | self._core_fit.reliability())

    def fornell_larcker(self) -> Any:
        """Give the correlations of the constructs with the root of their AVE on the diagonal.

        A construct differs from the others if its root is above its other entries (Fornell & Larcker 1981).
        """
        return self._square(self._core_fit.fornell_larcker())

    def htmt(self) -> Any:
        """Give the heterotrait-monotrait ratios of the constructs; below 0.85 or 0.9 two of them differ.

        References
        ----------
        Henseler, Ringle & Sarstedt (2015), "A new criterion for assessing discriminant validity", JAMS 43.
        """
        return self._square(self._core_fit.htmt())

    def correlations(self) -> Any:
        """Give the correlations of the constructs; with PLSc those of the common factors."""
        return self._square(self._core_fit.construct_correlations())

    # ---- structure

    def paths(self) -> Any:
        """Give the inner model: one row for each path.

        Returns
        -------
        table
            ``driver``, ``construct``, ``coefficient``; ``standard_error``, ``t`` and ``p_value`` as of ordinary least
            squares (the bootstrap also knows that weights are estimated); effect size ``f_squared``; inflation ``vif``;
            and whether the coefficient ``has_expected_sign``.
        """
        found = self._core_fit.paths()
        paths = self.model.paths
        ends = {"driver": [p.driver for p in paths], "construct": [p.construct for p in paths]}
        signs = [path.sign.holds(value) for path, value in zip(paths, found["coefficient"], strict=True)]
        return self._table(ends | found | {"has_expected_sign": signs})

    def explained(self) -> Any:
        """Give R² and adjusted R² of every construct that something drives."""
        found = self._core_fit.explained()
        return self._table(found | {"construct": [self._names[place] for place in found["construct"]]})

    def effects(self) -> Any:
        """Give direct, indirect and total effects: one row for each pair with an effect."""
        names, size = self._names, len(self._names)
        total = np.reshape(self._core_fit.total_effects(), (size, size))
        indirect = np.reshape(self._core_fit.indirect_effects(), (size, size))
        pairs = [(i, j) for i in range(size) for j in range(size) if self._reaches(i, j)]
        return self._table(
            {
                "driver": [names[i] for i, _ in pairs],
                "construct": [names[j] for _, j in pairs],
                "direct": [float(total[pair] - indirect[pair]) for pair in pairs],
                "indirect": [float(indirect[pair]) for pair in pairs],
                "total": [float(total[pair]) for pair in pairs],
            }
        )

    # ---- indices

    def index(self, construct: str = "satisfaction") -> float:
        """Give the index of a construct, from 0 to 100.

        ``100 sum(u (mean - least)) / sum(u (greatest - least))`` with the unstandardised weights u and the limits of
        the scales; with one scale from 1 to 10 this is the index of the ACSI.

        Raises
        ------
        NotFoundError
            For a construct that the model has not.

        Examples
        --------
        >>> from crm_core.satisfaction.structural import acsi
        >>> round(acsi().fit(acsi().simulate(500, seed=1)).index(), 1)
        69.1
        """
        self.model.construct(construct)
        return self._core_fit.index()[self._names.index(construct)]

    def indices(self, by: Any = None) -> Any:
        """Give the index of every construct, for all together or for each segment.

        Parameters
        ----------
        by : str or column, optional
            The segment of each respondent: a column, or its name in the table that was fitted.

        Returns
        -------
        table
            One row for each construct with its ``index``; or one row for each segment with the number of its
            ``observations`` and one column for each construct.

        Raises
        ------
        NotFoundError, MissingValueError, LengthMismatchError
            For segments that are not those of the respondents.
        """
        if by is None:
            return self._table({"construct": self._names, "index": self._core_fit.index()})
        name, values = self._segments(by)
        segments, codes = numbered(values)
        found = self._core_fit.segment_index(self._answers, (codes, len(segments)), 0.95)
        columns: dict[str, Any] = {name: segments, "observations": found["observations"]}
        return self._table(columns | self._by_construct(found["index"]))

    def segment_indices(self, by: Any, *, level: float = 0.95) -> Any:
        """Give the index of every construct for each segment with its interval: one row for each of both.

        The intervals are Student's for a mean. They take the weights of the indicators for known, and means that stand
        for missing answers for answers; ``fit.bootstrap(..., by=...)`` does not.

        Parameters
        ----------
        by : str or column
            The segment of each respondent: a column, or its name in the table that was fitted.
        level : float
            Of the intervals.

        Returns
        -------
        table
            The segment, its ``observations``, ``construct``, ``index``, ``standard_error``, ``lower`` and ``upper``.

        Raises
        ------
        NotFoundError, MissingValueError, LengthMismatchError
            For segments that are not those of the respondents.
        OutOfRangeError
            For a level that is not between 0 and 1.

        Examples
        --------
        >>> from crm_core.satisfaction.structural import acsi
        >>> fit = acsi().fit(acsi().simulate(300, seed=1, library="polars"))
        >>> found = fit.segment_indices(["north", "south", "south"] * 100)
        >>> found.columns
        ['segment', 'observations', 'construct', 'index', 'standard_error', 'lower', 'upper']
        """
        name, values = self._segments(by)
        segments, codes = numbered(values)
        found = self._core_fit.segment_index(self._answers, (codes, len(segments)), number("level", level))
        size = len(self._names)
        columns: dict[str, Any] = {
            name: [segment for segment in segments for _ in self._names],
            "observations": [weight for weight in found["observations"] for _ in range(size)],
            "construct": self._names * len(segments),
        }
        return self._table(columns | {part: found[part] for part in ("index", "standard_error", "lower", "upper")})

    def individual_indices(self) -> Any:
        """Give the index of every construct (column) for every respondent (row)."""
        return self._table(self._of_respondents(self._core_fit.individual_index))

    def scores(self) -> Any:
        """Give the score of every construct (column) for every respondent (row), with mean 0 and variance 1."""
        return self._table(self._of_respondents(self._core_fit.scores))

    def importance(self, target: str = "satisfaction") -> Any:
        """Give importance and performance of every driver of a construct, the most important first.

        Parameters
        ----------
        target : str
            The construct that is to rise.

        Returns
        -------
        table
            ``construct``; ``importance``, the points by which the index of the target rises with one point of the
            driver's, over all paths; ``performance``, the driver's index.

        References
        ----------
        Ringle & Sarstedt (2016), "Gain more insight from your PLS-SEM results", Industrial Management & Data Systems
        116.
        """
        self.model.construct(target)
        found = self._core_fit.importance_performance(target)
        order = np.argsort(-np.abs(found["importance"]), kind="stable")
        columns = {name: [found[name][place] for place in order] for name in ("construct", "importance", "performance")}
        return self._table(columns | {"construct": [self._names[place] for place in columns["construct"]]})

    def negative_weights(self) -> list[str]:
        """Give the indicators with a negative weight: with them, a better answer lowers the index."""
        return [self.model.indicators[place] for place in self._core_fit.negative_weights()]

    def inadmissible(self) -> list[str]:
        """Give in words what no correlation or reliability may be, as PLSc may find it in wrong models."""
        return [
            f"{what} of {' and '.join(names)} is {value:.3f}" for what, names, value in self._core_fit.inadmissible()
        ]

    # ---- inside

    @property
    def _names(self) -> list[str]:
        return [construct.name for construct in self.model.constructs]

    @property
    def _library(self) -> nw.Implementation:
        return backend(self._inputs[1])

    def _table(self, columns: Mapping[str, Any]) -> Any:
        given: Any = self._library
        return nw.from_dict(dict(columns), backend=given).to_native()

    def _by_construct(self, values: list[float]) -> dict[str, list[float]]:
        size = len(self._names)
        return {name: values[place::size] for place, name in enumerate(self._names)}

    def _square(self, values: list[float]) -> Any:
        return self._table({"construct": self._names} | self._by_construct(values))

    def _reaches(self, driver: int, construct: int) -> bool:
        """Tell whether paths lead from one construct to another."""
        ends, reached = {self._names[driver]}, set[str]()
        while ends:
            ends = {path.construct for path in self.model.paths if path.driver in ends}
            reached |= ends
        return self._names[construct] in reached

    def _of_respondents(self, call: Any) -> dict[str, Floats]:
        out = np.empty((self._answers.rows, len(self._names)))
        call(self._answers, out)
        return {name: out[:, place] for place, name in enumerate(self._names)}

    def _segments(self, by: Any, argument: str = "by") -> tuple[str, list[Any]]:
        return segments_of(by, self._inputs[1], self._answers.rows, argument)
