//! Σ_t δ^t P^t with δ = (1+r)^(−1/f), to a relative error of a few roundings per entry: over
//! thousands of periods, with an eigenvalue next to one, and for a small discount rate.

use std::iter;

use super::{Amount, Discounting, Horizon, TransitionMatrix};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::Domain;
use crate::math::double_double::DoubleDouble;
use crate::math::elimination::Elimination;
use crate::units::Probability;

/// Σ_{t=0}^{T} δ^t P^t, row-major: entry (i, j) is the discounted number of purchases of brand j by a
/// customer who now buys brand i.
pub(super) fn discounted_purchases(
    matrix: &TransitionMatrix,
    discounting: Discounting,
    horizon: Horizon,
) -> Result<Vec<f64>> {
    match horizon {
        Horizon::Periods(last) => {
            let terms = u64::from(last) + 1;
            let sum = power_sum(&matrix.exact_entries(), matrix.states(), discounting, terms);
            Ok(sum)
        }
        Horizon::Infinite => resolvent(matrix, discounting),
    }
}

/// Σ_{t=0}^{T} δ^t P_1 ⋯ P_t diag(F_t · π_t), row-major, from the last period back:
/// M_t = diag(δ^t F_t π_t) + P_{t+1} M_{t+1}.
pub(super) fn spending_by_period(
    matrices: &[TransitionMatrix],
    purchases: &Amount,
    contribution: &Amount,
    discounting: Discounting,
) -> Result<Vec<f64>> {
    let states = matrices.first().map_or(0, TransitionMatrix::states);
    for (t, matrix) in matrices.iter().enumerate() {
        if matrix.states() != states {
            let error = Error::length("transition_matrix", matrix.states(), states);
            return Err(error.at_row(t));
        }
    }
    for (argument, amount, domain) in [
        ("purchases", purchases, Domain::NonNegative),
        ("contribution", contribution, Domain::Finite),
    ] {
        amount.check(argument, domain, states)?;
        let periods = matrices.len() + 1;
        if let Some(found) = amount.periods().filter(|&found| found != periods) {
            return Err(Error::length(argument, found, periods));
        }
    }
    let mut sum = vec![DoubleDouble::ZERO; states * states];
    let steps = iter::once(None).chain(matrices.iter().rev().map(Some));
    for (t, step) in (0..=matrices.len()).rev().zip(steps) {
        if let Some(matrix) = step {
            sum = product(&matrix.exact_entries(), &sum, states);
        }
        let factor = discounting.factor(t as u64);
        for (j, entry) in sum.iter_mut().step_by(states + 1).enumerate() {
            let spending = purchases.at(j, t) * contribution.at(j, t);
            *entry = *entry + (factor * spending).into();
        }
    }
    Ok(sum.into_iter().map(DoubleDouble::to_f64).collect())
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
pub(super) fn power_sum(
    one_step: &[DoubleDouble],
    states: usize,
    discounting: Discounting,
    terms: u64,
) -> Vec<f64> {
    let mut power = one_step.to_vec();
    let mut sum = identity(states);
    let mut count = 1_u64;
    for bit in (0..terms.ilog2()).rev() {
        let following = product(&power, &sum, states);
        add_scaled(&mut sum, discounting.factor(count), &following);
        power = product(&power, &power, states);
        count *= 2;
        if (terms >> bit) & 1 == 1 {
            add_scaled(&mut sum, discounting.factor(count), &power);
            power = product(&power, one_step, states);
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

/// (I − δP)^−1 = (1+i) · (i·I + (I − P))^−1 with i = 1/δ − 1, by [`Elimination`]: I − δP, once rounded, has lost
/// what a small i means.
fn resolvent(matrix: &TransitionMatrix, discounting: Discounting) -> Result<Vec<f64>> {
    let rate = discounting.rate_per_purchase();
    if rate <= 0.0 {
        return Err(divergent("must be greater than 0"));
    }
    let states = matrix.states();
    let elimination = Elimination::new(matrix.stochastic_entries(), vec![rate; states]);
    let mut out = vec![0.0; states * states];
    for j in 0..states {
        let mut column: Vec<f64> = (0..states)
            .map(|i| if i == j { 1.0 + rate } else { 0.0 })
            .collect();
        elimination.solve(&mut column);
        for (entry, value) in out.iter_mut().skip(j).step_by(states).zip(column) {
            *entry = value;
        }
    }
    Ok(out)
}

fn divergent(reason: &'static str) -> Error {
    let message = format!("{reason} for a finite value over an infinite horizon");
    Error::new(ErrorKind::Divergent, "discount_rate", message)
}
