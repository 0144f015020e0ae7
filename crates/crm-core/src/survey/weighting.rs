//! Weights of respondents: for those who did not answer, for known margins of the population, and what they cost in
//! precision.

use serde::{Deserialize, Serialize};

use super::{check_codes, check_length, check_positive, positive, range};
use crate::error::{Error, ErrorKind, Result};
use crate::math::sum::Sum;

/// Gives the weight of those who did not answer to those of the same cell who did: w Σ w / Σ_answered w within the cell;
/// 0 for who did not answer. `cells` are codes below `count`.
///
/// Source: Särndal, Swensson & Wretman 1992, §15.6 (response homogeneity groups).
///
/// # Errors
/// `LengthMismatch`; `OutOfRange` for a weight of 0 or less or a code; `NoSolution` for a cell in which nobody answered,
/// with the cell as value.
pub fn adjust_for_nonresponse(
    weights: &[f64],
    cells: &[usize],
    count: usize,
    answered: &[bool],
) -> Result<Vec<f64>> {
    check_positive("weights", weights)?;
    check_length("cells", cells.len(), weights.len())?;
    check_length("answered", answered.len(), weights.len())?;
    check_codes("cells", cells, count)?;
    let all = sums(weights.iter().copied(), cells, count);
    let of_answers = weights.iter().zip(answered);
    let of_answers = of_answers.map(|(&w, &answered)| if answered { w } else { 0.0 });
    let with_answer = sums(of_answers, cells, count);
    let factors: Vec<f64> = all.iter().zip(&with_answer).map(|(a, b)| a / b).collect();
    let silent = |(all, with): (&f64, &f64)| *all > 0.0 && *with == 0.0;
    if let Some(cell) = all.iter().zip(&with_answer).position(silent) {
        let reason = "has a cell in which nobody answered: join it with another";
        return Err(Error::new(ErrorKind::NoSolution, "cells", reason).with_value(cell));
    }
    let rows = weights.iter().zip(cells).zip(answered);
    let adjusted = rows.map(|((&w, &cell), &answered)| {
        let factor = factors.get(cell).copied().unwrap_or(f64::NAN);
        if answered { w * factor } else { 0.0 }
    });
    Ok(adjusted.collect())
}

/// What is known of the population by one variable: category of each respondent, and units of each category.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margin<'a> {
    /// Code of each row, below the number of targets.
    pub categories: &'a [usize],
    /// Units of the population in each category (or shares), all greater than 0.
    pub targets: &'a [f64],
}

/// When raking stops.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RakingOptions {
    /// Largest |Σ w / target − 1| of any category.
    pub tolerance: f64,
    /// Rounds over all margins.
    pub max_iterations: u32,
}

impl Default for RakingOptions {
    /// 10⁻¹⁰, 1000 rounds.
    fn default() -> Self {
        RakingOptions {
            tolerance: 1e-10,
            max_iterations: 1000,
        }
    }
}

/// Weights that meet known margins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Raking {
    /// A weight for each row.
    pub weights: Vec<f64>,
    /// Whether all margins are met to the tolerance. Margins that no weights of these respondents meet together are
    /// not, after however many rounds.
    pub converged: bool,
    /// Rounds that were made.
    pub iterations: u32,
    /// Largest |Σ w / target − 1| that is left.
    pub largest_error: f64,
}

/// Scales `weights` to one margin after the other until all are met (iterative proportional fitting): of all weights that
/// meet the margins those nearest to the given ones, in the sense of Σ w ln(w / given).
///
/// Source: Deming & Stephan 1940, "On a least squares adjustment of a sampled frequency table when the expected marginal
/// totals are known"; Ireland & Kullback 1968.
///
/// ```
/// use crm_core::survey::weighting::{Margin, RakingOptions, rake};
///
/// let gender = Margin { categories: &[0, 0, 1, 1], targets: &[40.0, 60.0] };
/// let age = Margin { categories: &[0, 1, 0, 1], targets: &[50.0, 50.0] };
/// let raked = rake(&[1.0; 4], &[gender, age], RakingOptions::default())?;
/// assert!(raked.converged);
/// assert_eq!(raked.weights, [20.0, 20.0, 30.0, 30.0]);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Empty` without rows or margins; `LengthMismatch`; `OutOfRange` for a weight, target, tolerance or number of rounds of
/// 0 or less, a code, and targets whose sums differ between margins by more than 10⁻⁹ (the margin is the row);
/// `NoSolution` for a category without respondents (the margin is the row, the category the value).
pub fn rake(weights: &[f64], margins: &[Margin<'_>], options: RakingOptions) -> Result<Raking> {
    check_positive("weights", weights)?;
    super::require_positive("tolerance", options.tolerance)?;
    if options.max_iterations == 0 {
        return Err(positive("max_iterations", 0));
    }
    check_margins(weights.len(), margins)?;
    let mut weights = weights.to_vec();
    let mut iterations = 0;
    loop {
        iterations += 1;
        for margin in margins {
            let factors: Vec<f64> = margin.quotients(&weights).map(|q| 1.0 / q).collect();
            for (weight, &category) in weights.iter_mut().zip(margin.categories) {
                *weight *= factors.get(category).copied().unwrap_or(f64::NAN);
            }
        }
        let largest_error = largest_error(margins, &weights);
        let converged = largest_error <= options.tolerance;
        if converged || iterations == options.max_iterations {
            return Ok(Raking {
                weights,
                converged,
                iterations,
                largest_error,
            });
        }
    }
}

fn largest_error(margins: &[Margin<'_>], weights: &[f64]) -> f64 {
    let errors = margins.iter().flat_map(|margin| {
        let quotients: Vec<f64> = margin.quotients(weights).collect();
        quotients.into_iter().map(|q| (q - 1.0).abs())
    });
    errors.fold(0.0, f64::max)
}

impl Margin<'_> {
    /// Σ w / target of each category.
    fn quotients(&self, weights: &[f64]) -> impl Iterator<Item = f64> + '_ {
        let sums = sums(weights.iter().copied(), self.categories, self.targets.len());
        sums.into_iter()
            .zip(self.targets)
            .map(|(sum, target)| sum / target)
    }
}

