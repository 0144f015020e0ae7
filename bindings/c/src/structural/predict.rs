//! How well a model predicts.

use crm_core::satisfaction::structural::CrossValidation;

use super::answers::crm_survey_answers;
use super::fit::crm_pls_fit;
use crate::boundary::{OutputSlice, read, respond};
use crate::handle::borrow;
use crate::status::crm_status;

/// How well an indicator is predicted for respondents that were held out, in the units of its answers.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct crm_predicted {
    /// Q² = 1 − Σ e² / Σ (x − mean of the others)²: above 0 the model predicts better than that mean.
    pub q_squared: f64,
    /// Root of the mean of e².
    pub rmse: f64,
    /// Mean of |e|.
    pub mae: f64,
}

/// Cross-validated Q² (PLSpredict; Shmueli, Ray, Velasquez Estrada & Chatla 2016): the model is fitted without each fold of respondents, and
/// the scores of the drivers there predict the answers about the constructs that they drive.
///
/// `CRM_STATUS_OUT_OF_RANGE` for less than 2 folds or more than respondents; `CRM_STATUS_LENGTH_MISMATCH` for answers of others than
/// the respondents of the fit; `CRM_STATUS_NO_SOLUTION` with the fold without which the model cannot be fitted.
///
/// @param answers those of the fit
/// @param folds how many; 10 is usual, and as many as respondents leaves out one at a time
/// @param seed of the order in which respondents are dealt out to the folds
/// @param indicators how many the model has
/// @param out receives one entry for each indicator; NaN for those of constructs that nothing drives
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_predict(
    fit: *const crm_pls_fit,
    answers: *const crm_survey_answers,
    folds: usize,
    seed: u64,
    indicators: usize,
    out: *mut crm_predicted,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = &borrow("fit", fit)?.0;
        let answers = read("answers", answers)?;
        let out = OutputSlice::new("out", out, indicators)?;
        let responses = answers.responses(fit.asked_model())?;
        let found = fit.predict(&responses, CrossValidation { folds, seed })?;
        let of_each = (0..fit.model().indicators().count()).map(|place| {
            let one = found.iter().find(|one| one.indicator == place);
            crm_predicted {
                q_squared: one.map_or(f64::NAN, |one| one.q_squared),
                rmse: one.map_or(f64::NAN, |one| one.rmse),
                mae: one.map_or(f64::NAN, |one| one.mae),
            }
        });
        out.write("out", &of_each.collect::<Vec<_>>())
    })
}

/// How well the answers about a construct are predicted where they were omitted.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct crm_blindfolded {
    /// Q² from the drivers of the construct: above 0 they predict; NaN without drivers and in mode B.
    pub redundancy: f64,
    /// Q² from the construct itself; NaN of a single item and in mode B.
    pub communality: f64,
}

/// Q² of Stone and Geisser by blindfolding: of the answers about a construct, numbered question by question and respondent by respondent,
/// every `distance`-th is omitted, and predicted by the model that is fitted with means in their place; so for each start.
///
/// `CRM_STATUS_OUT_OF_RANGE` for a distance below 2, above the number of respondents, or that divides it;
/// `CRM_STATUS_WRONG_TYPE` for a model with constructs of constructs; `CRM_STATUS_LENGTH_MISMATCH` for answers of others than the
/// respondents of the fit.
///
/// @param answers those of the fit
/// @param distance the omission distance; from 5 to 12 as a rule
/// @param constructs how many the model has
/// @param out receives one entry for each construct
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_fit_blindfold(
    fit: *const crm_pls_fit,
    answers: *const crm_survey_answers,
    distance: usize,
    constructs: usize,
    out: *mut crm_blindfolded,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fit = &borrow("fit", fit)?.0;
        let answers = read("answers", answers)?;
        let out = OutputSlice::new("out", out, constructs)?;
        let found = fit.blindfold(&answers.responses(fit.asked_model())?, distance)?;
        let of_each = (0..fit.model().constructs().len()).map(|place| {
            let one = found.iter().find(|one| one.construct == place);
            crm_blindfolded {
                redundancy: one.map_or(f64::NAN, |one| one.redundancy),
                communality: one.map_or(f64::NAN, |one| one.communality),
            }
        });
        out.write("out", &of_each.collect::<Vec<_>>())
    })
}
