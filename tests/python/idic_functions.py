"""The functions of tests/vectors/idic.json."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pandas as pd

from crm_core import idic
from crm_core._moments import moment_of, seconds

FORBIDDEN = -1e300
"""Stands for minus infinity, which JSON cannot say."""


def may_contact(policy: dict[str, Any], contacts: list[dict[str, Any]], now: int, **asked: Any) -> str:
    quiet = policy.get("quiet_hours")
    rules = idic.ContactPolicy(
        quiet_hours=None if quiet is None else (quiet["from"], quiet["until"]),
        least_days_between=policy.get("least_days_between"),
        caps=tuple(idic.FrequencyCap(**cap) for cap in policy.get("caps", [])),
    )
    known = [idic.Contact(**{**each, "at": moment_of(each["at"])}) for each in contacts]
    found = rules.refusal(asked.pop("channel"), asked.pop("purpose"), moment_of(now), contacts=known, **asked)
    return "allowed" if found is None else found.value


def belief(
    choices: int, observations: list[dict[str, Any]], at: int, confidence: float, **options: Any
) -> dict[str, list[float]]:
    memory = idic.PreferenceMemory(choices, **options)
    for seen in observations:
        memory = memory.observe(seen["choice"], moment_of(seen["at"]), weight=seen["weight"])
    memory = idic.PreferenceMemory.from_json(memory.to_json())
    found = [dataclasses.asdict(each) for each in memory.belief(moment_of(at), confidence=confidence)]
    names = {"parameter": "parameters", "probability": "probability", "lower": "lower", "upper": "upper"}
    return {shown: [each[name] for each in found] for name, shown in names.items()}


def remembered(said: list[dict[str, Any]], asked: list[str]) -> dict[str, Any]:
    known = idic.Specifications()
    answers = []
    for each in said:
        after = known.remember(each["subject"], each["value"], moment_of(each["at"]))
        answers.append(after != known)
        known = after
    again = idic.Specifications.from_json(known.to_json())
    found = [again.recall(subject) for subject in asked]
    return {
        "remembered": answers,
        "value": [None if each is None else each.value for each in found],
        "at": [None if each is None else seconds("at", each.at) for each in found],
        "subjects": again.subjects,
        "erased": len(again.subjects),
    }


def chosen(options: dict[str, Any], rounds: list[dict[str, Any]]) -> dict[str, Any]:
    given = dict(options)
    actions = {action["name"]: action["cost"] for action in given.pop("actions")}
    chooser = idic.ActionChooser(actions, given.pop("features"), **given)
    answer: dict[str, Any] = {"action": [], "mean": [], "standard_error": []}
    for hour, each in enumerate(rounds):
        eligible = [name for name, allowed in zip(chooser.actions[1:], each["eligible"], strict=True) if allowed]
        decision = chooser.decide(each["customer"], each["features"], moment_of(hour * 3600), eligible=eligible)
        place = chooser.actions.index(decision.action)
        answer["action"].append(place)
        answer["mean"].append([score.mean for score in decision.scores.values()])
        answer["standard_error"].append([score.standard_error for score in decision.scores.values()])
        chooser = idic.ActionChooser.from_state(chooser.state())
        chooser.reward(decision.id, each["rewards"][place])
    answer["coefficients"] = [list(values.values()) for values in chooser.coefficients.values()]
    return answer


def assigned(values: list[list[float]], offers: list[dict[str, Any]], budget: float | None) -> tuple[Any, list[str]]:
    table = pd.DataFrame(
        {str(j): [-math.inf if v == FORBIDDEN else v for v in column] for j, column in enumerate(values)}
    )
    terms = {str(j): idic.Offer(**offer) for j, offer in enumerate(offers)}
    return idic.assign(table, terms, budget=budget), list(table.columns)


def assignment(**given: Any) -> dict[str, Any]:
    found, names = assigned(**given)
    offers = [None if name is None else names.index(name) for name in found.offer]
    return {"offer": offers, "value": found.value, "cost": found.cost}


def worths(found: idic.PartWorths, attributes: list[dict[str, Any]]) -> dict[str, Any]:
    """In the order of the levels of the case; that of the package is the order of their first row."""
    levels = [
        [found.levels[attribute["name"]][code] for code in range(len(attribute["levels"]))] for attribute in attributes
    ]
    return {
        "levels": [
            {"worth": [w.worth for w in each], "standard_error": [w.standard_error for w in each]} for each in levels
        ],
        "importance": [found.importance[attribute["name"]] for attribute in attributes],
    }


def table(attributes: list[dict[str, Any]], products: list[list[int]]) -> pd.DataFrame:
    return pd.DataFrame({a["name"]: column for a, column in zip(attributes, products, strict=True)})


def ratings(attributes: list[dict[str, Any]], products: list[list[int]], ratings: list[float]) -> dict[str, Any]:
    found = idic.fit_ratings(table(attributes, products), ratings)
    return worths(found.part_worths, attributes) | {
        "intercept": found.intercept,
        "r_squared": found.r_squared,
        "degrees_of_freedom": found.degrees_of_freedom,
    }


def choices(
    attributes: list[dict[str, Any]], products: list[list[int]], chosen: list[bool], **given: list[int]
) -> dict[str, Any]:
    found = idic.fit_choices(table(attributes, products), given["set"], chosen)
    return worths(found.part_worths, attributes) | {
        "log_likelihood": found.log_likelihood,
        "null_log_likelihood": found.null_log_likelihood,
    }


def columns_of(columns: list[list[Any]]) -> pd.DataFrame:
    return pd.DataFrame({str(j): column for j, column in enumerate(columns)})


def means(columns: list[list[float]], **options: Any) -> dict[str, Any]:
    found = idic.k_means(columns_of(columns), **options)
    return {
        "cluster": found.cluster.tolist(),
        "centers": [list(profile.values()) for profile in found.profiles],
        "inertia": found.cost,
        "explained": found.explained,
    }


def modes(columns: list[list[int]], clusters: int) -> dict[str, Any]:
    found = idic.k_modes(columns_of(columns), clusters)
    return {
        "cluster": found.cluster.tolist(),
        "modes": [list(profile.values()) for profile in found.profiles],
        "cost": found.cost,
    }


FUNCTIONS = {
    "may_contact": may_contact,
    "preference_belief": belief,
    "specifications": remembered,
    "action_chooser": chosen,
    "evaluate_policy": lambda **given: dataclasses.asdict(idic.evaluate_policy(**given)),
    "assign": assignment,
    "assign_bound": lambda **given: assigned(**given)[0].bound,
    "fit_ratings": ratings,
    "fit_choices": choices,
    "choice_shares": lambda utilities, rule: list(idic.choice_shares(columns_of(utilities), rule).values()),
    "k_means": means,
    "k_modes": modes,
    "silhouette": lambda columns, **given: idic.silhouette(columns_of(columns), **given).tolist(),
    "category_silhouette": lambda columns, cluster: idic.category_silhouette(columns_of(columns), cluster).tolist(),
    "choose_modes": lambda columns, most: [
        dataclasses.asdict(found) for found in idic.choose_modes(columns_of(columns), most)
    ],
}
