use super::cohort::LARGEST_TABLE;
use super::iterative::SolverOptions;
use super::resolvent::Resolvent;
use super::structure::Structure;
use super::transitions::Transitions;
use crate::error::{Error, ErrorKind, Result};

/// Where a customer ends up, and after how long.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Absorption {
    /// Which states belong to which recurrent class.
    pub structure: Structure,
    /// One row for each state: the probability of ending up in each recurrent class.
    pub probabilities: Vec<f64>,
    /// The expected number of periods, the present one included, until a recurrent class is reached: 0 for
    /// who is in one.
    pub expected_periods: Vec<f64>,
}

impl Absorption {
    /// The probabilities of each state in turn.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.probabilities.chunks_exact(self.structure.classes)
    }
}

impl Transitions {
    /// The probability of ending up in each recurrent class, B = N·R, and the expected time until then, N·1, with the
    /// fundamental matrix N = (I − Q)^−1 of the transient states and their probabilities R of moving to a class
    /// (Kemeny & Snell 1960, theorems 3.3.5 and 3.3.7).
    ///
    /// ```
    /// use crm_core::clv::migration::{SolverOptions, Transitions};
    /// use crm_core::clv::switching::TransitionMatrix;
    ///
    /// // A trial becomes a member in one of four periods, and ends for good in one of four.
    /// let matrix = TransitionMatrix::new(&[[0.5, 0.25, 0.25], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])?;
    /// let found = Transitions::from(matrix).absorption(&SolverOptions::default())?;
    /// assert_eq!(found.probabilities, [0.5, 0.5, 1.0, 0.0, 0.0, 1.0]);
    /// assert_eq!(found.expected_periods, [2.0, 0.0, 0.0]);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `OutOfRange` for a table of more than 2²⁷ probabilities; `NotConverged` and `Overflow`.
    pub fn absorption(&self, options: &SolverOptions) -> Result<Absorption> {
        options.check()?;
        let structure = self.structure();
        let classes = structure.classes;
        if self.states().saturating_mul(classes) > LARGEST_TABLE {
            let reason = format!("must give a table of at most {LARGEST_TABLE} probabilities");
            let error = Error::new(ErrorKind::OutOfRange, "transition_matrix", reason);
            return Err(error.with_value(format_args!("of {classes} recurrent classes")));
        }
        let transient = structure.transient_states();
        let fundamental = Resolvent::new(self, &transient, 0.0, options);
        let class_of = |state: usize| structure.recurrent_class.get(state).copied().flatten();
        let mut expected_periods = vec![0.0; self.states()];
        let times = fundamental.solve(&vec![1.0; transient.len()])?.values;
        for (&state, time) in transient.iter().zip(times) {
            if let Some(place) = expected_periods.get_mut(state) {
                *place = time;
            }
        }
        let mut probabilities = vec![0.0; self.states() * classes];
        for class in 0..classes {
            let entering = |&state: &usize| {
                let into = self
                    .row(state)
                    .filter(|(to, _)| class_of(*to) == Some(class));
                into.map(|(_, p)| p).sum::<f64>()
            };
            let entering: Vec<f64> = transient.iter().map(entering).collect();
            let mut found = fundamental.solve(&entering)?.values.into_iter();
            let column = probabilities.iter_mut().skip(class).step_by(classes);
            for (state, place) in column.enumerate() {
                *place = match class_of(state) {
                    None => found.next().unwrap_or(f64::NAN),
                    Some(own) => f64::from(u8::from(own == class)),
                };
            }
        }
        if expected_periods
            .iter()
            .chain(&probabilities)
            .any(|n| !n.is_finite())
        {
            return Err(Error::overflow("absorption"));
        }
        Ok(Absorption {
            structure,
            probabilities,
            expected_periods,
        })
    }

    /// The distribution π = π·P over the states that customers tend to, whatever state they start in; 0 in transient
    /// states. Of a customer who stays for ever, π_i is the part of time in state i.
    ///
    /// From the visits to the other states of the recurrent class between two visits to its first state, which are
    /// computed without subtraction.
    ///
    /// # Errors
    /// `NoSolution` if there are several recurrent classes: then there is no one distribution; `NotConverged`,
    /// `Overflow`.
    pub fn stationary_distribution(&self, options: &SolverOptions) -> Result<Vec<f64>> {
        options.check()?;
        let structure = self.structure();
        if structure.classes != 1 {
            let reason = "must have one recurrent class for a stationary distribution";
            let error = Error::new(ErrorKind::NoSolution, "transition_matrix", reason);
            return Err(error.with_value(format_args!("of {}", structure.classes)));
        }
        let members = structure.states_of(0);
        let Some((&first, others)) = members.split_first() else {
            return Err(Error::empty("transition_matrix"));
        };
        let mut start = vec![0.0; self.states()];
        for (to, probability) in self.row(first) {
            if let Some(place) = start.get_mut(to) {
                *place += probability;
            }
        }
        let start: Vec<f64> = others
            .iter()
            .filter_map(|&s| start.get(s).copied())
            .collect();
        let visits = Resolvent::new(self, others, 0.0, options)
            .solve_left(&start)?
            .values;
        let total = 1.0 + visits.iter().sum::<f64>();
        if !total.is_finite() {
            return Err(Error::overflow("stationary_distribution"));
        }
        let mut distribution = vec![0.0; self.states()];
        for (&state, visits) in members.iter().zip(std::iter::once(1.0).chain(visits)) {
            if let Some(place) = distribution.get_mut(state) {
                *place = visits / total;
            }
        }
        Ok(distribution)
    }
}
