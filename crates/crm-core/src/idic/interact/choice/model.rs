#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of coefficients, or its square"
)]

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// The rewards of one action: A and b, with the Cholesky factor of A and θ = A⁻¹b at hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub(super) struct LinearReward {
    size: usize,
    ridge: f64,
    /// A, row-major.
    precision: Vec<f64>,
    /// b.
    moment: Vec<f64>,
    observations: u64,
    /// L of A = LLᵀ, row-major; what is above its diagonal is not read.
    root: Vec<f64>,
    /// θ.
    mean: Vec<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    ridge: f64,
    precision: Vec<f64>,
    moment: Vec<f64>,
    observations: u64,
}

impl LinearReward {
    pub(super) fn new(size: usize, ridge: f64) -> Self {
        let mut precision = vec![0.0; size * size];
        for i in 0..size {
            precision[i * size + i] = ridge;
        }
        let mut model = LinearReward {
            size,
            ridge,
            root: precision.clone(),
            precision,
            moment: vec![0.0; size],
            observations: 0,
            mean: vec![0.0; size],
        };
        model.solve();
        model
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn observations(&self) -> u64 {
        self.observations
    }

    pub(super) fn coefficients(&self) -> &[f64] {
        &self.mean
    }

    /// xᵀθ.
    pub(super) fn expected(&self, x: &[f64]) -> f64 {
        self.mean.iter().zip(x).map(|(theta, x)| theta * x).sum()
    }

    /// xᵀA⁻¹x = |L⁻¹x|².
    pub(super) fn leverage(&self, x: &[f64]) -> f64 {
        let n = self.size;
        let mut solved = vec![0.0; n];
        let mut sum = 0.0;
        for i in 0..n {
            let row = &self.root[i * n..i * n + i];
            let known: f64 = row.iter().zip(&solved).map(|(l, z)| l * z).sum();
            let z = (x[i] - known) / self.root[i * n + i];
            solved[i] = z;
            sum += z * z;
        }
        sum
    }

    /// A ← γ(A − λI) + λI + xxᵀ, b ← γb + r·x.
    pub(super) fn learn(&mut self, x: &[f64], reward: f64, discount: f64) {
        let n = self.size;
        for i in 0..n {
            let row = &mut self.precision[i * n..(i + 1) * n];
            for (entry, other) in row.iter_mut().zip(x) {
                *entry = discount * *entry + x[i] * other;
            }
            row[i] += (1.0 - discount) * self.ridge;
            self.moment[i] = discount * self.moment[i] + reward * x[i];
        }
        self.observations += 1;
        self.solve();
    }

    /// A = LLᵀ (Golub & Van Loan 2013, algorithm 4.2.1), then θ by two triangular systems. A ≥ λI, so that no root fails.
    fn solve(&mut self) {
        let n = self.size;
        for i in 0..n {
            for j in 0..=i {
                let (before, row_i) = self.root.split_at_mut(i * n);
                let sum: f64 = if j < i {
                    let row_j = &before[j * n..j * n + j];
                    row_i.iter().zip(row_j).map(|(a, b)| a * b).sum()
                } else {
                    row_i[..i].iter().map(|a| a * a).sum()
                };
                let left = self.precision[i * n + j] - sum;
                row_i[j] = if j < i {
                    left / before[j * n + j]
                } else {
                    libm::sqrt(left.max(self.ridge * f64::EPSILON))
                };
            }
        }
        for i in 0..n {
            let row = &self.root[i * n..i * n + i];
            let known: f64 = row.iter().zip(&self.mean).map(|(l, z)| l * z).sum();
            self.mean[i] = (self.moment[i] - known) / self.root[i * n + i];
        }
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n)
                .map(|k| self.root[k * n + i] * self.mean[k])
                .sum();
            self.mean[i] = (self.mean[i] - known) / self.root[i * n + i];
        }
    }
}

impl TryFrom<Stored> for LinearReward {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let size = stored.moment.len();
        let broken = |reason| Error::new(ErrorKind::Unreadable, "state", reason);
        if size.checked_mul(size) != Some(stored.precision.len()) || size == 0 {
            return Err(broken("must have a square matrix for each action"));
        }
        let numbers = stored.precision.iter().chain(&stored.moment);
        if !numbers.clone().all(|x| x.is_finite()) || stored.ridge.is_nan() || stored.ridge <= 0.0 {
            return Err(broken(
                "must have finite numbers, and a ridge of more than 0",
            ));
        }
        let entry = |i: usize, j: usize| stored.precision[i * size + j];
        let symmetric = (0..size).all(|i| (0..i).all(|j| entry(i, j) == entry(j, i)));
        let grown = (0..size).all(|i| entry(i, i) >= stored.ridge * 0.5);
        if !symmetric || !grown {
            return Err(broken("must have symmetric matrices of at least the ridge"));
        }
        let mut model = LinearReward {
            size,
            ridge: stored.ridge,
            root: stored.precision.clone(),
            precision: stored.precision,
            mean: vec![0.0; size],
            moment: stored.moment,
            observations: stored.observations,
        };
        model.solve();
        Ok(model)
    }
}

impl From<LinearReward> for Stored {
    fn from(model: LinearReward) -> Stored {
        Stored {
            ridge: model.ridge,
            precision: model.precision,
            moment: model.moment,
            observations: model.observations,
        }
    }
}
