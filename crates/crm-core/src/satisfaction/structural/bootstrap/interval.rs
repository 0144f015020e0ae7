use super::statistic::{Statistic, StatisticKind};
use super::{Dropped, PlsBootstrap};
use crate::error::{Error, ErrorKind, Result};
use crate::math::sum::Sum;
use crate::math::{distribution, normal, quantile};

/// A confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// What resampling says of one statistic.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct BootstrapEstimate {
    /// The value of the fit itself.
    pub estimate: f64,
    /// The resamples in which it has a value: all that were kept, but for the index of a segment, those that drew of it.
    pub resamples: u32,
    /// Mean of the resamples less the estimate.
    pub bias: f64,
    /// Standard deviation of the resamples, with B − 1.
    pub standard_error: f64,
    /// Estimate over standard error.
    pub t: f64,
    /// Two-sided, of the value 0: 2 · (1 + the smaller number of the resamples at or below and at or above 0) / (B + 1), at most 1 (Davison & Hinkley 1997,
    /// section 4.2).
    pub p_value: f64,
    /// The (1 ∓ level)/2 quantiles of the resamples, straight between order statistics (Efron 1979).
    pub percentile: Bounds,
    /// Corrected for bias and acceleration, the latter from leaving out each row, or each of 1,000 groups of rows if there are more (Efron 1987). The share
    /// of the resamples below the estimate, with half of those equal to it, is taken for at least half a resample and at most all but that.
    pub bca: Bounds,
}

impl PlsBootstrap {
    /// Resamples that gave an estimate.
    #[must_use]
    pub fn kept(&self) -> u32 {
        self.kept
    }

    /// Resamples that gave none.
    #[must_use]
    pub fn dropped(&self) -> &Dropped {
        &self.dropped
    }

    /// The values of a statistic in the resamples that were kept, in their order.
    ///
    /// # Errors
    /// `NotFound` for a place, or a way along paths, that the model does not have; `Empty` for a way of less than two constructs.
    pub fn values(&self, statistic: &Statistic) -> Result<Vec<f64>> {
        self.gather(&self.values, self.kept as usize, statistic)
    }

    /// Estimate, standard error, intervals at this level, and p-value of a statistic. All are NaN where it has no value, as R² of a construct without
    /// drivers.
    ///
    /// # Errors
    /// As [`PlsBootstrap::values`]; `OutOfRange` for a level that is not between 0 and 1.
    pub fn estimate(&self, statistic: &Statistic, level: f64) -> Result<BootstrapEstimate> {
        check_level(level)?;
        let at = |place: usize| self.estimates.get(place).copied().unwrap_or(f64::NAN);
        let estimate = self.layout.value(statistic, at)?;
        let left_out = self.gather(&self.left_out, self.multiplicities.len(), statistic)?;
        let acceleration = acceleration(&left_out, &self.multiplicities);
        let mut values = self.values(statistic)?;
        if !estimate.is_nan() {
            values.retain(|value| !value.is_nan());
        }
        Ok(summarise(estimate, values, acceleration, level))
    }

    /// The same of every indicator, path, construct, pair of constructs, or segment and construct.
    ///
    /// # Errors
    /// `OutOfRange` for a level that is not between 0 and 1.
    pub fn estimates(&self, kind: StatisticKind, level: f64) -> Result<Vec<BootstrapEstimate>> {
        check_level(level)?;
        let statistics = self.layout.every(kind);
        statistics
            .iter()
            .map(|statistic| self.estimate(statistic, level))
            .collect()
    }

    /// The values of a statistic, from columns of those that it is made of.
    fn gather(&self, columns: &[Vec<f64>], rows: usize, statistic: &Statistic) -> Result<Vec<f64>> {
        let value = |row: usize| {
            let at = |place: usize| {
                columns
                    .get(place)
                    .and_then(|column| column.get(row))
                    .copied()
            };
            self.layout
                .value(statistic, |place| at(place).unwrap_or(f64::NAN))
        };
        (0..rows).map(value).collect()
    }
}

pub(in super::super) fn check_level(level: f64) -> Result<()> {
    if level > 0.0 && level < 1.0 {
        return Ok(());
    }
    let rule = "must be between 0 and 1, both excluded";
    Err(Error::new(ErrorKind::OutOfRange, "level", rule).with_value(level))
}

