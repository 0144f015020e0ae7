//! When will a customer buy again, and is it still one? Buy-till-you-die models.

pub mod fit;
pub mod model;

pub mod checking;
pub mod cohorts;
pub mod covariates;

pub mod spend;

pub mod contractual;

pub mod uncertainty;
