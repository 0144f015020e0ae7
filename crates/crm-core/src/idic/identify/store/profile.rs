use serde::{Deserialize, Serialize};

use super::{ClusterId, Origin, ProfileStore, RecordId, no_such};
use crate::error::{Error, ErrorKind, Result};
use crate::idic::identify::claim::{self, Claim, ConflictGround};
use crate::idic::identify::compare::Values;
use crate::idic::identify::personal::Personal;
use crate::units::{Label, Moment, Terms};

/// What an update did to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum UpdateOutcome {
    /// No value was given.
    NotGiven = 0,
    /// The customer had no value.
    Filled = 1,
    /// The customer has this value: it is fresher now, if the update is the latest that told it.
    Confirmed = 2,
    /// The new value stands; the former one is a conflict.
    Replaced = 3,
    /// The former value stands; the new one is a conflict.
    Overruled = 4,
}

impl Label for UpdateOutcome {
    const ALL: &'static [Self] = &[
        UpdateOutcome::NotGiven,
        UpdateOutcome::Filled,
        UpdateOutcome::Confirmed,
        UpdateOutcome::Replaced,
        UpdateOutcome::Overruled,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            UpdateOutcome::NotGiven => ("not_given", "not given", "未提供"),
            UpdateOutcome::Filled => ("filled", "filled", "已填补"),
            UpdateOutcome::Confirmed => ("confirmed", "confirmed", "已确认"),
            UpdateOutcome::Replaced => ("replaced", "replaced", "已替换"),
            UpdateOutcome::Overruled => ("overruled", "overruled", "未采纳"),
        };
        Terms { name, en, zh }
    }
}

/// What became of an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updated {
    /// The number of the record that it is kept as.
    pub record: RecordId,
    /// What it did to each field.
    pub fields: Vec<UpdateOutcome>,
}

/// The value of a field that stands for a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileValue {
    /// The value, normalised.
    pub value: Personal<String>,
    /// The record that it comes from.
    pub record: RecordId,
    /// Where that came from, and when.
    pub origin: Option<Origin>,
    /// 2^(−age/half-life) of the field; 1 without a half-life, `None` if it is not known when it was told.
    pub freshness: Option<f64>,
}

/// Two records of a customer that contradict each other in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// The field.
    pub field: usize,
    /// The record whose value stands.
    pub stands: RecordId,
    /// The record whose value does not.
    pub overruled: RecordId,
    /// Why.
    pub ground: ConflictGround,
}

/// What is known of a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerProfile {
    /// By field: the value that stands, if there is any.
    pub fields: Vec<Option<ProfileValue>>,
    /// The mean freshness of the fields, weighted by their importance; fields without a value, or of unknown age, count 0.
    pub freshness: f64,
    /// The fields whose value is older than its half-life, or of unknown age, the most important first.
    pub stale: Vec<usize>,
    /// What contradicts what stands: one for each other value of a field.
    pub conflicts: Vec<Conflict>,
}

/// A value of a field, and what speaks for it.
struct Told<'a> {
    value: &'a str,
    record: RecordId,
    origin: Option<Origin>,
    claim: Option<Claim>,
}

impl ProfileStore {
    /// What is known of a customer at a moment. Where its records contradict each other in a field, the value with the greatest
    ///
    /// trust of its source · 2^(−age/half-life of the field)
    ///
    /// stands; in a field without a half-life that of the most trusted source, of these the most recent. A known origin goes before an
    /// unknown one; of records alike the later stands.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if the customer has no record; [`ErrorKind::OutOfRange`] if `now` is before one of them.
    pub fn profile(&self, cluster: ClusterId, now: Moment) -> Result<CustomerProfile> {
        let members = self.existing(cluster)?;
        let schema = self.model.schema();
        let (mut known, mut all) = (0.0, 0.0);
        let mut profile = CustomerProfile {
            fields: Vec::new(),
            freshness: 0.0,
            stale: Vec::new(),
            conflicts: Vec::new(),
        };
        for (place, field) in schema.fields().iter().enumerate() {
            let told = self.told(&members, place);
            profile.conflicts.extend(conflicts(place, &told));
            all += field.importance;
            let Some(stands) = told.first() else {
                profile.fields.push(None);
                continue;
            };
            let freshness = freshness(stands.origin, field.half_life, now)?;
            known += field.importance * freshness.unwrap_or(0.0);
            if freshness.is_none_or(|freshness| freshness < 0.5) {
                profile.stale.push(place);
            }
            profile.fields.push(Some(ProfileValue {
                value: Personal::new(stands.value.to_owned()),
                record: stands.record,
                origin: stands.origin,
                freshness,
            }));
        }
        profile.freshness = known / all;
        let importance = |place: usize| schema.fields().get(place).map_or(0.0, |f| f.importance);
        profile
            .stale
            .sort_by(|&a, &b| importance(b).total_cmp(&importance(a)));
        Ok(profile)
    }

