//! Recency, frequency, monetary value: scores, segments, grid.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;
use std::ptr;

use crm_core::value::cuts::{Cuts, Direction};
use crm_core::value::rfm::{FittedRfm, Rfm, RfmGrid, SegmentRule, SegmentTable};
use crm_core::{Error, ErrorKind};

use super::cuts::byte;
use crate::boundary::{Outcome, Output, OutputSlice, guard, refuse, respond, slice, text};
use crate::categories::crm_direction;
use crate::category;
use crate::handle::{borrow, free, output};
use crate::status::crm_status;

/// The cut points of the three scores and the segments. It does not change: any number of threads
/// may read it.
pub struct crm_rfm {
    fitted: FittedRfm,
    segments: Vec<CString>,
}

impl crm_rfm {
    fn new(fitted: FittedRfm) -> Self {
        let names = fitted.segments().map_or(&[][..], SegmentTable::names);
        let text = |name: &String| CString::new(name.as_str()).unwrap_or_default();
        crm_rfm {
            segments: names.iter().map(text).collect(),
            fitted,
        }
    }
}

/// One rule of a table of segments: customers whose scores lie in all three ranges. The first rule
/// that fits a customer decides.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_segment_rule {
    /// Name of the segment; several rules may name the same one.
    pub segment: *const c_char,
    /// The lowest recency score.
    pub recency_from: u8,
    /// The highest recency score.
    pub recency_to: u8,
    /// The lowest frequency score.
    pub frequency_from: u8,
    /// The highest frequency score.
    pub frequency_to: u8,
    /// The lowest monetary score.
    pub monetary_from: u8,
    /// The highest monetary score.
    pub monetary_to: u8,
    /// Must be 0.
    pub reserved: [u8; 2],
}

/// The table of the rules; without any, the standard table for 5 scores and none for others.
///
/// # Safety
/// As [`slice`], for the rules and their texts.
unsafe fn table(
    scores: u8,
    rules: *const crm_segment_rule,
    rule_count: usize,
) -> Outcome<Option<SegmentTable>> {
    if rules.is_null() && rule_count == 0 {
        return Ok((scores == 5).then(SegmentTable::standard));
    }
    // SAFETY: as the caller vouches.
    let rules = unsafe { slice("rules", rules, rule_count) }?;
    let rule = |(row, rule): (usize, &crm_segment_rule)| {
        if rule.reserved != [0, 0] {
            let error = Error::new(ErrorKind::OutOfRange, "reserved", "must be 0");
            return Err(error.at_row(row).into());
        }
        Ok(SegmentRule {
            // SAFETY: as the caller vouches.
            segment: unsafe { text("segment", rule.segment) }?.to_owned(),
            recency: rule.recency_from..=rule.recency_to,
            frequency: rule.frequency_from..=rule.frequency_to,
            monetary: rule.monetary_from..=rule.monetary_to,
        })
    };
    let rules = rules
        .iter()
        .enumerate()
        .map(rule)
        .collect::<Outcome<Vec<_>>>()?;
    Ok(Some(SegmentTable::new(scores, &rules)?))
}

/// Finds the cut points that split these customers into `scores` parts of equal size by recency,
/// frequency and monetary value. A score depends on the customer's value alone, so equal customers
/// get equal scores; the worst value always scores 1, the best `scores`, unless too many share it.
///
/// @param recency time since the last purchase (CRM_DIRECTION_LOWER_IS_BETTER), or its date
/// @param frequency number of purchases
/// @param monetary money spent, in all or per purchase
/// @param customers how many customers there are, at least 1
/// @param scores from 2 to 9; 5 is usual
/// @param recency_direction which end of recency is the better one
/// @param rules rules of the segments, which must cover every combination of scores; may be
///     NULL: the standard table crm_rfm_segment for 5 scores, no segments for another number
/// @param rule_count how many rules there are
/// @param rfm receives the handle; give it back to crm_rfm_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_rfm_new(
    recency: *const f64,
    frequency: *const f64,
    monetary: *const f64,
    customers: usize,
    scores: usize,
    recency_direction: MaybeUninit<crm_direction>,
    rules: *const crm_segment_rule,
    rule_count: usize,
    rfm: *mut Option<Box<crm_rfm>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("rfm", rfm)?;
        let recency = slice("recency", recency, customers)?;
        let frequency = slice("frequency", frequency, customers)?;
        let monetary = slice("monetary", monetary, customers)?;
        let scores = byte("scores", scores)?;
        let options = Rfm {
            scores,
            recency: category::read("recency_direction", recency_direction)?,
            segments: table(scores, rules, rule_count)?,
        };
        let fitted = options.fit(recency, frequency, monetary)?;
        out.write(Some(Box::new(crm_rfm::new(fitted))));
        Ok(())
    })
}

