//! Customers who perhaps are one: what people say of them, and how it is taken back.

use std::ffi::c_char;

use crm_core::idic::pipeline::{DoubtfulPair, Idic, ReviewedPair};

use super::inputs::texts;
use super::{UNTIMED, crm_idic};
use crate::boundary::{Outcome, Output, OutputSlice, respond};
use crate::handle::borrow;
use crate::status::crm_status;

/// Two customers who perhaps are one: a record of one matches a record of the other.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_doubtful_pair {
    /// The one with the smaller number.
    pub customer: u64,
    /// The other one.
    pub other: u64,
    /// The probability that the records are of one customer.
    pub probability: f64,
}

/// What was said of two customers.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_reviewed_pair {
    /// The number of the decision, by which crm_idic_undo takes it back.
    pub decision: u64,
    /// The one who goes on; of two who stay two the smaller number.
    pub customer: u64,
    /// The other one.
    pub other: u64,
    /// Whether they are one: 0 or 1.
    pub is_one: i32,
    /// 0.
    pub reserved: [u8; 4],
}

/// The customers who perhaps are one and of whom nobody has said whether they are, of all rounds, the likeliest first.
///
/// @param idic the process
/// @param capacity how many fit
/// @param out receives up to `capacity` pairs; may be NULL if `capacity` is 0
/// @param count receives how many there are; they may be more than fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_doubtful(
    idic: *const crm_idic,
    capacity: usize,
    out: *mut crm_doubtful_pair,
    count: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let count = Output::new("count", count)?;
        let pairs = idic.lock().idic.doubtful();
        let fitting: Vec<_> = pairs.iter().take(capacity).map(of_doubtful).collect();
        OutputSlice::new("out", out, fitting.len())?.write("out", &fitting)?;
        count.write(pairs.len());
        Ok(())
    })
}

/// What was said of customers and not undone, in the order in which it was.
///
/// @param idic the process
/// @param capacity how many fit
/// @param out receives up to `capacity` decisions; may be NULL if `capacity` is 0
/// @param count receives how many there are; they may be more than fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_reviewed(
    idic: *const crm_idic,
    capacity: usize,
    out: *mut crm_reviewed_pair,
    count: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let count = Output::new("count", count)?;
        let pairs = idic.lock().idic.reviewed();
        let fitting: Vec<_> = pairs.iter().take(capacity).map(of_reviewed).collect();
        OutputSlice::new("out", out, fitting.len())?.write("out", &fitting)?;
        count.write(pairs.len());
        Ok(())
    })
}

/// Two customers are one. The smaller number goes on, with the records, keys, contacts, answers and waiting decisions of both: it may be
/// contacted where both agreed, and complains if one does. The other number ends and is never given again. What the round
/// has computed is given up: the process is at the beginning of a round.
///
/// `CRM_STATUS_NOT_FOUND` if there is no such customer; `CRM_STATUS_OUT_OF_RANGE` if they are the same; `CRM_STATUS_ILLEGAL_TRANSITION` if
/// they were said to be two, or are one already: crm_last_error_value() is the number of that decision.
///
/// @param idic the process, which changes
/// @param customer the number of one
/// @param other the number of the other
/// @param out receives the decision
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_confirm(
    idic: *const crm_idic,
    customer: u64,
    other: u64,
    out: *mut crm_reviewed_pair,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { decide(idic, out, |idic| idic.confirm(customer, other)) })
}

/// Two customers are two, however alike they are: they are not listed as doubtful again, and not united before this is undone. The round
/// goes on. Statuses as of crm_idic_confirm.
///
/// @param idic the process, which changes
/// @param customer the number of one
/// @param other the number of the other
/// @param out receives the decision
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_keep_apart(
    idic: *const crm_idic,
    customer: u64,
    other: u64,
    out: *mut crm_reviewed_pair,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { decide(idic, out, |idic| idic.keep_apart(customer, other)) })
}

/// Some records of a customer, by their keys, are those of a new one, who is kept apart from now on. The customer keeps its number and all
/// that was learned. What the round has computed is given up.
///
/// `CRM_STATUS_NOT_FOUND` if there is no such customer, or a key is not of it, with the row; `CRM_STATUS_EMPTY` without keys;
/// `CRM_STATUS_OUT_OF_RANGE` if no record would be left.
///
/// @param idic the process, which changes
/// @param customer the number of the customer
/// @param keys of the records, in UTF-8
/// @param key_count how many keys
/// @param out receives the decision that the two are two
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_split(
    idic: *const crm_idic,
    customer: u64,
    keys: *const *const c_char,
    key_count: usize,
    out: *mut crm_reviewed_pair,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let keys = texts("keys", keys, key_count)?;
        decide(idic, out, |idic| idic.split(customer, &keys))
    })
}

/// Takes back what was said of two customers. If they were one, the other has its number again, with the records that it had, unless they
/// are gone, and what was known of it then; what was decided and learned since stays with the one who went on, a
/// consent that was taken back since is so of both, and what the round has computed is given up.
///
/// `CRM_STATUS_NOT_FOUND` if there is no such decision; `CRM_STATUS_ILLEGAL_TRANSITION` if the customer who went on was united with a third
/// since, or the record was split off: undo that first.
///
/// @param idic the process, which changes
/// @param decision the number of the decision
/// @param out receives what it was
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_undo(
    idic: *const crm_idic,
    decision: u64,
    out: *mut crm_reviewed_pair,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { decide(idic, out, |idic| idic.undo(decision)) })
}

/// # Safety
/// Both pointers are what the header asks for.
unsafe fn decide(
    idic: *const crm_idic,
    out: *mut crm_reviewed_pair,
    make: impl FnOnce(&mut Idic) -> crm_core::Result<ReviewedPair>,
) -> Outcome {
    // SAFETY: as the caller vouches.
    unsafe {
        let idic = borrow("idic", idic)?;
        let out = Output::new("out", out)?;
        let process = &mut *idic.lock();
        let said = make(&mut process.idic)?;
        if process.idic.identity().is_none() {
            process.seconds = UNTIMED;
        }
        out.write(of_reviewed(&said));
        Ok(())
    }
}

fn of_doubtful(pair: &DoubtfulPair) -> crm_doubtful_pair {
    crm_doubtful_pair {
        customer: pair.customer,
        other: pair.other,
        probability: pair.probability,
    }
}

fn of_reviewed(pair: &ReviewedPair) -> crm_reviewed_pair {
    crm_reviewed_pair {
        decision: pair.decision,
        customer: pair.customer,
        other: pair.other,
        is_one: i32::from(pair.is_one),
        reserved: [0; 4],
    }
}
