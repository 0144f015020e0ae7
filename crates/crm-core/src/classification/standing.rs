//! Where a value stands among those of all customers.

use std::borrow::Cow;

use crate::error::Result;
use crate::parallel;
use crate::value::types::CutRule;

/// The known values of a column.
pub(super) struct Standing<'a> {
    /// Ascending, as their places in the order of floats.
    sorted: Vec<u64>,
    known: Cow<'a, [f64]>,
}

/// A border and how many of the known values lie at or below it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Border {
    pub(super) cut: f64,
    below: usize,
}

/// How many of the known values lie below a value, and how many at or below it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Rank {
    below: usize,
    up_to: usize,
}

impl<'a> Standing<'a> {
    /// `None` where no value is known.
    pub(super) fn new(column: Option<&'a [f64]>) -> Option<Self> {
        let values = column?;
        let known: Cow<'a, [f64]> = if values.iter().any(|value| value.is_nan()) {
            values
                .iter()
                .copied()
                .filter(|value| !value.is_nan())
                .collect()
        } else {
            values.into()
        };
        let mut sorted: Vec<u64> = known.iter().copied().map(place).collect();
        parallel::sort_by_key(&mut sorted, |value| *value);
        (!sorted.is_empty()).then_some(Standing { sorted, known })
    }

    /// In the order of the table.
    pub(super) fn known(&self) -> &[f64] {
        &self.known
    }

    pub(super) fn border(&self, argument: &'static str, rule: CutRule) -> Result<Border> {
        Ok(self.at(rule.cut(argument, &self.known)?))
    }

    pub(super) fn at(&self, cut: f64) -> Border {
        let cut_at = place(cut);
        let below = self.sorted.partition_point(|&value| value <= cut_at);
        Border {
            cut,
            below: if cut.is_nan() { 0 } else { below },
        }
    }

    /// The rank of every value; that of NaN says nothing.
    pub(super) fn ranks(&self, values: &[f64]) -> Vec<Rank> {
        const ROWS: usize = 1 << 13;
        let blocks = parallel::map_range(values.len().div_ceil(ROWS), |block| {
            let rows = block * ROWS..values.len().min((block + 1) * ROWS);
            self.ranks_of(values.get(rows).unwrap_or_default())
        });
        blocks.concat()
    }

    fn ranks_of(&self, values: &[f64]) -> Vec<Rank> {
        let mut ranks = Vec::with_capacity(values.len());
        for lanes in values.chunks(LANES) {
            let mut wanted = [0; LANES];
            wanted
                .iter_mut()
                .zip(lanes)
                .for_each(|(own, value)| *own = place(*value));
            let below = self.below_each(&wanted);
            let ranked = wanted.into_iter().zip(below).zip(lanes);
            ranks.extend(ranked.map(|((wanted, below), _)| Rank {
                below,
                up_to: self.end_of_equals(wanted, below),
            }));
        }
        ranks
    }

    /// How many values lie below each of those wanted. The searches go on side by side, so that one does not wait for the memory
    /// of another.
    fn below_each(&self, wanted: &[u64; LANES]) -> [usize; LANES] {
        let mut below = [0; LANES];
        let mut size = self.sorted.len();
        while size > 0 {
            // What is not looked at again lies below, or is not below: `size` places are left from `below` on.
            let half = size.div_ceil(2);
            for (below, wanted) in below.iter_mut().zip(wanted) {
                let probe = self.sorted.get(*below + half - 1);
                let is_below = probe.is_some_and(|value| value < wanted);
                *below += if is_below { half } else { 0 };
            }
            size -= half;
        }
        below
    }

    /// The end of the values that are equal to one of which so many lie below.
    fn end_of_equals(&self, wanted: u64, below: usize) -> usize {
        let is_equal = |place: usize| self.sorted.get(place) == Some(&wanted);
        if !is_equal(below) || !is_equal(below + 1) {
            return below + usize::from(is_equal(below));
        }
        let others = self.sorted.get(below..).unwrap_or_default();
        below + others.partition_point(|&value| value <= wanted)
    }

    /// The share of the known values from this one to the border, itself included: how many would have to move for it to cross.
    pub(super) fn margin(&self, value: f64, rank: Rank, border: &Border) -> f64 {
        let between = if value > border.cut {
            rank.up_to - border.below
        } else {
            border.below - rank.below
        };
        between as f64 / self.sorted.len() as f64
    }
}

/// Searches that go on side by side.
const LANES: usize = 16;

/// The place of a float in their order; 0 and −0 have the same.
fn place(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 {
        bits | 1 << 63
    } else {
        !bits
    }
}
