//! What must never cross: panics, wild sizes, pointers that are none.

use std::ffi::CStr;
use std::panic::panic_any;
use std::ptr;

use crate::boundary::{OutputSlice, buffer, column, in_place, read, respond, slice, span};
use crate::decimal::{crm_decimal, crm_decimal_add, crm_decimal_format, crm_decimal_to_double};
use crate::kernels::crm_lost_for_good;
use crate::last_error::{
    crm_last_error_argument, crm_last_error_message, crm_last_error_row, crm_last_error_value,
    remember,
};
use crate::status::crm_status;

fn message() -> String {
    // SAFETY: static or of this thread.
    unsafe { CStr::from_ptr(crm_last_error_message()) }
        .to_str()
        .unwrap()
        .to_owned()
}

fn argument() -> String {
    // SAFETY: static or of this thread.
    unsafe { CStr::from_ptr(crm_last_error_argument()) }
        .to_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_panic_becomes_a_status() {
    assert_eq!(respond(|| panic!("row {}", 3)), crm_status::Panic);
    assert_eq!(message(), "defect in crm_core, please report it: row 3");
    assert_eq!(respond(|| panic_any(7)), crm_status::Panic);
    assert_eq!(
        message(),
        "defect in crm_core, please report it: no message"
    );
}

#[test]
fn a_failure_without_description_still_has_a_message() {
    remember(None);
    assert_eq!(
        message(),
        "crm_core: a call failed and its message could not be made"
    );
    assert_eq!((argument().as_str(), crm_last_error_row()), ("", -1));
}

/// A payload that panics when it is dropped must not end the program.
#[test]
fn a_bomb_does_not_go_off() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    assert_eq!(respond(|| panic_any(Bomb)), crm_status::Panic);
}

#[test]
fn an_error_is_described_and_kept() {
    let (margin, churn, rate, mut out) = ([1.0, 2.0], [0.5, 1.5], 0.1, [7.0; 2]);
    // SAFETY: columns of two rows.
    let status = unsafe {
        crm_lost_for_good(
            2,
            margin.as_ptr(),
            1,
            churn.as_ptr(),
            1,
            &raw const rate,
            0,
            out.as_mut_ptr(),
        )
    };
    assert_eq!(status, crm_status::OutOfRange);
    assert_eq!(out, [7.0; 2], "written after a failure");
    assert_eq!(respond(|| Ok(())), crm_status::Ok);
    assert_eq!(
        message(),
        "churn (row 1) is 1.5: must be greater than 0 and at most 1"
    );
    assert_eq!((argument().as_str(), crm_last_error_row()), ("churn", 1));
    // SAFETY: not NULL, of this thread.
    assert_eq!(unsafe { CStr::from_ptr(crm_last_error_value()) }, c"1.5");
}

#[test]
fn an_output_may_be_an_input() {
    let (rate, churn, mut margin) = (0.1, 0.2, [100.0, 200.0]);
    let pointer = margin.as_mut_ptr();
    // SAFETY: two rows.
    let status = unsafe {
        crm_lost_for_good(
            2,
            pointer,
            1,
            &raw const churn,
            0,
            &raw const rate,
            0,
            pointer,
        )
    };
    assert_eq!(status, crm_status::Ok);
    assert!((margin[1] - 2.0 * margin[0]).abs() < 1e-9);
    let mut one = crm_decimal {
        lo: 1,
        ..crm_decimal::default()
    };
    let pointer = &raw mut one;
    // SAFETY: a decimal.
    let status = unsafe { crm_decimal_add(pointer, pointer, pointer) };
    assert_eq!(status, crm_status::Ok);
    assert_eq!(one.lo, 2);
}

#[test]
fn memory_that_is_written_in_place_is_no_input() {
    let mut numbers = [1.0; 8];
    let pointer = numbers.as_mut_ptr();
    for (start, status) in [
        (0, crm_status::Ok),
        (1, crm_status::OutOfRange),
        (4, crm_status::OutOfRange),
        (7, crm_status::OutOfRange),
    ] {
        // SAFETY: both lie in `numbers`; a place that overlaps the input is refused.
        let found = respond(|| unsafe {
            let input = slice("x", pointer.add(4).cast_const(), 4)?;
            in_place(
                "out",
                pointer.add(start),
                if start == 7 { 1 } else { 4 },
                &[span(input)],
            )
            .map(drop)
        });
        assert_eq!(found, status, "from {start}");
    }
}

#[test]
fn pointers_are_checked() {
    let numbers = [1.0, 2.0];
    let odd = numbers.as_ptr().cast::<u8>().wrapping_add(1).cast::<f64>();
    let status = |body: &dyn Fn() -> crate::boundary::Outcome| respond(body);
    // SAFETY: NULL and misaligned pointers are refused before they are read.
    unsafe {
        assert_eq!(
            status(&|| read("x", ptr::null::<f64>()).map(drop)),
            crm_status::NullPointer
        );
        assert_eq!(message(), "x: must not be NULL");
        assert_eq!(
            status(&|| read("x", odd).map(drop)),
            crm_status::MisalignedPointer
        );
        assert_eq!(
            status(&|| slice("x", odd, 1).map(drop)),
            crm_status::MisalignedPointer
        );
        assert_eq!(
            status(&|| slice("x", ptr::null::<f64>(), 0).map(drop)),
            crm_status::Ok
        );
        assert_eq!(
            status(&|| OutputSlice::new("x", ptr::null_mut::<f64>(), 1).map(drop)),
            crm_status::NullPointer
        );
    }
}

#[test]
fn sizes_are_checked() {
    let numbers = [1.0, 2.0];
    let huge = usize::MAX / 2;
    for (stride, rows) in [
        (1, usize::MAX),
        (huge, 4),
        (usize::MAX, 3),
        (1, usize::MAX / 8),
    ] {
        // SAFETY: refused before anything is read.
        let status = respond(|| unsafe { column("x", numbers.as_ptr(), stride, rows) }.map(drop));
        assert_eq!(
            status,
            crm_status::Overflow,
            "{rows} rows of stride {stride}"
        );
    }
    assert_eq!(
        respond(|| buffer::<f64>("rows", huge).map(drop)),
        crm_status::Overflow
    );
}

#[test]
fn decimals_are_checked() {
    let good = crm_decimal {
        lo: 1999,
        scale: 2,
        ..crm_decimal::default()
    };
    let mut text = [0; 32];
    // SAFETY: a decimal and a buffer of the stated size.
    unsafe {
        assert_eq!(
            crm_decimal_format(&raw const good, text.as_mut_ptr(), 32),
            crm_status::Ok
        );
        assert_eq!(CStr::from_ptr(text.as_ptr()), c"19.99");
        assert_eq!(
            crm_decimal_format(&raw const good, text.as_mut_ptr(), 5),
            crm_status::LengthMismatch
        );
    }
    let mut out = 0.0;
    for bad in [
        crm_decimal { scale: 29, ..good },
        crm_decimal {
            negative: 2,
            ..good
        },
        crm_decimal {
            reserved: [0, 1],
            ..good
        },
    ] {
        // SAFETY: 16 bytes, whatever they mean.
        let status = unsafe { crm_decimal_to_double(&raw const bad, &raw mut out) };
        assert_eq!(status, crm_status::Unreadable);
        assert_eq!(out, 0.0);
    }
}
