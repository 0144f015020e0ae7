use super::blocking::Blocks;
use super::compare::{compare, compare_field, cost};
use super::field::FieldKind;
use super::level::AgreementLevel;
use super::model::{Explanation, LinkageModel, probability_of_weight, weight_of_probability};
use super::records::Records;
use super::train::tasks;
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;

/// Two records and their match weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredPair {
    /// The row of the first record.
    pub a: u32,
    /// The row of the second record, greater than `a`.
    pub b: u32,
    /// log₂ of the odds that they are of one customer.
    pub weight: f64,
}

impl ScoredPair {
    /// The probability that they are of one customer.
    #[must_use]
    pub fn probability(&self) -> f64 {
        probability_of_weight(self.weight)
    }
}

/// The pairs that are likely enough to be matches, by their rows.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredPairs {
    /// By `a`, then `b`.
    pub pairs: Vec<ScoredPair>,
    /// How many different pairs were compared.
    pub compared: u64,
}

/// Weights of the model, prepared for one set of records.
pub(crate) struct Scorer<'a> {
    model: &'a LinkageModel,
    records: &'a Records,
    weights: Vec<[f64; AgreementLevel::COUNT]>,
    /// By field, where pairs agree on what it is made of.
    derived: Vec<Option<[f64; AgreementLevel::COUNT]>>,
    /// By field and number of a value.
    term_frequencies: Vec<Vec<f32>>,
    /// The most that a field can add if its values are not the same.
    best_inexact: Vec<f64>,
    /// The most that a field can add if one of its values is missing.
    best_missing: Vec<f64>,
    /// The fields, those first that take the most off when they differ, for what they take to compare.
    order: Vec<usize>,
    prior: f64,
}

impl<'a> Scorer<'a> {
    pub(crate) fn new(model: &'a LinkageModel, records: &'a Records) -> Self {
        let weights = model.weights();
        let derived = model.derived_weights();
        let mut best_inexact = Vec::new();
        let mut best_missing = Vec::new();
        for ((field, [_, different, similar, swapped, close, exact]), derived) in
            model.schema.fields().iter().zip(&weights).zip(&derived)
        {
            let inexact = different.max(*similar).max(*close);
            let swapped = if field.partner.is_some() {
                *swapped
            } else {
                f64::NEG_INFINITY
            };
            let spaced = if field.kind == FieldKind::Address {
                exact + model.term_frequency_bound
            } else {
                f64::NEG_INFINITY
            };
            let derived = derived.iter().flatten();
            let derived = derived.copied().fold(f64::NEG_INFINITY, f64::max);
            best_inexact.push(inexact.max(swapped).max(spaced).max(derived));
            best_missing.push(swapped.max(0.0));
        }
        let drop = |&field: &usize| {
            let different = weights
                .get(field)
                .map_or(0.0, |[_, different, ..]| *different);
            let best = best_inexact.get(field).copied().unwrap_or_default();
            let kind = model.schema.fields().get(field).map(|field| field.kind);
            (different - best) / kind.map_or(1.0, cost)
        };
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by(|a, b| drop(a).total_cmp(&drop(b)));
        Scorer {
            model,
            records,
            term_frequencies: (0..weights.len())
                .map(|field| term_frequencies(model, records, field))
                .collect(),
            best_inexact,
            best_missing,
            order,
            prior: weight_of_probability(model.prior),
            derived,
            weights,
        }
    }

    /// The match weight of a pair, if it is `least` or more: it is given up as soon as what is left cannot reach that.
    pub(crate) fn weight(&self, a: u32, b: u32, least: f64) -> Option<f64> {
        let (a, b) = (self.records.row(a as usize), self.records.row(b as usize));
        let best = |field: usize| match a.number(field).zip(b.number(field)) {
            None => self.best_missing.get(field).copied().unwrap_or_default(),
            Some((of_a, of_b)) if of_a == of_b => match self.derived(field) {
                None => self.exact(field, of_a),
                Some([.., exact]) => self.exact(field, of_a).max(*exact),
            },
            Some(_) => self.best_inexact.get(field).copied().unwrap_or_default(),
        };
        let mut bound = (0..self.weights.len()).fold(self.prior, |sum, field| sum + best(field));
        for &field in &self.order {
            if bound < least - SLACK {
                return None;
            }
            let numbers = a.number(field).zip(b.number(field));
            let derived = self.derived(field);
            if derived.is_some() || numbers.is_none_or(|(of_a, of_b)| of_a != of_b) {
                let schema = &self.model.schema;
                let compared = |field| compare_field(schema, field, &a, &b);
                let level = compared(field);
                let derived = derived.filter(|_| schema.is_derived(field, compared));
                let weight = match (level, a.number(field)) {
                    (AgreementLevel::Exact, Some(of_a)) if derived.is_none() => {
                        self.exact(field, of_a)
                    }
                    _ => derived
                        .or(self.weights.get(field))
                        .and_then(|w| w.get(level as usize))
                        .copied()
                        .unwrap_or_default(),
                };
                bound += weight - best(field);
            }
        }
        (bound >= least).then_some(bound)
    }

