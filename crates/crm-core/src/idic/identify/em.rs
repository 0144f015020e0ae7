//! The probabilities m by the EM algorithm (Dempster, Laird & Rubin 1977; Winkler 1988), u being known but for pairs that agree on what a
//! derived field is made of.

use super::level::{AgreementLevel, Pattern};
use super::model::FieldModel;
use super::schema::Schema;
use crate::units::Label;

/// m must not change by more.
const TOLERANCE: f64 = 1e-6;
const MOST_ITERATIONS: usize = 500;
/// No m or u is smaller: a level that was not seen is rare, not impossible.
pub(crate) const LEAST: f64 = 1e-9;
/// So many matches are taken to have been seen on each level beforehand, so that what is rarely seen has no m of zero.
const SEEN_BEFORE: f64 = 0.1;

/// The pairs that one blocking key finds, by their patterns. They agree on the key by construction: its fields, and what these are made
/// of, say nothing here.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Session {
    /// The fields of the key and what they are made of.
    pub(crate) key: u64,
    /// Different patterns, and how many pairs have each.
    pub(crate) patterns: Vec<(Pattern, f64)>,
}

/// What one pass over the sessions expects, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fit {
    pub(crate) iterations: usize,
    pub(crate) converged: bool,
}

/// m before anything is known, from different to exact.
pub(crate) const START: [f64; AgreementLevel::COUNT] = [0.0, 0.05, 0.03, 0.02, 0.1, 0.8];
/// The share of matches among the pairs of a key, before anything is known.
const START_SHARE: f64 = 0.2;

/// Maximises the sum of the log likelihoods of all sessions over m (shared by them) and the share of matches in each: a pair is a
/// match with probability g = λΠm / (λΠm + (1 − λ)Πu) over the fields that are neither missing nor of the key; m of a level is
/// the mean of its indicator under g, and λ that of g.
///
/// A derived field has two tables, and the u of the second are estimated like its m: the mean of the indicator under 1 − g.
/// `is_fixed` says which m are set by hand; the others of their field share what they leave.
pub(crate) fn estimate_m(
    schema: &Schema,
    sessions: &[Session],
    fields: &mut [FieldModel],
    derived: &mut [Option<FieldModel>],
    is_fixed: impl Fn(usize, AgreementLevel) -> bool,
) -> Fit {
    let mut shares = vec![START_SHARE; sessions.len()];
    for iterations in 1..=MOST_ITERATIONS {
        let tables = Tables {
            schema,
            plain: log_ratios(fields.iter()),
            derived: log_ratios(derived.iter().map(|of| of.as_ref().unwrap_or(&UNKNOWN))),
            is_derived: derived.iter().map(Option::is_some).collect(),
        };
        let mut expected = vec![Expected::default(); fields.len()];
        for (session, share) in sessions.iter().zip(&mut shares) {
            *share = tables.expect(session, *share, &mut expected);
        }
        let mut change = 0.0_f64;
        let mut settle = |p: &mut [f64; AgreementLevel::COUNT], seen, is_fixed: &dyn Fn(_) -> _| {
            let before = *p;
            maximise(p, seen, is_fixed);
            let changes = before.iter().zip(p).map(|(a, b)| (a - *b).abs());
            change = changes.fold(change, f64::max);
        };
        let all = fields.iter_mut().zip(derived.iter_mut());
        for ((place, (field, derived)), seen) in all.enumerate().zip(&expected) {
            settle(&mut field.m, &seen.plain, &|level| is_fixed(place, level));
            if let Some(derived) = derived {
                settle(&mut derived.m, &seen.derived, &|_| false);
                settle(&mut derived.u, &seen.derived_others, &|_| false);
            }
        }
        if change <= TOLERANCE {
            return Fit {
                iterations,
                converged: true,
            };
        }
    }
    Fit {
        iterations: MOST_ITERATIONS,
        converged: false,
    }
}

/// A derived field before anything is known: agreement says nothing where that on its sources says it already.
pub(crate) const UNKNOWN: FieldModel = FieldModel {
    m: START,
    u: START,
    mean_frequency: 0.0,
};

type Levels = [f64; AgreementLevel::COUNT];

/// Matches on each level of a field; of a derived one where they do not agree on what it is made of, and where they and others do.
#[derive(Debug, Clone, Copy, Default)]
struct Expected {
    plain: Levels,
    derived: Levels,
    derived_others: Levels,
}

/// ln(m/u) of every level; 0 for a missing value.
fn log_ratios<'a>(fields: impl Iterator<Item = &'a FieldModel>) -> Vec<Levels> {
    let of_field = |field: &FieldModel| {
        let mut ratios = [0.0; AgreementLevel::COUNT];
        for ((ratio, m), u) in ratios.iter_mut().zip(field.m).zip(field.u).skip(1) {
            *ratio = libm::log(m / u);
        }
        ratios
    };
    fields.map(of_field).collect()
}

/// ln(m/u) by field and level.
struct Tables<'a> {
    schema: &'a Schema,
    plain: Vec<Levels>,
    derived: Vec<Levels>,
    is_derived: Vec<bool>,
}

