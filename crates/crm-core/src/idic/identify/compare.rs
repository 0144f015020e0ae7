use super::distance::{
    Sketch, jaro_winkler, jaro_winkler_bound, osa_within, token_set, token_set_bound,
};
use super::field::FieldKind;
use super::level::{AgreementLevel, Pattern};
use super::normalise::{has_han, romanised};
use super::records::Records;
use super::schema::Schema;

const CLOSE_TEXT: f64 = 0.92;
const SIMILAR_TEXT: f64 = 0.8;
const SIMILAR_ADDRESS: f64 = 0.75;
const SIMILAR_EMAIL: f64 = 0.88;
/// Numbers differ by so little beside the larger one.
const CLOSE_NUMBER: f64 = 0.01;
const SIMILAR_NUMBER: f64 = 0.1;
/// Two edits of a shorter code leave too little of it.
const LONG_CODE: usize = 5;
/// So many last digits of a phone number are those of its subscriber.
const SUBSCRIBER: usize = 8;

/// A record's normalised values: `None` where one is missing.
pub(crate) trait Values {
    /// The value of a field.
    fn value(&self, field: usize) -> Option<&str>;

    /// The value of a field, and what is known of it beforehand.
    fn known(&self, field: usize) -> Option<Known<'_>> {
        self.value(field).map(Known::of)
    }
}

/// A normalised value, and what is known of it beforehand: it tells most values apart that are not alike.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) text: &'a str,
    pub(crate) sketch: Option<Sketch>,
    /// The hash of the [`sounds`] of a name.
    pub(crate) sounds: Option<u64>,
}

impl<'a> Known<'a> {
    /// A value of which nothing is known.
    pub(crate) fn of(text: &'a str) -> Self {
        Known {
            text,
            sketch: None,
            sounds: None,
        }
    }

    /// No less than how many characters two values have in common, with how many each has.
    fn in_common(self, other: Known<'_>) -> Option<(usize, usize, usize)> {
        let (of_a, of_b) = self.sketch.zip(other.sketch)?;
        let (a, b) = (of_a.length(self.text), of_b.length(other.text));
        Some((of_a.common(of_b, a, b), a, b))
    }
}

/// The levels of all fields of two records.
pub(crate) fn compare(schema: &Schema, a: &impl Values, b: &impl Values) -> Pattern {
    let fields = 0..schema.fields().len();
    fields.fold(Pattern::default(), |pattern, field| {
        pattern.with(field, compare_field(schema, field, a, b))
    })
}

/// How well two records agree on a field.
pub(crate) fn compare_field(
    schema: &Schema,
    place: usize,
    a: &impl Values,
    b: &impl Values,
) -> AgreementLevel {
    let Some(field) = schema.fields().get(place) else {
        return AgreementLevel::Missing;
    };
    let (of_a, of_b) = (a.known(place), b.known(place));
    let direct = match of_a.zip(of_b) {
        Some((a, b)) => level_of(field.kind, a, b, AgreementLevel::Similar),
        None => AgreementLevel::Missing,
    };
    let is_elsewhere = || {
        let own = of_a.zip(b.known(field.partner?));
        own.map(|(own, other)| {
            level_of(field.kind, own, other, AgreementLevel::Close) >= AgreementLevel::Close
        })
    };
    match direct < AgreementLevel::Swapped && is_elsewhere() == Some(true) {
        true => AgreementLevel::Swapped,
        false => direct,
    }
}

/// How well two normalised values agree.
pub(crate) fn level(kind: FieldKind, a: &str, b: &str) -> AgreementLevel {
    level_of(kind, Known::of(a), Known::of(b), AgreementLevel::Similar)
}

/// How well two normalised values agree. What is below `least` need not be told apart.
pub(crate) fn level_of(
    kind: FieldKind,
    a: Known<'_>,
    b: Known<'_>,
    least: AgreementLevel,
) -> AgreementLevel {
    if a.text == b.text {
        return AgreementLevel::Exact;
    }
    match kind {
        FieldKind::Name => of_names(a, b, least),
        FieldKind::Text => of_letters(a, b, SIMILAR_TEXT, least),
        FieldKind::Address => of_addresses(a, b, least),
        FieldKind::Phone => of_phones(a.text, b.text, least),
        FieldKind::Email => of_emails(a, b, least),
        FieldKind::Date => of_dates(a.text, b.text),
        FieldKind::Code => of_codes(a, b, least),
        FieldKind::Number => of_numbers(a.text, b.text),
        FieldKind::Pseudonym => AgreementLevel::Different,
    }
}

