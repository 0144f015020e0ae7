"""Recommendations, shares of wallet, and norms of repeat buying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from crm_core import _core
from crm_core._options import items, library_name, number
from crm_core.value._codes import floats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from crm_core._columns import Column, Number


@dataclass(frozen=True, slots=True)
class PromoterScore:
    """How many would recommend, and what they make together.

    Attributes
    ----------
    promoters, passives, detractors : int
        Who said 9 or 10; 7 or 8; 0 to 6.
    score : float
        NPS = promoters' share less detractors' share, between -1 and 1.
    standard_error : float
        sqrt((p + d - (p - d)^2) / n).
    lower, upper : float
        The interval of the level that was asked for.
    """

    promoters: int
    passives: int
    detractors: int
    score: float
    standard_error: float
    lower: float
    upper: float


def net_promoter_score(answers: Column, confidence: Number = 0.95) -> PromoterScore:
    """Compute the net promoter score of answers on the scale of 0 to 10, with its interval.

    Parameters
    ----------
    answers : column
        Whole numbers from 0 to 10, none missing.
    confidence : float or Decimal, optional
        The level of the interval.

    Raises
    ------
    OutOfRangeError
        For another answer, with its row.
    MissingValueError
        For a missing answer, with its row.

    References
    ----------
    Reichheld 2003, "The one number you need to grow".

    Examples
    --------
    >>> from crm_core.loyalty import net_promoter_score
    >>> nps = net_promoter_score([10, 9, 9, 8, 3])
    >>> round(nps.score, 2), round(nps.lower, 2), round(nps.upper, 2)
    (0.4, -0.3, 1.0)
    """
    counts, values = _core.net_promoter_score(floats("answers", answers), confidence)
    return PromoterScore(*counts, *values)


def wallet_allocation(ratings: Iterable[float]) -> NDArray[np.float64]:
    """Tell the share of wallet of each brand that a customer uses from how the customer rates them.

    share = (1 - rank / (n + 1)) * 2 / n, rank 1 for the best of n brands; equal ratings share the mean of their ranks.

    References
    ----------
    Keiningham, Aksoy, Buoye & Cooil 2011, "Customer loyalty isn't enough. Grow your share of wallet".

    Examples
    --------
    >>> from crm_core.loyalty import wallet_allocation
    >>> wallet_allocation([8, 10]).round(3)
    array([0.333, 0.667])
    """
    return np.array(_core.wallet_allocation([number("ratings", rating) for rating in items("ratings", ratings)]))


def size_of_prize(ratings: Iterable[float], category_spend: float) -> NDArray[np.float64]:
    """Tell what being rated better than all others would add to the spend of a customer on each brand.

    Examples
    --------
    >>> from crm_core.loyalty import size_of_prize
    >>> size_of_prize([8, 10], category_spend=300.0).round(9)
    array([100.,   0.])
    """
    given = [number("ratings", rating) for rating in items("ratings", ratings)]
    return np.array(_core.size_of_prize(given, number("category_spend", category_spend)))


@dataclass(frozen=True, slots=True)
class Dirichlet:
    """Norms of repeat buying: the NBD-Dirichlet model of a category and its brands.

    It says how penetration, purchase rate and loyalty of a brand of any share come out if nothing but its share is
    special: small brands have fewer buyers, who also buy a little less often (double jeopardy). A brand is loyal where
    it does better.

    Attributes
    ----------
    mean : float
        M: category purchases per customer in a period.
    exponent : float
        K of the negative binomial distribution of those purchases: small where rates differ much.
    diversity : float
        S of the Dirichlet distribution of choices: small where customers keep to their brands.
    shares : tuple of float
        The shares of the brands, of sum 1 at most.

    References
    ----------
    Goodhardt, Ehrenberg & Chatfield 1984, "The Dirichlet: a comprehensive model of buying behaviour".

    Examples
    --------
    Toothpaste in a quarter (Ehrenberg 1988):

    >>> from crm_core.loyalty import Dirichlet
    >>> model = Dirichlet.fit(
    ...     penetration=0.56, purchases_per_buyer=2.6, shares=[0.25, 0.19, 0.10], penetrations=[0.20, 0.17, 0.09]
    ... )
    >>> round(model.mean, 2), round(model.exponent, 2)
    (1.46, 0.78)
    >>> norms = model.norms()
    >>> bool(norms["purchases_per_buyer"][0] > norms["purchases_per_buyer"][2])
    True
    """

    mean: float
    exponent: float
    diversity: float
    shares: tuple[float, ...]

    @classmethod
    def fit(
        cls,
        *,
        penetration: float,
        purchases_per_buyer: float,
        shares: Iterable[float],
        penetrations: Iterable[float],
    ) -> Dirichlet:
        """Fit the model to a category and its brands.

        Parameters
        ----------
        penetration : float
            The part of all customers who bought in the category.
        purchases_per_buyer : float
            How often those bought; more than 1.
        shares, penetrations : sequence of float
            Share of purchases, and part of all customers who bought it, of each brand.

        Raises
        ------
        NoSolutionError
            Where buyers are more alike than chance makes them, or a brand's penetration cannot be at its share.
        """
        own = tuple(number("shares", share) for share in items("shares", shares))
        mean, exponent, diversity = _core.dirichlet_fit(
            number("penetration", penetration),
            number("purchases_per_buyer", purchases_per_buyer),
            list(own),
            [number("penetrations", part) for part in items("penetrations", penetrations)],
        )
        return cls(mean, exponent, diversity, own)

    def norms(self, periods: float = 1.0, *, shares: Iterable[float] | None = None, library: str = "pandas") -> Any:
        """Tabulate what the model expects of each brand, or of brands of other shares (the line of double jeopardy).

        Parameters
        ----------
        periods : float, optional
            For how many periods.
        shares : sequence of float, optional
            Other shares than those of the brands.
        library : str, optional
            Which DataFrame to make: "pandas", "polars" or "pyarrow".

        Returns
        -------
        DataFrame
            Columns ``share``, ``penetration``, ``purchases_per_buyer``, ``category_purchases_per_buyer``,
            ``share_of_requirements``, ``sole_buyers`` (part of the buyers who buy nothing else) and
            ``repeat_rate`` (part of the buyers who buy again in the next such time).
        """
        wanted = None if shares is None else [number("shares", share) for share in items("shares", shares)]
        parameters = (number("mean", self.mean), number("exponent", self.exponent), number("diversity", self.diversity))
        rows = _core.dirichlet_norms(parameters, list(self.shares), wanted, number("periods", periods))
        columns = dict(zip(_NORMS, map(list, zip(*rows, strict=True)), strict=True))
        return nw.from_dict(columns, backend=library_name(library)).to_native()


_NORMS = [
    "share",
    "penetration",
    "purchases_per_buyer",
    "category_purchases_per_buyer",
    "share_of_requirements",
    "sole_buyers",
    "repeat_rate",
]
