//! Identify: which records are of the same customer, and why?
//!
//! | step | what it does |
//! | --- | --- |
//! | [`normalise`] | one way to write what can be written in many: [`Records`] by a [`Schema`] |
//! | [`Blocking`] | which records are compared: those that agree on one of several keys |
//! | [`distance`], [`AgreementLevel`] | how well the values of a field agree |
//! | [`LinkageModel::train`] | m and u of each level without labels (Fellegi & Sunter 1969, by EM) |
//! | [`LinkageModel::score`], [`LinkageModel::explain_pair`] | how likely a pair is of one customer, and why |
//! | [`cluster`], [`link_one_to_one`] | which records are of one customer |
//! | [`possible_links`] | pairs that people have to look at |
//! | [`golden_records`] | one record for each customer, with the source of each value |
//! | [`field_quality`], [`freshness`] | which fields are stale or useless, those first that matter most |
//! | [`PseudonymKey`] | linkage without names: HMAC-SHA-256 in the place of personal values |
//! | [`store`] | incoming records one by one, against a store with stable ids; updates and their conflicts; erasure |
//! | [`precision_recall`] | how well matches that are known are found |
//!
//! Values of persons are in [`Personal`]: `Debug` and errors do not show them.
//!
//! ```
//! use crm_core::idic::identify::{Field, FieldKind, LinkageModel, Records, Schema, TrainingOptions, cluster};
//!
//! let schema = Schema::new(vec![
//!     Field::new("name", FieldKind::Name),
//!     Field::new("mobile", FieldKind::Phone),
//! ])?;
//! let names = ["王小明", "Wang Xiaoming", "李雷", "Ann Lee", "Tom Fox", "Eva Karl"];
//! let mobiles = ["13812345678", "+86 138 1234 5678", "13911112222", "13700001111", "", "13600000000"];
//! let records = Records::read(&schema, &[vec![&names.as_slice(), &mobiles.as_slice()]])?;
//! let model = LinkageModel::train(&schema, &records, &TrainingOptions::default())?;
//! let pairs = model.score(&records, 0.01)?.pairs;
//! let clusters = cluster(&model, &records, &pairs, 0.5)?;
//! assert_eq!(clusters.of_record, [0, 0, 2, 3, 4, 5]);
//! # Ok::<(), crm_core::Error>(())
//! ```

pub mod distance;
pub mod normalise;

mod blocking;
mod claim;
mod cluster;
mod compare;
mod dictionary;
mod em;
mod evaluate;
mod field;
mod freshness;
mod golden;
mod infer;
mod level;
mod model;
mod personal;
mod pseudonym;
mod records;
mod schema;
mod score;
pub mod store;
mod train;

pub use blocking::{Blocking, BlockingKey};
pub use claim::ConflictGround;
pub(crate) use cluster::check_review_threshold;
pub use cluster::{Clusters, cluster, link_one_to_one, possible_links};
pub use evaluate::{PrecisionRecall, precision_recall};
pub use field::{DataSensitivity, Field, FieldKind, Side};
pub use freshness::{FieldQuality, FieldVerdict, QualityLimits, field_quality, freshness};
pub use golden::{GoldenRecords, Provenance, Survivorship, golden_records};
pub use infer::infer_schema;
pub use level::{AgreementLevel, Pattern};
pub use model::{
    Explanation, FieldEvidence, FieldModel, LinkageModel, probability_of_weight,
    weight_of_probability,
};
pub use personal::Personal;
pub use pseudonym::{PseudonymKey, hmac_sha256};
pub use records::{RecordChunk, Records};
pub use schema::Schema;
pub use score::{ScoredPair, ScoredPairs};
pub use train::TrainingOptions;
