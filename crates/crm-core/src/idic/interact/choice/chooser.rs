use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::model::LinearReward;
use super::options::{ChoiceStrategy, ChooserOptions};
use super::probability::of_being_largest;
use crate::error::{Error, ErrorKind, Result};
use crate::math::random::Stream;
use crate::parallel;
use crate::units::Moment;

/// Which stream of the seed says who is in the control group.
const CONTROL: u64 = u64::MAX;
/// States with another version are refused.
const VERSION: u32 = 1;

/// Chooses the next action for a customer, and learns from what comes of it: see the [module](super).
///
/// It is a value: its serialised form is its whole state, and a chooser that was read from it goes on as the one that was written.
///
/// ```
/// use crm_core::idic::interact::choice::{ActionChooser, ActionOption, ChooserOptions};
///
/// let option = |name: &str| ActionOption { name: name.into(), cost: 0.0 };
/// let mut chooser = ActionChooser::new(ChooserOptions {
///     actions: vec![option("call"), option("voucher")],
///     features: vec!["orders".into()],
///     noise: 0.5,
///     ..ChooserOptions::default()
/// })?;
/// let now = "2024-03-01T10:00:00".parse()?;
/// // The voucher is not allowed; to do nothing, action 0, always is.
/// let decision = chooser.decide(7, &[3.0], &[true, false], now)?;
/// assert!(decision.action <= 1 && decision.probability > 0.0);
/// chooser.reward(decision.id, 1.0)?;
/// assert_eq!(chooser.observations()[decision.action], 1);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct ActionChooser {
    options: ChooserOptions,
    models: Vec<LinearReward>,
    leanings: HashMap<u64, Vec<Leaning>, foldhash::fast::FixedState>,
    pending: BTreeMap<u64, Pending>,
    decisions: u64,
}

/// How one customer's rewards of one action differ from those of all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Leaning {
    action: usize,
    count: f64,
    surplus: f64,
}

/// A decision that waits for its reward.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pending {
    customer: u64,
    action: usize,
    probability: f64,
    context: Vec<f64>,
    at: Moment,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    options: ChooserOptions,
    models: Vec<LinearReward>,
    leanings: Vec<(u64, Vec<Leaning>)>,
    pending: Vec<(u64, Pending)>,
    decisions: u64,
}

/// What to do next for a customer, and with which probability it was chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Decision {
    /// The number of the decision, by which its reward is reported.
    pub id: u64,
    /// For whom.
    pub customer: u64,
    /// The action: 0 is to do nothing, then those of the options.
    pub action: usize,
    /// With which probability it was chosen: what off-policy evaluation needs.
    pub probability: f64,
    /// Whether the customer is one of those for whom nothing is done, for comparison.
    pub is_control: bool,
    /// What was known of each action, doing nothing first.
    pub scores: Vec<ActionScore>,
}

/// What was known of an action when a decision was made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ActionScore {
    /// Whether the action was allowed.
    pub is_eligible: bool,
    /// Expected reward less the cost of the action.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// With which probability it is chosen.
    pub probability: f64,
}

/// Where the expected reward of an action for a customer comes from; the parts add up to `mean`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// What is expected whatever the features are; 0 without a constant.
    pub constant: f64,
    /// What each feature adds: coefficient · value.
    pub contributions: Vec<f64>,
    /// What the customer's own history with this action adds.
    pub leaning: f64,
    /// The cost of the action, which is taken off.
    pub cost: f64,
    /// Expected reward less the cost.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// A decision with its reward: a row of the log that off-policy evaluation reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LoggedReward {
    /// The decision.
    pub id: u64,
    /// Whose.
    pub customer: u64,
    /// What was done.
    pub action: usize,
    /// With which probability it was chosen.
    pub probability: f64,
    /// What it earned, without the cost of the action.
    pub reward: f64,
}

