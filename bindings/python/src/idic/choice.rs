//! The next action for a customer.

use crm_core::idic::interact::choice::{ActionChooser, ActionScore, Decision, LoggedReward};
use pyo3::prelude::*;

use super::{read, written};
use crate::buffers::{Floats, detached};
use crate::error::Result;
use crate::service::moment;

/// Changes with each decision and reward.
#[pyclass(name = "ActionChooser", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyActionChooser(ActionChooser);

/// Is eligible, mean, standard error, probability.
type Score = (bool, f64, f64, f64);

fn score(found: &ActionScore) -> Score {
    (
        found.is_eligible,
        found.mean,
        found.standard_error,
        found.probability,
    )
}

/// Id, customer, action, probability, is control, scores.
type DecisionParts = (u64, u64, usize, f64, bool, Vec<Score>);

fn decision(found: &Decision) -> DecisionParts {
    (
        found.id,
        found.customer,
        found.action,
        found.probability,
        found.is_control,
        found.scores.iter().map(score).collect(),
    )
}

/// Id, action, probability, is control.
type DecisionColumns = (Vec<u64>, Vec<usize>, Vec<f64>, Vec<bool>);

/// Id, customer, action, probability, reward.
pub(super) type Logged = (u64, u64, usize, f64, f64);

pub(super) fn logged(found: &LoggedReward) -> Logged {
    (
        found.id,
        found.customer,
        found.action,
        found.probability,
        found.reward,
    )
}

#[pymethods]
impl PyActionChooser {
    #[new]
    fn new(options: &str) -> Result<Self> {
        Ok(PyActionChooser(ActionChooser::new(read(
            "options", options,
        )?)?))
    }

    #[staticmethod]
    fn from_state(state: &str) -> Result<Self> {
        Ok(PyActionChooser(read("state", state)?))
    }

    fn state(&self) -> Result<String> {
        written(&self.0)
    }

    fn options(&self) -> Result<String> {
        written(self.0.options())
    }

    fn decide(
        &mut self,
        customer: u64,
        features: Vec<f64>,
        eligible: Vec<bool>,
        at: i64,
    ) -> Result<DecisionParts> {
        let found = self
            .0
            .decide(customer, &features, &eligible, moment("at", at)?)?;
        Ok(decision(&found))
    }

    /// The decisions, column by column.
    fn decide_each(
        &mut self,
        py: Python<'_>,
        customers: Vec<u64>,
        features: Floats,
        eligible: Vec<bool>,
        at: i64,
    ) -> Result<DecisionColumns> {
        let (at, features) = (moment("at", at)?, features.slice("features")?);
        let chooser = &mut self.0;
        let found = detached(py, || {
            chooser.decide_each(&customers, features, &eligible, at)
        })?;
        Ok((
            found.iter().map(|decision| decision.id).collect(),
            found.iter().map(|decision| decision.action).collect(),
            found.iter().map(|decision| decision.probability).collect(),
            found.iter().map(|decision| decision.is_control).collect(),
        ))
    }

    fn reward(&mut self, decision: u64, reward: f64) -> Result<Logged> {
        Ok(logged(&self.0.reward(decision, reward)?))
    }

    fn expire(&mut self, now: i64) -> Result<Vec<Logged>> {
        let expired = self.0.expire(moment("now", now)?);
        Ok(expired.iter().map(logged).collect())
    }

    fn expected(&self, customer: u64, features: Vec<f64>) -> Result<Vec<f64>> {
        Ok(self.0.expected(customer, &features)?)
    }

    /// Constant, contributions, leaning, cost, mean, standard error.
    fn explain(
        &self,
        customer: u64,
        features: Vec<f64>,
        action: usize,
    ) -> Result<(f64, Vec<f64>, f64, f64, f64, f64)> {
        let found = self.0.explain(customer, &features, action)?;
        Ok((
            found.constant,
            found.contributions,
            found.leaning,
            found.cost,
            found.mean,
            found.standard_error,
        ))
    }

    fn coefficients(&self) -> Vec<Vec<f64>> {
        (0..)
            .map_while(|action| self.0.coefficients(action))
            .map(<[f64]>::to_vec)
            .collect()
    }

    fn observations(&self) -> Vec<u64> {
        self.0.observations()
    }

    fn pending(&self) -> usize {
        self.0.pending()
    }

    fn is_control(&self, customer: u64) -> bool {
        self.0.is_control(customer)
    }

    fn erase(&mut self, customer: u64) -> usize {
        self.0.erase(customer)
    }
}
