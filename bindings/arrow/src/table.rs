//! A table, read from a stream of batches.

use std::borrow::Cow;
use std::ffi::{CStr, c_char};

use rayon::prelude::*;

use crm_core::{Error, ErrorKind, Result};

use crate::abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
use crate::array::{Array, check_layout, reserved};
use crate::malformed;
use crate::parts::ROWS_PER_PART;
use crate::types::DataType;

/// Columns that may not be nested deeper than this: a chain of children could have no end.
const MAX_DEPTH: usize = 64;

/// A table in memory that somebody else made; it is handed back when this is dropped.
#[derive(Debug)]
pub struct Table {
    columns: Vec<(String, DataType)>,
    batches: Vec<ArrowArray>,
    rows: usize,
    /// Whether a batch is a struct of columns, or the only column itself.
    is_struct: bool,
}

/// One column of a [`Table`], in one or more chunks.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    table: &'a Table,
    index: usize,
    /// Its name in the table.
    pub name: &'a str,
    /// Its type.
    pub data_type: &'a DataType,
}

impl Table {
    /// Reads every batch of a stream. A stream of plain arrays is a table of one column.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] with the producer's message, or if it breaks the rules of the
    /// interface; [`ErrorKind::Missing`] if a whole row is null.
    pub fn read(mut stream: ArrowArrayStream) -> Result<Self> {
        let mut schema = ArrowSchema::empty();
        let (Some(get_schema), Some(get_next)) = (stream.get_schema, stream.get_next) else {
            return Err(malformed("table", "the stream is released"));
        };
        // SAFETY: the stream is not released, and fills the schema or returns an error number.
        let code = unsafe { get_schema(&mut stream, &mut schema) };
        if code != 0 {
            return Err(producer_failed(&mut stream, code));
        }
        let mut table = Table::from_schema(&schema)?;
        loop {
            let mut batch = ArrowArray::empty();
            // SAFETY: as above; a released array marks the end.
            let code = unsafe { get_next(&mut stream, &mut batch) };
            if code != 0 {
                return Err(producer_failed(&mut stream, code));
            }
            if batch.is_released() {
                return Ok(table);
            }
            table.push(batch)?;
        }
    }

    /// Takes one array: a struct of columns, or one column.
    ///
    /// # Errors
    /// As [`Table::read`].
    pub fn from_array(schema: &ArrowSchema, array: ArrowArray) -> Result<Self> {
        let mut table = Table::from_schema(schema)?;
        if array.is_released() {
            return Err(malformed("table", "the array is released"));
        }
        table.push(array)?;
        Ok(table)
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The names of the columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The column of this name.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is none or more than one.
    pub fn column(&self, name: &str) -> Result<Column<'_>> {
        let mut found = self
            .columns
            .iter()
            .enumerate()
            .filter(|(_, (n, _))| n == name);
        match (found.next(), found.next()) {
            (Some((index, (name, data_type))), None) => Ok(Column {
                table: self,
                index,
                name,
                data_type,
            }),
            (None, _) => {
                let names: Vec<&str> = self.names().collect();
                let reason = format!("is not a column of the table: it has {}", names.join(", "));
                Err(Error::new(ErrorKind::NotFound, name.to_owned(), reason))
            }
            _ => {
                let reason = "is the name of more than one column";
                Err(Error::new(ErrorKind::NotFound, name.to_owned(), reason))
            }
        }
    }

    fn from_schema(schema: &ArrowSchema) -> Result<Self> {
        if schema.is_released() {
            return Err(malformed("table", "the schema is released"));
        }
        let is_struct = text(schema.format) == Some("+s");
        let columns = if is_struct {
            let children = children(schema.children, schema.n_children)
                .ok_or_else(|| malformed("table", "the schema has missing children"))?;
            children
                .into_iter()
                .map(|child| field(child, 0))
                .collect::<Result<_>>()?
        } else {
            vec![field(schema, 0)?]
        };
        Ok(Table {
            columns,
            batches: Vec::new(),
            rows: 0,
            is_struct,
        })
    }

    fn push(&mut self, batch: ArrowArray) -> Result<()> {
        let (offset, length) = extent("table", &batch)?;
        if self.is_struct {
            self.check_struct(&batch, offset, length)?;
        } else if let Some((name, data_type)) = self.columns.first() {
            check_layout(name, data_type, &batch)?;
        }
        self.rows = self
            .rows
            .checked_add(length)
            .ok_or_else(|| malformed("table", "it has too many rows"))?;
        self.batches.push(batch);
        Ok(())
    }

    fn check_struct(&self, batch: &ArrowArray, offset: usize, length: usize) -> Result<()> {
        let children = children(batch.children, batch.n_children)
            .filter(|children| children.len() == self.columns.len())
            .ok_or_else(|| malformed("table", "a batch has not the columns of its schema"))?;
        for (child, (name, data_type)) in children.into_iter().zip(&self.columns) {
            let (_, rows) = extent(name, child)?;
            if offset.checked_add(length).is_none_or(|end| end > rows) {
                return Err(malformed(name, "it is shorter than its batch"));
            }
            check_layout(name, data_type, child)?;
        }
        let valid = Array::struct_validity(batch, offset, length)?;
        match valid.and_then(crate::Bitmap::first_unset) {
            Some(row) => Err(Error::new(ErrorKind::Missing, "table", "has a missing row")
                .at_row(self.rows + row)),
            None => Ok(()),
        }
    }
}