impl ActionChooser {
    /// A chooser that has seen nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Empty`] without actions, or with neither features nor a constant; [`ErrorKind::NotFinite`] and [`ErrorKind::OutOfRange`] for options that their meaning
    /// forbids.
    pub fn new(options: ChooserOptions) -> Result<Self> {
        options.check()?;
        let model = LinearReward::new(options.coefficients(), options.ridge);
        Ok(ActionChooser {
            models: vec![model; options.actions.len() + 1],
            leanings: HashMap::default(),
            pending: BTreeMap::new(),
            decisions: 0,
            options,
        })
    }

    /// What it assumes.
    #[must_use]
    pub fn options(&self) -> &ChooserOptions {
        &self.options
    }

    /// Rewards seen for each action, doing nothing first.
    #[must_use]
    pub fn observations(&self) -> Vec<u64> {
        self.models.iter().map(LinearReward::observations).collect()
    }

    /// The coefficients of an action's reward, the constant first if there is one; `None` for an action that there is not.
    #[must_use]
    pub fn coefficients(&self, action: usize) -> Option<&[f64]> {
        self.models.get(action).map(LinearReward::coefficients)
    }

    /// Decisions that wait for their reward.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Whether the customer is one of those for whom nothing is done: a draw of the seed and the customer's number.
    #[must_use]
    pub fn is_control(&self, customer: u64) -> bool {
        let share = self.options.control_share;
        share > 0.0 && Stream::new(self.options.seed ^ customer, CONTROL).uniform() < share
    }

    /// Chooses an action for a customer in a context of features; `eligible` says of each action of the options whether it is allowed
    /// (see [`policy`](super::super::policy)). To do nothing is always allowed.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`] for other numbers of features and actions, [`ErrorKind::NotFinite`] with the feature as row.
    pub fn decide(
        &mut self,
        customer: u64,
        features: &[f64],
        eligible: &[bool],
        at: Moment,
    ) -> Result<Decision> {
        let context = self.context(features)?;
        self.check_eligible(eligible)?;
        let decision = self.weigh(self.decisions, customer, &context, eligible);
        self.wait(&decision, context, at);
        Ok(decision)
    }

    /// The decisions of [`decide`](ActionChooser::decide) for many customers one after the other, at one moment. `features` has those of
    /// each customer, row by row, and `eligible` likewise each action; an error leaves the chooser as it was.
    ///
    /// # Errors
    /// As [`decide`](ActionChooser::decide), with the customer as row.
    pub fn decide_each(
        &mut self,
        customers: &[u64],
        features: &[f64],
        eligible: &[bool],
        at: Moment,
    ) -> Result<Vec<Decision>> {
        let (width, actions) = (self.options.features.len(), self.options.actions.len());
        let lengths = [
            ("features", features.len(), customers.len() * width),
            ("eligible", eligible.len(), customers.len() * actions),
        ];
        for (argument, length, expected) in lengths {
            if length != expected {
                return Err(Error::length(argument, length, expected));
            }
        }
        let row_of = |row: usize| {
            let features = features.get(row * width..(row + 1) * width);
            let eligible = eligible.get(row * actions..(row + 1) * actions);
            (features.unwrap_or_default(), eligible.unwrap_or_default())
        };
        let contexts: Vec<Vec<f64>> = (0..customers.len())
            .map(|row| self.context(row_of(row).0).map_err(|e| e.at_row(row)))
            .collect::<Result<_>>()?;
        let numbered = (0_u64..).zip(customers).zip(&contexts).collect();
        let decisions = parallel::map(numbered, |((row, &customer), context)| {
            let eligible = row_of(row as usize).1;
            self.weigh(self.decisions + row, customer, context, eligible)
        });
        for (decision, context) in decisions.iter().zip(contexts) {
            self.wait(decision, context, at);
        }
        Ok(decisions)
    }

    /// The decision of this number, which changes nothing.
    fn weigh(&self, id: u64, customer: u64, context: &[f64], eligible: &[bool]) -> Decision {
        let is_control = self.is_control(customer);
        let mut scores = self.scores(customer, context);
        for (score, &allowed) in scores.iter_mut().skip(1).zip(eligible) {
            score.is_eligible = allowed && !is_control;
        }
        self.set_probabilities(&mut scores);
        let action = drawn(&scores, Stream::new(self.options.seed, id).uniform());
        let probability = scores.get(action).map_or(1.0, |score| score.probability);
        Decision {
            id,
            customer,
            action,
            probability,
            is_control,
            scores,
        }
    }

