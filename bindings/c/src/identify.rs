//! Identify: normal forms and distances of texts; a store of profiles that incoming records are matched against.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crm_core::idic::identify::normalise::{self, CallingCode};
use crm_core::idic::identify::store::{Added, ClusterId, Match, MergeId, ProfileStore, RecordId};
use crm_core::idic::identify::{
    Explanation, Field, LinkageModel, Records, Schema, TrainingOptions, cluster, distance,
};
use crm_core::ledger::TextColumn;

use crate::boundary::{Outcome, Output, OutputSlice, respond, slice, text, write_text};
use crate::categories::{crm_agreement_level, crm_data_sensitivity, crm_field_kind};
use crate::category;
use crate::handle::{self, borrow, free};
use crate::status::crm_status;

/// Jaro's similarity of two texts, 0 to 1: characters in common within half the length, and their order. Two empty texts are alike.
/// Characters are counted, not bytes. Source: Jaro 1989.
///
/// @param a a text in UTF-8
/// @param b another
/// @param out receives the similarity
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_jaro(a: *const c_char, b: *const c_char, out: *mut f64) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { compare(a, b, out, distance::jaro) })
}

/// Jaro's similarity with Winkler's bonus: where J is above 0.7, J + 0.1 l (1 - J) for the l <= 4 characters that both begin with.
/// Source: Winkler 1990.
///
/// @param a a text in UTF-8
/// @param b another
/// @param out receives the similarity
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_jaro_winkler(
    a: *const c_char,
    b: *const c_char,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { compare(a, b, out, distance::jaro_winkler) })
}

/// The token set ratio of two texts, 0 to 1: words in common, in any order; 1 if all words of one are in the other.
///
/// @param a a text in UTF-8
/// @param b another
/// @param out receives the similarity
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_token_set(
    a: *const c_char,
    b: *const c_char,
    out: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { compare(a, b, out, distance::token_set) })
}

/// The fewest insertions, deletions and substitutions of a character that turn one text into the other. Source: Levenshtein 1966.
///
/// @param a a text in UTF-8
/// @param b another
/// @param out receives the number
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_levenshtein(
    a: *const c_char,
    b: *const c_char,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { compare(a, b, out, distance::levenshtein) })
}

/// Optimal string alignment: as crm_levenshtein with swaps of neighbours, where nothing is edited twice.
///
/// @param a a text in UTF-8
/// @param b another
/// @param out receives the number
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_osa(
    a: *const c_char,
    b: *const c_char,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { compare(a, b, out, distance::osa) })
}

/// As crm_osa, where what was swapped may be edited again. Source: Lowrance & Wagner 1975.
///
/// @param a a text in UTF-8
/// @param b another
/// @param out receives the number
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_damerau_levenshtein(
    a: *const c_char,
    b: *const c_char,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe { compare(a, b, out, distance::damerau_levenshtein) })
}

/// # Safety
/// The texts end with a NUL; one result can be written.
unsafe fn compare<T>(
    a: *const c_char,
    b: *const c_char,
    out: *mut T,
    measure: impl Fn(&str, &str) -> T,
) -> Outcome {
    // SAFETY: as the caller vouches.
    unsafe {
        let (a, b) = (text("a", a)?, text("b", b)?);
        let out = Output::new("out", out)?;
        out.write(measure(a, b));
    }
    Ok(())
}

/// The normal form of a value: names without titles and accents in small letters, phone numbers as E.164 writes them, e-mail addresses in
/// small letters without what follows `+`, addresses with abbreviations written out, dates as year-month-day, identifiers in
/// capitals without signs.
///
/// `CRM_STATUS_UNREADABLE` for what is no phone number, e-mail address or date; the message does not show it.
/// `CRM_STATUS_LENGTH_MISMATCH` if the buffer is too small.
///
/// @param kind what the value is
/// @param given the value in UTF-8
/// @param calling_code of the country that phone numbers without one are of: 86 for China
/// @param buffer receives the text with its terminating NUL
/// @param capacity how many bytes fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_normalise(
    kind: MaybeUninit<crm_field_kind>,
    given: *const c_char,
    calling_code: u32,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let kind = category::read("kind", kind)?;
        let given = text("given", given)?;
        OutputSlice::new("buffer", buffer, capacity)?;
        write_text(
            &normalise::value(kind, given, code(calling_code)?)?,
            buffer,
            capacity,
        )
    })
}

