"""The functions of tests/vectors/pipeline.json."""

from __future__ import annotations

import json
import math
from typing import Any

import polars as pl

from crm_core import idic
from crm_core._moments import moment_of

COLUMNS = {
    "customer": "customer",
    "current": "current_value",
    "expected": "expected",
    "standard_error": "standard_error",
    "acceptance": "acceptance",
    "offer_value": "offer_value",
}


def process(fields: list[dict[str, str]], options: str) -> idic.Idic:
    told = json.loads(options)
    acceptance = told.pop("acceptance", {})
    return idic.Idic(
        idic.RecordSchema([idic.RecordField(field["name"], field["kind"]) for field in fields]),
        [idic.NextAction(**action) for action in told["actions"]],
        [idic.OfferOption(**offer) for offer in told["offers"]],
        contact=idic.ContactPolicy(caps=tuple(idic.FrequencyCap(**cap) for cap in told["contact"]["caps"])),
        choice=told["choice"],
        offer_budget=told["offer_budget"],
        acceptance_strength=acceptance.get("strength", 10),
        resolve=idic.ResolveOptions(random_pairs=told.get("training", {}).get("random_pairs", 200_000)),
    )


def shown(made: idic.Idic, options: str) -> dict[str, list[Any]]:
    plans, told = made.plans(), json.loads(options)
    actions = ["nothing", *(action["name"] for action in told["actions"])]
    offers = [offer["name"] for offer in told["offers"]]
    kinds = [None if kind is None else list(idic._process.CustomerType).index(kind) for kind in plans["customer_type"]]
    answer = {name: plans[column].to_list() for name, column in COLUMNS.items()}
    return answer | {
        "customer_type": [-1 if kind is None else kind for kind in kinds],
        "action": [actions.index(name) for name in plans["action"]],
        "offer": [-1 if name is None else offers.index(name) for name in plans["offer"]],
    }


def rounds(
    fields: list[dict[str, str]],
    keys: list[str],
    records: list[list[str]],
    options: str,
    now: list[int],
    value_keys: list[str],
    current: list[float | None],
    potential: list[float | None],
    consent: str,
    outcomes: list[list[dict[str, Any]]],
) -> list[dict[str, list[Any]]]:
    made = process(fields, options)
    columns = {field["name"]: [record[place] for record in records] for place, field in enumerate(fields)}
    table = pl.DataFrame({"customer": keys, **columns})
    schema = {"customer": pl.String, "current": pl.Float64, "potential": pl.Float64}
    values = pl.DataFrame({"customer": value_keys, "current": current, "potential": potential}, schema=schema)
    consents = pl.DataFrame({"customer": keys, "channel": [consent] * len(keys)})
    found = []
    for number, (second, told) in enumerate(zip(now, outcomes, strict=True)):
        made.identify(table if number == 0 else None)
        made.differentiate(current=(values, "current"), potential=(values, "potential"))
        made.interact(moment_of(second), consents=consents)
        made = idic.Idic.from_bytes(made.to_bytes())
        made._library = idic._process.backend(table)
        made.customize()
        found.append(shown(made, options))
        decisions = dict(zip(*made.plans().select("customer", "decision"), strict=True))
        if told:
            made.learn(
                pl.DataFrame(
                    {
                        "decision": [decisions[made.customer_of(each["key"])] for each in told],
                        "at": [moment_of(second)] * len(told),
                        "reward": [each["reward"] for each in told],
                        "outcome": [each["contact"] for each in told],
                    }
                )
            )
        made.next_round()
    return found


def crossed(first: list[int], rows: int, second: list[int], columns: int, measure: list[float]) -> dict[str, Any]:
    found = idic.cross_table(first, second, measure, library="polars")
    answer = {"counts": [0] * (rows * columns), "totals": [0.0] * (rows * columns)}
    for row, column, customers, total in found.select("first", "second", "customers", "total").rows():
        answer["counts"][row * columns + column] = customers
        answer["totals"][row * columns + column] = total
    return answer


def uplift(score: list[float], treated: list[int], outcome: list[float]) -> dict[str, Any]:
    found = idic.uplift_curve(score, treated, outcome)
    assert not math.isnan(found.qini)
    return {"share": list(found.share), "gain": list(found.gain), "qini": found.qini}


FUNCTIONS = {"idic_rounds": rounds, "cross_table": crossed, "uplift_curve": uplift}
