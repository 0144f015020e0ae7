//! Columns of any plain type as texts, as records of customers have them.

use crm_core::Result;
use crm_core::ledger::{TextColumn, TimeUnit};
use crm_core::units::Date;

use crate::array::Array;
use crate::table::Column;
use crate::text::Texts;
use crate::types::DataType;

/// A chunk of a column as texts; a missing value is an empty text.
#[derive(Debug)]
pub struct TextChunk<'a>(Layout<'a>);

#[derive(Debug)]
enum Layout<'a> {
    Plain(Texts<'a>),
    /// By row the number of its text, unless it is missing.
    Dictionary(Vec<Option<u32>>, Texts<'a>),
    Written(Vec<String>),
}

impl TextColumn for TextChunk<'_> {
    fn len(&self) -> usize {
        match &self.0 {
            Layout::Plain(texts) => texts.len(),
            Layout::Dictionary(codes, _) => codes.len(),
            Layout::Written(texts) => texts.len(),
        }
    }

    fn get(&self, row: usize) -> &str {
        match &self.0 {
            Layout::Plain(texts) => texts.get(row),
            Layout::Dictionary(codes, texts) => match codes.get(row) {
                Some(Some(code)) => texts.get(*code as usize),
                _ => "",
            },
            Layout::Written(texts) => <[String]>::get(texts, row).map_or("", String::as_str),
        }
    }
}

impl<'a> Column<'a> {
    /// Its chunks as texts: texts in place; integers, floats (by their shortest text), dates and the days of timestamps
    /// (year-month-day) written out.
    ///
    /// # Errors
    /// [`WrongType`](crm_core::ErrorKind::WrongType) for other types; `OutOfRange` for days outside the years 1 to 9999.
    pub fn written(self) -> Result<Vec<TextChunk<'a>>> {
        self.chunks()
            .map(|chunk| written(&chunk).map(TextChunk))
            .collect()
    }
}

fn written<'a>(chunk: &Array<'a>) -> Result<Layout<'a>> {
    let valid = chunk.validity()?;
    let is_valid = |row: usize| valid.is_none_or(|valid| valid.get(row));
    let texts = |texts: Vec<String>| {
        let shown = texts.into_iter().enumerate();
        Layout::Written(
            shown
                .map(|(row, text)| if is_valid(row) { text } else { String::new() })
                .collect(),
        )
    };
    Ok(match chunk.data_type() {
        DataType::Null => Layout::Written(vec![String::new(); chunk.len()]),
        DataType::Dictionary { .. } => {
            let (codes, entries) = chunk.dictionary()?;
            let code = |(row, code)| is_valid(row).then_some(code);
            Layout::Dictionary(codes.into_iter().enumerate().map(code).collect(), entries)
        }
        of if of.is_text() => Layout::Plain(chunk.texts()?),
        of if of.is_integer() => texts(chunk.integers()?.iter().map(i64::to_string).collect()),
        DataType::Date32 | DataType::Date64 => texts(dates(&chunk.days()?, is_valid)?),
        DataType::Timestamp { unit, .. } => {
            let day = |tick: &i64| {
                i32::try_from(tick.div_euclid(ticks_of_day(*unit))).unwrap_or(i32::MAX)
            };
            let days: Vec<i32> = chunk.ticks()?.iter().map(day).collect();
            texts(dates(&days, is_valid)?)
        }
        DataType::Float64 | DataType::Float32 => {
            let shown = |float: &f64| {
                if float.is_nan() {
                    String::new()
                } else {
                    float.to_string()
                }
            };
            Layout::Written(chunk.floats()?.iter().map(shown).collect())
        }
        _ => return Err(chunk.wrong_type("a text, a number or a date")),
    })
}

fn dates(days: &[i32], is_valid: impl Fn(usize) -> bool) -> Result<Vec<String>> {
    let text = |(row, &day): (usize, &i32)| match is_valid(row) {
        true => Date::from_days(day)
            .map(|date| date.to_string())
            .map_err(|error| error.at_row(row)),
        false => Ok(String::new()),
    };
    days.iter().enumerate().map(text).collect()
}

fn ticks_of_day(unit: TimeUnit) -> i64 {
    const SECONDS: i64 = 86_400;
    SECONDS
        * match unit {
            TimeUnit::Second => 1,
            TimeUnit::Millisecond => 1_000,
            TimeUnit::Microsecond => 1_000_000,
            TimeUnit::Nanosecond => 1_000_000_000,
        }
}
