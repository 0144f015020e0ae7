use super::transitions::check_column;
use crate::error::{Error, Result};
use crate::kernels::Domain;

/// What a customer brings in a period: R_i in state i, contribution less marketing cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewards {
    /// One row for all periods, or one row for each period t = 0, …, T.
    rows: Vec<Vec<f64>>,
    by_period: bool,
    variance: Option<Vec<f64>>,
}

impl Rewards {
    /// The same in all periods: one number per state.
    #[must_use]
    pub fn constant(rewards: impl Into<Vec<f64>>) -> Self {
        Rewards {
            rows: vec![rewards.into()],
            by_period: false,
            variance: None,
        }
    }

    /// One row for each period t = 0, …, T, with one number per state.
    #[must_use]
    pub fn by_period(rows: Vec<Vec<f64>>) -> Self {
        Rewards {
            rows,
            by_period: true,
            variance: None,
        }
    }

    /// What a customer in state i brings varies around R_i with this variance, independently from period
    /// to period.
    #[must_use]
    pub fn with_variance(self, variance: impl Into<Vec<f64>>) -> Self {
        Rewards {
            variance: Some(variance.into()),
            ..self
        }
    }

    /// The rewards of period t.
    pub(super) fn at(&self, t: usize) -> &[f64] {
        self.rows
            .get(if self.by_period { t } else { 0 })
            .map_or(&[], Vec::as_slice)
    }

    pub(super) fn variance_of(&self, state: usize) -> f64 {
        let variance = self
            .variance
            .as_ref()
            .and_then(|variance| variance.get(state));
        variance.copied().unwrap_or(0.0)
    }

    /// Whether a customer in this state brings nothing for sure.
    pub(super) fn nothing_in(&self, state: usize) -> bool {
        self.at(0).get(state) == Some(&0.0) && self.variance_of(state) == 0.0
    }

    /// The number of periods that they are given for; `None` if they are the same in all.
    pub(super) fn periods(&self) -> Option<usize> {
        self.by_period.then_some(self.rows.len())
    }

    pub(super) fn check(&self, states: usize) -> Result<()> {
        if self.rows.is_empty() {
            return Err(Error::empty("rewards"));
        }
        for (t, row) in self.rows.iter().enumerate() {
            let checked = check_column("rewards", row, Domain::Finite, states);
            checked.map_err(|error| {
                if self.by_period {
                    error.at_row(t)
                } else {
                    error
                }
            })?;
        }
        match &self.variance {
            Some(variance) => {
                check_column("reward_variance", variance, Domain::NonNegative, states)
            }
            None => Ok(()),
        }
    }
}
