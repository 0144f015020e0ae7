//! Estimating a switching matrix: the laws that hold for any data, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod counts;
mod panels;
mod shares;
mod surveys;

use crm_core::{Error, ErrorKind};

/// A deterministic stand-in for randomness, good enough to make panels (Knuth's MMIX generator).
pub(crate) struct Draws(pub(crate) u64);

impl Draws {
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn pick(&mut self, shares: &[f64]) -> usize {
        let mut left = self.uniform();
        for (j, share) in shares.iter().enumerate() {
            left -= share;
            if left < 0.0 {
                return j;
            }
        }
        shares.len() - 1
    }
}

pub(crate) const P: [[f64; 3]; 3] = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.25, 0.25, 0.5]];

/// Customers who walk by P; rows in the order of time, customers mixed.
pub(crate) fn walk(customers: i64, purchases: i64, seed: u64) -> (Vec<i64>, Vec<i64>, Vec<u32>) {
    let mut draws = Draws(seed);
    let mut last: Vec<usize> = (0..customers)
        .map(|_| draws.pick(&[0.4, 0.3, 0.3]))
        .collect();
    let mut rows = (Vec::new(), Vec::new(), Vec::new());
    for time in 0..purchases {
        for customer in 0..customers {
            let brand = &mut last[usize::try_from(customer).unwrap()];
            if time > 0 {
                *brand = draws.pick(&P[*brand]);
            }
            rows.0.push(customer);
            rows.1.push(time);
            rows.2.push(u32::try_from(*brand).unwrap());
        }
    }
    rows
}

pub(crate) fn assert_refused(error: Error, kind: ErrorKind, argument: &str, row: Option<usize>) {
    assert_eq!(
        (error.kind(), error.argument(), error.row()),
        (kind, argument, row),
        "{error}"
    );
}
