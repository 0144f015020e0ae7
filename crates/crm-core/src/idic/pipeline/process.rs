//! The process whose stage is known at run time.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::IdicStage;
use super::customization::{self, Customization};
use super::differentiation::{self, Differentiation};
use super::identity::{self, Identity, Watch};
use super::inputs::{CustomerHistory, CustomerRecords, Interactions, Outcome};
use super::interaction::{self, Interaction};
use super::learning;
use super::options::IdicOptions;
use super::plan::{CustomerPlan, PlanReasons, View, no_such_row};
use super::relations::Relations;
use crate::error::{Error, ErrorKind, Result};
use crate::idic::differentiate::{CrossTable, cross_table};
use crate::idic::identify::store::{ClusterId, Erasure, ProfileStore};
use crate::idic::identify::{PseudonymKey, Schema};
use crate::idic::interact::choice::{ActionChooser, LoggedReward};
use crate::ledger::TextColumn;
use crate::parallel;
use crate::units::{Label, Language};
use crate::value::types::CustomerType;

/// The process at whichever stage it is. A stage that fails, or is stopped, leaves it as it was.
///
/// ```
/// use crm_core::ErrorKind;
/// use crm_core::idic::identify::{Field, FieldKind, Schema};
/// use crm_core::idic::interact::contact::{Channel, ContactPurpose};
/// use crm_core::idic::pipeline::{CustomerHistory, Idic, IdicOptions, IdicStage, NextAction};
///
/// let schema = Schema::new(vec![Field::new("name", FieldKind::Name)])?;
/// let mut idic = Idic::new(schema, IdicOptions {
///     actions: vec![NextAction::new("call", Channel::Phone, ContactPurpose::Sales)],
///     ..IdicOptions::default()
/// })?;
/// let error = idic.differentiate(&CustomerHistory::default()).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::IllegalTransition);
/// assert_eq!(idic.stage(), IdicStage::Prepare);
/// assert_eq!(Idic::from_bytes(&idic.to_bytes()?)?.to_bytes()?, idic.to_bytes()?);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Idic {
    pub(super) schema: Schema,
    pub(super) options: IdicOptions,
    pub(super) profiles: Option<ProfileStore>,
    pub(super) relations: Relations,
    pub(super) identity: Option<Identity>,
    pub(super) differentiation: Option<Differentiation>,
    pub(super) interaction: Option<Interaction>,
    pub(super) customization: Option<Customization>,
}

/// What was removed when a customer was erased. It holds no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErasedCustomer {
    /// Records, their values, and what was made of them.
    pub profile: Erasure,
    /// Keys of records.
    pub keys: usize,
    /// Contacts.
    pub contacts: usize,
    /// Offers to which answers were remembered.
    pub answers: usize,
    /// Decisions that waited for a reward, and leanings towards actions.
    pub decisions: usize,
}

const GO_ON: Watch<'static> = &|_| ControlFlow::Continue(());

impl Idic {
    /// A process that knows nobody.
    ///
    /// # Errors
    /// `Empty` without actions; `OutOfRange`, `NotFinite` and `LengthMismatch` for options that their meaning forbids.
    pub fn new(schema: Schema, options: IdicOptions) -> Result<Self> {
        options.check(schema.fields().len())?;
        Ok(Idic {
            relations: Relations::new(&options)?,
            schema,
            options,
            profiles: None,
            identity: None,
            differentiation: None,
            interaction: None,
            customization: None,
        })
    }

    /// The last stage of the round that was made.
    #[must_use]
    pub fn stage(&self) -> IdicStage {
        let made = [
            self.identity.is_some(),
            self.differentiation.is_some(),
            self.interaction.is_some(),
            self.customization.is_some(),
        ];
        let count = made.iter().filter(|is_made| **is_made).count();
        IdicStage::ALL
            .get(count)
            .copied()
            .unwrap_or(IdicStage::Prepare)
    }

    /// The fields of records.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// What it assumes.
    #[must_use]
    pub fn options(&self) -> &IdicOptions {
        &self.options
    }

    /// Rounds that were made before this one.
    #[must_use]
    pub fn round(&self) -> u32 {
        self.relations.round
    }

