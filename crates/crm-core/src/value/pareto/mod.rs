//! Concentration of profit: 80/20, the Lorenz curve, Gini.
//!
//! The curve of the best customers first, W(p), is the share of the total profit that the best
//! share p of the customers brings. With unprofitable customers it rises above 1 and comes back
//! (the "whale curve" of customer profitability, Kaplan & Narayanan 2001). The Lorenz curve takes
//! the worst customers first: L(p) = 1 − W(1 − p); it then falls below 0. Both are straight between
//! customers, so that a border may run through a customer.

mod bootstrap;
mod curve;

pub use bootstrap::{Bootstrap, Interval, Measure};

use serde::{Deserialize, Serialize};

use super::{check_column, check_length, out_of_range, sort_by};
use crate::error::{Error, Result};
use crate::math::sum::Sum;
use crate::units::Share;
use curve::Totals;

/// A point of a concentration curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Share of the customers, from 0 to 1.
    pub customers: f64,
    /// Share of the total profit that they bring.
    pub profit: f64,
}

/// How the profit of a customer base is concentrated.
///
/// Made by one sort; each question afterwards is one pass over the customers.
///
/// ```
/// use crm_core::units::Share;
/// use crm_core::value::pareto::Concentration;
///
/// let profit = [50.0, -20.0, 30.0, 0.0, 40.0];
/// let base = Concentration::new(&profit)?;
/// assert_eq!(base.top_share(Share::try_from(0.4)?)?, 0.9);
/// assert_eq!(base.smallest_share(Share::try_from(0.8)?)?, 0.35);
/// assert_eq!(base.peak()?.profit, 1.2);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// Best first.
    profit: Vec<f64>,
    /// In the same order; `None` where every weight is 1.
    weight: Option<Vec<f64>>,
    totals: Totals,
}

impl Concentration {
    /// The concentration of one profit per customer.
    ///
    /// # Errors
    /// `Empty`, `NotFinite`, `Overflow` if the profits have no finite sum.
    pub fn new(profit: &[f64]) -> Result<Self> {
        check_column("profit", profit)?;
        // Adding 0 turns −0 into 0, which is equal to it.
        let mut profit: Vec<f64> = profit.iter().map(|value| value + 0.0).collect();
        sort_by(&mut profit, |a, b| b.total_cmp(a));
        Self::sorted(profit, None)
    }

    /// The concentration of grouped data: `profit` per customer of each group, `weight` the
    /// group's number or share of customers, in any unit.
    ///
    /// # Errors
    /// `Empty`, `NotFinite`, `LengthMismatch`; `OutOfRange` for a negative weight or for weights
    /// that are all 0; `Overflow`.
    pub fn weighted(profit: &[f64], weight: &[f64]) -> Result<Self> {
        check_column("profit", profit)?;
        check_length("weight", weight.len(), profit.len())?;
        check_column("weight", weight)?;
        if let Some((row, weight)) = (0..).zip(weight).find(|(_, weight)| **weight < 0.0) {
            return Err(out_of_range("weight", weight, "must be 0 or more").at_row(row));
        }
        let mut rows: Vec<(f64, f64)> = profit
            .iter()
            .zip(weight)
            .map(|(profit, weight)| (profit + 0.0, weight + 0.0))
            .collect();
        sort_by(&mut rows, |a, b| {
            b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
        });
        let (profit, weight) = rows.into_iter().unzip();
        Self::sorted(profit, Some(weight))
    }

    fn sorted(profit: Vec<f64>, weight: Option<Vec<f64>>) -> Result<Self> {
        let mut base = Concentration {
            profit,
            weight,
            totals: Totals::default(),
        };
        base.totals = curve::totals(base.rows());
        if !base.totals.customers.is_finite() {
            return Err(Error::overflow("weight"));
        }
        if !base.totals.magnitude.is_finite() {
            return Err(Error::overflow("profit"));
        }
        if base.totals.customers == 0.0 {
            return Err(out_of_range("weight", 0, "must not all be 0"));
        }
        Ok(base)
    }

