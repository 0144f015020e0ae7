//! The value disciplines of Treacy & Wiersema.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::LazyLock;

use crm_core::units::{Label, Language};
use crm_core::value::disciplines::{ValueDiscipline, discipline_profile};

use super::members;
use crate::boundary::{Output, guard, respond, slice};
use crate::categories::{crm_language, crm_value_discipline};
use crate::category;
use crate::status::crm_status;

/// How a firm stands in the three value disciplines.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_discipline_profile {
    /// Mean rating of each discipline, in the order of crm_value_discipline; NaN where none of its items is rated.
    pub scores: [f64; 3],
    /// By how much the leading score leads the next; NaN where there is no other.
    pub margin: f64,
    /// The discipline that leads, if one does.
    pub leading: crm_value_discipline,
    /// 1 if one discipline leads; 0 if two share the highest score, or nothing is rated.
    pub has_leading: i32,
    /// 1 for each discipline whose score reaches the standard, else 0.
    pub keeps_up: [i32; 3],
    /// Fills the struct.
    pub reserved: [u8; 4],
}

/// Scores the value disciplines from ratings of items: each item asks for one discipline, and a score is the mean of its items that
/// are rated. Source: Treacy & Wiersema 1993.
///
/// @param items one crm_value_discipline for each item
/// @param ratings of the items, 0 to 1; NaN where not rated
/// @param count how many items there are
/// @param standard what keeps up in a discipline, 0 to 1
/// @param out receives the profile
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_discipline_profile_of(
    items: *const u8,
    ratings: *const f64,
    count: usize,
    standard: f64,
    out: *mut crm_discipline_profile,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let items: Vec<ValueDiscipline> = members("items", slice("items", items, count)?)?;
        let ratings = slice("ratings", ratings, count)?;
        let out = Output::new("out", out)?;
        let found = discipline_profile(&items, ratings, standard)?;
        let leading = found
            .leading
            .unwrap_or(ValueDiscipline::OperationalExcellence);
        out.write(crm_discipline_profile {
            scores: found.scores,
            margin: found.margin,
            leading: category::write(leading)?,
            has_leading: i32::from(found.leading.is_some()),
            keeps_up: found.keeps_up.map(i32::from),
            reserved: [0; 4],
        });
        Ok(())
    })
}

/// What a discipline promises to customers: a sentence for people. Static text in UTF-8; NULL for a number that is no discipline or
/// no language.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn crm_value_discipline_promise(
    value: MaybeUninit<crm_value_discipline>,
    language: MaybeUninit<crm_language>,
) -> *const c_char {
    static TEXTS: LazyLock<Vec<[CString; 2]>> = LazyLock::new(|| {
        let text = |discipline: ValueDiscipline, language| {
            CString::new(discipline.promise(language)).unwrap_or_default()
        };
        let both = |one: &ValueDiscipline| [Language::En, Language::Zh].map(|l| text(*one, l));
        ValueDiscipline::ALL.iter().map(both).collect()
    });
    let find = || {
        let discipline = category::read("value", value).ok()?;
        let language = category::read("language", language).ok()?;
        let texts = TEXTS.get(discipline as usize)?.get(language as usize)?;
        Some(texts.as_ptr())
    };
    guard(find).flatten().unwrap_or(ptr::null())
}
