use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Change, ChangeKind};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{Domain, Kernel};

/// One factor of a value, and how far to move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its present value.
    pub base: Decimal,
    /// How far it is moved down and up.
    pub change: Change,
    /// The values that it may take.
    pub domain: Domain,
}

/// What one factor does to the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sensitivity {
    /// Its place among the factors that were given, from 0.
    pub factor: usize,
    /// Its name.
    pub name: String,
    /// Its present value.
    pub base: Decimal,
    /// The lower end.
    pub low: Decimal,
    /// The upper end.
    pub high: Decimal,
    /// Whether the lower end was moved into the domain.
    pub clipped_low: bool,
    /// Whether the upper end was moved into the domain.
    pub clipped_high: bool,
    /// The value at the lower end.
    pub value_low: Decimal,
    /// The value at the upper end.
    pub value_high: Decimal,
    /// `value_high` − `value_low`: negative where more of the factor lowers the value.
    pub swing: Decimal,
    /// d ln V / d ln x at the base; none where the factor or the value is 0 there.
    pub elasticity: Option<Decimal>,
}

/// The factors of a value, the one with the widest swing first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tornado {
    /// The value at the base of every factor.
    pub base_value: Decimal,
    /// By falling width of the swing; factors of the same width in the order in which they were given.
    pub sensitivities: Vec<Sensitivity>,
}

/// The step of the difference quotients, as a part of the base. The error of a central difference is
/// about its square, far above the rounding of decimals; a function that computes in `f64` inside loses
/// about 1e-10.
const STEP: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// Moves each factor down and up while the others stay, and tells what `value` makes of it. `value` takes
/// one number per factor, in the order of `factors`.
///
/// An end beyond the [`Domain`] of its factor is moved to the bound, and said so. A factor of
/// [`Domain::Count`] moves by whole numbers, rounded away from the base.
///
/// The elasticity is x/V · (V(x + h) − V(x − h))/2h with h = x/10⁶, and h = 1 for a count; next to a
/// bound the step is taken on one side only.
///
/// ```
/// use crm_core::clv::sensitivity::{Change, Factor, tornado};
/// use crm_core::kernels::Domain;
/// use rust_decimal::Decimal;
///
/// let factor = |name, base: i64| Factor {
///     name,
///     base: base.into(),
///     change: Change::relative("0.1".parse().unwrap()),
///     domain: Domain::Finite,
/// };
/// let profit = tornado(&[factor("orders", 20), factor("margin", 50), factor("cost", 400)], |x| {
///     let [orders, margin, cost] = x else { unreachable!() };
///     Ok(orders * margin - cost)
/// })?;
/// assert_eq!(profit.base_value, Decimal::from(600));
/// let widest = &profit.sensitivities[0];
/// assert_eq!((widest.name.as_str(), widest.swing), ("orders", Decimal::from(200)));
/// assert_eq!(widest.elasticity.unwrap().round_dp(10), "1.6666666667".parse().unwrap());
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` without factors; `OutOfRange` for a base or a change that is not allowed, and for an end beyond a bound
/// that is itself not allowed, naming the factor; `Overflow`; what `value` refuses.
pub fn tornado(
    factors: &[Factor<'_>],
    value: impl Fn(&[Decimal]) -> Result<Decimal>,
) -> Result<Tornado> {
    if factors.is_empty() {
        return Err(Error::empty("factors"));
    }
    let base: Vec<Decimal> = factors.iter().map(|factor| factor.base).collect();
    let ends: Vec<[End; 2]> = factors.iter().map(Factor::ends).collect::<Result<_>>()?;
    let base_value = value(&base)?;
    let moved = |place: usize, to: Decimal| {
        let mut row = base.clone();
        row.iter_mut().skip(place).take(1).for_each(|x| *x = to);
        value(&row)
    };
    let mut sensitivities = Vec::with_capacity(factors.len());
    for (place, (factor, [low, high])) in factors.iter().zip(ends).enumerate() {
        let (value_low, value_high) = (moved(place, low.at)?, moved(place, high.at)?);
        sensitivities.push(Sensitivity {
            factor: place,
            name: factor.name.to_owned(),
            base: factor.base,
            low: low.at,
            high: high.at,
            clipped_low: low.clipped,
            clipped_high: high.clipped,
            value_low,
            value_high,
            swing: value_high.checked_sub(value_low).ok_or_else(overflow)?,
            elasticity: factor.elasticity(base_value, |to| moved(place, to))?,
        });
    }
    sensitivities.sort_by_key(|row| std::cmp::Reverse(row.swing.abs()));
    Ok(Tornado {
        base_value,
        sensitivities,
    })
}

/// [`tornado`] of a kernel at `values`, which are in the order of its arguments, by the factors that are
/// named. Differences are those of its exact form.
///
/// ```
/// use crm_core::clv::sensitivity::{Change, kernel_tornado};
/// use crm_core::kernels::Kernel;
///
/// let kernel = Kernel::find("retention_value")?;
/// let values = ["100", "0.8", "0.1", "0"].map(|v| v.parse().unwrap());
/// let change = Change::relative("0.1".parse().unwrap());
/// let table = kernel_tornado(kernel, &values, &[("margin", change), ("retention", change)])?;
/// assert_eq!(table.sensitivities[0].name, "retention");
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// As [`tornado`]; `LengthMismatch` for a wrong number of values; `NotFound` for a name that the kernel does not
/// take; what the kernel refuses.
pub fn kernel_tornado(
    kernel: &Kernel,
    values: &[Decimal],
    changes: &[(&str, Change)],
) -> Result<Tornado> {
    if values.len() != kernel.arguments.len() {
        let (found, expected) = (values.len(), kernel.arguments.len());
        return Err(Error::length("values", found, expected));
    }
    let mut places = Vec::with_capacity(changes.len());
    let mut factors = Vec::with_capacity(changes.len());
    for (name, change) in changes {
        let found = kernel.arguments.iter().zip(values).enumerate();
        let mut named = found.filter(|(_, (argument, _))| argument.name == *name);
        let Some((place, (argument, base))) = named.next() else {
            let reason = format!("is not an argument of {}", kernel.name);
            let error = Error::new(ErrorKind::NotFound, "factors", reason);
            return Err(error.with_value(format_args!("{name:?}")));
        };
        places.push(place);
        factors.push(Factor {
            name: argument.name,
            base: *base,
            change: *change,
            domain: argument.domain,
        });
    }
    tornado(&factors, |moved| {
        let mut row = values.to_vec();
        for (place, to) in places.iter().zip(moved) {
            row.iter_mut().skip(*place).take(1).for_each(|x| *x = *to);
        }
        kernel.evaluate_exact(&row)
    })
}

