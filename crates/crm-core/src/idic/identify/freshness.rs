use serde::{Deserialize, Serialize};

use super::records::Records;
use super::schema::Schema;
use crate::error::{Error, ErrorKind, Result};
use crate::units::{Label, Moment, Terms};

/// 2^(−age/half-life): the probability that a value still holds, if half of all change within a half-life. Both in the same unit.
///
/// ```
/// use crm_core::idic::identify::freshness;
///
/// assert_eq!(freshness(730.0, 365.0)?, 0.25);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::OutOfRange`] for an age below 0, or a half-life that is not above 0; [`ErrorKind::NotFinite`] for NaN and infinity.
pub fn freshness(age: f64, half_life: f64) -> Result<f64> {
    for (argument, value) in [("age", age), ("half_life", half_life)] {
        if !value.is_finite() {
            return Err(Error::not_finite(argument, value));
        }
    }
    if age < 0.0 {
        let error = Error::new(ErrorKind::OutOfRange, "age", "must be 0 or more");
        return Err(error.with_value(age));
    }
    if half_life <= 0.0 {
        let error = Error::new(ErrorKind::OutOfRange, "half_life", "must be greater than 0");
        return Err(error.with_value(half_life));
    }
    Ok(libm::exp2(-age / half_life))
}

/// What is to be done about a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum FieldVerdict {
    /// It is filled, tells customers apart, and is fresh enough.
    Useful = 0,
    /// Its values are too old: ask for them again.
    Stale = 1,
    /// Hardly any record has a value, or all have the same: collect it, or leave it out.
    Useless = 2,
}

impl Label for FieldVerdict {
    const ALL: &'static [Self] = &[
        FieldVerdict::Useful,
        FieldVerdict::Stale,
        FieldVerdict::Useless,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            FieldVerdict::Useful => ("useful", "useful", "有用"),
            FieldVerdict::Stale => ("stale", "stale", "过时"),
            FieldVerdict::Useless => ("useless", "useless", "无用"),
        };
        Terms { name, en, zh }
    }
}

/// From where on a field is stale or useless.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct QualityLimits {
    /// A field whose values have a lower mean freshness is stale. (default 0.5)
    pub least_freshness: f64,
    /// A field that a smaller share of the records has is useless. (default 0.05)
    pub least_filled: f64,
}

impl Default for QualityLimits {
    fn default() -> Self {
        QualityLimits {
            least_freshness: 0.5,
            least_filled: 0.05,
        }
    }
}

/// How good the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FieldQuality {
    /// Its place in the schema.
    pub field: usize,
    /// The share of the records that have a value.
    pub filled: f64,
    /// The share of the values that could not be read as what the field holds.
    pub unreadable: f64,
    /// How many different values there are.
    pub different: usize,
    /// The mean freshness of its values; `None` without times, a half-life or values.
    pub freshness: Option<f64>,
    /// What follows.
    pub verdict: FieldVerdict,
}

/// How good the values of each field are, the most important fields first; of those alike in the order of the schema. `times` says when
/// each record was made.
///
/// # Errors
/// [`ErrorKind::LengthMismatch`] unless the schema is that of the records, and there is a time for each of them;
/// [`ErrorKind::OutOfRange`] for a time after `now`, or limits outside [0, 1].
pub fn field_quality(
    schema: &Schema,
    records: &Records,
    times: Option<&[Moment]>,
    now: Moment,
    limits: QualityLimits,
) -> Result<Vec<FieldQuality>> {
    check(schema, records, times, now, limits)?;
    let mut qualities: Vec<FieldQuality> = (0..records.fields())
        .map(|field| quality(records, field, times, now, limits))
        .collect();
    let importance = |quality: &FieldQuality| {
        let field = schema.fields().get(quality.field);
        field.map_or(0.0, |field| field.importance)
    };
    qualities.sort_by(|a, b| importance(b).total_cmp(&importance(a)));
    Ok(qualities)
}

fn check(
    schema: &Schema,
    records: &Records,
    times: Option<&[Moment]>,
    now: Moment,
    limits: QualityLimits,
) -> Result<()> {
    if schema.fields().len() != records.fields() {
        let fields = schema.fields().len();
        return Err(Error::length("records", records.fields(), fields));
    }
    let limits = [
        ("least_freshness", limits.least_freshness),
        ("least_filled", limits.least_filled),
    ];
    for (argument, limit) in limits {
        if !(0.0..=1.0).contains(&limit) {
            let error = Error::new(ErrorKind::OutOfRange, argument, "must be from 0 to 1");
            return Err(error.with_value(limit));
        }
    }
    let Some(times) = times else {
        return Ok(());
    };
    if times.len() != records.len() {
        return Err(Error::length("times", times.len(), records.len()));
    }
    match times.iter().position(|&time| time > now) {
        Some(row) => {
            let error = Error::new(ErrorKind::OutOfRange, "times", "must not be after now");
            Err(error.at_row(row))
        }
        None => Ok(()),
    }
}

fn quality(
    records: &Records,
    field: usize,
    times: Option<&[Moment]>,
    now: Moment,
    limits: QualityLimits,
) -> FieldQuality {
    let present = records.len() - records.missing(field);
    let share = |count: usize, of: usize| count as f64 / of.max(1) as f64;
    let timed = times.zip(records.half_life(field)).filter(|_| present > 0);
    let freshness = timed.map(|(times, half_life)| {
        let has_value = |(row, _): &(usize, &Moment)| records.number(*row, field).is_some();
        let fresh = |(_, time): (usize, &Moment)| libm::exp2(-time.days_until(now) / half_life);
        let sum: f64 = times.iter().enumerate().filter(has_value).map(fresh).sum();
        sum / present as f64
    });
    let filled = share(present, records.len());
    let different = records.different(field);
    let verdict = if different < 2 || filled < limits.least_filled {
        FieldVerdict::Useless
    } else if freshness.is_some_and(|freshness| freshness < limits.least_freshness) {
        FieldVerdict::Stale
    } else {
        FieldVerdict::Useful
    };
    FieldQuality {
        field,
        filled,
        unreadable: share(records.unreadable(field), present),
        different,
        freshness,
        verdict,
    }
}
