//! The few shapes of parallel work that the crate needs. With and without the feature `parallel`
//! they give the same results: every task writes its own output, and no order depends on threads.

use std::ops::Range;

#[cfg(feature = "parallel")]
use rayon::prelude::*;

/// Places that one task looks through.
const PLACES_PER_TASK: usize = 1 << 15;

/// What `find` finds first in `0..count`, which it is given in parts: the find of the first part that has one.
pub(crate) fn find_first<R: Send>(
    count: usize,
    find: impl Fn(Range<usize>) -> Option<R> + Sync + Send,
) -> Option<R> {
    let part = |task: usize| {
        let first = task * PLACES_PER_TASK;
        find(first..count.min(first + PLACES_PER_TASK))
    };
    let tasks = count.div_ceil(PLACES_PER_TASK);
    #[cfg(feature = "parallel")]
    if tasks > 1 {
        return (0..tasks).into_par_iter().find_map_first(part);
    }
    (0..tasks).find_map(part)
}

/// The results of `task` on each number below `count`, in order. A single task is done where it is.
pub(crate) fn map_range<R: Send>(count: usize, task: impl Fn(usize) -> R + Sync + Send) -> Vec<R> {
    #[cfg(feature = "parallel")]
    if count > 1 {
        return (0..count).into_par_iter().map(task).collect();
    }
    (0..count).map(task).collect()
}

/// The results of `task` on each item, in order.
pub(crate) fn map<T: Send, R: Send>(items: Vec<T>, task: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    #[cfg(feature = "parallel")]
    return items.into_par_iter().map(task).collect();
    #[cfg(not(feature = "parallel"))]
    return items.into_iter().map(task).collect();
}

/// Runs `task` on each item with its number.
pub(crate) fn for_each_mut<T: Send>(items: &mut [T], task: impl Fn(usize, &mut T) + Sync + Send) {
    #[cfg(feature = "parallel")]
    items
        .par_iter_mut()
        .enumerate()
        .for_each(|(i, item)| task(i, item));
    #[cfg(not(feature = "parallel"))]
    items
        .iter_mut()
        .enumerate()
        .for_each(|(i, item)| task(i, item));
}

/// Sorts by a key; items with the same key must be alike.
pub(crate) fn sort_by_key<T: Send, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K + Sync + Send) {
    #[cfg(feature = "parallel")]
    items.par_sort_unstable_by_key(key);
    #[cfg(not(feature = "parallel"))]
    items.sort_unstable_by_key(key);
}

/// Sorts by the total order.
pub(crate) fn sort_floats(values: &mut [f64]) {
    #[cfg(feature = "parallel")]
    values.par_sort_unstable_by(f64::total_cmp);
    #[cfg(not(feature = "parallel"))]
    values.sort_unstable_by(f64::total_cmp);
}
