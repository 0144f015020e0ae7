use super::distance::{jaro_winkler, osa, token_set};
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
    let (of_a, of_b) = (a.value(place), b.value(place));
    let direct = match of_a.zip(of_b) {
        Some((a, b)) => level(field.kind, a, b),
        None => AgreementLevel::Missing,
    };
    let elsewhere = || {
        let own = of_a.zip(b.value(field.partner?));
        own.map(|(own, other)| level(field.kind, own, other))
    };
    match direct < AgreementLevel::Swapped && elsewhere() >= Some(AgreementLevel::Close) {
        true => AgreementLevel::Swapped,
        false => direct,
    }
}

/// How well two normalised values agree.
pub(crate) fn level(kind: FieldKind, a: &str, b: &str) -> AgreementLevel {
    if a == b {
        return AgreementLevel::Exact;
    }
    match kind {
        FieldKind::Name | FieldKind::Text => of_names(a, b),
        FieldKind::Address => of_addresses(a, b),
        FieldKind::Phone => of_phones(a, b),
        FieldKind::Email => of_emails(a, b),
        FieldKind::Date => of_dates(a, b),
        FieldKind::Code => of_codes(a, b),
        FieldKind::Number => of_numbers(a, b),
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

fn of_names(a: &str, b: &str) -> AgreementLevel {
    let by_letters = graded(jaro_winkler(a, b), SIMILAR_TEXT);
    if by_letters >= AgreementLevel::Close || !(has_han(a) || has_han(b)) {
        return by_letters;
    }
    let (a, b) = (sounds(a), sounds(b));
    if a == b {
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

fn of_addresses(a: &str, b: &str) -> AgreementLevel {
    let letters = |text: &str| {
        text.chars()
            .filter(|c| *c != ' ')
            .eq(b.chars().filter(|c| *c != ' '))
    };
    if letters(a) {
        return AgreementLevel::Exact;
    }
    match graded(jaro_winkler(a, b), SIMILAR_ADDRESS) {
        AgreementLevel::Close => AgreementLevel::Close,
        by_letters if a.contains(' ') && b.contains(' ') => {
            by_letters.max(graded(token_set(a, b), SIMILAR_ADDRESS))
        }
        by_letters => by_letters,
    }
}

fn of_phones(a: &str, b: &str) -> AgreementLevel {
    let subscriber = |number: &str| number.len().checked_sub(SUBSCRIBER);
    let same_subscriber = subscriber(a)
        .zip(subscriber(b))
        .is_some_and(|(from_a, from_b)| a.get(from_a..) == b.get(from_b..));
    match same_subscriber {
        true => AgreementLevel::Close,
        false => by_edits(a, b, true),
    }
}

fn of_emails(a: &str, b: &str) -> AgreementLevel {
    let local = |address: &str| address.split_once('@').map(|(local, _)| local.len());
    let same_local = local(a)
        .zip(local(b))
        .is_some_and(|(of_a, of_b)| a.get(..of_a) == b.get(..of_b));
    if same_local || (a.len().abs_diff(b.len()) <= 1 && osa(a, b) == 1) {
        return AgreementLevel::Close;
    }
    match jaro_winkler(a, b) >= SIMILAR_EMAIL {
        true => AgreementLevel::Similar,
        false => AgreementLevel::Different,
    }
}

/// Dates are eight digits: year, month, day.
fn of_dates(a: &str, b: &str) -> AgreementLevel {
    let same = |range: std::ops::Range<usize>| a.get(range.clone()) == b.get(range);
    let (year, month, day) = (same(0..4), same(4..6), same(6..8));
    let is_turned = year && a.get(4..6) == b.get(6..8) && a.get(6..8) == b.get(4..6);
    if is_turned || osa(a, b) == 1 {
        AgreementLevel::Close
    } else if u8::from(year) + u8::from(month) + u8::from(day) == 2 {
        AgreementLevel::Similar
    } else {
        AgreementLevel::Different
    }
}

fn of_codes(a: &str, b: &str) -> AgreementLevel {
    by_edits(a, b, a.len().min(b.len()) >= LONG_CODE)
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

fn by_edits(a: &str, b: &str, is_long: bool) -> AgreementLevel {
    if a.len().abs_diff(b.len()) > 8 {
        return AgreementLevel::Different;
    }
    match osa(a, b) {
        0 => AgreementLevel::Exact,
        1 => AgreementLevel::Close,
        2 if is_long => AgreementLevel::Similar,
        _ => AgreementLevel::Different,
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
}
