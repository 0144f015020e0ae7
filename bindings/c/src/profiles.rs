//! Identify: where values come from, how fresh they are, which of them stands; pseudonyms.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use crm_core::ErrorKind;
use crm_core::idic::identify::store::{
    ClusterId, Conflict, Origin, ProfileValue, RecordId, SourceId,
};
use crm_core::idic::identify::{self, FieldQuality, PseudonymKey, QualityLimits, field_quality};
use crm_core::units::Moment;

use crate::boundary::{
    Outcome, Output, OutputSlice, optional_slice, refuse, respond, slice, text, write_text,
};
use crate::categories::{
    crm_conflict_ground, crm_field_kind, crm_field_verdict, crm_update_outcome,
};
use crate::category;
use crate::handle::borrow;
use crate::identify::{
    code, crm_added, crm_profile_store, crm_record_field, of_added, read_records, read_schema,
    read_values,
};
use crate::service::moment;
use crate::status::crm_status;

/// What is known of a field of a customer.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_profile_value {
    /// The record that the value comes from.
    pub record: u64,
    /// When it was told, in seconds since 1970-01-01T00:00:00.
    pub at: i64,
    /// 2^(-age/half-life); 1 without a half-life.
    pub freshness: f64,
    /// The number of its source.
    pub source: u32,
    /// Whether there is a value: 0 or 1. Without one all else is 0.
    pub has_value: i32,
    /// Whether its origin is known: 0 or 1. If not, source and time are 0.
    pub has_origin: i32,
    /// Whether its freshness is known: 0 or 1.
    pub has_freshness: i32,
}

/// Two records of a customer that contradict each other in a field.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_profile_conflict {
    /// The record whose value stands.
    pub stands: u64,
    /// The record whose value does not.
    pub overruled: u64,
    /// The place of the field.
    pub field: u32,
    /// Why.
    pub ground: crm_conflict_ground,
}

/// Sets the probability from which a record of another customer is a possible link, for clerical review (Fellegi & Sunter 1969): a
/// record that is added from now on tells of the likeliest one as `doubtful`, and does not join its customer. It is the threshold of the
/// store unless told. `CRM_STATUS_OUT_OF_RANGE` unless it is above 0 and at most that threshold.
///
/// @param store the store, which changes
/// @param review_threshold the probability
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_set_review_threshold(
    store: *const crm_profile_store,
    review_threshold: f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        Ok(store.lock().set_review_threshold(review_threshold)?)
    })
}

/// Names a source of records, or changes how much one of this name is trusted. `CRM_STATUS_OUT_OF_RANGE` unless the trust is above 0
/// and at most 1.
///
/// @param store the store, which changes
/// @param name its name in UTF-8
/// @param trust how much it is trusted beside others: the share of its values that are right
/// @param source receives its number
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_set_source(
    store: *const crm_profile_store,
    name: *const c_char,
    trust: f64,
    source: *mut u32,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        let name = text("name", name)?;
        let out = Output::new("source", source)?;
        out.write(u32::from(store.lock().set_source(name, trust)?.0));
        Ok(())
    })
}

/// Says where a record that the store holds came from, and when. `CRM_STATUS_NOT_FOUND` if there is no such record or source.
///
/// @param store the store, which changes
/// @param record the number of the record
/// @param source the number of its source
/// @param at when its values were told, in seconds since 1970-01-01T00:00:00
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_set_origin(
    store: *const crm_profile_store,
    record: u64,
    source: u32,
    at: i64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        Ok(store
            .lock()
            .set_origin(RecordId(record), origin(source, at)?)?)
    })
}

/// As crm_profile_store_add, where it is known from where and when the record came. `CRM_STATUS_NOT_FOUND` if there is no such source.
///
/// @param store the store, which changes
/// @param values the value of each field in UTF-8; a value that is missing is empty
/// @param field_count how many fields
/// @param source the number of its source
/// @param at when its values were told, in seconds since 1970-01-01T00:00:00
/// @param out receives what became of it
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_add_from(
    store: *const crm_profile_store,
    values: *const *const c_char,
    field_count: usize,
    source: u32,
    at: i64,
    out: *mut crm_added,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        let values = read_values(values, field_count)?;
        let out = Output::new("out", out)?;
        let added = store.lock().add_from(&values, origin(source, at)?)?;
        out.write(of_added(added));
        Ok(())
    })
}

