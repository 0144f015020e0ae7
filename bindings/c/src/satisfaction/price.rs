//! Price sensitivity by van Westendorp's four questions.

use std::mem::MaybeUninit;

use crm_core::satisfaction::price::{PriceAnswers, PriceInterval, PriceSensitivity};

use super::read_confidence;
use crate::boundary::{Output, OutputSlice, respond, slice};
use crate::categories::{crm_inconsistent_prices, crm_price_range};
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// What answers to van Westendorp's questions say of prices. It does not change: any number of threads may read it.
pub struct crm_price_sensitivity(PriceSensitivity);

/// The curves and price points of these answers. The shares of respondents to whom a price is too cheap and cheap fall
/// with the price, those to whom it is expensive and too expensive rise; each curve runs straight between the prices
/// that were named, and where two cross are the price points. Source: van Westendorp 1976.
///
/// @param too_cheap the price at which each respondent doubts the quality, 0 or more; NaN where not answered
/// @param cheap the price that is a bargain
/// @param expensive the price that is expensive, but worth a thought
/// @param too_expensive the price at which the respondent would not buy
/// @param inconsistent what happens to respondents whose prices do not rise strictly
/// @param price_range which curves bound the acceptable prices
/// @param sensitivity receives the handle; give it back to crm_price_sensitivity_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_price_sensitivity_new(
    too_cheap: *const f64,
    cheap: *const f64,
    expensive: *const f64,
    too_expensive: *const f64,
    respondents: usize,
    inconsistent: MaybeUninit<crm_inconsistent_prices>,
    price_range: MaybeUninit<crm_price_range>,
    sensitivity: *mut Option<Box<crm_price_sensitivity>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("sensitivity", sensitivity)?;
        let answers = PriceAnswers {
            too_cheap: slice("too_cheap", too_cheap, respondents)?,
            cheap: slice("cheap", cheap, respondents)?,
            expensive: slice("expensive", expensive, respondents)?,
            too_expensive: slice("too_expensive", too_expensive, respondents)?,
        };
        let inconsistent = category::read("inconsistent", inconsistent)?;
        let range = category::read("price_range", price_range)?;
        let made = PriceSensitivity::new(&answers, inconsistent, range)?;
        out.write(Some(Box::new(crm_price_sensitivity(made))));
        Ok(())
    })
}

/// Frees it; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_price_sensitivity_free(sensitivity: Option<Box<crm_price_sensitivity>>) {
    free(sensitivity);
}

/// Price points, and whose answers count.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_price_points {
    /// Respondents whose answers count.
    pub respondents: u64,
    /// Respondents whose prices do not rise strictly; they count if they are kept.
    pub inconsistent: u64,
    /// Respondents who left out a price; they count for nothing else.
    pub missing: u64,
    /// PMC, point of marginal cheapness: the lower end of the acceptable prices.
    pub marginal_cheapness: f64,
    /// PME, point of marginal expensiveness: the upper end.
    pub marginal_expensiveness: f64,
    /// IPP, indifference price point: as many find it cheap as expensive.
    pub indifference: f64,
    /// OPP, optimal price point: as few find it too cheap as too expensive.
    pub optimal: f64,
}

/// The four price points.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_price_sensitivity_points(
    sensitivity: *const crm_price_sensitivity,
    out: *mut crm_price_points,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("sensitivity", sensitivity)?.0;
        Output::new("out", out)?.write(crm_price_points {
            respondents: found.respondents,
            inconsistent: found.inconsistent,
            missing: found.missing,
            marginal_cheapness: found.points.marginal_cheapness,
            marginal_expensiveness: found.points.marginal_expensiveness,
            indifference: found.points.indifference,
            optimal: found.points.optimal,
        });
        Ok(())
    })
}

/// How many different prices were named: the rows of the curves.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_price_sensitivity_price_count(
    sensitivity: *const crm_price_sensitivity,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("sensitivity", sensitivity)?.0;
        Output::new("out", out)?.write(found.prices.len());
        Ok(())
    })
}

/// The curves: every price that was named, ascending, and the shares of the respondents at it.
///
/// @param rows as crm_price_sensitivity_price_count says
/// @param prices receives the prices
/// @param too_cheap receives the share to whom the price is too cheap: who named it or a higher one
/// @param cheap receives the share to whom it is cheap or cheaper
/// @param expensive receives the share to whom it is expensive or dearer: who named it or a lower one
/// @param too_expensive receives the share to whom it is too expensive
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_price_sensitivity_curves(
    sensitivity: *const crm_price_sensitivity,
    rows: usize,
    prices: *mut f64,
    too_cheap: *mut f64,
    cheap: *mut f64,
    expensive: *mut f64,
    too_expensive: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("sensitivity", sensitivity)?.0;
        let columns = [
            ("prices", prices, &found.prices),
            ("too_cheap", too_cheap, &found.too_cheap),
            ("cheap", cheap, &found.cheap),
            ("expensive", expensive, &found.expensive),
            ("too_expensive", too_expensive, &found.too_expensive),
        ];
        for (argument, pointer, _) in columns {
            OutputSlice::new(argument, pointer, rows)?;
        }
        for (argument, pointer, values) in columns {
            OutputSlice::new(argument, pointer, rows)?.write(argument, values)?;
        }
        Ok(())
    })
}

/// An interval of a price point.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_price_interval {
    /// The price point.
    pub estimate: f64,
    /// Standard deviation of the replicates.
    pub standard_error: f64,
    /// Lower quantile of the replicates.
    pub lower: f64,
    /// Upper quantile of the replicates.
    pub upper: f64,
}

impl From<PriceInterval> for crm_price_interval {
    fn from(interval: PriceInterval) -> Self {
        crm_price_interval {
            estimate: interval.estimate,
            standard_error: interval.standard_error,
            lower: interval.lower,
            upper: interval.upper,
        }
    }
}

/// Percentile intervals of the price points from a bootstrap of respondents.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_price_intervals {
    /// PMC.
    pub marginal_cheapness: crm_price_interval,
    /// PME.
    pub marginal_expensiveness: crm_price_interval,
    /// IPP.
    pub indifference: crm_price_interval,
    /// OPP.
    pub optimal: crm_price_interval,
    /// Replicates whose curves do not cross; they are left out.
    pub undefined: u32,
    /// 0.
    pub reserved: u32,
}

/// Percentile intervals (Efron 1979) of the price points: respondents are drawn with replacement. The same seed gives
/// the same bits for any number of threads.
///
/// @param replicates how many draws, at least 2; 1000 is usual
/// @param confidence level of the intervals, between 0 and 1, both excluded; 0.95 is usual
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_price_sensitivity_intervals(
    sensitivity: *const crm_price_sensitivity,
    replicates: u32,
    confidence: f64,
    seed: u64,
    out: *mut crm_price_intervals,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let found = &borrow("sensitivity", sensitivity)?.0;
        let out = Output::new("out", out)?;
        let intervals = found.intervals(replicates, read_confidence(confidence)?, seed)?;
        out.write(crm_price_intervals {
            marginal_cheapness: intervals.marginal_cheapness.into(),
            marginal_expensiveness: intervals.marginal_expensiveness.into(),
            indifference: intervals.indifference.into(),
            optimal: intervals.optimal.into(),
            undefined: intervals.undefined,
            reserved: 0,
        });
        Ok(())
    })
}
