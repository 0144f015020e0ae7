"""Structural models: constructs, the questions that measure them, the paths between them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from narwhals import from_dict

from crm_core import _core
from crm_core._options import LARGEST_COUNT, LARGEST_INDEX, integer, library_name, member, number, wrong_type
from crm_core.errors import NotFoundError
from crm_core.units import Category, Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crm_core._tables import Table
    from crm_core.satisfaction.structural._fit import StructuralFit
    from crm_core.satisfaction.structural._options import PlsOptions


class MeasurementMode(Category):
    """How the weights of a construct's indicators are found."""

    A = "a"
    """Reflective: weights are correlations of the indicators with the inner proxy."""
    B = "b"
    """Formative: weights are coefficients of the regression of the inner proxy on the indicators."""
    SINGLE_ITEM = "single_item"
    """The construct is its only indicator."""


class ExpectedSign(Category):
    """The sign that a path is expected to have."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    EITHER = "either"

    def holds(self, coefficient: float) -> bool:
        """Tell whether a coefficient has this sign; 0 has every sign."""
        low = coefficient >= 0 if self is ExpectedSign.POSITIVE else coefficient <= 0
        return self is ExpectedSign.EITHER or low


class IndexPreset(Category):
    """A ready model."""

    SCSB = "scsb"
    ACSI = "acsi"
    ECSI = "ecsi"
    CCSI = "ccsi"

    def model(self) -> Model:
        """Give the model, without what is added on request.

        Examples
        --------
        >>> IndexPreset("acsi").model() == acsi()
        True
        """
        return {"scsb": scsb, "acsi": acsi, "ecsi": ecsi, "ccsi": ccsi}[self.value]()


@dataclass(frozen=True, slots=True)
class Indicator:
    """A column of answers to one question.

    Attributes
    ----------
    name : str
        Of the column.
    question : dict of Language to str
        What was asked.
    scale : (float, float)
        The worst and the best answer.
    """

    name: str
    question: Mapping[Language, str] = field(default_factory=dict)
    scale: tuple[float, float] = (1.0, 10.0)

    def label(self, language: Language = Language.EN) -> str:
        """Give the question, in the other language if it is not known in this one, or else the name."""
        return _label(self.question, language) or self.name


@dataclass(frozen=True, slots=True)
class Construct:
    """A latent variable and the indicators that measure it.

    Attributes
    ----------
    name : str
        By which paths and results know it.
    mode : MeasurementMode
        How it is measured.
    indicators : tuple of Indicator
        What measures it.
    wording : dict of Language to str
        What people call it.
    """

    name: str
    mode: MeasurementMode
    indicators: tuple[Indicator, ...]
    wording: Mapping[Language, str] = field(default_factory=dict)

    def label(self, language: Language = Language.EN) -> str:
        """Give what people call it, or its name."""
        return _label(self.wording, language) or self.name


@dataclass(frozen=True, slots=True)
class Path:
    """An arrow of the inner model.

    Attributes
    ----------
    driver, construct : str
        From which construct to which.
    sign : ExpectedSign
        The sign that its coefficient is expected to have.
    """

    driver: str
    construct: str
    sign: ExpectedSign = ExpectedSign.POSITIVE


class Model:
    r"""A structural model: which questions measure which constructs, and which constructs drive which.

    It is checked when it is made: every construct is measured and has a path, every indicator measures one construct,
    once, and no path leads back to where it started.

    Parameters
    ----------
    model : str or dict
        A text, or a dict as :meth:`to_dict` gives it. In a text, ``=~`` says what measures a construct (mode A), ``<~``
        what forms it (mode B), ``~`` what drives it; a sign before a driver is the sign that its path is expected to
        have (``+``, ``-``, ``?`` for either). After a name may stand what people call it or what was asked, in English
        and then in Chinese, and after that of an indicator the limits of its scale; ``scale [1 7]`` in a line of its
        own gives them for all indicators after it, which else are 1 and 10. A line that ends with an operator goes on
        in the next. A name that holds blanks or operators stands in backquotes. An indicator that is called like
        another construct means that construct: ``offer =~ quality + service`` makes a construct of constructs
        (:class:`HigherOrder` tells how it is fitted), of which only it may have paths.

    Raises
    ------
    UnreadableError
        For a text that cannot be read, with the token and its line.
    NotFoundError, OutOfRangeError, EmptyError
        For a model that cannot be; the message says what to change.

    Examples
    --------
    >>> model = Model('''
    ...     quality =~ q1 + q2 + q3
    ...     satisfaction "Customer satisfaction" "顾客满意度" =~ s1 + s2
    ...     complaints =~ complained [0 1]
    ...     satisfaction ~ quality
    ...     complaints ~ - satisfaction
    ... ''')
    >>> model.indicators
    ['q1', 'q2', 'q3', 's1', 's2', 'complained']
    >>> model.construct("satisfaction").label(Language.ZH)
    '顾客满意度'
    >>> Model("a =~ x\nb =~ y\na ~ b\nb ~ a")
    Traceback (most recent call last):
        ...
    crm_core.errors.OutOfRangeError: paths is a -> b -> a: must not lead back to where they start: leave one of them out
    """

    __slots__ = ("_constructs", "_core_model", "_indicators", "_paths")

    _core_model: _core.StructuralModel
    _constructs: tuple[Construct, ...]
    _indicators: tuple[str, ...]
    """Without components, which are constructs."""
    _paths: tuple[Path, ...]

    def __init__(self, model: str | Mapping[str, Any]) -> None:
        if isinstance(model, str):
            made = _core.StructuralModel.from_text(model)
        elif hasattr(model, "keys"):
            made = _core.StructuralModel.from_json(json.dumps(dict(model)))
        else:
            raise wrong_type("model", model, "a text or a dict")
        self._take(made)

    @classmethod
    def _of(cls, made: _core.StructuralModel) -> Model:
        model = object.__new__(cls)
        model._take(made)
        return model

    def _take(self, made: _core.StructuralModel) -> None:
        written = json.loads(made.to_json())
        self._core_model = made
        self._constructs = tuple(_construct(form) for form in written["constructs"])
        names = {construct.name for construct in self._constructs}
        self._indicators = tuple(
            indicator.name
            for construct in self._constructs
            for indicator in construct.indicators
            if indicator.name == construct.name or indicator.name not in names
        )
        self._paths = tuple(Path(form["from"], form["to"], ExpectedSign(form["sign"])) for form in written["paths"])

    def __reduce__(self) -> tuple[Any, ...]:
        return Model, (self.to_dict(),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(self._core_model.to_json())

    def __str__(self) -> str:
        """Give the text of the model, which :class:`Model` reads back."""
        return self._core_model.to_text()

    def __repr__(self) -> str:
        return f"Model of {len(self._constructs)} constructs: {', '.join(c.name for c in self._constructs)}"

    def to_dict(self) -> dict[str, Any]:
        r"""Give the model as plain dicts, lists, texts and numbers, which :class:`Model` reads back.

        Examples
        --------
        >>> Model("a =~ x\nb =~ y + z\nb ~ a").to_dict()["constructs"][1]
        {'name': 'b', 'mode': 'a', 'indicators': ['y', 'z']}
        """
        written: dict[str, Any] = json.loads(self._core_model.to_json())
        return written

    @property
    def constructs(self) -> tuple[Construct, ...]:
        """The constructs, in the order of all results."""
        return self._constructs

    @property
    def paths(self) -> tuple[Path, ...]:
        """The paths, in the order of all results."""
        return self._paths

    @property
    def indicators(self) -> list[str]:
        """The names of all indicators, construct by construct: the columns that a survey must have."""
        return list(self._indicators)

    @property
    def _is_higher_order(self) -> bool:
        return len(self._indicators) < sum(len(construct.indicators) for construct in self._constructs)

    def construct(self, name: str) -> Construct:
        """Give the construct of this name.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        for construct in self._constructs:
            if construct.name == name:
                return construct
        known = ", ".join(construct.name for construct in self._constructs)
        message = f"construct is {name!r}: must be one of {known}"
        raise NotFoundError(message, argument="construct", value=repr(name))

    def rename_indicators(self, columns: Mapping[str, str]) -> Model:
        """Give indicators the names that their columns have.

        Parameters
        ----------
        columns : dict of str to str
            The column of each indicator; indicators that are left out keep their names.

        Examples
        --------
        >>> acsi().rename_indicators({"satisfaction_overall": "Q10"}).construct("satisfaction").indicators[0].name
        'Q10'
        """
        return self._of(self._core_model.rename_indicators(list(columns.items())))

    def measured_by(self, construct: str, *indicators: str) -> Model:
        """Measure a construct by other columns, with answers from 1 to 10.

        Examples
        --------
        >>> acsi().measured_by("loyalty", "Q15", "Q16", "Q17").indicators[-3:]
        ['Q15', 'Q16', 'Q17']
        """
        return self._of(self._core_model.measured_by(construct, list(indicators)))

    def without(self, *constructs: str) -> Model:
        """Leave constructs out, with their indicators and paths.

        Examples
        --------
        >>> len(acsi().without("complaints").paths)
        7
        """
        return self._of(self._core_model.without(list(constructs)))

    def with_path(self, driver: str, construct: str, sign: ExpectedSign = ExpectedSign.POSITIVE) -> Model:
        """Add a path, or change the sign that it is expected to have."""
        return self._of(self._core_model.with_path(driver, construct, member("sign", ExpectedSign, sign).value))

    def without_path(self, driver: str, construct: str) -> Model:
        """Leave a path out."""
        return self._of(self._core_model.without_path(driver, construct))

    def fit(
        self, table: Table, *, weights: Any = None, frequencies: Any = None, options: PlsOptions | None = None
    ) -> StructuralFit:
        """Estimate the model by partial least squares path modelling; see :func:`fit`.

        Examples
        --------
        >>> acsi().fit(acsi().simulate(500, seed=1))
        StructuralFit of 6 constructs to 500 respondents: converged
        """
        from crm_core.satisfaction.structural._fit import fit

        return fit(self, table, weights=weights, frequencies=frequencies, options=options)

    def simulate(
        self,
        respondents: int = 250,
        *,
        seed: int = 0,
        paths: Sequence[float] | None = None,
        loadings: Sequence[float] | None = None,
        components: Sequence[float] | None = None,
        means: Sequence[float] | None = None,
        deviations: Sequence[float] | None = None,
        missing: float = 0.0,
        whole: bool = True,
        library: str = "pyarrow",
    ) -> Any:
        """Simulate a survey with known paths and loadings.

        Constructs that nothing drives are standard normal; the others are the sum of their drivers times the
        coefficients of the paths, and a rest that makes their variance 1. What is felt about a question is its loading
        times its construct, and an error that makes its variance 1; the answer is the whole number on the scale that is
        nearest to mean + deviation times that. The same parameters give the same answers, on any machine.

        Parameters
        ----------
        respondents, seed : int
            How many answer, and the seed of the random numbers.
        paths : sequence of float, optional
            The coefficient of each path, as :attr:`paths`; by default 0.8 / the number of drivers, negative where that
            is expected, and 0 where either sign may be.
        loadings : sequence of float, optional
            Of each indicator, as :attr:`indicators`, from 0 to 1; by default 0.85, and 1 of a single item.
        components : sequence of float, optional
            Loading of each construct that is a component of another on that, in the order of :attr:`constructs`, from 0
            to 1; by default 0.85.
        means, deviations : sequence of float, optional
            Of the answers to each question before they are rounded; by default at 0.7 of the way up the scale, and 0.2
            for constructs that are expected to fall when a driver rises; and 0.2 of its length.
        missing : float
            Probability that an answer is missing.
        whole : bool
            Whether answers are whole numbers on the scale; else they are exactly normal.
        library : str
            Which DataFrame to make: "pyarrow", "pandas" or "polars".

        Returns
        -------
        table
            One row for each respondent, one column for each indicator; missing answers are null.

        Examples
        --------
        >>> answers = acsi().simulate(100, seed=1)
        >>> answers.num_rows, answers.num_columns
        (100, 14)
        """
        backend = library_name(library)

        def listed(argument: str, values: Iterable[float] | None) -> list[float] | None:
            return None if values is None else [number(argument, value) for value in values]

        how = _Simulation(
            respondents=integer("respondents", respondents, 0, LARGEST_INDEX),
            seed=integer("seed", seed, 0, LARGEST_COUNT),
            paths=listed("paths", paths),
            loadings=listed("loadings", loadings),
            components=listed("components", components),
            means=listed("means", means),
            deviations=listed("deviations", deviations),
            missing=number("missing", missing),
            whole=bool(whole),
        )
        columns = self._core_model.simulate(how)
        answers: dict[str, Any] = {}
        for name, column in zip(self.indicators, columns, strict=True):
            if whole:
                answers[name] = [None if value != value else int(value) for value in column]
            else:
                answers[name] = [None if value != value else value for value in column]
        return from_dict(answers, backend=backend).to_native()


