use serde::{Deserialize, Serialize};

use super::Range;
use crate::error::Result;
use crate::kernels::Column;
use crate::prediction::{
    CustomerModels, HistoryColumns, RenewalColumns, RenewalModel, churn_probability_into,
    conditional_survival_into, discounted_lifetime_into, discounted_purchases_into,
    discounted_residual_lifetime_into, expected_purchases_into, expected_residual_lifetime_into,
    probability_alive_into, purchase_probability_into, retention_rate_into, tail_probability_into,
};
use crate::units::{Label, Terms};

/// What a model of purchases predicts of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum PurchasePrediction {
    /// [`probability_alive`](crate::prediction::PurchaseModel::probability_alive), of a horizon.
    ProbabilityAlive = 0,
    /// [`expected_purchases`](crate::prediction::PurchaseModel::expected_purchases), of a horizon.
    ExpectedPurchases = 1,
    /// [`purchase_probability`](crate::prediction::PurchaseModel::purchase_probability), of purchases and a horizon.
    PurchaseProbability = 2,
    /// [`tail_probability`](crate::prediction::PurchaseModel::tail_probability), of purchases and a horizon.
    TailProbability = 3,
    /// [`discounted_purchases`](crate::prediction::PurchaseModel::discounted_purchases), of a horizon and a discount rate.
    DiscountedPurchases = 4,
}

/// What a prediction is about, beside the customers. Numbers that a prediction does not know are not
/// read.
#[derive(Debug, Clone, Copy)]
pub struct PredictionNumbers<'a> {
    /// How far to look, from the end of observation; default 0.
    pub horizon: Column<'a>,
    /// How many purchases; default 0.
    pub purchases: Column<'a>,
    /// Discount rate per unit of time; default 0.
    pub discount_rate: Column<'a>,
}

impl Default for PredictionNumbers<'_> {
    fn default() -> Self {
        PredictionNumbers {
            horizon: Column::Constant(0.0),
            purchases: Column::Constant(0.0),
            discount_rate: Column::Constant(0.0),
        }
    }
}

impl PurchasePrediction {
    /// The numbers that it can be.
    #[must_use]
    pub fn range(self) -> Range {
        match self {
            PurchasePrediction::ProbabilityAlive
            | PurchasePrediction::PurchaseProbability
            | PurchasePrediction::TailProbability => Range::Probability,
            PurchasePrediction::ExpectedPurchases | PurchasePrediction::DiscountedPurchases => {
                Range::OneSign
            }
        }
    }

    /// The prediction for each customer. NaN in a row gives NaN.
    ///
    /// # Errors
    /// `LengthMismatch`; those of the scalar form, with the row.
    pub fn predict_into(
        self,
        models: &impl CustomerModels,
        customers: HistoryColumns<'_>,
        numbers: PredictionNumbers<'_>,
        out: &mut [f64],
    ) -> Result<()> {
        let PredictionNumbers {
            horizon,
            purchases,
            discount_rate,
        } = numbers;
        match self {
            PurchasePrediction::ProbabilityAlive => {
                probability_alive_into(models, customers, horizon, out)
            }
            PurchasePrediction::ExpectedPurchases => {
                expected_purchases_into(models, customers, horizon, out)
            }
            PurchasePrediction::PurchaseProbability => {
                purchase_probability_into(models, customers, purchases, horizon, out)
            }
            PurchasePrediction::TailProbability => {
                tail_probability_into(models, customers, purchases, horizon, out)
            }
            PurchasePrediction::DiscountedPurchases => {
                discounted_purchases_into(models, customers, horizon, discount_rate, out)
            }
        }
    }
}

impl Label for PurchasePrediction {
    const ALL: &'static [Self] = &[
        PurchasePrediction::ProbabilityAlive,
        PurchasePrediction::ExpectedPurchases,
        PurchasePrediction::PurchaseProbability,
        PurchasePrediction::TailProbability,
        PurchasePrediction::DiscountedPurchases,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            PurchasePrediction::ProbabilityAlive => {
                ("probability_alive", "Probability alive", "活跃概率")
            }
            PurchasePrediction::ExpectedPurchases => {
                ("expected_purchases", "Expected purchases", "期望购买次数")
            }
            PurchasePrediction::PurchaseProbability => (
                "purchase_probability",
                "Probability of a number of purchases",
                "购买次数概率",
            ),
            PurchasePrediction::TailProbability => (
                "tail_probability",
                "Probability of a number of purchases or more",
                "购买次数尾部概率",
            ),
            PurchasePrediction::DiscountedPurchases => (
                "discounted_purchases",
                "Discounted expected purchases",
                "折现期望购买次数",
            ),
        };
        Terms { name, en, zh }
    }
}

