//! What a customer in each stage of the lifecycle is worth.
//!
//! Stages, whatever found them (rules, a hidden Markov model, a person), become a Markov chain: how often customers went
//! from stage to stage from one period to the next. The value of a stage is that of the chain from there on.

use serde::Serialize;

use super::Stage;
use super::inference::StageTransitions;
use crate::clv::migration::{MigrationModel, Rewards};
use crate::clv::switching::{Horizon, TransitionMatrix};
use crate::error::{Error, Result};
use crate::math::sum::Sum;
use crate::units::{Label, Rate};

/// One number for each stage, in the order of [`Stage::ALL`](Label::ALL).
pub type PerStage<T> = [T; Stage::COUNT];

/// What a period in each stage brings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StageProfits<'a> {
    /// These profits; those of stages that nobody was in are not looked at.
    Given(PerStage<f64>),
    /// The profit of each row; a stage brings the mean of its rows.
    Observed(&'a [f64]),
}

/// What a customer in each stage is worth, and from what: [`stage_values`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StageValues {
    /// How often customers went from stage to stage.
    pub transitions: StageTransitions,
    /// What a period in each stage brings; `None` for a stage that nobody was in.
    pub profits: PerStage<Option<f64>>,
    /// Expected present value of a customer who is now in each stage, the present period in full; `None` for a stage
    /// that nobody was seen leaving, keeping or reaching.
    pub values: PerStage<Option<f64>>,
}

/// The value of a customer in each stage, from the stages of customers over time.
///
/// Rows are those of customer 0, oldest first and without gaps, then those of customer 1, …; `offsets` says where each
/// customer's rows start, and at last how many there are. `discount_rate` and `horizon` count in the same periods.
/// A stage that was only ever the last one seen is taken to be kept for ever.
///
/// ```
/// use crm_core::clv::switching::Horizon;
/// use crm_core::lifecycle::Stage::{Decline, Maturity};
/// use crm_core::lifecycle::Stage;
/// use crm_core::lifecycle::stage_values::{StageProfits, stage_values};
/// use crm_core::units::Rate;
///
/// // Of four months in Maturity three are followed by another; nobody leaves Decline.
/// let stages = [Maturity, Maturity, Maturity, Maturity, Decline, Decline];
/// let profits = [12.0, 8.0, 10.0, 10.0, 0.0, 0.0];
/// let found = stage_values(
///     &[0, 6],
///     &stages,
///     StageProfits::Observed(&profits),
///     Rate::try_from(0.01)?,
///     Horizon::Infinite,
/// )?;
/// // 10 / (1 − 0.75 / 1.01)
/// let value = found.values[Stage::Maturity.code() as usize];
/// assert!((value.unwrap() - 10.0 / (1.0 - 0.75 / 1.01)).abs() < 1e-12);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// Those of [`StageTransitions::between`] and [`StageTransitions::values`]; `LengthMismatch` and, with the row, `NotFinite` for
/// observed profits.
pub fn stage_values(
    offsets: &[usize],
    stages: &[Stage],
    profits: StageProfits<'_>,
    discount_rate: Rate,
    horizon: Horizon,
) -> Result<StageValues> {
    let transitions = StageTransitions::between(offsets, stages)?;
    let profits = match profits {
        StageProfits::Given(given) => {
            let was_seen = |stage: &Stage| stages.contains(stage);
            let seen = Stage::ALL.iter().zip(given);
            collected(seen.map(|(stage, profit)| was_seen(stage).then_some(profit)))
        }
        StageProfits::Observed(rows) => mean_profits(stages, rows)?,
    };
    let known = profits.map(|profit| profit.unwrap_or(f64::NAN));
    Ok(StageValues {
        values: transitions.values(&known, discount_rate, horizon)?,
        transitions,
        profits,
    })
}

