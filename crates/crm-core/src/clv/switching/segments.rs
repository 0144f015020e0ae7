use pulp::{Arch, Simd, WithSimd};

use super::kernel::{SHARES_PER_TASK, check_shape, refusal};
use super::table::{first_refusal, first_unlike_shares, rows_per_block};
use super::{CustomerSpending, MatrixClv, ShareRule};
use crate::error::{Error, ErrorKind, Result};

/// The value of customers to each brand where every segment has its [`MatrixClv`]: a switching matrix,
/// and, if need be, a contribution, a discount rate and a horizon of its own.
///
/// A customer costs one product of a row with the k × k matrix of the segment. The value of a customer
/// has the same bits as from the [`MatrixClv`] of the segment.
///
/// ```
/// use crm_core::clv::switching::{
///     Discounting, MatrixClv, SegmentMatrixClv, ShareRule, TransitionMatrix,
/// };
/// use crm_core::units::Rate;
///
/// let discounting = Discounting::new(Rate::try_from(0.1)?);
/// let loyal = TransitionMatrix::new(&[[0.9, 0.1], [0.1, 0.9]])?;
/// let seekers = TransitionMatrix::new(&[[0.5, 0.5], [0.5, 0.5]])?;
/// let segments = SegmentMatrixClv::new(vec![
///     MatrixClv::new(&loyal, 50.0.into(), discounting, 12.into())?,
///     MatrixClv::new(&seekers, 50.0.into(), discounting, 12.into())?,
/// ])?;
///
/// // Two who buy brand 0 now: one of the loyal, one of the seekers.
/// let shares = [1.0, 0.0, 1.0, 0.0];
/// let mut clv = [0.0; 4];
/// segments.evaluate(&shares, &[0, 1], 1.0.into(), ShareRule::SumToOne, &mut clv)?;
/// assert!(clv[0] > clv[2]);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentMatrixClv {
    states: usize,
    kernels: Vec<MatrixClv>,
}

impl SegmentMatrixClv {
    /// One kernel for each segment.
    ///
    /// # Errors
    /// `Empty`, `LengthMismatch` with the segment whose kernel is for another number of brands.
    pub fn new(kernels: Vec<MatrixClv>) -> Result<Self> {
        let Some(states) = kernels.first().map(MatrixClv::states) else {
            return Err(Error::empty("kernels"));
        };
        for (segment, kernel) in kernels.iter().enumerate() {
            if kernel.states() != states {
                let error = Error::length("kernels", kernel.states(), states);
                return Err(error.at_row(segment));
            }
        }
        Ok(SegmentMatrixClv { states, kernels })
    }

    /// k, the number of brands.
    #[must_use]
    pub fn states(&self) -> usize {
        self.states
    }

    /// The kernel of every segment.
    #[must_use]
    pub fn kernels(&self) -> &[MatrixClv] {
        &self.kernels
    }

    /// Writes the value of every customer to every brand into `out`, as [`MatrixClv::evaluate`];
    /// `segments` is the number of each customer's segment, from 0.
    ///
    /// # Errors
    /// As [`MatrixClv::evaluate`], and `OutOfRange` with the row of a customer in a segment that does
    /// not exist.
    pub fn evaluate(
        &self,
        shares: &[f64],
        segments: &[u32],
        spending: CustomerSpending<'_>,
        rule: ShareRule,
        out: &mut [f64],
    ) -> Result<()> {
        let states = self.states;
        check_shape(shares, spending, states, out)?;
        let customers = shares.len() / states;
        if segments.len() != customers {
            return Err(Error::length("segments", segments.len(), customers));
        }
        let rows = (SHARES_PER_TASK / states).max(1);
        let refused = first_refusal(out, states, rows, |first, out| {
            Arch::new().dispatch(Task {
                model: self,
                shares: shares.get(first * states..).unwrap_or_default(),
                segments: segments.get(first..).unwrap_or_default(),
                spending,
                rule,
                first,
                out,
            })
        });
        let Some(row) = refused else {
            return Ok(());
        };
        match segments.get(row) {
            Some(&segment) if segment as usize >= self.kernels.len() => {
                let reason = format!(
                    "must be below {}, the number of segments",
                    self.kernels.len()
                );
                let error = Error::new(ErrorKind::OutOfRange, "segments", reason);
                Err(error.with_value(segment).at_row(row))
            }
            _ => Err(refusal(shares, spending, rule, states, row)),
        }
    }
}

/// The customers from `first` on, as in [`MatrixClv`].
struct Task<'a> {
    model: &'a SegmentMatrixClv,
    shares: &'a [f64],
    segments: &'a [u32],
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
        let states = self.model.states;
        let rows = rows_per_block(states);
        let blocks = self.shares.chunks(rows * states);
        let blocks = blocks.zip(self.segments.chunks(rows));
        let blocks = blocks.zip(self.out.chunks_mut(rows * states));
        let mut refused = None;
        for (i, ((shares, segments), out)) in blocks.enumerate() {
            let first = self.first + i * rows;
            let shares = shares.get(..out.len()).unwrap_or_default();
            let unlike_shares = first_unlike_shares(shares, states, self.rule);
            let mut unknown = None;
            let customers = shares.chunks_exact(states).zip(segments);
            let customers = customers.zip(out.chunks_exact_mut(states));
            for (row, ((shares, &segment), out)) in customers.enumerate() {
                match self.model.kernels.get(segment as usize) {
                    Some(kernel) => kernel.product().multiply(simd, shares, out),
                    None => unknown = unknown.or(Some(row)),
                }
            }
            let unscalable = self.spending.scale(states, first, out);
            let found = unlike_shares.into_iter().chain(unknown).chain(unscalable);
            refused = refused.or(found.min().map(|row| first + row));
        }
        refused
    }
}
