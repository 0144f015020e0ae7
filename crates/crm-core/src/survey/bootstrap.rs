use serde::{Deserialize, Serialize};

use super::{Confidence, range};
use crate::error::{Error, ErrorKind, Result};
use crate::math::moments::Moments;
use crate::math::quantile;
use crate::math::random::Stream;
use crate::parallel;

/// How rows are resampled: each replicate draws as many rows as there are, with replacement. The same bits for any number of
/// threads.
///
/// Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", §9.5 (pairs) and chapter 13 (percentiles).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// How many samples are drawn, 2 or more; default 1,000.
    pub replicates: u32,
    /// Of the intervals; default 95 %.
    pub confidence: Confidence,
    /// Of the samples.
    pub seed: u64,
}

/// How much a statistic varies from sample to sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BootstrapInterval {
    /// Of all rows.
    pub estimate: f64,
    /// Standard deviation over the replicates; this and the ends are NaN with less than two of them.
    pub standard_error: f64,
    /// Lower end of the percentile interval.
    pub lower: f64,
    /// Upper end of it.
    pub upper: f64,
    /// Replicates in which the statistic has a value.
    pub replicates: u32,
}

impl Bootstrap {
    /// 1,000 replicates, 95 % confidence.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Bootstrap {
            replicates: 1_000,
            confidence: Confidence::P95,
            seed,
        }
    }

    /// Intervals of `estimates`, statistics of all rows of the `columns`; `statistics` are those of a replicate, NaN where one has
    /// no value. Errors call the columns `argument`.
    ///
    /// # Errors
    /// `OutOfRange` for less than 2 replicates; `NoSolution` where less than half of them have statistics.
    pub(crate) fn intervals(
        &self,
        argument: &'static str,
        columns: &[&[f64]],
        estimates: &[f64],
        statistics: impl Fn(&Moments) -> Result<Vec<f64>> + Sync + Send,
    ) -> Result<Vec<BootstrapInterval>> {
        if self.replicates < 2 {
            return Err(range("replicates", self.replicates, "must be 2 or more"));
        }
        let rows = columns.first().map_or(0, |column| column.len());
        let found = parallel::map_range(self.replicates as usize, |replicate| {
            let times = times_drawn(self.seed, replicate as u64, rows);
            let weight = |row: usize| f64::from(times.get(row).copied().unwrap_or(0));
            statistics(&Moments::of(columns, rows, weight))
        });
        let found: Vec<Vec<f64>> = found.into_iter().flatten().collect();
        if found.len() < 2 || found.len() < self.replicates as usize / 2 {
            let reason = "have no solution in most of the replicates";
            return Err(Error::new(ErrorKind::NoSolution, argument, reason));
        }
        let of = |(place, &estimate): (usize, &f64)| {
            let values = found.iter().filter_map(|values| values.get(place).copied());
            self.interval(estimate, values.filter(|value| !value.is_nan()).collect())
        };
        Ok(estimates.iter().enumerate().map(of).collect())
    }

    fn interval(&self, estimate: f64, mut values: Vec<f64>) -> BootstrapInterval {
        values.sort_unstable_by(f64::total_cmp);
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
        let of_several = |value: f64| if values.len() < 2 { f64::NAN } else { value };
        let tail = self.confidence.tail();
        BootstrapInterval {
            estimate,
            standard_error: of_several(libm::sqrt(squares / (count - 1.0))),
            lower: of_several(quantile::of_sorted(&values, tail)),
            upper: of_several(quantile::of_sorted(&values, 1.0 - tail)),
            replicates: values.len() as u32,
        }
    }
}

/// How often each row comes in a replicate.
fn times_drawn(seed: u64, replicate: u64, rows: usize) -> Vec<u32> {
    let mut random = Stream::new(seed, replicate);
    let mut times = vec![0_u32; rows];
    for _ in 0..rows {
        if let Some(count) = times.get_mut(random.below(rows as u64) as usize) {
            *count += 1;
        }
    }
    times
}
