use std::cmp::Ordering;

use super::marks::{Character, by_marks, lowest};
use super::{SHORT, Sketch, by_characters};

/// How far the words of two texts are the same, in any order and however often: with t the words in common, joined in
/// alphabetical order, and t + a, t + b these followed by the words that only one text has, the largest of
/// r(t, t + a), r(t, t + b) and r(t + a, t + b), where r(x, y) = 2·LCS(x, y) / (|x| + |y|) over characters.
///
/// It is 1 if all words of one text are in the other; 0 if a text has no words, unless both have none. Source: the token set
/// ratio of Cohen's FuzzyWuzzy 2011, as RapidFuzz computes it (over 100).
///
/// ```
/// use crm_core::idic::identify::distance::token_set;
///
/// assert_eq!(token_set("station road 5", "5 station road flat b"), 1.0);
/// ```
#[must_use]
pub fn token_set(a: &str, b: &str) -> f64 {
    // What `char::is_whitespace` says of ASCII.
    let is_ascii_space = |byte: u8| matches!(byte, b'\t'..=b'\r' | b' ');
    by_characters(
        a,
        b,
        |a, b| of_characters(a, b, is_ascii_space),
        |a, b| of_characters(a, b, char::is_whitespace),
    )
}

/// Whether [`token_set`] of two texts can be `least`, by what is known of their characters: with c characters in common, neither t nor
/// a common subsequence is longer than c, so that no ratio is above 2c / (c + min(|a|, |b|)).
#[inline]
pub(crate) fn token_set_can_reach(least: f64, a: Sketch, b: Sketch) -> bool {
    /// What rounding may take.
    const SLACK: f64 = 1e-6;
    let of_different_words = a.is_of_different_words() && b.is_of_different_words();
    let Some(common) = a.in_common(b).filter(|_| of_different_words) else {
        return true;
    };
    let shorter = a.length().min(b.length());
    let common = common.min(shorter);
    2.0 * common as f64 + SLACK >= least * (common + shorter) as f64
}

/// So many words need no memory from the heap.
const FEW: usize = 16;

fn of_characters<T: Character>(a: &[T], b: &[T], is_space: impl Fn(T) -> bool + Copy) -> f64 {
    if a.len().max(b.len()) < 2 * FEW {
        let (mut room_a, mut room_b): ([&[T]; FEW], [&[T]; FEW]) = ([&[]; FEW], [&[]; FEW]);
        return of_words(a, b, is_space, &mut room_a, &mut room_b);
    }
    let words = |text: &[T]| words(text, is_space).count();
    let (mut room_a, mut room_b): (Vec<&[T]>, Vec<&[T]>) =
        (vec![&[]; words(a)], vec![&[]; words(b)]);
    of_words(a, b, is_space, &mut room_a, &mut room_b)
}

fn words<T: Character>(text: &[T], is_space: impl Fn(T) -> bool) -> impl Iterator<Item = &[T]> {
    let words = text.split(move |&character| is_space(character));
    words.filter(|word| !word.is_empty())
}

/// Words mostly differ in their lengths or first characters, which takes less to see than to compare them.
fn is_same<T: Character>(a: &[T], b: &[T]) -> bool {
    a.len() == b.len() && a.first() == b.first() && a == b
}

fn alphabetical<T: Character>(a: &&[T], b: &&[T]) -> Ordering {
    a.first().cmp(&b.first()).then_with(|| a.cmp(b))
}

/// The different words, written into `room`.
fn different<'a, 'r, T: Character>(
    text: &'a [T],
    is_space: impl Fn(T) -> bool,
    room: &'r mut [&'a [T]],
) -> &'r mut [&'a [T]] {
    let mut count = 0;
    for word in words(text, is_space) {
        let is_new = !room.iter().take(count).any(|before| is_same(before, word));
        if let Some(place) = room.get_mut(count).filter(|_| is_new) {
            *place = word;
            count += 1;
        }
    }
    room.get_mut(..count).unwrap_or_default()
}