@dataclass(frozen=True, slots=True)
class _Simulation:
    respondents: int
    seed: int
    paths: list[float] | None
    loadings: list[float] | None
    components: list[float] | None
    means: list[float] | None
    deviations: list[float] | None
    missing: float
    whole: bool


def scsb() -> Model:
    """Give the Swedish Customer Satisfaction Barometer, the first of the national indices (1989).

    Expectations, performance, satisfaction, complaints, loyalty; 6 paths.

    References
    ----------
    Fornell (1992), "A national customer satisfaction barometer", Journal of Marketing 56(1).

    Examples
    --------
    >>> scsb()
    Model of 5 constructs: expectations, performance, satisfaction, complaints, loyalty
    """
    return Model._of(_core.StructuralModel.scsb())


def acsi() -> Model:
    """Give the American Customer Satisfaction Index (1994).

    Expectations, quality, value, satisfaction, complaints, loyalty; 9 paths.

    References
    ----------
    Fornell, Johnson, Anderson, Cha & Bryant (1996), "The American customer satisfaction index", Journal of
    Marketing 60(4).

    Examples
    --------
    >>> for path in acsi().paths[-3:]:
    ...     print(path.driver, path.construct, path.sign)
    satisfaction complaints negative
    satisfaction loyalty positive
    complaints loyalty either
    >>> acsi().construct("quality").indicators[0].label()
    'How good is the overall quality in your experience?'
    """
    return Model._of(_core.StructuralModel.acsi())


