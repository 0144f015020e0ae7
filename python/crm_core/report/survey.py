"""From the answers of a survey to a report of satisfaction: index, drivers, segments, what to improve first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core._tables import frame_of
from crm_core.errors import NotFoundError, UnreadableError
from crm_core.report.pipeline import silent
from crm_core.satisfaction import kano
from crm_core.satisfaction.structural import IndexPreset, Model, PlsOptions, StructuralFit
from crm_core.units import Language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from crm_core._tables import Table
    from crm_core.satisfaction import KanoAnalysis

__all__ = ["KANO_SUFFIXES", "SurveyAnalysis", "analyse_survey", "example_survey", "kano_attributes", "read_model"]

KANO_SUFFIXES = ("_functional", "_dysfunctional", "_importance")
"""How the columns of an attribute's Kano questions end: if it is there, if it is not, how important it is."""


@dataclass(frozen=True)
class SurveyAnalysis:
    """Everything that a report says of a survey.

    Attributes
    ----------
    fit : StructuralFit
        The fitted model.
    bootstrap : Bootstrap
        What resampling says of it.
    target : str
        The construct in question.
    segments : str or None
        The column of segments.
    weights : str or None
        The column of weights.
    kano : KanoAnalysis or None
        Kano's analysis of the attributes, if the survey asked for it.
    renamed : int
        How many indicators have the names of other columns.
    name : IndexPreset or None
        The ready model, if it is one.
    source : str
        What the report calls the table.
    language : Language
        The language of the report.
    """

    fit: StructuralFit
    bootstrap: Any
    target: str
    segments: str | None
    weights: str | None
    kano: KanoAnalysis | None
    renamed: int
    name: IndexPreset | None
    source: str
    seed: int
    language: Language

    def html(self) -> str:
        """Return the report as one self-contained page."""
        from crm_core.report.survey_page import render

        return render(self)

    def summary(self) -> str:
        """Return the findings as lines of text."""
        from crm_core.report.survey_page import summarise

        return summarise(self)

    def write(self, folder: str | Path) -> list[Path]:
        """Write ``report.html`` and ``respondents.csv``, the indices of each respondent; return their paths.

        The folder is made if it does not exist.

        Raises
        ------
        OSError
            If the files cannot be written.
        """
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        page, text = target / "report.html", target / "respondents.csv"
        page.write_text(self.html(), encoding="utf-8")
        nw.from_native(self.fit.individual_indices(), eager_only=True).write_csv(text)
        return [page, text]


def kano_attributes(columns: Iterable[str], suffixes: Sequence[str] = KANO_SUFFIXES) -> dict[str, list[str]]:
    """Find the attributes of which a survey asked Kano's pair of questions, by how their columns end.

    Parameters
    ----------
    columns : iterable of str
        The columns of the survey.
    suffixes : sequence of str
        How the columns of the functional and the dysfunctional question end, and that of stated importance.

    Returns
    -------
    dict of str to list of str
        For each attribute its two or three columns.

    Examples
    --------
    >>> kano_attributes(["quiet_functional", "quiet_dysfunctional", "quiet_importance", "age"])
    {'quiet': ['quiet_functional', 'quiet_dysfunctional', 'quiet_importance']}
    """
    names = list(columns)
    functional, dysfunctional, *others = suffixes
    stems = [name.removesuffix(functional) for name in names if name.endswith(functional) and name != functional]
    pairs = {stem: [stem + functional, stem + dysfunctional] for stem in stems if stem + dysfunctional in names}
    return {stem: [*pair, *(stem + other for other in others if stem + other in names)] for stem, pair in pairs.items()}


def read_model(name: str) -> tuple[Model, IndexPreset | None]:
    """Give the model of this name, or the one that a text or JSON file of this name holds.

    Raises
    ------
    NotFoundError
        If there is no such ready model and no such file.
    UnreadableError
        If the file holds no model.

    Examples
    --------
    >>> read_model("acsi")[0]
    Model of 6 constructs: expectations, quality, value, satisfaction, complaints, loyalty
    """
    import json

    if name in list(IndexPreset):
        return IndexPreset(name).model(), IndexPreset(name)
    path = Path(name)
    if not path.exists():
        message = f"model is {name!r}: must be one of {', '.join(IndexPreset)}, or a file that holds a model"
        raise NotFoundError(message, argument="model", value=repr(name))
    text = path.read_text(encoding="utf-8")
    if not text.lstrip().startswith("{"):
        return Model(text), None
    try:
        return Model(json.loads(text)), None
    except json.JSONDecodeError as error:
        message = f"model is {name!r}: must be JSON ({error})"
        raise UnreadableError(message, argument="model", value=repr(name)) from None


