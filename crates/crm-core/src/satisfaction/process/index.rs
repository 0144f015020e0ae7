use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::tables::choice;
use super::{IndicatorTree, Reporting, StudyReport, SurveyTables};
use crate::error::{Error, ErrorKind, Result};
use crate::satisfaction::structural::{
    BootstrapEstimate, ExpectedSign, Importance, Path, PlsBootstrap, PlsFit, PlsOptions, PlsStatus,
    Reliability, Resampling, Respondents, Responses, SegmentIndex, Segments, Statistic,
};
use crate::survey::Confidence;

/// Step 7: how the index is computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimation {
    /// Of the fit.
    #[serde(default)]
    pub options: PlsOptions,
    /// For intervals.
    pub resampling: Resampling,
    /// Of intervals; default 95 %.
    #[serde(default = "usual")]
    pub confidence: Confidence,
    /// A question with options, which all have answered, by which the index is told apart.
    #[serde(default)]
    pub segments: Option<String>,
}

fn usual() -> Confidence {
    Confidence::P95
}

impl Estimation {
    /// The usual options, 95 % confidence, without segments.
    #[must_use]
    pub fn new(resampling: Resampling) -> Self {
        Estimation {
            options: PlsOptions::default(),
            resampling,
            confidence: usual(),
            segments: None,
        }
    }
}

/// How much a result varies from resample to resample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Resampled {
    /// Standard deviation over the resamples.
    pub standard_error: f64,
    /// Lower end of the percentile interval.
    pub lower: f64,
    /// Upper end of it.
    pub upper: f64,
}

impl From<BootstrapEstimate> for Resampled {
    fn from(estimate: BootstrapEstimate) -> Self {
        Resampled {
            standard_error: estimate.standard_error,
            lower: estimate.percentile.lower,
            upper: estimate.percentile.upper,
        }
    }
}

/// The index of a construct, and how well it is measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ConstructIndex {
    /// The construct.
    pub construct: String,
    /// From 0 to 100.
    pub index: f64,
    /// Of resampling.
    pub standard_error: f64,
    /// Lower end of the percentile interval.
    pub lower: f64,
    /// Upper end of it.
    pub upper: f64,
    /// Cronbach's α.
    pub alpha: f64,
    /// Composite reliability ρ_C.
    pub rho_c: f64,
    /// Average variance extracted.
    pub ave: f64,
    /// R²; `None` where nothing drives the construct.
    pub r_squared: Option<f64>,
    /// How much these vary.
    pub resampled: ConstructResampled,
}

/// How much what is known of the measurement of a construct varies from resample to resample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ConstructResampled {
    /// Of Cronbach's α.
    pub alpha: Resampled,
    /// Of ρ_C.
    pub rho_c: Resampled,
    /// Of the average variance extracted.
    pub ave: Resampled,
    /// Of R²; `None` where nothing drives the construct.
    pub r_squared: Option<Resampled>,
}

/// A path of the model.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PathResult {
    /// The driver.
    pub from: String,
    /// What it drives.
    pub to: String,
    /// β.
    pub coefficient: f64,
    /// Of resampling.
    pub standard_error: f64,
    /// Lower end of the percentile interval.
    pub lower: f64,
    /// Upper end of it.
    pub upper: f64,
    /// Of the value 0.
    pub p_value: f64,
    /// The sign that theory expects.
    pub expected: ExpectedSign,
    /// Whether the coefficient has it.
    pub as_expected: bool,
}

/// What drives the target.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Driver {
    /// The construct.
    pub construct: String,
    /// Points by which the target's index rises with one point of its own.
    pub importance: f64,
    /// Its index.
    pub performance: f64,
    /// Its total effect in standard deviations.
    pub total_effect: f64,
    /// Standard error of the total effect, of resampling.
    pub standard_error: f64,
    /// Lower end of its percentile interval.
    pub lower: f64,
    /// Upper end of it.
    pub upper: f64,
    /// How much the importance varies.
    pub importance_resampled: Resampled,
    /// How much the performance varies.
    pub performance_resampled: Resampled,
}

