//! The importance–satisfaction matrix: which attributes to improve first.
//!
//! Each attribute is a point, importance against satisfaction, and two lines cut the plane into four quadrants. The
//! importance is what customers state, or is derived from how satisfaction with the attribute moves overall
//! satisfaction ([`derive_importance`]); total effects of a structural model are importances, too.
//!
//! Source: Martilla & James 1977, "Importance-Performance Analysis", Journal of Marketing 41(1).
//!
//! ```
//! use crm_core::satisfaction::matrix::{Cut, Quadrant, importance_satisfaction};
//!
//! let matrix = importance_satisfaction(&[0.5, 0.1, 0.4], &[6.0, 5.0, 9.0], Cut::Mean, Cut::At(7.0))?;
//! assert_eq!(
//!     matrix.quadrants,
//!     [Quadrant::UrgentImprovement, Quadrant::SecondaryImprovement, Quadrant::CompetitiveAdvantage]
//! );
//! # Ok::<(), crm_core::Error>(())
//! ```

mod importance;

pub(super) use importance::solve;
pub use importance::{
    DerivedImportance, Importance, ImportanceIntervals, MOST_ATTRIBUTES, derive_importance,
    importance_intervals,
};

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::math::quantile;
use crate::math::sum::Sum;
use crate::survey::{check_column, range};
use crate::units::{Label, Terms};

/// What to do about an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Quadrant {
    /// High importance, low satisfaction: to be improved first.
    UrgentImprovement = 0,
    /// High importance, high satisfaction: to be kept up.
    CompetitiveAdvantage = 1,
    /// Low importance, low satisfaction: to be improved when the urgent ones are.
    SecondaryImprovement = 2,
    /// Low importance, high satisfaction: more than is needed.
    Surplus = 3,
}

impl Label for Quadrant {
    const ALL: &'static [Self] = &[
        Quadrant::UrgentImprovement,
        Quadrant::CompetitiveAdvantage,
        Quadrant::SecondaryImprovement,
        Quadrant::Surplus,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Quadrant::UrgentImprovement => {
                ("urgent_improvement", "Urgent improvement", "急需改进区")
            }
            Quadrant::CompetitiveAdvantage => (
                "competitive_advantage",
                "Competitive advantage",
                "竞争优势区",
            ),
            Quadrant::SecondaryImprovement => (
                "secondary_improvement",
                "Secondary improvement",
                "次要改进区",
            ),
            Quadrant::Surplus => ("surplus", "Surplus", "锦上添花区"),
        };
        Terms { name, en, zh }
    }
}

/// Where a line is drawn. What lies on it is high.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// At the mean of the attributes.
    Mean,
    /// At their median.
    Median,
    /// Half-way between the ends of the scale.
    Midpoint {
        /// The lowest answer.
        low: f64,
        /// The highest answer.
        high: f64,
    },
    /// At this value.
    At(f64),
}

impl Cut {
    /// Where the line is among `values`, which errors call `argument`.
    ///
    /// # Errors
    /// `Empty`, `NotFinite`; `OutOfRange` for a scale whose ends are not in order.
    pub fn place(self, argument: &'static str, values: &[f64]) -> Result<f64> {
        check_column(argument, values)?;
        let place = match self {
            Cut::Mean => values.iter().copied().collect::<Sum>().value() / values.len() as f64,
            Cut::Median => {
                let mut sorted = values.to_vec();
                sorted.sort_unstable_by(f64::total_cmp);
                quantile::of_sorted(&sorted, 0.5)
            }
            Cut::Midpoint { low, high } if low < high => 0.5 * low + 0.5 * high,
            Cut::Midpoint { low, .. } => {
                return Err(range(
                    argument,
                    low,
                    "must be below the other end of the scale",
                ));
            }
            Cut::At(value) => value,
        };
        if place.is_finite() {
            Ok(place)
        } else {
            Err(Error::not_finite(argument, place))
        }
    }
}

/// Attributes in four quadrants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImportanceSatisfaction {
    /// The quadrant of each attribute.
    pub quadrants: Vec<Quadrant>,
    /// From here on an importance is high.
    pub importance_cut: f64,
    /// From here on a satisfaction is high.
    pub satisfaction_cut: f64,
}

/// Puts each attribute into its quadrant.
///
/// # Errors
/// `Empty`; `LengthMismatch`; `NotFinite` with the row; `OutOfRange` for a scale whose ends are not in order.
pub fn importance_satisfaction(
    importance: &[f64],
    satisfaction: &[f64],
    importance_cut: Cut,
    satisfaction_cut: Cut,
) -> Result<ImportanceSatisfaction> {
    check_column("importance", importance)?;
    check_column("satisfaction", satisfaction)?;
    if satisfaction.len() != importance.len() {
        let (found, expected) = (satisfaction.len(), importance.len());
        return Err(Error::length("satisfaction", found, expected));
    }
    let importance_cut = importance_cut.place("importance_cut", importance)?;
    let satisfaction_cut = satisfaction_cut.place("satisfaction_cut", satisfaction)?;
    let quadrant = |(importance, satisfaction): (&f64, &f64)| match (
        *importance >= importance_cut,
        *satisfaction >= satisfaction_cut,
    ) {
        (true, false) => Quadrant::UrgentImprovement,
        (true, true) => Quadrant::CompetitiveAdvantage,
        (false, false) => Quadrant::SecondaryImprovement,
        (false, true) => Quadrant::Surplus,
    };
    Ok(ImportanceSatisfaction {
        quadrants: importance.iter().zip(satisfaction).map(quadrant).collect(),
        importance_cut,
        satisfaction_cut,
    })
}

/// An attribute or the overall satisfaction that does not vary, by its place.
pub(super) fn constant(argument: &'static str, column: impl std::fmt::Display) -> Error {
    let error = Error::new(
        ErrorKind::NoSolution,
        argument,
        "must vary between respondents",
    );
    error.with_value(format!("constant in column {column}"))
}