fn check_margins(rows: usize, margins: &[Margin<'_>]) -> Result<()> {
    /// Sums of targets agree to this, relatively.
    const SAME: f64 = 1e-9;
    let mut first = None;
    for (m, margin) in margins.iter().enumerate() {
        check_length("categories", margin.categories.len(), rows)?;
        check_positive("targets", margin.targets)?;
        check_codes("categories", margin.categories, margin.targets.len())?;
        let counts = sums(
            std::iter::repeat_n(1.0, rows),
            margin.categories,
            margin.targets.len(),
        );
        if let Some(category) = counts.iter().position(|&count| count == 0.0) {
            let reason = "cannot be met: no respondent is in this category";
            let error = Error::new(ErrorKind::NoSolution, "targets", reason);
            return Err(error
                .at_row(m)
                .with_value(format!("of category {category}")));
        }
        let total: f64 = margin.targets.iter().sum();
        let first = *first.get_or_insert(total);
        if (total - first).abs() > SAME * first {
            let rule = format!("must have the sum of the first margin, {first}");
            return Err(range("targets", total, rule).at_row(m));
        }
    }
    if first.is_none() {
        return Err(Error::empty("margins"));
    }
    Ok(())
}

/// Weights between `smallest` and `largest` times their mean, with the same sum: what is cut off or added is shared
/// over the weights in between, in proportion, again and again until all are inside.
///
/// Source: Potter 1990, "A study of procedures to identify and trim extreme sampling weights".
///
/// # Errors
/// `OutOfRange` for a weight of 0 or less, and unless 0 ≤ smallest < 1 < largest.
pub fn trim(weights: &[f64], smallest: f64, largest: f64) -> Result<Vec<f64>> {
    check_positive("weights", weights)?;
    if !(0.0..1.0).contains(&smallest) {
        return Err(range(
            "smallest",
            smallest,
            "must be 0 or more and less than 1",
        ));
    }
    if !(largest > 1.0 && largest.is_finite()) {
        return Err(range("largest", largest, "must be greater than 1"));
    }
    let total = weights.iter().copied().collect::<Sum>().value();
    let mean = total / weights.len() as f64;
    let (low, high) = (smallest * mean, largest * mean);
    let clamped = |factor: f64| weights.iter().map(move |w| (factor * w).clamp(low, high));
    let excess = |factor: f64| clamped(factor).collect::<Sum>().value() - total;
    // Every weight in between keeps its proportion: one factor, found where the sum comes out right.
    let (mut below, mut above) = (0.0, 1.0);
    while excess(above) < 0.0 {
        above *= 2.0;
    }
    loop {
        let middle = 0.5 * (below + above);
        if middle <= below || middle >= above {
            break;
        }
        if excess(middle) < 0.0 {
            below = middle;
        } else {
            above = middle;
        }
    }
    Ok(clamped(above).collect())
}

/// What unequal weights cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WeightEffect {
    /// (Σ w)² / Σ w²: answers with equal weights that would say as much.
    pub effective_size: f64,
    /// n Σ w² / (Σ w)², by which variances grow: 1 + the squared coefficient of variation.
    pub design_effect: f64,
}

/// What unequal weights cost where they have nothing to do with the answers.
///
/// Source: Kish 1965, §11.7; Kish 1992, "Weighting for unequal P_i".
///
/// # Errors
/// `Empty`; `OutOfRange` for a weight of 0 or less.
pub fn weight_effect(weights: &[f64]) -> Result<WeightEffect> {
    check_positive("weights", weights)?;
    // Divided by the largest, so that no square leaves the range.
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let sum = weights.iter().map(|w| w / largest).collect::<Sum>().value();
    let squares = weights.iter().map(|w| (w / largest) * (w / largest));
    let effective_size = sum * sum / squares.collect::<Sum>().value();
    Ok(WeightEffect {
        effective_size,
        design_effect: weights.len() as f64 / effective_size,
    })
}

fn sums(values: impl Iterator<Item = f64>, codes: &[usize], count: usize) -> Vec<f64> {
    let mut sums = vec![Sum::default(); count];
    for (value, &code) in values.zip(codes) {
        if let Some(sum) = sums.get_mut(code) {
            sum.add(value);
        }
    }
    sums.into_iter().map(Sum::value).collect()
}
