//! Customers under contract, who renew or leave at known times.

mod beta_ratio;
mod columns;
mod lifetime;
mod likelihood;
mod renewals;
mod simulate;

pub use columns::{
    RenewalColumns, churn_probability_into, conditional_survival_into, discounted_lifetime_into,
    discounted_residual_lifetime_into, expected_residual_lifetime_into, retention_rate_into,
};
pub use renewals::Renewals;
pub use simulate::{SimulatedTenures, simulate_tenures};

use serde::{Deserialize, Serialize};

use super::fit::{Fit, FitOptions, maximise};
use super::model::positive;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use beta_ratio::log_beta_ratio;
use lifetime::Lifetime;
use likelihood::RenewalLikelihood;

/// The shifted beta-geometric model. At each renewal a customer leaves with the probability
/// θ ~ Beta(α, β), which differs between customers and stays the same for each. Retention rates rise
/// with tenure because those who are likely to leave leave early.
///
/// ```text
/// S(t) = B(α, β + t)/B(α, β)        survival: renewed t times
/// r_t  = (β + t − 1)/(α + β + t − 1)  retention rate at renewal t
/// ```
///
/// Source: Fader & Hardie (2007), "How to project customer retention", Journal of Interactive
/// Marketing 21.
///
/// ```
/// use crm_core::prediction::{Renewals, RenewalModel, Sbg, fit::FitOptions};
///
/// let survivors = [1000.0, 869.0, 743.0, 653.0, 593.0, 551.0, 517.0, 491.0];
/// let fit = Sbg::fit(&Renewals::from_survivors(&survivors)?, &FitOptions::default())?;
/// assert!((fit.model.parameters()[0] - 0.668).abs() < 5e-4); // the paper's High End customers
/// assert!((fit.model.survival(12.0)? - 0.38).abs() < 5e-3);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Sbg {
    alpha: f64,
    beta: f64,
}

/// The beta-discrete-Weibull model: as [`Sbg`], but a customer's own retention rate changes with
/// tenure. It falls for c > 1 and rises for c < 1; c = 1 is the [`Sbg`].
///
/// ```text
/// S(t) = B(α, β + t^c)/B(α, β),  r_t = S(t)/S(t − 1)
/// ```
///
/// Source: Fader, Hardie, Liu, Davin & Steenburgh (2018), "'How to project customer retention'
/// revisited: the role of duration dependence", Journal of Interactive Marketing 43.
///
/// ```
/// use crm_core::prediction::{Bdw, RenewalModel, Sbg};
///
/// let (sbg, bdw) = (Sbg::new(0.7, 1.2)?, Bdw::new(0.7, 1.2, 1.0)?);
/// assert_eq!(sbg.survival(9.0)?, bdw.survival(9.0)?);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Bdw {
    alpha: f64,
    beta: f64,
    c: f64,
}

/// As both are written; the sBG has no `c`.
#[derive(Serialize, Deserialize)]
struct Parameters {
    alpha: f64,
    beta: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    c: Option<f64>,
}

/// A model of renewals with known parameters: what it says of a new customer, and of one who has
/// renewed some times.
///
/// A customer pays once per period, at its beginning, the first time when it comes; at the end of
/// each period it renews or leaves. Tenures, renewals and horizons are counted in periods.
pub trait RenewalModel: Sync {
    /// The model as a BdW, which every model here is a case of.
    fn as_bdw(&self) -> Bdw;

    /// S(t): the probability that a new customer renews `renewals` times or more.
    ///
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a number that is not whole.
    fn survival(&self, renewals: f64) -> Result<f64> {
        self.conditional_survival(0.0, renewals)
    }

    /// S(m + k)/S(m): the probability that a customer who has renewed m = `renewals` times renews `further`
    /// times more.
    ///
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a number that is not whole.
    fn conditional_survival(&self, renewals: f64, further: f64) -> Result<f64> {
        require_count("renewals", renewals)?;
        require_count("further", further)?;
        Ok(libm::exp(-log_loss(self.as_bdw(), renewals, further)))
    }

    /// r_t: the share of the customers who come to their renewal number `renewal`, from 1 on, who
    /// renew.
    ///
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a number that is not 1, 2, ….
    fn retention_rate(&self, renewal: f64) -> Result<f64> {
        require_renewal(renewal)?;
        self.conditional_survival(renewal - 1.0, 1.0)
    }

    /// P(T = t): the probability that a new customer leaves at its renewal number `renewal`, from 1 on:
    /// S(t − 1) − S(t).
    ///
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a number that is not 1, 2, ….
    fn churn_probability(&self, renewal: f64) -> Result<f64> {
        require_renewal(renewal)?;
        let last_step = log_loss(self.as_bdw(), renewal - 1.0, 1.0);
        Ok(self.survival(renewal - 1.0)? * -libm::expm1(-last_step))
    }