    /// From now on a decision waits for its reward.
    fn wait(&mut self, decision: &Decision, context: Vec<f64>, at: Moment) {
        self.decisions += 1;
        self.pending.insert(
            decision.id,
            Pending {
                customer: decision.customer,
                action: decision.action,
                probability: decision.probability,
                context,
                at,
            },
        );
    }

    fn check_eligible(&self, eligible: &[bool]) -> Result<()> {
        let expected = self.options.actions.len();
        match eligible.len() == expected {
            true => Ok(()),
            false => Err(Error::length("eligible", eligible.len(), expected)),
        }
    }

    /// Learns what a decision earned, in any order and at any time before the reward window ends.
    ///
    /// # Errors
    /// [`ErrorKind::NotFinite`] for the reward, [`ErrorKind::NotFound`] for a decision that does not wait for one.
    pub fn reward(&mut self, decision: u64, reward: f64) -> Result<LoggedReward> {
        if !reward.is_finite() {
            return Err(Error::not_finite("reward", reward));
        }
        let pending = self.pending.remove(&decision).ok_or_else(|| {
            let reason =
                "does not wait for a reward: it has had one, its time is over, or there was none";
            Error::new(ErrorKind::NotFound, "decision", reason).with_value(decision)
        })?;
        Ok(self.learn(decision, pending, reward))
    }