fn mean_profits(stages: &[Stage], profits: &[f64]) -> Result<PerStage<Option<f64>>> {
    if profits.len() != stages.len() {
        return Err(Error::length("profit", profits.len(), stages.len()));
    }
    let mut sums: PerStage<(Sum, u64)> = Default::default();
    for (row, (stage, &profit)) in stages.iter().zip(profits).enumerate() {
        if !profit.is_finite() {
            return Err(Error::not_finite("profit", profit).at_row(row));
        }
        if let Some((sum, rows)) = sums.get_mut(usize::from(stage.code())) {
            sum.add(profit);
            *rows += 1;
        }
    }
    Ok(sums.map(|(sum, rows)| (rows > 0).then(|| sum.value() / rows as f64)))
}

fn collected(values: impl Iterator<Item = Option<f64>>) -> PerStage<Option<f64>> {
    let mut all = [None; Stage::COUNT];
    for (place, value) in all.iter_mut().zip(values) {
        *place = value;
    }
    all
}

impl StageTransitions {
    /// Moves that were counted: rows are the stage before, columns the stage after.
    #[must_use]
    pub fn new(counts: PerStage<PerStage<u64>>) -> Self {
        StageTransitions { counts }
    }

    /// The moves between rows that follow each other: those of customer 0, oldest first and without gaps, then those of
    /// customer 1, ….
    ///
    /// # Errors
    /// `Empty` without offsets; `OutOfRange` with the row for one that is below the one before, `LengthMismatch` unless they
    /// start at 0 and end at the number of stages.
    pub fn between(offsets: &[usize], stages: &[Stage]) -> Result<Self> {
        let last = offsets.last().ok_or_else(|| Error::empty("offsets"))?;
        if offsets.first() != Some(&0) || *last != stages.len() {
            return Err(Error::length("stages", stages.len(), *last));
        }
        let mut counts = [[0_u64; Stage::COUNT]; Stage::COUNT];
        for (row, (&start, &end)) in offsets.iter().zip(offsets.iter().skip(1)).enumerate() {
            let Some(own) = stages.get(start..end) else {
                let rule = "must not be below the one before it";
                let error = Error::new(crate::error::ErrorKind::OutOfRange, "offsets", rule);
                return Err(error.with_value(end).at_row(row + 1));
            };
            for (from, to) in own.iter().zip(own.iter().skip(1)) {
                let row = counts.get_mut(usize::from(from.code()));
                if let Some(cell) = row.and_then(|row| row.get_mut(usize::from(to.code()))) {
                    *cell += 1;
                }
            }
        }
        Ok(StageTransitions { counts })
    }

    /// The value of a customer in each stage, where a period in it brings `profits`: the chain of [`rates`](Self::rates)
    /// as a [`MigrationModel`]. A stage that nobody was seen leaving, keeping or reaching has none, and its profit is not
    /// looked at.
    ///
    /// # Errors
    /// `Empty` if no move was counted; `NotFinite` with the number of the stage for its profit; those of
    /// [`MigrationModel::value`].
    pub fn values(
        &self,
        profits: &PerStage<f64>,
        discount_rate: Rate,
        horizon: Horizon,
    ) -> Result<PerStage<Option<f64>>> {
        let is_in_use = |stage: usize| {
            let leaves = self
                .counts
                .get(stage)
                .is_some_and(|row| row.iter().any(|&n| n > 0));
            leaves
                || self
                    .counts
                    .iter()
                    .any(|row| row.get(stage).is_some_and(|&n| n > 0))
        };
        let numbered = Stage::ALL.iter().zip(profits).enumerate();
        let used = numbered.filter(|(number, _)| is_in_use(*number));
        let (mut stages, mut rewards) = (Vec::new(), Vec::new());
        for (number, (&stage, &profit)) in used {
            if !profit.is_finite() {
                return Err(Error::not_finite("profits", profit).at_row(number));
            }
            stages.push(stage);
            rewards.push(profit);
        }
        if stages.is_empty() {
            return Err(Error::empty("transitions"));
        }
        let matrix = TransitionMatrix::from_row_major(stages.len(), self.chain(&stages)?)?;
        let model = MigrationModel::new(matrix, Rewards::constant(rewards))?;
        let found = model.value(discount_rate, horizon)?.values;
        let value = |stage: &Stage| {
            let place = stages.iter().position(|used| used == stage)?;
            found.get(place).copied()
        };
        Ok(collected(Stage::ALL.iter().map(value)))
    }
}
