//! Which stage is this customer in?

use std::ffi::c_char;
use std::mem::MaybeUninit;

use crm_core::ledger::PeriodSeries;
use crm_core::lifecycle::Stage;
use crm_core::lifecycle::economics::transition_economics;
use crm_core::lifecycle::inference::{
    Evidence, Known, Measure, Population, Rule, RuleOptions, StageInference, current_stages,
    infer_stages,
};
use crm_core::units::Label;
use crm_core::{Error, ErrorKind};

use super::codes;
use super::economics::crm_transition_economics;
use crate::boundary::{Outcome, Output, OutputSlice, optional_slice, read, respond, slice};
use crate::categories::crm_language;
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// Every threshold of the rules, in the customer's own units: interpurchase times, parts of the own
/// peak, probabilities. Get the defaults from crm_rule_options_default, then change what you need.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_rule_options {
    /// What a customer's value is measured by: a crm_stage_measure. Default: spend.
    pub measure: i32,
    /// Periods with a purchase from which on a new customer has left Development for Growth; 2 or
    /// more. Default 3.
    pub development_purchases: u32,
    /// Silence, in own interpurchase times, from which on a customer is in Decline; more than 0.
    /// Default 2.
    pub silence: f64,
    /// P(alive) at or below which a customer is in Termination; between 0 and 1. Default 0.2.
    pub termination: f64,
    /// After x repetitions, drop-out has odds a / (b + x); more than 0. Default 1.
    pub dropout_a: f64,
    /// See dropout_a. Default 2.
    pub dropout_b: f64,
    /// How many interpurchase times of a customer the population's mean weighs as much as; more than
    /// 0. NaN, the default: estimated from the data.
    pub population_weight: f64,
    /// Blocks, each of one own interpurchase time, that a trend is taken over; 4 to 32. Default 8.
    pub window: u32,
    /// Blocks needed to speak of a trend or a level; 2 to window. Default 4.
    pub least_blocks: u32,
    /// Level of the one-sided Kendall test of a rise or a fall; up to 0.5. Default 0.05.
    pub significance: f64,
    /// Weaker level of the same test: keeps a growing customer in Growth, and makes a low level a
    /// decline; up to 0.5. Default 0.2.
    pub inclination: f64,
    /// Change over the window, as part of the mean, that makes a significant trend a rise or a fall.
    /// Default 0.25.
    pub least_change: f64,
    /// Part of the own peak at or below which a level that inclines downwards is Decline. Default 0.5.
    pub decline_level: f64,
    /// Part of the own peak from which on a customer in Decline is back in Maturity. Default 0.7.
    pub return_level: f64,
    /// Latest blocks whose mean is the level; 1 to least_blocks. Default 3.
    pub level_blocks: u32,
    /// Evaluations in a row that must agree on a change of stage; 1 or more. Default 2.
    pub confirmations: u32,
    /// Periods with a purchase since the return that make Recovery into Maturity; 2 or more.
    /// Default 2.
    pub recovery_purchases: u32,
    /// Is 0.
    pub reserved: u32,
}

impl From<RuleOptions> for crm_rule_options {
    fn from(options: RuleOptions) -> Self {
        crm_rule_options {
            measure: options.measure as i32,
            development_purchases: options.development_purchases,
            silence: options.silence,
            termination: options.termination,
            dropout_a: options.dropout_a,
            dropout_b: options.dropout_b,
            population_weight: options.population_weight.unwrap_or(f64::NAN),
            window: options.window,
            least_blocks: options.least_blocks,
            significance: options.significance,
            inclination: options.inclination,
            least_change: options.least_change,
            decline_level: options.decline_level,
            return_level: options.return_level,
            level_blocks: options.level_blocks,
            confirmations: options.confirmations,
            recovery_purchases: options.recovery_purchases,
            reserved: 0,
        }
    }
}