    /// DEL: the discounted payments, of 1 each, of a customer who has renewed m = `renewals` times and pays
    /// now, over `horizon` periods: Σ_{k=0}^{horizon−1} S(m + k)/S(m) (1 + d)^−k. The horizon may be infinite.
    /// For a new customer (m = 0) of the sBG this is 2F1(1, β; α + β; 1/(1 + d)).
    ///
    /// # Errors
    /// - `NotFinite`; `OutOfRange` for renewals or a horizon that are not whole, a discount rate of −1
    ///   or less;
    /// - `Divergent` for an infinite horizon with a negative discount rate, or without discount where
    ///   αc ≤ 1; `Overflow`.
    fn discounted_lifetime(&self, renewals: f64, horizon: f64, discount_rate: f64) -> Result<f64> {
        require_count("renewals", renewals)?;
        if horizon != f64::INFINITY {
            require_count("horizon", horizon)?;
        }
        if !Domain::Rate.contains(discount_rate) {
            return Err(Domain::Rate.refuse("discount_rate", discount_rate));
        }
        let model = self.as_bdw();
        let refuse =
            |kind, reason| Err(Error::new(kind, "discount_rate", reason).with_value(discount_rate));
        let finite = discount_rate > 0.0 || (discount_rate == 0.0 && model.power() > 1.0);
        if horizon == f64::INFINITY && !finite {
            let reason = "is so low that payments without end have no finite value";
            return refuse(ErrorKind::Divergent, reason);
        }
        let force = libm::log1p(discount_rate);
        let lifetime = Lifetime {
            model,
            renewals,
            force,
        };
        let value = lifetime.sum(horizon);
        if value.is_finite() {
            return Ok(value);
        }
        refuse(
            ErrorKind::Overflow,
            "is so low that the value does not fit into the number type",
        )
    }

    /// DERL: the discounted payments, of 1 each, that are still to come from a customer who has renewed
    /// m = `renewals` times, seen just before the next renewal, over the next `horizon` payments:
    /// Σ_{k=0}^{horizon−1} S(m + 1 + k)/S(m) (1 + d)^−k. The next payment, if it comes, is not discounted;
    /// seen from just after the last payment, divide by 1 + d.
    ///
    /// Source: Fader & Hardie (2010), "Customer-base valuation in a contractual setting: the perils of
    /// ignoring heterogeneity", Marketing Science 29, eq. (6), whose n is m + 1.
    ///
    /// # Errors
    /// As [`discounted_lifetime`](Self::discounted_lifetime).
    fn discounted_residual_lifetime(
        &self,
        renewals: f64,
        horizon: f64,
        discount_rate: f64,
    ) -> Result<f64> {
        let next = self.conditional_survival(renewals, 1.0)?;
        Ok(next * self.discounted_lifetime(renewals + 1.0, horizon, discount_rate)?)
    }

    /// The expected number of renewals that are still to come from a customer who has renewed m =
    /// `renewals` times, among the next `horizon`: Σ_{k=1}^{horizon} S(m + k)/S(m). For the sBG without
    /// horizon this is (β + m)/(α − 1).
    ///
    /// # Errors
    /// As [`discounted_lifetime`](Self::discounted_lifetime), `Divergent` where αc ≤ 1.
    fn expected_residual_lifetime(&self, renewals: f64, horizon: f64) -> Result<f64> {
        let named = |error: Error| match error.kind() {
            ErrorKind::Divergent => {
                let reason =
                    "must be finite: the expected lifetime is not, as alpha · c is 1 or less";
                Error::new(ErrorKind::Divergent, "horizon", reason)
            }
            _ => error,
        };
        self.discounted_residual_lifetime(renewals, horizon, 0.0)
            .map_err(named)
    }
}

