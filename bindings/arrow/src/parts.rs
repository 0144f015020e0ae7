//! Columns that are made in parts, side by side.

use rayon::prelude::*;

/// Rows of a part: its place in memory stays in the cache, and no two parts share a byte of a bitmap.
pub const ROWS_PER_PART: usize = 1 << 14;

/// `rows` values in parts that `fill` writes: it is given the first row of a part and the place for its values.
pub fn in_parts<T: Clone + Default + Send>(
    rows: usize,
    fill: impl Fn(usize, &mut [T]) + Sync + Send,
) -> Vec<T> {
    let mut values = vec![T::default(); rows];
    let parts = values.par_chunks_mut(ROWS_PER_PART).enumerate();
    parts.for_each(|(part, values)| fill(part * ROWS_PER_PART, values));
    values
}
