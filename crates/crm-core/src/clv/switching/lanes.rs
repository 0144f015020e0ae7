//! Rows and matrices of several customers at once, one customer in each lane of a vector. A matrix is
//! row-major: k × k vectors, of which lane c is the matrix of customer c.
//!
//! Nothing is subtracted but what is left over of a row, so results keep a relative error of some
//! roundings. Each lane is the same chain of products and sums on every processor: no fused
//! multiply-add.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is below `k` or k · k, the lengths of all rows and matrices"
)]
#![expect(
    clippy::manual_memcpy,
    clippy::needless_range_loop,
    reason = "iterators and copies are not always inlined into the functions of an instruction set"
)]

use pulp::Simd;

use super::shares::SUM_TOLERANCE;

/// Columns whose sums are held in registers.
const COLUMNS: usize = 8;

/// Working memory for the customers of a vector.
pub(super) struct Workspace<'a, V> {
    /// k.
    pub(super) k: usize,
    /// P, then what becomes of it.
    pub(super) matrix: &'a mut [V],
    /// As long as `matrix`.
    pub(super) square: &'a mut [V],
    /// S_0, then what becomes of it; k vectors, as the others.
    pub(super) shares: &'a mut [V],
    /// The results.
    pub(super) values: &'a mut [V],
    pub(super) next: &'a mut [V],
    pub(super) product: &'a mut [V],
}

/// The lanes whose values are all between 0 and 1 and sum to one, or to anything where `any_sum`.
#[inline(always)]
pub(super) fn are_shares<S: Simd>(simd: S, row: &[S::f64s], any_sum: bool) -> S::m64s {
    let (zero, one) = (simd.splat_f64s(0.0), simd.splat_f64s(1.0));
    let (mut sum, mut smallest, mut largest) = (zero, one, zero);
    for j in 0..row.len() {
        sum = simd.add_f64s(sum, row[j]);
        smallest = simd.min_f64s(smallest, row[j]);
        largest = simd.max_f64s(largest, row[j]);
    }
    // NaN and infinities are lost by the smallest and the largest, not by the sum.
    let tolerance = if any_sum { f64::MAX } else { SUM_TOLERANCE };
    let distance = simd.sub_f64s(sum, one);
    let near = simd.and_m64s(
        simd.less_than_or_equal_f64s(distance, simd.splat_f64s(tolerance)),
        simd.less_than_or_equal_f64s(simd.splat_f64s(-tolerance), distance),
    );
    let between = simd.and_m64s(
        simd.less_than_or_equal_f64s(zero, smallest),
        simd.less_than_or_equal_f64s(largest, one),
    );
    simd.and_m64s(near, between)
}

/// Gives what a row lacks to one to the last of its largest entries.
#[inline(always)]
fn make_exact<S: Simd>(simd: S, row: &mut [S::f64s]) {
    let (mut sum, mut largest) = (row[0], row[0]);
    for j in 1..row.len() {
        sum = simd.add_f64s(sum, row[j]);
        largest = simd.max_f64s(largest, row[j]);
    }
    let zero = simd.splat_f64s(0.0);
    let mut left_over = simd.sub_f64s(simd.splat_f64s(1.0), sum);
    for j in (0..row.len()).rev() {
        let is_largest = simd.equal_f64s(row[j], largest);
        row[j] = simd.add_f64s(row[j], simd.select_f64s(is_largest, left_over, zero));
        left_over = simd.select_f64s(is_largest, zero, left_over);
    }
}

/// Checks every row of the matrices, and makes it sum to one as closely as can be.
#[inline(always)]
pub(super) fn read_stochastic<S: Simd>(simd: S, work: &mut Workspace<'_, S::f64s>) -> S::m64s {
    let mut fine = simd.equal_f64s(simd.splat_f64s(0.0), simd.splat_f64s(0.0));
    for i in 0..work.k {
        let row = &mut work.matrix[i * work.k..(i + 1) * work.k];
        fine = simd.and_m64s(fine, are_shares(simd, row, false));
        make_exact(simd, row);
    }
    fine
}

/// `row` · `matrix`.
#[inline(always)]
fn product<S: Simd>(simd: S, row: &[S::f64s], matrix: &[S::f64s], out: &mut [S::f64s]) {
    let k = row.len();
    let width = k.div_ceil(k.div_ceil(COLUMNS));
    let mut column = 0;
    while column < k {
        match width.min(k - column) {
            1 => columns::<S, 1>(simd, row, matrix, column, out),
            2 => columns::<S, 2>(simd, row, matrix, column, out),
            3 => columns::<S, 3>(simd, row, matrix, column, out),
            4 => columns::<S, 4>(simd, row, matrix, column, out),
            5 => columns::<S, 5>(simd, row, matrix, column, out),
            6 => columns::<S, 6>(simd, row, matrix, column, out),
            7 => columns::<S, 7>(simd, row, matrix, column, out),
            _ => columns::<S, COLUMNS>(simd, row, matrix, column, out),
        }
        column += width;
    }
}

/// W columns of `row` · `matrix`.
#[inline(always)]
fn columns<S: Simd, const W: usize>(
    simd: S,
    row: &[S::f64s],
    matrix: &[S::f64s],
    column: usize,
    out: &mut [S::f64s],
) {
    let k = row.len();
    let mut sums = [simd.splat_f64s(0.0); W];
    let entries = &matrix[column..column + W];
    for w in 0..W {
        sums[w] = simd.mul_f64s(row[0], entries[w]);
    }
    for i in 1..k {
        let entries = &matrix[i * k + column..i * k + column + W];
        for w in 0..W {
            sums[w] = simd.add_f64s(sums[w], simd.mul_f64s(row[i], entries[w]));
        }
    }
    let out = &mut out[column..column + W];
    for w in 0..W {
        out[w] = sums[w];
    }
}