/// Σ d³ / (6 (Σ d²)^(3/2)) with the deviations d of the values from their mean, turned round; 0 if there are none.
///
/// Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", eq. 14.15.
fn acceleration(left_out: &[f64], multiplicities: &[f64]) -> f64 {
    let known = || {
        let values = left_out.iter().zip(multiplicities);
        values.filter(|(value, _)| !value.is_nan())
    };
    let weighted = |of: &dyn Fn(f64) -> f64| -> f64 {
        known()
            .map(|(value, times)| times * of(*value))
            .collect::<Sum>()
            .value()
    };
    let mean = weighted(&|value| value) / known().map(|(_, times)| times).sum::<f64>();
    let squares = weighted(&|value| (mean - value) * (mean - value));
    let cubes = weighted(&|value| (mean - value) * (mean - value) * (mean - value));
    if squares > 0.0 {
        cubes / (6.0 * squares * libm::sqrt(squares))
    } else {
        0.0
    }
}

fn summarise(
    estimate: f64,
    mut values: Vec<f64>,
    acceleration: f64,
    level: f64,
) -> BootstrapEstimate {
    values.sort_unstable_by(f64::total_cmp);
    let count = values.len() as f64;
    let mean = values.iter().copied().collect::<Sum>().value() / count;
    let squares = values.iter().map(|value| (value - mean) * (value - mean));
    let standard_error = libm::sqrt(squares.collect::<Sum>().value() / (count - 1.0));
    let bounds = |lower: f64, upper: f64| Bounds {
        lower: quantile::of_sorted(&values, lower),
        upper: quantile::of_sorted(&values, upper),
    };
    let tails = (0.5 * (1.0 - level), 0.5 * (1.0 + level));
    // What differs by rounding alone is equal.
    let rounding = 1e-9 * standard_error;
    let below = values.partition_point(|&value| value < estimate - rounding) as f64;
    let equal = values.partition_point(|&value| value <= estimate + rounding) as f64 - below;
    let share = (below + 0.5 * equal).clamp(0.5, count - 0.5) / count;
    let shift = normal::quantile(share);
    let corrected = |p: f64| {
        let z = shift + normal::quantile(p);
        distribution::normal(shift + z / (1.0 - acceleration * z)).0
    };
    BootstrapEstimate {
        estimate,
        resamples: values.len() as u32,
        bias: mean - estimate,
        standard_error,
        t: estimate / standard_error,
        p_value: p_value(&values),
        percentile: bounds(tails.0, tails.1),
        bca: bounds(corrected(tails.0), corrected(tails.1)),
    }
}

/// Of ascending values.
fn p_value(values: &[f64]) -> f64 {
    if values.last().is_none_or(|value| value.is_nan()) {
        return f64::NAN;
    }
    let below = values.partition_point(|&value| value <= 0.0);
    let above = values.len() - values.partition_point(|&value| value < 0.0);
    let smaller = 1.0 + below.min(above) as f64;
    f64::min(1.0, 2.0 * smaller / (values.len() as f64 + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the values 1, …, 99 about 50, without acceleration, both intervals are the same; skewed data turn BCa the way of the long tail.
    #[test]
    fn intervals_of_known_values() {
        let values: Vec<f64> = (1..=99).rev().map(f64::from).collect();
        let found = summarise(50.0, values.clone(), 0.0, 0.9);
        assert!((found.percentile.lower - 5.9).abs() < 1e-12);
        assert!((found.percentile.upper - 94.1).abs() < 1e-12);
        assert!((found.bca.lower - 5.9).abs() < 1e-9 && (found.bca.upper - 94.1).abs() < 1e-9);
        assert!(found.bias.abs() < 1e-12);
        assert!((found.standard_error - 28.722_813_232_690_143).abs() < 1e-12); // √825
        assert_eq!(found.p_value, 0.02);
        let accelerated = summarise(50.0, values.clone(), 0.1, 0.9);
        assert!(accelerated.bca.lower > found.bca.lower && accelerated.bca.upper > found.bca.upper);
        // 24.5 of 99 lie below 25: z0 = −0.6838…, and Φ(2 z0 ∓ 1.6449) are the levels.
        let biased = summarise(25.0, values, 0.0, 0.9);
        let level =
            distribution::normal(2.0 * normal::quantile(24.5 / 99.0) - normal::quantile(0.95)).0;
        assert!((biased.bca.lower - (1.0 + 98.0 * level)).abs() < 1e-9);
    }

    #[test]
    fn accelerations() {
        // Deviations from the mean 3: 2, 1, 0 and −3 of 1, 2, 3, 6: Σ d³ = −18, Σ d² = 14.
        let expected = -18.0 / (6.0 * 14.0 * libm::sqrt(14.0));
        let found = acceleration(&[1.0, 2.0, 3.0, 6.0], &[1.0; 4]);
        assert!((found - expected).abs() < 1e-15);
        let repeated = acceleration(&[1.0, 1.0, 2.0, 6.0], &[1.0; 4]);
        assert_eq!(acceleration(&[1.0, 2.0, 6.0], &[2.0, 1.0, 1.0]), repeated);
        assert_eq!(acceleration(&[1.0, 1.0], &[1.0, 1.0]), 0.0);
    }
}
