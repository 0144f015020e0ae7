use pulp::Arch;

use super::discounting::{discount_factor, log_growth, rate_per_purchase};
use super::kernel::check_shape;
use super::pack::{LANES, Task, evaluate};
use super::shares::check_row;
use super::table::first_refusal;
use super::{CustomerSpending, Horizon, ShareRule};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{Column, Domain};

/// The value that each brand gets from customers who switch by a matrix of their own, each.
///
/// CLV = F · π · S_0 · Σ_{t=0}^{T} δ^t P^t with δ = (1+r)^(−1/f), where S_0, P and, if need be, F, π and r
/// are those of the customer: the model as it is estimated from the answers of individuals.
///
/// Every row of a matrix is read as exactly stochastic, as [`TransitionMatrix`](super::TransitionMatrix)
/// says. The relative error of a value is some roundings times k, whatever the horizon, the discount
/// rate and the second eigenvalue of P are. Several customers are computed side by side in the lanes of
/// vectors; each gets the same bits alone, in any company, on any number of threads and on every
/// processor.
///
/// Source: Rust, Lemon & Zeithaml 2004, "Return on marketing", equations (1) to (3), whose switching
/// matrices are individual.
///
/// ```
/// use crm_core::clv::switching::{Horizon, IndividualMatrixClv, ShareRule};
///
/// let customers = IndividualMatrixClv {
///     states: 2,
///     transition_matrices: &[0.8, 0.2, 0.3, 0.7, 0.5, 0.5, 0.5, 0.5],
///     shares: &[1.0, 0.0, 0.25, 0.75],
///     rule: ShareRule::SumToOne,
///     spending: 50.0.into(),
///     discount_rate: 0.1.into(),
///     purchases_per_period: 1.0,
///     horizon: Horizon::Infinite,
/// };
/// let mut clv = [0.0; 4];
/// customers.evaluate(&mut clv)?;
///
/// // 50 a period for ever, at 10 %, is 550, wherever it is spent.
/// assert!((clv[0] + clv[1] - 550.0).abs() < 1e-12);
/// // The second customer has no habits from the next purchase on.
/// assert!((clv[2] - 50.0 * (0.25 + 0.5 / 0.1)).abs() < 1e-12);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct IndividualMatrixClv<'a> {
    /// k, the number of brands.
    pub states: usize,
    /// P of every customer, row-major n × k × k: entry (c, i, j) is the probability that customer c buys
    /// brand j after brand i.
    pub transition_matrices: &'a [f64],
    /// S_0 of every customer, row-major n × k.
    pub shares: &'a [f64],
    /// What the shares of a customer sum to.
    pub rule: ShareRule,
    /// F and π.
    pub spending: CustomerSpending<'a>,
    /// r per period, greater than −1: one for all customers, or one for each.
    pub discount_rate: Column<'a>,
    /// f, the purchases per period of the discount rate; 1 where t counts such periods.
    pub purchases_per_period: f64,
    /// T.
    pub horizon: Horizon,
}

/// Numbers of the matrices that one task of the thread pool works on: half a megabyte.
const ENTRIES_PER_TASK: usize = 1 << 16;