fn graded(similarity: f64, similar: f64) -> AgreementLevel {
    if similarity >= CLOSE_TEXT {
        AgreementLevel::Close
    } else if similarity >= similar {
        AgreementLevel::Similar
    } else {
        AgreementLevel::Different
    }
}

/// The similarity from which a level is reached that is asked for.
fn asked(similar: f64, least: AgreementLevel) -> f64 {
    match least > AgreementLevel::Similar {
        true => CLOSE_TEXT,
        false => similar,
    }
}

fn of_letters(a: Known<'_>, b: Known<'_>, similar: f64, least: AgreementLevel) -> AgreementLevel {
    let can_reach = a.in_common(b).is_none_or(|(common, length_a, length_b)| {
        let bound = jaro_winkler_bound((a.text, length_a), (b.text, length_b), common);
        bound >= asked(similar, least)
    });
    match can_reach {
        true => graded(jaro_winkler(a.text, b.text), similar),
        false => AgreementLevel::Different,
    }
}

fn of_names(a: Known<'_>, b: Known<'_>, least: AgreementLevel) -> AgreementLevel {
    let by_letters = of_letters(a, b, SIMILAR_TEXT, least);
    if by_letters >= AgreementLevel::Close || !(has_han(a.text) || has_han(b.text)) {
        return by_letters;
    }
    let may_sound_alike = a.sounds.zip(b.sounds).is_none_or(|(a, b)| a == b);
    if may_sound_alike && sounds(a.text) == sounds(b.text) {
        AgreementLevel::Close
    } else {
        by_letters
    }
}

/// The letters of a name in pinyin, in alphabetical order: the family name may come first or last.
pub(crate) fn sounds(name: &str) -> Vec<char> {
    let mut letters: Vec<char> = romanised(name).chars().collect();
    letters.sort_unstable();
    letters
}

fn of_addresses(a: Known<'_>, b: Known<'_>, least: AgreementLevel) -> AgreementLevel {
    let letters = |text: &str| {
        text.chars()
            .filter(|c| *c != ' ')
            .eq(b.text.chars().filter(|c| *c != ' '))
    };
    if letters(a.text) {
        return AgreementLevel::Exact;
    }
    let by_letters = of_letters(a, b, SIMILAR_ADDRESS, least);
    let has_words = |text: &str| text.contains(' ');
    let can_reach = || {
        a.sketch.zip(b.sketch).is_none_or(|(of_a, of_b)| {
            token_set_bound((a.text, of_a), (b.text, of_b)) >= asked(SIMILAR_ADDRESS, least)
        })
    };
    if by_letters < AgreementLevel::Close && has_words(a.text) && has_words(b.text) && can_reach() {
        by_letters.max(graded(token_set(a.text, b.text), SIMILAR_ADDRESS))
    } else {
        by_letters
    }
}

fn of_phones(a: &str, b: &str, least: AgreementLevel) -> AgreementLevel {
    let subscriber = |number: &str| number.len().checked_sub(SUBSCRIBER);
    let same_subscriber = subscriber(a)
        .zip(subscriber(b))
        .is_some_and(|(from_a, from_b)| a.get(from_a..) == b.get(from_b..));
    match same_subscriber {
        true => AgreementLevel::Close,
        false => by_edits(Known::of(a), Known::of(b), true, least),
    }
}

fn of_emails(a: Known<'_>, b: Known<'_>, least: AgreementLevel) -> AgreementLevel {
    let (text_a, text_b) = (a.text, b.text);
    let local = |address: &str| address.split_once('@').map(|(local, _)| local.len());
    let same_local = local(text_a)
        .zip(local(text_b))
        .is_some_and(|(of_a, of_b)| text_a.get(..of_a) == text_b.get(..of_b));
    let is_slip =
        || text_a.len().abs_diff(text_b.len()) <= 1 && osa_within(text_a, text_b, 1).is_some();
    if same_local || is_slip() {
        return AgreementLevel::Close;
    }
    of_letters(a, b, SIMILAR_EMAIL, least).min(AgreementLevel::Similar)
}