impl crm_rule_options {
    pub(crate) fn value(self) -> crm_core::Result<RuleOptions> {
        let measure = usize::try_from(self.measure).ok();
        let measure = measure.and_then(|code| Measure::ALL.get(code).copied());
        Ok(RuleOptions {
            measure: measure.ok_or_else(|| {
                Error::new(
                    ErrorKind::OutOfRange,
                    "measure",
                    "must be a crm_stage_measure",
                )
                .with_value(self.measure)
            })?,
            development_purchases: self.development_purchases,
            silence: self.silence,
            termination: self.termination,
            dropout_a: self.dropout_a,
            dropout_b: self.dropout_b,
            population_weight: Some(self.population_weight).filter(|weight| !weight.is_nan()),
            window: self.window,
            least_blocks: self.least_blocks,
            significance: self.significance,
            inclination: self.inclination,
            least_change: self.least_change,
            decline_level: self.decline_level,
            return_level: self.return_level,
            level_blocks: self.level_blocks,
            confirmations: self.confirmations,
            recovery_purchases: self.recovery_purchases,
        })
    }
}

/// The default thresholds of the rules.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_rule_options_default(out: *mut crm_rule_options) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        Output::new("out", out)?.write(RuleOptions::default().into());
        Ok(())
    })
}

/// The stages of many customers, with their evidence and whole histories. It does not change: any
/// number of threads may read it.
pub struct crm_stage_inference {
    found: StageInference,
    series: PeriodSeries,
}

/// Why a customer is in a stage: the rule that decided, and the numbers at the end of observation.
/// A number that does not apply is NaN, or 0 for a count.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_stage_evidence {
    /// The crm_stage_rule that holds the customer in the stage.
    pub rule: i32,
    /// A crm_stage that has been seen and waits to be confirmed; −1 for none.
    pub pending: i32,
    /// Periods with a purchase.
    pub purchases: u32,
    /// Periods since the last purchase.
    pub silence: u32,
    /// Own interpurchase time in periods, shrunk towards the population's.
    pub interpurchase_time: f64,
    /// Probability that the relationship has not ended: as given, else by the rules.
    pub p_alive: f64,
    /// Blocks of one own interpurchase time that the trend was taken over; 0: no trend yet.
    pub blocks: u32,
    /// Periods in a block.
    pub block_periods: u32,
    /// Theil–Sen slope: change of value per period, from one block to the next.
    pub slope: f64,
    /// Change over all blocks as part of the mean of their absolute values.
    pub change: f64,
    /// One-sided p-value of Kendall's test: small for a rise.
    pub p_rise: f64,
    /// One-sided p-value of Kendall's test: small for a fall.
    pub p_fall: f64,
    /// Value per period over the latest blocks.
    pub level: f64,
    /// The own peak: the highest value per period that was sustained over a whole window.
    pub peak: f64,
}

impl From<&Evidence> for crm_stage_evidence {
    fn from(evidence: &Evidence) -> Self {
        let rhythm = evidence.rhythm;
        let trend = evidence.trend;
        crm_stage_evidence {
            rule: evidence.rule as i32,
            pending: evidence.pending.map_or(-1, |stage| i32::from(stage.code())),
            purchases: rhythm.map_or(0, |r| r.purchases),
            silence: rhythm.map_or(0, |r| r.silence),
            interpurchase_time: rhythm.map_or(f64::NAN, |r| r.interpurchase_time),
            p_alive: rhythm.map_or(f64::NAN, |r| r.p_alive),
            blocks: trend.map_or(0, |t| t.blocks),
            block_periods: trend.map_or(0, |t| t.block_periods),
            slope: trend.map_or(f64::NAN, |t| t.slope),
            change: trend.map_or(f64::NAN, |t| t.change),
            p_rise: trend.map_or(f64::NAN, |t| t.p_rise),
            p_fall: trend.map_or(f64::NAN, |t| t.p_fall),
            level: trend.map_or(f64::NAN, |t| t.level),
            peak: trend.map_or(f64::NAN, |t| t.peak),
        }
    }
}

