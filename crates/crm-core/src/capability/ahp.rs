//! Weights from pairwise comparisons: the analytic hierarchy process.
//!
//! Source: Saaty, "The Analytic Hierarchy Process", 1980, chapters 1–3. Judgements of a group: Aczél & Saaty 1983. Which judgement
//! to revise: Saaty 2003. Random index of any size: Alonso & Lamata 2006, equation 15.

use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use super::{check_weights, out_of_range};
use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Terms};

/// Above this consistency ratio judgements contradict each other too much (Saaty 1980).
pub const ACCEPTABLE_RATIO: f64 = 0.1;

/// How far a_ij · a_ji may be from 1: judgements such as 1/3 are written with seven digits.
const RECIPROCITY: f64 = 1e-6;

/// The most that one criterion may outweigh another.
const STRONGEST: f64 = 1e9;

/// How many times each criterion outweighs each other: a_ij > 0, a_ji = 1 / a_ij, a_ii = 1.
///
/// Saaty's scale: 1 equal, 3 moderate, 5 strong, 7 very strong, 9 extreme; 2, 4, 6, 8 between them.
///
/// ```
/// use crm_core::capability::ahp::{PairwiseMatrix, RandomIndex};
///
/// // Insight outweighs delivery 2 times and relationship management 4 times; delivery the last 2 times.
/// let matrix = PairwiseMatrix::from_upper(3, &[2.0, 4.0, 2.0])?;
/// let priorities = matrix.priorities(RandomIndex::Saaty1980)?;
/// assert!((priorities.weights[0] - 4.0 / 7.0).abs() < 1e-15);
/// assert!(priorities.is_consistent());
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PairwiseMatrix {
    size: usize,
    /// Row-major.
    entries: Vec<f64>,
}

/// The mean consistency index of random judgements, which a consistency ratio is measured by. Published tables differ, so a
/// result names its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum RandomIndex {
    /// Saaty 1980: .58, .90, 1.12, 1.24, … for 3, 4, 5, 6, … up to 15 criteria.
    #[default]
    Saaty1980 = 0,
    /// Saaty 2005 and 2008: .52, .89, 1.11, 1.25, … up to 15 criteria.
    Saaty2005 = 1,
    /// Alonso & Lamata 2006: (1.7699 n − 4.3513) / (n − 1), for any number of criteria.
    AlonsoLamata2006 = 2,
}

impl Label for RandomIndex {
    const ALL: &'static [Self] = &[
        RandomIndex::Saaty1980,
        RandomIndex::Saaty2005,
        RandomIndex::AlonsoLamata2006,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            RandomIndex::Saaty1980 => ("saaty1980", "Saaty 1980", "Saaty 1980"),
            RandomIndex::Saaty2005 => ("saaty2005", "Saaty 2005", "Saaty 2005"),
            RandomIndex::AlonsoLamata2006 => (
                "alonso_lamata2006",
                "Alonso & Lamata 2006",
                "Alonso & Lamata 2006",
            ),
        };
        Terms { name, en, zh }
    }
}

impl RandomIndex {
    /// RI of `criteria` criteria; 0 for one and two, which cannot contradict themselves.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] beyond Saaty's 15 criteria.
    pub fn value(self, criteria: usize) -> Result<f64> {
        const SAATY_1980: [f64; 15] = [
            0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
        ];
        const SAATY_2005: [f64; 15] = [
            0.0, 0.0, 0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59,
        ];
        let in_table = |table: &[f64; 15]| {
            let place = criteria.saturating_sub(1);
            table.get(place).copied().ok_or_else(|| {
                out_of_range(
                    "criteria",
                    criteria,
                    "must be at most 15 for the tables of Saaty",
                )
            })
        };
        match self {
            RandomIndex::Saaty1980 => in_table(&SAATY_1980),
            RandomIndex::Saaty2005 => in_table(&SAATY_2005),
            RandomIndex::AlonsoLamata2006 if criteria < 3 => Ok(0.0),
            RandomIndex::AlonsoLamata2006 => {
                let n = criteria as f64;
                Ok((1.7699 * n - 4.3513) / (n - 1.0))
            }
        }
    }
}

