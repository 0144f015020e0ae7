use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::{decimal, nearest_f64};
use crate::error::{Error, ErrorKind, Result};

/// An exact amount of money in one currency, which the caller knows.
///
/// | operation | result | refused |
/// | --- | --- | --- |
/// | `add`, `subtract` | exact, or rounded to 28 digits | overflow |
/// | `multiply`, `divide` by a decimal | rounded half-even to 28 digits | overflow, division by 0 |
/// | `round(places)` | half-even ("bankers'") | |
/// | comparison | by value: 1.0 equals 1.00 | |
///
/// ```
/// use crm_core::units::Money;
///
/// let price: Money = "19.99".parse()?;
/// assert_eq!(price.add(Money::try_from(0.01)?)?, Money::from(20));
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Money(Decimal);

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(Decimal::ZERO);

    /// Any decimal is an amount.
    #[must_use]
    pub const fn new(amount: Decimal) -> Self {
        Money(amount)
    }

    /// An amount in minor units: `from_minor(1999, 2)` is 19.99.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] if `scale` is over 28.
    pub fn from_minor(minor_units: i64, scale: u32) -> Result<Self> {
        Decimal::try_new(minor_units, scale)
            .map(Money)
            .map_err(|_| {
                Error::new(ErrorKind::OutOfRange, "scale", "must be at most 28").with_value(scale)
            })
    }

    /// The number itself.
    #[must_use]
    pub const fn value(self) -> Decimal {
        self.0
    }

    /// The number as the nearest `f64`.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        nearest_f64(self.0)
    }

    /// # Errors
    /// [`ErrorKind::Overflow`].
    #[expect(clippy::should_implement_trait, reason = "the operator could not fail")]
    pub fn add(self, other: Money) -> Result<Money> {
        self.0
            .checked_add(other.0)
            .map(Money)
            .ok_or_else(|| Error::overflow("sum"))
    }

    /// # Errors
    /// [`ErrorKind::Overflow`].
    pub fn subtract(self, other: Money) -> Result<Money> {
        self.0
            .checked_sub(other.0)
            .map(Money)
            .ok_or_else(|| Error::overflow("difference"))
    }

    /// # Errors
    /// [`ErrorKind::Overflow`].
    pub fn multiply(self, factor: Decimal) -> Result<Money> {
        self.0
            .checked_mul(factor)
            .map(Money)
            .ok_or_else(|| Error::overflow("product"))
    }

    /// # Errors
    /// [`ErrorKind::OutOfRange`] for a divisor of 0, [`ErrorKind::Overflow`].
    pub fn divide(self, divisor: Decimal) -> Result<Money> {
        if divisor.is_zero() {
            return Err(
                Error::new(ErrorKind::OutOfRange, "divisor", "must not be 0").with_value(divisor),
            );
        }
        self.0
            .checked_div(divisor)
            .map(Money)
            .ok_or_else(|| Error::overflow("quotient"))
    }

    /// The sum of many amounts; nothing sums to zero.
    ///
    /// # Errors
    /// [`ErrorKind::Overflow`].
    pub fn sum(amounts: impl IntoIterator<Item = Money>) -> Result<Money> {
        amounts.into_iter().try_fold(Money::ZERO, Money::add)
    }

    /// Rounded half-even to `places` decimals.
    #[must_use]
    pub fn round(self, places: u32) -> Money {
        Money(
            self.0
                .round_dp_with_strategy(places, RoundingStrategy::MidpointNearestEven),
        )
    }
}

impl From<i64> for Money {
    fn from(amount: i64) -> Self {
        Money(Decimal::from(amount))
    }
}

impl TryFrom<f64> for Money {
    type Error = Error;

    fn try_from(amount: f64) -> Result<Self> {
        decimal("amount", amount).map(Money)
    }
}

impl FromStr for Money {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Decimal::from_str_exact(text).map(Money).map_err(|_| {
            Error::new(
                ErrorKind::Unreadable,
                "amount",
                "must be a decimal number of at most 28 digits",
            )
            .with_value(format_args!("{text:?}"))
        })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
