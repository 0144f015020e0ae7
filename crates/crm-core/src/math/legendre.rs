//! Gauss–Legendre rules in groups of eight nodes.

use std::sync::LazyLock;

use super::lanes::Lanes;

/// Nodes between 0 and 1 and their weights, which sum to 1.
#[derive(Debug, Clone)]
pub(crate) struct Rule(Vec<(Lanes, Lanes)>);

impl Rule {
    /// Groups of nodes with their weights.
    #[inline(always)]
    pub(crate) fn groups(&self) -> impl Iterator<Item = &(Lanes, Lanes)> {
        self.0.iter()
    }
}

/// The rules of 8, 16 and 24 nodes.
pub(crate) static RULES: LazyLock<[Rule; 3]> = LazyLock::new(|| [rule(1), rule(2), rule(3)]);

/// Newton's iteration for the zeros of the Legendre polynomial (NIST handbook, DLMF 3.5.15).
fn rule(groups: usize) -> Rule {
    let count = 8 * groups;
    let node = |i: usize| {
        let mut x = libm::cos(std::f64::consts::PI * (i as f64 + 0.75) / (count as f64 + 0.5));
        let mut slope = 1.0;
        for _ in 0..8 {
            let (value, derivative) = legendre(count, x);
            x -= value / derivative;
            slope = derivative;
        }
        (0.5 - 0.5 * x, 1.0 / ((1.0 - x * x) * slope * slope))
    };
    let group = |g: usize| {
        let nodes: [(f64, f64); 8] = std::array::from_fn(|i| node(8 * g + i));
        (nodes.map(|(x, _)| x), nodes.map(|(_, w)| w))
    };
    Rule((0..groups).map(group).collect())
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
    use crate::math::lanes;

    #[test]
    fn integrate_polynomials_exactly() {
        for (rule, groups) in RULES.iter().zip(1..) {
            for degree in 0..16 * groups {
                let terms = rule
                    .groups()
                    .map(|(x, w)| lanes::sum(std::array::from_fn(|j| w[j] * x[j].powi(degree))));
                let integral: f64 = terms.sum();
                let expected = 1.0 / f64::from(degree + 1);
                assert!((integral / expected - 1.0).abs() < 2e-14, "{degree}");
            }
        }
    }
}
