//! `crm_core.service`: complaints, early warning, winning customers back.

use crm_core::satisfaction::estimate::RateEstimate;
use crm_core::service::complaint::{
    Complaint, ComplaintAction, Deadlines, TRANSITIONS, complaint_statistics,
};
use crm_core::service::warning::{LogisticModel, calibration, fit_logistic, recalibrate};
use crm_core::service::win_back::{
    LossCause, LossLimits, LossSegment, WinBackCandidate, loss_status, win_back_ranking,
};
use crm_core::units::{Label, Language, Moment};
use crm_core::{Error, ErrorKind};
use crm_core_arrow::{NewColumn, NewTable, NewValues};
use pyo3::prelude::*;

use crate::buffers::{Floats, Numbers, detached};
use crate::categories::member;
use crate::error::Result;
use crate::numbers::Number;
use crate::tables::OutTable;

pub(crate) fn moment(argument: &'static str, seconds: i64) -> crm_core::Result<Moment> {
    Moment::from_seconds(seconds).map_err(|error| error.named(argument))
}

pub(crate) fn slices<'a>(
    argument: &'static str,
    columns: &'a [Floats],
) -> crm_core::Result<Vec<&'a [f64]>> {
    columns
        .iter()
        .map(|column| column.slice(argument))
        .collect()
}

/// Flags that the package gives as bytes of 0 and 1.
pub(crate) fn truths(flags: &[u8]) -> Vec<bool> {
    flags.iter().map(|&flag| flag != 0).collect()
}

/// One complaint: its JSON is what the package keeps and pickles.
#[pyclass(frozen, name = "Complaint", module = "crm_core._core")]
#[derive(Debug)]
pub(crate) struct PyComplaint(Complaint);

#[pymethods]
impl PyComplaint {
    #[staticmethod]
    fn received(at: i64) -> Result<Self> {
        Ok(PyComplaint(Complaint::received(moment("received", at)?)))
    }

    #[staticmethod]
    fn from_json(text: &str) -> Result<Self> {
        let read = serde_json::from_str(text).map_err(|error| {
            let reason = format!("must be a complaint: {error}");
            Error::new(ErrorKind::Unreadable, "text", reason)
        });
        Ok(PyComplaint(read?))
    }

    fn to_json(&self) -> Result<String> {
        Ok(serde_json::to_string(&self.0)
            .map_err(|error| Error::new(ErrorKind::Unreadable, "complaint", error.to_string()))?)
    }

    fn apply(&self, action: &str, at: i64, text: Option<&str>) -> Result<Self> {
        let mut made = self.0.clone();
        let action: ComplaintAction = member("action", action)?;
        made.apply(action, moment("at", at)?, text)?;
        Ok(PyComplaint(made))
    }

    fn received_at(&self) -> i64 {
        self.0.received_at().seconds()
    }

    /// Seconds, action, step, text of each.
    fn entries(&self) -> Vec<(i64, &'static str, &'static str, Option<&str>)> {
        let entries = self.0.entries().iter();
        entries
            .map(|e| {
                let text = e.text.as_deref();
                (e.at.seconds(), e.action.name(), e.step.name(), text)
            })
            .collect()
    }

    fn step(&self) -> &'static str {
        self.0.step().name()
    }

    fn outcome(&self) -> Option<&'static str> {
        self.0.outcome().map(Label::name)
    }

    fn seconds_at_steps(&self, until: i64) -> Result<Vec<i64>> {
        Ok(self.0.seconds_at_steps(moment("until", until)?)?.to_vec())
    }

    /// Step, due, seconds of each.
    fn missed_deadlines(
        &self,
        now: i64,
        deadlines: Vec<(String, u32)>,
    ) -> Result<Vec<(&'static str, i64, i64)>> {
        let missed = self
            .0
            .missed_deadlines(moment("now", now)?, &limits(&deadlines)?);
        let each = missed.iter();
        Ok(each
            .map(|late| (late.step.name(), late.due.seconds(), late.seconds))
            .collect())
    }

    fn overdue(&self, now: i64, deadlines: Vec<(String, u32)>) -> Result<i64> {
        let late = self.0.overdue(moment("now", now)?, &limits(&deadlines)?);
        Ok(late.map_or(0, |late| late.seconds))
    }
}

fn limits(deadlines: &[(String, u32)]) -> crm_core::Result<Deadlines> {
    let mut limits = Deadlines::default();
    for (step, seconds) in deadlines {
        limits = limits.with(member("deadlines", step)?, *seconds);
    }
    Ok(limits)
}

/// From, action, to of every legal move.
#[pyfunction]
pub(crate) fn complaint_transitions() -> Vec<(&'static str, &'static str, &'static str)> {
    TRANSITIONS
        .iter()
        .map(|t| (t.from.name(), t.action.name(), t.to.name()))
        .collect()
}

/// Count, base, rate, standard error, lower, upper.
type Rate = (u64, u64, f64, f64, f64, f64);

fn rate(found: RateEstimate) -> Rate {
    (
        found.count,
        found.base,
        found.rate,
        found.standard_error,
        found.lower,
        found.upper,
    )
}

#[derive(IntoPyObject)]
pub(crate) struct ComplaintTotals {
    received: u64,
    open: u64,
    at_step: Vec<u64>,
    overdue: u64,
    per_customer: Option<f64>,
    /// Founded, accepted, resolved, escalated, in time.
    rates: Vec<Rate>,
    /// Mean, median, ninth decile.
    days: Vec<f64>,
    median_of_all: Option<f64>,
}

