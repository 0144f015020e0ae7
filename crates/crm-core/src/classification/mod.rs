//! Who each customer is to the firm: stage, type, tier and loyalty in one call, with how sure each verdict is, what contradicts itself,
//! and the reasons in words.
//!
//! It composes what the other modules decide one by one: the stage by rules ([`infer_stages`]), the type by current × potential value
//! ([`CustomerType`]), the tier of the pyramid ([`Pyramid`]) and the category of loyalty ([`loyalty`]). What is not known
//! of a customer leaves the verdict that needs it open, and never the others.

mod conflict;
mod reasons;
mod standing;

pub use conflict::Conflict;
pub use reasons::Reasons;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::ledger::PeriodSeries;
use crate::lifecycle::Stage;
use crate::lifecycle::inference::{
    CurrentStages, Known, RuleOptions, StageInference, current_stages, infer_stages,
};
use crate::loyalty::{self, Evidence, LoyaltyRules, LoyaltyVerdict};
use crate::parallel;
use crate::units::{Label, Language, Share};
use crate::value::tiers::{Pyramid, PyramidTier};
use crate::value::types::{CustomerType, CutRule};
use standing::{Border, Rank, Standing};

/// What is known of customers, one row each.
#[derive(Debug, Clone, Copy)]
pub struct CustomerTable<'a> {
    /// How many there are.
    pub customers: usize,
    /// What they bought over time; without it no stage is known.
    pub activity: Option<Activity<'a>>,
    /// What each is worth now, for tier and type; NaN where it is not known.
    pub current: Option<&'a [f64]>,
    /// What each may be worth, for the type; NaN where it is not known.
    pub potential: Option<&'a [f64]>,
    /// What is known of their loyalty.
    pub loyalty: Evidence<'a>,
}

impl CustomerTable<'_> {
    /// Customers of whom nothing is known.
    #[must_use]
    pub fn new(customers: usize) -> Self {
        CustomerTable {
            customers,
            activity: None,
            current: None,
            potential: None,
            loyalty: Evidence::UNKNOWN,
        }
    }
}

/// Purchases over time.
#[derive(Debug, Clone, Copy)]
pub struct Activity<'a> {
    /// Purchases per customer and period.
    pub series: &'a PeriodSeries,
    /// What is known besides.
    pub known: Known<'a>,
    /// Which customer of the series each row of the table is; `None` for who is not in it. Without it, rows are customers of
    /// the series in their order.
    pub places: Option<&'a [Option<u32>]>,
}

/// Where the borders between tiers lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierRule {
    /// Shares of the customers, from the top (VIP) to the base (small).
    Shares([Share; 4]),
    /// Three values, ascending.
    At([f64; 3]),
}

/// What classification assumes. What is not in a stored form has the default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClassificationRules {
    /// Of the stages.
    pub stages: RuleOptions,
    /// Of the tiers; `None` is the best 1 %, the next 4 %, the next 15 %, and the other 80 %.
    pub tiers: Option<TierRule>,
    /// Above which current value is high; the median.
    pub current_cut: CutRule,
    /// Above which potential value is high; the median.
    pub potential_cut: CutRule,
    /// Of loyalty.
    pub loyalty: LoyaltyRules,
}

impl Default for ClassificationRules {
    fn default() -> Self {
        let median = Share::new(rust_decimal::Decimal::new(5, 1)).unwrap_or(Share::ONE);
        ClassificationRules {
            stages: RuleOptions::default(),
            tiers: None,
            current_cut: CutRule::Quantile(median),
            potential_cut: CutRule::Quantile(median),
            loyalty: LoyaltyRules::default(),
        }
    }
}

