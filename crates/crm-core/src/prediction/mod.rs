//! When will a customer buy again, and is it still one? Buy-till-you-die models.
//!
//! A [`PurchaseHistory`] is what these models know of a customer: frequency x, recency t_x, age T (see
//! [`Summary`](crate::ledger::Summary)). A model with parameters predicts at once; `fit` finds the
//! parameters from [`Histories`].
//!
//! | model | setting | a customer leaves |
//! | --- | --- | --- |
//! | [`BgNbd`] | any time | after a repeat purchase, with a probability ~ Beta(a, b) |
//! | [`MbgNbd`] | any time | after a purchase, the first one too, with a probability ~ Beta(a, b) |
//! | [`ParetoNbd`] | any time | at any time, with a rate ~ Gamma(s, β) |
//! | [`BgBb`] | at discrete opportunities | before an opportunity, with a probability ~ Beta(γ, δ) |
//!
//! Two more kinds of models stand beside them: [`GammaGamma`] for the spend per purchase, which with
//! discounted purchases gives lifetime values, and [`Sbg`] and [`Bdw`] for customers under contract,
//! who renew or leave at known times ([`RenewalModel`]).
//!
//! | prediction | of one customer ([`PurchaseModel`]) | of a column |
//! | --- | --- | --- |
//! | P(alive), now or later | [`probability_alive`](PurchaseModel::probability_alive) | [`probability_alive_into`] |
//! | expected purchases | [`expected_purchases`](PurchaseModel::expected_purchases) | [`expected_purchases_into`] |
//! | P(n purchases) | [`purchase_probability`](PurchaseModel::purchase_probability) | [`purchase_probability_into`] |
//! | P(n purchases or more) | [`tail_probability`](PurchaseModel::tail_probability) | [`tail_probability_into`] |
//! | discounted purchases, also without end (DERT) | [`discounted_purchases`](PurchaseModel::discounted_purchases) | [`discounted_purchases_into`] |
//! | likelihood | [`log_likelihood`](PurchaseModel::log_likelihood) | [`log_likelihood_into`] |
//!
//! [`LifetimeValueModel`] joins purchases and spend. How sure any prediction is, says an
//! [`UncertainModel`], which every [`Fit`](fit::Fit) gives.
//!
//! Whether a model describes its customers is the question of [`checking`]. [`CohortFits`] fits a model to each
//! cohort by itself. [`probability_alive_history_into`] follows one customer.
//!
//! A new customer is one with the history [`PurchaseHistory::NEW`]: the same functions predict for it.
//! [`AnyPurchaseModel`] is a model whose kind is chosen at run time. In a [`CovariateModel`] the rates of
//! a customer hang on what else is known of it, and the columnar predictions take it as they take a plain model.
//!
//! Whole days: a summary by days rounds times down and merges purchases of one day. That biases α
//! by several standard errors where customers buy often; summaries by instants do not, and
//! [`SummaryOptions::continuity_correction`](crate::ledger::SummaryOptions::continuity_correction) takes most of it back.

mod alive_history;
mod any;
mod bg_bb;
mod bg_nbd;
pub mod checking;
mod cohorts;
mod columns;
mod contractual;
mod covariates;
pub mod fit;
mod gamma_gamma;
mod history;
mod lifetime_value;
mod model;
mod pareto_nbd;
mod simulate;
mod uncertainty;

pub use alive_history::probability_alive_history_into;
pub use any::{AnyAlive, AnyPurchaseModel, PurchaseModelKind};
pub use bg_bb::BgBb;
pub use bg_nbd::{BgNbd, MbgNbd};
pub use cohorts::{Cohort, CohortColumns, CohortFits};
pub use columns::{
    CustomerModels, discounted_purchases_into, expected_purchases_into, log_likelihood_into,
    probability_alive_into, purchase_probability_into, tail_probability_into,
};
pub use contractual::{
    Bdw, RenewalColumns, RenewalModel, Renewals, Sbg, SimulatedTenures, churn_probability_into,
    conditional_survival_into, discounted_lifetime_into, discounted_residual_lifetime_into,
    expected_residual_lifetime_into, retention_rate_into, simulate_tenures,
};
pub use covariates::{
    CovariateColumns, CovariateCustomers, CovariateHistories, CovariateModel, Covariates,
    DropoutEffect,
};
pub use gamma_gamma::{
    GammaGamma, SpendColumns, Spending, expected_spend_density_into, expected_spend_into,
    spend_interval_into, spend_lifetime_value_into, spend_log_density_into,
};
pub use history::{Histories, HistoryBlock, HistoryColumns, PurchaseHistory};
pub use lifetime_value::{LifetimeValueColumns, LifetimeValueModel, lifetime_value_into};
pub use model::{AliveProcess, PurchaseModel};
pub use pareto_nbd::ParetoNbd;
pub use simulate::{SimulatedHistories, simulate_histories};
pub use uncertainty::{
    IntervalColumns, Parametric, ParametricBootstrap, PredictionInterval, PredictionNumbers,
    PurchasePrediction, Range, RenewalPrediction, UncertainModel,
};
