"""Fitted structural models: what drives satisfaction, how much, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._columns import is_column, read
from crm_core._options import LARGEST_COUNT, LARGEST_INDEX, integer, member, number, wrong_type
from crm_core._tables import backend, frame_of
from crm_core.errors import LengthMismatchError, MissingValueError, NotFoundError, OutOfRangeError
from crm_core.satisfaction.structural._model import Model
from crm_core.units import Category, Language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from crm_core._tables import Table
    from crm_core.satisfaction.structural._bootstrap import Bootstrap
    from crm_core.satisfaction.structural._groups import GroupComparison

    Floats = NDArray[np.float64]


class InnerScheme(Category):
    """How the inner proxy of a construct weighs its neighbours."""

    PATH = "path"
    """Drivers by their regression coefficients, what it drives by their correlations."""
    CENTROID = "centroid"
    """By the sign of their correlations."""
    FACTORIAL = "factorial"
    """By their correlations."""


class MissingAnswers(Category):
    """What stands for a missing answer."""

    MEAN = "mean"
    """The mean of the answers to the same question."""
    LISTWISE = "listwise"
    """Nothing: respondents with a missing answer are left out."""
    EM = "em"
    """What the other answers let expect, by the EM algorithm."""


class Estimator(Category):
    """What constructs are taken for."""

    PLAIN = "plain"
    """Composites of their indicators: plain PLS."""
    CONSISTENT = "consistent"
    """Common factors, where they are measured in mode A by several indicators: PLSc."""


class HigherOrder(Category):
    """What is estimated in the place of a construct that is measured by constructs."""

    TWO_STAGE = "two_stage"
    """First its components take its paths, then their indices measure it."""
    REPEATED_INDICATORS = "repeated_indicators"
    """All indicators of its components measure it once more; it drives them, or in mode B they drive it."""


class PlsStatus(Category):
    """How the iteration ended."""

    CONVERGED = "converged"
    ITERATION_LIMIT = "iteration_limit"


@dataclass(frozen=True, slots=True)
class FitReport:
    """How a fit went.

    Attributes
    ----------
    status : PlsStatus
        Whether the weights settled.
    iterations : int
        Until they did.
    last_change : float
        The sum of the absolute changes of all weights in the last iteration.
    observations : float
        The sum of the weights of the respondents that were used.
    rows_used, rows_dropped : int
        Respondents that were used, and those left out for missing answers.
    gof : float
        Goodness of fit: the root of mean communality times mean R².
    srmr_saturated, srmr_estimated : float
        Standardised root mean square residual, with the correlations of the constructs as they are, and with those that
        the paths imply.
    """

    status: PlsStatus
    iterations: int
    last_change: float
    observations: float
    rows_used: int
    rows_dropped: int
    gof: float
    srmr_saturated: float
    srmr_estimated: float


@dataclass(frozen=True, slots=True)
class PlsOptions:
    """How a model is fitted.

    Attributes
    ----------
    scheme : InnerScheme
        How the inner proxy of a construct weighs its neighbours.
    estimator : Estimator
        Composites, or common factors (PLSc).
    missing : MissingAnswers
        What stands for a missing answer.
    higher_order : HigherOrder
        How constructs of constructs are fitted.
    tolerance : float
        The iteration stops when the absolute changes of all weights sum to less.
    max_iterations : int
        After so many it stops anyhow, and says so.
    """

    scheme: InnerScheme = InnerScheme.PATH
    estimator: Estimator = Estimator.PLAIN
    missing: MissingAnswers = MissingAnswers.MEAN
    higher_order: HigherOrder = HigherOrder.TWO_STAGE
    tolerance: float = 1e-7
    max_iterations: int = 300

    def __post_init__(self) -> None:
        kinds = {
            "scheme": InnerScheme,
            "estimator": Estimator,
            "missing": MissingAnswers,
            "higher_order": HigherOrder,
        }
        for name, kind in kinds.items():
            object.__setattr__(self, name, member(name, kind, getattr(self, name)))
        object.__setattr__(self, "tolerance", number("tolerance", self.tolerance))
        integer("max_iterations", self.max_iterations, 0, LARGEST_INDEX)


@dataclass(frozen=True, slots=True)
class Answers:
    """The columns of a model's indicators and the weights, as the core reads them."""

    columns: list[tuple[str, Floats]]
    weights: tuple[Floats, bool] | None