/// A name in Latin letters without spaces and tones: Chinese characters in their most frequent pinyin.
///
/// @param given the name in UTF-8
/// @param buffer receives the text with its terminating NUL
/// @param capacity how many bytes fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_pinyin(
    given: *const c_char,
    buffer: *mut c_char,
    capacity: usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let given = text("given", given)?;
        OutputSlice::new("buffer", buffer, capacity)?;
        write_text(
            &normalise::romanised(&normalise::name(given)),
            buffer,
            capacity,
        )
    })
}

pub(crate) fn code(calling_code: u32) -> Outcome<CallingCode> {
    Ok(CallingCode::new(
        u16::try_from(calling_code).unwrap_or(u16::MAX),
    )?)
}

/// A field of records.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_record_field {
    /// Its name in UTF-8.
    pub name: *const c_char,
    /// The place of the field that its value may stand in by mistake (given and family name); its own place if there is none.
    pub partner: usize,
    /// What its values are.
    pub kind: MaybeUninit<crm_field_kind>,
    /// Whether agreement on a frequent value is weaker evidence than on a rare one: 0 or 1.
    pub term_frequency: i32,
    /// How much it matters to know it, beside the other fields; 0 for the usual weight, 1.
    pub importance: f64,
    /// After how many days half of its values are taken to have changed; 0 if they do not change.
    pub half_life: f64,
    /// What its values say of a person.
    pub sensitivity: MaybeUninit<crm_data_sensitivity>,
    /// The fields that its values are made of, as an e-mail address is of names: bit i is set for the field in place i; 0 if of none. People
    /// of one name have one address, so that agreement on it has m and u of their own where a pair agrees on these fields
    /// (Thibaudeau 1993; Larsen & Rubin 2001).
    pub derived_from: u32,
}

/// A record of a store that another may be of the same customer as.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_match {
    /// The number of the record.
    pub record: u64,
    /// The number of its customer.
    pub cluster: u64,
    /// The base-2 logarithm of the odds that they are of one customer.
    pub weight: f64,
    /// The probability of it.
    pub probability: f64,
}

/// What became of an incoming record.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_added {
    /// The number of the record.
    pub record: u64,
    /// The number of its customer.
    pub cluster: u64,
    /// The record that it matches best; probability 0 if there is none, and the customer is new.
    pub matched: crm_match,
    /// The likeliest possible link to another customer; probability 0 if there is none. Perhaps both customers are one.
    pub doubtful: crm_match,
}

/// What a field says of two records.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_field_evidence {
    /// The bits of evidence of this level: the base-2 logarithm of m/u.
    pub weight: f64,
    /// What the frequency of the value adds.
    pub term_frequency: f64,
    /// How well the values agree.
    pub level: crm_agreement_level,
    /// Fills the struct.
    pub reserved: [u8; 4],
}

/// The profiles of customers. Incoming records are matched against it one by one, and the numbers of customers stay what they are.
/// Calls from several threads wait for each other.
pub struct crm_profile_store(Mutex<ProfileStore>);

