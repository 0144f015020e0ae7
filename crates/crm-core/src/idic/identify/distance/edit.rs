use hashbrown::HashMap;
use std::hash::Hash;

use super::by_characters;
use super::marks::{Character, by_marks};

/// The fewest insertions, deletions and substitutions of a character that turn one text into the other (Levenshtein 1966).
///
/// ```
/// use crm_core::idic::identify::distance::levenshtein;
///
/// assert_eq!(levenshtein("kitten", "sitting"), 3);
/// assert_eq!(levenshtein("王小明", "王晓明"), 1);
/// ```
#[must_use]
pub fn levenshtein(a: &str, b: &str) -> usize {
    by_characters(a, b, distance::<_, false>, distance::<_, false>)
}

/// Optimal string alignment: as [`levenshtein`], and a swap of two neighbours is one edit, but nothing is edited twice: it is not a
/// metric, and "ca" to "abc" takes 3.
///
/// ```
/// use crm_core::idic::identify::distance::{damerau_levenshtein, osa};
///
/// assert_eq!(osa("ca", "abc"), 3);
/// assert_eq!(damerau_levenshtein("ca", "abc"), 2);
/// ```
#[must_use]
pub fn osa(a: &str, b: &str) -> usize {
    by_characters(a, b, distance::<_, true>, distance::<_, true>)
}

/// The same, if it is no more than `most`.
pub(crate) fn osa_within(a: &str, b: &str, most: usize) -> Option<usize> {
    by_characters(a, b, |a, b| within(a, b, most), |a, b| within(a, b, most))
}

/// The unrestricted distance of Damerau: as [`osa`], and what was swapped may be edited again. It is a metric (Lowrance & Wagner
/// 1975).
#[must_use]
pub fn damerau_levenshtein(a: &str, b: &str) -> usize {
    by_characters(a, b, unrestricted, unrestricted)
}

/// Both texts without what both begin and end with, the shorter one first.
fn differing<'a, T: PartialEq>(a: &'a [T], b: &'a [T]) -> (&'a [T], &'a [T]) {
    let same = |(a, b): &(&T, &T)| a == b;
    let start = a.iter().zip(b).take_while(same).count();
    let (a, b) = (
        a.get(start..).unwrap_or_default(),
        b.get(start..).unwrap_or_default(),
    );
    let end = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
    let a = a.get(..a.len() - end).unwrap_or_default();
    let b = b.get(..b.len() - end).unwrap_or_default();
    if a.len() <= b.len() { (a, b) } else { (b, a) }
}

fn distance<T: Character, const SWAPS: bool>(a: &[T], b: &[T]) -> usize {
    let (a, b) = differing(a, b);
    if a.is_empty() {
        return b.len();
    }
    let of_marks = |marks: &[u64]| of_marks::<SWAPS>(marks, b.len());
    by_marks(a, b, of_marks).unwrap_or_else(|| table::<T, SWAPS>(a, b))
}

fn within<T: Character>(a: &[T], b: &[T], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let (a, b) = differing(a, b);
    let distance = match (a, b) {
        ([], rest) => rest.len(),
        ([_], [_]) => 1,
        ([first_a, second_a], [first_b, second_b])
            if (first_a, second_a) == (second_b, first_b) =>
        {
            1
        }
        // Their first characters differ, and their last ones.
        _ if most < 2 => return None,
        _ => distance::<T, true>(a, b),
    };
    (distance <= most).then_some(distance)
}

/// All cells of a column of the table at once, as the differences between neighbours: Hyyrö 2003, "A bit-vector algorithm for
/// computing Levenshtein and Damerau edit distances", by the places in the second text of each character of the first one.
fn of_marks<const SWAPS: bool>(marks: &[u64], length: usize) -> usize {
    let last = 1 << (length - 1);
    let (mut up, mut down, mut diagonal_zero, mut mark_before) = (u64::MAX, 0_u64, 0_u64, 0_u64);
    let mut distance = length;
    for &mark in marks {
        let swapped = match SWAPS {
            true => (!diagonal_zero & mark) << 1 & mark_before,
            false => 0,
        };
        diagonal_zero = ((mark & up).wrapping_add(up) ^ up) | mark | down | swapped;
        let right_up = down | !(diagonal_zero | up);
        let right_down = diagonal_zero & up;
        distance += usize::from(right_up & last != 0);
        distance -= usize::from(right_down & last != 0);
        let (right_up, right_down) = (right_up << 1 | 1, right_down << 1);
        up = right_down | !(diagonal_zero | right_up);
        down = right_up & diagonal_zero;
        mark_before = mark;
    }
    distance
}

