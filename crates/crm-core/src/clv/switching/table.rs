//! Tables with a row per customer: worked on in parts, whose first refused row is found.

use super::ShareRule;
use super::shares::{are_shares, row_holds, sums_to_one};

/// Shares that are checked, multiplied and scaled before the next: they stay in the first cache.
const SHARES_PER_BLOCK: usize = 1 << 10;

/// The rows of `states` shares that are worked on together.
pub(super) fn rows_per_block(states: usize) -> usize {
    (SHARES_PER_BLOCK / states).max(1)
}

/// Calls `task` on parts of `out` of at most `rows` rows with the number of their first row. Each says
/// which of its rows, counted as in `out`, it refuses first; the result is the first of all.
#[cfg(feature = "parallel")]
pub(super) fn first_refusal(
    out: &mut [f64],
    states: usize,
    rows: usize,
    task: impl Fn(usize, &mut [f64]) -> Option<usize> + Sync,
) -> Option<usize> {
    use rayon::prelude::*;
    if out.len() <= rows * states {
        return task(0, out);
    }
    let parts = out.par_chunks_mut(rows * states).enumerate();
    parts.filter_map(|(i, part)| task(i * rows, part)).min()
}

/// As with threads: one part is all of `out`.
#[cfg(not(feature = "parallel"))]
pub(super) fn first_refusal(
    out: &mut [f64],
    _states: usize,
    _rows: usize,
    task: impl Fn(usize, &mut [f64]) -> Option<usize> + Sync,
) -> Option<usize> {
    task(0, out)
}

/// The first row that holds something else than shares that sum to what `rule` says, without NaN.
#[inline(always)]
pub(super) fn first_unlike_shares(shares: &[f64], states: usize, rule: ShareRule) -> Option<usize> {
    if are_shares(shares) && (rule == ShareRule::Any || rows_sum_to_one(shares, states)) {
        return None;
    }
    let is_refused = |row: &[f64]| !row_holds(row, rule) && !row.iter().any(|v| v.is_nan());
    shares.chunks_exact(states).position(is_refused)
}

#[inline(always)]
fn rows_sum_to_one(shares: &[f64], states: usize) -> bool {
    match states {
        2 => narrow_rows_sum_to_one::<2>(shares),
        3 => narrow_rows_sum_to_one::<3>(shares),
        4 => narrow_rows_sum_to_one::<4>(shares),
        5 => narrow_rows_sum_to_one::<5>(shares),
        6 => narrow_rows_sum_to_one::<6>(shares),
        7 => narrow_rows_sum_to_one::<7>(shares),
        k => {
            let mut fine = true;
            for row in shares.chunks_exact(k) {
                fine &= sums_to_one(row);
            }
            fine
        }
    }
}

#[inline(always)]
fn narrow_rows_sum_to_one<const K: usize>(shares: &[f64]) -> bool {
    let mut fine = true;
    for row in shares.as_chunks::<K>().0 {
        fine &= sums_to_one(row);
    }
    fine
}
