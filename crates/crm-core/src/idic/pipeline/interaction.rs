//! The third stage: the next action for each customer.

use serde::{Deserialize, Serialize};

use super::differentiation::{Differentiation, RowsOf};
use super::freshness::Freshness;
use super::identity::Watch;
use super::inputs::{Interactions, Keyed};
use super::options::{IdicOptions, NextAction};
use super::relations::{Relation, Relations, Waiting};
use crate::error::{Error, Result};
use crate::idic::identify::store::ProfileStore;
use crate::idic::interact::choice::LoggedReward;
use crate::idic::interact::policy::{ContactRefusal, Standing};
use crate::units::{Label, Language, Moment};

/// Why an action cannot be the next one for a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionRefusal {
    /// It is for other customers.
    Audience,
    /// The customer may not be contacted so.
    Contact(ContactRefusal),
}

impl ActionRefusal {
    /// In words.
    #[must_use]
    pub fn label(self, language: Language) -> &'static str {
        match (self, language) {
            (ActionRefusal::Audience, Language::En) => "For other customers",
            (ActionRefusal::Audience, Language::Zh) => "不适用于该客户",
            (ActionRefusal::Contact(refusal), _) => refusal.label(language),
        }
    }
}

/// How the third stage went.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InteractionCounts {
    /// Contacts, changes of consent and complaints that were told.
    pub told: u64,
    /// Of these, rows that were left out because no record has their key.
    pub left_out: u64,
    /// Customers for whom nothing is done, for comparison.
    pub control: u64,
    /// How often each action was chosen, doing nothing first.
    pub chosen: Vec<u64>,
    /// How often each action was refused to customers who are not for comparison.
    pub refused: Vec<u64>,
    /// Earlier decisions whose time for a reward was over.
    pub expired: u64,
    /// What the chosen actions cost.
    pub cost: f64,
    /// By field: customers whose value is older than its half-life, or of unknown age; none where no field has a half-life.
    pub stale: Vec<u64>,
}

/// The decisions on customers, by their rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interaction {
    pub(super) now: Moment,
    pub(super) decision: Vec<u64>,
    pub(super) action: Vec<usize>,
    pub(super) probability: Vec<f64>,
    pub(super) standard_error: Vec<f64>,
    pub(super) is_control: Vec<bool>,
    /// Expected reward less cost of each action, doing nothing first, customer by customer.
    pub(super) means: Vec<f64>,
    /// Why each action is refused, customer by customer.
    pub(super) refusals: Vec<Option<ActionRefusal>>,
    /// Of each action, doing nothing first, the constant first: as they were.
    pub(super) coefficients: Vec<Vec<f64>>,
    pub(super) counts: InteractionCounts,
    pub(super) expired: Vec<LoggedReward>,
    pub(super) freshness: Freshness,
}

pub(super) fn interact(
    (customers, profiles): (&[u64], &ProfileStore),
    options: &IdicOptions,
    relations: &Relations,
    differentiation: &Differentiation,
    (told, rows_of): (&Interactions<'_>, RowsOf<'_>),
    watch: Watch<'_>,
) -> Result<Option<(Relations, Interaction)>> {
    let mut relations = relations.clone();
    let mut counts = InteractionCounts::default();
    take(&mut relations, &mut counts, customers, told, rows_of)?;
    let now = told.now;
    let expired = relations.chooser.expire(now);
    for logged in &expired {
        relations.waiting.remove(&logged.id);
    }
    counts.expired = expired.len() as u64;
    let schema = profiles.model().schema();
    let freshness = Freshness::of(profiles, schema, customers, now)?;
    if !freshness.scores.is_empty() {
        counts.stale = vec![0; schema.fields().len()];
    }
    for &field in freshness.stale.iter().flatten() {
        if let Some(count) = counts.stale.get_mut(field as usize) {
            *count += 1;
        }
    }
    let actions = options.actions.len();
    let rows = customers.len();
    counts.chosen = vec![0; actions + 1];
    counts.refused = vec![0; actions];
    let mut found = Interaction {
        now,
        decision: vec![0; rows],
        action: vec![0; rows],
        probability: vec![0.0; rows],
        standard_error: vec![0.0; rows],
        is_control: vec![false; rows],
        means: vec![0.0; rows * (actions + 1)],
        refusals: vec![None; rows * actions],
        coefficients: (0..=actions)
            .filter_map(|action| relations.chooser.coefficients(action))
            .map(<[f64]>::to_vec)
            .collect(),
        counts,
        expired,
        freshness,
    };
    for (done, row) in by_value(&differentiation.evidence.current)
        .into_iter()
        .enumerate()
    {
        if done.is_multiple_of(EACH) && watch((done * 100 / rows) as u32).is_break() {
            return Ok(None);
        }
        let Some(&customer) = customers.get(row) else {
            continue;
        };
        let relation = relations.customers.get(&customer);
        let spent = found.counts.cost;
        let refusal = |action: &NextAction| {
            refused(
                options,
                differentiation,
                row,
                relation,
                (action, spent, now),
            )
        };
        let refusals: Vec<Option<ActionRefusal>> = options.actions.iter().map(refusal).collect();
        let context = differentiation.features_of(row);
        let allowed: Vec<bool> = refusals.iter().map(Option::is_none).collect();
        let decision = relations
            .chooser
            .decide(customer, &context, &allowed, now)?;
        found.keep(row, &refusals, &decision);
        if let Some(action) = place(options, decision.action) {
            found.counts.cost += action.cost;
        }
        let verdict = differentiation.classification.verdicts().get(row);
        let waiting = Waiting {
            customer,
            action: decision.action,
            customer_type: verdict.and_then(|verdict| verdict.customer_type),
            offer: None,
        };
        relations.waiting.insert(decision.id, waiting);
    }
    Ok((!watch(100).is_break()).then_some((relations, found)))
}

