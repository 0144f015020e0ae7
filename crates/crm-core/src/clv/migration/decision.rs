use super::super::switching::{Horizon, TransitionMatrix};
use super::cohort::LARGEST_TABLE;
use super::model::MigrationModel;
use super::rewards::Rewards;
use super::sparse::give_left_over;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::units::Rate;

/// What an action in a state brings and where it leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The number of the action.
    pub action: u32,
    /// What a customer brings in this period under it.
    pub reward: f64,
    /// The probability of each state one period later.
    pub probabilities: Vec<f64>,
}

/// A Markov decision process: which action for a customer in each state makes most of the customer's value?
///
/// The value of a policy, which takes action a(i) in state i, is that of the [`MigrationModel`] that it makes. The best
/// satisfies V(i) = max_a { R_i^a + (1+d)^−1 Σ_j P_ij^a V(j) } (Howard 1960; Puterman 1994, section 6.4).
///
/// Of actions that are worth the same up to rounding (1e-13 of the largest value), the one with the lowest number is taken.
///
/// ```
/// use crm_core::clv::migration::{Choice, DecisionProcess};
/// use crm_core::units::Rate;
///
/// let choice = |action, reward, probabilities: [f64; 2]| Choice { action, reward, probabilities: probabilities.into() };
/// // Leave an active customer alone, or spend 3 to keep more of them; nobody comes back.
/// let process = DecisionProcess::new(vec![
///     vec![choice(0, 10.0, [0.5, 0.5]), choice(1, 7.0, [0.8, 0.2])],
///     vec![choice(0, 0.0, [0.0, 1.0])],
/// ])?;
/// let best = process.policy_iteration(Rate::try_from(0.25)?, None)?;
/// assert_eq!(best.policy, [1, 0]);
/// assert!((best.value[0] - 7.0 / 0.36).abs() < 1e-12);
/// // The first policy, the lowest action everywhere, is worth 10 / 0.6.
/// assert!((best.improvement()[0] - (7.0 / 0.36 - 10.0 / 0.6)).abs() < 1e-12);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionProcess {
    /// The choices of each state, with rising numbers of actions.
    choices: Vec<Vec<Choice>>,
}

/// Values that differ by less than this part of the largest are the same up to rounding.
const SAME: f64 = 1e-13;

/// More improvements than any policy needs in practice; a limit against cycles of rounding.
const MOST_IMPROVEMENTS: u64 = 10_000;

impl DecisionProcess {
    /// A process from the choices of each state, by rising numbers of actions: one choice or more.
    ///
    /// # Errors
    /// `Empty` without states; with the number of the state, `Empty` without choices, `OutOfRange` for actions that
    /// do not rise, `NotFinite` for a reward, and `LengthMismatch`, `NotFinite`, `OutOfRange` and `NotStochastic` for
    /// probabilities.
    pub fn new(mut choices: Vec<Vec<Choice>>) -> Result<Self> {
        let states = choices.len();
        if states == 0 {
            return Err(Error::empty("choices"));
        }
        for (state, choices) in choices.iter_mut().enumerate() {
            check_choices(choices, states).map_err(|error| error.at_row(state))?;
        }
        Ok(DecisionProcess { choices })
    }

    /// A process from tables: `transitions` holds a matrix, row-major, for each action one after the other, `rewards`
    /// one row for each action with one number per state, and so does `available`, which tells whether the action may be
    /// taken in the state. What belongs to an action that may not be taken is not read. `None` allows all.
    ///
    /// # Errors
    /// `LengthMismatch` and as [`DecisionProcess::new`].
    pub fn from_tables(
        states: usize,
        actions: u32,
        transitions: &[f64],
        rewards: &[f64],
        available: Option<&[bool]>,
    ) -> Result<Self> {
        if states == 0 || actions == 0 {
            return Err(Error::empty(if states == 0 { "states" } else { "actions" }));
        }
        let cells = states.saturating_mul(actions as usize);
        let lengths = [
            (
                "transitions",
                transitions.len(),
                cells.saturating_mul(states),
            ),
            ("rewards", rewards.len(), cells),
            ("available", available.map_or(cells, <[bool]>::len), cells),
        ];
        for (argument, found, expected) in lengths {
            if found != expected {
                return Err(Error::length(argument, found, expected));
            }
        }
        let mut choices = vec![Vec::new(); states];
        let rows = transitions.chunks_exact(states).zip(rewards).enumerate();
        for (cell, (probabilities, &reward)) in rows {
            if available.is_some_and(|available| available.get(cell) != Some(&true)) {
                continue;
            }
            let action = u32::try_from(cell / states).unwrap_or(u32::MAX);
            if let Some(choices) = choices.get_mut(cell % states) {
                choices.push(Choice {
                    action,
                    reward,
                    probabilities: probabilities.to_vec(),
                });
            }
        }
        Self::new(choices)
    }

