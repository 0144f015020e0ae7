//! Estimates of the population from a sample.

use std::mem::MaybeUninit;

use crm_core::survey::{Confidence, Estimate, Sample};

use crate::boundary::{Outcome, Output, OutputSlice, optional_slice, respond, slice};
use crate::categories::crm_systematic_variance;
use crate::category;
use crate::handle::{self, free};
use crate::status::crm_status;

/// Who was drawn, and how: what estimates of the population need to know beside the answers. A row is a respondent.
pub struct crm_survey_sample(Sample);

/// A number of the population, estimated from a sample.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_survey_estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error under the design.
    pub standard_error: f64,
    /// The lower end of the interval.
    pub lower: f64,
    /// The upper end of the interval.
    pub upper: f64,
    /// Variance over that of a simple random sample of as many rows; NaN where that one is 0.
    pub design_effect: f64,
    /// Degrees of freedom of the standard error: primary units less strata.
    pub degrees: u64,
    /// Rows of the domain.
    pub rows: u64,
}

impl From<Estimate> for crm_survey_estimate {
    fn from(estimate: Estimate) -> Self {
        crm_survey_estimate {
            value: estimate.value,
            standard_error: estimate.standard_error,
            lower: estimate.lower,
            upper: estimate.upper,
            design_effect: estimate.design_effect.unwrap_or(f64::NAN),
            degrees: estimate.degrees as u64,
            rows: estimate.rows as u64,
        }
    }
}

fn known(population: u64) -> Option<u64> {
    (population > 0).then_some(population)
}

/// Rows drawn at random without replacement.
///
/// @param rows 2 or more
/// @param population 0 for one that is far larger than the sample, of unknown size
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_simple_random_new(
    rows: usize,
    population: u64,
    sample: *mut Option<Box<crm_survey_sample>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("sample", sample)?;
        let made = Sample::simple_random(rows, known(population))?;
        out.write(Some(Box::new(crm_survey_sample(made))));
        Ok(())
    })
}

/// Rows drawn in equal steps, in the order of the frame.
///
/// @param rows 2 or more
/// @param population 0 for one that is far larger than the sample, of unknown size
/// @param variance as of a simple random sample, or from the differences of neighbours
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_systematic_new(
    rows: usize,
    population: u64,
    variance: MaybeUninit<crm_systematic_variance>,
    sample: *mut Option<Box<crm_survey_sample>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("sample", sample)?;
        let variance = category::read("variance", variance)?;
        let made = Sample::systematic(rows, known(population), variance)?;
        out.write(Some(Box::new(crm_survey_sample(made))));
        Ok(())
    })
}

/// A simple random sample of each stratum.
///
/// @param stratum of each row
/// @param populations units of each stratum
/// @param strata how many strata there are
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_stratified_new(
    stratum: *const usize,
    rows: usize,
    populations: *const u64,
    strata: usize,
    sample: *mut Option<Box<crm_survey_sample>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("sample", sample)?;
        let stratum = slice("stratum", stratum, rows)?;
        let populations = slice("populations", populations, strata)?;
        let made = Sample::stratified(stratum, populations)?;
        out.write(Some(Box::new(crm_survey_sample(made))));
        Ok(())
    })
}

/// Whole clusters, drawn at random.
///
/// @param cluster of each row, every number from 0 to the largest
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_clusters_new(
    cluster: *const usize,
    rows: usize,
    clusters_in_population: u64,
    sample: *mut Option<Box<crm_survey_sample>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("sample", sample)?;
        let cluster = slice("cluster", cluster, rows)?;
        let made = Sample::clusters(cluster, clusters_in_population)?;
        out.write(Some(Box::new(crm_survey_sample(made))));
        Ok(())
    })
}

