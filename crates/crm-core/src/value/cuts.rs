//! Cut points on one column: the common ground of tiers, types and RFM scores.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use super::{check_column, check_finite, check_length, out_of_range};
use crate::error::{Error, Result};
use crate::units::{Label, Share, Terms};

/// The most cut points that a column may have: codes are `u8`.
const MOST_THRESHOLDS: usize = 254;

/// Which end of a column is the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Direction {
    /// Profit, number of orders, date of the last purchase.
    #[default]
    HigherIsBetter = 0,
    /// Days since the last purchase.
    LowerIsBetter = 1,
}

impl Direction {
    /// Whether `one` is strictly worse than `other`.
    #[must_use]
    #[inline]
    pub fn is_worse(self, one: f64, other: f64) -> bool {
        match self {
            Direction::HigherIsBetter => one < other,
            Direction::LowerIsBetter => one > other,
        }
    }
}

impl Label for Direction {
    const ALL: &'static [Self] = &[Direction::HigherIsBetter, Direction::LowerIsBetter];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Direction::HigherIsBetter => ("higher_is_better", "Higher is better", "越高越好"),
            Direction::LowerIsBetter => ("lower_is_better", "Lower is better", "越低越好"),
        };
        Terms { name, en, zh }
    }
}

/// Cut points that split a column into parts, numbered from 0 (the worst).
///
/// A value's part is the number of cut points that it is strictly better than: a value equal to a
/// cut point stays below it. A part depends on the value alone, so equal customers are always in
/// the same part, and cut points found at one date can be used at another.
///
/// Quantile cut points are observed values, the inverse of the empirical distribution (type 1 of
/// Hyndman & Fan 1996): the ⌈n·p⌉-th worst of n values. So never more than n·(1 − p) customers are
/// above the cut point of p. With many equal values fewer are, and a part may be empty.
///
/// ```
/// use crm_core::value::cuts::{Cuts, Direction};
///
/// let orders = [1.0, 1.0, 1.0, 1.0, 2.0, 3.0, 3.0, 7.0, 9.0, 12.0];
/// let cuts = Cuts::equal_parts("orders", &orders, 5, Direction::HigherIsBetter)?;
/// assert_eq!(cuts.thresholds(), [1.0, 1.0, 3.0, 7.0]);
/// assert_eq!((cuts.part(1.0), cuts.part(2.0), cuts.part(12.0)), (0, 2, 4));
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cuts {
    thresholds: Vec<f64>,
    direction: Direction,
}

impl Cuts {
    /// These cut points, in ascending order; equal ones leave an empty part between them.
    ///
    /// # Errors
    /// `Empty`, `NotFinite`, `OutOfRange` for a cut point
    /// below the one before it or for more than 254 of them.
    pub fn new(thresholds: &[f64], direction: Direction) -> Result<Self> {
        check_column("thresholds", thresholds)?;
        if thresholds.len() > MOST_THRESHOLDS {
            return Err(out_of_range(
                "thresholds",
                format_args!("of length {}", thresholds.len()),
                format!("must be at most {MOST_THRESHOLDS}"),
            ));
        }
        for (row, (lower, upper)) in thresholds.iter().zip(thresholds.iter().skip(1)).enumerate() {
            if upper < lower {
                let error = out_of_range("thresholds", upper, "must be in ascending order");
                return Err(error.at_row(row + 1));
            }
        }
        Ok(Cuts {
            thresholds: thresholds.to_vec(),
            direction,
        })
    }

    /// One cut point per share: that share of the customers is at or below it, counted from the
    /// worst. Errors speak of `argument`.
    ///
    /// # Errors
    /// `Empty`, `NotFinite`; `OutOfRange` for shares that
    /// do not ascend between 0 and 1 (both excluded).
    pub fn quantiles(
        argument: &'static str,
        values: &[f64],
        shares: &[Share],
        direction: Direction,
    ) -> Result<Self> {
        let rule = "must ascend between 0 and 1, both excluded";
        let mut previous = Share::ZERO;
        for (row, &share) in shares.iter().enumerate() {
            if share <= previous || share == Share::ONE {
                return Err(out_of_range("shares", share.value(), rule).at_row(row));
            }
            previous = share;
        }
        let count = Decimal::from(values.len());
        let rank = |share: &Share| count.checked_mul(share.value())?.ceil().to_usize();
        let ranks: Option<Vec<usize>> = shares.iter().map(rank).collect();
        let ranks = ranks.ok_or_else(|| Error::overflow(argument))?;
        Self::at_ranks(argument, values, &ranks, direction)
    }