def ecsi(*, complaints: bool = False, two_qualities: bool = False) -> Model:
    """Give the European Customer Satisfaction Index, also called EPSI Rating (1999).

    Image, expectations, quality, value, satisfaction, loyalty; 10 paths.

    Parameters
    ----------
    complaints : bool
        With the handling of complaints between satisfaction and loyalty. The question is how well they are handled, so
        that its paths are expected to be positive.
    two_qualities : bool
        With the quality of products (hardware) and of service (humanware) as two constructs.

    References
    ----------
    ECSI Technical Committee (1998); Tenenhaus, Esposito Vinzi, Chatelin & Lauro (2005), "PLS path modeling",
    Computational Statistics & Data Analysis 48(1), table 1.

    Examples
    --------
    >>> len(ecsi().paths), len(ecsi(complaints=True).paths)
    (10, 12)
    >>> ecsi(two_qualities=True)
    Model of 7 constructs: image, expectations, product_quality, service_quality, value, satisfaction, loyalty
    """
    return Model._of(_core.StructuralModel.ecsi(bool(complaints), bool(two_qualities)))


def ccsi(*, complaints: bool = False) -> Model:
    """Give the Chinese Customer Satisfaction Index (Tsinghua University; national guide GB/T 19038-2009).

    Brand image, expected quality, perceived quality, value, satisfaction, loyalty; 11 paths.

    Parameters
    ----------
    complaints : bool
        With complaints between satisfaction and loyalty.

    References
    ----------
    GB/T 19038-2009 顾客满意测评模型和方法指南.

    Examples
    --------
    >>> [construct.label(Language.ZH) for construct in ccsi().constructs]
    ['品牌形象', '预期质量', '感知质量', '感知价值', '顾客满意度', '顾客忠诚度']
    """
    return Model._of(_core.StructuralModel.ccsi(bool(complaints)))


def _construct(form: Mapping[str, Any]) -> Construct:
    indicators = tuple(_indicator(indicator) for indicator in form["indicators"])
    return Construct(form["name"], MeasurementMode(form["mode"]), indicators, _wording(form.get("label", {})))


def _indicator(form: str | Mapping[str, Any]) -> Indicator:
    if isinstance(form, str):
        return Indicator(form)
    least, greatest = form["scale"]
    return Indicator(form["name"], _wording(form.get("question", {})), (least, greatest))


def _wording(form: Mapping[str, str]) -> dict[Language, str]:
    return {Language(name): text for name, text in form.items() if text}


def _label(wording: Mapping[Language, str], language: Language) -> str:
    other = Language.ZH if language == Language.EN else Language.EN
    return wording.get(language) or wording.get(other) or ""
