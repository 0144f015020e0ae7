//! Customers who perhaps are one: what people say of them, and how it is taken back.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::identity::DoubtfulPair;
use super::process::Idic;
use super::relations::Relation;
use crate::error::{Error, ErrorKind, Result};
use crate::idic::identify::store::{ClusterId, MergeId, ProfileStore, RecordId};

/// What was said of two customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReviewedPair {
    /// The number of the decision, by which it is undone.
    pub decision: u64,
    /// The one who goes on; of two who stay two the smaller number.
    pub customer: u64,
    /// The other one.
    pub other: u64,
    /// Whether they are one.
    pub is_one: bool,
}

/// A record that was given to one customer and matches one of another as well.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Doubt {
    pub(super) record: u64,
    pub(super) other: u64,
    pub(super) probability: f64,
}

/// Pairs that wait for an answer, and the answers. Both speak of records, which stay, while customers may be united and parted.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Review {
    open: Vec<Doubt>,
    /// By number; `None` once undone, or if a customer was erased.
    decisions: Vec<Option<Decision>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    /// The customers, as they were then.
    customer: u64,
    other: u64,
    /// A record of each.
    record: u64,
    record_of_other: u64,
    /// If they are one: how that is undone.
    united: Option<United>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct United {
    merge: u64,
    /// What was known of each.
    relation: Relation,
    relation_of_other: Relation,
}

impl Review {
    /// Takes pairs in that nobody has spoken of: of each two customers the likeliest.
    pub(super) fn note(&mut self, store: &ProfileStore, found: Vec<Doubt>) {
        let apart = self.apart(store);
        let mut open: BTreeMap<(u64, u64), Doubt> = BTreeMap::new();
        for doubt in self.open.drain(..).chain(found) {
            let Some(pair) = customers_of(store, doubt).filter(|pair| !apart.contains(pair)) else {
                continue;
            };
            let known = open.entry(pair).or_insert(doubt);
            if doubt.probability > known.probability {
                *known = doubt;
            }
        }
        self.open = open.into_values().collect();
    }

    /// The customers who were said to be two.
    pub(super) fn apart(&self, store: &ProfileStore) -> BTreeSet<(u64, u64)> {
        let two = self.decisions.iter().flatten();
        two.filter(|decision| decision.united.is_none())
            .filter_map(|decision| pair_of(store, decision.record, decision.record_of_other))
            .collect()
    }

    /// Forgets what speaks of these records.
    pub(super) fn erase(&mut self, records: &[u64]) {
        let speaks = |a: u64, b: u64| records.contains(&a) || records.contains(&b);
        self.open.retain(|doubt| !speaks(doubt.record, doubt.other));
        for decision in &mut self.decisions {
            decision.take_if(|d| speaks(d.record, d.record_of_other));
        }
    }

    fn reviewed(&self) -> impl Iterator<Item = ReviewedPair> {
        let numbered = (0..).zip(&self.decisions);
        numbered.filter_map(|(number, decision)| Some(decision.as_ref()?.told(number)))
    }

    fn decide(&mut self, decision: Decision) -> ReviewedPair {
        let told = decision.told(self.decisions.len() as u64);
        self.decisions.push(Some(decision));
        told
    }
}

impl Decision {
    fn told(&self, number: u64) -> ReviewedPair {
        ReviewedPair {
            decision: number,
            customer: self.customer,
            other: self.other,
            is_one: self.united.is_some(),
        }
    }
}

/// The customers of two records, the smaller number first; `None` if they are one, or a record is gone.
fn pair_of(store: &ProfileStore, a: u64, b: u64) -> Option<(u64, u64)> {
    let of = |record| store.cluster(RecordId(record)).ok();
    let (a, b) = (of(a)?.0, of(b)?.0);
    (a != b).then_some((a.min(b), a.max(b)))
}

fn customers_of(store: &ProfileStore, doubt: Doubt) -> Option<(u64, u64)> {
    pair_of(store, doubt.record, doubt.other)
}

