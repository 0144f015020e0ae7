//! Σ_t δ^t P^t with δ = (1+r)^(−1/f), to a relative error of a few roundings per entry: over
//! thousands of periods, with an eigenvalue next to one, and for a small discount rate.

use nalgebra::{DMatrix, DVector};

use super::{Discounting, Horizon, TransitionMatrix};
use crate::error::{Error, ErrorKind, Result};
use crate::math::double_double::DoubleDouble;
use crate::units::Probability;

/// Σ_{t=0}^{T} δ^t P^t, row-major: entry (i, j) is the discounted number of purchases of brand j by a
/// customer who now buys brand i.
pub(super) fn discounted_purchases(
    matrix: &TransitionMatrix,
    discounting: Discounting,
    horizon: Horizon,
) -> Result<Vec<f64>> {
    match horizon {
        Horizon::Periods(last) => Ok(power_sum(matrix, discounting, u64::from(last) + 1)),
        Horizon::Infinite => resolvent(matrix, discounting),
    }
}

/// Σ_{t=0}^{T} (δρ)^t for a retention ρ, or 1 / (1 − δρ).
pub(super) fn discounted_retention(
    retention: Probability,
    discounting: Discounting,
    horizon: Horizon,
) -> Result<f64> {
    let churn = retention.complement().to_f64();
    match horizon {
        Horizon::Periods(last) => {
            let log_ratio = log_retention(retention) - discounting.log_growth();
            let terms = f64::from(last) + 1.0;
            Ok(if log_ratio == 0.0 {
                terms
            } else {
                libm::expm1(terms * log_ratio) / libm::expm1(log_ratio)
            })
        }
        Horizon::Infinite => {
            let rate = discounting.rate_per_purchase();
            if rate + churn <= 0.0 {
                return Err(divergent("must be greater than retention - 1"));
            }
            Ok((1.0 + rate) / (rate + churn))
        }
    }
}

/// ρ^t.
pub(super) fn retained(retention: Probability, t: u64) -> f64 {
    if t == 0 {
        1.0
    } else {
        libm::exp(t as f64 * log_retention(retention))
    }
}

/// ln ρ, from whichever of ρ and 1 − ρ has the digits that matter.
fn log_retention(retention: Probability) -> f64 {
    let kept = retention.to_f64();
    if kept < 0.5 {
        libm::log(kept)
    } else {
        libm::log1p(-retention.complement().to_f64())
    }
}

/// Σ_{t<n} δ^t P^t by doubling, from the leading bit of n down:
/// G_{2m} = G_m + δ^m P^m G_m, G_{m+1} = G_m + δ^m P^m.
fn power_sum(matrix: &TransitionMatrix, discounting: Discounting, terms: u64) -> Vec<f64> {
    let states = matrix.states();
    let one_step = matrix.exact_entries();
    let mut power = one_step.clone();
    let mut sum = identity(states);
    let mut count = 1_u64;
    for bit in (0..terms.ilog2()).rev() {
        let following = product(&power, &sum, states);
        add_scaled(&mut sum, discounting.factor(count), &following);
        power = product(&power, &power, states);
        count *= 2;
        if (terms >> bit) & 1 == 1 {
            add_scaled(&mut sum, discounting.factor(count), &power);
            power = product(&power, &one_step, states);
            count += 1;
        }
    }
    sum.into_iter().map(DoubleDouble::to_f64).collect()
}

fn identity(states: usize) -> Vec<DoubleDouble> {
    let entry = |i: usize| f64::from(u8::from(i.is_multiple_of(states + 1))).into();
    (0..states * states).map(entry).collect()
}

fn product(a: &[DoubleDouble], b: &[DoubleDouble], states: usize) -> Vec<DoubleDouble> {
    let mut out = vec![DoubleDouble::ZERO; a.len()];
    for (a_row, out_row) in a.chunks_exact(states).zip(out.chunks_exact_mut(states)) {
        for (&a_entry, b_row) in a_row.iter().zip(b.chunks_exact(states)) {
            for (out_entry, &b_entry) in out_row.iter_mut().zip(b_row) {
                *out_entry = *out_entry + a_entry * b_entry;
            }
        }
    }
    out
}

fn add_scaled(sum: &mut [DoubleDouble], factor: f64, terms: &[DoubleDouble]) {
    for (entry, &term) in sum.iter_mut().zip(terms) {
        *entry = *entry + term * factor.into();
    }
}

/// (I − δP)^−1 = (1+i) · (i·I + (I − P))^−1 with i = 1/δ − 1, by elimination without subtraction
/// (Grassmann, Taksar & Heyman 1985; with a discount, Alfa, Xue & Ye 2002).
///
/// A row of i·I + (I − P) is kept as its off-diagonal entries −P_ij and its sum i, from which the pivot
/// follows by additions. So no digits cancel, while I − δP, once rounded, has lost what a small i means.
#[expect(
    clippy::indexing_slicing,
    reason = "every index is below `states`, the size of all matrices and vectors"
)]
fn resolvent(matrix: &TransitionMatrix, discounting: Discounting) -> Result<Vec<f64>> {
    let rate = discounting.rate_per_purchase();
    if rate <= 0.0 {
        return Err(divergent("must be greater than 0"));
    }
    let states = matrix.states();
    let exact = matrix.exact_entries();
    let mut p = DMatrix::from_row_iterator(states, states, exact.iter().map(|e| e.to_f64()));
    let mut row_sum = DVector::from_element(states, rate);
    let mut pivot = DVector::zeros(states);
    let mut x = DMatrix::from_diagonal_element(states, states, 1.0 + rate);
    for n in 0..states {
        pivot[n] = row_sum[n] + (n + 1..states).map(|j| p[(n, j)]).sum::<f64>();
        for a in n + 1..states {
            let factor = p[(a, n)] / pivot[n];
            for j in (n + 1..states).filter(|&j| j != a) {
                p[(a, j)] += factor * p[(n, j)];
            }
            for j in 0..states {
                x[(a, j)] += factor * x[(n, j)];
            }
            row_sum[a] += factor * row_sum[n];
        }
    }
    for n in (0..states).rev() {
        for j in 0..states {
            let following: f64 = (n + 1..states).map(|l| p[(n, l)] * x[(l, j)]).sum();
            x[(n, j)] = (x[(n, j)] + following) / pivot[n];
        }
    }
    Ok(x.transpose().as_slice().to_vec())
}

fn divergent(reason: &'static str) -> Error {
    let message = format!("{reason} for a finite value over an infinite horizon");
    Error::new(ErrorKind::Divergent, "discount_rate", message)
}
