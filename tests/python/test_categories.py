"""Every category of the package has the members of the core, in the same order."""

from __future__ import annotations

import importlib
import pickle
import pkgutil
import re

import pytest

import crm_core
from crm_core import _core, errors
from crm_core.units import Category, Language

for module in pkgutil.walk_packages(crm_core.__path__, "crm_core."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
CATEGORIES = Category.__subclasses__()


def snake_case(category: type[Category]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", category.__name__).lower()


@pytest.mark.parametrize("category", CATEGORIES)
def test_members_are_those_of_the_core(category: type[Category]) -> None:
    terms = _core.category_terms(snake_case(category))
    assert [member.value for member in category] == [name for name, _, _ in terms]
    for code, (member, (_, en, zh)) in enumerate(zip(category, terms, strict=True)):
        assert member.code == code
        assert category.from_code(code) is member
        assert (member.label(), member.label(Language.ZH)) == (en, zh)
        assert pickle.loads(pickle.dumps(member)) is member


def test_every_category_of_the_core_is_public() -> None:
    assert sorted(map(snake_case, CATEGORIES)) == sorted(_core.categories())


def test_unknown_codes_and_categories() -> None:
    with pytest.raises(errors.OutOfRangeError, match="0 to 1"):
        Language.from_code(2)
    with pytest.raises(errors.NotFoundError, match="unheard_of"):
        _core.category_terms("unheard_of")
