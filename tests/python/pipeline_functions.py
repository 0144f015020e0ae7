"""The functions of tests/vectors/pipeline.json."""

from __future__ import annotations

import json
import math
from typing import Any

import polars as pl

from crm_core import _core, idic
from crm_core._moments import moment_of
from crm_core._tables import backend
from crm_core.value import CustomerType

COLUMNS = {
    "customer": "customer",
    "current": "current_value",
    "expected": "expected",
    "standard_error": "standard_error",
    "acceptance": "acceptance",
    "offer_value": "offer_value",
}


def process(fields: list[dict[str, Any]], options: str) -> idic.Idic:
    told = json.loads(options)
    needs = told.get("needs", {})
    asked = {question["name"]: question["answers"] for question in needs.get("choices", [])}
    acceptance = told.pop("acceptance", {})
    return idic.Idic(
        idic.RecordSchema([idic.RecordField(**field) for field in fields]),
        [idic.NextAction(**action) for action in told["actions"]],
        [idic.OfferOption(**offer) for offer in told["offers"]],
        contact=idic.ContactPolicy(caps=tuple(idic.FrequencyCap(**cap) for cap in told["contact"]["caps"])),
        choice=told["choice"],
        offer_budget=told["offer_budget"],
        acceptance_strength=acceptance.get("strength", 10),
        needs=asked,
        needs_groups=needs.get("groups"),
        resolve=idic.ResolveOptions(random_pairs=told.get("training", {}).get("random_pairs", 200_000)),
    )


def shown(made: idic.Idic, options: str) -> dict[str, list[Any]]:
    plans, told = made.plans(), json.loads(options)
    actions = ["nothing", *(action["name"] for action in told["actions"])]
    offers = [offer["name"] for offer in told["offers"]]
    kinds = [None if kind is None else list(CustomerType).index(kind) for kind in plans["customer_type"]]
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
        made._library = backend(table)
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


def segments(
    fields: list[dict[str, Any]],
    keys: list[str],
    records: list[list[str]],
    times: list[int],
    options: str,
    now: list[int],
    value_keys: list[str],
    current: list[float],
    potential: list[float],
    consent: str,
    outcomes: list[Any],
    answer_keys: list[str],
    answers: list[list[str]],
    pseudonym_key: list[int],
) -> dict[str, Any]:
    assert consent
    assert outcomes == [[]]
    if "questions" in json.loads(options)["needs"]:
        # In Python questions are numbers or choices: there is no way to say both, but to the core.
        _core.Idic(idic.RecordSchema([idic.RecordField("name", "name")])._core(), options)
    made = process(fields, options)
    columns = {field["name"]: [record[place] for record in records] for place, field in enumerate(fields)}
    made.identify(pl.DataFrame({"customer": keys, "told": times, **columns}), times="told")
    schema = {"customer": pl.String, "current": pl.Float64, "potential": pl.Float64}
    values = pl.DataFrame({"customer": value_keys, "current": current, "potential": potential}, schema=schema)
    asked = json.loads(options)["needs"]["choices"]
    given = {each["name"]: [row[place] or None for row in answers] for place, each in enumerate(asked)}
    made.differentiate(
        current=(values, "current"),
        potential=(values, "potential"),
        needs=pl.DataFrame({"customer": answer_keys, **given}),
    )
    made = idic.Idic.from_bytes(made.interact(moment_of(now[0])).to_bytes())
    made._library = backend(values)
    hidden = made.customize().plans(pseudonym_key=idic.PseudonymKey(bytes(pseudonym_key)))
    assert "customer" not in hidden.columns
    found, table = made.needs(), made.value_by_needs()
    assert found is not None
    names = [field["name"] for field in fields]
    stale = [text.split(", ") for text in hidden["stale_fields"]]
    return {
        "needs": [-1 if group is None else group for group in hidden["needs"]],
        "sizes": list(found.sizes),
        "profile": [[each["answers"].index(center[each["name"]]) for each in asked] for center in found.centers],
        "counts": table["customers"].to_list(),
        "totals": table["current_value"].to_list(),
        "freshness": hidden["freshness"].to_list(),
        "stale": [[int(name in each) for name in names] for each in stale],
        "pseudonyms": hidden["pseudonym"].to_list(),
    }


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


FUNCTIONS = {
    "idic_rounds": rounds,
    "idic_segments": segments,
    "cross_table": crossed,
    "uplift_curve": uplift,
}
