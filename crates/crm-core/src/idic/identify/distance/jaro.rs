use super::by_characters;

/// The bonus of Winkler is given above this similarity only.
const BONUS_ABOVE: f64 = 0.7;
/// The bonus for each character that the beginnings share.
const BONUS: f64 = 0.1;
/// The beginnings are compared up to so many characters.
const PREFIX: usize = 4;
/// Texts of so many bytes are compared as the bytes of one word.
const WORD: usize = 16;

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
    by_characters(a, b, of_bytes, of_slices)
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
        |a, b| with_bonus(of_bytes(a, b), a, b),
        |a, b| with_bonus(of_slices(a, b), a, b),
    )
}

fn with_bonus<T: PartialEq>(jaro: f64, a: &[T], b: &[T]) -> f64 {
    if jaro <= BONUS_ABOVE {
        return jaro;
    }
    let alike = a.iter().zip(b).take(PREFIX).take_while(|(a, b)| a == b);
    jaro + BONUS * alike.count() as f64 * (1.0 - jaro)
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

/// The same where both texts fit into words: one comparison of bytes side by side finds a character.
fn of_bytes(a: &[u8], b: &[u8]) -> f64 {
    if a.len().max(b.len()) > WORD {
        return of_slices(a, b);
    }
    let (text_a, text_b) = (word(a), word(b));
    let reach = reach(a.len(), b.len());
    let (mut taken_a, mut taken_b) = (0_u128, 0_u128);
    for (place, &character) in a.iter().enumerate() {
        let near = places(
            place.saturating_sub(reach),
            (place + reach + 1).min(b.len()),
        );
        let there = equal_bytes(text_b, character) & near & !taken_b;
        let first = there & there.wrapping_neg();
        taken_b |= first;
        taken_a |= u128::from(first != 0) << (8 * place + 7);
    }
    let mut out_of_order = 0;
    let (mut left_a, mut left_b) = (taken_a, taken_b);
    while left_a != 0 && left_b != 0 {
        let of_a = text_a >> (left_a.trailing_zeros() - 7);
        let of_b = text_b >> (left_b.trailing_zeros() - 7);
        out_of_order += u32::from((of_a ^ of_b) & 0xff != 0);
        left_a &= left_a - 1;
        left_b &= left_b - 1;
    }
    similarity(a.len(), b.len(), taken_a.count_ones(), out_of_order)
}

fn word(text: &[u8]) -> u128 {
    let mut bytes = [0; WORD];
    for (byte, &character) in bytes.iter_mut().zip(text) {
        *byte = character;
    }
    u128::from_le_bytes(bytes)
}

/// The highest bit of each byte from place `first` to before place `end`.
fn places(first: usize, end: usize) -> u128 {
    const HIGH: u128 = u128::from_le_bytes([0x80; WORD]);
    if first >= end {
        return 0;
    }
    (HIGH >> (8 * (WORD - (end - first)))) << (8 * first)
}

/// The highest bit of each byte that is `character` (ASCII, as all bytes are).
fn equal_bytes(text: u128, character: u8) -> u128 {
    const LOW: u128 = u128::from_le_bytes([0x7f; WORD]);
    let different = text ^ u128::from_le_bytes([character; WORD]);
    !((different & LOW) + LOW) & !LOW
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_and_slices_give_the_same(a in "[abc\0]{0,16}", b in "[abc\0]{0,16}") {
            prop_assert_eq!(of_bytes(a.as_bytes(), b.as_bytes()), of_slices(a.as_bytes(), b.as_bytes()));
        }
    }
}
