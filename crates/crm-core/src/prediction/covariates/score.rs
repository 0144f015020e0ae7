use nalgebra::Matrix4;

use crate::error::{Error, ErrorKind, Result};
use crate::prediction::{AnyPurchaseModel, PurchaseHistory, PurchaseModelKind};
use crate::units::Label;

/// ln of the likelihood of one history, with its derivatives by the logarithms of the parameters.
#[derive(Debug, Clone, Copy)]
pub(in crate::prediction) struct Score {
    pub(in crate::prediction) value: f64,
    pub(in crate::prediction) slopes: [f64; 4],
}

/// A model whose parameters may hang on covariates. Histories have passed the model's check.
pub(in crate::prediction) trait Scored {
    fn score(&self, history: PurchaseHistory) -> Score;

    /// Second derivatives of ln of the likelihood of one history, by the parameters themselves.
    fn second_derivatives(&self, history: PurchaseHistory) -> Matrix4<f64>;
}

impl AnyPurchaseModel {
    /// The model, if covariates are known to move its parameters.
    pub(super) fn scored(&self) -> Result<&dyn Scored> {
        match self {
            AnyPurchaseModel::BgNbd(model) => Ok(model),
            AnyPurchaseModel::MbgNbd(model) => Ok(model),
            AnyPurchaseModel::ParetoNbd(model) => Ok(model),
            AnyPurchaseModel::BgBb(_) => Err(without_rates()),
        }
    }
}

/// A model of discrete time has no rates.
pub(super) fn without_rates() -> Error {
    let rule = "must be bg_nbd, mbg_nbd or pareto_nbd: covariates move rates";
    Error::new(ErrorKind::OutOfRange, "kind", rule).with_value(PurchaseModelKind::BgBb.name())
}
