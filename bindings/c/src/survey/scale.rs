//! How well a scale of several items measures one thing.

use crm_core::survey::Confidence;
use crm_core::survey::scale::{Item, ItemIntervals, reliability, reliability_intervals};

use super::bootstrap::{crm_bootstrap_interval, resampling};
use super::table;
use crate::boundary::{Output, OutputSlice, respond, write_optional};
use crate::status::crm_status;

/// What the items of a scale say of its reliability.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_reliability {
    /// Cronbach's alpha.
    pub alpha: f64,
    /// Lower end of its interval (Feldt).
    pub alpha_lower: f64,
    /// Upper end of it.
    pub alpha_upper: f64,
    /// Alpha of the standardised items.
    pub standardized_alpha: f64,
    /// Mean correlation of two items.
    pub mean_correlation: f64,
    /// McDonald's omega, of one factor by maximum likelihood; NaN where it is not determined.
    pub omega: f64,
}

/// An item of a scale.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_scale_item {
    /// Mean of the answers.
    pub mean: f64,
    /// Standard deviation of the answers.
    pub standard_deviation: f64,
    /// Correlation with the sum of all items.
    pub item_total: f64,
    /// Correlation with the sum of the other items; NaN where that sum does not vary.
    pub item_rest: f64,
    /// Alpha without this item; NaN of a scale of two items.
    pub alpha_if_deleted: f64,
    /// Loading of the standardised item on the one factor; NaN where omega is.
    pub loading: f64,
}

impl From<&Item> for crm_scale_item {
    fn from(item: &Item) -> Self {
        crm_scale_item {
            mean: item.mean,
            standard_deviation: item.standard_deviation,
            item_total: item.item_total,
            item_rest: item.item_rest.unwrap_or(f64::NAN),
            alpha_if_deleted: item.alpha_if_deleted.unwrap_or(f64::NAN),
            loading: item.loading.unwrap_or(f64::NAN),
        }
    }
}

/// Cronbach's alpha with Feldt's interval, McDonald's omega and statistics of the items.
///
/// `CRM_STATUS_NO_SOLUTION` for an item, or a sum of items, that does not vary.
///
/// @param items one column of `rows` answers after the other
/// @param count how many items there are, 2 or more
/// @param rows 3 or more
/// @param confidence of the interval, between 0 and 1
/// @param details receives one for each item; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_scale_reliability(
    items: *const f64,
    count: usize,
    rows: usize,
    confidence: f64,
    out: *mut crm_reliability,
    details: *mut crm_scale_item,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let items = table("items", items, count, rows)?;
        let confidence = Confidence::new(confidence)?;
        let out = Output::new("out", out)?;
        let details = OutputSlice::optional("details", details, count)?;
        let found = reliability(&items, confidence)?;
        let about: Vec<crm_scale_item> = found.items.iter().map(Into::into).collect();
        write_optional(details, "details", &about)?;
        out.write(crm_reliability {
            alpha: found.alpha,
            alpha_lower: found.alpha_lower,
            alpha_upper: found.alpha_upper,
            standardized_alpha: found.standardized_alpha,
            mean_correlation: found.mean_correlation,
            omega: found.omega.unwrap_or(f64::NAN),
        });
        Ok(())
    })
}

/// How much the reliability of a scale varies from sample to sample.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_reliability_intervals {
    /// Of Cronbach's alpha; unlike Feldt's interval it asks for no normal distribution.
    pub alpha: crm_bootstrap_interval,
    /// Of the alpha of the standardised items.
    pub standardized_alpha: crm_bootstrap_interval,
    /// Of the mean correlation of two items.
    pub mean_correlation: crm_bootstrap_interval,
    /// Of McDonald's omega; samples in which it is not determined are left out.
    pub omega: crm_bootstrap_interval,
}

/// How much the statistics of an item vary from sample to sample; what has no value is NaN in 0 replicates.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_scale_item_intervals {
    /// Of the mean.
    pub mean: crm_bootstrap_interval,
    /// Of the standard deviation.
    pub standard_deviation: crm_bootstrap_interval,
    /// Of the correlation with the sum of all items.
    pub item_total: crm_bootstrap_interval,
    /// Of the correlation with the sum of the other items.
    pub item_rest: crm_bootstrap_interval,
    /// Of alpha without this item.
    pub alpha_if_deleted: crm_bootstrap_interval,
    /// Of the loading.
    pub loading: crm_bootstrap_interval,
}

impl From<&ItemIntervals> for crm_scale_item_intervals {
    fn from(item: &ItemIntervals) -> Self {
        crm_scale_item_intervals {
            mean: item.mean.into(),
            standard_deviation: item.standard_deviation.into(),
            item_total: item.item_total.into(),
            item_rest: item.item_rest.into(),
            alpha_if_deleted: item.alpha_if_deleted.into(),
            loading: item.loading.into(),
        }
    }
}

/// Intervals of all that crm_scale_reliability says of a scale, by resampling rows. The same seed gives the same bits, for any number
/// of threads.
///
/// @param items one column of `rows` answers after the other
/// @param count how many items there are, 2 or more
/// @param rows 3 or more
/// @param replicates how many samples are drawn, 2 or more
/// @param confidence of the intervals, between 0 and 1
/// @param seed of the samples
/// @param details receives one for each item; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_scale_reliability_intervals(
    items: *const f64,
    count: usize,
    rows: usize,
    replicates: u32,
    confidence: f64,
    seed: u64,
    out: *mut crm_reliability_intervals,
    details: *mut crm_scale_item_intervals,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let items = table("items", items, count, rows)?;
        let how = resampling(replicates, confidence, seed)?;
        let out = Output::new("out", out)?;
        let details = OutputSlice::optional("details", details, count)?;
        let found = reliability_intervals(&items, &how)?;
        let about: Vec<crm_scale_item_intervals> = found.items.iter().map(Into::into).collect();
        write_optional(details, "details", &about)?;
        out.write(crm_reliability_intervals {
            alpha: found.alpha.into(),
            standardized_alpha: found.standardized_alpha.into(),
            mean_correlation: found.mean_correlation.into(),
            omega: found.omega.into(),
        });
        Ok(())
    })
}
