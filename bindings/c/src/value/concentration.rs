//! Concentration of profit: 80/20, Lorenz curve, Gini.

use crm_core::Error;
use crm_core::units::Probability;
use crm_core::value::pareto::{Bootstrap, Concentration, CurvePoint, Interval, Measure};

use super::read_share;
use crate::boundary::{Failure, Outcome, Output, OutputSlice, read, respond, slice};
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// How the profit of a customer base is concentrated. Made by one sort; each question afterwards is
/// one pass. It does not change: any number of threads may read it.
pub struct crm_concentration(Concentration);

/// A point of a concentration curve.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct crm_curve_point {
    /// Share of the customers, from 0 to 1.
    pub customers: f64,
    /// Share of the total profit that they bring.
    pub profit: f64,
}

impl From<CurvePoint> for crm_curve_point {
    fn from(point: CurvePoint) -> Self {
        crm_curve_point {
            customers: point.customers,
            profit: point.profit,
        }
    }
}

/// How to resample: the multinomial bootstrap of Efron 1979, with one stream of random numbers per
/// replicate, so that results have the same bits for any number of threads.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct crm_bootstrap {
    /// Seed of the random numbers.
    pub seed: u64,
    /// Confidence level, between 0 and 1, both excluded; 0.95 is usual.
    pub level: f64,
    /// Number of replicates, from 2 to 1000000; 1000 is usual.
    pub replicates: u32,
    /// Must be 0.
    pub reserved: u32,
}

impl crm_bootstrap {
    fn value(self) -> Outcome<Bootstrap> {
        let level = Probability::try_from(self.level);
        if self.reserved != 0 {
            let error = Error::new(crm_core::ErrorKind::OutOfRange, "reserved", "must be 0");
            return Err(error.with_value(self.reserved).into());
        }
        Ok(Bootstrap {
            replicates: self.replicates,
            level: level.map_err(|error: Error| error.named("level"))?,
            seed: self.seed,
        })
    }
}

/// A bootstrap percentile interval.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct crm_interval {
    /// The measure of the customer base itself.
    pub estimate: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Standard deviation of the replicates.
    pub standard_error: f64,
    /// Replicates without a positive total, left out of the interval: unless it is 0, read the
    /// interval with care.
    pub undefined: u32,
    /// Is 0.
    pub reserved: u32,
}

impl From<Interval> for crm_interval {
    fn from(interval: Interval) -> Self {
        crm_interval {
            estimate: interval.estimate,
            lower: interval.lower,
            upper: interval.upper,
            standard_error: interval.standard_error,
            undefined: interval.undefined,
            reserved: 0,
        }
    }
}

/// The concentration of one profit per row, negative ones included.
///
/// @param profit profit per customer of each row
/// @param weight number or share of customers of each row, in any unit, 0 or more; may be
///     NULL: one each
/// @param rows how many rows there are, at least 1
/// @param concentration receives the handle; give it back to crm_concentration_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_new(
    profit: *const f64,
    weight: *const f64,
    rows: usize,
    concentration: *mut Option<Box<crm_concentration>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("concentration", concentration)?;
        let profit = slice("profit", profit, rows)?;
        let made = if weight.is_null() {
            Concentration::new(profit)?
        } else {
            Concentration::weighted(profit, slice("weight", weight, rows)?)?
        };
        out.write(Some(Box::new(crm_concentration(made))));
        Ok(())
    })
}

/// Frees a concentration; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_concentration_free(concentration: Option<Box<crm_concentration>>) {
    free(concentration);
}

/// # Safety
/// As the exported functions below.
unsafe fn number(
    concentration: *const crm_concentration,
    out: *mut f64,
    read: impl FnOnce(&Concentration) -> Outcome<f64>,
) -> crm_status {
    // SAFETY: as the caller vouches.
    respond(|| unsafe {
        let concentration = &borrow("concentration", concentration)?.0;
        let out = Output::new("out", out)?;
        out.write(read(concentration)?);
        Ok(())
    })
}

/// The number of customers, or the sum of the weights.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_customers(
    concentration: *const crm_concentration,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { number(concentration, out, |base| Ok(base.customers())) }
}

/// The total profit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_total(
    concentration: *const crm_concentration,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { number(concentration, out, |base| Ok(base.total())) }
}

/// The mean profit per customer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_mean(
    concentration: *const crm_concentration,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { number(concentration, out, |base| Ok(base.mean())) }
}

/// The share of the total profit that the best `share` of the customers brings; above 1
/// where the others lose money. `CRM_STATUS_OUT_OF_RANGE` if the total is not positive: shares of it
/// would mean nothing.
///
/// @param share from 0 to 1; 0.2 is read as exactly 20 %
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_top_share(
    concentration: *const crm_concentration,
    share: f64,
    out: *mut f64,
) -> crm_status {
    let read = |base: &Concentration| Ok(base.top_share(read_share("share", share)?)?);
    // SAFETY: every pointer is what the header asks for.
    unsafe { number(concentration, out, read) }
}

