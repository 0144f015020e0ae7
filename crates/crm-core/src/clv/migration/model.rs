use super::super::switching::Horizon;
use super::iterative::SolverOptions;
use super::resolvent::Resolvent;
use super::rewards::Rewards;
use super::transitions::Transitions;
use crate::error::{Error, ErrorKind, Result};
use crate::units::Rate;

/// Customers who move among states by a Markov chain and bring a reward in each period (Pfeifer & Carraway 2000).
///
/// The value of a customer who is now in state i is
/// V_T(i) = Σ_{t=0}^{T} (1+d)^−t E\[R at time t\] = Σ_{t=0}^{T} \[(1+d)^−1 P\]^t R, and without end
/// V_∞ = (I − P/(1+d))^−1 R. The reward of the present state, at t = 0, counts in full.
///
/// ```
/// use crm_core::clv::migration::{MigrationModel, Rewards};
/// use crm_core::clv::switching::{Horizon, TransitionMatrix};
/// use crm_core::units::Rate;
///
/// // Pfeifer & Carraway's direct mail: recency 1 to 4, and lost.
/// let matrix = TransitionMatrix::new(&[
///     [0.30, 0.70, 0.0, 0.0, 0.0],
///     [0.20, 0.0, 0.80, 0.0, 0.0],
///     [0.15, 0.0, 0.0, 0.85, 0.0],
///     [0.05, 0.0, 0.0, 0.0, 0.95],
///     [0.0, 0.0, 0.0, 0.0, 1.0],
/// ])?;
/// let model = MigrationModel::new(matrix, Rewards::constant([36.0, -4.0, -4.0, -4.0, 0.0]))?;
/// let rate = Rate::try_from(0.2)?;
///
/// let five_periods = model.value(rate, Horizon::Periods(4))?;
/// assert!((five_periods.values[0] - 50.11496914).abs() < 5e-9);
/// let without_end = model.value(rate, Horizon::Infinite)?;
/// assert!((without_end.values[0] - 52.31960944).abs() < 5e-9);
///
/// // Three customers by their states.
/// let mut values = [0.0; 3];
/// without_end.of(&[3, 0, 4], &mut values)?;
/// assert!(values[0] < 0.0 && values[1] == without_end.values[0] && values[2] == 0.0);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MigrationModel {
    transitions: Transitions,
    rewards: Rewards,
    options: SolverOptions,
}

impl MigrationModel {
    /// A model from its transitions (dense or sparse) and rewards.
    ///
    /// # Errors
    /// With the state, or the period where rewards vary by it: `LengthMismatch` where there is not one
    /// number per state, `NotFinite`, `OutOfRange` for a negative variance; `Empty` for no period.
    pub fn new(transitions: impl Into<Transitions>, rewards: Rewards) -> Result<Self> {
        let transitions = transitions.into();
        rewards.check(transitions.states())?;
        let options = SolverOptions::default();
        Ok(MigrationModel {
            transitions,
            rewards,
            options,
        })
    }

    /// The same with another tolerance for infinite horizons of a sparse matrix.
    ///
    /// # Errors
    /// `OutOfRange` or `NotFinite` for a tolerance that is not greater than 0.
    pub fn with_solver(self, options: SolverOptions) -> Result<Self> {
        options.check()?;
        Ok(MigrationModel { options, ..self })
    }

    /// How customers move.
    #[must_use]
    pub fn transitions(&self) -> &Transitions {
        &self.transitions
    }

    /// How infinite horizons of a sparse matrix are solved.
    #[must_use]
    pub fn solver(&self) -> &SolverOptions {
        &self.options
    }

    /// The number of states.
    #[must_use]
    pub fn states(&self) -> usize {
        self.transitions.states()
    }

