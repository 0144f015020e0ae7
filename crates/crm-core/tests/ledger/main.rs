//! The ledger: the cases of `tests/vectors/ledger.json`, laws that hold for every log, and what is
//! refused.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail"
)]

mod in_memory;
mod laws;
mod refused;
mod simulated;
mod vectors;

use crm_core::ledger::{
    AmountColumn, Chunk, CustomerColumn, CustomerId, Granularity, HoldoutSummary, Ledger,
    LedgerBuilder, PartialSummary, Returns, SeriesOptions, Summary, SummaryOptions, TextColumn,
    TimeColumn, TimeUnit, TimeZone,
};
use crm_core::units::{Date, Money, Period};
use crm_core::{Error, ErrorKind};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The columns of a log that a chunk can borrow.
#[derive(Debug, Clone)]
struct Log {
    customers: Customers,
    times: Times,
    amounts: Amounts,
    costs: Option<Amounts>,
}

#[derive(Debug, Clone)]
enum Customers {
    Integers(Vec<i64>),
    Texts(Vec<String>),
}

#[derive(Debug, Clone)]
enum Times {
    Dates(Vec<i32>),
    Timestamps(Vec<i64>, TimeUnit, TimeZone),
}

#[derive(Debug, Clone)]
enum Amounts {
    Floats(Vec<f64>),
    Cents(Vec<i64>),
}

impl Amounts {
    fn column(&self, from: usize, to: usize) -> AmountColumn<'_> {
        match self {
            Amounts::Floats(values) => AmountColumn::Floats(&values[from..to.min(values.len())]),
            Amounts::Cents(units) => AmountColumn::Minor {
                units: &units[from..to.min(units.len())],
                scale: 2,
            },
        }
    }
}

impl Log {
    fn rows(&self) -> usize {
        match &self.customers {
            Customers::Integers(ids) => ids.len(),
            Customers::Texts(ids) => ids.len(),
        }
    }

    /// The texts of some customers, none where they are numbers.
    fn texts(&self, from: usize, to: usize) -> Vec<&str> {
        match &self.customers {
            Customers::Integers(_) => Vec::new(),
            Customers::Texts(ids) => ids[from..to].iter().map(String::as_str).collect(),
        }
    }

    /// Some rows; `texts` are those of their customers.
    fn chunk<'l>(&'l self, from: usize, to: usize, texts: &'l dyn TextColumn) -> Chunk<'l> {
        Chunk {
            customers: match &self.customers {
                Customers::Integers(ids) => CustomerColumn::Integers(&ids[from..to]),
                Customers::Texts(_) => CustomerColumn::Texts(texts),
            },
            times: match &self.times {
                Times::Dates(days) => TimeColumn::Dates(&days[from..to.min(days.len())]),
                Times::Timestamps(ticks, unit, zone) => TimeColumn::Timestamps {
                    ticks: &ticks[from..to],
                    unit: *unit,
                    zone: *zone,
                },
            },
            amounts: self.amounts.column(from, to),
            costs: self.costs.as_ref().map(|costs| costs.column(from, to)),
        }
    }

    fn push(&self, builder: &mut LedgerBuilder, from: usize, to: usize) -> Result<(), Error> {
        builder.push(&self.chunk(from, to, &self.texts(from, to)))
    }

    fn ledger(&self, chunks: &[usize]) -> Result<Ledger, Error> {
        let mut builder = LedgerBuilder::new();
        let mut from = 0;
        for rows in chunks {
            self.push(&mut builder, from, from + rows)?;
            from += rows;
        }
        self.push(&mut builder, from, self.rows())?;
        builder.finish()
    }

    /// What each of consecutive parts contributes to a summary; parts without rows are left out.
    fn partials(
        &self,
        sizes: &[usize],
        options: &SummaryOptions,
    ) -> Result<Vec<PartialSummary>, Error> {
        let mut parts = Vec::new();
        let mut from = 0;
        let rest = self.rows() - sizes.iter().sum::<usize>();
        for rows in sizes.iter().copied().chain([rest]).filter(|&rows| rows > 0) {
            let mut builder = LedgerBuilder::new();
            self.push(&mut builder, from, from + rows)?;
            parts.push(builder.finish()?.partial_summary(options)?);
            from += rows;
        }
        Ok(parts)
    }
}

fn merged(parts: &[&PartialSummary]) -> PartialSummary {
    let mut whole = parts[0].clone();
    for part in &parts[1..] {
        whole.merge(part).unwrap();
    }
    whole
}
