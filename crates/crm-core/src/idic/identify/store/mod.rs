//! The profiles of customers, matched one incoming record at a time: cluster ids stay what they are.

mod bytes;
mod customers;
mod erase;
mod held;
mod index;
mod origin;
mod profile;
mod state;
mod table;
mod vocabulary;
mod weigher;

use std::collections::BTreeSet;

pub use erase::Erasure;
pub use origin::{Origin, Source, SourceId};
pub use profile::{Conflict, CustomerProfile, ProfileValue, UpdateOutcome, Updated};
pub(crate) use state::seal;

use super::cluster::{Clusters, check_review_threshold};
use super::compare::{Values, compare};
use super::field::Field;
use super::level::Pattern;
use super::model::{Explanation, LinkageModel, weight_of_probability};
use super::records::{Records, key, normalised};
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;
use customers::Customers;
use held::{Held, Stored};
use index::{Blocks, RECORDS};
use weigher::Weigher;

/// A record that a store holds: a number that is never given to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u64);

/// A customer: a number that is never given to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterId(pub u64);

/// A merge of two customers, to be undone by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MergeId(pub u64);

/// A record of the store that an incoming one may be of the same customer as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// The record.
    pub record: RecordId,
    /// Its customer.
    pub cluster: ClusterId,
    /// log₂ of the odds that they are of one customer.
    pub weight: f64,
    /// The probability of it.
    pub probability: f64,
}

/// What became of an incoming record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Added {
    /// Its number.
    pub record: RecordId,
    /// Its customer.
    pub cluster: ClusterId,
    /// The record of the store that it matches best, if that is likely enough; else its customer is new.
    pub matched: Option<Match>,
    /// The likeliest possible link to another customer, if there is one: perhaps both are one. See [`ProfileStore::merge`].
    pub doubtful: Option<Match>,
}

/// Records and their customers, for incremental matching. `Debug` shows no value of a person.
///
/// An incoming record is compared with those that agree with it on a key of the model, and joins the customer of the best match.
/// Customers are only merged when asked, and every merge can be undone.
///
/// Between links and non-links lie possible links, for clerical review (Fellegi & Sunter 1969): records of other customers that match
/// with the review threshold or more ([`ProfileStore::set_review_threshold`]).
#[derive(Debug, Clone)]
pub struct ProfileStore {
    model: LinkageModel,
    /// The probability from which a record joins a customer.
    threshold: f64,
    /// The probability from which a record of another customer is a possible link.
    review_threshold: f64,
    held: Held,
    customers: Customers,
    /// By key of the model.
    blocks: Vec<Blocks>,
    next_cluster: u32,
    /// By record, up to the last that has one.
    origins: Vec<Option<Origin>>,
    /// By number.
    sources: Vec<Source>,
    /// By number; `None` once undone.
    merges: Vec<Option<Merge>>,
}

/// The customer that ended, the one that went on, and the records that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Merge {
    ended: u32,
    went_on: u32,
    records: Vec<u32>,
}

/// Normalised values of an incoming record.
struct Incoming(Vec<String>);

impl Values for Incoming {
    fn value(&self, field: usize) -> Option<&str> {
        self.0
            .get(field)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }
}

impl ProfileStore {
    /// An empty store. A record joins the customer of its best match if that has a probability of `threshold` or more.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] unless `threshold` is above 0 and below 1.
    pub fn new(model: LinkageModel, threshold: f64) -> Result<Self> {
        if !(0.0 < threshold && threshold < 1.0) {
            let error = Error::new(
                ErrorKind::OutOfRange,
                "threshold",
                "must be between 0 and 1",
            );
            return Err(error.with_value(threshold));
        }
        Ok(ProfileStore {
            held: Held::new(&model.schema),
            customers: Customers::default(),
            blocks: vec![Blocks::default(); model.keys.len()],
            model,
            threshold,
            review_threshold: threshold,
            next_cluster: 0,
            origins: Vec::new(),
            sources: Vec::new(),
            merges: Vec::new(),
        })
    }

