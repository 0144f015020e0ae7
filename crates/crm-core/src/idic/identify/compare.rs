use super::distance::{
    Sketch, alike, jaro_winkler, jaro_winkler_can_reach, osa_within, token_set, token_set_can_reach,
};
use super::field::FieldKind;
use super::level::{AgreementLevel, Pattern};
use super::normalise::{has_han, romanised};
use super::records::Column;
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
        self.value(field).map(Known::Text)
    }
}

/// A normalised value, and what is known of it beforehand: that tells most values apart that are not alike.
#[derive(Clone, Copy)]
pub(crate) enum Known<'a> {
    /// Nothing is known.
    Text(&'a str),
    /// The value of this number.
    Of(&'a Column, u32),
}

impl<'a> Known<'a> {
    #[inline]
    fn text(self) -> &'a str {
        match self {
            Known::Text(text) => text,
            Known::Of(column, number) => column.text(number),
        }
    }

    #[inline]
    fn sketch(self) -> Option<Sketch> {
        match self {
            Known::Text(_) => None,
            Known::Of(column, number) => column.sketch(number),
        }
    }

    #[inline]
    fn sketches(self, other: Known<'_>) -> Option<(Sketch, Sketch)> {
        self.sketch().zip(other.sketch())
    }

    #[inline]
    fn is_same(self, other: Known<'_>) -> bool {
        match (self, other) {
            (Known::Of(column, number), Known::Of(other, other_number))
                if std::ptr::eq(column, other) =>
            {
                number == other_number
            }
            _ => {
                let sketches = self.sketches(other);
                sketches.is_none_or(|(a, b)| a == b) && self.text() == other.text()
            }
        }
    }

    fn has_han(self) -> bool {
        self.sketch().is_none_or(|sketch| !sketch.is_ascii()) && has_han(self.text())
    }

    /// Whether two names are read alike.
    fn sounds_as(self, other: Known<'_>) -> bool {
        let hash = |of: Known<'_>| match of {
            Known::Text(_) => None,
            Known::Of(column, number) => column.sounds(number),
        };
        let may_be = hash(self).zip(hash(other)).is_none_or(|(a, b)| a == b);
        may_be && sounds(self.text()) == sounds(other.text())
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
    level_of(
        kind,
        Known::Text(a),
        Known::Text(b),
        AgreementLevel::Similar,
    )
}

/// How well two normalised values agree. What is below `least` need not be told apart.
pub(crate) fn level_of(
    kind: FieldKind,
    a: Known<'_>,
    b: Known<'_>,
    least: AgreementLevel,
) -> AgreementLevel {
    if a.is_same(b) {
        return AgreementLevel::Exact;
    }
    match kind {
        FieldKind::Name => of_names(a, b, least),
        FieldKind::Text => of_letters(a, b, SIMILAR_TEXT, least),
        FieldKind::Address => of_addresses(a, b, least),
        FieldKind::Phone => of_phones(a, b, least),
        FieldKind::Email => of_emails(a, b, least),
        FieldKind::Date => of_dates(a.text(), b.text()),
        FieldKind::Code => of_codes(a, b, least),
        FieldKind::Number => of_numbers(a.text(), b.text()),
        FieldKind::Pseudonym => AgreementLevel::Different,
    }
}

