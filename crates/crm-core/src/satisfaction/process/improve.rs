use serde::{Deserialize, Serialize};

use super::{EarlierIndex, IndexChange, SatisfactionIndex, StudyReport};
use crate::error::{Error, ErrorKind, Result};
use crate::satisfaction::matrix::Quadrant;
use crate::satisfaction::structural::Wording;
use crate::survey::range;
use crate::units::{Date, Label, Terms};

/// Step 9: what is done.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Improvement {
    /// The actions.
    pub actions: Vec<Action>,
}

/// Something that is done to improve a driver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// The driver that it improves.
    pub construct: String,
    /// What is done.
    pub what: Wording,
    /// Points by which it is expected to raise the driver's index by itself, from 0 to 100.
    pub rise: f64,
    /// Who answers for it.
    #[serde(default)]
    pub owner: String,
    /// When it is to be done.
    #[serde(default)]
    pub due: Option<Date>,
    /// What it costs; 0 or more.
    #[serde(default)]
    pub cost: Option<f64>,
    /// How far it is; default planned.
    #[serde(default)]
    pub status: ActionStatus,
}

/// How far an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum ActionStatus {
    /// Not begun.
    #[default]
    Planned = 0,
    /// Begun.
    InProgress = 1,
    /// Done.
    Done = 2,
    /// Given up: it brings nothing.
    Dropped = 3,
}

impl Label for ActionStatus {
    const ALL: &'static [Self] = &[
        ActionStatus::Planned,
        ActionStatus::InProgress,
        ActionStatus::Done,
        ActionStatus::Dropped,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ActionStatus::Planned => ("planned", "Planned", "计划中"),
            ActionStatus::InProgress => ("in_progress", "In progress", "进行中"),
            ActionStatus::Done => ("done", "Done", "已完成"),
            ActionStatus::Dropped => ("dropped", "Dropped", "已取消"),
        };
        Terms { name, en, zh }
    }
}

/// An action, and what it is expected to bring.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PlannedAction {
    /// What is done.
    #[serde(flatten)]
    pub action: Action,
    /// Where its driver lies on the map of importance and performance.
    pub quadrant: Quadrant,
    /// Points that the target's index gains: importance of the driver · rise; 0 of an action that was given up.
    pub gain: f64,
    /// gain / cost; `None` if it costs nothing or that is not known.
    pub gain_per_cost: Option<f64>,
}

/// Product of step 9: the actions in the order of what they improve, and the index that they lead to.
///
/// In the structural model effects add up: what raises a driver by itself raises the target by the driver's total effect, whatever else is
/// done. Importances are slopes found among customers, so gains are what to expect if these are causes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActionPlan {
    #[serde(skip)]
    report: StudyReport,
    #[serde(skip)]
    improvement: Improvement,
    actions: Vec<PlannedAction>,
    gain: f64,
    expected_index: f64,
}

/// What became of a construct.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FollowedConstruct {
    /// The construct.
    pub construct: String,
    /// Points by which the actions that are done were expected to raise it by themselves.
    pub expected: f64,
    /// By how much its index changed.
    pub change: IndexChange,
}

/// What became of the actions, as the next study sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FollowUp {
    /// Points that the actions that are done were expected to bring.
    pub expected: f64,
    /// By how much the index changed.
    pub change: IndexChange,
    /// Every construct with actions that are not given up, in their order.
    pub constructs: Vec<FollowedConstruct>,
}

impl ActionPlan {
    pub(super) fn new(report: StudyReport, improvement: Improvement) -> Result<Self> {
        let mut actions = Vec::with_capacity(improvement.actions.len());
        for (row, action) in improvement.actions.iter().enumerate() {
            actions.push(planned(&report, action).map_err(|error| error.at_row(row))?);
        }
        let place = |action: &(usize, PlannedAction)| action.0;
        actions.sort_by_key(place);
        let actions: Vec<PlannedAction> = actions.into_iter().map(|(_, action)| action).collect();
        let gain = actions.iter().map(|action| action.gain).sum::<f64>();
        Ok(ActionPlan {
            expected_index: (report.index().index + gain).min(100.0),
            gain,
            actions,
            report,
            improvement,
        })
    }

    /// Step 8, which this came from.
    #[must_use]
    pub fn report(&self) -> &StudyReport {
        &self.report
    }

