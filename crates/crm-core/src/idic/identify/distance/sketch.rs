/// The characters of a text at a glance: what two texts have at most in common, without looking at them.
///
/// Two bits for each of 26 letters and one for each of 10 digits are set from the lowest on, as often as the text has it; any other
/// character counts as one of the letters. Of two texts, those bits that both have are as many characters in common, and of what did not fit
/// at most all of the text that has less of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sketch(u64);

const LETTERS: u32 = 26;
/// The bits of characters.
const CHARACTERS: u64 = (1 << 62) - 1;
/// The text has a character outside of ASCII.
const WIDE: u64 = 1 << 63;
/// The text is more than its different words with a space between each two.
const WORDY: u64 = 1 << 62;

impl Sketch {
    pub(crate) fn of(text: &str) -> Self {
        let flags = match is_wordy(text) {
            true => WORDY,
            false => 0,
        };
        if text.is_ascii() {
            return Sketch(
                text.bytes()
                    .fold(flags, |bits, byte| add(bits, u32::from(byte))),
            );
        }
        let characters = text.chars().map(u32::from);
        Sketch(characters.fold(flags | WIDE, add))
    }

    /// Whether the text is its different words with a space between each two.
    #[inline]
    pub(crate) fn is_of_different_words(self) -> bool {
        self.0 & WORDY == 0
    }

    /// How many characters the text has that this is of.
    #[inline]
    pub(crate) fn length(self, text: &str) -> usize {
        match self.0 & WIDE {
            0 => text.len(),
            _ => text.chars().count(),
        }
    }

    /// No less than how many characters two texts of these lengths have in common, each counted once, in any order.
    #[inline]
    pub(crate) fn common(self, other: Sketch, length: usize, other_length: usize) -> usize {
        let counted = |bits: u64| (bits & CHARACTERS).count_ones() as usize;
        let rest = (length - counted(self.0)).min(other_length - counted(other.0));
        counted(self.0 & other.0) + rest
    }
}

fn is_wordy(text: &str) -> bool {
    let words = || text.split_whitespace();
    let is_repeated = |(place, word): (usize, &str)| words().take(place).any(|other| other == word);
    let joined: usize = words().map(|word| word.len() + 1).sum();
    joined != text.len() + 1 || words().enumerate().any(is_repeated)
}

#[inline]
fn add(bits: u64, character: u32) -> u64 {
    let code = character.wrapping_sub(u32::from('0'));
    if code < 10 {
        return bits | 1 << (2 * LETTERS + code);
    }
    let place = 2 * (character % LETTERS);
    // The second bit once the first one is set.
    bits | 1 << place | (bits & 1 << place) << 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_more_is_in_common(a in ".{0,20}|[a-e王晓1-3 ]{0,20}", b in ".{0,20}|[a-e王晓1-3 ]{0,20}") {
            let (letters, mut left): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let in_common = letters.iter().filter(|&letter| {
                let place = left.iter().position(|other| other == letter);
                place.map(|place| left.swap_remove(place)).is_some()
            }).count();
            let (of_a, of_b) = (Sketch::of(&a), Sketch::of(&b));
            prop_assert_eq!(of_a.length(&a), letters.len());
            prop_assert!(in_common <= of_a.common(of_b, letters.len(), b.chars().count()));
        }
    }
}
