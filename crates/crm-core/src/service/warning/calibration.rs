use serde::{Deserialize, Serialize};

use super::fit_logistic;
use crate::error::{Error, ErrorKind, Result};
use crate::math::proportion::z;
use crate::math::special::logistic;
use crate::satisfaction::estimate::RateEstimate;
use crate::survey::check_column;
use crate::units::Probability;

/// How far predicted probabilities came true: [`calibration`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Calibration {
    /// Mean of (p − y)². Source: Brier 1950.
    pub brier_score: f64,
    /// Mean of −ln of the probability of what happened; infinite where something happened that was said to be impossible.
    pub log_loss: f64,
    /// The probability that somebody who was lost was given a higher p than somebody who was not, ties counting half: the area under
    /// the receiver operating characteristic. NaN where nobody or everybody was lost.
    pub area_under_curve: f64,
    /// Σ over the bins of their share of the rows times |mean p − share of lost|.
    pub expected_error: f64,
    /// Rows by their p, of equal numbers as far as ties allow.
    pub bins: Vec<CalibrationBin>,
}

/// Rows that were given about the same probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CalibrationBin {
    /// Mean of their probabilities.
    pub predicted: f64,
    /// The share of them that was lost, with its Wilson interval.
    pub lost: RateEstimate,
}

/// Compares predicted probabilities with what happened, in up to `bins` groups of rows of about the same probability.
///
/// ```
/// use crm_core::service::warning::calibration;
/// use crm_core::units::Probability;
///
/// let found = calibration(&[0.1, 0.9, 0.2, 0.7], &[false, true, false, true], 2, Probability::try_from(0.95)?)?;
/// assert_eq!(found.area_under_curve, 1.0);
/// assert!((found.brier_score - 0.0375).abs() < 1e-15);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Empty`]; [`ErrorKind::LengthMismatch`]; [`ErrorKind::NotFinite`] and [`ErrorKind::OutOfRange`] for a probability outside
/// [0, 1], with the row; [`ErrorKind::OutOfRange`] for no bins and a confidence of 0 or 1.
pub fn calibration(
    predicted: &[f64],
    lost: &[bool],
    bins: usize,
    confidence: Probability,
) -> Result<Calibration> {
    check(predicted, lost)?;
    if bins == 0 {
        let error = Error::new(ErrorKind::OutOfRange, "bins", "must be 1 or more");
        return Err(error.with_value(bins));
    }
    let z = z(confidence)?;
    let rows = predicted.len() as f64;
    let mut pairs: Vec<(f64, bool)> = predicted
        .iter()
        .copied()
        .zip(lost.iter().copied())
        .collect();
    pairs.sort_by(|a, b| f64::total_cmp(&a.0, &b.0));
    let brier: f64 = pairs.iter().map(|&(p, y)| error(p, y) * error(p, y)).sum();
    let loss: f64 = pairs
        .iter()
        .map(|&(p, y)| -libm::log(if y { p } else { 1.0 - p }))
        .sum();
    let bins: Vec<CalibrationBin> = groups(&pairs, bins)
        .map(|group| CalibrationBin {
            predicted: group.iter().map(|pair| pair.0).sum::<f64>() / group.len() as f64,
            lost: RateEstimate::new(lost_of(group), group.len() as u64, z),
        })
        .collect();
    let gap = |bin: &CalibrationBin| bin.lost.base as f64 * (bin.predicted - bin.lost.rate).abs();
    Ok(Calibration {
        brier_score: brier / rows,
        log_loss: loss / rows,
        area_under_curve: area_under_curve(&pairs),
        expected_error: bins.iter().map(gap).sum::<f64>() / rows,
        bins,
    })
}

fn error(p: f64, lost: bool) -> f64 {
    p - f64::from(u8::from(lost))
}

fn lost_of(pairs: &[(f64, bool)]) -> u64 {
    pairs.iter().filter(|pair| pair.1).count() as u64
}

