//! Sums of long columns.

use crate::parallel;

/// A running sum with the rounding errors added back (Neumaier 1974): its error does not grow
/// with the number of terms, unless the terms cancel.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    total: f64,
    compensation: f64,
}

impl Sum {
    #[inline]
    pub(crate) fn add(&mut self, term: f64) {
        let total = self.total + term;
        self.compensation += if self.total.abs() >= term.abs() {
            (self.total - total) + term
        } else {
            (term - total) + self.total
        };
        self.total = total;
    }

    #[inline]
    pub(crate) fn value(self) -> f64 {
        self.total + self.compensation
    }
}

impl FromIterator<f64> for Sum {
    fn from_iter<I: IntoIterator<Item = f64>>(terms: I) -> Self {
        let mut sum = Sum::default();
        terms.into_iter().for_each(|term| sum.add(term));
        sum
    }
}

/// Rows that one task sums; fixed, so that results do not depend on the number of threads.
const ROWS_PER_BLOCK: usize = 1 << 12;

/// Σ over the rows below `rows` of what `term` adds to the `width` sums that it is given: the same
/// bits for any number of threads.
pub(crate) fn blocks(
    rows: usize,
    width: usize,
    term: impl Fn(usize, &mut [f64]) + Sync + Send,
) -> Vec<f64> {
    let partial = parallel::map_range(rows.div_ceil(ROWS_PER_BLOCK), |block| {
        let mut sums = vec![0.0; width];
        let first = block * ROWS_PER_BLOCK;
        for row in first..rows.min(first + ROWS_PER_BLOCK) {
            term(row, &mut sums);
        }
        sums
    });
    let total = |j: usize| partial.iter().filter_map(move |sums| sums.get(j).copied());
    (0..width)
        .map(|j| total(j).collect::<Sum>().value())
        .collect()
}