/// Where a factor is moved to.
#[derive(Clone, Copy)]
struct End {
    at: Decimal,
    clipped: bool,
}

impl Factor<'_> {
    /// The lower and the upper end, in the domain.
    fn ends(&self) -> Result<[End; 2]> {
        let amount = self.change.amount;
        if amount < Decimal::ZERO {
            let rule = Domain::NonNegative.rule();
            return Err(self.refuse(amount, format!("must be changed by {rule}")));
        }
        if !self.domain.contains_exact(self.base) {
            return Err(self.refuse(self.base, format!("must be {}", self.domain.rule())));
        }
        let distance = match self.change.kind {
            ChangeKind::Relative => self.base.abs().checked_mul(amount).ok_or_else(overflow)?,
            ChangeKind::Absolute => amount,
        };
        let low = self.base.checked_sub(distance).ok_or_else(overflow)?;
        let high = self.base.checked_add(distance).ok_or_else(overflow)?;
        let ends = match self.domain {
            Domain::Count => [low.floor(), high.ceil()],
            _ => [low, high],
        };
        let [low, high] = ends.map(|end| match self.domain.nearest(end) {
            Some(at) => Ok(End {
                at,
                clipped: at != end,
            }),
            None => {
                let rule = self.domain.rule();
                Err(self.refuse(end, format!("must be {rule} when it is changed")))
            }
        });
        Ok([low?, high?])
    }

    fn elasticity(
        &self,
        base_value: Decimal,
        value: impl Fn(Decimal) -> Result<Decimal>,
    ) -> Result<Option<Decimal>> {
        if self.base.is_zero() || base_value.is_zero() {
            return Ok(None);
        }
        let step = match self.domain {
            Domain::Count => Some(Decimal::ONE),
            _ => self.base.abs().checked_mul(STEP),
        };
        let step = step.ok_or_else(overflow)?;
        let at = |place: Option<Decimal>| {
            let place = place.ok_or_else(overflow)?;
            Ok(if self.domain.contains_exact(place) {
                place
            } else {
                self.base
            })
        };
        let below = at(self.base.checked_sub(step))?;
        let above = at(self.base.checked_add(step))?;
        if below == above {
            return Ok(None);
        }
        let (low, high) = (value(below)?, value(above)?);
        let elasticity = || {
            let slope = high
                .checked_sub(low)?
                .checked_div(above.checked_sub(below)?)?;
            slope.checked_div(base_value)?.checked_mul(self.base)
        };
        elasticity().map(Some).ok_or_else(overflow)
    }

    fn refuse(&self, value: Decimal, reason: String) -> Error {
        Error::new(ErrorKind::OutOfRange, self.name.to_owned(), reason).with_value(value)
    }
}

fn overflow() -> Error {
    Error::overflow("sensitivity")
}
