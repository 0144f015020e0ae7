//! Where a switching matrix comes from, and how well it is known.
//!
//! | you have | use |
//! | --- | --- |
//! | the purchases of every customer of a panel | [`PurchasePanel`], then its [`counts`](PurchasePanel::counts) |
//! | pairs (brand now, brand next), or a table of counted switches | [`TransitionCounts`] |
//! | market shares by period, and nobody who switched | [`ShareRegression`] |
//! | a survey: last brand, next brand, what may decide | [`Survey`] |
//!
//! Counts give the maximum-likelihood matrix ([`TransitionCounts::maximum_likelihood`]) or, with prior
//! counts, a posterior distribution of every row ([`TransitionCounts::posterior`]), from which come the
//! matrix, the uncertainty of each entry and random matrices. Whether one matrix is enough is tested by
//! [`independence_test`](TransitionCounts::independence_test) (order 0 or 1),
//! [`second_order_test`](PurchasePanel::second_order_test) (order 1 or 2),
//! [`stationarity_test`](PurchasePanel::stationarity_test) (over time) and [`homogeneity_test`] (between groups).

mod choices;
mod counts;
mod likelihood;
mod logit;
mod newton;
mod order;
mod panel;
mod posterior;
mod share_inference;
mod shares;
mod simplex;
mod survey;

pub use counts::{DirichletPrior, MOST_BRANDS, TransitionCounts};
pub use likelihood::MarkovFit;
pub use logit::{Coefficient, LogitFit, PredictedMatrix, Term};
pub use order::{ChiSquareTest, MOST_BRANDS_OF_TRIPLES, homogeneity_test};
pub use panel::{PanelRules, PurchasePanel, Ties};
pub use posterior::{Interval, TransitionPosterior};
pub use share_inference::{CovarianceEstimator, ShareInference};
pub use shares::{MOST_BRANDS_OF_SHARES, ShareFit, ShareRegression, Shrinkage};
pub use survey::Survey;

#[cfg(test)]
mod tests;
