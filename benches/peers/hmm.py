"""EM of a hidden Markov model beside hmmlearn, in one process: prints the ratio of their times.

The same histories, the same start, as many iterations; Poisson counts in three states. Both say the log-likelihood that
they have reached, which must agree to 1e-8 of itself.

    python benches/peers/hmm.py [CUSTOMERS [PERIODS [ITERATIONS]]]   # default 5000 24 50: hmmlearn takes half a minute
"""

from __future__ import annotations

import sys
import time

import numpy as np
from hmmlearn.hmm import PoissonHMM

from crm_core.lifecycle import EmOptions, HiddenMarkov

INITIAL = [0.4, 0.4, 0.2]
TRANSITIONS = [[0.90, 0.08, 0.02], [0.10, 0.80, 0.10], [0.05, 0.15, 0.80]]
MEANS = [0.1, 1.0, 4.0]
START_INITIAL = [1 / 3, 1 / 3, 1 / 3]
START_TRANSITIONS = [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]
START_MEANS = [0.3, 1.5, 3.0]
RUNS = 5


def main() -> None:
    customers, periods, iterations = (*map(int, sys.argv[1:4]), *(5000, 24, 50)[len(sys.argv) - 1 :])
    truth = HiddenMarkov.known(INITIAL, TRANSITIONS, [[mean] for mean in MEANS])
    table = truth.simulate([periods] * customers, seed=1)
    counts = table["value"].to_numpy().astype(int)[:, None]

    options = EmOptions(max_iterations=iterations, tolerance=0.0)
    times = []
    for _ in range(RUNS):
        model = HiddenMarkov.known(START_INITIAL, START_TRANSITIONS, [[mean] for mean in START_MEANS])
        model.options = options
        start, processor = time.perf_counter(), time.process_time()
        model.refine(table)
        times.append((time.perf_counter() - start, time.process_time() - processor))
    ours, ours_processor = (min(column) for column in zip(*times, strict=True))

    peer = PoissonHMM(3, n_iter=iterations, tol=-np.inf, init_params="", implementation="scaling")
    peer.startprob_, peer.transmat_ = np.array(START_INITIAL), np.array(START_TRANSITIONS)
    peer.lambdas_ = np.array(START_MEANS)[:, None]
    start, processor = time.perf_counter(), time.process_time()
    peer.fit(counts, [periods] * customers)
    theirs, theirs_processor = time.perf_counter() - start, time.process_time() - processor
    likelihood = peer.score(counts, [periods] * customers)

    print(f"{customers:,} customers × {periods} periods × {iterations} iterations, 3 states")
    print(f"  time             {ours:8.3f} s beside {theirs:8.3f} s of hmmlearn: {theirs / ours:6.0f} times")
    ratio = theirs_processor / ours_processor
    print(
        f"  processor time   {ours_processor:8.3f} s beside {theirs_processor:8.3f} s of hmmlearn: {ratio:6.0f} times"
    )
    apart = abs(model.log_likelihood_ / likelihood - 1)
    print(f"  ln L {model.log_likelihood_:.8f} beside {likelihood:.8f}: {apart:.1e} of itself apart")
    if apart > 1e-8:
        sys.exit("the log-likelihoods differ")


if __name__ == "__main__":
    main()
