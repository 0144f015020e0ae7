//! The stages as types: none can be left out.

use std::marker::PhantomData;

use super::IdicStage;
use super::inputs::{CustomerHistory, CustomerRecords, Interactions, Outcome};
use super::options::IdicOptions;
use super::plan::{CustomerPlan, PlanReasons};
use super::process::{ErasedCustomer, Idic};
use super::review::ReviewedPair;
use crate::error::Result;
use crate::idic::identify::Schema;
use crate::idic::interact::choice::LoggedReward;
use crate::units::Language;

/// A round of the process after stage `S`. What each stage needs is there, and the next one is made from it alone: leaving one out
/// does not compile.
///
/// ```compile_fail
/// use crm_core::idic::pipeline::{Identified, Interactions, Round};
///
/// fn hasty(round: Round<Identified>, told: &Interactions<'_>) {
///     round.interact(told); // who is not differentiated has no next action
/// }
/// ```
///
/// ```
/// use crm_core::idic::pipeline::{Differentiated, Interacted, Interactions, Round};
///
/// fn in_order(round: Round<Differentiated>, told: &Interactions<'_>) -> crm_core::Result<Round<Interacted>> {
///     round.interact(told)
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Round<S> {
    idic: Idic,
    stage: PhantomData<S>,
}

/// The beginning of a round: what is assumed, and what earlier rounds have learned.
#[derive(Debug, Clone, Copy)]
pub enum Prepared {}

/// Which records are of which customer is known.
#[derive(Debug, Clone, Copy)]
pub enum Identified {}

/// What each customer is worth, and needs, is known.
#[derive(Debug, Clone, Copy)]
pub enum Differentiated {}

/// The next action for each customer is chosen.
#[derive(Debug, Clone, Copy)]
pub enum Interacted {}

/// The offer for each customer is chosen.
#[derive(Debug, Clone, Copy)]
pub enum Customized {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Prepared {}
    impl Sealed for super::Identified {}
    impl Sealed for super::Differentiated {}
    impl Sealed for super::Interacted {}
    impl Sealed for super::Customized {}
}

/// A stage as a type: one of [`Prepared`], [`Identified`], [`Differentiated`], [`Interacted`] and [`Customized`].
pub trait RoundStage: sealed::Sealed {
    /// The same as a value.
    const STAGE: IdicStage;
}

impl RoundStage for Prepared {
    const STAGE: IdicStage = IdicStage::Prepare;
}
impl RoundStage for Identified {
    const STAGE: IdicStage = IdicStage::Identify;
}
impl RoundStage for Differentiated {
    const STAGE: IdicStage = IdicStage::Differentiate;
}
impl RoundStage for Interacted {
    const STAGE: IdicStage = IdicStage::Interact;
}
impl RoundStage for Customized {
    const STAGE: IdicStage = IdicStage::Customize;
}

impl<S> Round<S> {
    /// The process, to look at.
    #[must_use]
    pub fn idic(&self) -> &Idic {
        &self.idic
    }

    /// The process, its stage known at run time; [`Idic::into_round`] is the way back.
    #[must_use]
    pub fn into_idic(self) -> Idic {
        self.idic
    }

    /// Two customers are two, however alike they are, and the round goes on: [`Idic::keep_apart`].
    ///
    /// # Errors
    /// As there.
    pub fn keep_apart(&mut self, customer: u64, other: u64) -> Result<ReviewedPair> {
        self.idic.keep_apart(customer, other)
    }

    /// The beginning of the next round, from any stage: [`Idic::next_round`].
    #[must_use]
    pub fn next_round(mut self) -> Round<Prepared> {
        self.idic.next_round();
        Self::after(self.idic)
    }

    fn after<T>(idic: Idic) -> Round<T> {
        Round {
            idic,
            stage: PhantomData,
        }
    }
}

impl Idic {
    /// The process at a stage that is known when the program is compiled.
    ///
    /// # Errors
    /// `IllegalTransition` if it is at another one.
    pub fn into_round<S: RoundStage>(self) -> Result<Round<S>> {
        self.at(S::STAGE)?;
        Ok(Round::<S>::after(self))
    }
}

/// Uniting and parting customers changes who there is, so that it is done at the beginning of a round: who reviews in the midst of one calls
/// [`next_round`](Round::next_round) first.
///
/// ```
/// use crm_core::idic::pipeline::{Identified, Prepared, Round};
///
/// fn review(round: Round<Identified>) -> crm_core::Result<Round<Prepared>> {
///     let doubtful = round.idic().doubtful();
///     let mut prepared = round.next_round();
///     for pair in doubtful.iter().filter(|pair| pair.probability > 0.4) {
///         prepared.confirm(pair.customer, pair.other)?;
///     }
///     Ok(prepared)
/// }
/// ```
impl Round<Prepared> {
    /// The first round of a process that knows nobody.
    ///
    /// # Errors
    /// As [`Idic::new`].
    pub fn new(schema: Schema, options: IdicOptions) -> Result<Self> {
        Idic::new(schema, options).map(Self::after)
    }