impl Idic {
    /// Customers who perhaps are one and of whom nobody has said whether they are, of all rounds, the likeliest first.
    #[must_use]
    pub fn doubtful(&self) -> Vec<DoubtfulPair> {
        let Some(store) = &self.profiles else {
            return Vec::new();
        };
        let review = &self.relations.review;
        let apart = review.apart(store);
        let mut likeliest: BTreeMap<(u64, u64), f64> = BTreeMap::new();
        for &doubt in &review.open {
            if let Some(pair) = customers_of(store, doubt).filter(|pair| !apart.contains(pair)) {
                let known = likeliest.entry(pair).or_insert(doubt.probability);
                *known = known.max(doubt.probability);
            }
        }
        let pair = |((customer, other), probability)| DoubtfulPair {
            customer,
            other,
            probability,
        };
        let mut pairs: Vec<DoubtfulPair> = likeliest.into_iter().map(pair).collect();
        pairs.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        pairs
    }

    /// What was said of customers and not undone.
    #[must_use]
    pub fn reviewed(&self) -> Vec<ReviewedPair> {
        self.relations.review.reviewed().collect()
    }

    /// Two customers are one. The smaller number goes on, with the records, keys, contacts, answers and waiting decisions of both: it may
    /// be contacted where both agreed, and complains if one does. The other number ends and is never given again. What the
    /// round has computed is given up: the process is at the beginning of a round.
    ///
    /// # Errors
    /// `NotFound` if there is no such customer; `OutOfRange` if they are the same; `IllegalTransition` if they were said to be two,
    /// or are one already, with the number of that decision.
    pub fn confirm(&mut self, customer: u64, other: u64) -> Result<ReviewedPair> {
        let (customer, other) = (customer.min(other), customer.max(other));
        let (record, record_of_other) = self.two(customer, other)?;
        if let Some(said) = self.said_apart(customer, other) {
            return Err(contradicts("were said to be two", said.decision));
        }
        let store = self.profiles.as_mut();
        let store = store.ok_or_else(|| unknown("customer", customer))?;
        let MergeId(merge) = store.merge(ClusterId(customer), ClusterId(other))?;
        self.give_up();
        let (relation, relation_of_other) = self.relations.unite(customer, other);
        let decision = Decision {
            customer,
            other,
            record,
            record_of_other,
            united: Some(United {
                merge,
                relation,
                relation_of_other,
            }),
        };
        Ok(self.relations.review.decide(decision))
    }

    /// Two customers are two, however alike they are: they are not listed as doubtful again, and not united before this is undone. The
    /// round goes on.
    ///
    /// # Errors
    /// As [`confirm`](Idic::confirm).
    pub fn keep_apart(&mut self, customer: u64, other: u64) -> Result<ReviewedPair> {
        let (customer, other) = (customer.min(other), customer.max(other));
        let (record, record_of_other) = self.two(customer, other)?;
        if let Some(said) = self.said_apart(customer, other) {
            return Ok(said);
        }
        Ok(self.relations.review.decide(Decision {
            customer,
            other,
            record,
            record_of_other,
            united: None,
        }))
    }

    /// Some records of a customer are those of another: of a new one with a number of its own, who is kept apart from now on. They are all
    /// records of the customer that these keys had, in whichever round. The customer keeps its number and all that was learned.
    /// What the round has computed is given up.
    ///
    /// # Errors
    /// `NotFound` if there is no such customer, or a key is of no record of it, with the row; `Empty` without keys; `OutOfRange` if no
    /// record would be left.
    pub fn split(&mut self, customer: u64, keys: &[&str]) -> Result<ReviewedPair> {
        let missing = || unknown("customer", customer);
        let store = self.profiles.as_mut().ok_or_else(missing)?;
        let members = store.members(ClusterId(customer));
        if members.is_empty() {
            return Err(missing());
        }
        let mut records = Vec::new();
        for (row, key) in keys.iter().enumerate() {
            let before = records.len();
            let of_key = self.relations.records_of_key(key).map(RecordId);
            records.extend(of_key.filter(|record| members.binary_search(record).is_ok()));
            if records.len() == before {
                let reason = "is that of no record of the customer";
                return Err(Error::new(ErrorKind::NotFound, "keys", reason).at_row(row));
            }
        }
        let split = store.split(ClusterId(customer), &records);
        let other = split.map_err(|error| error.named("keys"))?.0;
        self.give_up();
        self.keep_apart(customer, other)
    }

