//! Stage, type, tier and loyalty of every customer in one call.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use crm_core::classification::{
    Activity, Classification, ClassificationRules, Conflict, CustomerTable, CustomerVerdict,
    TierRule, classify, classify_now,
};
use crm_core::lifecycle::inference::Known;
use crm_core::loyalty::{Contradiction, Evidence};
use crm_core::units::Label;

use crate::boundary::{
    Outcome, Output, OutputSlice, optional_slice, read, respond, slice, write_text,
};
use crate::categories::{crm_cut_method, crm_language};
use crate::category;
use crate::handle::{self, borrow, free};
use crate::ledger::crm_period_series;
use crate::lifecycle::inference::crm_rule_options;
use crate::loyalty::{crm_loyalty_evidence, crm_loyalty_rules, read_evidence, read_rules};
use crate::status::crm_status;
use crate::value::{array, read_shares};

/// What is known of customers, one row each. Whatever nobody knows anything of is NULL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_customer_table {
    /// How many customers there are.
    pub customers: usize,
    /// What each is worth now, for tier and type; NaN where it is not known.
    pub current: *const f64,
    /// What each may be worth, for the type; NaN where it is not known.
    pub potential: *const f64,
    /// What is known of their loyalty.
    pub loyalty: *const crm_loyalty_evidence,
    /// What they bought over time, for the stage.
    pub series: *const crm_period_series,
    /// Which customer of the series each row is, −1 for who is not in it; NULL if rows are those of the series.
    pub places: *const i64,
    /// Share of wallet of each entry of the series, 0 to 1; NaN where it is not known.
    pub share_of_wallet: *const f64,
    /// P(alive) of each customer of the series; NaN where it is not known.
    pub p_alive: *const f64,
}

/// What classification assumes. The usual: crm_classification_rules_default.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_classification_rules {
    /// Of the stages; NULL for the usual.
    pub stages: *const crm_rule_options,
    /// Of loyalty; NULL for the usual.
    pub loyalty: *const crm_loyalty_rules,
    /// Shares of the customers in VIP, major, regular, small; NULL for 0.01, 0.04, 0.15, 0.80.
    pub tier_shares: *const f64,
    /// Or the 3 borders between the tiers, ascending; NULL if they are found by shares.
    pub tier_thresholds: *const f64,
    /// The value, share or number of bins that current_method asks for. Default 0.5.
    pub current_number: f64,
    /// The same of potential_method. Default 0.5.
    pub potential_number: f64,
    /// How the border of the current value is found. Default: a quantile.
    pub current_method: MaybeUninit<crm_cut_method>,
    /// How the border of the potential value is found. Default: a quantile.
    pub potential_method: MaybeUninit<crm_cut_method>,
}

/// The rules that are used where none are given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_classification_rules_default(
    out: *mut crm_classification_rules,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let quantile = MaybeUninit::new(crm_cut_method::Quantile);
        Output::new("out", out)?.write(crm_classification_rules {
            stages: std::ptr::null(),
            loyalty: std::ptr::null(),
            tier_shares: std::ptr::null(),
            tier_thresholds: std::ptr::null(),
            current_number: 0.5,
            potential_number: 0.5,
            current_method: quantile,
            potential_method: quantile,
        });
        Ok(())
    })
}

/// What one customer is. A verdict that is open is −1, and its margin NaN.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_customer_verdict {
    /// How clear the stage is, 0.5 to 1.
    pub stage_confidence: f64,
    /// Share of the customers from here to the nearest border between types, this one included.
    pub type_margin: f64,
    /// The same for tiers.
    pub tier_margin: f64,
    /// How far the category of loyalty that fits best does, 0 to 1.
    pub loyalty_fit: f64,
    /// By how much the next fits less.
    pub loyalty_margin: f64,
    /// The crm_stage.
    pub stage: i32,
    /// The crm_customer_type.
    pub customer_type: i32,
    /// The crm_pyramid_tier.
    pub tier: i32,
    /// The crm_loyalty_outcome; −1 where nothing is known of loyalty.
    pub loyalty_outcome: i32,
    /// The crm_loyalty_category that fits best, a verdict or not.
    pub loyalty_best: i32,
    /// The one that fits next best.
    pub loyalty_next: i32,
    /// Contradictions in the evidence of loyalty: bit i is member i of crm_contradiction.
    pub contradictions: u32,
    /// Contradictions between the verdicts: bit i is member i of crm_conflict.
    pub conflicts: u32,
}

/// The verdicts on customers. It does not change: any number of threads may read it.
pub struct crm_classification(Classification);

