use serde::Serialize;

use super::{Bdw, RenewalModel, Renewals, Sbg};
use crate::error::Result;
use crate::kernels::Domain;
use crate::math::random::Stream;
use crate::prediction::fit::{Fit, FitOptions};
use crate::prediction::uncertainty::{Parametric, ParametricBootstrap, replicate};

/// Customers under contract that a model made: what
/// [`Renewals::from_customers`](super::Renewals::from_customers) takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SimulatedTenures {
    /// The renewal at which each left, or how often it has renewed.
    pub tenure: Vec<f64>,
    /// Whether it left.
    pub churned: Vec<bool>,
}

/// What customers do under `model` who came to this many renewals, `ages`, unless they left before: each
/// has a probability to leave of its own. Customer i has stream i of `seed`, so that more customers do not
/// change the first ones.
///
/// ```
/// use crm_core::prediction::{Sbg, simulate_tenures};
///
/// let made = simulate_tenures(&Sbg::new(0.7, 1.2)?, &[1.0; 1_000], 3)?;
/// let left = made.churned.iter().filter(|left| **left).count();
/// assert!((310..430).contains(&left)); // α/(α + β) of them
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `NotFinite` and `OutOfRange` for an age that is not a whole number, with its row.
pub fn simulate_tenures(
    model: &impl RenewalModel,
    ages: &[f64],
    seed: u64,
) -> Result<SimulatedTenures> {
    simulate(model.as_bdw(), ages, seed, 0)
}

/// As [`simulate_tenures`], from the streams `first_stream`, `first_stream` + 1, …
fn simulate(model: Bdw, ages: &[f64], seed: u64, first_stream: u64) -> Result<SimulatedTenures> {
    let mut made = SimulatedTenures {
        tenure: Vec::with_capacity(ages.len()),
        churned: Vec::with_capacity(ages.len()),
    };
    for (row, &age) in ages.iter().enumerate() {
        if !Domain::Count.contains(age) {
            return Err(Domain::Count.refuse("age", age).at_row(row));
        }
        let mut random = Stream::new(seed, first_stream + row as u64);
        let leaves = leaving(model, &mut random);
        made.tenure.push(leaves.min(age));
        made.churned.push(leaves <= age);
    }
    Ok(made)
}

/// The renewal at which a customer leaves: the first t with (1 − θ)^(t^c) ≤ U, θ ~ Beta(α, β).
fn leaving(Bdw { alpha, beta, c }: Bdw, random: &mut Stream) -> f64 {
    let theta = random.beta(alpha, beta);
    let hazard = -libm::log1p(-theta);
    let time = libm::pow(random.exponential() / hazard, 1.0 / c);
    time.ceil().max(1.0)
}

impl Sbg {
    /// Simulates customers who came to these numbers of renewals, unless they left before, `replicates` times, and
    /// fits the model to them each time. Customer i of replicate b has stream b · 2³² + i of `seed`.
    ///
    /// # Errors
    /// `OutOfRange` for fewer than 2 replicates; those of [`simulate_tenures`] and of the options.
    pub fn parametric_bootstrap(
        &self,
        ages: &[f64],
        options: &FitOptions,
        replicates: u32,
        seed: u64,
    ) -> Result<ParametricBootstrap> {
        bootstrap(self, ages, replicates, seed, |renewals| {
            Sbg::fit(renewals, options)
        })
    }
}

impl Bdw {
    /// As [`Sbg::parametric_bootstrap`].
    ///
    /// # Errors
    /// As there.
    pub fn parametric_bootstrap(
        &self,
        ages: &[f64],
        options: &FitOptions,
        replicates: u32,
        seed: u64,
    ) -> Result<ParametricBootstrap> {
        bootstrap(self, ages, replicates, seed, |renewals| {
            Bdw::fit(renewals, options)
        })
    }
}

fn bootstrap<M: RenewalModel + Parametric>(
    model: &M,
    ages: &[f64],
    replicates: u32,
    seed: u64,
    fit: impl Fn(&Renewals) -> Result<Fit<M>>,
) -> Result<ParametricBootstrap> {
    replicate(model, replicates, |first_stream| {
        let made = simulate(model.as_bdw(), ages, seed, first_stream)?;
        fit(&Renewals::from_customers(
            &made.tenure,
            &made.churned,
            None,
        )?)
    })
}