/// Customers between two looks at whether to go on.
const EACH: usize = 1024;

/// The action of the options that a decision names; `None` is to do nothing.
pub(super) fn place(options: &IdicOptions, action: usize) -> Option<&NextAction> {
    options.actions.get(action.checked_sub(1)?)
}

/// Rows by their values, the highest first; those that are not known last.
fn by_value(values: &[f64]) -> Vec<usize> {
    let of = |row: &usize| values.get(*row).copied().unwrap_or(f64::NAN);
    let key = |row: &usize| {
        if of(row).is_nan() {
            f64::NEG_INFINITY
        } else {
            of(row)
        }
    };
    let mut rows: Vec<usize> = (0..values.len()).collect();
    rows.sort_by(|a, b| key(b).total_cmp(&key(a)).then(a.cmp(b)));
    rows
}

fn refused(
    options: &IdicOptions,
    differentiation: &Differentiation,
    row: usize,
    relation: Option<&Relation>,
    (action, spent, now): (&NextAction, f64, Moment),
) -> Option<ActionRefusal> {
    let verdict = differentiation.classification.verdicts().get(row)?;
    let needs = differentiation.needs.group.get(row).copied().flatten();
    if !action.audience.includes(verdict, needs) {
        return Some(ActionRefusal::Audience);
    }
    let standing = Standing {
        consent: relation
            .map(|relation| relation.consent)
            .unwrap_or_default(),
        contacts: relation.map_or(&[], |relation| &relation.contacts),
        has_open_complaint: relation.is_some_and(|relation| relation.has_open_complaint),
    };
    // The policy was checked with the options.
    let verdict = options
        .contact
        .may_contact(&standing, action.channel, action.purpose, now)
        .ok()?;
    let is_too_much = options
        .contact_budget
        .is_some_and(|budget| spent + action.cost > budget);
    match verdict {
        Err(refusal) => Some(ActionRefusal::Contact(refusal)),
        Ok(()) => is_too_much.then_some(ActionRefusal::Contact(ContactRefusal::BudgetSpent)),
    }
}

/// Takes in what has happened.
fn take(
    relations: &mut Relations,
    counts: &mut InteractionCounts,
    customers: &[u64],
    told: &Interactions<'_>,
    rows_of: RowsOf<'_>,
) -> Result<()> {
    let mut each = Each {
        relations,
        counts,
        customers,
        rows_of,
    };
    each.take("contacts", told.contacts, |relation, contact| {
        relation.contacts.push(*contact);
    })?;
    each.take("consents", told.consents, |relation, change| {
        relation.consent = match change.is_given {
            true => relation.consent.given(change.channel),
            false => relation.consent.withdrawn(change.channel),
        };
    })?;
    each.take("complaints", told.complaints, |relation, is_open| {
        relation.has_open_complaint = *is_open;
    })
}

struct Each<'a> {
    relations: &'a mut Relations,
    counts: &'a mut InteractionCounts,
    customers: &'a [u64],
    rows_of: RowsOf<'a>,
}

impl Each<'_> {
    fn take<T>(
        &mut self,
        argument: &'static str,
        given: Keyed<'_, T>,
        change: impl Fn(&mut Relation, &T),
    ) -> Result<()> {
        if given.values.len() != given.keys.len() {
            return Err(Error::length(
                argument,
                given.values.len(),
                given.keys.len(),
            ));
        }
        let rows = (self.rows_of)(argument, given.keys)?;
        self.counts.told += rows.len() as u64;
        for (row, value) in rows.iter().zip(given.values) {
            match row.and_then(|row| self.customers.get(row as usize)) {
                Some(&customer) => {
                    change(self.relations.customers.entry(customer).or_default(), value);
                }
                None => self.counts.left_out += 1,
            }
        }
        Ok(())
    }
}