/// Takes in what a customer who is known said: values of some fields. It is kept as a record of the customer, so that nothing is
/// overwritten; crm_profile_store_profile says which value stands.
///
/// `CRM_STATUS_NOT_FOUND` if the customer has no record, or there is no such source; `CRM_STATUS_EMPTY` if all values are empty.
///
/// @param store the store, which changes
/// @param cluster the customer
/// @param values the value of each field in UTF-8; one that was not told is empty
/// @param field_count how many fields
/// @param source the number of the source
/// @param at when they were told, in seconds since 1970-01-01T00:00:00
/// @param record receives the number of the record that it is kept as
/// @param outcomes receives what it did to each field: field_count
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_update(
    store: *const crm_profile_store,
    cluster: u64,
    values: *const *const c_char,
    field_count: usize,
    source: u32,
    at: i64,
    record: *mut u64,
    outcomes: *mut crm_update_outcome,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        let values = read_values(values, field_count)?;
        let record = Output::new("record", record)?;
        let outcomes = OutputSlice::new("outcomes", outcomes, field_count)?;
        let updated = store
            .lock()
            .update(ClusterId(cluster), &values, origin(source, at)?)?;
        let written: Outcome<Vec<_>> = updated.fields.into_iter().map(category::write).collect();
        outcomes.write("outcomes", &written?)?;
        record.write(updated.record.0);
        Ok(())
    })
}

/// What is known of a customer at a moment. Where its records contradict each other in a field, the value with the greatest
/// trust of its source * 2^(-age/half-life of the field) stands; in a field without a half-life that of the most trusted source, of
/// these the most recent. A known origin goes before an unknown one; of records alike the later stands.
///
/// `CRM_STATUS_NOT_FOUND` if the customer has no record, `CRM_STATUS_OUT_OF_RANGE` if now is before one of them.
///
/// @param store the store
/// @param cluster the customer
/// @param now the moment, in seconds since 1970-01-01T00:00:00
/// @param fields receives what is known of each field
/// @param field_count how many fields the store has
/// @param conflicts receives up to `capacity` conflicts, field by field; may be NULL if `capacity` is 0
/// @param capacity how many fit
/// @param conflict_count receives how many there are; they may be more than fit
/// @param freshness receives the mean freshness of the fields, weighted by their importance; what is missing or of unknown age counts 0
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_profile(
    store: *const crm_profile_store,
    cluster: u64,
    now: i64,
    fields: *mut crm_profile_value,
    field_count: usize,
    conflicts: *mut crm_profile_conflict,
    capacity: usize,
    conflict_count: *mut usize,
    freshness: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        let fields = OutputSlice::new("fields", fields, field_count)?;
        let conflict_count = Output::new("conflict_count", conflict_count)?;
        let freshness = Output::new("freshness", freshness)?;
        let profile = store
            .lock()
            .profile(ClusterId(cluster), moment("now", now)?)?;
        let found: Outcome<Vec<_>> = profile
            .conflicts
            .iter()
            .take(capacity)
            .map(of_conflict)
            .collect();
        let found = found?;
        let room = OutputSlice::new("conflicts", conflicts, found.len())?;
        let values: Vec<_> = profile
            .fields
            .iter()
            .map(Option::as_ref)
            .map(of_value)
            .collect();
        fields.write("fields", &values)?;
        room.write("conflicts", &found)?;
        conflict_count.write(profile.conflicts.len());
        freshness.write(profile.freshness);
        Ok(())
    })
}

/// The value of a field that stands for a customer, normalised; empty if there is none. `CRM_STATUS_LENGTH_MISMATCH` if the buffer is
/// too small, `CRM_STATUS_NOT_FOUND` if the customer has no record, or there is no such field.
///
/// @param store the store
/// @param cluster the customer
/// @param field the place of the field
/// @param buffer receives the text with its terminating NUL
/// @param capacity how many bytes fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_value(
    store: *const crm_profile_store,
    cluster: u64,
    field: usize,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        OutputSlice::new("buffer", buffer, capacity)?;
        let value = store.lock().value(ClusterId(cluster), field)?;
        write_text(
            value.as_ref().map_or("", |value| value.reveal()),
            buffer,
            capacity,
        )
    })
}

fn origin(source: u32, at: i64) -> Outcome<Origin> {
    let source = u16::try_from(source);
    let source =
        source.map_err(|_| refuse(ErrorKind::NotFound, "source", "is not in the store"))?;
    Ok(Origin {
        source: SourceId(source),
        time: moment("at", at)?,
    })
}

fn of_value(value: Option<&ProfileValue>) -> crm_profile_value {
    let origin = value.and_then(|value| value.origin);
    let freshness = value.and_then(|value| value.freshness);
    crm_profile_value {
        record: value.map_or(0, |value| value.record.0),
        at: origin.map_or(0, |origin| origin.time.seconds()),
        freshness: freshness.unwrap_or_default(),
        source: origin.map_or(0, |origin| u32::from(origin.source.0)),
        has_value: i32::from(value.is_some()),
        has_origin: i32::from(origin.is_some()),
        has_freshness: i32::from(freshness.is_some()),
    }
}

fn of_conflict(conflict: &Conflict) -> Outcome<crm_profile_conflict> {
    Ok(crm_profile_conflict {
        stands: conflict.stands.0,
        overruled: conflict.overruled.0,
        field: conflict.field as u32,
        ground: category::write(conflict.ground)?,
    })
}

/// 2^(-age/half-life): the probability that a value still holds, if half of all change within a half-life.
///
/// @param age of the value, 0 or more
/// @param half_life in the same unit, above 0
/// @param out receives the freshness
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_freshness(age: f64, half_life: f64, out: *mut f64) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = Output::new("out", out)?;
        out.write(identify::freshness(age, half_life)?);
        Ok(())
    })
}

