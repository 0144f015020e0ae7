//! Fits of structural models.

use crm_core::ErrorKind;
use crm_core::satisfaction::structural::{PlsFit, PlsOptions};

use super::answers::{crm_pls_options, crm_survey_answers};
use super::model::crm_structural_model;
use crate::boundary::{Output, OutputSlice, read, refuse, respond};
use crate::categories::crm_pls_status;
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// What partial least squares says of a model. It does not change: any number of threads may use it.
pub struct crm_pls_fit(pub(super) PlsFit);

/// Estimates a model by partial least squares path modelling (Wold 1982; Lohmöller 1989; Tenenhaus et al. 2005).
///
/// Indicators are standardised with the divisor n − 1. A fit whose weights have not settled after the iterations allowed is no
/// error: its report says so.
///
/// `CRM_STATUS_OUT_OF_RANGE` with the name of an indicator whose answers are all equal, and for too few rows;
/// `CRM_STATUS_EMPTY` for less than two complete rows; `CRM_STATUS_NOT_FINITE` with row and name of an infinite answer;
/// `CRM_STATUS_NO_SOLUTION` with names for drivers, or indicators in mode B, that depend linearly on each other, and for
/// indicators of a construct that cancel.
///
/// @param options may be NULL: the usual ones
/// @param fit receives the handle; give it back to crm_pls_fit_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_new(
    model: *const crm_structural_model,
    answers: *const crm_survey_answers,
    options: *const crm_pls_options,
    fit: *mut Option<Box<crm_pls_fit>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("fit", fit)?;
        let model = &borrow("model", model)?.model;
        let options = match options.is_null() {
            true => PlsOptions::default(),
            false => read("options", options)?.value()?,
        };
        let answers = read("answers", answers)?;
        let fit = model.fit(&answers.responses(model)?, &options)?;
        out.write(Some(Box::new(crm_pls_fit(fit))));
        Ok(())
    })
}

/// The model that the results of a fit are about, whose sizes and names they have. Of a model with constructs of constructs it is another than
/// the one that was fitted: in two stages the indices of their components are their indicators, and the components are gone.
/// Answers are always those to the indicators of the model that was fitted.
///
/// @param model receives the handle; give it back to crm_structural_model_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_model_new(
    fit: *const crm_pls_fit,
    model: *mut Option<Box<crm_structural_model>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let fit = &borrow("fit", fit)?.0;
        out.write(Some(crm_structural_model::new(fit.model().clone())?));
        Ok(())
    })
}

/// The first stage of a fit in two stages: how the components of constructs of constructs are measured.
///
/// `CRM_STATUS_NOT_FOUND` if the fit has none.
///
/// @param first receives the handle; give it back to crm_pls_fit_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_first_stage_new(
    fit: *const crm_pls_fit,
    first: *mut Option<Box<crm_pls_fit>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("first", first)?;
        let fit = &borrow("fit", fit)?.0;
        let rule = "must be one in two stages";
        let first = fit
            .first_stage()
            .ok_or_else(|| refuse(ErrorKind::NotFound, "fit", rule))?;
        out.write(Some(Box::new(crm_pls_fit(first.clone()))));
        Ok(())
    })
}

/// How a fit went, and how well the model describes the answers.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_pls_report {
    /// Sum of the weights of the respondents that were used.
    pub observations: f64,
    /// Respondents that were used.
    pub rows_used: usize,
    /// Respondents left out for missing answers.
    pub rows_dropped: usize,
    /// Σ|Δw| of the last iteration.
    pub last_change: f64,
    /// Goodness of fit: √(mean communality · mean R²); NaN if no construct has several indicators.
    pub gof: f64,
    /// Standardised root mean square residual with the correlations of the constructs as they are.
    pub srmr_saturated: f64,
    /// The same with the correlations that the paths imply.
    pub srmr_estimated: f64,
    /// Iterations.
    pub iterations: u32,
    /// Whether the weights settled.
    pub status: crm_pls_status,
}

/// How the fit went.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_report(
    fit: *const crm_pls_fit,
    out: *mut crm_pls_report,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = &borrow("fit", fit)?.0;
        let srmr = fit.srmr();
        Output::new("out", out)?.write(crm_pls_report {
            observations: fit.observations(),
            rows_used: fit.rows_used(),
            rows_dropped: fit.rows_dropped(),
            last_change: fit.last_change(),
            gof: fit.gof(),
            srmr_saturated: srmr.saturated,
            srmr_estimated: srmr.estimated,
            iterations: fit.iterations(),
            status: category::write(fit.status())?,
        });
        Ok(())
    })
}

/// What a fit says of an indicator.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct crm_indicator_estimate {
    /// Mean of the answers.
    pub mean: f64,
    /// Standard deviation of the answers, with the divisor n − 1.
    pub standard_deviation: f64,
    /// w, the outer weight of the standardised answers; a negative one lowers the index with a better answer.
    pub weight: f64,
    /// u = w / standard deviation, the outer weight of the answers as they are.
    pub unstandardised_weight: f64,
    /// Correlation with its construct.
    pub loading: f64,
    /// Variance inflation factor among the indicators of its construct; 1 for a single item, infinite if it depends linearly on the others.
    pub vif: f64,
    /// Missing answers, in rows.
    pub missing: usize,
}

