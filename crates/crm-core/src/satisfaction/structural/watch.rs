//! Many fits of the same rows, which tell how far they are and may be stopped.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::parallel;

/// Fits that one task makes.
const PER_TASK: u32 = 16;

/// What `make` gives for each number below `count`, in order, with a working memory of its task; `None` once `progress`, which
/// is told now and then, from any thread, how many are done, breaks.
pub(super) fn watched<M, R: Send>(
    count: u32,
    progress: impl Fn(u32) -> ControlFlow<()> + Sync + Send,
    memory: impl Fn() -> M + Sync + Send,
    make: impl Fn(u32, &mut M) -> R + Sync + Send,
) -> Option<Vec<R>> {
    let (done, is_stopped) = (AtomicU32::new(0), AtomicBool::new(false));
    let made = parallel::map_range(count.div_ceil(PER_TASK) as usize, |task| {
        if is_stopped.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let first = task as u32 * PER_TASK;
        let end = count.min(first + PER_TASK);
        let mut memory = memory();
        let made = (first..end)
            .map(|number| make(number, &mut memory))
            .collect();
        let done = done.fetch_add(end - first, Ordering::Relaxed) + (end - first);
        if progress(done).is_break() {
            is_stopped.store(true, Ordering::Relaxed);
        }
        made
    });
    let made: Vec<R> = made.into_iter().flatten().collect();
    (made.len() == count as usize).then_some(made)
}
