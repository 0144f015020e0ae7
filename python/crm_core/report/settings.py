"""What a report assumes, all of it printed in the report and settable."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crm_core.errors import OutOfRangeError
from crm_core.units import Language

__all__ = ["Every", "Settings"]


class Every(StrEnum):
    """The period of a report: what a column of the cohort map, or a step of the stage flow, stands for."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    @property
    def per_year(self) -> int:
        """How many periods a year has, to turn a yearly rate into one per period."""
        return {Every.WEEK: 52, Every.MONTH: 12, Every.YEAR: 1}[self]


@dataclass(frozen=True)
class Settings:
    """Assumptions and thresholds of a report.

    Attributes
    ----------
    period : Every
        Calendar weeks, months or years.
    discount_rate : float
        Per year; greater than −1. Per period it is (1 + rate)^(1 / periods per year) − 1.
    margin : float
        Contribution per unit of revenue, where the log has no costs.
    horizon : int
        How many periods the expected part of the lifetime value looks ahead; 1 or more.
    acquisition_cost : float
        Spent to win one customer; 0 or more.
    customer_cost : float
        Spent per customer and period to keep the relationship; 0 or more.
    tier_shares : tuple of float
        Shares of the customers in the tiers VIP, major, regular, small; they sum to 1.
    type_cut : float
        Current and potential values above this quantile are high; between 0 and 1.
    reachable : float
        What a customer could spend: this quantile of the spend per period of active customers whose orders are of a
        similar size; between 0 and 1.
    language : Language
        The language of the report.
    seed : int
        Of the bootstrap that gives the interval of the Gini coefficient.
    """

    period: Every = Every.MONTH
    discount_rate: float = 0.10
    margin: float = 1.0
    horizon: int = 36
    acquisition_cost: float = 0.0
    customer_cost: float = 0.0
    tier_shares: tuple[float, float, float, float] = (0.01, 0.04, 0.15, 0.80)
    type_cut: float = 0.8
    reachable: float = 0.75
    language: Language = Language.EN
    seed: int = 1

    def __post_init__(self) -> None:
        self._check("discount_rate", self.discount_rate > -1, "must be greater than -1")
        self._check("margin", abs(self.margin) < float("inf"), "must be a finite number")
        self._check("horizon", 1 <= self.horizon <= 10_000, "must be from 1 to 10,000 periods")
        self._check("acquisition_cost", 0 <= self.acquisition_cost < float("inf"), "must be 0 or more")
        self._check("customer_cost", 0 <= self.customer_cost < float("inf"), "must be 0 or more")
        self._check("type_cut", 0 < self.type_cut < 1, "must be between 0 and 1")
        self._check("reachable", 0 < self.reachable < 1, "must be between 0 and 1")

    def _check(self, name: str, holds: bool, rule: str) -> None:
        value = getattr(self, name)
        if not holds:
            message = f"{name} is {value}: {rule}"
            raise OutOfRangeError(message, argument=name, value=str(value))

    @property
    def rate_per_period(self) -> float:
        """The discount rate per period."""
        return float((1 + self.discount_rate) ** (1 / self.period.per_year) - 1)