/// The rhythm of the population that short histories are shrunk towards.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_rhythm {
    /// The mean interpurchase time in periods.
    pub interpurchase_time: f64,
    /// How many interpurchase times of a customer it weighs as much as.
    pub weight: f64,
    /// Customers with at least one repetition.
    pub repeat_buyers: u64,
}

impl From<Population> for crm_rhythm {
    fn from(population: Population) -> Self {
        crm_rhythm {
            interpurchase_time: population.interpurchase_time,
            weight: population.weight,
            repeat_buyers: population.repeat_buyers,
        }
    }
}

/// The lifecycle stage of every customer by rules, against each customer's own rhythm, from the
/// activity per customer and period. The active periods of all customers lie one after another:
/// those of customer i are the rows offsets[i] to offsets[i + 1] − 1, oldest first.
///
/// @param offsets customers + 1 numbers, the first one 0, the last one rows
/// @param customers how many customers there are, with and without activity
/// @param periods period of each row since the start of observation, increasing within a customer
/// @param purchases number of purchases in the period
/// @param spend sum of the amounts of the period
/// @param profit sum of amount − cost of the period; may be NULL
/// @param share_of_wallet share of the customer's spending, 0 to 1, NaN where it is not known; may
///     be NULL
/// @param rows how many rows there are
/// @param observed how many periods were observed in all, at most 1048576
/// @param p_alive P(alive) of each customer at the end of observation, NaN where it is not known:
///     it then decides over Termination in place of the rhythm; may be NULL
/// @param options the thresholds of the rules
/// @param inference receives the handle; give it back to crm_stage_inference_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_inference_new(
    offsets: *const usize,
    customers: usize,
    periods: *const u32,
    purchases: *const u32,
    spend: *const f64,
    profit: *const f64,
    share_of_wallet: *const f64,
    rows: usize,
    observed: u32,
    p_alive: *const f64,
    options: *const crm_rule_options,
    inference: *mut Option<Box<crm_stage_inference>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("inference", inference)?;
        let (series, known, options) = Activity {
            offsets,
            customers,
            periods,
            purchases,
            spend,
            profit,
            share_of_wallet,
            rows,
            observed,
            p_alive,
            options,
        }
        .read()?;
        let found = infer_stages(&series, known, &options)?;
        out.write(Some(Box::new(crm_stage_inference { found, series })));
        Ok(())
    })
}

/// The lifecycle stage that every customer is in now, by the same rules as crm_stage_inference_new, without evidence and
/// histories, which takes a part of the time. All arguments up to `options` are the same.
///
/// @param profit sum of amount − cost of the period; may be NULL
/// @param share_of_wallet share of the customer's spending, 0 to 1, NaN where it is not known; may be NULL
/// @param p_alive P(alive) of each customer, NaN where it is not known; may be NULL
/// @param stages receives one crm_stage per customer
/// @param confidence receives a number from 0.5, just so, to 1, clear, per customer; not a probability
/// @param rules receives the crm_stage_rule that holds each customer in the stage
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_current_stages(
    offsets: *const usize,
    customers: usize,
    periods: *const u32,
    purchases: *const u32,
    spend: *const f64,
    profit: *const f64,
    share_of_wallet: *const f64,
    rows: usize,
    observed: u32,
    p_alive: *const f64,
    options: *const crm_rule_options,
    stages: *mut u8,
    confidence: *mut f64,
    rules: *mut u8,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let stages = OutputSlice::new("stages", stages, customers)?;
        let confidence = OutputSlice::new("confidence", confidence, customers)?;
        let rules = OutputSlice::new("rules", rules, customers)?;
        let (series, known, options) = Activity {
            offsets,
            customers,
            periods,
            purchases,
            spend,
            profit,
            share_of_wallet,
            rows,
            observed,
            p_alive,
            options,
        }
        .read()?;
        let found = current_stages(&series, known, &options)?;
        stages.write("stages", &codes(&found.stages))?;
        confidence.write("confidence", &found.confidence)?;
        rules.write("rules", &rule_codes(&found.rules))
    })
}