#[pyfunction]
pub(crate) fn complaint_totals(
    complaints: Vec<PyRef<'_, PyComplaint>>,
    now: i64,
    deadlines: Vec<(String, u32)>,
    customers: Option<u64>,
    confidence: Number,
) -> Result<ComplaintTotals> {
    let complaints: Vec<Complaint> = complaints.iter().map(|each| each.0.clone()).collect();
    let found = complaint_statistics(
        &complaints,
        moment("now", now)?,
        &limits(&deadlines)?,
        customers,
        confidence.probability("confidence")?,
    )?;
    let times = found.resolution;
    Ok(ComplaintTotals {
        received: found.received,
        open: found.open,
        at_step: found.at_step.to_vec(),
        overdue: found.overdue,
        per_customer: found.per_customer,
        rates: [
            found.founded,
            found.accepted,
            found.resolved,
            found.escalated,
            found.in_time,
        ]
        .map(rate)
        .to_vec(),
        days: vec![times.mean, times.median, times.ninth_decile],
        median_of_all: times.median_of_all,
    })
}

#[pyfunction]
pub(crate) fn loss_status_of(
    p_alive: f64,
    cause: Option<&str>,
    lost_below: f64,
    active_from: f64,
) -> Result<&'static str> {
    let cause = cause
        .map(|name| member::<LossCause>("cause", name))
        .transpose()?;
    let limits = LossLimits {
        lost_below,
        active_from,
    };
    Ok(loss_status(p_alive, cause, limits)?.name())
}

#[pyfunction]
pub(crate) fn loss_cause_segment(cause: &str) -> Result<&'static str> {
    Ok(member::<LossCause>("cause", cause)?.segment().name())
}

#[pyfunction]
pub(crate) fn loss_segment_measure(segment: &str, language: &str) -> Result<&'static str> {
    let segment: LossSegment = member("segment", segment)?;
    Ok(segment.measure(member::<Language>("language", language)?))
}

/// Row, worth, cumulative cost, cumulative worth of each candidate.
#[pyfunction]
pub(crate) fn win_back_order(
    py: Python<'_>,
    second_lifetime_value: Floats,
    success: Floats,
    cost: Floats,
    budget: Option<f64>,
) -> Result<OutTable> {
    let value = second_lifetime_value.slice("second_lifetime_value")?;
    let (success, cost) = (success.slice("success")?, cost.slice("cost")?);
    detached(py, || {
        let found = win_back_ranking(value, success, cost, budget)?;
        let row = |c: &WinBackCandidate| i64::try_from(c.row).unwrap_or(i64::MAX);
        let floats = |name, of: fn(&WinBackCandidate) -> f64| {
            NewColumn::new(name, NewValues::Floats(found.iter().map(of).collect()))
        };
        NewTable::new(vec![
            NewColumn::new("row", NewValues::Integers(found.iter().map(row).collect())),
            floats("worth", |c| c.worth),
            floats("cumulative_cost", |c| c.cumulative_cost),
            floats("cumulative_worth", |c| c.cumulative_worth),
        ])
    })
    .map(OutTable::from)
}

/// The JSON of a fitted model.
#[pyfunction]
pub(crate) fn logistic_fit(
    py: Python<'_>,
    indicators: Vec<Floats>,
    lost: Vec<u8>,
    penalty: f64,
) -> Result<String> {
    let columns = slices("indicators", &indicators)?;
    let lost = truths(&lost);
    let model = detached(py, || fit_logistic(&columns, &lost, penalty))?;
    Ok(serde_json::to_string(&model).map_err(not_a_model)?)
}

fn not_a_model(error: serde_json::Error) -> Error {
    let reason = format!("must be a logistic model: {error}");
    Error::new(ErrorKind::Unreadable, "model", reason)
}

#[pyfunction]
pub(crate) fn logistic_predict(
    py: Python<'_>,
    model: &str,
    indicators: Vec<Floats>,
) -> Result<Numbers> {
    let model: LogisticModel = serde_json::from_str(model).map_err(not_a_model)?;
    let columns = slices("indicators", &indicators)?;
    detached(py, || model.predict(&columns)).map(Numbers::from)
}

#[derive(IntoPyObject)]
pub(crate) struct CalibrationParts {
    brier_score: f64,
    log_loss: f64,
    area_under_curve: f64,
    expected_error: f64,
    /// Mean probability, and the share that was lost.
    bins: Vec<(f64, Rate)>,
}

#[pyfunction]
pub(crate) fn calibration_of(
    predicted: Floats,
    lost: Vec<u8>,
    bins: usize,
    confidence: Number,
) -> Result<CalibrationParts> {
    let confidence = confidence.probability("confidence")?;
    let found = calibration(
        predicted.slice("predicted")?,
        &truths(&lost),
        bins,
        confidence,
    )?;
    Ok(CalibrationParts {
        brier_score: found.brier_score,
        log_loss: found.log_loss,
        area_under_curve: found.area_under_curve,
        expected_error: found.expected_error,
        bins: found
            .bins
            .iter()
            .map(|bin| (bin.predicted, rate(bin.lost)))
            .collect(),
    })
}

/// Intercept and slope.
#[pyfunction]
pub(crate) fn recalibration(predicted: Floats, lost: Vec<u8>) -> Result<(f64, f64)> {
    let found = recalibrate(predicted.slice("predicted")?, &truths(&lost))?;
    Ok((found.intercept, found.slope))
}
