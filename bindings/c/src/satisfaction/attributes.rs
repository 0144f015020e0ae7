//! Importance of attributes, their quadrants, and regressions on them. A table of attributes holds one column of `rows`
//! answers after the other.

use std::mem::MaybeUninit;

use crm_core::satisfaction::matrix::{
    Cut, derive_importance, importance_intervals, importance_satisfaction,
};
use crm_core::satisfaction::regression::{Method, bootstrap, fit, index_weights};

use crate::boundary::{Outcome, Output, OutputSlice, respond, slice, write_optional};
use crate::categories::{
    crm_derived_importance, crm_positive_weights, crm_quadrant, crm_regression_method,
};
use crate::category;
use crate::status::crm_status;
use crate::survey::bootstrap::{crm_bootstrap_interval, intervals, resampling};
use crate::survey::table;

/// The mean of the importance or satisfaction of all attributes, as a line between high and low.
///
/// @param out receives the place of the line
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_cut_mean(
    values: *const f64,
    attributes: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { place(Cut::Mean, values, attributes, out) })
}

/// The median of the importance or satisfaction of all attributes, as a line between high and low.
///
/// @param out receives the place of the line
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_cut_median(
    values: *const f64,
    attributes: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { place(Cut::Median, values, attributes, out) })
}

unsafe fn place(cut: Cut, values: *const f64, attributes: usize, out: *mut f64) -> Outcome {
    // SAFETY: as the caller vouches.
    unsafe {
        let values = slice("values", values, attributes)?;
        let out = Output::new("out", out)?;
        out.write(cut.place("values", values)?);
    }
    Ok(())
}

/// Puts each attribute into its quadrant: what lies on a line is high. The middle of a scale is a line, too.
/// Source: Martilla & James 1977.
///
/// @param attributes how many there are
/// @param importance_cut from here on an importance is high
/// @param satisfaction_cut from here on a satisfaction is high
/// @param quadrants receives one for each attribute
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_importance_satisfaction(
    importance: *const f64,
    satisfaction: *const f64,
    attributes: usize,
    importance_cut: f64,
    satisfaction_cut: f64,
    quadrants: *mut crm_quadrant,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let importance = slice("importance", importance, attributes)?;
        let satisfaction = slice("satisfaction", satisfaction, attributes)?;
        let out = OutputSlice::new("quadrants", quadrants, attributes)?;
        let (x, y) = (Cut::At(importance_cut), Cut::At(satisfaction_cut));
        let found = importance_satisfaction(importance, satisfaction, x, y)?.quadrants;
        let found: Vec<crm_quadrant> = found
            .into_iter()
            .map(category::write)
            .collect::<Outcome<_>>()?;
        out.write("quadrants", &found)
    })
}

/// Derives the importance of attributes from answers: correlations with overall satisfaction, standardised coefficients,
/// or shares of R² over all orders of the attributes (Shapley, LMG; 20 attributes at most).
///
/// `CRM_STATUS_NO_SOLUTION` for a column that does not vary, collinear attributes, and too few rows.
///
/// @param attributes one column of `rows` answers after the other
/// @param count how many attributes there are
/// @param overall overall satisfaction of each row
/// @param values receives one importance for each attribute
/// @param r_squared receives R² of the regression on all attributes; NaN for correlations
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_derive_importance(
    attributes: *const f64,
    count: usize,
    overall: *const f64,
    rows: usize,
    method: MaybeUninit<crm_derived_importance>,
    values: *mut f64,
    r_squared: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let attributes = table("attributes", attributes, count, rows)?;
        let overall = slice("overall", overall, rows)?;
        let method = category::read("method", method)?;
        let values = OutputSlice::new("values", values, count)?;
        let r_squared = Output::new("r_squared", r_squared)?;
        let found = derive_importance(&attributes, overall, method)?;
        values.write("values", &found.values)?;
        r_squared.write(found.r_squared.unwrap_or(f64::NAN));
        Ok(())
    })
}

/// A regression of overall satisfaction on attributes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_attribute_fit {
    /// Mean of overall satisfaction less coefficient times mean of each attribute.
    pub intercept: f64,
    /// Share of the variance of overall satisfaction that is explained.
    pub r_squared: f64,
    /// Root of the mean squared error.
    pub root_mean_square_error: f64,
    /// Components that were kept; all attributes of least squares and ridge.
    pub components: u64,
}

/// Regresses overall satisfaction on attributes: by least squares, by principal components (a number of them, the
/// fewest that have a share of the variance, those with an eigenvalue of 1 or more, or the number that predicts best
/// what was left out), by ridge, or by partial least squares. Source: Jolliffe 2002, chapter 8.
///
/// `CRM_STATUS_NO_SOLUTION` for a column that does not vary and attributes that are collinear in least squares.
///
/// @param attributes one column of `rows` answers after the other
/// @param count how many attributes there are
/// @param overall overall satisfaction of each row
/// @param number the share of the variance, or the penalty of ridge (in units of the correlation matrix); else not read
/// @param parts the number of components, or of folds to cross-validate; else not read
/// @param seed of the folds; else not read
/// @param out receives intercept and quality
/// @param coefficients receives one for each attribute; may be NULL
/// @param standardized receives one for each standardised attribute; may be NULL
/// @param eigenvalues receives those of the correlations, the largest first; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_attribute_regression(
    attributes: *const f64,
    count: usize,
    overall: *const f64,
    rows: usize,
    method: MaybeUninit<crm_regression_method>,
    number: f64,
    parts: usize,
    seed: u64,
    out: *mut crm_attribute_fit,
    coefficients: *mut f64,
    standardized: *mut f64,
    eigenvalues: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let attributes = table("attributes", attributes, count, rows)?;
        let overall = slice("overall", overall, rows)?;
        let method = method_of(method, number, parts, seed)?;
        let out = Output::new("out", out)?;
        let coefficients = OutputSlice::optional("coefficients", coefficients, count)?;
        let standardized = OutputSlice::optional("standardized", standardized, count)?;
        let eigenvalues = OutputSlice::optional("eigenvalues", eigenvalues, count)?;
        let found = fit(&attributes, overall, method)?;
        write_optional(coefficients, "coefficients", &found.coefficients)?;
        write_optional(standardized, "standardized", &found.standardized)?;
        write_optional(eigenvalues, "eigenvalues", &found.eigenvalues)?;
        out.write(crm_attribute_fit {
            intercept: found.intercept,
            r_squared: found.r_squared,
            root_mean_square_error: found.root_mean_square_error,
            components: found.components as u64,
        });
        Ok(())
    })
}