/// What a model of customers under contract predicts, of [`RenewalColumns`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum RenewalPrediction {
    /// [`RenewalModel::conditional_survival`], over a horizon of further renewals.
    ConditionalSurvival = 0,
    /// [`RenewalModel::retention_rate`], at the renewal number `renewals`.
    RetentionRate = 1,
    /// [`RenewalModel::churn_probability`], at the renewal number `renewals`.
    ChurnProbability = 2,
    /// [`RenewalModel::discounted_lifetime`].
    DiscountedLifetime = 3,
    /// [`RenewalModel::discounted_residual_lifetime`].
    DiscountedResidualLifetime = 4,
    /// [`RenewalModel::expected_residual_lifetime`], of a horizon.
    ExpectedResidualLifetime = 5,
}

impl RenewalPrediction {
    /// The numbers that it can be.
    #[must_use]
    pub fn range(self) -> Range {
        match self {
            RenewalPrediction::ConditionalSurvival
            | RenewalPrediction::RetentionRate
            | RenewalPrediction::ChurnProbability => Range::Probability,
            RenewalPrediction::DiscountedLifetime
            | RenewalPrediction::DiscountedResidualLifetime
            | RenewalPrediction::ExpectedResidualLifetime => Range::OneSign,
        }
    }

    /// The prediction for each customer; numbers that it does not know are not read. NaN in a row gives
    /// NaN.
    ///
    /// # Errors
    /// `LengthMismatch`; those of the scalar form, with the row.
    pub fn predict_into(
        self,
        model: &impl RenewalModel,
        customers: RenewalColumns<'_>,
        out: &mut [f64],
    ) -> Result<()> {
        let RenewalColumns {
            renewals, horizon, ..
        } = customers;
        match self {
            RenewalPrediction::ConditionalSurvival => {
                conditional_survival_into(model, renewals, horizon, out)
                    .map_err(|error| renamed(error, "further", "horizon"))
            }
            RenewalPrediction::RetentionRate => retention_rate_into(model, renewals, out)
                .map_err(|error| renamed(error, "renewal", "renewals")),
            RenewalPrediction::ChurnProbability => churn_probability_into(model, renewals, out)
                .map_err(|error| renamed(error, "renewal", "renewals")),
            RenewalPrediction::DiscountedLifetime => {
                discounted_lifetime_into(model, customers, out)
            }
            RenewalPrediction::DiscountedResidualLifetime => {
                discounted_residual_lifetime_into(model, customers, out)
            }
            RenewalPrediction::ExpectedResidualLifetime => {
                expected_residual_lifetime_into(model, renewals, horizon, out)
            }
        }
    }
}

impl Label for RenewalPrediction {
    const ALL: &'static [Self] = &[
        RenewalPrediction::ConditionalSurvival,
        RenewalPrediction::RetentionRate,
        RenewalPrediction::ChurnProbability,
        RenewalPrediction::DiscountedLifetime,
        RenewalPrediction::DiscountedResidualLifetime,
        RenewalPrediction::ExpectedResidualLifetime,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            RenewalPrediction::ConditionalSurvival => (
                "conditional_survival",
                "Conditional survival",
                "条件留存概率",
            ),
            RenewalPrediction::RetentionRate => ("retention_rate", "Retention rate", "留存率"),
            RenewalPrediction::ChurnProbability => {
                ("churn_probability", "Churn probability", "流失概率")
            }
            RenewalPrediction::DiscountedLifetime => (
                "discounted_lifetime",
                "Discounted expected lifetime",
                "折现期望寿命",
            ),
            RenewalPrediction::DiscountedResidualLifetime => (
                "discounted_residual_lifetime",
                "Discounted expected residual lifetime",
                "折现期望剩余寿命",
            ),
            RenewalPrediction::ExpectedResidualLifetime => (
                "expected_residual_lifetime",
                "Expected residual lifetime",
                "期望剩余寿命",
            ),
        };
        Terms { name, en, zh }
    }
}

fn renamed(error: crate::Error, from: &str, to: &'static str) -> crate::Error {
    if error.argument() == from {
        error.named(to)
    } else {
        error
    }
}
