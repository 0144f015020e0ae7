use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{Column, Domain};
use crate::ledger::{Summary, check_weights, group_rows};

/// What a model knows of one customer: x repeat purchases, the last of them a time t_x after the first
/// purchase, which was a time T ago. Valid once made.
///
/// ```
/// use crm_core::prediction::PurchaseHistory;
///
/// let history = PurchaseHistory::new(2.0, 30.43, 38.86)?;
/// assert_eq!(history.age(), 38.86);
/// assert!(PurchaseHistory::new(2.0, 40.0, 38.86).is_err());
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PurchaseHistory {
    frequency: f64,
    recency: f64,
    age: f64,
}

impl PurchaseHistory {
    /// A customer whose first purchase is now.
    pub const NEW: PurchaseHistory = PurchaseHistory {
        frequency: 0.0,
        recency: 0.0,
        age: 0.0,
    };

    /// # Errors
    /// - [`ErrorKind::NotFinite`];
    /// - [`ErrorKind::OutOfRange`] for a negative number, a frequency that is not whole, a recency
    ///   over the age, or a recency other than 0 with a frequency of 0.
    pub fn new(frequency: f64, recency: f64, age: f64) -> Result<Self> {
        if !is_history(frequency, recency, age) {
            return Err(refusal(frequency, recency, age));
        }
        Ok(PurchaseHistory {
            frequency,
            recency,
            age,
        })
    }

    /// x, the number of repeat purchases.
    #[must_use]
    pub fn frequency(self) -> f64 {
        self.frequency
    }

    /// t_x, the time from the first to the last purchase.
    #[must_use]
    pub fn recency(self) -> f64 {
        self.recency
    }

    /// T, the time from the first purchase to the end of observation.
    #[must_use]
    pub fn age(self) -> f64 {
        self.age
    }

    /// x, t_x and T.
    pub(super) fn numbers(self) -> [f64; 3] {
        [self.frequency, self.recency, self.age]
    }
}

/// Why no customer can have these numbers.
fn refusal(frequency: f64, recency: f64, age: f64) -> Error {
    for (argument, domain, value) in [
        ("frequency", Domain::Count, frequency),
        ("recency", Domain::NonNegative, recency),
        ("age", Domain::NonNegative, age),
    ] {
        if !domain.contains(value) {
            return domain.refuse(argument, value);
        }
    }
    let rule = if recency > age {
        format!("must not be over the age, {age}")
    } else {
        "must be 0 for a customer whose frequency is 0".to_owned()
    };
    Error::new(ErrorKind::OutOfRange, "recency", rule).with_value(recency)
}

/// The histories of customers to predict for, as columns of the same length.
#[derive(Debug, Clone, Copy)]
pub struct HistoryColumns<'a> {
    /// x, the number of repeat purchases.
    pub frequency: Column<'a>,
    /// t_x, the time from the first to the last purchase.
    pub recency: Column<'a>,
    /// T, the time from the first purchase to the end of observation.
    pub age: Column<'a>,
}

impl<'a> HistoryColumns<'a> {
    /// Three columns of numbers, one customer a row.
    #[must_use]
    pub fn new(frequency: &'a [f64], recency: &'a [f64], age: &'a [f64]) -> Self {
        HistoryColumns {
            frequency: frequency.into(),
            recency: recency.into(),
            age: age.into(),
        }
    }
}

impl HistoryColumns<'_> {
    /// Customers whose first purchase is now.
    pub const NEW: HistoryColumns<'static> = HistoryColumns {
        frequency: Column::Constant(0.0),
        recency: Column::Constant(0.0),
        age: Column::Constant(0.0),
    };

    pub(super) fn require_rows(&self, rows: usize) -> Result<()> {
        self.frequency.require_rows("frequency", rows)?;
        self.recency.require_rows("recency", rows)?;
        self.age.require_rows("age", rows)
    }

    /// The three numbers of `row`.
    pub(super) fn numbers(&self, row: usize) -> [f64; 3] {
        [self.frequency, self.recency, self.age].map(|column| column.get(row))
    }
}

/// The histories of several customers side by side, for closed forms that are evaluated in vectors.
#[derive(Debug, Clone, Copy)]
pub struct HistoryBlock {
    pub(super) frequency: [f64; HistoryBlock::LEN],
    pub(super) recency: [f64; HistoryBlock::LEN],
    pub(super) age: [f64; HistoryBlock::LEN],
}

impl HistoryBlock {
    /// How many they are.
    pub const LEN: usize = 64;

    /// Customers whose first purchase is now.
    pub const NEW: HistoryBlock = HistoryBlock {
        frequency: [0.0; HistoryBlock::LEN],
        recency: [0.0; HistoryBlock::LEN],
        age: [0.0; HistoryBlock::LEN],
    };

    /// The rows from `first` on.
    pub(super) fn read(customers: &HistoryColumns<'_>, first: usize) -> Self {
        HistoryBlock {
            frequency: customers.frequency.block(first),
            recency: customers.recency.block(first),
            age: customers.age.block(first),
        }
    }

    /// Whether all of them are histories.
    #[inline(always)]
    pub(super) fn is_valid(&self) -> bool {
        let mut valid = true;
        for ((&x, &t_x), &age) in self.frequency.iter().zip(&self.recency).zip(&self.age) {
            valid &= is_history(x, t_x, age);
        }
        valid
    }
}

