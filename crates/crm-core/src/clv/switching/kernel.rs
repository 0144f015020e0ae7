use std::array;

use pulp::{Arch, Simd, WithSimd};

use super::geometric::discounted_purchases;
use super::shares::{are_shares, check_row, row_holds, sums_to_one};
use super::{Discounting, Horizon, ShareRule, TransitionMatrix};
use crate::error::{Error, Result};
use crate::kernels::{Column, Domain};

/// The value that each brand gets from every customer of a table, under one switching matrix.
///
/// CLV = S_0 · M with M = Σ_{t=0}^{T} δ^t P^t · diag(π), δ = (1+r)^(−1/f): M is computed once, then a
/// customer costs one product of a row with a k × k matrix, however long the horizon is.
///
/// Results are the same bits for any number of threads and on every processor: each is a chain of
/// products and sums in the order of the brands, without fused multiply-add.
///
/// ```
/// use crm_core::clv::switching::{Discounting, Horizon, MatrixClv, ShareRule, TransitionMatrix};
/// use crm_core::units::Rate;
///
/// let matrix = TransitionMatrix::new(&[[0.8, 0.2], [0.3, 0.7]])?;
/// let discounting = Discounting::new(Rate::try_from(0.1)?);
/// let kernel = MatrixClv::new(&matrix, 50.0.into(), discounting, Horizon::Infinite)?;
///
/// // Two customers: one buys brand 0 only, one buys both alike.
/// let shares = [1.0, 0.0, 0.5, 0.5];
/// let mut clv = [0.0; 4];
/// kernel.evaluate(&shares, 1.0.into(), ShareRule::SumToOne, &mut clv)?;
///
/// // 50 a period for ever, at 10 %, is 550, wherever it is spent.
/// assert!((clv[0] + clv[1] - 550.0).abs() < 1e-12);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixClv {
    states: usize,
    /// M, row-major.
    values: Vec<f64>,
    /// M in the layout of [`panels`].
    panels: Vec<f64>,
}

/// Shares that one task of the thread pool works on: half a megabyte.
#[cfg(feature = "parallel")]
const SHARES_PER_TASK: usize = 1 << 16;

/// Shares that are checked, multiplied and scaled before the next: they stay in the first cache.
const SHARES_PER_BLOCK: usize = 1 << 10;

/// The columns of a panel: the `f64`s of the longest vector of any processor.
const WIDE: usize = 8;

/// Rows whose results are summed side by side.
const ROWS: usize = 8;

impl MatrixClv {
    /// `contribution` is π_j, what a purchase of brand j contributes: one number, or one per brand.
    ///
    /// # Errors
    /// `LengthMismatch` unless there is one contribution per brand, `NotFinite`, `Divergent` for an
    /// infinite horizon and a discount rate of 0 or less, `Overflow`.
    pub fn new(
        matrix: &TransitionMatrix,
        contribution: Column<'_>,
        discounting: Discounting,
        horizon: Horizon,
    ) -> Result<Self> {
        let states = matrix.states();
        if let Some(rows) = contribution.rows().filter(|&rows| rows != states) {
            return Err(Error::length("contribution", rows, states));
        }
        for j in 0..states {
            let value = contribution.get(j);
            if !value.is_finite() {
                return Err(Error::not_finite("contribution", value).at_row(j));
            }
        }
        let mut values = discounted_purchases(matrix, discounting, horizon)?;
        for (entry, j) in values.iter_mut().zip((0..states).cycle()) {
            *entry *= contribution.get(j);
        }
        // Shares are at most 1, so this bounds every result.
        let bound: f64 = values.iter().map(|entry| entry.abs()).sum();
        if !bound.is_finite() {
            return Err(Error::overflow("clv"));
        }
        Ok(MatrixClv {
            states,
            panels: panels(&values, states),
            values,
        })
    }

    /// k, the number of brands.
    #[must_use]
    pub fn states(&self) -> usize {
        self.states
    }

    /// M, row-major: entry (i, j) is the value to brand j of a customer who now buys brand i.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Writes the value of every customer to every brand into `out`, row-major n × k as `shares`.
    ///
    /// `shares` are the present shares S_0 of every customer, row-major n × k; `purchases` is F, the
    /// purchases per period of all or of each customer (1 where `contribution` is per period);
    /// `rule` says what the shares of a customer sum to. A customer with NaN gets NaN.
    ///
    /// # Errors
    /// `LengthMismatch`; with the row of the first customer that is refused, `NotFinite`, `OutOfRange`
    /// for a share outside [0, 1] or negative purchases, `NotStochastic` with the sum, `Overflow`.
    /// `out` then holds nothing of use.
    pub fn evaluate(
        &self,
        shares: &[f64],
        purchases: Column<'_>,
        rule: ShareRule,
        out: &mut [f64],
    ) -> Result<()> {
        let customers = shares.len() / self.states;
        if shares.len() != customers * self.states {
            let expected = (customers + 1).saturating_mul(self.states);
            return Err(Error::length("shares", shares.len(), expected));
        }
        if out.len() != shares.len() {
            return Err(Error::length("out", out.len(), shares.len()));
        }
        if let Some(rows) = purchases.rows().filter(|&rows| rows != customers) {
            return Err(Error::length("purchases", rows, customers));
        }
        match self.first_refusal(shares, purchases, rule, out) {
            Some(row) => Err(self.refusal(shares, purchases, rule, row)),
            None => Ok(()),
        }
    }

