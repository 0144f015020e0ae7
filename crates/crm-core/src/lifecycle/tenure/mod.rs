//! How long customers stay: from a churn rate, and from data.

mod churn;
mod kaplan_meier;

pub use churn::{Churn, ChurnTable, Cohort, churn_rate, churn_rates};
pub use kaplan_meier::{KaplanMeier, RestrictedMean, kaplan_meier, kaplan_meier_late_entry};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::kernels::{self, Argument, Domain, Kernel};
use crate::math;
use crate::units::Probability;

/// An expected tenure, in periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "periods")]
pub enum Tenure {
    /// This many periods.
    Finite(Decimal),
    /// No customer ever leaves.
    Endless,
}

impl Tenure {
    /// The number of periods; `None` for an endless tenure.
    #[must_use]
    pub const fn periods(self) -> Option<Decimal> {
        match self {
            Tenure::Finite(periods) => Some(periods),
            Tenure::Endless => None,
        }
    }
}

const CHURN: Argument = Argument {
    name: "churn",
    meaning: "part of the customers lost in a period",
    domain: Domain::Probability,
};

/// Expected tenure of a group that loses the part `churn` of its customers in every period:
/// T = 1 / r_L. A churn of 0 is an endless tenure.
///
/// ```
/// use crm_core::lifecycle::tenure::{Tenure, expected_tenure};
/// use crm_core::units::Probability;
///
/// assert_eq!(expected_tenure(Probability::try_from(0.2)?), Tenure::Finite(5.into()));
/// assert_eq!(expected_tenure(Probability::ZERO), Tenure::Endless);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[must_use]
pub fn expected_tenure(churn: Probability) -> Tenure {
    match Decimal::ONE.checked_div(churn.value()) {
        Some(periods) => Tenure::Finite(periods),
        None => Tenure::Endless,
    }
}

/// Columnar form of [`expected_tenure`]; refuses a churn of 0, whose tenure is no number.
pub static EXPECTED_TENURE: Kernel = Kernel {
    name: "expected_tenure",
    module: "lifecycle",
    summary: "Expected tenure in periods of a group with a constant churn rate.",
    formula: "1 / churn",
    source: "mean of the geometric distribution; Dwyer 1997",
    diverges: None,
    arguments: &[Argument {
        domain: Domain::PositiveProbability,
        ..CHURN
    }],
    exact: |row| {
        let [churn] = kernels::values(row)?;
        let churn = Probability::named(CHURN.name, churn)?;
        expected_tenure(churn)
            .periods()
            .ok_or_else(|| Domain::PositiveProbability.refuse(CHURN.name, 0.0))
    },
    columns: |kernel, columns, out| kernels::rows(kernel, columns, out, |[churn]| 1.0 / churn),
};

/// Probability that a customer is still there after `periods`: S(t) = (1 − r_L)^t.
///
/// ```
/// use crm_core::lifecycle::tenure::survival_probability;
/// use crm_core::units::Probability;
///
/// let kept = survival_probability(Probability::try_from(0.2)?, 3.into())?;
/// assert_eq!(kept, Probability::try_from(0.512)?);
/// # Ok::<(), crm_core::Error>(())
/// ```
///
/// # Errors
/// `OutOfRange` for negative `periods`; `Overflow` if (1 − r_L)^t is beyond the decimals, for a
/// number of periods over 1e27 that is not whole.
pub fn survival_probability(churn: Probability, periods: Decimal) -> Result<Probability> {
    if periods < Decimal::ZERO {
        return Err(Error::new(
            crate::ErrorKind::OutOfRange,
            PERIODS.name,
            format!("must be {}", PERIODS.domain.rule()),
        )
        .with_value(periods));
    }
    let retention = churn.complement().value();
    let kept = if periods.is_zero() {
        Decimal::ONE
    } else if retention.is_zero() {
        Decimal::ZERO
    } else {
        math::decimal::real_power(retention, periods)?
    };
    Probability::new(kept.min(Decimal::ONE))
}

const PERIODS: Argument = Argument {
    name: "periods",
    meaning: "number of periods; need not be whole",
    domain: Domain::NonNegative,
};

/// Columnar form of [`survival_probability`].
pub static SURVIVAL_PROBABILITY: Kernel = Kernel {
    name: "survival_probability",
    module: "lifecycle",
    summary: "Probability that a customer is still there after a number of periods.",
    formula: "(1 - churn)^periods",
    source: "survival function of the geometric distribution",
    diverges: None,
    arguments: &[CHURN, PERIODS],
    exact: |row| {
        let [churn, periods] = kernels::values(row)?;
        let churn = Probability::named(CHURN.name, churn)?;
        Ok(survival_probability(churn, periods)?.value())
    },
    columns: |kernel, columns, out| {
        kernels::rows(kernel, columns, out, |[churn, periods]| {
            if periods == 0.0 {
                1.0
            } else {
                libm::exp(periods * libm::log1p(-churn))
            }
        })
    },
};
