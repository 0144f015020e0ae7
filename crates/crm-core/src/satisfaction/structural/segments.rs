//! Indices of segments of respondents.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of segments, constructs or rows"
)]

use super::fit::PlsFit;
use super::{Bounds, Responses};
use crate::error::{Error, ErrorKind, Result};
use crate::math::distribution;

/// The segment of each respondent: a number below how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments<'a> {
    of_rows: &'a [usize],
    count: usize,
}

impl<'a> Segments<'a> {
    /// Of respondents whose segments have these numbers, all below `count`.
    ///
    /// # Errors
    /// `OutOfRange` with the row of a number that is not; `Empty` for no segment.
    pub fn new(of_rows: &'a [usize], count: usize) -> Result<Self> {
        if count == 0 {
            return Err(Error::empty("segments"));
        }
        if let Some(row) = of_rows.iter().position(|&segment| segment >= count) {
            let rule = format!("must be below {count}");
            let error = Error::new(ErrorKind::OutOfRange, "segments", rule).at_row(row);
            return Err(error.with_value(of_rows[row]));
        }
        Ok(Segments { of_rows, count })
    }

    /// How many segments there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The segments of these rows, if they are those of `rows` respondents.
    pub(super) fn of(self, sources: &[usize], rows: usize) -> Result<Vec<usize>> {
        self.check(rows)?;
        Ok(sources.iter().map(|&row| self.of_rows[row]).collect())
    }

    fn check(self, rows: usize) -> Result<()> {
        if self.of_rows.len() == rows {
            return Ok(());
        }
        Err(Error::length("segments", self.of_rows.len(), rows))
    }
}

/// The indices of a segment of respondents.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SegmentIndex {
    /// Sum of the weights of its respondents.
    pub observations: f64,
    /// One for each construct.
    pub indices: Vec<IndexEstimate>,
}

/// The mean index of some respondents.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct IndexEstimate {
    /// The index; NaN without respondents.
    pub index: f64,
    /// Of the mean, with the weights of the indicators taken for known: √(n/(n − 1) · Σ w²(y − ȳ)²) / Σ w for n respondents with indices y and
    /// weights w; with frequencies, √(Σ w(y − ȳ)² / (Σ w − 1) / Σ w). NaN for less than two.
    pub standard_error: f64,
    /// Student's interval with n − 1 degrees of freedom; with frequencies, Σ w − 1.
    pub interval: Bounds,
}

impl PlsFit {
    /// The index of every construct in each segment: weighted means of [`PlsFit::individual_index`] over its respondents, with their standard error
    /// and the interval of this level. Respondents without an index are left out of its mean.
    ///
    /// The interval takes the weights of the indicators for known, and means that stand for missing answers for answers: that of the
    /// bootstrap ([`PlsFit::bootstrap_watched`], [`Statistic::SegmentIndex`](super::Statistic::SegmentIndex)) does not.
    ///
    /// # Errors
    /// As [`PlsFit::individual_index`]; `LengthMismatch` for segments of another number of respondents; `OutOfRange` for a level that is not between 0 and 1.
    pub fn segment_index(
        &self,
        responses: &Responses<'_>,
        segments: Segments<'_>,
        level: f64,
    ) -> Result<Vec<SegmentIndex>> {
        super::bootstrap::check_level(level)?;
        segments.check(responses.rows())?;
        let constructs = self.plan.constructs();
        let answers = responses.select(self.asked_model())?;
        let individual = self.individual_index(responses)?;
        let mut observations = vec![0.0; segments.count];
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); segments.count];
        for (row, &segment) in segments.of_rows.iter().enumerate() {
            let weight = answers.weight(row);
            observations[segment] += weight;
            if weight > 0.0 {
                members[segment].push(row);
            }
        }
        let of_segment = |(observations, rows): (f64, Vec<usize>)| {
            let mean = |j: usize| {
                let values = rows
                    .iter()
                    .map(|&row| (individual[row * constructs + j], answers.weight(row)))
                    .filter(|(value, _)| !value.is_nan());
                WeightedMean::of(values.clone(), answers.replicates).estimate(level)
            };
            SegmentIndex {
                observations,
                indices: (0..constructs).map(mean).collect(),
            }
        };
        Ok(observations
            .into_iter()
            .zip(members)
            .map(of_segment)
            .collect())
    }
}

/// A mean, the variance of it, and the degrees of freedom of that.
struct WeightedMean {
    mean: f64,
    variance: f64,
    degrees: f64,
}

impl WeightedMean {
    /// Of values with their weights, which are numbers of equal values if they are `replicates`.
    fn of(values: impl Iterator<Item = (f64, f64)> + Clone, replicates: bool) -> Self {
        let count = values.clone().count() as f64;
        let total: f64 = values.clone().map(|(_, weight)| weight).sum();
        let mean = values
            .clone()
            .map(|(value, weight)| weight * value)
            .sum::<f64>()
            / total;
        let degrees = if replicates { total } else { count } - 1.0;
        let terms = values.map(|(value, weight)| {
            let square = (value - mean) * (value - mean);
            if replicates {
                weight * square
            } else {
                weight * weight * square
            }
        });
        let sum: f64 = terms.sum();
        let variance = if degrees <= 0.0 {
            f64::NAN
        } else if replicates {
            sum / degrees / total
        } else {
            count / degrees * sum / (total * total)
        };
        WeightedMean {
            mean,
            variance,
            degrees,
        }
    }

    fn estimate(&self, level: f64) -> IndexEstimate {
        let standard_error = libm::sqrt(self.variance);
        let reach = if standard_error.is_nan() {
            f64::NAN
        } else {
            standard_error * distribution::student_t_quantile(self.degrees, 0.5 * (1.0 + level))
        };
        IndexEstimate {
            index: self.mean,
            standard_error,
            interval: Bounds {
                lower: self.mean - reach,
                upper: self.mean + reach,
            },
        }
    }
}
