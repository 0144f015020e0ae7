//! What the benchmarks of crm-core share.

use crm_core::Result;
use crm_core::clv::switching::{
    Discounting, Horizon, IndividualMatrixClv, MatrixClv, ShareRule, TransitionMatrix,
};
use crm_core::units::Rate;
use pulp::{Arch, Simd, WithSimd};

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
        let matrix: Vec<Vec<f64>> = (0..states).map(|i| row(states, i)).collect();
        Ok(Market {
            matrix: TransitionMatrix::normalized(&matrix)?,
            shares: (0..customers).flat_map(|i| row(states, i)).collect(),
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
        let mut memory = (vec![0.0; states], vec![0.0; states]);
        let customers = self.shares.chunks_exact(states);
        for (shares, out) in customers.zip(self.out.chunks_exact_mut(states)) {
            walk(shares, self.matrix.entries(), horizon, &mut memory, out);
        }
    }
}

/// Customers who switch by a matrix of their own, each.
#[derive(Debug)]
pub struct Individuals {
    /// The number of brands.
    pub states: usize,
    /// Row-major n × k × k, every row sums to one.
    pub matrices: Vec<f64>,
    /// Row-major n × k, every row sums to one.
    pub shares: Vec<f64>,
    /// As long as `shares`, and touched.
    pub out: Vec<f64>,
    /// As long as `matrices`, and touched.
    room: Vec<f64>,
}

impl Individuals {
    /// Customers who differ, the same in every run.
    #[must_use]
    pub fn new(states: usize, customers: usize) -> Self {
        let rows = customers * states;
        Individuals {
            states,
            matrices: (0..rows).flat_map(|i| row(states, i)).collect(),
            shares: (0..customers).flat_map(|i| row(states, i + 7)).collect(),
            out: vec![1.0; rows],
            room: vec![1.0; rows * states],
        }
    }

    /// Every customer's value: 1 % per period, 100 per purchase.
    ///
    /// # Errors
    /// None.
    pub fn evaluate(&mut self, horizon: Horizon) -> Result<()> {
        let customers = IndividualMatrixClv {
            states: self.states,
            transition_matrices: &self.matrices,
            shares: &self.shares,
            rule: ShareRule::SumToOne,
            spending: 100.0.into(),
            discount_rate: 0.01.into(),
            purchases_per_period: 1.0,
            horizon,
        };
        customers.evaluate(&mut self.out)
    }

    /// The bytes that a kernel reads, copied.
    pub fn copy(&mut self) {
        self.room.copy_from_slice(&self.matrices);
        self.out.copy_from_slice(&self.shares);
    }

    /// The formula as it is written: a loop over periods, brands and brands for every customer.
    pub fn triple_loop(&mut self, horizon: u32) {
        let states = self.states;
        let mut memory = (vec![0.0; states], vec![0.0; states]);
        let matrices = self.matrices.chunks_exact(states * states);
        let customers = self.shares.chunks_exact(states).zip(matrices);
        for ((shares, matrix), out) in customers.zip(self.out.chunks_exact_mut(states)) {
            walk(shares, matrix, horizon, &mut memory, out);
        }
    }
}

/// Shares of `states` brands, different for each `i`.
fn row(states: usize, i: usize) -> Vec<f64> {
    let weight = |i: usize| 1.0 + (i.wrapping_mul(2_654_435_761) % 1000) as f64;
    let weights: Vec<f64> = (0..states).map(|j| weight(i * states + j)).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / sum).collect()
}

/// One customer, period by period, brand by brand.
fn walk(
    shares: &[f64],
    matrix: &[f64],
    horizon: u32,
    (now, next): &mut (Vec<f64>, Vec<f64>),
    out: &mut [f64],
) {
    now.copy_from_slice(shares);
    out.fill(0.0);
    let mut factor = 100.0;
    for _ in 0..=horizon {
        for (value, share) in out.iter_mut().zip(now.iter()) {
            *value += factor * share;
        }
        next.fill(0.0);
        for (share, row) in now.iter().zip(matrix.chunks_exact(shares.len())) {
            for (entry, probability) in next.iter_mut().zip(row) {
                *entry += share * probability;
            }
        }
        std::mem::swap(now, next);
        factor /= 1.01;
    }
}

/// Multiplications and additions, not fused, on numbers that stay in registers: `rounds` times 16
/// vectors. Says how many of each were done; nothing on this processor does more in the time.
#[must_use]
pub fn multiply_and_add(rounds: u64) -> u64 {
    Arch::new().dispatch(MultiplyAndAdd(rounds))
}

struct MultiplyAndAdd(u64);

impl WithSimd for MultiplyAndAdd {
    type Output = u64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> u64 {
        let mut sums = [simd.splat_f64s(0.5); 16];
        let factor = simd.splat_f64s(std::hint::black_box(0.75));
        let term = simd.splat_f64s(std::hint::black_box(0.125));
        for _ in 0..self.0 {
            for sum in &mut sums {
                *sum = simd.add_f64s(simd.mul_f64s(*sum, factor), term);
            }
        }
        std::hint::black_box(sums);
        self.0 * 16 * S::F64_LANES as u64
    }
}
