use serde::Serialize;

use super::fit::FitOptions;
use super::uncertainty::{ParametricBootstrap, replicate};
use super::{
    AnyPurchaseModel, CovariateColumns, CovariateHistories, CovariateModel, CustomerModels,
    Histories, PurchaseModel, PurchaseModelKind,
};
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;
use crate::parallel;

/// Histories that a model made.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SimulatedHistories {
    /// x of each customer.
    pub frequency: Vec<f64>,
    /// t_x of each customer.
    pub recency: Vec<f64>,
}

/// Customers that one task simulates.
const CUSTOMERS_PER_TASK: usize = 1 << 12;
/// More purchases of one customer are not simulated.
const MOST_PURCHASES: u32 = 1 << 26;

/// What customers of these ages do under a model, one for all or one for each: each has rates and probabilities of its own, drawn
/// as the model says. Customer i has stream i of `seed`, so that more customers do not change the
/// first ones.
///
/// ```
/// use crm_core::prediction::{AnyPurchaseModel, PurchaseModelKind, simulate_histories};
///
/// let model = AnyPurchaseModel::new(PurchaseModelKind::BgNbd, [0.2426, 4.4136, 0.7929, 2.4258])?;
/// let made = simulate_histories(&model, &[39.0; 1_000], 7)?;
/// let mean = made.frequency.iter().sum::<f64>() / 1_000.0;
/// assert!((mean - 1.19).abs() < 0.4); // the expectation of a new customer in 39 weeks
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `NotFinite` and `OutOfRange` for an age that the model does not know; `NotFinite` for a customer without a
/// model; `Overflow` for a customer
/// with more than 2²⁶ purchases.
pub fn simulate_histories(
    models: &impl CustomerModels<Model = AnyPurchaseModel>,
    ages: &[f64],
    seed: u64,
) -> Result<SimulatedHistories> {
    simulate(models, ages, seed, 0)
}

/// As [`simulate_histories`], from the streams `first_stream`, `first_stream` + 1, …
fn simulate(
    models: &impl CustomerModels<Model = AnyPurchaseModel>,
    ages: &[f64],
    seed: u64,
    first_stream: u64,
) -> Result<SimulatedHistories> {
    models.require_rows(ages.len())?;
    let tasks = parallel::map_range(ages.len().div_ceil(CUSTOMERS_PER_TASK), |task| {
        let first = task * CUSTOMERS_PER_TASK;
        let customers = ages.iter().enumerate().skip(first).take(CUSTOMERS_PER_TASK);
        let history = |(row, &age): (usize, &f64)| {
            let mut random = Stream::new(seed, first_stream + row as u64);
            let made = models.with(row, |model| history(model, age, &mut random));
            let made = made.and_then(|made| made.ok_or_else(without_model)?);
            made.map_err(|error| error.at_row(row))
        };
        customers.map(history).collect::<Result<Vec<_>>>()
    });
    let mut made = SimulatedHistories {
        frequency: Vec::with_capacity(ages.len()),
        recency: Vec::with_capacity(ages.len()),
    };
    for task in tasks {
        for (frequency, recency) in task? {
            made.frequency.push(f64::from(frequency));
            made.recency.push(recency);
        }
    }
    Ok(made)
}

fn without_model() -> Error {
    Error::new(ErrorKind::NotFinite, "covariates", "must not hold NaN")
}

/// Frequency and recency of a customer of this age.
fn history(model: &AnyPurchaseModel, age: f64, random: &mut Stream) -> Result<(u32, f64)> {
    let time = model.time();
    if !time.contains(age) {
        return Err(time.refuse("age", age));
    }
    drawn(model, age, random).ok_or_else(|| {
        let reason = "is so long that a customer buys more than 2^26 times";
        Error::new(ErrorKind::Overflow, "age", reason).with_value(age)
    })
}

