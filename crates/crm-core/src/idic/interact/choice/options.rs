use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Terms};

/// How an action is chosen from what is known of their rewards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum ChoiceStrategy {
    /// Each action with the probability that it is the best one, as far as is known.
    Thompson = 0,
    /// The action with the highest mean + width · standard error.
    UpperConfidence = 1,
    /// The action with the highest mean.
    Greedy = 2,
}

impl Label for ChoiceStrategy {
    const ALL: &'static [Self] = &[
        ChoiceStrategy::Thompson,
        ChoiceStrategy::UpperConfidence,
        ChoiceStrategy::Greedy,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ChoiceStrategy::Thompson => ("thompson", "Thompson sampling", "汤普森抽样"),
            ChoiceStrategy::UpperConfidence => {
                ("upper_confidence", "Upper confidence bound", "置信上界")
            }
            ChoiceStrategy::Greedy => ("greedy", "Greedy", "贪心"),
        };
        Terms { name, en, zh }
    }
}

/// An action that can be chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionOption {
    /// What it is called.
    pub name: String,
    /// What it costs each time, in the unit of rewards; 0 unless told.
    #[serde(default)]
    pub cost: f64,
}

/// What an [`ActionChooser`](super::ActionChooser) assumes. What is not in a stored form has the default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChooserOptions {
    /// The actions beside doing nothing, which is always one, the first.
    pub actions: Vec<ActionOption>,
    /// The names of the features of a context.
    pub features: Vec<String>,
    /// Whether a constant is added to the features, for what an action earns whatever they are; it is, unless told. Without it there is
    /// one coefficient less to explore, which suits features that say all, such as a dummy variable for each segment.
    pub constant: bool,
    /// How an action is chosen; Thompson sampling unless told.
    pub strategy: ChoiceStrategy,
    /// Width of the interval of [`ChoiceStrategy::UpperConfidence`] in standard errors; 1 unless told.
    pub width: f64,
    /// λ, how strongly coefficients are held at 0 before there are rewards; 1 unless told.
    pub ridge: f64,
    /// σ, the standard deviation of a reward whose mean is known; 1 unless told, ½ suits rewards of 0 and 1.
    pub noise: f64,
    /// τ, the standard deviation of a customer's own leaning towards an action; 0, which remembers no customer, unless told.
    pub customer_spread: f64,
    /// What an earlier reward of the same action still counts when a new one comes, more than 0 and up to 1; 1, which forgets nothing,
    /// unless told.
    pub discount: f64,
    /// The part of all decisions that go to any allowed action by chance, whatever is known; 0.02 unless told.
    pub exploration: f64,
    /// The part of the customers for whom nothing is done, for comparison; the same customers always. 0 unless told.
    pub control_share: f64,
    /// Days after which a decision without a reward has the reward 0; `None`, which waits forever, unless told.
    pub reward_window: Option<f64>,
    /// Of the draws.
    pub seed: u64,
}

impl Default for ChooserOptions {
    fn default() -> Self {
        ChooserOptions {
            actions: Vec::new(),
            features: Vec::new(),
            constant: true,
            strategy: ChoiceStrategy::Thompson,
            width: 1.0,
            ridge: 1.0,
            noise: 1.0,
            customer_spread: 0.0,
            discount: 1.0,
            exploration: 0.02,
            control_share: 0.0,
            reward_window: None,
            seed: 0,
        }
    }
}

impl ChooserOptions {
    /// How many coefficients the reward of an action has.
    pub(super) fn coefficients(&self) -> usize {
        self.features.len() + usize::from(self.constant)
    }

    /// # Errors
    /// `Empty` without actions, or with neither features nor a constant, `NotFinite` and `OutOfRange` for a number that its meaning forbids.
    pub(super) fn check(&self) -> Result<()> {
        if self.actions.is_empty() {
            return Err(Error::empty("actions"));
        }
        if self.coefficients() == 0 {
            return Err(Error::empty("features"));
        }
        for (row, action) in self.actions.iter().enumerate() {
            if !action.cost.is_finite() {
                return Err(Error::not_finite("cost", action.cost).at_row(row));
            }
        }
        type Rule = (fn(f64) -> bool, &'static str);
        const POSITIVE: Rule = (|x| x > 0.0, "must be more than 0");
        const NOT_NEGATIVE: Rule = (|x| x >= 0.0, "must be 0 or more");
        const PART: Rule = (|x| (0.0..=1.0).contains(&x), "must be between 0 and 1");
        let rules = [
            ("width", self.width, NOT_NEGATIVE),
            ("ridge", self.ridge, POSITIVE),
            ("noise", self.noise, POSITIVE),
            ("customer_spread", self.customer_spread, NOT_NEGATIVE),
            (
                "discount",
                self.discount,
                (|x| x > 0.0 && x <= 1.0, "must be more than 0 and at most 1"),
            ),
            ("exploration", self.exploration, PART),
            ("control_share", self.control_share, PART),
            ("reward_window", self.reward_window.unwrap_or(1.0), POSITIVE),
        ];
        for (argument, value, (holds, rule)) in rules {
            if !value.is_finite() {
                return Err(Error::not_finite(argument, value));
            }
            if !holds(value) {
                return Err(Error::new(ErrorKind::OutOfRange, argument, rule).with_value(value));
            }
        }
        Ok(())
    }
}