impl crm_profile_store {
    pub(crate) fn lock(&self) -> MutexGuard<'_, ProfileStore> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Finds the customers of records without labels (Fellegi & Sunter 1969, m by EM), and opens a store of them: record i has number i.
///
/// `CRM_STATUS_OUT_OF_RANGE` for a threshold outside (0, 1), `CRM_STATUS_EMPTY` for fewer than two records.
///
/// @param fields what the records hold
/// @param field_count how many fields
/// @param values row by row the values in UTF-8; a value that is missing is empty
/// @param rows how many records
/// @param calling_code of the country that phone numbers without one are of: 86 for China
/// @param threshold the probability from which a record is of a customer: 0.5
/// @param seed of all draws
/// @param store receives the store
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_new(
    fields: *const crm_record_field,
    field_count: usize,
    values: *const *const c_char,
    rows: usize,
    calling_code: u32,
    threshold: f64,
    seed: u64,
    store: *mut Option<Box<crm_profile_store>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("store", store)?;
        let schema = read_schema(slice("fields", fields, field_count)?)?
            .with_calling_code(code(calling_code)?);
        let records = read_records(&schema, values, rows)?;
        let options = TrainingOptions {
            seed,
            ..TrainingOptions::default()
        };
        let model = LinkageModel::train(&schema, &records, &options)?;
        let pairs = model.score(&records, threshold)?.pairs;
        let clusters = cluster(&model, &records, &pairs, threshold)?;
        let made = ProfileStore::from_clusters(model, threshold, &records, &clusters)?;
        out.write(Some(Box::new(crm_profile_store(Mutex::new(made)))));
        Ok(())
    })
}

/// # Safety
/// There is a text that ends with a NUL for each field of each row.
pub(crate) unsafe fn read_records(
    schema: &Schema,
    values: *const *const c_char,
    rows: usize,
) -> Outcome<Records> {
    let fields = schema.fields().len();
    // SAFETY: as the caller vouches.
    let values = unsafe { read_values(values, rows.saturating_mul(fields)) }?;
    let column = |field| values.iter().skip(field).step_by(fields).copied().collect();
    let columns: Vec<Vec<&str>> = (0..fields).map(column).collect();
    let chunk = columns
        .iter()
        .map(|column| column as &dyn TextColumn)
        .collect();
    Ok(Records::read(schema, &[chunk])?)
}

/// # Safety
/// The names end with a NUL.
pub(crate) unsafe fn read_schema(fields: &[crm_record_field]) -> Outcome<Schema> {
    let mut read = Vec::new();
    for (place, given) in fields.iter().enumerate() {
        // SAFETY: as the caller vouches.
        let name = unsafe { text("fields", given.name) }?;
        let mut field = Field::new(name, category::read("fields", given.kind)?);
        field.partner = Some(given.partner).filter(|&partner| partner != place);
        let is_source = |place: &usize| given.derived_from >> place & 1 == 1;
        field.derived_from = (0..u32::BITS as usize).filter(is_source).collect();
        field.term_frequency = given.term_frequency != 0;
        let is_given = |value: &f64| *value != 0.0;
        field.importance = Some(given.importance).filter(is_given).unwrap_or(1.0);
        field.half_life = Some(given.half_life).filter(is_given);
        field.sensitivity = category::read("fields", given.sensitivity)?;
        read.push(field);
    }
    Ok(Schema::new(read)?)
}

/// # Safety
/// There are `count` texts that end with a NUL.
pub(crate) unsafe fn read_values<'a>(
    values: *const *const c_char,
    count: usize,
) -> Outcome<Vec<&'a str>> {
    // SAFETY: as the caller vouches.
    unsafe {
        slice("values", values, count)?
            .iter()
            .map(|&value| text("values", value))
            .collect()
    }
}

/// How many records a store holds.
///
/// @param store the store
/// @param out receives the number
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_records(
    store: *const crm_profile_store,
    out: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = Output::new("out", out)?;
        out.write(borrow("store", store)?.lock().len());
        Ok(())
    })
}

