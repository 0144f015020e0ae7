//! The whole process, round by round.

use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, TryLockError};

use crm_core::Result as CoreResult;
use crm_core::idic::identify::{Provenance, PseudonymKey};
use crm_core::idic::interact::contact::Contact;
use crm_core::idic::pipeline::{
    ConsentChange, CustomerHistory, CustomerPlan, CustomerRecords, Customization, Differentiation,
    Identity, Idic, IdicStage, Interaction, Interactions, Keyed, KeyedColumn, KeyedColumns,
    KeyedTexts, LoyaltyColumns, Outcome, RecordSource, ReviewedPair,
};
use crm_core::ledger::TextColumn;
use crm_core::loyalty::Clue;
use crm_core::units::{Date, Label};
use crm_core_arrow::{LogColumns, LogPart, NewColumn, NewTable, NewValues, TextChunk, read_log};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde_json::{Value, json};

use super::choice::{Logged, logged};
use super::interact::{ContactParts, contact};
use super::{read, written};
use crate::buffers::{detached, watched};
use crate::categories::member;
use crate::error::Result;
use crate::identify::{PySchema, by_chunk, columns};
use crate::pseudonyms::PyPseudonymKey;
use crate::service::moment;
use crate::tables::{ArrowTable, OutTable};

/// The process at whichever stage it is.
#[pyclass(frozen, name = "Idic", module = "crm_core._core")]
pub(crate) struct PyIdic(Mutex<Idic>);

/// A table with the column of its keys, and the columns that are read.
type Keys = (ArrowTable, String, Vec<String>);
/// The log, and its columns: customer, time, amount, cost.
type Log = (ArrowTable, String, String, String, Option<String>);
/// Records, values, keys, contacts, answers, decisions.
type Erased = (usize, usize, usize, usize, usize, usize);
/// Decision, customer, other, whether they are one.
type Reviewed = (u64, u64, u64, bool);
/// Identity, standing, needs, action, offer.
type Told = (String, String, String, String, String);

impl PyIdic {
    fn lock(&self) -> Result<MutexGuard<'_, Idic>> {
        match self.0.try_lock() {
            Ok(idic) => Ok(idic),
            Err(TryLockError::Poisoned(idic)) => Ok(idic.into_inner()),
            Err(TryLockError::WouldBlock) => {
                Err(PyRuntimeError::new_err("a stage of this process is being made").into())
            }
        }
    }

    /// Makes a stage; `progress` is told how many hundredths are done.
    fn stage(
        &self,
        py: Python<'_>,
        progress: Option<Bound<'_, PyAny>>,
        make: impl FnOnce(&mut Idic, &(dyn Fn(u32) -> ControlFlow<()> + Sync)) -> CoreResult<Option<()>>
        + Send,
    ) -> Result<()> {
        let mut idic = self.lock()?;
        let idic = &mut *idic;
        let tell = |done| match &progress {
            Some(progress) => progress.call1((done,)).map(drop),
            None => Ok(()),
        };
        watched(py, tell, |watch| make(idic, watch))
    }
}

#[pymethods]
impl PyIdic {
    #[new]
    fn new(schema: &PySchema, options: &str) -> Result<Self> {
        let made = Idic::new(schema.core().clone(), read("options", options)?)?;
        Ok(PyIdic(Mutex::new(made)))
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, state: &[u8]) -> Result<Self> {
        let read = detached(py, || Idic::from_bytes(state))?;
        Ok(PyIdic(Mutex::new(read)))
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>> {
        let idic = self.lock()?;
        let idic = &*idic;
        Ok(PyBytes::new(py, &detached(py, || idic.to_bytes())?))
    }

    fn stage_made(&self) -> Result<&'static str> {
        Ok(self.lock()?.stage().name())
    }

    fn round(&self) -> Result<u32> {
        Ok(self.lock()?.round())
    }

    fn options(&self) -> Result<String> {
        written(self.lock()?.options())
    }

    /// The fields of records.
    fn fields(&self) -> Result<Vec<String>> {
        let idic = self.lock()?;
        let fields = idic.schema().fields().iter();
        Ok(fields.map(|field| field.name.clone()).collect())
    }

