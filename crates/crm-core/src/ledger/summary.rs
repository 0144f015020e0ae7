use serde::{Deserialize, Serialize};

use super::Ledger;
use super::grouping::{check_weights, group_rows};
use super::purchases::{Behaviour, CustomerRow, Purchases, Scale, per_customer};
use super::window::Returns;
use crate::error::{Error, ErrorKind, Result};
use crate::units::{Date, Period};

/// How a summary is made. The defaults are those of the field: days, the whole log, mean spend of
/// the repeat purchases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SummaryOptions {
    /// What counts as one purchase.
    pub granularity: Granularity,
    /// How many periods are one unit of time; default 1. Days as granularity and 7 periods per
    /// unit express recency and age in weeks.
    pub periods_per_unit: f64,
    /// The first day of observation; the period that holds it counts in full. Default: the day of
    /// the first transaction.
    pub start: Option<Date>,
    /// The last day of observation; the period that holds it counts in full. Default: the day (or
    /// instant) of the last transaction.
    pub end: Option<Date>,
    /// What to make of negative amounts.
    pub returns: Returns,
    /// Whether the mean spend includes the first purchase; default no. The frequency never does.
    pub include_first: bool,
    /// Whether half a period for each repeat purchase is deducted from recency and age; default no.
    ///
    /// The models count time continuously. Where the purchases of one period are one, none can follow in what is
    /// left of the period, half of it in the mean; so customers seem to buy more seldom than they do, and a fit to
    /// whole days finds α too large by several standard errors. With the rate λ per period, a period has a purchase
    /// with the probability 1 − e^(−λ) = λ e^(−λ/2) (1 + λ²/24 + …): x such periods among T make the likelihood
    /// λ^x e^(−λ (T − x/2)), that of continuous time with x/2 less, up to λ²/24. Instants have nothing to correct.
    pub continuity_correction: bool,
}

impl Default for SummaryOptions {
    fn default() -> Self {
        SummaryOptions {
            granularity: Granularity::default(),
            periods_per_unit: 1.0,
            start: None,
            end: None,
            returns: Returns::default(),
            include_first: false,
            continuity_correction: false,
        }
    }
}

/// What counts as one purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Granularity {
    /// All transactions of one period. Times are counted in periods.
    ///
    /// Cutting time into periods biases models of continuous time: two purchases on one day
    /// become one, and times are rounded down; see [`SummaryOptions::continuity_correction`].
    Period(Period),
    /// All transactions of one instant. Times are counted in days and parts of them. Dates have
    /// no instants: for them it is the same as one day. The end of observation is the last
    /// transaction, or the midnight after [`SummaryOptions::end`].
    Instant,
}

impl Default for Granularity {
    fn default() -> Self {
        Granularity::Period(Period::DAY)
    }
}

/// Frequency, recency, age and mean spend: one row per customer with a purchase in the
/// observation, in the order of first appearance in the log.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Number of the customer in the ledger.
    pub customer: Vec<usize>,
    /// Row of the log where the customer comes first.
    pub first_row: Vec<usize>,
    /// x: purchases after the first one, in different periods.
    pub frequency: Vec<f64>,
    /// t_x: time from the first to the last purchase, not since the last one: that is
    /// age − recency.
    pub recency: Vec<f64>,
    /// T: time from the first purchase to the end of observation.
    pub age: Vec<f64>,
    /// m̄: mean amount of the repeat purchases, 0 if there are none; with
    /// [`SummaryOptions::include_first`] mean amount of all purchases.
    pub mean_spend: Vec<f64>,
}

/// Customers with equal (frequency, recency, age) as one row with a weight: what the likelihood of
/// a model needs, in a fraction of the rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Grouped {
    /// x of each group.
    pub frequency: Vec<f64>,
    /// t_x of each group.
    pub recency: Vec<f64>,
    /// T of each group.
    pub age: Vec<f64>,
    /// Number of customers in each group, or the sum of their weights.
    pub weight: Vec<f64>,
    /// The group of each row of the summary.
    pub group: Vec<usize>,
}

impl SummaryOptions {
    /// The periods that the calendar is cut into; `None` for instants.
    pub(super) fn period(&self) -> Option<Period> {
        match self.granularity {
            Granularity::Period(period) => Some(period),
            Granularity::Instant => None,
        }
    }

