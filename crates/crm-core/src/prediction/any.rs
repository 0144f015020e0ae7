use serde::{Deserialize, Serialize};

use super::fit::{Fit, FitOptions};
use super::{
    AliveProcess, BgBb, BgNbd, Histories, HistoryBlock, MbgNbd, ParetoNbd, PurchaseHistory,
    PurchaseModel,
};
use crate::error::Result;
use crate::kernels::Domain;
use crate::units::{Label, Terms};

/// The models of purchases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i32)]
pub enum PurchaseModelKind {
    /// [`BgNbd`]: a customer may leave after each repeat purchase.
    BgNbd = 0,
    /// [`MbgNbd`]: a customer may leave after each purchase, the first one too.
    MbgNbd = 1,
    /// [`ParetoNbd`]: a customer may leave at any time.
    ParetoNbd = 2,
    /// [`BgBb`]: purchases and dropout at discrete opportunities.
    BgBb = 3,
}

impl Label for PurchaseModelKind {
    const ALL: &'static [Self] = &[
        PurchaseModelKind::BgNbd,
        PurchaseModelKind::MbgNbd,
        PurchaseModelKind::ParetoNbd,
        PurchaseModelKind::BgBb,
    ];

    fn terms(self) -> Terms {
        let (name, en, zh) = match self {
            PurchaseModelKind::BgNbd => ("bg_nbd", "BG/NBD", "BG/NBD 模型"),
            PurchaseModelKind::MbgNbd => ("mbg_nbd", "MBG/NBD", "MBG/NBD 模型"),
            PurchaseModelKind::ParetoNbd => ("pareto_nbd", "Pareto/NBD", "Pareto/NBD 模型"),
            PurchaseModelKind::BgBb => ("bg_bb", "BG/BB", "BG/BB 模型"),
        };
        Terms { name, en, zh }
    }
}

/// A model of purchases of any kind, for callers that learn the kind at run time.
///
/// ```
/// use crm_core::prediction::{AnyPurchaseModel, PurchaseHistory, PurchaseModel, PurchaseModelKind};
///
/// let parameters = [0.2426, 4.4136, 0.7929, 2.4258];
/// let model = AnyPurchaseModel::new(PurchaseModelKind::BgNbd, parameters)?;
/// assert_eq!(model.names(), ["r", "alpha", "a", "b"]);
/// let history = PurchaseHistory::new(2.0, 30.43, 38.86)?;
/// assert!((model.expected_purchases(history, 39.0)? - 1.226).abs() < 5e-4);
/// # Ok::<(), crm_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum AnyPurchaseModel {
    /// BG/NBD.
    BgNbd(BgNbd),
    /// MBG/NBD.
    MbgNbd(MbgNbd),
    /// Pareto/NBD.
    ParetoNbd(ParetoNbd),
    /// BG/BB.
    BgBb(BgBb),
}

/// How a customer of any model goes on, given that it is alive.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum AnyAlive {
    /// Of BG/NBD and MBG/NBD.
    BgNbd(BgNbd),
    /// Of Pareto/NBD.
    ParetoNbd(ParetoNbd),
    /// Of BG/BB.
    BgBb(BgBb),
}

impl AnyPurchaseModel {
    /// The model of this kind, with its parameters in their order.
    ///
    /// # Errors
    /// `NotFinite`; `OutOfRange` for a number that is not positive.
    pub fn new(kind: PurchaseModelKind, parameters: [f64; 4]) -> Result<Self> {
        let [p, q, r, s] = parameters;
        Ok(match kind {
            PurchaseModelKind::BgNbd => AnyPurchaseModel::BgNbd(BgNbd::new(p, q, r, s)?),
            PurchaseModelKind::MbgNbd => AnyPurchaseModel::MbgNbd(MbgNbd::new(p, q, r, s)?),
            PurchaseModelKind::ParetoNbd => {
                AnyPurchaseModel::ParetoNbd(ParetoNbd::new(p, q, r, s)?)
            }
            PurchaseModelKind::BgBb => AnyPurchaseModel::BgBb(BgBb::new(p, q, r, s)?),
        })
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> PurchaseModelKind {
        match self {
            AnyPurchaseModel::BgNbd(_) => PurchaseModelKind::BgNbd,
            AnyPurchaseModel::MbgNbd(_) => PurchaseModelKind::MbgNbd,
            AnyPurchaseModel::ParetoNbd(_) => PurchaseModelKind::ParetoNbd,
            AnyPurchaseModel::BgBb(_) => PurchaseModelKind::BgBb,
        }
    }

    /// Fits the model of this kind.
    ///
    /// # Errors
    /// Those of the model's `fit`.
    pub fn fit(
        kind: PurchaseModelKind,
        histories: &Histories,
        options: &FitOptions,
    ) -> Result<Fit<Self>> {
        Ok(match kind {
            PurchaseModelKind::BgNbd => {
                BgNbd::fit(histories, options)?.map(AnyPurchaseModel::BgNbd)
            }
            PurchaseModelKind::MbgNbd => {
                MbgNbd::fit(histories, options)?.map(AnyPurchaseModel::MbgNbd)
            }
            PurchaseModelKind::ParetoNbd => {
                ParetoNbd::fit(histories, options)?.map(AnyPurchaseModel::ParetoNbd)
            }
            PurchaseModelKind::BgBb => BgBb::fit(histories, options)?.map(AnyPurchaseModel::BgBb),
        })
    }
}

impl PurchaseModel for AnyPurchaseModel {
    type Alive = AnyAlive;