/// The target's index in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SegmentResult {
    /// Number of the option, from 1.
    pub option: usize,
    /// Sum of the weights of its respondents, scaled to the number of respondents.
    pub respondents: f64,
    /// From 0 to 100.
    pub index: f64,
    /// Of resampling.
    pub standard_error: f64,
    /// Lower end of the percentile interval.
    pub lower: f64,
    /// Upper end of it.
    pub upper: f64,
}

/// Product of step 7: the index with its interval, and what it hangs on. Intervals come from resampling respondents with
/// their weights, by strata and clusters if the sample has them ([`Respondents`](crate::satisfaction::structural::Respondents)). That the
/// population is finite is not kept in it, which makes them too wide where a large part of it was asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SatisfactionIndex {
    #[serde(skip)]
    tables: SurveyTables,
    #[serde(skip)]
    estimation: Estimation,
    rows: usize,
    resamples: u32,
    dropped: u32,
    constructs: Vec<ConstructIndex>,
    paths: Vec<PathResult>,
    drivers: Vec<Driver>,
    segments: Vec<SegmentResult>,
}

impl SatisfactionIndex {
    pub(super) fn new(tables: SurveyTables, estimation: Estimation) -> Result<Self> {
        let fit = tables.fit(&estimation.options)?;
        if fit.status() != PlsStatus::Converged {
            let error = Error::new(ErrorKind::NotConverged, "max_iterations", "is too small");
            return Err(error.with_value(fit.iterations()));
        }
        let codes = match &estimation.segments {
            Some(question) => Some(segment_codes(&tables, question)?),
            None => None,
        };
        let segments = match &codes {
            Some((codes, options)) => Some(Segments::new(codes, *options)?),
            None => None,
        };
        let respondents = Respondents {
            segments,
            ..tables.respondents_drawn()
        };
        let responses = tables.structural()?;
        let go_on = |_| ControlFlow::Continue(());
        let made = fit.bootstrap_watched(&responses, respondents, estimation.resampling, go_on)?;
        let bootstrap =
            made.ok_or_else(|| Error::new(ErrorKind::NoSolution, "resamples", "were not made"))?;
        let results = Results {
            tree: tables
                .responses()
                .questionnaire()
                .plan()
                .population()
                .indicators(),
            fit: &fit,
            bootstrap: &bootstrap,
            level: estimation.confidence.value(),
        };
        let segments = match segments {
            Some(segments) => results.segments(&responses, segments)?,
            None => Vec::new(),
        };
        Ok(SatisfactionIndex {
            rows: fit.rows_used(),
            resamples: bootstrap.kept(),
            dropped: bootstrap.dropped().resamples,
            constructs: results.constructs()?,
            paths: results.paths()?,
            drivers: results.drivers()?,
            segments,
            tables,
            estimation,
        })
    }

    /// Step 6, which this came from.
    #[must_use]
    pub fn tables(&self) -> &SurveyTables {
        &self.tables
    }

    /// What was decided.
    #[must_use]
    pub fn estimation(&self) -> &Estimation {
        &self.estimation
    }

    /// Step 1.
    #[must_use]
    pub fn indicators(&self) -> &IndicatorTree {
        self.tables
            .responses()
            .questionnaire()
            .plan()
            .population()
            .indicators()
    }

    /// Respondents of the fit.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Every construct, in the order of the model.
    #[must_use]
    pub fn constructs(&self) -> &[ConstructIndex] {
        &self.constructs
    }

    /// The index that the study is about.
    #[must_use]
    pub fn target(&self) -> Option<&ConstructIndex> {
        self.constructs.get(self.indicators().target())
    }

    /// Every path, in the order of the model.
    #[must_use]
    pub fn paths(&self) -> &[PathResult] {
        &self.paths
    }

    /// What the target hangs on, in the order of the model.
    #[must_use]
    pub fn drivers(&self) -> &[Driver] {
        &self.drivers
    }

    /// The target's index in each segment.
    #[must_use]
    pub fn segments(&self) -> &[SegmentResult] {
        &self.segments
    }

    /// Step 8.
    ///
    /// # Errors
    /// `NotFinite`, `OutOfRange` for an aim outside 0 to 100, an earlier index with a negative standard error, and cuts that are
    /// none.
    pub fn report(self, reporting: Reporting) -> Result<StudyReport> {
        StudyReport::new(self, reporting)
    }
}