/// How good the values of a field are.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_field_quality {
    /// The place of the field.
    pub field: u64,
    /// How many different values there are.
    pub different: u64,
    /// The share of the records that have a value.
    pub filled: f64,
    /// The share of the values that could not be read as what the field holds.
    pub unreadable: f64,
    /// The mean freshness of its values; 0 where it is not known.
    pub freshness: f64,
    /// Whether its freshness is known, which takes times, a half-life and values: 0 or 1.
    pub has_freshness: i32,
    /// What follows.
    pub verdict: crm_field_verdict,
}

/// How good the values of each field of records are, the most important fields first. A field is useless if too few records have a value or
/// all values are the same, and stale if the mean of 2^(-age/half-life) is too low.
///
/// `CRM_STATUS_OUT_OF_RANGE` for a time after now, with the row, or a limit outside [0, 1].
///
/// @param fields what the records hold
/// @param field_count how many fields
/// @param values row by row the values in UTF-8; a value that is missing is empty
/// @param rows how many records
/// @param calling_code of the country that phone numbers without one are of: 86 for China
/// @param times when each record was made, in seconds since 1970-01-01T00:00:00; may be NULL
/// @param now the moment at which freshness is asked for, in seconds since 1970-01-01T00:00:00
/// @param least_freshness a field whose values have a lower mean freshness is stale: 0.5
/// @param least_filled a field that a smaller share of the records has is useless: 0.05
/// @param out receives one for each field
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_field_qualities(
    fields: *const crm_record_field,
    field_count: usize,
    values: *const *const c_char,
    rows: usize,
    calling_code: u32,
    times: *const i64,
    now: i64,
    least_freshness: f64,
    least_filled: f64,
    out: *mut crm_field_quality,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let schema = read_schema(slice("fields", fields, field_count)?)?
            .with_calling_code(code(calling_code)?);
        let times = optional_slice("times", times, rows)?;
        let room = OutputSlice::new("out", out, field_count)?;
        let records = read_records(&schema, values, rows)?;
        let moments = |times: &[i64]| {
            let row = |(row, &seconds): (usize, &i64)| {
                let time = Moment::from_seconds(seconds);
                time.map_err(|error| error.named("times").at_row(row))
            };
            times.iter().enumerate().map(row).collect()
        };
        let times: Option<Vec<Moment>> = times.map(moments).transpose()?;
        let limits = QualityLimits {
            least_freshness,
            least_filled,
        };
        let now = moment("now", now)?;
        let found = field_quality(&schema, &records, times.as_deref(), now, limits)?;
        let found: Outcome<Vec<_>> = found.iter().map(of_quality).collect();
        room.write("out", &found?)
    })
}

fn of_quality(quality: &FieldQuality) -> Outcome<crm_field_quality> {
    Ok(crm_field_quality {
        field: quality.field as u64,
        different: quality.different as u64,
        filled: quality.filled,
        unreadable: quality.unreadable,
        freshness: quality.freshness.unwrap_or_default(),
        has_freshness: i32::from(quality.freshness.is_some()),
        verdict: category::write(quality.verdict)?,
    })
}

/// HMAC-SHA-256 of a message under a key. Source: RFC 2104, FIPS 198-1.
///
/// @param key the bytes of the key
/// @param key_size how many
/// @param message the bytes of the message
/// @param message_size how many
/// @param code receives the 32 bytes of the code
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_hmac_sha256(
    key: *const u8,
    key_size: usize,
    message: *const u8,
    message_size: usize,
    code: *mut u8,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let key = slice("key", key, key_size)?;
        let message = slice("message", message, message_size)?;
        let out = OutputSlice::new("code", code, 32)?;
        out.write("code", &identify::hmac_sha256(key, message))
    })
}

/// What stands for a value where nobody may read it: 64 hexadecimal digits of HMAC-SHA-256 of the name of the kind, a byte 1f, and the
/// normal form of the value; empty for an empty one. Equal values have equal pseudonyms, however they are written; without the key
/// nobody can make them or try values out.
///
/// `CRM_STATUS_OUT_OF_RANGE` for a key of fewer than 32 bytes.
///
/// @param key the bytes of the key, drawn at random
/// @param key_size how many: 32 or more
/// @param kind what the value is
/// @param given the value in UTF-8
/// @param calling_code of the country that phone numbers without one are of: 86 for China
/// @param buffer receives the text with its terminating NUL: 65 bytes
/// @param capacity how many bytes fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pseudonym(
    key: *const u8,
    key_size: usize,
    kind: MaybeUninit<crm_field_kind>,
    given: *const c_char,
    calling_code: u32,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let key = slice("key", key, key_size)?;
        let kind = category::read("kind", kind)?;
        let given = text("given", given)?;
        OutputSlice::new("buffer", buffer, capacity)?;
        let pseudonym = PseudonymKey::new(key)?.pseudonym(kind, given, code(calling_code)?);
        write_text(&pseudonym, buffer, capacity)
    })
}
