//! Satisfaction as customers show it: praise, asking by name, coming back, complaints, what they spend, and how they
//! answer to price.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::estimate::{MeanEstimate, RateEstimate};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::math::proportion::{upper_point, z};
use crate::units::{Label, Probability, Terms};

/// A rate by which customers show how satisfied they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum BehaviouralMeasure {
    /// Customers who speak well of the brand, of those who know it.
    Favourability = 0,
    /// Buyers who ask for the brand by name, of the buyers of the kind of product.
    NamedBrand = 1,
    /// Customers who bought again, of those who bought.
    Repeat = 2,
    /// Customers who complained, of those who bought.
    Complaint = 3,
    /// Services that were complained of, of the services done.
    ServiceComplaint = 4,
    /// Services that were left out, of those that were due.
    Omission = 5,
    /// Services that the customer was dissatisfied with when asked, of those asked about.
    Dissatisfaction = 6,
}

impl BehaviouralMeasure {
    /// The rate, `count` of `base` as the measure says, with its binomial standard error and its Wilson interval.
    ///
    /// ```
    /// use crm_core::satisfaction::metrics::BehaviouralMeasure;
    /// use crm_core::units::Probability;
    ///
    /// let repeat = BehaviouralMeasure::Repeat.rate(10, 50, Probability::try_from(0.95)?)?;
    /// assert_eq!(repeat.rate, 0.2);
    /// assert!((repeat.lower - 0.1124).abs() < 1e-4 && (repeat.upper - 0.3304).abs() < 1e-4);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `OutOfRange` for a base of 0, a count above the base, and a confidence of 0 or 1.
    pub fn rate(self, count: u64, base: u64, confidence: Probability) -> Result<RateEstimate> {
        let z = z(confidence)?;
        if base == 0 {
            let error = Error::new(ErrorKind::OutOfRange, "base", "must be greater than 0");
            return Err(error.with_value(base));
        }
        if count > base {
            let reason = format!("must be at most the base, {base}");
            return Err(Error::new(ErrorKind::OutOfRange, "count", reason).with_value(count));
        }
        Ok(RateEstimate::new(count, base, z))
    }
}

impl Label for BehaviouralMeasure {
    const ALL: &'static [Self] = &[
        BehaviouralMeasure::Favourability,
        BehaviouralMeasure::NamedBrand,
        BehaviouralMeasure::Repeat,
        BehaviouralMeasure::Complaint,
        BehaviouralMeasure::ServiceComplaint,
        BehaviouralMeasure::Omission,
        BehaviouralMeasure::Dissatisfaction,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            BehaviouralMeasure::Favourability => ("favourability", "Favourability", "美誉度"),
            BehaviouralMeasure::NamedBrand => ("named_brand", "Named-brand rate", "指名度"),
            BehaviouralMeasure::Repeat => ("repeat", "Repeat rate", "回头率"),
            BehaviouralMeasure::Complaint => ("complaint", "Complaint rate", "投诉率"),
            BehaviouralMeasure::ServiceComplaint => {
                ("service_complaint", "Service complaint rate", "服务投诉率")
            }
            BehaviouralMeasure::Omission => ("omission", "Service omission rate", "服务遗漏率"),
            BehaviouralMeasure::Dissatisfaction => (
                "dissatisfaction",
                "Service dissatisfaction rate",
                "服务不满意率",
            ),
        };
        Terms { name, en, zh }
    }
}

/// The mean amount of a purchase, with Student's interval.
///
/// # Errors
/// `Empty`; `NotFinite` with the row; `OutOfRange` for a confidence of 0 or 1.
pub fn purchase_amount(amounts: &[f64], confidence: Probability) -> Result<MeanEstimate> {
    let level = upper_point(confidence)?;
    if amounts.is_empty() {
        return Err(Error::empty("amounts"));
    }
    if let Some((row, amount)) = (0..).zip(amounts).find(|(_, amount)| !amount.is_finite()) {
        return Err(Error::not_finite("amounts", *amount).at_row(row));
    }
    Ok(MeanEstimate::of(amounts.iter().copied(), level))
}

const fn argument(name: &'static str, meaning: &'static str, domain: Domain) -> Argument {
    Argument {
        name,
        meaning,
        domain,
    }
}

/// Arc elasticity of demand: the relative change of the quantity over that of the price, each by its midpoint,
/// (q₂ − q₁)/(q₂ + q₁) · (p₂ + p₁)/(p₂ − p₁).
///
/// ```
/// use crm_core::satisfaction::metrics::arc_elasticity;
///
/// let elasticity = arc_elasticity(10.into(), 15.into(), 60.into(), 40.into())?;
/// assert_eq!(elasticity, (-1).into());
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `OutOfRange` for a price that is not greater than 0, a negative quantity, and two equal prices; `NoSolution` if
/// nothing was bought at either; `Overflow`.
pub fn arc_elasticity(
    price_before: Decimal,
    price_after: Decimal,
    quantity_before: Decimal,
    quantity_after: Decimal,
) -> Result<Decimal> {
    ARC_ELASTICITY.evaluate_exact(&[price_before, price_after, quantity_before, quantity_after])
}

/// Columnar form of [`arc_elasticity`].
pub static ARC_ELASTICITY: Kernel = Kernel {
    name: "arc_elasticity",
    module: "satisfaction",
    summary: "Arc elasticity of demand: relative change of quantity over that of price, by midpoints.",
    formula: "(quantity_after - quantity_before) / (quantity_after + quantity_before) * (price_after + price_before) / (price_after - price_before)",
    source: "Allen 1934",
    diverges: None,
    arguments: &[
        argument("price_before", "p1, price at first", Domain::Positive),
        argument("price_after", "p2, price then; not p1", Domain::Positive),
        argument(
            "quantity_before",
            "q1, quantity bought at p1",
            Domain::NonNegative,
        ),
        argument(
            "quantity_after",
            "q2, quantity bought at p2",
            Domain::NonNegative,
        ),
    ],
    exact: |row| {
        let [p1, p2, q1, q2] = kernels::values(row)?;
        if p1 == p2 {
            let reason = "must be another price than before";
            return Err(Error::new(ErrorKind::OutOfRange, "price_after", reason).with_value(p2));
        }
        let overflow = || Error::overflow("arc_elasticity");
        let sum = q2.checked_add(q1).ok_or_else(overflow)?;
        if sum.is_zero() {
            let reason = "must not be 0 before and after";
            return Err(Error::new(ErrorKind::NoSolution, "quantity_after", reason).with_value(q2));
        }
        let price = p2
            .checked_add(p1)
            .and_then(|prices| prices.checked_div(p2 - p1));
        let quantity = (q2 - q1).checked_div(sum);
        let elasticity = quantity.zip(price).and_then(|(q, p)| q.checked_mul(p));
        elasticity.ok_or_else(overflow)
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[p1, p2, q1, q2]| {
            (q2 - q1) / (q2 + q1) * ((p2 + p1) / (p2 - p1))
        })
    },
};