struct Results<'a> {
    tree: &'a IndicatorTree,
    fit: &'a PlsFit,
    bootstrap: &'a PlsBootstrap,
    level: f64,
}

impl Results<'_> {
    fn estimate(&self, statistic: &Statistic) -> Result<BootstrapEstimate> {
        self.bootstrap.estimate(statistic, self.level)
    }

    fn resampled(&self, statistic: &Statistic) -> Result<Resampled> {
        self.estimate(statistic).map(Resampled::from)
    }

    fn constructs(&self) -> Result<Vec<ConstructIndex>> {
        let explained = self.fit.explained();
        let reliability = self.fit.reliability();
        let construct = |(place, reliable): (usize, &Reliability)| {
            let index = self.estimate(&Statistic::Index(place))?;
            let explained = explained.iter().find(|each| each.construct == place);
            Ok(ConstructIndex {
                construct: self.tree.name(place),
                index: index.estimate,
                standard_error: index.standard_error,
                lower: index.percentile.lower,
                upper: index.percentile.upper,
                alpha: reliable.alpha,
                rho_c: reliable.rho_c,
                ave: reliable.ave,
                r_squared: explained.map(|each| each.r_squared),
                resampled: ConstructResampled {
                    alpha: self.resampled(&Statistic::Alpha(place))?,
                    rho_c: self.resampled(&Statistic::RhoC(place))?,
                    ave: self.resampled(&Statistic::Ave(place))?,
                    r_squared: match explained {
                        Some(_) => Some(self.resampled(&Statistic::RSquared(place))?),
                        None => None,
                    },
                },
            })
        };
        reliability.iter().enumerate().map(construct).collect()
    }

    fn paths(&self) -> Result<Vec<PathResult>> {
        let model = self.tree.model();
        let paths = model.paths().iter().zip(model.expected_signs());
        let result = |(place, (path, &expected)): (usize, (&Path, &ExpectedSign))| {
            let estimate = self.estimate(&Statistic::Path(place))?;
            Ok(PathResult {
                from: self.tree.name(path.from),
                to: self.tree.name(path.to),
                coefficient: estimate.estimate,
                standard_error: estimate.standard_error,
                lower: estimate.percentile.lower,
                upper: estimate.percentile.upper,
                p_value: estimate.p_value,
                expected,
                as_expected: expected.holds(estimate.estimate),
            })
        };
        paths.enumerate().map(result).collect()
    }

    fn drivers(&self) -> Result<Vec<Driver>> {
        let target = self.tree.target();
        let drivers = self.fit.importance_performance(&self.tree.name(target))?;
        let driver = |found: Importance| {
            let effect = self.estimate(&Statistic::TotalEffect(found.construct, target))?;
            Ok(Driver {
                construct: self.tree.name(found.construct),
                importance: found.importance,
                performance: found.performance,
                total_effect: effect.estimate,
                standard_error: effect.standard_error,
                lower: effect.percentile.lower,
                upper: effect.percentile.upper,
                importance_resampled: self
                    .resampled(&Statistic::Importance(found.construct, target))?,
                performance_resampled: self.resampled(&Statistic::Index(found.construct))?,
            })
        };
        drivers.into_iter().map(driver).collect()
    }

    fn segments(
        &self,
        responses: &Responses<'_>,
        segments: Segments<'_>,
    ) -> Result<Vec<SegmentResult>> {
        let construct = self.tree.target();
        let found = self.fit.segment_index(responses, segments, self.level)?;
        let result = |(segment, found): (usize, &SegmentIndex)| {
            let estimate = self.estimate(&Statistic::SegmentIndex { segment, construct })?;
            Ok(SegmentResult {
                option: segment + 1,
                respondents: found.observations,
                index: estimate.estimate,
                standard_error: estimate.standard_error,
                lower: estimate.percentile.lower,
                upper: estimate.percentile.upper,
            })
        };
        found.iter().enumerate().map(result).collect()
    }
}

/// The option of each respondent, from 0, and how many there are.
fn segment_codes(tables: &SurveyTables, name: &str) -> Result<(Vec<usize>, usize)> {
    let questions = tables.responses().questionnaire().questions();
    let (question, options, answers) = choice("segments", name, questions, tables.all_answers())?;
    Ok((question.codes("segments", answers)?, options))
}
