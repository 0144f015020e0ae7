"""Public data that the package lifetimes carries: read where it is installed, never imported."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

import pandas as pd


def path(name: str) -> Path:
    return Path(str(distribution("lifetimes").locate_file(f"lifetimes/datasets/{name}")))


def published(name: str) -> pd.DataFrame:
    return pd.read_csv(path(name))
