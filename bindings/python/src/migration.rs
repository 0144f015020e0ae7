//! Customers who move among states by a Markov chain.

use crm_core::clv::migration::{
    self, AlwaysAShare, ContactTiming, DecisionProcess, MigrationModel, RecencyChain, Rewards,
    SolverOptions, SparseTransitions, Transitions,
};
use crm_core::clv::switching::{Horizon, TransitionMatrix};
use crm_core::units::Probability;
use pyo3::prelude::*;

use crate::buffers::{Floats, Output, Values, Whole, detached};
use crate::categories::member;
use crate::error::Result;
use crate::numbers::{Kind, Number, decimals};
use crate::switching::rows;

/// A horizon of `None` has no end.
fn until(horizon: Option<u32>) -> Horizon {
    horizon.map_or(Horizon::Infinite, Horizon::Periods)
}

/// Rewards of two dimensions have a row for each period.
fn read_rewards(rewards: &Floats, variance: Option<&Floats>) -> crm_core::Result<Rewards> {
    let made = if rewards.shape().len() > 1 {
        let rows = rows("rewards", rewards)?;
        Rewards::by_period(rows.into_iter().map(<[f64]>::to_vec).collect())
    } else {
        Rewards::constant(rewards.slice("rewards")?)
    };
    Ok(match variance {
        Some(variance) => made.with_variance(variance.slice("reward_variance")?),
        None => made,
    })
}

fn probabilities(repurchase: &[Number]) -> crm_core::Result<Vec<Probability>> {
    let numbers = decimals("repurchase", repurchase)?.into_iter().enumerate();
    let named = |(row, p)| Probability::named("repurchase", p).map_err(|error| error.at_row(row));
    numbers.map(named).collect()
}

/// P of a recency chain, row after row.
#[pyfunction]
pub(crate) fn recency_matrix(repurchase: Vec<Number>) -> Result<Vec<f64>> {
    let chain = RecencyChain::new(probabilities(&repurchase)?)?;
    Ok(chain.transition_matrix()?.entries().to_vec())
}

/// A Markov chain of customers with rewards.
#[pyclass(frozen, name = "MigrationModel", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyMigrationModel(MigrationModel);

impl PyMigrationModel {
    fn new(
        transitions: impl Into<Transitions>,
        rewards: &Floats,
        variance: Option<&Floats>,
    ) -> Result<Self> {
        let rewards = read_rewards(rewards, variance)?;
        Ok(Self(MigrationModel::new(transitions, rewards)?))
    }

    fn chain(&self) -> (&Transitions, &SolverOptions) {
        (self.0.transitions(), self.0.solver())
    }
}

type Classes = Vec<Option<usize>>;

#[pymethods]
impl PyMigrationModel {
    #[staticmethod]
    fn dense(
        transition_matrix: Floats,
        rewards: Floats,
        reward_variance: Option<Floats>,
    ) -> Result<Self> {
        let matrix = TransitionMatrix::new(&rows("transition_matrix", &transition_matrix)?)?;
        Self::new(matrix, &rewards, reward_variance.as_ref())
    }

    #[staticmethod]
    fn sparse(
        py: Python<'_>,
        row_starts: Whole,
        columns: Whole,
        probabilities: Floats,
        rewards: Floats,
        reward_variance: Option<Floats>,
    ) -> Result<Self> {
        let matrix = SparseTransitions::from_csr(
            &row_starts.numbers(py, "row_starts")?,
            &columns.numbers(py, "columns")?,
            probabilities.slice("probabilities")?,
        )?;
        Self::new(matrix, &rewards, reward_variance.as_ref())
    }

    #[staticmethod]
    fn direct_mail(repurchase: Vec<Number>, margin: Number, contact_cost: Number) -> Result<Self> {
        let chain = RecencyChain::new(probabilities(&repurchase)?)?;
        let cost = contact_cost.money("contact_cost")?;
        Ok(Self(chain.direct_mail(margin.money("margin")?, cost)?))
    }

