"""Fitted structural models: what drives satisfaction, how much, and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core import _core
from crm_core._options import LARGEST_COUNT, LARGEST_INDEX, integer, wrong_type
from crm_core.satisfaction.structural._model import Model
from crm_core.satisfaction.structural._options import FitReport, PlsOptions, PlsStatus
from crm_core.satisfaction.structural._reading import read_answers
from crm_core.satisfaction.structural._results import FitResults
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from crm_core._tables import Table
    from crm_core.satisfaction.structural._bootstrap import Bootstrap
    from crm_core.satisfaction.structural._groups import GroupComparison

_USUAL = PlsOptions()


class StructuralFit(FitResults):
    """What partial least squares says of a model: made by :meth:`Model.fit`.

    Tables are of the kind of the table that was given. Coefficients and weights are of standardised answers, indices
    from 0 to 100.
    """

    __slots__ = ("_report",)

    _report: FitReport | None

    def __init__(self) -> None:
        message = "StructuralFit is made by Model.fit"
        raise TypeError(message)

    @classmethod
    def _made(cls, model: Model, table: Any, weights: Any, frequencies: Any, options: PlsOptions) -> StructuralFit:
        made = object.__new__(cls)
        made.options = options
        made._inputs = (model, table, weights, frequencies, options)
        made._answers = read_answers(model, table, weights, frequencies)
        made._take(_core.PlsFit.estimate(model._core_model, made._answers, options), model)
        return made

    def _take(self, core_fit: _core.PlsFit, fitted: Model | None) -> None:
        self._core_fit = core_fit
        if fitted is None or fitted._is_higher_order:
            fitted = Model._of(core_fit.model())
        self.model = fitted
        self._report = None

    @property
    def report(self) -> FitReport:
        """How the fit went."""
        if self._report is None:
            found = self._core_fit.report()
            self._report = FitReport(PlsStatus(found.pop("status")), **found)
        return self._report

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
        made.options, made._answers = self.options, self._answers
        made._take(first, None)
        made._inputs = (made.model, *self._inputs[1:])
        return made

    # ---- chance

    def bootstrap(
        self,
        resamples: int = 5000,
        *,
        seed: int,
        by: Any = None,
        strata: Any = None,
        clusters: Any = None,
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
        strata, clusters : str or column, optional
            The stratum that each respondent was drawn from, and the cluster that it was drawn with. Then resamples
            follow the design of the survey: of the n clusters of each stratum (or respondents, without clusters) n - 1
            are drawn, and those drawn count n / (n - 1) times.
        progress : bool or callable
            True draws a bar on the standard error stream; a function is told, now and then, how many are done.

        Raises
        ------
        NoSolutionError
            For a stratum with a single cluster or respondent, and where hardly a resample gives an estimate.
        OutOfRangeError
            For a cluster in two strata.
        WrongTypeError
            For strata or clusters of a fit with frequencies.

        References
        ----------
        Efron (1987), "Better bootstrap confidence intervals", JASA 82; Rao & Wu (1988), "Resampling inference with
        complex survey data", JASA 83.

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

        return bootstrap(self, resamples, seed, by, (strata, clusters), progress)

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
        With constructs of constructs in two stages, the indices of the components are such answers.

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

    # ---- charts and words

    def plot(self, *, ax: Axes | None = None, language: Language = Language.EN) -> Axes:
        """Draw the path diagram: boxes with index and R², arrows by their coefficients; see :mod:`crm_core.plotting`.

        Arrows whose coefficient may be chance (p of 0.05 or more) are grey and dashed.
        """
        from crm_core.satisfaction.structural import _showing

        return _showing.path_diagram(self, ax, language)

    def plot_importance(
        self, target: str = "satisfaction", *, ax: Axes | None = None, language: Language = Language.EN
    ) -> Axes:
        """Draw the importance and performance of the drivers of a construct, in four quadrants cut at the means."""
        from crm_core.satisfaction.structural import _showing

        return _showing.importance(self, target, ax, language)

    def plot_loadings(self, *, ax: Axes | None = None, language: Language = Language.EN) -> Axes:
        """Draw the loading of each indicator on its construct."""
        from crm_core.satisfaction.structural import _showing

        return _showing.loadings(self, ax, language)

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
        from crm_core.satisfaction.structural import _showing

        return _showing.summary(self)

    # ---- inside

    def _among(self, values: list[Any], wanted: set[Any]) -> tuple[StructuralFit, list[Any]]:
        """Fit the model to the respondents whose values are wanted."""
        made = object.__new__(StructuralFit)
        made.options, made._inputs = self.options, self._inputs
        made._answers = self._answers.among(np.array([value in wanted for value in values]))
        given = self._inputs[0]
        made._take(_core.PlsFit.estimate(given._core_model, made._answers, self.options), given)
        return made, [value for value in values if value in wanted]


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
        missing answers. A dict of columns is a table, too; its results are tables of pyarrow.
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
    options = _USUAL if options is None else options
    if not isinstance(options, PlsOptions):
        raise wrong_type("options", options, "PlsOptions")
    return StructuralFit._made(model, table, weights, frequencies, options)
