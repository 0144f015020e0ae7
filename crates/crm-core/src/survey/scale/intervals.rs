use serde::{Deserialize, Serialize};

use super::{Reliability, check_items, measure};
use crate::error::Result;
use crate::survey::{Bootstrap, BootstrapInterval};

/// How much the reliability of a scale varies from sample to sample. What has no value in a sample, as ω in a case of Heywood, is
/// left out of its own interval alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReliabilityIntervals {
    /// Of [`Reliability::alpha`]; unlike Feldt's interval it asks for no normal distribution.
    pub alpha: BootstrapInterval,
    /// Of [`Reliability::standardized_alpha`].
    pub standardized_alpha: BootstrapInterval,
    /// Of [`Reliability::mean_correlation`].
    pub mean_correlation: BootstrapInterval,
    /// Of [`Reliability::omega`].
    pub omega: Option<BootstrapInterval>,
    /// One for each item.
    pub items: Vec<ItemIntervals>,
}

/// How much the statistics of an item vary from sample to sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemIntervals {
    /// Of [`Item::mean`](super::Item::mean).
    pub mean: BootstrapInterval,
    /// Of [`Item::standard_deviation`](super::Item::standard_deviation).
    pub standard_deviation: BootstrapInterval,
    /// Of [`Item::item_total`](super::Item::item_total).
    pub item_total: BootstrapInterval,
    /// Of [`Item::item_rest`](super::Item::item_rest).
    pub item_rest: Option<BootstrapInterval>,
    /// Of [`Item::alpha_if_deleted`](super::Item::alpha_if_deleted).
    pub alpha_if_deleted: Option<BootstrapInterval>,
    /// Of [`Item::loading`](super::Item::loading).
    pub loading: Option<BootstrapInterval>,
}

/// Intervals of all that [`reliability`](super::reliability) says of a scale, by resampling rows.
///
/// Source: Efron & Tibshirani 1993; Kelley & Pornprasertmanit 2016, "Confidence intervals for population reliability coefficients",
/// Psychological Methods 21, who advise the bootstrap for ω.
///
/// ```
/// use crm_core::survey::Bootstrap;
/// use crm_core::survey::scale::reliability_intervals;
///
/// let items: [&[f64]; 2] = [&[1.0, 2.0, 3.0, 4.0, 2.0, 5.0], &[1.0, 3.0, 2.0, 4.0, 3.0, 4.0]];
/// let found = reliability_intervals(&items, &Bootstrap::new(7))?;
/// assert!(found.alpha.lower < found.alpha.estimate && found.alpha.estimate < found.alpha.upper);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// As [`reliability`](super::reliability); `OutOfRange` for less than 2 replicates; `NoSolution` where an item does not vary in most of
/// them.
pub fn reliability_intervals(items: &[&[f64]], how: &Bootstrap) -> Result<ReliabilityIntervals> {
    let all = statistics(&measure(&check_items(items)?)?);
    let of = |moments: &_| measure(moments).map(|found| statistics(&found));
    let mut intervals = how.intervals("items", items, &all, of)?.into_iter();
    // As many as were asked for, in their order.
    let mut next = || {
        intervals.next().unwrap_or(BootstrapInterval {
            estimate: f64::NAN,
            standard_error: f64::NAN,
            lower: f64::NAN,
            upper: f64::NAN,
            replicates: 0,
        })
    };
    let known = |interval: BootstrapInterval| (!interval.estimate.is_nan()).then_some(interval);
    Ok(ReliabilityIntervals {
        alpha: next(),
        standardized_alpha: next(),
        mean_correlation: next(),
        omega: known(next()),
        items: items
            .iter()
            .map(|_| ItemIntervals {
                mean: next(),
                standard_deviation: next(),
                item_total: next(),
                item_rest: known(next()),
                alpha_if_deleted: known(next()),
                loading: known(next()),
            })
            .collect(),
    })
}

/// In the order of the fields of the intervals; NaN where there is none.
fn statistics(found: &Reliability) -> Vec<f64> {
    let or_nan = |value: Option<f64>| value.unwrap_or(f64::NAN);
    let mut statistics = vec![
        found.alpha,
        found.standardized_alpha,
        found.mean_correlation,
        or_nan(found.omega),
    ];
    for item in &found.items {
        statistics.extend([
            item.mean,
            item.standard_deviation,
            item.item_total,
            or_nan(item.item_rest),
            or_nan(item.alpha_if_deleted),
            or_nan(item.loading),
        ]);
    }
    statistics
}
