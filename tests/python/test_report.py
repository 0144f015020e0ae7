"""The main job on simulated logs: the report says what the table says, in both languages, for every kind of table."""

import html.parser
import re
import sys
from dataclasses import replace

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from crm_core import _format as fmt
from crm_core import report
from crm_core.cli import main
from crm_core.errors import EmptyError, MissingValueError, OutOfRangeError
from crm_core.ledger import simulate
from crm_core.lifecycle import Stage
from crm_core.report import Every, Settings
from crm_core.units import Language
from crm_core.value import CustomerType, PyramidTier, RfmSegment, ValueGroup

COLUMNS = {"customer": "customer", "time": "time", "amount": "amount", "cost": "cost"}
LOG = simulate(customers=300, seed=1, return_probability=0.03)


@pytest.fixture(scope="module")
def result():
    return report.analyse(LOG, **COLUMNS, source="log.csv")


@pytest.fixture(scope="module")
def table(result):
    return {name: result.customers[name].to_numpy() for name in result.customers.column_names}


@pytest.fixture(scope="module")
def page(result):
    return Page(result.html())


class Page(html.parser.HTMLParser):
    """A page as elements: fails where one is not closed, or closed that is not open."""

    EMPTY = ("meta", "!doctype")

    def __init__(self, text):
        super().__init__()
        self.text, self.open, self.attributes, self.tables, self.words = text, [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, name, attributes):
        self.attributes += attributes
        if name not in self.EMPTY:
            self.open.append(name)
        if name == "table":
            self.tables.append([])
        if name == "tr":
            self.tables[-1].append([])

    def handle_startendtag(self, name, attributes):
        self.attributes += attributes

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.tables[-1][-1].append(data)
        if self.open and self.open[-1] not in ("style",):
            self.words.append(data)


def test_one_file_that_loads_nothing(page):
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    for name, value in page.attributes:
        if name in ("href", "src"):
            assert value.startswith("#"), value
            assert value[1:] in ids
    assert not re.search(r"https?:|@import|@font-face|<script|<link", page.text)
    assert set(re.findall(r"url\(#([^)]*)\)", page.text)) <= set(ids)


def test_every_chart_has_a_text_that_says_it(page):
    charts = page.text.count("<svg")
    labels = [value for name, value in page.attributes if name == "aria-label"]
    assert charts == 2 * page.text.count("<figure>") == 38
    assert len(labels) == charts + 1
    assert all(len(label) > 40 for label in labels if label != "Contents")


def test_headline_figures_are_those_of_the_table(result, table, page):
    head = result.headline
    assert head.customers == len(table["customer"]) == 300
    assert head.orders == table["orders"].sum()
    assert np.isclose(head.revenue, LOG["amount"].to_numpy().sum())
    assert np.isclose(head.value, (LOG["amount"].to_numpy() - LOG["cost"].to_numpy()).sum())
    assert head.repeat_rate == np.mean(table["orders"] > 1)
    assert (str(head.first), str(head.last)) == (str(table["first_purchase"].min()), str(table["last_purchase"].max()))
    for figure in (fmt.count(head.orders), fmt.short(head.revenue), fmt.amount(table["clv"].mean())):
        assert figure in page.words


@pytest.mark.parametrize(
    ("column", "category"),
    [("tier", PyramidTier), ("value_group", ValueGroup), ("segment", RfmSegment), ("stage", Stage)],
)
def test_group_tables_are_those_of_the_customers(result, table, page, column, category):
    names = np.array(result.customers[column].to_pylist())
    for group in category:
        members = names == group
        if not members.any():
            continue
        profit = table["profit"][members]
        row = [group.label(), fmt.count(members.sum()), fmt.amount(profit.sum()), fmt.amount(profit.mean())]
        assert any(row == shown[:4] for rows in page.tables for shown in rows), row