    fn with_solver(&self, tolerance: Number, max_iterations: u64) -> Result<Self> {
        let tolerance = tolerance.f64("tolerance")?;
        let options = SolverOptions {
            tolerance,
            max_iterations,
        };
        Ok(Self(self.0.clone().with_solver(options)?))
    }

    fn states(&self) -> usize {
        self.0.states()
    }

    /// Values, error bound, products with the matrix.
    fn value(
        &self,
        py: Python<'_>,
        discount_rate: Number,
        horizon: Option<u32>,
    ) -> Result<(Vec<f64>, f64, u64)> {
        let rate = discount_rate.rate("discount_rate")?;
        let found = detached(py, || self.0.value(rate, until(horizon)))?;
        Ok((found.values, found.error_bound, found.iterations))
    }

    /// Mean, variance, standard deviation.
    fn moments(
        &self,
        py: Python<'_>,
        discount_rate: Number,
        horizon: Option<u32>,
    ) -> Result<(Vec<f64>, Vec<f64>, Vec<f64>)> {
        let rate = discount_rate.rate("discount_rate")?;
        let found = detached(py, || self.0.moments(rate, until(horizon)))?;
        let deviation = found.standard_deviation();
        Ok((found.mean, found.variance, deviation))
    }

    /// The rows one after the other.
    fn distribution(&self, py: Python<'_>, initial: Floats, last: u32) -> Result<Vec<f64>> {
        let initial = initial.slice("initial")?;
        let (transitions, _) = self.chain();
        detached(py, || transitions.distribution(initial, last)).map(|path| path.customers)
    }

    fn occupancy(
        &self,
        py: Python<'_>,
        initial: Floats,
        discount_rate: Number,
        horizon: Option<u32>,
    ) -> Result<Vec<f64>> {
        let initial = initial.slice("initial")?;
        let rate = discount_rate.rate("discount_rate")?;
        let (transitions, options) = self.chain();
        detached(py, || {
            transitions.occupancy(initial, rate, until(horizon), options)
        })
    }

    /// The class of each state, the number of classes.
    fn structure(&self) -> (Classes, usize) {
        let structure = self.0.transitions().structure();
        (structure.recurrent_class, structure.classes)
    }

    /// The class of each state, the rows of probabilities one after the other, expected periods.
    fn absorption(&self, py: Python<'_>) -> Result<(Classes, Vec<f64>, Vec<f64>)> {
        let (transitions, options) = self.chain();
        let found = detached(py, || transitions.absorption(options))?;
        let classes = found.structure.recurrent_class;
        Ok((classes, found.probabilities, found.expected_periods))
    }

    fn stationary_distribution(&self, py: Python<'_>) -> Result<Vec<f64>> {
        let (transitions, options) = self.chain();
        detached(py, || transitions.stationary_distribution(options))
    }
}

#[derive(IntoPyObject)]
pub(crate) struct Policy {
    policy: Vec<u32>,
    value: Vec<f64>,
    start_value: Vec<f64>,
    iterations: u64,
}

/// A Markov decision process.
#[pyclass(frozen, name = "DecisionProcess", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyDecisionProcess(DecisionProcess);

#[pymethods]
impl PyDecisionProcess {
    /// `transitions` is actions × states × states, the others actions × states.
    #[staticmethod]
    fn from_tables(
        transitions: Floats,
        rewards: Floats,
        available: Option<Vec<bool>>,
    ) -> Result<Self> {
        let &[actions, states] = rewards.shape() else {
            return Err(crm_core::Error::length("rewards", rewards.shape().len(), 2).into());
        };
        Ok(Self(DecisionProcess::from_tables(
            states,
            u32::try_from(actions).unwrap_or(u32::MAX),
            transitions.slice("transitions")?,
            rewards.slice("rewards")?,
            available.as_deref(),
        )?))
    }