/// What one customer is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CustomerVerdict {
    /// The stage of the lifecycle; `None` for who is not in the series.
    pub stage: Option<Stage>,
    /// How clear the stage is, 0.5 to 1; NaN without one.
    pub stage_confidence: f64,
    /// The type; `None` unless current and potential value are known.
    pub customer_type: Option<CustomerType>,
    /// How far it is from another type: the share of the customers who lie from here to the nearest border, this one included. NaN
    /// without a type.
    pub type_margin: f64,
    /// The tier; `None` where the current value is not known.
    pub tier: Option<PyramidTier>,
    /// How far it is from another tier, as [`type_margin`](Self::type_margin).
    pub tier_margin: f64,
    /// The verdict on loyalty; `None` where nothing is known of it.
    pub loyalty: Option<LoyaltyVerdict>,
    conflicts: u8,
}

impl CustomerVerdict {
    /// Whether the verdicts contradict each other, or what is known of loyalty, in this way.
    #[must_use]
    pub fn has_conflict(&self, conflict: Conflict) -> bool {
        self.conflicts & conflict.bit() != 0
    }
}

/// The verdicts on all customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    verdicts: Vec<CustomerVerdict>,
    stages: Option<Stages>,
    current: Option<Border>,
    potential: Option<Border>,
    pyramid: Option<Pyramid>,
    rules: ClassificationRules,
}