/// The recursion of Wagner & Fischer 1974, row by row; with `SWAPS`, those of neighbours too.
fn table<T: PartialEq, const SWAPS: bool>(a: &[T], b: &[T]) -> usize {
    let mut rows = vec![vec![0; a.len() + 1]; 3];
    match rows.as_mut_slice() {
        [first, second, third] => fill::<T, SWAPS>(a, b, first, second, third),
        _ => 0,
    }
}

fn fill<'r, T: PartialEq, const SWAPS: bool>(
    a: &[T],
    b: &[T],
    mut above_last: &'r mut [usize],
    mut last: &'r mut [usize],
    mut row: &'r mut [usize],
) -> usize {
    for (place, distance) in last.iter_mut().enumerate() {
        *distance = place;
    }
    let mut before_b: Option<&T> = None;
    for (line, of_b) in b.iter().enumerate() {
        let (mut left, mut diagonal) = (line + 1, line);
        let mut before_a: Option<&T> = None;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (place, of_a) in a.iter().enumerate() {
            let above = last.get(place + 1).copied().unwrap_or_default();
            let mut distance = (diagonal + usize::from(of_a != of_b)).min(left.min(above) + 1);
            if SWAPS && of_a != of_b && before_a == Some(of_b) && before_b == Some(of_a) {
                let swapped = above_last.get(place.wrapping_sub(1)).copied();
                distance = distance.min(swapped.unwrap_or(usize::MAX - 1) + 1);
            }
            if let Some(cell) = row.get_mut(place + 1) {
                *cell = distance;
            }
            (left, diagonal, before_a) = (distance, above, Some(of_a));
        }
        before_b = Some(of_b);
        (above_last, last, row) = (last, row, above_last);
    }
    last.get(a.len()).copied().unwrap_or_default()
}

/// Lowrance & Wagner 1975: a swap may reach back to where each of its two characters was last seen.
fn unrestricted<T: Eq + Hash + Copy>(a: &[T], b: &[T]) -> usize {
    let (a, b) = differing(a, b);
    let width = b.len() + 2;
    let far = a.len() + b.len();
    let mut distances = vec![far; (a.len() + 2) * width];
    let at = |line: usize, place: usize| line * width + place;
    let set = |cells: &mut Vec<usize>, index: usize, value: usize| {
        if let Some(cell) = cells.get_mut(index) {
            *cell = value;
        }
    };
    for line in 0..=a.len() {
        set(&mut distances, at(line + 1, 1), line);
    }
    for place in 0..=b.len() {
        set(&mut distances, at(1, place + 1), place);
    }
    let mut last_line_of: HashMap<T, usize, foldhash::fast::FixedState> = HashMap::default();
    for (line, of_a) in (1..).zip(a) {
        let mut last_match = 0;
        for (place, of_b) in (1..).zip(b) {
            let seen = last_line_of.get(of_b).copied().unwrap_or_default();
            let cost = usize::from(of_a != of_b);
            let get = |index: usize| distances.get(index).copied().unwrap_or(far);
            let distance = (get(at(line, place)) + cost)
                .min(get(at(line + 1, place)) + 1)
                .min(get(at(line, place + 1)) + 1)
                .min(get(at(seen, last_match)) + (line - seen - 1) + 1 + (place - last_match - 1));
            if cost == 0 {
                last_match = place;
            }
            set(&mut distances, at(line + 1, place + 1), distance);
        }
        last_line_of.insert(*of_a, line);
    }
    distances.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "[abc]{0,10}|[ab王晓]{0,64}|[ab1 ]{60,70}";

    proptest! {
        #[test]
        fn marks_and_the_table_give_the_same(a in TEXT, b in TEXT) {
            let (of_a, of_b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            prop_assert_eq!(levenshtein(&a, &b), table::<_, false>(&of_a, &of_b));
            prop_assert_eq!(osa(&a, &b), table::<_, true>(&of_a, &of_b));
        }

        #[test]
        fn what_is_within_a_bound_is_the_distance(a in TEXT, b in TEXT, most in 0_usize..4) {
            let full = osa(&a, &b);
            prop_assert_eq!(osa_within(&a, &b, most), (full <= most).then_some(full));
        }

        #[test]
        fn one_or_two_slips_are_within_one_or_two(a in "[ab1王]{2,12}", place in 0_usize..11, slip in 0..4) {
            let mut letters: Vec<char> = a.chars().collect();
            let place = place.min(letters.len() - 2);
            match slip {
                0 => letters.swap(place, place + 1),
                1 => letters.insert(place, 'x'),
                2 => letters[place] = 'x',
                _ => drop(letters.remove(place)),
            }
            let b: String = letters.into_iter().collect();
            let expected = usize::from(a != b);
            prop_assert_eq!(osa_within(&a, &b, 1), Some(expected));
            prop_assert_eq!(osa_within(&format!("x{a}"), &b, 2).is_some_and(|distance| distance <= expected + 1), true);
        }
    }
}