    fn names(&self) -> [&'static str; 4] {
        match self {
            AnyPurchaseModel::BgNbd(model) => model.names(),
            AnyPurchaseModel::MbgNbd(model) => model.names(),
            AnyPurchaseModel::ParetoNbd(model) => model.names(),
            AnyPurchaseModel::BgBb(model) => model.names(),
        }
    }

    fn parameters(&self) -> [f64; 4] {
        match self {
            AnyPurchaseModel::BgNbd(model) => model.parameters(),
            AnyPurchaseModel::MbgNbd(model) => model.parameters(),
            AnyPurchaseModel::ParetoNbd(model) => model.parameters(),
            AnyPurchaseModel::BgBb(model) => model.parameters(),
        }
    }

    fn with_parameters(&self, parameters: [f64; 4]) -> Result<Self> {
        Self::new(self.kind(), parameters)
    }

    fn time(&self) -> Domain {
        match self {
            AnyPurchaseModel::BgNbd(model) => model.time(),
            AnyPurchaseModel::MbgNbd(model) => model.time(),
            AnyPurchaseModel::ParetoNbd(model) => model.time(),
            AnyPurchaseModel::BgBb(model) => model.time(),
        }
    }

    fn log_likelihood_alive(&self, history: PurchaseHistory) -> f64 {
        match self {
            AnyPurchaseModel::BgNbd(model) => model.log_likelihood_alive(history),
            AnyPurchaseModel::MbgNbd(model) => model.log_likelihood_alive(history),
            AnyPurchaseModel::ParetoNbd(model) => model.log_likelihood_alive(history),
            AnyPurchaseModel::BgBb(model) => model.log_likelihood_alive(history),
        }
    }

    fn log_odds_dead(&self, history: PurchaseHistory) -> f64 {
        match self {
            AnyPurchaseModel::BgNbd(model) => model.log_odds_dead(history),
            AnyPurchaseModel::MbgNbd(model) => model.log_odds_dead(history),
            AnyPurchaseModel::ParetoNbd(model) => model.log_odds_dead(history),
            AnyPurchaseModel::BgBb(model) => model.log_odds_dead(history),
        }
    }

    fn alive_each(&self, histories: &HistoryBlock, out: &mut [f64; HistoryBlock::LEN]) -> bool {
        match self {
            AnyPurchaseModel::BgNbd(model) => model.alive_each(histories, out),
            AnyPurchaseModel::MbgNbd(model) => model.alive_each(histories, out),
            AnyPurchaseModel::ParetoNbd(model) => model.alive_each(histories, out),
            AnyPurchaseModel::BgBb(model) => model.alive_each(histories, out),
        }
    }

    fn given_alive(&self, history: PurchaseHistory) -> AnyAlive {
        match self {
            AnyPurchaseModel::BgNbd(model) => AnyAlive::BgNbd(model.given_alive(history)),
            AnyPurchaseModel::MbgNbd(model) => AnyAlive::BgNbd(model.given_alive(history)),
            AnyPurchaseModel::ParetoNbd(model) => AnyAlive::ParetoNbd(model.given_alive(history)),
            AnyPurchaseModel::BgBb(model) => AnyAlive::BgBb(model.given_alive(history)),
        }
    }

    fn check(&self, history: PurchaseHistory) -> Result<()> {
        match self {
            AnyPurchaseModel::BgNbd(model) => model.check(history),
            AnyPurchaseModel::MbgNbd(model) => model.check(history),
            AnyPurchaseModel::ParetoNbd(model) => model.check(history),
            AnyPurchaseModel::BgBb(model) => model.check(history),
        }
    }
}

impl AliveProcess for AnyAlive {
    fn mean(&self, horizon: f64) -> f64 {
        match self {
            AnyAlive::BgNbd(process) => process.mean(horizon),
            AnyAlive::ParetoNbd(process) => process.mean(horizon),
            AnyAlive::BgBb(process) => process.mean(horizon),
        }
    }

    fn survival(&self, horizon: f64) -> f64 {
        match self {
            AnyAlive::BgNbd(process) => process.survival(horizon),
            AnyAlive::ParetoNbd(process) => process.survival(horizon),
            AnyAlive::BgBb(process) => process.survival(horizon),
        }
    }

    fn probability(&self, purchases: f64, horizon: f64) -> f64 {
        match self {
            AnyAlive::BgNbd(process) => process.probability(purchases, horizon),
            AnyAlive::ParetoNbd(process) => process.probability(purchases, horizon),
            AnyAlive::BgBb(process) => process.probability(purchases, horizon),
        }
    }

    fn tail(&self, purchases: f64, horizon: f64) -> f64 {
        match self {
            AnyAlive::BgNbd(process) => process.tail(purchases, horizon),
            AnyAlive::ParetoNbd(process) => process.tail(purchases, horizon),
            AnyAlive::BgBb(process) => process.tail(purchases, horizon),
        }
    }

    fn discounted(&self, horizon: f64, force: f64) -> f64 {
        match self {
            AnyAlive::BgNbd(process) => process.discounted(horizon, force),
            AnyAlive::ParetoNbd(process) => process.discounted(horizon, force),
            AnyAlive::BgBb(process) => process.discounted(horizon, force),
        }
    }
}
