use super::customers::CovariateColumns;
use super::design::Design;
use super::model::{Covariates, Side};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Column;
use crate::ledger::{Grouping, group_rows};
use crate::prediction::{Histories, PurchaseHistory};

/// The histories of customers with their covariates, each different pair of them once, with the weight of
/// those who have it: what a [`CovariateModel`](super::CovariateModel) is fitted to.
///
/// ```
/// use crm_core::prediction::{CovariateColumns, CovariateHistories, Covariates};
///
/// let covariates = Covariates { purchase: vec!["online".into()], ..Covariates::default() };
/// let columns = CovariateColumns { purchase: &[(&[1.0, 0.0, 1.0][..]).into()], dropout: &[] };
/// let (x, t_x, age) = ([2.0; 3], [5.0; 3], [9.0; 3]);
/// let histories = CovariateHistories::new(&x, &t_x, &age, None, covariates, columns)?;
/// assert_eq!((histories.len(), histories.customers()), (2, 3.0));
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateHistories {
    pub(super) covariates: Covariates,
    /// Without covariates.
    pub(super) plain: Histories,
    pub(super) groups: Vec<PurchaseHistory>,
    pub(super) weights: Vec<f64>,
    pub(super) purchase: Design,
    pub(super) dropout: Design,
}

impl CovariateHistories {
    /// One customer a row, or as many as its weight says; a weight of 0 leaves the row out.
    ///
    /// # Errors
    /// Those of [`Histories`]; for covariates, named `purchase_covariates` and `dropout_covariates`:
    /// - `LengthMismatch` for another number of columns than names, or of rows;
    /// - `NotFinite`, with the row;
    /// - `NoSolution` for one that is the same for all customers, or a linear combination of those before it
    ///   and a constant. The value is its name.
    pub fn new(
        frequency: &[f64],
        recency: &[f64],
        age: &[f64],
        weights: Option<&[f64]>,
        covariates: Covariates,
        columns: CovariateColumns<'_>,
    ) -> Result<Self> {
        let plain = match weights {
            None => Histories::new(frequency, recency, age)?,
            Some(weights) => Histories::with_weights(frequency, recency, age, weights)?,
        };
        columns.require(&covariates)?;
        columns.require_rows(frequency.len())?;
        for side in Side::BOTH {
            for (name, column) in covariates.names(side).iter().zip(columns.of(side)) {
                require_finite(side, name, *column, frequency.len())?;
            }
        }
        let grouping = group(frequency, recency, age, columns);
        let sums = grouping.sums(|row| {
            weights
                .map_or(Some(&1.0), |w| w.get(row))
                .copied()
                .unwrap_or(0.0)
        });
        let (mut rows, mut groups, mut counts) = (Vec::new(), Vec::new(), Vec::new());
        for (&row, &weight) in grouping.first_rows.iter().zip(&sums) {
            let at = |column: &[f64]| column.get(row).copied().unwrap_or(f64::NAN);
            if weight > 0.0 {
                groups.push(PurchaseHistory::new(at(frequency), at(recency), at(age))?);
                counts.push(weight);
                rows.push(row);
            }
        }
        let design = |side| {
            Design::new(
                side,
                covariates.names(side),
                columns.of(side),
                &rows,
                &counts,
            )
        };
        Ok(CovariateHistories {
            purchase: design(Side::Purchase)?,
            dropout: design(Side::Dropout)?,
            covariates,
            plain,
            groups,
            weights: counts,
        })
    }

    /// How many different pairs of a history and covariates there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Never: there is always one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The number of customers: the sum of the weights.
    #[must_use]
    pub fn customers(&self) -> f64 {
        self.plain.customers()
    }

    pub(super) fn design(&self, side: Side) -> &Design {
        match side {
            Side::Purchase => &self.purchase,
            Side::Dropout => &self.dropout,
        }
    }
}

fn require_finite(side: Side, name: &str, column: Column<'_>, rows: usize) -> Result<()> {
    let values = (0..rows).map(|row| (row, column.get(row)));
    match values.into_iter().find(|(_, value)| !value.is_finite()) {
        None => Ok(()),
        Some((row, value)) => {
            let rule = format!("must be a finite number in the column {name:?}");
            let error = Error::new(ErrorKind::NotFinite, side.argument(), rule);
            Err(error.with_value(value).at_row(row))
        }
    }
}

/// Groups rows with the same history and covariates.
fn group(
    frequency: &[f64],
    recency: &[f64],
    age: &[f64],
    columns: CovariateColumns<'_>,
) -> Grouping {
    let rows = frequency.len();
    let mut grouping = group_rows(rows, [frequency, recency, age].map(Into::into));
    for column in Side::BOTH.into_iter().flat_map(|side| columns.of(side)) {
        let groups: Vec<f64> = grouping.groups().map(|group| group as f64).collect();
        // −0 + 0 is 0, so that equal numbers have the same bits.
        let values: Vec<f64> = (0..rows).map(|row| column.get(row) + 0.0).collect();
        grouping = group_rows(rows, [&groups, &values, &values].map(Into::into));
    }
    grouping
}