/// The share of the total profit that the worst `share` of the customers brings: the
/// Lorenz curve at that point. `CRM_STATUS_OUT_OF_RANGE` if the total is not positive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_bottom_share(
    concentration: *const crm_concentration,
    share: f64,
    out: *mut f64,
) -> crm_status {
    let read = |base: &Concentration| Ok(base.bottom_share(read_share("share", share)?)?);
    // SAFETY: every pointer is what the header asks for.
    unsafe { number(concentration, out, read) }
}

/// The smallest share of the customers that brings `share` of the total profit.
/// `CRM_STATUS_OUT_OF_RANGE` if the total is not positive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_smallest_share(
    concentration: *const crm_concentration,
    share: f64,
    out: *mut f64,
) -> crm_status {
    let read = |base: &Concentration| Ok(base.smallest_share(read_share("share", share)?)?);
    // SAFETY: every pointer is what the header asks for.
    unsafe { number(concentration, out, read) }
}

/// The Gini coefficient, from 0 to 1 also with negative profits:
/// Σᵢ Σⱼ wᵢ wⱼ |yᵢ − yⱼ| / (2 N Σᵢ wᵢ |yᵢ|), N = Σ w. `CRM_STATUS_OUT_OF_RANGE` if every profit is 0.
///
/// Source: Raffinetti, Siletti & Vernizzi 2015, Statistical Methods & Applications 24, 507–521.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_gini(
    concentration: *const crm_concentration,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { number(concentration, out, |base| Ok(base.gini()?)) }
}

/// N / (N − 1) times the Gini coefficient: exactly 1 at maximum inequality. Weights must be numbers
/// of customers; `CRM_STATUS_OUT_OF_RANGE` if they sum to 1 or less.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_gini_corrected(
    concentration: *const crm_concentration,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { number(concentration, out, |base| Ok(base.gini_corrected()?)) }
}

/// The top of the best-first curve: the share of customers with a profit, and what they alone would
/// bring as a multiple of the total. `CRM_STATUS_OUT_OF_RANGE` if the total is not positive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_peak(
    concentration: *const crm_concentration,
    out: *mut crm_curve_point,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let concentration = &borrow("concentration", concentration)?.0;
        let out = Output::new("out", out)?;
        out.write(concentration.peak()?.into());
        Ok(())
    })
}

/// The curve of the best customers first, for a plot: `points` points evenly spaced from (0, 0) to
/// (1, 1). With unprofitable customers it rises above 1 and comes back.
///
/// @param points from 2 to 1000000
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_curve(
    concentration: *const crm_concentration,
    points: usize,
    out: *mut crm_curve_point,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let concentration = &borrow("concentration", concentration)?.0;
        let out = OutputSlice::new("out", out, points)?;
        let curve = concentration.curve(points)?;
        out.write(
            "out",
            &curve.into_iter().map(Into::into).collect::<Vec<_>>(),
        )
    })
}

/// The Lorenz curve, the worst customers first, for a plot: `points` points evenly spaced from
/// (0, 0) to (1, 1). With unprofitable customers it falls below 0 first.
///
/// @param points from 2 to 1000000
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_lorenz(
    concentration: *const crm_concentration,
    points: usize,
    out: *mut crm_curve_point,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let concentration = &borrow("concentration", concentration)?.0;
        let out = OutputSlice::new("out", out, points)?;
        let curve = concentration.lorenz(points)?;
        out.write(
            "out",
            &curve.into_iter().map(Into::into).collect::<Vec<_>>(),
        )
    })
}

/// A bootstrap confidence interval of the Gini coefficient.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_gini_interval(
    concentration: *const crm_concentration,
    bootstrap: *const crm_bootstrap,
    out: *mut crm_interval,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { interval(concentration, bootstrap, out, || Ok(Measure::Gini)) }
}

/// A bootstrap confidence interval of crm_concentration_top_share.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_top_share_interval(
    concentration: *const crm_concentration,
    share: f64,
    bootstrap: *const crm_bootstrap,
    out: *mut crm_interval,
) -> crm_status {
    let measure = || read_share("share", share).map(Measure::TopShare);
    // SAFETY: every pointer is what the header asks for.
    unsafe { interval(concentration, bootstrap, out, measure) }
}

/// A bootstrap confidence interval of crm_concentration_smallest_share.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_concentration_smallest_share_interval(
    concentration: *const crm_concentration,
    share: f64,
    bootstrap: *const crm_bootstrap,
    out: *mut crm_interval,
) -> crm_status {
    let measure = || read_share("share", share).map(Measure::SmallestShare);
    // SAFETY: every pointer is what the header asks for.
    unsafe { interval(concentration, bootstrap, out, measure) }
}

/// # Safety
/// As the exported functions above.
unsafe fn interval(
    concentration: *const crm_concentration,
    bootstrap: *const crm_bootstrap,
    out: *mut crm_interval,
    measure: impl FnOnce() -> Outcome<Measure>,
) -> crm_status {
    // SAFETY: as the caller vouches.
    respond(|| unsafe {
        let concentration = &borrow("concentration", concentration)?.0;
        let bootstrap = read("bootstrap", bootstrap)?.value()?;
        let out = Output::new("out", out)?;
        let intervals = concentration.confidence(&[measure()?], &bootstrap)?;
        let interval = intervals.first().copied();
        out.write(interval.ok_or(Failure::Null("out"))?.into());
        Ok(())
    })
}
