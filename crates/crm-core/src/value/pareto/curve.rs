//! The measures of concentration, over rows of (profit, weight) that come best first. The customer
//! base and each of its bootstrap replicates go through the same formulas.

use super::{CurvePoint, Measure};
use crate::math::sum::Sum;

/// The sums that every measure is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Totals {
    /// N = Σ w
    pub(super) customers: f64,
    /// Σ w y
    pub(super) profit: f64,
    /// T⁺ + T⁻ = Σ w |y|
    pub(super) magnitude: f64,
}

pub(super) fn totals(rows: impl Iterator<Item = (f64, f64)>) -> Totals {
    let (mut customers, mut profit, mut magnitude) =
        (Sum::default(), Sum::default(), Sum::default());
    for (value, weight) in rows {
        customers.add(weight);
        profit.add(weight * value);
        magnitude.add(weight * value.abs());
    }
    Totals {
        customers: customers.value(),
        profit: profit.value(),
        magnitude: magnitude.value(),
    }
}

/// `None` where the measure has no meaning: no positive total, or nothing but zeros.
pub(super) fn measure(
    rows: impl Iterator<Item = (f64, f64)>,
    totals: Totals,
    measure: Measure,
) -> Option<f64> {
    match measure {
        Measure::Gini => (totals.magnitude > 0.0).then(|| gini(rows, totals)),
        _ if totals.profit <= 0.0 => None,
        Measure::TopShare(share) => Some(top_share(rows, totals, share.to_f64())),
        Measure::SmallestShare(share) => Some(smallest_share(rows, totals, share.to_f64())),
    }
}

/// With Cᵢ the weight up to and including row i, counted from the worst:
/// Σᵢ Σⱼ wᵢ wⱼ |yᵢ − yⱼ| = 2 Σᵢ wᵢ yᵢ (2 Cᵢ − wᵢ − N). Here Cᵢ is counted from the best.
fn gini(rows: impl Iterator<Item = (f64, f64)>, totals: Totals) -> f64 {
    let (mut before, mut sum) = (Sum::default(), Sum::default());
    for (value, weight) in rows {
        let rank = 2.0 * before.value() + weight;
        before.add(weight);
        sum.add((weight * value / totals.magnitude) * (1.0 - rank / totals.customers));
    }
    sum.value().max(0.0)
}

fn top_share(rows: impl Iterator<Item = (f64, f64)>, totals: Totals, share: f64) -> f64 {
    let wanted = share * totals.customers;
    let (mut customers, mut profit) = (Sum::default(), Sum::default());
    for (value, weight) in rows {
        let missing = wanted - customers.value();
        if missing <= weight {
            profit.add(missing * value);
            break;
        }
        customers.add(weight);
        profit.add(weight * value);
    }
    profit.value() / totals.profit
}

fn smallest_share(rows: impl Iterator<Item = (f64, f64)>, totals: Totals, share: f64) -> f64 {
    let wanted = share * totals.profit;
    let (mut customers, mut profit) = (Sum::default(), Sum::default());
    for (value, weight) in rows {
        let missing = wanted - profit.value();
        if value <= 0.0 || missing <= 0.0 {
            break;
        }
        if missing <= weight * value {
            customers.add(missing / value);
            break;
        }
        customers.add(weight);
        profit.add(weight * value);
    }
    customers.value() / totals.customers
}

pub(super) fn evenly_spaced(
    mut rows: impl Iterator<Item = (f64, f64)>,
    totals: Totals,
    total: f64,
    points: usize,
) -> Vec<CurvePoint> {
    let (mut customers, mut profit) = (Sum::default(), Sum::default());
    let mut row = rows.next();
    let last = (points - 1) as f64;
    let mut point = |index: usize| {
        let share = index as f64 / last;
        let wanted = share * totals.customers;
        while let Some((value, weight)) = row {
            let missing = wanted - customers.value();
            if missing <= weight {
                let mut profit = profit;
                profit.add(missing * value);
                return CurvePoint {
                    customers: share,
                    profit: profit.value() / total,
                };
            }
            customers.add(weight);
            profit.add(weight * value);
            row = rows.next();
        }
        CurvePoint {
            customers: share,
            profit: profit.value() / total,
        }
    };
    (0..points).map(&mut point).collect()
}
