use std::fmt;

/// The characters of a text at a glance: what two texts have at most in common, without looking at them.
///
/// A bit is set for each letter that the text has, one more for each of some groups of letters if one of the group stands again, and one for
/// each digit; of a number, five bits for each digit, from the lowest on, as often as it stands there. Any other character counts as one of
/// the letters. The bits that two texts share are as many characters in common, and of what had no bit they have at most all
/// that the text has which has less of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sketch(u64);

/// The letters of a person's name say something of the person.
impl fmt::Debug for Sketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<personal>")
    }
}

const LETTERS: u32 = 26;
const GROUPS: u32 = 14;
const OF_A_DIGIT: u32 = 5;
/// The bits of characters.
const CHARACTERS: u64 = (1 << (LETTERS + GROUPS + 10)) - 1;
/// The text is digits, and a sign before them.
const NUMBER: u64 = 1 << 50;
/// The text has a character outside of ASCII.
const WIDE: u64 = 1 << 51;
/// The text is more than its different words with a space between each two.
const WORDY: u64 = 1 << 52;
/// The text has a space.
const SPACED: u64 = 1 << 53;
/// How many characters the text has stands above this place, if it is not more than fit there.
const LENGTH: u32 = 54;
const LONGEST: usize = (1 << (64 - LENGTH)) - 1;

impl Sketch {
    pub(crate) fn of(text: &str) -> Self {
        let number = text.strip_prefix('+').unwrap_or(text);
        if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Sketch(number.bytes().fold(NUMBER, add_digit)).with_length(text.len());
        }
        let flag = |is_set: bool, flag: u64| if is_set { flag } else { 0 };
        let flags = flag(is_wordy(text), WORDY) | flag(text.contains(' '), SPACED);
        if text.is_ascii() {
            return Sketch(text.bytes().map(u32::from).fold(flags, add)).with_length(text.len());
        }
        let characters = text.chars().map(u32::from);
        Sketch(characters.clone().fold(flags | WIDE, add)).with_length(characters.count())
    }

    fn with_length(self, length: usize) -> Self {
        Sketch(self.0 | (length.min(LONGEST) as u64) << LENGTH)
    }

    /// How many characters the text has; of very long ones fewer.
    #[inline]
    pub(crate) fn length(self) -> usize {
        (self.0 >> LENGTH) as usize
    }

    /// Whether the text is ASCII.
    #[inline]
    pub(crate) fn is_ascii(self) -> bool {
        self.0 & WIDE == 0
    }

    /// Whether the text has a space.
    #[inline]
    pub(crate) fn has_space(self) -> bool {
        self.0 & SPACED != 0
    }

    /// Whether the text is its different words with a space between each two.
    #[inline]
    pub(crate) fn is_of_different_words(self) -> bool {
        self.0 & WORDY == 0
    }

    /// No less than how many characters two texts have in common, each counted once, in any order; `None` if that cannot be told.
    #[inline]
    pub(crate) fn in_common(self, other: Sketch) -> Option<usize> {
        let is_same_kind = (self.0 ^ other.0) & NUMBER == 0;
        if !is_same_kind || self.length().max(other.length()) == LONGEST {
            return None;
        }
        let counted = |bits: u64| (bits & CHARACTERS).count_ones() as usize;
        let rest = |of: Sketch| of.length() - counted(of.0);
        Some(counted(self.0 & other.0) + rest(self).min(rest(other)))
    }
}

fn is_wordy(text: &str) -> bool {
    let words = || text.split_whitespace();
    let is_repeated = |(place, word): (usize, &str)| words().take(place).any(|other| other == word);
    let joined: usize = words().map(|word| word.len() + 1).sum();
    joined != text.len() + 1 || words().enumerate().any(is_repeated)
}

fn add(bits: u64, character: u32) -> u64 {
    let digit = character.wrapping_sub(u32::from('0'));
    if digit < 10 {
        return bits | 1 << (LETTERS + GROUPS + digit);
    }
    let letter = character % LETTERS;
    let again = bits >> letter & 1;
    bits | 1 << letter | again << (LETTERS + letter % GROUPS)
}

fn add_digit(bits: u64, digit: u8) -> u64 {
    let place = OF_A_DIGIT * u32::from(digit.wrapping_sub(b'0') % 10);
    let of_digit = (1 << OF_A_DIGIT) - 1;
    let counted = bits >> place & of_digit;
    bits | (counted << 1 & of_digit | 1) << place
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = ".{0,20}|[a-e王晓1-3 ]{0,20}|[+]?[0-3]{0,20}";

    proptest! {
        #[test]
        fn no_more_is_in_common(a in TEXT, b in TEXT) {
            let (letters, mut left): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let in_common = letters.iter().filter(|&letter| {
                let place = left.iter().position(|other| other == letter);
                place.map(|place| left.swap_remove(place)).is_some()
            }).count();
            let (of_a, of_b) = (Sketch::of(&a), Sketch::of(&b));
            prop_assert_eq!(of_a.length(), letters.len());
            prop_assert_eq!((of_a.is_ascii(), of_a.has_space()), (a.is_ascii(), a.contains(' ')));
            prop_assert!(of_a.in_common(of_b).is_none_or(|bound| in_common <= bound));
        }
    }

    #[test]
    fn of_long_texts_nothing_is_told() {
        let long = "ab ".repeat(1_000);
        assert_eq!(Sketch::of(&long).in_common(Sketch::of("ab")), None);
    }
}
