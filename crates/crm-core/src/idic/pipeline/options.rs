use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::classification::{ClassificationRules, CustomerVerdict};
use crate::error::{Error, ErrorKind, Result};
use crate::idic::customize::assignment::Offer;
use crate::idic::differentiate::{ClusterOptions, ClusterScaling};
use crate::idic::identify::{Survivorship, TrainingOptions, check_review_threshold};
use crate::idic::interact::choice::{ActionOption, ChooserOptions};
use crate::idic::interact::contact::{Channel, ContactPurpose};
use crate::idic::interact::policy::ContactPolicy;
use crate::ledger::Returns;
use crate::lifecycle::Stage;
use crate::units::{Label, Period, Wording};
use crate::value::tiers::PyramidTier;
use crate::value::types::CustomerType;

/// What the pipeline assumes. What is not in a stored form has the default; `actions` are needed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdicOptions {
    /// How records are compared.
    pub training: TrainingOptions,
    /// The probability from which two records are of one customer; 0.5 unless told.
    pub threshold: f64,
    /// The probability from which two records that are not of one customer are a possible link, listed as doubtful for review; at most
    /// `threshold`, `None` for just that.
    pub review_threshold: Option<f64>,
    /// Which value of each field survives into the golden record; none for the most frequent one of each.
    pub survivorship: Vec<Survivorship>,
    /// Whether rows whose key no record has are left out, and counted; else the first of them is an error.
    pub skip_unknown: bool,
    /// How time is cut for the stages; months unless told.
    pub period: Period,
    /// What to make of negative amounts; netted unless told.
    pub returns: Returns,
    /// How many days the potential value looks ahead; 365 unless told.
    pub horizon: f64,
    /// Of stages, types, tiers and loyalty.
    pub classification: ClassificationRules,
    /// Of the groups by needs.
    pub needs: NeedsOptions,
    /// What can be done next, beside doing nothing.
    pub actions: Vec<NextAction>,
    /// How an action is chosen and how it is learned; its actions and features are those of the pipeline and stay empty here.
    pub choice: ChooserOptions,
    /// When customers may be contacted.
    pub contact: ContactPolicy,
    /// What the actions of one round may cost in all; `None` for no limit. Customers of the highest current value come first.
    pub contact_budget: Option<f64>,
    /// What can be offered.
    pub offers: Vec<OfferOption>,
    /// What the offers of one round may cost in all; `None` for no limit.
    pub offer_budget: Option<f64>,
    /// How acceptance of offers is learned.
    pub acceptance: AcceptanceOptions,
    /// Added to the seeds of the parts: of training, needs and choice.
    pub seed: u64,
}

impl Default for IdicOptions {
    fn default() -> Self {
        IdicOptions {
            training: TrainingOptions::default(),
            threshold: 0.5,
            review_threshold: None,
            survivorship: Vec::new(),
            skip_unknown: false,
            period: Period::Months,
            returns: Returns::Net,
            horizon: 365.0,
            classification: ClassificationRules::default(),
            needs: NeedsOptions::default(),
            actions: Vec::new(),
            choice: ChooserOptions::default(),
            contact: ContactPolicy::default(),
            contact_budget: None,
            offers: Vec::new(),
            offer_budget: None,
            acceptance: AcceptanceOptions::default(),
            seed: 0,
        }
    }
}

/// How customers are grouped by their needs: by numbers ([`k_means`](crate::idic::differentiate::k_means)) or by choices
/// ([`k_modes`](crate::idic::differentiate::k_modes)). Where some needs are numbers and others choices, either cut the numbers into
/// choices, or give each answer to choose as a number of 0 or 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NeedsOptions {
    /// What is asked for numbers, one column of answers each; without questions and choices there are no groups.
    pub questions: Vec<String>,
    /// What is asked with answers to choose from, one column each.
    pub choices: Vec<ChoiceQuestion>,
    /// How many groups; `None` for the number of the highest mean silhouette.
    pub groups: Option<u32>,
    /// How many groups are tried at most, where their number is not given; 8 unless told.
    pub most: u32,
    /// What distances are measured in; standard deviations unless told.
    pub scaling: ClusterScaling,
    /// Of the search.
    pub search: ClusterOptions,
}

impl Default for NeedsOptions {
    fn default() -> Self {
        NeedsOptions {
            questions: Vec::new(),
            choices: Vec::new(),
            groups: None,
            most: 8,
            scaling: ClusterScaling::Standardized,
            search: ClusterOptions::default(),
        }
    }
}

/// A question with answers to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceQuestion {
    /// What is asked.
    pub name: String,
    /// What can be answered.
    pub answers: Vec<String>,
}