/// Whether a customer can have this frequency x, recency t_x and age: [`PurchaseHistory::new`] says what is wrong.
#[inline(always)]
fn is_history(x: f64, t_x: f64, age: f64) -> bool {
    let whole = Domain::Count.contains(x);
    let ordered = (0.0 <= t_x) & (t_x <= age) & (age <= f64::MAX);
    whole & ordered & ((x > 0.0) | (t_x == 0.0))
}

impl<'a> From<&'a Summary> for HistoryColumns<'a> {
    fn from(summary: &'a Summary) -> Self {
        HistoryColumns {
            frequency: (&summary.frequency).into(),
            recency: (&summary.recency).into(),
            age: (&summary.age).into(),
        }
    }
}

/// The different histories of many customers, each with the weight of those who have it: what models
/// are fitted to, in a fraction of the rows.
///
/// ```
/// use crm_core::prediction::Histories;
///
/// let histories = Histories::new(&[2.0, 0.0, 2.0], &[3.0, 0.0, 3.0], &[9.0, 9.0, 9.0])?;
/// assert_eq!(histories.len(), 2);
/// assert_eq!(histories.weights(), [2.0, 1.0]);
/// assert_eq!(histories.customers(), 3.0);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Histories {
    groups: Vec<PurchaseHistory>,
    weights: Vec<f64>,
    rows: Vec<usize>,
    customers: f64,
}

impl Histories {
    /// One customer a row.
    ///
    /// # Errors
    /// `Empty`; `LengthMismatch`; those of [`PurchaseHistory::new`], with the row.
    pub fn new(frequency: &[f64], recency: &[f64], age: &[f64]) -> Result<Self> {
        Self::of_columns(
            HistoryColumns::new(frequency, recency, age),
            frequency.len(),
            None,
        )
    }

    /// As many customers a row as its weight says; a weight of 0 leaves the row out.
    ///
    /// # Errors
    /// Those of [`Histories::new`]; `NotFinite` and `OutOfRange` for weights that are not finite,
    /// negative, or all 0.
    pub fn with_weights(
        frequency: &[f64],
        recency: &[f64],
        age: &[f64],
        weights: &[f64],
    ) -> Result<Self> {
        Self::of_columns(
            HistoryColumns::new(frequency, recency, age),
            frequency.len(),
            Some(weights),
        )
    }

    /// One customer a row of `count` rows, or as many as its weight says: columns of whole numbers, and numbers for
    /// all rows, are read as they are.
    ///
    /// # Errors
    /// Those of [`Histories::with_weights`].
    pub fn of_columns(
        columns: HistoryColumns<'_>,
        count: usize,
        weights: Option<&[f64]>,
    ) -> Result<Self> {
        if count == 0 {
            return Err(Error::empty("frequency"));
        }
        columns.require_rows(count)?;
        let grouping = group_rows(count, [columns.frequency, columns.recency, columns.age]);
        let weights = match weights {
            None => grouping.sums(|_| 1.0),
            Some(weights) => {
                check_weights(weights, count)?;
                grouping.sums(|row| weights.get(row).copied().unwrap_or_default())
            }
        };
        let mut histories = Histories {
            groups: Vec::with_capacity(weights.len()),
            weights: Vec::with_capacity(weights.len()),
            rows: Vec::with_capacity(weights.len()),
            customers: 0.0,
        };
        for (&row, &weight) in grouping.first_rows.iter().zip(&weights) {
            let [frequency, recency, age] = columns.numbers(row);
            let history =
                PurchaseHistory::new(frequency, recency, age).map_err(|error| error.at_row(row))?;
            if weight > 0.0 {
                histories.groups.push(history);
                histories.weights.push(weight);
                histories.rows.push(row);
                histories.customers += weight;
            }
        }
        if histories.groups.is_empty() {
            let reason = "must not all be 0";
            return Err(Error::new(ErrorKind::OutOfRange, "weights", reason));
        }
        Ok(histories)
    }

    /// How many different histories there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Never: there is always one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The different histories, in the order of their first rows.
    #[must_use]
    pub fn groups(&self) -> &[PurchaseHistory] {
        &self.groups
    }

    /// How many customers have each of them.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The row where each of them comes first.
    #[must_use]
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// The number of customers: the sum of the weights.
    #[must_use]
    pub fn customers(&self) -> f64 {
        self.customers
    }

    /// Each history with its weight.
    pub fn iter(&self) -> impl Iterator<Item = (PurchaseHistory, f64)> {
        self.groups
            .iter()
            .copied()
            .zip(self.weights.iter().copied())
    }

    /// The mean of a number of each customer.
    pub(super) fn mean(&self, number: impl Fn(PurchaseHistory) -> f64) -> f64 {
        self.iter()
            .map(|(history, weight)| weight * number(history))
            .sum::<f64>()
            / self.customers
    }

    /// Refuses data that say nothing of who buys how often.
    pub(super) fn require_identifiable(&self) -> Result<()> {
        let refuse = |reason| Err(Error::new(ErrorKind::NoSolution, "frequency", reason));
        if self.groups.iter().all(|history| history.frequency == 0.0) {
            return refuse("is 0 for every customer: no model can be told from another");
        }
        if self.groups.len() == 1 {
            return refuse("is of customers who are all alike: no model can be told from another");
        }
        Ok(())
    }
}

impl TryFrom<&Summary> for Histories {
    type Error = Error;

    fn try_from(summary: &Summary) -> Result<Self> {
        Self::new(&summary.frequency, &summary.recency, &summary.age)
    }
}