/// One judgement and what the weights imply in its place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The criterion that is compared, from 0.
    pub row: usize,
    /// The criterion that it is compared with.
    pub column: usize,
    /// a_ij, as it was judged; 1 or more.
    pub given: f64,
    /// w_i / w_j.
    pub implied: f64,
}

/// The weights of criteria, and how far the judgements contradict each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Priorities {
    /// The principal eigenvector A w = λ w, all positive, Σ w = 1.
    pub weights: Vec<f64>,
    /// λ: n for judgements without contradiction, else more.
    pub lambda_max: f64,
    /// CI = (λ − n) / (n − 1).
    pub consistency_index: f64,
    /// CR = CI / RI; 0 for one and two criteria.
    pub consistency_ratio: f64,
    /// The table that RI was read from.
    pub random_index: RandomIndex,
    /// The judgement that is farthest, by ratio, from what the weights imply: the one to revise first. `None` where none is
    /// more than rounding away.
    pub worst: Option<Judgement>,
}

impl Priorities {
    /// Whether CR is at most [`ACCEPTABLE_RATIO`].
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        self.consistency_ratio <= ACCEPTABLE_RATIO
    }
}

impl PairwiseMatrix {
    /// From all judgements, row-major. What lies below the diagonal must be 1 / a_ij to six digits, and is then read as that.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`] unless there are size² judgements, [`ErrorKind::NotFinite`] and [`ErrorKind::OutOfRange`] for
    /// the first judgement that is no ratio, or does not agree with its counterpart: they name its row.
    pub fn new(size: usize, judgements: &[f64]) -> Result<Self> {
        let entries = size.checked_mul(size);
        if size == 0 || entries.is_none() {
            return Err(Error::empty("judgements"));
        }
        let rows: Vec<&[f64]> = judgements.chunks(size).collect();
        if Some(judgements.len()) != entries {
            let expected = entries.unwrap_or(usize::MAX);
            return Err(Error::length("judgements", judgements.len(), expected));
        }
        let mut upper = Vec::with_capacity(size * (size - 1) / 2);
        for (i, row) in rows.iter().enumerate() {
            for (j, (&judgement, other)) in row.iter().zip(&rows).enumerate() {
                let judgement = check_judgement(judgement).map_err(|error| error.at_row(i))?;
                let counterpart = other.get(i).copied().unwrap_or(f64::NAN);
                if i >= j && (judgement * counterpart - 1.0).abs() > RECIPROCITY {
                    let rule = format!("must be 1 / {counterpart}, its counterpart at row {j}");
                    return Err(out_of_range("judgements", judgement, rule).at_row(i));
                }
                if i < j {
                    upper.push(judgement);
                }
            }
        }
        Self::from_upper(size, &upper)
    }

    /// From the n (n − 1) / 2 judgements above the diagonal, row by row: a_12, a_13, …, a_23, ….
    ///
    /// # Errors
    /// [`ErrorKind::Empty`] for no criterion, [`ErrorKind::LengthMismatch`] for another number of judgements,
    /// [`ErrorKind::NotFinite`] and [`ErrorKind::OutOfRange`] for one that is no ratio, with its place as the row.
    pub fn from_upper(size: usize, judgements: &[f64]) -> Result<Self> {
        if size == 0 {
            return Err(Error::empty("judgements"));
        }
        let expected = size.checked_mul(size - 1).map(|pairs| pairs / 2);
        if expected != Some(judgements.len()) {
            let expected = expected.unwrap_or(usize::MAX);
            return Err(Error::length("judgements", judgements.len(), expected));
        }
        let mut entries = vec![1.0; size * size];
        let pairs = (0..size).flat_map(|i| (i + 1..size).map(move |j| (i, j)));
        for (place, ((i, j), &judgement)) in pairs.zip(judgements).enumerate() {
            let judgement = check_judgement(judgement).map_err(|error| error.at_row(place))?;
            let [above, below] = entries
                .get_disjoint_mut([i * size + j, j * size + i])
                .map_err(|_| Error::overflow("judgements"))?;
            (*above, *below) = (judgement, judgement.recip());
        }
        Ok(PairwiseMatrix { size, entries })
    }

