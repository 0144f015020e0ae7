use serde::Serialize;

use super::{check_places, weight_of, weighted_values};
use crate::error::{Error, Result};
use crate::kernels::Domain;
use crate::ledger::check_weights;
use crate::parallel;
use crate::prediction::{PurchaseHistory, PurchaseModel};

/// The repeat purchases that a model expects of a cohort, period by period.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExpectedTracking {
    /// In each period.
    pub incremental: Vec<f64>,
    /// From the beginning to the end of each period.
    pub cumulative: Vec<f64>,
}

/// The repeat purchases of customers who make their first purchases at the times `starts`, counted
/// from the beginning of observation, in `periods` periods of the length `period`. Nothing is known
/// of the customers but when they came:
///
/// ```text
/// cumulative[k] = Σ w · E[X(t − start)] over those with start < t, t = (k + 1) · period
/// ```
///
/// Equal starts cost no more than one. The start of a customer of age T in an observation of the
/// length L is L − T.
///
/// Source: Fader, Hardie & Lee (2005), "Counting your customers the easy way", section 4, Figures 3
/// and 4.
///
/// ```
/// use crm_core::prediction::{BgNbd, checking::expected_tracking};
///
/// let model = BgNbd::new(0.2426, 4.4136, 0.7929, 2.4258)?;
/// let tracking = expected_tracking(&model, &[0.0, 0.0, 1.5], None, 1.0, 3)?;
/// assert_eq!(tracking.cumulative.len(), 3);
/// assert!(tracking.incremental[2] > tracking.incremental[1]); // the third customer came in between
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` without a customer; `NotFinite` and `OutOfRange` with the row for a start or a weight that is
/// negative or, in models of discrete time, a start that is not whole; for a period that is not positive or,
/// in those models, not whole; for no period or more than 2²⁴; `LengthMismatch` for other weights than starts.
pub fn expected_tracking(
    model: &impl PurchaseModel,
    starts: &[f64],
    weights: Option<&[f64]>,
    period: f64,
    periods: usize,
) -> Result<ExpectedTracking> {
    if starts.is_empty() {
        return Err(Error::empty("starts"));
    }
    let time = model.time();
    if let Some((row, &start)) =
        (starts.iter().enumerate()).find(|(_, start)| !time.contains(**start))
    {
        return Err(time.refuse("starts", start).at_row(row));
    }
    if let Some(weights) = weights {
        check_weights(weights, starts.len())?;
    }
    for domain in [Domain::Positive, time] {
        if !domain.contains(period) {
            return Err(domain.refuse("period", period));
        }
    }
    check_places("periods", periods)?;
    let rows = starts.iter().enumerate();
    let cohorts = weighted_values(rows.map(|(row, &start)| (start, weight_of(weights, row))));
    let until = |period_number: usize| -> Result<f64> {
        let end = (period_number as f64 + 1.0) * period;
        let mut total = 0.0;
        for &(start, weight) in cohorts.iter().take_while(|(start, _)| *start < end) {
            total += weight * model.expected_purchases(PurchaseHistory::NEW, end - start)?;
        }
        Ok(total)
    };
    let cumulative: Vec<f64> = parallel::map_range(periods, until)
        .into_iter()
        .collect::<Result<_>>()?;
    let before = std::iter::once(0.0).chain(cumulative.iter().copied());
    let incremental = cumulative
        .iter()
        .zip(before)
        .map(|(now, before)| now - before);
    Ok(ExpectedTracking {
        incremental: incremental.collect(),
        cumulative,
    })
}
