//! How much a value hangs on each of its factors: tornado tables.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use crm_core::clv::sensitivity::{self, Change, Sensitivity};

use crate::boundary::{Outcome, Output, OutputSlice, respond, slice, text};
use crate::categories::crm_change_kind;
use crate::category;
use crate::decimal::{crm_decimal, read_decimals};
use crate::handle::borrow;
use crate::kernel::crm_kernel;
use crate::status::crm_status;

/// One factor of a kernel's value, and how far to move it down and up.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_factor {
    /// The name of the argument that is moved.
    pub argument: *const c_char,
    /// 0 or more.
    pub amount: crm_decimal,
    /// Whether `amount` is a part of the base or in its unit.
    pub kind: MaybeUninit<crm_change_kind>,
    /// Fills the struct.
    pub reserved: [u8; 4],
}

/// What one factor does to the value.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_sensitivity {
    /// Its place among the factors that were given, from 0.
    pub factor: u32,
    /// 1 if the lower end was moved into the values that the argument may take, else 0.
    pub clipped_low: i32,
    /// 1 if the upper end was moved into the values that the argument may take, else 0.
    pub clipped_high: i32,
    /// 1 if there is an elasticity; 0 where the factor or the value is 0.
    pub has_elasticity: i32,
    /// The present value of the factor.
    pub base: crm_decimal,
    /// The lower end.
    pub low: crm_decimal,
    /// The upper end.
    pub high: crm_decimal,
    /// The kernel's result at the lower end.
    pub value_low: crm_decimal,
    /// The kernel's result at the upper end.
    pub value_high: crm_decimal,
    /// `value_high` less `value_low`: negative where more of the factor lowers the result.
    pub swing: crm_decimal,
    /// d ln result / d ln factor at the base; 0 if there is none.
    pub elasticity: crm_decimal,
}

/// Moves each factor of a kernel down and up while the other arguments stay, and tells what that makes
/// of the exact result. An end beyond the values that the argument may take is moved to the bound, and
/// said so; a count moves by whole numbers.
///
/// The elasticity is taken by a central difference, over a millionth of the base to both sides, and over
/// 1 for a count. For `crm_customer_model_value` the factors are those of a customer's lifetime value.
///
/// `CRM_STATUS_EMPTY` without factors; `CRM_STATUS_NOT_FOUND` for an argument that the kernel does not take; `CRM_STATUS_OUT_OF_RANGE` for a change below 0 and for an end beyond
/// a bound that is itself not allowed; what the kernel refuses.
///
/// @param values the present values of all arguments, in the order of the kernel
/// @param count the number of values: that of the kernel's arguments
/// @param factors which arguments to move, and how far
/// @param factor_count the number of factors
/// @param out receives `factor_count` rows, the one with the widest swing first
/// @param base_value receives the result at the present values
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_kernel_tornado(
    kernel: *const crm_kernel,
    values: *const crm_decimal,
    count: usize,
    factors: *const crm_factor,
    factor_count: usize,
    out: *mut crm_sensitivity,
    base_value: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let kernel = borrow("kernel", kernel)?.kernel;
        let values = read_decimals("values", values, count)?;
        let given = slice("factors", factors, factor_count)?;
        let (out, base_out) = (
            OutputSlice::new("out", out, factor_count)?,
            Output::new("base_value", base_value)?,
        );
        let read = |factor: &crm_factor| -> Outcome<(&str, Change)> {
            let change = Change {
                kind: category::read::<crm_change_kind>("kind", factor.kind)?,
                amount: factor.amount.value("amount")?,
            };
            Ok((text("argument", factor.argument)?, change))
        };
        let changes: Vec<_> = given.iter().map(read).collect::<Outcome<_>>()?;
        let table = sensitivity::kernel_tornado(kernel, &values, &changes)?;
        let row = |row: &Sensitivity| crm_sensitivity {
            factor: u32::try_from(row.factor).unwrap_or(u32::MAX),
            clipped_low: i32::from(row.clipped_low),
            clipped_high: i32::from(row.clipped_high),
            has_elasticity: i32::from(row.elasticity.is_some()),
            base: row.base.into(),
            low: row.low.into(),
            high: row.high.into(),
            value_low: row.value_low.into(),
            value_high: row.value_high.into(),
            swing: row.swing.into(),
            elasticity: row.elasticity.unwrap_or_default().into(),
        };
        let rows: Vec<crm_sensitivity> = table.sensitivities.iter().map(row).collect();
        out.write("out", &rows)?;
        base_out.write(table.base_value.into());
        Ok(())
    })
}