    /// The judgement of a group: the geometric mean of its members', Π a_ij^(v), with the weights v of the members (Σ v = 1), the
    /// only mean that keeps a_ji = 1 / a_ij (Aczél & Saaty 1983).
    ///
    /// # Errors
    /// [`ErrorKind::Empty`] for no member, [`ErrorKind::LengthMismatch`] for matrices of several sizes or other weights than members,
    /// [`ErrorKind::NotStochastic`] for weights that do not sum to one.
    pub fn of_group(members: &[PairwiseMatrix], weights: &[f64]) -> Result<Self> {
        let Some(first) = members.first() else {
            return Err(Error::empty("members"));
        };
        check_weights("weights", weights, members.len())?;
        let mut logarithms = vec![0.0; first.entries.len()];
        for (row, (member, weight)) in members.iter().zip(weights).enumerate() {
            if member.size != first.size {
                return Err(Error::length("members", member.size, first.size).at_row(row));
            }
            for (sum, &judgement) in logarithms.iter_mut().zip(&member.entries) {
                *sum += weight * libm::log(judgement);
            }
        }
        let upper: Vec<f64> = logarithms
            .chunks(first.size)
            .enumerate()
            .flat_map(|(i, row)| row.iter().skip(i + 1).map(|&sum| libm::exp(sum)))
            .collect();
        Self::from_upper(first.size, &upper)
    }

    /// How many criteria are compared.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// All judgements, row-major.
    #[must_use]
    pub fn judgements(&self) -> &[f64] {
        &self.entries
    }

    /// Weights and consistency.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for more criteria than the table of the random index has.
    pub fn priorities(&self, random_index: RandomIndex) -> Result<Priorities> {
        let reference = random_index.value(self.size)?;
        let weights = self.principal_eigenvector();
        let n = self.size as f64;
        let lambda_max = self.times(&weights).iter().sum::<f64>();
        let excess = (lambda_max - n).max(0.0);
        let (consistency_index, consistency_ratio) = if reference > 0.0 {
            let index = excess / (n - 1.0);
            (index, index / reference)
        } else {
            (0.0, 0.0)
        };
        let worst = self.worst_judgement(&weights);
        Ok(Priorities {
            weights,
            lambda_max,
            consistency_index,
            consistency_ratio,
            random_index,
            worst,
        })
    }

    /// w of A w = λ w, Σ w = 1. The columns of A^(2^k) tend to w; for a positive matrix λ lies between the least and the
    /// largest (A w)_i / w_i (Collatz 1942), which says when it is found. What squaring a contradictory matrix many times
    /// has rounded away, inverse iteration brings back.
    fn principal_eigenvector(&self) -> Vec<f64> {
        const SQUARINGS: usize = 60;
        const REFINEMENTS: usize = 4;
        let rounding = 4.0 * f64::EPSILON * self.size as f64;
        let mut power = self.clone();
        let mut weights = Vec::new();
        for _ in 0..SQUARINGS {
            let sums: Vec<f64> = power.rows().map(|row| row.iter().sum()).collect();
            weights = normalised(self.times(&sums));
            let (least, most) = self.growth(&weights);
            if most - least <= rounding * most {
                return weights;
            }
            power = power.squared();
        }
        for _ in 0..REFINEMENTS {
            let (least, most) = self.growth(&weights);
            if most - least <= rounding * most {
                break;
            }
            match self.refined(&weights, most * (1.0 + rounding)) {
                Some(refined) => weights = refined,
                None => break,
            }
        }
        weights
    }

