//! Recency, frequency and monetary scores.

use crm_core::value::cuts::{Cuts, Direction};
use crm_core::value::rfm::{self, RfmGrid, SegmentRule, SegmentTable};
use pyo3::prelude::*;

use super::{Codes, direction, whole};
use crate::buffers::{Floats, detached};
use crate::error::Result;

/// The cut points of the three scores and the segments.
#[pyclass(frozen, module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Rfm(rfm::FittedRfm);

/// A name and three ranges of scores.
type Rule = (String, (u8, u8), (u8, u8), (u8, u8));

fn segments(scores: u8, rules: Option<Vec<Rule>>) -> crm_core::Result<Option<SegmentTable>> {
    let Some(rules) = rules else {
        return Ok((scores == 5).then(SegmentTable::standard));
    };
    let rule = |(segment, r, f, m): Rule| SegmentRule {
        segment,
        recency: r.0..=r.1,
        frequency: f.0..=f.1,
        monetary: m.0..=m.1,
    };
    let rules: Vec<SegmentRule> = rules.into_iter().map(rule).collect();
    SegmentTable::new(scores, &rules).map(Some)
}

#[pymethods]
impl Rfm {
    #[staticmethod]
    fn fit(
        py: Python<'_>,
        recency: Floats,
        frequency: Floats,
        monetary: Floats,
        scores: i64,
        lower_is_better: bool,
        rules: Option<Vec<Rule>>,
    ) -> Result<Self> {
        let recency = recency.slice("recency")?;
        let frequency = frequency.slice("frequency")?;
        let monetary = monetary.slice("monetary")?;
        let scores = whole("scores", scores)?;
        let options = rfm::Rfm {
            scores,
            recency: direction(lower_is_better),
            segments: segments(scores, rules)?,
        };
        detached(py, || options.fit(recency, frequency, monetary)).map(Rfm)
    }

    #[staticmethod]
    fn from_thresholds(
        recency: Vec<f64>,
        frequency: Vec<f64>,
        monetary: Vec<f64>,
        lower_is_better: bool,
        rules: Option<Vec<Rule>>,
    ) -> Result<Self> {
        let cuts = |argument, thresholds: &[f64], direction| {
            Cuts::new(thresholds, direction).map_err(|error| error.named(argument))
        };
        let higher = Direction::HigherIsBetter;
        let recency = cuts("recency", &recency, direction(lower_is_better))?;
        let scores = u8::try_from(recency.parts()).unwrap_or(u8::MAX);
        let fitted = rfm::FittedRfm::new(
            recency,
            cuts("frequency", &frequency, higher)?,
            cuts("monetary", &monetary, higher)?,
            segments(scores, rules)?,
        )?;
        Ok(Rfm(fitted))
    }

    /// Recency, frequency, monetary.
    fn thresholds(&self) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let of = |cuts: &Cuts| cuts.thresholds().to_vec();
        (
            of(self.0.recency()),
            of(self.0.frequency()),
            of(self.0.monetary()),
        )
    }

    /// The names of the segments, if any.
    fn segments(&self) -> Option<Vec<String>> {
        self.0.segments().map(|table| table.names().to_vec())
    }

    /// Recency, frequency and monetary scores; codes of the segments, if any.
    fn score(
        &self,
        py: Python<'_>,
        recency: Floats,
        frequency: Floats,
        monetary: Floats,
    ) -> Result<(Codes, Codes, Codes, Option<Codes>)> {
        let recency = recency.slice("recency")?;
        let frequency = frequency.slice("frequency")?;
        let monetary = monetary.slice("monetary")?;
        let scores = detached(py, || self.0.score(recency, frequency, monetary))?;
        Ok((
            scores.recency,
            scores.frequency,
            scores.monetary,
            scores.segment,
        ))
    }
}

#[derive(IntoPyObject)]
pub(crate) struct GridParts {
    customers: Vec<u64>,
    revenue: Vec<f64>,
}

#[pyfunction]
pub(crate) fn rfm_grid(
    py: Python<'_>,
    recency: &[u8],
    frequency: &[u8],
    revenue: Floats,
    scores: i64,
) -> Result<GridParts> {
    let revenue = revenue.slice("revenue")?;
    let scores = whole("scores", scores)?;
    let grid = detached(py, || RfmGrid::new(recency, frequency, revenue, scores))?;
    Ok(GridParts {
        customers: grid.customers,
        revenue: grid.revenue,
    })
}