    #[pyo3(signature = (table, key, times, trust, progress))]
    fn identify(
        &self,
        py: Python<'_>,
        table: Option<ArrowTable>,
        key: &str,
        times: Option<Vec<i64>>,
        trust: Option<Vec<f64>>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> Result<()> {
        self.stage(py, progress, |idic, watch| {
            let provenance = Provenance {
                times: times.as_deref(),
                trust: trust.as_deref(),
            };
            let Some(ArrowTable(table)) = &table else {
                let sources = Vec::new();
                let nobody = CustomerRecords {
                    sources,
                    provenance,
                };
                return idic.identify_watched(&nobody, watch);
            };
            let keys = table.column(key)?.written()?;
            let texts = columns(table, idic.schema())?;
            let chunks = by_chunk(&texts);
            let source = |(keys, fields)| RecordSource { keys, fields };
            let keys = keys.iter().map(|chunk| chunk as &dyn TextColumn);
            let records = CustomerRecords {
                sources: keys.zip(chunks).map(source).collect(),
                provenance,
            };
            idic.identify_watched(&records, watch)
        })
    }

    #[pyo3(signature = (log, end, current, potential, needs, choices, loyalty, progress))]
    #[expect(clippy::too_many_arguments, reason = "the inputs, one by one")]
    fn differentiate(
        &self,
        py: Python<'_>,
        log: Option<Log>,
        end: Option<i32>,
        current: Option<Keys>,
        potential: Option<Keys>,
        needs: Option<Keys>,
        choices: Option<Keys>,
        loyalty: Option<Keys>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> Result<()> {
        let clues: Vec<Clue> = match &loyalty {
            Some((_, _, names)) => names
                .iter()
                .map(|name| member("loyalty", name))
                .collect::<CoreResult<_>>()?,
            None => Vec::new(),
        };
        self.stage(py, progress, |idic, watch| {
            let parts: Vec<LogPart<'_>> = match &log {
                None => Vec::new(),
                Some((table, customer, time, amount, cost)) => {
                    let columns = LogColumns {
                        customer,
                        time,
                        amount,
                        cost: cost.as_deref(),
                    };
                    read_log(&table.0, &columns)?
                }
            };
            let current = Numbers::read(current.as_ref())?;
            let potential = Numbers::read(potential.as_ref())?;
            let needs = Numbers::read(needs.as_ref())?;
            let choices = Words::read(choices.as_ref())?;
            let loyalty = Numbers::read(loyalty.as_ref())?;
            let history = CustomerHistory {
                log: parts.iter().map(LogPart::chunk).collect(),
                end: end.map(Date::from_days).transpose()?,
                current: current.as_ref().and_then(Numbers::one),
                potential: potential.as_ref().and_then(Numbers::one),
                needs: needs.as_ref().map(|needs| KeyedColumns {
                    keys: &needs.keys,
                    columns: needs.columns().collect(),
                }),
                choices: choices.as_ref().map(|choices| KeyedTexts {
                    keys: &choices.keys,
                    columns: choices
                        .columns
                        .iter()
                        .map(|c| c as &dyn TextColumn)
                        .collect(),
                }),
                loyalty: loyalty.as_ref().map(|loyalty| LoyaltyColumns {
                    keys: &loyalty.keys,
                    clues: clues.iter().copied().zip(loyalty.columns()).collect(),
                }),
            };
            idic.differentiate_watched(&history, watch)
        })
    }

    #[pyo3(signature = (now, contacts, consents, complaints, progress))]
    fn interact(
        &self,
        py: Python<'_>,
        now: i64,
        contacts: (Vec<String>, Vec<ContactParts>),
        consents: (Vec<String>, Vec<(String, bool)>),
        complaints: (Vec<String>, Vec<bool>),
        progress: Option<Bound<'_, PyAny>>,
    ) -> Result<()> {
        let known: Vec<Contact> = contacts.1.iter().map(contact).collect::<CoreResult<_>>()?;
        let change = |(channel, is_given): &(String, bool)| {
            Ok(ConsentChange {
                channel: member("consents", channel)?,
                is_given: *is_given,
            })
        };
        let changes: Vec<_> = consents.1.iter().map(change).collect::<Result<_>>()?;
        let now = moment("now", now)?;
        self.stage(py, progress, |idic, watch| {
            let told = Interactions {
                now,
                contacts: Keyed {
                    keys: &contacts.0,
                    values: &known,
                },
                consents: Keyed {
                    keys: &consents.0,
                    values: &changes,
                },
                complaints: Keyed {
                    keys: &complaints.0,
                    values: &complaints.1,
                },
            };
            idic.interact_watched(&told, watch)
        })
    }

    #[pyo3(signature = (progress))]
    fn customize(&self, py: Python<'_>, progress: Option<Bound<'_, PyAny>>) -> Result<()> {
        self.stage(py, progress, |idic, watch| idic.customize_watched(watch))
    }

    /// Decision, at, contact, reward of each outcome.
    fn learn(&self, outcomes: Vec<(u64, i64, Option<String>, f64)>) -> Result<Vec<Logged>> {
        let outcome = |(decision, at, contact, reward): &(u64, i64, Option<String>, f64)| {
            let contact = contact.as_deref();
            Ok(Outcome {
                decision: *decision,
                at: moment("at", *at)?,
                contact: contact.map(|name| member("outcome", name)).transpose()?,
                reward: *reward,
            })
        };
        let outcomes: Vec<Outcome> = outcomes.iter().map(outcome).collect::<Result<_>>()?;
        Ok(self.lock()?.learn(&outcomes)?.iter().map(logged).collect())
    }

    /// Earlier decisions whose time was over.
    fn expired(&self) -> Result<Vec<Logged>> {
        let idic = self.lock()?;
        let expired = idic.interaction().map(Interaction::expired);
        Ok(expired.unwrap_or_default().iter().map(logged).collect())
    }

    fn next_round(&self) -> Result<()> {
        self.lock()?.next_round();
        Ok(())
    }

    fn erase(&self, customer: u64) -> Result<Erased> {
        let found = self.lock()?.erase(customer)?;
        Ok((
            found.profile.records.len(),
            found.profile.values.iter().sum(),
            found.keys,
            found.contacts,
            found.answers,
            found.decisions,
        ))
    }

    /// Customer, other and probability of each pair.
    fn doubtful(&self) -> Result<Vec<(u64, u64, f64)>> {
        let pairs = self.lock()?.doubtful();
        let pairs = pairs.iter();
        Ok(pairs
            .map(|pair| (pair.customer, pair.other, pair.probability))
            .collect())
    }

    fn reviewed(&self) -> Result<Vec<Reviewed>> {
        Ok(self.lock()?.reviewed().iter().map(reviewed).collect())
    }

    fn confirm(&self, customer: u64, other: u64) -> Result<Reviewed> {
        Ok(reviewed(&self.lock()?.confirm(customer, other)?))
    }

    fn keep_apart(&self, customer: u64, other: u64) -> Result<Reviewed> {
        Ok(reviewed(&self.lock()?.keep_apart(customer, other)?))
    }

    fn split(&self, customer: u64, keys: Vec<String>) -> Result<Reviewed> {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        Ok(reviewed(&self.lock()?.split(customer, &keys)?))
    }

    fn undo(&self, decision: u64) -> Result<Reviewed> {
        Ok(reviewed(&self.lock()?.undo(decision)?))
    }

    fn customer_of(&self, key: &str) -> Result<Option<u64>> {
        Ok(self.lock()?.customer_of(key))
    }

    fn customers(&self) -> Result<Vec<u64>> {
        let idic = self.lock()?;
        let found = idic.identity().map(|found| found.customers().to_vec());
        Ok(found.unwrap_or_default())
    }

    /// The customer of each record of this round.
    fn of_records(&self) -> Result<Vec<u64>> {
        let idic = self.lock()?;
        let Some(identity) = idic.identity() else {
            return Ok(Vec::new());
        };
        let number = |row: &u32| identity.customers().get(*row as usize).copied();
        Ok(identity.of_record().iter().filter_map(number).collect())
    }

    /// With a key, pseudonyms stand for the numbers of customers.
    #[pyo3(signature = (pseudonym_key))]
    fn plans(
        &self,
        py: Python<'_>,
        pseudonym_key: Option<Bound<'_, PyPseudonymKey>>,
    ) -> Result<OutTable> {
        let key = pseudonym_key.as_ref().map(|key| key.get().core());
        let idic = self.lock()?;
        let idic = &*idic;
        detached(py, || table(idic, &idic.plans()?, key)).map(OutTable::from)
    }

    fn reasons(&self, row: usize, language: &str) -> Result<Told> {
        let found = self.lock()?.reasons(row, member("language", language)?)?;
        Ok((
            found.identity,
            found.standing,
            found.needs,
            found.action,
            found.offer,
        ))
    }

    /// Counts of a stage; null for one that is still to come.
    fn counts(&self, stage: &str) -> Result<String> {
        let idic = self.lock()?;
        written(&match member("stage", stage)? {
            IdicStage::Prepare => Value::Null,
            IdicStage::Identify => json!(idic.identity().map(Identity::counts)),
            IdicStage::Differentiate => json!(idic.differentiation().map(Differentiation::counts)),
            IdicStage::Interact => json!(idic.interaction().map(Interaction::counts)),
            IdicStage::Customize => json!(idic.customization().map(Customization::counts)),
        })
    }

    /// Sizes, centers and modes of the groups by needs, and how well each number of groups fits.
    fn needs(&self) -> Result<String> {
        let idic = self.lock()?;
        let found = idic.differentiation().map(Differentiation::needs);
        written(&found.map(|found| {
            json!({
                "sizes": found.sizes,
                "centers": found.centers,
                "modes": found.modes,
                "tried": found.tried,
            })
        }))
    }

    /// Customers by tier and group by needs, and their current values, row after row.
    fn value_by_needs(&self) -> Result<Option<(Vec<u64>, Vec<f64>)>> {
        let idic = self.lock()?;
        let found = idic.differentiation().map(Differentiation::value_by_needs);
        let found = found.transpose()?;
        Ok(found.map(|table| (table.counts, table.totals)))
    }

    /// Customers by type in the round before and in this one.
    fn moves(&self) -> Result<Option<Vec<u64>>> {
        Ok(self.lock()?.moves()?.map(|table| table.counts))
    }

    fn observations(&self) -> Result<Vec<u64>> {
        Ok(self.lock()?.chooser().observations())
    }
}

/// Keys, with columns of numbers.
struct Numbers<'a> {
    keys: Joined<'a>,
    values: Vec<Vec<f64>>,
}