    /// A store of records whose customers are known: record i is row i, and its customer the row of its first record.
    ///
    /// # Errors
    /// As [`ProfileStore::new`]; [`ErrorKind::LengthMismatch`] unless there is a cluster for each record, and a field for each of
    /// the model; [`ErrorKind::Overflow`] for 2³¹ records or more.
    pub fn from_clusters(
        model: LinkageModel,
        threshold: f64,
        records: &Records,
        clusters: &Clusters,
    ) -> Result<Self> {
        if clusters.of_record.len() != records.len() {
            return Err(Error::length(
                "clusters",
                clusters.of_record.len(),
                records.len(),
            ));
        }
        if records.fields() != model.fields.len() {
            return Err(Error::length(
                "records",
                records.fields(),
                model.fields.len(),
            ));
        }
        let mut store = ProfileStore::new(model, threshold)?;
        store.next_cluster = u32::try_from(records.len())
            .ok()
            .filter(|&count| count < RECORDS)
            .ok_or_else(|| Error::overflow("records"))?;
        store.held = Held::of_records(&store.model.schema, records)?;
        let of_record = clusters.of_record.iter();
        of_record.for_each(|&cluster| store.customers.push(Some(cluster)));
        store.block();
        Ok(store)
    }

    /// Finds the blocks of all records.
    fn block(&mut self) {
        let schema = &self.model.schema;
        self.blocks = parallel::map(self.model.keys.iter().collect(), |key| {
            let records = 0..self.held.len() as u32;
            let valued = |record| Some((self.held.key(schema, key, record)?, record));
            let mut sorted: Vec<(u64, u32)> = records.filter_map(valued).collect();
            parallel::sort_by_key(&mut sorted, |&entry| entry);
            Blocks::of(&sorted)
        });
    }

    /// Sets the probability from which a record of another customer is a possible link, for records that are added from now on; that of
    /// a link unless told.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] unless it is above 0 and at most the probability of a link.
    pub fn set_review_threshold(&mut self, review_threshold: f64) -> Result<()> {
        check_review_threshold(review_threshold, self.threshold)?;
        self.review_threshold = review_threshold;
        Ok(())
    }

    /// The model that it matches by.
    #[must_use]
    pub fn model(&self) -> &LinkageModel {
        &self.model
    }

    /// How many records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.customers.held()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The customer of a record.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such record.
    pub fn cluster(&self, record: RecordId) -> Result<ClusterId> {
        Ok(ClusterId(u64::from(self.row(record)?.1)))
    }

    /// The records of a customer.
    #[must_use]
    pub fn members(&self, cluster: ClusterId) -> Vec<RecordId> {
        let Ok(cluster) = u32::try_from(cluster.0) else {
            return Vec::new();
        };
        let records = self.customers.records(cluster);
        let mut members: Vec<RecordId> =
            records.map(|record| RecordId(u64::from(record))).collect();
        members.sort_unstable();
        members
    }

    /// The records that an incoming one, given by its values in the order of the fields (empty where missing), is likely to be of the
    /// same customer as: with a probability of `least_probability` or more, the likeliest first. Nothing is stored.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`] unless there is a value for each field; [`ErrorKind::OutOfRange`] unless the probability is
    /// above 0 and below 1.
    pub fn matches(&self, values: &[&str], least_probability: f64) -> Result<Vec<Match>> {
        if !(0.0 < least_probability && least_probability < 1.0) {
            let reason = "must be between 0 and 1";
            let error = Error::new(ErrorKind::OutOfRange, "least_probability", reason);
            return Err(error.with_value(least_probability));
        }
        Ok(self.find(&self.normalised(values)?, least_probability))
    }

    /// Takes an incoming record in.
    ///
    /// # Errors
    /// As [`ProfileStore::matches`]; [`ErrorKind::Overflow`] for 2³¹ records or more.
    pub fn add(&mut self, values: &[&str]) -> Result<Added> {
        Ok(self.take_in(values, None)?.0)
    }

    /// As [`ProfileStore::add`], where it is known from where and when the record came: see [`ProfileStore::profile`].
    ///
    /// # Errors
    /// As [`ProfileStore::add`]; [`ErrorKind::NotFound`] for a source that the store does not have.
    pub fn add_from(&mut self, values: &[&str], origin: Origin) -> Result<Added> {
        Ok(self.take_in(values, Some(origin))?.0)
    }

