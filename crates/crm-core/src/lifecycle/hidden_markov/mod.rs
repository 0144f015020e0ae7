//! Which stage is this customer in? A hidden Markov model of relationship states.
//!
//! A customer is in one of K states, which nobody sees, and moves among them from period to period by a Markov chain;
//! what the customer does in a period (purchases, spend) comes from the distribution of the state. States are in the
//! order of the expected value of a period: state 0 is that of the customers who hardly buy.
//!
//! | question | answer |
//! | --- | --- |
//! | which states are there, and how do customers move? | [`HiddenMarkov::fit`]: EM (Baum–Welch) from several seeded starts |
//! | what moves them? | the same with covariates ([`Panel::with_covariates`]): [`TransitionLogit`] |
//! | how many states? | [`HiddenMarkovFit::bic`] |
//! | how sure is all this? | [`HiddenMarkov::uncertainty`] |
//! | where was, and is, each customer? | [`HiddenMarkov::decode`]: filtered, smoothed, likeliest path |
//! | which stage of the lifecycle is that? | [`HiddenMarkov::stages`] |
//! | what is a customer in each state worth? | [`HiddenMarkov::state_values`] |
//!
//! Histories may be of different lengths, and periods may be missing (NaN).
//!
//! ```
//! use crm_core::clv::switching::{Horizon, TransitionMatrix};
//! use crm_core::lifecycle::hidden_markov::{
//!     EmOptions, EmissionFamily, Emissions, HiddenMarkov, StateTransitions,
//! };
//! use crm_core::units::Rate;
//!
//! let matrix = TransitionMatrix::new(&[[0.9, 0.1], [0.2, 0.8]])?;
//! let emissions = Emissions::new(EmissionFamily::Poisson, vec![0.2, 3.0])?;
//! let truth = HiddenMarkov::new(vec![0.5, 0.5], StateTransitions::Constant(matrix), emissions)?;
//! let made = truth.simulate(&[24; 500], 7)?;
//!
//! let fit = HiddenMarkov::fit(&made.panel, EmissionFamily::Poisson, 2, &EmOptions::default())?;
//! let means = fit.model.emissions().means();
//! assert!((means[0] - 0.2).abs() < 0.05 && (means[1] - 3.0).abs() < 0.1);
//!
//! // Each purchase brings 10: what is a customer in each state worth at 1 % a month?
//! let values = fit.model.state_values(10.0, &[], Rate::try_from(0.01)?, Horizon::Infinite)?;
//! assert!(values.values[0] < values.values[1]);
//! # Ok::<(), crm_core::Error>(())
//! ```
//!
//! # How well states are recovered
//! 2,000 simulated customers over 24 periods, Poisson means 0.1, 1 and 4, beginning in (0.4, 0.4, 0.2),
//! P = (0.90 0.08 0.02; 0.10 0.80 0.10; 0.05 0.15 0.80), seed 1: parameters fitted without knowing the states, the likeliest path against the truth, in
//! percent of each true state.
//!
//! | true state | decoded 0 | decoded 1 | decoded 2 |
//! | --- | --- | --- | --- |
//! | 0 | 89 | 11 | 0 |
//! | 1 | 15 | 80 | 5 |
//! | 2 | 0 | 13 | 87 |
//!
//! Source: Netzer, Lattin & Srinivasan 2008, "A hidden Markov model of customer relationship dynamics", Marketing
//! Science 27 (2); Rabiner 1989, "A tutorial on hidden Markov models", for the recursions.

mod blocks;
mod coordinates;
mod decode;
mod emission;
mod expectation;
mod fit;
mod kernel;
mod panel;
mod simulate;
mod stages;
mod start;
mod transitions;
mod uncertainty;
mod viterbi;

pub use decode::Decoding;
pub use emission::{EmissionFamily, Emissions};
pub use fit::{EmOptions, EmStatus, HiddenMarkovFit};
pub use panel::{Activity, Panel};
pub use simulate::SimulatedPanel;
pub use stages::DORMANT;
pub use transitions::{StateTransitions, TransitionLogit};
pub use uncertainty::ParameterUncertainty;

use serde::{Deserialize, Serialize};

use crate::clv::migration::{MigrationModel, Rewards, StateValues};
use crate::clv::switching::{Horizon, ShareRule, check_row};
use crate::error::{Error, ErrorKind, Result};
use crate::units::Rate;

