//! Purchases at discrete opportunities.

mod alive;
mod death;
mod likelihood;

use super::fit::{Fit, FitOptions, maximise};
use super::model::positive;
use super::{Histories, PurchaseHistory, PurchaseModel};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::math::special::ln_gamma_ratio;
use death::Death;
use likelihood::Grouped;

/// The BG/BB model of purchases at discrete opportunities: events that come round, periods of which
/// one asks whether the customer bought. While alive a customer buys at each with the probability
/// p ~ Beta(α, β); before each one it leaves for good with the probability θ ~ Beta(γ, δ).
///
/// ```text
/// L(x, t_x, n) = B(α+x, β+n−x)/B(α, β) · B(γ, δ+n)/B(γ, δ) · (1 + odds)
/// odds of being dead = Σ B(α+x, β+i−x)/B(α+x, β+n−x) · B(γ+1, δ+i)/B(γ, δ+n), i from t_x to n − 1
/// given alive: BG/BB(α+x, β+n−x, γ, δ+n)
/// ```
///
/// A [`PurchaseHistory`] is x purchases at n opportunities (the age), the last of them at opportunity
/// t_x (the recency). Horizons are numbers of opportunities to come, and discount rates are per
/// opportunity. P(alive) is at the n-th opportunity; at the next one it is that of the horizon 1. Time
/// and work grow with the number of opportunities.
///
/// Source: Fader, Hardie & Shang (2010), "Customer-base analysis in a discrete-time noncontractual
/// setting", eq. (5) to (15).
///
/// ```
/// use crm_core::prediction::{BgBb, PurchaseHistory, PurchaseModel};
///
/// // Yearly donations to a public radio station.
/// let model = BgBb::new(1.2035, 0.7497, 0.6567, 2.7834)?;
/// let every_year = PurchaseHistory::new(6.0, 6.0, 6.0)?;
/// assert!((model.expected_purchases(every_year, 5.0)? - 3.75).abs() < 5e-3);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgBb {
    alpha: f64,
    beta: f64,
    gamma: f64,
    delta: f64,
}

const NAMES: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

impl BgBb {
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a number that is not positive.
    pub fn new(alpha: f64, beta: f64, gamma: f64, delta: f64) -> Result<Self> {
        let [alpha, beta, gamma, delta] = positive(NAMES, [alpha, beta, gamma, delta])?;
        Ok(BgBb {
            alpha,
            beta,
            gamma,
            delta,
        })
    }

    /// The most likely parameters for `histories`.
    ///
    /// # Errors
    /// `NoSolution` for data that cannot tell parameters apart: nobody bought, or all customers are
    /// alike; `OutOfRange` with the row for a history that the model cannot make; those of the
    /// options; `NotConverged`.
    pub fn fit(histories: &Histories, options: &FitOptions) -> Result<Fit<Self>> {
        histories.require_identifiable()?;
        for (&history, &row) in histories.groups().iter().zip(histories.rows()) {
            check(history).map_err(|error| error.at_row(row))?;
        }
        let report = maximise(&Grouped(histories), options)?;
        let estimates = <[f64; 4]>::try_from(report.estimates.as_slice()).unwrap_or([f64::NAN; 4]);
        let [alpha, beta, gamma, delta] = positive(NAMES, estimates)?;
        let model = BgBb {
            alpha,
            beta,
            gamma,
            delta,
        };
        Ok(Fit::new(model, report))
    }
}

/// Refuses recency and age that are not whole, and more purchases than opportunities.
fn check(history: PurchaseHistory) -> Result<()> {
    for (argument, value) in [("recency", history.recency()), ("age", history.age())] {
        if !Domain::Count.contains(value) {
            return Err(Domain::Count.refuse(argument, value));
        }
    }
    if history.frequency() > history.recency() {
        let reason = format!(
            "must not be over the recency, {}, the number of opportunities until the last purchase",
            history.recency()
        );
        return Err(
            Error::new(ErrorKind::OutOfRange, "frequency", reason).with_value(history.frequency())
        );
    }
    Ok(())
}

impl PurchaseModel for BgBb {
    type Alive = BgBb;

    fn names(&self) -> [&'static str; 4] {
        NAMES
    }

    fn parameters(&self) -> [f64; 4] {
        [self.alpha, self.beta, self.gamma, self.delta]
    }

    fn with_parameters(&self, [alpha, beta, gamma, delta]: [f64; 4]) -> Result<Self> {
        BgBb::new(alpha, beta, gamma, delta)
    }

    fn time(&self) -> Domain {
        Domain::Count
    }

    fn check(&self, history: PurchaseHistory) -> Result<()> {
        check(history)
    }

    fn log_likelihood_alive(&self, history: PurchaseHistory) -> f64 {
        let (x, n) = (history.frequency(), history.age());
        ln_gamma_ratio(self.alpha, x) + ln_gamma_ratio(self.beta, n - x)
            - ln_gamma_ratio(self.alpha + self.beta, n)
            + ln_gamma_ratio(self.delta, n)
            - ln_gamma_ratio(self.gamma + self.delta, n)
    }

    fn log_odds_dead(&self, history: PurchaseHistory) -> f64 {
        Death::new(self, history).ln_odds
    }

    fn given_alive(&self, history: PurchaseHistory) -> BgBb {
        let (x, n) = (history.frequency(), history.age());
        BgBb {
            alpha: self.alpha + x,
            beta: self.beta + (n - x),
            gamma: self.gamma,
            delta: self.delta + n,
        }
    }
}