    /// Refuses what is no unit of time.
    pub(super) fn check(&self) -> Result<()> {
        if !self.periods_per_unit.is_finite() {
            return Err(Error::not_finite("periods_per_unit", self.periods_per_unit));
        }
        if self.periods_per_unit <= 0.0 {
            let rule = "must be greater than 0";
            return Err(Error::new(ErrorKind::OutOfRange, "periods_per_unit", rule)
                .with_value(self.periods_per_unit));
        }
        Ok(())
    }
}

impl Ledger {
    /// Frequency x, recency t_x, age T and mean spend m̄ of each customer.
    ///
    /// With purchases in the periods p₀ < p₁ < … < p_x and the last observed period e:
    /// t_x = p_x − p₀, T = e − p₀, m̄ = Σ_{i=1..x} spend(pᵢ) / x.
    ///
    /// Recency is the time from the first to the last purchase, as the models want it: larger is
    /// more recent. The "days since the last purchase" of RFM scores are [`Summary::since_last`].
    ///
    /// The same as `summary_data_from_transaction_data` of the Python package lifetimes, without
    /// its `include_first_transaction`: that one also adds 1 to the frequency, which
    /// [`SummaryOptions::include_first`] does not.
    ///
    /// Source: Fader & Hardie, "Creating an RFM summary using Excel", note 022 (2008).
    ///
    /// ```
    /// use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, LedgerBuilder, SummaryOptions, TimeColumn};
    ///
    /// let mut builder = LedgerBuilder::new();
    /// builder.push(&Chunk {
    ///     customers: CustomerColumn::Integers(&[1, 1, 2, 1, 1]),
    ///     times: TimeColumn::Dates(&[0, 14, 20, 21, 21]),
    ///     amounts: AmountColumn::Floats(&[10.0, 20.0, 5.0, 7.0, 3.0]),
    ///     costs: None,
    /// })?;
    /// let options = SummaryOptions { periods_per_unit: 7.0, ..SummaryOptions::default() };
    /// let summary = builder.finish()?.summary(&options)?;
    /// assert_eq!(summary.frequency, [2.0, 0.0]);
    /// assert_eq!(summary.recency, [3.0, 0.0]);
    /// assert_eq!(summary.age, [3.0, 1.0 / 7.0]);
    /// assert_eq!(summary.mean_spend, [15.0, 0.0]);
    /// assert_eq!(summary.since_last(), [0.0, 1.0 / 7.0]);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`ErrorKind::OutOfRange`] for a negative amount with [`Returns::Reject`], a start after
    ///   the end, or `periods_per_unit` of 0 or less;
    /// - [`ErrorKind::NotFinite`] if `periods_per_unit` is;
    /// - [`ErrorKind::Overflow`] for a sum of amounts that no float can hold; the row is where the
    ///   customer comes first; and for times that none can hold, because `periods_per_unit` is
    ///   next to 0.
    pub fn summary(&self, options: &SummaryOptions) -> Result<Summary> {
        options.check()?;
        let window = self.window(options.period(), options.start, options.end)?;
        if options.returns == Returns::Reject {
            window.refuse_returns(self)?;
        }
        let scale = Scale::new(options, &window, self.units_per_one());
        Summary::make(options, self.customers(), |customer| {
            let (segment, place) = self.place(customer)?;
            let bookings = segment.bookings(segment.range(place.code));
            let purchases = Purchases::observed(bookings, &window, options.returns);
            Some(CustomerRow {
                customer,
                first_row: place.first_row as usize,
                value: purchases.behaviour(&scale, window.end)?,
            })
        })
    }
}

impl Summary {
    /// Time from the last purchase to the end of observation, age − recency: the recency of RFM scores.
    #[must_use]
    pub fn since_last(&self) -> Vec<f64> {
        let times = self.age.iter().zip(&self.recency);
        times.map(|(age, recency)| age - recency).collect()
    }

    /// The rows of the first `customers` customers, where they have one, as columns.
    pub(super) fn make(
        options: &SummaryOptions,
        customers: usize,
        row: impl Fn(usize) -> Option<CustomerRow<Behaviour>> + Sync + Send,
    ) -> Result<Self> {
        let mut summary = Ok(Summary::with_capacity(customers));
        let collect = |rows: &[_]| Summary::collect(rows, options);
        per_customer(customers, row, collect, |part| match (&mut summary, part) {
            (Ok(summary), Ok(part)) => summary.append(&part),
            (Ok(_), Err(error)) => summary = Err(error),
            (Err(_), _) => {}
        });
        summary
    }

