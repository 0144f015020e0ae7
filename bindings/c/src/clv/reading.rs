//! History, present and potential of a customer's value.

use std::mem::MaybeUninit;

use crm_core::clv::reading;
use crm_core::units::Money;

use super::{read_money, read_rate, read_timing, table_size};
use crate::boundary::{Output, OutputSlice, buffer, column, respond};
use crate::categories::crm_timing;
use crate::decimal::{crm_decimal, read_decimal};
use crate::status::crm_status;

/// Historic value: the flows realised so far, compounded to now at `rate`; a rate of 0 gives the plain
/// sum. The last flow is now (`CRM_TIMING_START`) or one period ago (`CRM_TIMING_END`).
///
/// @param flows in order of time, one per period
/// @param out receives the value
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_historic_value(
    flows: *const crm_decimal,
    periods: usize,
    rate: *const crm_decimal,
    timing: MaybeUninit<crm_timing>,
    out: *mut crm_decimal,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let flows = read_money("flows", flows, periods)?;
        let rate = read_rate("rate", rate)?;
        let out = Output::new("out", out)?;
        let value = reading::historic_value(&flows, rate, read_timing(timing)?)?;
        out.write(value.value().into());
        Ok(())
    })
}

/// The part of each reading of a customer's value in their sum.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct crm_reading_shares {
    /// Historic value / total.
    pub historic: crm_decimal,
    /// Current value / total.
    pub current: crm_decimal,
    /// Potential value / total.
    pub potential: crm_decimal,
}

/// The shares of historic, current and potential value in their sum. A negative value or a total of
/// 0 has no shares: `CRM_STATUS_OUT_OF_RANGE`.
///
/// @param out receives the shares
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_reading_split(
    historic: *const crm_decimal,
    current: *const crm_decimal,
    potential: *const crm_decimal,
    out: *mut crm_reading_shares,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let reading = reading::Reading {
            historic: Money::new(read_decimal("historic", historic)?),
            current: Money::new(read_decimal("current", current)?),
            potential: Money::new(read_decimal("potential", potential)?),
        };
        let out = Output::new("out", out)?;
        let split = reading.split()?;
        out.write(crm_reading_shares {
            historic: split.historic.value().into(),
            current: split.current.value().into(),
            potential: split.potential.value().into(),
        });
        Ok(())
    })
}

/// As `crm_reading_split` for a table of customers. A row with a NaN gives NaN.
///
/// @param out receives customers × 3 shares: historic, current, potential
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_reading_splits(
    customers: usize,
    historic: *const f64,
    historic_stride: usize,
    current: *const f64,
    current_stride: usize,
    potential: *const f64,
    potential_stride: usize,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let historic = column("historic", historic, historic_stride, customers)?;
        let current = column("current", current, current_stride, customers)?;
        let potential = column("potential", potential, potential_stride, customers)?;
        let size = table_size("out", customers, 3)?;
        let out = OutputSlice::new("out", out, size)?;
        let mut shares = buffer("out", size)?;
        reading::splits_into(historic, current, potential, &mut shares)?;
        out.write("out", &shares)
    })
}
