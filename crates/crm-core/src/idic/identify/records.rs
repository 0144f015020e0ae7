use super::compare::{Known, Values, sounds};
use super::dictionary::{Dictionary, hash};
use super::distance::Sketch;
use super::field::{Field, FieldKind};
use super::normalise::{self, CallingCode};
use super::schema::Schema;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::TextColumn;
use crate::parallel;

/// The number of a missing value.
const MISSING: u32 = u32::MAX;

/// Records of customers, normalised, a column for each field. `Debug` shows no value of a person.
///
/// ```
/// use crm_core::idic::identify::{Field, FieldKind, Records, Schema};
/// use crm_core::ledger::TextColumn;
///
/// let schema = Schema::new(vec![Field::new("name", FieldKind::Name), Field::new("born", FieldKind::Date)])?;
/// let (names, born) = (["Ann Lee", "王小明"], ["1990-05-03", ""]);
/// let records = Records::read(&schema, &[vec![&names.as_slice(), &born.as_slice()]])?;
/// assert_eq!(records.len(), 2);
/// assert_eq!(records.missing(1), 1);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Records {
    rows: usize,
    /// The rows before this one are those of the first file, if there are two.
    split: Option<usize>,
    columns: Vec<Column>,
    /// By row, then field: the number of its value.
    numbers: Vec<u32>,
}

/// The different values of a field.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    values: Dictionary,
    /// By number of a value: what stands for it in blocking keys.
    keys: Vec<u64>,
    /// By number of a value: its characters at a glance; none of fields that are not compared by them.
    sketches: Vec<Sketch>,
    kind: FieldKind,
    missing: usize,
    unreadable: usize,
    half_life: Option<f64>,
}

/// The columns of some rows, in the order of the fields.
pub type RecordChunk<'a> = Vec<&'a dyn TextColumn>;

