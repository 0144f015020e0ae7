//! Rows of shares times a k × k matrix, in vectors, without fused multiply-add: each result is one
//! chain of products and sums in the order of the brands, the same bits on every processor.

use std::array;

use pulp::Simd;

/// The columns of a panel: the `f64`s of the longest vector of any processor.
const WIDE: usize = 8;

/// Rows whose results are summed side by side.
const ROWS: usize = 8;

/// A k × k matrix that rows are multiplied by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Product {
    states: usize,
    /// Row-major.
    values: Vec<f64>,
    /// The same in the layout of [`panels`].
    panels: Vec<f64>,
}

impl Product {
    pub(super) fn new(states: usize, values: Vec<f64>) -> Self {
        Product {
            states,
            panels: panels(&values, states),
            values,
        }
    }

    pub(super) fn states(&self) -> usize {
        self.states
    }

    /// Row-major.
    pub(super) fn values(&self) -> &[f64] {
        &self.values
    }

    /// Writes every row of `shares` times the matrix into `out`.
    #[inline(always)]
    pub(super) fn multiply<S: Simd>(&self, simd: S, shares: &[f64], out: &mut [f64]) {
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
