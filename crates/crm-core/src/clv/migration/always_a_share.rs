use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Column, Domain};
use crate::math;
use crate::units::{Label, Money, Probability, Rate, Terms};

/// When in its period a contact is paid, whose purchase falls at the period's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum ContactTiming {
    /// One period before the purchase that it may bring (Pfeifer & Carraway 2000).
    Start = 0,
    /// Half a period before it (Berger & Nasr 1998).
    Middle = 1,
    /// Together with it.
    End = 2,
}

impl Label for ContactTiming {
    const ALL: &'static [Self] = &[
        ContactTiming::Start,
        ContactTiming::Middle,
        ContactTiming::End,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ContactTiming::Start => ("start", "Start of period", "期初"),
            ContactTiming::Middle => ("middle", "Middle of period", "期中"),
            ContactTiming::End => ("end", "End of period", "期末"),
        };
        Terms { name, en, zh }
    }
}

impl ContactTiming {
    /// Periods from a contact to its purchase, in halves.
    const fn half_periods(self) -> i64 {
        match self {
            ContactTiming::Start => 2,
            ContactTiming::Middle => 1,
            ContactTiming::End => 0,
        }
    }
}

/// What is expected of a customer in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SharePeriod {
    /// Expected number of purchases at the end of the period.
    pub expected_purchases: Decimal,
    /// Expected number of contacts in it: the probability of not being lost when it begins.
    pub expected_contacts: Decimal,
    /// margin · purchases − contact cost · contacts.
    pub flow: Money,
    /// The same, each discounted to now.
    pub present_value: Money,
}

/// The value of a customer who buys now and then, and how it comes about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AlwaysAShare {
    /// The sum of the present values of all periods.
    pub value: Money,
    /// Period 0 is the purchase now; then one for each period.
    pub periods: Vec<SharePeriod>,
}

/// The most periods that a value may look ahead: a limit against absurd horizons.
pub const MAX_PERIODS: u64 = 10_000;

/// Expected value of a customer who has just bought and divides the purchases among several sellers, so may skip
/// periods and come back ("always a share"): `repurchase[j]` is the probability of buying in the next period for a
/// customer who last bought j + 1 periods ago. Who has not bought for as many periods as the table has rows is lost.
///
/// With C_i the expected purchases in period i, C_0 = 1, C_i = Σ_j C_{i−j} P_j Π_{k<j} (1 − P_k), and A_i the
/// probability of not being lost when period i begins, the value is
/// margin · Σ_{i=0..n} C_i (1+d)^−i − contact_cost · Σ_{i=1..n} A_i (1+d)^−(i−l), where a contact is paid l = 1,
/// ½ or 0 periods before its purchase ([`ContactTiming`]).
///
/// With contacts at the start, this is the [`RecencyChain`](super::RecencyChain)'s V_n(0) without the contacts at t = n; with
/// contacts in the middle it is Berger & Nasr's case 5,
/// [`migration_value`](crate::clv::group::migration_value).
///
/// Source: Dwyer 1997; Berger & Nasr 1998, case 5.
///
/// ```
/// use crm_core::clv::migration::{ContactTiming, always_a_share};
/// use crm_core::units::{Money, Probability, Rate};
///
/// let repurchase = [Probability::try_from(0.5)?, Probability::try_from(0.2)?];
/// let rate = Rate::try_from(0.25)?;
/// let found = always_a_share(Money::from(100), Money::from(5), &repurchase, rate, 2, ContactTiming::Start)?;
/// // 0.5 purchases after one period; 0.5² + 0.5 · 0.2 after two.
/// assert_eq!(found.periods[1].expected_purchases, "0.5".parse().unwrap());
/// assert_eq!(found.periods[2].expected_purchases, "0.35".parse().unwrap());
/// // 100 + (50 − 5 · 1.25) / 1.25 + (35 − 5 · 1.25) / 1.25²
/// assert_eq!(found.value, "153.4".parse()?);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` table; `OutOfRange` for more than [`MAX_PERIODS`] periods; `Overflow`.
pub fn always_a_share(
    margin: Money,
    contact_cost: Money,
    repurchase: &[Probability],
    discount_rate: Rate,
    periods: u64,
    contact: ContactTiming,
) -> Result<AlwaysAShare> {
    if repurchase.is_empty() {
        return Err(Error::empty("repurchase"));
    }
    check_periods(periods)?;
    let growth = discount_rate.growth_factor()?;
    let overflow = || Error::overflow("discount_rate");
    let earlier = math::decimal::real_power(growth, Decimal::new(5 * contact.half_periods(), 1))?;
    let mut by_recency = vec![Decimal::ZERO; repurchase.len()];
    if let Some(just_bought) = by_recency.first_mut() {
        *just_bought = Decimal::ONE;
    }
    let now = SharePeriod {
        expected_purchases: Decimal::ONE,
        expected_contacts: Decimal::ZERO,
        flow: margin,
        present_value: margin,
    };
    let mut found = AlwaysAShare {
        value: margin,
        periods: vec![now],
    };
    let mut discount = Decimal::ONE;
    for _ in 0..periods {
        let contacts: Decimal = by_recency.iter().sum();
        let purchases = buy_or_age(&mut by_recency, repurchase);
        discount = discount.checked_div(growth).ok_or_else(overflow)?;
        let (gain, cost) = (
            margin.multiply(purchases)?,
            contact_cost.multiply(contacts)?,
        );
        let present_value = gain.subtract(cost.multiply(earlier)?)?.multiply(discount)?;
        found.value = found.value.add(present_value)?;
        found.periods.push(SharePeriod {
            expected_purchases: purchases,
            expected_contacts: contacts,
            flow: gain.subtract(cost)?,
            present_value,
        });
    }
    Ok(found)
}