/// Clusters drawn at random, and some units of each at random.
///
/// @param cluster of each row, every number from 0 to the largest
/// @param cluster_sizes units that each of these clusters has
/// @param clusters how many clusters were drawn
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_two_stage_new(
    cluster: *const usize,
    rows: usize,
    cluster_sizes: *const u64,
    clusters: usize,
    clusters_in_population: u64,
    sample: *mut Option<Box<crm_survey_sample>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("sample", sample)?;
        let cluster = slice("cluster", cluster, rows)?;
        let sizes = slice("cluster_sizes", cluster_sizes, clusters)?;
        let made = Sample::two_stage(cluster, sizes, clusters_in_population)?;
        out.write(Some(Box::new(crm_survey_sample(made))));
        Ok(())
    })
}

/// Clusters drawn with probability proportional to size, with replacement or as good as that. Source: Hansen &
/// Hurwitz 1943.
///
/// @param cluster of each row, every number from 0 to the largest
/// @param probabilities of each of these clusters in one draw
/// @param cluster_sizes units of each cluster, where only some were asked; may be NULL
/// @param clusters how many clusters were drawn
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_proportional_to_size_new(
    cluster: *const usize,
    rows: usize,
    probabilities: *const f64,
    cluster_sizes: *const u64,
    clusters: usize,
    sample: *mut Option<Box<crm_survey_sample>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("sample", sample)?;
        let cluster = slice("cluster", cluster, rows)?;
        let probabilities = slice("probabilities", probabilities, clusters)?;
        let sizes = optional_slice("cluster_sizes", cluster_sizes, clusters)?;
        let made = Sample::proportional_to_size(cluster, probabilities, sizes)?;
        out.write(Some(Box::new(crm_survey_sample(made))));
        Ok(())
    })
}

/// Any design, by its weights, of a large population.
///
/// @param weights greater than 0
/// @param stratum of each row; may be NULL for one stratum
/// @param cluster of each row; may be NULL if every row was drawn by itself
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_weighted_new(
    weights: *const f64,
    stratum: *const usize,
    cluster: *const usize,
    rows: usize,
    sample: *mut Option<Box<crm_survey_sample>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("sample", sample)?;
        let weights = slice("weights", weights, rows)?;
        let stratum = optional_slice("stratum", stratum, rows)?;
        let cluster = optional_slice("cluster", cluster, rows)?;
        let made = Sample::weighted(weights, stratum, cluster)?;
        out.write(Some(Box::new(crm_survey_sample(made))));
        Ok(())
    })
}

/// The same rows with other weights, such as those of `crm_weights_rake`.
///
/// @param weights greater than 0
/// @param reweighted receives the new sample
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_with_weights(
    sample: *const crm_survey_sample,
    weights: *const f64,
    rows: usize,
    reweighted: *mut Option<Box<crm_survey_sample>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("reweighted", reweighted)?;
        let sample = &handle::borrow("sample", sample)?.0;
        let made = sample.with_weights(slice("weights", weights, rows)?)?;
        out.write(Some(Box::new(crm_survey_sample(made))));
        Ok(())
    })
}

/// Units of the population that each row stands for.
///
/// @param weights receives one for each row
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_weights(
    sample: *const crm_survey_sample,
    rows: usize,
    weights: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let sample = &handle::borrow("sample", sample)?.0;
        OutputSlice::new("weights", weights, rows)?.write("weights", sample.weights())
    })
}

/// What estimates of all kinds are asked with.
struct Question<'a> {
    sample: &'a Sample,
    /// `None` for all rows.
    domain: Option<Vec<bool>>,
    confidence: Confidence,
}

impl<'a> Question<'a> {
    /// # Safety
    /// The pointers are what the header asks for.
    unsafe fn read(
        sample: *const crm_survey_sample,
        domain: *const u8,
        rows: usize,
        confidence: f64,
    ) -> Outcome<Self> {
        // SAFETY: as the caller vouches.
        let (sample, domain) = unsafe {
            (
                handle::borrow("sample", sample)?,
                optional_slice("domain", domain, rows)?,
            )
        };
        Ok(Question {
            sample: &sample.0,
            domain: domain.map(truths),
            confidence: Confidence::new(confidence)?,
        })
    }

    fn domain(&self) -> Option<&[bool]> {
        self.domain.as_deref()
    }
}

fn truths(flags: &[u8]) -> Vec<bool> {
    flags.iter().map(|&flag| flag != 0).collect()
}