    /// The number of states.
    #[must_use]
    pub fn states(&self) -> usize {
        self.choices.len()
    }

    /// The choices of each state in turn.
    #[must_use]
    pub fn choices(&self) -> &[Vec<Choice>] {
        &self.choices
    }

    /// The chain that customers follow under a policy, one action for each state, with its value and variance.
    ///
    /// # Errors
    /// `LengthMismatch`; `OutOfRange` for an action that the state does not have, with the state.
    pub fn under(&self, policy: &[u32]) -> Result<MigrationModel> {
        if policy.len() != self.states() {
            return Err(Error::length("policy", policy.len(), self.states()));
        }
        let mut taken = Vec::with_capacity(self.states());
        for (state, (choices, &action)) in self.choices.iter().zip(policy).enumerate() {
            taken.push(find(choices, action).ok_or_else(|| {
                let reason = "must be an action of the state";
                let error = Error::new(ErrorKind::OutOfRange, "policy", reason);
                error.with_value(action).at_row(state)
            })?);
        }
        let rows: Vec<&[f64]> = taken
            .iter()
            .map(|choice| choice.probabilities.as_slice())
            .collect();
        let rewards: Vec<f64> = taken.iter().map(|choice| choice.reward).collect();
        MigrationModel::new(TransitionMatrix::new(&rows)?, Rewards::constant(rewards))
    }

    /// The policy of the largest value over an infinite horizon, in every state at once, by policy iteration: the value of a
    /// policy is solved for exactly, then every state takes the action that is best given it, until none is better.
    ///
    /// It starts from `start`, or from the lowest action of each state.
    ///
    /// # Errors
    /// `Divergent` for a discount rate of 0 or less; for `start` as [`DecisionProcess::under`]; `NotConverged`, `Overflow`.
    pub fn policy_iteration(
        &self,
        discount_rate: Rate,
        start: Option<&[u32]>,
    ) -> Result<OptimalPolicy> {
        let rate = discount_rate.to_f64();
        if rate <= 0.0 {
            let reason = "must be greater than 0 for an optimal policy over an infinite horizon";
            return Err(Error::new(ErrorKind::Divergent, "discount_rate", reason));
        }
        let lowest = self.choices.iter().filter_map(|choices| choices.first());
        let mut policy = match start {
            Some(start) => start.to_vec(),
            None => lowest.map(|choice| choice.action).collect(),
        };
        let value_of = |policy: &[u32]| -> Result<Vec<f64>> {
            Ok(self
                .under(policy)?
                .value(discount_rate, Horizon::Infinite)?
                .values)
        };
        let start_value = value_of(&policy)?;
        let (mut value, mut iterations) = (start_value.clone(), 1);
        loop {
            let better = self.best_actions(rate, &value, |state, action| {
                policy.get(state) == Some(&action)
            });
            if better == policy {
                break;
            }
            if iterations >= MOST_IMPROVEMENTS {
                let reason = "was improved again and again";
                return Err(Error::new(ErrorKind::NotConverged, "policy", reason));
            }
            policy = better;
            value = value_of(&policy)?;
            iterations += 1;
        }
        let lowest = self.best_actions(rate, &value, |_, _| false);
        if lowest != policy {
            policy = lowest;
            value = value_of(&policy)?;
        }
        Ok(OptimalPolicy {
            policy,
            value,
            start_value,
            iterations,
        })
    }

