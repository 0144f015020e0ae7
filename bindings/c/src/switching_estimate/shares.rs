//! Estimating a switching matrix from market shares alone.

use std::mem::MaybeUninit;

use crm_core::clv::switching::estimate::{ShareFit, ShareInference, ShareRegression, Shrinkage};
use crm_core::clv::switching::{SharePath, ShareRule, TransitionMatrix};
use crm_core::units::Probability;
use crm_core::{Error, ErrorKind};

use super::{product, read_square, square};
use crate::boundary::{Outcome, Output, OutputSlice, respond, slice, write_optional};
use crate::categories::crm_covariance_estimator;
use crate::category;
use crate::decimal::{crm_decimal, read_decimal};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// How well a switching matrix fits market shares.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_share_fit {
    /// Σ_t w_t ‖s_t − s_{t−1} P‖².
    pub sum_of_squares: f64,
    /// 1 − sum of squares / Σ_t w_t ‖s_t − mean‖²; NaN if the shares never change.
    pub r_squared: f64,
    /// Largest by smallest singular value of the weighted shares: errors may be so many times larger in P.
    pub condition_number: f64,
    /// How far P is from the conditions of the only solution, in units of a probability.
    pub kkt_residual: f64,
    /// The steps from a period to the next.
    pub steps: u64,
    /// How many independent shares the data hold; k where they determine P without shrinkage.
    pub rank: u64,
    /// How many entries of P are held at 0.
    pub at_bound: u64,
}

impl From<&ShareFit> for crm_share_fit {
    fn from(fit: &ShareFit) -> Self {
        crm_share_fit {
            sum_of_squares: fit.sum_of_squares,
            r_squared: fit.r_squared.unwrap_or(f64::NAN),
            condition_number: fit.condition_number,
            kkt_residual: fit.kkt_residual,
            steps: fit.steps as u64,
            rank: fit.rank as u64,
            at_bound: fit.at_bound as u64,
        }
    }
}

/// What a regression is made of.
///
/// # Safety
/// As [`slice`], for the numbers that the header says.
unsafe fn read_regression(
    shares: *const f64,
    periods: *const usize,
    markets: usize,
    brands: usize,
    weights: *const f64,
    towards: *const f64,
    strength: f64,
) -> Outcome<(ShareRegression, Vec<SharePath>)> {
    // SAFETY: as the caller vouches.
    let periods = unsafe { slice("periods", periods, markets) }?;
    let total = periods
        .iter()
        .try_fold(0_usize, |sum, &n| sum.checked_add(n));
    let total = total.ok_or_else(|| Error::overflow("periods"))?;
    // SAFETY: as the caller vouches.
    let mut left = unsafe { slice("shares", shares, product("shares", total, brands)?) }?;
    let mut regression = ShareRegression::default();
    if !weights.is_null() {
        let steps = total.saturating_sub(markets);
        // SAFETY: as the caller vouches.
        regression.weights = Some(unsafe { slice("weights", weights, steps) }?.to_vec());
    }
    if !towards.is_null() {
        // SAFETY: as the caller vouches.
        let towards = unsafe { read_square("towards", towards, brands) }?.to_vec();
        let towards = TransitionMatrix::from_row_major(brands, towards);
        regression.shrinkage = Some(Shrinkage {
            towards: towards.map_err(|error| error.named("towards"))?,
            strength,
        });
    }
    let mut paths = Vec::with_capacity(markets);
    for (market, &periods) in periods.iter().enumerate() {
        let (rows, rest) = left
            .split_at_checked(periods * brands)
            .unwrap_or((left, &[]));
        left = rest;
        let rows: Vec<&[f64]> = rows.chunks_exact(brands.max(1)).collect();
        if rows.is_empty() {
            let error = Error::new(ErrorKind::OutOfRange, "periods", "must be 2 or more");
            return Err(error.with_value(periods).at_row(market).into());
        }
        paths.push(SharePath::new(&rows, ShareRule::SumToOne)?);
    }
    Ok((regression, paths))
}

/// The switching matrix that explains market shares best, when nobody saw who switched:
/// min Σ_t w_t ‖s_t − s_{t−1} P‖² + strength · ‖P − towards‖² over all matrices P with entries of 0 or more and rows that sum
/// to one. Where the shares do not determine P and nothing is shrunk to, CRM_STATUS_NO_SOLUTION. Source: Lee, Judge &
/// Zellner 1970.
///
/// @param shares the shares of each market by period, market after market, rows of `brands` that sum to one
/// @param periods of each market, 2 or more
/// @param markets how many markets (regions, segments, cohorts) there are
/// @param brands k
/// @param weights w, one for each step from a period to the next, market after market; may be NULL for 1 each
/// @param towards k × k, row-major, what P is drawn to; may be NULL for nothing
/// @param strength how strongly, greater than 0; without `towards` it is not read
/// @param transition_matrix receives P, k × k
/// @param fit receives how well it fits
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_share_regression(
    shares: *const f64,
    periods: *const usize,
    markets: usize,
    brands: usize,
    weights: *const f64,
    towards: *const f64,
    strength: f64,
    transition_matrix: *mut f64,
    fit: *mut crm_share_fit,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let size = square("transition_matrix", brands)?;
        let matrix = OutputSlice::new("transition_matrix", transition_matrix, size)?;
        let out = Output::new("fit", fit)?;
        let (regression, paths) =
            read_regression(shares, periods, markets, brands, weights, towards, strength)?;
        let made = regression.fit(&paths)?;
        matrix.write("transition_matrix", made.transition_matrix.entries())?;
        out.write((&made).into());
        Ok(())
    })
}

