//! How well a switching matrix is known: its likelihood, and its posterior distribution.

use crm_core::clv::switching::estimate::{DirichletPrior, MarkovFit, TransitionPosterior};
use crm_core::units::Probability;

use super::{optional, read_counts, read_square, square};
use crate::boundary::{Outcome, OutputSlice, respond, slice};
use crate::decimal::{crm_decimal, read_decimal};
use crate::status::crm_status;

/// # Safety
/// As [`slice`], for brands² numbers.
unsafe fn read_posterior(parameters: *const f64, brands: usize) -> Outcome<TransitionPosterior> {
    // SAFETY: as the caller vouches.
    let parameters = unsafe { read_square("parameters", parameters, brands) }?;
    Ok(TransitionPosterior::from_row_major(
        brands,
        parameters.to_vec(),
    )?)
}

/// How well the likeliest matrix fits counted switches.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_markov_fit {
    /// Σ n_ij ln P_ij.
    pub log_likelihood: f64,
    /// k (k − 1), the free probabilities.
    pub free_parameters: u64,
    /// n, all switches.
    pub switches: f64,
    /// 2 k (k − 1) − 2 ln L (Akaike).
    pub aic: f64,
    /// k (k − 1) ln n − 2 ln L (Schwarz).
    pub bic: f64,
}

impl From<&MarkovFit> for crm_markov_fit {
    fn from(fit: &MarkovFit) -> Self {
        crm_markov_fit {
            log_likelihood: fit.log_likelihood,
            free_parameters: fit.free_parameters as u64,
            switches: fit.switches,
            aic: fit.aic,
            bic: fit.bic,
        }
    }
}

/// The matrix under which the counts are likeliest, P_ij = n_ij / n_i. A brand from which no switch was seen is
/// CRM_STATUS_EMPTY with its row. Source: Anderson & Goodman 1957.
///
/// @param counts k × k, row-major
/// @param transition_matrix receives P, k × k
/// @param standard_errors receives √(P_ij (1 − P_ij) / n_i), k × k; may be NULL
/// @param fit receives the likelihood and criteria; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_transition_fit(
    counts: *const f64,
    brands: usize,
    transition_matrix: *mut f64,
    standard_errors: *mut f64,
    fit: *mut crm_markov_fit,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let counts = read_counts(counts, brands)?;
        let size = square("counts", brands)?;
        let matrix = OutputSlice::new("transition_matrix", transition_matrix, size)?;
        let errors = OutputSlice::optional("standard_errors", standard_errors, size)?;
        let summary = optional("fit", fit)?;
        let made = counts.fit()?;
        matrix.write("transition_matrix", made.transition_matrix.entries())?;
        if let Some(errors) = errors {
            errors.write("standard_errors", &made.standard_errors)?;
        }
        if let Some(summary) = summary {
            summary.write((&made).into());
        }
        Ok(())
    })
}

/// The posterior distribution of a switching matrix: row i is Dirichlet with parameters
/// α_ij + n_ij, where α are the counts in advance. The other crm_transition_posterior functions take these
/// parameters.
///
/// @param counts k × k, row-major
/// @param prior α: one number for all pairs (1 is uniform), one number for each next brand, or k × k of them, row-major
/// @param prior_length 1, k or k · k
/// @param parameters receives k × k parameters
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_transition_posterior(
    counts: *const f64,
    brands: usize,
    prior: *const f64,
    prior_length: usize,
    parameters: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let counts = read_counts(counts, brands)?;
        let size = square("parameters", brands)?;
        let out = OutputSlice::new("parameters", parameters, size)?;
        let prior = match slice("prior", prior, prior_length)? {
            &[alpha] => DirichletPrior::Uniform(alpha),
            table if table.len() == size => {
                DirichletPrior::Matrix(table.chunks_exact(brands).map(<[f64]>::to_vec).collect())
            }
            row => DirichletPrior::PerBrand(row.to_vec()),
        };
        out.write("parameters", counts.posterior(&prior)?.parameters())
    })
}

/// Mean and standard deviation of every entry: α_ij / A_i and √(α_ij (A_i − α_ij) / (A_i² (A_i + 1))), where A_i
/// is the sum of row i.
///
/// @param parameters α, k × k, row-major, all greater than 0
/// @param mean receives k × k numbers; may be NULL
/// @param standard_deviations receives k × k numbers; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_transition_posterior_moments(
    parameters: *const f64,
    brands: usize,
    mean: *mut f64,
    standard_deviations: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let posterior = read_posterior(parameters, brands)?;
        let size = square("parameters", brands)?;
        let mean = OutputSlice::optional("mean", mean, size)?;
        let deviations = OutputSlice::optional("standard_deviations", standard_deviations, size)?;
        if let Some(mean) = mean {
            mean.write("mean", posterior.mean().entries())?;
        }
        if let Some(deviations) = deviations {
            deviations.write("standard_deviations", &posterior.standard_deviations())?;
        }
        Ok(())
    })
}

/// The most probable matrix, (α_ij − 1) / (A_i − k). CRM_STATUS_NO_SOLUTION with the row where a parameter is
/// less than 1, or all are 1.
///
/// @param parameters α, k × k, row-major, all greater than 0
/// @param out receives k × k probabilities
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_transition_posterior_mode(
    parameters: *const f64,
    brands: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let posterior = read_posterior(parameters, brands)?;
        let out = OutputSlice::new("out", out, square("parameters", brands)?)?;
        out.write("out", posterior.mode()?.entries())
    })
}

/// Cov(P_ia, P_ib) = (α_ia·1{a=b}·A_i − α_ia·α_ib) / (A_i² (A_i + 1)) of one row. Rows are independent.
///
/// @param parameters α, k × k, row-major, all greater than 0
/// @param row i, counted from 0
/// @param out receives k × k covariances
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_transition_posterior_covariance(
    parameters: *const f64,
    brands: usize,
    row: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let posterior = read_posterior(parameters, brands)?;
        let out = OutputSlice::new("out", out, square("parameters", brands)?)?;
        out.write("out", &posterior.covariance(row)?)
    })
}

/// The interval that holds each entry with a given probability, with equal tails: P_ij is Beta(α_ij, A_i − α_ij).
///
/// @param parameters α, k × k, row-major, all greater than 0
/// @param level the probability, between 0 and 1, not either; 0.95 is usual
/// @param lower receives k × k lower ends
/// @param upper receives k × k upper ends
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_transition_posterior_interval(
    parameters: *const f64,
    brands: usize,
    level: *const crm_decimal,
    lower: *mut f64,
    upper: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let posterior = read_posterior(parameters, brands)?;
        let level = Probability::named("level", read_decimal("level", level)?)?;
        let size = square("parameters", brands)?;
        let lower = OutputSlice::new("lower", lower, size)?;
        let upper = OutputSlice::new("upper", upper, size)?;
        let interval = posterior.credible_interval(level)?;
        lower.write("lower", &interval.lower)?;
        upper.write("upper", &interval.upper)
    })
}

/// A random matrix of the posterior. Its bits depend on `seed` and `stream` alone; different streams of a seed
/// are independent draws.
///
/// @param parameters α, k × k, row-major, all greater than 0
/// @param out receives k × k probabilities
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_transition_posterior_sample(
    parameters: *const f64,
    brands: usize,
    seed: u64,
    stream: u64,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let posterior = read_posterior(parameters, brands)?;
        let out = OutputSlice::new("out", out, square("parameters", brands)?)?;
        out.write("out", posterior.sample(seed, stream).entries())
    })
}
