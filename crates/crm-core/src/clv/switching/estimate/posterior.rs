use serde::{Deserialize, Serialize};

use super::super::TransitionMatrix;
use super::super::shares::flatten;
use super::counts::check_weights;
use crate::error::{Error, ErrorKind, Result};
use crate::math::beta;
use crate::math::double_double::DoubleDouble;
use crate::math::random::Stream;
use crate::units::Probability;

const ARGUMENT: &str = "parameters";

/// What is known of a switching matrix: its rows are independent, row i is Dirichlet with parameters
/// α_i1, …, α_ik, all greater than 0, with sum A_i.
///
/// Source: Martin 1967, "Bayesian Decision Problems and Markov Chains"; moments of the Dirichlet
/// distribution from Johnson, Kotz & Balakrishnan 2000, "Continuous Multivariate Distributions", ch. 49.
///
/// ```
/// use crm_core::clv::switching::estimate::TransitionPosterior;
/// use crm_core::units::Probability;
///
/// let posterior = TransitionPosterior::new(&[[8.0, 2.0], [1.0, 3.0]])?;
/// assert_eq!(posterior.mean().entries(), [0.8, 0.2, 0.25, 0.75]);
/// assert!((posterior.covariance(0)?[1] + 16.0 / 1100.0).abs() < 1e-16);
///
/// let interval = posterior.credible_interval(Probability::try_from(0.9)?)?;
/// assert!((interval.lower[0] - 0.5708).abs() < 1e-4 && (interval.upper[0] - 0.9590).abs() < 1e-4);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<f64>>", into = "Vec<Vec<f64>>")]
pub struct TransitionPosterior {
    states: usize,
    parameters: Vec<f64>,
    /// A_i.
    totals: Vec<f64>,
}

/// Where each entry of a matrix lies with a given probability; row-major.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Interval {
    /// The lower ends.
    pub lower: Vec<f64>,
    /// The upper ends.
    pub upper: Vec<f64>,
}

impl TransitionPosterior {
    /// A posterior from the rows of its parameters.
    ///
    /// # Errors
    /// `Empty`, `LengthMismatch` if they are not square, and with the number of the row `NotFinite`,
    /// `OutOfRange` for a parameter that is not greater than 0, `Overflow`.
    pub fn new(rows: &[impl AsRef<[f64]>]) -> Result<Self> {
        let (states, parameters) = flatten(ARGUMENT, rows)?;
        Self::from_row_major(states, parameters)
    }

    /// A posterior from its parameters, row after row.
    ///
    /// # Errors
    /// As [`TransitionPosterior::new`].
    pub fn from_row_major(states: usize, parameters: Vec<f64>) -> Result<Self> {
        check_weights(ARGUMENT, states, &parameters)?;
        let rows = parameters.chunks_exact(states);
        if let Some(row) = rows.clone().position(|row| row.contains(&0.0)) {
            let reason = "must be greater than 0: a pair that was never seen needs a prior count";
            let error = Error::new(ErrorKind::OutOfRange, ARGUMENT, reason);
            return Err(error.with_value(0).at_row(row));
        }
        let totals = rows.map(|row| DoubleDouble::sum(row.iter().copied()).to_f64());
        Ok(TransitionPosterior {
            states,
            totals: totals.collect(),
            parameters,
        })
    }

    /// The number of brands.
    #[must_use]
    pub fn states(&self) -> usize {
        self.states
    }