impl Sbg {
    /// The names of the parameters, in the order of [`parameters`](Self::parameters).
    pub const NAMES: [&'static str; 2] = ["alpha", "beta"];

    /// # Errors
    /// `NotFinite`; `OutOfRange` for a number that is not positive.
    pub fn new(alpha: f64, beta: f64) -> Result<Self> {
        let [alpha, beta] = positive(Self::NAMES, [alpha, beta])?;
        Ok(Sbg { alpha, beta })
    }

    /// The most likely parameters for `renewals`.
    ///
    /// # Errors
    /// `Empty`; `NoSolution` for data that cannot tell parameters apart: nobody left, nobody stayed,
    /// or first renewals only; those of the options; `NotConverged`.
    pub fn fit(renewals: &Renewals, options: &FitOptions) -> Result<Fit<Self>> {
        renewals.require_identifiable()?;
        let likelihood = RenewalLikelihood {
            renewals,
            duration_dependence: false,
        };
        let report = maximise(&likelihood, options)?;
        let estimates = <[f64; 2]>::try_from(report.estimates.as_slice()).unwrap_or([f64::NAN; 2]);
        let [alpha, beta] = positive(Self::NAMES, estimates)?;
        Ok(Fit::new(Sbg { alpha, beta }, report))
    }

    /// α and β.
    #[must_use]
    pub fn parameters(&self) -> [f64; 2] {
        [self.alpha, self.beta]
    }
}

impl Bdw {
    /// The names of the parameters, in the order of [`parameters`](Self::parameters).
    pub const NAMES: [&'static str; 3] = ["alpha", "beta", "c"];

    /// # Errors
    /// `NotFinite`; `OutOfRange` for a number that is not positive.
    pub fn new(alpha: f64, beta: f64, c: f64) -> Result<Self> {
        let [alpha, beta, c] = positive(Self::NAMES, [alpha, beta, c])?;
        Ok(Bdw { alpha, beta, c })
    }

    /// The most likely parameters for `renewals`.
    ///
    /// # Errors
    /// As [`Sbg::fit`].
    pub fn fit(renewals: &Renewals, options: &FitOptions) -> Result<Fit<Self>> {
        renewals.require_identifiable()?;
        let likelihood = RenewalLikelihood {
            renewals,
            duration_dependence: true,
        };
        let report = maximise(&likelihood, options)?;
        let estimates = <[f64; 3]>::try_from(report.estimates.as_slice()).unwrap_or([f64::NAN; 3]);
        let [alpha, beta, c] = positive(Self::NAMES, estimates)?;
        Ok(Fit::new(Bdw { alpha, beta, c }, report))
    }

    /// α, β and c.
    #[must_use]
    pub fn parameters(&self) -> [f64; 3] {
        [self.alpha, self.beta, self.c]
    }

    /// S(t) falls like t to minus this.
    fn power(&self) -> f64 {
        self.alpha * self.c
    }
}

impl RenewalModel for Sbg {
    fn as_bdw(&self) -> Bdw {
        Bdw {
            alpha: self.alpha,
            beta: self.beta,
            c: 1.0,
        }
    }
}

impl RenewalModel for Bdw {
    fn as_bdw(&self) -> Bdw {
        *self
    }
}

impl TryFrom<Bdw> for Sbg {
    type Error = Error;

    /// `OutOfRange` for a `c` that is not 1.
    fn try_from(Bdw { alpha, beta, c }: Bdw) -> Result<Self> {
        if c == 1.0 {
            return Ok(Sbg { alpha, beta });
        }
        Err(Error::new(ErrorKind::OutOfRange, "c", "must be 1, as it is in the sBG").with_value(c))
    }
}

impl TryFrom<Parameters> for Sbg {
    type Error = Error;

    fn try_from(parameters: Parameters) -> Result<Self> {
        match parameters.c {
            None => Sbg::new(parameters.alpha, parameters.beta),
            Some(c) => {
                let reason = "is no parameter of the sBG";
                Err(Error::new(ErrorKind::WrongType, "c", reason).with_value(c))
            }
        }
    }
}

impl From<Sbg> for Parameters {
    fn from(Sbg { alpha, beta }: Sbg) -> Self {
        Parameters {
            alpha,
            beta,
            c: None,
        }
    }
}

impl TryFrom<Parameters> for Bdw {
    type Error = Error;

    fn try_from(parameters: Parameters) -> Result<Self> {
        let missing = || Error::new(ErrorKind::Missing, "c", "must not be missing");
        Bdw::new(
            parameters.alpha,
            parameters.beta,
            parameters.c.ok_or_else(missing)?,
        )
    }
}

impl From<Bdw> for Parameters {
    fn from(Bdw { alpha, beta, c }: Bdw) -> Self {
        Parameters {
            alpha,
            beta,
            c: Some(c),
        }
    }
}

/// −ln(S(m + t)/S(m)); t need not be whole.
fn log_loss(model: Bdw, renewals: f64, further: f64) -> f64 {
    let Bdw { alpha, beta, c } = model;
    let made = libm::pow(renewals, c);
    log_beta_ratio(alpha, beta + made, power_difference(renewals, further, c))
}

/// (m + t)^c − m^c without cancellation.
fn power_difference(m: f64, t: f64, c: f64) -> f64 {
    if c == 1.0 {
        t
    } else if t >= m {
        libm::pow(m + t, c) - libm::pow(m, c)
    } else {
        libm::pow(m, c) * libm::expm1(c * libm::log1p(t / m))
    }
}

fn require_count(argument: &'static str, value: f64) -> Result<()> {
    if Domain::Count.contains(value) {
        return Ok(());
    }
    Err(Domain::Count.refuse(argument, value))
}

fn require_renewal(renewal: f64) -> Result<()> {
    require_count("renewal", renewal)?;
    if renewal >= 1.0 {
        return Ok(());
    }
    Err(Error::new(ErrorKind::OutOfRange, "renewal", "must be 1 or more").with_value(renewal))
}
