//! Negative binomial purchases of customers whose lifetimes are Pareto distributed.

mod alive;
mod death;
mod hessian;
mod likelihood;
mod score;

use super::fit::{Fit, FitOptions, Likelihood, maximise};
use super::model::positive;
use super::{Histories, PurchaseHistory, PurchaseModel};
use crate::error::Result;
use crate::math::special::ln_gamma_ratio;
use death::Death;
use likelihood::Grouped;

/// The Pareto/NBD model. While alive a customer buys at random with the rate λ ~ Gamma(r, α); it leaves
/// for good, whether it buys or not, with the rate μ ~ Gamma(s, β).
///
/// ```text
/// L(x, t_x, T) = Γ(r+x)/Γ(r) · α^r/(α+T)^(r+x) · (β/(β+T))^s · (1 + odds)
/// odds of being dead = s ∫ ((α+T)/(α+y))^(r+x) ((β+T)/(β+y))^s dy/(β+y), y from t_x to T
/// given alive: Pareto/NBD(r+x, α+T, s, β+T)
/// ```
///
/// The odds are integrated as they stand, over the moment y of death: all terms are positive, so that
/// they are right to the last digits for every customer, unlike differences of hypergeometric functions.
///
/// Source: Schmittlein, Morrison & Colombo (1987), "Counting your customers: who are they and what will
/// they do next?"; Fader & Hardie (2005), "A note on deriving the Pareto/NBD model and related
/// expressions" (note 009).
///
/// ```
/// use crm_core::prediction::{ParetoNbd, PurchaseHistory, PurchaseModel};
///
/// let model = ParetoNbd::new(0.5533, 10.5776, 0.6062, 11.6679)?; // CDNOW, in weeks
/// let history = PurchaseHistory::new(26.0, 30.86, 31.0)?;
/// assert!((model.probability_alive(history, 0.0)? - 0.99792).abs() < 5e-6);
/// assert!((model.expected_purchases(history, 52.0)? - 25.458).abs() < 5e-3);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParetoNbd {
    r: f64,
    alpha: f64,
    s: f64,
    beta: f64,
}

const NAMES: [&str; 4] = ["r", "alpha", "s", "beta"];

impl ParetoNbd {
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a number that is not positive.
    pub fn new(r: f64, alpha: f64, s: f64, beta: f64) -> Result<Self> {
        let [r, alpha, s, beta] = positive(NAMES, [r, alpha, s, beta])?;
        Ok(ParetoNbd { r, alpha, s, beta })
    }

    /// The most likely parameters for `histories`.
    ///
    /// # Errors
    /// `NoSolution` for data that cannot tell parameters apart: nobody bought again, or all
    /// customers are alike; those of the options; `NotConverged`.
    pub fn fit(histories: &Histories, options: &FitOptions) -> Result<Fit<Self>> {
        histories.require_identifiable()?;
        let report = maximise(&Grouped::new(histories), options)?;
        let estimates = <[f64; 4]>::try_from(report.estimates.as_slice()).unwrap_or([f64::NAN; 4]);
        let [r, alpha, s, beta] = positive(NAMES, estimates)?;
        Ok(Fit::new(ParetoNbd { r, alpha, s, beta }, report))
    }

    pub(super) fn likelihood(histories: &Histories) -> impl Likelihood {
        Grouped::new(histories)
    }
}

impl PurchaseModel for ParetoNbd {
    type Alive = ParetoNbd;

    fn names(&self) -> [&'static str; 4] {
        NAMES
    }

    fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.s, self.beta]
    }

    fn with_parameters(&self, [r, alpha, s, beta]: [f64; 4]) -> Result<Self> {
        ParetoNbd::new(r, alpha, s, beta)
    }

    fn log_likelihood_alive(&self, history: PurchaseHistory) -> f64 {
        let (x, age) = (history.frequency(), history.age());
        ln_gamma_ratio(self.r, x)
            - self.r * libm::log1p(age / self.alpha)
            - x * libm::log(self.alpha + age)
            - self.s * libm::log1p(age / self.beta)
    }

    fn log_odds_dead(&self, history: PurchaseHistory) -> f64 {
        if history.age() == history.recency() {
            return f64::NEG_INFINITY;
        }
        Death::new(self, history.frequency(), history.recency(), history.age()).ln_odds
    }

    fn given_alive(&self, history: PurchaseHistory) -> ParetoNbd {
        ParetoNbd {
            r: self.r + history.frequency(),
            alpha: self.alpha + history.age(),
            s: self.s,
            beta: self.beta + history.age(),
        }
    }
}
