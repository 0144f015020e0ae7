//! How far apart are two texts? Every measure counts Unicode characters, never bytes: 王小明 and 王晓明 are one edit apart.
//!
//! | measure | what it counts | range |
//! | --- | --- | --- |
//! | [`jaro`] | characters in common within half the length, and their order | 0 to 1 |
//! | [`jaro_winkler`] | the same, with a bonus for a common beginning | 0 to 1 |
//! | [`levenshtein`] | insertions, deletions, substitutions | 0 to the longer length |
//! | [`osa`] | these and swaps of neighbours, no part edited twice | 0 to the longer length |
//! | [`damerau_levenshtein`] | these and swaps, without that restriction | 0 to the longer length |
//! | [`token_set`] | words in common, in any order | 0 to 1 |
//!
//! Conventions: two empty texts are alike (similarity 1, distance 0); an empty text and another have similarity 0. Characters
//! are code points: normalise first where an accent may be a code point of its own.

mod edit;
mod jaro;
mod marks;
mod sketch;
mod tokens;

pub use edit::{damerau_levenshtein, levenshtein, osa};
pub use jaro::{jaro, jaro_winkler};
pub use tokens::token_set;

pub(crate) use edit::osa_within;
pub(crate) use jaro::{alike, jaro_winkler_can_reach};
pub(crate) use sketch::Sketch;
pub(crate) use tokens::token_set_can_reach;

/// Calls `bytes` where both texts are ASCII, so that a byte is a character, and `characters` where not.
fn by_characters<R>(
    a: &str,
    b: &str,
    bytes: impl FnOnce(&[u8], &[u8]) -> R,
    characters: impl FnOnce(&[char], &[char]) -> R,
) -> R {
    if a.is_ascii() && b.is_ascii() {
        return bytes(a.as_bytes(), b.as_bytes());
    }
    let (mut short_a, mut short_b) = (['\0'; SHORT], ['\0'; SHORT]);
    match (spread(a, &mut short_a), spread(b, &mut short_b)) {
        (Some(a), Some(b)) => characters(a, b),
        _ => {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            characters(&a, &b)
        }
    }
}

/// Texts of so many characters need no memory from the heap, and are compared as the bits of a word.
const SHORT: usize = 64;

/// The characters of a text in `room`, if they fit.
fn spread<'a>(text: &str, room: &'a mut [char; SHORT]) -> Option<&'a [char]> {
    let mut length = 0;
    for character in text.chars() {
        *room.get_mut(length)? = character;
        length += 1;
    }
    room.get(..length)
}
