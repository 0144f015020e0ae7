use pulp::{Arch, Simd, WithSimd};

use super::geometric::{discounted_purchases, spending_by_period};
use super::product::Product;
use super::shares::check_row;
use super::table::{first_refusal, first_unlike_shares, rows_per_block};
use super::{Amount, CustomerSpending, Discounting, Horizon, ShareRule, TransitionMatrix};
use crate::error::{Error, Result};
use crate::kernels::Column;

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
pub struct MatrixClv(Product);

/// Shares that one task of the thread pool works on: half a megabyte.
pub(super) const SHARES_PER_TASK: usize = 1 << 16;

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
        Self::from_values(states, values)
    }

    /// The same where the matrix, the purchases or the contribution differ by period:
    ///
    /// M = Σ_{t=0}^{T} δ^t · P_1 ⋯ P_t · diag(F_t · π_t)
    ///
    /// `matrices` are P_1, …, P_T: matrix t (from 0) leads from period t to period t + 1, and T is their
    /// number. What [`MatrixClv::evaluate`] takes as spending of a customer multiplies the result.
    ///
    /// ```
    /// use crm_core::clv::switching::{Amount, Discounting, MatrixClv, ShareRule, TransitionMatrix};
    /// use crm_core::units::Rate;
    ///
    /// let now = TransitionMatrix::new(&[[0.8, 0.2], [0.3, 0.7]])?;
    /// let after_the_launch = TransitionMatrix::new(&[[0.9, 0.1], [0.6, 0.4]])?;
    /// let purchases = Amount::PerPeriod(vec![1.0, 1.0, 2.0]);
    /// let discounting = Discounting::new(Rate::try_from(0.1)?);
    /// let kernel = MatrixClv::by_period(&[now, after_the_launch], &purchases, &50.0.into(), discounting)?;
    ///
    /// let mut clv = [0.0; 2];
    /// kernel.evaluate(&[1.0, 0.0], 1.0.into(), ShareRule::SumToOne, &mut clv)?;
    /// // All purchases go somewhere.
    /// let market = 50.0 * (1.0 + 1.0 / 1.1 + 2.0 / 1.21);
    /// assert!((clv[0] + clv[1] - market).abs() < 1e-12);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Empty` without a matrix, `LengthMismatch` where a matrix (with its number) or an amount is not for
    /// the brands and periods of the others, `NotFinite`, `OutOfRange` for negative purchases, `Overflow`.
    pub fn by_period(
        matrices: &[TransitionMatrix],
        purchases: &Amount,
        contribution: &Amount,
        discounting: Discounting,
    ) -> Result<Self> {
        let Some(states) = matrices.first().map(TransitionMatrix::states) else {
            return Err(Error::empty("transition_matrix"));
        };
        let values = spending_by_period(matrices, purchases, contribution, discounting)?;
        Self::from_values(states, values)
    }

    fn from_values(states: usize, values: Vec<f64>) -> Result<Self> {
        // Shares are at most 1, so this bounds every result.
        let bound: f64 = values.iter().map(|entry| entry.abs()).sum();
        if !bound.is_finite() {
            return Err(Error::overflow("clv"));
        }
        Ok(MatrixClv(Product::new(states, values)))
    }

    /// k, the number of brands.
    #[must_use]
    pub fn states(&self) -> usize {
        self.0.states()
    }

    /// M, row-major: entry (i, j) is the value to brand j of a customer who now buys brand i.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        self.0.values()
    }

    pub(super) fn product(&self) -> &Product {
        &self.0
    }

    /// Writes the value of every customer to every brand into `out`, row-major n × k as `shares`.
    ///
    /// `shares` are the present shares S_0 of every customer, row-major n × k; `spending` multiplies
    /// M: `1.0.into()` leaves it, a number or column is F, the purchases per period of all or of each
    /// customer, and [`CustomerSpending`] says more; `rule` says what the shares of a customer sum to.
    /// A customer with NaN gets NaN.
    ///
    /// # Errors
    /// `LengthMismatch`; with the row of the first customer that is refused, `NotFinite`, `OutOfRange`
    /// for a share outside [0, 1] or negative purchases, `NotStochastic` with the sum, `Overflow`.
    /// `out` then holds nothing of use.
    pub fn evaluate(
        &self,
        shares: &[f64],
        spending: CustomerSpending<'_>,
        rule: ShareRule,
        out: &mut [f64],
    ) -> Result<()> {
        self.evaluate_on(Arch::new(), shares, spending, rule, out)
    }

    /// The same with the instructions of `arch`.
    pub(super) fn evaluate_on(
        &self,
        arch: Arch,
        shares: &[f64],
        spending: CustomerSpending<'_>,
        rule: ShareRule,
        out: &mut [f64],
    ) -> Result<()> {
        let states = self.states();
        check_shape(shares, spending, states, out)?;
        let rows = (SHARES_PER_TASK / states).max(1);
        let refused = first_refusal(out, states, rows, |first, out| {
            arch.dispatch(Task {
                kernel: self,
                shares: shares.get(first * states..).unwrap_or_default(),
                spending,
                rule,
                first,
                out,
            })
        });
        match refused {
            Some(row) => Err(refusal(shares, spending, rule, states, row)),
            None => Ok(()),
        }
    }
}

/// Refuses tables of shares, of spending and of results that do not fit together.
pub(super) fn check_shape(
    shares: &[f64],
    spending: CustomerSpending<'_>,
    states: usize,
    out: &[f64],
) -> Result<()> {
    let customers = shares.len() / states;
    if shares.len() != customers * states {
        let expected = (customers + 1).saturating_mul(states);
        return Err(Error::length("shares", shares.len(), expected));
    }
    if out.len() != shares.len() {
        return Err(Error::length("out", out.len(), shares.len()));
    }
    spending.check(customers, states)
}

/// Why a customer is refused.
pub(super) fn refusal(
    shares: &[f64],
    spending: CustomerSpending<'_>,
    rule: ShareRule,
    states: usize,
    row: usize,
) -> Error {
    let in_shares = shares
        .chunks_exact(states)
        .nth(row)
        .filter(|shares| !shares.iter().any(|share| share.is_nan()))
        .and_then(|shares| check_row("shares", shares, rule).err());
    in_shares
        .or_else(|| spending.refusal(states, row))
        .unwrap_or_else(|| Error::overflow("clv"))
        .at_row(row)
}

/// The customers from `first` on. A type, since a closure is not compiled for the instruction set
/// that it is dispatched to.
struct Task<'a> {
    kernel: &'a MatrixClv,
    /// Of these customers, and any after them.
    shares: &'a [f64],
    spending: CustomerSpending<'a>,
    rule: ShareRule,
    first: usize,
    out: &'a mut [f64],
}

impl WithSimd for Task<'_> {
    /// The first customer that is refused.
    type Output = Option<usize>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Option<usize> {
        let states = self.kernel.states();
        let rows = rows_per_block(states);
        let blocks = self.shares.chunks(rows * states);
        let blocks = blocks.zip(self.out.chunks_mut(rows * states));
        let mut refused = None;
        for (i, (shares, out)) in blocks.enumerate() {
            let first = self.first + i * rows;
            let shares = shares.get(..out.len()).unwrap_or_default();
            let unlike_shares = first_unlike_shares(shares, states, self.rule);
            self.kernel.0.multiply(simd, shares, out);
            let unscalable = self.spending.scale(states, first, out);
            let found = unlike_shares.into_iter().chain(unscalable).min();
            refused = refused.or(found.map(|row| first + row));
        }
        refused
    }
}