impl<'a> Numbers<'a> {
    fn read(given: Option<&'a Keys>) -> CoreResult<Option<Self>> {
        let Some((table, key, names)) = given else {
            return Ok(None);
        };
        let values = names.iter().map(|name| table.0.column(name)?.floats());
        Ok(Some(Numbers {
            keys: Joined::new(table.0.column(key)?.written()?),
            values: values.collect::<CoreResult<_>>()?,
        }))
    }

    fn columns(&self) -> impl Iterator<Item = &[f64]> {
        self.values.iter().map(Vec::as_slice)
    }

    fn one(&self) -> Option<KeyedColumn<'_>> {
        let values = self.columns().next()?;
        Some(KeyedColumn {
            keys: &self.keys,
            values,
        })
    }
}

/// Keys, with columns of texts.
struct Words<'a> {
    keys: Joined<'a>,
    columns: Vec<Joined<'a>>,
}

impl<'a> Words<'a> {
    fn read(given: Option<&'a Keys>) -> CoreResult<Option<Self>> {
        let Some((table, key, names)) = given else {
            return Ok(None);
        };
        let column = |name: &str| Ok(Joined::new(table.0.column(name)?.written()?));
        Ok(Some(Words {
            keys: column(key)?,
            columns: names
                .iter()
                .map(|name| column(name))
                .collect::<CoreResult<_>>()?,
        }))
    }
}