/// Moves the customers of each recency on by a period and gives the number of those who buy.
fn buy_or_age(by_recency: &mut [Decimal], repurchase: &[Probability]) -> Decimal {
    let mut purchases = Decimal::ZERO;
    let mut waiting = Decimal::ZERO;
    for (customers, probability) in by_recency.iter_mut().zip(repurchase) {
        let bought = customers.saturating_mul(probability.value());
        purchases = purchases.saturating_add(bought);
        let skipped = customers.saturating_sub(bought);
        *customers = std::mem::replace(&mut waiting, skipped);
    }
    if let Some(just_bought) = by_recency.first_mut() {
        *just_bought = purchases;
    }
    purchases
}

/// The columnar form of [`always_a_share`]: the value of each customer, into `out`. `repurchase` holds `recencies`
/// probabilities for all customers, or for each of them, row after row.
///
/// A row with a NaN gives NaN.
///
/// ```
/// use crm_core::clv::migration::{ContactTiming, always_a_share_values_into};
///
/// let (margins, table) = ([100.0, 10.0], [0.5, 0.2]);
/// let mut values = [0.0; 2];
/// always_a_share_values_into(
///     margins.as_slice().into(), 5.0.into(), &table, 2, 0.25, 2, ContactTiming::Start, &mut values,
/// )?;
/// assert!((values[0] - 153.4).abs() < 1e-12 && (values[1] - 7.24).abs() < 1e-12);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` table; `LengthMismatch`; `OutOfRange` and `NotFinite`, naming the customer's row where there is one;
/// `OutOfRange` for more than [`MAX_PERIODS`] periods; `Overflow`.
#[expect(
    clippy::too_many_arguments,
    reason = "those of the exact form, and where the results go"
)]
pub fn always_a_share_values_into(
    margin: Column<'_>,
    contact_cost: Column<'_>,
    repurchase: &[f64],
    recencies: usize,
    discount_rate: f64,
    periods: u64,
    contact: ContactTiming,
    out: &mut [f64],
) -> Result<()> {
    if recencies == 0 {
        return Err(Error::empty("repurchase"));
    }
    check_periods(periods)?;
    if !discount_rate.is_nan() && !Domain::Rate.contains(discount_rate) {
        return Err(Domain::Rate.refuse("discount_rate", discount_rate));
    }
    let shared = repurchase.len() == recencies;
    let expected = recencies.saturating_mul(out.len());
    if !shared && repurchase.len() != expected {
        return Err(Error::length("repurchase", repurchase.len(), expected));
    }
    margin.require_rows("margin", out.len())?;
    contact_cost.require_rows("contact_cost", out.len())?;
    let discounted = |table: &[f64]| discounted_counts(table, discount_rate, periods, contact);
    let of_all = if shared {
        check_table(repurchase)?;
        Some(discounted(repurchase))
    } else {
        None
    };
    kernels::each_row(out, |row, value| {
        let (margin, cost) = (margin.get(row), contact_cost.get(row));
        for (name, number) in [("margin", margin), ("contact_cost", cost)] {
            if number.is_infinite() {
                return Err(Error::not_finite(name, number).at_row(row));
            }
        }
        let (purchases, contacts) = match of_all {
            Some(counts) => counts,
            None => {
                let rows = row * recencies..(row + 1) * recencies;
                let table = repurchase.get(rows).unwrap_or(&[]);
                check_table(table).map_err(|error| error.at_row(row))?;
                discounted(table)
            }
        };
        *value = margin * purchases - cost * contacts;
        if value.is_infinite() {
            return Err(Error::overflow("always_a_share").at_row(row));
        }
        Ok(())
    })
}

fn check_periods(periods: u64) -> Result<()> {
    if periods <= MAX_PERIODS {
        return Ok(());
    }
    let reason = format!("must be at most {MAX_PERIODS}");
    Err(Error::new(ErrorKind::OutOfRange, "periods", reason).with_value(periods))
}

fn check_table(table: &[f64]) -> Result<()> {
    match table
        .iter()
        .find(|p| !p.is_nan() && !Domain::Probability.contains(**p))
    {
        Some(&refused) => Err(Domain::Probability.refuse("repurchase", refused)),
        None => Ok(()),
    }
}

/// Tables of so many recencies, which are nearly all, cost no allocation for each customer.
const RECENCIES_ON_STACK: usize = 256;

/// Σ C_i (1+d)^−i and Σ A_i (1+d)^−(i−l).
fn discounted_counts(table: &[f64], rate: f64, periods: u64, contact: ContactTiming) -> (f64, f64) {
    let discount = 1.0 / (1.0 + rate);
    let (mut on_stack, mut on_heap) = ([0.0; RECENCIES_ON_STACK], Vec::new());
    let by_recency = if let Some(fitting) = on_stack.get_mut(..table.len()) {
        fitting
    } else {
        on_heap.resize(table.len(), 0.0);
        &mut on_heap
    };
    if let Some(just_bought) = by_recency.first_mut() {
        *just_bought = 1.0;
    }
    let (mut purchases, mut contacts) = (1.0, 0.0);
    for _ in 0..periods {
        // Numbers of customers are kept discounted to now.
        let (mut bought, mut waiting) = (0.0, 0.0);
        for (customers, probability) in by_recency.iter_mut().zip(table) {
            contacts += *customers;
            bought += *customers * probability * discount;
            let skipped = *customers * (1.0 - probability) * discount;
            *customers = std::mem::replace(&mut waiting, skipped);
        }
        purchases += bought;
        if let Some(just_bought) = by_recency.first_mut() {
            *just_bought = bought;
        }
    }
    let later = math::float::growth_power(rate, (contact.half_periods() - 2) as f64 / 2.0);
    (purchases, contacts * later)
}
