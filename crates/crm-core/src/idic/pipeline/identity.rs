//! The first stage: which records are of which customer.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::freshness::origins;
use super::inputs::CustomerRecords;
use super::options::IdicOptions;
use super::relations::Relations;
use super::review::Doubt;
use crate::error::{Error, ErrorKind, Result};
use crate::idic::identify::store::{Added, ProfileStore, RecordId};
use crate::idic::identify::{
    Clusters, GoldenRecords, LinkageModel, RecordChunk, Records, Schema, ScoredPair, Survivorship,
    cluster, golden_records, possible_links,
};
use crate::ledger::TextColumn;

/// Told how much of a stage is done, in hundredths.
pub(super) type Watch<'a> = &'a (dyn Fn(u32) -> ControlFlow<()> + Sync);

/// How the first stage went.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IdentityCounts {
    /// Records of this round.
    pub records: u64,
    /// Customers in all.
    pub customers: u64,
    /// Different pairs compared, where records were compared with each other.
    pub compared: u64,
    /// The share of all matches that the keys are expected to find.
    pub recall: f64,
    /// Records of this round whose customer was known before.
    pub joined: u64,
    /// By field: customers whose records of this round differ in it.
    pub conflicts: Vec<u64>,
}

/// Two customers who perhaps are one: a record of the first is a possible link to one of the second.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DoubtfulPair {
    /// The customer that the record was given to.
    pub customer: u64,
    /// The other one.
    pub other: u64,
    /// The probability that the record is of the other.
    pub probability: f64,
}

/// Which customers there are, by their rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The number of each customer, ascending.
    pub(super) customers: Vec<u64>,
    /// How many records each has.
    pub(super) sizes: Vec<u32>,
    /// The row of the customer of each record of this round.
    pub(super) of_record: Vec<u32>,
    pub(super) golden: Option<GoldenRecords>,
    pub(super) doubtful: Vec<DoubtfulPair>,
    pub(super) counts: IdentityCounts,
}

impl Identity {
    /// How many customers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    /// The number of each customer, ascending; it stays.
    #[must_use]
    pub fn customers(&self) -> &[u64] {
        &self.customers
    }

    /// How many records each customer has.
    #[must_use]
    pub fn records(&self) -> &[u32] {
        &self.sizes
    }

    /// The row of the customer of each record of this round.
    #[must_use]
    pub fn of_record(&self) -> &[u32] {
        &self.of_record
    }

    /// One record for each customer who has one in this round, its clusters being rows of customers; `None` without records.
    #[must_use]
    pub fn golden(&self) -> Option<&GoldenRecords> {
        self.golden.as_ref()
    }

    /// Customers who perhaps are one.
    #[must_use]
    pub fn doubtful(&self) -> &[DoubtfulPair] {
        &self.doubtful
    }

    /// How it went.
    #[must_use]
    pub fn counts(&self) -> &IdentityCounts {
        &self.counts
    }
}

/// What the stage changes.
pub(super) struct Found {
    pub(super) identity: Identity,
    pub(super) profiles: ProfileStore,
    pub(super) relations: Relations,
}

