//! How much a value hangs on each of its factors: the table behind a tornado chart.
//!
//! Every factor in turn is moved down and up while the others stay; the value at both ends, the swing
//! between them, and the elasticity d ln V / d ln x at the base say how much it matters.
//!
//! | function | the value is |
//! | --- | --- |
//! | [`tornado`] | any function of decimals |
//! | [`kernel_tornado`] | any [`Kernel`](crate::kernels::Kernel), in its exact form |
//! | [`CustomerModel::tornado`] | the lifetime value of a customer by the seven standard factors |

mod customer_model;
mod tornado;

pub use customer_model::{CUSTOMER_MODEL_VALUE, CustomerModel};
pub use tornado::{Factor, Sensitivity, Tornado, kernel_tornado, tornado};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::units::{Label, Terms};

/// How the amount of a [`Change`] is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum ChangeKind {
    /// As a part of the base: 0.1 is 10 % of it.
    Relative = 0,
    /// In the unit of the factor: 0.1 is 10 percentage points of a rate.
    Absolute = 1,
}

/// How far a factor is moved down and up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Relative or absolute.
    pub kind: ChangeKind,
    /// 0 or more.
    pub amount: Decimal,
}

impl Change {
    /// By this part of the base.
    #[must_use]
    pub const fn relative(amount: Decimal) -> Self {
        Change {
            kind: ChangeKind::Relative,
            amount,
        }
    }

    /// By this amount.
    #[must_use]
    pub const fn absolute(amount: Decimal) -> Self {
        Change {
            kind: ChangeKind::Absolute,
            amount,
        }
    }
}

impl Label for ChangeKind {
    const ALL: &'static [Self] = &[ChangeKind::Relative, ChangeKind::Absolute];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            ChangeKind::Relative => ("relative", "Relative", "相对变化"),
            ChangeKind::Absolute => ("absolute", "Absolute", "绝对变化"),
        };
        Terms { name, en, zh }
    }
}