/// A hidden Markov model: where customers begin, how they move, what they do in each state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct HiddenMarkov {
    initial: Vec<f64>,
    transitions: StateTransitions,
    emissions: Emissions,
}

#[derive(Deserialize)]
struct Parts {
    initial: Vec<f64>,
    transitions: StateTransitions,
    emissions: Emissions,
}

impl TryFrom<Parts> for HiddenMarkov {
    type Error = Error;

    fn try_from(parts: Parts) -> Result<Self> {
        HiddenMarkov::new(parts.initial, parts.transitions, parts.emissions)
    }
}

/// More states than this are refused.
const MOST_STATES: usize = 64;

impl HiddenMarkov {
    /// A model from its parts; states keep their order.
    ///
    /// # Errors
    /// `Empty`; `LengthMismatch` if the parts are of different numbers of states; `OutOfRange` for more than 64 states,
    /// or, as `NotStochastic`, for initial probabilities that are none, with the state.
    pub fn new(
        initial: Vec<f64>,
        transitions: StateTransitions,
        emissions: Emissions,
    ) -> Result<Self> {
        let states = initial.len();
        check_states(states)?;
        for (argument, found) in [
            ("transitions", transitions.states()),
            ("emissions", emissions.states()),
        ] {
            if found != states {
                return Err(Error::length(argument, found, states));
            }
        }
        check_row("initial", &initial, ShareRule::SumToOne)?;
        Ok(HiddenMarkov {
            initial,
            transitions,
            emissions,
        })
    }

    /// The number of states.
    #[must_use]
    pub fn states(&self) -> usize {
        self.initial.len()
    }

    /// The probability of each state in a customer's first period.
    #[must_use]
    pub fn initial(&self) -> &[f64] {
        &self.initial
    }

    /// How customers move.
    #[must_use]
    pub fn transitions(&self) -> &StateTransitions {
        &self.transitions
    }

    /// What customers do in each state.
    #[must_use]
    pub fn emissions(&self) -> &Emissions {
        &self.emissions
    }

    /// Free parameters: K − 1 of the beginning, K (K − 1) of each of the transitions' terms, and those of the emissions.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.states() - 1 + self.transitions.parameters() + self.emissions.parameters().len()
    }

    /// The expected value of a customer who is now in each state: the chain of the states, where a period in a state
    /// brings its expected purchases (or spend) times `margin`. The present period counts in full; with covariates,
    /// they stay as given.
    ///
    /// # Errors
    /// As [`MigrationModel::value`] and [`StateTransitions::matrix`]; `NotFinite` for a margin.
    pub fn state_values(
        &self,
        margin: f64,
        covariates: &[f64],
        discount_rate: Rate,
        horizon: Horizon,
    ) -> Result<StateValues> {
        if !margin.is_finite() {
            return Err(Error::not_finite("margin", margin));
        }
        let means = self.emissions.means();
        let rewards: Vec<f64> = means.into_iter().map(|mean| margin * mean).collect();
        let matrix = self.transitions.matrix(covariates)?;
        MigrationModel::new(matrix, Rewards::constant(rewards))?.value(discount_rate, horizon)
    }

    /// The same model with its states in the order of their means.
    fn ordered(&self) -> Result<Self> {
        let means = self.emissions.means();
        let mean = |state: usize| means.get(state).copied().unwrap_or(f64::NAN);
        let mut order: Vec<usize> = (0..self.states()).collect();
        order.sort_by(|&a, &b| mean(a).total_cmp(&mean(b)));
        let initial = order.iter().filter_map(|&state| self.initial.get(state));
        Ok(HiddenMarkov {
            initial: initial.copied().collect(),
            transitions: self.transitions.reordered(&order)?,
            emissions: self.emissions.reordered(&order),
        })
    }

    /// Refuses a panel that this model cannot have made.
    fn check(&self, panel: &Panel) -> Result<()> {
        self.emissions.check(panel.values())?;
        let (found, expected) = (panel.width(), self.transitions.covariates());
        if found != expected {
            return Err(Error::length("covariates", found, expected));
        }
        Ok(())
    }
}

fn check_states(states: usize) -> Result<()> {
    if states == 0 {
        return Err(Error::empty("states"));
    }
    if states > MOST_STATES {
        let rule = format!("must be at most {MOST_STATES}");
        return Err(Error::new(ErrorKind::OutOfRange, "states", rule).with_value(states));
    }
    Ok(())
}
