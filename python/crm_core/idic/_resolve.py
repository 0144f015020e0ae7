"""Entity resolution: which records are of one customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._moments import seconds
from crm_core._options import integer, items, member, number, optional_number
from crm_core._tables import backend, collect, frame_of, native
from crm_core.errors import NotFoundError
from crm_core.idic._schema import AgreementLevel, RecordSchema, ResolveOptions, Survivorship
from crm_core.units import Category

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from crm_core._tables import Table
    from crm_core.idic._store import ProfileStore


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """What a field says of a pair.

    Attributes
    ----------
    field : str
        Its name.
    level : AgreementLevel
        How well the values agree.
    weight : float
        log₂(m/u) of this level, in bits.
    term_frequency : float
        What the frequency of the value adds.
    """

    field: str
    level: AgreementLevel
    weight: float
    term_frequency: float


@dataclass(frozen=True, slots=True)
class MatchExplanation:
    """Why two records are, or are not, of one customer. It holds no value of the records.

    Attributes
    ----------
    prior : float
        log₂ of the odds that two records drawn at random are of one customer.
    fields : tuple of FieldEvidence
        What each field says, in the order of the schema.
    weight : float
        The sum of all.
    probability : float
        The probability that they are of one customer: 1 / (1 + 2^−weight).
    """

    prior: float
    fields: tuple[FieldEvidence, ...]
    weight: float
    probability: float


@dataclass(frozen=True, slots=True)
class GoldenRecords:
    """One record for each customer.

    Attributes
    ----------
    table : table
        ``cluster``, ``records`` (how many there are) and the values of the fields as they stand in the records.
    sources : table
        The same with the row that each value comes from; null where no record has one.
    conflicts : dict
        By field: for how many customers records differ in it.
    """

    table: Any
    sources: Any
    conflicts: dict[str, int]


@dataclass(frozen=True, slots=True)
class ResolutionReport:
    """How a resolution went.

    Attributes
    ----------
    records, customers : int
        How many there are.
    compared : int
        How many different pairs were compared.
    keys : tuple of tuples of str
        The blocking keys.
    recall : float
        The estimated share of all matches that the keys find, if fields agree independently.
    prior : float
        The probability that two records drawn at random are of one customer.
    iterations, converged : int, bool
        Of the EM algorithm.
    groups_split : int
        How many groups that hang together by pairs were split.
    missing, unreadable : dict
        By field: how many values are missing, and how many could not be read and were compared as they stand.
    """

    records: int
    customers: int
    compared: int
    keys: tuple[tuple[str, ...], ...]
    recall: float
    prior: float
    iterations: int
    converged: bool
    groups_split: int
    missing: dict[str, int]
    unreadable: dict[str, int]


class FieldVerdict(Category):
    """What is to be done about a field."""

    USEFUL = "useful"
    STALE = "stale"
    """Its values are too old: ask for them again."""
    USELESS = "useless"
    """Hardly any record has a value, or all have the same."""


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """How good the values of a field are.

    Attributes
    ----------
    field : str
        Its name.
    filled : float
        The share of the records that have a value.
    unreadable : float
        The share of the values that could not be read as what the field holds.
    different : int
        How many different values there are.
    freshness : float, optional
        The mean of 2^(−age/half-life) of its values; ``None`` without times, a half-life or values.
    verdict : FieldVerdict
        What follows.
    """

    field: str
    filled: float
    unreadable: float
    different: int
    freshness: float | None
    verdict: FieldVerdict


class Resolution:
    """Which records are of one customer: made by :func:`resolve` and :func:`link`.

    Rows are counted from 0; those of the second table of :func:`link` go on after those of the first. Tables are of the
    library that the records are of.
    """

    __slots__ = ("_core", "_frame", "_library", "_names", "schema")

    def __init__(
        self,
        tables: Sequence[Table],
        schema: RecordSchema,
        options: ResolveOptions,
        threshold: float,
        one_to_one: bool,
    ) -> None:
        self.schema = schema
        """The fields that were compared."""
        self._names = [field.name for field in schema.fields]
        self._library = backend(tables[0])
        frames = [frame_of(table).select(self._names) for table in tables]
        if any(frame.schema != frames[0].schema for frame in frames):
            frames = [frame.select(nw.all().cast(nw.String)) for frame in frames]
        self._frame = frames[0] if len(frames) == 1 else nw.concat(frames, how="vertical")
        blocking, training = options._core(self._names)
        self._core = _core.Resolution(
            [collect(table) for table in tables],
            schema._core(),
            blocking,
            training,
            number("least_probability", options.least_probability),
            number("threshold", threshold),
            bool(one_to_one),
        )

    def __repr__(self) -> str:
        report = self.report
        return f"Resolution(records={report.records}, customers={report.customers})"

    @property
    def report(self) -> ResolutionReport:
        """How it went."""
        compared, keys, recall, prior, iterations, converged, customers, split = self._core.report
        quality = dict(zip(self._names, self._core.quality, strict=True))
        return ResolutionReport(
            records=self._core.rows,
            customers=customers,
            compared=compared,
            keys=tuple(tuple(self._names[field] for field in key) for key in keys),
            recall=recall,
            prior=prior,
            iterations=iterations,
            converged=converged,
            groups_split=split,
            missing={name: missing for name, (missing, _) in quality.items()},
            unreadable={name: unreadable for name, (_, unreadable) in quality.items()},
        )

    def field_quality(
        self, *, now: Any, times: ArrayLike | None = None, least_freshness: float = 0.5, least_filled: float = 0.05
    ) -> list[FieldQuality]:
        """Say how good the values of each field are, the most important fields first.

        Parameters
        ----------
        now : datetime or str
            The moment at which freshness is asked for.
        times : array of dates, optional
            When each record was made, to the second; whole numbers are seconds since 1970.
        least_freshness : float
            A field whose values have a lower mean freshness is stale.
        least_filled : float
            A field that a smaller share of the records has is useless, as is one with a single value.
        """
        found = self._core.field_quality(
            None if times is None else _ticks(times),
            seconds("now", now),
            number("least_freshness", least_freshness),
            number("least_filled", least_filled),
        )
        return [
            FieldQuality(self._names[place], filled, unreadable, different, fresh, FieldVerdict(verdict))
            for place, filled, unreadable, different, fresh, verdict in found
        ]

    def model(self) -> Any:
        """Give m, u and log₂(m/u) by ``field`` and ``level``: columns ``m``, ``u``, ``weight`` and ``derived``.

        A field with ``derived_from`` has rows for pairs that agree on these fields, too, which are ``derived``.
        """
        return native(self._core.model(), self._library)

    def pairs(self) -> Any:
        """Give the pairs that are likely enough: rows ``a`` < ``b``, match ``weight`` in bits, ``probability``."""
        return native(self._core.pairs(), self._library)

    def possible_links(self, review_threshold: float | None = None) -> Any:
        """Give the possible links, for people to look at: likely pairs that are not of one customer, as :meth:`pairs`.

        They are less probable than a link, or held together by too little. Whoever are one after all are united in the
        store of the records: :meth:`ProfileStore.merge` of the ``cluster`` of both.

        Parameters
        ----------
        review_threshold : float, optional
            The probability from which a pair is looked at; all that were kept unless told, those of
            ``least_probability`` or more (:class:`ResolveOptions`).

        Raises
        ------
        OutOfRangeError
            Unless it is ``least_probability`` or more, and below 1.

        References
        ----------
        Fellegi & Sunter 1969, A theory for record linkage.

        Examples
        --------
        >>> import polars as pl
        >>> people = pl.DataFrame({
        ...     "name": ["Ann Lee", "Ann Leee", "Tom Fox", "Eva Karl", "Ida Berg"],
        ...     "mobile": ["13812345678", "13812345678", "13911112222", "13700001111", "13600000000"],
        ... })
        >>> strict = resolve(people, threshold=0.9999)
        >>> strict.clusters()["cluster"].to_list()
        [0, 1, 2, 3, 4]
        >>> strict.possible_links(0.5).select("a", "b").rows()
        [(0, 1)]
        """
        return native(self._core.possible_links(optional_number("review_threshold", review_threshold)), self._library)

    def clusters(self) -> Any:
        """Give the ``cluster`` of each row: the number of its first row."""
        return native(self._core.clusters(), self._library)

    def explain(self, a: int, b: int) -> MatchExplanation:
        """Say why the records of two rows are, or are not, of one customer.

        Raises
        ------
        NotFoundError
            If there is no such row.
        """
        prior, fields, weight, probability = self._core.explain(integer("a", a), integer("b", b))
        told = zip(self._names, fields, strict=True)
        evidence = (FieldEvidence(name, AgreementLevel(level), bits, tf) for name, (level, bits, tf) in told)
        return MatchExplanation(prior, tuple(evidence), weight, probability)

    def golden(
        self,
        rules: Mapping[str, Survivorship] | Survivorship = Survivorship.MOST_FREQUENT,
        *,
        times: ArrayLike | None = None,
        trust: ArrayLike | None = None,
    ) -> GoldenRecords:
        """Make one record for each customer, each value as it stands in one of its records.

        Parameters
        ----------
        rules : Survivorship or mapping from field to Survivorship
            Which value survives; fields that are not named take the most frequent one.
        times : array of integers or dates, optional
            When each record was made: dates to the second, or whole numbers, which are seconds where half-lives count.
            Needed for the most recent and the most credible.
        trust : array, optional
            How much the source of each record is trusted. Needed for the most trusted and the most credible.

        Raises
        ------
        MissingValueError
            If a rule needs times or trust.
        LengthMismatchError
            If there is not one for each record.
        """
        by_field = rules if not isinstance(rules, str) else dict.fromkeys(self._names, rules)
        unknown = [name for name in by_field if name not in self._names]
        if unknown:
            message = f"rules is {unknown[0]!r}: must be a field of the schema"
            raise NotFoundError(message, argument="rules", value=repr(unknown[0]))
        wanted = [member("rules", Survivorship, by_field.get(name, Survivorship.MOST_FREQUENT)) for name in self._names]
        when = None if times is None else _ticks(times)
        trusted = None if trust is None else np.ascontiguousarray(trust, np.float64)
        made, conflicts = self._core.golden(list(wanted), when, trusted)
        sources = nw.from_arrow(made, backend="pyarrow")
        cluster = sources["cluster"].to_numpy()
        columns = {"cluster": cluster, "records": sources["records"].to_numpy()}
        table = nw.from_dict(columns, backend=self._frame.implementation)
        # Where no record has a value, that of the cluster's first record is missing as well.
        rows = {name: sources[name].fill_null(-1).to_numpy() for name in self._names}
        places = {name: np.where(row < 0, cluster, row) for name, row in rows.items()}
        values = [self._frame[name][place.tolist()].alias(name) for name, place in places.items()]
        return GoldenRecords(
            table.with_columns(*(_same_index(series, table) for series in values)).to_native(),
            native(made, self._library),
            dict(zip(self._names, conflicts, strict=True)),
        )

    def store(self, threshold: float = 0.5, *, review_threshold: float | None = None) -> ProfileStore:
        """Open a store of the records and their customers, to match incoming records one by one.

        Parameters
        ----------
        threshold : float
            The probability from which a record joins a customer.
        review_threshold : float, optional
            The probability from which a record of another customer is a possible link, which is told and not made; at
            most ``threshold``, and just that unless told.
        """
        from crm_core.idic._store import ProfileStore

        return ProfileStore(self, threshold, review_threshold=review_threshold)

    def precision_recall(self, matches: Iterable[tuple[int, int]]) -> Any:
        """Compare the pairs with all those that are matches.

        The table has ``threshold``, ``precision``, ``recall`` and ``f1`` at each weight, from the heaviest pair on.

        Parameters
        ----------
        matches : iterable of pairs of rows
            All pairs that are of one customer.
        """
        pairs = [(integer("matches", a), integer("matches", b)) for a, b in items("matches", matches)]
        a, b = (np.array([pair[place] for pair in pairs], np.uint32) for place in (0, 1))
        return native(self._core.precision_recall(a, b), self._library)


def _same_index(series: nw.Series[Any], table: nw.DataFrame[Any]) -> nw.Series[Any]:
    """Give a Series of pandas the index of the table that it goes into."""
    return nw.maybe_align_index(nw.maybe_reset_index(series), table)


def _ticks(times: ArrayLike) -> list[int]:
    values = np.asarray(times)
    if values.dtype.kind in "OMU":
        values = values.astype("datetime64[s]")
    result: list[int] = values.astype(np.int64).tolist()
    return result


def resolve(
    table: Table,
    *,
    schema: RecordSchema | None = None,
    ignore: Sequence[str] = (),
    threshold: float = 0.5,
    options: ResolveOptions | None = None,
) -> Resolution:
    """Find the records of a table that are of one customer, without labels.

    Records that agree on a blocking key are compared field by field. The weight of a pair is
    log₂(λ/(1 − λ)) + Σ log₂(m/u) over the levels on which its fields agree (Fellegi & Sunter 1969); u comes from pairs
    drawn at random, m from the EM algorithm. What is linked above the threshold, directly or by others, is a group;
    groups that do not hold together are split.

    Parameters
    ----------
    table : table
        A record in each row. Texts, whole numbers and dates; null and empty texts are missing values.
    schema : RecordSchema, optional
        The fields to compare; by default :meth:`RecordSchema.infer` of all columns.
    ignore : sequence of str
        Columns that are no fields, if the schema is to be found: numbers of the records.
    threshold : float
        The probability from which a pair is linked.
    options : ResolveOptions, optional
        How records are compared and the model is fitted.

    References
    ----------
    Fellegi & Sunter 1969, A theory for record linkage. Winkler 1988, Using the EM algorithm for weight computation in
    the Fellegi–Sunter model of record linkage.

    Examples
    --------
    >>> import polars as pl
    >>> people = pl.DataFrame({
    ...     "name": ["王小明", "Wang Xiaoming", "李雷", "Ann Lee", "Ann Leee", "Tom Fox", "Eva Karl", "Ida Berg"],
    ...     "mobile": ["13812345678", "+86 138 1234 5678", "13911112222", None, "13700001111", "1", "2", "3"],
    ...     "birthday": ["1990-05-03", "3.5.1990", "1988-01-30", *["1975-12-01"] * 2, "1969-02-02", None, "2001-04-04"],
    ... })
    >>> resolution = resolve(people)
    >>> resolution.clusters()["cluster"].to_list()
    [0, 0, 2, 3, 3, 5, 6, 7]
    """
    chosen = _schema(table, schema, ignore)
    return Resolution([table], chosen, options or ResolveOptions(), threshold, one_to_one=False)


def link(
    a: Table,
    b: Table,
    *,
    schema: RecordSchema | None = None,
    ignore: Sequence[str] = (),
    threshold: float = 0.5,
    one_to_one: bool = False,
    options: ResolveOptions | None = None,
) -> Resolution:
    """Find the records of two tables that are of one customer.

    Records of one table are not compared with each other.

    Parameters
    ----------
    a, b : table
        A record in each row, in columns of the same names.
    schema, ignore, threshold, options
        As for :func:`resolve`.
    one_to_one : bool
        Whether no table has two records of one customer: then the heaviest pairs win.
    """
    chosen = _schema(a, schema, ignore)
    return Resolution([a, b], chosen, options or ResolveOptions(), threshold, one_to_one)


def _schema(table: Table, schema: RecordSchema | None, ignore: Sequence[str]) -> RecordSchema:
    if schema is not None:
        return schema
    names = frame_of(table).columns
    unknown = [name for name in items("ignore", ignore) if name not in names]
    if unknown:
        message = f"ignore is {unknown[0]!r}: must be columns of the table"
        raise NotFoundError(message, argument="ignore", value=repr(unknown[0]))
    return RecordSchema.infer(table, columns=[name for name in names if name not in ignore])
