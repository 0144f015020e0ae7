use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::kernels::Domain;
use crate::math::special::{digamma_difference, ln_gamma, ln_gamma_ratio, trigamma_difference};
use crate::units::{Label, Terms};

/// What customers in a state do in a period, as a distribution.
///
/// | family | values | parameters of a state | density | mean |
/// | --- | --- | --- | --- | --- |
/// | Poisson | counts | mean m | e^−m mˣ / x! | m |
/// | negative binomial | counts | mean m, shape r | Γ(r+x)/(Γ(r) x!) · (r/(r+m))^r (m/(r+m))ˣ | m |
/// | zero-inflated log-normal | amounts | purchase probability p, mean μ and deviation σ of the logarithm | 1−p at 0, else p/(xσ√2π) · e^(−(ln x−μ)²/2σ²) | p·e^(μ+σ²/2) |
///
/// The negative binomial is a Poisson distribution whose rate varies among customers as Gamma(r, r/m): its variance
/// is m + m²/r.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum EmissionFamily {
    /// Purchases: variance equal to the mean.
    Poisson = 0,
    /// Purchases: variance above the mean.
    NegativeBinomial = 1,
    /// Spend: nothing, or an amount that is log-normal.
    ZeroInflatedLogNormal = 2,
}

impl Label for EmissionFamily {
    const ALL: &'static [Self] = &[
        EmissionFamily::Poisson,
        EmissionFamily::NegativeBinomial,
        EmissionFamily::ZeroInflatedLogNormal,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            EmissionFamily::Poisson => ("poisson", "Poisson", "泊松分布"),
            EmissionFamily::NegativeBinomial => {
                ("negative_binomial", "Negative binomial", "负二项分布")
            }
            EmissionFamily::ZeroInflatedLogNormal => (
                "zero_inflated_log_normal",
                "Zero-inflated log-normal",
                "零膨胀对数正态分布",
            ),
        };
        Terms { name, en, zh }
    }
}

impl EmissionFamily {
    /// Names of the parameters of a state.
    #[must_use]
    pub const fn parameters(self) -> &'static [&'static str] {
        match self {
            EmissionFamily::Poisson => &["mean"],
            EmissionFamily::NegativeBinomial => &["mean", "shape"],
            EmissionFamily::ZeroInflatedLogNormal => {
                &["purchase_probability", "log_mean", "log_deviation"]
            }
        }
    }

    const fn domains(self) -> &'static [Domain] {
        match self {
            EmissionFamily::Poisson => &[Domain::Positive],
            EmissionFamily::NegativeBinomial => &[Domain::Positive, Domain::Positive],
            EmissionFamily::ZeroInflatedLogNormal => {
                &[Domain::Probability, Domain::Finite, Domain::Positive]
            }
        }
    }

    /// The values that a period may have.
    pub(super) const fn domain(self) -> Domain {
        match self {
            EmissionFamily::Poisson | EmissionFamily::NegativeBinomial => Domain::Count,
            EmissionFamily::ZeroInflatedLogNormal => Domain::NonNegative,
        }
    }

    /// What densities need of a value whatever the parameters are: ln x! of a count, ln x of an amount.
    pub(super) fn logarithm(self, value: f64) -> f64 {
        match self {
            EmissionFamily::Poisson | EmissionFamily::NegativeBinomial => ln_gamma(value + 1.0),
            EmissionFamily::ZeroInflatedLogNormal if value > 0.0 => libm::log(value),
            EmissionFamily::ZeroInflatedLogNormal => 0.0,
        }
    }

    /// Sums of a state that an M-step needs: [`Emissions::add_moments`].
    pub(super) const fn moments(self) -> usize {
        match self {
            EmissionFamily::Poisson => 2,
            EmissionFamily::NegativeBinomial | EmissionFamily::ZeroInflatedLogNormal => 4,
        }
    }
}

/// The distributions of all states: a family, and its parameters for each state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct Emissions {
    family: EmissionFamily,
    parameters: Vec<f64>,
}

#[derive(Deserialize)]
struct Parts {
    family: EmissionFamily,
    parameters: Vec<f64>,
}

impl TryFrom<Parts> for Emissions {
    type Error = Error;

    fn try_from(parts: Parts) -> Result<Self> {
        Emissions::new(parts.family, parts.parameters)
    }
}

/// Least mean of a count: that of a state in which nobody buys.
const LEAST_MEAN: f64 = f64::MIN_POSITIVE;
/// Shapes beyond these are not told from 0 or from a Poisson distribution.
const SHAPES: (f64, f64) = (1e-3, 1e7);
/// The logarithm of a shape moves no further in one step.
const LARGEST_STEP: f64 = 1.0;

