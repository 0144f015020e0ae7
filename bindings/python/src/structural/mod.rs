//! Structural indices of satisfaction.

pub(crate) mod fit;
pub(crate) mod model;
