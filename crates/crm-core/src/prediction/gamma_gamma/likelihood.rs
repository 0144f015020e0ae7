use std::sync::{Mutex, PoisonError};

use super::NAMES;
use super::spending::{Block, Spending};
use crate::math::special::{digamma_difference, ln_beta};
use crate::parallel;
use crate::prediction::fit::{Likelihood, Parameter};

/// Σ over customers, with t = 1 + γ/(x m̄).
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    /// ln t.
    logs: f64,
    /// 1/t.
    inverses: f64,
}

/// The likelihood of what customers spent.
pub(super) struct SpendLikelihood<'a> {
    spending: &'a Spending,
    /// γ of the last evaluation, and the sums of each frequency there: differences by p or q need no
    /// others.
    last: Mutex<Option<(f64, Vec<Sums>)>>,
}

/// ln f = −ln B(px, q) − px ln t + q (ln γ − ln(x m̄) − ln t) − ln m̄, so that of each customer only
/// ln t and 1/t are needed, and all else once for each frequency.
impl Likelihood for SpendLikelihood<'_> {
    fn parameters(&self) -> Vec<Parameter> {
        Parameter::positive(&NAMES)
    }

    fn customers(&self) -> f64 {
        self.spending.customers()
    }

    /// p = q = 1, and γ the mean spend.
    fn centre(&self) -> Vec<f64> {
        vec![0.0, 0.0, libm::log(self.spending.mean_spend())]
    }

    /// Shapes from much to little spread; γ so that the mean is that of the data.
    fn starts(&self) -> Vec<Vec<f64>> {
        let shapes: [(f64, f64); 4] = [(1.0, 2.0), (6.0, 4.0), (1.5, 10.0), (30.0, 8.0)];
        shapes
            .iter()
            .map(|&(p, q)| [p, q, self.spending.mean_spend() * (q - 1.0) / p])
            .map(|start| start.map(libm::log).to_vec())
            .collect()
    }

    fn evaluate(&self, coordinates: &[f64], gradient: &mut [f64]) -> f64 {
        let &[ln_p, ln_q, ln_gamma] = coordinates else {
            return f64::NAN;
        };
        let [p, q, gamma] = [ln_p, ln_q, ln_gamma].map(libm::exp);
        let of_frequencies = self.sums(gamma);
        let (mut value, mut by_p, mut by_q, mut by_ln_gamma) = (0.0, 0.0, 0.0, 0.0);
        for (of, sums) in self.spending.frequencies.iter().zip(&of_frequencies) {
            let (n, x) = (of.customers, of.frequency);
            let shape = p * x;
            let log_shares = n * ln_gamma - of.log_totals - sums.logs; // Σ ln(γ/(γ + x m̄))
            value += -n * ln_beta(shape, q) - shape * sums.logs + q * log_shares - of.log_means;
            by_p += x * (n * digamma_difference(shape, q) - sums.logs);
            by_q += n * digamma_difference(q, shape) + log_shares;
            by_ln_gamma += q * sums.inverses - shape * (n - sums.inverses);
        }
        if let [slope_p, slope_q, slope_gamma] = gradient {
            (*slope_p, *slope_q, *slope_gamma) = (p * by_p, q * by_q, by_ln_gamma);
        }
        value
    }
}

/// Numbers whose mantissas are multiplied before one logarithm is taken: 2⁵¹² does not overflow.
const FACTORS: usize = 512;
/// Customers that are worked on side by side.
const LANES: usize = 4;

impl<'a> SpendLikelihood<'a> {
    pub(super) fn new(spending: &'a Spending) -> Self {
        SpendLikelihood {
            spending,
            last: Mutex::new(None),
        }
    }

    /// The weighted sums over the customers of each frequency.
    fn sums(&self, gamma: f64) -> Vec<Sums> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, sums)) = &*last
            && *known == gamma
        {
            return sums.clone();
        }
        let blocks = &self.spending.blocks;
        let of_blocks = parallel::map_range(blocks.len(), |block| {
            blocks
                .get(block)
                .map(|block| self.spending.sums(block, gamma))
        });
        let mut of_frequencies = vec![Sums::default(); self.spending.frequencies.len()];
        for (block, sums) in blocks.iter().zip(of_blocks.iter().flatten()) {
            if let Some(total) = of_frequencies.get_mut(block.frequency) {
                total.logs += block.weight * sums.logs;
                total.inverses += block.weight * sums.inverses;
            }
        }
        *last = Some((gamma, of_frequencies.clone()));
        of_frequencies
    }
}