    /// α, row after row.
    #[must_use]
    pub fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    /// The rows of α in turn.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.parameters.chunks_exact(self.states)
    }

    /// A_i, the sum of each row of α: how many purchases the row is known by.
    #[must_use]
    pub fn totals(&self) -> &[f64] {
        &self.totals
    }

    /// E P_ij = α_ij / A_i.
    #[must_use]
    pub fn mean(&self) -> TransitionMatrix {
        let entries = self.with_totals().map(|(alpha, total)| alpha / total);
        TransitionMatrix::trusted(self.states, entries.collect())
    }

    /// The most probable matrix: P_ij = (α_ij − 1) / (A_i − k).
    ///
    /// # Errors
    /// `NoSolution` with the row where a parameter is less than 1, so that the density grows without
    /// bound at the edge, or all are 1, so that all rows are equally probable.
    pub fn mode(&self) -> Result<TransitionMatrix> {
        let mut entries = Vec::with_capacity(self.parameters.len());
        for (i, row) in self.rows().enumerate() {
            let excess = DoubleDouble::sum(row.iter().map(|alpha| alpha - 1.0)).to_f64();
            if self.states == 1 {
                entries.push(1.0);
            } else if row.iter().all(|&alpha| alpha >= 1.0) && excess > 0.0 {
                entries.extend(row.iter().map(|alpha| (alpha - 1.0) / excess));
            } else {
                let reason = "has no single mode: needs parameters of 1 or more, not all 1";
                return Err(Error::new(ErrorKind::NoSolution, ARGUMENT, reason).at_row(i));
            }
        }
        Ok(TransitionMatrix::trusted(self.states, entries))
    }

    /// Cov(P_ia, P_ib) = (α_ia·1{a=b}·A_i − α_ia·α_ib) / (A_i²·(A_i + 1)) of row i, k × k, row-major.
    ///
    /// # Errors
    /// `OutOfRange` for a row that the matrix has not.
    pub fn covariance(&self, row: usize) -> Result<Vec<f64>> {
        let (Some(alpha), Some(&total)) = (self.rows().nth(row), self.totals.get(row)) else {
            let reason = format!("must be below {}, the number of brands", self.states);
            return Err(Error::new(ErrorKind::OutOfRange, "row", reason).with_value(row));
        };
        let mean = |a: f64| a / total;
        let entry = |(a, &alpha_a): (usize, &f64), (b, &alpha_b): (usize, &f64)| {
            if a == b {
                variance(alpha_a, total)
            } else {
                -mean(alpha_a) * mean(alpha_b) / (total + 1.0)
            }
        };
        let entries = alpha.iter().enumerate();
        Ok(entries
            .clone()
            .flat_map(|a| entries.clone().map(move |b| entry(a, b)))
            .collect())
    }

    /// √Var P_ij of every entry, row-major.
    #[must_use]
    pub fn standard_deviations(&self) -> Vec<f64> {
        self.with_totals()
            .map(|(alpha, total)| variance(alpha, total).sqrt())
            .collect()
    }

    /// The interval that holds each entry with probability `level`, with equal tails: P_ij is
    /// Beta(α_ij, A_i − α_ij). Intervals of different entries do not hold together.
    ///
    /// # Errors
    /// `OutOfRange` for a level of 0 or 1.
    pub fn credible_interval(&self, level: Probability) -> Result<Interval> {
        let tail = 0.5 * level.complement().to_f64();
        if !(0.0 < tail && tail < 0.5) {
            let error = Error::new(
                ErrorKind::OutOfRange,
                "level",
                "must be between 0 and 1, not either",
            );
            return Err(error.with_value(level.to_f64()));
        }
        let (mut lower, mut upper) = (Vec::new(), Vec::new());
        for row in self.rows() {
            for (j, &alpha) in row.iter().enumerate() {
                let others = row.iter().enumerate().filter(|&(other, _)| other != j);
                let rest = DoubleDouble::sum(others.map(|(_, &other)| other)).to_f64();
                let only = self.states == 1;
                lower.push(if only {
                    1.0
                } else {
                    beta::inverse(alpha, rest, tail).0
                });
                upper.push(if only {
                    1.0
                } else {
                    beta::upper_inverse(alpha, rest, tail).0
                });
            }
        }
        Ok(Interval { lower, upper })
    }

    /// A random matrix: row after row one draw from its Dirichlet distribution. The bits depend on
    /// `seed` and `stream` alone; different streams of a seed are independent draws.
    #[must_use]
    pub fn sample(&self, seed: u64, stream: u64) -> TransitionMatrix {
        self.draw(&mut Stream::new(seed, stream))
    }

    /// A random matrix from a stream that has more to give.
    pub(in super::super) fn draw(&self, random: &mut Stream) -> TransitionMatrix {
        let mut entries = self.parameters.clone();
        for row in entries.chunks_exact_mut(self.states) {
            random.dirichlet_in_place(row);
        }
        TransitionMatrix::trusted(self.states, entries)
    }

    /// α_ij and A_i, row after row.
    fn with_totals(&self) -> impl Iterator<Item = (f64, f64)> {
        let rows = self.rows().zip(&self.totals);
        rows.flat_map(|(row, &total)| row.iter().map(move |&alpha| (alpha, total)))
    }
}

/// α (A − α) / (A² (A + 1)).
fn variance(alpha: f64, total: f64) -> f64 {
    alpha / total * ((total - alpha) / total) / (total + 1.0)
}

impl TryFrom<Vec<Vec<f64>>> for TransitionPosterior {
    type Error = Error;

    fn try_from(rows: Vec<Vec<f64>>) -> Result<Self> {
        Self::new(&rows)
    }
}

impl From<TransitionPosterior> for Vec<Vec<f64>> {
    fn from(posterior: TransitionPosterior) -> Self {
        posterior.rows().map(<[f64]>::to_vec).collect()
    }
}