/// How long different values take to compare, beside one another.
pub(crate) fn cost(kind: FieldKind) -> f64 {
    match kind {
        FieldKind::Pseudonym | FieldKind::Number | FieldKind::Date => 1.0,
        FieldKind::Name | FieldKind::Text | FieldKind::Code | FieldKind::Phone => 2.0,
        FieldKind::Email => 3.0,
        FieldKind::Address => 10.0,
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
    let can_reach = a.sketches(b).is_none_or(|(of_a, of_b)| {
        let Some(common) = of_a.in_common(of_b) else {
            return true;
        };
        let can_reach = |alike| {
            let lengths = (of_a.length(), of_b.length());
            jaro_winkler_can_reach(asked(similar, least), lengths, common, alike)
        };
        can_reach(usize::MAX) && can_reach(alike(a.text(), b.text()))
    });
    match can_reach {
        true => graded(jaro_winkler(a.text(), b.text()), similar),
        false => AgreementLevel::Different,
    }
}

fn of_names(a: Known<'_>, b: Known<'_>, least: AgreementLevel) -> AgreementLevel {
    let by_letters = of_letters(a, b, SIMILAR_TEXT, least);
    let is_read = by_letters < AgreementLevel::Close && (a.has_han() || b.has_han());
    if is_read && a.sounds_as(b) {
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
    if is_same_without_spaces(a, b) {
        return AgreementLevel::Exact;
    }
    let by_letters = of_letters(a, b, SIMILAR_ADDRESS, least);
    let can_reach = || {
        a.sketches(b).is_none_or(|(a, b)| {
            let have_words = a.has_space() && b.has_space();
            have_words && token_set_can_reach(asked(SIMILAR_ADDRESS, least), a, b)
        })
    };
    let have_words = || a.text().contains(' ') && b.text().contains(' ');
    if by_letters < AgreementLevel::Close && can_reach() && have_words() {
        by_letters.max(graded(token_set(a.text(), b.text()), SIMILAR_ADDRESS))
    } else {
        by_letters
    }
}

fn is_same_without_spaces(a: Known<'_>, b: Known<'_>) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = u8> {
        text.bytes().filter(|byte| *byte != b' ')
    }
    letters(a.text()).eq(letters(b.text()))
}

fn of_phones(a: Known<'_>, b: Known<'_>, least: AgreementLevel) -> AgreementLevel {
    fn subscriber(number: &str) -> Option<&[u8; SUBSCRIBER]> {
        number.as_bytes().last_chunk()
    }
    let subscribers = subscriber(a.text()).zip(subscriber(b.text()));
    match subscribers.is_some_and(|(a, b)| a == b) {
        true => AgreementLevel::Close,
        false => by_edits(a, b, 0, least),
    }
}

fn of_emails(a: Known<'_>, b: Known<'_>, least: AgreementLevel) -> AgreementLevel {
    let (text_a, text_b) = (a.text(), b.text());
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

/// Dates are eight digits: year, month, day. One that could not be read may be any text.
fn of_dates(a: &str, b: &str) -> AgreementLevel {
    let parts = |date: &str| {
        let (year, rest) = date.as_bytes().split_first_chunk::<4>()?;
        let (month, rest) = rest.split_first_chunk::<2>()?;
        let (day, _) = rest.split_first_chunk::<2>()?;
        Some((*year, *month, *day))
    };
    let is_slip = || osa_within(a, b, 1).is_some();
    let Some(((year_a, month_a, day_a), (year_b, month_b, day_b))) = parts(a).zip(parts(b)) else {
        return match is_slip() {
            true => AgreementLevel::Close,
            false => AgreementLevel::Different,
        };
    };
    let same = [year_a == year_b, month_a == month_b, day_a == day_b];
    let same = same.into_iter().filter(|same| *same).count();
    let is_turned = year_a == year_b && (month_a, day_a) == (day_b, month_b);
    // Of eight digits a slip changes two of the three parts at most.
    let may_be_slip = same > 0 || a.len().max(b.len()) > 8;
    if is_turned || may_be_slip && is_slip() {
        AgreementLevel::Close
    } else if same == 2 {
        AgreementLevel::Similar
    } else {
        AgreementLevel::Different
    }
}

fn of_codes(a: Known<'_>, b: Known<'_>, least: AgreementLevel) -> AgreementLevel {
    by_edits(a, b, LONG_CODE, least)
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

/// Two edits are similar where both texts have `long` bytes or more.
fn by_edits(a: Known<'_>, b: Known<'_>, long: usize, least: AgreementLevel) -> AgreementLevel {
    let too_far = a.sketches(b).is_some_and(|(a, b)| {
        // Every edit brings at most one more character in common.
        let longest = a.length().max(b.length());
        a.in_common(b).is_some_and(|common| longest > common + 2)
    });
    if too_far || a.text().len().abs_diff(b.text().len()) > 8 {
        return AgreementLevel::Different;
    }
    let is_long = a.text().len().min(b.text().len()) >= long;
    let most = match is_long && least <= AgreementLevel::Similar {
        true => 2,
        false => 1,
    };
    match osa_within(a.text(), b.text(), most) {
        Some(0) => AgreementLevel::Exact,
        Some(1) => AgreementLevel::Close,
        Some(_) => AgreementLevel::Similar,
        None => AgreementLevel::Different,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::units::Label;

    const TEXT: &str =
        "[ab]{0,9}|[a-d1-3 ]{0,30}|[0-9]{6,12}|[ab1]{0,3}@[ab.]{0,6}|[王晓小明李 a]{0,5}|.{0,12}";

    #[test]
    fn dates_that_could_not_be_read_are_texts() {
        assert_eq!(
            level(FieldKind::Date, "n a", "x"),
            AgreementLevel::Different
        );
        assert_eq!(level(FieldKind::Date, "1990", "199"), AgreementLevel::Close);
        assert_eq!(
            level(FieldKind::Date, "19900517", "1990"),
            AgreementLevel::Different
        );
    }

    proptest! {
        #[test]
        fn what_is_known_beforehand_changes_no_level(a in TEXT, b in TEXT, slip in 0_usize..12, is_slip: bool) {
            let mut slipped: String = a.chars().take(slip).collect();
            slipped.extend(a.chars().skip(slip + 1));
            let b = if is_slip { slipped } else { b };
            for kind in FieldKind::ALL {
                let (of_a, of_b) = (Column::of_value(*kind, &a), Column::of_value(*kind, &b));
                let known = |least| level_of(*kind, Known::Of(&of_a, 0), Known::Of(&of_b, 0), least);
                let expected = level(*kind, &a, &b);
                prop_assert_eq!(known(AgreementLevel::Similar), expected);
                let is_close = |level| level >= AgreementLevel::Close;
                prop_assert_eq!(is_close(known(AgreementLevel::Close)), is_close(expected));
            }
        }
    }
}