def test_concentration_is_that_of_the_customers(table, page):
    best = np.sort(table["profit"])[::-1]
    rows = next(rows for rows in page.tables if rows[0][0] == "Best customers")
    for top, _, value, share in rows[1:]:
        n = float(top.removesuffix("%")) / 100 * len(best)
        held = best[: int(n)].sum() + (n - int(n)) * best[int(n)]
        assert (value, share) == (fmt.amount(held), fmt.percent(held / best.sum()))


def test_types_follow_from_current_and_potential_value(result, table):
    cuts = result.type_cuts
    names = np.array(result.customers["type"].to_pylist())
    high = table["current_value"] > cuts.current_cut, table["potential_value"] > cuts.potential_cut
    expected = np.where(high[0], np.where(high[1], "golden", "meteor"), np.where(high[1], "stream", "burden"))
    assert (names == expected).all()
    assert 0 < np.mean(high[0]) <= 0.2
    assert 0 < np.mean(high[1]) <= 0.2


def test_lifetime_value_is_the_sum_of_its_parts(result, table):
    parts = [table[name] for name in table if name.startswith("clv_")]
    assert np.allclose(np.sum(parts, axis=0), table["clv"], rtol=1e-12)
    assert np.allclose(table["historic_value"] + table["expected_value"], table["clv"], rtol=1e-12)
    assert np.allclose(table["historic_value"], table["profit"])
    assert np.allclose(sum(part.amounts for part in result.lifetime.parts), table["clv"])


def test_expected_value_is_that_of_the_fitted_models(result, table):
    part = result.modelling
    assert part.refusal is None
    assert part.name in ("MBG/NBD", "Pareto/NBD")
    assert max(c.log_likelihood for c in part.candidates if c.log_likelihood) == part.purchases.log_likelihood_
    history = [table["frequency"].astype(float), table["recency"] / 7, table["age"] / 7]
    weeks = 36 * 365.25 / 7 / 12
    assert np.allclose(table["p_alive"], part.purchases.probability_alive(*history), rtol=1e-12)
    assert np.allclose(table["expected_purchases"], part.purchases.expected_purchases(weeks, *history), rtol=1e-12)
    purchases = part.purchases.discounted_purchases(1.1 ** (7 / 365.25) - 1, *history, horizon=weeks)
    paid = np.where(table["mean_spend"] > 0, history[0], 0), np.maximum(table["mean_spend"], 0)
    margin = table["profit"].sum() / table["revenue"].sum()
    assert np.allclose(table["expected_value"], part.spend.expected_spend(*paid) * purchases * margin, rtol=1e-12)


def test_the_value_of_purchases_has_an_interval(result, table, page):
    total = result.modelling.total
    assert 0 < total.lower < total.estimate < total.upper
    assert total.estimate == pytest.approx(table["discounted_value"].sum(), rel=1e-9)
    assert (table["discounted_low"] <= table["discounted_value"]).all()
    assert (table["discounted_value"] <= table["discounted_high"]).all()
    assert f"between {fmt.amount(total.lower)} and {fmt.amount(total.upper)}" in "".join(page.words)


def test_the_model_is_checked_on_what_it_has_not_seen(result, page):
    check = result.modelling.check
    assert check.actual.sum() <= (np.asarray(result.customers["frequency"])).sum()
    assert check.frequency.actual.sum() == check.error.customers
    text = "".join(page.words)
    for figure in (fmt.count(check.error.expected), fmt.count(check.error.actual), result.modelling.name):
        assert figure in text
    assert f"until {fmt.day(check.until)} alone" in text


SMALL = simulate(customers=50, seed=5, return_probability=0.03)


@pytest.mark.parametrize("language", list(Language))
def test_a_log_that_identifies_no_model_says_so(language):
    found = report.analyse(SMALL, **COLUMNS, settings=Settings(language=language))
    assert found.modelling.refusal == "few"
    assert found.modelling.repeaters < 30
    assert "expected_purchases" not in found.customers.column_names
    text = "".join(Page(found.html()).words)
    assert {Language.EN: "Too few customers bought again", Language.ZH: "复购客户过少"}[language] in text
    assert {Language.EN: "credibility", Language.ZH: "可信度"}[language] in text


