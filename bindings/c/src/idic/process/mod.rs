//! The whole process: from raw records to the next action and the offer for each customer, round by round.

pub mod inputs;
pub mod plans;
pub mod review;
pub mod segments;

use std::ffi::{c_char, c_void};
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crm_core::idic::identify::normalise::CallingCode;
use crm_core::idic::identify::{Provenance, RecordChunk};
use crm_core::idic::interact::contact::Contact;
use crm_core::idic::pipeline::{
    ConsentChange, CustomerHistory, CustomerRecords, Identity, Idic, IdicOptions, IdicStage,
    Interactions, Keyed, Outcome as DecisionOutcome, RecordSource,
};
use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, TextColumn, TimeColumn};
use crm_core::units::Label;
use crm_core::{Error, ErrorKind};

use self::inputs::{
    KeyedNumbers, KeyedWords, columns, consent, crm_decision_outcome, crm_idic_history,
    crm_idic_records, crm_idic_told, of_decision, texts,
};
use super::choice::crm_logged_reward;
use super::interact::{contact, unreadable};
use crate::boundary::{
    Failure, Outcome, Output, OutputSlice, optional_slice, read, respond, slice, text,
    write_optional,
};
use crate::categories::crm_idic_stage;
use crate::category;
use crate::handle::{borrow, free, output};
use crate::identify::{crm_record_field, read_schema};
use crate::ledger::day;
use crate::service::moment;
use crate::status::crm_status;
use crate::watch::{crm_progress, watched};

/// The process at whichever stage of a round it is, with all that earlier rounds have learned. A stage that fails, or is stopped,
/// leaves it as it was. Calls from several threads wait for each other; what is told of progress must not call with the same handle.
pub struct crm_idic(Mutex<Process>);

struct Process {
    idic: Idic,
    /// What each stage of the round took.
    seconds: [f64; STAGES],
}

const STAGES: usize = IdicStage::ALL.len();
const UNTIMED: [f64; STAGES] = [f64::NAN; STAGES];

impl crm_idic {
    fn boxed(idic: Idic) -> Box<Self> {
        Box::new(crm_idic(Mutex::new(Process {
            idic,
            seconds: UNTIMED,
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Process> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a stage, watched and timed.
    ///
    /// # Safety
    /// As [`watched`].
    unsafe fn stage(
        &self,
        stage: IdicStage,
        (progress, context): (crm_progress, *mut c_void),
        make: impl FnOnce(
            &mut Idic,
            &(dyn Fn(u32) -> ControlFlow<()> + Sync),
        ) -> crm_core::Result<Option<()>>
        + Send,
    ) -> Outcome {
        let process = &mut *self.lock();
        let begun = Instant::now();
        // SAFETY: as the caller vouches.
        let made = unsafe { watched(progress, context, |watch| make(&mut process.idic, watch)) };
        match made {
            // It was made before it could be stopped.
            Err(Failure::Stopped) if process.idic.stage() == stage => {}
            made => made?,
        }
        if let Some(seconds) = process.seconds.get_mut(stage as usize) {
            *seconds = begun.elapsed().as_secs_f64();
        }
        Ok(())
    }
}

/// What was removed when a customer was erased.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct crm_erased_customer {
    /// Records.
    pub records: u64,
    /// Values of these.
    pub values: u64,
    /// Keys of records.
    pub keys: u64,
    /// Contacts.
    pub contacts: u64,
    /// Offers to which answers were remembered.
    pub answers: u64,
    /// Decisions that waited for a reward, and leanings towards actions.
    pub decisions: u64,
}

/// A process that knows nobody. The options, of which `actions` are needed, with the defaults of the others:
///
///     {"actions": [{"name": "call", "channel": "phone", "purpose": "sales", ["cost": 2, "label": {"en": "Call", "zh": "致电"},
///                   "audience": {"stages": ["growth"], "types": ["golden"], "tiers": ["vip"], "needs": [0]}]}, …],
///      "offers": [{"name": "sample", "gain": 40, "acceptance": 0.25, ["gain_share": 0, "cost": 1, "capacity": 100, "label": …,
///                  "audience": …]}, …],
///      "needs": {"questions": ["price"], "choices": [], "groups": null, "most": 8}, "contact": {…}, "choice": {"noise": 1, …},
///      "contact_budget": null, "offer_budget": null, "acceptance": {"strength": 10, "half_life": null},
///      "threshold": 0.5, "review_threshold": null, "survivorship": [], "skip_unknown": false, "period": "months", "returns": "net", "horizon": 365,
///      "classification": {…}, "training": {…}, "seed": 0}
///
/// `contact` is as for crm_contact_policy_new, `choice` as for crm_action_chooser_new, without actions and features. `seed` is
/// added to those of the parts. Needs are `questions` for numbers, or `choices` such as {"name": "channel", "answers": ["web", "shop"]},
/// not both. Pairs of a probability below `threshold` and of `review_threshold` or more are possible links: crm_idic_doubtful lists them
/// for review. An offer is worth acceptance · (gain + gain_share · potential value) − cost.
///
/// @param fields what the records hold
/// @param field_count how many fields
/// @param calling_code of the country that phone numbers without one are of: 86 for China
/// @param options the text
/// @param idic receives the handle; give it back to crm_idic_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_new(
    fields: *const crm_record_field,
    field_count: usize,
    calling_code: u32,
    options: *const c_char,
    idic: *mut Option<Box<crm_idic>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("idic", idic)?;
        let schema = read_schema(slice("fields", fields, field_count)?)?;
        let code = CallingCode::new(u16::try_from(calling_code).unwrap_or(u16::MAX))?;
        let schema = schema.with_calling_code(code);
        let options: IdicOptions = serde_json::from_str(text("options", options)?)
            .map_err(|error| unreadable("options", "options of the process", &error))?;
        out.write(Some(crm_idic::boxed(Idic::new(schema, options)?)));
        Ok(())
    })
}

/// Reads a process that was saved, at any stage: it goes on as the one that was written. `CRM_STATUS_UNREADABLE` for anything else:
/// another version, bytes that were changed or are missing.
///
/// @param bytes what crm_idic_save wrote
/// @param size how many bytes
/// @param idic receives the handle; give it back to crm_idic_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_load(
    bytes: *const u8,
    size: usize,
    idic: *mut Option<Box<crm_idic>>,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let out = output("idic", idic)?;
        let read = Idic::from_bytes(slice("bytes", bytes, size)?)?;
        out.write(Some(crm_idic::boxed(read)));
        Ok(())
    })
}

