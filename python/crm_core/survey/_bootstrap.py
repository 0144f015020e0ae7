"""How much statistics vary from sample to sample, by resampling rows."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core._options import LARGEST_COUNT, integer, number


@dataclass(frozen=True, slots=True)
class BootstrapInterval:
    """How much a statistic varies from sample to sample.

    Attributes
    ----------
    estimate : float
        Of all rows.
    standard_error : float
        Standard deviation over the replicates.
    lower, upper : float
        The ends of the percentile interval.
    replicates : int
        In how many the statistic has a value.
    """

    estimate: float
    standard_error: float
    lower: float
    upper: float
    replicates: int


def resampling(replicates: int, confidence: float, seed: int) -> tuple[int, float, int]:
    """Read how rows are resampled, as the compiled part takes it."""
    return (
        integer("replicates", replicates, 0, 2**32 - 1),
        number("confidence", confidence),
        integer("seed", seed, 0, LARGEST_COUNT),
    )