    /// The rows as columns, unless a number does not fit into its type.
    pub(super) fn collect(
        rows: &[CustomerRow<Behaviour>],
        options: &SummaryOptions,
    ) -> Result<Self> {
        for row in rows {
            if !row.value.mean_spend.is_finite() {
                return Err(Error::overflow("amount").at_row(row.first_row));
            }
            if !(row.value.recency.is_finite() && row.value.age.is_finite()) {
                let reason = "is so small that times do not fit into the number type";
                return Err(Error::new(ErrorKind::Overflow, "periods_per_unit", reason)
                    .with_value(options.periods_per_unit));
            }
        }
        let column =
            |of: fn(&Behaviour) -> f64| -> Vec<f64> { rows.iter().map(|r| of(&r.value)).collect() };
        Ok(Summary {
            customer: rows.iter().map(|row| row.customer).collect(),
            first_row: rows.iter().map(|row| row.first_row).collect(),
            frequency: column(|b| b.frequency),
            recency: column(|b| b.recency),
            age: column(|b| b.age),
            mean_spend: column(|b| b.mean_spend),
        })
    }

    fn with_capacity(customers: usize) -> Self {
        Summary {
            customer: Vec::with_capacity(customers),
            first_row: Vec::with_capacity(customers),
            frequency: Vec::with_capacity(customers),
            recency: Vec::with_capacity(customers),
            age: Vec::with_capacity(customers),
            mean_spend: Vec::with_capacity(customers),
        }
    }

    /// The customers of `part` after those there are.
    fn append(&mut self, part: &Summary) {
        self.customer.extend_from_slice(&part.customer);
        self.first_row.extend_from_slice(&part.first_row);
        self.frequency.extend_from_slice(&part.frequency);
        self.recency.extend_from_slice(&part.recency);
        self.age.extend_from_slice(&part.age);
        self.mean_spend.extend_from_slice(&part.mean_spend);
    }

    /// How many customers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.customer.len()
    }

    /// Whether there are no customers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.customer.is_empty()
    }

    /// Groups customers with equal frequency, recency and age; the weight of a group is the number
    /// of its customers. Groups come in the order of their first customers.
    ///
    /// ```
    /// # use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, LedgerBuilder, SummaryOptions, TimeColumn};
    /// # let mut builder = LedgerBuilder::new();
    /// # builder.push(&Chunk {
    /// #     customers: CustomerColumn::Integers(&[1, 2, 3]),
    /// #     times: TimeColumn::Dates(&[0, 4, 0]),
    /// #     amounts: AmountColumn::Floats(&[10.0, 20.0, 5.0]),
    /// #     costs: None,
    /// # })?;
    /// # let summary = builder.finish()?.summary(&SummaryOptions::default())?;
    /// assert_eq!(summary.age, [4.0, 0.0, 4.0]);
    /// let grouped = summary.grouped();
    /// assert_eq!(grouped.age, [4.0, 0.0]);
    /// assert_eq!(grouped.weight, [2.0, 1.0]);
    /// assert_eq!(grouped.group, [0, 1, 0]);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    #[must_use]
    pub fn grouped(&self) -> Grouped {
        self.group_by(|_| 1.0)
    }

    /// As [`grouped`](Self::grouped), with a weight for each customer: the weight of a group is
    /// the sum of those of its customers.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`]; [`ErrorKind::NotFinite`] and [`ErrorKind::OutOfRange`] for
    /// weights that are not finite or negative.
    pub fn grouped_with_weights(&self, weights: &[f64]) -> Result<Grouped> {
        check_weights(weights, self.len())?;
        Ok(self.group_by(|row| weights.get(row).copied().unwrap_or_default()))
    }

    fn group_by(&self, weight: impl Fn(usize) -> f64) -> Grouped {
        let grouping = group_rows(
            self.len(),
            [&self.frequency, &self.recency, &self.age].map(Into::into),
        );
        let first = |column: &[f64]| {
            let rows = grouping.first_rows.iter();
            rows.filter_map(|&row| column.get(row).copied()).collect()
        };
        Grouped {
            frequency: first(&self.frequency),
            recency: first(&self.recency),
            age: first(&self.age),
            weight: grouping.sums(weight),
            group: grouping.groups().collect(),
        }
    }
}