    /// The expected value of a customer in each state: V_T by Horner's rule, V_∞ by elimination without
    /// subtraction (relative error ≤ 1e-13, also for a discount rate near 0) or, for a sparse matrix, by
    /// iteration up to the tolerance.
    ///
    /// Without a discount, V_∞ exists if a customer brings nothing in all states of the recurrent classes.
    ///
    /// # Errors
    /// `LengthMismatch` where rewards by period do not have the periods of the horizon or it is infinite;
    /// `Divergent` where V_∞ has no finite value; `NotConverged`; `Overflow`.
    pub fn value(&self, discount_rate: Rate, horizon: Horizon) -> Result<StateValues> {
        let found = match horizon {
            Horizon::Periods(last) => {
                let mut value = vec![0.0; self.states()];
                self.each_period(last, |rewards| {
                    self.look_back(rewards, discount_rate, &mut value);
                })?;
                StateValues {
                    values: value,
                    error_bound: 0.0,
                    iterations: 0,
                }
            }
            Horizon::Infinite => self.endless(discount_rate.to_f64(), self.rewards.at(0))?,
        };
        check_finite(&found.values)?;
        Ok(found)
    }

    /// Mean and variance of the discounted value W of a customer in each state.
    ///
    /// With v the mean value and m_i = Σ_j P_ij v_j the mean of what follows state i,
    /// Var W_i = Var R_i + (1+d)^−2 Σ_j P_ij \[Var W_j + (v_j − m_i)²\]: backward for a finite horizon, solved
    /// as V_∞ with the rate (1+d)² − 1 for an infinite one.
    ///
    /// ```
    /// use crm_core::clv::migration::{MigrationModel, Rewards};
    /// use crm_core::clv::switching::TransitionMatrix;
    /// use crm_core::units::Rate;
    ///
    /// // Half of the customers leave; who stays brings 8, discounted by a factor of 1/2.
    /// let matrix = TransitionMatrix::new(&[[0.5, 0.5], [0.0, 1.0]])?;
    /// let model = MigrationModel::new(matrix, Rewards::constant([8.0, 0.0]))?;
    /// let moments = model.moments(Rate::try_from(1.0)?, 1.into())?;
    /// assert_eq!((moments.mean[0], moments.variance[0]), (10.0, 4.0)); // 8 or 12
    /// assert_eq!(moments.standard_deviation(), [2.0, 0.0]);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`MigrationModel::value`].
    pub fn moments(&self, discount_rate: Rate, horizon: Horizon) -> Result<Moments> {
        let rate = discount_rate.to_f64();
        let moments = match horizon {
            Horizon::Periods(last) => {
                let mut mean = vec![0.0; self.states()];
                let mut variance = vec![0.0; self.states()];
                self.each_period(last, |rewards| {
                    variance = self.variances(rate, &mean, &variance);
                    self.look_back(rewards, discount_rate, &mut mean);
                })?;
                Moments { mean, variance }
            }
            Horizon::Infinite => {
                let mean = self.endless(rate, self.rewards.at(0))?.values;
                let own = self.variances(rate, &mean, &vec![0.0; self.states()]);
                let variance = self.endless(rate * (2.0 + rate), &own)?.values;
                Moments { mean, variance }
            }
        };
        check_finite(&moments.mean)?;
        check_finite(&moments.variance)?;
        Ok(moments)
    }

    /// Calls `step` with the rewards of t = T, …, 1, 0.
    fn each_period(&self, last: u32, mut step: impl FnMut(&[f64])) -> Result<()> {
        let periods = (last as usize).saturating_add(1);
        if let Some(found) = self.rewards.periods().filter(|found| *found != periods) {
            return Err(Error::length("rewards", found, periods));
        }
        (0..periods).rev().for_each(|t| step(self.rewards.at(t)));
        Ok(())
    }

    /// value = rewards + (1+d)^−1 P value.
    fn look_back(&self, rewards: &[f64], discount_rate: Rate, value: &mut Vec<f64>) {
        let mut now = vec![0.0; value.len()];
        let discount = 1.0 / (1.0 + discount_rate.to_f64());
        self.transitions
            .look_back(rewards, discount, value, &mut now);
        *value = now;
    }

