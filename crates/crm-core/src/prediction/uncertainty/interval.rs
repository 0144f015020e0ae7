use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::math::quantile;
use crate::math::special::logistic;
use crate::units::Probability;

/// A number with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PredictionInterval {
    /// The prediction at the fitted parameters.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// Where the intervals of predictions are to be written: columns of the same length.
#[derive(Debug)]
pub struct IntervalColumns<'a> {
    /// The predictions at the fitted parameters.
    pub estimate: &'a mut [f64],
    /// Their standard errors.
    pub standard_error: &'a mut [f64],
    /// Lower ends.
    pub lower: &'a mut [f64],
    /// Upper ends.
    pub upper: &'a mut [f64],
}

/// The numbers that a prediction can be: intervals stay among them, as they are symmetric on a scale that
/// has no ends. With the standard error s of the prediction y, and z the normal quantile:
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Range {
    /// 0 to 1: logistic(ln(y/(1 − y)) ± z · s/(y (1 − y))). A sum over n customers is taken as n times their mean.
    Probability,
    /// Of one sign: y · exp(± z · s/|y|). A sum over customers of different signs is taken as
    /// [`Real`](Range::Real).
    OneSign,
    /// Any: y ± z · s.
    Real,
}

impl Range {
    /// The interval around `estimate`.
    pub(super) fn interval(self, estimate: f64, standard_error: f64, z: f64) -> PredictionInterval {
        let reach = z * standard_error;
        let (lower, upper) = match self {
            // A prediction that is certain, and one at the end of its range.
            _ if standard_error == 0.0 => (estimate, estimate),
            Range::Probability => probability_bounds(estimate, reach),
            Range::OneSign if estimate != 0.0 => {
                let part = reach / estimate.abs();
                let (a, b) = (estimate * libm::exp(-part), estimate * libm::exp(part));
                (a.min(b), a.max(b))
            }
            Range::OneSign | Range::Real => (estimate - reach, estimate + reach),
        };
        PredictionInterval {
            estimate,
            standard_error,
            lower,
            upper,
        }
    }

    /// The interval of the sum of these predictions.
    pub(super) fn interval_of_sum(
        self,
        predictions: &[f64],
        standard_error: f64,
        z: f64,
    ) -> PredictionInterval {
        let sum: f64 = predictions.iter().sum();
        let signs = || predictions.iter().filter(|value| **value != 0.0);
        match self {
            Range::Probability if !predictions.is_empty() => {
                let count = predictions.len() as f64;
                let mean = self.interval(sum / count, standard_error / count, z);
                PredictionInterval {
                    estimate: sum,
                    standard_error,
                    lower: count * mean.lower,
                    upper: count * mean.upper,
                }
            }
            Range::OneSign if signs().any(|v| *v > 0.0) && signs().any(|v| *v < 0.0) => {
                Range::Real.interval(sum, standard_error, z)
            }
            _ => self.interval(sum, standard_error, z),
        }
    }
}

/// y/(y + (1 − y)·e^(±w)) with w the reach on the scale of log-odds.
fn probability_bounds(estimate: f64, reach: f64) -> (f64, f64) {
    let other = 1.0 - estimate;
    let spread = reach / (estimate * other);
    if !spread.is_finite() {
        let bound = |value: f64| value.clamp(0.0, 1.0);
        return (bound(estimate - reach), bound(estimate + reach));
    }
    let log_odds = libm::log(estimate) - libm::log(other);
    (logistic(log_odds - spread), logistic(log_odds + spread))
}

impl PredictionInterval {
    /// The standard deviation and the percentile interval of replicates; there are 2 or more.
    pub(super) fn percentile(estimate: f64, mut replicates: Vec<f64>, level: Probability) -> Self {
        replicates.sort_unstable_by(f64::total_cmp);
        let count = replicates.len() as f64;
        let mean = replicates.iter().sum::<f64>() / count;
        let squares: f64 = replicates.iter().map(|r| (r - mean) * (r - mean)).sum();
        let level = level.to_f64();
        PredictionInterval {
            estimate,
            standard_error: libm::sqrt(squares / (count - 1.0)),
            lower: quantile::of_sorted(&replicates, (1.0 - level) / 2.0),
            upper: quantile::of_sorted(&replicates, (1.0 + level) / 2.0),
        }
    }
}

impl IntervalColumns<'_> {
    /// Refuses columns of other lengths than that of the estimates.
    pub(super) fn check(&self) -> Result<()> {
        let rows = self.estimate.len();
        for (argument, length) in [
            ("standard_error", self.standard_error.len()),
            ("lower", self.lower.len()),
            ("upper", self.upper.len()),
        ] {
            if length != rows {
                return Err(Error::length(argument, length, rows));
            }
        }
        Ok(())
    }
}
