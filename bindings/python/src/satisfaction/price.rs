//! Price sensitivity by van Westendorp's four questions.

use crm_core::satisfaction::price::{
    PriceAnswers, PriceInterval, PriceIntervals, PriceSensitivity,
};
use pyo3::prelude::*;

use crate::buffers::{Floats, detached};
use crate::categories::member;
use crate::error::Result;
use crate::numbers::Number;

/// What the answers say of prices.
#[pyclass(frozen, name = "PriceSensitivity", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyPriceSensitivity(PriceSensitivity);

#[derive(IntoPyObject)]
pub(crate) struct PriceParts {
    respondents: u64,
    inconsistent: u64,
    missing: u64,
    marginal_cheapness: f64,
    marginal_expensiveness: f64,
    indifference: f64,
    optimal: f64,
}

#[derive(IntoPyObject)]
pub(crate) struct IntervalParts {
    estimate: f64,
    standard_error: f64,
    lower: f64,
    upper: f64,
}

impl From<PriceInterval> for IntervalParts {
    fn from(interval: PriceInterval) -> Self {
        IntervalParts {
            estimate: interval.estimate,
            standard_error: interval.standard_error,
            lower: interval.lower,
            upper: interval.upper,
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct IntervalsParts {
    marginal_cheapness: IntervalParts,
    marginal_expensiveness: IntervalParts,
    indifference: IntervalParts,
    optimal: IntervalParts,
    undefined: u32,
}

impl From<PriceIntervals> for IntervalsParts {
    fn from(intervals: PriceIntervals) -> Self {
        IntervalsParts {
            marginal_cheapness: intervals.marginal_cheapness.into(),
            marginal_expensiveness: intervals.marginal_expensiveness.into(),
            indifference: intervals.indifference.into(),
            optimal: intervals.optimal.into(),
            undefined: intervals.undefined,
        }
    }
}

#[pymethods]
impl PyPriceSensitivity {
    #[new]
    fn new(
        py: Python<'_>,
        too_cheap: Floats,
        cheap: Floats,
        expensive: Floats,
        too_expensive: Floats,
        inconsistent: &str,
        price_range: &str,
    ) -> Result<Self> {
        let answers = PriceAnswers {
            too_cheap: too_cheap.slice("too_cheap")?,
            cheap: cheap.slice("cheap")?,
            expensive: expensive.slice("expensive")?,
            too_expensive: too_expensive.slice("too_expensive")?,
        };
        let inconsistent = member("inconsistent", inconsistent)?;
        let range = member("price_range", price_range)?;
        let made = detached(py, || PriceSensitivity::new(&answers, inconsistent, range))?;
        Ok(PyPriceSensitivity(made))
    }

    fn parts(&self) -> PriceParts {
        let PriceSensitivity {
            respondents,
            inconsistent,
            missing,
            points,
            ..
        } = &self.0;
        PriceParts {
            respondents: *respondents,
            inconsistent: *inconsistent,
            missing: *missing,
            marginal_cheapness: points.marginal_cheapness,
            marginal_expensiveness: points.marginal_expensiveness,
            indifference: points.indifference,
            optimal: points.optimal,
        }
    }

    /// Prices, then the shares: too cheap, cheap, expensive, too expensive.
    fn curves(&self) -> [Vec<f64>; 5] {
        let found = &self.0;
        [
            found.prices.clone(),
            found.too_cheap.clone(),
            found.cheap.clone(),
            found.expensive.clone(),
            found.too_expensive.clone(),
        ]
    }

    fn intervals(
        &self,
        py: Python<'_>,
        replicates: u32,
        confidence: Number,
        seed: u64,
    ) -> Result<IntervalsParts> {
        let confidence = confidence.probability("confidence")?;
        let found = detached(py, || self.0.intervals(replicates, confidence, seed))?;
        Ok(found.into())
    }
}