class StructuralFit:
    """What partial least squares says of a model: made by :meth:`Model.fit`.

    Tables are of the kind of the table that was given. Coefficients and weights are of standardised answers, indices
    from 0 to 100.
    """

    __slots__ = ("_answers", "_core_fit", "_inputs", "_library", "model", "options", "report")

    model: Model
    """The model that the results are about. With constructs of constructs it is not the one that was fitted: in two
    stages the indices of their components are their indicators, and the components are gone (:meth:`first_stage`)."""
    options: PlsOptions
    """How it was fitted."""
    report: FitReport
    """How the fit went."""
    _inputs: tuple[Any, ...]
    _answers: Answers
    _core_fit: _core.PlsFit
    _library: nw.Implementation

    def __init__(self) -> None:
        message = "StructuralFit is made by Model.fit"
        raise TypeError(message)

    @classmethod
    def _made(cls, model: Model, table: Any, weights: Any, frequencies: Any, options: PlsOptions) -> StructuralFit:
        made = object.__new__(cls)
        made.options = options
        made._inputs = (model, table, weights, frequencies, options)
        made._library = backend(table)
        made._answers = _read(model, table, weights, frequencies)
        made._take(_core.PlsFit.estimate(model._core_model, made._answers, options), model)
        return made

    def _take(self, core_fit: _core.PlsFit, fitted: Model | None) -> None:
        self._core_fit = core_fit
        if fitted is None or fitted._is_higher_order:
            fitted = Model._of(core_fit.model())
        self.model = fitted
        found = core_fit.report()
        self.report = FitReport(PlsStatus(found.pop("status")), **found)

    def __reduce__(self) -> tuple[Any, ...]:
        # The same answers give the same bits again.
        return StructuralFit._made, self._inputs

    def __repr__(self) -> str:
        rows, constructs = self.report.rows_used, len(self.model.constructs)
        return f"StructuralFit of {constructs} constructs to {rows} respondents: {self.report.status}"

    def first_stage(self) -> StructuralFit | None:
        r"""Give the first stage of a fit in two stages: how the components of constructs of constructs are measured.

        Examples
        --------
        >>> from crm_core.satisfaction.structural import Model
        >>> text = "quality =~ q1 + q2\nservice =~ s1 + s2\nloyalty =~ l1 + l2\nloyalty ~ quality + service"
        >>> answers = Model(text).simulate(300, seed=1, library="polars")
        >>> measured = "quality =~ q1 + q2\nservice =~ s1 + s2\nloyalty =~ l1 + l2\noffer =~ quality + service"
        >>> fit = Model(measured + "\nloyalty ~ offer").fit(answers)
        >>> fit.measurement()["indicator"].to_list()
        ['l1', 'l2', 'quality', 'service']
        >>> fit.first_stage()
        StructuralFit of 3 constructs to 300 respondents: converged
        """
        first = self._core_fit.first_stage()
        if first is None:
            return None
        made = object.__new__(StructuralFit)
        made.options, made._library, made._answers = self.options, self._library, self._answers
        made._take(first, None)
        made._inputs = (made.model, *self._inputs[1:])
        return made

    # ---- measurement

    def measurement(self) -> Any:
        """Give the outer model: one row for each indicator.

        Returns
        -------
        table
            ``construct``, ``indicator``, ``weight`` and ``loading`` of the standardised answers, the
            ``unstandardised_weight`` of the answers as they are, their ``mean`` and ``standard_deviation``, and how
            many are ``missing``.
        """
        pairs = [(c.name, i.name) for c in self.model.constructs for i in c.indicators]
        found = self._core_fit.indicators()
        order = ("weight", "loading", "unstandardised_weight", "mean", "standard_deviation", "missing")
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

    # ---- chance

    def bootstrap(
        self,
        resamples: int = 5000,
        *,
        seed: int,
        by: Any = None,
        progress: Callable[[int], object] | bool = False,
    ) -> Bootstrap:
        """Fit the model again to random resamples of the respondents.

        Missing answers are replaced in each resample anew. A resample without an estimate is dropped, and counted by
        reason. Ctrl-C stops it.

        Parameters
        ----------
        resamples : int
            How many.
        seed : int
            Of the random numbers: the same bits for any number of threads.
        by : str or column, optional
            The segment of each respondent, for intervals of the indices of segments: a column, or its name in the table
            that was fitted.
        progress : bool or callable
            True draws a bar on the standard error stream; a function is told, now and then, how many are done.

        References
        ----------
        Efron (1987), "Better bootstrap confidence intervals", JASA 82.

        Examples
        --------
        >>> from crm_core.satisfaction.structural import acsi
        >>> fit = acsi().fit(acsi().simulate(300, seed=1, library="polars"))
        >>> found = fit.bootstrap(200, seed=7)
        >>> found
        Bootstrap of 200 resamples; 0 gave no estimate
        >>> index = found.indices().row(3, named=True)
        >>> index["lower"] < fit.index() < index["upper"]
        True
        """
        from crm_core.satisfaction.structural._bootstrap import bootstrap

        return bootstrap(self, resamples, seed, by, progress)

    def predict(self, folds: int = 10, *, seed: int) -> Any:
        """Tell how well the model predicts answers of respondents that it was not fitted to (PLSpredict).

        The model is fitted without each fold of respondents, and the scores of the drivers there predict the answers
        about the constructs that they drive.

        Parameters
        ----------
        folds : int
            How many; as many as respondents leaves out one at a time.
        seed : int
            Of the order in which respondents are dealt out to the folds.

        Returns
        -------
        table
            ``construct``, ``indicator``; ``q_squared``, above 0 if the model predicts better than the mean of the
            others; in the units of the answers the root of the mean square error, ``rmse``, and the mean absolute
            error, ``mae``.

        Raises
        ------
        OutOfRangeError
            For less than 2 folds, or more than respondents.
        NoSolutionError
            If the model cannot be fitted without a fold.

        References
        ----------
        Shmueli, Ray, Velasquez Estrada & Chatla (2016), "The elephant in the room: predictive performance of PLS
        models", Journal of Business Research 69.

        Examples
        --------
        >>> from crm_core.satisfaction.structural import acsi
        >>> fit = acsi().fit(acsi().simulate(300, seed=1, library="polars"))
        >>> bool((fit.predict(seed=1)["q_squared"] > 0.1).all())
        True
        """
        count, chosen = integer("folds", folds, 0, LARGEST_INDEX), integer("seed", seed, 0, LARGEST_COUNT)
        found = self._core_fit.predict(self._answers, count, chosen)
        pairs = [(c.name, i.name) for c in self.model.constructs for i in c.indicators]
        names = [pairs[place] for place in found.pop("indicator")]
        return self._table({"construct": [c for c, _ in names], "indicator": [i for _, i in names]} | found)

    def blindfold(self, distance: int = 7) -> Any:
        """Give Q² of Stone and Geisser: how well answers are predicted that were left out point by point.

        Of the answers about a construct, numbered question by question and respondent by respondent, every
        ``distance``-th is taken as missing and predicted by the model that is fitted without them; so for each start.

        Parameters
        ----------
        distance : int
            The omission distance, from 5 to 12 as a rule; it must not divide the number of respondents.

        Returns
        -------
        table
            For each ``construct`` in mode A or of a single item: ``redundancy``, predicted from its drivers, above 0 if
            they predict, and ``communality``, predicted from itself; NaN where there are no drivers, or no other items.

        Raises
        ------
        OutOfRangeError
            For a distance below 2, above the number of respondents, or that divides it.
        WrongTypeError
            For a model with constructs of constructs.

        References
        ----------
        Stone (1974); Geisser (1974); Chin (1998), "The partial least squares approach for structural equation
        modeling".

        Examples
        --------
        >>> from crm_core.satisfaction.structural import acsi
        >>> fit = acsi().fit(acsi().simulate(300, seed=1, library="polars"))
        >>> fit.blindfold()["construct"].to_list()[-2:]
        ['complaints', 'loyalty']
        """
        found = self._core_fit.blindfold(self._answers, integer("distance", distance, 0, LARGEST_INDEX))
        return self._table(
            {
                "construct": [self._names[place] for place, _, _ in found],
                "redundancy": [redundancy for _, redundancy, _ in found],
                "communality": [communality for _, _, communality in found],
            }
        )

    def compare_groups(
        self,
        by: Any,
        first: Any = None,
        second: Any = None,
        *,
        permutations: int = 1000,
        seed: int,
        progress: Callable[[int], object] | bool = False,
    ) -> GroupComparison:
        """Compare two groups of respondents: whether constructs are measured alike, and paths and means differ.

        In each permutation respondents are divided at random into groups of the same sizes. Ctrl-C stops it.

        Parameters
        ----------
        by : str or column
            The group of each respondent: a column, or its name in the table that was fitted.
        first, second : optional
            The two groups; all others are left out, and the model is fitted anew to these two. By default the only two
            that there are, in their order.
        permutations : int
            How many.
        seed : int
            Of the random numbers: the same bits for any number of threads.
        progress : bool or callable
            True draws a bar on the standard error stream; a function is told, now and then, how many are done.

        Raises
        ------
        OutOfRangeError
            If there are not two groups, or the two are the same.
        WrongTypeError
            For a fit with frequencies, whose equal rows must be given one by one.
        NoSolutionError
            If the model cannot be fitted to a group.

        References
        ----------
        Chin & Dibbern (2010), permutation test of paths; Henseler, Ringle & Sarstedt (2016), "Testing measurement
        invariance of composites using partial least squares", International Marketing Review 33 (MICOM).

        Examples
        --------
        >>> from crm_core.satisfaction.structural import acsi
        >>> fit = acsi().fit(acsi().simulate(300, seed=1, library="polars"))
        >>> found = fit.compare_groups(["north", "south"] * 150, permutations=200, seed=7)
        >>> found
        GroupComparison of 'north' and 'south' by 200 permutations
        >>> bool((found.invariance["correlation"] >= found.invariance["least"]).any())
        True
        """
        from crm_core.satisfaction.structural._groups import compare

        return compare(self, by, first, second, permutations, seed, progress)

    # ---- charts

    def plot(self, *, ax: Axes | None = None, language: Language = Language.EN) -> Axes:
        """Draw the path diagram: boxes with index and R², arrows by their coefficients; see :mod:`crm_core.plotting`.

        Arrows whose coefficient may be chance (p of 0.05 or more) are grey and dashed.
        """
        from crm_core import plotting

        names, found, explained = self._names, self._core_fit.paths(), self._core_fit.explained()
        r_squared = dict(zip(explained["construct"], explained["r_squared"], strict=True))
        return plotting.path_diagram(
            [construct.label(language) for construct in self.model.constructs],
            [(names.index(path.driver), names.index(path.construct)) for path in self.model.paths],
            found["coefficient"],
            index=self._core_fit.index(),
            r_squared=[r_squared.get(place, float("nan")) for place in range(len(names))],
            clear=[not p >= 0.05 for p in found["p_value"]],
            ax=ax,
            language=language,
        )

    def plot_importance(
        self, target: str = "satisfaction", *, ax: Axes | None = None, language: Language = Language.EN
    ) -> Axes:
        """Draw the importance and performance of the drivers of a construct, in four quadrants cut at the means."""
        from crm_core import plotting

        goal = self.model.construct(target).label(language)
        found = self._core_fit.importance_performance(target)
        labels = [self.model.constructs[place].label(language) for place in found["construct"]]
        importance, performance = found["importance"], found["performance"]
        return plotting.importance_satisfaction(
            labels,
            importance,
            performance,
            importance_cut=float(np.mean(importance)),
            satisfaction_cut=float(np.mean(performance)),
            target=goal,
            ax=ax,
            language=language,
        )

    def plot_loadings(self, *, ax: Axes | None = None, language: Language = Language.EN) -> Axes:
        """Draw the loading of each indicator on its construct."""
        from crm_core import plotting

        groups = [construct.label(language) for construct in self.model.constructs for _ in construct.indicators]
        found = self._core_fit.indicators()["loading"]
        return plotting.loadings(groups, self.model.indicators, found, ax=ax)

    # ---- in words

    def summary(self) -> str:
        r"""Give the main results as text.

        Examples
        --------
        >>> from crm_core.satisfaction.structural import Model
        >>> model = Model("quality =~ q1 + q2\nsatisfaction =~ s1 + s2\nsatisfaction ~ quality")
        >>> print(model.fit(model.simulate(400, seed=1)).summary())
        400 respondents, converged after 5 iterations
        <BLANKLINE>
                       index     R²  alpha  rho_A    AVE
        quality         68.9          0.80   0.81   0.83
        satisfaction    69.7   0.44   0.80   0.81   0.83
        <BLANKLINE>
                               coefficient      t     f²
        quality → satisfaction        0.67  17.80   0.80
        """
        report, names = self.report, self._names
        rows = f"{report.rows_used:,} respondents" + (
            f" ({report.rows_dropped:,} with missing answers left out)" if report.rows_dropped else ""
        )
        ended = f"converged after {report.iterations} iterations"
        if report.status is not PlsStatus.CONVERGED:
            ended = f"NOT converged after {report.iterations} iterations (allow more, or take another inner scheme)"
        lines = [f"{rows}, {ended}", ""]
        reliability, explained = self._core_fit.reliability(), self._core_fit.explained()
        r_squared = dict(zip(explained["construct"], explained["r_squared"], strict=True))
        width = max(map(len, names))
        lines.append(f"{'':<{width}}   index     R²  alpha  rho_A    AVE")
        for place, (name, index) in enumerate(zip(names, self._core_fit.index(), strict=True)):
            known = f"{r_squared[place]:6.2f}" if place in r_squared else " " * 6
            parts = "".join(f" {reliability[part][place]:6.2f}" for part in ("alpha", "rho_a", "ave"))
            lines.append(f"{name:<{width}} {index:7.1f} {known}{parts}")
        arrows = [f"{path.driver} → {path.construct}" for path in self.model.paths]
        width, paths = max(map(len, arrows)), self._core_fit.paths()
        lines += ["", f"{'':<{width}} coefficient      t     f²"]
        for arrow, *values in zip(arrows, *(paths[part] for part in ("coefficient", "t", "f_squared")), strict=True):
            coefficient, t, f_squared = values
            lines.append(f"{arrow:<{width}} {coefficient:11.2f} {t:6.2f} {f_squared:6.2f}")
        notes = [f"weight of {name} is negative: a better answer lowers the index" for name in self.negative_weights()]
        notes += self.inadmissible()
        return "\n".join([*lines, *([""] if notes else []), *notes])

    # ---- inside

    @property
    def _names(self) -> list[str]:
        return [construct.name for construct in self.model.constructs]

    def _table(self, columns: Mapping[str, Any]) -> Any:
        given: Any = self._library
        return nw.from_dict(dict(columns), backend=given).to_native()

    def _by_construct(self, values: list[float]) -> dict[str, list[float]]:
        size = len(self._names)
        return {name: values[place::size] for place, name in enumerate(self._names)}

    def _square(self, values: list[float]) -> Any:
        return self._table({"construct": self._names} | self._by_construct(values))

    def _among(self, values: list[Any], wanted: set[Any]) -> tuple[StructuralFit, list[Any]]:
        """Fit the model to the respondents whose values are wanted."""
        keep = np.array([value in wanted for value in values])
        made = object.__new__(StructuralFit)
        made.options, made._library = self.options, self._library
        columns = [(name, column[keep]) for name, column in self._answers.columns]
        weights = self._answers.weights
        made._answers = Answers(columns, None if weights is None else (weights[0][keep], weights[1]))
        given = self._inputs[0]
        made._take(_core.PlsFit.estimate(given._core_model, made._answers, self.options), given)
        return made, [value for value in values if value in wanted]

    def _reaches(self, driver: int, construct: int) -> bool:
        """Tell whether paths lead from one construct to another."""
        ends, reached = {self._names[driver]}, set[str]()
        while ends:
            ends = {path.construct for path in self.model.paths if path.driver in ends}
            reached |= ends
        return self._names[construct] in reached

    def _of_respondents(self, call: Any) -> dict[str, Floats]:
        rows = len(self._answers.columns[0][1])
        out = np.empty((rows, len(self._names)))
        call(self._answers, out)
        return {name: out[:, place] for place, name in enumerate(self._names)}

    def _segments(self, by: Any) -> tuple[str, list[Any]]:
        if isinstance(by, str):
            frame = frame_of(self._inputs[1])
            if by not in frame.columns:
                message = f"by is {by!r}: must be a column of the table"
                raise NotFoundError(message, argument="by", value=repr(by))
            series = frame[by]
        else:
            series = nw.from_native(by, series_only=True, pass_through=True)
            if not isinstance(series, nw.Series):
                series = nw.new_series("segment", list(by), backend=nw.Implementation.PYARROW)
        values = series.to_list()
        rows = len(self._answers.columns[0][1])
        if len(values) != rows:
            message = f"by is of length {len(values)}: must have length {rows}"
            raise LengthMismatchError(message, argument="by", value=f"of length {len(values)}")
        for row, value in enumerate(values):
            if value is None or value != value:
                message = f"by (row {row}): is missing"
                raise MissingValueError(message, argument="by", row=row)
        return series.name or "segment", values