    /// The best action in each state at each of t = 0, …, `last`, by backward induction from the last period.
    ///
    /// # Errors
    /// `OutOfRange` for a table of more than 2²⁷ actions; `Overflow`.
    pub fn backward_induction(&self, discount_rate: Rate, last: u32) -> Result<FinitePolicy> {
        let periods = (last as usize).saturating_add(1);
        if periods.saturating_mul(self.states()) > LARGEST_TABLE {
            let reason = format!("must give a table of at most {LARGEST_TABLE} actions");
            return Err(Error::new(ErrorKind::OutOfRange, "periods", reason).with_value(last));
        }
        let rate = discount_rate.to_f64();
        let mut value = vec![0.0; self.states()];
        let mut rows = Vec::with_capacity(periods);
        for _ in 0..periods {
            let actions = self.best_actions(rate, &value, |_, _| false);
            let pairs = self.choices.iter().zip(&actions);
            let taken = pairs.filter_map(|(choices, &action)| find(choices, action));
            value = taken.map(|choice| choice.value(rate, &value)).collect();
            rows.push(actions);
        }
        if let Some(state) = value.iter().position(|value| !value.is_finite()) {
            return Err(Error::overflow("value").at_row(state));
        }
        rows.reverse();
        Ok(FinitePolicy {
            states: self.states(),
            actions: rows.concat(),
            value,
        })
    }

    /// The best action of each state, given what follows is worth `later`: among those that are worth the same, one that
    /// is `kept`, or else the lowest.
    fn best_actions(
        &self,
        rate: f64,
        later: &[f64],
        kept: impl Fn(usize, u32) -> bool,
    ) -> Vec<u32> {
        let best = |(state, choices): (usize, &Vec<Choice>)| {
            let worth: Vec<f64> = choices
                .iter()
                .map(|choice| choice.value(rate, later))
                .collect();
            let most = worth.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let size = later
                .iter()
                .chain(&worth)
                .fold(0.0_f64, |size, v| size.max(v.abs()));
            let same = || {
                let pairs = choices.iter().zip(&worth);
                pairs
                    .filter(|(_, v)| **v >= most - SAME * size)
                    .map(|(choice, _)| choice.action)
            };
            same()
                .find(|action| kept(state, *action))
                .or_else(|| same().next())
                .unwrap_or(0)
        };
        self.choices.iter().enumerate().map(best).collect()
    }
}

impl Choice {
    /// R + (1+d)^−1 Σ_j P_j later_j.
    fn value(&self, rate: f64, later: &[f64]) -> f64 {
        let terms = self.probabilities.iter().zip(later).map(|(p, v)| p * v);
        self.reward + terms.sum::<f64>() / (1.0 + rate)
    }
}

fn find(choices: &[Choice], action: u32) -> Option<&Choice> {
    choices.iter().find(|choice| choice.action == action)
}

fn check_choices(choices: &mut [Choice], states: usize) -> Result<()> {
    if choices.is_empty() {
        return Err(Error::empty("choices"));
    }
    let mut previous = None;
    for choice in choices {
        if previous.is_some_and(|previous| previous >= choice.action) {
            let error = Error::new(ErrorKind::OutOfRange, "choices", "must have rising actions");
            return Err(error.with_value(choice.action));
        }
        previous = Some(choice.action);
        if !Domain::Finite.contains(choice.reward) {
            return Err(Error::not_finite("rewards", choice.reward));
        }
        if choice.probabilities.len() != states {
            return Err(Error::length(
                "transitions",
                choice.probabilities.len(),
                states,
            ));
        }
        give_left_over("transitions", &mut choice.probabilities)?;
    }
    Ok(())
}

/// The best policy over an infinite horizon.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OptimalPolicy {
    /// The action to take in each state.
    pub policy: Vec<u32>,
    /// What a customer in each state is then worth.
    pub value: Vec<f64>,
    /// What a customer in each state is worth under the policy that the iteration started from.
    pub start_value: Vec<f64>,
    /// The policies whose value was solved for.
    pub iterations: u64,
}

impl OptimalPolicy {
    /// How much more a customer in each state is worth than under the policy that the iteration started from.
    #[must_use]
    pub fn improvement(&self) -> Vec<f64> {
        let pairs = self.value.iter().zip(&self.start_value);
        pairs.map(|(value, start)| value - start).collect()
    }
}

/// The best actions over a finite horizon.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FinitePolicy {
    /// The number of states.
    pub states: usize,
    /// One row for each period t = 0, …, T, with the action to take in each state.
    pub actions: Vec<u32>,
    /// What a customer in each state at t = 0 is then worth.
    pub value: Vec<f64>,
}

impl FinitePolicy {
    /// The actions of each period in turn.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u32]> {
        self.actions.chunks_exact(self.states)
    }
}
