//! Activity per customer and period, as it comes in.

use crm_core::ledger::{Ledger, PeriodSeries, SeriesOptions};
use crm_core::lifecycle::inference::Known;
use crm_core::{Error, ErrorKind};
use crm_core_arrow::{Column, ROWS_PER_PART, Table};
use rayon::prelude::*;

use super::ids::Ids;

/// Activity as the core takes it.
#[derive(Debug)]
pub(crate) struct Activity {
    pub(crate) ids: Ids,
    pub(crate) series: PeriodSeries,
    pub(crate) share: Option<Vec<f64>>,
}

impl Activity {
    pub(crate) fn read(table: &Table, observed: u32) -> crm_core::Result<Self> {
        let (ids, offsets) = Ids::of_runs(table.column("customer")?)?;
        let spend = complete(table.column("spend")?)?;
        let optional = |name: &str| {
            let known = table.names().any(|n| n == name);
            known.then(|| table.column(name)).transpose()
        };
        Ok(Activity {
            ids,
            series: PeriodSeries::new(
                offsets,
                counts("period", table.column("period")?)?,
                counts("purchases", table.column("purchases")?)?,
                spend,
                optional("profit")?.map(complete).transpose()?,
                observed,
            )?,
            share: optional("share_of_wallet")?
                .map(Column::floats)
                .transpose()?,
        })
    }

    /// Of the customers with activity: the others have no row in the table of a ledger's series either.
    pub(crate) fn of_ledger(ledger: &Ledger, options: &SeriesOptions) -> crm_core::Result<Self> {
        let (series, customers) = ledger.period_series(options)?.active();
        let ids = Ids::of_ledger(ledger, customers);
        Ok(Activity {
            ids,
            series,
            share: None,
        })
    }

    pub(crate) fn known<'a>(&'a self, p_alive: Option<&'a [f64]>) -> Known<'a> {
        Known {
            share_of_wallet: self.share.as_deref(),
            p_alive,
        }
    }
}

fn complete(column: Column<'_>) -> crm_core::Result<Vec<f64>> {
    refuse_missing(column)?;
    column.floats()
}

fn refuse_missing(column: Column<'_>) -> crm_core::Result<()> {
    match column.first_missing()? {
        Some(row) => {
            let name = column.name.to_owned();
            Err(Error::new(ErrorKind::Missing, name, "is missing").at_row(row))
        }
        None => Ok(()),
    }
}

fn counts(argument: &'static str, column: Column<'_>) -> crm_core::Result<Vec<u32>> {
    let refused = |row: usize, value: &dyn std::fmt::Display| {
        let reason = "must be a whole number, 0 or more";
        let error = Error::new(ErrorKind::OutOfRange, argument, reason);
        error.with_value(value).at_row(row)
    };
    if !column.data_type.is_integer() {
        let values = complete(column)?;
        let mut counts = vec![0; values.len()];
        return match fill(&mut counts, &values, |v| v as u32, |n, v| f64::from(n) == v) {
            Some((row, value)) => Err(refused(row, &value)),
            None => Ok(counts),
        };
    }
    refuse_missing(column)?;
    let mut counts = vec![0; column.chunks().map(|chunk| chunk.len()).sum()];
    let mut rest = counts.as_mut_slice();
    let mut first = 0;
    for chunk in column.chunks() {
        let integers = chunk.integers()?;
        let (own, others) = rest.split_at_mut(integers.len());
        let same = |count, value| i64::from(count) == value;
        if let Some((row, value)) = fill(own, &integers, |value| value as u32, same) {
            return Err(refused(first + row, &value));
        }
        (rest, first) = (others, first + integers.len());
    }
    Ok(counts)
}

/// Fills in the counts of all values, or finds the first value that is not the same as its count, with its row.
fn fill<T: Copy + Sync + Send>(
    counts: &mut [u32],
    values: &[T],
    count: impl Fn(T) -> u32 + Sync,
    same: impl Fn(u32, T) -> bool + Sync,
) -> Option<(usize, T)> {
    let counts = counts.par_chunks_mut(ROWS_PER_PART);
    let parts = counts.zip(values.par_chunks(ROWS_PER_PART)).enumerate();
    parts
        .map(|(part, (counts, values))| {
            let mut all_same = true;
            for (own, &value) in counts.iter_mut().zip(values) {
                *own = count(value);
                all_same &= same(*own, value);
            }
            if all_same {
                return None;
            }
            let mut read = counts.iter().zip(values).enumerate();
            let (row, (_, value)) = read.find(|(_, (count, value))| !same(**count, **value))?;
            Some((part * ROWS_PER_PART + row, *value))
        })
        .find_map_first(|refused| refused)
}
