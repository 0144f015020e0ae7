use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::math::proportion::z;
use crate::units::Probability;

/// The Kaplan–Meier estimate of how long customers stay: one row per distinct time at which a
/// customer was lost or last seen, in columns.
///
/// Once nobody is left (survival 0), Greenwood's formula has no value: `variance`, `lower` and
/// `upper` are NaN in that row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KaplanMeier {
    /// The distinct times, increasing.
    pub time: Vec<f64>,
    /// Customers under observation just before the time, n.
    pub at_risk: Vec<u64>,
    /// Customers lost at the time, d.
    pub lost: Vec<u64>,
    /// Customers last seen at the time and not lost.
    pub censored: Vec<u64>,
    /// Probability to stay longer than the time: S = Π (1 − d/n).
    pub survival: Vec<f64>,
    /// Greenwood's variance of S: S²·Σ d / (n·(n − d)).
    pub variance: Vec<f64>,
    /// Lower end of the log-log interval, S^exp(+z·√Σ / ln S).
    pub lower: Vec<f64>,
    /// Upper end of the log-log interval.
    pub upper: Vec<f64>,
    /// Level of the intervals.
    pub confidence: f64,
}

/// A restricted mean tenure: [`KaplanMeier::restricted_mean`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RestrictedMean {
    /// Expected number of periods up to the horizon.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// The horizon.
    pub horizon: f64,
}

/// Kaplan–Meier estimate of the tenure from customers watched from their first day.
///
/// `durations` are the times under observation (0 or more, in any unit); `observed[i]` says whether
/// the loss of customer `i` at the end of it was observed, or the customer only last seen then
/// (right-censored). A customer
/// last seen at the time of a loss was at risk then. The intervals are pointwise, of level
/// `confidence`, on the scale log(−log S).
///
/// Source: Kaplan & Meier 1958; Greenwood 1926; Kalbfleisch & Prentice 1980 for the interval.
///
/// ```
/// use crm_core::lifecycle::tenure::kaplan_meier;
/// use crm_core::units::Probability;
///
/// let months = [3.0, 5.0, 5.0, 8.0, 10.0];
/// let observed = [true, true, false, false, true];
/// let tenure = kaplan_meier(&months, &observed, Probability::try_from(0.95)?)?;
/// assert_eq!(tenure.at_risk, [5, 4, 2, 1]);
/// assert!((tenure.survival[1] - 0.6).abs() < 1e-15);
/// assert_eq!(tenure.median(), Some(10.0));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Empty`] without customers; [`ErrorKind::LengthMismatch`];
/// [`ErrorKind::NotFinite`] and [`ErrorKind::OutOfRange`] for a duration that is no number or
/// negative, with its row; [`ErrorKind::OutOfRange`] for a confidence of 0 or 1.
pub fn kaplan_meier(
    durations: &[f64],
    observed: &[bool],
    confidence: Probability,
) -> Result<KaplanMeier> {
    check_lengths(durations, observed)?;
    let exits = sorted_exits(durations, observed)?;
    estimate(&exits, |_| durations.len(), z(confidence)?, confidence)
}

/// [`kaplan_meier`] for customers who come under observation at an age of `entry[i]` (left
/// truncation): those who left before the record began are missing from it, so each customer
/// counts as at risk only after `entry[i]`.
///
/// If at some early time everybody then at risk is lost, the estimate is 0 from there on; this is
/// the known weakness of the estimator when few customers are watched early.
///
/// Source: Klein & Moeschberger 2003, section 4.6.
///
/// # Errors
/// As [`kaplan_meier`]; [`ErrorKind::OutOfRange`] if an entry is not below its duration.
pub fn kaplan_meier_late_entry(
    durations: &[f64],
    observed: &[bool],
    entry: &[f64],
    confidence: Probability,
) -> Result<KaplanMeier> {
    check_lengths(durations, observed)?;
    if entry.len() != durations.len() {
        return Err(Error::length("entry", entry.len(), durations.len()));
    }
    for (row, (&entry, &exit)) in entry.iter().zip(durations).enumerate() {
        check_time("entry", entry).map_err(|e| e.at_row(row))?;
        if entry >= exit {
            let reason = format!("must lie below the duration, {exit}");
            return Err(Error::new(ErrorKind::OutOfRange, "entry", reason)
                .with_value(entry)
                .at_row(row));
        }
    }
    let exits = sorted_exits(durations, observed)?;
    let mut entries = entry.to_vec();
    entries.sort_unstable_by(f64::total_cmp);
    let entered_before = |time: f64| entries.partition_point(|&entry| entry < time);
    estimate(&exits, entered_before, z(confidence)?, confidence)
}

