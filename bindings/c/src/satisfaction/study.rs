//! Satisfaction surveys in nine steps, from the definition of what is measured to what is done about it.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;
use std::sync::OnceLock;

use crm_core::satisfaction::process::{AnswerColumn, Fieldwork, StepRecord, Study, StudyRecord};
use crm_core::units::{Label, Language};
use crm_core::{Error, ErrorKind};
use serde_json::Value;

use crate::boundary::{Outcome, Output, OutputSlice, refuse, respond, slice, text, write_text};
use crate::categories::{crm_action_status, crm_language, crm_survey_step};
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;
use crate::survey::design::crm_draw;

/// A satisfaction survey at one of its nine steps, with what the earlier ones decided and gave. It does not change: the next step is
/// another handle, and any number of threads may use it.
pub struct crm_study {
    study: Study,
    columns: Vec<CString>,
    record: OnceLock<CString>,
    /// In each language.
    questionnaires: [OnceLock<CString>; 2],
    /// Of each step that was made.
    products: Vec<OnceLock<Shown>>,
}

/// A product, as it is shown.
struct Shown {
    value: Value,
    text: CString,
}

impl crm_study {
    fn new(study: Study) -> Outcome<Box<Self>> {
        let columns = study
            .questionnaire()
            .map(|of| of.columns().map(c_text).collect::<Outcome<_>>());
        let made = study.products().len();
        Ok(Box::new(crm_study {
            columns: columns.transpose()?.unwrap_or_default(),
            record: OnceLock::new(),
            questionnaires: [OnceLock::new(), OnceLock::new()],
            products: (0..made).map(|_| OnceLock::new()).collect(),
            study,
        }))
    }

    fn product(&self, step: MaybeUninit<crm_survey_step>) -> Outcome<&Shown> {
        let step = category::read("step", step)?;
        let absent = || {
            let error = Error::new(ErrorKind::NotFound, "step", "must have been made");
            error.with_value(step.name())
        };
        let place = self.products.get(step as usize).ok_or_else(absent)?;
        if let Some(shown) = place.get() {
            return Ok(shown);
        }
        let product = self.study.product(step).ok_or_else(absent)?;
        let value = serde_json::to_value(product).map_err(unreadable)?;
        let text = c_text(&value.to_string())?;
        Ok(place.get_or_init(|| Shown { value, text }))
    }

    fn at(&self, step: MaybeUninit<crm_survey_step>, pointer: &str) -> Outcome<&Value> {
        let found = self.product(step)?.value.pointer(pointer);
        found.ok_or_else(|| {
            let rule = "must lead to something in the product of the step";
            let error = Error::new(ErrorKind::NotFound, "pointer", rule);
            error.with_value(pointer).into()
        })
    }
}

fn c_text(text: &str) -> Outcome<CString> {
    CString::new(text).map_err(|_| refuse(ErrorKind::Unreadable, "study", "must not hold NUL"))
}

/// The text of this place, made when it is asked for first.
fn kept(
    place: &OnceLock<CString>,
    text: impl FnOnce() -> crm_core::Result<String>,
) -> Outcome<&CString> {
    if let Some(text) = place.get() {
        return Ok(text);
    }
    let text = c_text(&text()?)?;
    Ok(place.get_or_init(|| text))
}

fn unreadable(error: serde_json::Error) -> Error {
    let reason = format!("must be what a step of a survey takes ({error})");
    Error::new(ErrorKind::Unreadable, "json", reason)
}

/// A study from what is stored of it, `{"steps": [{"step": "define_indicators", …}, …]}`: what was decided and answered in each step, from the
/// first one on. What was computed is computed again, to the same bits. A new study has the first step alone:
///
///     {"steps": [{"step": "define_indicators", "title": {"en": "Spring", "zh": "春季"}, "target": "satisfaction",
///                 "model": {…}}]}
///
/// with a model as of crm_structural_model_json. `CRM_STATUS_UNREADABLE` for other texts; `CRM_STATUS_ILLEGAL_TRANSITION` for steps that are not
/// one after the other; the errors of the steps, whose rows are rows of what a step was given.
///
/// @param study receives the handle; give it back to crm_study_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_new(
    json: *const c_char,
    study: *mut Option<Box<crm_study>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("study", study)?;
        let record: StudyRecord = serde_json::from_str(text("json", json)?).map_err(unreadable)?;
        out.write(Some(crm_study::new(Study::replay(record)?)?));
        Ok(())
    })
}

