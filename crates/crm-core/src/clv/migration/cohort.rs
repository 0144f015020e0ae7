use super::super::switching::Horizon;
use super::iterative::SolverOptions;
use super::resolvent::Resolvent;
use super::transitions::Transitions;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::units::Rate;

/// The largest table of a cohort or of an absorption (a gigabyte): a limit against absurd sizes.
pub(super) const LARGEST_TABLE: usize = 1 << 27;

/// Where the customers of a cohort are over time.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CohortPath {
    /// The number of states.
    pub states: usize,
    /// One row for each period t = 0, …, T, with the expected number of customers in each state.
    pub customers: Vec<f64>,
}

impl CohortPath {
    /// The periods in turn.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.customers.chunks_exact(self.states)
    }
}

impl Transitions {
    /// The expected number of customers in each state at t = 0, …, `last`: initial · P^t. `initial` counts the
    /// customers of a cohort in each state now, or tells the probabilities of one.
    ///
    /// # Errors
    /// `LengthMismatch`; with the state, `NotFinite` and `OutOfRange` for a negative number; `OutOfRange` for a table
    /// of more than 2²⁷ numbers; `Overflow`.
    pub fn distribution(&self, initial: &[f64], last: u32) -> Result<CohortPath> {
        self.check_column("initial", initial, Domain::NonNegative)?;
        let states = self.states();
        let periods = (last as usize).saturating_add(1);
        if periods.saturating_mul(states) > LARGEST_TABLE {
            let reason = format!("must give a table of at most {LARGEST_TABLE} numbers");
            return Err(Error::new(ErrorKind::OutOfRange, "periods", reason).with_value(last));
        }
        let mut customers = Vec::with_capacity(periods * states);
        let (mut now, mut next) = (initial.to_vec(), vec![0.0; states]);
        for t in 0..periods {
            if t > 0 {
                self.look_ahead(&now, &mut next);
                std::mem::swap(&mut now, &mut next);
            }
            customers.extend_from_slice(&now);
        }
        if customers.iter().all(|n| n.is_finite()) {
            Ok(CohortPath { states, customers })
        } else {
            Err(Error::overflow("distribution"))
        }
    }

    /// The discounted number of periods that the customers of a cohort spend in each state, t = 0 included:
    /// Σ_{t=0}^{T} (1+d)^−t · initial · P^t. Without a discount it is the expected time in each state.
    ///
    /// For a customer who starts in state i this is row i of the resolvent (I − P/(1+d))^−1, and of the fundamental matrix
    /// where there is neither a discount nor an end; a state that is then never left for good, and may be
    /// reached, has an infinite time.
    ///
    /// ```
    /// use crm_core::clv::migration::{SolverOptions, Transitions};
    /// use crm_core::clv::switching::{Horizon, TransitionMatrix};
    /// use crm_core::units::Rate;
    ///
    /// let stay_or_leave = Transitions::from(TransitionMatrix::new(&[[0.75, 0.25], [0.0, 1.0]])?);
    /// let solver = SolverOptions::default();
    /// let time = stay_or_leave.occupancy(&[1.0, 0.0], Rate::ZERO, Horizon::Infinite, &solver)?;
    /// assert_eq!(time, [4.0, f64::INFINITY]);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Transitions::distribution`]; `Divergent` for an infinite horizon and a negative rate; `NotConverged`.
    pub fn occupancy(
        &self,
        initial: &[f64],
        discount_rate: Rate,
        horizon: Horizon,
        options: &SolverOptions,
    ) -> Result<Vec<f64>> {
        self.check_column("initial", initial, Domain::NonNegative)?;
        options.check()?;
        let rate = discount_rate.to_f64();
        let found = match horizon {
            Horizon::Periods(last) => self.discounted_visits(initial, rate, last),
            Horizon::Infinite if rate < 0.0 => {
                let reason = "must be 0 or more for an infinite horizon";
                return Err(Error::new(ErrorKind::Divergent, "discount_rate", reason));
            }
            Horizon::Infinite if rate == 0.0 => return self.endless_visits(initial, options),
            Horizon::Infinite => {
                let members: Vec<usize> = (0..self.states()).collect();
                Resolvent::new(self, &members, rate, options)
                    .solve_left(initial)?
                    .values
            }
        };
        match found.iter().position(|time| !time.is_finite()) {
            Some(state) => Err(Error::overflow("occupancy").at_row(state)),
            None => Ok(found),
        }
    }

    fn discounted_visits(&self, initial: &[f64], rate: f64, last: u32) -> Vec<f64> {
        let discount = 1.0 / (1.0 + rate);
        let (mut now, mut next) = (initial.to_vec(), vec![0.0; initial.len()]);
        let mut sums = now.clone();
        for _ in 0..last {
            self.look_ahead(&now, &mut next);
            std::mem::swap(&mut now, &mut next);
            for (sum, customers) in sums.iter_mut().zip(&mut now) {
                *customers *= discount;
                *sum += *customers;
            }
        }
        sums
    }

    /// Times in transient states by the fundamental matrix; infinite ones in recurrent classes that are reached.
    fn endless_visits(&self, initial: &[f64], options: &SolverOptions) -> Result<Vec<f64>> {
        let structure = self.structure();
        let transient = structure.transient_states();
        let start = |&state: &usize| initial.get(state).copied();
        let start: Vec<f64> = transient.iter().filter_map(start).collect();
        let visits = Resolvent::new(self, &transient, 0.0, options).solve_left(&start)?;
        let mut times = vec![0.0; self.states()];
        let mut reached = vec![false; structure.classes];
        let class_of = |state: usize| structure.recurrent_class.get(state).copied().flatten();
        let mut reach = |state: usize| {
            if let Some(flag) = class_of(state).and_then(|class| reached.get_mut(class)) {
                *flag = true;
            }
        };
        for (&state, visits) in transient.iter().zip(visits.values) {
            if let Some(time) = times.get_mut(state) {
                *time = visits;
            }
            if visits > 0.0 {
                self.row(state).for_each(|(to, _)| reach(to));
            }
        }
        let there = initial.iter().enumerate().filter(|(_, n)| **n > 0.0);
        there.for_each(|(state, _)| reach(state));
        for (state, time) in times.iter_mut().enumerate() {
            if class_of(state).and_then(|class| reached.get(class)) == Some(&true) {
                *time = f64::INFINITY;
            }
        }
        Ok(times)
    }
}
