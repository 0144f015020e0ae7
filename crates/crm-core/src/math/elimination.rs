//! Linear systems of Markov chains, solved without a subtraction, so that no digits cancel
//! (Grassmann, Taksar & Heyman 1985; with a discount, Alfa, Xue & Ye 2002).

/// The matrix A = diag(l + Σ_{j≠i} P_ij) − P of a chain with probabilities P and leaks l, factored.
///
/// Each row is kept as its probabilities P_ij for j ≠ i and its sum l_i, from which the pivot follows by
/// additions. A itself, once rounded, has lost what a small leak means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Elimination {
    /// Row-major: probabilities above the diagonal, factors of the elimination below it.
    entries: Vec<f64>,
    pivots: Vec<f64>,
}

#[expect(
    clippy::indexing_slicing,
    reason = "every index is below the size of all matrices and vectors"
)]
impl Elimination {
    /// `entries` is P, row-major, of which the diagonal is not read; `leak` is l, one for each row.
    pub(crate) fn new(mut entries: Vec<f64>, mut leak: Vec<f64>) -> Self {
        let size = leak.len();
        let mut pivots = Vec::with_capacity(size);
        for n in 0..size {
            let (done, below) = entries.split_at_mut((n + 1) * size);
            let row = &done[n * size + n + 1..];
            let pivot = leak[n] + row.iter().sum::<f64>();
            for (lower, a) in below.chunks_exact_mut(size).zip(n + 1..) {
                let factor = lower[n] / pivot;
                lower[n] = factor;
                if factor > 0.0 {
                    for (entry, &p) in lower[n + 1..].iter_mut().zip(row) {
                        *entry += factor * p;
                    }
                    leak[a] += factor * leak[n];
                }
            }
            pivots.push(pivot);
        }
        Elimination { entries, pivots }
    }

    /// Replaces b by the solution x of A x = b.
    pub(crate) fn solve(&self, x: &mut [f64]) {
        let size = self.pivots.len();
        for (a, row) in self.entries.chunks_exact(size.max(1)).enumerate() {
            let (before, rest) = x.split_at_mut(a);
            for (&factor, &value) in row.iter().zip(&*before) {
                rest[0] += factor * value;
            }
        }
        for n in (0..size).rev() {
            let (now, after) = x[n..].split_at_mut(1);
            let row = &self.entries[n * size + n + 1..(n + 1) * size];
            let following: f64 = row.iter().zip(&*after).map(|(&p, &x)| p * x).sum();
            now[0] = (now[0] + following) / self.pivots[n];
        }
    }

    /// Replaces c by the solution y of y A = c.
    pub(crate) fn solve_left(&self, y: &mut [f64]) {
        let size = self.pivots.len();
        for n in 0..size {
            let (now, after) = y[n..].split_at_mut(1);
            now[0] /= self.pivots[n];
            let row = &self.entries[n * size + n + 1..(n + 1) * size];
            for (value, &p) in after.iter_mut().zip(row) {
                *value += now[0] * p;
            }
        }
        for a in (0..size).rev() {
            let (before, rest) = y.split_at_mut(a);
            let row = &self.entries[a * size..a * size + a];
            for (value, &factor) in before.iter_mut().zip(row) {
                *value += factor * rest[0];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A = [[0.7, −0.5], [−0.25, 0.5]] from P and leaks 0.2, 0.25; the diagonal of P is not read.
    fn factored() -> Elimination {
        Elimination::new(vec![f64::NAN, 0.5, 0.25, f64::NAN], vec![0.2, 0.25])
    }

    #[test]
    fn solutions_of_two_equations() {
        let (mut x, mut y) = ([1.0, 2.0], [1.0, 2.0]);
        factored().solve(&mut x);
        factored().solve_left(&mut y);
        // By Cramer's rule, with determinant 0.225.
        for (found, expected) in [
            (x[0], 1.5 / 0.225),
            (x[1], 1.65 / 0.225),
            (y[0], 1.0 / 0.225),
            (y[1], 1.9 / 0.225),
        ] {
            assert!((found - expected).abs() <= 1e-15 * expected, "{found}");
        }
    }

    #[test]
    fn a_tiny_leak_keeps_its_digits() {
        let mut x = [1.0, 1.0];
        Elimination::new(vec![0.0, 0.5, 0.25, 0.0], vec![1e-30, 1e-30]).solve(&mut x);
        assert!((x[0] - 1e30).abs() <= 1e15 && (x[1] - 1e30).abs() <= 1e15);
    }

    #[test]
    fn no_equations_have_the_empty_solution() {
        Elimination::new(Vec::new(), Vec::new()).solve(&mut []);
    }
}
