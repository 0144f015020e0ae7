//! Tables that go out.

use std::borrow::Cow;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use crm_core::{Error, ErrorKind, Result};

use crate::abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
use crate::bitmap::Bitmap;
use crate::new_texts::NewTexts;

/// A new table, whose consumers share the memory of its columns.
///
/// ```
/// use crm_core_arrow::{NewColumn, NewTable, NewValues, Table};
///
/// let table = NewTable::new(vec![
///     NewColumn::new("customer", NewValues::Integers(vec![7, 8])),
///     NewColumn::new("clv", NewValues::Floats(vec![379.08, 12.5])),
/// ])?;
/// let read = Table::read(table.stream())?;
/// assert_eq!(read.column("clv")?.floats()?, [379.08, 12.5]);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct NewTable {
    columns: Vec<Arc<NewColumn>>,
    rows: usize,
}

/// A column of a [`NewTable`].
#[derive(Debug)]
pub struct NewColumn {
    name: CString,
    values: NewValues,
    /// `None` if no value is missing.
    validity: Option<Validity>,
    /// The buffers of `values` that have another form than theirs.
    made: Made,
}

#[derive(Debug)]
struct Validity {
    /// One bit for each row, set where there is a value.
    bits: Vec<u8>,
    rows: usize,
    missing: usize,
}

/// The values of a [`NewColumn`].
#[derive(Debug)]
#[non_exhaustive]
pub enum NewValues {
    /// Floats.
    Floats(Vec<f64>),
    /// Integers.
    Integers(Vec<i64>),
    /// Days since 1970-01-01.
    Days(Vec<i32>),
    /// Naive time stamps: seconds since 1970-01-01T00:00:00.
    Seconds(Vec<i64>),
    /// Exact numbers in units of 10^−scale.
    Decimals(Vec<i128>, u32),
    /// Truth values.
    Booleans(Vec<bool>),
    /// Texts.
    Texts(NewTexts),
    /// Members of a category by their numbers, from 0, and the names of all members.
    Categories(Vec<u8>, Vec<&'static str>),
}

#[derive(Debug)]
enum Made {
    None,
    Bits(Vec<u8>),
    Categories(Vec<i32>, NewTexts),
}

impl NewColumn {
    /// A column in which no value is missing. A zero byte in the name ends it.
    #[must_use]
    pub fn new(name: &str, values: NewValues) -> Self {
        let name = name.split('\0').next().unwrap_or_default();
        let made = match &values {
            NewValues::Booleans(values) => Made::Bits(bits(values)),
            NewValues::Categories(codes, names) => {
                let codes = codes.iter().map(|&code| i32::from(code)).collect();
                Made::Categories(codes, names.iter().collect())
            }
            _ => Made::None,
        };
        NewColumn {
            name: CString::new(name).unwrap_or_default(),
            values,
            validity: None,
            made,
        }
    }

    /// A column of counts, as integers of 64 bits with a sign, so that their differences are right in
    /// every library.
    #[must_use]
    pub fn counts(name: &str, counts: impl IntoIterator<Item = u32>) -> Self {
        let integers = counts.into_iter().map(i64::from).collect();
        NewColumn::new(name, NewValues::Integers(integers))
    }

    /// The same column, missing where `valid` says false; `valid` has one element a row, or
    /// [`NewTable::new`] refuses the column.
    #[must_use]
    pub fn with_validity(mut self, valid: &[bool]) -> Self {
        self.validity = Some(Validity {
            bits: bits(valid),
            rows: valid.len(),
            missing: valid.iter().filter(|&&valid| !valid).count(),
        });
        self
    }

    /// A column of floats, missing where one is NaN.
    #[must_use]
    pub fn known_floats(name: &str, values: Vec<f64>) -> Self {
        let byte = |eight: &[f64]| {
            let from_highest = eight.iter().rev();
            from_highest.fold(0, |byte, value| byte << 1 | u8::from(!value.is_nan()))
        };
        let bits: Vec<u8> = values.chunks(8).map(byte).collect();
        let there: usize = bits.iter().map(|byte| byte.count_ones() as usize).sum();
        let validity = Validity {
            bits,
            rows: values.len(),
            missing: values.len() - there,
        };
        let mut column = NewColumn::new(name, NewValues::Floats(values));
        column.validity = Some(validity);
        column
    }

