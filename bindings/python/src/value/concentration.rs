//! How concentrated profit is.

use crm_core::value::pareto::{self, Bootstrap, CurvePoint, Interval, Measure};
use pyo3::prelude::*;

use super::{array, whole};
use crate::buffers::{Floats, detached};
use crate::error::Result;
use crate::numbers::Number;

#[derive(IntoPyObject)]
pub(crate) struct PointParts {
    customers: f64,
    profit: f64,
}

#[derive(IntoPyObject)]
pub(crate) struct IntervalParts {
    estimate: f64,
    lower: f64,
    upper: f64,
    standard_error: f64,
    undefined: u32,
}

impl From<Interval> for IntervalParts {
    fn from(interval: Interval) -> Self {
        IntervalParts {
            estimate: interval.estimate,
            lower: interval.lower,
            upper: interval.upper,
            standard_error: interval.standard_error,
            undefined: interval.undefined,
        }
    }
}

/// How the profit of a customer base is concentrated.
#[pyclass(frozen, module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Concentration(pareto::Concentration);

impl Concentration {
    fn measure(&self, py: Python<'_>, measure: Measure) -> Result<f64> {
        detached(py, || self.0.measure(measure))
    }

    fn interval(
        &self,
        py: Python<'_>,
        measure: Measure,
        seed: u64,
        replicates: i64,
        level: &Number,
    ) -> Result<IntervalParts> {
        let bootstrap = Bootstrap {
            replicates: whole("replicates", replicates)?,
            level: level.probability("level")?,
            seed,
        };
        let intervals = detached(py, || self.0.confidence(&[measure], &bootstrap))?;
        let [interval] = array("measures", intervals)?;
        Ok(interval.into())
    }
}

#[pymethods]
impl Concentration {
    #[new]
    fn new(py: Python<'_>, profit: Floats, weight: Option<Floats>) -> Result<Self> {
        let profit = profit.slice("profit")?;
        let weight = weight.as_ref().map(|w| w.slice("weight")).transpose()?;
        let made = detached(py, || match weight {
            None => pareto::Concentration::new(profit),
            Some(weight) => pareto::Concentration::weighted(profit, weight),
        })?;
        Ok(Concentration(made))
    }

    fn customers(&self) -> f64 {
        self.0.customers()
    }

    fn total(&self) -> f64 {
        self.0.total()
    }

    fn mean(&self) -> f64 {
        self.0.mean()
    }

    fn top_share(&self, py: Python<'_>, share: Number) -> Result<f64> {
        self.measure(py, Measure::TopShare(share.share("share")?))
    }

    fn bottom_share(&self, py: Python<'_>, share: Number) -> Result<f64> {
        let share = share.share("share")?;
        detached(py, || self.0.bottom_share(share))
    }

    fn smallest_share(&self, py: Python<'_>, share: Number) -> Result<f64> {
        self.measure(py, Measure::SmallestShare(share.share("share")?))
    }

    fn gini(&self, py: Python<'_>) -> Result<f64> {
        self.measure(py, Measure::Gini)
    }

    fn gini_corrected(&self, py: Python<'_>) -> Result<f64> {
        detached(py, || self.0.gini_corrected())
    }

    fn peak(&self, py: Python<'_>) -> Result<PointParts> {
        let CurvePoint { customers, profit } = detached(py, || self.0.peak())?;
        Ok(PointParts { customers, profit })
    }

    /// Two lists: share of the customers, share of the profit.
    fn curve(&self, py: Python<'_>, points: i64) -> Result<(Vec<f64>, Vec<f64>)> {
        let points = whole("points", points)?;
        let points = detached(py, || self.0.curve(points))?;
        Ok(points.iter().map(|p| (p.customers, p.profit)).unzip())
    }

    /// Two lists: share of the customers, share of the profit.
    fn lorenz(&self, py: Python<'_>, points: i64) -> Result<(Vec<f64>, Vec<f64>)> {
        let points = whole("points", points)?;
        let points = detached(py, || self.0.lorenz(points))?;
        Ok(points.iter().map(|p| (p.customers, p.profit)).unzip())
    }

    fn top_share_interval(
        &self,
        py: Python<'_>,
        share: Number,
        seed: u64,
        replicates: i64,
        level: Number,
    ) -> Result<IntervalParts> {
        let measure = Measure::TopShare(share.share("share")?);
        self.interval(py, measure, seed, replicates, &level)
    }

    fn smallest_share_interval(
        &self,
        py: Python<'_>,
        share: Number,
        seed: u64,
        replicates: i64,
        level: Number,
    ) -> Result<IntervalParts> {
        let measure = Measure::SmallestShare(share.share("share")?);
        self.interval(py, measure, seed, replicates, &level)
    }

    fn gini_interval(
        &self,
        py: Python<'_>,
        seed: u64,
        replicates: i64,
        level: Number,
    ) -> Result<IntervalParts> {
        self.interval(py, Measure::Gini, seed, replicates, &level)
    }
}
