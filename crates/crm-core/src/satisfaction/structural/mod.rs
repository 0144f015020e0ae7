//! Structural indices of satisfaction: what forms it, satisfaction itself, what follows from it, as constructs
//! that are measured by questions and joined by paths, estimated by partial least squares (Wold 1982;
//! Lohmöller 1989; Tenenhaus, Esposito Vinzi, Chatelin & Lauro 2005).
//!
//! | question | answer |
//! | --- | --- |
//! | weights, loadings, paths, R², effects, quality, indices | [`StructuralModel::fit`] |
//! | how much of that may be chance; is an effect mediated? | [`PlsFit::bootstrap`], [`Statistic`] |
//! | does the model predict others? | [`PlsFit::predict`], [`PlsFit::blindfold`] |
//! | do two groups differ, and are they measured alike? | [`PlsFit::compare_groups`] |
//!
//! A construct of constructs is one whose indicators are called like other constructs: `satisfaction =~ quality + service`. It is fitted in two
//! stages or by repeated indicators ([`HigherOrder`]); all results, resamples and predictions are of both stages at once.

mod blindfold;
mod bootstrap;
mod builder;
mod composites;
mod construct;
mod cross_product;
mod em;
mod estimate;
mod fit;
mod groups;
mod higher;
mod index;
mod linear;
mod model;
mod moments;
mod options;
mod predict;
pub mod presets;
mod quality;
mod responses;
mod segments;
mod simulate;
pub mod syntax;
mod table;
mod watch;

pub use crate::units::Wording;
pub use blindfold::Blindfolded;
pub use bootstrap::{
    BootstrapEstimate, Bounds, Dropped, PlsBootstrap, Resampling, Respondents, Statistic,
    StatisticKind,
};
pub use builder::ModelBuilder;
pub use construct::{Construct, ExpectedSign, Indicator, Mode, Scale};
pub use fit::{Explained, Inadmissible, PathEstimate, PlsFit};
pub use groups::{GroupComparison, Invariance, PathDifference};
pub use index::Importance;
pub use model::{NamedPath, Path, StructuralModel};
pub use options::{Estimator, HigherOrder, InnerScheme, Missing, PlsOptions, PlsStatus};
pub use predict::{CrossValidation, Predicted};
pub use quality::{Reliability, Srmr};
pub use responses::{Responses, Weights};
pub use segments::{IndexEstimate, SegmentIndex, Segments};
pub use simulate::{Answers, SurveySimulation};
