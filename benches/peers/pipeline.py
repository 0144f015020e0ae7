"""The whole process on generated customers: seconds of each stage, and peak memory. `pipeline.py CUSTOMERS` (100,000).

One record in five is a second one of a customer, under another key and with another name; purchases are those of
customers who buy and leave at their own rates. Two rounds: the first compares all records with each other, the second
takes in a hundredth of new ones.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pyarrow as pa

from crm_core.idic import Idic, NextAction, OfferOption, RecordField, RecordSchema

DAYS = 730
END = 20_454  # 2026-01-01
SYLLABLES = ["ka", "lo", "mi", "ne", "ra", "to", "su", "vi", "den", "gar", "hol", "ber", "wick", "stein", "ford", "by"]


def names(numbers: np.ndarray) -> list[str]:
    """A name for each number: syllables by its digits."""
    return ["".join(SYLLABLES[n >> shift & 15] for shift in (0, 4, 8, 12)) for n in numbers.tolist()]


def records(random: np.random.Generator, people: np.ndarray, prefix: str) -> pa.Table:
    typo = random.uniform(size=len(people)) < 0.3
    given, family = names(people * 7 % 4096), names(people * 40_503 % 65_536)
    shown = [f"{g} {f[:-1] if bad else f}" for g, f, bad in zip(given, family, typo.tolist(), strict=True)]
    mobiles = [f"13{n:09d}" for n in (people * 7_919 % 1_000_000_007).tolist()]
    born = (np.datetime64("1940-01-01") + people * 104_729 % 25_000).astype(str)
    keys = [f"{prefix}{n}" for n in people.tolist()]
    return pa.table({"customer": keys, "name": shown, "mobile": mobiles, "born": born.tolist()})


def purchases(random: np.random.Generator, customers: int) -> pa.Table:
    rate = random.gamma(1.2, 1 / 60, customers)
    stays = np.minimum(random.exponential(400, customers), DAYS)
    counts = random.poisson(rate * stays) + 1
    buyer = np.repeat(np.arange(customers), counts)
    day = (random.uniform(size=len(buyer)) * stays[buyer]).astype(np.int32) + END - DAYS
    spend = random.gamma(2, 1, customers)[buyer] * random.gamma(3, 10, len(buyer))
    keys = pa.array([f"a{n}" for n in buyer.tolist()])
    return pa.table({"customer": keys, "time": pa.array(day, pa.date32()), "amount": np.round(spend, 2) + 0.01})


def main(customers: int) -> None:
    random = np.random.default_rng(1)
    people = np.arange(customers)
    twice = random.choice(customers, customers // 5, replace=False)
    table = pa.concat_tables([records(random, people, "a"), records(random, twice, "b")])
    log = purchases(random, customers)
    keys = [f"a{n}" for n in range(customers)]
    wishes = random.integers(0, 2, customers)
    answers = {"customer": keys} | {
        name: np.round(np.where(wishes == place % 2, 8, 3) + random.normal(size=customers), 1)
        for place, name in enumerate(["price", "service", "range"])
    }
    consents = pa.table({"customer": keys, "channel": ["email"] * customers})
    idic = Idic(
        RecordSchema([RecordField("name", "name"), RecordField("mobile", "phone"), RecordField("born", "date")]),
        [NextAction("letter", "email", "sales", cost=0.5), NextAction("survey", "email", "survey")],
        [
            OfferOption(f"offer {j}", gain=5.0 + j, gain_share=0.01, acceptance=0.2, cost=0.1, capacity=customers // 20)
            for j in range(4)
        ],
        needs=["price", "service", "range"],
        most_groups=4,
        choice={"noise": 10.0},
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{customers:,} customers, {table.num_rows:,} records, {log.num_rows:,} transactions; {before:.0f} MiB before"
    )
    later = records(random, np.arange(customers, customers + customers // 100), "a")
    for number, given in enumerate([table, later]):
        start = time.process_time()
        plans = idic.run(
            given,
            log,
            f"2026-01-0{number + 1}T10:00",
            history={"needs": pa.table(answers)},
            told={"consents": consents},
        )
        seconds = {stage.value: counts["seconds"] for stage, counts in idic.counts().items()}
        shown = ", ".join(f"{stage} {each:.2f}" for stage, each in seconds.items())
        used = time.process_time() - start
        print(f"round {number}: {shown} s; {used:.1f} s of processor time, {len(plans):,} customers")
        idic.next_round()
    start = time.perf_counter()
    state = idic.to_bytes()
    middle = time.perf_counter()
    Idic.from_bytes(state)
    end = time.perf_counter()
    print(f"state: {len(state) / 2**20:.0f} MiB, written in {middle - start:.2f}, read in {end - middle:.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