/// For whom an action or an offer is; an empty list is for all. A customer of whom a verdict is open is in no list of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Audience {
    /// Stages of the lifecycle.
    pub stages: Vec<Stage>,
    /// Types by current and potential value.
    pub types: Vec<CustomerType>,
    /// Tiers of the pyramid.
    pub tiers: Vec<PyramidTier>,
    /// Groups by needs.
    pub needs: Vec<u32>,
}

impl Audience {
    pub(super) fn includes(&self, verdict: &CustomerVerdict, needs: Option<u32>) -> bool {
        fn holds<T: PartialEq>(list: &[T], value: Option<T>) -> bool {
            list.is_empty() || value.is_some_and(|value| list.contains(&value))
        }
        holds(&self.stages, verdict.stage)
            && holds(&self.types, verdict.customer_type)
            && holds(&self.tiers, verdict.tier)
            && holds(&self.needs, needs)
    }
}

/// Something that can be done next for a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextAction {
    /// Its name, for programs.
    pub name: String,
    /// What people call it; the name unless told.
    #[serde(default)]
    pub label: Wording,
    /// Through which channel.
    pub channel: Channel,
    /// What for. With what sells goes an offer.
    pub purpose: ContactPurpose,
    /// What it costs each time, in the unit of rewards; 0 unless told.
    #[serde(default)]
    pub cost: f64,
    /// For whom.
    #[serde(default)]
    pub audience: Audience,
}

impl NextAction {
    /// An action of this name that costs nothing and is for everybody.
    pub fn new(name: impl Into<String>, channel: Channel, purpose: ContactPurpose) -> Self {
        NextAction {
            name: name.into(),
            label: Wording::default(),
            channel,
            purpose,
            cost: 0.0,
            audience: Audience::default(),
        }
    }
}

/// Something that can be offered to a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferOption {
    /// Its name, for programs.
    pub name: String,
    /// What people call it; the name unless told.
    #[serde(default)]
    pub label: Wording,
    /// What it earns if it is accepted.
    pub gain: f64,
    /// This part of the customer's potential value is added to the gain, where it is known; 0 unless told.
    #[serde(default)]
    pub gain_share: f64,
    /// The probability that it is accepted, before anything was seen.
    pub acceptance: f64,
    /// What making it costs, accepted or not; 0 unless told.
    #[serde(default)]
    pub cost: f64,
    /// To how many customers of one round it can be made; `None` to all.
    #[serde(default)]
    pub capacity: Option<u64>,
    /// For whom.
    #[serde(default)]
    pub audience: Audience,
}

impl OfferOption {
    /// An offer of this name with this gain and acceptance, that costs nothing and is for everybody.
    pub fn new(name: impl Into<String>, gain: f64, acceptance: f64) -> Self {
        OfferOption {
            name: name.into(),
            label: Wording::default(),
            gain,
            gain_share: 0.0,
            acceptance,
            cost: 0.0,
            capacity: None,
            audience: Audience::default(),
        }
    }

    pub(super) fn terms(&self) -> Offer {
        Offer {
            cost: self.cost,
            capacity: self.capacity,
        }
    }
}

/// How acceptance of an offer is learned: of `strength` answers at the rate of all customers the rate of a type of customers is made,
/// and of that the rate of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AcceptanceOptions {
    /// As how many answers what is believed before counts; more than 0, 10 unless told.
    pub strength: f64,
    /// Days in which an answer loses half of its weight; `None` keeps it.
    pub half_life: Option<f64>,
}

impl Default for AcceptanceOptions {
    fn default() -> Self {
        AcceptanceOptions {
            strength: 10.0,
            half_life: None,
        }
    }
}

/// What a number must be, and how that is said.
type Rule = (fn(f64) -> bool, &'static str);
const FINITE: Rule = (|_| true, "");
const POSITIVE: Rule = (|x| x > 0.0, "must be more than 0");
const NOT_NEGATIVE: Rule = (|x| x >= 0.0, "must be 0 or more");
const PART: Rule = (|x| (0.0..=1.0).contains(&x), "must be between 0 and 1");

fn number(argument: &'static str, value: f64, (holds, rule): Rule) -> Result<()> {
    if !value.is_finite() {
        return Err(Error::not_finite(argument, value));
    }
    if !holds(value) {
        return Err(Error::new(ErrorKind::OutOfRange, argument, rule).with_value(value));
    }
    Ok(())
}

fn different<'a>(argument: &'static str, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (row, name) in names.enumerate() {
        if name.is_empty() || !seen.insert(name) {
            let reason = "must have names that differ and are not empty";
            return Err(Error::new(ErrorKind::OutOfRange, argument, reason).at_row(row));
        }
    }
    Ok(())
}

