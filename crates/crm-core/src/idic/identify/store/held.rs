use super::vocabulary::Vocabulary;
use crate::error::{Error, Result};
use crate::idic::identify::blocking::BlockingKey;
use crate::idic::identify::compare::Values;
use crate::idic::identify::records::Records;
use crate::idic::identify::schema::Schema;

/// The number of a missing value.
pub(super) const MISSING: u32 = u32::MAX;

/// The values of records, as numbers that lie side by side.
#[derive(Debug, Clone)]
pub(super) struct Held {
    /// By field.
    fields: Vec<Vocabulary>,
    /// Record by record, field by field.
    numbers: Vec<u32>,
}

/// The values of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored<'a> {
    held: &'a Held,
    numbers: &'a [u32],
}

impl Values for Stored<'_> {
    fn value(&self, field: usize) -> Option<&str> {
        let number = *self.numbers.get(field)?;
        self.held.field(field)?.value(number)
    }
}

impl Held {
    pub(super) fn new(schema: &Schema) -> Self {
        let fields = schema.fields().iter();
        Held {
            fields: fields.map(|field| Vocabulary::new(field.kind)).collect(),
            numbers: Vec::new(),
        }
    }

    /// How many records were ever taken in.
    pub(super) fn len(&self) -> usize {
        self.numbers.len() / self.fields.len().max(1)
    }

    pub(super) fn fields(&self) -> &[Vocabulary] {
        &self.fields
    }

    pub(super) fn field(&self, field: usize) -> Option<&Vocabulary> {
        self.fields.get(field)
    }

    /// The numbers of the values of a record; none of one that there is not.
    #[inline]
    pub(super) fn numbers(&self, record: u32) -> &[u32] {
        let start = record as usize * self.fields.len();
        let numbers = self.numbers.get(start..start + self.fields.len());
        numbers.unwrap_or_default()
    }

    pub(super) fn values(&self, record: u32) -> Stored<'_> {
        Stored {
            held: self,
            numbers: self.numbers(record),
        }
    }

    /// What a record has in common with those of its block.
    pub(super) fn key(&self, schema: &Schema, key: &BlockingKey, record: u32) -> Option<u64> {
        let numbers = self.numbers(record);
        key.hash(schema, |field| {
            let number = *numbers.get(field)?;
            self.fields.get(field)?.key(number)
        })
    }

    /// Takes a record in, a value for each field, empty where missing.
    pub(super) fn push(&mut self, values: &[impl AsRef<str>]) -> Result<()> {
        let start = self.numbers.len();
        for (vocabulary, value) in self.fields.iter_mut().zip(values) {
            let number = match value.as_ref() {
                "" => Ok(MISSING),
                value => vocabulary.take_in(value),
            };
            match number {
                Ok(number) => self.numbers.push(number),
                Err(error) => {
                    let taken = self.numbers.drain(start..).zip(&mut self.fields);
                    taken.for_each(|(number, vocabulary)| vocabulary.release(number));
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// The values of records that were read.
    pub(super) fn of_records(schema: &Schema, records: &Records) -> Result<Self> {
        let mut held = Held::new(schema);
        for (place, vocabulary) in held.fields.iter_mut().enumerate() {
            for number in 0..records.different(place) as u32 {
                let values = records.values(place);
                vocabulary.add(values.map_or("", |values| values.get(number)))?;
            }
        }
        let rows = (0..records.len()).flat_map(|row| {
            let fields = 0..records.fields();
            fields.map(move |field| records.number(row, field).unwrap_or(MISSING))
        });
        let numbers = rows.collect();
        Held::of(held.fields, numbers)
    }

    /// All values of records, of vocabularies that were made for them.
    pub(super) fn of(fields: Vec<Vocabulary>, numbers: Vec<u32>) -> Result<Self> {
        let mut held = Held { fields, numbers };
        let mut places = (0..held.fields.len()).cycle();
        for &number in &held.numbers {
            let vocabulary = places.next().and_then(|place| held.fields.get_mut(place));
            match vocabulary {
                Some(known) if (number as usize) < known.len() => known.count_in(number),
                _ if number == MISSING => {}
                _ => return Err(Error::overflow("records")),
            }
        }
        Ok(held)
    }

    /// Blanks a record.
    pub(super) fn erase(&mut self, record: u32) {
        let width = self.fields.len();
        let start = record as usize * width;
        let numbers = self.numbers.get_mut(start..start + width);
        for (number, vocabulary) in numbers.into_iter().flatten().zip(&mut self.fields) {
            vocabulary.release(*number);
            *number = MISSING;
        }
    }
}
