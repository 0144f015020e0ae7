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
mod window;

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
use rhythm::{RepeatBuyers, Rhythms};
use trend::KendallTables;
use walk::{Customer, Setting};
use window::Window;

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

/// The stages of many customers as they are now, in columns: [`current_stages`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CurrentStages {
    /// The stage of each customer in the last period.
    pub stages: Vec<Stage>,
    /// How clear the decision is, 0.5 to 1: [`Evidence::confidence`].
    pub confidence: Vec<f64>,
    /// The rule that holds each customer in the stage.
    pub rules: Vec<Rule>,
    /// The rhythm of the population that short histories were shrunk towards.
    pub population: Population,
}

/// The most periods that may be observed: over 2,800 years of days.
const MOST_PERIODS: u32 = 1 << 20;

/// Customers that one task of the thread pool works on.
const CUSTOMERS_PER_TASK: usize = 1 << 9;

/// Tasks that are done before their results are put together: few enough that these are still in the cache.
const TASKS_PER_ROUND: usize = 16;

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
    let customers = Customers::new(series, known, options)?;
    let setting = customers.setting(options);
    let mut all = StageInference::of(series.customers(), &setting);
    customers.by_task(
        |customers| {
            let mut part = StageInference::of(customers.len(), &setting);
            let mut window = Window::new();
            for customer in customers {
                let (stage, evidence) = setting.walk(customer, &mut part.histories, &mut window);
                part.histories.end_customer();
                part.stages.push(stage);
                part.confidence.push(evidence.confidence(options));
                part.evidence.push(evidence);
            }
            part
        },
        |part| all.append(part),
    );
    Ok(all)
}

/// The lifecycle stage of every customer of `series` now, without evidence and history: what [`infer_stages`] says, in a
/// part of its time.
///
/// # Errors
/// As [`infer_stages`].
pub fn current_stages(
    series: &PeriodSeries,
    known: Known<'_>,
    options: &RuleOptions,
) -> Result<CurrentStages> {
    let customers = Customers::new(series, known, options)?;
    let setting = customers.setting(options);
    let mut all = CurrentStages::of(series.customers(), &setting);
    customers.by_task(
        |customers| {
            let mut part = CurrentStages::of(customers.len(), &setting);
            let mut window = Window::new();
            for customer in customers {
                let (stage, rule, confidence) = setting.arrive(customer, &mut window);
                part.stages.push(stage);
                part.confidence.push(confidence);
                part.rules.push(rule);
            }
            part
        },
        |mut part| {
            all.stages.append(&mut part.stages);
            all.confidence.append(&mut part.confidence);
            all.rules.append(&mut part.rules);
        },
    );
    Ok(all)
}

impl StageInference {
    fn of(customers: usize, setting: &Setting<'_>) -> Self {
        StageInference {
            stages: Vec::with_capacity(customers),
            confidence: Vec::with_capacity(customers),
            evidence: Vec::with_capacity(customers),
            histories: StageHistories::new(setting.observed),
            population: setting.rhythms.population,
        }
    }

    fn append(&mut self, mut part: StageInference) {
        self.stages.append(&mut part.stages);
        self.confidence.append(&mut part.confidence);
        self.evidence.append(&mut part.evidence);
        self.histories.append(part.histories);
    }
}

impl CurrentStages {
    fn of(customers: usize, setting: &Setting<'_>) -> Self {
        CurrentStages {
            stages: Vec::with_capacity(customers),
            confidence: Vec::with_capacity(customers),
            rules: Vec::with_capacity(customers),
            population: setting.rhythms.population,
        }
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
    fn new(series: &'a PeriodSeries, known: Known<'a>, options: &RuleOptions) -> Result<Self> {
        options.check()?;
        check_known(series, known)?;
        let value = match options.measure {
            Measure::Spend => series.spend(),
            Measure::Profit => series.profit().ok_or_else(|| {
                Error::new(ErrorKind::Missing, "profit", "needs costs in the ledger")
            })?,
        };
        Ok(Customers {
            series,
            value,
            known,
        })
    }

    fn setting<'o>(self, options: &'o RuleOptions) -> Setting<'o> {
        let mut repeat_buyers = RepeatBuyers::default();
        self.by_task(
            |customers| {
                let mut part = RepeatBuyers::default();
                customers.for_each(|customer| part.add(customer.purchase_periods()));
                part
            },
            |part| repeat_buyers.append(&part),
        );
        let observed = self.series.observed();
        let population = Population::estimate(options, observed, &repeat_buyers);
        Setting {
            options,
            rhythms: Rhythms::new(options, population),
            kendall: KendallTables::new(options),
            observed,
        }
    }

    /// The results of `task` on each part of the customers, given to `append` in their order.
    fn by_task<R: Send>(
        self,
        task: impl Fn(Part<'a>) -> R + Sync + Send,
        mut append: impl FnMut(R),
    ) {
        let customers = self.series.customers();
        let tasks = customers.div_ceil(CUSTOMERS_PER_TASK);
        for first in (0..tasks).step_by(TASKS_PER_ROUND) {
            let of_round = TASKS_PER_ROUND.min(tasks - first);
            let parts = parallel::map_range(of_round, |of_round| {
                let from = (first + of_round) * CUSTOMERS_PER_TASK;
                let until = customers.min(from + CUSTOMERS_PER_TASK);
                task(Part {
                    customers: self,
                    rows: from..until,
                })
            });
            parts.into_iter().for_each(&mut append);
        }
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

/// Customers that one task works on.
struct Part<'a> {
    customers: Customers<'a>,
    rows: std::ops::Range<usize>,
}

impl<'a> Iterator for Part<'a> {
    type Item = Customer<'a>;

    fn next(&mut self) -> Option<Customer<'a>> {
        self.customers.get(self.rows.next()?)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl ExactSizeIterator for Part<'_> {}

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
