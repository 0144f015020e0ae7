"""The matrix CLV of a million customers beside NumPy, in one process: prints ratios.

Ours, through Python, against: the recursion over periods that a script would hold; one product with a power sum that
was computed before; and a copy of the same bytes, the bound of anything that reads and writes memory once.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np

from crm_core.clv.switching import MatrixClv, ShareRule

CUSTOMERS, BRANDS, HORIZON, RATE, CONTRIBUTION = 1_000_000, 5, 60, 0.01, 100.0
RUNS = 9


def recursion(shares: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The formula as it is written, over all customers at once."""
    total = np.zeros_like(shares)
    for t in range(HORIZON + 1):
        total += (1 + RATE) ** -t * CONTRIBUTION * shares
        shares = shares @ matrix
    return total


def power_sum(matrix: np.ndarray) -> np.ndarray:
    """The recursion for one customer of each brand."""
    return recursion(np.eye(BRANDS), matrix)


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median of a few runs after a first one."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    random = np.random.default_rng(1)
    shares = random.dirichlet(np.ones(BRANDS), CUSTOMERS)
    matrix = random.dirichlet(np.ones(BRANDS), BRANDS)
    out, product = np.ones_like(shares), np.ones_like(shares)
    model = MatrixClv(matrix, CONTRIBUTION, discount_rate=RATE, horizon=HORIZON)
    values = power_sum(matrix)

    np.testing.assert_allclose(model.evaluate(shares, out=out), recursion(shares, matrix), rtol=1e-11)

    ours = seconds(lambda: model.evaluate(shares, out=out))
    times = {
        "crm_core": ours,
        "crm_core, set-up included": seconds(
            lambda: MatrixClv(matrix, CONTRIBUTION, discount_rate=RATE, horizon=HORIZON).evaluate(shares, out=out)
        ),
        "crm_core, sums not checked": seconds(lambda: model.evaluate(shares, rule=ShareRule.ANY, out=out)),
        "numpy, recursion over periods": seconds(lambda: recursion(shares, matrix), runs=3),
        "numpy, product with the power sum": seconds(lambda: np.matmul(shares, values, out=product)),
        "numpy.copyto, the same bytes": seconds(lambda: np.copyto(out, shares)),
    }
    print(f"{CUSTOMERS:,} customers, {BRANDS} brands, T = {HORIZON}; time as a multiple of crm_core's")
    for name, taken in times.items():
        print(f"  {name:<36}{taken / ours:>8.2f}")
    print(f"crm_core takes {ours / times['numpy.copyto, the same bytes']:.2f} times a copy of the same bytes")


if __name__ == "__main__":
    main()