    fn derived(&self, field: usize) -> Option<&[f64; AgreementLevel::COUNT]> {
        self.derived.get(field).and_then(Option::as_ref)
    }

    fn exact(&self, field: usize, number: u32) -> f64 {
        let weight = self.weights.get(field).map_or(0.0, |[.., exact]| *exact);
        let frequency = self
            .term_frequencies
            .get(field)
            .and_then(|weights| weights.get(number as usize));
        weight + f64::from(frequency.copied().unwrap_or_default())
    }
}

/// Sums in another order differ by no more.
const SLACK: f64 = 1e-6;

fn term_frequencies(model: &LinkageModel, records: &Records, field: usize) -> Vec<f32> {
    let counts = model
        .schema
        .fields()
        .get(field)
        .is_some_and(|f| f.term_frequency);
    let Some((values, of_field)) = records
        .values(field)
        .zip(model.fields.get(field))
        .filter(|_| counts)
    else {
        return Vec::new();
    };
    let present = (records.len() - records.missing(field)) as f64;
    let weight = |&count: &u32| {
        of_field.term_frequency_weight(f64::from(count) / present, model.term_frequency_bound)
            as f32
    };
    values.counts().iter().map(weight).collect()
}

impl LinkageModel {
    /// The match weights of all pairs that the keys find and that are matches with a probability of `least_probability` or more.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] unless `least_probability` is above 0 and below 1; [`ErrorKind::LengthMismatch`] if the records
    /// are of another schema.
    pub fn score(&self, records: &Records, least_probability: f64) -> Result<ScoredPairs> {
        if !(0.0 < least_probability && least_probability < 1.0) {
            let reason = "must be between 0 and 1";
            return Err(
                Error::new(ErrorKind::OutOfRange, "least_probability", reason)
                    .with_value(least_probability),
            );
        }
        self.check_fields(records)?;
        let least = weight_of_probability(least_probability);
        let scorer = Scorer::new(self, records);
        let blocks = Blocks::new(&self.schema, records, &self.keys, self.largest_block);
        let found = parallel::map(tasks(&blocks), |(key, numbers)| {
            let (mut pairs, mut compared) = (Vec::new(), 0);
            for number in numbers {
                blocks.pairs(key, number, |a, b, is_new| {
                    if is_new {
                        compared += 1;
                        pairs.extend(scorer.weight(a, b, least).map(|weight| ScoredPair {
                            a,
                            b,
                            weight,
                        }));
                    }
                });
            }
            (pairs, compared)
        });
        let compared = found.iter().map(|(_, compared)| compared).sum();
        let mut pairs: Vec<ScoredPair> = found.into_iter().flat_map(|(pairs, _)| pairs).collect();
        parallel::sort_by_key(&mut pairs, |pair| (pair.a, pair.b));
        Ok(ScoredPairs { pairs, compared })
    }

    fn check_fields(&self, records: &Records) -> Result<()> {
        match records.fields() == self.fields.len() {
            true => Ok(()),
            false => Err(Error::length(
                "records",
                records.fields(),
                self.fields.len(),
            )),
        }
    }

    /// Why two records are, or are not, of one customer.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such record; [`ErrorKind::LengthMismatch`] if the records are of another schema.
    pub fn explain_pair(&self, records: &Records, a: usize, b: usize) -> Result<Explanation> {
        self.check_fields(records)?;
        if let Some(row) = [a, b].into_iter().find(|&row| row >= records.len()) {
            return Err(
                Error::new(ErrorKind::NotFound, "pair", "is not a row of the records")
                    .with_value(row),
            );
        }
        let pattern = compare(&self.schema, &records.row(a), &records.row(b));
        Ok(self.explain(pattern, |field| {
            let count = records
                .number(a, field)
                .zip(records.values(field))
                .map_or(0, |(n, values)| values.count(n));
            f64::from(count) / (records.len() - records.missing(field)).max(1) as f64
        }))
    }
}
