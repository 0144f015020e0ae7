use super::{ACQUISITION_SPEND, CUSTOMER_VALUE, RETENTION_SPEND, SOURCE, refuse_negative};
use crate::clv::arguments::{DISCOUNT_RATE, MARGIN, RETENTION};
use crate::clv::group::{spread, spread_f64};
use crate::error::Result;
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::units::{Money, Probability, Rate};

const ACQUISITION_RATE: Argument = Argument {
    name: "acquisition_rate",
    meaning: "a, probability that a prospect becomes a customer",
    domain: Domain::Probability,
};

/// Value of a prospect whom A is spent on: a · v − A. With the first margin as v it is Blattberg &
/// Deighton's value of acquisition alone, with [`acquired_customer_value`] it is [`customer_equity`].
///
/// ```
/// use crm_core::clv::acquisition::prospect_value;
/// use crm_core::units::{Money, Probability};
///
/// let value = prospect_value(Money::from(20), Probability::try_from(0.4)?, Money::from(5))?;
/// assert_eq!(value, Money::from(3));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `OutOfRange` for a negative spend, `Overflow`.
pub fn prospect_value(
    customer_value: Money,
    acquisition_rate: Probability,
    acquisition_spend: Money,
) -> Result<Money> {
    refuse_negative(ACQUISITION_SPEND.name, acquisition_spend)?;
    customer_value
        .multiply(acquisition_rate.value())?
        .subtract(acquisition_spend)
}

/// Value of an acquired customer who brings the margin m now and, as long as R a period keeps the
/// customer, again at the end of each period: m + (m − R/r) · r′/(1 − r′) with r′ = r/(1 + d), which is
/// m + (r m − R)/(1 + d − r).
///
/// ```
/// use crm_core::clv::acquisition::acquired_customer_value;
/// use crm_core::units::{Money, Probability, Rate};
///
/// let (retention, rate) = (Probability::try_from(0.5)?, Rate::try_from(0.25)?);
/// let value = acquired_customer_value(Money::from(20), retention, Money::from(4), rate)?;
/// assert_eq!(value, Money::from(20 + 8));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `OutOfRange` for a negative spend; `Divergent` where r is not less than 1 + d; `Overflow`.
pub fn acquired_customer_value(
    margin: Money,
    retention: Probability,
    retention_spend: Money,
    discount_rate: Rate,
) -> Result<Money> {
    refuse_negative(RETENTION_SPEND.name, retention_spend)?;
    let later = margin
        .multiply(retention.value())?
        .subtract(retention_spend)?
        .divide(spread(retention, discount_rate, Rate::ZERO)?)?;
    margin.add(later)
}

/// Customer equity: value of a prospect whom A is spent on and, once acquired, R in every period,
/// a m − A + a (m − R/r) · r′/(1 − r′) with r′ = r/(1 + d). It is [`prospect_value`] of
/// [`acquired_customer_value`].
///
/// ```
/// use crm_core::clv::acquisition::customer_equity;
/// use crm_core::units::{Money, Probability, Rate};
///
/// let (acquired, kept) = (Probability::try_from(0.25)?, Probability::try_from(0.5)?);
/// let rate = Rate::try_from(0.25)?;
/// let value = customer_equity(Money::from(20), acquired, Money::from(5), kept, Money::from(4), rate)?;
/// assert_eq!(value, Money::from(7 - 5));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// As [`acquired_customer_value`] and [`prospect_value`].
pub fn customer_equity(
    margin: Money,
    acquisition_rate: Probability,
    acquisition_spend: Money,
    retention: Probability,
    retention_spend: Money,
    discount_rate: Rate,
) -> Result<Money> {
    let value = acquired_customer_value(margin, retention, retention_spend, discount_rate)?;
    prospect_value(value, acquisition_rate, acquisition_spend)
}

/// Columnar form of [`prospect_value`].
pub static PROSPECT_VALUE: Kernel = Kernel {
    name: "prospect_value",
    module: "clv",
    summary: "Value of a prospect whom the acquisition spend goes to.",
    formula: "acquisition_rate * customer_value - acquisition_spend",
    source: SOURCE,
    diverges: None,
    arguments: &[CUSTOMER_VALUE, ACQUISITION_RATE, ACQUISITION_SPEND],
    exact: |row| {
        let [value, rate, spend] = kernels::values(row)?;
        let rate = Probability::named("acquisition_rate", rate)?;
        Ok(prospect_value(Money::new(value), rate, Money::new(spend))?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[value, rate, spend]| {
            rate * value - spend
        })
    },
};

/// Columnar form of [`acquired_customer_value`].
pub static ACQUIRED_CUSTOMER_VALUE: Kernel = Kernel {
    name: "acquired_customer_value",
    module: "clv",
    summary: "Value of an acquired customer whom a retention spend keeps, the first margin now.",
    formula: "margin + (margin * retention - retention_spend) / (1 + discount_rate - retention)",
    source: SOURCE,
    diverges: Some("retention is at least 1 + discount_rate"),
    arguments: &[MARGIN, RETENTION, RETENTION_SPEND, DISCOUNT_RATE],
    exact: |row| {
        let [margin, retention, spend, rate] = kernels::values(row)?;
        let retention = Probability::named("retention", retention)?;
        let rate = Rate::named("discount_rate", rate)?;
        let (margin, spend) = (Money::new(margin), Money::new(spend));
        Ok(acquired_customer_value(margin, retention, spend, rate)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[margin, retention, spend, rate]| {
            acquired_value_f64(margin, retention, spend, rate)
        })
    },
};

/// Columnar form of [`customer_equity`].
pub static CUSTOMER_EQUITY: Kernel = Kernel {
    name: "customer_equity",
    module: "clv",
    summary: "Customer equity: value of a prospect, acquired at one spend and kept at another.",
    formula: "acquisition_rate * (margin + (margin * retention - retention_spend) / (1 + discount_rate - retention)) - acquisition_spend",
    source: SOURCE,
    diverges: Some("retention is at least 1 + discount_rate"),
    arguments: &[
        MARGIN,
        ACQUISITION_RATE,
        ACQUISITION_SPEND,
        RETENTION,
        RETENTION_SPEND,
        DISCOUNT_RATE,
    ],
    exact: |row| {
        let [margin, acquired, acquisition, kept, retention, rate] = kernels::values(row)?;
        let acquired = Probability::named("acquisition_rate", acquired)?;
        let kept = Probability::named("retention", kept)?;
        let rate = Rate::named("discount_rate", rate)?;
        let [margin, acquisition, retention] = [margin, acquisition, retention].map(Money::new);
        Ok(customer_equity(margin, acquired, acquisition, kept, retention, rate)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |row| {
            let [margin, acquired, acquisition, kept, retention, rate] = row;
            acquired * acquired_value_f64(margin, kept, retention, rate) - acquisition
        })
    },
};

/// As [`acquired_customer_value`].
fn acquired_value_f64(margin: f64, retention: f64, spend: f64, rate: f64) -> f64 {
    margin + (margin * retention - spend) / spread_f64(retention, rate, 0.0)
}