    /// Which records are of which customer. In the first round all records are compared with each other, by a model that is fitted to
    /// them without labels; in later rounds each record joins the customer of the store that it matches best, or is of a new
    /// one. Numbers of customers stay what they are.
    ///
    /// # Errors
    /// `LengthMismatch` for columns of other lengths, `Missing` for a record without a key, `OutOfRange` for a key that two records have;
    /// of the first round `Empty` for fewer than two records; those of the golden record.
    pub fn identify(mut self, records: &CustomerRecords<'_>) -> Result<Round<Identified>> {
        self.idic.identify(records)?;
        Ok(Self::after(self.idic))
    }

    /// Two customers are one: [`Idic::confirm`].
    ///
    /// # Errors
    /// As there.
    pub fn confirm(&mut self, customer: u64, other: u64) -> Result<ReviewedPair> {
        self.idic.confirm(customer, other)
    }

    /// Some records of a customer are those of another: [`Idic::split`].
    ///
    /// # Errors
    /// As there.
    pub fn split(&mut self, customer: u64, keys: &[&str]) -> Result<ReviewedPair> {
        self.idic.split(customer, keys)
    }

    /// Takes back what was said of two customers: [`Idic::undo`].
    ///
    /// # Errors
    /// As there.
    pub fn undo(&mut self, decision: u64) -> Result<ReviewedPair> {
        self.idic.undo(decision)
    }

    /// Erases a customer: [`Idic::erase`].
    ///
    /// # Errors
    /// As there.
    pub fn erase(&mut self, customer: u64) -> Result<ErasedCustomer> {
        self.idic.erase(customer)
    }
}

impl Round<Identified> {
    /// What each customer is worth, and needs: the current value (revenue less returns and costs), the potential value (expected
    /// purchases over the horizon by MBG/NBD × expected spend by Gamma-Gamma × margin), unless they are given; stage, type, tier and
    /// loyalty ([`classify`](crate::classification::classify)), and a group by needs ([`k_means`](crate::idic::differentiate::k_means)).
    ///
    /// A log that identifies no model of purchases leaves P(alive) and potential value unknown.
    ///
    /// # Errors
    /// `NotFound` for a key that no record has, unless such rows are skipped; `OutOfRange` for an end before the last transaction; those of
    /// the ledger, the classification and the groups.
    pub fn differentiate(mut self, history: &CustomerHistory<'_>) -> Result<Round<Differentiated>> {
        self.idic.differentiate(history)?;
        Ok(Self::after(self.idic))
    }
}

impl Round<Differentiated> {
    /// The next action for each customer ([`ActionChooser`](crate::idic::interact::choice::ActionChooser)), of those that its audience, the
    /// policy of contacts and the budget allow. Customers of the highest current value come first. Decisions whose time is over get
    /// the reward 0 before.
    ///
    /// # Errors
    /// `NotFound` for a key that no record has, unless such rows are skipped; `LengthMismatch`.
    pub fn interact(mut self, told: &Interactions<'_>) -> Result<Round<Interacted>> {
        self.idic.interact(told)?;
        Ok(Self::after(self.idic))
    }
}

impl Round<Interacted> {
    /// The offer for each customer whose next action sells, by the expected value acceptance · gain − cost, under the budget and the
    /// capacities ([`assign`](crate::idic::customize::assignment::assign)). Acceptance is what was seen of all customers, of the type
    /// and of the customer: with n answers, y of them yes, and s = [`strength`](super::AcceptanceOptions::strength), a rate r becomes
    /// (s r + y) / (s + n), three times.
    ///
    /// # Errors
    /// Those of the assignment.
    pub fn customize(mut self) -> Result<Round<Customized>> {
        self.idic.customize()?;
        Ok(Self::after(self.idic))
    }
}

impl Round<Customized> {
    /// The whole result for each customer, by their rows.
    ///
    /// # Errors
    /// As [`Idic::plans`].
    pub fn plans(&self) -> Result<Vec<CustomerPlan>> {
        self.idic.plans()
    }

    /// Why the customer in a row is what it is, and why this is the next action and the offer.
    ///
    /// # Errors
    /// `NotFound` for a row that there is not.
    pub fn reasons(&self, row: usize, language: Language) -> Result<PlanReasons> {
        self.idic.reasons(row, language)
    }

    /// Learns what came of decisions, of this round or an earlier one: the reward of the action, and whether the offer was accepted.
    /// Contacts are remembered, so that the policy counts them. The result is the log that off-policy evaluation reads
    /// ([`evaluate_policy`](crate::idic::interact::evaluation::evaluate_policy)).
    ///
    /// # Errors
    /// `NotFound` for a decision that does not wait for an outcome, `NotFinite` for a reward, with the row; then nothing was learned.
    pub fn learn(&mut self, outcomes: &[Outcome]) -> Result<Vec<LoggedReward>> {
        self.idic.learn(outcomes)
    }
}