    /// Gives the reward 0 to all decisions that have waited for longer than the reward window.
    pub fn expire(&mut self, now: Moment) -> Vec<LoggedReward> {
        let Some(window) = self.options.reward_window else {
            return Vec::new();
        };
        let over: Vec<u64> = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.at.days_until(now) > window)
            .map(|(&id, _)| id)
            .collect();
        let mut rewarded = Vec::with_capacity(over.len());
        for id in over {
            if let Some(pending) = self.pending.remove(&id) {
                rewarded.push(self.learn(id, pending, 0.0));
            }
        }
        rewarded
    }

    fn learn(&mut self, id: u64, pending: Pending, reward: f64) -> LoggedReward {
        let Pending {
            customer,
            action,
            probability,
            context,
            ..
        } = pending;
        let discount = self.options.discount;
        let mut surplus = 0.0;
        if let Some(model) = self.models.get_mut(action) {
            surplus = reward - model.expected(&context);
            model.learn(&context, reward, discount);
        }
        if self.options.customer_spread > 0.0 {
            let known = self.leanings.entry(customer).or_default();
            let place = known.iter().position(|leaning| leaning.action == action);
            let seen = Leaning {
                action,
                count: 1.0,
                surplus,
            };
            match place.and_then(|place| known.get_mut(place)) {
                Some(leaning) => {
                    leaning.count = discount * leaning.count + 1.0;
                    leaning.surplus = discount * leaning.surplus + surplus;
                }
                None => known.push(seen),
            }
        }
        LoggedReward {
            id,
            customer,
            action,
            probability,
            reward,
        }
    }

    /// Expected reward less cost of each action for a customer, doing nothing first; what every policy can be judged by.
    ///
    /// # Errors
    /// As [`decide`](ActionChooser::decide) for the features.
    pub fn expected(&self, customer: u64, features: &[f64]) -> Result<Vec<f64>> {
        let context = self.context(features)?;
        let scores = self.scores(customer, &context);
        Ok(scores.iter().map(|score| score.mean).collect())
    }

    /// Where the score of an action comes from.
    ///
    /// # Errors
    /// As [`decide`](ActionChooser::decide) for the features; [`ErrorKind::OutOfRange`] for an action that there is not.
    pub fn explain(&self, customer: u64, features: &[f64], action: usize) -> Result<Explanation> {
        let context = self.context(features)?;
        let model = self.models.get(action).ok_or_else(|| {
            let reason = format!("must be less than {}", self.models.len());
            Error::new(ErrorKind::OutOfRange, "action", reason).with_value(action)
        })?;
        let known = self.leanings.get(&customer).map_or(&[][..], Vec::as_slice);
        let (leaning, cost) = (self.leaning(known, action), self.cost(action));
        let score = self.score(model, &context, leaning, cost, &mut Vec::new());
        let mut parts = model
            .coefficients()
            .iter()
            .zip(&context)
            .map(|(c, x)| c * x);
        Ok(Explanation {
            constant: if self.options.constant {
                parts.next().unwrap_or(0.0)
            } else {
                0.0
            },
            contributions: parts.collect(),
            leaning: leaning.0,
            cost,
            mean: score.mean,
            standard_error: score.standard_error,
        })
    }

    /// Forgets everything about a customer that is kept for the customer: leanings and waiting decisions; returns how many there were.
    /// The coefficients shared by all customers stay as they are.
    pub fn erase(&mut self, customer: u64) -> usize {
        let leanings = self
            .leanings
            .remove(&customer)
            .map_or(0, |known| known.len());
        let before = self.pending.len();
        self.pending
            .retain(|_, pending| pending.customer != customer);
        leanings + before - self.pending.len()
    }

    /// Gives a customer the leanings and waiting decisions of another who is the same.
    pub(crate) fn unite(&mut self, customer: u64, other: u64) {
        for leaning in self.leanings.remove(&other).unwrap_or_default() {
            let known = self.leanings.entry(customer).or_default();
            match known.iter_mut().find(|own| own.action == leaning.action) {
                Some(own) => {
                    own.count += leaning.count;
                    own.surplus += leaning.surplus;
                }
                None => known.push(leaning),
            }
        }
        for pending in self.pending.values_mut() {
            if pending.customer == other {
                pending.customer = customer;
            }
        }
    }

    /// 1, if there is a constant, and the features.
    fn context(&self, features: &[f64]) -> Result<Vec<f64>> {
        if features.len() != self.options.features.len() {
            let expected = self.options.features.len();
            return Err(Error::length("features", features.len(), expected));
        }
        if let Some((row, &value)) = (0..).zip(features).find(|(_, x)| !x.is_finite()) {
            return Err(Error::not_finite("features", value).at_row(row));
        }
        let constant = self.options.constant.then_some(1.0);
        Ok(constant
            .into_iter()
            .chain(features.iter().copied())
            .collect())
    }

    fn scores(&self, customer: u64, context: &[f64]) -> Vec<ActionScore> {
        let known = self.leanings.get(&customer).map_or(&[][..], Vec::as_slice);
        let mut whitened = Vec::with_capacity(context.len());
        let models = self.models.iter().enumerate();
        models
            .map(|(action, model)| {
                let leaning = self.leaning(known, action);
                self.score(model, context, leaning, self.cost(action), &mut whitened)
            })
            .collect()
    }

    fn score(
        &self,
        model: &LinearReward,
        context: &[f64],
        (leaning, leaning_variance): (f64, f64),
        cost: f64,
        whitened: &mut Vec<f64>,
    ) -> ActionScore {
        let noise = self.options.noise;
        let variance = noise * noise * model.leverage(context, whitened) + leaning_variance;
        ActionScore {
            is_eligible: true,
            mean: model.expected(context) + leaning - cost,
            standard_error: libm::sqrt(variance),
            probability: 0.0,
        }
    }

    /// Mean and variance of u from n surpluses: τ²Σ/(σ² + nτ²) and τ²σ²/(σ² + nτ²).
    fn leaning(&self, known: &[Leaning], action: usize) -> (f64, f64) {
        let prior = self.options.customer_spread * self.options.customer_spread;
        let noise = self.options.noise * self.options.noise;
        let known = known.iter().find(|leaning| leaning.action == action);
        let (count, surplus) = known.map_or((0.0, 0.0), |known| (known.count, known.surplus));
        let scale = prior / (noise + count * prior);
        (scale * surplus, scale * noise)
    }

    fn cost(&self, action: usize) -> f64 {
        let place = action.checked_sub(1);
        let option = place.and_then(|place| self.options.actions.get(place));
        option.map_or(0.0, |option| option.cost)
    }

    fn set_probabilities(&self, scores: &mut [ActionScore]) {
        let width = match self.options.strategy {
            ChoiceStrategy::Thompson => return self.set_by_draw(scores),
            ChoiceStrategy::UpperConfidence => self.options.width,
            ChoiceStrategy::Greedy => 0.0,
        };
        let bound = |score: &ActionScore| score.mean + width * score.standard_error;
        let allowed = || scores.iter().filter(|score| score.is_eligible);
        let largest = allowed().map(bound).fold(f64::NEG_INFINITY, f64::max);
        // 1 for the largest, shared by those that are equal.
        let equal = allowed().filter(|score| bound(score) == largest).count();
        let (chance, count) = (self.options.exploration, allowed().count());
        let uniform = chance / count as f64;
        for score in scores.iter_mut().filter(|score| score.is_eligible) {
            let chosen = if bound(score) == largest {
                1.0 / equal as f64
            } else {
                0.0
            };
            score.probability = (1.0 - chance) * chosen + uniform;
        }
    }

    fn set_by_draw(&self, scores: &mut [ActionScore]) {
        let allowed = scores.iter().filter(|score| score.is_eligible);
        let (means, errors): (Vec<f64>, Vec<f64>) = allowed
            .map(|score| (score.mean, score.standard_error))
            .unzip();
        let chosen = of_being_largest(&means, &errors);
        let chance = self.options.exploration;
        let uniform = chance / means.len() as f64;
        let eligible = scores.iter_mut().filter(|score| score.is_eligible);
        for (score, chosen) in eligible.zip(chosen) {
            score.probability = (1.0 - chance) * chosen + uniform;
        }
    }
}

