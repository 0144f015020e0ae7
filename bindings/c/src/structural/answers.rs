//! The answers to a model's questions, and how a model is fitted to them.

use std::mem::MaybeUninit;

use crm_core::satisfaction::structural::{
    Indicator, PlsOptions, Responses, StructuralModel, Weights,
};

use crate::boundary::{Outcome, Output, respond, slice};
use crate::categories::{crm_estimator, crm_higher_order, crm_inner_scheme, crm_missing_answers};
use crate::category;
use crate::ledger::flag;
use crate::status::crm_status;

/// Answers of respondents to the questions of a model.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_survey_answers {
    /// One column for each indicator of the model, in its order; NaN is a missing answer.
    pub columns: *const *const f64,
    /// How many respondents there are: the length of every column.
    pub rows: usize,
    /// How much each respondent counts, 0 or more; NULL: each counts once.
    pub weights: *const f64,
    /// 1: the weights are numbers of equal respondents; 0: they are sampling weights, which are scaled to sum to the number
    /// of respondents with a weight above 0.
    pub are_frequencies: i32,
    /// Leave it 0.
    pub reserved: [u8; 4],
}

impl crm_survey_answers {
    /// # Safety
    /// The pointers are what the header asks for.
    pub(super) unsafe fn responses<'a>(
        &self,
        model: &'a StructuralModel,
    ) -> Outcome<Responses<'a>> {
        let names: Vec<&str> = model.questions().map(Indicator::name).collect();
        // SAFETY: as the caller vouches.
        unsafe {
            let columns = slice("columns", self.columns, names.len())?;
            let columns: Vec<&[f64]> = columns
                .iter()
                .map(|column| slice("columns", *column, self.rows))
                .collect::<Outcome<_>>()?;
            let responses = Responses::new(names.into_iter().zip(columns))?;
            let are_frequencies = flag("are_frequencies", self.are_frequencies)?;
            let weights = match self.weights.is_null() {
                true => Weights::Equal,
                false => {
                    let weights = slice("weights", self.weights, self.rows)?;
                    match are_frequencies {
                        true => Weights::Frequencies(weights),
                        false => Weights::Sampling(weights),
                    }
                }
            };
            Ok(responses.weighted(weights)?)
        }
    }
}

/// How a structural model is fitted. Take the defaults of crm_pls_options_default and change what differs.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_pls_options {
    /// The iteration stops when Σ|Δw| over all weights is below this; more than 0; default 1e-7.
    pub tolerance: f64,
    /// Iterations at most, 1 or more; default 300.
    pub max_iterations: u32,
    /// How the inner proxy of a construct weighs its neighbours; default path weighting.
    pub scheme: MaybeUninit<crm_inner_scheme>,
    /// Composites or common factors; default composites.
    pub estimator: MaybeUninit<crm_estimator>,
    /// What stands for a missing answer; default the mean.
    pub missing: MaybeUninit<crm_missing_answers>,
    /// Constructs of constructs; default two stages.
    pub higher_order: MaybeUninit<crm_higher_order>,
    /// Leave it 0.
    pub reserved: [u8; 4],
}

impl crm_pls_options {
    pub(super) fn value(&self) -> Outcome<PlsOptions> {
        Ok(PlsOptions {
            scheme: category::read("scheme", self.scheme)?,
            estimator: category::read("estimator", self.estimator)?,
            missing: category::read("missing", self.missing)?,
            higher_order: category::read("higher_order", self.higher_order)?,
            tolerance: self.tolerance,
            max_iterations: self.max_iterations,
        })
    }
}

/// The usual options.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pls_options_default(out: *mut crm_pls_options) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let options = PlsOptions::default();
        Output::new("out", out)?.write(crm_pls_options {
            tolerance: options.tolerance,
            max_iterations: options.max_iterations,
            scheme: MaybeUninit::new(category::write(options.scheme)?),
            estimator: MaybeUninit::new(category::write(options.estimator)?),
            missing: MaybeUninit::new(category::write(options.missing)?),
            higher_order: MaybeUninit::new(category::write(options.higher_order)?),
            reserved: [0; 4],
        });
        Ok(())
    })
}