    /// What was decided.
    #[must_use]
    pub fn improvement(&self) -> &Improvement {
        &self.improvement
    }

    /// The actions, those on the most urgent driver first.
    #[must_use]
    pub fn actions(&self) -> &[PlannedAction] {
        &self.actions
    }

    /// Points that they bring together.
    #[must_use]
    pub fn gain(&self) -> f64 {
        self.gain
    }

    /// The index after them, at most 100.
    #[must_use]
    pub fn expected_index(&self) -> f64 {
        self.expected_index
    }

    /// Sets how far the action at this place of the [`Improvement`] is.
    ///
    /// # Errors
    /// `NotFound` for a place without action.
    pub fn with_status(self, action: usize, status: ActionStatus) -> Result<Self> {
        let mut improvement = self.improvement;
        let count = improvement.actions.len();
        let changed = improvement.actions.get_mut(action).ok_or_else(|| {
            let rule = format!("must be below {count}");
            Error::new(ErrorKind::NotFound, "action", rule).with_value(action)
        })?;
        changed.status = status;
        ActionPlan::new(self.report, improvement)
    }

    /// Compares what the actions were expected to bring with what the next study, of other respondents, found. Intervals have the confidence of
    /// that study.
    ///
    /// # Errors
    /// `NotFound` for a construct that the next study does not have.
    pub fn follow_up(&self, next: &SatisfactionIndex) -> Result<FollowUp> {
        let before = self.report.result();
        let change = |construct: &str| {
            IndexChange::between(
                index_of(before, construct)?,
                index_of(next, construct)?,
                next.estimation().confidence,
            )
        };
        let of = |construct: &str, sum: fn(&PlannedAction) -> f64| {
            let done = self.actions.iter().filter(|each| {
                each.action.construct == construct && each.action.status == ActionStatus::Done
            });
            done.map(sum).sum::<f64>()
        };
        let mut names: Vec<&str> = Vec::new();
        for each in &self.actions {
            let name = each.action.construct.as_str();
            if each.action.status != ActionStatus::Dropped && !names.contains(&name) {
                names.push(name);
            }
        }
        let target = before.indicators().name(before.indicators().target());
        let constructs = names.iter().map(|construct| {
            Ok(FollowedConstruct {
                construct: (*construct).to_owned(),
                expected: of(construct, |each| each.action.rise),
                change: change(construct)?,
            })
        });
        Ok(FollowUp {
            expected: names.iter().map(|name| of(name, |each| each.gain)).sum(),
            change: change(&target)?,
            constructs: constructs.collect::<Result<_>>()?,
        })
    }
}

/// An action with the place of its driver among those to improve.
fn planned(report: &StudyReport, action: &Action) -> Result<(usize, PlannedAction)> {
    let mut drivers = report.drivers().iter();
    let place = drivers.position(|each| each.driver.construct == action.construct);
    let (place, ranked) = place
        .and_then(|place| Some((place, report.drivers().get(place)?)))
        .ok_or_else(|| {
            let rule = "must improve a construct that drives the index";
            let error = Error::new(ErrorKind::NotFound, "construct", rule);
            error.with_value(&action.construct)
        })?;
    if !(0.0..=100.0).contains(&action.rise) {
        return Err(range("rise", action.rise, "must be between 0 and 100"));
    }
    if let Some(cost) = action.cost.filter(|cost| !cost.is_finite() || *cost < 0.0) {
        return Err(range("cost", cost, "must be a finite number of 0 or more"));
    }
    let gain = if action.status == ActionStatus::Dropped {
        0.0
    } else {
        ranked.driver.importance * action.rise
    };
    let cost = action.cost.filter(|cost| *cost > 0.0);
    let planned = PlannedAction {
        action: action.clone(),
        quadrant: ranked.quadrant,
        gain,
        gain_per_cost: cost.map(|cost| gain / cost),
    };
    Ok((place, planned))
}

fn index_of(study: &SatisfactionIndex, construct: &str) -> Result<EarlierIndex> {
    let mut constructs = study.constructs().iter();
    let found = constructs.find(|each| each.construct == construct);
    let found = found.ok_or_else(|| {
        let error = Error::new(ErrorKind::NotFound, "construct", "must be in both studies");
        error.with_value(construct)
    })?;
    Ok(EarlierIndex {
        index: found.index,
        standard_error: found.standard_error,
    })
}