/// Writes what one way of classifying finds.
///
/// # Safety
/// Every pointer is what the header asks for.
unsafe fn classified(
    table: *const crm_customer_table,
    rules: *const crm_classification_rules,
    classification: *mut Option<Box<crm_classification>>,
    way: fn(&CustomerTable<'_>, &ClassificationRules) -> crm_core::Result<Classification>,
) -> Outcome<()> {
    // SAFETY: as the caller vouches.
    unsafe {
        let out = handle::output("classification", classification)?;
        let places = Places::read(table)?;
        let table = customer_table(table, &places)?;
        let rules = classification_rules(rules)?;
        out.write(Some(Box::new(crm_classification(way(&table, &rules)?))));
    }
    Ok(())
}

/// Classifies customers: stage by rules, type by current × potential value, tier of the pyramid, category of loyalty, how sure each
/// is, and what contradicts itself. Borders are found on the values that are known; what is not known of a customer leaves the
/// verdict that needs it open.
///
/// `CRM_STATUS_NOT_FINITE` for an infinite value, `CRM_STATUS_OUT_OF_RANGE` for evidence out of its range, with their row.
///
/// @param table what is known
/// @param rules what is assumed; may be NULL: the usual
/// @param classification receives the handle; give it back to crm_classification_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_classification_new(
    table: *const crm_customer_table,
    rules: *const crm_classification_rules,
    classification: *mut Option<Box<crm_classification>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { classified(table, rules, classification, classify) })
}

/// The same verdicts without the numbers behind the stages, in a part of the time: reasons name the rule of a stage alone.
///
/// Statuses and arguments are those of crm_classification_new.
///
/// @param table what is known
/// @param rules what is assumed; may be NULL: the usual
/// @param classification receives the handle; give it back to crm_classification_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_classification_now(
    table: *const crm_customer_table,
    rules: *const crm_classification_rules,
    classification: *mut Option<Box<crm_classification>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { classified(table, rules, classification, classify_now) })
}

/// The verdicts.
///
/// @param customers how many there are
/// @param verdicts receives one for each
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_classification_verdicts(
    classification: *const crm_classification,
    customers: usize,
    verdicts: *mut crm_customer_verdict,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("classification", classification)?.0;
        let out = OutputSlice::new("verdicts", verdicts, customers)?;
        let rows: Vec<crm_customer_verdict> = found.verdicts().iter().map(Into::into).collect();
        out.write("verdicts", &rows)
    })
}

/// The borders that were found: NaN where no value is known.
///
/// @param tiers receives the 3 borders between the tiers
/// @param current receives the border of the current value
/// @param potential receives the border of the potential value
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_classification_borders(
    classification: *const crm_classification,
    tiers: *mut f64,
    current: *mut f64,
    potential: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("classification", classification)?.0;
        let tiers = OutputSlice::new("tiers", tiers, 3)?;
        let current = Output::new("current", current)?;
        let potential = Output::new("potential", potential)?;
        let unknown = [f64::NAN; 3];
        tiers.write(
            "tiers",
            found.pyramid().map_or(&unknown, |p| p.thresholds()),
        )?;
        let (across, up) = found.type_cuts();
        current.write(across.unwrap_or(f64::NAN));
        potential.write(up.unwrap_or(f64::NAN));
        Ok(())
    })
}

/// Why one customer is what it is, in words: a line each for stage, type, tier and loyalty, and one for contradictions, if there are
/// any.
///
/// @param table what is known, as it was given to crm_classification_new
/// @param row the customer's
/// @param language of the words
/// @param buffer receives the text with its terminating NUL; 4,096 bytes always suffice
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_classification_explain(
    classification: *const crm_classification,
    table: *const crm_customer_table,
    row: usize,
    language: MaybeUninit<crm_language>,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("classification", classification)?.0;
        let places = Places::read(table)?;
        let table = customer_table(table, &places)?;
        let language = category::read("language", language)?;
        OutputSlice::new("buffer", buffer, capacity)?;
        let text = found.reasons(&table, row, language)?.text(language);
        write_text(&text, buffer, capacity)
    })
}

/// Frees a classification; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_classification_free(classification: Option<Box<crm_classification>>) {
    free(classification);
}