impl Emissions {
    /// Emissions of a family; `parameters` are those of state 0 in the order of [`EmissionFamily::parameters`], then
    /// those of state 1, and so on.
    ///
    /// # Errors
    /// `Empty`; `LengthMismatch` if a state lacks some; `OutOfRange` or `NotFinite` for one that is not allowed, with
    /// its place.
    pub fn new(family: EmissionFamily, parameters: Vec<f64>) -> Result<Self> {
        let domains = family.domains();
        if parameters.is_empty() {
            return Err(Error::empty("parameters"));
        }
        if !parameters.len().is_multiple_of(domains.len()) {
            let expected = parameters.len().next_multiple_of(domains.len());
            return Err(Error::length("parameters", parameters.len(), expected));
        }
        let given = parameters.iter().zip(domains.iter().cycle());
        for (row, (&value, domain)) in given.enumerate() {
            if !domain.contains(value) {
                return Err(domain.refuse("parameters", value).at_row(row));
            }
        }
        Ok(Emissions { family, parameters })
    }

    /// The family.
    #[must_use]
    pub fn family(&self) -> EmissionFamily {
        self.family
    }

    /// The parameters of state 0, of state 1, …
    #[must_use]
    pub fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    /// The number of states.
    #[must_use]
    pub fn states(&self) -> usize {
        self.rows().len()
    }

