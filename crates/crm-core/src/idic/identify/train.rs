use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::blocking::{self, Blocking, BlockingKey, Blocks, KeyBlocks};
use super::compare::compare;
use super::em::{Fit, LEAST, START, Session, UNKNOWN, estimate_m};
use super::field::Side;
use super::level::{AgreementLevel, Pattern};
use super::model::{FieldModel, LinkageModel, probability_of_weight};
use super::records::Records;
use super::schema::Schema;
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;
use crate::parallel;
use crate::units::Label;

/// How a model is fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainingOptions {
    /// Which records are compared.
    pub blocking: Blocking,
    /// How many pairs are drawn at random to estimate u. (default 200,000)
    pub random_pairs: usize,
    /// From how many pairs of the blocks m is estimated, at most about. (default 1,000,000)
    pub training_pairs: usize,
    /// λ, the probability that two records drawn at random are of one customer; `None` to estimate it.
    pub prior: Option<f64>,
    /// The frequency of a value changes the evidence of agreement on it by at most so many bits. (default 4)
    pub term_frequency_bound: f64,
    /// Of all draws.
    pub seed: u64,
}

impl Default for TrainingOptions {
    fn default() -> Self {
        TrainingOptions {
            blocking: Blocking::default(),
            random_pairs: 200_000,
            training_pairs: 1_000_000,
            prior: None,
            term_frequency_bound: 4.0,
            seed: 1,
        }
    }
}

impl TrainingOptions {
    fn check(&self) -> Result<()> {
        let refused = |argument: &'static str, reason: &'static str| {
            Err(Error::new(ErrorKind::OutOfRange, argument, reason))
        };
        if self.random_pairs == 0 {
            return refused("random_pairs", "must be 1 or more");
        }
        if self.training_pairs == 0 {
            return refused("training_pairs", "must be 1 or more");
        }
        if self
            .prior
            .is_some_and(|prior| !(0.0 < prior && prior < 1.0))
        {
            return refused("prior", "must be between 0 and 1");
        }
        if !(self.term_frequency_bound >= 0.0 && self.term_frequency_bound.is_finite()) {
            return refused("term_frequency_bound", "must be 0 or more");
        }
        Ok(())
    }
}

impl LinkageModel {
    /// Fits the model without labels: u from pairs drawn at random, m by EM from the pairs that blocking finds, λ so that it gives
    /// the matches that are found, over the share of all that the keys are expected to find.
    ///
    /// Pairs drawn at random hold a few matches; what these add to u is taken off again.
    ///
    /// # Errors
    /// [`ErrorKind::Empty`] if no pair may be compared; [`ErrorKind::OutOfRange`] for options that are.
    pub fn train(schema: &Schema, records: &Records, options: &TrainingOptions) -> Result<Self> {
        options.check()?;
        if records.pairs() < 1.0 {
            return Err(Error::new(
                ErrorKind::Empty,
                "records",
                "must hold a pair to compare",
            ));
        }
        let keys = options.blocking.keys(schema, records, options.seed)?;
        let blocks = Blocks::new(schema, records, &keys, options.blocking.largest_block);
        let chance = chance_levels(schema, records, options);
        let (sessions, found) =
            training_patterns(schema, records, &keys, &blocks, options.training_pairs);
        let found_shares: Vec<(u64, f64)> = keys
            .iter()
            .zip(blocks.of_keys())
            .map(|(key, blocks)| (key.mask(), 1.0 - blocks.left_out))
            .collect();
        let mut model = LinkageModel {
            schema: schema.clone(),
            fields: chance
                .iter()
                .enumerate()
                .map(|(f, u)| start(schema, records, f, u))
                .collect(),
            derived: schema
                .fields()
                .iter()
                .map(|field| (!field.derived_from.is_empty()).then_some(UNKNOWN))
                .collect(),
            prior: options.prior.unwrap_or(1.0 / records.pairs().max(2.0)),
            keys,
            recall: 1.0,
            iterations: 0,
            converged: false,
            term_frequency_bound: options.term_frequency_bound,
            largest_block: options.blocking.largest_block,
        };
        // The second time without the matches among the pairs drawn at random.
        for _ in 0..2 {
            let is_fixed = |field, level| fixed(schema, field, Side::Match, level).is_some();
            let Fit {
                iterations,
                converged,
            } = estimate_m(
                schema,
                &sessions,
                &mut model.fields,
                &mut model.derived,
                is_fixed,
            );
            (model.iterations, model.converged) = (model.iterations + iterations, converged);
            let agreement: Vec<f64> = model
                .fields
                .iter()
                .zip(&model.derived)
                .map(|(field, derived)| derived.as_ref().unwrap_or(field))
                .map(|field| level_of(&field.m, AgreementLevel::Exact))
                .collect();
            model.recall =
                blocking::recall(records, &found_shares, &agreement, options.seed).max(0.01);
            if options.prior.is_none() {
                model.prior = model.estimate_prior(&found, records.pairs());
            }
            model.take_matches_off(&chance, records.pairs());
        }
        Ok(model)
    }