    /// The value of a field that stands for a customer, as in [`ProfileStore::profile`].
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if the customer has no record, or there is no such field.
    pub fn value(&self, cluster: ClusterId, field: usize) -> Result<Option<Personal<String>>> {
        let members = self.existing(cluster)?;
        if field >= self.model.schema().fields().len() {
            return Err(no_such("field", field as u64));
        }
        let told = self.told(&members, field);
        Ok(told
            .first()
            .map(|told| Personal::new(told.value.to_owned())))
    }

    /// Takes in what a customer who is known said: values of some fields, the others empty. It is kept as a record of the customer, so
    /// that nothing is overwritten, and [`ProfileStore::profile`] says which value stands.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if the customer has no record, or there is no such source; [`ErrorKind::LengthMismatch`] unless there
    /// is a value for each field; [`ErrorKind::Empty`] if all are empty; [`ErrorKind::Overflow`] for 2³¹ records or more.
    pub fn update(
        &mut self,
        cluster: ClusterId,
        values: &[&str],
        origin: Origin,
    ) -> Result<Updated> {
        self.check_origin(origin)?;
        let before = self.existing(cluster)?;
        let normal = self.normalised(values)?;
        if normal.0.iter().all(String::is_empty) {
            return Err(Error::empty("values"));
        }
        let standing = |place| Some(self.told(&before, place).first()?.value.to_owned());
        let former: Vec<Option<String>> = (0..normal.0.len()).map(standing).collect();
        let record = self.push(cluster.0 as u32, Some(origin), &normal.0)?;
        let after = self.existing(cluster)?;
        let outcome = |(place, former): (usize, Option<String>)| {
            let Some(given) = normal.value(place) else {
                return UpdateOutcome::NotGiven;
            };
            let stands = self.told(&after, place);
            match former {
                None => UpdateOutcome::Filled,
                Some(former) if former == given => UpdateOutcome::Confirmed,
                Some(_) if stands.first().is_some_and(|told| told.value == given) => {
                    UpdateOutcome::Replaced
                }
                Some(_) => UpdateOutcome::Overruled,
            }
        };
        Ok(Updated {
            record,
            fields: former.into_iter().enumerate().map(outcome).collect(),
        })
    }

    fn existing(&self, cluster: ClusterId) -> Result<Vec<RecordId>> {
        let members = self.members(cluster);
        if members.is_empty() {
            return Err(no_such("cluster", cluster.0));
        }
        Ok(members)
    }

    /// The different values of a field that the records of a customer have, the one that stands first.
    fn told(&self, members: &[RecordId], field: usize) -> Vec<Told<'_>> {
        let schema = self.model.schema();
        let half_life = schema.fields().get(field).and_then(|f| f.half_life);
        let read = |&record: &RecordId| {
            let (row, _) = self.row(record).ok()?;
            let origin = self.origin(row);
            Some(Told {
                value: self
                    .held
                    .field(field)?
                    .value(*self.held.numbers(row).get(field)?)?,
                record,
                origin,
                claim: origin.and_then(|origin| self.claim(origin)),
            })
        };
        let mut told: Vec<Told<'_>> = members.iter().filter_map(read).collect();
        told.sort_by(|a, b| {
            claim::compare(b.claim, a.claim, half_life).then(b.record.cmp(&a.record))
        });
        let mut different: Vec<Told<'_>> = Vec::new();
        for each in told {
            if different.iter().all(|other| other.value != each.value) {
                different.push(each);
            }
        }
        different
    }

    fn claim(&self, origin: Origin) -> Option<Claim> {
        let source = self.sources.get(usize::from(origin.source.0))?;
        Some(Claim {
            trust: source.trust,
            seconds: origin.time.seconds(),
        })
    }
}

fn conflicts(field: usize, told: &[Told<'_>]) -> Vec<Conflict> {
    let Some((stands, others)) = told.split_first() else {
        return Vec::new();
    };
    let conflict = |other: &Told<'_>| Conflict {
        field,
        stands: stands.record,
        overruled: other.record,
        ground: claim::ground(stands.claim, other.claim),
    };
    others.iter().map(conflict).collect()
}

fn freshness(origin: Option<Origin>, half_life: Option<f64>, now: Moment) -> Result<Option<f64>> {
    let age = origin.map(|origin| origin.time.days_until(now));
    if age.is_some_and(|age| age < 0.0) {
        let reason = "must not be before the records of the customer";
        return Err(Error::new(ErrorKind::OutOfRange, "now", reason).with_value(now));
    }
    Ok(match half_life {
        None => Some(1.0),
        Some(half_life) => age.map(|age| libm::exp2(-age / half_life)),
    })
}
