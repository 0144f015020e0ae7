//! Fits of structural models by partial least squares.

use crm_core::satisfaction::structural::{
    Blindfolded, CrossValidation, Inadmissible, Indicator, Invariance, PathDifference, PlsFit,
    PlsOptions, Resampling, Responses, Segments, Weights,
};
use crm_core::units::Label;
use pyo3::prelude::*;

use super::model::Model;
use crate::buffers::{Floats, Indices, Output, brief, detached, watched};
use crate::categories::member;
use crate::error::Result;

/// Columns of answers: those of one array, one after the other, or each by itself.
#[derive(FromPyObject)]
enum ColumnsIn {
    Together(Floats),
    Apart(Vec<Floats>),
}

impl ColumnsIn {
    fn slices(&self, count: usize) -> crm_core::Result<Vec<&[f64]>> {
        match self {
            ColumnsIn::Apart(columns) => columns.iter().map(|one| one.slice("responses")).collect(),
            ColumnsIn::Together(table) => {
                let values = table.slice("responses")?;
                let rows = values.len().checked_div(count).unwrap_or(0);
                Ok(match rows {
                    0 => vec![&[]; count],
                    rows => values.chunks_exact(rows).collect(),
                })
            }
        }
    }
}

/// Columns with their names, and weights: (weights, whether they are frequencies).
#[derive(FromPyObject)]
pub(crate) struct AnswersIn {
    names: Vec<String>,
    columns: ColumnsIn,
    weights: Option<(Floats, bool)>,
}

impl AnswersIn {
    pub(crate) fn responses(&self) -> crm_core::Result<Responses<'_>> {
        let names = self.names.iter().map(String::as_str);
        let columns = names.zip(self.columns.slices(self.names.len())?);
        let weights = match &self.weights {
            None => Weights::Equal,
            Some((weights, true)) => Weights::Frequencies(weights.slice("weights")?),
            Some((weights, false)) => Weights::Sampling(weights.slice("weights")?),
        };
        Responses::new(columns)?.weighted(weights)
    }
}

/// The number of each respondent's segment, and how many segments there are.
#[derive(FromPyObject)]
pub(crate) struct SegmentsIn(Indices, usize);

/// The same as the core reads them.
pub(crate) struct SegmentNumbers(Vec<usize>, usize);

impl SegmentsIn {
    pub(crate) fn numbers(&self) -> crm_core::Result<SegmentNumbers> {
        let numbers = self.0.slice("segments")?.iter();
        Ok(SegmentNumbers(
            numbers.map(|&number| number as usize).collect(),
            self.1,
        ))
    }
}

impl SegmentNumbers {
    pub(crate) fn segments(&self) -> crm_core::Result<Segments<'_>> {
        Segments::new(&self.0, self.1)
    }
}

#[derive(FromPyObject)]
pub(crate) struct OptionsIn {
    scheme: String,
    estimator: String,
    missing: String,
    higher_order: String,
    tolerance: f64,
    max_iterations: u32,
}