impl KaplanMeier {
    /// Probability to stay longer than `time`; `None` beyond the last time, unless nobody is left
    /// by then, and before time 0.
    #[must_use]
    pub fn survival_at(&self, time: f64) -> Option<f64> {
        let begun = self.time.partition_point(|&t| t <= time);
        let survival = match begun.checked_sub(1) {
            None => Some(1.0),
            Some(row) => self.survival.get(row).copied(),
        };
        let seen = self.time.last().is_some_and(|&last| time <= last);
        survival.filter(|&s| time >= 0.0 && (seen || s == 0.0))
    }

    /// The shortest time that at least the part `probability` of the customers do not outlast: the
    /// first with S ≤ 1 − probability. `None` if the curve does not come down so far.
    #[must_use]
    pub fn quantile(&self, probability: Probability) -> Option<f64> {
        self.first_time_at_most(&self.survival, probability.complement().to_f64())
    }

    /// The median tenure: the first time with S ≤ 1/2.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        self.first_time_at_most(&self.survival, 0.5)
    }

    /// The interval of the median by Brookmeyer & Crowley 1982: the times at which the lower and
    /// the upper curve come down to 1/2.
    #[must_use]
    pub fn median_interval(&self) -> (Option<f64>, Option<f64>) {
        (
            self.first_time_at_most(&self.lower, 0.5),
            self.first_time_at_most(&self.upper, 0.5),
        )
    }

    fn first_time_at_most(&self, curve: &[f64], level: f64) -> Option<f64> {
        let level = level * (1.0 + ROUNDING);
        let mut rows = self.time.iter().zip(curve);
        rows.find(|(_, s)| **s <= level).map(|(time, _)| *time)
    }

    /// Expected tenure up to `horizon`: the area under the curve, ∫₀^τ S(t) dt, with variance
    /// Σ d·(∫ₜ^τ S)² / (n·(n − d)) over the times t ≤ τ.
    ///
    /// Source: Klein & Moeschberger 2003, section 4.5.
    ///
    /// # Errors
    /// [`ErrorKind::NotFinite`], [`ErrorKind::OutOfRange`] for a horizon that is negative or
    /// beyond the last time while customers are left: the curve is not known there.
    pub fn restricted_mean(&self, horizon: f64) -> Result<RestrictedMean> {
        check_time("horizon", horizon)?;
        let last = self.time.last().copied().unwrap_or(0.0);
        if self.survival_at(horizon).is_none() {
            let reason = format!("must not lie beyond the last time, {last}");
            return Err(Error::new(ErrorKind::OutOfRange, "horizon", reason).with_value(horizon));
        }
        let rows = self.time.partition_point(|&t| t <= horizon);
        let (mut area, mut variance, mut until) = (0.0, 0.0, horizon);
        let columns = self.time.iter().zip(&self.survival);
        let counts = self.at_risk.iter().zip(&self.lost);
        for ((&time, &survival), (&n, &d)) in columns.zip(counts).take(rows).rev() {
            area += survival * (until - time);
            until = time;
            if d < n {
                variance += area * area * greenwood_term(n, d);
            }
        }
        Ok(RestrictedMean {
            mean: area + until,
            standard_error: libm::sqrt(variance),
            horizon,
        })
    }
}

