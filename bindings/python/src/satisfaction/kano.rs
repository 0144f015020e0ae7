//! Kano's model of quality. A column of answers is `bytes`.

use crm_core::satisfaction::kano::{
    Fong, KanoAnswers, KanoCategory, KanoCounts, KanoImportance, KanoPosition, KanoProfile,
    KanoRules, KanoTally, tally,
};
use crm_core::units::Label;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::{MeanParts, RateParts};
use crate::buffers::{Floats, Indices, Whole, detached};
use crate::categories::member;
use crate::error::Result;
use crate::numbers::Number;

#[pyfunction]
pub(crate) fn kano_evaluate(functional: &str, dysfunctional: &str) -> Result<&'static str> {
    let functional = member("functional", functional)?;
    let dysfunctional = member("dysfunctional", dysfunctional)?;
    Ok(KanoCategory::of(functional, dysfunctional).name())
}

/// The codes of whole numbers by a table of those of 0 to 255; of others `other`.
#[pyfunction]
pub(crate) fn answer_codes<'py>(
    py: Python<'py>,
    values: Whole,
    table: &[u8],
    other: u8,
) -> Result<Bound<'py, PyBytes>> {
    let values = values.slice("answers")?;
    let code = |value: &i64| {
        let place = usize::try_from(*value).ok();
        place
            .and_then(|place| table.get(place))
            .copied()
            .unwrap_or(other)
    };
    let codes: Vec<u8> = detached(py, || Ok(values.iter().map(code).collect()))?;
    Ok(PyBytes::new(py, &codes))
}

/// How often each pair of answers was given.
#[pyclass(frozen, name = "KanoTally", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyKanoTally(KanoTally);

/// One tally for each segment.
#[pyfunction]
pub(crate) fn kano_tallies(
    py: Python<'_>,
    functional: &[u8],
    dysfunctional: &[u8],
    importance: Option<Floats>,
    segments: Option<Indices>,
    segment_count: usize,
) -> Result<Vec<PyKanoTally>> {
    let importance = importance.as_ref().map(|w| w.slice("importance"));
    let segments = segments.as_ref().map(|codes| codes.slice("segments"));
    let answers = KanoAnswers {
        functional,
        dysfunctional,
        importance: importance.transpose()?,
        segments: segments.transpose()?.map(|codes| (codes, segment_count)),
    };
    let tallies = detached(py, || tally(&answers))?;
    Ok(tallies.into_iter().map(PyKanoTally).collect())
}

#[derive(IntoPyObject)]
pub(crate) struct CountParts {
    must_be: u64,
    one_dimensional: u64,
    attractive: u64,
    indifferent: u64,
    reverse: u64,
    questionable: u64,
}

#[pymethods]
impl PyKanoTally {
    #[getter]
    fn missing(&self) -> u64 {
        self.0.missing
    }

    /// Respondents by functional (row) and dysfunctional answer (column).
    fn table(&self) -> Vec<Vec<u64>> {
        let respondents = |row: &[crm_core::satisfaction::kano::KanoCell; 5]| {
            row.iter().map(|cell| cell.respondents).collect()
        };
        self.0.cells.iter().map(respondents).collect()
    }

    fn counts(&self) -> CountParts {
        let counts = self.0.counts();
        CountParts {
            must_be: counts.must_be,
            one_dimensional: counts.one_dimensional,
            attractive: counts.attractive,
            indifferent: counts.indifferent,
            reverse: counts.reverse,
            questionable: counts.questionable,
        }
    }

    fn reversed(&self) -> Self {
        PyKanoTally(self.0.reversed())
    }

    fn add(&self, other: &Self) -> Self {
        let mut sum = self.0;
        sum.add(&other.0);
        PyKanoTally(sum)
    }

    fn position(&self, confidence: Number) -> Result<PositionParts> {
        let confidence = confidence.probability("confidence")?;
        Ok(self.0.position(confidence)?.into())
    }
}

#[derive(IntoPyObject)]
pub(crate) struct PositionParts {
    functional: MeanParts,
    dysfunctional: MeanParts,
    category: &'static str,
    importance: Option<ImportanceParts>,
}

impl From<KanoPosition> for PositionParts {
    fn from(position: KanoPosition) -> Self {
        PositionParts {
            functional: position.functional.into(),
            dysfunctional: position.dysfunctional.into(),
            category: position.category.name(),
            importance: position.importance.map(Into::into),
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct ImportanceParts {
    stated: MeanParts,
    unstated: u64,
    functional: MeanParts,
    dysfunctional: MeanParts,
    category: &'static str,
}

impl From<KanoImportance> for ImportanceParts {
    fn from(importance: KanoImportance) -> Self {
        ImportanceParts {
            stated: importance.stated.into(),
            unstated: importance.unstated,
            functional: importance.functional.into(),
            dysfunctional: importance.dysfunctional.into(),
            category: importance.category.name(),
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct FongParts {
    difference: u64,
    critical: f64,
    significant: bool,
    z: f64,
    p_value: f64,
}

impl From<Fong> for FongParts {
    fn from(fong: Fong) -> Self {
        FongParts {
            difference: fong.difference,
            critical: fong.critical,
            significant: fong.significant,
            z: fong.z,
            p_value: fong.p_value,
        }
    }
}

#[derive(IntoPyObject)]
pub(crate) struct ProfileParts {
    respondents: u64,
    category: &'static str,
    runner_up: &'static str,
    tied: u8,
    grouped_category: &'static str,
    category_strength: f64,
    category_strength_error: f64,
    blended: bool,
    total_strength: RateParts,
    fong: FongParts,
    better: RateParts,
    worse: RateParts,
    quadrant: Option<&'static str>,
}

impl From<KanoProfile> for ProfileParts {
    fn from(profile: KanoProfile) -> Self {
        ProfileParts {
            respondents: profile.respondents,
            category: profile.category.name(),
            runner_up: profile.runner_up.name(),
            tied: profile.tied,
            grouped_category: profile.grouped_category.name(),
            category_strength: profile.category_strength,
            category_strength_error: profile.category_strength_error,
            blended: profile.blended,
            total_strength: profile.total_strength.into(),
            fong: profile.fong.into(),
            better: profile.better.into(),
            worse: profile.worse.into(),
            quadrant: profile.quadrant.map(KanoCategory::name),
        }
    }
}

/// Of the counts of M, O, A, I, R, Q.
#[pyfunction]
pub(crate) fn kano_profile(
    counts: [u64; 6],
    confidence: Number,
    blend: Number,
    better_line: Number,
    worse_line: Number,
) -> Result<ProfileParts> {
    let [
        must_be,
        one_dimensional,
        attractive,
        indifferent,
        reverse,
        questionable,
    ] = counts;
    let counts = KanoCounts {
        must_be,
        one_dimensional,
        attractive,
        indifferent,
        reverse,
        questionable,
    };
    let rules = KanoRules {
        confidence: confidence.probability("confidence")?,
        blend: blend.share("blend")?,
        better_line: better_line.f64("better_line")?,
        worse_line: worse_line.f64("worse_line")?,
    };
    Ok(counts.profile(&rules)?.into())
}