/// None for a customer with too many purchases.
fn drawn(model: &AnyPurchaseModel, age: f64, random: &mut Stream) -> Option<(u32, f64)> {
    let [p, q, s, t] = model.parameters();
    match model.kind() {
        PurchaseModelKind::BgNbd => {
            let (rate, leaves) = (random.gamma(p) / q, random.beta(s, t));
            purchases(rate, leaves, age, random)
        }
        PurchaseModelKind::MbgNbd => {
            let (rate, leaves) = (random.gamma(p) / q, random.beta(s, t));
            if random.uniform() < leaves {
                return Some((0, 0.0));
            }
            purchases(rate, leaves, age, random)
        }
        PurchaseModelKind::ParetoNbd => {
            let (rate, leaving) = (random.gamma(p) / q, random.gamma(s) / t);
            let lifetime = random.exponential() / leaving;
            purchases(rate, 0.0, age.min(lifetime), random)
        }
        PurchaseModelKind::BgBb => {
            let (buys, leaves) = (random.beta(p, q), random.beta(s, t));
            let (mut frequency, mut recency, mut opportunity) = (0, 0.0, 1.0);
            while opportunity <= age && random.uniform() >= leaves {
                if random.uniform() < buys {
                    frequency += 1;
                    recency = opportunity;
                }
                if frequency > MOST_PURCHASES {
                    return None;
                }
                opportunity += 1.0;
            }
            Some((frequency, recency))
        }
    }
}

/// Purchases at this rate until `end`, each of which may be the last.
fn purchases(rate: f64, leaves: f64, end: f64, random: &mut Stream) -> Option<(u32, f64)> {
    let (mut frequency, mut recency) = (0, 0.0);
    loop {
        let next = recency + random.exponential() / rate;
        if next > end || next.is_nan() {
            return Some((frequency, recency));
        }
        if frequency >= MOST_PURCHASES {
            return None;
        }
        (frequency, recency) = (frequency + 1, next);
        if random.uniform() < leaves {
            return Some((frequency, recency));
        }
    }
}

impl AnyPurchaseModel {
    /// Simulates customers of these ages `replicates` times, and fits the model to them each time. Customer
    /// i of replicate b has stream b · 2³² + i of `seed`.
    ///
    /// # Errors
    /// `OutOfRange` for fewer than 2 replicates; those of [`simulate_histories`] and of the options.
    pub fn parametric_bootstrap(
        &self,
        ages: &[f64],
        options: &FitOptions,
        replicates: u32,
        seed: u64,
    ) -> Result<ParametricBootstrap> {
        replicate(self, replicates, |first_stream| {
            let made = simulate(self, ages, seed, first_stream)?;
            let histories = Histories::new(&made.frequency, &made.recency, ages)?;
            AnyPurchaseModel::fit(self.kind(), &histories, options)
        })
    }
}

impl CovariateModel {
    /// Simulates customers of these ages and covariates `replicates` times, and fits the model to them each time, with a penalty
    /// on the coefficients and options as of [`CovariateModel::fit`]. Customer i of replicate b has stream b · 2³² + i of `seed`.
    ///
    /// # Errors
    /// `OutOfRange` for fewer than 2 replicates; those of [`simulate_histories`], of covariates that say nothing and of the
    /// options.
    pub fn parametric_bootstrap(
        &self,
        ages: &[f64],
        columns: CovariateColumns<'_>,
        (penalty, options): (f64, &FitOptions),
        replicates: u32,
        seed: u64,
    ) -> Result<ParametricBootstrap> {
        let customers = self.customers(columns)?;
        // Once to begin with: a covariate that says nothing is no matter of chance.
        let new = vec![0.0; ages.len()];
        CovariateHistories::new(&new, &new, ages, None, self.covariates().clone(), columns)?;
        replicate(self, replicates, |first_stream| {
            let made = simulate(&customers, ages, seed, first_stream)?;
            let (x, recency, names) = (&made.frequency, &made.recency, self.covariates().clone());
            let histories = CovariateHistories::new(x, recency, ages, None, names, columns)?;
            CovariateModel::fit(self.base().kind(), &histories, penalty, options)
        })
    }
}
