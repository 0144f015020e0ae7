//! What the benchmarks of crm-core share.

use crm_core::Result;
use crm_core::clv::switching::{Discounting, Horizon, MatrixClv, ShareRule, TransitionMatrix};
use crm_core::units::Rate;

/// Customers with shares of `states` brands, the matrix that they switch by, and room for results.
#[derive(Debug)]
pub struct Market {
    /// Row-stochastic, no entry zero.
    pub matrix: TransitionMatrix,
    /// Row-major, every row sums to one.
    pub shares: Vec<f64>,
    /// As long as `shares`, and touched, so that no page is new to the process.
    pub out: Vec<f64>,
}

impl Market {
    /// A market that differs from row to row, the same in every run.
    ///
    /// # Errors
    /// None for one customer and one brand or more.
    pub fn new(states: usize, customers: usize) -> Result<Self> {
        let weight = |i: usize| 1.0 + (i.wrapping_mul(2_654_435_761) % 1000) as f64;
        let row = |i: usize| -> Vec<f64> {
            let weights: Vec<f64> = (0..states).map(|j| weight(i * states + j)).collect();
            let sum: f64 = weights.iter().sum();
            weights.into_iter().map(|w| w / sum).collect()
        };
        let matrix: Vec<Vec<f64>> = (0..states).map(row).collect();
        Ok(Market {
            matrix: TransitionMatrix::normalized(&matrix)?,
            shares: (0..customers).flat_map(row).collect(),
            out: vec![1.0; customers * states],
        })
    }

    /// The kernel for this market: 1 % per period, 100 per purchase.
    ///
    /// # Errors
    /// None.
    pub fn kernel(&self, horizon: Horizon) -> Result<MatrixClv> {
        let discounting = Discounting::new(Rate::try_from(0.01)?);
        MatrixClv::new(&self.matrix, 100.0.into(), discounting, horizon)
    }

    /// Every customer's value, by the kernel.
    ///
    /// # Errors
    /// None.
    pub fn evaluate(&mut self, kernel: &MatrixClv) -> Result<()> {
        kernel.evaluate(&self.shares, 1.0.into(), ShareRule::SumToOne, &mut self.out)
    }

    /// The bytes of `shares` copied to `out`: what no kernel on one thread can beat.
    pub fn copy(&mut self) {
        self.out.copy_from_slice(&self.shares);
    }

    /// The formula as it is written: a loop over periods, brands and brands for every customer.
    pub fn triple_loop(&mut self, horizon: u32) {
        let states = self.matrix.states();
        let (mut now, mut next) = (vec![0.0; states], vec![0.0; states]);
        let customers = self.shares.chunks_exact(states);
        for (shares, out) in customers.zip(self.out.chunks_exact_mut(states)) {
            now.copy_from_slice(shares);
            out.fill(0.0);
            let mut factor = 100.0;
            for _ in 0..=horizon {
                for (value, share) in out.iter_mut().zip(&now) {
                    *value += factor * share;
                }
                next.fill(0.0);
                for (share, row) in now.iter().zip(self.matrix.rows()) {
                    for (entry, probability) in next.iter_mut().zip(row) {
                        *entry += share * probability;
                    }
                }
                std::mem::swap(&mut now, &mut next);
                factor /= 1.01;
            }
        }
    }
}