impl Interaction {
    /// When actions were chosen.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.now
    }

    /// The decision on each customer, by which an outcome is told.
    #[must_use]
    pub fn decisions(&self) -> &[u64] {
        &self.decision
    }

    /// The next action for each customer: 0 is to do nothing, then those of the options.
    #[must_use]
    pub fn actions(&self) -> &[usize] {
        &self.action
    }

    /// With which probability each was chosen.
    #[must_use]
    pub fn probabilities(&self) -> &[f64] {
        &self.probability
    }

    /// Expected reward less cost of each action for a customer, doing nothing first.
    #[must_use]
    pub fn expected(&self, row: usize) -> &[f64] {
        self.means_of(row)
    }

    /// Why each action of the options is refused to a customer.
    #[must_use]
    pub fn refusals(&self, row: usize) -> &[Option<ActionRefusal>] {
        self.refusals_of(row)
    }

    /// How fresh the profile of each customer is: the mean of 2^(−age/half-life) of its fields, weighted by their importance, where one
    /// without a value, or of unknown age, counts 0. Empty where no field has a half-life.
    #[must_use]
    pub fn freshness(&self) -> &[f64] {
        &self.freshness.scores
    }

    /// The fields of a customer whose value is older than its half-life, or of unknown age, the most important first: to be asked again.
    #[must_use]
    pub fn stale(&self, row: usize) -> &[u32] {
        self.freshness.stale.get(row).map_or(&[], Vec::as_slice)
    }

    /// Earlier decisions whose time was over, with the reward 0: rows of the log.
    #[must_use]
    pub fn expired(&self) -> &[LoggedReward] {
        &self.expired
    }

    /// How it went.
    #[must_use]
    pub fn counts(&self) -> &InteractionCounts {
        &self.counts
    }

    fn keep(
        &mut self,
        row: usize,
        refusals: &[Option<ActionRefusal>],
        decision: &crate::idic::interact::choice::Decision,
    ) {
        fn set<T>(column: &mut [T], row: usize, value: T) {
            if let Some(place) = column.get_mut(row) {
                *place = value;
            }
        }
        let score = decision.scores.get(decision.action);
        set(&mut self.decision, row, decision.id);
        set(&mut self.action, row, decision.action);
        set(&mut self.probability, row, decision.probability);
        let error = score.map_or(f64::NAN, |score| score.standard_error);
        set(&mut self.standard_error, row, error);
        set(&mut self.is_control, row, decision.is_control);
        let first = row * decision.scores.len();
        for (place, score) in decision.scores.iter().enumerate() {
            set(&mut self.means, first + place, score.mean);
        }
        let first = row * refusals.len();
        for (place, refusal) in refusals.iter().enumerate() {
            set(&mut self.refusals, first + place, *refusal);
            if !decision.is_control
                && let Some(count) = self.counts.refused.get_mut(place)
            {
                *count += u64::from(refusal.is_some());
            }
        }
        self.counts.control += u64::from(decision.is_control);
        if let Some(count) = self.counts.chosen.get_mut(decision.action) {
            *count += 1;
        }
    }

    /// Expected reward less cost of each action for a customer, doing nothing first.
    pub(super) fn means_of(&self, row: usize) -> &[f64] {
        let actions = self.coefficients.len();
        let first = row.saturating_mul(actions);
        self.means.get(first..first + actions).unwrap_or_default()
    }

    /// Why each action is refused to a customer.
    pub(super) fn refusals_of(&self, row: usize) -> &[Option<ActionRefusal>] {
        let actions = self.coefficients.len().saturating_sub(1);
        let first = row.saturating_mul(actions);
        self.refusals
            .get(first..first + actions)
            .unwrap_or_default()
    }

    /// Whether lengths and places are those of so many customers, actions and features.
    pub(super) fn fits(&self, rows: usize, fields: usize, options: &IdicOptions) -> bool {
        let actions = options.actions.len();
        let size = options.features().len() + usize::from(options.choice.constant);
        [
            self.decision.len(),
            self.action.len(),
            self.probability.len(),
            self.standard_error.len(),
            self.is_control.len(),
        ]
        .iter()
        .all(|&length| length == rows)
            && self.action.iter().all(|&action| action <= actions)
            && self.means.len() == rows * (actions + 1)
            && self.refusals.len() == rows * actions
            && self.coefficients.len() == actions + 1
            && self.coefficients.iter().all(|c| c.len() == size)
            && self.freshness.fits(rows, fields)
    }
}