/// Dates are eight digits: year, month, day.
fn of_dates(a: &str, b: &str) -> AgreementLevel {
    let same = |range: std::ops::Range<usize>| a.get(range.clone()) == b.get(range);
    let (year, month, day) = (same(0..4), same(4..6), same(6..8));
    let is_turned = year && a.get(4..6) == b.get(6..8) && a.get(6..8) == b.get(4..6);
    if is_turned || osa_within(a, b, 1).is_some() {
        AgreementLevel::Close
    } else if u8::from(year) + u8::from(month) + u8::from(day) == 2 {
        AgreementLevel::Similar
    } else {
        AgreementLevel::Different
    }
}

fn of_codes(a: Known<'_>, b: Known<'_>, least: AgreementLevel) -> AgreementLevel {
    let is_long = a.text.len().min(b.text.len()) >= LONG_CODE;
    by_edits(a, b, is_long, least)
}

fn of_numbers(a: &str, b: &str) -> AgreementLevel {
    let Some((a, b)) = a.parse::<f64>().ok().zip(b.parse::<f64>().ok()) else {
        return AgreementLevel::Different;
    };
    let difference = (a - b).abs() / a.abs().max(b.abs());
    if difference <= CLOSE_NUMBER {
        AgreementLevel::Close
    } else if difference <= SIMILAR_NUMBER {
        AgreementLevel::Similar
    } else {
        AgreementLevel::Different
    }
}

fn by_edits(a: Known<'_>, b: Known<'_>, is_long: bool, least: AgreementLevel) -> AgreementLevel {
    let most = match is_long && least <= AgreementLevel::Similar {
        true => 2,
        false => 1,
    };
    // Every edit brings at most one more character in common.
    let too_far = a
        .in_common(b)
        .is_some_and(|(common, length_a, length_b)| length_a.max(length_b) > common + most);
    if too_far || a.text.len().abs_diff(b.text.len()) > 8 {
        return AgreementLevel::Different;
    }
    match osa_within(a.text, b.text, most) {
        Some(0) => AgreementLevel::Exact,
        Some(1) => AgreementLevel::Close,
        Some(_) => AgreementLevel::Similar,
        None => AgreementLevel::Different,
    }
}

/// A row of columnar records.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) records: &'a Records,
    pub(crate) row: usize,
}

impl Values for Row<'_> {
    #[inline]
    fn value(&self, field: usize) -> Option<&str> {
        self.records.value(self.row, field)
    }

    #[inline]
    fn known(&self, field: usize) -> Option<Known<'_>> {
        self.records.known(self.row, field)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::idic::identify::dictionary::hash;
    use crate::units::Label;

    const TEXT: &str =
        "[ab]{0,9}|[a-d1-3 ]{0,30}|[0-9]{6,12}|[ab1]{0,3}@[ab.]{0,6}|[王晓小明李 a]{0,5}|.{0,12}";

    fn seen(text: &str) -> Known<'_> {
        Known {
            text,
            sketch: Some(Sketch::of(text)),
            sounds: Some(hash(
                sounds(text).into_iter().collect::<String>().as_bytes(),
            )),
        }
    }

    proptest! {
        #[test]
        fn what_is_known_beforehand_changes_no_level(a in TEXT, b in TEXT, slip in 0_usize..12, is_slip: bool) {
            let mut slipped: String = a.chars().take(slip).collect();
            slipped.extend(a.chars().skip(slip + 1));
            let b = if is_slip { slipped } else { b };
            for kind in FieldKind::ALL {
                let expected = level_of(*kind, Known::of(&a), Known::of(&b), AgreementLevel::Similar);
                prop_assert_eq!(level_of(*kind, seen(&a), seen(&b), AgreementLevel::Similar), expected);
                let is_close = |level| level >= AgreementLevel::Close;
                prop_assert_eq!(is_close(level_of(*kind, seen(&a), seen(&b), AgreementLevel::Close)), is_close(expected));
            }
        }
    }
}
