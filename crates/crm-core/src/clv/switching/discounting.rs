use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::kernels::Domain;
use crate::units::Rate;

/// The present value of one unit at purchase t: (1 + r)^(−t/f).
///
/// ```
/// use crm_core::clv::switching::Discounting;
/// use crm_core::units::Rate;
///
/// let yearly = Discounting::new(Rate::try_from(0.21)?);
/// assert!((yearly.factor(1) - 1.0 / 1.21).abs() < 1e-15);
///
/// let two_purchases_a_year = yearly.with_purchases_per_period(2.0)?;
/// assert!((two_purchases_a_year.factor(1) - 1.0 / 1.1).abs() < 1e-15);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawDiscounting", into = "RawDiscounting")]
pub struct Discounting {
    rate: Rate,
    purchases_per_period: f64,
}

#[derive(Serialize, Deserialize)]
struct RawDiscounting {
    rate: Rate,
    #[serde(default = "one")]
    purchases_per_period: f64,
}

fn one() -> f64 {
    1.0
}

impl Discounting {
    /// Discounts by `rate` per period, with one purchase a period: f = 1.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Discounting {
            rate,
            purchases_per_period: 1.0,
        }
    }

    /// The same with f purchases per period of the discount rate; t then counts purchases.
    ///
    /// # Errors
    /// `OutOfRange` unless it is greater than 0, `NotFinite`.
    pub fn with_purchases_per_period(self, purchases_per_period: f64) -> Result<Self> {
        if !Domain::Positive.contains(purchases_per_period) {
            return Err(Domain::Positive.refuse("purchases_per_period", purchases_per_period));
        }
        Ok(Discounting {
            purchases_per_period,
            ..self
        })
    }

    /// r, the discount rate per period.
    #[must_use]
    pub fn rate(self) -> Rate {
        self.rate
    }

    /// f, the purchases per period.
    #[must_use]
    pub fn purchases_per_period(self) -> f64 {
        self.purchases_per_period
    }

    /// (1 + r)^(−t/f).
    #[must_use]
    pub fn factor(self, t: u64) -> f64 {
        discount_factor(self.log_growth(), t)
    }

    /// (1 + r)^(−t/f) for t = 0, …, `last`.
    pub(super) fn factors(self, last: u32) -> impl Iterator<Item = f64> {
        let log_growth = self.log_growth();
        (0..=last).map(move |t| discount_factor(log_growth, t.into()))
    }

    /// (1 + r)^(1/f) − 1, the discount rate from one purchase to the next.
    pub(super) fn rate_per_purchase(self) -> f64 {
        rate_per_purchase(self.rate.to_f64(), self.purchases_per_period)
    }

    /// ln(1 + r) / f. Its relative error is a rounding or two even for a small rate, so that of
    /// `factor` stays small over any number of periods; powers of 1 / (1 + r) would drift.
    pub(super) fn log_growth(self) -> f64 {
        log_growth(self.rate.to_f64(), self.purchases_per_period)
    }
}

/// ln(1 + r) / f.
pub(super) fn log_growth(rate: f64, purchases_per_period: f64) -> f64 {
    libm::log1p(rate) / purchases_per_period
}

/// (1 + r)^(−t/f), from ln(1 + r) / f.
pub(super) fn discount_factor(log_growth: f64, t: u64) -> f64 {
    libm::exp(-(t as f64) * log_growth)
}

/// (1 + r)^(1/f) − 1.
pub(super) fn rate_per_purchase(rate: f64, purchases_per_period: f64) -> f64 {
    if purchases_per_period == 1.0 {
        rate
    } else {
        libm::expm1(log_growth(rate, purchases_per_period))
    }
}

impl TryFrom<RawDiscounting> for Discounting {
    type Error = crate::Error;

    fn try_from(raw: RawDiscounting) -> Result<Self> {
        Discounting::new(raw.rate).with_purchases_per_period(raw.purchases_per_period)
    }
}

impl From<Discounting> for RawDiscounting {
    fn from(discounting: Discounting) -> Self {
        RawDiscounting {
            rate: discounting.rate,
            purchases_per_period: discounting.purchases_per_period,
        }
    }
}

/// How far a sum over time reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Horizon {
    /// t = 0, 1, …, T; so `Periods(0)` is the present purchase alone.
    Periods(u32),
    /// t = 0, 1, … without end.
    Infinite,
}

impl From<u32> for Horizon {
    fn from(last: u32) -> Self {
        Horizon::Periods(last)
    }
}
