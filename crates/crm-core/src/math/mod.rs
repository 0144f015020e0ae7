//! Numerical helpers that more than one module needs.

pub(crate) mod beta;
pub(crate) mod decimal;
#[allow(
    dead_code,
    reason = "for the models of satisfaction, which are being added"
)]
pub(crate) mod distribution;
pub(crate) mod double_double;
pub(crate) mod elementary;
pub(crate) mod elimination;
pub(crate) mod explained;
pub(crate) mod float;
pub(crate) mod gamma;
pub(crate) mod gamma_quantile;
#[allow(
    dead_code,
    reason = "for the models of satisfaction, which are being added"
)]
pub(crate) mod least_squares;
pub(crate) mod legendre;
pub(crate) mod log_concave;
pub(crate) mod moments;
pub(crate) mod negative_binomial;
pub(crate) mod normal;
pub(crate) mod optimise;
pub(crate) mod proportion;
pub(crate) mod quadrature;
pub(crate) mod quantile;
pub(crate) mod random;
pub(crate) mod saddle_point;
pub(crate) mod scaled;
pub(crate) mod special;
pub(crate) mod sum;