/// The study one step further. What a step takes, with what may be left out in brackets:
///
///     {"step": "define_population", "description": {"en": …, "zh": …}, ["source": {…}, "units": 12000,
///      "strata": [{"name": "a", "units": 600, ["label": {…}, "deviation": 1, "cost": 1]}, …],
///      "clusters": [{"name": "north", "units": 600}, …]]}
///     {"step": "design_sample", "target": {"mean": 20} or {"proportion": 0.5}, "margin": 2, ["confidence": 0.95,
///      "response_rate": 1, "design_effect": 1, "each_stratum": false,
///      "selection": "simple_random" or "systematic" or {"stratified": "proportional" or "neyman" or "optimum"},
///      "seed": 0]}
///     {"step": "design_questionnaire", ["introduction": {…}, "texts": {"q1": {"en": …, "zh": …}, …},
///      "more": [{"name": …, "text": {…}, "kind": {"rating": [1, 10]} or {"choice": [{…}, {…}]} or "open"}, …]]}
///     {"step": "tabulate", ["out_of_scale": "refuse" or "missing", "most_missing": 0.5, "straight_lining": false,
///      "rake": [{"question": …, "targets": [30, 70]}, …]]}
///     {"step": "compute_index", "resampling": {"resamples": 5000, "seed": 1}, ["confidence": 0.95,
///      "segments": …, "options": {"missing": "mean", …}]}
///     {"step": "report", ["aim": 75, "earlier": {"index": 72, "standard_error": 0.8},
///      "importance_cut": "mean" or "median" or {"at": 0.3}, "performance_cut": …]}
///     {"step": "improve", "actions": [{"construct": "quality", "what": {…}, "rise": 5, ["owner": …,
///      "due": "2026-06-30", "cost": 1000, "status": "planned" or "in_progress" or "done" or "dropped"]}, …]}
///
/// For the survey itself crm_study_survey_new is at hand. `CRM_STATUS_ILLEGAL_TRANSITION` for another step than the next one.
///
/// @param study the study, which stays as it is
/// @param next receives the handle; give it back to crm_study_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_advance_new(
    study: *const crm_study,
    json: *const c_char,
    next: *mut Option<Box<crm_study>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("next", next)?;
        let study = borrow("study", study)?.study.clone();
        let record: StepRecord = serde_json::from_str(text("json", json)?).map_err(unreadable)?;
        out.write(Some(crm_study::new(study.advance(record)?)?));
        Ok(())
    })
}

/// The study after its survey (step 5), from columns of answers.
///
/// @param study a study whose questionnaire is designed; it stays as it is
/// @param json what became of those invited: `{"outcomes": {"complete": 250, ["partial": 3, "refusal": 40, "non_contact": 80, "other": 1,
///             "unknown": 12, "ineligible": 5]}, ["first_day": "2026-03-02", "last_day": "2026-03-20"]}`; complete and partial
///             answers together are the rows
/// @param columns answers to each question, in the order of crm_study_column; NaN is a missing one; a choice is the number of its option, from 1
/// @param count how many columns there are
/// @param rows how many respondents there are
/// @param strata of a stratified sample, the stratum of each respondent, counted from 0; may be NULL for any other
/// @param clusters of a sample of clusters, the cluster of each respondent, counted from 0; may be NULL for any other
/// @param next receives the handle; give it back to crm_study_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_survey_new(
    study: *const crm_study,
    json: *const c_char,
    columns: *const *const f64,
    count: usize,
    rows: usize,
    strata: *const usize,
    clusters: *const usize,
    next: *mut Option<Box<crm_study>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("next", next)?;
        let study = &borrow("study", study)?.study;
        let json = text("json", json)?;
        let columns: Vec<&[f64]> = slice("columns", columns, count)?
            .iter()
            .map(|column| slice("columns", *column, rows))
            .collect::<Outcome<_>>()?;
        let strata = parts("strata", strata, rows)?;
        let clusters = parts("clusters", clusters, rows)?;
        let mut field: Fieldwork = serde_json::from_str(json).map_err(unreadable)?;
        let names: Vec<&str> = study
            .questionnaire()
            .map_or(Vec::new(), |of| of.columns().collect());
        if count != names.len() {
            return Err(Error::length("columns", count, names.len()).into());
        }
        let answers = names.into_iter().zip(columns);
        field.answers = answers
            .map(|(name, column)| (name.to_owned(), AnswerColumn(column.to_vec())))
            .collect();
        field.strata = strata;
        field.clusters = clusters;
        let next = study.clone().advance(StepRecord::Survey(field))?;
        out.write(Some(crm_study::new(next)?));
        Ok(())
    })
}