def test_expected_value_by_rules_is_the_formula_of_the_report():
    result = report.analyse(SMALL, **COLUMNS)
    table = {name: result.customers[name].to_numpy() for name in result.customers.column_names}
    settings, retention = result.settings, 1 - result.retention.churn.estimate
    t = np.arange(1, settings.horizon + 1)
    stay = np.sum(retention**t * (1 + 0.1) ** (-t / 12))
    months = {}
    for customer, day, amount in zip(
        *(SMALL[name].to_pylist() for name in ("customer", "time", "amount")), strict=True
    ):
        if amount >= 0:
            months.setdefault(customer, set()).add((day.year, day.month))
    purchases = np.array([len(months[customer]) for customer in table["customer"]])
    expected = table["p_alive"] * table["profit"] / purchases / table["interpurchase_time"] * stay
    assert np.allclose(table["expected_value"], expected, rtol=1e-9)


def test_spend_without_a_model_is_valued_by_rules():
    same = LOG.select(["customer", "time"]).append_column("amount", pa.array([10.0] * len(LOG)))
    found = report.analyse(same, customer="customer", time="time", amount="amount")
    assert found.modelling.refusal == "spend"
    assert found.modelling.discounted_value is None
    assert "fits no Gamma-Gamma model" in found.html()
    assert found.customers["expected_purchases"].to_numpy().sum() > 0


def test_purchases_without_a_maximum_are_no_model():
    days = np.arange("2024-01-01", "2024-12-31", 7, dtype="datetime64[D]")
    log = pl.DataFrame({"customer": np.repeat(np.arange(40), len(days)), "time": np.tile(days, 40), "amount": 5.0})
    log = log.with_columns(time=pl.col("time") + pl.duration(days=pl.col("customer") % 7))
    found = report.analyse(log, customer="customer", time="time", amount="amount")
    assert found.modelling.refusal == "converged"
    assert "No model of purchases could be fitted" in found.html()


def test_costs_lower_the_value(result):
    settings = Settings(acquisition_cost=5, customer_cost=1)
    costly = report.analyse(LOG, **COLUMNS, settings=settings).lifetime
    assert np.allclose(costly.historic.max() - costly.historic.min(), np.ptp(costly.historic))
    assert (costly.clv < result.lifetime.clv - 5).all()
    assert np.allclose(sum(part.amounts for part in costly.parts), costly.clv)


def test_stages_over_time_hold_every_customer(result):
    flow = result.lifecycle.flow
    assert flow[-1].sum() == 300
    assert (np.diff(flow.sum(axis=1)) >= 0).all()
    rates = result.lifecycle.transitions
    seen = np.isfinite(rates).all(axis=1)
    assert np.allclose(rates[seen].sum(axis=1), 1)
    assert result.stages.customers.sum() == 300


def test_cohorts_count_who_bought_again(result):
    part = result.retention
    first, again = {}, {}
    for customer, day, amount in zip(*(LOG[name].to_pylist() for name in ("customer", "time", "amount")), strict=True):
        if amount >= 0:
            month = day.year * 12 + day.month
            first.setdefault(customer, month)
            again.setdefault((first[customer], month - first[customer]), set()).add(customer)
    for cohort, size, row in zip(part.cohorts, part.sizes, part.repeat, strict=True):
        month = cohort.year * 12 + cohort.month
        assert size == len(again[month, 0])
        seen = np.isfinite(row)
        expected = [len(again.get((month, lag), ())) / size for lag in range(1, seen.sum() + 1)]
        assert np.allclose(row[seen], expected)
    assert part.survival[0] == 1
    assert (np.diff(part.survival) <= 0).all()


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_every_kind_of_table_gives_the_same(result, tmp_path, kind):
    log = simulate(customers=300, seed=1, return_probability=0.03, library=kind)
    found = report.analyse(log, **COLUMNS, source="log.csv")
    assert type(found.customers).__module__.split(".")[0] == kind
    _, parquet, text = found.write(tmp_path)
    for written in (pa.table(found.customers), pq.read_table(parquet), pc.read_csv(text)):
        for column in ("customer", "stage", "clv"):
            assert written[column].to_pylist() == result.customers[column].to_pylist()


