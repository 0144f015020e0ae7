use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::ledger::PeriodSeries;
use crate::units::{Label, Terms};

/// What customers did in each period: one history per customer, of equal or unequal lengths, one after another. Those of
/// customer `i` are the rows `offsets[i]..offsets[i + 1]`, oldest first and without gaps; a period of which nothing is
/// known is NaN, and takes part with every state as likely as before.
///
/// ```
/// use crm_core::lifecycle::hidden_markov::Panel;
///
/// // Two customers, of three and of two months; nothing is known of the second month of the first one.
/// let panel = Panel::new(vec![0, 3, 5], vec![2.0, f64::NAN, 0.0, 1.0, 4.0])?;
/// assert_eq!((panel.customers(), panel.rows(), panel.observed()), (2, 5, 4));
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Panel {
    offsets: Vec<usize>,
    values: Vec<f64>,
    covariates: Vec<f64>,
    width: usize,
}

/// What of a series of activity a panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Activity {
    /// The number of purchases of a period.
    #[default]
    Purchases = 0,
    /// The sum of the amounts of a period.
    Spend = 1,
}

impl Label for Activity {
    const ALL: &'static [Self] = &[Activity::Purchases, Activity::Spend];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Activity::Purchases => ("purchases", "Purchases", "购买次数"),
            Activity::Spend => ("spend", "Spend", "消费额"),
        };
        Terms { name, en, zh }
    }
}

impl Panel {
    /// A panel from its parts.
    ///
    /// # Errors
    /// `Empty` or `OutOfRange` for offsets that do not start at 0 or decrease, `LengthMismatch` if they do not end at
    /// the number of values.
    pub fn new(offsets: Vec<usize>, values: Vec<f64>) -> Result<Self> {
        let Some(&last) = offsets.last() else {
            return Err(Error::empty("offsets"));
        };
        let mut least = 0;
        for (row, &offset) in offsets.iter().enumerate() {
            if offset < least || (row == 0 && offset != 0) {
                let rule = "must start at 0 and not decrease";
                let error = Error::new(ErrorKind::OutOfRange, "offsets", rule);
                return Err(error.with_value(offset).at_row(row));
            }
            least = offset;
        }
        if last != values.len() {
            return Err(Error::length("values", values.len(), last));
        }
        Ok(Panel {
            offsets,
            values,
            covariates: Vec::new(),
            width: 0,
        })
    }

    /// The same with covariates that drive transitions: `width` numbers for each row, those of a row for the move into
    /// its period. Those of a customer's first period have no effect.
    ///
    /// # Errors
    /// `LengthMismatch` unless there are `width` for each row; `NotFinite` with the row.
    pub fn with_covariates(self, covariates: Vec<f64>, width: usize) -> Result<Self> {
        let expected = self.values.len().saturating_mul(width);
        if covariates.len() != expected {
            return Err(Error::length("covariates", covariates.len(), expected));
        }
        if let Some((place, &value)) = (covariates.iter().enumerate()).find(|(_, z)| !z.is_finite())
        {
            return Err(Error::not_finite("covariates", value).at_row(place / width.max(1)));
        }
        Ok(Panel {
            covariates,
            width,
            ..self
        })
    }

    /// A panel of a series of activity, in which a customer is watched from the first active period to the last one
    /// observed, with 0 where nothing happened. A customer without activity has an empty history.
    #[must_use]
    pub fn from_series(series: &PeriodSeries, activity: Activity) -> Self {
        let (mut offsets, mut values) = (vec![0], Vec::new());
        for customer in series.iter() {
            let mut next = customer.periods.first().copied();
            for (entry, &period) in customer.periods.iter().enumerate() {
                let idle = period - next.unwrap_or(period);
                values.resize(values.len() + idle as usize, 0.0);
                let purchases = customer.purchases.get(entry).copied().map(f64::from);
                values.push(match activity {
                    Activity::Purchases => purchases.unwrap_or(0.0),
                    Activity::Spend => customer.spend.get(entry).copied().unwrap_or(0.0),
                });
                next = Some(period + 1);
            }
            let idle = series.observed() - next.unwrap_or(series.observed());
            values.resize(values.len() + idle as usize, 0.0);
            offsets.push(values.len());
        }
        Panel {
            offsets,
            values,
            covariates: Vec::new(),
            width: 0,
        }
    }

    /// How many customers there are.
    #[must_use]
    pub fn customers(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Periods of all customers together.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.len()
    }

    /// Rows whose value is known.
    #[must_use]
    pub fn observed(&self) -> usize {
        self.values.iter().filter(|value| !value.is_nan()).count()
    }

    /// Where each customer's rows start, and at last their number.
    #[must_use]
    pub fn offsets(&self) -> &[usize] {
        &self.offsets
    }

    /// The value of every row.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The number of covariates.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The same with other values, as many as there are.
    pub(super) fn with_values(self, values: Vec<f64>) -> Self {
        Panel { values, ..self }
    }

    /// The rows of a customer.
    pub(super) fn range(&self, customer: usize) -> std::ops::Range<usize> {
        let at = |place: usize| self.offsets.get(place).copied().unwrap_or(self.rows());
        at(customer)..at(customer + 1)
    }

    /// The covariates of a row.
    pub(super) fn covariates_of(&self, row: usize) -> &[f64] {
        let first = row * self.width;
        self.covariates
            .get(first..first + self.width)
            .unwrap_or_default()
    }
}
