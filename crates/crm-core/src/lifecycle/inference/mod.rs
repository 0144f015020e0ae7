//! Which stage is this customer in? Rules with explicit thresholds, against each customer's own
//! rhythm.
//!
//! From the purchases per customer and period, [`infer_stages`] follows each customer through the
//! state machine ([`TRANSITIONS`](super::TRANSITIONS)):
//!
//! - **Rhythm.** The own interpurchase time is shrunk towards the population's by credibility
//!   ([`Population`]); gaps that counted as a Termination are not part of it.
//! - **Silence** since the last purchase is measured in own interpurchase times: from
//!   [`RuleOptions::silence`] on the customer is in Decline.
//! - **Termination** is a probability: P(alive) as given, else from the rhythm,
//!   1 / (1 + a/(b+x) · (1 + s/(n·μ))ⁿ) after x repetitions and a silence s, with n = k + x; the
//!   customer is in Termination from P(alive) ≤ [`RuleOptions::termination`] on, but not before
//!   Decline.
//! - **Trend.** Once per own interpurchase time, value is summed in blocks of that length; the
//!   Theil–Sen slope over the latest blocks, with Kendall's exact test, says whether it rises or
//!   falls.
//! - **Level** is the mean of the latest blocks, against the own peak: the highest mean over a whole
//!   window that the customer has sustained. The best block of the window is left out, so that one
//!   huge order does not set a peak.
//! - **Hysteresis.** A change by trend or level must be seen in several evaluations in a row; the
//!   level that ends a Decline is higher than the one that begins it.
//! - **Recovery** is a purchase after Termination, nothing else.
//!
//! A period stands for one unit of the rhythm: purchases within one period count as one occasion.
//! Choose a period no longer than the typical interpurchase time.

mod evidence;
mod histories;
mod options;
mod rhythm;
mod trend;
mod walk;

pub use evidence::{Evidence, RhythmEvidence, Rule, ShareTrend, TrendEvidence};
pub use histories::{StageHistories, StageHistory, StageTransitions, Stay};
pub use options::{Measure, RuleOptions};
pub use rhythm::Population;

use serde::Serialize;

use super::Stage;
use super::economics::check_share;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::PeriodSeries;
use crate::parallel;
use rhythm::Intervals;
use trend::KendallTables;
use walk::{Customer, Scratch, Setting};

/// What may be known besides the series.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Known<'a> {
    /// Share of wallet, one per entry of the series, 0 to 1; NaN where it is not known.
    pub share_of_wallet: Option<&'a [f64]>,
    /// P(alive) at the end of observation, one per customer, 0 to 1, for example from a model of
    /// customer drop-out; NaN where it is not known. It decides over a Termination in the silence
    /// at the end, in place of the rhythm.
    pub p_alive: Option<&'a [f64]>,
}

/// The stages of many customers, in columns: [`infer_stages`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StageInference {
    /// The stage of each customer in the last period.
    pub stages: Vec<Stage>,
    /// How clear the decision is, 0.5 to 1: [`Evidence::confidence`].
    pub confidence: Vec<f64>,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// The stages of each customer in all periods.
    pub histories: StageHistories,
    /// The rhythm of the population that short histories were shrunk towards.
    pub population: Population,
}

/// The most periods that may be observed: over 2,800 years of days.
const MOST_PERIODS: u32 = 1 << 20;

/// Customers that one task of the thread pool works on.
const CUSTOMERS_PER_TASK: usize = 1 << 12;

