"""The functions of tests/vectors/capability.json."""

from __future__ import annotations

from typing import Any

import numpy as np

from crm_core import capability


def square(entries: list[float], criteria: int) -> list[list[float]]:
    return [entries[start : start + criteria] for start in range(0, len(entries), criteria)] if criteria else []


def ahp_priorities(judgements: list[float], criteria: int, random_index: str) -> dict[str, Any]:
    found = capability.ahp(square(judgements, criteria), random_index=capability.RandomIndex(random_index))
    worst = found.worst
    return {
        "weights": found.weights.tolist(),
        "lambda_max": found.lambda_max,
        "consistency_index": found.consistency_index,
        "consistency_ratio": found.consistency_ratio,
        "worst": worst and {name: getattr(worst, name) for name in ("row", "column", "given", "implied")},
    }


def ahp_group(members: list[list[float]], criteria: int, weights: list[float]) -> list[float]:
    joint = capability.group_judgements([square(member, criteria) for member in members], weights)
    return [float(entry) for entry in joint.ravel()]


def evaluate_tree(
    tree: str, memberships: list[list[float]], scores: list[float], composition: str
) -> list[dict[str, Any]]:
    scale = capability.GradeScale(tuple(str(score) for score in scores), tuple(scores))
    read = capability.IndexTree.from_json(tree)
    found = read.evaluate(memberships, scale, capability.Composition(composition))
    names = ("share", "membership", "score", "grade", "margin", "sensitivity")
    return [{name: getattr(index, name) for name in names} for index in found.indices]


def rank_acceptability(scores: list[list[float | None]], **arguments: Any) -> dict[str, Any]:
    known = [[np.nan if score is None else score for score in row] for row in scores]
    found = capability.rank_acceptability(known, **arguments)
    central = [[None if np.isnan(weight) else weight for weight in row] for row in found.central_weights]
    return {"ranks": found.ranks.tolist(), "mean_ranks": found.mean_ranks.tolist(), "central_weights": central}


FUNCTIONS = {
    "rank_acceptability": rank_acceptability,
    "ahp_priorities": ahp_priorities,
    "ahp_group": ahp_group,
    "evaluate_tree": evaluate_tree,
    "membership_of_measure": capability.membership_from_measure,
}