    fn rows(&self) -> usize {
        match &self.values {
            NewValues::Floats(v) => v.len(),
            NewValues::Integers(v) => v.len(),
            NewValues::Days(v) => v.len(),
            NewValues::Seconds(v) => v.len(),
            NewValues::Decimals(v, _) => v.len(),
            NewValues::Booleans(v) => v.len(),
            NewValues::Texts(v) => v.len(),
            NewValues::Categories(v, _) => v.len(),
        }
    }

    /// Has `rows` rows, as many in its validity, and a name for each of its members.
    fn check(&self, rows: usize) -> Result<()> {
        let name = || self.name.to_string_lossy().into_owned();
        let length = |of: &str, found: usize| {
            let reason = format!("must have length {rows}");
            Error::new(ErrorKind::LengthMismatch, name(), reason)
                .with_value(format_args!("{of} length {found}"))
        };
        if self.rows() != rows {
            return Err(length("of", self.rows()));
        }
        if let Some(validity) = self.validity.as_ref().filter(|v| v.rows != rows) {
            return Err(length("with a validity of", validity.rows));
        }
        let NewValues::Categories(codes, names) = &self.values else {
            return Ok(());
        };
        let greatest = codes.iter().max();
        if greatest.is_none_or(|&code| usize::from(code) < names.len()) {
            return Ok(());
        }
        let valid = self.validity.as_ref();
        let valid = valid.map(|v| Bitmap::new(&v.bits, 0, v.rows));
        let mut there = codes.iter().enumerate();
        let nameless = there.find(|&(row, &code)| {
            usize::from(code) >= names.len() && valid.is_none_or(|valid| valid.get(row))
        });
        match nameless {
            Some((row, code)) => {
                let reason = format!("must be less than {}, the number of names", names.len());
                Err(Error::new(ErrorKind::OutOfRange, name(), reason)
                    .with_value(code)
                    .at_row(row))
            }
            None => Ok(()),
        }
    }

    fn format(&self) -> Cow<'static, CStr> {
        Cow::Borrowed(match self.values {
            NewValues::Decimals(_, scale) => {
                let format = CString::new(format!("d:38,{scale}"));
                return Cow::Owned(format.unwrap_or_default());
            }
            NewValues::Floats(_) => c"g",
            NewValues::Integers(_) => c"l",
            NewValues::Days(_) => c"tdD",
            NewValues::Seconds(_) => c"tss:",
            NewValues::Booleans(_) => c"b",
            NewValues::Texts(_) => c"U",
            NewValues::Categories(..) => c"i",
        })
    }

    fn pointers(&self) -> Vec<*const c_void> {
        let mut pointers = match (&self.values, &self.made) {
            (_, Made::Bits(bits)) => vec![ptr::null(), bits.as_ptr().cast()],
            (_, Made::Categories(codes, _)) => vec![ptr::null(), codes.as_ptr().cast()],
            (NewValues::Floats(v), _) => vec![ptr::null(), v.as_ptr().cast()],
            (NewValues::Integers(v), _) => vec![ptr::null(), v.as_ptr().cast()],
            (NewValues::Days(v), _) => vec![ptr::null(), v.as_ptr().cast()],
            (NewValues::Seconds(v), _) => vec![ptr::null(), v.as_ptr().cast()],
            (NewValues::Decimals(v, _), _) => vec![ptr::null(), v.as_ptr().cast()],
            (NewValues::Texts(texts), _) => texts.pointers().to_vec(),
            // Made from these in `new`.
            (NewValues::Booleans(_) | NewValues::Categories(..), Made::None) => Vec::new(),
        };
        if let (Some(first), Some(validity)) = (pointers.first_mut(), &self.validity) {
            *first = validity.bits.as_ptr().cast();
        }
        pointers
    }
}