/// The pairs cut at about equal numbers, never between equal probabilities.
fn groups(pairs: &[(f64, bool)], count: usize) -> impl Iterator<Item = &[(f64, bool)]> {
    let mut rest = pairs;
    let mut left = count;
    std::iter::from_fn(move || {
        let first = rest.first()?;
        let wanted = rest.len().div_ceil(left.max(1));
        let limit = rest.get(wanted - 1).unwrap_or(first).0;
        let end = rest.partition_point(|pair| pair.0 <= limit);
        let (group, after) = rest.split_at(end);
        (rest, left) = (after, left.saturating_sub(1));
        Some(group)
    })
}

/// By ranks (Mann & Whitney 1947); `pairs` ascend by probability.
fn area_under_curve(pairs: &[(f64, bool)]) -> f64 {
    let lost = lost_of(pairs) as f64;
    let kept = pairs.len() as f64 - lost;
    let (mut below, mut wins) = (0.0, 0.0);
    for group in pairs.chunk_by(|a, b| a.0 == b.0) {
        let lost_here = lost_of(group) as f64;
        let kept_here = group.len() as f64 - lost_here;
        wins += lost_here * (below + 0.5 * kept_here);
        below += kept_here;
    }
    wins / (lost * kept)
}

/// A correction of probabilities that were learnt elsewhere or earlier: logit p' = a + b · logit p.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Recalibration {
    /// a; 0 where the level is right.
    pub intercept: f64,
    /// b; 1 where the spread is right, less where the predictions are too bold.
    pub slope: f64,
}

impl Recalibration {
    /// The corrected probability; 0 and 1 stay.
    #[must_use]
    pub fn apply(&self, p: f64) -> f64 {
        if p <= 0.0 || p >= 1.0 {
            return p;
        }
        logistic(self.intercept + self.slope * logit(p))
    }
}

fn logit(p: f64) -> f64 {
    libm::log(p) - libm::log1p(-p)
}

/// Learns a [`Recalibration`] from predictions and what happened, on rows that the predictions were not learnt from.
///
/// Source: Cox 1958, "Two further applications of a model for binary regression"; Platt 1999.
///
/// # Errors
/// Those of [`calibration`] for the columns; [`ErrorKind::OutOfRange`] with the row for a probability of exactly 0 or 1, whose logit has
/// no bound; [`ErrorKind::NoSolution`] where the predictions do not vary or tell the lost from the rest without fail.
pub fn recalibrate(predicted: &[f64], lost: &[bool]) -> Result<Recalibration> {
    check(predicted, lost)?;
    if let Some((row, p)) = (0..).zip(predicted).find(|(_, p)| **p <= 0.0 || **p >= 1.0) {
        let reason = "must lie between 0 and 1, both excluded";
        let error = Error::new(ErrorKind::OutOfRange, "predicted", reason);
        return Err(error.with_value(p).at_row(row));
    }
    let logits: Vec<f64> = predicted.iter().map(|&p| logit(p)).collect();
    let model = fit_logistic(&[&logits], lost, 0.0).map_err(|error| match error.argument() {
        "indicators" => error.named("predicted"),
        _ => error,
    })?;
    let slope = model.coefficients.first().copied().unwrap_or(f64::NAN);
    Ok(Recalibration {
        intercept: model.intercept,
        slope,
    })
}

fn check(predicted: &[f64], lost: &[bool]) -> Result<()> {
    if predicted.is_empty() {
        return Err(Error::empty("predicted"));
    }
    if lost.len() != predicted.len() {
        return Err(Error::length("lost", lost.len(), predicted.len()));
    }
    check_column("predicted", predicted)?;
    if let Some((row, p)) = (0..)
        .zip(predicted)
        .find(|(_, p)| !(0.0..=1.0).contains(*p))
    {
        let error = Error::new(
            ErrorKind::OutOfRange,
            "predicted",
            "must be between 0 and 1",
        );
        return Err(error.with_value(p).at_row(row));
    }
    Ok(())
}