fn of_words<'a, T: Character>(
    a: &'a [T],
    b: &'a [T],
    is_space: impl Fn(T) -> bool + Copy,
    room_a: &mut [&'a [T]],
    room_b: &mut [&'a [T]],
) -> f64 {
    let (a, b) = (
        different(a, is_space, room_a),
        different(b, is_space, room_b),
    );
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    // A word that both have is left out of both, and counted with a space after it.
    let mut common = 0;
    for word in a.iter_mut() {
        if let Some(same) = b.iter_mut().find(|other| is_same(other, word)) {
            common += word.len() + 1;
            (*word, *same) = (&[], &[]);
        }
    }
    let joined = |words: &[&[T]]| {
        let lengths = words.iter().filter(|word| !word.is_empty());
        lengths
            .map(|word| word.len() + 1)
            .sum::<usize>()
            .saturating_sub(1)
    };
    let (only_a, only_b) = (joined(a), joined(b));
    if common > 0 && only_a.min(only_b) == 0 {
        return 1.0;
    }
    a.sort_unstable_by(alphabetical);
    b.sort_unstable_by(alphabetical);
    let same = longest_common_subsequence((a, only_a), (b, only_b));
    let ratio = |same: usize, lengths: usize| 2.0 * same as f64 / lengths as f64;
    let whole = ratio(common + same, 2 * common + only_a + only_b);
    match common {
        0 => whole,
        // Of a text and one that begins with it, all of the shorter one is common.
        _ => whole.max(ratio(common - 1, 2 * common - 1 + only_a.min(only_b))),
    }
}

/// How many characters of the words of both, with spaces between them, are the same and in the same order.
fn longest_common_subsequence<T: Character>(
    (a, length_a): (&[&[T]], usize),
    (b, length_b): (&[&[T]], usize),
) -> usize {
    if length_a.max(length_b) > SHORT {
        let (mut room_a, mut room_b) = (vec![T::SPACE; length_a], vec![T::SPACE; length_b]);
        join(a, &mut room_a);
        join(b, &mut room_b);
        return by_table(&room_a, &room_b);
    }
    let (mut room_a, mut room_b) = ([T::SPACE; SHORT], [T::SPACE; SHORT]);
    join(a, &mut room_a);
    join(b, &mut room_b);
    let (a, b) = (room_a.get(..length_a), room_b.get(..length_b));
    let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
    by_marks(a, b, |marks| of_marks(marks, b.len())).unwrap_or_default()
}

/// Writes words into a text of spaces, with one space between them.
fn join<T: Character>(words: &[&[T]], text: &mut [T]) {
    let mut start = 0;
    for word in words.iter().filter(|word| !word.is_empty()) {
        if let Some(place) = text.get_mut(start..start + word.len()) {
            place.copy_from_slice(word);
        }
        start += word.len() + 1;
    }
}

/// A column of the table at once, by the places in the second text of each character of the first one: Hyyrö 2004, "Bit-parallel
/// LCS-length computation revisited".
fn of_marks(marks: &[u64], length: usize) -> usize {
    let left = marks.iter().fold(u64::MAX, |left, mark| {
        let met = left & mark;
        left.wrapping_add(met) | (left - met)
    });
    (!left & lowest(length)).count_ones() as usize
}

fn by_table<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    let mut lengths = vec![0; b.len()];
    for of_a in a {
        let (mut diagonal, mut left) = (0, 0);
        for (length, of_b) in lengths.iter_mut().zip(b) {
            let longest = match of_a == of_b {
                true => diagonal + 1,
                false => left.max(*length),
            };
            diagonal = std::mem::replace(length, longest);
            left = longest;
        }
    }
    lengths.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As it is defined, with the texts written out.
    fn by_definition(a: &str, b: &str) -> f64 {
        let words = |text: &str| -> std::collections::BTreeSet<String> {
            text.split_whitespace().map(str::to_owned).collect()
        };
        let (a, b) = (words(a), words(b));
        let joined = |words: Vec<&String>| -> String {
            words
                .into_iter()
                .map(String::as_str)
                .collect::<Vec<&str>>()
                .join(" ")
        };
        let common = joined(a.intersection(&b).collect());
        let (only_a, only_b) = (
            joined(a.difference(&b).collect()),
            joined(b.difference(&a).collect()),
        );
        if a.is_empty() || b.is_empty() {
            return if a.len() == b.len() { 1.0 } else { 0.0 };
        }
        let with = |rest: &str| format!("{common} {rest}").trim().to_owned();
        let ratio = |x: &str, y: &str| {
            let (x, y): (Vec<char>, Vec<char>) = (x.chars().collect(), y.chars().collect());
            2.0 * by_table(&x, &y) as f64 / (x.len() + y.len()) as f64
        };
        let whole = ratio(&with(&only_a), &with(&only_b));
        match common.is_empty() {
            true => whole,
            false => whole
                .max(ratio(&common, &with(&only_a)))
                .max(ratio(&common, &with(&only_b))),
        }
    }

    const TEXT: &str = "[ab ]{0,12}|[a-c王 \t]{0,40}|([ab]{1,3} ){0,40}|[a-c王\u{3000}]{50,80}";

    proptest! {
        #[test]
        fn it_is_what_it_is_defined_to_be(a in TEXT, b in TEXT) {
            prop_assert_eq!(token_set(&a, &b), by_definition(&a, &b));
            prop_assert!(token_set_can_reach(token_set(&a, &b), Sketch::of(&a), Sketch::of(&b)));
        }
    }
}
