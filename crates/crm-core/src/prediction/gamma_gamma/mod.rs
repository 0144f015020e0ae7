//! What customers spend per purchase.

mod columns;
mod likelihood;
mod spending;

pub use columns::{
    SpendColumns, expected_spend_density_into, expected_spend_into, spend_interval_into,
    spend_lifetime_value_into, spend_log_density_into,
};
pub use spending::Spending;

use serde::{Deserialize, Serialize};

use super::fit::{Fit, FitOptions, maximise};
use super::model::positive;
use super::uncertainty::{ParametricBootstrap, replicate};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::math::gamma_quantile;
use crate::math::random::Stream;
use crate::math::special::{ln_beta, ln_gamma};
use crate::units::Probability;
use likelihood::SpendLikelihood;

/// The Gamma-Gamma model of spend. The amounts of a customer are Gamma(p, ν), by shape and rate, and
/// ν ~ Gamma(q, γ) differs between customers. What a customer spends must not hang on how often it
/// buys ([`Spending::correlation`] shows whether it does).
///
/// ```text
/// mean spend m̄ of x purchases:  f(m̄ | x) = 1/(m̄ B(px, q)) · (x m̄/(γ + x m̄))^(px) · (γ/(γ + x m̄))^q
/// given x and m̄:                ν ~ Gamma(px + q, γ + x m̄)
/// expected spend M = p/ν:        E[M | x, m̄] = p (γ + x m̄)/(px + q − 1)
/// ```
///
/// γ has the unit of money; p and q have none.
///
/// Source: Fader & Hardie (2013), "The Gamma-Gamma model of monetary value", note 025.
///
/// ```
/// use crm_core::prediction::GammaGamma;
///
/// let model = GammaGamma::new(6.2488, 3.7446, 15.4477)?; // CDNOW
/// assert!((model.expected_spend(2.0, 22.35)? - 24.66).abs() < 5e-3);
/// assert!((model.expected_spend(0.0, 0.0)? - 35.17).abs() < 5e-3); // of a new customer
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct GammaGamma {
    p: f64,
    q: f64,
    gamma: f64,
}

#[derive(Serialize, Deserialize)]
struct Parameters {
    p: f64,
    q: f64,
    gamma: f64,
}

const NAMES: [&str; 3] = ["p", "q", "gamma"];

impl GammaGamma {
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a number that is not positive.
    pub fn new(p: f64, q: f64, gamma: f64) -> Result<Self> {
        let [p, q, gamma] = positive(NAMES, [p, q, gamma])?;
        Ok(GammaGamma { p, q, gamma })
    }

    /// The most likely parameters for `spending`.
    ///
    /// # Errors
    /// Those of the options; `NotConverged`. Data that no parameters can tell from constant spend,
    /// one customer for example, give a fit at the boundary
    /// ([`FitStatus`](super::fit::FitStatus)).
    pub fn fit(spending: &Spending, options: &FitOptions) -> Result<Fit<Self>> {
        let report = maximise(&SpendLikelihood::new(spending), options)?;
        let estimates = <[f64; 3]>::try_from(report.estimates.as_slice()).unwrap_or([f64::NAN; 3]);
        let [p, q, gamma] = positive(NAMES, estimates)?;
        Ok(Fit::new(GammaGamma { p, q, gamma }, report))
    }