/// Classifies customers.
///
/// Borders between tiers and types are found on the values that are known. The same bits come from any number of threads.
///
/// ```
/// use crm_core::classification::{ClassificationRules, Conflict, CustomerTable, classify};
/// use crm_core::loyalty::{Clue, Evidence};
/// use crm_core::units::Language;
///
/// let table = CustomerTable {
///     current: Some(&[90.0, 80.0, 5.0, -10.0]),
///     potential: Some(&[70.0, 5.0, f64::NAN, 1.0]),
///     loyalty: Evidence::UNKNOWN
///         .with(Clue::Attachment, &[0.9, 0.1, f64::NAN, 0.2][..])
///         .with(Clue::RepeatPurchase, &[0.8, 0.9, f64::NAN, 0.1][..]),
///     ..CustomerTable::new(4)
/// };
/// let found = classify(&table, &ClassificationRules::default())?;
/// let verdicts = found.verdicts();
/// assert_eq!(verdicts[2].customer_type, None);
/// let reasons = found.reasons(&table, 2, Language::En)?;
/// assert_eq!(
///     reasons.customer_type,
///     "Type not known: current value 5.00 is low (at most 5.00), the potential value is not known: Stream customers or Burden customers."
/// );
/// assert_eq!(reasons.loyalty, "Nothing is known of loyalty.");
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::LengthMismatch`] for columns of other lengths than the table; [`ErrorKind::NotFinite`] for an infinite value;
/// [`ErrorKind::OutOfRange`] for evidence or rules outside their range; what the rules for borders refuse
/// ([`CutRule::cut`], [`Pyramid`]) and what [`infer_stages`] refuses.
pub fn classify(table: &CustomerTable<'_>, rules: &ClassificationRules) -> Result<Classification> {
    decide(table, rules, |activity| {
        let found = infer_stages(activity.series, activity.known, &rules.stages)?;
        Ok(Stages::Inferred(found))
    })
}

/// The same verdicts without histories of the stages and the numbers behind them, in a part of the time: reasons name the rule of
/// a stage alone.
///
/// # Errors
/// As [`classify`].
pub fn classify_now(
    table: &CustomerTable<'_>,
    rules: &ClassificationRules,
) -> Result<Classification> {
    decide(table, rules, |activity| {
        let found = current_stages(activity.series, activity.known, &rules.stages)?;
        Ok(Stages::Now(found))
    })
}

fn decide(
    table: &CustomerTable<'_>,
    rules: &ClassificationRules,
    stages_of: impl FnOnce(Activity<'_>) -> Result<Stages>,
) -> Result<Classification> {
    check(table)?;
    let evidence = table.loyalty;
    let loyalty = loyalty::classify(table.customers, evidence, rules.loyalty)?;
    let stages = table.activity.map(stages_of).transpose()?;
    let current = Standing::new(table.current);
    let potential = Standing::new(table.potential);
    let pyramid = match (&current, rules.tiers) {
        (None, _) => None,
        (Some(current), None) => Some(Pyramid::new(current.known())?),
        (Some(current), Some(TierRule::Shares(shares))) => {
            Some(Pyramid::with_shares(current.known(), &shares)?)
        }
        (Some(_), Some(TierRule::At(thresholds))) => Some(Pyramid::at(&thresholds)?),
    };
    let border = |standing: &Option<Standing<'_>>, name, rule: CutRule| match standing {
        Some(standing) => standing.border(name, rule).map(Some),
        None => Ok(None),
    };
    let ranks = |standing: &Option<Standing<'_>>, column: Option<&[f64]>| match (standing, column) {
        (Some(standing), Some(values)) => standing.ranks(values),
        _ => Vec::new(),
    };
    let work = Work {
        table,
        rules,
        stages: stages.as_ref(),
        loyalty: &loyalty,
        current_border: border(&current, "current", rules.current_cut)?,
        potential_border: border(&potential, "potential", rules.potential_cut)?,
        tier_borders: match (&current, &pyramid) {
            (Some(current), Some(pyramid)) => pyramid
                .thresholds()
                .iter()
                .map(|&cut| current.at(cut))
                .collect(),
            _ => Vec::new(),
        },
        current_ranks: ranks(&current, table.current),
        potential_ranks: ranks(&potential, table.potential),
        current: current.as_ref(),
        potential: potential.as_ref(),
        pyramid: pyramid.as_ref(),
    };
    let verdicts = parallel::map_range(table.customers, |row| work.verdict(row));
    let (current_border, potential_border) = (work.current_border, work.potential_border);
    Ok(Classification {
        verdicts,
        current: current_border,
        potential: potential_border,
        pyramid,
        stages,
        rules: rules.clone(),
    })
}

impl Classification {
    /// One for each customer.
    #[must_use]
    pub fn verdicts(&self) -> &[CustomerVerdict] {
        &self.verdicts
    }

    /// The borders between the tiers; `None` if no current value is known.
    #[must_use]
    pub fn pyramid(&self) -> Option<&Pyramid> {
        self.pyramid.as_ref()
    }

    /// Above which the current and the potential value are high; `None` where none is known.
    #[must_use]
    pub fn type_cuts(&self) -> (Option<f64>, Option<f64>) {
        let cut = |border: &Option<Border>| border.map(|border| border.cut);
        (cut(&self.current), cut(&self.potential))
    }

    /// The stages with their whole histories, by the customers of the series; `None` without activity, and by [`classify_now`].
    #[must_use]
    pub fn stages(&self) -> Option<&StageInference> {
        match &self.stages {
            Some(Stages::Inferred(found)) => Some(found),
            Some(Stages::Now(_)) | None => None,
        }
    }
}

fn check(table: &CustomerTable<'_>) -> Result<()> {
    for (name, column) in [("current", table.current), ("potential", table.potential)] {
        let Some(values) = column else { continue };
        if values.len() != table.customers {
            return Err(Error::length(name, values.len(), table.customers));
        }
        if let Some(row) = values.iter().position(|value| value.is_infinite()) {
            return Err(Error::not_finite(name, f64::INFINITY).at_row(row));
        }
    }
    if let Some(Activity { series, places, .. }) = table.activity {
        let rows = places.map_or(series.customers(), <[_]>::len);
        if rows != table.customers {
            return Err(Error::length("activity", rows, table.customers));
        }
        let outside = |place: &Option<u32>| place.is_some_and(|p| p as usize >= series.customers());
        if let Some(row) = places.and_then(|places| places.iter().position(outside)) {
            let rule = format!(
                "must be below the customers of the series, {}",
                series.customers()
            );
            return Err(Error::new(ErrorKind::OutOfRange, "places", rule).at_row(row));
        }
    }
    Ok(())
}

impl CustomerTable<'_> {
    /// The customer of the series that this row is.
    fn place(&self, row: usize) -> Option<usize> {
        match self.activity?.places {
            None => Some(row),
            Some(places) => places
                .get(row)
                .copied()
                .flatten()
                .map(|place| place as usize),
        }
    }

    fn current_of(&self, row: usize) -> f64 {
        value_of(self.current, row)
    }

    fn potential_of(&self, row: usize) -> f64 {
        value_of(self.potential, row)
    }
}

fn value_of(column: Option<&[f64]>, row: usize) -> f64 {
    column
        .and_then(|values| values.get(row))
        .copied()
        .unwrap_or(f64::NAN)
}

fn rank_of(ranks: &[Rank], row: usize) -> Rank {
    ranks.get(row).copied().unwrap_or_default()
}

/// The stages of the customers of the series.
#[derive(Debug, Clone, PartialEq)]
enum Stages {
    Inferred(StageInference),
    Now(CurrentStages),
}

impl Stages {
    /// Stage and confidence of one customer.
    fn of(&self, place: usize) -> Option<(Stage, f64)> {
        let (stages, confidence) = match self {
            Stages::Inferred(found) => (&found.stages, &found.confidence),
            Stages::Now(found) => (&found.stages, &found.confidence),
        };
        Some((*stages.get(place)?, *confidence.get(place)?))
    }

    /// Why: with its numbers, or the rule alone.
    fn describe(&self, place: usize, language: Language) -> Option<String> {
        match self {
            Stages::Inferred(found) => Some(found.evidence.get(place)?.describe(language)),
            Stages::Now(found) => Some(found.rules.get(place)?.label(language).to_owned()),
        }
    }
}

/// A classification under way.
struct Work<'a> {
    table: &'a CustomerTable<'a>,
    rules: &'a ClassificationRules,
    stages: Option<&'a Stages>,
    loyalty: &'a [LoyaltyVerdict],
    current: Option<&'a Standing<'a>>,
    potential: Option<&'a Standing<'a>>,
    current_ranks: Vec<Rank>,
    potential_ranks: Vec<Rank>,
    current_border: Option<Border>,
    potential_border: Option<Border>,
    tier_borders: Vec<Border>,
    pyramid: Option<&'a Pyramid>,
}

impl Work<'_> {
    fn verdict(&self, row: usize) -> CustomerVerdict {
        let place = self.table.place(row);
        let stage = self.stages.and_then(|stages| stages.of(place?));
        let (now, more) = (self.table.current_of(row), self.table.potential_of(row));
        let known = self.table.loyalty.of(row);
        let mut verdict = CustomerVerdict {
            stage: stage.map(|(stage, _)| stage),
            stage_confidence: stage.map_or(f64::NAN, |(_, confidence)| confidence),
            customer_type: None,
            type_margin: f64::NAN,
            tier: None,
            tier_margin: f64::NAN,
            loyalty: (!known.is_unknown())
                .then(|| self.loyalty.get(row).copied())
                .flatten(),
            conflicts: 0,
        };
        if let (Some(current), Some(pyramid), false) = (self.current, self.pyramid, now.is_nan()) {
            verdict.tier = Some(pyramid.tier(now));
            let rank = rank_of(&self.current_ranks, row);
            let margins = self.tier_borders.iter();
            let margins = margins.map(|border| current.margin(now, rank, border));
            verdict.tier_margin = margins.fold(f64::INFINITY, f64::min);
        }
        if let (Some(current), Some(potential), Some(across), Some(up), false) = (
            self.current,
            self.potential,
            &self.current_border,
            &self.potential_border,
            now.is_nan() || more.is_nan(),
        ) {
            verdict.customer_type = Some(CustomerType::of(now > across.cut, more > up.cut));
            let (own, other) = (
                rank_of(&self.current_ranks, row),
                rank_of(&self.potential_ranks, row),
            );
            let across_margin = current.margin(now, own, across);
            verdict.type_margin = across_margin.min(potential.margin(more, other, up));
        }
        verdict.conflicts = conflict::find(&verdict, now, known, self.rules.loyalty.high);
        verdict
    }
}
