//! Structural indices of satisfaction: what forms it, satisfaction itself, what follows from it, as constructs
//! that are measured by questions and joined by paths, estimated by partial least squares (Wold 1982;
//! Lohmöller 1989; Tenenhaus, Esposito Vinzi, Chatelin & Lauro 2005).

mod bootstrap;
mod builder;
mod composites;
mod construct;
mod cross_product;
mod em;
mod estimate;
mod fit;
mod index;
mod linear;
mod model;
mod moments;
mod options;
pub mod presets;
mod quality;
mod responses;
mod simulate;
pub mod syntax;
mod table;

pub use bootstrap::{BootstrapEstimate, Bounds, Dropped, PlsBootstrap, Resampling, Statistic};
pub use builder::ModelBuilder;
pub use construct::{Construct, ExpectedSign, Indicator, Mode, Scale, Wording};
pub use fit::{Explained, Inadmissible, PathEstimate, PlsFit};
pub use index::{Importance, SegmentIndex};
pub use model::{NamedPath, Path, StructuralModel};
pub use options::{Estimator, InnerScheme, Missing, PlsOptions, PlsStatus};
pub use quality::{Reliability, Srmr};
pub use responses::{Responses, Weights};
pub use simulate::{Answers, SurveySimulation};
