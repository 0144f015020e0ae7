//! `crm_core.prediction`.

pub(crate) mod fit;
pub(crate) mod purchases;
