use serde::{Deserialize, Serialize};

use super::{ActionPlan, Driver, Improvement, OutcomeRates, SatisfactionIndex};
use crate::error::{Error, Result};
use crate::math::distribution::normal;
use crate::satisfaction::matrix::{Cut, Quadrant, importance_satisfaction};
use crate::survey::{Confidence, range};

/// Step 8: what the result is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reporting {
    /// The index that was aimed at, from 0 to 100.
    pub aim: Option<f64>,
    /// The index of an earlier study of other respondents.
    pub earlier: Option<EarlierIndex>,
    /// From where on an importance is high; default the mean of the drivers.
    pub importance_cut: Cut,
    /// From where on a performance is high; default the mean of the drivers.
    pub performance_cut: Cut,
}

impl Default for Reporting {
    fn default() -> Self {
        Reporting {
            aim: None,
            earlier: None,
            importance_cut: Cut::Mean,
            performance_cut: Cut::Mean,
        }
    }
}

/// An index of an earlier study.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierIndex {
    /// From 0 to 100.
    pub index: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// By how much an index changed between two independent studies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct IndexChange {
    /// Later less earlier.
    pub change: f64,
    /// √(s₁² + s₂²).
    pub standard_error: f64,
    /// Lower end of the interval, change ∓ z · standard error.
    pub lower: f64,
    /// Upper end of it.
    pub upper: f64,
    /// Change over standard error; NaN if both are 0.
    pub z: f64,
    /// Of no change: both tails of the normal distribution.
    pub p_value: f64,
}

impl IndexChange {
    /// From `earlier` to `later`.
    ///
    /// ```
    /// use crm_core::satisfaction::process::{EarlierIndex, IndexChange};
    /// use crm_core::survey::Confidence;
    ///
    /// let earlier = EarlierIndex { index: 72.0, standard_error: 0.6 };
    /// let later = EarlierIndex { index: 74.0, standard_error: 0.8 };
    /// let change = IndexChange::between(earlier, later, Confidence::P95)?;
    /// assert_eq!((change.standard_error, change.z), (1.0, 2.0));
    /// assert!((change.p_value - 0.045500263896358).abs() < 1e-14);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a standard error below 0.
    pub fn between(
        earlier: EarlierIndex,
        later: EarlierIndex,
        confidence: Confidence,
    ) -> Result<Self> {
        for study in [earlier, later] {
            study.check()?;
        }
        let change = later.index - earlier.index;
        let standard_error = libm::hypot(earlier.standard_error, later.standard_error);
        let half = confidence.z() * standard_error;
        let z = change / standard_error;
        Ok(IndexChange {
            change,
            standard_error,
            lower: change - half,
            upper: change + half,
            z,
            p_value: 2.0 * normal(z.abs()).1,
        })
    }
}

impl EarlierIndex {
    fn check(self) -> Result<()> {
        if !self.index.is_finite() {
            return Err(Error::not_finite("index", self.index));
        }
        if !self.standard_error.is_finite() {
            return Err(Error::not_finite("standard_error", self.standard_error));
        }
        if self.standard_error < 0.0 {
            return Err(range(
                "standard_error",
                self.standard_error,
                "must be 0 or more",
            ));
        }
        Ok(())
    }
}

/// A driver in the order in which it should be taken up.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RankedDriver {
    /// What it is.
    #[serde(flatten)]
    pub driver: Driver,
    /// Its place on the map of importance and performance.
    pub quadrant: Quadrant,
    /// importance · (100 − performance): points that the target would gain if nothing were left to wish for in the driver.
    pub potential: f64,
}

/// Product of step 8: what the study found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StudyReport {
    #[serde(skip)]
    result: SatisfactionIndex,
    #[serde(skip)]
    reporting: Reporting,
    index: EarlierIndex,
    lower: f64,
    upper: f64,
    planned_margin: f64,
    invitations: u64,
    rates: OutcomeRates,
    respondents: usize,
    aim: Option<f64>,
    reaches_aim: Option<bool>,
    change: Option<IndexChange>,
    importance_cut: f64,
    performance_cut: f64,
    drivers: Vec<RankedDriver>,
}

