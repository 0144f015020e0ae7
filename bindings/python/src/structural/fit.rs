//! Fits of structural models by partial least squares.

use crm_core::satisfaction::structural::{
    Inadmissible, Indicator, PlsFit, PlsOptions, Responses, Weights,
};
use crm_core::units::Label;
use pyo3::prelude::*;

use super::model::Model;
use crate::buffers::{Floats, Indices, Output, detached};
use crate::categories::member;
use crate::error::Result;

/// Columns with their names, and weights: (weights, whether they are frequencies).
#[derive(FromPyObject)]
pub(crate) struct AnswersIn {
    columns: Vec<(String, Floats)>,
    weights: Option<(Floats, bool)>,
}

impl AnswersIn {
    pub(crate) fn responses(&self) -> crm_core::Result<Responses<'_>> {
        let columns = self.columns.iter();
        let columns = columns.map(|(name, column)| Ok((name.as_str(), column.slice("responses")?)));
        let columns: Vec<(&str, &[f64])> = columns.collect::<crm_core::Result<_>>()?;
        let weights = match &self.weights {
            None => Weights::Equal,
            Some((weights, true)) => Weights::Frequencies(weights.slice("weights")?),
            Some((weights, false)) => Weights::Sampling(weights.slice("weights")?),
        };
        Responses::new(columns)?.weighted(weights)
    }
}

#[derive(FromPyObject)]
pub(crate) struct OptionsIn {
    scheme: String,
    estimator: String,
    missing: String,
    tolerance: f64,
    max_iterations: u32,
}

impl OptionsIn {
    fn value(&self) -> crm_core::Result<PlsOptions> {
        Ok(PlsOptions {
            scheme: member("scheme", &self.scheme)?,
            estimator: member("estimator", &self.estimator)?,
            missing: member("missing", &self.missing)?,
            tolerance: self.tolerance,
            max_iterations: self.max_iterations,
        })
    }
}

#[derive(IntoPyObject)]
pub(crate) struct ReportOut {
    status: &'static str,
    iterations: u32,
    last_change: f64,
    observations: f64,
    rows_used: usize,
    rows_dropped: usize,
    gof: f64,
    srmr_saturated: f64,
    srmr_estimated: f64,
}

#[derive(IntoPyObject)]
pub(crate) struct IndicatorsOut {
    mean: Vec<f64>,
    standard_deviation: Vec<f64>,
    missing: Vec<usize>,
    weight: Vec<f64>,
    unstandardised_weight: Vec<f64>,
    loading: Vec<f64>,
}

#[derive(IntoPyObject)]
pub(crate) struct PathsOut {
    coefficient: Vec<f64>,
    standard_error: Vec<f64>,
    t: Vec<f64>,
    p_value: Vec<f64>,
    f_squared: Vec<f64>,
    vif: Vec<f64>,
}

#[derive(IntoPyObject)]
pub(crate) struct ReliabilityOut {
    alpha: Vec<f64>,
    standardised_alpha: Vec<f64>,
    rho_a: Vec<f64>,
    rho_c: Vec<f64>,
    ave: Vec<f64>,
}

#[derive(IntoPyObject)]
pub(crate) struct ExplainedOut {
    construct: Vec<usize>,
    r_squared: Vec<f64>,
    adjusted_r_squared: Vec<f64>,
}

#[derive(IntoPyObject)]
pub(crate) struct ImportanceOut {
    construct: Vec<usize>,
    importance: Vec<f64>,
    performance: Vec<f64>,
}

/// What partial least squares says of a model. Matrices are row-major.
#[pyclass(frozen, name = "PlsFit", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct Fit(pub(crate) PlsFit);

#[pymethods]
impl Fit {
    #[staticmethod]
    fn estimate(
        py: Python<'_>,
        model: &Model,
        answers: AnswersIn,
        options: OptionsIn,
    ) -> Result<Self> {
        let (responses, options) = (answers.responses()?, options.value()?);
        detached(py, || model.0.fit(&responses, &options)).map(Fit)
    }

    fn report(&self) -> ReportOut {
        let srmr = self.0.srmr();
        ReportOut {
            status: Label::name(self.0.status()),
            iterations: self.0.iterations(),
            last_change: self.0.last_change(),
            observations: self.0.observations(),
            rows_used: self.0.rows_used(),
            rows_dropped: self.0.rows_dropped(),
            gof: self.0.gof(),
            srmr_saturated: srmr.saturated,
            srmr_estimated: srmr.estimated,
        }
    }

    fn indicators(&self) -> IndicatorsOut {
        IndicatorsOut {
            mean: self.0.means().to_vec(),
            standard_deviation: self.0.standard_deviations(),
            missing: self.0.missing().to_vec(),
            weight: self.0.weights().to_vec(),
            unstandardised_weight: self.0.unstandardised_weights(),
            loading: self.0.loadings().to_vec(),
        }
    }