impl Spending {
    /// The sums over the customers of a block, each counted once.
    fn sums(&self, block: &Block, gamma: f64) -> Sums {
        let totals = self.inverse_totals.get(block.totals.clone());
        let mut sums = Sums::default();
        for inverse_totals in totals.unwrap_or_default().chunks(LANES * FACTORS) {
            let mut lanes = [Lane::default(); LANES];
            let rows = inverse_totals.chunks_exact(LANES);
            for (&last, lane) in rows.remainder().iter().zip(&mut lanes) {
                lane.add(1.0 + gamma * last);
            }
            for row in rows {
                for (&inverse, lane) in row.iter().zip(&mut lanes) {
                    lane.add(1.0 + gamma * inverse);
                }
            }
            for lane in lanes {
                sums.logs +=
                    libm::log(lane.mantissas) + lane.exponents as f64 * std::f64::consts::LN_2;
                sums.inverses += lane.inverses;
            }
        }
        sums
    }
}

/// Π t as Π mantissa · 2^(Σ exponent), and Σ 1/t.
#[derive(Debug, Clone, Copy)]
struct Lane {
    mantissas: f64,
    exponents: u64,
    inverses: f64,
}

impl Default for Lane {
    fn default() -> Self {
        Lane {
            mantissas: 1.0,
            exponents: 0,
            inverses: 0.0,
        }
    }
}

impl Lane {
    /// t ≥ 1, finite.
    #[inline]
    fn add(&mut self, t: f64) {
        const EXPONENT_OF_ONE: u64 = 1023;
        const MANTISSA: u64 = (1 << 52) - 1;
        let bits = t.to_bits();
        self.exponents += (bits >> 52) - EXPONENT_OF_ONE;
        self.mantissas *= f64::from_bits((bits & MANTISSA) | (EXPONENT_OF_ONE << 52));
        self.inverses += 1.0 / t;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prediction::GammaGamma;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn value_and_gradient_are_those_of_the_density(
            point in (-3.0..4.0, -3.0..4.0, -5.0..6.0),
            rows in prop::collection::vec((0..12_u32, 0.01..1e4, 0.0..3.0), 1..30),
        ) {
            let point = [point.0, point.1, point.2];
            let x: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
            let spend = |row: &(u32, f64, f64)| if row.0 == 0 { 0.0 } else { row.1 };
            let m: Vec<f64> = rows.iter().map(spend).collect();
            let weights: Vec<f64> = rows.iter().map(|row| row.2).collect();
            let Ok(spending) = Spending::with_weights(&x, &m, &weights) else {
                prop_assume!(false);
                return Ok(());
            };
            let [p, q, gamma] = point.map(libm::exp);
            let model = GammaGamma::new(p, q, gamma).unwrap();
            let each = x.iter().zip(&m).zip(&weights).filter(|((x, _), _)| **x > 0.0);
            let direct: f64 =
                each.map(|((&x, &m), &w)| w * model.log_density(x, m).unwrap()).sum();
            let mut gradient = [0.0; 3];
            let value = SpendLikelihood::new(&spending).evaluate(&point, &mut gradient);
            prop_assert!((value - direct).abs() <= 1e-11 * direct.abs().max(100.0), "{value} {direct}");
            for (j, slope) in gradient.iter().enumerate() {
                let at = |by: f64| {
                    let mut moved = point;
                    moved[j] += by;
                    SpendLikelihood::new(&spending).evaluate(&moved, &mut [0.0; 3])
                };
                let h = 1e-4;
                let difference = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
                let size = slope.abs().max(value.abs()).max(100.0);
                prop_assert!((slope - difference).abs() <= 1e-8 * size, "{slope} {difference}");
            }
        }
    }

    #[test]
    fn many_customers_are_summed_as_few() {
        let customers = 3 * FACTORS * LANES + 3;
        let m: Vec<f64> = (0..customers).map(|i| 0.5 + (i % 977) as f64).collect();
        let spending = Spending::new(&vec![2.0; customers], &m).unwrap();
        let model = GammaGamma::new(2.0, 3.0, 40.0).unwrap();
        let direct: f64 = m.iter().map(|&m| model.log_density(2.0, m).unwrap()).sum();
        let point = [2.0, 3.0, 40.0].map(libm::log);
        let value = SpendLikelihood::new(&spending).evaluate(&point, &mut [0.0; 3]);
        assert!((value / direct - 1.0).abs() < 1e-13, "{value} {direct}");
    }
}
