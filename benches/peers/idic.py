"""The next action beside MABWiser, and offers beside an exact linear programme, in one process: prints ratios.

The world of the first is linear: 8 actions, 12 features, noise. Both learners see the same contexts and draw rewards
from the same noise; both use an upper confidence bound of width 1. `idic.py WORLDS` takes so many of them.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
from mabwiser.mab import MAB, LearningPolicy
from scipy import sparse
from scipy.optimize import linprog

from crm_core.idic import ActionChooser, Offer, assign

ACTIONS, FEATURES, ROUNDS = 8, 12, 3_000
WORLDS = 40
NOISE = 0.3
CUSTOMERS, OFFERS, MANY = 1_000, 8, 1_000_000
NOW = "2024-03-01"


def world(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each action earns by feature, the contexts, and the noise of each action's reward."""
    random = np.random.default_rng(seed)
    truth = random.normal(size=(ACTIONS, FEATURES)) / np.sqrt(FEATURES)
    return truth, random.normal(size=(ROUNDS, FEATURES)), random.normal(scale=NOISE, size=(ROUNDS, ACTIONS))


def ours(truth: np.ndarray, contexts: np.ndarray, noise: np.ndarray, sigma: float = 1.0) -> tuple[float, float]:
    """Regret, and processor seconds, of a learner that takes sigma for the noise of rewards."""
    names = [str(a) for a in range(1, ACTIONS)]
    chooser = ActionChooser(
        names,
        [str(j) for j in range(FEATURES)],
        strategy="upper_confidence",
        exploration=0.0,
        noise=sigma,
        constant=False,  # neither the world nor MABWiser's model has one
    )
    regret, start = 0.0, time.process_time()
    for context, shock in zip(contexts, noise, strict=True):
        decision = chooser.decide(0, context, NOW)
        action = chooser.actions.index(decision.action)
        means = truth @ context
        regret += means.max() - means[action]
        chooser.reward(decision.id, float(means[action] + shock[action]))
    return regret, time.process_time() - start


def each_of_many(contexts: np.ndarray) -> float:
    """Processor seconds of deciding for all contexts at once."""
    chooser = ActionChooser([str(a) for a in range(1, ACTIONS)], [str(j) for j in range(FEATURES)])
    start = time.process_time()
    chooser.decide_each(np.arange(len(contexts)), contexts, NOW)
    return time.process_time() - start


def theirs(truth: np.ndarray, contexts: np.ndarray, noise: np.ndarray) -> tuple[float, float]:
    """Regret, and processor seconds."""
    learner = MAB(list(range(ACTIONS)), LearningPolicy.LinUCB(alpha=1.0, l2_lambda=1.0))
    learner.fit([0], [0.0], [np.zeros(FEATURES)])
    regret, start = 0.0, time.process_time()
    for context, shock in zip(contexts, noise, strict=True):
        action = learner.predict([context])
        means = truth @ context
        regret += means.max() - means[action]
        learner.partial_fit([action], [means[action] + shock[action]], [context])
    return regret, time.process_time() - start


def market(customers: int) -> tuple[pd.DataFrame, dict[str, Offer], float]:
    """Values that come from few traits, so that many customers want the same; places and money for half of them."""
    random = np.random.default_rng(3)
    taste = random.uniform(size=customers)
    values = {f"offer {j}": 10 * taste * (j + 1) / OFFERS + random.uniform(-2, 1, customers) for j in range(OFFERS)}
    offers = {name: Offer(cost=1.0 + j, capacity=customers // (2 * OFFERS)) for j, name in enumerate(values)}
    return pd.DataFrame(values), offers, 1.5 * customers


def optimum(values: pd.DataFrame, offers: dict[str, Offer], budget: float) -> float:
    """The value of the linear programme."""
    rows, columns = values.shape
    cells = np.arange(rows * columns)
    ones = np.ones(rows * columns)
    each = sparse.csr_matrix((ones, (cells // columns, cells)))
    places = sparse.csr_matrix((ones, (cells % columns, cells)))
    money = sparse.csr_matrix(np.tile([offer.cost for offer in offers.values()], rows))
    limits = np.concatenate([np.ones(rows), [offer.capacity or rows for offer in offers.values()], [budget]])
    found = linprog(-values.to_numpy().ravel(), A_ub=sparse.vstack([each, places, money]), b_ub=limits, method="highs")
    return float(-found.fun)


def main(worlds: int) -> None:
    def informed(truth: np.ndarray, contexts: np.ndarray, noise: np.ndarray) -> tuple[float, float]:
        return ours(truth, contexts, noise, NOISE)

    runs = np.array([[run(*world(seed)) for run in (ours, theirs, informed)] for seed in range(worlds)])
    regret, seconds = runs[..., 0], runs[..., 1].sum(axis=0)
    more = regret[:, 0] - regret[:, 1]
    error = more.std(ddof=1) / np.sqrt(worlds)
    means = regret.mean(axis=0)
    print(f"{ACTIONS} actions, {FEATURES} features, {worlds} worlds of {ROUNDS:,} rounds:")
    print(f"  regret {means[0]:.1f} beside MABWiser's {means[1]:.1f}: {more.mean():+.1f}, standard error {error:.1f}")
    print(f"  with the noise of these worlds, {NOISE}, in place of 1: {means[2]:.1f}")
    per_round = 1e6 * seconds[0] / (worlds * ROUNDS)
    print(f"  decide and learn through Python: {per_round:.1f} us a round, {seconds[1] / seconds[0]:.0f} times as fast")
    print(f"  decide for many at once: {1e6 * each_of_many(world(0)[1]) / ROUNDS:.1f} us each")

    values, offers, budget = market(CUSTOMERS)
    start = time.process_time()
    exact = optimum(values, offers, budget)
    middle = time.process_time()
    found = assign(values, offers, budget=budget)
    end = time.process_time()
    print(f"{CUSTOMERS:,} customers, {OFFERS} offers: {1 - found.value / exact:.2e} below HiGHS' linear programme,")
    print(f"  bound {found.bound / exact - 1:+.1e} of it, {(middle - start) / (end - middle):.1f} times as fast")

    values, offers, budget = market(MANY)
    start = time.perf_counter()
    found = assign(values, offers, budget=budget)
    print(f"{MANY:,} customers: gap {found.gap:.1e}, {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else WORLDS)