/// The same from given cut points, ascending: `scores` − 1 for each measure.
///
/// @param rules may be NULL, as in crm_rfm_new
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_rfm_from_thresholds_new(
    recency: *const f64,
    frequency: *const f64,
    monetary: *const f64,
    scores: usize,
    recency_direction: MaybeUninit<crm_direction>,
    rules: *const crm_segment_rule,
    rule_count: usize,
    rfm: *mut Option<Box<crm_rfm>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("rfm", rfm)?;
        let count = usize::from(byte("scores", scores)?).saturating_sub(1);
        let higher = Direction::HigherIsBetter;
        let direction = category::read("recency_direction", recency_direction)?;
        let cuts = |argument, pointer, direction| {
            let thresholds = slice(argument, pointer, count)?;
            Outcome::Ok(Cuts::new(thresholds, direction).map_err(|error| error.named(argument))?)
        };
        let fitted = FittedRfm::new(
            cuts("recency", recency, direction)?,
            cuts("frequency", frequency, higher)?,
            cuts("monetary", monetary, higher)?,
            table(byte("scores", scores)?, rules, rule_count)?,
        )?;
        out.write(Some(Box::new(crm_rfm::new(fitted))));
        Ok(())
    })
}

/// Frees the cut points and segments; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_rfm_free(rfm: Option<Box<crm_rfm>>) {
    free(rfm);
}

/// The cut points, ascending. A customer's score is 1 plus the number of cut points that the
/// customer's value is strictly better than.
///
/// @param count the number of scores less 1
/// @param recency receives `count` cut points
/// @param frequency receives `count` cut points
/// @param monetary receives `count` cut points
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_rfm_thresholds(
    rfm: *const crm_rfm,
    count: usize,
    recency: *mut f64,
    frequency: *mut f64,
    monetary: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fitted = &borrow("rfm", rfm)?.fitted;
        let recency = OutputSlice::new("recency", recency, count)?;
        let frequency = OutputSlice::new("frequency", frequency, count)?;
        let monetary = OutputSlice::new("monetary", monetary, count)?;
        recency.write("recency", fitted.recency().thresholds())?;
        frequency.write("frequency", fitted.frequency().thresholds())?;
        monetary.write("monetary", fitted.monetary().thresholds())
    })
}

/// Scores and segments of these customers, who need not be those of the cut points.
///
/// @param recency_scores receives scores from 1 (worst)
/// @param frequency_scores receives scores from 1 (worst)
/// @param monetary_scores receives scores from 1 (worst)
/// @param segments receives segments: indices for crm_rfm_segment_at, and for the standard table
///     numbers of crm_rfm_segment; may be NULL, and must be if there are no segments
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_rfm_score(
    rfm: *const crm_rfm,
    recency: *const f64,
    frequency: *const f64,
    monetary: *const f64,
    customers: usize,
    recency_scores: *mut u8,
    frequency_scores: *mut u8,
    monetary_scores: *mut u8,
    segments: *mut u8,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let fitted = &borrow("rfm", rfm)?.fitted;
        let recency = slice("recency", recency, customers)?;
        let frequency = slice("frequency", frequency, customers)?;
        let monetary = slice("monetary", monetary, customers)?;
        let r = OutputSlice::new("recency_scores", recency_scores, customers)?;
        let f = OutputSlice::new("frequency_scores", frequency_scores, customers)?;
        let m = OutputSlice::new("monetary_scores", monetary_scores, customers)?;
        let scores = fitted.score(recency, frequency, monetary)?;
        if !segments.is_null() {
            let out = OutputSlice::new("segments", segments, customers)?;
            let none = || {
                refuse(
                    ErrorKind::NotFound,
                    "segments",
                    "must be NULL: there are none",
                )
            };
            out.write("segments", &scores.segment.ok_or_else(none)?)?;
        }
        r.write("recency_scores", &scores.recency)?;
        f.write("frequency_scores", &scores.frequency)?;
        m.write("monetary_scores", &scores.monetary)
    })
}

/// How many segments there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_rfm_segment_count(rfm: *const crm_rfm, out: *mut usize) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let segments = &borrow("rfm", rfm)?.segments;
        Output::new("out", out)?.write(segments.len());
        Ok(())
    })
}

/// The name of the segment at `index`, from 0: text of the handle, which lives as long as it does.
/// NULL for an index of no segment or a handle of NULL.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn crm_rfm_segment_at(rfm: *const crm_rfm, index: usize) -> *const c_char {
    // SAFETY: the handle is what the header asks for.
    guard(|| unsafe {
        let segments = &borrow("rfm", rfm).ok()?.segments;
        segments.get(index).map(|name| name.as_ptr())
    })
    .flatten()
    .unwrap_or(ptr::null())
}

/// Customers and revenue by recency and frequency score.
///
/// @param recency recency score of each customer, from 1 to `scores`
/// @param frequency frequency score of each customer
/// @param revenue money spent by each customer
/// @param customers how many customers there are, at least 1
/// @param scores from 2 to 9
/// @param cell_customers receives scores · scores numbers; cell (r, f) is at
///     (r − 1) · scores + f − 1
/// @param cell_revenue receives scores · scores sums
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_rfm_grid(
    recency: *const u8,
    frequency: *const u8,
    revenue: *const f64,
    customers: usize,
    scores: usize,
    cell_customers: *mut u64,
    cell_revenue: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let recency = slice("recency", recency, customers)?;
        let frequency = slice("frequency", frequency, customers)?;
        let revenue = slice("revenue", revenue, customers)?;
        let cells = usize::from(byte("scores", scores)?) * scores;
        let counts = OutputSlice::new("cell_customers", cell_customers, cells)?;
        let sums = OutputSlice::new("cell_revenue", cell_revenue, cells)?;
        let grid = RfmGrid::new(recency, frequency, revenue, byte("scores", scores)?)?;
        counts.write("cell_customers", &grid.customers)?;
        sums.write("cell_revenue", &grid.revenue)
    })
}