    #[cfg(feature = "parallel")]
    fn first_refusal(
        &self,
        shares: &[f64],
        purchases: Column<'_>,
        rule: ShareRule,
        out: &mut [f64],
    ) -> Option<usize> {
        use rayon::prelude::*;
        let rows = (SHARES_PER_TASK / self.states).max(1);
        if out.len() <= rows * self.states {
            return self.task(shares, purchases, rule, 0, out);
        }
        let tasks = shares
            .par_chunks(rows * self.states)
            .zip(out.par_chunks_mut(rows * self.states));
        tasks
            .enumerate()
            .filter_map(|(i, (shares, out))| self.task(shares, purchases, rule, i * rows, out))
            .min()
    }

    #[cfg(not(feature = "parallel"))]
    fn first_refusal(
        &self,
        shares: &[f64],
        purchases: Column<'_>,
        rule: ShareRule,
        out: &mut [f64],
    ) -> Option<usize> {
        self.task(shares, purchases, rule, 0, out)
    }

    /// Evaluates the customers from `first` on; returns the first that is refused.
    fn task(
        &self,
        shares: &[f64],
        purchases: Column<'_>,
        rule: ShareRule,
        first: usize,
        out: &mut [f64],
    ) -> Option<usize> {
        Arch::new().dispatch(Task {
            kernel: self,
            shares,
            purchases,
            rule,
            first,
            out,
        })
    }

    #[inline(always)]
    fn first_unlike_shares(&self, shares: &[f64], rule: ShareRule) -> Option<usize> {
        if are_shares(shares) && (rule == ShareRule::Any || self.rows_sum_to_one(shares)) {
            return None;
        }
        let is_refused = |row: &[f64]| !row_holds(row, rule) && !row.iter().any(|v| v.is_nan());
        shares.chunks_exact(self.states).position(is_refused)
    }

    #[inline(always)]
    fn rows_sum_to_one(&self, shares: &[f64]) -> bool {
        match self.states {
            2 => narrow_rows_sum_to_one::<2>(shares),
            3 => narrow_rows_sum_to_one::<3>(shares),
            4 => narrow_rows_sum_to_one::<4>(shares),
            5 => narrow_rows_sum_to_one::<5>(shares),
            6 => narrow_rows_sum_to_one::<6>(shares),
            7 => narrow_rows_sum_to_one::<7>(shares),
            k => {
                let mut fine = true;
                for row in shares.chunks_exact(k) {
                    fine &= sums_to_one(row);
                }
                fine
            }
        }
    }

    #[inline(always)]
    fn multiply<S: Simd>(&self, simd: S, shares: &[f64], out: &mut [f64]) {
        match self.states {
            1 => narrow::<1>(&self.values, shares, out),
            2 => narrow::<2>(&self.values, shares, out),
            3 => narrow::<3>(&self.values, shares, out),
            4 => narrow::<4>(&self.values, shares, out),
            5 => narrow::<5>(&self.values, shares, out),
            6 => narrow::<6>(&self.values, shares, out),
            7 => narrow::<7>(&self.values, shares, out),
            k => wide(simd, k, &self.panels, shares, out),
        }
    }

    /// Multiplies the customers of `out`, the first of which is row `first`, by their purchases.
    #[inline(always)]
    fn scale(&self, purchases: Column<'_>, first: usize, out: &mut [f64]) -> Option<usize> {
        if matches!(purchases, Column::Constant(1.0)) {
            return None;
        }
        let mut refused = None;
        for (i, row) in out.chunks_exact_mut(self.states).enumerate() {
            let factor = purchases.get(first + i);
            let mut allowed = factor.is_nan() || Domain::NonNegative.contains(factor);
            for value in row {
                *value *= factor;
                allowed &= !value.is_infinite();
            }
            if !allowed {
                refused = refused.or(Some(i));
            }
        }
        refused
    }

    fn refusal(&self, shares: &[f64], purchases: Column<'_>, rule: ShareRule, row: usize) -> Error {
        let in_shares = shares
            .chunks_exact(self.states)
            .nth(row)
            .and_then(|shares| check_row("shares", shares, rule).err());
        let factor = purchases.get(row);
        let error = in_shares.unwrap_or_else(|| {
            if Domain::NonNegative.contains(factor) {
                Error::overflow("clv")
            } else {
                Domain::NonNegative.refuse("purchases", factor)
            }
        });
        error.at_row(row)
    }
}

/// The customers from `first` on. A type, since a closure is not compiled for the instruction set
/// that it is dispatched to.
struct Task<'a> {
    kernel: &'a MatrixClv,
    shares: &'a [f64],
    purchases: Column<'a>,
    rule: ShareRule,
    first: usize,
    out: &'a mut [f64],
}