    /// λ = E / (recall · pairs), where E is the number of matches among the pairs found, which depends on λ itself.
    fn estimate_prior(&self, found: &[(Pattern, f64)], pairs: f64) -> f64 {
        const STEPS: usize = 50;
        let mut prior = self.prior.max(1.0 / pairs);
        let evidence: Vec<(f64, f64)> = found
            .iter()
            .map(|&(pattern, count)| (self.explain(pattern, |_| 0.0), count))
            .map(|(e, count)| (e.weight - e.prior, count))
            .collect();
        for _ in 0..STEPS {
            let odds = libm::log2(prior / (1.0 - prior));
            let matches: f64 = evidence
                .iter()
                .map(|(w, count)| count * probability_of_weight(w + odds))
                .sum();
            let next = (matches / (self.recall * pairs)).clamp(0.01 / pairs, 0.5);
            let is_settled = (next - prior).abs() <= 1e-9 * prior;
            prior = next;
            if is_settled {
                break;
            }
        }
        prior
    }

    /// Agreement at random is λm + (1 − λ)u: u without what matches add to it.
    fn take_matches_off(&mut self, chance: &[[f64; AgreementLevel::COUNT]], pairs: f64) {
        let prior = self.prior;
        let of_fields = self.fields.iter_mut().zip(&self.derived).enumerate();
        for ((place, (field, derived)), chance) in of_fields.zip(chance) {
            if derived.is_some() {
                continue;
            }
            for ((level, u), (chance, m)) in AgreementLevel::ALL
                .iter()
                .zip(&mut field.u)
                .zip(chance.iter().zip(field.m))
                .skip(1)
            {
                let without = (chance - prior * m) / (1.0 - prior);
                *u = match fixed(&self.schema, place, Side::NonMatch, *level) {
                    Some(u) => u,
                    None => without.max(0.5 / pairs).clamp(LEAST, 1.0),
                };
            }
        }
    }
}

fn level_of(of: &[f64; AgreementLevel::COUNT], level: AgreementLevel) -> f64 {
    of.get(level as usize).copied().unwrap_or_default()
}

fn fixed(schema: &Schema, field: usize, side: Side, level: AgreementLevel) -> Option<f64> {
    let fixed = schema.fields().get(field)?.fixed.iter();
    fixed
        .rev()
        .find(|(s, l, _)| *s == side && *l == level)
        .map(|(_, _, p)| *p)
}

/// A field before EM.
fn start(
    schema: &Schema,
    records: &Records,
    field: usize,
    chance: &[f64; AgreementLevel::COUNT],
) -> FieldModel {
    let (mut m, mut u) = (START, *chance);
    for ((level, m), u) in AgreementLevel::ALL.iter().zip(&mut m).zip(&mut u) {
        *m = fixed(schema, field, Side::Match, *level).unwrap_or(*m);
        *u = fixed(schema, field, Side::NonMatch, *level).unwrap_or(*u);
    }
    FieldModel {
        m,
        u,
        mean_frequency: records.chance_agreement(field),
    }
}

/// So many tasks draw pairs, whatever the number of threads.
const DRAWS: usize = 64;

