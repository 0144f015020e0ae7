use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What one customer's word does, as lower bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordOfMouth {
    /// People whom the customer tells.
    pub told: u32,
    /// Of these, who come because of it.
    pub gained: u32,
    /// Of these, who stay away because of it.
    pub lost: u32,
}

/// A satisfied customer tells at least 12 people, and over 10 of them come; the preset counts 10.
pub const SATISFIED: WordOfMouth = WordOfMouth {
    told: 12,
    gained: 10,
    lost: 0,
};

/// An unsatisfied customer tells at least 20 people, who stay away.
pub const UNSATISFIED: WordOfMouth = WordOfMouth {
    told: 20,
    gained: 0,
    lost: 20,
};

impl WordOfMouth {
    /// Customers gained less customers lost by the word of so many customers.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn effect(self, customers: u64) -> Result<i64> {
        i64::try_from(customers)
            .ok()
            .and_then(|customers| {
                customers.checked_mul(i64::from(self.gained) - i64::from(self.lost))
            })
            .ok_or_else(|| Error::overflow("customers").with_value(customers))
    }
}

/// Customers gained less customers lost by the word of so many [`SATISFIED`] and [`UNSATISFIED`]
/// customers.
///
/// ```
/// use crm_core::clv::components::word_of_mouth_effect;
///
/// // With two satisfied customers for each unsatisfied one, good and bad word cancel.
/// assert_eq!(word_of_mouth_effect(200, 100)?, 0);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `Overflow`.
pub fn word_of_mouth_effect(satisfied: u64, unsatisfied: u64) -> Result<i64> {
    let gained = SATISFIED.effect(satisfied)?;
    gained
        .checked_add(UNSATISFIED.effect(unsatisfied)?)
        .ok_or_else(|| Error::overflow("customers"))
}