impl Tables<'_> {
    /// Whether the table of a field for pairs that agree on its sources is that of a pattern.
    fn agrees(&self, pattern: Pattern, field: usize) -> bool {
        self.is_derived.get(field).copied().unwrap_or_default()
            && self
                .schema
                .is_derived(field, |source| pattern.level(source))
    }

    fn ratio(&self, pattern: Pattern, field: usize) -> f64 {
        let table = match self.agrees(pattern, field) {
            true => &self.derived,
            false => &self.plain,
        };
        let level = pattern.level(field) as usize;
        let ratio = table.get(field).and_then(|levels| levels.get(level));
        ratio.copied().unwrap_or_default()
    }

    /// The E-step of a session: adds up the pairs on each level, and returns the share of matches.
    fn expect(&self, session: &Session, share: f64, expected: &mut [Expected]) -> f64 {
        let is_of_key = |field: usize| session.key >> field & 1 == 1;
        let prior = libm::log(share / (1.0 - share));
        let (mut matches, mut all) = (0.0, 0.0);
        for &(pattern, pairs) in &session.patterns {
            let said = (0..expected.len()).filter(|&field| !is_of_key(field));
            let logit = said.fold(prior, |sum, field| sum + self.ratio(pattern, field));
            let matched = pairs / (1.0 + libm::exp(-logit));
            matches += matched;
            all += pairs;
            for (field, seen) in expected.iter_mut().enumerate() {
                if is_of_key(field) {
                    continue;
                }
                let level = pattern.level(field) as usize;
                let add = |levels: &mut Levels, pairs: f64| {
                    if let Some(sum) = levels.get_mut(level) {
                        *sum += pairs;
                    }
                };
                if self.agrees(pattern, field) {
                    add(&mut seen.derived, matched);
                    add(&mut seen.derived_others, pairs - matched);
                } else {
                    add(&mut seen.plain, matched);
                }
            }
        }
        (matches / f64::max(all, 1.0)).clamp(LEAST, 1.0 - LEAST)
    }
}

/// The M-step of a field: its matches on each level, over those on all levels that are not missing.
fn maximise(
    m: &mut [f64; AgreementLevel::COUNT],
    seen: &[f64; AgreementLevel::COUNT],
    is_fixed: impl Fn(AgreementLevel) -> bool,
) {
    let levels = || {
        AgreementLevel::ALL
            .iter()
            .copied()
            .zip(seen)
            .zip(START)
            .skip(1)
    };
    let fixed: f64 = AgreementLevel::ALL
        .iter()
        .zip(m.iter())
        .filter(|(l, _)| is_fixed(**l))
        .map(|(_, m)| m)
        .sum();
    let free = levels().filter(|((level, _), _)| !is_fixed(*level));
    let total: f64 = free
        .map(|((_, seen), start)| seen + SEEN_BEFORE * start)
        .sum();
    for (((level, seen), start), m) in levels().zip(m.iter_mut().skip(1)) {
        if !is_fixed(level) {
            *m = ((seen + SEEN_BEFORE * start) / total * (1.0 - fixed)).max(LEAST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idic::identify::field::{Field, FieldKind};

    const U: [f64; AgreementLevel::COUNT] = [0.0, 0.9, 0.06, 1e-9, 0.03, 0.01];

    fn all_patterns(fields: usize) -> Vec<Pattern> {
        use AgreementLevel::{Close, Different, Exact, Similar};
        let mut patterns = vec![Pattern::default()];
        for field in 0..fields {
            let with = |level| {
                patterns
                    .iter()
                    .map(move |p: &Pattern| p.with(field, level))
                    .collect::<Vec<_>>()
            };
            patterns = [Different, Similar, Close, Exact].map(with).concat();
        }
        patterns
    }

    /// The numbers of pairs that a model expects, without chance, give the model back; the field of the key says nothing.
    #[test]
    fn em_finds_the_model_that_made_the_counts() {
        let m = [
            [0.0, 0.1, 0.15, 1e-9, 0.25, 0.5],
            [0.0, 0.05, 0.05, 1e-9, 0.1, 0.8],
            [0.0, 0.2, 0.1, 1e-9, 0.3, 0.4],
            [0.0, 0.02, 0.08, 1e-9, 0.2, 0.7],
        ];
        let counted = |key: u64, share: f64| {
            let count = |pattern: Pattern| {
                let product = |of: &dyn Fn(usize, usize) -> f64| -> f64 {
                    let fields = (0..4).filter(|field| key >> field & 1 == 0);
                    fields
                        .map(|field| of(field, pattern.level(field) as usize))
                        .product()
                };
                1e6 * (share * product(&|f, l| m[f][l]) + (1.0 - share) * product(&|_, l| U[l]))
            };
            // Pairs of a key agree on its fields.
            let agrees = |p: &Pattern| {
                (0..4).all(|f| key >> f & 1 == 0 || p.level(f) == AgreementLevel::Exact)
            };
            let patterns = all_patterns(4)
                .into_iter()
                .filter(agrees)
                .map(|p| (p, count(p)))
                .collect();
            Session { key, patterns }
        };
        let sessions = [
            counted(0b0001, 0.3),
            counted(0b0010, 0.05),
            counted(0b1100, 0.6),
        ];
        let mut fields = vec![
            FieldModel {
                m: START,
                u: U,
                mean_frequency: 0.01
            };
            4
        ];
        let names = ["a", "b", "c", "d"].map(|name| Field::new(name, FieldKind::Text));
        let schema = Schema::new(names.to_vec()).unwrap();
        let mut derived = vec![None; 4];
        let fit = estimate_m(&schema, &sessions, &mut fields, &mut derived, |_, _| false);
        assert!(fit.converged);
        for (field, m) in fields.iter().zip(m) {
            for (found, expected) in field.m.iter().zip(m) {
                assert!((found - expected).abs() < 1e-4, "{:?} {m:?}", field.m);
            }
        }
    }
}
