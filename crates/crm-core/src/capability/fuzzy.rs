//! Fuzzy comprehensive evaluation: degrees of membership in grades, weighted and composed.
//!
//! Source: Zadeh 1965 (membership); the four operators of composition as in the Chinese literature on 模糊综合评价, e.g.
//! Du, Pang & Wu, "Modern Comprehensive Evaluation Methods" (现代综合评价方法与案例精选), chapter 3.

use serde::{Deserialize, Serialize};

use super::{check_weights, out_of_range};
use crate::error::{Error, Result};
use crate::units::{Label, Language, Terms};

/// The grades of a verdict, best or worst first, each with the score that it stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Grade>", into = "Vec<Grade>")]
pub struct GradeScale(Vec<Grade>);

/// One grade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    /// What it is called.
    pub name: String,
    /// What it counts in a weighted average.
    pub score: f64,
}

impl GradeScale {
    /// # Errors
    /// [`ErrorKind::Empty`](crate::ErrorKind::Empty) for no grade, [`ErrorKind::NotFinite`](crate::ErrorKind::NotFinite) for a score, [`ErrorKind::OutOfRange`](crate::ErrorKind::OutOfRange) unless scores rise or fall
    /// from grade to grade.
    pub fn new(grades: Vec<Grade>) -> Result<Self> {
        if grades.is_empty() {
            return Err(Error::empty("grades"));
        }
        let scores = || grades.iter().map(|grade| grade.score);
        if let Some((row, score)) = scores().enumerate().find(|(_, score)| !score.is_finite()) {
            return Err(Error::not_finite("grades", score).at_row(row));
        }
        let rises = scores()
            .zip(scores().skip(1))
            .next()
            .is_none_or(|(a, b)| a < b);
        let steps = scores().zip(scores().skip(1)).enumerate();
        for (place, (now, next)) in steps {
            if now == next || (now < next) != rises {
                let rule = "must rise or fall from grade to grade";
                return Err(out_of_range("grades", next, rule).at_row(place + 1));
            }
        }
        Ok(GradeScale(grades))
    }

    /// Excellent 优秀, good 良好, fair 一般, poor 较差, very poor 很差: 100, 80, 60, 40, 20.
    #[must_use]
    pub fn five(language: Language) -> Self {
        let names = match language {
            Language::En => ["excellent", "good", "fair", "poor", "very poor"],
            Language::Zh => ["优秀", "良好", "一般", "较差", "很差"],
        };
        let grade = |(name, score): (&str, f64)| Grade {
            name: name.to_owned(),
            score,
        };
        let scores = [100.0, 80.0, 60.0, 40.0, 20.0];
        GradeScale(names.into_iter().zip(scores).map(grade).collect())
    }

    /// The grades, in order.
    #[must_use]
    pub fn grades(&self) -> &[Grade] {
        &self.0
    }

    /// How many grades there are.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a scale is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl TryFrom<Vec<Grade>> for GradeScale {
    type Error = Error;

    fn try_from(grades: Vec<Grade>) -> Result<Self> {
        GradeScale::new(grades)
    }
}

impl From<GradeScale> for Vec<Grade> {
    fn from(scale: GradeScale) -> Self {
        scale.0
    }
}

/// How far something is in each grade: degrees of 0 or more that sum to one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f64>", into = "Vec<f64>")]
pub struct Membership(Vec<f64>);

impl Membership {
    /// # Errors
    /// [`ErrorKind::Empty`](crate::ErrorKind::Empty) for no degree, [`ErrorKind::NotFinite`](crate::ErrorKind::NotFinite) and [`ErrorKind::OutOfRange`](crate::ErrorKind::OutOfRange) for one, with its place as the row,
    /// [`ErrorKind::NotStochastic`](crate::ErrorKind::NotStochastic) unless they sum to one.
    pub fn new(degrees: Vec<f64>) -> Result<Self> {
        if degrees.is_empty() {
            return Err(Error::empty("membership"));
        }
        check_weights("membership", &degrees, degrees.len())?;
        Ok(Membership(degrees))
    }

    /// The share of judges who chose each grade.
    ///
    /// ```
    /// use crm_core::capability::fuzzy::Membership;
    ///
    /// assert_eq!(Membership::from_votes(&[3, 5, 2, 0])?.degrees(), [0.3, 0.5, 0.2, 0.0]);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Empty`](crate::ErrorKind::Empty) where nobody chose.
    pub fn from_votes(votes: &[u64]) -> Result<Self> {
        let total: f64 = votes.iter().map(|&count| count as f64).sum();
        if total == 0.0 {
            return Err(Error::empty("votes"));
        }
        Ok(Membership(
            votes.iter().map(|&count| count as f64 / total).collect(),
        ))
    }

