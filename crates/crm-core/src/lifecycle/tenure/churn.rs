use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::math::proportion::{wilson, z};
use crate::units::Probability;

/// The customers of one cohort over one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cohort {
    /// Customers at the start of the period; more than 0.
    pub at_start: u64,
    /// How many of them were lost during the period.
    pub lost: u64,
}

/// A churn rate that was counted, with its interval of confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Churn {
    /// Customers at the start of the period.
    pub at_start: u64,
    /// How many of them were lost during the period.
    pub lost: u64,
    /// lost / at_start.
    pub rate: f64,
    /// Lower end of the Wilson interval.
    pub lower: f64,
    /// Upper end of the Wilson interval.
    pub upper: f64,
}

/// Churn per cohort and over all: [`churn_rates`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChurnTable {
    /// One row per cohort, in the order given.
    pub cohorts: Vec<Churn>,
    /// All cohorts as one: the sum of the lost over the sum of those at the start.
    pub pooled: Churn,
}

/// Churn rate of one cohort, with the Wilson interval of level `confidence`:
/// (p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n), z = Φ⁻¹((1 + confidence)/2).
///
/// The interval stays within [0, 1] and says something even when nobody was lost.
///
/// Source: Wilson 1927.
///
/// ```
/// use crm_core::lifecycle::tenure::{Cohort, churn_rate};
/// use crm_core::units::Probability;
///
/// let churn = churn_rate(Cohort { at_start: 50, lost: 10 }, Probability::try_from(0.95)?)?;
/// assert_eq!(churn.rate, 0.2);
/// assert!((churn.lower - 0.1124).abs() < 1e-4 && (churn.upper - 0.3304).abs() < 1e-4);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::OutOfRange`] for a cohort of nobody, for more lost than there were, and for a
/// confidence of 0 or 1.
pub fn churn_rate(cohort: Cohort, confidence: Probability) -> Result<Churn> {
    churn(cohort, z(confidence)?)
}

/// Churn rates of several cohorts, and of all of them pooled, each as by [`churn_rate`].
///
/// # Errors
/// As [`churn_rate`], with the row of the cohort; [`ErrorKind::Empty`] without cohorts;
/// [`ErrorKind::Overflow`] if all customers together exceed 2⁶⁴.
pub fn churn_rates(cohorts: &[Cohort], confidence: Probability) -> Result<ChurnTable> {
    if cohorts.is_empty() {
        return Err(Error::empty("cohorts"));
    }
    let z = z(confidence)?;
    let sum = |count: fn(&Cohort) -> u64| {
        let counts = cohorts.iter().map(count);
        counts.into_iter().try_fold(0_u64, u64::checked_add)
    };
    let all = sum(|c| c.at_start).zip(sum(|c| c.lost));
    let (at_start, lost) = all.ok_or_else(|| Error::overflow("cohorts"))?;
    Ok(ChurnTable {
        cohorts: cohorts
            .iter()
            .enumerate()
            .map(|(row, cohort)| churn(*cohort, z).map_err(|e| e.at_row(row)))
            .collect::<Result<_>>()?,
        pooled: churn(Cohort { at_start, lost }, z)?,
    })
}

fn churn(Cohort { at_start, lost }: Cohort, z: f64) -> Result<Churn> {
    if at_start == 0 {
        return Err(
            Error::new(ErrorKind::OutOfRange, "at_start", "must be greater than 0").with_value(0),
        );
    }
    if lost > at_start {
        let reason = format!("must be at most the {at_start} customers at the start");
        return Err(Error::new(ErrorKind::OutOfRange, "lost", reason).with_value(lost));
    }
    let (lower, upper) = wilson(lost, at_start, z);
    Ok(Churn {
        at_start,
        lost,
        rate: lost as f64 / at_start as f64,
        lower,
        upper,
    })
}
