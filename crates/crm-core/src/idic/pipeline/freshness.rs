//! How fresh what is known of customers is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::idic::identify::store::{ClusterId, Origin, ProfileStore, SourceId};
use crate::idic::identify::{Provenance, Schema};
use crate::parallel;
use crate::units::Moment;

/// How fresh the profiles of customers are, by their rows; nothing where no field has a half-life.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Freshness {
    pub(super) scores: Vec<f64>,
    /// The fields whose value is older than its half-life, or of unknown age, the most important first.
    pub(super) stale: Vec<Vec<u32>>,
}

impl Freshness {
    pub(super) fn of(
        profiles: &ProfileStore,
        schema: &Schema,
        customers: &[u64],
        now: Moment,
    ) -> Result<Self> {
        if !is_asked(schema) {
            return Ok(Freshness::default());
        }
        let of = |row: usize| {
            let customer = customers.get(row).copied().unwrap_or_default();
            let profile = profiles.profile(ClusterId(customer), now)?;
            let stale = profile.stale.into_iter().map(|field| field as u32);
            Ok((profile.freshness, stale.collect()))
        };
        let found = parallel::map_range(customers.len(), of);
        let (scores, stale) = found.into_iter().collect::<Result<_>>()?;
        Ok(Freshness { scores, stale })
    }

    /// For so many customers, or none; and of fields below so many.
    pub(super) fn fits(&self, customers: usize, fields: usize) -> bool {
        let length = self.scores.len();
        (length == 0 || length == customers)
            && self.stale.len() == length
            && self
                .stale
                .iter()
                .flatten()
                .all(|&field| (field as usize) < fields)
    }
}

/// Whether a field has a half-life: without one nothing is stale, and times are perhaps no moments.
fn is_asked(schema: &Schema) -> bool {
    schema
        .fields()
        .iter()
        .any(|field| field.half_life.is_some())
}

/// Where the records of a round come from, and when: for each of them, if freshness is asked for and it is known when. A source is what
/// is trusted alike.
///
/// # Errors
/// `LengthMismatch`; `OutOfRange` for a trust that is not above 0 and at most 1, or a time that is no moment, with the row.
pub(super) fn origins(
    store: &mut ProfileStore,
    provenance: Provenance<'_>,
    records: usize,
) -> Result<Vec<Option<Origin>>> {
    let Some(times) = provenance
        .times
        .filter(|_| is_asked(store.model().schema()))
    else {
        return Ok(vec![None; records]);
    };
    if times.len() != records {
        return Err(Error::length("times", times.len(), records));
    }
    if let Some(trust) = provenance.trust.filter(|trust| trust.len() != records) {
        return Err(Error::length("trust", trust.len(), records));
    }
    let mut sources: BTreeMap<u64, SourceId> = BTreeMap::new();
    let mut origin = |row: usize, seconds: i64| -> Result<Option<Origin>> {
        let trust = provenance.trust.and_then(|trust| trust.get(row)).copied();
        let trust = trust.unwrap_or(1.0);
        let source = match sources.get(&trust.to_bits()) {
            Some(source) => *source,
            None => *sources
                .entry(trust.to_bits())
                .or_insert(store.set_source(&format!("trusted {trust}"), trust)?),
        };
        let time = Moment::from_seconds(seconds).map_err(|error| error.named("times"))?;
        Ok(Some(Origin { source, time }))
    };
    let each = times.iter().enumerate();
    each.map(|(row, &seconds)| origin(row, seconds).map_err(|error| error.at_row(row)))
        .collect()
}