    /// The profiles of customers; `None` before the first records.
    #[must_use]
    pub fn profiles(&self) -> Option<&ProfileStore> {
        self.profiles.as_ref()
    }

    /// What chooses actions, with what it has learned.
    #[must_use]
    pub fn chooser(&self) -> &ActionChooser {
        &self.relations.chooser
    }

    /// Which customers there are.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// What they are worth, and need.
    #[must_use]
    pub fn differentiation(&self) -> Option<&Differentiation> {
        self.differentiation.as_ref()
    }

    /// What is done next for them.
    #[must_use]
    pub fn interaction(&self) -> Option<&Interaction> {
        self.interaction.as_ref()
    }

    /// What they are offered.
    #[must_use]
    pub fn customization(&self) -> Option<&Customization> {
        self.customization.as_ref()
    }

    /// The number of the customer that a key is of; `None` for one that no record has.
    #[must_use]
    pub fn customer_of(&self, key: &str) -> Option<u64> {
        let record = *self.relations.keys.reveal().get(key)?;
        let record = crate::idic::identify::store::RecordId(record);
        let cluster = self.profiles.as_ref()?.cluster(record).ok()?;
        Some(cluster.0)
    }

    /// Finds out which records are of which customer: [`Round::identify`](super::Round::identify).
    ///
    /// # Errors
    /// `IllegalTransition` at another stage; as there.
    pub fn identify(&mut self, records: &CustomerRecords<'_>) -> Result<()> {
        self.identify_watched(records, GO_ON).map(drop)
    }

    /// The same; `progress` is told now and then, from any thread, how many hundredths are done. Once it breaks, nothing has changed and
    /// the result is `None`.
    ///
    /// # Errors
    /// As [`identify`](Idic::identify).
    pub fn identify_watched(
        &mut self,
        records: &CustomerRecords<'_>,
        progress: &(dyn Fn(u32) -> ControlFlow<()> + Sync),
    ) -> Result<Option<()>> {
        self.at(IdicStage::Prepare)?;
        let known = (self.profiles.as_ref(), &self.relations);
        let found = identity::identify((&self.schema, &self.options), known, records, progress)?;
        Ok(found.map(|found| {
            self.profiles = Some(found.profiles);
            self.relations = found.relations;
            self.identity = Some(found.identity);
        }))
    }

    /// Finds out what customers are worth, and need: [`Round::differentiate`](super::Round::differentiate).
    ///
    /// # Errors
    /// `IllegalTransition` at another stage; as there.
    pub fn differentiate(&mut self, history: &CustomerHistory<'_>) -> Result<()> {
        self.differentiate_watched(history, GO_ON).map(drop)
    }

    /// The same, watched as [`identify_watched`](Idic::identify_watched).
    ///
    /// # Errors
    /// As [`differentiate`](Idic::differentiate).
    pub fn differentiate_watched(
        &mut self,
        history: &CustomerHistory<'_>,
        progress: &(dyn Fn(u32) -> ControlFlow<()> + Sync),
    ) -> Result<Option<()>> {
        self.at(IdicStage::Identify)?;
        let customers = self.identity.as_ref().map_or(0, Identity::len);
        let rows_of = |argument, keys: &dyn TextColumn| self.rows_of(argument, keys);
        let found =
            differentiation::differentiate(customers, &self.options, history, &rows_of, progress)?;
        Ok(found.map(|found| self.differentiation = Some(found)))
    }

    /// Chooses the next action for each customer: [`Round::interact`](super::Round::interact).
    ///
    /// # Errors
    /// `IllegalTransition` at another stage; as there.
    pub fn interact(&mut self, told: &Interactions<'_>) -> Result<()> {
        self.interact_watched(told, GO_ON).map(drop)
    }

