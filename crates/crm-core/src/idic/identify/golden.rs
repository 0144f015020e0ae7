use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::claim::Claim;
use super::cluster::Clusters;
use super::records::Records;
use crate::error::{Error, ErrorKind, Result};
use crate::parallel;
use crate::units::{Label, Terms};

/// Which of the values that the records of one customer have survives into its golden record. Missing values never do. Where the
/// rule does not decide, the earlier row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Survivorship {
    /// That of the most recent record.
    MostRecent = 0,
    /// That of the most trusted source.
    MostTrusted = 1,
    /// The one with the most characters, once normalised.
    Longest = 2,
    /// The one that most records have, once normalised; of those, the most recent.
    MostFrequent = 3,
    /// That of the record with the greatest trust · 2^(−age/half-life), by the half-life of the field; without one, the most trusted.
    /// Times are in seconds, trust is above 0.
    MostCredible = 4,
}

impl Label for Survivorship {
    const ALL: &'static [Self] = &[
        Survivorship::MostRecent,
        Survivorship::MostTrusted,
        Survivorship::Longest,
        Survivorship::MostFrequent,
        Survivorship::MostCredible,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Survivorship::MostRecent => ("most_recent", "most recent", "最新"),
            Survivorship::MostTrusted => ("most_trusted", "most trusted source", "最可信来源"),
            Survivorship::Longest => ("longest", "longest", "最长"),
            Survivorship::MostFrequent => ("most_frequent", "most frequent", "多数"),
            Survivorship::MostCredible => ("most_credible", "most credible", "最可信"),
        };
        Terms { name, en, zh }
    }
}

/// Where records come from and when they were made, a value for each.
#[derive(Debug, Clone, Copy, Default)]
pub struct Provenance<'a> {
    /// When, in any unit: the greater, the more recent.
    pub times: Option<&'a [i64]>,
    /// How much its source is trusted: the greater, the more.
    pub trust: Option<&'a [f64]>,
}

/// One record for each customer, and where each of its values comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoldenRecords {
    /// The cluster of each customer, ascending.
    pub clusters: Vec<u32>,
    /// How many records each customer has.
    pub sizes: Vec<u32>,
    /// By field: for each customer the row that its value comes from; `None` if no record has one.
    pub sources: Vec<Vec<Option<u32>>>,
    /// By field: for how many customers records differ in it, once normalised.
    pub conflicts: Vec<usize>,
}

/// Makes one record of those of each cluster, by a rule for each field.
///
/// # Errors
/// [`ErrorKind::LengthMismatch`] unless there is a rule for each field, and a cluster, a time and a trust for each record;
/// [`ErrorKind::Missing`] if a rule needs times or trust that are not given; [`ErrorKind::NotFinite`] for a trust that is;
/// [`ErrorKind::OutOfRange`] for a trust that is not above 0 where the most credible value survives.
pub fn golden_records(
    records: &Records,
    clusters: &Clusters,
    rules: &[Survivorship],
    provenance: Provenance<'_>,
) -> Result<GoldenRecords> {
    check(records, clusters, rules, provenance)?;
    let mut rows: Vec<(u32, u32)> = clusters.of_record.iter().copied().zip(0..).collect();
    parallel::sort_by_key(&mut rows, |&row| row);
    let customers: Vec<&[(u32, u32)]> = rows.chunk_by(|a, b| a.0 == b.0).collect();
    let fields = parallel::map(
        rules.iter().copied().enumerate().collect(),
        |(field, rule): (usize, Survivorship)| {
            let survivor = |rows: &&[(u32, u32)]| survivor(records, field, rule, provenance, rows);
            let differ = |rows: &&&[(u32, u32)]| {
                let mut numbers = rows
                    .iter()
                    .filter_map(|&(_, row)| records.number(row as usize, field));
                let first = numbers.next();
                numbers.any(|number| Some(number) != first)
            };
            let sources: Vec<Option<u32>> = customers.iter().map(survivor).collect();
            (sources, customers.iter().filter(differ).count())
        },
    );
    let (sources, conflicts) = fields.into_iter().unzip();
    Ok(GoldenRecords {
        clusters: customers
            .iter()
            .filter_map(|rows| rows.first())
            .map(|&(cluster, _)| cluster)
            .collect(),
        sizes: customers.iter().map(|rows| rows.len() as u32).collect(),
        sources,
        conflicts,
    })
}

