//! Large sparse systems A x = b with A = D − Q, D positive and diagonal and Q ≥ 0 without a diagonal, by bi-conjugate gradients
//! (van der Vorst 1992) with restarts: whatever they give, a bound of the error follows from the residual, and only that
//! decides when to stop.

use serde::{Deserialize, Serialize};

use super::sparse::SparseTransitions;
use super::transitions::dot;
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;

/// When the iteration for a sparse matrix stops; dense matrices are solved by elimination.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SolverOptions {
    /// The largest error of any value, as a part of the largest value: 1e-10 by default.
    pub tolerance: f64,
    /// The most products with the matrix: 20,000 by default.
    pub max_iterations: u64,
}

impl Default for SolverOptions {
    fn default() -> Self {
        SolverOptions {
            tolerance: 1e-10,
            max_iterations: 20_000,
        }
    }
}

impl SolverOptions {
    pub(super) fn check(&self) -> Result<()> {
        if Domain::Positive.contains(self.tolerance) {
            Ok(())
        } else {
            Err(Domain::Positive.refuse("tolerance", self.tolerance))
        }
    }
}

/// What the solution of a system is, and how far off it may be.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Solution {
    pub(super) values: Vec<f64>,
    pub(super) error_bound: f64,
    pub(super) iterations: u64,
}

/// How the residual r = b − A x bounds the error e = A^−1 r, with w ≥ A^−1 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Certificate {
    /// A 1 is the rate in all rows, so w = 1/rate exactly: min r · w ≤ e ≤ max r · w, and their middle is added to x
    /// (MacQueen 1966, Porteus 1971).
    Stochastic(f64),
    /// |e_i| ≤ max |r| · w_i.
    Largest(Vec<f64>),
    /// Of the system from the left, e = r A^−1: Σ |e_i| ≤ Σ |r_i| w_i.
    Total(Vec<f64>),
}

/// Products before the residual is computed anew.
const RESTART: u64 = 200;

/// Terms of the power series that are added where conjugate gradients do not help.
const SERIES_TERMS: u64 = 50;

/// What a sum of some terms may be off by, as a part of them.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// A restart reduces the residual by no more than this, since rounding hides the rest.
const LARGEST_REDUCTION: f64 = 1e-12;

pub(super) struct System<'a> {
    /// D^−1 Q.
    scaled: SparseTransitions,
    /// D.
    diagonal: &'a [f64],
}

impl<'a> System<'a> {
    /// A system from Q and the diagonal of D.
    pub(super) fn new(matrix: &SparseTransitions, diagonal: &'a [f64]) -> Self {
        System {
            scaled: matrix.divided(diagonal),
            diagonal,
        }
    }

    /// The solution for the right-hand side b.
    pub(super) fn solve(
        &self,
        rhs: &[f64],
        certificate: &Certificate,
        options: &SolverOptions,
    ) -> Result<Solution> {
        let mut x = vec![0.0; rhs.len()];
        // What is added to all x is kept by itself, so that its size costs them no digits.
        let mut shift = 0.0;
        let (mut iterations, mut previous) = (0, f64::INFINITY);
        loop {
            let mut residual = self.residual(rhs, &x);
            iterations += 1;
            let (remaining, rounding) =
                self.certify(certificate, rhs, &x, &mut residual, &mut shift);
            let error_bound = remaining + rounding;
            let size = x
                .iter()
                .fold(0.0_f64, |size, x| size.max((x + shift).abs()));
            if error_bound <= options.tolerance * size || error_bound == 0.0 {
                x.iter_mut().for_each(|x| *x += shift);
                return Ok(Solution {
                    values: x,
                    error_bound,
                    iterations,
                });
            }
            let hopeless = remaining < rounding && rounding > options.tolerance * size;
            if hopeless || iterations >= options.max_iterations || !error_bound.is_finite() {
                return Err(not_converged(iterations, error_bound, options));
            }
            let reduction = options.tolerance * size / error_bound / 4.0;
            let most = RESTART.min(options.max_iterations - iterations);
            let slow = error_bound > previous / 2.0;
            previous = error_bound;
            let (correction, used) = self.correction(&residual, reduction, most, slow);
            iterations += used;
            for (x, correction) in x.iter_mut().zip(correction) {
                *x += correction;
            }
            if matches!(certificate, Certificate::Stochastic(_)) {
                let (least, most) = range(&x);
                let middle = f64::midpoint(least, most);
                x.iter_mut().for_each(|x| *x -= middle);
                shift += middle;
            }
        }
    }

    /// How far off x + shift may be: what the residual leaves to find, and what rounding may hide. What the certificate tells of
    /// the error itself goes from the residual into the shift.
    fn certify(
        &self,
        certificate: &Certificate,
        rhs: &[f64],
        x: &[f64],
        residual: &mut [f64],
        shift: &mut f64,
    ) -> (f64, f64) {
        let terms: Vec<f64> = x.iter().zip(self.diagonal).map(|(x, d)| x * d).collect();
        let (remaining, summed) = match certificate {
            Certificate::Stochastic(weight) => {
                let level = *shift / weight;
                residual.iter_mut().for_each(|r| *r -= level);
                let (least, most) = range(residual);
                let middle = f64::midpoint(least, most);
                residual.iter_mut().for_each(|r| *r -= middle);
                *shift += middle * weight;
                let summed = largest(rhs) + level.abs() + 2.0 * largest(&terms);
                ((most - least) / 2.0 * weight, summed * weight)
            }
            Certificate::Largest(weights) => {
                let weight = largest(weights);
                let summed = largest(rhs) + 2.0 * largest(&terms);
                (largest(residual) * weight, summed * weight)
            }
            Certificate::Total(weights) => {
                let total = |values: &[f64]| values.iter().map(|v| v.abs()).sum::<f64>();
                let pairs = residual.iter().zip(weights);
                let remaining = pairs.map(|(r, w)| r.abs() * w).sum();
                let summed = total(rhs) + 2.0 * total(&terms);
                (remaining, summed * largest(weights))
            }
        };
        (remaining, ROUNDING * summed)
    }

