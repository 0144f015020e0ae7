use serde::{Deserialize, Serialize};

use super::blocking::BlockingKey;
use super::level::{AgreementLevel, Pattern};
use super::schema::Schema;
use crate::units::Label;

/// Probabilities of the levels of a field, given that neither value is missing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FieldModel {
    /// m: of each level, in two records of one customer. Missing has none.
    pub m: [f64; AgreementLevel::COUNT],
    /// u: of each level, in records of two customers.
    pub u: [f64; AgreementLevel::COUNT],
    /// The mean frequency of the values that records drawn at random agree on.
    pub mean_frequency: f64,
}

impl FieldModel {
    /// log₂(m/u): the evidence of a level, in bits; 0 for a missing value.
    #[must_use]
    pub fn weight(&self, level: AgreementLevel) -> f64 {
        let at =
            |of: &[f64; AgreementLevel::COUNT]| of.get(level as usize).copied().unwrap_or_default();
        match level {
            AgreementLevel::Missing => 0.0,
            _ => libm::log2(at(&self.m) / at(&self.u)),
        }
    }

    /// Those of all levels.
    pub(crate) fn weights(&self) -> [f64; AgreementLevel::COUNT] {
        let mut weights = [0.0; AgreementLevel::COUNT];
        for (weight, level) in weights.iter_mut().zip(AgreementLevel::ALL) {
            *weight = self.weight(*level);
        }
        weights
    }

    /// The bits by which agreement on a value of this frequency is better evidence than on a value of the mean frequency:
    /// log₂(mean / frequency), at most `bound` either way.
    #[must_use]
    pub fn term_frequency_weight(&self, frequency: f64, bound: f64) -> f64 {
        match frequency > 0.0 && self.mean_frequency > 0.0 {
            true => libm::log2(self.mean_frequency / frequency).clamp(-bound, bound),
            false => 0.0,
        }
    }
}

/// The model of Fellegi & Sunter 1969, fitted: how probably two records are of one customer.
///
/// The match weight of a pair is log₂(λ/(1 − λ)) + Σ log₂(m/u) over its fields, and its probability 1/(1 + 2^−weight): fields
/// agree independently of each other, given whether the records are of one customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkageModel {
    pub(crate) schema: Schema,
    pub(crate) fields: Vec<FieldModel>,
    /// By field: of pairs that agree on what it is made of.
    pub(crate) derived: Vec<Option<FieldModel>>,
    pub(crate) prior: f64,
    pub(crate) keys: Vec<BlockingKey>,
    pub(crate) recall: f64,
    pub(crate) iterations: usize,
    pub(crate) converged: bool,
    pub(crate) term_frequency_bound: f64,
    pub(crate) largest_block: usize,
}

/// What a field says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FieldEvidence {
    /// How well the values agree.
    pub level: AgreementLevel,
    /// log₂(m/u) of this level.
    pub weight: f64,
    /// What the frequency of the value adds.
    pub term_frequency: f64,
}

/// Why two records are, or are not, of one customer: bits for and against. It holds no value of the records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// log₂ of the odds that two records drawn at random are of one customer.
    pub prior: f64,
    /// What each field says, in the order of the schema.
    pub fields: Vec<FieldEvidence>,
    /// The sum of all.
    pub weight: f64,
    /// The probability that they are of one customer.
    pub probability: f64,
}

/// The probability whose odds have this logarithm to the base 2.
#[must_use]
pub fn probability_of_weight(weight: f64) -> f64 {
    1.0 / (1.0 + libm::exp2(-weight))
}

/// log₂(p / (1 − p)).
#[must_use]
pub fn weight_of_probability(probability: f64) -> f64 {
    libm::log2(probability / (1.0 - probability))
}

impl LinkageModel {
    /// The fields.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// m and u of each field.
    #[must_use]
    pub fn fields(&self) -> &[FieldModel] {
        &self.fields
    }

    /// By field: m and u among pairs that agree on what it is made of ([`Schema::derived`]), where [`LinkageModel::fields`] has those of
    /// all others.
    #[must_use]
    pub fn derived(&self) -> &[Option<FieldModel>] {
        &self.derived
    }

    /// λ: the probability that two records drawn at random are of one customer.
    #[must_use]
    pub fn prior(&self) -> f64 {
        self.prior
    }

    /// The keys that found the pairs.
    #[must_use]
    pub fn keys(&self) -> &[BlockingKey] {
        &self.keys
    }

    /// The estimated share of all matches that the keys find, if fields agree independently of each other.
    #[must_use]
    pub fn recall(&self) -> f64 {
        self.recall
    }

    /// How many iterations the estimation took, and whether m no longer changed.
    #[must_use]
    pub fn convergence(&self) -> (usize, bool) {
        (self.iterations, self.converged)
    }

    /// The evidence of all fields, where `frequency` gives that of the value that a field agrees on.
    pub(crate) fn explain(
        &self,
        pattern: Pattern,
        frequency: impl Fn(usize) -> f64,
    ) -> Explanation {
        let evidence = |(place, field): (usize, &FieldModel)| {
            let level = pattern.level(place);
            let derived = self.derived.get(place).and_then(Option::as_ref);
            let agrees = |_: &&FieldModel| self.schema.is_derived(place, |f| pattern.level(f));
            let field = derived.filter(agrees).unwrap_or(field);
            let counts = self
                .schema
                .fields()
                .get(place)
                .is_some_and(|f| f.term_frequency);
            let term_frequency = match level {
                AgreementLevel::Exact if counts => {
                    field.term_frequency_weight(frequency(place), self.term_frequency_bound)
                }
                _ => 0.0,
            };
            FieldEvidence {
                level,
                weight: field.weight(level),
                term_frequency,
            }
        };
        let fields: Vec<FieldEvidence> = self.fields.iter().enumerate().map(evidence).collect();
        let prior = weight_of_probability(self.prior);
        let weight = fields
            .iter()
            .fold(prior, |sum, f| sum + (f.weight + f.term_frequency));
        Explanation {
            prior,
            fields,
            weight,
            probability: probability_of_weight(weight),
        }
    }

    /// The weights of all levels of all fields.
    pub(crate) fn weights(&self) -> Vec<[f64; AgreementLevel::COUNT]> {
        self.fields.iter().map(FieldModel::weights).collect()
    }

    /// The same where pairs agree on what a field is made of.
    pub(crate) fn derived_weights(&self) -> Vec<Option<[f64; AgreementLevel::COUNT]>> {
        let derived = self.derived.iter();
        derived
            .map(|field| field.as_ref().map(FieldModel::weights))
            .collect()
    }
}
