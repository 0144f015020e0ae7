//! Gauss–Legendre rules.

use std::sync::LazyLock;

/// N nodes between 0 and 1 and their weights, which sum to 1. N is a multiple of 8.
#[derive(Debug, Clone)]
pub(crate) struct Rule<const N: usize> {
    pub(crate) nodes: [f64; N],
    pub(crate) weights: [f64; N],
}

pub(crate) static FEW: LazyLock<Rule<8>> = LazyLock::new(Rule::new);
pub(crate) static SOME: LazyLock<Rule<16>> = LazyLock::new(Rule::new);
pub(crate) static MANY: LazyLock<Rule<24>> = LazyLock::new(Rule::new);

impl<const N: usize> Rule<N> {
    /// Newton's iteration for the zeros of the Legendre polynomial (DLMF 3.5.15).
    fn new() -> Self {
        let node = |i: usize| {
            let mut x = libm::cos(std::f64::consts::PI * (i as f64 + 0.75) / (N as f64 + 0.5));
            let mut slope = 1.0;
            for _ in 0..8 {
                let (value, derivative) = legendre(N, x);
                x -= value / derivative;
                slope = derivative;
            }
            (0.5 - 0.5 * x, 1.0 / ((1.0 - x * x) * slope * slope))
        };
        let nodes: [(f64, f64); N] = std::array::from_fn(node);
        Rule {
            nodes: nodes.map(|(x, _)| x),
            weights: nodes.map(|(_, w)| w),
        }
    }
}

/// The sum of the values at the nodes, in an order that does not depend on the processor.
#[inline(always)]
pub(crate) fn sum<const N: usize>(values: &[f64; N]) -> f64 {
    let mut sums = [0.0; 8];
    for group in values.chunks_exact(8) {
        for (sum, value) in sums.iter_mut().zip(group) {
            *sum += value;
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (b + f)) + ((c + g) + (d + h))
}

/// P_n(x) and its derivative.
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut last, mut value) = (1.0, x);
    for k in 2..=n {
        let k = k as f64;
        (last, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * last) / k);
    }
    (value, n as f64 * (x * value - last) / (x * x - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integrates_polynomials<const N: usize>(rule: &Rule<N>) {
        for degree in 0..2 * N {
            let power = |x: f64| (0..degree).fold(1.0, |product, _| product * x);
            let values = std::array::from_fn(|i| rule.weights[i] * power(rule.nodes[i]));
            let expected = 1.0 / (degree as f64 + 1.0);
            let error = sum::<N>(&values) / expected - 1.0;
            assert!(error.abs() < 2e-14, "{N} {degree}: {error:e}");
        }
    }

    #[test]
    fn integrate_polynomials_exactly() {
        integrates_polynomials(&FEW);
        integrates_polynomials(&SOME);
        integrates_polynomials(&MANY);
    }
}
