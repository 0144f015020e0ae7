//! One chunk of a column, as safe slices.

use std::borrow::Cow;

use crm_core::{Error, ErrorKind, Result};

use crate::abi::ArrowArray;
use crate::bitmap::Bitmap;
use crate::table::{extent, wrong_type};
use crate::text::{Texts, View};
use crate::types::DataType;
use crate::{decimal, malformed};

/// One chunk of a column. Rows are counted from the start of the chunk.
///
/// Where a value is missing, [`Array::floats`] gives NaN, [`Array::texts`] an empty text, and the
/// others whatever number the producer left there: look at [`Array::validity`] first.
#[derive(Debug, Clone, Copy)]
pub struct Array<'a> {
    column: &'a str,
    data_type: &'a DataType,
    raw: &'a ArrowArray,
    offset: usize,
    len: usize,
}

/// Checks what the reading functions of [`Array`] rely on: the number of buffers and the dictionary.
pub(crate) fn check_layout(column: &str, data_type: &DataType, raw: &ArrowArray) -> Result<()> {
    use DataType::{Dictionary, LargeUtf8, Null, Other, Utf8, Utf8View};
    let buffers = usize::try_from(raw.n_buffers)
        .map_err(|_| malformed(column, "it has a negative number of buffers"))?;
    let right = match data_type {
        Null | Other(_) => true,
        Utf8 | LargeUtf8 => buffers == 3,
        Utf8View => buffers >= 3,
        _ => buffers == 2,
    };
    if !right || (raw.buffers.is_null() && buffers > 0) {
        return Err(malformed(
            column,
            format_args!("it has {buffers} buffers for {data_type}"),
        ));
    }
    extent(column, raw)?;
    let Dictionary { values, .. } = data_type else {
        return Ok(());
    };
    // SAFETY: an array that is not released has a dictionary that is valid or null.
    match unsafe { raw.dictionary.as_ref() } {
        Some(dictionary) => check_layout(column, values, dictionary),
        None => Err(malformed(column, "its dictionary is missing")),
    }
}

impl<'a> Array<'a> {
    /// `len` rows of `raw` from its row `offset` on. [`check_layout`] must have passed.
    pub(crate) fn new(
        column: &'a str,
        data_type: &'a DataType,
        raw: &'a ArrowArray,
        offset: usize,
        len: usize,
    ) -> Self {
        let offset = offset + usize::try_from(raw.offset).unwrap_or(0);
        Array {
            column,
            data_type,
            raw,
            offset,
            len,
        }
    }