/// The records that an incoming one is likely to be of the same customer as, the likeliest first. Nothing is stored.
///
/// @param store the store
/// @param values the value of each field in UTF-8; a value that is missing is empty
/// @param field_count how many fields
/// @param least_probability matches of a lower probability are left out
/// @param matches receives up to `capacity` matches
/// @param capacity how many fit
/// @param count receives how many there are; they may be more than fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_matches(
    store: *const crm_profile_store,
    values: *const *const c_char,
    field_count: usize,
    least_probability: f64,
    matches: *mut crm_match,
    capacity: usize,
    count: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        let values = read_values(values, field_count)?;
        OutputSlice::new("matches", matches, capacity)?;
        let count = Output::new("count", count)?;
        let found = store.lock().matches(&values, least_probability)?;
        let written: Vec<crm_match> = found
            .iter()
            .take(capacity)
            .map(|&m| of_match(Some(m)))
            .collect();
        OutputSlice::new("matches", matches, written.len())?.write("matches", &written)?;
        count.write(found.len());
        Ok(())
    })
}

/// Takes an incoming record in: it joins the customer of its best match, or is a new customer's.
///
/// @param store the store
/// @param values the value of each field in UTF-8; a value that is missing is empty
/// @param field_count how many fields
/// @param out receives what became of it
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_add(
    store: *const crm_profile_store,
    values: *const *const c_char,
    field_count: usize,
    out: *mut crm_added,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        let values = read_values(values, field_count)?;
        let out = Output::new("out", out)?;
        out.write(of_added(store.lock().add(&values)?));
        Ok(())
    })
}

pub(crate) fn of_added(
    Added {
        record,
        cluster,
        matched,
        doubtful,
    }: Added,
) -> crm_added {
    crm_added {
        record: record.0,
        cluster: cluster.0,
        matched: of_match(matched),
        doubtful: of_match(doubtful),
    }
}

fn of_match(found: Option<Match>) -> crm_match {
    match found {
        Some(Match {
            record,
            cluster,
            weight,
            probability,
        }) => crm_match {
            record: record.0,
            cluster: cluster.0,
            weight,
            probability,
        },
        None => crm_match {
            record: 0,
            cluster: 0,
            weight: 0.0,
            probability: 0.0,
        },
    }
}

/// Why an incoming record is, or is not, of the same customer as one of the store: the bits of each field. The match weight is their sum
/// and the prior's.
///
/// @param store the store
/// @param values the value of each field in UTF-8; a value that is missing is empty
/// @param field_count how many fields
/// @param record the number of the record of the store
/// @param evidence receives what each field says
/// @param prior receives the base-2 logarithm of the odds of two records drawn at random
/// @param probability receives the probability that they are of one customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_explain(
    store: *const crm_profile_store,
    values: *const *const c_char,
    field_count: usize,
    record: u64,
    evidence: *mut crm_field_evidence,
    prior: *mut f64,
    probability: *mut f64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        let values = read_values(values, field_count)?;
        let evidence = OutputSlice::new("evidence", evidence, field_count)?;
        let (prior, probability) = (
            Output::new("prior", prior)?,
            Output::new("probability", probability)?,
        );
        let why: Explanation = store.lock().explain(&values, RecordId(record))?;
        let of_fields: Outcome<Vec<_>> = why
            .fields
            .iter()
            .map(|field| {
                Ok(crm_field_evidence {
                    weight: field.weight,
                    term_frequency: field.term_frequency,
                    level: category::write(field.level)?,
                    reserved: [0; 4],
                })
            })
            .collect();
        evidence.write("evidence", &of_fields?)?;
        prior.write(why.prior);
        probability.write(why.probability);
        Ok(())
    })
}

/// The customer of a record. `CRM_STATUS_NOT_FOUND` if there is no such record.
///
/// @param store the store
/// @param record the number of the record
/// @param out receives the number of its customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_cluster(
    store: *const crm_profile_store,
    record: u64,
    out: *mut u64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        let out = Output::new("out", out)?;
        out.write(store.lock().cluster(RecordId(record))?.0);
        Ok(())
    })
}

