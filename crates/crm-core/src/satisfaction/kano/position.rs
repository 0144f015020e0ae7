use serde::Serialize;

use super::{KanoAnswer, KanoCategory, KanoCell, KanoTally};
use crate::error::{Error, Result};
use crate::math::distribution::student_t_quantile;
use crate::math::proportion::upper_point;
use crate::math::sum::Sum;
use crate::satisfaction::estimate::MeanEstimate;
use crate::units::Probability;

/// Where the mean answers lie: the continuous analysis of DuMouchel (in Berger et al. 1993).
///
/// Functional answers count 4, 2, 0, −1, −2, dysfunctional ones −2, −1, 0, 2, 4: "must be" and "live with" are
/// weaker than "like" and "dislike", and what speaks for the attribute weighs more than what speaks against it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KanoPosition {
    /// The functional score: how far its presence satisfies, −2 to 4.
    pub functional: MeanEstimate,
    /// The dysfunctional score: how far its absence dissatisfies, −2 to 4.
    pub dysfunctional: MeanEstimate,
    /// The category of the position. A mean above 2 is high, below −1 low: functional high and dysfunctional high is
    /// one-dimensional; high and middle attractive; middle and high must-be; middle and middle indifferent; high and
    /// low, or low and high, questionable; else reverse. Respondents who all answer alike get the category of the
    /// evaluation table.
    pub category: KanoCategory,
    /// The same with each respondent weighted by the stated importance; `None` where nobody stated one, or all 0.
    pub importance: Option<KanoImportance>,
}

/// Stated importance w, and the scores weighted by it, Σ w x / Σ w.
///
/// The standard error of a weighted mean is that of a ratio: √(n/(n − 1) Σ w²(x − x̄)²) / Σ w, with Student's
/// interval of n − 1 degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KanoImportance {
    /// Stated importance; `count` is how many stated one.
    pub stated: MeanEstimate,
    /// Respondents with a pair of answers who stated none; the weighted scores leave them out.
    pub unstated: u64,
    /// The weighted functional score; its standard deviation is Σ w(x − x̄)² / Σ w, rooted.
    pub functional: MeanEstimate,
    /// The weighted dysfunctional score.
    pub dysfunctional: MeanEstimate,
    /// The category of the weighted position.
    pub category: KanoCategory,
}

impl KanoTally {
    /// The continuous analysis, with intervals of level `confidence`.
    ///
    /// ```
    /// use crm_core::satisfaction::kano::{KanoAnswers, KanoCategory, tally};
    /// use crm_core::units::Probability;
    ///
    /// let answers = KanoAnswers {
    ///     functional: &[0, 0, 0, 1],
    ///     dysfunctional: &[2, 1, 3, 2],
    ///     ..KanoAnswers::default()
    /// };
    /// let position = tally(&answers)?[0].position(Probability::try_from(0.95)?)?;
    /// assert_eq!((position.functional.mean, position.dysfunctional.mean), (3.5, 0.25));
    /// assert_eq!(position.category, KanoCategory::Attractive);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Empty` if nobody answered; `OutOfRange` for a confidence of 0 or 1.
    pub fn position(&self, confidence: Probability) -> Result<KanoPosition> {
        let level = upper_point(confidence)?;
        let functional = self.mean(|f, _| f.functional_score(), level);
        let dysfunctional = self.mean(|_, d| d.dysfunctional_score(), level);
        if functional.count == 0 {
            return Err(Error::empty("answers"));
        }
        Ok(KanoPosition {
            functional,
            dysfunctional,
            category: category_at(functional.mean, dysfunctional.mean),
            importance: self.importance(level),
        })
    }

    /// The mean of a score over the respondents.
    fn mean(&self, score: impl Fn(KanoAnswer, KanoAnswer) -> f64, level: f64) -> MeanEstimate {
        let scored = || {
            self.pairs()
                .map(|(f, d, cell)| (score(f, d), cell.respondents))
        };
        let count = scored()
            .map(|(_, respondents)| respondents)
            .fold(0, u64::saturating_add);
        let total: f64 = scored()
            .map(|(x, respondents)| x * respondents as f64)
            .sum();
        let mean = total / count as f64;
        let squares = scored().map(|(x, n)| n as f64 * (x - mean) * (x - mean));
        MeanEstimate::new(count, mean, squares.collect::<Sum>().value(), level)
    }