pub(super) fn identify(
    (schema, options): (&Schema, &IdicOptions),
    (profiles, relations): (Option<&ProfileStore>, &Relations),
    given: &CustomerRecords<'_>,
    watch: Watch<'_>,
) -> Result<Option<Found>> {
    let rows = check_keys(given)?;
    let chunks: Vec<RecordChunk<'_>> = given.sources.iter().map(|s| s.fields.clone()).collect();
    let records = Records::read(schema, &chunks)?;
    if rows != records.len() {
        return Err(Error::length("keys", rows, records.len()));
    }
    if watch(20).is_break() {
        return Ok(None);
    }
    let mut counts = IdentityCounts {
        records: rows as u64,
        ..IdentityCounts::default()
    };
    let matched = match profiles {
        None => of_each_other(schema, options, &records, given, &mut counts, watch)?,
        Some(store) => of_store(store.clone(), &chunks, given, &mut counts, watch)?,
    };
    let Some((profiles, doubts)) = matched else {
        return Ok(None);
    };
    let first = relations.records;
    let mut relations = relations.clone();
    relations.note_keys(given.keys());
    let apart = relations.review.apart(&profiles);
    let pairs = doubts.iter().filter_map(|doubt| pair(&profiles, doubt));
    let doubtful = pairs
        .filter(|pair| {
            let (a, b) = (pair.customer, pair.other);
            !apart.contains(&(a.min(b), a.max(b)))
        })
        .collect();
    relations.review.note(&profiles, doubts);
    let (customers, sizes) = customers_of(&profiles, relations.records);
    let of_record: Vec<u32> = (first..relations.records)
        .filter_map(|record| row_of(&profiles, &customers, record))
        .collect();
    let golden = golden(options, schema, &records, &of_record, given)?;
    counts.customers = customers.len() as u64;
    counts.recall = profiles.model().recall();
    counts.conflicts = golden
        .iter()
        .flat_map(|golden| &golden.conflicts)
        .map(|&n| n as u64)
        .collect();
    Ok((!watch(100).is_break()).then_some(Found {
        identity: Identity {
            customers,
            sizes,
            of_record,
            golden,
            doubtful,
            counts,
        },
        profiles,
        relations,
    }))
}

impl<'a> CustomerRecords<'a> {
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.sources.iter().flat_map(|source| {
            let keys = source.keys;
            (0..keys.len()).map(move |row| keys.get(row))
        })
    }
}

/// How many there are, if they differ.
fn check_keys(given: &CustomerRecords<'_>) -> Result<usize> {
    for source in &given.sources {
        if let Some(column) = source
            .fields
            .first()
            .filter(|c| c.len() != source.keys.len())
        {
            return Err(Error::length("keys", source.keys.len(), column.len()));
        }
    }
    let mut seen = BTreeMap::new();
    for (row, key) in given.keys().enumerate() {
        if key.is_empty() {
            let error = Error::new(ErrorKind::Missing, "keys", "must be given for each record");
            return Err(error.at_row(row));
        }
        if let Some(earlier) = seen.insert(key, row) {
            let reason = format!("must differ; it is that of row {earlier} as well");
            return Err(Error::new(ErrorKind::OutOfRange, "keys", reason).at_row(row));
        }
    }
    Ok(seen.len())
}

/// The customers of a pair of records, if they are two.
fn pair(store: &ProfileStore, doubt: &Doubt) -> Option<DoubtfulPair> {
    let customer = |record| store.cluster(RecordId(record)).ok();
    let (customer, other) = (customer(doubt.record)?.0, customer(doubt.other)?.0);
    (customer != other).then_some(DoubtfulPair {
        customer,
        other,
        probability: doubt.probability,
    })
}

type Matched = Option<(ProfileStore, Vec<Doubt>)>;

/// The first round: all records are compared with each other.
fn of_each_other(
    schema: &Schema,
    options: &IdicOptions,
    records: &Records,
    given: &CustomerRecords<'_>,
    counts: &mut IdentityCounts,
    watch: Watch<'_>,
) -> Result<Matched> {
    let model = LinkageModel::train(schema, records, &options.training())?;
    if watch(50).is_break() {
        return Ok(None);
    }
    let review_threshold = options.review_threshold();
    let scored = model.score(records, review_threshold)?;
    counts.compared = scored.compared;
    if watch(80).is_break() {
        return Ok(None);
    }
    let clusters = cluster(&model, records, &scored.pairs, options.threshold)?;
    let mut store = ProfileStore::from_clusters(model, options.threshold, records, &clusters)?;
    store.set_review_threshold(review_threshold)?;
    let origins = origins(&mut store, given.provenance, records.len())?;
    for (record, origin) in (0..).zip(origins) {
        if let Some(origin) = origin {
            store.set_origin(RecordId(record), origin)?;
        }
    }
    let possible = possible_links(&clusters, &scored.pairs, review_threshold)?;
    let doubt = |pair: &ScoredPair| Doubt {
        record: u64::from(pair.a),
        other: u64::from(pair.b),
        probability: pair.probability(),
    };
    Ok(Some((store, possible.iter().map(doubt).collect())))
}

