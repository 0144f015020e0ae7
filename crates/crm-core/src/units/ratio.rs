use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{decimal, nearest_f64};
use crate::error::{Error, ErrorKind, Result};

/// A rate per period, greater than −1: a discount rate, a growth rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Decimal", into = "Decimal")]
pub struct Rate(Decimal);

/// A probability, between 0 and 1: retention, churn, conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Decimal", into = "Decimal")]
pub struct Probability(Decimal);

/// A part of a whole, between 0 and 1: share of customers, share of wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Decimal", into = "Decimal")]
pub struct Share(Decimal);

impl Rate {
    /// No discounting, no growth.
    pub const ZERO: Rate = Rate(Decimal::ZERO);

    /// # Errors
    /// [`ErrorKind::OutOfRange`] for −1 and less.
    pub fn new(value: Decimal) -> Result<Self> {
        Self::named("rate", value)
    }

    /// As [`Rate::new`], with errors that speak of `argument`.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for −1 and less.
    pub fn named(argument: &'static str, value: Decimal) -> Result<Self> {
        if value > Decimal::NEGATIVE_ONE {
            Ok(Rate(value))
        } else {
            Err(
                Error::new(ErrorKind::OutOfRange, argument, "must be greater than -1")
                    .with_value(value),
            )
        }
    }

    /// 1 + rate, always positive.
    ///
    /// # Errors
    /// [`ErrorKind::Overflow`] at the largest decimal.
    pub fn growth_factor(self) -> Result<Decimal> {
        Decimal::ONE
            .checked_add(self.0)
            .ok_or_else(|| Error::overflow("rate"))
    }

    /// The number itself.
    #[must_use]
    pub fn value(self) -> Decimal {
        self.0
    }
}

impl Probability {
    /// The impossible event.
    pub const ZERO: Probability = Probability(Decimal::ZERO);
    /// The certain event.
    pub const ONE: Probability = Probability(Decimal::ONE);

    /// # Errors
    /// [`ErrorKind::OutOfRange`] outside [0, 1].
    pub fn new(value: Decimal) -> Result<Self> {
        Self::named("probability", value)
    }

    /// As [`Probability::new`], with errors that speak of `argument`.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] outside [0, 1].
    pub fn named(argument: &'static str, value: Decimal) -> Result<Self> {
        within_unit(argument, value).map(Probability)
    }

    /// 1 − p.
    #[must_use]
    pub fn complement(self) -> Self {
        Probability(Decimal::ONE.saturating_sub(self.0))
    }

    /// The probability that this event and an independent `other` both happen.
    #[must_use]
    pub fn and(self, other: Probability) -> Self {
        Probability(self.0.saturating_mul(other.0))
    }

    /// The number itself.
    #[must_use]
    pub fn value(self) -> Decimal {
        self.0
    }
}

impl Share {
    /// Nothing.
    pub const ZERO: Share = Share(Decimal::ZERO);
    /// The whole.
    pub const ONE: Share = Share(Decimal::ONE);

    /// # Errors
    /// [`ErrorKind::OutOfRange`] outside [0, 1].
    pub fn new(value: Decimal) -> Result<Self> {
        Self::named("share", value)
    }

    /// As [`Share::new`], with errors that speak of `argument`.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] outside [0, 1].
    pub fn named(argument: &'static str, value: Decimal) -> Result<Self> {
        within_unit(argument, value).map(Share)
    }

    /// The number itself.
    #[must_use]
    pub fn value(self) -> Decimal {
        self.0
    }
}

fn within_unit(argument: &'static str, value: Decimal) -> Result<Decimal> {
    if (Decimal::ZERO..=Decimal::ONE).contains(&value) {
        Ok(value)
    } else {
        Err(
            Error::new(ErrorKind::OutOfRange, argument, "must be between 0 and 1")
                .with_value(value),
        )
    }
}

macro_rules! conversions {
    ($type:ident, $name:literal) => {
        impl $type {
            /// The number as the nearest `f64`.
            #[must_use]
            pub fn to_f64(self) -> f64 {
                nearest_f64(self.0)
            }
        }

        impl TryFrom<f64> for $type {
            type Error = Error;

            fn try_from(value: f64) -> Result<Self> {
                Self::new(decimal($name, value)?)
            }
        }

        impl TryFrom<Decimal> for $type {
            type Error = Error;

            fn try_from(value: Decimal) -> Result<Self> {
                Self::new(value)
            }
        }

        impl From<$type> for Decimal {
            fn from(value: $type) -> Decimal {
                value.0
            }
        }
    };
}
conversions!(Rate, "rate");
conversions!(Probability, "probability");
conversions!(Share, "share");
