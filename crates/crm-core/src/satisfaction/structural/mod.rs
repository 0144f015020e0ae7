//! Structural indices of satisfaction: what forms it, satisfaction itself, what follows from it, as constructs
//! that are measured by questions and joined by paths, estimated by partial least squares (Wold 1982;
//! Lohmöller 1989; Tenenhaus, Esposito Vinzi, Chatelin & Lauro 2005).

mod builder;
mod construct;
mod model;
pub mod presets;
pub mod syntax;

pub use builder::ModelBuilder;
pub use construct::{Construct, ExpectedSign, Indicator, Mode, Scale, Wording};
pub use model::{NamedPath, Path, StructuralModel};