    /// Profit and weight of every row, best first.
    fn rows(&self) -> impl Iterator<Item = (f64, f64)> + Clone + '_ {
        let weight = self.weight.as_deref();
        let weight = move |row| weight.map_or(Some(1.0), |w| w.get(row).copied());
        let rows = self.profit.iter().enumerate();
        rows.map(move |(row, profit)| (*profit, weight(row).unwrap_or(0.0)))
    }

    /// The number of customers, or the sum of the weights.
    #[must_use]
    pub fn customers(&self) -> f64 {
        self.totals.customers
    }

    /// The total profit.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.totals.profit
    }

    /// The mean profit per customer.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.totals.profit / self.totals.customers
    }

    /// W(p): the share of the total profit that the best share `customers` of the customers
    /// brings; above 1 where the others lose money.
    ///
    /// # Errors
    /// `OutOfRange` if the total profit is not positive: shares of it would mean nothing.
    pub fn top_share(&self, customers: Share) -> Result<f64> {
        self.measure(Measure::TopShare(customers))
    }

    /// The smallest share of customers that brings the share `profit` of the total profit (80/20:
    /// the answer to 0.8).
    ///
    /// # Errors
    /// `OutOfRange` if the total profit is not positive.
    pub fn smallest_share(&self, profit: Share) -> Result<f64> {
        self.measure(Measure::SmallestShare(profit))
    }

    /// L(p): the share of the total profit that the worst share `customers` brings.
    ///
    /// # Errors
    /// `OutOfRange` if the total profit is not positive.
    pub fn bottom_share(&self, customers: Share) -> Result<f64> {
        let best = Share::new(rust_decimal::Decimal::ONE.saturating_sub(customers.value()))?;
        Ok(1.0 - self.top_share(best)?)
    }

    /// The top of the best-first curve: the share of customers with a profit, and what they alone
    /// would bring as a multiple of the total.
    ///
    /// # Errors
    /// `OutOfRange` if the total profit is not positive.
    pub fn peak(&self) -> Result<CurvePoint> {
        let total = self.positive_total()?;
        let profitable = self.rows().filter(|(profit, _)| *profit > 0.0);
        let (mut customers, mut profit) = (Sum::default(), Sum::default());
        for (value, weight) in profitable {
            customers.add(weight);
            profit.add(weight * value);
        }
        Ok(CurvePoint {
            customers: customers.value() / self.totals.customers,
            profit: profit.value() / total,
        })
    }

    /// The Gini coefficient with the normalisation of Raffinetti, Siletti & Vernizzi:
    ///
    /// G = Σᵢ Σⱼ wᵢ wⱼ |yᵢ − yⱼ| / (2 N Σᵢ wᵢ |yᵢ|), N = Σ w
    ///
    /// The usual mean in the denominator is replaced by (T⁺ + T⁻) / N, with T⁺ the sum of the gains
    /// and T⁻ the size of the sum of the losses. G is from 0 (all equal and of one sign) to
    /// 1 − 1/N, and is the usual Gini coefficient where no profit is negative. It does not depend
    /// on the unit of the weights. [`Self::gini_corrected`] reaches 1.
    ///
    /// Source: Raffinetti, Siletti & Vernizzi 2015, "On the Gini coefficient normalization when
    /// attributes with negative values are considered", Statistical Methods & Applications 24,
    /// 507–521; in this form the function `Gini_RSV` of the authors' R package `GiniWegNeg`.
    ///
    /// # Errors
    /// `OutOfRange` if every profit is 0.
    pub fn gini(&self) -> Result<f64> {
        self.measure(Measure::Gini)
    }

    /// N / (N − 1) times [`Self::gini`]: exactly 1 where one customer has all the gains, one has
    /// all the losses and everyone else has nothing, the paper's case of maximum inequality.
    ///
    /// N is the number of customers; weights must therefore be numbers of customers.
    ///
    /// # Errors
    /// `OutOfRange` if every profit is 0 or if N is 1 or less.
    pub fn gini_corrected(&self) -> Result<f64> {
        let customers = self.totals.customers;
        if customers <= 1.0 {
            return Err(out_of_range(
                "weight",
                customers,
                "must sum to a number of customers greater than 1",
            ));
        }
        Ok(self.gini()? * (customers / (customers - 1.0)))
    }

    /// `points` points of the best-first curve W, evenly spaced from (0, 0) to (1, 1): for a plot.
    ///
    /// # Errors
    /// `OutOfRange` if the total profit is not positive, or if `points` is not from 2 to 1,000,000.
    pub fn curve(&self, points: usize) -> Result<Vec<CurvePoint>> {
        let total = self.positive_total()?;
        if !(2..=MOST_POINTS).contains(&points) {
            let rule = format!("must be from 2 to {MOST_POINTS}");
            return Err(out_of_range("points", points, rule));
        }
        Ok(curve::evenly_spaced(
            self.rows(),
            self.totals,
            total,
            points,
        ))
    }

    /// `points` points of the Lorenz curve L, evenly spaced from (0, 0) to (1, 1): for a plot.
    ///
    /// # Errors
    /// As [`Self::curve`].
    pub fn lorenz(&self, points: usize) -> Result<Vec<CurvePoint>> {
        let mut curve = self.curve(points)?;
        curve.reverse();
        for point in &mut curve {
            point.customers = 1.0 - point.customers;
            point.profit = 1.0 - point.profit;
        }
        Ok(curve)
    }

    /// One number that says how concentrated the profit is.
    ///
    /// # Errors
    /// As the method of the same name.
    pub fn measure(&self, measure: Measure) -> Result<f64> {
        curve::measure(self.rows(), self.totals, measure).ok_or_else(|| self.undefined(measure))
    }

    fn positive_total(&self) -> Result<f64> {
        if self.totals.profit > 0.0 {
            Ok(self.totals.profit)
        } else {
            Err(self.undefined(Measure::TopShare(Share::ONE)))
        }
    }

    fn undefined(&self, measure: Measure) -> Error {
        let rule = match measure {
            Measure::Gini => "must not all be 0",
            _ => "must have a positive sum, of which shares can be taken",
        };
        out_of_range(
            "profit",
            format_args!("of sum {}", self.totals.profit),
            rule,
        )
    }
}

/// More points than any plot has.
const MOST_POINTS: usize = 1_000_000;
