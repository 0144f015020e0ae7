//! Customise: which offer goes to whom, and which product fits whom.
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`assignment`] | which offer goes to each customer under a budget and capacities, and how far from the optimum is that? |
//! | [`conjoint`] | what is each level of each attribute of a product worth to customers, and which product would they choose? |

pub mod assignment;
pub mod conjoint;