/// Parts of the frame, of which there are none if the pointer is NULL.
///
/// # Safety
/// As [`slice`], or NULL.
unsafe fn parts(argument: &'static str, pointer: *const usize, rows: usize) -> Outcome<Vec<usize>> {
    if pointer.is_null() {
        return Ok(Vec::new());
    }
    // SAFETY: as the caller vouches.
    Ok(unsafe { slice(argument, pointer, rows)? }.to_vec())
}

/// The last step that was made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_step(
    study: *const crm_study,
    out: *mut crm_survey_step,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let step = borrow("study", study)?.study.step();
        Output::new("out", out)?.write(category::write::<crm_survey_step>(step)?);
        Ok(())
    })
}

/// The study as it is stored, which crm_study_new reads back; the text lives as long as the study.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_json(
    study: *const crm_study,
    out: *mut *const c_char,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let study = borrow("study", study)?;
        let out = Output::new("out", out)?;
        let json = || serde_json::to_string(&study.study.record()).map_err(unreadable);
        out.write(kept(&study.record, json)?.as_ptr());
        Ok(())
    })
}

/// What a step gave, as JSON; the text lives as long as the study. `CRM_STATUS_NOT_FOUND` for a step that is still to come.
///
/// - define_indicators: `title`, `model`, `target`
/// - define_population: `description`, `source`, `units`, `strata`, `clusters`
/// - design_sample: `required` {answers, invitations}, `invitations`, `answers`, `margin`, `allocation`
/// - design_questionnaire: `questions`
/// - survey: `rows`, `outcomes`, `rates` {response, response_with_partials, cooperation, refusal, contact}
/// - tabulate: `respondents`, `exclusions`, `weighting`, `questions` (means, shares of answers), `scales` (reliability)
/// - compute_index: `rows`, `resamples`, `dropped`, `constructs`, `paths`, `drivers`, `segments`
/// - report: `index`, `lower`, `upper`, `planned_margin`, `invitations`, `rates`, `respondents`, `aim`, `reaches_aim`, `change`,
///   `importance_cut`, `performance_cut`, `drivers` (most urgent first, with `quadrant` and `potential`)
/// - improve: `actions` (with `quadrant`, `gain`, `gain_per_cost`), `gain`, `expected_index`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_product(
    study: *const crm_study,
    step: MaybeUninit<crm_survey_step>,
    out: *mut *const c_char,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let study = borrow("study", study)?;
        let out = Output::new("out", out)?;
        out.write(study.product(step)?.text.as_ptr());
        Ok(())
    })
}

/// A number in what a step gave; NaN where there is none (null), 1 and 0 for true and false.
///
/// @param pointer where it stands, as a JSON pointer (RFC 6901): `/constructs/3/index`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_number(
    study: *const crm_study,
    step: MaybeUninit<crm_survey_step>,
    pointer: *const c_char,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let study = borrow("study", study)?;
        let pointer = text("pointer", pointer)?;
        let out = Output::new("out", out)?;
        let number = match study.at(step, pointer)? {
            Value::Null => Some(f64::NAN),
            Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
            value => value.as_f64(),
        };
        out.write(number.ok_or_else(|| wrong_type("a number", pointer))?);
        Ok(())
    })
}

