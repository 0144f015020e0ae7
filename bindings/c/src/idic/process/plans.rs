//! What the process says of customers, and of itself.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use crm_core::idic::pipeline::{
    CustomerPlan, Customization, Differentiation, Identity, IdicStage, Interaction,
};
use crm_core::units::{Label, Language};
use serde_json::{Value, json};

use super::{Process, crm_idic};
use crate::boundary::{Outcome, OutputSlice, respond, write_text};
use crate::categories::{crm_assignment_reason, crm_idic_stage, crm_language};
use crate::category;
use crate::handle::borrow;
use crate::status::crm_status;

/// All that the process says of one customer. A verdict that is open is −1, a number that is not known NaN.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_customer_plan {
    /// The number of the customer, which stays.
    pub customer: u64,
    /// The decision by which an outcome is told.
    pub decision: u64,
    /// The next action: 0 is to do nothing, then those of the options.
    pub action: u64,
    /// Current value.
    pub current: f64,
    /// Potential value.
    pub potential: f64,
    /// The probability that the customer is alive.
    pub alive: f64,
    /// With which probability the action was chosen.
    pub probability: f64,
    /// What the action is expected to earn, less its cost.
    pub expected: f64,
    /// The standard error of it.
    pub standard_error: f64,
    /// The probability that the offer is accepted.
    pub acceptance: f64,
    /// What the offer is expected to earn, less its cost.
    pub offer_value: f64,
    /// How many records are of this customer.
    pub records: u32,
    /// 1 for one of those for whom nothing is done, for comparison; else 0.
    pub is_control: i32,
    /// The crm_stage.
    pub stage: i32,
    /// The crm_customer_type.
    pub customer_type: i32,
    /// The crm_pyramid_tier.
    pub tier: i32,
    /// The crm_loyalty_category.
    pub loyalty: i32,
    /// The group by needs.
    pub needs: i32,
    /// The offer, by its place among those of the options; CRM_NO_OFFER for none.
    pub offer: i32,
    /// Why this offer, or none.
    pub offer_reason: crm_assignment_reason,
    /// Fills the struct.
    pub reserved: [u8; 4],
}

/// The whole result, a customer in each row, ascending by their numbers. `CRM_STATUS_ILLEGAL_TRANSITION` before the last stage was made.
///
/// @param idic the process
/// @param rows how many customers
/// @param out receives one for each customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_plans(
    idic: *const crm_idic,
    rows: usize,
    out: *mut crm_customer_plan,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let out = OutputSlice::new("out", out, rows)?;
        let plans = idic.lock().idic.plans()?;
        let plans: Vec<_> = plans.iter().map(plan).collect::<Outcome<_>>()?;
        out.write("out", &plans)
    })
}

fn plan(found: &CustomerPlan) -> Outcome<crm_customer_plan> {
    fn code<T: Label + PartialEq>(member: Option<T>) -> i32 {
        let place = member.and_then(|member| T::ALL.iter().position(|known| *known == member));
        place
            .and_then(|place| i32::try_from(place).ok())
            .unwrap_or(-1)
    }
    Ok(crm_customer_plan {
        customer: found.customer,
        decision: found.decision,
        action: found.action as u64,
        current: found.current,
        potential: found.potential,
        alive: found.alive,
        probability: found.probability,
        expected: found.expected,
        standard_error: found.standard_error,
        acceptance: found.acceptance,
        offer_value: found.offer_value,
        records: found.records,
        is_control: i32::from(found.is_control),
        stage: code(found.stage),
        customer_type: code(found.customer_type),
        tier: code(found.tier),
        loyalty: code(found.loyalty),
        needs: found.needs.map_or(-1, u32::cast_signed),
        offer: found.offer.map_or(-1, u32::cast_signed),
        offer_reason: category::write(found.offer_reason)?,
        reserved: [0; 4],
    })
}

/// Why the customer in a row is what it is, and why this is the next action and the offer: a line each. `CRM_STATUS_NOT_FOUND` for a row
/// that there is not.
///
/// @param idic the process
/// @param row the row of the customer
/// @param language of the text
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_reasons(
    idic: *const crm_idic,
    row: usize,
    language: MaybeUninit<crm_language>,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let language: Language = category::read("language", language)?;
        OutputSlice::new("buffer", buffer, capacity)?;
        let reasons = idic.lock().idic.reasons(row, language)?;
        write_text(&reasons.text(), buffer, capacity)
    })
}

/// How a stage of the round went, as JSON: counts, and the `seconds` that it took (null if it was made before the process was read). `{}`
/// for a stage that is still to come.
///
/// - identify: `records`, `customers`, `compared`, `recall`, `joined`, `conflicts` of each field
/// - differentiate: `transactions`, `left_out`, `is_modelled`, `current_known`, `potential_known`, `grouped`
/// - interact: `told`, `left_out`, `control`, `chosen` and `refused` of each action, `expired`, `cost`
/// - customize: `eligible`, `made` of each offer, `value`, `bound`, `cost`, `place_prices`, `money_price`
///
/// @param idic the process
/// @param stage which
/// @param buffer receives the text with its terminating NUL
/// @param capacity size of the buffer; too small is `CRM_STATUS_LENGTH_MISMATCH`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_counts(
    idic: *const crm_idic,
    stage: MaybeUninit<crm_idic_stage>,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let stage: IdicStage = category::read("stage", stage)?;
        OutputSlice::new("buffer", buffer, capacity)?;
        let found = idic.lock().counts(stage);
        write_text(&found.to_string(), buffer, capacity)
    })
}

impl Process {
    fn counts(&self, stage: IdicStage) -> Value {
        let idic = &self.idic;
        let found = match stage {
            IdicStage::Prepare => Value::Null,
            IdicStage::Identify => json!(idic.identity().map(Identity::counts)),
            IdicStage::Differentiate => json!(idic.differentiation().map(Differentiation::counts)),
            IdicStage::Interact => json!(idic.interaction().map(Interaction::counts)),
            IdicStage::Customize => json!(idic.customization().map(Customization::counts)),
        };
        let Value::Object(mut found) = found else {
            return json!({});
        };
        let seconds = self.seconds.get(stage as usize);
        found.insert("seconds".to_owned(), json!(seconds));
        Value::Object(found)
    }
}