    /// The names of the parameters, in the order of [`parameters`](Self::parameters).
    pub const NAMES: [&'static str; 3] = NAMES;

    /// p, q and γ.
    #[must_use]
    pub fn parameters(&self) -> [f64; 3] {
        [self.p, self.q, self.gamma]
    }

    /// ln f(m̄ | x): the log-density of the mean spend m̄ of x purchases.
    ///
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a frequency that is not 1, 2, …, or a mean spend that is not
    /// positive.
    pub fn log_density(&self, frequency: f64, mean_spend: f64) -> Result<f64> {
        require_purchases(frequency, mean_spend)?;
        let total = frequency * mean_spend;
        let shape = self.p * frequency;
        Ok(-ln_beta(shape, self.q)
            - shape * libm::log1p(self.gamma / total)
            - self.q * libm::log1p(total / self.gamma)
            - libm::log(mean_spend))
    }

    /// The density over customers of the expected spend M = p/ν at `expected_spend`:
    /// (pγ)^q M^(−q−1) e^(−pγ/M) / Γ(q).
    ///
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a spend that is not positive.
    pub fn expected_spend_density(&self, expected_spend: f64) -> Result<f64> {
        if !Domain::Positive.contains(expected_spend) {
            return Err(Domain::Positive.refuse("expected_spend", expected_spend));
        }
        let scaled = self.p * self.gamma / expected_spend;
        let log = self.q * libm::log(scaled) - scaled - ln_gamma(self.q);
        Ok(libm::exp(log) / expected_spend)
    }

    /// E[M | x, m̄]: the expected spend per purchase of a customer whose x purchases had the mean m̄.
    /// With x = 0 (and m̄ = 0) this is the mean over all customers, pγ/(q − 1).
    ///
    /// # Errors
    /// - `NotFinite`; `OutOfRange` for a frequency that is not a whole number, a mean spend that is
    ///   not positive (0 for x = 0);
    /// - [`ErrorKind::Divergent`] where the mean is infinite: px + q ≤ 1, so q ≤ 1 for x = 0. The
    ///   [interval](Self::spend_interval) is finite there, too.
    pub fn expected_spend(&self, frequency: f64, mean_spend: f64) -> Result<f64> {
        require_spend(frequency, mean_spend)?;
        let degrees = self.p * frequency + (self.q - 1.0);
        if degrees <= 0.0 {
            let reason = "is so small that the expected spend is infinite: p · frequency + q must be greater \
                          than 1";
            return Err(Error::new(ErrorKind::Divergent, "q", reason).with_value(self.q));
        }
        Ok(self.p * (self.gamma + frequency * mean_spend) / degrees)
    }

    /// The interval that holds the expected spend M = p/ν of a customer with probability `level`, as
    /// much probability lying on either side: ν ~ Gamma(px + q, γ + x m̄).
    ///
    /// # Errors
    /// `NotFinite` and `OutOfRange` as [`expected_spend`](Self::expected_spend), and for a level of 0
    /// or 1.
    pub fn spend_interval(
        &self,
        frequency: f64,
        mean_spend: f64,
        level: Probability,
    ) -> Result<(f64, f64)> {
        require_spend(frequency, mean_spend)?;
        let tail = tail_of(level)?;
        Ok(self.interval(frequency, mean_spend, tail))
    }

    /// The quantiles of M with the probability `tail` below and above.
    fn interval(&self, frequency: f64, mean_spend: f64, tail: f64) -> (f64, f64) {
        let shape = self.p * frequency + self.q;
        let scale = self.p * (self.gamma + frequency * mean_spend);
        (
            scale / gamma_quantile::upper(shape, tail),
            scale / gamma_quantile::lower(shape, tail),
        )
    }

    /// The lifetime value of a customer whose purchases and spend do not hang on each other:
    /// margin · E[M | x, m̄] · discounted expected purchases.
    ///
    /// # Errors
    /// Those of [`expected_spend`](Self::expected_spend); `NotFinite`; `OutOfRange` for negative
    /// purchases; `Overflow`.
    pub fn lifetime_value(
        &self,
        frequency: f64,
        mean_spend: f64,
        discounted_purchases: f64,
        margin: f64,
    ) -> Result<f64> {
        for (argument, domain, value) in [
            (
                "discounted_purchases",
                Domain::NonNegative,
                discounted_purchases,
            ),
            ("margin", Domain::Finite, margin),
        ] {
            if !domain.contains(value) {
                return Err(domain.refuse(argument, value));
            }
        }
        let value = margin * (self.expected_spend(frequency, mean_spend)? * discounted_purchases);
        if value.is_finite() {
            Ok(value)
        } else {
            Err(Error::overflow("margin").with_value(margin))
        }
    }

    /// Draws the mean spend of customers with these frequencies; 0 where the frequency is 0. The
    /// same seed gives the same amounts; the draws of a row depend on the seed and the row alone.
    ///
    /// # Errors
    /// `NotFinite` and `OutOfRange` for a frequency that is not a whole number, with its row.
    pub fn simulate(&self, frequency: &[f64], seed: u64) -> Result<Vec<f64>> {
        self.simulate_from(frequency, seed, 0)
    }

    /// Simulates the spend of customers with these frequencies `replicates` times, and fits the model to it
    /// each time. Customer i of replicate b has stream b · 2³² + i of `seed`.
    ///
    /// # Errors
    /// `OutOfRange` for fewer than 2 replicates; those of [`simulate`](Self::simulate), of
    /// [`Spending::new`] and of the options.
    pub fn parametric_bootstrap(
        &self,
        frequency: &[f64],
        options: &FitOptions,
        replicates: u32,
        seed: u64,
    ) -> Result<ParametricBootstrap> {
        replicate(self, replicates, |first_stream| {
            let spend = self.simulate_from(frequency, seed, first_stream)?;
            GammaGamma::fit(&Spending::new(frequency, &spend)?, options)
        })
    }

    /// As [`simulate`](Self::simulate), from the streams `first_stream`, `first_stream` + 1, …
    fn simulate_from(&self, frequency: &[f64], seed: u64, first_stream: u64) -> Result<Vec<f64>> {
        let draw = |(row, &x): (usize, &f64)| {
            if !Domain::Count.contains(x) {
                return Err(Domain::Count.refuse("frequency", x).at_row(row));
            }
            if x == 0.0 {
                return Ok(0.0);
            }
            let mut stream = Stream::new(seed, first_stream + row as u64);
            let rate = stream.gamma(self.q) / self.gamma;
            Ok(stream.gamma(self.p * x) / (rate * x))
        };
        frequency.iter().enumerate().map(draw).collect()
    }
}

impl TryFrom<Parameters> for GammaGamma {
    type Error = Error;

