use pulp::Arch;

use super::geometric::discounted_purchases;
use super::shares::{check_row, row_holds};
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
    /// M cut into panels of `width` columns, the last one filled up with zeros; each is row-major.
    panels: Vec<f64>,
}

/// Shares that one task of the thread pool works on: half a megabyte.
#[cfg(feature = "parallel")]
const SHARES_PER_TASK: usize = 1 << 16;

/// Shares that are checked, multiplied and scaled before the next: they stay in the first cache.
const SHARES_PER_BLOCK: usize = 1 << 10;

/// The columns of a panel for more states than have a function of their own.
const WIDE: usize = 8;

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
        Arch::new().dispatch(
            #[inline(always)]
            || {
                let rows = (SHARES_PER_BLOCK / self.states).max(1);
                let length = rows * self.states;
                let mut refused = None;
                let blocks = shares.chunks(length).zip(out.chunks_mut(length));
                for (i, (shares, out)) in blocks.enumerate() {
                    let first = first + i * rows;
                    let unlike_shares = self.first_unlike_shares(shares, rule);
                    self.multiply(shares, out);
                    let unscalable = self.scale(purchases, first, out);
                    let found = unlike_shares.into_iter().chain(unscalable).min();
                    refused = refused.or(found.map(|row| first + row));
                }
                refused
            },
        )
    }

    #[inline(always)]
    fn first_unlike_shares(&self, shares: &[f64], rule: ShareRule) -> Option<usize> {
        let refused = |row: &[f64]| !row_holds(row, rule) && !row.iter().any(|v| v.is_nan());
        match self.states {
            1 => shares
                .as_chunks::<1>()
                .0
                .iter()
                .position(|row| refused(row)),
            2 => shares
                .as_chunks::<2>()
                .0
                .iter()
                .position(|row| refused(row)),
            3 => shares
                .as_chunks::<3>()
                .0
                .iter()
                .position(|row| refused(row)),
            4 => shares
                .as_chunks::<4>()
                .0
                .iter()
                .position(|row| refused(row)),
            5 => shares
                .as_chunks::<5>()
                .0
                .iter()
                .position(|row| refused(row)),
            6 => shares
                .as_chunks::<6>()
                .0
                .iter()
                .position(|row| refused(row)),
            7 => shares
                .as_chunks::<7>()
                .0
                .iter()
                .position(|row| refused(row)),
            8 => shares
                .as_chunks::<8>()
                .0
                .iter()
                .position(|row| refused(row)),
            k => shares.chunks_exact(k).position(refused),
        }
    }

    #[inline(always)]
    fn multiply(&self, shares: &[f64], out: &mut [f64]) {
        match self.states {
            1 => narrow::<1, 1>(&self.panels, shares, out),
            2 => narrow::<2, 2>(&self.panels, shares, out),
            3 => narrow::<3, 4>(&self.panels, shares, out),
            4 => narrow::<4, 4>(&self.panels, shares, out),
            5 => narrow::<5, 8>(&self.panels, shares, out),
            6 => narrow::<6, 8>(&self.panels, shares, out),
            7 => narrow::<7, 8>(&self.panels, shares, out),
            8 => narrow::<8, 8>(&self.panels, shares, out),
            k => wide(k, &self.panels, shares, out),
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

/// The columns of a panel of a matrix of `states` rows.
fn width(states: usize) -> usize {
    states.next_power_of_two().min(WIDE)
}

fn panels(values: &[f64], states: usize) -> Vec<f64> {
    let width = width(states);
    let column = |j: usize, row: &[f64]| row.get(j).copied().unwrap_or(0.0);
    (0..states)
        .step_by(width)
        .flat_map(|start| {
            let rows = values.chunks_exact(states);
            rows.flat_map(move |row| (start..start + width).map(move |j| column(j, row)))
        })
        .collect()
}

/// Rows of K shares times the K × W matrix that K of W columns are taken from.
#[inline(always)]
fn narrow<const K: usize, const W: usize>(panel: &[f64], shares: &[f64], out: &mut [f64]) {
    let Some(&matrix) = panel.as_chunks::<W>().0.first_chunk::<K>() else {
        return;
    };
    let rows = shares.as_chunks::<K>().0.iter();
    for (row, out) in rows.zip(out.as_chunks_mut::<K>().0) {
        let mut sums = [0.0; W];
        for (&share, matrix_row) in row.iter().zip(&matrix) {
            for (sum, &entry) in sums.iter_mut().zip(matrix_row) {
                *sum += share * entry;
            }
        }
        for (value, sum) in out.iter_mut().zip(sums) {
            *value = sum;
        }
    }
}

/// Rows of any number of shares times the panels of a matrix, four rows at a time.
#[inline(always)]
fn wide(states: usize, panels: &[f64], shares: &[f64], out: &mut [f64]) {
    let blocks = shares.chunks(4 * states).zip(out.chunks_mut(4 * states));
    for (shares, out) in blocks {
        for (p, panel) in panels
            .as_chunks::<WIDE>()
            .0
            .chunks_exact(states)
            .enumerate()
        {
            if shares.len() == 4 * states {
                let (upper, lower) = shares.split_at(2 * states);
                let (first, second) = upper.split_at(states);
                let (third, fourth) = lower.split_at(states);
                let mut sums = [[0.0; WIDE]; 4];
                let rows = first.iter().zip(second).zip(third).zip(fourth);
                for ((((&a, &b), &c), &d), entries) in rows.zip(panel) {
                    for (sums, share) in sums.iter_mut().zip([a, b, c, d]) {
                        add_scaled(sums, share, entries);
                    }
                }
                for (sums, out) in sums.iter().zip(out.chunks_exact_mut(states)) {
                    write_panel(out, p, sums);
                }
            } else {
                for (row, out) in shares
                    .chunks_exact(states)
                    .zip(out.chunks_exact_mut(states))
                {
                    let mut sums = [0.0; WIDE];
                    for (&share, entries) in row.iter().zip(panel) {
                        add_scaled(&mut sums, share, entries);
                    }
                    write_panel(out, p, &sums);
                }
            }
        }
    }
}

#[inline(always)]
fn add_scaled(sums: &mut [f64; WIDE], share: f64, entries: &[f64; WIDE]) {
    for (sum, &entry) in sums.iter_mut().zip(entries) {
        *sum += share * entry;
    }
}

#[inline(always)]
fn write_panel(out: &mut [f64], panel: usize, sums: &[f64; WIDE]) {
    for (value, &sum) in out.iter_mut().skip(panel * WIDE).zip(sums) {
        *value = sum;
    }
}
