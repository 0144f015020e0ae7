//! Structural models.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;

use crm_core::satisfaction::structural::presets::{self, CcsiOptions, EcsiOptions, Preset};
use crm_core::satisfaction::structural::{
    Construct, Indicator, ModelBuilder, Path, StructuralModel, SurveySimulation,
};
use crm_core::{Error, ErrorKind};

use crate::boundary::{Outcome, Output, OutputSlice, respond, text};
use crate::categories::crm_index_preset;
use crate::category;
use crate::handle::{borrow, free, output};
use crate::ledger::flag;
use crate::status::crm_status;

/// A structural model, checked. It does not change: any number of threads may use it.
pub struct crm_structural_model {
    pub(super) model: StructuralModel,
    json: CString,
    text: CString,
    constructs: Vec<CString>,
    indicators: Vec<CString>,
}

impl crm_structural_model {
    pub(super) fn new(model: StructuralModel) -> Outcome<Box<Self>> {
        let json = serde_json::to_string(&model).map_err(unreadable)?;
        Ok(Box::new(crm_structural_model {
            json: c_text(&json)?,
            text: c_text(&model.to_string())?,
            constructs: c_texts(model.constructs().iter().map(Construct::name))?,
            indicators: c_texts(model.questions().map(Indicator::name))?,
            model,
        }))
    }
}

fn c_texts<'a>(texts: impl Iterator<Item = &'a str>) -> Outcome<Vec<CString>> {
    texts.map(c_text).collect()
}

fn c_text(text: &str) -> Outcome<CString> {
    let rule = "must not hold NUL";
    CString::new(text).map_err(|_| Error::new(ErrorKind::Unreadable, "model", rule).into())
}

fn unreadable(error: serde_json::Error) -> Error {
    let reason = format!("must be a structural model ({error})");
    Error::new(ErrorKind::Unreadable, "model", reason)
}

/// A model as a small readable text:
///
///     quality =~ q1 + q2 + q3
///     satisfaction "Satisfaction" "满意度" =~ s1 + s2
///     complaints =~ complained [0 1]
///     satisfaction ~ quality
///     complaints ~ - satisfaction
///
/// `=~` says what measures a construct (mode A), `<~` what forms it (mode B), `~` what drives it; a sign before a driver
/// is the sign that its path is expected to have (+, -, ? for either). After a name may stand what people call it or what
/// was asked, in English and then in Chinese, and after that of an indicator the limits of its scale; `scale [1 7]` in a
/// line of its own gives them for all indicators after it, which else are 1 and 10.
///
/// An indicator that is called like another construct means that construct: `satisfaction =~ quality + service` makes a construct
/// of constructs (crm_pls_options tells how it is fitted), of which only it may have paths.
///
/// `CRM_STATUS_UNREADABLE` with the token and its line as value. Of a model that cannot be, with the name as value:
/// `CRM_STATUS_EMPTY` without paths or without indicators of a construct; `CRM_STATUS_NOT_FOUND` for a path between
/// unknown constructs; `CRM_STATUS_OUT_OF_RANGE` for a name or an indicator that comes twice, a construct without a path,
/// and paths that lead back to where they start.
///
/// @param model receives the handle; give it back to crm_structural_model_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_structural_model_new(
    written: *const c_char,
    model: *mut Option<Box<crm_structural_model>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let made = text("written", written)?.parse()?;
        out.write(Some(crm_structural_model::new(made)?));
        Ok(())
    })
}

/// A model as JSON:
///
///     {"constructs": [{"name": "quality", "mode": "a", "label": {"en": "Quality", "zh": "质量"},
///                      "indicators": ["q1", {"name": "q2", "question": {"en": "…", "zh": "…"}, "scale": [1, 10]}]}],
///      "paths": [{"from": "quality", "to": "satisfaction", "sign": "positive"}]}
///
/// Modes, labels, questions, scales and signs may be left out. Errors as of crm_structural_model_new.
///
/// @param model receives the handle; give it back to crm_structural_model_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_structural_model_from_json_new(
    json: *const c_char,
    model: *mut Option<Box<crm_structural_model>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let written: ModelBuilder =
            serde_json::from_str(text("json", json)?).map_err(unreadable)?;
        out.write(Some(crm_structural_model::new(written.build()?)?));
        Ok(())
    })
}