impl Records {
    /// Reads and normalises records; an empty text is a missing value. What cannot be read as what its field holds (a date that the
    /// calendar does not have, a phone number of three digits) is compared as it stands, and counted in
    /// [`unreadable`](Records::unreadable).
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`] unless every chunk has a column for each field, all of one length;
    /// [`ErrorKind::Overflow`] for 2³² − 1 rows or more.
    pub fn read(schema: &Schema, chunks: &[RecordChunk<'_>]) -> Result<Self> {
        Records::of_files(schema, chunks, None)
    }

    /// Reads two files that are to be linked: only records of different files are compared.
    ///
    /// # Errors
    /// As [`Records::read`].
    pub fn read_two(
        schema: &Schema,
        first: &[RecordChunk<'_>],
        second: &[RecordChunk<'_>],
    ) -> Result<Self> {
        let split = first
            .iter()
            .filter_map(|chunk| chunk.first())
            .map(|column| column.len())
            .sum();
        let both: Vec<RecordChunk<'_>> = first.iter().chain(second).cloned().collect();
        Records::of_files(schema, &both, Some(split))
    }

    fn of_files(schema: &Schema, chunks: &[RecordChunk<'_>], split: Option<usize>) -> Result<Self> {
        let fields = schema.fields().len();
        let mut rows = 0_usize;
        for chunk in chunks {
            if chunk.len() != fields {
                return Err(Error::length("columns", chunk.len(), fields));
            }
            let length = chunk.first().map_or(0, |column| column.len());
            if let Some(other) = chunk.iter().find(|column| column.len() != length) {
                return Err(Error::length("columns", other.len(), length));
            }
            rows += length;
        }
        if rows >= MISSING as usize {
            return Err(Error::new(
                ErrorKind::Overflow,
                "records",
                "must be fewer than 4,294,967,295",
            ));
        }
        let places = schema.fields().iter().enumerate().collect();
        let read = parallel::map(places, |(place, field): (usize, &Field)| {
            let column = chunks.iter().filter_map(|chunk| chunk.get(place).copied());
            Column::read(schema, field, column, rows)
        });
        let mut columns = Vec::with_capacity(fields);
        let mut numbers = vec![MISSING; rows * fields];
        for (place, read) in read.into_iter().enumerate() {
            let (column, of_rows) = read?;
            columns.push(column);
            let cells = numbers.iter_mut().skip(place).step_by(fields);
            cells.zip(of_rows).for_each(|(cell, number)| *cell = number);
        }
        Ok(Records {
            rows,
            split,
            columns,
            numbers,
        })
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// How many records the first of two files has.
    #[must_use]
    pub fn split(&self) -> Option<usize> {
        self.split
    }

    /// How many fields they have.
    #[must_use]
    pub fn fields(&self) -> usize {
        self.columns.len()
    }

    /// How many pairs may be compared.
    #[must_use]
    pub fn pairs(&self) -> f64 {
        let rows = self.rows as f64;
        match self.split {
            None => rows * (rows - 1.0) / 2.0,
            Some(first) => first as f64 * (rows - first as f64),
        }
    }

    /// How many values of a field are missing.
    #[must_use]
    pub fn missing(&self, field: usize) -> usize {
        self.columns.get(field).map_or(0, |column| column.missing)
    }

    /// How many values of a field could not be read as what it holds.
    #[must_use]
    pub fn unreadable(&self, field: usize) -> usize {
        self.columns
            .get(field)
            .map_or(0, |column| column.unreadable)
    }

    /// The normalised value of a field, unless it is missing.
    #[must_use]
    #[inline]
    pub fn value(&self, row: usize, field: usize) -> Option<&str> {
        let column = self.columns.get(field)?;
        Some(column.text(self.number(row, field)?))
    }

    /// The number of a value among the different ones of its field.
    #[inline]
    pub(crate) fn number(&self, row: usize, field: usize) -> Option<u32> {
        let number = *self.row(row).numbers.get(field)?;
        (number != MISSING).then_some(number)
    }

    /// The values of a record.
    #[inline]
    pub(crate) fn row(&self, row: usize) -> Row<'_> {
        let start = row * self.columns.len();
        let numbers = self.numbers.get(start..start + self.columns.len());
        Row {
            columns: &self.columns,
            numbers: numbers.unwrap_or_default(),
        }
    }

    /// What stands for a value in blocking keys.
    #[inline]
    pub(crate) fn key(&self, row: usize, field: usize) -> Option<u64> {
        let number = self.number(row, field)?;
        self.columns.get(field)?.keys.get(number as usize).copied()
    }

    /// How many different values of a field there are.
    #[must_use]
    pub fn different(&self, field: usize) -> usize {
        self.columns
            .get(field)
            .map_or(0, |column| column.values.len())
    }

    /// The half-life of a field's values, in days.
    pub(crate) fn half_life(&self, field: usize) -> Option<f64> {
        self.columns.get(field)?.half_life
    }

    /// The different values of a field.
    pub(crate) fn values(&self, field: usize) -> Option<&Dictionary> {
        self.columns.get(field).map(|column| &column.values)
    }

    /// The probability that two records drawn at random agree on a field, given that neither value is missing.
    pub(crate) fn chance_agreement(&self, field: usize) -> f64 {
        let Some(column) = self.columns.get(field) else {
            return 0.0;
        };
        let square = |count: u32| f64::from(count) * f64::from(count);
        match self.split {
            None => {
                let present = (self.rows - column.missing) as f64;
                let agreeing: f64 = column
                    .values
                    .counts()
                    .iter()
                    .map(|&c| square(c) - f64::from(c))
                    .sum();
                agreeing / (present * (present - 1.0)).max(1.0)
            }
            Some(split) => {
                let mut first = vec![0_u32; column.values.len()];
                let mut present = 0_u32;
                for number in (0..split).filter_map(|row| self.number(row, field)) {
                    if let Some(count) = first.get_mut(number as usize) {
                        *count += 1;
                        present += 1;
                    }
                }
                let both = first.iter().zip(column.values.counts());
                let agreeing: f64 = both
                    .map(|(&of_first, &all)| f64::from(of_first) * f64::from(all - of_first))
                    .sum();
                let of_second = (self.rows - column.missing) as f64 - f64::from(present);
                agreeing / (f64::from(present) * of_second).max(1.0)
            }
        }
    }
}

/// A record, by the numbers of its values.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    columns: &'a [Column],
    numbers: &'a [u32],
}

impl<'a> Row<'a> {
    /// The number of the value of a field.
    #[inline]
    pub(crate) fn number(&self, field: usize) -> Option<u32> {
        let number = *self.numbers.get(field)?;
        (number != MISSING).then_some(number)
    }
}

impl Values for Row<'_> {
    fn value(&self, field: usize) -> Option<&str> {
        Some(self.columns.get(field)?.text(self.number(field)?))
    }

    #[inline]
    fn known(&self, field: usize) -> Option<Known<'_>> {
        Some(Known::Of(self.columns.get(field)?, self.number(field)?))
    }
}

impl Column {
    /// The value of a number.
    #[inline]
    pub(crate) fn text(&self, number: u32) -> &str {
        self.values.get(number)
    }

    /// Its characters at a glance, of fields that are compared by them.
    #[inline]
    pub(crate) fn sketch(&self, number: u32) -> Option<Sketch> {
        self.sketches.get(number as usize).copied()
    }

    /// The hash of how it is read, if it is a name.
    pub(crate) fn sounds(&self, number: u32) -> Option<u64> {
        let key = self.keys.get(number as usize).copied();
        key.filter(|_| self.kind == FieldKind::Name)
    }

    #[cfg(test)]
    pub(crate) fn of_value(kind: FieldKind, normal: &str) -> Self {
        let mut values = Dictionary::default();
        let _ = values.add(normal);
        Column::of_values(values, kind, None)
    }

    /// The different values, and the number of that of each row.
    fn read<'a>(
        schema: &Schema,
        &Field {
            kind, half_life, ..
        }: &Field,
        chunks: impl Iterator<Item = &'a dyn TextColumn>,
        rows: usize,
    ) -> Result<(Self, Vec<u32>)> {
        let mut values = Dictionary::default();
        let mut numbers = Vec::with_capacity(rows);
        let (mut missing, mut unreadable) = (0, 0);
        for chunk in chunks {
            for row in 0..chunk.len() {
                let (normal, is_read) = normalised(schema.calling_code(), kind, chunk.get(row));
                unreadable += usize::from(!is_read);
                if normal.is_empty() {
                    missing += 1;
                    numbers.push(MISSING);
                } else {
                    numbers.push(values.add(&normal)?);
                }
            }
        }
        let mut column = Column::of_values(values, kind, half_life);
        (column.missing, column.unreadable) = (missing, unreadable);
        Ok((column, numbers))
    }

    fn of_values(mut values: Dictionary, kind: FieldKind, half_life: Option<f64>) -> Self {
        values.shrink();
        let numbers = 0..values.len() as u32;
        let keys = numbers
            .clone()
            .map(|number| key(kind, values.get(number)))
            .collect();
        let sketches = match kind {
            FieldKind::Date | FieldKind::Number | FieldKind::Pseudonym => Vec::new(),
            FieldKind::Name
            | FieldKind::Phone
            | FieldKind::Email
            | FieldKind::Address
            | FieldKind::Code
            | FieldKind::Text => numbers
                .map(|number| Sketch::of(values.get(number)))
                .collect(),
        };
        Column {
            values,
            keys,
            sketches,
            kind,
            missing: 0,
            unreadable: 0,
            half_life,
        }
    }
}

/// The normal form of a value, and whether it could be read as what its field holds.
pub(crate) fn normalised(home: CallingCode, kind: FieldKind, text: &str) -> (String, bool) {
    let or_as_it_stands = |read: Option<String>| {
        let is_read = read.is_some() || text.trim().is_empty();
        (read.unwrap_or_else(|| normalise::text(text)), is_read)
    };
    match kind {
        FieldKind::Name => (normalise::name(text), true),
        FieldKind::Text => (normalise::text(text), true),
        FieldKind::Address => (normalise::address(text), true),
        FieldKind::Code => (normalise::code(text), true),
        FieldKind::Phone => or_as_it_stands(normalise::phone(text, home).ok()),
        FieldKind::Email => or_as_it_stands(normalise::email(text).ok()),
        FieldKind::Number => or_as_it_stands(normalise::number(text).ok().map(|n| n.to_string())),
        FieldKind::Pseudonym => (text.trim().to_ascii_lowercase(), true),
        FieldKind::Date => {
            let (normal, _) = or_as_it_stands(normalise::date_digits(text));
            (
                normal,
                text.trim().is_empty() || normalise::date(text).is_ok(),
            )
        }
    }
}

/// What stands for a normalised value in blocking keys: of names the letters in pinyin in alphabetical order, so that the order of
/// words and swapped letters do not matter; of addresses the letters without spaces.
pub(crate) fn key(kind: FieldKind, normal: &str) -> u64 {
    match kind {
        FieldKind::Name => hash(sounds(normal).into_iter().collect::<String>().as_bytes()),
        FieldKind::Address => hash(normal.replace(' ', "").as_bytes()),
        _ => hash(normal.as_bytes()),
    }
}
