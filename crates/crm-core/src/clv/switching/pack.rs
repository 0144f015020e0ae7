//! Customers, a vector of them at a time: taken in, checked, evaluated, written.

#![expect(
    clippy::indexing_slicing,
    reason = "places are below the lengths that `IndividualMatrixClv` has checked"
)]
use pulp::bytemuck::{cast_slice, cast_slice_mut};
use pulp::{Arch, Simd, WithSimd};

use super::lanes::{Workspace, are_shares, halvings, power_sum, read_stochastic, resolvent};
use super::table::rows_per_block;
use super::{Horizon, IndividualMatrixClv, ShareRule};
use crate::kernels::Column;

/// The lanes of the longest vector of any processor.
pub(super) const LANES: usize = 8;

/// The customers of `out`, the first of which is row `first`.
pub(super) struct Task<'a> {
    model: &'a IndividualMatrixClv<'a>,
    first: usize,
    out: &'a mut [f64],
}

impl<'a> Task<'a> {
    pub(super) fn new(
        model: &'a IndividualMatrixClv<'a>,
        first: usize,
        out: &'a mut [f64],
    ) -> Self {
        Task { model, first, out }
    }
}

/// Evaluates customers with a matrix each; says the first that is refused.
pub(super) fn evaluate(arch: Arch, task: Task<'_>) -> Option<usize> {
    match task.model.states {
        2 => arch.dispatch(Fixed::<2>(task)),
        3 => arch.dispatch(Fixed::<3>(task)),
        4 => arch.dispatch(Fixed::<4>(task)),
        5 => arch.dispatch(Fixed::<5>(task)),
        6 => arch.dispatch(Fixed::<6>(task)),
        7 => arch.dispatch(Fixed::<7>(task)),
        8 => arch.dispatch(Fixed::<8>(task)),
        _ => arch.dispatch(Any(task)),
    }
}

/// A task whose number of brands is known to the compiler.
struct Fixed<'a, const K: usize>(Task<'a>);

impl<const K: usize> WithSimd for Fixed<'_, K> {
    type Output = Option<usize>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Option<usize> {
        let zero = simd.splat_f64s(0.0);
        let mut matrices = [[[zero; K]; K]; 2];
        let [matrix, square] = &mut matrices;
        let work = Workspace {
            k: K,
            matrix: matrix.as_flattened_mut(),
            square: square.as_flattened_mut(),
            shares: &mut [zero; K],
            values: &mut [zero; K],
            next: &mut [zero; K],
            product: &mut [zero; K],
        };
        self.0.run(simd, work)
    }
}

/// A task with any number of brands.
struct Any<'a>(Task<'a>);

impl WithSimd for Any<'_> {
    type Output = Option<usize>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Option<usize> {
        let k = self.0.model.states;
        let mut memory = vec![simd.splat_f64s(0.0); 2 * k * k + 4 * k];
        let (matrix, rest) = memory.split_at_mut(k * k);
        let (square, rest) = rest.split_at_mut(k * k);
        let (shares, rest) = rest.split_at_mut(k);
        let (values, rest) = rest.split_at_mut(k);
        let (next, product) = rest.split_at_mut(k);
        let work = Workspace {
            k,
            matrix,
            square,
            shares,
            values,
            next,
            product,
        };
        self.0.run(simd, work)
    }
}

impl Task<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S, mut work: Workspace<'_, S::f64s>) -> Option<usize> {
        let (model, k, lanes) = (self.model, work.k, S::F64_LANES);
        let terms = match model.horizon {
            Horizon::Periods(last) => Some(u64::from(last) + 1),
            Horizon::Infinite => None,
        };
        let mut discounts =
            vec![simd.splat_f64s(0.0); 1 + terms.map_or(0, |terms| halvings(terms, k))];
        if let Column::Constant(rate) = model.discount_rate {
            for lane in 0..lanes {
                let cells = &mut cast_slice_mut(&mut discounts)[lane..];
                model.write_discounts(rate, lanes, cells);
            }
        }
        let rows = rows_per_block(k).next_multiple_of(lanes);
        let mut refused = None;
        for (i, block) in self.out.chunks_mut(rows * k).enumerate() {
            let block_first = self.first + i * rows;
            let mut found: Option<usize> = None;
            for (i, out) in block.chunks_mut(lanes * k).enumerate() {
                let first = block_first + i * lanes;
                let customers = out.len() / k;
                let length = k * k;
                let matrices = &model.transition_matrices[first * length..][..customers * length];
                load(matrices, length, lanes, cast_slice_mut(work.matrix));
                let shares = &model.shares[first * k..][..customers * k];
                load(shares, k, lanes, cast_slice_mut(work.shares));
                let fine = are_shares(simd, work.shares, model.rule == ShareRule::Any);
                let fine = simd.and_m64s(fine, read_stochastic(simd, &mut work));
                let fine = simd.select_f64s(fine, simd.splat_f64s(1.0), simd.splat_f64s(0.0));
                let mut all_fine = true;
                for &lane in cast_slice::<_, f64>(std::slice::from_ref(&fine)) {
                    all_fine &= lane == 1.0;
                }
                if !matches!(model.discount_rate, Column::Constant(_)) {
                    for lane in 0..lanes {
                        let rate = model.discount_rate.get(first + lane.min(customers - 1));
                        all_fine &= model.is_rate(rate);
                        let cells = &mut cast_slice_mut(&mut discounts)[lane..];
                        model.write_discounts(rate, lanes, cells);
                    }
                }
                match terms {
                    Some(terms) => power_sum(simd, &mut work, terms, &discounts),
                    None => resolvent(simd, &mut work, discounts[0]),
                }
                store(cast_slice(work.values), k, lanes, out);
                if !all_fine {
                    found = found.or(settle(model, first, out));
                }
            }
            let unscalable = model.spending.scale(k, block_first, block);
            let unscalable = unscalable.map(|row| block_first + row);
            let found = found.into_iter().chain(unscalable).min();
            refused = refused.or(found);
        }
        refused
    }
}

/// Rows of some customers into lanes; spare lanes hold the last customer once more.
#[inline(always)]
fn load(rows: &[f64], length: usize, lanes: usize, cells: &mut [f64]) {
    let last = rows.len() / length - 1;
    let mut sources: [&[f64]; LANES] = [&[]; LANES];
    for lane in 0..lanes {
        sources[lane] = &rows[lane.min(last) * length..][..length];
    }
    for i in 0..length {
        let cell = &mut cells[i * lanes..][..lanes];
        for lane in 0..lanes {
            cell[lane] = sources[lane][i];
        }
    }
}

/// The lanes into the rows of as many customers as there are.
#[inline(always)]
fn store(cells: &[f64], length: usize, lanes: usize, out: &mut [f64]) {
    let cells = &cells[..length * lanes];
    for lane in 0..out.len() / length {
        let row = &mut out[lane * length..][..length];
        for i in 0..length {
            row[i] = cells[i * lanes + lane];
        }
    }
}

/// Makes the values of customers NaN who have NaN among their inputs; says the first that is refused.
#[cold]
fn settle(model: &IndividualMatrixClv<'_>, first: usize, out: &mut [f64]) -> Option<usize> {
    let mut refused = None;
    for (row, out) in (first..).zip(out.chunks_exact_mut(model.states)) {
        if model.is_missing(row) {
            out.fill(f64::NAN);
        }
        if model.refusal(row).is_some() {
            refused = refused.or(Some(row));
        }
    }
    refused
}
