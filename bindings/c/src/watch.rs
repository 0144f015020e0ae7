//! Long calls that tell how far they are, and can be stopped.

use std::ffi::c_void;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use crate::boundary::{Failure, Outcome};

/// Told now and then, on the thread that made the call, how much of a long call is done; `context` is what was given with it. A number
/// other than 0 stops the call, which then returns `CRM_STATUS_STOPPED` soon and writes nothing. It must return: no longjmp,
/// no C++ exception.
pub type crm_progress = Option<unsafe extern "C" fn(context: *mut c_void, done: u32) -> i32>;

/// How often is looked at a long call.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Runs `call` on another thread while `progress` is told of it on this one; without `progress`, just runs it.
///
/// # Safety
/// `progress` may be called with `context` on this thread.
pub(crate) unsafe fn watched<T: Send>(
    progress: crm_progress,
    context: *mut c_void,
    call: impl FnOnce(&(dyn Fn(u32) -> ControlFlow<()> + Sync)) -> crm_core::Result<Option<T>> + Send,
) -> Outcome<T> {
    let Some(progress) = progress else {
        return call(&|_| ControlFlow::Continue(()))?.ok_or(Failure::Stopped);
    };
    let (done, is_stopped) = (AtomicU32::new(0), AtomicBool::new(false));
    let watch = |now: u32| {
        done.fetch_max(now, Ordering::Relaxed);
        match is_stopped.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let (waiting, is_over) = (std::thread::current(), AtomicBool::new(false));
    let made = std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let made = call(&watch);
            is_over.store(true, Ordering::Release);
            waiting.unpark();
            made
        });
        while !is_over.load(Ordering::Acquire) && !worker.is_finished() {
            std::thread::park_timeout(BETWEEN_LOOKS);
            // SAFETY: as the caller vouches.
            let answer = unsafe { progress(context, done.load(Ordering::Relaxed)) };
            if answer != 0 {
                is_stopped.store(true, Ordering::Relaxed);
                break;
            }
        }
        worker.join()
    });
    match made {
        Ok(_) if is_stopped.into_inner() => Err(Failure::Stopped),
        Ok(made) => made?.ok_or(Failure::Stopped),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
