use serde::Serialize;

use super::Rule;
use crate::error::{Error, ErrorKind, Result};
use crate::lifecycle::Stage;
use crate::units::Label;

/// The stages of many customers over all periods observed, stored as the moves between them: those
/// of customer `i` are the entries `offsets[i]..offsets[i + 1]`. A customer stays in the stage of
/// an entry from its period until the next entry, the last one until the end.
///
/// Every history is legal: each stage can be reached from the one before it
/// ([`Stage::can_become`]).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StageHistories {
    offsets: Vec<usize>,
    periods: Vec<u32>,
    stages: Vec<Stage>,
    rules: Vec<Rule>,
    observed: u32,
}

/// The stages of one customer: one entry per move, oldest first.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct StageHistory<'a> {
    /// The first period in the stage.
    pub periods: &'a [u32],
    /// The stage.
    pub stages: &'a [Stage],
    /// The rule that decided the move.
    pub rules: &'a [Rule],
    /// How many periods were observed in all.
    pub observed: u32,
}

/// An unbroken run of periods in one stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Stay {
    /// The stage.
    pub stage: Stage,
    /// The first period in it.
    pub start: u32,
    /// The first period after it.
    pub end: u32,
}

impl StageHistory<'_> {
    /// The stage in `period`; `None` before the first entry and from the end of observation on.
    #[must_use]
    pub fn stage_in(&self, period: u32) -> Option<Stage> {
        let begun = self.periods.partition_point(|&p| p <= period);
        let entry = begun.checked_sub(1).filter(|_| period < self.observed)?;
        self.stages.get(entry).copied()
    }

    /// The stays, oldest first; each has at least one period.
    pub fn stays(&self) -> impl Iterator<Item = Stay> {
        let ends = self.periods.iter().skip(1).copied().chain([self.observed]);
        let starts = self.periods.iter().copied();
        let stays = self.stages.iter().zip(starts.zip(ends));
        stays.map(|(&stage, (start, end))| Stay { stage, start, end })
    }
}

impl StageHistories {
    pub(super) fn new(observed: u32) -> Self {
        StageHistories {
            offsets: vec![0],
            periods: Vec::new(),
            stages: Vec::new(),
            rules: Vec::new(),
            observed,
        }
    }

    pub(super) fn push(&mut self, period: u32, stage: Stage, rule: Rule) {
        self.periods.push(period);
        self.stages.push(stage);
        self.rules.push(rule);
    }

    pub(super) fn end_customer(&mut self) {
        self.offsets.push(self.periods.len());
    }

    pub(super) fn append(&mut self, mut other: StageHistories) {
        let before = self.periods.len();
        let offsets = other.offsets.iter().skip(1);
        self.offsets.extend(offsets.map(|offset| before + offset));
        self.periods.append(&mut other.periods);
        self.stages.append(&mut other.stages);
        self.rules.append(&mut other.rules);
    }

    /// How many customers there are.
    #[must_use]
    pub fn customers(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// How many periods were observed in all.
    #[must_use]
    pub fn observed(&self) -> u32 {
        self.observed
    }

    /// Where each customer's entries start, and at last the number of entries.
    #[must_use]
    pub fn offsets(&self) -> &[usize] {
        &self.offsets
    }

    /// The first period of every entry.
    #[must_use]
    pub fn periods(&self) -> &[u32] {
        &self.periods
    }

    /// The stage of every entry.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The rule that decided every entry.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The history of customer `index`; `None` from [`customers`](Self::customers) on.
    #[must_use]
    pub fn customer(&self, index: usize) -> Option<StageHistory<'_>> {
        let range = *self.offsets.get(index)?..*self.offsets.get(index + 1)?;
        Some(StageHistory {
            periods: self.periods.get(range.clone())?,
            stages: self.stages.get(range.clone())?,
            rules: self.rules.get(range)?,
            observed: self.observed,
        })
    }