    /// Takes back what was said of two customers. If they were one, the other has its number again, with the records that it had, unless
    /// they are gone, and what was known of it then; what was decided and learned since stays with the one who went on, a consent
    /// that was taken back since is so of both, and what the round has computed is given up.
    ///
    /// # Errors
    /// `NotFound` if there is no such decision; `IllegalTransition` if the customer who went on was united with a third since, or the
    /// record was split off: undo that first.
    pub fn undo(&mut self, decision: u64) -> Result<ReviewedPair> {
        let place = usize::try_from(decision).ok();
        let decisions = &mut self.relations.review.decisions;
        let slot = place.and_then(|place| decisions.get_mut(place));
        let missing = || unknown("decision", decision);
        let slot = slot.ok_or_else(missing)?;
        let said = slot.as_ref().ok_or_else(missing)?;
        let told = said.told(decision);
        let store = self.profiles.as_mut().ok_or_else(missing)?;
        if said.united.is_some()
            && store.cluster(RecordId(said.record_of_other))? != ClusterId(said.customer)
        {
            let reason = "must be undone after those that were made of the same customers since";
            let error = Error::new(ErrorKind::IllegalTransition, "decision", reason);
            return Err(error.with_value(decision));
        }
        let united = slot.take().and_then(|said| said.united);
        if let Some(united) = united {
            store.undo(MergeId(united.merge))?;
            self.give_up();
            let (customer, other) = (told.customer, told.other);
            let known = (united.relation, united.relation_of_other);
            self.relations.part(customer, other, known);
        }
        Ok(told)
    }

    /// The decision that two customers are two.
    fn said_apart(&self, customer: u64, other: u64) -> Option<ReviewedPair> {
        let store = self.profiles.as_ref()?;
        let mut decisions = (0..).zip(&self.relations.review.decisions);
        decisions.find_map(|(number, decision)| {
            let said = decision.as_ref().filter(|said| said.united.is_none())?;
            let pair = pair_of(store, said.record, said.record_of_other)?;
            (pair == (customer, other)).then(|| said.told(number))
        })
    }

    /// The first record of each of two customers who are two.
    fn two(&self, customer: u64, other: u64) -> Result<(u64, u64)> {
        if customer == other {
            let error = Error::new(ErrorKind::OutOfRange, "other", "must be another customer");
            return Err(error.with_value(other));
        }
        let of = |argument, number| {
            let store = self.profiles.as_ref();
            let members = store.map_or_else(Vec::new, |store| store.members(ClusterId(number)));
            let first = members.first().map(|record| record.0);
            first.ok_or_else(|| unknown(argument, number))
        };
        let united = self.reviewed();
        let mut united = united.iter().filter(|said| said.is_one);
        match (of("customer", customer), of("other", other)) {
            (Ok(a), Ok(b)) => Ok((a, b)),
            (a, b) => Err(united
                .find(|said| (said.customer, said.other) == (customer, other))
                .map(|said| contradicts("are one", said.decision))
                .or(a.err())
                .or(b.err())
                .unwrap_or_else(|| unknown("customer", customer))),
        }
    }
}

fn unknown(argument: &'static str, number: u64) -> Error {
    Error::new(ErrorKind::NotFound, argument, "is not known").with_value(number)
}

fn contradicts(what: &str, decision: u64) -> Error {
    let reason = format!("is of two customers who {what}: undo that decision first");
    Error::new(ErrorKind::IllegalTransition, "decision", reason).with_value(decision)
}