def test_numbers_may_come_from_decimals_integers_and_quantities(result):
    cents = pl.from_arrow(LOG).select(
        "customer",
        "time",
        amount=(pl.col("amount") * 100).round().cast(pl.Int64),
        pieces=pl.lit(0.01),
    )
    found = report.analyse(cents, customer="customer", time="time", amount="amount", quantity="pieces")
    assert np.isclose(found.headline.revenue, result.headline.revenue)
    assert not found.has_profit


@pytest.mark.parametrize("every", list(Every))
def test_every_period(every):
    settings = Settings(period=every, horizon=2, margin=0.5)
    found = report.analyse(LOG, customer="customer", time="time", amount="amount", settings=settings)
    assert found.has_profit
    assert len(found.activity.starts) == len(found.lifecycle.flow)
    assert np.isclose((found.activity.new + found.activity.returning).sum(), found.headline.value)
    assert found.summary()


def test_write(result, tmp_path):
    files = result.write(tmp_path / "new" / "folder")
    assert [file.name for file in files] == ["report.html", "customers.parquet", "customers.csv"]
    assert files[0].read_text("utf-8") == result.html(), "the same report from the same log"
    assert pq.read_table(files[1]).to_pylist() == result.customers.to_pylist()
    assert pc.read_csv(files[2])["clv"].to_pylist() == result.customers["clv"].to_pylist()


def test_chinese(result):
    chinese = report.analyse(LOG, **COLUMNS, settings=Settings(language=Language.ZH), source="log.csv")
    page = Page(chinese.html())
    assert ("lang", "zh-Hans") in page.attributes
    for category in (PyramidTier, ValueGroup, CustomerType):
        for member in category:
            assert member.label(Language.ZH) in " ".join(page.words)
            assert member.label() not in page.words
    assert "概率" in "".join(page.words)
    english = {word for text in page.words for word in re.findall(r"\b[a-z]{4,}\b", text)}
    allowed = "crm core csv customer time amount cost quantity discount rate margin horizon acquisition tier shares"
    allowed += " type reachable seed period alive scholl sen"
    assert english <= set(allowed.split()), english - set(allowed.split())
    assert chinese.customers["stage_evidence"].to_pylist() != result.customers["stage_evidence"].to_pylist()


ONE = pa.table({"customer": ["a"], "time": pa.array(["2024-01-05"]), "amount": [5.0]})


@pytest.mark.parametrize(
    ("log", "error", "message"),
    [
        (LOG.slice(0, 0), EmptyError, "log: must not be empty"),
        (ONE, OutOfRangeError, "period is 'month': the log covers 1 of them, and stages need 2 or more"),
        (LOG.set_column(0, "customer", pa.nulls(len(LOG), pa.int64())), MissingValueError, "customer (row 0)"),
        (LOG.set_column(1, "time", pa.nulls(len(LOG), pa.timestamp("s"))), MissingValueError, "time (row 0)"),
        (LOG.set_column(2, "amount", pa.nulls(len(LOG), pa.float64())), MissingValueError, "amount (row 0)"),
        (LOG.set_column(2, "amount", pa.array([-1.0] * len(LOG))), EmptyError, "amount holds no purchases"),
    ],
)
def test_bad_tables_are_refused(log, error, message):
    with pytest.raises(error) as caught:
        report.analyse(log, customer="customer", time="time", amount="amount")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("discount_rate", -1), ("discount_rate", float("nan")), ("margin", float("inf")), ("horizon", 0), ("type_cut", 1)],
)
def test_bad_settings_are_refused(setting, value):
    with pytest.raises(OutOfRangeError, match=f"^{setting} is "):
        replace(Settings(), **{setting: value})


