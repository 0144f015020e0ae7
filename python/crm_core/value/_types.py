"""Four types of customers by current and potential value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_core import _core
from crm_core._options import integer, member, number
from crm_core.units import Category, Language
from crm_core.value._codes import categories_like, check_index, floats, numbers

if TYPE_CHECKING:
    from crm_core._columns import Column, Number

__all__ = ["CustomerType", "CutMethod", "CutRule", "customer_types", "k_means_cut", "otsu_cut", "quantile_cut"]


class CustomerType(Category):
    """A type of customer by current and potential value.

    ========  =============  ===============
    type      current value  potential value
    ========  =============  ===============
    golden    high           high
    meteor    high           low
    stream    low            high
    burden    low            low
    ========  =============  ===============
    """

    GOLDEN = "golden"
    METEOR = "meteor"
    STREAM = "stream"
    BURDEN = "burden"

    def strategy(self, language: Language | None = None) -> str:
        """Return what to do with customers of this type.

        >>> CustomerType.BURDEN.strategy()
        'Cut costs: serve by cheap channels or at a price that pays, or let go.'
        """
        en, zh = _core.customer_type_strategies()[self.code]
        return zh if language is not None and member("language", Language, language) is Language.ZH else en


class CutMethod(Category):
    """How the border between a low and a high value is found."""

    GIVEN = "given"
    QUANTILE = "quantile"
    OTSU = "otsu"
    K_MEANS = "k_means"


@dataclass(frozen=True, slots=True)
class CutRule:
    """How the border between a low and a high value is found; a value is high if it lies above it.

    Make one by its name: :meth:`given`, :meth:`quantile`, :meth:`otsu`, :meth:`k_means`.

    >>> CutRule.quantile(0.8)
    CutRule(method=<CutMethod.QUANTILE: 'quantile'>, number=0.8)
    """

    method: CutMethod
    number: float

    @classmethod
    def given(cls, value: float) -> CutRule:
        """Take this value."""
        return cls(CutMethod.GIVEN, number("value", value))

    @classmethod
    def quantile(cls, share: float = 0.5) -> CutRule:
        """Take the observed value that at most 1 − ``share`` of the values lie above; see :func:`quantile_cut`."""
        return cls(CutMethod.QUANTILE, number("share", share))

    @classmethod
    def otsu(cls, bins: int = 256) -> CutRule:
        """Use Otsu's method; see :func:`otsu_cut`."""
        return cls(CutMethod.OTSU, integer("bins", bins))

    @classmethod
    def k_means(cls) -> CutRule:
        """Use the best two clusters; see :func:`k_means_cut`."""
        return cls(CutMethod.K_MEANS, 0.0)


def quantile_cut(values: Column, share: Number = 0.5) -> float:
    """Return the observed value that at most 1 − ``share`` of the values lie above; 0.5 is the median.

    >>> quantile_cut([1.0, 2.0, 3.0, 10.0])
    2.0
    """
    return _core.quantile_cut(floats("values", values), share)


def otsu_cut(values: Column, bins: int = 256) -> float:
    """Return the border that Otsu's method finds between low and high values.

    It is the upper edge of the histogram bin with the greatest variance between the two classes.

    Parameters
    ----------
    values : column
        At least two different numbers.
    bins : int
        Number of bins of equal width, from 2 to 65,536.

    Raises
    ------
    NoSolutionError
        If all values are equal.

    References
    ----------
    Otsu 1979, "A threshold selection method from gray-level histograms", eq. 18.

    Examples
    --------
    >>> otsu_cut([0.0, 1.0, 2.0, 9.0, 10.0], bins=10)
    2.0
    """
    return _core.otsu_cut(floats("values", values), integer("bins", bins))


def k_means_cut(values: Column) -> float:
    """Return the border halfway between the means of the best two clusters.

    Of all splits of the sorted values, the one with the least sum of squares within: the optimum of k-means
    with k = 2, not a local one.

    Raises
    ------
    NoSolutionError
        If all values are equal.

    References
    ----------
    Fisher 1958, "On grouping for maximum homogeneity", JASA 53.

    Examples
    --------
    >>> k_means_cut([1.0, 2.0, 3.0, 10.0, 11.0])
    6.25
    """
    return _core.k_means_cut(floats("values", values))


def customer_types(current: Column, potential: Column, current_cut: Number, potential_cut: Number) -> Any:
    """Return the :class:`CustomerType` of every customer, as a column of the same kind as ``current``.

    Parameters
    ----------
    current, potential : column
        Current and potential value of every customer.
    current_cut, potential_cut : float or Decimal
        The borders: a value is high if it lies above its border. Given, or found by :func:`quantile_cut`,
        :func:`otsu_cut` or :func:`k_means_cut`.

    Examples
    --------
    >>> customer_types([90.0, 80.0, 5.0, 10.0], [70.0, 5.0, 60.0, 1.0], 50, 50).tolist()
    ['golden', 'meteor', 'stream', 'burden']
    """
    check_index(current=current, potential=potential)
    codes = _core.customer_types(floats("current", current), floats("potential", potential), current_cut, potential_cut)
    return categories_like(current, numbers(codes), list(CustomerType))