impl From<&CustomerVerdict> for crm_customer_verdict {
    fn from(verdict: &CustomerVerdict) -> Self {
        let loyalty = verdict.loyalty;
        let bits = |there: &dyn Fn(usize) -> bool, count| {
            (0..count)
                .filter(|&i| there(i))
                .fold(0, |bits, i| bits | 1 << i)
        };
        let contradicts = |i: usize| {
            let member = Contradiction::ALL.get(i);
            loyalty
                .zip(member)
                .is_some_and(|(loyalty, member)| loyalty.contradicts(*member))
        };
        let conflict = |i: usize| {
            let member = Conflict::ALL.get(i);
            member.is_some_and(|member| verdict.has_conflict(*member))
        };
        crm_customer_verdict {
            stage_confidence: verdict.stage_confidence,
            type_margin: verdict.type_margin,
            tier_margin: verdict.tier_margin,
            loyalty_fit: loyalty.map_or(f64::NAN, |loyalty| loyalty.fit),
            loyalty_margin: loyalty.map_or(f64::NAN, |loyalty| loyalty.margin),
            stage: verdict.stage.map_or(-1, |stage| i32::from(stage.code())),
            customer_type: verdict.customer_type.map_or(-1, |kind| kind as i32),
            tier: verdict.tier.map_or(-1, |tier| tier as i32),
            loyalty_outcome: loyalty.map_or(-1, |loyalty| loyalty.outcome as i32),
            loyalty_best: loyalty.map_or(-1, |loyalty| loyalty.best as i32),
            loyalty_next: loyalty.map_or(-1, |loyalty| loyalty.next as i32),
            contradictions: bits(&contradicts, Contradiction::ALL.len()),
            conflicts: bits(&conflict, Conflict::ALL.len()),
        }
    }
}

/// The places of a table's rows in its series.
struct Places(Option<Vec<Option<u32>>>);

impl Places {
    /// # Safety
    /// As the exported functions above.
    unsafe fn read(table: *const crm_customer_table) -> Outcome<Self> {
        // SAFETY: as the caller vouches.
        unsafe {
            let table = read("table", table)?;
            if table.places.is_null() {
                return Ok(Places(None));
            }
            let places = slice("places", table.places, table.customers)?;
            let place = |(row, &place): (usize, &i64)| match place {
                -1 => Ok(None),
                place => u32::try_from(place).map(Some).map_err(|_| {
                    let rule = "must be a customer of the series, or -1";
                    let kind = crm_core::ErrorKind::OutOfRange;
                    let error = crm_core::Error::new(kind, "places", rule);
                    error.with_value(place).at_row(row).into()
                }),
            };
            places
                .iter()
                .enumerate()
                .map(place)
                .collect::<Outcome<_>>()
                .map(Some)
                .map(Places)
        }
    }
}

/// # Safety
/// As the exported functions above.
unsafe fn customer_table<'a>(
    table: *const crm_customer_table,
    places: &'a Places,
) -> Outcome<CustomerTable<'a>> {
    // SAFETY: as the caller vouches.
    unsafe {
        let table = read("table", table)?;
        let activity = if table.series.is_null() {
            None
        } else {
            let series = &borrow("series", table.series)?.0;
            let entries = series.periods().len();
            Some(Activity {
                series,
                known: Known {
                    share_of_wallet: optional_slice(
                        "share_of_wallet",
                        table.share_of_wallet,
                        entries,
                    )?,
                    p_alive: optional_slice("p_alive", table.p_alive, series.customers())?,
                },
                places: places.0.as_deref(),
            })
        };
        Ok(CustomerTable {
            customers: table.customers,
            activity,
            current: optional_slice("current", table.current, table.customers)?,
            potential: optional_slice("potential", table.potential, table.customers)?,
            loyalty: if table.loyalty.is_null() {
                Evidence::UNKNOWN
            } else {
                read_evidence(read("loyalty", table.loyalty)?, table.customers)?
            },
        })
    }
}

/// # Safety
/// As the exported functions above.
unsafe fn classification_rules(
    rules: *const crm_classification_rules,
) -> Outcome<ClassificationRules> {
    // SAFETY: as the caller vouches.
    unsafe {
        if rules.is_null() {
            return Ok(ClassificationRules::default());
        }
        let given = read("rules", rules)?;
        let current = category::read("current_method", given.current_method)?;
        let potential = category::read("potential_method", given.potential_method)?;
        Ok(ClassificationRules {
            stages: if given.stages.is_null() {
                Default::default()
            } else {
                read("stages", given.stages)?.value()?
            },
            tiers: if !given.tier_thresholds.is_null() {
                Some(TierRule::At(array(
                    "tier_thresholds",
                    given.tier_thresholds,
                )?))
            } else if given.tier_shares.is_null() {
                None
            } else {
                let shares = slice("tier_shares", given.tier_shares, 4)?;
                Some(TierRule::Shares(read_shares("tier_shares", shares)?))
            },
            current_cut: current.with(given.current_number)?,
            potential_cut: potential.with(given.potential_number)?,
            loyalty: read_rules(given.loyalty)?,
        })
    }
}
