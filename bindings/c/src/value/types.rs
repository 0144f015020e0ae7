//! Four types of customers by current × potential value.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::LazyLock;

use crm_core::units::{Label, Language};
use crm_core::value::types::{CustomerType, CutRule, TypeCuts};

use super::read_share;
use crate::boundary::{Outcome, Output, OutputSlice, buffer, guard, respond, slice};
use crate::categories::{crm_customer_type, crm_language};
use crate::category;
use crate::status::crm_status;

/// # Safety
/// As the exported functions below.
unsafe fn cut(
    values: *const f64,
    rows: usize,
    out: *mut f64,
    rule: impl FnOnce() -> Outcome<CutRule>,
) -> crm_status {
    // SAFETY: as the caller vouches.
    respond(|| unsafe {
        let values = slice("values", values, rows)?;
        let out = Output::new("out", out)?;
        out.write(rule()?.cut("values", values)?);
        Ok(())
    })
}

/// The border above which at most 1 − `share` of the values lie: 0.5 is the median. An observed
/// value.
///
/// @param share between 0 and 1, both excluded; 0.2 is read as exactly 20 %
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_quantile_cut(
    values: *const f64,
    rows: usize,
    share: f64,
    out: *mut f64,
) -> crm_status {
    let rule = || read_share("share", share).map(CutRule::Quantile);
    // SAFETY: every pointer is what the header asks for.
    unsafe { cut(values, rows, out, rule) }
}

/// The border that Otsu's method finds between low and high values: the upper edge of the histogram
/// bin with the greatest variance between the two classes. `CRM_STATUS_NO_SOLUTION` if all values
/// are equal. Source: Otsu 1979, eq. 18.
///
/// @param bins how many bins of equal width, from 2 to 65536; 256 is usual
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_otsu_cut(
    values: *const f64,
    rows: usize,
    bins: u32,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { cut(values, rows, out, || Ok(CutRule::Otsu { bins })) }
}

/// The border halfway between the means of the two clusters with the least sum of squares within:
/// the optimum of k-means with k = 2. `CRM_STATUS_NO_SOLUTION` if all values are equal.
/// Source: Fisher 1958.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_k_means_cut(
    values: *const f64,
    rows: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    unsafe { cut(values, rows, out, || Ok(CutRule::KMeans)) }
}

/// The type of every customer: golden if current and potential value are high, meteor if only the
/// current one is, stream if only the potential one is, else burden. A value is high if it lies
/// above its border.
///
/// @param current_cut border of the current value, given or found by crm_quantile_cut,
///     crm_otsu_cut or crm_k_means_cut
/// @param types receives one crm_customer_type per customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_customer_types(
    current: *const f64,
    potential: *const f64,
    customers: usize,
    current_cut: f64,
    potential_cut: f64,
    types: *mut u8,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let current = slice("current", current, customers)?;
        let potential = slice("potential", potential, customers)?;
        let cuts = TypeCuts::new(current_cut, potential_cut)?;
        let out = OutputSlice::new("types", types, customers)?;
        let mut types = buffer("current", customers)?;
        cuts.classify_into(current, potential, &mut types)?;
        out.write("types", &types)
    })
}

/// What to do with customers of this type: a sentence for people. Static text in UTF-8; NULL for a
/// number that is no type or no language.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_customer_type_strategy(
    value: MaybeUninit<crm_customer_type>,
    language: MaybeUninit<crm_language>,
) -> *const c_char {
    static TEXTS: LazyLock<Vec<[CString; 2]>> = LazyLock::new(|| {
        let text = |kind: CustomerType, language| {
            CString::new(kind.strategy(language)).unwrap_or_default()
        };
        let both = |kind: &CustomerType| [Language::En, Language::Zh].map(|l| text(*kind, l));
        CustomerType::ALL.iter().map(both).collect()
    });
    let find = || {
        let kind = category::read("value", value).ok()?;
        let language = category::read("language", language).ok()?;
        let texts = TEXTS.get(kind as usize)?.get(language as usize)?;
        Some(texts.as_ptr())
    };
    guard(find).flatten().unwrap_or(ptr::null())
}
