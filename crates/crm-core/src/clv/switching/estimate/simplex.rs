//! Least squares over matrices whose rows are shares: 0 or more, and together one.
#![expect(
    clippy::indexing_slicing,
    reason = "matrices are k × k, and every index is below k"
)]

use nalgebra::{Cholesky, DMatrix, DVector};

use crate::error::{Error, ErrorKind, Result};

/// min ½ ‖X P − Y‖² over k × k matrices P with P_ij ≥ 0 and Σ_j P_ij = 1.
pub(super) struct Regression {
    brands: usize,
    /// The rows of X, one after the other.
    x: Vec<f64>,
    /// The rows of Y.
    y: Vec<f64>,
}

/// The minimum, which is the only one.
pub(super) struct Solution {
    /// P, row-major.
    pub(super) entries: Vec<f64>,
    /// Largest by smallest singular value of X.
    pub(super) condition_number: f64,
    /// max |min(P_ij, μ_ij / s)|, where μ_ij is how steeply the objective grows with P_ij at the cost of
    /// its row, and s the largest second derivative.
    pub(super) kkt_residual: f64,
    /// The entries that are held at 0.
    pub(super) at_bound: usize,
    /// The columns of P with their free entries.
    pub(super) columns: Vec<Column>,
}

impl Regression {
    pub(super) fn new(brands: usize) -> Self {
        Regression {
            brands,
            x: Vec::new(),
            y: Vec::new(),
        }
    }

    /// Adds a row, times `root`.
    pub(super) fn push(&mut self, root: f64, x: &[f64], y: &[f64]) {
        self.x.extend(x.iter().map(|value| root * value));
        self.y.extend(y.iter().map(|value| root * value));
    }

    fn rows(&self) -> usize {
        self.x.len() / self.brands
    }

    /// The rank of X: singular values below the rounding of its largest one count as 0.
    pub(super) fn rank(&self) -> usize {
        let values = self.singular_values();
        let rounding = self.rows().max(self.brands) as f64 * f64::EPSILON;
        values
            .iter()
            .filter(|&&value| value > rounding * values.max())
            .count()
    }

    fn singular_values(&self) -> DVector<f64> {
        let x = DMatrix::from_row_slice(self.rows(), self.brands, &self.x);
        x.qr().r().singular_values()
    }

    /// Solves the problem for an X of rank k.
    ///
    /// A primal active-set method (Nocedal & Wright 2006, algorithm 16.3): entries at 0 are fixed or
    /// free; the minimum for these free entries is gone to as far as no other one becomes negative, which
    /// is then fixed; at the minimum, the fixed entry that pulls most is freed. Every minimum is lower
    /// than the one before, so it ends.
    ///
    /// # Errors
    /// `NotConverged`, which rounding alone could cause.
    pub(super) fn solve(&self) -> Result<Solution> {
        let k = self.brands;
        let x = DMatrix::from_row_slice(self.rows(), k, &self.x);
        let mut y = DMatrix::from_row_slice(self.rows(), k, &self.y);
        let values = x.clone().singular_values();
        let qr = x.qr();
        qr.q_tr_mul(&mut y);
        let problem = Reduced {
            k,
            x: qr.r(),
            y: y.rows(0, k).into_owned(),
        };
        let mut free = DMatrix::from_element(k, k, true);
        let mut columns: Vec<Column> = (0..k)
            .map(|j| problem.column(j, &free))
            .collect::<Option<_>>()
            .ok_or_else(stuck)?;
        let mut p = problem.minimum(&columns).ok_or_else(stuck)?.0;
        for i in 0..k {
            let projected = projection(&p.row(i).iter().copied().collect::<Vec<f64>>());
            for (j, share) in projected.into_iter().enumerate() {
                p[(i, j)] = share;
                free[(i, j)] = share > 0.0;
            }
        }
        for (j, column) in columns.iter_mut().enumerate() {
            *column = problem.column(j, &free).ok_or_else(stuck)?;
        }
        for _ in 0..100 + 20 * k * k {
            let (target, multipliers) = problem.minimum(&columns).ok_or_else(stuck)?;
            let changed = if let Some((step, i, j)) = blocking(&p, &target, &free) {
                p += (&target - &p) * step;
                p[(i, j)] = 0.0;
                free[(i, j)] = false;
                j
            } else {
                p = target;
                let Some((i, j)) = problem.strongest_pull(&p, &multipliers, &free) else {
                    return problem.solution(&p, columns, values.max() / values.min());
                };
                free[(i, j)] = true;
                j
            };
            let refreshed = problem.column(changed, &free).ok_or_else(stuck)?;
            if let Some(column) = columns.get_mut(changed) {
                *column = refreshed;
            }
        }
        Err(stuck())
    }
}