/// A product of rounded factors is compared with a level as equal within this: a curve of k steps
/// is off by k half-units in the last place.
const ROUNDING: f64 = 1e-12;

/// The customers who leave observation at one time.
struct Exit {
    time: f64,
    lost: u64,
    censored: u64,
}

fn check_lengths(durations: &[f64], observed: &[bool]) -> Result<()> {
    if durations.is_empty() {
        return Err(Error::empty("durations"));
    }
    if observed.len() != durations.len() {
        return Err(Error::length("observed", observed.len(), durations.len()));
    }
    Ok(())
}

fn check_time(argument: &'static str, time: f64) -> Result<()> {
    if !time.is_finite() {
        return Err(Error::not_finite(argument, time));
    }
    if time < 0.0 {
        return Err(
            Error::new(ErrorKind::OutOfRange, argument, "must be 0 or more").with_value(time),
        );
    }
    Ok(())
}

fn sorted_exits(durations: &[f64], observed: &[bool]) -> Result<Vec<Exit>> {
    let mut rows: Vec<(f64, bool)> = Vec::with_capacity(durations.len());
    for (row, (&duration, &lost)) in durations.iter().zip(observed).enumerate() {
        check_time("durations", duration).map_err(|e| e.at_row(row))?;
        rows.push((duration, lost));
    }
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let same_time = rows.chunk_by(|a, b| a.0 == b.0);
    Ok(same_time
        .filter_map(|rows| {
            let (time, _) = *rows.first()?;
            let lost = rows.iter().filter(|(_, lost)| *lost).count();
            Some(Exit {
                time,
                lost: lost as u64,
                censored: (rows.len() - lost) as u64,
            })
        })
        .collect())
}

/// The estimate from the exits in order of time; `entered_before` counts the customers who came
/// under observation before a time.
fn estimate(
    exits: &[Exit],
    entered_before: impl Fn(f64) -> usize,
    z: f64,
    confidence: Probability,
) -> Result<KaplanMeier> {
    let mut table = KaplanMeier {
        time: Vec::with_capacity(exits.len()),
        at_risk: Vec::with_capacity(exits.len()),
        lost: Vec::with_capacity(exits.len()),
        censored: Vec::with_capacity(exits.len()),
        survival: Vec::with_capacity(exits.len()),
        variance: Vec::with_capacity(exits.len()),
        lower: Vec::with_capacity(exits.len()),
        upper: Vec::with_capacity(exits.len()),
        confidence: confidence.to_f64(),
    };
    let (mut left, mut survival, mut greenwood) = (0_u64, 1.0, 0.0);
    for exit in exits {
        let entered = entered_before(exit.time) as u64;
        let at_risk = entered.saturating_sub(left);
        left += exit.lost + exit.censored;
        if exit.lost > 0 {
            survival *= (at_risk - exit.lost) as f64 / at_risk as f64;
            greenwood += greenwood_term(at_risk, exit.lost);
        }
        let (lower, upper) = log_log_interval(survival, greenwood, z);
        table.time.push(exit.time);
        table.at_risk.push(at_risk);
        table.lost.push(exit.lost);
        table.censored.push(exit.censored);
        table.survival.push(survival);
        table.variance.push(survival * survival * greenwood);
        table.lower.push(lower);
        table.upper.push(upper);
    }
    Ok(table)
}

/// d / (n·(n − d)): infinite when everybody at risk is lost.
fn greenwood_term(at_risk: u64, lost: u64) -> f64 {
    let (n, d) = (at_risk as f64, lost as f64);
    d / (n * (n - d))
}

fn log_log_interval(survival: f64, greenwood: f64, z: f64) -> (f64, f64) {
    if survival == 1.0 {
        return (1.0, 1.0);
    }
    if survival == 0.0 {
        return (f64::NAN, f64::NAN);
    }
    let log = libm::log(survival);
    let width = libm::exp(z * libm::sqrt(greenwood) / log);
    let (narrow, wide) = (width, 1.0 / width);
    (libm::exp(log * wide), libm::exp(log * narrow))
}
