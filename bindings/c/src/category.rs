//! Categories: enums of C whose numbers are the places in the core's [`Label::ALL`]. The enums
//! themselves, in `categories.rs`, are generated from the core.

use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;
use std::ptr;

use crm_core::units::{Label, Language};
use crm_core::{Error, ErrorKind};

use crate::boundary::{Outcome, refuse};
use crate::categories::crm_language;

/// What a member is called: [`crm_core::units::Terms`] as static C text.
pub(crate) struct Texts {
    pub(crate) name: &'static CStr,
    pub(crate) en: &'static CStr,
    pub(crate) zh: &'static CStr,
}

/// A category of the C interface.
pub(crate) trait Category: Copy + 'static {
    /// The category of the core.
    type Core: Label + PartialEq;
    /// Every member, in the order of their numbers.
    const ALL: &'static [Self];
    /// What each is called, in the same order.
    const TEXTS: &'static [Texts];
}

/// The member of the core that an enum argument means. C may pass any number, so an argument has
/// the type `MaybeUninit<crm_…>`, which the header shows as `crm_…`.
pub(crate) fn read<C: Category>(argument: &'static str, value: MaybeUninit<C>) -> Outcome<C::Core> {
    let member = place(value).and_then(|place| C::Core::ALL.get(place).copied());
    member.ok_or_else(|| {
        let error = Error::new(
            ErrorKind::OutOfRange,
            argument,
            "must be a member of its enum",
        );
        error.with_value(number(value)).into()
    })
}

/// The number in C of a member of the core.
pub(crate) fn write<C: Category>(member: C::Core) -> Outcome<C> {
    let place = C::Core::ALL.iter().position(|known| *known == member);
    place
        .and_then(|place| C::ALL.get(place).copied())
        .ok_or_else(|| refuse(ErrorKind::NotFound, "category", "has no number in C"))
}

/// The body of every `crm_<category>_name`.
pub(crate) fn name<C: Category>(value: MaybeUninit<C>) -> *const c_char {
    texts(value).map_or(ptr::null(), |texts| texts.name.as_ptr())
}

/// The body of every `crm_<category>_label`.
pub(crate) fn label<C: Category>(
    value: MaybeUninit<C>,
    language: MaybeUninit<crm_language>,
) -> *const c_char {
    match (texts(value), read("language", language)) {
        (Some(texts), Ok(Language::En)) => texts.en.as_ptr(),
        (Some(texts), Ok(Language::Zh)) => texts.zh.as_ptr(),
        _ => ptr::null(),
    }
}

fn texts<C: Category>(value: MaybeUninit<C>) -> Option<&'static Texts> {
    C::TEXTS.get(place(value)?)
}

fn place<C: Category>(value: MaybeUninit<C>) -> Option<usize> {
    usize::try_from(number(value)).ok()
}

/// The number that C passed.
fn number<C: Category>(value: MaybeUninit<C>) -> i32 {
    const { assert!(size_of::<C>() == size_of::<i32>() && align_of::<C>() == align_of::<i32>()) };
    // SAFETY: C passes an enum as an integer of this size, and every integer is an `i32`.
    unsafe { value.as_ptr().cast::<i32>().read() }
}
