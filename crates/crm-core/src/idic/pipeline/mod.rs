//! The whole process: from raw records to the next action and the offer for each customer, with reasons; and round by round, what came of
//! them is learned.
//!
//! | stage | reads | finds | as a type |
//! | --- | --- | --- | --- |
//! | prepare | [`IdicOptions`], a schema | | [`Prepared`] |
//! | identify | [`CustomerRecords`] | customers, golden records: [`Identity`] | [`Identified`] |
//! | differentiate | [`CustomerHistory`] | values, stages, types, tiers, loyalty, needs: [`Differentiation`] | [`Differentiated`] |
//! | interact | [`Interactions`] | the next action: [`Interaction`] | [`Interacted`] |
//! | customise | | the offer: [`Customization`] | [`Customized`] |
//! | learn | [`Outcome`]s, at any time | better coefficients, rates and memories, for the next round | |
//!
//! A [`Round`] carries its stage in its type, and a stage is made from the one before and from nothing else. An [`Idic`] is the same with the
//! stage known at run time; it is saved and read as bytes at any stage. The same seed gives the same bits, for any number of threads.
//! The core has no clock: how long a stage takes, callers measure.
//!
//! ```
//! use crm_core::idic::identify::{Field, FieldKind, Schema};
//! use crm_core::idic::interact::contact::{Channel, ContactOutcome, ContactPurpose};
//! use crm_core::idic::pipeline::{
//!     ConsentChange, CustomerHistory, CustomerRecords, IdicOptions, Interactions, Keyed, NextAction, OfferOption,
//!     Outcome, Prepared, RecordSource, Round,
//! };
//! use crm_core::ledger::{AmountColumn, Chunk, CustomerColumn, TimeColumn};
//! use crm_core::units::Language;
//!
//! let schema = Schema::new(vec![
//!     Field::new("name", FieldKind::Name),
//!     Field::new("mobile", FieldKind::Phone),
//! ])?;
//! let options = IdicOptions {
//!     actions: vec![NextAction::new("call", Channel::Phone, ContactPurpose::Sales)],
//!     offers: vec![OfferOption::new("sample", 40.0, 0.25)],
//!     ..IdicOptions::default()
//! };
//! let keys = ["a1", "b7", "a2", "a3", "a4", "a5"];
//! let names = ["王小明", "Wang Xiaoming", "李雷", "Ann Lee", "Tom Fox", "Eva Karl"];
//! let mobiles = ["13812345678", "+86 138 1234 5678", "13911112222", "13700001111", "", "13600000000"];
//! let identified = Round::<Prepared>::new(schema, options)?.identify(&CustomerRecords {
//!     sources: vec![RecordSource { keys: &keys.as_slice(), fields: vec![&names.as_slice(), &mobiles.as_slice()] }],
//!     ..CustomerRecords::default()
//! })?;
//! assert_eq!(identified.idic().customer_of("b7"), identified.idic().customer_of("a1"));
//!
//! let bought = ["a1", "b7", "a2", "a4"];
//! let differentiated = identified.differentiate(&CustomerHistory {
//!     log: vec![Chunk {
//!         customers: CustomerColumn::Texts(&bought.as_slice()),
//!         times: TimeColumn::Dates(&[0, 40, 41, 50]),
//!         amounts: AmountColumn::Floats(&[80.0, 20.0, 5.0, 9.0]),
//!         costs: None,
//!     }],
//!     ..CustomerHistory::default()
//! })?;
//!
//! let agreed = vec![ConsentChange { channel: Channel::Phone, is_given: true }; 6];
//! let now = "1970-03-01T10:00:00".parse()?;
//! let told = Interactions {
//!     consents: Keyed { keys: &keys.as_slice(), values: &agreed },
//!     ..Interactions::none(now)
//! };
//! let mut customized = differentiated.interact(&told)?.customize()?;
//! let plans = customized.plans()?;
//! assert_eq!((plans.len(), plans[0].records, plans[0].current), (5, 2, 100.0));
//! println!("{}", customized.reasons(0, Language::En)?.text());
//!
//! // What came of it is learned, and the next round begins.
//! let outcome = Outcome { decision: plans[0].decision, at: now, contact: Some(ContactOutcome::Purchased), reward: 40.0 };
//! customized.learn(&[outcome])?;
//! let prepared = customized.next_round();
//! assert_eq!(prepared.idic().round(), 1);
//! # Ok::<(), crm_core::Error>(())
//! ```
//!
//! Source: Peppers & Rogers 1993, "The One to One Future"; Peppers, Rogers & Dorf 1999, "Is your company ready for one-to-one marketing?",
//! Harvard Business Review 77.

mod customization;
mod differentiation;
mod freshness;
mod identity;
mod inputs;
mod interaction;
mod learning;
mod needs;
mod options;
mod plan;
mod process;
mod relations;
mod review;
mod stages;
mod state;
mod worth;

pub use customization::{Customization, CustomizationCounts};
pub use differentiation::{Differentiation, DifferentiationCounts};
pub use identity::{DoubtfulPair, Identity, IdentityCounts};
pub use inputs::{
    ConsentChange, CustomerHistory, CustomerRecords, Interactions, Keyed, KeyedColumn,
    KeyedColumns, KeyedTexts, LoyaltyColumns, Outcome, RecordSource,
};
pub use interaction::{ActionRefusal, Interaction, InteractionCounts};
pub use needs::NeedsGroups;
pub use options::{
    AcceptanceOptions, Audience, ChoiceQuestion, IdicOptions, NeedsOptions, NextAction, OfferOption,
};
pub use plan::{CustomerPlan, PlanReasons};
pub use process::{ErasedCustomer, Idic};
pub use review::ReviewedPair;
pub use stages::{Customized, Differentiated, Identified, Interacted, Prepared, Round, RoundStage};

use serde::{Deserialize, Serialize};

use crate::units::{Label, Terms};

/// A stage of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum IdicStage {
    /// What is assumed is said.
    Prepare = 0,
    /// Which records are of which customer.
    Identify = 1,
    /// What each customer is worth, and needs.
    Differentiate = 2,
    /// The next action for each customer.
    Interact = 3,
    /// The offer for each customer.
    Customize = 4,
}

impl Label for IdicStage {
    const ALL: &'static [Self] = &[
        IdicStage::Prepare,
        IdicStage::Identify,
        IdicStage::Differentiate,
        IdicStage::Interact,
        IdicStage::Customize,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            IdicStage::Prepare => ("prepare", "Prepare", "准备"),
            IdicStage::Identify => ("identify", "Identify", "识别客户"),
            IdicStage::Differentiate => ("differentiate", "Differentiate", "区分客户"),
            IdicStage::Interact => ("interact", "Interact", "与客户互动"),
            IdicStage::Customize => ("customize", "Customize", "定制"),
        };
        Terms { name, en, zh }
    }
}