fn rule_codes(rules: &[Rule]) -> Vec<u8> {
    rules.iter().map(|rule| *rule as u8).collect()
}

/// Activity of customers, what is known of them, and the rules, as C gives them.
struct Activity {
    offsets: *const usize,
    customers: usize,
    periods: *const u32,
    purchases: *const u32,
    spend: *const f64,
    profit: *const f64,
    share_of_wallet: *const f64,
    rows: usize,
    observed: u32,
    p_alive: *const f64,
    options: *const crm_rule_options,
}

impl Activity {
    /// # Safety
    /// Every pointer is what the header asks for.
    unsafe fn read<'a>(&self) -> Outcome<(PeriodSeries, Known<'a>, RuleOptions)> {
        let (rows, customers) = (self.rows, self.customers);
        // SAFETY: as the caller says.
        unsafe {
            let known = Known {
                share_of_wallet: optional_slice("share_of_wallet", self.share_of_wallet, rows)?,
                p_alive: optional_slice("p_alive", self.p_alive, customers)?,
            };
            let options = read("options", self.options)?.value()?;
            let ends = slice("offsets", self.offsets, customers.saturating_add(1))?;
            let profit = optional_slice("profit", self.profit, rows)?;
            let series = PeriodSeries::new(
                ends.to_vec(),
                slice("periods", self.periods, rows)?.to_vec(),
                slice("purchases", self.purchases, rows)?.to_vec(),
                slice("spend", self.spend, rows)?.to_vec(),
                profit.map(<[f64]>::to_vec),
                self.observed,
            )?;
            Ok((series, known, options))
        }
    }
}

/// Frees an inference; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_stage_inference_free(inference: Option<Box<crm_stage_inference>>) {
    free(inference);
}

/// The stage of each customer in the last period, and how clear it is.
///
/// @param customers as many as were given
/// @param stages receives one crm_stage per customer
/// @param confidence receives a number from 0.5, just so, to 1, clear; not a probability
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_inference_stages(
    inference: *const crm_stage_inference,
    customers: usize,
    stages: *mut u8,
    confidence: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("inference", inference)?.found;
        let stages = OutputSlice::new("stages", stages, customers)?;
        let confidence = OutputSlice::new("confidence", confidence, customers)?;
        stages.write("stages", &codes(&found.stages))?;
        confidence.write("confidence", &found.confidence)
    })
}

/// Why each customer is in the stage.
///
/// @param customers as many as were given
/// @param out receives one row per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_inference_evidence(
    inference: *const crm_stage_inference,
    customers: usize,
    out: *mut crm_stage_evidence,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("inference", inference)?.found;
        let out = OutputSlice::new("out", out, customers)?;
        out.write(
            "out",
            &found.evidence.iter().map(Into::into).collect::<Vec<_>>(),
        )
    })
}

/// The evidence of one customer in words, as NUL-terminated UTF-8.
/// `CRM_STATUS_LENGTH_MISMATCH` if the text does not fit; 512 bytes are enough for any.
///
/// @param customer counted from 0
/// @param text receives the text
/// @param capacity bytes that can be written to `text`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_inference_describe(
    inference: *const crm_stage_inference,
    customer: usize,
    language: MaybeUninit<crm_language>,
    text: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("inference", inference)?.found;
        let language = category::read("language", language)?;
        Output::new("text", text)?;
        let evidence = found.evidence.get(customer).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "customer", "is not in the inference")
                .with_value(customer)
        })?;
        let mut bytes = evidence.describe(language).into_bytes();
        bytes.push(0);
        if bytes.len() > capacity {
            let reason = format!("must be at least {}", bytes.len());
            let error = Error::new(ErrorKind::LengthMismatch, "capacity", reason);
            return Err(error.with_value(capacity).into());
        }
        OutputSlice::new("text", text.cast::<u8>(), bytes.len())?.write("text", &bytes)
    })
}

/// The rhythm of the population.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_inference_population(
    inference: *const crm_stage_inference,
    out: *mut crm_rhythm,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("inference", inference)?.found;
        Output::new("out", out)?.write(found.population.into());
        Ok(())
    })
}

