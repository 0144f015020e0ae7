//! Customer lifetime value: the expected net present value of the costs and profits that a
//! customer brings over the whole lifecycle.
//!
//! | module | question |
//! | --- | --- |
//! | [`individual`] | what are the flows of one customer worth: present value, pay-back, internal rate of return |
//! | [`group`] | what is a customer of a group worth, whose members leave at a known rate |
//! | [`components`] | which parts make up the value: purchases, cross-selling, referrals, costs |
//! | [`churn_loss`] | what does a lost customer cost, what may winning back cost |
//! | [`acquisition`] | how much to spend on winning and on keeping customers |
//! | [`sensitivity`] | on which factors does a value hang, and how much: tornado tables |
//! | [`reading`] | historic, current and potential value |
//! | [`switching`] | what is a customer worth who moves among brands |
//! | [`migration`] | what is a customer worth who moves among states, and whom to contact |
//!
//! Money is exact: the functions of one customer take and give [`Money`](crate::units::Money), and
//! round half-even at the 28th digit of each operation. Their columnar twins work on `f64`.

pub mod acquisition;
mod arguments;
pub mod churn_loss;
pub mod components;
pub mod group;
pub mod individual;
pub mod migration;
pub mod reading;
pub mod sensitivity;
pub mod switching;

use serde::{Deserialize, Serialize};

use crate::units::{Label, Terms};

/// When in its period a flow falls: the first flow is now (t = 0) or one period from now (t = 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Timing {
    /// At the start of its period: the first flow is not discounted.
    Start = 0,
    /// At the end of its period: the first flow is discounted by one period.
    End = 1,
}

impl Timing {
    /// Periods from now to the first flow.
    #[must_use]
    pub const fn first(self) -> u8 {
        match self {
            Timing::Start => 0,
            Timing::End => 1,
        }
    }
}

impl Label for Timing {
    const ALL: &'static [Self] = &[Timing::Start, Timing::End];

    fn terms(self) -> Terms {
        match self {
            Timing::Start => Terms {
                name: "start",
                en: "Start of period",
                zh: "期初",
            },
            Timing::End => Terms {
                name: "end",
                en: "End of period",
                zh: "期末",
            },
        }
    }
}