/// How well a matrix is known that was estimated from market shares. It does not change: any number of threads may
/// read it.
pub struct crm_share_inference(ShareInference);

/// What standard errors rest on.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_share_inference_summary {
    /// m, the parameters that the data determine: the sum of the leverages of all steps.
    pub effective_parameters: f64,
    /// ν = n − m / (k − 1), those of Student's t.
    pub degrees_of_freedom: f64,
    /// n, the steps of a weight greater than 0.
    pub observations: u64,
}

/// Standard errors of crm_share_regression, which is fitted again: Cov P = B · (Σ_t w_t² (a_t ⊗ s_{t−1}) (a_t ⊗ s_{t−1})ᵀ) · B,
/// where B is the inverse of the second derivatives over the entries that are not held at 0, with rows that sum to one,
/// and a_t is the error e_t = s_t − s_{t−1} P (HC0), √(n/ν) · e_t (HC1) or (I − H_t)⁻¹ e_t with the leverage H_t (HC3, the jackknife).
/// Classical: errors of the same covariance in all steps, divided by w_t. Errors of brands may be correlated in a step,
/// steps are independent. Entries held at 0 are taken as truly 0, so the others' errors are too small if they are not.
///
/// CRM_STATUS_NO_SOLUTION for as many parameters as steps and, with the number of the step, for HC3 where one step alone
/// determines what is fitted to it. Source: White 1980; MacKinnon & White 1985; Bell & McCaffrey 2002.
///
/// @param shares the shares of each market by period, market after market, rows of `brands` that sum to one
/// @param periods of each market, 2 or more
/// @param markets how many markets (regions, segments, cohorts) there are
/// @param brands k
/// @param weights w, one for each step from a period to the next, market after market; may be NULL for 1 each
/// @param towards k × k, row-major, what P is drawn to; may be NULL for nothing
/// @param strength how strongly, greater than 0; without `towards` it is not read
/// @param covariance what the errors are taken to be; HC3 is for few steps
/// @param inference receives the handle; give it back to crm_share_inference_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_share_inference_new(
    shares: *const f64,
    periods: *const usize,
    markets: usize,
    brands: usize,
    weights: *const f64,
    towards: *const f64,
    strength: f64,
    covariance: MaybeUninit<crm_covariance_estimator>,
    inference: *mut Option<Box<crm_share_inference>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("inference", inference)?;
        let covariance = category::read("covariance", covariance)?;
        let (regression, paths) =
            read_regression(shares, periods, markets, brands, weights, towards, strength)?;
        let made = regression.fit(&paths)?.inference(covariance)?;
        out.write(Some(Box::new(crm_share_inference(made))));
        Ok(())
    })
}

/// What the standard errors rest on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_share_inference_get_summary(
    inference: *const crm_share_inference,
    out: *mut crm_share_inference_summary,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let inference = &borrow("inference", inference)?.0;
        Output::new("out", out)?.write(crm_share_inference_summary {
            effective_parameters: inference.effective_parameters,
            degrees_of_freedom: inference.degrees_of_freedom,
            observations: inference.observations as u64,
        });
        Ok(())
    })
}

/// Standard errors, t = P_ij / standard error, and the probability of a larger |t| if P_ij is 0, of every entry, row-major;
/// NaN for entries held at 0.
///
/// @param brands k
/// @param standard_errors receives k × k numbers
/// @param t_values receives k × k numbers; may be NULL
/// @param p_values receives k × k numbers; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_share_inference_entries(
    inference: *const crm_share_inference,
    brands: usize,
    standard_errors: *mut f64,
    t_values: *mut f64,
    p_values: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let inference = &borrow("inference", inference)?.0;
        let size = square("brands", brands)?;
        let errors = OutputSlice::new("standard_errors", standard_errors, size)?;
        let t = OutputSlice::optional("t_values", t_values, size)?;
        let p = OutputSlice::optional("p_values", p_values, size)?;
        errors.write("standard_errors", &inference.standard_errors)?;
        write_optional(t, "t_values", &inference.t_values)?;
        write_optional(p, "p_values", &inference.p_values)
    })
}

/// P_ij ∓ t · standard error of every entry, t of Student's distribution, row-major; NaN for entries held at 0. Limits beyond
/// 0 and 1 are given as they are.
///
/// @param level the confidence, between 0 and 1, not either; 0.95 is usual
/// @param brands k
/// @param lower receives k × k lower limits
/// @param upper receives k × k upper limits
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_share_inference_interval(
    inference: *const crm_share_inference,
    level: *const crm_decimal,
    brands: usize,
    lower: *mut f64,
    upper: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let inference = &borrow("inference", inference)?.0;
        let level = Probability::named("level", read_decimal("level", level)?)?;
        let size = square("brands", brands)?;
        let lower = OutputSlice::new("lower", lower, size)?;
        let upper = OutputSlice::new("upper", upper, size)?;
        let made = inference.confidence_interval(level)?;
        lower.write("lower", &made.lower)?;
        upper.write("upper", &made.upper)
    })
}

/// Cov(P_ij, P_hl) at row i·k + j and column h·k + l, row-major; 0 for entries held at 0.
///
/// @param entries k · k
/// @param out receives entries × entries numbers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_share_inference_covariance(
    inference: *const crm_share_inference,
    entries: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let inference = &borrow("inference", inference)?.0;
        let size = square("entries", entries)?;
        OutputSlice::new("out", out, size)?.write("out", &inference.covariance)
    })
}

/// Frees what was known of a matrix; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_share_inference_free(inference: Option<Box<crm_share_inference>>) {
    free(inference);
}
