//! `crm_core.idic.ProfileStore`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crm_core::Result as CoreResult;
use crm_core::idic::identify::Explanation;
use crm_core::idic::identify::store::{Added, ClusterId, Match, MergeId, ProfileStore, RecordId};
use crm_core::units::Label;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::buffers::detached;
use crate::error::Result;
use crate::identify::{PyResolution, Told};

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
    fn new(py: Python<'_>, resolution: &PyResolution, threshold: f64) -> Result<Self> {
        let store = detached(py, || resolution.store(threshold))?;
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
    fn add(
        &self,
        py: Python<'_>,
        values: Vec<String>,
    ) -> Result<(u64, u64, Option<Found>, Option<Found>)> {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let Added {
            record,
            cluster,
            matched,
            doubtful,
        } = self.with(py, |store| store.add(&values))?;
        Ok((record.0, cluster.0, matched.map(found), doubtful.map(found)))
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