/// Saves a process as bytes with a version and a checksum. They hold what the records say of persons: keep them as those are kept.
///
/// @param idic the process
/// @param buffer receives the bytes if they fit; may be NULL if `capacity` is 0
/// @param capacity how many fit
/// @param size receives how many there are; call again with a buffer of that size if they did not fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_save(
    idic: *const crm_idic,
    buffer: *mut u8,
    capacity: usize,
    size: *mut usize,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let size = Output::new("size", size)?;
        let bytes = idic.lock().idic.to_bytes()?;
        if bytes.len() <= capacity {
            OutputSlice::new("buffer", buffer, bytes.len())?.write("buffer", &bytes)?;
        }
        size.write(bytes.len());
        Ok(())
    })
}

/// Frees a process; NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn crm_idic_free(idic: Option<Box<crm_idic>>) {
    free(idic);
}

/// The last stage of the round that was made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_stage_made(
    idic: *const crm_idic,
    out: *mut crm_idic_stage,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let out = Output::new("out", out)?;
        out.write(category::write::<crm_idic_stage>(idic.lock().idic.stage())?);
        Ok(())
    })
}

/// The first stage: which records are of which customer. In the first round all records are compared with each other, by a model that is
/// fitted to them without labels; in later rounds each record joins the customer that it matches best, or is of a new one, and there
/// may be none. Numbers of customers stay what they are.
///
/// `CRM_STATUS_ILLEGAL_TRANSITION` at another stage; `CRM_STATUS_MISSING` for a record without a key, `CRM_STATUS_OUT_OF_RANGE` for a key
/// that two records have; `CRM_STATUS_STOPPED` if `progress` says so.
///
/// @param idic the process, which changes
/// @param records the records
/// @param progress may be NULL; told how many hundredths are done
/// @param context may be NULL; given to `progress`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_identify(
    idic: *const crm_idic,
    records: *const crm_idic_records,
    progress: crm_progress,
    context: *mut c_void,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let given = read("records", records)?;
        let fields = idic.lock().idic.schema().fields().len();
        let keys = texts("keys", given.keys, given.rows)?;
        let values = texts("values", given.values, given.rows.saturating_mul(fields))?;
        let columns = columns(&values, fields);
        let chunk: RecordChunk<'_> = columns.iter().map(|c| c as &dyn TextColumn).collect();
        let records = CustomerRecords {
            sources: vec![RecordSource {
                keys: &keys,
                fields: chunk,
            }],
            provenance: Provenance {
                times: optional_slice("times", given.times, given.rows)?,
                trust: optional_slice("trust", given.trust, given.rows)?,
            },
        };
        idic.stage(IdicStage::Identify, (progress, context), |idic, watch| {
            idic.identify_watched(&records, watch)
        })
    })
}

