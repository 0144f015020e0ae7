//! Where a switching matrix comes from, and how well it is known.
//!
//! | you have | use |
//! | --- | --- |
//! | the purchases of every customer of a panel | [`PurchasePanel`], then its [`counts`](PurchasePanel::counts) |
//! | pairs (brand now, brand next), or a table of counted switches | [`TransitionCounts`] |
//!
//! Counts give the maximum-likelihood matrix ([`TransitionCounts::maximum_likelihood`]) or, with prior
//! counts, a posterior distribution of every row ([`TransitionCounts::posterior`]), from which come the
//! matrix, the uncertainty of each entry and random matrices.

mod counts;
mod panel;
mod posterior;

pub use counts::{DirichletPrior, MOST_BRANDS, TransitionCounts};
pub use panel::{PanelRules, PurchasePanel, Ties};
pub use posterior::{Interval, TransitionPosterior};