    fn importance(&self, level: f64) -> Option<KanoImportance> {
        let total = |part: fn(&KanoCell) -> f64| {
            let parts = self.pairs().map(|(_, _, cell)| part(cell));
            parts.collect::<Sum>().value()
        };
        let weight = total(|cell| cell.importance);
        if weight <= 0.0 {
            return None;
        }
        let number = |part: fn(&KanoCell) -> u64| {
            let parts = self.pairs().map(|(_, _, cell)| part(cell));
            parts.fold(0, u64::saturating_add)
        };
        let count = number(|cell| cell.stated);
        let mean = weight / count as f64;
        let squares = total(|cell| cell.importance_squares) - weight * mean;
        let functional = self.weighted(|f, _| f.functional_score(), weight, count, level);
        let dysfunctional = self.weighted(|_, d| d.dysfunctional_score(), weight, count, level);
        Some(KanoImportance {
            stated: MeanEstimate::new(count, mean, squares.max(0.0), level),
            unstated: number(|cell| cell.respondents.saturating_sub(cell.stated)),
            functional,
            dysfunctional,
            category: category_at(functional.mean, dysfunctional.mean),
        })
    }

    /// The mean of a score weighted by the stated importance.
    fn weighted(
        &self,
        score: impl Fn(KanoAnswer, KanoAnswer) -> f64,
        weight: f64,
        count: u64,
        level: f64,
    ) -> MeanEstimate {
        let scored = || self.pairs().map(|(f, d, cell)| (score(f, d), cell));
        let sum = |terms: &mut dyn Iterator<Item = f64>| terms.collect::<Sum>().value();
        let mean = sum(&mut scored().map(|(x, cell)| x * cell.importance)) / weight;
        let deviation = |x: f64| (x - mean) * (x - mean);
        let variance = sum(&mut scored().map(|(x, cell)| cell.importance * deviation(x))) / weight;
        let n = count as f64;
        let (standard_error, quantile) = if count < 2 {
            (f64::NAN, f64::NAN)
        } else {
            let squares =
                sum(&mut scored().map(|(x, cell)| cell.importance_squares * deviation(x)));
            (
                libm::sqrt(n / (n - 1.0) * squares) / weight,
                student_t_quantile(n - 1.0, level),
            )
        };
        MeanEstimate {
            count,
            mean,
            standard_deviation: libm::sqrt(variance),
            standard_error,
            lower: mean - quantile * standard_error,
            upper: mean + quantile * standard_error,
        }
    }
}

/// The category of a pair of mean scores: the evaluation table, in which "like" of the functional question and
/// "dislike" of the other are high, the opposite answers low, and the three between in the middle.
fn category_at(functional: f64, dysfunctional: f64) -> KanoCategory {
    const HIGH: f64 = 2.0;
    const LOW: f64 = -1.0;
    match (
        functional > HIGH,
        functional < LOW,
        dysfunctional > HIGH,
        dysfunctional < LOW,
    ) {
        (true, _, true, _) => KanoCategory::OneDimensional,
        (true, _, _, true) | (_, true, true, _) => KanoCategory::Questionable,
        (true, ..) => KanoCategory::Attractive,
        (_, true, ..) | (_, _, _, true) => KanoCategory::Reverse,
        (_, _, true, _) => KanoCategory::MustBe,
        _ => KanoCategory::Indifferent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Label;

    #[test]
    fn answers_that_are_all_alike_have_the_class_of_the_table() {
        for functional in KanoAnswer::ALL {
            for dysfunctional in KanoAnswer::ALL {
                assert_eq!(
                    category_at(
                        functional.functional_score(),
                        dysfunctional.dysfunctional_score()
                    ),
                    KanoCategory::of(*functional, *dysfunctional)
                );
            }
        }
    }
}
