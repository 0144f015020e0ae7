//! What lasts from round to round: who has which key, what was said and done, and what was learned.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::options::IdicOptions;
use super::review::Review;
use crate::error::Result;
use crate::idic::identify::Personal;
use crate::idic::identify::store::ClusterId;
use crate::idic::interact::choice::ActionChooser;
use crate::idic::interact::contact::Contact;
use crate::idic::interact::memory::{MemoryOptions, PreferenceMemory};
use crate::idic::interact::policy::Consent;
use crate::units::Moment;
use crate::value::types::CustomerType;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Relations {
    pub(super) chooser: ActionChooser,
    /// The record of the store that each key is of, the latest of them.
    pub(super) keys: Personal<BTreeMap<String, u64>>,
    /// By record: the one that had its key before.
    #[serde(default)]
    earlier: BTreeMap<u64, u64>,
    /// Records that the store was ever given.
    pub(super) records: u64,
    pub(super) customers: BTreeMap<u64, Relation>,
    pub(super) review: Review,
    /// Decisions whose outcome is not known.
    pub(super) waiting: BTreeMap<u64, Waiting>,
    /// By offer: the answers of all customers, then those of each type, then those of customers of no known type.
    pub(super) answers: Vec<Vec<PreferenceMemory>>,
    pub(super) round: u32,
}

/// What is known of one customer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Relation {
    pub(super) consent: Consent,
    pub(super) contacts: Vec<Contact>,
    pub(super) has_open_complaint: bool,
    /// Answers to offers, by their places.
    pub(super) answers: BTreeMap<usize, PreferenceMemory>,
    /// The type in the round before.
    pub(super) earlier_type: Option<CustomerType>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Waiting {
    pub(super) customer: u64,
    pub(super) action: usize,
    pub(super) customer_type: Option<CustomerType>,
    pub(super) offer: Option<usize>,
}

impl Relation {
    /// Joins what is known of another customer who is the same: contact needs the consent of both.
    fn take_in(&mut self, other: &Relation) {
        self.consent = self.consent.and(other.consent);
        self.contacts.extend(&other.contacts);
        self.contacts.sort_by_key(|contact| contact.at);
        self.has_open_complaint |= other.has_open_complaint;
        for (&offer, memory) in &other.answers {
            match self.answers.get_mut(&offer) {
                Some(own) => own.add(memory),
                None => drop(self.answers.insert(offer, memory.clone())),
            }
        }
        self.earlier_type = self.earlier_type.or(other.earlier_type);
    }

    /// Gives up what is known of another customer who was taken for the same: what is still as it was then is as before. A consent that
    /// was taken back since is so of both, as nobody knows who did it.
    fn give_up(&mut self, before: &Relation, other: &mut Relation) {
        let mut then = before.clone();
        then.take_in(other);
        if self.consent == then.consent {
            self.consent = before.consent;
        } else {
            other.consent = other.consent.and(self.consent);
        }
        if self.has_open_complaint == then.has_open_complaint {
            self.has_open_complaint = before.has_open_complaint;
        }
        if self.earlier_type == then.earlier_type {
            self.earlier_type = before.earlier_type;
        }
        for contact in &other.contacts {
            let place = self.contacts.iter().position(|known| known == contact);
            place.map(|place| self.contacts.remove(place));
        }
        for (offer, memory) in &other.answers {
            if self.answers.get(offer) == Some(memory) {
                self.answers.remove(offer);
            } else if let Some(own) = self.answers.get_mut(offer) {
                own.take(memory);
            }
        }
    }
}

/// All customers, each type, and no type.
const GROUPS: usize = 6;

impl Relations {
    pub(super) fn new(options: &IdicOptions) -> Result<Self> {
        let memory = memory(options)?;
        Ok(Relations {
            chooser: ActionChooser::new(options.chooser())?,
            keys: Personal::default(),
            earlier: BTreeMap::new(),
            records: 0,
            customers: BTreeMap::new(),
            review: Review::default(),
            waiting: BTreeMap::new(),
            answers: vec![vec![memory; GROUPS]; options.offers.len()],
            round: 0,
        })
    }

    /// Whether it is of these options, as far as lengths and places say.
    pub(super) fn fits(&self, options: &IdicOptions) -> bool {
        let (actions, offers) = (options.actions.len(), options.offers.len());
        let is_known = |waiting: &Waiting| {
            waiting.action <= actions && waiting.offer.is_none_or(|offer| offer < offers)
        };
        *self.chooser.options() == options.chooser()
            && self.answers.len() == offers
            && self.answers.iter().all(|groups| groups.len() == GROUPS)
            && self.waiting.values().all(is_known)
            && self
                .keys
                .reveal()
                .values()
                .chain(self.earlier.keys())
                .all(|&record| record < self.records)
            && self
                .earlier
                .iter()
                .all(|(record, earlier)| earlier < record)
    }