def numbered(values: list[Any]) -> tuple[list[Any], NDArray[np.uint32]]:
    """Give the different values, in their order, and the place of each value among them."""
    segments, codes = np.unique(np.asarray(values), return_inverse=True)
    return segments.tolist(), codes.astype(np.uint32)


def fit(
    model: Model,
    table: Table,
    *,
    weights: Any = None,
    frequencies: Any = None,
    options: PlsOptions | None = None,
) -> StructuralFit:
    """Estimate a model by partial least squares path modelling; :meth:`Model.fit` is the same.

    Parameters
    ----------
    model : Model
        The model.
    table : table
        One row for each respondent, one column for each indicator of the model; others do not matter. Null and NaN are
        missing answers.
    weights : str or column, optional
        How much each respondent counts, 0 or more: a column, or its name in the table.
    frequencies : str or column, optional
        Instead of ``weights``: how many equal respondents each row stands for.
    options : PlsOptions, optional
        How to fit.

    Raises
    ------
    NotFoundError
        For an indicator that has no column.
    OutOfRangeError
        For an indicator whose answers are all equal, or too few rows.
    NoSolutionError
        For drivers of a construct, or indicators in mode B, that depend linearly on each other, and for indicators that
        cancel.

    Examples
    --------
    >>> from crm_core.satisfaction.structural import acsi, fit
    >>> found = fit(acsi(), acsi().simulate(500, seed=1, library="polars"))
    >>> found
    StructuralFit of 6 constructs to 500 respondents: converged
    """
    if not isinstance(model, Model):
        raise wrong_type("model", model, "a Model")
    options = PlsOptions() if options is None else options
    if not isinstance(options, PlsOptions):
        raise wrong_type("options", options, "PlsOptions")
    return StructuralFit._made(model, table, weights, frequencies, options)


