//! Attitude × behaviour.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::kernels::Column;
use crate::units::{Label, Terms};

/// Attitude against behaviour. Source: Dick & Basu 1994, figure 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum LoyaltyCondition {
    /// Attached, and buys again.
    True = 0,
    /// Attached, and does not buy again.
    Latent = 1,
    /// Buys again without being attached.
    Spurious = 2,
    /// Neither.
    None = 3,
}

impl LoyaltyCondition {
    /// The condition of high or low attitude and behaviour.
    #[must_use]
    pub fn of(attached: bool, buys_again: bool) -> Self {
        match (attached, buys_again) {
            (true, true) => LoyaltyCondition::True,
            (true, false) => LoyaltyCondition::Latent,
            (false, true) => LoyaltyCondition::Spurious,
            (false, false) => LoyaltyCondition::None,
        }
    }
}

impl Label for LoyaltyCondition {
    const ALL: &'static [Self] = &[
        LoyaltyCondition::True,
        LoyaltyCondition::Latent,
        LoyaltyCondition::Spurious,
        LoyaltyCondition::None,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            LoyaltyCondition::True => ("true", "True loyalty", "真正忠诚"),
            LoyaltyCondition::Latent => ("latent", "Latent loyalty", "潜在忠诚"),
            LoyaltyCondition::Spurious => ("spurious", "Spurious loyalty", "虚假忠诚"),
            LoyaltyCondition::None => ("none", "No loyalty", "不忠诚"),
        };
        Terms { name, en, zh }
    }
}

/// The condition of each customer: attitude and behaviour are high from their cuts on.
///
/// ```
/// use crm_core::loyalty::attitude::{LoyaltyCondition, conditions};
///
/// let found = conditions(&[0.9, 0.2], (&[0.8, 0.7][..]).into(), [0.5, 0.5])?;
/// assert_eq!(found, [LoyaltyCondition::True, LoyaltyCondition::Spurious]);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::LengthMismatch`](crate::ErrorKind::LengthMismatch); [`ErrorKind::NotFinite`](crate::ErrorKind::NotFinite) for a number that is none, with its row.
pub fn conditions(
    attitude: &[f64],
    behaviour: Column<'_>,
    [attitude_cut, behaviour_cut]: [f64; 2],
) -> Result<Vec<LoyaltyCondition>> {
    behaviour.require_rows("behaviour", attitude.len())?;
    for (name, cut) in [
        ("attitude_cut", attitude_cut),
        ("behaviour_cut", behaviour_cut),
    ] {
        if !cut.is_finite() {
            return Err(Error::not_finite(name, cut));
        }
    }
    let condition = |(row, &attitude): (usize, &f64)| {
        let behaviour = behaviour.get(row);
        for (name, value) in [("attitude", attitude), ("behaviour", behaviour)] {
            if !value.is_finite() {
                return Err(Error::not_finite(name, value).at_row(row));
            }
        }
        Ok(LoyaltyCondition::of(
            attitude >= attitude_cut,
            behaviour >= behaviour_cut,
        ))
    };
    attitude.iter().enumerate().map(condition).collect()
}
