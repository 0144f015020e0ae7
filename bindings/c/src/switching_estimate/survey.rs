//! Estimating a switching matrix from a survey: the multinomial logit with inertia.

use crm_core::clv::switching::estimate::{Coefficient, LogitFit, Survey, Term};

use super::{product, square};
use crate::boundary::{Output, OutputSlice, respond, slice};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// No brand, or no column.
pub const CRM_NONE: i64 = -1;

/// A multinomial logit with inertia, fitted to a survey. It does not change: any number of threads may read it.
pub struct crm_inertia_logit(LogitFit);

/// How well a logit fits, and that it is the maximum.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_logit_summary {
    /// ln L at the estimates.
    pub log_likelihood: f64,
    /// ln L with all coefficients 0: −n ln k.
    pub null_log_likelihood: f64,
    /// ln L with constants alone.
    pub shares_log_likelihood: f64,
    /// McFadden's 1 − ln L / ln L(0).
    pub mcfadden_r_squared: f64,
    /// The largest |∂ ln L / ∂θ| × standard error.
    pub gradient_norm: f64,
    /// The smallest part of a coefficient's information at zero that is left, the others being known.
    pub least_information: f64,
    /// n.
    pub customers: u64,
    /// How many coefficients there are.
    pub coefficients: u64,
    /// Steps of Newton's method.
    pub iterations: u64,
}

impl From<&LogitFit> for crm_logit_summary {
    fn from(fit: &LogitFit) -> Self {
        crm_logit_summary {
            log_likelihood: fit.log_likelihood,
            null_log_likelihood: fit.null_log_likelihood,
            shares_log_likelihood: fit.shares_log_likelihood,
            mcfadden_r_squared: fit.mcfadden_r_squared,
            gradient_norm: fit.gradient_norm,
            least_information: fit.least_information,
            customers: fit.customers as u64,
            coefficients: fit.coefficients.len() as u64,
            iterations: fit.iterations as u64,
        }
    }
}

/// An estimate. A constant has a brand, an attribute a column, a covariate both, the inertia neither.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_logit_coefficient {
    /// The brand, counted from 0, or CRM_NONE.
    pub brand: i64,
    /// The column of the attributes or covariates, counted from 0, or CRM_NONE.
    pub column: i64,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// estimate / standard error.
    pub z: f64,
    /// The probability of a larger |z| if the coefficient is 0.
    pub p_value: f64,
}

impl From<Coefficient> for crm_logit_coefficient {
    fn from(coefficient: Coefficient) -> Self {
        let place = |place: usize| i64::try_from(place).unwrap_or(i64::MAX);
        let (brand, column) = match coefficient.term {
            Term::Constant { brand } => (place(brand), CRM_NONE),
            Term::Inertia => (CRM_NONE, CRM_NONE),
            Term::Attribute { column } => (CRM_NONE, place(column)),
            Term::Covariate { brand, column } => (place(brand), place(column)),
        };
        crm_logit_coefficient {
            brand,
            column,
            estimate: coefficient.estimate,
            standard_error: coefficient.standard_error,
            z: coefficient.z,
            p_value: coefficient.p_value,
        }
    }
}

