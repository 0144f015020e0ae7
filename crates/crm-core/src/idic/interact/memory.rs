//! What is remembered of a customer: likings that fade, and specifications that do not.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::math::beta;
use crate::math::proportion::upper_point;
use crate::units::{Moment, Probability};

/// What a choice is believed to be before anything was seen, and how fast what was seen fades.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemoryOptions {
    /// The choices that count as seen of each option before any was; more than 0. 1 is the uniform prior.
    pub prior: f64,
    /// Days in which what was seen loses half of its weight; `None` keeps it.
    pub half_life: Option<f64>,
}

impl Default for MemoryOptions {
    fn default() -> Self {
        MemoryOptions {
            prior: 1.0,
            half_life: None,
        }
    }
}

impl MemoryOptions {
    fn check(&self) -> Result<()> {
        for (argument, value) in [
            ("prior", self.prior),
            ("half_life", self.half_life.unwrap_or(1.0)),
        ] {
            if !value.is_finite() {
                return Err(Error::not_finite(argument, value));
            }
            if value <= 0.0 {
                let error = Error::new(ErrorKind::OutOfRange, argument, "must be more than 0");
                return Err(error.with_value(value));
            }
        }
        Ok(())
    }
}

/// What a customer chose among options, as Dirichlet(prior + count): counts fade by half in each half-life. With two options, no and
/// yes, it is the Beta–Bernoulli memory of a liking.
///
/// ```
/// use crm_core::idic::interact::memory::{MemoryOptions, PreferenceMemory};
/// use crm_core::units::Probability;
///
/// let options = MemoryOptions { prior: 1.0, half_life: Some(90.0) };
/// let mut memory = PreferenceMemory::new(2, options)?;
/// memory.observe(1, 1.0, "2024-01-01".parse()?)?;
/// memory.observe(1, 1.0, "2024-03-31".parse()?)?; // 90 days later the first counts ½
/// let liking = memory.belief("2024-03-31".parse()?, Probability::try_from(0.9)?)?;
/// assert_eq!(liking[1].probability, 2.5 / 3.5);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StoredMemory", into = "StoredMemory")]
pub struct PreferenceMemory {
    options: MemoryOptions,
    counts: Vec<f64>,
    /// The moment up to which the counts have faded.
    at: Option<Moment>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredMemory {
    options: MemoryOptions,
    counts: Vec<f64>,
    at: Option<Moment>,
}

/// How probable it is that the customer chooses an option.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Belief {
    /// The mean.
    pub probability: f64,
    /// Lower end of the equal-tailed credible interval.
    pub lower: f64,
    /// Upper end of the equal-tailed credible interval.
    pub upper: f64,
}

impl PreferenceMemory {
    /// A memory of nothing, of so many options.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for fewer than two options, for a prior and a half-life that are not positive.
    pub fn new(choices: usize, options: MemoryOptions) -> Result<Self> {
        options.check()?;
        if choices < 2 {
            let error = Error::new(ErrorKind::OutOfRange, "choices", "must be 2 or more");
            return Err(error.with_value(choices));
        }
        Ok(PreferenceMemory {
            options,
            counts: vec![0.0; choices],
            at: None,
        })
    }

    /// Remembers that the customer chose an option; `weight` is 1 for one choice. What comes in late counts as faded.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for an option that there is not, and a weight that is negative or not finite.
    pub fn observe(&mut self, choice: usize, weight: f64, at: Moment) -> Result<()> {
        if choice >= self.counts.len() {
            let reason = format!("must be less than {}", self.counts.len());
            return Err(Error::new(ErrorKind::OutOfRange, "choice", reason).with_value(choice));
        }
        if !weight.is_finite() || weight < 0.0 {
            let reason = "must be a finite number, 0 or more";
            return Err(Error::new(ErrorKind::OutOfRange, "weight", reason).with_value(weight));
        }
        let now = self.at.map_or(at, |known| known.max(at));
        let fading = self.fading(now);
        self.counts.iter_mut().for_each(|count| *count *= fading);
        self.at = Some(now);
        let late = self.kept(at, now);
        if let Some(count) = self.counts.get_mut(choice) {
            *count += weight * late;
        }
        Ok(())
    }