def example_survey(model: Model, *, respondents: int = 250, seed: int = 1) -> nw.DataFrame[Any]:
    """Generate a survey to try a report with: the answers of the model, a region, Kano's pairs of three attributes.

    Examples
    --------
    >>> from crm_core.satisfaction.structural import acsi
    >>> example_survey(acsi()).columns[-4:]
    ['app_functional', 'app_dysfunctional', 'delivery_functional', 'delivery_dysfunctional']
    """
    random = np.random.default_rng(seed)
    answers: dict[str, Any] = nw.from_native(model.simulate(respondents, seed=seed, missing=0.01)).to_dict(
        as_series=False
    )
    answers["region"] = random.choice(["north", "south", "west"], respondents).tolist()
    # Shares of the answers 1 (like) to 5 (dislike) if the attribute is there, and if it is not.
    kano_shares = {
        "refund": ([0.15, 0.5, 0.3, 0.05, 0.0], [0.0, 0.0, 0.1, 0.15, 0.75]),
        "app": ([0.7, 0.1, 0.2, 0.0, 0.0], [0.0, 0.0, 0.5, 0.35, 0.15]),
        "delivery": ([0.7, 0.2, 0.1, 0.0, 0.0], [0.0, 0.0, 0.1, 0.2, 0.7]),
    }
    for attribute, shares in kano_shares.items():
        for suffix, share in zip(KANO_SUFFIXES, shares, strict=False):
            answers[attribute + suffix] = random.choice(5, respondents, p=share).astype(int) + 1
    return nw.from_dict(answers, backend="pyarrow")


def analyse_survey(
    table: Table,
    model: Model | IndexPreset,
    *,
    target: str = "satisfaction",
    columns: Mapping[str, str] | None = None,
    segments: str | None = None,
    weights: str | None = None,
    kano_suffixes: Sequence[str] = KANO_SUFFIXES,
    options: PlsOptions | None = None,
    resamples: int = 2000,
    seed: int = 1,
    language: Language = Language.EN,
    source: str = "a table",
    progress: Callable[[str], None] = silent,
) -> SurveyAnalysis:
    """Fit a model of satisfaction to the answers of a survey, for a report.

    Parameters
    ----------
    table : table
        One row for each respondent, one column for each question.
    model : Model or IndexPreset
        What drives what.
    target : str
        The construct in question.
    columns : dict of str to str, optional
        The column of each indicator of the model; those that are left out have their own names.
    segments, weights : str, optional
        The columns of the segment and of the weight of each respondent.
    kano_suffixes : sequence of str
        How the columns of Kano's questions end; see :func:`kano_attributes`. A survey with such columns gets a chapter
        on them; answers are integers from 1 (like) to 5 (dislike), names or texts, as of
        :func:`crm_core.satisfaction.kano`.
    options : PlsOptions, optional
        How to fit.
    resamples, seed : int
        Of the bootstrap.
    language : Language
        The language of the report.
    source : str
        What the report calls the table.
    progress : callable
        Told the name of each step as it begins.

    Raises
    ------
    NotFoundError
        For a column or a construct that does not exist.
    CrmError
        As of :func:`crm_core.satisfaction.structural.fit`.

    Examples
    --------
    >>> from crm_core.satisfaction.structural import IndexPreset, acsi
    >>> found = analyse_survey(acsi().simulate(300, seed=1), IndexPreset.ACSI, resamples=50)
    >>> print(found.summary().splitlines()[0])
    Customer satisfaction stands at 69.3 of 100
    """
    name = model if isinstance(model, IndexPreset) else None
    chosen = model.model() if isinstance(model, IndexPreset) else model
    mapping = dict(columns or {})
    if mapping:
        chosen = chosen.rename_indicators(mapping)
    chosen.construct(target)
    frame = frame_of(table)
    for argument, column in (("segments", segments), ("weights", weights)):
        if column is not None and column not in frame.columns:
            message = f"{argument} is {column!r}: must be one of the columns {', '.join(frame.columns[:30])}"
            raise NotFoundError(message, argument=argument, value=repr(column))
    progress("fitting the model")
    fit = chosen.fit(table, weights=weights, options=options)
    progress(f"resampling {resamples:,} times")
    bootstrap = fit.bootstrap(resamples, seed=seed)
    attributes = kano_attributes(frame.columns, kano_suffixes)
    answers = {column: frame[column].to_native() for names in attributes.values() for column in names}
    return SurveyAnalysis(
        fit,
        bootstrap,
        target,
        segments,
        weights,
        kano(answers, attributes) if attributes else None,
        len(mapping),
        name,
        source,
        seed,
        Language(language),
    )
