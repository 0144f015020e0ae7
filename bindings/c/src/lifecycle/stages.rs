//! The seven stages and what moves a customer between them.

use std::mem::MaybeUninit;

use crm_core::lifecycle::Stage;

use crate::boundary::{Outcome, Output, respond};
use crate::categories::{crm_event, crm_mark, crm_stage};
use crate::category;
use crate::status::crm_status;

/// The stage in which a lifecycle opens: Potential by a first contact, Development by a first
/// purchase. `CRM_STATUS_ILLEGAL_TRANSITION` for any other event.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_opened_by(
    event: MaybeUninit<crm_event>,
    out: *mut crm_stage,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let event = category::read("event", event)?;
        let out = Output::new("out", out)?;
        out.write(category::write(Stage::opened_by(event)?)?);
        Ok(())
    })
}

/// The stage of a customer in `stage` after `event`; the same stage if the event confirms it.
/// `CRM_STATUS_ILLEGAL_TRANSITION`, with a message that names both, if the event cannot happen in
/// the stage. Termination is left by CRM_EVENT_WIN_BACK alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_after(
    stage: MaybeUninit<crm_stage>,
    event: MaybeUninit<crm_event>,
    out: *mut crm_stage,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let stage: Stage = category::read("stage", stage)?;
        let event = category::read("event", event)?;
        let out = Output::new("out", out)?;
        out.write(category::write(stage.after(event)?)?);
        Ok(())
    })
}

/// Whether one event can move a customer from `from` to another stage `to`: success, or
/// `CRM_STATUS_ILLEGAL_TRANSITION` with a message that names both stages.
#[unsafe(no_mangle)]
pub extern "C" fn crm_stage_check_move(
    from: MaybeUninit<crm_stage>,
    to: MaybeUninit<crm_stage>,
) -> crm_status {
    respond(|| {
        let from: Stage = category::read("from", from)?;
        Ok(from.check_move(category::read("to", to)?)?)
    })
}

/// What marks a stage.
///
/// @param share_of_customer receives how the firm's share of the customer's spending stands
/// @param profitability receives how the profit that the customer brings stands
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_stage_marks(
    stage: MaybeUninit<crm_stage>,
    share_of_customer: *mut crm_mark,
    profitability: *mut crm_mark,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let stage: Stage = category::read("stage", stage)?;
        let share = Output::new("share_of_customer", share_of_customer)?;
        let profitability = Output::new("profitability", profitability)?;
        let marks = stage.marks();
        let profit = category::write(marks.profitability)?;
        share.write(category::write(marks.share_of_customer)?);
        profitability.write(profit);
        Outcome::Ok(())
    })
}