/// Two customers are one from now on. `CRM_STATUS_NOT_FOUND` if one of them has no record.
///
/// @param store the store
/// @param kept the customer that goes on
/// @param ended the customer whose records it gets
/// @param merge receives the number by which crm_profile_store_undo takes it back
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_merge(
    store: *const crm_profile_store,
    kept: u64,
    ended: u64,
    merge: *mut u64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        let merge = Output::new("merge", merge)?;
        merge.write(store.lock().merge(ClusterId(kept), ClusterId(ended))?.0);
        Ok(())
    })
}

/// Takes a merge back. `CRM_STATUS_NOT_FOUND` if there is no such merge, or it was taken back already.
///
/// @param store the store
/// @param merge its number
/// @param out receives the customer that is there again
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_undo(
    store: *const crm_profile_store,
    merge: u64,
    out: *mut u64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        let out = Output::new("out", out)?;
        out.write(store.lock().undo(MergeId(merge))?.0);
        Ok(())
    })
}

/// Some records of a customer are those of another from now on, a new one. The customer keeps its number and the other records.
///
/// `CRM_STATUS_NOT_FOUND` if the customer has no record, or one of these is not of it, with the row; `CRM_STATUS_EMPTY` without records;
/// `CRM_STATUS_OUT_OF_RANGE` if the customer would have none left.
///
/// @param store the store
/// @param cluster the customer
/// @param records the numbers of the records
/// @param record_count how many records
/// @param out receives the new customer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_split(
    store: *const crm_profile_store,
    cluster: u64,
    records: *const u64,
    record_count: usize,
    out: *mut u64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        let records = slice("records", records, record_count)?.iter();
        let records: Vec<RecordId> = records.map(|&record| RecordId(record)).collect();
        let out = Output::new("out", out)?;
        out.write(store.lock().split(ClusterId(cluster), &records)?.0);
        Ok(())
    })
}

/// Erases a customer completely: records, values, index and frequencies. What is saved afterwards holds no trace but that the numbers
/// were given. `CRM_STATUS_NOT_FOUND` if the customer has no record.
///
/// @param store the store
/// @param cluster the customer
/// @param records receives how many records are gone
/// @param values receives how many values went with them
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_erase(
    store: *const crm_profile_store,
    cluster: u64,
    records: *mut usize,
    values: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        let (records, values) = (
            Output::new("records", records)?,
            Output::new("values", values)?,
        );
        let erasure = store.lock().erase(ClusterId(cluster))?;
        records.write(erasure.records.len());
        values.write(erasure.values.iter().sum());
        Ok(())
    })
}

/// Saves a store as bytes with a version and a checksum. They hold what the records say of persons: keep them as those are kept.
///
/// @param store the store
/// @param buffer receives the bytes if they fit; may be NULL if `capacity` is 0
/// @param capacity how many fit
/// @param size receives how many there are; call again with a buffer of that size if they did not fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_save(
    store: *const crm_profile_store,
    buffer: *mut u8,
    capacity: usize,
    size: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let store = borrow("store", store)?;
        let size = Output::new("size", size)?;
        let bytes = store.lock().to_bytes();
        if bytes.len() <= capacity {
            OutputSlice::new("buffer", buffer, bytes.len())?.write("buffer", &bytes)?;
        }
        size.write(bytes.len());
        Ok(())
    })
}

/// Opens a store that was saved. `CRM_STATUS_UNREADABLE` for anything else: another version, bytes that were changed or are missing.
///
/// @param bytes what crm_profile_store_save wrote
/// @param size how many bytes
/// @param store receives the store
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_profile_store_load(
    bytes: *const u8,
    size: usize,
    store: *mut Option<Box<crm_profile_store>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = handle::output("store", store)?;
        let read = ProfileStore::from_bytes(slice("bytes", bytes, size)?)?;
        out.write(Some(Box::new(crm_profile_store(Mutex::new(read)))));
        Ok(())
    })
}

/// Frees a store; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_profile_store_free(store: Option<Box<crm_profile_store>>) {
    free(store);
}