impl WithSimd for Task<'_> {
    /// The first customer that is refused.
    type Output = Option<usize>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Option<usize> {
        let states = self.kernel.states;
        let rows = (SHARES_PER_BLOCK / states).max(1);
        let blocks = self.shares.chunks(rows * states);
        let blocks = blocks.zip(self.out.chunks_mut(rows * states));
        let mut refused = None;
        for (i, (shares, out)) in blocks.enumerate() {
            let first = self.first + i * rows;
            let unlike_shares = self.kernel.first_unlike_shares(shares, self.rule);
            self.kernel.multiply(simd, shares, out);
            let unscalable = self.kernel.scale(self.purchases, first, out);
            let found = unlike_shares.into_iter().chain(unscalable).min();
            refused = refused.or(found.map(|row| first + row));
        }
        refused
    }
}

/// A row-major matrix cut into panels of `WIDE` columns, the last one filled up with zeros; each is
/// row-major.
fn panels(values: &[f64], states: usize) -> Vec<f64> {
    let column = |j: usize, row: &[f64]| row.get(j).copied().unwrap_or(0.0);
    (0..states)
        .step_by(WIDE)
        .flat_map(|start| {
            let rows = values.chunks_exact(states);
            rows.flat_map(move |row| (start..start + WIDE).map(move |j| column(j, row)))
        })
        .collect()
}

#[inline(always)]
fn narrow_rows_sum_to_one<const K: usize>(shares: &[f64]) -> bool {
    let mut fine = true;
    for row in shares.as_chunks::<K>().0 {
        fine &= sums_to_one(row);
    }
    fine
}

/// Rows of K shares times a K × K matrix, in a form that compilers turn into vectors of rows.
#[inline(always)]
fn narrow<const K: usize>(matrix: &[f64], shares: &[f64], out: &mut [f64]) {
    let Some(&matrix) = matrix.as_chunks::<K>().0.first_chunk::<K>() else {
        return;
    };
    let rows = shares.as_chunks::<K>().0.iter();
    for (row, out) in rows.zip(out.as_chunks_mut::<K>().0) {
        let mut sums = [0.0; K];
        for (&share, entries) in row.iter().zip(&matrix) {
            for (sum, &entry) in sums.iter_mut().zip(entries) {
                *sum += share * entry;
            }
        }
        *out = sums;
    }
}

/// Rows of `states` shares times the panels of a matrix, eight rows at a time.
#[inline(always)]
fn wide<S: Simd>(simd: S, states: usize, panels: &[f64], shares: &[f64], out: &mut [f64]) {
    let blocks = shares.chunks_exact(ROWS * states);
    let (rest, out_blocks) = (blocks.remainder(), out.chunks_exact_mut(ROWS * states));
    for (shares, out) in blocks.zip(out_blocks) {
        rows::<S, ROWS>(simd, states, panels, shares, out);
    }
    let out_rest = out.len() - rest.len();
    let out_rows = out.chunks_exact_mut(states).skip(out_rest / states);
    for (shares, out) in rest.chunks_exact(states).zip(out_rows) {
        rows::<S, 1>(simd, states, panels, shares, out);
    }
}

/// R rows of shares times the panels of a matrix: a vector of columns of R results at a time.
#[inline(always)]
#[expect(
    clippy::indexing_slicing,
    reason = "columns start below `states`, the length of a row"
)]
fn rows<S: Simd, const R: usize>(
    simd: S,
    states: usize,
    panels: &[f64],
    shares: &[f64],
    out: &mut [f64],
) {
    let rows: [&[f64]; R] = array::from_fn(|r| &shares[r * states..(r + 1) * states]);
    for (p, panel) in panels.chunks_exact(WIDE * states).enumerate() {
        let (vectors, _) = S::as_simd_f64s(panel);
        let vectors_per_row = WIDE / S::F64_LANES;
        for v in 0..vectors_per_row {
            let column = p * WIDE + v * S::F64_LANES;
            if column >= states {
                break;
            }
            let mut sums = [simd.splat_f64s(0.0); R];
            for i in 0..states {
                let entries = vectors[i * vectors_per_row + v];
                for (sum, row) in sums.iter_mut().zip(&rows) {
                    *sum = simd.add_f64s(*sum, simd.mul_f64s(simd.splat_f64s(row[i]), entries));
                }
            }
            for (r, sum) in sums.into_iter().enumerate() {
                let out = &mut out[r * states + column..(r + 1) * states];
                match S::as_mut_simd_f64s(out).0.first_mut() {
                    Some(vector) => *vector = sum,
                    None => {
                        let mut last = [0.0; WIDE];
                        if let Some(vector) = S::as_mut_simd_f64s(&mut last).0.first_mut() {
                            *vector = sum;
                        }
                        for (value, last) in out.iter_mut().zip(last) {
                            *value = last;
                        }
                    }
                }
            }
        }
    }
}