    /// Cut points for `parts` parts of equal size, from 2 to 255. Errors speak of `argument`.
    ///
    /// # Errors
    /// `Empty`, `NotFinite`, `OutOfRange`.
    pub fn equal_parts(
        argument: &'static str,
        values: &[f64],
        parts: u8,
        direction: Direction,
    ) -> Result<Self> {
        if parts < 2 {
            return Err(out_of_range("parts", parts, "must be at least 2"));
        }
        let rank = |part: u8| {
            let rows = u128::try_from(values.len()).ok()?;
            usize::try_from((rows * u128::from(part)).div_ceil(u128::from(parts))).ok()
        };
        let ranks: Option<Vec<usize>> = (1..parts).map(rank).collect();
        let ranks = ranks.ok_or_else(|| Error::overflow(argument))?;
        Self::at_ranks(argument, values, &ranks, direction)
    }

    /// The values of these ranks (ascending, from 1), counted from the worst.
    fn at_ranks(
        argument: &'static str,
        values: &[f64],
        ranks: &[usize],
        direction: Direction,
    ) -> Result<Self> {
        check_column(argument, values)?;
        if ranks.is_empty() || ranks.len() > MOST_THRESHOLDS {
            let rule = format!("must be from 1 to {MOST_THRESHOLDS} cut points");
            return Err(out_of_range(
                "shares",
                format_args!("of length {}", ranks.len()),
                rule,
            ));
        }
        let worst_first = |a: &f64, b: &f64| match direction {
            Direction::HigherIsBetter => a.total_cmp(b),
            Direction::LowerIsBetter => b.total_cmp(a),
        };
        // Adding 0 turns −0 into 0, which is equal to it.
        let mut column: Vec<f64> = values.iter().map(|value| value + 0.0).collect();
        let mut rest = column.as_mut_slice();
        let mut taken = 0;
        let mut thresholds: Vec<f64> = Vec::with_capacity(ranks.len());
        for &rank in ranks {
            let threshold = match rank.checked_sub(taken + 1) {
                Some(place) if place < rest.len() => {
                    let (_, value, better) = rest.select_nth_unstable_by(place, worst_first);
                    rest = better;
                    taken = rank;
                    *value
                }
                _ => thresholds.last().copied().unwrap_or(f64::NAN),
            };
            thresholds.push(threshold);
        }
        if direction == Direction::LowerIsBetter {
            thresholds.reverse();
        }
        Cuts::new(&thresholds, direction)
    }

    /// The cut points, ascending.
    #[must_use]
    pub fn thresholds(&self) -> &[f64] {
        &self.thresholds
    }

    /// Which end is the better one.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// How many parts there are: one more than cut points.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.thresholds.len() + 1
    }

    /// The part of one value: the number of cut points that it is strictly better than. NaN is
    /// better than nothing.
    #[must_use]
    #[inline]
    pub fn part(&self, value: f64) -> u8 {
        let thresholds = self.thresholds.iter();
        match self.direction {
            Direction::HigherIsBetter => thresholds.map(|t| u8::from(value > *t)).sum(),
            Direction::LowerIsBetter => thresholds.map(|t| u8::from(value < *t)).sum(),
        }
    }

    /// Writes `code(part)` of every value into `out`. Errors speak of `argument`.
    pub(crate) fn codes_into(
        &self,
        argument: &'static str,
        values: &[f64],
        out: &mut [u8],
        code: impl Fn(u8) -> u8 + Sync,
    ) -> Result<()> {
        check_length("out", out.len(), values.len())?;
        check_finite(argument, values)?;
        for_each_chunk(values, out, |values, out| {
            for (value, out) in values.iter().zip(out) {
                *out = code(self.part(*value));
            }
        });
        Ok(())
    }

    /// Writes the part of every value into `out`. Errors speak of `argument`.
    ///
    /// # Errors
    /// `LengthMismatch`, `NotFinite`.
    pub fn parts_into(&self, argument: &'static str, values: &[f64], out: &mut [u8]) -> Result<()> {
        self.codes_into(argument, values, out, |part| part)
    }
}

#[cfg(feature = "parallel")]
fn for_each_chunk(values: &[f64], out: &mut [u8], work: impl Fn(&[f64], &mut [u8]) + Sync) {
    use super::ROWS_PER_TASK;
    use rayon::prelude::*;
    values
        .par_chunks(ROWS_PER_TASK)
        .zip(out.par_chunks_mut(ROWS_PER_TASK))
        .for_each(|(values, out)| work(values, out));
}

#[cfg(not(feature = "parallel"))]
fn for_each_chunk(values: &[f64], out: &mut [u8], work: impl Fn(&[f64], &mut [u8])) {
    work(values, out);
}
