//! Conjoint analysis: what each level of each attribute of a product is worth to customers, from ratings or from choices, and which
//! products they would then choose.
//!
//! The utility of a product is the sum of the part-worths of its levels. The part-worths of an attribute sum to zero (effects coding).

mod choices;
mod design;
mod market;
mod ratings;

pub use choices::{ChoiceFit, fit_choices};
pub use design::{Attribute, LevelWorth, PartWorths};
pub use market::{ChoiceRule, choice_shares};
pub use ratings::{RatingFit, fit_ratings};