fn method_of(
    method: MaybeUninit<crm_regression_method>,
    number: f64,
    parts: usize,
    seed: u64,
) -> Outcome<Method> {
    Ok(category::read("method", method)?.with(number, parts, seed))
}

/// How much a regression varies from sample to sample.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_attribute_fit_intervals {
    /// Of the intercept.
    pub intercept: crm_bootstrap_interval,
    /// Of R², which is too large on average in resamples.
    pub r_squared: crm_bootstrap_interval,
    /// Of the root of the mean squared error.
    pub root_mean_square_error: crm_bootstrap_interval,
}

/// Intervals of `crm_attribute_regression` by resampling rows, each sample fitted with as many components as all rows have. The same
/// seed gives the same bits, for any number of threads.
///
/// @param attributes one column of `rows` answers after the other
/// @param count how many attributes there are
/// @param overall overall satisfaction of each row
/// @param number as in `crm_attribute_regression`
/// @param parts as in `crm_attribute_regression`
/// @param replicates how many samples are drawn, 2 or more
/// @param confidence between 0 and 1
/// @param seed of the samples and folds
/// @param out receives those of intercept and quality
/// @param coefficients receives one for each attribute; may be NULL
/// @param standardized receives one for each standardised attribute; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_attribute_intervals(
    attributes: *const f64,
    count: usize,
    overall: *const f64,
    rows: usize,
    method: MaybeUninit<crm_regression_method>,
    number: f64,
    parts: usize,
    replicates: u32,
    confidence: f64,
    seed: u64,
    out: *mut crm_attribute_fit_intervals,
    coefficients: *mut crm_bootstrap_interval,
    standardized: *mut crm_bootstrap_interval,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let attributes = table("attributes", attributes, count, rows)?;
        let overall = slice("overall", overall, rows)?;
        let method = method_of(method, number, parts, seed)?;
        let how = resampling(replicates, confidence, seed)?;
        let out = Output::new("out", out)?;
        let coefficients = OutputSlice::optional("coefficients", coefficients, count)?;
        let standardized = OutputSlice::optional("standardized", standardized, count)?;
        let found = bootstrap(&attributes, overall, method, &how)?;
        write_optional(
            coefficients,
            "coefficients",
            &intervals(&found.coefficients),
        )?;
        write_optional(
            standardized,
            "standardized",
            &intervals(&found.standardized),
        )?;
        out.write(crm_attribute_fit_intervals {
            intercept: found.intercept.into(),
            r_squared: found.r_squared.into(),
            root_mean_square_error: found.root_mean_square_error.into(),
        });
        Ok(())
    })
}

/// Intervals of `crm_derive_importance` by resampling rows (Grömping 2006 for shares of R²). The same seed gives the same bits, for any
/// number of threads.
///
/// @param attributes one column of `rows` answers after the other
/// @param count how many attributes there are
/// @param overall overall satisfaction of each row
/// @param replicates how many samples are drawn, 2 or more
/// @param confidence between 0 and 1
/// @param seed of the samples
/// @param values receives one for each attribute
/// @param r_squared receives that of R²; NaN in 0 replicates for correlations
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_importance_intervals(
    attributes: *const f64,
    count: usize,
    overall: *const f64,
    rows: usize,
    method: MaybeUninit<crm_derived_importance>,
    replicates: u32,
    confidence: f64,
    seed: u64,
    values: *mut crm_bootstrap_interval,
    r_squared: *mut crm_bootstrap_interval,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let attributes = table("attributes", attributes, count, rows)?;
        let overall = slice("overall", overall, rows)?;
        let method = category::read("method", method)?;
        let how = resampling(replicates, confidence, seed)?;
        let values = OutputSlice::new("values", values, count)?;
        let r_squared = Output::new("r_squared", r_squared)?;
        let found = importance_intervals(&attributes, overall, method, &how)?;
        values.write("values", &intervals(&found.values))?;
        r_squared.write(found.r_squared.into());
        Ok(())
    })
}

/// Weights of 0 or more that sum to one, in proportion to coefficients.
///
/// @param count how many coefficients there are
/// @param positive what becomes of negative ones
/// @param weights receives one for each coefficient
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_index_weights(
    coefficients: *const f64,
    count: usize,
    positive: MaybeUninit<crm_positive_weights>,
    weights: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let coefficients = slice("coefficients", coefficients, count)?;
        let positive = category::read("positive", positive)?;
        let out = OutputSlice::new("weights", weights, count)?;
        out.write("weights", &index_weights(coefficients, positive)?)
    })
}
