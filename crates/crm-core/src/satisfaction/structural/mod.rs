//! Structural indices of satisfaction: what forms it, satisfaction itself, what follows from it, as constructs
//! that are measured by questions and joined by paths, estimated by partial least squares (Wold 1982;
//! Lohmöller 1989; Tenenhaus, Esposito Vinzi, Chatelin & Lauro 2005).

mod model;

pub use model::{Construct, Mode, Path, StructuralModel};