    /// Of a measured value: `peaks` are the values that belong to one grade alone, in the order of the grades; between two peaks the
    /// degrees are shared in proportion, beyond the outer ones the value belongs to the outer grade (triangular membership).
    ///
    /// # Errors
    /// [`ErrorKind::NotFinite`](crate::ErrorKind::NotFinite) for the value or a peak, [`ErrorKind::Empty`](crate::ErrorKind::Empty) for no peak, [`ErrorKind::OutOfRange`](crate::ErrorKind::OutOfRange) unless peaks rise or
    /// fall throughout.
    pub fn from_measure(value: f64, peaks: &[f64]) -> Result<Self> {
        if !value.is_finite() {
            return Err(Error::not_finite("value", value));
        }
        let scale = GradeScale::new(
            peaks
                .iter()
                .map(|&score| Grade {
                    name: String::new(),
                    score,
                })
                .collect(),
        )
        .map_err(|error| error.named("peaks"))?;
        let mut degrees = vec![0.0; scale.len()];
        let falls = peaks.first() > peaks.last();
        let beyond = |peak: f64| if falls { value <= peak } else { value >= peak };
        let passed = peaks.iter().take_while(|&&peak| beyond(peak)).count();
        match (passed.checked_sub(1), peaks.get(passed)) {
            (Some(before), Some(&next)) => {
                let last = peaks.get(before).copied().unwrap_or(next);
                let share = (value - last) / (next - last);
                for (degree, part) in degrees.iter_mut().skip(before).zip([1.0 - share, share]) {
                    *degree = part;
                }
            }
            (place, _) => {
                if let Some(degree) = degrees.get_mut(place.unwrap_or(0)) {
                    *degree = 1.0;
                }
            }
        }
        Ok(Membership(degrees))
    }

    /// The degrees, in the order of the grades.
    #[must_use]
    pub fn degrees(&self) -> &[f64] {
        &self.0
    }

    /// Σ b_k s_k: the verdict by weighted average.
    ///
    /// # Errors
    /// [`ErrorKind::LengthMismatch`](crate::ErrorKind::LengthMismatch) for a scale of other grades.
    pub fn score(&self, scale: &GradeScale) -> Result<f64> {
        if scale.len() != self.0.len() {
            return Err(Error::length("membership", self.0.len(), scale.len()));
        }
        let scores = scale.0.iter().map(|grade| grade.score);
        Ok(self
            .0
            .iter()
            .zip(scores)
            .map(|(degree, score)| degree * score)
            .sum())
    }

    /// The grade of the largest degree, the first of equals, and by how much it leads the next.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let mut verdict = Verdict {
            grade: 0,
            degree: 0.0,
            margin: 0.0,
        };
        for (grade, &degree) in self.0.iter().enumerate() {
            if degree > verdict.degree {
                let margin = degree - verdict.degree;
                verdict = Verdict {
                    grade,
                    degree,
                    margin,
                };
            } else {
                verdict.margin = verdict.margin.min(verdict.degree - degree);
            }
        }
        verdict
    }
}

impl TryFrom<Vec<f64>> for Membership {
    type Error = Error;

    fn try_from(degrees: Vec<f64>) -> Result<Self> {
        Membership::new(degrees)
    }
}

impl From<Membership> for Vec<f64> {
    fn from(membership: Membership) -> Self {
        membership.0
    }
}

/// The verdict by largest membership.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The place of the grade in its scale, from 0.
    pub grade: usize,
    /// Its degree.
    pub degree: f64,
    /// Its degree less the second largest: near 0 the verdict is hardly one.
    pub margin: f64,
}

/// How the memberships r_ik of several indices with weights w_i make one membership b_k.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Composition {
    /// M(·, +): b_k = Σ_i w_i r_ik. Every index counts.
    #[default]
    WeightedAverage = 0,
    /// M(∧, ∨): b_k = max_i min(w_i, r_ik), normalised. Only the outstanding index counts.
    MaxMin = 1,
    /// M(·, ∨): b_k = max_i w_i r_ik, normalised.
    MaxProduct = 2,
}

impl Label for Composition {
    const ALL: &'static [Self] = &[
        Composition::WeightedAverage,
        Composition::MaxMin,
        Composition::MaxProduct,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Composition::WeightedAverage => ("weighted_average", "Weighted average", "加权平均型"),
            Composition::MaxMin => ("max_min", "Maximum of minima", "主因素决定型"),
            Composition::MaxProduct => ("max_product", "Maximum of products", "主因素突出型"),
        };
        Terms { name, en, zh }
    }
}

/// The membership of a whole, from those of its parts.
///
/// ```
/// use crm_core::capability::fuzzy::{Composition, Membership, compose};
///
/// let speed = Membership::new(vec![0.2, 0.7, 0.1])?;
/// let accuracy = Membership::new(vec![0.0, 0.4, 0.6])?;
/// let whole = compose(&[0.5, 0.5], &[&speed, &accuracy], Composition::WeightedAverage)?;
/// assert_eq!(whole.verdict().grade, 1);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Empty`](crate::ErrorKind::Empty) for no part, [`ErrorKind::LengthMismatch`](crate::ErrorKind::LengthMismatch) for other weights than parts or parts of other grades,
/// [`ErrorKind::NotStochastic`](crate::ErrorKind::NotStochastic) for weights that do not sum to one.
pub fn compose(
    weights: &[f64],
    parts: &[&Membership],
    composition: Composition,
) -> Result<Membership> {
    let Some(first) = parts.first() else {
        return Err(Error::empty("parts"));
    };
    check_weights("weights", weights, parts.len())?;
    let mut degrees = vec![0.0; first.0.len()];
    for (row, (part, &weight)) in parts.iter().zip(weights).enumerate() {
        if part.0.len() != degrees.len() {
            return Err(Error::length("parts", part.0.len(), degrees.len()).at_row(row));
        }
        for (degree, &r) in degrees.iter_mut().zip(&part.0) {
            *degree = match composition {
                Composition::WeightedAverage => *degree + weight * r,
                Composition::MaxMin => f64::max(*degree, weight.min(r)),
                Composition::MaxProduct => f64::max(*degree, weight * r),
            };
        }
    }
    let total: f64 = degrees.iter().sum();
    Ok(Membership(
        degrees.into_iter().map(|degree| degree / total).collect(),
    ))
}
