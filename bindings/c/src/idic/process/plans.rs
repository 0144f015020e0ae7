//! What the process says of customers, and of itself.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use crm_core::idic::identify::PseudonymKey;
use crm_core::idic::pipeline::{
    CustomerPlan, Customization, Differentiation, Identity, IdicStage, Interaction,
};
use crm_core::units::{Label, Language};
use serde_json::{Value, json};

use super::{Process, crm_idic};
use crate::boundary::{Outcome, OutputSlice, respond, slice, write_text};
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
    /// How fresh the profile is, from 0 to 1; NaN where no field has a half-life.
    pub freshness: f64,
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
        freshness: found.freshness,
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

/// Which fields of the customer in a row are to be asked again: their value is older than its half-life, or of unknown age.
/// `CRM_STATUS_NOT_FOUND` for a row that there is not, `CRM_STATUS_ILLEGAL_TRANSITION` before actions were chosen.
///
/// @param idic the process
/// @param row the row of the customer
/// @param fields how many fields a record has
/// @param out receives 1 or 0 for each field
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_stale_fields(
    idic: *const crm_idic,
    row: usize,
    fields: usize,
    out: *mut u8,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let out = OutputSlice::new("out", out, fields)?;
        let stale = idic.lock().idic.stale(row)?;
        out.write(
            "out",
            &stale.iter().map(|&is| u8::from(is)).collect::<Vec<_>>(),
        )
    })
}

/// What stands for the number of each customer where nobody may know who they are: 64 hexadecimal digits of HMAC-SHA-256 of the word
/// customer, a byte 1f, and the number in decimal digits. `CRM_STATUS_OUT_OF_RANGE` for a key of fewer than 32 bytes.
///
/// @param idic the process
/// @param key the bytes of the key, drawn at random
/// @param key_size how many: 32 or more
/// @param rows how many customers
/// @param out receives CRM_PSEUDONYM_SIZE bytes for each customer, the last of them NUL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_pseudonyms(
    idic: *const crm_idic,
    key: *const u8,
    key_size: usize,
    rows: usize,
    out: *mut c_char,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let key = slice("key", key, key_size)?;
        let bytes = rows.saturating_mul(CRM_PSEUDONYM_SIZE);
        let out = OutputSlice::new("out", out.cast::<u8>(), bytes)?;
        let found = idic.lock().idic.pseudonyms(&PseudonymKey::new(key)?);
        let texts = found.iter().flat_map(|text| text.bytes().chain([0]));
        out.write("out", &texts.collect::<Vec<_>>())
    })
}

/// The size of a pseudonym: 64 hexadecimal digits, and a NUL.
pub const CRM_PSEUDONYM_SIZE: usize = 65;

/// How a stage of the round went, as JSON: counts, and the `seconds` that it took (null if it was made before the process was read). `{}`
/// for a stage that is still to come.
///
/// - identify: `records`, `customers`, `compared`, `recall`, `joined`, `conflicts` of each field
/// - differentiate: `transactions`, `left_out`, `is_modelled`, `is_at_boundary` (the log has no best model: potential values are those of a limit,
///   and P(alive) stays unknown where the limit says of everybody that they are alive), `current_known`, `potential_known`, `grouped`
/// - interact: `told`, `left_out`, `control`, `chosen` and `refused` of each action, `expired`, `cost`, `stale` (customers whose value of each field is
///   older than its half-life, or of unknown age)
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
