//! What acting on the customers of the highest scores gains, against a control group.

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};

/// The uplift curve: [`uplift_curve`]. It begins at (0, 0).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UpliftCurve {
    /// The share of the customers acted on, the highest scores first.
    pub share: Vec<f64>,
    /// What that gains per customer of all: the difference of means times the share.
    pub gain: Vec<f64>,
    /// The area between the curve and the straight line to its end, which customers chosen by chance give (Qini coefficient).
    pub qini: f64,
}

/// What acting on the customers of the highest scores gains: U(φ) = φ · (Ȳ₁(φ) − Ȳ₀(φ)), where Ȳ₁ and Ȳ₀ are the mean outcomes of those
/// acted on and of the control group among the share φ of the highest scores. Customers of equal scores are one step; while one of
/// the groups has nobody, the curve stays at 0.
///
/// Source: Radcliffe 2007, "Using control groups to target on predicted lift"; Gutierrez & Gérardy 2017, eq. 9.
///
/// ```
/// use crm_core::idic::interact::uplift::uplift_curve;
///
/// // Of the two with the higher score the action wins one; of the others none.
/// let found = uplift_curve(&[0.9, 0.8, 0.2, 0.1], &[true, false, true, false], &[1.0, 0.0, 0.0, 0.0])?;
/// assert_eq!(found.share, [0.0, 0.25, 0.5, 0.75, 1.0]);
/// assert_eq!(found.gain, [0.0, 0.0, 0.5, 0.375, 0.5]);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::LengthMismatch`]; [`ErrorKind::NotFinite`] with the row; [`ErrorKind::Empty`] unless somebody was acted on and somebody
/// was not.
pub fn uplift_curve(score: &[f64], treated: &[bool], outcome: &[f64]) -> Result<UpliftCurve> {
    let rows = score.len();
    for (argument, length) in [("treated", treated.len()), ("outcome", outcome.len())] {
        if length != rows {
            return Err(Error::length(argument, length, rows));
        }
    }
    for (argument, column) in [("score", score), ("outcome", outcome)] {
        if let Some((row, &value)) = (0..).zip(column).find(|(_, x)| !x.is_finite()) {
            return Err(Error::not_finite(argument, value).at_row(row));
        }
    }
    let acted_on = treated.iter().filter(|is_treated| **is_treated).count();
    if acted_on == 0 || acted_on == rows {
        let reason = "must have customers who were acted on and customers who were not";
        return Err(Error::new(ErrorKind::Empty, "treated", reason));
    }
    let mut order: Vec<(f64, bool, f64)> = score
        .iter()
        .zip(treated)
        .zip(outcome)
        .map(|((&score, &treated), &outcome)| (score + 0.0, treated, outcome))
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut share, mut gain) = (vec![0.0], vec![0.0]);
    // Count and sum of outcomes of the control group, and of those acted on.
    let mut groups = [(0.0, 0.0); 2];
    let mut done = 0;
    for step in order.chunk_by(|a, b| a.0 == b.0) {
        for &(_, treated, outcome) in step {
            let [control, acted] = &mut groups;
            let (count, sum) = if treated { acted } else { control };
            *count += 1.0;
            *sum += outcome;
        }
        done += step.len();
        let part = done as f64 / rows as f64;
        let [(without, silent), (with, earned)] = groups;
        let lift = if without > 0.0 && with > 0.0 {
            earned / with - silent / without
        } else {
            0.0
        };
        share.push(part);
        gain.push(part * lift);
    }
    Ok(UpliftCurve {
        qini: area(&share, &gain) - gain.last().copied().unwrap_or_default() / 2.0,
        share,
        gain,
    })
}

/// Under the curve, by trapezia.
fn area(x: &[f64], y: &[f64]) -> f64 {
    let steps = x
        .iter()
        .zip(x.iter().skip(1))
        .zip(y.iter().zip(y.iter().skip(1)));
    steps.map(|((a, b), (c, d))| (b - a) * (c + d) / 2.0).sum()
}