def _read(model: Model, table: Any, weights: Any, frequencies: Any) -> Answers:
    frame = frame_of(table)
    names, known = model.indicators, frame.columns
    absent = [name for name in names if name not in known]
    if absent:
        raise _absent(absent, known)
    if weights is not None and frequencies is not None:
        message = "frequencies: must not be given with weights"
        raise OutOfRangeError(message, argument="frequencies")
    whole = frequencies is not None
    given, argument = (frequencies, "frequencies") if whole else (weights, "weights")
    counted = None if given is None else (_weights(argument, given, frame), whole)
    return Answers(list(zip(names, _columns(frame, names), strict=True)), counted)


def _columns(frame: nw.DataFrame[Any], names: list[str]) -> Iterable[Floats]:
    """Read the columns of numbers all at once: a Series for each costs more than the fit."""
    table: Any = frame.to_native()
    whole: NDArray[Any] | None = None
    if nw.dependencies.is_pandas_dataframe(table):
        whole = (table if list(table.columns) == names else table[names]).to_numpy()
    elif nw.dependencies.is_polars_dataframe(table):
        chosen = table.select(names)
        if all(dtype.is_float() or dtype.is_integer() for dtype in chosen.dtypes):
            whole = chosen.to_numpy(order="fortran")
    if whole is not None and whole.dtype.kind in "iuf":
        return np.ascontiguousarray(whole.T, dtype=np.float64)
    return [np.ascontiguousarray(read(name, table[name]).values) for name in names]


def _weights(argument: str, given: Any, frame: nw.DataFrame[Any]) -> Floats:
    if isinstance(given, str):
        if given not in frame.columns:
            message = f"{argument} is {given!r}: must be a column of the table"
            raise NotFoundError(message, argument=argument, value=repr(given))
        given = frame[given].to_native()
    elif not is_column(given):
        raise wrong_type(argument, given, "a column or its name")
    return np.ascontiguousarray(read(argument, given).required(argument))


def _absent(names: list[str], columns: list[str]) -> NotFoundError:
    shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    message = (
        f"table has no column {shown}: say which of its columns the indicators of the model are "
        f"(Model.rename_indicators; --columns of the command); it has {', '.join(columns[:30])}"
    )
    return NotFoundError(message, argument="table", value=names[0])
