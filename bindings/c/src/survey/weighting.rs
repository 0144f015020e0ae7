//! Weights of respondents.

use crm_core::ErrorKind;
use crm_core::survey::weighting::{
    Margin, RakingOptions, adjust_for_nonresponse, rake, trim, weight_effect,
};

use crate::boundary::{Output, OutputSlice, refuse, respond, slice};
use crate::status::crm_status;

/// Gives the weight of those who did not answer to those of the same cell who did; 0 for who did not answer.
///
/// `CRM_STATUS_NO_SOLUTION` for a cell in which nobody answered.
///
/// @param cells cell of each row
/// @param answered not 0 for who answered
/// @param count how many cells there are
/// @param out receives a weight for each row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_weights_for_nonresponse(
    weights: *const f64,
    cells: *const usize,
    answered: *const u8,
    rows: usize,
    count: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let weights = slice("weights", weights, rows)?;
        let cells = slice("cells", cells, rows)?;
        let answered = slice("answered", answered, rows)?;
        let answered: Vec<bool> = answered.iter().map(|&flag| flag != 0).collect();
        let out = OutputSlice::new("out", out, rows)?;
        let adjusted = adjust_for_nonresponse(weights, cells, count, &answered)?;
        out.write("out", &adjusted)
    })
}

/// How raking ended.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_raking {
    /// Largest |Σ w / target − 1| that is left.
    pub largest_error: f64,
    /// Rounds that were made.
    pub iterations: u32,
    /// 1 if all margins are met to the tolerance, else 0.
    pub converged: i32,
}

/// Scales weights to one margin after the other until all are met (iterative proportional fitting). Source: Deming
/// & Stephan 1940.
///
/// `CRM_STATUS_NO_SOLUTION` for a category without respondents: the row is the margin, the value names the category.
///
/// @param categories category of each row by the first margin, then by the second, …
/// @param targets units of the population in each category of the first margin, then of the second, …
/// @param target_counts how many categories each margin has
/// @param margins how many margins there are
/// @param tolerance largest |Σ w / target − 1| of any category, such as 1e-10
/// @param max_iterations rounds over all margins, such as 1000
/// @param out receives a weight for each row
/// @param outcome receives whether the margins are met
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_weights_rake(
    weights: *const f64,
    rows: usize,
    categories: *const usize,
    targets: *const f64,
    target_counts: *const usize,
    margins: usize,
    tolerance: f64,
    max_iterations: u32,
    out: *mut f64,
    outcome: *mut crm_raking,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let large = || {
            refuse(
                ErrorKind::Overflow,
                "margins",
                "are more than memory can hold",
            )
        };
        let weights = slice("weights", weights, rows)?;
        let codes = rows.checked_mul(margins).ok_or_else(large)?;
        let categories = slice("categories", categories, codes)?;
        let counts = slice("target_counts", target_counts, margins)?;
        let total = counts
            .iter()
            .try_fold(0_usize, |sum, &count| sum.checked_add(count))
            .ok_or_else(large)?;
        let mut rest = slice("targets", targets, total)?;
        let out = OutputSlice::new("out", out, rows)?;
        let outcome = Output::new("outcome", outcome)?;
        let mut given = Vec::with_capacity(margins);
        for (categories, &count) in categories.chunks_exact(rows.max(1)).zip(counts) {
            let (targets, after) = rest.split_at_checked(count).ok_or_else(large)?;
            rest = after;
            given.push(Margin {
                categories,
                targets,
            });
        }
        let options = RakingOptions {
            tolerance,
            max_iterations,
        };
        let raked = rake(weights, &given, options)?;
        out.write("out", &raked.weights)?;
        outcome.write(crm_raking {
            largest_error: raked.largest_error,
            iterations: raked.iterations,
            converged: i32::from(raked.converged),
        });
        Ok(())
    })
}

/// Weights between `smallest` and `largest` times their mean, with the same sum.
///
/// @param smallest 0 or more and less than 1
/// @param largest greater than 1
/// @param out receives a weight for each row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_weights_trim(
    weights: *const f64,
    rows: usize,
    smallest: f64,
    largest: f64,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let weights = slice("weights", weights, rows)?;
        let out = OutputSlice::new("out", out, rows)?;
        out.write("out", &trim(weights, smallest, largest)?)
    })
}

/// What unequal weights cost.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_weight_effect {
    /// Answers with equal weights that would say as much: (Σ w)² / Σ w².
    pub effective_size: f64,
    /// By which variances grow: n Σ w² / (Σ w)².
    pub design_effect: f64,
}

/// What unequal weights cost where they have nothing to do with the answers. Source: Kish 1965, §11.7.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_weights_effect(
    weights: *const f64,
    rows: usize,
    out: *mut crm_weight_effect,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let weights = slice("weights", weights, rows)?;
        let out = Output::new("out", out)?;
        let effect = weight_effect(weights)?;
        out.write(crm_weight_effect {
            effective_size: effect.effective_size,
            design_effect: effect.design_effect,
        });
        Ok(())
    })
}
