//! Where the value of a customer comes from.
//!
//! CLV = base profit + repeat purchases + cross-selling + lower cost to serve + referral income +
//! loyalty price premium − customer cost − churn cost − acquisition cost.

mod breakdown;
mod referral;
mod word_of_mouth;

pub use breakdown::{
    Breakdown, ComponentFlows, WaterfallBar, aggregate_components, component_totals_into,
};
pub use referral::{
    REFERRAL_CHAIN_VALUE, REFERRAL_VALUE, Referrals, referral_chain_value, referral_value,
};
pub use word_of_mouth::{SATISFIED, UNSATISFIED, WordOfMouth, word_of_mouth_effect};

use serde::{Deserialize, Serialize};

use crate::units::{Label, Terms};

/// A part of the lifetime value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum Component {
    /// Profit of the first purchase.
    BaseProfit = 0,
    /// Profit of the purchases that follow.
    RepeatPurchases = 1,
    /// Profit of other products bought.
    CrossSelling = 2,
    /// What serving a customer who knows the firm saves.
    LowerCostToServe = 3,
    /// Profit from customers whom this one brought.
    ReferralIncome = 4,
    /// What a loyal customer pays over the price that others pay.
    LoyaltyPricePremium = 5,
    /// Cost of keeping the relationship; lowers the value.
    CustomerCost = 6,
    /// Expected cost of losing the customer; lowers the value.
    ChurnCost = 7,
    /// Cost of acquiring the customer; lowers the value.
    AcquisitionCost = 8,
}

impl Component {
    /// How many components there are.
    pub const COUNT: usize = 9;

    /// Whether it lowers the value.
    #[must_use]
    pub const fn is_cost(self) -> bool {
        matches!(
            self,
            Component::CustomerCost | Component::ChurnCost | Component::AcquisitionCost
        )
    }
}

impl Label for Component {
    const ALL: &'static [Self] = &[
        Component::BaseProfit,
        Component::RepeatPurchases,
        Component::CrossSelling,
        Component::LowerCostToServe,
        Component::ReferralIncome,
        Component::LoyaltyPricePremium,
        Component::CustomerCost,
        Component::ChurnCost,
        Component::AcquisitionCost,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            Component::BaseProfit => ("base_profit", "Base profit", "初次购买"),
            Component::RepeatPurchases => ("repeat_purchases", "Repeat purchases", "重复购买"),
            Component::CrossSelling => ("cross_selling", "Cross-selling", "交叉销售"),
            Component::LowerCostToServe => {
                ("lower_cost_to_serve", "Lower cost to serve", "服务成本降低")
            }
            Component::ReferralIncome => ("referral_income", "Referral income", "推荐收益"),
            Component::LoyaltyPricePremium => (
                "loyalty_price_premium",
                "Loyalty price premium",
                "客户忠诚带来的价值",
            ),
            Component::CustomerCost => ("customer_cost", "Customer cost", "客户成本"),
            Component::ChurnCost => ("churn_cost", "Churn cost", "客户流失成本"),
            Component::AcquisitionCost => ("acquisition_cost", "Acquisition cost", "客户获取成本"),
        };
        Terms { name, en, zh }
    }
}