    /// The same, watched as [`identify_watched`](Idic::identify_watched).
    ///
    /// # Errors
    /// As [`interact`](Idic::interact).
    pub fn interact_watched(
        &mut self,
        told: &Interactions<'_>,
        progress: &(dyn Fn(u32) -> ControlFlow<()> + Sync),
    ) -> Result<Option<()>> {
        let (Some(profiles), Some(identity), Some(differentiation), None) = (
            &self.profiles,
            &self.identity,
            &self.differentiation,
            &self.interaction,
        ) else {
            return self.at(IdicStage::Differentiate).map(|()| None);
        };
        let rows_of = |argument, keys: &dyn TextColumn| self.rows_of(argument, keys);
        let found = interaction::interact(
            (&identity.customers, profiles),
            &self.options,
            &self.relations,
            differentiation,
            (told, &rows_of),
            progress,
        )?;
        Ok(found.map(|(relations, found)| {
            self.relations = relations;
            self.interaction = Some(found);
        }))
    }

    /// Chooses the offer for each customer whose next action sells: [`Round::customize`](super::Round::customize).
    ///
    /// # Errors
    /// `IllegalTransition` at another stage; as there.
    pub fn customize(&mut self) -> Result<()> {
        self.customize_watched(GO_ON).map(drop)
    }

    /// The same, watched as [`identify_watched`](Idic::identify_watched).
    ///
    /// # Errors
    /// As [`customize`](Idic::customize).
    pub fn customize_watched(
        &mut self,
        progress: &(dyn Fn(u32) -> ControlFlow<()> + Sync),
    ) -> Result<Option<()>> {
        let (Some(identity), Some(differentiation), Some(interaction), None) = (
            &self.identity,
            &self.differentiation,
            &self.interaction,
            &self.customization,
        ) else {
            return self.at(IdicStage::Interact).map(|()| None);
        };
        let found = customization::customize(
            &identity.customers,
            &self.options,
            &self.relations,
            differentiation,
            interaction,
            progress,
        )?;
        Ok(found.map(|found| {
            for (decision, offer) in interaction.decision.iter().zip(&found.offer) {
                if let Some(waiting) = self.relations.waiting.get_mut(decision) {
                    waiting.offer = offer.map(|offer| offer as usize);
                }
            }
            self.customization = Some(found);
        }))
    }

    /// Learns what came of decisions, at any stage and in any round after they were made; see [`Round::learn`](super::Round::learn).
    ///
    /// # Errors
    /// As there.
    pub fn learn(&mut self, outcomes: &[Outcome]) -> Result<Vec<LoggedReward>> {
        learning::learn(&self.options, &mut self.relations, outcomes)
    }

    /// Goes to the beginning of the next round, with all that was learned; what this round has computed is given up, but the types of
    /// customers, which the next round's are compared with. It may be called at any stage.
    pub fn next_round(&mut self) {
        learning::remember_types(
            self.identity.as_ref(),
            self.differentiation.as_ref(),
            &mut self.relations,
        );
        self.identity = None;
        self.differentiation = None;
        self.interaction = None;
        self.customization = None;
        self.relations.round = self.relations.round.saturating_add(1);
    }

    /// Goes to the beginning of a round, unless it is there.
    pub(super) fn give_up(&mut self) {
        if self.stage() != IdicStage::Prepare {
            self.next_round();
        }
    }

    /// Erases a customer completely: records, keys, contacts, answers and decisions; what is saved afterwards holds no trace of them.
    /// What the round has computed is given up, as it was made from them, too: the process is at the beginning of a round. The
    /// coefficients and rates that all customers share stay as they are.
    ///
    /// # Errors
    /// `NotFound` if there is no such customer; then nothing has changed.
    pub fn erase(&mut self, customer: u64) -> Result<ErasedCustomer> {
        let Some(profiles) = &mut self.profiles else {
            let error = Error::new(ErrorKind::NotFound, "customer", "is not known");
            return Err(error.with_value(customer));
        };
        let customer = ClusterId(customer);
        let profile = profiles.erase(customer).map_err(|e| e.named("customer"))?;
        self.give_up();
        let forgotten = self.relations.erase(customer, &profile.records);
        Ok(ErasedCustomer {
            profile,
            keys: forgotten.keys,
            contacts: forgotten.contacts,
            answers: forgotten.answers,
            decisions: forgotten.decisions,
        })
    }