impl OptionsIn {
    fn value(&self) -> crm_core::Result<PlsOptions> {
        Ok(PlsOptions {
            scheme: member("scheme", &self.scheme)?,
            estimator: member("estimator", &self.estimator)?,
            missing: member("missing", &self.missing)?,
            higher_order: member("higher_order", &self.higher_order)?,
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
    vif: Vec<f64>,
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

#[derive(IntoPyObject)]
pub(crate) struct SegmentsOut {
    observations: Vec<f64>,
    index: Vec<f64>,
    standard_error: Vec<f64>,
    lower: Vec<f64>,
    upper: Vec<f64>,
}

#[derive(IntoPyObject)]
pub(crate) struct PredictedOut {
    indicator: Vec<usize>,
    q_squared: Vec<f64>,
    rmse: Vec<f64>,
    mae: Vec<f64>,
}

#[derive(IntoPyObject)]
pub(crate) struct PathDifferencesOut {
    first: Vec<f64>,
    second: Vec<f64>,
    p_value: Vec<f64>,
}

#[derive(IntoPyObject)]
pub(crate) struct InvarianceOut {
    correlation: Vec<f64>,
    least: Vec<f64>,
    correlation_p: Vec<f64>,
    mean_difference: Vec<f64>,
    mean_p: Vec<f64>,
    log_variance_ratio: Vec<f64>,
    variance_p: Vec<f64>,
}

#[derive(IntoPyObject)]
pub(crate) struct ComparisonOut {
    kept: u32,
    dropped: u32,
    paths: PathDifferencesOut,
    invariance: InvarianceOut,
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
        /// A fit reads so few rows in one task.
        const FEW: usize = 4096;
        let (responses, options) = (answers.responses()?, options.value()?);
        let fit = || model.0.fit(&responses, &options);
        match responses.rows() {
            ..=FEW => brief(py, fit),
            _ => detached(py, fit),
        }
        .map(Fit)
    }

    /// The model that the results are about.
    fn model(&self) -> Model {
        Model(self.0.model().clone())
    }

    fn first_stage(&self) -> Option<Fit> {
        self.0.first_stage().cloned().map(Fit)
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
            vif: self.0.outer_inflation(),
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

    /// Rows are segments × constructs.
    fn segment_index(
        &self,
        py: Python<'_>,
        answers: AnswersIn,
        segments: SegmentsIn,
        level: f64,
    ) -> Result<SegmentsOut> {
        let (responses, numbers) = (answers.responses()?, segments.numbers()?);
        let found = detached(py, || {
            self.0.segment_index(&responses, numbers.segments()?, level)
        })?;
        let estimates = || found.iter().flat_map(|segment| &segment.indices);
        Ok(SegmentsOut {
            observations: found.iter().map(|segment| segment.observations).collect(),
            index: estimates().map(|one| one.index).collect(),
            standard_error: estimates().map(|one| one.standard_error).collect(),
            lower: estimates().map(|one| one.interval.lower).collect(),
            upper: estimates().map(|one| one.interval.upper).collect(),
        })
    }

    fn predict(
        &self,
        py: Python<'_>,
        answers: AnswersIn,
        folds: usize,
        seed: u64,
    ) -> Result<PredictedOut> {
        let (responses, how) = (answers.responses()?, CrossValidation { folds, seed });
        let found = detached(py, || self.0.predict(&responses, how))?;
        Ok(PredictedOut {
            indicator: found.iter().map(|one| one.indicator).collect(),
            q_squared: found.iter().map(|one| one.q_squared).collect(),
            rmse: found.iter().map(|one| one.rmse).collect(),
            mae: found.iter().map(|one| one.mae).collect(),
        })
    }

    /// Construct, redundancy and communality.
    fn blindfold(
        &self,
        py: Python<'_>,
        answers: AnswersIn,
        distance: usize,
    ) -> Result<Vec<(usize, f64, f64)>> {
        let responses = answers.responses()?;
        let found = detached(py, || self.0.blindfold(&responses, distance))?;
        let parts = |one: &Blindfolded| (one.construct, one.redundancy, one.communality);
        Ok(found.iter().map(parts).collect())
    }

    /// `progress` is told how many permutations are done.
    fn compare_groups(
        &self,
        py: Python<'_>,
        answers: AnswersIn,
        in_second: Vec<bool>,
        permutations: u32,
        seed: u64,
        progress: Option<Bound<'_, PyAny>>,
    ) -> Result<ComparisonOut> {
        let responses = answers.responses()?;
        let how = Resampling {
            resamples: permutations,
            seed,
        };
        let tell = |done| match &progress {
            Some(progress) => progress.call1((done,)).map(drop),
            None => Ok(()),
        };
        let found = watched(py, tell, |watch| {
            self.0
                .compare_groups_watched(&responses, &in_second, how, watch)
        })?;
        let paths = |part: fn(&PathDifference) -> f64| found.paths.iter().map(part).collect();
        let constructs = |part: fn(&Invariance) -> f64| found.invariance.iter().map(part).collect();
        Ok(ComparisonOut {
            kept: found.kept,
            dropped: found.dropped,
            paths: PathDifferencesOut {
                first: paths(|path| path.first),
                second: paths(|path| path.second),
                p_value: paths(|path| path.p_value),
            },
            invariance: InvarianceOut {
                correlation: constructs(|one| one.correlation),
                least: constructs(|one| one.least),
                correlation_p: constructs(|one| one.correlation_p),
                mean_difference: constructs(|one| one.mean_difference),
                mean_p: constructs(|one| one.mean_p),
                log_variance_ratio: constructs(|one| one.log_variance_ratio),
                variance_p: constructs(|one| one.variance_p),
            },
        })
    }
}

fn write(values: &[f64], out: &mut [f64]) -> Result<()> {
    if out.len() != values.len() {
        return Err(crm_core::Error::length("out", out.len(), values.len()).into());
    }
    out.copy_from_slice(values);
    Ok(())
}