    /// The histories in order.
    pub fn iter(&self) -> impl Iterator<Item = StageHistory<'_>> {
        (0..self.customers()).filter_map(|index| self.customer(index))
    }

    /// How many customers are in each stage in each period: row `t` is period `t`, columns in the
    /// order of [`Stage::ALL`](Label::ALL).
    #[must_use]
    pub fn census(&self) -> Vec<[u64; Stage::COUNT]> {
        let mut counts = vec![[0_u64; Stage::COUNT]; self.observed as usize];
        let mut change = |period: u32, stage: Stage, by: fn(u64, u64) -> u64| {
            let row = counts.get_mut(period as usize);
            if let Some(n) = row.and_then(|row| row.get_mut(usize::from(stage.code()))) {
                *n = by(*n, 1);
            }
        };
        for history in self.iter() {
            for stay in history.stays() {
                change(stay.start, stay.stage, u64::wrapping_add);
                change(stay.end, stay.stage, u64::wrapping_sub);
            }
        }
        let mut running = [0_u64; Stage::COUNT];
        for row in &mut counts {
            for (sum, n) in running.iter_mut().zip(row.iter_mut()) {
                *sum = sum.wrapping_add(*n);
                *n = *sum;
            }
        }
        counts
    }

    /// How often customers went from stage to stage from one period to the next.
    #[must_use]
    pub fn transitions(&self) -> StageTransitions {
        let mut counts = [[0_u64; Stage::COUNT]; Stage::COUNT];
        let mut add = |from: Stage, to: Stage, n: u64| {
            let row = counts.get_mut(usize::from(from.code()));
            if let Some(cell) = row.and_then(|row| row.get_mut(usize::from(to.code()))) {
                *cell += n;
            }
        };
        for history in self.iter() {
            let mut previous = None;
            for stay in history.stays() {
                if let Some(from) = previous.replace(stay.stage) {
                    add(from, stay.stage, 1);
                }
                let kept = (stay.end - stay.start).saturating_sub(1);
                add(stay.stage, stay.stage, u64::from(kept));
            }
        }
        StageTransitions { counts }
    }
}

/// Counted moves between stages from one period to the next; rows are the stage before, columns
/// the stage after, both in the order of [`Stage::ALL`](Label::ALL).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct StageTransitions {
    /// How often customers went from one stage to the other.
    pub counts: [[u64; Stage::COUNT]; Stage::COUNT],
}

impl StageTransitions {
    /// Transition rates: each row of counts divided by its sum. `None` for a stage that no customer
    /// was seen leaving or keeping.
    #[must_use]
    pub fn rates(&self) -> [Option<[f64; Stage::COUNT]>; Stage::COUNT] {
        self.counts.map(|row| {
            let sum: u64 = row.iter().sum();
            (sum > 0).then(|| row.map(|n| n as f64 / sum as f64))
        })
    }

    /// The rates of a Markov chain over the stages `states`, row-major: a stage that was never
    /// left or kept stays as it is, with rate 1.
    ///
    /// # Errors
    /// [`ErrorKind::Empty`] without states; [`ErrorKind::OutOfRange`] if a state occurs twice, or if
    /// customers moved from one of `states` to a stage that is not among them.
    pub fn chain(&self, states: &[Stage]) -> Result<Vec<f64>> {
        if states.is_empty() {
            return Err(Error::empty("states"));
        }
        if let Some((row, twice)) = duplicate(states) {
            return Err(
                Error::new(ErrorKind::OutOfRange, "states", "must not occur twice")
                    .with_value(twice)
                    .at_row(row),
            );
        }
        let rates = self.rates();
        let mut matrix = Vec::with_capacity(states.len() * states.len());
        for from in states {
            let row = rates.get(usize::from(from.code())).copied().flatten();
            for to in Stage::ALL.iter().filter(|to| !states.contains(to)) {
                let rate = row.and_then(|row| row.get(usize::from(to.code())).copied());
                if rate.is_some_and(|rate| rate > 0.0) {
                    let reason = format!("must include {to}, which customers reached from {from}");
                    return Err(Error::new(ErrorKind::OutOfRange, "states", reason));
                }
            }
            for to in states {
                matrix.push(match row {
                    Some(row) => row.get(usize::from(to.code())).copied().unwrap_or(0.0),
                    None if from == to => 1.0,
                    None => 0.0,
                });
            }
        }
        Ok(matrix)
    }
}

fn duplicate(states: &[Stage]) -> Option<(usize, Stage)> {
    let rows = states.iter().enumerate();
    let mut later = rows.filter(|(row, stage)| states.iter().take(*row).any(|s| s == *stage));
    later.next().map(|(row, stage)| (row, *stage))
}