    /// Which fields of the customer in a row are to be asked again, one for each field of the schema: those whose value is older than its
    /// half-life, or of unknown age. None is where no field has a half-life.
    ///
    /// # Errors
    /// `IllegalTransition` before actions were chosen; `NotFound` for a row that there is not.
    pub fn stale(&self, row: usize) -> Result<Vec<bool>> {
        let (Some(identity), Some(interaction)) = (&self.identity, &self.interaction) else {
            return Err(self.too_early(IdicStage::Interact));
        };
        if row >= identity.len() {
            return Err(no_such_row(row, identity.len()));
        }
        let mut stale = vec![false; self.schema.fields().len()];
        for &field in interaction.stale(row) {
            if let Some(place) = stale.get_mut(field as usize) {
                *place = true;
            }
        }
        Ok(stale)
    }

    /// What stands for the number of each customer where nobody may know who they are, by their rows: [`PseudonymKey::customer`].
    #[must_use]
    pub fn pseudonyms(&self, key: &PseudonymKey) -> Vec<String> {
        let customers = self.identity.as_ref().map_or(&[][..], Identity::customers);
        parallel::map(customers.to_vec(), |customer| key.customer(customer))
    }

    /// The whole result for each customer, by their rows.
    ///
    /// # Errors
    /// `IllegalTransition` before the last stage was made.
    pub fn plans(&self) -> Result<Vec<CustomerPlan>> {
        Ok(self.view()?.plans())
    }

    /// Why the customer in a row is what it is, and why this is the next action and the offer.
    ///
    /// # Errors
    /// `IllegalTransition` before the last stage was made; `NotFound` for a row that there is not.
    pub fn reasons(&self, row: usize, language: Language) -> Result<PlanReasons> {
        self.view()?.reasons(row, language)
    }

    /// Customers by their type in the round before and in this one; `None` where nobody has a type in both.
    ///
    /// # Errors
    /// `IllegalTransition` before customers were differentiated.
    pub fn moves(&self) -> Result<Option<CrossTable>> {
        let (Some(identity), Some(found)) = (&self.identity, &self.differentiation) else {
            return Err(self.too_early(IdicStage::Differentiate));
        };
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (customer, verdict) in identity
            .customers
            .iter()
            .zip(found.classification.verdicts())
        {
            let relation = self.relations.customers.get(customer);
            let earlier = relation.and_then(|relation| relation.earlier_type);
            if let (Some(earlier), Some(now)) = (earlier, verdict.customer_type) {
                before.push(earlier as u32);
                after.push(now as u32);
            }
        }
        if before.is_empty() {
            return Ok(None);
        }
        let types = CustomerType::ALL.len();
        cross_table(&before, types, &after, types, None).map(Some)
    }

    fn view(&self) -> Result<View<'_>> {
        let (Some(identity), Some(differentiation), Some(interaction), Some(customization)) = (
            &self.identity,
            &self.differentiation,
            &self.interaction,
            &self.customization,
        ) else {
            return Err(self.too_early(IdicStage::Customize));
        };
        Ok(View {
            schema: &self.schema,
            options: &self.options,
            identity,
            differentiation,
            interaction,
            customization,
        })
    }

    fn rows_of(&self, argument: &'static str, keys: &dyn TextColumn) -> Result<Vec<Option<u32>>> {
        let (Some(profiles), Some(identity)) = (&self.profiles, &self.identity) else {
            return match keys.is_empty() {
                true => Ok(Vec::new()),
                false => Err(identity::unknown(argument).at_row(0)),
            };
        };
        identity::rows_of(
            (profiles, &self.relations),
            &identity.customers,
            argument,
            keys,
            self.options.skip_unknown,
        )
    }

    fn too_early(&self, needed: IdicStage) -> Error {
        let reason = format!("must have come to {}", needed.name());
        let error = Error::new(ErrorKind::IllegalTransition, "stage", reason);
        error.with_value(self.stage().name())
    }

    /// Refuses another stage.
    pub(super) fn at(&self, stage: IdicStage) -> Result<()> {
        if self.stage() == stage {
            return Ok(());
        }
        let reason = format!("must be {}", stage.name());
        let error = Error::new(ErrorKind::IllegalTransition, "stage", reason);
        Err(error.with_value(self.stage().name()))
    }
}
