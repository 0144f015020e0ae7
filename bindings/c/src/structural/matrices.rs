//! What a fit says of pairs: constructs and constructs, indicators and constructs.

use crm_core::satisfaction::structural::PlsFit;

use super::fit::crm_pls_fit;
use crate::boundary::{OutputSlice, respond};
use crate::handle::borrow;
use crate::status::crm_status;

/// Correlations of the constructs, row-major.
///
/// @param constructs how many the model has
/// @param out receives constructs · constructs numbers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_correlations(
    fit: *const crm_pls_fit,
    constructs: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe {
        of_constructs(fit, constructs, out, |fit| {
            fit.construct_correlations().to_vec()
        })
    }
}

/// Total effect of every construct (row) on every other (column): over all ways between them, the sum of the products of
/// their paths.
///
/// @param constructs how many the model has
/// @param out receives constructs · constructs numbers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_total_effects(
    fit: *const crm_pls_fit,
    constructs: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { of_constructs(fit, constructs, out, PlsFit::total_effects) }
}

/// Indirect effects: the total effects less the direct paths, what other constructs mediate. crm_pls_bootstrap_effect_along speaks of
/// one way at a time.
///
/// @param constructs how many the model has
/// @param out receives constructs · constructs numbers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_indirect_effects(
    fit: *const crm_pls_fit,
    constructs: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { of_constructs(fit, constructs, out, PlsFit::indirect_effects) }
}

/// Correlations of every indicator (row) with every construct (column); with common factors, those with them are freed of
/// their indicators' errors.
///
/// @param indicators how many the model has
/// @param constructs how many the model has
/// @param out receives indicators · constructs numbers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_cross_loadings(
    fit: *const crm_pls_fit,
    indicators: usize,
    constructs: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = &borrow("fit", fit)?.0;
        let out = OutputSlice::new("out", out, indicators.saturating_mul(constructs))?;
        out.write("out", &fit.cross_loadings())
    })
}

/// Fornell–Larcker: correlations of the constructs with √AVE on the diagonal. A construct differs from the others if its √AVE is
/// above its other entries (Fornell & Larcker 1981).
///
/// @param constructs how many the model has
/// @param out receives constructs · constructs numbers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_fornell_larcker(
    fit: *const crm_pls_fit,
    constructs: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { of_constructs(fit, constructs, out, PlsFit::fornell_larcker) }
}

/// Heterotrait–monotrait ratios with ones on the diagonal; below 0.85 or 0.9 two constructs differ (Henseler, Ringle &
/// Sarstedt 2015).
///
/// @param constructs how many the model has
/// @param out receives constructs · constructs numbers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_htmt(
    fit: *const crm_pls_fit,
    constructs: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { of_constructs(fit, constructs, out, PlsFit::htmt) }
}

/// Writes a matrix of constructs.
///
/// # Safety
/// `fit` and `out` are what the header asks for.
unsafe fn of_constructs(
    fit: *const crm_pls_fit,
    constructs: usize,
    out: *mut f64,
    matrix: impl FnOnce(&PlsFit) -> Vec<f64>,
) -> crm_status {
    // SAFETY: as the caller vouches.
    respond(|| unsafe {
        let fit = &borrow("fit", fit)?.0;
        let out = OutputSlice::new("out", out, constructs.saturating_mul(constructs))?;
        out.write("out", &matrix(fit))
    })
}
