"""CRM capability: what vectors cannot say."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from crm_core.capability import (
    Composition,
    GradeScale,
    Index,
    IndexTree,
    RandomIndex,
    ahp,
    crm_capability,
    membership_from_votes,
)
from crm_core.errors import CrmError, LengthMismatchError, NotFoundError, NotStochasticError, UnreadableError
from crm_core.units import Language

JUDGEMENTS = [[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]]


@pytest.mark.parametrize("kind", [np.array, pd.DataFrame])
def test_judgements_come_as_any_table(kind: type) -> None:
    assert ahp(kind(JUDGEMENTS)).weights.tolist() == ahp(JUDGEMENTS).weights.tolist()


def test_the_table_of_the_random_index_is_named() -> None:
    found = ahp(JUDGEMENTS, random_index=RandomIndex.SAATY2005)
    assert found.random_index is RandomIndex.SAATY2005
    assert found.consistency_ratio == pytest.approx(ahp(JUDGEMENTS).consistency_ratio * 0.58 / 0.52)


def test_a_table_that_is_not_square_is_refused() -> None:
    with pytest.raises(LengthMismatchError) as refused:
        ahp([[1, 2], [0.5]])
    assert (refused.value.argument, refused.value.row) == ("judgements", 1)


def test_memberships_go_by_name_in_any_order() -> None:
    tree = crm_capability()
    votes = {leaf.name: membership_from_votes([place + 1, 2, 1, 0, 0]) for place, leaf in enumerate(tree.leaves)}
    turned = dict(reversed(votes.items()))
    evaluation = tree.evaluate(turned)
    assert evaluation == tree.evaluate(list(votes.values()))
    table = evaluation.table()
    assert len(table) == len(tree.indices)
    assert table["share"][0] == 1
    assert list(table.columns[-5:]) == list(GradeScale.five().names)
    with pytest.raises(NotFoundError, match="attitude"):
        tree.evaluate({name: degrees for name, degrees in votes.items() if name != "attitude"})
    with pytest.raises(NotFoundError, match="altitude"):
        tree.evaluate(votes | {"altitude": [1, 0, 0, 0, 0]})


def test_sensitivity_is_what_a_small_change_of_weights_does() -> None:
    tree = crm_capability()
    votes = [membership_from_votes([place + 1, 30 - place, 3, 2, 1]) for place in range(len(tree.leaves))]
    evaluation = tree.evaluate(votes)
    group = {index.name: index for index in evaluation.indices}["staff_service"]
    parts = [1 / 7] * 7
    step = 1e-5
    moved = [share * (1 - (1 / 7 + step)) / (1 - 1 / 7) for share in parts]
    place = [part.name for part in tree.root.parts[1].parts].index("staff_service")
    moved[place] = 1 / 7 + step
    changed = tree.with_weights("value_creation_and_delivery", moved).evaluate(votes)
    assert group.sensitivity == pytest.approx((changed.score - evaluation.score) / step, rel=1e-6)


def test_trees_are_checked_written_and_pickled() -> None:
    tree = crm_capability()
    assert pickle.loads(pickle.dumps(tree)) == IndexTree.from_json(tree.to_json()) == IndexTree(tree.root) == tree
    assert tree.root.label(Language.ZH) == "客户关系管理能力总指标"
    with pytest.raises(NotStochasticError, match="service"):
        IndexTree(Index("service", "Service", "服务", parts=(Index("speed", "Speed", "速度", 0.5),)))
    with pytest.raises(UnreadableError):
        IndexTree.from_json("{}")
    with pytest.raises(CrmError) as refused:
        tree.evaluate([[0.5, 0.5, 0, 0, 0]] * 26 + [[0.5, 0.6, 0, 0, 0]], composition=Composition.MAX_MIN)
    assert (refused.value.argument, refused.value.row) == ("memberships", 26)