/// The second stage: what each customer is worth, and needs. The current value is what was bought, less returns and costs; the potential
/// value expected purchases over the horizon (MBG/NBD) × expected spend (Gamma-Gamma) × margin; unless they are given. Then stage,
/// type, tier and loyalty as crm_classify, and a group by needs as crm_k_means, or as crm_k_modes by answers in words. Of a customer with
/// several keys values are added up, answers in numbers and clues averaged, and of answers in words the most frequent one counts.
///
/// `CRM_STATUS_ILLEGAL_TRANSITION` at another stage; `CRM_STATUS_NOT_FOUND` with the row for a key that no record has, unless the options
/// skip them, and for an answer that the options do not name; `CRM_STATUS_OUT_OF_RANGE` for an end before the last transaction;
/// `CRM_STATUS_STOPPED` if `progress` says so.
///
/// @param idic the process, which changes
/// @param history what they have bought, and what is known of them
/// @param progress may be NULL; told how many hundredths are done
/// @param context may be NULL; given to `progress`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_differentiate(
    idic: *const crm_idic,
    history: *const crm_idic_history,
    progress: crm_progress,
    context: *mut c_void,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let given = read("history", history)?;
        let keys = texts("keys", given.keys, given.rows)?;
        let current = KeyedNumbers::read("current", given.current)?;
        let potential = KeyedNumbers::read("potential", given.potential)?;
        let needs = KeyedNumbers::read("needs", given.needs)?;
        let choices = KeyedWords::read("choices", given.choices)?;
        let loyalty = KeyedNumbers::read("loyalty", given.loyalty)?;
        let history = CustomerHistory {
            log: vec![Chunk {
                customers: CustomerColumn::Texts(&keys),
                times: TimeColumn::Dates(slice("dates", given.dates, given.rows)?),
                amounts: AmountColumn::Floats(slice("amounts", given.amounts, given.rows)?),
                costs: optional_slice("costs", given.costs, given.rows)?.map(AmountColumn::Floats),
            }],
            end: day("end", given.end)?,
            current: current.as_ref().map(|c| c.one("current")).transpose()?,
            potential: potential.as_ref().map(|c| c.one("potential")).transpose()?,
            needs: needs.as_ref().map(KeyedNumbers::all),
            choices: choices.as_ref().map(KeyedWords::all),
            loyalty: loyalty.as_ref().map(KeyedNumbers::clues).transpose()?,
        };
        idic.stage(
            IdicStage::Differentiate,
            (progress, context),
            |idic, watch| idic.differentiate_watched(&history, watch),
        )
    })
}

/// The third stage: the next action for each customer, of those that its audience, the policy of contacts and the budget allow.
/// Customers of the highest current value come first. Decisions whose time is over get the reward 0 before.
///
/// `CRM_STATUS_ILLEGAL_TRANSITION` at another stage; `CRM_STATUS_NOT_FOUND` with the row for a key that no record has, unless the options
/// skip them; `CRM_STATUS_STOPPED` if `progress` says so.
///
/// @param idic the process, which changes
/// @param told what has happened
/// @param progress may be NULL; told how many hundredths are done
/// @param context may be NULL; given to `progress`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_interact(
    idic: *const crm_idic,
    told: *const crm_idic_told,
    progress: crm_progress,
    context: *mut c_void,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let given = read("told", told)?;
        let contact_keys = texts("contact_keys", given.contact_keys, given.contact_count)?;
        let consent_keys = texts("consent_keys", given.consent_keys, given.consent_count)?;
        let complaint_keys = texts(
            "complaint_keys",
            given.complaint_keys,
            given.complaint_count,
        )?;
        let contacts: Vec<Contact> = slice("contacts", given.contacts, given.contact_count)?
            .iter()
            .map(contact)
            .collect::<Outcome<_>>()?;
        let consents: Vec<ConsentChange> = slice("consents", given.consents, given.consent_count)?
            .iter()
            .map(consent)
            .collect::<Outcome<_>>()?;
        let complaints =
            crate::service::truths("complaints", given.complaints, given.complaint_count)?;
        let told = Interactions {
            now: moment("now", given.now)?,
            contacts: Keyed {
                keys: &contact_keys,
                values: &contacts,
            },
            consents: Keyed {
                keys: &consent_keys,
                values: &consents,
            },
            complaints: Keyed {
                keys: &complaint_keys,
                values: &complaints,
            },
        };
        idic.stage(IdicStage::Interact, (progress, context), |idic, watch| {
            idic.interact_watched(&told, watch)
        })
    })
}

