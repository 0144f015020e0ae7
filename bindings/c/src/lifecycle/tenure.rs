//! Churn rates and tenure from data.

use crm_core::lifecycle::tenure::{
    Churn, Cohort, KaplanMeier, churn_rate, churn_rates, kaplan_meier, kaplan_meier_late_entry,
};
use crm_core::units::Probability;
use crm_core::{Error, ErrorKind};

use super::{buffer_of, read_confidence};
use crate::boundary::{Outcome, Output, OutputSlice, respond, slice};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// A churn rate that was counted, with its Wilson interval.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_churn {
    /// Customers at the start of the period.
    pub at_start: u64,
    /// How many of them were lost during the period.
    pub lost: u64,
    /// lost / at_start.
    pub rate: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
}

impl From<Churn> for crm_churn {
    fn from(churn: Churn) -> Self {
        crm_churn {
            at_start: churn.at_start,
            lost: churn.lost,
            rate: churn.rate,
            lower: churn.lower,
            upper: churn.upper,
        }
    }
}

/// Churn rate of the customers of one period, with the Wilson interval
/// (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n). Source: Wilson 1927.
///
/// @param at_start customers at the start of the period, at least 1
/// @param lost how many of them were lost during the period
/// @param confidence level of the interval, between 0 and 1, both excluded; 0.95 is usual
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_churn_rate(
    at_start: u64,
    lost: u64,
    confidence: f64,
    out: *mut crm_churn,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = Output::new("out", out)?;
        let churn = churn_rate(Cohort { at_start, lost }, read_confidence(confidence)?)?;
        out.write(churn.into());
        Ok(())
    })
}

/// Churn rates of several cohorts, and of all of them as one; see crm_churn_rate.
///
/// @param at_start customers of each cohort at the start
/// @param lost customers of each cohort lost during the period
/// @param cohorts how many cohorts there are, at least 1
/// @param out receives one rate per cohort
/// @param pooled receives the rate of all of them as one
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_churn_rates(
    at_start: *const u64,
    lost: *const u64,
    cohorts: usize,
    confidence: f64,
    out: *mut crm_churn,
    pooled: *mut crm_churn,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let at_start = slice("at_start", at_start, cohorts)?;
        let lost = slice("lost", lost, cohorts)?;
        let out = OutputSlice::new("out", out, cohorts)?;
        let pooled = Output::new("pooled", pooled)?;
        let mut rows = buffer_of("at_start", cohorts)?;
        rows.extend(
            at_start
                .iter()
                .zip(lost)
                .map(|(&at_start, &lost)| Cohort { at_start, lost }),
        );
        let table = churn_rates(&rows, read_confidence(confidence)?)?;
        let rows: Vec<crm_churn> = table.cohorts.into_iter().map(Into::into).collect();
        out.write("out", &rows)?;
        pooled.write(table.pooled.into());
        Ok(())
    })
}

/// The Kaplan–Meier estimate of how long customers stay. It does not change: any number of threads
/// may read it.
pub struct crm_kaplan_meier(KaplanMeier);

/// One row of a Kaplan–Meier table: a distinct time at which a customer was lost or last seen.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_survival_row {
    /// The time.
    pub time: f64,
    /// Customers under observation just before it, n.
    pub at_risk: u64,
    /// Customers lost at it, d.
    pub lost: u64,
    /// Customers last seen at it and not lost.
    pub censored: u64,
    /// Probability to stay longer, S = Π (1 − d/n).
    pub survival: f64,
    /// Greenwood's variance of S; NaN once S is 0.
    pub variance: f64,
    /// Lower end of the log-log interval; NaN once S is 0.
    pub lower: f64,
    /// Upper end of the log-log interval; NaN once S is 0.
    pub upper: f64,
}

/// A mean tenure up to a horizon.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_restricted_mean {
    /// Expected time up to the horizon.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// The horizon.
    pub horizon: f64,
}

/// Kaplan–Meier estimate from durations, of which some may be cut off: S = Π (1 − d/n), Greenwood's
/// variance, log-log intervals. Sources: Kaplan & Meier 1958; Greenwood 1926; Kalbfleisch & Prentice
/// 1980.
///
/// @param durations time of each customer under observation, 0 or more
/// @param observed 1 if the loss of the customer at the end of it was observed, 0 if the customer was
///     only last seen then
/// @param entry age at which each customer came under observation, below the duration; may be NULL:
///     all were watched from their first day
/// @param customers how many customers there are, at least 1
/// @param confidence level of the intervals, between 0 and 1, both excluded
/// @param kaplan_meier receives the handle; give it back to crm_kaplan_meier_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kaplan_meier_new(
    durations: *const f64,
    observed: *const u8,
    entry: *const f64,
    customers: usize,
    confidence: f64,
    kaplan_meier: *mut Option<Box<crm_kaplan_meier>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("kaplan_meier", kaplan_meier)?;
        let durations = slice("durations", durations, customers)?;
        let flags = slice("observed", observed, customers)?;
        let observed = flags
            .iter()
            .enumerate()
            .map(flag)
            .collect::<Outcome<Vec<_>>>()?;
        let confidence = read_confidence(confidence)?;
        let made = if entry.is_null() {
            self::kaplan_meier(durations, &observed, confidence)?
        } else {
            let entry = slice("entry", entry, customers)?;
            kaplan_meier_late_entry(durations, &observed, entry, confidence)?
        };
        out.write(Some(Box::new(crm_kaplan_meier(made))));
        Ok(())
    })
}

