#![expect(
    clippy::indexing_slicing,
    reason = "every index is below the number of coefficients, and every row of R has one entry more than are left"
)]

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// The rewards of one action in square-root form (Bierman 1977, chapter V): R and z with A = RᵀR and b = Rᵀz, with R⁻¹ and θ = R⁻¹z at
/// hand. A reward is one sweep of plane rotations, which keeps A positive definite whatever was rounded; nothing is ever subtracted from A.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub(super) struct LinearReward {
    ridge: f64,
    observations: u64,
    /// The rows of the upper triangle of R, each from its diagonal on, each followed by its entry of z.
    root: Vec<f64>,
    /// The rows of the upper triangle of R⁻¹, each from its diagonal on.
    inverse: Vec<f64>,
    /// θ.
    mean: Vec<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    ridge: f64,
    observations: u64,
    root: Vec<f64>,
}

/// Rows of a triangle, the first of `length` entries, each one shorter than the one before.
fn rows(triangle: &[f64], length: usize) -> impl Iterator<Item = &[f64]> {
    let mut rest = triangle;
    (1..=length).rev().map_while(move |length| {
        let (row, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(row)
    })
}

impl LinearReward {
    pub(super) fn new(size: usize, ridge: f64) -> Self {
        let diagonal = libm::sqrt(ridge);
        let row = |k: usize| {
            let mut row = vec![0.0; size - k + 1];
            row[0] = diagonal;
            row
        };
        LinearReward::of(ridge, 0, (0..size).flat_map(row).collect(), size)
    }

    fn of(ridge: f64, observations: u64, root: Vec<f64>, size: usize) -> Self {
        let mut model = LinearReward {
            ridge,
            observations,
            inverse: vec![0.0; root.len() - size],
            root,
            mean: vec![0.0; size],
        };
        model.solve();
        model
    }

    pub(super) fn size(&self) -> usize {
        self.mean.len()
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

    /// xᵀA⁻¹x = |R⁻ᵀx|²; `whitened` is overwritten with R⁻ᵀx.
    pub(super) fn leverage(&self, x: &[f64], whitened: &mut Vec<f64>) -> f64 {
        whitened.clear();
        whitened.resize(x.len(), 0.0);
        for (k, row) in rows(&self.inverse, x.len()).enumerate() {
            let factor = x[k];
            for (sum, entry) in whitened[k..].iter_mut().zip(row) {
                *sum += entry * factor;
            }
        }
        whitened.iter().map(|entry| entry * entry).sum()
    }

    /// A ← γA + (1 − γ)λI + xxᵀ, b ← γb + r·x.
    pub(super) fn learn(&mut self, x: &[f64], reward: f64, discount: f64) {
        let mut row = Vec::with_capacity(x.len() + 1);
        if discount < 1.0 {
            let part = libm::sqrt(discount);
            self.root.iter_mut().for_each(|entry| *entry *= part);
            let prior = libm::sqrt((1.0 - discount) * self.ridge);
            for k in 0..x.len() {
                row.clear();
                row.resize(x.len() - k + 1, 0.0);
                row[0] = prior;
                self.rotate_in(k, &mut row);
            }
        }
        row.clear();
        row.extend_from_slice(x);
        row.push(reward);
        self.rotate_in(0, &mut row);
        self.observations += 1;
        self.solve();
    }

    /// One row more of the regression, from the coefficient `first` on, its outcome last: rotations with the rows of R make it 0
    /// (Golub & Van Loan 2013, section 5.1.8).
    fn rotate_in(&mut self, first: usize, added: &mut [f64]) {
        let size = self.size();
        let mut rest = &mut self.root[first * (2 * size + 3 - first) / 2..];
        for k in 0..added.len() - 1 {
            let (row, after) = rest.split_at_mut(added.len() - k);
            rest = after;
            let (old, new) = (row[0], added[k]);
            if new == 0.0 {
                continue;
            }
            let square = old * old + new * new;
            let length = if SAFE.contains(&square) {
                square.sqrt()
            } else {
                libm::hypot(old, new)
            };
            let (cosine, sine) = (old / length, new / length);
            row[0] = length;
            for (entry, added) in row[1..].iter_mut().zip(&mut added[k + 1..]) {
                let before = *entry;
                *entry = cosine * before + sine * *added;
                *added = cosine * *added - sine * before;
            }
        }
    }

    /// R⁻¹ row by row from the last: R_kk U_k = e_k − Σ_j R_kj U_j over j > k; θ = R⁻¹z.
    fn solve(&mut self) {
        let size = self.size();
        let (mut end, mut inverse_end) = (self.root.len(), self.inverse.len());
        for k in (0..size).rev() {
            let length = size - k;
            end -= length + 1;
            inverse_end -= length;
            let row = &self.root[end..end + length];
            let (before, known) = self.inverse.split_at_mut(inverse_end + length);
            let own = &mut before[inverse_end..];
            own.fill(0.0);
            own[0] = 1.0;
            for (place, other) in (1..).zip(rows(known, length - 1)) {
                let factor = row[place];
                for (entry, other) in own[place..].iter_mut().zip(other) {
                    *entry -= factor * other;
                }
            }
            let part = 1.0 / row[0];
            own.iter_mut().for_each(|entry| *entry *= part);
        }
        let outcomes = rows(&self.root, size + 1).map(|row| row[row.len() - 1]);
        let outcomes: Vec<f64> = outcomes.take(size).collect();
        for (k, row) in rows(&self.inverse, size).enumerate() {
            let pairs = row.iter().zip(&outcomes[k..]);
            self.mean[k] = pairs.map(|(entry, outcome)| entry * outcome).sum();
        }
    }
}

/// Squares that have lost nothing to the range of numbers.
const SAFE: std::ops::Range<f64> = 1e-280..1e300;

impl TryFrom<Stored> for LinearReward {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let broken = |reason| Error::new(ErrorKind::Unreadable, "state", reason);
        let entries = stored.root.len();
        // n rows of n + 1, n, …, 2 entries.
        let size = (1..=entries)
            .take_while(|n| n * (n + 3) / 2 <= entries)
            .last();
        let size = size
            .filter(|n| n * (n + 3) / 2 == entries)
            .ok_or_else(|| broken("must have a triangle of numbers for each action"))?;
        let is_finite = stored.root.iter().all(|x| x.is_finite());
        if !is_finite || !stored.ridge.is_finite() || stored.ridge <= 0.0 {
            return Err(broken(
                "must have finite numbers, and a ridge of more than 0",
            ));
        }
        let least = 0.5 * libm::sqrt(stored.ridge);
        if !rows(&stored.root, size + 1)
            .take(size)
            .all(|row| row[0] >= least)
        {
            return Err(broken("must have matrices of at least the ridge"));
        }
        let Stored {
            ridge,
            observations,
            root,
        } = stored;
        Ok(LinearReward::of(ridge, observations, root, size))
    }
}

impl From<LinearReward> for Stored {
    fn from(model: LinearReward) -> Stored {
        Stored {
            ridge: model.ridge,
            observations: model.observations,
            root: model.root,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::Stream;

    const SIZE: usize = 5;

    /// A and b as sums, beside RᵀR and Rᵀz after many rewards.
    #[test]
    fn rewards_are_summed_without_drift() {
        for discount in [1.0, 0.999] {
            let mut random = Stream::new(7, 0);
            let (mut model, ridge) = (LinearReward::new(SIZE, 0.5), 0.5);
            let mut sums = [[0.0; SIZE + 1]; SIZE];
            (0..SIZE).for_each(|k| sums[k][k] = ridge);
            for _ in 0..20_000 {
                // Of different sizes, and the last two nearly the same.
                let base = random.normal();
                let mut x = [
                    1.0,
                    1e3 * random.normal(),
                    1e-3 * random.normal(),
                    base,
                    base,
                ];
                x[4] += 1e-4 * random.normal();
                let reward = random.normal();
                for (i, row) in sums.iter_mut().enumerate() {
                    for (j, sum) in row.iter_mut().enumerate() {
                        let other = x.get(j).copied().unwrap_or(reward);
                        *sum = discount * *sum + x[i] * other;
                    }
                    row[i] += (1.0 - discount) * ridge;
                }
                model.learn(&x, reward, discount);
            }
            for (i, sums) in sums.iter().enumerate() {
                for (j, sum) in sums.iter().enumerate() {
                    let found: f64 = rows(&model.root, SIZE + 1)
                        .enumerate()
                        .take(i.min(j) + 1)
                        .map(|(k, row)| row[i - k] * row[j - k])
                        .sum();
                    let scale = libm::sqrt(sums[i] * norm(&model, j));
                    assert!(
                        (found - sum).abs() <= 1e-12 * scale,
                        "{i}, {j}: {found}, {sum}"
                    );
                }
            }
        }
    }

    /// The square of a column of R and z.
    fn norm(model: &LinearReward, column: usize) -> f64 {
        let rows = rows(&model.root, SIZE + 1).enumerate().take(column + 1);
        rows.map(|(k, row)| row[column - k] * row[column - k]).sum()
    }
}