impl StudyReport {
    pub(super) fn new(result: SatisfactionIndex, reporting: Reporting) -> Result<Self> {
        if let Some(aim) = reporting.aim.filter(|aim| !(0.0..=100.0).contains(aim)) {
            return Err(range("aim", aim, "must be between 0 and 100"));
        }
        let target = result.target().ok_or_else(|| Error::empty("constructs"))?;
        let index = EarlierIndex {
            index: target.index,
            standard_error: target.standard_error,
        };
        let confidence = result.estimation().confidence;
        let change = reporting
            .earlier
            .map(|earlier| IndexChange::between(earlier, index, confidence));
        let change = change.transpose().map_err(|e| e.named("earlier"))?;
        let column = |of: fn(&Driver) -> f64| result.drivers().iter().map(of).collect::<Vec<_>>();
        let map = importance_satisfaction(
            &column(|driver| driver.importance),
            &column(|driver| driver.performance),
            reporting.importance_cut,
            reporting.performance_cut,
        )?;
        let ranked = result.drivers().iter().zip(&map.quadrants);
        let mut drivers: Vec<RankedDriver> = ranked
            .map(|(driver, &quadrant)| RankedDriver {
                potential: driver.importance * (100.0 - driver.performance),
                driver: driver.clone(),
                quadrant,
            })
            .collect();
        drivers.sort_by(|a, b| {
            let by_quadrant = urgency(a.quadrant).cmp(&urgency(b.quadrant));
            by_quadrant.then(b.potential.total_cmp(&a.potential))
        });
        let responses = result.tables().responses();
        let plan = responses.questionnaire().plan();
        Ok(StudyReport {
            index,
            lower: target.lower,
            upper: target.upper,
            planned_margin: plan.margin(),
            invitations: plan.invitations(),
            rates: *responses.rates(),
            respondents: result.tables().respondents(),
            aim: reporting.aim,
            reaches_aim: reporting.aim.map(|aim| index.index >= aim),
            change,
            importance_cut: map.importance_cut,
            performance_cut: map.satisfaction_cut,
            drivers,
            result,
            reporting,
        })
    }

    /// Step 7, which this came from.
    #[must_use]
    pub fn result(&self) -> &SatisfactionIndex {
        &self.result
    }

    /// What was decided.
    #[must_use]
    pub fn reporting(&self) -> &Reporting {
        &self.reporting
    }

    /// The index, as the next study needs it for a comparison.
    #[must_use]
    pub fn index(&self) -> EarlierIndex {
        self.index
    }

    /// Its interval.
    #[must_use]
    pub fn interval(&self) -> (f64, f64) {
        (self.lower, self.upper)
    }

    /// Whether the index is at the aim or above.
    #[must_use]
    pub fn reaches_aim(&self) -> Option<bool> {
        self.reaches_aim
    }

    /// How it compares with the earlier study.
    #[must_use]
    pub fn change(&self) -> Option<IndexChange> {
        self.change
    }

    /// What to improve, the most urgent first: by quadrant, and within it by potential.
    #[must_use]
    pub fn drivers(&self) -> &[RankedDriver] {
        &self.drivers
    }

    /// Step 9.
    ///
    /// # Errors
    /// `NotFound` for an action on a construct that does not drive the target; `NotFinite`, `OutOfRange` for a rise outside 0 to 100 or
    /// a negative cost. Rows are actions.
    pub fn improve(self, improvement: Improvement) -> Result<ActionPlan> {
        ActionPlan::new(self, improvement)
    }
}

/// 0 is taken up first. What is an advantage is kept before what is not important is improved.
fn urgency(quadrant: Quadrant) -> u8 {
    match quadrant {
        Quadrant::UrgentImprovement => 0,
        Quadrant::CompetitiveAdvantage => 1,
        Quadrant::SecondaryImprovement => 2,
        Quadrant::Surplus => 3,
    }
}
