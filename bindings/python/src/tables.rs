//! Tables that come in through the Arrow capsule protocol, and tables that go out.

use std::ffi::CStr;

use crm_core::{Error, ErrorKind};
use crm_core_arrow::abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
use crm_core_arrow::{NewTable, NewValues, Table};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::buffers::Numbers;
use crate::error::Result;

const STREAM: &CStr = c"arrow_array_stream";
const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";

/// Any table that speaks the Arrow capsule protocol: of pandas, polars, pyarrow, DuckDB, …
#[derive(Debug)]
pub(crate) struct ArrowTable(pub(crate) Table);

impl<'py> FromPyObject<'_, 'py> for ArrowTable {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(ArrowTable(read(&object)?))
    }
}

fn read(object: &Bound<'_, PyAny>) -> Result<Table> {
    if object.hasattr("__arrow_c_stream__")? {
        let capsule = object.call_method0("__arrow_c_stream__")?;
        let stream = take(&capsule, STREAM, ArrowArrayStream::take)?;
        return Ok(object.py().detach(|| Table::read(stream))?);
    }
    if object.hasattr("__arrow_c_array__")? {
        let capsules = object.call_method0("__arrow_c_array__")?;
        let (schema, array) = capsules.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let schema = take(&schema, SCHEMA, ArrowSchema::take)?;
        let array = take(&array, ARRAY, ArrowArray::take)?;
        return Ok(Table::from_array(&schema, array)?);
    }
    let reason = "must be a table of polars, pyarrow, DuckDB, pandas with pyarrow, or another \
                  with the Arrow capsule interface";
    let type_name = object.get_type().name()?;
    let error = Error::new(ErrorKind::WrongType, "table", reason);
    Err(error.with_value(format_args!("of type {type_name}")).into())
}

/// What a capsule of this name holds.
fn take<T>(
    capsule: &Bound<'_, PyAny>,
    name: &'static CStr,
    take: unsafe fn(*mut T) -> T,
) -> Result<T> {
    let capsule = capsule.cast::<PyCapsule>().map_err(PyErr::from)?;
    let pointer = capsule.pointer_checked(Some(name))?;
    #[expect(unsafe_code, reason = "the one place that opens a capsule")]
    // SAFETY: by the protocol, a capsule of this name points to this struct, which a consumer may
    // take; the capsule's destructor then finds it released.
    Ok(unsafe { take(pointer.as_ptr().cast()) })
}

/// A table that the core made. Every consumer shares its memory.
#[pyclass(name = "Table", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct OutTable(NewTable);

impl From<NewTable> for OutTable {
    fn from(table: NewTable) -> Self {
        OutTable(table)
    }
}

#[pymethods]
impl OutTable {
    /// The Arrow capsule protocol. The table is given in its own types, whatever is requested, as
    /// the protocol allows.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        PyCapsule::new_with_value(py, self.0.stream(), STREAM)
    }

    fn __len__(&self) -> usize {
        self.0.rows()
    }

    #[getter]
    fn names(&self) -> Vec<String> {
        self.0.names().map(std::borrow::Cow::into_owned).collect()
    }

    /// Takes a column out, for NumPy to own its memory; None for what is not plain numbers.
    fn take(&mut self, name: &str) -> Option<Numbers> {
        match self.0.take(name)? {
            NewValues::Floats(values) => Some(values.into()),
            NewValues::Integers(values) => Some(values.into()),
            _ => None,
        }
    }
}