/// How many entries the histories of all customers have together.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_inference_entries(
    inference: *const crm_stage_inference,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("inference", inference)?.found;
        Output::new("out", out)?.write(found.histories.periods().len());
        Ok(())
    })
}

/// The histories of all customers, one entry per move: those of customer i are the entries
/// offsets[i] to offsets[i + 1] − 1. A customer stays in a stage until the next entry.
///
/// @param customers as many as were given
/// @param entries crm_stage_inference_entries
/// @param offsets receives customers + 1 numbers
/// @param periods receives the first period of each entry
/// @param stages receives the crm_stage of each entry
/// @param rules receives the crm_stage_rule that decided it
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_inference_histories(
    inference: *const crm_stage_inference,
    customers: usize,
    entries: usize,
    offsets: *mut usize,
    periods: *mut u32,
    stages: *mut u8,
    rules: *mut u8,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let histories = &borrow("inference", inference)?.found.histories;
        let offsets = OutputSlice::new("offsets", offsets, customers.saturating_add(1))?;
        let periods = OutputSlice::new("periods", periods, entries)?;
        let stages = OutputSlice::new("stages", stages, entries)?;
        let rules = OutputSlice::new("rules", rules, entries)?;
        offsets.write("offsets", histories.offsets())?;
        periods.write("periods", histories.periods())?;
        stages.write("stages", &codes(histories.stages()))?;
        rules.write("rules", &rule_codes(histories.rules()))
    })
}

/// How many customers are in each stage in each period.
///
/// @param observed the number of periods that was given
/// @param out receives 7 numbers per period, in the order of crm_stage
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_inference_census(
    inference: *const crm_stage_inference,
    observed: u32,
    out: *mut u64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("inference", inference)?.found;
        let census = found.histories.census();
        if u64::from(observed) != census.len() as u64 {
            let reason = format!("must be {}", census.len());
            let error = Error::new(ErrorKind::LengthMismatch, "observed", reason);
            return Err(error.with_value(observed).into());
        }
        let out = OutputSlice::new("out", out, census.as_flattened().len())?;
        out.write("out", census.as_flattened())
    })
}

/// How often customers went from stage to stage from one period to the next, and the rates: each row
/// divided by its sum.
///
/// @param counts receives 49 numbers, row-major: 7 stages before, 7 stages after
/// @param rates receives 49 numbers; a row of NaN for a stage that nobody was seen leaving or keeping
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_inference_transitions(
    inference: *const crm_stage_inference,
    counts: *mut u64,
    rates: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("inference", inference)?.found;
        let counts = OutputSlice::new("counts", counts, Stage::COUNT * Stage::COUNT)?;
        let rates = OutputSlice::new("rates", rates, Stage::COUNT * Stage::COUNT)?;
        let transitions = found.histories.transitions();
        let known = transitions
            .rates()
            .map(|row| row.unwrap_or([f64::NAN; Stage::COUNT]));
        counts.write("counts", transitions.counts.as_flattened())?;
        rates.write("rates", known.as_flattened())
    })
}

/// What each move from stage to stage earned: profit per period in the stay before and after it
/// (spend, if no profit was given).
///
/// @param out receives 49 rows, row-major: 7 stages before, 7 stages after
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_inference_economics(
    inference: *const crm_stage_inference,
    out: *mut crm_transition_economics,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let inference = borrow("inference", inference)?;
        let out = OutputSlice::new("out", out, Stage::COUNT * Stage::COUNT)?;
        let moves = transition_economics(&inference.found.histories, &inference.series)?;
        let mut table = [crm_transition_economics::default(); Stage::COUNT * Stage::COUNT];
        for row in &moves {
            let place = usize::from(row.from.code()) * Stage::COUNT + usize::from(row.to.code());
            if let Some(cell) = table.get_mut(place) {
                *cell = row.into();
            }
        }
        out.write("out", &table)
    })
}