impl NewTable {
    /// A table of columns of equal length.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`], also of a column and its validity;
    /// [`ErrorKind::OutOfRange`] for a member of a category that has no name.
    pub fn new(columns: Vec<NewColumn>) -> Result<Self> {
        let rows = columns.first().map_or(0, NewColumn::rows);
        columns.iter().try_for_each(|column| column.check(rows))?;
        Ok(NewTable {
            columns: columns.into_iter().map(Arc::new).collect(),
            rows,
        })
    }

    /// The names of its columns.
    pub fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.columns
            .iter()
            .map(|column| column.name.to_string_lossy())
    }

    /// Takes the values of a column of floats or integers out of the table, without a copy. None, and the table stays as it
    /// is, for a column of another kind, one with missing values, one that a consumer reads, or none of this name.
    pub fn take(&mut self, name: &str) -> Option<NewValues> {
        let named = |column: &Arc<NewColumn>| column.name.to_bytes() == name.as_bytes();
        let place = self.columns.iter().position(named)?;
        let column = Arc::get_mut(self.columns.get_mut(place)?)?;
        let plain = matches!(column.values, NewValues::Floats(_) | NewValues::Integers(_));
        if !plain || column.validity.is_some() {
            return None;
        }
        let values = std::mem::replace(&mut column.values, NewValues::Floats(Vec::new()));
        self.columns.remove(place);
        Some(values)
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// A stream of the whole table in one batch.
    #[must_use]
    pub fn stream(&self) -> ArrowArrayStream {
        let state = Box::new(StreamState {
            table: self.clone(),
            done: false,
        });
        ArrowArrayStream {
            get_schema: Some(get_schema),
            get_next: Some(get_next),
            get_last_error: Some(get_last_error),
            release: Some(release_stream),
            private_data: Box::into_raw(state).cast(),
        }
    }

    /// Its schema: a struct of the columns.
    #[must_use]
    pub fn schema(&self) -> ArrowSchema {
        let children = self.columns.iter().map(|column| match &column.made {
            Made::Categories(..) => {
                let dictionary = schema(c"U".into(), c"".to_owned(), Vec::new(), None);
                schema(
                    column.format(),
                    column.name.clone(),
                    Vec::new(),
                    Some(dictionary),
                )
            }
            _ => schema(column.format(), column.name.clone(), Vec::new(), None),
        });
        schema(c"+s".into(), c"".to_owned(), children.collect(), None)
    }

    /// Its values: a struct of the columns.
    #[must_use]
    pub fn array(&self) -> ArrowArray {
        let children = self.columns.iter().map(|column| {
            let nulls = column.validity.as_ref().map_or(0, |v| v.missing);
            let dictionary = match &column.made {
                Made::Categories(_, names) => {
                    let entries = names.len();
                    let pointers = names.pointers().to_vec();
                    Some(part(Some(column), entries, 0, pointers, Vec::new(), None))
                }
                _ => None,
            };
            let (owner, pointers) = (Some(column), column.pointers());
            part(owner, self.rows, nulls, pointers, Vec::new(), dictionary)
        });
        let children = children.collect();
        part(None, self.rows, 0, vec![ptr::null()], children, None)
    }
}

/// An array whose buffers are those of `column`, which it keeps alive.
fn part(
    column: Option<&Arc<NewColumn>>,
    length: usize,
    null_count: usize,
    buffers: Vec<*const c_void>,
    children: Vec<ArrowArray>,
    dictionary: Option<ArrowArray>,
) -> ArrowArray {
    let mut parts = Box::new(ArrayParts {
        _column: column.map(Arc::clone),
        buffers,
        children: children
            .into_iter()
            .map(|c| Box::into_raw(Box::new(c)))
            .collect(),
        dictionary: dictionary.map_or(ptr::null_mut(), |d| Box::into_raw(Box::new(d))),
    });
    ArrowArray {
        length: count(length),
        null_count: count(null_count),
        offset: 0,
        n_buffers: count(parts.buffers.len()),
        n_children: count(parts.children.len()),
        buffers: parts.buffers.as_mut_ptr(),
        children: parts.children.as_mut_ptr(),
        dictionary: parts.dictionary,
        release: Some(release_array),
        private_data: Box::into_raw(parts).cast(),
    }
}

