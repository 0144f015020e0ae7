"""What holds for every test and every example."""

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    """Close the figures that a test or an example opened."""
    yield
    plt.close("all")