impl IndividualMatrixClv<'_> {
    /// Writes the value of every customer to every brand into `out`, row-major n × k as `shares`.
    ///
    /// A customer with NaN among shares, matrix, spending or discount rate gets NaN.
    ///
    /// # Errors
    /// `Empty` for no brands, `LengthMismatch`; with the row of the first customer that is refused,
    /// `NotFinite`, `OutOfRange` for a share or probability outside [0, 1], negative purchases or a
    /// discount rate of −1 or less, `NotStochastic` with the sum (and, of a matrix, its row),
    /// `Divergent` for a discount rate of 0 or less without end, `Overflow`. `out` then holds nothing
    /// of use.
    pub fn evaluate(&self, out: &mut [f64]) -> Result<()> {
        self.evaluate_on(Arch::new(), out)
    }

    /// The same with the instructions of `arch`.
    pub(super) fn evaluate_on(&self, arch: Arch, out: &mut [f64]) -> Result<()> {
        self.check(out)?;
        if out.is_empty() {
            return Ok(());
        }
        let entries = self.states * self.states;
        let rows = (ENTRIES_PER_TASK / entries)
            .next_multiple_of(LANES)
            .max(LANES);
        let refused = first_refusal(out, self.states, rows, |first, out| {
            evaluate(arch, Task::new(self, first, out))
        });
        match refused {
            Some(row) => Err(self
                .refusal(row)
                .or_else(|| self.spending.refusal(self.states, row))
                .unwrap_or_else(|| Error::overflow("clv"))
                .at_row(row)),
            None => Ok(()),
        }
    }

    fn check(&self, out: &[f64]) -> Result<()> {
        if self.states == 0 {
            return Err(Error::empty("transition_matrices"));
        }
        check_shape(self.shares, self.spending, self.states, out)?;
        let (found, expected) = (
            self.transition_matrices.len(),
            self.shares.len().saturating_mul(self.states),
        );
        if found != expected {
            return Err(Error::length("transition_matrices", found, expected));
        }
        if !Domain::Positive.contains(self.purchases_per_period) {
            let found = self.purchases_per_period;
            return Err(Domain::Positive.refuse("purchases_per_period", found));
        }
        match self.discount_rate {
            Column::Constant(rate) => self.check_rate(rate),
            rates => rates.require_rows("discount_rate", self.shares.len() / self.states),
        }
    }

    pub(super) fn is_rate(&self, rate: f64) -> bool {
        Domain::Rate.contains(rate) && (rate > 0.0 || self.horizon != Horizon::Infinite)
    }

    fn check_rate(&self, rate: f64) -> Result<()> {
        if !Domain::Rate.contains(rate) {
            return Err(Domain::Rate.refuse("discount_rate", rate));
        }
        if !self.is_rate(rate) {
            let reason = "must be greater than 0 for a finite value over an infinite horizon";
            let error = Error::new(ErrorKind::Divergent, "discount_rate", reason);
            return Err(error.with_value(rate));
        }
        Ok(())
    }

    /// Writes what the formula needs of a discount rate, each `stride` after the last: without end the
    /// rate from one purchase to the next, else δ, δ², δ⁴, ….
    pub(super) fn write_discounts(&self, rate: f64, stride: usize, out: &mut [f64]) {
        match self.horizon {
            Horizon::Infinite => {
                if let Some(out) = out.first_mut() {
                    *out = rate_per_purchase(rate, self.purchases_per_period);
                }
            }
            Horizon::Periods(_) => {
                let growth = log_growth(rate, self.purchases_per_period);
                for (i, out) in out.iter_mut().step_by(stride).enumerate() {
                    *out = discount_factor(growth, 1 << i);
                }
            }
        }
    }

    fn row<'b>(&self, table: &'b [f64], length: usize, row: usize) -> &'b [f64] {
        table
            .get(row * length..(row + 1) * length)
            .unwrap_or_default()
    }

    /// Whether shares, matrix or discount rate of a customer hold NaN.
    pub(super) fn is_missing(&self, row: usize) -> bool {
        let shares = self.row(self.shares, self.states, row).iter();
        let entries = self.row(self.transition_matrices, self.states * self.states, row);
        shares.chain(entries).any(|v| v.is_nan()) || self.discount_rate.get(row).is_nan()
    }

    /// Why shares, matrix or discount rate of a customer are refused, if they are.
    #[cold]
    pub(super) fn refusal(&self, row: usize) -> Option<Error> {
        let has_nan = |values: &[f64]| values.iter().any(|value| value.is_nan());
        let shares = self.row(self.shares, self.states, row);
        if !has_nan(shares)
            && let Err(error) = check_row("shares", shares, self.rule)
        {
            return Some(error);
        }
        let matrix = self.row(self.transition_matrices, self.states * self.states, row);
        if !has_nan(matrix) {
            for (i, row) in matrix.chunks_exact(self.states).enumerate() {
                if let Err(error) = check_row("transition_matrices", row, ShareRule::SumToOne) {
                    let value = error.value().unwrap_or_default().to_owned();
                    return Some(
                        error.with_value(format_args!("{value} in row {i} of the matrix")),
                    );
                }
            }
        }
        let rate = self.discount_rate.get(row);
        if rate.is_nan() {
            return None;
        }
        self.check_rate(rate).err()
    }
}
