"""A credible interval of the matrix CLV beside NumPy, in one process: prints ratios of processor time.

Ours, through Python, against what a script would hold: Dirichlet rows from ``numpy.random.Generator``, and the
recursion over periods for all draws together.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_core.clv.uncertainty import Valuation

if TYPE_CHECKING:
    from collections.abc import Callable

DRAWS, BRANDS, HORIZON, RATE, CONTRIBUTION = 100_000, 5, 60, 0.01, 100.0
RUNS = 5


def numpy_draws(parameters: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Value of every brand in every draw: the recursion as it is written, over all draws at once."""
    random = np.random.default_rng(1)
    matrices = np.stack([random.dirichlet(row, DRAWS) for row in parameters], axis=1)
    now = np.broadcast_to(shares, (DRAWS, 1, BRANDS))
    value = np.zeros((DRAWS, 1, BRANDS))
    for t in range(HORIZON + 1):
        value += (1 + RATE) ** -t * now
        now = np.matmul(now, matrices)
    return CONTRIBUTION * value[:, 0]


def seconds(work: Callable[[], Any]) -> float:
    """The median processor time of a few runs after a first one, of all threads together."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def main() -> None:
    random = np.random.default_rng(1)
    parameters = 1 + 50 * random.dirichlet(np.ones(BRANDS), BRANDS)
    shares = random.dirichlet(np.ones(BRANDS))
    market = Valuation(shares, CONTRIBUTION, discount_rate=RATE, horizon=HORIZON)

    theirs = numpy_draws(parameters, shares)
    drawn = market.simulate(parameters, draws=DRAWS, seed=1).to_numpy()
    error = np.abs(drawn.mean(axis=0) - theirs.mean(axis=0)) / (theirs.std(axis=0) / np.sqrt(DRAWS / 2))
    assert error.max() < 5, "both draw from the same law"

    ours = seconds(lambda: market.simulate(parameters, draws=DRAWS, seed=1))
    print(f"{DRAWS:,} draws, {BRANDS} brands, T = {HORIZON}: crm_core takes {ours:.2f} s of processor time")
    print(
        f"  numpy, Dirichlet and batched recursion: {seconds(lambda: numpy_draws(parameters, shares)) / ours:.1f} times"
    )


if __name__ == "__main__":
    main()