/// The chunks of a column, as one.
#[derive(Debug)]
struct Joined<'a> {
    chunks: Vec<TextChunk<'a>>,
    /// Rows before each chunk.
    before: Vec<usize>,
    rows: usize,
}

impl<'a> Joined<'a> {
    fn new(chunks: Vec<TextChunk<'a>>) -> Self {
        let mut rows = 0;
        let mut before = Vec::with_capacity(chunks.len());
        for chunk in &chunks {
            before.push(rows);
            rows += chunk.len();
        }
        Joined {
            chunks,
            before,
            rows,
        }
    }
}

impl TextColumn for Joined<'_> {
    fn len(&self) -> usize {
        self.rows
    }

    fn get(&self, row: usize) -> &str {
        let place = self.before.partition_point(|&before| before <= row);
        let place = place.saturating_sub(1);
        let before = self.before.get(place).copied().unwrap_or_default();
        self.chunks
            .get(place)
            .map_or("", |chunk| chunk.get(row - before))
    }
}

fn table(idic: &Idic, plans: &[CustomerPlan], key: Option<&PseudonymKey>) -> CoreResult<NewTable> {
    let options = idic.options();
    let integers = |name, of: fn(&CustomerPlan) -> i64| {
        NewColumn::new(name, NewValues::Integers(plans.iter().map(of).collect()))
    };
    let floats = |name, of: fn(&CustomerPlan) -> f64| {
        let values: Vec<f64> = plans.iter().map(of).collect();
        let known: Vec<bool> = values.iter().map(|value| !value.is_nan()).collect();
        NewColumn::new(name, NewValues::Floats(values)).with_validity(&known)
    };
    let actions: Vec<String> = plans
        .iter()
        .map(|plan| {
            let place = plan.action.checked_sub(1);
            let chosen = place.and_then(|place| options.actions.get(place));
            chosen.map_or("nothing", |action| &action.name).to_owned()
        })
        .collect();
    let offers: Vec<Option<&str>> = plans
        .iter()
        .map(|plan| {
            let made = options.offers.get(plan.offer? as usize);
            made.map(|offer| offer.name.as_str())
        })
        .collect();
    let is_offered: Vec<bool> = offers.iter().map(Option::is_some).collect();
    let offers = offers.iter().map(|name| name.unwrap_or_default()).collect();
    let is_grouped: Vec<bool> = plans.iter().map(|plan| plan.needs.is_some()).collect();
    let customers = match key {
        None => integers("customer", |plan| plan.customer.cast_signed()),
        Some(key) => {
            let pseudonyms = idic.pseudonyms(key).iter().collect();
            NewColumn::new("pseudonym", NewValues::Texts(pseudonyms))
        }
    };
    let stale: Vec<String> = (0..plans.len())
        .map(|row| stale_fields(idic, row))
        .collect::<CoreResult<_>>()?;
    let controls = plans.iter().map(|plan| plan.is_control).collect();
    NewTable::new(vec![
        customers,
        integers("records", |plan| i64::from(plan.records)),
        floats("freshness", |plan| plan.freshness),
        NewColumn::new("stale_fields", NewValues::Texts(stale.iter().collect())),
        floats("current_value", |plan| plan.current),
        floats("potential_value", |plan| plan.potential),
        floats("probability_alive", |plan| plan.alive),
        verdicts("stage", plans, |plan| plan.stage),
        verdicts("customer_type", plans, |plan| plan.customer_type),
        verdicts("tier", plans, |plan| plan.tier),
        verdicts("loyalty", plans, |plan| plan.loyalty),
        integers("needs", |plan| i64::from(plan.needs.unwrap_or_default()))
            .with_validity(&is_grouped),
        integers("decision", |plan| plan.decision.cast_signed()),
        NewColumn::new("action", NewValues::Texts(actions.iter().collect())),
        floats("probability", |plan| plan.probability),
        NewColumn::new("is_control", NewValues::Booleans(controls)),
        floats("expected", |plan| plan.expected),
        floats("standard_error", |plan| plan.standard_error),
        NewColumn::new("offer", NewValues::Texts(offers)).with_validity(&is_offered),
        floats("acceptance", |plan| plan.acceptance),
        floats("offer_value", |plan| plan.offer_value),
        verdicts("offer_reason", plans, |plan| Some(plan.offer_reason)),
    ])
}

