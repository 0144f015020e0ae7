"""Contacts, the next action, offers and groups, as a Python user meets them."""

from __future__ import annotations

import json
import math
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from crm_core.errors import LengthMismatchError, MissingValueError, NotFoundError, UnreadableError, WrongTypeError
from crm_core.idic import (
    ActionChooser,
    Channel,
    Contact,
    ContactOutcome,
    ContactPolicy,
    ContactPurpose,
    ContactRefusal,
    Offer,
    PreferenceMemory,
    Specifications,
    assign,
    cross_table,
    evaluate_policy,
    fit_choices,
    fit_ratings,
    k_means,
    k_modes,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def test_an_opt_out_takes_consent_back() -> None:
    policy = ContactPolicy()
    left = Contact("2024-01-01", Channel.EMAIL, ContactPurpose.SALES, outcome=ContactOutcome.OPTED_OUT)
    asked = {"consent": ["email"], "contacts": [left]}
    assert policy.refusal("email", "sales", "2024-02-01", **asked) is ContactRefusal.NO_CONSENT
    assert policy.refusal("email", "transaction", "2024-02-01", **asked) is None


def test_a_chooser_goes_on_from_its_state() -> None:
    chooser = ActionChooser({"call": 1.0, "voucher": 0.5}, ["orders", "age"], seed=3, customer_spread=0.2)
    for customer in range(20):
        decision = chooser.decide(customer % 5, {"orders": customer, "age": 1.0}, "2024-03-01")
        if customer % 2:
            chooser.reward(decision.id, float(customer))
    again = pickle.loads(pickle.dumps(chooser))
    assert again.state() == chooser.state()
    assert again.pending == 10
    for at in ("2024-03-02", "2024-03-03"):
        assert again.decide(1, [1.0, 2.0], at) == chooser.decide(1, [1.0, 2.0], at)
    why = chooser.explain(1, {"orders": 1.0, "age": 2.0}, "call")
    total = why.constant + sum(why.contributions.values()) + why.leaning - why.cost
    assert total == pytest.approx(why.mean, abs=1e-12)
    assert why.cost == 1.0
    assert chooser.expected(1, [1.0, 2.0])["call"] == why.mean
    assert set(chooser.coefficients["nothing"]) == {"constant", "orders", "age"}
    assert chooser.erase(1) > 0


def test_a_chooser_refuses_what_it_does_not_know() -> None:
    chooser = ActionChooser(["call"], ["orders"])
    with pytest.raises(NotFoundError):
        chooser.decide(1, [1.0], "2024-03-01", eligible=["visit"])
    with pytest.raises(NotFoundError):
        chooser.decide(1, {"age": 1.0}, "2024-03-01")
    with pytest.raises(WrongTypeError):
        chooser.decide(1, "orders", "2024-03-01")
    with pytest.raises(NotFoundError):
        chooser.reward(99, 1.0)
    state = json.loads(chooser.state())
    state["version"] = 99
    for broken in ("", "{}", json.dumps(state)):
        with pytest.raises(UnreadableError):
            ActionChooser.from_state(broken)


@pytest.mark.parametrize("make", [np.asarray, lambda rows: pl.DataFrame(rows, schema=["orders", "age"], orient="row")])
def test_many_decisions_at_once_are_those_one_by_one(make: Callable[[Any], Any]) -> None:
    one_by_one = ActionChooser(["call", "voucher"], ["orders", "age"], control_share=0.3, constant=False, seed=4)
    assert one_by_one.coefficients["call"] == {"orders": 0, "age": 0}
    at_once = pickle.loads(pickle.dumps(one_by_one))
    rows = [[float(i), 10.0 - i] for i in range(9)]
    eligible = np.arange(18).reshape(9, 2) % 3 > 0
    found = at_once.decide_each(range(9), make(rows), "2024-03-01", eligible=eligible)
    for i, row in enumerate(rows):
        allowed = [name for name, is_allowed in zip(["call", "voucher"], eligible[i], strict=True) if is_allowed]
        decision = one_by_one.decide(i, row, "2024-03-01", eligible=allowed)
        made = (found.ids[i], found.actions[i], found.probabilities[i], found.is_control[i])
        assert made == (decision.id, decision.action, decision.probability, decision.is_control)
    assert set(found.is_control) == {False, True}
    assert at_once.state() == one_by_one.state()
    with pytest.raises(LengthMismatchError, match="features"):
        at_once.decide_each([1, 2], [[1.0, 2.0]], "2024-03-01")


def test_a_log_judges_another_policy() -> None:
    random = np.random.default_rng(1)
    x = random.uniform(size=4000)
    second = random.uniform(size=4000) < 0.3
    reward = np.where(second, x, 0.4) + random.normal(scale=0.1, size=4000)
    wanted = x > 0.4
    found = evaluate_policy(reward, np.where(second, 0.3, 0.7), (second == wanted).astype(float))
    truth = 0.4 * 0.4 + (1 - 0.4**2) / 2
    assert found.self_normalized.lower < truth < found.self_normalized.upper
    assert found.doubly_robust is None
    assert 0 < found.effective_decisions < 4000


def test_memory_is_a_value() -> None:
    memory = PreferenceMemory(3, half_life=30.0)
    later = memory.observe(2, "2024-01-01").observe(2, "2024-01-05")
    assert memory.belief("2024-01-05")[2].probability == pytest.approx(1 / 3)
    assert later.belief("2024-01-05")[2].probability > 0.5
    assert later.belief("2044-01-05")[2].probability == pytest.approx(1 / 3, abs=1e-6)
    assert pickle.loads(pickle.dumps(later)) == later
    with pytest.raises(UnreadableError):
        PreferenceMemory.from_json("{}")


def test_specifications_are_a_value_that_shows_nothing() -> None:
    wishes = Specifications().remember("diet", "no gluten", "2024-01-01")
    assert wishes != Specifications()
    assert pickle.loads(pickle.dumps(wishes)) == wishes
    said = wishes.recall("diet")
    assert said is not None
    assert (said.value, said.at.year) == ("no gluten", 2024)
    assert "gluten" not in repr(wishes) + repr(said)
    with pytest.raises(UnreadableError):
        Specifications.from_json("[]")


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_offers_have_names(make: type) -> None:
    values = make({"visit": [9.0, 8.0, 1.0], "call": [7.0, 2.0, -1.0]})
    found = assign(values, {"visit": Offer(cost=2.0, capacity=1)})
    assert found.offer.tolist() == ["call", "visit", None]
    assert found.reason.tolist() == ["places_elsewhere", "best", "places_elsewhere"]
    assert found.made == {"visit": 1, "call": 1}
    assert found.cost == 2.0
    with pytest.raises(NotFoundError):
        assign(values, {"letter": Offer()})
    with pytest.raises(WrongTypeError):
        assign(values, {"visit": 3})
    with pytest.raises(MissingValueError):
        assign(make({"visit": [1.0, None]}))


def test_an_assignment_is_near_the_linear_programme() -> None:
    random = np.random.default_rng(5)
    taste = random.uniform(size=1000)
    values = pd.DataFrame({f"offer{j}": 10 * taste * (j + 1) / 4 + random.uniform(-2, 1, 1000) for j in range(4)})
    offers = {f"offer{j}": Offer(cost=1.0 + j, capacity=150) for j in range(4)}
    found = assign(values, offers, budget=700.0)
    linear = pytest.importorskip("scipy.optimize").linprog
    sparse = pytest.importorskip("scipy.sparse")
    cells = np.arange(4000)
    each = sparse.csr_matrix((np.ones(4000), (cells // 4, cells)))
    places = sparse.csr_matrix((np.ones(4000), (cells % 4, cells)))
    money = sparse.csr_matrix(1.0 + cells % 4)
    limits = np.concatenate([np.ones(1000), np.full(4, 150.0), [700.0]])
    optimum = -linear(-values.to_numpy().ravel(), A_ub=sparse.vstack([each, places, money]), b_ub=limits).fun
    assert found.bound == pytest.approx(optimum, rel=1e-5)
    assert (optimum - found.value) / optimum < 1e-3
    assert found.cost <= 700.0


def test_part_worths_name_levels() -> None:
    shown = pl.DataFrame(
        {"price": ["low", "mid", "high", "low", "mid", "high"], "brand": ["a", "b", "a", "b", "a", "b"]}
    )
    fit = fit_ratings(shown, [9.0, 6.0, 4.0, 7.0, 7.5, 2.5])
    worths = fit.part_worths
    assert sum(level.worth for level in worths.levels["price"].values()) == pytest.approx(0, abs=1e-12)
    assert worths.best_product() == {"price": "low", "brand": "a"}
    assert worths.best_product({"price": {"low": 100.0}})["price"] == "mid"
    assert sum(worths.importance.values()) == pytest.approx(1)
    with pytest.raises(NotFoundError):
        worths.utility({"price": "free", "brand": "a"})
    choices = fit_choices(
        pl.DataFrame({"price": ["low", "high"] * 4}), [1, 1, 2, 2, 3, 3, 4, 4], [1, 0, 1, 0, 0, 1, 1, 0]
    )
    assert choices.mcfadden_r_squared == pytest.approx(1 - (3 * math.log(0.75) + math.log(0.25)) / (4 * math.log(0.5)))


def test_groups_and_their_profiles() -> None:
    table = pd.DataFrame({"price": [1.0, 1.2, 5.0, 5.1, 4.8], "care": [3.0, 3.1, 1.0, 1.2, 0.9]})
    found = k_means(table, 2)
    assert found.cluster.tolist() == [1, 1, 0, 0, 0]
    assert found.profiles[0]["care"] == pytest.approx(3.1 / 3)
    answers = pd.DataFrame({"channel": ["web", "web", "shop"], "wish": ["call", "call", None]})
    with pytest.raises(MissingValueError) as caught:
        k_modes(answers, 2)
    assert caught.value.row == 2
    table = cross_table(pd.Series(["gold", "gold", "iron"]), found.cluster[1:4], [5.0, 7.0, 1.0], library="pyarrow")
    assert table.to_pylist()[0] == {"first": "gold", "second": 0, "customers": 1, "share": 0.5, "total": 7.0}