    /// Var R_i + (1+d)^−2 Σ_j P_ij [later_j + (v_j − m_i)²].
    fn variances(&self, rate: f64, value: &[f64], later: &[f64]) -> Vec<f64> {
        let discount = 1.0 / (1.0 + rate);
        let get = |column: &[f64], state: usize| column.get(state).copied().unwrap_or(0.0);
        let variance = |state: usize| {
            let row = self.transitions.row(state);
            let mean: f64 = row.clone().map(|(to, p)| p * get(value, to)).sum();
            let spread = |(to, p)| {
                let deviation = get(value, to) - mean;
                p * (get(later, to) + deviation * deviation)
            };
            self.rewards.variance_of(state) + discount * discount * row.map(spread).sum::<f64>()
        };
        (0..self.states()).map(variance).collect()
    }

    /// (I − P/(1+rate))^−1 per_period.
    fn endless(&self, rate: f64, per_period: &[f64]) -> Result<StateValues> {
        if self.rewards.periods().is_some() {
            let reason = "must be the same in all periods for an infinite horizon";
            return Err(Error::new(ErrorKind::LengthMismatch, "rewards", reason));
        }
        let mut members: Vec<usize> = (0..self.states()).collect();
        if rate <= 0.0 {
            let structure = self.transitions.structure();
            members = structure.transient_states();
            let recurrent = structure.recurrent_class.iter().enumerate();
            let mut kept = recurrent
                .filter(|(_, class)| class.is_some())
                .map(|(state, _)| state);
            if rate < 0.0 || kept.any(|state| !self.rewards.nothing_in(state)) {
                let reason = "must be greater than 0 for a finite value over an infinite horizon, or 0 \
                              where the states that are never left bring nothing";
                return Err(Error::new(ErrorKind::Divergent, "discount_rate", reason));
            }
        }
        let resolvent = Resolvent::new(&self.transitions, &members, rate, &self.options);
        let pick = |&state: &usize| per_period.get(state).copied();
        let rhs: Vec<f64> = members.iter().filter_map(pick).collect();
        let solution = resolvent.solve(&rhs)?;
        let mut values = vec![0.0; self.states()];
        for (&member, value) in members.iter().zip(solution.values) {
            if let Some(place) = values.get_mut(member) {
                *place = value;
            }
        }
        Ok(StateValues {
            values,
            error_bound: solution.error_bound,
            iterations: solution.iterations,
        })
    }
}

fn check_finite(values: &[f64]) -> Result<()> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(state) => Err(Error::overflow("value").at_row(state)),
        None => Ok(()),
    }
}

/// The value of a customer by state.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StateValues {
    /// V(i) of each state i.
    pub values: Vec<f64>,
    /// No value is further off than this, up to rounding; 0 where nothing was iterated.
    pub error_bound: f64,
    /// Products with the matrix that an iteration took.
    pub iterations: u64,
}

impl StateValues {
    /// Writes the value of customers in these states into `out`.
    ///
    /// # Errors
    /// `LengthMismatch`; `OutOfRange` for a state that does not exist, with the row.
    pub fn of(&self, states: &[usize], out: &mut [f64]) -> Result<()> {
        if out.len() != states.len() {
            return Err(Error::length("out", out.len(), states.len()));
        }
        for (row, (&state, out)) in states.iter().zip(out).enumerate() {
            *out = *self.values.get(state).ok_or_else(|| {
                let reason = format!(
                    "must be less than {}, the number of states",
                    self.values.len()
                );
                let error = Error::new(ErrorKind::OutOfRange, "states", reason);
                error.with_value(state).at_row(row)
            })?;
        }
        Ok(())
    }
}

/// Mean and variance of a customer's value by state.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Moments {
    /// Expected value.
    pub mean: Vec<f64>,
    /// Variance around it.
    pub variance: Vec<f64>,
}

impl Moments {
    /// The square root of the variance.
    #[must_use]
    pub fn standard_deviation(&self) -> Vec<f64> {
        self.variance.iter().map(|v| libm::sqrt(*v)).collect()
    }
}