/// How often pairs drawn at random agree on each level of each field, where no value is missing. Exact agreement is not drawn but
/// counted: Σ of the squared frequencies. Of a derived field it is drawn, from pairs that do not agree on what it is made of.
fn chance_levels(
    schema: &Schema,
    records: &Records,
    options: &TrainingOptions,
) -> Vec<[f64; AgreementLevel::COUNT]> {
    let fields = schema.fields().len();
    let drawn = parallel::map_range(DRAWS, |task| {
        let mut stream = Stream::new(options.seed, 1 << 32 | task as u64);
        let mut counts = vec![[0.0; AgreementLevel::COUNT]; fields];
        for _ in 0..options.random_pairs.div_ceil(DRAWS) {
            let (a, b) = random_pair(records, &mut stream);
            let pattern = compare(schema, &records.row(a), &records.row(b));
            for (field, levels) in counts.iter_mut().enumerate() {
                let is_derived = schema.is_derived(field, |source| pattern.level(source));
                if let Some(count) = levels.get_mut(pattern.level(field) as usize)
                    && !is_derived
                {
                    *count += 1.0;
                }
            }
        }
        counts
    });
    let of_field = |field: usize| {
        let mut levels = [0.0; AgreementLevel::COUNT];
        for counts in drawn.iter().filter_map(|task| task.get(field)) {
            levels
                .iter_mut()
                .zip(counts)
                .for_each(|(sum, count)| *sum += count);
        }
        let [_, different, similar, swapped, close, exact] = levels;
        let all = different + similar + swapped + close + exact;
        // As if half a pair more had been seen on each level.
        let share = |count: f64| (count + 0.5) / (all + 2.5);
        let by_count = match schema.fields().get(field) {
            Some(f) if !f.derived_from.is_empty() => share(exact),
            _ => records.chance_agreement(field),
        };
        let inexact = 1.0 - share(exact);
        let rest = |count: f64| share(count) / inexact * (1.0 - by_count);
        [
            0.0,
            rest(different),
            rest(similar),
            rest(swapped),
            rest(close),
            by_count,
        ]
    };
    (0..fields).map(of_field).collect()
}

fn random_pair(records: &Records, stream: &mut Stream) -> (usize, usize) {
    let rows = records.len() as u64;
    match records.split() {
        None => {
            let (a, b) = (stream.below(rows), stream.below(rows - 1));
            (a as usize, (b + u64::from(b >= a)) as usize)
        }
        Some(split) => {
            let (a, b) = (
                stream.below(split as u64),
                stream.below(rows - split as u64),
            );
            (a as usize, split + b as usize)
        }
    }
}

/// So many blocks are one task.
const BLOCKS: usize = 256;

/// The blocks of all keys in tasks: a key, and the numbers of its blocks.
pub(super) fn tasks(blocks: &Blocks) -> Vec<(usize, std::ops::Range<usize>)> {
    let of_key = |(key, of_key): (usize, &KeyBlocks)| {
        let count = of_key.len();
        (0..count)
            .step_by(BLOCKS)
            .map(move |start| (key, start..(start + BLOCKS).min(count)))
    };
    let of_keys = blocks.of_keys().iter().enumerate();
    of_keys.flat_map(of_key).collect()
}

type Counts = HashMap<Pattern, f64, foldhash::fast::FixedState>;

/// The patterns of the pairs of each key, and of all pairs with each counted once; of a part of the blocks where there are many.
fn training_patterns(
    schema: &Schema,
    records: &Records,
    keys: &[BlockingKey],
    blocks: &Blocks,
    wanted: usize,
) -> (Vec<Session>, Vec<(Pattern, f64)>) {
    let of_keys = blocks.of_keys().iter();
    let comparisons: f64 = of_keys.map(|blocks| blocks.comparisons).sum();
    let step = libm::ceil(comparisons / wanted as f64).max(1.0) as usize;
    let counted = parallel::map(tasks(blocks), |(key, numbers)| {
        let (mut of_key, mut new) = (Counts::default(), Counts::default());
        for number in numbers.filter(|number| number % step == 0) {
            blocks.pairs(key, number, |a, b, is_new| {
                let row = |row: u32| records.row(row as usize);
                let pattern = compare(schema, &row(a), &row(b));
                *of_key.entry(pattern).or_default() += 1.0;
                if is_new {
                    *new.entry(pattern).or_default() += step as f64;
                }
            });
        }
        (key, of_key, new)
    });
    let mut of_keys = vec![Counts::default(); keys.len()];
    let mut all = Counts::default();
    for (key, counts, new) in counted {
        if let Some(of_key) = of_keys.get_mut(key) {
            add(of_key, counts);
        }
        add(&mut all, new);
    }
    let session = |(key, counts): (&BlockingKey, Counts)| Session {
        key: schema.with_sources(key.mask()),
        patterns: sorted(counts),
    };
    (keys.iter().zip(of_keys).map(session).collect(), sorted(all))
}

/// Counts are whole numbers: their sum is the same in any order.
fn add(sum: &mut Counts, counts: Counts) {
    for (pattern, count) in counts {
        *sum.entry(pattern).or_default() += count;
    }
}

fn sorted(counts: Counts) -> Vec<(Pattern, f64)> {
    let mut patterns: Vec<(Pattern, f64)> = counts.into_iter().collect();
    patterns.sort_unstable_by_key(|(pattern, _)| *pattern);
    patterns
}