/// The names of the fields that are to be asked again.
fn stale_fields(idic: &Idic, row: usize) -> CoreResult<String> {
    let stale = idic.stale(row)?;
    let fields = idic.schema().fields().iter().zip(stale);
    let names = fields.filter_map(|(field, is_stale)| is_stale.then_some(field.name.as_str()));
    Ok(names.collect::<Vec<_>>().join(", "))
}

/// A column of categories, missing where a verdict is open.
fn verdicts<T: Label + PartialEq>(
    name: &str,
    plans: &[CustomerPlan],
    of: fn(&CustomerPlan) -> Option<T>,
) -> NewColumn {
    let code = |plan: &CustomerPlan| {
        let verdict = of(plan)?;
        T::ALL.iter().position(|known| *known == verdict)
    };
    let codes: Vec<Option<usize>> = plans.iter().map(code).collect();
    let is_known: Vec<bool> = codes.iter().map(Option::is_some).collect();
    let codes = codes.into_iter().map(|code| code.unwrap_or_default() as u8);
    let names = T::ALL.iter().map(|member| member.name()).collect();
    NewColumn::new(name, NewValues::Categories(codes.collect(), names)).with_validity(&is_known)
}

fn reviewed(pair: &ReviewedPair) -> Reviewed {
    (pair.decision, pair.customer, pair.other, pair.is_one)
}