impl NeedsOptions {
    /// # Errors
    /// `OutOfRange` for what its meaning forbids, with the row of a question.
    fn check(&self) -> Result<()> {
        let refused = |reason| Err(Error::new(ErrorKind::OutOfRange, "needs", reason));
        if self.groups == Some(0) || self.most < 2 {
            return refused("must be groups of 1 or more, and most of 2 or more");
        }
        if !self.questions.is_empty() && !self.choices.is_empty() {
            return refused("must be questions for numbers, or choices, not both");
        }
        different("needs", self.questions.iter().map(String::as_str))?;
        different("needs", self.choices.iter().map(|c| c.name.as_str()))?;
        for (row, question) in self.choices.iter().enumerate() {
            let answers = question.answers.iter().map(String::as_str);
            if answers.len() < 2 {
                return refused("must have two answers to choose from").map_err(|e| e.at_row(row));
            }
            different("needs", answers).map_err(|error| error.at_row(row))?;
        }
        Ok(())
    }
}

impl IdicOptions {
    /// # Errors
    /// `Empty` without actions; `NotFinite` and `OutOfRange` for what its meaning forbids, with the row of an action, offer or question;
    /// `LengthMismatch` unless there is a rule of survivorship for each field, or none.
    pub(super) fn check(&self, fields: usize) -> Result<()> {
        let open = |x: f64| x > 0.0 && x < 1.0;
        number(
            "threshold",
            self.threshold,
            (open, "must be between 0 and 1"),
        )?;
        check_review_threshold(self.review_threshold(), self.threshold)?;
        number("horizon", self.horizon, POSITIVE)?;
        number("strength", self.acceptance.strength, POSITIVE)?;
        number(
            "half_life",
            self.acceptance.half_life.unwrap_or(1.0),
            POSITIVE,
        )?;
        let budgets = [
            ("contact_budget", self.contact_budget),
            ("offer_budget", self.offer_budget),
        ];
        for (argument, budget) in budgets {
            number(argument, budget.unwrap_or(0.0), NOT_NEGATIVE)?;
        }
        if !self.survivorship.is_empty() && self.survivorship.len() != fields {
            let rules = self.survivorship.len();
            return Err(Error::length("survivorship", rules, fields));
        }
        if !self.choice.actions.is_empty() || !self.choice.features.is_empty() {
            let reason = "must be without actions and features, which are those of the pipeline";
            return Err(Error::new(ErrorKind::OutOfRange, "choice", reason));
        }
        self.contact.check()?;
        self.needs.check()?;
        different("actions", self.actions.iter().map(|a| a.name.as_str()))?;
        different("offers", self.offers.iter().map(|o| o.name.as_str()))?;
        for (row, action) in self.actions.iter().enumerate() {
            number("actions", action.cost, NOT_NEGATIVE).map_err(|error| error.at_row(row))?;
        }
        for (row, offer) in self.offers.iter().enumerate() {
            let rules = [
                (offer.gain, FINITE),
                (offer.gain_share, FINITE),
                (offer.acceptance, PART),
                (offer.cost, NOT_NEGATIVE),
            ];
            for (value, rule) in rules {
                number("offers", value, rule).map_err(|error| error.at_row(row))?;
            }
        }
        Ok(())
    }

    /// The names of what the choice of an action hangs on.
    pub(super) fn features(&self) -> Vec<String> {
        let values = ["current_value", "potential_value", "probability_alive"];
        let stages = Stage::ALL
            .iter()
            .map(|stage| format!("stage_{}", stage.name()));
        let needs = self
            .needs
            .questions
            .iter()
            .map(|name| format!("need_{name}"));
        let chosen = self.needs.choices.iter().flat_map(|question| {
            let answers = question.answers.iter();
            answers.map(|answer| format!("need_{}_{answer}", question.name))
        });
        let values = values.iter().map(|name| (*name).to_owned());
        values.chain(stages).chain(needs).chain(chosen).collect()
    }

    pub(super) fn chooser(&self) -> ChooserOptions {
        let action = |action: &NextAction| ActionOption {
            name: action.name.clone(),
            cost: action.cost,
        };
        ChooserOptions {
            actions: self.actions.iter().map(action).collect(),
            features: self.features(),
            seed: self.choice.seed.wrapping_add(self.seed),
            ..self.choice.clone()
        }
    }

    /// The probability from which a pair is listed.
    pub(super) fn review_threshold(&self) -> f64 {
        self.review_threshold.unwrap_or(self.threshold)
    }

    pub(super) fn training(&self) -> TrainingOptions {
        TrainingOptions {
            seed: self.training.seed.wrapping_add(self.seed),
            ..self.training.clone()
        }
    }

    pub(super) fn search(&self) -> ClusterOptions {
        ClusterOptions {
            seed: self.needs.search.seed.wrapping_add(self.seed),
            ..self.needs.search
        }
    }
}
