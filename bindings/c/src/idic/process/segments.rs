//! What the process says of groups of customers.

use crm_core::idic::differentiate::CrossTable;
use crm_core::idic::pipeline::{Differentiation, Idic};
use crm_core::units::Label;
use crm_core::value::types::CustomerType;
use crm_core::{Error, ErrorKind};

use super::crm_idic;
use crate::boundary::{Outcome, Output, OutputSlice, respond};
use crate::handle::borrow;
use crate::status::crm_status;

fn differentiation(idic: &Idic) -> Outcome<&Differentiation> {
    let found = idic.differentiation();
    let too_early = || {
        let reason = "must have come to differentiate";
        let error = Error::new(ErrorKind::IllegalTransition, "stage", reason);
        error.with_value(idic.stage().name())
    };
    Ok(found.ok_or_else(too_early)?)
}

/// How many groups by needs there are. `CRM_STATUS_ILLEGAL_TRANSITION` before customers were differentiated; so below.
///
/// @param idic the process
/// @param out receives the number; 0 if nobody has answered
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_needs_groups(
    idic: *const crm_idic,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let out = Output::new("out", out)?;
        out.write(differentiation(&idic.lock().idic)?.needs().sizes.len());
        Ok(())
    })
}

/// What customers of each group by needs are like.
///
/// @param idic the process
/// @param groups how many groups
/// @param questions how many questions the options ask, for numbers or with answers to choose from
/// @param sizes receives the customers of each group
/// @param profile receives group by group for each question the mean answer, or the place of the most frequent one: groups · questions
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_needs(
    idic: *const crm_idic,
    groups: usize,
    questions: usize,
    sizes: *mut u64,
    profile: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let sizes = OutputSlice::new("sizes", sizes, groups)?;
        let profile = OutputSlice::new("profile", profile, groups.saturating_mul(questions))?;
        let process = idic.lock();
        let found = differentiation(&process.idic)?.needs();
        let places = found.modes.iter().flatten().map(|&place| f64::from(place));
        let means = found.centers.iter().flatten().copied();
        profile.write("profile", &means.chain(places).collect::<Vec<_>>())?;
        sizes.write("sizes", &found.sizes)
    })
}

/// Customers by tier and group by needs, and their current values; those of whom either is not known are not in it.
///
/// @param idic the process
/// @param cells how many: 4 · groups
/// @param counts receives customers in each cell, a row of groups for each crm_pyramid_tier
/// @param totals receives the sums of their current values
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_value_by_needs(
    idic: *const crm_idic,
    cells: usize,
    counts: *mut u64,
    totals: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let counts = OutputSlice::new("counts", counts, cells)?;
        let totals = OutputSlice::new("totals", totals, cells)?;
        let found = differentiation(&idic.lock().idic)?.value_by_needs()?;
        counts.write("counts", &found.counts)?;
        totals.write("totals", &found.totals)
    })
}

/// Customers by their type in the round before and in this one.
///
/// @param idic the process
/// @param cells how many: 4 · 4
/// @param counts receives customers in each cell, a row of types now for each crm_customer_type before; 0 where nobody has a type in both
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_moves(
    idic: *const crm_idic,
    cells: usize,
    counts: *mut u64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let counts = OutputSlice::new("counts", counts, cells)?;
        let found = idic.lock().idic.moves()?;
        let types = CustomerType::ALL.len();
        let none = || vec![0; types * types];
        counts.write(
            "counts",
            &found.map_or_else(none, |table: CrossTable| table.counts),
        )
    })
}
