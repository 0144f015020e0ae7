//! `crm_core.prediction`.

pub(crate) mod bootstrap;
pub(crate) mod checking;
pub(crate) mod contractual;
pub(crate) mod covariates;
pub(crate) mod fit;
pub(crate) mod gamma_gamma;
pub(crate) mod purchases;
pub(crate) mod uncertainty;