/// A later round: each record is compared with those of the store, and joins it.
fn of_store(
    mut store: ProfileStore,
    chunks: &[RecordChunk<'_>],
    given: &CustomerRecords<'_>,
    counts: &mut IdentityCounts,
    watch: Watch<'_>,
) -> Result<Matched> {
    let mut doubtful = Vec::new();
    let rows: u64 = counts.records;
    let mut origins = origins(&mut store, given.provenance, rows as usize)?.into_iter();
    let mut done: u64 = 0;
    for chunk in chunks {
        for row in 0..chunk.first().map_or(0, |column| column.len()) {
            let values: Vec<&str> = chunk.iter().map(|column| column.get(row)).collect();
            let (added, possible) = store.take_in(&values, origins.next().flatten())?;
            let Added {
                record, matched, ..
            } = added;
            counts.joined += u64::from(matched.is_some());
            doubtful.extend(possible.iter().map(|other| Doubt {
                record: record.0,
                other: other.record.0,
                probability: other.probability,
            }));
            done += 1;
            if done.is_multiple_of(EACH) && watch(20 + (done * 70 / rows) as u32).is_break() {
                return Ok(None);
            }
        }
    }
    Ok(Some((store, doubtful)))
}

/// Records between two looks at whether to go on.
const EACH: u64 = 1024;

/// The customers of the store, ascending, and how many records each has.
fn customers_of(store: &ProfileStore, records: u64) -> (Vec<u64>, Vec<u32>) {
    let mut sizes: BTreeMap<u64, u32> = BTreeMap::new();
    let known = (0..records).filter_map(|record| store.cluster(RecordId(record)).ok());
    for cluster in known {
        *sizes.entry(cluster.0).or_default() += 1;
    }
    sizes.into_iter().unzip()
}

/// The row of the customer of a record.
fn row_of(store: &ProfileStore, customers: &[u64], record: u64) -> Option<u32> {
    let cluster = store.cluster(RecordId(record)).ok()?;
    customers
        .binary_search(&cluster.0)
        .ok()
        .map(|row| row as u32)
}

fn golden(
    options: &IdicOptions,
    schema: &Schema,
    records: &Records,
    of_record: &[u32],
    given: &CustomerRecords<'_>,
) -> Result<Option<GoldenRecords>> {
    if records.is_empty() {
        return Ok(None);
    }
    let clusters = Clusters {
        of_record: of_record.to_vec(),
        count: 0,
        split: 0,
    };
    let rules = match options.survivorship.as_slice() {
        [] => vec![Survivorship::MostFrequent; schema.fields().len()],
        rules => rules.to_vec(),
    };
    golden_records(records, &clusters, &rules, given.provenance).map(Some)
}

/// The rows of the customers that keys are of; `None` for a key that no record has, if such rows may be skipped.
pub(super) fn rows_of(
    (profiles, relations): (&ProfileStore, &Relations),
    customers: &[u64],
    argument: &'static str,
    keys: &dyn TextColumn,
    skip_unknown: bool,
) -> Result<Vec<Option<u32>>> {
    let known = relations.keys.reveal();
    let found = |key: &str| row_of(profiles, customers, *known.get(key)?);
    let rows: Vec<Option<u32>> = (0..keys.len()).map(|row| found(keys.get(row))).collect();
    match rows.iter().position(Option::is_none) {
        Some(row) if !skip_unknown => Err(unknown(argument).at_row(row)),
        _ => Ok(rows),
    }
}

pub(super) fn unknown(argument: &'static str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        argument,
        "has a key that no record has",
    )
}