    /// w with A w ≥ 1, and so w ≥ A^−1 1: an approximate solution of A w = 1, divided by what its residual leaves of
    /// the 1.
    pub(super) fn weights(&self, options: &SolverOptions) -> Result<Vec<f64>> {
        let ones = vec![1.0; self.diagonal.len()];
        let mut x = ones.clone();
        let (mut iterations, mut previous) = (0, f64::INFINITY);
        loop {
            let residual = self.residual(&ones, &x);
            let worst = largest(&residual);
            if worst <= 0.25 {
                x.iter_mut().for_each(|w| *w /= 1.0 - worst);
                return Ok(x);
            }
            if iterations >= options.max_iterations || !worst.is_finite() {
                return Err(not_converged(iterations, f64::INFINITY, options));
            }
            let slow = worst > previous / 2.0;
            previous = worst;
            let (correction, used) = self.correction(&residual, 0.1 / worst, RESTART, slow);
            iterations += used + 1;
            for (x, correction) in x.iter_mut().zip(correction) {
                *x += correction;
            }
        }
    }

    /// b − A x.
    fn residual(&self, rhs: &[f64], x: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; x.len()];
        let terms = rhs.iter().zip(self.diagonal).zip(x);
        let left: Vec<f64> = terms.map(|((b, d), x)| b / d - x).collect();
        self.scaled.look_back(&left, 1.0, x, &mut out);
        for (out, d) in out.iter_mut().zip(self.diagonal) {
            *out *= d;
        }
        out
    }

    /// An approximate solution for the residual, and the products it took.
    fn correction(
        &self,
        residual: &[f64],
        reduction: f64,
        most: u64,
        slow: bool,
    ) -> (Vec<f64>, u64) {
        let pairs = residual.iter().zip(self.diagonal);
        let scaled: Vec<f64> = pairs.map(|(r, d)| r / d).collect();
        if !slow {
            let (found, used) = self.conjugate_gradients(&scaled, reduction, most);
            if let Some(correction) = found {
                return (correction, used);
            }
        }
        // D^−1 r + D^−1 Q D^−1 r + … always comes nearer.
        let mut sum = scaled.clone();
        let mut next = vec![0.0; sum.len()];
        for _ in 0..SERIES_TERMS {
            self.scaled.look_back(&scaled, 1.0, &sum, &mut next);
            std::mem::swap(&mut sum, &mut next);
        }
        (sum, SERIES_TERMS)
    }

    /// `None` if they broke down before they had come nearer.
    fn conjugate_gradients(
        &self,
        rhs: &[f64],
        reduction: f64,
        most: u64,
    ) -> (Option<Vec<f64>>, u64) {
        let mut residual = rhs.to_vec();
        let first = largest(&residual);
        let target = first * reduction.clamp(LARGEST_REDUCTION, 0.1);
        let shadow = residual.clone();
        let size = residual.len();
        let mut x = vec![0.0; size];
        let (mut direction, mut image, mut second) =
            (residual.clone(), vec![0.0; size], vec![0.0; size]);
        let mut rho = dot(&shadow, &residual);
        let mut used = 0;
        while largest(&residual) > target && used < most {
            self.scaled
                .look_back(&direction, -1.0, &direction, &mut image);
            let alpha = rho / dot(&shadow, &image);
            add(&mut residual, -alpha, &image);
            self.scaled
                .look_back(&residual, -1.0, &residual, &mut second);
            used += 2;
            let norm = dot(&second, &second);
            let omega = if norm > 0.0 {
                dot(&second, &residual) / norm
            } else {
                0.0
            };
            add(&mut x, alpha, &direction);
            add(&mut x, omega, &residual);
            add(&mut residual, -omega, &second);
            let next = dot(&shadow, &residual);
            let beta = next / rho * (alpha / omega);
            rho = next;
            if !beta.is_finite() || omega == 0.0 {
                break;
            }
            for ((direction, image), residual) in direction.iter_mut().zip(&image).zip(&residual) {
                *direction = residual + beta * (*direction - omega * image);
            }
        }
        let nearer = largest(&residual) < first && x.iter().all(|x| x.is_finite());
        (nearer.then_some(x), used)
    }
}

fn add(sum: &mut [f64], factor: f64, terms: &[f64]) {
    for (sum, term) in sum.iter_mut().zip(terms) {
        *sum += factor * term;
    }
}

fn range(values: &[f64]) -> (f64, f64) {
    let ends = (f64::INFINITY, f64::NEG_INFINITY);
    values
        .iter()
        .fold(ends, |(least, most), &v| (least.min(v), most.max(v)))
}

/// The largest absolute value; NaN if there is one.
fn largest(values: &[f64]) -> f64 {
    let keep = |most: f64, v: &f64| if v.abs() <= most { most } else { v.abs() };
    values.iter().fold(0.0, keep)
}

fn not_converged(iterations: u64, error_bound: f64, options: &SolverOptions) -> Error {
    let reason = format!(
        "was not reached: after {iterations} products with the matrix the error is at most {error_bound:.1e}; \
         allow more of them, a larger tolerance, or take a dense matrix"
    );
    Error::new(ErrorKind::NotConverged, "tolerance", reason).with_value(options.tolerance)
}
