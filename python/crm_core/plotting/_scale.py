"""The asinh axis: linear near 0, logarithmic far from it, so that zero and losses have a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crm_core import _format as fmt

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from crm_core.units import Language

    Floats = NDArray[np.float64]


class Asinh:
    """An axis on which ``middle`` lies well within the logarithmic part."""

    def __init__(self, values: Floats, middle: float) -> None:
        sizes = np.abs(values[values != 0])
        self._unit = abs(middle) / 5 or (float(np.median(sizes)) if sizes.size else 1.0)

    def places(self, values: Floats) -> Floats:
        """Return where values lie."""
        return np.arcsinh(values / self._unit)

    def place(self, value: float) -> float:
        """Return where one value lies."""
        return float(np.arcsinh(value / self._unit))

    def span(self, places: Floats, *, including: float) -> tuple[float, float]:
        """Return the ends of the axis: around all places and the one that must be seen."""
        low, high = float(places.min(initial=including)), float(places.max(initial=including))
        pad = 0.05 * (high - low) or 1.0
        return low - pad, high + pad

    def set_ticks(self, set_ticks: Callable[..., object], low: float, high: float, language: Language) -> None:
        """Mark 0 and 1, 3, 10, 30, … as far as there is room, small ones first."""
        steps = [sign * step * 10.0**power for power in range(-3, 16) for step in (1, 3) for sign in (1, -1)]
        kept: list[float] = []
        for value in [0.0, *sorted(steps, key=abs, reverse=True)]:
            place = self.place(value)
            if low <= place <= high and all(abs(place - self.place(other)) >= 0.075 * (high - low) for other in kept):
                kept.append(value)
        kept.sort()
        set_ticks([self.place(value) for value in kept], [fmt.short(value, language) for value in kept])
