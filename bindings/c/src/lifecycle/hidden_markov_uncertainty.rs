//! How sure the parameters of a hidden Markov model are.

use std::ffi::{CString, c_char, c_void};

use crm_core::lifecycle::hidden_markov::ParameterUncertainty;
use crm_core::{Error, ErrorKind};

use super::hidden_markov::{crm_hidden_markov, crm_state_panel, read_panel};
use super::read_confidence;
use crate::boundary::{Output, OutputSlice, respond};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;
use crate::watch::{crm_progress, watched};

/// How sure the parameters of a hidden Markov model are. It does not change: any number of threads may use it.
///
/// A parameter at the edge of what it may be (a probability of 0, a state that nobody is in) has no standard error: it is
/// NaN, and the others are as if that parameter were known.
pub struct crm_hidden_markov_uncertainty {
    found: ParameterUncertainty,
    names: Vec<CString>,
}

/// The inverse of the observed information of the parameters that were fitted to a panel (Louis 1982): −∂²ln L from differences of
/// the score by log-odds and logarithms, then the delta method. It takes four passes over the panel for each
/// parameter.
///
/// CRM_STATUS_NOT_CONVERGED if the model is no maximum of ln L: its information is not positive definite;
/// CRM_STATUS_NO_SOLUTION if a history is impossible under the model; CRM_STATUS_STOPPED if `progress` says so.
///
/// @param panel the one of the fit
/// @param progress may be NULL; told of how many parameters the differences are done
/// @param context may be NULL; given to `progress`
/// @param uncertainty receives the handle; give it back to crm_hidden_markov_uncertainty_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_uncertainty_new(
    model: *const crm_hidden_markov,
    panel: *const crm_state_panel,
    progress: crm_progress,
    context: *mut c_void,
    uncertainty: *mut Option<Box<crm_hidden_markov_uncertainty>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("uncertainty", uncertainty)?;
        let model = borrow("model", model)?.model();
        let panel = read_panel(panel)?;
        let found = watched(progress, context, |watch| {
            model.uncertainty_watched(&panel, watch)
        })?;
        let names = model.parameter_names().into_iter();
        let names = names.filter_map(|name| CString::new(name).ok()).collect();
        out.write(Some(Box::new(crm_hidden_markov_uncertainty {
            found,
            names,
        })));
        Ok(())
    })
}

/// Frees what a model's uncertainty is; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_hidden_markov_uncertainty_free(
    uncertainty: Option<Box<crm_hidden_markov_uncertainty>>,
) {
    free(uncertainty);
}

/// How many parameters there are: K probabilities of the beginning; K × K of transitions, or the coefficients of
/// transitions by covariates; those of the emissions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_uncertainty_parameters(
    uncertainty: *const crm_hidden_markov_uncertainty,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let uncertainty = borrow("uncertainty", uncertainty)?;
        Output::new("out", out)?.write(uncertainty.names.len());
        Ok(())
    })
}

/// The name of a parameter: `initial_0`, `transition_0_1` (by covariates `transition_0_1_constant`, `transition_0_1_0`),
/// `mean_0`, …; the text lives as long as the handle.
///
/// @param parameter its number, from 0
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_uncertainty_name(
    uncertainty: *const crm_hidden_markov_uncertainty,
    parameter: usize,
    out: *mut *const c_char,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let uncertainty = borrow("uncertainty", uncertainty)?;
        let name = uncertainty.names.get(parameter).ok_or_else(|| {
            let reason = "must be below the number of parameters";
            Error::new(ErrorKind::OutOfRange, "parameter", reason).with_value(parameter)
        })?;
        Output::new("out", out)?.write(name.as_ptr());
        Ok(())
    })
}

/// How far the model is from the maximum of ln L, in standard errors; far below 1 where a fit has converged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_uncertainty_distance(
    uncertainty: *const crm_hidden_markov_uncertainty,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let uncertainty = borrow("uncertainty", uncertainty)?;
        Output::new("out", out)?.write(uncertainty.found.distance);
        Ok(())
    })
}

/// Each parameter with its standard error and its confidence interval, which is symmetric in the log-odds of a probability
/// and in the logarithm of what is positive.
///
/// @param confidence of the intervals, between 0 and 1, both excluded
/// @param parameters how many there are
/// @param estimates receives the parameters
/// @param standard_errors receives one number for each; NaN at the edge of what it may be
/// @param lower receives the lower ends
/// @param upper receives the upper ends
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_uncertainty_intervals(
    uncertainty: *const crm_hidden_markov_uncertainty,
    confidence: f64,
    parameters: usize,
    estimates: *mut f64,
    standard_errors: *mut f64,
    lower: *mut f64,
    upper: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("uncertainty", uncertainty)?.found;
        let estimates = OutputSlice::new("estimates", estimates, parameters)?;
        let standard_errors = OutputSlice::new("standard_errors", standard_errors, parameters)?;
        let lower = OutputSlice::new("lower", lower, parameters)?;
        let upper = OutputSlice::new("upper", upper, parameters)?;
        let (below, above) = found.intervals(read_confidence(confidence)?)?;
        estimates.write("parameters", &found.estimates)?;
        standard_errors.write("parameters", &found.standard_errors)?;
        lower.write("parameters", &below)?;
        upper.write("parameters", &above)
    })
}

/// Covariances of the parameters.
///
/// @param cells the square of the number of parameters
/// @param out receives them, row-major
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hidden_markov_uncertainty_covariance(
    uncertainty: *const crm_hidden_markov_uncertainty,
    cells: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("uncertainty", uncertainty)?.found;
        OutputSlice::new("out", out, cells)?.write("out", &found.covariance)
    })
}
