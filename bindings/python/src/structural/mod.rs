//! Structural indices of satisfaction.

pub(crate) mod bootstrap;
pub(crate) mod fit;
pub(crate) mod model;