/// No vector is longer than this can say.
fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// One bit for each value, the first of a byte its lowest.
fn bits(values: &[bool]) -> Vec<u8> {
    let byte = |eight: &[bool]| {
        let from_highest = eight.iter().rev();
        from_highest.fold(0, |byte, &value| byte << 1 | u8::from(value))
    };
    values.chunks(8).map(byte).collect()
}

struct ArrayParts {
    _column: Option<Arc<NewColumn>>,
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
    dictionary: *mut ArrowArray,
}

struct SchemaParts {
    format: Cow<'static, CStr>,
    name: CString,
    children: Vec<*mut ArrowSchema>,
    dictionary: *mut ArrowSchema,
}

fn schema(
    format: Cow<'static, CStr>,
    name: CString,
    children: Vec<ArrowSchema>,
    dictionary: Option<ArrowSchema>,
) -> ArrowSchema {
    const NULLABLE: i64 = 2;
    let mut parts = Box::new(SchemaParts {
        format,
        name,
        children: children
            .into_iter()
            .map(|c| Box::into_raw(Box::new(c)))
            .collect(),
        dictionary: dictionary.map_or(ptr::null_mut(), |d| Box::into_raw(Box::new(d))),
    });
    ArrowSchema {
        format: parts.format.as_ptr(),
        name: parts.name.as_ptr(),
        metadata: ptr::null(),
        flags: NULLABLE,
        n_children: count(parts.children.len()),
        children: parts.children.as_mut_ptr(),
        dictionary: parts.dictionary,
        release: Some(release_schema),
        private_data: Box::into_raw(parts).cast(),
    }
}

unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    // SAFETY: the interface calls this once, with a schema that `schema` made; children and
    // dictionary are released with it.
    unsafe {
        let parts = Box::from_raw((*schema).private_data.cast::<SchemaParts>());
        for &part in parts.children.iter().filter(|p| !p.is_null()) {
            drop(Box::from_raw(part));
        }
        if !parts.dictionary.is_null() {
            drop(Box::from_raw(parts.dictionary));
        }
        (*schema).release = None;
    }
}

unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    // SAFETY: the interface calls this once, with an array that `part` made; a child that a
    // consumer moved out is released already, and dropping it does nothing.
    unsafe {
        let parts = Box::from_raw((*array).private_data.cast::<ArrayParts>());
        for &part in parts.children.iter().filter(|p| !p.is_null()) {
            drop(Box::from_raw(part));
        }
        if !parts.dictionary.is_null() {
            drop(Box::from_raw(parts.dictionary));
        }
        (*array).release = None;
    }
}

struct StreamState {
    table: NewTable,
    done: bool,
}

unsafe extern "C" fn get_schema(stream: *mut ArrowArrayStream, out: *mut ArrowSchema) -> c_int {
    // SAFETY: the interface calls this with a stream that `NewTable::stream` made and a place for
    // the schema.
    unsafe {
        let state = &*(*stream).private_data.cast::<StreamState>();
        out.write(state.table.schema());
    }
    0
}

unsafe extern "C" fn get_next(stream: *mut ArrowArrayStream, out: *mut ArrowArray) -> c_int {
    // SAFETY: as in `get_schema`.
    unsafe {
        let state = &mut *(*stream).private_data.cast::<StreamState>();
        let first = !std::mem::replace(&mut state.done, true);
        out.write(if first {
            state.table.array()
        } else {
            ArrowArray::empty()
        });
    }
    0
}

unsafe extern "C" fn get_last_error(_: *mut ArrowArrayStream) -> *const c_char {
    ptr::null()
}

unsafe extern "C" fn release_stream(stream: *mut ArrowArrayStream) {
    // SAFETY: the interface calls this once, with a stream that `NewTable::stream` made.
    unsafe {
        drop(Box::from_raw((*stream).private_data.cast::<StreamState>()));
        (*stream).release = None;
    }
}