/// The action in whose part of the interval from 0 to 1 `u` lies.
fn drawn(scores: &[ActionScore], u: f64) -> usize {
    let mut sum = 0.0;
    let mut last = 0;
    for (action, score) in scores.iter().enumerate() {
        if score.probability > 0.0 {
            sum += score.probability;
            last = action;
            if u < sum {
                break;
            }
        }
    }
    last
}

impl TryFrom<Stored> for ActionChooser {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self> {
        let broken = |reason| Error::new(ErrorKind::Unreadable, "state", reason);
        if stored.version != VERSION {
            let reason = format!("must be of version {VERSION}");
            let error = Error::new(ErrorKind::Unreadable, "state", reason);
            return Err(error.with_value(format_args!("of version {}", stored.version)));
        }
        stored.options.check()?;
        let (actions, size) = (
            stored.options.actions.len() + 1,
            stored.options.coefficients(),
        );
        if stored.models.len() != actions || stored.models.iter().any(|m| m.size() != size) {
            return Err(broken("must have a model of the features for each action"));
        }
        let mut leanings = HashMap::default();
        for (customer, known) in stored.leanings {
            let valid = |leaning: &Leaning| {
                leaning.action < actions && leaning.count >= 0.0 && leaning.surplus.is_finite()
            };
            if !known.iter().all(valid) || leanings.insert(customer, known).is_some() {
                return Err(broken(
                    "must have leanings towards its actions, once a customer",
                ));
            }
        }
        let mut pending = BTreeMap::new();
        for (id, waiting) in stored.pending {
            let valid = id < stored.decisions
                && waiting.action < actions
                && waiting.context.len() == size
                && waiting.context.iter().all(|x| x.is_finite());
            if !valid || pending.insert(id, waiting).is_some() {
                return Err(broken(
                    "must have waiting decisions that were made, once each",
                ));
            }
        }
        Ok(ActionChooser {
            options: stored.options,
            models: stored.models,
            leanings,
            pending,
            decisions: stored.decisions,
        })
    }
}

impl From<ActionChooser> for Stored {
    fn from(chooser: ActionChooser) -> Stored {
        let mut leanings: Vec<_> = chooser.leanings.into_iter().collect();
        leanings.sort_by_key(|(customer, _)| *customer);
        Stored {
            version: VERSION,
            options: chooser.options,
            models: chooser.models,
            leanings,
            pending: chooser.pending.into_iter().collect(),
            decisions: chooser.decisions,
        }
    }
}
