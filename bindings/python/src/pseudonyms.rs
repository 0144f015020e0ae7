//! `crm_core.idic`: freshness and pseudonyms.

use crm_core::idic::identify::normalise::CallingCode;
use crm_core::idic::identify::{self, Field, PseudonymKey};
use crm_core::ledger::TextColumn;
use crm_core_arrow::{NewColumn, NewTable, NewValues};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::buffers::detached;
use crate::categories::member;
use crate::error::Result;
use crate::identify::{PySchema, columns};
use crate::tables::{ArrowTable, OutTable};

/// The secret by which values become pseudonyms.
#[pyclass(frozen, name = "PseudonymKey", module = "crm_core._core")]
pub(crate) struct PyPseudonymKey(PseudonymKey);

impl PyPseudonymKey {
    pub(crate) fn core(&self) -> &PseudonymKey {
        &self.0
    }
}

#[pymethods]
impl PyPseudonymKey {
    #[new]
    fn new(key: &[u8]) -> Result<Self> {
        Ok(PyPseudonymKey(PseudonymKey::new(key)?))
    }

    fn pseudonym(&self, kind: &str, value: &str, calling_code: u16) -> Result<String> {
        let home = CallingCode::new(calling_code)?;
        Ok(self.0.pseudonym(member("kind", kind)?, value, home))
    }

    fn customer(&self, number: u64) -> String {
        self.0.customer(number)
    }

    /// The records of pseudonyms; sensitive values are left out.
    fn table(&self, py: Python<'_>, table: ArrowTable, schema: &PySchema) -> Result<OutTable> {
        detached(py, || {
            let schema = &schema.0;
            let given = columns(&table.0, schema)?;
            let hide = |(field, chunks): (&Field, &Vec<_>)| {
                let rows = chunks
                    .iter()
                    .flat_map(|chunk: &crm_core_arrow::TextChunk<'_>| {
                        (0..chunk.len()).map(move |row| chunk.get(row))
                    });
                let values: Vec<String> = rows
                    .map(|value| self.0.value(field, value, schema.calling_code()))
                    .collect();
                let valid: Vec<bool> = values.iter().map(|value| !value.is_empty()).collect();
                let values = NewValues::Texts(values.iter().collect());
                NewColumn::new(&field.name, values).with_validity(&valid)
            };
            NewTable::new(schema.fields().iter().zip(&given).map(hide).collect())
        })
        .map(OutTable::from)
    }
}

/// HMAC-SHA-256.
#[pyfunction]
pub(crate) fn hmac_sha256<'py>(py: Python<'py>, key: &[u8], message: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &identify::hmac_sha256(key, message))
}

/// 2^(−age/half-life).
#[pyfunction]
pub(crate) fn freshness(age: f64, half_life: f64) -> Result<f64> {
    Ok(identify::freshness(age, half_life)?)
}
