use super::SHORT;

/// A character of a text, of which the bit-parallel algorithms must know where else it stands.
pub(super) trait Character: Copy + Ord {
    /// For each character of `a` the places of `b` where it stands too: bit i for place i. `b` has at most 64 characters.
    fn mark(a: &[Self], b: &[Self], marks: &mut [u64]);

    /// What stands between words.
    const SPACE: Self;
}

/// Calls `measure` with the places in `b` of each character of `a`; `None` if a text has more than 64 characters.
pub(super) fn by_marks<T: Character, R>(
    a: &[T],
    b: &[T],
    measure: impl FnOnce(&[u64]) -> R,
) -> Option<R> {
    let longest = a.len().max(b.len());
    if longest <= FEW {
        marked(a, b, &mut [0; FEW], measure)
    } else if longest <= SHORT {
        marked(a, b, &mut [0; SHORT], measure)
    } else {
        None
    }
}

#[inline]
fn marked<T: Character, R>(
    a: &[T],
    b: &[T],
    marks: &mut [u64],
    measure: impl FnOnce(&[u64]) -> R,
) -> Option<R> {
    let marks = marks.get_mut(..a.len())?;
    T::mark(a, b, marks);
    Some(measure(marks))
}

/// The lowest `count` bits.
pub(super) fn lowest(count: usize) -> u64 {
    match count {
        0 => 0,
        count => u64::MAX >> (64 - count.min(64)),
    }
}

impl Character for char {
    const SPACE: char = ' ';

    fn mark(a: &[char], b: &[char], marks: &mut [u64]) {
        for (mark, character) in marks.iter_mut().zip(a) {
            let places = b.iter().enumerate();
            *mark = places.fold(0, |mark, (place, other)| {
                mark | u64::from(other == character) << place
            });
        }
    }
}

/// Texts of so many bytes fit into two words, in which a character is found without a table.
const FEW: usize = 16;

/// ASCII: below 128.
impl Character for u8 {
    const SPACE: u8 = b' ';

    #[inline]
    fn mark(a: &[u8], b: &[u8], marks: &mut [u64]) {
        if b.len() <= FEW {
            let (first, second) = b.split_at(b.len().min(8));
            let (first, second) = (word(first), word(second));
            let length = lowest(b.len());
            for (mark, &character) in marks.iter_mut().zip(a) {
                *mark = (equal(first, character) | equal(second, character) << 8) & length;
            }
            return;
        }
        let mut table = [0_u64; 128];
        for (place, &character) in b.iter().enumerate() {
            if let Some(places) = table.get_mut(usize::from(character & 0x7f)) {
                *places |= 1 << place;
            }
        }
        for (mark, &character) in marks.iter_mut().zip(a) {
            let places = table.get(usize::from(character & 0x7f));
            *mark = places.copied().unwrap_or_default();
        }
    }
}

/// Up to eight bytes, the first one lowest.
fn word(text: &[u8]) -> u64 {
    if let Ok(all) = text.try_into() {
        return u64::from_le_bytes(all);
    }
    let bytes = text.iter().take(8).rev();
    bytes.fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// Bit i if byte i is `character`; all bytes are ASCII.
#[inline]
fn equal(word: u64, character: u8) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let different = word ^ (ONES * u64::from(character));
    let equal = !(different + 0x7f * ONES) >> 7 & ONES;
    // Bit 8i times 2^(56 − 7i) is bit 56 + i; no two products meet.
    equal.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn marks_are_where_characters_are_equal(a in "[abcz\0\u{7f}]{0,64}", b in "[abcz\0\u{7f}]{0,64}") {
            let by_definition = |a: &[char], b: &[char]| -> Vec<u64> {
                let mark = |of_a: &char| b.iter().rev().fold(0, |mark, of_b| mark << 1 | u64::from(of_a == of_b));
                a.iter().map(mark).collect()
            };
            let (letters_a, letters_b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let expected = Some(by_definition(&letters_a, &letters_b));
            prop_assert_eq!(by_marks(a.as_bytes(), b.as_bytes(), <[u64]>::to_vec), expected.clone());
            prop_assert_eq!(by_marks(&letters_a, &letters_b, <[u64]>::to_vec), expected);
        }
    }
}
