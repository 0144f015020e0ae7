//! The profiles of customers, matched one incoming record at a time: cluster ids stay what they are.

mod bytes;
mod erase;
mod index;
mod origin;
mod profile;
mod reach;
mod state;

pub use erase::Erasure;
pub use origin::{Origin, Source, SourceId};
pub use profile::{Conflict, CustomerProfile, ProfileValue, UpdateOutcome, Updated};

use hashbrown::HashMap;

use super::cluster::Clusters;
use super::compare::{Values, compare};
use super::dictionary::hash;
use super::field::Field;
use super::level::Pattern;
use super::model::{Explanation, LinkageModel, weight_of_probability};
use super::personal::Personal;
use super::records::{Records, key, normalised};
use crate::error::{Error, ErrorKind, Result};
use index::{Chains, Index};
use reach::Reach;

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
    /// Another customer that it matches as well, if there is one: perhaps both are one. See [`ProfileStore::merge`].
    pub doubtful: Option<Match>,
}

/// Records and their customers, for incremental matching. `Debug` shows no value of a person.
///
/// An incoming record is compared with those that agree with it on a key of the model, and joins the customer of the best match.
/// Customers are only merged when asked, and every merge can be undone.
#[derive(Debug, Clone)]
pub struct ProfileStore {
    model: LinkageModel,
    /// The probability from which a record joins a customer.
    threshold: f64,
    /// By number; `None` once erased.
    records: Vec<Option<Profile>>,
    /// How many are not erased.
    held: usize,
    /// By number.
    sources: Vec<Source>,
    index: Index,
    /// The records of each customer.
    clusters: Chains,
    next_cluster: u64,
    /// By number; `None` once undone.
    merges: Vec<Option<Merge>>,
    /// By field and hash of a value: how many records have it; and by field how many have any.
    frequencies: Vec<HashMap<u64, u32, foldhash::fast::FixedState>>,
    present: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq)]
struct Profile {
    cluster: u64,
    origin: Option<Origin>,
    /// The normalised values with [`SEPARATOR`] between them.
    values: Personal<Box<str>>,
}

/// The customer that ended, the one that went on, and the records that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Merge {
    ended: u64,
    went_on: u64,
    records: Vec<u32>,
}

/// Stands in no normalised value.
const SEPARATOR: char = '\u{1f}';

/// Normalised values of a record.
struct Line<'a>(Vec<&'a str>);

impl<'a> Line<'a> {
    fn new(values: &'a str) -> Self {
        Line(values.split(SEPARATOR).collect())
    }
}