    /// Which rows of a struct are there.
    pub(crate) fn struct_validity(
        raw: &'a ArrowArray,
        offset: usize,
        len: usize,
    ) -> Result<Option<Bitmap<'a>>> {
        if raw.n_buffers != 1 || raw.buffers.is_null() {
            return Err(malformed("table", "a batch has not one buffer"));
        }
        Array {
            column: "table",
            data_type: &DataType::Boolean,
            raw,
            offset,
            len,
        }
        .validity()
    }

    /// How many rows it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Its type.
    #[must_use]
    pub fn data_type(&self) -> &'a DataType {
        self.data_type
    }

    /// Which rows have a value; `None` if all have.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] if the producer broke the rules of the interface.
    pub fn validity(&self) -> Result<Option<Bitmap<'a>>> {
        if *self.data_type == DataType::Null {
            return Ok(Some(Bitmap::new(&[], 0, self.len)));
        }
        // Pointers are read for the buffers that are sure to be there: all types but these have one.
        if self.raw.null_count == 0 || matches!(self.data_type, DataType::Other(_)) {
            return Ok(None);
        }
        if self.pointer(0).is_null() {
            return match self.raw.null_count {
                1.. => Err(malformed(
                    self.column,
                    "it has nulls and does not say where",
                )),
                _ => Ok(None),
            };
        }
        let bytes = self.bytes(0, 0, (self.offset + self.len).div_ceil(8))?;
        Ok(Some(Bitmap::new(bytes, self.offset, self.len)))
    }

    /// The first row without a value. A dictionary's entry may be missing too.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] if the producer broke the rules of the interface.
    pub fn first_missing(&self) -> Result<Option<usize>> {
        let Some(valid) = self.validity()? else {
            return self.first_missing_entry(None);
        };
        match valid.first_unset() {
            Some(row) => Ok(Some(row)),
            None => self.first_missing_entry(Some(valid)),
        }
    }

    /// Refuses a missing value.
    ///
    /// # Errors
    /// [`ErrorKind::Missing`] with the row.
    pub fn check_complete(&self) -> Result<()> {
        match self.first_missing()? {
            Some(row) => {
                let reason = "must not be missing";
                Err(Error::new(ErrorKind::Missing, self.column.to_owned(), reason).at_row(row))
            }
            None => Ok(()),
        }
    }

    fn first_missing_entry(&self, valid: Option<Bitmap<'a>>) -> Result<Option<usize>> {
        let (DataType::Dictionary { .. }, Some(entries)) = (self.data_type, self.entries()) else {
            return Ok(None);
        };
        let Some(there) = entries.validity()? else {
            return Ok(None);
        };
        let codes = self.codes()?;
        let missing = |&(row, &code): &(usize, &u32)| {
            valid.is_none_or(|valid| valid.get(row)) && !there.get(code as usize)
        };
        Ok(codes.iter().enumerate().find(missing).map(|(row, _)| row))
    }

    /// Any numbers as floats, in place where they are: NaN where one is missing, the nearest float
    /// where an integer or a decimal has more digits.
    ///
    /// # Errors
    /// [`ErrorKind::WrongType`] for other types; [`ErrorKind::Overflow`] for more rows without a
    /// type than fit into memory.
    pub fn floats(&self) -> Result<Cow<'a, [f64]>> {
        let values: Cow<'a, [f64]> = match self.data_type {
            DataType::Null => return self.no_values(f64::NAN).map(Cow::Owned),
            DataType::Float64 => self.values::<f64>()?.into(),
            DataType::Float32 => convert(self.values::<f32>()?, f64::from).into(),
            DataType::Int64 => convert(self.values::<i64>()?, |v| v as f64).into(),
            DataType::UInt64 => convert(self.values::<u64>()?, |v| v as f64).into(),
            DataType::Decimal { bits, scale, .. } => self
                .decimals(*bits)?
                .map(|integer| integer.map_or(f64::NAN, |i| decimal::float(i, *scale)))
                .collect(),
            other if other.is_integer() => convert(&self.integers()?, |v| v as f64).into(),
            _ => return Err(self.wrong_type("a number")),
        };
        let Some(valid) = self.validity()? else {
            return Ok(values);
        };
        let known = valid.iter().zip(values.iter());
        Ok(known
            .map(|(valid, &value)| if valid { value } else { f64::NAN })
            .collect())
    }

    /// Integers of any width, in place if they have 64 bits.
    ///
    /// # Errors
    /// [`ErrorKind::WrongType`] for other types, [`ErrorKind::Overflow`] from 2⁶³ on.
    pub fn integers(&self) -> Result<Cow<'a, [i64]>> {
        Ok(match self.data_type {
            DataType::Null => self.no_values(0)?.into(),
            DataType::Int64 => self.values::<i64>()?.into(),
            DataType::Int32 => convert(self.values::<i32>()?, i64::from).into(),
            DataType::Int16 => convert(self.values::<i16>()?, i64::from).into(),
            DataType::Int8 => convert(self.values::<i8>()?, i64::from).into(),
            DataType::UInt32 => convert(self.values::<u32>()?, i64::from).into(),
            DataType::UInt16 => convert(self.values::<u16>()?, i64::from).into(),
            DataType::UInt8 => convert(self.values::<u8>()?, i64::from).into(),
            DataType::UInt64 => {
                let valid = self.validity()?;
                let narrow = |(row, &value): (usize, &u64)| match i64::try_from(value) {
                    Ok(value) => Ok(value),
                    Err(_) if valid.is_some_and(|valid| !valid.get(row)) => Ok(0),
                    Err(_) => Err(self.overflow(row, value)),
                };
                let values = self.values::<u64>()?.iter().enumerate();
                values.map(narrow).collect::<Result<Vec<_>>>()?.into()
            }
            _ => return Err(self.wrong_type("an integer")),
        })
    }

    /// Decimals as whole numbers of 10^−scale, and the scale. Integers have scale 0.
    ///
    /// # Errors
    /// [`ErrorKind::WrongType`] for other types or a negative scale; [`ErrorKind::Overflow`] for a
    /// number beyond 64 bits.
    pub fn minor_units(&self) -> Result<(Cow<'a, [i64]>, u32)> {
        let &DataType::Decimal { bits, scale, .. } = self.data_type else {
            return match self.integers() {
                Ok(integers) => Ok((integers, 0)),
                Err(error) if error.kind() == ErrorKind::Overflow => Err(error),
                Err(_) => Err(self.wrong_type("a decimal")),
            };
        };
        let scale =
            u32::try_from(scale).map_err(|_| self.wrong_type("a decimal of scale 0 or more"))?;
        let valid = self.validity()?;
        let narrow = |(row, integer): (usize, Option<i128>)| match integer
            .and_then(|integer| i64::try_from(integer).ok())
        {
            Some(units) => Ok(units),
            None if valid.is_some_and(|valid| !valid.get(row)) => Ok(0),
            None => Err(self.overflow(row, "beyond 64 bits")),
        };
        let units: Vec<i64> = self
            .decimals(bits)?
            .enumerate()
            .map(narrow)
            .collect::<Result<_>>()?;
        Ok((units.into(), scale))
    }

    /// Dates as days since 1970-01-01.
    ///
    /// # Errors
    /// [`ErrorKind::WrongType`] for other types; [`ErrorKind::Overflow`] for a day beyond 32 bits.
    pub fn days(&self) -> Result<Cow<'a, [i32]>> {
        match self.data_type {
            DataType::Null => self.no_values(0).map(Cow::Owned),
            DataType::Date32 => Ok(self.values::<i32>()?.into()),
            DataType::Date64 => {
                let valid = self.validity()?;
                let day = |(row, &millis): (usize, &i64)| match i32::try_from(
                    millis.div_euclid(86_400_000),
                ) {
                    Ok(day) => Ok(day),
                    Err(_) if valid.is_some_and(|valid| !valid.get(row)) => Ok(0),
                    Err(_) => Err(self.overflow(row, millis)),
                };
                let values = self.values::<i64>()?.iter().enumerate();
                Ok(values.map(day).collect::<Result<Vec<_>>>()?.into())
            }
            _ => Err(self.wrong_type("a date")),
        }
    }

    /// Timestamps as ticks since 1970-01-01T00:00:00; their unit and zone are in the type.
    ///
    /// # Errors
    /// [`ErrorKind::WrongType`] for other types.
    pub fn ticks(&self) -> Result<&'a [i64]> {
        match self.data_type {
            DataType::Timestamp { .. } => self.values(),
            _ => Err(self.wrong_type("a timestamp")),
        }
    }

    /// Truth values; `false` where one is missing.
    ///
    /// # Errors
    /// [`ErrorKind::WrongType`] for other types.
    pub fn booleans(&self) -> Result<Bitmap<'a>> {
        if *self.data_type != DataType::Boolean {
            return Err(self.wrong_type("a boolean"));
        }
        let bytes = self.bytes(1, 0, (self.offset + self.len).div_ceil(8))?;
        Ok(Bitmap::new(bytes, self.offset, self.len))
    }

    /// Texts, not copied.
    ///
    /// # Errors
    /// [`ErrorKind::WrongType`] for other types; [`ErrorKind::Unreadable`] if one is not UTF-8.
    pub fn texts(&self) -> Result<Texts<'a>> {
        if self.len == 0 && self.data_type.is_text() {
            return Ok(Texts::none());
        }
        let valid = self.validity()?;
        match self.data_type {
            DataType::Utf8 => {
                let offsets = self.slice::<i32>(1, self.offset, self.len + 1)?;
                let end = offsets.last().map_or(0, |&end| i64::from(end));
                Texts::short(self.column, offsets, self.data(end)?, valid)
            }
            DataType::LargeUtf8 => {
                let offsets = self.slice::<i64>(1, self.offset, self.len + 1)?;
                let end = offsets.last().copied().unwrap_or(0);
                Texts::long(self.column, offsets, self.data(end)?, valid)
            }
            DataType::Utf8View => {
                let views = self.slice::<View>(1, self.offset, self.len)?;
                Texts::views(self.column, views, self.view_buffers()?, valid)
            }
            _ => Err(self.wrong_type("a text")),
        }
    }

    /// For each row the number of its text, and the texts. The number of a row without a value
    /// is 0.
    ///
    /// # Errors
    /// [`ErrorKind::WrongType`] for other types; [`ErrorKind::Unreadable`] for a number that the
    /// dictionary does not have.
    pub fn dictionary(&self) -> Result<(Vec<u32>, Texts<'a>)> {
        match (self.data_type, self.entries()) {
            (DataType::Dictionary { values, .. }, Some(entries)) if values.is_text() => {
                Ok((self.codes()?, entries.texts()?))
            }
            _ => Err(self.wrong_type("a dictionary of texts")),
        }
    }

    /// The error that this column is not of the type that `wanted` says.
    #[must_use]
    pub fn wrong_type(&self, wanted: &str) -> Error {
        wrong_type(self.column, self.data_type, wanted)
    }

    pub(crate) fn overflow(&self, row: usize, value: impl std::fmt::Display) -> Error {
        let reason = "does not fit into the number type";
        Error::new(ErrorKind::Overflow, self.column.to_owned(), reason)
            .with_value(value)
            .at_row(row)
    }

    fn entries(&self) -> Option<Array<'a>> {
        let DataType::Dictionary { values, .. } = self.data_type else {
            return None;
        };
        // SAFETY: `check_layout` has seen the dictionary; it lives as long as its array.
        let dictionary = unsafe { self.raw.dictionary.as_ref() }?;
        let (_, len) = extent(self.column, dictionary).ok()?;
        Some(Array::new(self.column, values, dictionary, 0, len))
    }

    fn codes(&self) -> Result<Vec<u32>> {
        let (DataType::Dictionary { index, .. }, Some(entries)) = (self.data_type, self.entries())
        else {
            return Err(self.wrong_type("a dictionary of texts"));
        };
        let valid = self.validity()?;
        let numbers = Array {
            data_type: index,
            ..*self
        }
        .integers()?;
        let code = |(row, &number): (usize, &i64)| {
            if valid.is_some_and(|valid| !valid.get(row)) {
                return Ok(0);
            }
            u32::try_from(number)
                .ok()
                .filter(|&code| (code as usize) < entries.len)
                .ok_or_else(|| {
                    malformed(
                        self.column,
                        format_args!("its dictionary has no entry {number}"),
                    )
                    .at_row(row)
                })
        };
        numbers.iter().enumerate().map(code).collect()
    }

    /// The texts' bytes, up to `end`.
    fn data(&self, end: i64) -> Result<&'a [u8]> {
        let end =
            usize::try_from(end).map_err(|_| malformed(self.column, "it has a negative offset"))?;
        self.bytes(2, 0, end)
    }

    fn view_buffers(&self) -> Result<Vec<&'a [u8]>> {
        let buffers = usize::try_from(self.raw.n_buffers).unwrap_or(0);
        let lengths = self.slice::<i64>(buffers - 1, 0, buffers - 3)?;
        let buffer = |(i, &length): (usize, &i64)| match usize::try_from(length) {
            Ok(length) => self.bytes(2 + i, 0, length),
            Err(_) => Err(malformed(self.column, "it has a buffer of negative length")),
        };
        lengths.iter().enumerate().map(buffer).collect()
    }

    fn decimals(&self, bits: u16) -> Result<impl Iterator<Item = Option<i128>> + use<'a>> {
        let width = usize::from(bits / 8);
        let (Some(offset), Some(len)) =
            (self.offset.checked_mul(width), self.len.checked_mul(width))
        else {
            return Err(malformed(self.column, "it is too long"));
        };
        let bytes = self.bytes(1, offset, len)?;
        Ok(bytes.chunks_exact(width).map(decimal::integer))
    }

    /// `value` for each row of a column that has no buffer: only its claimed length bounds it.
    fn no_values<T: Clone>(&self, value: T) -> Result<Vec<T>> {
        let mut values = reserved(self.column, self.len)?;
        values.resize(self.len, value);
        Ok(values)
    }

    /// The values of a type of fixed width.
    fn values<T: Plain>(&self) -> Result<&'a [T]> {
        self.slice(1, self.offset, self.len)
    }

    fn bytes(&self, buffer: usize, offset: usize, len: usize) -> Result<&'a [u8]> {
        self.slice(buffer, offset, len)
    }

    fn pointer(&self, buffer: usize) -> *const std::ffi::c_void {
        // SAFETY: `check_layout` has seen that the type's buffers are there.
        unsafe { *self.raw.buffers.add(buffer) }
    }

    fn slice<T: Plain>(&self, buffer: usize, offset: usize, len: usize) -> Result<&'a [T]> {
        if len == 0 {
            return Ok(&[]);
        }
        let pointer = self.pointer(buffer).cast::<T>();
        if pointer.is_null() {
            return Err(malformed(self.column, "it has a missing buffer"));
        }
        if !pointer.is_aligned() {
            return Err(malformed(
                self.column,
                "it has a buffer that is not aligned",
            ));
        }
        let bytes = offset
            .checked_add(len)
            .and_then(|end| end.checked_mul(size_of::<T>()));
        if bytes.is_none_or(|bytes| isize::try_from(bytes).is_err()) {
            return Err(malformed(self.column, "it is too long"));
        }
        // SAFETY: aligned, and by the interface at least `offset + len` values long; any bits are
        // a value of `T`; the buffer lives as long as the array, which `'a` borrows.
        Ok(unsafe { std::slice::from_raw_parts(pointer.add(offset), len) })
    }
}

/// Types of which any bits are a value.
trait Plain: Copy {}
impl Plain for u8 {}
impl Plain for u16 {}
impl Plain for u32 {}
impl Plain for u64 {}
impl Plain for i8 {}
impl Plain for i16 {}
impl Plain for i32 {}
impl Plain for i64 {}
impl Plain for f32 {}
impl Plain for f64 {}
impl Plain for View {}

/// An empty vector with room for `len` values, where no buffer vouches for the length.
///
/// # Errors
/// [`ErrorKind::Overflow`] if the memory does not have it.
pub(crate) fn reserved<T>(column: &str, len: usize) -> Result<Vec<T>> {
    let mut values = Vec::new();
    match values.try_reserve_exact(len) {
        Ok(()) => Ok(values),
        Err(_) => {
            let reason = "has more rows than fit into memory";
            let error = Error::new(ErrorKind::Overflow, column.to_owned(), reason);
            Err(error.with_value(format_args!("of length {len}")))
        }
    }
}

fn convert<T: Copy, U>(values: &[T], convert: impl Fn(T) -> U) -> Vec<U> {
    values.iter().map(|&value| convert(value)).collect()
}