/// The lifecycle stage of every customer of `series`, with its evidence and the whole history.
///
/// ```
/// use crm_core::ledger::PeriodSeries;
/// use crm_core::lifecycle::Stage;
/// use crm_core::lifecycle::inference::{Known, RuleOptions, infer_stages};
/// use crm_core::units::Language;
///
/// // Two customers over 12 months: one buys every month, one stopped after four.
/// let series = PeriodSeries::new(
///     vec![0, 12, 16],
///     (0..12).chain(0..4).collect(),
///     vec![1; 16],
///     vec![100.0; 16],
///     None,
///     12,
/// )?;
/// let found = infer_stages(&series, Known::default(), &RuleOptions::default())?;
/// assert_eq!(found.stages, [Stage::Maturity, Stage::Termination]);
/// assert!(found.evidence[1].describe(Language::En).starts_with("probably ended: "));
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::OutOfRange`] or [`ErrorKind::NotFinite`] for an option, a share of wallet or a
/// P(alive) outside its range, and for more than 2²⁰ periods; [`ErrorKind::LengthMismatch`];
/// [`ErrorKind::Missing`] if profit is asked for and the series has no costs.
pub fn infer_stages(
    series: &PeriodSeries,
    known: Known<'_>,
    options: &RuleOptions,
) -> Result<StageInference> {
    options.check()?;
    check_known(series, known)?;
    let value = match options.measure {
        Measure::Spend => series.spend(),
        Measure::Profit => series
            .profit()
            .ok_or_else(|| Error::new(ErrorKind::Missing, "profit", "needs costs in the ledger"))?,
    };
    let customers = Customers {
        series,
        value,
        known,
    };
    let population = Population::estimate(options, series.observed(), || {
        customers
            .iter(0..series.customers())
            .filter_map(|customer| {
                let own = Intervals::between(customer.purchase_periods());
                (own.count > 0.0).then_some(own)
            })
    });
    let setting = Setting {
        options,
        population,
        kendall: KendallTables::new(),
        observed: series.observed(),
    };
    let mut all = StageInference {
        stages: Vec::with_capacity(series.customers()),
        confidence: Vec::with_capacity(series.customers()),
        evidence: Vec::with_capacity(series.customers()),
        histories: StageHistories::new(series.observed()),
        population,
    };
    let tasks = series.customers().div_ceil(CUSTOMERS_PER_TASK);
    for part in parallel::map_range(tasks, |task| {
        let first = task * CUSTOMERS_PER_TASK;
        let last = (first + CUSTOMERS_PER_TASK).min(series.customers());
        infer_part(&setting, customers.iter(first..last))
    }) {
        all.append(part);
    }
    Ok(all)
}

fn infer_part<'a>(
    setting: &Setting<'_>,
    customers: impl Iterator<Item = Customer<'a>>,
) -> StageInference {
    let mut scratch = Scratch::default();
    let mut part = StageInference {
        stages: Vec::new(),
        confidence: Vec::new(),
        evidence: Vec::new(),
        histories: StageHistories::new(setting.observed),
        population: setting.population,
    };
    for customer in customers {
        let (stage, evidence) = setting.walk(customer, &mut part.histories, &mut scratch);
        part.stages.push(stage);
        part.confidence.push(evidence.confidence(setting.options));
        part.evidence.push(evidence);
    }
    part
}

impl StageInference {
    fn append(&mut self, mut part: StageInference) {
        self.stages.append(&mut part.stages);
        self.confidence.append(&mut part.confidence);
        self.evidence.append(&mut part.evidence);
        self.histories.append(part.histories);
    }
}

/// The columns that customers are read from.
#[derive(Clone, Copy)]
struct Customers<'a> {
    series: &'a PeriodSeries,
    value: &'a [f64],
    known: Known<'a>,
}

impl<'a> Customers<'a> {
    fn iter(self, range: std::ops::Range<usize>) -> impl Iterator<Item = Customer<'a>> {
        range.filter_map(move |index| self.get(index))
    }

    fn get(self, index: usize) -> Option<Customer<'a>> {
        let offsets = self.series.offsets();
        let entries = *offsets.get(index)?..*offsets.get(index + 1)?;
        let p_alive = self.known.p_alive.and_then(|p| p.get(index));
        Some(Customer {
            periods: self.series.periods().get(entries.clone())?,
            purchases: self.series.purchases().get(entries.clone())?,
            value: self.value.get(entries.clone())?,
            share: self.known.share_of_wallet.and_then(|s| s.get(entries)),
            p_alive: p_alive.copied().unwrap_or(f64::NAN),
        })
    }
}

fn check_known(series: &PeriodSeries, known: Known<'_>) -> Result<()> {
    if series.observed() > MOST_PERIODS {
        let reason = format!("must be at most {MOST_PERIODS}");
        return Err(
            Error::new(ErrorKind::OutOfRange, "observed", reason).with_value(series.observed())
        );
    }
    if let Some(share) = known.share_of_wallet {
        if share.len() != series.periods().len() {
            let entries = series.periods().len();
            return Err(Error::length("share_of_wallet", share.len(), entries));
        }
        check_share("share_of_wallet", share)?;
    }
    if let Some(p_alive) = known.p_alive {
        if p_alive.len() != series.customers() {
            return Err(Error::length("p_alive", p_alive.len(), series.customers()));
        }
        check_share("p_alive", p_alive)?;
    }
    Ok(())
}