    #[staticmethod]
    fn contact_decision(
        repurchase: Vec<Number>,
        margin: Number,
        contact_cost: Number,
    ) -> Result<Self> {
        let chain = RecencyChain::new(probabilities(&repurchase)?)?;
        let cost = contact_cost.money("contact_cost")?;
        Ok(Self(chain.contact_decision(margin.money("margin")?, cost)?))
    }

    fn states(&self) -> usize {
        self.0.states()
    }

    fn under(&self, policy: Vec<u32>) -> Result<PyMigrationModel> {
        Ok(PyMigrationModel(self.0.under(&policy)?))
    }

    fn policy_iteration(
        &self,
        py: Python<'_>,
        discount_rate: Number,
        start: Option<Vec<u32>>,
    ) -> Result<Policy> {
        let rate = discount_rate.rate("discount_rate")?;
        let found = detached(py, || self.0.policy_iteration(rate, start.as_deref()))?;
        Ok(Policy {
            policy: found.policy,
            value: found.value,
            start_value: found.start_value,
            iterations: found.iterations,
        })
    }

    /// The rows of actions one after the other, the value.
    fn backward_induction(
        &self,
        py: Python<'_>,
        discount_rate: Number,
        last: u32,
    ) -> Result<(Vec<u32>, Vec<f64>)> {
        let rate = discount_rate.rate("discount_rate")?;
        let found = detached(py, || self.0.backward_induction(rate, last))?;
        Ok((found.actions, found.value))
    }
}

#[derive(IntoPyObject)]
pub(crate) struct Share {
    value: Number,
    expected_purchases: Vec<Number>,
    expected_contacts: Vec<Number>,
    flow: Vec<Number>,
    present_value: Vec<Number>,
}

impl Share {
    fn new(kind: Kind, found: &AlwaysAShare) -> Self {
        let column = |of: fn(&migration::SharePeriod) -> rust_decimal::Decimal| {
            let numbers = found.periods.iter().map(of);
            numbers.map(|number| kind.number(number)).collect()
        };
        Share {
            value: kind.number(found.value.value()),
            expected_purchases: column(|period| period.expected_purchases),
            expected_contacts: column(|period| period.expected_contacts),
            flow: column(|period| period.flow.value()),
            present_value: column(|period| period.present_value.value()),
        }
    }
}

#[pyfunction]
pub(crate) fn always_a_share(
    margin: Number,
    contact_cost: Number,
    repurchase: Vec<Number>,
    discount_rate: Number,
    periods: u64,
    contact: &str,
) -> Result<Share> {
    let kind = Kind::of(
        repurchase
            .iter()
            .chain([&margin, &contact_cost, &discount_rate]),
    );
    let found = migration::always_a_share(
        margin.money("margin")?,
        contact_cost.money("contact_cost")?,
        &probabilities(&repurchase)?,
        discount_rate.rate("discount_rate")?,
        periods,
        member::<ContactTiming>("contact", contact)?,
    )?;
    Ok(Share::new(kind, &found))
}

/// `repurchase` is one row for all customers, or one for each.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "those of the core")]
pub(crate) fn always_a_share_values(
    py: Python<'_>,
    margin: Values,
    contact_cost: Values,
    repurchase: Floats,
    discount_rate: Number,
    periods: u64,
    contact: &str,
    mut out: Output,
) -> Result<()> {
    let (margin, cost) = (
        margin.column("margin")?,
        contact_cost.column("contact_cost")?,
    );
    let recencies = repurchase.shape().last().copied().unwrap_or(0);
    let (repurchase, out) = (repurchase.slice("repurchase")?, out.slice()?);
    let rate = discount_rate.f64("discount_rate")?;
    let contact = member::<ContactTiming>("contact", contact)?;
    detached(py, || {
        migration::always_a_share_values_into(
            margin, cost, repurchase, recencies, rate, periods, contact, out,
        )
    })
}