/// Fits P_ij = exp V_j / Σ_l exp V_l with V_j = α_j + λ·1{j = i} + β·x_j + γ_j·z, where α_0 = γ_0 = 0, by Newton's method: a customer
/// who bought brand i last chooses j next. Where the maximum does not exist (a brand that nobody chooses, collinear columns,
/// separated answers), CRM_STATUS_NO_SOLUTION. Source: McFadden 1974; Rust, Lemon & Zeithaml 2004, eq. (1).
///
/// @param last the brand that each customer bought last, counted from 0
/// @param next the brand that each will buy next
/// @param customers n
/// @param brands k
/// @param attributes x, for each customer one row of `attribute_columns` numbers for each brand
/// @param attribute_columns how many attributes there are; 0 for none
/// @param covariates z, one row of `covariate_columns` numbers for each customer
/// @param covariate_columns how many covariates there are; 0 for none
/// @param logit receives the handle; give it back to crm_inertia_logit_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_inertia_logit_new(
    last: *const u32,
    next: *const u32,
    customers: usize,
    brands: usize,
    attributes: *const f64,
    attribute_columns: usize,
    covariates: *const f64,
    covariate_columns: usize,
    logit: *mut Option<Box<crm_inertia_logit>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("logit", logit)?;
        let last = slice("last", last, customers)?;
        let next = slice("next", next, customers)?;
        let per_customer = product("attributes", brands, attribute_columns)?;
        let size = product("attributes", customers, per_customer)?;
        let attributes = slice("attributes", attributes, size)?;
        let size = product("covariates", customers, covariate_columns)?;
        let covariates = slice("covariates", covariates, size)?;
        let survey = Survey::new(brands, last, next)?
            .with_attributes(attribute_columns, attributes)?
            .with_covariates(covariate_columns, covariates)?;
        out.write(Some(Box::new(crm_inertia_logit(survey.fit()?))));
        Ok(())
    })
}

/// How well the model fits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_inertia_logit_summary(
    logit: *const crm_inertia_logit,
    out: *mut crm_logit_summary,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let logit = &borrow("logit", logit)?.0;
        Output::new("out", out)?.write(logit.into());
        Ok(())
    })
}

/// The estimates: α_1, …, α_{k−1}; λ; β_1, …, β_m; then γ_j1, …, γ_jq for j = 1, …, k − 1.
///
/// @param coefficients how many there are, as the summary says
/// @param out receives them
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_inertia_logit_coefficients(
    logit: *const crm_inertia_logit,
    coefficients: usize,
    out: *mut crm_logit_coefficient,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let logit = &borrow("logit", logit)?.0;
        let out = OutputSlice::new("out", out, coefficients)?;
        let rows: Vec<_> = logit.coefficients.iter().copied().map(Into::into).collect();
        out.write("out", &rows)
    })
}

/// The covariances of the estimates, row-major.
///
/// @param coefficients how many there are, as the summary says
/// @param out receives coefficients × coefficients numbers
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_inertia_logit_covariance(
    logit: *const crm_inertia_logit,
    coefficients: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let logit = &borrow("logit", logit)?.0;
        let size = product("coefficients", coefficients, coefficients)?;
        OutputSlice::new("out", out, size)?.write("out", &logit.covariance)
    })
}

/// The switching matrix of customers with these covariates, who see brands with these attributes.
///
/// @param covariates z, as many numbers as the model has covariates
/// @param covariate_columns how many they are
/// @param attributes x, one row for each brand
/// @param attribute_columns how many numbers a row has
/// @param brands k
/// @param transition_matrix receives P, k × k
/// @param standard_errors receives those of its entries, by the delta method; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_inertia_logit_predict(
    logit: *const crm_inertia_logit,
    covariates: *const f64,
    covariate_columns: usize,
    attributes: *const f64,
    attribute_columns: usize,
    brands: usize,
    transition_matrix: *mut f64,
    standard_errors: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let logit = &borrow("logit", logit)?.0;
        let covariates = slice("covariates", covariates, covariate_columns)?;
        let size = product("attributes", brands, attribute_columns)?;
        let attributes = slice("attributes", attributes, size)?;
        let size = square("transition_matrix", brands)?;
        let matrix = OutputSlice::new("transition_matrix", transition_matrix, size)?;
        let errors = OutputSlice::optional("standard_errors", standard_errors, size)?;
        let predicted = logit.predict(covariates, attributes)?;
        matrix.write("transition_matrix", predicted.transition_matrix.entries())?;
        match errors {
            Some(errors) => errors.write("standard_errors", &predicted.standard_errors),
            None => Ok(()),
        }
    })
}

/// Frees a model; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_inertia_logit_free(logit: Option<Box<crm_inertia_logit>>) {
    free(logit);
}
