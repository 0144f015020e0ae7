use rust_decimal::Decimal;

use crate::clv::arguments::{DISCOUNT_RATE, PERIODS};
use crate::error::{Error, Result};
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::math;
use crate::units::{Money, Rate};

const PAYMENT: Argument = Argument {
    name: "payment",
    meaning: "amount paid in every period",
    domain: Domain::Finite,
};

/// Present value of a level payment at the ends of the next `periods` periods (an ordinary
/// annuity): payment · Σ (1+i)^−t for t = 1 … n, which is payment · (1 − (1+i)^−n) / i.
///
/// ```
/// use crm_core::clv::individual::annuity;
/// use crm_core::units::{Money, Rate};
///
/// let value = annuity(Money::from(500), Rate::try_from(0.09)?, 5)?;
/// assert_eq!(value.round(4), "1944.8256".parse()?);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn annuity(payment: Money, discount_rate: Rate, periods: u64) -> Result<Money> {
    annuity_due(payment, discount_rate, periods)?.divide(discount_rate.growth_factor()?)
}

/// Present value of a level payment at the starts of the next `periods` periods, the first of
/// them now (an annuity due): payment · Σ (1+i)^−t for t = 0 … n − 1.
///
/// ```
/// use crm_core::clv::individual::annuity_due;
/// use crm_core::units::{Money, Rate};
///
/// let value = annuity_due(Money::from(100), Rate::try_from(0.25)?, 2)?;
/// assert_eq!(value, Money::from(180));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn annuity_due(payment: Money, discount_rate: Rate, periods: u64) -> Result<Money> {
    let discount = Decimal::ONE
        .checked_div(discount_rate.growth_factor()?)
        .ok_or_else(|| Error::overflow(DISCOUNT_RATE.name))?;
    payment.multiply(math::decimal::geometric_sum(discount, periods)?)
}

/// Columnar form of [`annuity`].
pub static ANNUITY: Kernel = Kernel {
    name: "annuity",
    module: "clv",
    summary: "Present value of a level payment at the ends of the next periods.",
    formula: "payment * (1 - (1 + discount_rate)^(-periods)) / discount_rate",
    source: "ordinary annuity",
    diverges: None,
    arguments: &[PAYMENT, DISCOUNT_RATE, PERIODS],
    exact: |row| {
        let [payment, rate, periods] = kernels::values(row)?;
        let rate = Rate::named("discount_rate", rate)?;
        let periods = kernels::count("periods", periods)?;
        Ok(annuity(Money::new(payment), rate, periods)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[payment, rate, periods]| {
            payment * math::float::annuity_factor(rate, periods)
        })
    },
};

/// Columnar form of [`annuity_due`].
pub static ANNUITY_DUE: Kernel = Kernel {
    name: "annuity_due",
    module: "clv",
    summary: "Present value of a level payment at the starts of the next periods, the first now.",
    formula: "payment * (1 + discount_rate) * (1 - (1 + discount_rate)^(-periods)) / discount_rate",
    source: "annuity due",
    diverges: None,
    arguments: &[PAYMENT, DISCOUNT_RATE, PERIODS],
    exact: |row| {
        let [payment, rate, periods] = kernels::values(row)?;
        let rate = Rate::named("discount_rate", rate)?;
        let periods = kernels::count("periods", periods)?;
        Ok(annuity_due(Money::new(payment), rate, periods)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[payment, rate, periods]| {
            payment * (1.0 + rate) * math::float::annuity_factor(rate, periods)
        })
    },
};