fn check(
    records: &Records,
    clusters: &Clusters,
    rules: &[Survivorship],
    provenance: Provenance<'_>,
) -> Result<()> {
    if rules.len() != records.fields() {
        return Err(Error::length("rules", rules.len(), records.fields()));
    }
    let lengths = [
        ("clusters", Some(clusters.of_record.len())),
        ("times", provenance.times.map(<[i64]>::len)),
        ("trust", provenance.trust.map(<[f64]>::len)),
    ];
    for (argument, length) in lengths {
        if let Some(length) = length.filter(|&length| length != records.len()) {
            return Err(Error::length(argument, length, records.len()));
        }
    }
    let missing = |argument| {
        Err(Error::new(
            ErrorKind::Missing,
            argument,
            "must be given for this rule",
        ))
    };
    let needs = |rule| rules.contains(&rule) || rules.contains(&Survivorship::MostCredible);
    if needs(Survivorship::MostRecent) && provenance.times.is_none() {
        return missing("times");
    }
    if needs(Survivorship::MostTrusted) && provenance.trust.is_none() {
        return missing("trust");
    }
    let untold = provenance
        .trust
        .and_then(|trust| trust.iter().position(|trust| trust.is_nan()));
    if let Some(row) = untold {
        return Err(Error::not_finite("trust", f64::NAN).at_row(row));
    }
    let least = provenance
        .trust
        .filter(|_| rules.contains(&Survivorship::MostCredible));
    match least.and_then(|trust| trust.iter().position(|&trust| trust <= 0.0)) {
        Some(row) => {
            Err(Error::new(ErrorKind::OutOfRange, "trust", "must be greater than 0").at_row(row))
        }
        None => Ok(()),
    }
}

/// The row whose value survives.
fn survivor(
    records: &Records,
    field: usize,
    rule: Survivorship,
    provenance: Provenance<'_>,
    rows: &[(u32, u32)],
) -> Option<u32> {
    let present = rows
        .iter()
        .map(|&(_, row)| row as usize)
        .filter(|&row| records.number(row, field).is_some());
    let time = |row: usize| {
        provenance
            .times
            .and_then(|times| times.get(row))
            .copied()
            .unwrap_or_default()
    };
    let trust = |row: usize| {
        provenance
            .trust
            .and_then(|trust| trust.get(row))
            .copied()
            .unwrap_or_default()
    };
    let longest = |row: usize| {
        records
            .value(row, field)
            .map_or(0, |value| value.chars().count())
    };
    // `max_by` takes the last of those alike: the rows go backwards.
    let backwards = present.collect::<Vec<usize>>().into_iter().rev();
    let best = match rule {
        Survivorship::MostRecent => backwards.max_by_key(|&row| time(row)),
        Survivorship::MostTrusted => {
            backwards.max_by(|&a, &b| trust(a).total_cmp(&trust(b)).then(time(a).cmp(&time(b))))
        }
        Survivorship::MostCredible => {
            let claim = |row: usize| Claim {
                trust: trust(row),
                seconds: time(row),
            };
            let half_life = records.half_life(field);
            backwards.max_by(|&a, &b| claim(a).compare(&claim(b), half_life))
        }
        Survivorship::Longest => backwards.max_by_key(|&row| (longest(row), time(row))),
        Survivorship::MostFrequent => {
            let mut votes: HashMap<u32, u32, foldhash::fast::FixedState> = HashMap::default();
            for number in backwards
                .clone()
                .filter_map(|row| records.number(row, field))
            {
                *votes.entry(number).or_default() += 1;
            }
            let votes = |row| {
                records
                    .number(row, field)
                    .and_then(|number| votes.get(&number))
                    .copied()
            };
            backwards.max_by_key(|&row| (votes(row), time(row)))
        }
    };
    best.map(|row| row as u32)
}