    /// Takes in the records of a round by their keys.
    pub(super) fn note_keys<'a>(&mut self, keys: impl Iterator<Item = &'a str>) {
        let known = self.keys.reveal_mut();
        for (record, key) in (self.records..).zip(keys) {
            if let Some(earlier) = known.insert(key.to_owned(), record) {
                self.earlier.insert(record, earlier);
            }
            self.records = record + 1;
        }
    }

    /// All records that had a key, the latest first.
    pub(super) fn records_of_key(&self, key: &str) -> impl Iterator<Item = u64> {
        let latest = self.keys.reveal().get(key).copied();
        std::iter::successors(latest, |record| self.earlier.get(record).copied())
    }

    /// The probability that a customer accepts an offer: what is believed of all, of the type and of the customer, each made of
    /// `strength` answers at the rate before it and the answers that were seen, faded.
    pub(super) fn acceptance(
        &self,
        options: &IdicOptions,
        offer: usize,
        customer: u64,
        customer_type: Option<CustomerType>,
        now: Moment,
    ) -> f64 {
        let strength = options.acceptance.strength;
        let groups = self.answers.get(offer);
        let seen = [
            groups.and_then(|groups| groups.first()),
            groups.and_then(|groups| groups.get(group(customer_type))),
            self.customers
                .get(&customer)
                .and_then(|relation| relation.answers.get(&offer)),
        ];
        let prior = options.offers.get(offer).map_or(0.0, |o| o.acceptance);
        seen.into_iter().flatten().fold(prior, |rate, memory| {
            let (no, yes) = answered(memory, now);
            (strength * rate + yes) / (strength + no + yes)
        })
    }

    /// Remembers an answer to an offer.
    pub(super) fn answer(
        &mut self,
        options: &IdicOptions,
        waiting: Waiting,
        accepted: bool,
        at: Moment,
    ) -> Result<()> {
        let Some(offer) = waiting.offer else {
            return Ok(());
        };
        let fresh = memory(options)?;
        let relation = self.customers.entry(waiting.customer).or_default();
        let own = relation.answers.entry(offer).or_insert(fresh);
        own.observe(usize::from(accepted), 1.0, at)?;
        let place = group(waiting.customer_type);
        let groups = self.answers.get_mut(offer).into_iter().flatten();
        for (_, memory) in groups.enumerate().filter(|(i, _)| *i == 0 || *i == place) {
            memory.observe(usize::from(accepted), 1.0, at)?;
        }
        Ok(())
    }

    /// Gives a customer all of another; what was known of each is the result.
    pub(super) fn unite(&mut self, customer: u64, other: u64) -> (Relation, Relation) {
        let ended = self.customers.remove(&other).unwrap_or_default();
        let relation = self.customers.entry(customer).or_default();
        let before = relation.clone();
        relation.take_in(&ended);
        for waiting in self.waiting.values_mut() {
            if waiting.customer == other {
                waiting.customer = customer;
            }
        }
        self.chooser.unite(customer, other);
        (before, ended)
    }

    /// Gives two customers again what was known of each; what came since stays with the first.
    pub(super) fn part(
        &mut self,
        customer: u64,
        other: u64,
        (before, mut ended): (Relation, Relation),
    ) {
        let relation = self.customers.entry(customer).or_default();
        relation.give_up(&before, &mut ended);
        self.customers.insert(other, ended);
    }

    /// Forgets a customer whose records are these: keys, contacts and answers of its own, and decisions.
    pub(super) fn erase(&mut self, customer: ClusterId, records: &[u64]) -> Forgotten {
        let keys = self.keys.reveal_mut();
        let before = keys.len();
        keys.retain(|_, record| !records.contains(record));
        let keys = before - keys.len();
        for record in records {
            let before = self.earlier.remove(record);
            let later = self.earlier.iter().find(|(_, earlier)| *earlier == record);
            if let Some(later) = later.map(|(&later, _)| later) {
                match before {
                    Some(before) => self.earlier.insert(later, before),
                    None => self.earlier.remove(&later),
                };
            }
        }
        self.review.erase(records);
        let relation = self.customers.remove(&customer.0).unwrap_or_default();
        self.waiting
            .retain(|_, waiting| waiting.customer != customer.0);
        Forgotten {
            keys,
            contacts: relation.contacts.len(),
            answers: relation.answers.len(),
            decisions: self.chooser.erase(customer.0),
        }
    }
}

pub(super) struct Forgotten {
    pub(super) keys: usize,
    pub(super) contacts: usize,
    pub(super) answers: usize,
    pub(super) decisions: usize,
}

fn memory(options: &IdicOptions) -> Result<PreferenceMemory> {
    let half_life = options.acceptance.half_life;
    PreferenceMemory::new(
        2,
        MemoryOptions {
            prior: UNIFORM,
            half_life,
        },
    )
}

/// What a memory adds to the answers of each kind.
const UNIFORM: f64 = 1.0;

/// How many answers were no and yes, faded.
fn answered(memory: &PreferenceMemory, now: Moment) -> (f64, f64) {
    match memory.parameters(now).as_slice() {
        [no, yes] => (no - UNIFORM, yes - UNIFORM),
        _ => (0.0, 0.0),
    }
}

/// The place of a type among the answers.
fn group(customer_type: Option<CustomerType>) -> usize {
    customer_type.map_or(GROUPS - 1, |kind| 1 + kind as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idic::interact::contact::Channel;

    #[test]
    fn a_consent_taken_back_of_one_is_taken_back_of_both() {
        let agreed = Consent::default().given(Channel::Email);
        let of = |consent| Relation {
            consent,
            ..Relation::default()
        };
        let (before, mut ended) = (of(agreed.given(Channel::Phone)), of(agreed));
        let mut united = before.clone();
        united.take_in(&ended);
        assert_eq!(united.consent, agreed, "where both agreed");

        let mut again = united.clone();
        again.give_up(&before, &mut ended);
        assert_eq!((again.consent, ended.consent), (before.consent, agreed));

        united.consent = agreed.withdrawn(Channel::Email);
        united.give_up(&before, &mut ended);
        assert_eq!(
            (united.consent, ended.consent),
            (Consent::default(), Consent::default())
        );
    }
}
