//! Loyalty: satisfaction with, or attachment to, a firm's people, products or service, that shows in repeat purchase.
//!
//! A long-standing customer is not necessarily loyal, and price cuts do not buy loyalty: attitude (attachment) and behaviour
//! (repeat purchase) are told apart.
//!
//! | item | what it answers |
//! | --- | --- |
//! | [`LoyaltyCategory`], [`classify`] | which of the seven categories, how surely, and why? |
//! | [`attitude`] | true, latent, spurious loyalty or none |
//! | [`promoter`] | would they recommend? net promoter score with its interval |
//! | [`wallet`] | which share of the category do we get, and what is the first rank worth? |
//! | [`dirichlet`] | how loyal are buyers of a brand of this size? norms of repeat buying |
//! | [`profit`] | what does a customer earn as the years go by, and from when on? |
//! | [`bonds`] | what holds the relationship, on which level? |

pub mod attitude;
pub mod bonds;
mod category;
mod classify;
pub mod dirichlet;
mod evidence;
pub mod profit;
pub mod promoter;
mod reasons;
mod verdict;
pub mod wallet;

pub use category::LoyaltyCategory;
pub use classify::{LatentAttachment, LoyaltyRules, classify};
pub use evidence::{Clue, Evidence, Known};
pub use reasons::explain;
pub use verdict::{Contradiction, LoyaltyOutcome, LoyaltyVerdict};
