use super::by_characters;
use super::marks::{Character, by_marks, lowest};

/// The bonus of Winkler is given above this similarity only.
const BONUS_ABOVE: f64 = 0.7;
/// The bonus for each character that the beginnings share.
const BONUS: f64 = 0.1;
/// The beginnings are compared up to so many characters.
const PREFIX: usize = 4;

/// Jaro's similarity: with c characters in common, of which t are out of order,
///
/// J = (c/|a| + c/|b| + (c − ⌊t/2⌋)/c) / 3, and 0 if c = 0.
///
/// A character is in common if the other text has it no further away than ⌊max(|a|, |b|)/2⌋ − 1 places, each counted once, from
/// the left. Source: Jaro 1989, eq. as in Winkler 1990; half transpositions are cut off as in Winkler's own program.
///
/// ```
/// use crm_core::idic::identify::distance::jaro;
///
/// assert!((jaro("MARTHA", "MARHTA") - 0.944_444).abs() < 1e-6);
/// assert_eq!(jaro("", ""), 1.0);
/// ```
#[must_use]
pub fn jaro(a: &str, b: &str) -> f64 {
    by_characters(a, b, of_characters, of_characters)
}

/// Jaro's similarity and, where that is above 0.7, a bonus for the ℓ ≤ 4 characters that both begin with:
///
/// JW = J + 0.1 · ℓ · (1 − J).
///
/// Source: Winkler 1990, "String comparator metrics and enhanced decision rules in the Fellegi–Sunter model".
///
/// ```
/// use crm_core::idic::identify::distance::jaro_winkler;
///
/// assert!((jaro_winkler("DIXON", "DICKSONX") - 0.813_333).abs() < 1e-6);
/// ```
#[must_use]
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    by_characters(
        a,
        b,
        |a, b| with_bonus(of_characters(a, b), beginning(a, b)),
        |a, b| with_bonus(of_characters(a, b), beginning(a, b)),
    )
}

/// Whether [`jaro_winkler`] of two texts of these lengths can be `least`, which is above 0.7, if at most `common` characters are
/// in common, wherever they stand, and the first `alike` characters.
#[inline]
pub(crate) fn jaro_winkler_can_reach(
    least: f64,
    (a, b): (usize, usize),
    common: usize,
    alike: usize,
) -> bool {
    /// What rounding may take.
    const SLACK: f64 = 1e-6;
    let bonus = BONUS * alike.min(PREFIX) as f64;
    let jaro = ((least - bonus) / (1.0 - bonus)).max(BONUS_ABOVE);
    // c/|a| + c/|b| + 1 against 3J, times |a|·|b|.
    (common * (a + b)) as f64 + SLACK >= (3.0 * jaro - 1.0) * (a * b) as f64
}

/// The first characters of two texts that are alike, up to 4; no fewer, as bytes are counted.
pub(crate) fn alike(a: &str, b: &str) -> usize {
    beginning(a.as_bytes(), b.as_bytes())
}

fn beginning<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    let both = a.iter().zip(b).take(PREFIX);
    both.take_while(|(a, b)| a == b).count()
}

fn with_bonus(jaro: f64, alike: usize) -> f64 {
    match jaro > BONUS_ABOVE {
        true => jaro + BONUS * alike as f64 * (1.0 - jaro),
        false => jaro,
    }
}

fn similarity(a: usize, b: usize, common: u32, out_of_order: u32) -> f64 {
    if common == 0 {
        return if a + b == 0 { 1.0 } else { 0.0 };
    }
    let common_share = f64::from(common);
    let in_order = f64::from(common - out_of_order / 2);
    (common_share / a as f64 + common_share / b as f64 + in_order / common_share) / 3.0
}

/// How far apart characters in common may be.
fn reach(a: usize, b: usize) -> usize {
    (a.max(b) / 2).saturating_sub(1)
}

fn of_characters<T: Character>(a: &[T], b: &[T]) -> f64 {
    by_marks(a, b, |marks| of_marks(marks, b.len())).unwrap_or_else(|| of_slices(a, b))
}

/// By the places in the second text of each character of the first one.
fn of_marks(marks: &[u64], length: usize) -> f64 {
    let reach = reach(marks.len(), length);
    let (mut taken_a, mut taken_b) = (0_u64, 0_u64);
    // The places within reach; those beyond the end of the text are in no mark.
    let mut near = lowest(reach + 1);
    for (place, mark) in marks.iter().enumerate() {
        let there = mark & near & !taken_b;
        taken_b |= there & there.wrapping_neg();
        taken_a |= u64::from(there != 0) << place;
        near = near << 1 | u64::from(place < reach);
    }
    let (mut left_a, mut left_b, mut out_of_order) = (taken_a, taken_b, 0);
    while left_a != 0 {
        let mark = marks.get(left_a.trailing_zeros() as usize);
        let is_there = mark.is_some_and(|mark| mark & left_b & left_b.wrapping_neg() != 0);
        out_of_order += u32::from(!is_there);
        left_a &= left_a - 1;
        left_b &= left_b.wrapping_sub(1);
    }
    similarity(marks.len(), length, taken_a.count_ones(), out_of_order)
}

fn of_slices<T: PartialEq>(a: &[T], b: &[T]) -> f64 {
    let reach = reach(a.len(), b.len());
    let mut taken = vec![false; b.len()];
    let mut found = Vec::with_capacity(a.len());
    for (place, character) in a.iter().enumerate() {
        let first = place.saturating_sub(reach);
        let near = b.iter().zip(&mut taken).skip(first);
        let mut near = near.take(place + reach + 1 - first);
        if let Some((_, taken)) = near.find(|(other, taken)| !**taken && *other == character) {
            *taken = true;
            found.push(character);
        }
    }
    let others = b
        .iter()
        .zip(&taken)
        .filter_map(|(c, &taken)| taken.then_some(c));
    let out_of_order = found.iter().zip(others).filter(|(a, b)| **a != *b).count();
    similarity(a.len(), b.len(), found.len() as u32, out_of_order as u32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sketch::Sketch;
    use super::*;

    proptest! {
        #[test]
        fn marks_and_slices_give_the_same(a in "[abc\0]{0,64}|[abc王\u{1f600}]{0,64}", b in "[abc\0]{0,64}|[abc王\u{1f600}]{0,64}") {
            let (of_a, of_b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            prop_assert_eq!(jaro(&a, &b), of_slices(&of_a, &of_b));
        }

        #[test]
        fn nothing_exceeds_the_bound(
            a in ".{0,12}|[ab1 王]{0,70}|[0-9]{4,9}",
            b in ".{0,12}|[ab1 王]{0,70}|[0-9]{4,9}",
            least in 0.7..1.0,
        ) {
            let (of_a, of_b) = (Sketch::of(&a), Sketch::of(&b));
            let lengths = (of_a.length(), of_b.length());
            if let Some(common) = of_a.in_common(of_b) && jaro_winkler(&a, &b) >= least {
                prop_assert!(jaro_winkler_can_reach(least, lengths, common, alike(&a, &b)));
                prop_assert!(jaro_winkler_can_reach(least, lengths, common, PREFIX));
            }
        }
    }
}
