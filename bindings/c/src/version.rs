//! The version of the library.

use std::ffi::{CStr, c_char};

/// The version of the binary interface that this header describes: the number in the soname
/// `libcrm_core.so.<n>`. It changes when a program that was compiled against an older header
/// could no longer run.
pub const CRM_ABI_VERSION: u32 = 0;

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };

/// The binary interface of the library that is loaded. A program may compare it with
/// `CRM_ABI_VERSION`, the one it was compiled for.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_abi_version() -> u32 {
    CRM_ABI_VERSION
}

/// The version of the library that is loaded, such as "0.1.0". Static text.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_version() -> *const c_char {
    VERSION.as_ptr()
}
