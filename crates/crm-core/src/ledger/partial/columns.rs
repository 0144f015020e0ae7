use serde::{Deserialize, Serialize};

use super::{Entry, PartialSummary, anchor};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::customers::{CustomerId, Customers};
use crate::ledger::input::{Clock, Layout, TimeUnit, TimeZone};
use crate::ledger::summary::SummaryOptions;

/// A partial summary as plain columns: what is written, and what is checked when it is read.
#[derive(Serialize, Deserialize)]
pub(super) struct PartialColumns {
    options: SummaryOptions,
    /// `None` for dates.
    timestamps: Option<(TimeUnit, TimeZone)>,
    /// Decimals of exact amounts.
    scale: Option<u32>,
    costs: bool,
    rows: usize,
    first_time: i64,
    last_time: i64,
    customer: Ids,
    first_row: Vec<usize>,
    offsets: Vec<usize>,
    period: Vec<i64>,
    net: Vec<f64>,
    gross: Vec<f64>,
    has_returns: Vec<bool>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ids {
    Integers(Vec<i64>),
    Texts(Vec<String>),
}

impl From<PartialSummary> for PartialColumns {
    fn from(partial: PartialSummary) -> Self {
        let entries = &partial.entries;
        PartialColumns {
            options: partial.options,
            timestamps: partial.layout.clock.timestamps(),
            scale: partial.layout.scale,
            costs: partial.layout.costs,
            rows: partial.rows,
            first_time: partial.extent.0,
            last_time: partial.extent.1,
            customer: Ids::of(&partial.customers),
            period: entries.iter().map(|entry| entry.period).collect(),
            net: entries.iter().map(|entry| entry.net).collect(),
            gross: entries.iter().map(|entry| entry.gross).collect(),
            has_returns: entries.iter().map(|entry| entry.has_returns).collect(),
            first_row: partial.first_rows,
            offsets: partial.offsets,
        }
    }
}

impl TryFrom<PartialColumns> for PartialSummary {
    type Error = Error;

    fn try_from(columns: PartialColumns) -> Result<Self> {
        columns.options.check()?;
        anchor(&columns.options)?;
        let layout = Layout {
            texts: matches!(columns.customer, Ids::Texts(_)),
            clock: Clock::new(columns.timestamps),
            scale: columns.scale.filter(|&scale| scale <= 28),
            costs: columns.costs,
        };
        if layout.scale != columns.scale {
            return Err(unreadable("scale", "must be at most 28"));
        }
        let extent = (columns.first_time, columns.last_time);
        if extent.0 > extent.1 || !layout.clock.holds(extent.0) || !layout.clock.holds(extent.1) {
            return Err(unreadable("first_time", "must not be after last_time"));
        }
        let customers = columns.customer.intern()?;
        let customer_count = customers.len();
        let entry_count = columns.period.len();
        for (argument, found, expected) in [
            ("first_row", columns.first_row.len(), customer_count),
            ("offsets", columns.offsets.len(), customer_count + 1),
            ("net", columns.net.len(), entry_count),
            ("gross", columns.gross.len(), entry_count),
            ("has_returns", columns.has_returns.len(), entry_count),
        ] {
            if found != expected {
                return Err(Error::length(argument, found, expected));
            }
        }
        if columns.offsets.first() != Some(&0)
            || columns.offsets.last() != Some(&entry_count)
            || !columns.offsets.is_sorted()
        {
            return Err(unreadable(
                "offsets",
                "must rise from 0 to the number of periods",
            ));
        }
        if columns.first_row.iter().any(|&row| row >= columns.rows) {
            return Err(unreadable("first_row", "must be a row of the part"));
        }
        let sums = columns.net.iter().zip(&columns.gross);
        let entries: Vec<Entry> = columns
            .period
            .iter()
            .zip(sums)
            .zip(&columns.has_returns)
            .map(|((&period, (&net, &gross)), &has_returns)| Entry {
                period,
                net,
                gross,
                has_returns,
            })
            .collect();
        if let Some(row) = entries.iter().position(|entry| !entry.is_possible()) {
            return Err(unreadable("net", "must be a sum of amounts").at_row(row));
        }
        let partial = PartialSummary {
            options: columns.options,
            layout,
            rows: columns.rows,
            extent,
            customers,
            first_rows: columns.first_row,
            offsets: columns.offsets,
            entries,
        };
        let ascends = |customer| {
            partial
                .periods(customer)
                .is_sorted_by(|a, b| a.period < b.period)
        };
        match (0..customer_count).find(|&customer| !ascends(customer)) {
            Some(customer) => {
                let reason = "must be the periods of each customer, oldest first";
                Err(unreadable("period", reason).at_row(customer))
            }
            None => Ok(partial),
        }
    }
}

fn unreadable(argument: &'static str, reason: &'static str) -> Error {
    Error::new(ErrorKind::Unreadable, argument, reason)
}

impl Ids {
    fn of(customers: &Customers) -> Self {
        let ids = || customers.ids();
        match customers {
            Customers::Integers { .. } => Ids::Integers(
                ids()
                    .filter_map(|id| match id {
                        CustomerId::Integer(id) => Some(id),
                        CustomerId::Text(_) => None,
                    })
                    .collect(),
            ),
            Customers::Texts { .. } => Ids::Texts(
                ids()
                    .filter_map(|id| match id {
                        CustomerId::Text(id) => Some(id.to_owned()),
                        CustomerId::Integer(_) => None,
                    })
                    .collect(),
            ),
        }
    }

    fn intern(&self) -> Result<Customers> {
        let mut customers = Customers::new(matches!(self, Ids::Texts(_)));
        match self {
            Ids::Integers(ids) => ids
                .iter()
                .for_each(|&id| customers.intern_id(CustomerId::Integer(id))),
            Ids::Texts(ids) => ids
                .iter()
                .for_each(|id| customers.intern_id(CustomerId::Text(id))),
        }
        let given = match self {
            Ids::Integers(ids) => ids.len(),
            Ids::Texts(ids) => ids.len(),
        };
        if customers.len() == given {
            Ok(customers)
        } else {
            Err(unreadable("customer", "must not repeat"))
        }
    }
}

impl Entry {
    /// The size of a sum is at most the sum of sizes, up to rounding.
    fn is_possible(&self) -> bool {
        self.net.is_finite()
            && self.gross.is_finite()
            && self.net.abs() <= self.gross * (1.0 + 1e-9)
            && (self.has_returns || self.net >= 0.0)
    }
}