/// The fourth stage: the offer for each customer whose next action sells, by expected value under the budget and the capacities, as
/// crm_assign_offers. The acceptance is what was seen of all customers, of the type and of the customer: with n answers, y of them
/// yes, and s = `strength`, a rate r becomes (s r + y) / (s + n), three times.
///
/// `CRM_STATUS_ILLEGAL_TRANSITION` at another stage; `CRM_STATUS_STOPPED` if `progress` says so.
///
/// @param idic the process, which changes
/// @param progress may be NULL; told how many hundredths are done
/// @param context may be NULL; given to `progress`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_customize(
    idic: *const crm_idic,
    progress: crm_progress,
    context: *mut c_void,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        idic.stage(IdicStage::Customize, (progress, context), |idic, watch| {
            idic.customize_watched(watch)
        })
    })
}

/// Learns what came of decisions, at any stage and in any round after they were made: the reward of the action, whether the offer was
/// accepted, and the contact, which the policy counts. `CRM_STATUS_NOT_FOUND` with the row for a decision that does not wait for an
/// outcome; then nothing was learned.
///
/// @param idic the process, which changes
/// @param outcomes what came of them
/// @param count how many outcomes
/// @param logged receives the rows of the log that crm_evaluate_policy reads, one for each outcome; may be NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_learn(
    idic: *const crm_idic,
    outcomes: *const crm_decision_outcome,
    count: usize,
    logged: *mut crm_logged_reward,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let outcomes: Vec<DecisionOutcome> = slice("outcomes", outcomes, count)?
            .iter()
            .enumerate()
            .map(|(row, given)| of_decision(row, given))
            .collect::<Outcome<_>>()?;
        let room = OutputSlice::optional("logged", logged, count)?;
        let learned = idic.lock().idic.learn(&outcomes)?;
        let rows: Vec<crm_logged_reward> = learned.iter().map(Into::into).collect();
        write_optional(room, "logged", &rows)
    })
}

/// Goes to the beginning of the next round, with all that was learned; what this round has computed is given up. It may be called at
/// any stage.
///
/// @param idic the process, which changes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_next_round(idic: *const crm_idic) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let process = &mut *borrow("idic", idic)?.lock();
        process.idic.next_round();
        process.seconds = UNTIMED;
        Ok(())
    })
}

/// Erases a customer completely: records, keys, contacts, answers and decisions; what is saved afterwards holds no trace of them. What the
/// round has computed is given up, as it was made from them, too. `CRM_STATUS_NOT_FOUND` if there is no such customer.
///
/// @param idic the process, which changes
/// @param customer the number of the customer
/// @param erased receives what was removed
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_erase(
    idic: *const crm_idic,
    customer: u64,
    erased: *mut crm_erased_customer,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let out = Output::new("erased", erased)?;
        let found = idic.lock().idic.erase(customer)?;
        out.write(crm_erased_customer {
            records: found.profile.records.len() as u64,
            values: found.profile.values.iter().sum::<usize>() as u64,
            keys: found.keys as u64,
            contacts: found.contacts as u64,
            answers: found.answers as u64,
            decisions: found.decisions as u64,
        });
        Ok(())
    })
}

/// How many customers there are; 0 before the first stage of a round.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_customers(idic: *const crm_idic, out: *mut usize) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let out = Output::new("out", out)?;
        out.write(idic.lock().idic.identity().map_or(0, Identity::len));
        Ok(())
    })
}

/// The number of the customer that a key is of. `CRM_STATUS_NOT_FOUND` for a key that no record has.
///
/// @param idic the process
/// @param key the key of a record, in UTF-8
/// @param out receives the number
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_customer_of(
    idic: *const crm_idic,
    key: *const c_char,
    out: *mut u64,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let key = text("key", key)?;
        let out = Output::new("out", out)?;
        let found = idic.lock().idic.customer_of(key);
        let unknown = || Error::new(ErrorKind::NotFound, "key", "is that of no record");
        out.write(found.ok_or_else(unknown)?);
        Ok(())
    })
}

/// The row of the customer of each record of this round. `CRM_STATUS_LENGTH_MISMATCH` for another number of records.
///
/// @param idic the process
/// @param rows how many records
/// @param out receives one for each record
#[unsafe(no_mangle)]
pub unsafe extern "C" fn crm_idic_customer_of_records(
    idic: *const crm_idic,
    rows: usize,
    out: *mut u32,
) -> crm_status {
    // SAFETY: every pointer is what the header asks for.
    respond(|| unsafe {
        let idic = borrow("idic", idic)?;
        let out = OutputSlice::new("out", out, rows)?;
        let process = idic.lock();
        let found = process.idic.identity().map(Identity::of_record);
        out.write("out", found.unwrap_or_default())
    })
}
