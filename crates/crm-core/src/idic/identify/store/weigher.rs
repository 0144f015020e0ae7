use hashbrown::HashMap;

use super::Incoming;
use super::held::{Held, MISSING};
use crate::idic::identify::compare::{Values, cost, level};
use crate::idic::identify::field::{Field, FieldKind};
use crate::idic::identify::level::{AgreementLevel, Pattern};
use crate::idic::identify::model::{LinkageModel, weight_of_probability};
use crate::idic::identify::schema::Schema;

/// Sums in another order differ by no more.
const SLACK: f64 = 1e-6;

type Weights = [f64; AgreementLevel::COUNT];
type Levels = HashMap<u32, AgreementLevel, foldhash::fast::FixedState>;

/// Compares records of a store with an incoming one. A record is given up as soon as what is left cannot make it likely enough; a value
/// is compared once, however many records have it.
pub(super) struct Weigher<'a> {
    schema: &'a Schema,
    held: &'a Held,
    least: f64,
    prior: f64,
    fields: Vec<OfField<'a>>,
    /// The fields in the order in which they are compared, those that are made of others last.
    order: Vec<usize>,
}

/// A field of the incoming record.
struct OfField<'a> {
    kind: FieldKind,
    partner: Option<usize>,
    own: Option<&'a str>,
    /// The number of its value, if the store has it.
    number: Option<u32>,
    /// Of each level; equal values with the weight of their frequency.
    weights: Weights,
    /// Of each level, where pairs agree on what it is made of.
    derived: Option<Weights>,
    /// The most that a value with another number can weigh.
    best_other: f64,
    /// The most that a missing value can weigh.
    best_missing: f64,
    /// By number of a value of this field, and of its partner.
    levels: Levels,
    elsewhere: Levels,
}

impl<'a> Weigher<'a> {
    pub(super) fn new(
        model: &'a LinkageModel,
        held: &'a Held,
        incoming: &'a Incoming,
        least: f64,
    ) -> Self {
        let weights = model.weights().into_iter().zip(model.derived_weights());
        let all = model.schema.fields().iter().zip(weights);
        let of_field = |(place, (field, (mut weights, derived))): (
            usize,
            (&Field, (Weights, Option<Weights>)),
        )| {
            let own = incoming.value(place);
            let vocabulary = held.field(place);
            let frequency = own.zip(vocabulary).map(|(own, known)| known.frequency(own));
            let of_model = model.fields.get(place).filter(|_| field.term_frequency);
            if let ([.., exact], Some((of_model, frequency))) =
                (&mut weights, of_model.zip(frequency))
            {
                *exact += of_model.term_frequency_weight(frequency, model.term_frequency_bound);
            }
            let [_, different, similar, swapped, close, exact] = weights;
            let swapped = match field.partner {
                Some(_) => swapped,
                None => f64::NEG_INFINITY,
            };
            // Addresses are equal but for their spaces.
            let spaced = match field.kind {
                FieldKind::Address => exact,
                _ => f64::NEG_INFINITY,
            };
            let best = different.max(similar).max(close).max(swapped).max(spaced);
            let of_derived = derived.into_iter().flatten();
            let best = of_derived.fold(best, f64::max);
            OfField {
                kind: field.kind,
                partner: field.partner,
                own,
                number: own.zip(vocabulary).and_then(|(own, known)| known.find(own)),
                weights,
                derived,
                best_other: best,
                best_missing: swapped.max(0.0),
                levels: Levels::default(),
                elsewhere: Levels::default(),
            }
        };
        let fields: Vec<OfField<'a>> = all.enumerate().map(of_field).collect();
        let mut order: Vec<usize> = (0..fields.len()).collect();
        let worth = |place: usize| {
            fields.get(place).map_or(0.0, |field| {
                let [_, different, ..] = field.weights;
                (field.best_other - different) / cost(field.kind)
            })
        };
        order.sort_by(|&a, &b| worth(b).total_cmp(&worth(a)));
        order.sort_by_key(|&place| fields.get(place).is_some_and(|f| f.derived.is_some()));
        Weigher {
            schema: &model.schema,
            held,
            least,
            prior: weight_of_probability(model.prior),
            fields,
            order,
        }
    }

    /// How a record of the store agrees with the incoming one, unless they cannot weigh enough.
    pub(super) fn pattern(&mut self, record: u32) -> Option<Pattern> {
        let numbers = self.held.numbers(record);
        let fields = self.fields.iter().zip(numbers);
        let mut bound = fields.fold(self.prior, |sum, (field, &number)| sum + field.best(number));
        let mut pattern = Pattern::default();
        for &place in &self.order {
            if bound < self.least - SLACK {
                return None;
            }
            let (Some(field), Some(&number)) = (self.fields.get_mut(place), numbers.get(place))
            else {
                continue;
            };
            let best = field.best(number);
            let level = field.level(self.held, place, numbers);
            let schema = self.schema;
            let derived = field.derived.as_ref();
            let derived = derived.filter(|_| schema.is_derived(place, |f| pattern.level(f)));
            let weight = derived.unwrap_or(&field.weights).get(level as usize);
            bound += weight.copied().unwrap_or_default() - best;
            pattern = pattern.with(place, level);
        }
        Some(pattern).filter(|_| bound.is_nan() || bound >= self.least - SLACK)
    }
}

impl OfField<'_> {
    /// The most that it can weigh beside a value with this number.
    #[inline]
    fn best(&self, number: u32) -> f64 {
        let [.., exact] = self.weights;
        if self.own.is_none() {
            0.0
        } else if number == MISSING {
            self.best_missing
        } else if self.number == Some(number) {
            self.derived
                .map_or(exact, |[.., derived]| exact.max(derived))
        } else {
            self.best_other
        }
    }

    fn level(&mut self, held: &Held, place: usize, numbers: &[u32]) -> AgreementLevel {
        let (Some(own), Some(&number)) = (self.own, numbers.get(place)) else {
            return AgreementLevel::Missing;
        };
        if self.number == Some(number) {
            return AgreementLevel::Exact;
        }
        let kind = self.kind;
        let compared = |levels: &mut Levels, place: usize, number: u32| match number {
            MISSING => AgreementLevel::Missing,
            _ => *levels.entry(number).or_insert_with(|| {
                let other = held.field(place).map_or("", |known| known.get(number));
                level(kind, own, other)
            }),
        };
        let direct = compared(&mut self.levels, place, number);
        let partner = self
            .partner
            .filter(|_| direct < AgreementLevel::Swapped)
            .and_then(|partner| Some((partner, *numbers.get(partner)?)));
        match partner {
            Some((partner, number))
                if compared(&mut self.elsewhere, partner, number) >= AgreementLevel::Close =>
            {
                AgreementLevel::Swapped
            }
            _ => direct,
        }
    }
}
