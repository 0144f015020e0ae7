//! `crm_core.idic.ProfileStore`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crm_core::Result as CoreResult;
use crm_core::idic::identify::Explanation;
use crm_core::idic::identify::store::{
    Added, ClusterId, Conflict, Match, MergeId, Origin, ProfileStore, ProfileValue, RecordId,
    Source, SourceId,
};
use crm_core::units::{Label, Moment};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::buffers::detached;
use crate::error::Result;
use crate::identify::{PyResolution, Told};

/// Number of a source, seconds since 1970-01-01.
type GivenOrigin = (u16, i64);
/// Values (value, record, origin, freshness), freshness, stale fields, conflicts (field, stands, overruled, ground).
type Profile = (
    Vec<Option<(String, u64, Option<GivenOrigin>, Option<f64>)>>,
    f64,
    Vec<usize>,
    Vec<(usize, u64, u64, &'static str)>,
);
/// Record, cluster, weight, probability.
type Found = (u64, u64, f64, f64);

/// The profiles of customers; calls from several threads wait for each other.
#[pyclass(frozen, name = "ProfileStore", module = "crm_core._core")]
pub(crate) struct PyProfileStore(Mutex<ProfileStore>);

impl PyProfileStore {
    fn lock(&self) -> MutexGuard<'_, ProfileStore> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&mut ProfileStore) -> CoreResult<T> + Send,
    ) -> Result<T> {
        detached(py, || call(&mut self.lock()))
    }
}

