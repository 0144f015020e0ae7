"""How much a value hangs on each of its factors: the table behind a tornado chart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

import narwhals as nw

from crm_core import _core
from crm_core._kernels import customer_model_value
from crm_core._options import library_name, wrong_type
from crm_core.errors import NotFoundError
from crm_core.units import Category

if TYPE_CHECKING:
    from crm_core._columns import Number


class ChangeKind(Category):
    """How the amount of a :class:`Change` is meant.

    ``RELATIVE``: as a part of the base, 0.1 is 10 % of it; ``ABSOLUTE``: in the unit of the factor, 0.1 is 10
    percentage points of a rate.
    """

    RELATIVE = "relative"
    ABSOLUTE = "absolute"


class Domain(Category):
    """The values that a factor may take; all are finite.

    ``RATE`` is over -1; ``POSITIVE`` and ``POSITIVE_PROBABILITY`` are over 0; ``COUNT`` is 0, 1, 2, ...
    """

    FINITE = "finite"
    NON_NEGATIVE = "non_negative"
    POSITIVE = "positive"
    RATE = "rate"
    PROBABILITY = "probability"
    POSITIVE_PROBABILITY = "positive_probability"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Change:
    """How far a factor is moved down and up.

    Attributes
    ----------
    kind : ChangeKind
        Relative or absolute.
    amount : float or Decimal
        0 or more.
    """

    kind: ChangeKind
    amount: Number

    @classmethod
    def relative(cls, amount: Number) -> Change:
        """By this part of the base."""
        return cls(ChangeKind.RELATIVE, amount)

    @classmethod
    def absolute(cls, amount: Number) -> Change:
        """By this amount."""
        return cls(ChangeKind.ABSOLUTE, amount)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What one factor does to the value.

    Attributes
    ----------
    name : str
        The factor.
    base, low, high : float or Decimal
        Its present value, and the ends that it is moved to.
    clipped_low, clipped_high : bool
        Whether an end was moved into the values that the factor may take.
    value_low, value_high : float or Decimal
        The value at the ends.
    swing : float or Decimal
        ``value_high`` - ``value_low``: negative where more of the factor lowers the value.
    elasticity : float, Decimal or None
        d ln value / d ln factor at the base; None where the factor or the value is 0.
    """

    name: str
    base: Number
    low: Number
    high: Number
    clipped_low: bool
    clipped_high: bool
    value_low: Number
    value_high: Number
    swing: Number
    elasticity: Number | None


@dataclass(frozen=True, slots=True)
class Tornado:
    """The factors of a value, the one with the widest swing first.

    :func:`crm_core.plotting.tornado` draws it.

    Attributes
    ----------
    base_value : float or Decimal
        The value at the base of every factor.
    sensitivities : tuple of Sensitivity
        By falling width of the swing.
    """

    base_value: Number
    sensitivities: tuple[Sensitivity, ...]

    def table(self, library: str = "pyarrow") -> Any:
        """Give a DataFrame of ``"pyarrow"``, ``"pandas"`` or ``"polars"`` with a row for each factor."""
        rows = [asdict(row) for row in self.sensitivities]
        columns = {field.name: [row[field.name] for row in rows] for field in fields(Sensitivity)}
        return nw.from_dict(columns, backend=library_name(library)).to_native()