    /// Takes an incoming record in; gives its possible links as well, one to each other customer, the likeliest first.
    pub(crate) fn take_in(
        &mut self,
        values: &[&str],
        origin: Option<Origin>,
    ) -> Result<(Added, Vec<Match>)> {
        if let Some(origin) = origin {
            self.check_origin(origin)?;
        }
        let normal = self.normalised(values)?;
        let mut possible = self.find(&normal, self.review_threshold);
        let best = possible.first().copied();
        let matched = best.filter(|best| best.probability >= self.threshold);
        let mut seen: BTreeSet<ClusterId> = matched.iter().map(|best| best.cluster).collect();
        possible.retain(|other| seen.insert(other.cluster));
        let cluster = match matched {
            Some(best) => best.cluster.0 as u32,
            None => self.next_cluster,
        };
        let after = cluster
            .checked_add(1)
            .ok_or_else(|| Error::overflow("records"))?;
        let record = self.push(cluster, origin, &normal.0)?;
        self.next_cluster = self.next_cluster.max(after);
        let added = Added {
            record,
            cluster: ClusterId(u64::from(cluster)),
            matched,
            doubtful: possible.first().copied(),
        };
        Ok((added, possible))
    }

    /// Why an incoming record is, or is not, of the same customer as one of the store.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`] unless there is a value for each field; [`ErrorKind::NotFound`] if there is no such record.
    pub fn explain(&self, values: &[&str], record: RecordId) -> Result<Explanation> {
        let normal = self.normalised(values)?;
        let pattern = compare(&self.model.schema, &normal, &self.values(record)?);
        Ok(self.evidence(pattern, &normal))
    }

    /// Two customers are one from now on: `kept`. The other ends.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if one of them has no record; [`ErrorKind::OutOfRange`] if they are the same.
    pub fn merge(&mut self, kept: ClusterId, ended: ClusterId) -> Result<MergeId> {
        if let Some(empty) = [kept, ended]
            .into_iter()
            .find(|&each| self.members(each).is_empty())
        {
            return Err(no_such("cluster", empty.0));
        }
        if kept == ended {
            let error = Error::new(ErrorKind::OutOfRange, "cluster", "must be another customer");
            return Err(error.with_value(ended.0));
        }
        let records = self.members(ended);
        let records: Vec<u32> = records.iter().map(|record| record.0 as u32).collect();
        let (ended, went_on) = (ended.0 as u32, kept.0 as u32);
        self.relabel(&records, ended, went_on);
        self.merges.push(Some(Merge {
            ended,
            went_on,
            records,
        }));
        Ok(MergeId(self.merges.len() as u64 - 1))
    }

    /// Takes a merge back: the records that moved then are of their former customer again, unless they have moved on or are erased.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is no such merge, or it was taken back already.
    pub fn undo(&mut self, merge: MergeId) -> Result<ClusterId> {
        let place = usize::try_from(merge.0)
            .ok()
            .and_then(|place| self.merges.get_mut(place));
        let Some(taken) = place.and_then(Option::take) else {
            return Err(no_such("merge", merge.0));
        };
        self.relabel(&taken.records, taken.went_on, taken.ended);
        Ok(ClusterId(u64::from(taken.ended)))
    }

    /// Some records of a customer are those of another from now on, a new one. The customer keeps its number and the other records.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if the customer has no record, or one of these is not of it, with the row; [`ErrorKind::Empty`] without
    /// records; [`ErrorKind::OutOfRange`] if the customer would have none left; [`ErrorKind::Overflow`] after 2³² − 1 customers.
    pub fn split(&mut self, cluster: ClusterId, records: &[RecordId]) -> Result<ClusterId> {
        let mut left = self.members(cluster);
        if left.is_empty() {
            return Err(no_such("cluster", cluster.0));
        }
        let not_of_it = |record| left.binary_search(record).is_err();
        if let Some(row) = records.iter().position(not_of_it) {
            let error = Error::new(ErrorKind::NotFound, "records", "is not of the customer");
            return Err(error.at_row(row));
        }
        if records.is_empty() {
            return Err(Error::empty("records"));
        }
        left.retain(|record| !records.contains(record));
        if left.is_empty() {
            let reason = "must not be all records of the customer";
            return Err(Error::new(ErrorKind::OutOfRange, "records", reason));
        }
        let new = self.next_cluster;
        self.next_cluster = new
            .checked_add(1)
            .ok_or_else(|| Error::overflow("records"))?;
        let records: Vec<u32> = records.iter().map(|record| record.0 as u32).collect();
        self.relabel(&records, cluster.0 as u32, new);
        Ok(ClusterId(u64::from(new)))
    }

