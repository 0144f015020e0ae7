"""The matrix CLV of a million customers beside NumPy, in one process: prints ratios.

With one matrix for all, ours, through Python, against: the recursion over periods that a script would hold; one product
with a power sum that was computed before; and a copy of the same bytes, the bound of anything that reads and writes
memory once. With a matrix for each customer, against the recursion as batched products and as einsum, products with
the power sums of all customers, and the batched solver for a horizon without end.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np

from crm_core.clv.switching import MatrixClv, ShareRule, individual_matrix_clv

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


def show(title: str, times: dict[str, float]) -> None:
    ours = times["crm_core"]
    print(f"{title}; time as a multiple of crm_core's")
    for name, taken in times.items():
        print(f"  {name:<44}{taken / ours:>8.2f}")


def shared_matrix(random: np.random.Generator) -> None:
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
    show(f"{CUSTOMERS:,} customers, {BRANDS} brands, one matrix, T = {HORIZON}", times)
    print(f"crm_core takes {ours / times['numpy.copyto, the same bytes']:.2f} times a copy of the same bytes")


def batched_recursion(shares: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    """The formula as it is written, each step a product for every customer."""
    total = np.zeros_like(shares)
    now = shares[:, None, :]
    for t in range(HORIZON + 1):
        total += (1 + RATE) ** -t * CONTRIBUTION * now[:, 0, :]
        now = now @ matrices
    return total


def einsum_recursion(shares: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    """The same with einsum."""
    total = np.zeros_like(shares)
    for t in range(HORIZON + 1):
        total += (1 + RATE) ** -t * CONTRIBUTION * shares
        shares = np.einsum("ci,cij->cj", shares, matrices)
    return total


def power_sums(matrices: np.ndarray) -> np.ndarray:
    """The power sum of every customer, by Horner."""
    unit = np.broadcast_to(np.eye(BRANDS), matrices.shape)
    total = unit.copy()
    for _ in range(HORIZON):
        total = unit + matrices @ total / (1 + RATE)
    return CONTRIBUTION * total


def batched_solve(shares: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    """The infinite horizon: (I - P / (1 + r))^T x = s of every customer."""
    systems = np.eye(BRANDS) - matrices.transpose(0, 2, 1) / (1 + RATE)
    return CONTRIBUTION * np.linalg.solve(systems, shares[:, :, None])[:, :, 0]


def individual_matrices(random: np.random.Generator) -> None:
    shares = random.dirichlet(np.ones(BRANDS), CUSTOMERS)
    matrices = random.dirichlet(np.ones(BRANDS), (CUSTOMERS, BRANDS))
    out, room = np.ones_like(shares), np.ones_like(matrices)
    values = power_sums(matrices)

    def ours(horizon: float) -> np.ndarray:
        time = {"discount_rate": RATE, "horizon": horizon}
        return individual_matrix_clv(shares, matrices, CONTRIBUTION, out=out, **time)

    np.testing.assert_allclose(ours(HORIZON), batched_recursion(shares, matrices), rtol=1e-11)
    np.testing.assert_allclose(ours(float("inf")), batched_solve(shares, matrices), rtol=1e-11)

    times = {
        "crm_core": seconds(lambda: ours(HORIZON)),
        "numpy, recursion, s[:, None, :] @ P": seconds(lambda: batched_recursion(shares, matrices), runs=2),
        "numpy, recursion, einsum": seconds(lambda: einsum_recursion(shares, matrices), runs=2),
        "numpy, power sums and a product": seconds(lambda: shares[:, None, :] @ power_sums(matrices), runs=1),
        "numpy, product with the power sums": seconds(lambda: shares[:, None, :] @ values),
        "numpy.copyto, the bytes that are read": seconds(lambda: np.copyto(room, matrices)),
    }
    show(f"a matrix for each customer, T = {HORIZON}", times)
    times = {
        "crm_core": seconds(lambda: ours(float("inf"))),
        "numpy.linalg.solve": seconds(lambda: batched_solve(shares, matrices), runs=3),
        "numpy.copyto, the bytes that are read": times["numpy.copyto, the bytes that are read"],
    }
    show("a matrix for each customer, without end", times)


def main() -> None:
    random = np.random.default_rng(1)
    shared_matrix(random)
    individual_matrices(random)


if __name__ == "__main__":
    main()
