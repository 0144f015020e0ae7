use crate::idic::identify::compare::{Values, compare_field};
use crate::idic::identify::level::{AgreementLevel, Pattern};
use crate::idic::identify::model::{LinkageModel, weight_of_probability};
use crate::idic::identify::schema::Schema;

/// Sums in another order differ by no more.
const SLACK: f64 = 1e-6;

/// The most that pairs can weigh, so that one that cannot weigh enough is given up before all of its fields are compared.
pub(super) struct Reach {
    least: f64,
    /// The weight of a pair whose every field says the most for a match that it can.
    most: f64,
    /// Each field, with how much less than its most it says on each level; those first that take the most off when they differ.
    losses: Vec<(usize, [f64; AgreementLevel::COUNT])>,
}

impl Reach {
    pub(super) fn new(model: &LinkageModel, least: f64) -> Self {
        let mut most = weight_of_probability(model.prior);
        let mut losses = Vec::new();
        let fields = model.schema.fields().iter().zip(model.weights());
        for (place, (field, mut weights)) in fields.enumerate() {
            let [.., exact] = &mut weights;
            if field.term_frequency {
                *exact += model.term_frequency_bound;
            }
            let best = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            most += best;
            losses.push((place, weights.map(|weight| best - weight)));
        }
        let when_different =
            |(_, [_, different, ..]): &(usize, [f64; AgreementLevel::COUNT])| *different;
        losses.sort_by(|a, b| when_different(b).total_cmp(&when_different(a)));
        Reach {
            least,
            most,
            losses,
        }
    }

    /// How two records agree, unless they cannot weigh enough.
    pub(super) fn pattern(
        &self,
        schema: &Schema,
        a: &impl Values,
        b: &impl Values,
    ) -> Option<Pattern> {
        let (mut bound, mut pattern) = (self.most, Pattern::default());
        for &(field, losses) in &self.losses {
            let level = compare_field(schema, field, a, b);
            bound -= losses.get(level as usize).copied().unwrap_or_default();
            if bound < self.least - SLACK {
                return None;
            }
            pattern = pattern.with(field, level);
        }
        Some(pattern)
    }
}