/// A ready model: SCSB (Fornell 1992), ACSI (Fornell et al. 1996), ECSI (Tenenhaus et al. 2005), CCSI (GB/T 19038-2009).
/// crm_structural_model_text shows its questions and the names of its indicators.
///
/// @param complaints 1 adds complaints to ECSI and CCSI; the others have them anyhow
/// @param two_qualities 1 takes the quality of products and of service as two constructs in ECSI; the others ignore it
/// @param model receives the handle; give it back to crm_structural_model_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_structural_model_preset_new(
    preset: MaybeUninit<crm_index_preset>,
    complaints: i32,
    two_qualities: i32,
    model: *mut Option<Box<crm_structural_model>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("model", model)?;
        let complaints = flag("complaints", complaints)?;
        let two_qualities = flag("two_qualities", two_qualities)?;
        let made = match category::read("preset", preset)? {
            Preset::Scsb => presets::scsb(),
            Preset::Acsi => presets::acsi(),
            Preset::Ecsi => presets::ecsi(EcsiOptions {
                complaints,
                two_qualities,
            }),
            Preset::Ccsi => presets::ccsi(CcsiOptions { complaints }),
        };
        out.write(Some(crm_structural_model::new(made)?));
        Ok(())
    })
}

/// The model as text, which crm_structural_model_new reads back; it lives as long as the model.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_structural_model_text(
    model: *const crm_structural_model,
    out: *mut *const c_char,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?;
        Output::new("out", out)?.write(model.text.as_ptr());
        Ok(())
    })
}

/// The model as JSON, which crm_structural_model_from_json_new reads back; it lives as long as the model.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_structural_model_json(
    model: *const crm_structural_model,
    out: *mut *const c_char,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?;
        Output::new("out", out)?.write(model.json.as_ptr());
        Ok(())
    })
}

/// How many constructs, indicators and paths a model has.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct crm_structural_size {
    /// Constructs.
    pub constructs: usize,
    /// Indicators of all constructs.
    pub indicators: usize,
    /// Paths.
    pub paths: usize,
}

/// How many constructs, indicators and paths the model has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_structural_model_size(
    model: *const crm_structural_model,
    out: *mut crm_structural_size,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?;
        Output::new("out", out)?.write(crm_structural_size {
            constructs: model.constructs.len(),
            indicators: model.indicators.len(),
            paths: model.model.paths().len(),
        });
        Ok(())
    })
}

/// The name of a construct; it lives as long as the model.
///
/// @param construct its place, from 0
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_structural_model_construct(
    model: *const crm_structural_model,
    construct: usize,
    out: *mut *const c_char,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?;
        let out = Output::new("out", out)?;
        out.write(named("construct", &model.constructs, construct)?.as_ptr());
        Ok(())
    })
}

/// The name of an indicator; it lives as long as the model. Indicators are counted construct by construct.
///
/// @param indicator its place, from 0
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_structural_model_indicator(
    model: *const crm_structural_model,
    indicator: usize,
    out: *mut *const c_char,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?;
        let out = Output::new("out", out)?;
        out.write(named("indicator", &model.indicators, indicator)?.as_ptr());
        Ok(())
    })
}

/// An arrow between two constructs, by their places.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct crm_structural_path {
    /// Place of the driver.
    pub from: usize,
    /// Place of the construct that it drives.
    pub to: usize,
}

impl From<&Path> for crm_structural_path {
    fn from(path: &Path) -> Self {
        crm_structural_path {
            from: path.from,
            to: path.to,
        }
    }
}

/// The paths of the model.
///
/// @param paths how many there are
/// @param out receives one arrow for each path
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_structural_model_paths(
    model: *const crm_structural_model,
    paths: usize,
    out: *mut crm_structural_path,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?;
        let out = OutputSlice::new("out", out, paths)?;
        let paths: Vec<crm_structural_path> = model.model.paths().iter().map(Into::into).collect();
        out.write("out", &paths)
    })
}

/// Answers of a simulated survey with known paths and loadings: every path is 0.8 / the number of drivers of its construct,
/// negative where that is expected, and 0 where either sign may be; loadings are 0.85, also of components on their
/// wholes, and 1 of a single item; answers are whole numbers on their scales. The same
/// arguments give the same bits, on any machine.
///
/// @param seed of the random numbers
/// @param missing probability that an answer is missing (NaN), from 0 to 1
/// @param out receives one column of `respondents` answers for each indicator, one after the other
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_structural_model_simulate(
    model: *const crm_structural_model,
    respondents: u32,
    seed: u64,
    missing: f64,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let model = borrow("model", model)?;
        let answers = model.indicators.len().saturating_mul(respondents as usize);
        let out = OutputSlice::new("out", out, answers)?;
        let survey = SurveySimulation {
            respondents,
            seed,
            missing,
            ..SurveySimulation::new(model.model.clone())
        };
        out.write("out", &survey.run()?.concat())
    })
}

/// Frees a model; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_structural_model_free(model: Option<Box<crm_structural_model>>) {
    free(model);
}

fn named<'a>(argument: &'static str, names: &'a [CString], place: usize) -> Outcome<&'a CString> {
    names.get(place).ok_or_else(|| {
        let rule = format!("must be below {}", names.len());
        let error = Error::new(ErrorKind::NotFound, argument, rule);
        error.with_value(place).into()
    })
}
