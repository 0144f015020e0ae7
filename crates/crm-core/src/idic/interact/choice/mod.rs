//! The next action for a customer, by a Bayesian linear model per action that learns from rewards (a contextual bandit).
//!
//! The reward of action a in the context x is xᵀθ_a + u + e: θ_a is shared by all customers, u ~ N(0, τ²) is the customer's own
//! leaning towards the action, e ~ N(0, σ²). With the precision A = λI + Σ xxᵀ and b = Σ r·x the mean of θ_a is A⁻¹b and that of the
//! reward has the variance σ²·xᵀA⁻¹x. Each reward is one rank-one update of A.
//!
//! Source: Li, Chu, Langford & Schapire 2010, algorithm 1 (LinUCB); Agrawal & Goyal 2013 (Thompson sampling); Russac, Vernade & Cappé
//! 2019 (discounting).

mod chooser;
mod model;
mod options;
mod probability;

pub use chooser::{ActionChooser, ActionScore, Decision, Explanation, LoggedReward};
pub use options::{ActionOption, ChoiceStrategy, ChooserOptions};
