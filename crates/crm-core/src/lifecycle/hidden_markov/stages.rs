use super::{HiddenMarkov, Panel};
use crate::error::{Error, Result};
use crate::lifecycle::Stage;

/// Mean of the lowest state, as part of that of the highest, up to which customers in it count as gone.
pub const DORMANT: f64 = 0.1;

impl HiddenMarkov {
    /// The stage of the lifecycle of every row, from the path of states that customers took:
    ///
    /// | where the customer is | stage |
    /// | --- | --- |
    /// | has not bought yet | Potential |
    /// | bought first in this period, and in the state of then | Development |
    /// | rose above the state of the first purchase, or above that of a Decline, not yet to the top | Growth |
    /// | in the highest state, for the second period or after Growth, Decline or Recovery | Maturity |
    /// | fell below the state before | Decline |
    /// | in the lowest state, if that is dormant: of at most [`DORMANT`] of the mean of the highest | Termination |
    /// | left Termination, not yet to the top | Recovery |
    ///
    /// Every move is legal ([`Stage::can_become`]). With one state, a customer who has bought stays in Development.
    ///
    /// # Errors
    /// `LengthMismatch` unless the path has a state for each row; `OutOfRange` for one that the model has not.
    pub fn stages(&self, panel: &Panel, path: &[u32]) -> Result<Vec<Stage>> {
        if path.len() != panel.rows() {
            return Err(Error::length("path", path.len(), panel.rows()));
        }
        let top = (self.states() - 1) as u32;
        if let Some((row, &state)) = path.iter().enumerate().find(|(_, state)| **state > top) {
            let rule = format!("must be at most {top}");
            let error = Error::new(crate::error::ErrorKind::OutOfRange, "path", rule);
            return Err(error.with_value(state).at_row(row));
        }
        let means = self.emissions.means();
        let dormant = match (means.first(), means.last()) {
            (Some(low), Some(high)) => top > 0 && *low <= DORMANT * high,
            _ => false,
        };
        let mut stages = Vec::with_capacity(path.len());
        for customer in 0..panel.customers() {
            let rows = panel.range(customer);
            let values = panel.values().get(rows.clone()).unwrap_or_default();
            let levels = path.get(rows).unwrap_or_default();
            let mut walk = Walk {
                top,
                dormant,
                stage: Stage::Potential,
                before: 0,
            };
            stages.extend(
                values
                    .iter()
                    .zip(levels)
                    .map(|(&value, &level)| walk.step(value, level)),
            );
        }
        Ok(stages)
    }
}

struct Walk {
    top: u32,
    dormant: bool,
    stage: Stage,
    /// The state of the period before.
    before: u32,
}

impl Walk {
    fn step(&mut self, value: f64, level: u32) -> Stage {
        let is_gone = self.dormant && level == 0;
        let fell = level < self.before;
        let rose = level > self.before;
        let is_top = level == self.top && self.top > 0;
        self.stage = match self.stage {
            Stage::Potential if value > 0.0 => Stage::Development,
            Stage::Potential => Stage::Potential,
            Stage::Termination if is_gone => Stage::Termination,
            Stage::Termination => Stage::Recovery,
            _ if is_gone => Stage::Termination,
            _ if fell => Stage::Decline,
            Stage::Development if rose || is_top => Stage::Growth,
            Stage::Growth | Stage::Decline | Stage::Recovery if is_top => Stage::Maturity,
            Stage::Decline if rose => Stage::Growth,
            same => same,
        };
        self.before = level;
        self.stage
    }
}