    fn try_from(parameters: Parameters) -> Result<Self> {
        GammaGamma::new(parameters.p, parameters.q, parameters.gamma)
    }
}

impl From<GammaGamma> for Parameters {
    fn from(model: GammaGamma) -> Self {
        let GammaGamma { p, q, gamma } = model;
        Parameters { p, q, gamma }
    }
}

/// Half of what lies outside of an interval of this probability.
fn tail_of(level: Probability) -> Result<f64> {
    if level == Probability::ZERO || level == Probability::ONE {
        let rule = "must be between 0 and 1, both excluded";
        return Err(Error::new(ErrorKind::OutOfRange, "level", rule).with_value(level.value()));
    }
    Ok(0.5 * (1.0 - level.to_f64()))
}

/// Refuses a customer that bought nothing again, or spent nothing.
fn require_purchases(frequency: f64, mean_spend: f64) -> Result<()> {
    if frequency == 0.0 {
        let rule = "must be 1 or more";
        return Err(Error::new(ErrorKind::OutOfRange, "frequency", rule).with_value(frequency));
    }
    require_spend(frequency, mean_spend)
}

/// Refuses what no customer can have spent: m̄ is positive, and 0 where there was no purchase.
fn require_spend(frequency: f64, mean_spend: f64) -> Result<()> {
    if !Domain::Count.contains(frequency) {
        return Err(Domain::Count.refuse("frequency", frequency));
    }
    if frequency > 0.0 {
        if Domain::Positive.contains(mean_spend) {
            return Ok(());
        }
        return Err(Domain::Positive.refuse("mean_spend", mean_spend));
    }
    if mean_spend == 0.0 {
        return Ok(());
    }
    let rule = "must be 0 for a customer whose frequency is 0";
    let kind = if mean_spend.is_finite() {
        ErrorKind::OutOfRange
    } else {
        ErrorKind::NotFinite
    };
    Err(Error::new(kind, "mean_spend", rule).with_value(mean_spend))
}
