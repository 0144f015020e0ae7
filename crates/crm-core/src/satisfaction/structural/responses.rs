use crate::error::{Error, ErrorKind, Result};

use super::StructuralModel;

/// How much each respondent counts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Weights<'a> {
    /// Everyone once.
    #[default]
    Equal,
    /// Each row stands for this whole number of equal rows; 0 leaves it out.
    Frequencies(&'a [f64]),
    /// Sampling weights of 0 or more, which are scaled so that they sum to the number of rows with a weight above 0.
    Sampling(&'a [f64]),
}

/// Answers of respondents: columns of the same length, known by name. NaN is a missing answer.
///
/// ```
/// use crm_core::satisfaction::structural::Responses;
///
/// let responses = Responses::new([("s1", &[7.0, 9.0][..]), ("s2", &[8.0, f64::NAN])])?;
/// assert_eq!(responses.rows(), 2);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Responses<'a> {
    columns: Vec<(&'a str, &'a [f64])>,
    weights: Weights<'a>,
    rows: usize,
}

impl<'a> Responses<'a> {
    /// Columns with their names. A model takes those that it names; others do not matter.
    ///
    /// # Errors
    /// `Empty` without columns or rows; with the name as value, `LengthMismatch`, and `OutOfRange` for a name that comes twice.
    pub fn new(columns: impl IntoIterator<Item = (&'a str, &'a [f64])>) -> Result<Self> {
        let columns: Vec<(&str, &[f64])> = columns.into_iter().collect();
        let rows = columns.first().map_or(0, |(_, column)| column.len());
        if rows == 0 {
            return Err(Error::empty("responses"));
        }
        for (i, (name, column)) in columns.iter().enumerate() {
            if column.len() != rows {
                let rule = format!("must have {rows} rows as the first column");
                return Err(
                    Error::new(ErrorKind::LengthMismatch, "responses", rule).with_value(name)
                );
            }
            if columns.iter().take(i).any(|(earlier, _)| earlier == name) {
                let rule = "must have columns of different names";
                return Err(Error::new(ErrorKind::OutOfRange, "responses", rule).with_value(name));
            }
        }
        Ok(Responses {
            columns,
            weights: Weights::Equal,
            rows,
        })
    }

    /// The same with weights.
    ///
    /// # Errors
    /// `LengthMismatch`; with the row, `NotFinite`, and `OutOfRange` for a weight below 0 or a frequency that is not a whole number; `Empty` if
    /// all are 0.
    pub fn weighted(self, weights: Weights<'a>) -> Result<Self> {
        let (values, whole) = match weights {
            Weights::Equal => return Ok(Responses { weights, ..self }),
            Weights::Frequencies(values) => (values, true),
            Weights::Sampling(values) => (values, false),
        };
        if values.len() != self.rows {
            return Err(Error::length("weights", values.len(), self.rows));
        }
        for (row, &value) in values.iter().enumerate() {
            if !value.is_finite() {
                return Err(Error::not_finite("weights", value).at_row(row));
            }
            if value < 0.0 || (whole && libm::trunc(value) != value) {
                let rule = if whole {
                    "must be a whole number of 0 or more"
                } else {
                    "must be 0 or more"
                };
                let error = Error::new(ErrorKind::OutOfRange, "weights", rule);
                return Err(error.with_value(value).at_row(row));
            }
        }
        if values.iter().all(|&value| value == 0.0) {
            return Err(Error::new(ErrorKind::Empty, "weights", "must not all be 0"));
        }
        Ok(Responses { weights, ..self })
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns of the model's indicators, in its order, without infinities.
    pub(super) fn select(&self, model: &StructuralModel) -> Result<Selected<'a>> {
        let columns: Vec<&[f64]> = model
            .indicators()
            .map(|indicator| {
                let column = self.columns.iter().find(|(name, _)| *name == indicator);
                column.map(|(_, column)| *column).ok_or_else(|| {
                    let rule = "must have a column for every indicator";
                    Error::new(ErrorKind::NotFound, "responses", rule).with_value(indicator)
                })
            })
            .collect::<Result<_>>()?;
        let weights = match self.weights {
            Weights::Equal => None,
            Weights::Frequencies(values) => Some(values.to_vec()),
            Weights::Sampling(values) => {
                let scale = sampling_scale(values);
                Some(values.iter().map(|weight| weight * scale).collect())
            }
        };
        Ok(Selected {
            columns,
            weights,
            replicates: matches!(self.weights, Weights::Frequencies(_)),
            rows: self.rows,
        })
    }
}

/// What sampling weights are multiplied by to sum to the number of rows that have one.
fn sampling_scale(weights: &[f64]) -> f64 {
    let weighted = weights.iter().filter(|&&weight| weight > 0.0).count();
    let sum: crate::math::sum::Sum = weights.iter().copied().collect();
    weighted as f64 / sum.value()
}

/// The columns of a model's indicators.
#[derive(Debug, Clone)]
pub(super) struct Selected<'a> {
    pub(super) columns: Vec<&'a [f64]>,
    /// One for each row; none if all are 1.
    pub(super) weights: Option<Vec<f64>>,
    /// Whether a weight is a number of equal rows.
    pub(super) replicates: bool,
    pub(super) rows: usize,
}

impl Selected<'_> {
    pub(super) fn weight(&self, row: usize) -> f64 {
        let weights = self.weights.as_ref();
        weights.map_or(1.0, |weights| weights.get(row).copied().unwrap_or(0.0))
    }

    pub(super) fn value(&self, indicator: usize, row: usize) -> f64 {
        let column = self.columns.get(indicator);
        column.and_then(|c| c.get(row)).copied().unwrap_or(f64::NAN)
    }
}