    pub(super) fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.parameters.chunks_exact(self.family.parameters().len())
    }

    /// What is expected in a period of each state.
    #[must_use]
    pub fn means(&self) -> Vec<f64> {
        let mean = |row: &[f64]| match (self.family, row) {
            (EmissionFamily::ZeroInflatedLogNormal, &[p, mu, sigma]) => {
                p * libm::exp(mu + 0.5 * sigma * sigma)
            }
            _ => row.first().copied().unwrap_or(f64::NAN),
        };
        self.rows().map(mean).collect()
    }

    /// ln of the density of `value`, whose [logarithm](EmissionFamily::logarithm) is given, in each state.
    pub(super) fn log_densities(&self, value: f64, logarithm: f64, out: &mut [f64]) {
        for (row, out) in self.rows().zip(out) {
            *out = match (self.family, row) {
                (EmissionFamily::Poisson, &[mean]) => value * libm::log(mean) - mean - logarithm,
                (EmissionFamily::NegativeBinomial, &[mean, shape]) => {
                    ln_gamma_ratio(shape, value)
                        - logarithm
                        - shape * libm::log1p(mean / shape)
                        - value * libm::log1p(shape / mean)
                }
                (EmissionFamily::ZeroInflatedLogNormal, &[p, _, _]) if value == 0.0 => {
                    libm::log1p(-p)
                }
                (EmissionFamily::ZeroInflatedLogNormal, &[p, mu, sigma]) => {
                    const HALF_LN_2_PI: f64 = 0.918_938_533_204_672_8;
                    let z = (logarithm - mu) / sigma;
                    libm::log(p) - logarithm - libm::log(sigma) - HALF_LN_2_PI - 0.5 * z * z
                }
                _ => f64::NAN,
            };
        }
    }

    /// Adds what a value says of each state that it comes from with these weights: Σγ, Σγx, and for the negative
    /// binomial Σγ(ψ(r+x) − ψ(r)), Σγ(ψ′(r+x) − ψ′(r)); for amounts Σγ and, of those above 0, Σγ, Σγ(ln x − μ),
    /// Σγ(ln x − μ)².
    pub(super) fn add_moments(
        &self,
        value: f64,
        logarithm: f64,
        weights: &[f64],
        sums: &mut [f64],
    ) {
        let sums = sums.chunks_exact_mut(self.family.moments());
        for ((row, &weight), sums) in self.rows().zip(weights).zip(sums) {
            let moments = match (self.family, row) {
                (EmissionFamily::NegativeBinomial, &[_, shape]) if value > 0.0 => [
                    1.0,
                    value,
                    digamma_difference(shape, value),
                    trigamma_difference(shape, value),
                ],
                (EmissionFamily::ZeroInflatedLogNormal, &[_, mu, _]) if value > 0.0 => {
                    let distance = logarithm - mu;
                    [1.0, 1.0, distance, distance * distance]
                }
                (EmissionFamily::ZeroInflatedLogNormal, _) => [1.0, 0.0, 0.0, 0.0],
                _ => [1.0, value, 0.0, 0.0],
            };
            for (sum, moment) in sums.iter_mut().zip(moments) {
                *sum += weight * moment;
            }
        }
    }

    /// The emissions that [moments](Self::add_moments) at these make likeliest. Of a shape, one step of Newton's
    /// method by its logarithm, of `length` times its length: the likelihood in r, with the mean at its best, has the
    /// derivative Σγ(ψ(r+x) − ψ(r)) − Σγ ln(1 + m/r). Deviations stay at or above `least_deviation`.
    pub(super) fn maximised(&self, sums: &[f64], length: f64, least_deviation: f64) -> Self {
        let mut parameters = Vec::with_capacity(self.parameters.len());
        let states = self.rows().zip(sums.chunks_exact(self.family.moments()));
        for (row, sums) in states {
            match (self.family, row, sums) {
                (EmissionFamily::Poisson, _, &[n, sum]) if n > 0.0 => {
                    parameters.push((sum / n).max(LEAST_MEAN));
                }
                (EmissionFamily::NegativeBinomial, &[_, r], &[n, sum, first, second])
                    if n > 0.0 =>
                {
                    let mean = (sum / n).max(LEAST_MEAN);
                    let slope = r * (first - n * libm::log1p(mean / r));
                    let bend = r * r * (second + n * mean / (r * (r + mean))) + slope;
                    let step = if bend < 0.0 {
                        -slope / bend
                    } else {
                        LARGEST_STEP.copysign(slope)
                    };
                    let step = length * step.clamp(-LARGEST_STEP, LARGEST_STEP);
                    let shape = (r * libm::exp(step)).clamp(SHAPES.0, SHAPES.1);
                    parameters.extend([mean, if shape.is_nan() { r } else { shape }]);
                }
                (
                    EmissionFamily::ZeroInflatedLogNormal,
                    &[_, mu, sigma],
                    &[n, bought, first, second],
                ) if n > 0.0 => {
                    parameters.push((bought / n).min(1.0));
                    if bought > 0.0 {
                        let shift = first / bought;
                        let variance = (second / bought - shift * shift).max(0.0);
                        let deviation = libm::sqrt(variance).max(least_deviation);
                        parameters.extend([mu + shift, deviation]);
                    } else {
                        parameters.extend([mu, sigma]);
                    }
                }
                _ => parameters.extend(row),
            }
        }
        Emissions {
            parameters,
            ..*self
        }
    }

    /// ∂Q of a parameter of a state at [moments](Self::add_moments): by its logarithm where it is positive, by its log-odds
    /// where it is a probability, else by itself.
    pub(super) fn score(&self, state: usize, parameter: usize, sums: &[f64]) -> f64 {
        let sums = sums.chunks_exact(self.family.moments()).nth(state);
        let row = self.rows().nth(state).unwrap_or_default();
        match (self.family, row, sums.unwrap_or_default(), parameter) {
            (EmissionFamily::Poisson, &[m], &[n, sum], _) => sum - n * m,
            (EmissionFamily::NegativeBinomial, &[m, r], &[n, sum, ..], 0) => {
                r * (sum - n * m) / (r + m)
            }
            (EmissionFamily::NegativeBinomial, &[m, r], &[n, sum, first, _], _) => {
                r * (first - n * libm::log1p(m / r) + (n * m - sum) / (r + m))
            }
            (EmissionFamily::ZeroInflatedLogNormal, &[p, _, _], &[n, bought, ..], 0) => {
                bought - n * p
            }
            (EmissionFamily::ZeroInflatedLogNormal, &[_, _, sigma], &[_, _, first, _], 1) => {
                first / (sigma * sigma)
            }
            (EmissionFamily::ZeroInflatedLogNormal, &[_, _, sigma], &[_, bought, _, second], _) => {
                second / (sigma * sigma) - bought
            }
            _ => f64::NAN,
        }
    }

    /// Whether a parameter is where [`Emissions::maximised`] lets it go no further.
    pub(super) fn is_at_limit(&self, place: usize, least_deviation: f64) -> bool {
        let value = self.parameters.get(place).copied().unwrap_or(f64::NAN);
        match (self.family, place % self.family.parameters().len()) {
            (EmissionFamily::NegativeBinomial, 1) => value <= SHAPES.0 || value >= SHAPES.1,
            (EmissionFamily::ZeroInflatedLogNormal, 2) => value <= least_deviation,
            _ => false,
        }
    }

    /// The states in this order.
    pub(super) fn reordered(&self, order: &[usize]) -> Self {
        let states = order.iter().filter_map(|&state| self.rows().nth(state));
        Emissions {
            parameters: states.flatten().copied().collect(),
            ..*self
        }
    }

    /// Whether one M-step reaches the maximum, so that a step cannot be too long.
    pub(super) fn is_exact(&self) -> bool {
        self.family != EmissionFamily::NegativeBinomial
    }

    /// Refuses a value that no state can have.
    pub(super) fn check(&self, values: &[f64]) -> Result<()> {
        let domain = self.family.domain();
        let refused = |value: &f64| !value.is_nan() && !domain.contains(*value);
        match values.iter().enumerate().find(|(_, value)| refused(value)) {
            Some((row, &value)) => Err(domain.refuse("values", value).at_row(row)),
            None => Ok(()),
        }
    }
}