fn flag((row, flag): (usize, &u8)) -> Outcome<bool> {
    match flag {
        0 => Ok(false),
        1 => Ok(true),
        _ => {
            let error = Error::new(ErrorKind::OutOfRange, "observed", "must be 0 or 1");
            Err(error.with_value(flag).at_row(row).into())
        }
    }
}

/// Frees an estimate; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_kaplan_meier_free(kaplan_meier: Option<Box<crm_kaplan_meier>>) {
    free(kaplan_meier);
}

/// How many rows the table has: the distinct times.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kaplan_meier_rows(
    kaplan_meier: *const crm_kaplan_meier,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let table = &borrow("kaplan_meier", kaplan_meier)?.0;
        Output::new("out", out)?.write(table.time.len());
        Ok(())
    })
}

/// The table, by time.
///
/// @param rows crm_kaplan_meier_rows
/// @param out receives that many rows
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kaplan_meier_table(
    kaplan_meier: *const crm_kaplan_meier,
    rows: usize,
    out: *mut crm_survival_row,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let table = &borrow("kaplan_meier", kaplan_meier)?.0;
        let out = OutputSlice::new("out", out, rows)?;
        let counts = table.at_risk.iter().zip(&table.lost).zip(&table.censored);
        let curves = table.survival.iter().zip(&table.variance);
        let bounds = table.lower.iter().zip(&table.upper);
        let columns = table.time.iter().zip(counts).zip(curves).zip(bounds);
        let row = |(((time, counts), (survival, variance)), (lower, upper))| {
            let ((at_risk, lost), censored): ((&u64, &u64), &u64) = counts;
            let (time, survival, variance): (&f64, &f64, &f64) = (time, survival, variance);
            let (lower, upper): (&f64, &f64) = (lower, upper);
            crm_survival_row {
                time: *time,
                at_risk: *at_risk,
                lost: *lost,
                censored: *censored,
                survival: *survival,
                variance: *variance,
                lower: *lower,
                upper: *upper,
            }
        };
        out.write("out", &columns.map(row).collect::<Vec<_>>())
    })
}

/// # Safety
/// As the exported functions below.
unsafe fn number(
    kaplan_meier: *const crm_kaplan_meier,
    out: *mut f64,
    read: impl FnOnce(&KaplanMeier) -> Outcome<Option<f64>>,
) -> crm_status {
    // SAFETY: as the caller vouches.
    respond(|| unsafe {
        let table = &borrow("kaplan_meier", kaplan_meier)?.0;
        let out = Output::new("out", out)?;
        out.write(read(table)?.unwrap_or(f64::NAN));
        Ok(())
    })
}

/// The median tenure: the first time with S ≤ 1/2; NaN if the curve does not come down so far.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kaplan_meier_median(
    kaplan_meier: *const crm_kaplan_meier,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { number(kaplan_meier, out, |table| Ok(table.median())) }
}

/// The interval of the median: the times at which the lower and the upper curve come down to 1/2;
/// NaN where they do not. Source: Brookmeyer & Crowley 1982.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kaplan_meier_median_interval(
    kaplan_meier: *const crm_kaplan_meier,
    lower: *mut f64,
    upper: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let table = &borrow("kaplan_meier", kaplan_meier)?.0;
        let lower = Output::new("lower", lower)?;
        let upper = Output::new("upper", upper)?;
        let (from, to) = table.median_interval();
        lower.write(from.unwrap_or(f64::NAN));
        upper.write(to.unwrap_or(f64::NAN));
        Ok(())
    })
}

/// The shortest time that at least the part `probability` of the customers do not outlast; NaN if the
/// curve does not come down so far.
///
/// @param probability from 0 to 1; 0.5 is the median
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kaplan_meier_quantile(
    kaplan_meier: *const crm_kaplan_meier,
    probability: f64,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe {
        number(kaplan_meier, out, |table| {
            Ok(table.quantile(Probability::try_from(probability)?))
        })
    }
}

/// Probability to stay longer than `time`; NaN where the curve is not known: before 0, and beyond the
/// last time while customers are left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kaplan_meier_survival_at(
    kaplan_meier: *const crm_kaplan_meier,
    time: f64,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { number(kaplan_meier, out, |table| Ok(table.survival_at(time))) }
}

/// Mean tenure up to `horizon`: the area under the curve, with its standard error.
/// `CRM_STATUS_OUT_OF_RANGE` for a horizon beyond the last time while customers are left.
/// Source: Klein & Moeschberger 2003, section 4.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kaplan_meier_restricted_mean(
    kaplan_meier: *const crm_kaplan_meier,
    horizon: f64,
    out: *mut crm_restricted_mean,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let table = &borrow("kaplan_meier", kaplan_meier)?.0;
        let out = Output::new("out", out)?;
        let mean = table.restricted_mean(horizon)?;
        out.write(crm_restricted_mean {
            mean: mean.mean,
            standard_error: mean.standard_error,
            horizon: mean.horizon,
        });
        Ok(())
    })
}
