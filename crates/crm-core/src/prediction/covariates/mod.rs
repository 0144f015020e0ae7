//! Rates that depend on what is known of a customer beside its purchases: where it came from, its region,
//! its age.

mod customers;
mod design;
mod histories;
mod likelihood;
mod model;
mod score;

pub use customers::{CovariateColumns, CovariateCustomers};
pub use histories::CovariateHistories;
pub use model::{CovariateModel, Covariates, DropoutEffect};
pub(super) use score::{Score, Scored};
