use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::clv::arguments::{DISCOUNT_RATE, PERIODS};
use crate::clv::individual::annuity;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::math;
use crate::units::{Money, Probability, Rate};

const REFERRALS: Argument = Argument {
    name: "referrals",
    meaning: "expected referrals per customer and period",
    domain: Domain::NonNegative,
};
const CONVERSION: Argument = Argument {
    name: "conversion",
    meaning: "probability that a referral becomes a customer",
    domain: Domain::Probability,
};
const REFERRED_VALUE: Argument = Argument {
    name: "referred_value",
    meaning: "lifetime value of a referred customer, when that customer comes",
    domain: Domain::Finite,
};

/// How a customer brings others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referrals {
    /// Expected referrals per period.
    pub per_period: Decimal,
    /// Probability that a referral becomes a customer.
    pub conversion: Probability,
    /// Periods in which the customer refers others, from now on; they come at period ends.
    pub periods: u64,
}

impl Referrals {
    /// k = ρ · c · a(n, i): the discounted number of customers whom one customer brings.
    fn discounted_customers(&self, discount_rate: Rate) -> Result<Decimal> {
        if self.per_period < Decimal::ZERO {
            let reason = format!("must be {}", REFERRALS.domain.rule());
            return Err(Error::new(ErrorKind::OutOfRange, REFERRALS.name, reason)
                .with_value(self.per_period));
        }
        let per_period = Money::new(self.per_period).multiply(self.conversion.value())?;
        Ok(annuity(per_period, discount_rate, self.periods)?.value())
    }
}

/// Present value of the customers whom one customer brings, who bring no others (one generation):
/// V · k with k = ρ · c · (1 − (1+i)^−n)/i.
///
/// ```
/// use crm_core::clv::components::{Referrals, referral_value};
/// use crm_core::units::{Money, Probability, Rate};
///
/// let referrals = Referrals {
///     per_period: 2.into(),
///     conversion: Probability::try_from(0.1)?,
///     periods: 3,
/// };
/// let value = referral_value(&referrals, Money::from(500), Rate::ZERO)?;
/// assert_eq!(value, Money::from(300));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `OutOfRange` for negative referrals, `Overflow`.
pub fn referral_value(
    referrals: &Referrals,
    referred_value: Money,
    discount_rate: Rate,
) -> Result<Money> {
    referred_value.multiply(referrals.discounted_customers(discount_rate)?)
}

/// Present value of the customers whom one customer brings, where these bring others in the same way
/// without end (the geometric limit): V (k + k² + …) = V · k/(1 − k), k as in [`referral_value`].
///
/// ```
/// use crm_core::clv::components::{Referrals, referral_chain_value};
/// use crm_core::units::{Money, Probability, Rate};
///
/// let referrals = Referrals {
///     per_period: 2.into(),
///     conversion: Probability::try_from(0.1)?,
///     periods: 3,
/// };
/// let value = referral_chain_value(&referrals, Money::from(500), Rate::ZERO)?;
/// assert_eq!(value, Money::from(750));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Divergent` where a customer brings as much as one discounted customer, k ≥ 1; `OutOfRange` for
/// negative referrals; `Overflow`.
pub fn referral_chain_value(
    referrals: &Referrals,
    referred_value: Money,
    discount_rate: Rate,
) -> Result<Money> {
    let customers = referrals.discounted_customers(discount_rate)?;
    if customers >= Decimal::ONE {
        return Err(Error::new(
            ErrorKind::Divergent,
            REFERRALS.name,
            format!(
                "one customer must bring less than one discounted customer, not {customers}, \
                 else the chain has no finite value"
            ),
        )
        .with_value(referrals.per_period));
    }
    referred_value
        .multiply(customers)?
        .divide(Decimal::ONE.saturating_sub(customers))
}

fn typed(row: [Decimal; 5]) -> Result<(Referrals, Money, Rate)> {
    let [per_period, conversion, value, rate, periods] = row;
    let referrals = Referrals {
        per_period,
        conversion: Probability::named("conversion", conversion)?,
        periods: kernels::count("periods", periods)?,
    };
    Ok((
        referrals,
        Money::new(value),
        Rate::named("discount_rate", rate)?,
    ))
}

/// Columnar form of [`referral_value`].
pub static REFERRAL_VALUE: Kernel = Kernel {
    name: "referral_value",
    module: "clv",
    summary: "Present value of the customers whom one customer brings, who bring no others.",
    formula: "referred_value * referrals * conversion * (1 - (1 + discount_rate)^(-periods)) / discount_rate",
    source: "referral value, one generation",
    diverges: None,
    arguments: &[
        REFERRALS,
        CONVERSION,
        REFERRED_VALUE,
        DISCOUNT_RATE,
        PERIODS,
    ],
    exact: |row| {
        let (referrals, value, rate) = typed(kernels::values(row)?)?;
        Ok(referral_value(&referrals, value, rate)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(
            kernel,
            columns,
            out,
            |[referrals, conversion, value, rate, periods]| {
                value * (referrals * conversion * math::float::annuity_factor(rate, periods))
            },
        )
    },
};

/// Columnar form of [`referral_chain_value`].
pub static REFERRAL_CHAIN_VALUE: Kernel = Kernel {
    name: "referral_chain_value",
    module: "clv",
    summary: "Present value of the customers whom one customer brings, where these bring others without end.",
    formula: "referred_value * k / (1 - k), where k = referrals * conversion * (1 - (1 + discount_rate)^(-periods)) / discount_rate",
    source: "referral value, geometric limit",
    diverges: Some("k is at least 1"),
    arguments: &[
        REFERRALS,
        CONVERSION,
        REFERRED_VALUE,
        DISCOUNT_RATE,
        PERIODS,
    ],
    exact: |row| {
        let (referrals, value, rate) = typed(kernels::values(row)?)?;
        Ok(referral_chain_value(&referrals, value, rate)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(
            kernel,
            columns,
            out,
            |[referrals, conversion, value, rate, periods]| {
                let customers = referrals * conversion * math::float::annuity_factor(rate, periods);
                let lacking = 1.0 - customers;
                if lacking > NEAR_LIMIT {
                    value * customers / lacking
                } else {
                    f64::NAN
                }
            },
        )
    },
};

/// Nearer to the limit than this, `f64` cannot tell whether the chain diverges.
const NEAR_LIMIT: f64 = 64.0 * f64::EPSILON;
