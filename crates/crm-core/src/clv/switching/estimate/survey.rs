use super::counts::{MOST_BRANDS, brand, check_brands};
use crate::error::{Error, Result};

/// What customers said in a survey: the brand they bought last, the one they will buy next, and what
/// else may decide. One row per customer; brands are counted from 0.
///
/// Attributes differ between brands (the price of each, a rating of each by the customer); covariates
/// belong to the customer (income, tenure) and are the same for all brands.
///
/// ```
/// use crm_core::clv::switching::estimate::Survey;
///
/// // Three customers, two brands; the price of each brand as the customer saw it.
/// let survey = Survey::new(2, &[0, 1, 1], &[0, 0, 1])?
///     .with_attributes(1, &[10.0, 12.0, 9.0, 12.0, 10.0, 11.0])?;
/// assert_eq!(survey.customers(), 3);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Survey<'a> {
    pub(super) brands: usize,
    pub(super) last: Vec<usize>,
    pub(super) next: Vec<usize>,
    /// m, and n × k × m numbers.
    pub(super) attributes: (usize, &'a [f64]),
    /// q, and n × q numbers.
    pub(super) covariates: (usize, &'a [f64]),
}

impl<'a> Survey<'a> {
    /// Answers without attributes and covariates.
    ///
    /// # Errors
    /// `Empty` for no brands or no customers, `LengthMismatch`, `OutOfRange` with the row for a brand
    /// that is not below `brands`.
    pub fn new(brands: usize, last: &[u32], next: &[u32]) -> Result<Self> {
        check_brands(brands, MOST_BRANDS)?;
        if last.is_empty() {
            return Err(Error::empty("last"));
        }
        if next.len() != last.len() {
            return Err(Error::length("next", next.len(), last.len()));
        }
        let codes = |argument, codes: &[u32]| -> Result<Vec<usize>> {
            let rows = codes.iter().enumerate();
            rows.map(|(row, &code)| brand(argument, brands, code, row))
                .collect()
        };
        Ok(Survey {
            brands,
            last: codes("last", last)?,
            next: codes("next", next)?,
            attributes: (0, &[]),
            covariates: (0, &[]),
        })
    }

    /// With `columns` attributes of every brand: for each customer one row of them for each brand.
    ///
    /// # Errors
    /// `LengthMismatch` unless there are customers × brands × columns, `NotFinite` with the customer's row.
    pub fn with_attributes(mut self, columns: usize, values: &'a [f64]) -> Result<Self> {
        let per_customer = self.brands.saturating_mul(columns);
        check_table("attributes", self.customers(), per_customer, values)?;
        self.attributes = (columns, values);
        Ok(self)
    }

    /// With `columns` covariates of every customer, one row of them for each.
    ///
    /// # Errors
    /// `LengthMismatch` unless there are customers × columns, `NotFinite` with the row.
    pub fn with_covariates(mut self, columns: usize, values: &'a [f64]) -> Result<Self> {
        check_table("covariates", self.customers(), columns, values)?;
        self.covariates = (columns, values);
        Ok(self)
    }

    /// n, the number of customers.
    #[must_use]
    pub fn customers(&self) -> usize {
        self.last.len()
    }

    /// k, the number of brands.
    #[must_use]
    pub fn brands(&self) -> usize {
        self.brands
    }
}

/// A table of finite numbers with so many in each row.
pub(super) fn check_table(
    argument: &'static str,
    rows: usize,
    columns: usize,
    values: &[f64],
) -> Result<()> {
    if rows.checked_mul(columns) != Some(values.len()) {
        let expected = rows.saturating_mul(columns);
        return Err(Error::length(argument, values.len(), expected));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(place) => {
            let value = values.get(place).copied().unwrap_or(f64::NAN);
            Err(Error::not_finite(argument, value).at_row(place / columns.max(1)))
        }
        None => Ok(()),
    }
}