impl<'a> Column<'a> {
    /// Its chunks, one for each batch of the table; every column of a table is cut alike.
    pub fn chunks(self) -> impl Iterator<Item = Array<'a>> {
        self.table.batches.iter().filter_map(move |batch| {
            let (offset, length) = extent(self.name, batch).ok()?;
            if !self.table.is_struct {
                return Some(Array::new(self.name, self.data_type, batch, 0, length));
            }
            let child = children(batch.children, batch.n_children)?
                .into_iter()
                .nth(self.index)?;
            Some(Array::new(self.name, self.data_type, child, offset, length))
        })
    }

    /// The error that this column is not of the type that `wanted` says.
    #[must_use]
    pub fn wrong_type(self, wanted: &str) -> Error {
        wrong_type(self.name, self.data_type, wanted)
    }

    /// The first row, counted over all chunks, where the value is missing.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] if the producer broke the rules of the interface.
    pub fn first_missing(self) -> Result<Option<usize>> {
        let mut first_row = 0;
        for chunk in self.chunks() {
            if let Some(row) = chunk.first_missing()? {
                return Ok(Some(first_row + row));
            }
            first_row += chunk.len();
        }
        Ok(None)
    }

    /// All values as floats; NaN where one is missing.
    ///
    /// # Errors
    /// [`ErrorKind::WrongType`] if the column does not hold numbers; [`ErrorKind::Overflow`] if
    /// they do not fit into memory.
    pub fn floats(self) -> Result<Vec<f64>> {
        let chunks: Vec<_> = self
            .chunks()
            .map(|chunk| chunk.floats())
            .collect::<Result<_>>()?;
        let chunks = match <[_; 1]>::try_from(chunks) {
            Ok([Cow::Owned(floats)]) => return Ok(floats),
            Ok([only]) => vec![only],
            Err(chunks) => chunks,
        };
        // Rows without a type have no buffers that vouch for their number: is there memory for them?
        drop(reserved::<f64>(self.name, self.table.rows)?);
        Ok(in_one(&chunks))
    }
}

/// The values of all chunks in one vector.
pub(crate) fn in_one<T: Copy + Default + Send + Sync>(chunks: &[Cow<'_, [T]>]) -> Vec<T> {
    let mut values = vec![T::default(); chunks.iter().map(|chunk| chunk.len()).sum()];
    let mut rest = values.as_mut_slice();
    for chunk in chunks {
        let (own, others) = rest.split_at_mut(chunk.len());
        let parts = own.par_chunks_mut(ROWS_PER_PART);
        parts
            .zip(chunk.par_chunks(ROWS_PER_PART))
            .for_each(|(own, chunk)| own.copy_from_slice(chunk));
        rest = others;
    }
    values
}

pub(crate) fn wrong_type(column: &str, data_type: &DataType, wanted: &str) -> Error {
    Error::new(
        ErrorKind::WrongType,
        column.to_owned(),
        format!("must be {wanted}"),
    )
    .with_value(format_args!("of type {data_type}"))
}

/// Offset and length of an array.
pub(crate) fn extent(column: &str, array: &ArrowArray) -> Result<(usize, usize)> {
    match (usize::try_from(array.offset), usize::try_from(array.length)) {
        (Ok(offset), Ok(length)) if offset.checked_add(length).is_some() => Ok((offset, length)),
        _ => Err(malformed(column, "it has a negative length or offset")),
    }
}

fn field(schema: &ArrowSchema, depth: usize) -> Result<(String, DataType)> {
    let name = text(schema.name).unwrap_or_default().to_owned();
    if schema.is_released() || depth > MAX_DEPTH {
        return Err(malformed(&name, "its schema is released or has no end"));
    }
    let format = text(schema.format).ok_or_else(|| malformed(&name, "it has no type"))?;
    let plain = DataType::parse(format);
    // SAFETY: a schema that is not released has a dictionary that is valid or null.
    let Some(dictionary) = (unsafe { schema.dictionary.as_ref() }) else {
        return Ok((name, plain));
    };
    if !plain.is_integer() {
        return Err(malformed(
            &name,
            "its dictionary is not indexed by integers",
        ));
    }
    let (_, values) = field(dictionary, depth + 1)?;
    let data_type = DataType::Dictionary {
        index: Box::new(plain),
        values: Box::new(values),
    };
    Ok((name, data_type))
}

fn text<'a>(pointer: *const c_char) -> Option<&'a str> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: the texts of a schema that is not released end with a zero byte.
    unsafe { CStr::from_ptr(pointer) }.to_str().ok()
}

/// The children of an array or schema that is not released; `None` if one is missing.
fn children<'a, T>(pointers: *mut *mut T, count: i64) -> Option<Vec<&'a T>> {
    let count = usize::try_from(count).ok()?;
    if count == 0 {
        return Some(Vec::new());
    }
    if pointers.is_null() || count > isize::MAX as usize / size_of::<*mut T>() {
        return None;
    }
    // SAFETY: there are `count` pointers, each null or to a child that lives as long as its parent.
    unsafe { std::slice::from_raw_parts(pointers, count) }
        .iter()
        .map(|&child| unsafe { child.as_ref() })
        .collect()
}

fn producer_failed(stream: &mut ArrowArrayStream, code: i32) -> Error {
    let message = stream
        .get_last_error
        .map_or(std::ptr::null(), |get_last_error| {
            // SAFETY: the stream is not released and has just failed.
            unsafe { get_last_error(stream) }
        });
    let reason = match text(message) {
        Some(message) => format!("could not be read: {message}"),
        None => format!("could not be read: error number {code}"),
    };
    Error::new(ErrorKind::Unreadable, "table", reason)
}