class TestCommand:
    """The command line."""

    @pytest.fixture
    def log(self, tmp_path):
        file = tmp_path / "log.csv"
        pc.write_csv(LOG, file)
        return file

    def test_writes_the_report_and_says_where(self, log, tmp_path, capsys, result):
        out = tmp_path / "out"
        assert main(["report", str(log), "--out", str(out)]) == 0
        printed = capsys.readouterr()
        assert printed.err == "columns guessed: time = time, customer = customer, amount = amount, cost = cost\n"
        assert printed.out.splitlines()[0] == result.summary().splitlines()[0]
        assert printed.out.endswith(f"{out / 'report.html'}\n{out / 'customers.parquet'}\n{out / 'customers.csv'}\n")
        assert (out / "report.html").read_text("utf-8") == result.html()

    def test_options_and_quiet(self, log, tmp_path, capsys):
        out = tmp_path / "out"
        given = ["--customer", "customer", "--time", "time", "--amount", "amount", "--quiet", "--language", "zh"]
        given += ["--period", "week", "--horizon", "52", "--discount-rate", "0.2", "--tier-shares", "0.1,0.2,0.3,0.4"]
        assert main(["report", str(log), "--out", str(out), *given]) == 0
        assert capsys.readouterr().err == ""
        page = (out / "report.html").read_text("utf-8")
        for text in ('lang="zh-Hans"', "未来 52周", "每年 20.0%", "10% · 20% · 30% · 40%"):
            assert text in page

    def test_progress_on_a_terminal(self, log, tmp_path, capsys, monkeypatch):
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        assert main(["report", str(log), "--out", str(tmp_path)]) == 0
        steps = re.findall(r"\r  ([a-z ]+): \d+\.\d s\n", capsys.readouterr().err)
        assert steps[0] == "reading the log"
        assert steps[-1] == "writing the report"

    @pytest.mark.parametrize(
        ("content", "options", "code", "message"),
        [
            ("", [], 1, "log.csv holds no transactions"),
            ("a,b,c\n1,2024-01-01,5\n", [], 1, "cannot tell which column holds the customer"),
            ("a,day,c\n1,2024-01-01,5\n", ["--customer", "b"], 1, "customer is 'b': the log has no such column"),
            ("who,day,amount\n1,soon,5\n2,later,6\n", ["--customer", "who"], 1, "day holds no dates that can be read"),
            ("client,day,amount\n1,2024-01-05,5\n", ["--margin", "nan"], 2, "margin is nan: must be a finite number"),
            ("client,day,amount\n,,\n,,\n", [], 1, ""),
            (None, [], 3, "log.csv: No such file or directory"),
        ],
    )
    def test_errors_are_one_sentence(self, tmp_path, capsys, content, options, code, message):
        file = tmp_path / "log.csv"
        if content is not None:
            file.write_text(content)
        assert main(["report", str(file), "--out", str(tmp_path / "out"), *options]) == code
        printed = capsys.readouterr()
        assert printed.out == ""
        last = printed.err.splitlines()[-1]
        assert last.startswith("crm-core: ")
        assert message in last
        assert "Traceback" not in printed.err
        assert not (tmp_path / "out").exists()

    def test_a_folder_that_cannot_be_made(self, log, tmp_path, capsys):
        (tmp_path / "file").write_text("")
        assert main(["report", str(log), "--out", str(tmp_path / "file" / "out")]) == 3
        assert "Not a directory" in capsys.readouterr().err

    def test_wrong_options(self, log, capsys):
        with pytest.raises(SystemExit) as caught:
            main(["report", str(log)])
        assert caught.value.code == 2
        assert "--out" in capsys.readouterr().err