/// Weights and loadings of every indicator.
///
/// @param indicators how many the model has
/// @param out receives one estimate for each indicator
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_indicators(
    fit: *const crm_pls_fit,
    indicators: usize,
    out: *mut crm_indicator_estimate,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = &borrow("fit", fit)?.0;
        let out = OutputSlice::new("out", out, indicators)?;
        let (deviations, unstandardised) =
            (fit.standard_deviations(), fit.unstandardised_weights());
        let (means, weights, loadings) = (fit.means(), fit.weights(), fit.loadings());
        let inflation = fit.outer_inflation();
        let at = |values: &[f64], i: usize| values.get(i).copied().unwrap_or(f64::NAN);
        let estimate = |(i, missing): (usize, &usize)| crm_indicator_estimate {
            mean: at(means, i),
            standard_deviation: at(&deviations, i),
            weight: at(weights, i),
            unstandardised_weight: at(&unstandardised, i),
            loading: at(loadings, i),
            vif: at(&inflation, i),
            missing: *missing,
        };
        let estimates: Vec<_> = fit.missing().iter().enumerate().map(estimate).collect();
        out.write("out", &estimates)
    })
}

/// What a fit says of a construct.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct crm_construct_estimate {
    /// The index: 100 · Σ u (mean − least) / Σ u (greatest − least) with the unstandardised weights u and the limits of the
    /// scales; from 0 to 100 if no weight is negative.
    pub index: f64,
    /// R²; NaN if nothing drives it.
    pub r_squared: f64,
    /// R² adjusted for the number of drivers; NaN if nothing drives it.
    pub adjusted_r_squared: f64,
    /// Cronbach's α; 1 for a single item, and so are the others.
    pub alpha: f64,
    /// Cronbach's α of the standardised answers.
    pub standardised_alpha: f64,
    /// ρ_A (Dijkstra & Henseler 2015); 1 in mode B.
    pub rho_a: f64,
    /// Composite reliability ρ_C (Jöreskog 1971).
    pub rho_c: f64,
    /// Average variance extracted.
    pub ave: f64,
}

/// Index, R² and reliability of every construct.
///
/// @param constructs how many the model has
/// @param out receives one estimate for each construct
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_constructs(
    fit: *const crm_pls_fit,
    constructs: usize,
    out: *mut crm_construct_estimate,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = &borrow("fit", fit)?.0;
        let out = OutputSlice::new("out", out, constructs)?;
        let explained = fit.explained();
        let of_each = fit.index().into_iter().zip(fit.reliability()).enumerate();
        let estimates: Vec<crm_construct_estimate> = of_each
            .map(|(place, (index, reliability))| {
                let explained = explained.iter().find(|one| one.construct == place);
                crm_construct_estimate {
                    index,
                    r_squared: explained.map_or(f64::NAN, |one| one.r_squared),
                    adjusted_r_squared: explained.map_or(f64::NAN, |one| one.adjusted_r_squared),
                    alpha: reliability.alpha,
                    standardised_alpha: reliability.standardised_alpha,
                    rho_a: reliability.rho_a,
                    rho_c: reliability.rho_c,
                    ave: reliability.ave,
                }
            })
            .collect();
        out.write("out", &estimates)
    })
}

/// What a fit says of a path.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct crm_path_estimate {
    /// Place of the driver.
    pub from: usize,
    /// Place of the construct that it drives.
    pub to: usize,
    /// β, in standard deviations.
    pub coefficient: f64,
    /// As of ordinary least squares; NaN with common factors.
    pub standard_error: f64,
    /// β over its standard error.
    pub t: f64,
    /// Both tails of Student's t.
    pub p_value: f64,
    /// Effect size f² (Cohen 1988).
    pub f_squared: f64,
    /// Variance inflation factor of the driver among the drivers.
    pub vif: f64,
}

/// Coefficients of every path.
///
/// @param paths how many the model has
/// @param out receives one estimate for each path
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_paths(
    fit: *const crm_pls_fit,
    paths: usize,
    out: *mut crm_path_estimate,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = &borrow("fit", fit)?.0;
        let out = OutputSlice::new("out", out, paths)?;
        let estimates: Vec<crm_path_estimate> = fit
            .paths()
            .iter()
            .map(|path| crm_path_estimate {
                from: path.from,
                to: path.to,
                coefficient: path.coefficient,
                standard_error: path.standard_error,
                t: path.t,
                p_value: path.p_value,
                f_squared: path.f_squared,
                vif: path.vif,
            })
            .collect();
        out.write("out", &estimates)
    })
}

/// Frees a fit; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_pls_fit_free(fit: Option<Box<crm_pls_fit>>) {
    free(fit);
}