/// X = Q R: the same problem with R and Qᵀ Y.
struct Reduced {
    k: usize,
    x: DMatrix<f64>,
    y: DMatrix<f64>,
}

/// What the minimum needs of one column of P, whose free rows are F.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub(super) free: Vec<usize>,
    /// (X_Fᵀ X_F)⁻¹ X_Fᵀ y: the free entries if rows need not sum to one.
    plain: DVector<f64>,
    /// C = (X_Fᵀ X_F)⁻¹.
    inverse: DMatrix<f64>,
}

impl Column {
    /// Σ C of all columns, k × k.
    pub(super) fn sum(columns: &[Column], k: usize) -> DMatrix<f64> {
        let mut sum = DMatrix::zeros(k, k);
        for column in columns {
            for (a, &i) in column.free.iter().enumerate() {
                for (b, &l) in column.free.iter().enumerate() {
                    sum[(i, l)] += column.inverse[(a, b)];
                }
            }
        }
        sum
    }

    /// C x, which is 0 where the column is not free.
    pub(super) fn answer(&self, x: &DVector<f64>) -> DVector<f64> {
        let mut answer = DVector::zeros(x.len());
        for (a, &i) in self.free.iter().enumerate() {
            let row = self.inverse.row(a);
            let terms = self.free.iter().zip(row.iter());
            answer[i] = terms.map(|(&l, inverse)| inverse * x[l]).sum::<f64>();
        }
        answer
    }
}

impl Reduced {
    fn column(&self, j: usize, free: &DMatrix<bool>) -> Option<Column> {
        let rows: Vec<usize> = (0..self.k).filter(|&i| free[(i, j)]).collect();
        let qr = self.x.select_columns(&rows).qr();
        let mut target = DMatrix::from_column_slice(self.k, 1, self.y.column(j).as_slice());
        qr.q_tr_mul(&mut target);
        let r = qr.r();
        let plain = r.solve_upper_triangular(&target.rows(0, rows.len()).column(0).into_owned())?;
        let root = r.solve_upper_triangular(&DMatrix::identity(rows.len(), rows.len()))?;
        let inverse =
            DMatrix::from_fn(rows.len(), rows.len(), |a, b| root.row(a).dot(&root.row(b)));
        Some(Column {
            free: rows,
            plain,
            inverse,
        })
    }

    /// The minimum over the free entries with rows that sum to one, and the multiplier ν_i of each row:
    /// Xᵀ(X p − y) = ν on the free entries of each column, Σ_j p_ij = 1.
    fn minimum(&self, columns: &[Column]) -> Option<(DMatrix<f64>, DVector<f64>)> {
        let mut missing = DVector::from_element(self.k, 1.0);
        for column in columns {
            for (plain, &i) in column.plain.iter().zip(&column.free) {
                missing[i] -= plain;
            }
        }
        let multipliers = Cholesky::new(Column::sum(columns, self.k))?.solve(&missing);
        let mut p = DMatrix::zeros(self.k, self.k);
        for (j, column) in columns.iter().enumerate() {
            let pulled = column.answer(&multipliers);
            for (plain, &i) in column.plain.iter().zip(&column.free) {
                p[(i, j)] = plain + pulled[i];
            }
        }
        Some((p, multipliers))
    }