impl Values for Line<'_> {
    fn value(&self, field: usize) -> Option<&str> {
        self.0.get(field).copied().filter(|value| !value.is_empty())
    }
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
        let fields = model.schema.fields().len();
        Ok(ProfileStore {
            index: Index::new(model.keys.len()),
            model,
            threshold,
            records: Vec::new(),
            held: 0,
            sources: Vec::new(),
            clusters: Chains::default(),
            next_cluster: 0,
            merges: Vec::new(),
            frequencies: vec![HashMap::default(); fields],
            present: vec![0; fields],
        })
    }

    /// A store of records whose customers are known: record i is row i, and its customer the row of its first record.
    ///
    /// # Errors
    /// As [`ProfileStore::new`]; [`ErrorKind::LengthMismatch`] unless there is a cluster for each record, and a field for each of
    /// the model.
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
        for (row, &cluster) in clusters.of_record.iter().enumerate() {
            let fields = 0..records.fields();
            let values: Vec<&str> = fields
                .map(|field| records.value(row, field).unwrap_or_default())
                .collect();
            store.push(u64::from(cluster), None, &values)?;
        }
        store.next_cluster = records.len() as u64;
        Ok(store)
    }

    /// The model that it matches by.
    #[must_use]
    pub fn model(&self) -> &LinkageModel {
        &self.model
    }

    /// How many records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held
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
        Ok(ClusterId(self.profile_of(record)?.cluster))
    }

    /// The records of a customer.
    #[must_use]
    pub fn members(&self, cluster: ClusterId) -> Vec<RecordId> {
        let mut members: Vec<RecordId> = self
            .clusters
            .records(cluster.0)
            .map(|record| RecordId(u64::from(record)))
            .collect();
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
    /// As [`ProfileStore::matches`]; [`ErrorKind::Overflow`] for 2³² − 1 records or more.
    pub fn add(&mut self, values: &[&str]) -> Result<Added> {
        self.take_in(values, None)
    }

    /// As [`ProfileStore::add`], where it is known from where and when the record came: see [`ProfileStore::profile`].
    ///
    /// # Errors
    /// As [`ProfileStore::add`]; [`ErrorKind::NotFound`] for a source that the store does not have.
    pub fn add_from(&mut self, values: &[&str], origin: Origin) -> Result<Added> {
        self.check_origin(origin)?;
        self.take_in(values, Some(origin))
    }

    fn take_in(&mut self, values: &[&str], origin: Option<Origin>) -> Result<Added> {
        let normal = self.normalised(values)?;
        let likely = self.find(&normal, self.threshold);
        let matched = likely.first().copied();
        let is_other = |other: &&Match| Some(other.cluster) != matched.map(|best| best.cluster);
        let doubtful = likely.iter().find(is_other).copied();
        let cluster = matched.map_or(self.next_cluster, |best| best.cluster.0);
        let record = self.push(cluster, origin, &normal.0)?;
        self.next_cluster = self.next_cluster.max(cluster + 1);
        Ok(Added {
            record,
            cluster: ClusterId(cluster),
            matched,
            doubtful,
        })
    }

    /// Why an incoming record is, or is not, of the same customer as one of the store.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`] unless there is a value for each field; [`ErrorKind::NotFound`] if there is no such record.
    pub fn explain(&self, values: &[&str], record: RecordId) -> Result<Explanation> {
        let normal = self.normalised(values)?;
        Ok(self.weigh(
            &normal,
            &Line::new(self.profile_of(record)?.values.reveal()),
        ))
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
        let records: Vec<u32> = self
            .members(ended)
            .iter()
            .map(|record| record.0 as u32)
            .collect();
        self.relabel(&records, ended.0, kept.0);
        self.merges.push(Some(Merge {
            ended: ended.0,
            went_on: kept.0,
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
        Ok(ClusterId(taken.ended))
    }

    fn relabel(&mut self, records: &[u32], from: u64, to: u64) {
        for &record in records {
            if let Some(Some(profile)) = self.records.get_mut(record as usize)
                && profile.cluster == from
            {
                profile.cluster = to;
                self.clusters.remove(record, from);
                self.clusters.add(record, to);
            }
        }
    }

    fn profile_of(&self, record: RecordId) -> Result<&Profile> {
        let place = usize::try_from(record.0)
            .ok()
            .and_then(|place| self.records.get(place));
        place
            .and_then(Option::as_ref)
            .ok_or_else(|| no_such("record", record.0))
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
        let mut candidates: Vec<u32> = Vec::new();
        for (place, key) in self.keys_of(normal) {
            candidates.extend(self.index.records(place, key, self.model.largest_block));
        }
        candidates.sort_unstable();
        candidates.dedup();
        let reach = Reach::new(&self.model, weight_of_probability(least_probability));
        let weighed = candidates.into_iter().filter_map(|record| {
            let profile = self.records.get(record as usize)?.as_ref()?;
            let line = Line::new(profile.values.reveal());
            let pattern = reach.pattern(&self.model.schema, normal, &line)?;
            let why = self.evidence(pattern, normal);
            Some(Match {
                record: RecordId(u64::from(record)),
                cluster: ClusterId(profile.cluster),
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

    fn weigh(&self, a: &impl Values, b: &impl Values) -> Explanation {
        self.evidence(compare(&self.model.schema, a, b), a)
    }

    fn evidence(&self, pattern: Pattern, a: &impl Values) -> Explanation {
        self.model.explain(pattern, |field| {
            let counts = a.value(field).zip(self.frequencies.get(field));
            let count = counts.and_then(|(value, counts)| counts.get(&hash(value.as_bytes())));
            let present = self.present.get(field).copied().unwrap_or_default();
            f64::from(count.copied().unwrap_or_default()) / f64::from(present.max(1))
        })
    }

    /// The keys of a record: number of the blocking key, and hash of the values.
    fn keys_of(&self, values: &impl Values) -> Vec<(usize, u64)> {
        let schema = &self.model.schema;
        let key_of = |field: usize| {
            let kind = schema.fields().get(field)?.kind;
            values.value(field).map(|value| key(kind, value))
        };
        let keys = self.model.keys.iter().enumerate();
        keys.filter_map(|(place, key)| Some((place, key.hash(schema, key_of)?)))
            .collect()
    }

    fn push(
        &mut self,
        cluster: u64,
        origin: Option<Origin>,
        values: &[impl AsRef<str>],
    ) -> Result<RecordId> {
        let mut line = String::new();
        for (place, value) in values.iter().enumerate() {
            if place > 0 {
                line.push(SEPARATOR);
            }
            line.extend(
                value
                    .as_ref()
                    .chars()
                    .filter(|&character| character != SEPARATOR),
            );
        }
        self.push_line(cluster, origin, &line)
    }

    fn push_line(&mut self, cluster: u64, origin: Option<Origin>, line: &str) -> Result<RecordId> {
        let number = u32::try_from(self.records.len())
            .ok()
            .filter(|&number| number != u32::MAX);
        let number = number.ok_or_else(|| Error::overflow("records"))?;
        let values = Line::new(line);
        let keys = self.keys_of(&values);
        self.index.add(number, &keys);
        self.clusters.add(number, cluster);
        self.count(&values, true);
        self.held += 1;
        self.records.push(Some(Profile {
            cluster,
            origin,
            values: Personal::new(line.into()),
        }));
        Ok(RecordId(u64::from(number)))
    }

    /// Counts the values of a record in, or out.
    fn count(&mut self, values: &Line<'_>, is_new: bool) {
        let counted = self.frequencies.iter_mut().zip(&mut self.present);
        for (field, (counts, present)) in counted.enumerate() {
            let Some(value) = values.value(field) else {
                continue;
            };
            let hashed = hash(value.as_bytes());
            if is_new {
                *counts.entry(hashed).or_default() += 1;
                *present += 1;
            } else if let Some(count) = counts.get_mut(&hashed) {
                *count -= 1;
                *present -= 1;
                if *count == 0 {
                    counts.remove(&hashed);
                }
            }
        }
    }
}

fn no_such(argument: &'static str, number: u64) -> Error {
    Error::new(ErrorKind::NotFound, argument, "is not in the store").with_value(number)
}