    fn paths(&self) -> PathsOut {
        let paths = self.0.paths();
        PathsOut {
            coefficient: paths.iter().map(|path| path.coefficient).collect(),
            standard_error: paths.iter().map(|path| path.standard_error).collect(),
            t: paths.iter().map(|path| path.t).collect(),
            p_value: paths.iter().map(|path| path.p_value).collect(),
            f_squared: paths.iter().map(|path| path.f_squared).collect(),
            vif: paths.iter().map(|path| path.vif).collect(),
        }
    }

    fn explained(&self) -> ExplainedOut {
        let explained = self.0.explained();
        ExplainedOut {
            construct: explained.iter().map(|one| one.construct).collect(),
            r_squared: explained.iter().map(|one| one.r_squared).collect(),
            adjusted_r_squared: explained.iter().map(|one| one.adjusted_r_squared).collect(),
        }
    }

    fn reliability(&self) -> ReliabilityOut {
        let found = self.0.reliability();
        ReliabilityOut {
            alpha: found.iter().map(|one| one.alpha).collect(),
            standardised_alpha: found.iter().map(|one| one.standardised_alpha).collect(),
            rho_a: found.iter().map(|one| one.rho_a).collect(),
            rho_c: found.iter().map(|one| one.rho_c).collect(),
            ave: found.iter().map(|one| one.ave).collect(),
        }
    }

    fn correlations(&self) -> Vec<f64> {
        self.0.correlations().to_vec()
    }

    fn construct_correlations(&self) -> Vec<f64> {
        self.0.construct_correlations().to_vec()
    }

    fn cross_loadings(&self) -> Vec<f64> {
        self.0.cross_loadings()
    }

    fn total_effects(&self) -> Vec<f64> {
        self.0.total_effects()
    }

    fn indirect_effects(&self) -> Vec<f64> {
        self.0.indirect_effects()
    }

    fn fornell_larcker(&self) -> Vec<f64> {
        self.0.fornell_larcker()
    }

    fn htmt(&self) -> Vec<f64> {
        self.0.htmt()
    }

    fn index(&self) -> Vec<f64> {
        self.0.index()
    }

    /// Places of indicators.
    fn negative_weights(&self) -> Vec<usize> {
        self.0.negative_weights()
    }

    /// What, of which (and of which other), and the value.
    fn inadmissible(&self) -> Vec<(&'static str, Vec<String>, f64)> {
        let model = self.0.model();
        let indicator = |place: usize| {
            let found = model.questions().nth(place);
            found.map_or("", Indicator::name).to_owned()
        };
        let construct = |place: usize| {
            let found = model.constructs().get(place);
            found.map_or("", |construct| construct.name()).to_owned()
        };
        let parts = |found: Inadmissible| match found {
            Inadmissible::Loading {
                indicator: i,
                value,
            } => ("loading", vec![indicator(i)], value),
            Inadmissible::Correlation {
                first,
                second,
                value,
            } => (
                "correlation",
                vec![construct(first), construct(second)],
                value,
            ),
            Inadmissible::Reliability {
                construct: c,
                value,
            } => ("rho_a", vec![construct(c)], value),
            Inadmissible::Explained {
                construct: c,
                value,
            } => ("r_squared", vec![construct(c)], value),
        };
        self.0.inadmissible().into_iter().map(parts).collect()
    }

    fn importance_performance(&self, target: &str) -> Result<ImportanceOut> {
        let found = self.0.importance_performance(target)?;
        Ok(ImportanceOut {
            construct: found.iter().map(|one| one.construct).collect(),
            importance: found.iter().map(|one| one.importance).collect(),
            performance: found.iter().map(|one| one.performance).collect(),
        })
    }

    /// `out` is a table of respondents × constructs.
    fn individual_index(&self, py: Python<'_>, answers: AnswersIn, mut out: Output) -> Result<()> {
        let (responses, out) = (answers.responses()?, out.slice()?);
        let found = detached(py, || self.0.individual_index(&responses))?;
        write(&found, out)
    }

    /// `out` is a table of respondents × constructs.
    fn scores(&self, py: Python<'_>, answers: AnswersIn, mut out: Output) -> Result<()> {
        let (responses, out) = (answers.responses()?, out.slice()?);
        let found = detached(py, || self.0.scores(&responses))?;
        write(&found, out)
    }

    /// Of each segment the observations and the index of every construct.
    fn segment_index(
        &self,
        py: Python<'_>,
        answers: AnswersIn,
        segments: Indices,
        count: usize,
    ) -> Result<Vec<(f64, Vec<f64>)>> {
        let responses = answers.responses()?;
        let segments = segments.slice("segments")?.iter();
        let segments: Vec<usize> = segments.map(|&segment| segment as usize).collect();
        let found = detached(py, || self.0.segment_index(&responses, &segments, count))?;
        Ok(found
            .into_iter()
            .map(|segment| (segment.observations, segment.index))
            .collect())
    }
}

fn write(values: &[f64], out: &mut [f64]) -> Result<()> {
    if out.len() != values.len() {
        return Err(crm_core::Error::length("out", out.len(), values.len()).into());
    }
    out.copy_from_slice(values);
    Ok(())
}