/// A text in what a step gave, such as the name of a driver or its quadrant.
///
/// @param pointer where it stands, as a JSON pointer: `/drivers/0/construct`
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_text(
    study: *const crm_study,
    step: MaybeUninit<crm_survey_step>,
    pointer: *const c_char,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let study = borrow("study", study)?;
        let pointer = text("pointer", pointer)?;
        OutputSlice::new("buffer", buffer, capacity)?;
        let found = study.at(step, pointer)?.as_str();
        let found = found.ok_or_else(|| wrong_type("a text", pointer))?;
        write_text(found, buffer, capacity)
    })
}

fn wrong_type(what: &str, pointer: &str) -> Error {
    let rule = format!("must lead to {what}");
    Error::new(ErrorKind::WrongType, "pointer", rule).with_value(pointer)
}

/// How many columns of answers the questionnaire has; 0 before there is one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_columns(study: *const crm_study, out: *mut usize) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let columns = borrow("study", study)?.columns.len();
        Output::new("out", out)?.write(columns);
        Ok(())
    })
}

/// The name of a column of answers; it lives as long as the study.
///
/// @param column its place, from 0
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_column(
    study: *const crm_study,
    column: usize,
    out: *mut *const c_char,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let columns = &borrow("study", study)?.columns;
        let out = Output::new("out", out)?;
        let name = columns.get(column).ok_or_else(|| {
            let rule = format!("must be below {}", columns.len());
            Error::new(ErrorKind::NotFound, "column", rule).with_value(column)
        })?;
        out.write(name.as_ptr());
        Ok(())
    })
}

/// The questionnaire in Markdown, to print or to type into a tool; the text lives as long as the study. `CRM_STATUS_NOT_FOUND` before
/// there is one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_questionnaire(
    study: *const crm_study,
    language: MaybeUninit<crm_language>,
    out: *mut *const c_char,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let study = borrow("study", study)?;
        let language = category::read("language", language)?;
        let out = Output::new("out", out)?;
        let found = study.study.questionnaire().ok_or_else(|| {
            let rule = "must have a questionnaire";
            Error::new(ErrorKind::NotFound, "study", rule)
        })?;
        let [en, zh] = &study.questionnaires;
        let place = match language {
            Language::En => en,
            Language::Zh => zh,
        };
        out.write(kept(place, || Ok(found.text(language)))?.as_ptr());
        Ok(())
    })
}

/// Draws who is invited, by the plan of the sample. `CRM_STATUS_NOT_FOUND` before there is one, `CRM_STATUS_MISSING` for a population of
/// unknown size.
///
/// @param draw receives the handle; give it back to crm_draw_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_draw_new(
    study: *const crm_study,
    draw: *mut Option<Box<crm_draw>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("draw", draw)?;
        let study = &borrow("study", study)?.study;
        let plan = study.plan().ok_or_else(|| {
            let rule = "must have a plan of its sample";
            Error::new(ErrorKind::NotFound, "study", rule)
        })?;
        out.write(Some(Box::new(crm_draw(plan.draw()?))));
        Ok(())
    })
}

/// The study with another status of one of its actions. `CRM_STATUS_ILLEGAL_TRANSITION` for a study without actions.
///
/// @param study the study, which stays as it is
/// @param action its place among the actions as they were given, from 0
/// @param changed receives the handle; give it back to crm_study_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_with_status_new(
    study: *const crm_study,
    action: usize,
    status: MaybeUninit<crm_action_status>,
    changed: *mut Option<Box<crm_study>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("changed", changed)?;
        let study = borrow("study", study)?.study.clone();
        let status = category::read("status", status)?;
        out.write(Some(crm_study::new(study.with_status(action, status)?)?));
        Ok(())
    })
}

/// Compares what the actions of a study were expected to bring with what the next one found, as JSON: `expected` and `change` of the
/// index, and of each construct under `constructs`. `CRM_STATUS_ILLEGAL_TRANSITION` for a study without actions, or a next one without index.
///
/// @param next a later study, of other respondents
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_study_follow_up(
    study: *const crm_study,
    next: *const crm_study,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let study = &borrow("study", study)?.study;
        let next = &borrow("next", next)?.study;
        OutputSlice::new("buffer", buffer, capacity)?;
        let followed = study.follow_up(next)?;
        let json = serde_json::to_string(&followed).map_err(unreadable)?;
        write_text(&json, buffer, capacity)
    })
}

/// Frees a study; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_study_free(study: Option<Box<crm_study>>) {
    free(study);
}