#[pymethods]
impl PyProfileStore {
    #[new]
    fn new(
        py: Python<'_>,
        resolution: &PyResolution,
        threshold: f64,
        review_threshold: Option<f64>,
    ) -> Result<Self> {
        let store = detached(py, || resolution.store(threshold, review_threshold))?;
        Ok(PyProfileStore(Mutex::new(store)))
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, state: &[u8]) -> Result<Self> {
        let store = detached(py, || ProfileStore::from_bytes(state))?;
        Ok(PyProfileStore(Mutex::new(store)))
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>> {
        let bytes = self.with(py, |store| Ok(store.to_bytes()))?;
        Ok(PyBytes::new(py, &bytes))
    }

    #[getter]
    fn names(&self) -> Vec<String> {
        self.lock()
            .model()
            .schema()
            .fields()
            .iter()
            .map(|field| field.name.clone())
            .collect()
    }

    fn __len__(&self) -> usize {
        self.lock().len()
    }

    fn matches(
        &self,
        py: Python<'_>,
        values: Vec<String>,
        least_probability: f64,
    ) -> Result<Vec<Found>> {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let matches = self.with(py, |store| store.matches(&values, least_probability))?;
        Ok(matches.into_iter().map(found).collect())
    }

    /// Record, cluster, best match, doubtful match.
    #[pyo3(signature = (values, origin=None))]
    fn add(
        &self,
        py: Python<'_>,
        values: Vec<String>,
        origin: Option<GivenOrigin>,
    ) -> Result<(u64, u64, Option<Found>, Option<Found>)> {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let origin = origin.map(read_origin).transpose()?;
        let Added {
            record,
            cluster,
            matched,
            doubtful,
        } = self.with(py, |store| match origin {
            Some(origin) => store.add_from(&values, origin),
            None => store.add(&values),
        })?;
        Ok((record.0, cluster.0, matched.map(found), doubtful.map(found)))
    }

    fn set_source(&self, py: Python<'_>, name: &str, trust: f64) -> Result<u16> {
        self.with(py, |store| Ok(store.set_source(name, trust)?.0))
    }

    /// Name and trust of each source.
    #[getter]
    fn sources(&self) -> Vec<(String, f64)> {
        let source = |source: &Source| (source.name.clone(), source.trust);
        self.lock().sources().iter().map(source).collect()
    }

    fn set_origin(&self, py: Python<'_>, record: u64, origin: GivenOrigin) -> Result<()> {
        let origin = read_origin(origin)?;
        self.with(py, |store| store.set_origin(RecordId(record), origin))
    }

    /// Record, and what the update did to each field.
    fn update(
        &self,
        py: Python<'_>,
        cluster: u64,
        values: Vec<String>,
        origin: GivenOrigin,
    ) -> Result<(u64, Vec<&'static str>)> {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let origin = read_origin(origin)?;
        let updated = self.with(py, |store| {
            store.update(ClusterId(cluster), &values, origin)
        })?;
        let fields = updated.fields.into_iter().map(Label::name).collect();
        Ok((updated.record.0, fields))
    }

    fn profile(&self, py: Python<'_>, cluster: u64, now: i64) -> Result<Profile> {
        let now = Moment::from_seconds(now).map_err(|error| error.named("now"))?;
        let profile = self.with(py, |store| store.profile(ClusterId(cluster), now))?;
        let value = |value: ProfileValue| {
            let origin = value.origin.map(|o| (o.source.0, o.time.seconds()));
            (
                value.value.reveal().clone(),
                value.record.0,
                origin,
                value.freshness,
            )
        };
        let conflict = |c: Conflict| (c.field, c.stands.0, c.overruled.0, c.ground.name());
        Ok((
            profile
                .fields
                .into_iter()
                .map(|field| field.map(value))
                .collect(),
            profile.freshness,
            profile.stale,
            profile.conflicts.into_iter().map(conflict).collect(),
        ))
    }

    fn explain(&self, py: Python<'_>, values: Vec<String>, record: u64) -> Result<Told> {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let why = self.with(py, |store| store.explain(&values, RecordId(record)))?;
        let Explanation {
            prior,
            fields,
            weight,
            probability,
        } = why;
        let fields = fields
            .iter()
            .map(|f| (f.level.name(), f.weight, f.term_frequency))
            .collect();
        Ok((prior, fields, weight, probability))
    }

    fn cluster(&self, py: Python<'_>, record: u64) -> Result<u64> {
        self.with(py, |store| Ok(store.cluster(RecordId(record))?.0))
    }

    fn members(&self, py: Python<'_>, cluster: u64) -> Result<Vec<u64>> {
        let members = self.with(py, |store| Ok(store.members(ClusterId(cluster))))?;
        Ok(members.into_iter().map(|record| record.0).collect())
    }

    fn merge(&self, py: Python<'_>, kept: u64, ended: u64) -> Result<u64> {
        self.with(py, |store| {
            Ok(store.merge(ClusterId(kept), ClusterId(ended))?.0)
        })
    }

    fn undo(&self, py: Python<'_>, merge: u64) -> Result<u64> {
        self.with(py, |store| Ok(store.undo(MergeId(merge))?.0))
    }

    fn split(&self, py: Python<'_>, cluster: u64, records: Vec<u64>) -> Result<u64> {
        let records: Vec<RecordId> = records.into_iter().map(RecordId).collect();
        self.with(py, |store| Ok(store.split(ClusterId(cluster), &records)?.0))
    }

    /// Records, values by field, index entries, merges.
    fn erase(&self, py: Python<'_>, cluster: u64) -> Result<(Vec<u64>, Vec<usize>, usize, usize)> {
        let erasure = self.with(py, |store| store.erase(ClusterId(cluster)))?;
        Ok((
            erasure.records,
            erasure.values,
            erasure.index_entries,
            erasure.merges,
        ))
    }
}

fn read_origin((source, at): GivenOrigin) -> CoreResult<Origin> {
    Ok(Origin {
        source: SourceId(source),
        time: Moment::from_seconds(at).map_err(|error| error.named("at"))?,
    })
}

fn found(
    Match {
        record,
        cluster,
        weight,
        probability,
    }: Match,
) -> Found {
    (record.0, cluster.0, weight, probability)
}