def tornado(
    function: str | Callable[..., Any],
    base: Mapping[str, Number],
    *,
    change: Change | Number = 0.1,
    changes: Mapping[str, Change | Number] | None = None,
    factors: Iterable[str] | None = None,
    domains: Mapping[str, Domain] | None = None,
) -> Tornado:
    """Move each factor of a value down and up while the others stay, and tell what that makes of it.

    An end beyond the values that the factor may take is moved to the bound, and said so. The elasticity is
    ``x/V * (V(x + h) - V(x - h)) / 2h`` with h a millionth of x, and 1 for a count; next to a bound the step is taken
    on one side only.

    Parameters
    ----------
    function : str or callable
        The name of a kernel such as ``"retention_value"``, whose exact form is taken; or what takes the numbers of
        ``base`` by name and gives the value.
    base : mapping of str to float or Decimal
        The present value of every argument.
    change : Change, float or Decimal
        How far a factor is moved; a number is relative.
    changes : mapping of str to Change, float or Decimal, optional
        Other changes for some factors: a relative change leaves a factor of 0 where it is.
    factors : iterable of str, optional
        Which arguments are moved; all of ``base`` unless told.
    domains : mapping of str to Domain, optional
        The values that a factor of a callable may take; any finite number unless told. A kernel knows its own.

    Returns
    -------
    Tornado
        Of Decimals if a number is one; a callable is then given Decimals.

    Raises
    ------
    NotFoundError
        For an argument that the kernel does not take or that is missing, and a factor without a base.
    OutOfRangeError
        For a base or a change that is not allowed, and for an end beyond a bound that is itself not allowed.
    EmptyError, WrongTypeError
        Without factors; for what is no number.
    CrmError
        What the kernel or the callable refuses.

    Examples
    --------
    >>> from crm_core.clv import tornado
    >>> table = tornado("retention_value", {"margin": 100, "retention": 0.8, "discount_rate": 0.1, "growth": 0})
    >>> [(row.name, round(row.swing, 2)) for row in table.sensitivities]
    [('retention', 210.53), ('margin', 73.33), ('discount_rate', -17.8), ('growth', 0.0)]
    >>> profit = tornado(lambda orders, margin: orders * margin - 400, {"orders": 20, "margin": 50}, change=0.2)
    >>> [round(row.elasticity, 6) for row in profit.sensitivities]
    [1.666667, 1.666667]
    """
    if not isinstance(base, Mapping):
        raise wrong_type("base", base, "a mapping of arguments to numbers")
    moved = list(base) if factors is None else list(factors)
    for argument, names in (("factors", moved), ("changes", changes or {}), ("domains", domains or {})):
        for name in names:
            if name not in base:
                raise NotFoundError(f"{argument} has {name!r}: must be in base", argument=argument, value=repr(name))
    steps = [(name, _change((changes or {}).get(name, change))) for name in moved]
    if isinstance(function, str):
        rows = [(name, step.kind, step.amount) for name, step in steps]
        return _tornado(_core.kernel_tornado(function, _values(function, base), rows))
    if not callable(function):
        raise wrong_type("function", function, "the name of a kernel or a callable")
    within = domains or {}
    given = [(name, base[name], step.kind, step.amount, within.get(name, Domain.FINITE)) for name, step in steps]

    def value(numbers: list[Number]) -> Any:
        return function(**(dict(base) | dict(zip(moved, numbers, strict=True))))

    return _tornado(_core.tornado(value, given))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerModel:
    """A customer whose lifetime value hangs on the seven standard factors.

    Time horizon, discount rate, retention rate, referral rate, income change, relationship maintenance cost and
    marketing cost: :func:`customer_model_value` has the formula.

    Attributes
    ----------
    margin : float or Decimal
        Net contribution of the first period, before the costs below.
    retention : float or Decimal
        Probability of staying for the next period.
    discount_rate : float or Decimal
        Per period; greater than -1.
    growth : float or Decimal
        Income change: growth of the margin per period.
    periods : int
        The time horizon: margins are counted now and in the periods - 1 after.
    referral_rate : float or Decimal
        Expected customers whom a customer brings per period.
    referred_value : float or Decimal
        Lifetime value of such a customer.
    maintenance_cost, marketing_cost : float or Decimal
        Per period.
    acquisition_cost : float or Decimal
        Spent now.

    Examples
    --------
    >>> from crm_core.clv import Change, CustomerModel
    >>> model = CustomerModel(
    ...     margin=100, retention=0.8, discount_rate=0.1, growth=0.02, periods=10, referral_rate=0.05,
    ...     referred_value=200, maintenance_cost=12, marketing_cost=8, acquisition_cost=90,
    ... )
    >>> round(model.value(), 2)
    242.63
    >>> table = model.tornado(0.1, changes={"growth": Change.absolute(0.02)})
    >>> [(row.name, round(row.swing, 2)) for row in table.sensitivities][:3]
    [('retention', 160.66), ('growth', 33.81), ('discount_rate', -14.24)]
    """

    margin: Number
    retention: Number
    discount_rate: Number
    growth: Number
    periods: Number
    referral_rate: Number
    referred_value: Number
    maintenance_cost: Number
    marketing_cost: Number
    acquisition_cost: Number

    FACTORS: ClassVar[tuple[str, ...]] = (
        "periods",
        "discount_rate",
        "retention",
        "referral_rate",
        "growth",
        "maintenance_cost",
        "marketing_cost",
    )

    def value(self) -> Any:
        """Give the lifetime value."""
        return customer_model_value(**asdict(self))

    def tornado(
        self, change: Change | Number = 0.1, *, changes: Mapping[str, Change | Number] | None = None
    ) -> Tornado:
        """Move the seven standard factors, and others that ``changes`` names: :func:`tornado`."""
        others = [name for name in changes or {} if name not in self.FACTORS]
        factors = [*self.FACTORS, *others]
        return tornado("customer_model_value", asdict(self), change=change, changes=changes, factors=factors)


def _change(given: Change | Number) -> Change:
    return given if isinstance(given, Change) else Change.relative(given)


def _values(kernel: str, base: Mapping[str, Number]) -> list[Number]:
    """Give the arguments of a kernel in its order."""
    known = {name: arguments for name, _, arguments in _core.kernels()}
    if kernel not in known:
        message = f'kernel is "{kernel}": is not a kernel of crm-core'
        raise NotFoundError(message, argument="kernel", value=repr(kernel))
    for name in base:
        if name not in known[kernel]:
            message = f"base has {name!r}: must have the arguments of {kernel}"
            raise NotFoundError(message, argument="base", value=repr(name))
    for name in known[kernel]:
        if name not in base:
            raise NotFoundError(f"base: must have {name}, an argument of {kernel}", argument="base", value=repr(name))
    return [base[name] for name in known[kernel]]


def _tornado(parts: tuple[Number, list[dict[str, Any]]]) -> Tornado:
    value, rows = parts
    return Tornado(value, tuple(Sensitivity(**row) for row in rows))
