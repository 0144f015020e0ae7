use super::super::migration::{ContactTiming, always_a_share};
use super::two_phase::{MAX_YEARS, too_many_years};
use crate::error::Result;
use crate::units::{Money, Probability, Rate};

/// Expected value of a customer who may skip years and come back, with a repurchase probability by
/// recency: `repurchase[j]` is the probability of buying this year for a customer who last bought
/// j + 1 years ago. Who has not bought for as many years as the table has rows is lost.
///
/// With C_i the expected sales to one new customer in year i, C_0 = 1,
/// C_i = Σ_j C_{i−j} P_j Π_{k<j} (1 − P_k), the value is
/// GC Σ_{i=0..n} C_i (1+d)^−i − M Σ_{i=1..n} A_i (1+d)^−(i−0.5), where A_i is the probability of not
/// being lost at the start of year i: promotion goes, at mid-year as in
/// [`yearly_value`](super::yearly_value), to all who may still buy.
///
/// This is [`always_a_share`] with contacts in the middle of each period; it tells the expectations of each year too.
///
/// Source: Berger & Nasr 1998, case 5, after Dwyer 1997.
///
/// ```
/// use crm_core::clv::group::{migration_value, yearly_value};
/// use crm_core::units::{Money, Probability, Rate};
///
/// let (margin, cost) = (Money::from(260), Money::from(50));
/// let (often, rate) = (Probability::try_from(0.75)?, Rate::try_from(0.2)?);
/// // Who skips one year is lost: case 1.
/// let lost_for_good = migration_value(margin, cost, &[often], rate, 10)?;
/// assert_eq!(lost_for_good.round(20), yearly_value(margin, cost, often, rate, 10)?.round(20));
/// // One in three of those who skipped a year comes back.
/// let seldom = Probability::try_from(0.33)?;
/// let always_a_share = migration_value(margin, cost, &[often, seldom], rate, 10)?;
/// assert!(always_a_share > lost_for_good);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` table; `OutOfRange` for more than [`MAX_YEARS`] years; `Overflow`.
pub fn migration_value(
    gross_contribution: Money,
    promotion_cost: Money,
    repurchase: &[Probability],
    discount_rate: Rate,
    years: u64,
) -> Result<Money> {
    if years > MAX_YEARS {
        return Err(too_many_years(years));
    }
    let promotion = ContactTiming::Middle;
    let found = always_a_share(
        gross_contribution,
        promotion_cost,
        repurchase,
        discount_rate,
        years,
        promotion,
    )?;
    Ok(found.value)
}