    fn relabel(&mut self, records: &[u32], from: u32, to: u32) {
        for &record in records {
            if self.customers.of(record) == Some(from) {
                self.customers.give(record, to);
            }
        }
    }

    /// The place of a record, and its customer.
    fn row(&self, record: RecordId) -> Result<(u32, u32)> {
        let row = u32::try_from(record.0).ok();
        row.and_then(|row| Some((row, self.customers.of(row)?)))
            .ok_or_else(|| no_such("record", record.0))
    }

    fn values(&self, record: RecordId) -> Result<Stored<'_>> {
        Ok(self.held.values(self.row(record)?.0))
    }

    fn normalised(&self, values: &[&str]) -> Result<Incoming> {
        let schema = &self.model.schema;
        if values.len() != schema.fields().len() {
            return Err(Error::length("values", values.len(), schema.fields().len()));
        }
        let normal = |(field, value): (&Field, &&str)| {
            normalised(schema.calling_code(), field.kind, value).0
        };
        Ok(Incoming(
            schema.fields().iter().zip(values).map(normal).collect(),
        ))
    }

    fn find(&self, normal: &Incoming, least_probability: f64) -> Vec<Match> {
        let least = weight_of_probability(least_probability);
        let mut weigher = Weigher::new(&self.model, &self.held, normal, least);
        let weighed = self.candidates(normal).into_iter().filter_map(|record| {
            let pattern = weigher.pattern(record)?;
            let why = self.evidence(pattern, normal);
            Some(Match {
                record: RecordId(u64::from(record)),
                cluster: ClusterId(u64::from(self.customers.of(record)?)),
                weight: why.weight,
                probability: why.probability,
            })
        });
        let mut matches: Vec<Match> = weighed
            .filter(|m| m.probability >= least_probability)
            .collect();
        matches.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.record.cmp(&b.record)));
        matches
    }

    /// The records that agree with an incoming one on a key, ascending; those of blocks too large are left out.
    fn candidates(&self, normal: &Incoming) -> Vec<u32> {
        let schema = &self.model.schema;
        let fields = schema.fields().iter().enumerate();
        let keys: Vec<Option<u64>> = fields
            .map(|(place, field)| normal.value(place).map(|value| key(field.kind, value)))
            .collect();
        let mut candidates = Vec::new();
        for (key, blocks) in self.model.keys.iter().zip(&self.blocks) {
            if let Some(value) = key.hash(schema, |field| keys.get(field).copied().flatten()) {
                let block = blocks.records(value, |record| self.held.key(schema, key, record));
                let records = block.as_slice();
                if records.len() <= self.model.largest_block {
                    candidates.extend_from_slice(records);
                }
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    fn evidence(&self, pattern: Pattern, a: &impl Values) -> Explanation {
        self.model.explain(pattern, |field| {
            let known = a.value(field).zip(self.held.field(field));
            known.map_or(0.0, |(value, vocabulary)| vocabulary.frequency(value))
        })
    }

    fn push(
        &mut self,
        cluster: u32,
        origin: Option<Origin>,
        values: &[impl AsRef<str>],
    ) -> Result<RecordId> {
        let record = self.held.len() as u32;
        if record >= RECORDS {
            return Err(Error::overflow("records"));
        }
        self.held.push(values)?;
        self.customers.push(Some(cluster));
        let schema = &self.model.schema;
        for (key, blocks) in self.model.keys.iter().zip(&mut self.blocks) {
            let value_of = |record| self.held.key(schema, key, record);
            if let Some(value) = value_of(record) {
                blocks.add(record, value, value_of);
            }
        }
        if origin.is_some() {
            self.put_origin(record, origin);
        }
        Ok(RecordId(u64::from(record)))
    }
}

fn no_such(argument: &'static str, number: u64) -> Error {
    Error::new(ErrorKind::NotFound, argument, "is not in the store").with_value(number)
}