    /// The least and the largest (A w)_i / w_i.
    fn growth(&self, weights: &[f64]) -> (f64, f64) {
        let growth = self.times(weights);
        let ratios = growth.iter().zip(weights).map(|(next, now)| next / now);
        ratios.fold((f64::INFINITY, 0.0_f64), |(least, most), ratio| {
            (least.min(ratio), most.max(ratio))
        })
    }

    /// (σ I − A)⁻¹ w, a step of Noda's inverse iteration (1971), with every weight measured by what it is so far: small
    /// ones become as exact as large ones.
    fn refined(&self, weights: &[f64], shift: f64) -> Option<Vec<f64>> {
        let scaled = self.rows().zip(weights).flat_map(|(row, weight)| {
            let of = move |(a, other): (&f64, &f64)| -a * other / weight;
            row.iter().zip(weights).map(of)
        });
        let scaled = DMatrix::from_row_iterator(self.size, self.size, scaled);
        let system = DMatrix::from_diagonal_element(self.size, self.size, shift) + scaled;
        let factors = system.lu().solve(&DVector::from_element(self.size, 1.0))?;
        let products = weights.iter().zip(&factors).map(|(w, factor)| w * factor);
        let refined = normalised(products.collect());
        let is_positive = refined.iter().all(|&w| w > 0.0 && w.is_finite());
        is_positive.then_some(refined)
    }

    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.entries.chunks(self.size)
    }

    fn times(&self, vector: &[f64]) -> Vec<f64> {
        let product = |row: &[f64]| row.iter().zip(vector).map(|(a, v)| a * v).sum();
        self.rows().map(product).collect()
    }

    /// A², to a scale that keeps its numbers in range.
    fn squared(&self) -> Self {
        let mut entries = Vec::with_capacity(self.entries.len());
        for row in self.rows() {
            let mut product = vec![0.0; self.size];
            for (&factor, other) in row.iter().zip(self.rows()) {
                for (sum, &entry) in product.iter_mut().zip(other) {
                    *sum += factor * entry;
                }
            }
            entries.extend(product);
        }
        PairwiseMatrix {
            size: self.size,
            entries: normalised(entries),
        }
    }

    /// argmax |ln(a_ij w_j / w_i)| over a_ij ≥ 1, the first of those that only rounding tells apart.
    fn worst_judgement(&self, weights: &[f64]) -> Option<Judgement> {
        const ROUNDING: f64 = 1e-9;
        let judgements = self
            .rows()
            .zip(weights)
            .enumerate()
            .flat_map(|(i, (row, w))| {
                row.iter()
                    .zip(weights)
                    .enumerate()
                    .map(move |(j, (&given, v))| Judgement {
                        row: i,
                        column: j,
                        given,
                        implied: w / v,
                    })
            });
        let mut worst = None;
        let mut farthest = 0.0;
        for judgement in judgements.filter(|j| j.row != j.column && j.given >= 1.0) {
            let distance = libm::log(judgement.given / judgement.implied).abs();
            if distance > farthest + ROUNDING {
                (worst, farthest) = (Some(judgement), distance);
            }
        }
        worst
    }
}

fn check_judgement(judgement: f64) -> Result<f64> {
    if !judgement.is_finite() {
        return Err(Error::not_finite("judgements", judgement));
    }
    if !(STRONGEST.recip()..=STRONGEST).contains(&judgement) {
        return Err(Error::new(
            ErrorKind::OutOfRange,
            "judgements",
            "must be a ratio between 1e-9 and 1e9",
        )
        .with_value(judgement));
    }
    Ok(judgement)
}

/// To a sum of one.
fn normalised(mut values: Vec<f64>) -> Vec<f64> {
    let sum: f64 = values.iter().sum();
    for value in &mut values {
        *value /= sum;
    }
    values
}
