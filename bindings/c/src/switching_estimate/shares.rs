//! Estimating a switching matrix from market shares alone.

use crm_core::clv::switching::estimate::{ShareFit, ShareRegression, Shrinkage};
use crm_core::clv::switching::{SharePath, ShareRule, TransitionMatrix};
use crm_core::{Error, ErrorKind};

use super::{product, read_square, square};
use crate::boundary::{Output, OutputSlice, respond, slice};
use crate::status::crm_status;

/// How well a switching matrix fits market shares.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_share_fit {
    /// Σ_t w_t ‖s_t − s_{t−1} P‖².
    pub sum_of_squares: f64,
    /// 1 − sum of squares / Σ_t w_t ‖s_t − mean‖²; NaN if the shares never change.
    pub r_squared: f64,
    /// Largest by smallest singular value of the weighted shares: errors may be so many times larger in P.
    pub condition_number: f64,
    /// How far P is from the conditions of the only solution, in units of a probability.
    pub kkt_residual: f64,
    /// The steps from a period to the next.
    pub steps: u64,
    /// How many independent shares the data hold; k where they determine P without shrinkage.
    pub rank: u64,
    /// How many entries of P are held at 0.
    pub at_bound: u64,
}

impl From<&ShareFit> for crm_share_fit {
    fn from(fit: &ShareFit) -> Self {
        crm_share_fit {
            sum_of_squares: fit.sum_of_squares,
            r_squared: fit.r_squared.unwrap_or(f64::NAN),
            condition_number: fit.condition_number,
            kkt_residual: fit.kkt_residual,
            steps: fit.steps as u64,
            rank: fit.rank as u64,
            at_bound: fit.at_bound as u64,
        }
    }
}

/// The switching matrix that explains market shares best, when nobody saw who switched:
/// min Σ_t w_t ‖s_t − s_{t−1} P‖² + strength · ‖P − towards‖² over all matrices P with entries of 0 or more and rows that sum
/// to one. Where the shares do not determine P and nothing is shrunk to, CRM_STATUS_NO_SOLUTION. Source: Lee, Judge &
/// Zellner 1970.
///
/// @param shares the shares of each market by period, market after market, rows of `brands` that sum to one
/// @param periods of each market, 2 or more
/// @param markets how many markets (regions, segments, cohorts) there are
/// @param weights w, one for each step from a period to the next, market after market; may be NULL for 1 each
/// @param towards k × k, row-major, what P is drawn to; may be NULL for nothing
/// @param strength how strongly, greater than 0; without `towards` it is not read
/// @param transition_matrix receives P, k × k
/// @param fit receives how well it fits
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_share_regression(
    shares: *const f64,
    periods: *const usize,
    markets: usize,
    brands: usize,
    weights: *const f64,
    towards: *const f64,
    strength: f64,
    transition_matrix: *mut f64,
    fit: *mut crm_share_fit,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let periods = slice("periods", periods, markets)?;
        let total = periods
            .iter()
            .try_fold(0_usize, |sum, &n| sum.checked_add(n));
        let total = total.ok_or_else(|| Error::overflow("periods"))?;
        let mut left = slice("shares", shares, product("shares", total, brands)?)?;
        let size = square("transition_matrix", brands)?;
        let matrix = OutputSlice::new("transition_matrix", transition_matrix, size)?;
        let out = Output::new("fit", fit)?;
        let mut regression = ShareRegression::default();
        if !weights.is_null() {
            let steps = total.saturating_sub(markets);
            regression.weights = Some(slice("weights", weights, steps)?.to_vec());
        }
        if !towards.is_null() {
            let towards = read_square("towards", towards, brands)?.to_vec();
            let towards = TransitionMatrix::from_row_major(brands, towards);
            regression.shrinkage = Some(Shrinkage {
                towards: towards.map_err(|error| error.named("towards"))?,
                strength,
            });
        }
        let mut paths = Vec::with_capacity(markets);
        for (market, &periods) in periods.iter().enumerate() {
            let (rows, rest) = left
                .split_at_checked(periods * brands)
                .unwrap_or((left, &[]));
            left = rest;
            let rows: Vec<&[f64]> = rows.chunks_exact(brands.max(1)).collect();
            if rows.is_empty() {
                let error = Error::new(ErrorKind::OutOfRange, "periods", "must be 2 or more");
                return Err(error.with_value(periods).at_row(market).into());
            }
            paths.push(SharePath::new(&rows, ShareRule::SumToOne)?);
        }
        let made = regression.fit(&paths)?;
        matrix.write("transition_matrix", made.transition_matrix.entries())?;
        out.write((&made).into());
        Ok(())
    })
}