/// The total of a variable over the domain: Σ w y. `CRM_STATUS_NO_SOLUTION` for a population of unknown size.
///
/// @param values one for each row
/// @param domain not 0 for the rows that count; may be NULL for all
/// @param confidence of the interval, between 0 and 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_total(
    sample: *const crm_survey_sample,
    values: *const f64,
    domain: *const u8,
    rows: usize,
    confidence: f64,
    out: *mut crm_survey_estimate,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Question::read(sample, domain, rows, confidence)?;
        let values = slice("values", values, rows)?;
        let out = Output::new("out", out)?;
        let found = asked
            .sample
            .total(values, asked.domain(), asked.confidence)?;
        out.write(found.into());
        Ok(())
    })
}

/// The mean of a variable over the domain: Σ w y / Σ w.
///
/// @param values one for each row
/// @param domain not 0 for the rows that count; may be NULL for all
/// @param confidence of the interval, between 0 and 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_mean(
    sample: *const crm_survey_sample,
    values: *const f64,
    domain: *const u8,
    rows: usize,
    confidence: f64,
    out: *mut crm_survey_estimate,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Question::read(sample, domain, rows, confidence)?;
        let values = slice("values", values, rows)?;
        let out = Output::new("out", out)?;
        let found = asked
            .sample
            .mean(values, asked.domain(), asked.confidence)?;
        out.write(found.into());
        Ok(())
    })
}

/// The share of those with a flag in the domain. The interval is that of Korn and Graubard.
///
/// @param flags not 0 for those who are counted
/// @param domain not 0 for the rows that count; may be NULL for all
/// @param confidence of the interval, between 0 and 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_proportion(
    sample: *const crm_survey_sample,
    flags: *const u8,
    domain: *const u8,
    rows: usize,
    confidence: f64,
    out: *mut crm_survey_estimate,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Question::read(sample, domain, rows, confidence)?;
        let flags = truths(slice("flags", flags, rows)?);
        let out = Output::new("out", out)?;
        let found = asked
            .sample
            .proportion(&flags, asked.domain(), asked.confidence)?;
        out.write(found.into());
        Ok(())
    })
}

/// The ratio of two totals over the domain: Σ w y / Σ w x.
///
/// @param numerator y of each row
/// @param denominator x of each row
/// @param domain not 0 for the rows that count; may be NULL for all
/// @param confidence of the interval, between 0 and 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_ratio(
    sample: *const crm_survey_sample,
    numerator: *const f64,
    denominator: *const f64,
    domain: *const u8,
    rows: usize,
    confidence: f64,
    out: *mut crm_survey_estimate,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Question::read(sample, domain, rows, confidence)?;
        let numerator = slice("numerator", numerator, rows)?;
        let denominator = slice("denominator", denominator, rows)?;
        let out = Output::new("out", out)?;
        let ratio = asked
            .sample
            .ratio(numerator, denominator, asked.domain(), asked.confidence);
        out.write(ratio?.into());
        Ok(())
    })
}

/// The mean of a variable in each domain. `CRM_STATUS_EMPTY` for a domain without rows, which is the row of the error.
///
/// @param values one for each row
/// @param domains domain of each row, below `count`
/// @param count how many domains there are
/// @param confidence of the intervals, between 0 and 1
/// @param out receives one estimate for each domain
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_survey_sample_domain_means(
    sample: *const crm_survey_sample,
    values: *const f64,
    domains: *const usize,
    rows: usize,
    count: usize,
    confidence: f64,
    out: *mut crm_survey_estimate,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let asked = Question::read(sample, std::ptr::null(), rows, confidence)?;
        let values = slice("values", values, rows)?;
        let domains = slice("domains", domains, rows)?;
        let out = OutputSlice::new("out", out, count)?;
        let found = asked
            .sample
            .domain_means(values, domains, count, asked.confidence)?;
        let found: Vec<crm_survey_estimate> = found.into_iter().map(Into::into).collect();
        out.write("out", &found)
    })
}

/// Frees a sample; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_survey_sample_free(sample: Option<Box<crm_survey_sample>>) {
    free(sample);
}