    /// What is believed of each option at a moment, with credible intervals of level `confidence`.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for a confidence of 0 or 1.
    pub fn belief(&self, at: Moment, confidence: Probability) -> Result<Vec<Belief>> {
        let upper = upper_point(confidence)?;
        let parameters = self.parameters(at);
        let total: f64 = parameters.iter().sum();
        let quantile = |a: f64, p: f64| beta::inverse(a, total - a, p).0;
        Ok(parameters
            .iter()
            .map(|&a| Belief {
                probability: a / total,
                lower: quantile(a, 1.0 - upper),
                upper: quantile(a, upper),
            })
            .collect())
    }

    /// The parameters of the Dirichlet distribution at a moment, prior + count.
    #[must_use]
    pub fn parameters(&self, at: Moment) -> Vec<f64> {
        let fading = self.fading(self.at.map_or(at, |known| known.max(at)));
        let prior = self.options.prior;
        self.counts
            .iter()
            .map(|count| prior + fading * count)
            .collect()
    }

    /// What is kept of the counts up to a moment that is not before theirs.
    /// Adds what another memory of the same choices has seen.
    pub(crate) fn add(&mut self, other: &PreferenceMemory) {
        self.combine(other, |own, others| own + others);
    }

    /// Takes off what another memory has seen, all of which this one has, too.
    pub(crate) fn take(&mut self, other: &PreferenceMemory) {
        self.combine(other, |own, others| (own - others).max(0.0));
    }

    fn combine(&mut self, other: &PreferenceMemory, each: impl Fn(f64, f64) -> f64) {
        let Some(now) = self.at.max(other.at) else {
            return;
        };
        let (own, others) = (self.fading(now), other.fading(now));
        for (count, seen) in self.counts.iter_mut().zip(&other.counts) {
            *count = each(own * *count, others * seen);
        }
        self.at = Some(now);
    }

    fn fading(&self, now: Moment) -> f64 {
        self.at.map_or(1.0, |known| self.kept(known, now))
    }

    fn kept(&self, from: Moment, to: Moment) -> f64 {
        self.options
            .half_life
            .map_or(1.0, |days| libm::exp2(-from.days_until(to) / days))
    }
}

impl TryFrom<StoredMemory> for PreferenceMemory {
    type Error = Error;

    fn try_from(stored: StoredMemory) -> Result<Self> {
        let memory = PreferenceMemory::new(stored.counts.len(), stored.options)?;
        if let Some((row, count)) = (0..)
            .zip(&stored.counts)
            .find(|(_, c)| !c.is_finite() || **c < 0.0)
        {
            let reason = "must be a finite number, 0 or more";
            let error = Error::new(ErrorKind::OutOfRange, "counts", reason);
            return Err(error.with_value(count).at_row(row));
        }
        Ok(PreferenceMemory {
            counts: stored.counts,
            at: stored.at,
            ..memory
        })
    }
}

impl From<PreferenceMemory> for StoredMemory {
    fn from(memory: PreferenceMemory) -> StoredMemory {
        StoredMemory {
            options: memory.options,
            counts: memory.counts,
            at: memory.at,
        }
    }
}

/// Remembered specifications: what the customer told once and need not tell again, the newest word on each subject. They may be
/// personal, so that `Debug` leaves them out.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Specifications(BTreeMap<String, Specification>);

/// One specification.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Specification {
    /// What the customer wants.
    pub value: String,
    /// When it was said.
    pub at: Moment,
}

impl Specifications {
    /// Remembers a specification, unless a newer one of the same subject is known; whether it was remembered.
    pub fn remember(&mut self, subject: &str, value: &str, at: Moment) -> bool {
        if self.0.get(subject).is_some_and(|known| known.at > at) {
            return false;
        }
        let value = value.to_owned();
        self.0
            .insert(subject.to_owned(), Specification { value, at });
        true
    }

    /// What the customer wants of a subject.
    #[must_use]
    pub fn recall(&self, subject: &str) -> Option<&Specification> {
        self.0.get(subject)
    }

    /// The subjects, in the order of the alphabet.
    pub fn subjects(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Forgets everything; how much there was.
    pub fn erase(&mut self) -> usize {
        std::mem::take(&mut self.0).len()
    }
}

impl fmt::Debug for Specifications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Specifications({})", self.0.len())
    }
}

impl fmt::Debug for Specification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Specification(…, {})", self.at)
    }
}
