//! The three C structs of the interface, as the Arrow specification fixes them.
//!
//! Their members are closed: a struct is empty, made by [`NewTable`](crate::NewTable), or was taken from
//! a producer by an unsafe `take`, whose caller vouches for it. What reads it is then safe.

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

/// The type of an array, and the names of its parts.
#[repr(C)]
#[derive(Debug)]
pub struct ArrowSchema {
    pub(crate) format: *const c_char,
    pub(crate) name: *const c_char,
    pub(crate) metadata: *const c_char,
    pub(crate) flags: i64,
    pub(crate) n_children: i64,
    pub(crate) children: *mut *mut ArrowSchema,
    pub(crate) dictionary: *mut ArrowSchema,
    pub(crate) release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub(crate) private_data: *mut c_void,
}

/// The values of an array.
#[repr(C)]
#[derive(Debug)]
pub struct ArrowArray {
    pub(crate) length: i64,
    pub(crate) null_count: i64,
    pub(crate) offset: i64,
    pub(crate) n_buffers: i64,
    pub(crate) n_children: i64,
    pub(crate) buffers: *mut *const c_void,
    pub(crate) children: *mut *mut ArrowArray,
    pub(crate) dictionary: *mut ArrowArray,
    pub(crate) release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub(crate) private_data: *mut c_void,
}

/// Arrays of one type, one after the other.
#[repr(C)]
#[derive(Debug)]
pub struct ArrowArrayStream {
    pub(crate) get_schema:
        Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    pub(crate) get_next:
        Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    pub(crate) get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    pub(crate) release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    pub(crate) private_data: *mut c_void,
}

/// What the three structs share: one that holds something is released exactly once, when it is
/// dropped, from whichever thread.
macro_rules! owned {
    ($type:ident, $empty:expr) => {
        impl $type {
            /// A released struct, to be filled by a producer.
            #[must_use]
            pub const fn empty() -> Self {
                $empty
            }

            /// Takes what `source` holds and leaves it released.
            ///
            /// # Safety
            /// `source` must point to a struct that is valid by the specification or released.
            #[must_use]
            pub unsafe fn take(source: *mut $type) -> Self {
                // SAFETY: the caller promises that `source` is valid to read and write.
                unsafe { ptr::replace(source, Self::empty()) }
            }

            /// Whether it holds nothing.
            #[must_use]
            pub const fn is_released(&self) -> bool {
                self.release.is_none()
            }
        }

        impl Drop for $type {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: not released yet, and never again: the callback clears `release`.
                    unsafe { release(self) };
                }
            }
        }

        // SAFETY: the specification lets a consumer move the struct and release it from any thread.
        unsafe impl Send for $type {}
    };
}

owned!(
    ArrowSchema,
    ArrowSchema {
        format: ptr::null(),
        name: ptr::null(),
        metadata: ptr::null(),
        flags: 0,
        n_children: 0,
        children: ptr::null_mut(),
        dictionary: ptr::null_mut(),
        release: None,
        private_data: ptr::null_mut(),
    }
);
owned!(
    ArrowArray,
    ArrowArray {
        length: 0,
        null_count: 0,
        offset: 0,
        n_buffers: 0,
        n_children: 0,
        buffers: ptr::null_mut(),
        children: ptr::null_mut(),
        dictionary: ptr::null_mut(),
        release: None,
        private_data: ptr::null_mut(),
    }
);
owned!(
    ArrowArrayStream,
    ArrowArrayStream {
        get_schema: None,
        get_next: None,
        get_last_error: None,
        release: None,
        private_data: ptr::null_mut(),
    }
);

// SAFETY: an array is immutable once it is produced.
unsafe impl Sync for ArrowArray {}