/// How often a sum of `terms` terms is halved: until steps cost less than the square of a matrix.
pub(super) fn halvings(terms: u64, k: usize) -> usize {
    let steps = 2 * k as u64 + 4;
    let mut left = terms;
    let mut count = 0;
    while left > steps {
        left /= 2;
        count += 1;
    }
    count
}

/// s · Σ_{t<n} δ^t P^t for n ≥ 1 terms, with `factors` δ, δ², δ⁴, …: one more than [`halvings`].
///
/// Σ_{t<2m} A^t = (I + A) · Σ_{t<m} (A²)^t for as often as that is cheaper than m steps, and
/// Σ_{t<2m+1} A^t = I + A · Σ_{t<2m} A^t. The rows of each P², P⁴, … are made to sum to one again: over
/// any number of periods, no probability is lost or made by rounding.
#[inline(always)]
pub(super) fn power_sum<S: Simd>(
    simd: S,
    work: &mut Workspace<'_, S::f64s>,
    terms: u64,
    factors: &[S::f64s],
) {
    let k = work.k;
    let (last, halved) = match factors.split_last() {
        Some(split) => split,
        None => return,
    };
    for j in 0..k {
        work.values[j] = simd.splat_f64s(0.0);
    }
    let mut left = terms;
    for level in 0..halved.len() {
        let factor = halved[level];
        if left % 2 == 1 {
            product(simd, work.shares, work.matrix, work.next);
            for j in 0..k {
                work.values[j] = simd.add_f64s(work.values[j], work.shares[j]);
                work.shares[j] = simd.mul_f64s(factor, work.next[j]);
            }
        }
        product(simd, work.shares, work.matrix, work.next);
        for j in 0..k {
            let following = simd.mul_f64s(factor, work.next[j]);
            work.shares[j] = simd.add_f64s(work.shares[j], following);
        }
        square(simd, work);
        left /= 2;
    }
    for i in 0..k * k {
        work.matrix[i] = simd.mul_f64s(*last, work.matrix[i]);
    }
    // Horner: s, s + sA, s + (s + sA)A, …
    for j in 0..k {
        work.next[j] = work.shares[j];
    }
    for _ in 1..left {
        product(simd, work.next, work.matrix, work.product);
        for j in 0..k {
            work.next[j] = simd.add_f64s(work.shares[j], work.product[j]);
        }
    }
    for j in 0..k {
        work.values[j] = simd.add_f64s(work.values[j], work.next[j]);
    }
}

/// P becomes P², whose rows are divided by their sums: 2 − x is 1 / x for x next to one.
#[inline(always)]
fn square<S: Simd>(simd: S, work: &mut Workspace<'_, S::f64s>) {
    let k = work.k;
    let two = simd.splat_f64s(2.0);
    for i in 0..k {
        let row = &mut work.square[i * k..(i + 1) * k];
        product(simd, &work.matrix[i * k..(i + 1) * k], work.matrix, row);
        let mut sum = row[0];
        for j in 1..k {
            sum = simd.add_f64s(sum, row[j]);
        }
        let scale = simd.sub_f64s(two, sum);
        for j in 0..k {
            row[j] = simd.mul_f64s(row[j], scale);
        }
    }
    for i in 0..k * k {
        work.matrix[i] = work.square[i];
    }
}

/// s · (I − δP)^−1 = (1+i) · s · (i·I + (I − P))^−1 with i = 1/δ − 1, by elimination without subtraction
/// (Grassmann, Taksar & Heyman 1985; with a discount, Alfa, Xue & Ye 2002).
///
/// A row of i·I + (I − P) is its off-diagonal entries −P_ij and its sum i, so the diagonal of P is never
/// read. U has the pivots and −P_nj, L has −P_an / pivot: z · U = s, then y · L = z.
#[inline(always)]
pub(super) fn resolvent<S: Simd>(simd: S, work: &mut Workspace<'_, S::f64s>, rate: S::f64s) {
    let k = work.k;
    let one = simd.splat_f64s(1.0);
    let (p, s, row_sums) = (&mut *work.matrix, &mut *work.shares, &mut *work.next);
    for n in 0..k {
        row_sums[n] = rate;
    }
    for n in 0..k {
        let mut pivot = row_sums[n];
        for j in n + 1..k {
            pivot = simd.add_f64s(pivot, p[n * k + j]);
        }
        let inverse = simd.div_f64s(one, pivot);
        s[n] = simd.mul_f64s(s[n], inverse);
        for j in n + 1..k {
            s[j] = simd.add_f64s(s[j], simd.mul_f64s(s[n], p[n * k + j]));
        }
        for a in n + 1..k {
            let factor = simd.mul_f64s(p[a * k + n], inverse);
            p[a * k + n] = factor;
            for j in n + 1..k {
                let through_n = simd.mul_f64s(factor, p[n * k + j]);
                p[a * k + j] = simd.add_f64s(p[a * k + j], through_n);
            }
            row_sums[a] = simd.add_f64s(row_sums[a], simd.mul_f64s(factor, row_sums[n]));
        }
    }
    let growth = simd.add_f64s(one, rate);
    for n in (0..k).rev() {
        for a in n + 1..k {
            s[n] = simd.add_f64s(s[n], simd.mul_f64s(s[a], p[a * k + n]));
        }
        work.values[n] = simd.mul_f64s(growth, s[n]);
    }
}
