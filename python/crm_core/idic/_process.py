"""The whole process: from raw records to the next action and the offer for each customer, round by round."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self

import narwhals as nw

from crm_core import _core
from crm_core._dates import day_number
from crm_core._moments import seconds
from crm_core._options import LARGEST_COUNT, integer, items, member, number, optional_number, wrong_type
from crm_core._tables import backend, collect, frame_of
from crm_core.errors import NotFoundError
from crm_core.idic._choice import NOTHING
from crm_core.idic._differentiate import ClusterScaling
from crm_core.idic._interact import Channel, ContactDirection, ContactOutcome, ContactPolicy, ContactPurpose
from crm_core.idic._process_options import NextAction, OfferOption, questions, survivorship_rules, training
from crm_core.idic._process_plans import ProcessPlans
from crm_core.idic._process_review import ProcessReview
from crm_core.idic._process_state import IdicStage
from crm_core.idic._resolve import _ticks
from crm_core.idic._schema import RecordSchema, ResolveOptions, Survivorship
from crm_core.loyalty import Clue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from crm_core._tables import Table
    from crm_core.idic._process_state import Progress


class Idic(ProcessReview, ProcessPlans):
    """The process from raw, duplicated records to the next action and the offer for each customer, round by round.

    Identify, differentiate, interact, customise (Peppers & Rogers): a round makes the four stages in this order,
    and one that is out of order is an :class:`~crm_core.errors.IllegalTransitionError`. What came of decisions
    comes back by :meth:`learn`, at any time, and :meth:`next_round` begins the next round with all that was
    learned. A stage that fails leaves the process as it was. The same seed gives the same bits, for any number of
    threads. The state is bytes, :meth:`to_bytes` and :meth:`from_bytes`, with a version and a checksum, at any
    stage; it pickles.

    Parameters
    ----------
    schema : RecordSchema
        The fields of records.
    actions : iterable of NextAction
        What can be done next, beside doing nothing.
    offers : iterable of OfferOption, optional
        What can be offered.
    needs : iterable of str, or mapping of str to iterable of str, optional
        Questions about needs, one column of answers each: in numbers (:func:`k_means`), or, with a mapping, in words
        of those that it names (:func:`k_modes`).
    needs_groups, most_groups : int, optional
        How many groups by needs, or the most that are tried (the highest mean silhouette wins; 8).
    needs_scaling : ClusterScaling, optional
        What distances between answers are measured in.
    contact : ContactPolicy, optional
        When customers may be contacted.
    choice : mapping, optional
        How an action is chosen and learned: keyword arguments of :class:`ActionChooser`, such as ``noise`` (the
        standard deviation of a reward), ``strategy``, ``control_share``, ``reward_window``.
    contact_budget, offer_budget : float, optional
        What the actions and the offers of one round may cost in all.
    acceptance_strength : float, optional
        As how many answers what is believed of an offer's acceptance counts.
    acceptance_half_life : float, optional
        Days in which an answer loses half of its weight.
    resolve : ResolveOptions, optional
        How records are compared.
    threshold : float, optional
        The probability from which two records are of one customer.
    review_threshold : float, optional
        The probability from which two records that are not of one customer are a possible link, which :meth:`doubtful`
        lists for review; at most ``threshold``, and just that unless told.
    survivorship : mapping of str to Survivorship, or Survivorship, optional
        Which value of a field survives into the golden record; the most frequent one unless told.
    skip_unknown : bool, optional
        Whether rows whose key no record has are left out, and counted.
    period : str, optional
        How time is cut for the stages: ``"weeks"``, ``"months"`` or ``"years"``.
    returns : str, optional
        What to make of negative amounts: ``"net"``, ``"drop"`` or ``"reject"``.
    horizon : float, optional
        How many days the potential value looks ahead.
    seed : int, optional
        Of all draws.

    References
    ----------
    Peppers & Rogers 1993, The One to One Future.

    Examples
    --------
    >>> import polars as pl
    >>> from crm_core.idic import Idic, NextAction, OfferOption, RecordField, RecordSchema
    >>> records = pl.DataFrame({
    ...     "customer": ["a1", "b7", "a2", "a3", "a4", "a5"],
    ...     "name": ["王小明", "Wang Xiaoming", "李雷", "Ann Lee", "Tom Fox", "Eva Karl"],
    ...     "mobile": ["13812345678", "+86 138 1234 5678", "13911112222", "13700001111", None, "13600000000"],
    ... })
    >>> log = pl.DataFrame({
    ...     "customer": ["a1", "b7", "a2", "a4"],
    ...     "time": ["2026-01-01", "2026-02-10", "2026-02-11", "2026-02-20"],
    ...     "amount": [80.0, 20.0, 5.0, 9.0],
    ... }).with_columns(pl.col("time").str.to_date())
    >>> idic = Idic(
    ...     RecordSchema([RecordField("name", "name"), RecordField("mobile", "phone")]),
    ...     [NextAction("call", "phone", "sales")],
    ...     [OfferOption("sample", gain=40, acceptance=0.25)],
    ...     choice={"strategy": "greedy", "exploration": 0},
    ... )
    >>> consents = pl.DataFrame({"customer": ["a1", "a2"], "channel": ["phone", "phone"]})
    >>> idic.identify(records).differentiate(log).interact("2026-03-01T10:00", consents=consents).customize()
    Idic(round=0, stage='customize')
    >>> plans = idic.plans()
    >>> plans["records"].to_list(), plans["current_value"].to_list()[0]
    ([2, 1, 1, 1, 1], 100.0)
    >>> idic.reasons("b7").identity
    'Customer 0: 2 records are of this customer.'
    >>> outcomes = pl.DataFrame({"decision": plans["decision"][:1], "at": ["2026-03-01T11:00"], "reward": [3.0]})
    >>> idic.learn(outcomes)["reward"].to_list()
    [3.0]
    >>> idic.next_round()
    Idic(round=1, stage='prepare')
    """

    __slots__ = ()

    def __init__(
        self,
        schema: RecordSchema,
        actions: Iterable[NextAction],
        offers: Iterable[OfferOption] = (),
        *,
        needs: Iterable[str] | Mapping[str, Iterable[str]] = (),
        needs_groups: int | None = None,
        most_groups: int = 8,
        needs_scaling: ClusterScaling = ClusterScaling.STANDARDIZED,
        contact: ContactPolicy | None = None,
        choice: Mapping[str, Any] | None = None,
        contact_budget: float | None = None,
        offer_budget: float | None = None,
        acceptance_strength: float = 10,
        acceptance_half_life: float | None = None,
        resolve: ResolveOptions | None = None,
        threshold: float = 0.5,
        review_threshold: float | None = None,
        survivorship: Mapping[str, Survivorship] | Survivorship = Survivorship.MOST_FREQUENT,
        skip_unknown: bool = False,
        period: str = "months",
        returns: str = "net",
        horizon: float = 365,
        seed: int = 0,
    ) -> None:
        names = [field.name for field in schema.fields]
        options = {
            "training": training(resolve or ResolveOptions(), names),
            "threshold": number("threshold", threshold),
            "review_threshold": optional_number("review_threshold", review_threshold),
            "survivorship": survivorship_rules(survivorship, names),
            "skip_unknown": bool(skip_unknown),
            "period": period,
            "returns": returns,
            "horizon": number("horizon", horizon),
            "needs": {
                **questions(needs),
                "groups": None if needs_groups is None else integer("needs_groups", needs_groups),
                "most": integer("most_groups", most_groups),
                "scaling": member("needs_scaling", ClusterScaling, needs_scaling),
            },
            "actions": [action.stored() for action in items("actions", actions)],
            "choice": dict(choice or {}),
            "contact": json.loads((contact or ContactPolicy())._json()),
            "contact_budget": optional_number("contact_budget", contact_budget),
            "offers": [offer.stored() for offer in items("offers", offers)],
            "offer_budget": optional_number("offer_budget", offer_budget),
            "acceptance": {
                "strength": number("acceptance_strength", acceptance_strength),
                "half_life": optional_number("acceptance_half_life", acceptance_half_life),
            },
            "seed": integer("seed", seed, 0, LARGEST_COUNT),
        }
        self._start(_core.Idic(schema._core(), json.dumps(options)))

    def identify(
        self,
        records: Table | None = None,
        *,
        key: str = "customer",
        times: str | None = None,
        trust: str | None = None,
        progress: Progress = False,
    ) -> Self:
        """Find out which records are of which customer.

        In the first round all records are compared with each other, without labels; in later rounds each record joins
        the customer that it matches best, or is of a new one. Numbers of customers stay what they are.

        Parameters
        ----------
        records : table, optional
            A record in each row; in a later round those that are new or have changed, or none.
        key : str
            The column of the numbers or names by which logs know the records; no two are the same.
        times, trust : str, optional
            Columns that say when each record was made and how much its source is trusted, if survivorship asks.
        progress : callable or bool, optional
            Told how many hundredths are done; True draws a bar.

        Raises
        ------
        IllegalTransitionError
            At another stage.
        MissingValueError, OutOfRangeError
            For a record without a key, and a key that two records have.
        """
        when = trusted = None
        if records is not None:
            self._library = backend(records)
            frame = frame_of(records)
            when = None if times is None else _ticks(frame[times].to_numpy())
            trusted = None if trust is None else [float(each) for each in frame[trust].to_list()]
        table = None if records is None else collect(records)
        with self._watched(IdicStage.IDENTIFY, progress) as told:
            self._core.identify(table, key, when, trusted, told)
        self._find_rows()
        return self

    def differentiate(
        self,
        log: Table | None = None,
        *,
        customer: str = "customer",
        time: str = "time",
        amount: str = "amount",
        cost: str | None = None,
        end: Any = None,
        current: tuple[Table, str] | None = None,
        potential: tuple[Table, str] | None = None,
        needs: Table | None = None,
        loyalty: Table | None = None,
        progress: Progress = False,
    ) -> Self:
        """Find out what each customer is worth, and needs.

        The current value is what was bought less returns and costs; the potential value expected purchases over the
        horizon (MBG/NBD) × expected spend (Gamma-Gamma) × margin; unless they are given. Then stage, type, tier and
        loyalty as :func:`crm_core.classify`, and a group by needs as :func:`k_means` or :func:`k_modes`. Of a customer
        with several keys values are added up, answers in numbers and clues averaged, and of answers in words the most
        frequent one counts.

        A log that is too short, or too alike, has no best model: :meth:`counts` then says ``is_at_boundary``. Potential
        values are those of a limit, and P(alive) stays missing where the limit says of everybody that they are alive.

        Parameters
        ----------
        log : table, optional
            Transactions, of keys of records.
        customer, time, amount, cost : str
            Its columns; the customer's key is in ``customer`` of all tables.
        end : date, optional
            The day up to which the log is whole; that of the last transaction unless told.
        current, potential : tuple of table and str, optional
            Values that are given: a table and its column.
        needs : table, optional
            Answers, a column for each question.
        loyalty : table, optional
            Clues of loyalty, a column for each :class:`~crm_core.loyalty.Clue` that is known.
        progress : callable or bool, optional
            As of :meth:`identify`.

        Raises
        ------
        IllegalTransitionError
            At another stage.
        NotFoundError
            For a key that no record has, unless such rows are skipped.
        """

        def keyed(table: Table, columns: list[str]) -> tuple[Any, str, list[str]]:
            return collect(table), customer, columns

        def value(argument: str, given: tuple[Table, str] | None) -> tuple[Any, str, list[str]] | None:
            if given is None:
                return None
            if not isinstance(given, tuple) or len(given) != 2:
                raise wrong_type(argument, given, "a table and the name of its column")
            return keyed(given[0], [given[1]])

        transactions = None if log is None else (collect(log), customer, time, amount, cost)
        clues = [] if loyalty is None else [name for name in frame_of(loyalty).columns if name in set(Clue)]
        asked = json.loads(self._core.options())["needs"]
        chosen = [question["name"] for question in asked["choices"]]
        answers = None if needs is None else keyed(needs, chosen or asked["questions"])
        with self._watched(IdicStage.DIFFERENTIATE, progress) as told:
            self._core.differentiate(
                transactions,
                None if end is None else day_number("end", end),
                value("current", current),
                value("potential", potential),
                None if chosen else answers,
                answers if chosen else None,
                None if loyalty is None else keyed(loyalty, clues),
                told,
            )
        return self

    def interact(
        self,
        now: Any,
        *,
        contacts: Table | None = None,
        consents: Table | None = None,
        complaints: Table | None = None,
        key: str = "customer",
        progress: Progress = False,
    ) -> Self:
        """Choose the next action for each customer, of those that its audience, the policy and the budget allow.

        Customers of the highest current value come first. Decisions whose time is over get the reward 0 before; they
        are in :meth:`expired`.

        Parameters
        ----------
        now : datetime or str
            When.
        contacts : table, optional
            Contacts since the round before, but those that outcomes have told of: ``at``, ``channel``, ``purpose``, and
            perhaps ``direction`` (outbound) and ``outcome`` (delivered).
        consents : table, optional
            Changes of consent in the order of time: ``channel``, and perhaps ``is_given`` (true).
        complaints : table, optional
            ``is_open``: whether a complaint is open from then on, in the order of time.
        key : str
            The column of the customer's key in all of them.
        progress : callable or bool, optional
            As of :meth:`identify`.

        Raises
        ------
        IllegalTransitionError
            At another stage.
        NotFoundError
            For a key that no record has, unless such rows are skipped.
        """
        of_contacts = _column_of(contacts)
        rows = zip(
            [seconds("contacts", at) for at in of_contacts("at")],
            [member("contacts", Channel, each) for each in of_contacts("channel")],
            [member("contacts", ContactDirection, each) for each in of_contacts("direction", "outbound")],
            [member("contacts", ContactPurpose, each) for each in of_contacts("purpose")],
            [member("contacts", ContactOutcome, each) for each in of_contacts("outcome", "delivered")],
            strict=True,
        )
        of_consents = _column_of(consents)
        channels = [member("consents", Channel, each) for each in of_consents("channel")]
        changes: list[tuple[str, bool]] = list(zip(channels, map(bool, of_consents("is_given", True)), strict=True))
        of_complaints = _column_of(complaints)
        is_open = [bool(each) for each in of_complaints("is_open")]
        with self._watched(IdicStage.INTERACT, progress) as told:
            self._core.interact(
                seconds("now", now),
                (_keys(of_contacts(key)), list(rows)),
                (_keys(of_consents(key)), changes),
                (_keys(of_complaints(key)), is_open),
                told,
            )
        return self

    def customize(self, *, progress: Progress = False) -> Self:
        """Choose the offer for each customer whose next action sells, under the budget and the capacities.

        Offers go by expected value, as :func:`assign`. The acceptance is what was seen of all customers, of the type
        and of the customer: with n answers, y of them yes, a rate r becomes (s r + y) / (s + n), three times.

        Parameters
        ----------
        progress : callable or bool, optional
            As of :meth:`identify`.
        """
        with self._watched(IdicStage.CUSTOMIZE, progress) as told:
            self._core.customize(told)
        return self

    def run(
        self,
        records: Table | None,
        log: Table | None,
        now: Any,
        *,
        history: Mapping[str, Any] | None = None,
        told: Mapping[str, Any] | None = None,
        key: str = "customer",
        progress: Callable[[IdicStage, int], object] | bool = False,
    ) -> Any:
        """Make a whole round, and give the plans.

        Parameters
        ----------
        records, log : table
            As of :meth:`identify` and :meth:`differentiate`.
        now : datetime or str
            When actions are chosen.
        history, told : mapping, optional
            Keyword arguments of :meth:`differentiate` and :meth:`interact`.
        key : str
            The column of the customer's key in all tables.
        progress : callable or bool, optional
            Told the stage and how many hundredths of it are done; True draws bars. An exception that it raises stops
            the stage.
        """

        def of(stage: IdicStage) -> Progress:
            return (lambda done: progress(stage, done)) if callable(progress) else progress

        self.identify(records, key=key, progress=of(IdicStage.IDENTIFY))
        self.differentiate(log, customer=key, progress=of(IdicStage.DIFFERENTIATE), **(history or {}))
        self.interact(now, key=key, progress=of(IdicStage.INTERACT), **(told or {}))
        self.customize(progress=of(IdicStage.CUSTOMIZE))
        return self.plans()

    def learn(self, outcomes: Table) -> Any:
        """Learn what came of decisions, at any stage and in any round after they were made.

        The reward teaches the choice of actions, the answer the acceptance of offers, and the contact counts for the
        policy. Nothing is learned if a row is refused.

        Parameters
        ----------
        outcomes : table
            ``decision``, ``at``, ``reward`` (what the customer earned, without the cost of the action), and perhaps
            ``outcome`` (:class:`ContactOutcome`; null where there was no contact). A purchase accepts the offer; a
            contact that failed says nothing of it.

        Returns
        -------
        table
            ``decision``, ``customer``, ``action``, ``probability``, ``reward``: the log that :func:`evaluate_policy`
            reads.

        Raises
        ------
        NotFoundError
            For a decision that does not wait for an outcome, with the row.
        """
        of = _column_of(outcomes)
        told = [None if each is None or each != each else str(each) for each in of("outcome", None)]
        rows = zip(
            [integer("decision", each) for each in of("decision")],
            [seconds("at", each) for each in of("at")],
            told,
            [number("reward", each) for each in of("reward")],
            strict=True,
        )
        return self._log(self._core.learn(list(rows)), backend(outcomes))

    def expired(self) -> Any:
        """Give the decisions whose time was over when actions were chosen, with the reward 0, as :meth:`learn` does."""
        return self._log(self._core.expired(), self._library)

    def next_round(self) -> Self:
        """Go to the beginning of the next round, with all that was learned; it may be called at any stage."""
        self._core.next_round()
        self._forget_round()
        return self

    def _log(self, rows: Sequence[tuple[int, int, int, float, float]], library: Any) -> Any:
        names = [NOTHING, *(action["name"] for action in json.loads(self._core.options())["actions"])]
        columns = {
            "decision": [row[0] for row in rows],
            "customer": [row[1] for row in rows],
            "action": [names[row[2]] for row in rows],
            "probability": [row[3] for row in rows],
            "reward": [row[4] for row in rows],
        }
        return nw.from_dict(columns, backend=library).to_native()


def _column_of(table: Table | None) -> Callable[..., list[Any]]:
    """Give the columns of a table as lists; of one that it has not, what stands for it in each row."""
    frame = None if table is None else frame_of(table)

    def column(name: str, *usual: Any) -> list[Any]:
        if frame is None:
            return []
        if name not in frame.columns:
            if usual:
                return [usual[0]] * len(frame)
            message = f"{name}: is not a column of the table"
            raise NotFoundError(message, argument=name)
        values: list[Any] = frame[name].to_list()
        return values

    return column


def _keys(values: Iterable[Any]) -> list[str]:
    return ["" if each is None else str(each) for each in values]