    /// Xᵀ(X P − Y), by rows and columns.
    fn gradient(&self, p: &DMatrix<f64>) -> DMatrix<f64> {
        let mut residual = -self.y.clone();
        for (j, mut column) in residual.column_iter_mut().enumerate() {
            column.gemv(1.0, &self.x, &p.column(j), 1.0);
        }
        DMatrix::from_fn(self.k, self.k, |i, j| {
            self.x.column(i).dot(&residual.column(j))
        })
    }

    /// The largest second derivative.
    fn scale(&self) -> f64 {
        self.x
            .column_iter()
            .map(|column| column.norm_squared())
            .fold(0.0, f64::max)
    }

    /// The fixed entry by which the objective falls most.
    fn strongest_pull(
        &self,
        p: &DMatrix<f64>,
        multipliers: &DVector<f64>,
        free: &DMatrix<bool>,
    ) -> Option<(usize, usize)> {
        /// A slope within the rounding of the gradient is none.
        const ROUNDING: f64 = 1e-13;
        let (gradient, mut steepest, mut found) =
            (self.gradient(p), -ROUNDING * self.scale(), None);
        for j in 0..self.k {
            for i in 0..self.k {
                let slope = gradient[(i, j)] - multipliers[i];
                if !free[(i, j)] && slope < steepest {
                    (steepest, found) = (slope, Some((i, j)));
                }
            }
        }
        found
    }

    fn solution(
        &self,
        p: &DMatrix<f64>,
        columns: Vec<Column>,
        condition_number: f64,
    ) -> Result<Solution> {
        let gradient = self.gradient(p);
        let mut kkt_residual = 0.0_f64;
        let mut entries = Vec::with_capacity(self.k * self.k);
        for i in 0..self.k {
            let sum = p.row(i).sum();
            let multiplier = p.row(i).dot(&gradient.row(i)) / sum;
            for j in 0..self.k {
                let slope = (gradient[(i, j)] - multiplier) / self.scale();
                kkt_residual = kkt_residual.max(f64::min(p[(i, j)], slope).abs());
                entries.push(p[(i, j)] / sum);
            }
        }
        if !entries.iter().all(|entry| entry.is_finite()) {
            return Err(stuck());
        }
        Ok(Solution {
            entries,
            condition_number,
            kkt_residual,
            at_bound: columns
                .iter()
                .map(|column| self.k - column.free.len())
                .sum(),
            columns,
        })
    }
}

/// How far one can go from `p` to `target` before a free entry becomes negative, and which; `None` for
/// the whole way.
fn blocking(
    p: &DMatrix<f64>,
    target: &DMatrix<f64>,
    free: &DMatrix<bool>,
) -> Option<(f64, usize, usize)> {
    let mut first: Option<(f64, usize, usize)> = None;
    for j in 0..p.ncols() {
        for i in 0..p.nrows() {
            let (from, to) = (p[(i, j)], target[(i, j)]);
            if free[(i, j)] && to < 0.0 {
                let step = from / (from - to);
                if first.is_none_or(|(shortest, ..)| step < shortest) {
                    first = Some((step, i, j));
                }
            }
        }
    }
    first
}

/// The shares nearest to `row` (Held, Wolfe & Crowder 1974): all entries less a common number, or 0.
fn projection(row: &[f64]) -> Vec<f64> {
    let mut sorted = row.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let (mut sum, mut excess) = (0.0, 0.0);
    for (count, value) in (1_u32..).zip(sorted) {
        sum += value;
        let common = (sum - 1.0) / f64::from(count);
        if value > common {
            excess = common;
        }
    }
    row.iter()
        .map(|value| f64::max(value - excess, 0.0))
        .collect()
}

pub(super) fn stuck() -> Error {
    let reason = "are too nearly collinear for the least-squares problem to be solved: shrink towards a matrix";
    Error::new(ErrorKind::NotConverged, "shares", reason)
}
